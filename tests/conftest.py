"""What all tests share."""

from __future__ import annotations

import os
import sys
from collections import Counter
from typing import Any

import pytest
from hypothesis import settings
from nbval.plugin import IPyNbCell

from tests import digits

# A shared or slow machine is no failure; a failure found in CI must come again on the next run.
settings.register_profile("casebook", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("casebook")
# What a developer asks after each change: fewer random inputs.
settings.register_profile("quick", settings.get_profile("casebook"), max_examples=25)

#: What takes longest, longest first: it begins first, so that no process waits for another's end.
LONG = (
    "tests/site/test_slides.py", "tests/site/test_explorer.py", "tests/site/test_site.py",
    "tests/models/test_figures_forms.py", "tests/models/test_figures.py",
    "tests/site/test_lecture.py", "tests/models/test_cases.py",
    "tests/site/test_lite.py", "tests/site/test_layout.py",
    "tests/site/test_weight.py", "tests/site/test_firefox.py", "tests/site/test_stored.py",
    "tests/site/test_recorder.py", "tests/site/test_loader.py", "tests/site/test_reading.py",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The order in which files begin; each is run by one process (--dist loadfile)."""
    rank = {name: k for k, name in enumerate(LONG)}
    items.sort(key=lambda item: rank.get(item.nodeid.partition("::")[0], len(LONG)))


class Early:
    """What failed is said at once, for a run that is ended; at the end, which files are slow.

    And which tests: each is ended when it takes too long, on a machine however busy.
    """

    def __init__(self) -> None:
        self.seconds: Counter[str] = Counter()
        self.tests: Counter[str] = Counter()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid.partition("::")[0]] += report.duration
        self.tests[report.nodeid] += report.duration
        if report.failed:
            why = "\n".join(report.longreprtext.strip().splitlines()[-30:])
            print(
                f"\n{report.when} of {report.nodeid} failed\n{why}", file=sys.__stderr__, flush=True
            )

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        for what, found in (("files", self.seconds), ("tests", self.tests)):
            slow = [f"{seconds:.0f} {name}" for name, seconds in found.most_common(40)]
            terminalreporter.write_line(f"Seconds of the slowest {what}: {', '.join(slow)}")


def pytest_configure(config: pytest.Config) -> None:
    """In the process that tells, and on the machine that nobody looks at."""
    if os.environ.get("CI") and not hasattr(config, "workerinput"):
        config.pluginmanager.register(Early(), "early")


compare = IPyNbCell.compare_outputs


def compare_with_others(cell: Any, test: Any, stored: Any, skip_compare: Any = None) -> bool:
    """nbval's comparison, which must also tell each stored number from one with another digit."""
    if not compare(cell, test, stored, skip_compare):
        return False
    for k, output in enumerate(stored):
        for other in digits.others(output):
            if compare(cell, test, [*stored[:k], other, *stored[k + 1 :]], skip_compare):
                cell.comparison_traceback = [f"a changed digit in output {k + 1} is not found"]
                return False
    return True


IPyNbCell.compare_outputs = compare_with_others

"""What all tests share."""

from __future__ import annotations

import os
from typing import Any

from hypothesis import settings
from nbval.plugin import IPyNbCell

from tests import digits

# A shared or slow machine is no failure; a failure found in CI must come again on the next run.
settings.register_profile("casebook", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("casebook")

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

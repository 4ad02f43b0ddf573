"""Do the tests see a fault? `python -m benchmarks.mutation` puts some in, one at a time, and tells.

The faults of `mutants` are drawn over all formulas and models, one of each module in turn, with a
seed; then the tests of that module run in a process of their own, in which the module is compiled
with its fault: no file is changed. A fault is killed by the first test that fails (or hangs);
survivors are listed at the end. Only the module's own tests are asked (`tests_of`), not the pages,
the notebooks and the exams, which hold many of its numbers too.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
import time
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import SourceFileLoader
from importlib.util import find_spec, spec_from_loader
from multiprocessing.connection import Connection, Pipe, wait
from pathlib import Path
from typing import Any

import pytest

from .mutants import ROOT, Mutant, files, mutants, mutated

TESTS = ROOT / "tests"
#: Seconds of processor time for the tests of one fault: where a loop no longer ends, they hang.
LIMIT = 180
#: Rooms whose folders are models.
MODELS = ("cases", "theory", "strategies", "outlook")
#: Imported once, before any process is forked: most of the time that a short test file takes.
HEAVY = ("hypothesis", "nbval.plugin", "numpy", "pandas", "scipy.optimize", "scipy.stats",
         "sklearn.linear_model", "sklearn.ensemble", "sklearn.metrics", "matplotlib.figure",
         "openpyxl", "xlsxwriter")  # fmt: skip


def tests_of(file: Path) -> list[str]:
    """The test files of a module, the quick ones first."""
    room = file.relative_to(ROOT / "casebook").with_suffix("").parts
    last = room[1] if len(room) > 1 else room[0]
    of_formulas = [f"formulas/test_{last}.py", "formulas/test_published.py",
                   "formulas/test_bad_input.py"]  # fmt: skip
    by_floor = {
        "cases": [f"stories/story_{last}.py", f"models/test_properties_{last}.py",
                  f"stories/test_reference_{last}.py", "stories/test_reference.py",
                  "models/test_cases.py"],
        "strategies": [f"stories/test_reference_{last}.py", f"stories/story_{last}.py",
                       "models/test_cases.py"],
        "theory": ["stories/story_loan.py", "models/test_cases.py"],
        "outlook": ["stories/test_reference_outlook.py", "stories/story_outlook.py",
                    "models/test_cases.py"],
        "lifetime": ["formulas/test_lifetime.py"],
        "shape": ["models/test_search.py", "models/test_assumptions.py", "models/test_workbook.py",
                  "models/test_cases.py", "stories/story_loan.py"],
        "typology": ["stories/story_loan.py", "models/test_portfolio.py",
                     "lectures/test_types_lecture.py", "stories/story_classification.py"],
        "bank": ["models/test_portfolio.py"],
    }  # fmt: skip
    names = by_floor.get(room[0], of_formulas)
    if last == "fitted":
        names = ["stories/story_classification.py", "stories/story_tools.py"]
    return [str(TESTS / name) for name in names if (TESTS / name).exists()]


def drawn(n: int, seed: int, only: str = "") -> list[Mutant]:
    """n faults: of every module one, in an order of the seed, then of every module another."""
    order = random.Random(seed)
    left = {f: order.sample(found, len(found)) for f in files() if (found := mutants(f))}
    left = {f: found for f, found in left.items() if only in str(f)}
    taken: list[Mutant] = []
    while len(taken) < n and any(left.values()):
        turn = [f for f in left if left[f]]
        taken += [left[f].pop() for f in order.sample(turn, len(turn))]
    return taken[:n]


class _Faulty(MetaPathFinder, SourceFileLoader):
    """Finds one module, and compiles it with its fault."""

    def __init__(self, m: Mutant) -> None:
        SourceFileLoader.__init__(self, m.module, str(m.file))
        self.mutant = m

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        return spec_from_loader(fullname, self) if fullname == self.mutant.module else None

    def get_code(self, fullname: str) -> Any:
        return compile(mutated(self.mutant), str(self.mutant.file), "exec")


class _First:
    """Runs test files in the order given; tells the name of the first test that fails."""

    def __init__(self, files: list[str]) -> None:
        self.failed, self.files = "", files

    def pytest_collection(self) -> None:
        """A property that fails is enough: no time for its simplest example."""
        from hypothesis import Phase, settings

        settings.register_profile("found", settings(), phases=[Phase.explicit, Phase.generate])
        settings.load_profile("found")

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: self.files.index(str(item.path)))

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.failed and not self.failed:
            self.failed = report.nodeid

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed and not self.failed:
            self.failed = f"{report.nodeid} (on import)"


def _model(m: Mutant) -> str:
    """The name of the model that a module belongs to."""
    return m.file.parent.name if m.file.parent.parent.name in MODELS else "loan"


def _child(m: Mutant, tell: Connection) -> None:
    """Runs the tests of one fault in this process, a fork; tells which test failed first."""
    resource.setrlimit(resource.RLIMIT_CPU, (LIMIT, LIMIT))
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    sys.meta_path.insert(0, _Faulty(m))
    names = tests_of(m.file)
    first = _First(names)
    options = ["-x", "-q", "-p", "no:nbval", "-p", "no:xdist", "-p", "no:cacheprovider",
               "-p", "no:timeout", "-o", "addopts=", "--rootdir", str(ROOT),
               # what holds for every model is asked of this one; of what all share, the loan's
               "-k", f"not test_cases.py or {_model(m)}"]  # fmt: skip
    code = pytest.main([*options, *names], plugins=[first])
    tell.send("" if code == 0 else first.failed or f"pytest ended with {code}")
    tell.close()
    os._exit(0)


@dataclass
class _Run:
    """One fault at work."""

    number: int
    mutant: Mutant
    pid: int
    begun: float
    heard: Connection


def _start(number: int, m: Mutant) -> _Run:
    heard, tell = Pipe(duplex=False)
    pid = os.fork()
    if not pid:
        heard.close()
        try:
            _child(m, tell)
        finally:
            os._exit(1)
    tell.close()
    return _Run(number, m, pid, time.monotonic(), heard)


def _ended(run: _Run) -> str:
    """What killed the fault; empty if nothing did."""
    try:
        killer: str = run.heard.recv()
    except EOFError:
        killer = "the process ended: it hangs, or takes too much memory"
    os.waitpid(run.pid, 0)
    return killer


def run(chosen: list[Mutant], jobs: int) -> list[tuple[Mutant, str]]:
    """Each fault and the test that killed it, or nothing; told as they come."""
    waiting, going, done = list(enumerate(chosen, 1)), [], []
    while waiting or going:
        while waiting and len(going) < jobs:
            going.append(_start(*waiting.pop(0)))
        wait([r.heard for r in going])
        for r in list(going):
            if r.heard.poll():
                killer = _ended(r)
                going.remove(r)
                done.append((r.mutant, killer))
                took = time.monotonic() - r.begun
                print(f"{r.number:4} {took:5.1f} s  {r.mutant}\n{'':13}"
                      f"{killer.removeprefix('tests/') or 'SURVIVED'}", flush=True)  # fmt: skip
    return done


def main() -> None:
    """Draw, run, list the survivors; the status is 1 if fewer than `--least` of 100 are killed."""
    ask = argparse.ArgumentParser(prog="python -m benchmarks.mutation", description=main.__doc__)
    ask.add_argument("-n", type=int, default=100, help="how many faults (100)")
    ask.add_argument("--seed", type=int, default=20261129, help="which ones")
    ask.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once")
    ask.add_argument("--only", default="", help="modules whose path contains this")
    ask.add_argument("--least", type=float, default=95.0, help="killed of a hundred (95)")
    options = ask.parse_args()
    os.environ["CI"] = "1"  # the draws of hypothesis are the same in every run
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    for name in HEAVY:
        if find_spec(name.partition(".")[0]):
            __import__(name)
    sys.path.insert(0, str(ROOT))
    done = run(drawn(options.n, options.seed, options.only), options.jobs)
    alive = sorted((m for m, killer in done if not killer), key=str)
    killed = 100 * (1 - len(alive) / max(len(done), 1))
    print(f"\n{len(done) - len(alive)} of {len(done)} killed ({killed:.0f}%), seed {options.seed}")
    print(*(f"survived: {m}" for m in alive), sep="\n")
    sys.exit(killed < options.least)


if __name__ == "__main__":
    main()

"""The formulas beside numpy-financial, pyxirr and PySAM on the same work, and as N grows."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Callable
from importlib import import_module
from statistics import median
from types import ModuleType

import numpy as np

from casebook import credit, distributions, loans, projectfinance, timevalue

from .timing import grown, seconds, shown, table

FLOWS, PERIODS = 31, 40
SIZES = (1, 10, 100, 1_000, 10_000, 100_000)
MODULES = ("timevalue", "loans", "credit", "projectfinance", "profitability", "workout")


def main() -> None:
    warnings.simplefilter("ignore", timevalue.SeveralRatesWarning)  # some flows are made so
    rows = [row for compare in (_irr, _xirr, _npv, _level, _sizing) for row in compare()]
    table(
        "The same work, one core, medians", ["work", "ours", "theirs", "by", "ours is faster"], rows
    )
    table(
        "Cost by number of scenarios, and how it grows with the last ten times as many",
        ["function", *(f"{n:,}" for n in SIZES), "growth"],
        _growth(),
    )
    table(
        "Import on top of numpy",
        ["module", "added"],
        [[name, shown(_import_time(name))] for name in MODULES],
    )


def _row(work: str, ours: float, theirs: float, by: str) -> list[str]:
    return [work, shown(ours), shown(theirs), by, f"{theirs / ours:.3g} x"]


def _optional(name: str) -> ModuleType | None:
    try:
        return import_module(name)
    except ImportError:
        print(f"{name} is not installed: its rows are left out")
        return None


def _investments(number: int) -> np.ndarray:
    """An outlay and thirty uneven inflows: (period, scenario)."""
    rng = np.random.default_rng(1)
    return np.vstack([np.full(number, -100.0), rng.uniform(2.0, 14.0, (FLOWS - 1, number))])


def _loop(work: Callable, columns: list, times: int = 1) -> float:
    """Time of a loop over all columns; over a part of them, scaled up, where that is slow."""
    return times * seconds(lambda: [work(column) for column in columns], runs=3)


@np.errstate(over="ignore")  # numpy-financial's search runs over
def _irr() -> list[list[str]]:
    flows = _investments(100_000)
    ours = seconds(lambda: timevalue.irr(flows))
    columns = [np.ascontiguousarray(column) for column in flows.T]
    rows = []
    if pyxirr := _optional("pyxirr"):
        rows.append(
            _row(f"IRR, 100,000 x {FLOWS} flows", ours, _loop(pyxirr.irr, columns), "pyxirr, loop")
        )
    if npf := _optional("numpy_financial"):
        rows.append(
            _row(
                f"IRR, 100,000 x {FLOWS} flows",
                ours,
                _loop(npf.irr, columns[:1000], 100),
                "numpy-financial, loop",
            )
        )
    return rows


def _xirr() -> list[list[str]]:
    rng = np.random.default_rng(3)
    flows = _investments(10_000)
    days = np.datetime64("2024-01-31") + np.cumsum(rng.integers(20, 45, FLOWS))
    dates, columns = days.tolist(), [np.ascontiguousarray(column) for column in flows.T]
    rows = []
    if pyxirr := _optional("pyxirr"):
        rows.append(
            _row(
                f"XIRR, 10,000 x {FLOWS} dated flows",
                seconds(lambda: timevalue.xirr(flows, days)),
                _loop(lambda column: pyxirr.xirr(dates, column), columns),
                "pyxirr, loop",
            )
        )
    return rows


def _npv() -> list[list[str]]:
    flows = _investments(100_000)
    ours = seconds(lambda: timevalue.npv(0.08, flows))
    columns = [np.ascontiguousarray(column) for column in flows.T]
    rows = []
    if pyxirr := _optional("pyxirr"):
        theirs = _loop(lambda column: pyxirr.npv(0.08, column), columns)
        rows.append(_row(f"NPV, 100,000 x {FLOWS} flows", ours, theirs, "pyxirr, loop"))
    return rows


def _level() -> list[list[str]]:
    rate = np.linspace(0.02, 0.10, 10_000) / 12
    ours = seconds(lambda: loans.level(100.0, rate, 60))
    rows = []
    if npf := _optional("numpy_financial"):
        terms = rate, np.arange(1, 61)[:, None], 60, 100.0
        theirs = seconds(lambda: (npf.ipmt(*terms), npf.ppmt(*terms)))
        rows.append(
            _row("level schedule, 10,000 x 60 months", ours, theirs, "numpy-financial, batch")
        )
    return rows


def _sizing() -> list[list[str]]:
    """PySAM runs a whole project; its run is the only way to have it size a debt."""
    rows = []
    if singleowner := _optional("PySAM.Singleowner"):
        model = singleowner.default("PVWattsSingleOwner")
        model.SystemOutput.gen = [40_000.0] * 8760
        model.SystemOutput.system_pre_curtailment_kwac = [40_000.0] * 8760
        model.Revenue.ppa_soln_mode = 1
        model.Revenue.ppa_price_input = [0.1]
        theirs = 10_000 * seconds(model.execute)
        cfads = np.tile(np.array(model.Outputs.cf_cash_for_ds[1:19])[:, None], 10_000)
        ours = seconds(lambda: loans.sculpted(cfads, 1.3, 0.07))
        rows.append(_row("sculpted debt, 10,000 x 18 years", ours, theirs, "PySAM, whole model"))
    return rows


def _growth() -> list[list[str]]:
    rng = np.random.default_rng(2)
    flows, cfads = _investments(SIZES[-1]), rng.uniform(50.0, 150.0, (PERIODS, SIZES[-1]))
    uneven = np.vstack([-rng.uniform(0, 100, (3, SIZES[-1])), rng.uniform(-1, 14, (28, SIZES[-1]))])
    pd, p, z = rng.uniform(0.001, 0.2, SIZES[-1]), rng.random(SIZES[-1]), rng.normal(size=SIZES[-1])
    plan = loans.sculpted(np.full(PERIODS, 100.0), 1.3, 0.02)
    covenants = (
        projectfinance.Covenant("lock-up", "dscr", 1.1, "lock_up", 2),
        projectfinance.Covenant("default", "unpaid", 0.0, "default"),
    )
    target = projectfinance.reserve_target(plan, 1)
    days = np.datetime64("2024-01-31") + 31 * np.arange(FLOWS)
    work: dict[str, Callable[[int], object]] = {
        f"irr, {FLOWS} flows": lambda n: timevalue.irr(flows[:, :n]),
        "irr, many changes of sign": lambda n: timevalue.irr(uneven[:, :n], on_error="nan"),
        f"npv, {FLOWS} flows": lambda n: timevalue.npv(0.08, flows[:, :n]),
        f"loans.sculpted, {PERIODS} periods": lambda n: loans.sculpted(cfads[:, :n], 1.3, 0.02),
        f"waterfall, {PERIODS} periods": lambda n: projectfinance.waterfall(
            cfads[:, :n],
            plan,
            0.02,
            reserve_target=target,
            reserve_opening=plan.payment[0],
            covenants=covenants,
        ),
        f"xirr, {FLOWS} dated flows": lambda n: timevalue.xirr(flows[:, :n], days),
        "irb_capital": lambda n: credit.irb_capital(pd[:n], 0.45),
        "norm_cdf": lambda n: distributions.norm_cdf(z[:n]),
        "norm_ppf": lambda n: distributions.norm_ppf(p[:n]),
    }
    rows = []
    for name, f in work.items():
        times = [seconds(lambda n=n, f=f: f(n), runs=5) for n in SIZES]
        rows.append([name, *map(shown, times), grown(times)])
    return rows


def _import_time(module: str) -> float:
    """What a module's import adds to numpy's own, in a fresh interpreter."""
    code = (
        "import time, numpy; start = time.perf_counter(); "
        f"import casebook.{module}; print(time.perf_counter() - start)"
    )
    return median(
        float(
            subprocess.run(
                [sys.executable, "-c", code], capture_output=True, text=True, check=True
            ).stdout
        )
        for _ in range(5)
    )


if __name__ == "__main__":
    main()

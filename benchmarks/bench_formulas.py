"""The formulas beside numpy-financial, pyxirr, PySAM and plain Python on the same work; growth."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from importlib import import_module
from statistics import median
from types import ModuleType

import numpy as np

from casebook import credit, distributions, loans, projectfinance, timevalue

from .timing import against, grown, seconds, shown, table

FLOWS, PERIODS = 31, 40
SIZES = (1, 100, 10_000, 100_000)
MODULES = ("timevalue", "loans", "credit", "projectfinance", "profitability", "workout")
#: A slow peer does this many in a loop, scaled up to all.
PART = 500


def main() -> None:
    warnings.simplefilter("ignore", timevalue.SeveralRatesWarning)  # some flows are made so
    peers = (_irr, _one_irr, _xirr, _npv, _level, _schedule, _sizing)
    table(
        "The same work, one core: processor time, medians; the two take turns, the last column is "
        "the median of their ratios",
        ["work", "ours", "theirs", "by", "theirs / ours"],
        [row for compare in peers for row in compare()],
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


def _row(
    work: str, by: str, ours: Callable[[], object], theirs: Callable[[], object], scale: float = 1.0
) -> list[str]:
    mine, others, ratio = against(ours, theirs, scale)
    return [work, shown(mine), shown(others), by, f"{ratio:.3g} x"]


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


def _columns(flows: np.ndarray, number: int) -> list[np.ndarray]:
    return [np.ascontiguousarray(column) for column in flows[:, :number].T]


def _days() -> np.ndarray:
    gaps = np.random.default_rng(3).integers(20, 45, FLOWS)
    return np.datetime64("2024-01-31") + np.cumsum(gaps)


def _irr() -> Iterator[list[str]]:
    n = 50_000
    flows = _investments(n)
    work, columns = f"IRR, {n:,} x {FLOWS} flows", _columns(flows, n)
    if pyxirr := _optional("pyxirr"):
        yield _row(
            work,
            "pyxirr, loop",
            lambda: timevalue.irr(flows),
            lambda: [pyxirr.irr(column) for column in columns],
        )
    if npf := _optional("numpy_financial"):
        with np.errstate(over="ignore"):  # its search runs over
            yield _row(
                work,
                f"numpy-financial, loop of {PART}, scaled up",
                lambda: timevalue.irr(flows),
                lambda: [npf.irr(column) for column in columns[:PART]],
                n / PART,
            )


def _one_irr() -> Iterator[list[str]]:
    (flows,) = _columns(_investments(1), 1)
    if pyxirr := _optional("pyxirr"):
        yield _row(
            f"one IRR, {FLOWS} flows",
            "pyxirr",
            lambda: timevalue.irr(flows),
            lambda: pyxirr.irr(flows),
        )
        days = _days()
        dates = days.tolist()
        yield _row(
            f"one XIRR, {FLOWS} dated flows",
            "pyxirr",
            lambda: timevalue.xirr(flows, days),
            lambda: pyxirr.xirr(dates, flows),
        )


def _xirr() -> Iterator[list[str]]:
    n, days = 10_000, _days()
    flows = _investments(n)
    dates, columns = days.tolist(), _columns(flows, n)
    if pyxirr := _optional("pyxirr"):
        yield _row(
            f"XIRR, {n:,} x {FLOWS} dated flows",
            "pyxirr, loop",
            lambda: timevalue.xirr(flows, days),
            lambda: [pyxirr.xirr(dates, column) for column in columns],
        )


def _npv() -> Iterator[list[str]]:
    n = 50_000
    flows = _investments(n)
    columns = _columns(flows, n)
    if pyxirr := _optional("pyxirr"):
        yield _row(
            f"NPV, {n:,} x {FLOWS} flows",
            "pyxirr, loop",
            lambda: timevalue.npv(0.08, flows),
            lambda: [pyxirr.npv(0.08, column) for column in columns],
        )


def _level() -> Iterator[list[str]]:
    rate = np.linspace(0.02, 0.10, 10_000) / 12
    terms = rate, np.arange(1, 61)[:, None], 60, 100.0
    if npf := _optional("numpy_financial"):
        yield _row(
            "level schedule, 10,000 x 60 months",
            "numpy-financial, batch",
            lambda: loans.level(100.0, rate, 60),
            lambda: (npf.ipmt(*terms), npf.ppmt(*terms)),
        )


def _schedule() -> Iterator[list[str]]:
    """A sculpted debt as a sheet has it: without checks, fees or unpaid interest."""
    n, rate, cover = 18, 0.07, 1.3
    cfads = np.random.default_rng(1).uniform(80.0, 120.0, (n, 10_000))

    def by_hand(cash: list) -> list:
        paid = [c / cover for c in cash]
        balance = sum(p / (1 + rate) ** (t + 1) for t, p in enumerate(paid))
        lines = []
        for p in paid:
            interest = balance * rate
            lines.append((balance, interest, p - interest))
            balance = balance - (p - interest)
        return lines

    work = f"sculpted debt, 10,000 x {n} years"
    columns = cfads.T[:PART].tolist()
    ours = lambda: loans.sculpted(cfads, cover, rate)  # noqa: E731
    yield _row(
        work,
        f"a loop of plain Python, {PART}, scaled up",
        ours,
        lambda: [by_hand(column) for column in columns],
        10_000 / PART,
    )
    # the arithmetic alone: what a model of cells that hold arrays, as modelx, does at least
    yield _row(work, "the same, a cell an array", ours, lambda: by_hand(list(cfads)))


def _sizing() -> Iterator[list[str]]:
    """PySAM runs a whole project: more work than ours, and the only way to have it size a debt."""
    if singleowner := _optional("PySAM.Singleowner"):
        model = singleowner.default("PVWattsSingleOwner")
        model.SystemOutput.gen = [40_000.0] * 8760
        model.SystemOutput.system_pre_curtailment_kwac = [40_000.0] * 8760
        model.Revenue.ppa_soln_mode = 1
        model.Revenue.ppa_price_input = [0.1]
        model.execute()
        n, noise = 10_000, np.random.default_rng(5).uniform(0.8, 1.2, 10_000)
        cfads = np.array(model.Outputs.cf_cash_for_ds[1:19])[:, None] * noise
        by = "PySAM, whole model, scaled up"

        def whole() -> None:
            plan = loans.sculpted(cfads, 1.3, 0.07)
            projectfinance.waterfall(cfads, plan, 0.07, **_guarded(plan))

        sculpt = lambda: loans.sculpted(cfads, 1.3, 0.07)  # noqa: E731
        yield _row(f"sculpted debt, {n:,} x 18 years", by, sculpt, model.execute, n)
        yield _row(f"with reserve, covenants, waterfall, {n:,}", by, whole, model.execute, n)


def _guarded(plan: loans.Schedule) -> dict:
    """What guards a project's lenders: a reserve of a period, a lock-up, a default."""
    return {
        "reserve_target": projectfinance.reserve_target(plan, 1),
        "reserve_opening": plan.payment[0],
        "covenants": (
            projectfinance.Covenant("lock-up", "dscr", 1.1, "lock_up", 2),
            projectfinance.Covenant("default", "unpaid", 1e-6, "default"),
        ),
    }


def _growth() -> list[list[str]]:
    rng = np.random.default_rng(2)
    flows, cfads = _investments(SIZES[-1]), rng.uniform(50.0, 150.0, (PERIODS, SIZES[-1]))
    uneven = np.vstack([-rng.uniform(0, 100, (3, SIZES[-1])), rng.uniform(-1, 14, (28, SIZES[-1]))])
    pd, p, z = rng.uniform(0.001, 0.2, SIZES[-1]), rng.random(SIZES[-1]), rng.normal(size=SIZES[-1])
    plan = loans.sculpted(np.full(PERIODS, 100.0), 1.3, 0.02)
    guards = _guarded(plan)
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
            **guards,
        ),
        f"xirr, {FLOWS} dated flows": lambda n: timevalue.xirr(flows[:, :n], days),
        "irb_capital": lambda n: credit.irb_capital(pd[:n], 0.45),
        "norm_cdf": lambda n: distributions.norm_cdf(z[:n]),
        "norm_ppf": lambda n: distributions.norm_ppf(p[:n]),
    }
    rows = []
    for name, f in work.items():
        times = [seconds(lambda n=n, f=f: f(n), runs=3) for n in SIZES]
        rows.append([name, *map(shown, times), grown(times)])
    return rows


def _import_time(module: str) -> float:
    """What a module's import adds to numpy's own, in a fresh interpreter."""
    code = (
        "import time, numpy; start = time.process_time(); "
        f"import casebook.{module}; print(time.process_time() - start)"
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

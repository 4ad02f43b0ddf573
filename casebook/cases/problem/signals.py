"""TODO."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import credit, projectfinance
from ...shape import Array, first_time
from . import firm, restructuring
from .record import DUST, SIGNALS, YEAR, Problem


def values(a: Problem, o: dict[str, Array], h: dict[str, Array], path: int, last: int) -> Any:
    """The seven signals of one path, name -> (month 0..last, scenario), NaN where there is none.

    Interest cover looks back over `window` months, DSCR and the score over a year (or what there
    is of it); a drift is the change over half a year.
    """
    part = slice(0, last + 1)

    def line(name: str) -> Array:
        return (o[name] if name in o else h[name])[part, path]

    def over(x: Array, months: int = a.window) -> Array:
        total = np.cumsum(x, axis=0)
        total[months:] = total[months:] - total[:-months].copy()
        return total

    def ratio(x: Array, y: Array) -> Array:
        there = y > DUST
        return np.where(there, x / np.where(there, y, 1.0), np.nan)

    def drift(x: Array) -> Array:
        before = np.concatenate([np.repeat(x[:1], 6, axis=0), x])[: len(x)]
        return x - before

    planned = restructuring.contract(a)[1][:, path]
    ahead = np.concatenate([planned, np.zeros((YEAR, 1))])
    soon = ahead[: last + 1] - ahead[YEAR : last + 1 + YEAR]
    cash, receivables, stock = line("cash"), line("receivables"), line("stock")
    drawn, term, arrears = line("drawn"), line("term"), line("arrears")
    supply = line("supply")
    accrued = line("accrued") + line("fee")
    ebit = a.gross_margin * line("sales") - line("fixed") - line("one_off") - line("cleared")
    ebit[1:] -= a.depreciation
    scheduled = np.zeros((last + 1, 1))
    scheduled[1:] = planned[:last] - planned[1 : last + 1]
    # cash flow before financing = change of cash + what went to the bank - what it lent
    cfads = np.zeros_like(cash)
    cfads[1:] = cash[1:] - cash[:-1] + line("flow")[1:] - line("bills")[1:] + line("bills")[:-1]
    overdue = np.maximum(term - planned[part], 0) + arrears
    current = supply + drawn + soon + overdue
    assets = cash + receivables + stock + firm.plant(a)[part]
    liabilities = supply + line("debt")
    equity = line("equity")
    annual = over(ebit, YEAR) * (YEAR / np.clip(np.arange(last + 1), 1, YEAR))[:, None]
    score = credit.altman_z2(
        (cash + receivables + stock - current) / assets,
        (equity - a.paid_in) / assets,
        annual / assets,
        equity / liabilities,
    )
    dscr = projectfinance.dscr(over(cfads, YEAR), over(accrued + scheduled, YEAR).clip(0))
    return {
        "dso": drift(line("dso")),
        "dio": drift(30 * stock / line("quarter")),
        "quick": ratio(cash + receivables, current),
        "cover": ratio(over(ebit), over(accrued)),
        "use": drawn / a.limit,
        "dscr": dscr,
        "z": score,
    }


def beyond(a: Problem, s: dict[str, Array]) -> dict[str, Array]:
    """Whether each signal is beyond its threshold; a signal that is missing is not."""
    high = {"dso": a.dso_rise, "dio": a.dio_rise, "use": a.use_high}
    low = {"quick": a.quick_low, "cover": a.cover_low, "dscr": a.dscr_low, "z": a.z_low}
    with np.errstate(invalid="ignore"):
        hit = {k: s[k] > v if k in high else s[k] < v for k, v in (high | low).items()}
    for k in SIGNALS:
        hit[k][: a.window] = False  # there are not enough accounts yet
    return {k: hit[k] for k in SIGNALS}


def warned(a: Problem, hits: dict[str, Array]) -> Array:
    """Whether the composite rule holds, (month, scenario): enough signals, long enough."""
    count = np.zeros(next(iter(hits.values())).shape, dtype=np.int64)
    for hit in hits.values():
        count += hit
    together = (count >= a.signals_needed).astype(np.int64)
    run = together.copy()
    for k in range(1, a.months_needed):
        run[k:] += together[:-k]
        run[:k] = 0
    return run >= a.months_needed


def known(a: Problem, hit: Array) -> Array:
    """The month in which the bank knows of the first hit, the accounts being late; -1 never."""
    first = first_time(hit)
    return np.where(first >= 0, first + a.reporting_lag, -1)

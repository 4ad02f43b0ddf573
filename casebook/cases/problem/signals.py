"""Early warning: seven signals from the accounts, and the one rule that is made of them.

`readings` measures the seven on a path of the case. `beyond` and `rule` are the thresholds and the
composite rule, here and on the client book of `casebook.bank.signals`: enough signals beyond their
threshold at once, enough months in a row. A signal whose figure is missing is not lit. The case
alone is dark in its first months (`lit`); and the bank knows of a month only when its accounts have
come in (`known`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ... import credit, projectfinance
from ...shape import DUST, Array, first_time
from ...timevalue import MONTHS_A_YEAR
from . import firm, restructuring
from .paths import History
from .record import SIGNALS, Problem

#: A signal is how much collection and stock days have risen over so many months.
DRIFT = 6
#: Signals that are beyond above their threshold; the others are below it.
_HIGH = ("dso", "dio", "use")


def readings(
    a: Problem, operations: Mapping[str, Array], history: History, path: int, last: int
) -> dict[str, Array]:
    """The seven signals of one path, name -> (month 0..last, scenario), NaN where there is none.

    dso, dio: days more than half a year ago; quick, cover, dscr: ratios; use: share of the limit;
    z: Altman's score in the form of `a.score`. Interest cover looks back over `window` months, DSCR
    and the score over a year (or what there is of it).
    """
    part = slice(0, last + 1)

    def line(table: Array) -> Array:
        return table[part, path]

    _, planned, _ = restructuring.contract(a)
    planned = planned[:, path]
    ahead = np.concatenate([planned, np.zeros((MONTHS_A_YEAR, 1))])
    soon = ahead[: last + 1] - ahead[MONTHS_A_YEAR : last + 1 + MONTHS_A_YEAR]
    cash, receivables, stock = (
        line(history.cash), line(operations["receivables"]), line(history.stock),
    )  # fmt: skip
    drawn, supply = line(history.drawn), line(history.supply)
    accrued = line(history.accrued) + line(history.fee)
    ebit = (
        a.gross_margin * line(operations["sales"])
        - line(operations["fixed"])
        - line(operations["one_off"])
        - line(history.cleared)
    )
    ebit[1:] -= a.depreciation
    scheduled = np.zeros((last + 1, 1))
    scheduled[1:] = planned[:last] - planned[1 : last + 1]
    # cash flow before financing = change of cash + what went to the bank - what it lent
    cfads, bills = np.zeros_like(cash), line(history.bills)
    cfads[1:] = cash[1:] - cash[:-1] + line(history.flow)[1:] - bills[1:] + bills[:-1]
    overdue = np.maximum(line(history.term) - planned[part], 0) + line(history.arrears)
    current = supply + drawn + soon + overdue
    assets = cash + receivables + stock + firm.plant(a)[part]
    liabilities = supply + line(history.debt)
    equity = line(history.equity)
    months = np.clip(np.arange(last + 1), 1, MONTHS_A_YEAR)
    annual = _over(ebit, MONTHS_A_YEAR) * (MONTHS_A_YEAR / months)[:, None]
    parts = (
        (cash + receivables + stock - current) / assets,
        (equity - a.paid_in) / assets,
        annual / assets,
        equity / liabilities,
    )
    if a.score == "z1":  # the form for private manufacturers has sales too
        sold = line(operations["sales"])
        turnover = _over(sold, MONTHS_A_YEAR) * (MONTHS_A_YEAR / months)[:, None]
        score = credit.altman_z1(*parts, turnover / assets)
    else:
        score = credit.altman_z2(*parts)
    service = _over(accrued + scheduled, MONTHS_A_YEAR).clip(0)
    return {
        "dso": _drift(line(operations["dso"])),
        "dio": _drift(30 * stock / line(operations["quarter"])),
        "quick": _ratio(cash + receivables, current),
        "cover": _ratio(_over(ebit, a.window), _over(accrued, a.window)),
        "use": drawn / a.limit,
        "dscr": projectfinance.dscr(_over(cfads, MONTHS_A_YEAR), service),
        "z": score,
    }


def _over(x: Array, months: int) -> Array:
    """Sum over the months up to each, or over what there is of them, (month, scenario)."""
    total = np.cumsum(x, axis=0)
    total[months:] = total[months:] - total[:-months].copy()
    return total


def _ratio(x: Array, base: Array) -> Array:
    """x / base, NaN where there is no base, (month, scenario)."""
    there = base > DUST
    return np.where(there, x / np.where(there, base, 1.0), np.nan)


def _drift(x: Array) -> Array:
    """The change over half a year, since the start where that is later, (month, scenario)."""
    before: Array = np.concatenate([np.repeat(x[:1], DRIFT, axis=0), x])[: len(x)]
    return x - before


def beyond(
    values: Mapping[str, Array], a: Problem, score: str = "z2"
) -> dict[str, NDArray[np.bool_]]:
    """Whether each signal is beyond its threshold: name -> the shape of its values, whatever it is.

    values: the seven SIGNALS in the units of `readings`. One that is missing (NaN) is not beyond.
    score: the form of "z", whose cut-off it is read against: "z2" of the client book, or "z1".
    """
    limit = {
        "dso": a.dso_rise,
        "dio": a.dio_rise,
        "quick": a.quick_low,
        "cover": a.cover_low,
        "use": a.use_high,
        "dscr": a.dscr_low,
        "z": a.z1_low if score == "z1" else a.z_low,
    }
    with np.errstate(invalid="ignore"):
        return {k: values[k] > limit[k] if k in _HIGH else values[k] < limit[k] for k in SIGNALS}


def rule(hits: Mapping[str, NDArray[np.bool_]], a: Problem) -> NDArray[np.bool_]:
    """The composite rule: whether enough signals are lit, and have been for enough months in a row.

    hits: as `beyond` gives them, each (month, …), axis 0 months that follow one another; the result
    has their shape.
    """
    count = np.zeros(next(iter(hits.values())).shape, dtype=np.int8)
    for hit in hits.values():
        count += hit
    together = count >= a.signals_needed
    held = together.copy()
    for k in range(1, a.months_needed):
        held[k:] &= together[:-k]
        held[:k] = False
    return held


def lit(values: Mapping[str, Array], a: Problem) -> dict[str, NDArray[np.bool_]]:
    """`beyond` on (month, scenario) from month 0: nothing in the first `window` months."""
    hits = beyond(values, a, a.score)
    for hit in hits.values():
        hit[: a.window] = False  # there are not enough accounts yet
    return hits


def known(hit: NDArray[np.bool_], a: Problem) -> NDArray[np.intp]:
    """The month in which the bank knows of the first hit, the accounts being late; -1 never.

    hit: (month, scenario) from month 0; the result (scenario,).
    """
    first = first_time(hit)
    return np.where(first >= 0, first + a.reporting_lag, -1)

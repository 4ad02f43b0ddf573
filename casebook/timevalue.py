"""Time value of money: present values, rates of return, annual rates and day counts.

Axis 0 is time, axis 1 the scenario; the first flow of `cashflows` falls now (t = 0). A rate is a
decimal per period unless it is named annual; money in one currency. Scalars in, Python float out. A
bad argument is a ValueError that names it, its value and what is allowed.

A loan of 100 is repaid with 110 after six months. What does it cost, by the period and by the year?

>>> from casebook import timevalue
>>> half_year = timevalue.irr([-100.0, 110.0])
>>> round(half_year, 6)
0.1
>>> round(timevalue.effective_annual_rate(2 * half_year, 2), 6)
0.21
>>> round(timevalue.npv(0.05, [-100.0, 110.0]), 2)
4.76
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._checks import Array, Dates, Numeric, choice, count, days, real, result, series, shape

__all__ = [
    "MONTHS_A_YEAR",
    "Basis",
    "OnError",
    "Root",
    "SeveralRatesWarning",
    "annual_percentage_rate",
    "annuity_factor",
    "discount_factors",
    "effective_annual_rate",
    "irr",
    "level_payment",
    "mirr",
    "nominal_rate",
    "nper",
    "npv",
    "present_value",
    "unit_periods",
    "xirr",
    "xnpv",
    "year_fraction",
]

Root = Literal["nearest_zero", "lowest", "highest"]
OnError = Literal["raise", "nan"]
Basis = Literal[
    "act/360", "act/365F", "act/act ISDA", "30/360", "30/360 US", "30E/360", "30E/360 ISDA"
]
_Day = date | str | np.datetime64
#: An advance or a payment: (amount, t, f) or (amount, date).
_Item = tuple[float, float, float] | tuple[float, _Day]
_Dates = NDArray[np.datetime64]
_Sides = list[tuple[int, Array]]  # of a row: its inflows, numbered 0, and its outflows, 1
_Rows = list[Array | float]  # flows row by row, last first; a number where a row has none, or one

MONTHS_A_YEAR = 12
_ROOTS, _ON_ERROR = get_args(Root), get_args(OnError)
_BLOCK = 16_384  # scenarios solved at a time: the working arrays stay in the cache
_FEW = 256
_TOLERANCE = 1e-8  # a Newton step this small leaves an error of about its square
_DATED_TOLERANCE = 1e-7  # the same for dated flows, whose steps cost more; after a halving 1e-8


def __dir__() -> list[str]:
    return sorted(__all__)


class SeveralRatesWarning(UserWarning):
    """Cash flows have more than one internal rate of return."""


def discount_factors(rate: ArrayLike, periods: int) -> Array:
    """Discount factors DF_t = prod_{s<=t} 1/(1 + r_s) for t = 1..periods.

    rate: per period, > -1; a scalar or one value a scenario, or rates that change over time of
    shape (period, 1) or (period, scenario). periods: a whole number >= 1. Returns (period,) for a
    scalar rate, else (period, scenario). Source: the definition above.
    """
    rate = real("rate", rate, above=-1.0)
    periods = count("periods", periods, 1)
    if rate.ndim == 2 and rate.shape[0] != periods:
        raise ValueError(f"rate: shape {rate.shape} is not allowed; {periods} periods are")
    path = rate if rate.ndim == 2 else np.broadcast_to(rate, (periods, *rate.shape))
    factors: Array = np.cumprod(1.0 / (1.0 + path), axis=0, dtype=np.float64)
    return factors


def annuity_factor(rate: ArrayLike, periods: ArrayLike, *, due: bool = False) -> Numeric:
    """Present value of 1 a period, a = (1 - (1 + r)^-n) / r; n for r = 0.

    rate: per period, > -1. periods: n >= 0, whole or not. due: the payments fall at the start of
    each period, a (1 + r). rate and periods broadcast to the result. A level payment is
    principal / a.
    Source: Microsoft Excel, function PV (and PMT, its inverse).
    """
    rate, periods = real("rate", rate, above=-1.0), real("periods", periods, 0.0)
    shape(rate=rate, periods=periods)
    divisor = np.where(rate == 0.0, 1.0, rate)
    factor = np.where(rate == 0.0, periods, -np.expm1(-periods * np.log1p(rate)) / divisor)
    return result(factor * (1.0 + rate) if due else factor)


def level_payment(
    principal: ArrayLike,
    rate: ArrayLike,
    periods: ArrayLike,
    residual: ArrayLike = 0.0,
    *,
    due: bool = False,
) -> Numeric:
    """The payment a period that repays a loan, A = (P - R (1 + r)^-n) / a, a of `annuity_factor`.

    principal: P, lent now; residual: R, left to pay after n periods; both money of any sign. rate:
    r per period, > -1. periods: n > 0. due: the payments fall at the start of each period, the
    first one now, as in most leases: such a loan is `loans.level` of P - A over n - 1 periods with
    A as its upfront fee. All broadcast to the result. Source: Microsoft Excel, function PMT.

    >>> round(level_payment(15_000.0, 0.08 / 12, 60), 2)
    304.15
    >>> round(level_payment(15_000.0, 0.08 / 12, 60, due=True), 2)
    302.13
    """
    owed, left = real("principal", principal), real("residual", residual)
    r, n = real("rate", rate, above=-1.0), real("periods", periods, above=0.0)
    shape(principal=owed, rate=r, periods=n, residual=left)
    return result((owed - left * np.exp(-n * np.log1p(r))) / annuity_factor(r, n, due=due))


def nper(
    rate: ArrayLike,
    payment: ArrayLike,
    principal: ArrayLike,
    residual: ArrayLike = 0.0,
    *,
    due: bool = False,
) -> Numeric:
    """How many level payments repay a loan: the n >= 0 for which `level_payment` gives `payment`.

    n = ln((A (1 + r d) - R r) / (A (1 + r d) - P r)) / ln(1 + r), or (P - R) / A for r = 0; d is 1
    for payments that are due at the start of a period, else 0. The number is seldom whole: the last
    payment is a smaller one. Arguments as in `level_payment`. For money that is saved: principal 0,
    payment < 0, residual the sum wanted. All broadcast to the result. ValueError where no number of
    payments repays, as where they do not cover the interest. Source: Microsoft Excel, function
    NPER.

    >>> round(nper(0.07 / 12, 150.0, 8_000.0), 2)
    64.07
    """
    r, paid = real("rate", rate, above=-1.0), real("payment", payment)
    owed, left = real("principal", principal), real("residual", residual)
    shape(rate=r, payment=paid, principal=owed, residual=left)
    at_start = paid * (1.0 + r * due)
    with np.errstate(divide="ignore", invalid="ignore"):
        compound = np.log((at_start - left * r) / (at_start - owed * r)) / np.log1p(r)
        number = np.where(r == 0.0, (owed - left) / paid, compound)
    never = ~(np.isfinite(number) & (number >= 0.0))
    if never.any():
        rates, given = (np.broadcast_to(part, number.shape)[never].flat[0] for part in (r, paid))
        raise ValueError(
            f"payment: {given:g} is not allowed; one that repays the principal at the rate "
            f"{rates:g}, more than the interest, is"
        )
    return result(number)


def npv(rate: ArrayLike, cashflows: ArrayLike) -> Numeric:
    """Net present value, NPV = sum_t C_t / (1 + r)^t with t = 0, 1, ...: the first flow is now.

    rate: per period, > -1, constant in time; a scalar, or an array that broadcasts against one
    period's flows: npv(rates (k,), cashflows (period,)) gives (k,), a profile.
    cashflows: (period,) or (period, scenario). Returns a float, or (scenario,). ValueError also
    where the value is beyond all numbers, as of 400 flows at -90%.
    Trap: a spreadsheet's NPV discounts its first flow by one period; this one does not. Source: the
    definition above.
    """
    rate, flows = real("rate", rate, above=-1.0), series("cashflows", cashflows)
    shape(rate=rate, cashflows=flows[0])
    factor = 1.0 / (1.0 + rate)
    value = 0.0 * (factor + flows[-1])
    with np.errstate(over="ignore", invalid="ignore"):
        for flow in flows[::-1]:  # Horner: exact order of sums, whatever the number of scenarios
            value *= factor
            value += flow
    return _within_numbers("rate", value, rate)


def irr(
    cashflows: ArrayLike, *, root: Root = "nearest_zero", on_error: OnError = "raise"
) -> Numeric:
    """Internal rate of return: the r > -1 with sum_t C_t / (1 + r)^t = 0, per period.

    cashflows: (period,) or (period, scenario). Returns a float, or (scenario,).
    root: which of several real rates to give: nearest_zero (the smallest |ln(1 + r)|, so that +100%
    and -50% are as far), lowest or highest; whenever a scenario has several, a SeveralRatesWarning
    says so. on_error: where there is no rate (no change of sign,
    or flows whose value never crosses zero), "raise" ValueError or give "nan". Source: the
    definition above.

    Method: with x = ln(1 + r), P and N the present values of inflows and outflows, Newton's method
    solves ln P(x) - ln N(x) = 0, which is nearly straight, inside a bracket that always shrinks.
    One change of sign means one rate (Descartes); more changes may still mean one (`_most_above`);
    otherwise all rates are found (`_all_roots`).
    """
    choice("root", root, _ROOTS)
    choice("on_error", on_error, _ON_ERROR)
    if (rate := _quick_rate(cashflows)) is not None:
        return rate
    flows = series("cashflows", cashflows, periods=2)
    columns = flows.reshape(flows.shape[0], -1)
    x = np.empty(columns.shape[1])
    number = np.ones(columns.shape[1], dtype=np.intp)
    for start in range(0, x.size, _BLOCK):
        block = slice(start, start + _BLOCK)
        part = columns[:, block]
        changes, ends_positive = _sign_changes(part)
        simple = changes == 1
        if simple.all():
            x[block] = _one_root(part, changes, ends_positive)
        else:
            if simple.any():
                x[block][simple] = _one_root(
                    part[:, simple], changes[simple], ends_positive[simple]
                )
            rest = ~simple
            x[block][rest], number[block][rest] = _chosen_of_two(
                part[:, rest], changes[rest], ends_positive[rest], root
            )
    times = np.arange(flows.shape[0], dtype=np.float64)
    undecided = np.flatnonzero(number < 0)
    for start in range(0, undecided.size, _BLOCK):
        use = undecided[start : start + _BLOCK]
        x[use], number[use] = _chosen_of_all(columns[:, use], times, root)
    return _rates(x, number, flows.shape[1:], root, on_error)


def mirr(cashflows: ArrayLike, finance_rate: ArrayLike, reinvest_rate: ArrayLike) -> Numeric:
    """Modified internal rate of return, (FV of inflows / PV of outflows)^(1/n) - 1, per period.

    n = number of flows - 1; outflows are discounted to t = 0 at finance_rate, inflows compounded
    to t = n at reinvest_rate (both per period, > -1). cashflows: (period,) or (period, scenario);
    each scenario needs an inflow and an outflow. Returns a float, or (scenario,). Source: Microsoft
    Excel, function MIRR.
    """
    flows = series("cashflows", cashflows, periods=2)
    inflows, outflows = np.maximum(flows, 0.0), np.minimum(flows, 0.0)
    if not ((inflows.any(axis=0)) & (outflows.any(axis=0))).all():
        raise ValueError(
            "cashflows: no change of sign; at least one inflow and one outflow "
            "a scenario are needed"
        )
    n = flows.shape[0] - 1
    finance = real("finance_rate", finance_rate, above=-1.0)
    reinvest = real("reinvest_rate", reinvest_rate, above=-1.0)
    shape(cashflows=flows[0], finance_rate=finance, reinvest_rate=reinvest)
    received = npv(reinvest, inflows) * (1.0 + reinvest) ** n
    return result((received / -npv(finance, outflows)) ** (1.0 / n) - 1.0)


def present_value(rate_annual: ArrayLike, cashflows: ArrayLike, years: ArrayLike) -> Numeric:
    """Present value of flows at given times, PV = sum_i C_i / (1 + r)^y_i.

    rate_annual: effective annual rate > -1, a scalar or one a scenario. cashflows: (flow,) or
    (flow, scenario); a scalar is one flow. years: y_i >= 0 from today, (flow,) for all scenarios or
    (flow, scenario). Returns money, a float or (scenario,). ValueError also where the value is
    beyond all numbers. Source: the definition above.
    """
    rate = real("rate_annual", rate_annual, above=-1.0)
    flows = series("cashflows", np.atleast_1d(real("cashflows", cashflows)))
    years = series("years", np.atleast_1d(real("years", years, 0.0)))
    if years.shape[0] != flows.shape[0]:
        raise ValueError(
            f"years {years.shape}, cashflows {flows.shape}: shapes do not match; one "
            "time a flow is needed"
        )
    shape(rate_annual=rate, cashflows=flows[0], years=years[0])
    value = 0.0
    with np.errstate(over="ignore", invalid="ignore"):
        for flow, year in zip(flows, years, strict=True):
            value = value + flow * np.exp(-year * np.log1p(rate))
    return _within_numbers("rate_annual", value, rate)


def xnpv(rate_annual: ArrayLike, cashflows: ArrayLike, dates: Dates) -> Numeric:
    """Present value of dated flows, XNPV = sum_i C_i / (1 + r)^(d_i / 365), on the first date.

    d_i: days from the first date (actual/365 fixed, leap years too). rate_annual: effective annual
    rate > -1, a scalar or an array that broadcasts against one date's flows. cashflows: (date,) or
    (date, scenario). dates: rising, one a flow. Returns money, a float or (scenario,). Source:
    Microsoft Excel, function XNPV.
    """
    flows = series("cashflows", cashflows)
    return present_value(rate_annual, flows, _years("dates", dates, flows.shape[0]))


def xirr(
    cashflows: ArrayLike, dates: Dates, *, root: Root = "nearest_zero", on_error: OnError = "raise"
) -> Numeric:
    """Effective annual rate of return of dated flows: the r > -1 with XNPV = 0 (actual/365 fixed).

    cashflows: (date,) or (date, scenario). dates: rising, one a flow. root, on_error, errors and
    warnings as in `irr`. Returns a float, or (scenario,). Source: Microsoft Excel, function XIRR.
    """
    flows = series("cashflows", cashflows, periods=2)
    years = _years("dates", dates, flows.shape[0])
    return _dated_rates(flows, years, root, on_error)


def effective_annual_rate(nominal: ArrayLike, periods_per_year: ArrayLike) -> Numeric:
    """Effective annual rate, (1 + i/m)^m - 1, of a nominal annual rate i paid m times a year.

    nominal: annual, > -m. periods_per_year: m > 0. They broadcast to the result. Source: Microsoft
    Excel, function EFFECT.
    """
    i, m = real("nominal", nominal), real("periods_per_year", periods_per_year, above=0.0)
    shape(nominal=i, periods_per_year=m)
    real("nominal / periods_per_year", i / m, above=-1.0)
    return result(np.expm1(m * np.log1p(i / m)))


def nominal_rate(effective: ArrayLike, periods_per_year: ArrayLike) -> Numeric:
    """Nominal annual rate, m ((1 + r)^(1/m) - 1), of an effective annual rate r; m times a year.

    effective: annual, > -1. periods_per_year: m > 0. They broadcast to the result. Source:
    Microsoft Excel, function NOMINAL.
    """
    r = real("effective", effective, above=-1.0)
    m = real("periods_per_year", periods_per_year, above=0.0)
    shape(effective=r, periods_per_year=m)
    return result(m * np.expm1(np.log1p(r) / m))


def year_fraction(
    start: ArrayLike, end: ArrayLike, basis: Basis, *, maturity: _Day | None = None
) -> Numeric:
    """Length of time from start to end in years by a day-count convention.

    act/360, act/365F    calendar days / 360, / 365 (also in leap years)
    act/act ISDA         days in leap years / 366 + days in other years / 365
    30/360               bond basis: D1 = 31 -> 30; then D2 = 31 -> 30 if D1 is 30
    30/360 US            the same, but the last day of February counts as a 30th
    30E/360              European: D1 = 31 -> 30 and D2 = 31 -> 30
    30E/360 ISDA         German: the last day of any month counts as a 30th, but an end in February
                         that is the maturity as it stands
    where 30/360 = (360 (Y2 - Y1) + 30 (M2 - M1) + D2 - D1) / 360.

    start, end: dates or arrays of dates that broadcast to the result, start <= end (else
    ValueError). maturity: the last day of the loan, which "30E/360 ISDA" alone asks for; None for a
    period that does not end it. Interest is principal x annual rate x year_fraction. Source: 2006
    ISDA Definitions, section 4.16, whose examples for (f), (g) and (h) were read in ports of
    QuantLib's tests; 30/360 US: Microsoft Excel, function YEARFRAC, basis 0 (from memory).
    """
    choice("basis", basis, get_args(Basis))
    first, last = days("start", start, sort=False), days("end", end, sort=False)
    shape(start=first, end=last)
    if (last < first).any():
        raise ValueError(
            f"end: {end!r} before start {start!r} is not allowed; the same day or a later one is"
        )
    actual = (last - first).astype(np.float64)
    if basis == "act/360":
        return result(actual / 360.0)
    if basis == "act/365F":
        return result(actual / 365.0)
    (y1, m1, d1), (y2, m2, d2) = _calendar(first), _calendar(last)
    if basis == "act/act ISDA":
        return result(_years_since_0(last, y2) - _years_since_0(first, y1))
    if basis == "30/360 US":
        february1, february2 = _ends_february(first, m1), _ends_february(last, m2)
        d2 = np.where(february1 & february2, 30, d2)
        d1 = np.where(february1, 30, d1)
    if basis == "30E/360 ISDA":
        ends = _ends_february(last, m2)
        if maturity is not None:
            ends = ends & (last != days("maturity", maturity))
        d1 = np.where(_ends_february(first, m1), 30, d1)
        d2 = np.minimum(np.where(ends, 30, d2), 30)
    d1 = np.minimum(d1, 30)
    d2 = np.where((d2 == 31) & ((d1 == 30) | (basis == "30E/360")), 30, d2)
    return result((360.0 * (y2 - y1) + 30.0 * (m2 - m1) + d2 - d1) / 360.0)


def unit_periods(start: _Day, end: _Day, unit_periods_per_year: float) -> tuple[int, float]:
    """Whole unit-periods t and odd fraction f between two dates, as US Regulation Z counts them.

    Months (m = 12, 6, 4, 3, 2 a year, or 24 for half months): whole months back from `end`, 30 days
    each, plus the odd days, divided by 30 x 12 / m. A year (m = 1): whole years back, the rest as
    months / 12 or, if not whole months, days / 365. Weeks (52, 26, 13) and days (365) divide days.
    From one month end to another is whole months, as from 31 January to 29 February; f < 1.
    ValueError for other m and for an `end` before `start`. Source: 12 CFR 1026, Appendix J (b)(5);
    the month ends: as calendars of instalments have them.
    """
    first, last = days("start", start), days("end", end)
    if first.ndim or last.ndim or last < first:
        raise ValueError(f"end: {end!r} is not allowed; one date, not before start {start!r}, is")
    m = choice(
        "unit_periods_per_year", unit_periods_per_year, (1, 2, 3, 4, 6, 12, 24, 13, 26, 52, 365)
    )
    if m in (13, 26, 52, 365):
        length = {13: 28, 26: 14, 52: 7, 365: 1}[m]
        whole, odd = divmod(int((last - first).astype(int)), length)
        return whole, odd / length
    begins, ends = np.stack([first, last])  # two dates out of two arrays without an axis
    months, odd = _whole_months(begins, ends)
    if m == 1:
        whole, rest = divmod(months, MONTHS_A_YEAR)
        if not odd:
            return whole, rest / MONTHS_A_YEAR
        odd = _days_between(begins, _months_back(ends, MONTHS_A_YEAR * whole, begins))
        return whole + odd // 365, odd % 365 / 365
    odd += 30 * months
    length = 30 * MONTHS_A_YEAR // m
    return odd // length, odd % length / length


def annual_percentage_rate(
    advances: Sequence[_Item],
    payments: Sequence[_Item],
    *,
    unit_periods_per_year: float | None = None,
    basis: Literal["nominal", "effective"] = "nominal",
) -> float:
    """Annual percentage rate of a loan, a decimal a year, by the actuarial method.

    advances, payments: items (amount, t, f), t whole unit-periods and the odd fraction f in [0, 1)
    since the first advance; or items (amount, date). Amounts > 0; fees paid at the start reduce the
    advance. With m = unit_periods_per_year and the rate i a unit-period:

    nominal    i m, where sum A_k / ((1 + f i)(1 + i)^t) = sum P_j / ((1 + f i)(1 + i)^t): simple
               interest in an odd fraction. Dates are turned into (t, f) by `unit_periods`. A dated
               loan of one advance and one payment needs no m: its unit-period is its term, in whole
               months or else in days, at most a year.
               Source: US Regulation Z, 12 CFR 1026, Appendix J (b)(1), (b)(5), (b)(8).
    effective  X, where sum A_k (1 + X)^-y = sum P_j (1 + X)^-y, with y years since the first
               advance: (t + f) / m; of dates, days / 365 or, if m is given, whole months / 12 or
               weeks / 52 and the odd days / 365.
               Source: EU Directive 2008/48/EC, Annex I, Part I.

    ValueError for bad items, for (t, f) items or dated instalments without m, for a payment before
    the first advance, and if no rate fits.
    """
    choice("basis", basis, ("nominal", "effective"))
    named = _items(advances, payments)
    dated = len(advances[0]) == 2
    amounts = np.array([real(f"{name} amount", item[0], above=0.0) for name, item in named])
    flows = np.where(np.arange(len(named)) < len(advances), -amounts, amounts)
    m = unit_periods_per_year
    if m is not None:
        real("unit_periods_per_year", m, above=0.0)
    elif not (dated and (basis == "effective" or len(named) == 2)):
        raise ValueError(
            "unit_periods_per_year: None is not allowed for (amount, t, f) items or "
            "the nominal rate of dated instalments; a number > 0 is"
        )
    if m is not None and not dated:
        t, f = np.array(
            [
                (count(f"{name} t", whole), float(real(f"{name} f", part, 0.0, below=1.0)))
                for name, (_, whole, part) in named
            ]
        ).T
        _after_advance(t + f, len(advances))
        if basis == "effective":
            return _effective_rate(flows, (t + f) / m)
        return m * _unit_period_rate(flows, t, f)
    dates = np.array([days(f"{name} date", item[1]) for name, item in named])
    start = dates[: len(advances)].min()
    term = (dates - start).astype(np.float64)
    _after_advance(term, len(advances))
    if basis == "effective":
        return _effective_rate(
            flows,
            term / 365.0
            if m is None
            else np.array([_equal_years(start, date, m) for date in dates]),
        )
    if m is None:
        months, odd = unit_periods(start, dates[-1], 12)
        m = 1 if term[-1] >= 365.0 or not term[-1] else 365.0 / term[-1] if odd else 12 / months
        if m > 1:  # the term is the one unit-period
            return m * _unit_period_rate(flows, np.sign(term), np.zeros(2))
    t, f = np.array([unit_periods(start, date, m) for date in dates], dtype=np.float64).T
    return m * _unit_period_rate(flows, t, f)


def _items(
    advances: Sequence[_Item], payments: Sequence[_Item]
) -> list[tuple[str, tuple[Any, ...]]]:
    """(name, item) of every advance, then of every payment; ValueError unless all are of a kind."""
    both = (("advances", advances), ("payments", payments))
    for name, given in both:
        if (
            not np.iterable(given)
            or not len(given)
            or not all(
                np.iterable(item) and len(item) == len(advances[0]) in (2, 3) for item in given
            )
        ):
            raise ValueError(
                f"{name}: {given!r} is not allowed; at least one item of each, all "
                "(amount, t, f) or all (amount, date), is"
            )
    return [(f"{name}[{k}]", item) for name, given in both for k, item in enumerate(given)]


def _after_advance(time: Array, advances: int) -> None:
    """Raises if a payment falls before the first advance."""
    if time[advances:].min() < time[:advances].min():
        raise ValueError(
            f"payments[{np.argmin(time[advances:])}]: before the first advance, which "
            "is not allowed; the same day or later is"
        )


def _equal_years(start: np.datetime64, end: np.datetime64, unit_periods_per_year: float) -> float:
    """Years of 12 equal months or 52 weeks, counted back from `end`, and of 365 days for the rest.

    Source: EU Directive 2008/48/EC, Annex I, Part I, remark (c).
    """
    if unit_periods_per_year in (13, 26, 52, 365):
        whole, odd = divmod(_days_between(start, end), 7)
        return whole / 52 + odd / 365.0
    whole, odd = _whole_months(start, end)
    return whole / MONTHS_A_YEAR + odd / 365.0


def _effective_rate(flows: Array, years: Array) -> float:
    """The effective annual rate of flows in any order, each at its time in years."""
    order = np.argsort(years, kind="stable")
    rate: float = _dated_rates(flows[order], years[order], "nearest_zero", "raise")
    return rate


def _unit_period_rate(flows: Array, t: Array, f: Array) -> float:
    """The i with sum C / ((1 + f i)(1 + i)^t) = 0, on the side of zero that the total asks for."""
    payment, advance = np.maximum(flows, 0.0), np.maximum(-flows, 0.0)
    if (t + f).max() == (t + f).min():
        raise ValueError("payments: all flows fall at one time; some time between them is needed")

    def evaluate(x: Array) -> tuple[Array, ...]:
        growth = np.exp(x)
        weight = np.exp(-t * x) / (1.0 + f * (growth - 1.0))
        slope = t + f * growth / (1.0 + f * (growth - 1.0))
        return tuple(
            np.sum(part * weight, keepdims=True)
            for part in (payment, advance, payment * slope, advance * slope)
        )

    short = flows.sum() < 0.0  # less comes back than went out: the rate is negative
    least = -500.0 / (1.0 + t.max())  # nothing overflows above it
    x = _newton(
        evaluate,
        np.zeros(1),
        np.full(1, least if short else 0.0),
        np.full(1, 0.0 if short else np.inf),
        np.full(1, -1.0),
    )
    return float(np.expm1(x[0]))


def _within_numbers(name: str, value: Numeric, rate: Array) -> Numeric:
    """`value` as a result, unless it overflowed: at worst inf - inf, which is NaN."""
    if not np.isfinite(value).all():
        raise ValueError(
            f"{name}: {rate.min():g} to {rate.max():g} takes the value beyond all numbers, which "
            "is not allowed; a milder one is"
        )
    return result(value)


def _calendar(day: _Dates) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Year, month (1..12) and day of the month."""
    month = day.astype("datetime64[M]")
    number = month.astype(np.int64)  # months since January 1970
    in_month = (day - month.astype("datetime64[D]")).astype(np.int64)
    return 1970 + number // 12, 1 + number % 12, 1 + in_month


def _years_since_0(day: _Dates, year: NDArray[np.int64]) -> Array:
    """Years up to a day of this `year`, each day a 366th of a leap year, a 365th of another."""
    start = day.astype("datetime64[Y]")
    following = start + np.timedelta64(1, "Y")
    length = following.astype("datetime64[D]") - start.astype("datetime64[D]")
    years: Array = year + (day - start.astype("datetime64[D]")) / length
    return years


def _ends_february(day: _Dates, month: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether a day of this `month` is the last one of February."""
    tomorrow = day + np.timedelta64(1, "D")
    is_last = tomorrow.astype("datetime64[M]") != day.astype("datetime64[M]")
    ends: NDArray[np.bool_] = (month == 2) & is_last
    return ends


def _days_between(start: np.datetime64, end: np.datetime64) -> int:
    """Calendar days from one day to another; a month stands for its first day."""
    return int((end.astype("datetime64[D]") - start.astype("datetime64[D]")).astype(int))


def _whole_months(start: np.datetime64, end: np.datetime64) -> tuple[int, int]:
    """Whole months from one day to another, counted back from the last, and the days that rest."""
    months = int((end.astype("datetime64[M]") - start.astype("datetime64[M]")).astype(int))
    months -= int(_months_back(end, months, start) < start)
    return months, _days_between(start, _months_back(end, months, start))


def _months_back(day: np.datetime64, months: int, start: np.datetime64) -> np.datetime64:
    """The same day of the month, `months` before; its last day where it has no such day.

    The last day of a month stands for the 30th or 31st that it lacks, if `start` falls on such a
    day, and for the last day of every month, if `start` is one: so 31 January is a month before
    29 February, and 30 January too.
    """
    month, begun = day.astype("datetime64[M]"), start.astype("datetime64[M]")
    place, wanted = _days_between(month, day), _days_between(begun, start)  # 0 is the first
    if place + 1 == _month_length(month):
        place = 30 if wanted + 1 == _month_length(begun) else max(place, wanted)
    then = month - np.timedelta64(months, "M")
    earlier: np.datetime64 = then.astype("datetime64[D]") + np.timedelta64(
        min(place, _month_length(then) - 1), "D"
    )
    return earlier


def _month_length(month: np.datetime64) -> int:
    """Days of a month."""
    return _days_between(month, month + np.timedelta64(1, "M"))


# ---------------------------------------------------------------------------------------------
# The solver behind irr and xirr. Unknown: x = ln(1 + r), so that 1/(1 + r)^t = exp(-t x).


def _quick_rate(cashflows: ArrayLike) -> float | None:
    """`irr` of one row of flows with one change of sign; None where the whole solver is needed.

    The same start and the same steps, in plain numbers: of one row a call of numpy takes longer
    than all its flows. Whatever is unusual, an argument that is not allowed too, is left to `irr`.
    """
    try:
        array = np.asarray(cashflows, dtype=np.float64)
        if array.ndim != 1:
            return None
        flows: list[float] = array.tolist()
        total = sum(flows)
        if not math.isfinite(total) or not total or not flows[0] or not flows[-1]:
            return None
        if (flows[0] > 0.0) == (flows[-1] > 0.0):
            return None
    except (TypeError, ValueError, OverflowError, IndexError):
        return None
    below = (total > 0.0) == (flows[0] > 0.0)  # the rate is negative: time runs backwards
    if below:
        flows.reverse()
    if flows[0] > 0.0:
        flows = [-flow for flow in flows]
    turn = 1
    while flows[turn] <= 0.0:  # the last one is above zero
        turn += 1
    if min(flows[turn:]) < 0.0:
        return None
    later, sooner = flows[: turn - 1 : -1], [-flow for flow in flows[turn - 1 :: -1]]  # last first
    try:
        x = _quick_root(sooner, later, turn)
        return None if x is None else math.expm1(-x if below else x)
    except (OverflowError, ValueError, ZeroDivisionError):  # of an exponential, a logarithm
        return None


def _quick_root(sooner: list[float], later: list[float], turn: int) -> float | None:
    """The x > 0 at which two sides >= 0 are worth the same; `later` begins at period `turn`.

    Both last first. None where the steps of `_newton` do not lead there straight.
    """
    gap, span, bend = 0.0, 0.0, 0.0
    for sign, side, begins in ((1.0, later, turn), (-1.0, sooner, 0)):
        p, d, e = 0.0, 0.0, 0.0
        for flow in side:  # Horner at v = 1: sums of c, t c and t (t - 1)/2 c
            e += d
            d += p
            p += flow
        mean = d / p
        gap += sign * math.log(p)
        span += sign * (mean + begins)
        bend += sign * ((2.0 * e + d) / p - mean * mean)
    step = 2.0 * gap / (span + math.sqrt(max(span * span - 2.0 * bend * gap, 0.0)))
    x, before, moved = step, span, step
    for _ in range(20):
        v = math.exp(-x)
        p, d = 0.0, 0.0
        for flow in later:
            d = d * v + p
            p = p * v + flow
        q, e = 0.0, 0.0
        for flow in sooner:
            e = e * v + q
            q = q * v + flow
        span = turn + v * (d / p - e / q)
        step = (math.log(p / q) - turn * x) / span
        step *= 1.0 - 0.5 * step * (span - before) / (moved * span)
        if not x + step >= 0.0 or abs(step) > 0.5 * abs(moved):
            return None
        x, before, moved = x + step, span, step
        if abs(step) <= _TOLERANCE:
            return x
    return None


def _sign_changes(flows: Array) -> tuple[NDArray[np.int16], NDArray[np.bool_]]:
    """Changes of sign down each column (zeros skipped), and whether the last sign is plus."""
    up, down = flows > 0.0, flows < 0.0
    if (up | down).all():  # no zero to skip: neighbours tell
        return (up[1:] ^ up[:-1]).sum(axis=0, dtype=np.int16), up[-1]
    changes = np.zeros(flows.shape[1], dtype=np.int16)
    plus = np.zeros(flows.shape[1], dtype=bool)
    minus = plus.copy()
    for rise, fall in zip(up, down, strict=True):
        changes += (rise & minus) | (fall & plus)
        plus = rise | (plus & ~fall)
        minus = fall | (minus & ~rise)
    return changes, plus


def _most_above(flows: Array) -> NDArray[np.intp]:
    """The most roots x > 0 that each column of regular flows can have (Laguerre).

    f(x) / (1 - v)^k, v = exp(-x), is a power series in v whose coefficients are the flows summed up
    k times over; its changes of sign bound its zeros. The last sums tell those of the endless tail.
    """
    most = np.full(flows.shape[1], flows.shape[0])
    tail: list[Array] = []
    for _ in range(4):
        flows = np.cumsum(flows, axis=0)
        most = np.minimum(most, _sign_changes(np.vstack([flows, *tail]))[0])
        tail.insert(0, flows[-1])
    return most


def _chosen_of_two(
    flows: Array, changes: NDArray[np.int16], ends_positive: NDArray[np.bool_], root: Root
) -> tuple[Array, NDArray[np.intp]]:
    """Where at most one root lies above zero and one below: the chosen x, and how many there are.

    Regular flows with no, or more than one, change of sign. The number is -1 where Laguerre's bound
    leaves more to find.
    """
    above, below = _most_above(flows), _most_above(flows[::-1])
    clear = np.abs(_sum(flows)) > 1e-12 * _sum(np.abs(flows))  # the root is not at zero itself
    decided = (above <= 1) & (below <= 1) & clear
    found = np.full((2, flows.shape[1]), np.nan)
    for line, side, down in ((found[0], above, False), (found[1], below, True)):
        use = np.flatnonzero((side == 1) & decided)
        if use.size:
            line[use] = _one_root(
                flows[:, use], changes[use], ends_positive[use], np.full(use.size, down)
            )
    x, number = _chosen(found, root)
    return x, np.where(decided, number, -1)


def _one_root(
    flows: Array,
    changes: NDArray[np.int16],
    ends_positive: NDArray[np.bool_],
    below: NDArray[np.bool_] | None = None,
) -> Array:
    """The x of each column of regular flows: its only root below or above zero, or its only one."""
    parts = _split(flows)
    x, excess = _start(parts)
    if below is None:
        below = np.where(ends_positive, excess < 0.0, excess > 0.0)
    # A column whose root is negative is turned upside down: t -> T - t maps x to -x. So v = exp(-x)
    # stays in (0, 1] and nothing overflows; with a flow in the first row not all underflows either.
    turned = np.where(below, flows[::-1], flows) if below.any() else flows
    if not turned[0].all():
        turned = _without_lead(turned)
    if turned is not flows:
        parts = _split(turned)

    def evaluate(x: Array) -> tuple[Array, ...]:
        v = np.exp(-x)
        (p, dp), (n, dn) = (_horner(rows, float(v[0]) if v.size == 1 else v) for rows in parts)
        return p, n, v * dp, v * dn

    # Sign of the first flow, so of NPV at x = inf: that of the last one, unless an odd number of
    # changes lies between and the column was not turned.
    sign = np.where(ends_positive ^ (~below & (changes % 2 == 1)), 1.0, -1.0)
    x = _newton(evaluate, np.abs(x), np.zeros_like(x), np.full_like(x, np.inf), sign)
    return np.where(below, -x, x)


def _without_lead(flows: Array) -> Array:
    """Each column moved up so that it begins with its first flow: the same rates."""
    row = np.arange(len(flows))[:, None] + np.argmax(flows != 0.0, axis=0)
    moved = np.take_along_axis(flows, np.minimum(row, len(flows) - 1), axis=0)
    return np.where(row < len(flows), moved, 0.0)


def _split(flows: Array) -> list[_Rows]:
    """Inflows and outflows, both >= 0, row by row, last first, without the empty ones at the end.

    A row without any is the number 0. Of a single column all rows are numbers: the same operations
    and the same bits, but quicker.
    """
    inflows: _Rows = []
    outflows: _Rows = []
    if flows.shape[1] == 1:
        column = flows[::-1, 0].tolist()
        inflows, outflows = [max(c, 0.0) for c in column], [max(-c, 0.0) for c in column]
    else:
        for row in flows[::-1]:
            inflows.append(
                row if row.min() >= 0.0 else np.maximum(row, 0.0) if row.max() > 0.0 else 0.0
            )
            outflows.append(0.0 if inflows[-1] is row else inflows[-1] - row)
    return [
        rows[next(i for i, row in enumerate(rows) if np.ndim(row) or row) :]
        for rows in (inflows, outflows)
    ]


def _horner(rows: _Rows, v: Array | float) -> tuple[Numeric, Numeric]:
    """sum_t c_t v^t and its derivative in v; numbers for a number v and a single column."""
    p, d = 0.0 * v, 0.0 * v
    for row in rows:
        d *= v
        d += p
        p *= v
        p += row
    return p, d


def _start(parts: list[_Rows]) -> tuple[Array, Array]:
    """Root of the second-order expansion of ln P - ln N at x = 0, and ln P - ln N there."""
    moments = []
    for rows in parts:
        p, d, e = 0.0 * rows[0], 0.0 * rows[0], 0.0 * rows[0]
        for row in rows:  # Horner at v = 1: sums of c, t c and t (t - 1)/2 c
            e += d
            d += p
            p += row
        moments.append(np.atleast_1d(p, d, 2.0 * e + d))
    return _expanded(*moments)


def _expanded(inflows: Sequence[Array], outflows: Sequence[Array]) -> tuple[Array, Array]:
    """`_start` from the sums of c, t c and t^2 c, all > 0 or t = 0."""
    (logs, means, variances) = zip(
        *((np.log(p), d / p, e / p - (d / p) ** 2) for p, d, e in (inflows, outflows)), strict=True
    )
    excess, span, bend = (a - b for a, b in (logs, means, variances))
    root = np.sqrt(np.maximum(span**2 - 2.0 * bend * excess, 0.0))
    step = span + np.copysign(root, span)
    return 2.0 * excess / np.where(step == 0.0, 1.0, step), excess


def _newton(
    evaluate: Callable[[Array], tuple[Array, ...]],
    x: Array,
    low: Array,
    high: Array,
    sign: Array,
    span_before: Array | None = None,
    tolerance: float = _TOLERANCE,
) -> Array:
    """The one root of h(x) = ln P - ln N in [low, high], column by column; sign: of h at `high`.

    evaluate(x) gives P, N, sum t P_t, sum t N_t (up to one common factor); -h' is the span between
    the mean times of P and N. Newton's step is corrected by the bend of h (Chebyshev), which the
    last two spans tell; span_before: at x = 0, where that is known. Each column stops by itself, so
    that its result does not depend on its neighbours.
    """
    done = np.zeros(x.shape, dtype=bool)
    size = np.full_like(x, np.inf)  # of the last step
    moved = np.where(x == 0.0, 1.0, x)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        for _ in range(200):
            p, n, tp, tn = evaluate(x)
            gap = np.log(np.divide(p, n))  # may be infinite
            beyond = ~(gap * sign <= 0.0)
            np.copyto(high, x, where=beyond)
            np.copyto(low, x, where=~beyond)
            span = tp / p - tn / n
            step = gap / span
            if span_before is not None:
                step = step * (1.0 - 0.5 * step * (span - span_before) / (moved * span))
            new = x + step
            # Out of the bracket, or too slow inside a finite one: halve it, or double outwards.
            good = (new >= low) & (new <= high) & (
                (np.abs(step) <= 0.5 * size) | (high == np.inf) | (low == -np.inf)
            ) | done
            if not good.all():
                reach = np.maximum(1.0, np.abs(x))
                middle = np.where(
                    np.isinf(high),
                    low + reach,
                    np.where(np.isinf(low), high - reach, 0.5 * (low + high)),
                )
                new = np.where(good, new, middle)
            np.copyto(new, x, where=done)
            moved, span_before = new - x, span
            x, size = new, np.abs(moved)
            done |= (size <= _TOLERANCE) | (good & (size <= tolerance))
            if done.all():
                break
    return x


def _all_roots(flows: Array, times: Array, changes: int) -> Array:
    """All x of each column with this number of changes of sign: (changes, column), NaN for none.

    f(x) = sum_i c_i exp(-t_i x). With t* inside the first change of sign, the derivative of
    exp(t* x) f(x) has the coefficients (t* - t_i) c_i and one change less; between two neighbours
    of its zeros f has at most one root (Descartes' rule, the way it is proved). A zero that
    touches without crossing is one root.
    """
    number = flows.shape[1]
    sides = _sides(flows)
    sums = _dated_sums(flows, times, sides)
    lead = np.sign(flows[_first_flow(flows), np.arange(number)])  # of f at x = inf
    edges = [np.full(number, -np.inf)]
    signs = [lead * (-1.0) ** changes]
    if changes > 1:
        turn = np.argmax(flows * lead < 0.0, axis=0)  # the first flow of the other sign
        between = 0.5 * (times[turn - 1] + times[turn])
        for x in _all_roots((between - times[:, None]) * flows, times, changes - 1):
            missing = np.isnan(x)
            x = np.where(missing, edges[-1], x)
            p, n, *_ = sums(np.where(missing, 0.0, x))
            touches = np.abs(p - n) <= 1e-13 * (p + n)
            signs.append(np.where(missing, signs[-1], np.where(touches, 0.0, np.sign(p - n))))
            edges.append(x)
    edges.append(np.full(number, np.inf))
    signs.append(lead)

    roots = np.full((changes, number), np.nan)
    for i, found in enumerate(roots):
        low, high = edges[i], edges[i + 1]
        if i + 1 < changes:
            found[:] = np.where((signs[i + 1] == 0.0) & (high > low), high, np.nan)
        use = np.flatnonzero(signs[i] * signs[i + 1] < 0.0)
        if use.size:
            low, high = low[use], high[use]
            some = flows if use.size == number else flows[:, use]
            span = None
            if changes == 1:  # the only root of each column, so anywhere
                guess, span = _dated_start(sides, times, number)
            else:
                room = np.minimum(0.1, 0.5 * (high - low))
                guess = np.clip(0.0, low + room, high - room)
            found[use] = _newton(
                sums if some is flows else _dated_sums(some, times, _sides(some)),
                guess,
                low,
                high,
                signs[i + 1][use],
                span,
                _DATED_TOLERANCE,
            )
    return roots


def _first_flow(flows: Array) -> NDArray[np.intp]:
    """The row in which each column begins, (column,)."""
    if flows[0].all():
        return np.zeros(flows.shape[1], dtype=np.intp)
    begins: NDArray[np.intp] = np.argmax(flows != 0.0, axis=0)
    return begins


def _dated_sums(
    flows: Array, times: Array, sides: list[_Sides]
) -> Callable[[Array], tuple[Array, ...]]:
    """The function of x that gives P, N, sum t P_t and sum t N_t of each column for `_newton`.

    Relative to the first or last flow, so that nothing overflows and not all underflows. Many
    columns are summed row by row, which keeps the working arrays in the cache, and of equal gaps in
    time the exponential is taken once; few are summed at once, which takes fewer calls.
    """
    first, last = times[_first_flow(flows)], times[-1 - _first_flow(flows[::-1])]
    ragged = first.max() > first.min() or last.max() > last.min()

    def few(x: Array) -> tuple[Array, ...]:
        reference = np.where(x < 0.0, last, first)
        weights = np.exp(np.minimum((reference - times[:, None]) * x, 0.0))
        p, n = inflow * weights, outflow * weights
        return tuple(_sum(part) for part in (p, n, times[:, None] * p, times[:, None] * n))

    if flows.shape[1] <= _FEW:
        inflow, outflow = np.maximum(flows, 0.0), np.maximum(-flows, 0.0)
        return few
    rows = list(zip(times.tolist(), sides, strict=True))
    gaps, place = np.unique(_days_apart(times), return_inverse=True)

    def weights(x: Array) -> Iterator[Array]:
        """The weights of each row, in an array that is used again."""
        under = x < 0.0
        if not ragged and not under.any():  # a weight is the one before by the factor of the gap
            factors, weight = _factors(x, gaps.tolist()), np.ones(x.size)
            for at in place.tolist():
                yield np.multiply(weight, factors[at], out=weight)
            return
        reference = np.where(under, last, first)
        for time, _ in rows:
            weight = (reference - time) * x
            if ragged:  # outside a column's flows, where they are zero, the weight may overflow
                np.minimum(weight, 0.0, out=weight)
            yield np.exp(weight, out=weight)

    def many(x: Array) -> tuple[Array, ...]:
        totals = np.zeros((4, x.size))
        for (time, row), weight in zip(rows, weights(x), strict=True):
            for k, side in row:
                part = side * weight
                totals[k] += part
                part *= time
                totals[k + 2] += part
        return tuple(totals)

    return many


def _days_apart(times: Array) -> Array:
    """Days from each time (in years) to the next, from 0 on; whole where the times are of days."""
    when = times * 365.0
    day = np.rint(when)
    return np.diff(day if np.abs(when - day).max() < 1e-6 else when, prepend=when[:1])


def _factors(x: Array, gaps: list[float]) -> list[Array]:
    """exp(-x gap / 365) of each of the rising gaps in days; from one to the next day by day."""
    a_day = np.exp(x / -365.0)
    factors: list[Array] = []
    before = -np.inf
    for gap in gaps:
        further = gap - before
        if further in (1.0, 2.0, 3.0):
            factor = factors[-1] * a_day
            for _ in range(int(further) - 1):
                factor *= a_day
        else:
            factor = np.exp(x * (gap / -365.0))
        factors.append(factor)
        before = gap
    return factors


def _sides(flows: Array) -> list[_Sides]:
    """Of each row its inflows (0) and its outflows (1), both >= 0; a side without any is left out.

    Most rows are of one side for all columns, and are not copied.
    """
    sides: list[_Sides] = []
    for row in flows:
        low, high = row.min(), row.max()
        sides.append([])
        if high > 0.0:
            sides[-1].append((0, row if low >= 0.0 else np.maximum(row, 0.0)))
        if low < 0.0:
            sides[-1].append((1, -row if high <= 0.0 else np.maximum(-row, 0.0)))
    return sides


def _dated_start(sides: list[_Sides], times: Array, columns: int) -> tuple[Array, Array]:
    """`_start` for flows at any times; the second is the span of the mean times at x = 0."""
    moments = np.zeros((2, 3, columns))
    for time, row in zip(times.tolist(), sides, strict=True):
        for k, side in row:
            total, first, second = moments[k]
            total += side
            part = time * side
            first += part
            part *= time
            second += part
    (p, d, _), (n, e, _) = moments
    return _expanded(*moments)[0], d / p - e / n


def _sum(rows: Array) -> Array:
    """Sum over axis 0 in the order of time, so that the bits do not depend on the columns."""
    total: Array = np.cumsum(rows, axis=0)[-1]
    return total


def _chosen_of_all(flows: Array, times: Array, root: Root) -> tuple[Array, NDArray[np.intp]]:
    """Of all rates of each column the chosen x (NaN if there is none), and how many there are."""
    x = np.full(flows.shape[1], np.nan)
    number = np.zeros(flows.shape[1], dtype=np.intp)
    changes, _ = _sign_changes(flows)
    for c in np.unique(changes[changes > 0]).tolist():
        use = changes == c
        some = flows if use.all() else flows[:, use]
        x[use], number[use] = _chosen(_all_roots(some, times, c), root)
    return x, number


def _chosen(x: Array, root: Root) -> tuple[Array, NDArray[np.intp]]:
    """Of the x in each column, NaN for none, the chosen one and their number."""
    nearest = np.abs(x) * (1.0 + 1e-9 * (x > 0.0))  # of two as near the lower one
    merit = {"nearest_zero": nearest, "lowest": x, "highest": -x}
    best = np.argmin(np.where(np.isnan(x), np.inf, merit[root]), axis=0)
    return np.take_along_axis(x, best[None], axis=0)[0], (~np.isnan(x)).sum(axis=0)


def _rates(
    x: Array, number: NDArray[np.intp], form: tuple[int, ...], root: Root, on_error: OnError
) -> Numeric:
    """Rates from x = ln(1 + r), with the warning and the error that irr and xirr promise."""
    choice("on_error", on_error, _ON_ERROR)
    missing = (number == 0) | (x > 709.0)  # exp(709) is about the largest number
    several, none = np.flatnonzero(number > 1), np.flatnonzero(missing)
    if none.size and on_error == "raise":
        raise ValueError(
            f"cashflows: no rate makes the value zero in {none.size} of {number.size} "
            f"scenario(s), first in scenario {none[0]}; flows that change sign are "
            "needed (on_error='nan' gives nan there)"
        )
    if several.size:
        warnings.warn(
            f"cashflows: {several.size} of {number.size} scenario(s) have several rates "
            f"(first: scenario {several[0]}, {number[several[0]]} rates); root={root!r} "
            "is given",
            SeveralRatesWarning,
            stacklevel=3,
        )
    return result(np.expm1(np.where(missing, np.nan, x)).reshape(form))


def _dated_rates(flows: Array, years: Array, root: Root, on_error: OnError) -> Numeric:
    """Rates per year of flows at rising times in years."""
    choice("root", root, _ROOTS)
    first = np.flatnonzero(np.diff(years, prepend=-1.0) > 0.0)
    merged = flows.reshape(years.size, -1)
    if first.size < years.size:  # one flow a time
        merged = np.add.reduceat(merged, first, axis=0)
    x = np.empty(merged.shape[1])
    number = np.empty(merged.shape[1], dtype=np.intp)
    for start in range(0, x.size, _BLOCK):
        block = slice(start, start + _BLOCK)
        x[block], number[block] = _chosen_of_all(merged[:, block], years[first], root)
    return _rates(x, number, flows.shape[1:], root, on_error)


def _years(name: str, dates: Dates, size: int) -> Array:
    """Years from the first of rising dates to each, (date,), actual/365 fixed."""
    when = days(name, dates, size)
    years: Array = (when - when[0]).astype(np.float64) / 365.0
    return years

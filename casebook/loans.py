"""Loans: repayment schedules, what they cost the customer, and what happens on early payment.

Axis 0 is time, axis 1 the scenario; flows fall at period end, seen from the lender: what the
borrower pays is positive. A rate is per period unless it is named annual. principal and rate may be
a scalar or one value a scenario, (scenario,); a rate that changes over time (known resets, uneven
dates: `dated_rates`) has the shape (period, 1) or (period, scenario). Money in one currency. A bad
argument is a ValueError that names it, its value and what is allowed.

A year's bullet loan of 100 at 2% a quarter: what is due, and what does it cost a year if a fee of
1% is kept back at the start?

>>> from casebook import loans
>>> loan = loans.bullet(100.0, rate=0.02, periods=4)
>>> loan.payment.round(2).tolist()
[2.0, 2.0, 2.0, 102.0]
>>> round(loans.effective_interest_rate(loan, upfront_fee=1.0, periods_per_year=4), 4)
0.0937
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from ._checks import Array, Dates, Numeric, choice, count, days, real, series, shape
from .timevalue import Basis, effective_annual_rate, irr, year_fraction

__all__ = [
    "Keep",
    "Schedule",
    "balloon",
    "bullet",
    "cash_sweep",
    "dated_rates",
    "effective_interest_rate",
    "equal_principal",
    "level",
    "prepay",
    "revolving",
    "sculpted",
]

Keep = Literal["term", "payment"]


def __dir__() -> list[str]:
    return sorted(__all__)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A loan period by period; every line has the shape (period,) or (period, scenario).

    All are money: opening and closing the balance at the period's start and end, the others paid at
    its end. opening - principal = closing, and payment = interest + principal + fee. A principal
    below zero is a drawing, or interest added to the balance.
    """

    opening: Array
    interest: Array
    principal: Array
    payment: Array
    closing: Array
    fee: Array

    def cashflows(self, upfront_fee: ArrayLike = 0.0) -> Array:
        """The lender's flows from t = 0: -(opening balance) + upfront fee, then the payments.

        upfront_fee: money at t = 0, a scalar or (scenario,). Returns (period + 1, ...). The
        borrower's flows are the negative of it; `timevalue.irr` of either is the all-in rate.
        """
        first = real("upfront_fee", upfront_fee) - self.opening[0]
        return np.concatenate([np.broadcast_to(first, self.payment.shape[1:])[None], self.payment])

    def to_frame(self) -> Any:
        """A pandas DataFrame: periods 1..n down, lines (and scenarios, if many) across."""
        import pandas as pd  # only here: the model itself needs numpy alone

        lines = ("opening", "interest", "principal", "fee", "payment", "closing")
        period = pd.RangeIndex(1, len(self.opening) + 1, name="period")
        frames = {line: pd.DataFrame(getattr(self, line), index=period) for line in lines}
        if self.opening.ndim == 1:
            return pd.DataFrame({line: frame[0] for line, frame in frames.items()})
        return pd.concat(frames, axis=1, names=["line", "scenario"])


def bullet(
    principal: ArrayLike, rate: ArrayLike, periods: int, *, grace: int = 0, capitalise: bool = False
) -> Schedule:
    """Interest each period, the whole principal at the end.

    principal >= 0; rate per period, > -1; periods: the term, the grace included. For the first
    `grace` periods nothing but interest is due; with `capitalise` not even that: it is added to the
    balance. Shapes: see the module. ValueError for bad numbers, grace >= periods or unlike shapes.
    Source: the definition above, as for the other forms.
    """

    def path(balance: Array, rates: Array) -> Array:
        return np.broadcast_to(balance, (len(rates) + 1, *balance.shape))

    return _repaid(principal, rate, periods, grace, capitalise, path)


def equal_principal(
    principal: ArrayLike, rate: ArrayLike, periods: int, *, grace: int = 0, capitalise: bool = False
) -> Schedule:
    """The same principal each period, B / (n - g), and interest on what is left.

    B: balance after the grace of g of n periods. Arguments, errors and source as for `bullet`.
    """

    def path(balance: Array, rates: Array) -> Array:
        left = np.arange(len(rates), -1.0, -1.0) / len(rates)
        balances: Array = np.multiply.outer(left, balance)
        return balances

    return _repaid(principal, rate, periods, grace, capitalise, path)


def level(
    principal: ArrayLike, rate: ArrayLike, periods: int, *, grace: int = 0, capitalise: bool = False
) -> Schedule:
    """The same payment each period, A = B / sum_t DF_t, so that the last one clears the loan.

    B: balance after the grace; DF_t: discount factors of the rates after it, (1 + r)^-t for one
    rate. Arguments and errors as for `bullet`. Source: Microsoft Excel, functions PMT, IPMT, PPMT.
    """
    return balloon(principal, rate, periods, 0.0, grace=grace, capitalise=capitalise)


def balloon(
    principal: ArrayLike,
    rate: ArrayLike,
    periods: int,
    residual: ArrayLike,
    *,
    grace: int = 0,
    capitalise: bool = False,
) -> Schedule:
    """Level payments, A = (B - R DF_n) / sum_t DF_t, and the residual R on top of the last one.

    residual: R >= 0, a scalar or (scenario,). Symbols, other arguments, errors, source: `level`.
    """
    residual = real("residual", residual, 0.0)

    def path(balance: Array, rates: Array) -> Array:
        # The balance is what the remaining payments are worth. Backwards no rounding error grows.
        annuity, final = np.zeros((2, len(rates) + 1, *rates.shape[1:]))
        final[-1] = 1.0
        for t in range(len(rates) - 1, -1, -1):
            annuity[t] = (annuity[t + 1] + 1.0) / (1.0 + rates[t])
            final[t] = final[t + 1] / (1.0 + rates[t])
        payment = (balance - residual * final[0]) / annuity[0]
        balances: Array = payment * annuity + residual * final
        return balances

    return _repaid(principal, rate, periods, grace, capitalise, path, residual)


def sculpted(cfads: ArrayLike, dscr: ArrayLike, rate: ArrayLike) -> Schedule:
    """Debt service in proportion to cash, DS_t = max(CFADS_t - S_(t-1), 0) / DSCR; its value lent.

    S_t = max(S_(t-1) - CFADS_t, 0): what CFADS below zero falls short of, made good out of the next
    cash first. B_(t-1) = (B_t + DS_t) / (1 + r_t) back from B_n = 0; B_0 = sum_t DS_t DF_t is drawn
    one period before cfads[0]. In weak periods unpaid interest is added: principal below zero.
    cfads: (period,) or (period, scenario); dscr > 0 and rate > -1 broadcast against it: scalars, or
    for one run (period,), for many (scenario,), (period, 1) or (period, scenario).
    Source: E. R. Yescombe, Principles of Project Finance, 2nd ed. 2014, ch. 12 (from memory).
    """
    cfads = series("cfads", cfads)
    dscr, rate = real("dscr", dscr, above=0.0), real("rate", rate, above=-1.0)
    _fits(cfads, "cfads", dscr=dscr, rate=rate)
    payment = np.maximum(cfads, 0.0)
    if (cfads < 0.0).any():
        short = np.zeros(cfads.shape[1:])
        for t, cash in enumerate(cfads):
            payment[t], short = np.maximum(cash - short, 0.0), np.maximum(short - cash, 0.0)
    payment /= dscr
    factor = np.broadcast_to(1.0 / (1.0 + rate), cfads.shape)
    balance = np.empty((cfads.shape[0] + 1, *cfads.shape[1:]))
    balance[-1] = 0.0
    with np.errstate(over="ignore"):
        for t in range(cfads.shape[0] - 1, -1, -1):
            np.add(balance[t + 1], payment[t], out=balance[t, ...])
            np.multiply(balance[t], factor[t], out=balance[t, ...])
    _within_numbers(balance[0], rate)
    interest = balance[:-1] * rate
    return Schedule(
        opening=balance[:-1],
        interest=interest,
        principal=payment - interest,
        payment=payment,
        closing=balance[1:],
        fee=np.broadcast_to(0.0, cfads.shape),
    )


def revolving(
    balances: ArrayLike, limit: ArrayLike, rate: ArrayLike, commitment_fee: ArrayLike
) -> Schedule:
    """A revolving line: interest on what is drawn, a commitment fee on what is not.

    balances: B_0..B_n drawn at the start and at each period's end, within [0, limit], (period + 1,)
    or (period + 1, scenario). interest_t = r B_(t-1), fee_t = f (limit - B_(t-1)), principal_t =
    B_(t-1) - B_t. limit (money), rate r > -1 and the fee rate f >= 0 (both per period) broadcast
    against the periods. Returns n periods. ValueError also for a balance above its limit. Source:
    the definitions above.
    """
    balances = series("balances", balances, 0.0, periods=2)
    drawn = balances[:-1]
    limit, rate = real("limit", limit, 0.0), real("rate", rate, above=-1.0)
    fee_rate = real("commitment_fee", commitment_fee, 0.0)
    _fits(drawn, "balances", limit=limit, rate=rate, commitment_fee=fee_rate)
    if (drawn > limit).any() or (balances[1:] > limit).any():
        raise ValueError(f"balances: {balances.max():g} drawn is not allowed; at most the limit is")
    interest, repaid, fee = drawn * rate, drawn - balances[1:], (limit - drawn) * fee_rate
    return _loan(balances, interest, repaid, fee)


def cash_sweep(
    schedule: Schedule, cash: ArrayLike, rate: ArrayLike, *, share: ArrayLike = 1.0
) -> Schedule:
    """A loan repaid early out of spare cash, on top of its schedule, the last instalments first.

    Each period the contract's instalment (or the balance, if less) and the interest are paid; of
    the cash left, sweep_t = min(share x max(cash_t - due_t, 0), balance) repays more. Whether the
    cash covers what is due is not tested here: see `projectfinance.waterfall`.
    cash: before debt service, (period,) or (period, scenario); share in [0, 1] and rate per period
    > -1 broadcast against it; a schedule of one run serves every scenario. Returns the shape of
    cash. ValueError also for unlike shapes. Source: the definition above.
    """
    cash = series("cash", cash)
    rate, share = real("rate", rate, above=-1.0), real("share", share, 0.0, 1.0)
    opening, planned = (
        line[:, None] if line.ndim < cash.ndim else line
        for line in (schedule.opening, schedule.principal)
    )
    _fits(cash, "cash", schedule=opening, rate=rate, share=share)
    form = cash.shape
    rate, share = np.broadcast_to(rate, form), np.broadcast_to(share, form)
    balance = np.empty((form[0] + 1, *form[1:]))
    interest, repaid = np.empty((2, *form))
    balance[0] = opening[0]
    for t in range(form[0]):
        interest[t] = balance[t] * rate[t]
        due = np.minimum(planned[t], balance[t])
        spare = share[t] * np.maximum(cash[t] - interest[t] - due, 0.0)
        repaid[t] = due + np.minimum(spare, balance[t] - due)
        balance[t + 1] = balance[t] - repaid[t]
    return _loan(balance, interest, repaid)


def prepay(
    schedule: Schedule,
    period: int,
    amount: ArrayLike,
    *,
    keep: Keep = "term",
    fee_rate: ArrayLike = 0.0,
) -> Schedule:
    """A one-off early repayment at the end of `period` (1..n), on top of that period's payment.

    keep="term": what is left of the schedule shrinks in proportion to the balance, same end.
    keep="payment": payments go on as agreed until the loan is clear, earlier end.
    amount: within [0, closing balance of the period], a scalar or (scenario,). fee_rate >= 0: of
    the amount, paid with it. Works for any schedule without drawings; the rate of each later period
    is the schedule's own, interest / opening. Returns (period,) or (period, scenario), of as many
    periods. ValueError also for an amount above the balance. Source: the definition above.
    """
    choice("keep", keep, get_args(Keep))
    n = len(schedule.opening)
    at = count("period", period, 1, n) - 1
    amount, fee_rate = real("amount", amount, 0.0), real("fee_rate", fee_rate, 0.0)
    shape(schedule=schedule.opening[0], amount=amount, fee_rate=fee_rate)
    before = schedule.closing[at]
    if (amount > before * (1.0 + 1e-12)).any():
        raise ValueError(
            f"amount: {amount.max():g} is not allowed; at most the balance of {np.min(before):g} is"
        )
    form = (n, *np.broadcast_shapes(before.shape, amount.shape, fee_rate.shape))
    widen = (..., None) if len(form) > schedule.opening.ndim else ...
    opening, interest, principal, closing = (
        line[widen]
        for line in (schedule.opening, schedule.interest, schedule.principal, schedule.closing)
    )
    fee = np.array(np.broadcast_to(schedule.fee[widen], form))
    fee[at] += amount * fee_rate
    balance = np.empty((n + 1, *form[1:]))
    balance[: at + 1] = opening[: at + 1]
    balance[at + 1] = np.maximum(before - amount, 0.0)
    left = balance[at + 1] / np.where(before > 0.0, before, 1.0)
    rate = interest / np.where(opening > 0.0, opening, 1.0)
    for t in range(at + 1, n):
        agreed = interest[t] + principal[t] - balance[t] * rate[t]
        balance[t + 1] = (
            closing[t] * left if keep == "term" else np.maximum(balance[t] - agreed, 0.0)
        )
    interest, repaid = balance[:-1] * rate, balance[:-1] - balance[1:]
    return _loan(balance, interest, repaid, fee)


def dated_rates(rate_annual: ArrayLike, dates: Dates, basis: Basis) -> Array:
    """Rates of uneven periods, annual rate x year fraction: for the `rate` of any form of loan.

    dates: drawdown, then each payment date, rising. basis: see `timevalue.year_fraction`.
    rate_annual: a scalar or (scenario,), > -1. The last date is the maturity. Returns (period, 1)
    or (period, scenario). ValueError also for fewer than two dates. Source: `year_fraction`.
    """
    rate, when = real("rate_annual", rate_annual, above=-1.0), days("dates", dates)
    if when.ndim != 1 or len(when) < 2:
        raise ValueError(f"dates: shape {when.shape} is not allowed; two dates or more are")
    part = np.asarray(year_fraction(when[:-1], when[1:], basis, maturity=when[-1]))
    return part[:, None] * np.atleast_1d(rate)


def effective_interest_rate(
    schedule: Schedule, *, upfront_fee: ArrayLike = 0.0, periods_per_year: float
) -> Numeric:
    """Effective annual cost of a loan with all its fees, (1 + i)^m - 1, i the IRR of its flows.

    upfront_fee: money kept back at drawdown, a scalar or (scenario,); fees in the schedule count
    too. Equal periods, m = periods_per_year > 0; for dates use `timevalue.xirr` of
    `Schedule.cashflows`. Returns a float, or (scenario,). Errors also as in `timevalue.irr`.
    Source: IFRS 9, Appendix A and B5.4.1 (paragraphs from memory).
    """
    m = real("periods_per_year", periods_per_year, above=0.0)
    rate = np.asarray(irr(schedule.cashflows(upfront_fee)))
    shape(periods_per_year=m, schedule=rate)
    return effective_annual_rate(rate * m, m)


def _repaid(
    principal: ArrayLike,
    rate: ArrayLike,
    periods: int,
    grace: int,
    capitalise: bool,
    path: Callable[[Array, Array], Array],
    residual: ArrayLike = 0.0,
) -> Schedule:
    """Runs a loan: path(balance, rates) gives the balances from the end of the grace on."""
    principal, rate = real("principal", principal, 0.0), real("rate", rate, above=-1.0)
    periods = count("periods", periods, 1)
    grace = count("grace", grace, 0, periods - 1)
    if rate.ndim == 2 and rate.shape[0] != periods:
        raise ValueError(
            f"rate: shape {rate.shape} is not allowed; ({periods}, 1) or ({periods}, scenario) is"
        )
    rates = rate[None] if rate.ndim < 2 else rate[:, 0] if rate.shape[1] == 1 else rate
    form = shape(principal=principal, rate=rates[0], residual=np.asarray(residual))
    if rates.ndim <= len(form):  # one path of rates for all scenarios
        rates = rates[:, None]
    rates = np.broadcast_to(rates, (periods, *form))
    balance = np.empty((periods + 1, *form))
    balance[0] = principal
    with np.errstate(over="ignore", invalid="ignore"):
        for t in range(grace):
            balance[t + 1] = balance[t] + balance[t] * rates[t] * capitalise
        balance[grace + 1 :] = path(balance[grace], rates[grace:])[1:]
    _within_numbers(balance, rate)
    balance[-1] = 0.0  # what is left (a bullet, a residual) is due with the last payment
    interest, repaid = balance[:-1] * rates, balance[:-1] - balance[1:]
    if capitalise:
        repaid[:grace] = -interest[:grace]
    return _loan(balance, interest, repaid)


def _loan(balance: Array, interest: Array, repaid: Array, fee: Array | None = None) -> Schedule:
    """The schedule of these balances, (period + 1, ...), and lines, (period, ...)."""
    due = interest + repaid
    return Schedule(
        opening=balance[:-1],
        interest=interest,
        principal=repaid,
        payment=due if fee is None else due + fee,
        closing=balance[1:],
        fee=np.broadcast_to(0.0, interest.shape) if fee is None else fee,  # takes no room
    )


def _within_numbers(balance: Array, rate: Array) -> None:
    """Raises if the balance overflowed, which at worst would come out as NaN."""
    if not np.isfinite(balance).all():
        raise ValueError(
            f"rate: over so many periods {rate.min():g} to {rate.max():g} takes the "
            "balance beyond all numbers, which is not allowed; a milder one is"
        )


def _fits(lines: Array, of: str, **arrays: Array) -> None:
    """Raises unless all arrays broadcast to the shape of `lines`."""
    if shape(**{of: lines}, **arrays) != lines.shape:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items())
        raise ValueError(
            f"{shapes}: shapes do not match; those that broadcast to {of} {lines.shape} do"
        )

"""The loan at a rate: its schedules, its risk year by year, what it costs and what it earns.

Tables are (year, form), year 1 first; numbers of the whole life (form,). The rate decides the
interest, so the exposure, the maturity and the capital: `break_even` looks for the one at which
economic profit is zero with all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ... import credit, loans, profitability
from ...shape import Array
from .record import FORMS, Loan


@dataclass(frozen=True)
class Economics:
    """The loan at one rate for each form. Years 1..n: (year, form); the whole life: (form,)."""

    rate: Array
    opening: Array
    interest: Array
    principal: Array
    closing: Array
    hazard: Array  # (year, 1)
    marginal: Array  # (year, 1): chance, seen from today, of a default in the year
    start: Array  # (year, 1): chance to be alive at the start of the year
    ead: Array
    lgd: Array
    maturity: Array
    weight: Array  # risk weight
    ftp: Array
    capital: Array  # expected, in the year
    # the whole life; balance and capital in CNY million x years
    balance: Array
    capital_years: Array
    fees: Array
    loss: Array
    cost: Array
    vat: Array
    income: Array
    profit: Array


def _schedules(a: Loan, rate: Array) -> dict[str, Array]:
    """opening, interest, principal, closing, each (year, form); rate: a year, (form,)."""
    # level payments are a balloon of nothing
    left = np.array([a.balloon_share * a.principal, 0.0])
    schedules = (
        loans.bullet(a.principal, rate[:1], a.tenor),
        loans.balloon(a.principal, rate[1:3], a.tenor, left),
        loans.equal_principal(a.principal, rate[3:], a.tenor),
    )
    return {
        line: np.concatenate([getattr(schedule, line) for schedule in schedules], axis=1)
        for line in ("opening", "interest", "principal", "closing")
    }


def hazards(a: Loan, pd: float | None = None, years: int | None = None) -> Array:
    """PD of each year of a firm alive at its start, (year,).

    pd: of the first year, years: how many; those of the loan if not given.
    """
    first = a.pd if pd is None else pd
    year = np.arange(a.tenor if years is None else years)
    return np.asarray(a.long_run_pd + (first - a.long_run_pd) * a.fade**year, float)


def _lgd(a: Loan, ead: Array) -> Array:
    """LGD of each year from what the collateral covers, shape of `ead`."""
    year = np.arange(1, a.tenor + 1)[:, None]
    value = a.collateral * a.principal * (1 - a.haircut) * (1 - a.decay) ** year
    cover = np.minimum(value / ead, 1.0)
    return cover * min(a.secured_lgd, a.lgd) + (1 - cover) * a.lgd


def _maturity(payment: Array) -> Array:
    """Mean time of the payments left at the start of each year, weighted by them, in years.

    payment: (year, form), as the result.
    Source: Basel framework, CRE32: M = sum t CF_t / sum CF_t (read in a secondary copy).
    """
    left = np.cumsum(np.maximum(payment, 0)[::-1], axis=0)[::-1]
    mean: Array = np.cumsum(left[::-1], axis=0)[::-1] / left
    return mean


def of(a: Loan, rate: float | Array) -> Economics:
    """The loan at a rate a year, one for all forms or (form,): its tables and its whole life.

    PD, LGD, maturity and capital are those of each year; losses and capital are expected amounts,
    weighted with the chance to be alive. See `credit.irb_risk_weight`,
    `profitability.funds_transfer_price` and `profitability.economic_profit` for the formulas.
    """
    rate = np.broadcast_to(np.asarray(rate, float), len(FORMS))
    schedule = _schedules(a, rate)
    opening, interest = schedule["opening"], schedule["interest"]
    hazard = hazards(a)[:, None]
    marginal = credit.marginal_pd(hazard)
    start = np.concatenate([np.ones((1, 1)), np.cumprod(1 - hazard, axis=0)[:-1]])
    ead = opening + interest
    lgd = _lgd(a, ead)
    maturity = _maturity(interest + schedule["principal"])
    weight = credit.risk_weight(
        a.approach, np.full(ead.shape, a.standard_weight), hazard, lgd, maturity, a.turnover
    )
    capital = start * weight * a.capital_ratio * ead
    year = np.arange(1, a.tenor + 1)
    factors = (1 + a.ftp + a.curve_slope * (year - 1)) ** -year.astype(float)
    ftp = profitability.funds_transfer_price(opening, schedule["principal"], factors)
    balance = (start * opening).sum(axis=0)
    fees = a.arrangement_fee * a.principal + a.other_income * start.sum()
    loss = credit.lifetime_ecl(np.broadcast_to(marginal, ead.shape), lgd, ead, 0.0)
    cost = a.origination_cost + a.servicing_cost * start.sum()
    gross = rate * balance + fees
    vat = profitability.value_added_tax(gross, a.vat_on_interest)
    income = gross - vat - ftp * balance
    capital_years = capital.sum(axis=0)
    profit = profitability.economic_profit(
        income, loss, cost, capital_years, tax=a.tax, hurdle=a.hurdle
    )
    whole = [np.broadcast_to(x, len(FORMS)) for x in (fees, loss, cost)]
    return Economics(
        rate, **schedule, hazard=hazard, marginal=marginal, start=start, ead=ead, lgd=lgd,
        maturity=maturity, weight=weight, ftp=ftp, capital=capital, balance=balance,
        capital_years=capital_years, fees=whole[0], loss=whole[1], cost=whole[2], vat=vat,
        income=income, profit=profit,
    )  # fmt: skip


def break_even(a: Loan, quoted: Economics | None = None) -> Economics:
    """The loan at the rate of each form at which its economic profit is zero.

    Balances, loss, maturity and capital depend a little on the rate, so the formula that holds them
    is a first step; the secant method does the rest. quoted: the loan at the quoted rate, where it
    is known already.
    """
    old = quoted or of(a, a.rate)
    step = profitability.break_even_rate(
        old.balance, old.ftp, old.loss, old.cost, old.capital_years, fees=old.fees,
        vat=a.vat_on_interest, tax=a.tax, hurdle=a.hurdle,
    )  # fmt: skip
    new = of(a, step)
    for _ in range(12):
        if np.abs(new.profit).max() <= 1e-10 * a.principal:
            break
        rise = new.profit - old.profit
        slope = (new.rate - old.rate) / np.where(rise == 0, 1.0, rise)
        old, new = new, of(a, new.rate - new.profit * np.where(rise == 0, 0.0, slope))
    return new


def yearly(a: Loan, quoted: Economics) -> Array:
    """What each year of a loan that is paid earns before loss and tax on profit, (year, form)."""
    receipts = quoted.rate * quoted.opening + a.other_income
    vat = profitability.value_added_tax(receipts, a.vat_on_interest)
    earned: Array = receipts - vat - quoted.ftp * quoted.opening - a.servicing_cost
    return earned


def from_zero(first: Any, line: Array) -> Array:
    """A line of years 1..n with its value of year 0 before it, (year, form or 1, 1)."""
    head = np.broadcast_to(np.asarray(first, float), (1, line.shape[1]))
    return np.concatenate([head, line])[..., None]

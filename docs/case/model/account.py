"""The bakery's account, month by month in both forms at once, and the risk that is read off it.

One rule serves both forms. A form says how much may be owed after each month, at least and at most:
a loan is owed whole until its last day, an overdraft between nothing and its limit. The bakery owes
the least that keeps its cash from falling below zero. Where that is more than the form allows, the
bank carries the rest and counts it; what is owed after the last month is not repaid.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from ... import credit
from ...distributions import lognormal, norm_cdf, norm_pdf
from ...shape import Array
from ...timevalue import MONTHS_A_YEAR
from .record import BAKING, CONVERSION, DELIVERY, FORMS, LOAN, MONTHS, OVERDRAFT, Seasonal

#: Standard normal nodes of the demand, and their chances, on which the risk is found.
NODES = np.linspace(-4.0, 4.0, 81)
WEIGHTS: Array = norm_pdf(NODES) / norm_pdf(NODES).sum()


@dataclass(frozen=True)
class Year:
    """The account as it ran, each (month, form, scenario), CNY million; inflows are positive."""

    opening: Array  # cash
    collections: Array
    season_cost: Array
    interest: Array
    fee: Array
    drawn: Array  # lent, < 0 repaid
    closing: Array  # cash
    opening_balance: Array  # owed
    balance: Array  # owed at the end of the month
    exposure: Array  # in the month, with part of what is undrawn
    room: Array  # what more might be owed; < 0 owed beyond the contract

    def store(self, month: int, **step: Array) -> None:
        """Write a month: lines by name, each (form or 1, scenario)."""
        for name, value in step.items():
            getattr(self, name)[month] = value


def run(a: Seasonal, demand: Array) -> Year:
    """Run the account over every scenario; demand: the season's, of the plan, (scenario,)."""
    shape = (MONTHS + 1, len(FORMS), len(demand))
    year = Year(**{line.name: np.zeros(shape) for line in fields(Year)})
    least, most = np.zeros((2, MONTHS + 1, len(FORMS), 1))  # that may be owed after each month
    least[:-1, LOAN], most[:-1] = a.limit, a.limit
    promised = np.zeros((len(FORMS), 1))  # nothing is, before the contract is signed
    cash, balance = np.full(shape[1:], a.own_cash), np.zeros(shape[1:])
    for t in range(MONTHS + 1):
        collections = a.season_sales * demand * (t == DELIVERY + a.collection_months)
        cost = np.full(1, a.season_cost / len(BAKING) * (t in BAKING))
        undrawn = np.maximum(promised - balance, 0)
        interest = a.rate / MONTHS_A_YEAR * balance
        fee = a.commitment_fee / MONTHS_A_YEAR * undrawn
        needed = balance + interest + fee + cost - collections - cash
        after = np.maximum(needed, least[t])
        year.store(
            t, opening=cash, collections=collections, season_cost=-cost, interest=-interest,
            fee=-fee, drawn=after - balance, closing=after - needed, opening_balance=balance,
            balance=after, exposure=balance + CONVERSION * undrawn, room=most[t] - needed,
        )  # fmt: skip
        cash, balance = after - needed, after
        promised[OVERDRAFT] = a.limit
    return year


def total(line: Array) -> Array:
    """The sum of a line over its months, (form, scenario).

    Month after month, so that it has the same bits whatever the number of scenarios.
    """
    added: Array = sum(line, np.zeros(line.shape[1:]))
    return added


@dataclass(frozen=True)
class Risk:
    """What the demand, over its whole distribution, does to each form; each (form, 1)."""

    least_demand: Array  # of the plan: with less the bank is not repaid
    pd: Array
    expected_loss: Array
    capital: Array  # for a unit of exposure


def risk(a: Seasonal) -> Risk:
    """Chance of not being repaid, expected loss and capital, by quadrature over the demand.

    PD = N(z), z the node at which nothing is owed and nothing left at the end, interpolated and
    held between the outermost. Expected loss = LGD x sum of weight x what is owed at the end.
    """
    year = run(a, lognormal(norm_cdf(NODES), a.spread))
    pd = norm_cdf(np.array([[np.interp(0.0, room, NODES)] for room in year.room[-1]]))
    unpaid = year.balance[-1] @ WEIGHTS
    capital = credit.irb_capital(pd, a.lgd, 1.0, pd_floor=credit.PD_FLOOR)
    return Risk(lognormal(pd, a.spread), pd, a.lgd * unpaid[:, None], capital)

"""The bank: what it has lent, which limits that uses, and what the relationship earns.

Exposure is that of all lenders; the bank holds what it has not sold. Price metrics (RAROC, economic
profit, break-even margin) are over the whole life and on the balances of the run, so that a reader
can move a price without a new simulation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ... import credit, profitability
from ...shape import Array
from . import projects
from .projects import Outcome, Plan
from .record import HALVES, IRB_MATURITY, PROJECTS, Strategic

#: Loans, advice and the wallet.
PRODUCTS = 3


@dataclass(frozen=True)
class Exposure:
    """Exposure of all lenders at the end of each half-year, each (half-year, terms, scenario).

    `client` and `loan` are the largest exposure and loan of a single project, (terms, scenario);
    `left` is what each project has not paid at the end of its life, (project, terms, scenario): it
    is then lost.
    """

    building: Array  # before planned completion; with the undrawn part; the same for all terms
    operating: Array  # after it
    loans: Array  # what is owed, from the first drawing on
    left: Array
    client: Array
    loan: Array


def exposures(a: Strategic, plan: Plan, outcome: Outcome) -> Exposure:
    """What the lenders have at stake: balance + overdue interest + factor x undrawn."""
    # from signature to the half-year before completion; at completion the operating part starts
    debt = plan.sizing.debt
    drawn = plan.drawn[: a.construction]
    building = drawn + a.conversion_factor * (debt - drawn)
    owed = outcome.line("balance") + outcome.line("overdue_interest")
    shape = owed.shape[1:]
    opening = np.broadcast_to(debt[:, None, None], shape)[None]
    owed = np.concatenate([opening, owed])
    loans = projects.placed(a, drawn, a.signed)[:, None, None] + projects.placed(
        a, owed, a.opening_day
    )
    return Exposure(
        building=projects.placed(a, building, a.signed)[:, None, None],
        operating=projects.placed(a, owed, a.opening_day),
        loans=loans,
        left=owed[-1],
        client=np.maximum(owed.max(axis=(0, 1)), building.max()),
        loan=owed.max(axis=(0, 1)),
    )


def credit_limits(a: Strategic) -> dict[str, float]:
    """The most that the bank may hold, CNY million: of the group, of one company, of one loan."""
    return {
        "group": min(a.group_limit, a.internal_limit) * a.tier1,
        "client": a.client_limit * a.tier1,
        "loan": a.loan_limit * a.net_capital,
    }


def use(a: Strategic, exposure: Exposure) -> Array:
    """The most that any limit would be used, nothing sold, (terms, scenario): 1 is full."""
    limits = credit_limits(a)
    group = (exposure.building + exposure.operating).max(axis=0) / limits["group"]
    most: Array = np.maximum(
        group, np.maximum(exposure.client / limits["client"], exposure.loan / limits["loan"])
    )
    return most


def pds(a: Strategic) -> tuple[Array, Array]:
    """Annual PD while building and in operation, each (terms, 1)."""
    return np.array([[1.0], [a.support_effect]]) * a.pd_building, np.full((2, 1), a.pd_operating)


def capital_rates(a: Strategic) -> tuple[Array, Array]:
    """Capital per unit of exposure while building and in operation, each (terms, 1).

    By `approach`: the slotting weight of specialised lending, or the IRB formula for companies at
    the longest maturity it knows (`credit.irb_risk_weight`). The two are never mixed.
    """
    if a.approach == "slotting":
        weight = credit.slotting_risk_weight(a.category)
        return (np.full((2, 1), a.capital_ratio * weight),) * 2
    building, operating = (
        a.capital_ratio * credit.irb_risk_weight(pd, a.lgd, IRB_MATURITY) for pd in pds(a)
    )
    return building, operating


def wallet_years(a: Strategic) -> Array:
    """Share of the wallet that moves in each half-year, in years: from signature to maturity.

    (half-year,); a third of it with each project.
    """
    planned = a.construction + HALVES * a.debt_years
    return projects.placed(
        a, np.full((planned, PROJECTS), 1 / PROJECTS / HALVES), [s + 1 for s in a.signed]
    )


@dataclass(frozen=True)
class Totals:
    """Life totals of all lenders, each (terms, scenario) or scalar; balances in million x years."""

    balance: Array
    building: Array
    operating: Array
    commitment: float
    debt: float
    wallet: float


def totals(a: Strategic, plan: Plan, exposure: Exposure) -> Totals:
    """Add up a run, half-year by half-year, to what the price of the relationship hangs on."""

    def years(line: Array) -> Array:
        """Sum of opening balances (half-year, …) in million x years."""
        total: Array = line[:-1].sum(axis=0) / HALVES
        return total

    return Totals(
        balance=years(exposure.loans),
        building=years(exposure.building),
        operating=years(exposure.operating),
        commitment=float(plan.sizing.commitment_fee.sum()),
        debt=float(plan.sizing.debt.sum()),
        wallet=float(wallet_years(a).sum()),
    )


def products(
    a: Strategic,
    life: Totals,
    *,
    sold: float | None = None,
    margin: float | Array | None = None,
    wallet_share: float | None = None,
    advice: float | None = None,
) -> tuple[Array, Array, Array, Array]:
    """(income, expected loss, cost, capital-years) of loans, advice and wallet, over the life.

    Each (product, terms, scenario). The arguments take the place of the assumption of that name;
    the balances stay those of the run.
    """
    sold = a.sold if sold is None else sold
    margin = a.margin if margin is None else margin
    share = a.wallet_share if wallet_share is None else wallet_share
    advice = a.advisory_fee if advice is None else advice
    held = 1 - sold
    building, operating = pds(a)
    capital = capital_rates(a)
    zero = np.zeros_like(life.balance * held)
    business = a.wallet * share * (1 - a.wallet_follows * sold**2) * life.wallet + zero
    advised = PROJECTS * advice + zero
    income = np.stack(
        [
            held * (margin * life.balance + life.commitment)
            + (a.arrangement_fee - sold * a.participation_fee) * life.debt
            + a.agency_fee * sold * life.balance,
            advised,
            business,
        ]
    )
    loss = held * a.lgd * (building * life.building + operating * life.operating)
    watched = held * a.loan_cost * (life.building + life.operating) + PROJECTS * a.origination_cost
    needed = held * (capital[0] * life.building + capital[1] * life.operating)
    return (
        income,
        np.stack([loss + zero, zero, zero]),
        np.stack([watched + zero, a.service_cost * advised, a.service_cost * business]),
        np.stack([needed + zero, zero, a.service_capital * business]),
    )


def relationship(a: Strategic, life: Totals, **changes: Any) -> tuple[Array, Array]:
    """(RAROC, economic profit) of the whole relationship, each (terms, scenario).

    `changes`: as in `products`. Profit in CNY million over the life. Formula and source:
    `profitability.relationship_profit`.
    """
    parts = products(a, life, **changes)
    flat = [part.reshape(PRODUCTS, -1) for part in parts]
    raroc, profit = profitability.relationship_profit(*flat, tax=a.tax, hurdle=a.hurdle)
    return raroc.reshape(parts[0].shape[1:]), profit.reshape(parts[0].shape[1:])


def loan_only(a: Strategic, life: Totals, **changes: Any) -> Array:
    """RAROC of the loans with their own fees, (terms, scenario); `changes` as in `products`."""
    income, loss, cost, capital = (part[0] for part in products(a, life, **changes))
    raroc: Array = profitability.raroc(income, loss, cost, capital, tax=a.tax)
    return raroc


def break_even_margin(a: Strategic, life: Totals, **changes: Any) -> Array:
    """Margin at which the relationship earns exactly the hurdle, on the balances of the run.

    Annual, (terms, scenario); `changes` as in `products`, but for the margin.
    """
    parts = products(a, life, margin=0.0, **changes)
    income, loss, cost, capital = (part.sum(axis=0) for part in parts)
    held = (1 - changes.get("sold", a.sold)) * life.balance
    rate: Array = profitability.break_even_rate(
        held, a.ftp, loss, cost, capital, fees=income, tax=a.tax, hurdle=a.hurdle
    )
    return rate - a.ftp


def points_per_wallet(a: Strategic, life: Totals, points: float = 0.1) -> Array:
    """Margin that `points` more of the wallet pay for, on the balances of the run.

    Annual, (terms, scenario); the line is straight, so it is the same from any share on.
    """
    less, more = (break_even_margin(a, life, wallet_share=share) for share in (0.0, points))
    return less - more

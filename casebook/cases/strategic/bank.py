"""TODO."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ... import credit, profitability
from ...shape import Array
from . import projects
from .projects import Plan, Run
from .record import HALVES, IRB_MATURITY, PROJECTS, Strategic


def exposure(a: Strategic, plan: Plan, r: Run) -> dict[str, Array]:
    """Exposure of all lenders at the end of each half-year, each (half-year, terms, scenario).

    `building` is before planned completion and holds the undrawn part, `operating` after it;
    `client` and `loan` are the largest exposure and loan of a single project; `left` is what each
    project has not paid at the end of its life, (project, terms, scenario): it is then lost.
    """
    # from signature to the half-year before completion; at completion the operating part starts
    debt = plan.sizing.debt
    drawn = plan.drawn[: a.construction]
    building = drawn + a.conversion_factor * (debt - drawn)
    owed = r.line("balance") + r.line("overdue_interest")
    shape = owed.shape[1:]
    opening = np.broadcast_to(debt[:, None, None], shape)[None]
    owed = np.concatenate([opening, owed])
    loans = projects.placed(a, drawn, a.signed)[:, None, None] + projects.placed(
        a, owed, a.opening_day
    )
    return {
        "building": projects.placed(a, building, a.signed)[:, None, None],
        "operating": projects.placed(a, owed, a.opening_day),
        "loans": loans,
        "left": owed[-1],
        "client": np.maximum(owed.max(axis=(0, 1)), building.max()),
        "loan": owed.max(axis=(0, 1)),
    }


def credit_limits(a: Strategic) -> dict[str, float]:
    """The most that the bank may hold: of the group, of one project company, of one loan."""
    return {
        "group": min(a.group_limit, a.internal_limit) * a.tier1,
        "client": a.client_limit * a.tier1,
        "loan": a.loan_limit * a.net_capital,
    }


def use(a: Strategic, e: dict[str, Array]) -> Array:
    """The most that any limit would be used, nothing sold, (terms, scenario): 1 is full."""
    limits = credit_limits(a)
    group = (e["building"] + e["operating"]).max(axis=0) / limits["group"]
    return np.maximum(group, np.maximum(e["client"] / limits["client"], e["loan"] / limits["loan"]))


def pds(a: Strategic) -> tuple[Array, Array]:
    """Annual PD while building and in operation, each (terms, 1)."""
    return np.array([[1.0], [a.support_effect]]) * a.pd_building, np.full((2, 1), a.pd_operating)


def capital_rates(a: Strategic) -> tuple[Array, Array]:
    """Capital per unit of exposure while building and in operation, each (terms, 1)."""
    if a.approach == "slotting":
        weight = credit.slotting_risk_weight(a.category)
        return (np.full((2, 1), a.capital_ratio * weight),) * 2
    return tuple(a.capital_ratio * credit.irb_risk_weight(pd, a.lgd, IRB_MATURITY) for pd in pds(a))


def wallet_years(a: Strategic) -> Array:
    """Share of the wallet that moves in each half-year, in years: from signature to maturity."""
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


def totals(a: Strategic, plan: Plan, e: dict[str, Array]) -> Totals:
    def years(line: Array) -> Array:
        return line[:-1].sum(axis=0) / HALVES

    return Totals(
        balance=years(e["loans"]),
        building=years(e["building"]),
        operating=years(e["operating"]),
        commitment=float(plan.sizing.commitment_fee.sum()),
        debt=float(plan.sizing.debt.sum()),
        wallet=float(wallet_years(a).sum()),
    )


def products(
    a: Strategic,
    t: Totals,
    *,
    sold: Any = None,
    margin: Any = None,
    wallet_share: Any = None,
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
    zero = np.zeros_like(t.balance * held)
    business = a.wallet * share * (1 - a.wallet_follows * sold**2) * t.wallet + zero
    advised = PROJECTS * advice + zero
    income = np.stack(
        [
            held * (margin * t.balance + t.commitment)
            + (a.arrangement_fee - sold * a.participation_fee) * t.debt
            + a.agency_fee * sold * t.balance,
            advised,
            business,
        ]
    )
    loss = held * a.lgd * (building * t.building + operating * t.operating)
    watched = held * a.loan_cost * (t.building + t.operating) + PROJECTS * a.origination_cost
    needed = held * (capital[0] * t.building + capital[1] * t.operating)
    return (
        income,
        np.stack([loss + zero, zero, zero]),
        np.stack([watched + zero, a.service_cost * advised, a.service_cost * business]),
        np.stack([needed + zero, zero, a.service_capital * business]),
    )


def relationship(a: Strategic, t: Totals, **changes: Any) -> tuple[Array, Array]:
    """(RAROC, economic profit) of the whole relationship, each (terms, scenario)."""
    parts = products(a, t, **changes)
    flat = [p.reshape(PRODUCTS, -1) for p in parts]
    raroc, profit = profitability.relationship_profit(*flat, tax=a.tax, hurdle=a.hurdle)
    return raroc.reshape(parts[0].shape[1:]), profit.reshape(parts[0].shape[1:])


#: Loans, advice and the wallet.
PRODUCTS = 3


def loan_only(a: Strategic, t: Totals, **changes: Any) -> Array:
    """RAROC of the loans with their own fees, (terms, scenario)."""
    income, loss, cost, capital = (p[0] for p in products(a, t, **changes))
    return profitability.raroc(income, loss, cost, capital, tax=a.tax)


def break_even_margin(a: Strategic, t: Totals, **changes: Any) -> Array:
    """Margin at which the relationship earns exactly the hurdle, on the balances of the run."""
    income, loss, cost, capital = (p.sum(axis=0) for p in products(a, t, margin=0.0, **changes))
    held = (1 - changes.get("sold", a.sold)) * t.balance
    rate = profitability.break_even_rate(
        held, a.ftp, loss, cost, capital, fees=income, tax=a.tax, hurdle=a.hurdle
    )
    return rate - a.ftp


def points_per_wallet(a: Strategic, t: Totals, points: float = 0.1) -> Array:
    """Margin that `points` more of the wallet pay for, on the balances of the run."""
    less, more = (break_even_margin(a, t, wallet_share=s) for s in (0.0, points))
    return less - more

"""The bank: what it has lent, which limits that uses, and what the relationship earns.

Exposure is that of all lenders; the bank holds what it has not sold. A loan performs until its
first missed payment: until then it bears interest and an expected loss, at the miss the loss is
taken, and after it the loan ties up capital and work and earns nothing. Price metrics (RAROC,
economic profit, break-even margin) are over the whole life and on the balances of the run, so that
a reader can move a price without a new simulation.
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

    `building`, `operating` and `defaulted` add up to all of it. `client` and `loan` are the largest
    exposure and loan of a single project, (terms, scenario); `missed` and `left` are what a project
    owes when it first misses a payment and when its life ends, (project, terms, scenario).
    """

    building: Array  # performing, before the project opens; with the undrawn part
    operating: Array  # performing, after it
    defaulted: Array  # after a missed payment
    performing: Array  # what is owed on loans that have missed nothing
    loans: Array  # what is owed, from the first drawing on
    loss: Array  # taken in the half-year
    missed: Array
    left: Array
    client: Array
    loan: Array


def exposures(a: Strategic, plan: Plan, outcome: Outcome) -> Exposure:
    """What the lenders have at stake: balance + overdue interest + factor x undrawn."""
    # from signature to the half-year before completion; at completion the operating part starts
    debt = plan.sizing.debt
    drawn = plan.drawn[: a.construction]
    promised = drawn + a.conversion_factor * (debt - drawn)
    owed = outcome.line("balance") + outcome.line("overdue_interest")
    opening = np.broadcast_to(debt[:, None, None], owed.shape[1:])[None]
    owed = np.concatenate([opening, owed])
    hit = outcome.unpaid
    gone = np.concatenate([np.zeros_like(hit[:1]), np.logical_or.accumulate(hit, axis=0)])
    first = gone[1:] & ~gone[:-1]
    sound = owed * ~gone
    late = np.concatenate([outcome.late, np.zeros_like(outcome.late[:1])])
    before = sound * late
    at_miss = owed[1:] * first
    missed = at_miss.sum(axis=0)
    # what is never paid, beyond the loss taken at the miss, is lost when the project ends
    loss = np.concatenate([np.zeros_like(opening), a.lgd * at_miss])
    loss[-1] += np.maximum(owed[-1] - a.lgd * missed, 0.0)

    def placed(line: Array) -> Array:
        """A line from planned completion on, in the calendar of the framework."""
        return projects.placed(a, line, a.opening_day)

    signed = projects.placed(a, drawn, a.signed)[:, None, None]
    return Exposure(
        building=projects.placed(a, promised, a.signed)[:, None, None] + placed(before),
        operating=placed(sound - before),
        defaulted=placed(owed - sound),
        performing=signed + placed(sound),
        loans=signed + placed(owed),
        loss=placed(loss),
        missed=missed,
        left=owed[-1],
        client=np.maximum(owed.max(axis=(0, 1)), promised.max()),
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
    whole = exposure.building + exposure.operating + exposure.defaulted
    most: Array = np.maximum(
        whole.max(axis=0) / limits["group"],
        np.maximum(exposure.client / limits["client"], exposure.loan / limits["loan"]),
    )
    return most


def pds(a: Strategic) -> tuple[Array, Array]:
    """Annual PD until a project opens and after it, each (terms, 1)."""
    return np.array([[1.0], [a.support_effect]]) * a.pd_building, np.full((2, 1), a.pd_operating)


def capital_rates(a: Strategic) -> tuple[Array, Array, Array]:
    """Capital per unit of exposure: before opening, after it, after a miss, each (terms, 1).

    By `approach`: the weights that the supervisor sets, or the IRB formula for companies at the
    longest maturity it knows (`credit.risk_weight`). The two are never mixed.
    """
    building, operating = pds(a)
    phases = (
        (a.weight_building, building),
        (a.weight_operating, operating),
        (a.weight_default, np.ones((2, 1))),
    )
    one, two, three = (
        a.capital_ratio
        * np.broadcast_to(credit.risk_weight(a.approach, weight, pd, a.lgd, IRB_MATURITY), (2, 1))
        for weight, pd in phases
    )
    return one, two, three


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

    balance: Array  # of loans that perform
    building: Array
    operating: Array
    defaulted: Array
    loss: Array  # taken, CNY million
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
        balance=years(exposure.performing),
        building=years(exposure.building),
        operating=years(exposure.operating),
        defaulted=years(exposure.defaulted),
        loss=a.lgd * exposure.missed.sum(axis=0)
        + np.maximum(exposure.left - a.lgd * exposure.missed, 0.0).sum(axis=0),
        commitment=float(plan.sizing.commitment_fee.sum()),
        debt=float(plan.sizing.debt.sum()),
        wallet=float(wallet_years(a).sum()),
    )


def receipts(
    a: Strategic,
    life: Totals,
    *,
    sold: float | None = None,
    margin: float | Array | None = None,
    wallet_share: float | None = None,
    advice: float | None = None,
) -> Array:
    """What the bank receives for loans, advice and wallet over the life, tax included.

    (product, terms, scenario). The arguments take the place of the assumption of that name; the
    balances stay those of the run.
    """
    sold = a.sold if sold is None else sold
    margin = a.margin if margin is None else margin
    share = a.wallet_share if wallet_share is None else wallet_share
    advice = a.advisory_fee if advice is None else advice
    held, zero = 1 - sold, np.zeros_like(life.balance)
    return np.stack(
        [
            held * ((a.ftp + margin) * life.balance + life.commitment)
            + (a.arrangement_fee - sold * a.participation_fee) * life.debt
            + a.agency_fee * sold * life.balance,
            PROJECTS * advice + zero,
            a.wallet * share * (1 - a.wallet_follows * sold**2) * life.wallet + zero,
        ]
    )


def products(a: Strategic, life: Totals, **changes: Any) -> tuple[Array, Array, Array, Array]:
    """(income, loss, cost, capital-years) of loans, advice and wallet, over the life.

    Each (product, terms, scenario). Income is what is received less value-added tax and funding;
    loss is what was expected until a payment was missed, and what was then taken. `changes`: as in
    `receipts`.
    """
    received = receipts(a, life, **changes)
    held = 1 - changes.get("sold", a.sold)
    loans = np.array([1.0, 0.0, 0.0])[:, None, None]
    _, advised, business = received
    weights = capital_rates(a)
    phases = (life.building, life.operating, life.defaulted)
    watched = held * a.loan_cost * sum(phases, np.zeros(())) + PROJECTS * a.origination_cost
    needed = held * sum((w * x for w, x in zip(weights, phases, strict=True)), np.zeros(()))
    income = received - np.asarray(profitability.value_added_tax(received, a.vat_on_interest))
    return (
        income - held * a.ftp * life.balance * loans,
        held * (expected(a, life) + life.loss) * loans,
        np.stack([watched, a.service_cost * advised, a.service_cost * business]),
        np.stack([needed, 0.0 * advised, a.service_capital * business]),
    )


def expected(a: Strategic, life: Totals) -> Array:
    """Expected loss of all lenders over the life, until a payment is missed, (terms, scenario)."""
    building, operating = pds(a)
    loss: Array = a.lgd * (building * life.building + operating * life.operating)
    return loss


def relationship(a: Strategic, life: Totals, **changes: Any) -> tuple[Array, Array]:
    """(RAROC, economic profit) of the whole relationship, each (terms, scenario).

    `changes`: as in `receipts`. Profit in CNY million over the life. Formula and source:
    `profitability.relationship_profit`.
    """
    parts = products(a, life, **changes)
    flat = [part.reshape(PRODUCTS, -1) for part in parts]
    raroc, profit = profitability.relationship_profit(*flat, tax=a.tax, hurdle=a.hurdle)
    return raroc.reshape(parts[0].shape[1:]), profit.reshape(parts[0].shape[1:])


def loan_only(a: Strategic, life: Totals, **changes: Any) -> Array:
    """RAROC of the loans with their own fees, (terms, scenario); `changes` as in `receipts`."""
    income, loss, cost, capital = (part[0] for part in products(a, life, **changes))
    raroc: Array = profitability.raroc(income, loss, cost, capital, tax=a.tax)
    return raroc


def break_even_margin(a: Strategic, life: Totals, **changes: Any) -> Array:
    """Margin at which the relationship earns exactly the hurdle, on the balances of the run.

    Annual, (terms, scenario); `changes` as in `receipts`, but for the margin.
    """
    fees = receipts(a, life, margin=-a.ftp, **changes).sum(axis=0)  # no interest
    _, loss, cost, capital = (part.sum(axis=0) for part in products(a, life, **changes))
    held = (1 - changes.get("sold", a.sold)) * life.balance
    rate: Array = profitability.break_even_rate(
        held, a.ftp, loss, cost, capital,
        fees=fees, vat=a.vat_on_interest, tax=a.tax, hurdle=a.hurdle,
    )  # fmt: skip
    return rate - a.ftp


def points_per_wallet(a: Strategic, life: Totals, points: float = 0.1) -> Array:
    """Margin that `points` more of the wallet pay for, on the balances of the run.

    Annual, (terms, scenario); the line is straight, so it is the same from any share on.
    """
    less, more = (break_even_margin(a, life, wallet_share=share) for share in (0.0, points))
    return less - more

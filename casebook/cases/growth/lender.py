"""TODO."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ... import credit, loans, profitability
from ...profitability import lender_view
from ...shape import Array
from . import endings
from .endings import Tree
from .record import PD_FLOOR, QUARTERS, YEAR, Growth


@dataclass(frozen=True)
class Loan:
    """The loan as the bank expects it at signing; lines by quarter 0 … 40."""

    opening: Array
    interest: Array  # contractual, while the company lives
    principal: Array
    alive: Array  # chance to be alive before the quarter
    failing: Array  # chance to fail in the quarter
    fails: float  # chance to fail while the loan runs
    pd: float
    lgd: float  # after the partner's cover
    cover: float
    warrant_value: float
    loss: Array
    capital: Array  # capital x years
    cost: Array
    earning: Array  # balance-years that bear interest
    break_even: dict[str, float]
    raroc: float
    economic_profit: float
    stack: dict[str, dict[str, float]]


def schedule(a: Growth) -> tuple[Array, Array, Array]:
    """(opening, interest, principal) of the loan by quarter 0 … 40, if it is always paid."""
    s = loans.equal_principal(a.loan, a.loan_rate / YEAR, a.loan_quarters, grace=a.loan_grace)
    lines = np.zeros((3, QUARTERS + 1))
    lines[:, 1 : a.loan_quarters + 1] = s.opening, s.interest, s.principal
    return lines[0], lines[1], lines[2]


def loan(a: Growth, t: Tree) -> Loan:
    opening, interest, principal = schedule(a)
    quarter = np.arange(QUARTERS + 1)
    end = t.company.end[:, 0]
    failing = endings.by_quarter(end, t.chance * t.paths.failed[:, 0])
    alive = endings.alive_before(t)
    fails = float(failing[1 : a.loan_quarters + 1].sum())
    years = a.loan_quarters / YEAR
    pd = credit.periodic_pd(fails, years)  # the PD of a year, from that of the loan's life

    # the partner's side: its warrant, and the losses that it could bear for it
    n = np.floor(a.coverage * a.loan / t.company.price[0])
    worth = (t.weight * t.company.per_share).sum(axis=1)
    discount = (1 + a.partner_return) ** (-end / YEAR)
    warrant_value = float((n * worth * discount).sum())
    gross_loss = opening * failing
    lost_now = a.lgd * float((gross_loss * (1 + a.ftp) ** (-quarter / YEAR)).sum())
    cover = min(1.0, warrant_value / lost_now) if lost_now > 0 else 1.0

    running = opening > 0
    cost = a.servicing_cost * alive * running
    cost[0] = a.origination_cost
    lent = opening * alive / YEAR
    earning = opening * (alive - failing) / YEAR
    fee = a.arrangement_fee * a.loan
    unearned = a.ftp * (lent - earning).sum()  # funding of the quarter in which it fails

    def side(lgd: float) -> dict[str, Any]:
        k = credit.irb_capital(pd, lgd, _maturity(opening), a.turnover, pd_floor=PD_FLOOR)
        capital = k * 12.5 * a.capital_ratio * lent
        loss = lgd * gross_loss
        terms = (loss.sum(), cost.sum() + unearned, capital.sum())
        rate = profitability.break_even_rate(
            earning.sum(), a.ftp, *terms, fees=fee, tax=a.tax, hurdle=a.hurdle
        )
        parts = {
            "funding": a.ftp * lent.sum(),
            "expected_loss": loss.sum(),
            "capital": a.hurdle * capital.sum() / (1 - a.tax),
            "cost": cost.sum() - fee,
        }
        stack = {name: float(x / earning.sum()) for name, x in parts.items()}
        return {"lgd": lgd, "loss": loss, "capital": capital, "rate": rate, "stack": stack}

    sides = {"plain": side(a.lgd), "linked": side(a.lgd * (1 - cover))}
    s = sides[a.loan_form]
    income = a.loan_rate * earning.sum() - a.ftp * lent.sum() + fee
    terms = (income, s["loss"].sum(), cost.sum(), s["capital"].sum())
    held = terms[-1] > 0
    raroc = profitability.raroc(*terms, tax=a.tax) if held else np.nan
    profit = profitability.economic_profit(*terms, tax=a.tax, hurdle=a.hurdle)
    return Loan(
        opening, interest, principal, alive, failing, fails, float(pd), s["lgd"], cover,
        warrant_value, s["loss"], s["capital"], cost, earning,
        {name: side["rate"] for name, side in sides.items()}, float(raroc), float(profit),
        {name: side["stack"] for name, side in sides.items()},
    )  # fmt: skip


def _maturity(opening: Array) -> float:
    """Effective maturity of the loan in years, by balance, within the formula's 1 to 5."""
    return float(np.clip(opening.sum() / opening.max() / YEAR, 1.0, 5.0))


def lender_lines(a: Growth, x: Loan) -> dict[str, Array]:
    """The bank's statement, as expected at signing; each (quarter, 1, 1)."""
    start = np.arange(QUARTERS + 1) == 0
    lines = lender_view(
        interest=a.loan_rate * x.earning,
        fees=start * a.arrangement_fee * a.loan,
        funding=a.ftp * x.opening * x.alive / YEAR,
        cost=x.cost,
        loss=x.loss,
        capital=x.capital,
        tax=a.tax,
        hurdle=a.hurdle,
    )
    return {name: line[:, None, None] for name, line in lines.items()}

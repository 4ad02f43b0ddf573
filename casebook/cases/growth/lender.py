"""The bank: a loan drawn with the seed round, as the bank expects it at signing.

Its default is the company's failure while the loan runs. Plain, the bank bears the whole loss. In
the linked form a partner outside the bank holds a warrant and bears the share of losses that the
warrant pays for. `appraise` prices both; `lender_lines` is the statement of the form chosen.
Lines are by quarter 0 … 40, money in CNY million, rates a year.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ... import credit, loans, profitability
from ...shape import Array
from . import endings
from .endings import Tree
from .record import QUARTERS, QUARTERS_A_YEAR, Growth


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


@dataclass(frozen=True)
class _Exposure:
    """The loan before any price, the same in both forms; lines (quarter,)."""

    opening: Array
    interest: Array
    principal: Array
    alive: Array
    failing: Array
    fails: float
    pd: float  # of a year
    lent: Array  # balance-years that are funded
    earning: Array  # balance-years that bear interest
    cost: Array
    gross_loss: Array  # what is owed at failure


@dataclass(frozen=True)
class _Form:
    """What one form of the loan costs the bank: plain, or linked to the partner's warrant."""

    lgd: float
    loss: Array  # (quarter,)
    capital: Array  # (quarter,), capital x years
    rate: float  # break-even
    stack: dict[str, float]  # what that rate is made of


def schedule(a: Growth) -> tuple[Array, Array, Array]:
    """(opening, interest, principal) of the loan by quarter 0 … 40, if it is always paid."""
    plan = loans.equal_principal(
        a.loan, a.loan_rate / QUARTERS_A_YEAR, a.loan_quarters, grace=a.loan_grace
    )
    lines = np.zeros((3, QUARTERS + 1))
    lines[:, 1 : a.loan_quarters + 1] = plan.opening, plan.interest, plan.principal
    return lines[0], lines[1], lines[2]


def appraise(a: Growth, tree: Tree) -> Loan:
    """The loan in the form chosen, and the break-even rate of both; lines (quarter,).

    RAROC is NaN where no capital is held.
    """
    exposure = _exposure(a, tree)
    warrant_value, cover = _partner(a, tree, exposure.gross_loss)
    forms = {
        "plain": _form(a, exposure, a.lgd),
        "linked": _form(a, exposure, a.lgd * (1 - cover)),
    }
    chosen = forms[a.loan_form]
    fee = a.arrangement_fee * a.loan
    income = a.loan_rate * exposure.earning.sum() - a.ftp * exposure.lent.sum() + fee
    terms = (income, chosen.loss.sum(), exposure.cost.sum(), chosen.capital.sum())
    held = terms[-1] > 0
    raroc = profitability.raroc(*terms, tax=a.tax) if held else np.nan
    return Loan(
        opening=exposure.opening,
        interest=exposure.interest,
        principal=exposure.principal,
        alive=exposure.alive,
        failing=exposure.failing,
        fails=exposure.fails,
        pd=exposure.pd,
        lgd=chosen.lgd,
        cover=cover,
        warrant_value=warrant_value,
        loss=chosen.loss,
        capital=chosen.capital,
        cost=exposure.cost,
        earning=exposure.earning,
        break_even={name: form.rate for name, form in forms.items()},
        raroc=float(raroc),
        economic_profit=float(profitability.economic_profit(*terms, tax=a.tax, hurdle=a.hurdle)),
        stack={name: form.stack for name, form in forms.items()},
    )


def _exposure(a: Growth, tree: Tree) -> _Exposure:
    """What is lent, earns, costs and may be lost, by quarter, from the chances of the endings."""
    opening, interest, principal = schedule(a)
    end = tree.company.end[:, 0]
    failing = endings.by_quarter(end, tree.chance * tree.paths.failed[:, 0])
    alive = endings.alive_before(tree)
    fails = float(failing[1 : a.loan_quarters + 1].sum())
    years = a.loan_quarters / QUARTERS_A_YEAR
    cost = a.servicing_cost * alive * (opening > 0)
    cost[0] = a.origination_cost
    return _Exposure(
        opening=opening,
        interest=interest,
        principal=principal,
        alive=alive,
        failing=failing,
        fails=fails,
        pd=float(credit.periodic_pd(fails, years)),  # of a year, from that of the loan's life
        lent=opening * alive / QUARTERS_A_YEAR,
        earning=opening * (alive - failing) / QUARTERS_A_YEAR,
        cost=cost,
        gross_loss=opening * failing,
    )


def _partner(a: Growth, tree: Tree, gross_loss: Array) -> tuple[float, float]:
    """The partner's side: (value of its warrant, share of the losses that it could bear for it).

    gross_loss: what is owed at failure, (quarter,). The warrant is worth what its shares bring in
    each ending, discounted at the partner's return; the losses are discounted at the bank's
    funding. The share is at most one.
    """
    n = np.floor(a.coverage * a.loan / tree.company.price[0])
    worth = (tree.weight * tree.company.per_share).sum(axis=1)
    discount = (1 + a.partner_return) ** (-tree.company.end[:, 0] / QUARTERS_A_YEAR)
    warrant_value = float((n * worth * discount).sum())
    quarter = np.arange(QUARTERS + 1)
    at_signing = (1 + a.ftp) ** (-quarter / QUARTERS_A_YEAR)
    lost_now = a.lgd * float((gross_loss * at_signing).sum())
    return warrant_value, min(1.0, warrant_value / lost_now) if lost_now > 0 else 1.0


def _form(a: Growth, exposure: _Exposure, lgd: float) -> _Form:
    """Loss, capital and break-even rate of the loan at a loss given default; lines (quarter,)."""
    earning, lent = exposure.earning, exposure.lent
    fee = a.arrangement_fee * a.loan
    unearned = a.ftp * (lent - earning).sum()  # funding of the quarter in which it fails
    k = credit.irb_capital(
        exposure.pd, lgd, _maturity(exposure.opening), a.turnover, pd_floor=credit.PD_FLOOR
    )
    capital = k * 12.5 * a.capital_ratio * lent
    loss = lgd * exposure.gross_loss
    terms = (loss.sum(), exposure.cost.sum() + unearned, capital.sum())
    rate = profitability.break_even_rate(
        earning.sum(), a.ftp, *terms, fees=fee, tax=a.tax, hurdle=a.hurdle
    )
    parts = {
        "funding": a.ftp * lent.sum(),
        "expected_loss": loss.sum(),
        "capital": a.hurdle * capital.sum() / (1 - a.tax),
        "cost": exposure.cost.sum() - fee,
    }
    stack = {name: float(x / earning.sum()) for name, x in parts.items()}
    return _Form(lgd=lgd, loss=loss, capital=capital, rate=rate, stack=stack)


def _maturity(opening: Array) -> float:
    """Effective maturity of the loan in years, by balance, within the formula's 1 to 5.

    opening: balances (quarter,).
    """
    return float(np.clip(opening.sum() / opening.max() / QUARTERS_A_YEAR, 1.0, 5.0))


def lender_lines(a: Growth, loan: Loan) -> dict[str, Array]:
    """The bank's statement, as expected at signing; each (quarter, 1, 1), CNY million."""
    start = np.arange(QUARTERS + 1) == 0
    lines = profitability.lender_view(
        interest=a.loan_rate * loan.earning,
        fees=start * a.arrangement_fee * a.loan,
        funding=a.ftp * loan.opening * loan.alive / QUARTERS_A_YEAR,
        cost=loan.cost,
        loss=loan.loss,
        capital=loan.capital,
        tax=a.tax,
        hurdle=a.hurdle,
    )
    return {name: line[:, None, None] for name, line in lines.items()}

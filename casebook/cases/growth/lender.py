"""The bank: a loan drawn with the seed round, as the bank expects it at signing.

Its default is the company's failure while the loan runs; what is then lost follows from the estate
(`estate.divide`). Plain, the bank bears the whole loss. In the linked form a partner outside the
bank holds a warrant and promises to bear the share of losses that the warrant pays for; the bank
counts on `partner_pays` of that promise. `appraise` prices both; `lender_lines` is the statement of
the form chosen. Lines are by quarter 0 … 40, money in CNY million, rates a year.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ... import credit, profitability
from ...shape import DUST, Array
from . import endings, estate
from .endings import Tree
from .estate import Estate, Flags
from .record import QUARTERS, QUARTERS_A_YEAR, Growth
from .rounds import Company, Paths

FORMS = ("plain", "linked")
#: The least loss given default that a bank with estimates of its own may use for an unsecured
#: loan: assumed, as in the final Basel III text (from memory). So capital is never zero.
LGD_FLOOR = 0.25
#: A break-even rate is found by repeating its formula: it moves what the estate pays, a little.
_ROUNDS, _SETTLED = 50, 1e-13


@dataclass(frozen=True)
class Exposure:
    """The loan at its rate, the same in both forms; lines (quarter,)."""

    opening: Array
    interest: Array  # contractual, while the company lives
    principal: Array
    alive: Array  # chance to be alive before the quarter
    failing: Array  # chance to fail in the quarter
    fails: float  # chance to fail while the loan runs
    pd: float  # of a year
    lgd: float  # of the balance at failure, before the partner
    lent: Array  # balance-years that are funded
    earning: Array  # balance-years that bear interest
    recovered_interest: Array  # of failed quarters, out of the estate
    cost: Array
    lost: Array  # principal that the estate does not pay


@dataclass(frozen=True)
class Form:
    """What one form of the loan costs the bank: plain, or linked to the partner's warrant."""

    cover: float  # share of the loss that the partner promises to bear, none in the plain form
    weight: float  # risk weight
    loss: Array  # (quarter,)
    capital: Array  # (quarter,), capital x years
    income: float  # interest, fees, less value-added tax and funding
    raroc: float
    economic_profit: float


@dataclass(frozen=True)
class Loan:
    """The loan as the bank expects it at signing: exposure, partner, and the form chosen."""

    exposure: Exposure
    form: Form
    cover: float  # share of losses that the partner promises to bear
    warrant_value: float
    break_even: dict[str, float]
    stack: dict[str, dict[str, float]]  # what that rate is made of


def appraise(a: Growth, tree: Tree) -> Loan:
    """The loan in the form chosen, and the break-even rate of both."""
    exposure = _exposure(a, tree)
    warrant_value, cover = _partner(a, tree, exposure)
    found = {name: _break_even(a, tree, name) for name in FORMS}
    return Loan(
        exposure=exposure,
        form=_form(a, exposure, cover, a.loan_form),
        cover=cover,
        warrant_value=warrant_value,
        break_even={name: rate for name, (rate, _) in found.items()},
        stack={name: parts for name, (_, parts) in found.items()},
    )


def at_rate(a: Growth, tree: Tree, rate: float, form: str) -> Form:
    """What a form of the loan brings at a rate, a year, which may lie outside its slider."""
    a = replace(a, loan_rate=rate)
    exposure = _exposure(a, tree)
    return _form(a, exposure, _partner(a, tree, exposure)[1], form)


def came(a: Growth, company: Company, paths: Paths, signed: Form) -> tuple[Exposure, Form]:
    """One path as it came, (1,) each: what was lent, earned and lost of the loan as it was signed.

    The partner pays `a.partner_pays` of what it then promised; capital stays what it was.
    """
    exposure = _of_endings(a, np.ones(1), company.end, paths.failed, company.estate)
    return exposure, _profit(a, exposure, signed.cover, signed.weight)


def _exposure(a: Growth, tree: Tree) -> Exposure:
    """What is lent, earns, costs and may be lost, by quarter, from the chances of the endings.

    The estates are divided again: the tree may have been made at another rate of the loan.
    """
    end, failed = tree.company.end, tree.paths.failed
    money = np.asarray(sum(tree.company.preferences))
    left = estate.divide(a, tree.paths.stage, end, failed, money)
    return _of_endings(a, tree.chance, end, failed, left)


def _of_endings(a: Growth, chance: Array, end: Array, failed: Flags, left: Estate) -> Exposure:
    """The loan over endings with their chances, (ending,); the others (ending, …) of one entry."""
    opening, interest, principal = estate.schedule(a)
    end, failed = np.ravel(end), np.ravel(failed)
    balance, gone, back = (np.ravel(x) for x in (left.balance, left.lost, left.interest))
    failing = endings.by_quarter(end, chance * failed)
    ended = endings.by_quarter(end, chance)
    alive = 1.0 - (np.cumsum(ended) - ended)
    fails = float(failing[1 : a.loan_quarters + 1].sum())
    lost = endings.by_quarter(end, chance * gone)
    owed = float((chance * balance).sum())
    cost = a.servicing_cost * alive * (opening > 0)
    cost[0] = a.origination_cost
    return Exposure(
        opening=opening,
        interest=interest,
        principal=principal,
        alive=alive,
        failing=failing,
        fails=fails,
        # of a year, from that of the loan's life
        pd=float(credit.periodic_pd(min(fails, 1.0), a.loan_quarters / QUARTERS_A_YEAR)),
        lgd=min(1.0, float(lost.sum()) / owed) if owed > DUST else 0.0,
        lent=opening * alive / QUARTERS_A_YEAR,
        earning=opening * (alive - failing) / QUARTERS_A_YEAR,
        recovered_interest=endings.by_quarter(end, chance * back),
        cost=cost,
        lost=lost,
    )


def _partner(a: Growth, tree: Tree, exposure: Exposure) -> tuple[float, float]:
    """The partner's side: (value of its warrant, share of the losses that it could bear for it).

    The warrant is worth what its shares bring in each ending, discounted at the partner's return;
    the losses are discounted at the bank's funding. The share is at most one, and one where there
    is nothing to lose.
    """
    n = np.floor(a.coverage * a.loan / tree.company.price[0])
    worth = (tree.weight * tree.company.per_share).sum(axis=1)
    discount = (1 + a.partner_return) ** (-tree.company.end[:, 0] / QUARTERS_A_YEAR)
    warrant_value = float((n * worth * discount).sum())
    at_signing = (1 + a.ftp) ** (-np.arange(QUARTERS + 1) / QUARTERS_A_YEAR)
    lost_now = float((exposure.lost * at_signing).sum())
    return warrant_value, min(1.0, warrant_value / lost_now) if lost_now > DUST else 1.0


def _form(a: Growth, exposure: Exposure, cover: float, form: str) -> Form:
    """Loss, capital and profit of the loan in one form at its rate.

    cover: share of the losses that the partner promises to bear, if the form is the linked one.
    """
    cover = cover if form == "linked" else 0.0
    return _profit(a, exposure, cover, _weight(a, exposure, cover))


def _profit(a: Growth, exposure: Exposure, cover: float, weight: float) -> Form:
    """Loss, capital and profit of the loan at a promise and a risk weight."""
    capital = weight * a.capital_ratio * exposure.lent
    loss = (1 - cover * a.partner_pays) * exposure.lost
    receipts = _receipts(a, exposure)
    vat = float(profitability.value_added_tax(receipts, a.vat_on_interest))
    income = receipts - vat - a.ftp * float(exposure.lent.sum())
    terms = (income, loss.sum(), exposure.cost.sum(), capital.sum())
    return Form(
        cover=cover,
        weight=weight,
        loss=loss,
        capital=capital,
        income=income,
        raroc=float(profitability.raroc(*terms, tax=a.tax)),
        economic_profit=float(profitability.economic_profit(*terms, tax=a.tax, hurdle=a.hurdle)),
    )


def _receipts(a: Growth, exposure: Exposure) -> float:
    """Interest and fees that the bank expects, tax included."""
    back = exposure.recovered_interest.sum()
    return float(a.loan_rate * exposure.earning.sum() + back + a.arrangement_fee * a.loan)


def _weight(a: Growth, exposure: Exposure, cover: float) -> float:
    """Risk weight of the loan: the promised part is never below a direct loan to the partner.

    The partner's promise lends no weight of its own where the borrower's is lower: a guarantee may
    be left out, never made to cost.
    """
    own = float(
        credit.risk_weight(
            a.approach,
            a.sme_weight,
            exposure.pd,
            max(exposure.lgd, LGD_FLOOR),
            _maturity(exposure.opening),
            a.turnover,
        )
    )
    return (1 - cover) * own + cover * min(own, a.guarantor_weight)


def _break_even(a: Growth, tree: Tree, form: str) -> tuple[float, dict[str, float]]:
    """The rate at which the loan's economic profit is zero, and what it is made of, a year."""
    rate = a.loan_rate
    for _ in range(_ROUNDS):
        at = replace(a, loan_rate=rate)
        exposure = _exposure(at, tree)
        now = _form(at, exposure, _partner(at, tree, exposure)[1], form)
        earning, lent = float(exposure.earning.sum()), float(exposure.lent.sum())
        # funding of the quarter in which it fails is not earned
        cost = float(exposure.cost.sum()) + a.ftp * (lent - earning)
        fees = float(exposure.recovered_interest.sum()) + a.arrangement_fee * a.loan
        terms = (now.loss.sum(), cost, now.capital.sum())
        last, rate = (
            rate,
            float(
                profitability.break_even_rate(
                    earning, a.ftp, *terms, fees=fees, vat=a.vat_on_interest, tax=a.tax,
                    hurdle=a.hurdle,
                )
            ),
        )  # fmt: skip
        if abs(rate - last) < _SETTLED:
            break
    parts = {
        "funding": a.ftp * lent,
        "expected_loss": float(now.loss.sum()),
        "capital": a.hurdle * float(now.capital.sum()) / (1 - a.tax),
        "cost": float(exposure.cost.sum()) - fees,
        "value_added_tax": float(
            profitability.value_added_tax(rate * earning + fees, a.vat_on_interest)
        ),
    }
    return rate, {name: x / earning for name, x in parts.items()}


def _maturity(opening: Array) -> float:
    """Effective maturity of the loan in years, by balance, within the formula's 1 to 5.

    opening: balances (quarter,).
    """
    return float(np.clip(opening.sum() / opening.max() / QUARTERS_A_YEAR, 1.0, 5.0))


def lender_lines(a: Growth, loan: Loan) -> dict[str, Array]:
    """The bank's statement, as expected at signing; each (quarter, 1, 1), CNY million."""
    start = np.arange(QUARTERS + 1) == 0
    exposure = loan.exposure
    lines = profitability.lender_view(
        interest=a.loan_rate * exposure.earning + exposure.recovered_interest,
        fees=start * a.arrangement_fee * a.loan,
        funding=a.ftp * exposure.lent,
        cost=exposure.cost,
        loss=loan.form.loss,
        capital=loan.form.capital,
        vat=a.vat_on_interest,
        tax=a.tax,
        hurdle=a.hurdle,
    )
    return {name: line[:, None, None] for name, line in lines.items()}

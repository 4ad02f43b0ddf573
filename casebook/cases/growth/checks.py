"""The checks of a run: what must be zero, from totals and not from the steps that made them.

Each function returns name -> largest residual; the names are those of the case file. A residual is
in the unit of what it compares: shares, CNY million, or a chance.
"""

from __future__ import annotations

import numpy as np

from ...shape import Array, residual
from . import endings
from .endings import Tree
from .lender import Loan
from .record import QUARTERS_A_YEAR, Growth
from .rounds import Company, Investor, Paths


def of_rounds(a: Growth, company: Company, investor: Investor) -> dict[str, float]:
    """Checks of cap table and exit, the largest over all scenarios."""
    # every share outstanding after the last round has a holder
    everyone = company.common + sum(company.shares)
    outstanding = company.outstanding[0]
    for j, up in enumerate(company.raised):
        outstanding = np.where(up, company.outstanding[j + 1], outstanding)
    prices, posts = company.price[1:], company.post[1:]
    # money buys whole shares: what is left over is less than the price of one share
    over = [m - n * price for m, n, price in zip(a.raises, company.issued, prices, strict=True)]
    short = [np.maximum(-o, o - price) for o, price in zip(over, prices, strict=True)]
    # pre-money is the worth of all shares there were, at the new price
    pre = [
        price * s + money - post
        for price, s, money, post in zip(prices, company.before[1:], a.raises, posts, strict=True)
    ]
    paid = sum(company.paid) + company.common * company.per_share
    overdrawn = np.maximum(sum(investor.follow) - a.reserve * a.cheque, 0.0)
    return {
        "every_share_has_a_holder": residual(everyone - outstanding),
        "money_buys_whole_shares": residual(*(np.maximum(s, 0.0) for s in short)),
        "pre_money_is_price_times_shares": residual(*pre),
        "exit_is_paid_out": residual(paid - company.value),
        "nobody_would_switch": residual(regret(company)),
        "reserve_is_not_overdrawn": residual(overdrawn),
    }


def regret(company: Company) -> Array:
    """The most that a class could gain by the other choice, the others' choices kept.

    In the shape of the paths, CNY million. Each class's own choice is read off its payment: above
    its preference it has converted.
    """
    converted = [
        (pay > preference) & (n > 0)
        for pay, preference, n in zip(
            company.paid, company.preferences, company.shares, strict=True
        )
    ]
    kept = sum(pref * ~conv for pref, conv in zip(company.preferences, converted, strict=True))
    pot = company.common + sum(n * conv for n, conv in zip(company.shares, converted, strict=True))
    worst = np.zeros(np.shape(company.value))
    for n, pref, pay, conv in zip(
        company.shares, company.preferences, company.paid, converted, strict=True
    ):
        alone = n * np.maximum(company.value - (kept - pref), 0.0) / (pot + n)
        back = np.minimum(pref, np.maximum(company.value - kept, 0.0))
        worst = np.maximum(worst, (np.where(conv, back, alone) - pay) * (n > 0))
    return worst


def of_lines(
    a: Growth,
    company: Company,
    paths: Paths,
    investor: Investor,
    lines: dict[str, Array],
) -> dict[str, float]:
    """Checks of the statements of a single run; lines are (quarter, policy or 1, 1)."""
    flows = ("seed_round", "later_rounds", "loan_draw", "bank_fee", "spending", "loan_service",
             "handed_over")  # fmt: skip
    moved = sum((lines[k] for k in flows), np.zeros_like(lines["opening"]))
    got = lines["seed_round"].sum(axis=0) + lines["later_rounds"].sum(axis=0)
    holders = sum(company.preferences) - sum(a.safe_amounts)
    flow = lines["investor_flow"].sum(axis=0)
    parts = ("first_cheque", "follow_on", "service_fee", "proceeds")
    return {
        "client_cash_rolls": residual(lines["closing"][-1] - a.opening_cash - moved.sum(axis=0)),
        "statement_foots": residual(lines["opening"] + moved - lines["closing"]),
        "quarters_join": residual(lines["opening"][1:] - lines["closing"][:-1]),
        "every_yuan_was_paid_by_a_holder": residual(got - holders),
        "investor_flow_is_gain": residual(flow - (investor.proceeds - investor.spent)),
        "investor_statement_foots": residual(sum(lines[k] for k in parts) - lines["investor_flow"]),
        "loan_repays": _loan_gap(a, company, bool(paths.failed[0]), lines),
    }


def _loan_gap(a: Growth, company: Company, failed: bool, lines: dict[str, Array]) -> float:
    """What was lent comes back with interest, or what was owed at the failure is lost.

    Of a single run, in CNY million; lines are (quarter, 1, 1).
    """
    balance = lines["loan_balance"][:, 0, 0]
    end = int(company.end[0])
    lost = balance[end - 1] if failed else 0.0
    interest = a.loan_rate / QUARTERS_A_YEAR * (balance[:-1].sum() - lost)
    net = lines["loan_draw"].sum() + lines["loan_service"].sum()
    return residual(net + interest - lost)


def of_expectations(
    a: Growth, tree: Tree, loan: Loan, flows: Array, mean_gain: Array
) -> dict[str, float]:
    """Checks of chances and means: of the tree, the investor's flows and the price of the loan.

    flows: expected, (policy, quarter); mean_gain: (policy,); both in CNY million.
    """
    # at the break-even rate the statement of the bank, made anew, ends at zero
    rate = loan.break_even[a.loan_form]
    at_rate = (rate - a.loan_rate) * loan.earning.sum() * (1 - a.tax) + loan.economic_profit
    ended = endings.by_quarter(tree.company.end[:, 0], tree.chance)
    return {
        "chances_sum_to_one": residual(tree.weight.sum() - 1),
        "flows_add_up_to_gain": residual(flows.sum(axis=1) - mean_gain),
        "break_even_is_zero_profit": residual(at_rate),
        "every_path_ends": residual(ended.sum() - 1),
    }


def of_profit(loan: Loan, lines: dict[str, Array]) -> dict[str, float]:
    """The bank's statement, (quarter, 1, 1), adds up to the economic profit that was priced."""
    profit = lines["economic_profit_line"].sum()
    return {"profit_foots": residual(profit - loan.economic_profit)}

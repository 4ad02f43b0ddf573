"""The checks of a run: what must be zero, from totals and not from the steps that made them.

Each function returns name -> largest residual; the names are those of the case file. A residual is
in the unit of what it compares: shares, CNY million, or a chance.
"""

from __future__ import annotations

import numpy as np

from ...shape import Array, residual
from . import endings, lender, statements
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
        **_of_estate(company),
        "reserve_is_not_overdrawn": residual(overdrawn),
    }


def _of_estate(company: Company) -> dict[str, float]:
    """Checks of the estates: all of it is paid, and no rank before a better one is whole."""
    left = company.estate
    short = np.maximum(left.owed - left.paid, 0.0)
    holders = sum(company.paid) + company.common * company.per_share
    holders = holders * (left.value > 0)
    early = (
        np.minimum(short[0], left.paid[1] - left.secured + left.paid[2] + holders),
        np.minimum(short[1] + short[2], holders),
    )
    return {
        "estate_is_paid_out": residual(left.paid.sum(axis=0) + holders - left.value),
        "shareholders_come_last": residual(*early),
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
             "assets_sold", *statements.PAID_OUT, "handed_over")  # fmt: skip
    moved = sum((lines[k] for k in flows), np.zeros_like(lines["opening"]))
    got = lines["seed_round"].sum(axis=0) + lines["later_rounds"].sum(axis=0)
    holders = sum(company.preferences) - sum(a.safe_amounts)
    flow = lines["investor_flow"].sum(axis=0)
    end = int(company.end[0])
    # what is there when the company ends is what buyer or claimants get, and a failed one had none
    ended = sum(lines[k][end] for k in (*statements.PAID_OUT, "handed_over"))
    spent = lines["closing"][end] - ended - lines["assets_sold"][end]
    parts = ("first_cheque", "follow_on", "service_fee", "proceeds")
    return {
        "client_cash_rolls": residual(lines["closing"][-1] - a.opening_cash - moved.sum(axis=0)),
        "statement_foots": residual(lines["opening"] + moved - lines["closing"]),
        "quarters_join": residual(lines["opening"][1:] - lines["closing"][:-1]),
        "cash_at_failure_is_the_estate": residual(
            lines["closing"][end], spent * bool(paths.failed[0])
        ),
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
    owed = balance[int(company.end[0]) - 1] if failed else 0.0
    interest = a.loan_rate / QUARTERS_A_YEAR * (balance[:-1].sum() - owed)
    net = sum(lines[k].sum() for k in ("loan_draw", "loan_service", "to_bank"))
    back = company.estate.interest - company.estate.lost
    return residual(net + interest + np.asarray(back))


def of_expectations(tree: Tree, flows: Array, mean_gain: Array) -> dict[str, float]:
    """Checks of chances and means: of the tree and the investor's flows.

    flows: expected, (policy, quarter); mean_gain: (policy,); both in CNY million.
    """
    ended = endings.by_quarter(tree.company.end[:, 0], tree.chance)
    return {
        "chances_sum_to_one": residual(tree.weight.sum() - 1),
        "flows_add_up_to_gain": residual(flows.sum(axis=1) - mean_gain),
        "every_path_ends": residual(ended.sum() - 1),
    }


def of_bank(a: Growth, tree: Tree, loan: Loan, lines: dict[str, Array]) -> dict[str, float]:
    """Checks of the bank: its statement, (quarter, 1, 1), against endings, rates and weights."""
    total = {name: float(line.sum()) for name, line in lines.items() if line.shape[1:] == (1, 1)}
    receipts = total["interest_income"] + total["fee_income"]
    # ending by ending: what is owed at the failure less what estate and partner pay
    left = tree.company.estate
    failures = float((tree.chance * (left.balance - (left.paid[1] - left.interest))[:, 0]).sum())
    lent = a.capital_ratio * float(loan.exposure.lent.sum())
    plain = lender.at_rate(a, tree, a.loan_rate, "plain").weight
    floor = min(plain, a.guarantor_weight) - float(loan.form.capital.sum()) / lent
    zero = [
        lender.at_rate(a, tree, rate, form).economic_profit
        for form, rate in loan.break_even.items()
    ]
    return {
        "break_even_is_zero_profit": residual(*np.array(zero)),
        "loss_charged_is_what_failures_cost": residual(
            failures * (1 - loan.form.cover * a.partner_pays) + total["expected_loss_charge"]
        ),
        "promise_weighs_no_less_than_the_partner": residual(max(floor, 0.0)),
        "tax_on_receipts": residual(total["value_added_tax"] + a.vat_on_interest * receipts),
        "profit_foots": residual(total["economic_profit_line"] - loan.form.economic_profit),
    }

"""TODO."""

from __future__ import annotations

import numpy as np

from ...shape import Array, residual
from .record import YEAR, Growth
from .rounds import Company, Investor, Paths


def of_rounds(a: Growth, c: Company, p: Paths, v: Investor) -> dict[str, float]:
    """Identities of cap table and exit, from totals and not from the steps that made them."""
    # every share outstanding after the last round has a holder
    everyone = c.common + sum(c.shares)
    outstanding = c.outstanding[0]
    for j, up in enumerate(c.raised):
        outstanding = np.where(up, c.outstanding[j + 1], outstanding)
    # money buys whole shares: what is left over is less than the price of one share
    over = [m - n * price for m, n, price in zip(a.raises, c.issued, c.price[1:], strict=True)]
    short = [np.maximum(-o, o - price) for o, price in zip(over, c.price[1:], strict=True)]
    # pre-money is the worth of all shares there were, at the new price
    pre = [
        price * s + money - post
        for price, s, money, post in zip(
            c.price[1:], c.before[1:], a.raises, c.post[1:], strict=True
        )
    ]
    paid = sum(c.paid) + c.common * c.per_share
    return {
        "every_share_has_a_holder": residual(everyone - outstanding),
        "money_buys_whole_shares": residual(*(np.maximum(s, 0.0) for s in short)),
        "pre_money_is_price_times_shares": residual(*pre),
        "exit_is_paid_out": residual(paid - c.value),
        "nobody_would_switch": residual(_regret(c)),
        "reserve_is_not_overdrawn": residual(np.maximum(sum(v.follow) - a.reserve * a.cheque, 0.0)),
    }


def _regret(c: Company) -> Array:
    """The most that a class could gain by the other choice, the others' choices kept.

    Each class's own choice is read off its payment: above its preference it has converted.
    """
    converted = [
        (pay > preference) & (n > 0)
        for pay, preference, n in zip(c.paid, c.preferences, c.shares, strict=True)
    ]
    kept = sum(pref * ~conv for pref, conv in zip(c.preferences, converted, strict=True))
    pot = c.common + sum(n * conv for n, conv in zip(c.shares, converted, strict=True))
    worst = np.zeros(np.shape(c.value))
    for n, pref, pay, conv in zip(c.shares, c.preferences, c.paid, converted, strict=True):
        alone = n * np.maximum(c.value - (kept - pref), 0.0) / (pot + n)
        back = np.minimum(pref, np.maximum(c.value - kept, 0.0))
        worst = np.maximum(worst, (np.where(conv, back, alone) - pay) * (n > 0))
    return worst


def of_lines(
    a: Growth, c: Company, p: Paths, v: Investor, lines: dict[str, Array]
) -> dict[str, float]:
    flows = ("seed_round", "later_rounds", "loan_draw", "bank_fee", "spending", "loan_service",
             "handed_over")  # fmt: skip
    moved = sum(lines[k] for k in flows)
    got = lines["seed_round"].sum(axis=0) + lines["later_rounds"].sum(axis=0)
    holders = sum(c.preferences) - sum(a.safe_amounts)
    flow = lines["investor_flow"].sum(axis=0)
    parts = ("first_cheque", "follow_on", "service_fee", "proceeds")
    return {
        "client_cash_rolls": residual(lines["closing"][-1] - a.opening_cash - moved.sum(axis=0)),
        "statement_foots": residual(lines["opening"] + moved - lines["closing"]),
        "quarters_join": residual(lines["opening"][1:] - lines["closing"][:-1]),
        "every_yuan_was_paid_by_a_holder": residual(got - holders),
        "investor_flow_is_gain": residual(flow - (v.proceeds - v.spent)),
        "investor_statement_foots": residual(sum(lines[k] for k in parts) - lines["investor_flow"]),
        "loan_repays": _loan_gap(a, c, bool(p.failed[0]), lines),
    }


def _loan_gap(a: Growth, c: Company, failed: bool, lines: dict[str, Array]) -> float:
    """What was lent comes back with interest, or what was owed at the failure is lost."""
    balance = lines["loan_balance"][:, 0, 0]
    end = int(c.end[0])
    lost = balance[end - 1] if failed else 0.0
    interest = a.loan_rate / YEAR * (balance[:-1].sum() - lost)
    net = lines["loan_draw"].sum() + lines["loan_service"].sum()
    return residual(net + interest - lost)

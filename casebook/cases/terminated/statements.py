"""TODO."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from ... import credit, workout
from ...profitability import lender_view
from ...shape import Array, residual
from . import ways_out
from .expectations import Expected, Thresholds
from .record import BANKRUPTCY, ENFORCE, FORCED, HORIZON, MONTHS, PD_FLOOR, SETTLE, WAYS, Terminated
from .ways_out import Outcome

#: The client's flows in the order of the statement.
_CLIENT = ("operations", "owners", "loan_drawn", "investment", "interest", "principal_paid",
           "collateral_sold", "other_assets", "sale_costs", "preferred", "to_bank",
           "to_others")  # fmt: skip
_BANK = ("guarantor_paid", "buyer_paid", "taken_in_kind", "resale", "costs")


def cash_lines(a: Terminated, p: Outcome, wanted: Sequence[str] | None) -> dict[str, Array]:
    """Client and bank cash lines, each (month, way, scenario); `wanted` None is all of them."""
    c = p.clean
    last = c.default + HORIZON
    known = {
        "operations": c.operations,
        "owners": c.owners,
        "loan_drawn": np.eye(1, c.default + 1)[0] * a.principal,
        "investment": -np.eye(1, c.default + 1)[0] * a.principal,
        "interest": -c.interest,
        "principal_paid": -c.principal,
    }
    shape = (last + 1, *p.value.shape)
    entries = p.entries()
    way, scenario = np.indices(p.value.shape)

    def build(names: Iterable[str]) -> Array:
        line = np.zeros(shape)
        for name in names:
            if name in known:
                line[: c.default + 1] += known[name][:, None, None]
        for name, month, amount in entries:
            if name in names:
                line[c.default + month, way, scenario] += amount
        return line

    names = (*_CLIENT, *_BANK, "closing")
    lines = {}
    for name in names if wanted is None else [n for n in names if n in wanted]:
        lines[name] = (
            c.buffer + np.cumsum(build(_CLIENT), axis=0) if name == "closing" else build((name,))
        )
    if wanted is None:
        lines["opening"] = np.concatenate(
            [np.full((1, *shape[1:]), c.buffer), lines["closing"][:-1]]
        )
        month = np.arange(-c.default, HORIZON + 1)[:, None, None]
        lines["costs"] -= a.care_cost * ((month >= 1) & (month <= p.over))
    return lines


def claim_lines(a: Terminated, p: Outcome, lines: dict[str, Array]) -> dict[str, Array]:
    """The legal claim month by month, rolled forward and not taken from the closed form."""
    d, shape = p.clean.default, p.value.shape
    names = ("claim_due", "penalty_interest", "costs_claimed", "received", "given_up", "claim")
    out = {name: np.zeros((d + HORIZON + 1, *shape)) for name in names}
    out["claim_due"][d] = out["claim"][d] = p.clean.ead
    credited = -lines["to_bank"] + lines["guarantor_paid"] + lines["buyer_paid"]
    half = a.legal_cost * p.clean.ead / 2
    forced = np.isin(np.arange(len(WAYS)), FORCED)[:, None]
    bankrupt = (np.arange(len(WAYS)) == BANKRUPTCY)[:, None]
    for t in range(1, HORIZON + 1):
        before = out["claim"][d + t - 1]
        runs = np.where(bankrupt, t <= a.suit_months, t <= p.closed)
        interest = a.rate * (1.0 + a.penalty) / MONTHS * before * runs
        cost = half * (forced & (t == p.suit)) + half * (forced & ~bankrupt & (t == p.judgment))
        open_ = before + interest + cost - credited[d + t]
        gone = np.where(t == p.closed, open_, 0.0)
        for name, amount in (("penalty_interest", interest), ("costs_claimed", cost),
                             ("received", -credited[d + t]), ("given_up", -gone),
                             ("claim", open_ - gone)):  # fmt: skip
            out[name][d + t] = amount
    return out


def book_lines(a: Terminated, p: Outcome, lines: dict[str, Array]) -> dict[str, Array]:
    """Carrying amount, allowance, tax as paid, and the lender's profit by month."""
    c, d, ead = p.clean, p.clean.default, p.clean.ead
    periods = d + HORIZON + 1
    month = np.arange(-d, HORIZON + 1)[:, None, None]
    off = np.minimum(p.paid, a.write_off_months)
    owed = c.balance + np.cumsum(c.accrued - c.interest)
    early = credit.expected_loss(a.pd, a.lgd_planned, c.balance)
    on_books = month < off
    gross = np.where(on_books, np.pad(owed, (0, HORIZON), mode="edge")[:, None, None], 0.0)
    needed = np.concatenate([early[:-1], ways_out.allowance(a, ead)])[:, None, None]
    allowance = np.where(on_books, needed, 0.0)
    recovered = sum(lines[k] for k in _BANK if k != "costs") - lines["to_bank"]
    spent = -lines["costs"]
    at_off = month == off
    written_off = np.where(at_off, np.maximum(ead - recovered, 0.0), 0.0)
    charge = workout.provision_path(
        allowance.reshape(periods, -1), write_off=written_off.reshape(periods, -1)
    ).reshape(allowance.shape)
    # what comes in beyond the book is income: after the write-off, or penalty interest paid
    loss = charge - (recovered - at_off * (ead - written_off))
    net = gross - allowance
    before = np.concatenate([np.zeros((1, *net.shape[1:])), net[:-1]])
    opening = np.concatenate([[0.0], c.balance[:-1]])
    zero = np.zeros_like(net)
    # a loan in default is funded, and holds capital, on what the allowance has left of it
    k = performing_weight(a) * a.capital_ratio
    after = month > 0
    performing = np.pad(opening, (0, HORIZON))[:, None, None]
    capital = np.where(after, a.default_weight * a.capital_ratio * before, k * performing)
    earning = (month > -d) & (month < a.missed_month - d)
    lender = lender_view(
        interest=np.pad(c.accrued, (0, HORIZON))[:, None, None] + zero,
        fees=a.fee_income / MONTHS * earning + zero,
        funding=a.ftp / MONTHS * np.where(after, before, performing),
        cost=a.servicing_cost / MONTHS * ((month > -d) & ~after) + spent,
        loss=loss,
        capital=capital / MONTHS,
        tax=a.tax,
        hurdle=a.hurdle,
    )
    tax_cash = np.where(after, a.tax * (ead * at_off - recovered + spent), 0.0)
    book = {
        "balance": np.pad(c.balance, (0, HORIZON))[:, None, None] + zero,
        "gross": gross,
        "allowance": allowance,
        "net": net,
        "written_off": written_off,
        "recovered": recovered,
        "tax_cash": tax_cash,
        "capital_held": capital,
    }
    return lender | book


def performing_weight(a: Terminated) -> float:
    """Risk weight of the loan before default, by the formula for companies, 2.5 years."""
    return credit.irb_risk_weight(a.pd, a.lgd_planned, pd_floor=PD_FLOOR)


def identities(
    a: Terminated, p: Outcome, e: Expected, t: Thresholds, lines: dict[str, Array]
) -> dict[str, float]:
    """What must be zero in a single run; each compares two ways to one number."""
    c, d, ead = p.clean, p.clean.default, p.clean.ead
    factor, _ = ways_out.tables(a, ead)
    discount = factor[:, None, None]
    cash = (lines["recovered"] + lines["costs"])[d:]
    charge = lines["capital_charge"][d + 1 :]
    client = sum(lines[k] for k in _CLIENT)
    before_tax = sum(lines[k] for k in ("interest_income", "fee_income", "funding",
                                        "operating_cost", "expected_loss_charge"))  # fmt: skip
    bank = (
        -lines["loan_drawn"] - lines["interest"] - lines["principal_paid"]
        + lines["recovered"] + lines["costs"] + lines["fee_income"] + lines["funding"]
    ).sum(axis=0)  # fmt: skip
    servicing = a.servicing_cost / MONTHS * d
    offers = np.array([t.settle, t.settle_all_in]) / ead
    offered = ways_out.path(a, np.ones(2), np.zeros(2), np.full((4, 2), 0.5), offer=offers)

    def short(offer: float, settling: float, value: Array) -> float:
        """Settling less enforcing; at an offer of nothing settling may be worth more."""
        gap = settling - value[ENFORCE]
        return residual(gap if offer > 0.0 else min(gap, 0.0))

    taxed = a.tax * (ead - cash.sum(axis=0))
    return {
        "client_foots": residual(client - (lines["closing"] - lines["opening"])),
        "client_months_join": residual(lines["opening"][1:] - lines["closing"][:-1]),
        "cash_runs_dry_when_missed": residual(c.cash[a.missed_month - 1]),
        "loan_rolls": residual(a.principal + lines["principal_paid"].sum(axis=0) - c.balance[-1]),
        "claim_rolls": residual(lines["given_up"].sum(axis=0) + p.left, lines["claim"][-1]),
        "bank_mirrors_payers": residual(
            lines["recovered"] + lines["to_bank"] - sum(lines[k] for k in _BANK[:-1])
        ),
        "value_from_the_ledger": residual((cash * discount).sum(axis=0) - p.value),
        "nominal_from_the_ledger": residual(cash.sum(axis=0) - p.nominal),
        "profit_is_cash": residual(before_tax.sum(axis=0) - bank + servicing),
        "allowance_is_used_up": residual(lines["allowance"][-1], lines["gross"][-1]),
        "tax_comes_once": residual(lines["tax_cash"].sum(axis=0) - taxed),
        "all_in_from_the_ledger": residual(
            ((cash + lines["tax_cash"][d:]) * discount).sum(axis=0)
            + (charge * discount[1:]).sum(axis=0) - p.all_in
        ),
        "offer_is_worth_enforcing": short(t.settle, offered.value[SETTLE, 0], e.value),
        "all_in_offer_is_worth_enforcing": short(
            t.settle_all_in, offered.all_in[SETTLE, 1], e.all_in
        ),
        "chances_sum_to_one": residual(e.weight[list(FORCED)] - 1.0, e.branches.sum(axis=0) - 1.0),
    }  # fmt: skip

"""The statements by month: the firm's cash and the bank's, the legal claim, the bank's books.

Cash lines are placed from the outcome; the claim is rolled forward month by month, and the books
follow the cash. So `checks` can hold each against the closed forms of `ways_out`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from ... import credit, profitability, workout
from ...shape import Array, residual
from ...timevalue import MONTHS_A_YEAR
from . import provisions, ways_out
from .expectations import Expected, Thresholds
from .record import BANKRUPTCY, ENFORCE, FORCED, HORIZON, SETTLE, WAYS, Terminated
from .ways_out import Months, Outcome

#: The client's flows, and the bank's after default, in the order of the statement.
_CLIENT = ("operations", "owners", "loan_drawn", "investment", "interest", "principal_paid",
           "collateral_sold", "other_assets", "sale_costs", "preferred", "to_bank",
           "to_others")  # fmt: skip
_BANK = ("guarantor_paid", "buyer_paid", "taken_in_kind", "resale", "costs")


def cash_lines(a: Terminated, outcome: Outcome, wanted: Sequence[str] | None) -> dict[str, Array]:
    """Client and bank cash lines, each (month, way, scenario); `wanted` None is all of them."""
    clean = outcome.clean
    last = clean.default + HORIZON
    known = {
        "operations": clean.operations,
        "owners": clean.owners,
        "loan_drawn": np.eye(1, clean.default + 1)[0] * a.principal,
        "investment": -np.eye(1, clean.default + 1)[0] * a.principal,
        "interest": -clean.interest,
        "principal_paid": -clean.principal,
    }
    shape = (last + 1, *outcome.value.shape)
    entries = _entries(a, outcome)
    way, scenario = np.indices(outcome.value.shape)

    def build(names: Iterable[str]) -> Array:
        """The sum of the lines of these names, (month, way, scenario)."""
        line = np.zeros(shape)
        for name in names:
            if name in known:
                line[: clean.default + 1] += known[name][:, None, None]
        for name, month, amount in entries:
            if name in names:
                line[clean.default + month, way, scenario] += amount
        return line

    names = (*_CLIENT, *_BANK, "closing")
    lines = {}
    for name in names if wanted is None else [n for n in names if n in wanted]:
        lines[name] = (
            clean.buffer + np.cumsum(build(_CLIENT), axis=0)
            if name == "closing"
            else build((name,))
        )
    if wanted is None:
        lines["opening"] = np.concatenate(
            [np.full((1, *shape[1:]), clean.buffer), lines["closing"][:-1]]
        )
        month = np.arange(-clean.default, HORIZON + 1)[:, None, None]
        lines["costs"] -= a.care_cost * ((month >= 1) & (month <= outcome.over))
    return lines


def _entries(a: Terminated, outcome: Outcome) -> list[tuple[str, Months, Array]]:
    """(line, month after default, amount) of all cash after default, each (way, scenario)."""
    forced, shares = outcome.forced, outcome.forced.shares
    paid, settlement = outcome.paid, outcome.settlement
    none = np.zeros(forced.paid.shape)
    assets = np.array([[0.0], [a.free_assets]]) + none  # only a bankruptcy sells them
    bank = -shares.secured - shares.ordinary
    kind = np.where(forced.in_kind, -shares.secured, 0.0)
    flows = outcome.flows
    return [
        ("owners", paid, ways_out.all_ways(none, settlement)),
        ("collateral_sold", ways_out.all_ways(forced.sold), outcome.price),
        ("other_assets", paid, ways_out.all_ways(assets)),
        ("sale_costs", paid, ways_out.all_ways(-shares.costs)),
        ("preferred", paid, ways_out.all_ways(-shares.preferred)),
        ("to_bank", paid, ways_out.all_ways(bank, -settlement)),
        ("to_others", paid, ways_out.all_ways(-shares.others)),
        (
            "guarantor_paid",
            ways_out.all_ways(forced.paid + a.guarantor_months),
            outcome.guarantor,
        ),
        ("buyer_paid", paid, ways_out.all_ways(none, 0.0, outcome.sale)),
        ("taken_in_kind", paid, ways_out.all_ways(kind)),
        ("resale", ways_out.all_ways(forced.later), ways_out.all_ways(forced.resale)),
        # the last cost is care, which is spread over its months
        *(
            ("costs", month.astype(int), -cost)
            for month, cost in zip(flows.month[:-1], flows.cost[:-1], strict=True)
        ),
    ]


def claim_lines(a: Terminated, outcome: Outcome, lines: dict[str, Array]) -> dict[str, Array]:
    """The legal claim month by month, rolled forward and not taken from the closed form.

    lines: those of `cash_lines`, all; every line is (month, way, scenario).
    """
    default, shape = outcome.clean.default, outcome.value.shape
    names = ("claim_due", "penalty_interest", "costs_claimed", "received", "given_up", "claim")
    out = {name: np.zeros((default + HORIZON + 1, *shape)) for name in names}
    out["claim_due"][default] = out["claim"][default] = outcome.clean.ead
    credited = -lines["to_bank"] + lines["guarantor_paid"] + lines["buyer_paid"]
    half = a.legal_cost * outcome.clean.ead / 2
    forced = np.isin(np.arange(len(WAYS)), FORCED)[:, None]
    bankrupt = (np.arange(len(WAYS)) == BANKRUPTCY)[:, None]
    for t in range(1, HORIZON + 1):
        before = out["claim"][default + t - 1]
        runs = np.where(bankrupt, t <= a.suit_months, t <= outcome.closed)
        interest = a.rate * (1.0 + a.penalty) / MONTHS_A_YEAR * before * runs
        judged = forced & ~bankrupt & (t == outcome.judgment)
        cost = half * (forced & (t == outcome.suit)) + half * judged
        open_ = before + interest + cost - credited[default + t]
        gone = np.where(t == outcome.closed, open_, 0.0)
        for name, amount in (("penalty_interest", interest), ("costs_claimed", cost),
                             ("received", -credited[default + t]), ("given_up", -gone),
                             ("claim", open_ - gone)):  # fmt: skip
            out[name][default + t] = amount
    return out


def book_lines(a: Terminated, outcome: Outcome, lines: dict[str, Array]) -> dict[str, Array]:
    """Carrying amount, allowance, tax as paid, and the lender's profit by month.

    lines: those of `cash_lines`, all; every line is (month, way, scenario).
    """
    clean, default, ead = outcome.clean, outcome.clean.default, outcome.clean.ead
    periods = default + HORIZON + 1
    month = np.arange(-default, HORIZON + 1)[:, None, None]
    off = np.minimum(outcome.paid, a.write_off_months)
    owed = clean.balance + np.cumsum(clean.accrued - clean.interest)
    early = credit.expected_loss(a.pd, a.lgd_planned, clean.balance)
    on_books = month < off
    gross = np.where(on_books, np.pad(owed, (0, HORIZON), mode="edge")[:, None, None], 0.0)
    needed = np.concatenate([early[:-1], provisions.allowance(a, ead)])[:, None, None]
    allowance = np.where(on_books, needed, 0.0)
    payers = sum((lines[k] for k in _BANK if k != "costs"), np.zeros(()))
    recovered = payers - lines["to_bank"]
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
    opening = np.concatenate([[0.0], clean.balance[:-1]])
    zero = np.zeros_like(net)
    # a loan in default is funded, and holds capital, on what the allowance has left of it
    after = month > 0
    performing = np.pad(opening, (0, HORIZON))[:, None, None]
    weight = np.pad(provisions.default_weights(a, ead)[:-1], (default + 1, 0))[:, None, None]
    held = np.where(after, weight * before, provisions.sound_weight(a) * performing)
    capital = a.capital_ratio * held
    earning = (month > -default) & (month < a.missed_month - default)
    lender = profitability.lender_view(
        interest=np.pad(clean.accrued, (0, HORIZON))[:, None, None] + zero,
        fees=a.fee_income / MONTHS_A_YEAR * earning + zero,
        funding=a.ftp / MONTHS_A_YEAR * np.where(after, before, performing),
        cost=a.servicing_cost / MONTHS_A_YEAR * ((month > -default) & ~after) + spent,
        loss=loss,
        capital=capital / MONTHS_A_YEAR,
        vat=a.vat_on_interest,
        tax=a.tax,
        hurdle=a.hurdle,
    )
    allowed = np.diff(provisions.deducted(a, ead, off[None]), axis=0, prepend=0.0)
    tax_cash = a.tax * np.pad(allowed, ((default, 0), (0, 0), (0, 0)))
    tax_cash += np.where(after, a.tax * (spent - recovered), 0.0)
    book = {
        "balance": np.pad(clean.balance, (0, HORIZON))[:, None, None] + zero,
        "gross": gross,
        "allowance": allowance,
        "net": net,
        "written_off": written_off,
        "recovered": recovered,
        "tax_cash": tax_cash,
        "capital_held": capital,
    }
    return lender | book


def _late(lines: dict[str, Array], ead: float) -> Array:
    """Received when the books no longer had it, (way, scenario): after the write-off, or above it.

    lines: (month, way, scenario); ead: exposure at default.
    """
    off = lines["gross"] == 0.0
    off[: int(np.argmax(lines["claim_due"][:, 0, 0] > 0.0))] = False
    first = off & ~np.concatenate([np.zeros((1, *off.shape[1:]), bool), off[:-1]])
    above = np.where(first, np.maximum(lines["recovered"] - ead, 0.0), lines["recovered"])
    late: Array = np.where(off, above, 0.0).sum(axis=0)
    return late


def checks(
    a: Terminated,
    outcome: Outcome,
    expectation: Expected,
    thresholds: Thresholds,
    lines: dict[str, Array],
) -> dict[str, float]:
    """What must be zero in a single run; each compares two ways to one number.

    lines: all lines of the run, (month, way, 1).
    """
    clean, default, ead = outcome.clean, outcome.clean.default, outcome.clean.ead
    discount = provisions.tables(a, ead).factor[:, None, None]
    cash = (lines["recovered"] + lines["costs"])[default:]
    charge = lines["capital_charge"][default + 1 :]
    nothing = np.zeros(())
    client = sum((lines[k] for k in _CLIENT), nothing)
    earned = ("interest_income", "fee_income", "value_added_tax", "funding", "operating_cost",
              "expected_loss_charge")  # fmt: skip
    before_tax = sum((lines[k] for k in earned), nothing)
    bank = (
        -lines["loan_drawn"] - lines["interest"] - lines["principal_paid"]
        + lines["recovered"] + lines["costs"] + lines["fee_income"] + lines["funding"]
        + lines["value_added_tax"]
    ).sum(axis=0)  # fmt: skip
    servicing = a.servicing_cost / MONTHS_A_YEAR * default
    offers = np.array([thresholds.settle, thresholds.settle_all_in]) / ead
    offered = ways_out.path(a, np.ones(2), np.zeros(2), np.full((4, 2), 0.5), offer=offers)

    def short(offer: float, settling: float, value: Array) -> float:
        """Settling less enforcing; at an offer of nothing settling may be worth more."""
        gap = settling - value[ENFORCE]
        return residual(gap if offer > 0.0 else min(gap, 0.0))

    taxed = a.tax * (ead - cash.sum(axis=0))
    return {
        "client_foots": residual(client - (lines["closing"] - lines["opening"])),
        "client_months_join": residual(lines["opening"][1:] - lines["closing"][:-1]),
        "cash_runs_dry_when_missed": residual(clean.cash[a.missed_month - 1]),
        "loan_rolls": residual(
            a.principal + lines["principal_paid"].sum(axis=0) - clean.balance[-1]
        ),
        "claim_rolls": residual(lines["given_up"].sum(axis=0) + outcome.left, lines["claim"][-1]),
        "bank_mirrors_payers": residual(
            lines["recovered"] + lines["to_bank"] - sum((lines[k] for k in _BANK[:-1]), nothing)
        ),
        "value_from_the_ledger": residual((cash * discount).sum(axis=0) - outcome.value),
        "nominal_from_the_ledger": residual(cash.sum(axis=0) - outcome.nominal),
        "profit_is_cash": residual(before_tax.sum(axis=0) - bank + servicing),
        "written_off_is_charged": residual(
            lines["expected_loss_charge"].sum(axis=0)
            + lines["written_off"].sum(axis=0)
            - _late(lines, ead)
        ),
        "tax_on_receipts": residual(
            lines["value_added_tax"].sum(axis=0)
            + a.vat_on_interest
            * (clean.accrued.sum() + a.fee_income / MONTHS_A_YEAR * (a.missed_month - 1))
        ),
        "overdue_bears_penalty": residual(
            np.minimum(clean.accrued[1:] - a.rate / MONTHS_A_YEAR * clean.balance[:-1], 0.0)
        ),
        "allowance_is_used_up": residual(lines["allowance"][-1], lines["gross"][-1]),
        "tax_comes_once": residual(lines["tax_cash"].sum(axis=0) - taxed),
        "all_in_from_the_ledger": residual(
            ((cash + lines["tax_cash"][default:]) * discount).sum(axis=0)
            + (charge * discount[1:]).sum(axis=0)
            - outcome.all_in
        ),
        "offer_is_worth_enforcing": short(
            thresholds.settle, offered.value[SETTLE, 0], expectation.value
        ),
        "all_in_offer_is_worth_enforcing": short(
            thresholds.settle_all_in, offered.all_in[SETTLE, 1], expectation.all_in
        ),
        "chances_sum_to_one": residual(
            expectation.weight[list(FORCED)] - 1.0, expectation.branches.sum(axis=0) - 1.0
        ),
    }

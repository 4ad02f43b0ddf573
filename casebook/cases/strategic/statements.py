"""The statements: the client's cash, the lenders' ledger, and the bank's profit by half-year.

The client is the three projects together. What a lender receives is worked out from the balances
alone, so that it can be held against what the client pays; `checks` does the same for totals.
"""

from __future__ import annotations

import numpy as np

from ... import profitability
from ...shape import Array, residual
from . import bank, projects
from .bank import Exposure, Totals
from .projects import OPERATING, Outcome, Plan
from .record import HALVES, PROJECTS, TERMS, Strategic

#: Lines of the client that pass between it and its lenders.
_LENDER = ("draw", "building_interest", "loan_fees", "interest", "principal", "sweep")


def client_lines(a: Strategic, plan: Plan, outcome: Outcome) -> dict[str, Array]:
    """The client's cash, the three projects together, each (half-year, terms, scenario)."""
    sizing = plan.sizing
    lines = {}
    for name in OPERATING:
        line = np.take_along_axis(plan.lines[name][..., None, None], outcome.shift, axis=0)
        lines[name] = projects.operating(a, outcome.factor * line)
    lines |= {
        "damages": projects.operating(a, outcome.damages),
        "site_cost": -projects.operating(a, outcome.site),
        "capex": -projects.building(a, plan.costs),
        "building_interest": -projects.building(a, sizing.interest),
        "loan_fees": -projects.building(a, sizing.arrangement_fee + sizing.commitment_fee),
        "draw": projects.building(a, sizing.draws),
        "equity": projects.building(a, sizing.equity),
        "support": projects.operating(a, outcome.support + outcome.line("support")),
        "interest": -projects.operating(a, outcome.line("interest")),
        "principal": -projects.operating(a, outcome.line("principal")),
        "sweep": -projects.operating(a, outcome.line("sweep")),
        "distribution": -projects.operating(a, outcome.line("distribution")),
    }
    cash = _reserves(a, plan, outcome) + projects.operating(a, outcome.line("trapped"))
    opening = _before(cash)
    shape = cash.shape
    return {
        "opening": opening,
        **{k: np.broadcast_to(v, shape) for k, v in lines.items()},
        "closing": cash,
    }


def _before(line: Array) -> Array:
    """What stood at the start of each half-year, (half-year, …); nothing at the first."""
    return np.concatenate([np.zeros_like(line[:1]), line[:-1]])


def _reserves(a: Strategic, plan: Plan, outcome: Outcome) -> Array:
    """The three debt service reserves together, filled at planned completion.

    (half-year, terms, scenario).
    """
    held = projects.operating(a, outcome.line("reserve"))
    np.add.at(held, a.opening_day, plan.sizing.reserve[-1][:, None, None])
    return held


def statement(
    a: Strategic, plan: Plan, outcome: Outcome, exposure: Exposure, profit: Array
) -> tuple[dict[str, Array], dict[str, float]]:
    """All lines of a single run, each (half-year, terms, 1), and the checks between its statements.

    profit: economic profit over the life from the totals, (terms, 1).
    """
    client = client_lines(a, plan, outcome)
    at_risk = exposure.building + exposure.operating + exposure.defaulted
    undrawn = plan.sizing.debt - plan.drawn[: a.construction]
    overdue = outcome.line("overdue_interest") + outcome.line("overdue_principal")
    lines = client | _project_lines(a, plan, outcome)
    lines |= {
        "balance": exposure.loans,
        "undrawn": projects.placed(a, undrawn, a.signed)[:, None, None],
        "overdue": projects.operating(a, overdue),
        "reserve": _reserves(a, plan, outcome),
        "exposure": at_risk,
        "held_exposure": (1 - a.sold) * at_risk,
        "defaulted": exposure.defaulted,
        "written_off": _written_off(a, plan, outcome, exposure),
    }
    lines |= _profit_lines(a, plan, exposure)
    lines["never_paid"], received = _ledger(a, plan, outcome, exposure)
    paid = sum((client[k] for k in _LENDER), np.zeros(()))
    shape = client["closing"].shape
    lines = {k: np.broadcast_to(v, shape) for k, v in lines.items()}
    flows = (v for k, v in client.items() if k not in ("opening", "closing"))
    moved = sum(flows, np.zeros(()))
    taxed = ("interest_income", "fee_income", "advice_income", "wallet_income")
    return lines, {
        "lender_mirrors_client": residual(paid + received),
        "statement_foots": residual(client["opening"] + moved - client["closing"]),
        "profit_foots": residual(lines["economic_profit_line"].sum(axis=0) - profit),
        "tax_on_receipts": residual(
            lines["value_added_tax"] + a.vat_on_interest * sum(lines[k] for k in taxed)
        ),
    }


def _project_lines(a: Strategic, plan: Plan, outcome: Outcome) -> dict[str, Array]:
    """One project at a time, for the figures: `<line>_<project>`, each (half-year, terms, 1)."""
    lines = {}
    for k, opens in enumerate(a.opening_day):
        for name in ("cfads", "service", "reserve", "balance", "distribution", "reserve_draw"):
            line = np.zeros((a.horizon + 1, len(TERMS), 1))
            line[opens + 1 : opens + 1 + len(plan.cfads)] = outcome.line(name)[:, k]
            lines[f"{name}_{k + 1}"] = line
        line = np.zeros((a.horizon + 1, len(TERMS), 1))
        line[opens + 1 : opens + 1 + len(plan.cfads)] = outcome.support[:, k]
        lines[f"support_{k + 1}"] = line
    return lines


def _profit_lines(a: Strategic, plan: Plan, exposure: Exposure) -> dict[str, Array]:
    """What the bank earns by half-year, on opening balances: the lines of `lender_view`.

    Income stands apart by its source, and the loss taken apart from the one expected. Each line
    broadcasts to (half-year, terms, 1).
    """
    held, sold = 1 - a.sold, a.sold
    # in million x years
    balance, *phases = (
        _before(line) / HALVES
        for line in (
            exposure.performing, exposure.building, exposure.operating, exposure.defaulted
        )
    )  # fmt: skip
    signed = [s + 1 for s in a.signed]
    at_start = projects.placed(a, np.ones((1, PROJECTS)), signed)[:, None, None]
    debt_signed = projects.placed(a, plan.sizing.debt[None], signed)[:, None, None]
    share = a.wallet * a.wallet_share * (1 - a.wallet_follows * sold**2)
    business = share * bank.wallet_years(a)[:, None, None]
    advice = a.advisory_fee * at_start
    zero = np.zeros(())
    rates = zip(bank.pds(a), phases[:2], strict=True)
    expected: Array = held * a.lgd * sum((pd * x for pd, x in rates), zero)
    weights = zip(bank.capital_rates(a), phases, strict=True)
    taken = held * exposure.loss
    loan_fees = (
        projects.building(a, plan.sizing.arrangement_fee)
        - sold * a.participation_fee * debt_signed
        + held * projects.building(a, plan.sizing.commitment_fee)
        + a.agency_fee * sold * balance
    )
    view = profitability.lender_view(
        interest=held * a.rate * balance,
        fees=loan_fees + advice + business,
        funding=held * a.ftp * balance,
        cost=held * a.loan_cost * sum(phases, zero)
        + a.origination_cost * at_start
        + a.service_cost * (advice + business),
        loss=expected + taken,
        capital=held * sum((w * x for w, x in weights), zero) + a.service_capital * business,
        vat=a.vat_on_interest,
        tax=a.tax,
        hurdle=a.hurdle,
    )
    return view | {
        "fee_income": loan_fees,
        "advice_income": advice,
        "wallet_income": business,
        "expected_loss_charge": -expected,
        "loss_taken": -taken,
    }


def _written_off(a: Strategic, plan: Plan, outcome: Outcome, exposure: Exposure) -> Array:
    """What all lenders write off, from the flows of their books, (half-year, terms, scenario).

    What was owed, with its interest and less what was paid, and is not owed on a sound loan any
    more, has moved to default; LGD of it is written off. What a project has never paid at its end
    is written off too, as far as it is more than that.
    """
    flows = outcome.paid
    owed = outcome.line("balance") + outcome.line("overdue_interest")
    before = np.concatenate([np.broadcast_to(plan.sizing.debt[:, None, None], owed.shape[1:])[None],
                             owed[:-1]])  # fmt: skip
    paid = projects.unfold(flows.interest + flows.principal + flows.sweep, len(outcome.rate))
    sound = np.logical_and.accumulate(~outcome.unpaid, axis=0)
    was_sound = np.concatenate([np.ones_like(sound[:1]), sound[:-1]])
    moved = was_sound * (before * (1 + outcome.rate) - paid) - sound * owed
    off = a.lgd * moved
    off[-1] += np.maximum(exposure.left - off.sum(axis=0), 0.0)
    return projects.operating(a, off)


def _ledger(a: Strategic, plan: Plan, outcome: Outcome, exposure: Exposure) -> tuple[Array, Array]:
    """(what the lenders are never paid, what they receive), each (half-year, terms, scenario).

    From their own books: what was owed, what was added, what has lapsed, what is owed now.
    """
    owed = exposure.loans
    lost = np.zeros_like(owed)
    for k, opens in enumerate(a.opening_day):
        if (after := opens + len(plan.cfads) + 1) <= a.horizon:
            lost[after] += exposure.left[k] * (1 + outcome.rate)
    accrued = outcome.rate * _before(owed)
    fees = projects.building(a, plan.sizing.arrangement_fee) + projects.building(
        a, plan.sizing.commitment_fee
    )
    received = accrued + fees - lost - np.diff(owed, axis=0, prepend=np.zeros_like(owed[:1]))
    return lost, received


def checks(
    a: Strategic, plan: Plan, outcome: Outcome, exposure: Exposure, life: Totals
) -> dict[str, float]:
    """What must be zero in every scenario, from totals and not from the steps that made them."""
    sizing, flows = plan.sizing, outcome.paid
    rate = a.rate / HALVES
    before = plan.drawn[:-1]
    rebuilt = plan.costs + rate * before + a.commitment_fee / HALVES * (sizing.debt - before)
    rebuilt[0] += a.arrangement_fee * sizing.debt
    rebuilt[-1] += plan.schedule.payment[a.grace : a.grace + a.reserve_periods].sum(axis=0)
    service = plan.schedule.payment
    n = np.arange(1, len(service) + 1)[:, None]
    worth = (service / (1 + rate) ** n).sum(axis=0)
    paid = flows.interest + flows.principal + flows.sweep
    shape = (PROJECTS, len(TERMS), len(outcome.rate))
    growth = np.broadcast_to(1 + outcome.rate, shape).ravel()
    value = np.zeros_like(paid[0])
    for payment in paid[::-1]:
        value = (value + payment) / growth
    left = (flows.balance[-1] + flows.overdue_interest[-1]) / growth ** len(paid)
    debt = np.broadcast_to(sizing.debt[:, None, None], shape).ravel()
    start = np.broadcast_to(sizing.reserve[-1][:, None, None], shape).ravel()
    inside = flows.cfads.sum(axis=0) + flows.support.sum(axis=0) + start
    outside = (
        paid.sum(axis=0) + flows.distribution.sum(axis=0) + flows.reserve[-1] + flows.trapped[-1]
    )
    margin = bank.break_even_margin(a, life)
    needed = np.maximum(1 - 1 / bank.use(a, exposure), 0.0)
    limits = bank.credit_limits(a)
    peaks = {
        "group": (exposure.building + exposure.operating + exposure.defaulted).max(axis=0),
        "client": exposure.client,
        "loan": exposure.loan,
    }
    written_off = _written_off(a, plan, outcome, exposure)
    room = np.min([limits[k] - (1 - needed) * peaks[k] for k in limits], axis=0)
    return {
        "sources_are_uses": residual(sizing.draws + sizing.equity - rebuilt),
        "circle_closes": residual(sizing.draws.sum(axis=0) - sizing.debt),
        "debt_is_its_service": residual(worth - sizing.debt),
        "lent_is_repaid": residual(value + left - debt),
        "waterfall_pays_out": residual(inside - outside),
        "limit_is_met": residual(np.where(needed > 0, room, np.minimum(room, 0))),
        "break_even_is_zero_profit": residual(bank.relationship(a, life, margin=margin)[1]),
        "written_off_is_charged": residual(
            (1 - a.sold) * (written_off.sum(axis=0) + bank.expected(a, life))
            - bank.products(a, life)[1].sum(axis=0)
        ),
    }

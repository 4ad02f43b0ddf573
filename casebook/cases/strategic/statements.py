"""TODO."""

from __future__ import annotations

import numpy as np

from ...profitability import lender_view
from ...shape import Array, residual
from . import bank, projects
from .bank import Totals
from .projects import OPERATING, Plan, Run
from .record import HALVES, PROJECTS, TERMS, Strategic


def client_lines(a: Strategic, plan: Plan, r: Run) -> dict[str, Array]:
    """The client's cash, the three projects together, each (half-year, terms, scenario)."""
    s = plan.sizing
    lines = {}
    for name in OPERATING:
        line = np.take_along_axis(plan.lines[name][..., None, None], r.shift, axis=0)
        lines[name] = projects.operating(a, r.factor * line)
    lines |= {
        "damages": projects.operating(a, r.damages),
        "site_cost": -projects.operating(a, r.site),
        "capex": -projects.building(a, plan.costs),
        "building_interest": -projects.building(a, s.interest),
        "loan_fees": -projects.building(a, s.arrangement_fee + s.commitment_fee),
        "draw": projects.building(a, s.draws),
        "equity": projects.building(a, s.equity),
        "support": projects.operating(a, r.support + r.line("support")),
        "interest": -projects.operating(a, r.line("interest")),
        "principal": -projects.operating(a, r.line("principal")),
        "sweep": -projects.operating(a, r.line("sweep")),
        "distribution": -projects.operating(a, r.line("distribution")),
    }
    cash = _reserves(a, plan, r) + projects.operating(a, r.line("trapped"))
    opening = np.concatenate([np.zeros_like(cash[:1]), cash[:-1]])
    shape = cash.shape
    return {
        "opening": opening,
        **{k: np.broadcast_to(v, shape) for k, v in lines.items()},
        "closing": cash,
    }


def _reserves(a: Strategic, plan: Plan, r: Run) -> Array:
    """The three debt service reserves together, filled at planned completion."""
    held = projects.operating(a, r.line("reserve"))
    np.add.at(held, a.opening_day, plan.sizing.reserve[-1][:, None, None])
    return held


def statement(
    a: Strategic, plan: Plan, r: Run, e: dict[str, Array], t: Totals, profit: Array
) -> tuple[dict[str, Array], dict[str, float]]:
    """All lines of a single run, and the identities between its statements."""
    client = client_lines(a, plan, r)
    lines = dict(client)
    ends = [d + 1 for d in a.opening_day]
    for k in range(PROJECTS):  # one project at a time, for the figures
        for name in ("cfads", "service", "reserve", "balance", "distribution", "reserve_draw"):
            line = np.zeros((a.horizon + 1, len(TERMS), 1))
            line[ends[k] : ends[k] + len(plan.cfads)] = r.line(name)[:, k]
            lines[f"{name}_{k + 1}"] = line
        line = np.zeros((a.horizon + 1, len(TERMS), 1))
        line[ends[k] : ends[k] + len(plan.cfads)] = r.support[:, k]
        lines[f"support_{k + 1}"] = line
    undrawn = plan.sizing.debt - plan.drawn[: a.construction]
    lines |= {
        "balance": e["loans"],
        "undrawn": projects.placed(a, undrawn, a.signed)[:, None, None],
        "overdue": projects.operating(a, r.line("overdue_interest") + r.line("overdue_principal")),
        "reserve": _reserves(a, plan, r),
        "exposure": e["building"] + e["operating"],
        "held_exposure": (1 - a.sold) * (e["building"] + e["operating"]),
    }

    held, sold = 1 - a.sold, a.sold

    def before(line: Array) -> Array:
        """What stood at the start of each half-year, in million x years."""
        return np.concatenate([np.zeros_like(line[:1]), line[:-1]]) / HALVES

    balance, building, operating = (before(e[k]) for k in ("loans", "building", "operating"))
    at_start = projects.placed(a, np.ones((1, PROJECTS)), [s + 1 for s in a.signed])[:, None, None]
    debt_signed = projects.placed(a, plan.sizing.debt[None], [s + 1 for s in a.signed])[
        :, None, None
    ]
    arrangement = projects.building(a, plan.sizing.arrangement_fee)
    business = a.wallet * a.wallet_share * (1 - a.wallet_follows * sold**2)
    business = business * bank.wallet_years(a)[:, None, None]
    advice = a.advisory_fee * at_start
    pd, weight = bank.pds(a), bank.capital_rates(a)
    loan_fees = (
        arrangement
        - sold * a.participation_fee * debt_signed
        + held * projects.building(a, plan.sizing.commitment_fee)
        + a.agency_fee * sold * balance
    )
    view = lender_view(
        interest=held * a.rate * balance,
        fees=loan_fees + advice + business,
        funding=held * a.ftp * balance,
        cost=held * a.loan_cost * (building + operating)
        + a.origination_cost * at_start
        + a.service_cost * (advice + business),
        loss=held * a.lgd * (pd[0] * building + pd[1] * operating),
        capital=held * (weight[0] * building + weight[1] * operating)
        + a.service_capital * business,
        tax=a.tax,
        hurdle=a.hurdle,
    )
    view["fee_income"] = loan_fees
    lines |= view | {"advice_income": advice, "wallet_income": business}
    # the lenders' own ledger: what was owed, what was added, what was lost, what is owed now
    lost = np.zeros_like(e["loans"])
    for k, ends in enumerate(a.opening_day):
        if (after := ends + len(plan.cfads) + 1) <= a.horizon:
            lost[after] += e["left"][k] * (1 + r.rate)
    lines["written_off"] = lost
    owed = e["loans"]
    accrued = r.rate * np.concatenate([np.zeros_like(owed[:1]), owed[:-1]])
    fees = arrangement + projects.building(a, plan.sizing.commitment_fee)
    received = accrued + fees - lost - np.diff(owed, axis=0, prepend=np.zeros_like(owed[:1]))
    paid = sum(client[k] for k in _LENDER)
    shape = client["closing"].shape
    lines = {k: np.broadcast_to(v, shape) for k, v in lines.items()}
    moved = sum(v for k, v in client.items() if k not in ("opening", "closing"))
    return lines, {
        "lender_mirrors_client": residual(paid + received),
        "statement_foots": residual(client["opening"] + moved - client["closing"]),
        "profit_foots": residual(lines["economic_profit_line"].sum(axis=0) - profit),
    }


#: Lines of the client that pass between it and its lenders.
_LENDER = ("draw", "building_interest", "loan_fees", "interest", "principal", "sweep")


def identities(
    a: Strategic, plan: Plan, r: Run, e: dict[str, Array], t: Totals
) -> dict[str, float]:
    """Identities that hold in every scenario, from totals and not from the steps that made them."""
    s, w = plan.sizing, r.paid
    rate = a.rate / HALVES
    before = plan.drawn[:-1]
    rebuilt = plan.costs + rate * before + a.commitment_fee / HALVES * (s.debt - before)
    rebuilt[0] += a.arrangement_fee * s.debt
    rebuilt[-1] += plan.schedule.payment[a.grace : a.grace + a.reserve_periods].sum(axis=0)
    service = plan.schedule.payment
    n = np.arange(1, len(service) + 1)[:, None]
    worth = (service / (1 + rate) ** n).sum(axis=0)
    paid = w.interest + w.principal + w.sweep
    growth = np.broadcast_to(1 + r.rate, (PROJECTS, len(TERMS), len(r.rate))).ravel()
    value = np.zeros_like(paid[0])
    for t_paid in paid[::-1]:
        value = (value + t_paid) / growth
    left = (w.balance[-1] + w.overdue_interest[-1]) / growth ** len(paid)
    debt = np.broadcast_to(s.debt[:, None, None], r.line("balance").shape[1:]).ravel()
    start = np.broadcast_to(s.reserve[-1][:, None, None], r.line("balance").shape[1:]).ravel()
    inside = w.cfads.sum(axis=0) + w.support.sum(axis=0) + start
    outside = paid.sum(axis=0) + w.distribution.sum(axis=0) + w.reserve[-1] + w.trapped[-1]
    margin = bank.break_even_margin(a, t)
    needed = np.maximum(1 - 1 / bank.use(a, e), 0.0)
    limits = bank.credit_limits(a)
    peaks = {"group": (e["building"] + e["operating"]).max(axis=0), **e}
    room = np.min([limits[k] - (1 - needed) * peaks[k] for k in limits], axis=0)
    return {
        "sources_are_uses": residual(s.draws + s.equity - rebuilt),
        "circle_closes": residual(s.draws.sum(axis=0) - s.debt),
        "debt_is_its_service": residual(worth - s.debt),
        "lent_is_repaid": residual(value + left - debt),
        "waterfall_pays_out": residual(inside - outside),
        "limit_is_met": residual(np.where(needed > 0, room, np.minimum(room, 0))),
        "break_even_is_zero_profit": residual(bank.relationship(a, t, margin=margin)[1]),
    }

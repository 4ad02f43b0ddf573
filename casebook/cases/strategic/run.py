"""TODO."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import partial
from typing import overload

import numpy as np

from ... import credit, timevalue
from ...distributions import normal, pick
from ...projectfinance import equity_irr, llcr, plcr, project_irr
from ...shape import (
    Array,
    Draws,
    Result,
    ScenarioRuns,
    SingleRun,
    first_time,
    run_scenarios,
    uniform_draws,
)
from . import bank, projects, statements
from .bank import Totals
from .projects import Plan, Run
from .record import BATCH, DUST, HALVES, PROJECTS, TERMS, Strategic


def sample(a: Strategic, n: int, seed: int) -> Draws:
    """n scenarios as uniforms in [0, 1): cash levels (one common, one a project), delays, rate."""
    numbers = range(1, PROJECTS + 1)
    names = ("common", *(f"cash_{k}" for k in numbers), *(f"delay_{k}" for k in numbers), "rate")
    return uniform_draws(names, n, seed)


@overload
def simulate(
    a: Strategic, d: None = None, keep: Sequence[str] | None = None
) -> SingleRun[Strategic]: ...
@overload
def simulate(
    a: Strategic, d: Draws, keep: Sequence[str] | None = None
) -> ScenarioRuns[Strategic]: ...
def simulate(
    a: Strategic, d: Draws | None = None, keep: Sequence[str] | None = None
) -> Result[Strategic]:
    """Run the case: the assumptions as they stand, or the scenarios of `sample`.

    Both sponsor terms run; the result shows those of `a.terms` first. A single run keeps all
    lines; many keep the lines named in `keep`. Draws take the place of `delay` and `shock`.
    """
    plan = projects.plan(a)
    if d is None:
        return _result(a, plan, projects.run(a, plan, *projects.stated(a)), None)
    return run_scenarios(partial(_scenarios, a, plan), sample(a, 1, 0), d, keep, BATCH)


def _scenarios(a: Strategic, plan: Plan, d: Draws, keep: Sequence[str]) -> Result[Strategic]:
    numbers = range(1, PROJECTS + 1)
    delay = np.stack([pick(a.delay_probabilities, d[f"delay_{k}"]) for k in numbers])
    own = np.stack([normal(d[f"cash_{k}"]) for k in numbers])
    spread = a.common_volatility * normal(d["common"]) + a.project_volatility * own
    # lognormal with mean one: the plan is the average
    level = np.exp(spread - (a.common_volatility**2 + a.project_volatility**2) / 2)
    rate = np.maximum(a.rate + a.rate_volatility * normal(d["rate"]), 0.0)
    return _result(a, plan, projects.run(a, plan, delay, level, rate), keep)


def _result(a: Strategic, plan: Plan, r: Run, keep: Sequence[str] | None) -> Result[Strategic]:
    e = bank.exposure(a, plan, r)
    t = bank.totals(a, plan, e)
    use = bank.use(a, e)
    held = (1 - a.sold) * (e["building"] + e["operating"])
    overdue = r.line("overdue_interest") + r.line("overdue_principal")
    gap = r.line("support")
    unpaid = (overdue > DUST) | (gap > DUST)
    drawn = r.line("reserve_draw")
    ratio = np.where(r.line("service") > DUST, r.line("dscr"), np.nan)  # rounding is no service
    missed = projects.first(a, unpaid)
    raroc, profit = bank.relationship(a, t)
    metrics = {
        "debt": np.full((1, 1), t.debt),
        "lowest_dscr": np.fmin.reduce(np.fmin.reduce(ratio, axis=0), axis=0),
        "reserve_drawn": drawn.sum(axis=(0, 1)),
        "support_paid": r.support.sum(axis=(0, 1)),
        "overdue": overdue.sum(axis=1).max(axis=0),
        "missed": missed >= 0,
        "first_missed": missed,
        "peak_exposure": held.max(axis=0),
        "needed_sale": np.maximum(1 - 1 / use, 0.0),
        "raroc_loans": bank.loan_only(a, t),
        "raroc": raroc,
        "economic_profit": profit,
    }
    late_use = np.maximum(use * (1 - a.sold) - 1, 0.0)
    over = held > bank.credit_limits(a)["group"] * (1 + 1e-12)
    events = {
        "reserve_drawn": projects.first(a, drawn > DUST),
        "lock_up": projects.first(a, projects.unfold(r.paid.active["lock_up"], len(r.rate))),
        "missed": missed,
        "limit": first_time(over),
        "repaid": _repaid(a, e),
    }
    metrics["over_limit"] = late_use > 1e-12
    checks = statements.identities(a, plan, r, e, t)
    lines: dict[str, Array] = {}
    single = keep is None
    if single:
        lines, statement_checks = statements.statement(a, plan, r, e, t, profit)
        checks |= statement_checks
        metrics |= _single_metrics(a, plan, r, t, ratio)
    else:
        lines = (
            {k: v for k, v in statements.client_lines(a, plan, r).items() if k in keep}
            if keep
            else {}
        )
        metrics |= _realised(a, t, r, unpaid, profit)
    kind: type[Result[Strategic]] = SingleRun if single else ScenarioRuns
    return kind(
        assumptions=a,
        chosen=a.terms,
        alternatives=TERMS,
        all_lines=lines,
        all_metrics=metrics,
        all_events=events,
        checks=checks,
        largest_balance=float(t.debt + plan.sizing.equity.sum()),
        scenarios=len(r.rate),
        workings=t if single else None,
    )


def _repaid(a: Strategic, e: dict[str, Array]) -> Array:
    """Half-year at whose end nothing is owed any more, (terms, scenario); -1: never."""
    owed = e["loans"] > DUST
    last = a.horizon - owed[::-1].argmax(axis=0)
    return np.where((e["left"] > DUST).any(axis=0), -1, last + 1)


def _single_metrics(a: Strategic, plan: Plan, r: Run, t: Totals, ratio: Array) -> dict[str, Array]:
    """What only a single run needs: averages, life covers, rates of return, price metrics."""
    k, end = a.project - 1, HALVES * a.debt_years
    cfads, debt = r.line("cfads")[:, k, :, 0], plan.sizing.debt[k]
    rate = float(r.rate[0])
    paid = ~np.isnan(ratio)
    outlay = np.broadcast_to(plan.costs[:, [k]], (a.construction, len(TERMS)))
    before = cfads - r.support[:, k, :, 0]
    equity = np.broadcast_to(plan.sizing.equity[:, [k]], (a.construction, len(TERMS)))
    late_money = (r.support + r.line("support"))[:, k, :, 0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", timevalue.SeveralRatesWarning)
        whole = project_irr(outlay, before, on_error="nan")
        own = equity_irr(
            np.concatenate([equity, late_money]),
            np.concatenate([np.zeros_like(equity), r.line("distribution")[:, k, :, 0]]),
            on_error="nan",
        )
    margin = bank.break_even_margin(a, t)
    nothing_sold = bank.relationship(a, t, sold=0.0)[1]
    advised = bank.break_even_margin(a, t, advice=0.0) - margin
    weight = 1 - a.sold
    regulatory = weight * credit.slotting_expected_loss(a.category, t.debt)
    # a return on equity is missing (NaN) where the group never gets its money back at any rate
    return {
        "average_dscr": np.where(paid, ratio, 0.0).sum(axis=(0, 1)) / paid.sum(axis=(0, 1)),
        "gearing": np.full((1, 1), t.debt / plan.sizing.uses.sum()),
        "sized_dscr": np.full((1, 1), plan.sizing.dscr[k]),
        "llcr": llcr(cfads, debt, rate, end)[:, None],
        "plcr": plcr(cfads, debt, rate)[:, None],
        "project_irr": _annual(whole)[:, None],
        "equity_irr": _annual(own)[:, None],
        "rate": np.full((1, 1), a.rate),
        "over_lpr": np.full((1, 1), a.rate - a.lpr),
        "break_even_margin": margin,
        "points_per_wallet": bank.points_per_wallet(a, t),
        "mandate_points": advised,
        "sale_gain": bank.relationship(a, t)[1] - nothing_sold,
        "capital": bank.products(a, t)[3].sum(axis=0) / (a.horizon / HALVES),
        "regulatory_loss": np.full((1, 1), regulatory),
    }


def _annual(per_half_year: Array) -> Array:
    """Effective annual rate; missing where there is none."""
    filled = np.nan_to_num(per_half_year)
    annual = timevalue.effective_annual_rate(filled * HALVES, HALVES)
    return np.where(np.isnan(per_half_year), np.nan, annual)


def _realised(a: Strategic, t: Totals, r: Run, unpaid: Array, profit: Array) -> dict[str, Array]:
    """What a future costs the bank: the loss on what it holds of projects that miss a payment.

    The loss is LGD x what is owed at the first missed payment; the expected loss is given back.
    """
    owed = r.line("balance") + r.line("overdue_interest")
    at = unpaid.argmax(axis=0)[None]
    lost = np.take_along_axis(owed, at, axis=0)[0] * unpaid.any(axis=0)
    loss = (1 - a.sold) * a.lgd * lost.sum(axis=0)
    expected = bank.products(a, t)[1].sum(axis=0)
    return {
        "loss": loss,
        "projects_missed": unpaid.any(axis=0).sum(axis=0),
        "lender_result": profit + (1 - a.tax) * (expected - loss),
    }

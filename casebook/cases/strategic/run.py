"""Case 1, run: the assumptions as they stand, or many scenarios, from the plan to the numbers.

The plan hangs on the assumptions alone and is made once; a scenario has its own delays, levels of
cash and rate. Scenarios are worked on in batches of `BATCH`.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import partial
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from ... import projectfinance, timevalue
from ...distributions import normal, pick
from ...shape import (
    Array,
    Draws,
    Result,
    ScenarioRuns,
    SingleRun,
    asked,
    first_time,
    run_scenarios,
    uniform_draws,
)
from . import bank, projects, statements
from .bank import Exposure, Totals
from .projects import Outcome, Plan
from .record import BATCH, HALVES, PROJECTS, TERMS, YUAN, Strategic


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
@asked
def simulate(
    a: Strategic, d: Draws | None = None, keep: Sequence[str] | None = None
) -> Result[Strategic]:
    """Run the case: the assumptions as they stand, or the scenarios of `sample`.

    Both sponsor terms run; the result shows those of `a.terms` first. A single run keeps all
    lines; many keep the lines named in `keep`. Draws take the place of `delay` and `shock`.
    ValueError where the projects carry no debt (`projects.planned`), where `d` is not of the form
    of `sample`, or where `keep` names a line that is not the client's.
    """
    plan = projects.planned(a)
    if d is None:
        return _result(a, plan, projects.run(a, plan, *projects.stated(a)), None)
    return run_scenarios(partial(_scenarios, a, plan), sample(a, 1, 0), d, keep, BATCH)


def _scenarios(a: Strategic, plan: Plan, d: Draws, keep: Sequence[str]) -> Result[Strategic]:
    """One batch of scenarios: the draws (scenario,) as delays, levels of cash and rates."""
    numbers = range(1, PROJECTS + 1)
    delay = np.stack([pick(a.delay_probabilities, d[f"delay_{k}"]) for k in numbers])
    own = np.stack([normal(d[f"cash_{k}"]) for k in numbers])
    spread = a.common_volatility * normal(d["common"]) + a.project_volatility * own
    # lognormal with mean one: the plan is the average
    level = np.exp(spread - (a.common_volatility**2 + a.project_volatility**2) / 2)
    rate = np.maximum(a.rate + a.rate_volatility * normal(d["rate"]), 0.0)
    return _result(a, plan, projects.run(a, plan, delay, level, rate), keep)


def _result(
    a: Strategic, plan: Plan, outcome: Outcome, keep: Sequence[str] | None
) -> Result[Strategic]:
    """What a reader may ask of an outcome; `keep` None is a single run.

    Metrics and events are (terms, scenario), or (1, 1) where they are the same for all; lines are
    (half-year, terms, scenario).
    """
    exposure = bank.exposures(a, plan, outcome)
    life = bank.totals(a, plan, exposure)
    use = bank.use(a, exposure)
    held = (1 - a.sold) * (exposure.building + exposure.operating + exposure.defaulted)
    overdue = outcome.line("overdue_interest") + outcome.line("overdue_principal")
    unpaid = outcome.unpaid
    drawn = outcome.line("reserve_draw")
    # rounding is no service; a project that has not opened has no cash of its own
    ratio = np.where((outcome.line("service") > YUAN) & ~outcome.late, outcome.line("dscr"), np.nan)
    missed = projects.first(a, unpaid)
    raroc, profit = bank.relationship(a, life)
    metrics = {
        "debt": np.full((1, 1), life.debt),
        "lowest_dscr": np.fmin.reduce(np.fmin.reduce(ratio, axis=0), axis=0),
        "reserve_drawn": drawn.sum(axis=(0, 1)),
        "support_paid": outcome.support.sum(axis=(0, 1)),
        "overdue": overdue.sum(axis=1).max(axis=0),
        "missed": missed >= 0,
        "first_missed": missed,
        "peak_exposure": held.max(axis=0),
        "needed_sale": np.maximum(1 - 1 / use, 0.0),
        "raroc_loans": bank.loan_only(a, life),
        "raroc": raroc,
        "economic_profit": profit,
    }
    late_use = np.maximum(use * (1 - a.sold) - 1, 0.0)
    over = held > bank.credit_limits(a)["group"] * (1 + 1e-12)
    events = {
        "reserve_drawn": projects.first(a, drawn > YUAN),
        "lock_up": projects.first(
            a, projects.unfold(outcome.paid.active["lock_up"], len(outcome.rate))
        ),
        "missed": missed,
        "limit": first_time(over),
        "repaid": _repaid(a, exposure),
    }
    metrics["over_limit"] = late_use > 1e-12
    checks = statements.checks(a, plan, outcome, exposure, life)
    lines: dict[str, Array] = {}
    single = keep is None
    if single:
        lines, statement_checks = statements.statement(a, plan, outcome, exposure, profit)
        checks |= statement_checks
        metrics |= _single_metrics(a, plan, outcome, life, ratio)
    else:
        lines = (
            {k: v for k, v in statements.client_lines(a, plan, outcome).items() if k in keep}
            if keep
            else {}
        )
        metrics |= _realised(a, life, unpaid, profit)
    kind: type[Result[Strategic]] = SingleRun if single else ScenarioRuns
    return kind(
        assumptions=a,
        chosen=a.terms,
        alternatives=TERMS,
        all_lines=lines,
        all_metrics=metrics,
        all_events=events,
        checks=checks,
        largest_balance=float(life.debt + plan.sizing.equity.sum()),
        scenarios=len(outcome.rate),
        workings=life if single else None,
    )


def _repaid(a: Strategic, exposure: Exposure) -> NDArray[np.intp]:
    """Half-year at whose end nothing is owed any more, (terms, scenario); -1: never."""
    owed = exposure.loans > YUAN
    last = a.horizon - owed[::-1].argmax(axis=0)
    return np.where((exposure.left > YUAN).any(axis=0), -1, last + 1)


def _single_metrics(
    a: Strategic, plan: Plan, outcome: Outcome, life: Totals, ratio: Array
) -> dict[str, Array]:
    """What only a single run needs: averages, life covers, rates of return, price metrics.

    ratio: DSCR, (half-year of operation, project, terms, 1), NaN where nothing is due or the
    project has not opened. Covers leave out what the group pays as support. Each metric is
    (terms, 1) or (1, 1); covers and rates of return are those of the shown project.
    """
    k, end = a.project - 1, HALVES * a.debt_years
    cfads, debt = outcome.line("cfads")[:, k, :, 0], plan.sizing.debt[k]
    rate = float(outcome.rate[0])
    paid = ~np.isnan(ratio)
    outlay = np.broadcast_to(plan.costs[:, [k]], (a.construction, len(TERMS)))
    before = cfads - outcome.support[:, k, :, 0]
    equity = np.broadcast_to(plan.sizing.equity[:, [k]], (a.construction, len(TERMS)))
    late_money = (outcome.support + outcome.line("support"))[:, k, :, 0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", timevalue.SeveralRatesWarning)
        whole = projectfinance.project_irr(outlay, before, on_error="nan")
        own = projectfinance.equity_irr(
            np.concatenate([equity, late_money]),
            np.concatenate([np.zeros_like(equity), outcome.line("distribution")[:, k, :, 0]]),
            on_error="nan",
        )
    margin = bank.break_even_margin(a, life)
    nothing_sold = bank.relationship(a, life, sold=0.0)[1]
    advised = bank.break_even_margin(a, life, advice=0.0) - margin
    # a return on equity is missing (NaN) where the group never gets its money back at any rate
    return {
        "average_dscr": np.where(paid, ratio, 0.0).sum(axis=(0, 1)) / paid.sum(axis=(0, 1)),
        "gearing": np.full((1, 1), life.debt / plan.sizing.uses.sum()),
        "sized_dscr": np.full((1, 1), plan.sizing.dscr[k]),
        "llcr": projectfinance.llcr(before, debt, rate, end)[:, None],
        "plcr": projectfinance.plcr(before, debt, rate)[:, None],
        "project_irr": _annual(whole)[:, None],
        "equity_irr": _annual(own)[:, None],
        "rate": np.full((1, 1), a.rate),
        "over_lpr": np.full((1, 1), a.rate - a.lpr),
        "break_even_margin": margin,
        "points_per_wallet": bank.points_per_wallet(a, life),
        "mandate_points": advised,
        "sale_gain": bank.relationship(a, life)[1] - nothing_sold,
        "capital": bank.products(a, life)[3].sum(axis=0) / (a.horizon / HALVES),
    }


def _annual(per_half_year: Array) -> Array:
    """Effective annual rate of a rate per half-year, (terms,); missing where there is none."""
    filled = np.nan_to_num(per_half_year)
    annual = timevalue.effective_annual_rate(filled * HALVES, HALVES)
    return np.where(np.isnan(per_half_year), np.nan, annual)


def _realised(
    a: Strategic, life: Totals, unpaid: NDArray[np.bool_], profit: Array
) -> dict[str, NDArray[Any]]:
    """What a future costs the bank: the loss taken, without the one that was only expected.

    unpaid: (half-year of operation, project, terms, scenario); each metric (terms, scenario).
    """
    held = 1 - a.sold
    return {
        "loss": held * life.loss,
        "projects_missed": unpaid.any(axis=0).sum(axis=0),
        "lender_result": profit + (1 - a.tax) * held * bank.expected(a, life),
    }

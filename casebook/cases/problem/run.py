"""TODO."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import Any, overload

import numpy as np

from ... import workout
from ...shape import (
    Array,
    Draws,
    Result,
    ScenarioRuns,
    SingleRun,
    first_time,
    residual,
    run_scenarios,
    uniform_source,
)
from . import bank, firm, paths, restructuring, signals, statements, ways_out
from .firm import Scenario
from .record import (
    CHUNK,
    DUST,
    FAILED,
    LIQUIDATE,
    MONTHS,
    NOTHING,
    PATH_OF,
    PATHS,
    PLAN,
    WATCH,
    WAYS,
    Problem,
)
from .restructuring import Plan
from .ways_out import Estate


def sample(a: Problem, n: int, seed: int) -> Draws:
    """n scenarios as uniforms in [0, 1).

    sales, collections: (n, month), the noise of each month; depth, length: of the shock;
    plan: whether the plan works.
    """
    n, random = uniform_source(n, seed)
    monthly = random((2, n, MONTHS))
    depth, length, plan = random((3, n))
    return {
        "sales": monthly[0],
        "collections": monthly[1],
        "depth": depth,
        "length": length,
        "plan": plan,
    }


@overload
def simulate(
    a: Problem, d: None = None, keep: Sequence[str] | None = None
) -> SingleRun[Problem]: ...
@overload
def simulate(a: Problem, d: Draws, keep: Sequence[str] | None = None) -> ScenarioRuns[Problem]: ...
def simulate(
    a: Problem, d: Draws | None = None, keep: Sequence[str] | None = None
) -> Result[Problem]:
    """Run the case: the assumptions as they stand, or the scenarios of `sample`.

    Every way out runs; the result shows the way of `a.way_out` first. A single run keeps all
    lines; many keep the lines of the firm's statements that `keep` names.
    """
    if d is None:
        return result(a, Scenario(a, None), None, None)
    return run_scenarios(partial(_scenarios, a), sample(a, 1, 0), d, keep, CHUNK)


def _scenarios(a: Problem, d: Draws, keep: Sequence[str]) -> Result[Problem]:
    return result(a, Scenario(a, d), d["plan"], keep)


def result(
    a: Problem,
    s: Scenario,
    works: Array | None,
    keep: Sequence[str] | None,
    paused: Collection[str] = (),
) -> Result[Problem]:
    o = firm.operations(a, s)
    h, plan = paths.run(a, o, works is None or bool(keep), paused)
    e = ways_out.estate(a, o, h, paused)
    values, received = ways_out.present_values(a, h, e, plan)
    single = works is None
    action = a.decision_month + a.wait
    month = np.arange(MONTHS + 1)[:, None]
    short = h["run"] > 0

    def when(hit: Array) -> Array:
        """First month of each way, up to its stop."""
        stop = np.where(e.stopped, e.stop, MONTHS)
        first = np.stack([first_time(hit[:, p]) for p in range(PATHS)])[PATH_OF]
        return np.where(first <= stop, first, -1)

    first_missed = when(short)
    new_missed = when(short & (month > action)[..., None])
    bad = when(h["run"] > 3)
    default = np.where(e.stopped & ((bad < 0) | (e.stop < bad)), e.stop, bad)
    hits = signals.beyond(a, signals.values(a, o, h, NOTHING, WATCH))
    warning = signals.known(a, signals.warned(a, hits))[None]
    missed = first_missed[:1]
    lead = np.where((warning >= 0) & (missed >= 0), missed - warning, np.nan)
    success, failure, now = values[PLAN], values[FAILED], values[LIQUIDATE]
    gains = success > failure
    threshold = workout.break_even_chance(np.where(gains, success, failure + 1.0), failure, now)
    threshold = np.where(gains, threshold, np.nan)[None]
    p = a.success_chance if "chance_decay" in paused else restructuring.chance(a)
    expected = (p * success + (1 - p) * failure)[None]
    owed = np.maximum(plan.owed, 0)[None]
    loss = restructuring.modification_loss(a, plan)[None]
    some = owed > DUST
    running = month[..., None] <= np.where(e.stopped, e.stop, MONTHS)[:PATHS]
    debt = (h["debt"] * running).max(axis=0)
    metrics: dict[str, Any] = {
        "first_missed": first_missed,
        "missed": first_missed >= 0,
        "new_missed": new_missed,
        "default_month": default,
        "default": default >= 0,
        "stop_month": e.stop,
        "warning": warning,
        "warned": warning >= 0,
        "warning_lead": lead,
        "value": values,
        "received": received,
        "recovery": np.where(some, values / np.where(some, owed, 1.0), np.nan),
        "owed": owed,
        "plan_loan": plan.loan[None],
        "expected_value": expected,
        "advantage": expected - now,
        "break_even_chance": threshold,
        "chance": np.full((1, 1), p),
        "modification_loss": loss,
        "modification_share": np.where(some, loss / np.where(some, owed, 1.0), np.nan),
        "instalment": (restructuring.first_instalment(a) * plan.loan)[None],
        "peak_debt": debt[PATH_OF],
        "original_rate": np.full((1, 1), restructuring.original_rate(a)),
    }
    net = h["cash"] + o["receivables"]
    net += h["stock"]
    net += firm.plant(a)[:, None]
    largest = float(net.max())
    net -= h["supply"]
    net -= h["debt"]
    largest -= float(net.min(initial=0.0))  # assets, and debts beyond them
    checks = _checks(a, o, h, e, plan, net)
    checks["break_even_is_even"] = residual(
        np.nan_to_num(threshold * (success - failure) + failure - now)
    )
    lines: dict[str, Array] = {}
    if single or keep:
        lines = statements.lines(a, o, h, e, plan)
    if single:
        checks |= statements.identities(a, o, h, e, plan, lines, values)
        risk, more, further = bank.lender_lines(a, h, e, plan, lines, values, warning)
        lines, metrics, checks = lines | risk, metrics | more, checks | further
    else:
        metrics["plan_value"] = np.where(works < p, success, failure)[None]
        lines = {name: lines[name] for name in keep or () if name in lines}
    kind: type[Result[Problem]] = SingleRun if single else ScenarioRuns
    return kind(
        assumptions=a,
        chosen=a.way_out,
        alternatives=WAYS,
        all_lines=lines,
        all_metrics=metrics,
        all_events={
            "warning": warning,
            "missed": first_missed,
            "default": default,
            "new_missed": new_missed,
            "stopped": e.stop,
        },
        checks=checks,
        largest_balance=largest,
        scenarios=len(s.depth),
    )


def _checks(
    a: Problem, o: dict[str, Array], h: dict[str, Array], e: Estate, plan: Plan, net: Array
) -> dict[str, float]:
    """Identities of every month, path and scenario, from stocks against sums of flows."""
    given = np.zeros(h["charged"].shape)
    given[PLAN:] = plan.forgiven + plan.converted
    kept = h["run"][a.decision_month + a.wait + 1 :, PLAN].max(axis=0) == 0
    clears = np.where(kept & (e.stop[PLAN] < 0), h["debt"][-1, PLAN], 0.0)
    pays_out = e.by_sale[0] + e.by_free[0] - e.by_sale[1:].sum(axis=0) - e.by_free[1:].sum(axis=0)
    return {
        "balance_sheet": residual(net - h["equity"]),
        "loans_roll": residual(
            a.term_loan + a.revolver + h["charged"] - h["flow"].sum(axis=0) - given - h["debt"][-1]
        ),
        "stock_rolls": residual(h["stock"][-1] - h["stock"][0] - h["made"]),
        "estate_pays_out": residual(pays_out),
        "plan_clears": residual(clears),
    }

"""A run of the case: draws, then paths, ways out and signals, and what is measured on them.

`sample` draws scenarios; `simulate` runs them, or the assumptions as they stand. A single run also
has the firm's statements and the bank's books; many have the metrics, and the lines asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from ... import workout
from ...shape import (
    DUST,
    Array,
    Draws,
    Result,
    ScenarioRuns,
    SingleRun,
    asked,
    first_time,
    residual,
    run_scenarios,
    uniform_source,
)
from ...timevalue import MONTHS_A_YEAR
from ...words import write
from . import bank, firm, paths, restructuring, signals, statements, ways_out
from .firm import Scenario
from .paths import History
from .record import (
    CHUNK,
    FAILED,
    LIQUIDATE,
    MONTHS,
    NON_PERFORMING,
    NOTHING,
    PATH_OF,
    PATHS,
    PLAN,
    WATCH,
    WAYS,
    Problem,
)
from .restructuring import Plan
from .ways_out import COST, SOLD, Estate

Kind = TypeVar("Kind", SingleRun[Problem], ScenarioRuns[Problem])
Months = NDArray[np.intp]


def sample(a: Problem, n: int, seed: int) -> Draws:
    """n scenarios as uniforms in [0, 1).

    sales, collections: (n, month), the noise of each month; depth, length: (n,), of the shock;
    plan: (n,), whether the plan works. ValueError unless n is whole and positive.
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
@asked
def simulate(
    a: Problem, d: Draws | None = None, keep: Sequence[str] | None = None
) -> Result[Problem]:
    """Run the case: the assumptions as they stand, or the scenarios of `sample`.

    Every way out runs; the result shows the way of `a.way_out` first. A single run keeps all
    lines; many keep the lines of the firm's statements that `keep` names. ValueError where draws do
    not have the form of `sample`, or where no line has a name of `keep`.
    """
    if d is None:
        return single(a)
    return run_scenarios(partial(_scenarios, a), sample(a, 1, 0), d, keep, CHUNK)


def single(a: Problem, paused: Collection[str] = ()) -> SingleRun[Problem]:
    """The assumptions as they stand, with all lines, each (month, way, 1).

    A decay that is named in `paused` stands still while the bank waits (see `questions.waiting`).
    """
    run = _walked(a, Scenario(a, None), True, paused)
    history, estate, plan = run.history, run.estate, run.plan
    events = _events(run)
    metrics = _dates(events) | _amounts(run)
    net, largest = _balance(run)
    checks = _checks(run, net, metrics["break_even_chance"])
    lines = statements.lines(a, run.operations, history, estate, plan)
    checks |= statements.checks(a, run.operations, history, estate, plan, lines, run.values)
    risk, more, further = bank.lender_lines(
        a, history, estate, plan, lines, run.values, events["warning"]
    )
    result = _result(
        SingleRun[Problem], run, lines | risk, metrics | more, events, checks | further, largest
    )
    words = {"needed": np.array([[_needed(result)]])}
    return replace(result, all_metrics={**result.all_metrics, **words})


def _scenarios(a: Problem, d: Draws, keep: Sequence[str]) -> ScenarioRuns[Problem]:
    """A chunk of scenarios, with those lines of the statements that `keep` names."""
    run = _walked(a, Scenario(a, d), bool(keep))
    events = _events(run)
    metrics = _dates(events) | _amounts(run)
    works = d["plan"] < run.chance
    metrics["plan_value"] = np.where(works, run.values[PLAN], run.values[FAILED])[None]
    net, largest = _balance(run)
    checks = _checks(run, net, metrics["break_even_chance"])
    lines: dict[str, Array] = {}
    if keep:
        every = statements.lines(a, run.operations, run.history, run.estate, run.plan)
        lines = {name: every[name] for name in keep if name in every}
    return _result(ScenarioRuns[Problem], run, lines, metrics, events, checks, largest)


@dataclass(frozen=True)
class _Run:
    """What the rooms make of a scenario; values and received (plain sum): (way, scenario)."""

    a: Problem
    operations: Mapping[str, Array]
    history: History
    plan: Plan
    estate: Estate
    values: Array
    received: Array
    chance: float


def _walked(a: Problem, scenario: Scenario, full: bool, paused: Collection[str] = ()) -> _Run:
    """Firm and loan on their paths, estates, and what each way is worth; `full`: see `History`."""
    operations = firm.operations(a, scenario)
    history, plan = paths.run(a, operations, full, paused)
    estate = ways_out.liquidate(a, operations, history, paused)
    values, received = ways_out.present_values(a, history, estate, plan)
    chance = a.success_chance if "chance_decay" in paused else restructuring.chance(a)
    return _Run(a, operations, history, plan, estate, values, received, chance)


def _result(
    kind: type[Kind],
    run: _Run,
    lines: Mapping[str, Array],
    metrics: Mapping[str, NDArray[Any]],
    events: Mapping[str, NDArray[Any]],
    checks: Mapping[str, float],
    largest: float,
) -> Kind:
    """The result of a run: lines (month, way, scenario), metrics and events (way, scenario)."""
    return kind(
        assumptions=run.a,
        chosen=run.a.way_out,
        alternatives=WAYS,
        all_lines=lines,
        all_metrics=metrics,
        all_events=events,
        checks=checks,
        largest_balance=largest,
        scenarios=run.values.shape[1],
    )


def _events(run: _Run) -> dict[str, Months]:
    """The month of each event, (way or 1, scenario), -1 never; after a way's stop nothing counts.

    default: the stop, or the first month in which more than 90 days are owed.
    """
    a, estate, streak = run.a, run.estate, run.history.streak
    of_plan = np.arange(MONTHS + 1)[:, None, None] > a.decision_month + a.wait

    def when(hit: NDArray[np.bool_]) -> Months:
        """First month of each way, up to its stop."""
        first = np.stack([first_time(hit[:, path]) for path in range(PATHS)])[PATH_OF]
        return np.where(first <= estate.last, first, -1)

    missed = when(streak > 0)
    new_missed = when((streak > 0) & of_plan)
    bad = when(streak > NON_PERFORMING)
    default = np.where(estate.stopped & ((bad < 0) | (estate.stop < bad)), estate.stop, bad)
    readings = signals.readings(a, run.operations, run.history, NOTHING, WATCH)
    warning = signals.known(signals.rule(signals.lit(readings, a), a), a)[None]
    return {
        "warning": warning,
        "missed": missed,
        "default": default,
        "new_missed": new_missed,
        "stopped": estate.stop,
    }


def _dates(events: Mapping[str, Months]) -> dict[str, NDArray[Any]]:
    """Metrics of time, each (way or 1, scenario): months, -1 never; the lead of the warning."""
    warning, missed = events["warning"], events["missed"]
    of_nothing = missed[NOTHING : NOTHING + 1]
    both = (warning >= 0) & (of_nothing >= 0)
    return {
        "first_missed": missed,
        "missed": missed >= 0,
        "new_missed": events["new_missed"],
        "default_month": events["default"],
        "default": events["default"] >= 0,
        "stop_month": events["stopped"],
        "warning": warning,
        "warned": warning >= 0,
        "warning_lead": np.where(both, of_nothing - warning, np.nan),
    }


def _amounts(run: _Run) -> dict[str, NDArray[Any]]:
    """Metrics of money and of the plan's chance, each (way or 1, scenario), CNY million.

    break_even_chance: see `workout.break_even_chance`; NaN where a failed plan is worth no less.
    """
    a, values, plan, chance = run.a, run.values, run.plan, run.chance
    success, failure, now = values[PLAN], values[FAILED], values[LIQUIDATE]
    gains = success > failure
    threshold = workout.break_even_chance(np.where(gains, success, failure + 1.0), failure, now)
    # outside 0 and 1 the answer does not hang on the chance: see `verdict`
    even = gains & (threshold >= 0) & (threshold <= 1)
    expected = (chance * success + (1 - chance) * failure)[None]
    owed = np.maximum(plan.owed, 0)[None]
    some = owed > DUST
    base = np.where(some, owed, 1.0)
    loss = restructuring.modification_loss(a, plan)[None]
    running = np.arange(MONTHS + 1)[:, None, None] <= run.estate.last[:PATHS]
    debt = (run.history.debt * running).max(axis=0)
    return {
        "value": values,
        "total_loss": _claim(run)[None] - values,
        "received": run.received,
        "recovery": np.where(some, values / base, np.nan),
        "owed": owed,
        "plan_loan": plan.loan[None],
        "expected_value": expected,
        "advantage": expected - now,
        "break_even_chance": np.where(even, threshold, np.nan)[None],
        "chance": np.full((1, 1), chance),
        "modification_loss": loss,
        "modification_share": np.where(some, loss / base, np.nan),
        "instalment": (restructuring.first_instalment(a) * plan.loan)[None],
        "peak_debt": debt[PATH_OF],
        "original_rate": np.full((1, 1), restructuring.original_rate(a)),
    }


def _claim(run: _Run) -> Array:
    """What the bank has put in by the decision and not got back, at the original rate, (scenario,).

    Less the value of a way it is all that the bank loses: measured from the start, so that interest
    and surcharges owed by a firm that does not pay make no loss smaller or larger.
    """
    a, decision = run.a, run.a.decision_month
    rate = restructuring.original_rate(a)
    growth = (1 + rate) ** ((decision - np.arange(decision + 1.0)) / MONTHS_A_YEAR)
    paid = run.history.flow[: decision + 1, NOTHING]
    back = np.add.accumulate(growth[:, None] * paid)[-1]  # in the order of months
    claim: Array = (a.term_loan + a.revolver) * growth[0] - back
    return claim


def verdict(r: SingleRun[Problem]) -> str:
    """On what it hangs whether the plan is worth what liquidation is: a key of words.

    "even": on its chance of success; "always" it is, or "never", at any chance; "turned": only if
    it fails, a plan that gains by failing.
    """
    value = r.all_metrics["value"][:, 0]
    if not np.isnan(r.metrics["break_even_chance"]):
        return "even"
    if min(value[PLAN], value[FAILED]) >= value[LIQUIDATE]:
        return "always"
    return "never" if max(value[PLAN], value[FAILED]) < value[LIQUIDATE] else "turned"


def _needed(r: SingleRun[Problem]) -> str:
    """The chance of success that the plan needs, or the words of the case file for `verdict`."""
    key, words = verdict(r), r.assumptions.spec.words["needed"]
    text: str = words.get(key) or write(r.metrics["break_even_chance"], "share", with_unit=True)
    return text


def _balance(run: _Run) -> tuple[Array, float]:
    """Assets less debts, (month, path, scenario); and the largest balance, debts beyond assets too.

    CNY million. Summed in place: no array of that size more than the one.
    """
    operations, history = run.operations, run.history
    net = history.cash + operations["receivables"]
    net += history.stock
    net += firm.plant(run.a)[:, None]
    largest = float(net.max())
    net -= history.supply
    net -= history.debt
    return net, largest - float(net.min(initial=0.0))


def _checks(run: _Run, net: Array, break_even: Array) -> dict[str, float]:
    """Identities of every month, path and scenario, from stocks against sums of flows.

    net: assets less debts, (month, path, scenario); break_even: the chance, (1, scenario).
    """
    a, history, estate, plan = run.a, run.history, run.estate, run.plan
    given = np.zeros(history.charged.shape)
    given[PLAN:] = plan.forgiven + plan.converted
    lent = a.term_loan + a.revolver + history.charged - history.flow.sum(axis=0) - given
    kept = history.streak[a.decision_month + a.wait + 1 :, PLAN].max(axis=0) == 0
    clears = np.where(kept & (estate.stop[PLAN] < 0), history.debt[-1, PLAN], 0.0)
    sold = estate.by_sale[SOLD] + estate.by_free[SOLD]
    pays_out = sold - estate.by_sale[COST:].sum(axis=0) - estate.by_free[COST:].sum(axis=0)
    success, failure, now = run.values[PLAN], run.values[FAILED], run.values[LIQUIDATE]
    return {
        "balance_sheet": residual(net - history.equity),
        "loans_roll": residual(lent - history.debt[-1]),
        "stock_rolls": residual(history.stock[-1] - history.stock[0] - history.made),
        "estate_pays_out": residual(pays_out),
        "plan_clears": residual(clears),
        "break_even_is_even": residual(
            np.nan_to_num(break_even * (success - failure) + failure - now)
        ),
    }

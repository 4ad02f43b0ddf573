"""Hours of each group by use, and ten years of today's clients with them, in one world or many.

The value of a client by its hours (`contact`) -> the best use of the hours; then the lines, numbers
and identities of every use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import overload

import numpy as np

from ... import profitability, timevalue
from ...shape import (
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
from . import contact
from .contact import Seen, World
from .record import (
    ALTERNATIVES,
    BEST,
    CHUNK,
    CLASS,
    CLASSES,
    EQUAL,
    GRID,
    GROUPS,
    NOW,
    PAYING,
    STEP,
    YEARS,
    Maintenance,
)

#: Hours nearer than this to a step of GRID are on it.
ROUNDING = 1e-9


def sample(a: Maintenance, n: int, seed: int) -> Draws:
    """n worlds as uniforms in [0, 1): which draw of the posterior, and each class's two rates.

    world: (n,); leave, sale: (n, class).
    """
    n, random = uniform_source(n, seed)
    uniform = random((n, 1 + 2 * len(CLASSES)))
    n_rates = 1 + len(CLASSES)
    return {"world": uniform[:, 0], "leave": uniform[:, 1:n_rates], "sale": uniform[:, n_rates:]}


@overload
def simulate(
    a: Maintenance, d: None = None, keep: Sequence[str] | None = None
) -> SingleRun[Maintenance]: ...
@overload
def simulate(
    a: Maintenance, d: Draws, keep: Sequence[str] | None = None
) -> ScenarioRuns[Maintenance]: ...
@asked
def simulate(
    a: Maintenance, d: Draws | None = None, keep: Sequence[str] | None = None
) -> Result[Maintenance]:
    """Ten years of today's clients under each allocation: at the mean estimate, or in many worlds.

    The hours are those that are best at the mean estimate, whatever the world then is.
    """
    hours, price = allocations(a)
    if d is None:
        return result(a, hours, price, contact.world(a), keep=None)
    return run_scenarios(partial(_in_worlds, a, hours, price), sample(a, 1, 0), d, keep, CHUNK)


def _in_worlds(
    a: Maintenance, hours: Array, price: float, d: Draws, keep: Sequence[str]
) -> ScenarioRuns[Maintenance]:
    """The hours of `allocations`, (alternative, group), in the worlds of `d`."""
    return result(a, hours, price, contact.world(a, d), keep=keep)


def allocations(a: Maintenance) -> tuple[Array, float]:
    """Hours of each client of a group, (alternative, group); and the value of one more hour.

    The next step of hours goes where it adds most value: until the budget is used, which may take
    hours that do not pay; or as long as an hour pays. A curve that is not concave is taken by
    its running least slope, so that no step comes before the one under it. The value of an hour is
    that of one more each year for one client, at the margin of `best`, after its cost.
    """
    groups = contact.seen(a)
    floor, slope = _slopes(a)
    best, price = _fill(groups, slope, a.budget - floor)
    paying, _ = _fill(groups, slope, float(groups.share @ (slope > 0).sum(axis=0)) * STEP)
    table = np.stack([
        np.zeros(GROUPS),
        groups.hours * a.budget / (groups.share @ groups.hours),
        np.full(GROUPS, a.budget),
        groups.limit * a.budget / (groups.share @ groups.limit),
        floor + best,
        floor + paying,
    ])  # fmt: skip
    return table, price


def _slopes(a: Maintenance) -> tuple[float, Array]:
    """Hours that every client has, and what an hour adds in each step beyond them, (step, group).

    At the mean estimate; the running least slope of each group.
    """
    floor = min(a.floor, a.budget)
    value = contact.curve(a, contact.world(a))
    slope = np.minimum.accumulate(np.diff(value, axis=0), axis=0) / STEP
    return floor, slope[GRID[:-1] >= floor - ROUNDING]


def _fill(groups: Seen, slope: Array, budget: float) -> tuple[Array, float]:
    """Hours beyond the floor by the steepest steps first, (group,); the slope of the next step."""
    order = np.argsort(-slope, axis=None, kind="stable")
    group = order % GROUPS
    steep = slope.ravel()[order]
    need = groups.share[group] * STEP
    before = np.cumsum(need) - need
    part = np.clip((budget - before) / need, 0.0, 1.0)
    hours = np.asarray(STEP * np.bincount(group, part, minlength=GROUPS), np.float64)
    return hours, float(steep[max(int(np.searchsorted(before, budget, side="right")) - 1, 0)])


def _total(groups: Seen, x: Array) -> Array:
    """Sum over groups of (…, group, scenario), each group by its share: (…, scenario)."""
    return np.asarray(sum(groups.share[j] * x[..., j, :] for j in range(GROUPS)))


@overload
def result(
    a: Maintenance, hours: Array, price: float, effects: World, *, keep: None
) -> SingleRun[Maintenance]: ...
@overload
def result(
    a: Maintenance, hours: Array, price: float, effects: World, *, keep: Sequence[str]
) -> ScenarioRuns[Maintenance]: ...
def result(
    a: Maintenance, hours: Array, price: float, effects: World, *, keep: Sequence[str] | None
) -> Result[Maintenance]:
    """Ten years of today's clients with given hours, whatever contact then does.

    hours, price: a client's hours by use, (alternative, group), and the value of one more, as
    `allocations` gives them. effects: of one scenario for a single run, which has all lines
    (keep = None); of many for a run that has the lines named in `keep`.
    """
    groups = contact.seen(a)
    course = contact.courses(a, groups, effects, hours[:, :, None])
    lines = _lines(a, groups, hours, course)
    metrics = _metrics(a, groups, hours, price, effects, course, lines)
    checks = _checks(a, groups, hours, effects, course, lines, metrics, single=keep is None)
    profit = lines["profit_line"]
    ahead = np.cumsum(profit - profit[:, NOW : NOW + 1], axis=0) > 1e-12
    if keep is not None:
        lines = {k: lines[k] for k in keep if k in lines}
    kind: type[Result[Maintenance]] = SingleRun if keep is None else ScenarioRuns
    return kind(
        assumptions=a,
        chosen=a.allocation,
        alternatives=ALTERNATIVES,
        all_lines=lines,
        all_metrics=metrics,
        all_events={"ahead": first_time(ahead)},
        checks=checks,
        largest_balance=float(a.clients * (groups.share @ groups.limit)),
        scenarios=metrics["value"].shape[1],
    )


def _fixed_cost(a: Maintenance, groups: Seen) -> float:
    """Cost of the book a year that stays whoever leaves."""
    return float(a.clients * (1 - a.avoidable) * float(groups.share @ groups.cost))


def _lines(
    a: Maintenance, groups: Seen, hours: Array, course: Mapping[str, Array]
) -> dict[str, Array]:
    """Every line of the book, (year 0..10, alternative, scenario); nothing happens in year 0.

    hours: (alternative, group); course: of its clients, as `courses` gives it.
    """
    plan, there = hours[:, :, None], course["there"]

    def line(each: Array) -> Array:
        """Of a client of each group, (year, alternative, group, scenario), to the whole book."""
        flow = a.clients * _total(groups, there * each)
        return np.concatenate([np.zeros_like(flow[:1]), flow])

    def of(values: Array) -> Array:
        """What a client of each group brings every year, (group,)."""
        return np.broadcast_to(values[:, None], there.shape)

    fixed = _fixed_cost(a, groups)
    lines = {
        "income_line": line(of(groups.income)),
        "product_line": line(a.product_income * groups.limit[:, None] * course["products"]),
        "loss_line": -line(of(groups.loss)),
        "cost_line": -line(of(a.avoidable * groups.cost)),
        "fixed_line": np.concatenate([np.zeros((1, 1, 1)), np.full((YEARS, 1, 1), -fixed)]),
        "hours_line": -line(a.hour_cost * np.broadcast_to(plan, there.shape)),
    }
    before = np.asarray(sum(lines.values()))
    lines["tax"] = -a.tax * before
    lines["capital_charge"] = -a.hurdle * line(of(groups.capital))
    lines["profit_line"] = before + lines["tax"] + lines["capital_charge"]
    lines["clients_line"] = line(np.ones_like(there))
    lines["left_line"] = line(np.broadcast_to(course["leave"], there.shape))
    return lines


def _metrics(
    a: Maintenance, groups: Seen, hours: Array, price: float, effects: World,
    course: Mapping[str, Array], lines: Mapping[str, Array],
) -> dict[str, Array]:  # fmt: skip
    """The numbers of each use of the hours, (alternative, scenario)."""
    # year by year: the same order however many worlds
    factors = timevalue.discount_factors(a.hurdle, YEARS)
    flows = zip(factors, lines["profit_line"][1:], strict=True)
    value = np.asarray(sum(f * flow for f, flow in flows))
    annuity = timevalue.annuity_factor(a.hurdle, YEARS)
    return {
        "value": value,
        "gain": (value - value[NOW]) / annuity,
        "over_equal": (value - value[EQUAL]) / annuity,
        "contact": (value - value[0]) / annuity,
        "hours_used": (hours @ groups.share)[:, None],
        "hour_value": np.full((1, 1), price / annuity),
        "left_first": lines["left_line"][1],
        "clients_end": lines["clients_line"][-1],
        "products": a.clients * _total(groups, (course["there"] * course["products"])[-1]),
        "rho": effects.rho[None],
        "xi": effects.xi[None],
        "eta": effects.eta[None],
    }


def _checks(
    a: Maintenance, groups: Seen, hours: Array, effects: World, course: Mapping[str, Array],
    lines: Mapping[str, Array], metrics: Mapping[str, Array], *, single: bool,
) -> dict[str, float]:  # fmt: skip
    """The identities, name -> largest residual; that no hour is better elsewhere: of one world."""
    # the same value as the sum of lifetime values of the groups
    each = contact.profit(a, groups, course, hours[:, :, None])
    clv = profitability.lifetime_value(
        each.reshape(YEARS, -1), course["retention"].reshape(-1), a.hurdle
    )
    again = a.clients * _total(groups, np.asarray(clv).reshape(each.shape[1:]))
    annuity = timevalue.annuity_factor(a.hurdle, YEARS)
    again = again - annuity * (1 - a.tax) * _fixed_cost(a, groups)
    names = [k for k, spec in a.spec.words["lines"].items() if spec["view"] == "lender"]
    left = np.diff(lines["clients_line"][1:], axis=0)
    lost = a.clients * _total(groups, course["there"][:-1] * (1 - course["retention"]))
    gain = metrics["gain"]
    return {
        "statement_foots": residual(sum(lines[k] for k in names[:-1]) - lines[names[-1]]),
        "value_is_lifetime_value": residual(again - metrics["value"]),
        "budget_is_kept": residual(metrics["hours_used"][NOW:PAYING] - a.budget),
        "clients_roll": residual(left + lost),
        "now_is_what_was_seen": residual(_as_seen(groups, effects)),
        "no_hour_better_elsewhere": residual(_regret(a, hours[BEST])) if single else 0.0,
        "gain_is_difference": residual(gain[BEST] - gain[EQUAL] - metrics["over_equal"][BEST]),
    }


def _as_seen(groups: Seen, effects: World) -> Array:
    """Leaving at the hours of now less what was seen, where it is a chance: (group, scenario)."""
    hours = groups.class_hours[CLASS][:, None]
    leave, _ = contact.rates(groups, effects, hours)
    now = contact.reached(groups, groups.class_hours[:, None], effects.eta)
    first = (effects.leave / (1 - effects.rho * now))[CLASS]
    possible = first * (1 - effects.rho * now[CLASS]) <= 1
    return np.where(possible, leave - effects.leave[CLASS], 0.0)


def _regret(a: Maintenance, hours: Array) -> float:
    """What moving a step of hours between two groups could still add, for each client; (group,)."""
    floor, slope = _slopes(a)
    done = (hours - floor) / STEP
    up = np.minimum(np.floor(done + 1e-6).astype(int), len(slope) - 1)
    down = np.ceil(done - 1e-6).astype(int) - 1
    more = slope[up, np.arange(GROUPS)]
    more = np.where(done + 1e-6 >= len(slope), -np.inf, more)
    less = np.where(down >= 0, slope[np.maximum(down, 0), np.arange(GROUPS)], np.inf)
    return max(float(more.max() - less.min()), 0.0) if np.isfinite(less.min()) else 0.0

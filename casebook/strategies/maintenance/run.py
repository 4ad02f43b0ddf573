"""TODO."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import overload

import numpy as np

from ... import profitability, timevalue
from ...distributions import normal
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
    PRODUCTS,
    STEP,
    YEARS,
    Maintenance,
)


@dataclass(frozen=True)
class Seen:
    """What was seen of the groups, (group,), and of the classes, (class,); see the model's file."""

    share: Array  # of all clients
    income: Array
    loss: Array
    cost: Array
    capital: Array
    pd: Array
    limit: Array
    room: Array  # products not yet held
    hours: Array
    spread: Array  # hours of a client over those of its class, tenths: mean one
    leave: Array  # a year, (class,)
    left: Array  # events behind it
    sale: Array  # of a product that is not held, times six, (class,)
    sold: Array
    class_hours: Array


@lru_cache(maxsize=1)
def _seen(key: tuple[tuple[str, tuple[float, ...]], ...]) -> Seen:
    table = {k: np.array(v) for k, v in key}
    return Seen(**table | {"share": table["share"] / table["share"].sum()})


def seen(a: Maintenance) -> Seen:
    """The groups as they stand in the model's file."""
    return _seen(tuple((k, tuple(v)) for k, v in a.spec.words["fit"]["groups"].items()))


@dataclass(frozen=True)
class World:
    """What contact does: each (scenario,), and levels of leaving and sales, (class, scenario)."""

    rho: Array
    xi: Array
    eta: Array
    leave: Array
    sale: Array


def world(a: Maintenance, d: Draws | None = None) -> World:
    """The mean of the estimate, or a draw of its posterior for each scenario.

    The rates seen are Poisson counts: the square root of a count has a variance of a quarter.
    """
    s = seen(a)
    table = a.spec.words["fit"][a.estimate]
    draws = [np.array(table[k]) for k in ("rho", "xi", "eta")]
    if d is None:
        rho, xi, eta = (x.mean(keepdims=True) for x in draws)
        leave, sale = s.leave[:, None], s.sale[:, None]
    else:
        at = (d["world"] * len(draws[0])).astype(int)
        rho, xi, eta = (x[at] for x in draws)

        def rates(rate: Array, count: Array, u: Array) -> Array:
            root = np.sqrt(count)[:, None] + 0.5 * normal(u.T)
            return rate[:, None] * np.maximum(root, 0.0) ** 2 / count[:, None]

        leave = rates(s.leave, s.left, d["leave"])
        sale = rates(s.sale, s.sold, d["sale"])
    return World(np.minimum(a.effect * rho, 1.0), a.effect * xi, eta, leave, sale)


def sample(a: Maintenance, n: int, seed: int) -> Draws:
    """n worlds as uniforms in [0, 1): which draw of the posterior, and each class's two rates."""
    n, random = uniform_source(n, seed)
    u = random((n, 1 + 2 * len(CLASSES)))
    n_rates = 1 + len(CLASSES)
    return {"world": u[:, 0], "leave": u[:, 1:n_rates], "sale": u[:, n_rates:]}


@overload
def simulate(
    a: Maintenance, d: None = None, keep: Sequence[str] | None = None
) -> SingleRun[Maintenance]: ...
@overload
def simulate(
    a: Maintenance, d: Draws, keep: Sequence[str] | None = None
) -> ScenarioRuns[Maintenance]: ...
def simulate(
    a: Maintenance, d: Draws | None = None, keep: Sequence[str] | None = None
) -> Result[Maintenance]:
    """Ten years of today's clients under each allocation: at the mean estimate, or in many worlds.

    The hours are those that are best at the mean estimate, whatever the world then is.
    """
    hours, price = allocations(a)
    if d is None:
        return result(a, hours, price, world(a), keep=None)
    return run_scenarios(partial(_many, a, hours, price), sample(a, 1, 0), d, keep, CHUNK)


def _many(
    a: Maintenance, hours: Array, price: float, d: Draws, keep: Sequence[str]
) -> Result[Maintenance]:
    return result(a, hours, price, world(a, d), keep=keep)


def reached(s: Seen, hours: Array, eta: Array) -> Array:
    """G: share of the whole effect that planned hours reach; hours and eta broadcast."""
    total = sum(np.exp(-hours * x / eta) for x in s.spread)
    return 1 - np.asarray(total) / len(s.spread)


def rates(s: Seen, w: World, hours: Array) -> tuple[Array, Array]:
    """Leaving, and sales of a product not held (times six), a year: (…, group, scenario).

    hours: (…, group, 1).
    """
    now = reached(s, s.class_hours[:, None], w.eta)  # (class, scenario)
    leave = (w.leave / (1 - w.rho * now))[CLASS]
    sale = (w.sale / (1 + w.xi * now))[CLASS]
    g = reached(s, hours, w.eta)
    return np.minimum(leave * (1 - w.rho * g), 1.0), sale * (1 + w.xi * g)


def courses(a: Maintenance, s: Seen, w: World, hours: Array) -> dict[str, Array]:
    """A client of each group over the years, (year, …, group, scenario).

    there: chance to be there in the year; products: sold by its middle; retention, (…, group,
    scenario).
    """
    leave, sale = rates(s, w, hours)
    stay = (1 - leave) * (1 - s.pd[:, None])
    year = np.arange(1.0, YEARS + 1).reshape(-1, *[1] * leave.ndim)
    there = np.cumprod(np.stack([np.ones_like(stay)] + [stay] * (YEARS - 1)), axis=0)
    products = s.room[:, None] * (1 - np.exp(-sale * (year - 0.5) / PRODUCTS))
    return {"there": there, "products": products, "retention": stay, "leave": leave}


def _profit(a: Maintenance, s: Seen, course: Mapping[str, Array], hours: Array) -> Array:
    """Economic profit of a year of a client that is there, (year, …, group, scenario)."""
    base = profitability.economic_profit(
        s.income, s.loss, a.avoidable * s.cost, s.capital, tax=a.tax, hurdle=a.hurdle
    )
    extra = a.product_income * s.limit[:, None] * course["products"] - a.hour_cost * hours
    return np.asarray(base)[:, None] + (1 - a.tax) * extra


def curve(a: Maintenance, w: World) -> Array:
    """Lifetime value of a client of each group by its hours, (hours of GRID, group)."""
    s, hours = seen(a), GRID[:, None, None]
    course = courses(a, s, w, hours)
    profit = _profit(a, s, course, hours)
    factors = timevalue.discount_factors(a.hurdle, YEARS)
    return np.einsum("t,thgs->hg", factors, profit * course["there"])


def allocations(a: Maintenance) -> tuple[Array, float]:
    """Hours of each client of a group, (alternative, group); and the value of one more hour.

    The next step of hours goes where it adds most value: until the budget is used, which may take
    hours that do not pay; or as long as an hour pays. A curve that is not concave is taken by
    its running least slope, so that no step comes before the one under it. The value of an hour is
    that of one more each year for one client, at the margin of `best`, after its cost.
    """
    s = seen(a)
    slope = np.minimum.accumulate(np.diff(curve(a, world(a)), axis=0), axis=0) / STEP
    floor = min(a.floor, a.budget)
    free = GRID[:-1] >= floor - 1e-9
    slope = slope[free]
    best, price = _fill(s, slope, a.budget - floor)
    paying, _ = _fill(s, slope, float(s.share @ (slope > 0).sum(axis=0)) * STEP)
    table = np.stack([
        np.zeros(GROUPS),
        s.hours * a.budget / (s.share @ s.hours),
        np.full(GROUPS, a.budget),
        s.limit * a.budget / (s.share @ s.limit),
        floor + best,
        floor + paying,
    ])  # fmt: skip
    return table, price


def _fill(s: Seen, slope: Array, budget: float) -> tuple[Array, float]:
    """Hours beyond the floor by the steepest steps first, (group,); the slope of the next step."""
    order = np.argsort(-slope, axis=None, kind="stable")
    group = order % GROUPS
    steep = slope.ravel()[order]
    need = s.share[group] * STEP
    before = np.cumsum(need) - need
    part = np.clip((budget - before) / need, 0.0, 1.0)
    hours = STEP * np.bincount(group, part, minlength=GROUPS)
    return hours, float(steep[max(int(np.searchsorted(before, budget, side="right")) - 1, 0)])


def _total(s: Seen, x: Array) -> Array:
    """Sum over groups of (year, alternative, group, scenario), each group by its share."""
    return sum(s.share[j] * x[..., j, :] for j in range(GROUPS))


def result(
    a: Maintenance, hours: Array, price: float, w: World, *, keep: Sequence[str] | None
) -> Result[Maintenance]:
    s = seen(a)
    h = hours[:, :, None]
    course = courses(a, s, w, h)
    there = course["there"]

    def line(each: Array) -> Array:
        flow = a.clients * _total(s, there * each)
        return np.concatenate([np.zeros_like(flow[:1]), flow])

    fixed = a.clients * (1 - a.avoidable) * float(s.share @ s.cost)

    def of(values: Array) -> Array:
        return np.broadcast_to(values[:, None], there.shape)

    lines = {
        "income_line": line(of(s.income)),
        "product_line": line(a.product_income * s.limit[:, None] * course["products"]),
        "loss_line": -line(of(s.loss)),
        "cost_line": -line(of(a.avoidable * s.cost)),
        "fixed_line": np.concatenate([np.zeros((1, 1, 1)), np.full((YEARS, 1, 1), -fixed)]),
        "hours_line": -line(a.hour_cost * np.broadcast_to(h, there.shape)),
    }
    before = sum(lines.values())
    lines["tax"] = -a.tax * before
    lines["capital_charge"] = -a.hurdle * line(of(s.capital))
    lines["profit_line"] = before + lines["tax"] + lines["capital_charge"]
    profit = lines["profit_line"]
    lines["clients_line"] = line(np.ones_like(there))
    gone = line(np.broadcast_to(course["leave"], there.shape))
    lines["left_line"] = gone
    # year by year: the same order however many worlds
    factors = timevalue.discount_factors(a.hurdle, YEARS)
    value = sum(f * flow for f, flow in zip(factors, profit[1:], strict=True))
    annuity = timevalue.annuity_factor(a.hurdle, YEARS)
    gain = (value - value[NOW]) / annuity
    used = hours @ s.share
    ahead = np.cumsum(profit - profit[:, NOW : NOW + 1], axis=0) > 1e-12
    metrics = {
        "value": value,
        "gain": gain,
        "over_equal": (value - value[EQUAL]) / annuity,
        "contact": (value - value[0]) / annuity,
        "hours_used": used[:, None],
        "hour_value": np.full((1, 1), price / annuity),
        "left_first": lines["left_line"][1],
        "clients_end": lines["clients_line"][-1],
        "products": a.clients * _total(s, (there * course["products"])[-1]),
        "rho": w.rho[None],
        "xi": w.xi[None],
        "eta": w.eta[None],
    }
    # the same value as the sum of lifetime values of the groups
    each = _profit(a, s, course, h)
    form = each.shape
    clv = profitability.lifetime_value(
        each.reshape(YEARS, -1), course["retention"].reshape(-1), a.hurdle
    )
    again = a.clients * _total(s, np.asarray(clv).reshape(form[1:]))
    again = again - annuity * (1 - a.tax) * fixed
    names = [k for k, spec in a.spec.words["lines"].items() if spec["view"] == "lender"]
    left = np.diff(lines["clients_line"][1:], axis=0)
    lost = a.clients * _total(s, there[:-1] * (1 - course["retention"]))
    checks = {
        "statement_foots": residual(sum(lines[k] for k in names[:-1]) - lines[names[-1]]),
        "value_is_lifetime_value": residual(again - value),
        "budget_is_kept": residual(used[1:5] - a.budget),
        "clients_roll": residual(left + lost),
        "now_is_what_was_seen": residual(_as_seen(a, s, w)),
        "no_hour_better_elsewhere": residual(_regret(a, hours[BEST])) if keep is None else 0.0,
        "gain_is_difference": residual(gain[BEST] - gain[EQUAL] - metrics["over_equal"][BEST]),
    }
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
        largest_balance=float(a.clients * (s.share @ s.limit)),
        scenarios=value.shape[1],
    )


def _as_seen(a: Maintenance, s: Seen, w: World) -> Array:
    """Leaving at the hours of now less what was seen, where it is a chance: (class, scenario)."""
    hours = s.class_hours[CLASS][:, None]
    leave, _ = rates(s, w, hours)
    now = reached(s, s.class_hours[:, None], w.eta)
    possible = (w.leave / (1 - w.rho * now))[CLASS] * (1 - w.rho * now[CLASS]) <= 1
    return np.where(possible, leave - w.leave[CLASS], 0.0)


def _regret(a: Maintenance, hours: Array) -> float:
    """What moving a step of hours from one group to another could still add, for each client."""
    slope = np.minimum.accumulate(np.diff(curve(a, world(a)), axis=0), axis=0) / STEP
    floor = min(a.floor, a.budget)
    slope = slope[GRID[:-1] >= floor - 1e-9]
    done = (hours - floor) / STEP
    up = np.minimum(np.floor(done + 1e-6).astype(int), len(slope) - 1)
    down = np.ceil(done - 1e-6).astype(int) - 1
    more = slope[up, np.arange(GROUPS)]
    more = np.where(done + 1e-6 >= len(slope), -np.inf, more)
    less = np.where(down >= 0, slope[np.maximum(down, 0), np.arange(GROUPS)], np.inf)
    return max(float(more.max() - less.min()), 0.0) if np.isfinite(less.min()) else 0.0

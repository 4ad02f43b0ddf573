"""What was seen of the groups, what contact does to their clients, and what these are then worth.

Hours -> how much of the whole effect they reach -> leaving and sales -> a client over the years ->
its lifetime value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ... import profitability, timevalue
from ...distributions import normal
from ...shape import Array, Draws
from .record import CLASS, GRID, PRODUCTS, YEARS, Maintenance


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
    """`seen` from (name, values) of the file's table of groups; the shares add up to one."""
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
    groups = seen(a)
    table = a.spec.words["fit"][a.estimate]
    draws = [np.array(table[k]) for k in ("rho", "xi", "eta")]
    if d is None:
        rho, xi, eta = (x.mean(keepdims=True) for x in draws)
        leave, sale = groups.leave[:, None], groups.sale[:, None]
    else:
        at = (d["world"] * len(draws[0])).astype(int)
        rho, xi, eta = (x[at] for x in draws)

        def counted(rate: Array, count: Array, uniform: Array) -> Array:
            """A class's rate as another count of its events might have shown it."""
            root = np.sqrt(count)[:, None] + 0.5 * normal(uniform.T)
            again: Array = rate[:, None] * np.maximum(root, 0.0) ** 2 / count[:, None]
            return again

        leave = counted(groups.leave, groups.left, d["leave"])
        sale = counted(groups.sale, groups.sold, d["sale"])
    return World(np.minimum(a.effect * rho, 1.0), a.effect * xi, eta, leave, sale)


def reached(groups: Seen, hours: Array, eta: Array) -> Array:
    """G: share of the whole effect that planned hours reach; hours and eta broadcast."""
    total = sum(np.exp(-hours * x / eta) for x in groups.spread)
    share: Array = 1 - np.asarray(total) / len(groups.spread)
    return share


def rates(groups: Seen, effects: World, hours: Array) -> tuple[Array, Array]:
    """Leaving, and sales of a product not held (times six), a year: (…, group, scenario).

    hours: (…, group, 1).
    """
    now = reached(groups, groups.class_hours[:, None], effects.eta)  # (class, scenario)
    leave = (effects.leave / (1 - effects.rho * now))[CLASS]
    sale = (effects.sale / (1 + effects.xi * now))[CLASS]
    g = reached(groups, hours, effects.eta)
    return np.minimum(leave * (1 - effects.rho * g), 1.0), sale * (1 + effects.xi * g)


def courses(
    a: Maintenance, groups: Seen, effects: World, hours: Array, lift: float = 0.0
) -> dict[str, Array]:
    """A client of each group over the years, (year, …, group, scenario).

    hours: (…, group, 1). lift: how much more it buys than its hours say. there: chance to be there
    in the year; products: sold by its middle; retention and leave, a year: (…, group, scenario).
    """
    leave, sale = rates(groups, effects, hours)
    sale = sale * (1 + lift)
    stay = (1 - leave) * (1 - groups.pd[:, None])
    year = np.arange(1.0, YEARS + 1).reshape(-1, *[1] * leave.ndim)
    there = np.cumprod(np.stack([np.ones_like(stay)] + [stay] * (YEARS - 1)), axis=0)
    products = groups.room[:, None] * (1 - np.exp(-sale * (year - 0.5) / PRODUCTS))
    return {"there": there, "products": products, "retention": stay, "leave": leave}


def profit(a: Maintenance, groups: Seen, course: Mapping[str, Array], hours: Array) -> Array:
    """Economic profit of a year of a client that is there, (year, …, group, scenario)."""
    base = profitability.economic_profit(
        groups.income,
        groups.loss,
        a.avoidable * groups.cost,
        groups.capital,
        tax=a.tax,
        hurdle=a.hurdle,
    )
    extra = a.product_income * groups.limit[:, None] * course["products"] - a.hour_cost * hours
    whole: Array = np.asarray(base)[:, None] + (1 - a.tax) * extra
    return whole


def curve(a: Maintenance, effects: World) -> Array:
    """Lifetime value of a client of each group by its hours, (hours of GRID, group).

    `effects` of one scenario, as `world(a)` gives them.
    """
    groups, hours = seen(a), GRID[:, None, None]
    course = courses(a, groups, effects, hours)
    each = profit(a, groups, course, hours)
    factors = timevalue.discount_factors(a.hurdle, YEARS)
    value: Array = np.einsum("t,thgs->hg", factors, each * course["there"])
    return value

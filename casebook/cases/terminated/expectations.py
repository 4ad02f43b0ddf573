"""TODO."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ... import timevalue, workout
from ...shape import Array
from . import performing, ways_out
from .record import BRANCHES, DELAY_STEP, ENFORCE, FORCED, MONTHS, NODE_MASS, NODES, Terminated


@dataclass(frozen=True)
class Expected:
    """Expectation over all that is uncertain after default; each (way,)."""

    value: Array
    nominal: Array
    all_in: Array
    low: Array  # tenth percentile of the value
    high: Array  # ninetieth
    branches: Array  # chance of each branch, (branch, forced way)
    weight: Array  # of all nodes together, (way,): one


def expected(a: Terminated) -> Expected:
    """Quadrature over price level x delay x branch of the auction x guarantor.

    Branches and delays are whole; their chances are exact, and only the price level is a grid. The
    branch chances move smoothly with every assumption, so the result does too.
    """
    delays = np.asarray(a.delay_probabilities)
    grid = (len(NODES), len(delays), len(BRANCHES), 2)
    z, delay, branch, pays = (x.ravel() for x in np.indices(grid))
    weight = NODE_MASS[z] * delays[delay]
    weight = weight * np.where(pays == 1, a.guarantor_chance, 1.0 - a.guarantor_chance)
    level = performing.price_level(a, NODES[z])
    p = ways_out.path(a, level, DELAY_STEP * delay, None, branch=branch, pays=pays == 1)
    chance = np.take_along_axis(p.chance, np.broadcast_to(branch, p.chance.shape[1:])[None], 0)[0]
    w = np.broadcast_to(weight * (1.0 / len(BRANCHES)), p.value.shape).copy()
    w[list(FORCED)] = weight * chance
    between = np.repeat(p.value[:, :1], 2, axis=1)  # settling and selling have one value each
    for way in FORCED:
        value, mass = (x[way].reshape(len(NODES), -1) for x in (p.value, w))
        between[way] = _quantiles(value, mass, (0.1, 0.9))
    tenth, ninetieth = between.T
    forced = w[list(FORCED)].reshape(2, *grid).sum(axis=(1, 2, 4)).T
    return Expected(
        (p.value * w).sum(axis=1), (p.nominal * w).sum(axis=1), (p.all_in * w).sum(axis=1),
        tenth, ninetieth, forced, w.sum(axis=1),
    )  # fmt: skip


#: Places in a cell of the price grid, of its width from its lower edge.
_PLACES = np.array([0.125, 0.375, 0.625, 0.875])[:, None, None]


def _quantiles(values: Array, weights: Array, levels: Iterable[float]) -> Array:
    """Quantiles of weighted values, (node, what else happens).

    The price level has no steps, so each node's weight is spread over its cell, half the way to
    the next node on either side; left on the nodes it would move a percentile by one per cent.
    """
    middle = (values[1:] + values[:-1]) / 2
    low, high = np.concatenate([values[:1], middle]), np.concatenate([middle, values[-1:]])
    spread = (low + _PLACES * (high - low)).ravel()
    order = np.argsort(spread, kind="stable")
    reached = np.cumsum(np.tile(weights.ravel(), len(_PLACES))[order])
    at = np.searchsorted(reached, np.asarray(levels) * reached[-1])
    return spread[order[at]]


@dataclass(frozen=True)
class Thresholds:
    """The offers and prices at which another way is worth what enforcing is, CNY million."""

    settle: float
    settle_low: float
    settle_high: float
    settle_all_in: float
    sell: float
    sell_all_in: float


def thresholds(a: Terminated, e: Expected, ead: float) -> Thresholds:
    """Break-even offers: plain by `workout`; all in, with tax timing and capital, linear too."""
    factor, charge = ways_out.tables(a, ead)

    def plain(value: float, months: int, cost: float) -> float:
        # today's value of a cost on the day of payment, and of care until then
        care = a.care_cost * timevalue.annuity_factor(ways_out.monthly(a.discount_rate), months)
        least = workout.settlement_threshold(
            value, months / MONTHS, a.discount_rate, cost=cost * factor[months] + care
        )
        return max(least, 0.0)  # below zero any offer is worth taking

    def all_in(months: int, cost: float) -> float:
        w = min(months, a.write_off_months)
        relief = a.tax * ead * factor[w] - charge[w]
        return plain((e.all_in[ENFORCE] - relief) / (1.0 - a.tax), months, cost)

    value, low, high = (float(x[ENFORCE]) for x in (e.value, e.low, e.high))
    return Thresholds(
        plain(value, a.settle_months, a.settle_cost),
        plain(low, a.settle_months, a.settle_cost),
        plain(high, a.settle_months, a.settle_cost),
        float(all_in(a.settle_months, a.settle_cost)),
        plain(value, a.sell_months, a.sell_cost),
        float(all_in(a.sell_months, a.sell_cost)),
    )

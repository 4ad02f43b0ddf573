"""What the bank may expect on the day of default, and the offers and prices that are worth it.

The expectation is a sum over a grid and not a simulation: it moves smoothly with every slider, and
the thresholds with it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from ... import timevalue, workout
from ...shape import Array
from ...timevalue import MONTHS_A_YEAR
from . import performing, provisions, ways_out
from .record import BRANCHES, DELAY_STEP, ENFORCE, FORCED, NODE_MASS, NODES, Terminated


@dataclass(frozen=True)
class Expected:
    """Expectation over all that is uncertain after default; each (way,), CNY million."""

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
    node, delay, branch, pays = (x.ravel() for x in np.indices(grid))
    weight = NODE_MASS[node] * delays[delay]
    weight = weight * np.where(pays == 1, a.guarantor_chance, 1.0 - a.guarantor_chance)
    level = performing.price_level(a, NODES[node])
    outcome = ways_out.path_of_branch(a, level, DELAY_STEP * delay, branch, pays == 1)
    wide = np.broadcast_to(branch, outcome.chance.shape[1:])
    chance = np.take_along_axis(outcome.chance, wide[None], 0)[0]
    mass = np.broadcast_to(weight * (1.0 / len(BRANCHES)), outcome.value.shape).copy()
    mass[list(FORCED)] = weight * chance
    between = np.repeat(outcome.value[:, :1], 2, axis=1)  # settling and selling have one value each
    for way in FORCED:
        values, weights = (x[way].reshape(len(NODES), -1) for x in (outcome.value, mass))
        between[way] = _quantiles(values, weights, (0.1, 0.9))
    tenth, ninetieth = between.T
    return Expected(
        value=(outcome.value * mass).sum(axis=1),
        nominal=(outcome.nominal * mass).sum(axis=1),
        all_in=(outcome.all_in * mass).sum(axis=1),
        low=tenth,
        high=ninetieth,
        branches=mass[list(FORCED)].reshape(2, *grid).sum(axis=(1, 2, 4)).T,
        weight=mass.sum(axis=1),
    )


#: Places in a cell of the price grid, of its width from its lower edge.
_PLACES = np.array([0.125, 0.375, 0.625, 0.875])[:, None, None]


def _quantiles(values: Array, weights: Array, levels: Iterable[float]) -> Array:
    """Quantiles of weighted values, (node, what else happens); one a level, (level,).

    The price level has no steps, so each node's weight is spread over its cell, half the way to
    the next node on either side; left on the nodes it would move a percentile by one per cent.
    """
    middle = (values[1:] + values[:-1]) / 2
    low, high = np.concatenate([values[:1], middle]), np.concatenate([middle, values[-1:]])
    spread = (low + _PLACES * (high - low)).ravel()
    order = np.argsort(spread, kind="stable")
    reached = np.cumsum(np.tile(weights.ravel(), len(_PLACES))[order])
    at = np.searchsorted(reached, np.asarray(levels) * reached[-1])
    quantiles: Array = spread[order[at]]
    return quantiles


@dataclass(frozen=True)
class Thresholds:
    """The offers and prices at which another way is worth what enforcing is, CNY million."""

    settle: float
    settle_low: float
    settle_high: float
    settle_all_in: float
    sell: float
    sell_all_in: float


def thresholds(a: Terminated, expectation: Expected, ead: float) -> Thresholds:
    """Break-even offers: plain by `workout`; all in, with tax timing and capital, linear too.

    ead: exposure at default, CNY million. Formula: `workout.settlement_threshold`.
    """
    factor, charge, relief = provisions.tables(a, ead)

    def plain(value: float, months: int, cost: float) -> float:
        """The offer, paid after `months` at a cost, that is worth as much as `value` today."""
        # today's value of a cost on the day of payment, and of care until then
        care = a.care_cost * timevalue.annuity_factor(ways_out.monthly(a.discount_rate), months)
        least = workout.settlement_threshold(
            value, months / MONTHS_A_YEAR, a.discount_rate, cost=cost * factor[months] + care
        )
        return max(float(least), 0.0)  # below zero any offer is worth taking

    def all_in(months: int, cost: float) -> float:
        """The same after tax in the month in which tax moves, and less the hurdle on capital."""
        off = min(months, a.write_off_months)
        settled = relief[off] - charge[off]
        return plain((expectation.all_in[ENFORCE] - settled) / (1.0 - a.tax), months, cost)

    value, low, high = (
        float(x[ENFORCE]) for x in (expectation.value, expectation.low, expectation.high)
    )
    return Thresholds(
        settle=plain(value, a.settle_months, a.settle_cost),
        settle_low=plain(low, a.settle_months, a.settle_cost),
        settle_high=plain(high, a.settle_months, a.settle_cost),
        settle_all_in=all_in(a.settle_months, a.settle_cost),
        sell=plain(value, a.sell_months, a.sell_cost),
        sell_all_in=all_in(a.sell_months, a.sell_cost),
    )

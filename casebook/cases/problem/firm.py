"""The firm and its market: sales, collection days, stock that it wants, whatever the bank does.

The shock falls on sales, and customers pay later the longer it lasts; then the market comes back,
but for a scar. Noise of sales and collections is the scenarios'. What a plan changes in operations
is here; what firm and bank do with the cash is in `paths`.

Receivables are the sales of the last DSO days, each month's spread over its thirty; `count_back`
turns that round, from a balance to days.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...distributions import normal
from ...shape import Array, Draws
from .record import DEEPEST, FAILED, MONTHS, NOTHING, PAST, PATHS, PLAN, WORLD_OF, Problem


class Scenario:
    """What the world does, whatever the bank does; one scenario without noise where `d` is None.

    depth: share of sales that the shock takes at its deepest, (scenario,).
    fall, back, drift: how much of the fall has come, of it has come back, and of the customers'
    delay has built up; shares from 0 to 1, (month, scenario or 1), month 0 the start.
    noise: factor on sales; extra_days: on top of the collection days; (month, scenario).
    """

    def __init__(self, a: Problem, d: Draws | None) -> None:
        month = np.arange(MONTHS + 1.0)[:, None]
        if d is None:
            depth, length = np.full(1, a.shock_depth), np.full(1, float(a.shock_length))
            self.noise, self.extra_days = np.ones((MONTHS + 1, 1)), np.zeros((MONTHS + 1, 1))
        else:
            depth = a.shock_depth * (1 + a.depth_spread * (2 * d["depth"] - 1))
            length = a.shock_length * (1 + a.length_spread * (2 * d["length"] - 1))
            self.noise = _noise(a, d["sales"])
            self.extra_days = np.zeros_like(self.noise)
            self.extra_days[1:] = a.dso_noise * (2 * d["collections"].T - 1)
        self.depth = depth
        since = month - a.shock_start + 1
        back = np.clip((since - length) / a.recovery_months, 0, 1)
        self.fall = np.clip(since / a.fall_months, 0, 1)
        self.drift = np.clip(since / a.drift_months, 0, 1)
        self.back = back


def _noise(a: Problem, uniform: Array) -> Array:
    """Factor on sales, (month, scenario): lognormal with mean one, each month leaning on the last.

    x_t = m x_(t-1) + sqrt(1 - m^2) s z_t, started in its own spread, so that Var x_t = s^2.
    """
    z = normal(np.ascontiguousarray(uniform.T))
    noise = np.zeros((MONTHS + 1, z.shape[1]))
    step = np.sqrt(1 - a.noise_memory**2) * a.sales_noise
    noise[1] = a.sales_noise * z[0]
    for t in range(2, MONTHS + 1):
        noise[t] = a.noise_memory * noise[t - 1] + step * z[t - 1]
    noise[1:] -= a.sales_noise**2 / 2
    return np.exp(noise)


def tension(a: Problem, depth: Array) -> Array:
    """How far customers and stock are strained by a fall of `depth`, 1 at `a.strain_depth`.

    What customers in trouble do not pay, and what was cast for orders that they cut, grow with the
    orders lost. Over what is still sold that is lost / left, so that the days at the worst rise by
    (depth / (1 - depth)) / (the same at the fall for which they are stated).
    """
    lost = np.minimum(depth, DEEPEST)
    odds = a.strain_depth / (1 - a.strain_depth)
    return np.asarray(lost / (1 - lost) / odds)


def _strained(normal: float, worst: float, strain: Array, tense: Array) -> Array:
    """Days between `normal` and `worst`, beyond it where the strain is above one and they rise.

    strain: (scenario,), see `tension`; tense: share of the way that is gone, (month, scenario).
    """
    further = strain if worst > normal else np.minimum(strain, 1)
    return np.asarray(normal + (worst - normal) * further * tense)


def operations(a: Problem, scenario: Scenario) -> dict[str, Array]:
    """Operating lines, each (month, path, scenario) or with one path or scenario for all.

    sales, fixed (cost), one_off (cost of the plan), quarter (a month's cost of sales, mean of the
    last three), receivables, stock_target: CNY million; dso: days; clearing: share of the value
    that is lost on stock sold off under the plan.
    What the plan changes, it changes from the month after it starts. A failed plan delivers a
    share of it, and its market stays, or falls back to, where it was at the decision.
    """
    action = a.decision_month + a.wait
    month = np.arange(MONTHS + 1)
    after = (month > action)[:, None]
    # two worlds: the market comes back, or it does not
    comes, depth = scenario.back, scenario.depth
    stays = np.where(after, np.minimum(comes, comes[a.decision_month]), comes)
    back = np.stack([comes, stays], axis=1)
    shock = depth * scenario.fall[:, None] * (1 - back) + np.minimum(a.scar, depth) * back
    world = a.sales * (1 - shock) * scenario.noise[:, None]
    tense = scenario.drift[:, None] * (1 - back)
    strain = tension(a, depth)
    sold_on = world.cumsum(axis=0)
    sold_on += PAST * a.sales
    before = np.arange(1.0, PAST + 1)[:, None, None] * np.full(world.shape[1:], a.sales)
    total = np.concatenate([before, sold_on])
    past = np.full((2, *world.shape[1:]), a.sales)
    longer = np.concatenate([past, world])
    quarter = longer[2:] + longer[1:-1]
    quarter += longer[:-2]
    quarter *= (1 - a.gross_margin) / 3

    works = np.clip((month - action) / a.measure_months, 0, 1)[:, None]
    share = np.zeros((MONTHS + 1, PATHS, 1))
    share[:, PLAN] = works
    share[:, FAILED] = a.delivery * works
    shape = (MONTHS + 1, PATHS, world.shape[2])
    dso, target, receivables = np.empty(shape), np.empty(shape), np.empty(shape)
    for path, k in enumerate(WORLD_OF):
        days = _strained(a.dso, a.collection_days, strain, tense[:, k])
        days += scenario.extra_days
        np.minimum(days, 30.0 * (PAST - 1), out=days)
        held = _strained(a.dio, a.stock_days, strain, tense[:, k])
        if path != NOTHING:
            days -= share[:, path] * np.maximum(days - a.plan_dso, 0)
            held -= share[:, path] * np.maximum(held - a.plan_dio, 0)
        dso[:, path] = days
        receivables[:, path] = _owed(total[:, k], days)
        held *= quarter[:, k]
        held /= 30
        target[:, path] = held
    sales = world[:, WORLD_OF]
    sales[0] = 0.0  # month 0 is the start: a balance sheet, no flows
    one_off = np.zeros((MONTHS + 1, PATHS, 1))
    one_off[action + 1, PLAN:] = a.one_off
    return {
        "sales": sales,
        "fixed": a.fixed_cost * (1 - a.cost_cut * share) * (month > 0)[:, None, None],
        "one_off": one_off,
        "clearing": a.clearance * (share > 0) * (share < 1),
        "dso": dso,
        "receivables": receivables,
        "quarter": quarter[:, WORLD_OF],
        "stock_target": target,
    }


def collections(lines: Mapping[str, Array]) -> Array:
    """What customers pay: sales less what receivables grow by, (month, path, scenario)."""
    paid = lines["sales"].copy()
    paid[1:] -= np.diff(lines["receivables"], axis=0)
    return paid


def _owed(total: Array, days: Array) -> Array:
    """The sales of the last `days` days, each month's sales spread evenly over its 30 days.

    total: sales so far, (PAST + month, scenario), from PAST months before the start; days: (month,
    scenario).
    """
    since = days / -30
    since += np.arange(PAST, PAST + len(days))[:, None]
    at = since.astype(np.intp)  # whole months, since is never negative
    since -= at
    columns = days.shape[1]
    at *= columns
    at += np.arange(columns)
    flat = total.ravel()
    before = flat.take(at)
    at += columns
    later = flat.take(at)
    later -= before
    later *= since
    before += later
    return total[PAST:] - before


def count_back(sales: Array, balance: Array, normal: float) -> Array:
    """DSO by counting back: how many days of the latest sales the balance is made of.

    Each month's sales, newest first, are taken off the balance; a month that it covers in full
    counts 30 days, the last one its share. sales, balance: (month, …) from month 0, before which
    each month sold `normal`; the days have their shape.
    """
    past = np.full((PAST, *sales.shape[1:]), normal)
    longer = np.concatenate([past, np.concatenate([past[:1], sales[1:]])])
    left, days = balance, np.zeros_like(balance)
    for k in range(PAST):
        month = longer[PAST - k : PAST - k + len(sales)]
        share = np.clip(left / month, 0, 1)
        days = days + 30 * share
        left = left - share * month
    return days


def plant(a: Problem) -> Array:
    """Book value of plant, CNY million, (month, 1)."""
    return a.fixed_assets + (a.capex - a.depreciation) * np.arange(MONTHS + 1.0)[:, None]

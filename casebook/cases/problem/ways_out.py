"""When each way stops, and what the bank gets out of it: the one place where a plan is given up.

`_stops`: doing nothing stops when `patience` payments in a row are missed, not before the decision;
a plan when `plan_patience` of its own are; the failed plan also `stop_months` after it began, if it
lasted so long; a liquidation at once, in the action month. Who is in arrears at the horizon is
settled there. The loop in `paths` knows nothing of it: what it ran beyond a stop does not count.

`liquidate`: what a stopped firm has is sold, decayed since the decision. Plant and land pay the
bank, which holds the mortgage, then all; the rest pays priority claims, then bank and suppliers
alike; owners last. `present_values` moves all that the bank gets to the decision month, at the
loans' original effective rate.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ... import workout
from ...shape import DUST, Array, first_time
from ...timevalue import MONTHS_A_YEAR
from . import restructuring
from .paths import History
from .record import FAILED, LIQUIDATE, MONTHS, NOTHING, PATH_OF, PATHS, PLAN, Problem
from .restructuring import Plan

#: Rows of what an estate sells and whom it pays.
SOLD, COST, PRIORITY, BANK, SUPPLIERS, OWNERS = range(6)


@dataclass(frozen=True)
class Estate:
    """What a stopped firm leaves, each (way, scenario); nothing where the way does not stop.

    stop: month after which the estate works, -1 never. claim: of the bank, suppliers: theirs, book:
    value of all assets in the firm's books, CNY million. by_sale and by_free: (row, way, scenario),
    the rows SOLD, then COST of it, PRIORITY claims, BANK, SUPPLIERS, OWNERS; out of plant and land,
    and out of the rest.
    """

    stop: NDArray[np.intp]
    claim: Array
    suppliers: Array
    book: Array
    by_sale: Array
    by_free: Array

    @property
    def stopped(self) -> NDArray[np.bool_]:
        """Whether each way stops, (way, scenario)."""
        return self.stop >= 0

    @property
    def last(self) -> NDArray[np.intp]:
        """The last month that each way runs: its stop or the horizon, (way, scenario)."""
        return np.where(self.stopped, self.stop, MONTHS)


def _stops(a: Problem, history: History) -> NDArray[np.intp]:
    """The month in which each way stops, (way, scenario), -1 never."""
    action = a.decision_month + a.wait
    month = np.arange(MONTHS + 1)[:, None]
    streak = history.streak
    # who does nothing cannot enforce before the decision; a plan's patience starts with the plan
    nothing = (streak[:, NOTHING] >= a.patience) & (month >= a.decision_month)
    plan = (streak[:, PLAN] >= a.plan_patience) & (month > action)
    failed = (streak[:, FAILED] >= a.plan_patience) & (month > action)
    failed |= month == action + a.stop_months
    for path, hit in ((NOTHING, nothing), (PLAN, plan), (FAILED, failed)):
        hit[MONTHS] |= streak[MONTHS, path] > 0  # in arrears at the horizon: settled there
    stops = [first_time(hit) for hit in (nothing, plan, failed)]
    return np.stack([*stops, np.full_like(stops[0], action)])


def liquidate(
    a: Problem, operations: Mapping[str, Array], history: History, paused: Collection[str] = ()
) -> Estate:
    """Sell what a stopped firm has, decayed since the decision, and pay by rank.

    A decay that is named in `paused` does not count the months waited. Ranks: see
    `workout.recovery_waterfall`.
    """
    stop = _stops(a, history)
    stopped = stop >= 0
    at = np.where(stopped, stop, MONTHS)
    way = np.array(PATH_OF)[:, None]
    scenario = np.arange(stop.shape[1])

    def then(line: NDArray[Any]) -> NDArray[Any]:
        """A line (month, path, scenario) at the stop of each way, (way, scenario)."""
        found: NDArray[Any] = line[at, way, scenario] * stopped
        return found

    def months(decay: str) -> NDArray[np.intp]:
        """Months that a decay has worked by the stop, (way, scenario)."""
        waited = a.wait if decay in paused else 0
        worked: NDArray[np.intp] = np.maximum(at - a.decision_month - waited, 0)
        return worked

    left = (1 - a.attachment) ** then(history.late)
    cash, stock = then(history.cash), then(history.stock)
    receivables = then(operations["receivables"])
    plant = (a.fixed_assets + (a.capex - a.depreciation) * at) * stopped
    # what others have attached is gone for this estate
    goods = a.stock_recovery * (1 - a.stock_decay) ** months("stock_decay") * stock
    free = cash + left * (a.receivables_recovery * receivables + goods)
    plant_left = (1 - a.collateral_decay) ** months("collateral_decay")
    sale = a.forced_sale * plant_left * a.collateral * stopped
    claim, suppliers = then(history.debt), then(history.supply)

    net_sale, net_free = (1 - a.estate_cost) * sale, (1 - a.estate_cost) * free
    form = claim.shape
    secured = workout.recovery_waterfall(net_sale.ravel(), claim.reshape(1, -1))[0].reshape(form)
    # what the bank does not need of the mortgage belongs to all
    spare = net_sale - secured
    claims = np.stack([np.full(form, a.priority) * stopped, claim - secured, suppliers])
    paid = workout.recovery_waterfall(
        (net_free + spare).ravel(), claims.reshape(3, -1), ranks=(0, 1, 1)
    ).reshape(3, *form)
    from_sale = np.where(net_free + spare > DUST, spare / np.maximum(net_free + spare, DUST), 0.0)
    rest = net_free + spare - paid.sum(axis=0)
    shares = np.stack([*paid, rest])
    by_sale = np.concatenate([np.stack([sale, sale - net_sale]), from_sale * shares])
    by_sale[BANK] += secured
    by_free = np.concatenate([np.stack([free, free - net_free]), (1 - from_sale) * shares])
    book = cash + stock + receivables + plant
    return Estate(stop, claim, suppliers, book, by_sale, by_free)


def present_values(a: Problem, history: History, estate: Estate, plan: Plan) -> tuple[Array, Array]:
    """Present value and plain sum of what the bank gets after the decision, (way, scenario).

    CNY million at the decision month; see `workout.restructuring_value`. Estates: all but plant and
    land brings the same in each of the first `quick_months`, plant and land after `auction_months`.
    """
    decision, action = a.decision_month, a.decision_month + a.wait
    month = np.arange(decision + 1, MONTHS + 1)
    stop = estate.last
    rate = restructuring.original_rate(a)
    flows = history.flow[decision + 1 :] * (month[:, None, None] <= stop[:PATHS])
    value, total = np.zeros((2, *stop.shape))
    flat = flows.reshape(len(flows), -1)
    value[:PATHS] = workout.restructuring_value(
        flat, (month - decision) / MONTHS_A_YEAR, rate
    ).reshape(flows.shape[1:])
    total[:PATHS] = _total(flows)
    if a.wait:
        waiting = history.flow[decision + 1 : action + 1, NOTHING]
        years = np.arange(1.0, a.wait + 1) / MONTHS_A_YEAR
        value[LIQUIDATE] = workout.restructuring_value(waiting, years, rate)
        total[LIQUIDATE] = _total(waiting)
    else:  # new money goes out on the decision date itself
        value[PLAN:LIQUIDATE] -= a.new_money
        total[PLAN:LIQUIDATE] -= a.new_money
    # what an estate would bring after the horizon is counted at it
    at = np.arange(MONTHS + 1)
    steps = np.arange(1, a.quick_months + 1)[:, None]
    later = (np.minimum(at + steps, MONTHS) - decision).clip(0) / MONTHS_A_YEAR
    quick = workout.restructuring_value(np.full(later.shape, 1 / a.quick_months), later, rate)
    later = (np.minimum(at + a.auction_months, MONTHS) - decision).clip(0) / MONTHS_A_YEAR
    auction = workout.restructuring_value(np.ones((1, MONTHS + 1)), later[None], rate)
    by_free, by_sale = estate.by_free[BANK], estate.by_sale[BANK]
    value += by_free * quick[stop] + by_sale * auction[stop]
    last = at_horizon(a, history, estate, plan)
    value += workout.restructuring_value(
        last.reshape(1, -1), [(MONTHS - decision) / MONTHS_A_YEAR], rate
    ).reshape(last.shape)
    return value, total + by_free + by_sale + last


def _total(x: Array) -> Array:
    """Sum over periods, in their order whatever the number of scenarios: (month, …) -> (…)."""
    return reduce(np.add, x)


def at_horizon(a: Problem, history: History, estate: Estate, plan: Plan) -> Array:
    """What a way that never stopped still owes in the last month, and the shares, (way, scenario).

    CNY million. A sound borrower repays or refinances at par; shares are sold for what they bring.
    """
    owed = np.zeros(estate.stop.shape)
    owed[:PATHS] = history.debt[MONTHS]
    owed[PLAN] += a.share_value * plan.converted
    return np.where(estate.stopped, 0.0, owed)

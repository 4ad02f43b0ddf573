"""TODO."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import reduce

import numpy as np

from ... import workout
from ...shape import Array, first_time
from . import restructuring
from .record import DUST, FAILED, LIQUIDATE, MONTHS, NOTHING, PATH_OF, PATHS, PLAN, YEAR, Problem
from .restructuring import Plan


@dataclass(frozen=True)
class Estate:
    """What a stopped firm leaves, each (way, scenario); nothing where the way does not stop.

    stop: month after which the estate works, -1 never. by_sale and by_free: (what is sold, cost
    of it, priority claims, bank, suppliers, owners) out of plant and land, and out of the rest.
    """

    stop: Array
    claim: Array
    suppliers: Array
    book: Array
    by_sale: Array
    by_free: Array

    @property
    def stopped(self) -> Array:
        return self.stop >= 0


def _stops(a: Problem, h: dict[str, Array]) -> Array:
    """The month in which each way stops, (way, scenario), -1 never."""
    action = a.decision_month + a.wait
    month = np.arange(MONTHS + 1)[:, None]
    # who does nothing cannot enforce before the decision; a plan's patience starts with the plan
    nothing = (h["run"][:, NOTHING] >= a.patience) & (month >= a.decision_month)
    plan = (h["run"][:, PLAN] >= a.plan_patience) & (month > action)
    failed = (h["run"][:, FAILED] >= a.plan_patience) & (month > action)
    failed |= month == action + a.stop_months
    for path, hit in ((NOTHING, nothing), (PLAN, plan), (FAILED, failed)):
        hit[MONTHS] |= h["run"][MONTHS, path] > 0  # in arrears at the horizon: settled there
    stops = [first_time(hit) for hit in (nothing, plan, failed)]
    return np.stack([*stops, np.full_like(stops[0], action)])


def estate(
    a: Problem, o: dict[str, Array], h: dict[str, Array], paused: Collection[str] = ()
) -> Estate:
    """Sell what a stopped firm has, decayed since the decision, and pay by rank."""
    stop = _stops(a, h)
    stopped = stop >= 0
    at = np.where(stopped, stop, MONTHS)
    way = np.array(PATH_OF)[:, None]
    scenario = np.arange(stop.shape[1])

    def then(line: Array) -> Array:
        return line[at, way, scenario] * stopped

    def months(decay: str) -> Array:
        return np.maximum(at - a.decision_month - (a.wait if decay in paused else 0), 0)

    left = (1 - a.attachment) ** then(h["late"])
    cash, stock, receivables = then(h["cash"]), then(h["stock"]), then(o["receivables"])
    plant = (a.fixed_assets + (a.capex - a.depreciation) * at) * stopped
    # what others have attached is gone for this estate
    goods = a.stock_recovery * (1 - a.stock_decay) ** months("stock_decay") * stock
    free = cash + left * (a.receivables_recovery * receivables + goods)
    plant_left = (1 - a.collateral_decay) ** months("collateral_decay")
    sale = a.forced_sale * plant_left * a.collateral * stopped
    claim, suppliers = then(h["debt"]), then(h["supply"])

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
    by_sale[3] += secured
    by_free = np.concatenate([np.stack([free, free - net_free]), (1 - from_sale) * shares])
    book = cash + stock + receivables + plant
    return Estate(stop, claim, suppliers, book, by_sale, by_free)


def present_values(a: Problem, h: dict[str, Array], e: Estate, plan: Plan) -> tuple[Array, Array]:
    """Present value and plain sum of what the bank gets after the decision, (way, scenario)."""
    decision, action = a.decision_month, a.decision_month + a.wait
    month = np.arange(decision + 1, MONTHS + 1)
    stop = np.where(e.stopped, e.stop, MONTHS)
    rate = restructuring.original_rate(a)
    flows = h["flow"][decision + 1 :] * (month[:, None, None] <= stop[:PATHS])
    value, total = np.zeros((2, *stop.shape))
    flat = flows.reshape(len(flows), -1)
    value[:PATHS] = workout.restructuring_value(flat, (month - decision) / YEAR, rate).reshape(
        flows.shape[1:]
    )
    total[:PATHS] = _total(flows)
    if a.wait:
        waiting = h["flow"][decision + 1 : action + 1, NOTHING]
        years = np.arange(1.0, a.wait + 1) / YEAR
        value[LIQUIDATE] = workout.restructuring_value(waiting, years, rate)
        total[LIQUIDATE] = _total(waiting)
    else:  # new money goes out on the decision date itself
        value[PLAN:LIQUIDATE] -= a.new_money
        total[PLAN:LIQUIDATE] -= a.new_money
    # estates: the rest of the assets brings the same in each of the first months, plant and land
    # in one; what would come after the horizon is counted at it
    at = np.arange(MONTHS + 1)
    steps = np.arange(1, a.quick_months + 1)[:, None]
    later = (np.minimum(at + steps, MONTHS) - decision).clip(0) / YEAR
    quick = workout.restructuring_value(np.full(later.shape, 1 / a.quick_months), later, rate)
    later = (np.minimum(at + a.auction_months, MONTHS) - decision).clip(0) / YEAR
    auction = workout.restructuring_value(np.ones((1, MONTHS + 1)), later[None], rate)
    value += e.by_free[3] * quick[stop] + e.by_sale[3] * auction[stop]
    last = at_horizon(a, h, e, plan)
    value += workout.restructuring_value(
        last.reshape(1, -1), [(MONTHS - decision) / YEAR], rate
    ).reshape(last.shape)
    return value, total + e.by_free[3] + e.by_sale[3] + last


def _total(x: Array) -> Array:
    """Sum over periods, in their order whatever the number of scenarios."""
    return reduce(np.add, x)


def at_horizon(a: Problem, h: dict[str, Array], e: Estate, plan: Plan) -> Array:
    """What a way that never stopped still owes in the last month, and the shares, (way, scenario).

    A sound borrower repays or refinances at par; shares are sold for what they then bring.
    """
    owed = np.zeros(e.stop.shape)
    owed[:PATHS] = h["debt"][MONTHS]
    owed[PLAN] += a.share_value * plan.converted
    return np.where(e.stopped, 0.0, owed)

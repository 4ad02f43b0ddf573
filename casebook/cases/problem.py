"""Case 4, problem: a manufacturer's sales fall, customers pay late, stock piles up, cash stops.

Monthly, 96 months from a quiet start (month 0); money in CNY million, flows at month end.
Ways out are the alternatives: do nothing, a plan that works, the same plan failing, liquidation.

The firm, all lines (month, way, scenario)
    S_t    sales: normal x (1 - depth x profile) x monthly noise
    R_t    receivables: the sales of the last DSO_t days (so DSO is what a count-back measures)
    N_t    stock: DIO_t days of the last quarter's cost of sales; purchases never below zero
    P_t    supplier credit: DPO days of it x what is left of the terms, plus bills unpaid
    The firm pays operations and tax, then the bank; below its cash floor it draws on the line,
    above it repays. What it cannot pay stays owed: nothing makes cash but cash.
The bank
    A payment is missed when interest or the principal above the planned balance is not paid in
    full. A way stops when arrears have lasted too long; its estate then pays by rank.
    Every value is a present value at the decision month, at the loans' original effective rate.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial, reduce
from pathlib import Path
from typing import Any

import numpy as np

from .. import credit, loans, profitability, projectfinance, workout
from ..assumptions import Record, load
from ..distributions import normal
from .shape import (
    Array,
    Draws,
    Result,
    drawer,
    first_time,
    lender_view,
    many,
    one_at_a_time,
    residual,
    source,
)

WAYS = ("do_nothing", "restructure", "failed", "liquidate")
NOTHING, PLAN, FAILED, LIQUIDATE = range(4)
#: Liquidation is doing nothing until the day it starts: three paths serve the four ways.
PATHS = 3
PATH_OF = [NOTHING, PLAN, FAILED, NOTHING]
#: The market of each path: it comes back (0), or a failed plan waits for it in vain (1).
WORLD_OF = [0, 0, 1]
MONTHS = 96
YEAR = 12
#: Months in which the bank watches for a warning: those of the statements.
WATCH = 36
#: Months of normal sales before month 0: more than the longest collection days.
PAST = 8
#: A thousandth of a yuan: less is nothing.
DUST = 1e-9
#: Scenarios at a time: the histories of a chunk stay near the processor.
CHUNK = 2000
SIGNALS = ("dso", "dio", "quick", "cover", "use", "dscr", "z")


@dataclass(frozen=True)
class Problem(Record):
    """The assumptions of the case; data/cases/problem.toml gives unit, range and reason."""

    # the firm
    sales: float
    gross_margin: float
    fixed_cost: float
    depreciation: float
    capex: float
    firm_tax: float
    dso: float
    dio: float
    dpo: float
    opening_cash: float
    cash_floor: float
    fixed_assets: float
    paid_in: float
    # the loans before the trouble
    term_loan: float
    term_months: int
    revolver: float
    limit: float
    line: str
    renewal_month: int
    rate: float
    upfront_fee: float
    commitment_fee: float
    penalty: float
    # the shock
    shock_depth: float
    shock_length: int
    shock_start: int
    fall_months: int
    recovery_months: int
    scar: float
    collection_days: float
    stock_days: float
    drift_months: int
    # what varies from path to path
    sales_noise: float
    noise_memory: float
    dso_noise: float
    depth_spread: float
    length_spread: float
    # early warning
    window: int
    dso_rise: float
    dio_rise: float
    quick_low: float
    cover_low: float
    use_high: float
    dscr_low: float
    z_low: float
    signals_needed: int
    months_needed: int
    reporting_lag: int
    # the decision
    way_out: str
    decision_month: int
    wait: int
    patience: int
    # the plan
    instalments: int
    grace: int
    rate_cut: float
    haircut: float
    conversion: float
    share_value: float
    new_money: float
    sweep_share: float
    sweep_floor: float
    plan_dso: float
    plan_dio: float
    cost_cut: float
    measure_months: int
    one_off: float
    clearance: float
    plan_patience: int
    success_chance: float
    delivery: float
    stop_months: int
    # liquidation
    receivables_recovery: float
    stock_recovery: float
    collateral: float
    forced_sale: float
    quick_months: int
    auction_months: int
    estate_cost: float
    priority: float
    # what waiting costs
    terms_lost: float
    terms_floor: float
    attachment: float
    stock_decay: float
    collateral_decay: float
    chance_decay: float
    # the bank
    ftp: float
    pd_normal: float
    pd_special: float
    impairment_threshold: float
    turnover: float
    capital_ratio: float
    hurdle: float
    tax: float
    servicing_cost: float
    workout_cost: float


def assumptions(path: str | Path | None = None) -> Problem:
    """The base case, or your own client's file of the same form (see data/README.md)."""
    return load(Problem, "problem", path)


def sample(a: Problem, n: int, seed: int) -> Draws:
    """n scenarios as uniforms in [0, 1).

    sales, collections: (n, month), the noise of each month; depth, length: of the shock;
    plan: whether the plan works.
    """
    n, random = source(n, seed)
    monthly = random((2, n, MONTHS))
    depth, length, plan = random((3, n))
    return {
        "sales": monthly[0],
        "collections": monthly[1],
        "depth": depth,
        "length": length,
        "plan": plan,
    }


def simulate(a: Problem, d: Draws | None = None, keep: Sequence[str] | None = None) -> Result:
    """Run the case: the assumptions as they stand, or the scenarios of `sample`.

    Every way out runs; the result shows the way of `a.way_out` first. A single run keeps all
    lines; many keep the lines of the firm's statements that `keep` names.
    """
    if d is None:
        return _result(a, Scenario(a, None), None, None)
    return many(partial(_scenarios, a), sample(a, 1, 0), d, keep, CHUNK)


def _scenarios(a: Problem, d: Draws, keep: Sequence[str]) -> Result:
    return _result(a, Scenario(a, d), d["plan"], keep)


class Scenario:
    """What the world does, whatever the bank does: each (month, scenario), month 0 the start.

    profile: share of the shock that is there in the month, 0 to 1; depth: (scenario,).
    noise: factor on sales; extra_days: on top of the collection days.
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


# ------------------------------------------------------------------------------- the firm


def _operations(a: Problem, s: Scenario) -> dict[str, Array]:
    """Operating lines, each (month, path, scenario).

    What the plan changes, it changes from the month after it starts. A failed plan delivers a
    share of it, and its market stays, or falls back to, where it was at the decision.
    """
    action = a.decision_month + a.wait
    month = np.arange(MONTHS + 1)
    after = (month > action)[:, None]
    # two worlds: the market comes back, or it does not
    stays = np.where(after, np.minimum(s.back, s.back[a.decision_month]), s.back)
    back = np.stack([s.back, stays], axis=1)
    shock = s.depth * s.fall[:, None] * (1 - back) + np.minimum(a.scar, s.depth) * back
    world = a.sales * (1 - shock) * s.noise[:, None]
    tense = s.drift[:, None] * (1 - back)
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
        days = a.dso + (a.collection_days - a.dso) * tense[:, k]
        days += s.extra_days
        held = a.dio + (a.stock_days - a.dio) * tense[:, k]
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


def _collections(o: dict[str, Array]) -> Array:
    """What customers pay: sales less what receivables grow by."""
    collections = o["sales"].copy()
    collections[1:] -= np.diff(o["receivables"], axis=0)
    return collections


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
    counts 30 days, the last one its share. sales (month, ...) from month 0; before it, `normal`.
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


# ------------------------------------------------------------------------------- firm and bank

#: What every run remembers of each month, and what only the statements and the signals ask for.
_ALWAYS = ("cash", "stock", "supply", "debt", "equity", "flow")
_DETAIL = (
    "term", "drawn", "arrears", "bills", "accrued", "fee", "firm_tax", "cleared", "bought",
    "paid_interest", "paid_principal", "line_flow", "due",
)  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """The exchange of old debt for new at the end of the action month; each (scenario,)."""

    owed: Array
    forgiven: Array
    converted: Array
    loan: Array


def _contract(a: Problem) -> tuple[Array, Array, Array]:
    """Planned balance at a month's start and at its end, and its rate, each (month, path, 1).

    After the exchange the plan's balances are shares of its loan.
    """
    action = a.decision_month + a.wait
    old = np.zeros(MONTHS + 1)
    left = loans.equal_principal(a.term_loan, a.rate / YEAR, a.term_months).closing
    old[0], old[1 : a.term_months + 1] = a.term_loan, left
    planned = np.repeat(old[:, None, None], PATHS, axis=1)
    rates = np.full((MONTHS + 1, PATHS, 1), a.rate / YEAR)
    new_rate = (a.rate - a.rate_cut) / YEAR
    n = a.grace + a.instalments
    unit = loans.level(1.0, new_rate, n, grace=a.grace).closing
    planned[action + 1 :, PLAN:] = 0.0
    planned[action + 1 : action + n + 1, PLAN:] = unit[:, None, None]
    rates[action + 1 :, PLAN:] = new_rate
    before = np.concatenate([planned[:1], planned[:-1]])
    before[action + 1, PLAN:] = 1.0
    return before, planned, rates


def _paths(
    a: Problem, o: dict[str, Array], full: bool, paused: Collection[str] = ()
) -> tuple[dict[str, Array], Plan]:
    """Run firm and loans on the three paths: histories, each (month, path, scenario).

    Without `full` the detail is kept only where the signals need it: the first path, until WATCH.
    A decay that is `paused` stands still between decision and action (see `waiting`).
    """
    action = a.decision_month + a.wait
    shape = (PATHS, o["sales"].shape[-1])
    agreed, planned, rates = _contract(a)
    is_plan = np.array([[False], [True], [True]])
    standing = o["fixed"] + o["one_off"]
    variable, credit_share = 1 - a.gross_margin, a.dpo / 30
    h = {name: np.zeros((MONTHS + 1, *shape)) for name in _ALWAYS}
    h |= {name: np.zeros((MONTHS + 1, *shape), dtype=np.int8) for name in ("run", "late")}
    rows, columns = (MONTHS + 1, PATHS) if full else (WATCH + 1, 1)
    h |= {name: np.zeros((rows, columns, shape[1])) for name in _DETAIL}

    zero = np.zeros((1, shape[1]))
    cash, stock, bills = zero + a.opening_cash, o["stock_target"][0, :1], zero
    supply = credit_share * o["quarter"][0, :1]
    term, drawn, arrears = zero + a.term_loan, zero + a.revolver, zero
    assets = cash + stock + o["receivables"][0, :1] + a.fixed_assets
    equity = assets - supply - term - drawn
    charged, made = zero, zero
    losses, run, late, tight, terms = zero, zero, zero, zero, zero + 1
    is_open = zero + 1.0
    scale: Any = 1.0
    plan = Plan(zero[0], zero[0], zero[0], zero[0])
    start = (cash, stock, supply, term + drawn, equity)
    for name, value in zip(_ALWAYS, start, strict=False):
        h[name][0] = value
    h["term"][0], h["drawn"][0] = term, drawn

    for t in range(1, MONTHS + 1):
        # until the decision the three paths are one
        k = slice(0, 1) if t <= action else slice(0, PATHS)
        agreed_now, planned_now = agreed[t, k], planned[t, k]
        sales, receivables = o["sales"][t, k], o["receivables"]
        cost = variable * sales
        bought = np.maximum(cost + o["stock_target"][t, k] - stock, 0)
        change = bought - cost
        stock = stock + change
        cleared = o["clearing"][t, k] * np.maximum(-change, 0)
        new_supply = credit_share * o["quarter"][t, k] * terms

        overdue = np.maximum(term - scale * agreed_now, 0) + arrears
        accrued = rates[t, k] * (term + drawn + a.penalty * overdue)
        if a.line == "frozen" and t > a.renewal_month:
            is_open = 0 * is_open
        room = (a.limit - drawn) * is_open
        fee = a.commitment_fee / YEAR * room
        charge = accrued + fee
        profit = sales - cost - (standing[t, k] + a.depreciation) - cleared - charge
        taxable = profit - losses
        firm_tax = a.firm_tax * np.maximum(taxable, 0)
        losses = np.maximum(-taxable, 0)

        spent = supply + bought - new_supply + cleared + firm_tax + bills
        collected = sales + receivables[t - 1, k] - receivables[t, k]
        ready = cash + collected - (standing[t, k] + a.capex) - spent
        supply = new_supply
        owed = arrears + charge
        due = np.maximum(term - scale * planned_now, 0)
        asked = owed + due
        line_flow = np.minimum(np.maximum(a.cash_floor + asked - ready, -drawn), room)
        drawn = drawn + line_flow
        ready = ready + line_flow
        bills = np.maximum(-ready, 0)
        available = np.maximum(ready, 0)
        paid_interest = np.minimum(owed, available)
        available = available - paid_interest
        paid_principal = np.minimum(due, available)
        cash = available - paid_principal
        arrears = owed - paid_interest
        short = arrears + due - paid_principal > DUST
        term = term - paid_principal
        if t > action:  # the plan takes early what lies idle; it counts for the next instalments
            swept = a.sweep_share * np.maximum(cash - a.sweep_floor, 0) * (is_plan & ~short)
            swept = np.minimum(swept, term)
            term = term - swept
            cash = cash - swept
            paid_principal = paid_principal + swept
        flow = paid_interest + paid_principal - line_flow
        equity = equity + profit - firm_tax
        run = (run + 1) * short
        waits = a.decision_month < t <= action
        if not (waits and "attachment" in paused):
            late = late + short
        if not (waits and "terms_lost" in paused):
            tight = tight + short
        h["run"][t], h["late"][t] = run, late
        charged = charged + charge
        made = made + change
        terms = np.maximum(1 - a.terms_lost * tight, a.terms_floor)
        is_open = is_open * ~short
        if t == action:
            owed_all = (term + drawn + arrears)[0]
            forgiven, converted = a.haircut * owed_all, a.conversion * owed_all
            new = owed_all - forgiven - converted + a.new_money
            plan = Plan(owed_all, forgiven, converted, new)
            scale = np.where(is_plan, new, 1.0)
            term = np.where(is_plan, new, term)
            drawn, arrears, run, is_open = (
                np.where(is_plan, 0.0, x) for x in (drawn, arrears, run, is_open)
            )
            cash = np.where(is_plan, cash + a.new_money, cash)
            flow = np.where(is_plan, flow - a.new_money, flow)
            equity = np.where(is_plan, equity + forgiven + converted, equity)
            # the gain uses up losses carried forward; what is left of it is not taxed here
            losses = np.where(is_plan, np.maximum(losses - forgiven, 0), losses)
        states = (cash, stock, supply + bills, term + drawn + arrears, equity, flow)
        for name, value in zip(_ALWAYS, states, strict=True):
            h[name][t] = value
        if t < rows:
            details = (
                term, drawn, arrears, bills, accrued, fee, firm_tax, cleared, bought,
                paid_interest, paid_principal, line_flow, asked,
            )  # fmt: skip
            for name, value in zip(_DETAIL, details, strict=True):
                h[name][t] = value[:columns]
    h["charged"], h["made"] = charged, made
    return h, plan


# ------------------------------------------------------------------------------- the estate


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


def _estate(
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


# ------------------------------------------------------------------------------- values


@lru_cache(maxsize=64)
def _effective_rate(term_loan: float, rate: float, months: int, fee: float) -> float:
    terms = loans.equal_principal(term_loan, rate / YEAR, months)
    return loans.effective_interest_rate(terms, upfront_fee=fee * term_loan, periods_per_year=YEAR)


def original_rate(a: Problem) -> float:
    """The loans' original effective annual rate: that of the term loan with its fee."""
    return _effective_rate(a.term_loan, a.rate, a.term_months, a.upfront_fee)


def _values(a: Problem, h: dict[str, Array], e: Estate, plan: Plan) -> tuple[Array, Array]:
    """Present value and plain sum of what the bank gets after the decision, (way, scenario)."""
    decision, action = a.decision_month, a.decision_month + a.wait
    month = np.arange(decision + 1, MONTHS + 1)
    stop = np.where(e.stopped, e.stop, MONTHS)
    rate = original_rate(a)
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
    last = _at_horizon(a, h, e, plan)
    value += workout.restructuring_value(
        last.reshape(1, -1), [(MONTHS - decision) / YEAR], rate
    ).reshape(last.shape)
    return value, total + e.by_free[3] + e.by_sale[3] + last


def _total(x: Array) -> Array:
    """Sum over periods, in their order whatever the number of scenarios."""
    return reduce(np.add, x)


def _at_horizon(a: Problem, h: dict[str, Array], e: Estate, plan: Plan) -> Array:
    """What a way that never stopped still owes in the last month, and the shares, (way, scenario).

    A sound borrower repays or refinances at par; shares are sold for what they then bring.
    """
    owed = np.zeros(e.stop.shape)
    owed[:PATHS] = h["debt"][MONTHS]
    owed[PLAN] += a.share_value * plan.converted
    return np.where(e.stopped, 0.0, owed)


def chance(a: Problem) -> float:
    """The chance that the plan works when it starts: it falls by a share each month waited."""
    return a.success_chance * (1 - a.chance_decay) ** a.wait


# ------------------------------------------------------------------------------- the warning


def signals(a: Problem, o: dict[str, Array], h: dict[str, Array], path: int, last: int) -> Any:
    """The seven signals of one path, name -> (month 0..last, scenario), NaN where there is none.

    Interest cover looks back over `window` months, DSCR and the score over a year (or what there
    is of it); a drift is the change over half a year.
    """
    part = slice(0, last + 1)

    def line(name: str) -> Array:
        return (o[name] if name in o else h[name])[part, path]

    def over(x: Array, months: int = a.window) -> Array:
        total = np.cumsum(x, axis=0)
        total[months:] = total[months:] - total[:-months].copy()
        return total

    def ratio(x: Array, y: Array) -> Array:
        there = y > DUST
        return np.where(there, x / np.where(there, y, 1.0), np.nan)

    def drift(x: Array) -> Array:
        before = np.concatenate([np.repeat(x[:1], 6, axis=0), x])[: len(x)]
        return x - before

    planned = _contract(a)[1][:, path]
    ahead = np.concatenate([planned, np.zeros((YEAR, 1))])
    soon = ahead[: last + 1] - ahead[YEAR : last + 1 + YEAR]
    cash, receivables, stock = line("cash"), line("receivables"), line("stock")
    drawn, term, arrears = line("drawn"), line("term"), line("arrears")
    supply = line("supply")
    accrued = line("accrued") + line("fee")
    ebit = a.gross_margin * line("sales") - line("fixed") - line("one_off") - line("cleared")
    ebit[1:] -= a.depreciation
    scheduled = np.zeros((last + 1, 1))
    scheduled[1:] = planned[:last] - planned[1 : last + 1]
    # cash flow before financing = change of cash + what went to the bank - what it lent
    cfads = np.zeros_like(cash)
    cfads[1:] = cash[1:] - cash[:-1] + line("flow")[1:] - line("bills")[1:] + line("bills")[:-1]
    overdue = np.maximum(term - planned[part], 0) + arrears
    current = supply + drawn + soon + overdue
    assets = cash + receivables + stock + _plant(a)[part]
    liabilities = supply + line("debt")
    equity = line("equity")
    annual = over(ebit, YEAR) * (YEAR / np.clip(np.arange(last + 1), 1, YEAR))[:, None]
    score = credit.altman_z2(
        (cash + receivables + stock - current) / assets,
        (equity - a.paid_in) / assets,
        annual / assets,
        equity / liabilities,
    )
    dscr = projectfinance.dscr(over(cfads, YEAR), over(accrued + scheduled, YEAR).clip(0))
    return {
        "dso": drift(line("dso")),
        "dio": drift(30 * stock / line("quarter")),
        "quick": ratio(cash + receivables, current),
        "cover": ratio(over(ebit), over(accrued)),
        "use": drawn / a.limit,
        "dscr": dscr,
        "z": score,
    }


def _plant(a: Problem) -> Array:
    """Book value of plant, (month, 1)."""
    return a.fixed_assets + (a.capex - a.depreciation) * np.arange(MONTHS + 1.0)[:, None]


def beyond(a: Problem, s: dict[str, Array]) -> dict[str, Array]:
    """Whether each signal is beyond its threshold; a signal that is missing is not."""
    high = {"dso": a.dso_rise, "dio": a.dio_rise, "use": a.use_high}
    low = {"quick": a.quick_low, "cover": a.cover_low, "dscr": a.dscr_low, "z": a.z_low}
    with np.errstate(invalid="ignore"):
        hit = {k: s[k] > v if k in high else s[k] < v for k, v in (high | low).items()}
    for k in SIGNALS:
        hit[k][: a.window] = False  # there are not enough accounts yet
    return {k: hit[k] for k in SIGNALS}


def _warned(a: Problem, hits: dict[str, Array]) -> Array:
    """Whether the composite rule holds, (month, scenario): enough signals, long enough."""
    count = np.zeros(next(iter(hits.values())).shape, dtype=np.int64)
    for hit in hits.values():
        count += hit
    together = (count >= a.signals_needed).astype(np.int64)
    run = together.copy()
    for k in range(1, a.months_needed):
        run[k:] += together[:-k]
        run[:k] = 0
    return run >= a.months_needed


def _known(a: Problem, hit: Array) -> Array:
    """The month in which the bank knows of the first hit, the accounts being late; -1 never."""
    first = first_time(hit)
    return np.where(first >= 0, first + a.reporting_lag, -1)


# ------------------------------------------------------------------------------- the lines


def _lines(
    a: Problem, o: dict[str, Array], h: dict[str, Array], e: Estate, plan: Plan
) -> dict[str, Array]:
    """The firm's three statements, each line (month, way, scenario)."""
    action = a.decision_month + a.wait
    month = np.arange(MONTHS + 1)[:, None, None]
    stop = np.where(e.stopped, e.stop, MONTHS)
    alive, now = month <= stop, (month == e.stop) & e.stopped
    after = month > stop

    def live(x: Array) -> Array:
        """A line of the running firm, nothing after the stop."""
        x = np.broadcast_to(x, (MONTHS + 1, x.shape[1], o["sales"].shape[2]))
        return (x[:, PATH_OF] if x.shape[1] == PATHS else x) * alive

    def held(x: Array) -> Array:
        """A balance: the estate takes the assets over at the end of the month of the stop."""
        return live(x) * ~now

    # what the estate sells and pays, month by month
    since = month - stop
    free = np.where(after, np.clip(since / a.quick_months, 0, 1), 0.0)
    sold = (after & (since >= a.auction_months)).astype(float)
    # what would come after the horizon is counted at it
    settled = (month == MONTHS) & e.stopped
    free, sold = (np.where(settled, 1.0, x) for x in (free, sold))
    step = [np.diff(x, axis=0, prepend=0.0) for x in (free, sold)]
    flows = [step[0] * f + step[1] * s for f, s in zip(e.by_free, e.by_sale, strict=True)]
    proceeds, cost, first, bank, suppliers, owners = flows
    value = e.by_free[0] + e.by_sale[0]
    gone = np.cumsum(proceeds, axis=0)
    estate = np.where(e.stopped & (month >= stop), value - gone, 0.0)
    paid_bank, paid_suppliers = np.cumsum(bank, axis=0), np.cumsum(suppliers, axis=0)

    started = month > 0
    exchange = np.zeros((MONTHS + 1, PATHS, 1))
    exchange[action, PLAN:] = 1.0
    supply = live(h["supply"])
    frozen = np.where(after, e.suppliers, supply) - paid_suppliers
    owed = {name: live(h[name]) for name in ("term", "drawn", "arrears")}
    at = {name: np.take_along_axis(x, stop[None], axis=0)[0] for name, x in owed.items()}
    left = np.maximum(e.claim - paid_bank, 0)  # the last payment leaves rounding dust
    share = np.where(e.claim > DUST, left / np.maximum(e.claim, DUST), 0.0)
    debts = {name: np.where(after | now, at[name] * share, x) for name, x in owed.items()}
    bought = h["bought"].copy()
    bought[1:] -= np.diff(h["supply"], axis=0)
    cash_at_stop = live(h["cash"]) * now
    opening = live(h["cash"])
    closing = np.where(alive & ~now, opening, 0.0) + np.cumsum(owners, axis=0)
    first_cash = np.concatenate([closing[:1], closing[:-1]])
    paid_in = np.zeros((MONTHS + 1, PATHS, o["sales"].shape[2])) + a.paid_in
    paid_in[action:, PLAN:] += plan.converted
    paid_in = paid_in[:, PATH_OF]
    paid_in = np.where(month >= action, paid_in, a.paid_in)
    result = {
        "sales": live(o["sales"]),
        "cost_of_sales": -(1 - a.gross_margin) * live(o["sales"]),
        "fixed_cost": -live(o["fixed"]),
        "measures": -live(h["cleared"] + o["one_off"]),
        "depreciation": -live(a.depreciation * started),
        "interest": -live(h["accrued"] + h["fee"]),
        "forgiven": live(exchange * plan.forgiven),
        "write_down": np.where(now, value - e.book, 0.0),
        "estate_cost": -(cost + first),
        "firm_tax": -live(h["firm_tax"]),
    }
    result["net_income"] = sum(result.values())
    retained = np.cumsum(result["net_income"], axis=0) + h["equity"][0, PATH_OF] - a.paid_in
    return result | {
        "opening": first_cash,
        "collections": live(_collections(o)),
        "suppliers": -live(bought),
        "fixed_paid": -live(o["fixed"]),
        "measures_paid": result["measures"],
        "capex": -live(a.capex * started),
        "tax_paid": result["firm_tax"],
        "line_drawn": live(h["line_flow"]),
        "new_money": live(a.new_money * exchange),
        "interest_paid": -live(h["paid_interest"]),
        "principal_paid": -live(h["paid_principal"]),
        "handed_over": -cash_at_stop,
        "estate_sold": proceeds,
        "estate_paid": -(cost + first + suppliers),
        "estate_bank": -bank,
        "closing": closing,
        "cash_held": closing,
        "receivables": held(o["receivables"]),
        "stock": held(h["stock"]),
        "plant": held(_plant(a)[:, None]),
        "estate": estate,
        "payables": frozen,
        "term_debt": debts["term"],
        "line_debt": debts["drawn"],
        "interest_owed": debts["arrears"],
        "paid_in": paid_in,
        "retained": retained,
    }


ASSETS = ("cash_held", "receivables", "stock", "plant", "estate")
FUNDS = ("payables", "term_debt", "line_debt", "interest_owed", "paid_in", "retained")
_CLIENT = (
    "opening", "collections", "suppliers", "fixed_paid", "measures_paid", "capex", "tax_paid",
    "line_drawn", "new_money", "interest_paid", "principal_paid", "handed_over", "estate_sold",
    "estate_paid", "estate_bank",
)  # fmt: skip


# ------------------------------------------------------------------------------- the bank


def _bank(
    a: Problem,
    h: dict[str, Array],
    e: Estate,
    plan: Plan,
    line: dict[str, Array],
    values: Array,
    warned: Array,
) -> tuple[dict[str, Array], dict[str, Array], dict[str, float]]:
    """The bank's books of a single run: class, stage, provisions, profit."""
    action = a.decision_month + a.wait
    month = np.arange(MONTHS + 1)[:, None, None]
    stop = np.where(e.stopped, e.stop, MONTHS)
    owed = line["term_debt"] + line["line_debt"] + line["interest_owed"]
    # a loan is written off when its estate has paid the last time
    ends = np.where(e.stopped, np.minimum(stop + max(a.auction_months, a.quick_months), MONTHS), -1)
    exposure = np.where((month >= ends) & (ends >= 0), 0.0, owed)
    written_off = np.where(month == ends, owed, 0.0)
    exchange = (month == action) & np.array([[False], [True], [True], [False]])
    # shares are written down to their worth at once, and to nothing if the plan does not work
    is_plan = np.array([[0.0], [1.0], [1.0], [0.0]])
    worth = a.share_value * plan.converted * is_plan
    void = np.array([[False], [False], [True], [False]]) | e.stopped
    written_off = written_off + exchange * (plan.forgiven + plan.converted - worth)
    written_off = written_off + (month == stop) * void * worth
    shares = worth * ((month >= action) & ((month < stop) | ~void))

    run = h["run"][:, PATH_OF] * (month <= stop) * ~exchange  # new terms start without arrears
    # an amount due at a month's end is a day late at that end, and 30 more with each month
    days = np.where(run > 0, 30.0 * run - 29, 0.0)
    at_the_stop = np.take_along_axis(days, stop[None], axis=0)
    days = np.where(month > stop, at_the_stop + 30.0 * (month - stop), days)
    days = np.where(exposure > DUST, days, 0.0)
    impaired = e.stopped & (month >= stop) & (exposure > DUST)
    loss = modification_loss(a, plan)
    heavy = (loss > a.impairment_threshold * plan.owed) & (month >= action)
    due = h["due"][action + 1 :, PLAN:]
    paid = np.where(h["run"][action + 1 :, PLAN:] > 0, 0.0, due)
    watched = np.zeros(owed.shape, dtype=bool)
    form = due.reshape(len(due), -1)
    watched[action + 1 :, PLAN:LIQUIDATE] = credit.under_observation(
        form, paid.reshape(form.shape), periods_per_year=YEAR
    ).reshape(due.shape)
    watched[action, PLAN:LIQUIDATE] = True
    watched &= exposure > DUST
    before = h["run"][action, NOTHING] > 3
    impaired = impaired | (heavy & watched)
    classes = credit.classify_loan(
        days, credit_impaired=impaired, restructured=watched, nonperforming_before=before & watched
    )
    # a warning is a significant increase of risk, until a plan has passed its observation
    told = (month >= warned) & (warned >= 0) & ((month <= action) | (is_plan == 0))
    stages = credit.ecl_stage(days, significant_increase=watched | told, credit_impaired=impaired)

    value = values[LIQUIDATE]
    claim = h["debt"][a.decision_month, NOTHING]
    lgd = float(np.clip(1 - value / np.maximum(claim, DUST), 0.05, 1.0).item())
    allowance = _allowance(a, exposure, stages, classes, lgd)
    by_class = np.asarray(credit.specific_provision(classes, exposure)) + np.asarray(
        credit.general_provision(exposure)
    )
    flat = (MONTHS, -1)
    charge = np.zeros_like(exposure)
    charge[1:] = workout.provision_path(
        allowance[1:].reshape(flat), write_off=written_off[1:].reshape(flat),
        opening=allowance[0].reshape(-1),
    ).reshape(charge[1:].shape)  # fmt: skip

    opening = np.concatenate([np.zeros_like(exposure[:1]), exposure[:-1]])
    # in default (PD 1) the loss is provided for, and there is no capital for it
    k = credit.irb_capital(
        np.array([a.pd_normal, a.pd_special, 1.0]), lgd, turnover=a.turnover, pd_floor=0.0005
    )
    capital = k[np.minimum(classes, 3) - 1] * 12.5 * a.capital_ratio * (opening + shares) / YEAR
    alive = (month > 0) & (month <= stop)
    works = np.where(classes > 1, a.workout_cost, a.servicing_cost) * (opening > DUST)
    statement = lender_view(
        interest=h["accrued"][:, PATH_OF] * alive,
        fees=h["fee"][:, PATH_OF] * alive,
        funding=a.ftp / YEAR * opening,
        cost=works,
        loss=charge,
        capital=capital,
        tax=a.tax,
        hurdle=a.hurdle,
    )
    lines = {
        "days_past_due": days,
        "loan_class": classes.astype(float),
        "stage": stages.astype(float),
        "observed": watched.astype(float),
        "exposure": exposure,
        "provision_class": by_class,
        "allowance": allowance,
        "written_off": written_off,
        "charge": charge,
    } | statement
    total = {name: np.add.accumulate(x)[-1] for name, x in statement.items()}
    held = np.add.accumulate(capital)[-1]
    income = total["interest_income"] + total["fee_income"] + total["funding"]
    lost, cost = -total["expected_loss_charge"], -total["operating_cost"]
    some = held > DUST
    raroc = profitability.raroc(income, lost, cost, np.where(some, held, 1.0), tax=a.tax)
    profit = profitability.economic_profit(income, lost, cost, held, tax=a.tax, hurdle=a.hurdle)
    metrics = {
        "economic_profit": profit,
        "raroc": np.where(some, raroc, np.nan),
        "loss_taken": np.add.accumulate(written_off)[-1],
        "worst_class": classes.max(axis=0),
        "peak_allowance": allowance.max(axis=0),
        "peak_by_class": by_class.max(axis=0),
        "observed_until": np.where(watched.any(axis=0), MONTHS - watched[::-1].argmax(axis=0), -1),
        "lgd": np.full((1, 1), lgd),
    }
    opened = a.term_loan + a.revolver
    moved = sum(
        line[k].sum(axis=0)
        for k in ("line_drawn", "new_money", "interest_paid", "principal_paid", "estate_bank")
    )
    kept = exposure[-1] + np.where(void, 0.0, worth) + metrics["loss_taken"]
    checks = {
        "profit_foots": residual(total["economic_profit_line"] - profit),
        "losses_foot": residual(
            np.add.accumulate(charge)[-1] - metrics["loss_taken"] - allowance[-1] + allowance[0]
        ),
        "bank_books_close": residual(opened + moved - line["interest"].sum(axis=0) - kept),
    }
    return lines, metrics, checks


def _allowance(a: Problem, exposure: Array, stages: Any, classes: Any, lgd: float) -> Array:
    """Expected credit loss by stage: the balance runs off evenly over what is left of its term."""
    action = a.decision_month + a.wait
    month = np.arange(MONTHS + 1)
    old = np.maximum(a.term_months - month, YEAR)[:, None, None]
    new = np.maximum(action + a.grace + a.instalments - month, 1)[:, None, None]
    is_plan = np.array([[False], [True], [True], [False]])
    left = np.where((month >= action)[:, None, None] & is_plan, new, old)
    left = np.broadcast_to(left, exposure.shape).reshape(-1)
    stages, classes = stages.reshape(-1), classes.reshape(-1)
    horizon = int(left.max())
    ahead = np.arange(horizon)[:, None]
    yearly = np.where(classes == 1, np.where(stages > 1, a.pd_special, a.pd_normal), a.pd_special)
    hazard = credit.periodic_pd(yearly, YEAR)
    marginal = hazard * (1 - hazard) ** ahead
    ead = exposure.reshape(-1) * np.clip(1 - ahead / left, 0, 1)
    monthly = (1 + original_rate(a)) ** (1 / YEAR) - 1
    ecl = credit.staged_ecl(stages, marginal, lgd, ead, monthly, periods_per_year=YEAR)
    return np.asarray(ecl).reshape(exposure.shape)


def plan_flows(a: Problem, plan: Plan) -> tuple[Array, Array]:
    """What the plan promises the bank from its start: flows (flow, scenario) and years."""
    n = a.grace + a.instalments
    unit = loans.level(1.0, (a.rate - a.rate_cut) / YEAR, n, grace=a.grace)
    paid = np.multiply.outer(unit.payment, plan.loan)
    action = a.decision_month + a.wait
    flows = np.concatenate(
        [np.full((1, len(plan.loan)), -a.new_money), paid, [a.share_value * plan.converted]]
    )
    years = np.concatenate([np.arange(n + 1.0), [float(MONTHS - action)]]) / YEAR
    return flows, years


def modification_loss(a: Problem, plan: Plan) -> Array:
    """What the bank gives up on paper: what is owed less the promised flows at the old rate."""
    flows, years = plan_flows(a, plan)
    return np.asarray(
        workout.modification_loss(np.maximum(plan.owed, 0), flows, years, original_rate(a))
    )


# ------------------------------------------------------------------------------- the result


def _result(
    a: Problem,
    s: Scenario,
    works: Array | None,
    keep: Sequence[str] | None,
    paused: Collection[str] = (),
) -> Result:
    o = _operations(a, s)
    h, plan = _paths(a, o, works is None or bool(keep), paused)
    e = _estate(a, o, h, paused)
    values, received = _values(a, h, e, plan)
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
    hits = beyond(a, signals(a, o, h, NOTHING, WATCH))
    warning = _known(a, _warned(a, hits))[None]
    missed = first_missed[:1]
    lead = np.where((warning >= 0) & (missed >= 0), missed - warning, np.nan)
    success, failure, now = values[PLAN], values[FAILED], values[LIQUIDATE]
    gains = success > failure
    threshold = workout.break_even_chance(np.where(gains, success, failure + 1.0), failure, now)
    threshold = np.where(gains, threshold, np.nan)[None]
    p = a.success_chance if "chance_decay" in paused else chance(a)
    expected = (p * success + (1 - p) * failure)[None]
    owed = np.maximum(plan.owed, 0)[None]
    loss = modification_loss(a, plan)[None]
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
        "instalment": (_first_instalment(a) * plan.loan)[None],
        "peak_debt": debt[PATH_OF],
        "original_rate": np.full((1, 1), original_rate(a)),
    }
    net = h["cash"] + o["receivables"]
    net += h["stock"]
    net += _plant(a)[:, None]
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
        lines = _lines(a, o, h, e, plan)
    if single:
        checks |= _statements(a, o, h, e, plan, lines, values)
        risk, more, further = _bank(a, h, e, plan, lines, values, warning)
        lines, metrics, checks = lines | risk, metrics | more, checks | further
    else:
        metrics["plan_value"] = np.where(works < p, success, failure)[None]
        lines = {name: lines[name] for name in keep or () if name in lines}
    return Result(
        assumptions=a,
        chosen=a.way_out,
        alternatives=WAYS,
        single=single,
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


def _first_instalment(a: Problem) -> float:
    """The plan's instalment after the grace, of a loan of one."""
    n = a.grace + a.instalments
    unit = loans.level(1.0, (a.rate - a.rate_cut) / YEAR, n, grace=a.grace)
    return float(unit.payment[a.grace])


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


def _statements(
    a: Problem,
    o: dict[str, Array],
    h: dict[str, Array],
    e: Estate,
    plan: Plan,
    line: dict[str, Array],
    values: Array,
) -> dict[str, float]:
    """Identities of the three statements of a single run, in every month and every way."""
    assets, funds = (sum(line[k] for k in names) for names in (ASSETS, FUNDS))
    counted = count_back(o["sales"], o["receivables"], a.sales)
    decision = a.decision_month
    to_bank = -sum(
        line[k]
        for k in ("line_drawn", "new_money", "interest_paid", "principal_paid", "estate_bank")
    )
    stop = np.where(e.stopped, e.stop, MONTHS)
    own = to_bank + line["estate_bank"]
    to_bank[-1] += _at_horizon(a, h, e, plan)
    factor = (1 + original_rate(a)) ** (-np.arange(MONTHS + 1 - decision) / YEAR)
    flows = to_bank[decision:].copy()
    # of the decision month itself counts only what the decision does: new money on the day
    flows[0] = -line["new_money"][decision]
    by_hand = (flows * factor[:, None, None]).sum(axis=0)
    return {
        "statements_balance": residual(assets - funds),
        "cash_foots": residual(sum(line[k] for k in _CLIENT) - line["closing"]),
        "count_back_is_dso": residual(counted - o["dso"]),
        "value_by_hand": residual(by_hand - values),
        "lender_mirrors_client": residual(
            h["flow"][:, PATH_OF] * (np.arange(MONTHS + 1)[:, None, None] <= stop) - own
        ),
    }


# ------------------------------------------------------------------------------- the questions

#: How far the tornado moves each assumption, up and down.
SWINGS = {
    "success_chance": 0.15,
    "delivery": 0.15,
    "shock_length": 6,
    "shock_depth": 0.1,
    "scar": 0.05,
    "receivables_recovery": 0.15,
    "forced_sale": 0.15,
    "cost_cut": 0.1,
    "plan_dso": 15.0,
    "rate_cut": 0.008,
}
#: The decays of waiting, in the order in which they are switched on.
DECAYS = ("chance_decay", "terms_lost", "attachment", "stock_decay", "collateral_decay")


def watch(r: Result, last: int = WATCH) -> dict[str, Any]:
    """The warning signals of the base path: values, hits, and the month each one is known.

    values, hits: name -> (month,); known, lead: name -> month and months (NaN: never), with
    "rule" for the composite; missed: the first missed payment of doing nothing, -1 never.
    """
    a = r.assumptions
    o = _operations(a, Scenario(a, None))
    h, _ = _paths(a, o, False)
    values = signals(a, o, h, NOTHING, min(last, WATCH))
    hits = beyond(a, values)
    known = {k: int(_known(a, hit)[0]) for k, hit in hits.items()}
    known["rule"] = int(_known(a, _warned(a, hits))[0])
    missed = int(r.alternative("do_nothing").metrics["first_missed"])
    lead = {k: missed - m if m >= 0 and missed >= 0 else np.nan for k, m in known.items()}
    return {
        "values": {k: v[:, 0] for k, v in values.items()},
        "hits": {k: v[:, 0] for k, v in hits.items()},
        "known": known,
        "lead": lead,
        "missed": missed,
    }


def quiet(a: Problem, n: int = 1000, seed: int = 20260401) -> dict[str, float]:
    """False alarms: share of n paths without a shock on which a signal, or the rule, still fires.

    The noise of sales and collections is that of the case; the bank watches until WATCH.
    """
    s = Scenario(a, sample(a, n, seed))
    s.depth, s.drift = 0 * s.depth, 0 * s.drift
    o = _operations(a, s)
    h, _ = _paths(a, o, False)
    hits = beyond(a, signals(a, o, h, NOTHING, WATCH))
    shares = {k: float(hit.any(axis=0).mean()) for k, hit in hits.items()}
    shares["rule"] = float(_warned(a, hits).any(axis=0).mean())
    shares["missed"] = float((h["run"][: WATCH + 1, NOTHING] > 0).any(axis=0).mean())
    return shares


def early_warning(r: Result) -> dict[str, Any]:
    """Each signal's lead on the base path beside its false alarms on quiet paths."""
    return watch(r) | {"false": quiet(r.assumptions)}


def days_of_sales(r: Result) -> dict[str, Array]:
    """Three measures of the same receivables, each (month,): count-back, a year's, a month's sales.

    The balance over the last month's sales jumps when sales fall, over the last year's it lags.
    """
    a = r.assumptions
    o = _operations(a, Scenario(a, None))
    sales, balance = o["sales"][:, NOTHING, 0].copy(), o["receivables"][:, NOTHING, 0]
    sales[0] = a.sales
    longer = np.concatenate([np.full(YEAR - 1, a.sales), sales])
    year = np.convolve(longer, np.ones(YEAR), "valid")
    return {
        "back": count_back(o["sales"][:, NOTHING], o["receivables"][:, NOTHING], a.sales)[:, 0],
        "year": 360 * balance / year,
        "month": 30 * balance / sales,
    }


def line_limits(r: Result, limits: Sequence[float] = tuple(np.arange(30.0, 81.0, 2.5))) -> Any:
    """First missed payment (line, limit) if the bank does nothing: line renewed, line frozen."""
    a = r.assumptions
    first = np.array(
        [
            [
                simulate(a.replace(line=line, limit=float(limit)))
                .alternative("do_nothing")
                .metrics["first_missed"]
                for limit in limits
            ]
            for line in ("renewed", "frozen")
        ]
    )
    return {"limit": np.asarray(limits, float), "first": first}


def chances(r: Result) -> dict[str, Any]:
    """Expected present value of the plan by its chance of success, beside liquidation."""
    p = np.linspace(0, 1, 101)
    value = r.all_metrics["value"][:, 0]
    return {"chance": p, "plan": p * value[PLAN] + (1 - p) * value[FAILED], "value": value}


def waiting(r: Result, longest: int = 6) -> dict[str, Any]:
    """Present value of each way by months waited, all at the decision date.

    plan: weighted by the chance then; works, fails, liquidate: each (wait,). `parts` splits what
    three months cost the weighted plan: first with every decay standing still while the bank
    waits (time alone), then with one decay after the other let go; they add up to `cost`.
    """
    a = r.assumptions
    runs = [simulate(a.replace(wait=k)) for k in range(longest + 1)]
    value = np.array([x.all_metrics["value"][:, 0] for x in runs])
    plan = np.array([x.metrics["expected_value"] for x in runs])
    late = a.replace(wait=3)
    left = [
        _result(late, Scenario(late, None), None, None, DECAYS[k:]).metrics["expected_value"]
        for k in range(len(DECAYS) + 1)
    ]
    steps = -np.diff([plan[0], *left])
    parts = dict(zip(("time", *DECAYS), steps.tolist(), strict=True))
    return {
        "wait": np.arange(longest + 1),
        "plan": plan,
        "works": value[:, PLAN],
        "fails": value[:, FAILED],
        "liquidate": value[:, LIQUIDATE],
        "parts": parts,
        "cost": float(plan[0] - plan[3]),
        "cost_liquidate": float(value[0, LIQUIDATE] - value[3, LIQUIDATE]),
    }


def swings(r: Result) -> list[tuple[str, float, float, float, float]]:
    """What moves the advantage of the plan: (name, low, high, advantage at each), widest first."""
    a = r.assumptions
    moves = {k: (getattr(a, k) - step, getattr(a, k) + step) for k, step in SWINGS.items()}
    return one_at_a_time(a, moves, lambda b: simulate(b).metrics["advantage"])


def futures(r: Result, n: int = 4000, seed: int = 20260530) -> dict[str, Any]:
    """Many futures: present value of each way, (way, scenario), and the plan with its chance.

    missed: share in which doing nothing misses a payment, broken: in which the plan that is kept
    to by the managers is broken by the market.
    """
    a = r.assumptions
    many = simulate(a, sample(a, n, seed))
    plan = many.metrics["plan_value"]
    lead = many.metrics["warning_lead"]
    return {
        "value": many.all_metrics["value"],
        "plan": plan,
        "missed": float(many.alternative("do_nothing").metrics["missed"].mean()),
        "broken": float((many.alternative("restructure").metrics["new_missed"] >= 0).mean()),
        "better": float((plan > many.all_metrics["value"][LIQUIDATE]).mean()),
        "early": float((lead[~np.isnan(lead)] >= 3).mean()) if (~np.isnan(lead)).any() else np.nan,
        "n": n,
    }


def findings(r: Result) -> dict[str, float]:
    """The numbers that the case's story states, each with its unit in the case file."""
    a = r.assumptions
    seen, days, wait = early_warning(r), days_of_sales(r), waiting(r)
    many, limits = futures(r), line_limits(r)
    frozen = simulate(a.replace(line="frozen")).alternative("do_nothing")
    line = r.alternative("do_nothing").lines
    plan, fails = r.alternative("restructure"), r.alternative("failed")
    quiet_month, worst = a.shock_start - 1, max(seen["missed"], a.shock_start)
    kept = limits["limit"][limits["first"][0] < 0]
    missed, action = seen["missed"], a.decision_month + a.wait
    grown = {k: float(line[k][worst] - line[k][quiet_month]) for k in ("receivables", "stock")}
    after = slice(action + 1, None)
    poor = simulate(a.replace(new_money=0.0))
    late = simulate(a.replace(wait=1))
    return {
        **{f"known_{k}": float(v) for k, v in seen["known"].items()},
        **{f"lead_{k}": float(v) for k, v in seen["lead"].items()},
        **{f"false_{k}": v for k, v in seen["false"].items()},
        "lowest_z": float(np.nanmin(seen["values"]["z"][1:])),
        "days_back": float(days["back"][missed]),
        "days_year": float(days["year"][missed]),
        "days_month": float(days["month"].max()),
        "receivables_grew": grown["receivables"],
        "stock_grew": grown["stock"],
        "suppliers_shrank": float(line["payables"][quiet_month] - line["payables"][worst]),
        "sales_low": float(line["sales"][1 : worst + 1].min()),
        "line_before": float(line["line_debt"][quiet_month]),
        "days_at_decision": float(line["days_past_due"][a.decision_month]),
        "frozen_missed": float(frozen.metrics["first_missed"]),
        "frozen_earlier": float(missed - frozen.metrics["first_missed"]),
        "limit_that_holds": float(kept[0]) if len(kept) else np.nan,
        "success_value": plan.metrics["value"],
        "failure_value": fails.metrics["value"],
        "interim": float(
            -(fails.lines["interest_paid"] + fails.lines["principal_paid"])[after].sum()
        ),
        "wait_cost": wait["cost"],
        "wait_cost_liquidate": wait["cost_liquidate"],
        "wait_chance": chance(a.replace(wait=3)),
        **{f"wait_{k}": float(v) for k, v in wait["parts"].items()},
        "late_class": float(late.alternative("restructure").metrics["worst_class"]),
        "late_provision": late.alternative("restructure").metrics["peak_by_class"],
        "poor_missed": float(poor.alternative("restructure").metrics["new_missed"]),
        "broken": many["broken"],
        "missed_share": many["missed"],
        "better": many["better"],
        "early": many["early"],
        "scenarios": float(many["n"]),
        "plan_low": float(np.quantile(many["plan"], 0.1)),
        "plan_high": float(np.quantile(many["plan"], 0.9)),
        "quiet_paths": 1000.0,
    }


# ------------------------------------------------------------------------------- the pictures


def _shown(r: Result) -> Result:
    return r


#: Name of a figure -> what it is drawn from; the drawing is in casebook.charts.problem.
FIGURES = {
    "explorer": _shown,
    "squeeze": _shown,
    "days": days_of_sales,
    "signals": early_warning,
    "line": line_limits,
    "ways": _shown,
    "chance": chances,
    "waiting": waiting,
    "provisions": _shown,
    "tornado": swings,
    "futures": futures,
}

figure = drawer("problem", FIGURES)

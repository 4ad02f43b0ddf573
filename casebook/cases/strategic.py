"""Case 1, strategic: a group builds three projects under one framework with a regional bank.

Half-yearly, about twenty years. Half-year 0 is the signature of the framework; project k is signed
`stagger` half-years after the one before. Money is in CNY million, flows fall at period end,
inflows are positive. Two sponsor terms of the same loans run side by side.

The projects
    CFADS = revenue - operating cost - tax - change in receivables; tax on operating profit after
    depreciation, losses carried forward. The tax shield of interest is left out, so that tax does
    not depend on the debt it helps to size.
    Debt = min(capacity at the target DSCR, gearing cap x uses); the circle is solved in
    `projectfinance.size_debt`. Interest only for `grace` half-years after planned completion, then
    service in proportion to CFADS. Contractual dates stay fixed when a project is late.
    A late project earns nothing; it has site costs and the contractor's damages, and, with
    completion support, the group pays what is due meanwhile, up to a cap.
The bank
    Exposure = balance + overdue interest + conversion factor x undrawn, of the share it holds.
    Capital-years = risk weight x capital ratio x exposure; slotting of specialised lending or the
    IRB formula for companies, chosen by `approach`. Loss for RAROC is PD x LGD x exposure.
    economic profit = (income - expected loss - cost) x (1 - tax) - hurdle x capital, for the loans,
    the advice and the group's other business (the wallet).
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from .. import credit, profitability, timevalue
from ..assumptions import Record, load
from ..distributions import normal, pick
from ..loans import Schedule
from ..projectfinance import (
    Covenant,
    Sizing,
    Waterfall,
    equity_irr,
    llcr,
    plcr,
    project_irr,
    reserve_target,
    size_debt,
    waterfall,
)
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
    uniform_draws,
)

TERMS = ("supported", "unsupported")
SUPPORTED, UNSUPPORTED = range(2)
PROJECTS = 3
#: Half-years in a year, and days in a half-year.
HALVES, HALF_YEAR = 2, 182.5
#: A yuan: less is nothing.
DUST = 1e-6
#: The risk-weight formula holds maturities at five years; these loans are longer.
IRB_MATURITY = 5.0
#: Scenarios worked on at a time, measured: with fewer the overhead shows, with more the memory.
BATCH = 3_400


@dataclass(frozen=True)
class Strategic(Record):
    """The assumptions of the case; data/cases/strategic.toml gives unit, range and reason."""

    # the offer
    target_dscr: float
    margin: float
    sold: float
    wallet_share: float
    terms: str
    old_margin: float
    gearing_cap: float
    debt_years: int
    grace: int
    arrangement_fee: float
    commitment_fee: float
    reserve_periods: int
    lock_up: float
    sweep_share: float
    support_cap: float
    # the projects
    cost_1: float
    cost_2: float
    cost_3: float
    revenue_1: float
    revenue_2: float
    revenue_3: float
    contingency: float
    stagger: int
    construction: int
    life_years: int
    ramp_start: float
    ramp: int
    growth: float
    running_cost: float
    inflation: float
    receivable_days: float
    depreciation_years: int
    project_tax: float
    # what may happen
    delay: int
    shock: float
    project: int
    shock_start: int
    shock_length: int
    site_cost: float
    damages: float
    damages_cap: float
    common_volatility: float
    project_volatility: float
    delay_probabilities: tuple[float, ...]
    rate_volatility: float
    # the bank
    ftp: float
    lpr: float
    tier1: float
    net_capital: float
    group_limit: float
    internal_limit: float
    client_limit: float
    loan_limit: float
    conversion_factor: float
    approach: str
    category: int
    pd_building: float
    pd_operating: float
    support_effect: float
    lgd: float
    capital_ratio: float
    hurdle: float
    tax: float
    loan_cost: float
    origination_cost: float
    participation_fee: float
    agency_fee: float
    # the rest of the relationship
    wallet: float
    wallet_follows: float
    advisory_fee: float
    service_cost: float
    service_capital: float

    @property
    def rate(self) -> float:
        """The customer's annual rate: transfer price and margin."""
        return self.ftp + self.margin

    @property
    def costs(self) -> Array:
        """Budget of each project, contingency included."""
        return (1 + self.contingency) * np.array([self.cost_1, self.cost_2, self.cost_3])

    @property
    def signed(self) -> list[int]:
        """Half-year in which each project is signed."""
        return [k * self.stagger for k in range(PROJECTS)]

    @property
    def opening_day(self) -> list[int]:
        """Half-year at whose end each project is to be complete."""
        return [s + self.construction for s in self.signed]

    @property
    def horizon(self) -> int:
        """Last half-year of the framework."""
        return self.opening_day[-1] + HALVES * self.life_years


def assumptions(path: str | Path | None = None) -> Strategic:
    """The base case, or your own client's file of the same form (see data/README.md)."""
    return load(Strategic, "strategic", path)


def sample(a: Strategic, n: int, seed: int) -> Draws:
    """n scenarios as uniforms in [0, 1): cash levels (one common, one a project), delays, rate."""
    numbers = range(1, PROJECTS + 1)
    names = ("common", *(f"cash_{k}" for k in numbers), *(f"delay_{k}" for k in numbers), "rate")
    return uniform_draws(names, n, seed)


def simulate(a: Strategic, d: Draws | None = None, keep: Sequence[str] | None = None) -> Result:
    """Run the case: the assumptions as they stand, or the scenarios of `sample`.

    Both sponsor terms run; the result shows those of `a.terms` first. A single run keeps all
    lines; many keep the lines named in `keep`. Draws take the place of `delay` and `shock`.
    """
    plan = _plan(a)
    if d is None:
        return _result(a, plan, _run(a, plan, *_stated(a)), None)
    return many(partial(_scenarios, a, plan), sample(a, 1, 0), d, keep, BATCH)


def _stated(a: Strategic) -> tuple[Array, Array, Array]:
    """Delay, level of cash and rate as the assumptions state them, for `_run`."""
    delay = np.zeros((PROJECTS, 1), dtype=int)
    delay[a.project - 1] = a.delay
    level = np.ones((HALVES * a.life_years, PROJECTS, 1))
    for k, opens in enumerate(a.opening_day):
        hit = np.arange(opens + 1, opens + 1 + len(level)) - a.shock_start
        level[(hit >= 0) & (hit < a.shock_length), k] = 1 - a.shock
    return delay, level, np.full(1, a.rate)


def _scenarios(a: Strategic, plan: Plan, d: Draws, keep: Sequence[str]) -> Result:
    numbers = range(1, PROJECTS + 1)
    delay = np.stack([pick(a.delay_probabilities, d[f"delay_{k}"]) for k in numbers])
    own = np.stack([normal(d[f"cash_{k}"]) for k in numbers])
    spread = a.common_volatility * normal(d["common"]) + a.project_volatility * own
    # lognormal with mean one: the plan is the average
    level = np.exp(spread - (a.common_volatility**2 + a.project_volatility**2) / 2)
    rate = np.maximum(a.rate + a.rate_volatility * normal(d["rate"]), 0.0)
    return _result(a, plan, _run(a, plan, delay, level, rate), keep)


# ------------------------------------------------------------------------------- the projects

_OPERATING = ("revenue", "running_cost", "project_tax", "working_capital")


def _operations(a: Strategic) -> dict[str, Array]:
    """Operating lines by age, each (half-year of operation, project)."""
    age = np.arange(HALVES * a.life_years)[:, None]
    full = np.array([a.revenue_1, a.revenue_2, a.revenue_3]) * a.costs / HALVES
    volume = np.minimum(a.ramp_start + (1 - a.ramp_start) * age / a.ramp, 1.0)
    revenue = full * volume * (1 + a.growth) ** (age / HALVES)
    running = a.running_cost * full * (1 + a.inflation) ** (age / HALVES)
    depreciation = a.costs / (HALVES * a.depreciation_years)
    profit = revenue - running - depreciation * (age < HALVES * a.depreciation_years)
    # with losses carried forward, profit taxed so far is the highest that its sum has been
    taxed = np.maximum(np.maximum.accumulate(np.cumsum(profit, axis=0)), 0.0)
    receivables = a.receivable_days / HALF_YEAR * revenue
    receivables[-1] = 0.0
    nothing = np.zeros((1, PROJECTS))
    return {
        "revenue": revenue,
        "running_cost": -running,
        "project_tax": -a.project_tax * np.diff(taxed, axis=0, prepend=nothing),
        "working_capital": -np.diff(receivables, axis=0, prepend=nothing),
    }


@dataclass(frozen=True)
class Plan:
    """What is agreed before anything happens; operating arrays are (half-year, project)."""

    lines: dict[str, Array]
    cfads: Array
    costs: Array  # (half-year of construction, project)
    sizing: Sizing
    schedule: Schedule  # over the whole operating life
    reserve: Array  # DSRA target at the end of each half-year of operation
    drawn: Array  # balance at the end of each half-year of construction, from 0 on


def _plan(a: Strategic) -> Plan:
    """Size the three loans and write their contractual schedules."""
    lines = _operations(a)
    cfads = sum(lines.values())
    done = np.arange(a.construction + 1) / a.construction
    spent = done**2 * (3 - 2 * done)  # an S-curve
    costs = np.diff(spent)[:, None] * a.costs
    rate, end = a.rate / HALVES, HALVES * a.debt_years
    s = size_debt(
        cfads[a.grace : end],
        a.target_dscr,
        rate,
        costs,
        a.gearing_cap,
        arrangement_fee=a.arrangement_fee,
        commitment_fee=a.commitment_fee / HALVES,
        reserve_periods=a.reserve_periods,
    )
    after = len(cfads) - end
    pad = ((a.grace, after), (0, 0))
    opening = np.pad(s.repayment.opening, pad)
    opening[: a.grace] = s.debt  # interest only: the balance stands still
    principal = np.pad(s.repayment.principal, pad)
    interest = rate * opening
    schedule = Schedule(
        opening=opening,
        interest=interest,
        principal=principal,
        payment=interest + principal,
        closing=opening - principal,
        fee=np.zeros_like(opening),
    )
    reserve = reserve_target(schedule, a.reserve_periods)
    reserve[: a.grace] = s.reserve[-1]  # full from completion on, not only when principal is near
    drawn = np.concatenate([np.zeros((1, PROJECTS)), np.cumsum(s.draws, axis=0)])
    return Plan(lines, cfads, costs, s, schedule, reserve, drawn)


@dataclass(frozen=True)
class Run:
    """What happens; arrays are (half-year of operation, project, terms or 1, scenario)."""

    late: Array
    factor: Array  # of each plan line, by which cash comes
    shift: Array  # age in plan of each half-year
    damages: Array
    site: Array
    support: Array
    paid: Waterfall  # flat: (half-year, project x terms x scenario)
    rate: Array  # per half-year

    def line(self, name: str) -> Array:
        """A line of the waterfall as (half-year, project, terms, scenario)."""
        return _unfold(getattr(self.paid, name), len(self.rate))


def _unfold(flat: Array, scenarios: int) -> Array:
    return flat.reshape(len(flat), PROJECTS, len(TERMS), scenarios)


def _run(a: Strategic, plan: Plan, delay: Array, level: Array, rate: Array) -> Run:
    """Actual cash against the contract. delay: (project, scenario); level broadcasts to
    (half-year, project, scenario); rate: annual, (scenario,)."""
    n, scenarios = len(plan.cfads), len(rate)
    age = np.arange(n)[:, None, None] - delay
    late = age < 0
    shift = np.maximum(age, 0)
    factor = np.where(late, 0.0, level)
    cash = factor * np.take_along_axis(plan.cfads[..., None], shift, axis=0)
    cost, debt = a.costs[:, None], plan.sizing.debt[:, None]
    so_far = np.minimum(a.damages * np.arange(n + 1)[:, None, None], a.damages_cap)
    damages = late * np.diff(so_far, axis=0) * cost
    site = late * (a.site_cost * cost)
    half_rate = rate / HALVES
    due = half_rate * plan.schedule.opening[..., None] + plan.schedule.principal[..., None]
    need = np.cumsum(late * np.maximum(due + site - damages, 0.0), axis=0)
    given = np.minimum(need, a.support_cap * debt)
    support = np.diff(given, axis=0, prepend=np.zeros((1, *given.shape[1:])))
    base = cash + damages - site
    cfads = np.stack([base + support, base], axis=2)

    def flat(line: Array) -> Array:
        whole = np.broadcast_to(line[..., None, None], (len(line), PROJECTS, len(TERMS), scenarios))
        return whole.reshape(len(line), -1)

    # the waterfall reads the opening balance and the principal, and no other line of a schedule
    opening, principal, unread = flat(plan.schedule.opening), flat(plan.schedule.principal), None
    agreed = Schedule(opening, unread, principal, unread, unread, unread)
    paid = waterfall(
        cfads.reshape(n, -1),
        agreed,
        np.broadcast_to(half_rate, (PROJECTS, len(TERMS), scenarios)).ravel(),
        reserve_target=flat(plan.reserve),
        reserve_opening=flat(plan.sizing.reserve[-1:])[0],
        sweep_share=a.sweep_share,
        covenants=(
            Covenant("lock_up", "dscr", a.lock_up, "lock_up", cure=2),
            Covenant("default", "unpaid", DUST, "default"),
        ),
    )
    support = np.stack([support, np.zeros_like(support)], axis=2)
    wide = (late, factor, shift, damages, site)
    return Run(*(x[:, :, None] for x in wide), support, paid, half_rate)


# ------------------------------------------------------------------------------- on one calendar


def _placed(a: Strategic, line: Array, first: Sequence[int]) -> Array:
    """Sum over projects of lines (half-year, project, …), project k starting at `first[k]`."""
    out = np.zeros((a.horizon + 1, *line.shape[2:]), dtype=line.dtype)
    for k, start in enumerate(first):
        out[start : start + len(line)] += line[:, k]
    return out


def _operating(a: Strategic, line: Array) -> Array:
    return _placed(a, line, [t + 1 for t in a.opening_day])


def _building(a: Strategic, line: Array) -> Array:
    """Lines of the plan, (half-year of construction, project), as (half-year, 1, 1)."""
    return _placed(a, line, [t + 1 for t in a.signed])[:, None, None]


def _first(a: Strategic, happens: Array) -> Array:
    """Half-year of the framework in which something happens first, (terms, scenario); -1: never."""
    never = a.horizon + 1
    at = np.where(happens.any(axis=0), happens.argmax(axis=0), never)
    at = at + np.where(at < never, np.array(a.opening_day)[:, None, None] + 1, 0)
    soonest = at.min(axis=0)
    return np.where(soonest < never, soonest, -1)


# ------------------------------------------------------------------------------- the bank


def _exposure(a: Strategic, plan: Plan, r: Run) -> dict[str, Array]:
    """Exposure of all lenders at the end of each half-year, each (half-year, terms, scenario).

    `building` is before planned completion and holds the undrawn part, `operating` after it;
    `client` and `loan` are the largest exposure and loan of a single project; `left` is what each
    project has not paid at the end of its life, (project, terms, scenario): it is then lost.
    """
    # from signature to the half-year before completion; at completion the operating part starts
    debt = plan.sizing.debt
    drawn = plan.drawn[: a.construction]
    building = drawn + a.conversion_factor * (debt - drawn)
    owed = r.line("balance") + r.line("overdue_interest")
    shape = owed.shape[1:]
    opening = np.broadcast_to(debt[:, None, None], shape)[None]
    owed = np.concatenate([opening, owed])
    loans = _placed(a, drawn, a.signed)[:, None, None] + _placed(a, owed, a.opening_day)
    return {
        "building": _placed(a, building, a.signed)[:, None, None],
        "operating": _placed(a, owed, a.opening_day),
        "loans": loans,
        "left": owed[-1],
        "client": np.maximum(owed.max(axis=(0, 1)), building.max()),
        "loan": owed.max(axis=(0, 1)),
    }


def _limits(a: Strategic) -> dict[str, float]:
    """The most that the bank may hold: of the group, of one project company, of one loan."""
    return {
        "group": min(a.group_limit, a.internal_limit) * a.tier1,
        "client": a.client_limit * a.tier1,
        "loan": a.loan_limit * a.net_capital,
    }


def _use(a: Strategic, e: dict[str, Array]) -> Array:
    """The most that any limit would be used, nothing sold, (terms, scenario): 1 is full."""
    limits = _limits(a)
    group = (e["building"] + e["operating"]).max(axis=0) / limits["group"]
    return np.maximum(group, np.maximum(e["client"] / limits["client"], e["loan"] / limits["loan"]))


def _pds(a: Strategic) -> tuple[Array, Array]:
    """Annual PD while building and in operation, each (terms, 1)."""
    return np.array([[1.0], [a.support_effect]]) * a.pd_building, np.full((2, 1), a.pd_operating)


def _capital_rates(a: Strategic) -> tuple[Array, Array]:
    """Capital per unit of exposure while building and in operation, each (terms, 1)."""
    if a.approach == "slotting":
        weight = credit.slotting_risk_weight(a.category)
        return (np.full((2, 1), a.capital_ratio * weight),) * 2
    return tuple(
        a.capital_ratio * credit.irb_risk_weight(pd, a.lgd, IRB_MATURITY) for pd in _pds(a)
    )


def _wallet_years(a: Strategic) -> Array:
    """Share of the wallet that moves in each half-year, in years: from signature to maturity."""
    planned = a.construction + HALVES * a.debt_years
    return _placed(
        a, np.full((planned, PROJECTS), 1 / PROJECTS / HALVES), [s + 1 for s in a.signed]
    )


@dataclass(frozen=True)
class Totals:
    """Life totals of all lenders, each (terms, scenario) or scalar; balances in million x years."""

    balance: Array
    building: Array
    operating: Array
    commitment: float
    debt: float
    wallet: float


def _totals(a: Strategic, plan: Plan, e: dict[str, Array]) -> Totals:
    def years(line: Array) -> Array:
        return line[:-1].sum(axis=0) / HALVES

    return Totals(
        balance=years(e["loans"]),
        building=years(e["building"]),
        operating=years(e["operating"]),
        commitment=float(plan.sizing.commitment_fee.sum()),
        debt=float(plan.sizing.debt.sum()),
        wallet=float(_wallet_years(a).sum()),
    )


def _products(
    a: Strategic,
    t: Totals,
    *,
    sold: Any = None,
    margin: Any = None,
    wallet_share: Any = None,
    advice: float | None = None,
) -> tuple[Array, Array, Array, Array]:
    """(income, expected loss, cost, capital-years) of loans, advice and wallet, over the life.

    Each (product, terms, scenario). The arguments take the place of the assumption of that name;
    the balances stay those of the run.
    """
    sold = a.sold if sold is None else sold
    margin = a.margin if margin is None else margin
    share = a.wallet_share if wallet_share is None else wallet_share
    advice = a.advisory_fee if advice is None else advice
    held = 1 - sold
    building, operating = _pds(a)
    capital = _capital_rates(a)
    zero = np.zeros_like(t.balance * held)
    business = a.wallet * share * (1 - a.wallet_follows * sold**2) * t.wallet + zero
    advised = PROJECTS * advice + zero
    income = np.stack(
        [
            held * (margin * t.balance + t.commitment)
            + (a.arrangement_fee - sold * a.participation_fee) * t.debt
            + a.agency_fee * sold * t.balance,
            advised,
            business,
        ]
    )
    loss = held * a.lgd * (building * t.building + operating * t.operating)
    watched = held * a.loan_cost * (t.building + t.operating) + PROJECTS * a.origination_cost
    needed = held * (capital[0] * t.building + capital[1] * t.operating)
    return (
        income,
        np.stack([loss + zero, zero, zero]),
        np.stack([watched + zero, a.service_cost * advised, a.service_cost * business]),
        np.stack([needed + zero, zero, a.service_capital * business]),
    )


def _relationship(a: Strategic, t: Totals, **changes: Any) -> tuple[Array, Array]:
    """(RAROC, economic profit) of the whole relationship, each (terms, scenario)."""
    parts = _products(a, t, **changes)
    flat = [p.reshape(PRODUCTS, -1) for p in parts]
    raroc, profit = profitability.relationship_profit(*flat, tax=a.tax, hurdle=a.hurdle)
    return raroc.reshape(parts[0].shape[1:]), profit.reshape(parts[0].shape[1:])


#: Loans, advice and the wallet.
PRODUCTS = 3


def _loan_only(a: Strategic, t: Totals, **changes: Any) -> Array:
    """RAROC of the loans with their own fees, (terms, scenario)."""
    income, loss, cost, capital = (p[0] for p in _products(a, t, **changes))
    return profitability.raroc(income, loss, cost, capital, tax=a.tax)


def _break_even_margin(a: Strategic, t: Totals, **changes: Any) -> Array:
    """Margin at which the relationship earns exactly the hurdle, on the balances of the run."""
    income, loss, cost, capital = (p.sum(axis=0) for p in _products(a, t, margin=0.0, **changes))
    held = (1 - changes.get("sold", a.sold)) * t.balance
    rate = profitability.break_even_rate(
        held, a.ftp, loss, cost, capital, fees=income, tax=a.tax, hurdle=a.hurdle
    )
    return rate - a.ftp


def _points_per_wallet(a: Strategic, t: Totals, points: float = 0.1) -> Array:
    """Margin that `points` more of the wallet pay for, on the balances of the run."""
    less, more = (_break_even_margin(a, t, wallet_share=s) for s in (0.0, points))
    return less - more


# ------------------------------------------------------------------------------- the result


def _result(a: Strategic, plan: Plan, r: Run, keep: Sequence[str] | None) -> Result:
    e = _exposure(a, plan, r)
    t = _totals(a, plan, e)
    use = _use(a, e)
    held = (1 - a.sold) * (e["building"] + e["operating"])
    overdue = r.line("overdue_interest") + r.line("overdue_principal")
    gap = r.line("support")
    unpaid = (overdue > DUST) | (gap > DUST)
    drawn = r.line("reserve_draw")
    ratio = np.where(r.line("service") > DUST, r.line("dscr"), np.nan)  # rounding is no service
    missed = _first(a, unpaid)
    raroc, profit = _relationship(a, t)
    metrics = {
        "debt": np.full((1, 1), t.debt),
        "lowest_dscr": np.fmin.reduce(np.fmin.reduce(ratio, axis=0), axis=0),
        "reserve_drawn": drawn.sum(axis=(0, 1)),
        "support_paid": r.support.sum(axis=(0, 1)),
        "overdue": overdue.sum(axis=1).max(axis=0),
        "missed": missed >= 0,
        "first_missed": missed,
        "peak_exposure": held.max(axis=0),
        "needed_sale": np.maximum(1 - 1 / use, 0.0),
        "raroc_loans": _loan_only(a, t),
        "raroc": raroc,
        "economic_profit": profit,
    }
    late_use = np.maximum(use * (1 - a.sold) - 1, 0.0)
    over = held > _limits(a)["group"] * (1 + 1e-12)
    events = {
        "reserve_drawn": _first(a, drawn > DUST),
        "lock_up": _first(a, _unfold(r.paid.active["lock_up"], len(r.rate))),
        "missed": missed,
        "limit": first_time(over),
        "repaid": _repaid(a, e),
    }
    metrics["over_limit"] = late_use > 1e-12
    checks = _checks(a, plan, r, e, t)
    lines: dict[str, Array] = {}
    single = keep is None
    if single:
        lines, statement_checks = _statement(a, plan, r, e, t, profit)
        checks |= statement_checks
        metrics |= _single_metrics(a, plan, r, t, ratio)
    else:
        lines = {k: v for k, v in _client(a, plan, r).items() if k in keep} if keep else {}
        metrics |= _realised(a, t, r, unpaid, profit)
    return Result(
        assumptions=a,
        chosen=a.terms,
        alternatives=TERMS,
        single=single,
        all_lines=lines,
        all_metrics=metrics,
        all_events=events,
        checks=checks,
        largest_balance=float(t.debt + plan.sizing.equity.sum()),
        scenarios=len(r.rate),
        workings=t if single else None,
    )


def _repaid(a: Strategic, e: dict[str, Array]) -> Array:
    """Half-year at whose end nothing is owed any more, (terms, scenario); -1: never."""
    owed = e["loans"] > DUST
    last = a.horizon - owed[::-1].argmax(axis=0)
    return np.where((e["left"] > DUST).any(axis=0), -1, last + 1)


def _single_metrics(a: Strategic, plan: Plan, r: Run, t: Totals, ratio: Array) -> dict[str, Array]:
    """What only a single run needs: averages, life covers, rates of return, price metrics."""
    k, end = a.project - 1, HALVES * a.debt_years
    cfads, debt = r.line("cfads")[:, k, :, 0], plan.sizing.debt[k]
    rate = float(r.rate[0])
    paid = ~np.isnan(ratio)
    outlay = np.broadcast_to(plan.costs[:, [k]], (a.construction, len(TERMS)))
    before = cfads - r.support[:, k, :, 0]
    equity = np.broadcast_to(plan.sizing.equity[:, [k]], (a.construction, len(TERMS)))
    late_money = (r.support + r.line("support"))[:, k, :, 0]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", timevalue.SeveralRatesWarning)
        whole = project_irr(outlay, before, on_error="nan")
        own = equity_irr(
            np.concatenate([equity, late_money]),
            np.concatenate([np.zeros_like(equity), r.line("distribution")[:, k, :, 0]]),
            on_error="nan",
        )
    margin = _break_even_margin(a, t)
    nothing_sold = _relationship(a, t, sold=0.0)[1]
    advised = _break_even_margin(a, t, advice=0.0) - margin
    weight = 1 - a.sold
    regulatory = weight * credit.slotting_expected_loss(a.category, t.debt)
    # a return on equity is missing (NaN) where the group never gets its money back at any rate
    return {
        "average_dscr": np.where(paid, ratio, 0.0).sum(axis=(0, 1)) / paid.sum(axis=(0, 1)),
        "gearing": np.full((1, 1), t.debt / plan.sizing.uses.sum()),
        "sized_dscr": np.full((1, 1), plan.sizing.dscr[k]),
        "llcr": llcr(cfads, debt, rate, end)[:, None],
        "plcr": plcr(cfads, debt, rate)[:, None],
        "project_irr": _annual(whole)[:, None],
        "equity_irr": _annual(own)[:, None],
        "rate": np.full((1, 1), a.rate),
        "over_lpr": np.full((1, 1), a.rate - a.lpr),
        "break_even_margin": margin,
        "points_per_wallet": _points_per_wallet(a, t),
        "mandate_points": advised,
        "sale_gain": _relationship(a, t)[1] - nothing_sold,
        "capital": _products(a, t)[3].sum(axis=0) / (a.horizon / HALVES),
        "regulatory_loss": np.full((1, 1), regulatory),
    }


def _annual(per_half_year: Array) -> Array:
    """Effective annual rate; missing where there is none."""
    filled = np.nan_to_num(per_half_year)
    annual = timevalue.effective_annual_rate(filled * HALVES, HALVES)
    return np.where(np.isnan(per_half_year), np.nan, annual)


def _realised(a: Strategic, t: Totals, r: Run, unpaid: Array, profit: Array) -> dict[str, Array]:
    """What a future costs the bank: the loss on what it holds of projects that miss a payment.

    The loss is LGD x what is owed at the first missed payment; the expected loss is given back.
    """
    owed = r.line("balance") + r.line("overdue_interest")
    at = unpaid.argmax(axis=0)[None]
    lost = np.take_along_axis(owed, at, axis=0)[0] * unpaid.any(axis=0)
    loss = (1 - a.sold) * a.lgd * lost.sum(axis=0)
    expected = _products(a, t)[1].sum(axis=0)
    return {
        "loss": loss,
        "projects_missed": unpaid.any(axis=0).sum(axis=0),
        "lender_result": profit + (1 - a.tax) * (expected - loss),
    }


def _client(a: Strategic, plan: Plan, r: Run) -> dict[str, Array]:
    """The client's cash, the three projects together, each (half-year, terms, scenario)."""
    s = plan.sizing
    lines = {}
    for name in _OPERATING:
        line = np.take_along_axis(plan.lines[name][..., None, None], r.shift, axis=0)
        lines[name] = _operating(a, r.factor * line)
    lines |= {
        "damages": _operating(a, r.damages),
        "site_cost": -_operating(a, r.site),
        "capex": -_building(a, plan.costs),
        "building_interest": -_building(a, s.interest),
        "loan_fees": -_building(a, s.arrangement_fee + s.commitment_fee),
        "draw": _building(a, s.draws),
        "equity": _building(a, s.equity),
        "support": _operating(a, r.support + r.line("support")),
        "interest": -_operating(a, r.line("interest")),
        "principal": -_operating(a, r.line("principal")),
        "sweep": -_operating(a, r.line("sweep")),
        "distribution": -_operating(a, r.line("distribution")),
    }
    cash = _reserves(a, plan, r) + _operating(a, r.line("trapped"))
    opening = np.concatenate([np.zeros_like(cash[:1]), cash[:-1]])
    shape = cash.shape
    return {
        "opening": opening,
        **{k: np.broadcast_to(v, shape) for k, v in lines.items()},
        "closing": cash,
    }


def _reserves(a: Strategic, plan: Plan, r: Run) -> Array:
    """The three debt service reserves together, filled at planned completion."""
    held = _operating(a, r.line("reserve"))
    np.add.at(held, a.opening_day, plan.sizing.reserve[-1][:, None, None])
    return held


def _statement(
    a: Strategic, plan: Plan, r: Run, e: dict[str, Array], t: Totals, profit: Array
) -> tuple[dict[str, Array], dict[str, float]]:
    """All lines of a single run, and the identities between its statements."""
    client = _client(a, plan, r)
    lines = dict(client)
    ends = [d + 1 for d in a.opening_day]
    for k in range(PROJECTS):  # one project at a time, for the figures
        for name in ("cfads", "service", "reserve", "balance", "distribution", "reserve_draw"):
            line = np.zeros((a.horizon + 1, len(TERMS), 1))
            line[ends[k] : ends[k] + len(plan.cfads)] = r.line(name)[:, k]
            lines[f"{name}_{k + 1}"] = line
        line = np.zeros((a.horizon + 1, len(TERMS), 1))
        line[ends[k] : ends[k] + len(plan.cfads)] = r.support[:, k]
        lines[f"support_{k + 1}"] = line
    undrawn = plan.sizing.debt - plan.drawn[: a.construction]
    lines |= {
        "balance": e["loans"],
        "undrawn": _placed(a, undrawn, a.signed)[:, None, None],
        "overdue": _operating(a, r.line("overdue_interest") + r.line("overdue_principal")),
        "reserve": _reserves(a, plan, r),
        "exposure": e["building"] + e["operating"],
        "held_exposure": (1 - a.sold) * (e["building"] + e["operating"]),
    }

    held, sold = 1 - a.sold, a.sold

    def before(line: Array) -> Array:
        """What stood at the start of each half-year, in million x years."""
        return np.concatenate([np.zeros_like(line[:1]), line[:-1]]) / HALVES

    balance, building, operating = (before(e[k]) for k in ("loans", "building", "operating"))
    at_start = _placed(a, np.ones((1, PROJECTS)), [s + 1 for s in a.signed])[:, None, None]
    debt_signed = _placed(a, plan.sizing.debt[None], [s + 1 for s in a.signed])[:, None, None]
    arrangement = _building(a, plan.sizing.arrangement_fee)
    business = a.wallet * a.wallet_share * (1 - a.wallet_follows * sold**2)
    business = business * _wallet_years(a)[:, None, None]
    advice = a.advisory_fee * at_start
    pd, weight = _pds(a), _capital_rates(a)
    loan_fees = (
        arrangement
        - sold * a.participation_fee * debt_signed
        + held * _building(a, plan.sizing.commitment_fee)
        + a.agency_fee * sold * balance
    )
    view = lender_view(
        interest=held * a.rate * balance,
        fees=loan_fees + advice + business,
        funding=held * a.ftp * balance,
        cost=held * a.loan_cost * (building + operating)
        + a.origination_cost * at_start
        + a.service_cost * (advice + business),
        loss=held * a.lgd * (pd[0] * building + pd[1] * operating),
        capital=held * (weight[0] * building + weight[1] * operating)
        + a.service_capital * business,
        tax=a.tax,
        hurdle=a.hurdle,
    )
    view["fee_income"] = loan_fees
    lines |= view | {"advice_income": advice, "wallet_income": business}
    # the lenders' own ledger: what was owed, what was added, what was lost, what is owed now
    lost = np.zeros_like(e["loans"])
    for k, ends in enumerate(a.opening_day):
        if (after := ends + len(plan.cfads) + 1) <= a.horizon:
            lost[after] += e["left"][k] * (1 + r.rate)
    lines["written_off"] = lost
    owed = e["loans"]
    accrued = r.rate * np.concatenate([np.zeros_like(owed[:1]), owed[:-1]])
    fees = arrangement + _building(a, plan.sizing.commitment_fee)
    received = accrued + fees - lost - np.diff(owed, axis=0, prepend=np.zeros_like(owed[:1]))
    paid = sum(client[k] for k in _LENDER)
    shape = client["closing"].shape
    lines = {k: np.broadcast_to(v, shape) for k, v in lines.items()}
    moved = sum(v for k, v in client.items() if k not in ("opening", "closing"))
    return lines, {
        "lender_mirrors_client": residual(paid + received),
        "statement_foots": residual(client["opening"] + moved - client["closing"]),
        "profit_foots": residual(lines["economic_profit_line"].sum(axis=0) - profit),
    }


#: Lines of the client that pass between it and its lenders.
_LENDER = ("draw", "building_interest", "loan_fees", "interest", "principal", "sweep")


def _checks(a: Strategic, plan: Plan, r: Run, e: dict[str, Array], t: Totals) -> dict[str, float]:
    """Identities that hold in every scenario, from totals and not from the steps that made them."""
    s, w = plan.sizing, r.paid
    rate = a.rate / HALVES
    before = plan.drawn[:-1]
    rebuilt = plan.costs + rate * before + a.commitment_fee / HALVES * (s.debt - before)
    rebuilt[0] += a.arrangement_fee * s.debt
    rebuilt[-1] += plan.schedule.payment[a.grace : a.grace + a.reserve_periods].sum(axis=0)
    service = plan.schedule.payment
    n = np.arange(1, len(service) + 1)[:, None]
    worth = (service / (1 + rate) ** n).sum(axis=0)
    paid = w.interest + w.principal + w.sweep
    growth = np.broadcast_to(1 + r.rate, (PROJECTS, len(TERMS), len(r.rate))).ravel()
    value = np.zeros_like(paid[0])
    for t_paid in paid[::-1]:
        value = (value + t_paid) / growth
    left = (w.balance[-1] + w.overdue_interest[-1]) / growth ** len(paid)
    debt = np.broadcast_to(s.debt[:, None, None], r.line("balance").shape[1:]).ravel()
    start = np.broadcast_to(s.reserve[-1][:, None, None], r.line("balance").shape[1:]).ravel()
    inside = w.cfads.sum(axis=0) + w.support.sum(axis=0) + start
    outside = paid.sum(axis=0) + w.distribution.sum(axis=0) + w.reserve[-1] + w.trapped[-1]
    margin = _break_even_margin(a, t)
    needed = np.maximum(1 - 1 / _use(a, e), 0.0)
    limits = _limits(a)
    peaks = {"group": (e["building"] + e["operating"]).max(axis=0), **e}
    room = np.min([limits[k] - (1 - needed) * peaks[k] for k in limits], axis=0)
    return {
        "sources_are_uses": residual(s.draws + s.equity - rebuilt),
        "circle_closes": residual(s.draws.sum(axis=0) - s.debt),
        "debt_is_its_service": residual(worth - s.debt),
        "lent_is_repaid": residual(value + left - debt),
        "waterfall_pays_out": residual(inside - outside),
        "limit_is_met": residual(np.where(needed > 0, room, np.minimum(room, 0))),
        "break_even_is_zero_profit": residual(_relationship(a, t, margin=margin)[1]),
    }


# ------------------------------------------------------------------------------- the questions

#: The stress of the story: a year late, and less cash from all three projects.
STRESS = {"delay": 2, "shock": 0.15}


def _life(r: Result) -> tuple[Strategic, Totals, int]:
    """The assumptions of a single run, its life totals, and the place of the terms shown."""
    return r.assumptions, r.workings, TERMS.index(r.chosen)


def stress(r: Result) -> Result:
    """The single run with the shown project a year late and less cash from all three."""
    return simulate(r.assumptions.replace(**STRESS))


def building(r: Result) -> dict[str, Array]:
    """Uses and loan of the shown project by half-year of construction: the circle, solved."""
    a = r.assumptions
    plan, k = _plan(a), a.project - 1
    s = plan.sizing
    return {
        "cost": plan.costs[:, k],
        "finance": (s.interest + s.commitment_fee + s.arrangement_fee)[:, k],
        "reserve": s.reserve[:, k],
        "drawn": plan.drawn[1:, k],
        "debt": s.debt[k],
        "gearing": s.gearing[k],
    }


def survival(
    r: Result,
    delays: Sequence[int] = tuple(range(5)),
    shocks: Sequence[float] = (0.0, 0.05, 0.10, 0.15, 0.20, 0.25, 0.30),
) -> dict[str, Any]:
    """Half-year of the first missed payment (terms, shock, delay); -1: every payment is met."""
    a = r.assumptions
    table = np.empty((len(TERMS), len(shocks), len(delays)), dtype=int)
    for i, shock in enumerate(shocks):
        for j, delay in enumerate(delays):
            at = simulate(a.replace(shock=shock, delay=delay)).all_metrics["first_missed"]
            table[:, i, j] = at[:, 0]
    return {"delays": list(delays), "shocks": list(shocks), "first_missed": table}


def exposure(r: Result) -> dict[str, Any]:
    """Exposure by half-year with nothing sold, and with the least sale that keeps every limit."""
    whole = r.lines["exposure"]
    return {
        "unsold": whole,
        "least": (1 - r.metrics["needed_sale"]) * whole,
        "limit": _limits(r.assumptions)["group"],
    }


def products(r: Result) -> dict[str, float]:
    """RAROC step by step: the loans, with advice, with the wallet."""
    a, t, at = _life(r)
    income, loss, cost, capital = (p[:, at, 0] for p in _products(a, t))
    steps = [
        profitability.relationship_profit(
            income[:n], loss[:n], cost[:n], capital[:n], tax=a.tax, hurdle=a.hurdle
        )
        for n in range(1, PRODUCTS + 1)
    ]
    names = ("loans", "advice", "wallet")
    return {n: raroc for n, (raroc, _) in zip(names, steps, strict=True)} | {
        f"{n}_profit": profit for n, (_, profit) in zip(names, steps, strict=True)
    }


def frontier(r: Result, points: int = 21) -> dict[str, Any]:
    """Margin that earns the hurdle by share of wallet, with the mandate and without it."""
    a, t, at = _life(r)
    shares = np.linspace(0.0, 1.0, points)
    lines = {
        name: np.array(
            [_break_even_margin(a, t, wallet_share=s, advice=fee)[at, 0] for s in shares]
        )
        for name, fee in (("mandate", a.advisory_fee), ("without", 0.0))
    }
    return {"share": shares, **lines, "slope": r.metrics["points_per_wallet"]}


def sale(r: Result, points: int = 61) -> dict[str, Any]:
    """Economic profit by the share sold, the least sale the limits need, and the best one."""
    a, t, at = _life(r)
    shares = np.linspace(0.0, 0.6, points)
    profit = np.array([_relationship(a, t, sold=s)[1][at, 0] for s in shares])
    allowed = np.where(shares >= r.metrics["needed_sale"] - 1e-12, profit, -np.inf)
    best = int(allowed.argmax())
    return {
        "sold": shares,
        "profit": profit,
        "needed": r.metrics["needed_sale"],
        "needed_profit": float(_relationship(a, t, sold=r.metrics["needed_sale"])[1][at, 0]),
        "best": float(shares[best]),
        "best_profit": float(profit[best]),
    }


def patience(r: Result) -> dict[str, Any]:
    """When the money comes: economic profit by half-year, its running sum, and when that is even.

    `worst` is the half-year in which the bank is most behind; `even` the first from which it is
    never behind again, -1 if the sum ends below zero.
    """
    profit = r.lines["economic_profit_line"]
    total = np.cumsum(profit)
    behind = np.flatnonzero(total < -DUST)
    even = 0 if not behind.size else int(behind[-1]) + 1
    return {
        "profit": profit,
        "total": total,
        "worst": int(total.argmin()),
        "even": even if even < len(total) else -1,
    }


#: What the tornado moves, and by how much: to each side.
_SWINGS = {
    "wallet_share": 0.10,
    "margin": 0.001,
    "lgd": 0.10,
    "pd_operating": 0.003,
    "service_cost": 0.05,
    "hurdle": 0.01,
    "sold": 0.10,
    "debt_years": 1,
    "advisory_fee": 7.0,
    "conversion_factor": 0.25,
}


def tornado(r: Result) -> dict[str, Any]:
    """Economic profit of the relationship with one assumption moved, the widest swing first."""
    a = r.assumptions

    def profit(b: Strategic) -> float:
        return simulate(b).alternative(r.chosen).metrics["economic_profit"]

    moves = {k: (getattr(a, k) - swing, getattr(a, k) + swing) for k, swing in _SWINGS.items()}
    rows = one_at_a_time(a, moves, profit)
    return {"rows": rows, "base": r.metrics["economic_profit"]}


def futures(r: Result, n: int = 10_000, seed: int = 20270315) -> dict[str, Any]:
    """Seeded futures, each (terms, …): how they end, and what they cost the bank.

    `ends` are the shares of futures in which nothing happens, a reserve is drawn and that is all,
    one project misses a payment, and more than one does.
    """
    many = simulate(r.assumptions, sample(r.assumptions, n, seed))
    sides = [many.alternative(t).metrics for t in TERMS]
    ends = np.zeros((len(TERMS), 4))
    for row, m in zip(ends, sides, strict=True):
        late = np.minimum(m["projects_missed"], 2)
        row[1:] = [
            ((late == 0) & (m["reserve_drawn"] > DUST)).mean(),
            *((late == k).mean() for k in (1, 2)),
        ]
        row[0] = 1 - row[1:].sum()
    return {
        "n": n,
        "ends": ends,
        "missed": np.array([m["missed"].mean() for m in sides]),
        "result": np.stack([m["lender_result"] for m in sides]),
        "loss": np.stack([m["loss"] for m in sides]),
    }


def findings(r: Result) -> dict[str, float]:
    """The numbers that the case's story states, each with its unit in the case file."""
    a, t, at = _life(r)
    m = r.metrics
    late = stress(r)
    with_support, without = (late.alternative(x).metrics for x in TERMS)
    limit = _limits(a)["group"]
    unsold = r.lines["exposure"]
    over = unsold > limit
    best, many, when = sale(r), futures(r), patience(r)
    years = np.arange(len(when["profit"])) / HALVES
    cut = a.old_margin - a.margin
    rest = cut - m["mandate_points"]
    slope = m["points_per_wallet"] / 0.1  # margin for a whole wallet

    def profit(**changes: Any) -> float:
        return float(_relationship(a, t, **changes)[1][at, 0])

    def margin(**changes: Any) -> float:
        return float(_break_even_margin(a, t, **changes)[at, 0])

    corporate = simulate(a.replace(approach="corporate")).alternative(r.chosen).metrics
    two_years = simulate(a.replace(**STRESS | {"delay": 4})).metrics
    plan = _plan(a)
    return {
        "years": a.horizon / HALVES,
        "budget": float(a.costs.sum()),
        "rate": a.rate,
        "below_lpr": a.lpr - a.rate,
        "group_limit": limit,
        "unsold_peak": float(unsold.max()),
        "unsold_over": float(unsold.max() - limit),
        "unsold_first": float(first_time(over)),
        "unsold_half_years": float(over.sum()),
        "first_reserve": float(plan.sizing.reserve[-1, a.project - 1]),
        "project_debt": float(plan.sizing.debt[a.project - 1]),
        "stress_delay": float(STRESS["delay"] / HALVES),
        "stress_shock": STRESS["shock"],
        "stress_support": with_support["support_paid"],
        "stress_drawn": with_support["reserve_drawn"],
        "stress_dscr": with_support["lowest_dscr"],
        "stress_first_draw": float(late.all_events["reserve_drawn"][SUPPORTED, 0]),
        "stress_missed": float(without["first_missed"]),
        "stress_overdue": without["overdue"],
        "two_years_missed": float(two_years["first_missed"]),
        "two_years_overdue": two_years["overdue"],
        "cut": cut,
        "cut_rest": rest,
        "wallet_for_rest": rest / slope,
        "wallet_needed": a.wallet_share - (a.margin - m["break_even_margin"]) / slope,
        "old_profit": profit(margin=a.old_margin, advice=0.0),
        "cut_cost": profit(margin=a.old_margin) - profit(),
        "mandate_value": profit() - profit(advice=0.0),
        "half_wallet_profit": profit(wallet_share=a.wallet_share / 2),
        "margin_without_mandate": margin(advice=0.0),
        "margin_half_wallet": margin(wallet_share=a.wallet_share / 2),
        "margin_loans_alone": margin(advice=0.0, wallet_share=0.0),
        "worst_total": float(when["total"].min()),
        "worst_year": when["worst"] / HALVES,
        "even_year": when["even"] / HALVES,
        "worth_at_hurdle": timevalue.present_value(a.hurdle, when["profit"], years),
        "worth_at_ftp": timevalue.present_value(a.ftp, when["profit"], years),
        "wallet_income": a.wallet * a.wallet_share * (1 - a.wallet_follows * a.sold**2),
        "best_sale": best["best"],
        "best_sale_profit": best["best_profit"],
        "least_sale_profit": best["needed_profit"],
        "unsold_profit": profit(sold=0.0),
        "sale_business_lost": a.wallet * a.wallet_share * a.wallet_follows * a.sold**2,
        "sale_fee": a.sold * a.participation_fee * t.debt,
        "corporate_raroc": corporate["raroc_loans"],
        "corporate_relationship": corporate["raroc"],
        "missed_supported": float(many["missed"][SUPPORTED]),
        "missed_unsupported": float(many["missed"][UNSUPPORTED]),
        "drawn_supported": float(many["ends"][SUPPORTED, 1]),
        "loses_supported": float((many["result"][SUPPORTED] < 0).mean()),
        "expected_loss": float(_products(a, t)[1][0, at, 0]),
        "simulated_loss": float(many["loss"][SUPPORTED].mean()),
        "scenarios": float(many["n"]),
    }


# ------------------------------------------------------------------------------- the pictures

#: Name of a figure -> what it is drawn from; the drawing is in casebook.charts.strategic.
FIGURES = {
    "explorer": products,
    "building": building,
    "stress": stress,
    "survival": survival,
    "exposure": exposure,
    "products": products,
    "frontier": frontier,
    "sale": sale,
    "patience": patience,
    "tornado": tornado,
    "futures": futures,
}

figure = drawer("strategic", FIGURES)

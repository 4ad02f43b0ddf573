"""TODO."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...loans import Schedule
from ...projectfinance import Covenant, Sizing, Waterfall, reserve_target, size_debt, waterfall
from ...shape import Array
from .record import DUST, HALF_YEAR, HALVES, PROJECTS, TERMS, Strategic


def stated(a: Strategic) -> tuple[Array, Array, Array]:
    """Delay, level of cash and rate as the assumptions state them, for `_run`."""
    delay = np.zeros((PROJECTS, 1), dtype=int)
    delay[a.project - 1] = a.delay
    level = np.ones((HALVES * a.life_years, PROJECTS, 1))
    for k, opens in enumerate(a.opening_day):
        hit = np.arange(opens + 1, opens + 1 + len(level)) - a.shock_start
        level[(hit >= 0) & (hit < a.shock_length), k] = 1 - a.shock
    return delay, level, np.full(1, a.rate)


OPERATING = ("revenue", "running_cost", "project_tax", "working_capital")


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


def plan(a: Strategic) -> Plan:
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
        return unfold(getattr(self.paid, name), len(self.rate))


def unfold(flat: Array, scenarios: int) -> Array:
    return flat.reshape(len(flat), PROJECTS, len(TERMS), scenarios)


def run(a: Strategic, plan: Plan, delay: Array, level: Array, rate: Array) -> Run:
    """Actual cash against the contract. delay: (project, scenario); level broadcasts to
    (half-year, project, scenario); rate: annual, (scenario,).
    """
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


def placed(a: Strategic, line: Array, first: Sequence[int]) -> Array:
    """Sum over projects of lines (half-year, project, …), project k starting at `first[k]`."""
    out = np.zeros((a.horizon + 1, *line.shape[2:]), dtype=line.dtype)
    for k, start in enumerate(first):
        out[start : start + len(line)] += line[:, k]
    return out


def operating(a: Strategic, line: Array) -> Array:
    return placed(a, line, [t + 1 for t in a.opening_day])


def building(a: Strategic, line: Array) -> Array:
    """Lines of the plan, (half-year of construction, project), as (half-year, 1, 1)."""
    return placed(a, line, [t + 1 for t in a.signed])[:, None, None]


def first(a: Strategic, happens: Array) -> Array:
    """Half-year of the framework in which something happens first, (terms, scenario); -1: never."""
    never = a.horizon + 1
    at = np.where(happens.any(axis=0), happens.argmax(axis=0), never)
    at = at + np.where(at < never, np.array(a.opening_day)[:, None, None] + 1, 0)
    soonest = at.min(axis=0)
    return np.where(soonest < never, soonest, -1)

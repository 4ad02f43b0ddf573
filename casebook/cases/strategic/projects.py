"""The three projects: what is agreed, and what happens.

The plan has each project's cash, the loan sized on it and the contractual schedule, by age. The
outcome lets cash come late or short, adds the contractor's damages and the group's support, and
pays it out through the waterfall, both sponsor terms at once. Contractual dates never move.
Lines by age are put into the calendar of the framework by `placed`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ... import projectfinance
from ...loans import Schedule
from ...projectfinance import Covenant, Sizing, Waterfall
from ...shape import Array
from .record import HALF_YEAR, HALVES, PROJECTS, TERMS, YUAN, Strategic

#: The lines of a project's operations, in the order of the statement.
OPERATING = ("revenue", "running_cost", "project_tax", "working_capital")


def stated(a: Strategic) -> tuple[NDArray[np.intp], Array, Array]:
    """Delay, level of cash and rate as the assumptions state them, for `run`.

    Delay in half-years, (project, 1); level as a share of the plan, (half-year of operation,
    project, 1); annual rate, (1,).
    """
    delay = np.zeros((PROJECTS, 1), dtype=np.intp)
    delay[a.project - 1] = a.delay
    level = np.ones((HALVES * a.life_years, PROJECTS, 1))
    for k, opens in enumerate(a.opening_day):
        hit = np.arange(opens + 1, opens + 1 + len(level)) - a.shock_start
        level[(hit >= 0) & (hit < a.shock_length), k] = 1 - a.shock
    return delay, level, np.full(1, a.rate)


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


def planned(a: Strategic) -> Plan:
    """Size the three loans and write their contractual schedules.

    ValueError, from `projectfinance.size_debt`, where a project's cash carries no debt, or fees and
    interest outgrow any debt.
    """
    lines = _operations(a)
    cfads = sum(lines.values(), np.zeros(()))
    done = np.arange(a.construction + 1) / a.construction
    spent = done**2 * (3 - 2 * done)  # an S-curve
    costs = np.diff(spent)[:, None] * a.costs
    rate, end = a.rate / HALVES, HALVES * a.debt_years
    sizing = projectfinance.size_debt(
        cfads[a.grace : end],
        a.target_dscr,
        rate,
        costs,
        a.gearing_cap,
        arrangement_fee=a.arrangement_fee,
        commitment_fee=a.commitment_fee / HALVES,
        reserve_periods=a.reserve_periods,
    )
    pad = ((a.grace, len(cfads) - end), (0, 0))
    opening = np.pad(sizing.repayment.opening, pad)
    opening[: a.grace] = sizing.debt  # interest only: the balance stands still
    principal = np.pad(sizing.repayment.principal, pad)
    interest = rate * opening
    schedule = Schedule(
        opening=opening,
        interest=interest,
        principal=principal,
        payment=interest + principal,
        closing=opening - principal,
        fee=np.zeros_like(opening),
    )
    reserve = projectfinance.reserve_target(schedule, a.reserve_periods)
    # full from completion on, not only when principal is near
    reserve[: a.grace] = sizing.reserve[-1]
    drawn = np.concatenate([np.zeros((1, PROJECTS)), np.cumsum(sizing.draws, axis=0)])
    return Plan(lines, cfads, costs, sizing, schedule, reserve, drawn)


@dataclass(frozen=True)
class Contract:
    """What the waterfall reads of the schedules: the first opening balances, and all principal.

    (1 or half-year, project x terms x scenario).
    """

    opening: Array
    principal: Array


@dataclass(frozen=True)
class Outcome:
    """What happens; arrays are (half-year of operation, project, terms or 1, scenario)."""

    late: NDArray[np.bool_]
    factor: Array  # of each plan line, by which cash comes
    shift: NDArray[np.intp]  # age in plan of each half-year
    damages: Array
    site: Array
    support: Array
    paid: Waterfall  # flat: (half-year, project x terms x scenario)
    rate: Array  # per half-year, (scenario,)

    def line(self, name: str) -> Array:
        """A line of the waterfall as (half-year, project, terms, scenario)."""
        line: Array = unfold(getattr(self.paid, name), len(self.rate))
        return line

    @cached_property
    def unpaid(self) -> NDArray[np.bool_]:
        """Half-years with something overdue, or a deficit that nobody pays; shaped as a line."""
        overdue = self.paid.overdue_interest + self.paid.overdue_principal
        hit = (overdue > YUAN) | (self.paid.support > YUAN)
        return unfold(hit, len(self.rate))


def unfold(flat: NDArray[Any], scenarios: int) -> NDArray[Any]:
    """A line of the waterfall, (half-year, project x terms x scenario), with an axis for each."""
    return flat.reshape(len(flat), PROJECTS, len(TERMS), scenarios)


def run(a: Strategic, plan: Plan, delay: NDArray[np.intp], level: Array, rate: Array) -> Outcome:
    """Actual cash against the contract.

    delay: half-years, (project, scenario); level: cash as a share of the plan, broadcasts to
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
        """A line (half-year, project), the same for all terms and scenarios, as `paid` is."""
        whole = np.broadcast_to(line[..., None, None], (len(line), PROJECTS, len(TERMS), scenarios))
        return whole.reshape(len(line), -1)

    paid = projectfinance.waterfall(
        cfads.reshape(n, -1),
        Contract(opening=flat(plan.schedule.opening[:1]), principal=flat(plan.schedule.principal)),
        np.broadcast_to(half_rate, (PROJECTS, len(TERMS), scenarios)).ravel(),
        reserve_target=flat(plan.reserve),
        reserve_opening=flat(plan.sizing.reserve[-1:])[0],
        sweep_share=a.sweep_share,
        covenants=(
            Covenant("lock_up", "dscr", a.lock_up, "lock_up", cure=2),
            Covenant("default", "unpaid", YUAN, "default"),
        ),
    )
    return Outcome(
        late=late[:, :, None],
        factor=factor[:, :, None],
        shift=shift[:, :, None],
        damages=damages[:, :, None],
        site=site[:, :, None],
        support=np.stack([support, np.zeros_like(support)], axis=2),
        paid=paid,
        rate=half_rate,
    )


def placed(a: Strategic, line: Array, starts: Sequence[int]) -> Array:
    """Sum over projects of lines (half-year, project, …), project k beginning at `starts[k]`.

    Returns (half-year of the framework, …).
    """
    out = np.zeros((a.horizon + 1, *line.shape[2:]), dtype=line.dtype)
    for k, start in enumerate(starts):
        out[start : start + len(line)] += line[:, k]
    return out


def operating(a: Strategic, line: Array) -> Array:
    """Lines of operation, (half-year of operation, project, …), as (half-year, …)."""
    return placed(a, line, [t + 1 for t in a.opening_day])


def building(a: Strategic, line: Array) -> Array:
    """Lines of the plan, (half-year of construction, project), as (half-year, 1, 1)."""
    return placed(a, line, [t + 1 for t in a.signed])[:, None, None]


def first(a: Strategic, happens: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Half-year of the framework in which something happens first, (terms, scenario); -1: never.

    happens: (half-year of operation, project, terms, scenario).
    """
    never = a.horizon + 1
    at = np.where(happens.any(axis=0), happens.argmax(axis=0), never)
    at = at + np.where(at < never, np.array(a.opening_day)[:, None, None] + 1, 0)
    soonest = at.min(axis=0)
    return np.where(soonest < never, soonest, -1)

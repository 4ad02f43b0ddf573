"""TODO."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ... import loans, workout
from ...shape import Array
from .record import MONTHS, PATHS, PLAN, YEAR, Problem


@dataclass(frozen=True)
class Plan:
    """The exchange of old debt for new at the end of the action month; each (scenario,)."""

    owed: Array
    forgiven: Array
    converted: Array
    loan: Array


def contract(a: Problem) -> tuple[Array, Array, Array]:
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


@lru_cache(maxsize=64)
def _effective_rate(term_loan: float, rate: float, months: int, fee: float) -> float:
    terms = loans.equal_principal(term_loan, rate / YEAR, months)
    return loans.effective_interest_rate(terms, upfront_fee=fee * term_loan, periods_per_year=YEAR)


def original_rate(a: Problem) -> float:
    """The loans' original effective annual rate: that of the term loan with its fee."""
    return _effective_rate(a.term_loan, a.rate, a.term_months, a.upfront_fee)


def chance(a: Problem) -> float:
    """The chance that the plan works when it starts: it falls by a share each month waited."""
    return a.success_chance * (1 - a.chance_decay) ** a.wait


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


def first_instalment(a: Problem) -> float:
    """The plan's instalment after the grace, of a loan of one."""
    n = a.grace + a.instalments
    unit = loans.level(1.0, (a.rate - a.rate_cut) / YEAR, n, grace=a.grace)
    return float(unit.payment[a.grace])

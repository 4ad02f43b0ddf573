"""The plan: old debt exchanged for new, what it promises, and how likely it is to work.

At the end of the action month (the decision, and the months waited) term loan, line and unpaid
interest become one loan, less what is forgiven or turned into shares, plus new money. Interest only
for the grace, then level instalments at the lower rate. What is promised is worth less than what
was owed: the loss on modification, at the loans' original effective rate.

When a plan stops is not here but in `ways_out`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ... import loans, workout
from ...shape import Array
from ...timevalue import MONTHS_A_YEAR
from .record import MONTHS, PATHS, PLAN, Problem


@dataclass(frozen=True)
class Plan:
    """The exchange of old debt for new at the end of the action month; CNY million, (scenario,).

    owed: term loan, line and unpaid interest; of which forgiven, and converted into shares; loan:
    the rest and the new money.
    """

    owed: Array
    forgiven: Array
    converted: Array
    loan: Array


def _unit(a: Problem) -> loans.Schedule:
    """The plan's loan, of one: interest in the grace, then level instalments; (instalment,)."""
    n, rate = a.grace + a.instalments, (a.rate - a.rate_cut) / MONTHS_A_YEAR
    return loans.level(1.0, rate, n, grace=a.grace)


def contract(a: Problem) -> tuple[Array, Array, Array]:
    """Planned balance at a month's start and at its end, and monthly rate, each (month, path, 1).

    Balances in CNY million; after the exchange those of the plan's paths are shares of its loan.
    """
    action = a.decision_month + a.wait
    old = np.zeros(MONTHS + 1)
    left = loans.equal_principal(a.term_loan, a.rate / MONTHS_A_YEAR, a.term_months).closing
    old[0], old[1 : a.term_months + 1] = a.term_loan, left
    planned = np.repeat(old[:, None, None], PATHS, axis=1)
    rates = np.full((MONTHS + 1, PATHS, 1), a.rate / MONTHS_A_YEAR)
    unit = _unit(a).closing
    n = len(unit)
    planned[action + 1 :, PLAN:] = 0.0
    planned[action + 1 : action + n + 1, PLAN:] = unit[:, None, None]
    rates[action + 1 :, PLAN:] = (a.rate - a.rate_cut) / MONTHS_A_YEAR
    before = np.concatenate([planned[:1], planned[:-1]])
    before[action + 1, PLAN:] = 1.0
    return before, planned, rates


@lru_cache(maxsize=64)
def _effective_rate(term_loan: float, rate: float, months: int, fee: float) -> float:
    """`original_rate` of these terms: found by iteration, and asked for in every run."""
    terms = loans.equal_principal(term_loan, rate / MONTHS_A_YEAR, months)
    found: float = loans.effective_interest_rate(
        terms, upfront_fee=fee * term_loan, periods_per_year=MONTHS_A_YEAR
    )
    return found


def original_rate(a: Problem) -> float:
    """The loans' original effective annual rate, a decimal: that of the term loan with its fee."""
    return _effective_rate(a.term_loan, a.rate, a.term_months, a.upfront_fee)


def chance(a: Problem) -> float:
    """The chance that the plan works, from 0 to 1: it falls by a share each month waited."""
    return a.success_chance * (1 - a.chance_decay) ** a.wait


def plan_flows(a: Problem, plan: Plan) -> tuple[Array, Array]:
    """What the plan promises the bank: flows (flow, scenario), CNY million, and years (flow,).

    Years count from the plan's start: new money at once, the instalments, the shares' worth at the
    horizon.
    """
    paid = np.multiply.outer(_unit(a).payment, plan.loan)
    action = a.decision_month + a.wait
    flows = np.concatenate(
        [np.full((1, len(plan.loan)), -a.new_money), paid, [a.share_value * plan.converted]]
    )
    years = np.concatenate([np.arange(len(paid) + 1.0), [float(MONTHS - action)]]) / MONTHS_A_YEAR
    return flows, years


def modification_loss(a: Problem, plan: Plan) -> Array:
    """What the bank gives up on paper, CNY million, (scenario,); see `workout.modification_loss`.

    What is owed less the value of the promised flows at the original rate. Source: IFRS 9, 5.4.3.
    """
    flows, years = plan_flows(a, plan)
    return np.asarray(
        workout.modification_loss(np.maximum(plan.owed, 0), flows, years, original_rate(a))
    )


def first_instalment(a: Problem) -> float:
    """The plan's instalment after the grace, as a share of its loan."""
    return float(_unit(a).payment[a.grace])

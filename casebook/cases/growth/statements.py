"""The statements quarter by quarter: the company's cash, the investor's flows, shares by holder.

Lines are (quarter 0 … 40, policy, scenario); a line that is the same under each policy has one
entry there. Money is in CNY million and falls at quarter end, inflows positive. The bank's own
statement stands in `lender`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...shape import Array
from . import estate, rounds
from .estate import Flags, Whole
from .record import HOLDERS, POLICIES, QUARTERS, QUARTERS_A_YEAR, Growth
from .rounds import Company, Investor, Paths


def quarters(
    a: Growth, company: Company, paths: Paths, investor: Investor, keep: Sequence[str] | None
) -> dict[str, Array]:
    """Lines of the firm and of the investor, quarter by quarter; each (quarter, policy or 1, n).

    Whoever raised money spends it evenly over the stage and `cushion` quarters beyond it: runway
    is planned, so that cash is left when the next round must be found. Who fails spends it sooner,
    and all of it: that is the failure. What the estate then brings is paid out by rank. `keep`
    names the lines that are wanted; None wants all.
    """
    n = len(company.end)
    shape = (QUARTERS + 1, 1, n)
    lines: dict[str, Array] = {}

    def put(quarter: int, **step: Any) -> None:
        """Write a quarter's amounts, (scenario,) or (policy, scenario), into the lines wanted."""
        for name in step.keys() if keep is None else step.keys() & set(keep):
            if name not in lines:
                per_policy = np.ndim(step[name]) == 2
                lines[name] = np.zeros((shape[0], len(POLICIES), n) if per_policy else shape)
            lines[name][quarter] = step[name]

    ends = [int(t) for t in rounds.stage_ends(a)]
    opening_balance, interest, principal = estate.schedule(a)
    seed = a.cheque + a.others
    sold = ~paths.failed
    zero: Array = np.zeros(n)
    nothing: Array = np.zeros((len(POLICIES), n))
    paid_now = (1 - a.tranche) * seed
    fee = a.arrangement_fee * a.loan
    cash = zero + a.opening_cash + paid_now + a.loan - fee
    due = np.cumsum(interest + principal)  # to the bank, up to each quarter

    burn = _spending(a, company, paths, due, 0, 0, cash)
    put(0, opening=zero + a.opening_cash, seed_round=zero + paid_now, loan_draw=zero + a.loan,
        bank_fee=zero - fee, closing=cash, loan_balance=zero + a.loan, runway=cash / _safe(burn),
        later_rounds=zero, spending=zero, loan_service=zero, handed_over=zero,
        **_divided(company, paths.failed & False),
        first_cheque=zero - (1 - a.tranche) * a.cheque, follow_on=nothing, service_fee=nothing,
        proceeds=nothing, investor_flow=nothing - (1 - a.tranche) * a.cheque)  # fmt: skip
    for t in range(1, QUARTERS + 1):
        opening = cash
        alive, ending = company.end >= t, company.end == t
        going = alive & ~ending
        seed_in = a.tranche * seed * (going | (ending & ~paths.early)) * (t == a.tranche_quarter)
        first = -seed_in * (a.cheque / seed)
        later, follow = zero, nothing
        for j in range(3):
            if t == ends[j]:
                later = np.where(company.raised[j] & alive, a.raises[j], 0.0)
                follow = -investor.follow[j]
        spent = -burn * alive
        # a failed firm pays no more; a buyer repays the loan whole
        balance = opening_balance[t]
        pays = interest[t] + np.where(going, principal[t], balance)
        loan_service = -pays * (alive & (going | sold))
        left = _divided(company, ending & paths.failed)
        cash = opening + seed_in + later + spent + loan_service + sum(left.values())
        handed = -cash * (ending & sold)
        cash = cash + handed
        if t in ends[:3]:
            at = t, ends.index(t) + 1
            burn = np.where(going, _spending(a, company, paths, due, *at, cash), burn)
        owed = (balance - principal[t]) * going
        got = investor.proceeds * ending
        cost = -a.service_cost / QUARTERS_A_YEAR * (a.service == "on") * alive
        put(t, opening=opening, seed_round=seed_in, later_rounds=later, loan_draw=zero,
            bank_fee=zero, spending=spent, loan_service=loan_service, **left, handed_over=handed,
            closing=cash, loan_balance=owed, runway=going * cash / _safe(burn),
            first_cheque=first, follow_on=follow, service_fee=cost + nothing, proceeds=got,
            investor_flow=first + follow + cost + got)  # fmt: skip
    return lines


def _spending(
    a: Growth, company: Company, paths: Paths, due: Array, quarter: int, stage: int, cash: Array
) -> Array:
    """Spending a quarter, (scenario,), in the stage that starts: the bank's due set aside.

    due: to the bank up to each quarter, (quarter,); cash (scenario,) at the start of the stage. Who
    fails in this stage spends all of it by then; the others keep some quarters' worth.
    """
    last = int(rounds.stage_ends(a)[stage])
    coming = a.tranche * (a.cheque + a.others) * (stage == 0)
    left = np.maximum(cash + coming - (due[last] - due[quarter]), 0.0)
    end = np.maximum(company.end.astype(int), quarter + 1)
    whole = cash + coming * ~paths.early - (due[end - 1] - due[quarter])
    fails = paths.failed & (paths.stage == stage)
    plan: Array = left / (last - quarter + a.cushion)
    return np.where(fails, whole / (end - quarter), plan)


#: What a failed company pays, in the order of rank.
PAID_OUT = ("to_first_claims", "to_bank", "to_suppliers", "to_shareholders")


def _divided(company: Company, broken: Flags) -> dict[str, Array]:
    """What the estate brings and whom it pays in the quarter of a failure, each (scenario,)."""
    holders = sum(company.paid) + company.common * company.per_share
    paid = [*company.estate.paid, holders]
    return {
        "assets_sold": company.estate.value * broken,
        **{name: -x * broken for name, x in zip(PAID_OUT, paid, strict=True)},
    }


def _safe(spending: Array) -> Array:
    """A divisor (scenario,) that is never zero: no spending is an endless runway, shown as long."""
    return np.maximum(spending, 1e-3)


def holder_lines(a: Growth, company: Company, investor: Investor, stage: Whole) -> dict[str, Array]:
    """Shares by holder at the end of each quarter, none from the quarter of the end on.

    Of a single run, whose last round is `stage`, (1,); each line is (quarter, policy, 1).
    """
    shape = (QUARTERS + 1, len(POLICIES), 1)
    lines: dict[str, Array] = {f"{name}_shares": np.zeros(shape) for name in HOLDERS}
    starts = [0, *(int(t) for t in rounds.stage_ends(a)[:3])]
    for k in range(int(stage[0]) + 1):
        for name, held in zip(HOLDERS, holdings(a, company, investor, k), strict=True):
            lines[f"{name}_shares"][starts[k] :] = held
    for line in lines.values():
        line[int(company.end[0]) :] = 0.0
    lines["all_shares"] = sum(lines.values(), np.zeros(shape))
    return lines


def holdings(a: Growth, company: Company, investor: Investor, after: int) -> list[Array]:
    """Shares by holder after a round (0 seed … 3 C) of a path that got there.

    In the order of `HOLDERS`, each (policy, scenario).
    """
    safes = len(a.safe_amounts)
    every = np.ones((len(POLICIES), len(company.end)))
    founders, first = every * a.founder_shares, every * company.first
    follow = every * 0 + sum(investor.follow_shares[:after])
    preferred = sum(company.shares[safes : safes + 1 + after])
    total = every * company.outstanding[after]
    angels = every * sum(company.shares[:safes])
    partner = every * company.warrant
    pool = total - founders - angels - partner - preferred
    return [founders, pool, angels, partner, first, follow, preferred - first - follow]

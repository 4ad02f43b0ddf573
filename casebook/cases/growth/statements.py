"""TODO."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...shape import Array
from . import lender, rounds
from .record import HOLDERS, POLICIES, QUARTERS, YEAR, Growth
from .rounds import Company, Investor, Paths


def quarters(
    a: Growth, c: Company, p: Paths, v: Investor, keep: Sequence[str] | None
) -> dict[str, Array]:
    """Lines of the firm and of the investor, quarter by quarter; each (quarter, policy or 1, n).

    Whoever raised money spends it evenly over the stage and `cushion` quarters beyond it: runway
    is planned, so that cash is left when the next round must be found.
    """
    n = len(c.end)
    shape = (QUARTERS + 1, 1, n)
    lines: dict[str, Array] = {}

    def put(t: int, **step: Any) -> None:
        for name in step.keys() if keep is None else step.keys() & set(keep):
            if name not in lines:
                per_policy = np.ndim(step[name]) == 2
                lines[name] = np.zeros((shape[0], len(POLICIES), n) if per_policy else shape)
            lines[name][t] = step[name]

    ends = [int(t) for t in rounds.stage_ends(a)]
    opening_balance, interest, principal = lender.schedule(a)
    seed = a.cheque + a.others
    sold = ~p.failed
    zero = np.zeros(n)
    many = np.zeros((len(POLICIES), n))
    paid_now = (1 - a.tranche) * seed
    fee = a.arrangement_fee * a.loan
    cash = zero + a.opening_cash + paid_now + a.loan - fee
    service = interest + principal

    def planned(t: int, j: int, cash: Array, coming: float = 0.0) -> Array:
        """Spending a quarter in the stage j that starts at t, what the bank must get set aside."""
        due = service[t + 1 : ends[j] + 1].sum()
        return np.maximum(cash + coming - due, 0.0) / (ends[j] - t + a.cushion)

    burn = planned(0, 0, cash, a.tranche * seed)
    put(0, opening=zero + a.opening_cash, seed_round=zero + paid_now, loan_draw=zero + a.loan,
        bank_fee=zero - fee, closing=cash, loan_balance=zero + a.loan, runway=cash / _safe(burn),
        later_rounds=zero, spending=zero, loan_service=zero, handed_over=zero,
        first_cheque=zero - (1 - a.tranche) * a.cheque, follow_on=many, service_fee=many,
        proceeds=many, investor_flow=many - (1 - a.tranche) * a.cheque)  # fmt: skip
    for t in range(1, QUARTERS + 1):
        opening = cash
        alive, ending = c.end >= t, c.end == t
        going = alive & ~ending
        seed_in = a.tranche * seed * (going | (ending & ~p.early)) * (t == a.tranche_quarter)
        first = -seed_in * (a.cheque / seed)
        later, follow = zero, many
        for j in range(3):
            if t == ends[j]:
                later = a.raises[j] * c.raised[j] * alive
                follow = -v.follow[j]
        spent = -burn * alive
        # a failed firm pays no more; a buyer repays the loan whole
        balance = opening_balance[t]
        pays = interest[t] + np.where(going, principal[t], balance)
        loan_service = -pays * (alive & (going | sold))
        cash = opening + seed_in + later + spent + loan_service
        handed = -cash * ending
        cash = cash + handed
        if t in ends[:3]:
            burn = np.where(going, planned(t, ends.index(t) + 1, cash), burn)
        left = (balance - principal[t]) * going
        got = v.proceeds * ending
        cost = -a.service_cost / YEAR * (a.service == "on") * alive
        put(t, opening=opening, seed_round=seed_in, later_rounds=later, loan_draw=zero,
            bank_fee=zero, spending=spent, loan_service=loan_service, handed_over=handed,
            closing=cash, loan_balance=left, runway=going * cash / _safe(burn),
            first_cheque=first, follow_on=follow, service_fee=cost + many, proceeds=got,
            investor_flow=first + follow + cost + got)  # fmt: skip
    return lines


def _safe(x: Array) -> Array:
    """A divisor that is never zero: no spending is an endless runway, shown as a long one."""
    return np.maximum(x, 1e-3)


def holder_lines(a: Growth, c: Company, v: Investor, stage: Array) -> dict[str, Array]:
    """Shares by holder at the end of each quarter, none from the quarter of the end on."""
    lines = {f"{name}_shares": np.zeros((QUARTERS + 1, len(POLICIES), 1)) for name in HOLDERS}
    starts = [0, *(int(t) for t in rounds.stage_ends(a)[:3])]
    for k in range(int(stage[0]) + 1):
        for name, held in zip(HOLDERS, holdings(a, c, v, k), strict=True):
            lines[f"{name}_shares"][starts[k] :] = held
    for line in lines.values():
        line[int(c.end[0]) :] = 0.0
    lines["all_shares"] = sum(lines.values())
    return lines


def holdings(a: Growth, c: Company, v: Investor, rounds: int) -> list[Array]:
    """Shares by holder after round `rounds` (0 seed … 3 C) of a path that got there."""
    safes = len(a.safe_amounts)
    every = np.ones((len(POLICIES), len(c.end)))
    founders, first = every * a.founder_shares, every * c.first
    follow = every * 0 + sum(v.follow_shares[:rounds])
    preferred = sum(c.shares[safes : safes + 1 + rounds])
    total = every * c.outstanding[rounds]
    angels = every * sum(c.shares[:safes])
    partner = every * c.warrant
    pool = total - founders - angels - partner - preferred
    return [founders, pool, angels, partner, first, follow, preferred - first - follow]

"""What a failed company leaves, and who gets it: one estate, paid by rank, shareholders last.

A company fails when its money is spent. What is left is what equipment and patent bring, a share
(`salvage`) of all the money that holders ever paid in. A part of it may be pledged to the bank,
which is paid from that part before all others. Of the rest the first claims are paid in full
(wages, social insurance, taxes, the cost of closing), then the creditors, the bank and the
suppliers in proportion to what each is still owed; shareholders get what remains. The bank's loss
given default comes from here and is no assumption. Arrays are in the shape of the paths, CNY
million.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ... import loans, workout
from ...shape import Array
from .record import QUARTERS, QUARTERS_A_YEAR, Growth

Flags = NDArray[np.bool_]
Whole = NDArray[np.int_]
#: The ranks of the claims: first claims, then bank and suppliers alike.
_RANKS = (1, 2, 2)


@dataclass(frozen=True)
class Estate:
    """One estate a path, all zero where the company does not fail."""

    value: Array  # what equipment and patent bring
    owed: Array  # (claim, …): first claims, bank (its quarter's interest too), suppliers
    paid: Array  # (claim, …): the same
    secured: Array  # of what the bank is paid, that from what is pledged to it
    balance: Array  # principal of the loan at the failure

    @property
    def left(self) -> Array:
        """What remains for the shareholders."""
        left: Array = np.maximum(self.value - self.paid.sum(axis=0), 0.0)
        return left

    @property
    def lost(self) -> Array:
        """Principal that the estate does not pay; what is paid counts as principal first."""
        lost: Array = np.maximum(self.balance - self.paid[1], 0.0)
        return lost

    @property
    def interest(self) -> Array:
        """The failed quarter's interest, as far as the estate pays it."""
        interest: Array = np.maximum(self.paid[1] - self.balance, 0.0)
        return interest


def schedule(a: Growth) -> tuple[Array, Array, Array]:
    """(opening, interest, principal) of the loan by quarter 0 … 40, if it is always paid."""
    plan = loans.equal_principal(
        a.loan, a.loan_rate / QUARTERS_A_YEAR, a.loan_quarters, grace=a.loan_grace
    )
    lines = np.zeros((3, QUARTERS + 1))
    lines[:, 1 : a.loan_quarters + 1] = plan.opening, plan.interest, plan.principal
    return lines[0], lines[1], lines[2]


def divide(a: Growth, stage: Whole, end: Array, failed: Flags, money: Array) -> Estate:
    """The estate of each path and its division.

    stage: last round raised, 0 seed … 3 C; end: quarter of the end; failed: whether it failed;
    money: what all holders paid in. They broadcast.
    """
    opening, interest, _ = schedule(a)
    quarter = end.astype(int)
    size = np.array([a.cheque + a.others, *a.raises])[stage]  # of the last round
    balance = opening[quarter] * failed
    value = a.salvage * money * failed
    claims = np.broadcast_arrays(
        a.first_claims * size * failed,
        balance + interest[quarter] * failed,
        a.trade_debt * size * failed,
        value,
    )
    form = claims[0].shape
    *owed, whole = (np.ravel(x) for x in claims)
    secured = np.minimum(a.pledged * whole, owed[1])
    rest = np.stack([owed[0], owed[1] - secured, owed[2]])
    paid = workout.recovery_waterfall(whole - secured, rest, ranks=_RANKS)
    paid[1] += secured
    return Estate(
        value=whole.reshape(form),
        owed=np.stack(owed).reshape(-1, *form),
        paid=paid.reshape(-1, *form),
        secured=secured.reshape(form),
        balance=np.broadcast_to(balance, form),
    )

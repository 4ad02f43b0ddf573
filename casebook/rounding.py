"""Loans to the cent: every payment a sum that can be paid, and a last one that settles the loan.

A schedule of `loans` holds exact numbers; a contract, a bank's books and a borrower's account hold
cents. Rounded one by one the lines would no longer add up. Here each is rounded as it falls due, on
the balance that was really left, and the last payment clears what the roundings leave. Shapes,
signs and errors are those of `loans`.

A loan of 1,000 at 1% a month for a year: eleven payments of 88.85, then 88.84.

>>> from casebook import loans, rounding
>>> loan = rounding.to_the_cent(loans.level(1_000.0, 0.01, 12))
>>> loan.payment[[0, 10, 11]].tolist()
[88.85, 88.85, 88.84]
>>> float(loan.closing[-1])
0.0
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from ._checks import Array, Numeric, choice, count, real, result
from .loans import Schedule

__all__ = ["Fixed", "round_half_up", "to_the_cent"]

Fixed = Literal["payment", "principal"]
_NOISE = 1e-9  # of a unit of the last digit: 0.125 may be held as 0.12499999999999999


def __dir__() -> list[str]:
    return sorted(__all__)


def round_half_up(amount: ArrayLike, digits: int = 2) -> Numeric:
    """Money rounded as banks do: half a cent goes away from zero, 0.125 to 0.13, -0.125 to -0.13.

    amount: any shape, which the result has. digits: of the currency after the point, 0 to 6; the
    yen has none. Python and numpy round half to even instead, and 2.675 is held as slightly less
    than it is: within a billionth of a cent of a half counts as a half. Source: the definition.

    >>> round_half_up([0.125, 2.675, -0.125]).tolist()
    [0.13, 2.68, -0.13]
    """
    money, unit = real("amount", amount), 10.0 ** count("digits", digits, 0, 6)
    cents = np.floor(np.abs(money) * unit + 0.5 + _NOISE)
    return result(np.copysign(cents, money) / unit)


def to_the_cent(schedule: Schedule, *, digits: int = 2, fixed: Fixed = "payment") -> Schedule:
    """The loan in whole cents: each interest on the real balance, the last payment settles.

    Of every period but the last either the payment without its fee ("payment", the level loan) or
    the repayment ("principal", equal principal) is that of the schedule, rounded; interest is the
    schedule's rate of the period, interest / opening, on the balance that was left, rounded. The
    last period repays all that is left. No repayment exceeds the balance. A repayment that the
    schedule has below zero, a drawing, stays one. Lines: (period,) or (period, scenario), as of
    `schedule`. digits: see `round_half_up`. Source: the rules above; with "principal" those of the
    schedules in CapSens loan-creator, see data/published/rounding.csv.

    Every line is a whole number of cents but for the last bit of a float, and `loans.Schedule`
    holds of it: opening - principal = closing, payment = interest + principal + fee.
    """
    choice("fixed", fixed, get_args(Fixed))
    opening = schedule.opening
    rate = schedule.interest / np.where(opening != 0.0, opening, 1.0)
    agreed = np.asarray(round_half_up(schedule.interest + schedule.principal, digits))
    planned = np.asarray(round_half_up(schedule.principal, digits))
    fee = np.asarray(round_half_up(schedule.fee, digits))
    n = len(opening)
    balance: Array = np.empty((n + 1, *opening.shape[1:]))
    interest, repaid = np.empty((2, *opening.shape))
    balance[0] = round_half_up(opening[0], digits)
    for t in range(n):
        interest[t] = round_half_up(balance[t] * rate[t], digits)
        due = agreed[t] - interest[t] if fixed == "payment" else planned[t]
        if t == n - 1:
            due = balance[t]
        repaid[t] = round_half_up(np.minimum(due, balance[t]), digits)
        balance[t + 1] = round_half_up(balance[t] - repaid[t], digits)
    return Schedule(
        opening=balance[:-1],
        interest=interest,
        principal=repaid,
        payment=np.asarray(round_half_up(interest + repaid + fee, digits)),
        closing=balance[1:],
        fee=fee,
    )

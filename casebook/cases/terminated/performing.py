"""Before default: the loan as it was agreed and paid, and the firm's cash until it runs dry.

The same in every scenario: what is uncertain comes after default.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ... import loans
from ...shape import Array
from ...timevalue import MONTHS_A_YEAR
from .record import Terminated


def price_level(a: Terminated, deviation: Array) -> Array:
    """Price level of the collateral for standard normal deviations, the same shape.

    Lognormal with mean one: the market share is the average, not the best case.
    """
    return np.exp(a.price_spread * deviation - a.price_spread**2 / 2)


def _accrued(a: Terminated, balance: Array, due: Array) -> Array:
    """Interest earned each month from the first drawing to default, (month,).

    balance: principal outstanding, due: principal by contract, each (month,). Principal that is
    overdue bears the penalty on top of the contract rate, and unpaid interest bears both too.
    """
    rate, penal = (x / MONTHS_A_YEAR for x in (a.rate, a.rate * (1.0 + a.penalty)))
    accrued = np.concatenate([[0.0], rate * balance[:-1]])
    overdue, unpaid = 0.0, 0.0
    for t in range(a.missed_month, len(balance)):
        accrued[t] += (penal - rate) * overdue + penal * unpaid
        overdue, unpaid = overdue + due[t], unpaid + accrued[t]
    return accrued


@dataclass(frozen=True)
class Clean:
    """What happens before default, each (month 0 … default): the same in every scenario."""

    default: int  # month in which the loan is called
    balance: Array  # principal outstanding
    accrued: Array  # interest earned
    interest: Array  # interest paid
    principal: Array  # principal paid
    service: Array  # what was due
    operations: Array
    cover: Array
    owners: Array
    buffer: float  # cash the firm keeps
    cash: Array

    @property
    def ead(self) -> float:
        """Exposure at default: the balance and the interest that was earned and not paid."""
        return float(self.balance[-1] + (self.accrued - self.interest).sum())


def clean(a: Terminated) -> Clean:
    """The loan and the firm from the first drawing to default, each line (month,)."""
    missed, default = a.missed_month, a.missed_month + a.cure_months
    plan = loans.equal_principal(a.principal, a.rate / MONTHS_A_YEAR, a.term)
    month = np.arange(default + 1)
    paid = (month >= 1) & (month < missed)

    def from_plan(line: Array) -> Array:
        """A line of the contract, from month 1 on, as (month 0 … default,)."""
        return np.concatenate([[0.0], line[:default]])

    principal = np.where(paid, from_plan(plan.principal), 0.0)
    balance = a.principal - np.cumsum(principal)
    accrued = _accrued(a, balance, from_plan(plan.principal))
    service = from_plan(plan.payment)
    # at the missed payment the cover has reached its end; after it the business earns its wages
    worse = np.clip((month - (missed - a.trouble_months)) / a.trouble_months, 0.0, 1.0)
    cover = a.cover + (a.cover_end - a.cover) * worse
    operations = np.where((month >= 1) & (month <= missed), cover * service, 0.0)
    interest = np.where(paid, accrued, 0.0)
    spare = np.where(paid, operations - service, 0.0)
    owners = -np.maximum(spare, 0.0)
    buffer = float(np.maximum(-spare, 0.0).sum())  # what the trouble eats before the missed payment
    cash = buffer + np.cumsum(operations + owners - interest - principal)
    return Clean(
        default=default,
        balance=balance,
        accrued=accrued,
        interest=interest,
        principal=principal,
        service=service,
        operations=operations,
        cover=cover,
        owners=owners,
        buffer=buffer,
        cash=cash,
    )

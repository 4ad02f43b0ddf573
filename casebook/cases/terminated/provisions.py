"""What a loan in default asks of the bank's books: allowance, capital, and when the loss saves tax.

By month after default, (month,), from 0 to the horizon: how much must be set aside, what weight
the rest has, what part of the loss tax has allowed, and what all of it is worth at default.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ... import credit
from ...shape import Array
from ...timevalue import MONTHS_A_YEAR
from .record import HORIZON, Terminated


class Tables(NamedTuple):
    """Values at default by the month to which something lasts or in which it falls, (month,)."""

    factor: Array  # of one in that month
    charge: Array  # hurdle on capital until then, of a loan on the books until then
    relief: Array  # tax that the loss saves, of a loan written off in that month


def allowance(a: Terminated, ead: float) -> Array:
    """What the class of the loan asks to be set aside, by month after default, (month,).

    Classes by days past due: `credit.classify_loan`; shares by class: `credit.specific_provision`.
    """
    overdue = 30.0 * (a.cure_months + np.arange(HORIZON + 1))
    grade = credit.classify_loan(overdue, credit_impaired=True)
    needed: Array = credit.specific_provision(grade, ead)
    return needed


def sound_weight(a: Terminated) -> float:
    """Risk weight of the loan before default, a number: 1 for 100 per cent.

    By the bank's approach: the supervisor's weight, or own estimates at 2.5 years. Formula and
    source: `credit.risk_weight`.
    """
    return float(credit.risk_weight(a.approach, a.standard_weight, a.pd, a.lgd_planned))


def default_weights(a: Terminated, ead: float) -> Array:
    """Risk weight of what the allowance leaves of the loan, by month after default, (month,).

    The supervisor's weight is lower once the allowance has reached a share of the loan. By own
    estimates a loan in default holds no capital beyond its allowance (foundation approach).
    """
    standard = credit.default_weight(
        allowance(a, ead),
        ead,
        a.default_weight,
        a.default_weight_provided,
        enough=a.provided_share,
    )
    weights: Array = credit.risk_weight(a.approach, standard, 1.0, a.lgd_planned)
    return weights


def deducted(a: Terminated, ead: float, off: NDArray[Any]) -> Array:
    """What tax has allowed of the loss so far, by month after default, (month, …).

    off: month of the write-off, (1, …). All of the claim from it on; before it nothing, or what
    is provided for, by `a.tax_timing`.
    """
    month = np.arange(HORIZON + 1).reshape(-1, *(1,) * (np.ndim(off) - 1))
    before = allowance(a, ead) if a.tax_timing == "provided" else np.zeros(HORIZON + 1)
    allowed: Array = np.where(month < off, before.reshape(month.shape), ead)
    return allowed


def tables(a: Terminated, ead: float) -> Tables:
    """Discount factor, and values at default of the hurdle on capital and of the tax relief."""
    month = np.arange(HORIZON + 1)
    factor = (1.0 + a.discount_rate) ** (-month / MONTHS_A_YEAR)
    held = default_weights(a, ead) * a.capital_ratio * (ead - allowance(a, ead))
    charge = a.hurdle / MONTHS_A_YEAR * np.cumsum(held[:-1] * factor[1:])
    # one column for each month in which the write-off may fall
    steps = np.diff(deducted(a, ead, month[None]), axis=0, prepend=0.0)
    relief = a.tax * (steps * factor[:, None]).sum(axis=0)
    return Tables(factor, np.concatenate([[0.0], charge]), relief)

"""Workout of bad loans: who is paid what, what is lost, and which way out is worth most.

Money in one currency; flows at given times in years; annual effective rates. Axis 0 is the flow or
the claim, axis 1 the scenario; scalars in, Python float out. A bad argument is a ValueError that
names it, its value and what is allowed.

A plant fetches 70. The claims are 50 with a first charge, and 40 and 20 without any. Who is paid
what, and what does the bank with the 40 lose if that takes two years at 6%?

>>> from casebook import workout
>>> workout.recovery_waterfall(70.0, [50.0, 40.0, 20.0], ranks=[1, 2, 2]).round(2).tolist()
[50.0, 13.33, 6.67]
>>> round(workout.loss_given_default(40.0, 13.33, costs=1.0, years=2.0, rate_annual=0.06), 3)
0.726
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ._checks import Array, Numeric, real, result, series, shape
from .timevalue import present_value

__all__ = [
    "break_even_chance",
    "loss_given_default",
    "modification_loss",
    "provision_path",
    "recovery_value",
    "recovery_waterfall",
    "restructuring_value",
    "sale_threshold",
    "settlement_threshold",
]


def __dir__() -> list[str]:
    return sorted(__all__)


def recovery_waterfall(
    proceeds: ArrayLike, claims: ArrayLike, *, ranks: ArrayLike | None = None
) -> Array:
    """Pays proceeds down a list of claims by rank: the better rank in full before the next.

    paid_k = min(max(proceeds - sum of better claims, 0), claim_k); claims of one rank share in
    proportion. What is left, proceeds - sum of paid, belongs to the debtor.
    proceeds >= 0: a scalar or (scenario,). claims >= 0: in order of rank, (claim,) or (claim,
    scenario). ranks: (claim,) numbers, lower first, equal ones share; None: each its own rank.
    Returns the amount paid per claim, (claim,) or (claim, scenario). Source: the definition above.
    """
    proceeds, claims = real("proceeds", proceeds, 0.0), series("claims", claims, 0.0)
    form = shape(proceeds=proceeds, claims=claims[0])
    rank = np.arange(len(claims)) if ranks is None else real("ranks", ranks)
    if rank.shape != (len(claims),):
        raise ValueError(f"ranks: shape {rank.shape} is not allowed; ({len(claims)},) is")
    paid = np.zeros((len(claims), *form))
    left = np.broadcast_to(proceeds, form)
    for level in sorted(set(rank.tolist())):
        members = np.flatnonzero(rank == level)
        total = claims[members].sum(axis=0)
        share = np.minimum(left, total)
        for claim in members:
            paid[claim] = claims[claim] / np.where(total > 0.0, total, 1.0) * share
        left = left - share
    return paid


def loss_given_default(
    ead: ArrayLike,
    recoveries: ArrayLike,
    costs: ArrayLike,
    years: ArrayLike,
    rate_annual: ArrayLike,
) -> Numeric:
    """Economic loss given default, LGD = 1 - sum_i (recovery_i - cost_i) / (1 + r)^y_i / EAD.

    ead > 0 at default, a scalar or (scenario,). recoveries, costs >= 0: (flow,) or (flow,
    scenario); a scalar is the same for every flow. years: y_i >= 0 after default, one a flow.
    rate_annual > -1: the discount rate, to be stated with the result. Returns a share of EAD, a
    float or (scenario,): below 0 where more comes back than was owed, above 1 where costs exceed
    recoveries. Source: BCBS June 2006, para 460 (paragraph from memory).
    """
    ead = real("ead", ead, above=0.0)
    value = np.asarray(recovery_value(recoveries, costs, years, rate_annual))
    shape(ead=ead, recoveries=value)
    return result(1.0 - value / ead)


def recovery_value(
    recoveries: ArrayLike, costs: ArrayLike, years: ArrayLike, rate_annual: ArrayLike
) -> Numeric:
    """Present value of enforcing, sum_i (recovery_i - cost_i) / (1 + r)^y_i, at default.

    Symbols, shapes, errors and source as for `loss_given_default`. Returns money, a float or
    (scenario,).
    """
    received, spent = real("recoveries", recoveries, 0.0), real("costs", costs, 0.0)
    shape(recoveries=received, costs=spent)
    net = received - spent
    return present_value(rate_annual, net, years)


def settlement_threshold(
    enforcement_value: ArrayLike, years: ArrayLike, rate_annual: ArrayLike, *, cost: ArrayLike = 0.0
) -> Numeric:
    """The lowest offer worth taking: paid after y years it is worth as much as enforcing.

    offer = (value + cost) (1 + r)^y. enforcement_value: today, net of the costs of enforcing
    (`recovery_value`; its expectation, or one a scenario). cost >= 0: of settling, spent today.
    years: y >= 0; rate_annual: r > -1. All broadcast to the result, money. Source: derived from
    offer / (1 + r)^y - cost = value.
    """
    value, cost = real("enforcement_value", enforcement_value), real("cost", cost, 0.0)
    years, rate = real("years", years, 0.0), real("rate_annual", rate_annual, above=-1.0)
    shape(enforcement_value=value, cost=cost, years=years, rate_annual=rate)
    return result((value + cost) * np.exp(years * np.log1p(rate)))


def sale_threshold(
    enforcement_value: ArrayLike, *, cost: ArrayLike = 0.0, carrying_cost: ArrayLike = 0.0
) -> Numeric:
    """The lowest price today at which selling the loan beats enforcing it.

    price = value + cost - carrying cost. cost >= 0: of the sale; carrying_cost >= 0: present value
    of what keeping the loan would still cost and the value does not hold, such as capital x hurdle
    over the years of enforcement. All are money and broadcast to the result. Source: derived from
    price - cost = value - carrying cost.
    """
    value, cost = real("enforcement_value", enforcement_value), real("cost", cost, 0.0)
    carrying = real("carrying_cost", carrying_cost, 0.0)
    shape(enforcement_value=value, cost=cost, carrying_cost=carrying)
    return result(value + cost - carrying)


def restructuring_value(flows: ArrayLike, years: ArrayLike, eir_annual: ArrayLike) -> Numeric:
    """Present value of restructured flows at the ORIGINAL effective rate, sum_i F_i / (1 + e)^y_i.

    flows: to the bank, new money negative, (flow,) or (flow, scenario); years: y_i >= 0; eir_annual
    > -1: of the loan before it was changed. Returns money, a float or (scenario,). Source: IFRS 9,
    5.4.3 and B5.5.44 (paragraphs from memory).
    """
    rate = real("eir_annual", eir_annual, above=-1.0)
    return present_value(rate, real("flows", flows), years)


def modification_loss(
    gross_carrying: ArrayLike, flows: ArrayLike, years: ArrayLike, eir_annual: ArrayLike
) -> Numeric:
    """Loss on a modification, gross carrying amount - value of the new flows at the original rate.

    > 0 is a loss, < 0 a gain; money, a float or (scenario,). gross_carrying >= 0: before it, a
    scalar or (scenario,). Other symbols, errors and the source as for `restructuring_value`.
    """
    gross = real("gross_carrying", gross_carrying, 0.0)
    value = np.asarray(restructuring_value(flows, years, eir_annual))
    shape(gross_carrying=gross, flows=value)
    return result(gross - value)


def break_even_chance(
    success_value: ArrayLike, failure_value: ArrayLike, alternative_value: ArrayLike
) -> Numeric:
    """The chance of success p* at which a plan is worth its alternative (usually liquidation).

    p S + (1 - p) F = A gives p* = (A - F) / (S - F). S must exceed F (else ValueError). Outside
    [0, 1] the choice does not hang on the chance: above 1 never try the plan, below 0 always. The
    three values are money and broadcast to the result. Source: derived above.
    """
    success, failure = real("success_value", success_value), real("failure_value", failure_value)
    other = real("alternative_value", alternative_value)
    shape(success_value=success, failure_value=failure, alternative_value=other)
    if (success <= failure).any():
        raise ValueError(
            "success_value: not above failure_value, which is not allowed; a plan "
            "that gains by success is"
        )
    return result((other - failure) / (success - failure))


def provision_path(
    allowance: ArrayLike, *, write_off: ArrayLike = 0.0, opening: ArrayLike = 0.0
) -> Array:
    """Charge to profit of each period, charge_t = A_t - A_(t-1) + write-off_t; < 0 is a release.

    allowance: A_t >= 0 needed at each period's end (`credit.specific_provision`,
    `credit.staged_ecl`), (period,) or (period, scenario). write_off >= 0: taken off the allowance,
    broadcasts; opening: A_0 >= 0, a scalar or (scenario,). Returns money in the shape of allowance;
    the charges add up to the last allowance + all write-offs - the opening one. ValueError also for
    shapes that do not broadcast to it. Source: the definition above.
    """
    needed = series("allowance", allowance, 0.0)
    used, start = real("write_off", write_off, 0.0), real("opening", opening, 0.0)
    if (
        shape(allowance=needed, write_off=used) != needed.shape
        or shape(allowance=needed[0], opening=start) != needed.shape[1:]
    ):
        raise ValueError(
            f"write_off {used.shape}, opening {start.shape}: shapes do not match; "
            f"those that broadcast to allowance {needed.shape} do"
        )
    before = np.concatenate([np.broadcast_to(start, needed.shape[1:])[None], needed[:-1]])
    charge: Array = needed - before + used
    return charge

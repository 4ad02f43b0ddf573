"""The lender: how likely the loan is to fail, what it earns, and at which rate to offer it.

`structure` finds PD and expected loss by quadrature over launch slip x sales level; `price` puts
them beside the balances of a run; `repeat_value` adds what the first loan opens the door to. The
chance that the client takes the offer falls with the quote and with the days to approval, so one
quote is worth most: `best_quote`. A price is made before the launch, on the balances of the plan;
`outcome` is what a run then brought.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ... import credit, profitability
from ...distributions import norm_cdf
from ...shape import DUST, Array
from ...timevalue import MONTHS_A_YEAR
from . import firm_and_loan
from .firm_and_loan import Totals
from .record import NODES, Transactional

#: What a bank earns of a loan month by month.
_EARNED = ("interest", "commitment")


@dataclass(frozen=True)
class Structure:
    """What the shape of the loan says of its risk; each (form, 1), or (form, leakage)."""

    missed: Array  # probability of a missed payment
    pd: Array
    expected_loss: Array
    weight: float  # of all nodes together: one


def structure(a: Transactional, leakage: float | Array | None = None) -> Structure:
    """PD and expected loss from launch slip x sales level, by quadrature.

    A missed payment is a yes or no, so plain nodes (Gauss-Hermite too) jump when one of them
    changes sides. Headroom, the least that was left after what was due, is continuous: between
    two nodes the sales level at which it crosses zero is interpolated, and the probability up to
    that point counts. The price under a slider then moves smoothly.
    `leakage` may be (k,); the results are then (form, k).
    """
    probability = np.asarray(a.slip_probabilities)
    slips = np.arange(float(len(probability)))
    leak = np.atleast_1d(a.leakage if leakage is None else leakage)
    grid = (len(leak), len(slips), len(NODES))
    columns = [
        np.broadcast_to(x, grid).ravel()
        for x in (leak[:, None, None], slips[:, None], firm_and_loan.sales_level(a, NODES))
    ]
    _, totals = firm_and_loan.paths(a, columns[1], columns[2], keep=(), leakage=columns[0])
    headroom, exposure = (totals[k].reshape(-1, *grid) for k in ("headroom", "exposure"))

    headroom = headroom + DUST  # a line draws just what is due: zero but for rounding is no miss
    low, high = headroom[..., :-1] < 0, headroom[..., 1:] < 0
    gap = headroom[..., :-1] - headroom[..., 1:]
    cross = np.where(low != high, headroom[..., :-1] / np.where(gap == 0, 1.0, gap), 1.0)
    left, right = norm_cdf(NODES[:-1]), norm_cdf(NODES[1:])
    middle = norm_cdf(NODES[:-1] + np.diff(NODES) * cross)
    mass = np.where(low, middle - left, np.where(high, right - middle, 0.0))
    ends = low.astype(float) + high
    mean_exposure = (exposure[..., :-1] * low + exposure[..., 1:] * high) / np.maximum(ends, 1)
    # beyond the outermost nodes the outcome is theirs
    tail = norm_cdf(NODES[0]) * (headroom[..., [0, -1]] < 0)
    missed = mass.sum(-1) + tail.sum(-1)
    lost = (mass * mean_exposure).sum(-1) + (tail * exposure[..., [0, -1]]).sum(-1)
    missed, lost = missed @ probability, lost @ probability
    weight = float((right - left).sum() + 2 * norm_cdf(NODES[0])) * float(probability.sum())
    not_cured = 1 - a.cure
    return Structure(missed, not_cured * missed, not_cured * loss_share(a) * lost, weight)


def loss_share(a: Transactional) -> float:
    """Loss given default after what a guarantee brings back, if there is one."""
    return a.lgd * (1 - a.guarantee_worth * (a.guarantee == "given"))


def operating_cost(a: Transactional, days: Any, share: float = 1.0) -> Any:
    """The bank's cost of one loan, CNY million; faster than usual costs overtime and priority.

    days: to approval, of any shape, which is that of the cost. share: of the cost of making the
    loan that is paid, less than one where the client is known.
    """
    rush = a.rush_cost * np.maximum(a.usual_days / np.asarray(days, float) - 1, 0)
    return share * a.origination_cost + rush + a.servicing_cost * a.tenor


def capital_years(a: Transactional, pd: Array, totals: Totals) -> Array:
    """Capital held, CNY million x years, for the drawn balance and part of what is undrawn."""
    drawn, undrawn = totals["total_balance"], totals["total_undrawn"]
    return capital_held(a, pd, (drawn + a.conversion_factor * undrawn) / MONTHS_A_YEAR)


def capital_held(a: Transactional, pd: Array, exposure: Array) -> Array:
    """Capital against an exposure, in the shape of pd x exposure: risk weight x capital ratio.

    The weight is the supervisor's, or that of the bank's own estimates (maturity one year).
    """
    weight = credit.risk_weight(a.approach, a.standard_weight, pd, loss_share(a), 1.0, a.turnover)
    held: Array = np.asarray(weight) * a.capital_ratio * exposure
    return held


def planned(a: Transactional, leakage: float | Array | None = None) -> Totals:
    """Totals of the plan, which a price is made of: no slip, sales as planned; leakage maybe (k,).

    The price is set before anyone knows how late the launch will be.
    """
    k = np.size(a.leakage if leakage is None else leakage)
    return firm_and_loan.paths(a, np.zeros(k), np.ones(k), (), leakage=leakage)[1]


def outcome(a: Transactional, totals: Totals, cured: Any) -> Totals:
    """What the bank earns and loses in runs as they came, each (form, scenario).

    cured: a missed payment is made good in time, a share or (scenario,). If it is not, interest
    and commitment fees stop with the missed month, and of what is owed then the loss share is
    written off. `by_cash` is the same result from what the bank paid out and got back.
    """
    after = {k: totals[f"total_{k}"] - totals[f"{k}_until_missed"] for k in _EARNED}
    interest, commitment = (totals[f"{k}_until_missed"] + cured * after[k] for k in _EARNED)
    fees = totals["fee"] + commitment
    vat = profitability.value_added_tax(interest + fees, a.vat_on_interest)
    funding = a.ftp * totals["total_balance"] / MONTHS_A_YEAR
    cost = vat + funding + operating_cost(a, a.approval_days)
    written_off = (1 - cured) * loss_share(a) * totals["exposure"]
    paid = totals["contract"].sum(axis=0)
    recovered = (1 - loss_share(a)) * totals["exposure"]
    broken = totals["flows"][0] + totals["received_until_missed"] + recovered
    return {
        "written_off": written_off,
        "value_added_tax": vat,
        "lender_result": interest + fees - cost - written_off,
        "by_cash": cured * paid + (1 - cured) * broken - cost,
    }


@dataclass(frozen=True)
class Price:
    """The lender's economics of the loan, over its life; each (form, scenario).

    Balance and capital are in CNY million x years, so a loan of under a year needs no annualising.
    """

    balance: Array
    capital: Array
    fees: Array
    opex: Array
    expected_loss: Array
    value_added_tax: Array
    economic_profit: Array
    raroc: Array
    break_even_rate: Array


def price(
    a: Transactional,
    totals: Totals,
    risk: Structure,
    days: Any = None,
    cost_share: float = 1.0,
    pd_share: float = 1.0,
    rate: float | None = None,
) -> Price:
    """Profit of the loan on the balances of `totals`, (form, scenario), with its PD and loss.

    days: to approval, those of the case if not given; cost_share and pd_share: of a client that is
    known; rate: a year, the quoted one if not given. Without a balance there is no break-even rate,
    without capital no RAROC: NaN.
    """
    rate = a.rate if rate is None else rate
    balance = totals["total_balance"] / MONTHS_A_YEAR
    capital = capital_years(a, risk.pd * pd_share, totals)
    fees = totals["fee"] + totals["total_commitment"]
    loss = risk.expected_loss * pd_share
    opex = operating_cost(a, a.approval_days if days is None else days, cost_share)
    gross = rate * balance + fees
    vat = profitability.value_added_tax(gross, a.vat_on_interest)
    income = gross - vat - a.ftp * balance
    drawn = balance > DUST  # a revolver that was never drawn has no rate at which it pays
    held = capital > DUST  # nor a return on capital where none is held
    raroc = profitability.raroc(income, loss, opex, np.where(held, capital, 1.0), tax=a.tax)
    raroc = np.where(held, raroc, np.nan)
    profit = profitability.economic_profit(income, loss, opex, capital, tax=a.tax, hurdle=a.hurdle)
    break_even = profitability.break_even_rate(
        np.where(drawn, balance, 1.0),
        a.ftp,
        loss,
        opex,
        capital,
        fees=fees,
        vat=a.vat_on_interest,
        tax=a.tax,
        hurdle=a.hurdle,
    )
    break_even = np.where(drawn, break_even, np.nan)
    return Price(balance, capital, fees, opex, loss, np.asarray(vat), profit, raroc, break_even)


def repeat_value(a: Transactional, totals: Totals, risk: Structure) -> Array:
    """What the first loan is worth as a door, (form, scenario): renewals at the market rate.

    A client that is known costs less and fails less. A renewal is an option: the bank may decline,
    so its profit counts only if positive. With x = repeat x (1 - PD) / (1 + hurdle) the renewals
    are worth profit x (x + x^2 + ...).
    """
    again = price(a, totals, risk, a.usual_days, a.repeat_cost, a.repeat_pd, a.market_rate)
    x = a.repeat * (1 - risk.pd) / (1 + a.hurdle)
    return np.maximum(again.economic_profit, 0) * x / (1 - x)


def win_probability(a: Transactional, quote: Any, days: Any) -> Any:
    """Chance that the client takes the offer, of the common shape of quote and days.

    Logistic in the quote (a year) and in the days to approval: 1 / (1 + e^x), where x is the
    distance of the quote from that taken with a chance of one half, in market spreads.
    """
    return 0.5 - 0.5 * np.tanh((quote - _indifference(a, days)) / (2 * a.market_spread))


def _indifference(a: Transactional, days: Any) -> Any:
    """The quote at which the client takes the offer with a chance of one half, shape of days."""
    slower = np.asarray(days, float) - a.usual_days
    return a.market_rate - a.market_spread * a.day_weight * slower


def best_quote(a: Transactional, threshold: Array, days: Any) -> Array:
    """The quote q with the largest win(q) x (q - threshold), in the shape of threshold.

    Setting the derivative to zero with u = (q - threshold) / spread gives
    (u - 1) e^(u - 1) = e^(c - 1), c = (indifference - threshold) / spread: u = 1 + W(e^(c - 1)),
    W being Lambert's function. It is solved here for log W, which cannot overflow.
    """
    c = (_indifference(a, days) - threshold) / a.market_spread - 1
    log_w = np.where(c > 1, np.log(np.maximum(c, 1.0)), c)  # e^log_w + log_w = c
    for _ in range(12):  # Newton on a convex, increasing function
        log_w = log_w - (np.exp(log_w) + log_w - c) / (np.exp(log_w) + 1)
    quote: Array = threshold + a.market_spread * (1 + np.exp(log_w))
    return quote

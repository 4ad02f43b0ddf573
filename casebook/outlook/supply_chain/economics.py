"""Whose default a route prices, and what a yuan lent on it costs the bank, a year.

Each route's own paper finances the share `advance` of an invoice; the rest is the supplier's own
loan, which `blend` mixes in. Arrays are (route,), or (route, k) where k rates of disputes are
tried.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ... import credit, profitability
from ...shape import Array
from ...timevalue import MONTHS_A_YEAR
from .record import CONFIRMED, HORIZON, OWN, SupplyChain


@dataclass(frozen=True)
class Risk:
    """What a yuan lent for a year costs the bank; each (route,) or (route, k)."""

    loss: Array  # expected, a year
    capital: Array  # held
    obligor: Array  # of the loss, the part from the name that is priced
    invoice: Array  # and the part from disputes, false or forged paper


def chain_pd(a: SupplyChain) -> float:
    """The supplier's PD with its buyer's in it, q = (1 - b) s + b max(chi, s), a year.

    b, s: PD of the buyer and of the supplier; chi: the chance that it fails because the buyer does.
    """
    return (1 - a.buyer_pd) * a.supplier_pd + a.buyer_pd * max(a.contagion, a.supplier_pd)


def paper_gap(a: SupplyChain, dispute: Any) -> Any:
    """Of a yuan advanced, unconfirmed, what no claim stands behind if the supplier fails.

    dispute: share of an invoice in dispute in a usual year, of any shape, which is the result's.
    """
    disputed = np.minimum(a.failing_disputes * np.asarray(dispute, float), 1.0)
    sound = (1 - a.false_share) * (1 - disputed)
    return np.maximum(1 - sound / a.unconfirmed_advance, 0.0)


def risk(a: SupplyChain, dispute: Any = None) -> Risk:
    """Loss and capital of a yuan of each route's own paper, the supplier's own loan apart.

    dispute: that of the case if not given, else (k,) rates that are tried. The parts of a route
    are added up; capital is K x 12.5 x capital ratio, with the PD floor, at a maturity of one year.
    """
    gap = paper_gap(a, a.dispute if dispute is None else dispute)
    q, both = chain_pd(a), a.buyer_pd * max(a.contagion, a.supplier_pd)
    one = np.ones_like(gap)
    obligor = np.stack([q * a.lgd * one, both * a.lgd * one, a.buyer_pd * a.lgd * one])
    # beside `both`: paper with nothing behind it, lost when the supplier fails and the buyer lives
    alone = (1 - a.buyer_pd) * a.supplier_pd
    invoice = np.stack([0 * one, alone * a.lgd * gap, a.forged_share * a.lgd * one])

    def k(pd: float, lgd: Any) -> Any:
        return np.asarray(credit.irb_capital(pd, lgd, 1.0, pd_floor=credit.PD_FLOOR))

    forged = 12.5 * a.capital_ratio * a.forged_share * one  # a claim on nobody: weight 1250%
    capital = 12.5 * a.capital_ratio * np.stack(
        [k(q, a.lgd) * one, k(a.buyer_pd, a.lgd * one) + k(a.supplier_pd, a.lgd * gap),
         k(a.buyer_pd, a.lgd * one)]
    )  # fmt: skip
    capital[CONFIRMED] += forged
    return Risk(obligor + invoice, capital, obligor, invoice)


def advance(a: SupplyChain) -> Array:
    """Share of an invoice that the route's own paper finances (route,)."""
    return np.array([0.0, a.unconfirmed_advance, a.confirmed_advance])


def blend(a: SupplyChain, paper: Array) -> Array:
    """A yuan of invoice: the route's paper for its advance, the own loan for the rest.

    paper: (route,) or (route, k), as the result.
    """
    share = advance(a).reshape(-1, *(1,) * (paper.ndim - 1))
    whole: Array = share * paper + (1 - share) * paper[OWN]
    return whole


def break_even(a: SupplyChain, burden: Risk) -> Array:
    """Rate at which a yuan of each route's paper earns the hurdle, and no more; (route, …)."""
    cost = costs(a).reshape(-1, *(1,) * (burden.loss.ndim - 1))
    rate = profitability.break_even_rate(
        1.0, a.ftp, burden.loss, cost, burden.capital, vat=a.vat_on_interest, tax=a.tax,
        hurdle=a.hurdle,
    )  # fmt: skip
    return np.asarray(rate)


def costs(a: SupplyChain) -> Array:
    """What a yuan of each route's own paper costs the bank in work, a year (route,)."""
    return np.array([a.own_cost, a.unconfirmed_cost, a.confirmed_cost])


def rates(a: SupplyChain) -> Array:
    """The rate of each route's own paper, a year (route,)."""
    return np.array([a.own_rate, a.unconfirmed_rate, a.confirmed_rate])


def platform_fees(a: SupplyChain) -> Array:
    """What the platform takes of a yuan outstanding, a year; only the programme has it (route,)."""
    return np.array([0.0, 0.0, a.platform_fee])


def terms(a: SupplyChain) -> Array:
    """Days until the buyer pays, by route: only the programme brings the new terms (route,)."""
    return np.array([a.terms_before, a.terms_before, a.terms])


def paid(days: float) -> Array:
    """What the buyer pays in each month, of invoices of one yuan issued in months 1 to 12 (month,).

    days: from the invoice to its payment.
    """
    issued = np.zeros(HORIZON + 1)
    issued[1 : MONTHS_A_YEAR + 1] = 1.0
    whole, part = divmod(days / 30, 1)  # a fraction of a month waits for the month's end

    def late(months: int) -> Array:
        return np.concatenate([np.zeros(months), issued])[: HORIZON + 1]

    return (1 - part) * late(int(whole)) + part * late(int(whole) + 1)

"""TODO."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ... import credit, profitability
from ...shape import Array
from .record import CONFIRMED, HORIZON, MONTHS, OWN, SupplyChain


@dataclass(frozen=True)
class Risk:
    """What a yuan lent for a year costs the bank; each (route,) or (route, k)."""

    loss: Array  # expected, a year
    capital: Array  # held
    obligor: Array  # of the loss, the part from the name that is priced
    invoice: Array  # and the part from disputes, false or forged paper


def chain_pd(a: SupplyChain) -> float:
    """The supplier's PD with its buyer's in it: it may fail because the buyer does."""
    return (1 - a.buyer_pd) * a.supplier_pd + a.buyer_pd * max(a.contagion, a.supplier_pd)


def paper_gap(a: SupplyChain, dispute: Any) -> Any:
    """Of a yuan advanced, unconfirmed, what no claim stands behind if the supplier fails."""
    disputed = np.minimum(a.failing_disputes * np.asarray(dispute, float), 1.0)
    sound = (1 - a.false_share) * (1 - disputed)
    return np.maximum(1 - sound / a.unconfirmed_advance, 0.0)


def risk(a: SupplyChain, dispute: Any = None) -> Risk:
    """Loss and capital of a yuan of each route's own paper, the supplier's own loan apart."""
    gap = paper_gap(a, a.dispute if dispute is None else dispute)
    q, both = chain_pd(a), a.buyer_pd * max(a.contagion, a.supplier_pd)
    one = np.ones_like(gap)
    obligor = np.stack([q * a.lgd * one, both * a.lgd * one, a.buyer_pd * a.lgd * one])
    # beside `both`: paper with nothing behind it, lost when the supplier fails and the buyer lives
    alone = (1 - a.buyer_pd) * a.supplier_pd
    invoice = np.stack([0 * one, alone * a.lgd * gap, a.forged_share * a.lgd * one])

    def k(pd: float, lgd: Any) -> Any:
        return np.asarray(credit.irb_capital(pd, lgd, 1.0, pd_floor=0.0005))

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
    """A yuan of invoice: the route's paper for its advance, the own loan for the rest."""
    share = advance(a).reshape(-1, *(1,) * (paper.ndim - 1))
    return share * paper + (1 - share) * paper[OWN]


def break_even(a: SupplyChain, risk: Risk) -> Array:
    """Rate at which a yuan of each route's paper earns the hurdle, and no more; (route, …)."""
    cost = costs(a).reshape(-1, *(1,) * (risk.loss.ndim - 1))
    rate = profitability.break_even_rate(
        1.0, a.ftp, risk.loss, cost, risk.capital, tax=a.tax, hurdle=a.hurdle
    )
    return np.asarray(rate)


def costs(a: SupplyChain) -> Array:
    return np.array([a.own_cost, a.unconfirmed_cost, a.confirmed_cost])


def rates(a: SupplyChain) -> Array:
    return np.array([a.own_rate, a.unconfirmed_rate, a.confirmed_rate])


def terms(a: SupplyChain) -> Array:
    """Days until the buyer pays, by route: only the programme brings the new terms (route,)."""
    return np.array([a.terms_before, a.terms_before, a.terms])


def paid(days: float) -> Array:
    """What the buyer pays in each month, of invoices of one yuan issued in months 1 to 12."""
    issued = np.zeros(HORIZON + 1)
    issued[1 : MONTHS + 1] = 1.0
    whole, part = divmod(days / 30, 1)  # a fraction of a month waits for the month's end

    def late(months: int) -> Array:
        return np.concatenate([np.zeros(months), issued])[: HORIZON + 1]

    return (1 - part) * late(int(whole)) + part * late(int(whole) + 1)

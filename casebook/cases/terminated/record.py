"""Case 5, the assumptions: the way out, the loan, the client, the collateral, the courts, the bank.

Also what does not change: the four ways and the branches of the auction in their order, the months
that are followed, and the grid of price levels on which expectations are taken.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...distributions import norm_cdf
from ...shape import Record, load

WAYS = ("enforce", "settle", "sell", "bankruptcy")
ENFORCE, SETTLE, SELL, BANKRUPTCY = range(4)
#: The two ways that go through an auction.
FORCED = (ENFORCE, BANKRUPTCY)
#: Where the collateral ends: the branches of the auction.
BRANCHES = ("round_one", "round_two", "fixed_price", "in_kind")
#: What is uncertain after default: one uniform each.
DRAWS = ("price", "delay", "round_one", "round_two", "fixed_price", "guarantor")
#: Months after default that the model follows.
HORIZON = 60
#: A sale at the second reserve lasts 60 days.
SALE_MONTHS = 2
#: A court's delay comes in steps of three months.
DELAY_STEP = 3
#: Standard normal nodes of the price level, and the mass that each stands for.
NODES = np.linspace(-4.0, 4.0, 41)
_EDGES = norm_cdf((NODES[:-1] + NODES[1:]) / 2)
NODE_MASS = np.diff(np.concatenate([[0.0], _EDGES, [1.0]]))


@dataclass(frozen=True)
class Terminated(Record):
    """The assumptions of the case; data/cases/terminated.toml gives unit, range and reason."""

    # the way out
    way: str
    settlement_offer: float
    settle_months: int
    settle_cost: float
    sale_price: float
    sell_months: int
    sell_cost: float
    # the loan
    principal: float
    term: int
    rate: float
    penalty: float
    ftp: float
    lpr: float
    vat_on_interest: float
    fee_income: float
    servicing_cost: float
    pd: float
    lgd_planned: float
    # the client
    missed_month: int
    cure_months: int
    cover: float
    cover_end: float
    trouble_months: int
    exit_cover: float
    orderly_share: float
    orderly_months: int
    prepayment_fee: float
    # the collateral
    collateral_value: float
    market_share: float
    price_spread: float
    decay: float
    first_reserve: float
    auction_cut: float
    bidder_spread: float
    competition: float
    sale_cost: float
    resale_months: int
    resale_cost: float
    # who else is paid
    prior_tax: float
    administration: float
    free_assets: float
    bankruptcy_costs: float
    wages: float
    social_tax: float
    other_creditors: float
    guarantor_assets: float
    guarantor_chance: float
    guarantor_months: int
    # the way through the courts
    suit_months: int
    judgment_months: int
    delay_probabilities: tuple[float, ...]
    listing_months: int
    round_gap: int
    distribution_months: int
    bankruptcy_months: int
    legal_cost: float
    care_cost: float
    # the bank
    discount_rate: float
    write_off_months: int
    tax_timing: str
    approach: str
    standard_weight: float
    default_weight: float
    default_weight_provided: float
    provided_share: float
    capital_ratio: float
    hurdle: float
    tax: float


def assumptions(path: str | Path | None = None) -> Terminated:
    """The base case, or your own client's file of the same form (see data/README.md)."""
    return load(Terminated, "terminated", path)

"""What the supply-chain model assumes: the invoices, the three offers, the risks, the bank.

Also the names of the three routes, which are the alternatives of every run, and how long it runs:
a year of invoices and the months until the last one is paid.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...shape import Record, load
from ...timevalue import MONTHS_A_YEAR

ROUTES = ("own_loan", "unconfirmed", "confirmed")
OWN, UNCONFIRMED, CONFIRMED = range(3)
#: Months until the last invoice of the longest term (180 days) is paid.
HORIZON = MONTHS_A_YEAR + 6


@dataclass(frozen=True)
class SupplyChain(Record):
    """The assumptions; data/models/supply_chain.toml gives unit, range and reason."""

    route: str
    invoices: float
    terms_before: float
    terms: float
    dispute: float
    dispute_spread: float
    cost_share: float
    opening_cash: float
    own_rate: float
    unconfirmed_rate: float
    confirmed_rate: float
    unconfirmed_advance: float
    confirmed_advance: float
    platform_fee: float
    platform_cost: float
    buyer_rate: float
    supplier_pd: float
    buyer_pd: float
    contagion: float
    failing_disputes: float
    false_share: float
    forged_share: float
    lgd: float
    ftp: float
    vat_on_interest: float
    own_cost: float
    unconfirmed_cost: float
    confirmed_cost: float
    capital_ratio: float
    hurdle: float
    tax: float


def assumptions(path: str | Path | None = None) -> SupplyChain:
    """The base case, or your own file of the same form (see data/README.md)."""
    return load(SupplyChain, "supply_chain", path, folder="models")

"""What the case assumes: the offer, the bakery, the bank; and the two forms of the offer.

The forms are the alternatives of every run, the second axis of its arrays: (month, form, scenario).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...shape import Record, load

FORMS = ("overdraft", "loan")
OVERDRAFT, LOAN = range(2)
#: The last month of the contract; month 0 is the day on which it is signed.
MONTHS = 12
#: The months in which the season is paid for, and the one in which the shops take the boxes.
BAKING, DELIVERY = range(5, 9), 8
#: Part of an undrawn limit that counts as exposure: that of commitments in Basel III.
CONVERSION = 0.4


@dataclass(frozen=True)
class Seasonal(Record):
    """The assumptions of the case; data/cases/seasonal.toml gives unit, range and reason."""

    # the offer
    form: str
    limit: float
    rate: float
    commitment_fee: float
    # the bakery
    own_cash: float
    season_cost: float
    season_sales: float
    collection_months: int
    spread: float
    # the bank
    lgd: float
    ftp: float
    vat_on_interest: float
    hurdle: float
    tax: float
    file_cost: float


def assumptions(path: str | Path | None = None) -> Seasonal:
    """The base case, or your own client's file of the same form (see data/README.md)."""
    return load(Seasonal, "seasonal", path)

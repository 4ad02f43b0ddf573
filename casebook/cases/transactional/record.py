"""What case 2 assumes: the offer, the firm, what may happen, the bank, the market.

Also the names of the five repayment forms, which are the alternatives of every run and the second
axis of its arrays, and the grid on which the chance of a missed payment is found.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...shape import Record, load

FORMS = ("bullet", "equal_principal", "level", "flexible", "revolving")
BULLET, EQUAL, LEVEL, FLEXIBLE, REVOLVING = range(5)
#: What is uncertain: launch slip, sales level, cure of a missed payment.
DRAWS = ("slip", "sales", "cure")
#: Standard normal nodes of the sales level. With the crossing point interpolated (in
#: `pricing.structure`) 41 of them give the chance of a missed payment to 1e-4 in the base case;
#: where sales spread widely it is too high by up to 0.002 (spread 0.2), 0.003 (0.4).
NODES = np.linspace(-4.0, 4.0, 41)


@dataclass(frozen=True)
class Transactional(Record):
    """The assumptions of the case; data/cases/transactional.toml gives unit, range and reason."""

    # the offer
    principal: float
    tenor: int
    form: str
    rate: float
    approval_days: int
    arrangement_fee: float
    commitment_fee: float
    sweep_start: int
    sweep_share: float
    sweep_floor: float
    entrusted: float
    guarantee: str
    # the firm
    opening_cash: float
    existing_business: float
    fixed_cost: float
    development: float
    supplier_share: float
    launch_month: int
    slip: int
    slip_burn: float
    price: float
    units: float
    ramp_months: int
    cost_of_sales: float
    collection_days: float
    cash_floor: float
    leakage: float
    # what may happen
    slip_probabilities: tuple[float, ...]
    sales_volatility: float
    cure: float
    # the bank
    ftp: float
    vat_on_interest: float
    penalty_surcharge: float
    lpr: float
    lgd: float
    guarantee_worth: float
    approach: str
    standard_weight: float
    turnover: float
    conversion_factor: float
    capital_ratio: float
    hurdle: float
    tax: float
    origination_cost: float
    servicing_cost: float
    rush_cost: float
    desk_loans: int
    # the market
    market_rate: float
    market_range: float
    market_spread: float
    usual_days: int
    day_weight: float
    repeat: float
    repeat_cost: float
    repeat_pd: float


def assumptions(path: str | Path | None = None) -> Transactional:
    """The base case, or your own client's file of the same form (see data/README.md)."""
    return load(Transactional, "transactional", path)

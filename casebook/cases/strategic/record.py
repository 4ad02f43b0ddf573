"""Case 1, the assumptions: what the bank offers, the projects, what may happen, the bank itself.

The dates of the framework follow from them: when each project is signed and opens, and when the
last one closes.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...shape import Array, Record, load

TERMS = ("supported", "unsupported")
SUPPORTED, UNSUPPORTED = range(2)
PROJECTS = 3
#: Half-years in a year, and days in a half-year.
HALVES, HALF_YEAR = 2, 182.5
#: A yuan, in CNY million. Nobody calls a default over less, nor draws a reserve for it; that is
#: more than `shape.DUST`, which only clears what rounding leaves.
YUAN = 1e-6
#: The risk-weight formula holds maturities at five years; these loans are longer.
IRB_MATURITY = 5.0
#: Scenarios worked on at a time, measured: with fewer the overhead shows, with more the memory.
BATCH = 1_500


@dataclass(frozen=True)
class Strategic(Record):
    """The assumptions of the case; data/cases/strategic.toml gives unit, range and reason."""

    # the offer
    target_dscr: float
    margin: float
    sold: float
    wallet_share: float
    terms: str
    old_margin: float
    gearing_cap: float
    debt_years: int
    grace: int
    arrangement_fee: float
    commitment_fee: float
    reserve_periods: int
    lock_up: float
    sweep_share: float
    support_cap: float
    # the projects
    cost_1: float
    cost_2: float
    cost_3: float
    revenue_1: float
    revenue_2: float
    revenue_3: float
    contingency: float
    stagger: int
    construction: int
    life_years: int
    ramp_start: float
    ramp: int
    growth: float
    running_cost: float
    inflation: float
    receivable_days: float
    depreciation_years: int
    project_tax: float
    # what may happen
    delay: int
    shock: float
    project: int
    shock_start: int
    shock_length: int
    site_cost: float
    damages: float
    damages_cap: float
    common_volatility: float
    project_volatility: float
    delay_probabilities: tuple[float, ...]
    rate_volatility: float
    # the bank
    ftp: float
    lpr: float
    tier1: float
    net_capital: float
    group_limit: float
    internal_limit: float
    client_limit: float
    loan_limit: float
    least_distributed: float
    conversion_factor: float
    approach: str
    weight_building: float
    weight_operating: float
    weight_default: float
    pd_building: float
    pd_operating: float
    support_effect: float
    lgd: float
    capital_ratio: float
    hurdle: float
    tax: float
    vat_on_interest: float
    loan_cost: float
    origination_cost: float
    participation_fee: float
    agency_fee: float
    # the rest of the relationship
    wallet: float
    wallet_follows: float
    advisory_fee: float
    service_cost: float
    service_capital: float

    @property
    def rate(self) -> float:
        """The customer's annual rate: transfer price and margin."""
        return self.ftp + self.margin

    @property
    def costs(self) -> Array:
        """Budget of each project, contingency included."""
        return (1 + self.contingency) * np.array([self.cost_1, self.cost_2, self.cost_3])

    @property
    def signed(self) -> list[int]:
        """Half-year in which each project is signed."""
        return [k * self.stagger for k in range(PROJECTS)]

    @property
    def opening_day(self) -> list[int]:
        """Half-year at whose end each project is to be complete."""
        return [s + self.construction for s in self.signed]

    @property
    def horizon(self) -> int:
        """Last half-year of the framework."""
        return self.opening_day[-1] + HALVES * self.life_years


def assumptions(path: str | Path | None = None) -> Strategic:
    """The base case, or your own client's file of the same form (see data/README.md)."""
    return load(Strategic, "strategic", path)

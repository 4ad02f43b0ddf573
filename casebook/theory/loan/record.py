"""What the model of one loan assumes: the offer, the risk, the bank.

Also the names of the four repayment forms, which are the alternatives of every run and the last
axis of the loan's own tables.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...shape import Record, load

FORMS = ("bullet", "balloon", "level", "equal_principal")


@dataclass(frozen=True)
class Loan(Record):
    """The assumptions of the model; data/models/loan.toml gives unit, range and reason."""

    # the offer
    principal: float
    tenor: int
    form: str
    balloon_share: float
    rate: float
    arrangement_fee: float
    other_income: float
    # the risk
    pd: float
    long_run_pd: float
    fade: float
    lgd: float
    collateral: float
    haircut: float
    decay: float
    secured_lgd: float
    # the bank
    ftp: float
    curve_slope: float
    vat_on_interest: float
    approach: str
    standard_weight: float
    turnover: float
    capital_ratio: float
    hurdle: float
    tax: float
    origination_cost: float
    servicing_cost: float


def assumptions(path: str | Path | None = None) -> Loan:
    """The base case, or your own loan's file of the same form (see data/README.md)."""
    return load(Loan, "loan", path, folder="models")

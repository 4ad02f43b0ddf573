"""What the information model assumes: the applications, the two sources of data, their price.

Also the names of the three rankings, which are the alternatives of every run, and of the two groups
of applicants.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...shape import Record, load

RANKINGS = ("accounts", "flows", "equal")
ACCOUNTS, FLOWS, EQUAL = range(3)
THICK, THIN = range(2)
QUARTERS = 12


@dataclass(frozen=True)
class Information(Record):
    """The assumptions; data/models/information.toml gives unit, range and reason."""

    ranking: str
    applications: float
    amount: float
    bad_share: float
    approvals: float
    margin: float
    lgd: float
    accounts_auc: float
    flows_auc: float
    thin_auc: float
    thin_share: float
    measured_bad: float
    drift: float
    drift_spread: float
    rebuild: int
    data_price: float
    build_cost: float
    rebuild_cost: float


def assumptions(path: str | Path | None = None) -> Information:
    """The base case, or your own file of the same form (see data/README.md)."""
    return load(Information, "information", path, folder="models")

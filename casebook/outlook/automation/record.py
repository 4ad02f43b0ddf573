"""What the automation model assumes: the desk, its clients, the machine, the officer.

Also the names of the three ways to decide, which are the alternatives of every run.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...shape import Record, load

WAYS = ("machine", "officer", "referral")
MACHINE, OFFICER, REFERRAL = range(3)
#: Classes of amount; class 0, the desk before it opens, is not counted.
CLASSES = 8


@dataclass(frozen=True)
class Automation(Record):
    """The assumptions; data/models/automation.toml gives unit, range and reason."""

    way: str
    applications: float
    thinning: float
    smallest: float
    bad_share: float
    bad_spread: float
    margin: float
    lgd: float
    lgd_spread: float
    machine_auc: float
    erosion: float
    officer_auc: float
    hours: float
    wage: float
    machine_cost: float
    machine_upkeep: float


def assumptions(path: str | Path | None = None) -> Automation:
    """The base case, or your own file of the same form (see data/README.md)."""
    return load(Automation, "automation", path, folder="models")

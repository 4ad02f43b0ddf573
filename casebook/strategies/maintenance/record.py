"""The assumptions, and the groups of clients: three classes by three sizes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...shape import Record, load
from ...typology import TYPES

#: Years over which a client has its value.
YEARS = 10
CLASSES = TYPES[:3]
SIZES = 3
GROUPS = len(CLASSES) * SIZES
#: The class of each group.
CLASS = np.repeat(np.arange(len(CLASSES)), SIZES)
#: Three ways to read the effect of contact from the tables; the head of the model has them.
ESTIMATES = ("naive", "adjusted", "lot")
#: Uses of the hours.
ALTERNATIVES = ("none", "now", "equal", "volume", "best", "paying")
NOW, EQUAL, BEST, PAYING = 1, 2, 4, 5
#: Products that a client may hold.
PRODUCTS = 6
#: Hours tried for each group, a year.
STEP = 0.5
GRID = np.arange(0.0, 120.0 + STEP / 2, STEP)
#: Months whose events are used, and the year that follows and is not.
FIRST, LAST, TRIED = 13, 48, 60
#: Worlds at a time.
CHUNK = 1000


@dataclass(frozen=True)
class Maintenance(Record):
    """The assumptions; data/models/maintenance.toml gives unit, range and reason."""

    clients: int
    budget: float
    floor: float
    hour_cost: float
    estimate: str
    effect: float
    avoidable: float
    product_income: float
    seminar_guests: float
    seminar_hours: float
    seminar_prep: float
    seminar_cost: float
    seminar_weight: float
    seminar_lift: float
    tailored_hours: float
    tailored_specialists: float
    tailored_lift: float
    hurdle: float
    tax: float
    allocation: str


def assumptions(path: str | Path | None = None) -> Maintenance:
    """The base case, or your own file of the same form (see data/README.md)."""
    return load(Maintenance, "maintenance", path, folder="models")

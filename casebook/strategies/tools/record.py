"""The assumptions; the months, lists, features and points that the tools are made of."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...shape import Record, load

#: Years that a tool is used, after the year in which it is built.
YEARS = 5
#: Last month known when the model of the next product is fitted; it is tested on the year after.
FOLDS = (36, 48)
#: Months of the visiting trial that are known at the first of them.
TRIAL = (13, 36)
#: A list grows by so many clients.
STEP = 25
#: The list by volume (limit), and the tool's.
LISTS = ("volume", "tool")
ALTERNATIVES = ("none", *LISTS)
NONE, VOLUME, TOOL = range(3)
#: What the model of the next product knows of a client, besides its sector.
FEATURES = ("products", "wallet_share", "sales_growth", "limit", "hours_12", "pd", "sold_12",
            "years")  # fmt: skip
#: Characteristics of the scorecard, columns of the panel of early warning.
CHARACTERISTICS = ("grade", "z", "quick", "use", "entries", "late", "turnover", "sector", "silent")
#: Bands of the score, by which its drift is seen.
BANDS = 10
#: Points of a score: 600 at odds of 50 to 1, and 20 more double the odds.
SCORE, ODDS, DOUBLE = 600.0, 50.0, 20.0
#: Months of the clients that the scorecard is learned from.
SCORED = (12, 24)


@dataclass(frozen=True)
class Tools(Record):
    """The assumptions; data/models/tools.toml gives unit, range and reason."""

    # the list
    listed: int
    uplift: float
    uplift_error: float
    product_income: float
    keep: float
    hour_cost: float
    # the tool
    build_cost: float
    run_cost: float
    managers: int
    hours_saved: float
    used: float
    weeks: int
    effect_spread: float
    # what the owners ask
    hurdle: float
    tax: float
    # what is shown first
    view: str


def assumptions(path: str | Path | None = None) -> Tools:
    """The base case, or your own file of the same form (see data/README.md)."""
    return load(Tools, "tools", path, folder="models")

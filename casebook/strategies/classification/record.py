"""The assumptions: what a level of service costs and saves, and what it costs to know the type."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...shape import Record, load
from ...typology import TYPES

LIVING = TYPES[:4]
METHODS = ("rule", "logistic", "boosting")
ALTERNATIVES = ("same", *METHODS, "truth")
#: The levels of service: those of the four types, and this one, the same for all.
SAME = 4
#: What the model learns from, and when it is tried.
LEARNT, TRIED = 36, 48
#: Share of the living clients that are reviewed, and the seed of the lottery that draws them.
REVIEWED, LOTTERY = 0.3, 20260801
#: Years that a method is used, from the reviews in year 0.
YEARS = 5
#: Samples at a time: each has a column for every client tried.
CHUNK = 250


@dataclass(frozen=True)
class Classification(Record):
    """The assumptions; data/models/classification.toml gives unit, range and reason.

    Lists run over the levels of service: strategic, transactional, growth, problem, the same for
    all.
    """

    # the book
    clients: int
    # what a level of service is
    hours: tuple[float, ...]
    hour_cost: float
    lost_strategic: tuple[float, ...]
    lost_transactional: tuple[float, ...]
    lost_growth: tuple[float, ...]
    lost_problem: tuple[float, ...]
    mistake: float
    # loss not seen
    problem_pd: float
    lgd: float
    saved: float
    # what classes cost
    reviews: float
    yearly_reviews: float
    review_hours: float
    rule_cost: float
    model_cost: float
    # how a model's chances become a class
    decide: str
    # what the owners ask
    hurdle: float
    tax: float
    # what is shown first
    method: str


def assumptions(path: str | Path | None = None) -> Classification:
    """The base case, or your own file of the same form (see data/README.md)."""
    return load(Classification, "classification", path, folder="models")

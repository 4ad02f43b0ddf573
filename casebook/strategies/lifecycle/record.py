"""The assumptions, the states of a client, and what may happen to it in a year."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ... import bank
from ...shape import Record, load

#: Years of the book after the opening.
YEARS = 10
STRATEGIES = ("classification", "maintenance", "early_warning", "tools")
CLASSIFY, MAINTAIN, WARN, TOOLS = range(4)
ALTERNATIVES = ("none", *STRATEGIES, "chosen")
#: What a client was before trouble: came as strategic, grew into it, transactional, growth.
ORIGINS = ("strategic", "grown", "transactional", "growth")
S, N, T, G = range(4)
#: The living type whose chances and prices an origin has.
TYPE_OF = (0, 0, 1, 2)
#: First state of those sound, in trouble and in workout; gone; not yet come.
SOUND, TROUBLE, WORKOUT, GONE, WAITING = 0, 4, 8, 12, 13
STATES = 14
#: The states of the living.
LIVING = slice(0, WORKOUT)
#: What may happen in a year, in the order in which a client's one draw decides it.
OUTCOMES = ("default", "problem", "strategic", "transactional", "leave")
LEAVE = 4
#: How sure the effects are, in the order of STRATEGIES.
SPREADS = ("class_spread", "hours_spread", "warning_spread", "tools_spread")
#: Books at a time: their clients stay near the processor.
CHUNK = 16


def _targets() -> NDArray[np.int8]:
    """State that each outcome leads to, (state, outcome); the last column is staying."""
    table = np.repeat(np.arange(STATES)[:, None], len(OUTCOMES) + 1, axis=1)
    for k in range(len(ORIGINS)):
        table[SOUND + k, :5] = (WORKOUT + k, TROUBLE + k, N, T, GONE)
        table[TROUBLE + k, :5] = (WORKOUT + k, TROUBLE + k, TROUBLE + k, T, GONE)
        table[WORKOUT + k, LEAVE] = GONE
    return table.astype(np.int8)


TARGET = _targets()


@dataclass(frozen=True)
class Lifecycle(Record):
    """The assumptions; data/models/lifecycle.toml gives unit, range and reason.

    The bank's own (paths, risks, volumes, prices) are those of data/portfolio/bank.toml.
    """

    # the book
    clients: int
    new_business: float
    grown_volume: float
    use: float
    exposure: float
    lgd: float
    lgd_spread: float
    workout_years: float
    workout_cost: float
    # the world
    recession_year: int
    recession_depth: float
    correlation: float
    # what is funded
    classification: str
    maintenance: str
    early_warning: str
    tools: str
    # classification
    class_cost: float
    class_saving: float
    class_price: float
    class_promote: float
    class_wrong: float
    class_harm: float
    # maintenance
    hours: float
    hours_now: float
    hours_half: float
    retention: float
    cross_sell: float
    aim: float
    focus: float
    # early warning
    warning_cost: float
    warning_quality: float
    false_alarms: float
    review_cost: float
    saved: float
    cut: float
    alarm_leave: float
    # tools
    tools_build: float
    tools_cost: float
    tools_saving: float
    tools_sales: float
    tools_reach: float
    tools_signal: float
    # how sure the effects are
    class_spread: float
    hours_spread: float
    warning_spread: float
    tools_spread: float
    # what the bank pays, and what the owners ask
    ftp: float
    vat_on_interest: float
    approach: str
    standard_weights: tuple[float, ...]
    hurdle: float
    tax: float
    # what is shown first
    view: str


def assumptions(path: str | Path | None = None) -> Lifecycle:
    """The base case, or your own file of the same form (see data/README.md)."""
    return load(Lifecycle, "lifecycle", path, folder="models")


@lru_cache(maxsize=1)
def the_bank() -> bank.Bank:
    """The synthetic bank whose book this is."""
    return bank.assumptions()


def arrivals(a: Lifecycle) -> int:
    """New clients a year, a whole number."""
    return round(a.new_business * a.clients)


def scale(a: Lifecycle) -> float:
    """Clients over those of the case file: the fixed cost of a strategy grows with the book."""
    usual = a.spec.assumptions["clients"].value
    assert isinstance(usual, int)
    return a.clients / usual

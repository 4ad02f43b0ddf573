"""The assumptions of the synthetic bank, and the yearly paths between the types made monthly."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..shape import Record, load
from ..timevalue import MONTHS_A_YEAR

#: The living types, in the order of every list of the file.
LIVING = ("strategic", "transactional", "growth", "problem")
#: From the best to the worst; the last stands for default.
GRADES = ("A", "BBB", "BB", "B", "CCC", "D")
SECTORS = ("manufacturing", "trade", "technology", "infrastructure", "services")
PRODUCTS = ("cash_management", "payroll", "fx", "trade_finance", "guarantees", "advisory")


@dataclass(frozen=True)
class Bank(Record):
    """The assumptions of the bank; data/portfolio/bank.toml gives unit, range and reason of each.

    Tuples run over LIVING, `grade_pd` over the first five of GRADES, `origin` and `entry` over the
    first three types. Money in CNY million, rates and chances a year unless the unit says a month.
    """

    # the book
    clients: int
    new_clients: float
    months: int
    mix: tuple[float, ...]
    origin: tuple[float, ...]
    entry: tuple[float, ...]
    # paths between the types, a year
    to_strategic: tuple[float, ...]
    to_transactional: tuple[float, ...]
    to_problem: tuple[float, ...]
    leave: tuple[float, ...]
    # risk
    pd: tuple[float, ...]
    grade_pd: tuple[float, ...]
    quality_spread: float
    quality_memory: float
    drift: float
    cycle_weight: float
    cycle_memory: float
    grade_noise: float
    cure: float
    late: float
    lgd_secured: float
    lgd_unsecured: float
    lgd_spread: float
    workout_months: tuple[float, ...]
    # money
    volume: tuple[float, ...]
    volume_spread: float
    line_share: tuple[float, ...]
    lpr: float
    ftp: float
    spread: tuple[float, ...]
    fees: tuple[float, ...]
    product_income: float
    cost: tuple[float, ...]
    hour_cost: float
    capital_ratio: float
    turnover_eur: tuple[float, ...]
    hurdle: float
    tax: float
    # what a client looks like
    wallet: tuple[float, ...]
    years: tuple[float, ...]
    products: tuple[float, ...]
    growth: tuple[float, ...]
    dependence: tuple[float, ...]
    unreported: tuple[float, ...]
    court: float
    tax_arrears: float
    trouble_shows: float
    # the work of the relationship managers
    managers: int
    visits: tuple[float, ...]
    calls: tuple[float, ...]
    seminars: float
    trial_share: float
    trial_start: int
    trial_visits: float
    retention_effect: float
    hours_half: float
    hours_memory: float
    response_spread: float
    warmth: float
    sale: tuple[float, ...]
    sale_effect: float
    renewal: float
    prepay: float


def assumptions(path: str | Path | None = None) -> Bank:
    """The bank of the book, or your own file of the same form (see data/README.md)."""
    return load(Bank, "bank", path, folder="portfolio")


def paths(a: Bank) -> NDArray[np.float64]:
    """Yearly chances to change type, (from, to) over LIVING; the diagonal is zero."""
    columns = [a.to_strategic, a.to_transactional, (0.0,) * 4, a.to_problem]
    table = np.array(columns).T
    np.fill_diagonal(table, 0.0)
    return table


def monthly(yearly: NDArray[np.float64]) -> NDArray[np.float64]:
    """Yearly chances of competing moves, (from, to), as those of a month, of the same shape.

    Twelve months without return leave each row's sum as it was, each move with its share of it:
    a month's sum is 1 - (1 - a year's sum) ** (1 / 12).
    """
    total = yearly.sum(axis=1, keepdims=True)
    month = 1.0 - (1.0 - np.minimum(total, 0.999)) ** (1 / MONTHS_A_YEAR)
    share: NDArray[np.float64] = np.divide(month, total, out=np.zeros_like(total), where=total > 0)
    return yearly * share


def taste(a: Bank) -> NDArray[np.float64]:
    """How often each sector takes each product, against the average: (SECTORS, PRODUCTS)."""
    return np.array([a.spec.words["taste"][sector] for sector in SECTORS])

"""What the fit left, and what every length of both lists is worth on it, in straight sums.

The tables of the model's file; what a product pays for as long as its client stays; the ladder of
lengths with the tool's cost and without, and the hours that would make the tool pay.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ... import timevalue
from ...shape import Array, load
from .record import FOLDS, LISTS, STEP, YEARS, Tools


@dataclass(frozen=True)
class Tables:
    """The fitted tables as arrays.

    limit: of the client of each sale, (sale,); place: of that client in each list, (list, sale);
    hours: of visits of the first k x STEP clients, a year, (list, k).
    """

    limit: Array
    place: NDArray[np.intp]
    hours: Array
    clients: int


@lru_cache(maxsize=8)
def _tables(path: Path) -> Tables:
    """The tables of a file."""
    fit = load(Tools, "tools", path, folder="models").spec.words["fit"]
    return Tables(
        limit=np.array(fit["sales"]["limit"]),
        place=np.array([fit["sales"][k] for k in LISTS]),
        hours=np.array([fit["hours"][k] for k in LISTS]),
        clients=fit["clients"],
    )


def tables(a: Tools) -> Tables:
    """What the fit left in the file of these assumptions."""
    return _tables(a.spec.path)


def stock(a: Tools) -> tuple[Array, float]:
    """What CNY 1 of yearly income, sold in each of five years, pays: (year 0..5,), and later.

    The second is the present value, at the end of year 5, of what is paid after it, for as long as
    clients stay.
    """
    held = np.cumsum(a.keep ** np.arange(YEARS))  # run rate at the end of each year
    paid = np.concatenate([[0.0], held - 0.5])
    return paid, float(held[-1] * a.keep / (1 + a.hurdle - a.keep))


def saving(a: Tools) -> float:
    """Money a year for the hours that a tool saves and that are put to use."""
    return a.managers * a.weeks * a.hours_saved * a.used * a.hour_cost


def length(a: Tools) -> int:
    """Clients on the list: whole steps of it."""
    return STEP * (rung(a, tables(a)) + 1)


def rung(a: Tools, fit: Tables) -> int:
    """Index of the list's length in the tables."""
    return int(min(max(a.listed // STEP, 1), fit.hours.shape[1]) - 1)


def worth(a: Tools, x: Array) -> Array:
    """Present value at the hurdle of a line, (year, …) -> (…)."""
    factor = (1 + a.hurdle) ** -np.arange(YEARS + 1.0)
    return np.asarray(sum(factor[k] * x[k] for k in range(YEARS + 1)))


def annuity(a: Tools) -> float:
    """Present value at the hurdle of 1 a year, in years 1 to 5."""
    return float(timevalue.present_value(a.hurdle, np.ones(YEARS), np.arange(1.0, YEARS + 1)))


def ladder(a: Tools) -> dict[str, Array]:
    """Every length of both lists on the test as it was, (list, k): listed, gain a year, bought.

    The tool's with its cost; list_gain without it, and without the hours it saves. best,
    best_gain: (list,), zero and NaN if none earns anything.
    """
    fit = tables(a)
    listed = STEP * np.arange(1, fit.hours.shape[1] + 1)
    limits = np.stack([
        np.cumsum(np.bincount((row - 1) // STEP, fit.limit, len(listed) + 60))[: len(listed)]
        for row in fit.place
    ])  # fmt: skip
    paid, tail = stock(a)
    years = annuity(a)
    unit = float(worth(a, paid)) + tail / (1 + a.hurdle) ** YEARS
    fresh = a.uplift * a.product_income * limits / len(FOLDS)
    pure = (1 - a.tax) * (unit * fresh / years - a.hour_cost * fit.hours)
    own = (1 - a.tax) * (saving(a) - a.run_cost - a.build_cost / years)
    gain = pure + np.array([[0.0], [own]])
    at, rows = gain.argmax(axis=1), np.arange(len(LISTS))
    good = gain[rows, at] > 0
    return {
        "listed": listed,
        "gain": gain,
        "list_gain": pure,
        "bought": limits / fit.limit.sum(),
        "best": np.where(good, listed[at], np.nan),
        "best_gain": np.where(good, gain[rows, at], 0.0),
    }


def break_even_hours(a: Tools) -> float:
    """Hours a week that each manager must gain for the tool to beat the list by volume.

    At the length that stands; NaN if hours are worth nothing.
    """
    x = ladder(a)
    at = rung(a, tables(a))
    short = x["gain"][0, at] - x["gain"][1, at]
    each = (1 - a.tax) * a.managers * a.weeks * a.used * a.hour_cost
    return float(a.hours_saved + short / each) if each > 1e-9 else np.nan

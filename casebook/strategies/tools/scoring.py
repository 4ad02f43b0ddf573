"""The scorecard: weights of evidence, points, reasons, and how a score drifts.

It is learned, with scikit-learn, from the monitoring panel of early warning.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...shape import Array
from ...timevalue import MONTHS_A_YEAR
from .record import BANDS, CHARACTERISTICS, DOUBLE, ODDS, SCORE, SCORED

if TYPE_CHECKING:
    from ..early_warning.panels import Panel


@dataclass(frozen=True)
class Card:
    """A scorecard.

    cuts: characteristic -> edges of its bins; woe, points: (bin,) with one more for what is
    missing; counts: (bin, 2), sound and defaulted; coefficient: of the weights, (characteristic,).
    """

    cuts: dict[str, Array]
    woe: dict[str, Array]
    points: dict[str, Array]
    counts: dict[str, Array]
    coefficient: Array


def bins(x: Array, cuts: Array) -> NDArray[np.intp]:
    """Bin of each value; the last is for what is missing."""
    return np.where(np.isnan(x), len(cuts) + 1, np.digitize(x, cuts))


def _cuts(name: str, x: Array) -> Array:
    """Edges of bins: whole numbers where there are few, else thirds of what is known."""
    x = x[~np.isnan(x)]
    few = np.unique(x)
    if len(few) <= 6:
        return (few[1:] + few[:-1])[: 4 if name == "grade" else 1] / 2
    return np.unique(np.round(np.quantile(x, [0.1, 0.3, 0.7]), 2))


def scorecard(panel: Panel, names: Sequence[str] = CHARACTERISTICS) -> Card:
    """The card from the panel of early warning, on the clients who pay in months SCORED."""
    from sklearn.linear_model import LogisticRegression

    t, who, bad = payers(panel, SCORED)
    cuts, woe, counts = {}, {}, {}
    columns = []
    for name in names:
        x = panel.x[name][t, who]
        cuts[name] = _cuts(name, x)
        at = bins(x, cuts[name])
        n = np.array([[(~bad & (at == k)).sum(), (bad & (at == k)).sum()]
                      for k in range(len(cuts[name]) + 2)], float)  # fmt: skip
        share = (n + 0.5) / (n.sum(axis=0) + 0.5 * len(n))
        woe[name] = np.where(n.sum(axis=1) > 0, np.log(share[:, 0] / share[:, 1]), 0.0)
        counts[name] = n
        columns.append(woe[name][at])
    x = np.stack(columns, axis=1)
    model = LogisticRegression(C=1.0, tol=1e-9, max_iter=1000).fit(x, bad)
    # a characteristic whose sign has turned tells nothing that the others do not
    b = np.minimum(model.coef_[0], 0.0)
    factor = DOUBLE / np.log(2.0)
    start = SCORE - factor * (np.log(ODDS) + model.intercept_[0])
    each = start / len(names)
    points = {k: np.round(each - factor * b[j] * woe[k]) for j, k in enumerate(names)}
    return Card(cuts, woe, points, counts, b)


def payers(panel: Panel, months: Sequence[int]) -> tuple[Any, Any, NDArray[np.bool_]]:
    """(month index, client index, default within twelve months) of those who pay."""
    t, who = [], []
    for month in months:
        here = np.flatnonzero(panel.watched[month - panel.months[0]])
        t.append(np.full(len(here), month - panel.months[0]))
        who.append(here)
    at, client = np.concatenate(t), np.concatenate(who)
    ahead = panel.default[client] - panel.months[at]
    return at, client, (ahead > 0) & (ahead <= MONTHS_A_YEAR)


def score(card: Card, panel: Panel, at: Any) -> Array:
    """Points of the clients `at` (a mask or index over month, client) of the panel."""
    return np.asarray(sum(card.points[k][bins(panel.x[k][at], card.cuts[k])] for k in card.cuts))


def said(points: Array) -> Array:
    """Chance of default within twelve months that a score stands for; any shape."""
    chance: Array = 1 / (1 + ODDS * 2 ** ((np.asarray(points) - SCORE) / DOUBLE))
    return chance


def reasons(card: Card, panel: Panel, at: tuple[int, int]) -> list[tuple[str, float, float, float]]:
    """Why a client has its points, the weightiest first.

    (characteristic, value, points, points below the average of the clients learned from).
    at: (month index, client index).
    """
    rows = []
    for k in card.cuts:
        value = float(panel.x[k][at])
        got = card.points[k][bins(np.array([value]), card.cuts[k])][0]
        n = card.counts[k].sum(axis=1)
        usual = float((n * card.points[k]).sum() / n.sum())
        rows.append((k, value, float(got), usual - float(got)))
    return sorted(rows, key=lambda row: -row[3])


def stability(share: Array, before: Array) -> Array:
    """Population stability index, sum over axis 0 of (p - q) ln(p / q); shares of bands."""
    index: Array = ((share - before) * np.log(share / before)).sum(axis=0)
    return index


def bands(points: Array) -> tuple[Array, Array]:
    """Edges of ten bands with as many clients each, and the shares of the bands."""
    edges = np.unique(np.quantile(points, np.arange(1, BANDS) / BANDS))
    return edges, shares(points, edges)


def shares(points: Array, edges: Array) -> Array:
    """Share of each band, half a client added to each so that none is empty."""
    n = np.bincount(np.digitize(points, edges), minlength=BANDS) + 0.5
    return np.asarray(n / n.sum())

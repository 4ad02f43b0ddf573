"""Searches and measures that models share: where something turns, how far it is from zero."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .result import Array

#: A thousandth of a yuan, where money is in CNY million: less is nothing.
DUST = 1e-9


def first_time(hit: NDArray[np.bool_], start: int = 0) -> NDArray[np.intp]:
    """The first period in which `hit` (period, …) is true, counted from `start`; -1 if in none."""
    return np.where(hit.any(axis=0), hit.argmax(axis=0) + start, -1)


def crossing(gap: Array, grid: Array) -> float:
    """Where `gap` first rises through zero, between two points of the grid; NaN if nowhere."""
    rises = np.flatnonzero((gap[:-1] < 0) & (gap[1:] >= 0))
    if not len(rises):
        return np.nan
    i = rises[0]
    return float(grid[i] - gap[i] * (grid[i + 1] - grid[i]) / (gap[i + 1] - gap[i]))


def bisect(below: Callable[[float], bool], low: float, high: float, steps: int = 30) -> float:
    """The point from `low` to `high` where `below` turns from true to false; NaN if it does not."""
    if not below(low) or below(high):
        return np.nan
    for _ in range(steps):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle) else (low, middle)
    return (low + high) / 2


def turning_point(
    a: Any,
    name: str,
    ahead: Callable[[Any], bool],
    steps: int = 24,
    *,
    to: float | None = None,
) -> float:
    """The value of one assumption, nearest to its own, at which `ahead` of a record changes.

    All others stay as in `a`. NaN where `ahead` is the same at both ends of the allowed range, or
    at `to`, where the search goes that way only. A number is found by that many halvings; of a
    whole one it is the least beyond the turn.
    """
    spec, here, now = a.spec.assumptions[name], getattr(a, name), ahead(a)

    def same(x: float) -> bool:
        return ahead(a.replace(**{name: x})) == now

    ends = [x for x in ((spec.low, spec.high) if to is None else (to,)) if not same(x)]
    if not ends:
        return np.nan
    far = min(ends, key=lambda x: abs(x - here))
    if isinstance(spec.value, int):
        low, high = sorted((int(here), int(far)))
        return float(next(x for x in range(low + 1, high + 1) if same(x) == (far < here)))
    return bisect(same, here, far, steps)


def sampling_interval(share: Array, n: int) -> dict[str, Any]:
    """A simulated share of n scenarios with its bounds, `low` and `high`: 1.96 standard errors."""
    error = 1.96 * np.sqrt(share * (1 - share) / n)
    return {"share": share, "low": share - error, "high": share + error, "n": n}


def tornado_rows(
    a: Any, moves: Mapping[str, tuple[float, float]], value: Callable[[Any], float]
) -> list[tuple[str, float, float, float, float]]:
    """The rows of a tornado: (assumption, low, high, `value` at each), the widest swing first.

    `moves` has what one assumption is moved to while all others stay, cut to its allowed range.
    """
    rows = []
    for name, ends in moves.items():
        spec = a.spec.assumptions[name]
        low, high = (min(max(x, spec.low), spec.high) for x in ends)
        rows.append((name, low, high, *(value(a.replace(**{name: x})) for x in (low, high))))
    return sorted(rows, key=lambda row: -abs(row[4] - row[3]))


def residual(*parts: Any) -> float:
    """The largest absolute value of a difference that should be zero."""
    return float(max(np.max(np.abs(p), initial=0.0) for p in parts))

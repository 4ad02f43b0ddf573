"""Break-even of any number of a model on any of its assumptions: where two sides meet."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..models import model
from ..shape import AssumptionError, Record, SingleRun
from ..words import nearest, wrong

#: Points of the range at which the two sides are compared first; halvings of what lies between.
POINTS, HALVINGS = 81, 60
#: What may part the sides of a question.
_SIGN = re.compile(r"(?<![<>=])(?:==|=)(?![<>=])")


@dataclass(frozen=True)
class Turn:
    """A value of the assumption at which the sides change places.

    `left` and `right` are the sides there; `above`: whether the left one is ahead beyond it.
    `jumps`: they pass each other without meeting, as where something happens or not, or where the
    assumption is a whole number (then it is the first beyond the turn).
    """

    value: float
    left: float
    right: float
    above: bool
    jumps: bool


@dataclass(frozen=True)
class Breakeven:
    """The answer: every turn in the range [low, high], and both sides at its ends."""

    name: str
    question: str
    low: float
    high: float
    turns: tuple[Turn, ...]
    at_low: tuple[float, float]
    at_high: tuple[float, float]


def solve(a: Record, name: str, question: str, low: float | None = None,
          high: float | None = None) -> Breakeven:  # fmt: skip
    """Where `question`, "left == right", is true as the assumption `name` moves from low to high.

    A side is a number (0.05 or 5%), a metric, or an alternative and a metric with a point between.
    low, high: the allowed range where they are left out. All other assumptions stay as in `a`. Of
    turns closer together than an eightieth of the range an even number is not seen. AssumptionError
    says what is wrong with a question.
    """
    spec = a.spec.assumptions.get(name)
    if spec is None:
        what = nearest(name, a.spec.assumptions)
        raise AssumptionError(wrong("assumption", what, name=repr(name)))
    if spec.choices or isinstance(spec.value, tuple):
        raise AssumptionError(wrong("not_number", name))
    whole = isinstance(spec.value, int)
    low = spec.low if low is None else low
    high = spec.high if high is None else high
    for end in (low, high):
        a.replace(**{name: int(end) if whole else end})
    if not low < high:
        raise AssumptionError(wrong("no_range", name, low=low, high=high))
    run = model(a.model).simulate
    base = run(a)
    left, right = (side(part, base) for part in parts(question))

    def sides(x: float) -> tuple[float, float]:
        r = run(a.replace(**{name: int(x) if whole else float(x)}))
        return left(r), right(r)

    grid = np.linspace(low, high, POINTS)
    grid = np.unique(grid.round()) if whole else grid
    found = [sides(x) for x in grid]
    turns = []
    for k in range(len(grid) - 1):
        before, after = (ahead(found[i]) for i in (k, k + 1))
        if k == 0 and meets(found[0]):
            turns.append(Turn(float(grid[0]), *found[0], bool(after), False))
        elif before is not None and after is not None and before != after:
            turns.append(_turn(sides, float(grid[k]), float(grid[k + 1]), before, whole))
    return Breakeven(name, question, float(low), float(high), tuple(turns), found[0], found[-1])


def _turn(
    sides: Callable[[float], tuple[float, float]],
    low: float,
    high: float,
    before: bool,
    whole: bool,
) -> Turn:
    """Where the side that is ahead at `low` is so no more, up to `high`."""
    for _ in range(HALVINGS):
        middle = float((low + high) // 2) if whole else (low + high) / 2
        if middle in (low, high):
            break
        now = ahead(sides(middle))
        low, high = (middle, high) if now == before else (low, middle)
    x = high if whole else (low + high) / 2
    left, right = sides(x)
    return Turn(x, left, right, not before, not meets((left, right)))


def ahead(pair: tuple[float, float]) -> bool | None:
    """Whether the left side is at least the right one; None where one of them is no number."""
    return None if np.isnan(pair).any() else bool(pair[0] >= pair[1])


def meets(pair: tuple[float, float]) -> bool:
    """Whether two sides are the same, up to the rounding of the search."""
    return bool(np.isclose(*pair, rtol=1e-7, atol=1e-9))


def parts(question: str) -> list[str]:
    """The two sides of a question; AssumptionError where it has not two."""
    sides = [part.strip() for part in _SIGN.split(question)]
    if len(sides) != 2 or not all(sides):
        raise AssumptionError(wrong("sides", repr(question)))
    return sides


def side(text: str, base: SingleRun[Any]) -> Callable[[SingleRun[Any]], float]:
    """A side of a question, to be taken of a run; AssumptionError names what there is."""
    number = text.removesuffix("%").replace(",", "")
    try:
        fixed = float(number) / (100 if text.endswith("%") else 1)
    except ValueError:
        pass
    else:
        return lambda r: fixed
    way, point, metric = text.rpartition(".")
    if point and way not in base.alternatives:
        raise AssumptionError(wrong("no_way", nearest(way, base.alternatives), name=way))
    if metric not in base.metrics:
        raise AssumptionError(wrong("no_metric", nearest(metric, base.metrics), name=metric))
    if isinstance(base.metrics[metric], str):
        raise AssumptionError(wrong("is_text", metric))

    def of(r: SingleRun[Any]) -> float:
        value = (r.alternative(way) if point else r).metrics[metric]
        return np.nan if value is None or isinstance(value, str) else float(value)

    return of

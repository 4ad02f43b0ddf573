"""Where the ticks of an axis are, and what is written at them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from .transforms import Array

#: The steps between ticks that nobody has set, times a power of ten.
_STEPS = np.array([0.1, 0.2, 0.25, 0.5, 1, 2, 2.5, 5, 10, 20])
_MOST = 9


class FixedLocator:
    """Ticks that a frame has set."""

    def __init__(self, locs: Any) -> None:
        self.locs: Array = np.asarray(locs, float)

    def ticks(self, low: float, high: float, room: float) -> Array:
        """All of them, inside the limits or not."""
        return self.locs


class AutoLocator:
    """matplotlib's own choice: as many ticks as have room, at most nine, at round numbers."""

    def ticks(self, low: float, high: float, room: float) -> Array:
        """Ticks from `low` or below it to `high` or above it, for texts of which `room` fit."""
        most = min(max(math.floor(room), 1), _MOST)
        least = (high - low) / most
        steps = _STEPS * 10.0 ** math.floor(math.log10(least))
        ticks = np.array([low, high])
        for step in steps[: np.flatnonzero(steps >= least)[0] + 1][::-1]:
            first = low // step
            last = first + math.ceil((high - first * step) / step - 1e-10)
            ticks = np.arange(first, last + 1) * step
            if ((ticks >= low) & (ticks <= high)).sum() >= 2:
                break
        return ticks


class Formatter:
    """What an axis has at first: the texts of its ticks are to be set."""

    def format_ticks(self, values: Any) -> list[str]:
        """ValueError where that was not done."""
        raise ValueError("the ticks of an axis have no texts: give it a formatter")


class ScalarFormatter(Formatter):
    """What a straight axis has at first. `casebook.figures` writes its numbers."""


class LogFormatter(Formatter):
    """What an axis has at first that is not straight."""


class FixedFormatter(Formatter):
    """What matplotlib never gives to an axis by itself."""


class FuncFormatter(Formatter):
    """Texts that a function makes of the number and the place of a tick."""

    def __init__(self, func: Callable[[float, int], str]) -> None:
        self.func = func

    def format_ticks(self, values: Any) -> list[str]:
        """One for each tick."""
        return [self.func(x, place) for place, x in enumerate(np.asarray(values, float).tolist())]


def named(ticks: Any, labels: Any) -> FuncFormatter:
    """The texts of ticks that a frame has set. ValueError where they are not as many."""
    known = dict(zip(np.asarray(ticks, float).tolist(), map(str, labels), strict=True))
    return FuncFormatter(lambda x, _: known.get(x, ""))

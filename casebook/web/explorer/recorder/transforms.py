"""From the coordinates that a part is given in to points of the figure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Bbox(NamedTuple):
    """A rectangle, by its lower left and its upper right corner."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """From left to right."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """From bottom to top."""
        return self.y1 - self.y0


class Transform:
    """A function of points (…, 2) and, where it is wanted, the one that takes it `back`.

    `+` with a `ScaledTranslation` moves what it gives.
    """

    def __init__(
        self, apply: Callable[[Array], Array], back: Callable[[Array], Array] | None = None
    ) -> None:
        self._apply, self._back = apply, back

    def transform(self, values: Any) -> Array:
        """Points (…, 2) of the figure."""
        return self._apply(np.asarray(values, float))

    def inverted(self) -> Transform:
        """From points of the figure to where they come from. TypeError where that is not known."""
        if self._back is None:
            raise TypeError("this transform is not inverted here")
        return Transform(self._back, self._apply)

    def __add__(self, other: ScaledTranslation) -> Transform:
        return Transform(lambda points: self.transform(points) + other.by)


class ScaledTranslation:
    """A move by (xt, yt), times `scale_trans`: a figure's `dpi_scale_trans` makes inches points."""

    def __init__(self, xt: float, yt: float, scale_trans: float) -> None:
        self.by = np.array([xt * scale_trans, yt * scale_trans])


class Scale(NamedTuple):
    """What a value is before it is stretched over the length of a panel, and back."""

    name: str
    forward: Callable[[Array], Array]
    back: Callable[[Array], Array]


def scale(name: str, *, linthresh: float = 2.0, linscale: float = 1.0) -> Scale:
    """linear, log (of base 10) or symlog: log beyond `linthresh` on either side, straight between.

    `linscale`: how many decades long the straight part is, on either side. KeyError for another.
    """
    straight = linscale / (1.0 - 0.1)

    def log(x: Array) -> Array:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(x <= 0, -1000.0, np.log10(x))  # what has none is far below

    def symlog(x: Array) -> Array:
        size = np.maximum(np.abs(x), linthresh)
        beyond = np.sign(x) * linthresh * (straight + np.log10(size / linthresh))
        return np.where(np.abs(x) > linthresh, beyond, x * straight)

    def back(y: Array) -> Array:
        far = np.maximum(np.abs(y) / linthresh - straight, 0.0)
        beyond = np.sign(y) * linthresh * 10.0**far
        return np.where(np.abs(y) > linthresh * straight, beyond, y / straight)

    return {
        "linear": Scale(name, lambda x: x, lambda y: y),
        "log": Scale(name, log, lambda y: 10.0**y),
        "symlog": Scale(name, symlog, back),
    }[name]

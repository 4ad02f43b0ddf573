"""Paths, and what SVG calls them."""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from .transforms import Array

#: A point of a line. Five digits: a hundredth of a point within a figure.
POINT = "L %.5g %.5g \n"
START = "M" + POINT[1:]


class Path:
    """Points (n, 2) and how the SVG joins them: `data` has room for the numbers of each."""

    def __init__(self, vertices: Array, data: str) -> None:
        self.vertices, self.data = vertices, data

    @classmethod
    def make_compound_path_from_polys(cls, XY: Any) -> Self:
        """Closed polygons of one number of corners, (polygon, corner, 2)."""
        count, corners, _ = XY.shape
        return cls(XY.reshape(-1, 2), closed(corners) * count)

    @classmethod
    def polygon(cls, vertices: Any) -> Self:
        """One closed polygon."""
        points = np.asarray(vertices, float)
        return cls(points, closed(len(points)))

    def svg(self, points: Array) -> str:
        """The path through its vertices where they stand now, in the SVG's own coordinates."""
        return self.data % tuple(points.ravel().tolist())


def closed(corners: int) -> str:
    """The form of a polygon."""
    return START + POINT * (corners - 1) + "z\n"


def polyline(points: Array, width: float, height: float) -> str:
    """A line through points (n, 2) of the SVG, broken where one is missing.

    As matplotlib does, what is more than a point outside of the figure is cut away.
    """
    inside = (points >= -1.0) & (points <= (width + 1.0, height + 1.0))
    if inside.all():
        return (START + POINT * (len(points) - 1)) % tuple(points.ravel().tolist())
    return _broken(points, np.array([-1.0, -1.0]), np.array([width + 1.0, height + 1.0]))


def _broken(points: Array, low: Array, high: Array) -> str:
    """The pieces of a line within a rectangle."""
    finite = np.isfinite(points[:, 0] + points[:, 1])
    fresh = finite & ~np.concatenate([[False], finite[:-1]])  # a piece starts here
    points, fresh = points[finite], fresh[finite]
    start, end = points[:-1], points[1:]
    step = end - start
    with np.errstate(divide="ignore", invalid="ignore"):
        sides = np.stack([(low - start) / step, (high - start) / step])
    still = step == 0
    off = (still & ((start < low) | (start > high))).any(axis=1)
    enter = np.where(still, 0.0, sides.min(axis=0)).max(axis=1, initial=0.0)
    leave = np.where(still, 1.0, sides.max(axis=0)).min(axis=1, initial=1.0)
    seen = ~fresh[1:] & ~off & (enter <= leave)
    # the pen comes from elsewhere where the start was moved, or what is before it is not seen
    lifted = (enter > 0) | ~np.concatenate([[False], seen[:-1]])[: len(seen)]
    ends = np.stack([start + enter[:, None] * step, start + leave[:, None] * step], axis=1)
    pieces = [""] * len(points)
    for k in np.flatnonzero(seen).tolist():
        ((x0, y0), (x1, y1)) = ends[k].tolist()
        pieces[k + 1] = (START % (x0, y0) if lifted[k] else "") + POINT % (x1, y1)
    alone = fresh & np.concatenate([fresh[1:], [True]])[: len(fresh)]
    alone &= ((points >= low) & (points <= high)).all(axis=1)
    for k in np.flatnonzero(alone).tolist():
        pieces[k] = START % tuple(points[k].tolist())
    return "".join(pieces)

"""Data outside their panel: a mark at its edge, with the value; nothing is cut in silence.

A line that leaves has a triangle where it is furthest out, a bar that is cut a gap near the edge
too, and a point stands hollow at the edge. Only along the axis of values: a line may well be
longer than the window of the other axis.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from numpy.typing import NDArray

from . import layout, letters
from .style import PALETTE

Array = NDArray[np.float64]
#: What lies so far outside, as a share of the panel, is drawn as if it were on the edge.
_NEAR = 0.004
#: The direction of the triangle at the lower and the upper end, upright and across.
_MARKS = {False: ("v", "^"), True: ("<", ">")}
#: Points from the edge to the words, and to the gap in a bar; the lean of the gap.
_INSIDE, _GAP, _LEAN = 4.0, 7.0, 2.5


@dataclass(eq=False)
class Series:
    """What one part of a chart has drawn: along the axis of positions, and that of values.

    `base` is where bars start; `shown` are the numbers of a table, the values if None; `told` says
    that their texts stand beside them.
    """

    ax: Axes
    kind: str  # line, bar, point, band
    at: Array
    value: Array
    colour: str
    artist: Artist
    base: Array | None = None
    width: float = 0.0
    shown: Array | None = None
    told: bool = False


@dataclass(eq=False)
class _Cut:
    """The value of a series that is furthest outside, at one end of the axis."""

    end: int  # 0 lower, 1 upper
    at: float
    value: float
    series: Series
    across: bool  # along the horizontal axis


def short(value: float) -> str:
    """A value in few letters: three digits that count, thousands apart."""
    size = abs(value)
    digits = 0 if size >= 100 else 1 if size >= 10 else 2
    text = f"{value:,.{digits}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", "\N{MINUS SIGN}")


def _limits(ax: Axes, *, across: bool) -> tuple[tuple[float, float], tuple[float, float]]:
    """Limits of the axis of values and of that of positions, the lower first."""
    value, at = (ax.get_xlim(), ax.get_ylim()) if across else (ax.get_ylim(), ax.get_xlim())
    return (min(value), max(value)), (min(at), max(at))


def _outside(
    ax: Axes, at: Array, value: Array, *, across: bool, window: bool = True
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Which values are below the panel and which above; `window`: of those within its sides."""
    (low, high), (first, last) = _limits(ax, across=across)
    slack, room = _NEAR * (high - low), _NEAR * (last - first)
    seen = ~np.isnan(value)
    if window:
        seen &= (at >= first - room) & (at <= last + room)
    return seen & (value < low - slack), seen & (value > high + slack)


def _cuts(series: Series) -> Iterator[_Cut]:
    """At either end of the axis, the value that is furthest outside; of points, on both axes."""
    across = layout.space(series.ax).across
    ways = [(across, series.at, series.value)]
    if series.kind == "point":
        ways.append((not across, series.value, series.at))
    for way, at, value in ways:
        outside = _outside(series.ax, at, value, across=way, window=series.kind != "point")
        for end, out in enumerate(outside):
            if out.any():
                worst = value[out].max() if end else value[out].min()
                place = np.median(at[out][value[out] == worst])
                yield _Cut(end, float(place), float(worst), series, way)


def _hollow(series: Series) -> None:
    """Points outside come to the edge, hollow; the others stay."""
    across = layout.space(series.ax).across
    x, y = (series.value, series.at) if across else (series.at, series.value)
    ends, sides = _limits(series.ax, across=False)
    out = np.zeros(x.shape, bool)
    for way, at, value in ((False, x, y), (True, y, x)):
        out |= np.any(_outside(series.ax, at, value, across=way, window=False), axis=0)
    if not out.any():
        return
    artist: Any = series.artist
    artist.set_data(x[~out], y[~out])
    series.ax.plot(
        np.clip(x[out], *sides), np.clip(y[out], *ends), ls="", marker=artist.get_marker(),
        ms=artist.get_markersize(), color=artist.get_color(), mfc=PALETTE["paper"], mew=1.6,
        clip_on=False, zorder=4, scalex=False, scaley=False,
    )  # fmt: skip


def _polygons(ax: Axes, corners: Array) -> None:
    """Shapes in the colour of the paper, (shape, corner, 2) in points of the figure."""
    places = ax.transData.inverted().transform(corners.reshape(-1, 2)).reshape(corners.shape)
    path = Path.make_compound_path_from_polys(places)
    ax.add_artist(PathPatch(path, facecolor=PALETTE["paper"], linewidth=0, zorder=3.5))


def ground(ax: Axes, middle: tuple[float, float], wide: float) -> None:
    """A ground of the paper for a line of words, in points of the figure."""
    half = np.array([wide + 4, layout.form(ax).small + 2]) / 2
    signs = np.array([(-1, -1), (-1, 1), (1, 1), (1, -1)])
    _polygons(ax, (np.array(middle) + signs * half)[None])


def _gaps(series: Series, end: int) -> None:
    """A leaning gap in each bar that is cut at this end."""
    across = layout.space(series.ax).across
    out = _outside(series.ax, series.at, series.value, across=across)[end]
    limits, _ = _limits(series.ax, across=across)
    sides = series.at[out][:, None] + series.width / 2 * np.array([-1, 1])
    ends = np.full(sides.shape, limits[end])
    places = np.stack((ends, sides) if across else (sides, ends), axis=-1)
    edge = series.ax.transData.transform(places.reshape(-1, 2)).reshape(places.shape)
    inward = np.array([1.0, 0.0] if across else [0.0, 1.0]) * (-1 if end else 1)
    one, two = edge[:, 0], edge[:, 1]
    lean, deep, thick = (inward * x for x in (_LEAN, _GAP + 8, 2.2))
    corners = [one + deep - lean, two + deep + lean, two + deep + lean + thick,
               one + deep - lean + thick]  # fmt: skip
    _polygons(series.ax, np.stack(corners, axis=1))


def _words(ax: Axes, cut: _Cut, taken: list[tuple[float, float, float, float]]) -> None:
    """The triangle at the edge and, inside it, the value on a ground of its own."""
    across = cut.across
    limits, (first, last) = _limits(ax, across=across)
    size = layout.form(ax).small
    at = min(max(cut.at, first), last)
    place = (limits[cut.end], at) if across else (at, limits[cut.end])
    colour = PALETTE[cut.series.colour]
    ax.plot(
        *([x] for x in place), ls="", marker=_MARKS[across][cut.end], ms=6, color=colour,
        mec=PALETTE["paper"], mew=0.7, clip_on=False, zorder=5, scalex=False, scaley=False,
    )  # fmt: skip
    if cut.series.told:
        return
    text = short(cut.value)
    wide, high = letters.width(text, size), size + 2
    x, y = ax.transData.transform(place)
    side = -1 if cut.end else 1
    middle = (
        (x + side * (_INSIDE + wide / 2), y) if across else (x, y + side * (_INSIDE + high / 2))
    )
    left, right = ax.transAxes.transform([(0, 0), (1, 0)])[:, 0]
    cx = min(max(middle[0], left + wide / 2), right - wide / 2)
    cy, step = middle[1], 0 if across else side * high
    while step and any(abs(cx - a) < (wide + b) / 2 and abs(cy - c) < (high + d) / 2 - 0.5
                       for a, b, c, d in taken):  # fmt: skip
        cy += step
    taken.append((cx, wide, cy, high))
    ground(ax, (cx, cy), wide)
    ax.annotate(
        text, place, xytext=(cx - x, cy - y), textcoords="offset points", ha="center",
        va="center_baseline", fontsize=size, color=PALETTE["ink"], annotation_clip=False, zorder=5,
    )  # fmt: skip


def mark(figure: Any) -> None:
    """Mark what the panels of a figure cut."""
    for ax in figure.axes:
        cuts = [cut for s in figure.series if s.ax is ax for cut in _cuts(s)]
        if not cuts:
            continue
        taken: list[tuple[float, float, float, float]] = []
        for cut in sorted(cuts, key=lambda c: -abs(c.value)):
            if cut.series.kind == "bar":
                _gaps(cut.series, cut.end)
            if not _covered(cut, cuts):
                _words(ax, cut, taken)
        for series in figure.series:
            if series.ax is ax and series.kind == "point":
                _hollow(series)


def _covered(cut: _Cut, cuts: list[_Cut]) -> bool:
    """Whether another mark says the same, or that of a bar upon this one says more."""
    for other in cuts:
        if other is cut or (other.end, other.across) != (cut.end, cut.across):
            continue
        further = abs(other.value) > abs(cut.value)
        same = other.value == cut.value and other.at == cut.at
        first = cuts.index(other) < cuts.index(cut)
        if same and first:
            return True
        if further and cut.series.kind == other.series.kind == "bar":
            mine = np.isclose(other.series.at, cut.at)
            over = other.series.value[mine]
            if over.size and abs(over[0]) > abs(cut.value):
                return True
    return False


def unmarked(figure: Any) -> list[str]:
    """What the artists of a figure draw outside their panel and no triangle tells of.

    It asks what is drawn, and not what was noted: also for what a chart draws on its own.
    """
    found = []
    for ax in figure.axes:
        across = layout.space(ax).across
        (low, high), (first, last) = _limits(ax, across=across)
        marks = {line.get_marker() for line in ax.lines}
        for artist in figure.data_artists:
            if artist.axes is not ax:
                continue
            if artist in ax.lines and artist.get_transform() == ax.transData:
                places = np.asarray(artist.get_xydata(), float)
            elif isinstance(artist, PathPatch) and artist.get_facecolor()[:3] != (1, 1, 1):
                path = artist.get_path()
                places = np.asarray(path.vertices, float)[path.codes != Path.CLOSEPOLY]
            else:
                continue
            places = places[:, ::-1] if across else places
            seen = places[(places[:, 0] >= first) & (places[:, 0] <= last), 1]
            slack = 1.5 * _NEAR * (high - low)
            for out, sign in zip((seen < low - slack, seen > high + slack), _MARKS[across],
                                 strict=True):  # fmt: skip
                if out.any() and sign not in marks:
                    found.append(f"{figure.name}: {seen[out][0]:g} ({artist.get_gid()})")
    return found

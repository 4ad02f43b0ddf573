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
#: So many bars that are cut have a value each.
_FEW = 4
#: The direction of the triangle at the lower and the upper end, upright and across.
_MARKS = {False: ("v", "^"), True: ("<", ">")}
#: Points from the edge to the words, more beside a marker, and to the gap in a bar; its lean.
_INSIDE, _MARKER, _GAP, _LEAN = 4.0, 4.5, 7.0, 2.5


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


@dataclass(frozen=True)
class _Box:
    """Words at an edge: their middle and width in points."""

    x: float
    y: float
    wide: float
    text: str


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
    _polygons(ax, _box(ax, middle, wide))


def _box(ax: Axes, middle: tuple[float, float], wide: float) -> Array:
    """The corners of a ground for a line of words, in points of the figure."""
    (x, y), half, tall = middle, wide / 2 + 2, layout.form(ax).small / 2 + 1
    corners = (x - half, y - tall), (x - half, y + tall), (x + half, y + tall), (x + half, y - tall)
    return np.array([corners])


def _gaps(series: Series, end: int) -> Array:
    """A leaning gap in each bar that is cut at this end: its corners in points of the figure."""
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
    return np.stack(corners, axis=1)


def _words(ax: Axes, cut: _Cut, taken: list[_Box]) -> list[Array]:
    """The triangle at the edge and, inside it, the value; the ground for that."""
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
        return []
    text = short(cut.value)
    wide, high = letters.width(text, size), size + 2
    x, y = ax.transData.transform(place)
    side = -1 if cut.end else 1
    away = _INSIDE + (_MARKER if cut.series.kind == "point" else 0)
    inward = side * (away + (wide if across else high) / 2)
    left, right = ax.transAxes.transform([(0, 0), (1, 0)])[:, 0]
    cx = min(max(x + inward * across, left + wide / 2), right - wide / 2)
    cy = y + inward * (not across)
    near = [b for b in taken if abs(cx - b.x) < (wide + b.wide) / 2 + 2]
    if any(b.text == text for b in near):
        return []
    while not across and any(abs(cy - b.y) < high - 0.5 for b in near):
        cy += side * high
    taken.append(_Box(cx, cy, wide, text))
    ax.annotate(
        text, place, xytext=(cx - x, cy - y), textcoords="offset points", ha="center",
        va="center_baseline", fontsize=size, color=PALETTE["ink"], annotation_clip=False, zorder=5,
    )  # fmt: skip
    return [_box(ax, (cx, cy), wide)]


def _bars(cuts: list[_Cut]) -> list[_Cut]:
    """Of bars that are cut, which have their value written.

    Upon each other: the one on top. Side by side: each if they are few, else the longest.
    """
    chosen: list[_Cut] = []
    for end in (0, 1):
        tops: dict[float, _Cut] = {}
        for cut in cuts:
            series, across = cut.series, cut.across
            if cut.end != end:
                continue
            out = _outside(series.ax, series.at, series.value, across=across)[end]
            for at, value in zip(series.at[out].tolist(), series.value[out].tolist(), strict=True):
                known = tops.get(round(at, 6))
                if known is None or abs(value) > abs(known.value):
                    tops[round(at, 6)] = _Cut(end, at, value, series, across)
        few = len(tops) <= _FEW
        chosen += tops.values() if few else [max(tops.values(), key=lambda c: abs(c.value))]
    return chosen


def mark(figure: Any) -> None:
    """Mark what the panels of a figure cut."""
    for ax in figure.axes:
        drawn = [s for s in figure.series if s.ax is ax]
        cuts = [cut for s in drawn for cut in _cuts(s)]
        if not cuts:
            continue
        stood = [cut for cut in cuts if cut.series.kind == "bar"]
        shapes = [_gaps(cut.series, cut.end) for cut in stood]
        other = {(c.end, c.across, c.at, c.value): c for c in cuts if c.series.kind != "bar"}
        taken: list[_Box] = []
        for cut in sorted([*_bars(stood), *other.values()], key=lambda c: -abs(c.value)):
            shapes += _words(ax, cut, taken)
        if shapes:
            _polygons(ax, np.concatenate(shapes))
        for series in drawn:
            if series.kind == "point":
                _hollow(series)


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

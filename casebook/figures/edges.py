"""Data outside their panel: a mark at its edge, with the value; nothing is cut in silence.

A line that leaves has a triangle where it is furthest out, a bar that is cut a gap near the edge
too, and a point stands hollow at the edge. Only along the axis of values: a line may well be
longer than the window of the other axis, unless it is a straight one at one position.
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

from .. import letters
from ..palette import PALETTE
from . import layout

Array = NDArray[np.float64]
#: What lies so far outside, as a share of the panel, is drawn as if it were on the edge.
_NEAR = 0.004
#: So many bars that are cut have a value each, if upright ones stand so many points apart.
_FEW, _APART = 4, 24.0
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


@dataclass(frozen=True)
class _Panel:
    """A panel with its limits, the lower first: they are the same for all that is drawn in it."""

    ax: Axes
    across: bool  # values are read along the horizontal axis
    x: tuple[float, float]
    y: tuple[float, float]

    @classmethod
    def of(cls, ax: Axes) -> _Panel:
        """That of some axes."""
        (x0, x1), (y0, y1) = ax.get_xlim(), ax.get_ylim()
        sides = (min(x0, x1), max(x0, x1)), (min(y0, y1), max(y0, y1))
        return cls(ax, layout.space(ax).across, *sides)

    def outside(
        self, at: Array, value: Array, *, across: bool, window: bool = True
    ) -> tuple[NDArray[np.bool_], NDArray[np.bool_]] | None:
        """Which values are below the panel and which above; None for none, by far the most often.

        `window`: of the values between the sides of the panel only.
        """
        (low, high), (first, last) = (self.x, self.y) if across else (self.y, self.x)
        slack = _NEAR * (high - low)
        low, high = low - slack, high + slack
        least, most = np.fmin.reduce(value, initial=low), np.fmax.reduce(value, initial=high)
        if least >= low and most <= high:
            return None
        below, above = value < low, value > high
        if window:
            room = _NEAR * (last - first)
            seen = (at >= first - room) & (at <= last + room)
            below, above = below & seen, above & seen
        return below, above

    def place(self, cut: _Cut) -> tuple[float, float]:
        """Where at the edge the mark of a cut stands."""
        limits, (first, last) = (self.x, self.y) if cut.across else (self.y, self.x)
        at = min(max(cut.at, first), last)
        return (limits[cut.end], at) if cut.across else (at, limits[cut.end])


def _cuts(series: Series, panel: _Panel) -> Iterator[_Cut]:
    """At either end of the axis, the value that is furthest outside.

    Points leave on both axes, and so does a line that goes straight along the values.
    """
    at, value = series.at, series.value
    ways = [(panel.across, at, value)]
    straight = series.kind == "line" and at.size == 2 and at[0] == at[1]
    if straight or series.kind == "point":
        ways.append((not panel.across, value, at))
    for way, along, out_of in ways:
        window = way == panel.across and series.kind != "point"
        for end, out in enumerate(panel.outside(along, out_of, across=way, window=window) or ()):
            if out.any():
                worst = out_of[out].max() if end else out_of[out].min()
                place = np.median(along[out][out_of[out] == worst])
                yield _Cut(end, float(place), float(worst), series, way)


def _hollow(series: Series, panel: _Panel) -> None:
    """Points outside come to the edge, hollow; the others stay."""
    x, y = (series.value, series.at) if panel.across else (series.at, series.value)
    out = np.zeros(x.shape, bool)
    for way, at, value in ((False, x, y), (True, y, x)):
        out |= np.any(panel.outside(at, value, across=way, window=False) or [out], axis=0)
    if not out.any():
        return
    artist: Any = series.artist
    artist.set_data(x[~out], y[~out])
    series.ax.plot(
        np.clip(x[out], *panel.x), np.clip(y[out], *panel.y), ls="", marker=artist.get_marker(),
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


def _gaps(stood: list[_Cut], panel: _Panel) -> Array:
    """A leaning gap in each bar that is cut, once for a stack: corners in points of the figure."""
    across, limits = panel.across, panel.x if panel.across else panel.y
    bars = set()
    for cut in stood:
        series = cut.series
        out = (panel.outside(series.at, series.value, across=across) or ((), ()))[cut.end]
        bars |= {(cut.end, at, series.width / 2) for at in series.at[out].tolist()}
    end, at, half = np.array(sorted(bars)).T
    sides = at[:, None] + half[:, None] * np.array([-1, 1])
    ends = np.broadcast_to(np.take(limits, end.astype(int))[:, None], sides.shape)
    places = np.stack((ends, sides) if across else (sides, ends), axis=-1)
    edge = panel.ax.transData.transform(places.reshape(-1, 2)).reshape(places.shape)
    inward = np.outer(1 - 2 * end, [1.0, 0.0] if across else [0.0, 1.0])
    one, two = edge[:, 0], edge[:, 1]
    lean, deep, thick = (inward * x for x in (_LEAN, _GAP + 8, 2.2))
    corners = [one + deep - lean, two + deep + lean, two + deep + lean + thick,
               one + deep - lean + thick]  # fmt: skip
    return np.stack(corners, axis=1)


def _words(panel: _Panel, cut: _Cut, spot: Array, sides: Array, taken: list[_Box]) -> list[Array]:
    """The triangle at the edge and, inside it, the value; the ground for that.

    `spot` is its place, `sides` the left and right of the panel, in points of the figure.
    """
    ax, across = panel.ax, cut.across
    size, place = layout.form(ax).small, panel.place(cut)
    colour = PALETTE[cut.series.colour]
    ax.plot(
        *([x] for x in place), ls="", marker=_MARKS[across][cut.end], ms=6, color=colour,
        mec=PALETTE["paper"], mew=0.7, clip_on=False, zorder=5, scalex=False, scaley=False,
    )  # fmt: skip
    if cut.series.told:
        return []
    text = short(cut.value * layout.factor(ax.get_xlabel() if across else layout.space(ax).name))
    wide, high = letters.width(text, size), size + 2
    x, y = spot.tolist()
    left, right = sides.tolist()
    side = -1 if cut.end else 1
    away = _INSIDE + (_MARKER if cut.series.kind == "point" else 0)
    inward = side * (away + (wide if across else high) / 2)
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


def _bars(cuts: list[_Cut], panel: _Panel) -> list[_Cut]:
    """Of bars that are cut, which have their value written.

    Upon each other: the one on top. Side by side: each if they are few with room for the words,
    else the longest.
    """
    chosen: list[_Cut] = []
    for end in (0, 1):
        tops: dict[float, _Cut] = {}
        for cut in (c for c in cuts if c.end == end):
            series, across = cut.series, cut.across
            out = (panel.outside(series.at, series.value, across=across) or ((), ()))[end]
            for at, value in zip(series.at[out].tolist(), series.value[out].tolist(), strict=True):
                known = tops.get(round(at, 6))
                if known is None or abs(value) > abs(known.value):
                    tops[round(at, 6)] = _Cut(end, at, value, series, across)
        if 1 < len(tops) <= _FEW:
            spots = panel.ax.transData.transform([panel.place(c) for c in tops.values()])
            between = np.diff(np.sort(spots[:, int(panel.across)])).min()
            few = panel.across or between > _APART
        else:
            few = len(tops) <= 1
        chosen += tops.values() if few else [max(tops.values(), key=lambda c: abs(c.value))]
    return chosen


def mark(figure: Any) -> None:
    """Mark what the panels of a figure cut."""
    for ax in figure.axes:
        panel = _Panel.of(ax)
        drawn = [s for s in figure.series if s.ax is ax]
        cuts = [cut for s in drawn for cut in _cuts(s, panel)]
        if not cuts:
            continue
        stood = [cut for cut in cuts if cut.series.kind == "bar"]
        shapes = [_gaps(stood, panel)] if stood else []
        other = {(c.end, c.across, c.at, c.value): c for c in cuts if c.series.kind != "bar"}
        told = sorted([*_bars(stood, panel), *other.values()], key=lambda c: -abs(c.value))
        spots = ax.transData.transform([panel.place(cut) for cut in told])
        sides = ax.transAxes.transform([(0, 0), (1, 0)])[:, 0]
        taken: list[_Box] = []
        for cut, spot in zip(told, spots, strict=True):
            shapes += _words(panel, cut, spot, sides, taken)
        if shapes:
            _polygons(ax, np.concatenate(shapes))
        for series in drawn:
            if series.kind == "point":
                _hollow(series, panel)


def unmarked(figure: Any) -> list[str]:
    """What the artists of a figure draw outside their panel and no triangle tells of.

    It asks what is drawn, and not what was noted: also for what a chart draws on its own.
    """
    found = []
    for ax in figure.axes:
        panel = _Panel.of(ax)
        marks = {
            line.get_marker() for line in ax.lines
            if line.get_marker() in (*_MARKS[False], *_MARKS[True]) and _at_edge(line, panel)
        }  # fmt: skip
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
            x, y = places.T
            at, value = (y, x) if panel.across else (x, y)
            ways = [(panel.across, at, value)]
            if at.size and np.ptp(at) == 0:  # a line along the values, or a point
                ways.append((not panel.across, value, at))
            for k, (across, along, out_of) in enumerate(ways):
                ends = panel.outside(along, out_of, across=across, window=not k) or ()
                for out, sign in zip(ends, _MARKS[across], strict=False):
                    if out.any() and sign not in marks:
                        found.append(f"{figure.name}: {out_of[out][0]:g} ({artist.get_gid()})")
    return found


def _at_edge(line: Any, panel: _Panel) -> bool:
    """Whether the points of a line stand on an edge of the panel: they are marks, not data."""
    x, y = np.asarray(line.get_xydata(), float).T
    return bool(np.all(np.isin(x, panel.x) | np.isin(y, panel.y)))

"""The parts that charts are made of: axes and legends for a frame, data for a drawing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from .. import letters
from ..palette import PALETTE
from . import edges, layout, tables
from .layout import Key
from .style import DASHES

#: Points by which the ground of a line or a point upon bars is wider than it, at either side.
_HALO = 1.1
#: Markers that have no face.
_STROKES = ("_", "|")
#: Points of paper between bars that stand upon each other: two colours may be alike in grey.
_SEAM = 0.7


def rows(ax: Axes, names: Sequence[str], room: float = 0.34) -> None:
    """A panel of named rows, the first on top, read along upright lines.

    The names take the room they need, at most a share `room` of the figure's width; longer ones
    are broken into lines.
    """
    space = layout.space(ax)
    space.places, space.across = dict(enumerate(names)), True
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.set_yticks(range(len(names)), layout.widen(ax, names, room), linespacing=layout.SPACING)
    ax.tick_params(axis="y", labelcolor=PALETTE["ink"], pad=layout.NAMES - 2)
    ax.grid(False, axis="y")
    ax.grid(True, axis="x")


def log_scale(ax: Axes, low: float, high: float, ticks: Sequence[float]) -> None:
    """A logarithmic horizontal axis from `low` to `high` with these ticks and no others."""
    ax.set_xscale("log")
    ax.set_xlim(low, high)
    layout.space(ax).ticks = tuple(ticks)
    _name_ticks(ax)
    ax.set_xticks([], minor=True)


def _name_ticks(ax: Axes) -> None:
    """Write the chosen ticks in the unit that the axis names."""
    ticks, times = layout.space(ax).ticks, layout.factor(ax.get_xlabel())
    ax.set_xticks(ticks, [f"{t * times:,.12g}" for t in ticks])


def zero_line(ax: Axes, *, across: bool = False) -> None:
    """The line from which bars start; `across` for bars that lie."""
    (ax.axvline if across else ax.axhline)(0, color=PALETTE["muted"], lw=0.8)


def label(ax: Axes, x: str, y: str) -> None:
    """Names and units of the axes; the name of the vertical one stands flat above it."""
    ax.set_xlabel(x, loc="right")
    space = layout.space(ax)
    space.name = y
    if space.ticks:
        _name_ticks(ax)


def legend(ax: Axes, keys: Iterable[Key]) -> None:
    """A legend between the message and the name of the vertical axis, in the rows it needs."""
    layout.space(ax).keys = list(keys)


def tabulated(
    ax: Axes, head: Sequence[str], body: Iterable[Sequence[str]], title: str = ""
) -> None:
    """What the table of a panel says where it is not the numbers of its lines, bars and points."""
    layout.space(ax).table = tables.Table(title, tuple(head), tuple(tuple(row) for row in body))


def message(ax: Axes, text: str) -> None:
    """The panel's title: what the data say, in one sentence of few lines."""
    form = layout.form(ax)
    lines = letters.wrap(text, form.width - 2 * layout.EDGE, form.title, bold=True)
    pad = layout.space(ax).title
    # with its place given it need not be looked for, and what has moved can be drawn alone
    ax.set_title("\n".join(lines), pad=pad, x=layout.edge(ax), y=1.0, fontsize=form.title,
                 linespacing=layout.SPACING)  # fmt: skip


def _noted(
    ax: Axes, kind: str, at: Any, value: Any, colour: str, artist: Artist, **more: Any
) -> None:
    """Tell the figure what was drawn, for the marks at its edges and the table of its numbers."""
    at, value = np.broadcast_arrays(np.asarray(at, float), np.asarray(value, float))
    series = edges.Series(ax, kind, at.ravel(), value.ravel(), colour, artist, **more)
    layout.canvas(ax).series.append(series)


def bars(
    ax: Axes,
    x: Any,
    height: Any,
    colour: str,
    *,
    base: Any = 0.0,
    width: float = 0.7,
    across: bool = False,
    shown: Any = None,
    told: bool = False,
) -> None:
    """All bars of a series as one path: one artist, quick to draw and to send.

    `across` lays them down: `x` is then where they stand on the vertical axis. `shown` are the
    numbers for the table, the heights if None; `told` says that their texts stand beside them.
    """
    x, height = np.broadcast_arrays(np.asarray(x, float), np.asarray(height, float))
    low = np.broadcast_to(np.asarray(base, float), x.shape)
    left, right, high = x - width / 2, x + width / 2, low + height
    corners = [(left, low), (left, high), (right, high), (right, low)]
    polygons = np.stack([np.stack(c[::-1] if across else c, axis=-1) for c in corners], axis=1)
    path = Path.make_compound_path_from_polys(polygons)
    seam = _SEAM if np.any(low != 0) else 0
    patch = PathPatch(path, facecolor=PALETTE[colour], edgecolor=PALETTE["paper"], linewidth=seam)
    # not add_patch, which would look for new limits in every segment: the frame has set them
    ax.add_artist(patch)
    if across:
        layout.space(ax).across = True
    numbers = height if shown is None else np.broadcast_to(np.asarray(shown, float), x.shape)
    _noted(ax, "bar", x, high, colour, patch, base=low, width=width, shown=numbers, told=told)


def stacked(
    ax: Axes,
    x: Any,
    parts: Iterable[tuple[Any, str]],
    *,
    width: float = 0.7,
    across: bool = False,
) -> Any:
    """Bars one upon the other, `parts` as (heights, colour) from the first up; their totals."""
    base = np.zeros(len(x))
    for height, colour in parts:
        bars(ax, x, height, colour, base=base, width=width, across=across)
        base = base + height
    return base


def swings(
    ax: Axes, base: float, low: Any, high: Any, colours: tuple[str, str], width: float = 0.55
) -> None:
    """The bars of a tornado: for each row from `base` to the result at either end of a range."""
    for end, colour in zip((low, high), colours, strict=True):
        bars(ax, range(len(end)), np.subtract(end, base), colour, base=base, width=width,
             across=True, shown=end)  # fmt: skip


def named_bars(
    ax: Axes, values: Sequence[float], colours: Sequence[str], texts: Sequence[str]
) -> None:
    """A lying bar for each row with its text beside it, or within it where there is no room."""
    for y, (value, colour, text) in enumerate(zip(values, colours, texts, strict=True)):
        bars(ax, [y], value, colour, width=0.55, across=True, told=True)
        beside(ax, value, y, text)


def beside(ax: Axes, end: float, y: float, text: str) -> None:
    """Words at the right of a lying bar that goes to `end`, or of the line from which it starts.

    Where they would leave the figure they stand within the bar, on a ground of the paper.
    """
    size = layout.form(ax).small
    low, high = sorted(ax.get_xlim())
    end = min(max(end, 0.0, low), high)
    wide = letters.width(text, size)
    x, middle = (float(z) for z in ax.transData.transform((end, y)))
    inside = x + 5 + wide > layout.form(ax).width - 3
    aside = -6 if inside else 5
    crossed = any(s.ax is ax and s.kind == "line" for s in layout.canvas(ax).series)
    if inside or crossed:
        edges.ground(ax, (x + aside + (-wide if inside else wide) / 2, middle), wide)
    note(ax, end, y, text, va="center", ha="right" if inside else "left", xytext=(aside, 0),
         zorder=5)  # fmt: skip


def interval_rows(
    ax: Axes, names: Sequence[str], room: float, gain: str, expected: str, ends: str
) -> None:
    """A panel of named rows, each to hold an `interval` about zero, with the legend that says so.

    `gain` names the axis, `expected` the diamond and `ends` the line; `room` as in `widen`.
    """
    rows(ax, names, room)
    zero_line(ax, across=True)
    label(ax, gain, "")
    diamond = Key(expected, "ink", "point", {"marker": "D"})
    legend(ax, [diamond, Key(ends, "ink", "line", {"ls": "-", "lw": 3})])


def interval(ax: Axes, y: float, low: float, middle: float, high: float, colour: str) -> None:
    """A lying interval with its middle marked."""
    line(ax, [low, high], [y, y], colour, ls="-", lw=5)
    point(ax, middle, y, "ink", marker="D", ms=5)


def band(ax: Axes, x: Any, low: Any, high: Any) -> None:
    """The grey ground between two lines."""
    ground = ax.fill_between(x, low, high, color=PALETTE["grid"], lw=0, zorder=0)
    for side in (low, high):
        _noted(ax, "band", x, side, "grid", ground)


def first_misses(ax: Axes, first: Any) -> None:
    """A table, rows down and columns across, of the first periods in which a debt is not paid.

    first: (row, column); a ring where the debt is paid (< 0), else a square with the period.
    """
    pays, *_ = layout.space(ax).keys
    names = [name for _, name in sorted(layout.space(ax).places.items())]
    texts = [[pays.label if x < 0 else str(x) for x in row] for row in first.tolist()]
    columns = [str(k) for k in range(first.shape[1])]
    named = [[name, *row] for name, row in zip(names, texts, strict=True)]
    tabulated(ax, ["", *columns], named, " ".join(ax.get_xlabel().split()))
    y, x = np.nonzero(first < 0)
    point(ax, x, y, "c1", mfc="none", ms=9, mew=1.6)
    y, x = np.nonzero(first > 0)
    point(ax, x, y, "c2", marker="s", ms=14)
    middle = {"xytext": (0, 0), "ha": "center", "va": "center_baseline"}
    for xi, yi in zip(x.tolist(), y.tolist(), strict=True):
        note(ax, xi, yi, str(first[yi, xi]), color=PALETTE["paper"], **middle)


def line(ax: Axes, x: Any, y: Any, colour: str, *, name: str = "", **options: Any) -> None:
    """A line in its colour and dash; limits stay as the frame set them.

    One that crosses bars has a ground of the paper. `name` is written at its right end.
    """
    style: dict[str, Any] = {"ls": DASHES.get(colour, "-")} | options
    if _barred(ax):
        ground = {k: v for k, v in style.items() if k == "drawstyle"}
        wide = style.get("lw", 1.9) + 2 * _HALO
        ax.plot(x, y, color=PALETTE["paper"], scalex=False, scaley=False, lw=wide, **ground)
    (drawn,) = ax.plot(x, y, color=PALETTE[colour], scalex=False, scaley=False, **style)
    _noted(ax, "line", *_read(ax, x, y), colour, drawn)
    if name:
        last = np.flatnonzero(np.isfinite(np.asarray(y, float)))[-1]
        note(ax, x[last], y[last], name, xytext=(4, 0), va="center", color=PALETTE[colour])


def point(ax: Axes, x: Any, y: Any, colour: str, **options: Any) -> None:
    """Marked points; one outside the panel stands hollow at its edge, see `edges`.

    Upon bars they have a rim of the paper; a stroke, which is all rim, has a wider one below it.
    """
    style: dict[str, Any] = {"marker": "o", "ms": 6, "ls": "", "clip_on": False} | options
    if _barred(ax) and style["marker"] in _STROKES and colour != "paper":
        below = style | {k: style[k] + 2 * _HALO for k in ("ms", "mew")}
        at, value = np.broadcast_arrays(np.asarray(x, float), np.asarray(y, float))
        (left, right), (low, high) = sorted(ax.get_xlim()), sorted(ax.get_ylim())
        inside = (at >= left) & (at <= right) & (value >= low) & (value <= high)
        ax.plot(at[inside], value[inside], color=PALETTE["paper"], scalex=False, scaley=False,
                **below)  # fmt: skip
    elif _barred(ax) and "mfc" not in options:
        style = {"mec": PALETTE["paper"], "mew": _HALO} | style
    (drawn,) = ax.plot(x, y, color=PALETTE[colour], scalex=False, scaley=False, **style)
    _noted(ax, "point", *_read(ax, x, y), colour, drawn)


def _barred(ax: Axes) -> bool:
    """Whether a panel has bars, upon which what is drawn needs a ground."""
    return any(s.ax is ax and s.kind == "bar" for s in layout.canvas(ax).series)


def _read(ax: Axes, x: Any, y: Any) -> tuple[Any, Any]:
    """Positions and values of a series, as the panel is read."""
    return (y, x) if layout.space(ax).across else (x, y)


def note(ax: Axes, x: float, y: float, text: str, **options: Any) -> None:
    """Words beside a point of the data, at the edge where that lies outside the panel."""
    style: dict[str, Any] = {
        "color": PALETTE["ink"],
        "textcoords": "offset points",
        "xytext": (6, 4),
    } | options
    style["fontsize"] = layout.form(ax).letters(style.get("fontsize", 9))
    at, up = (
        float(np.clip(value, min(ends), max(ends)))
        for value, ends in ((x, ax.get_xlim()), (y, ax.get_ylim()))
    )
    ax.annotate(text, (at, up), annotation_clip=False, **style)

"""Charts: one style, `Figure` objects without pyplot state, each in two parts.

A chart is a `frame` (axes, limits, ticks, legend: fixed over the range of the sliders, so that a
move changes the data and not the ruler) and a `draw` (the data and the message above it). The
split lets a live page keep the frame and send only what a move changed; see `redraw`.

Colours are the light set of the book's palette; the web page swaps each for a custom property with
a dark twin. Every chart also has line styles or labels that tell its series apart without colour.
"""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, Self

import numpy as np
from matplotlib import rc_context, rcParams
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch
from matplotlib.path import Path
from matplotlib.transforms import ScaledTranslation
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.typing import RcKeyType
    from typing_extensions import TypeVar  # with a default, as Python's own has from 3.13 on

    _A_co = TypeVar("_A_co", covariant=True, default=Any)
else:
    from typing import TypeVar

    _A_co = TypeVar("_A_co", covariant=True)

__all__ = [
    "PALETTE", "PERCENT", "STYLE", "THOUSAND", "Chart", "Gallery", "Key", "Panels", "Picture",
    "View", "adopt", "band", "bars", "beside", "first_misses", "interval", "label", "legend",
    "line", "log_scale", "message", "named_bars", "note", "point", "rows", "stacked", "swings",
    "zero_line",
]  # fmt: skip

#: The axes of a figure, from the top.
Panels = Sequence[Axes]
#: Name -> colour; the names are those of the style sheet's custom properties (--cb-ink …).
PALETTE = {
    "ink": "#1d2530",
    "muted": "#5b6573",
    "grid": "#d9dde3",
    "paper": "#ffffff",
    "c1": "#1c3d7c",
    "c2": "#c4660f",
    "c3": "#0a664c",
    "c4": "#9b5798",
    "c5": "#3b2404",
    "c6": "#2a99be",
}
#: With each colour its dash, so that lines differ in greyscale too.
DASHES = {
    "c1": "-",
    "c2": (0, (5, 1.6)),
    "c3": (0, (1.4, 1.4)),
    "c4": "-.",
    "c5": (0, (7, 2, 1, 2, 1, 2)),
    "c6": (0, (3, 3)),
}
STYLE: dict[RcKeyType, Any] = {
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9,
    "axes.titlesize": 10.5,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": 9,
    "axes.labelcolor": PALETTE["muted"],
    "axes.edgecolor": PALETTE["muted"],
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": PALETTE["grid"],
    "grid.linewidth": 0.6,
    "legend.fontsize": 8.5,
    "legend.frameon": False,
    "lines.linewidth": 1.9,
    "text.color": PALETTE["ink"],
    "xtick.color": PALETTE["muted"],
    "ytick.color": PALETTE["muted"],
    "xtick.labelsize": 8.5,
    "ytick.labelsize": 8.5,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "figure.facecolor": PALETTE["paper"],
    "axes.facecolor": PALETTE["paper"],
    "savefig.facecolor": PALETTE["paper"],
    "svg.fonttype": "none",  # text stays text: readable, translatable, small
    "svg.hashsalt": "casebook",  # the same figure is the same file
    "path.simplify": False,
}
#: From a model's decimals to per cent, from its CNY million to CNY thousand.
PERCENT, THOUSAND = 100.0, 1000.0
#: Inches: narrow enough that its nine-point text is readable on a telephone.
WIDTH = 5.2
_LEFT, _RIGHT, _TOP, _BOTTOM = 0.50, 0.14, 0.98, 0.48  # inches around a panel


#: Nothing in a file says when and with what it was made: the same figure is the same bytes.
_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}
_adopted = False


def __dir__() -> list[str]:
    return sorted(__all__)


def adopt() -> None:
    """Make STYLE that of the whole process.

    A live page draws nothing else, and saves the time of putting it on and off.
    """
    global _adopted
    rcParams.update(STYLE)
    _adopted = True


def _style() -> AbstractContextManager[Any]:
    """STYLE for a while, unless it is adopted for good."""
    return nullcontext() if _adopted else rc_context(STYLE)


class _Renderer(RendererSVG):
    """Measures a text once: most texts of a figure are the same after a move."""

    _sizes: ClassVar[dict[Any, tuple[float, float, float]]] = {}

    def get_text_width_height_descent(self, s: str, prop: Any, ismath: Any) -> Any:
        key = s, hash(prop), ismath
        if key not in self._sizes:
            if len(self._sizes) > 5000:
                self._sizes.clear()
            measure: Any = super().get_text_width_height_descent  # which has no types
            self._sizes[key] = measure(s, prop, ismath)
        return self._sizes[key]


class Picture(Figure):
    """A matplotlib Figure that shows itself as SVG, with its message as the text beside it.

    `name` is the start of every id in it: the ids of several figures on one page must not meet.
    """

    chart: Chart
    name: str
    data_artists: list[Artist]

    @property
    def message(self) -> str:
        """The titles of the panels, as one text: what a reader who cannot see it is told."""
        titles = (ax.get_title(loc="left") for ax in self.axes)
        return " ".join(" ".join(t.split()) for t in titles if t)

    def svg(self) -> str:
        """The figure as an <svg> element, the same bytes for the same data."""
        buffer = io.StringIO()
        canvas: Any = FigureCanvasSVG(self)  # whose methods have no types, as the renderer below
        with _style():
            canvas.print_svg(buffer, metadata=_METADATA)
        text = self._tidy(buffer.getvalue())
        return text.replace("<svg ", f'<svg role="img" aria-label="{escape(self.message)}" ', 1)

    def moved(self) -> tuple[str, list[list[str]]]:
        """What `Chart.redraw` may have changed: (an <svg> of those parts, the order of painting).

        The order has, for each panel, the ids of all its parts from back to front; a page puts
        each part of the <svg> behind the part before it.
        """
        buffer = io.StringIO()
        width, height = self.get_size_inches() * 72
        order = []
        make: Any = _Renderer
        with _style():
            renderer = make(width, height, buffer, image_dpi=72, metadata=_METADATA)
            for ax in self.axes:
                rest = (a for a in ax.get_children() if a is not ax.patch)
                painted = [ax.patch, *sorted(rest, key=Artist.get_zorder)]
                order.append([f"{self.name}-{a.get_gid()}" for a in painted])
                for artist in painted:
                    if str(artist.get_gid()).startswith("data-"):
                        artist.draw(renderer)
            renderer.finalize()
        return self._tidy(buffer.getvalue()), order

    def _tidy(self, text: str) -> str:
        text = text[text.index("<svg") :]
        text = re.sub(r"(\.\d\d)\d+", r"\1", text)  # a hundredth of a point is enough
        for before in (' id="', "url(#", 'href="#'):
            text = text.replace(before, f"{before}{self.name}-")
        return text

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"image/svg+xml": self.svg(), "text/plain": self.message}


@dataclass(frozen=True)
class Chart:
    """A chart of a case. `name` finds its words in the case file.

    `frame(panels, data)` sets limits, ticks, labels and legends; `draw(panels, data)` adds data.
    `panels` are as many axes as `heights` (inches) has entries, stacked.
    """

    name: str
    frame: Callable[[Sequence[Axes], Any], None]
    draw: Callable[[Sequence[Axes], Any], None]
    heights: tuple[float, ...] = (2.1,)

    def __call__(self, data: Any, name: str | None = None) -> Picture:
        """The whole figure of `data`; `name` is the start of its ids, the chart's own if None."""
        total = sum(self.heights) + len(self.heights) * (_TOP + _BOTTOM)
        with _style():
            figure = Picture(figsize=(WIDTH, total), dpi=72)
            figure.chart, figure.name = self, name or self.name
            top = total
            for height in self.heights:
                base = top - _TOP - height
                figure.add_axes(
                    (_LEFT / WIDTH, base / total, 1 - (_LEFT + _RIGHT) / WIDTH, height / total)
                )
                top = base - _BOTTOM
            self.frame(figure.axes, data)
            for k, ax in enumerate(figure.axes):
                for i, artist in enumerate(ax.get_children()):
                    artist.set_gid(f"frame-{k}-{i}")
                panel: Any = ax  # the title at the left has no public name
                panel._left_title.set_gid(f"data-title-{k}")  # the message is part of the data
            self._draw(figure, data)
        return figure

    def redraw(self, figure: Picture, data: Any) -> None:
        """Replace the data of a figure of this chart; axes, limits and legends stay."""
        for artist in figure.data_artists:
            artist.remove()
        with _style():
            self._draw(figure, data)

    def _draw(self, figure: Picture, data: Any) -> None:
        """Add the data to a figure that has its frame, and note which artists they are."""
        fixed = {id(a) for ax in figure.axes for a in ax.get_children()}
        self.draw(figure.axes, data)
        figure.data_artists = [
            a for ax in figure.axes for a in ax.get_children() if id(a) not in fixed
        ]
        for i, artist in enumerate(figure.data_artists):
            artist.set_gid(f"data-{i}")


class _Run(Protocol[_A_co]):
    """What a chart reads of a single run, as `casebook.shape.SingleRun` has it."""

    @property
    def assumptions(self) -> _A_co: ...
    @property
    def chosen(self) -> str: ...
    @property
    def alternatives(self) -> tuple[str, ...]: ...
    @property
    def alternative_labels(self) -> Mapping[str, str]: ...
    @property
    def lines(self) -> Mapping[str, NDArray[np.float64]]: ...
    @property
    def metrics(self) -> Mapping[str, Any]: ...
    @property
    def all_metrics(self) -> Mapping[str, NDArray[Any]]: ...
    def alternative(self, name: str) -> Self: ...


@dataclass(frozen=True)
class View(Generic[_A_co]):
    """What a chart is drawn from: a single run, and what the model computed for this figure.

    `View[Problem]` is a view of a model whose assumptions are a `Problem`.
    """

    result: _Run[_A_co]
    data: Any

    @property
    def a(self) -> _A_co:
        """The assumptions of the run."""
        return self.result.assumptions

    def words(self, figure: str) -> Mapping[str, Any]:
        """The words of a figure, from the case file."""
        record: Any = self.a
        words: Mapping[str, Any] = record.spec.words["figures"][figure]
        return words

    def label(self, alternative: str) -> str:
        """The label of an alternative: that of the choice it is in the case file."""
        return self.result.alternative_labels[alternative]


class Gallery(dict[str, Chart]):
    """The charts of one model by name; see `drawer` of `casebook.shape`."""

    def picture(
        self,
        source: Callable[[Any], Any],
        result: _Run[Any],
        name: str,
        onto: Picture | None = None,
        *,
        model: str = "",
    ) -> Picture:
        """The chart `name` of a single run, from its `source` in the model; `onto` keeps its axes.

        The ids in the picture start with the names of `model` and chart. KeyError for a name that
        is not in the gallery.
        """
        view = View(result, source(result))
        if onto is None:
            return self[name](view, f"{model}-{name}")
        self[name].redraw(onto, view)
        return onto


def widen(ax: Axes, share: float) -> None:
    """Room for names at the left of the panel, a share of the figure's width."""
    box = ax.get_position()
    ax.set_position((box.x0 + share, box.y0, box.width - share, box.height))


def rows(ax: Axes, names: Sequence[str], room: float) -> None:
    """A panel of named rows, the first on top, read along upright lines; `room` as in `widen`."""
    ax.set_ylim(len(names) - 0.4, -0.6)
    ax.set_yticks(range(len(names)), list(names))
    ax.tick_params(axis="y", labelcolor=PALETTE["ink"])
    ax.grid(False, axis="y")
    ax.grid(True, axis="x")
    widen(ax, room)


def log_scale(ax: Axes, low: float, high: float, ticks: Sequence[float]) -> None:
    """A logarithmic horizontal axis from `low` to `high` with these ticks and no others."""
    ax.set_xscale("log")
    ax.set_xlim(low, high)
    ax.set_xticks(ticks, [f"{t:,g}" for t in ticks])
    ax.set_xticks([], minor=True)


def zero_line(ax: Axes, *, across: bool = False) -> None:
    """The line from which bars start; `across` for bars that lie."""
    (ax.axvline if across else ax.axhline)(0, color=PALETTE["muted"], lw=0.8)


def label(ax: Axes, x: str, y: str) -> None:
    """Names and units of the axes; the name of the vertical one stands flat above it."""
    ax.set_xlabel(x, loc="right")
    if y:
        ax.annotate(
            y,
            (_edge(ax), 1),
            xycoords="axes fraction",
            xytext=(0, 6),
            textcoords="offset points",
            va="bottom",
            fontsize=8.5,
            color=PALETTE["muted"],
            annotation_clip=False,
        )


def _edge(ax: Axes) -> float:
    """Where the text above a panel starts: near the left edge of the figure, in axes fractions."""
    box = ax.get_position()
    left: float = (0.08 / WIDTH - box.x0) / box.width
    return left


@dataclass(frozen=True)
class Key:
    """One entry of a legend: its words, its colour and how it is drawn (line, bar or point)."""

    label: str
    colour: str
    kind: str = "line"
    options: dict[str, Any] = field(default_factory=dict)

    def handle(self) -> Artist:
        """What stands for the entry in the legend; `options` are matplotlib's for its kind."""
        colour = PALETTE[self.colour]
        if self.kind == "bar":
            return Patch(facecolor=colour, label=self.label, **self.options)
        if self.kind == "point":
            style: dict[str, Any] = {"ls": "", "marker": "o", "ms": 6} | self.options
            return Line2D([], [], color=colour, label=self.label, **style)
        style = {"ls": DASHES.get(self.colour, "-")} | self.options
        return Line2D([], [], color=colour, label=self.label, **style)


def legend(ax: Axes, keys: Iterable[Key]) -> None:
    """A legend in one row between the message and the name of the vertical axis."""
    handles = [k.handle() for k in keys]
    above = ax.transAxes + ScaledTranslation(0, 18 / 72, ax.figure.dpi_scale_trans)
    ax.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(_edge(ax), 1),
        bbox_transform=above,
        borderpad=0,
        borderaxespad=0,
        ncols=len(handles),
        handlelength=1.9,
        columnspacing=1.3,
        handletextpad=0.5,
    )


def message(ax: Axes, text: str) -> None:
    """The panel's title: what the data say, in one sentence of at most two lines."""
    # with its place given it need not be looked for, and what has moved can be drawn alone
    ax.set_title("\n".join(textwrap.wrap(text, 53)), pad=36, x=_edge(ax), y=1.0)


def bars(
    ax: Axes,
    x: Any,
    height: Any,
    colour: str,
    *,
    base: Any = 0.0,
    width: float = 0.7,
    across: bool = False,
) -> None:
    """All bars of a series as one path: one artist, quick to draw and to send.

    `across` lays them down: `x` is then where they stand on the vertical axis.
    """
    x, height = np.broadcast_arrays(np.asarray(x, float), np.asarray(height, float))
    low = np.broadcast_to(np.asarray(base, float), x.shape)
    left, right, high = x - width / 2, x + width / 2, low + height
    corners = [(left, low), (left, high), (right, high), (right, low)]
    polygons = np.stack([np.stack(c[::-1] if across else c, axis=-1) for c in corners], axis=1)
    path = Path.make_compound_path_from_polys(polygons)
    # not add_patch, which would look for new limits in every segment: the frame has set them
    ax.add_artist(PathPatch(path, facecolor=PALETTE[colour], linewidth=0))


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
             across=True)  # fmt: skip


def named_bars(
    ax: Axes,
    values: Sequence[float],
    colours: Sequence[str],
    texts: Sequence[str],
    *,
    inside: float,
) -> None:
    """A lying bar for each row, cut at the panel's edges, with its text.

    The text is beside the bar, or within it where the bar is longer than a share `inside` of the
    way to the right edge.
    """
    low, high = ax.get_xlim()
    for y, (value, colour, text) in enumerate(zip(values, colours, texts, strict=True)):
        shown = float(np.clip(value, low, high))
        bars(ax, [y], shown, colour, width=0.55, across=True)
        beside(ax, shown, y, text, within=shown > inside * high)


def beside(ax: Axes, end: float, y: float, text: str, *, within: bool = False) -> None:
    """Words at the end of a lying bar that goes to `end`, to the right of it or `within` it."""
    side = {"ha": "right", "xytext": (-5, 0), "color": PALETTE["paper"]}
    note(ax, max(end, 0.0), y, text, va="center", **(side if within else {"xytext": (5, 0)}))


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
    ax.fill_between(x, low, high, color=PALETTE["grid"], lw=0, zorder=0)


def first_misses(ax: Axes, first: Any) -> None:
    """A table, rows down and columns across, of the first periods in which a debt is not paid.

    first: (row, column); a ring where the debt is paid (< 0), else a square with the period.
    """
    y, x = np.nonzero(first < 0)
    point(ax, x, y, "c1", mfc="none", ms=9, mew=1.6)
    y, x = np.nonzero(first > 0)
    point(ax, x, y, "c2", marker="s", ms=13)
    middle = {"xytext": (0, 0), "ha": "center", "va": "center", "fontsize": 8}
    for xi, yi in zip(x.tolist(), y.tolist(), strict=True):
        note(ax, xi, yi, str(first[yi, xi]), color=PALETTE["paper"], **middle)


def line(ax: Axes, x: Any, y: Any, colour: str, **options: Any) -> None:
    """A line in its colour and dash; limits stay as the frame set them."""
    style: dict[str, Any] = {"ls": DASHES.get(colour, "-")} | options
    ax.plot(x, y, color=PALETTE[colour], scalex=False, scaley=False, **style)


def point(ax: Axes, x: Any, y: Any, colour: str, **options: Any) -> None:
    """Marked points, whole even at the edge of the panel."""
    style: dict[str, Any] = {"marker": "o", "ms": 6, "ls": "", "clip_on": False} | options
    ax.plot(x, y, color=PALETTE[colour], scalex=False, scaley=False, **style)


def note(ax: Axes, x: float, y: float, text: str, **options: Any) -> None:
    """Words beside a point of the data."""
    style: dict[str, Any] = {
        "fontsize": 8.5,
        "color": PALETTE["ink"],
        "textcoords": "offset points",
        "xytext": (6, 4),
    } | options
    ax.annotate(text, (x, y), annotation_clip=False, **style)

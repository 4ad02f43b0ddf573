"""Where the words around a panel stand: measured, broken into lines, and given their room.

A chart's frame says what there is (names of axes, legend, rows); `settle` then places it, so that
nothing collides in either form.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FixedLocator, ScalarFormatter
from matplotlib.transforms import ScaledTranslation

from .. import letters
from ..palette import PALETTE
from ..words import catalogue
from .style import DASHES, Form

#: From line to line, in heights of letters; what matplotlib is told, whose unit is the font's own
#: line; and the room of a single line.
LEADING, SPACING, LINE = 1.22, 0.88, 1.5
#: From the left edge of the figure to its words, in points.
EDGE = 6.0
#: From the names of rows to their panel: room for a mark at its edge.
NAMES = 8.0


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
            return Patch(facecolor=colour, label=self.label, **{"lw": 0} | self.options)
        if self.kind == "point":
            style: dict[str, Any] = {"ls": "", "marker": "o", "ms": 6} | self.options
            return Line2D([], [], color=colour, label=self.label, **style)
        style = {"ls": DASHES.get(self.colour, "-")} | self.options
        return Line2D([], [], color=colour, label=self.label, **style)


@dataclass
class Space:
    """What stands around a panel."""

    name: str = ""  # of the vertical axis, flat above the panel
    keys: list[Key] = field(default_factory=list)
    places: dict[float, str] = field(default_factory=dict)  # names of positions
    across: bool = False  # values are read along the horizontal axis
    least: float = 0.0  # height that the rows need
    table: Any = None  # in place of the numbers of what is drawn; see parts.tabulated
    ticks: tuple[float, ...] = ()  # chosen, of a logarithmic axis
    title: float = 0.0  # from the top of the panel to the foot of the message


class Canvas(Figure):
    """A figure that knows what stands around its panels, and what is drawn in them.

    `places` has for each panel its upper edge and its height, with all that stands around it.
    """

    form: Form
    spaces: dict[Axes, Space]
    series: list[Any]  # see `edges`
    places: tuple[float, ...]
    data_artists: list[Artist]


def canvas(ax: Axes) -> Canvas:
    """The figure of a panel."""
    figure: Canvas = ax.figure  # type: ignore[assignment]
    return figure


def form(ax: Axes) -> Form:
    """The form of the figure of a panel."""
    return canvas(ax).form


def space(ax: Axes) -> Space:
    """What stands around a panel."""
    return canvas(ax).spaces.setdefault(ax, Space())


def edge(ax: Axes) -> float:
    """Where the words above a panel start: near the left edge, in fractions of the panel."""
    box = ax.get_position()
    left: float = (EDGE / form(ax).width - box.x0) / box.width
    return left


def widen(ax: Axes, names: Iterable[str], most: float) -> list[str]:
    """Room for names at the left of a panel, at most a share of the width; the names in lines."""
    shape = form(ax)
    room = max(most, shape.names) * shape.width + shape.left - EDGE - NAMES
    lines = [letters.wrap(name, room, shape.small) for name in names]
    widest = max((letters.width(x, shape.small) for name in lines for x in name), default=0.0)
    left = (widest + EDGE + NAMES) / shape.width
    box = ax.get_position()
    ax.set_position((left, box.y0, box.x1 - left, box.height))
    gap = 1.35 if shape.names else 1.1
    tall = max((len(name) for name in lines), default=1)
    space(ax).least = len(lines) * (tall * LEADING + gap - 1) * shape.small
    return ["\n".join(name) for name in lines]


def factor(name: str) -> float:
    """What the values of an axis of that name are multiplied by: the unit that it names is read."""
    units: dict[str, float] = catalogue()["axes"]
    return next((times for unit, times in units.items() if unit in name), 1.0)


def _number(value: float, _: Any = None, *, times: float = 1.0) -> str:
    """A number at an axis: thousands apart, a true minus."""
    text = f"{value * times:,.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text.replace("-", "\N{MINUS SIGN}")


def _ticks(ax: Axes) -> int:
    """Make the labels below a panel fit side by side; the lines that they take."""
    shape, axis = form(ax), ax.xaxis
    named = not isinstance(axis.get_major_formatter(), ScalarFormatter)
    written = partial(_number, times=factor(ax.get_xlabel()))
    for each, way in ((axis, written), (ax.yaxis, partial(_number, times=factor(space(ax).name)))):
        if isinstance(each.get_major_formatter(), ScalarFormatter) and each.get_scale() == "linear":
            each.set_major_formatter(way)
    if not isinstance(axis.get_major_locator(), FixedLocator):
        return 1
    low, high = sorted(ax.get_xlim())
    places = [float(x) for x in ax.get_xticks() if low <= x <= high]
    if not places:
        return 0
    known = axis.get_major_formatter().format_ticks(places) if named else map(written, places)
    texts = [str(x) for x in known]
    if named and not space(ax).across:
        space(ax).places = dict(zip(places, texts, strict=True))
    across = ax.transAxes.inverted().transform(ax.transData.transform([(x, 0.5) for x in places]))
    apart = np.abs(np.diff(across[:, 0])) * ax.get_position().width * shape.width
    between = float(apart.min()) if len(apart) else shape.width
    widest = max(letters.width(x, shape.small) for x in texts) + 4
    if widest <= between:
        return 1
    if all(re.fullmatch(r"[\d\s,.+×%\N{MINUS SIGN}–-]+", x) for x in texts):
        if ax.get_xscale() == "linear":
            step = int(np.ceil(widest / between))
            kept = slice(None, None, step)
            ax.set_xticks(places[kept], texts[kept]) if named else ax.set_xticks(places[kept])
        return 1
    lines = [letters.wrap(x, between - 4, shape.small) for x in texts]
    ax.set_xticks(places, ["\n".join(x) for x in lines])
    return max(map(len, lines))


def _name(ax: Axes, text: str) -> float:
    """The name of the vertical axis, flat above the panel; its height."""
    shape = form(ax)
    lines = letters.wrap(text, shape.width - 2 * EDGE, shape.small)
    ax.annotate(
        "\n".join(lines),
        (edge(ax), 1),
        xycoords="axes fraction",
        xytext=(0, 4),
        textcoords="offset points",
        va="bottom",
        linespacing=SPACING,
        fontsize=shape.small,
        color=PALETTE["muted"],
        annotation_clip=False,
    )
    return 4 + (LINE + (len(lines) - 1) * LEADING) * shape.small


def _columns(keys: Sequence[Key], shape: Form) -> int:
    """How many entries of a legend stand in a row: all, or as many as there is room for."""
    mark, gap = 2.2 * shape.small, 1.2 * shape.small
    wide = [mark + letters.width(key.label, shape.small) for key in keys]
    for n in range(len(keys), 1, -1):
        if sum(max(wide[k::n]) for k in range(n)) + gap * (n - 1) <= shape.width - 2 * EDGE:
            rows = -(-len(keys) // n)
            return -(-len(keys) // rows)  # no row of one entry where two and two do
    return 1


def _legend(ax: Axes, keys: Sequence[Key], foot: float) -> float:
    """The legend, `foot` points above the panel; its height."""
    shape = form(ax)
    n = _columns(keys, shape)
    handles = [key.handle() for k in range(n) for key in keys[k::n]]  # matplotlib goes down
    above = ax.transAxes + ScaledTranslation(0, foot / 72, ax.figure.dpi_scale_trans)
    ax.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(edge(ax), 1),
        bbox_transform=above,
        borderpad=0,
        borderaxespad=0,
        fontsize=shape.small,
        labelspacing=0.3,
        ncols=n,
        handlelength=1.7,
        handleheight=0.7,
        columnspacing=1.2,
        handletextpad=0.5,
    )
    return -(-len(keys) // n) * 1.5 * shape.small


def settle(figure: Canvas, heights: Sequence[float]) -> None:
    """Place the panels of a figure that has its frame, `heights` points high if there is room."""
    shape, boxes = figure.form, []
    for ax, height in zip(figure.axes, heights, strict=True):
        around = space(ax)
        up = 4.0
        if around.name:
            up = _name(ax, around.name)
        if around.keys:
            up += 1 + _legend(ax, around.keys, up + 1)
        around.title = up + 6
        top = around.title + shape.title * (LEADING * (shape.lines - 1) + 0.95) + 4
        names = letters.wrap(ax.get_xlabel(), shape.width - 2 * EDGE, shape.text)
        ax.set_xlabel("\n".join(names), loc="right", fontsize=shape.text, labelpad=0,
                      linespacing=SPACING)  # fmt: skip
        low = 8 + _ticks(ax) * LEADING * shape.small
        low += len(names) * LEADING * shape.text + 3 if names != ("",) else 0
        most = shape.tallest - top - low if height < shape.tallest else height
        inner = max(min(height, most), around.least)
        boxes.append((top, inner, low))
    total = math.fsum(part for box in boxes for part in box)  # the same digits in any Python
    figure.set_size_inches(shape.width / 72, total / 72)
    down, places = 0.0, []
    for ax, (top, inner, low) in zip(figure.axes, boxes, strict=True):
        box = ax.get_position()
        ax.set_position((box.x0, 1 - (down + top + inner) / total, box.width, inner / total))
        places += [down, top + inner + low]
        down += top + inner + low
    figure.places = tuple(round(x, 1) for x in places)

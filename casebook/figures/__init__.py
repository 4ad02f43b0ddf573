"""Charts: one style, `Figure` objects without pyplot state, each in two parts and two forms.

A chart is a `frame` (axes, limits, ticks, legend: fixed over the range of the sliders, so that a
move changes the data and not the ruler) and a `draw` (the data and the message above it). The
split lets a live page keep the frame and send only what a move changed; see `Chart.redraw`.

A figure is "wide", for a column of text, or "narrow", for a telephone: the same data, its words
broken and placed by their measured width. What lies outside a panel has a mark at the edge with
the value (`edges`), and what is drawn can be had as a table (`Picture.table`).

Colours are the light set of the book's palette; the web page swaps each for a custom property with
a dark twin. Every chart also has line styles or labels that tell its series apart without colour.
"""

from __future__ import annotations

from ..palette import PALETTE
from .gallery import Gallery, View
from .layout import Key
from .parts import (
    band,
    bars,
    beside,
    first_misses,
    interval,
    interval_rows,
    label,
    legend,
    line,
    log_scale,
    message,
    named_bars,
    note,
    point,
    rows,
    stacked,
    swings,
    tabulated,
    zero_line,
)
from .picture import Chart, Panels, Picture
from .style import FORMS, PERCENT, STYLE, THOUSAND, adopt
from .tables import Table

__all__ = [
    "FORMS", "PALETTE", "PERCENT", "STYLE", "THOUSAND", "Chart", "Gallery", "Key", "Panels",
    "Picture", "Table", "View", "adopt", "band", "bars", "beside", "first_misses", "interval",
    "interval_rows", "label", "legend", "line", "log_scale", "message", "named_bars", "note",
    "point", "rows", "stacked", "swings", "tabulated", "zero_line",
]  # fmt: skip


def __dir__() -> list[str]:
    return sorted(__all__)

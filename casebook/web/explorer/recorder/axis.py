"""The two axes of a panel: scale and limits, ticks, their texts and lines."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from . import rcParams, ticker
from .artist import Artist, Panel
from .backends.backend_svg import RendererSVG, style
from .text import Text
from .transforms import Array, Bbox, Transform, scale

_PLACES = {"left": 0.0, "center": 0.5, "right": 1.0}
#: How much room a tick's text is given, in sizes of its letters.
_ROOM = {"x": 3, "y": 2}


class Axis(Artist):
    """The axis `name` (x or y) of a panel."""

    zorder = 0.5  # below the data

    def __init__(self, axes: Panel, name: str) -> None:
        super().__init__()
        self.axes, self.name = axes, name
        self.limits = (0.0, 1.0)
        self._scale = scale("linear")
        self._locator: Any = ticker.AutoLocator()
        self._formatter: Any = ticker.ScalarFormatter()
        self._text_options: dict[str, Any] = {"fontsize": rcParams["font.size"]}
        self._label: Text | None = None
        self._labelpad = 0.0
        self.gridded = rcParams["axes.grid"] and rcParams["axes.grid.axis"] in (name, "both")
        self._color: str = rcParams[f"{name}tick.color"]
        self._length: float = rcParams[f"{name}tick.major.size"]
        self._pad: float = rcParams[f"{name}tick.major.pad"]

    # ------------------------------------------------------------------------- set by a frame

    def set_scale(self, value: str, **options: float) -> None:
        """See `transforms.scale`."""
        self._scale = scale(value, **options)
        linear = value == "linear"
        self._formatter = ticker.ScalarFormatter() if linear else ticker.LogFormatter()

    def get_scale(self) -> str:
        """Its name."""
        return self._scale.name

    def set_ticks(
        self, ticks: Any, labels: Any = None, *, minor: bool = False, **options: Any
    ) -> None:
        """Where the ticks are, and their texts. ValueError for minor ones: there are none."""
        if minor:
            if len(ticks):
                raise ValueError("there are no minor ticks here")
            return
        self._locator = ticker.FixedLocator(ticks)
        if labels is not None:
            self._formatter = ticker.named(ticks, labels)
        self._text_options |= options
        if len(ticks):  # all of them are within the limits, as matplotlib has it
            (start, end), low, high = self.limits, float(min(ticks)), float(max(ticks))
            if start <= end:
                self.limits = min(start, low), max(end, high)
            else:
                self.limits = max(start, high), min(end, low)

    def get_ticklocs(self) -> Array:
        """Where the ticks are, also those outside the limits."""
        low, high = sorted(self.limits)
        box = self.axes.bbox
        length = box.width if self.name == "x" else box.height
        ticks: Array = self._locator.ticks(
            low, high, length / (_ROOM[self.name] * self._text_options["fontsize"])
        )
        return ticks

    def get_major_locator(self) -> Any:
        """What says where the ticks are."""
        return self._locator

    def get_major_formatter(self) -> Any:
        """What says what is written at them."""
        return self._formatter

    def set_major_formatter(self, formatter: Callable[[float, int], str]) -> None:
        """A function of the number and the place of a tick."""
        self._formatter = ticker.FuncFormatter(formatter)

    def set_tick_params(self, **options: Any) -> None:
        """How ticks look: `labelcolor`, `labelsize`, `length` and `pad`."""
        for name, own in (("labelcolor", "color"), ("labelsize", "fontsize")):
            if name in options:
                self._text_options[own] = options.pop(name)
        self._length = options.pop("length", self._length)
        self._pad = options.pop("pad", self._pad)
        if options:
            raise ValueError(f"ticks have no {', '.join(options)} here")

    def set_label(self, words: str, loc: str, labelpad: float | None, **options: Any) -> None:
        """The words of the horizontal axis, at its left, center or right."""
        self._labelpad = rcParams["axes.labelpad"] if labelpad is None else labelpad
        self._label = Text(_PLACES[loc], 0.0, words, **{
            "transform": Transform(self._below),
            "ha": loc,
            "va": "top",
            "color": rcParams["axes.labelcolor"],
        } | options)  # fmt: skip

    def _below(self, points: Array) -> Array:
        """Across by shares of the panel, upward by points."""
        box: Bbox = self.axes.bbox
        return points * (box.width, 1.0) + (box.x0, 0.0)

    def label_words(self) -> str:
        """The words of the axis."""
        return self._label.content if self._label else ""

    # ------------------------------------------------------------------------- where it puts things

    def _line(self) -> tuple[float, float, float]:
        """What is scaled is put at: a start, where the scale is low, and a factor."""
        box = self.axes.bbox
        start, length = (box.x0, box.width) if self.name == "x" else (box.y0, box.height)
        low, high = self._scale.forward(np.array(self.limits)).tolist()
        return start, low, length / (high - low)

    def place(self, values: Array) -> Array:
        """Values of the data as points of the figure, across or upward."""
        start, low, factor = self._line()
        return start + (self._scale.forward(values) - low) * factor

    def back(self, points: Array) -> Array:
        """Points of the figure as values of the data."""
        start, low, factor = self._line()
        return self._scale.back((points - start) / factor + low)

    def ticks(self) -> list[tuple[float, str]]:
        """(place in the data, text) of each tick within the limits."""
        where = self.get_ticklocs()
        texts = self._formatter.format_ticks(where) if len(where) else []
        start, end = sorted(self._scale.forward(np.array(self.limits)).tolist())
        room = 1e-10 * (end - start)
        at = self._scale.forward(where)
        inside = (at >= start - room) & (at <= end + room)
        return [(float(w), t) for w, t, shown in zip(where, texts, inside, strict=True) if shown]

    # ------------------------------------------------------------------------- drawing

    def draw(self, renderer: RendererSVG) -> None:
        """The ticks with their lines and texts, and the words of the axis."""
        renderer.open_group("axis", self._gid)
        texts = []
        for at, words in self.ticks():
            renderer.open_group(f"{self.name}tick")
            texts.append(self._draw_tick(renderer, at, words))
            renderer.close_group()
        if self._label and self._label.content:
            below = [text.extent().y0 for text in texts if text.content]
            low = min(self.axes.bbox.y0 - self._length, *below, math.inf)
            self._label.y = low - self._labelpad
            self._label.draw(renderer)
        renderer.close_group()

    def _draw_tick(self, renderer: RendererSVG, at: float, words: str) -> Text:
        """A tick; its text comes back."""
        across = self.name == "x"
        transform = self.axes.get_xaxis_transform() if across else self.axes.get_yaxis_transform()
        ends = transform.transform([(at, 0), (at, 1)] if across else [(0, at), (1, at)])
        if self.gridded:
            renderer.open_group("line2d")
            width = rcParams["grid.linewidth"]
            look = style("none", rcParams["grid.color"], width, cap="projecting")
            renderer.line(ends, look, self.axes.bbox)
            renderer.close_group()
        renderer.open_group("line2d")
        if self._length:
            width = rcParams[f"{self.name}tick.major.width"]
            look = style(self._color, self._color, width)
            mark = "tick down" if across else "tick left"
            renderer.marks(mark, self._length, ends[:1], look, None)
        renderer.close_group()
        off = self._length + self._pad
        options = {
            "transform": transform,
            "color": self._color,
            "ha": "center" if across else "right",
            "va": "top" if across else "center_baseline",
        }
        x, y = (at, 0.0) if across else (0.0, at)
        text = Text(x, y, words, **(options | self._text_options))
        text.by = (0.0, -off) if across else (-off, 0.0)
        text.draw(renderer)
        return text

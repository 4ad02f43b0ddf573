"""A chart and its picture: the frame that stays, the data that move, the SVG of either."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, ClassVar

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG, RendererSVG

from .. import letters
from ..words import word
from . import edges, layout, style, tables

#: The axes of a figure, from the top.
Panels = Sequence[Axes]
#: Nothing in a file says when and with what it was made: the same figure is the same bytes.
_METADATA = {"Date": None, "Creator": None, "Format": None, "Type": None}


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


class Picture(layout.Canvas):
    """A matplotlib Figure that shows itself as SVG, with its message as the text beside it.

    `name` is the start of every id in it: the ids of several figures on one page must not meet.
    """

    chart: Chart
    name: str

    @property
    def message(self) -> str:
        """The titles of the panels, as sentences: what a reader who cannot see it is told."""
        titles = (ax.get_title(loc="left") for ax in self.axes)
        return word("sentences").join(letters.unwrapped(t) for t in titles if t)

    def table(self) -> list[tables.Table]:
        """The numbers that are drawn, a table for each panel that has any; see `tables`."""
        return tables.tables(self)

    def clipped(self) -> list[str]:
        """What lies outside its panel without a mark that says so: nothing, in a good figure."""
        return edges.unmarked(self)

    def svg(self) -> str:
        """The figure as an <svg> element, the same bytes for the same data."""
        buffer = io.StringIO()
        canvas: Any = FigureCanvasSVG(self)  # whose methods have no types, as the renderer below
        with style.worn():
            canvas.print_svg(buffer, metadata=_METADATA)
        text = self._tidy(buffer.getvalue())
        places = " ".join(f"{x:g}" for x in self.places)
        label = escape(self.message)
        head = f'<svg role="img" aria-label="{label}" data-panels="{places}" '
        return text.replace("<svg ", head, 1)

    def moved(self) -> tuple[str, list[list[str]]]:
        """What `Chart.redraw` may have changed: (an <svg> of those parts, the order of painting).

        The order has, for each panel, the ids of all its parts from back to front; a page puts
        each part of the <svg> behind the part before it.
        """
        buffer = io.StringIO()
        width, height = self.get_size_inches() * 72
        order = []
        make: Any = _Renderer
        with style.worn():
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
    frame: Callable[[Panels, Any], None]
    draw: Callable[[Panels, Any], None]
    heights: tuple[float, ...] = (2.1,)

    def __call__(self, data: Any, name: str | None = None, form: str = "wide") -> Picture:
        """The whole figure of `data`; `name` is the start of its ids, the chart's own if None.

        `form` is "wide" or "narrow"; ValueError names the two.
        """
        shape = style.form(form)
        start = name or self.name
        with style.worn():
            figure = Picture(figsize=(shape.width / 72, sum(self.heights)), dpi=72)
            figure.chart, figure.form = self, shape
            figure.name = start if form == "wide" else f"{start}-{form}"
            figure.spaces, figure.series = {}, []
            left, across = shape.left, shape.width - shape.left - shape.right
            for k, _ in enumerate(self.heights):
                box = (left / shape.width, k * 0.01, across / shape.width, 0.01 * (k + 1))
                ax = figure.add_axes(box)
                ax.tick_params(labelsize=shape.small)
            self.frame(figure.axes, data)
            layout.settle(figure, [72 * height for height in self.heights])
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
        figure.series.clear()
        with style.worn():
            self._draw(figure, data)

    def _draw(self, figure: Picture, data: Any) -> None:
        """Add the data to a figure that has its frame, and note which artists they are."""
        fixed = {id(a) for ax in figure.axes for a in ax.get_children()}
        self.draw(figure.axes, data)
        edges.mark(figure)
        figure.data_artists = [
            a for ax in figure.axes for a in ax.get_children() if id(a) not in fixed
        ]
        for i, artist in enumerate(figure.data_artists):
            artist.set_gid(f"data-{i}")

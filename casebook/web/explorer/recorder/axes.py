"""A panel: its scales, its frame, and what is drawn in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import rcParams
from .artist import Artist
from .axis import Axis
from .backends.backend_svg import Figure, RendererSVG, style
from .legend import Legend
from .lines import Line2D
from .patches import Between, Patch, Rectangle
from .path import Path
from .text import Annotation, Text
from .transforms import Array, Bbox, Transform

_SIDES = ("left", "right", "bottom", "top")


class Spine(Artist):
    """A line at an edge of the panel, from one corner of it to another."""

    zorder = 2.5

    def __init__(self, axes: Axes, side: str) -> None:
        super().__init__()
        self.axes, self.side = axes, side
        self.color, self.width = rcParams["axes.edgecolor"], rcParams["axes.linewidth"]
        self.set_visible(rcParams.get(f"axes.spines.{side}", True))

    def draw(self, renderer: RendererSVG) -> None:
        """The line."""
        if not self._visible:
            return
        renderer.open_group("patch", self._gid)
        ends = {
            "left": [(0, 0), (0, 1)],
            "right": [(1, 0), (1, 1)],
            "bottom": [(0, 0), (1, 0)],
            "top": [(0, 1), (1, 1)],
        }[self.side]
        look = style("none", self.color, self.width, join="miter", cap="projecting")
        renderer.line(self.axes.transAxes.transform(ends), look, None)
        renderer.close_group()


class Spines(dict[str, Spine]):
    """The edges by name; a list of names stands for several at once."""

    def __getitem__(self, key: Any) -> Any:
        return _Several([self[k] for k in key]) if isinstance(key, list) else super().__getitem__(
            key)  # fmt: skip


class _Several:
    def __init__(self, spines: Sequence[Spine]) -> None:
        self.spines = spines

    def set_visible(self, b: bool) -> None:
        for spine in self.spines:
            spine.set_visible(b)


def _pair(
    across: Callable[[Array], Array], upward: Callable[[Array], Array], points: Array
) -> Array:
    """Each coordinate by its own function."""
    return np.stack([across(points[..., 0]), upward(points[..., 1])], axis=-1)


class Axes(Artist):
    """A panel of a figure; `rect` as in `Figure.add_axes`."""

    def __init__(self, figure: Figure, rect: tuple[float, float, float, float]) -> None:
        super().__init__()
        self.figure = figure
        self._children: list[Artist] = []
        self.xaxis, self.yaxis = Axis(self, "x"), Axis(self, "y")
        self.spines = Spines({side: Spine(self, side) for side in _SIDES})
        self.transAxes = Transform(
            lambda p: p * (self.bbox.width, self.bbox.height) + self.bbox[:2],
            lambda p: (p - self.bbox[:2]) / (self.bbox.width, self.bbox.height),
        )
        self.transData = Transform(
            lambda p: _pair(self.xaxis.place, self.yaxis.place, p),
            lambda p: _pair(self.xaxis.back, self.yaxis.back, p),
        )
        self._titles = [self._title(ha) for ha in ("center", "left", "right")]
        self._left_title = self._titles[1]
        self.legend_: Legend | None = None
        self.patch = Patch(
            Path.polygon([(0, 0), (1, 0), (1, 1), (0, 1)]),
            facecolor=rcParams["axes.facecolor"],
            clip_on=False,
        )
        self.patch.axes, self.patch.transform = self, self.transAxes
        self.set_position(rect)

    def _title(self, ha: str) -> Text:
        return Text(ha=ha, weight=rcParams["axes.titleweight"], transform=self.transAxes)

    # ------------------------------------------------------------------------- where things are

    def set_position(self, pos: Any) -> None:
        """Left, bottom, width and height, as shares of the figure."""
        left, bottom, width, height = (float(x) for x in pos)
        self._position = Bbox(left, bottom, left + width, bottom + height)
        self.measure()

    def measure(self) -> None:
        """Find the panel in points of the figure, whose size may have changed."""
        across, upward = self.figure.get_size_inches() * 72
        share = self._position
        self.bbox = Bbox(share.x0 * across, share.y0 * upward, share.x1 * across, share.y1 * upward)

    def get_position(self) -> Bbox:
        """Where the panel is, in shares of the figure."""
        return self._position

    def get_xaxis_transform(self) -> Transform:
        """Across by the data, upward by shares of the panel."""
        return Transform(
            lambda p: _pair(self.xaxis.place, lambda y: self.bbox.y0 + self.bbox.height * y, p)
        )

    def get_yaxis_transform(self) -> Transform:
        """Upward by the data, across by shares of the panel."""
        return Transform(
            lambda p: _pair(lambda x: self.bbox.x0 + self.bbox.width * x, self.yaxis.place, p)
        )

    def get_children(self) -> list[Artist]:
        """All parts, in the order in which equals are painted."""
        legend = [self.legend_] if self.legend_ else []
        return [
            *self._children,
            *self.spines.values(),
            self.xaxis,
            self.yaxis,
            *self._titles,
            *legend,
            self.patch,
        ]

    # ------------------------------------------------------------------------- the frame

    def set_xlim(self, left: float, right: float) -> None:
        """The values at the two edges."""
        self.xaxis.limits = float(left), float(right)

    def set_ylim(self, bottom: float, top: float) -> None:
        """The values at the two edges."""
        self.yaxis.limits = float(bottom), float(top)

    def get_xlim(self) -> tuple[float, float]:
        """The values at the two edges."""
        return self.xaxis.limits

    def get_ylim(self) -> tuple[float, float]:
        """The values at the two edges."""
        return self.yaxis.limits

    def set_xscale(self, value: str, **options: Any) -> None:
        """linear, log or symlog."""
        self.xaxis.set_scale(value, **options)

    def set_yscale(self, value: str, **options: Any) -> None:
        """linear, log or symlog."""
        self.yaxis.set_scale(value, **options)

    def set_xticks(self, ticks: Any, labels: Any = None, **options: Any) -> None:
        """Where the ticks are, and their texts."""
        self.xaxis.set_ticks(ticks, labels, **options)

    def set_yticks(self, ticks: Any, labels: Any = None, **options: Any) -> None:
        """Where the ticks are, and their texts."""
        self.yaxis.set_ticks(ticks, labels, **options)

    def tick_params(self, axis: str = "both", **options: Any) -> None:
        """How the ticks of an axis, or of both, look."""
        for one in self._axes(axis):
            one.set_tick_params(**options)

    def grid(self, visible: bool, *, axis: str = "both") -> None:
        """Whether lines of the panel go on from the ticks."""
        for one in self._axes(axis):
            one.gridded = visible

    def _axes(self, which: str) -> list[Axis]:
        return [a for a in (self.xaxis, self.yaxis) if which in (a.name, "both")]

    def get_xticks(self) -> Array:
        """Where the ticks are, also those outside the limits."""
        return self.xaxis.get_ticklocs()

    def get_xscale(self) -> str:
        """linear, log or symlog."""
        return self.xaxis.get_scale()

    def set_xlabel(
        self, xlabel: str, *, loc: str = "center", labelpad: float | None = None, **options: Any
    ) -> None:
        """The words below the horizontal axis, `labelpad` points below what is there."""
        self.xaxis.set_label(xlabel, loc, labelpad, **options)

    def get_xlabel(self) -> str:
        """The words below the horizontal axis."""
        return self.xaxis.label_words()

    def set_title(
        self, label: str, *, pad: float, x: float, y: float, fontsize: float,
        linespacing: float | None = None,
    ) -> None:  # fmt: skip
        """The title at the left: `pad` points above a share (x, y) of the panel."""
        title = self._left_title
        title.content, title.x, title.y, title.by = label, x, y, (0.0, pad)
        title.size, title.linespacing = fontsize, linespacing

    def get_title(self, loc: str) -> str:
        """The title at the left, which alone is used."""
        return self._left_title.content if loc == "left" else ""

    def legend(self, **options: Any) -> Legend:
        """The legend, in place of any there was; see `Legend`."""
        self.legend_ = Legend(self, **options)
        return self.legend_

    # ------------------------------------------------------------------------- the data

    def add_artist(self, artist: Artist) -> Any:
        """Add a part; the limits stay as they are."""
        artist.axes = self
        self._children.append(artist)
        return artist

    add_patch = add_artist

    def take_out(self, artist: Artist) -> None:
        """Take a part of the data away."""
        self._children.remove(artist)

    def plot(
        self, x: Any, y: Any, *, scalex: bool = False, scaley: bool = False, **options: Any
    ) -> list[Line2D]:
        """A line; see `Line2D`. The limits are never looked for: a frame sets them."""
        return [self.add_artist(Line2D(x, y, **options))]

    def _across(self, x: Any, y: Any, transform: Transform, **options: Any) -> Line2D:
        line: Line2D = self.add_artist(Line2D(x, y, **options))
        line.transform = transform
        return line

    def axhline(self, y: float, **options: Any) -> Line2D:
        """A line from edge to edge."""
        return self._across([0, 1], [y, y], self.get_yaxis_transform(), **options)

    def axvline(self, x: float, **options: Any) -> Line2D:
        """A line from edge to edge."""
        return self._across([x, x], [0, 1], self.get_xaxis_transform(), **options)

    def axhspan(self, ymin: float, ymax: float, **options: Any) -> Rectangle:
        """A ground from edge to edge."""
        return self._span((0, ymin), 1, ymax - ymin, self.get_yaxis_transform(), **options)

    def axvspan(self, xmin: float, xmax: float, **options: Any) -> Rectangle:
        """A ground from edge to edge."""
        return self._span((xmin, 0), xmax - xmin, 1, self.get_xaxis_transform(), **options)

    def _span(
        self, xy: tuple[float, float], width: float, height: float, transform: Transform, *,
        lw: float = 1.0, **options: Any,
    ) -> Rectangle:  # fmt: skip
        span: Rectangle = self.add_artist(Rectangle(xy, width, height, linewidth=lw, **options))
        span.transform = transform
        return span

    def fill_between(self, x: Any, y1: Any, y2: Any = 0, **options: Any) -> Between:
        """The ground between two lines."""
        options["linewidth"] = options.pop("lw", options.get("linewidth", 1.0))
        ground: Between = self.add_artist(Between(x, y1, y2, **options))
        return ground

    def text(self, x: float, y: float, s: str, **options: Any) -> Text:
        """Words at a point of the data."""
        text: Text = self.add_artist(Text(x, y, s, **{"transform": self.transData} | options))
        return text

    def annotate(
        self,
        text: str,
        xy: tuple[float, float],
        *,
        xytext: tuple[float, float],
        textcoords: str,
        xycoords: str = "data",
        annotation_clip: bool,
        **options: Any,
    ) -> Annotation:
        """Words some points (`xytext`) away from a point of the data, or a share of the panel."""
        if textcoords != "offset points" or annotation_clip:
            raise ValueError("a note stands off by points and is not clipped here")
        transform = {"data": self.transData, "axes fraction": self.transAxes}[xycoords]
        note = Annotation(text, xytext, xy, transform=transform, **options)
        return self.add_artist(note)  # type: ignore[no-any-return]

    def draw(self, renderer: RendererSVG) -> None:
        """The ground, then all parts from back to front."""
        renderer.open_group("axes", self._gid)
        self.patch.draw(renderer)
        parts = [a for a in self.get_children() if a is not self.patch]
        for part in sorted(parts, key=Artist.get_zorder):
            part.draw(renderer)
        renderer.close_group()

"""Lines and marked points."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import markers, rcParams
from .artist import Artist
from .backends.backend_svg import RendererSVG, style
from .transforms import Array, Transform

_SHORT = {
    "ls": "linestyle", "lw": "linewidth", "ms": "markersize", "mfc": "markerfacecolor",
    "mew": "markeredgewidth", "mec": "markeredgecolor", "c": "color",
}  # fmt: skip
#: What a dash is called -> dash and gap, in widths of the line.
_DASHES = {"--": (3.7, 1.6), "-.": (6.4, 1.6, 1.0, 1.6), ":": (1.0, 1.65)}
_NONE = ("", " ", "none", "None")


class Line2D(Artist):
    """A line through points, marks at them, or both; `options` by their long or short names."""

    zorder: float = 2

    def __init__(self, xdata: Any, ydata: Any, **options: Any) -> None:
        super().__init__()
        self.set_data(xdata, ydata)
        self.transform: Transform | None = None  # that of the data, where none is given
        self._look(**{_SHORT.get(name, name): value for name, value in options.items()})

    def _look(
        self,
        *,
        color: str,
        label: str = "",
        linestyle: Any = "-",
        linewidth: float | None = None,
        marker: str = "",
        markersize: float | None = None,
        markerfacecolor: str | None = None,
        markeredgecolor: str | None = None,
        markeredgewidth: float | None = None,
        drawstyle: str = "default",
        solid_capstyle: str = "projecting",
        clip_on: bool = True,
        zorder: float | None = None,
        alpha: float = 1.0,
    ) -> None:
        self.color, self.label, self.linestyle = color, label, linestyle
        self.width = rcParams["lines.linewidth"] if linewidth is None else linewidth
        self.marker = "" if marker in _NONE else marker
        self.size = rcParams["lines.markersize"] if markersize is None else markersize
        self.face, self.edge = markerfacecolor or color, markeredgecolor or color
        self.edge_width = (
            rcParams["lines.markeredgewidth"] if markeredgewidth is None else markeredgewidth
        )
        self.drawstyle, self.cap = drawstyle, solid_capstyle
        self.clip_on, self.alpha = clip_on, alpha
        if zorder is not None:
            self.zorder = zorder

    def set_data(self, x: Any, y: Any) -> None:
        """Other points."""
        pair = (np.atleast_1d(np.asarray(v, float)) for v in (x, y))
        self.points: Array = np.stack(np.broadcast_arrays(*pair), axis=-1)

    def get_marker(self) -> str:
        """The mark at its points, "" for none."""
        return self.marker

    def get_markersize(self) -> float:
        """The size of the marks, in points."""
        return self.size

    def get_color(self) -> str:
        """The colour of the line."""
        return self.color

    def draw(self, renderer: RendererSVG) -> None:
        """Its line, then its marks."""
        if not self._visible:
            return
        transform = self.transform or self.axes.transData
        clip = self.axes.bbox if self.clip_on and self.axes else None
        renderer.open_group("line2d", self._gid)
        self.draw_line(renderer, transform.transform(stepped(self.points, self.drawstyle)), clip)
        if self.marker and self.size and len(self.points):
            self.draw_marks(renderer, transform.transform(self.points), clip)
        renderer.close_group()

    def draw_line(self, renderer: RendererSVG, points: Array, clip: Any = None) -> None:
        """The line alone through points of the figure."""
        if self.linestyle in _NONE or not len(points):
            return
        solid = self.linestyle == "-"
        pattern = self.linestyle[1] if isinstance(self.linestyle, tuple) else _DASHES.get(
            self.linestyle, ())  # fmt: skip
        look = style(
            "none",
            self.color,
            self.width,
            dashes=None if solid else [self.width * x for x in pattern],
            cap=self.cap if solid else "butt",
            alpha=self.alpha,
        )
        renderer.line(points, look, clip)

    def draw_marks(self, renderer: RendererSVG, points: Array, clip: Any = None) -> None:
        """The marks alone at points of the figure."""
        face = "clear" if self.face == "none" else self.face
        join = markers.marker(self.marker, self.size)[1]
        look = style(face, self.edge, self.edge_width, join=join, alpha=self.alpha)
        renderer.marks(self.marker, self.size, points, look, clip)


def stepped(points: Array, drawstyle: str) -> Array:
    """The corners of a line of steps, or the points as they are."""
    if drawstyle == "default":
        return points
    if drawstyle != "steps-mid":
        raise ValueError(f"a line is 'default' or 'steps-mid' here, not {drawstyle!r}")
    x, y = points.T
    middle = np.repeat((x[1:] + x[:-1]) / 2, 2)
    return np.stack([np.concatenate([x[:1], middle, x[-1:]]), np.repeat(y, 2)], axis=-1)

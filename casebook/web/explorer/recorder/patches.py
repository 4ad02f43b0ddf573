"""Filled shapes."""

from __future__ import annotations

from typing import Any

import numpy as np

from .artist import Artist
from .backends.backend_svg import RendererSVG, style
from .path import Path
from .transforms import Transform


class Patch(Artist):
    """A shape in one colour; alone it is what stands for bars in a legend."""

    zorder = 1

    def __init__(
        self,
        path: Path | None = None,
        *,
        color: str | None = None,
        facecolor: str | None = None,
        edgecolor: str = "none",
        linewidth: float = 1.0,
        lw: float | None = None,
        label: str = "",
        alpha: float = 1.0,
        clip_on: bool = True,
        zorder: float | None = None,
    ) -> None:
        super().__init__(zorder)
        self.path, self.label, self.clip_on = path, label, clip_on
        self.transform: Transform | None = None  # that of the data, where none is given
        self.look = style(
            color or facecolor or "none",
            color or edgecolor,
            linewidth if lw is None else lw,
            join="miter",
            alpha=alpha,
        )

    def draw(self, renderer: RendererSVG) -> None:
        """Its path."""
        if not self._visible or self.path is None:
            return
        transform = self.transform or self.axes.transData
        renderer.open_group("patch", self._gid)
        clip = self.axes.bbox if self.clip_on else None
        renderer.shape(self.path, transform.transform(self.path.vertices), self.look, clip)
        renderer.close_group()


class PathPatch(Patch):
    """A shape of any path."""


class Rectangle(Patch):
    """A rectangle from its corner `xy`."""

    def __init__(
        self, xy: tuple[float, float], width: float, height: float, **options: Any
    ) -> None:
        corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]]) * (width, height) + xy
        super().__init__(Path.polygon(corners), **options)


class Between(Artist):
    """The ground between two lines, as matplotlib's `fill_between` writes it: a mark, used once."""

    zorder = 1

    def __init__(
        self, x: Any, low: Any, high: Any, *, color: str, linewidth: float = 1.0,
        alpha: float = 1.0, zorder: float | None = None,
    ) -> None:  # fmt: skip
        super().__init__(zorder)
        x, low, high = np.broadcast_arrays(*(np.asarray(v, float) for v in (x, low, high)))
        down, up = np.stack([x, low], axis=-1), np.stack([x, high], axis=-1)
        self.points = np.concatenate([up[:1], down, up[::-1]])
        self.path = Path.polygon(np.concatenate([up[:1], down, up[-1:], up[::-1]]))
        self.look = style(color, color, linewidth, alpha=alpha)

    def draw(self, renderer: RendererSVG) -> None:
        """Its path, at the corner of the figure."""
        points = self.axes.transData.transform(self.path.vertices)
        renderer.open_group("FillBetweenPolyCollection", self._gid)
        at = np.array([[0.0, renderer.height]])
        data = self.path.svg(points * (1.0, -1.0))
        renderer.uses(data, at, self.look, self.axes.bbox)
        renderer.close_group()

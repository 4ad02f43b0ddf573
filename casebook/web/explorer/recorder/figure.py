"""A figure: its size, and the panels on it."""

from __future__ import annotations

import numpy as np

from . import rcParams
from .axes import Axes
from .backends.backend_svg import RendererSVG, style
from .path import Path
from .transforms import Array


class Figure:
    """A figure of `figsize` inches, at 72 points an inch."""

    #: What makes points of inches, for a `ScaledTranslation`.
    dpi_scale_trans = 72.0

    def __init__(self, figsize: tuple[float, float], dpi: float = 72) -> None:
        if dpi != 72:
            raise ValueError(f"a figure has 72 dots an inch here, not {dpi}")
        self._size = np.array(figsize, float)
        self.axes: list[Axes] = []

    def get_size_inches(self) -> Array:
        """(width, height)."""
        return self._size

    def set_size_inches(self, w: float, h: float) -> None:
        """Width and height; the panels keep their shares of them."""
        self._size = np.array([w, h], float)
        for ax in self.axes:
            ax.measure()

    def add_axes(self, rect: tuple[float, float, float, float]) -> Axes:
        """A panel: left, bottom, width and height, as shares of the figure."""
        self.axes.append(Axes(self, rect))
        return self.axes[-1]

    def draw(self, renderer: RendererSVG) -> None:
        """The ground and every panel, each from back to front."""
        width, height = renderer.width, renderer.height
        renderer.open_group("figure")
        renderer.open_group("patch")
        corners = np.array([[0, 0], [width, 0], [width, height], [0, height]])
        look = style(rcParams["figure.facecolor"])
        renderer.shape(Path.polygon(corners), corners, look, None)
        renderer.close_group()
        for ax in self.axes:
            ax.draw(renderer)
        renderer.close_group()

"""What all that is drawn has in common."""

from __future__ import annotations

from typing import Any, Protocol

from .backends.backend_svg import RendererSVG
from .transforms import Bbox, Transform


class Panel(Protocol):
    """What an artist asks of the panel that it is drawn in."""

    bbox: Bbox
    transAxes: Transform
    transData: Transform

    def get_xaxis_transform(self) -> Transform:
        """Across by the data, upward by shares of the panel."""

    def get_yaxis_transform(self) -> Transform:
        """Upward by the data, across by shares of the panel."""

    def take_out(self, artist: Artist) -> None:
        """Take a part of the data away."""


class Artist:
    """A part of a figure: its place from back to front (`zorder`) and its id in the SVG."""

    zorder: float = 0

    def __init__(self, zorder: float | None = None) -> None:
        self.axes: Any = None  # its Panel; set when it is added
        self._gid: str | None = None
        self._visible = True
        if zorder is not None:
            self.zorder = zorder

    def get_zorder(self) -> float:
        """The lower is painted first."""
        return self.zorder

    def set_gid(self, gid: str) -> None:
        """The id of its group in the SVG."""
        self._gid = gid

    def get_gid(self) -> str | None:
        """The id of its group in the SVG, None for one that is numbered."""
        return self._gid

    def set_visible(self, b: bool) -> None:
        """Whether it is drawn."""
        self._visible = b

    def remove(self) -> None:
        """Out of its panel."""
        panel: Panel = self.axes
        panel.take_out(self)

    def draw(self, renderer: RendererSVG) -> None:
        """Write it, as a group with its id."""
        raise NotImplementedError

"""The legend of a panel: columns of entries, each a sample and its words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from . import rcParams
from .artist import Artist, Panel
from .backends.backend_svg import RendererSVG
from .lines import Line2D
from .patches import Patch
from .path import Path
from .text import Text, measure
from .transforms import Transform


class _Entry(NamedTuple):
    """A sample and its words, with what they take up above and below their baseline."""

    handle: Line2D | Patch
    words: Text
    width: float
    up: float
    down: float


class Legend(Artist):
    """Entries without a frame, their lower left corner at `bbox_to_anchor` of `bbox_transform`.

    Lengths are in sizes of the text, as in matplotlib.
    """

    zorder = 5

    def __init__(
        self,
        axes: Panel,
        *,
        handles: Sequence[Line2D | Patch],
        loc: str,
        bbox_to_anchor: tuple[float, float],
        bbox_transform: Transform,
        borderpad: float,
        borderaxespad: float,
        ncols: int = 1,
        handlelength: float = 2.0,
        handleheight: float = 0.7,
        columnspacing: float = 2.0,
        handletextpad: float = 0.8,
        labelspacing: float = 0.5,
        fontsize: float | None = None,
    ) -> None:
        super().__init__()
        if (loc, borderpad, borderaxespad, handleheight) != ("lower left", 0, 0, 0.7):
            raise ValueError("a legend is put by its lower left corner, without a border, here")
        self.axes, self.handles = axes, handles
        self.anchor, self.transform = bbox_to_anchor, bbox_transform
        self.columns = ncols
        self.size: float = rcParams["font.size"] if fontsize is None else fontsize
        self.length, self.pad = self.size * handlelength, self.size * handletextpad
        self.high = self.size * handleheight
        self.across, self.between = self.size * columnspacing, self.size * labelspacing

    def _entry(self, handle: Line2D | Patch) -> _Entry:
        words = Text(0, 0, handle.label, fontsize=self.size, transform=Transform(lambda p: p))
        ((_, wide, ascent, descent),) = words.lines()  # one line, as the frames have it
        up = max(self.size * measure("lp", 400)[1], ascent, self.high)
        return _Entry(handle, words, self.length + self.pad + wide, up, descent)

    def draw(self, renderer: RendererSVG) -> None:
        """Every entry, column by column."""
        renderer.open_group("legend", self._gid)
        entries = [self._entry(handle) for handle in self.handles]
        split = [list(part) for part in np.array_split(np.arange(len(entries)), self.columns)]
        columns = [[entries[k] for k in part] for part in split if part]
        left, bottom = self.transform.transform(self.anchor).tolist()
        falls = [
            sum(e.up + e.down for e in column) - column[0].up + self.between * (len(column) - 1)
            for column in columns
        ]
        for column in columns:
            base = bottom + max(falls)
            for k, entry in enumerate(column):
                if k:
                    base -= column[k - 1].down + self.between + entry.up
                self._draw_entry(renderer, entry, left, base)
            left += max(e.width for e in column) + self.across
        renderer.close_group()

    def _draw_entry(self, renderer: RendererSVG, entry: _Entry, x: float, y: float) -> None:
        handle, words = entry.handle, entry.words
        high = self.high
        if isinstance(handle, Line2D):
            renderer.open_group("line2d")
            points = np.array([(x + share * self.length, y + high / 2) for share in (0, 0.5, 1)])
            handle.draw_line(renderer, points)
            if handle.marker:
                handle.draw_marks(renderer, points[1:2])
        else:
            renderer.open_group("patch")
            wide = self.length
            corners = np.array([(x, y), (x + wide, y), (x + wide, y + high), (x, y + high)])
            renderer.shape(Path.polygon(corners), corners, handle.look, None)
        renderer.close_group()
        words.x, words.y = x + self.length + self.pad, y
        words.draw(renderer)

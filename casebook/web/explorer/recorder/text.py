"""Texts: how large they are, and where their lines stand."""

from __future__ import annotations

import json
import pathlib
from functools import cache
from typing import Any

import numpy as np

from . import rcParams
from .artist import Artist
from .backends.backend_svg import RendererSVG, css, number, paint
from .transforms import Bbox, Transform

_ANCHORS = {"left": "start", "center": "middle", "right": "end"}
_WEIGHTS = {"normal": 400, "regular": 400, "semibold": 600, "bold": 700}
_SHARE = {"left": 0.0, "center": 0.5, "right": 1.0}


@cache
def _fonts() -> dict[str, Any]:
    """What `stand_in` measured of the figures' two fonts, in units of their size."""
    source = pathlib.Path(__file__).with_name("fonts.json").read_text(encoding="utf-8")
    fonts: dict[str, Any] = json.loads(source)
    return fonts


@cache
def measure(text: str, weight: int) -> tuple[float, float, float]:
    """Width, ascent and descent of a line of text, in units of its size."""
    font = _fonts()["400" if weight < 550 else "700"]
    glyphs = [font["glyphs"].get(sign, font["missing"]) for sign in text]
    width = sum(g[0] for g in glyphs)
    width += sum(font["kerning"].get(text[k : k + 2], 0.0) for k in range(len(text) - 1))
    ups, downs = ([g[k] for g in glyphs] for k in (1, 2))
    return width, max(ups, default=0.0), max(downs, default=0.0)


class Text(Artist):
    """Lines of text at (x, y) in the coordinates of `transform`, and a move in points."""

    zorder = 3
    by = (0.0, 0.0)

    def __init__(
        self,
        x: float = 0,
        y: float = 0,
        text: str = "",
        *,
        transform: Transform,
        color: str | None = None,
        fontsize: float | None = None,
        weight: str | int = "normal",
        ha: str = "left",
        va: str = "baseline",
        linespacing: float | None = None,
        zorder: float | None = None,
    ) -> None:
        super().__init__(zorder)
        self.x, self.y, self.content, self.transform = x, y, str(text), transform
        self.color = paint(color or rcParams["text.color"])
        self.size: float = rcParams["font.size"] if fontsize is None else fontsize
        self.weight = weight if isinstance(weight, int) else _WEIGHTS[weight]
        self.ha, self.va, self.linespacing = ha, va, linespacing

    def lines(self) -> list[tuple[str, float, float, float]]:
        """(text, width, ascent, descent) of each line, with what stands above and below it."""
        font = _fonts()["400" if self.weight < 550 else "700"]
        up, down, gap = (self.size * font[name] for name in ("up", "down", "gap"))
        parts = self.content.split("\n")
        gap = gap if len(parts) > 1 else 0.0
        found = []
        for part in parts:
            if part.count("$") > 1:
                raise ValueError(f"no formulas between dollar signs here: {part!r}")
            width, a, d = (self.size * m for m in measure(part, self.weight))
            if self.linespacing is None:
                a, d = max(a, up) + gap / 2, max(d, down) + gap / 2
            else:
                lead = (self.linespacing * (up + down) - a - d) / 2
                a, d = a + lead, d + lead
            found.append((part, width, a, d))
        return found

    def layout(self) -> tuple[list[tuple[str, float, float]], Bbox]:
        """(text, x, y) of each line from the point where the text is put, and the whole box."""
        lines = self.lines()
        width = max(w for _, w, _, _ in lines)
        height = sum(a + d for _, _, a, d in lines)
        descent = lines[-1][3]
        low = {
            "top": -height,
            "bottom": 0.0,
            "center": -height / 2,
            "baseline": -descent,
            "center_baseline": -(height + descent) / 2,
        }[self.va]
        share = _SHARE[self.ha]
        placed, y = [], low + height
        for part, w, a, d in lines:
            placed.append((part, -share * w, y - a))
            y -= a + d
        return placed, Bbox(-share * width, low, (1 - share) * width, low + height)

    def place(self) -> tuple[float, float]:
        """The point of the figure where the text is put."""
        x, y = self.transform.transform((self.x, self.y)).tolist()
        return x + self.by[0], y + self.by[1]

    def extent(self) -> Bbox:
        """The box of the text in the figure."""
        (x, y), box = self.place(), self.layout()[1]
        return Bbox(box.x0 + x, box.y0 + y, box.x1 + x, box.y1 + y)

    def draw(self, renderer: RendererSVG) -> None:
        """Its lines; one alone is anchored, so that it holds its place in whatever font."""
        x, y = self.place()
        if not self._visible or not self.content or not np.isfinite([x, y]).all():
            return
        renderer.open_group("text", self._gid)
        placed, _ = self.layout()
        anchored = len(placed) == 1
        look = {"font-weight": str(self.weight)} if self.weight != 400 else {}
        look |= {"font-size": f"{number(self.size)}px"}
        look |= {"font-family": ", ".join(f"'{name}'" for name in rcParams["font.family"])}
        look |= {"text-anchor": _ANCHORS[self.ha]} if anchored else {}
        look |= {"fill": self.color} if self.color != "#000000" else {}
        for part, dx, dy in placed:
            if part or anchored:
                left = x if anchored else x + dx
                renderer.text(left, y + dy, part, css(look), anchored=anchored)
        renderer.close_group()


class Annotation(Text):
    """Words a few points away from a point."""

    def __init__(
        self, text: str, by: tuple[float, float], xy: tuple[float, float], **options: Any
    ) -> None:
        super().__init__(*xy, text, **options)
        self.by = by

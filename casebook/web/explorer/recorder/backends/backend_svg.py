"""Writes SVG as matplotlib does: groups with ids, paths, marks that are used again, texts."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Protocol, TextIO

import numpy as np

from .. import markers, rcParams
from ..path import Path, polyline
from ..transforms import Array, Bbox

_CAPS = {"projecting": "square", "butt": "butt", "round": "round"}


def number(x: float) -> str:
    """A length to a hundredth, without zeros at its end."""
    return f"{x:.2f}".rstrip("0").rstrip(".")


def paint(colour: str) -> str:
    """A colour as the SVG says it; ValueError for one that is not written #rrggbb."""
    if len(colour) != 7 or colour[0] != "#":
        raise ValueError(f"a colour is written #rrggbb here, not {colour!r}")
    return colour.lower()


def style(
    fill: str,
    stroke: str = "none",
    width: float = 0.0,
    *,
    dashes: Sequence[float] | None = None,
    join: str = "round",
    cap: str = "butt",
    alpha: float = 1.0,
) -> dict[str, str]:
    """The CSS of a shape; without a width it has no stroke. A fill "clear" is none in a mark."""
    found = {}
    if fill == "clear":
        found["fill-opacity"] = "0"
    elif fill == "none":
        found["fill"] = fill
    elif paint(fill) != "#000000":
        found["fill"] = paint(fill)
    if alpha != 1.0:
        found["opacity"] = number(alpha)
    if dashes is not None:
        found["stroke-dasharray"] = ",".join(map(number, dashes))
        found["stroke-dashoffset"] = "0"
    if width and stroke != "none":
        found["stroke"] = paint(stroke)
        if width != 1.0:
            found["stroke-width"] = number(width)
        if join != "round":
            found["stroke-linejoin"] = join
        if cap != "butt":
            found["stroke-linecap"] = _CAPS[cap]
    return found


def css(properties: Mapping[str, str]) -> str:
    """The value of an attribute `style`."""
    return "; ".join(f"{name}: {value}" for name, value in properties.items())


class RendererSVG:
    """Collects the elements of one <svg> and writes it to a file at the end."""

    def __init__(
        self,
        width: float,
        height: float,
        svgwriter: TextIO,
        image_dpi: float = 72,
        *,
        metadata: Any = None,  # none is written
    ) -> None:
        self.width, self.height = float(width), float(height)
        self._file = svgwriter
        self._counted: Counter[str] = Counter()
        self._clips: dict[Bbox, str] = {}
        self._marks: set[str] = set()
        self.parts: list[str] = []

    def open_group(self, kind: str, gid: str | None = None) -> None:
        """Begin a group; one without an id is called by its kind and number."""
        if gid is None:
            self._counted[kind] += 1
            gid = f"{kind}_{self._counted[kind]}"
        self.parts.append(f'<g id="{gid}">')

    def close_group(self) -> None:
        """End it."""
        self.parts.append("</g>\n")

    def turned(self, points: Array) -> Array:
        """Points of the figure as the SVG has them: downward from the upper left corner."""
        return points * (1.0, -1.0) + (0.0, self.height)

    def shape(self, path: Path, points: Array, look: Mapping[str, str], clip: Bbox | None) -> None:
        """A filled path whose vertices are at `points` of the figure, within `clip`."""
        self._path(path.svg(self.turned(points)), look, clip)

    def line(self, points: Array, look: Mapping[str, str], clip: Bbox | None) -> None:
        """A line through points of the figure (not a number: a gap), within `clip`."""
        self._path(polyline(self.turned(points), self.width, self.height), look, clip)

    def _path(self, data: str, look: Mapping[str, str], clip: Bbox | None) -> None:
        d = f' d="{data}"' if data else ""
        self.parts.append(f'<path{d}{self._clip(clip)} style="{css(look)}"/>\n')

    def marks(
        self, name: str, size: float, points: Array, look: Mapping[str, str], clip: Bbox | None
    ) -> None:
        """The mark `name` at points of the figure."""
        self.uses(markers.marker(name, size)[0], self.turned(points), look, clip)

    def uses(self, data: str, points: Array, look: Mapping[str, str], clip: Bbox | None) -> None:
        """A path drawn at points of the SVG; the first time it is defined as well."""
        whole = css(look)
        ident = _ident("m", (data, whole))
        if ident not in self._marks:
            self._marks.add(ident)
            stroke = css({k: v for k, v in look.items() if k.startswith("stroke")})
            stroke = stroke and f' style="{stroke}"'
            self.parts.append(f'<defs><path id="{ident}" d="{data}"{stroke}/></defs>')
        self.parts.append(f"<g{self._clip(clip)}>")
        self.parts += [
            f'<use xlink:href="#{ident}" x="{number(x)}" y="{number(y)}" style="{whole}"/>'
            for x, y in points[np.isfinite(points).all(axis=1)].tolist()
        ]
        self.parts.append("</g>")

    def text(self, x: float, y: float, text: str, look: str, *, anchored: bool) -> None:
        """A line of text at a point of the figure, `anchored` as its look says."""
        place = f"{number(x)} {number(self.height - y)}"
        if anchored:
            left, top = place.split()
            where = f'x="{left}" y="{top}" transform="rotate(-0 {place})"'
        else:
            where = f'transform="translate({place})"'
        self.parts.append(f'<text style="{look}" {where}>{escape(text, quote=False)}</text>\n')

    def _clip(self, box: Bbox | None) -> str:
        if box is None:
            return ""
        if box not in self._clips:
            # in matplotlib's own steps: of the last digits its id is made
            width, height = (box.width + box.x0) - box.x0, (box.height + box.y0) - box.y0
            top = self.height - (box.y0 + height)
            exact = tuple(np.float64(x) for x in (box.x0, top, width, height))
            self._clips[box] = _ident("p", exact)
        return f' clip-path="url(#{self._clips[box]})"'

    def finalize(self) -> None:
        """Write the <svg>."""
        width, height = number(self.width), number(self.height)
        clips = "".join(
            f'<clipPath id="{ident}"><rect x="{number(box.x0)}" y="{number(self.height - box.y1)}" '
            f'width="{number(box.width)}" height="{number(box.height)}"/></clipPath>'
            for box, ident in self._clips.items()
        )
        self._file.write(
            f'<svg xmlns:xlink="http://www.w3.org/1999/xlink" width="{width}pt" '
            f'height="{height}pt" viewBox="0 0 {width} {height}" '
            'xmlns="http://www.w3.org/2000/svg" version="1.1">\n'
            '<defs><style type="text/css">*{stroke-linejoin: round; stroke-linecap: butt}</style>'
            f"</defs>\n{''.join(self.parts)}{clips and f'<defs>{clips}</defs>'}</svg>\n"
        )


class Figure(Protocol):
    """What can be written."""

    def get_size_inches(self) -> Array:
        """(width, height)."""

    def draw(self, renderer: RendererSVG) -> None:
        """Write all of it."""


class FigureCanvasSVG:
    """A figure that is to be written."""

    def __init__(self, figure: Figure) -> None:
        self.figure = figure

    def print_svg(self, filename: TextIO, *, metadata: Any = None) -> None:
        """Write the whole figure."""
        width, height = self.figure.get_size_inches() * 72
        renderer = RendererSVG(width, height, filename)
        self.figure.draw(renderer)
        renderer.finalize()


def _ident(kind: str, content: object) -> str:
    """An id that tells what it is of: the same in every figure."""
    salted = f"{rcParams['svg.hashsalt']}{content}"
    return kind + hashlib.sha256(salted.encode()).hexdigest()[:10]

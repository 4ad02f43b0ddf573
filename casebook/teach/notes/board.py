"""The board plan and the blank tree as figures, drawn from the head of a note."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...figures.style import worn
from ...palette import PALETTE
from . import source

#: Width in points; height of a line; letters of heads and lines; their mean width, of the size.
WIDTH, LINE, HEAD, TEXT, LETTER = 500.0, 11.2, 9.4, 8.6, 0.52
GAP = 4.0  #: Between two lines of the board.
#: Of the tree: height, of a box, left edges of the three columns, width of a box.
HIGH, BOX, LEFT, WIDE = 640.0, 46.0, (0.0, 168.0, 338.0), 150.0


@dataclass(frozen=True)
class Sketch:
    """A drawing: a matplotlib Figure and what it shows."""

    figure: Any
    message: str

    def svg(self) -> str:
        """The drawing as an <svg> element."""
        from matplotlib.backends.backend_svg import FigureCanvasSVG

        file = io.StringIO()
        canvas: Any = FigureCanvasSVG(self.figure)  # whose methods have no types
        with worn():
            canvas.print_svg(file, metadata={"Date": None, "Creator": None})
        text = file.getvalue()
        return text[text.index("<svg") :]


def _sheet(high: float) -> tuple[Any, Any]:
    """An empty figure of that height, its one panel in points with the origin at the top left."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH / 72, high / 72), dpi=72)
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set_xlim(0, WIDTH)
    ax.set_ylim(high, 0)
    ax.axis("off")
    return figure, ax


def _wrapped(text: str, wide: float, size: float) -> list[str]:
    return textwrap.wrap(text, max(8, int(wide / (size * LETTER))))


def board(columns: Sequence[Mapping[str, Any]]) -> Sketch:
    """The board at the end of the hour, a panel for each column of the plan."""
    wide = WIDTH / len(columns)
    inner = wide - 16
    heads = [_wrapped(column["title"], inner, HEAD) for column in columns]
    bodies = [[_wrapped(line, inner, TEXT) for line in column["lines"]] for column in columns]
    top = 14 + LINE * max(map(len, heads)) + 4
    high = top + max(sum(LINE * len(x) + GAP for x in body) for body in bodies) + 6
    with worn():
        figure, ax = _sheet(high)
        for k, (head, body) in enumerate(zip(heads, bodies, strict=True)):
            _box(ax, k * wide + 2, 2, wide - 4, high - 4)
            for n, line in enumerate(head):
                ax.text(k * wide + 8, 14 + LINE * n, line, size=HEAD, weight="bold",
                        color=PALETTE["c1"], va="center")  # fmt: skip
            y = top + 4
            for said in body:
                for line in said:
                    ax.text(k * wide + 8, y, line, size=TEXT, va="center")
                    y += LINE
                y += GAP
    shown = "; ".join(f"{c['title']}: {', '.join(c['lines'])}" for c in columns)
    return Sketch(figure, shown)


def _box(ax: Any, left: float, top: float, wide: float, high: float) -> None:
    from matplotlib.patches import Rectangle

    ax.add_patch(
        Rectangle((left, top), wide, high, fill=False, edgecolor=PALETTE["muted"], linewidth=0.8)
    )


def tree(plan: Mapping[str, Any]) -> Sketch:
    """The blank tree: who decides, the ways, how each may end; chances and worths to be written."""
    words = source.words()["tree"]
    ends = [(way["name"], end) for way in plan["branches"] for end in way["ends"]]
    step = HIGH / len(ends)
    high = {k: step * (k + 0.5) for k in range(len(ends))}
    with worn():
        figure, ax = _sheet(HIGH)
        first, root = 0, HIGH / 2
        _told(ax, LEFT[0], root, plan["root"], ())
        for way in plan["branches"]:
            last = first + len(way["ends"]) - 1
            middle = (high[first] + high[last]) / 2
            _line(ax, LEFT[0] + WIDE, root, LEFT[1], middle)
            _told(ax, LEFT[1], middle, way["name"], (words["worth"],))
            for k, end in enumerate(way["ends"], first):
                _line(ax, LEFT[1] + WIDE, middle, LEFT[2], high[k])
                _told(ax, LEFT[2], high[k], end, (words["chance"], words["worth"]))
            first = last + 1
    return Sketch(figure, words["shows"])


def _told(ax: Any, left: float, middle: float, text: str, asked: Sequence[str]) -> None:
    """A box with its text and what is to be written into it."""
    lines = [*_wrapped(text, WIDE - 14, TEXT), *asked]
    tall = max(BOX, LINE * 1.25 * len(lines) + 10)
    _box(ax, left + 1, middle - tall / 2, WIDE - 2, tall)
    for n, line in enumerate(lines):
        y = middle + (n - (len(lines) - 1) / 2) * LINE * 1.25
        ax.text(left + 8, y, line, size=TEXT, va="center",
                weight="normal" if line in asked else "bold",
                color=PALETTE["muted" if line in asked else "ink"])  # fmt: skip


def _line(ax: Any, x: float, start: float, to: float, end: float) -> None:
    ax.plot([x, to], [start, end], color=PALETTE["muted"], linewidth=0.9)

"""The picture that a chat or a social network shows beside a link: a title, its part, the mark."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle

from .. import letters
from ..palette import PALETTE
from . import style

#: Pixels; the size that Open Graph asks for.
WIDTH, HEIGHT = 1200, 630
_MARGIN, _MARK = 84, 250
#: Letters of the title: the first that needs no more than three lines.
_SIZES, _LINES = (76, 68, 58, 48, 40), 3
_PART, _BOOK = 34, 34
#: A letter that the fonts of the figures do not draw: from here on it is Chinese.
_HAN = "\u2e80"
#: A picture of so few colours is a quarter of the size, and looks the same.
_COLOURS = 48


def can(text: str, fonts: tuple[Path, ...]) -> bool:
    """Whether each letter of a text is in the fonts of the figures or in these."""
    return {ord(letter) for letter in text if letter >= _HAN} <= _known(fonts)[1]


@cache
def _known(fonts: tuple[Path, ...]) -> tuple[list[str], frozenset[int]]:
    """The families of fonts, and the letters that all of them have."""
    for path in fonts:
        font_manager.fontManager.addfont(path)
    loaded = [font_manager.get_font(path) for path in fonts]
    known = [frozenset(font.get_charmap()) for font in loaded]
    families = dict.fromkeys(font.family_name for font in loaded)
    return list(families), frozenset.intersection(*known) if known else frozenset()


def draw(title: str, part: str, book: str, mark: Path, fonts: tuple[Path, ...] = ()) -> bytes:
    """The card as a PNG; the same words give the same bytes. `mark` is an SVG of circles.

    `fonts` are files of letters that those of the figures lack.
    """
    with style.worn():
        figure = Figure(figsize=(WIDTH / 72, HEIGHT / 72), dpi=72)  # a point is a pixel
        canvas: Any = FigureCanvasAgg(figure)  # its methods have no types
        ours, every, *_ = style.STYLE["font.family"]
        family = [ours, *_known(fonts)[0], every]
        room = WIDTH - 3 * _MARGIN - _MARK
        size, lines = _fitting(title, room)
        at = float(HEIGHT - _MARGIN)
        ink, muted = PALETTE["ink"], PALETTE["muted"]
        for text, letter, colour, bold, gap in (
            (part, _PART, muted, False, 0.9),
            *((line, size, ink, True, 0.28) for line in lines),
        ):
            figure.text(
                _MARGIN / WIDTH,
                at / HEIGHT,
                text,
                size=letter,
                color=colour,
                weight="bold" if bold else "normal",
                family=family,
                va="top",
                parse_math=False,
            )
            at -= letter * (1 + gap)
        figure.text(_MARGIN / WIDTH, _MARGIN / HEIGHT, book, size=_BOOK, color=muted,
                    family=family, va="baseline", parse_math=False)  # fmt: skip
        bar = [_MARGIN, WIDTH - _MARGIN], [_MARGIN + 1.9 * _BOOK] * 2
        figure.add_artist(Line2D(*bar, transform=None, color=PALETTE["grid"], linewidth=3))
        _put(figure, mark)
        canvas.draw()
        return _png(canvas)


def _fitting(title: str, room: float) -> tuple[int, tuple[str, ...]]:
    """The largest letters in which a title has few lines, and these."""
    for size in _SIZES:
        lines = letters.wrap(title, room, size, bold=True)
        if len(lines) <= _LINES and all(letters.width(x, size, bold=True) <= room for x in lines):
            break
    return size, lines


def _put(figure: Figure, mark: Path) -> None:
    """Draw the mark at the right: its circles, and a line from the last of them to each other."""
    root = ElementTree.parse(mark).getroot()
    scale = _MARK / float(root.attrib["viewBox"].split()[2])
    left, top = WIDTH - _MARGIN - _MARK, HEIGHT - _MARGIN
    circles = [
        (left + scale * float(c.attrib["cx"]), top - scale * float(c.attrib["cy"]),
         scale * float(c.attrib["r"]), c.attrib["fill"])
        for c in root.iter("{http://www.w3.org/2000/svg}circle")
    ]  # fmt: skip
    x, y, *_ = circles[-1]
    lines = next(g for g in root.iter("{http://www.w3.org/2000/svg}g") if "stroke" in g.attrib)
    for to_x, to_y, *_ in circles[:-1]:
        figure.add_artist(
            Line2D([x, to_x], [y, to_y], transform=None, color=lines.attrib["stroke"],
                   linewidth=scale * float(lines.attrib["stroke-width"]))
        )  # fmt: skip
    for cx, cy, radius, colour in circles:
        figure.add_artist(Circle((cx, cy), radius, transform=None, color=colour, zorder=3))


def _png(canvas: Any) -> bytes:
    """What is drawn, in few colours and without a time or a program's name."""
    from PIL import Image

    pixels = Image.frombuffer(
        "RGBA", (WIDTH, HEIGHT), canvas.buffer_rgba(), "raw", "RGBA", 0, 1
    ).convert("RGB")
    file = io.BytesIO()
    few = pixels.quantize(_COLOURS, dither=Image.Dither.NONE)
    few.save(file, "PNG", optimize=True)
    return file.getvalue()

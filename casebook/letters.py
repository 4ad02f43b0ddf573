"""How much room a text takes in the font of the figures, and where it is broken into lines."""

from __future__ import annotations

import re
from functools import lru_cache

from . import widths

#: A letter that the font does not have: one of Chinese is as wide as it is high.
_OTHER, _SQUARE = 600, 1000
#: Chinese has no spaces: a line may end after any of its letters.
_CHINESE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_PIECE = re.compile(rf"[{_CHINESE}]|[^\s{_CHINESE}]+|\s+")
_BREAK = re.compile(rf"(?<=[{_CHINESE}])\n|\n(?=[{_CHINESE}])")
#: Marks that begin no line, and such as end none (GB/T 15834-2011, 5.1).
_BEHIND, _AHEAD = "，。、；：？！）》〉】」』”’…—～·％%°", "（《〈【「『“‘"
_WIDTHS = [
    {letter: number for number, text in font.items() for letter in text}
    for font in (widths.REGULAR, widths.BOLD)
]


@lru_cache(4000)
def width(text: str, size: float, *, bold: bool = False) -> float:
    """The width of one line of letters of `size`, in the unit of `size`."""
    known = _WIDTHS[bold]
    total = sum(known.get(c) or (_SQUARE if c >= "\u2e80" else _OTHER) for c in text)
    return total * size / 1000


@lru_cache(4000)
def wrap(text: str, room: float, size: float, *, bold: bool = False) -> tuple[str, ...]:
    """The lines of a text where each may be `room` wide; a longer word has a line of its own."""
    lines = [""]
    for piece in pieces(text):
        longer = lines[-1] + (" " if piece.isspace() else piece)
        if width(longer.rstrip(), size, bold=bold) <= room or not lines[-1].strip():
            lines[-1] = longer.lstrip()
        else:
            lines.append(piece.lstrip())
    return tuple(line.rstrip() for line in lines)


def unwrapped(text: str) -> str:
    """The lines of a text as one: a space stands between them, but not beside a Chinese letter."""
    return " ".join(_BREAK.sub("", text).split())


def pieces(text: str) -> list[str]:
    """What a line is not broken in: words, spaces, a letter of Chinese with the marks beside it."""
    found: list[str] = []
    for piece in _PIECE.findall(text):
        if (
            found
            and not piece.isspace()
            and not found[-1].isspace()
            and (piece[0] in _BEHIND or found[-1][-1] in _AHEAD)
        ):
            found[-1] += piece
        else:
            found.append(piece)
    return found

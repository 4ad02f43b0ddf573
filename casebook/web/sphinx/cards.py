"""The card of each page, drawn only where its words are new: a page that changes keeps its title.

Matplotlib is loaded for the first that is drawn.
"""

from __future__ import annotations

import json
from contextlib import suppress
from functools import cache
from importlib import metadata
from pathlib import Path

from ..._whole import write
from ..build import trace
from . import editions

MARK = Path(__file__).parents[1] / "assets" / "mark.svg"
#: What a card is drawn by, besides its words.
_DRAWN_BY = ("figures/card.py", "figures/style.py", "letters.py", "palette.py", "widths.py")


def renew(place: Path, title: str, of: str, book: str) -> bool:
    """Bring a card up to date; False where the fonts lack a letter, and there is none.

    `of` is the part of the book that the page belongs to. What each card says stands in a file
    beside the pages: name -> checksum of that.
    """
    said = trace.combined([title, of, book, _hand()])
    told = place.parents[3] / "cards.json"
    known: dict[str, str] = {}
    with suppress(OSError, ValueError):
        known = json.loads(told.read_text(encoding="utf-8"))
    if known.get(place.name) == said and place.is_file():
        return True
    from ...figures import card

    if not card.can(title + book, editions.FONTS):
        return False
    place.parent.mkdir(parents=True, exist_ok=True)
    write(place, card.draw(title, of, book, MARK, editions.FONTS))
    write(told, json.dumps(known | {place.name: said}).encode())
    return True


@cache
def _hand() -> str:
    """A checksum of all that draws: code, fonts, the mark, the library."""
    ours = Path(__file__).parents[2]
    files = [*(ours / name for name in _DRAWN_BY), *sorted((ours / "fonts").glob("*.ttf"))]
    names = (str(path) for path in (*files, *editions.FONTS, MARK))
    return trace.combined([trace.digest(names), metadata.version("matplotlib")])

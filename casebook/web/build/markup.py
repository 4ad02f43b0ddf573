"""The text of a page beside its drawings: most of a page is drawn, and no address stands there."""

from __future__ import annotations

import re
from collections.abc import Callable

_DRAWING = re.compile(r"(<svg\b.*?</svg>)", re.DOTALL)


def beside_drawings(change: Callable[[str], str], page: str) -> str:
    """A page with each text between its <svg> elements as `change` gives it."""
    pieces = _DRAWING.split(page)
    pieces[::2] = map(change, pieces[::2])
    return "".join(pieces)

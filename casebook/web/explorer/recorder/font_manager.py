"""The fonts: none is read, for the sizes of their letters come with this room."""

from __future__ import annotations

from typing import Any


class FontManager:
    """Knows of no font, and is content."""

    ttflist: tuple[Any, ...] = ()

    def addfont(self, path: object) -> None:
        """Nothing to do: the browser has the fonts."""


fontManager = FontManager()

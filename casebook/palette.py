"""The colours of the book: figures, pages, memos and papers take them from here."""

from __future__ import annotations

#: Name -> colour; the names are those of the style sheet's custom properties (--cb-ink …).
PALETTE = {
    "ink": "#1d2530",
    "muted": "#5b6573",
    "grid": "#d9dde3",
    "paper": "#ffffff",
    "c1": "#1c3d7c",
    "c2": "#c4660f",
    "c3": "#0a664c",
    "c4": "#9b5798",
    "c5": "#3b2404",
    "c6": "#2a99be",
}

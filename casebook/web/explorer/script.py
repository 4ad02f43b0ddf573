"""The script of the explorers: parts by subject, as the one file that a page fetches."""

from __future__ import annotations

from pathlib import Path

ASSETS = Path(__file__).resolve().parents[1] / "assets" / "explorer"
#: In the order in which they need each other.
PARTS = ("python.js", "stored.js", "element.js", "tools.js", "own.js", "links.js")


def write(static: Path) -> None:
    """Write explorer.js to the folder `static`."""
    parts = [(ASSETS / name).read_text(encoding="utf-8") for name in PARTS]
    static.mkdir(parents=True, exist_ok=True)
    (static / "explorer.js").write_text("".join(parts), encoding="utf-8")


def make(site: Path) -> None:
    """A step on the finished site: the script, among its static files."""
    write(site / "_static")

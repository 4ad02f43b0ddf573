"""A Sphinx extension that puts our search (casebook.web.search) in the place of Sphinx's own.

Sphinx writes no index of its own; the page of the search and the window over any page have the
field of `templates/search-field.html`. The index is made from the finished pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sphinx.application import Sphinx

from ...words import catalogue

#: What Sphinx's own search would load.
UNUSED = ("searchtools.js", "language_data.js")


def _begin(app: Sphinx) -> None:
    """No index of Sphinx's."""
    app.builder.search = False  # type: ignore[attr-defined]


def _pages(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The page of the search, which Sphinx leaves out with its index."""
    yield "search", {"title": catalogue("search")["words"]["title"]}, "search.html"


def _words(app: Sphinx, name: str, template: str, context: dict[str, Any], tree: Any) -> None:
    """The words of the field."""
    context["search_words"] = catalogue("search")["words"]


def _finish(app: Sphinx, exception: Exception | None) -> None:
    """Take away what no page loads."""
    for name in UNUSED:
        Path(app.outdir, "_static", name).unlink(missing_ok=True)
    Path(app.outdir, "searchindex.js").unlink(missing_ok=True)


def setup(app: Sphinx) -> dict[str, Any]:
    """What Sphinx calls when it loads the extension."""
    app.connect("builder-inited", _begin)
    app.connect("html-collect-pages", _pages)
    app.connect("html-page-context", _words)
    app.connect("build-finished", _finish)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

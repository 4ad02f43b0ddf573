"""A Sphinx extension: what others' HTML puts in the way of a screen reader is taken out of a page.

A cell at the corner of a table is no head of anything; the role of an entry of a bibliography is
deprecated, and none that a `div` may have; so the list of them is no list either. What opens a
hidden cell is called by the words that it shows.
"""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

#: Pattern -> what takes its place.
REPAIRS = {
    r"<th\b([^>]*)>(?:\s|<p>\s*</p>)*</th>": r"<td\1></td>",
    r'(<div class="citation"[^>]*) role="doc-biblioentry"': r"\1",
    r'<div role="list" (class="citation-list")': r"<div \1",
    r'<summary aria-label="Toggle hidden content">': "<summary>",
}


def mended(html: str) -> str:
    """The HTML with all repairs."""
    for pattern, better in REPAIRS.items():
        html = re.sub(pattern, better, html)
    return html


def _page(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """Mend the body of a page."""
    if "body" in context:
        context["body"] = mended(context["body"])


def setup(app: Sphinx) -> dict[str, Any]:
    """What Sphinx calls when it loads the extension."""
    app.connect("html-page-context", _page, priority=700)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

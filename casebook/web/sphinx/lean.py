"""A Sphinx extension that leaves out of a page what the page does not need.

Sphinx loads MathJax also on a page that only leads to pages with mathematics, such as the landing
page; here only a page that holds some does.
"""

from __future__ import annotations

from typing import Any

from docutils import nodes
from sphinx.application import Sphinx


def _drop_mathjax(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """Take MathJax out of the scripts of a page without mathematics."""
    if tree is not None and any(
        isinstance(n, (nodes.math, nodes.math_block)) for n in tree.findall()
    ):
        return
    context["script_files"] = [
        script for script in context["script_files"] if "mathjax" not in _text(script).lower()
    ]


def _text(script: Any) -> str:
    """The address of a script, and its code where it has none."""
    return f"{script.filename} {script.attributes.get('body', '')}"


def setup(app: Sphinx) -> dict[str, Any]:
    """What Sphinx calls when it loads the extension."""
    # late: after the handler that adds MathJax
    app.connect("html-page-context", _drop_mathjax, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""A Sphinx extension that says which words of a page are Chinese.

Each run of Chinese characters becomes <span lang="zh">, so that it is spoken in Chinese and drawn
in the letters of China and not of Japan.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import SphinxPostTransform

_HAN = r"\u3400-\u9fff\uf900-\ufaff"
#: A character, and those that follow it, with the punctuation between them.
RUN = re.compile(rf"[{_HAN}](?:[\u3001-\u303f\uff01-\uffef]*[{_HAN}])*")
#: Docutils turns this class into the attribute `lang`.
CHINESE = "language-zh"
#: A tag, a whole element whose text is none of the page or not of HTML, or a run.
_HTML = re.compile(
    rf"<(?P<whole>head|script|style|svg)\b.*?</(?P=whole)>|<[^>]*>|(?P<run>{RUN.pattern})",
    re.DOTALL,
)
#: What holds no text of the page.
_LEFT = (nodes.raw, nodes.literal_block, nodes.math, nodes.math_block, nodes.comment)


def parts(text: str) -> Iterator[tuple[str, bool]]:
    """A text in pieces, each with whether it is Chinese."""
    done = 0
    for found in RUN.finditer(text):
        if found.start() > done:
            yield text[done : found.start()], False
        yield found[0], True
        done = found.end()
    if done < len(text):
        yield text[done:], False


def marked(html: str) -> str:
    """HTML whose text, outside its tags, says what is Chinese."""
    return _HTML.sub(lambda m: f'<span lang="zh">{m[0]}</span>' if m["run"] else m[0], html)


class Chinese(SphinxPostTransform):
    """Mark the Chinese of a page, in its text and in its tables of HTML."""

    default_priority = 900
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Wrap each run."""
        for text in list(self.document.findall(nodes.Text)):
            if isinstance(text.parent, _LEFT) or CHINESE in text.parent.get("classes", ()):
                continue
            pieces = list(parts(text.astext()))
            if any(chinese for _, chinese in pieces):
                text.parent.replace(text, [_node(*piece) for piece in pieces])
        for raw in list(self.document.findall(nodes.raw)):
            html = raw.astext()
            if RUN.search(html):
                raw.replace_self(nodes.raw("", marked(html), format="html"))


def _node(text: str, chinese: bool) -> nodes.Node:
    """A piece of text as a node."""
    return nodes.inline("", text, classes=[CHINESE]) if chinese else nodes.Text(text)


def setup(app: Sphinx) -> dict[str, Any]:
    """What Sphinx calls when it loads the extension."""
    app.add_post_transform(Chinese)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

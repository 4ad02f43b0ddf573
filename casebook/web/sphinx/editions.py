"""A Sphinx extension: a page and the same page in another language.

The head of a page has a button that leads there; a setting in the address and the place on the page
are kept (casebook.js). For the places to be the same, the sections of a page in another language
take the names of the English ones, in their order: Chinese titles would be called id1, id2 …
"""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.transforms import SphinxTransform
from sphinx.util import logging

from ...words import LANGUAGE, LANGUAGES, word
from ..build import language
from ..build.trace import REPOSITORY

FIRST = LANGUAGES[0] == LANGUAGE
#: What Sphinx has read of the English pages, which are built before the others.
_READ = REPOSITORY / "_build" / "work" / "doctrees"
#: Letters of the titles that the fonts of the figures lack: `translation.letters` cuts them.
FONTS = tuple(sorted((REPOSITORY / LANGUAGE / "fonts").glob("*.otf")))
_log = logging.getLogger(__name__)


class Places(SphinxTransform):
    """Give the sections of a page the names that the English ones have."""

    default_priority = 880

    def apply(self, **kwargs: Any) -> None:
        """Name them, or say that there are others than in English."""
        path = _READ / f"{self.env.docname}.doctree"
        if not path.is_file():
            return
        english = pickle.loads(path.read_bytes())
        theirs, ours = (list(d.findall(nodes.section)) for d in (english, self.document))
        if len(theirs) != len(ours):
            _log.warning("%d sections; the English page has %d", len(ours), len(theirs),
                         location=self.env.docname)  # fmt: skip
        for one, other in zip(theirs, ours, strict=False):
            other["ids"] = list(dict.fromkeys([*one["ids"], *(i for i in other["ids"] if _own(i))]))


def _own(identity: str) -> bool:
    """Whether docutils has not just counted."""
    return not identity.removeprefix("id").isdigit()


def there(docname: str) -> str:
    """The address of the same page in the other edition, seen from this page; "" if it has none."""
    up = "../" * docname.count("/")
    if not FIRST:
        return f"{up}../{docname}.html"
    for name in language.others():
        pages = REPOSITORY / name
        if any(Path(pages, docname + ending).is_file() for ending in (".md", ".ipynb")):
            return f"{up}{name}/{docname}.html"
    return ""


def _switch(
    app: Sphinx, pagename: str, template: str, context: dict[str, Any], tree: nodes.document | None
) -> None:
    """The button, first in the row."""
    if tree is None or not (url := there(pagename)):
        return
    name = f'<span lang="{word("edition.lang")}">{word("edition.other")}</span>'
    context["header_buttons"].insert(0, {
        "type": "link", "url": url, "text": name, "tooltip": word("edition.open"),
        "label": "language",
    })  # fmt: skip


def _told(app: Sphinx, env: object) -> None:
    """The builds of other editions may go on."""
    language.READ.touch()


def _wait(app: Sphinx, env: object, names: list[str]) -> None:
    """Until the English pages have been read; by then this Sphinx is ready to read its own."""
    if names:
        language.wait(language.READ)


def setup(app: Sphinx) -> dict[str, Any]:
    """What Sphinx calls when it loads the extension."""
    if FIRST:
        app.connect("env-updated", _told)
    else:
        app.connect("env-before-read-docs", _wait)
        app.add_transform(Places)
    app.connect("html-page-context", _switch, priority=503)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

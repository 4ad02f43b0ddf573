"""The directive {casehead}: what stands above a case and above its analysis.

The decision and its date, four numbers known before it, the minutes, the ways into the case, and
the way from case to case. Words and numbers come from [head] of the case's file.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.util.docutils import SphinxDirective

from ...cases import NAMES
from ...numbers import base, number
from ...words import LANGUAGE, LANGUAGES, catalogue, word
from ..lectures import script
from . import launch, uses

#: Words that a reader takes in a minute: of a text with tables and terms.
PACE = 200
#: Of Chinese, in letters; and its letters.
LETTERS, HAN = 350, r"\u3400-\u9fff"
_CURRENT = " aria-current='page'"


def minutes(text: str) -> int:
    """How long a page takes, from its Markdown, to the next five minutes."""
    words = len(re.findall(rf"[{HAN}]|[^\W{HAN}]+", text))
    return 5 * max(1, round(words / (PACE if LANGUAGES[0] == LANGUAGE else LETTERS) / 5))


def head(name: str, page: str, text: str, run: str = "") -> str:
    """The head of the case `name` as HTML, for its page "read" or "analysis" with Markdown `text`.

    `run` has the buttons that run its notebook. KeyError for a case or a number that there is not.
    """
    if name not in NAMES:
        raise KeyError(f"there is no case {name!r}; allowed: {', '.join(NAMES)}")
    words, at = _words(name), NAMES.index(name)
    # who reads the analysis has met them
    entries = () if page == "analysis" else words["numbers"]
    numbers = "".join(
        f"<div><dt>{escape(entry['label'])}</dt>"
        f"<dd>{escape(number(name + '.' + entry['number']))}</dd></div>"
        for entry in entries
    )
    known = catalogue()["head"]["numbers"]
    place = known[at] if at < len(known) else str(at + 1)
    kind = word("head.case", number=place, type=word(f"types.{words['type']}"))
    return (
        f"<div class='cb-head cb-of-{words['type']}'><p class='cb-kind'>{escape(kind)}</p>"
        f"<p class='cb-decision'>{escape(words['decision'])}</p>"
        f"{numbers and '<dl class=cb-numbers>' + numbers + '</dl>'}"
        f"<p class='cb-when'><strong>{escape(word('head.by', when=words['by']))}</strong> "
        f"<span>{escape(word('head.minutes', minutes=minutes(text)))}</span></p>"
        + _links("cb-ways", "head.ways", _ways(name), page)
        + run
        + _links("cb-cases", "head.cases", _others(at), "")
        + "</div>"
    )


def _words(name: str) -> dict[str, Any]:
    """What the file of a case has for its head."""
    words: dict[str, Any] = base(name).assumptions.spec.words["head"]
    return words


def _ways(name: str) -> dict[str, tuple[str, str]]:
    """Way into the case -> its words and its address."""
    addresses = {
        "read": f"{name}.html",
        "analysis": f"{name}_analysis.html",
        "model": f"{name}_analysis.html#explore-{name}",
        "notebook": f"../../notebooks/case_{name}.html",
        "slides": f"../../slides/case_{name}.html",
    }
    if (script.FOLDER / f"{name}.md").is_file():
        addresses["lecture"] = f"../lectures/{name}.html"
    return {way: (word(f"head.{way}"), address) for way, address in addresses.items()}


def _others(at: int) -> dict[str, tuple[str, str]]:
    """The cases before and after the one at place `at`, the last leading to the first."""
    others = {"before": NAMES[at - 1], "after": NAMES[(at + 1) % len(NAMES)]}
    return {
        way: (word(f"head.{way}", type=word(f"types.{_words(other)['type']}")), f"{other}.html")
        for way, other in others.items()
    }


def _links(kind: str, label: str, links: dict[str, tuple[str, str]], here: str) -> str:
    """A row of links; the one that is open is marked."""
    row = "".join(
        f"<a class='cb-{way}' href='{address}'{_CURRENT if way == here else ''}>{escape(words)}</a>"
        for way, (words, address) in links.items()
    )
    return f"<nav class='{kind}' aria-label='{escape(word(label))}'>{row}</nav>"


class CaseHead(SphinxDirective):
    """The directive {casehead}: its argument names the case."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """The head, for the page that holds the directive."""
        uses.model(self.env, self.arguments[0])
        uses.head(self.env, *NAMES)  # it leads to the others
        uses.files(self.env, "book/lectures")
        page = "analysis" if self.env.docname.endswith("_analysis") else "read"
        text = Path(self.env.doc2path(self.env.docname)).read_text(encoding="utf-8")
        notebook = Path(self.env.srcdir, "notebooks", f"case_{self.arguments[0]}.ipynb")
        run = launch.html(self.env, notebook, notes=False) if notebook.is_file() else ""
        try:
            return [nodes.raw("", head(self.arguments[0], page, text, run), format="html")]
        except KeyError as error:
            source, line = self.get_source_info()
            raise ExtensionError(f"{source}:{line}: {error.args[0]}") from None


def setup(app: Sphinx) -> dict[str, Any]:
    """What Sphinx calls when it loads the extension."""
    app.add_directive("casehead", CaseHead)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""A Sphinx extension: references to the literature in the words of the edition.

And what writes a citation is looked for once, not for each one again; an entry of a list is written
once, for the list and for what a pointer on a reference shows.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pybtex.plugin import find_plugin, register_plugin
from pybtex.richtext import Tag, Text
from pybtex.style.formatting.plain import Style as PlainStyle
from sphinx.application import Sphinx
from sphinxcontrib.bibtex.plugin import register_plugin as register_style
from sphinxcontrib.bibtex.style.referencing import BracketStyle, PersonStyle
from sphinxcontrib.bibtex.style.referencing.author_year import AuthorYearReferenceStyle

from ...words import catalogue

_GROUP = "pybtex.backends"
_STYLES = "sphinxcontrib.bibtex.style.referencing"
#: The forms in which sphinxcontrib.bibtex writes a name and a year.
FORMS = ("docutils", "plaintext")
WORDS = catalogue()["references"]


def _persons() -> PersonStyle:
    """Names: all of two, the first of more."""
    pieces = enumerate(WORDS["others"].split("*"))
    others = Text(*(Tag("em", piece) if k % 2 else piece for k, piece in pieces if piece))
    return PersonStyle(
        sep=WORDS["authors"], sep2=WORDS["two"], last_sep=WORDS["last"], other=others
    )


def _brackets() -> BracketStyle:
    """Brackets, and what stands between the works in them."""
    return BracketStyle(sep=WORDS["works"])


@dataclass
class Reference(AuthorYearReferenceStyle):
    """Author and year, with what the edition has between them."""

    bracket_textual: BracketStyle = field(default_factory=_brackets)
    bracket_parenthetical: BracketStyle = field(default_factory=_brackets)
    person: PersonStyle = field(default_factory=_persons)
    author_year_sep: str = WORDS["year"]
    text_reference_sep: str = WORDS["bracket"]


class Plain(PlainStyle):  # type: ignore[misc]  # it has no types
    """The style "plain", which keeps what it has written."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._written: dict[tuple[str, str], Any] = {}

    def format_entry(self, label: str, entry: Any, bib_data: Any = None) -> Any:
        """An entry of a list, its label before it."""
        key = label, entry.key
        if key not in self._written:
            self._written[key] = super().format_entry(label, entry, bib_data)
        return self._written[key]


def setup(app: Sphinx) -> dict[str, Any]:
    """What Sphinx calls when it loads the extension."""
    app.setup_extension("sphinxcontrib.bibtex")
    for name in FORMS:
        register_plugin(_GROUP, name, find_plugin(_GROUP, name), force=True)
    register_plugin("pybtex.style.formatting", "plain", Plain, force=True)
    register_style(_STYLES, "author_year", Reference, force=True)
    return {"parallel_read_safe": True, "parallel_write_safe": True}

"""How a file is read: its form, its columns and the thresholds; small, so that it can be sent."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from .. import typology
from ..shape import Array, AssumptionError
from ..typology import Typology
from ..words import joined
from . import mapping, parsing, reading, words
from .cells import Chunk, Texts
from .errors import BookError
from .mapping import Column, Map
from .reading import Form

#: Rows by which commas before decimals are told from commas between thousands.
LOOKED_AT = 5000
_DECIMAL_COMMA = re.compile(r"[-+]?(?:\d{1,3}(?:\.\d{3})+|\d+),(?:\d{1,2}|\d{4,})\s*%?")


@dataclass(frozen=True)
class Plan:
    """How every chunk of a file is read.

    columns: those that are there; lacking: the names of the others; unused: heads that mean
    nothing here; names: the first names of clients, as they are read.
    """

    file: str
    form: Form
    map: Map
    columns: tuple[Column, ...]
    lacking: tuple[str, ...]
    unused: tuple[str, ...]
    as_of: date | None
    thresholds: Typology
    names: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """Fields of a row."""
        return len(self.form.heads)


def make(path: str | Path, source: Map | None = None) -> Plan:
    """The plan of a file, from its beginning and its map. BookError says what is in the way."""
    file = Path(path)
    m = source or Map()
    form = reading.form_of(file, m)
    first = reading.first_chunk(file, form, LOOKED_AT)
    return of_heads(str(path), form, m, first)


def of_heads(name: str, form: Form, m: Map, first: Chunk | None) -> Plan:
    """The plan of a table with these heads, and its first rows."""
    try:
        columns, lacking = mapping.matched(m, form.heads)
    except BookError as error:
        if error.file:
            raise
        raise BookError(error.reason, file=name, column=error.column) from None
    if first is None:
        raise BookError(words.word("wrong.no_rows"), file=name, line=form.line or None)
    if not any(column.name in typology.columns() for column in columns):
        heads = joined(map(repr, form.heads[:12]))
        raise BookError(words.word("wrong.none_needed", list=heads), file=name)
    used = {column.place for column in columns}
    unused = tuple(h for k, h in enumerate(form.heads) if k not in used and h)
    settled = tuple(_decimal(column, first.figures(column.place)) for column in columns)
    names = next((c.place for c in columns if c.name == "name"), None)
    shown = () if names is None else tuple(t for t in parsing.tidy(first.text(names)) if t)[:3]
    return Plan(name, form, m, settled, tuple(lacking), unused, m.file.get("as_of"),
                thresholds(m), shown)  # fmt: skip


def _decimal(column: Column, texts: Texts | Array) -> Column:
    """The column with what stands before its decimals, by the map or by its first rows."""
    if column.decimal or column.kind == "text":
        return column
    comma = False
    if isinstance(texts, Texts):
        said = [words.cell(text) for text in texts.coded()[0] if "," in text]
        comma = any(map(_DECIMAL_COMMA.fullmatch, said)) and not any(
            re.fullmatch(r"[^,]*,\d{3}.*\.\d*\D*|.*\.\d{1,2}\D*", text) for text in said
        )
    return replace(column, decimal="," if comma else ".")


def thresholds(m: Map) -> Typology:
    """The thresholds of the tree: those of the map's file, or those of the book."""
    name = m.file.get("thresholds")
    if not name:
        return typology.assumptions()
    path = Path(m.name).parent / name if m.name and not Path(name).is_absolute() else Path(name)
    try:
        return typology.assumptions(path)
    except AssumptionError as error:
        raise BookError(str(error).removeprefix(f"{path}: "), file=str(path)) from None

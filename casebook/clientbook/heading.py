"""Where the heads of a table stand: below titles, in one row or in several with merged cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..words import joined
from . import words
from .errors import BookError
from .mapping import Map, looks

#: Rows in which heads are looked for, and the most rows that heads take.
TOP, DEEPEST = 40, 3
#: Columns that the tree does not need.
_BESIDE = ("id", "name", "income", "drawn", "currency")


@dataclass(frozen=True)
class Heading:
    """The heads; first: number of records up to and with them; score: columns recognised."""

    heads: tuple[str, ...]
    first: int
    score: int


def find(rows: Sequence[Sequence[str]], m: Map, file: str, merged: Sequence[Any] = ()) -> Heading:
    """The heads among the first rows of a table.

    The rows that name most columns of the map or of the aliases; one row if more would not name
    more. merged: ranges ((row, column), (row, column)) of cells that show one text. BookError: no
    row names a column that the tree needs, or the table lies on its side.
    """
    filled = _unmerged(rows, merged)
    width = max((len(row) for row in rows), default=0)
    places: Sequence[int] = range(len(rows))
    if "skip" in m.file:
        places = [m.file["skip"]]
        if places[0] >= len(rows):
            few = words.word("wrong.few_rows", rows=len(rows), skip=places[0])
            raise BookError(few, file=file)
    best: tuple[int, int, int] | None = None
    chosen: tuple[str, ...] = ()
    for start in places:
        for depth in range(1, DEEPEST + 1):
            if start + depth > len(rows):
                break
            last = filled if merged else rows  # in a CSV only rows above others have merged cells
            heads = _heads([*filled[start : start + depth - 1], last[start + depth - 1]], width, m)
            score = len({looks(head, m) for head in heads} - {None})
            if best is None or (score, -depth, -start) > best:
                best, chosen = (score, -depth, -start), heads
    sideways = _sideways(rows, m)
    if best is not None and sideways >= 3 and sideways > best[0]:
        raise BookError(words.word("wrong.sideways"), file=file)
    named = {looks(head, m) for head in chosen} - {None}
    if best is None or not named - set(_BESIDE):
        row = next((row for row in rows if sum(bool(c.strip()) for c in row) > 1), [])
        there = joined(repr(c) for c in row[:12] if c.strip())
        key = "other_heads" if there else "no_heads"
        raise BookError(words.word(f"wrong.{key}", list=there), file=file, mapped=True)
    first = -best[2] - best[1]
    return Heading(chosen[: _width(chosen, rows[first:])], first, best[0])


def _width(heads: Sequence[str], below: Sequence[Sequence[str]]) -> int:
    """Columns of a table: those of most rows, however long one of them is, and all with a head."""
    named = max((k + 1 for k, head in enumerate(heads) if head), default=0)
    often = Counter(len(row) for row in below if any(cell.strip() for cell in row))
    return max(named, often.most_common(1)[0][0] if often else 0)


def _heads(rows: Sequence[Sequence[str]], width: int, m: Map) -> tuple[str, ...]:
    """The heads if they take these rows: the part of a column's cells that is known, or all."""
    heads = []
    for k in range(width):
        cells = [row[k].strip() if k < len(row) else "" for row in rows]
        parts = list(dict.fromkeys(" ".join(c.split()) for c in cells if c))
        tried = (" ".join(parts), "".join(parts), *parts[::-1])
        heads.append(next((t for t in tried if t and looks(t, m)), tried[0]))
    return tuple(heads)


def _unmerged(rows: Sequence[Sequence[str]], merged: Sequence[Any]) -> list[list[str]]:
    """The rows with the text of merged cells in each of them.

    Without ranges (a CSV has none) the empty cells behind a text are taken for merged with it if
    the row below has texts there.
    """
    filled = [list(row) for row in rows]
    for (top, left), (bottom, right) in merged:
        for i in range(top, min(bottom + 1, len(filled))):
            for k in range(left, min(right + 1, len(filled[i]))):
                filled[i][k] = filled[top][left]
    if merged:
        return filled
    for i, row in enumerate(filled[:-1]):
        below = filled[i + 1]
        for k in range(1, len(row)):
            if not row[k].strip() and k < len(below) and below[k].strip():
                row[k] = row[k - 1]
    return filled


def _sideways(rows: Sequence[Sequence[str]], m: Map) -> int:
    """Columns that the first cells of the rows name, of the first two columns the better."""
    names = [
        {looks(row[k], m) for row in rows if len(row) > k and row[k].strip()} - {None}
        for k in (0, 1)
    ]
    return max(len(n & set(words.catalogue()["columns"])) for n in names)

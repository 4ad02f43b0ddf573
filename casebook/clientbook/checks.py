"""A chunk's figures, what is wrong row by row, and what is seen of its columns (see `patterns`)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..shape import Array
from . import parsing, words
from .cells import Chunk, Texts
from .mapping import Column
from .plan import Plan

#: Different bad texts that are counted one by one.
DIFFERENT = 1000
#: Longest number of a client.
LONGEST = 100
#: Limits in CNY million above which half of a book's do not lie: of a large bank's large clients,
#: and the same in 万元 or thousands, and in yuan.
LARGE, HUGE = 1_000.0, 100_000.0
#: PDs above which half of a living book's do not lie.
LIKELY, CERTAIN = 0.15, 0.5
#: What values are counted above.
BOUNDS = {"share": (LIKELY, CERTAIN, 1.0), "money": (LARGE, HUGE), "years": (150.0, 1900.0)}


@dataclass(frozen=True)
class Rejected:
    """A row that is not classified: where, which column, its value as it stands, and why."""

    line: int
    id: str
    column: str
    value: str
    reason: str


@dataclass
class Seen:
    """What is seen of a column: numbers of rows, one value of each kind. Adds up over chunks."""

    known: int = 0
    below: int = 0
    above: Counter[float] = field(default_factory=Counter)
    garbled: Counter[str] = field(default_factory=Counter)
    dates: Counter[str] = field(default_factory=Counter)
    first: dict[str, str] = field(default_factory=dict)

    def add(self, other: Seen) -> None:
        """The same of more rows."""
        self.known, self.below = self.known + other.known, self.below + other.below
        self.above += other.above
        self.dates += other.dates
        for text, n in other.garbled.items():
            few = text in self.garbled or len(self.garbled) < DIFFERENT
            self.garbled[text if few else "…"] += n
        self.first = other.first | self.first


@dataclass
class Part:
    """The rows of a chunk, each (row,): line, client number, name, figures by column.

    A figure that is missing is NaN, and so is one that cannot be read; `years` of a date are day
    numbers until the book is settled, `month_first` the same if read the other way. bad: row ->
    (column, value, reason), the first of each. ids and names are texts with line breaks between.
    """

    lines: NDArray[np.int64]
    ids: str
    names: str
    hashes: NDArray[np.uint64]
    figures: dict[str, Array]
    bad: dict[int, tuple[str, str, str]]
    seen: dict[str, Seen]
    month_first: Array | None = None

    def __len__(self) -> int:
        return len(self.lines)


def part(chunk: Chunk, plan: Plan) -> Part:
    """The figures of a chunk, and what is wrong with its rows."""
    n = len(chunk.lines)
    at = {column.name: column for column in plan.columns}
    bad: dict[int, tuple[str, str, str]] = {}
    for k, found in chunk.uneven.items():
        reason = words.word("reasons.fields", found=found, needed=plan.width)
        bad[k] = ("", "", reason)
    ids = parsing.tidy(chunk.text(at["id"].place)) if "id" in at else [str(x) for x in chunk.lines]
    names = parsing.tidy(chunk.text(at["name"].place)) if "name" in at else [""] * n
    _numbered(ids, bad)
    read: dict[str, Array] = {}
    seen: dict[str, Seen] = {}
    other = None
    for column in plan.columns:
        if column.kind == "text":
            if column.name == "currency":
                seen["currency"] = Seen(garbled=Counter(chunk.text(column.place)))
            continue
        texts = chunk.figures(column.place)
        parsed = parsing.figures(texts, column)
        seen[column.name] = _seen(parsed, texts, column)
        for k, key in parsed.bad.items():
            if k not in chunk.uneven:
                bad.setdefault(k, (column.name, _text(texts, k), _reason(key, column)))
        parsed.values[list(parsed.bad)] = np.nan
        read[column.name] = parsed.values
        if parsed.month_first is not None:
            other = parsed.month_first
        elif column.unit == "since":
            other = parsed.values
    uneven = list(chunk.uneven)
    for values in read.values():  # the fields of such a row are not where they seem
        values[uneven] = np.nan
    return Part(chunk.lines, "\n".join(ids), "\n".join(names), hashes(ids), read, bad, seen, other)


def _numbered(ids: Sequence[str], bad: dict[int, tuple[str, str, str]]) -> None:
    """Rows without the number of a client."""
    if not ids:
        return
    if max(map(len, ids)) > LONGEST:
        reason = words.word("reasons.long_id", most=LONGEST)
        for k, text in enumerate(ids):
            if len(text) > LONGEST:
                bad.setdefault(k, ("id", text, reason))
    gone, totals = words.cells("missing"), words.cells("totals")
    folded = "\n".join(ids).casefold().split("\n")
    if (gone | totals).isdisjoint(folded):
        return
    for k, said in enumerate(folded):
        if said in gone:
            bad.setdefault(k, ("id", ids[k], words.word("reasons.no_id")))
        elif said in totals:
            bad[k] = ("id", ids[k], words.word("reasons.totals"))


def _text(texts: Texts | Array, k: int) -> str:
    """The value of a row as it stands in the file."""
    value = texts[k]
    return value.strip() if isinstance(value, str) else f"{float(value):.15g}"


def _reason(key: str, column: Column) -> str:
    """Why a figure is bad."""
    bound = {"low": column.low, "high": column.high}.get(key, 0.0)
    return words.word(f"reasons.{key}", bound=f"{bound:g}")


def _seen(parsed: parsing.Parsed, texts: Texts | Array, column: Column) -> Seen:
    """What this chunk shows of a column."""
    x = parsed.values
    garbled = [k for k, key in parsed.bad.items() if key in ("number", "flag", "date")]
    seen = Seen(int(np.count_nonzero(~np.isnan(x))) + len(garbled), dates=parsed.dates)
    if parsed.dates:
        seen.first = {f"date {way}": text for way, text in parsed.examples.items()}
        seen.known = int(parsed.dates.total() - parsed.dates["missing"])
        return seen
    seen.garbled = Counter(_text(texts, k) for k in garbled[:100_000])
    if len(garbled) > 100_000:
        seen.garbled["…"] += len(garbled) - 100_000
    if column.low >= 0 and column.kind != "share":
        seen.below = int(np.count_nonzero(x < 0))
    for bound in BOUNDS.get(column.kind, ()):
        seen.above[bound] = int(np.count_nonzero(x > bound))
    seen.first = {key: text for key, text in (("comma", parsed.comma), ("grouped", parsed.grouped))
                  if text}  # fmt: skip
    if column.kind == "years" and seen.above[1900.0]:
        seen.first["calendar"] = f"{x[np.argmax(x > 1900)]:g}"
    return seen


def hashes(ids: Sequence[str]) -> NDArray[np.uint64]:
    """A number for each client number, the same on every machine; (row,)."""
    if not ids:
        return np.empty(0, np.uint64)
    text = np.array([t[:LONGEST] for t in ids], dtype=str)
    letters = text.view(np.uint32).reshape(len(ids), -1).astype(np.uint64)
    number = np.zeros(len(ids), np.uint64)
    factor = np.uint64(0x9E3779B97F4A7C15)
    with np.errstate(over="ignore"):
        for k in range(letters.shape[1]):
            mixed = (letters[:, k] + np.uint64(k << 32)) * factor
            mixed = (mixed ^ (mixed >> np.uint64(29))) * np.uint64(0xBF58476D1CE4E5B9)
            number += np.where(letters[:, k] > 0, mixed ^ (mixed >> np.uint64(32)), np.uint64(0))
    return number


def added(parts: Sequence[dict[str, Seen]]) -> dict[str, Seen]:
    """What is seen of all parts."""
    total: dict[str, Seen] = {}
    for one in parts:
        for name, seen in one.items():
            total.setdefault(name, Seen()).add(seen)
    return total

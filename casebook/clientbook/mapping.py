"""The map: which head of the file is which column, in which unit, and how the file is written.

    [file]                      # every key may be left out
    encoding = "gb18030"        # found out otherwise
    delimiter = ";"             # of a CSV
    decimal = ","               # what stands before decimals, "." or ","
    sheet = "2026"              # of a workbook
    skip = 3                    # rows above the heads
    dates = "day first"         # or "month first"
    as_of = 2026-06-30          # the date of the book, from which years are counted
    epoch = "1900"              # of dates that are day numbers: 1900, 1904, 1960 or 1970
    thresholds = "mine.toml"    # a file of the form of data/portfolio/typology.toml

    [columns]
    id = "客户号"
    exposure = { head = "授信额度", unit = "万元" }
    ended_or_default = { head = "状态", yes = ["D"], no = ["A", "B"] }
    pd = { head = "PD", unit = "percent", missing = ["ND"] }
    years = { head = "开户日期", unit = "since" }
    # cells that stand for a figure, which is in the unit of the column:
    wallet_share = { head = "结算", values = { "主办行" = 0.6, "一般" = 0.1 } }
    products = false            # not in the file, whatever its heads look like

A wrong map is refused with the line, the place, what is allowed and the nearest name.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, NoReturn

from .. import _reading
from ..words import joined, wrong
from . import words
from .errors import BookError

#: Key of a column's table, and of [file] -> what it must be.
COLUMN_KEYS = {
    "head": "text",
    "unit": "text",
    "yes": "texts",
    "no": "texts",
    "missing": "texts",
    "values": "numbers",
    "dates": "text",
    "decimal": "text",
    "epoch": "text",
}
FILE_KEYS = {"encoding": "text", "delimiter": "text", "decimal": "text", "sheet": "text",
             "skip": "whole", "dates": "text", "as_of": "date", "epoch": "text",
             "thresholds": "text"}  # fmt: skip
CHOICES: dict[str, tuple[str, ...]] = {
    "decimal": (".", ","),
    "dates": ("day first", "month first"),
    "epoch": ("1900", "1904", "1960", "1970"),
    "delimiter": (",", ";", "\t", "|"),
}


@dataclass(frozen=True)
class Column:
    """A column of the file: where it stands, and how its cells are read.

    place: number of the field, from 0. unit: by its name in data/clientbook.toml; stated: the map
    or the head says it. A figure is times `multiply` and divided by `divide`; low, high and whole
    bound it then. yes, no, missing: cells as `words.cell` makes them; values: figures of such.
    """

    name: str
    kind: str
    place: int
    head: str
    unit: str
    stated: bool = False
    multiply: float = 1.0
    divide: float = 1.0
    low: float = float("-inf")
    high: float = float("inf")
    whole: bool = False
    yes: frozenset[str] = frozenset()
    no: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    values: tuple[tuple[str, float], ...] = ()
    decimal: str = "."
    dates: str = ""
    epoch: str = ""
    twin: str = ""  # a head that means another thing, which was taken for it


@dataclass(frozen=True)
class Map:
    """What a map file says. columns: name -> its table, {} where the map says it is not there."""

    name: str = ""
    text: str = ""
    file: Mapping[str, Any] = field(default_factory=dict)
    columns: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def wrong(
        self, path: Sequence[str], reason: str, allowed: Sequence[str] = (), got: str = ""
    ) -> NoReturn:
        """Raise the error of the key at `path`, with its line, the allowed and the nearest name."""
        near = difflib.get_close_matches(got, allowed, 1, 0.5) if got else []
        hints = [wrong("allowed", list=joined(map(repr, allowed)))] if allowed else []
        hints += [wrong("near", name=near[0])] if near else []
        told = words.word("answer.between").join((reason, *hints))
        at = place(self.text, path, got)
        where = ".".join(path)
        if at is None:
            raise BookError(told, file=self.name, column=where)
        line, start, length = at
        written = self.text.splitlines()[line - 1]
        mark = " " * _wide(written[:start]) + "^" * max(_wide(written[start : start + length]), 1)
        shown = (
            f"{self.name}:{line}:{start + 1}: {where}: {reason}\n"
            f"{line:4} | {written}\n     | {mark}" + "".join(f"\n{hint}" for hint in hints)
        )
        raise BookError(told, file=self.name, line=line, column=where, shown=shown)


def _wide(text: str) -> int:
    """Columns of a terminal that a text takes: a Chinese letter takes two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def place(text: str, path: Sequence[str], value: str = "") -> tuple[int, int, int] | None:
    """(line, column from 0, length) of the key at `path` in TOML text, or of its `value`."""
    table: list[str] = []
    for number, line in enumerate(text.splitlines(), 1):
        if head := re.match(r"\s*\[([^\[\]]+)\]\s*(?:#.*)?$", line):
            table = _keys(head[1])
            if table == list(path):
                return number, head.start(1), len(head[1])
            continue
        found = re.match(r"\s*((?:\"[^\"]*\"|'[^']*'|[^\s=#\"'])+)\s*=", line)
        if not found:
            continue
        whole, rest = [*table, *_keys(found[1])], found.end()
        start, length = found.start(1), len(found[1])
        if whole != list(path):
            inner = re.search(rf"[{{,]\s*(\"?{re.escape(path[-1])}\"?)\s*=", line[rest:])
            if whole != list(path)[:-1] or not inner:
                continue
            start, length = rest + inner.start(1), len(inner[1])
            rest += inner.end()
        if value and value != path[-1] and (at := line.find(value, rest)) >= 0:
            start, length = at, len(value)
        return number, start, length
    return None


def _keys(dotted: str) -> list[str]:
    """The parts of a dotted key, without quotes."""
    return [part.strip().strip("\"'") for part in dotted.split(".")]


def read(source: str | Path | Mapping[str, Any] | Map | None) -> Map:
    """The map of a file, of a mapping of the same form, or none. BookError says what is wrong."""
    if source is None:
        return Map()
    if isinstance(source, Map):
        return source
    if isinstance(source, Mapping):
        return _checked(Map(words.word("wrong.map"), ""), source)
    path = Path(source)
    try:
        text = _reading.utf8(_reading.content(path))
    except _reading.UnreadableError as error:
        reason = words.word("wrong.other", what=error.bare) if error.other else error.bare
        raise BookError(reason, file=str(path)) from None
    try:
        content = _reading.toml(text)
    except _reading.UnreadableError as error:
        reason = words.word("wrong.other", what=error.bare)
        line = error.line if error.column else None
        shown = ""
        if line and line <= len(rows := text.splitlines()):
            written, start = rows[line - 1], error.column - 1
            mark = " " * _wide(written[:start]) + "^"
            shown = f"{path}:{line}:{error.column}: {reason}\n{line:4} | {written}\n     | {mark}"
        raise BookError(reason, file=str(path), line=line, shown=shown) from None
    return _checked(Map(str(path), text), content)


def _checked(m: Map, content: Mapping[str, Any]) -> Map:
    """The map with its content, every key and value looked at."""
    for key, table in content.items():
        if key not in ("file", "columns"):
            m.wrong([key], words.word("wrong.no_table", name=key), ("file", "columns"), key)
        if not isinstance(table, Mapping):
            m.wrong([key], words.word("wrong.table"))
    of_file = content.get("file", {})
    for key, value in of_file.items():
        _value(m, ["file", key], value, FILE_KEYS)
    names = words.catalogue()["columns"]
    columns: dict[str, Mapping[str, Any]] = {}
    for name, row in content.get("columns", {}).items():
        path = ["columns", name]
        if name not in names:
            m.wrong(path, words.word("wrong.no_column", name=name), tuple(names), name)
        if row is False:
            columns[name] = {}
            continue
        spec = {"head": row} if isinstance(row, str) else row
        if not isinstance(spec, Mapping) or "head" not in spec:
            m.wrong(path, words.word("wrong.row"))
        for key, value in spec.items():
            _value(m, [*path, key], value, COLUMN_KEYS)
        if "unit" in spec:
            units = words.units(names[name]["kind"])
            if words.plain(spec["unit"]) not in units:
                reason = words.word("wrong.no_unit", name=spec["unit"])
                shown = tuple(dict.fromkeys(units.values()))
                m.wrong([*path, "unit"], reason, shown, spec["unit"])
        columns[name] = spec
    return Map(m.name, m.text, of_file, columns)


def _value(m: Map, path: list[str], value: Any, keys: Mapping[str, str]) -> None:
    """One key with its value; the error names what is allowed."""
    key = path[-1]
    if key not in keys:
        m.wrong(path, words.word("wrong.no_key", name=key), tuple(keys), key)
    kind = keys[key]
    good = {
        "text": isinstance(value, str),
        "texts": isinstance(value, list) and all(isinstance(v, str) for v in value),
        "numbers": isinstance(value, Mapping)
        and all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in value.values()),
        "whole": isinstance(value, int) and not isinstance(value, bool) and value >= 0,
        "date": isinstance(value, date) and not isinstance(value, datetime),
    }[kind]
    if not good:
        m.wrong(path, words.word(f"wrong.kinds.{kind}", value=value))
    if key in CHOICES and value not in CHOICES[key]:
        m.wrong(path, words.word("wrong.no_choice", value=value), CHOICES[key], value)


# ------------------------------------------------------------------- heads of a file to columns


def matched(m: Map, heads: Sequence[str]) -> tuple[tuple[Column, ...], list[str]]:
    """The columns that are found under these heads, and the columns that are not, by name.

    The map comes first; then the aliases. BookError: a head of the map is not there, or stands
    there twice, or two heads look like one column.
    """
    found: dict[str, Column] = {}
    plain = [words.plain(head) for head in heads]
    for name, spec in m.columns.items():
        if spec:
            at = [k for k, head in enumerate(plain) if head == words.plain(spec["head"])]
            if not at:
                given = tuple(head for head in heads if head.strip())
                none = words.word("wrong.no_head", name=spec["head"])
                m.wrong(["columns", name, "head"] if "head = " in m.text else ["columns", name],
                        none, given, spec["head"])  # fmt: skip
            if len(at) > 1:
                often = words.word("wrong.often", name=spec["head"], count=len(at))
                m.wrong(["columns", name], often)
            found[name] = _column(m, name, heads[at[0]], at[0], spec)
    used = {c.place for c in found.values()}
    known = words.heads()
    for k, head in enumerate(heads):
        bare, unit = words.split(head)
        hit = known.get(plain[k]) or known.get(bare) or _with_unit(bare)
        if k in used or hit is None or hit[1] == "not" or hit[0] in m.columns:
            continue
        name, way = hit[:2]
        if name in found:
            both = {"first": found[name].head, "second": head}
            raise BookError(words.word("wrong.two_heads", name=name, **both), column=name)
        spec = {"head": head} | ({"unit": "since"} if way == "since" else {})
        found[name] = _column(m, name, head, k, spec, unit or (hit[2] if len(hit) > 2 else ""))
    every = words.catalogue()["columns"]
    ordered = tuple(found[name] for name in every if name in found)
    return ordered, [name for name in every if name not in found]


def looks(head: str, m: Map) -> str | None:
    """The column that a head would be, by the map or by its aliases; None for another head."""
    plain = words.plain(head)
    for name, spec in m.columns.items():
        if spec and plain == words.plain(spec["head"]):
            return name
    return _alias(head)


@lru_cache(maxsize=4096)
def _alias(head: str) -> str | None:
    """The column that has this head among its aliases; None for another head."""
    if not any(map(str.isalpha, head)):
        return None
    bare, _ = words.split(head)
    hit = words.heads().get(words.plain(head)) or words.heads().get(bare) or _with_unit(bare)
    return hit[0] if hit and hit[1] != "not" else None


def _with_unit(bare: str) -> tuple[str, ...] | None:
    """(column, way, unit) of a head that ends with a unit, without brackets: PD %, 授信额度万元."""
    for kind, table in words.catalogue()["units"].items():
        for unit in words.units(kind):
            rest = bare.removesuffix(unit).strip()
            hit = words.heads().get(rest) if rest != bare else None
            if hit and words.catalogue()["columns"][hit[0]]["kind"] == kind and table:
                return (*hit, unit)
    return None


def _column(
    m: Map, name: str, head: str, at: int, spec: Mapping[str, Any], unit: str = ""
) -> Column:
    """How a column is read, by its table of the map, the unit in its head, and what is usual."""
    row = words.catalogue()["columns"][name]
    kind = row["kind"]
    units = words.units(kind)
    named = words.plain(spec.get("unit", "")) or (unit if unit in units else "")
    chosen = units.get(named) or next(iter(words.catalogue()["units"][kind]))
    if chosen == "since":
        multiply, divide = 1.0, 1.0
    else:
        multiply, divide = words.factors(kind, chosen)
    own = {key: frozenset(map(words.cell, spec.get(key, ()))) for key in ("yes", "no", "missing")}
    look = words.heads().get(words.plain(head))
    return Column(
        name=name,
        kind=kind,
        place=at,
        head=head,
        unit=chosen,
        stated=bool(named),
        multiply=multiply,
        divide=divide,
        low=float(row.get("low", float("-inf"))),
        high=float(row.get("high", float("inf"))),
        whole=row.get("whole", False),
        yes=own["yes"] | (words.cells("yes") - own["no"] - own["missing"]),
        no=own["no"] | (words.cells("no") - own["yes"] - own["missing"]),
        missing=(words.cells("missing") | own["missing"]) - own["yes"] - own["no"],
        values=tuple((words.cell(k), float(v)) for k, v in spec.get("values", {}).items()),
        decimal=spec.get("decimal", m.file.get("decimal", "")),
        dates=spec.get("dates", m.file.get("dates", "")),
        epoch=spec.get("epoch", m.file.get("epoch", "")),
        twin=head if look and look[1] == "not" else "",
    )

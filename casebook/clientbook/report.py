"""The answer as lists for a reader: summary, coverage, paths, how the file was read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import compress
from typing import Any

import numpy as np

from .. import typology
from ..words import bare, held_label
from . import guessing, words
from .judging import Judged
from .patterns import percent
from .plan import Plan
from .result import KINDS, Result, Said, table, whole_book

Row = tuple[Any, ...]

#: Columns of a table of clients -> the unit by which a figure is shown (data/words.toml); other
#: columns are texts.
UNITS = {
    "line": "flag", "path": "flag", "hours": "hours", "gain_classification": "thousand_exact",
    "gain_maintenance": "thousand_exact", "ended_or_default": "choice", "days_past_due": "days",
    "signals": "count", "pd": "share_fine", "exposure": "money", "wallet_share": "share",
    "products": "count", "sales_growth": "share", "years": "count_exact", "bank_share": "share",
    "income": "money", "drawn": "money", "share": "share", "known": "count", "lacking": "count",
    "clients": "count",
}  # fmt: skip
#: Columns of money.
AMOUNTS = ("exposure", "income", "drawn", "gain_classification", "gain_maintenance")
#: The lists of clients and the columns that each has; None for all.
LISTS: dict[str, tuple[str, ...] | None] = {
    "clients": None,
    "watch": ("line", "id", "name", "type", "could", "watch", "near", "exposure", "days_past_due",
              "signals", "pd"),
    "undetermined": ("line", "id", "name", "could", "first", "ask", "missing", "exposure"),
}  # fmt: skip
#: What is only in one of the lists.
_NOT_ALL = ("first",)


def label(key: str) -> str:
    """The head of a column; that of an amount says its unit."""
    found = words.catalogue()["heads"].get(key) or words.word(f"columns.{key}.label")
    unit = held_label("money")
    return words.word("heads.in_unit", head=found, unit=unit) if key in AMOUNTS else str(found)


def length(r: Result, name: str) -> int:
    """Rows of a list of clients."""
    return sum(int(_chosen(part, name).sum()) for part in r.parts)


def listed(r: Result, name: str) -> Iterator[dict[str, list[Any]]]:
    """A list of clients, chunk by chunk: column -> values, texts, numbers or None if missing."""
    said = Said(r.plan)
    for part in r.parts:
        chosen = _chosen(part, name)
        if not chosen.any():
            continue
        yield cells(part, r.plan, said, LISTS[name], chosen)


def cells(
    part: Judged, plan: Plan, said: Said, keys: Sequence[str] | None = None, chosen: Any = None
) -> dict[str, list[Any]]:
    """The cells of these columns, of the clients of a part that are `chosen`; all if left out."""
    whole = table(part, plan, said)
    chosen = np.ones(len(part), np.bool_) if chosen is None else chosen
    keys = keys or tuple(k for k in whole if k not in _NOT_ALL)
    return {key: _cells(key, whole[key], chosen) for key in keys}


def _chosen(part: Judged, name: str) -> Any:
    """Which clients of a part are in a list, (client,)."""
    if name == "watch":
        return part.watch > 0
    if name == "undetermined":
        return part.kind == KINDS.index("undetermined")
    return np.ones(len(part), np.bool_)


def _cells(key: str, values: Any, chosen: Any) -> list[Any]:
    """The cells of a column of the rows chosen."""
    if not isinstance(values, np.ndarray):
        return list(values) if chosen.all() else list(compress(values, chosen.tolist()))
    kept = values[chosen].tolist()
    if key == "ended_or_default":
        said = {1.0: words.word("answer.yes"), 0.0: words.word("answer.no")}
        return [said.get(x) for x in kept]
    if UNITS.get(key) in ("days", "count"):  # 3, and not 3.0
        return [None if x != x else int(x) if x == int(x) else x for x in kept]
    return [None if x != x else x for x in kept]


def _say(key: str) -> str:
    return words.word(f"summary.{key}")


def file(r: Result) -> list[Row]:
    """Which file it is, and how its first names read."""
    names = ", ".join(r.plan.names)
    return [(_say("file"), r.plan.file), *([(_say("names"), names)] if names else [])]


def _sums(r: Result) -> list[Row]:
    """Heads, and the rows read, classified and rejected, which add up."""
    sums = r.tally
    difference = sums.read - sums.classified - sums.rejected
    return [
        ("", words.word("heads.clients"), label("exposure")),
        (_say("read"), sums.read, sums.exposure_read),
        (_say("classified"), sums.classified, float(sums.exposure.sum())),
        (_say("of_which_undetermined"), int(sums.clients[-1]), float(sums.exposure[-1])),
        (_say("rejected"), sums.rejected, sums.exposure_rejected),
        (_say("difference"), difference, round(sums.difference, 9) + 0.0),
        (_say("exposure_missing"), sums.without_exposure),
        (_say("watch"), sums.watch),
        (_say("near"), sums.near),
    ]


def _types(r: Result) -> list[Row]:
    """Heads, and a row for each type."""
    sums = r.tally
    heads = ("exposure", "gain_classification", "gain_maintenance")
    rows: list[Row] = [(_say("by_type"), words.word("heads.clients"), *map(label, heads))]
    names = [*Said(r.plan).kinds, words.word("types.undetermined")]
    for k, name in enumerate(names):
        gain = [
            float(x) if n else None for x, n in zip(sums.gain[:, k], sums.having[:, k], strict=True)
        ]
        rows.append((name, int(sums.clients[k]), float(sums.exposure[k]), *gain))
    return rows


def _asked(r: Result) -> list[Row]:
    """Heads, and what to ask for first, with the number of clients; nothing if all are sure."""
    said = Said(r.plan)
    masks = np.concatenate([part.asked[_chosen(part, "undetermined")] for part in r.parts])
    first = Counter(map(said.first, masks.tolist()))
    if not first:
        return []
    heads = (words.word("heads.first"), words.word("heads.clients"))
    return [heads, *sorted(first.items(), key=lambda one: (-one[1], one[0]))]


def _strategies(r: Result) -> list[Row]:
    """A title, and what the strategies gain that are measured client by client."""
    rows: list[Row] = [(_say("by_strategy"),)]
    for key, gain, having in zip(
        ("classification", "maintenance"), r.tally.gain, r.tally.having, strict=True
    ):
        value = float(gain.sum()) if having.any() else words.word(f"strategies.needs_{key}")
        rows.append((words.word(f"strategies.{key}"), value))
    return rows


def _whole(r: Result) -> list[Row]:
    """A title, and what they would be worth if the book were as the synthetic one."""
    rows: list[Row] = [(words.word("strategies.whole"),)]
    for key, value in whole_book(r.tally).items():
        rows.append((bare(words.word(f"strategies.{key}")), value))
    return rows


def summary(r: Result) -> list[Row]:
    """What a reader sees first: rows of (what, figure or text, …); an empty one between parts."""
    found = [(f.column, f.text) for f in r.findings]
    tables = [file(r), _sums(r), _types(r), _asked(r), _strategies(r), _whole(r)]
    if found:
        tables.append([(_say("findings"),), *found])
    return [row for rows in tables if rows for row in (*rows, ())][:-1]


def parts(r: Result) -> list[list[Row]]:
    """The most of it for a terminal: tables, the first row of each its heads.

    The last is the coverage of the questions; what strategies gain is there if anything is known.
    """
    keys, rows = coverage(r)
    short = [(row[0], *row[2:-1], percent(row[-1])) for row in rows]
    questions = [tuple(label(k) for k in keys if k != "column"), *short]
    gains = _strategies(r) if r.tally.having.any() else []
    return [rows for rows in (_sums(r), _types(r), _asked(r), gains, questions) if rows]


def more(rows: int) -> str:
    """That there are more rejected rows than are shown."""
    return words.word("answer.more", rows=rows)


def coverage(r: Result) -> tuple[tuple[str, ...], list[Row]]:
    """Heads and rows: each question with how many clients have its figure."""
    keys = ("question", "column", "known", "lacking", "share")
    rows = []
    for row in r.coverage:
        column = words.word(f"columns.{row['column']}.label")
        rows.append((row["question"], column, row["known"], row["lacking"], row["share"]))
    return keys, rows


def paths(r: Result) -> tuple[tuple[str, ...], list[Row]]:
    """Heads and rows: every way through the tree with its number, and how many clients went it."""
    said = Said(r.plan)
    kinds = dict(zip(typology.TYPES, said.kinds, strict=True))
    went = np.zeros(len(said.routes), np.int64)
    for part in r.parts:
        sure = part.kind != KINDS.index("undetermined")
        went += np.bincount(part.route[sure], minlength=len(went))
    rows = [(k + 1, kinds[way.kind], int(went[k]), way.text) for k, way in enumerate(said.routes)]
    return ("path", "type", "clients", "questions"), rows


def mapping(r: Result) -> tuple[tuple[str, ...], list[Row]]:
    """Heads and rows: how the file was read, and the map that says so."""
    plan = r.plan
    rows: list[Row] = [
        (words.word(f"columns.{c.name}.label"), c.head, c.unit) for c in plan.columns
    ]
    gone = words.word("summary.not_there")
    rows += [(words.word(f"columns.{name}.label"), gone, "") for name in plan.lacking]
    form = plan.form
    between = _say("tab") if form.delimiter == "\t" else form.delimiter
    facts = {
        "encoding": form.encoding, "delimiter": between,
        "sheet": form.sheet, "as_of": plan.as_of.isoformat() if plan.as_of else "",
        "thresholds": str(plan.thresholds.spec.path.name), "names": ", ".join(plan.names),
    }  # fmt: skip
    rows.append(())
    rows += [(words.word(f"summary.{key}"), value) for key, value in facts.items() if value]
    for name, spec in plan.thresholds.spec.assumptions.items():
        rows.append((spec.label, spec.write(getattr(plan.thresholds, name))))
    rows.append(())
    rows += [(line,) for line in guessing.as_map(plan).splitlines()]
    return ("column", "head", "unit"), rows

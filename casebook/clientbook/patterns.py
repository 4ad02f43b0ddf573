"""What whole columns mean: per cent for shares, yuan for millions, dates that read both ways.

What is seen of the columns adds up over all chunks of a file; `settle` then decides. A pattern of a
column is one finding with a proposal for the map, and not a thousand bad rows. A unit that the map
or the head states is believed: a doubt is a warning then.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..words import placed
from . import parsing, words
from .checks import CERTAIN, HUGE, LARGE, LIKELY, Seen
from .errors import BookError, short
from .mapping import Column
from .plan import Plan

#: Share of a column's values from which they are a pattern, and not bad rows.
PATTERN = 0.05
#: The same for texts that are no figure; and rows with one text from which it is named.
GARBLED, NAMED = 0.2, 3


@dataclass(frozen=True)
class Finding:
    """What is noticed of a column as a whole. fix: what would be said of it in the map."""

    column: str
    reason: str
    proposal: str
    error: bool
    fix: tuple[tuple[str, str], ...] = ()

    @property
    def text(self) -> str:
        """In one line."""
        return placed(self.column, self.answer)

    @property
    def answer(self) -> str:
        """The reason, and what is proposed."""
        return words.word("answer.between").join((self.reason, self.proposal))


@dataclass(frozen=True)
class Settled:
    """A plan that the whole file has been held against, and what was noticed.

    doubles: hashes of client numbers that stand in several rows, sorted, and how often each.
    """

    plan: Plan
    findings: tuple[Finding, ...]
    doubles: NDArray[np.uint64]
    often: NDArray[np.int64]


def settle(plan: Plan, seen: dict[str, Seen], ids: NDArray[np.uint64]) -> Settled:
    """What the columns as a whole mean; ids: hashes of all client numbers, (row,).

    BookError for a pattern that would classify the book wrongly: its `more` are further ones.
    """
    findings: list[Finding] = []
    chosen = []
    for column in plan.columns:
        if column.name in seen:
            found, settled = column_findings(column, seen[column.name], plan)
            findings += found
            chosen.append(settled)
        else:
            chosen.append(column)
    different, often = np.unique(ids, return_counts=True)
    many = often > 1
    share = float(often[many].sum()) / max(len(ids), 1)
    if share > GARBLED and any(column.name == "id" for column in plan.columns):
        reason = words.word("findings.several", share=percent(share))
        findings.append(Finding("id", reason, words.word("proposals.one_row"), True))
    errors = [f for f in findings if f.error]
    if errors:
        first, *more = (BookError(f.answer, file=plan.file, column=f.column) for f in errors)
        raise BookError(first.reason, file=plan.file, column=first.column, more=tuple(more))
    return Settled(
        replace(plan, columns=tuple(chosen)), tuple(findings), different[many], often[many]
    )


def percent(share: float) -> str:
    """A share as a reader sees it, never rounded to all or none."""
    text = ""
    for digits in range(9):
        text = f"{100 * share:.{digits}f}"
        if share in (0.0, 1.0) or 0 < float(text) < 100:
            break
    return f"{text}%"


def _fix(column: Column, *said: tuple[str, str]) -> tuple[str, tuple[tuple[str, str], ...]]:
    """(the proposal for the map as a text, the same as keys and TOML values)."""
    table = ", ".join(f"{key} = {value}" for key, value in said)
    head = column.head.replace('"', "'")
    text = f'[columns] {column.name} = {{ head = "{head}", {table} }}'
    return words.word("proposals.map", text=text), said


def column_findings(column: Column, seen: Seen, plan: Plan) -> tuple[list[Finding], Column]:
    """What is noticed of one column, and the column as it is then read."""
    if column.unit == "since":
        return _since(column, seen, plan)
    if column.name == "currency":
        return _currency(column, seen), column
    found: list[Finding] = []

    def notice(
        reason: str, proposal: str, error: bool, fix: tuple[tuple[str, str], ...] = ()
    ) -> None:
        found.append(Finding(column.name, reason, proposal, error, fix))

    n = max(seen.known, 1)
    doubt = not column.stated

    def many(rows: int) -> bool:
        return rows > PATTERN * n and rows >= min(NAMED, n)

    in_percent = _fix(column, ("unit", '"percent"'))
    if column.unit == "percent" and column.high <= 1:
        pass  # what is above 100% then is a bad row
    elif column.kind == "share" and column.high <= 1 and many(seen.above[1.0]):
        reason = words.word("findings.points", share=percent(seen.above[1.0] / n), bound=1)
        notice(reason, in_percent[0], True, in_percent[1])
    elif column.name == "pd" and seen.above[LIKELY] > 0.5 * n and seen.known >= NAMED:
        bound = CERTAIN if seen.above[CERTAIN] > 0.5 * n else LIKELY
        notice(words.word("findings.median_points", bound=f"{bound:g}"), in_percent[0],
               bound == CERTAIN and doubt, in_percent[1])  # fmt: skip
    elif column.name == "sales_growth" and seen.above[1.0] > 0.5 * n and seen.known >= NAMED:
        notice(words.word("findings.median_points", bound=1), in_percent[0], doubt, in_percent[1])
    if column.name == "exposure" and seen.above[LARGE] > 0.5 * n:
        yuan = seen.above[HUGE] > 0.5 * n
        unit = "yuan" if yuan else "万元"
        text, fix = _fix(column, ("unit", f'"{unit}"'))
        bound = HUGE if yuan else LARGE
        notice(words.word("findings.yuan", bound=f"{bound:,.0f}", unit=unit), text, doubt, fix)
    if many(seen.below):
        notice(words.word("findings.negative", share=percent(seen.below / n)),
               words.word("proposals.other_column"), True)  # fmt: skip
    if column.kind == "years" and seen.above[1900.0] > 0.5 * n:
        text, fix = _fix(column, ("unit", '"since"'))
        notice(words.word("findings.calendar", value=seen.first["calendar"]), text, True, fix)
    if column.twin:
        notice(
            words.word("findings.age", head=column.twin),
            words.word("proposals.other_column"),
            False,
        )
    if "comma" in seen.first and "grouped" in seen.first:
        text, fix = _fix(column, ("decimal", '","'))
        notice(words.word("findings.comma", value=short(seen.first["comma"]),
                          other=short(seen.first["grouped"])), text, True, fix)  # fmt: skip
    _garbled(column, seen, found)
    return found, column


def _garbled(column: Column, seen: Seen, found: list[Finding]) -> None:
    """Texts that are no figure: one finding for the column, or one for a text that comes often."""
    if not seen.garbled:
        return
    n = seen.garbled.total()
    text, rows = max(seen.garbled.items(), key=lambda one: (one[1], one[0]))
    quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    fix = ("yes", f"[{quoted}]") if column.kind == "flag" else ("missing", f"[{quoted}]")
    proposal, keys = _fix(column, fix)
    looks_dated = parsing.is_date(text)
    if column.kind == "years" and looks_dated:
        proposal, keys = _fix(column, ("unit", '"since"'))
        reason = words.word("findings.dates", value=short(text))
        found.append(Finding(column.name, reason, proposal, True, keys))
    elif n > GARBLED * seen.known and n >= min(NAMED, seen.known):
        key = "findings.flag" if column.kind == "flag" else "findings.text"
        reason = words.word(key, share=percent(n / seen.known), value=short(text))
        found.append(Finding(column.name, reason, proposal, True, keys))
    elif rows >= NAMED:
        reason = words.word("findings.code", value=short(text), rows=rows)
        found.append(Finding(column.name, reason, proposal, False, keys))


def _currency(column: Column, seen: Seen) -> list[Finding]:
    """Amounts that are not in CNY, or not in one currency."""
    texts = {text.strip() for text in seen.garbled} - {""}
    foreign = sorted(t for t in texts if words.cell(t) not in words.cells("cny"))
    if not foreign:
        return []
    key = "currencies" if len(texts) > 1 else "currency"
    reason = words.word(f"findings.{key}", value=", ".join(map(short, sorted(texts)[:3])))
    return [Finding(column.name, reason, words.word("proposals.in_cny"), False)]


def _since(column: Column, seen: Seen, plan: Plan) -> tuple[list[Finding], Column]:
    """A column of dates: which way they read, or that nobody can know."""
    n, dates = max(seen.known, 1), seen.dates
    key, fix = "", ("dates", '"day first"')
    way = "both"
    if plan.as_of is None:
        key, fix, way = "as_of", ("as_of", "2026-06-30"), ""
    elif dates["serial"] > GARBLED * n:
        key, fix, way = "serial", ("epoch", '"1900"'), "serial"
    elif dates["bad"] > GARBLED * n:
        key, fix, way = "text", ("unit", '"years"'), "bad"
    elif not column.dates and dates["day"] and dates["month"]:
        key, way = "mixed", "day"
    elif not column.dates and dates["both"] and not dates["day"] and not dates["month"]:
        key = "both_ways"
    found = []
    if key:
        proposal, keys = _fix(column, fix)
        if key == "as_of":
            proposal = words.word("proposals.map", text="[file] as_of = 2026-06-30")
        value = short(seen.first.get(f"date {way}", ""))
        reason = words.word(f"findings.{key}", value=value, share=percent(dates["bad"] / n))
        found.append(Finding(column.name, reason, proposal, True, keys))
    if column.twin:
        reason = words.word("findings.age", head=column.twin)
        found.append(Finding(column.name, reason, words.word("proposals.other_column"), False))
    order = column.dates or ("month first" if dates["month"] else "day first")
    return found, replace(column, dates=order)

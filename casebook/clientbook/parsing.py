"""Texts to figures in the units of the models: numbers, shares, yes and no, dates.

A column is read as text first, so that nothing is guessed by a reader of files: 007 stays a name,
30天 is thirty days, 1.2亿 is CNY 120 million, 12% is 0.12. Every different text is read once.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..shape import Array
from . import words
from .cells import Texts
from .mapping import Column

#: A number as most files have it, with its unit.
_USUAL = re.compile(
    r"([-+]?(?:\d{1,3}(?:,\d{3})++|\d++)(?:\.\d*)?)(?: ?([^\d\s.,eE+-][^\d\s]*))?", re.A
)
_POINT = re.compile(r"(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?")
_COMMA = re.compile(r"(?:\d{1,3}(?:\.\d{3})+|\d+)?(?:,\d*)?")
#: A comma that can only stand before decimals; one that may part thousands as well.
_ONLY_DECIMAL = re.compile(r"\D*\d*,(?:\d{1,2}|\d{4,})\D*")
_THOUSANDS = re.compile(r"\D*\d{1,3}(?:,\d{3})+\D*")
_MONEY = r"(?:[¥￥$€]|cny|rmb|人民币)?"
_NUMBER = re.compile(
    rf"\s*{_MONEY}\s*([-+]?)\s*{_MONEY}\s*(\d[\d.,]*|[.,]\d+)(e[-+]?\d+)?\s*([^\d\s].*)?", re.I
)
_GAPS = re.compile(r"(?<=\d)[\s'’](?=\d{3}(?:\D|$))")
_MINUS = str.maketrans(
    {"\N{MINUS SIGN}": "-", "\N{EN DASH}": "-", "\N{FULLWIDTH HYPHEN-MINUS}": "-"}
)

_TIME = r"(?:[T\s]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})\s*[-/.年]\s*(\d{{1,2}})\s*[-/.月]\s*(\d{{1,2}})\s*日?{_TIME}")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\.0+)?")
_YEAR_LAST = re.compile(rf"(\d{{1,2}})[-/.](\d{{1,2}})[-/.](\d{{4}}){_TIME}")
_NAMED = re.compile(r"(\d{1,2})[-\s.]?([a-z]{3})[a-z]*[-\s.,]*(\d{4})")
_SERIAL = re.compile(r"\d{1,6}(?:\.\d+)?")
_MONTHS = {
    m: k
    for k, m in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), 1
    )
}
#: The day before the first of a series of day numbers, by the name of the series.
EPOCHS = {"1900": date(1899, 12, 30), "1904": date(1904, 1, 1), "1960": date(1960, 1, 1),
          "1970": date(1970, 1, 1)}  # fmt: skip
DAYS_A_YEAR = 365.25


@dataclass
class Parsed:
    """A column of a chunk: `values` (row,) with NaN for what is missing or bad.

    bad: row -> key of the reason. comma, grouped: a value whose comma stands before decimals, and
    one whose comma was read as thousands. month_first: the values of dates if read the other way
    (`values` is then the day-first reading), None if it makes no difference.
    """

    values: Array
    bad: dict[int, str] = field(default_factory=dict)
    comma: str = ""
    grouped: str = ""
    month_first: Array | None = None
    dates: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)


def figures(texts: Texts | Array, column: Column) -> Parsed:
    """The figures of a column in the unit of the models, checked row by row.

    texts: (row,) text, or numbers of a file that has types. NaN is a missing figure; rows that are
    no figure, or out of the column's range, are in `bad`.
    """
    by_text = column.kind == "flag" or column.unit == "since" or _coded(column)
    if isinstance(texts, np.ndarray) and by_text:
        texts = Texts([f"{x:.10g}" if x == x else "" for x in texts.tolist()])
    if isinstance(texts, np.ndarray):
        parsed = Parsed(np.asarray(texts, float) * column.multiply / column.divide)
        parsed.bad |= dict.fromkeys(np.flatnonzero(np.isinf(parsed.values)).tolist(), "number")
    elif column.kind == "flag":
        parsed = _flags(texts, column)
    elif column.unit == "since":
        return _dates(texts, column)
    else:
        parsed = _numbers(texts, column)
    _bounded(parsed, column)
    return parsed


def _bounded(parsed: Parsed, column: Column) -> None:
    """What is out of range is bad."""
    x = np.where(np.isinf(parsed.values), np.nan, parsed.values)
    tests = [("low", x < column.low), ("high", x > column.high)]
    if column.whole:
        tests.append(("whole", np.mod(x, 1.0) > 0))
    for reason, hit in tests:
        parsed.bad |= dict.fromkeys(np.flatnonzero(hit).tolist(), reason)


@lru_cache(maxsize=64)
def _coded(column: Column) -> bool:
    """Whether numbers of the column may stand for something else: -1 for none, 3 for a PD."""
    said = [*column.missing, *(cell for cell, _ in column.values)]
    return any(map(str.isdigit, "".join(said)))


def _numbers(texts: Texts, column: Column) -> Parsed:
    """Plain numbers at once; anything else text by text, each different text once."""
    if column.decimal != "," and not _coded(column):
        raw = texts.numbers()
        if raw is not None:
            return Parsed(raw * column.multiply / column.divide)
    different, at = texts.coded()
    known = [number(text, column) for text in different]
    parsed = _filled(known, at, "number")
    if column.decimal != ",":
        for text, one in zip(different, known, strict=True):
            if "," not in text:
                continue
            if one is None and not parsed.comma and _ONLY_DECIMAL.fullmatch(text):
                parsed.comma = text
            elif one is not None and not parsed.grouped and _grouped(text):
                parsed.grouped = text
    return parsed


def _grouped(text: str) -> bool:
    """Whether the commas of a number may as well stand before decimals."""
    return "." not in text and _THOUSANDS.fullmatch(text) is not None


@lru_cache(maxsize=1024)
def _factors(kind: str, unit: str) -> tuple[float, float] | None:
    """What a unit behind a number is multiplied and divided by; None for one that is not known."""
    named = words.units(kind).get(words.plain(unit))
    return None if named is None or named == "since" else words.factors(kind, named)


def number(text: str, column: Column) -> float | None:
    """One text as a figure in the unit of the models; NaN if it is missing, None if it is none."""
    usual = _USUAL.fullmatch(text) if column.decimal != "," and not _coded(column) else None
    if usual:
        body, unit = usual.groups()
        factors = (column.multiply, column.divide) if unit is None else _factors(column.kind, unit)
        value = float(body.replace(",", ""))
        if factors is None or math.isinf(value):
            return None
        return value * factors[0] / factors[1]
    said = words.cell(text).translate(_MINUS)
    if said in column.missing:
        return float("nan")
    for cell, value in column.values:
        if said == cell:
            return value * column.multiply / column.divide
    if said.startswith("(") and said.endswith(")"):  # as accountants write what is below zero
        said = "-" + said[1:-1].strip()
    found = _NUMBER.fullmatch(_GAPS.sub("", said))
    if not found:
        return None
    sign, body, power, unit = found.groups()
    if column.decimal == ",":
        if not _COMMA.fullmatch(body):
            return None
        body = body.replace(".", "").replace(",", ".")
    elif not _POINT.fullmatch(body):
        return None
    value = float(f"{sign}{body.replace(',', '')}{power or ''}")
    if math.isinf(value):
        return None
    if unit is None:
        return value * column.multiply / column.divide
    factors = _factors(column.kind, unit)
    return None if factors is None else value * factors[0] / factors[1]


def _flags(texts: Texts, column: Column) -> Parsed:
    """Yes is one and no is zero."""
    different, at = texts.coded()
    said = [words.cell(text).removesuffix(".0") for text in different]
    known = [
        float("nan") if one in column.missing
        else 1.0 if one in column.yes
        else 0.0 if one in column.no
        else None
        for one in said
    ]  # fmt: skip
    return _filled(known, at, "flag")


def _filled(known: Sequence[float | None], at: NDArray[np.intp], reason: str) -> Parsed:
    """All rows from what each different text is; None is bad."""
    wrong = np.array([one is None for one in known], np.bool_)
    values = np.array([np.nan if one is None else one for one in known], float)
    bad = dict.fromkeys(np.flatnonzero(wrong[at]).tolist(), reason) if wrong.any() else {}
    return Parsed(values[at], bad)


# ----------------------------------------------------------------------------------- dates


def _dates(texts: Texts, column: Column) -> Parsed:
    """Dates as day numbers (`date.toordinal`), read day first and month first."""
    different, at = texts.coded()
    ways = [_date(text, column) for text in different]
    how, first, other = [x for x, _, _ in ways], [x for _, x, _ in ways], [x for _, _, x in ways]
    read = other if column.dates == "month first" else first
    sure = column.dates in ("day first", "month first")
    parsed = _filled(
        [None if way in ("bad", "serial") or (sure and one is None) else one or np.nan
         for way, one in zip(how, read, strict=True)], at, "date",
    )  # fmt: skip
    for way, rows in zip(how, np.bincount(at, minlength=len(how)).tolist(), strict=True):
        parsed.dates[way] += rows
    for text, way in sorted(zip(different, how, strict=True)):
        parsed.examples.setdefault(way, text)
    if not column.dates and not {"both", "day", "month"}.isdisjoint(how):
        parsed.month_first = _filled(other, at, "").values
    return parsed


def _date(text: str, column: Column) -> tuple[str, float | None, float | None]:
    """(how it reads, day number if the day comes first, if the month does)."""
    said = words.cell(text)
    if said in column.missing:
        return "missing", float("nan"), float("nan")
    if found := _YEAR_FIRST.fullmatch(said.upper()) or _COMPACT.fullmatch(said):
        one = _day(*(int(x) for x in found.groups()[:3]))
        return ("bad" if one is None else "clear"), one, one
    if found := _NAMED.fullmatch(said):
        one = _day(int(found[3]), _MONTHS.get(found[2], 0), int(found[1]))
        return ("bad" if one is None else "clear"), one, one
    if found := _YEAR_LAST.fullmatch(said.upper()):
        a, b, year = (int(x) for x in found.groups()[:3])
        day, month = _day(year, b, a), _day(year, a, b)
        if day is None and month is None:
            return "bad", None, None
        if day == month:
            return "clear", day, month
        return ("both" if day and month else "day" if day else "month"), day, month
    if _SERIAL.fullmatch(said):
        if not column.epoch:
            return "serial", None, None
        one = EPOCHS[column.epoch].toordinal() + float(int(float(said)))
        return "clear", one, one
    return "bad", None, None


def is_date(text: str) -> bool:
    """Whether a text has the form of a date."""
    return bool(_YEAR_FIRST.fullmatch(text) or _YEAR_LAST.fullmatch(text))


def _day(year: int, month: int, day: int) -> float | None:
    """The number of a day; None if the calendar has no such day, or a book no such year."""
    try:
        return float(date(year, month, day).toordinal()) if 1900 <= year <= 2200 else None
    except ValueError:
        return None


def tidy(texts: Sequence[str]) -> list[str]:
    """Numbers and names of clients, without line breaks, full-width digits, or blanks around."""
    joined = "".join(texts)
    if not unicodedata.is_normalized("NFKC", joined):
        texts = [unicodedata.normalize("NFKC", t) for t in texts]
        joined = "".join(texts)
    if joined.split(None, 1) == [joined]:
        return list(texts)
    return [" ".join(t.split()) for t in texts]

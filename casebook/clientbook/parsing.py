"""Texts to figures in the units of the models: numbers, shares, yes and no, dates.

A column is read as text first, so that nothing is guessed by a reader of files: 007 stays a name,
30天 is thirty days, 1.2亿 is CNY 120 million, 12% is 0.12. Every different text is read once.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from ..shape import Array
from . import words
from .mapping import Column

#: What a column may consist of to be read by float alone.
_PLAIN = frozenset("0123456789.-+eE ")
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


def figures(texts: Sequence[str] | Array, column: Column) -> Parsed:
    """The figures of a column in the unit of the models, checked row by row.

    texts: (row,) text, or numbers of a file that has types. NaN is a missing figure; rows that are
    no figure, or out of the column's range, are in `bad`.
    """
    if isinstance(texts, np.ndarray) and (column.unit == "since" or column.values):
        texts = [f"{x:.10g}" if x == x else "" for x in texts.tolist()]
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


def _numbers(texts: Sequence[str], column: Column) -> Parsed:
    """Plain numbers at once; anything else text by text."""
    if not column.values and set("".join(texts)) <= _PLAIN:
        try:
            raw = np.array([float(t) if t else np.nan for t in texts], float)
        except ValueError:
            pass
        else:
            if not np.isinf(raw).any():
                return Parsed(raw * column.multiply / column.divide)
    parsed = Parsed(np.empty(0))
    known: dict[str, float | None] = {}
    for text in set(texts):
        known[text] = one = number(text, column)
        if "," in text and column.decimal != ",":
            if one is None and _ONLY_DECIMAL.fullmatch(text):
                parsed.comma = text
            elif one is not None and "." not in text and _THOUSANDS.fullmatch(text):
                parsed.grouped = text
    return _filled(parsed, texts, known, "number")


def number(text: str, column: Column) -> float | None:
    """One text as a figure in the unit of the models; NaN if it is missing, None if it is none."""
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
    if not np.isfinite(value):
        return None
    if unit is None:
        return value * column.multiply / column.divide
    named = words.units(column.kind).get(words.plain(unit))
    if named is None or named == "since":
        return None
    multiply, divide = words.factors(column.kind, named)
    return value * multiply / divide


def _flags(texts: Sequence[str], column: Column) -> Parsed:
    """Yes is one and no is zero."""
    known: dict[str, float | None] = {}
    for text in set(texts):
        said = words.cell(text)
        said = said.removesuffix(".0")
        known[text] = (
            float("nan") if said in column.missing
            else 1.0 if said in column.yes
            else 0.0 if said in column.no
            else None
        )  # fmt: skip
    return _filled(Parsed(np.empty(0)), texts, known, "flag")


def _filled(
    parsed: Parsed, texts: Sequence[str], known: dict[str, float | None], reason: str
) -> Parsed:
    """The values of all rows from those of the different texts."""
    wrong = {text for text, one in known.items() if one is None}
    if wrong:
        parsed.bad |= {k: reason for k, text in enumerate(texts) if text in wrong}
        known |= dict.fromkeys(wrong, float("nan"))
    parsed.values = np.array([known[text] for text in texts], float)
    return parsed


# ----------------------------------------------------------------------------------- dates


def _dates(texts: Sequence[str], column: Column) -> Parsed:
    """Dates as day numbers (`date.toordinal`), read day first and month first."""
    parsed = Parsed(np.empty(0))
    first: dict[str, float | None] = {}
    other: dict[str, float | None] = {}
    how: dict[str, str] = {}
    for text in set(texts):
        how[text], first[text], other[text] = _date(text, column)
    for text in texts:
        parsed.dates[how[text]] += 1
    for text, way in sorted(how.items()):
        parsed.examples.setdefault(way, text)
    wrong = {t for t in how if how[t] in ("bad", "serial")}
    if column.dates == "day first":
        wrong |= {t for t in how if first[t] is None}
    elif column.dates == "month first":
        wrong |= {t for t in how if other[t] is None}
        first = other
    parsed.bad = {k: "date" for k, text in enumerate(texts) if text in wrong}
    nan = float("nan")

    def filled(known: dict[str, float | None]) -> Array:
        found = {text: nan if one is None else one for text, one in known.items()}
        return np.array([found[text] for text in texts], float)

    parsed.values = filled(first)
    if not column.dates and any(w in ("both", "day", "month") for w in how.values()):
        parsed.month_first = filled(other)
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
    if "".join(texts).isascii():
        return [" ".join(t.split()) if not t.isalnum() else t for t in texts]
    return [" ".join(unicodedata.normalize("NFKC", t).split()) for t in texts]

"""A case file, of the book or of a reader: read, checked, and what an own one may change.

What may go wrong gives one `AssumptionError`: the file, the key, the value and what is allowed.
"""

from __future__ import annotations

import dataclasses
import string
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from .. import _reading
from .._reading import shown
from ..words import DATA, catalogue, is_share, joined, nearest, over, word
from .record import (
    Assumption,
    AssumptionError,
    CaseFile,
    Record,
    as_kind,
    as_long,
    field_kinds,
    is_number,
    must,
)

R = TypeVar("R", bound=Record)
_COMMON = {"value", "unit", "symbol", "label", "reason"}
_RANGE = {"low", "high", "step"}
#: The largest number that a range of one's own may allow.
LARGEST = 1e12
#: Steps of a slider.
STEPS = 10_000


def load(record: type[R], case: str, path: str | Path | None = None, *, folder: str = "cases") -> R:
    """The record of `case` with the values of its file, or of your own file at `path`.

    Its own file is data/<folder>/<case>.toml: `cases`, or `models` for the other chapters.

    Your own file has the same form (data/README.md); of the words of tables and figures any may
    be left out, those of the book are used. Raises AssumptionError where the file is not readable,
    not UTF-8 or TOML, or where a key or value is missing, unknown, of the wrong type or out of
    range.
    """
    home = DATA / folder / f"{case}.toml"
    book = over(_toml(home), home)
    try:
        file = home if path is None else _reading.place(path)
    except _reading.UnreadableError as error:
        raise AssumptionError(str(error)) from None
    content = book if path is None else _toml(file)
    named = shown(file)
    if content.get("case") != case:
        what = f"{named}: case = {shown(content.get('case'))}"
        raise AssumptionError(word("wrong.must", what=what, kind=repr(case)))
    given = content.get("assumptions")
    if not isinstance(given, dict):
        raise AssumptionError(f"{named}: {word('wrong.table')}")
    words = _words(book)
    if path is not None:
        words = _over(words, _words(content), f"{named}: ")
    kinds = field_kinds(record)
    for name in given:
        if name not in kinds:
            raise _no_key(f"{named}: ", f"assumptions.{shown(name)[1:-1]}", kinds)
    specs: dict[str, Assumption] = {}
    for name, kind in kinds.items():
        if name not in given:
            lacks = word("wrong.lacks", name=name, kind=word(f"wrong.kinds.{kind}"))
            raise AssumptionError(f"{named}: {lacks}")
        at = f"{named}: assumptions.{name}"
        specs[name] = _assumption(name, given[name], kind, at)
        if path is not None:
            _like(specs[name], _assumption(name, book["assumptions"][name], kind, at), at)
    spec = CaseFile(file, {n: specs[n] for n in given}, words)
    return record(spec, **{n: s.value for n, s in specs.items()})


def _no_key(at: str, key: str, there: Iterable[str]) -> AssumptionError:
    """That there is no such key, and which there are."""
    what = word("wrong.allowed", list=joined(there))
    return AssumptionError(at + word("wrong.no_key", name=key, what=what))


def _words(content: Mapping[str, Any]) -> dict[str, Any]:
    """The words of a case file."""
    return {k: v for k, v in content.items() if k not in ("case", "assumptions")}


def _over(book: Mapping[str, Any], own: Mapping[str, Any], at: str) -> dict[str, Any]:
    """The words of the book with those of an own file laid over them, table by table."""
    for key, words in own.items():
        here = f"{at}{shown(key)[1:-1]}"
        if key not in book:
            # a reader's own preset has a name of its own
            if not at.endswith("presets.") or not isinstance(words, dict):
                what = nearest(key, ("case", "assumptions", *book) if at[-2:] == ": " else book)
                raise AssumptionError(at + word("wrong.no_key", name=shown(key), what=what))
        elif isinstance(there := book[key], dict) != isinstance(words, dict):
            kind = word(f"wrong.kinds.{'table' if isinstance(there, dict) else 'no_table'}")
            raise _as_book(f"{here} = {shown(words)}", kind)
        elif isinstance(there, str):
            if not isinstance(words, str):
                raise must(f"{here} = {shown(words)}", "text")
            if more := sorted(_fields(words, here) - _fields(there, here)):
                fields = joined(f"{{{f}}}" for f in sorted(_fields(there, here)))
                field = f"{here}: {{{shown(more[0])[1:-1]}}}"
                raise AssumptionError(
                    word("wrong.unknown", what=field, list=fields or word("wrong.none"))
                )
        elif not isinstance(there, dict) and type(there) is not type(words):
            what = f"{here} = {shown(words)}"
            raise AssumptionError(word("wrong.like", what=what, other=shown(there)))
    return {
        key: _over(there, own[key], f"{at}{key}.")
        if isinstance(there, dict) and key in own
        else own.get(key, there)
        for key, there in {**own, **book}.items()
    }


def _fields(text: str, at: str) -> set[str]:
    """The names in braces that a text is filled in with."""
    try:
        parts = list(string.Formatter().parse(text))
    except ValueError as error:
        what = f"{at} = {shown(text)}"
        raise AssumptionError(word("wrong.brace", what=what, error=error)) from None
    return {name for _, name, _, _ in parts if name is not None}


def _as_book(what: str, kind: object) -> AssumptionError:
    """That `what`, a place and its value, must be as in the book."""
    return AssumptionError(word("wrong.as_book", what=what, kind=kind))


def _like(own: Assumption, book: Assumption, at: str) -> None:
    """Refuses a row of an own file by which the model would be another: choices, unit, sum, range.

    AssumptionError says what must be as in the book.
    """
    if own.unit != book.unit:
        raise _as_book(f"{at}.unit = {own.unit!r}", repr(book.unit))
    if own.choices.keys() != book.choices.keys():
        there, needed = joined(map(shown, own.choices)), joined(map(repr, book.choices))
        raise AssumptionError(
            word("wrong.choices", what=f"{at}.choices", list=there, needed=needed)
        )
    if own.total != book.total:
        raise _as_book(f"{at}.total = {own.total}", book.total)
    if isinstance(own.value, tuple):
        as_long(own.value, book, f"{at}.value")
    if own.low < book.low or own.high > book.high:
        wider(book, [own.low, own.high], at)


def wider(book: Assumption, ends: Any, at: str) -> Assumption:
    """An assumption with a range of the reader's own, for a client of another size.

    Only an amount has one: a share is one of anything, and a model has its calendar.
    AssumptionError starts with `at`.
    """
    whole = isinstance(book.value, int) and book.step == 1
    if book.choices or isinstance(book.value, tuple) or is_share(book.unit) or whole:
        raise AssumptionError(f"{at}: {word('wrong.fixed')}")
    what = f"{at} = {shown(ends)}"
    if not isinstance(ends, list) or len(ends) != 2 or not all(map(is_number, ends)):
        raise must(what, "ends")
    low, high = map(float, ends)
    least = min(0.0, book.low)
    if not least <= low <= high <= LARGEST:
        raise AssumptionError(word("wrong.ends", what=what, low=least, high=LARGEST))
    return dataclasses.replace(book, low=min(low, book.low), high=max(high, book.high))


def _toml(file: Path) -> dict[str, Any]:
    """The content of a case file; AssumptionError says why it cannot be had."""
    try:
        data = _reading.content(file)
    except _reading.UnreadableError as error:
        raise AssumptionError(str(error)) from None
    try:
        return _reading.toml(_reading.utf8(data))
    except _reading.UnreadableError as error:
        raise AssumptionError(f"{shown(file)}: {error}") from None


def _assumption(name: str, row: Any, kind: str, at: str) -> Assumption:
    """One row of a case file, checked; AssumptionError names the key and what is allowed."""
    if not isinstance(row, dict):
        raise must(f"{at} = {shown(row)}", "row")
    needed = _COMMON | ({"choices"} if kind == "str" else _RANGE)
    for key in row:
        if key not in needed | ({"total"} if kind == "tuple" else set()):
            raise _no_key(f"{at}: ", shown(key), sorted(needed))
    for key in sorted(needed):
        if key not in row:
            lacking = word("wrong.lacking", name=key, list=joined(sorted(needed)))
            raise AssumptionError(f"{at}: {lacking}")
    for key in ("unit", "symbol", "label", "reason"):
        if not isinstance(row[key], str):
            raise must(f"{at}.{key} = {shown(row[key])}", "text")
    units = catalogue()["units"]
    if row["unit"] not in units:
        what = f"{at}.unit = {shown(row['unit'])}"
        raise AssumptionError(word("wrong.unknown", what=what, list=joined(units)))
    if kind == "str":
        choices = row["choices"]
        if not isinstance(choices, dict) or not all(isinstance(c, str) for c in choices.values()):
            raise must(f"{at}.choices = {shown(choices)}", "labels")
    else:
        for key in _RANGE:
            if not is_number(row[key]):
                raise must(f"{at}.{key} = {shown(row[key])}", "finite")
        low, high, step = row["low"], row["high"], f"{at}.step = {row['step']}"
        if low > high:
            raise AssumptionError(f"{at}: {word('wrong.order', low=low, high=high)}")
        if row["step"] <= 0:
            raise must(step, "above")
        if high - low > STEPS * row["step"]:
            least = (high - low) / STEPS
            raise AssumptionError(word("wrong.fine", what=step, steps=STEPS, least=least))
        if not is_number(row.get("total", 0)):
            raise must(f"{at}.total = {shown(row['total'])}", "finite")
    spec = Assumption(name, **row)
    return dataclasses.replace(spec, value=as_kind(spec.value, kind, spec, f"{at}.value"))

"""A bank of questions, data/teaching/<name>.toml, read: what has not the form is refused.

The error names the item and what is allowed. Whether a bank is right is asked of the model by
`faults`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .. import _reading, words
from ..models import MODELS
from . import expression, values
from .errors import TeachError, refused

FOLDER = words.DATA / "teaching"
KINDS = ("choice", "multi", "numeric", "order", "essay")
LEVELS = ("recall", "apply", "judge")
#: What every item has; what an item of a kind must have, and what it may have besides.
COMMON = ("id", "kind", "objective", "level", "section", "stem")
NEEDED = {
    "choice": ("options", "feedback"),
    "multi": ("options", "feedback"),
    "numeric": ("answer", "unit", "tolerance", "distractors", "feedback"),
    "order": ("sequence", "feedback"),
    "essay": ("rubric",),
}
OPTIONAL = {
    "choice": ("holds", "ranges"),
    "multi": ("holds", "ranges"),
    "numeric": ("holds", "ranges"),
    "order": ("holds", "ranges"),
    "essay": ("holds", "feedback"),
}
#: The fewest options of a choice, steps of an order, wrong numbers of a numeric item.
FEWEST = {"options": 3, "sequence": 3, "distractors": 2, "rubric": 2}
IDENTIFIER = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)+")


@dataclass(frozen=True)
class Distractor:
    """A wrong number of a numeric item, as an expression, and the misconception that gives it."""

    answer: str
    reveals: str


@dataclass(frozen=True)
class Option:
    """An answer to tick; `note` says why it is right, or which misconception it shows."""

    text: str
    right: bool
    note: str


@dataclass(frozen=True)
class Step:
    """A line to be put into order; with `by`, its place is that of this value, largest first."""

    text: str
    by: str = ""


@dataclass(frozen=True)
class Mark:
    """Points of an essay, and what they are given for."""

    points: int
    given_for: str


@dataclass(frozen=True)
class Item:
    """A question as it stands in the bank, its texts with paths in braces.

    `ranges`: assumption -> (from, to), of the variants. What is not of its kind is empty.
    """

    id: str
    kind: str
    objective: str
    level: str
    section: str
    stem: str
    feedback: str = ""
    holds: tuple[str, ...] = ()
    ranges: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    answer: str = ""
    unit: str = ""
    tolerance: float = 0.0
    distractors: tuple[Distractor, ...] = ()
    options: tuple[Option, ...] = ()
    sequence: tuple[Step, ...] = ()
    rubric: tuple[Mark, ...] = ()


@dataclass(frozen=True)
class Bank:
    """A bank: the items on one model, each of one of its objectives."""

    name: str
    title: str
    model: str
    page: str
    objectives: Mapping[str, str]
    items: tuple[Item, ...]

    def item(self, name: str) -> Item:
        """The item of an identifier; TeachError names the nearest."""
        for found in self.items:
            if found.id == name:
                return found
        ids = [item.id for item in self.items]
        raise refused("no_item", self.name, name=name, near=words.nearest(name, ids))


def names() -> tuple[str, ...]:
    """The banks there are."""
    return tuple(sorted(path.stem for path in FOLDER.glob("*.toml")))


def read(bank: str | Path) -> Bank:
    """The bank of a name, or of a file; TeachError says where it has not the form."""
    if isinstance(bank, str):
        if bank not in names():
            raise refused("no_bank", bank, list=words.joined(names()))
        bank = FOLDER / f"{bank}.toml"
    content = _toml(bank)
    at = bank.name
    _keys(content, ("title", "model", "page", "objectives", "items"), (), at)
    for key in ("title", "model", "page"):
        _text(content[key], f"{at}: {key}")
    if content["model"] not in MODELS:
        near = words.nearest(content["model"], MODELS)
        raise refused("no_model", at, name=content["model"], near=near)
    objectives = content["objectives"]
    if not isinstance(objectives, dict) or not objectives:
        raise _must(f"{at}: objectives", "objectives")
    for name, text in objectives.items():
        _text(text, f"{at}: objectives.{name}")
    rows = content["items"]
    if not isinstance(rows, list) or not rows:
        raise _must(f"{at}: [[items]]", "items")
    items: dict[str, Item] = {}
    for i, row in enumerate(rows, 1):
        here = words.wrong("item", at, of="exam", number=i)
        found = _item(row, objectives, here)
        if found.id in items:
            raise refused("again", here, name=found.id)
        items[found.id] = found
    return Bank(bank.stem, content["title"], content["model"], content["page"], objectives,
                tuple(items.values()))  # fmt: skip


def _toml(file: Path) -> dict[str, Any]:
    """The content of a file; TeachError says why it cannot be had."""
    try:
        data = _reading.content(file)
    except _reading.UnreadableError as error:
        raise TeachError(str(error)) from None
    try:
        return words.over(_reading.toml(_reading.utf8(data)), file)
    except _reading.UnreadableError as error:
        raise TeachError(f"{file.name}: {error}") from None


def _must(what: str, kind: str, *, of: str = "exam", **values: object) -> TeachError:
    """The error of what must be of a kind, by [wrong.kinds] of a catalogue."""
    kind = words.wrong(f"kinds.{kind}", of=of, **values)
    return TeachError(words.wrong("must", what, kind=kind))


def _keys(row: Any, needed: tuple[str, ...], optional: tuple[str, ...], at: str) -> None:
    """Refuses a table that lacks a key, or has one that nobody knows."""
    if not isinstance(row, dict):
        raise _must(f"{at} = {row!r}", "row", list=words.joined(needed))
    allowed = (*needed, *optional)
    for key in row:
        if key not in allowed:
            what = words.wrong("allowed", list=words.joined(allowed))
            raise TeachError(words.placed(at, words.wrong("no_key", what, name=repr(key))))
    for key in needed:
        if key not in row:
            what = words.wrong("lacking", name=key, list=words.joined(needed))
            raise TeachError(words.placed(at, what))


def _text(value: Any, at: str) -> str:
    """A text that is not empty."""
    if not isinstance(value, str) or not value.strip():
        raise _must(f"{at} = {value!r}", "text", of="words")
    return value.strip()


def _number(value: Any, at: str) -> float:
    """A number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < 1e15:
        raise _must(f"{at} = {value!r}", "float", of="words")
    return float(value)


def _one_of(value: Any, allowed: Any, at: str) -> str:
    """One of the words that are allowed."""
    if not isinstance(value, str) or value not in allowed:
        what = f"{at} = {value!r}"
        raise TeachError(words.wrong("one_of", what, list=words.joined(allowed)))
    return value


def _rows(row: Mapping[str, Any], key: str, at: str) -> list[Any]:
    """A list of an item that is long enough."""
    found = row[key]
    if not isinstance(found, list) or len(found) < FEWEST[key]:
        raise _must(f"{at}.{key}", "list", count=FEWEST[key])
    return found


def _expression(value: Any, at: str) -> str:
    """An expression that can be read; what its paths give is asked later."""
    text = _text(value, at)
    try:
        expression.parsed(text)
    except TeachError as error:
        raise TeachError(words.placed(at, str(error))) from None
    return text


def _item(row: Any, objectives: Mapping[str, str], at: str) -> Item:
    """One item of a file, its form checked."""
    if not isinstance(row, dict):
        raise _must(at, "table", of="words")
    identifier = _text(row.get("id"), words.placed(at, "id"))
    if not IDENTIFIER.fullmatch(identifier):
        raise _must(words.placed(at, f"id = {identifier!r}"), "identifier")
    at = words.wrong("named", at, of="exam", name=identifier)
    kind = _one_of(row.get("kind"), KINDS, f"{at}.kind")
    _keys(row, (*COMMON, *NEEDED[kind]), OPTIONAL[kind], at)
    common: dict[str, Any] = {
        key: _text(row[key], f"{at}.{key}") for key in ("section", "stem", "feedback") if key in row
    }
    if "#" not in common["section"]:
        raise _must(f"{at}.section = {common['section']!r}", "section")
    holds = row.get("holds", [])
    if not isinstance(holds, list):
        raise _must(f"{at}.holds", "holds")
    return Item(
        id=identifier,
        kind=kind,
        objective=_one_of(row["objective"], objectives, f"{at}.objective"),
        level=_one_of(row["level"], LEVELS, f"{at}.level"),
        holds=tuple(_expression(text, f"{at}.holds") for text in holds),
        ranges=_ranges(row.get("ranges", {}), f"{at}.ranges"),
        **common,
        **_of_kind(kind, row, at),
    )


def _ranges(given: Any, at: str) -> dict[str, tuple[float, float]]:
    """The ranges of an item: that the assumptions are there is asked of the model later."""
    if not isinstance(given, dict):
        raise _must(at, "ranges")
    found = {}
    for name, ends in given.items():
        if not isinstance(ends, list) or len(ends) != 2:
            raise _must(f"{at}.{name} = {ends!r}", "ends")
        low, high = (_number(x, f"{at}.{name}") for x in ends)
        if low >= high:
            raise refused("order", f"{at}.{name} = {ends!r}")
        found[name] = (low, high)
    return found


def _of_kind(kind: str, row: Mapping[str, Any], at: str) -> dict[str, Any]:
    """What an item of a kind has besides the common keys."""
    match kind:
        case "numeric":
            tolerance = _number(row["tolerance"], f"{at}.tolerance")
            unit = _one_of(row["unit"], words.catalogue()["units"], f"{at}.unit")
            tolerance = words.carried(tolerance, unit)
            if words.LANGUAGES[0] != words.LANGUAGE:  # its unit may be coarser
                tolerance = max(tolerance, values.coarse(unit))
            if tolerance < values.coarse(unit):
                raise refused("finer", f"{at}.tolerance = {tolerance:g}",
                              unit=unit, least=values.coarse(unit))  # fmt: skip
            return {
                "answer": _expression(row["answer"], f"{at}.answer"),
                "unit": unit,
                "tolerance": tolerance,
                "distractors": tuple(_distractors(_rows(row, "distractors", at), at)),
            }
        case "order":
            return {"sequence": tuple(_steps(_rows(row, "sequence", at), at))}
        case "essay":
            return {"rubric": tuple(_marks(_rows(row, "rubric", at), at))}
    options = tuple(_options(_rows(row, "options", at), at))
    right = sum(option.right for option in options)
    if (kind == "choice" and right != 1) or right == 0:
        key = "one_right" if kind == "choice" else "some_right"
        raise refused(key, f"{at}.options", count=right)
    if right == len(options):
        raise refused("all_right", f"{at}.options")
    if len({option.text for option in options}) < len(options):
        raise refused("same_options", f"{at}.options")
    return {"options": options}


def _options(rows: list[Any], at: str) -> Iterator[Option]:
    """The options: one that is wrong says what it reveals."""
    for i, row in enumerate(rows, 1):
        here = f"{at}.options[{i}]"
        if isinstance(row, dict) and row.get("right") is True:
            _keys(row, ("text", "right"), ("feedback",), here)
            note = _text(row["feedback"], here) if "feedback" in row else ""
            yield Option(_text(row["text"], f"{here}.text"), True, note)
        else:
            _keys(row, ("text", "reveals"), ("right",), here)
            if row.get("right", False) is not False:
                raise _must(f"{here}.right", "truth")
            yield Option(_text(row["text"], f"{here}.text"), False,
                         _text(row["reveals"], f"{here}.reveals"))  # fmt: skip


def _distractors(rows: list[Any], at: str) -> Iterator[Distractor]:
    """The wrong numbers of a numeric item."""
    for i, row in enumerate(rows, 1):
        here = f"{at}.distractors[{i}]"
        _keys(row, ("answer", "reveals"), (), here)
        yield Distractor(_expression(row["answer"], f"{here}.answer"),
                         _text(row["reveals"], f"{here}.reveals"))  # fmt: skip


def _steps(rows: list[Any], at: str) -> Iterator[Step]:
    """The lines to be put into order: all by a value, or none."""
    found = []
    for i, row in enumerate(rows, 1):
        here = f"{at}.sequence[{i}]"
        if isinstance(row, str):
            found.append(Step(_text(row, here)))
        else:
            _keys(row, ("text", "by"), (), here)
            found.append(Step(_text(row["text"], f"{here}.text"), _expression(row["by"], here)))
    if len({bool(step.by) for step in found}) > 1:
        raise refused("some_by", f"{at}.sequence")
    if len({step.text for step in found}) < len(found):
        raise refused("same_lines", f"{at}.sequence")
    yield from found


def _marks(rows: list[Any], at: str) -> Iterator[Mark]:
    """The rubric of an essay."""
    for i, row in enumerate(rows, 1):
        here = f"{at}.rubric[{i}]"
        _keys(row, ("points", "for"), (), here)
        points = row["points"]
        if isinstance(points, bool) or not isinstance(points, int) or not 1 <= points <= 20:
            raise _must(f"{here}.points = {points!r}", "points")
        yield Mark(points, _text(row["for"], f"{here}.for"))

"""Assumptions: held in one typed, frozen record per case, every change checked.

A case declares its record as a frozen dataclass derived from `Record`; its fields are the names
and types the file must give, no more and no fewer. What may go wrong with a file or a value gives
one `AssumptionError` that names the file, the key, the value and what is allowed, in the words of
[wrong] of data/words.toml.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypeVar, get_type_hints

from .._reading import shown
from ..words import catalogue, joined, listed, scale, spread, word, write

Value = float | int | str | tuple[float, ...]


class AssumptionError(ValueError):
    """An assumption or its file is wrong; the message says where, what, and what is allowed."""


@dataclass(frozen=True)
class Assumption:
    """One row of a case file. `low` and `high` bound the value, `step` is the slider's.

    A choice has `choices` (name -> label) in place of a range; a list has a range for each entry.
    """

    name: str
    value: Value
    unit: str
    symbol: str
    label: str
    reason: str
    low: float = -math.inf
    high: float = math.inf
    step: float = 0.0
    choices: Mapping[str, str] = field(default_factory=dict)
    total: float | None = None

    @property
    def shown(self) -> str:
        """The value as a reader sees it, in its unit."""
        return self.write(self.value)

    def write(self, value: Value) -> str:
        """`value` in this assumption's unit, or the label of the choice."""
        if self.choices:
            return self.choices[str(value)]
        if isinstance(value, tuple):
            return listed((write(v, self.unit, plain=True) for v in value), self.unit)
        return write(value, self.unit, with_unit=True, plain=True)


@dataclass(frozen=True)
class CaseFile:
    """A case file: its assumptions, and the words that tables and figures of the case use."""

    path: Path
    assumptions: Mapping[str, Assumption]
    words: Mapping[str, Any]


@dataclass(frozen=True)
class Record:
    """Base of every case's record; `spec` knows each assumption's range, unit, label and reason."""

    spec: CaseFile = field(repr=False, compare=False)

    @property
    def model(self) -> str:
        """The name of the model whose record this is."""
        return type(self).__module__.split(".")[-2]

    def replace(self, **changes: Value) -> Self:
        """A copy with some values changed, each checked against its range.

        Raises AssumptionError for an unknown name, a wrong type or a value out of range.
        """
        kinds = field_kinds(type(self))
        checked: dict[str, Any] = {}
        for name, value in changes.items():
            if name not in kinds:
                what = word("wrong.allowed", list=joined(kinds))
                unknown = word("wrong.assumption", name=shown(name), what=what)
                raise AssumptionError(f"{self.spec.path.name}: {unknown}")
            spec = self.spec.assumptions[name]
            where = f"{self.spec.path.name}: {name}"
            checked[name] = as_kind(value, kinds[name], spec, where)
        return dataclasses.replace(self, **checked)

    def realised(self) -> Self:
        """What came: these with the values of [epilogue.assumptions] of the case file laid over.

        What the bank decided and what then happened, in one path that nobody could know when the
        decision was due. Raises AssumptionError as `replace` does.
        """
        changes: dict[str, Value] = self.spec.words.get("epilogue", {}).get("assumptions", {})
        return self.replace(**changes)

    def values(self) -> dict[str, Value]:
        """Name -> value, in the order of the file."""
        return {name: getattr(self, name) for name in self.spec.assumptions}

    @property
    def table(self) -> Any:
        """A DataFrame of every assumption: value in its unit, allowed range and reason."""
        import pandas as pd

        heads = catalogue()["assumptions"]
        rows = {
            f"{s.label} ({s.symbol})": {
                heads["value"]: s.write(getattr(self, s.name)),
                heads["range"]: " · ".join(s.choices.values()) or span(s),
                heads["reason"]: s.reason,
            }
            for s in self.spec.assumptions.values()
        }
        table = pd.DataFrame.from_dict(rows, orient="index")
        table.columns.name = heads["name"]
        return table

    def _repr_html_(self) -> str:
        """In a notebook a record shows itself as its table, reasons in full."""
        import pandas as pd

        with pd.option_context("display.max_colwidth", None):
            return str(self.table.to_html(border=0, classes="cb-table cb-assumptions"))


R = TypeVar("R", bound=Record)


def span(spec: Assumption) -> str:
    """The allowed range in the reader's unit: "2 to 7% a year"."""
    low, high = (write(x, spec.unit, plain=True) for x in (spec.low, spec.high))
    return spread(low, high, spec.unit)


#: Record -> its kinds, found once.
_KINDS: dict[type, dict[str, str]] = {}


def field_kinds(record: type[Record]) -> dict[str, str]:
    """Field name -> "float" | "int" | "str" | "tuple"."""
    if record not in _KINDS:
        hints = get_type_hints(record)
        _KINDS[record] = {
            f.name: getattr(hints[f.name], "__origin__", hints[f.name]).__name__
            for f in dataclasses.fields(record)
            if f.name != "spec"
        }
    return _KINDS[record]


def is_number(value: object) -> bool:
    """Whether it is a finite number; a whole number that no float can hold is none."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    try:
        return math.isfinite(value)
    except OverflowError:
        return False


def must(what: str, kind: str) -> AssumptionError:
    """That `what`, a place and its value, must be of a kind: one of [wrong.kinds] of the words."""
    return AssumptionError(word("wrong.must", what=what, kind=word(f"wrong.kinds.{kind}")))


def as_long(value: Sequence[Any], spec: Assumption, at: str) -> None:
    """AssumptionError unless there are as many numbers as the assumption has."""
    needed = len(spec.value) if isinstance(spec.value, (list, tuple)) else 0
    if len(value) != needed:
        raise AssumptionError(word("wrong.count", what=at, count=len(value), needed=needed))


def as_kind(value: Any, kind: str, spec: Assumption, at: str) -> Value:
    """`value` as the type of its field, or an AssumptionError that starts with `at`."""
    if kind == "str":
        if not isinstance(value, str) or value not in spec.choices:
            names = joined(spec.choices)
            raise AssumptionError(word("wrong.one_of", what=f"{at} = {shown(value)}", list=names))
        return value
    if kind == "tuple":
        if not isinstance(value, (list, tuple)) or not value:
            raise must(f"{at} = {shown(value)}", kind)
        as_long(value, spec, at)
        entries = tuple(float(_number(v, "float", spec, f"{at}[{i}]")) for i, v in enumerate(value))
        if spec.total is not None and abs(sum(entries) - spec.total) > 1e-9:
            raise AssumptionError(word("wrong.sum", what=at, sum=sum(entries), total=spec.total))
        return entries
    return _number(value, kind, spec, at)


def _number(value: Any, kind: str, spec: Assumption, at: str) -> float | int:
    """`value` as a number within its range, a whole one for the kind "int"."""
    if hasattr(value, "item") and not isinstance(value, (list, dict, str)):
        value = value.item()
    if not is_number(value) or (kind == "int" and value != int(value)):
        raise must(f"{at} = {shown(value)}", kind)
    # a slider's arithmetic may land a rounding error outside the range
    slack = 1e-12 * max(1.0, abs(spec.low), abs(spec.high))
    if not spec.low - slack <= value <= spec.high + slack:
        what = f"{at} = {shown(value)}"
        text = word("wrong.range", what=what, low=spec.low, high=spec.high)
        if scale(spec.unit) != 1:
            text = word("wrong.that_is", text=text, span=span(spec))
        raise AssumptionError(text)
    return int(value) if kind == "int" else float(value)

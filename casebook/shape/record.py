"""Assumptions: read from data/cases/*.toml, checked, and held in one typed, frozen record per case.

A case declares its record as a frozen dataclass derived from `Record`; its fields are the names
and types the file must give, no more and no fewer. What may go wrong with a file or a value gives
one `AssumptionError` that names the file, the key, the value and what is allowed.
"""

from __future__ import annotations

import dataclasses
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self, TypeVar, get_type_hints

from ..words import DATA, catalogue, scale, unit_label, write

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
            parts = (write(v, self.unit, plain=True) for v in value)
            return " · ".join(parts) + f" {unit_label(self.unit)}"
        return write(value, self.unit, with_unit=True, plain=True)


_KEYS = {f.name for f in dataclasses.fields(Assumption)} - {"name"}
_COMMON = {"value", "unit", "symbol", "label", "reason"}
_RANGE = {"low", "high", "step"}


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
        kinds = _kinds(type(self))
        checked: dict[str, Any] = {}
        for name, value in changes.items():
            if name not in kinds:
                raise AssumptionError(
                    f"{self.spec.path.name}: there is no assumption {name!r}; "
                    f"allowed: {', '.join(kinds)}"
                )
            spec = self.spec.assumptions[name]
            where = f"{self.spec.path.name}: {name}"
            checked[name] = _checked(value, kinds[name], spec, where)
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
    whole = write(spec.high, spec.unit, with_unit=True, plain=True)
    return whole.replace(high, f"{low} {catalogue()['to']} {high}", 1)


def load(record: type[R], case: str, path: str | Path | None = None, *, folder: str = "cases") -> R:
    """The record of `case` with the values of its file, or of your own file at `path`.

    Its own file is data/<folder>/<case>.toml: `cases`, or `models` for the other chapters.

    Your own file has the same form (data/README.md); the words of tables and figures may be left
    out, those of the book are used. Raises AssumptionError where the file is not readable, not
    UTF-8 or TOML, or where a key or value is missing, unknown, of the wrong type or out of range.
    """
    home = DATA / folder / f"{case}.toml"
    file = Path(path) if path is not None else home
    content = _toml(file)
    words = {k: v for k, v in content.items() if k not in ("case", "assumptions")}
    if content.get("case") != case:
        raise AssumptionError(f"{file}: case = {content.get('case')!r} must be {case!r}")
    given = content.get("assumptions")
    if not isinstance(given, dict):
        raise AssumptionError(f"{file}: the table [assumptions] is missing")
    if path is not None:
        book = {k: v for k, v in _toml(home).items() if k not in ("case", "assumptions")}
        if unknown := sorted(words.keys() - book.keys()):
            allowed = ", ".join(("case", "assumptions", *book))
            raise AssumptionError(f"{file}: unknown key {unknown[0]!r}; allowed: {allowed}")
        words = book | words
    kinds = _kinds(record)
    for name in given:
        if name not in kinds:
            raise AssumptionError(
                f"{file}: unknown key assumptions.{name}; allowed: {', '.join(kinds)}"
            )
    specs: dict[str, Assumption] = {}
    for name, kind in kinds.items():
        if name not in given:
            raise AssumptionError(f"{file}: missing key assumptions.{name} ({_KIND_WORDS[kind]})")
        specs[name] = _assumption(name, given[name], kind, str(file))
    spec = CaseFile(file, {n: specs[n] for n in given}, words)
    return record(spec, **{n: s.value for n, s in specs.items()})


_KIND_WORDS = {
    "float": "a number",
    "int": "a whole number",
    "str": "one of the choices",
    "tuple": "a list of numbers",
}


#: Record -> its kinds, found once.
_KINDS: dict[type, dict[str, str]] = {}


def _kinds(record: type[Record]) -> dict[str, str]:
    """Field name -> "float" | "int" | "str" | "tuple"."""
    if record not in _KINDS:
        hints = get_type_hints(record)
        _KINDS[record] = {
            f.name: getattr(hints[f.name], "__origin__", hints[f.name]).__name__
            for f in dataclasses.fields(record)
            if f.name != "spec"
        }
    return _KINDS[record]


def _toml(file: Path) -> dict[str, Any]:
    """The content of a case file; AssumptionError says why it cannot be had."""
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8"))
    except OSError as e:
        raise AssumptionError(f"{file}: cannot be read ({e.strerror})") from e
    except UnicodeDecodeError as e:
        raise AssumptionError(
            f"{file}: not UTF-8 (byte {e.object[e.start]:#04x} at position {e.start}); "
            "save the file as UTF-8"
        ) from e
    except tomllib.TOMLDecodeError as e:
        raise AssumptionError(f"{file}: not TOML: {e}") from e


def _assumption(name: str, row: Any, kind: str, file: str) -> Assumption:
    """One row of a case file, checked; AssumptionError names the key and what is allowed."""
    at = f"{file}: assumptions.{name}"
    if not isinstance(row, dict):
        raise AssumptionError(f"{at} = {row!r} must be a table with value, unit, label …")
    needed = _COMMON | ({"choices"} if kind == "str" else _RANGE)
    for key in row:
        if key not in needed | ({"total"} if kind == "tuple" else set()):
            raise AssumptionError(
                f"{at}: unknown key {key!r}; allowed: {', '.join(sorted(needed))}"
            )
    for key in sorted(needed):
        if key not in row:
            raise AssumptionError(f"{at}: missing key {key!r}; needed: {', '.join(sorted(needed))}")
    for key in ("unit", "symbol", "label", "reason"):
        if not isinstance(row[key], str):
            raise AssumptionError(f"{at}.{key} = {row[key]!r} must be text in quotes")
    units = catalogue()["units"]
    if row["unit"] not in units:
        raise AssumptionError(
            f"{at}.unit = {row['unit']!r} is unknown; allowed: {', '.join(units)}"
        )
    if kind == "str":
        choices = row["choices"]
        if not isinstance(choices, dict) or not all(isinstance(c, str) for c in choices.values()):
            raise AssumptionError(f"{at}.choices = {choices!r} must be a table of names and labels")
    else:
        for key in _RANGE:
            if not _is_number(row[key]):
                raise AssumptionError(f"{at}.{key} = {row[key]!r} must be a finite number")
        if row["low"] > row["high"]:
            raise AssumptionError(
                f"{at}: low = {row['low']} is above high = {row['high']}; low must not exceed high"
            )
        if row["step"] <= 0:
            raise AssumptionError(f"{at}.step = {row['step']} must be above 0")
    spec = Assumption(name, **row)
    return dataclasses.replace(spec, value=_checked(spec.value, kind, spec, f"{at}.value"))


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _checked(value: Any, kind: str, spec: Assumption, at: str) -> Value:
    """`value` as the type of its field, or an AssumptionError that starts with `at`."""
    if kind == "str":
        if not isinstance(value, str) or value not in spec.choices:
            raise AssumptionError(f"{at} = {value!r} must be one of {', '.join(spec.choices)}")
        return value
    if kind == "tuple":
        if not isinstance(value, (list, tuple)) or not value:
            raise AssumptionError(f"{at} = {value!r} must be {_KIND_WORDS[kind]}")
        entries = tuple(float(_number(v, "float", spec, f"{at}[{i}]")) for i, v in enumerate(value))
        if spec.total is not None and abs(sum(entries) - spec.total) > 1e-9:
            raise AssumptionError(
                f"{at} sums to {sum(entries):.10g}; it must sum to {spec.total:g}"
            )
        return entries
    return _number(value, kind, spec, at)


def _number(value: Any, kind: str, spec: Assumption, at: str) -> float | int:
    """`value` as a number within its range, a whole one for the kind "int"."""
    wrong_type = AssumptionError(f"{at} = {value!r} must be {_KIND_WORDS[kind]}")
    if hasattr(value, "item"):  # a numpy scalar
        value = value.item()
    if not _is_number(value) or (kind == "int" and value != int(value)):
        raise wrong_type
    # a slider's arithmetic may land a rounding error outside the range
    slack = 1e-12 * max(1.0, abs(spec.low), abs(spec.high))
    if not spec.low - slack <= value <= spec.high + slack:
        raise AssumptionError(
            f"{at} = {value!r} is out of range; allowed {spec.low:g} to {spec.high:g}"
            + ("" if scale(spec.unit) == 1 else f" (that is {span(spec)})")
        )
    return int(value) if kind == "int" else float(value)

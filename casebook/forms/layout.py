"""Where everything of a workbook stands: the entries of its sheets, their addresses and formulas.

A sheet has parts, each a heading with rows (a label, a cell, its unit, a note), and below them, if
it has one, a table of columns and lines. Every sheet is laid out twice: empty, and as an example.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from . import content, formulas

Kind = Literal["input", "set", "formula"]
#: The first row below title and purpose; characters that the labels of rows take on a sheet.
FIRST_ROW, LABEL_WIDTH = 4, 44
#: Characters of a tab, by Excel.
LONGEST_TAB = 31
#: Widths of a sheet without a table: label, cell, unit, note.
CARD_WIDTHS = (46, 18, 15, 52)


@dataclass(frozen=True)
class Entry:
    """One cell: `line` is its place in the table, from 0, or None in a part."""

    name: str
    line: int | None
    row: int
    column: int
    kind: Kind
    spec: Mapping[str, Any]
    content: Any

    @property
    def address(self) -> str:
        """As a formula of the same sheet names it."""
        return f"${letter(self.column)}${self.row}"


@dataclass(frozen=True)
class Part:
    """A heading and the rows below it; `row` is that of the heading."""

    head: str
    row: int
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Table:
    """Columns and lines; `row` is that of the heads."""

    row: int
    lines: int
    heads: tuple[Mapping[str, Any], ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Sheet:
    """A sheet: `name` as the data call it, `tab` on its tab, `title` at its head."""

    name: str
    tab: str
    title: str
    about: str
    widths: tuple[float, ...]
    parts: tuple[Part, ...]
    table: Table | None
    example: bool

    def entries(self) -> Iterator[Entry]:
        """All cells that hold something of the form."""
        for part in self.parts:
            yield from part.entries
        if self.table:
            yield from self.table.entries

    def entry(self, name: str, line: int | None = None) -> Entry:
        """A cell by its name; KeyError names those there are."""
        for entry in self.entries():
            if (entry.name, entry.line) == (name, line):
                return entry
        there = ", ".join(dict.fromkeys(e.name for e in self.entries()))
        raise KeyError(f"{self.name}: no cell {name!r} in line {line}; there are {there}")


@dataclass(frozen=True)
class Workbook:
    """A workbook: title, purpose, how to fill it in, and its sheets, empty ones before examples."""

    title: str
    about: str
    how: tuple[str, ...]
    sheets: tuple[Sheet, ...]
    words: Mapping[str, Any]

    def sheet(self, name: str, *, example: bool = False) -> Sheet:
        """A sheet by its name in the data; KeyError names those there are."""
        for sheet in self.sheets:
            if (sheet.name, sheet.example) == (name, example):
                return sheet
        there = ", ".join(sheet.name for sheet in self.sheets if not sheet.example)
        raise KeyError(f"no sheet {name!r}; there are {there}")


def letter(column: int) -> str:
    """The letter of a column, from 1; a form has at most 26."""
    if not 1 <= column <= 26:
        raise ValueError(f"column: {column} is not allowed; 1 to 26 are")
    return chr(ord("A") + column - 1)


def workbook(form: Mapping[str, Any], words: Mapping[str, Any]) -> Workbook:
    """The layout of a form of the data; words: those that all forms share."""
    sheets = [
        _Layout(form["sheets"], words, example=example).sheet(name)
        for example in (False, True)
        for name, spec in form["sheets"].items()
        if not example or _has_example(spec)
    ]
    how = tuple(content.filled(line) for line in form["how"])
    about = content.filled(form["about"])
    return Workbook(form["title"], about, how, tuple(sheets), words)


class _Layout:
    """The sheets of one form, empty or as examples."""

    def __init__(
        self, sheets: Mapping[str, Any], words: Mapping[str, Any], *, example: bool
    ) -> None:
        self.sheets, self.words, self.example = sheets, words, example
        self.places = {name: self._places(spec) for name, spec in sheets.items()}

    def _places(self, spec: Mapping[str, Any]) -> dict[str, tuple[int, int, Mapping[str, Any]]]:
        """Name -> (row, column, spec) of rows, and of columns with the row of their first line."""
        row, places = FIRST_ROW, {}
        column = _value_column(_widths(spec)) if "columns" in spec else 2
        for part in spec.get("parts", {}).values():
            for k, (name, entry) in enumerate(part["rows"].items(), start=1):
                places[name] = (row + k, column, entry)
            row += len(part["rows"]) + 2
        for k, (name, entry) in enumerate(spec.get("columns", {}).items(), start=1):
            places[name] = (row + 1, k, entry)
        return places

    def tab(self, name: str) -> str:
        """What stands on the tab; Excel allows 31 characters."""
        tab = str(self.sheets[name].get("tab", self.sheets[name]["title"]))
        tab = self.words["example"].format(title=tab) if self.example else tab
        if len(tab) > LONGEST_TAB:
            raise ValueError(f"tab {tab!r} is too long; {LONGEST_TAB} characters are allowed")
        return tab

    def sheet(self, name: str) -> Sheet:
        """The layout of one sheet."""
        spec = self.sheets[name]
        row, parts = FIRST_ROW, []
        for part in spec.get("parts", {}).values():
            entries = tuple(self._entry(name, key, None) for key in part["rows"])
            parts.append(Part(content.filled(part["head"]), row, entries))
            row += len(entries) + 2
        table = None
        if "columns" in spec:
            lines = int(spec["lines"])
            cells = [self._entry(name, key, n) for n in range(lines) for key in spec["columns"]]
            heads = tuple(spec["columns"].values())
            table = Table(row, lines, heads, tuple(cells))
        about = content.filled(spec.get("about", ""))
        return Sheet(
            name,
            self.tab(name),
            spec["title"],
            about,
            tuple(_widths(spec)) if table else CARD_WIDTHS,
            tuple(parts),
            table,
            self.example,
        )

    def _entry(self, sheet: str, name: str, line: int | None) -> Entry:
        """One cell with what it holds; KeyError says which form is wrong."""
        row, column, spec = self.places[sheet][name]
        row += line or 0
        if "formula" in spec:
            return Entry(name, line, row, column, "formula", spec, self._formula(sheet, spec, row))
        kind: Kind = "input"
        held: Any = None
        if "value" in spec or (line is not None and line < len(spec.get("values", ()))):
            kind = "input" if spec.get("open") else "set"
            held = self._held(spec["value"] if "value" in spec else spec["values"][line or 0], spec)
        if self.example and line is None:
            held = self._held(spec["example"], spec) if "example" in spec else held
        elif self.example and line is not None and line < len(spec.get("examples", ())):
            held = self._held(spec["examples"][line], spec)
        return Entry(name, line, row, column, kind, spec, held if held != "" else None)

    def _held(self, x: Any, spec: Mapping[str, Any]) -> Any:
        """What a cell holds: "@path" is a number of a model, an entry of a list a word."""
        if not isinstance(x, str):
            return x
        if x.startswith("@"):
            return content.value(x[1:]) * spec.get("times", 1)
        return self.words["words"][x] if "list" in spec and x else content.filled(x)

    def _formula(self, sheet: str, spec: Mapping[str, Any], row: int) -> str:
        """The formula of a cell in its row, with addresses."""

        def where(name: str) -> str:
            other, _, rest = name.rpartition(".")
            return self._address(other or sheet, rest, row, apart=other != "" and other != sheet)

        needed = []
        for name in formulas.cells(spec["formula"]) if spec.get("guard", True) else ():
            entry = self.places[sheet][name][2]
            if not (entry.get("optional") or "value" in entry):
                needed.append(where(name))
        text = formulas.formula(spec["formula"], where, lambda key: self.words["words"][key])
        return formulas.guarded(text, needed)

    def _address(self, sheet: str, name: str, row: int, *, apart: bool) -> str:
        """The address of a name as seen from a row of its own sheet, or of another sheet."""
        shift, name = (name[-1], name[:-1]) if name[-1] in "*^" else ("", name)
        if name not in self.places[sheet]:
            raise KeyError(f"{sheet}: no cell {name!r}; there are {', '.join(self.places[sheet])}")
        first, column, _ = self.places[sheet][name]
        spec, at = self.sheets[sheet], letter(column)
        prefix = "'" + self.tab(sheet).replace("'", "''") + "'!" if apart else ""
        if name not in spec.get("columns", {}):
            return f"{prefix}${at}${first}"
        if shift == "*":
            return f"{prefix}${at}${first}:${at}${first + int(spec['lines']) - 1}"
        return f"{prefix}${at}{row - (shift == '^')}"


def _has_example(spec: Mapping[str, Any]) -> bool:
    """Whether a sheet is shown filled in as well."""
    rows = [row for part in spec.get("parts", {}).values() for row in part["rows"].values()]
    rows += spec.get("columns", {}).values()
    return any({"example", "examples"} & row.keys() for row in rows)


def _widths(spec: Mapping[str, Any]) -> list[float]:
    """The widths of the columns of a sheet's table, in characters."""
    return [float(column.get("width", 14)) for column in spec["columns"].values()]


def _value_column(widths: list[float]) -> int:
    """The column of the cells of a part above a table: the first beyond room for the labels."""
    total = 0.0
    for k, width in enumerate(widths, start=1):
        total += width
        if total >= LABEL_WIDTH or k == len(widths) - 3:
            return k + 1
    return math.ceil(len(widths) / 2) + 1

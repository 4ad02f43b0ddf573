"""A result as a file: workbook, CSV, Parquet or JSON, each written whole or not at all.

A file is written under another name in the same folder and then takes the place of what was there.
Text stays text: no cell of a client begins a formula, in a CSV it gets a mark in front. A workbook
needs XlsxWriter and is written row by row, so that it needs little memory.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from .. import _whole, workbook
from ..words import joined, known, wrong
from ..words import word as said
from . import guessing, report, words
from .errors import BookError
from .result import KINDS, Result, whole_book

#: Rows that a sheet has; text that a cell has.
ROWS, LETTERS = 1_048_576, 32_767
#: What begins a formula in a program that opens a CSV.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
#: Letters that no XML may have.
_NO_XML = {0xFFFE: None, 0xFFFF: None}
#: Width of columns that are not figures, in characters.
_WIDE = {
    "line": 8,
    "path": 6,
    "id": 16,
    "said": 8,
    "name": 28,
    "could": 34,
    "ask": 44,
    "first": 22,
    "decided": 44,
    "near": 40,
    "watch": 40,
    "missing": 30,
    "service": 30,
    "questions": 120,
    "question": 60,
    "reason": 60,
    "value": 24,
    "head": 44,
    "column": 54,
}

#: How the head of a column stands that is no number to be added.
_SIDES: dict[str, dict[str, Any]] = {
    "choice": {"align": "left", "indent": 1},
    "flag": {"align": "center"},
}

#: Where a file is written in the meantime.
Place = Callable[[Path], Path]


def write(r: Result, path: Path) -> list[Path]:
    """The files of a result; BookError for another ending, or a place that cannot be written to."""
    ways: dict[str, Callable[[Result, Path, Place], None]] = {
        ".xlsx": _workbook, ".csv": _csv, ".parquet": _parquet, ".json": _json,
    }  # fmt: skip
    way = ways.get(path.suffix.lower())
    if way is None:
        reason = words.word("wrong.ending", name=path.suffix, list=joined(ways))
        raise BookError(reason, file=str(path))
    try:
        with _whole.together() as meanwhile:
            final: list[Path] = []

            def place(path: Path) -> Path:
                final.append(path)
                return meanwhile(path)

            way(r, path, place)
    except ImportError as error:
        name = {"xlsxwriter": "XlsxWriter"}.get(error.name or "", error.name)
        reason = wrong("package", name, extra="clientbook")
        raise BookError(reason, file=str(path)) from None
    except OSError as error:
        reason = wrong("unwritten", why=known("system", error.strerror))
        raise BookError(reason, file=str(path)) from None
    return final


# -------------------------------------------------------------------------- CSV, Parquet, JSON

REJECTED = ("line", "id", "column", "value", "reason")


def _rejected(r: Result) -> Iterator[dict[str, list[Any]]]:
    """The rows that could not be used, as a list like the others."""
    rows = r.rejected
    if rows:
        yield {key: [getattr(row, key) for row in rows] for key in REJECTED}


def _safe(value: Any) -> Any:
    """A text of a CSV that no program takes for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _csv(r: Result, path: Path, place: Place) -> None:
    _csv_list(report.listed(r, "clients"), path, place)
    if r.tally.rejected:
        _csv_list(_rejected(r), path.with_name(f"{path.stem}_rejected.csv"), place)


def _csv_list(parts: Iterable[dict[str, list[Any]]], path: Path, place: Place) -> None:
    """A list as CSV, with the mark by which spreadsheets know UTF-8."""
    with place(path).open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        for number, part in enumerate(parts):
            if not number:
                writer.writerow([report.label(key) for key in part])
            columns = [v if key in report.UNITS else map(_safe, v) for key, v in part.items()]
            writer.writerows(zip(*columns, strict=True))


def _parquet(r: Result, path: Path, place: Place) -> None:
    _parquet_list(report.listed(r, "clients"), path, place)
    if r.tally.rejected:
        _parquet_list(_rejected(r), path.with_name(f"{path.stem}_rejected.parquet"), place)


def to_parquet(parts: Iterable[dict[str, list[Any]]], path: Path) -> None:
    """A list as a Parquet file, whole or not at all: column -> values, part by part."""
    with _whole.together() as place:
        _parquet_list(parts, path, place)


def _parquet_list(parts: Iterable[dict[str, list[Any]]], path: Path, place: Place) -> None:
    """A list as Parquet; heads are the names of the columns, not their words."""
    target = place(path)
    import pyarrow as pa
    from pyarrow import parquet

    writer = None
    try:
        for part in parts:
            types = {key: _arrow_type(key) for key in part}
            batch = pa.table({k: pa.array(v, types[k]) for k, v in part.items()})
            writer = writer or parquet.ParquetWriter(target, batch.schema)
            writer.write_table(batch)
        if writer is None:
            parquet.write_table(pa.table({"id": pa.array([], pa.string())}), target)
    finally:
        if writer is not None:
            writer.close()


def _arrow_type(key: str) -> Any:
    """The type of a column, whatever its first rows hold."""
    import pyarrow as pa

    if key in ("line", "path"):
        return pa.int64()
    return pa.float64() if report.UNITS.get(key, "choice") != "choice" else pa.string()


def _json(r: Result, path: Path, place: Place) -> None:
    sums = r.tally
    head = {
        "file": r.plan.file,
        "read": sums.read,
        "classified": sums.classified,
        "rejected_rows": sums.rejected,
        "exposure_read": sums.exposure_read,
        "exposure_classified": float(sums.exposure.sum()),
        "exposure_rejected": sums.exposure_rejected,
        "clients_by_type": dict(zip(KINDS, sums.clients.tolist(), strict=True)),
        "exposure_by_type": dict(zip(KINDS, sums.exposure.tolist(), strict=True)),
        "gain_classification": float(sums.gain[0].sum()) if sums.having[0].any() else None,
        "gain_maintenance": float(sums.gain[1].sum()) if sums.having[1].any() else None,
        "whole_book": dict(whole_book(sums)),
        "coverage": r.coverage,
        "findings": [
            {"column": f.column, "reason": f.reason, "proposal": f.proposal} for f in r.findings
        ],
        "map": guessing.as_map(r.plan),
        "paths": [row[3] for row in report.paths(r)[1]],
    }  # fmt: skip
    with place(path).open("w", encoding="utf-8") as file:
        file.write("{\n")
        for key, value in head.items():
            file.write(
                f"{json.dumps(key)}: {json.dumps(value, ensure_ascii=False, allow_nan=False)},\n"
            )
        for name, parts in (("clients", report.listed(r, "clients")), ("rejected", _rejected(r))):
            file.write(f'"{name}": [')
            between = "\n"
            for part in parts:
                for row in zip(*part.values(), strict=True):
                    text = json.dumps(
                        dict(zip(part, row, strict=True)), ensure_ascii=False, allow_nan=False
                    )
                    file.write(f"{between}{text}")
                    between = ",\n"
            file.write("\n]" + (",\n" if name == "clients" else "\n}\n"))


# ------------------------------------------------------------------------------------ workbook


def _unit(key: str) -> str:
    """The unit of a column; "choice" for one of texts."""
    return report.UNITS.get(key, "choice")


class _Page:
    """A sheet, filled row by row from its title on; `row` is the next to be filled."""

    def __init__(self, book: Any, name: str, styles: dict[Any, Any], *, note: str = "") -> None:
        self.book, self.styles = book, styles
        self.sheet = book.add_worksheet(words.word(f"sheets.{name}"), workbook.exact_sheet())
        self.sheet.hide_gridlines(2)
        self.sheet.set_landscape()
        self.sheet.set_paper(workbook.A4)
        self.sheet.fit_to_pages(2 if name == "clients" else 1, 0)
        self.title = (words.word(f"sheets.{name}"), note or words.word(f"notes.{name}"))
        self.row = 0

    def begin(self) -> None:
        """The title and the note, once the widths are set: rows are written in order."""
        title, note = self.title
        self.text(0, title, bold=True, font_size=14)
        self.row += 1
        self.text(0, note, italic=True, font_color=workbook.NOTE)
        self.row = workbook.TOP

    def style(self, **what: Any) -> Any:
        """The cell format of these properties, made once for the workbook."""
        key = tuple(sorted(what.items()))
        if key not in self.styles:
            self.styles[key] = self.book.add_format({"valign": "top", **what})
        return self.styles[key]

    def text(self, column: int, text: str, **look: Any) -> None:
        """A text, never a formula or an address."""
        if text:
            text = text.translate(_NO_XML)[:LETTERS]
            self.sheet.write_string(self.row, column, text, self.style(**look))

    def cell(self, column: int, value: Any, unit: str = "number", **look: Any) -> None:
        """A text, or a number by its unit; what is missing stays empty."""
        if isinstance(value, str):
            self.text(column, value, **look)
        elif value is not None:
            self.sheet.write_number(self.row, column, value, self.figure(unit, **look))

    def figure(self, unit: str, **look: Any) -> Any:
        """The format of a number by its unit; what only names a row stands in the middle."""
        side = "center" if unit == "flag" else "right"
        return self.style(num_format=workbook.number_format(unit), align=side, **look)

    def heads(
        self, keys: Sequence[str], rows: int, *, kept: int = 0, filtered: bool = True
    ) -> None:
        """Widths, title and the row of heads, which stays in sight and can be filtered."""
        for k, key in enumerate(keys):
            self.sheet.set_column(k, k, _WIDE.get(key, workbook.NUMBER))
        self.sheet.freeze_panes(workbook.TOP + 1, kept)
        self.sheet.repeat_rows(workbook.TOP)
        if filtered:
            self.sheet.autofilter(workbook.TOP, 0, workbook.TOP + max(rows, 1), len(keys) - 1)
        self.begin()
        self.sheet.set_row(self.row, 2 * workbook.LINE)
        look = {"bold": True, "font_color": "white", "bg_color": workbook.HEAD, "text_wrap": True}
        for k, key in enumerate(keys):
            self.text(k, report.label(key), **look, **_SIDES.get(_unit(key), {"align": "right"}))
        self.row += 1

    def filled(self, keys: Sequence[str], parts: Iterable[dict[str, list[Any]]]) -> None:
        """The rows of a list, column by column of each part."""
        plain = self.style(**_SIDES["choice"])
        forms = [None if _unit(key) == "choice" else self.figure(_unit(key)) for key in keys]
        string, number = self.sheet.write_string, self.sheet.write_number
        for part in parts:
            for row in zip(*(part[key] for key in keys), strict=True):
                for k, value in enumerate(row):
                    if value is None or value == "":
                        continue
                    if forms[k] is None:
                        if len(value) > LETTERS or "\ufffe" in value or "\uffff" in value:
                            value = value.translate(_NO_XML)[:LETTERS]
                        string(self.row, k, value, plain)
                    else:
                        number(self.row, k, value, forms[k])
                self.row += 1


def _workbook(r: Result, path: Path, place: Place) -> None:
    """All sheets; a list that is longer than a sheet stands in a file beside the workbook."""
    with _opened(place(path)) as book:
        styles: dict[Any, Any] = {}
        _summary(_Page(book, "summary", styles), r)
        for name in report.LISTS:
            rows = report.length(r, name)
            _list(book, styles, name, rows, partial(report.listed, r, name), path, place)
        _list(book, styles, "rejected", r.tally.rejected, partial(_rejected, r), path, place)
        for name in ("coverage", "paths", "mapping"):
            keys, rows_of = getattr(report, name)(r)
            page = _Page(book, name, styles)
            page.heads(keys, len(rows_of), filtered=name != "mapping")
            for row in rows_of:
                long = max((len(x) for x in row if isinstance(x, str)), default=0)
                if keys[-1] == "questions":
                    page.sheet.set_row(page.row, workbook.LINE * (1 + long // _WIDE["questions"]))
                for k, value in enumerate(row):
                    look = _SIDES["choice"] if isinstance(value, str) else {}
                    wrap = {"text_wrap": True} if keys[k] == "questions" else {}
                    page.cell(k, value, report.UNITS.get(keys[k], "number"), **look, **wrap)
                page.row += 1


@contextmanager
def _opened(path: Path) -> Iterator[Any]:
    """A workbook that is written row by row; nothing of it is left if it fails."""
    from xlsxwriter import Workbook
    from xlsxwriter.exceptions import FileCreateError

    book = Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False,
                                "strings_to_urls": False, "strings_to_numbers": False})  # fmt: skip
    book.set_properties({"author": said("workbook.author"), "created": workbook.WRITTEN})
    try:
        yield book
    finally:
        try:
            book.close()
        except FileCreateError as error:
            reason = error.args[0] if error.args else error
            raise reason if isinstance(reason, OSError) else OSError(0, str(reason)) from None


def _list(
    book: Any, styles: dict[Any, Any], name: str, rows: int,
    parts: Callable[[], Iterable[dict[str, list[Any]]]], path: Path, place: Place,
) -> None:  # fmt: skip
    """A list of clients as a sheet, or as a file beside it."""
    if rows + workbook.TOP + 1 > ROWS:
        beside = _beside(path, name)
        write_list = _parquet_list if beside.suffix == ".parquet" else _csv_list
        write_list(parts(), beside, place)
        note = words.word("notes.beside", name=beside.name)
        _Page(book, name, styles, note=note).begin()
        return
    keys = report.LISTS.get(name) or tuple(next(iter(parts()), dict.fromkeys(REJECTED)))
    page = _Page(book, name, styles)
    page.heads(keys, rows, kept=3 if "name" in keys else 0)
    page.filled(keys, parts())


def _beside(path: Path, name: str) -> Path:
    """The file beside a workbook for what has no room in it."""
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        return path.with_name(f"{path.stem}_{name}.csv")
    return path.with_name(f"{path.stem}_{name}.parquet")


def _summary(page: _Page, r: Result) -> None:
    """The sheet that is seen first."""
    page.sheet.set_column(0, 0, workbook.SENTENCE)
    page.sheet.set_column(1, 4, 2 * workbook.NUMBER)
    page.begin()
    begins = False  # whether a part of the sheet begins, with its heads; the first has none
    for row in report.summary(r):
        head = begins and all(isinstance(x, str) for x in row)
        for k, value in enumerate(row):
            side = {"align": "right"} if k else {}
            wrap = {"text_wrap": True} if k else {}
            look = {"bold": True, "bg_color": workbook.PART, **side, **wrap} if head else {}
            page.cell(k, value, "count" if isinstance(value, int) else "money", **look)
        if head and len(row) > 2:
            page.sheet.set_row(page.row, workbook.LINE * (2 if len(row) > 3 else 1))
        begins = not row
        page.row += 1

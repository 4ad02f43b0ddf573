"""Workbooks filled in and computed again, by LibreOffice where it is, else by a formula library."""

from __future__ import annotations

import dataclasses
import datetime
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.datetime import to_excel

from casebook.forms import Workbook, sheets

Key = tuple[str, str, int | None]  # sheet, name, line
OFFICE = shutil.which("soffice") or shutil.which("libreoffice")


def filled_in(book: Workbook, inputs: Mapping[Key, Any], file: Path) -> None:
    """Write the workbook, examples aside, with these inputs in its cells; None leaves one empty."""
    empty = file.with_name(f"{book.title}.xlsx")
    if not empty.exists():
        blank = tuple(sheet for sheet in book.sheets if not sheet.example)
        sheets.write(dataclasses.replace(book, sheets=blank), empty)
    made = openpyxl.load_workbook(empty)
    for (sheet, name, line), value in inputs.items():
        entry = book.sheet(sheet).entry(name, line)
        assert entry.kind != "formula", (sheet, name)
        made[book.sheet(sheet).tab][entry.address.replace("$", "")] = value
    made.save(file)


def computed(files: list[Path], *, office: bool = True) -> list[dict[tuple[str, str], Any]]:
    """(tab, address) -> value of every cell, for each file; dates as numbers of days."""
    if OFFICE and office:
        return by_office(files)
    return [by_library(file) for file in files]


def by_office(files: list[Path]) -> list[dict[tuple[str, str], Any]]:
    """Converted by LibreOffice, which computes what has no value yet."""
    target = files[0].parent / "computed"
    home = f"-env:UserInstallation={(files[0].parents[1] / 'office').as_uri()}"
    command = [OFFICE, home, "--headless", "--convert-to", "xlsx", "--outdir", target, *files]
    subprocess.run(command, check=True, capture_output=True, timeout=170)
    found = []
    for file in files:
        made = openpyxl.load_workbook(target / file.name, data_only=True)
        found.append({(page.title, cell.coordinate): plain(cell.value)
                      for page in made for row in page.iter_rows() for cell in row})  # fmt: skip
    return found


def by_library(file: Path) -> dict[tuple[str, str], Any]:
    """Computed by the Python package formulas, whose names of sheets are in capitals."""
    import formulas

    solved = formulas.ExcelModel().loads(str(file)).finish().calculate()
    tabs = {tab.upper(): tab for tab in openpyxl.load_workbook(file).sheetnames}
    found = {}
    for key, cells in solved.items():
        sheet, _, address = str(key).rpartition("!")
        tab = tabs.get(sheet.strip("'").rpartition("]")[2].replace("''", "'"))
        if tab is not None and ":" not in address and hasattr(cells, "value"):
            found[tab, address] = plain(cells.value[0, 0])
    return found


def plain(value: Any) -> Any:
    """A number, or a text; nothing is an empty text."""
    if isinstance(value, datetime.datetime | datetime.date):
        return to_excel(value)
    if value is None or type(value).__name__ == "XlError":
        return "" if value is None else str(value)
    if isinstance(value, str) or type(value).__name__ == "EmptyCell":
        return str(value) if isinstance(value, str) else ""
    return float(value)

"""A laid-out workbook as a file for Excel, LibreOffice or WPS; needs openpyxl.

Cells to fill in are open and coloured, formulas are locked without a password, lists are offered
where there is a choice, heads stay in sight, and every sheet prints on one page of A4.
"""

from __future__ import annotations

import io
import math
import re
from pathlib import Path
from typing import Any

from .. import _whole
from .content import filled
from .layout import Entry, Sheet, Workbook, letter

#: Fill colours of what is to be filled in, set by the bank, and computed; of heads; of marks.
FILLS = {"input": "FFF8E1", "set": "E3EDF7", "formula": "F0F0F0"}
HEAD = "1C3D7C"
MARKS = {"red": "F4B6B0", "orange": "FBD5A5", "yellow": "FFF2A8", "green": "CFE8CF"}
#: Points of a line of text; characters of it for one of a column's width; more in a note, fewer in
#: a head.
LINE, LETTERS, SMALL, BOLD = 15, 1.12, 1.2, 0.75


def write(book: Workbook, file: Path) -> None:
    """Write `book` to `file`; ImportError names the extra that is missing."""
    try:
        import openpyxl
    except ImportError:
        raise ImportError("openpyxl is missing: pip install 'casebook[forms]'") from None
    made = openpyxl.Workbook()
    made.properties.title, made.properties.creator = book.title, book.words["creator"]
    made.properties.created = made.properties.modified = _whole.WRITTEN
    made.calculation.fullCalcOnLoad = True
    _styles(made)
    made.active.title = book.words["how"]
    _how(made.active, book)
    lists = _lists(made, book)
    for sheet in book.sheets:
        _sheet(made.create_sheet(sheet.tab), sheet, book, lists)
    made.move_sheet(book.words["lists_title"], len(book.sheets))
    made.active = 1
    for page in made.worksheets:
        page.sheet_view.tabSelected = page is made.worksheets[1]
    saved = io.BytesIO()
    made.save(saved)
    _whole.write(file, _timeless(saved))


def _timeless(saved: io.BytesIO) -> bytes:
    """A workbook without the time at which it was saved: the same words give the same bytes."""
    files = _whole.parts(saved)
    about = "docProps/core.xml"  # openpyxl writes the time into it
    now = rf"\g<1>{_whole.WRITTEN.isoformat()}Z".encode()
    files[about] = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", now, files[about])
    return _whole.packed(files)


def _styles(made: Any) -> None:
    """The cell styles of all forms, by name."""
    from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Protection, Side

    thin = Side(style="thin", color="BFBFBF")
    box = Border(left=thin, right=thin, top=thin, bottom=thin)
    wrap = Alignment(wrap_text=True, vertical="top")
    plain = {
        "title": NamedStyle("form title", font=Font(size=16, bold=True, color=HEAD)),
        "note": NamedStyle("form note", font=Font(size=9, italic=True, color="595959"),
                           alignment=wrap),
        "text": NamedStyle("form text", alignment=wrap),
        "label": NamedStyle("form label", border=box, alignment=wrap),
        "unit": NamedStyle("form unit", border=box, alignment=Alignment(
            horizontal="left", indent=1, vertical="top")),
        "remark": NamedStyle("form remark", font=Font(size=9, italic=True, color="595959"),
                             border=box, alignment=wrap),
        "part": NamedStyle("form part", font=Font(bold=True, color=HEAD),
                           border=Border(bottom=Side(style="medium", color=HEAD))),
        "head": NamedStyle(
            "form head", font=Font(bold=True, color="FFFFFF"), border=box,
            fill=PatternFill("solid", start_color=HEAD),
            alignment=Alignment(wrap_text=True, vertical="center", horizontal="center"),
        ),
    }  # fmt: skip
    for kind, colour in FILLS.items():
        plain[kind] = NamedStyle(
            f"form {kind}", border=box, alignment=wrap,
            fill=PatternFill("solid", start_color=colour), font=Font(bold=kind == "formula"),
            protection=Protection(locked=kind != "input"),
        )  # fmt: skip
    for style in plain.values():
        made.add_named_style(style)


def _how(page: Any, book: Workbook) -> None:
    """The first sheet: what the form is for, how to fill it in, what the colours mean."""
    page.column_dimensions["A"].width, page.column_dimensions["B"].width = 5, 100
    page["A1"], page["A1"].style = book.title, "form title"
    rows: list[tuple[Any, str, str]] = [("", book.about, "form text")]
    rows += [(n, line, "form text") for n, line in enumerate(book.how, start=1)]
    rows += [("", book.words["legend"][kind], f"form {kind}") for kind in FILLS]
    rows += [("", line, "form note") for line in book.words["always"]]
    for row, (number, line, style) in enumerate(rows, start=3):
        page.cell(row, 1, number or None).style = "form text"
        page.cell(row, 2, line).style = style
        page.row_dimensions[row].height = LINE * _lines(line, 100)
    _print(page, "B", len(rows) + 2, landscape=False, title=book.title)
    page.protection.sheet = True


def _lists(made: Any, book: Workbook) -> dict[str, str]:
    """A hidden sheet with the lists that cells offer: name -> where it stands."""
    page = made.create_sheet(book.words["lists_title"])
    page.sheet_state, places = "hidden", {}
    for column, (name, items) in enumerate(book.words["lists"].items(), start=1):
        for row, item in enumerate(items, start=1):
            page.cell(row, column, book.words["words"][item])
        at = letter(column)
        places[name] = f"'{page.title}'!${at}$1:${at}${len(items)}"
    return places


def _sheet(page: Any, sheet: Sheet, book: Workbook, lists: dict[str, str]) -> None:
    """One sheet: title, parts, table, and how it is printed."""
    for k, width in enumerate(sheet.widths, start=1):
        page.column_dimensions[letter(k)].width = width
    last, room = len(sheet.widths), sum(sheet.widths)
    page["A1"], page["A1"].style = sheet.title, "form title"
    page.merge_cells(start_row=2, end_row=2, start_column=1, end_column=last)
    page["A2"], page["A2"].style = sheet.about, "form note"
    page.row_dimensions[2].height = 13 * _lines(sheet.about, room)
    for part in sheet.parts:
        for column in range(1, last + 1):
            page.cell(part.row, column).style = "form part"
        page.cell(part.row, 1, part.head)
        for entry in part.entries:
            _row(page, sheet, entry, book)
    bottom = max((e.row for e in sheet.entries()), default=3)
    if sheet.table:
        for column, head in enumerate(sheet.table.heads, start=1):
            unit = book.words["units"][head.get("unit", "text")]["label"]
            apart = unit and unit.lower() not in head["label"].lower()
            text = f"{head['label']} ({unit})" if apart else head["label"]
            page.cell(sheet.table.row, column, text).style = "form head"
        tall = max(_lines(page.cell(sheet.table.row, k).value, w * BOLD)
                   for k, w in enumerate(sheet.widths, start=1))  # fmt: skip
        page.row_dimensions[sheet.table.row].height = LINE * tall + 4
        for entry in sheet.table.entries:
            _cell(page, entry, book)
        for n in range(sheet.table.lines):
            held = [e for e in sheet.table.entries if e.line == n and e.kind != "formula"]
            tall = max((_lines(e.content, sheet.widths[e.column - 1]) for e in held), default=1)
            page.row_dimensions[sheet.table.row + 1 + n].height = LINE * tall
    _offer(page, sheet, book, lists)
    table = sheet.table
    page.freeze_panes = page.cell(table.row + 1, 2) if table and not sheet.parts else "A3"
    if table:
        page.print_title_rows = f"{table.row}:{table.row}"
    _print(page, letter(last), bottom, landscape=table is not None, title=book.title)
    page.protection.sheet = True
    for free in ("formatColumns", "formatRows", "formatCells"):
        setattr(page.protection, free, False)


def _row(page: Any, sheet: Sheet, entry: Entry, book: Workbook) -> None:
    """One row of a part: label, cell, unit, note."""
    spec, row, column, last = entry.spec, entry.row, entry.column, len(sheet.widths)
    wide = bool(spec.get("wide"))
    label, note = str(spec["label"]), str(spec.get("note", ""))
    shown = book.words["units"][spec.get("unit", "text")]["label"]
    if column > 2:
        page.merge_cells(start_row=row, end_row=row, start_column=1, end_column=column - 1)
    for k in range(1, last + 1):
        page.cell(row, k).style = "form label"
    page.cell(row, 1, filled(label))
    _cell(page, entry, book)
    if wide:
        for k in range(column + 1, last + 1):
            page.cell(row, k).style = page.cell(row, column).style
        page.merge_cells(start_row=row, end_row=row, start_column=column, end_column=last)
    else:
        page.cell(row, column + 1, shown or None).style = "form unit"
        if column + 2 < last:
            page.merge_cells(start_row=row, end_row=row, start_column=column + 2, end_column=last)
        if column + 2 <= last:
            page.cell(row, column + 2, filled(note) or None).style = "form remark"
    widths = sheet.widths
    held = entry.content if entry.kind != "formula" else ""
    tall = max(
        _lines(filled(label), sum(widths[: column - 1])),
        _lines(filled(note), sum(widths[column + 1 :]) * SMALL) if not wide else 1,
        _lines(held, sum(widths[column - 1 :]) if wide else widths[column - 1]),
        int(spec.get("tall", 1)),
    )
    page.row_dimensions[row].height = LINE * tall


def _cell(page: Any, entry: Entry, book: Workbook) -> None:
    """The cell itself: what it holds, its style and number format."""
    from openpyxl.styles import Alignment

    cell = page.cell(entry.row, entry.column)
    cell.value, cell.style = entry.content, f"form {entry.kind}"
    cell.number_format = book.words["units"][entry.spec.get("unit", "text")]["format"]
    if {"list", "marks"} & entry.spec.keys():
        cell.alignment = Alignment(horizontal="center", vertical="top", wrap_text=True)


def _offer(page: Any, sheet: Sheet, book: Workbook, lists: dict[str, str]) -> None:
    """What cells accept, and the colours of marks."""
    from openpyxl.formatting.rule import CellIsRule
    from openpyxl.styles import PatternFill
    from openpyxl.worksheet.datavalidation import DataValidation

    rules: dict[str, Any] = {}
    for entry in sheet.entries():
        unit = book.words["units"][entry.spec.get("unit", "text")]
        if entry.kind == "input" and "list" in entry.spec:
            key = entry.spec["list"]
            rule = {"type": "list", "formula1": lists[key], "allow_blank": True}
        elif entry.kind == "input" and "type" in unit:
            key = entry.spec["unit"]
            rule = {k: unit[k] for k in ("type", "operator", "formula1", "formula2") if k in unit}
            rule["allow_blank"] = True
        else:
            key = ""
        if key:
            if key not in rules:
                rules[key] = DataValidation(showErrorMessage=True, **rule)
                rules[key].error = book.words["error"] if "list" in entry.spec else unit["error"]
                page.add_data_validation(rules[key])
            rules[key].add(entry.address.replace("$", ""))
        for word, colour in entry.spec.get("marks", {}).items():
            fill = PatternFill("solid", start_color=MARKS[colour], end_color=MARKS[colour])
            phrase = book.words["words"][word].replace('"', '""')
            page.conditional_formatting.add(
                entry.address.replace("$", ""),
                CellIsRule(operator="equal", formula=[f'"{phrase}"'], fill=fill),
            )


def _print(page: Any, last: str, bottom: int, *, landscape: bool, title: str) -> None:
    """One page of A4, with title and number at its foot."""
    page.print_area = f"A1:{last}{bottom}"
    page.page_setup.paperSize = page.PAPERSIZE_A4
    page.page_setup.orientation = "landscape" if landscape else "portrait"
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.page_setup.fitToWidth = page.page_setup.fitToHeight = 1
    page.page_margins.left = page.page_margins.right = 0.5
    page.page_margins.top = page.page_margins.bottom = 0.6
    page.print_options.horizontalCentered = True
    page.oddFooter.left.text, page.oddFooter.right.text = title, "&P/&N"
    page.sheet_view.showGridLines = False


def _lines(text: Any, width: float) -> int:
    """How many lines a text takes in a column of so many characters; a wide letter counts two."""
    if not isinstance(text, str) or not text:
        return 1
    rows = text.split("\n")
    sizes = [sum(2 if ord(c) > 0x2E7F else 1 for c in row) for row in rows]
    return sum(max(1, math.ceil(size / (width * LETTERS))) for size in sizes)

"""A single run as a workbook for Excel, LibreOffice or WPS; needs XlsxWriter.

Every number keeps its last digit, in the model's unit; a number format shows it in the reader's.
What can be a formula is one, and carries its value: totals, differences from the base case, whether
an identity holds. Text is always text, whatever it begins with.

    numbers       the key numbers now, in the base case, and how they differ
    statement     every line of the chosen way, periods across
    ways          the same numbers of each alternative, where the model has several
    events        what happened, in order
    checks        the identities, each with its largest residual
    assumptions   value, base case, what is allowed and why; `name` is that of the model's file

>>> from casebook import workbook
>>> from casebook.cases import transactional
>>> a = transactional.assumptions()
>>> base, dearer = (transactional.simulate(x) for x in (a, a.replace(rate=0.05)))
>>> workbook.written(dearer, base)[:2]
b'PK'
"""

from __future__ import annotations

import io
import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any

from .shape import Assumption, SingleRun
from .words import SHARES, catalogue, counts, held_label, is_share, scale, unit_label, word

__all__ = ["exact_sheet", "number_format", "written"]

#: The form of the workbook, and where its assumptions have value, the ends of what is allowed, and
#: name: see casebook.clientfile.
FORM, VALUE, LOW, HIGH, NAME_OF = 1, 2, 4, 5, 8
#: So that a file does not change with the day on which it is written.
WRITTEN = datetime(2026, 1, 1)
#: Colours of heads, of what differs from the base case, of parts, of notes.
HEAD, CHANGED, PART, NOTE = "#1C3D7C", "#FFF2CC", "#E3EDF7", "#595959"
#: Width of a column in characters: of a name, its unit, its symbol, a sentence, a number.
NAME, UNIT, SYMBOL, SENTENCE, NUMBER, PERIOD = 44, 13, 9, 80, 14, 10
LINE = 15  #: Height of a line in points.
#: The row of the heads: title and note stand above it.
TOP = 3
A4 = 9


def written(run: SingleRun[Any], base: SingleRun[Any] | None = None) -> bytes:
    """The file of `run`, beside `base`, the run of the base case, if that is given.

    ImportError names the extra that is missing.
    """
    file = io.BytesIO()
    book = _book(file)
    title = run.assumptions.spec.words["title"]
    subject = f"casebook {run.assumptions.model} {FORM}"  # by which it is known again
    about = {"title": title, "author": word("workbook.author"), "subject": subject}
    book.set_properties(about | {"created": WRITTEN})
    for name, fill in _SHEETS.items():
        if name != "ways" or len(run.alternatives) > 1:
            fill(_Page(book, name, title), run, base)
    book.close()
    return file.getvalue()


def table(heads: Sequence[str], rows: Sequence[Sequence[Any]]) -> bytes:
    """A workbook of one table, numbers to their last digit; ImportError as `written`."""
    file = io.BytesIO()
    book = _book(file)
    sheet = book.add_worksheet(None, exact_sheet())
    for k, row in enumerate([heads, *rows]):
        for column, value in enumerate(row):
            if isinstance(value, str):
                sheet.write_string(k, column, value)
            elif value is not None and math.isfinite(value):
                sheet.write_number(k, column, value)
    sheet.freeze_panes(1, 1)
    sheet.autofit()
    book.set_properties({"author": word("workbook.author"), "created": WRITTEN})
    book.close()
    return file.getvalue()


def _book(file: io.BytesIO) -> Any:
    """An empty workbook; ImportError names the extra that is missing."""
    try:
        from xlsxwriter import Workbook
    except ImportError:
        raise ImportError("XlsxWriter is missing: pip install 'casebook[workbook]'") from None
    return Workbook(file, {"in_memory": True})


def number_format(unit: str, *, exact: bool = False) -> str:
    """How a spreadsheet shows a value that is held in the model's unit; KeyError names the units.

    A share is shown in per cent, and so are basis points. Other units that are scaled for a reader
    keep the model's, with as many digits more; an `exact` one those digits that it has.
    """
    percent = is_share(unit)
    more = round(math.log10(scale(unit) / (SHARES[0] if percent else 1)))
    places = "0" * max(0, catalogue()["units"][unit]["digits"] + more) + "####" * exact
    number = ("0" if percent else "#,##0") + ("." + places if places else "") + "%" * percent
    return f'{number};"{word("never")}"' if unit == "period" else number


def _unit(unit: str) -> str:
    """The name of the unit in which a cell shows a value."""
    if scale(unit) == 1:
        return unit_label(unit)
    if is_share(unit):
        return unit_label(unit) if scale(unit) == SHARES[0] else unit_label("share")
    return held_label(unit)


@cache
def exact_sheet() -> type:
    """A sheet that writes numbers to their last digit."""
    from xlsxwriter.worksheet import Worksheet

    class Exact(Worksheet):  # type: ignore[misc]
        # the writer's own keeps 16 digits, and a float may need 17
        def _xml_number_element(self, number: float, attributes: Sequence[Any] = ()) -> None:
            attr = "".join(f' {key}="{value}"' for key, value in attributes)
            self.fh.write(f"<c{attr}><v>{number!r}</v></c>")

    return Exact


class _Page:
    """A sheet of the workbook, filled row by row from its title on.

    `row` is the next to be filled. Rows are numbered from 0 here, from 1 in addresses.
    """

    def __init__(self, book: Any, name: str, title: str) -> None:
        self.book = book
        self.sheet = book.add_worksheet(word(f"workbook.{name}"), exact_sheet())
        self.styles: dict[tuple[Any, ...], Any] = {}
        self.text(0, 0, f"{title}: {word(f'workbook.{name}')}", bold=True, font_size=14)
        self.text(1, 0, word(f"workbook.notes.{name}"), italic=True, font_color=NOTE)
        self.row = TOP
        self.sheet.hide_gridlines(2)
        self.sheet.set_landscape()
        self.sheet.set_paper(A4)
        self.sheet.set_footer(f"&L{title.replace('&', '&&')}&R&P / &N")

    def style(self, **what: Any) -> Any:
        """The cell format of these properties, made once."""
        key = tuple(sorted(what.items()))
        if key not in self.styles:
            self.styles[key] = self.book.add_format({"valign": "top", **what})
        return self.styles[key]

    def text(self, row: int, column: int, text: str, **style: Any) -> None:
        """A text, never a formula or an address; an empty one leaves the cell empty."""
        write = self.sheet.write_string if text else self.sheet.write_blank
        write(row, column, text, self.style(**style))

    def label(self, label: str, unit: str, **style: Any) -> None:
        """The first two cells of this row."""
        self.text(self.row, 0, label, **style)
        self.text(self.row, 1, _unit(unit), **style)

    def value(
        self, column: int, value: Any, unit: str, *, exact: bool = False, **style: Any
    ) -> None:
        """A value of a unit in this row; a number missing or without bound is a text."""
        style["align"] = "right"
        if isinstance(value, bool):
            value = word("yes" if value else "no")
        elif value is None or (isinstance(value, float) and math.isnan(value)):
            value = word("missing")
        elif isinstance(value, float) and math.isinf(value):
            value = "\N{INFINITY}" if value > 0 else "\N{MINUS SIGN}\N{INFINITY}"
        if isinstance(value, str):
            return self.text(self.row, column, value, **style)
        form = self.style(num_format=number_format(unit, exact=exact), **style)
        self.sheet.write_number(self.row, column, value, form)

    def formula(self, column: int, formula: str, value: float | str, **style: Any) -> None:
        """A formula and its value: a reader's program may trust it and not compute."""
        look = self.style(align="right", **style)
        self.sheet.write_formula(self.row, column, f"={formula}", look, value)

    def heads(self, columns: Mapping[str, int], *, kept: int = 1) -> None:
        """The heads: key of its word -> width; the first `kept` columns stay in sight."""
        for column, (key, width) in enumerate(columns.items()):
            self.head(column, word(f"workbook.heads.{key}"), left=width != NUMBER)
            self.sheet.set_column(column, column, width)
        self.sheet.freeze_panes(TOP + 1, kept)
        self.sheet.repeat_rows(TOP)
        self.row += 1

    def head(self, column: int, text: str | int, *, left: bool = False) -> None:
        """One head, above texts or numbers; a period is a number itself."""
        look = {"bold": True, "font_color": "white", "bg_color": HEAD, "text_wrap": True}
        look |= {"align": "left" if left else "right"}
        if isinstance(text, str):
            self.text(TOP, column, text, **look)
        else:
            self.sheet.write_number(TOP, column, text, self.style(**look))

    def print(self, columns: int, *, wide: int = 1, high: int = 0, upright: bool = False) -> None:
        """What is printed, on how many pages; 0: as many as it takes."""
        self.sheet.print_area(0, 0, self.row - 1, columns - 1)
        self.sheet.fit_to_pages(wide, high)
        if upright:
            self.sheet.set_portrait()

    def address(self, column: int) -> str:
        """The address of a cell of this row."""
        from xlsxwriter.utility import xl_rowcol_to_cell

        return str(xl_rowcol_to_cell(self.row, column))


Run = SingleRun[Any]


def _numbers(page: _Page, run: Run, base: Run | None) -> None:
    """Every number of the run; one that differs from the base case is marked."""
    heads = {"number": NAME, "unit": UNIT, "now": NUMBER}
    if base:
        heads |= {"base": NUMBER, "difference": NUMBER}
    page.heads(heads)
    for name, spec in run.assumptions.spec.words["metrics"].items():
        unit, now = spec["unit"], run.metrics[name]
        then = base.metrics[name] if base else now
        mark = _marked(now, then)
        page.label(spec["label"], unit, **mark)
        page.value(2, now, unit, **mark)
        if base:
            page.value(3, then, unit, **mark)
            _difference(page, now, then, unit, **mark)
        page.row += 1
    page.print(len(heads), upright=True)


def _difference(page: _Page, now: Any, then: Any, unit: str, **mark: Any) -> None:
    """The last cell of a row: a formula where both are numbers, a word where they differ."""
    if counts(now, unit) and counts(then, unit):
        formula = f"{page.address(2)}-{page.address(3)}"
        page.formula(4, formula, now - then, num_format=number_format(unit), **mark)
    else:
        text = "" if _same(now, then) else word("workbook.differs")
        page.text(page.row, 4, text, align="right", **mark)


def _statement(page: _Page, run: Run, base: Run | None) -> None:
    """Every line, view by view: a flow with its total, a balance without."""
    words = run.assumptions.spec.words
    heads = {"line": NAME, "unit": UNIT, "total": NUMBER}
    page.heads(heads, kept=len(heads))
    periods = len(next(iter(run.lines.values())))
    first, end = len(heads), len(heads) + periods
    for t in range(periods):
        page.head(first + t, t)
    page.sheet.set_column(first, end - 1, PERIOD)
    page.text(TOP - 1, first, words["period"], bold=True)
    for view, title in words["views"].items():
        for column in range(end):
            page.text(page.row, column, "" if column else title, bold=True, bg_color=PART)
        page.row += 1
        for name, spec in words["lines"].items():
            if spec["view"] != view or name not in run.lines:
                continue
            unit, values = spec.get("unit", "money"), run.lines[name].tolist()
            page.label(spec["label"], unit)
            if "balance" not in spec:
                total = f"SUM({page.address(first)}:{page.address(end - 1)})"
                page.formula(2, total, math.fsum(values), num_format=number_format(unit), bold=True)
            for column, value in enumerate(values, first):
                page.value(column, value, unit)
            page.row += 1
    page.sheet.repeat_columns(0, first - 1)
    page.print(end, wide=0, high=1)


def _ways(page: _Page, run: Run, base: Run | None) -> None:
    """Every number of each alternative; the chosen one is marked."""
    labels = run.alternative_labels
    page.heads({"number": NAME, "unit": UNIT}, kept=2)
    for column, way in enumerate(run.alternatives, 2):
        page.head(column, labels[way])
        page.sheet.set_column(column, column, NUMBER + 4)
    for name, spec in run.assumptions.spec.words["metrics"].items():
        page.label(spec["label"], spec["unit"])
        for column, way in enumerate(run.alternatives, 2):
            mark: dict[str, Any] = {"bg_color": PART} if way == run.chosen else {}
            page.value(column, run.alternative(way).metrics[name], spec["unit"], **mark)
        page.row += 1
    page.print(2 + len(run.alternatives))


def _events(page: _Page, run: Run, base: Run | None) -> None:
    """What happened in this run, and when it did in the base case."""
    heads = {"event": NAME, "period": NUMBER} | ({"base": NUMBER} if base else {})
    page.heads(heads)
    now, then = ({e.name: e.period for e in r.events} if r else {} for r in (run, base))
    for name in sorted(now | then, key=lambda n: (now.get(n, math.inf), then.get(n, math.inf))):
        mark = _marked(now.get(name), then.get(name)) if base else {}
        page.text(page.row, 0, run.assumptions.spec.words["events"][name], **mark)
        for column, when in enumerate((now, then)[: len(heads) - 1], 1):
            page.value(column, when.get(name, -1), "period", **mark)
        page.row += 1
    page.print(len(heads), upright=True)


def _checks(page: _Page, run: Run, base: Run | None) -> None:
    """The identities that must hold, and whether they do."""
    page.heads({"identity": SENTENCE, "residual": NUMBER, "tolerance": NUMBER, "holds": NUMBER})
    yes, no = word("yes"), word("no")
    for name, residual in run.checks.items():
        page.text(page.row, 0, run.assumptions.spec.words["checks"][name])
        for column, value in ((1, float(residual)), (2, run.tolerance)):
            page.sheet.write_number(page.row, column, value, page.style(num_format="0.0E+00"))
        holds = f'IF({page.address(1)}<={page.address(2)},"{yes}","{no}")'
        page.formula(3, holds, yes if residual <= run.tolerance else no)
        page.row += 1
    page.print(4)


def _assumptions(page: _Page, run: Run, base: Run | None) -> None:
    """What the run was given: an entry of a list has a row of its own."""
    heads = {"assumption": NAME, "unit": UNIT, "value": NUMBER}
    heads |= {"base": NUMBER, "low": NUMBER, "high": NUMBER}
    heads |= {"symbol": SYMBOL, "reason": SENTENCE, "name": NAME // 2}
    page.heads(heads, kept=3)
    before = (base or run).assumptions
    for name, spec in run.assumptions.spec.assumptions.items():
        now, then = getattr(run.assumptions, name), getattr(before, name)
        if not isinstance(now, tuple):
            _assumption(page, spec, name, spec.label, now, then)
            continue
        for k, entry in enumerate(now):
            label = word("workbook.entry", name=spec.label, number=k + 1)
            earlier = then[k] if k < len(then) else None
            _assumption(page, spec, f"{name}[{k}]", label, entry, earlier)
    page.print(len(heads))


def _assumption(page: _Page, spec: Assumption, name: str, label: str, now: Any, then: Any) -> None:
    """One row; the value can be changed, within what is allowed."""
    mark = _marked(now, then)
    page.label(label, spec.unit, **mark)
    if spec.choices:
        for column, text in ((2, spec.choices[now]), (3, spec.choices[then])):
            page.text(page.row, column, text, align="right", **mark)
        page.text(page.row, 4, " · ".join(spec.choices.values()), **mark)
        allowed: dict[str, Any] = {"validate": "list", "source": list(spec.choices.values())}
    else:
        for column, value in enumerate((now, then, spec.low, spec.high), 2):
            page.value(column, value, spec.unit, exact=True, **mark)
        allowed = {"validate": "decimal", "criteria": "between"}
        allowed |= {"minimum": spec.low, "maximum": spec.high}
    if not any("," in label for label in spec.choices.values()):  # commas divide such a list
        page.sheet.data_validation(page.row, 2, page.row, 2, allowed)
    page.text(page.row, 6, spec.symbol, indent=1, **mark)
    page.text(page.row, 7, spec.reason, text_wrap=True, **mark)
    page.sheet.set_row(page.row, LINE * math.ceil(len(spec.reason) / SENTENCE))
    page.text(page.row, 8, name, font_color=NOTE, **mark)
    page.row += 1


def _marked(now: Any, then: Any) -> dict[str, Any]:
    """The look of a row whose value may differ from the base case."""
    return {} if _same(now, then) else {"bg_color": CHANGED}


def _same(now: Any, then: Any) -> bool:
    """Whether two values are the same, to the last digit; two that are missing are."""
    return bool(now == then or (now != now and then != then))


#: The sheets in their order; each has its title and its note in [workbook] of data/words.toml.
_SHEETS = {
    "numbers": _numbers,
    "statement": _statement,
    "ways": _ways,
    "events": _events,
    "checks": _checks,
    "assumptions": _assumptions,
}


def __dir__() -> list[str]:
    return sorted(__all__)

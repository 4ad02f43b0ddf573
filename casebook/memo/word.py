"""The memo as a Word document: the same parts, figures as pictures, two pages of A4."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from typing import Any

from .. import _whole
from ..figures.style import worn
from ..palette import PALETTE
from . import errors, parts
from .parts import Memo, Table

DOTS = 200  #: of a picture, an inch.
#: A font that every office has, and what stands in for its Chinese signs.
FONT, CHINESE = "Arial", "SimSun"
WIDTH, TALLEST = 178.0, 55.0  #: of the text, and of a figure, in millimetres.
#: Sizes of letters in points: a page's title, a part's, the text; tables and notes.
TITLE, PART, TEXT, ROW = 15, 10, 9, 8.5
TINT = "EEF1F7"


def written(memo: Memo) -> bytes:
    """The file, the same bytes for the same memo; ImportError names the extra that is missing."""
    try:
        import docx
    except ImportError:
        raise errors.missing("python-docx") from None

    paper = _Paper(docx.Document())
    _first(paper, memo)
    paper.next_page()
    _second(paper, memo)
    paper.foot(parts.foot(memo), memo.words["page"])
    return saved(paper.document, f"{memo.words['title']}: {memo.client}", memo.words["author"])


def saved(document: Any, title: str, author: str) -> bytes:
    """A document of python-docx as its file, with one date for all its parts."""
    about = document.core_properties
    about.title, about.author = title, author
    about.created = about.modified = _whole.WRITTEN
    about.last_modified_by = about.comments = ""
    file = io.BytesIO()
    document.save(file)
    return _whole.packed(_whole.parts(file))


class _Paper:
    """A document that is filled from the top; a part goes to the body or into a cell."""

    def __init__(self, document: Any) -> None:
        from docx.oxml.ns import qn
        from docx.shared import Mm, Pt

        self.document = document
        section = document.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm((210 - WIDTH) / 2)
        section.top_margin, section.bottom_margin = Mm(10), Mm(12)
        section.header_distance, section.footer_distance = Mm(5), Mm(7)
        style = document.styles["Normal"]
        style.font.name, style.font.size = FONT, Pt(TEXT)
        style.element.rPr.rFonts.set(qn("w:eastAsia"), CHINESE)
        style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
        style.paragraph_format.line_spacing = 1.0
        self.fresh = False

    def text(
        self,
        where: Any,
        text: str,
        *,
        size: float = TEXT,
        bold: bool = False,
        colour: str = "ink",
        before: float = 0,
        after: float = 0,
        right: bool = False,
    ) -> Any:
        """A paragraph; the first of a cell takes the empty one that is there."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Pt, RGBColor

        empty = hasattr(where, "_tc") and len(where.paragraphs) == 1 and not where.tables
        first = empty and not where.paragraphs[0].runs and not where.paragraphs[0].text
        line = where.paragraphs[0] if first else where.add_paragraph()
        run = line.add_run(text)
        run.font.size, run.bold = Pt(size), bold
        run.font.color.rgb = RGBColor.from_string(PALETTE[colour].lstrip("#").upper())
        line.paragraph_format.space_before, line.paragraph_format.space_after = (
            Pt(before),
            Pt(after),
        )
        if right:
            line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        if self.fresh:
            line.paragraph_format.page_break_before = True
            self.fresh = False
        return line

    def next_page(self) -> None:
        """The next paragraph starts a page."""
        self.fresh = True

    def part(self, where: Any, title: str, *, before: float = 6) -> None:
        """The title of a part."""
        line = self.text(where, title, size=PART, bold=True, colour=parts.ACCENT, before=before,
                         after=2.5)  # fmt: skip
        line.paragraph_format.keep_with_next = True

    def items(self, where: Any, texts: Iterable[str], *, size: float = TEXT) -> None:
        """A list with dashes."""
        from docx.shared import Mm

        for text in texts:
            line = self.text(where, f"–\t{text}", size=size, after=0.8)
            line.paragraph_format.left_indent = Mm(3)
            line.paragraph_format.first_line_indent = Mm(-3)
            line.paragraph_format.tab_stops.add_tab_stop(Mm(3))

    def grid(self, where: Any, widths: Sequence[float], rows: int = 1) -> Any:
        """A table without lines, columns of so many millimetres."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.shared import Mm

        table = where.add_table(rows, len(widths))
        table.autofit = False
        margins = OxmlElement("w:tblCellMar")
        for side in ("left", "right"):
            edge = OxmlElement(f"w:{side}")
            edge.set(qn("w:w"), "0")
            edge.set(qn("w:type"), "dxa")
            margins.append(edge)
        table._tbl.tblPr.append(margins)
        for column, width in zip(table.columns, widths, strict=True):
            column.width = Mm(width)
            for cell in column.cells:
                cell.width = Mm(width)
        return table

    def rows(self, table: Table, columns: float | Sequence[float]) -> None:
        """A table of texts; numbers stand to the right, what differs is tinted.

        `columns` are the millimetres of those behind the first: of each, or of all alike.
        """
        if not isinstance(columns, Sequence):
            columns = [columns] * (len(table.head) - 1)
        widths = (WIDTH - sum(columns), *columns)
        grid = self.grid(self.document, widths, 1 + len(table.rows))
        for k, row in enumerate((table.head, *table.rows)):
            for n, (cell, text) in enumerate(zip(grid.rows[k].cells, row, strict=True)):
                self.text(cell, text, size=ROW, bold=not k, colour="ink" if k else "muted",
                          before=0.3, after=0.3, right=n > 0)  # fmt: skip
                _bordered(cell, "bottom", *(("grid", 4) if k else (parts.ACCENT, 8)))
                if k - 1 in table.marked:
                    _shaded(cell)
        if table.more:
            self.text(self.document, table.more, size=ROW, colour="muted", before=1)

    def foot(self, text: str, page: str) -> None:
        """The foot of each page; the number of the page is a field."""
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn
        from docx.shared import Mm

        before, _, after = page.partition("{number}")
        line = self.document.sections[0].footer.paragraphs[0]
        line.style.paragraph_format.tab_stops.clear_all()
        line.paragraph_format.tab_stops.add_tab_stop(Mm(WIDTH), 2)  # to the right
        self._small(line, f"{text}\t{before}")
        field = OxmlElement("w:fldSimple")
        field.set(qn("w:instr"), "PAGE")
        field.append(self._small(line, "1")._r)
        line._p.append(field)
        self._small(line, after)

    def _small(self, line: Any, text: str) -> Any:
        from docx.shared import Pt, RGBColor

        run = line.add_run(text)
        run.font.size = Pt(8)
        run.font.color.rgb = RGBColor.from_string(PALETTE["muted"].lstrip("#").upper())
        return run


def _bordered(cell: Any, side: str, colour: str, width: int) -> None:
    """A line at a side of a cell, in eighths of a point."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = cell._tc.get_or_add_tcPr().find(qn("w:tcBorders"))
    if borders is None:
        borders = OxmlElement("w:tcBorders")
        cell._tc.get_or_add_tcPr().append(borders)
    edge = OxmlElement(f"w:{side}")
    for key, value in (("val", "single"), ("sz", str(width)), ("space", "0"),
                       ("color", PALETTE[colour].lstrip("#"))):  # fmt: skip
        edge.set(qn(f"w:{key}"), value)
    borders.append(edge)


def _shaded(cell: Any) -> None:
    """A tint behind a cell."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", TINT)):
        shade.set(qn(f"w:{key}"), value)
    cell._tc.get_or_add_tcPr().append(shade)


def _first(paper: _Paper, memo: Memo) -> None:
    """The page of the decision."""
    from docx.shared import Mm

    words, body = memo.words, paper.document
    top = paper.grid(body, (WIDTH / 2, WIDTH / 2)).rows[0].cells
    paper.text(top[0], memo.bank, size=12, bold=True, colour=parts.ACCENT, before=4)
    paper.text(top[1], words["title"], size=TITLE, bold=True, right=True, after=2)
    for cell in top:
        _bordered(cell, "bottom", parts.ACCENT, 12)
    paper.text(body, "", size=3)
    head = paper.grid(body, (72, 4, 32, 4, 34, 4, 28), 2)
    fields = ((words["client"], memo.client), (words["type"], memo.kind),
              (words["reference"], memo.reference), (words["date"], memo.date))  # fmt: skip
    for k, (label, value) in enumerate(fields):
        paper.text(head.rows[0].cells[2 * k], label, size=ROW, colour="muted")
        paper.text(head.rows[1].cells[2 * k], value)
        if not value:
            _bordered(head.rows[1].cells[2 * k], "bottom", "muted", 4)
    paper.part(body, words["sections"]["request"])
    paper.text(body, memo.request)
    paper.part(body, words["sections"]["decision"])
    _verdict(paper, memo)
    paper.part(body, words["sections"]["firm"])
    paper.items(body, memo.firm)
    paper.part(body, words["sections"]["repayment"])
    paper.items(body, memo.repayment)
    paper.part(body, words["sections"]["numbers"])
    paper.rows(memo.numbers, (31.0, 31.0, 39.0)[: len(memo.numbers.head) - 1])
    paper.part(body, words["sections"]["figures"])
    cells = paper.grid(body, (WIDTH / 2,) * 2).rows[0].cells
    for cell, figure in zip(cells, memo.figures, strict=False):
        wide, high = figure.get_size_inches()
        room = Mm(min(84, TALLEST * wide / high))
        picture = cell.paragraphs[0].add_run().add_picture(drawn(figure), width=room)
        picture._inline.docPr.set("descr", figure.message)
    paper.part(body, words["sections"]["cannot"])
    paper.items(body, memo.cannot)


def _verdict(paper: _Paper, memo: Memo) -> None:
    """The box with what is recommended and the number that decides it."""
    words, said = memo.words["decision"], memo.decision
    box = paper.grid(paper.document, (3, WIDTH / 2 - 1.5, WIDTH / 2 - 1.5), 3)
    for row in box.rows:
        for cell in row.cells:
            _shaded(cell)
        _bordered(row.cells[0], "left", parts.ACCENT, 24)
    whole = box.rows[0].cells[1].merge(box.rows[0].cells[2])
    paper.text(whole, said.text, size=12, bold=True, before=4, after=3)
    pairs = ((words["number"], said.number, said.label),
             (words["against"], said.against, said.against_label))  # fmt: skip
    for cell, (title, number, label) in zip(box.rows[1].cells[1:], pairs, strict=True):
        paper.text(cell, title, size=ROW, colour="muted")
        paper.text(cell, number, size=11, bold=True)
        paper.text(cell, label, after=4)
    rest = box.rows[2].cells[1].merge(box.rows[2].cells[2])
    paper.items(rest, memo.reasons)
    paper.text(rest, words["by"], size=ROW, colour="muted", before=1, after=3)


def _second(paper: _Paper, memo: Memo) -> None:
    """The page of what stands behind it, and the signatures."""
    words, body = memo.words, paper.document
    titles, half = words["sections"], WIDTH / 2 - 3
    paper.part(body, f"{titles['statement']}: {memo.statement}", before=0)
    paper.rows(memo.lines, min(17.0, 116 / (len(memo.lines.head) - 1)))
    paper.part(body, titles["turns"], before=5)
    paper.rows(memo.turns, (30, 34, 24, 26))
    paper.text(body, memo.turns_note, size=ROW, colour="muted", before=1, after=1.5)
    paper.items(body, memo.risks)
    paper.text(body, "", size=3)
    left, _, right = paper.grid(body, (half, 6, half)).rows[0].cells
    for cell, key, texts in ((left, "covenants", memo.covenants),
                             (right, "conditions", memo.conditions)):  # fmt: skip
        paper.part(cell, titles[key], before=2)
        paper.items(cell, texts)
    if memo.own:
        paper.text(body, memo.own, size=ROW, colour="muted", before=2)
    paper.part(body, titles["changes"], before=5)
    if memo.changes.rows:
        paper.rows(memo.changes, 38.0)
    paper.text(body, memo.changes_note, size=ROW, colour="muted", before=1)
    paper.part(body, titles["checks"], before=4)
    paper.text(body, memo.trace, size=ROW, colour="muted")
    paper.text(body, memo.checks, size=ROW, bold=not memo.sound)
    paper.part(body, titles["signed"], before=5)
    _signed(paper, memo)


def _signed(paper: _Paper, memo: Memo) -> None:
    """A column for each who signs: what is asked for, and a line to write on."""
    words = memo.words["signed"]
    third = (WIDTH - 12) / 3
    widths = (18, third - 18, 6, 18, third - 18, 6, 18, third - 18)
    grid = paper.grid(paper.document, widths, 1 + len(words["lines"]))
    for k, role in enumerate(words["roles"]):
        paper.text(grid.rows[0].cells[3 * k].merge(grid.rows[0].cells[3 * k + 1]), role, bold=True)
        for n, line in enumerate(words["lines"], 1):
            before = 10 if n == len(words["lines"]) else 4
            paper.text(grid.rows[n].cells[3 * k], line, size=ROW, colour="muted", before=before)
            _bordered(grid.rows[n].cells[3 * k + 1], "bottom", "muted", 4)


def drawn(figure: Any) -> io.BytesIO:
    """A figure as PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    file = io.BytesIO()
    with worn():
        canvas: Any = FigureCanvasAgg(figure)  # whose methods have no types
        dots = figure.dpi
        try:
            figure.dpi = DOTS
            canvas.print_png(file, metadata={"Software": None})
        finally:
            figure.dpi = dots
    file.seek(0)
    return file

"""A document for Word: the same blocks, figures as pictures with what they show."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...memo import word as memo_word
from ...palette import PALETTE
from . import paper, source
from .markdown import Block, Runs
from .paper import Paper

#: A font that every office has, and what stands in for its Chinese signs.
FONT, CHINESE = "Arial", "SimSun"
INK, ACCENT = (PALETTE[name].lstrip("#").upper() for name in ("ink", "c1"))
#: Width of the text in millimetres, upright and across; narrowest column of a table.
WIDE, ACROSS, LEAST = 176.0, 263.0, 13.0


def written(sheet: Paper) -> bytes:
    """The file, the same bytes for the same document; ImportError names the missing extra."""
    try:
        import docx
    except ImportError:
        raise ImportError("python-docx is missing: pip install 'casebook[memo]'") from None
    document = docx.Document()
    _Writer(document, sheet).all()
    return memo_word.saved(document, sheet.title, source.words()["author"])


class _Writer:
    """Sets one document from the top."""

    def __init__(self, document: Any, sheet: Paper) -> None:
        from docx.enum.section import WD_ORIENT
        from docx.oxml.ns import qn
        from docx.shared import Mm, Pt, RGBColor

        self.document, self.sheet = document, sheet
        self.wide = ACROSS if sheet.flipped else WIDE
        section = document.sections[0]
        sizes = (Mm(297), Mm(210)) if sheet.flipped else (Mm(210), Mm(297))
        section.page_width, section.page_height = sizes
        if sheet.flipped:
            section.orientation = WD_ORIENT.LANDSCAPE
        section.left_margin = section.right_margin = Mm(17)
        section.top_margin, section.bottom_margin = Mm(15), Mm(16)
        for name in ("Normal", "Title", "Heading 2", "Heading 3"):
            style = document.styles[name]
            style.font.name = FONT
            fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
            for key in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{key}"), None)  # it would win over the name
            fonts.set(qn("w:eastAsia"), CHINESE)
            style.font.color.rgb = RGBColor.from_string(INK if name == "Normal" else ACCENT)
        for name, size, before in (("Normal", 9.5, 0), ("Title", 17, 0), ("Heading 2", 12, 10),
                                   ("Heading 3", 10, 7)):  # fmt: skip
            style = document.styles[name]
            style.font.size = Pt(size)
            style.paragraph_format.space_before = Pt(before)
            style.paragraph_format.space_after = Pt(4)

    def all(self) -> None:
        """The head, the blocks, the foot."""
        self.document.add_paragraph(self.sheet.kicker)
        self.document.add_paragraph(self.sheet.title, style="Title")
        if self.sheet.under:
            self.document.add_paragraph(self.sheet.under)
        self.blocks(self.document, self.sheet.blocks)
        self.document.sections[0].footer.paragraphs[0].text = self.sheet.foot

    def blocks(self, where: Any, blocks: Sequence[Block]) -> None:
        """The blocks, one below the other."""
        for block in blocks:
            match block["k"]:
                case "h":
                    style = "Heading 2" if block["level"] <= 2 else "Heading 3"
                    self.said(where.add_paragraph(style=style), block["runs"])
                case "p":
                    self.said(where.add_paragraph(), block["runs"])
                case "ul" | "ol":
                    self.items(where, block)
                case "table":
                    self.table(where, block)
                case "figure":
                    self.figure(where, block)
                case "box":
                    self.box(where, block)
                case "math":
                    where.add_paragraph(block["text"].strip())
                case "lines":
                    for _ in range(block["count"]):
                        where.add_paragraph("_" * 80)
                case "page":
                    self.document.add_page_break()

    def said(self, line: Any, runs: Runs) -> None:
        """Runs in a paragraph."""
        for run in runs:
            part = line.add_run(run["t"])
            part.bold, part.italic = run.get("b"), run.get("i")

    def items(self, where: Any, block: Block) -> None:
        """A list; numbers are written, so that each list starts with its own."""
        from docx.shared import Mm

        for k, item in enumerate(block["items"], block.get("start", 1)):
            line = where.add_paragraph()
            line.paragraph_format.left_indent = Mm(5)
            line.paragraph_format.first_line_indent = Mm(-5)
            line.paragraph_format.tab_stops.add_tab_stop(Mm(5))
            line.add_run(f"{k}.\t" if block["k"] == "ol" else "–\t")
            if item and item[0]["k"] == "p":
                self.said(line, item[0]["runs"])
            self.blocks(where, item[1:])

    def table(self, where: Any, block: Block) -> None:
        """A table, its title above it."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.shared import Mm, Pt

        if block["title"]:
            line = where.add_paragraph()
            line.add_run(block["title"]).bold = True
            line.paragraph_format.keep_with_next = True
        rows = [block["head"], *block["rows"]]
        grid = where.add_table(len(rows), len(block["head"]))
        grid.style = "Table Grid"
        grid.autofit = False
        for k, row in enumerate(rows):
            for n, (runs, wide) in enumerate(zip(row, self._columns(block), strict=True)):
                cell = grid.rows[k].cells[n]
                cell.width = Mm(wide)
                line = cell.paragraphs[0]
                self.said(line, runs)
                line.paragraph_format.space_after = Pt(1)
                if block["right"][n]:
                    line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                for run in line.runs:
                    run.font.size = Pt(8.5)
                    run.bold = run.bold or k == 0
            if k and block.get("high"):
                grid.rows[k].height = Mm(block["high"])
        where.add_paragraph()

    def _columns(self, block: Block) -> list[float]:
        """The columns in millimetres: a narrow one as its text, the rest by its share."""
        shares = paper.widths(block)
        fixed = [max(LEAST, self.wide / 10) if not share else 0.0 for share in shares]
        total = sum(shares)
        room = max(self.wide - sum(fixed), 0.0)
        return [f or room * s / total for f, s in zip(fixed, shares, strict=True)]

    def figure(self, where: Any, block: Block) -> None:
        """A figure as a picture, with what it shows as its text."""
        from docx.shared import Mm

        room = Mm(self.wide * block["share"])
        drawn = memo_word.drawn(block["picture"].figure)
        shown = where.add_paragraph().add_run().add_picture(drawn, width=room)
        shown._inline.docPr.set("descr", block["picture"].message)

    def box(self, where: Any, block: Block) -> None:
        """A box: a table of one cell."""
        from docx.shared import Mm

        frame = where.add_table(1, 1)
        frame.style = "Table Grid"
        cell = frame.rows[0].cells[0]
        cell.width = Mm(self.wide)
        if block["title"]:
            cell.paragraphs[0].add_run(block["title"]).bold = True
        self.blocks(cell, block["blocks"])
        where.add_paragraph()

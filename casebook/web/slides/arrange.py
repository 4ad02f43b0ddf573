"""Cells to slides, by rules: no cell needs a tag.

- A heading of level 1 to 3 starts a slide. So does an output after another: one slide, one output,
  but a few printed lines stay below their figure, and a long text and a table stand apart. The
  heading is said again. A text goes with the output that follows it, the last text of a section
  with the output before it.
- Code is hidden; the key C shows it. What the page hides (tag hide-output) is left out.
- A <details> or a box that opens (an exercise's solution) is the slide after its question, and
  stands in the speaker's notes of the question.
- A cell of slide type notes is for the speaker, one of slide type skip is not shown.
- What is too long for its slide is set smaller, and scrolls at last (assets/slides.js).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from .myst import plain


def _shown(outputs: Iterable[NotebookNode]) -> str:
    """The HTML of the outputs."""
    return "".join("".join(o.get("data", {}).get("text/html", "")) for o in outputs)


def _kind(outputs: list[NotebookNode]) -> str:
    """What a slide with these outputs is: its layout in assets/slides.css."""
    shown = _shown(outputs)
    for kind, mark in (("explorer", "<casebook-explorer"), ("figure", "cb-figure"),
                       ("table", "<table")):  # fmt: skip
        if mark in shown:
            return kind
    return "print" if outputs else "text"


def _few_lines(outputs: Iterable[NotebookNode]) -> bool:
    """A few printed lines have room below a figure."""
    lines = "".join(o.get("text", "\n" * 99) for o in outputs).splitlines()
    return len(lines) <= 6 and max(map(len, lines)) <= 64


def _long(text: str) -> bool:
    """A text that leaves no room for a table below it."""
    return len(text) > 420 or "\n|" in text or "$$" in text


@dataclass
class Slide:
    """What stands on a slide, and what its speaker says."""

    heading: str
    above: str = ""  # the section that it belongs to
    text: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    outputs: list[NotebookNode] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        """What it shows: explorer, figure, table, print or text."""
        return _kind(self.outputs)

    @property
    def ratio(self) -> float:
        """Width by height of the figure, so that the words take the rest of the slide."""
        sizes = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', _shown(self.outputs))
        return round(float(sizes[1]) / float(sizes[2]), 3) if sizes else 1.0

    def cells(self, *, first: bool) -> Iterable[NotebookNode]:
        """The slide as nbconvert takes it: heading, text, code with its outputs, notes."""
        # a title tells its subject; what stands before the colon tells the reader of the site
        title = re.sub(r"^[^:]+: (.)", lambda m: m[1].upper(), self.heading)
        kind = "title" if first else self.kind
        above = f'<p class="cb-above">{escape(self.above)}</p>\n\n' if self.above else ""
        head = new_markdown_cell(f"{above}{'# ' + title if first else '## ' + self.heading}")
        place = {"kind": kind, "ratio": self.ratio}
        head.metadata = nbformat.from_dict({"slideshow": {"slide_type": "slide"}, **place})
        yield head
        if self.text:
            yield new_markdown_cell("\n\n".join(self.text))
        if self.code or self.outputs:
            yield new_code_cell("\n\n".join(self.code), outputs=self.outputs)
        if self.notes:
            notes = {"slideshow": {"slide_type": "notes"}}
            yield new_markdown_cell("\n\n".join(self.notes), metadata=notes)


#: What a Markdown cell falls into: headings, what opens, and the text between.
_PARTS = re.compile(
    r"^(?P<level>#{1,3}) +(?P<heading>.+?) *$"
    r"|^<details><summary>(?P<summary>.*?)</summary>\s*(?P<hidden>[\s\S]*?)\s*</details>",
    re.M,
)


def arranged(cells: Iterable[NotebookNode]) -> list[Slide]:
    """The slides of a notebook, by the rules above."""
    cells = [c for c in cells if c.metadata.get("slideshow", {}).get("slide_type") != "skip"]
    slides: list[Slide] = []
    section = ""
    waiting: list[str] = []  # code without an output, shown with the next one that has some

    def again() -> Slide:
        return Slide(slides[-1].heading, slides[-1].above)

    for cell, following in zip(cells, [*cells[1:], None], strict=True):
        tags = set(cell.metadata.get("tags", ()))
        if cell.metadata.get("slideshow", {}).get("slide_type") == "notes":
            slides[-1].notes.append(plain(cell.source))
        elif "remove-cell" in tags:
            continue
        elif cell.cell_type == "code":
            outputs = [] if tags & {"hide-output", "remove-output"} else cell.outputs
            code = [] if tags & {"hide-input", "remove-input"} else [cell.source]
            if not outputs:
                waiting += code
                continue
            below = slides[-1].kind == "figure" and _few_lines(outputs)
            full = _kind(outputs) == "table" and _long("\n\n".join(slides[-1].text))
            if (slides[-1].outputs and not below) or full:
                slides.append(again())
            slides[-1].code += waiting + code
            slides[-1].outputs += outputs
            waiting = []
        elif cell.cell_type == "markdown":
            source = plain(cell.source)
            at = 0
            for part in [*_PARTS.finditer(source), None]:
                text = source[at : part.start() if part else None].strip()
                if text:
                    leads = following is not None and following.get("outputs")
                    if slides[-1].outputs and (
                        leads or (slides[-1].kind == "table" and _long(text))
                    ):
                        slides.append(again())
                    slides[-1].text.append(text)
                if part is None:
                    break
                at = part.end()
                if part["heading"]:
                    third = len(part["level"]) == 3
                    section = section if third else part["heading"]
                    slides.append(Slide(part["heading"], section if third else ""))
                else:
                    slides[-1].notes.append(part["hidden"])
                    slides.append(Slide(part["summary"], slides[-1].heading, [part["hidden"]]))
    # a heading that only leads to another one
    return [s for s in slides if s.text or s.outputs]

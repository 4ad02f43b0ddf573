"""Slides from the notebooks: `make slides`.

    python -m casebook.web.slides _build/html

writes slides/<notebook>.html for every notebook into the built site, whose scripts and styles the
slides share. No cell needs a tag; these rules decide:

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
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import SlidesExporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from traitlets.config import Config

from ..words import catalogue, word
from .explorers import explorer_html
from .numbers import number
from .theme import figure_html

ROOT = Path(__file__).resolve().parents[2]
EXPLORER = re.compile(r"<casebook-explorer case='(\w+)'>")

# ---------------------------------------------------------------- MyST to Markdown and HTML

_BOX = re.compile(
    r"^(:{3,}|`{3,})\{([\w:-]+)\}[ ]*(.*)\n((?::[\w-]+:.*\n)*)([\s\S]*?)^\1[ ]*$", re.M
)
_FENCE = re.compile(r"^(`{3,})(.*)\n[\s\S]*?^\1[ ]*$", re.M)
_ROLE = re.compile(r"\{([\w:-]+)\}`([^`]+)`")
_LINK = re.compile(r"\]\((?!\w+:)([^)\s]+)\.(?:md|ipynb)(#[^)]*)?\)")


def plain(source: str) -> str:
    """MyST Markdown in the Markdown and HTML that nbconvert reads.

    A role or a box that is not known here is a ValueError, so that none is shown raw.
    """
    kept: list[str] = []  # listings, which are left as they are

    def keep(match: re.Match[str]) -> str:
        if match[2].startswith("{"):
            return match[0]
        kept.append(match[0])
        return f"\0{len(kept) - 1}\0"

    text = _BOX.sub(_box, _FENCE.sub(keep, source))
    text = _ROLE.sub(_role, text)
    text = _LINK.sub(_link, text)
    return re.sub("\0(\\d+)\0", lambda m: kept[int(m[1])], text)


_BOXES = ("note", "tip", "hint", "important", "warning", "caution", "attention", "seealso")


def _box(match: re.Match[str]) -> str:
    _, kind, title, options, body = match.groups()
    body = _BOX.sub(_box, body).strip()
    if kind == "math":
        return f"$$\n{body}\n$$"
    if kind not in (*_BOXES, "admonition", "dropdown", "exercise", "solution"):
        raise ValueError(f"slides know no directive {kind!r}; allowed: math, {', '.join(_BOXES)}")
    title = title or word(f"slides.{kind}" if kind in catalogue()["slides"] else "slides.note")
    if kind in ("dropdown", "solution") or "dropdown" in options:
        return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>"
    return (
        f'<div class="admonition {kind}"><p class="admonition-title">{title}</p>\n\n'
        f"{body}\n\n</div>"
    )


def _role(match: re.Match[str]) -> str:
    name, text = match.groups()
    if name == "num":
        return number(text)
    if name == "math":
        return f"${text}$"
    if name.partition(":")[0] == "cite":
        return ", ".join(_cited(key.strip(), name) for key in text.split(","))
    if name in ("ref", "numref", "doc", "term", "eq"):
        return re.sub(r"\s*<[^>]*>$", "", text)
    raise ValueError(f"slides know no role {name!r}; allowed: num, math, cite, ref, doc, term, eq")


@cache
def _bibliography() -> Any:
    from pybtex.database import parse_file

    return parse_file(str(ROOT / "book" / "references.bib")).entries


def _cited(key: str, role: str) -> str:
    """Authors and year, as the pages cite: Merton (1974), or Merton, 1974 within brackets."""
    entries = _bibliography()
    if key not in entries:
        raise ValueError(f"no entry {key!r} in book/references.bib")
    entry = entries[key]
    people = entry.persons.get("author") or entry.persons.get("editor") or []
    names = [" ".join((*p.prelast_names, *p.last_names)).strip("{}") for p in people]
    who = f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
    year = entry.fields.get("year", "")
    return f"({who}, {year})" if role == "cite:p" else f"{who} ({year})"


def _link(match: re.Match[str]) -> str:
    """A link to a source file, from slides/: the folders of the site are those of the sources."""
    path = match[1] if "/" in match[1] else f"../notebooks/{match[1]}"
    return f"]({path}.html{match[2] or ''})"


# ---------------------------------------------------------------- cells to slides


def _shown(outputs: Iterable[NotebookNode]) -> str:
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
    heading: str
    above: str = ""  # the section that it belongs to
    text: list[str] = field(default_factory=list)
    code: list[str] = field(default_factory=list)
    outputs: list[NotebookNode] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
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


# ---------------------------------------------------------------- slides to a page

#: Above nbconvert's own template: the styles and scripts of the site, and flat sections.
TEMPLATE = """
{%- extends 'index.html.j2' -%}
{%- set words = resources.words -%}
{%- block header -%}
<!DOCTYPE html>
<html lang="en" data-theme="light">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ nb.metadata.title | e }} – {{ words.slides }}</title>
<link rel="icon" href="../_static/mark.svg">
<link rel="stylesheet" href="../_static/vendor/reveal/reveal.css">
<link rel="stylesheet" href="../_static/pygments.css">
<link rel="stylesheet" href="../_static/casebook.css">
<link rel="stylesheet" href="../_static/slides.css">
{%- if nb.metadata.maths %}
<script>
window.MathJax = {
  tex: { inlineMath: [["$", "$"], ["\\\\(", "\\\\)"]] },
  options: { enableMenu: false },
  chtml: { matchFontHeight: false },
  startup: { elements: [".cb-words"] },
};
</script>
<script defer src="../_static/vendor/mathjax/tex-chtml.js"></script>
{%- endif %}
{%- if nb.metadata.explorer %}
<script defer src="../_static/explorer.js"></script>
{%- endif %}
<script defer src="../_static/vendor/reveal/reveal.js"></script>
<script defer src="../_static/vendor/reveal/notes.js"></script>
<script defer src="../_static/vendor/reveal/zoom.js"></script>
<script defer src="../_static/slides.js"></script>
</head>
{%- endblock header -%}
{%- block body_header %}
<body>
<main class="reveal"><div class="slides">
{%- endblock body_header -%}
{%- block any_cell -%}
{%- if cell.metadata.slide_start %}
<section><div class="cb-slide cb-{{ cell.metadata.kind }}"
  style="--ratio: {{ cell.metadata.ratio }}"><div class="cb-words">
{%- endif -%}
{%- if cell.metadata.slide_type == 'notes' -%}
<aside class="notes">{{ cell.source | markdown2html }}</aside>
{%- elif cell.cell_type == 'markdown' -%}
{{ cell.source | markdown2html }}
{%- else -%}
{%- if cell.source %}<div class="cb-code">{{ cell.source | highlight_code }}</div>{% endif -%}
</div><div class="cb-out">{{ self.outputs() }}
{%- endif -%}
{%- if cell.metadata.slide_end %}</div></div></section>
{%- endif -%}
{%- endblock any_cell -%}
{%- block body_footer %}
</div></main>
<nav class="cb-tools" aria-label="{{ words.tools | e }}">
<a href="../notebooks/{{ resources.metadata.name }}.html">{{ words.page | e }}</a>
<button type="button" data-do="code" aria-pressed="false">{{ words.code | e }}</button>
<button type="button" data-do="dark" aria-pressed="false">{{ words.dark | e }}</button>
<button type="button" data-do="notes">{{ words.notes | e }}</button>
</nav>
</body>
{%- endblock body_footer -%}
{%- block footer %}
</html>
{% endblock footer -%}
"""


def _page_output(output: NotebookNode, static: Path) -> NotebookNode:
    """An output as the pages show it: the figure in the theme's colours, the explorer whole."""
    data = output.get("data", {})
    html = "".join(data.get("text/html", ""))
    if found := EXPLORER.search(html):
        html = explorer_html(found[1], static, "../")
    elif svg := "".join(data.get("image/svg+xml", "")):
        html = figure_html(svg[svg.index("<svg") :])
    if not html:
        return output
    return nbformat.from_dict(output | {"data": {"text/html": html}})


def slides(path: Path, static: Path) -> str:
    """The slides of one notebook, as a page of HTML; `static` as in `explorer_html`."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [_page_output(output, static) for output in cell.outputs]
    found = arranged(notebook.cells)
    notebook.cells = [c for k, s in enumerate(found) for c in s.cells(first=k == 0)]
    notebook.metadata["title"] = found[0].heading
    notebook.metadata["maths"] = any("$" in text for s in found for text in s.text)
    notebook.metadata["explorer"] = any(s.kind == "explorer" for s in found)
    settings = Config()
    settings.SlidesExporter.exclude_input_prompt = True
    settings.SlidesExporter.exclude_output_prompt = True
    settings.SlidesExporter.exclude_anchor_links = True
    exporter = SlidesExporter(config=settings, raw_template=TEMPLATE)
    resources = {"metadata": {"name": path.stem}, "words": catalogue()["slides"]}
    html, _ = exporter.from_notebook_node(notebook, resources)
    return html


def main(site: Path) -> None:
    folder = site / "slides"
    folder.mkdir(exist_ok=True)
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        try:
            html = slides(path, ROOT / "_build" / "static")
        except (KeyError, ValueError) as error:
            sys.exit(f"{path.name}: {error.args[0]}")
        (folder / f"{path.stem}.html").write_text(html, encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

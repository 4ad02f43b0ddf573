"""Slides from the notebooks: `make slides`.

    python -m casebook.web.slides.page _build/html

writes slides/<notebook>.html for every notebook into the built site, whose scripts and styles the
slides share. `arrange` says what makes a slide.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbconvert.exporters import SlidesExporter
from nbformat import NotebookNode
from traitlets.config import Config

from ...words import catalogue
from ..explorer.page import EXPLORER, explorer_html
from ..explorer.theme import figure_html
from ..sphinx import han
from . import arrange

ROOT = Path(__file__).resolve().parents[3]
#: Above nbconvert's own template: the styles and scripts of the site, and flat sections.
TEMPLATE = Path(__file__).with_name("template.html.j2")


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
    shown: NotebookNode = nbformat.from_dict(output | {"data": {"text/html": html}})
    return shown


def slides(path: Path, static: Path) -> str:
    """The slides of one notebook, as a page of HTML; `static` as in `explorer_html`.

    ValueError or KeyError for a role, a box, a number or a source that there is not.
    """
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [_page_output(output, static) for output in cell.outputs]
    found = arrange.arranged(notebook.cells)
    notebook.cells = [c for k, s in enumerate(found) for c in s.cells(first=k == 0)]
    notebook.metadata["title"] = found[0].heading
    notebook.metadata["maths"] = any("$" in text for s in found for text in s.text)
    notebook.metadata["explorer"] = any(s.kind == "explorer" for s in found)
    settings = Config()
    settings.SlidesExporter.exclude_input_prompt = True
    settings.SlidesExporter.exclude_output_prompt = True
    settings.SlidesExporter.exclude_anchor_links = True
    exporter = SlidesExporter(config=settings, raw_template=TEMPLATE.read_text(encoding="utf-8"))
    resources = {"metadata": {"name": path.stem}, "words": catalogue()["slides"]}
    html, _ = exporter.from_notebook_node(notebook, resources)
    return han.marked(html)


def main(site: Path) -> None:
    """The command line: the slides of every notebook, into the folder `slides` of the site."""
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

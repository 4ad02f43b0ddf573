"""Slides from the notebooks and the lectures: parts of the build, a deck each.

The site has slides/<notebook>.html for every notebook and slides/lectures/<lecture>.html for every
lecture; they share its scripts and styles. `arrange` says what makes a slide of a notebook,
`lecture` what one of a lecture.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from ..build import trace
from ..explorer.page import EXPLORER, explorer_html
from ..explorer.theme import figure_html
from ..lectures import script, timing
from . import arrange, lecture
from .export import deck

ROOT = trace.ROOT
STATIC = ROOT / "_build" / "static"


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
    return deck(arrange.arranged(notebook.cells), f"notebooks/{path.stem}.html")


def write(path: Path, folder: Path) -> None:
    """The deck of a notebook or a lecture, in a folder that need not be there."""
    make = slides if path.suffix == ".ipynb" else lecture.slides
    with _told(path):
        html = make(path, STATIC)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{path.stem}.html").write_text(html, encoding="utf-8")


def told(name: str) -> str:
    """What a lecture says of itself elsewhere: its title, what it decides, how long it takes."""
    found = script.read(script.FOLDER / f"{name}.md")
    minutes = timing.timeline(found).duration / 60
    last = found.slides[-1].spoken[-1].source
    asked = lecture.decides(found) or script.plain(last)
    return f"{found.title}\n{asked}\n{minutes:.0f} {found.minutes:.0f}\n"


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What is wrong with a file ends the work, in a line that names the file."""
    try:
        yield
    except (KeyError, ValueError) as error:
        sys.exit(f"{path.name}: {error.args[0]}")

"""Make the notebooks of the Chinese edition: the English cells with Chinese words, run, stored.

    python -m casebook.web.translation.notebooks [NAME …]

zh/notebooks/<name>.toml has the words (see cells.py); beside it stands <name>.ipynb, which the book
shows and a reader opens. The code is that of the English notebook, so nobody edits the second.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import nbformat

from ..build import notebooks
from ..build.trace import REPOSITORY
from . import cells

LANGUAGE = "zh"
FOLDER = REPOSITORY / LANGUAGE / "notebooks"


def written(name: str) -> nbformat.NotebookNode:
    """The notebook with its Chinese cells, not run; KeyError for a text cell that has none."""
    english: nbformat.NotebookNode = nbformat.read(
        REPOSITORY / "notebooks" / f"{name}.ipynb", as_version=4
    )
    words = tomllib.loads((FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    for cell in english.cells:
        texts = words.get(cell.cell_type, {})
        if cell.cell_type == "markdown" or cell.id in texts:
            cell.source = texts[cell.id].strip("\n")
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    first = next(cell for cell in english.cells if cell.cell_type == "code")
    first.source = cells.SETTING + first.source
    return english


def make(name: str) -> None:
    """Write the notebook and run it; its first cell says its language."""
    path = FOLDER / f"{name}.ipynb"
    new = path.with_suffix(".new")
    try:
        nbformat.write(written(name), new)
        notebooks.run(new)
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


def names() -> list[str]:
    """The notebooks that have Chinese words."""
    return sorted(path.stem for path in Path(FOLDER).glob("*.toml"))


if __name__ == "__main__":
    for each in sys.argv[1:] or names():
        make(each)
        print(f"{each}: executed")

"""Run the notebooks and store their outputs: `make notebooks`, after a model or a text changed.

Only what a reader needs is stored: no times, no versions of the machine, no widget state (the
static page has its own explorer). Each cell and each notebook has a time limit, and a notebook
that fails is left as it was.
"""

from __future__ import annotations

import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

#: A cell that runs longer is stopped.
CELL_SECONDS = 60


def run(path: Path) -> None:
    """Execute one notebook in place; a CellExecutionError leaves it as it was."""
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        resources={"metadata": {"path": str(path.parent)}},
        record_timing=False,
        store_widget_state=False,
        coalesce_streams=True,  # what a cell prints is one output, however it came
    )
    client.execute()
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            # a widget exists only while its kernel runs
            output.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
    new = path.with_suffix(".ipynb.new")
    nbformat.write(notebook, new)
    new.replace(path)


if __name__ == "__main__":
    for name in sys.argv[1:]:
        run(Path(name))
        print(f"{name}: executed")

"""The forms of the chapters on strategies: workbooks to fill in, letters and charters to adapt.

Every word of a form stands in data/forms/<strategy>.toml; thresholds and other numbers of the bank
are taken from the models when the files are written, so that a form and its chapter cannot differ.
A workbook has a sheet that says how to fill it in, the sheets themselves, and each of them once
more with an example filled in. Cells to fill in are open; cells with a formula are locked, without
a password. A translation lays files of the same form over those of the book.

`content` reads the words and fills in numbers, `formulas` turns a formula with names into one with
addresses, `layout` says where everything stands, `sheets` writes a workbook; the last needs the
package openpyxl (`pip install casebook[forms]`).

>>> from casebook import forms
>>> "classification" in forms.STRATEGIES
True
>>> book = forms.workbook("classification", "service")
>>> book.title
'Service levels by class'
"""

from __future__ import annotations

from pathlib import Path

from . import content, layout, sheets
from .content import STRATEGIES
from .layout import Workbook

__all__ = ["STRATEGIES", "Workbook", "names", "workbook", "write", "write_all"]


def names(strategy: str) -> dict[str, str]:
    """The forms of a strategy: name -> the file that it is written to."""
    return {
        name: f"{name}.{'xlsx' if 'sheets' in form else 'md'}"
        for name, form in content.forms(strategy).items()
    }


def workbook(strategy: str, name: str, over: Path | None = None) -> Workbook:
    """Where everything of a workbook stands: its sheets, their cells, formulas and examples.

    over: a folder with files of the same names whose words replace those of the book. KeyError
    names the forms there are.
    """
    found = content.forms(strategy, over)
    if name not in found or "sheets" not in found[name]:
        allowed = ", ".join(k for k, form in found.items() if "sheets" in form)
        raise KeyError(f"{strategy}: no workbook {name!r}; allowed: {allowed}")
    return layout.workbook(found[name], content.common(over))


def write_all(target: Path, over: Path | None = None) -> list[Path]:
    """Write every form to target/<strategy>/; the files written.

    ImportError names the extra that is missing. over: as for `workbook`.
    """
    return [path for name in STRATEGIES for path in write(name, target / name, over)]


def write(strategy: str, folder: Path, over: Path | None = None) -> list[Path]:
    """Write the forms of one strategy into `folder`; see `write_all`."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, form in content.forms(strategy, over).items():
        if "sheets" in form:
            file = folder / f"{name}.xlsx"
            sheets.write(layout.workbook(form, content.common(over)), file)
        else:
            file = folder / f"{name}.md"
            file.write_text(content.letter(form), encoding="utf-8")
        written.append(file)
    return written


def __dir__() -> list[str]:
    """The names that a reader calls."""
    return sorted(__all__)

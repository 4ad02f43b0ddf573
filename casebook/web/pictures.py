"""Figures as pages, slides and lectures show them, each drawn once for a build.

    drawn("problem", "squeeze")      a figure of the base case, in both forms, with its numbers
    keep("problem", FOLDER)          draws all of a model, for the processes of one build

A figure stands on a page, in a deck and in a lecture, and pages are made in many processes: what
`keep` left where the variable KEPT says is taken from there, and the rest is drawn. Matplotlib is
loaded only then: most pages are made without it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ..models import MODELS, model
from ..numbers import base, realised
from ..shape import SingleRun

if TYPE_CHECKING:
    from ..figures import Picture

#: The variable that names a folder with figures that `keep` drew, and is sure of them.
KEPT = "CASEBOOK_PICTURES"
#: The charts of the book as a whole.
BOOK = "casebook.typology.charts"


class Panel(NamedTuple):
    """A panel, as `figures.Table` has it: what its values are, heads of its columns, rows."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Drawn:
    """A figure: its two forms as <svg> elements, and the numbers in it."""

    wide: str
    narrow: str
    table: tuple[Panel, ...]


def drawn(name: str, rest: str) -> Drawn:
    """The figure `rest` of a model's base case, after `epilogue.` of what came, or of the "book".

    KeyError names what there is.
    """
    if (folder := os.environ.get(KEPT)) and (file := Path(folder, name, f"{rest}.json")).is_file():
        there = json.loads(file.read_text(encoding="utf-8"))
        panels = (
            Panel(title, tuple(head), tuple(map(tuple, rows)))
            for title, head, rows in there["table"]
        )
        return Drawn(there["wide"], there["narrow"], tuple(panels))
    return _drawn(name, rest)


def _drawn(name: str, rest: str) -> Drawn:
    """The same, drawn now."""
    wide, narrow = (_picture(name, rest, form) for form in ("wide", "narrow"))
    panels = (Panel(table.title, table.head, table.rows) for table in wide.table())
    return Drawn(wide.svg(), narrow.svg(), tuple(panels))


def keep(name: str, folder: Path) -> None:
    """Draw every figure of a model's base case, or of the "book", into a folder."""
    for rest in _all(name):
        text = json.dumps(asdict(_drawn(name, rest)), ensure_ascii=False)
        (folder / f"{rest}.json").write_text(text, encoding="utf-8")


def _all(name: str) -> Iterable[str]:
    """The names of the figures there are."""
    place = BOOK if name == "book" else f"{MODELS[name]}.charts"
    charts: Iterable[str] = import_module(place).CHARTS
    return charts


def _picture(name: str, rest: str, form: str) -> Picture:
    """One form of a figure; KeyError names what there is."""
    if name == "book":
        charts = import_module(BOOK).CHARTS
        if rest not in charts:
            raise KeyError(f"no picture {rest!r}; allowed: {', '.join(charts)}")
        picture: Picture = charts[rest](None, f"book-{rest}", form)
        return picture
    run, rest = shown(name, rest)
    return model(name).figure(run, rest, form=form)


def shown(name: str, rest: str) -> tuple[SingleRun[Any], str]:
    """The run that a page shows, the base case or what came, and what it shows of it."""
    came = rest.startswith("epilogue.")
    return (realised(name) if came else base(name)), rest.removeprefix("epilogue.")

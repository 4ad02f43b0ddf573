"""Tables of the synthetic bank for pages: its dictionary, its calibration, its assumptions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..typology import decision_tree
from ..words import word, write
from . import record, tables
from .calibration import calibration, words

Exhibits = list[tuple[str, Any]]  # (title, DataFrame)


def dictionary() -> Exhibits:
    """A table for each file: column, type, unit, meaning, when it is known."""
    import pandas as pd

    file = tables.dictionary()
    heads = file["heads"]
    shown = []
    for spec in file["tables"].values():
        rows = {
            name: [column[key] for key in ("type", "unit", "meaning", "known")]
            for name, column in spec["columns"].items()
        }
        columns = [heads[key] for key in ("type", "unit", "meaning", "known")]
        table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
        table.columns.name = heads["column"]
        shown.append((spec["title"], table))
    return shown


def targets() -> Exhibits:
    """What is published, what the bank reaches, and how far that may lie apart."""
    import pandas as pd

    heads, table = words()["heads"], calibration()
    rows = {
        row["target"]: [
            *(write(row[k], "share_fine", with_unit=True) for k in ("published", "reached")),
            *(write(row[k], "share_points_fine") for k in ("distance", "tolerance")),
            f"{row['source']} ({word('published.' + row['status'])})",
        ]
        for _, row in table.iterrows()
    }
    columns = [heads[k] for k in ("published", "reached", "distance", "tolerance", "source")]
    shown = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    shown.columns.name = heads["target"]
    return [(words()["title"], shown)]


def assumptions() -> Exhibits:
    """Every assumption of the bank, with its range and reason."""
    return [(word("assumptions.title"), record.assumptions().table)]


def thresholds() -> Exhibits:
    """Every threshold of the tree of types, with its range and reason."""
    return [(word("assumptions.title"), decision_tree.assumptions().table)]


EXHIBITS: dict[str, Callable[[], Exhibits]] = {
    "dictionary": dictionary,
    "calibration": targets,
    "assumptions": assumptions,
    "thresholds": thresholds,
}

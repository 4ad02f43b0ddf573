"""The numbers of a figure as tables: what is drawn, for those who read and do not look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from . import edges, layout

#: Rows of all tables of one figure; of a longer curve some points are left out.
MOST = 40


@dataclass(frozen=True)
class Table:
    """A panel: what its values are (with their unit), the heads of its columns, and the rows."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def _label(series: edges.Series, space: layout.Space, name: str) -> str:
    """What a series is called: by its key in the legend, else as the axis of its values."""
    same = [key for key in space.keys if key.colour == series.colour]
    kind = "line" if series.kind == "band" else series.kind
    for key in same:
        if key.kind == kind:
            return key.label
    return same[0].label if len(same) == 1 else name


def _thin(places: Sequence[float], most: int) -> list[float]:
    """At most so many of the positions, evenly, the first and the last among them."""
    if len(places) <= most:
        return list(places)
    kept = np.unique(np.linspace(0, len(places) - 1, most).round().astype(int))
    return [places[k] for k in kept]


def _table(ax: Axes, drawn: Sequence[edges.Series], space: layout.Space, most: int) -> Table | None:
    """The table of one panel, None where there is nothing to tell."""
    x_name, y_name = " ".join(ax.get_xlabel().split()), space.name
    at_name, name = (y_name, x_name) if space.across else (x_name, y_name)
    times, at_times = layout.factor(name), layout.factor(at_name)
    columns: dict[str, dict[float, str]] = {}
    levels = [s for s in drawn if s.kind == "line" and s.at.size == 2 and np.ptp(s.value) == 0]
    for series in (s for s in drawn if s not in levels):
        column = columns.setdefault(_label(series, space, name), {})
        shown = series.value if series.shown is None else series.shown
        for at, value in zip(series.at.tolist(), shown.tolist(), strict=True):
            if np.isfinite(at) and np.isfinite(value):
                text = edges.short(value * times)
                known = column.get(round(at, 6))
                column[round(at, 6)] = text if known in (None, text) else f"{known}; {text}"
    names = space.places
    places = sorted({at for column in columns.values() for at in column})
    for series in levels:  # a line for comparison has its value at every position
        text = edges.short(float(series.value[0]) * times)
        columns[_label(series, space, name)] = dict.fromkeys(places or series.at.tolist(), text)
    places = places or sorted({at for column in columns.values() for at in column})
    single = {at for column in columns.values() if len(column) <= 3 for at in column}
    kept = set(_thin(places, max(most - len(single), 2))) | single
    rows = tuple(
        (names.get(at, edges.short(at * at_times)),
         *(column.get(at, "") for column in columns.values()))
        for at in places if at in kept
    )  # fmt: skip
    return Table(name, (at_name, *columns), rows[:most]) if rows else None


def tables(figure: layout.Canvas) -> list[Table]:
    """A table for each panel of a figure that shows numbers, from the top."""
    found = []
    for ax in figure.axes:
        space = layout.space(ax)
        if space.table:
            found.append(space.table)
            continue
        drawn = [s for s in figure.series if s.ax is ax and s.at.size]
        made = _table(ax, drawn, space, MOST // len(figure.axes))
        if made:
            found.append(made)
    return found

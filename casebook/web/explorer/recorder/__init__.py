"""The stand-in for matplotlib in a reader's browser, under its names (`stand_in` puts it there).

The charts and `casebook.figures` are drawn with the few names of matplotlib that they use. A page
would fetch five megabytes for them and wait for their start; this room has just those names and
writes the SVG that matplotlib's would write, part by part: the same parts in the same order, with
the same texts, styles and ids, and places within a fiftieth of a point. A room here is called as
its twin in matplotlib is. What they do not know, no explorer uses: it fails when the explorers are
packed, as an unknown name or argument.

Points are in units of 1/72 inch, upward from the lower left corner of the figure, as matplotlib
has them; only what writes SVG turns them over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

__all__ = ["rcParams", "rc_context"]

#: matplotlib's own settings, as far as they are read here; `casebook.figures.STYLE` goes over them.
rcParams: dict[str, Any] = {
    "axes.labelpad": 4.0,
    "lines.markeredgewidth": 1.0,
    "lines.markersize": 6.0,
    "xtick.major.pad": 3.5,
    "xtick.major.width": 0.8,
    "ytick.major.pad": 3.5,
    "ytick.major.width": 0.8,
}


def __dir__() -> list[str]:
    return sorted(__all__)


@contextmanager
def rc_context(rc: Mapping[Any, Any]) -> Iterator[None]:
    """The settings `rc` for a while."""
    before = dict(rcParams)
    rcParams.update(rc)
    try:
        yield
    finally:
        rcParams.clear()
        rcParams.update(before)

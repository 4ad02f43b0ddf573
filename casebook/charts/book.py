"""Pictures of the book as a whole, drawn from the catalogue of words and no model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.patches import Ellipse, FancyArrowPatch

from ..figures import PALETTE, Chart, message
from ..words import catalogue

#: Where a type stands: how much the client needs this bank (across), what the relationship is
#: worth to the bank over the years (up); both from 0 to 10, by judgement. And its colour.
PLACES = {
    "strategic": (3.0, 8.6, "c1"),
    "transactional": (1.7, 4.9, "c6"),
    "growth": (8.1, 6.9, "c3"),
    "problem": (7.6, 3.3, "c2"),
    "terminated": (3.4, 1.1, "c4"),
}
#: From, to, bend of the arrow.
PATHS = (
    ("transactional", "strategic", -0.25),
    ("growth", "strategic", 0.2),
    ("growth", "problem", -0.2),
    ("strategic", "problem", -0.12),
    ("transactional", "problem", -0.1),
    ("problem", "transactional", -0.18),
    ("problem", "terminated", -0.2),
    ("growth", "terminated", 0.12),
)
WIDTH, HEIGHT = 3.1, 1.35


def _frame(panels: Sequence[Axes], data: Any) -> None:
    words = catalogue()["types"]
    (ax,) = panels
    ax.set_xlim(0, 10)
    ax.set_ylim(0, 10)
    ax.grid(False)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_xlabel(words["need"] + " →", loc="right")
    ax.set_ylabel(words["worth"] + " →", loc="top")


def _draw(panels: Sequence[Axes], data: Any) -> None:
    words = catalogue()["types"]
    (ax,) = panels
    ends = {}
    for name, (x, y, colour) in PLACES.items():
        ends[name] = Ellipse(
            (x, y), WIDTH, HEIGHT, facecolor=PALETTE["paper"], edgecolor=PALETTE[colour], lw=2.2
        )
    for start, end, bend in PATHS:
        arrow = FancyArrowPatch(
            PLACES[start][:2],
            PLACES[end][:2],
            connectionstyle=f"arc3,rad={bend}",
            arrowstyle="-|>,head_length=5,head_width=2.6",
            patchA=ends[start],
            patchB=ends[end],
            shrinkA=2,
            shrinkB=2,
            color=PALETTE["muted"],
            lw=1.3,
        )
        ax.add_patch(arrow)
    for name, (x, y, _) in PLACES.items():
        ax.add_patch(ends[name])
        ax.text(x, y, words[name], ha="center", va="center", fontsize=9.5, weight="bold")
    message(ax, words["title"])


CHARTS = {"types": Chart("types", _frame, _draw, (3.6,))}

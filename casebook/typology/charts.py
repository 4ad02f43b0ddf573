"""Pictures of the book as a whole, drawn from the catalogue of words and from the tree of types."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Ellipse, FancyArrowPatch, FancyBboxPatch

from .. import letters
from ..figures import PALETTE, Chart, Gallery, layout, message, tabulated
from ..words import catalogue, joined
from .decision_tree import Node, tree

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


def _size(ax: Axes, size: float) -> float:
    """Letters of this size in the form of the figure."""
    return layout.form(ax).letters(size)


def _frame(panels: Sequence[Axes], data: Any) -> None:
    words = catalogue()["types"]
    (ax,) = panels
    ax.set_xlim(0, 10)
    ax.set_ylim(0, 10)
    ax.grid(False)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_xlabel(words["need"] + " →", loc="right")
    ax.set_ylabel(words["worth"] + " →", loc="top", fontsize=layout.form(ax).text)


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
        ax.text(x, y, words[name], ha="center", va="center", weight="bold",
                fontsize=_size(ax, 9.5))  # fmt: skip
    becomes = {name: [words[end] for start, end, _ in PATHS if start == name] for name in PLACES}
    tabulated(
        ax, ["", words["need"], words["worth"], words["becomes"]],
        [[words[k], f"{x:g}", f"{y:g}", joined(becomes[k])] for k, (x, y, _) in PLACES.items()],
    )  # fmt: skip
    message(ax, words["title"])


# ------------------------------------------------------------ the tree of types

#: Colour of a type, as in the other picture.
_COLOUR = {name: place[2] for name, place in PLACES.items()}
_LEFT, _RIGHT, _TYPES = 0.75, 6.65, 8.6  # edges of a question, middle of a type
_DOWN = 3.4  # where the way down leaves a question
_TALL = 0.72  # of a question, in rows


def _layout(nodes: Mapping[str, Node]) -> dict[str, float]:
    """Type -> its row: the middle of the questions that lead to it sideways, or below the last."""
    rows = {name: y for y, name in enumerate(nodes)}
    last = list(nodes)[-1]
    sideways: dict[str, list[int]] = {}
    for name, node in nodes.items():
        for answer, goal in (("yes", node.yes), ("no", node.no)):
            if goal not in nodes and not (name == last and answer == "yes"):
                sideways.setdefault(goal, []).append(rows[name])
    places = {goal: float(np.mean(ys)) for goal, ys in sideways.items()}
    places.setdefault(nodes[last].yes, float(len(nodes)))
    return places


def _tree_frame(panels: Sequence[Axes], data: Any) -> None:
    (ax,) = panels
    ax.set_position((0.02, 0.035, 0.96, 0.85))
    ax.set_xlim(0, 10)
    ax.set_ylim(len(tree()) + 0.45, -0.5)
    ax.grid(False)
    ax.set_xticks([])
    ax.set_yticks([])
    for spine in ax.spines.values():
        spine.set_visible(False)
    ax.set_xlabel(catalogue()["tree"]["axis"], loc="right")


def _arrow(
    ax: Axes, points: Sequence[tuple[float, float]], answer: str, at: tuple[float, float]
) -> None:
    """A way along `points`, with an arrow at its end; the answer that it stands for is at `at`."""
    xs, ys = zip(*points[:-1], strict=True)
    ax.plot(xs, ys, color=PALETTE["muted"], lw=1.1, solid_joinstyle="round")
    ax.annotate(
        "",
        points[-1],
        points[-2],
        arrowprops={
            "arrowstyle": "-|>,head_length=0.4,head_width=0.18",
            "color": PALETTE["muted"],
            "lw": 1.1,
            "shrinkA": 0,
            "shrinkB": 1,
        },
    )
    ax.text(*at, catalogue()[answer], fontsize=_size(ax, 8), color=PALETTE["muted"], va="center")


def _arrows(
    ax: Axes, nodes: Mapping[str, Node], rows: Mapping[str, float], types: Mapping[str, float]
) -> None:
    """From each question to what its answers lead to; `rows` and `types`: name -> row."""
    for name, node in nodes.items():
        y = rows[name]
        for answer, goal in (("yes", node.yes), ("no", node.no)):
            if goal in rows and rows[goal] == y + 1:
                top, foot = y + _TALL / 2, y + 1 - _TALL / 2
                at = (_DOWN + 0.15, (top + foot) / 2)
                _arrow(ax, [(_DOWN, top), (_DOWN, foot)], answer, at)
            elif goal in rows:  # further down: along the left edge
                rail = 0.3
                path = [(_LEFT, y), (rail, y), (rail, rows[goal]), (_LEFT, rows[goal])]
                _arrow(ax, path, answer, (rail + 0.06, y - 0.22))
            elif types[goal] == len(nodes):  # the type below the last question
                path = [(_DOWN, y + _TALL / 2), (_DOWN, types[goal] - 0.34)]
                _arrow(ax, path, answer, (3.55, y + 0.5))
            else:
                side = _TYPES - 1.22
                bend = side - 0.22
                path = [(_RIGHT, y), (bend, y), (bend, types[goal]), (side, types[goal])]
                _arrow(ax, path, answer, (_RIGHT + 0.08, y - 0.2))


def _tree_draw(panels: Sequence[Axes], data: Any) -> None:
    (ax,) = panels
    words, names = catalogue(), catalogue()["types"]
    nodes = tree()
    rows: dict[str, float] = {name: y for y, name in enumerate(nodes)}
    types = _layout(nodes)
    _arrows(ax, nodes, rows, types)
    for name, node in nodes.items():
        y = rows[name]
        ax.add_patch(
            FancyBboxPatch(
                (_LEFT, y - _TALL / 2),
                _RIGHT - _LEFT,
                _TALL,
                boxstyle="round,pad=0,rounding_size=0.12",
                facecolor=PALETTE["paper"],
                edgecolor=PALETTE["muted"],
                lw=1,
            )
        )
        room = (_RIGHT - _LEFT) / 10 * ax.get_position().width * layout.form(ax).width - 8
        text = "\n".join(letters.wrap(node.question, room, _size(ax, 8.5)))
        ax.text((_LEFT + _RIGHT) / 2, y, text, ha="center", va="center", fontsize=_size(ax, 8.5),
                linespacing=layout.SPACING)  # fmt: skip
    for goal, y in types.items():
        x = _DOWN if y == len(nodes) else _TYPES
        ax.add_patch(
            Ellipse((x, y), 2.5, 0.68, facecolor=PALETTE["paper"], edgecolor=PALETTE[_COLOUR[goal]],
                    lw=2.2)
        )  # fmt: skip
        ax.text(x, y, names[goal], ha="center", va="center", weight="bold",
                fontsize=_size(ax, 9.5))  # fmt: skip
    number = {name: f"{k}" for k, name in enumerate(nodes, 1)}
    goals = number | {goal: names[goal] for goal in types}
    tabulated(
        ax, ["", words["yes"], words["no"]],
        [[f"{number[k]}. {n.question}", goals[n.yes], goals[n.no]] for k, n in nodes.items()],
    )  # fmt: skip
    message(ax, words["tree"]["title"])


CHARTS = Gallery(
    {
        "types": Chart("types", _frame, _draw, (3.6,)),
        "tree": Chart("tree", _tree_frame, _tree_draw, (6.6,)),
    }
)

"""The five types by rules: a tree of questions that a bank can answer from its own files.

The tree is data (data/portfolio/typology.toml), so that the page that draws it and the code that
follows it cannot differ. `walk` follows it for many clients at once and keeps apart what is not
known; `classify` takes a missing figure for a no, as the pages of the book do.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..shape import Record, load
from .types_of_client import TYPES

_TESTS = {">=": np.greater_equal, "<=": np.less_equal, "is": np.equal}
#: The answers to a question.
NO, YES, UNKNOWN = 0, 1, 2


@dataclass(frozen=True)
class Typology(Record):
    """The thresholds of the tree; data/portfolio/typology.toml gives unit, range and reason."""

    days_late: int
    signals_lit: int
    pd_high: float
    growth_high: float
    dependence_high: float
    years_young: float
    wallet_high: float
    products_many: int
    volume_large: float
    pd_sound: float


@dataclass(frozen=True)
class Node:
    """A question of the tree. `yes` and `no` name another node or one of the five types.

    `column` of the clients' table is compared by `test` with the assumption named `threshold` (a
    yes-or-no column has the test "is" and no threshold). `question` is as a reader sees it.
    """

    name: str
    question: str
    column: str
    test: str
    threshold: str | None
    yes: str
    no: str


def assumptions(path: str | Path | None = None) -> Typology:
    """The thresholds of the book, or your own file of the same form (see data/README.md)."""
    return load(Typology, "typology", path, folder="portfolio")


def tree(a: Typology | None = None) -> dict[str, Node]:
    """Name -> node, the root first; questions with the thresholds of `a` written out.

    a: those of the book if left out.
    """
    a = a or assumptions()
    nodes = {}
    for name, spec in a.spec.words["tree"]["nodes"].items():
        threshold = spec.get("threshold")
        shown = a.spec.assumptions[threshold].write(getattr(a, threshold)) if threshold else ""
        nodes[name] = Node(
            name,
            spec["question"].format(threshold=shown),
            spec["column"],
            spec["test"],
            threshold,
            spec["yes"],
            spec["no"],
        )
    root = a.spec.words["tree"]["root"]
    return {root: nodes[root]} | nodes


def columns() -> tuple[str, ...]:
    """The columns that `classify` asks for."""
    return tuple(dict.fromkeys(node.column for node in tree().values()))


@dataclass(frozen=True)
class Route:
    """A way from the root to a type: `steps` are its questions by name, each with its answer."""

    steps: tuple[tuple[str, bool], ...]
    kind: str
    text: str


@dataclass(frozen=True)
class Walk:
    """Where clients come to, each (client,).

    could: bit k is set if the client may be TYPES[k]; one bit if the type is sure. route: number of
    the way in `routes` that says no to every question without a figure. asked: bit k is set if
    question k, in the order of `tree`, has no figure and its answer changes what the client may be.
    """

    could: NDArray[np.uint8]
    route: NDArray[np.int16]
    asked: NDArray[np.uint16]


def answers(clients: Mapping[str, Any], a: Typology | None = None) -> NDArray[np.int8]:
    """NO, YES or UNKNOWN (the figure is missing, NaN) to each question: (question, client).

    clients: as for `classify`. Questions are in the order of `tree`. KeyError for a missing column.
    """
    a = a or assumptions()
    nodes = tree(a)
    missing = [node.column for node in nodes.values() if node.column not in clients]
    if missing:
        raise KeyError(f"clients: column {missing[0]!r} is missing; needed: {', '.join(columns())}")
    rows = []
    for node in nodes.values():
        value = np.atleast_1d(np.asarray(clients[node.column], float))
        said = _TESTS[node.test](value, _limit(node, a)).astype(np.int8)
        said[np.isnan(value)] = UNKNOWN
        rows.append(said)
    return np.stack(rows)


def routes(a: Typology | None = None) -> tuple[Route, ...]:
    """All ways through the tree, in the order of their numbers."""
    a = a or assumptions()
    nodes, words = tree(a), a.spec.words["reasons"]
    found = []

    def down(name: str, steps: tuple[tuple[str, bool], ...]) -> None:
        if name in TYPES:
            text = " ".join(
                words["step"].format(
                    question=nodes[q].question, answer=words["yes" if yes else "no"]
                )
                for q, yes in steps
            )
            found.append(Route(steps, name, text))
            return
        for yes in (True, False):
            down(nodes[name].yes if yes else nodes[name].no, (*steps, (name, yes)))

    down(next(iter(nodes)), ())
    return tuple(found)


def walk(given: NDArray[np.int8], a: Typology | None = None) -> Walk:
    """The ways that agree with the answers `given`, (question, client) as `answers` has them.

    A missing figure is not a no: every way is followed that some value of the missing figures
    would open. One value cannot be both above and below: two questions about it agree.
    """
    a = a or assumptions()
    nodes = tree(a)
    order = {name: k for k, name in enumerate(nodes)}
    size = given.shape[1]
    route, asked = np.zeros(size, np.int16), np.zeros(size, np.uint16)
    number = iter(range(2 ** len(nodes)))

    def down(name: str, here: NDArray[np.bool_], steps: tuple[tuple[Node, bool], ...]) -> Any:
        if name in TYPES:
            route[here] = next(number)  # of several ways the last: no to what is missing
            return here.astype(np.uint8) << np.uint8(TYPES.index(name))
        node, said = nodes[name], given[order[name]]
        unknown = said == UNKNOWN
        could = []
        for yes in (True, False):
            there = here & (said != (NO if yes else YES))
            then = (*steps, (node, yes))
            if not _possible(tuple(s for s in then if s[0].column == node.column), a):
                there &= ~unknown
            could.append(down(node.yes if yes else node.no, there, then))
        opens = here & unknown & (could[0] != could[1])
        asked[opens] |= np.uint16(1 << order[name])
        return could[0] | could[1]

    could = down(next(iter(nodes)), np.ones(size, np.bool_), ())
    return Walk(could, route, asked)


def _limit(node: Node, a: Typology) -> float:
    """What the column of a question is compared with."""
    return float(getattr(a, node.threshold)) if node.threshold else 1.0


def _possible(steps: tuple[tuple[Node, bool], ...], a: Typology) -> bool:
    """Whether one value of a column can give all these answers to questions about it."""
    limits = np.array([_limit(node, a) for node, _ in steps])
    tried = np.concatenate([limits, np.nextafter(limits, np.inf), np.nextafter(limits, -np.inf)])
    fits = [_TESTS[node.test](tried, _limit(node, a)) == yes for node, yes in steps]
    return bool(np.all(fits, axis=0).any())


def classify(
    clients: Mapping[str, Any], a: Typology | None = None
) -> tuple[NDArray[np.str_], list[str]]:
    """The type of each client and the path that led to it.

    clients: a DataFrame or a mapping with the `columns` of the tree, each (client,): days past due,
    PD and shares as decimals, the limit in CNY million, years, truth values for `ended_or_default`
    (`of_snapshot` makes that one). NaN is a question answered with no; `walk` has what is sure.
    Returns names of types (client,) and, for each client, its questions with their answers.
    KeyError for a missing column.
    """
    a = a or assumptions()
    given = answers(clients, a)
    given[given == UNKNOWN] = NO
    ways = routes(a)
    route = walk(given, a).route
    found = np.array([way.kind for way in ways], dtype="<U13")[route]
    return found, [ways[k].text for k in route.tolist()]


def of_snapshot(snapshot: Any, a: Typology | None = None) -> Any:
    """A snapshot of the book with the columns `type` and `why` added: a new DataFrame (client,).

    snapshot: as casebook.bank.tables.snapshot gives it; KeyError for a missing column.
    """
    table = snapshot.copy()
    table["ended_or_default"] = table["ended"] | (table["rating"] == "D")
    table["type"], table["why"] = classify(table, a)
    return table

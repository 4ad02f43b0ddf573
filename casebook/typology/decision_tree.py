"""The five types by rules: a tree of questions that a bank can answer from its own files.

The tree is data (data/portfolio/typology.toml), so that the page that draws it and the code that
follows it cannot differ. `classify` walks it for many clients at once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..shape import Record, load
from .types_of_client import TRANSACTIONAL, TYPES

_TESTS = {">=": np.greater_equal, "<=": np.less_equal, "is": np.equal}


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


def classify(
    clients: Mapping[str, Any], a: Typology | None = None
) -> tuple[NDArray[np.str_], list[str]]:
    """The type of each client and the path that led to it.

    clients: a DataFrame or a mapping with the `columns` of the tree, each (client,): days past due,
    PD and shares as decimals, the limit in CNY million, years, truth values for `ended_or_default`
    (`of_snapshot` makes that one). NaN is a question answered with no. Returns names of types
    (client,) and, for each client, its questions with their answers. KeyError for a missing column.
    """
    a = a or assumptions()
    nodes, words = tree(a), a.spec.words["reasons"]
    missing = [node.column for node in nodes.values() if node.column not in clients]
    if missing:
        raise KeyError(f"clients: column {missing[0]!r} is missing; needed: {', '.join(columns())}")
    answers = {}
    for name, node in nodes.items():
        value = np.atleast_1d(np.asarray(clients[node.column], float))
        limit = float(getattr(a, node.threshold)) if node.threshold else 1.0
        answers[name] = _TESTS[node.test](value, limit) & ~np.isnan(value)
    root = next(iter(nodes))
    size = len(answers[root])
    found = np.full(size, TYPES[TRANSACTIONAL], dtype="<U13")
    reason = np.full(size, "", dtype=object)
    waiting = [(root, np.arange(size), "")]
    while waiting:
        name, who, path = waiting.pop()
        if name in TYPES:
            found[who], reason[who] = name, path
            continue
        node, yes = nodes[name], answers[name][who]
        for answer, goes, then in ((True, node.yes, yes), (False, node.no, ~yes)):
            if then.any():
                said = words["yes" if answer else "no"]
                step = words["step"].format(question=node.question, answer=said)
                waiting.append((goes, who[then], f"{path} {step}".strip()))
    return found, reason.tolist()


def of_snapshot(snapshot: Any, a: Typology | None = None) -> Any:
    """A snapshot of the book with the columns `type` and `why` added: a new DataFrame (client,).

    snapshot: as casebook.bank.tables.snapshot gives it; KeyError for a missing column.
    """
    table = snapshot.copy()
    table["ended_or_default"] = table["ended"] | (table["rating"] == "D")
    table["type"], table["why"] = classify(table, a)
    return table

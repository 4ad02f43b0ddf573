"""The five types of client, and the rules by which a bank tells which type a client is.

A type is what the relationship is to the bank: strategic, transactional, growth, problem or
terminated. A tree of questions that a bank can answer from its own files leads to one of them:
Has the contract ended? Are payments late, are signals lit? Is the firm young, does it grow and
need this bank? Does it give the bank many products and a large share of its business? The questions
and their thresholds are data (data/portfolio/typology.toml), so that the page that draws the tree
and the code that follows it cannot differ. The types are mixtures: the true type of the synthetic
bank's clients is found more often than by chance, and not always.

A figure that a bank does not have is not a no: `walk` says what the client could be, and which
question to ask.

`types_of_client` names them, `decision_tree` holds the questions, `clients` puts the five clients
of the cases through it at moments of their story, `charts` draws the types and the tree.

>>> from casebook import typology
>>> firm = {
...     "ended_or_default": False, "days_past_due": 0, "signals": 0, "pd": 0.008, "exposure": 80.0,
...     "wallet_share": 0.5, "products": 4, "sales_growth": 0.05, "years": 4.0, "bank_share": 0.4,
... }
>>> kinds, why = typology.classify(firm)
>>> str(kinds[0])
'strategic'
>>> a = typology.assumptions()
>>> str(typology.classify(firm | {"signals": 2}, a.replace(signals_lit=2))[0][0])
'problem'
"""

from .decision_tree import (
    NO,
    UNKNOWN,
    YES,
    Node,
    Route,
    Typology,
    Walk,
    answers,
    assumptions,
    classify,
    columns,
    of_snapshot,
    routes,
    tree,
    walk,
)
from .types_of_client import GROWTH, PROBLEM, STRATEGIC, TERMINATED, TRANSACTIONAL, TYPES

__all__ = [
    "GROWTH",
    "NO",
    "PROBLEM",
    "STRATEGIC",
    "TERMINATED",
    "TRANSACTIONAL",
    "TYPES",
    "UNKNOWN",
    "YES",
    "Node",
    "Route",
    "Typology",
    "Walk",
    "answers",
    "assumptions",
    "classify",
    "columns",
    "of_snapshot",
    "routes",
    "tree",
    "walk",
]


def __dir__() -> list[str]:
    """The names that a reader calls."""
    return sorted(__all__)

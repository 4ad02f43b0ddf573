"""Tools on the client database: whom to visit about what, a score with reasons, and its drift.

Two halves, as in `early_warning`. The first fits, on what was known, and writes small tables
(`learning`, which puts them into data/models/tools.toml). The second decides on them: is a tool
worth its cost, against a manager's list by volume and against no list? numpy only.

    next product   chance that a client buys a product within twelve months: a logistic regression
                   on sector x product and what is known of the client; folds as in early warning
    list           the clients whose visits are doubled for a year: the largest (by limit), or those
                   with most expected income, sum over products of chance x limit
    uplift         how much more clients buy whose visits are doubled: sales of the trial's clients,
                   drawn by lot, over those of the others, months 13 to 36
    worth          uplift x income of the products that the list's clients bought in the test, each
                   paying its yearly income for as long as the client stays, less hours and cost
    scorecard      logistic regression on weights of evidence: points = factor x (-b x WoE) + ...
    drift          population stability index: sum (p - q) ln(p / q) over ten bands of the score

>>> from casebook.strategies import tools
>>> a = tools.assumptions()
>>> r = tools.simulate(a)
>>> r.alternative("volume").written("gain_year"), r.alternative("tool").written("gain_year")
('CNY 0.26 million', 'CNY −2.26 million')
>>> enough = tools.simulate(a.replace(hours_saved=8.0))  # hours a week of each manager
>>> enough.alternative("tool").metrics["over_volume"] > 0
True
"""

from ...bank import PRODUCTS
from .ladders import Tables, break_even_hours, ladder, length, saving, stock, tables
from .learning import fitted
from .questions import FIGURES, drift, ensemble, explorer, figure, findings, gains, hits, trial, why
from .recommending import Book, book, design, lottery, next_product, rivals, talks
from .record import ALTERNATIVES, FOLDS, LISTS, SCORED, Tools, assumptions
from .run import sample, simulate
from .scoring import Card, bands, bins, payers, reasons, said, score, scorecard, shares, stability

__all__ = [
    "ALTERNATIVES",
    "FIGURES",
    "FOLDS",
    "LISTS",
    "PRODUCTS",
    "SCORED",
    "Book",
    "Card",
    "Tables",
    "Tools",
    "assumptions",
    "bands",
    "bins",
    "book",
    "break_even_hours",
    "design",
    "drift",
    "ensemble",
    "explorer",
    "figure",
    "findings",
    "fitted",
    "gains",
    "hits",
    "ladder",
    "length",
    "lottery",
    "next_product",
    "payers",
    "reasons",
    "rivals",
    "said",
    "sample",
    "saving",
    "score",
    "scorecard",
    "shares",
    "simulate",
    "stability",
    "stock",
    "tables",
    "talks",
    "trial",
    "why",
]


def __dir__() -> list[str]:
    """What a reader calls."""
    return sorted(__all__)

"""Which service for which client: a rule, two trained models and the truth, compared in money.

The bank serves every client alike, or by class: strategic, transactional, growth, problem, each
with its hours and its attention. A class is given by the tree of the types (`typology`), or by a
model that has learnt from clients whose type a costly review has found.

    fit        features of month 36, labels of the clients drawn for review; scikit-learn. Kept are
               the chances that each model gives to clients it has not learnt from, a year later
    service    value of a client of type i at level j, a year, before tax:
                   - lost_ij x mistake x income - hours_j x cost of an hour
                   + saved x PD x LGD x EAD, if i and j are both problem
    decision   the level of the most likely type, or that of the best expected value
    gain       value less that of the same service for all; a bootstrap over clients gives the band
Money in CNY million. Clients in default or gone are known and not part of it.
`python -m casebook.strategies classification` fits again.

>>> from casebook.strategies import classification
>>> a = classification.assumptions()
>>> r = classification.simulate(a)
>>> r.alternative("rule").written("gain"), r.alternative("boosting").written("gain")  # a year
('CNY 5.05 million', 'CNY 4.64 million')
>>> larger = classification.simulate(a.replace(clients=3000)).alternative("logistic")
>>> f"{larger.metrics['over_rule']:.1f} million a year more than the rule"
'0.8 million a year more than the rule'
"""

from .learning import classifiers, features, fit, seen
from .questions import (
    FIGURES,
    confusion,
    doubt,
    ensemble,
    even_cost,
    even_mistake,
    even_size,
    figure,
    findings,
    intervals,
    matrix,
    mixtures,
    needed_chance,
    parts,
    reviews,
)
from .record import LEARNT, LOTTERY, METHODS, REVIEWED, SAME, TRIED, Classification, assumptions
from .run import (
    Tried,
    chosen_levels,
    cost_matrix,
    costs,
    levels,
    lost,
    sample,
    simulate,
    tried,
    worth,
)

__all__ = [
    "FIGURES",
    "LEARNT",
    "LOTTERY",
    "METHODS",
    "REVIEWED",
    "SAME",
    "TRIED",
    "Classification",
    "Tried",
    "assumptions",
    "chosen_levels",
    "classifiers",
    "confusion",
    "cost_matrix",
    "costs",
    "doubt",
    "ensemble",
    "even_cost",
    "even_mistake",
    "even_size",
    "features",
    "figure",
    "findings",
    "fit",
    "intervals",
    "levels",
    "lost",
    "matrix",
    "mixtures",
    "needed_chance",
    "parts",
    "reviews",
    "sample",
    "seen",
    "simulate",
    "tried",
    "worth",
]


def __dir__() -> list[str]:
    """What a reader calls."""
    return sorted(__all__)

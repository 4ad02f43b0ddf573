"""The whole client book over ten years, and what four strategies are worth to it.

Yearly. A client is in one of thirteen states: sound, in trouble, or in workout, each by what it
was (strategic, grown strategic, transactional, growth), or gone. Of the state depend the chances of
the year and all money. Money in CNY million; year 0 is the opening book.

    a year's chances   default, trouble, strategic, transactional, leave; what is left stays
    shared luck        default and trouble given the year's z:  N((G(p) + sqrt(rho) z) /
                       sqrt(1 - rho)), z standard normal, in the recession plus its depth
                       (one-factor model of Vasicek, as in the Basel formula; bad luck is z > 0)
    expected values    E over z of the above is N(G(p) + sqrt(rho) x depth), and the clients of the
                       next year are clients x chances: a single run, exact for the average
    many books         each client draws its own fate, its size and its loss; all sets of strategies
                       meet the same luck, so that a gain is the strategy's and not the dice's
    economic profit    (interest - funding + fees - service - strategies - realised loss)(1 - tax)
                       - hurdle x capital = (RAROC - hurdle) x capital; capital by the Basel formula
What a strategy does is an assumption times a factor: one in the single run, drawn for each book and
strategy within 1 +- its spread in many.

>>> from casebook.strategies import lifecycle
>>> a = lifecycle.assumptions()
>>> r = lifecycle.simulate(a)
>>> r.alternative("early_warning").written("gain"), r.alternative("tools").written("gain")
('CNY 61.0 million', 'CNY −3.5 million')
>>> three = lifecycle.simulate(a.replace(tools="off")).alternative("chosen")
>>> three.written("gain")  # of the three that are funded
'CNY 77.2 million'
"""

from .engines import Course, drawn, expected
from .questions import (
    FIGURES,
    all_sets,
    bands,
    break_even_quality,
    ensemble,
    figure,
    findings,
    gains,
    hours_curve,
    others,
    tornado,
)
from .record import (
    ALTERNATIVES,
    CLASSIFY,
    MAINTAIN,
    OUTCOMES,
    STRATEGIES,
    TROUBLE,
    G,
    Lifecycle,
    S,
    T,
    arrivals,
    assumptions,
    the_bank,
)
from .run import funded_sets, money, sample, simulate, volumes
from .transitions import chances, contact, effects, found, opening, with_luck

__all__ = [
    "ALTERNATIVES",
    "CLASSIFY",
    "FIGURES",
    "MAINTAIN",
    "OUTCOMES",
    "STRATEGIES",
    "TROUBLE",
    "Course",
    "G",
    "Lifecycle",
    "S",
    "T",
    "all_sets",
    "arrivals",
    "assumptions",
    "bands",
    "break_even_quality",
    "chances",
    "contact",
    "drawn",
    "effects",
    "ensemble",
    "expected",
    "figure",
    "findings",
    "found",
    "funded_sets",
    "gains",
    "hours_curve",
    "money",
    "opening",
    "others",
    "sample",
    "simulate",
    "the_bank",
    "tornado",
    "volumes",
    "with_luck",
]


def __dir__() -> list[str]:
    """What a reader calls."""
    return sorted(__all__)

"""Where the hours of the relationship managers go: what they do, estimated, and their best use.

Clients are in groups: the class that the tree of the types gives (what the bank sees) by size, a
third each. h is the hours a year of each client of a group. Problem clients are left out: whether
they stay is no success, and their hours are the business of early warning.

    response    G(h) = mean over spread x of 1 - exp(-h x / eta): a plan of h is more for one
                client and less for another, as it is now
                leaving a year = l0 (1 - rho G(h)),   sales of a product = s0 (1 + xi G(h))
                l0, s0 are such that today's hours give what was seen in each class
    estimates   rho, xi, eta from months 13 to 48: Poisson likelihood of events by hours, a free
                level for each stratum, even priors; kept are draws from the posterior. Three ways:
                naive      strata are classes; clients seen more are compared with those seen less
                adjusted   strata are classes by how often a client was seen in earlier years
                lot        strata are classes; only those drawn by lot are compared with the others
    value       a client's lifetime value over ten years, profit of a year after tax and the hurdle
                on capital, with the income of products sold, less hours (profitability)
    best use    the next hour goes to the group where it adds most, until the budget is used; or
                until an hour no longer pays
    occasions   a visit, tailored service, a seminar: what one a year adds to the lifetime value
                beyond the hours that pay, less its cost; and the least it must do to pay
Money in CNY million, rates a year. `python -m casebook.strategies maintenance` fits again.

>>> from casebook.strategies import maintenance
>>> a = maintenance.assumptions()
>>> r = maintenance.simulate(a)
>>> r.alternative("best").written("gain"), r.alternative("equal").written("gain")  # a year
('CNY 1.47 million', 'CNY −0.27 million')
>>> no_effect = maintenance.simulate(a.replace(effect=0.0))
>>> no_effect.alternative("paying").written("hours_used")  # a year: the floor
'2.0 hours'
"""

from .contact import Seen, World, courses, curve, rates, reached, seen, world
from .learning import fit, likelihood, panel, posterior, strata, truth
from .occasions import OCCASIONS, costs, least
from .questions import (
    FIGURES,
    allocations_of,
    budgets,
    ensemble,
    estimates,
    estimates_and_truth,
    figure,
    findings,
    gains,
    in_truth,
    in_world,
    later,
    marginal,
    raw,
    response,
)
from .record import ALTERNATIVES, CLASSES, ESTIMATES, GRID, STEP, Maintenance, assumptions
from .run import allocations, sample, simulate

__all__ = [
    "ALTERNATIVES",
    "CLASSES",
    "ESTIMATES",
    "FIGURES",
    "GRID",
    "OCCASIONS",
    "STEP",
    "Maintenance",
    "Seen",
    "World",
    "allocations",
    "allocations_of",
    "assumptions",
    "budgets",
    "costs",
    "courses",
    "curve",
    "ensemble",
    "estimates",
    "estimates_and_truth",
    "figure",
    "findings",
    "fit",
    "gains",
    "in_truth",
    "in_world",
    "later",
    "least",
    "likelihood",
    "marginal",
    "panel",
    "posterior",
    "rates",
    "raw",
    "reached",
    "response",
    "sample",
    "seen",
    "simulate",
    "strata",
    "truth",
    "world",
]


def __dir__() -> list[str]:
    """What a reader calls."""
    return sorted(__all__)

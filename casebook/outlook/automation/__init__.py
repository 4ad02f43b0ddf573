"""Outlook, intelligent: which applications a machine decides, which are worth an officer's hour.

A year of applications in classes of amount: class 0 is the desk before it opens, class k = 1 to 8
a loan of `smallest` x 2^(k - 1). Three ways to decide them are the alternatives of one run.

Scores (casebook.outlook.ranking)
    The machine's score x is N(0, 1) for a client who will default and N(d, 1) for one who will not,
    d from its AUC. The officer sees x and finds out y, independent of it, with a separation of its
    own; together they rank with d_both = sqrt(d^2 + d_y^2).
    Worth of a yes, a yuan lent: the margin m if the client is good, minus the loss L if it is bad.
    Odds in money: s(x) = log odds of bad at x + ln(L / m). Say yes where s < 0.
Three ways
    machine   yes where s(x) < 0
    officer   every application: yes where s(x, y) < 0, for the price of the hours
    referral  the officer sees an application where what he may find out is worth more than his
              hours: amount x gain(x) > hours x wage; the machine decides the others
The machine may rank worse than it did when it was checked (`erosion`, points of AUC): the two
groups have moved towards each other, half the way each, and the cut-offs stay where they were.
The officer's own findings are not eroded.

A year of referral, of the machine alone, and of referral at twice the wage:

>>> from casebook.outlook import automation
>>> r = automation.simulate(automation.assumptions())
>>> r.written("profit"), r.alternative("machine").written("profit")
('CNY 9.76 million', 'CNY 9.01 million')
>>> dear = automation.simulate(r.assumptions.replace(wage=2 * r.assumptions.wage))
>>> r.written("first_amount"), dear.written("first_amount")  # worth an officer's hours
('CNY 63 thousand', 'CNY 126 thousand')
"""

from .decision import Rates, amounts
from .model import (
    FIGURES,
    decision_map,
    erosion_curve,
    error_costs,
    figure,
    findings,
    futures,
    sample,
    simulate,
)
from .record import Automation, assumptions

__all__ = [
    "FIGURES",
    "Automation",
    "Rates",
    "amounts",
    "assumptions",
    "decision_map",
    "erosion_curve",
    "error_costs",
    "figure",
    "findings",
    "futures",
    "sample",
    "simulate",
]


def __dir__() -> list[str]:
    """The names that a reader calls."""
    return sorted(__all__)

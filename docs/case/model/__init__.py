"""Seasonal: a bakery spends for months on one full moon, and asks for a limit in place of a loan.

Monthly, one year from the signing (month 0); money in CNY million, flows at month end, inflows are
positive. Two forms of the same offer run side by side, an overdraft and a loan.

The bakery
    Pays for the season in four equal parts, from its own cash and then from the bank's; delivers to
    the shops; is paid `collection_months` later. Its everyday business carries itself.
    D      demand, the season's sales of the plan: lognormal with mean one
The account
    B_t    owed after month t: the least that keeps cash from falling below zero, and no less than
           the form says: a loan is owed whole until its last day
    Interest on the opening balance; a commitment fee on what the overdraft leaves undrawn.
The bank
    PD = P(D is too small to repay by month 12), by quadrature over D. Loss = LGD x what is unpaid.
    Exposure = owed + conversion factor x undrawn; capital = K(PD, LGD, 1 year) x exposure.
    economic profit = ((rate - FTP) x balance + fees - expected loss - cost) x (1 - tax)
                      - hurdle x capital
    Balance, interest and fees are those of the plan; PD and loss of the whole distribution.

>>> from casebook.cases import seasonal
>>> r = seasonal.simulate(seasonal.assumptions())
>>> r.written("economic_profit"), r.alternative("loan").written("economic_profit")
('CNY −10.7 thousand', 'CNY 46.5 thousand')
>>> dear = seasonal.simulate(r.assumptions.replace(commitment_fee=0.01))
>>> dear.written("economic_profit"), dear.written("total_cost")
('CNY 3.4 thousand', 'CNY 109 thousand')
"""

from .questions import FIGURES, fee_curve, figure, findings, tornado
from .record import FORMS, Seasonal, assumptions
from .run import sample, simulate

__all__ = [
    "FIGURES",
    "FORMS",
    "Seasonal",
    "assumptions",
    "fee_curve",
    "figure",
    "findings",
    "sample",
    "simulate",
    "tornado",
]


def __dir__() -> list[str]:
    """The names of the face."""
    return sorted(__all__)

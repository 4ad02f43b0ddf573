"""Case 1, strategic: a group builds three projects under one framework with a regional bank.

Half-yearly, about twenty years. Half-year 0 is the signature of the framework; project k is signed
`stagger` half-years after the one before. Money is in CNY million, flows fall at period end,
inflows are positive. Two sponsor terms of the same loans run side by side.

The projects
    CFADS = revenue - operating cost - tax - change in receivables; tax on operating profit after
    depreciation, losses carried forward. The tax shield of interest is left out, so that tax does
    not depend on the debt it helps to size.
    Debt = min(capacity at the target DSCR, gearing cap x uses); the circle is solved in
    `projectfinance.size_debt`. Interest only for `grace` half-years after planned completion, then
    service in proportion to CFADS. Contractual dates stay fixed when a project is late.
    A late project earns nothing; it has site costs and the contractor's damages, and, with
    completion support, the group pays what is due meanwhile, up to a cap.
The bank
    Exposure = balance + overdue interest + conversion factor x undrawn, of the share it holds.
    Capital-years = risk weight x capital ratio x exposure; the weights of the supervisor (higher
    until a project opens) or the IRB formula for companies, chosen by `approach`.
    A loan performs until its first missed payment: so long it bears interest, and a loss of PD x
    LGD x exposure is expected. At the miss LGD x what is owed is written off and charged on top;
    after it the loan ties up capital and work and earns nothing. What a project never pays beyond
    that is charged when its life ends.
    income = (1 - VAT share) x (interest + fees) - transfer price x balance.
    economic profit = (income - loss - cost) x (1 - tax) - hurdle x capital, for the loans, the
    advice and the group's other business (the wallet).

>>> from casebook.cases import strategic
>>> a = strategic.assumptions()
>>> r = strategic.simulate(a)
>>> r.written("raroc_loans"), r.written("raroc")  # the loans alone, the whole relationship
('5.5%', '11.4%')
>>> late = strategic.stress(r)  # a year late, less cash: is a payment missed?
>>> [late.alternative(terms).written("missed") for terms in strategic.TERMS]
['no', 'yes']
>>> strategic.simulate(a.replace(sold=0.0)).written("over_limit")  # nothing sold
'yes'
"""

from .bank import Exposure, Totals
from .projects import Outcome, Plan
from .questions import (
    FIGURES,
    building,
    exposure,
    figure,
    findings,
    frontier,
    futures,
    patience,
    products,
    sale,
    stress,
    survival,
    tornado,
)
from .record import TERMS, Strategic, assumptions
from .run import sample, simulate

__all__ = [
    "FIGURES",
    "TERMS",
    "Exposure",
    "Outcome",
    "Plan",
    "Strategic",
    "Totals",
    "assumptions",
    "building",
    "exposure",
    "figure",
    "findings",
    "frontier",
    "futures",
    "patience",
    "products",
    "sale",
    "sample",
    "simulate",
    "stress",
    "survival",
    "tornado",
]


def __dir__() -> list[str]:
    """The names that a reader calls."""
    return sorted(__all__)

"""Outlook, ecosystem: a supplier's invoices on a large buyer, financed in three ways.

Monthly. The supplier issues invoices of one amount at the end of months 1 to 12; the buyer pays
each after its term. The routes are the alternatives of one run; money is CNY million.

The supplier
    Needs the money of each invoice when it is issued. The route finances the share `advance` of it
    (own loan: all on the supplier's own name); the rest comes from its own loan. Interest is paid
    monthly on what was outstanding at the start of the month. What the buyer disputes, the share
    delta of each invoice, the supplier gives up when the invoice falls due, whatever the route: a
    confirmed invoice is paid in full and the buyer takes the dispute off a later one.
The bank: whose default it prices
    own loan    PD of the supplier, with its LGD
    unconfirmed the bank buys (1 - phi)(1 - delta') of true, undisputed claims for `advance`; the
                gap between the two is lost when the supplier fails: delta' = min(1, m delta) are
                the disputes of a failing supplier, phi the share of its invoices that is false or
                pledged twice. And if the buyer fails, it loses unless the supplier can pay.
    confirmed   PD of the buyer, and the share psi of confirmations that are forged
    PD of the supplier with its buyer: q = (1 - b) s + b max(chi, s), where chi: it fails with it
    Capital = K x 12.5 x capital ratio x balance, the parts of a route added up (`risk`).
Who gains, a year, against own loans on the terms of before
    supplier: its cost of finance before less now; buyer: its own rate on the days it pays later;
    bank: economic profit; platform: its fee less its cost.

The programme, the supplier's own loan, and a buyer that pays after 120 days:

>>> from casebook.outlook import supply_chain
>>> r = supply_chain.simulate(supply_chain.assumptions())
>>> r.written("all_in_rate"), r.alternative("own_loan").written("all_in_rate")
('3.65% a year', '5.80% a year')
>>> long = supply_chain.simulate(r.assumptions.replace(terms=120.0))
>>> r.written("supplier_gain"), long.written("supplier_gain")
('CNY 33 thousand', 'CNY −150 thousand')
"""

from .economics import Risk
from .model import (
    FIGURES,
    dispute_curve,
    figure,
    findings,
    futures,
    price_stack,
    sample,
    simulate,
    term_curve,
)
from .record import SupplyChain, assumptions

__all__ = [
    "FIGURES",
    "Risk",
    "SupplyChain",
    "assumptions",
    "dispute_curve",
    "figure",
    "findings",
    "futures",
    "price_stack",
    "sample",
    "simulate",
    "term_curve",
]


def __dir__() -> list[str]:
    """The names that a reader calls."""
    return sorted(__all__)

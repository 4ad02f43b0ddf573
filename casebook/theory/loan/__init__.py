"""The money of one loan: what a term loan costs the bank, and what it must therefore bring.

Yearly, from the drawdown (year 0) to maturity. Four repayment forms of the same loan run side by
side; money is in CNY million, flows fall at year end, inflows are positive.

The client
    Draws the loan less an arrangement fee, then pays interest on the opening balance and principal
    by its form. The client's view is the contract, paid as agreed.
The risk
    h_t    PD of year t of a firm alive at its start, L + (PD - L) q^(t-1): a good firm drifts down
           to the long run L, a weak one that survives drifts up to it. S_t: chance alive after t.
    EAD_t  opening balance + the interest due. A default falls at year end, before the payment.
    LGD_t  on the part that the collateral covers, cover_t = min(V_t / EAD_t, 1), that of secured
           claims; on the rest that of unsecured ones. V_t: value after haircut and decay.
The lender
    Expected amounts: interest, funding and cost on S_(t-1); loss = S_(t-1) h_t LGD_t EAD_t.
    FTP    each repayment is funded at its own maturity on a curve that rises by the slope a year.
    Capital = K(h_t, LGD_t, M_t) x 12.5 x capital ratio x EAD_t x S_(t-1); M_t is the mean time of
    the payments left, weighted by them, as the Basel rules define it (held within 1..5 years).
    The break-even rate is that at which the loan, with everything that depends on the rate, has an
    economic profit of zero; over the life, years are added up as they are.

The loan as offered, the same loan as a bullet, and at a better rate:

>>> from casebook.theory import loan
>>> r = loan.simulate(loan.assumptions())
>>> r.written("break_even_rate"), r.alternative("bullet").written("break_even_rate")
('3.99% a year', '4.33% a year')
>>> dear = loan.simulate(r.assumptions.replace(rate=0.045))
>>> dear.written("economic_profit"), dear.written("raroc")
('CNY 211 thousand', '16.3%')
"""

from .economics import Economics, break_even, hazards
from .questions import (
    FIGURES,
    by_year,
    capital_curve,
    collateral_curve,
    explorer,
    figure,
    findings,
    futures,
    levers,
    outcomes,
    price_by_size,
    price_stack,
    survival,
    turning_point,
)
from .record import FORMS, Loan, assumptions
from .run import sample, simulate

__all__ = [
    "FIGURES",
    "FORMS",
    "Economics",
    "Loan",
    "assumptions",
    "break_even",
    "by_year",
    "capital_curve",
    "collateral_curve",
    "explorer",
    "figure",
    "findings",
    "futures",
    "hazards",
    "levers",
    "outcomes",
    "price_by_size",
    "price_stack",
    "sample",
    "simulate",
    "survival",
    "turning_point",
]


def __dir__() -> list[str]:
    """The names that a reader calls."""
    return sorted(__all__)

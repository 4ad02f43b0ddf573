"""Case 2, transactional: a technology firm borrows for one product launch and is gone in a year.

Monthly, from the drawdown (month 0) to the maturity of the loan. Five repayment forms of the same
loan run side by side; money is in CNY million, flows fall at month end, inflows are positive.

The client
    S_t    new-product sales: price x units x sales level x ramp; the ramp rises by 1/m a month,
           from the month after launch month plus slip
    op_t   collections of S (lagged by the collection days, a fraction of a month interpolated)
           + existing business - cost of sales - fixed cost - development (in full until the planned
           launch, the share b of it while the launch slips)
    The firm pays its bills first, then the bank (arrears, interest, fee, principal; down to no
    cash), then sweeps if its form says so, and then the share `leakage` of what is left above its
    floor is gone. Nothing leaks in month 0. What is overdue bears the rate plus its surcharge.
The loan
    One rule serves every form: due principal = balance - planned closing balance, if positive.
    Interest is on the opening balance. The revolving form draws its fee at signing, then what is
    lacking to the sweep floor after the payment of the month, until the month before maturity and
    never after a missed payment; it sweeps all cash above that floor from month 1. With entrusted
    payment a share of the planned development is drawn when its bill is due and not at once.
The lender
    A payment is missed in the first month in which something is due and more than is there.
    PD = P(missed) x P(not cured within 90 days), over the life of the loan, by quadrature over slip
    x sales level. Exposure at default is what is still owed after the firm has paid all it had.
    The price is that of the plan (no slip), with the PD and the loss of the whole distribution:
    economic profit = (1 - v)(rate x balance + fees) - FTP x balance - expected loss - cost, after
    tax, less hurdle x capital; v is the value-added tax with surcharges. Capital = weight x capital
    ratio x exposure; the weight is the supervisor's, or K(PD, LGD, 1 year) x 12.5 of own estimates.
    Best quote and break-even rate hold balance and PD at the quoted rate. A run that misses a
    payment writes off (1 - cure) x LGD x what is owed then and earns no more on that part.

The base case, another form of the same loan, and a launch that is three months late:

>>> from casebook.cases import transactional
>>> r = transactional.simulate(transactional.assumptions())
>>> r.written("break_even_rate"), r.alternative("bullet").written("break_even_rate")
('4.55% a year', '4.71% a year')
>>> late = transactional.simulate(r.assumptions.replace(slip=3))
>>> late.written("shortfall"), late.alternative("bullet").written("shortfall")
('CNY 0.00 million', 'CNY 0.81 million')
"""

from .pricing import Price, Structure, win_probability
from .questions import (
    FIGURES,
    amounts,
    burn_that_reverses,
    figure,
    findings,
    futures,
    late_launch,
    leakage_curve,
    peak_need,
    price_by_size,
    price_stack,
    quote_curve,
    revolving_fee,
    slips,
    speed_curve,
)
from .record import Transactional, assumptions
from .run import sample, simulate
from .terms import entrusted_curve

__all__ = [
    "FIGURES",
    "Price",
    "Structure",
    "Transactional",
    "amounts",
    "assumptions",
    "burn_that_reverses",
    "entrusted_curve",
    "figure",
    "findings",
    "futures",
    "late_launch",
    "leakage_curve",
    "peak_need",
    "price_by_size",
    "price_stack",
    "quote_curve",
    "revolving_fee",
    "sample",
    "simulate",
    "slips",
    "speed_curve",
    "win_probability",
]


def __dir__() -> list[str]:
    """The names that a reader calls."""
    return sorted(__all__)

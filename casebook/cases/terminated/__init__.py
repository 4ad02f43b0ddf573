"""Case 5, terminated: a loan goes bad, and the bank must choose how to end the relationship.

Monthly, from the first drawing (month 0) through the clean years to the missed payment, and 60
months beyond default. Four ways out of the same claim run side by side: enforce, settle, sell,
bankruptcy. Money is in CNY million, flows fall at month end, inflows are positive.

The client
    B_t    equal principal; cash flow of the business is cover x debt service until trouble starts,
           then the cover falls in a straight line. Owners take what is above a buffer, and the
           buffer is what the trouble eats until the missed payment.
The claim
    EAD    balance at default + unpaid interest; what is overdue before default bears the penalty
           rate p already. After that C_t = C_(t-1) (1 + p / 12) + costs -
           receipts, p = rate x (1 + penalty); in bankruptcy interest stops at the petition.
The collateral
    V_t    appraisal x market share x level x (1 - decay)^t. A round sells with probability
           N(ln(V_t / reserve) / s); the price is reserve + competition x max(V_t - reserve, 0).
           Round one, round two, a sale at the second reserve for 60 days; then the bank takes it in
           kind, if that is worth its cost, or declines.
The lender
    LGD = 1 - PV(recoveries - costs) / EAD at default, discounted at the stated rate.
    The expectation is a quadrature over price level x delay x branch of the auction x guarantor.
    All-in value = PV of recoveries - costs, after tax in the month in which tax moves (when the
    loss is final, or as it is provided for), less the hurdle on the capital that the loan holds.
    Interest and fees bear value-added tax; recoveries are taken as principal first.

>>> from casebook.cases import terminated
>>> a = terminated.assumptions()
>>> r = terminated.simulate(a)
>>> r.written("ead"), r.written("settle_break_even")  # the claim, the least offer worth taking
('CNY 48.09 million', 'CNY 20.19 million')
>>> [r.alternative(way).written("expected_value") for way in ("enforce", "bankruptcy")]
['CNY 19.51 million', 'CNY 19.40 million']
>>> terminated.simulate(a.replace(judgment_months=6)).written("expected_value")  # a faster court
'CNY 21.38 million'
"""

from .expectations import Expected, Thresholds
from .performing import Clean
from .questions import (
    FIGURES,
    book,
    exits,
    figure,
    findings,
    futures,
    least,
    lifetime,
    offers,
    planned_exit,
    priority,
    search,
    timeline,
    timing,
    tornado,
    turning,
    turning_point,
    ways,
)
from .record import Terminated, assumptions
from .run import sample, simulate
from .ways_out import Outcome

__all__ = [
    "FIGURES",
    "Clean",
    "Expected",
    "Outcome",
    "Terminated",
    "Thresholds",
    "assumptions",
    "book",
    "exits",
    "figure",
    "findings",
    "futures",
    "least",
    "lifetime",
    "offers",
    "planned_exit",
    "priority",
    "sample",
    "search",
    "simulate",
    "timeline",
    "timing",
    "tornado",
    "turning",
    "turning_point",
    "ways",
]


def __dir__() -> list[str]:
    """The names that a reader calls."""
    return sorted(__all__)

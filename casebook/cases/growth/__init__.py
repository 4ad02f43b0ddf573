"""Case 3, growth: a start-up's seed round, its later rounds, and what investor and bank make of it.

Quarterly, from the closing of the seed round (quarter 0) for ten years. Money is in CNY million,
flows fall at quarter end, inflows are positive. Three follow-on policies of the same investor run
side by side: none, pro-rata at every round, pro-rata only where the milestone was met.

The company
    At the end of each stage (seed, A, B, C) it fails, is bought, or raises the next round.
    odds of raising  o_j = g_j / (1 - g_j) x odds factor x service x exp(beta x_j)
    step-up          u_j = median_j exp(s (rho x_j + sqrt(1 - rho^2) z_j)), within 0.2 and 20
    pre-money        V_j = u_j x last post-money; post-money = V_j + money raised. For round A the
                     last is fair value + seed money: who overpays at the seed is not followed
    exit value       X   = last post-money (after the seed: fair value + seed money)
                     x multiple_j x exp(sigma e)
    x_j is the progress that an insider sees at round j, z_j the mood of the market, e the exit's
    luck; all standard normal. The milestone is met where x_j exceeds the bar.
The holders
    Whole shares, rounded down, held as floats below 2^53 (exact). Post-money SAFEs convert into
    the seed round; every preferred class has a 1x non-participating preference, equal in rank.
The fund
    Many such deals, equal and independent, begun one after the other over the deployment. It pays
    a management fee of the money committed, called or not (`fund.fees`).
The estate
    A company that fails has spent its cash. What its assets bring is paid by rank: what is pledged
    to the bank, first claims (wages, taxes, closing), then bank and suppliers alike, shareholders
    last (`estate.divide`). The bank's loss given default comes from there.
The lender
    A loan drawn with the seed round. Its default is the company's failure; the statement is what
    the bank expects at signing, after value-added tax. In the linked form a partner outside the
    bank holds a warrant and promises to bear the share of losses that the warrant pays for: the
    bank itself may hold no equity. The promise lends no weight below that of a loan to the partner.

A single run tells one stated story (`path`, every draw at its median). Probabilities, means and
medians never come from it: they are a sum over all endings, whose chances are exact, and over 509
lattice points of the seven normal draws, the same in every run (`endings.weigh`).

A run, another policy, a dearer seed round:

>>> from casebook.cases import growth
>>> a = growth.assumptions()
>>> r = growth.simulate(a)
>>> r.written("mean_multiple"), r.written("median_multiple")  # of the first cheque
('2.01 ×', '0.03 ×')
>>> r.alternative("none").written("expected_irr")  # no follow-on money
'15.5% a year'
>>> growth.simulate(a.replace(pre_money=60.0)).written("expected_irr")
'11.1% a year'
"""

from ...captable import exit_waterfall, safe_shares
from .decision import diligence, failure, flips
from .endings import Tree
from .estate import Estate
from .lender import Loan
from .questions import (
    FIGURES,
    cap_table,
    concentration,
    cover_curve,
    exits,
    figure,
    findings,
    follow_on_multiples,
    fund_sizes,
    funnel,
    futures,
    highest_pre_money,
    j_curve,
    loan_price,
    outcomes,
    plan,
    policies,
    service_value,
    staging,
    tornado,
)
from .record import Growth, assumptions
from .rounds import Company, Investor, Paths
from .run import sample, simulate
from .stages import Staging

__all__ = [
    "FIGURES",
    "Company",
    "Estate",
    "Growth",
    "Investor",
    "Loan",
    "Paths",
    "Staging",
    "Tree",
    "assumptions",
    "cap_table",
    "concentration",
    "cover_curve",
    "diligence",
    "exit_waterfall",
    "exits",
    "failure",
    "figure",
    "findings",
    "flips",
    "follow_on_multiples",
    "fund_sizes",
    "funnel",
    "futures",
    "highest_pre_money",
    "j_curve",
    "loan_price",
    "outcomes",
    "plan",
    "policies",
    "safe_shares",
    "sample",
    "service_value",
    "simulate",
    "staging",
    "tornado",
]


def __dir__() -> list[str]:
    """The names that a reader calls."""
    return sorted(__all__)

"""Outlook, data-driven: what account flows are worth beside the annual accounts, and to whom.

By quarter; quarter 0 builds the score, quarters 1 to 12 use it. Three rankings of the same
applications are the alternatives of one run. A share `thin_share` of the applicants are firms with
thin data: as good as the others, and harder to read. The share of bad clients is p in both groups.

Scores (casebook.outlook.ranking): within a group N(0, 1) for the bad and N(d, 1) for the good.
    accounts  one AUC for all, from the annual accounts; old and steady
    flows     a better AUC where there is a long record of the account, a lower one where it is thin
    equal     flows, with a cut-off for each group such that a good client has the same chance
The lender turns a score into a chance of default with the d that it measured when the score was
built, and approves the same share q of all applications in every ranking: one cut-off on that
chance for `accounts` and `flows`. Each quarter since the last rebuild takes `drift` from the AUC of
the flows: good and bad move towards each other, half the way each. What the flows are worth is the
difference, at equal approvals, in bad loans made, each of them a good loan not made:
    value = applications x (bad approved by accounts - bad approved now) x amount x (LGD + margin)

What the flows gain over the accounts in three years, with an equal chance for thin data, and where
nothing drifts:

>>> from casebook.outlook import information
>>> r = information.simulate(information.assumptions())
>>> r.written("net_gain"), r.alternative("equal").written("net_gain")
('CNY 6.38 million', 'CNY 6.15 million')
>>> information.simulate(r.assumptions.replace(drift=0.0)).written("net_gain")
'CNY 9.59 million'
"""

from .cutoff import edge_risk
from .model import (
    FIGURES,
    auc_curve,
    figure,
    findings,
    futures,
    quarters,
    rebuild_curve,
    sample,
    simulate,
)
from .record import Information, assumptions

__all__ = [
    "FIGURES",
    "Information",
    "assumptions",
    "auc_curve",
    "edge_risk",
    "figure",
    "findings",
    "futures",
    "quarters",
    "rebuild_curve",
    "sample",
    "simulate",
]


def __dir__() -> list[str]:
    """The names that a reader calls."""
    return sorted(__all__)

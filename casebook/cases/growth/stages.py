"""The same committed money in one sum or in stages: all at the seed, or part of it at round A.

Three ways, always in this order: all now; a part kept for round A; that part called only where the
milestone of A was met. Money is put in at the price of its round; what is never called is at par.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...shape import DUST, Array
from . import endings, fund
from .record import Growth


@dataclass(frozen=True)
class Staging:
    """Equal committed money: all at the seed, part of it at A, or at A past the milestone.

    Each has three entries. Money never called counts at par.
    """

    per_committed: Array
    per_spent: Array
    expected_loss: Array
    loss_probability: Array
    fund_loss: Array


def staged(a: Growth) -> Staging:
    """What a yuan committed brings each way, from all endings; every field is (way,).

    The part kept for round A is the reserve's: reserve / (1 + reserve). Multiples are per yuan
    committed and per yuan spent, the expected loss is of a yuan committed; `fund_loss` is the
    chance that a fund of such deals returns less than was paid in, after fees.
    """
    tree = endings.weigh(a)
    w, company = tree.weight, tree.company
    seed_paid = company.first_paid / a.cheque
    seed_got = tree.investor.first_proceeds[0] / a.cheque
    raised = np.asarray(company.raised[0], float)
    later_got = company.paid[len(a.safe_amounts) + 1] / a.raises[0]
    kept = a.reserve / (1 + a.reserve)
    ways, gains = [], []
    for later, share in ((0.0, 0.0), (raised, kept), (raised * company.met[0], kept)):
        paid = (1 - share) * seed_paid + share * later * np.ones_like(w)
        got = (1 - share) * seed_got + share * later * later_got
        gain = got - paid
        gains.append(gain)
        ways.append(
            [
                1 + float((w * gain).sum()),
                float((w * got).sum() / (w * paid).sum()),
                float((w * np.maximum(-gain, 0)).sum()),
                endings.share(w, gain < -DUST),
            ]
        )
    per_committed, per_spent, expected_loss, loss_probability = np.array(ways).T
    ((multiple, chance),) = fund.convolve(a, 1 + np.stack(gains), w, (a.fund_size,))
    return Staging(
        per_committed=per_committed,
        per_spent=per_spent,
        expected_loss=expected_loss,
        loss_probability=loss_probability,
        fund_loss=fund.loss_chance(multiple, chance),
    )

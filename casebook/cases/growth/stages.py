"""TODO."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...shape import Array
from . import endings, fund
from .record import DUST, Growth


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
    t = endings.tree(a)
    w, c, v = t.weight, t.company, t.investor
    seed_paid, seed_got = c.first_paid / a.cheque, v.first_proceeds[0] / a.cheque
    raised = np.asarray(c.raised[0], float)
    later_got = c.paid[len(a.safe_amounts) + 1] / a.raises[0]
    kept = a.reserve / (1 + a.reserve)
    ways, gains = [], []
    for later, share in ((0.0, 0.0), (raised, kept), (raised * c.met[0], kept)):
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
    ((multiple, chance),) = fund.funds(a, 1 + np.stack(gains), w, (a.fund_size,))
    return Staging(*np.array(ways).T, (chance * (multiple < 1)).sum(axis=1))

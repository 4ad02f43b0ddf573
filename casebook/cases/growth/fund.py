"""The fund: many deals like this one, less what it pays in fees; its multiple and its flows.

What the fund pays in fees: the management fee, `management_fee` a year of the money committed,
called or not, in each of the first forty quarters (`quarterly_fee`); `fees` is the sum. There is no
carried interest: what is left after fees is the investors'. The service to a company is a cost of
its deal and not a fee.

>>> from casebook.cases import growth
>>> from casebook.cases.growth import fund
>>> f"{fund.fees(growth.assumptions()):.0%} of the money committed, over ten years"
'20% of the money committed, over ten years'

Deals are equal and independent. The chances of a fund's multiple are a convolution of those of one
deal; its expected and simulated flows are the deals' flows, begun one after the other over the
deployment. Everything is of the money committed.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...shape import Array
from . import rounds
from .endings import Tree
from .record import QUARTERS, QUARTERS_A_YEAR, Growth

#: The grid on which the fund's distribution is computed: multiples of the money committed to one
#: deal, from a total loss up; a single deal above `_MOST` counts as `_MOST`.
_STEP, _CELLS, _MOST = 0.05, 8192, 200.0


def fees(a: Growth) -> float:
    """Management fees that the fund pays over its ten years, of the money committed."""
    return a.management_fee * QUARTERS / QUARTERS_A_YEAR


def quarterly_fee(a: Growth) -> float:
    """Management fee that the fund pays in each of its first 40 quarters, of money committed."""
    return a.management_fee / QUARTERS_A_YEAR


def committed_money(a: Growth) -> float:
    """Money that the fund commits to one deal: first cheque, reserve, service; CNY million."""
    service = a.service_cost * rounds.stage_ends(a)[-1] / QUARTERS_A_YEAR * (a.service == "on")
    return a.cheque * (1 + a.reserve) + service


def multiples(a: Growth, tree: Tree, sizes: Sequence[int]) -> list[tuple[Array, Array]]:
    """Distribution of a fund's multiple of committed money under each policy: see `convolve`."""
    gain = tree.investor.proceeds - tree.investor.spent
    return convolve(a, 1 + gain / committed_money(a), tree.weight, sizes)


def convolve(
    a: Growth, multiple: Array, weight: Array, sizes: Sequence[int]
) -> list[tuple[Array, Array]]:
    """Distribution of a fund of equal, independent deals: (multiple, chance) for each size.

    multiple: of one deal's committed money, (way, ending, point), money never called at par;
    weight: its chances, (ending, point). The multiple is spread on a grid so that its mean is kept;
    n deals are n-fold convolutions, done by the fast Fourier transform; management fees are taken
    off. Returns multiple (cell,) and chance (way, cell) for each size.
    """
    cell = np.clip(multiple, 0.0, _MOST) / _STEP
    low = cell.astype(int)
    part = cell - low
    one = np.zeros((len(multiple), _CELLS))
    w = weight.ravel()
    for k in range(len(multiple)):
        i, f = low[k].ravel(), w * part[k].ravel()
        one[k] = np.bincount(i, w - f, _CELLS) + np.bincount(i + 1, f, _CELLS)
    wave = np.fft.rfft(one, axis=1)
    found = []
    for n in sizes:
        chance = np.clip(np.fft.irfft(wave**n, _CELLS, axis=1), 0.0, None)
        found.append((np.arange(_CELLS) * _STEP / n - fees(a), chance))
    return found


def loss_chance(multiple: Array, chance: Array) -> Array:
    """Chance that the fund returns less than was paid in, (way,), of a (multiple, chance)."""
    below: Array = (chance * (multiple < 1)).sum(axis=1)
    return below


def level_reached(multiple: Array, chance: Array, level: float) -> float:
    """The multiple (cell,) at which the cumulative chance (cell,) of one way reaches `level`."""
    return float(multiple[int(np.searchsorted(np.cumsum(chance), level * chance.sum()))])


def flows(a: Growth, deal: Array) -> Array:
    """A fund's flows (…, quarter) from those of its average deal, deals spread evenly, fees paid.

    deal: (…, quarter 0 … 40), CNY million. Of the money committed to the fund; the fund lasts the
    deployment and ten years.
    """
    total = np.zeros((*deal.shape[:-1], QUARTERS + a.deployment))
    for start in range(a.deployment):
        total[..., start : start + QUARTERS + 1] += deal / a.deployment
    return _net(a, total, committed_money(a))


def simulated_flows(a: Growth, deals: Array) -> Array:
    """Flows (fund, quarter) of funds from their own deals (fund, deal, quarter 0 … 40), fees paid.

    Each deal of a fund starts in its own quarter. Of the money committed to the fund.
    """
    n = deals.shape[1]
    total = np.zeros((len(deals), QUARTERS + a.deployment))
    for i in range(n):
        start = i * a.deployment // n
        total[:, start : start + QUARTERS + 1] += deals[:, i]
    return _net(a, total, n * committed_money(a))


def _net(a: Growth, total: Array, committed: float) -> Array:
    """Flows (…, quarter) of the money committed, less fees; in place."""
    total /= committed
    total[..., 1 : QUARTERS + 1] -= quarterly_fee(a)
    return total

"""TODO."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...shape import Array
from . import rounds
from .endings import Tree
from .record import QUARTERS, YEAR, Growth

#: The grid on which the fund's distribution is computed: multiples of the money committed to one
#: deal, from a total loss up; a single deal above `_MOST` counts as `_MOST`.
_STEP, _CELLS, _MOST = 0.05, 8192, 200.0


def multiples(a: Growth, t: Tree, sizes: Sequence[int]) -> list[tuple[Array, Array]]:
    """Distribution of a fund's multiple of committed money under each policy: see `_funds`."""
    gain = t.investor.proceeds - t.investor.spent
    return funds(a, 1 + gain / committed_money(a), t.weight, sizes)


def committed_money(a: Growth) -> float:
    """Money that the fund commits to one deal: first cheque, reserve, service."""
    service = a.service_cost * rounds.stage_ends(a)[-1] / YEAR * (a.service == "on")
    return a.cheque * (1 + a.reserve) + service


def funds(
    a: Growth, multiple: Array, weight: Array, sizes: Sequence[int]
) -> list[tuple[Array, Array]]:
    """Distribution of a fund of equal, independent deals: (multiple, chance) for each size.

    multiple: of one deal's committed money, (way, ending, point), money never called at par. It is
    spread on a grid so that its mean is kept; n deals are n-fold convolutions, done by the fast
    Fourier transform; management fees are taken off. chance: (way, cell).
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


def fees(a: Growth) -> float:
    """Management fees over the fund's ten years, of the money committed."""
    return a.management_fee * QUARTERS / YEAR


def fund_level(multiple: Array, chance: Array, level: float) -> float:
    return float(multiple[int(np.searchsorted(np.cumsum(chance), level * chance.sum()))])


def fund_flows(a: Growth, deal: Array) -> Array:
    """A fund's flows (…, quarter) from those of its average deal, deals spread evenly, fees paid.

    Of the money committed to the fund; the fund lasts the deployment and ten years.
    """
    length = QUARTERS + a.deployment
    flows = np.zeros((*deal.shape[:-1], length))
    for start in range(a.deployment):
        flows[..., start : start + QUARTERS + 1] += deal / a.deployment
    committed = committed_money(a)
    flows /= committed
    flows[..., 1 : QUARTERS + 1] -= a.management_fee / YEAR
    return flows

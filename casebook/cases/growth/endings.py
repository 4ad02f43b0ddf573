"""TODO."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...distributions import norm_ppf
from ...shape import Array
from . import rounds
from .record import QUARTERS, YEAR, Growth
from .rounds import Company, Investor, Paths

#: Points of the lattice, its factor, and the tilt of its first coordinate (see `_lattice`).
_POINTS, _FACTOR, _SHIFT, _WIDTH = 509, 49, 0.7, 1.2


def _lattice() -> tuple[Array, Array]:
    """Seven independent standard normals at the points of a rank-one lattice, and their weights.

    Rows: the market's mood at rounds A, B, C, the exit's luck, and three more for progress. Few
    companies make most of the value, and what makes them is mood and luck in the same direction:
    that direction is the first coordinate, drawn with mean 0.7 and deviation 1.2, and each point
    weighs what the standard normal density says of it. The mean multiple is then within about 0.01
    of that of millions of draws (tests/story_growth.py).
    """
    powers = np.array([pow(_FACTOR, k, _POINTS) for k in range(7)])
    z = np.asarray(norm_ppf((np.arange(_POINTS) * powers[:, None] % _POINTS + 0.5) / _POINTS))
    tilted = _SHIFT + _WIDTH * z[0]
    weight = np.exp((z[0] ** 2 - tilted**2) / 2)
    first = np.array([0.36, 0.36, 0.36, 0.78])
    basis, _ = np.linalg.qr(np.column_stack([first, np.eye(4)[:, :3]]))
    turned = basis * np.sign(basis[:, 0] @ first) @ np.stack([tilted, *z[1:4]])
    return np.concatenate([turned, z[4:]]), weight / weight.sum()


_NORMALS, _WEIGHTS = _lattice()


def _points(a: Growth) -> tuple[list[Array], list[Array], Array]:
    """(progress, market, exit) at the lattice points: mood = rho x + sqrt(1 - rho^2) z."""
    rest = np.sqrt(1 - a.pricing**2)
    moods = _NORMALS[:3]
    progress = [a.pricing * m + rest * w for m, w in zip(moods, _NORMALS[4:], strict=True)]
    market = [(m - a.pricing * x) / rest for m, x in zip(moods, progress, strict=True)]
    return progress, market, _NORMALS[3]


#: The endings: (last round, failed, early). Bought or failed after each round, or failed early.
ENDINGS = ((0, 1, 1), *((k, f, 0) for k in range(4) for f in (1, 0)))


@dataclass(frozen=True)
class Tree:
    """All endings over the lattice: chances (ending, point), and what each ending brings."""

    weight: Array
    paths: Paths
    company: Company
    investor: Investor
    chance: Array  # of each ending, (ending,)


def tree(a: Growth) -> Tree:
    """Every ending of the company at every lattice point, each with its chance."""
    progress, market, luck = _points(a)
    stage, failed, early = (np.array(column)[:, None] for column in zip(*ENDINGS, strict=True))
    paths = Paths(stage, failed > 0, early, progress, market, luck)
    going, rows = _WEIGHTS, []
    for j, up in enumerate([*rounds.graduation(a, paths.progress), 0.0]):
        ended = going * (1 - up)
        lost = ended * (1 - a.bought[j])
        rows += [lost * a.early_failure, lost * (1 - a.early_failure)] if j == 0 else [lost]
        rows.append(ended * a.bought[j])
        going = going * up
    weight = np.stack(rows)
    company = rounds.company(a, paths)
    return Tree(weight, paths, company, rounds.investor(a, company), weight.sum(axis=1))


def share(weight: Array, where: Array) -> float:
    """The chance of a set of endings."""
    return float((weight * where).sum())


def quantile(values: Array, weight: Array, level: float) -> float:
    """The least value whose cumulative chance reaches `level`."""
    order = np.argsort(values, axis=None, kind="stable")
    reached = np.cumsum(weight.ravel()[order])
    at = min(int(np.searchsorted(reached, level * reached[-1])), reached.size - 1)
    return float(values.ravel()[order[at]])


def top_value(values: Array, weight: Array, top: float = 0.05) -> float:
    """Share of the whole expected value that the best `top` of outcomes bring."""
    order = np.argsort(-values, axis=None, kind="stable")
    w, x = weight.ravel()[order], values.ravel()[order]
    reached = np.cumsum(w)
    used = np.clip(top - (reached - w), 0.0, w)
    whole = float((w * x).sum())
    return float((used * x).sum()) / whole if whole > 0 else np.nan


def by_quarter(end: Array, amounts: Array) -> Array:
    """Amounts (…, ending) added up by the quarter of the ending: (…, quarter 0 … 40)."""
    at = (np.arange(QUARTERS + 1)[:, None] == end).astype(float)
    return amounts @ at.T


def expected_flows(a: Growth, t: Tree) -> Array:
    """What the investor expects to pay and get in each quarter, (policy, quarter)."""
    ends = rounds.stage_ends(a)
    w, end = t.weight, t.company.end[:, 0]
    flows = by_quarter(end, (t.investor.proceeds * w).sum(axis=-1))
    flows[:, 0] -= (1 - a.tranche) * a.cheque
    flows[:, a.tranche_quarter] -= a.tranche * a.cheque * (1 - t.chance[0])
    for j, money in enumerate(t.investor.follow):
        flows[:, int(ends[j])] -= (money * w).sum(axis=(1, 2))
    if a.service == "on":
        flows[:, 1:] -= a.service_cost / YEAR * alive_before(t)[1:]
    return flows


def alive_before(t: Tree) -> Array:
    """Chance that the company has not ended before each quarter 0 … 40."""
    ended = by_quarter(t.company.end[:, 0], t.chance)
    return 1.0 - (np.cumsum(ended) - ended)

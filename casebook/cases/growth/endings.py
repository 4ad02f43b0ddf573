"""All endings of the company, each with its chance: the source of every probability and mean.

Nine endings (failed early; failed or bought after each of the four rounds) at each of 509 lattice
points of the seven normal draws. `weigh` makes the tree; the others read it. Arrays are (ending,
point), with a policy axis before them where the investor's follow-on policy matters.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from ...distributions import norm_ppf
from ...shape import Array
from . import rounds
from .estate import Flags
from .record import QUARTERS, QUARTERS_A_YEAR, Growth
from .rounds import Company, Investor, Paths

#: Points of the lattice, its factor, and the tilt of its first coordinate (see `_lattice`).
_POINTS, _FACTOR, _SHIFT, _WIDTH = 509, 49, 0.7, 1.2


class Ending(NamedTuple):
    """How a company ends: the last round raised (0 seed … 3 C), failed or bought, failed early."""

    stage: int
    failed: bool
    early: bool


#: The rows of a tree: failed early, then failed or bought after each round.
ENDINGS = (
    Ending(0, failed=True, early=True),
    *(Ending(k, failed, early=False) for k in range(4) for failed in (True, False)),
)
#: The row of those that fail before the seed round's milestone.
EARLY = 0
#: The row of those that fail when round A should close.
LATE = 1


@dataclass(frozen=True)
class Tree:
    """All endings over the lattice: chances (ending, point), and what each ending brings."""

    weight: Array
    paths: Paths
    company: Company
    investor: Investor
    chance: Array  # of each ending, (ending,)


def _lattice() -> tuple[Array, Array]:
    """Seven independent standard normals at the points of a rank-one lattice, and their weights.

    Returns ((normal, point), (point,)). Rows: the market's mood at rounds A, B, C, the exit's luck,
    and three more for progress. Few companies make most of the value, and what makes them is mood
    and luck in the same direction: that direction is the first coordinate, drawn with mean 0.7 and
    deviation 1.2, and each point weighs what the standard normal density says of it. The mean
    multiple is then within about 0.01 of that of millions of draws
    (tests/stories/story_growth.py).
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
_NODES, _NODE_WEIGHTS = np.polynomial.hermite_e.hermegauss(64)
_NODE_WEIGHTS = _NODE_WEIGHTS / _NODE_WEIGHTS.sum()


def _points(a: Growth) -> tuple[list[Array], list[Array], Array]:
    """(progress, market, exit) at the lattice points: mood = rho x + sqrt(1 - rho^2) z.

    Progress and market are lists by round A, B, C; each array is (point,).
    """
    rest = np.sqrt(1 - a.pricing**2)
    moods = _NORMALS[:3]
    progress = [a.pricing * m + rest * w for m, w in zip(moods, _NORMALS[4:], strict=True)]
    market = [(m - a.pricing * x) / rest for m, x in zip(moods, progress, strict=True)]
    return progress, market, _NORMALS[3]


def chances(a: Growth) -> Array:
    """The exact chance of each ending, (ending,): what is seen at A and B is independent.

    The chance of a further round is integrated over each progress by Gauss and Hermite; more nodes
    change nothing beyond 1e-9.
    """
    up = [float(x @ _NODE_WEIGHTS) if np.ndim(x) else float(x) for x in
          rounds.graduation(a, [_NODES] * 3)]  # fmt: skip
    going, rows = 1.0, []
    for j, further in enumerate(up):
        ended = going * (1 - further)
        lost = ended * (1 - a.bought[j])
        rows += [lost * a.early_failure, lost * (1 - a.early_failure)] if j == 0 else [lost]
        rows.append(ended * a.bought[j])
        going *= further
    return np.array(rows)


def weigh(a: Growth) -> Tree:
    """Every ending of the company at every lattice point, each with its chance, (ending, point).

    The points say with which prices and luck an ending comes; how likely it is, `chances`.
    """
    progress, market, luck = _points(a)
    stage, failed, early = (np.array(column)[:, None] for column in zip(*ENDINGS, strict=True))
    paths = Paths(
        stage=stage, failed=failed, early=early, progress=progress, market=market, exit=luck
    )
    going, rows = _WEIGHTS, []
    for j, up in enumerate(rounds.graduation(a, paths.progress)):
        ended = going * (1 - up)
        lost = ended * (1 - a.bought[j])
        rows += [lost * a.early_failure, lost * (1 - a.early_failure)] if j == 0 else [lost]
        rows.append(ended * a.bought[j])
        going = going * up
    weight = np.stack(rows)
    counted = weight.sum(axis=1)
    weight *= (chances(a) / np.where(counted > 0, counted, 1.0))[:, None]
    company = rounds.develop(a, paths)
    return Tree(
        weight=weight,
        paths=paths,
        company=company,
        investor=rounds.invest(a, company),
        chance=weight.sum(axis=1),
    )


def reach(tree: Tree, stage: int) -> float:
    """The chance that the company raises a round: 1 A, 2 B, 3 C."""
    return float(tree.chance[[ending.stage >= stage for ending in ENDINGS]].sum())


def first_multiple(tree: Tree) -> Array:
    """What the first cheque returns, of the money paid on it, (ending, point)."""
    multiple: Array = tree.investor.first_proceeds[0] / tree.company.first_paid
    return multiple


def share(weight: Array, where: Flags) -> float:
    """The chance of a set of endings; both (ending, point), or broadcasting to it."""
    return float((weight * where).sum())


def quantile(values: Array, weight: Array, level: float) -> float:
    """The least value whose cumulative chance reaches `level`, of values (ending, point)."""
    order = np.argsort(values, axis=None, kind="stable")
    reached = np.cumsum(weight.ravel()[order])
    at = min(int(np.searchsorted(reached, level * reached[-1])), reached.size - 1)
    return float(values.ravel()[order[at]])


def top_value(values: Array, weight: Array, top: float = 0.05) -> float:
    """Share of the whole expected value that the best `top` of outcomes bring.

    values and weight: (ending, point). NaN where there is no value at all.
    """
    order = np.argsort(-values, axis=None, kind="stable")
    w, x = weight.ravel()[order], values.ravel()[order]
    reached = np.cumsum(w)
    used = np.clip(top - (reached - w), 0.0, w)
    whole = float((w * x).sum())
    return float((used * x).sum()) / whole if whole > 0 else np.nan


def by_quarter(end: Array, amounts: Array) -> Array:
    """Amounts (…, ending) added up by the quarter of the ending: (…, quarter 0 … 40)."""
    at = (np.arange(QUARTERS + 1)[:, None] == end).astype(float)
    summed: Array = amounts @ at.T
    return summed


def expected_flows(a: Growth, tree: Tree) -> Array:
    """What the investor expects to pay and get in each quarter, (policy, quarter)."""
    ends = rounds.stage_ends(a)
    w, end = tree.weight, tree.company.end[:, 0]
    flows = by_quarter(end, (tree.investor.proceeds * w).sum(axis=-1))
    flows[:, 0] -= (1 - a.tranche) * a.cheque
    flows[:, a.tranche_quarter] -= a.tranche * a.cheque * (1 - tree.chance[EARLY])
    for j, money in enumerate(tree.investor.follow):
        flows[:, int(ends[j])] -= (money * w).sum(axis=(1, 2))
    if a.service == "on":
        flows[:, 1:] -= a.service_cost / QUARTERS_A_YEAR * alive_before(tree)[1:]
    return flows


def alive_before(tree: Tree) -> Array:
    """Chance that the company has not ended before each quarter 0 … 40, (quarter,)."""
    ended = by_quarter(tree.company.end[:, 0], tree.chance)
    return 1.0 - (np.cumsum(ended) - ended)

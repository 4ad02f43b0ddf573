"""The decision: what a yes is worth, when an officer's hours are, and who is approved in each way.

Odds in money s are the log odds that a client is bad plus ln(loss / margin): a yes is worth
something below zero. The machine's cut-off is at zero; on both sides of it lies the band of odds in
which an application of an amount is worth an officer's hours, none for the smallest amounts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...distributions import norm_cdf, norm_pdf
from ...shape import Array, first_time, residual
from ..ranking import combined, separation
from .record import CLASSES, Automation

#: Odds in money at which the worth of a review is computed; beyond them it is nothing.
ODDS = np.linspace(-18.0, 18.0, 1441)
#: Gauss-Legendre nodes of each of three parts of the referral band.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(48)
#: Standard deviations beyond which no client is met (chance below 1e-18).
_FAR = 9.0


def amounts(a: Automation) -> Array:
    """Amount of a loan by class, CNY million (class,): nothing, then doubling."""
    return a.smallest * np.concatenate([[0.0], 2.0 ** np.arange(CLASSES)])


def counts(a: Automation) -> Array:
    """Applications by class (class,): each class has `thinning` times those of the one below."""
    weight = a.thinning ** np.arange(CLASSES)
    return a.applications * np.concatenate([[0.0], weight / weight.sum()])


def gain(a: Automation, odds: Array) -> Array:
    """What an officer's finding is worth at odds in money s, a yuan of application, shape of odds.

    Of good clients, whose share there is 1 / (1 + e^(s - ln(L / m))), each yuan is worth m.
    Deciding after y, with the cut-off y* = d_y / 2 + s / d_y: N(d_y - y*) - e^s N(-y*); deciding
    now: max(0, 1 - e^s). The difference is largest at s = 0, where it is 2 N(d_y / 2) - 1.
    """
    d_y = float(separation(a.officer_auc))
    cut = d_y / 2 + odds / d_y
    after = norm_cdf(d_y - cut) - np.exp(odds) * norm_cdf(-cut)
    better = np.maximum(after - np.maximum(1 - np.exp(odds), 0), 0.0)
    worth: Array = a.margin * better / (1 + np.exp(odds - np.log(a.lgd / a.margin)))
    return worth


def band(a: Automation, amount: Array) -> tuple[Array, Array]:
    """Odds in money between which an application of this amount is worth an officer's hours.

    amount: CNY million, (k,), as the two results. Both are 0, the machine's own cut-off, where no
    application of the amount is worth them.
    """
    found, middle = gain(a, ODDS), len(ODDS) // 2
    price = a.hours * a.wage / np.maximum(amount, 1e-12)
    worth = price < found[middle]
    low = np.interp(price, found[: middle + 1], ODDS[: middle + 1])
    high = np.interp(price, found[middle:][::-1], ODDS[middle:][::-1])
    return np.where(worth, low, 0.0), np.where(worth, high, 0.0)


@dataclass(frozen=True)
class Rates:
    """Shares of the good and of the bad clients, (class, way), and what the cut-offs rest on."""

    good: Array  # approved
    bad: Array
    good_seen: Array  # by an officer
    bad_seen: Array
    cut: float  # the machine's own
    machine: float  # worth of a yuan of applications, as the maker of the cut-offs sees it
    both: float
    gap: float  # of the quadrature


def rates(a: Automation) -> Rates:
    """Who is approved and who is seen by an officer, in each class and each way, (class, way).

    The good and the bad are integrated over the machine's score x. In the band the officer's
    finding y decides: Gauss-Legendre there, split where the answer turns.
    """
    d, d_y = float(separation(a.machine_auc)), float(separation(a.officer_auc))
    d_true, d_both = float(separation(a.machine_auc - a.erosion)), float(combined(d, d_y))
    start = np.log(a.bad_share / (1 - a.bad_share)) + np.log(a.lgd / a.margin)
    cut = d / 2 + start / d  # where s(x) = 0
    need = start + d_both**2 / 2  # what d x + d_y y must exceed
    low, high = (cut - odds / d for odds in band(a, amounts(a))[::-1])
    one = np.ones(CLASSES + 1)
    approved, seen, gap = [], [], 0.0
    slip = (d - d_true) / 2  # the good score lower than they did, the bad higher
    for x_mean, y_mean in ((d - slip, d_y), (slip, 0.0)):  # the good, the bad
        lo, hi = (np.clip(x, x_mean - _FAR, x_mean + _FAR) for x in (low, high))
        turn, wide = need / d - d_y * y_mean / d, _FAR * d_y / d
        inner = (np.clip(turn + side * wide, lo, hi) for side in (-1, 1))
        ends = np.stack([lo, *inner, hi], axis=-1)
        half = np.diff(ends, axis=-1)[..., None] / 2
        x = ends[:, :-1, None] + half * (1 + _NODES)
        weight = half * _WEIGHTS * norm_pdf(x - x_mean)
        yes = (weight * norm_cdf(y_mean - (need - d * x) / d_y)).sum(axis=(1, 2))
        reviewed = norm_cdf(hi - x_mean) - norm_cdf(lo - x_mean)
        gap = max(gap, residual(weight.sum(axis=(1, 2)) - reviewed))
        everyone = norm_cdf((d * x_mean + d_y * y_mean - need) / d_both)
        approved.append([norm_cdf(x_mean - cut) * one, everyone * one, norm_cdf(x_mean - hi) + yes])
        seen.append([0 * one, one, reviewed])

    def worth(distance: float) -> float:
        at = distance / 2 + start / distance
        good, bad = norm_cdf(distance - at), norm_cdf(-at)
        return float((1 - a.bad_share) * a.margin * good - a.bad_share * a.lgd * bad)

    return Rates(
        good=np.stack(approved[0], axis=1),
        bad=np.stack(approved[1], axis=1),
        good_seen=np.stack(seen[0], axis=1),
        bad_seen=np.stack(seen[1], axis=1),
        cut=cut,
        machine=worth(d),
        both=worth(d_both),
        gap=gap,
    )


def first_seen(shares: Rates) -> NDArray[np.intp]:
    """The first class of which an officer sees an application, by way; -1: none (way,)."""
    return first_time(shares.good_seen[1:] > 0, start=1)

"""How well a score ranks: the binormal model, and the error of a measured area under its curve.

A score is higher for a better client: N(0, 1) among those who will default, N(d, 1) among those
who will not. One number, the separation d, then says all. Everything broadcasts; scalars in,
Python float out.

A machine with an AUC of 0.76 and an officer who finds out something else, with 0.65, together:

>>> from casebook.outlook import ranking
>>> machine, officer = ranking.separation(0.76), ranking.separation(0.65)
>>> round(ranking.area(ranking.combined(machine, officer)), 3)
0.789
>>> round(ranking.area_error(0.76, bad=150, good=2850), 3)  # measured on 150 defaulters
0.023
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .._checks import Numeric, real, result
from ..distributions import norm_cdf, norm_ppf

__all__ = ["area", "area_error", "combined", "log_odds", "separation"]

_ROOT_2 = np.sqrt(2.0)


def __dir__() -> list[str]:
    return sorted(__all__)


def separation(auc: ArrayLike) -> Numeric:
    """Distance d of the two groups, in standard deviations: d = sqrt(2) G(AUC).

    auc: area under the ROC curve, in (0, 1): the chance that a good client scores above a bad one.
    Returns the shape of auc. ValueError for an area outside (0, 1).
    Source: the equal-variance binormal model, J. A. Swets, Measuring the accuracy of diagnostic
    systems, Science 240 (1988) 1285-1293; AUC = N(d / sqrt(2)) follows from the difference of two
    normal scores.
    """
    inside = np.nextafter(1.0, 0.0)
    return result(_ROOT_2 * np.asarray(norm_ppf(real("auc", auc, 1.0 - inside, inside))))


def area(distance: ArrayLike) -> Numeric:
    """Area under the ROC curve, AUC = N(d / sqrt(2)): the inverse of `separation`.

    distance: d, in standard deviations, any finite numbers. Returns the shape of distance. Source:
    as of `separation`.
    """
    return result(np.asarray(norm_cdf(real("distance", distance) / _ROOT_2)))


def combined(*distances: ArrayLike) -> Numeric:
    """Separation of the best sum of independent scores: d = sqrt(d_1^2 + d_2^2 + ...).

    distances: d of each score, in standard deviations. Returns their common shape.
    Source: the log likelihood ratio of independent normal scores is sum d_i x_i, whose two means
    lie sum d_i^2 apart with variance sum d_i^2.
    """
    parts = [real("distances", d) for d in distances]
    return result(np.sqrt(sum(d * d for d in parts)))


def log_odds(score: ArrayLike, distance: ArrayLike, bad_share: ArrayLike) -> Numeric:
    """Log odds that a client with this score is bad: ln(p / (1 - p)) - d x + d^2 / 2.

    score: x; distance: d; bad_share: p in (0, 1), the share of bad clients before the score is
    seen. Returns their common shape. ValueError for a share outside (0, 1). Source: Bayes' rule on
    the two normal densities.
    """
    x, d = real("score", score), real("distance", distance)
    p = real("bad_share", bad_share, above=0.0, high=np.nextafter(1.0, 0.0))
    return result(np.log(p / (1.0 - p)) - d * x + 0.5 * d * d)


def area_error(auc: ArrayLike, bad: ArrayLike, good: ArrayLike) -> Numeric:
    """Standard error of an AUC measured on `bad` defaulters and `good` others.

    SE^2 = [A(1-A) + (bad-1)(Q1 - A^2) + (good-1)(Q2 - A^2)] / (bad good),
    Q1 = A / (2 - A), Q2 = 2 A^2 / (1 + A); auc in [0, 1], bad and good >= 1. The two Q belong to
    exponential scores; for normal ones the error is up to a quarter smaller. Returns the common
    shape of the three.
    Source: J. A. Hanley and B. J. McNeil, The meaning and use of the area under a receiver
    operating characteristic (ROC) curve, Radiology 143 (1982) 29-36.
    """
    a = real("auc", auc, 0.0, 1.0)
    bad, good = real("bad", bad, 1.0), real("good", good, 1.0)
    q1, q2 = a / (2.0 - a), 2.0 * a * a / (1.0 + a)
    variance = a * (1.0 - a) + (bad - 1.0) * (q1 - a * a) + (good - 1.0) * (q2 - a * a)
    return result(np.sqrt(np.maximum(variance, 0.0) / (bad * good)))

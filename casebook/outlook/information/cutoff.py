"""The cut-offs: who is approved by each ranking when all approve the same share of applications.

The lender reads a score with the separation that it measured when the score was built. Since then
good and bad may have moved towards each other, so the shares approved are those of the true scores
at the measured cut-offs. Arrays are (quarter, ranking, scenario, group).
"""

from __future__ import annotations

import numpy as np

from ...distributions import norm_cdf, norm_pdf
from ...shape import Array
from ..ranking import area_error, log_odds, separation
from .record import EQUAL, FLOWS, QUARTERS, RANKINGS, Information

#: The least AUC that drift leaves: a score that ranks no better than this is nearly a coin.
LEAST = 0.51
#: The greatest: one that ranks better is not met, and at 1 no distance says how much.
MOST = 0.995


def auc_error(a: Information) -> float:
    """Standard error of the measured AUC of the flows, from the defaults it was measured on."""
    good = a.measured_bad * (1 - a.bad_share) / a.bad_share
    return float(area_error(a.flows_auc, a.measured_bad, max(good, 1.0)))


def ages(rebuild: int) -> Array:
    """Quarters since the score was built or rebuilt (quarter,): 0 in the quarter of a rebuild."""
    quarter = np.arange(QUARTERS + 1)
    return np.where(quarter == 0, 0, (quarter - 1) % rebuild).astype(float)


def approved(a: Information, lost: Array) -> tuple[Array, Array, Array, Array]:
    """Shares of the good and of the bad approved, (quarter, ranking, scenario, group).

    lost: points of AUC that the flows rank worse than measured, (quarter, scenario). Also returns
    the share of all that is approved, and the cut-off u, both (quarter, ranking, scenario). The one
    number u moves both groups' cut-offs: x = anchor - slope x u; it is found by bisection and
    Newton's method on a falling function.
    """
    p, share = a.bad_share, np.array([1 - a.thin_share, a.thin_share])
    measured = np.array(
        [[a.accounts_auc] * 2, [a.flows_auc, a.thin_auc], [a.flows_auc, a.thin_auc]]
    )
    true = np.broadcast_to(
        measured[:, None, :], (len(lost), len(RANKINGS), lost.shape[1], 2)
    ).copy()
    true[:, FLOWS:] = np.clip(true[:, FLOWS:] - lost[:, None, :, None], LEAST, MOST)
    d = np.asarray(separation(true))
    seen = np.asarray(separation(measured))[:, None, :]
    prior = np.log(p / (1 - p))
    # the good score lower than when it was measured, the bad higher, half the way each
    good_mean, bad_mean = (seen + d) / 2, (seen - d) / 2
    # accounts, flows: one cut-off tau on the log odds; x = (prior - tau) / d + d / 2, u = tau
    anchor = np.broadcast_to(prior / seen + seen / 2, d.shape).copy()
    slope = np.broadcast_to(1 / seen, d.shape).copy()
    anchor[:, EQUAL], slope[:, EQUAL] = good_mean[:, EQUAL], 1.0  # equal: N(u) in both groups

    def passed(cut: Array) -> tuple[Array, Array, Array]:
        x = anchor - slope * cut[..., None]
        good, bad = norm_cdf(good_mean - x), norm_cdf(bad_mean - x)
        return good, bad, (((1 - p) * good + p * bad) * share).sum(axis=-1)

    low, high = np.full(d.shape[:-1], -40.0), np.full(d.shape[:-1], 40.0)
    for _ in range(14):
        u = (low + high) / 2
        more = passed(u)[2] < a.approvals
        low, high = np.where(more, u, low), np.where(more, high, u)
    u = (low + high) / 2
    for _ in range(5):
        x = anchor - slope * u[..., None]
        density = (1 - p) * norm_pdf(good_mean - x) + p * norm_pdf(bad_mean - x)
        rise = (density * slope * share).sum(axis=-1)
        step = (passed(u)[2] - a.approvals) / np.maximum(rise, 1e-12)
        u = np.clip(u - step, low, high)
    return *passed(u), u


def edge_risk(a: Information) -> Array:
    """PD of the last firm approved in each group when a good one has an equal chance (group,)."""
    *_, cut = approved(a, np.zeros((1, 1)))
    d = np.asarray(separation(np.array([a.flows_auc, a.thin_auc])))
    odds = np.asarray(log_odds(d - cut[0, EQUAL, 0], d, a.bad_share))
    pd: Array = 1 / (1 + np.exp(-odds))
    return pd

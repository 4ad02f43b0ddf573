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
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, overload

import numpy as np

from ...distributions import lognormal, norm_cdf, norm_pdf, normal
from ...shape import (
    Array,
    Draws,
    Record,
    Result,
    ScenarioRuns,
    SingleRun,
    crossing,
    drawer,
    first_time,
    load,
    residual,
    run_scenarios,
    uniform_draws,
)
from ..ranking import area_error, log_odds, separation

RANKINGS = ("accounts", "flows", "equal")
ACCOUNTS, FLOWS, EQUAL = range(3)
THICK, THIN = range(2)
QUARTERS = 12
#: The least AUC that drift leaves: a score that ranks no better than this is nearly a coin.
LEAST = 0.51
#: Scenarios at a time: each is a small grid of its own.
CHUNK = 2_000


@dataclass(frozen=True)
class Information(Record):
    """The assumptions; data/models/information.toml gives unit, range and reason."""

    ranking: str
    applications: float
    amount: float
    bad_share: float
    approvals: float
    margin: float
    lgd: float
    accounts_auc: float
    flows_auc: float
    thin_auc: float
    thin_share: float
    measured_bad: float
    drift: float
    drift_spread: float
    rebuild: int
    data_price: float
    build_cost: float
    rebuild_cost: float


def assumptions(path: str | Path | None = None) -> Information:
    """The base case, or your own file of the same form (see data/README.md)."""
    return load(Information, "information", path, folder="models")


def sample(a: Information, n: int, seed: int) -> Draws:
    """n worlds as uniforms in [0, 1): the true AUC behind the measured one, the speed of drift."""
    return uniform_draws(("auc", "drift"), n, seed)


@overload
def simulate(
    a: Information, d: None = None, keep: Sequence[str] | None = None
) -> SingleRun[Information]: ...
@overload
def simulate(
    a: Information, d: Draws, keep: Sequence[str] | None = None
) -> ScenarioRuns[Information]: ...
def simulate(
    a: Information, d: Draws | None = None, keep: Sequence[str] | None = None
) -> Result[Information]:
    """Three years of approvals: as measured, or with the true AUC and drift of `sample`.

    The result shows the ranking of `a.ranking` first. A single run keeps all lines; many keep
    those named in `keep`.
    """
    if d is None:
        return _result(a, np.zeros(1), np.array([a.drift]), None, single=True)
    return run_scenarios(partial(_worlds, a), sample(a, 1, 0), d, keep, CHUNK)


def _worlds(a: Information, d: Draws, keep: Sequence[str]) -> Result[Information]:
    drift = a.drift * lognormal(d["drift"], a.drift_spread)
    return _result(a, _error(a) * normal(d["auc"]), drift, keep, single=False)


def _error(a: Information) -> float:
    """Standard error of the measured AUC of the flows, from the defaults it was measured on."""
    good = a.measured_bad * (1 - a.bad_share) / a.bad_share
    return float(area_error(a.flows_auc, a.measured_bad, max(good, 1.0)))


# ------------------------------------------------------------------------------- the cut-off


def _ages(rebuild: int) -> Array:
    """Quarters since the score was built or rebuilt (quarter,): 0 in the quarter of a rebuild."""
    quarter = np.arange(QUARTERS + 1)
    return np.where(quarter == 0, 0, (quarter - 1) % rebuild).astype(float)


def _approved(a: Information, lost: Array) -> tuple[Array, Array, Array, Array]:
    """Shares of the good and of the bad approved, (quarter, ranking, scenario, group).

    lost: points of AUC that the flows rank worse than measured, (quarter, scenario). Also returns
    the share of all that is approved, and the cut-off. One number u moves both groups' cut-offs:
    x = anchor - slope x u; u is found by bisection and Newton's method on a falling function.
    """
    p, share = a.bad_share, np.array([1 - a.thin_share, a.thin_share])
    measured = np.array(
        [[a.accounts_auc] * 2, [a.flows_auc, a.thin_auc], [a.flows_auc, a.thin_auc]]
    )
    true = np.broadcast_to(measured[:, None, :], (len(lost), 3, lost.shape[1], 2)).copy()
    true[:, FLOWS:] = np.clip(true[:, FLOWS:] - lost[:, None, :, None], LEAST, 0.995)
    d = np.asarray(separation(true))
    seen = np.asarray(separation(measured))[:, None, :]
    prior = np.log(p / (1 - p))
    # the good score lower than when it was measured, the bad higher, half the way each
    good_mean, bad_mean = (seen + d) / 2, (seen - d) / 2
    # accounts, flows: one cut-off tau on the log odds; x = (prior - tau) / d + d / 2, u = tau
    anchor = np.broadcast_to(prior / seen + seen / 2, d.shape).copy()
    slope = np.broadcast_to(1 / seen, d.shape).copy()
    anchor[:, EQUAL], slope[:, EQUAL] = good_mean[:, EQUAL], 1.0  # equal: N(u) in both groups

    def passed(u: Array) -> tuple[Array, Array, Array]:
        x = anchor - slope * u[..., None]
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
    good, bad, all_ = passed(u)
    return good, bad, all_, u


# ------------------------------------------------------------------------------- three years


def _result(
    a: Information, error: Array, drift: Array, keep: Sequence[str] | None, *, single: bool
) -> Result[Information]:
    n = len(error)
    age = _ages(a.rebuild)
    # quarters of one age are alike; a true AUC above the measured one is a negative loss
    ages, back = np.unique(age, return_inverse=True)
    found = _approved(a, ages[:, None] * drift - error)
    good, bad, all_, _ = (x[back] for x in found)
    p, share = a.bad_share, np.array([1 - a.thin_share, a.thin_share])
    run = (np.arange(QUARTERS + 1) > 0)[:, None, None]
    quarterly = a.applications / 4 * run
    bad_made = quarterly * p * (bad * share).sum(axis=-1)
    good_made = quarterly * (1 - p) * (good * share).sum(axis=-1)
    uses_flows = (np.arange(3) > ACCOUNTS)[:, None]
    rebuilt = run & (age == 0)[:, None, None] & (np.arange(QUARTERS + 1) > 1)[:, None, None]
    lines = {
        "margin": a.margin * a.amount * good_made,
        "losses": -a.lgd * a.amount * bad_made,
        "data": -a.data_price * quarterly * uses_flows + 0 * bad_made,
        "building": -(a.build_cost * ~run + a.rebuild_cost * rebuilt) * uses_flows + 0 * bad_made,
    }
    lines["profit"] = sum(lines.values())
    value = (lines["margin"] + lines["losses"]) - (lines["margin"] + lines["losses"])[:, :1]
    lines |= {
        "applications": quarterly + 0 * bad_made,
        "approved": good_made + bad_made,
        "bad_made": bad_made,
        "good_refused": quarterly * (1 - p) - good_made,
        "thin_good_refused": quarterly * (1 - p) * a.thin_share * (1 - good[..., THIN]),
        "value": value,
    }
    total = {k: v.sum(axis=0) for k, v in lines.items()}
    loans = total["approved"]
    cost = -(total["data"] + total["building"])
    refused = 1 - good[1:].mean(axis=0)  # (ranking, scenario, group)
    metrics = {
        "profit": total["profit"],
        "net_gain": total["profit"] - total["profit"][:1],
        "value": total["value"],
        "value_per_thousand": 1000 * total["value"] / loans,
        "cost_per_thousand": 1000 * cost / loans,
        "first_value": 1000 * value[1] / lines["approved"][1],
        "bad_rate": total["bad_made"] / loans,
        "bad_per_thousand": 1000 * total["bad_made"] / loans,
        "good_refused": total["good_refused"] / ((1 - p) * total["applications"]),
        "thick_refused": refused[..., THICK],
        "thin_refused": refused[..., THIN],
        "refusal_gap": refused[..., THIN] - refused[..., THICK],
        "auc_error": np.full((1, 1), _error(a)),
    }
    swapped = -(bad_made - bad_made[:, :1]) * a.amount * (a.lgd + a.margin)
    checks = {
        "profit_foots": residual(
            lines["margin"] + lines["losses"] + lines["data"] + lines["building"] - lines["profit"]
        ),
        "approvals_are_equal": residual(all_ - a.approvals),
        "value_is_bad_loans_less": residual(swapped - value),
        "same_chance_in_both_groups": residual(good[:, EQUAL, :, THICK] - good[:, EQUAL, :, THIN]),
        "net_gain_is_value_less_cost": residual(metrics["net_gain"] - (total["value"] - cost)),
    }
    pays = (value + lines["data"]) > 0
    stops = run & ~pays & uses_flows
    kept = lines if keep is None else {k: lines[k] for k in keep if k in lines}
    kind: type[Result[Information]] = SingleRun if single else ScenarioRuns
    return kind(
        assumptions=a,
        chosen=a.ranking,
        alternatives=RANKINGS,
        all_lines=kept,
        all_metrics=metrics,
        all_events={"stops_paying": np.broadcast_to(first_time(stops), (len(RANKINGS), n))},
        checks=checks,
        largest_balance=a.applications * a.amount * 3,
        scenarios=n,
    )


# ------------------------------------------------------------------------------- the questions


def quarters(r: SingleRun[Information]) -> dict[str, Array]:
    """By quarter: what the chosen ranking saves over the accounts, and what its data cost."""
    flows = r if r.chosen != "accounts" else r.alternative("flows")
    return {
        "quarter": np.arange(1, QUARTERS + 1),
        "value": flows.lines["value"][1:],
        "price": -(flows.lines["data"] + flows.lines["building"])[1:],
        "refused": np.array(
            [
                [r.alternative(k).metrics[f"{g}_refused"] for k in RANKINGS]
                for g in ("thick", "thin")
            ]
        ),
    }


def auc_curve(r: SingleRun[Information], points: int = 25) -> dict[str, Any]:
    """Value and cost of a thousand loans by the AUC of the flows, before any drift.

    `break_even`: the AUC at which the data are worth their price. The thin group's AUC keeps its
    distance to the accounts.
    """
    a = r.assumptions
    auc = np.linspace(a.accounts_auc, 0.95, points)
    base = a.replace(drift=0.0)
    lift = (a.thin_auc - a.accounts_auc) / max(a.flows_auc - a.accounts_auc, 1e-9)
    runs = [
        simulate(
            base.replace(
                flows_auc=float(x),
                thin_auc=float(np.clip(a.accounts_auc + lift * (x - a.accounts_auc), 0.55, 0.95)),
            )
        ).alternative("flows")
        for x in auc
    ]
    value = np.array([x.metrics["value_per_thousand"] for x in runs])
    cost = np.array([x.metrics["cost_per_thousand"] for x in runs])
    return {"auc": auc, "value": value, "cost": cost, "break_even": crossing(value - cost, auc)}


def rebuild_curve(r: SingleRun[Information]) -> dict[str, Any]:
    """Gain of three years over the accounts, costs paid, by quarters between rebuilds."""
    every = np.arange(1, QUARTERS + 1)
    gain = [
        simulate(r.assumptions.replace(rebuild=int(k))).alternative("flows").metrics["net_gain"]
        for k in every
    ]
    return {"every": every, "gain": np.array(gain), "best": int(every[int(np.argmax(gain))])}


def futures(r: SingleRun[Information], n: int = 4_000, seed: int = 20260320) -> dict[str, float]:
    """Seeded worlds: the gain of the flows over the accounts, costs paid, and how often a loss."""
    gain = simulate(r.assumptions, sample(r.assumptions, n, seed)).all_metrics["net_gain"][FLOWS]
    low, middle, high = np.quantile(gain, [0.05, 0.5, 0.95])
    return {"low": low, "middle": middle, "high": high, "loses": float((gain < 0).mean())}


def edge_risk(a: Information) -> Array:
    """PD of the last firm approved in each group when a good one has an equal chance (group,)."""
    *_, u = _approved(a, np.zeros((1, 1)))
    d = np.asarray(separation(np.array([a.flows_auc, a.thin_auc])))
    odds = np.asarray(log_odds(d - u[0, EQUAL, 0], d, a.bad_share))
    return 1 / (1 + np.exp(-odds))


def findings(r: SingleRun[Information]) -> dict[str, float]:
    """The numbers that the page states, each with its unit in the model's file."""
    a = r.assumptions
    accounts, flows, equal = (r.alternative(k).metrics for k in RANKINGS)
    still = simulate(a.replace(drift=0.0)).alternative("flows").metrics
    never = simulate(a.replace(rebuild=QUARTERS)).alternative("flows")
    curve, rebuild, many = auc_curve(r), rebuild_curve(r), futures(r)
    few = simulate(a.replace(measured_bad=50.0)).metrics
    edge = edge_risk(a)
    return {
        "bad_per_thousand_less": accounts["bad_per_thousand"] - flows["bad_per_thousand"],
        "still_value": still["value_per_thousand"],
        "drift_eats": still["value_per_thousand"] - flows["value_per_thousand"],
        "never_value": never.metrics["value_per_thousand"],
        "never_last": float(never.lines["value"][-1]),
        "break_even_auc": curve["break_even"],
        "auc_lift": a.flows_auc - a.accounts_auc,
        "break_even_lift": curve["break_even"] - a.accounts_auc,
        "best_rebuild": float(rebuild["best"]),
        "best_rebuild_gain": float(rebuild["gain"].max()),
        "gain_low": many["low"],
        "gain_middle": many["middle"],
        "gain_high": many["high"],
        "loses": many["loses"],
        "error_50": few["auc_error"],
        "thin_worse": flows["thin_refused"] - accounts["thin_refused"],
        "thick_better": accounts["thick_refused"] - flows["thick_refused"],
        "gap_flows": flows["refusal_gap"],
        "edge_thick": float(edge[THICK]),
        "edge_thin": float(edge[THIN]),
        "price_of_equal": flows["net_gain"] - equal["net_gain"],
        "price_of_equal_share": (flows["net_gain"] - equal["net_gain"]) / flows["net_gain"],
        "extra_bad_equal": equal["bad_per_thousand"] - flows["bad_per_thousand"],
    }


#: Name of a figure -> what it is drawn from; the drawing is in `charts`.
FIGURES: Mapping[str, Callable[[SingleRun[Information]], Any]] = {
    "explorer": quarters,
    "auc": auc_curve,
    "rebuild": rebuild_curve,
}

figure = drawer(__package__, FIGURES)

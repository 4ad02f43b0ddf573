"""Three years of approvals: runs of the rankings, their checks, and what the page asks of them.

Who is approved comes from `cutoff`; here it becomes loans, money and refusals, quarter by quarter,
and the worth of the flows: the bad loans that they avoid at equal approvals.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, overload

import numpy as np

from ...distributions import lognormal, normal
from ...shape import (
    Array,
    Draws,
    Result,
    ScenarioRuns,
    SingleRun,
    asked,
    crossing,
    drawer,
    first_time,
    residual,
    run_scenarios,
    uniform_draws,
)
from . import cutoff
from .record import ACCOUNTS, EQUAL, FLOWS, QUARTERS, RANKINGS, THICK, THIN, Information

#: Whether a ranking pays for the flows (ranking, 1).
USES_FLOWS = (np.arange(len(RANKINGS)) > ACCOUNTS)[:, None]
#: Scenarios at a time: each is a small grid of its own.
CHUNK = 2_000


def sample(a: Information, n: int, seed: int) -> Draws:
    """n worlds as uniforms in [0, 1), (n,): the true AUC behind the measured one, speed of drift.

    ValueError unless n is a whole number above zero.
    """
    return uniform_draws(("auc", "drift"), n, seed)


@overload
def simulate(
    a: Information, d: None = None, keep: Sequence[str] | None = None
) -> SingleRun[Information]: ...
@overload
def simulate(
    a: Information, d: Draws, keep: Sequence[str] | None = None
) -> ScenarioRuns[Information]: ...
@asked
def simulate(
    a: Information, d: Draws | None = None, keep: Sequence[str] | None = None
) -> Result[Information]:
    """Three years of approvals: as measured, or with the true AUC and drift of `sample`.

    The result shows the ranking of `a.ranking` first. A single run keeps all lines; many keep
    those named in `keep`. ValueError for draws that are not like those of `sample` and for a line
    that is not there.
    """
    if d is None:
        return _result(a, np.zeros(1), np.array([a.drift]), None, SingleRun)
    return run_scenarios(partial(_worlds, a), sample(a, 1, 0), d, keep, CHUNK)


def _worlds(a: Information, d: Draws, keep: Sequence[str]) -> Result[Information]:
    """The worlds of the draws: the error of the measured AUC and the drift, both (scenario,)."""
    drift = a.drift * lognormal(d["drift"], a.drift_spread)
    return _result(a, cutoff.auc_error(a) * normal(d["auc"]), drift, keep, ScenarioRuns)


def _result(
    a: Information,
    error: Array,
    drift: Array,
    keep: Sequence[str] | None,
    kind: type[Result[Information]],
) -> Result[Information]:
    """Three years of approvals; lines (quarter, ranking, scenario).

    error: points of AUC by which the flows rank better than measured, drift: points that they lose
    a quarter, both (scenario,).
    """
    age = cutoff.ages(a.rebuild)
    # quarters of one age are alike; a true AUC above the measured one is a negative loss
    some, back = np.unique(age, return_inverse=True)
    found = cutoff.approved(a, some[:, None] * drift - error)
    good, bad, everyone, _ = (x[back] for x in found)
    lines = _lines(a, age, good, bad)
    metrics = _metrics(a, good, lines)
    pays = (lines["value"] + lines["data"]) > 0
    stops = (np.arange(QUARTERS + 1) > 0)[:, None, None] & ~pays & USES_FLOWS
    kept = lines if keep is None else {k: lines[k] for k in keep if k in lines}
    n = len(error)
    return kind(
        assumptions=a,
        chosen=a.ranking,
        alternatives=RANKINGS,
        all_lines=kept,
        all_metrics=metrics,
        all_events={"stops_paying": np.broadcast_to(first_time(stops), (len(RANKINGS), n))},
        checks=_checks(a, good, everyone, lines, metrics),
        largest_balance=a.applications * a.amount * 3,
        scenarios=n,
    )


def _lines(a: Information, age: Array, good: Array, bad: Array) -> dict[str, Array]:
    """Loans made, money and who is refused, each (quarter, ranking, scenario).

    age: quarters since the score was built (quarter,); good, bad: shares approved, (quarter,
    ranking, scenario, group).
    """
    p, share = a.bad_share, np.array([1 - a.thin_share, a.thin_share])
    run = (np.arange(QUARTERS + 1) > 0)[:, None, None]
    quarterly = a.applications / 4 * run
    bad_made = quarterly * p * (bad * share).sum(axis=-1)
    good_made = quarterly * (1 - p) * (good * share).sum(axis=-1)
    rebuilt = run & (age == 0)[:, None, None] & (np.arange(QUARTERS + 1) > 1)[:, None, None]
    lines = {
        "margin": a.margin * a.amount * good_made,
        "losses": -a.lgd * a.amount * bad_made,
        "data": -a.data_price * quarterly * USES_FLOWS + 0 * bad_made,
        "building": -(a.build_cost * ~run + a.rebuild_cost * rebuilt) * USES_FLOWS + 0 * bad_made,
    }
    earned = lines["margin"] + lines["losses"]
    lines["profit"] = sum(lines.values(), np.zeros(1))
    return lines | {
        "applications": quarterly + 0 * bad_made,
        "approved": good_made + bad_made,
        "bad_made": bad_made,
        "good_refused": quarterly * (1 - p) - good_made,
        "thin_good_refused": quarterly * (1 - p) * a.thin_share * (1 - good[..., THIN]),
        "value": earned - earned[:, :1],
    }


def _metrics(a: Information, good: Array, lines: dict[str, Array]) -> dict[str, Array]:
    """Three years in numbers, each (ranking, scenario); what depends on no ranking is (1, 1).

    good: shares of the good approved, (quarter, ranking, scenario, group).
    """
    total = {k: v.sum(axis=0) for k, v in lines.items()}
    loans = total["approved"]
    cost = -(total["data"] + total["building"])
    refused = 1 - good[1:].mean(axis=0)  # (ranking, scenario, group)
    return {
        "profit": total["profit"],
        "net_gain": total["profit"] - total["profit"][:1],
        "value": total["value"],
        "value_per_thousand": 1000 * total["value"] / loans,
        "cost_per_thousand": 1000 * cost / loans,
        "first_value": 1000 * lines["value"][1] / lines["approved"][1],
        "bad_rate": total["bad_made"] / loans,
        "bad_per_thousand": 1000 * total["bad_made"] / loans,
        "good_refused": total["good_refused"] / ((1 - a.bad_share) * total["applications"]),
        "thick_refused": refused[..., THICK],
        "thin_refused": refused[..., THIN],
        "refusal_gap": refused[..., THIN] - refused[..., THICK],
        "auc_error": np.full((1, 1), cutoff.auc_error(a)),
    }


def _checks(
    a: Information,
    good: Array,
    everyone: Array,
    lines: dict[str, Array],
    metrics: dict[str, Array],
) -> dict[str, float]:
    """Identities: equal approvals, equal chances where they should be, the worth in bad loans.

    good: shares of the good approved, (quarter, ranking, scenario, group); everyone: share of all
    that is approved, (quarter, ranking, scenario).
    """
    bad_made = lines["bad_made"]
    swapped = -(bad_made - bad_made[:, :1]) * a.amount * (a.lgd + a.margin)
    found = lines["margin"] + lines["losses"] + lines["data"] + lines["building"]
    cost = -(lines["data"].sum(axis=0) + lines["building"].sum(axis=0))
    return {
        "profit_foots": residual(found - lines["profit"]),
        "approvals_are_equal": residual(everyone - a.approvals),
        "value_is_bad_loans_less": residual(swapped - lines["value"]),
        "same_chance_in_both_groups": residual(good[:, EQUAL, :, THICK] - good[:, EQUAL, :, THIN]),
        "net_gain_is_value_less_cost": residual(metrics["net_gain"] - (metrics["value"] - cost)),
    }


def quarters(r: SingleRun[Information]) -> dict[str, Array]:
    """By quarter: what the chosen ranking saves over the accounts, and what its data cost, (12,).

    `refused`: share of the good refused, (group, ranking). Where the accounts are chosen, the flows
    are shown.
    """
    flows = r if r.chosen != "accounts" else r.alternative("flows")
    return {
        "quarter": np.arange(1, QUARTERS + 1),
        "value": flows.lines["value"][1:],
        "price": -(flows.lines["data"] + flows.lines["building"])[1:],
        "refused": np.array(
            [
                [r.alternative(k).metrics[f"{group}_refused"] for k in RANKINGS]
                for group in ("thick", "thin")
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


def findings(r: SingleRun[Information]) -> dict[str, float]:
    """The numbers that the page states, each with its unit in the model's file."""
    a = r.assumptions
    accounts, flows, equal = (r.alternative(k).metrics for k in RANKINGS)
    still = simulate(a.replace(drift=0.0)).alternative("flows").metrics
    never = simulate(a.replace(rebuild=QUARTERS)).alternative("flows")
    curve, rebuild, worlds = auc_curve(r), rebuild_curve(r), futures(r)
    few = simulate(a.replace(measured_bad=50.0)).metrics
    edge = cutoff.edge_risk(a)
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
        "gain_low": worlds["low"],
        "gain_middle": worlds["middle"],
        "gain_high": worlds["high"],
        "loses": worlds["loses"],
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

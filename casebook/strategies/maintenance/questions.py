"""What the chapter asks: what was seen, what an hour is worth, and how sure the best use is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from ... import timevalue
from ...shape import Array, ScenarioRuns, SingleRun, drawer
from . import contact, learning, occasions, run
from .contact import World
from .record import (
    ALTERNATIVES,
    BEST,
    CLASS,
    CLASSES,
    ESTIMATES,
    GRID,
    GROUPS,
    NOW,
    PAYING,
    SIZES,
    STEP,
    YEARS,
    Maintenance,
)

#: Worlds of an interval.
WORLDS = 2000


def allocations_of(r: SingleRun[Maintenance]) -> Array:
    """Hours of each client of a group by use, (alternative, group)."""
    return run.allocations(r.assumptions)[0]


@lru_cache(maxsize=8)
def _ensemble(a: Maintenance, n: int, seed: int) -> ScenarioRuns[Maintenance]:
    """The worlds of `ensemble`, kept: figures and findings ask for the same ones."""
    return run.simulate(a, run.sample(a, n, seed))


def ensemble(
    r: SingleRun[Maintenance], n: int = WORLDS, seed: int = 20260803
) -> ScenarioRuns[Maintenance]:
    """Worlds that agree with what was seen, all uses of the hours in the same ones."""
    return _ensemble(r.assumptions.replace(allocation="best"), n, seed)


def in_world(a: Maintenance, effects: World) -> SingleRun[Maintenance]:
    """The hours that are best by these assumptions, in a world of other effects (one scenario)."""
    hours, price = run.allocations(a)
    return run.result(a, hours, price, effects, keep=None)


def in_truth(r: SingleRun[Maintenance]) -> SingleRun[Maintenance]:
    """The same hours in the world that made the tables. No bank can do this."""
    groups = contact.seen(r.assumptions)
    rho, xi, eta = (np.array([x]) for x in learning.truth())
    return in_world(r.assumptions, World(rho, xi, eta, groups.leave[:, None], groups.sale[:, None]))


def raw(r: SingleRun[Maintenance]) -> dict[str, Any]:
    """Leaving of transactional clients by the hours they had, and by lot: as the file has it."""
    table = r.assumptions.spec.words["fit"]["raw"]
    return {k: np.array(v) for k, v in table.items()}


def estimates(r: SingleRun[Maintenance]) -> dict[str, Any]:
    """rho and xi by estimate: name -> (estimate, 3: 5th percentile, mean, 95th)."""
    fit_ = r.assumptions.spec.words["fit"]
    rows = {}
    for k in ("rho", "xi", "eta"):
        draws = [np.array(fit_[way][k]) for way in ESTIMATES]
        rows[k] = np.array([[np.percentile(x, 5), x.mean(), np.percentile(x, 95)] for x in draws])
    return rows


def estimates_and_truth(r: SingleRun[Maintenance]) -> dict[str, Any]:
    """The same with what the program that made the bank holds."""
    return estimates(r) | {"truth": learning.truth()}


def response(r: SingleRun[Maintenance]) -> dict[str, Any]:
    """Leaving a year by hours: (hours, class); and the band of transactional clients."""
    a, s = r.assumptions, contact.seen(r.assumptions)
    hours = np.arange(0.0, 61.0)
    one = np.arange(0, GROUPS, SIZES)
    plan = hours[:, None, None]
    middle = contact.rates(s, contact.world(a), plan)[0][:, one, 0]
    many = contact.rates(s, contact.world(a, run.sample(a, 400, 7)), plan)[0][:, one[1]]
    return {"hours": hours, "leave": middle, "band": np.percentile(many, [5, 95], axis=1),
            "now": s.class_hours}  # fmt: skip


def marginal(r: SingleRun[Maintenance]) -> dict[str, Any]:
    """Value of one more hour a year by hours, for large and small clients: (hours, group)."""
    a = r.assumptions
    annuity = timevalue.annuity_factor(a.hurdle, YEARS)
    hours, price = run.allocations(a)
    slope = np.diff(contact.curve(a, contact.world(a)), axis=0) / STEP / annuity
    return {"hours": GRID[:-1] + STEP / 2, "slope": slope, "price": price / annuity,
            "best": hours[BEST]}  # fmt: skip


def gains(r: SingleRun[Maintenance]) -> dict[str, Any]:
    """Gain a year over the hours of now, by use: expected, 5th and 95th percentile of worlds."""
    many = ensemble(r).all_metrics
    at = [0, 2, 3, 4, 5]
    gain = many["gain"][at]
    return {
        "names": [ALTERNATIVES[k] for k in at],
        "expected": r.all_metrics["gain"][at, 0],
        "low": np.percentile(gain, 5, axis=1),
        "high": np.percentile(gain, 95, axis=1),
        "sure": (gain > 0).mean(axis=1),
        "over_equal": np.percentile(many["over_equal"][BEST], [5, 95]),
        "sure_equal": float((many["over_equal"][BEST] > 0).mean()),
        "contact": np.percentile(many["contact"][NOW], [5, 95]),
    }


def budgets(r: SingleRun[Maintenance]) -> dict[str, Any]:
    """Gain a year over the hours of now by the budget: (budget,) for best and equal; the best."""
    a = r.assumptions
    now = r.all_metrics["value"][NOW, 0]
    annuity = timevalue.annuity_factor(a.hurdle, YEARS)
    hours = np.arange(0.0, 41.0, 2.0)
    found: dict[str, list[float]] = {"best": [], "equal": []}
    for budget in hours:
        here = run.simulate(a.replace(budget=float(budget)))
        for k, values in found.items():
            values.append((here.alternative(k).metrics["value"] - now) / annuity)
    return {
        "hours": hours,
        **{k: np.array(v) for k, v in found.items()},
        "most": float(r.all_metrics["hours_used"][PAYING, 0]),
        "most_gain": float(r.all_metrics["gain"][PAYING, 0]),
        "now": a.budget,
    }


def later(r: SingleRun[Maintenance]) -> dict[str, Any]:
    """Who left in the year after of those drawn by lot: seen, and as each estimate foretold."""
    return dict(r.assumptions.spec.words["fit"]["later"])


def findings(r: SingleRun[Maintenance]) -> dict[str, float]:
    """The numbers that the chapter states, each with its unit in the file of the model."""
    a, s = r.assumptions, contact.seen(r.assumptions)
    g, e, x, t, true = gains(r), estimates(r), raw(r), later(r), in_truth(r)
    naive = run.simulate(a.replace(estimate="naive"))
    hours, _ = run.allocations(a)
    value = contact.curve(a, contact.world(a))
    at = {name: k for k, name in enumerate(g["names"])}
    by_class = np.array([s.share[k == CLASS] @ s.hours[k == CLASS] / s.share[k == CLASS].sum()
                         for k in range(len(CLASSES))])  # fmt: skip
    by_class *= a.budget / (s.share @ s.hours)
    rho, xi, eta = learning.truth()
    result = {
        "rho_true": rho, "xi_true": xi, "eta_true": eta,
        "eta_naive": e["eta"][0, 1], "eta_lot": e["eta"][2, 1],
        "raw_low": x["rate"][0], "raw_high": x["rate"][-1],
        "lot_rate": x["lot_rate"][1], "lot_other": x["lot_rate"][0],
        "lot_less": 1 - x["lot_rate"][1] / x["lot_rate"][0],
        "lot_hours": x["lot_hours"][1], "lot_other_hours": x["lot_hours"][0],
        "all_left": float(x["all_left"]), "lot_events": x["lot_events"][1],
        "low": g["low"][at["best"]], "high": g["high"][at["best"]],
        "equal_gain": g["expected"][at["equal"]], "volume_gain": g["expected"][at["volume"]],
        "gain_low": g["low"][at["paying"]], "gain_high": g["high"][at["paying"]],
        "over_equal_low": g["over_equal"][0], "over_equal_high": g["over_equal"][1],
        "contact_low": g["contact"][0], "contact_high": g["contact"][1],
        "sure": g["sure"][at["best"]], "sure_equal": g["sure_equal"],
        "best_hours": r.all_metrics["hours_used"][PAYING, 0],
        "hours_strategic_small": hours[PAYING, 0], "hours_strategic_large": hours[PAYING, 2],
        "hours_transactional_small": hours[PAYING, 3],
        "hours_transactional_large": hours[PAYING, 5], "hours_growth": hours[PAYING, 7],
        "now_strategic": by_class[0], "now_transactional": by_class[1], "now_growth": by_class[2],
        "paying_gain": r.all_metrics["gain"][PAYING, 0],
        "naive_gain": naive.all_metrics["gain"][BEST, 0],
        "naive_hours_gain": naive.all_metrics["gain"][PAYING, 0],
        "naive_best": naive.all_metrics["hours_used"][PAYING, 0],
        "true_gain": true.all_metrics["gain"][PAYING, 0],
        "value_large": value[0, 2], "value_small": value[0, 3],
        "later_seen": t["seen"], "later_nothing": t["nothing"], "later_naive": t["naive"],
        "later_lot": t["lot"], "worlds": WORLDS,
    }  # fmt: skip
    result |= _occasion_findings(r)
    for k in ("rho", "xi"):
        for row, way in zip(e[k], ESTIMATES, strict=True):
            result |= {f"{k}_{way}_low": row[0], f"{k}_{way}": row[1], f"{k}_{way}_high": row[2]}
    return {k: float(v) for k, v in result.items()}


def _occasion_findings(r: SingleRun[Maintenance]) -> dict[str, float]:
    """Visit, tailored service and seminar in numbers, for the groups that the chapter names."""
    a, held = r.assumptions, occasions.occasions(r)
    large, transactional = (occasions.least(r, group) for group in (2, 5))
    groups = {"large": 2, "transactional": 5, "small": 3}
    gains_of = {f"{k}_{name}": x[group] for k, x in held.items() for name, group in groups.items()}
    cost = occasions.costs(a)
    return {k: float(v) for k, v in gains_of.items()} | {
        "seminar_total": cost["seminar"] * a.seminar_guests,
        "seminar_guest": cost["seminar"],
        "tailored_total": cost["tailored"],
        "seminar_least_guests": large["guests"],
        "seminar_least_lift": large["seminar_lift"],
        "transactional_least_guests": transactional["guests"],
        "tailored_least_lift": large["lift"],
    }


#: Name of a figure -> what it is drawn from; the drawing is in `charts`.
FIGURES: Mapping[str, Callable[[SingleRun[Maintenance]], Any]] = {
    "explorer": allocations_of,
    "raw": raw,
    "estimates": estimates_and_truth,
    "response": response,
    "marginal": marginal,
    "gains": gains,
    "budget": budgets,
    "occasions": occasions.occasions,
    "later": later,
}

figure = drawer(__package__, FIGURES)

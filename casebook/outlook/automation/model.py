"""Outlook, intelligent: which applications a machine decides, which are worth an officer's hour.

A year of applications in classes of amount: class 0 is the desk before it opens, class k = 1 to 8
a loan of `smallest` x 2^(k - 1). Three ways to decide them are the alternatives of one run.

Scores (casebook.outlook.ranking)
    The machine's score x is N(0, 1) for a client who will default and N(d, 1) for one who will not,
    d from its AUC. The officer sees x and finds out y, independent of it, with a separation of its
    own; together they rank with d_both = sqrt(d^2 + d_y^2).
    Worth of a yes, a yuan lent: the margin m if the client is good, minus the loss L if it is bad.
    Odds in money: s(x) = log odds of bad at x + ln(L / m). Say yes where s < 0.
Three ways
    machine   yes where s(x) < 0
    officer   every application: yes where s(x, y) < 0, for the price of the hours
    referral  the officer sees an application where what he may find out is worth more than his
              hours: amount x gain(x) > hours x wage; the machine decides the others
The machine may rank worse than it did when it was checked (`erosion`, points of AUC): the two
groups have moved towards each other, half the way each, and the cut-offs stay where they were.
The officer's own findings are not eroded.
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
from ..ranking import area, combined, separation

WAYS = ("machine", "officer", "referral")
MACHINE, OFFICER, REFERRAL = range(3)
CLASSES = 8
#: Gauss-Legendre nodes of each of three parts of the referral band.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(48)
#: Standard deviations beyond which no client is met (chance below 1e-18).
_FAR = 9.0
#: Odds in money at which the worth of a review is computed; beyond them it is nothing.
_ODDS = np.linspace(-18.0, 18.0, 1441)


@dataclass(frozen=True)
class Automation(Record):
    """The assumptions; data/models/automation.toml gives unit, range and reason."""

    way: str
    applications: float
    thinning: float
    smallest: float
    bad_share: float
    bad_spread: float
    margin: float
    lgd: float
    lgd_spread: float
    machine_auc: float
    erosion: float
    officer_auc: float
    hours: float
    wage: float
    machine_cost: float
    machine_upkeep: float


def assumptions(path: str | Path | None = None) -> Automation:
    """The base case, or your own file of the same form (see data/README.md)."""
    return load(Automation, "automation", path, folder="models")


def sample(a: Automation, n: int, seed: int) -> Draws:
    """n years as uniforms in [0, 1): the share of bad applicants, what a bad loan loses."""
    return uniform_draws(("bad", "lgd"), n, seed)


@overload
def simulate(
    a: Automation, d: None = None, keep: Sequence[str] | None = None
) -> SingleRun[Automation]: ...
@overload
def simulate(
    a: Automation, d: Draws, keep: Sequence[str] | None = None
) -> ScenarioRuns[Automation]: ...
def simulate(
    a: Automation, d: Draws | None = None, keep: Sequence[str] | None = None
) -> Result[Automation]:
    """Decide a year of applications, with the world as assumed or as `sample` draws it.

    The cut-offs are those of the assumptions, whatever the world then is. The result shows the way
    of `a.way` first. A single run keeps all lines; many keep those named in `keep`.
    """
    rates = _rates(a)
    if d is None:
        return _result(a, rates, None, None)
    return run_scenarios(partial(_result, a, rates), sample(a, 1, 0), d, keep)


# ------------------------------------------------------------------------------- the decision


def amounts(a: Automation) -> Array:
    """Amount of a loan by class, CNY million (class,): nothing, then doubling."""
    return a.smallest * np.concatenate([[0.0], 2.0 ** np.arange(CLASSES)])


def _count(a: Automation) -> Array:
    """Applications by class (class,): each class has `thinning` times those of the one below."""
    weight = a.thinning ** np.arange(CLASSES)
    return a.applications * np.concatenate([[0.0], weight / weight.sum()])


def _gain(a: Automation, odds: Any) -> Any:
    """What an officer's finding is worth at odds in money s, for a yuan of application.

    Of good clients, whose share there is 1 / (1 + e^(s - ln(L / m))), each yuan is worth m.
    Deciding after y, with the cut-off y* = d_y / 2 + s / d_y: N(d_y - y*) - e^s N(-y*); deciding
    now: max(0, 1 - e^s). The difference is largest at s = 0, where it is 2 N(d_y / 2) - 1.
    """
    d_y = float(separation(a.officer_auc))
    cut = d_y / 2 + odds / d_y
    after = norm_cdf(d_y - cut) - np.exp(odds) * norm_cdf(-cut)
    better = np.maximum(after - np.maximum(1 - np.exp(odds), 0), 0.0)
    return a.margin * better / (1 + np.exp(odds - np.log(a.lgd / a.margin)))


def _band(a: Automation, amount: Array) -> tuple[Array, Array]:
    """Odds in money between which an application of this amount is worth an officer's hours.

    Both are 0, the machine's own cut-off, where no application of the amount is worth them.
    """
    gain, middle = _gain(a, _ODDS), len(_ODDS) // 2
    price = a.hours * a.wage / np.maximum(amount, 1e-12)
    worth = price < gain[middle]
    low = np.interp(price, gain[: middle + 1], _ODDS[: middle + 1])
    high = np.interp(price, gain[middle:][::-1], _ODDS[middle:][::-1])
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


def _rates(a: Automation) -> Rates:
    d, d_y = float(separation(a.machine_auc)), float(separation(a.officer_auc))
    d_true, d_both = float(separation(a.machine_auc - a.erosion)), float(combined(d, d_y))
    start = np.log(a.bad_share / (1 - a.bad_share)) + np.log(a.lgd / a.margin)
    cut = d / 2 + start / d  # where s(x) = 0
    need = start + d_both**2 / 2  # what d x + d_y y must exceed
    low, high = (cut - s / d for s in _band(a, amounts(a))[::-1])
    one = np.ones(CLASSES + 1)
    approved, seen, gap = [], [], 0.0
    slip = (d - d_true) / 2  # the good score lower than they did, the bad higher
    for x_mean, y_mean in ((d - slip, d_y), (slip, 0.0)):  # the good, the bad
        lo, hi = (np.clip(x, x_mean - _FAR, x_mean + _FAR) for x in (low, high))
        # in the band the officer's finding y decides: Gauss-Legendre, split where it turns
        turn, wide = need / d - d_y * y_mean / d, _FAR * d_y / d
        inner = (np.clip(turn + side * wide, lo, hi) for side in (-1, 1))
        ends = np.stack([lo, *inner, hi], axis=-1)
        half = np.diff(ends, axis=-1)[..., None] / 2
        x = ends[:, :-1, None] + half * (1 + _NODES)
        weight = half * _WEIGHTS * norm_pdf(x - x_mean)
        yes = (weight * norm_cdf(y_mean - (need - d * x) / d_y)).sum(axis=(1, 2))
        band = norm_cdf(hi - x_mean) - norm_cdf(lo - x_mean)
        gap = max(gap, residual(weight.sum(axis=(1, 2)) - band))
        everyone = norm_cdf((d * x_mean + d_y * y_mean - need) / d_both)
        approved.append([norm_cdf(x_mean - cut) * one, everyone * one, norm_cdf(x_mean - hi) + yes])
        seen.append([0 * one, one, band])

    def worth(separation: float) -> float:
        at = separation / 2 + start / separation
        good, bad = norm_cdf(separation - at), norm_cdf(-at)
        return float((1 - a.bad_share) * a.margin * good - a.bad_share * a.lgd * bad)

    tables = (np.stack(x, axis=1) for x in (*approved, *seen))
    return Rates(*tables, cut=cut, machine=worth(d), both=worth(d_both), gap=gap)


# ------------------------------------------------------------------------------- the year


def _result(
    a: Automation, rates: Rates, d: Draws | None, keep: Sequence[str] | None
) -> Result[Automation]:
    bad_share, lgd = np.array([a.bad_share]), np.array([a.lgd])
    if d is not None:
        odds = a.bad_share / (1 - a.bad_share) * np.exp(a.bad_spread * normal(d["bad"]))
        bad_share = odds / (1 + odds)
        lgd = np.minimum(a.lgd * lognormal(d["lgd"], a.lgd_spread), 1.0)
    amount, count = amounts(a)[:, None, None], _count(a)[:, None, None]
    good, bad, good_seen, bad_seen = (
        getattr(rates, k)[..., None] for k in ("good", "bad", "good_seen", "bad_seen")
    )
    good_count, bad_count = count * (1 - bad_share), count * bad_share
    seen = good_count * good_seen + bad_count * bad_seen
    wrong_yes, right_yes = bad_count * bad, good_count * good
    wrong_no = good_count - right_yes
    start = (np.arange(CLASSES + 1) == 0)[:, None, None]
    lines = {
        "margin": a.margin * amount * right_yes,
        "losses": -lgd * amount * wrong_yes,
        "officer": -a.hours * a.wage * seen,
        "machine": -(a.machine_cost * count + a.machine_upkeep * start) + 0 * seen,
    }
    lines["profit"] = sum(lines.values())
    approved = right_yes + wrong_yes
    lines |= {
        "amount": amount + 0 * seen,
        "applications": count + 0 * seen,
        "seen": seen,
        "approved": approved,
        "wrong_yes": wrong_yes,
        "wrong_no": wrong_no,
    }
    total = {k: v.sum(axis=0) for k, v in lines.items()}
    all_good, all_bad = (a.applications * x[None] for x in (1 - bad_share, bad_share))
    better = rates.both - rates.machine
    price = a.hours * a.wage
    d_y = float(separation(a.officer_auc))
    best = a.margin * a.lgd / (a.margin + a.lgd) * (2 * norm_cdf(d_y / 2) - 1)
    metrics = {
        "profit": total["profit"],
        "officer_hours": a.hours * total["seen"],
        "officer_cost": -total["officer"],
        "seen_share": total["seen"] / a.applications,
        "approved_share": total["approved"] / a.applications,
        "bad_approved": total["wrong_yes"] / all_bad,
        "good_refused": total["wrong_no"] / all_good,
        "wrong_yes": 1000 * total["wrong_yes"] / a.applications,
        "wrong_no": 1000 * total["wrong_no"] / a.applications,
        "cost_wrong_yes": -total["losses"],
        "cost_wrong_no": a.margin * (amount * wrong_no).sum(axis=0),
        "first_amount": np.full((1, 1), price / best),
        "every_amount": np.full((1, 1), price / better),
        "cut_pd": np.full((1, 1), a.margin / (a.margin + a.lgd)),
        "auc_both": np.full((1, 1), area(combined(separation(a.machine_auc), d_y))),
        "auc_true": np.full((1, 1), a.machine_auc - a.erosion),
    }
    slope = (1 - a.bad_share) * a.margin * norm_pdf(
        rates.cut - float(separation(a.machine_auc))
    ) - a.bad_share * a.lgd * norm_pdf(rates.cut)
    found = lines["margin"] + lines["losses"] + lines["officer"] + lines["machine"]
    missed = a.margin * (amount * good_count).sum(axis=0) - metrics["cost_wrong_no"]
    checks = {
        "profit_foots": residual(found - lines["profit"]),
        "applications_add_up": residual(count.sum() - a.applications),
        "all_are_decided": residual(approved + wrong_no + bad_count - wrong_yes - count),
        "band_integrates": rates.gap,
        "cut_is_flat": residual(slope),
        "gain_is_largest_at_the_cut": residual(_gain(a, _ODDS).max() - best),
        "wrong_noes_are_margin_missed": residual(missed - total["margin"]),
    }
    kept = lines if keep is None else {k: lines[k] for k in keep if k in lines}
    n = len(bad_share)
    kind: type[Result[Automation]] = SingleRun if d is None else ScenarioRuns
    return kind(
        assumptions=a,
        chosen=a.way,
        alternatives=WAYS,
        all_lines=kept,
        all_metrics=metrics,
        all_events={"first_seen": np.broadcast_to(_first_seen(rates)[:, None], (len(WAYS), n))},
        checks=checks,
        largest_balance=float((amount * count).sum()),
        scenarios=n,
    )


def _first_seen(rates: Rates) -> Array:
    """The first class of which an officer sees an application, by way; -1: none (way,)."""
    return first_time(rates.good_seen[1:] > 0, start=1)


# ------------------------------------------------------------------------------- the questions


def decision_map(r: SingleRun[Automation]) -> dict[str, Array]:
    """By amount: the machine's PD from which it leaves the yes, and the no, to an officer."""
    a = r.assumptions
    amount = np.geomspace(0.01, 20.0, 161)

    def pd(odds: Array) -> Array:
        return 1 / (1 + np.exp(np.log(a.lgd / a.margin) - odds))

    low, high = _band(a, amount)
    by_class = {way: r.alternative(way).lines["profit"] for way in WAYS}
    count = np.maximum(r.lines["applications"], 1e-12)
    return {
        "amount": amount,
        "low": pd(low),
        "high": pd(high),
        "class_amount": amounts(a)[1:],
        **{way: (x - by_class["machine"])[1:] / count[1:] for way, x in by_class.items()},
    }


def error_costs(r: SingleRun[Automation]) -> dict[str, Array]:
    """Money that each way of deciding costs a year, by kind of cost; each (way,)."""
    sides = [r.alternative(way).metrics for way in WAYS]
    names = ("cost_wrong_yes", "cost_wrong_no", "officer_cost")
    return {k: np.array([m[k] for m in sides]) for k in names}


def erosion_curve(r: SingleRun[Automation], most: float = 0.15, points: int = 16) -> dict[str, Any]:
    """Profit (way, erosion): points of AUC that the machine has lost without anyone noticing.

    `crossing` is the loss at which the machine alone earns no more than an officer for every
    application; NaN where it always earns more.
    """
    a = r.assumptions
    erosion = np.linspace(0.0, most, points)
    runs = [simulate(a.replace(erosion=float(e))) for e in erosion]
    profit = np.stack([x.all_metrics["profit"][:, 0] for x in runs], axis=1)
    gap = profit[OFFICER] - profit[MACHINE]
    return {"erosion": erosion, "profit": profit, "crossing": crossing(gap, erosion)}


def futures(r: SingleRun[Automation], n: int = 20_000, seed: int = 20260320) -> dict[str, Array]:
    """Seeded years: what referral earns over the machine alone, and how often it earns less."""
    profit = simulate(r.assumptions, sample(r.assumptions, n, seed)).all_metrics["profit"]
    more = profit[REFERRAL] - profit[MACHINE]
    return {
        "mean": float(more.mean()),
        "low": float(np.quantile(more, 0.05)),
        "high": float(np.quantile(more, 0.95)),
        "less": float((more < 0).mean()),
        "worst_machine": float(np.quantile(profit[MACHINE], 0.05)),
        "worst_referral": float(np.quantile(profit[REFERRAL], 0.05)),
    }


def findings(r: SingleRun[Automation]) -> dict[str, float]:
    """The numbers that the page states, each with its unit in the model's file."""
    a = r.assumptions
    machine, officer, referral = (r.alternative(way).metrics for way in WAYS)
    curve, many = erosion_curve(r), futures(r)
    small = amounts(a)[1]
    low, high = _band(a, np.array([small, 1.0]))
    pd = 1 / (1 + np.exp(np.log(a.lgd / a.margin) - np.array([low[1], high[1]])))
    eroded = simulate(a.replace(erosion=0.08))
    lost = [machine["profit"], referral["profit"]]
    lost = [
        x - eroded.alternative(w).metrics["profit"] for x, w in zip(lost, WAYS[::2], strict=True)
    ]
    return {
        "price_of_review": a.hours * a.wage,
        "noes_for_a_yes": a.lgd / a.margin,
        "wrong_yes_million": a.lgd,
        "wrong_no_million": a.margin,
        "pd_low": float(pd[0]),
        "pd_high": float(pd[1]),
        "referral_over_machine": referral["profit"] - machine["profit"],
        "referral_over_officer": referral["profit"] - officer["profit"],
        "machine_over_officer": machine["profit"] - officer["profit"],
        "hours_saved": officer["officer_hours"] - referral["officer_hours"],
        "erosion_crossing": curve["crossing"],
        "eroded_points": 0.08,
        "eroded_machine": lost[0],
        "eroded_referral": lost[1],
        "eroded_bad_approved": eroded.alternative("machine").metrics["bad_approved"],
        "gain_low": many["low"],
        "gain_high": many["high"],
        "gain_less": many["less"],
        "smallest": float(small),
        "largest": float(amounts(a)[-1]),
    }


#: Name of a figure -> what it is drawn from; the drawing is in `charts`.
FIGURES: Mapping[str, Callable[[SingleRun[Automation]], Any]] = {
    "explorer": decision_map,
    "errors": error_costs,
    "erosion": erosion_curve,
}

figure = drawer(__package__, FIGURES)

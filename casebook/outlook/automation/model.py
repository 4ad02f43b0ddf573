"""A year of applications: runs of the three ways, their checks, and what the page asks of them.

The cut-offs and the shares approved come from `decision`, once for all scenarios: they are made
from the assumptions. A scenario is another world that they meet, with more or fewer bad clients.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, overload

import numpy as np

from ...distributions import lognormal, norm_cdf, norm_pdf, normal
from ...shape import (
    Array,
    Draws,
    Result,
    ScenarioRuns,
    SingleRun,
    asked,
    crossing,
    drawer,
    residual,
    run_scenarios,
    uniform_draws,
)
from ..ranking import area, combined, separation
from . import decision
from .decision import Rates
from .record import CLASSES, MACHINE, OFFICER, REFERRAL, WAYS, Automation

#: Points of AUC that the machine of the page's example has lost.
ERODED = 0.08


def sample(a: Automation, n: int, seed: int) -> Draws:
    """n years as uniforms in [0, 1), (n,): the share of bad applicants, what a bad loan loses.

    ValueError unless n is a whole number above zero.
    """
    return uniform_draws(("bad", "lgd"), n, seed)


@overload
def simulate(
    a: Automation, d: None = None, keep: Sequence[str] | None = None
) -> SingleRun[Automation]: ...
@overload
def simulate(
    a: Automation, d: Draws, keep: Sequence[str] | None = None
) -> ScenarioRuns[Automation]: ...
@asked
def simulate(
    a: Automation, d: Draws | None = None, keep: Sequence[str] | None = None
) -> Result[Automation]:
    """Decide a year of applications, with the world as assumed or as `sample` draws it.

    The cut-offs are those of the assumptions, whatever the world then is. The result shows the way
    of `a.way` first. A single run keeps all lines; many keep those named in `keep`. ValueError for
    draws that are not like those of `sample` and for a line that is not there.
    """
    rates = decision.rates(a)
    if d is None:
        return _result(a, rates, None, None)
    return run_scenarios(partial(_result, a, rates), sample(a, 1, 0), d, keep)


def _result(
    a: Automation, rates: Rates, d: Draws | None, keep: Sequence[str] | None
) -> Result[Automation]:
    """The year in the world as assumed, or in those of the draws; lines (class, way, scenario)."""
    bad_share, lgd = np.array([a.bad_share]), np.array([a.lgd])
    if d is not None:
        odds = a.bad_share / (1 - a.bad_share) * np.exp(a.bad_spread * normal(d["bad"]))
        bad_share = odds / (1 + odds)
        lgd = np.minimum(a.lgd * lognormal(d["lgd"], a.lgd_spread), 1.0)
    amount, count = decision.amounts(a)[:, None, None], decision.counts(a)[:, None, None]
    lines = _lines(a, rates, bad_share, lgd)
    metrics = _metrics(a, rates, lines, bad_share)
    kept = lines if keep is None else {k: lines[k] for k in keep if k in lines}
    n = len(bad_share)
    first = decision.first_seen(rates)
    kind: type[Result[Automation]] = SingleRun if d is None else ScenarioRuns
    return kind(
        assumptions=a,
        chosen=a.way,
        alternatives=WAYS,
        all_lines=kept,
        all_metrics=metrics,
        all_events={"first_seen": np.broadcast_to(first[:, None], (len(WAYS), n))},
        checks=_checks(a, rates, lines, metrics, bad_share),
        largest_balance=float((amount * count).sum()),
        scenarios=n,
    )


def _lines(a: Automation, rates: Rates, bad_share: Array, lgd: Array) -> dict[str, Array]:
    """The year's money and decisions, each (class, way, scenario).

    bad_share: of the applications, lgd: loss of a yuan lent to the bad, both (scenario,).
    """
    amount, count = decision.amounts(a)[:, None, None], decision.counts(a)[:, None, None]
    good, bad, good_seen, bad_seen = (
        table[..., None] for table in (rates.good, rates.bad, rates.good_seen, rates.bad_seen)
    )
    good_count, bad_count = count * (1 - bad_share), count * bad_share
    seen = good_count * good_seen + bad_count * bad_seen
    wrong_yes, right_yes = bad_count * bad, good_count * good
    start = (np.arange(CLASSES + 1) == 0)[:, None, None]
    lines = {
        "margin": a.margin * amount * right_yes,
        "losses": -lgd * amount * wrong_yes,
        "officer": -a.hours * a.wage * seen,
        "machine": -(a.machine_cost * count + a.machine_upkeep * start) + 0 * seen,
    }
    lines["profit"] = sum(lines.values(), np.zeros(1))
    return lines | {
        "amount": amount + 0 * seen,
        "applications": count + 0 * seen,
        "seen": seen,
        "approved": right_yes + wrong_yes,
        "wrong_yes": wrong_yes,
        "wrong_no": good_count - right_yes,
    }


def _best_finding(a: Automation) -> float:
    """What an officer's finding is worth at the machine's own cut-off, a yuan of application.

    There the worth is largest: m L / (m + L) x (2 N(d_y / 2) - 1).
    """
    d_y = float(separation(a.officer_auc))
    return float(a.margin * a.lgd / (a.margin + a.lgd) * (2 * norm_cdf(d_y / 2) - 1))


def _metrics(
    a: Automation, rates: Rates, lines: dict[str, Array], bad_share: Array
) -> dict[str, Array]:
    """The year in numbers, each (way, scenario); what depends on no way is (1, 1)."""
    total = {k: v.sum(axis=0) for k, v in lines.items()}
    all_good, all_bad = (a.applications * x[None] for x in (1 - bad_share, bad_share))
    price = a.hours * a.wage
    both = area(combined(separation(a.machine_auc), separation(a.officer_auc)))
    return {
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
        "cost_wrong_no": a.margin * (lines["amount"] * lines["wrong_no"]).sum(axis=0),
        "first_amount": np.full((1, 1), price / _best_finding(a)),
        "every_amount": np.full((1, 1), price / (rates.both - rates.machine)),
        "cut_pd": np.full((1, 1), a.margin / (a.margin + a.lgd)),
        "auc_both": np.full((1, 1), both),
        "auc_true": np.full((1, 1), a.machine_auc - a.erosion),
    }


def _checks(
    a: Automation,
    rates: Rates,
    lines: dict[str, Array],
    metrics: dict[str, Array],
    bad_share: Array,
) -> dict[str, float]:
    """Identities: the money foots, each application is decided, the cut-offs are where they pay."""
    amount, count = decision.amounts(a)[:, None, None], decision.counts(a)[:, None, None]
    good_count, bad_count = count * (1 - bad_share), count * bad_share
    slope = (1 - a.bad_share) * a.margin * norm_pdf(
        rates.cut - float(separation(a.machine_auc))
    ) - a.bad_share * a.lgd * norm_pdf(rates.cut)
    found = lines["margin"] + lines["losses"] + lines["officer"] + lines["machine"]
    decided = lines["approved"] + lines["wrong_no"] + bad_count - lines["wrong_yes"]
    missed = a.margin * (amount * good_count).sum(axis=0) - metrics["cost_wrong_no"]
    return {
        "profit_foots": residual(found - lines["profit"]),
        "applications_add_up": residual(count.sum() - a.applications),
        "all_are_decided": residual(decided - count),
        "band_integrates": rates.gap,
        "cut_is_flat": residual(slope),
        "gain_is_largest_at_the_cut": residual(
            decision.gain(a, decision.ODDS).max() - _best_finding(a)
        ),
        "wrong_noes_are_margin_missed": residual(missed - lines["margin"].sum(axis=0)),
    }


def decision_map(r: SingleRun[Automation]) -> dict[str, Array]:
    """By amount: the machine's PD from which it leaves the yes, and the no, to an officer.

    `low` and `high` by `amount`, (k,); and by class, without class 0: `class_amount`, and for each
    way what an application brings more than the machine alone makes of it, CNY million.
    """
    a = r.assumptions
    amount = np.geomspace(0.01, 20.0, 161)

    low, high = decision.band(a, amount)
    by_class = {way: r.alternative(way).lines["profit"] for way in WAYS}
    count = np.maximum(r.lines["applications"], 1e-12)
    return {
        "amount": amount,
        "low": _pd(a, low),
        "high": _pd(a, high),
        "class_amount": decision.amounts(a)[1:],
        **{way: (x - by_class["machine"])[1:] / count[1:] for way, x in by_class.items()},
    }


def _pd(a: Automation, odds: Array) -> Array:
    """The PD of a client at these odds in money, in their shape."""
    pd: Array = 1 / (1 + np.exp(np.log(a.lgd / a.margin) - odds))
    return pd


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
    runs = [simulate(a.replace(erosion=float(x))) for x in erosion]
    profit = np.stack([x.all_metrics["profit"][:, 0] for x in runs], axis=1)
    gap = profit[OFFICER] - profit[MACHINE]
    return {"erosion": erosion, "profit": profit, "crossing": crossing(gap, erosion)}


def futures(r: SingleRun[Automation], n: int = 20_000, seed: int = 20260320) -> dict[str, float]:
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
    curve, years = erosion_curve(r), futures(r)
    small = decision.amounts(a)[1]
    low, high = decision.band(a, np.array([small, 1.0]))
    pd = _pd(a, np.array([low[1], high[1]]))
    eroded = simulate(a.replace(erosion=ERODED))
    lost = [
        side["profit"] - eroded.alternative(way).metrics["profit"]
        for side, way in ((machine, "machine"), (referral, "referral"))
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
        "eroded_points": ERODED,
        "eroded_machine": lost[0],
        "eroded_referral": lost[1],
        "eroded_bad_approved": eroded.alternative("machine").metrics["bad_approved"],
        "gain_low": years["low"],
        "gain_high": years["high"],
        "gain_less": years["less"],
        "smallest": float(small),
        "largest": float(decision.amounts(a)[-1]),
    }


#: Name of a figure -> what it is drawn from; the drawing is in `charts`.
FIGURES: Mapping[str, Callable[[SingleRun[Automation]], Any]] = {
    "explorer": decision_map,
    "errors": error_costs,
    "erosion": erosion_curve,
}

figure = drawer(__package__, FIGURES)

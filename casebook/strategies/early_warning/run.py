"""The two years tested again with an alarm at every default that a line finds, in money.

Tables of the fit -> true alarms one by one and lines by month -> the lender's statement -> numbers
a year and identities. `thresholds.ladder` does it for every threshold at once, in straight sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from ...distributions import normal
from ...shape import (
    Array,
    Draws,
    Result,
    ScenarioRuns,
    SingleRun,
    asked,
    check_weights,
    first_time,
    residual,
    run_scenarios,
    uniform_source,
)
from ...timevalue import MONTHS_A_YEAR
from . import thresholds
from .record import (
    ALTERNATIVES,
    FIRST,
    LINES_UP,
    MONEY_STEP,
    MONTHS,
    NOTHING,
    PD_STEP,
    SPAN,
    EarlyWarning,
)
from .thresholds import ROUNDING, Tables


def sample(a: EarlyWarning, n: int, seed: int) -> Draws:
    """n other histories as uniforms in [0, 1).

    weight: (n, default), of a Bayesian bootstrap of the defaults; luck: (n,), of the number of
    false alarms; effect: (n,), of what an alarm does.
    """
    n, random = uniform_source(n, seed)
    return {
        "weight": random((n, len(thresholds.tables(a).ead))),
        "luck": random(n),
        "effect": random(n),
    }


@overload
def simulate(
    a: EarlyWarning, d: None = None, keep: Sequence[str] | None = None
) -> SingleRun[EarlyWarning]: ...
@overload
def simulate(
    a: EarlyWarning, d: Draws, keep: Sequence[str] | None = None
) -> ScenarioRuns[EarlyWarning]: ...
@asked
def simulate(
    a: EarlyWarning, d: Draws | None = None, keep: Sequence[str] | None = None
) -> Result[EarlyWarning]:
    """The two years tested, month by month: no warning, the rule, alarms by PD and by loss.

    A single run takes the tables as they are; many weigh each default anew (`sample`) and draw the
    number of false alarms and the true effect. Lines are dated by the month of the alarm. Draws
    for another number of defaults raise AssumptionError.
    """
    if d is None:
        return _run(a, None, None)
    check_weights(d, len(thresholds.tables(a).ead), "defaults")
    return run_scenarios(partial(_run, a), sample(a, 1, 0), d, keep)


@dataclass(frozen=True)
class _Histories:
    """How often each thing counts in a run: once in a single run, by chance in each of many."""

    default: Array  # (default, scenario)
    effect: Array  # what an alarm does, over what is assumed, (scenario,)
    false: Array  # number of false alarms, over that of the test, (line, scenario)


def _histories(a: EarlyWarning, fit: Tables, d: Draws | None) -> _Histories:
    """One history as it was, or those of the draws of `sample`."""
    default = np.ones((len(fit.ead), 1)) if d is None else -np.log1p(-d["weight"].T)
    effect = np.ones(1) if d is None else 1 + a.effect_spread * (2 * d["effect"] - 1)
    luck = np.zeros(1) if d is None else normal(d["luck"])
    total = fit.false[np.arange(len(LINES_UP)), np.array(thresholds.levels(a))].sum(axis=1)
    # a count has a variance as large as itself
    scale = 1 + luck * (1 / np.sqrt(np.maximum(total, 1.0)))[:, None]
    return _Histories(default, effect, np.maximum(scale, 0.0))


@dataclass(frozen=True)
class _Found:
    """The defaults that the lines find, one by one in one order however many scenarios: (alarm,).

    sizes: name -> (alarm, scenario), what each brings.
    """

    side: NDArray[np.intp]  # its line
    who: NDArray[np.intp]  # its default
    when: NDArray[np.intp]  # month tested, from one, of the alarm
    sizes: dict[str, Array]


def _found(a: EarlyWarning, fit: Tables, histories: _Histories) -> _Found:
    """True alarms at the levels of `a`, and what each saves."""
    lead = fit.lead[np.arange(len(LINES_UP)), np.array(thresholds.levels(a))]
    chance, part = thresholds.avoided(a)
    loss = thresholds.lgd(a, fit) * fit.ead
    side, who = np.nonzero(lead)
    months = lead[side, who]
    when = fit.month[who] - months - FIRST + 1
    weight = histories.default[who]
    hit = chance[months][:, None] * histories.effect
    cut = weight * loss[who][:, None] * (1 - hit) * part[months][:, None] * histories.effect
    sizes = {
        "true_alarms": weight,
        "loss_avoided": weight * loss[who][:, None] * hit,
        "exposure_cut": cut,
        "loss_found": weight * loss[who][:, None],
        "lead": weight * months[:, None],
    }
    return _Found(side, who, when, sizes)


def _by_month(
    a: EarlyWarning, fit: Tables, histories: _Histories, found: _Found
) -> dict[str, Array]:
    """What the alarms bring, by the month of the alarm: (month 0..24, alternative, scenario)."""
    form = (MONTHS + 1, len(ALTERNATIVES), histories.default.shape[1])
    lines = {k: np.zeros(form) for k in found.sizes}
    for k, size in found.sizes.items():
        np.add.at(lines[k], (found.when, found.side + 1), size)
    at = np.arange(len(LINES_UP)), np.array(thresholds.levels(a))
    for k, x in (("false_alarms", fit.false[at]), ("income", fit.income[at])):
        lines[k] = np.zeros(form)
        lines[k][1:, 1:] = x.T[:, :, None] * histories.false
    return lines


def _statement(a: EarlyWarning, months: dict[str, Array]) -> dict[str, Array]:
    """The lender's lines and the work, (month 0..24, alternative, scenario), from `_by_month`."""
    alarms = months["true_alarms"] + months["false_alarms"]
    cost = np.zeros((MONTHS + 1, len(ALTERNATIVES), 1))
    cost[1:] = thresholds.costs(a)[:, None] / MONTHS_A_YEAR
    out = {
        "loss_avoided": months["loss_avoided"],
        "exposure_cut": months["exposure_cut"],
        "review_cost": -a.hour_cost * a.review_hours * alarms,
        "action": -a.action_cost * months["true_alarms"],
        "offended": -a.alarm_leave * a.leaver * months["income"],
        "system": -cost + np.zeros(alarms.shape[-1]),
    }
    before = np.asarray(sum(out.values()))
    out["tax"] = -a.tax * before
    out["gain_line"] = before + out["tax"]
    return out | {
        "alarms": alarms,
        "true_alarms": months["true_alarms"],
        "false_alarms": months["false_alarms"],
        "hours": a.review_hours * alarms,
        "loss_found": months["loss_found"],
    }


def _year(x: Array) -> Array:
    """A year's average of the months tested; the same order however many scenarios."""
    return np.asarray(sum(x[k] for k in range(1, MONTHS + 1)) / (MONTHS / MONTHS_A_YEAR))


def _whole(a: EarlyWarning, fit: Tables, histories: _Histories) -> tuple[Array, Array]:
    """Loss and number of the defaults of the whole span, a year: (scenario,) each."""
    seen = np.flatnonzero(thresholds.whole_span(fit))
    loss = thresholds.lgd(a, fit) * fit.ead
    every = SPAN / MONTHS_A_YEAR
    whole = np.asarray(sum(histories.default[i] * loss[i] for i in seen) / every)
    return whole, np.asarray(sum(histories.default[i] for i in seen) / every)


def _shares(fit: Tables, found: _Found, whole: Array, count: Array) -> tuple[Array, Array]:
    """Shares of the defaults and of the loss of the whole span that are found.

    (alternative, scenario) each; whole and count as `_whole` gives them.
    """
    share = np.zeros((2, len(ALTERNATIVES), len(whole)))
    inside = np.isin(found.who, np.flatnonzero(thresholds.whole_span(fit)))
    every = SPAN / MONTHS_A_YEAR
    for k, name in enumerate(("true_alarms", "loss_found")):
        np.add.at(share[k], found.side[inside] + 1, found.sizes[name][inside] / every)
    return share[0] / count, share[1] / whole


def _metrics(
    a: EarlyWarning, fit: Tables, histories: _Histories, found: _Found, lead: Array,
    out: dict[str, Array],
) -> dict[str, NDArray[Any]]:  # fmt: skip
    """The numbers of each alternative, (alternative, scenario).

    lead: months of lead of the true alarms, added up by month; out: the lines of `_statement`.
    """
    whole, count = _whole(a, fit, histories)
    found_share, loss_share = _shares(fit, found, whole, count)
    hits, raised = _year(out["true_alarms"]), _year(out["alarms"])
    gain = _year(out["gain_line"])
    best = thresholds.ladder(a)
    top = {k: np.array([[0.0, *best[k]]]).T for k in ("best_gain", "best_hours")}
    best_at = np.array([[np.nan, np.nan, *best["best_at"][1:]]]).T
    hours = _year(out["hours"]) / MONTHS_A_YEAR
    return {
        "gain_year": gain,
        "saved_year": _year(out["loss_avoided"] + out["exposure_cut"]),
        "cost_year": -_year(out["review_cost"] + out["action"] + out["offended"] + out["system"]),
        "loss_year": np.broadcast_to(whole, gain.shape),
        "defaults_year": np.broadcast_to(count, gain.shape),
        "found_share": found_share,
        "loss_share": loss_share,
        "mean_lead": _ratio(_year(lead), hits),
        "alarms_year": raised,
        "false_month": _year(out["false_alarms"]) / MONTHS_A_YEAR,
        "precision": _ratio(hits, raised),
        "hours_month": hours,
        "first_month": out["alarms"][1],
        "within": hours <= a.hours_limit + ROUNDING,
        "pays": gain > 0,
        "best_pd": best_at * np.array([[np.nan], [np.nan], [PD_STEP], [np.nan]]),
        "best_loss": best_at * np.array([[np.nan], [np.nan], [np.nan], [MONEY_STEP]]),
        "best_gain": top["best_gain"],
        "best_hours": top["best_hours"],
    }


def _run(a: EarlyWarning, d: Draws | None, keep: Sequence[str] | None) -> Result[EarlyWarning]:
    """All alternatives on one history (`d` = None), or on those of the draws with lines of `keep`.

    Arrays are (month, alternative, scenario).
    """
    fit = thresholds.tables(a)
    histories = _histories(a, fit, d)
    found = _found(a, fit, histories)
    months = _by_month(a, fit, histories, found)
    out = _statement(a, months)
    metrics = _metrics(a, fit, histories, found, months["lead"], out)
    gained = np.cumsum(out["gain_line"], axis=0)[1:] > 0
    kind: type[Result[EarlyWarning]] = SingleRun if d is None else ScenarioRuns
    return kind(
        assumptions=a,
        chosen=a.view,
        alternatives=ALTERNATIVES,
        all_lines=out if d is None else {k: out[k] for k in keep or () if k in out},
        all_metrics=metrics,
        all_events={"pays_back": first_time(gained, start=1)},
        checks=_checks(a, fit, out, metrics, histories),
        largest_balance=max(float(metrics["loss_year"].max()), 1.0),
        scenarios=histories.default.shape[1],
    )


def _ratio(x: Array, n: Array) -> Array:
    """x / n where n > 0, else NaN; any shape."""
    ratio: Array = np.divide(x, n, out=np.full(x.shape, np.nan), where=n > 0)
    return ratio


def _checks(
    a: EarlyWarning, fit: Tables, out: dict[str, Array], metrics: dict[str, NDArray[Any]],
    histories: _Histories,
) -> dict[str, float]:  # fmt: skip
    """The identities, name -> largest residual; every line again, straight from the tables."""
    weight, effect = histories.default, histories.effect
    years = MONTHS / MONTHS_A_YEAR
    loss = thresholds.lgd(a, fit) * fit.ead
    chance, part = thresholds.avoided(a)
    parts = [k for k, s in a.spec.words["lines"].items() if s["view"] == "lender"]
    straight, lost, hours = [], [], []
    for k, level in enumerate(thresholds.levels(a)):
        lead = fit.lead[k, level]
        hit = chance[lead][:, None] * effect
        keeps = (1 - hit) * (1 - part[lead][:, None] * effect)  # what is still lost of each
        left = (weight * loss[:, None] * keeps).sum(axis=0)
        save = (weight * loss[:, None]).sum(axis=0) - left
        hits = (weight * (lead > 0)[:, None]).sum(axis=0)
        wrong = fit.false[k, level].sum() * histories.false[k]
        spent = (
            a.hour_cost * a.review_hours * (hits + wrong)
            + a.action_cost * hits
            + a.alarm_leave * a.leaver * fit.income[k, level].sum() * histories.false[k]
            + thresholds.costs(a)[k + 1] * years
        )
        straight.append((1 - a.tax) * (save - spent) / years)
        kept = years * metrics["saved_year"][k + 1]
        lost.append((left + kept) - (weight * loss[:, None]).sum(axis=0))
        hours.append(a.review_hours * (hits + wrong) / MONTHS - metrics["hours_month"][k + 1])
    single = weight.shape[1] == 1
    inside = metrics["within"] & single
    over_best = np.maximum(metrics["gain_year"] - metrics["best_gain"], 0)
    return {
        "statement_foots": residual(sum(out[k] for k in parts[:-1]) - out[parts[-1]]),
        "default_by_default": residual(np.array(straight) - metrics["gain_year"][1:]),
        "saved_and_lost": residual(np.array(lost)),
        "alarms_add_up": residual(out["true_alarms"] + out["false_alarms"] - out["alarms"]),
        "hours_are_alarms": residual(np.array(hours)),
        "nothing_does_nothing": residual(*(x[:, NOTHING] for x in out.values())),
        "best_is_best": residual(np.where(inside, over_best, 0)) if single else 0.0,
    }

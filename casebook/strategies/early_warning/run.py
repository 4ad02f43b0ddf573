"""TODO."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import overload

import numpy as np
from numpy.typing import NDArray

from ...distributions import normal
from ...shape import (
    Array,
    AssumptionError,
    Draws,
    Result,
    ScenarioRuns,
    SingleRun,
    load,
    residual,
    run_scenarios,
    uniform_source,
)
from .record import (
    ALTERNATIVES,
    FIRST,
    LAST,
    LEVELS,
    LINES_UP,
    LONGEST,
    MONEY_STEP,
    MONTHS,
    NOTHING,
    PD_STEP,
    SPAN,
    STOPPED,
    YEAR,
    EarlyWarning,
)


@dataclass(frozen=True)
class Tables:
    """The fitted tables as arrays; lead 0 is a default not found.

    ead, secured, month: (default,). lead: (line, level, default); false, income: (line, level,
    month tested). The rule has one level: it is the same at all of them.
    """

    ead: Array
    secured: NDArray[np.bool_]
    month: NDArray[np.intp]
    lead: NDArray[np.intp]
    false: Array
    income: Array
    clients: int


@lru_cache(maxsize=8)
def read_tables(path: Path) -> Tables:
    fit = load(EarlyWarning, "early_warning", path, folder="models").spec.words["fit"]
    defaults = fit["defaults"]

    def all_levels(x: Array) -> Array:
        return np.broadcast_to(x, (LEVELS, *x.shape[1:]))

    leads = [np.array([[int(c, 16) for c in row] for row in fit[k]["lead"]]).T for k in LINES_UP]
    return Tables(
        ead=np.array(defaults["ead"]),
        secured=np.array(defaults["secured"], bool),
        month=np.array(defaults["month"]),
        lead=np.stack([all_levels(x) for x in leads]),
        false=np.stack([all_levels(np.array(fit[k]["false"], float)) for k in LINES_UP]),
        income=np.stack([all_levels(np.array(fit[k]["income"])) for k in LINES_UP]),
        clients=fit["clients"],
    )


def tables(a: EarlyWarning) -> Tables:
    """What the fit left in the file of these assumptions."""
    return read_tables(a.spec.path)


def sample(a: EarlyWarning, n: int, seed: int) -> Draws:
    """n other histories as uniforms in [0, 1): weights (n, default) of a Bayesian bootstrap of
    the defaults, luck (n,) of the number of false alarms, effect (n,) of what an alarm does.
    """
    n, random = uniform_source(n, seed)
    return {
        "weight": random((n, len(tables(a).ead))),
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
def simulate(
    a: EarlyWarning, d: Draws | None = None, keep: Sequence[str] | None = None
) -> Result[EarlyWarning]:
    """The two years tested, month by month: no warning, the rule, alarms by PD and by loss.

    A single run takes the tables as they are; many weigh each default anew (`sample`) and draw the
    number of false alarms and the true effect. Lines are dated by the month of the alarm.
    """
    if d is None:
        return _run(a, None, None)
    given = np.shape(d.get("weight"))
    if len(given) == 2 and given[1] != len(tables(a).ead):
        raise AssumptionError(
            f"draws for {given[1]} defaults are not allowed; {len(tables(a).ead)} are "
            "(sample again with these assumptions)"
        )
    return run_scenarios(partial(_run, a), sample(a, 1, 0), d, keep)


def whole_span(t: Tables) -> NDArray[np.bool_]:
    """Defaults of which every lead from four to twelve months lies in the months tested."""
    return (t.month >= FIRST + LONGEST) & (t.month <= LAST + STOPPED)


def levels(a: EarlyWarning) -> tuple[int, int, int]:
    """Which level of the ladder each line uses: rule, by PD, by loss."""

    def level(x: float, step: float) -> int:
        return int(np.clip(np.floor(x / step + 1e-9), 1, LEVELS)) - 1

    return 0, level(a.threshold, PD_STEP), level(a.threshold_loss, MONEY_STEP)


def avoided(a: EarlyWarning) -> tuple[Array, Array]:
    """By months of lead 0..12: chance that the default is avoided, and the share of exposure cut.

    The plan starts `delay` months after the alarm; zero for a default that is not found.
    """
    lead = np.arange(LONGEST + 1)
    left = np.maximum(lead - a.delay, 0)
    found = lead > 0
    chance = a.saved * (1 - a.chance_decay) ** (LONGEST - left) * (left > 0)
    return chance * found, (1 - (1 - a.cut) ** left) * found


def lgd(a: EarlyWarning, t: Tables) -> Array:
    return np.where(t.secured, a.lgd_secured, a.lgd_unsecured)


def costs(a: EarlyWarning) -> Array:
    """Running cost of each alternative, a year: (alternative,)."""
    return np.array([0.0, a.rule_cost, a.system_cost, a.system_cost])


def _run(a: EarlyWarning, d: Draws | None, keep: Sequence[str] | None) -> Result[EarlyWarning]:
    t = tables(a)
    n = 1 if d is None else len(d["luck"])
    weight = np.ones((len(t.ead), 1)) if d is None else -np.log1p(-d["weight"].T)
    effect = np.ones(1) if d is None else 1 + a.effect_spread * (2 * d["effect"] - 1)
    luck = np.zeros(1) if d is None else normal(d["luck"])
    at = np.array(levels(a))
    line = np.arange(len(LINES_UP))
    lead, false, income = t.lead[line, at], t.false[line, at], t.income[line, at]
    chance, part = avoided(a)
    loss = lgd(a, t) * t.ead

    # found defaults one by one, in one order however many scenarios there are
    side, who = np.nonzero(lead)
    months = lead[side, who]
    when = t.month[who] - months - FIRST + 1
    w = weight[who]
    hit = chance[months][:, None] * effect
    sizes = {
        "true_alarms": w,
        "loss_avoided": w * loss[who][:, None] * hit,
        "exposure_cut": w * loss[who][:, None] * (1 - hit) * part[months][:, None] * effect,
        "loss_found": w * loss[who][:, None],
        "lead": w * months[:, None],
    }
    lines = {k: np.zeros((MONTHS + 1, len(ALTERNATIVES), n)) for k in sizes}
    for k, size in sizes.items():
        np.add.at(lines[k], (when, side + 1), size)
    total = false.sum(axis=1)
    scale = 1 + luck * (1 / np.sqrt(np.maximum(total, 1.0)))[:, None]  # (line, scenario)
    scale = np.maximum(scale, 0.0)
    for k, x in (("false_alarms", false), ("income", income)):
        lines[k] = np.zeros((MONTHS + 1, len(ALTERNATIVES), n))
        lines[k][1:, 1:] = x.T[:, :, None] * scale

    alarms_ = lines["true_alarms"] + lines["false_alarms"]
    cost = np.zeros((MONTHS + 1, len(ALTERNATIVES), 1))
    cost[1:] = costs(a)[:, None] / YEAR
    out = {
        "loss_avoided": lines["loss_avoided"],
        "exposure_cut": lines["exposure_cut"],
        "review_cost": -a.hour_cost * a.review_hours * alarms_,
        "action": -a.action_cost * lines["true_alarms"],
        "offended": -a.alarm_leave * a.leaver * lines["income"],
        "system": -cost + np.zeros(n),
    }
    before = sum(out.values())
    out["tax"] = -a.tax * before
    out["gain_line"] = before + out["tax"]
    out |= {
        "alarms": alarms_,
        "true_alarms": lines["true_alarms"],
        "false_alarms": lines["false_alarms"],
        "hours": a.review_hours * alarms_,
        "loss_found": lines["loss_found"],
    }

    def year(x: Array) -> Array:
        """A year's average of the months tested; the same order however many scenarios."""
        return sum(x[k] for k in range(1, MONTHS + 1)) / (MONTHS / YEAR)

    seen = np.flatnonzero(whole_span(t))
    every = SPAN / YEAR
    whole = sum(weight[i] * loss[i] for i in seen) / every
    count = sum(weight[i] for i in seen) / every
    share = np.zeros((2, len(ALTERNATIVES), n))  # defaults and loss found, of the whole span
    inside = np.isin(who, seen)
    for k, size in enumerate(("true_alarms", "loss_found")):
        np.add.at(share[k], side[inside] + 1, sizes[size][inside] / every)
    found, raised = year(out["true_alarms"]), year(alarms_)
    gain = year(out["gain_line"])
    best = ladder(a)
    top = {k: np.array([[0.0, *best[k]]]).T for k in ("best_gain", "best_hours")}
    top["best_at"] = np.array([[np.nan, np.nan, *best["best_at"][1:]]]).T
    hours = year(out["hours"]) / YEAR
    metrics = {
        "gain_year": gain,
        "saved_year": year(out["loss_avoided"] + out["exposure_cut"]),
        "cost_year": -year(out["review_cost"] + out["action"] + out["offended"] + out["system"]),
        "loss_year": np.broadcast_to(whole, gain.shape),
        "defaults_year": np.broadcast_to(count, gain.shape),
        "found_share": share[0] / count,
        "loss_share": share[1] / whole,
        "mean_lead": _ratio(year(lines["lead"]), found),
        "alarms_year": raised,
        "false_month": year(out["false_alarms"]) / YEAR,
        "precision": _ratio(found, raised),
        "hours_month": hours,
        "first_month": out["alarms"][1],
        "within": hours <= a.hours_limit + 1e-9,
        "pays": gain > 0,
        "best_pd": top["best_at"] * np.array([[np.nan], [np.nan], [PD_STEP], [np.nan]]),
        "best_loss": top["best_at"] * np.array([[np.nan], [np.nan], [np.nan], [MONEY_STEP]]),
        "best_gain": top["best_gain"],
        "best_hours": top["best_hours"],
    }
    gained = np.cumsum(out["gain_line"], axis=0)[1:] > 0
    first = np.where(gained.any(axis=0), gained.argmax(axis=0) + 1, -1)
    kind: type[Result[EarlyWarning]] = SingleRun if d is None else ScenarioRuns
    return kind(
        assumptions=a,
        chosen=a.view,
        alternatives=ALTERNATIVES,
        all_lines=out if d is None else {k: out[k] for k in keep or () if k in out},
        all_metrics=metrics,
        all_events={"pays_back": first},
        checks=_checks(a, t, out, metrics, weight, effect, scale),
        largest_balance=max(float(whole.max()), 1.0),
        scenarios=n,
    )


def _ratio(x: Array, y: Array) -> Array:
    return np.divide(x, y, out=np.full(x.shape, np.nan), where=y > 0)


def _checks(
    a: EarlyWarning, t: Tables, out: dict[str, Array], metrics: dict[str, Array], weight: Array,
    effect: Array, scale: Array,
) -> dict[str, float]:  # fmt: skip
    years = MONTHS / YEAR
    at = levels(a)
    loss = lgd(a, t) * t.ead
    chance, part = avoided(a)
    parts = [k for k, s in a.spec.words["lines"].items() if s["view"] == "lender"]
    straight, lost, hours = [], [], []
    for k, level in enumerate(at):
        lead = t.lead[k, level]
        c = chance[lead][:, None] * effect
        keeps = (1 - c) * (1 - part[lead][:, None] * effect)  # what is still lost of each
        left = (weight * loss[:, None] * keeps).sum(axis=0)
        save = (weight * loss[:, None]).sum(axis=0) - left
        hits = (weight * (lead > 0)[:, None]).sum(axis=0)
        wrong = t.false[k, level].sum() * scale[k]
        spent = (
            a.hour_cost * a.review_hours * (hits + wrong)
            + a.action_cost * hits
            + a.alarm_leave * a.leaver * t.income[k, level].sum() * scale[k]
            + costs(a)[k + 1] * years
        )
        straight.append((1 - a.tax) * (save - spent) / years)
        kept = years * metrics["saved_year"][k + 1]
        lost.append((left + kept) - (weight * loss[:, None]).sum(axis=0))
        hours.append(a.review_hours * (hits + wrong) / MONTHS - metrics["hours_month"][k + 1])
    inside = metrics["within"] & (weight.shape[1] == 1)
    return {
        "statement_foots": residual(sum(out[k] for k in parts[:-1]) - out[parts[-1]]),
        "default_by_default": residual(np.array(straight) - metrics["gain_year"][1:]),
        "saved_and_lost": residual(np.array(lost)),
        "alarms_add_up": residual(out["true_alarms"] + out["false_alarms"] - out["alarms"]),
        "hours_are_alarms": residual(np.array(hours)),
        "nothing_does_nothing": residual(*(x[:, NOTHING] for x in out.values())),
        "best_is_best": residual(
            np.where(inside, np.maximum(metrics["gain_year"] - metrics["best_gain"], 0), 0)
            if weight.shape[1] == 1 else 0.0
        ),
    }  # fmt: skip


def ladder(a: EarlyWarning) -> dict[str, Array]:
    """Every threshold of every line, on the tables as they are: (line, level) each.

    gain: a year, after tax; hours: a month; found, loss_found: shares; precision, false (a month).
    best_gain, best_hours, best_at (line,): of the levels within the hours; zero and NaN if none
    earns anything. best_at counts from one.
    """
    t = tables(a)
    years = MONTHS / YEAR
    loss = lgd(a, t) * t.ead
    chance, part = avoided(a)
    share = chance + (1 - chance) * part
    hits = (t.lead > 0).sum(axis=2)
    seen = whole_span(t)
    false = t.false.sum(axis=2)
    saves = share[t.lead] @ loss
    spent = (
        a.hour_cost * a.review_hours * (hits + false)
        + a.action_cost * hits
        + a.alarm_leave * a.leaver * t.income.sum(axis=2)
        + costs(a)[1:, None] * years
    )
    gain = (1 - a.tax) * (saves - spent) / years
    hours = a.review_hours * (hits + false) / MONTHS
    inside = np.where(hours <= a.hours_limit + 1e-9, gain, -np.inf)
    at = inside.argmax(axis=1)
    best = inside[np.arange(len(at)), at]
    good = best > 0
    return {
        "gain": gain,
        "hours": hours,
        "found": (t.lead > 0)[..., seen].mean(axis=2),
        "loss_found": (t.lead > 0)[..., seen] @ loss[seen] / loss[seen].sum(),
        "precision": hits / np.maximum(hits + false, 1),
        "false": false / MONTHS,
        "best_gain": np.where(good, best, 0.0),
        "best_hours": np.where(good, hours[np.arange(len(at)), at], 0.0),
        "best_at": np.where(good, at + 1.0, np.nan),
    }

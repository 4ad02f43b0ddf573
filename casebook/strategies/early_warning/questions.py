"""What the chapter asks: how well a model tells, what lead is worth, and where to set the alarm."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...shape import Array, ScenarioRuns, SingleRun, drawer
from ...timevalue import MONTHS_A_YEAR
from . import run, thresholds
from .record import FIRST, LINES_UP, LONGEST, MONTHS, PD_STEP, STOPPED, EarlyWarning

#: Histories drawn for an interval.
HISTORIES = 4000
#: Share of the best gain that counts as nearly as good.
WIDE = 0.9


@lru_cache(maxsize=8)
def _ensemble(a: EarlyWarning, n: int, seed: int) -> ScenarioRuns[EarlyWarning]:
    """The histories of `ensemble`, kept: figures and findings ask for the same ones."""
    return run.simulate(a, run.sample(a, n, seed))


def ensemble(
    r: SingleRun[EarlyWarning], n: int = HISTORIES, seed: int = 20260713
) -> ScenarioRuns[EarlyWarning]:
    """Many histories of the same assumptions, all alternatives on the same draws."""
    return _ensemble(r.assumptions, n, seed)


def explorer(r: SingleRun[EarlyWarning]) -> dict[str, Any]:
    """The ladder, the level of each line, and loss found by months of lead of the one shown."""
    a, fit = r.assumptions, thresholds.tables(r.assumptions)
    loss = thresholds.lgd(a, fit) * fit.ead / (MONTHS / MONTHS_A_YEAR)
    by = [
        np.bincount(fit.lead[k, at], loss, LONGEST + 1) for k, at in enumerate(thresholds.levels(a))
    ]
    return thresholds.ladder(a) | {
        "at": thresholds.levels(a),
        "by_lead": np.array(by),
        "loss": float(loss.sum()),
    }


def quality(r: SingleRun[EarlyWarning]) -> Any:
    """ROC, precision and recall of model, boosted trees, number of signals and rule."""
    return r.assumptions.spec.words["fit"]["quality"]


def calibration(r: SingleRun[EarlyWarning]) -> dict[str, Array]:
    """PD said and share that came, by bins of clients, with a 90% interval: (bin,)."""
    c = {k: np.array(v) for k, v in r.assumptions.spec.words["fit"]["calibration"].items()}
    return c | {"came": c["came"] / c["clients"]}


def effects(r: SingleRun[EarlyWarning]) -> list[tuple[str, float, float]]:
    """(column, coefficient, error) of the last model, per spread of the column, largest first."""
    m = r.assumptions.spec.words["fit"]["model"]
    rows = list(zip(m["column"], m["coefficient"], m["error"], strict=True))[1:]
    return sorted(rows, key=lambda row: -abs(row[1]))


def climate(r: SingleRun[EarlyWarning]) -> dict[str, Array]:
    """Clients who stop paying within a year, by thirds of their sector's index, worst first.

    rate with its 90% interval low, high: (third,); the rest as `learning.climate` has it.
    """
    return {k: np.array(v) for k, v in r.assumptions.spec.words["fit"]["climate"].items()}


def worth(r: SingleRun[EarlyWarning]) -> dict[str, NDArray[Any]]:
    """Share of a loss that is saved, by months of lead; avoided and cut, each (lead,)."""
    chance, part = thresholds.avoided(r.assumptions)
    return {"lead": np.arange(LONGEST + 1), "avoided": chance, "cut": (1 - chance) * part}


def work(r: SingleRun[EarlyWarning]) -> dict[str, Array]:
    """Alarms of each month tested: rule, by PD, by loss, each (month,)."""
    return {k: r.alternative(k).lines["alarms"][1:] for k in LINES_UP}


def gains(r: SingleRun[EarlyWarning]) -> dict[str, Any]:
    """Gain a year of each line, and over the rule, with what many histories say: (line,) each.

    low, high: 5 and 95% of histories with unknown effect; luck_low, luck_high: effect as assumed.
    """
    many = ensemble(r)
    known = ensemble(run.simulate(r.assumptions.replace(effect_spread=0.0)))
    x, y = many.all_metrics["gain_year"], known.all_metrics["gain_year"]
    sides = {"": (x[1:], y[1:]), "over_": (x[2:] - x[1], y[2:] - y[1])}
    result: dict[str, Any] = {"names": LINES_UP, "expected": r.all_metrics["gain_year"][1:, 0]}
    result["over"] = result["expected"][1:] - result["expected"][0]
    for name, (wide, luck) in sides.items():
        result |= {
            f"{name}low": np.quantile(wide, 0.05, axis=1),
            f"{name}high": np.quantile(wide, 0.95, axis=1),
            f"{name}luck_low": np.quantile(luck, 0.05, axis=1),
            f"{name}luck_high": np.quantile(luck, 0.95, axis=1),
            f"{name}sure": (wide > 0).mean(axis=1),
        }
    return result


def year_by_year(r: SingleRun[EarlyWarning]) -> dict[str, Any]:
    """Is the threshold luck? The best of the first year tested, used in the second: (line,) each.

    best: level, from one; second: gain of the second year at it; hindsight: at its own best level.
    """
    a, fit = r.assumptions, thresholds.tables(r.assumptions)
    loss = thresholds.lgd(a, fit) * fit.ead
    chance, part = thresholds.avoided(a)
    share = chance + (1 - chance) * part
    split = FIRST + MONTHS_A_YEAR
    gain, hours = [], []
    for inside, cut in (
        (fit.month - fit.lead < split, slice(0, MONTHS_A_YEAR)),
        (fit.month - fit.lead >= split, slice(MONTHS_A_YEAR, None)),
    ):
        lead = np.where(inside, fit.lead, 0)
        hits, false = (lead > 0).sum(axis=2), fit.false[..., cut].sum(axis=2)
        spent = (
            a.hour_cost * a.review_hours * (hits + false)
            + a.action_cost * hits
            + a.alarm_leave * a.leaver * fit.income[..., cut].sum(axis=2)
            + thresholds.costs(a)[1:, None]
        )
        gain.append((1 - a.tax) * (share[lead] @ loss - spent))
        hours.append(a.review_hours * (hits + false) / MONTHS_A_YEAR)
    allowed = [np.where(h <= a.hours_limit, g, -np.inf) for g, h in zip(gain, hours, strict=True)]
    best, own = (x.argmax(axis=1) for x in allowed)
    line = np.arange(len(LINES_UP))
    return {
        "best": best + 1,
        "second": gain[1][line, best],
        "hindsight": gain[1][line, own],
        "hours": hours[1][line, best],
    }


def break_even_effect(r: SingleRun[EarlyWarning], name: str) -> float:
    """How small the effect of an alarm may be, times the assumed one, for a line to pay."""
    m = r.alternative(name)
    a, fit = r.assumptions, thresholds.tables(r.assumptions)
    lead = fit.lead[LINES_UP.index(name), thresholds.levels(a)[LINES_UP.index(name)]]
    loss = thresholds.lgd(a, fit) * fit.ead / (MONTHS / MONTHS_A_YEAR)
    chance, part = thresholds.avoided(a)
    one = (loss * (chance + part)[lead]).sum()
    two = (loss * (chance * part)[lead]).sum()
    cost = m.metrics["cost_year"]
    if two <= 0:
        return float(cost / one) if one > 0 else np.nan
    root = one**2 - 4 * two * cost
    return float((one - np.sqrt(root)) / (2 * two)) if root >= 0 else np.nan


def threshold_of_costs(r: SingleRun[EarlyWarning]) -> float:
    """The PD at which an alarm earns its cost: p x saved - (1 - p) x wasted - review = 0.

    With the average loss, lead and income at stake of the alarms by PD as they stand.
    """
    a, fit = r.assumptions, thresholds.tables(r.assumptions)
    at = thresholds.levels(a)[1]
    side = r.alternative("by_pd").metrics
    found = side["alarms_year"] * side["precision"]
    save = side["saved_year"] / found - a.action_cost
    wasted = a.alarm_leave * a.leaver * fit.income[1, at].sum() / max(fit.false[1, at].sum(), 1.0)
    review = a.hour_cost * a.review_hours
    return float((wasted + review) / (save + wasted)) if found > 0 else np.nan


def findings(r: SingleRun[EarlyWarning]) -> dict[str, float]:
    """The numbers that the chapter states, each with its unit in the file of the model."""
    a = r.assumptions
    fit, g, years, best = a.spec.words["fit"], gains(r), year_by_year(r), thresholds.ladder(a)
    q, tested = fit["quality"], fit["tested"]
    same = _same_hours(r)
    free = thresholds.ladder(a.replace(hours_limit=a.spec.assumptions["hours_limit"].high))
    half = thresholds.ladder(a.replace(hours_limit=a.hours_limit / 2))
    save = sum(thresholds.avoided(a)) - thresholds.avoided(a)[0] * thresholds.avoided(a)[1]
    wide = np.flatnonzero(best["gain"][1] >= WIDE * best["gain"][1].max())
    result = {
        "histories": float(HISTORIES),
        "clients": float(fit["clients"]),
        "tested_clients": float(tested["clients"]),
        "tested_events": float(tested["events"]),
        "base_rate": tested["events"] / tested["clients"],
        "defaults": float(len(fit["defaults"]["ead"])),
        "defaults_whole": float(thresholds.whole_span(thresholds.tables(a)).sum()),
        "loss_year": r.metrics["loss_year"],
        "lead_four": float(save[STOPPED]),
        "lead_eight": float(save[8]),
        "lead_twelve": float(save[LONGEST]),
        "rule_hours": float(best["hours"][0, 0]),
        "rule_found": float(best["found"][0, 0]),
        "same_pd": same["by_pd"],
        "same_loss": same["by_loss"],
        "best_pd": float(best["best_at"][1] * PD_STEP),
        "best_gain": float(best["best_gain"][1]),
        "free_pd": float(free["best_at"][1] * PD_STEP),
        "free_gain": float(free["best_gain"][1]),
        "free_hours": float(free["best_hours"][1]),
        "half_pd": float(half["best_at"][1] * PD_STEP),
        "half_gain": float(half["best_gain"][1]),
        "wide_low": PD_STEP * float(wide.min() + 1),
        "wide_high": PD_STEP * float(wide.max() + 1),
        "wide_share": WIDE,
        "all_gain": float(best["gain"][1, 0]),
        "all_hours": float(best["hours"][1, 0]),
        "first_pd": float(years["best"][1] * PD_STEP),
        "second_gain": float(years["second"][1]),
        "second_rule": float(years["second"][0]),
        "second_hindsight": float(years["hindsight"][1]),
        "theory_pd": threshold_of_costs(r),
        "auc_model": q["model"]["auc"],
        "auc_model_low": q["model"]["auc_low"],
        "auc_model_high": q["model"]["auc_high"],
        "auc_trees": q["trees"]["auc"],
        "auc_signals": q["signals"]["auc"],
        "rule_recall": q["rule"]["recall"],
        "rule_false_rate": q["rule"]["false_rate"],
        "rule_precision": q["rule"]["precision"],
        "auc_more_low": q["beyond"]["model_low"],
        "auc_more_high": q["beyond"]["model_high"],
    }
    result |= _climate_findings(fit["climate"])
    for k, name in enumerate(LINES_UP):
        side = r.alternative(name).metrics
        result |= {
            f"{name}_gain": float(g["expected"][k]),
            f"{name}_low": float(g["low"][k]),
            f"{name}_high": float(g["high"][k]),
            f"{name}_luck_low": float(g["luck_low"][k]),
            f"{name}_luck_high": float(g["luck_high"][k]),
            f"{name}_sure": float(g["sure"][k]),
            f"{name}_false": side["false_month"],
            f"{name}_share": side["found_share"],
            f"{name}_loss_share": side["loss_share"],
            f"{name}_lead": side["mean_lead"],
            f"{name}_first": side["first_month"],
            f"{name}_even": break_even_effect(r, name),
        }
    for k, name in enumerate(LINES_UP[1:]):
        result |= {
            f"{name}_over": float(g["over"][k]),
            f"{name}_over_low": float(g["over_low"][k]),
            f"{name}_over_high": float(g["over_high"][k]),
            f"{name}_over_sure": float(g["over_sure"][k]),
        }
    return result


def _climate_findings(sky: Mapping[str, Any]) -> dict[str, float]:
    """What the climate of a sector tells, from the table of the fit; of two rules what is more."""
    result = {f"climate_{k}": sky[k] for k in ("auc_without", "auc_more_low", "auc_more_high")}
    result |= {
        "climate_worst": sky["rate"][0],
        "climate_best": sky["rate"][-1],
        "climate_edge": sky["edges"][0],
        "climate_stopped": float(sum(sky["stopped"])),
    }
    for name in ("climate", "fewer"):
        found, false = (float(sky[f"{name}_{k}"] - sky[f"usual_{k}"]) for k in ("found", "false"))
        result |= {f"{name}_found": found, f"{name}_false": false, f"{name}_each": false / found}
    return result


def _same_hours(r: SingleRun[EarlyWarning]) -> dict[str, float]:
    """Gain a year of each line with no more work than the rule makes."""
    x = thresholds.ladder(r.assumptions)
    hours = x["hours"][0, 0]
    within = np.where(x["hours"] <= hours, hours - x["hours"], np.inf).argmin(axis=1)
    return {name: float(x["gain"][k, within[k]]) for k, name in enumerate(LINES_UP)}


#: Name of a figure -> what it is drawn from; the drawing is in `charts`.
FIGURES: Mapping[str, Callable[[SingleRun[EarlyWarning]], Any]] = {
    "explorer": explorer,
    "worth": worth,
    "quality": quality,
    "calibration": calibration,
    "effects": effects,
    "climate": climate,
    "work": work,
    "gains": gains,
}

figure = drawer(__package__, FIGURES)

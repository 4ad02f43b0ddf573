"""What the chapter asks: where the gain comes from, how sure it is, and when the order turns."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from ...shape import Array, ScenarioRuns, SingleRun, drawer
from ...typology import PROBLEM
from . import record, run
from .record import ALTERNATIVES, LIVING, METHODS, Classification

#: Bootstrap samples of an interval.
SAMPLES = 1000


def _shown(r: SingleRun[Classification]) -> SingleRun[Classification]:
    """The run itself, for figures that need no more."""
    return r


@lru_cache(maxsize=8)
def _ensemble(a: Classification, n: int, seed: int) -> ScenarioRuns[Classification]:
    """The samples of `ensemble`, kept: figures and findings ask for the same ones."""
    return run.simulate(a, run.sample(a, n, seed))


def ensemble(
    r: SingleRun[Classification], n: int = SAMPLES, seed: int = 20260802
) -> ScenarioRuns[Classification]:
    """Bootstrap samples of the clients tried, all methods on the same ones."""
    return _ensemble(r.assumptions, n, seed)


def confusion(r: SingleRun[Classification]) -> dict[str, Any]:
    """Clients tried by true type and level of service, name -> (type, level), as shares of a type.

    number: clients tried of each type, (type,).
    """
    a = r.assumptions
    t = run.tried(a)
    level = run.levels(a, t)
    number = np.bincount(t.true, minlength=4)
    tables = {}
    for name, row in zip(ALTERNATIVES[1:4], level[1:4], strict=True):
        cells = np.bincount(4 * t.true + row, minlength=16).reshape(4, 4)
        tables[name] = cells / number[:, None]
    return tables | {"number": number}


def intervals(r: SingleRun[Classification]) -> dict[str, Any]:
    """Gain a year after cost and tax of each method: expected, 5th and 95th percentile.

    Each (method,); over: what the models add to the rule, (model, 3: low, middle, high); sure:
    share of samples in which they add anything.
    """
    many = ensemble(r).all_metrics
    rows = slice(1, 4)
    over = np.percentile(many["over_rule"][2:4], [5, 50, 95], axis=1).T
    return {
        "names": METHODS,
        "expected": r.all_metrics["gain"][rows, 0],
        "low": np.percentile(many["gain"][rows], 5, axis=1),
        "high": np.percentile(many["gain"][rows], 95, axis=1),
        "truth": float(r.all_metrics["gain"][-1, 0]),
        "over": over,
        "over_now": r.all_metrics["over_rule"][2:4, 0],
        "sure": (many["over_rule"][2:4] > 0).mean(axis=1),
        "pays": (many["gain"][rows] > 0).mean(axis=1),
    }


def parts(r: SingleRun[Classification]) -> dict[str, Any]:
    """Where the gain of each method comes from, before tax: name -> (method,)."""
    found = {k: r.all_metrics[k][1:4, 0] for k in ("service", "margin", "loss", "cost")}
    return found | {"names": METHODS}


def matrix(r: SingleRun[Classification]) -> dict[str, Any]:
    """Cost of a wrong level for a client of each type of the usual size: (type, level)."""
    a = r.assumptions
    t = run.tried(a)
    rows = []
    for k in range(len(LIVING)):
        income, ead = (float(np.median(x[t.true == k])) for x in (t.income, t.ead))
        rows.append(run.cost_matrix(a, income, ead)[k])
    return {"cost": np.array(rows)}


def mixtures(r: SingleRun[Classification]) -> dict[str, Any]:
    """10th, 50th, 90th percentile of figures of the clients reviewed: name -> (type, 3)."""
    return {
        name: np.array(values).reshape(4, 3)
        for name, values in r.assumptions.spec.words["fit"]["ranges"].items()
    }


def doubt(r: SingleRun[Classification]) -> dict[str, Any]:
    """How sure the boosting model is, and how often it is right then.

    edges of the highest chance; share: of clients in each band; right: of them, both (band,).
    """
    t = run.tried(r.assumptions)
    chance = t.chance["boosting"]
    top, hit = chance.max(axis=1), chance.argmax(axis=1) == t.true
    edges = np.array([0.25, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0001])
    band = np.clip(np.searchsorted(edges, top, side="right") - 1, 0, len(edges) - 2)
    number = np.bincount(band, minlength=len(edges) - 1)
    right = np.bincount(band, hit, minlength=len(edges) - 1) / np.maximum(number, 1)
    return {
        "edges": np.minimum(edges, 1.0), "share": number / number.sum(), "right": right,
        "said": np.bincount(band, top, minlength=len(number)) / np.maximum(number, 1),
        "unsure": float((top < 0.8).mean()),
    }  # fmt: skip


def reviews(r: SingleRun[Classification]) -> dict[str, Any]:
    """Gain before costs by number of clients reviewed, for 1,000 clients, and the rule's.

    sizes: (size,); each model: (size, 3: 10th percentile, mean, 90th over lotteries). As fitted,
    at the assumptions of the book.
    """
    table = r.assumptions.spec.words["fit"]["reviews"]
    base = run.simulate(record.assumptions())
    k = 1000 / base.assumptions.clients
    return {
        "sizes": np.array(table["sizes"]),
        **{name: np.array(table[name]).reshape(-1, 3) for name in METHODS[1:]},
        "rule": k * float(base.all_metrics["gross"][1, 0]),
        "lotteries": table["lotteries"],
    }


def even_cost(r: SingleRun[Classification]) -> float:
    """Running cost of a model, a year, at which the better one gains what the rule gains."""
    lead = r.all_metrics["over_rule"][2:4, 0].max() / (1 - r.assumptions.tax)
    return float(r.assumptions.model_cost + lead)


def even_size(r: SingleRun[Classification]) -> float:
    """Clients at which the better model gains what the rule gains; its running cost is fixed."""
    a = r.assumptions
    fixed = (1 - a.tax) * (a.model_cost - a.rule_cost)
    each = (r.all_metrics["over_rule"][2:4, 0].max() + fixed) / a.clients
    return float(fixed / each) if each > 0 else np.nan


def needed_chance(r: SingleRun[Classification]) -> Array:
    """Chance of being a problem, and not transactional, from which the problem level pays.

    (client,); one or more: never.
    """
    a = r.assumptions
    t = run.tried(a)
    value = run.worth(a, t.income, t.ead)
    gain = np.maximum(value[:, PROBLEM, PROBLEM] - value[:, PROBLEM, 1], 0.0)
    loss = value[:, 1, 1] - value[:, 1, PROBLEM]
    return loss / np.maximum(gain + loss, 1e-12) if (loss > 0).all() else np.ones(len(loss))


def even_mistake(r: SingleRun[Classification]) -> float:
    """Weight of lost income from which the better model gains more than the rule; NaN if never."""
    a = r.assumptions
    grid = np.linspace(0.0, a.spec.assumptions["mistake"].high, 61)
    lead = [run.simulate(a.replace(mistake=float(x))).all_metrics["over_rule"][2:4, 0].max()
            for x in grid]  # fmt: skip
    behind = np.flatnonzero(np.array(lead) <= 0)
    last = int(behind[-1]) if len(behind) else 0
    return float(np.interp(0.0, lead[last : last + 2], grid[last : last + 2]))


def findings(r: SingleRun[Classification]) -> dict[str, float]:
    """The numbers that the chapter states, each with its unit in the file of the model."""
    i, c, m, q = intervals(r), confusion(r), matrix(r), reviews(r)
    words = r.assumptions.spec.words["fit"]
    likely = run.simulate(r.assumptions.replace(decide="likely"))
    blind = run.simulate(r.assumptions.replace(saved=0.0))
    scores, bad = words["scores"], words["defaults"]
    chance, ead = needed_chance(r), run.tried(r.assumptions).ead
    result = {
        "tried": float(scores["tried"]),
        "learnt": float(scores["learnt"]),
        "living": float(scores["living"]),
        "moved": scores["moved"],
        "problem_reviewed": float(bad["problem"]),
        "problem_defaulted": float(bad["defaulted"]),
        "rule_then": scores["rule"][0],
        "boosting_then": scores["boosting"][0],
        "logistic_likely": likely.alternative("logistic").metrics["right"],
        "boosting_likely": likely.alternative("boosting").metrics["right"],
        "boosting_likely_gain": likely.alternative("boosting").metrics["gain"],
        "rule_strategic": float(c["rule"][0, 0]),
        "boosting_strategic": float(c["boosting"][0, 0]),
        "rule_problem": float(c["rule"][3, 3]),
        "boosting_problem": float(c["boosting"][3, 3]),
        "likely_problem": 1 - likely.alternative("boosting").metrics["missed"],
        "rule_growth": float(c["rule"][2, 2]),
        "boosting_growth": float(c["boosting"][2, 2]),
        "miss_strategic": float(m["cost"][0, 1]),
        "miss_problem": float(m["cost"][3, 1]),
        "waste_transactional": float(m["cost"][1, 0]),
        "alarm_transactional": float(m["cost"][1, 3]),
        "truth_gain": i["truth"],
        "blind_rule": blind.alternative("rule").metrics["gain"],
        "blind_boosting": blind.alternative("boosting").metrics["gain"],
        "few": float(q["sizes"][0]),
        "few_gain": float(q["boosting"][0, 1]),
        "few_logistic": float(q["logistic"][0, 1]),
        "many": float(q["sizes"][-1]),
        "many_gain": float(q["boosting"][-1, 1]),
        "rule_gross": q["rule"],
        "unsure": doubt(r)["unsure"],
        "chance_small": float(np.median(chance[ead < np.quantile(ead, 1 / 3)])),
        "chance_large": float(np.median(chance[ead > np.quantile(ead, 0.9)])),
        "even_cost": even_cost(r),
        "even_size": even_size(r),
        "even_mistake": even_mistake(r),
        "rule_wins": float((ensemble(r).all_metrics["over_rule"][2:4] < 0).all(axis=0).mean()),
        "samples": float(SAMPLES),
    }
    for k, name in enumerate(METHODS):
        result |= {
            f"{name}_low": float(i["low"][k]),
            f"{name}_high": float(i["high"][k]),
        }
    for k, name in enumerate(METHODS[1:]):
        result |= {
            f"{name}_over": float(i["over_now"][k]),
            f"{name}_over_low": float(i["over"][k, 0]),
            f"{name}_over_high": float(i["over"][k, 2]),
            f"{name}_sure": float(i["sure"][k]),
        }
    return result


#: Name of a figure -> what it is drawn from; the drawing is in `charts`.
FIGURES: Mapping[str, Callable[[SingleRun[Classification]], Any]] = {
    "explorer": _shown,
    "mixtures": mixtures,
    "confusion": confusion,
    "matrix": matrix,
    "parts": parts,
    "intervals": intervals,
    "doubt": doubt,
    "reviews": reviews,
}

figure = drawer(__package__, FIGURES)

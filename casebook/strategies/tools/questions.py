"""What the chapter asks: what to offer, whom to visit, whether a tool pays, and how it drifts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from ...bank import SECTORS
from ...distributions import norm_ppf
from ...shape import ScenarioRuns, SingleRun, drawer
from . import ladders, run
from .record import DOUBLE, TOOL, VOLUME, YEARS, Tools

#: Histories drawn for an interval.
HISTORIES = 4000
#: PSI at which drift raises an alarm: a choice, far above what chance alone makes.
ALARM = 0.25


@lru_cache(maxsize=8)
def _ensemble(a: Tools, n: int, seed: int) -> ScenarioRuns[Tools]:
    """The histories of `ensemble`, kept: figures and findings ask for the same ones."""
    return run.simulate(a, run.sample(a, n, seed))


def ensemble(r: SingleRun[Tools], n: int = HISTORIES, seed: int = 20260723) -> ScenarioRuns[Tools]:
    """Many histories of the same assumptions, all lists on the same draws."""
    return _ensemble(r.assumptions, n, seed)


def explorer(r: SingleRun[Tools]) -> dict[str, Any]:
    """The ladder, and the gain summed up by years, discounted, of each list: (list, year)."""
    a = r.assumptions
    factor = (1 + a.hurdle) ** -np.arange(YEARS + 1.0)
    by_year = np.cumsum(r.all_lines["gain_line"][..., 0] * factor[:, None], axis=0).T
    return ladders.ladder(a) | {"by_year": by_year[1:]}


def hits(r: SingleRun[Tools]) -> dict[str, list[float]]:
    """Share of buyers whose product is among the first k proposed, by order of proposing."""
    shares: dict[str, list[float]] = r.assumptions.spec.words["fit"]["hits"]
    return shares


def trial(r: SingleRun[Tools]) -> dict[str, float]:
    """What chance shows about visits and about topics.

    uplift and its 90% interval; sales for each talk about a product and each review, with a 90%
    interval; topic: of the one over the other; share sold on topic.
    """
    t = r.assumptions.spec.words["fit"]["trial"]
    z = float(norm_ppf(0.95))
    result = {
        "uplift": t["uplift"],
        "low": (1 + t["uplift"]) * np.exp(-z * t["error"]) - 1,
        "high": (1 + t["uplift"]) * np.exp(z * t["error"]) - 1,
        "on_topic": t["sold_topic"] / t["sold_product"],
    }
    for k in ("product", "review"):
        rate = t[f"sold_{k}"] / t[f"talks_{k}"]
        half = z * np.sqrt(rate / t[f"talks_{k}"])
        result |= {k: rate, f"{k}_low": rate - half, f"{k}_high": rate + half}
    ratio = result["product"] / result["review"]
    error = np.sqrt(1 / t["sold_product"] + 1 / t["sold_review"])
    return result | {
        "topic": ratio - 1,
        "topic_low": ratio * np.exp(-z * error) - 1,
        "topic_high": ratio * np.exp(z * error) - 1,
    }


def why(r: SingleRun[Tools]) -> dict[str, Any]:
    """The client with the fewest points, and what each characteristic takes from it."""
    example: dict[str, Any] = r.assumptions.spec.words["fit"]["example"]
    return example


def drift(r: SingleRun[Tools]) -> dict[str, Any]:
    """PSI of the whole book, card with and without the sector index: (month,).

    And the sector that has fallen furthest: its name, and its index and mean points, (month,).
    """
    d = r.assumptions.spec.words["fit"]["drift"]
    fall = {k: max(d[f"index_{k}"]) - min(d[f"index_{k}"]) for k in SECTORS}
    name = max(fall, key=lambda k: fall[k])
    return {
        "month": np.array(d["month"]),
        "all": np.array(d["all"]),
        "plain": np.array(d["plain"]),
        "sector": name,
        "index": np.array(d[f"index_{name}"]),
        "points": np.array(d[f"mean_{name}"]),
        "noise": r.assumptions.spec.words["fit"]["psi_noise"],
    }


def gains(r: SingleRun[Tools]) -> dict[str, Any]:
    """Gain a year of both lists, and of the tool over the list by volume, with 90% intervals.

    pure: the tool's list alone, without the tool's cost and the hours it saves.
    """
    a = r.assumptions
    many = ensemble(r)
    free = a.replace(build_cost=0.0, run_cost=0.0, hours_saved=0.0)
    pure = ensemble(run.simulate(free))
    x, y = many.all_metrics, pure.all_metrics
    rows = {
        "volume": (r.alternative("volume").metrics["gain_year"], x["gain_year"][VOLUME]),
        "tool": (r.alternative("tool").metrics["gain_year"], x["gain_year"][TOOL]),
        "over": (r.alternative("tool").metrics["over_volume"], x["over_volume"][TOOL]),
        "pure": (
            run.simulate(free).alternative("tool").metrics["over_volume"], y["over_volume"][TOOL],
        ),
    }  # fmt: skip
    return {
        k: {
            "expected": middle,
            "low": float(np.quantile(all_, 0.05)),
            "high": float(np.quantile(all_, 0.95)),
            "sure": float((all_ > 0).mean()),
        }
        for k, (middle, all_) in rows.items()
    }


def findings(r: SingleRun[Tools]) -> dict[str, float]:
    """The numbers that the chapter states, each with its unit in the file of the model."""
    a = r.assumptions
    fit, g, lot, d = a.spec.words["fit"], gains(r), trial(r), drift(r)
    best = ladders.ladder(a)
    volume, tool = r.alternative("volume"), r.alternative("tool")
    over = d["all"] > ALARM
    calm = d["month"] <= 24
    deep = int(np.argmin(d["points"]))
    high = int(np.argmax(d["points"]))
    years = {m: k for k, m in enumerate(fit["years"]["month"])}
    result = {
        "histories": float(HISTORIES),
        "clients": float(fit["clients"]),
        "sales": float(fit["came"]),
        "said": float(fit["said"]),
        "crm_clients": float(fit["crm"]["clients"]),
        "unseen": float(fit["crm"]["unseen"]),
        "unseen_limit": fit["crm"]["unseen_limit"],
        "hit_model": fit["hits"]["model"][1],
        "hit_sector": fit["hits"]["sector"][1],
        "hit_popularity": fit["hits"]["popularity"][1],
        "hit_together": fit["hits"]["together"][1],
        **{f"trial_{k}": float(v) for k, v in lot.items()},
        "best_volume": float(best["best"][0]),
        "best_volume_gain": float(best["best_gain"][0]),
        "best_list": float(best["listed"][best["list_gain"][1].argmax()]),
        "best_list_gain": float(best["list_gain"][1].max()),
        "pure_tool": float(best["list_gain"][1, ladders.rung(a, ladders.tables(a))]),
        "saving": ladders.saving(a),
        "break_even_hours": tool.metrics["break_even_hours"],
        "volume_share": volume.metrics["list_share"],
        "tool_share": tool.metrics["list_share"],
        "example_points": float(fit["example"]["points"]),
        "example_usual": float(fit["example"]["usual"]),
        "psi_calm": float(d["all"][calm].max()),
        "psi_worst": float(d["all"].max()),
        "psi_plain": float(d["plain"].max()),
        "psi_noise": float(d["noise"]),
        "psi_alarm": ALARM,
        "first_alarm": float(d["month"][over.argmax()]) if over.any() else -1.0,
        "points_before": float(d["points"][high]),
        "points_after": float(d["points"][deep]),
        "odds_fall": float(2 ** ((d["points"][high] - d["points"][deep]) / DOUBLE)),
        "area_first": fit["years"]["area"][years[24]],
        "area_last": fit["years"]["area"][years[48]],
        "said_last": fit["years"]["said"][years[48]],
        "came_last": float(fit["years"]["came"][years[48]]),
        "said_first": fit["years"]["said"][years[24]],
        "came_first": float(fit["years"]["came"][years[24]]),
    }
    for k, row in g.items():
        result |= {f"{k}_{name}": value for name, value in row.items()}
    return result


#: Name of a figure -> what it is drawn from; the drawing is in `charts`.
FIGURES: Mapping[str, Callable[[SingleRun[Tools]], Any]] = {
    "explorer": explorer,
    "hits": hits,
    "trial": trial,
    "why": why,
    "drift": drift,
    "gains": gains,
}

figure = drawer(__package__, FIGURES)

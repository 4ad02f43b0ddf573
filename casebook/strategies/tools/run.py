"""TODO."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import overload

import numpy as np
from numpy.typing import NDArray

from ... import timevalue
from ...distributions import lognormal
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
from .record import ALTERNATIVES, FOLDS, LISTS, NONE, STEP, TOOL, VOLUME, YEARS, Tools


@dataclass(frozen=True)
class Tables:
    """The fitted tables as arrays. limit: of the client of each sale (sale,); place: of that client
    in each list (list, sale); hours: of visits of the first k x STEP clients, (list, k).
    """

    limit: Array
    place: NDArray[np.intp]
    hours: Array
    clients: int


@lru_cache(maxsize=8)
def read_tables(path: Path) -> Tables:
    fit = load(Tools, "tools", path, folder="models").spec.words["fit"]
    return Tables(
        limit=np.array(fit["sales"]["limit"]),
        place=np.array([fit["sales"][k] for k in LISTS]),
        hours=np.array([fit["hours"][k] for k in LISTS]),
        clients=fit["clients"],
    )


def tables(a: Tools) -> Tables:
    """What the fit left in the file of these assumptions."""
    return read_tables(a.spec.path)


def sample(a: Tools, n: int, seed: int) -> Draws:
    """n other histories as uniforms in [0, 1): weights (n, sale) of a Bayesian bootstrap of the
    sales, uplift (n,) of what the trial measured, saving (n,) of the hours that a tool saves.
    """
    n, random = uniform_source(n, seed)
    return {
        "weight": random((n, len(tables(a).limit))),
        "uplift": random(n),
        "saving": random(n),
    }


@overload
def simulate(a: Tools, d: None = None, keep: Sequence[str] | None = None) -> SingleRun[Tools]: ...
@overload
def simulate(a: Tools, d: Draws, keep: Sequence[str] | None = None) -> ScenarioRuns[Tools]: ...
def simulate(a: Tools, d: Draws | None = None, keep: Sequence[str] | None = None) -> Result[Tools]:
    """Five years: no list, the list by volume, the list of the tool with its cost.

    A single run takes the test as it was; many weigh each sale anew and draw the uplift within the
    error of the trial and the hours saved within `effect_spread`.
    """
    if d is None:
        return _run(a, None, None)
    given = np.shape(d.get("weight"))
    if len(given) == 2 and given[1] != len(tables(a).limit):
        raise AssumptionError(
            f"draws for {given[1]} sales are not allowed; {len(tables(a).limit)} are "
            "(sample again with these assumptions)"
        )
    return run_scenarios(partial(_run, a), sample(a, 1, 0), d, keep)


def stock(a: Tools) -> tuple[Array, float]:
    """What CNY 1 of yearly income, sold in each of five years, pays in year 0..5, and the present
    value at the end of what it pays later, for as long as clients stay.
    """
    held = np.cumsum(a.keep ** np.arange(YEARS))  # run rate at the end of each year
    paid = np.concatenate([[0.0], held - 0.5])
    return paid, float(held[-1] * a.keep / (1 + a.hurdle - a.keep))


def saving(a: Tools) -> float:
    """Money a year for the hours that a tool saves and that are put to use."""
    return a.managers * a.weeks * a.hours_saved * a.used * a.hour_cost


def _run(a: Tools, d: Draws | None, keep: Sequence[str] | None) -> Result[Tools]:
    t = tables(a)
    n = 1 if d is None else len(d["uplift"])
    weight = np.ones((len(t.limit), 1)) if d is None else -np.log1p(-d["weight"].T)
    uplift, save = np.full(1, a.uplift), np.ones(1)
    if d is not None:
        uplift = (1 + a.uplift) * lognormal(d["uplift"], a.uplift_error) - 1
        save = 1 + a.effect_spread * (2 * d["saving"] - 1)

    # sales one by one, in one order however many scenarios there are
    side, who = np.nonzero(t.place <= length(a))
    income, count = np.zeros((3, n)), np.zeros((3, n))
    np.add.at(income, side + 1, weight[who] * t.limit[who][:, None] / len(FOLDS))
    np.add.at(count, side + 1, weight[who] / len(FOLDS))
    fresh = uplift * a.product_income * income  # yearly income of what is sold in a year
    hours = np.concatenate([[0.0], t.hours[:, worth_at(a, t)]])

    zero = np.zeros((YEARS + 1, 3, n))
    year = np.arange(YEARS + 1) > 0
    paid, tail = stock(a)
    lines = {k: zero.copy() for k in ("products", "run_off", "visits", "time", "build", "run")}
    lines["products"] += paid[:, None, None] * fresh
    lines["run_off"][-1] += tail * fresh
    lines["visits"][year] -= (a.hour_cost * hours)[:, None]
    lines["time"][year, TOOL] += saving(a) * save
    lines["build"][0, TOOL] -= a.build_cost
    lines["run"][year, TOOL] -= a.run_cost
    before = sum(lines.values())
    lines["tax"] = -a.tax * before
    lines["gain_line"] = before + lines["tax"]
    lines["extra"] = zero.copy()
    lines["extra"][year] += uplift * count
    lines["hours"] = zero.copy()
    lines["hours"][year] += hours[:, None]

    value = _worth(a, lines["gain_line"])
    annuity = _annuity(a)
    best = ladder(a)
    total = np.cumsum(lines["gain_line"], axis=0)
    ahead = total[1:] > 0
    first = np.where(ahead.any(axis=0), ahead.argmax(axis=0) + 1, -1)
    cost = -_worth(a, lines["visits"] + lines["build"] + lines["run"]) / annuity
    metrics = {
        "value": value,
        "gain_year": value / annuity,
        "over_volume": (value - value[VOLUME]) / annuity,
        "income_year": fresh,
        "extra_year": uplift * count,
        "hours_year": hours[:, None],
        "cost_year": cost,
        "list_share": income / np.maximum(sum(weight[i] * t.limit[i] for i in range(len(t.limit)))
                                          / len(FOLDS), 1e-12),
        "pays": value > 0,
        "best_listed": np.array([[np.nan], *best["best"][:, None]]),
        "best_gain": np.array([[0.0], *best["best_gain"][:, None]]),
        "break_even_hours": np.array([[np.nan], [np.nan], [break_even_hours(a)]]),
    }  # fmt: skip
    kind: type[Result[Tools]] = SingleRun if d is None else ScenarioRuns
    return kind(
        assumptions=a,
        chosen=a.view,
        alternatives=ALTERNATIVES,
        all_lines=lines if d is None else {k: lines[k] for k in keep or () if k in lines},
        all_metrics=metrics,
        all_events={"pays_back": first},
        checks=_checks(a, t, lines, metrics, weight, uplift, save),
        largest_balance=max(float(np.abs(lines["products"]).max()), a.build_cost, 1.0),
        scenarios=n,
    )


def length(a: Tools) -> int:
    """Clients on the list: whole steps of it."""
    return STEP * (worth_at(a, tables(a)) + 1)


def worth_at(a: Tools, t: Tables) -> int:
    """Index of the list's length in the tables."""
    return min(max(a.listed // STEP, 1), t.hours.shape[1]) - 1


def _worth(a: Tools, x: Array) -> Array:
    """Present value at the hurdle of a line, (year, list, scenario) -> (list, scenario)."""
    factor = (1 + a.hurdle) ** -np.arange(YEARS + 1.0)
    return sum(factor[k] * x[k] for k in range(YEARS + 1))


def _annuity(a: Tools) -> float:
    return float(timevalue.present_value(a.hurdle, np.ones(YEARS), np.arange(1.0, YEARS + 1)))


def _checks(
    a: Tools, t: Tables, lines: dict[str, Array], metrics: dict[str, Array], weight: Array,
    uplift: Array, save: Array,
) -> dict[str, float]:  # fmt: skip
    parts = [k for k, s in a.spec.words["lines"].items() if s["view"] == "lender"]
    annuity = _annuity(a)
    paid, tail = stock(a)
    years = np.arange(YEARS + 1.0)
    unit = float(timevalue.present_value(a.hurdle, paid, years)) + tail / (1 + a.hurdle) ** YEARS
    straight = []
    for k in range(len(LISTS)):
        on = t.place[k] <= length(a)
        sold = (weight * (t.limit * on)[:, None]).sum(axis=0) / len(FOLDS)
        gain = unit * uplift * a.product_income * sold - annuity * a.hour_cost * t.hours[
            k, worth_at(a, t)]  # fmt: skip
        if k + 1 == TOOL:
            gain = gain + annuity * (saving(a) * save - a.run_cost) - a.build_cost
        straight.append((1 - a.tax) * gain)
    # a product sold in year j pays half a year, and then what is kept of it
    each = [sum(a.keep ** (y - j) for j in range(1, y + 1)) - 0.5 for y in range(1, YEARS + 1)]
    ledger = np.array([0.0, *each])[:, None, None] * metrics["income_year"]
    best, single = metrics["best_gain"], weight.shape[1] == 1
    return {
        "statement_foots": residual(sum(lines[k] for k in parts[:-1]) - lines[parts[-1]]),
        "sale_by_sale": residual(np.array(straight) - metrics["value"][1:]),
        "products_kept": residual(ledger - lines["products"]),
        "no_list_does_nothing": residual(*(lines[k][:, NONE] for k in lines)),
        "only_the_tool_costs": residual(*(lines[k][:, :TOOL] for k in ("build", "run", "time"))),
        "best_is_best": residual(
            np.maximum(metrics["gain_year"] - np.maximum(best, 0.0), 0.0)[1:] if single else 0.0
        ),
    }


def ladder(a: Tools) -> dict[str, Array]:
    """Every length of both lists on the test as it was, (list, k): listed, gain a year, bought.

    The tool's with its cost; list_gain without it, and without the hours it saves. best,
    best_gain: (list,), zero and NaN if none earns anything.
    """
    t = tables(a)
    listed = STEP * np.arange(1, t.hours.shape[1] + 1)
    limits = np.stack([
        np.cumsum(np.bincount((p - 1) // STEP, t.limit, len(listed) + 60))[: len(listed)]
        for p in t.place
    ])  # fmt: skip
    paid, tail = stock(a)
    annuity = _annuity(a)
    unit = float(_worth(a, paid)) + tail / (1 + a.hurdle) ** YEARS
    fresh = a.uplift * a.product_income * limits / len(FOLDS)
    pure = (1 - a.tax) * (unit * fresh / annuity - a.hour_cost * t.hours)
    own = (1 - a.tax) * (saving(a) - a.run_cost - a.build_cost / annuity)
    gain = pure + np.array([[0.0], [own]])
    at, rows = gain.argmax(axis=1), np.arange(len(LISTS))
    good = gain[rows, at] > 0
    return {
        "listed": listed,
        "gain": gain,
        "list_gain": pure,
        "bought": limits / t.limit.sum(),
        "best": np.where(good, listed[at], np.nan),
        "best_gain": np.where(good, gain[rows, at], 0.0),
    }


def break_even_hours(a: Tools) -> float:
    """Hours a week that each manager must gain for the tool to beat the list by volume, at the
    length that stands; NaN if hours are worth nothing.
    """
    x = ladder(a)
    at = worth_at(a, tables(a))
    short = x["gain"][0, at] - x["gain"][1, at]
    each = (1 - a.tax) * a.managers * a.weeks * a.used * a.hour_cost
    return float(a.hours_saved + short / each) if each > 1e-9 else np.nan

"""Five years without a list, with the list by volume, and with the tool: lines, numbers, checks.

The tables of the fit, sale by sale, once or weighed anew in each history; see `ladders` for the
same in straight sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from ... import timevalue
from ...distributions import lognormal
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
from . import ladders
from .ladders import Tables
from .record import ALTERNATIVES, FOLDS, LISTS, NONE, TOOL, VOLUME, YEARS, Tools


def sample(a: Tools, n: int, seed: int) -> Draws:
    """n other histories as uniforms in [0, 1).

    weight: (n, sale), of a Bayesian bootstrap of the sales; uplift: (n,), of what the trial
    measured; saving: (n,), of the hours that a tool saves.
    """
    n, random = uniform_source(n, seed)
    return {
        "weight": random((n, len(ladders.tables(a).limit))),
        "uplift": random(n),
        "saving": random(n),
    }


@overload
def simulate(a: Tools, d: None = None, keep: Sequence[str] | None = None) -> SingleRun[Tools]: ...
@overload
def simulate(a: Tools, d: Draws, keep: Sequence[str] | None = None) -> ScenarioRuns[Tools]: ...
@asked
def simulate(a: Tools, d: Draws | None = None, keep: Sequence[str] | None = None) -> Result[Tools]:
    """Five years: no list, the list by volume, the list of the tool with its cost.

    A single run takes the test as it was; many weigh each sale anew and draw the uplift within the
    error of the trial and the hours saved within `effect_spread`. Draws for another number of
    sales raise AssumptionError.
    """
    if d is None:
        return _run(a, None, None)
    check_weights(d, len(ladders.tables(a).limit), "sales")
    return run_scenarios(partial(_run, a), sample(a, 1, 0), d, keep)


@dataclass(frozen=True)
class _Histories:
    """How often each sale counts in a run, and what was measured: as it was, or drawn for each."""

    sale: Array  # (sale, scenario)
    uplift: Array  # (scenario,)
    saving: Array  # of hours, over what is assumed, (scenario,)


def _histories(a: Tools, fit: Tables, d: Draws | None) -> _Histories:
    """One history as it was, or those of the draws of `sample`."""
    if d is None:
        return _Histories(np.ones((len(fit.limit), 1)), np.full(1, a.uplift), np.ones(1))
    return _Histories(
        sale=-np.log1p(-d["weight"].T),
        uplift=(1 + a.uplift) * lognormal(d["uplift"], a.uplift_error) - 1,
        saving=1 + a.effect_spread * (2 * d["saving"] - 1),
    )


def _sold(a: Tools, fit: Tables, histories: _Histories) -> tuple[Array, Array]:
    """Limits and number of the sales to the clients of each list, a year: (list, scenario) each.

    Sale by sale, in one order however many scenarios there are; the first list is none.
    """
    weight = histories.sale
    side, who = np.nonzero(fit.place <= ladders.length(a))
    limits, count = np.zeros((2, len(ALTERNATIVES), weight.shape[1]))
    np.add.at(limits, side + 1, weight[who] * fit.limit[who][:, None] / len(FOLDS))
    np.add.at(count, side + 1, weight[who] / len(FOLDS))
    return limits, count


def _lines(
    a: Tools, hours: Array, fresh: Array, extra: Array, histories: _Histories
) -> dict[str, Array]:
    """Every line, (year 0..5, list, scenario).

    hours: of visits, a year, (list,); fresh: yearly income of what is sold in a year, and extra:
    the number of these sales, (list, scenario).
    """
    zero = np.zeros((YEARS + 1, *fresh.shape))
    year = np.arange(YEARS + 1) > 0
    paid, tail = ladders.stock(a)
    lines = {k: zero.copy() for k in ("products", "run_off", "visits", "time", "build", "run")}
    lines["products"] += paid[:, None, None] * fresh
    lines["run_off"][-1] += tail * fresh
    lines["visits"][year] -= (a.hour_cost * hours)[:, None]
    lines["time"][year, TOOL] += ladders.saving(a) * histories.saving
    lines["build"][0, TOOL] -= a.build_cost
    lines["run"][year, TOOL] -= a.run_cost
    before = np.asarray(sum(lines.values()))
    lines["tax"] = -a.tax * before
    lines["gain_line"] = before + lines["tax"]
    lines["extra"] = zero.copy()
    lines["extra"][year] += extra
    lines["hours"] = zero.copy()
    lines["hours"][year] += hours[:, None]
    return lines


def _run(a: Tools, d: Draws | None, keep: Sequence[str] | None) -> Result[Tools]:
    """All lists on one history (`d` = None), or on those of the draws with the lines of `keep`.

    Arrays are (year, list, scenario).
    """
    fit = ladders.tables(a)
    histories = _histories(a, fit, d)
    limits, count = _sold(a, fit, histories)
    fresh, extra = histories.uplift * a.product_income * limits, histories.uplift * count
    hours = np.concatenate([[0.0], fit.hours[:, ladders.rung(a, fit)]])
    lines = _lines(a, hours, fresh, extra, histories)
    value, annuity = ladders.worth(a, lines["gain_line"]), ladders.annuity(a)
    best = ladders.ladder(a)
    cost = -ladders.worth(a, lines["visits"] + lines["build"] + lines["run"]) / annuity
    every = sum(histories.sale[i] * fit.limit[i] for i in range(len(fit.limit))) / len(FOLDS)
    metrics: dict[str, NDArray[Any]] = {
        "value": value,
        "gain_year": value / annuity,
        "over_volume": (value - value[VOLUME]) / annuity,
        "income_year": fresh,
        "extra_year": extra,
        "hours_year": hours[:, None],
        "cost_year": cost,
        "list_share": limits / np.maximum(every, 1e-12),
        "pays": value > 0,
        "best_listed": np.array([[np.nan], *best["best"][:, None]]),
        "best_gain": np.array([[0.0], *best["best_gain"][:, None]]),
        "break_even_hours": np.array([[np.nan], [np.nan], [ladders.break_even_hours(a)]]),
    }
    ahead = np.cumsum(lines["gain_line"], axis=0)[1:] > 0
    kind: type[Result[Tools]] = SingleRun if d is None else ScenarioRuns
    return kind(
        assumptions=a,
        chosen=a.view,
        alternatives=ALTERNATIVES,
        all_lines=lines if d is None else {k: lines[k] for k in keep or () if k in lines},
        all_metrics=metrics,
        all_events={"pays_back": first_time(ahead, start=1)},
        checks=_checks(a, fit, lines, metrics, histories),
        largest_balance=max(float(np.abs(lines["products"]).max()), a.build_cost, 1.0),
        scenarios=fresh.shape[1],
    )


def _checks(
    a: Tools, fit: Tables, lines: dict[str, Array], metrics: dict[str, NDArray[Any]],
    histories: _Histories,
) -> dict[str, float]:  # fmt: skip
    """The identities, name -> largest residual; both lists again, straight from the sales."""
    parts = [k for k, s in a.spec.words["lines"].items() if s["view"] == "lender"]
    annuity = ladders.annuity(a)
    paid, tail = ladders.stock(a)
    years = np.arange(YEARS + 1.0)
    unit = float(timevalue.present_value(a.hurdle, paid, years)) + tail / (1 + a.hurdle) ** YEARS
    straight = []
    for k in range(len(LISTS)):
        on = fit.place[k] <= ladders.length(a)
        sold = (histories.sale * (fit.limit * on)[:, None]).sum(axis=0) / len(FOLDS)
        hours = fit.hours[k, ladders.rung(a, fit)]
        gain = unit * histories.uplift * a.product_income * sold - annuity * a.hour_cost * hours
        if k + 1 == TOOL:
            saved = ladders.saving(a) * histories.saving
            gain = gain + annuity * (saved - a.run_cost) - a.build_cost
        straight.append((1 - a.tax) * gain)
    # a product sold in year j pays half a year, and then what is kept of it
    each = [sum(a.keep ** (y - j) for j in range(1, y + 1)) - 0.5 for y in range(1, YEARS + 1)]
    ledger = np.array([0.0, *each])[:, None, None] * metrics["income_year"]
    best, single = metrics["best_gain"], histories.sale.shape[1] == 1
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

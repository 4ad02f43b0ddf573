"""What the chapter asks: which strategies pay, how sure that is, and what they do together."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import product
from typing import Any

import numpy as np

from ... import bank, profitability, timevalue
from ...shape import ScenarioRuns, SingleRun, drawer, tornado_rows
from . import engines, record, run, transitions
from .record import (
    ALTERNATIVES,
    MAINTAIN,
    SPREADS,
    STRATEGIES,
    TYPE_OF,
    WORKOUT,
    YEARS,
    Lifecycle,
    N,
    S,
)

#: Books of the ensemble that pages and figures show.
BOOKS = 1000
#: The assumptions that a look at what matters most moves by half of themselves.
TORNADO = (
    "warning_quality", "saved", "cut", "class_price", "class_saving", "retention", "cross_sell",
    "aim", "false_alarms", "tools_saving", "tools_sales", "recession_depth", "lgd", "correlation",
)  # fmt: skip


def _shown(r: SingleRun[Lifecycle]) -> SingleRun[Lifecycle]:
    """The run itself, for figures that need no more."""
    return r


@lru_cache(maxsize=8)
def _ensemble(a: Lifecycle, books: int, seed: int) -> ScenarioRuns[Lifecycle]:
    """The books of `ensemble`, kept: figures and findings ask for the same ones."""
    keep = ("economic_profit_line", "realised_loss", "expected_loss")
    return run.simulate(a, run.sample(a, books, seed), keep=keep)


def ensemble(
    r: SingleRun[Lifecycle], books: int = BOOKS, seed: int = 20260705
) -> ScenarioRuns[Lifecycle]:
    """Many simulated books of the same assumptions, all alternatives on the same luck."""
    return _ensemble(r.assumptions.replace(view="chosen"), books, seed)


def bands(r: SingleRun[Lifecycle]) -> dict[str, Any]:
    """Economic profit by year of many books, each (percentile 10 50 90, year), none and chosen.

    loss: realised loss of the chosen set likewise, and usual: expected loss, (year,).
    """
    many = ensemble(r)
    at = (10, 50, 90)
    sides = {k: many.alternative(k).lines for k in ("none", "chosen")}
    return {
        **{k: np.percentile(v["economic_profit_line"][1:], at, axis=1) for k, v in sides.items()},
        "loss": np.percentile(-sides["chosen"]["realised_loss"][1:], at, axis=1),
        "usual": r.alternative("chosen").lines["expected_loss"][1:],
        "year": np.arange(1, YEARS + 1),
        "books": many.scenarios,
    }


def gains(r: SingleRun[Lifecycle]) -> dict[str, Any]:
    """What each strategy and the chosen set add in value, each (alternative,) but for `none`.

    expected: of the single run; low, high: percentiles 10 and 90 of the books; sure: the share of
    books in which it pays; lucky: that share if the effects were known, so that only luck is left;
    best: the share of books in which it adds most, of the four strategies.
    """
    many = ensemble(r)
    known = ensemble(run.simulate(r.assumptions.replace(**dict.fromkeys(SPREADS, 0.0))))
    gain = many.all_metrics["gain"][1:]
    first = gain[: len(STRATEGIES)].argmax(axis=0)
    pays = gain[: len(STRATEGIES)].max(axis=0) > 0
    best = [float(((first == k) & pays).mean()) for k in range(len(STRATEGIES))]
    return {
        "names": ALTERNATIVES[1:],
        "expected": r.all_metrics["gain"][1:, 0],
        "low": np.percentile(gain, 10, axis=1),
        "high": np.percentile(gain, 90, axis=1),
        "sure": (gain > 0).mean(axis=1),
        "lucky": (known.all_metrics["gain"][1:] > 0).mean(axis=1),
        "best": np.array(best),
        "cost": r.all_metrics["strategy_cost_value"][1:, 0],
        "books": many.scenarios,
    }


def all_sets(r: SingleRun[Lifecycle]) -> dict[str, Any]:
    """The value that each of the sixteen sets of strategies adds, on average.

    on: (set, strategy); gain: (set,). alone: gain of each strategy as the only one; last: what it
    adds when the other three are there; both (strategy,). together: the gain of all four, and
    `beyond` what it is above the sum of the four alone; pairs: the same for two at a time.
    """
    a = r.assumptions
    on = np.array(list(product([False, True], repeat=len(STRATEGIES))))
    course, _, effect = engines.expected(a, on)
    profit = run.money(a, on, course, effect)["economic_profit_line"][..., 0]
    value = np.asarray(timevalue.present_value(a.hurdle, profit, np.arange(YEARS + 1.0)))
    gain = value - value[0]
    number = on @ 2 ** np.arange(len(STRATEGIES))[::-1]
    of = {int(k): float(g) for k, g in zip(number, gain, strict=True)}
    bit = [2 ** (len(STRATEGIES) - 1 - k) for k in range(len(STRATEGIES))]
    full = sum(bit)
    alone = np.array([of[x] for x in bit])
    pairs = {
        (i, j): of[bit[i] + bit[j]] - alone[i] - alone[j] for i in range(4) for j in range(i + 1, 4)
    }
    return {
        "on": on,
        "gain": gain,
        "alone": alone,
        "last": np.array([of[full] - of[full - x] for x in bit]),
        "together": of[full],
        "beyond": of[full] - float(alone.sum()),
        "pairs": pairs,
    }


def tornado(r: SingleRun[Lifecycle]) -> list[tuple[str, float, float, float, float]]:
    """What moves the gain of the chosen set: (name, low, high, gain at each), widest first.

    Each assumption moves by half of itself, down and up, within its range.
    """
    a = r.assumptions.replace(view="chosen")
    moves = {k: (0.5 * getattr(a, k), 1.5 * getattr(a, k)) for k in TORNADO}
    return tornado_rows(a, moves, lambda b: run.simulate(b).metrics["gain"])


def hours_curve(r: SingleRun[Lifecycle]) -> dict[str, Any]:
    """Gain of maintenance alone by hours added for each client, each (hours,); best: the hours.

    alike: the same if the hours are not aimed but given and taken alike.
    """
    a = r.assumptions
    spec = a.spec.assumptions["hours"]
    hours = np.arange(spec.low, spec.high + 1.0)
    on = run.funded_sets(a)[[0, 1 + MAINTAIN]]

    def gain(**change: float) -> float:
        b = a.replace(**change)
        course, _, effect = engines.expected(b, on)
        profit = run.money(b, on, course, effect)["economic_profit_line"][..., 0]
        value = timevalue.present_value(a.hurdle, profit, np.arange(YEARS + 1.0))
        return float(value[1] - value[0])

    found = np.array([gain(hours=float(h)) for h in hours])
    alike = np.array([gain(hours=float(h), aim=0.0) for h in hours])
    return {"hours": hours, "gain": found, "alike": alike, "best": float(hours[found.argmax()])}


#: What the chapter on classification measured of its model, in place of the rule.
CLASS_MODEL = {"class_cost": 2.7, "class_saving": 0.05, "class_price": 0.0004, "class_wrong": 0.12}
#: The cost of the model of the chapter on early warning, which finds as many as the rule.
WARNING_MODEL = {"warning_cost": 1.5}


def others(r: SingleRun[Lifecycle]) -> dict[str, float]:
    """What plans other than those of the page would gain, each alone.

    class_model, warning_model: by a model in place of the rule; alike: hours taken from all clients
    alike; more: eight hours more in place of fewer; warning_half: an alarm that achieves half.
    """
    a = r.assumptions
    plans = {
        "class_model": ("classification", CLASS_MODEL),
        "warning_model": ("early_warning", WARNING_MODEL),
        "alike": ("maintenance", {"aim": 0.0}),
        "more": ("maintenance", {"hours": 8.0, "aim": 0.0}),
        "warning_half": ("early_warning", {"saved": a.saved / 2, "cut": a.cut / 2}),
    }
    return {
        name: float(run.simulate(a.replace(**change)).alternative(side).metrics["gain"])
        for name, (side, change) in plans.items()
    }


def break_even_quality(r: SingleRun[Lifecycle]) -> float:
    """Share of clients in trouble that must be found in time for early warning to pay alone."""
    a = r.assumptions
    spec = a.spec.assumptions["warning_quality"]
    grid = np.linspace(spec.low, spec.high, 101)
    found = [
        run.simulate(a.replace(warning_quality=float(q)))
        .alternative("early_warning")
        .metrics["gain"]
        for q in grid
    ]
    above = np.flatnonzero(np.array(found) > 0)
    return float(grid[above[0]]) if len(above) else np.nan


def findings(r: SingleRun[Lifecycle]) -> dict[str, float]:
    """The numbers that the chapter states, each with its unit in the file of the model."""
    g, sets, curve, many = gains(r), all_sets(r), hours_curve(r), ensemble(r)
    b, chosen, none = bands(r), r.alternative("chosen"), r.alternative("none")
    by = {name: k for k, name in enumerate(g["names"])}
    quiet = run.simulate(r.assumptions.replace(recession_depth=0.0))
    weighed = run.simulate(r.assumptions.replace(approach="standardised"))
    value = many.alternative("chosen").metrics["value"]
    nothing = many.alternative("none").metrics["value"]
    year = r.assumptions.recession_year
    first = int(np.argmax(g["best"]))
    without_tools = sets["gain"][(sets["on"] == [True, True, True, False]).all(axis=1)]
    result = {
        "books": float(g["books"]),
        "best_set": float(sets["gain"].max()),
        "three": float(without_tools[0]),
        "value_low": float(np.percentile(value, 10)),
        "value_high": float(np.percentile(value, 90)),
        "value_positive": float((value > 0).mean()),
        "none_positive": float((nothing > 0).mean()),
        "none_low": float(np.percentile(nothing, 10)),
        "none_high": float(np.percentile(nothing, 90)),
        "together": sets["together"],
        "beyond": sets["beyond"],
        "best_hours": curve["best"],
        "best_hours_gain": float(curve["gain"].max()),
        "break_even_quality": break_even_quality(r),
        "recession_profit": float(chosen.lines["economic_profit_line"][year]),
        "recession_loss": float(-chosen.lines["realised_loss"][year]),
        "recession_loss_high": float(b["loss"][2][year - 1]),
        "usual_loss": float(chosen.lines["expected_loss"][year]),
        "undiscounted_none": float(none.lines["economic_profit_line"].sum()),
        "standard_large": r.assumptions.standard_weights[0],
        "standard_small": r.assumptions.standard_weights[1],
        "standard_value": weighed.alternative("chosen").metrics["value"],
        "standard_raroc": weighed.alternative("chosen").metrics["raroc"],
        "standard_gain": weighed.alternative("chosen").metrics["gain"],
        "standard_warning": weighed.alternative("early_warning").metrics["gain"],
        "standard_maintenance": weighed.alternative("maintenance").metrics["gain"],
        "quiet_gain": quiet.alternative("chosen").metrics["gain"],
        "first_share": float(g["best"][first]),
        "strategic_share": _income_share(r, "none", (S, N)),
        "opening_strategic": float(none.lines["strategic"][0]),
        "opening_problem": float(none.lines["problem"][0]),
        "defaults_none": none.metrics["total_defaulted"],
        "left_none": none.metrics["total_left"],
    } | others(r)
    for name in (*STRATEGIES, "chosen"):
        k = by[name]
        result |= {
            f"{name}_gain": float(g["expected"][k]),
            f"{name}_low": float(g["low"][k]),
            f"{name}_high": float(g["high"][k]),
            f"{name}_sure": float(g["sure"][k]),
            f"{name}_lucky": float(g["lucky"][k]),
            f"{name}_cost": float(g["cost"][k]),
        }
    for k, name in enumerate(STRATEGIES):
        result |= {f"{name}_last": float(sets["last"][k]), f"{name}_best": float(g["best"][k])}
    return result


def _income_share(r: SingleRun[Lifecycle], name: str, origins: Sequence[int]) -> float:
    """Share of a year's opening income, after funding, that comes from sound clients of these."""
    a, b = r.assumptions, record.the_bank()
    count = transitions.opening(a)[:WORKOUT]
    kind, volume = np.array(TYPE_OF * 2), np.tile(run.volumes(a), 2)
    held = len(bank.PRODUCTS) * np.array(b.products)[kind]
    rate = b.lpr + np.array(b.spread)[kind]
    gross = a.use * rate + np.array(b.fees)[kind] + b.product_income * held
    vat = profitability.value_added_tax(gross, a.vat_on_interest)
    each = volume * (gross - vat - a.use * a.ftp)
    return float((count * each)[list(origins)].sum() / (count * each).sum())


#: Name of a figure -> what it is drawn from; the drawing is in `charts`.
FIGURES: Mapping[str, Callable[[SingleRun[Lifecycle]], Any]] = {
    "explorer": _shown,
    "types": _shown,
    "bands": bands,
    "losses": bands,
    "gains": gains,
    "sure": gains,
    "together": all_sets,
    "hours": hours_curve,
    "tornado": tornado,
}

figure = drawer(__package__, FIGURES)

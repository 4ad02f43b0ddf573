"""What is asked of the case: early warning, the line, the ways, their chance, the price of waiting.

Each study takes a single run and gives what its figure draws (`FIGURES`); `findings` are the
numbers of the story.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ...shape import Array, SingleRun, drawer, tornado_rows, turning_point
from ...timevalue import MONTHS_A_YEAR
from . import firm, paths, restructuring, run, signals
from .firm import Scenario
from .record import FAILED, LIQUIDATE, NOTHING, PLAN, WATCH, Problem

#: How far the tornado moves each assumption, up and down.
TORNADO = {
    "success_chance": 0.15,
    "delivery": 0.15,
    "shock_length": 6,
    "shock_depth": 0.1,
    "scar": 0.05,
    "receivables_recovery": 0.15,
    "forced_sale": 0.15,
    "cost_cut": 0.1,
    "plan_dso": 15.0,
    "rate_cut": 0.008,
}
#: Where each assumption of the bet is moved until liquidation is worth what the plan is.
FLIPS = {
    "forced_sale": 1.0,
    "receivables_recovery": 1.0,
    "stock_recovery": 1.0,
    "collateral": 60.0,
    "haircut": 0.3,
    "rate_cut": 0.03,
}
#: Paths without a shock on which false alarms are counted.
QUIET_PATHS = 1000
#: The decays of waiting, in the order in which they are switched on.
DECAYS = ("chance_decay", "terms_lost", "attachment", "stock_decay", "collateral_decay")


def watch(r: SingleRun[Problem], last: int = WATCH) -> dict[str, Any]:
    """The warning signals of the base path: values, hits, and the month each one is known.

    values, hits: name -> (month,); known, lead: name -> month and months (NaN: never), with
    "rule" for the composite; missed: the first missed payment of doing nothing, -1 never.
    """
    a = r.assumptions
    operations = firm.operations(a, Scenario(a, None))
    history, _ = paths.run(a, operations, False)
    values = signals.readings(a, operations, history, NOTHING, min(last, WATCH))
    hits = signals.lit(values, a)
    known = {k: int(signals.known(hit, a)[0]) for k, hit in hits.items()}
    known["rule"] = int(signals.known(signals.rule(hits, a), a)[0])
    missed = int(r.alternative("do_nothing").metrics["first_missed"])
    lead = {k: missed - m if m >= 0 and missed >= 0 else np.nan for k, m in known.items()}
    return {
        "values": {k: v[:, 0] for k, v in values.items()},
        "hits": {k: v[:, 0] for k, v in hits.items()},
        "known": known,
        "lead": lead,
        "missed": missed,
    }


def quiet(a: Problem, n: int = QUIET_PATHS, seed: int = 20260401) -> dict[str, float]:
    """False alarms: share of n paths without a shock on which a signal, or the rule, still fires.

    The noise of sales and collections is that of the case; the bank watches until WATCH.
    """
    scenario = Scenario(a, run.sample(a, n, seed))
    scenario.depth, scenario.drift = 0 * scenario.depth, 0 * scenario.drift
    operations = firm.operations(a, scenario)
    history, _ = paths.run(a, operations, False)
    hits = signals.lit(signals.readings(a, operations, history, NOTHING, WATCH), a)
    shares = {k: float(hit.any(axis=0).mean()) for k, hit in hits.items()}
    shares["rule"] = float(signals.rule(hits, a).any(axis=0).mean())
    shares["missed"] = float((history.streak[: WATCH + 1, NOTHING] > 0).any(axis=0).mean())
    return shares


def early_warning(r: SingleRun[Problem]) -> dict[str, Any]:
    """Each signal's lead on the base path beside its false alarms on quiet paths."""
    return watch(r) | {"false": quiet(r.assumptions)}


def days_of_sales(r: SingleRun[Problem]) -> dict[str, Array]:
    """Three measures of the same receivables, days (month,): count-back, a year's, a month's sales.

    The balance over the last month's sales jumps when sales fall, over the last year's it lags.
    """
    a = r.assumptions
    operations = firm.operations(a, Scenario(a, None))
    sold, owed = operations["sales"][:, NOTHING], operations["receivables"][:, NOTHING]
    sales, balance = sold[:, 0].copy(), owed[:, 0]
    sales[0] = a.sales
    longer = np.concatenate([np.full(MONTHS_A_YEAR - 1, a.sales), sales])
    year = np.convolve(longer, np.ones(MONTHS_A_YEAR), "valid")
    return {
        "back": firm.count_back(sold, owed, a.sales)[:, 0],
        "year": 360 * balance / year,
        "month": 30 * balance / sales,
    }


def line_limits(
    r: SingleRun[Problem], limits: Sequence[float] = tuple(np.arange(30.0, 81.0, 2.5))
) -> dict[str, Array]:
    """The first missed payment if the bank does nothing, by the limit of the line, CNY million.

    limit: (limit,); first: month (line, limit), -1 never, of the line renewed and the line frozen.
    """
    a = r.assumptions
    first = np.array(
        [
            [
                run.simulate(a.replace(line=line, limit=float(limit)))
                .alternative("do_nothing")
                .metrics["first_missed"]
                for limit in limits
            ]
            for line in ("renewed", "frozen")
        ]
    )
    return {"limit": np.asarray(limits, float), "first": first}


def chances(r: SingleRun[Problem]) -> dict[str, Any]:
    """Expected present value of the plan by its chance of success, beside all ways.

    chance, plan: (chance,), from 0 to 1 and CNY million; value: (way,); verdict: see `run.verdict`.
    """
    p = np.linspace(0, 1, 101)
    value = r.all_metrics["value"][:, 0]
    return {
        "chance": p,
        "plan": p * value[PLAN] + (1 - p) * value[FAILED],
        "value": value,
        "verdict": run.verdict(r),
    }


def waiting(r: SingleRun[Problem], longest: int = 6) -> dict[str, Any]:
    """Present value of each way by months waited, CNY million, all at the decision date.

    plan: weighted by the chance then; works, fails, liquidate: each (wait,). `parts` splits what
    three months cost the weighted plan: first with every decay standing still while the bank
    waits (time alone), then with one decay after the other let go; they add up to `cost`.
    """
    a = r.assumptions
    waited = [run.simulate(a.replace(wait=k)) for k in range(longest + 1)]
    value = np.array([x.all_metrics["value"][:, 0] for x in waited])
    plan = np.array([x.metrics["expected_value"] for x in waited])
    late = a.replace(wait=3)
    left = [run.single(late, DECAYS[k:]).metrics["expected_value"] for k in range(len(DECAYS) + 1)]
    steps = -np.diff([plan[0], *left])
    parts = dict(zip(("time", *DECAYS), steps.tolist(), strict=True))
    return {
        "wait": np.arange(longest + 1),
        "plan": plan,
        "works": value[:, PLAN],
        "fails": value[:, FAILED],
        "liquidate": value[:, LIQUIDATE],
        "parts": parts,
        "cost": float(plan[0] - plan[3]),
        "cost_liquidate": float(value[0, LIQUIDATE] - value[3, LIQUIDATE]),
    }


def tripwire(r: SingleRun[Problem], longest: int = 24) -> dict[str, Array]:
    """A failing plan by the month of the plan in which a review stops it at the latest.

    months, value: of the failed plan, CNY million; needed: the break-even chance, NaN where it does
    not hang on it; advantage: of the plan over liquidation, weighted; each (months,).
    """
    a = r.assumptions
    months = np.arange(int(a.spec.assumptions["stop_months"].low), longest + 1)
    runs = [run.simulate(a.replace(stop_months=int(k))) for k in months]
    return {
        "months": months,
        "value": np.array([x.all_metrics["value"][FAILED, 0] for x in runs]),
        "needed": np.array([x.metrics["break_even_chance"] for x in runs]),
        "advantage": np.array([x.metrics["advantage"] for x in runs]),
    }


def review(a: Problem) -> int:
    """The month of the plan in which its measures should be at work, within the slider's range."""
    spec = a.spec.assumptions["stop_months"]
    return int(min(max(a.measure_months, spec.low), spec.high))


def flips(a: Problem) -> dict[str, float]:
    """The value of each of FLIPS from which liquidation is worth more than the plan; NaN: none."""
    return {name: turning_point(a, name, _ahead, 12, to=end) for name, end in FLIPS.items()}


def _ahead(a: Problem) -> bool:
    """Whether the plan, weighted by its chance, is worth more than liquidation."""
    gain: float = run.simulate(a).metrics["advantage"]
    return gain > 0


def _dilemma(r: SingleRun[Problem]) -> dict[str, float]:
    """Findings on the bet: where it turns, and what a review that stops a failing plan changes."""
    a = r.assumptions
    at = review(a)
    early = run.simulate(a.replace(stop_months=at))
    value = early.all_metrics["value"][:, 0]
    bet, chance = early.metrics, restructuring.chance(a)
    full_price = run.simulate(a.replace(rate_cut=0.0))
    wire = tripwire(r)
    ahead = run.simulate(a).metrics["advantage"]
    base = flips(a)
    cut = run.simulate(a.replace(haircut=0.1)).alternative("restructure")
    kept = r.alternative("restructure")
    later = a.decision_month + a.wait + MONTHS_A_YEAR
    # a strict reader of IFRS 9 takes any concession for an impairment: the least threshold
    least = a.spec.assumptions["impairment_threshold"].low
    strict = run.simulate(a.replace(impairment_threshold=least)).alternative("restructure")
    waits = [run.simulate(a.replace(wait=k)).metrics["advantage"] for k in range(7)]
    turned = np.flatnonzero(np.array(waits) < 0)
    # at most so many good plans may be stopped in error before the review costs more than it saves
    saved = (1 - chance) * (value[FAILED] - r.all_metrics["value"][FAILED, 0])
    lost = chance * (value[PLAN] - value[FAILED])
    return {
        **{f"flip_{k}": v for k, v in base.items()},
        "flip_wait": float(turned[0]) if len(turned) else np.nan,
        "review_month": float(at),
        "review_value": float(value[FAILED]),
        "review_needed": bet["break_even_chance"],
        "review_gain": bet["advantage"] - ahead,
        "review_advantage": bet["advantage"],
        "review_error": float(saved / lost) if lost > 0 else np.nan,
        "haircut_value": cut.metrics["value"],
        "haircut_cost": kept.metrics["value"] - cut.metrics["value"],
        "haircut_class": float(cut.metrics["worst_class"]),
        "haircut_cash": float(cut.lines["closing"][later] - kept.lines["closing"][later]),
        "strict_class": float(strict.metrics["worst_class"]),
        "strict_allowance": strict.metrics["peak_allowance"],
        "price_gain": full_price.metrics["advantage"] - ahead,
        "review_latest": float(wire["months"][wire["value"] > value[FAILED] - 0.5][-1]),
        **{
            f"loss_at_{round(100 * depth)}": _nothing(a.replace(shock_depth=depth))["total_loss"]
            for depth in (0.2, 0.3, 0.45)
        },
    }


def _nothing(a: Problem) -> dict[str, Any]:
    """The metrics of doing nothing under these assumptions."""
    return run.simulate(a).alternative("do_nothing").metrics


def tornado(r: SingleRun[Problem]) -> list[tuple[str, float, float, float, float]]:
    """What moves the advantage of the plan over liquidation, CNY million, the widest swing first.

    Rows as `shape.tornado_rows` gives them: (assumption, low, high, advantage at each).
    """
    a = r.assumptions
    moves = {k: (getattr(a, k) - step, getattr(a, k) + step) for k, step in TORNADO.items()}
    return tornado_rows(a, moves, lambda b: run.simulate(b).metrics["advantage"])


def futures(r: SingleRun[Problem], n: int = 4000, seed: int = 20260530) -> dict[str, Any]:
    """Many futures: present value of each way, (way, scenario), and the plan with its chance.

    missed: share in which doing nothing misses a payment, broken: in which the plan that is kept
    to by the managers is broken by the market.
    """
    a = r.assumptions
    runs = run.simulate(a, run.sample(a, n, seed))
    plan = runs.metrics["plan_value"]
    lead = runs.metrics["warning_lead"]
    return {
        "value": runs.all_metrics["value"],
        "plan": plan,
        "missed": float(runs.alternative("do_nothing").metrics["missed"].mean()),
        "broken": float((runs.alternative("restructure").metrics["new_missed"] >= 0).mean()),
        "better": float((plan > runs.all_metrics["value"][LIQUIDATE]).mean()),
        "early": float((lead[~np.isnan(lead)] >= 3).mean()) if (~np.isnan(lead)).any() else np.nan,
        "n": n,
    }


def findings(r: SingleRun[Problem]) -> dict[str, float]:
    """The numbers that the case's story states, each with its unit in the case file."""
    a = r.assumptions
    seen, days, wait = early_warning(r), days_of_sales(r), waiting(r)
    runs, limits = futures(r), line_limits(r)
    frozen = run.simulate(a.replace(line="frozen")).alternative("do_nothing")
    line = r.alternative("do_nothing").lines
    plan, fails = r.alternative("restructure"), r.alternative("failed")
    quiet_month, worst = a.shock_start - 1, max(seen["missed"], a.shock_start)
    kept = limits["limit"][limits["first"][0] < 0]
    missed, action = seen["missed"], a.decision_month + a.wait
    grown = {k: float(line[k][worst] - line[k][quiet_month]) for k in ("receivables", "stock")}
    after = slice(action + 1, None)
    poor = run.simulate(a.replace(new_money=0.0))
    late = run.simulate(a.replace(wait=1))
    return {
        **{f"known_{k}": float(v) for k, v in seen["known"].items()},
        **{f"lead_{k}": float(v) for k, v in seen["lead"].items()},
        **{f"false_{k}": v for k, v in seen["false"].items()},
        "lowest_z": float(np.nanmin(seen["values"]["z"][1:])),
        "days_back": float(days["back"][missed]),
        "days_year": float(days["year"][missed]),
        "days_month": float(days["month"].max()),
        "receivables_grew": grown["receivables"],
        "stock_grew": grown["stock"],
        "suppliers_shrank": float(line["payables"][quiet_month] - line["payables"][worst]),
        "sales_low": float(line["sales"][1 : worst + 1].min()),
        "line_before": float(line["line_debt"][quiet_month]),
        "days_at_decision": float(line["days_past_due"][a.decision_month]),
        "frozen_missed": float(frozen.metrics["first_missed"]),
        "frozen_earlier": float(missed - frozen.metrics["first_missed"]),
        "limit_that_holds": float(kept[0]) if len(kept) else np.nan,
        "success_value": plan.metrics["value"],
        "failure_value": fails.metrics["value"],
        "interim": float(
            -(fails.lines["interest_paid"] + fails.lines["principal_paid"])[after].sum()
        ),
        "wait_cost": wait["cost"],
        "wait_cost_liquidate": wait["cost_liquidate"],
        "wait_chance": restructuring.chance(a.replace(wait=3)),
        **{f"wait_{k}": float(v) for k, v in wait["parts"].items()},
        "late_class": float(late.alternative("restructure").metrics["worst_class"]),
        "late_provision": late.alternative("restructure").metrics["peak_by_class"],
        "poor_missed": float(poor.alternative("restructure").metrics["new_missed"]),
        "broken": runs["broken"],
        "missed_share": runs["missed"],
        "better": runs["better"],
        "early": runs["early"],
        "scenarios": float(runs["n"]),
        "plan_low": float(np.quantile(runs["plan"], 0.1)),
        "plan_high": float(np.quantile(runs["plan"], 0.9)),
        "quiet_paths": float(QUIET_PATHS),
        "plan_mean": float(runs["plan"].mean()),
        "liquidate_mean": float(runs["value"][LIQUIDATE].mean()),
        **_dilemma(r),
    }


def _shown(r: SingleRun[Problem]) -> SingleRun[Problem]:
    """For a figure of the run itself."""
    return r


#: Name of a figure -> what it is drawn from; the drawing is in `charts`.
FIGURES: Mapping[str, Callable[[SingleRun[Problem]], Any]] = {
    "explorer": _shown,
    "squeeze": _shown,
    "days": days_of_sales,
    "signals": early_warning,
    "line": line_limits,
    "ways": _shown,
    "chance": chances,
    "tripwire": tripwire,
    "waiting": waiting,
    "provisions": _shown,
    "tornado": tornado,
    "futures": futures,
}

figure = drawer(__package__, FIGURES)

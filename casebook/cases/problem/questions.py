"""TODO."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ...shape import Array, SingleRun, drawer, tornado_rows
from . import firm, paths, restructuring, run, signals
from .firm import Scenario
from .record import FAILED, LIQUIDATE, NOTHING, PLAN, WATCH, YEAR, Problem

#: How far the tornado moves each assumption, up and down.
SWINGS = {
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
#: The decays of waiting, in the order in which they are switched on.
DECAYS = ("chance_decay", "terms_lost", "attachment", "stock_decay", "collateral_decay")


def watch(r: SingleRun[Problem], last: int = WATCH) -> dict[str, Any]:
    """The warning signals of the base path: values, hits, and the month each one is known.

    values, hits: name -> (month,); known, lead: name -> month and months (NaN: never), with
    "rule" for the composite; missed: the first missed payment of doing nothing, -1 never.
    """
    a = r.assumptions
    o = firm.operations(a, Scenario(a, None))
    h, _ = paths.run(a, o, False)
    values = signals.values(a, o, h, NOTHING, min(last, WATCH))
    hits = signals.beyond(a, values)
    known = {k: int(signals.known(a, hit)[0]) for k, hit in hits.items()}
    known["rule"] = int(signals.known(a, signals.warned(a, hits))[0])
    missed = int(r.alternative("do_nothing").metrics["first_missed"])
    lead = {k: missed - m if m >= 0 and missed >= 0 else np.nan for k, m in known.items()}
    return {
        "values": {k: v[:, 0] for k, v in values.items()},
        "hits": {k: v[:, 0] for k, v in hits.items()},
        "known": known,
        "lead": lead,
        "missed": missed,
    }


def quiet(a: Problem, n: int = 1000, seed: int = 20260401) -> dict[str, float]:
    """False alarms: share of n paths without a shock on which a signal, or the rule, still fires.

    The noise of sales and collections is that of the case; the bank watches until WATCH.
    """
    s = Scenario(a, run.sample(a, n, seed))
    s.depth, s.drift = 0 * s.depth, 0 * s.drift
    o = firm.operations(a, s)
    h, _ = paths.run(a, o, False)
    hits = signals.beyond(a, signals.values(a, o, h, NOTHING, WATCH))
    shares = {k: float(hit.any(axis=0).mean()) for k, hit in hits.items()}
    shares["rule"] = float(signals.warned(a, hits).any(axis=0).mean())
    shares["missed"] = float((h["run"][: WATCH + 1, NOTHING] > 0).any(axis=0).mean())
    return shares


def early_warning(r: SingleRun[Problem]) -> dict[str, Any]:
    """Each signal's lead on the base path beside its false alarms on quiet paths."""
    return watch(r) | {"false": quiet(r.assumptions)}


def days_of_sales(r: SingleRun[Problem]) -> dict[str, Array]:
    """Three measures of the same receivables, each (month,): count-back, a year's, a month's sales.

    The balance over the last month's sales jumps when sales fall, over the last year's it lags.
    """
    a = r.assumptions
    o = firm.operations(a, Scenario(a, None))
    sales, balance = o["sales"][:, NOTHING, 0].copy(), o["receivables"][:, NOTHING, 0]
    sales[0] = a.sales
    longer = np.concatenate([np.full(YEAR - 1, a.sales), sales])
    year = np.convolve(longer, np.ones(YEAR), "valid")
    return {
        "back": firm.count_back(o["sales"][:, NOTHING], o["receivables"][:, NOTHING], a.sales)[
            :, 0
        ],
        "year": 360 * balance / year,
        "month": 30 * balance / sales,
    }


def line_limits(
    r: SingleRun[Problem], limits: Sequence[float] = tuple(np.arange(30.0, 81.0, 2.5))
) -> Any:
    """First missed payment (line, limit) if the bank does nothing: line renewed, line frozen."""
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
    """Expected present value of the plan by its chance of success, beside liquidation."""
    p = np.linspace(0, 1, 101)
    value = r.all_metrics["value"][:, 0]
    return {"chance": p, "plan": p * value[PLAN] + (1 - p) * value[FAILED], "value": value}


def waiting(r: SingleRun[Problem], longest: int = 6) -> dict[str, Any]:
    """Present value of each way by months waited, all at the decision date.

    plan: weighted by the chance then; works, fails, liquidate: each (wait,). `parts` splits what
    three months cost the weighted plan: first with every decay standing still while the bank
    waits (time alone), then with one decay after the other let go; they add up to `cost`.
    """
    a = r.assumptions
    runs = [run.simulate(a.replace(wait=k)) for k in range(longest + 1)]
    value = np.array([x.all_metrics["value"][:, 0] for x in runs])
    plan = np.array([x.metrics["expected_value"] for x in runs])
    late = a.replace(wait=3)
    left = [
        run.result(late, Scenario(late, None), None, None, DECAYS[k:]).metrics["expected_value"]
        for k in range(len(DECAYS) + 1)
    ]
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


def swings(r: SingleRun[Problem]) -> list[tuple[str, float, float, float, float]]:
    """What moves the advantage of the plan: (name, low, high, advantage at each), widest first."""
    a = r.assumptions
    moves = {k: (getattr(a, k) - step, getattr(a, k) + step) for k, step in SWINGS.items()}
    return tornado_rows(a, moves, lambda b: run.simulate(b).metrics["advantage"])


def futures(r: SingleRun[Problem], n: int = 4000, seed: int = 20260530) -> dict[str, Any]:
    """Many futures: present value of each way, (way, scenario), and the plan with its chance.

    missed: share in which doing nothing misses a payment, broken: in which the plan that is kept
    to by the managers is broken by the market.
    """
    a = r.assumptions
    many = run.simulate(a, run.sample(a, n, seed))
    plan = many.metrics["plan_value"]
    lead = many.metrics["warning_lead"]
    return {
        "value": many.all_metrics["value"],
        "plan": plan,
        "missed": float(many.alternative("do_nothing").metrics["missed"].mean()),
        "broken": float((many.alternative("restructure").metrics["new_missed"] >= 0).mean()),
        "better": float((plan > many.all_metrics["value"][LIQUIDATE]).mean()),
        "early": float((lead[~np.isnan(lead)] >= 3).mean()) if (~np.isnan(lead)).any() else np.nan,
        "n": n,
    }


def findings(r: SingleRun[Problem]) -> dict[str, float]:
    """The numbers that the case's story states, each with its unit in the case file."""
    a = r.assumptions
    seen, days, wait = early_warning(r), days_of_sales(r), waiting(r)
    many, limits = futures(r), line_limits(r)
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
        "broken": many["broken"],
        "missed_share": many["missed"],
        "better": many["better"],
        "early": many["early"],
        "scenarios": float(many["n"]),
        "plan_low": float(np.quantile(many["plan"], 0.1)),
        "plan_high": float(np.quantile(many["plan"], 0.9)),
        "quiet_paths": 1000.0,
    }


def _shown(r: SingleRun[Problem]) -> SingleRun[Problem]:
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
    "waiting": waiting,
    "provisions": _shown,
    "tornado": swings,
    "futures": futures,
}

figure = drawer(__package__, FIGURES)

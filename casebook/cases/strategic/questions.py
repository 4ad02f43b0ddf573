"""Case 1, what its page asks of a run: the studies behind the figures, and the findings.

A study of the price (frontier, sale, products) works on the balances of the run; one that changes
what happens (stress, survival, tornado, futures) runs the model again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ... import profitability, timevalue
from ...shape import Array, SingleRun, drawer, first_time, tornado_rows
from . import bank, projects, run
from .bank import PRODUCTS, Totals
from .record import HALVES, SUPPORTED, TERMS, UNSUPPORTED, YUAN, Strategic

#: The stress of the story: two half-years late, and less cash from all three projects.
STRESS = {"delay": 2, "shock": 0.15}


def _life(r: SingleRun[Strategic]) -> tuple[Strategic, Totals, int]:
    """The assumptions of a single run, its life totals, and the place of the terms shown."""
    return r.assumptions, r.workings, TERMS.index(r.chosen)


def stress(r: SingleRun[Strategic]) -> SingleRun[Strategic]:
    """The single run with the shown project a year late and less cash from all three."""
    return run.simulate(r.assumptions.replace(**STRESS))


def building(r: SingleRun[Strategic]) -> dict[str, Array]:
    """Uses and loan of the shown project by half-year of construction: the circle, solved.

    Lines (half-year of construction,) in CNY million; `debt` and `gearing` are numbers.
    """
    a = r.assumptions
    plan, k = projects.planned(a), a.project - 1
    sizing = plan.sizing
    return {
        "cost": plan.costs[:, k],
        "finance": (sizing.interest + sizing.commitment_fee + sizing.arrangement_fee)[:, k],
        "reserve": sizing.reserve[:, k],
        "drawn": plan.drawn[1:, k],
        "debt": sizing.debt[k],
        "gearing": sizing.gearing[k],
    }


def survival(
    r: SingleRun[Strategic],
    delays: Sequence[int] = tuple(range(5)),
    shocks: Sequence[float] = (0.0, 0.05, 0.10, 0.15, 0.20, 0.25, 0.30),
) -> dict[str, Any]:
    """Half-year of the first missed payment (terms, shock, delay); -1: every payment is met."""
    a = r.assumptions
    table = np.empty((len(TERMS), len(shocks), len(delays)), dtype=int)
    for i, shock in enumerate(shocks):
        for j, delay in enumerate(delays):
            at = run.simulate(a.replace(shock=shock, delay=delay)).all_metrics["first_missed"]
            table[:, i, j] = at[:, 0]
    return {"delays": list(delays), "shocks": list(shocks), "first_missed": table}


def exposure(r: SingleRun[Strategic]) -> dict[str, Any]:
    """Exposure by half-year with nothing sold, and with the least sale that keeps every limit.

    Lines (half-year,) in CNY million, under the terms shown; `limit` is the group's.
    """
    whole = r.lines["exposure"]
    return {
        "unsold": whole,
        "least": (1 - r.metrics["needed_sale"]) * whole,
        "limit": bank.credit_limits(r.assumptions)["group"],
    }


def products(r: SingleRun[Strategic]) -> dict[str, float]:
    """RAROC step by step: the loans, with advice, with the wallet; `<step>_profit` in CNY million.

    Each step adds a product up before the ratio is formed (`profitability.relationship_profit`).
    """
    a, life, at = _life(r)
    income, loss, cost, capital = (p[:, at, 0] for p in bank.products(a, life))
    steps = [
        profitability.relationship_profit(
            income[:n], loss[:n], cost[:n], capital[:n], tax=a.tax, hurdle=a.hurdle
        )
        for n in range(1, PRODUCTS + 1)
    ]
    names = ("loans", "advice", "wallet")
    return {n: raroc for n, (raroc, _) in zip(names, steps, strict=True)} | {
        f"{n}_profit": profit for n, (_, profit) in zip(names, steps, strict=True)
    }


def frontier(r: SingleRun[Strategic], points: int = 21) -> dict[str, Any]:
    """Margin that earns the hurdle by share of wallet, with the mandate and without it.

    Annual margins, each (share,), of `points` shares from none to the whole of the wallet; `slope`
    is the margin that ten points of it pay for.
    """
    a, life, at = _life(r)
    shares = np.linspace(0.0, 1.0, points)
    lines = {
        name: np.array(
            [bank.break_even_margin(a, life, wallet_share=s, advice=fee)[at, 0] for s in shares]
        )
        for name, fee in (("mandate", a.advisory_fee), ("without", 0.0))
    }
    return {"share": shares, **lines, "slope": r.metrics["points_per_wallet"]}


def sale(r: SingleRun[Strategic], points: int = 61) -> dict[str, Any]:
    """Economic profit by the share sold, the least sale the limits need, and the best one.

    `profit` (share,) in CNY million over the life; the best is the highest that keeps every limit
    and the share that a sole lead distributes, `rule`.
    """
    a, life, at = _life(r)
    shares = np.linspace(0.0, 0.6, points)
    profit = np.array([bank.relationship(a, life, sold=s)[1][at, 0] for s in shares])
    least = max(r.metrics["needed_sale"], a.least_distributed)
    allowed = np.where(shares >= least - 1e-12, profit, -np.inf)
    best = int(allowed.argmax())
    return {
        "sold": shares,
        "profit": profit,
        "needed": r.metrics["needed_sale"],
        "needed_profit": float(bank.relationship(a, life, sold=r.metrics["needed_sale"])[1][at, 0]),
        "rule": a.least_distributed,
        "rule_profit": float(bank.relationship(a, life, sold=a.least_distributed)[1][at, 0]),
        "best": float(shares[best]),
        "best_profit": float(profit[best]),
    }


def patience(r: SingleRun[Strategic]) -> dict[str, Any]:
    """When the money comes: economic profit by half-year, its running sum, and when that is even.

    Lines (half-year,) in CNY million.

    `worst` is the half-year in which the bank is most behind; `even` the first from which it is
    never behind again, -1 if the sum ends below zero.
    """
    profit = r.lines["economic_profit_line"]
    total = np.cumsum(profit)
    behind = np.flatnonzero(total < -YUAN)
    even = 0 if not behind.size else int(behind[-1]) + 1
    return {
        "profit": profit,
        "total": total,
        "worst": int(total.argmin()),
        "even": even if even < len(total) else -1,
    }


#: What the tornado moves, and by how much: to each side.
TORNADO = {
    "wallet_share": 0.10,
    "margin": 0.001,
    "lgd": 0.10,
    "pd_operating": 0.003,
    "service_cost": 0.05,
    "hurdle": 0.01,
    "sold": 0.10,
    "debt_years": 1,
    "advisory_fee": 7.0,
    "conversion_factor": 0.25,
    "weight_operating": 0.10,
    "capital_ratio": 0.005,
    "vat_on_interest": 0.01,
}


def tornado(r: SingleRun[Strategic]) -> dict[str, Any]:
    """Economic profit of the relationship with one assumption moved, the widest swing first.

    `rows`: (assumption, low, high, profit at each), as `tornado_rows` gives them; CNY million.
    """
    a = r.assumptions

    def profit(other: Strategic) -> float:
        """Economic profit of other assumptions, the same terms, CNY million over the life."""
        return float(run.simulate(other).alternative(r.chosen).metrics["economic_profit"])

    moves = {k: (getattr(a, k) - swing, getattr(a, k) + swing) for k, swing in TORNADO.items()}
    rows = tornado_rows(a, moves, profit)
    return {"rows": rows, "base": r.metrics["economic_profit"]}


def futures(r: SingleRun[Strategic], n: int = 10_000, seed: int = 20270315) -> dict[str, Any]:
    """Seeded futures, each (terms, …): how they end, and what they cost the bank.

    `ends` are the shares of futures in which nothing happens, a reserve is drawn and that is all,
    one project misses a payment, and more than one does.
    """
    many = run.simulate(r.assumptions, run.sample(r.assumptions, n, seed))
    sides = [many.alternative(t).metrics for t in TERMS]
    ends = np.zeros((len(TERMS), 4))
    for row, m in zip(ends, sides, strict=True):
        late = np.minimum(m["projects_missed"], 2)
        row[1:] = [
            ((late == 0) & (m["reserve_drawn"] > YUAN)).mean(),
            *((late == k).mean() for k in (1, 2)),
        ]
        row[0] = 1 - row[1:].sum()
    return {
        "n": n,
        "ends": ends,
        "missed": np.array([m["missed"].mean() for m in sides]),
        "result": np.stack([m["lender_result"] for m in sides]),
        "loss": np.stack([m["loss"] for m in sides]),
    }


def findings(r: SingleRun[Strategic]) -> dict[str, float]:
    """The numbers that the case's story states, each with its unit in the case file."""
    a, life, at = _life(r)
    limit = bank.credit_limits(a)["group"]
    unsold = r.lines["exposure"]
    over = unsold > limit
    when, simulated = patience(r), futures(r)
    years = np.arange(len(when["profit"])) / HALVES
    by_formula = run.simulate(a.replace(approach="irb")).alternative(r.chosen).metrics
    plan = projects.planned(a)
    return {
        "years": a.horizon / HALVES,
        "budget": float(a.costs.sum()),
        "rate": a.rate,
        "below_lpr": a.lpr - a.rate,
        "group_limit": limit,
        "unsold_peak": float(unsold.max()),
        "unsold_over": float(unsold.max() - limit),
        "unsold_first": float(first_time(over)),
        "unsold_half_years": float(over.sum()),
        "first_reserve": float(plan.sizing.reserve[-1, a.project - 1]),
        "project_debt": float(plan.sizing.debt[a.project - 1]),
        "project_gearing": float(plan.sizing.gearing[a.project - 1]),
        "equity": float(plan.sizing.equity.sum()),
        "equity_share": float(plan.sizing.equity.sum() / plan.sizing.uses.sum()),
        **_late_findings(r),
        **_price_findings(r),
        **_turning_points(r),
        "worst_total": float(when["total"].min()),
        "worst_half_year": float(when["worst"]),
        "even_half_year": float(when["even"]),
        "worth_at_hurdle": timevalue.present_value(a.hurdle, when["profit"], years),
        "worth_at_ftp": timevalue.present_value(a.ftp, when["profit"], years),
        "irb_raroc": by_formula["raroc_loans"],
        "irb_relationship": by_formula["raroc"],
        "missed_supported": float(simulated["missed"][SUPPORTED]),
        "missed_unsupported": float(simulated["missed"][UNSUPPORTED]),
        "drawn_supported": float(simulated["ends"][SUPPORTED, 1]),
        "loses_supported": float((simulated["result"][SUPPORTED] < 0).mean()),
        "expected_loss": float((1 - a.sold) * bank.expected(a, life)[at, 0]),
        "simulated_loss": float(simulated["loss"][SUPPORTED].mean()),
        "scenarios": float(simulated["n"]),
    }


def _late_findings(r: SingleRun[Strategic]) -> dict[str, float]:
    """What the story says of a late project, a year late and two, with and without support."""
    late = stress(r)
    with_support, without = (late.alternative(terms).metrics for terms in TERMS)
    two_years = run.simulate(r.assumptions.replace(**STRESS | {"delay": 4})).metrics
    return {
        "stress_delay": float(STRESS["delay"] / HALVES),
        "stress_shock": STRESS["shock"],
        "stress_support": with_support["support_paid"],
        "stress_drawn": with_support["reserve_drawn"],
        "stress_dscr": with_support["lowest_dscr"],
        "stress_first_draw": float(late.all_events["reserve_drawn"][SUPPORTED, 0]),
        "stress_missed": float(without["first_missed"]),
        "stress_overdue": without["overdue"],
        "stress_profit": with_support["economic_profit"],
        "stress_loss": float((1 - r.assumptions.sold) * late.workings.loss[UNSUPPORTED, 0]),
        "stress_lost_profit": without["economic_profit"],
        "two_years_missed": float(two_years["first_missed"]),
        "two_years_overdue": two_years["overdue"],
        "two_years_profit": two_years["economic_profit"],
    }


def _price_findings(r: SingleRun[Strategic]) -> dict[str, float]:
    """What the story says of the price: the cut of the margin, the wallet that pays, the sale."""
    a, life, at = _life(r)
    m, best = r.metrics, sale(r)
    cut = a.old_margin - a.margin
    rest = cut - m["mandate_points"]
    slope = m["points_per_wallet"] / 0.1  # margin for a whole wallet

    def profit(**changes: Any) -> float:
        """Economic profit of the terms shown with another price, CNY million over the life."""
        return float(bank.relationship(a, life, **changes)[1][at, 0])

    def margin(**changes: Any) -> float:
        """Break-even margin of the terms shown with another price, annual."""
        return float(bank.break_even_margin(a, life, **changes)[at, 0])

    return {
        "asked": a.margin,
        "cut": cut,
        "cut_rest": rest,
        "wallet_for_rest": rest / slope,
        "wallet_needed": a.wallet_share - (a.margin - m["break_even_margin"]) / slope,
        "old_profit": profit(margin=a.old_margin, advice=0.0),
        "cut_cost": profit(margin=a.old_margin) - profit(),
        "mandate_value": profit() - profit(advice=0.0),
        "half_wallet_profit": profit(wallet_share=a.wallet_share / 2),
        "margin_without_mandate": margin(advice=0.0),
        "margin_half_wallet": margin(wallet_share=a.wallet_share / 2),
        "margin_loans_alone": margin(advice=0.0, wallet_share=0.0),
        "wallet_income": a.wallet * a.wallet_share * (1 - a.wallet_follows * a.sold**2),
        "later_profit": profit(margin=a.margin + (a.old_margin - a.margin) * _later_share(a)),
        "vat_points": a.vat_on_interest * a.rate,
        "vat_free_profit": float(bank.relationship(a.replace(vat_on_interest=0.0), life)[1][at, 0]),
        "best_sale": best["best"],
        "best_sale_profit": best["best_profit"],
        "least_sale_profit": best["needed_profit"],
        "unsold_profit": profit(sold=0.0),
        "sale_business_lost": a.wallet * a.wallet_share * a.wallet_follows * a.sold**2,
        "sale_fee": a.sold * a.participation_fee * life.debt,
    }


def _later_share(a: Strategic) -> float:
    """What part of all balances, in million x years, is owed by the projects after the first."""
    plan = projects.planned(a)
    owed = plan.drawn[:-1].sum(axis=0) + plan.schedule.opening.sum(axis=0)
    return float(owed[1:].sum() / owed.sum())


#: Assumptions in which economic profit is a straight line, as long as no payment is missed.
STRAIGHT = ("lgd", "weight_operating", "capital_ratio", "vat_on_interest")


def _turning_points(r: SingleRun[Strategic]) -> dict[str, float]:
    """Where one assumption takes economic profit through zero while all others stay.

    On the balances of the run; NaN where the assumption does not move it.
    """
    a, life, at = _life(r)

    def profit(other: Strategic) -> float:
        """Economic profit of other assumptions on the same balances, CNY million."""
        return float(bank.relationship(other, life)[1][at, 0])

    here, turns = profit(a), {}
    for name in STRAIGHT:
        x, spec = getattr(a, name), a.spec.assumptions[name]
        end = spec.high if x < spec.high else spec.low
        slope = (profit(a.replace(**{name: end})) - here) / (end - x)
        turns[f"turn_{name}"] = x - here / slope if slope else np.nan
    return turns


#: Name of a figure -> what it is drawn from; the drawing is in `charts`.
FIGURES: Mapping[str, Callable[[SingleRun[Strategic]], Any]] = {
    "explorer": products,
    "building": building,
    "stress": stress,
    "survival": survival,
    "exposure": exposure,
    "products": products,
    "frontier": frontier,
    "sale": sale,
    "patience": patience,
    "tornado": tornado,
    "futures": futures,
}

figure = drawer(__package__, FIGURES)

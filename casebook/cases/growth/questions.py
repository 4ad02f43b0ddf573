"""TODO."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from ...captable import exit_waterfall
from ...shape import Array, SingleRun, bisect, drawer, sampling_interval, tornado_rows
from . import endings, fund, lender, rounds, run, stages, statements
from .record import (
    CARTA_2018,
    CB_INSIGHTS_2017,
    HOLDERS,
    NONE,
    POLICIES,
    PRO_RATA,
    PUBLISHED,
    QUARTERS,
    ROUNDS,
    YEAR,
    Growth,
)
from .rounds import Company, Investor, Paths
from .run import STORIES
from .stages import Staging


def _plan(a: Growth) -> tuple[Paths, Company, Investor]:
    """The plan, whatever the single run tells: three more rounds at median luck, then sold."""
    zeros = [np.zeros(1)] * 3
    stage, failed, early = (np.array([x]) for x in STORIES["plan"])
    paths = Paths(stage, failed > 0, early, zeros, zeros, np.zeros(1))
    company = rounds.company(a, paths)
    return paths, company, rounds.investor(a, company)


#: The edges of the published buckets: below one, one to five, five to ten, at least ten times.
EDGES = (0.0, 1.0, 5.0, 10.0, np.inf)


def _buckets(values: Array, weight: Array) -> Array:
    return np.array(
        [endings.share(weight, (values >= low) & (values < high)) for low, high in pairwise(EDGES)]
    )


def _published_buckets() -> Array:
    loss, five, ten = PUBLISHED.values()
    return np.array([loss, 1 - loss - five, five - ten, ten])


def outcomes(r: SingleRun[Growth]) -> dict[str, Any]:
    """First-cheque multiples in the published buckets, and the chosen policy's fund.

    `fund`: (multiple of committed money, chance that the fund returns no more).
    """
    a = r.assumptions
    t = endings.tree(a)
    first = t.investor.first_proceeds[0] / t.company.first_paid
    ((multiple, chance),) = fund.multiples(a, t, (a.fund_size,))
    row = chance[POLICIES.index(r.chosen)]
    return {
        "model": _buckets(first, t.weight),
        "published": _published_buckets(),
        "fund": (multiple, np.cumsum(row)),
    }


def cap_table(r: SingleRun[Growth]) -> dict[str, Array]:
    """Stakes (holder, round) of the plan for the chosen policy; each round adds up to one."""
    a = r.assumptions
    _, c, v = _plan(a)
    at = POLICIES.index(r.chosen)
    held = [[h[at, 0] for h in statements.holdings(a, c, v, k)] for k in range(len(ROUNDS))]
    shares = np.array(held).T
    return {
        "stake": shares / shares.sum(axis=0),
        "post": np.array(_flat(c.post)),
    }


def _flat(arrays: Sequence[Array]) -> list[float]:
    return [float(np.ravel(x)[0]) for x in arrays]


def plan(r: SingleRun[Growth]) -> SingleRun[Growth]:
    """The single run of the plan."""
    return run.simulate(r.assumptions.replace(path="plan"))


def exits(r: SingleRun[Growth], values: Array | None = None) -> dict[str, Array]:
    """Who gets what of an exit after round C, by exit value: amounts (value,) and conversions.

    `converts`: the exit values at which the classes turn from preference to conversion.
    """
    a = r.assumptions
    _, c, _ = _plan(a)
    values = np.geomspace(10.0, 5000.0, 121) if values is None else np.asarray(values, float)
    paid, per_share = exit_waterfall(values, c.common, c.shares, c.preferences)
    seed = len(a.safe_amounts)
    prices = [p / n for p, n in zip(c.preferences, c.shares, strict=True)]
    points = [
        c.common * price
        + sum(np.maximum(n * price, p) for n, p in zip(c.shares, c.preferences, strict=True))
        for price in prices
    ]
    return {
        "value": values,
        "founders": per_share * a.founder_shares,
        "first": paid[seed] * c.first / c.shares[seed],
        "last": paid[-1],
        "converts": np.array(_flat(points)),
        "preferences": float(sum(_flat(c.preferences))),
    }


def funnel(r: SingleRun[Growth]) -> dict[str, Array]:
    """Share of seed companies that raise A, B, C: the model, Carta's class of 2018, CB Insights."""
    m = r.metrics
    return {
        "model": np.array([m[f"reach_{k}"] for k in ROUNDS[1:]]),
        "carta": np.cumprod(CARTA_2018),
        "cb_insights": np.array([CB_INSIGHTS_2017]),
    }


def staging(
    r: SingleRun[Growth], step_ups: Sequence[float] = tuple(np.linspace(0.8, 3.0, 23))
) -> dict[str, Any]:
    """All at once or in stages, by the median step-up from seed to A.

    Arrays are (way, step-up), ways as in `Staging`. `stops`: the step-up at which keeping money
    for A brings no more per yuan committed than putting all in now; `stops_spent`: per yuan spent.
    """
    a = r.assumptions

    def at(step: float) -> Staging:
        return stages.staged(a.replace(step_up_a=float(step)))

    rows = [at(step) for step in step_ups]
    names = ("per_committed", "per_spent", "expected_loss", "loss_probability", "fund_loss")

    def pays(name: str) -> Callable[[float], bool]:
        return lambda step: bool(np.subtract(*getattr(at(step), name)[[1, 0]]) > 0)

    now = stages.staged(a)
    return {
        "step_up": np.asarray(step_ups, float),
        **{k: np.stack([getattr(row, k) for row in rows], axis=1) for k in names},
        "now": {k: getattr(now, k) for k in names},
        "stops": bisect(pays("per_committed"), 0.8, 4.0),
        "stops_spent": bisect(pays("per_spent"), 0.8, 4.0),
    }


def policies(r: SingleRun[Growth]) -> dict[str, Array]:
    """Per policy: multiple on committed and on spent money, chance of loss, expected loss."""
    names = ("multiple_committed", "multiple_spent", "loss_probability", "fund_loss_probability")
    return {k: r.all_metrics[k][:, 0] for k in names}


def follow_on_multiples(r: SingleRun[Growth]) -> dict[str, float]:
    """What a yuan of follow-on money alone is expected to return, by policy."""
    m = r.all_metrics
    more, paid = (m[k][1:, 0] - m[k][NONE, 0] for k in ("expected_gain", "expected_spent"))
    return dict(zip(POLICIES[1:], (1 + more / paid).tolist(), strict=True))


def j_curve(r: SingleRun[Growth], funds: int = 300, seed: int = 20260915) -> dict[str, Array]:
    """Cumulative flows of the fund over its life, of committed money, for the chosen policy.

    `expected` (quarter,); `low`, `middle`, `high`: 10th, 50th and 90th percentile of simulated
    funds at each quarter, a fixed seed.
    """
    a = r.assumptions
    at = POLICIES.index(r.chosen)
    expected = fund.fund_flows(a, endings.expected_flows(a, endings.tree(a)))[at]
    n = a.fund_size
    many = run.simulate(a, run.sample(a, funds * n, seed), keep=("investor_flow",)).alternative(
        r.chosen
    )
    deals = many.lines["investor_flow"].T.reshape(funds, n, QUARTERS + 1)
    # deal i of each fund starts in its own quarter
    length = QUARTERS + a.deployment
    flows = np.zeros((funds, length))
    for i in range(n):
        start = i * a.deployment // n
        flows[:, start : start + QUARTERS + 1] += deals[:, i]
    committed = n * (fund.committed_money(a))
    flows /= committed
    flows[:, 1 : QUARTERS + 1] -= a.management_fee / YEAR
    paths = np.cumsum(flows, axis=1)
    low, middle, high = np.quantile(paths, (0.1, 0.5, 0.9), axis=0)
    return {
        "quarter": np.arange(length),
        "expected": np.cumsum(expected),
        "low": low,
        "middle": middle,
        "high": high,
    }


def fund_sizes(
    r: SingleRun[Growth], sizes: Sequence[int] = (1, 2, 3, 5, 7, 10, 15, 20, 25, 30, 40, 50, 60)
) -> dict[str, Array]:
    """Chance that a fund returns less than was paid in, (policy, size)."""
    a = r.assumptions
    found = fund.multiples(a, endings.tree(a), sizes)
    loss = np.stack([(p * (x < 1)).sum(axis=1) for x, p in found], axis=1)
    return {"size": np.asarray(sizes), "loss": loss}


def concentration(r: SingleRun[Growth]) -> dict[str, Array]:
    """Share of the whole expected value that the best share of outcomes brings, first cheque."""
    t = endings.tree(r.assumptions)
    first = (t.investor.first_proceeds[0] / t.company.first_paid) * np.ones_like(t.weight)
    top = np.linspace(0.0, 1.0, 101)
    return {"top": top, "value": np.array([endings.top_value(first, t.weight, x) for x in top])}


def loan_price(r: SingleRun[Growth]) -> dict[str, dict[str, float]]:
    """What the break-even rate of each loan form is made of, as an annual rate on the balance."""
    x = lender.loan(r.assumptions, endings.tree(r.assumptions))
    return {name: parts | {"total": x.break_even[name]} for name, parts in x.stack.items()}


def cover_curve(
    r: SingleRun[Growth], coverages: Sequence[float] = tuple(np.linspace(0, 0.6, 25))
) -> dict[str, Any]:
    """Break-even rate of the linked loan by coverage; at `needed` it is the loan's rate."""
    a = r.assumptions

    def rate(coverage: float) -> float:
        b = a.replace(coverage=float(coverage), loan_form="linked")
        return lender.loan(b, endings.tree(b)).break_even["linked"]

    return {
        "coverage": np.asarray(coverages, float),
        "rate": np.array([rate(x) for x in coverages]),
        "needed": bisect(lambda x: rate(x) > a.loan_rate, 0.0, 1.0),
    }


def futures(r: SingleRun[Growth], n: int = 20_000, seed: int = 20260915) -> dict[str, Any]:
    """A seeded Monte Carlo beside the sum over all endings: first-cheque multiples by bucket.

    `low` and `high` bound the simulated share by 1.96 standard errors.
    """
    many = run.simulate(r.assumptions, run.sample(r.assumptions, n, seed))
    share = _buckets(many.metrics["path_first_multiple"], np.full(n, 1 / n))
    return {"exact": outcomes(r)["model"]} | sampling_interval(share, n)


#: What the tornado moves, by how many steps of its slider each way.
MOVES = {
    "pre_money": 5, "graduation_odds": 3, "exit_spread": 4, "step_spread": 4, "momentum": 6,
    "pricing": 5, "pool_top_up": 4, "salvage": 2, "early_failure": 4,
}  # fmt: skip


def tornado(r: SingleRun[Growth]) -> list[tuple[str, float, float, float, float]]:
    """(assumption, low value, high value, mean multiple at each), widest first."""
    a = r.assumptions

    def mean(b: Growth) -> float:
        t = endings.tree(b)
        return float((t.weight * t.investor.first_proceeds[0] / t.company.first_paid).sum())

    moves = {}
    for name, steps in MOVES.items():
        now, move = float(getattr(a, name)), steps * a.spec.assumptions[name].step
        moves[name] = now - move, now + move
    return tornado_rows(a, moves, mean)


def service_value(r: SingleRun[Growth]) -> dict[str, float]:
    """What service is worth to the investor: gain a deal, and the odds ratio from which it pays."""
    a = r.assumptions
    at = POLICIES.index(r.chosen)

    def gain(**changes: Any) -> float:
        t = endings.tree(a.replace(**changes))
        return float((t.weight * (t.investor.proceeds - t.investor.spent)[at]).sum())

    without = gain(service="off")
    return {
        "gain": gain(service="on") - without,
        "needed": bisect(lambda x: gain(service="on", service_odds=x) < without, 1.0, 2.0, 20),
    }


def highest_pre_money(r: SingleRun[Growth], asked: float | None = None) -> float:
    """The pre-money value at which the chosen policy should earn the return asked, a year."""
    a = r.assumptions
    at = POLICIES.index(r.chosen)
    asked = a.partner_return if asked is None else asked

    def earns(pre: float) -> bool:
        b = a.replace(pre_money=pre)
        return bool(
            run.annual_irr(endings.expected_flows(b, endings.tree(b))[at : at + 1])[0] > asked
        )

    spec = a.spec.assumptions["pre_money"]
    return bisect(earns, spec.low, spec.high, 20)


def findings(r: SingleRun[Growth]) -> dict[str, float]:
    """The numbers that the case's story states, each with its unit in the case file."""
    a, m = r.assumptions, r.metrics
    stages, service, cover = staging(r), service_value(r), cover_curve(r)
    sizes = fund_sizes(r, (5, 60))["loss"][POLICIES.index(r.chosen)]
    exit_ = exits(r)
    table = cap_table(r)["stake"]
    j = j_curve(r)
    now = stages["now"]
    _, c, v = _plan(a)
    deepest = int(j["expected"].argmin())
    return {
        **{f"{k}_published": value for k, value in PUBLISHED.items()},
        **{f"{k}_distance": abs(m[k] - value) for k, value in PUBLISHED.items()},
        **{f"{k}_all_now": float(x[0]) for k, x in now.items()},
        **{f"{k}_staged": float(x[1]) for k, x in now.items()},
        **{f"{k}_milestone": float(x[2]) for k, x in now.items()},
        **{f"follow_{k}": value for k, value in follow_on_multiples(r).items()},
        "staging_stops": stages["stops"],
        "staging_stops_spent": stages["stops_spent"],
        "base_step_up": a.step_up[0],
        "service_gain": service["gain"],
        "service_odds_needed": service["needed"],
        "coverage_needed": cover["needed"],
        "partner_stake": float(table[HOLDERS.index("partner"), 0]),
        "angels_stake": sum(x / y for x, y in zip(a.safe_amounts, a.safe_caps, strict=True)),
        "founders_after_seed": float(table[0, 0]),
        "seed_money": a.cheque + a.others,
        "first_tranche": (1 - a.tranche) * a.cheque,
        "second_tranche": a.tranche * a.cheque,
        "post_money": a.pre_money + a.cheque + a.others,
        "share_price": float(np.ravel(c.price[0])[0]),
        "committed": a.cheque * (1 + a.reserve),
        "kept": a.reserve * a.cheque,
        "pro_rata_a": float(v.follow[0][PRO_RATA, 0]),
        "round_a": a.raises[0],
        "preferences_after_c": exit_["preferences"],
        "first_converts_at": float(exit_["converts"][len(a.safe_amounts)]),
        "last_converts_at": float(exit_["converts"][-1]),
        "fund_loss_five": float(sizes[0]),
        "fund_loss_sixty": float(sizes[1]),
        "deepest_quarter": float(deepest),
        "deepest": -float(j["expected"][deepest]),
        "back_quarter": float(np.argmax((j["expected"] >= 0) & (j["quarter"] > deepest))),
        "highest_pre_money": highest_pre_money(r),
        "carta_a": CARTA_2018[0],
        "carta_b": CARTA_2018[1],
        "carta_c": CARTA_2018[2],
        "cb_insights": CB_INSIGHTS_2017,
        "a_to_b": m["reach_b"] / m["reach_a"],
        "b_to_c": m["reach_c"] / m["reach_b"],
        "limit": 0.24,
        "private_ceiling": 4 * a.lpr,  # private lending: four times LPR
    }


#: Name of a figure -> what it is drawn from; the drawing is in `charts`.
FIGURES: Mapping[str, Callable[[SingleRun[Growth]], Any]] = {
    "explorer": outcomes,
    "outcomes": outcomes,
    "cap_table": cap_table,
    "cash": plan,
    "exits": exits,
    "funnel": funnel,
    "concentration": concentration,
    "staging": staging,
    "policies": policies,
    "j_curve": j_curve,
    "fund_sizes": fund_sizes,
    "loan_price": loan_price,
    "cover": cover_curve,
    "tornado": tornado,
    "futures": futures,
}

figure = drawer(__package__, FIGURES)

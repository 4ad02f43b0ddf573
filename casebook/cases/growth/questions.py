"""The questions that the case's page asks of a single run: each returns what a figure draws.

Every question takes the single run and reads its assumptions; where it needs chances it weighs all
endings, where it needs a distribution over time it simulates with a fixed seed. `findings` has the
numbers of the page, `FIGURES` the question behind each figure.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from ... import captable
from ...shape import Array, SingleRun, bisect, drawer, sampling_interval, tornado_rows
from . import decision, endings, fund, lender, run, stages, statements
from .record import (
    CARTA_2018,
    CB_INSIGHTS_2017,
    COURT_LIMIT,
    HOLDERS,
    NONE,
    POLICIES,
    PRIVATE_CEILING,
    PRO_RATA,
    PUBLISHED,
    QUARTERS,
    ROUNDS,
    Growth,
)
from .stages import Staging

#: The edges of the published buckets: below one, one to five, five to ten, at least ten times.
EDGES = (0.0, 1.0, 5.0, 10.0, np.inf)
#: What the tornado moves, by how many steps of its slider each way.
TORNADO = {
    "pre_money": 5, "graduation_odds": 3, "exit_spread": 4, "step_spread": 4, "momentum": 6,
    "pricing": 5, "pool_top_up": 4, "salvage": 5,
}  # fmt: skip


def _buckets(values: Array, weight: Array) -> Array:
    """Chance of each bucket, (bucket,), of values and chances (ending, point) or (scenario,)."""
    return np.array(
        [endings.share(weight, (values >= low) & (values < high)) for low, high in pairwise(EDGES)]
    )


def _published_buckets() -> Array:
    """The published shares of the same buckets, (bucket,)."""
    loss, five, ten = PUBLISHED.values()
    return np.array([loss, 1 - loss - five, five - ten, ten])


def outcomes(r: SingleRun[Growth]) -> dict[str, Any]:
    """First-cheque multiples in the published buckets, and the chosen policy's fund.

    `model`, `published`: shares (bucket,). `fund`: (multiple of committed money, chance that the
    fund returns no more), each (cell,).
    """
    a = r.assumptions
    tree = endings.weigh(a)
    first = endings.first_multiple(tree)
    ((multiple, chance),) = fund.multiples(a, tree, (a.fund_size,))
    row = chance[POLICIES.index(r.chosen)]
    return {
        "model": _buckets(first, tree.weight),
        "published": _published_buckets(),
        "fund": (multiple, np.cumsum(row)),
    }


def cap_table(r: SingleRun[Growth]) -> dict[str, Array]:
    """Stakes (holder, round) of the plan for the chosen policy; each round adds up to one.

    `post`: post-money of each round, (round,), CNY million.
    """
    a = r.assumptions
    _, company, investor = run.told(a, "plan")
    at = POLICIES.index(r.chosen)
    held = [
        [h[at, 0] for h in statements.holdings(a, company, investor, k)] for k in range(len(ROUNDS))
    ]
    shares = np.array(held).T
    return {
        "stake": shares / shares.sum(axis=0),
        "post": np.array(_flat(company.post)),
    }


def _flat(arrays: Sequence[Array]) -> list[float]:
    """One number of each array of a single run, scalar or (1,)."""
    return [float(np.ravel(x)[0]) for x in arrays]


def plan(r: SingleRun[Growth]) -> SingleRun[Growth]:
    """The single run of the plan: three more rounds at median luck, then sold."""
    return run.simulate(r.assumptions.replace(path="plan"))


def exits(r: SingleRun[Growth], values: Array | None = None) -> dict[str, Any]:
    """Who gets what of an exit after round C, by exit value: amounts (value,), CNY million.

    `converts`: the exit values at which the classes turn from preference to conversion, (class,);
    `preferences`: their sum, a number.
    """
    a = r.assumptions
    _, company, _ = run.told(a, "plan")
    common, shares, preferences = company.common, company.shares, company.preferences
    values = np.geomspace(10.0, 5000.0, 121) if values is None else np.asarray(values, float)
    paid, per_share = captable.exit_waterfall(values, common, shares, preferences)
    seed = len(a.safe_amounts)
    return {
        "value": values,
        "founders": per_share * a.founder_shares,
        "first": paid[seed] * company.first / shares[seed],
        "last": paid[-1],
        "converts": np.array(_flat(captable.conversion_values(common, shares, preferences))),
        "preferences": float(sum(_flat(preferences))),
    }


def funnel(r: SingleRun[Growth]) -> dict[str, Array]:
    """Share of seed companies that raise A, B, C: the model, Carta's class of 2018, CB Insights.

    Each (round,); CB Insights has the first alone.
    """
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

    Arrays are (way, step-up), ways as in `Staging`; `now` has (way,) at the base. `stops`: the
    step-up at which keeping money for A brings no more per yuan committed than putting all in now;
    `stops_spent`: per yuan spent; NaN where it does not stop.
    """
    a = r.assumptions

    def at(step: float) -> Staging:
        """The three ways at a median step-up."""
        return stages.staged(a.replace(step_up_a=float(step)))

    rows = [at(step) for step in step_ups]
    names = ("per_committed", "per_spent", "expected_loss", "loss_probability", "fund_loss")

    def pays(name: str) -> Callable[[float], bool]:
        """Whether keeping money for A beats all now, by a field of `Staging`."""
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
    """Multiple of committed and of spent money, chance of loss of deal and of fund, (policy,)."""
    names = ("multiple_committed", "multiple_spent", "loss_probability", "fund_loss_probability")
    return {k: r.all_metrics[k][:, 0] for k in names}


def follow_on_multiples(r: SingleRun[Growth]) -> dict[str, float]:
    """What a yuan of follow-on money alone is expected to return, by policy."""
    m = r.all_metrics
    more, paid = (m[k][1:, 0] - m[k][NONE, 0] for k in ("expected_gain", "expected_spent"))
    return dict(zip(POLICIES[1:], (1 + more / paid).tolist(), strict=True))


def j_curve(r: SingleRun[Growth], funds: int = 300, seed: int = 20260915) -> dict[str, Array]:
    """Cumulative flows of the fund over its life, of committed money, for the chosen policy.

    `expected` (quarter,); `low`, `middle`, `high`: 10th, 50th and 90th percentile of `funds`
    simulated funds at each quarter, (quarter,), a fixed seed.
    """
    a = r.assumptions
    at = POLICIES.index(r.chosen)
    expected = fund.flows(a, endings.expected_flows(a, endings.weigh(a)))[at]
    many = run.simulate(
        a, run.sample(a, funds * a.fund_size, seed), keep=("investor_flow",)
    ).alternative(r.chosen)
    deals = many.lines["investor_flow"].T.reshape(funds, a.fund_size, QUARTERS + 1)
    simulated = np.cumsum(fund.simulated_flows(a, deals), axis=1)
    low, middle, high = np.quantile(simulated, (0.1, 0.5, 0.9), axis=0)
    return {
        "quarter": np.arange(len(expected)),
        "expected": np.cumsum(expected),
        "low": low,
        "middle": middle,
        "high": high,
    }


def fund_sizes(
    r: SingleRun[Growth], sizes: Sequence[int] = (1, 2, 3, 5, 7, 10, 15, 20, 25, 30, 40, 50, 60)
) -> dict[str, Array]:
    """Chance that a fund returns less than was paid in, (policy, size), by number of deals."""
    a = r.assumptions
    found = fund.multiples(a, endings.weigh(a), sizes)
    loss = np.stack([fund.loss_chance(multiple, chance) for multiple, chance in found], axis=1)
    return {"size": np.asarray(sizes), "loss": loss}


def concentration(r: SingleRun[Growth]) -> dict[str, Array]:
    """Share of the whole expected value that the best share of outcomes brings, first cheque.

    `top` and `value`, each (share,).
    """
    tree = endings.weigh(r.assumptions)
    first = endings.first_multiple(tree) * np.ones_like(tree.weight)
    top = np.linspace(0.0, 1.0, 101)
    value = np.array([endings.top_value(first, tree.weight, x) for x in top])
    return {"top": top, "value": value}


def loan_price(r: SingleRun[Growth]) -> dict[str, dict[str, float]]:
    """What the break-even rate of each loan form is made of, as an annual rate on the balance."""
    loan = lender.appraise(r.assumptions, endings.weigh(r.assumptions))
    return {name: parts | {"total": loan.break_even[name]} for name, parts in loan.stack.items()}


def cover_curve(
    r: SingleRun[Growth], coverages: Sequence[float] = tuple(np.linspace(0, 0.6, 25))
) -> dict[str, Any]:
    """Break-even rate of the linked loan by coverage, (coverage,): `rate`, and `kept` in full.

    At `needed` it is the loan's own, NaN where it never is; `least` is that of the whole loan.
    """
    a = r.assumptions

    def rate(coverage: float, pays: float = a.partner_pays) -> float:
        """The break-even rate, a year, at a coverage."""
        linked = a.replace(coverage=float(coverage), partner_pays=pays, loan_form="linked")
        return lender.appraise(linked, endings.weigh(linked)).break_even["linked"]

    return {
        "coverage": np.asarray(coverages, float),
        "rate": np.array([rate(x) for x in coverages]),
        "kept": np.array([rate(x, 1.0) for x in coverages]),
        "needed": bisect(lambda x: rate(x) > a.loan_rate, 0.0, 1.0),
        "least": rate(1.0),
    }


def futures(r: SingleRun[Growth], n: int = 20_000, seed: int = 20260915) -> dict[str, Any]:
    """A seeded Monte Carlo beside the sum over all endings: first-cheque multiples by bucket.

    `exact` and `share` are (bucket,); `low` and `high` bound the simulated share by 1.96 standard
    errors.
    """
    many = run.simulate(r.assumptions, run.sample(r.assumptions, n, seed))
    share = _buckets(many.metrics["path_first_multiple"], np.full(n, 1 / n))
    return {"exact": outcomes(r)["model"]} | sampling_interval(share, n)


def tornado(r: SingleRun[Growth]) -> list[tuple[str, float, float, float, float]]:
    """(assumption, low value, high value, mean multiple at each), widest first."""
    a = r.assumptions

    def mean(moved: Growth) -> float:
        """The first cheque's mean multiple."""
        tree = endings.weigh(moved)
        proceeds = tree.investor.first_proceeds[0]
        return float((tree.weight * proceeds / tree.company.first_paid).sum())

    moves = {}
    for name, steps in TORNADO.items():
        now, move = float(getattr(a, name)), steps * a.spec.assumptions[name].step
        moves[name] = now - move, now + move
    return tornado_rows(a, moves, mean)


def service_value(r: SingleRun[Growth]) -> dict[str, float]:
    """What service is worth to the investor: gain a deal, and the odds ratio from which it pays.

    `gain`: CNY million; `needed`: NaN where it pays at no ratio from one to two.
    """
    a = r.assumptions
    at = POLICIES.index(r.chosen)

    def gain(**changes: Any) -> float:
        """Expected gain of a deal, CNY million, with assumptions changed."""
        tree = endings.weigh(a.replace(**changes))
        return float((tree.weight * (tree.investor.proceeds - tree.investor.spent)[at]).sum())

    without = gain(service="off")
    return {
        "gain": gain(service="on") - without,
        "needed": bisect(lambda x: gain(service="on", service_odds=x) < without, 1.0, 2.0, 20),
    }


def highest_pre_money(r: SingleRun[Growth], asked: float | None = None) -> float:
    """The pre-money value, CNY million, at which the chosen policy should earn the return asked.

    asked: a year, the partner's if None. NaN where no value of the slider's range does.
    """
    a = r.assumptions
    at = POLICIES.index(r.chosen)
    asked = a.partner_return if asked is None else asked

    def earns(pre_money: float) -> bool:
        """Whether the expected flows earn more than is asked."""
        priced = a.replace(pre_money=pre_money)
        flows = endings.expected_flows(priced, endings.weigh(priced))[at : at + 1]
        return bool(run.annual_irr(flows)[0] > asked)

    spec = a.spec.assumptions["pre_money"]
    return bisect(earns, spec.low, spec.high, 20)


def findings(r: SingleRun[Growth]) -> dict[str, float]:
    """The numbers that the case's story states, each with its unit in the case file."""
    a, m = r.assumptions, r.metrics
    ways, service = staging(r), service_value(r)
    sizes = fund_sizes(r, (5, 60))["loss"][POLICIES.index(r.chosen)]
    sale = exits(r)
    table = cap_table(r)["stake"]
    j = j_curve(r)
    now = ways["now"]
    _, company, investor = run.told(a, "plan")
    deepest = int(j["expected"].argmin())
    return {
        **{f"{k}_published": value for k, value in PUBLISHED.items()},
        **{f"{k}_distance": abs(m[k] - value) for k, value in PUBLISHED.items()},
        **{f"{k}_all_now": float(x[0]) for k, x in now.items()},
        **{f"{k}_staged": float(x[1]) for k, x in now.items()},
        **{f"{k}_milestone": float(x[2]) for k, x in now.items()},
        **{f"follow_{k}": value for k, value in follow_on_multiples(r).items()},
        "staging_stops": ways["stops"],
        "staging_stops_spent": ways["stops_spent"],
        "base_step_up": a.step_up[0],
        "service_gain": service["gain"],
        "service_odds_needed": service["needed"],
        "partner_stake": float(table[HOLDERS.index("partner"), 0]),
        "angels_stake": sum(x / y for x, y in zip(a.safe_amounts, a.safe_caps, strict=True)),
        "founders_after_seed": float(table[0, 0]),
        "seed_money": a.cheque + a.others,
        "first_tranche": (1 - a.tranche) * a.cheque,
        "second_tranche": a.tranche * a.cheque,
        "post_money": a.pre_money + a.cheque + a.others,
        "share_price": float(np.ravel(company.price[0])[0]),
        "committed": a.cheque * (1 + a.reserve),
        "kept": a.reserve * a.cheque,
        "pro_rata_a": float(investor.follow[0][PRO_RATA, 0]),
        "round_a": a.raises[0],
        "preferences_after_c": sale["preferences"],
        "first_converts_at": float(sale["converts"][len(a.safe_amounts)]),
        "last_converts_at": float(sale["converts"][-1]),
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
        "limit": COURT_LIMIT,
        "private_ceiling": PRIVATE_CEILING * a.lpr,
        **decision.findings(a),
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

"""TODO."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import partial
from typing import Any, overload

import numpy as np

from ... import timevalue
from ...distributions import normal
from ...shape import (
    Array,
    Draws,
    Result,
    ScenarioRuns,
    SingleRun,
    residual,
    run_scenarios,
    uniform_draws,
)
from . import endings, fund, identities, lender, rounds, statements
from .endings import Tree
from .lender import Loan
from .record import DRAWS, DUST, POLICIES, ROUNDS, YEAR, Growth
from .rounds import Company, Investor, Paths


def sample(a: Growth, n: int, seed: int) -> Draws:
    """n scenarios as uniforms in [0, 1): the names are those of `DRAWS`, each (scenario,)."""
    return uniform_draws(DRAWS, n, seed)


@overload
def simulate(a: Growth, d: None = None, keep: Sequence[str] | None = None) -> SingleRun[Growth]: ...
@overload
def simulate(a: Growth, d: Draws, keep: Sequence[str] | None = None) -> ScenarioRuns[Growth]: ...
def simulate(
    a: Growth, d: Draws | None = None, keep: Sequence[str] | None = None
) -> Result[Growth]:
    """Run the case: the story of `a.path`, or the scenarios of `sample`.

    All follow-on policies run; the result shows `a.policy` first. A single run has all lines and
    the expectations of `_tree`; many scenarios keep the lines named in `keep`.
    """
    if d is None:
        return _single(a)
    return run_scenarios(partial(_scenarios, a), sample(a, 1, 0), d, keep)


#: Name of a story -> (last round, failed, early); every draw at its median.
STORIES = {"early": (0, 1, 1), "fails": (0, 1, 0), "sold": (1, 0, 0), "plan": (3, 0, 0)}


def _events(c: Company, p: Paths, ends: Sequence[float]) -> dict[str, Array]:
    def when(happens: Array, quarter: Any) -> Array:
        return np.where(happens, quarter, -1).astype(int)[None]

    return {
        **{f"round_{k}": when(c.raised[j], ends[j]) for j, k in enumerate(ROUNDS[1:])},
        "sold": when(~p.failed, c.end),
        "failed": when(p.failed, c.end),
    }


def _metrics(a: Growth, c: Company, p: Paths, v: Investor) -> dict[str, Array]:
    """What each scenario brings, (policy or 1, scenario)."""
    gain = v.proceeds - v.spent
    balance = lender.schedule(a)[0]
    default = p.failed & (c.end <= a.loan_quarters)
    return {
        "path_exit_value": c.value[None],
        "path_first_multiple": v.first_proceeds / c.first_paid,
        "path_spent": v.spent,
        "path_proceeds": v.proceeds,
        "path_multiple": v.proceeds / v.spent,
        "path_gain": gain,
        "path_end": c.end.astype(int)[None],
        "rounds_raised": p.stage[None],
        "default": default[None],
        "loan_loss": (a.lgd * balance[c.end.astype(int)] * default)[None],
    }


def _scenarios(a: Growth, d: Draws, keep: Sequence[str]) -> Result[Growth]:
    progress = [normal(d[f"progress_{k}"]) for k in ROUNDS[1:]]
    market = [normal(d[f"market_{k}"]) for k in ROUNDS[1:]]
    stage = np.zeros(len(d["exit"]), dtype=int)
    going, failed, early = stage == 0, stage > 0, stage
    for j, up in enumerate([*rounds.graduation(a, progress), 0.0]):
        u = d[f"outcome_{ROUNDS[j]}"]
        lost = (1 - up) * (1 - a.bought[j])
        failed = failed | (going & (u < lost))
        if j == 0:
            early = (u < lost * a.early_failure).astype(int)
        going = going & (u >= 1 - up)
        stage = stage + going
    paths = Paths(stage, failed, early, progress, market, normal(d["exit"]))
    company = rounds.company(a, paths)
    investor = rounds.investor(a, company)
    lines = statements.quarters(a, company, paths, investor, keep) if keep else {}
    return ScenarioRuns(
        assumptions=a,
        chosen=a.policy,
        alternatives=POLICIES,
        all_lines=lines,
        all_metrics=_metrics(a, company, paths, investor),
        all_events=_events(company, paths, rounds.stage_ends(a)),
        checks=identities.of_rounds(a, company, paths, investor),
        largest_balance=_largest(company),
        scenarios=len(stage),
    )


def _largest(c: Company) -> float:
    return float(max(np.max(c.value), *(np.max(p) for p in c.post)))


def _single(a: Growth) -> Result[Growth]:
    stage, failed, early = (np.array([x]) for x in STORIES[a.path])
    zeros = [np.zeros(1)] * 3
    paths = Paths(stage, failed > 0, early, zeros, zeros, np.zeros(1))
    company = rounds.company(a, paths)
    investor = rounds.investor(a, company)
    tree = endings.tree(a)
    loan = lender.loan(a, tree)
    lines = statements.quarters(a, company, paths, investor, None)
    lines |= lender.lender_lines(a, loan)
    lines |= statements.holder_lines(a, company, investor, stage)
    flows = lines["investor_flow"][:, :, 0].T
    expected, expected_checks = _expectations(a, tree, loan, flows)
    metrics = _metrics(a, company, paths, investor) | expected
    metrics["lowest_cash"] = lines["closing"][: int(company.end[0]), 0].min(axis=0, keepdims=True)
    metrics["runway_at_start"] = lines["runway"][0]
    metrics["stake_after_seed"] = (company.first / company.outstanding[0] * np.ones(1))[None]
    held = company.first + sum(investor.follow_shares)
    metrics["stake_at_exit"] = held / (company.common + sum(company.shares))
    metrics["founders_at_exit"] = (a.founder_shares / (company.common + sum(company.shares)))[None]
    checks = identities.of_rounds(a, company, paths, investor) | expected_checks
    checks |= identities.of_lines(a, company, paths, investor, lines)
    profit = lines["economic_profit_line"].sum()
    checks["profit_foots"] = residual(profit - loan.economic_profit)
    return SingleRun(
        assumptions=a,
        chosen=a.policy,
        alternatives=POLICIES,
        all_lines=lines,
        all_metrics=metrics,
        all_events=_events(company, paths, rounds.stage_ends(a)),
        checks=checks,
        largest_balance=_largest(company),
    )


def annual_irr(flows: Array) -> Array:
    """Yearly IRR of quarterly flows (policy, quarter); NaN where there is none."""
    with warnings.catch_warnings():
        # money in and out in the same life may leave several rates: the one nearest zero counts
        warnings.simplefilter("ignore", timevalue.SeveralRatesWarning)
        quarterly = np.asarray(timevalue.irr(flows.T, on_error="nan"))
    known = quarterly > -1.0  # and not NaN; -1 is money wholly lost, to rounding
    annual = timevalue.effective_annual_rate(np.where(known, quarterly, 0.0) * YEAR, YEAR)
    return np.where(known, annual, quarterly)


def _expectations(
    a: Growth, t: Tree, x: Loan, path_flows: Array
) -> tuple[dict[str, Array], dict[str, float]]:
    """Metrics that are chances, means and medians, and the identities that belong to them."""
    w, v, c = t.weight, t.investor, t.company
    first = v.first_proceeds[0] / c.first_paid
    committed = fund.committed_money(a)
    gain = v.proceeds - v.spent
    mean_gain = (gain * w).sum(axis=(1, 2))
    spent = (v.spent * w).sum(axis=(1, 2))
    proceeds = (v.proceeds * w).sum(axis=(1, 2))
    flows = endings.expected_flows(a, t)
    rates = annual_irr(np.concatenate([flows, path_flows]))[:, None]
    ((multiple, chance),) = fund.multiples(a, t, (a.fund_size,))
    reached = [1.0] + [float(t.chance[3 + 2 * j :].sum()) for j in range(3)]

    def one(value: float) -> Array:
        return np.full((1, 1), value)

    metrics = {
        "mean_multiple": one(float((first * w).sum())),
        "median_multiple": one(endings.quantile(first, w, 0.5)),
        "loss_share": one(endings.share(w, first < 1)),
        "five_share": one(endings.share(w, first >= 5)),
        "ten_share": one(endings.share(w, first >= 10)),
        "fifty_share": one(endings.share(w, first >= 50)),
        "top_value": one(endings.top_value(first * np.ones_like(w), w)),
        **{f"reach_{k}": one(reached[j]) for j, k in enumerate(ROUNDS) if j},
        "expected_spent": spent[:, None],
        "expected_gain": mean_gain[:, None],
        "multiple_spent": (proceeds / spent)[:, None],
        "multiple_committed": (1 + mean_gain / committed)[:, None],
        "loss_probability": ((gain < -DUST) * w).sum(axis=(1, 2))[:, None],
        "expected_loss_investor": (np.maximum(-gain, 0) * w).sum(axis=(1, 2))[:, None],
        "expected_irr": rates[: len(POLICIES)],
        "path_irr": rates[len(POLICIES) :],
        "fund_loss_probability": (chance * (multiple < 1)).sum(axis=1)[:, None],
        "fund_median": np.array([[fund.fund_level(multiple, row, 0.5)] for row in chance]),
        "fund_high": np.array([[fund.fund_level(multiple, row, 0.9)] for row in chance]),
        "fund_mean": (1 + mean_gain / committed - fund.fees(a))[:, None],
        "default_probability": one(x.fails),
        "pd": one(x.pd),
        "cover": one(x.cover),
        "warrant_value": one(x.warrant_value),
        "break_even_plain": one(x.break_even["plain"]),
        "break_even_linked": one(x.break_even["linked"]),
        "expected_loss": one(float(x.loss.sum())),
        "raroc": one(x.raroc),
        "economic_profit": one(x.economic_profit),
        "over_lpr": one(a.loan_rate - a.lpr),
    }
    # at the break-even rate the statement of the bank, made anew, ends at zero
    rate = x.break_even[a.loan_form]
    at_rate = (rate - a.loan_rate) * x.earning.sum() * (1 - a.tax) + x.economic_profit
    ended = endings.by_quarter(c.end[:, 0], t.chance)
    return metrics, {
        "chances_sum_to_one": residual(w.sum() - 1, reached[3] - float(t.chance[7:].sum())),
        "flows_add_up_to_gain": residual(flows.sum(axis=1) - mean_gain),
        "break_even_is_zero_profit": residual(at_rate),
        "every_path_ends": residual(ended.sum() - 1),
    }

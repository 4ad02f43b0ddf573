"""One run of the case: a stated story, or many scenarios drawn; what is kept of it, and its checks.

A single run tells the story of `a.path` and adds the expectations over all endings. Many scenarios
are drawn ending by ending and carry no expectation: theirs are the means over them.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import partial
from typing import Any, overload

import numpy as np

from ... import timevalue
from ...distributions import normal
from ...shape import (
    DUST,
    Array,
    Draws,
    Result,
    ScenarioRuns,
    SingleRun,
    asked,
    run_scenarios,
    uniform_draws,
)
from . import checks, endings, fund, lender, rounds, statements
from .endings import Ending, Tree
from .estate import Flags
from .lender import Loan
from .record import DRAWS, POLICIES, QUARTERS_A_YEAR, ROUNDS, Growth
from .rounds import Company, Investor, Paths

#: Name of a story -> how it ends; every draw at its median.
STORIES = {
    "early": Ending(0, failed=True, early=True),
    "fails": Ending(0, failed=True, early=False),
    "sold": Ending(1, failed=False, early=False),
    "plan": Ending(3, failed=False, early=False),
}


def sample(a: Growth, n: int, seed: int) -> Draws:
    """n scenarios as uniforms in [0, 1): the names are those of `DRAWS`, each (scenario,).

    ValueError unless n is whole and positive.
    """
    return uniform_draws(DRAWS, n, seed)


@overload
def simulate(a: Growth, d: None = None, keep: Sequence[str] | None = None) -> SingleRun[Growth]: ...
@overload
def simulate(a: Growth, d: Draws, keep: Sequence[str] | None = None) -> ScenarioRuns[Growth]: ...
@asked
def simulate(
    a: Growth, d: Draws | None = None, keep: Sequence[str] | None = None
) -> Result[Growth]:
    """Run the case: the story of `a.path`, or the scenarios of `sample`.

    All follow-on policies run; the result shows `a.policy` first. A single run has all lines and
    the expectations over all endings (`endings.weigh`); many scenarios keep the lines named in
    `keep`. ValueError where `d` is not of the form of `sample`, or no line has a name in `keep`.
    """
    if d is None:
        return _single(a)
    return run_scenarios(partial(_scenarios, a), sample(a, 1, 0), d, keep)


def told(a: Growth, story: str) -> tuple[Paths, Company, Investor]:
    """A story of `STORIES`, one path with every draw at its median: arrays are (1,)."""
    zeros = [np.zeros(1)] * 3
    stage, failed, early = (np.array([x]) for x in STORIES[story])
    paths = Paths(
        stage=stage,
        failed=failed,
        early=early,
        progress=zeros,
        market=zeros,
        exit=np.zeros(1),
    )
    company = rounds.develop(a, paths)
    return paths, company, rounds.invest(a, company)


def _drawn(a: Growth, d: Draws) -> Paths:
    """The paths of the scenarios drawn, each (scenario,): stage by stage, failed, bought or on."""
    progress = [normal(d[f"progress_{k}"]) for k in ROUNDS[1:]]
    market = [normal(d[f"market_{k}"]) for k in ROUNDS[1:]]
    stage = np.zeros(len(d["exit"]), dtype=int)
    going, failed, early = stage == 0, stage > 0, stage > 0
    for j, up in enumerate(rounds.graduation(a, progress)):
        u = d[f"outcome_{ROUNDS[j]}"]
        lost = (1 - up) * (1 - a.bought[j])
        failed = failed | (going & (u < lost))
        if j == 0:
            early = u < lost * a.early_failure
        going = going & (u >= 1 - up)
        stage = stage + going
    return Paths(
        stage=stage,
        failed=failed,
        early=early,
        progress=progress,
        market=market,
        exit=normal(d["exit"]),
    )


def _scenarios(a: Growth, d: Draws, keep: Sequence[str]) -> Result[Growth]:
    """The result of many scenarios; lines (quarter, policy or 1, scenario) as `keep` names them."""
    paths = _drawn(a, d)
    company = rounds.develop(a, paths)
    investor = rounds.invest(a, company)
    lines = statements.quarters(a, company, paths, investor, keep) if keep else {}
    return ScenarioRuns(
        assumptions=a,
        chosen=a.policy,
        alternatives=POLICIES,
        all_lines=lines,
        all_metrics=_path_metrics(a, company, paths, investor),
        all_events=_events(company, paths, rounds.stage_ends(a)),
        checks=checks.of_rounds(a, company, investor),
        largest_balance=_largest(company),
        scenarios=len(paths.stage),
    )


def _single(a: Growth) -> SingleRun[Growth]:
    """The result of the story `a.path`: tree and loan, then lines, then metrics, then checks.

    Lines are (quarter, policy or 1, 1), metrics (policy or 1, 1).
    """
    paths, company, investor = told(a, a.path)
    tree = endings.weigh(a)
    loan = lender.appraise(a, tree)
    lines = statements.quarters(a, company, paths, investor, None)
    lines |= lender.lender_lines(a, loan)
    lines |= statements.holder_lines(a, company, investor, paths.stage)

    flows = endings.expected_flows(a, tree)
    rates = annual_irr(np.concatenate([flows, lines["investor_flow"][:, :, 0].T]))[:, None]
    gain = tree.investor.proceeds - tree.investor.spent
    mean_gain = (gain * tree.weight).sum(axis=(1, 2))

    metrics = _path_metrics(a, company, paths, investor)
    metrics |= _first_cheque_metrics(tree)
    metrics |= _investor_metrics(a, tree, gain, mean_gain)
    metrics |= {"expected_irr": rates[: len(POLICIES)], "path_irr": rates[len(POLICIES) :]}
    metrics |= _fund_metrics(a, tree, mean_gain)
    metrics |= _bank_metrics(a, loan)
    metrics |= _story_metrics(a, company, investor, lines)
    return SingleRun(
        assumptions=a,
        chosen=a.policy,
        alternatives=POLICIES,
        all_lines=lines,
        all_metrics=metrics,
        all_events=_events(company, paths, rounds.stage_ends(a)),
        checks=checks.of_rounds(a, company, investor)
        | checks.of_expectations(tree, flows, mean_gain)
        | checks.of_lines(a, company, paths, investor, lines)
        | checks.of_bank(a, tree, loan, lines),
        largest_balance=_largest(company),
    )


def annual_irr(flows: Array) -> Array:
    """Yearly IRR of quarterly flows (policy, quarter), (policy,); NaN where there is none.

    Of several rates the one nearest zero counts. Source: `timevalue.irr`.
    """
    with warnings.catch_warnings():
        # money in and out in the same life may leave several rates: the one nearest zero counts
        warnings.simplefilter("ignore", timevalue.SeveralRatesWarning)
        quarterly = np.asarray(timevalue.irr(flows.T, on_error="nan"))
    known = quarterly > -1.0  # and not NaN; -1 is money wholly lost, to rounding
    annual = timevalue.effective_annual_rate(
        np.where(known, quarterly, 0.0) * QUARTERS_A_YEAR, QUARTERS_A_YEAR
    )
    return np.where(known, annual, quarterly)


def _events(company: Company, paths: Paths, ends: Sequence[float]) -> dict[str, Array]:
    """Quarter of each event, -1 where it never comes; each (1, scenario)."""

    def when(happens: Flags, quarter: Any) -> Array:
        """`quarter`, a scalar or (scenario,), where it happens."""
        return np.where(happens, quarter, -1).astype(int)[None]

    return {
        **{f"round_{k}": when(company.raised[j], ends[j]) for j, k in enumerate(ROUNDS[1:])},
        "sold": when(~paths.failed, company.end),
        "failed": when(paths.failed, company.end),
    }


def _largest(company: Company) -> float:
    """The largest company value on any path, CNY million."""
    return float(max(np.max(company.value), *(np.max(post) for post in company.post)))


def _path_metrics(
    a: Growth, company: Company, paths: Paths, investor: Investor
) -> dict[str, Array]:
    """What each scenario brings, (policy or 1, scenario)."""
    gain = investor.proceeds - investor.spent
    default = paths.failed & (company.end <= a.loan_quarters)
    return {
        "path_exit_value": company.value[None],
        "path_first_multiple": investor.first_proceeds / company.first_paid,
        "path_spent": investor.spent,
        "path_proceeds": investor.proceeds,
        "path_multiple": investor.proceeds / investor.spent,
        "path_gain": gain,
        "path_end": company.end.astype(int)[None],
        "rounds_raised": paths.stage[None],
        "default": default[None],
        "loan_loss": (company.estate.lost * np.ones(len(company.end)))[None],
    }


def _story_metrics(
    a: Growth, company: Company, investor: Investor, lines: dict[str, Array]
) -> dict[str, Array]:
    """What only a single run tells: cash, runway and stakes, (policy or 1, 1)."""
    held = company.first + sum(investor.follow_shares)
    everyone = company.common + sum(company.shares)
    first = company.first / company.outstanding[0] * np.ones(1)
    return {
        "lowest_cash": lines["closing"][: int(company.end[0]), 0].min(axis=0, keepdims=True),
        "runway_at_start": lines["runway"][0],
        "stake_after_seed": first[None],
        "stake_at_exit": held / everyone,
        "founders_at_exit": (a.founder_shares / everyone)[None],
    }


def _one(value: float) -> Array:
    """A metric that is the same under each policy, (1, 1)."""
    return np.full((1, 1), value)


def _first_cheque_metrics(tree: Tree) -> dict[str, Array]:
    """Chances, mean and median of the first cheque's multiple and of further rounds, (1, 1)."""
    w, first = tree.weight, endings.first_multiple(tree)
    return {
        "mean_multiple": _one(float((first * w).sum())),
        "median_multiple": _one(endings.quantile(first, w, 0.5)),
        "loss_share": _one(endings.share(w, first < 1)),
        "five_share": _one(endings.share(w, first >= 5)),
        "ten_share": _one(endings.share(w, first >= 10)),
        "fifty_share": _one(endings.share(w, first >= 50)),
        "top_value": _one(endings.top_value(first * np.ones_like(w), w)),
        **{f"reach_{k}": _one(endings.reach(tree, j)) for j, k in enumerate(ROUNDS) if j},
    }


def _investor_metrics(a: Growth, tree: Tree, gain: Array, mean_gain: Array) -> dict[str, Array]:
    """What the investor expects of a deal under each policy, (policy, 1).

    gain: (policy, ending, point), and its mean (policy,); CNY million.
    """
    w = tree.weight
    spent = (tree.investor.spent * w).sum(axis=(1, 2))
    proceeds = (tree.investor.proceeds * w).sum(axis=(1, 2))
    return {
        "expected_spent": spent[:, None],
        "expected_gain": mean_gain[:, None],
        "multiple_spent": (proceeds / spent)[:, None],
        "multiple_committed": (1 + mean_gain / fund.committed_money(a))[:, None],
        "loss_probability": ((gain < -DUST) * w).sum(axis=(1, 2))[:, None],
        "expected_loss_investor": (np.maximum(-gain, 0) * w).sum(axis=(1, 2))[:, None],
    }


def _fund_metrics(a: Growth, tree: Tree, mean_gain: Array) -> dict[str, Array]:
    """The fund of `a.fund_size` such deals after fees, under each policy, (policy, 1)."""
    ((multiple, chance),) = fund.multiples(a, tree, (a.fund_size,))
    return {
        "fund_loss_probability": fund.loss_chance(multiple, chance)[:, None],
        "fund_median": np.array([[fund.level_reached(multiple, row, 0.5)] for row in chance]),
        "fund_high": np.array([[fund.level_reached(multiple, row, 0.9)] for row in chance]),
        "fund_mean": (1 + mean_gain / fund.committed_money(a) - fund.fees(a))[:, None],
    }


def _bank_metrics(a: Growth, loan: Loan) -> dict[str, Array]:
    """The bank's numbers, (1, 1); the loan is the same under each policy."""
    return {
        "default_probability": _one(loan.exposure.fails),
        "pd": _one(loan.exposure.pd),
        "lgd": _one(loan.exposure.lgd),
        "risk_weight": _one(loan.form.weight),
        "cover": _one(loan.cover),
        "borne": _one(loan.form.cover * a.partner_pays),
        "warrant_value": _one(loan.warrant_value),
        "break_even_plain": _one(loan.break_even["plain"]),
        "break_even_linked": _one(loan.break_even["linked"]),
        "expected_loss": _one(float(loan.form.loss.sum())),
        "raroc": _one(loan.form.raroc),
        "economic_profit": _one(loan.form.economic_profit),
        "over_lpr": _one(a.loan_rate - a.lpr),
    }

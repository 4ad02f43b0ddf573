"""The company and its investor: what each round raises, who holds what, what the end pays.

A stage (seed, A, B, C) ends in a failure, a sale or the next round. `graduation` gives the odds,
`develop` walks every path through its rounds to its exit, `invest` lets the investor take part in
them under each follow-on policy. Arrays of a path have one shape, (scenario,) or (ending, point),
or broadcast to it; lists have one entry a round or a class of shares. Money is in CNY million.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ... import captable
from ...distributions import norm_ppf
from ...shape import Array
from . import estate
from .estate import Estate, Flags, Whole
from .record import MILESTONE, NONE, POLICIES, QUARTERS_A_YEAR, STEP_LIMITS, Growth


@dataclass(frozen=True)
class Paths:
    """Scenarios: how far each goes and with what luck. Arrays broadcast against each other."""

    stage: Whole  # the last round raised: 0 seed … 3 C
    failed: Flags  # else bought
    early: Flags  # failed before the seed round's milestone
    progress: list[Array]  # x of rounds A, B, C
    market: list[Array]  # z of rounds A, B, C
    exit: Array  # e


@dataclass(frozen=True)
class Company:
    """The cap table, the rounds and the exit of each scenario; what `develop` returns.

    Classes of preferred shares: each SAFE, then seed, A, B, C.
    """

    shares: list[Array]  # by class, zero where the round was not raised
    preferences: list[Array]  # money paid for them
    issued: list[Array]  # rounds A, B, C: shares if the round is raised
    raised: list[Flags]  # whether rounds A, B, C were raised
    price: list[Array]  # of a share in rounds seed, A, B, C
    post: list[Array]  # post-money of those rounds
    outstanding: list[Array]  # all shares after those rounds
    before: list[Array]  # all shares before those rounds, pool topped up
    common: Array  # founders, pool and warrant at the end
    pool: Array
    warrant: Array
    first: Array  # shares of the first cheque
    first_paid: Array
    met: list[Flags]  # milestone met, at rounds A, B, C
    end: Array  # quarter of the end
    estate: Estate  # of a company that fails, and its division
    value: Array  # equity value at the end
    paid: list[Array]  # at the end, by class
    per_share: Array  # at the end, a common share


@dataclass(frozen=True)
class Investor:
    """What the investor pays and gets, (policy, …); lists by round A, B, C."""

    follow: list[Array]  # money
    follow_shares: list[Array]
    service: Array
    spent: Array
    first_proceeds: Array  # (1, …): the same under each policy
    follow_proceeds: list[Array]
    proceeds: Array


@dataclass(frozen=True)
class _Seed:
    """The seed round: shares, scalar where no path changes them, else of the paths' shape."""

    safes: list[Array]  # scalars, one a SAFE
    pool: float  # topped up
    before: float  # founders, pool and SAFEs
    price: float
    first: Array  # of the first cheque
    sold: Array  # of the round
    whole: Array  # scalar: all shares if both tranches are paid
    warrant: Array  # scalar
    funded: Array  # share of the round's money that was paid


def graduation(a: Growth, progress: Sequence[Array]) -> list[Array]:
    """Chance to raise the next round after seed, A, B, C, given the progress seen at A and B.

    progress: x of rounds A, B (and C), each (scenario,) or (point,). Returns four chances, the
    first a scalar: all start alike; so is the last, zero. Odds as in the story of the case.
    """
    service = a.service_odds if a.service == "on" else 1.0
    factors = [np.ones(()), *(np.exp(a.momentum * x) for x in progress[:2])]
    chances = []
    for base, factor in zip(a.graduation, factors, strict=True):
        odds = base / (1 - base) * a.graduation_odds * service * factor
        chances.append(odds / (1 + odds))
    return [*chances, np.zeros(())]


def stage_ends(a: Growth) -> tuple[float, ...]:
    """Quarter in which each stage ends: seed, A, B, C."""
    return tuple(float(t) for t in np.cumsum(a.stage_quarters))


def develop(a: Growth, paths: Paths) -> Company:
    """The company on each path: cap table round by round, exit value, and who is paid what of it.

    All in the shape of the paths, or a scalar where no path changes it. The market prices round A
    on what the company is worth, not on what this investor paid. Step-ups and exit value as in the
    story of the case; shares are whole, rounded down.
    """
    seed = _seed_round(a, paths)
    shares = [*seed.safes, seed.sold]
    preferences = [np.asarray(m) for m in a.safe_amounts] + [(a.cheque + a.others) * seed.funded]
    last = np.asarray(_worth_after_seed(a))
    post = [np.asarray(a.pre_money + a.cheque + a.others)]
    prices = [np.asarray(seed.price)]
    totals = [seed.before + seed.sold + seed.warrant]
    befores = [seed.before + seed.warrant]
    issued, raised, met = [], [], []
    bar = _milestone_bar(a)
    odd = np.sqrt(1 - a.pricing**2)
    # only a company that got both tranches raises again
    outstanding, pool = seed.whole, np.asarray(seed.pool)
    for j in range(3):
        x, z, reached = paths.progress[j], paths.market[j], paths.stage > j
        mood = a.pricing * x + odd * z
        step_up = np.clip(a.step_up[j] * np.exp(a.step_spread * mood), *STEP_LIMITS)
        pre = last * step_up
        last = pre + a.raises[j]
        added = np.floor(a.pool_top_up * outstanding)
        befores.append(outstanding + added)
        price = pre / (outstanding + added)
        n = np.floor(a.raises[j] / price)
        outstanding = outstanding + added + n
        pool = pool + added * reached
        issued.append(n)
        raised.append(reached)
        met.append(x > bar)
        prices.append(price)
        totals.append(outstanding)
        post.append(last)
        shares.append(n * reached)
        preferences.append(a.raises[j] * reached)
    common = float(a.founder_shares) + pool + seed.warrant
    end = np.where(paths.early, a.tranche_quarter, np.choose(paths.stage, stage_ends(a)))
    money = np.asarray(sum(preferences))
    failure = estate.divide(a, paths.stage, end, paths.failed, money)
    value = np.where(paths.failed, failure.left, _sale_price(a, paths, post))
    paid, per_share = captable.exit_waterfall(value, common, shares, preferences)
    return Company(
        shares=shares,
        preferences=preferences,
        issued=issued,
        raised=raised,
        price=prices,
        post=post,
        outstanding=totals,
        before=befores,
        common=common,
        pool=pool,
        warrant=seed.warrant,
        first=seed.first,
        first_paid=a.cheque * seed.funded,
        met=met,
        end=end,
        estate=failure,
        value=value,
        paid=paid,
        per_share=per_share,
    )


def _seed_round(a: Growth, paths: Paths) -> _Seed:
    """SAFEs convert, the pool is topped up, two tranches buy shares at one price.

    The second tranche is paid if the milestone is met: arrays are in the shape of `paths.early`.
    """
    start = float(a.founder_shares) + a.pool_shares
    safes = captable.safe_shares(start, a.safe_amounts, a.safe_caps)
    pool = a.pool_shares + np.floor(a.pool_top_up * (start + sum(safes)))
    before = float(a.founder_shares) + pool + sum(safes)
    price = a.pre_money / before
    both = [(1 - a.tranche), a.tranche]
    first_1, first_2 = (np.floor(part * a.cheque / price) for part in both)
    other_1, other_2 = (np.floor(part * a.others / price) for part in both)
    got_both = ~paths.early
    warrant = np.floor(a.coverage * a.loan / price) * (a.loan_form == "linked")
    return _Seed(
        safes=[np.asarray(n) for n in safes],
        pool=pool,
        before=before,
        price=price,
        first=first_1 + first_2 * got_both,
        sold=first_1 + other_1 + (first_2 + other_2) * got_both,
        whole=before + first_1 + first_2 + other_1 + other_2 + warrant,
        warrant=warrant,
        funded=1 - np.where(paths.early, a.tranche, 0.0),
    )


def _worth_after_seed(a: Growth) -> float:
    """Post-money of the seed round at the fair value, whatever this investor paid."""
    return a.fair_value + a.cheque + a.others


def _milestone_bar(a: Growth) -> float:
    """The progress above which a milestone is met."""
    return float(norm_ppf(1 - a.milestone_chance))


def _sale_price(a: Growth, paths: Paths, post: Sequence[Array]) -> Array:
    """What a buyer pays for all shares at the end, in the shape of the paths.

    post: post-money of rounds seed, A, B, C. The buyer takes over cash and repays the loan.
    """
    last = np.where(paths.stage == 0, _worth_after_seed(a), 0.0)
    for j in range(3):
        last = np.where(paths.stage == j + 1, post[j + 1], last)
    price: Array = (
        last * np.choose(paths.stage, a.exit_multiple) * np.exp(a.exit_spread * paths.exit)
    )
    return price


def invest(a: Growth, company: Company) -> Investor:
    """Follow-on money under each policy, and proceeds of all shares at the end: (policy, …).

    Pro-rata: the right to keep one's stake, stake x round, as far as the reserve lasts. The dots
    stand for the shape of the paths.
    """
    policy = np.arange(len(POLICIES)).reshape(-1, *[1] * np.ndim(company.end))
    left = a.reserve * a.cheque * (policy != NONE)
    held = company.first * np.ones_like(left)
    seed_class = len(a.safe_amounts)
    first = np.maximum(company.shares[seed_class], 1.0)
    first_proceeds = (company.paid[seed_class] * (company.first / first))[None]
    follow, follow_shares, follow_proceeds = [], [], []
    spent, proceeds = company.first_paid * np.ones_like(left), first_proceeds
    for j in range(3):
        taken = (policy != MILESTONE) | company.met[j]
        stake = held / company.outstanding[j]
        money = np.minimum(stake * a.raises[j], left) * taken * company.raised[j]
        n = np.floor(money / company.price[j + 1])
        money = n * company.price[j + 1]  # whole shares only
        got = company.paid[seed_class + 1 + j] * (n / np.maximum(company.issued[j], 1.0))
        left, held = left - money, held + n
        follow.append(money)
        follow_shares.append(n)
        follow_proceeds.append(got)
        spent, proceeds = spent + money, proceeds + got
    years = company.end / QUARTERS_A_YEAR
    service = a.service_cost * years * (a.service == "on") * np.ones_like(left)
    return Investor(
        follow=follow,
        follow_shares=follow_shares,
        service=service,
        spent=spent + service,
        first_proceeds=first_proceeds,
        follow_proceeds=follow_proceeds,
        proceeds=proceeds,
    )

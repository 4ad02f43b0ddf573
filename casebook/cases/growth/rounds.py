"""TODO."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...captable import exit_waterfall, safe_shares
from ...distributions import norm_ppf
from ...shape import Array
from .record import MILESTONE, NONE, POLICIES, STEP_LIMITS, YEAR, Growth


@dataclass(frozen=True)
class Paths:
    """Scenarios: how far each goes and with what luck. Arrays broadcast against each other."""

    stage: Array  # the last round raised: 0 seed … 3 C
    failed: Array  # else bought
    early: Array  # failed before the seed round's milestone
    progress: list[Array]  # x of rounds A, B, C
    market: list[Array]  # z of rounds A, B, C
    exit: Array  # e


def _milestone_bar(a: Growth) -> float:
    """The progress above which a milestone is met."""
    return float(norm_ppf(1 - a.milestone_chance))


def graduation(a: Growth, progress: Sequence[Array]) -> list[Array | float]:
    """Chance to raise the next round from seed, A and B, given the progress seen at A and B."""
    service = a.service_odds if a.service == "on" else 1.0
    factors = [1.0, *(np.exp(a.momentum * x) for x in progress[:2])]
    chances = []
    for base, factor in zip(a.graduation, factors, strict=True):
        odds = base / (1 - base) * a.graduation_odds * service * factor
        chances.append(odds / (1 + odds))
    return chances


def stage_ends(a: Growth) -> tuple[float, ...]:
    """Quarter in which each stage ends."""
    return tuple(float(t) for t in np.cumsum(a.stage_quarters))


@dataclass(frozen=True)
class Company:
    """The cap table, the rounds and the exit of each scenario; what `_company` returns.

    Classes of preferred shares: each SAFE, then seed, A, B, C.
    """

    shares: list[Array]  # by class, zero where the round was not raised
    preferences: list[Array]  # money paid for them
    issued: list[Array]  # rounds A, B, C: shares if the round is raised
    raised: list[Array]  # whether rounds A, B, C were raised
    price: list[Array]  # of a share in rounds seed, A, B, C
    post: list[Array]  # post-money of those rounds
    outstanding: list[Array]  # all shares after those rounds
    before: list[Array]  # all shares before those rounds, pool topped up
    common: Array  # founders, pool and warrant at the end
    pool: Array
    warrant: Array
    first: Array  # shares of the first cheque
    first_paid: Array
    met: list[Array]  # milestone met, at rounds A, B, C
    end: Array  # quarter of the end
    value: Array  # equity value at the end
    paid: list[Array]  # at the end, by class
    per_share: Array  # at the end, a common share


def company(a: Growth, p: Paths) -> Company:
    ends = stage_ends(a)
    founders = float(a.founder_shares)
    start = founders + a.pool_shares
    safes = safe_shares(start, a.safe_amounts, a.safe_caps)
    pool_0 = a.pool_shares + np.floor(a.pool_top_up * (start + sum(safes)))
    before = founders + pool_0 + sum(safes)
    price = a.pre_money / before
    # the second tranche buys its shares at the price of the first, if the milestone is met
    both = [(1 - a.tranche), a.tranche]
    first_1, first_2 = (np.floor(part * a.cheque / price) for part in both)
    other_1, other_2 = (np.floor(part * a.others / price) for part in both)
    got_both = 1 - p.early
    first = first_1 + first_2 * got_both
    seed = first_1 + other_1 + (first_2 + other_2) * got_both
    funded = 1 - a.tranche * p.early
    warrant = np.floor(a.coverage * a.loan / price) * (a.loan_form == "linked")

    shares = [np.asarray(n) for n in safes] + [seed]
    preferences = [np.asarray(m) for m in a.safe_amounts] + [(a.cheque + a.others) * funded]
    post = [a.pre_money + a.cheque + a.others]
    # the market prices round A on what the company is worth, not on what this investor paid
    last = a.fair_value + a.cheque + a.others
    total = before + seed + warrant
    pool, prices, totals, befores = pool_0, [price], [total], [before + warrant]
    issued, raised, met = [], [], []
    at_end = np.where(p.stage == 0, last, 0.0)
    bar = _milestone_bar(a)
    odd = np.sqrt(1 - a.pricing**2)
    # only a company that got both tranches raises again
    s = before + first_1 + first_2 + other_1 + other_2 + warrant
    for j in range(3):
        x, z, reached = p.progress[j], p.market[j], p.stage > j
        mood = a.pricing * x + odd * z
        u = np.clip(a.step_up[j] * np.exp(a.step_spread * mood), *STEP_LIMITS)
        pre = last * u
        last = pre + a.raises[j]
        added = np.floor(a.pool_top_up * s)
        befores.append(s + added)
        price = pre / (s + added)
        n = np.floor(a.raises[j] / price)
        s = s + added + n
        pool = pool + added * reached
        issued.append(n)
        raised.append(reached)
        met.append(x > bar)
        prices.append(price)
        totals.append(s)
        post.append(last)
        shares.append(n * reached)
        preferences.append(a.raises[j] * reached)
        at_end = np.where(p.stage == j + 1, post[j + 1], at_end)
    common = founders + pool + warrant

    multiple = np.choose(p.stage, a.exit_multiple)
    luck = np.exp(a.exit_spread * p.exit)
    value = np.where(p.failed, a.salvage * sum(preferences), at_end * multiple * luck)
    paid, per_share = exit_waterfall(value, common, shares, preferences)
    end = np.where(p.early, a.tranche_quarter, np.choose(p.stage, ends))
    return Company(
        shares, preferences, issued, raised, prices, post, totals, befores, common, pool, warrant,
        first, a.cheque * funded, met, end, value, paid, per_share,
    )  # fmt: skip


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


def investor(a: Growth, c: Company) -> Investor:
    """Follow-on money under each policy, and proceeds of all shares at the end.

    Pro-rata: the right to keep one's stake, stake x round, as far as the reserve lasts.
    """
    policy = np.arange(len(POLICIES)).reshape(-1, *[1] * np.ndim(c.end))
    left = a.reserve * a.cheque * (policy != NONE)
    held = c.first * np.ones_like(left)
    seed_class = len(a.safe_amounts)
    first = np.maximum(c.shares[seed_class], 1.0)
    first_proceeds = (c.paid[seed_class] * (c.first / first))[None]
    follow, follow_shares, follow_proceeds = [], [], []
    spent, proceeds = c.first_paid * np.ones_like(left), first_proceeds
    for j in range(3):
        taken = (policy != MILESTONE) | c.met[j]
        stake = held / c.outstanding[j]
        money = np.minimum(stake * a.raises[j], left) * taken * c.raised[j]
        n = np.floor(money / c.price[j + 1])
        money = n * c.price[j + 1]  # whole shares only
        got = c.paid[seed_class + 1 + j] * (n / np.maximum(c.issued[j], 1.0))
        left, held = left - money, held + n
        follow.append(money)
        follow_shares.append(n)
        follow_proceeds.append(got)
        spent, proceeds = spent + money, proceeds + got
    years = c.end / YEAR
    service = a.service_cost * years * (a.service == "on") * np.ones_like(left)
    return Investor(
        follow, follow_shares, service, spent + service, first_proceeds, follow_proceeds, proceeds
    )

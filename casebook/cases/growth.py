"""Case 3, growth: a start-up's seed round, its later rounds, and what investor and bank make of it.

Quarterly, from the closing of the seed round (quarter 0) for ten years. Money is in CNY million,
flows fall at quarter end, inflows are positive. Three follow-on policies of the same investor run
side by side: none, pro-rata at every round, pro-rata only where the milestone was met.

The company
    At the end of each stage (seed, A, B, C) it fails, is bought, or raises the next round.
    odds of raising  o_j = g_j / (1 - g_j) x odds factor x service x exp(beta x_j)
    step-up          u_j = median_j exp(s (rho x_j + sqrt(1 - rho^2) z_j)), within 0.2 and 20
    pre-money        V_j = u_j x last post-money; post-money = V_j + money raised. For round A the
                     last is fair value + seed money: who overpays at the seed is not followed
    exit value       X   = last post-money (after the seed: fair value + seed money)
                     x multiple_j x exp(sigma e)
    x_j is the progress that an insider sees at round j, z_j the mood of the market, e the exit's
    luck; all standard normal. The milestone is met where x_j exceeds the bar.
The holders
    Whole shares, rounded down, held as floats below 2^53 (exact). Post-money SAFEs convert into
    the seed round; every preferred class has a 1x non-participating preference, equal in rank.
The lender
    A loan drawn with the seed round. Its default is the company's failure; the statement is what
    the bank expects at signing. In the linked form a partner outside the bank holds a warrant and
    bears the share of losses that the warrant pays for: the bank itself may hold no equity.

A single run tells one stated story (`path`, every draw at its median). Probabilities, means and
medians never come from it: they are a sum over all endings and over 509 lattice points of the
seven normal draws, the same in every run (`_tree`).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from .. import credit, loans, profitability, timevalue
from ..assumptions import Record, load
from ..distributions import norm_ppf, normal
from .shape import (
    Array,
    Draws,
    Result,
    bisect,
    drawer,
    lender_view,
    many,
    one_at_a_time,
    residual,
    sampling_interval,
    uniform_draws,
)

POLICIES = ("none", "pro_rata", "milestone")
NONE, PRO_RATA, MILESTONE = range(3)
ROUNDS = ("seed", "a", "b", "c")
QUARTERS = 40
YEAR = 4
#: A thousandth of a yuan: less is nothing.
DUST = 1e-9
#: A round is not priced below a fifth or above twenty times the last: beyond, it is not a round.
STEP_LIMITS = (0.2, 20.0)
#: The published shares of financings by multiple (65% below one, 10% at least five, 4% at least
#: ten): Correlation Ventures, 21,000 US financings of 2004-2013, as read in FACTS; all stages.
PUBLISHED = {"loss_share": 0.65, "five_share": 0.10, "ten_share": 0.04}
#: Shares of the US class of 2018 (Carta, 4,369 start-ups, at 1 January 2025) that raised the next
#: round once they had raised this one: seed to A, A to B, B to C.
CARTA_2018 = (0.6445, 0.4049, 0.3017)
#: CB Insights, 2017 edition: of 1,098 seed companies of 2008-2010, share with a second round.
CB_INSIGHTS_2017 = 0.46


@dataclass(frozen=True)
class Growth(Record):
    """The assumptions of the case; data/cases/growth.toml gives unit, range and reason."""

    # the seed round
    pre_money: float
    fair_value: float
    cheque: float
    others: float
    tranche: float
    tranche_quarter: int
    founder_shares: int
    pool_shares: int
    pool_top_up: float
    safe_first: float
    safe_second: float
    safe_cap_first: float
    safe_cap_second: float
    # the company's way
    opening_cash: float
    cushion: int
    raise_a: float
    raise_b: float
    raise_c: float
    quarters_seed: int
    quarters_a: int
    quarters_b: int
    quarters_c: int
    graduation_seed: float
    graduation_a: float
    graduation_b: float
    graduation_odds: float
    early_failure: float
    bought_seed: float
    bought_a: float
    bought_b: float
    bought_c: float
    step_up_a: float
    step_up_b: float
    step_up_c: float
    step_spread: float
    pricing: float
    momentum: float
    milestone_chance: float
    exit_multiple_seed: float
    exit_multiple_a: float
    exit_multiple_b: float
    exit_multiple_c: float
    exit_spread: float
    salvage: float
    path: str
    # the investor
    policy: str
    reserve: float
    service: str
    service_odds: float
    service_cost: float
    fund_size: int
    management_fee: float
    deployment: int
    # the bank
    loan_form: str
    loan: float
    loan_rate: float
    loan_quarters: int
    loan_grace: int
    arrangement_fee: float
    coverage: float
    partner_return: float
    ftp: float
    lpr: float
    lgd: float
    turnover: float
    capital_ratio: float
    hurdle: float
    tax: float
    origination_cost: float
    servicing_cost: float

    # the same by round, for the loops below

    @property
    def safe_amounts(self) -> tuple[float, ...]:
        return self.safe_first, self.safe_second

    @property
    def safe_caps(self) -> tuple[float, ...]:
        return self.safe_cap_first, self.safe_cap_second

    @property
    def raises(self) -> tuple[float, ...]:
        return self.raise_a, self.raise_b, self.raise_c

    @property
    def stage_quarters(self) -> tuple[int, ...]:
        return self.quarters_seed, self.quarters_a, self.quarters_b, self.quarters_c

    @property
    def graduation(self) -> tuple[float, ...]:
        return self.graduation_seed, self.graduation_a, self.graduation_b

    @property
    def bought(self) -> tuple[float, ...]:
        return self.bought_seed, self.bought_a, self.bought_b, self.bought_c

    @property
    def step_up(self) -> tuple[float, ...]:
        return self.step_up_a, self.step_up_b, self.step_up_c

    @property
    def exit_multiple(self) -> tuple[float, ...]:
        return (
            self.exit_multiple_seed,
            self.exit_multiple_a,
            self.exit_multiple_b,
            self.exit_multiple_c,
        )


def assumptions(path: str | Path | None = None) -> Growth:
    """The base case, or your own client's file of the same form (see data/README.md)."""
    return load(Growth, "growth", path)


#: What a scenario is drawn from: an outcome for each stage, then progress, market and exit.
DRAWS = (
    *(f"outcome_{k}" for k in ROUNDS),
    *(f"progress_{k}" for k in ROUNDS[1:]),
    *(f"market_{k}" for k in ROUNDS[1:]),
    "exit",
)


def sample(a: Growth, n: int, seed: int) -> Draws:
    """n scenarios as uniforms in [0, 1): the names are those of `DRAWS`, each (scenario,)."""
    return uniform_draws(DRAWS, n, seed)


def simulate(a: Growth, d: Draws | None = None, keep: Sequence[str] | None = None) -> Result:
    """Run the case: the story of `a.path`, or the scenarios of `sample`.

    All follow-on policies run; the result shows `a.policy` first. A single run has all lines and
    the expectations of `_tree`; many scenarios keep the lines named in `keep`.
    """
    if d is None:
        return _single(a)
    return many(partial(_scenarios, a), sample(a, 1, 0), d, keep)


# ------------------------------------------------------------------------------- shares


def safe_shares(shares: float, amounts: Sequence[float], caps: Sequence[float]) -> list[float]:
    """Whole shares into which post-money SAFEs convert, one entry a SAFE.

    A post-money SAFE owns amount / cap of the company as it is before the new money, all SAFEs
    included: with s = sum of amount / cap and `shares` of founders and pool, the company has
    shares / (1 - s) shares, and SAFE k holds the part amount_k / cap_k of them. A later SAFE
    therefore dilutes the founders and not the earlier SAFEs; the new round dilutes all.
    Needs s < 1 (ValueError). Source: Y Combinator, post-money SAFE user guide.
    """
    stakes = [amount / cap for amount, cap in zip(amounts, caps, strict=True)]
    if sum(stakes) >= 1:
        raise ValueError(
            f"the SAFEs would own {sum(stakes):.3g} of the company; less than 1 is allowed"
        )
    return [float(np.floor(shares * stake / (1 - sum(stakes)))) for stake in stakes]


def exit_waterfall(
    value: Array, common: Array, shares: Sequence[Array], preferences: Sequence[Array]
) -> tuple[list[Array], Array]:
    """What an exit pays each preferred class, and each common share: 1x non-participating.

    value: equity value X >= 0; common: common shares > 0; shares n_k and preferences L_k of the
    classes, zero where a class was never issued; all broadcast. Returns (payment of each class,
    value v of a common share).

    A class takes the better of its preference and conversion into n_k common shares, and all
    choices must hold together. If a common share is worth v the exit is worth
        X(v) = common v + sum_k max(n_k v, L_k),
    which rises in v: each X belongs to one v. Class k converts where v exceeds its conversion
    price p_k = L_k / n_k, that is where X exceeds X(p_k); so the cheapest class converts first.
    Preferences rank equally: where X < sum L each class gets X L_k / sum L and common nothing.
    """
    owed = sum(preferences)
    kept, converted = owed, common
    choices = []
    for n, preference in zip(shares, preferences, strict=True):
        price = preference / np.maximum(n, 1.0)
        others = (np.maximum(m * price, p) for m, p in zip(shares, preferences, strict=True))
        converts = value > common * price + sum(others)
        choices.append(converts)
        kept = kept - preference * converts
        converted = converted + n * converts
    # where a class converts nothing is lost to rounding: kept is a sum of the others' preferences
    per_share = np.maximum(value - kept, 0.0) / converted
    part = np.minimum(1.0, value / np.maximum(owed, 1e-300))
    paid = [
        np.where(converts, n * per_share, preference * part)
        for n, preference, converts in zip(shares, preferences, choices, strict=True)
    ]
    return paid, per_share


# ------------------------------------------------------------------------------- the company


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


def _graduation(a: Growth, progress: Sequence[Array]) -> list[Array | float]:
    """Chance to raise the next round from seed, A and B, given the progress seen at A and B."""
    service = a.service_odds if a.service == "on" else 1.0
    factors = [1.0, *(np.exp(a.momentum * x) for x in progress[:2])]
    chances = []
    for base, factor in zip(a.graduation, factors, strict=True):
        odds = base / (1 - base) * a.graduation_odds * service * factor
        chances.append(odds / (1 + odds))
    return chances


def _ends(a: Growth) -> tuple[float, ...]:
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


def _company(a: Growth, p: Paths) -> Company:
    ends = _ends(a)
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


def _investor(a: Growth, c: Company) -> Investor:
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


# ------------------------------------------------------------------------------- expectations


#: Points of the lattice, its factor, and the tilt of its first coordinate (see `_lattice`).
_POINTS, _FACTOR, _SHIFT, _WIDTH = 509, 49, 0.7, 1.2


def _lattice() -> tuple[Array, Array]:
    """Seven independent standard normals at the points of a rank-one lattice, and their weights.

    Rows: the market's mood at rounds A, B, C, the exit's luck, and three more for progress. Few
    companies make most of the value, and what makes them is mood and luck in the same direction:
    that direction is the first coordinate, drawn with mean 0.7 and deviation 1.2, and each point
    weighs what the standard normal density says of it. The mean multiple is then within about 0.01
    of that of millions of draws (tests/story_growth.py).
    """
    powers = np.array([pow(_FACTOR, k, _POINTS) for k in range(7)])
    z = np.asarray(norm_ppf((np.arange(_POINTS) * powers[:, None] % _POINTS + 0.5) / _POINTS))
    tilted = _SHIFT + _WIDTH * z[0]
    weight = np.exp((z[0] ** 2 - tilted**2) / 2)
    first = np.array([0.36, 0.36, 0.36, 0.78])
    basis, _ = np.linalg.qr(np.column_stack([first, np.eye(4)[:, :3]]))
    turned = basis * np.sign(basis[:, 0] @ first) @ np.stack([tilted, *z[1:4]])
    return np.concatenate([turned, z[4:]]), weight / weight.sum()


_NORMALS, _WEIGHTS = _lattice()


def _points(a: Growth) -> tuple[list[Array], list[Array], Array]:
    """(progress, market, exit) at the lattice points: mood = rho x + sqrt(1 - rho^2) z."""
    rest = np.sqrt(1 - a.pricing**2)
    moods = _NORMALS[:3]
    progress = [a.pricing * m + rest * w for m, w in zip(moods, _NORMALS[4:], strict=True)]
    market = [(m - a.pricing * x) / rest for m, x in zip(moods, progress, strict=True)]
    return progress, market, _NORMALS[3]


#: The endings: (last round, failed, early). Bought or failed after each round, or failed early.
ENDINGS = ((0, 1, 1), *((k, f, 0) for k in range(4) for f in (1, 0)))


@dataclass(frozen=True)
class Tree:
    """All endings over the lattice: chances (ending, point), and what each ending brings."""

    weight: Array
    paths: Paths
    company: Company
    investor: Investor
    chance: Array  # of each ending, (ending,)


def _tree(a: Growth) -> Tree:
    """Every ending of the company at every lattice point, each with its chance."""
    progress, market, luck = _points(a)
    stage, failed, early = (np.array(column)[:, None] for column in zip(*ENDINGS, strict=True))
    paths = Paths(stage, failed > 0, early, progress, market, luck)
    going, rows = _WEIGHTS, []
    for j, up in enumerate([*_graduation(a, paths.progress), 0.0]):
        ended = going * (1 - up)
        lost = ended * (1 - a.bought[j])
        rows += [lost * a.early_failure, lost * (1 - a.early_failure)] if j == 0 else [lost]
        rows.append(ended * a.bought[j])
        going = going * up
    weight = np.stack(rows)
    company = _company(a, paths)
    return Tree(weight, paths, company, _investor(a, company), weight.sum(axis=1))


def _share(weight: Array, where: Array) -> float:
    """The chance of a set of endings."""
    return float((weight * where).sum())


def _quantile(values: Array, weight: Array, level: float) -> float:
    """The least value whose cumulative chance reaches `level`."""
    order = np.argsort(values, axis=None, kind="stable")
    reached = np.cumsum(weight.ravel()[order])
    at = min(int(np.searchsorted(reached, level * reached[-1])), reached.size - 1)
    return float(values.ravel()[order[at]])


def _top_value(values: Array, weight: Array, top: float = 0.05) -> float:
    """Share of the whole expected value that the best `top` of outcomes bring."""
    order = np.argsort(-values, axis=None, kind="stable")
    w, x = weight.ravel()[order], values.ravel()[order]
    reached = np.cumsum(w)
    used = np.clip(top - (reached - w), 0.0, w)
    whole = float((w * x).sum())
    return float((used * x).sum()) / whole if whole > 0 else np.nan


def _by_quarter(end: Array, amounts: Array) -> Array:
    """Amounts (…, ending) added up by the quarter of the ending: (…, quarter 0 … 40)."""
    at = (np.arange(QUARTERS + 1)[:, None] == end).astype(float)
    return amounts @ at.T


def _expected_flows(a: Growth, t: Tree) -> Array:
    """What the investor expects to pay and get in each quarter, (policy, quarter)."""
    ends = _ends(a)
    w, end = t.weight, t.company.end[:, 0]
    flows = _by_quarter(end, (t.investor.proceeds * w).sum(axis=-1))
    flows[:, 0] -= (1 - a.tranche) * a.cheque
    flows[:, a.tranche_quarter] -= a.tranche * a.cheque * (1 - t.chance[0])
    for j, money in enumerate(t.investor.follow):
        flows[:, int(ends[j])] -= (money * w).sum(axis=(1, 2))
    if a.service == "on":
        flows[:, 1:] -= a.service_cost / YEAR * _alive_before(t)[1:]
    return flows


def _alive_before(t: Tree) -> Array:
    """Chance that the company has not ended before each quarter 0 … 40."""
    ended = _by_quarter(t.company.end[:, 0], t.chance)
    return 1.0 - (np.cumsum(ended) - ended)


#: The grid on which the fund's distribution is computed: multiples of the money committed to one
#: deal, from a total loss up; a single deal above `_MOST` counts as `_MOST`.
_STEP, _CELLS, _MOST = 0.05, 8192, 200.0


def _fund(a: Growth, t: Tree, sizes: Sequence[int]) -> list[tuple[Array, Array]]:
    """Distribution of a fund's multiple of committed money under each policy: see `_funds`."""
    gain = t.investor.proceeds - t.investor.spent
    return _funds(a, 1 + gain / _committed(a), t.weight, sizes)


def _committed(a: Growth) -> float:
    """Money that the fund commits to one deal: first cheque, reserve, service."""
    service = a.service_cost * _ends(a)[-1] / YEAR * (a.service == "on")
    return a.cheque * (1 + a.reserve) + service


def _funds(
    a: Growth, multiple: Array, weight: Array, sizes: Sequence[int]
) -> list[tuple[Array, Array]]:
    """Distribution of a fund of equal, independent deals: (multiple, chance) for each size.

    multiple: of one deal's committed money, (way, ending, point), money never called at par. It is
    spread on a grid so that its mean is kept; n deals are n-fold convolutions, done by the fast
    Fourier transform; management fees are taken off. chance: (way, cell).
    """
    cell = np.clip(multiple, 0.0, _MOST) / _STEP
    low = cell.astype(int)
    part = cell - low
    one = np.zeros((len(multiple), _CELLS))
    w = weight.ravel()
    for k in range(len(multiple)):
        i, f = low[k].ravel(), w * part[k].ravel()
        one[k] = np.bincount(i, w - f, _CELLS) + np.bincount(i + 1, f, _CELLS)
    wave = np.fft.rfft(one, axis=1)
    found = []
    for n in sizes:
        chance = np.clip(np.fft.irfft(wave**n, _CELLS, axis=1), 0.0, None)
        found.append((np.arange(_CELLS) * _STEP / n - _fees(a), chance))
    return found


def _fees(a: Growth) -> float:
    """Management fees over the fund's ten years, of the money committed."""
    return a.management_fee * QUARTERS / YEAR


def _fund_level(multiple: Array, chance: Array, level: float) -> float:
    return float(multiple[int(np.searchsorted(np.cumsum(chance), level * chance.sum()))])


# ------------------------------------------------------------------------------- the loan


@dataclass(frozen=True)
class Loan:
    """The loan as the bank expects it at signing; lines by quarter 0 … 40."""

    opening: Array
    interest: Array  # contractual, while the company lives
    principal: Array
    alive: Array  # chance to be alive before the quarter
    failing: Array  # chance to fail in the quarter
    fails: float  # chance to fail while the loan runs
    pd: float
    lgd: float  # after the partner's cover
    cover: float
    warrant_value: float
    loss: Array
    capital: Array  # capital x years
    cost: Array
    earning: Array  # balance-years that bear interest
    break_even: dict[str, float]
    raroc: float
    economic_profit: float
    stack: dict[str, dict[str, float]]


def _schedule(a: Growth) -> tuple[Array, Array, Array]:
    """(opening, interest, principal) of the loan by quarter 0 … 40, if it is always paid."""
    s = loans.equal_principal(a.loan, a.loan_rate / YEAR, a.loan_quarters, grace=a.loan_grace)
    lines = np.zeros((3, QUARTERS + 1))
    lines[:, 1 : a.loan_quarters + 1] = s.opening, s.interest, s.principal
    return lines[0], lines[1], lines[2]


def _loan(a: Growth, t: Tree) -> Loan:
    opening, interest, principal = _schedule(a)
    quarter = np.arange(QUARTERS + 1)
    end = t.company.end[:, 0]
    failing = _by_quarter(end, t.chance * t.paths.failed[:, 0])
    alive = _alive_before(t)
    fails = float(failing[1 : a.loan_quarters + 1].sum())
    years = a.loan_quarters / YEAR
    pd = credit.periodic_pd(fails, years)  # the PD of a year, from that of the loan's life

    # the partner's side: its warrant, and the losses that it could bear for it
    n = np.floor(a.coverage * a.loan / t.company.price[0])
    worth = (t.weight * t.company.per_share).sum(axis=1)
    discount = (1 + a.partner_return) ** (-end / YEAR)
    warrant_value = float((n * worth * discount).sum())
    gross_loss = opening * failing
    lost_now = a.lgd * float((gross_loss * (1 + a.ftp) ** (-quarter / YEAR)).sum())
    cover = min(1.0, warrant_value / lost_now) if lost_now > 0 else 1.0

    running = opening > 0
    cost = a.servicing_cost * alive * running
    cost[0] = a.origination_cost
    lent = opening * alive / YEAR
    earning = opening * (alive - failing) / YEAR
    fee = a.arrangement_fee * a.loan
    unearned = a.ftp * (lent - earning).sum()  # funding of the quarter in which it fails

    def side(lgd: float) -> dict[str, Any]:
        k = credit.irb_capital(pd, lgd, _maturity(opening), a.turnover, pd_floor=PD_FLOOR)
        capital = k * 12.5 * a.capital_ratio * lent
        loss = lgd * gross_loss
        terms = (loss.sum(), cost.sum() + unearned, capital.sum())
        rate = profitability.break_even_rate(
            earning.sum(), a.ftp, *terms, fees=fee, tax=a.tax, hurdle=a.hurdle
        )
        parts = {
            "funding": a.ftp * lent.sum(),
            "expected_loss": loss.sum(),
            "capital": a.hurdle * capital.sum() / (1 - a.tax),
            "cost": cost.sum() - fee,
        }
        stack = {name: float(x / earning.sum()) for name, x in parts.items()}
        return {"lgd": lgd, "loss": loss, "capital": capital, "rate": rate, "stack": stack}

    sides = {"plain": side(a.lgd), "linked": side(a.lgd * (1 - cover))}
    s = sides[a.loan_form]
    income = a.loan_rate * earning.sum() - a.ftp * lent.sum() + fee
    terms = (income, s["loss"].sum(), cost.sum(), s["capital"].sum())
    held = terms[-1] > 0
    raroc = profitability.raroc(*terms, tax=a.tax) if held else np.nan
    profit = profitability.economic_profit(*terms, tax=a.tax, hurdle=a.hurdle)
    return Loan(
        opening, interest, principal, alive, failing, fails, float(pd), s["lgd"], cover,
        warrant_value, s["loss"], s["capital"], cost, earning,
        {name: side["rate"] for name, side in sides.items()}, float(raroc), float(profit),
        {name: side["stack"] for name, side in sides.items()},
    )  # fmt: skip


#: The least PD that the final Basel III text lets a bank use (FACTS: read in a secondary copy).
PD_FLOOR = 0.0005


def _maturity(opening: Array) -> float:
    """Effective maturity of the loan in years, by balance, within the formula's 1 to 5."""
    return float(np.clip(opening.sum() / opening.max() / YEAR, 1.0, 5.0))


def _lender_lines(a: Growth, x: Loan) -> dict[str, Array]:
    """The bank's statement, as expected at signing; each (quarter, 1, 1)."""
    start = np.arange(QUARTERS + 1) == 0
    lines = lender_view(
        interest=a.loan_rate * x.earning,
        fees=start * a.arrangement_fee * a.loan,
        funding=a.ftp * x.opening * x.alive / YEAR,
        cost=x.cost,
        loss=x.loss,
        capital=x.capital,
        tax=a.tax,
        hurdle=a.hurdle,
    )
    return {name: line[:, None, None] for name, line in lines.items()}


# ------------------------------------------------------------------------------- quarters


def _quarters(
    a: Growth, c: Company, p: Paths, v: Investor, keep: Sequence[str] | None
) -> dict[str, Array]:
    """Lines of the firm and of the investor, quarter by quarter; each (quarter, policy or 1, n).

    Whoever raised money spends it evenly over the stage and `cushion` quarters beyond it: runway
    is planned, so that cash is left when the next round must be found.
    """
    n = len(c.end)
    shape = (QUARTERS + 1, 1, n)
    lines: dict[str, Array] = {}

    def put(t: int, **step: Any) -> None:
        for name in step.keys() if keep is None else step.keys() & set(keep):
            if name not in lines:
                per_policy = np.ndim(step[name]) == 2
                lines[name] = np.zeros((shape[0], len(POLICIES), n) if per_policy else shape)
            lines[name][t] = step[name]

    ends = [int(t) for t in _ends(a)]
    opening_balance, interest, principal = _schedule(a)
    seed = a.cheque + a.others
    sold = ~p.failed
    zero = np.zeros(n)
    many = np.zeros((len(POLICIES), n))
    paid_now = (1 - a.tranche) * seed
    fee = a.arrangement_fee * a.loan
    cash = zero + a.opening_cash + paid_now + a.loan - fee
    service = interest + principal

    def planned(t: int, j: int, cash: Array, coming: float = 0.0) -> Array:
        """Spending a quarter in the stage j that starts at t, what the bank must get set aside."""
        due = service[t + 1 : ends[j] + 1].sum()
        return np.maximum(cash + coming - due, 0.0) / (ends[j] - t + a.cushion)

    burn = planned(0, 0, cash, a.tranche * seed)
    put(0, opening=zero + a.opening_cash, seed_round=zero + paid_now, loan_draw=zero + a.loan,
        bank_fee=zero - fee, closing=cash, loan_balance=zero + a.loan, runway=cash / _safe(burn),
        later_rounds=zero, spending=zero, loan_service=zero, handed_over=zero,
        first_cheque=zero - (1 - a.tranche) * a.cheque, follow_on=many, service_fee=many,
        proceeds=many, investor_flow=many - (1 - a.tranche) * a.cheque)  # fmt: skip
    for t in range(1, QUARTERS + 1):
        opening = cash
        alive, ending = c.end >= t, c.end == t
        going = alive & ~ending
        seed_in = a.tranche * seed * (going | (ending & ~p.early)) * (t == a.tranche_quarter)
        first = -seed_in * (a.cheque / seed)
        later, follow = zero, many
        for j in range(3):
            if t == ends[j]:
                later = a.raises[j] * c.raised[j] * alive
                follow = -v.follow[j]
        spent = -burn * alive
        # a failed firm pays no more; a buyer repays the loan whole
        balance = opening_balance[t]
        pays = interest[t] + np.where(going, principal[t], balance)
        loan_service = -pays * (alive & (going | sold))
        cash = opening + seed_in + later + spent + loan_service
        handed = -cash * ending
        cash = cash + handed
        if t in ends[:3]:
            burn = np.where(going, planned(t, ends.index(t) + 1, cash), burn)
        left = (balance - principal[t]) * going
        got = v.proceeds * ending
        cost = -a.service_cost / YEAR * (a.service == "on") * alive
        put(t, opening=opening, seed_round=seed_in, later_rounds=later, loan_draw=zero,
            bank_fee=zero, spending=spent, loan_service=loan_service, handed_over=handed,
            closing=cash, loan_balance=left, runway=going * cash / _safe(burn),
            first_cheque=first, follow_on=follow, service_fee=cost + many, proceeds=got,
            investor_flow=first + follow + cost + got)  # fmt: skip
    return lines


def _safe(x: Array) -> Array:
    """A divisor that is never zero: no spending is an endless runway, shown as a long one."""
    return np.maximum(x, 1e-3)


# ------------------------------------------------------------------------------- the result

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
    balance = _schedule(a)[0]
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


def _scenarios(a: Growth, d: Draws, keep: Sequence[str]) -> Result:
    progress = [normal(d[f"progress_{k}"]) for k in ROUNDS[1:]]
    market = [normal(d[f"market_{k}"]) for k in ROUNDS[1:]]
    stage = np.zeros(len(d["exit"]), dtype=int)
    going, failed, early = stage == 0, stage > 0, stage
    for j, up in enumerate([*_graduation(a, progress), 0.0]):
        u = d[f"outcome_{ROUNDS[j]}"]
        lost = (1 - up) * (1 - a.bought[j])
        failed = failed | (going & (u < lost))
        if j == 0:
            early = (u < lost * a.early_failure).astype(int)
        going = going & (u >= 1 - up)
        stage = stage + going
    paths = Paths(stage, failed, early, progress, market, normal(d["exit"]))
    company = _company(a, paths)
    investor = _investor(a, company)
    lines = _quarters(a, company, paths, investor, keep) if keep else {}
    return Result(
        assumptions=a,
        chosen=a.policy,
        alternatives=POLICIES,
        single=False,
        all_lines=lines,
        all_metrics=_metrics(a, company, paths, investor),
        all_events=_events(company, paths, _ends(a)),
        checks=_checks(a, company, paths, investor),
        largest_balance=_largest(company),
        scenarios=len(stage),
    )


def _largest(c: Company) -> float:
    return float(max(np.max(c.value), *(np.max(p) for p in c.post)))


def _single(a: Growth) -> Result:
    stage, failed, early = (np.array([x]) for x in STORIES[a.path])
    zeros = [np.zeros(1)] * 3
    paths = Paths(stage, failed > 0, early, zeros, zeros, np.zeros(1))
    company = _company(a, paths)
    investor = _investor(a, company)
    tree = _tree(a)
    loan = _loan(a, tree)
    lines = _quarters(a, company, paths, investor, None)
    lines |= _lender_lines(a, loan)
    lines |= _holder_lines(a, company, investor, stage)
    flows = lines["investor_flow"][:, :, 0].T
    expected, expected_checks = _expectations(a, tree, loan, flows)
    metrics = _metrics(a, company, paths, investor) | expected
    metrics["lowest_cash"] = lines["closing"][: int(company.end[0]), 0].min(axis=0, keepdims=True)
    metrics["runway_at_start"] = lines["runway"][0]
    metrics["stake_after_seed"] = (company.first / company.outstanding[0] * np.ones(1))[None]
    held = company.first + sum(investor.follow_shares)
    metrics["stake_at_exit"] = held / (company.common + sum(company.shares))
    metrics["founders_at_exit"] = (a.founder_shares / (company.common + sum(company.shares)))[None]
    checks = _checks(a, company, paths, investor) | expected_checks
    checks |= _line_checks(a, company, paths, investor, lines)
    profit = lines["economic_profit_line"].sum()
    checks["profit_foots"] = residual(profit - loan.economic_profit)
    return Result(
        assumptions=a,
        chosen=a.policy,
        alternatives=POLICIES,
        single=True,
        all_lines=lines,
        all_metrics=metrics,
        all_events=_events(company, paths, _ends(a)),
        checks=checks,
        largest_balance=_largest(company),
    )


def _holder_lines(a: Growth, c: Company, v: Investor, stage: Array) -> dict[str, Array]:
    """Shares by holder at the end of each quarter, none from the quarter of the end on."""
    lines = {f"{name}_shares": np.zeros((QUARTERS + 1, len(POLICIES), 1)) for name in HOLDERS}
    starts = [0, *(int(t) for t in _ends(a)[:3])]
    for k in range(int(stage[0]) + 1):
        for name, held in zip(HOLDERS, _holdings(a, c, v, k), strict=True):
            lines[f"{name}_shares"][starts[k] :] = held
    for line in lines.values():
        line[int(c.end[0]) :] = 0.0
    lines["all_shares"] = sum(lines.values())
    return lines


def _annual_irr(flows: Array) -> Array:
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
    committed = _committed(a)
    gain = v.proceeds - v.spent
    mean_gain = (gain * w).sum(axis=(1, 2))
    spent = (v.spent * w).sum(axis=(1, 2))
    proceeds = (v.proceeds * w).sum(axis=(1, 2))
    flows = _expected_flows(a, t)
    rates = _annual_irr(np.concatenate([flows, path_flows]))[:, None]
    ((multiple, chance),) = _fund(a, t, (a.fund_size,))
    reached = [1.0] + [float(t.chance[3 + 2 * j :].sum()) for j in range(3)]

    def one(value: float) -> Array:
        return np.full((1, 1), value)

    metrics = {
        "mean_multiple": one(float((first * w).sum())),
        "median_multiple": one(_quantile(first, w, 0.5)),
        "loss_share": one(_share(w, first < 1)),
        "five_share": one(_share(w, first >= 5)),
        "ten_share": one(_share(w, first >= 10)),
        "fifty_share": one(_share(w, first >= 50)),
        "top_value": one(_top_value(first * np.ones_like(w), w)),
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
        "fund_median": np.array([[_fund_level(multiple, row, 0.5)] for row in chance]),
        "fund_high": np.array([[_fund_level(multiple, row, 0.9)] for row in chance]),
        "fund_mean": (1 + mean_gain / committed - _fees(a))[:, None],
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
    ended = _by_quarter(c.end[:, 0], t.chance)
    return metrics, {
        "chances_sum_to_one": residual(w.sum() - 1, reached[3] - float(t.chance[7:].sum())),
        "flows_add_up_to_gain": residual(flows.sum(axis=1) - mean_gain),
        "break_even_is_zero_profit": residual(at_rate),
        "every_path_ends": residual(ended.sum() - 1),
    }


def _checks(a: Growth, c: Company, p: Paths, v: Investor) -> dict[str, float]:
    """Identities of cap table and exit, from totals and not from the steps that made them."""
    # every share outstanding after the last round has a holder
    everyone = c.common + sum(c.shares)
    outstanding = c.outstanding[0]
    for j, up in enumerate(c.raised):
        outstanding = np.where(up, c.outstanding[j + 1], outstanding)
    # money buys whole shares: what is left over is less than the price of one share
    over = [m - n * price for m, n, price in zip(a.raises, c.issued, c.price[1:], strict=True)]
    short = [np.maximum(-o, o - price) for o, price in zip(over, c.price[1:], strict=True)]
    # pre-money is the worth of all shares there were, at the new price
    pre = [
        price * s + money - post
        for price, s, money, post in zip(
            c.price[1:], c.before[1:], a.raises, c.post[1:], strict=True
        )
    ]
    paid = sum(c.paid) + c.common * c.per_share
    return {
        "every_share_has_a_holder": residual(everyone - outstanding),
        "money_buys_whole_shares": residual(*(np.maximum(s, 0.0) for s in short)),
        "pre_money_is_price_times_shares": residual(*pre),
        "exit_is_paid_out": residual(paid - c.value),
        "nobody_would_switch": residual(_regret(c)),
        "reserve_is_not_overdrawn": residual(np.maximum(sum(v.follow) - a.reserve * a.cheque, 0.0)),
    }


def _regret(c: Company) -> Array:
    """The most that a class could gain by the other choice, the others' choices kept.

    Each class's own choice is read off its payment: above its preference it has converted.
    """
    converted = [
        (pay > preference) & (n > 0)
        for pay, preference, n in zip(c.paid, c.preferences, c.shares, strict=True)
    ]
    kept = sum(pref * ~conv for pref, conv in zip(c.preferences, converted, strict=True))
    pot = c.common + sum(n * conv for n, conv in zip(c.shares, converted, strict=True))
    worst = np.zeros(np.shape(c.value))
    for n, pref, pay, conv in zip(c.shares, c.preferences, c.paid, converted, strict=True):
        alone = n * np.maximum(c.value - (kept - pref), 0.0) / (pot + n)
        back = np.minimum(pref, np.maximum(c.value - kept, 0.0))
        worst = np.maximum(worst, (np.where(conv, back, alone) - pay) * (n > 0))
    return worst


def _line_checks(
    a: Growth, c: Company, p: Paths, v: Investor, lines: dict[str, Array]
) -> dict[str, float]:
    flows = ("seed_round", "later_rounds", "loan_draw", "bank_fee", "spending", "loan_service",
             "handed_over")  # fmt: skip
    moved = sum(lines[k] for k in flows)
    got = lines["seed_round"].sum(axis=0) + lines["later_rounds"].sum(axis=0)
    holders = sum(c.preferences) - sum(a.safe_amounts)
    flow = lines["investor_flow"].sum(axis=0)
    parts = ("first_cheque", "follow_on", "service_fee", "proceeds")
    return {
        "client_cash_rolls": residual(lines["closing"][-1] - a.opening_cash - moved.sum(axis=0)),
        "statement_foots": residual(lines["opening"] + moved - lines["closing"]),
        "quarters_join": residual(lines["opening"][1:] - lines["closing"][:-1]),
        "every_yuan_was_paid_by_a_holder": residual(got - holders),
        "investor_flow_is_gain": residual(flow - (v.proceeds - v.spent)),
        "investor_statement_foots": residual(sum(lines[k] for k in parts) - lines["investor_flow"]),
        "loan_repays": _loan_gap(a, c, bool(p.failed[0]), lines),
    }


def _loan_gap(a: Growth, c: Company, failed: bool, lines: dict[str, Array]) -> float:
    """What was lent comes back with interest, or what was owed at the failure is lost."""
    balance = lines["loan_balance"][:, 0, 0]
    end = int(c.end[0])
    lost = balance[end - 1] if failed else 0.0
    interest = a.loan_rate / YEAR * (balance[:-1].sum() - lost)
    net = lines["loan_draw"].sum() + lines["loan_service"].sum()
    return residual(net + interest - lost)


# ------------------------------------------------------------------------------- the questions


def _plan(a: Growth) -> tuple[Paths, Company, Investor]:
    """The plan, whatever the single run tells: three more rounds at median luck, then sold."""
    zeros = [np.zeros(1)] * 3
    stage, failed, early = (np.array([x]) for x in STORIES["plan"])
    paths = Paths(stage, failed > 0, early, zeros, zeros, np.zeros(1))
    company = _company(a, paths)
    return paths, company, _investor(a, company)


#: The edges of the published buckets: below one, one to five, five to ten, at least ten times.
EDGES = (0.0, 1.0, 5.0, 10.0, np.inf)


def _buckets(values: Array, weight: Array) -> Array:
    return np.array(
        [_share(weight, (values >= low) & (values < high)) for low, high in pairwise(EDGES)]
    )


def _published_buckets() -> Array:
    loss, five, ten = PUBLISHED.values()
    return np.array([loss, 1 - loss - five, five - ten, ten])


def outcomes(r: Result) -> dict[str, Any]:
    """First-cheque multiples in the published buckets, and the chosen policy's fund.

    `fund`: (multiple of committed money, chance that the fund returns no more).
    """
    a = r.assumptions
    t = _tree(a)
    first = t.investor.first_proceeds[0] / t.company.first_paid
    ((multiple, chance),) = _fund(a, t, (a.fund_size,))
    row = chance[POLICIES.index(r.chosen)]
    return {
        "model": _buckets(first, t.weight),
        "published": _published_buckets(),
        "fund": (multiple, np.cumsum(row)),
    }


HOLDERS = ("founders", "pool", "angels", "partner", "first", "follow", "others")


def _holdings(a: Growth, c: Company, v: Investor, rounds: int) -> list[Array]:
    """Shares by holder after round `rounds` (0 seed … 3 C) of a path that got there."""
    safes = len(a.safe_amounts)
    every = np.ones((len(POLICIES), len(c.end)))
    founders, first = every * a.founder_shares, every * c.first
    follow = every * 0 + sum(v.follow_shares[:rounds])
    preferred = sum(c.shares[safes : safes + 1 + rounds])
    total = every * c.outstanding[rounds]
    angels = every * sum(c.shares[:safes])
    partner = every * c.warrant
    pool = total - founders - angels - partner - preferred
    return [founders, pool, angels, partner, first, follow, preferred - first - follow]


def cap_table(r: Result) -> dict[str, Array]:
    """Stakes (holder, round) of the plan for the chosen policy; each round adds up to one."""
    a = r.assumptions
    _, c, v = _plan(a)
    at = POLICIES.index(r.chosen)
    held = [[h[at, 0] for h in _holdings(a, c, v, k)] for k in range(len(ROUNDS))]
    shares = np.array(held).T
    return {
        "stake": shares / shares.sum(axis=0),
        "post": np.array(_flat(c.post)),
    }


def _flat(arrays: Sequence[Array]) -> list[float]:
    return [float(np.ravel(x)[0]) for x in arrays]


def plan(r: Result) -> Result:
    """The single run of the plan."""
    return simulate(r.assumptions.replace(path="plan"))


def exits(r: Result, values: Array | None = None) -> dict[str, Array]:
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


def funnel(r: Result) -> dict[str, Array]:
    """Share of seed companies that raise A, B, C: the model, Carta's class of 2018, CB Insights."""
    m = r.metrics
    return {
        "model": np.array([m[f"reach_{k}"] for k in ROUNDS[1:]]),
        "carta": np.cumprod(CARTA_2018),
        "cb_insights": np.array([CB_INSIGHTS_2017]),
    }


@dataclass(frozen=True)
class Staging:
    """Equal committed money: all at the seed, part of it at A, or at A past the milestone.

    Each has three entries. Money never called counts at par.
    """

    per_committed: Array
    per_spent: Array
    expected_loss: Array
    loss_probability: Array
    fund_loss: Array


def _staging(a: Growth) -> Staging:
    t = _tree(a)
    w, c, v = t.weight, t.company, t.investor
    seed_paid, seed_got = c.first_paid / a.cheque, v.first_proceeds[0] / a.cheque
    raised = np.asarray(c.raised[0], float)
    later_got = c.paid[len(a.safe_amounts) + 1] / a.raises[0]
    kept = a.reserve / (1 + a.reserve)
    ways, gains = [], []
    for later, share in ((0.0, 0.0), (raised, kept), (raised * c.met[0], kept)):
        paid = (1 - share) * seed_paid + share * later * np.ones_like(w)
        got = (1 - share) * seed_got + share * later * later_got
        gain = got - paid
        gains.append(gain)
        ways.append(
            [
                1 + float((w * gain).sum()),
                float((w * got).sum() / (w * paid).sum()),
                float((w * np.maximum(-gain, 0)).sum()),
                _share(w, gain < -DUST),
            ]
        )
    ((multiple, chance),) = _funds(a, 1 + np.stack(gains), w, (a.fund_size,))
    return Staging(*np.array(ways).T, (chance * (multiple < 1)).sum(axis=1))


def staging(
    r: Result, step_ups: Sequence[float] = tuple(np.linspace(0.8, 3.0, 23))
) -> dict[str, Any]:
    """All at once or in stages, by the median step-up from seed to A.

    Arrays are (way, step-up), ways as in `Staging`. `stops`: the step-up at which keeping money
    for A brings no more per yuan committed than putting all in now; `stops_spent`: per yuan spent.
    """
    a = r.assumptions

    def at(step: float) -> Staging:
        return _staging(a.replace(step_up_a=float(step)))

    rows = [at(step) for step in step_ups]
    names = ("per_committed", "per_spent", "expected_loss", "loss_probability", "fund_loss")

    def pays(name: str) -> Callable[[float], bool]:
        return lambda step: bool(np.subtract(*getattr(at(step), name)[[1, 0]]) > 0)

    now = _staging(a)
    return {
        "step_up": np.asarray(step_ups, float),
        **{k: np.stack([getattr(row, k) for row in rows], axis=1) for k in names},
        "now": {k: getattr(now, k) for k in names},
        "stops": bisect(pays("per_committed"), 0.8, 4.0),
        "stops_spent": bisect(pays("per_spent"), 0.8, 4.0),
    }


def policies(r: Result) -> dict[str, Array]:
    """Per policy: multiple on committed and on spent money, chance of loss, expected loss."""
    names = ("multiple_committed", "multiple_spent", "loss_probability", "fund_loss_probability")
    return {k: r.all_metrics[k][:, 0] for k in names}


def follow_on_multiples(r: Result) -> dict[str, float]:
    """What a yuan of follow-on money alone is expected to return, by policy."""
    m = r.all_metrics
    more, paid = (m[k][1:, 0] - m[k][NONE, 0] for k in ("expected_gain", "expected_spent"))
    return dict(zip(POLICIES[1:], (1 + more / paid).tolist(), strict=True))


def _fund_flows(a: Growth, deal: Array) -> Array:
    """A fund's flows (…, quarter) from those of its average deal, deals spread evenly, fees paid.

    Of the money committed to the fund; the fund lasts the deployment and ten years.
    """
    length = QUARTERS + a.deployment
    flows = np.zeros((*deal.shape[:-1], length))
    for start in range(a.deployment):
        flows[..., start : start + QUARTERS + 1] += deal / a.deployment
    committed = _committed(a)
    flows /= committed
    flows[..., 1 : QUARTERS + 1] -= a.management_fee / YEAR
    return flows


def j_curve(r: Result, funds: int = 300, seed: int = 20260915) -> dict[str, Array]:
    """Cumulative flows of the fund over its life, of committed money, for the chosen policy.

    `expected` (quarter,); `low`, `middle`, `high`: 10th, 50th and 90th percentile of simulated
    funds at each quarter, a fixed seed.
    """
    a = r.assumptions
    at = POLICIES.index(r.chosen)
    expected = _fund_flows(a, _expected_flows(a, _tree(a)))[at]
    n = a.fund_size
    many = simulate(a, sample(a, funds * n, seed), keep=("investor_flow",)).alternative(r.chosen)
    deals = many.lines["investor_flow"].T.reshape(funds, n, QUARTERS + 1)
    # deal i of each fund starts in its own quarter
    length = QUARTERS + a.deployment
    flows = np.zeros((funds, length))
    for i in range(n):
        start = i * a.deployment // n
        flows[:, start : start + QUARTERS + 1] += deals[:, i]
    committed = n * (_committed(a))
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
    r: Result, sizes: Sequence[int] = (1, 2, 3, 5, 7, 10, 15, 20, 25, 30, 40, 50, 60)
) -> dict[str, Array]:
    """Chance that a fund returns less than was paid in, (policy, size)."""
    a = r.assumptions
    found = _fund(a, _tree(a), sizes)
    loss = np.stack([(p * (x < 1)).sum(axis=1) for x, p in found], axis=1)
    return {"size": np.asarray(sizes), "loss": loss}


def concentration(r: Result) -> dict[str, Array]:
    """Share of the whole expected value that the best share of outcomes brings, first cheque."""
    t = _tree(r.assumptions)
    first = (t.investor.first_proceeds[0] / t.company.first_paid) * np.ones_like(t.weight)
    top = np.linspace(0.0, 1.0, 101)
    return {"top": top, "value": np.array([_top_value(first, t.weight, x) for x in top])}


def loan_price(r: Result) -> dict[str, dict[str, float]]:
    """What the break-even rate of each loan form is made of, as an annual rate on the balance."""
    x = _loan(r.assumptions, _tree(r.assumptions))
    return {name: parts | {"total": x.break_even[name]} for name, parts in x.stack.items()}


def cover_curve(
    r: Result, coverages: Sequence[float] = tuple(np.linspace(0, 0.6, 25))
) -> dict[str, Any]:
    """Break-even rate of the linked loan by coverage; at `needed` it is the loan's rate."""
    a = r.assumptions

    def rate(coverage: float) -> float:
        b = a.replace(coverage=float(coverage), loan_form="linked")
        return _loan(b, _tree(b)).break_even["linked"]

    return {
        "coverage": np.asarray(coverages, float),
        "rate": np.array([rate(x) for x in coverages]),
        "needed": bisect(lambda x: rate(x) > a.loan_rate, 0.0, 1.0),
    }


def futures(r: Result, n: int = 20_000, seed: int = 20260915) -> dict[str, Any]:
    """A seeded Monte Carlo beside the sum over all endings: first-cheque multiples by bucket.

    `low` and `high` bound the simulated share by 1.96 standard errors.
    """
    many = simulate(r.assumptions, sample(r.assumptions, n, seed))
    share = _buckets(many.metrics["path_first_multiple"], np.full(n, 1 / n))
    return {"exact": outcomes(r)["model"]} | sampling_interval(share, n)


#: What the tornado moves, by how many steps of its slider each way.
MOVES = {
    "pre_money": 5, "graduation_odds": 3, "exit_spread": 4, "step_spread": 4, "momentum": 6,
    "pricing": 5, "pool_top_up": 4, "salvage": 2, "early_failure": 4,
}  # fmt: skip


def tornado(r: Result) -> list[tuple[str, float, float, float, float]]:
    """(assumption, low value, high value, mean multiple at each), widest first."""
    a = r.assumptions

    def mean(b: Growth) -> float:
        t = _tree(b)
        return float((t.weight * t.investor.first_proceeds[0] / t.company.first_paid).sum())

    moves = {}
    for name, steps in MOVES.items():
        now, move = float(getattr(a, name)), steps * a.spec.assumptions[name].step
        moves[name] = now - move, now + move
    return one_at_a_time(a, moves, mean)


def service_value(r: Result) -> dict[str, float]:
    """What service is worth to the investor: gain a deal, and the odds ratio from which it pays."""
    a = r.assumptions
    at = POLICIES.index(r.chosen)

    def gain(**changes: Any) -> float:
        t = _tree(a.replace(**changes))
        return float((t.weight * (t.investor.proceeds - t.investor.spent)[at]).sum())

    without = gain(service="off")
    return {
        "gain": gain(service="on") - without,
        "needed": bisect(lambda x: gain(service="on", service_odds=x) < without, 1.0, 2.0, 20),
    }


def highest_pre_money(r: Result, asked: float | None = None) -> float:
    """The pre-money value at which the chosen policy should earn the return asked, a year."""
    a = r.assumptions
    at = POLICIES.index(r.chosen)
    asked = a.partner_return if asked is None else asked

    def earns(pre: float) -> bool:
        b = a.replace(pre_money=pre)
        return bool(_annual_irr(_expected_flows(b, _tree(b))[at : at + 1])[0] > asked)

    spec = a.spec.assumptions["pre_money"]
    return bisect(earns, spec.low, spec.high, 20)


def findings(r: Result) -> dict[str, float]:
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


# ------------------------------------------------------------------------------- the pictures

#: Name of a figure -> what it is drawn from; the drawing is in casebook.charts.growth.
FIGURES = {
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

figure = drawer("growth", FIGURES)

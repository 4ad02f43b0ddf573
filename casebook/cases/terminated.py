"""Case 5, terminated: a loan goes bad, and the bank must choose how to end the relationship.

Monthly, from the first drawing (month 0) through the clean years to the missed payment, and 60
months beyond default. Four ways out of the same claim run side by side: enforce, settle, sell,
bankruptcy. Money is in CNY million, flows fall at month end, inflows are positive.

The client
    B_t    equal principal; cash flow of the business is cover x debt service until trouble starts,
           then the cover falls in a straight line. Owners take what is above a buffer, and the
           buffer is what the trouble eats until the missed payment.
The claim
    EAD    balance at default + unpaid interest. After that C_t = C_(t-1) (1 + p / 12) + costs -
           receipts, p = rate x (1 + penalty); in bankruptcy interest stops at the petition.
The collateral
    V_t    appraisal x market share x level x (1 - decay)^t. A round sells with probability
           N(ln(V_t / reserve) / s); the price is reserve + competition x max(V_t - reserve, 0).
           Round one, round two, a sale at the second reserve for 60 days, taking in kind.
The lender
    LGD = 1 - PV(recoveries - costs) / EAD at default, discounted at the stated rate.
    The expectation is a quadrature over price level x delay x branch of the auction x guarantor.
    All-in value = PV of recoveries - costs, after tax in the month in which tax moves, less the
    hurdle on the capital that the bad loan still holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from .. import credit, loans, profitability, timevalue, workout
from ..assumptions import Record, load
from ..distributions import norm_cdf, normal, pick
from .shape import (
    Array,
    Draws,
    Result,
    drawer,
    lender_view,
    many,
    one_at_a_time,
    residual,
    uniform_draws,
)

WAYS = ("enforce", "settle", "sell", "bankruptcy")
ENFORCE, SETTLE, SELL, BANKRUPTCY = range(4)
#: The two ways that go through an auction.
FORCED = (ENFORCE, BANKRUPTCY)
#: Where the collateral ends: the branches of the auction.
BRANCHES = ("round_one", "round_two", "fixed_price", "in_kind")
MONTHS = 12
#: Months after default that the model follows.
HORIZON = 60
#: A sale at the second reserve lasts 60 days.
SALE_MONTHS = 2
#: A court's delay comes in steps of three months.
DELAY_STEP = 3
#: Standard normal nodes of the price level, and the mass that each stands for.
NODES = np.linspace(-4.0, 4.0, 41)
_EDGES = norm_cdf((NODES[:-1] + NODES[1:]) / 2)
NODE_MASS = np.diff(np.concatenate([[0.0], _EDGES, [1.0]]))


@dataclass(frozen=True)
class Terminated(Record):
    """The assumptions of the case; data/cases/terminated.toml gives unit, range and reason."""

    # the way out
    way: str
    settlement_offer: float
    settle_months: int
    settle_cost: float
    sale_price: float
    sell_months: int
    sell_cost: float
    # the loan
    principal: float
    term: int
    rate: float
    penalty: float
    ftp: float
    lpr: float
    fee_income: float
    servicing_cost: float
    pd: float
    lgd_planned: float
    # the client
    missed_month: int
    cure_months: int
    cover: float
    cover_end: float
    trouble_months: int
    exit_cover: float
    orderly_share: float
    orderly_months: int
    prepayment_fee: float
    # the collateral
    collateral_value: float
    market_share: float
    price_spread: float
    decay: float
    first_reserve: float
    auction_cut: float
    bidder_spread: float
    competition: float
    sale_cost: float
    resale_months: int
    resale_cost: float
    # who else is paid
    prior_tax: float
    administration: float
    free_assets: float
    bankruptcy_costs: float
    wages: float
    social_tax: float
    other_creditors: float
    guarantor_assets: float
    guarantor_chance: float
    guarantor_months: int
    # the way through the courts
    suit_months: int
    judgment_months: int
    delay_probabilities: tuple[float, ...]
    listing_months: int
    round_gap: int
    distribution_months: int
    bankruptcy_months: int
    legal_cost: float
    care_cost: float
    # the bank
    discount_rate: float
    write_off_months: int
    default_weight: float
    capital_ratio: float
    hurdle: float
    tax: float


def assumptions(path: str | Path | None = None) -> Terminated:
    """The base case, or your own client's file of the same form (see data/README.md)."""
    return load(Terminated, "terminated", path)


#: What is uncertain after default: one uniform each.
DRAWS = ("price", "delay", "round_one", "round_two", "fixed_price", "guarantor")


def sample(a: Terminated, n: int, seed: int) -> Draws:
    """n scenarios as uniforms in [0, 1): price level, delay, three rounds, the guarantor."""
    return uniform_draws(DRAWS, n, seed)


def simulate(a: Terminated, d: Draws | None = None, keep: Sequence[str] | None = None) -> Result:
    """Run the case: the plan as it stands, or the scenarios of `sample`.

    All four ways run; the result shows the way of `a.way` first. A single run keeps all lines;
    many keep those named in `keep` (client and bank cash lines). Without draws prices are at the
    market, the court is on time, and a round sells, or a guarantor pays, if that is likelier than
    not.
    """
    if d is None:
        return _result(a, _path(a, np.ones(1), np.zeros(1), np.full((4, 1), 0.5)), None)
    return many(partial(_scenarios, a), sample(a, 1, 0), d, keep)


def _scenarios(a: Terminated, d: Draws, keep: Sequence[str]) -> Result:
    delay = DELAY_STEP * pick(a.delay_probabilities, d["delay"])
    level = _price_level(a, normal(d["price"]))
    rest = np.stack([d[k] for k in DRAWS[2:]])
    return _result(a, _path(a, level, delay, rest), keep)


def _price_level(a: Terminated, z: Array) -> Array:
    """Lognormal with mean one: the market share is the average, not the best case."""
    return np.exp(a.price_spread * z - a.price_spread**2 / 2)


# ------------------------------------------------------------------------------- the clean years


@dataclass(frozen=True)
class Clean:
    """What happens before default, each (month 0 … default): the same in every scenario."""

    default: int  # month in which the loan is called
    balance: Array  # principal outstanding
    accrued: Array  # interest earned
    interest: Array  # interest paid
    principal: Array  # principal paid
    service: Array  # what was due
    operations: Array
    cover: Array
    owners: Array
    buffer: float  # cash the firm keeps
    cash: Array

    @property
    def ead(self) -> float:
        """Exposure at default: the balance and the interest that was earned and not paid."""
        return float(self.balance[-1] + (self.accrued - self.interest).sum())


def _clean(a: Terminated) -> Clean:
    """The loan and the firm from the first drawing to default."""
    missed, default = a.missed_month, a.missed_month + a.cure_months
    plan = loans.equal_principal(a.principal, a.rate / MONTHS, a.term)
    month = np.arange(default + 1)
    paid = (month >= 1) & (month < missed)

    def from_plan(line: Array) -> Array:
        return np.concatenate([[0.0], line[:default]])

    principal = np.where(paid, from_plan(plan.principal), 0.0)
    balance = a.principal - np.cumsum(principal)
    accrued = np.concatenate([[0.0], a.rate / MONTHS * balance[:-1]])
    service = from_plan(plan.payment)
    # at the missed payment the cover has reached its end; after it the business earns its wages
    worse = np.clip((month - (missed - a.trouble_months)) / a.trouble_months, 0.0, 1.0)
    cover = a.cover + (a.cover_end - a.cover) * worse
    operations = np.where((month >= 1) & (month <= missed), cover * service, 0.0)
    interest = np.where(paid, accrued, 0.0)
    spare = np.where(paid, operations - service, 0.0)
    owners = -np.maximum(spare, 0.0)
    buffer = float(np.maximum(-spare, 0.0).sum())  # what the trouble eats before the missed payment
    cash = buffer + np.cumsum(operations + owners - interest - principal)
    return Clean(default, balance, accrued, interest, principal, service, operations, cover, owners,
                 buffer, cash)  # fmt: skip


# ------------------------------------------------------------------------------- the auction


@dataclass(frozen=True)
class Outcome:
    """What happens after default. Months count from default; arrays are (way, scenario).

    `rows`: the bank's (month, recovery, cost), each (row, way, scenario), the last being the value
    today of care. `entries()`: (line of the client's or bank's statement, month, amount).
    """

    clean: Clean
    rows: tuple[Array, Array, Array]
    entries: Callable[[], list[tuple[str, Array, Array]]]
    branch: Array
    chance: Array  # of each branch, (branch, forced way, scenario)
    suit: Array
    judgment: Array
    sold: Array
    paid: Array  # the month in which the sale is distributed, or the settlement or price is paid
    over: Array  # the month from which nothing has to be guarded any more
    closed: Array
    price: Array
    claim: Array  # on the day on which it is paid
    left: Array  # of the claim, given up when the file is closed
    received: Array  # credited to the claim
    guarantor: Array
    nominal: Array
    waterfall_gap: float
    value: Array
    lgd: Array
    all_in: Array


def _auction(a: Terminated, first: Array, level: Array) -> tuple[Array, Array, Array]:
    """(chance, price, month) of each branch, each (branch, way, scenario); `first` is (way, n)."""
    decay = (1.0 - a.decay) ** np.arange(HORIZON + 1)
    reserve = a.first_reserve * a.collateral_value
    second = reserve * (1.0 - a.auction_cut)
    months = np.stack([first, first + a.round_gap, *2 * [first + a.round_gap + SALE_MONTHS]])
    worth = a.collateral_value * a.market_share * level * decay[months[:3]]
    reserves = np.array([reserve, second, second])[:, None, None]
    sells = norm_cdf(np.log(worth / reserves) / a.bidder_spread)
    fails = 1.0 - sells
    chance = np.stack([
        sells[0], fails[0] * sells[1], fails[0] * fails[1] * sells[2],
        fails[0] * fails[1] * fails[2],
    ])  # fmt: skip
    bid = reserves[:2] + a.competition * np.maximum(worth[:2] - reserves[:2], 0.0)
    fixed = np.full_like(worth[0], second)
    return chance, np.stack([bid[0], bid[1], fixed, fixed]), months


def _path(
    a: Terminated,
    level: Array,
    delay: Array,
    draws: Array | None,
    *,
    branch: Array | None = None,
    pays: Array | None = None,
    offer: Array | None = None,
) -> Outcome:
    """The four ways from default to the closed file, over price level and delay, each (scenario,).

    `draws` are the uniforms of the three rounds and of the guarantor, (4, scenario); a quadrature
    gives the `branch` and whether the guarantor `pays` instead. `offer` replaces the settlement.
    """
    clean = _clean(a)
    ead, n = clean.ead, len(level)
    shape = (len(WAYS), n)
    delay = np.asarray(delay, int)
    judged = np.stack([
        a.suit_months + a.judgment_months + delay, a.suit_months + a.bankruptcy_months + delay
    ])  # fmt: skip
    first = judged + np.array([[a.listing_months], [0]])
    chance, prices, months = _auction(a, first, level)
    if branch is None:
        likely = np.cumsum(chance[:3], axis=0)
        # a round that is reached sells where its draw is below its own chance
        reached = 1.0 - np.concatenate([np.zeros((1, *likely.shape[1:])), likely[:2]])
        fails = draws[:3, None] * reached >= chance[:3]
        branch = fails[0].astype(int) + (fails[0] & fails[1]) + (fails[0] & fails[1] & fails[2])
        pays = draws[3] < a.guarantor_chance
    branch = np.broadcast_to(branch, (2, n))
    price = np.take_along_axis(prices, branch[None], axis=0)[0]
    sold = np.take_along_axis(months, branch[None], axis=0)[0]
    paid = sold + a.distribution_months
    kind = branch == len(BRANCHES) - 1

    # the legal claim on the day of distribution; in bankruptcy interest stops at the petition
    growth = (1.0 + a.rate * (1.0 + a.penalty) / MONTHS) ** np.arange(HORIZON + 1)
    half = a.legal_cost * ead / 2
    claim = np.stack([
        ead * growth[paid[0]]
        + half * (growth[paid[0] - a.suit_months] + growth[paid[0] - judged[0]]),
        np.full(n, ead * growth[a.suit_months] + half),
    ])  # fmt: skip
    cash = max(float(clean.cash[-1]), 0.0)  # with no cover left, a rounding error below zero
    w = _distribute(a, price, claim, cash)

    # what the bank gets, month by month; an asset taken in kind is sold later
    later = paid + a.resale_months
    worth = a.collateral_value * a.market_share * level * (1.0 - a.decay) ** later
    resale = np.where(kind, worth * (1.0 - a.resale_cost), 0.0)
    deficit = np.maximum(claim - w["secured"] - w["ordinary"], 0.0)
    stops = np.array([[growth[a.guarantor_months]], [1.0]])
    guarantor = np.minimum(np.where(pays, a.guarantor_assets, 0.0), deficit * stops)
    left = deficit * stops - guarantor
    over = np.where(kind, later, paid)

    def all_ways(forced: Array, settle: Any = 0, sell: Any = 0) -> Array:
        out = np.empty(shape, np.result_type(forced, np.asarray(settle), np.asarray(sell)))
        out[list(FORCED)], out[SETTLE], out[SELL] = forced, settle, sell
        return out

    settlement = ead * (a.settlement_offer if offer is None else offer)
    sale = ead * a.sale_price
    paid_all = all_ways(paid, a.settle_months, a.sell_months)
    over_all = all_ways(over, a.settle_months, a.sell_months)
    suit = all_ways(np.full((2, n), a.suit_months), -1, -1)
    judgment = all_ways(judged, -1, -1)
    by_judge = half * np.array([[1.0], [0.0]])  # a petition has no second instalment
    none = np.zeros((2, n))
    direct = np.where(kind, w["ordinary"], w["secured"] + w["ordinary"])
    taking = np.where(
        kind, np.maximum(price - w["secured"], 0.0), 0.0
    )  # others' claims on the asset, paid in cash
    care = a.care_cost * timevalue.annuity_factor(_monthly(a.discount_rate), over_all)
    rows = (
        np.stack([all_ways(none + a.suit_months), all_ways(judged + none), paid_all * 1.0,
                  all_ways(later * 1.0), all_ways(paid + a.guarantor_months + none),
                  np.zeros(shape)]),
        np.stack([np.zeros(shape), np.zeros(shape), all_ways(direct, settlement, sale),
                  all_ways(resale), all_ways(guarantor), np.zeros(shape)]),
        np.stack([all_ways(none + half), all_ways(by_judge + none),
                  all_ways(taking, a.settle_cost, a.sell_cost),
                  np.zeros(shape), np.zeros(shape), np.broadcast_to(care, shape)]),
    )  # fmt: skip
    flat = [x.reshape(len(x), -1) for x in rows]
    lgd = workout.loss_given_default(
        ead, flat[1], flat[2], flat[0] / MONTHS, a.discount_rate
    ).reshape(shape)
    value = (1.0 - lgd) * ead
    zero = np.zeros(shape)

    def entries() -> list[tuple[str, Array, Array]]:
        return [
            ("owners", paid_all, all_ways(none, settlement)),
            ("collateral_sold", all_ways(sold), all_ways(price)),
            ("other_assets", paid_all, all_ways(np.array([[0.0], [a.free_assets]]) + none)),
            ("sale_costs", paid_all, all_ways(-w["costs"])),
            ("preferred", paid_all, all_ways(-w["preferred"])),
            ("to_bank", paid_all, all_ways(-w["secured"] - w["ordinary"], -settlement)),
            ("to_others", paid_all, all_ways(-w["others"])),
            ("guarantor_paid", all_ways(paid + a.guarantor_months), all_ways(guarantor)),
            ("buyer_paid", paid_all, all_ways(none, 0.0, sale)),
            ("taken_in_kind", paid_all, all_ways(np.where(kind, -w["secured"], 0.0))),
            ("resale", all_ways(later), all_ways(resale)),
            *(
                ("costs", m.astype(int), -c)
                for m, c in list(zip(rows[0], rows[2], strict=True))[:-1]
            ),
        ]

    write_off = np.minimum(paid_all, a.write_off_months)
    factor, charge = _tables(a, ead)
    return Outcome(
        clean=clean,
        rows=rows,
        entries=entries,
        branch=all_ways(branch, -1, -1),
        chance=chance,
        suit=suit,
        judgment=judgment,
        sold=all_ways(sold, -1, -1),
        paid=paid_all,
        over=over_all,
        closed=all_ways(paid + a.guarantor_months, a.settle_months, a.sell_months),
        price=all_ways(price),
        claim=all_ways(claim, ead * growth[a.settle_months], ead * growth[a.sell_months]),
        left=all_ways(
            left, ead * growth[a.settle_months] - settlement, ead * growth[a.sell_months] - sale
        ),
        received=all_ways(w["secured"] + w["ordinary"] + guarantor, settlement, sale),
        guarantor=all_ways(guarantor),
        nominal=rows[1].sum(axis=0) - rows[2][:-1].sum(axis=0) - a.care_cost * over_all + zero,
        waterfall_gap=w["gap"],
        value=value,
        lgd=lgd,
        all_in=(1.0 - a.tax) * value + a.tax * ead * factor[write_off] - charge[write_off],
    )


def _distribute(a: Terminated, price: Array, claim: Array, cash: float) -> dict[str, Any]:
    """Who is paid what from the sale, each (forced way, scenario).

    Enforcement: sale costs, tax owed before the mortgage, the bank; then the attached account.
    Bankruptcy: the bank from its own asset after the costs of selling it; the rest and all other
    assets pay bankruptcy costs, wages, social insurance and tax, then all ordinary claims alike.
    """
    n = price.shape[1]
    one = np.ones(n)
    enforced = np.stack([a.sale_cost * price[0], a.prior_tax * one, claim[0]])
    first = workout.recovery_waterfall(price[0], enforced)
    attached = workout.recovery_waterfall(cash * one, np.maximum(claim[0] - first[2], 0.0)[None])[0]
    estate_costs = (a.sale_cost + a.administration) * price[1]
    second = workout.recovery_waterfall(price[1], np.stack([estate_costs, claim[1]]))
    estate = a.free_assets + cash + np.maximum(price[1] - second.sum(axis=0), 0.0)
    claims = np.stack([
        a.bankruptcy_costs * one, a.wages * one, (a.social_tax + a.prior_tax) * one,
        np.maximum(claim[1] - second[1], 0.0), a.other_creditors * one,
    ])  # fmt: skip
    third = workout.recovery_waterfall(estate, claims, ranks=(0, 1, 2, 3, 3))
    # what no claim reaches, computed without the waterfall
    surplus = np.maximum(price[0] - enforced.sum(axis=0), 0.0)
    rest = np.maximum(estate - claims.sum(axis=0), 0.0)
    return {
        "costs": np.stack([first[0], second[0]]),
        "preferred": np.stack([first[1], third[:3].sum(axis=0)]),
        "secured": np.stack([first[2], second[1]]),
        "ordinary": np.stack([attached, third[3]]),
        "others": np.stack([0.0 * one, third[4]]),
        "gap": residual(
            price[0] - first.sum(axis=0) - surplus,
            estate - third.sum(axis=0) - rest,
            third[3] * a.other_creditors - third[4] * claims[3],
        ),
    }


def _monthly(rate: float) -> float:
    return float(np.expm1(np.log1p(rate) / MONTHS))


def _allowance(a: Terminated, ead: float) -> Array:
    """What the class of the loan asks to be set aside, by month after default."""
    overdue = 30.0 * (a.cure_months + np.arange(HORIZON + 1))
    return credit.specific_provision(credit.classify_loan(overdue, credit_impaired=True), ead)


def _tables(a: Terminated, ead: float) -> tuple[Array, Array]:
    """Discount factor, and value at default of the hurdle on capital up to a month, by month."""
    month = np.arange(HORIZON + 1)
    factor = (1.0 + a.discount_rate) ** (-month / MONTHS)
    held = a.default_weight * a.capital_ratio * (ead - _allowance(a, ead))
    charge = a.hurdle / MONTHS * np.cumsum(held[:-1] * factor[1:])
    return factor, np.concatenate([[0.0], charge])


# ------------------------------------------------------------------------------- expectation


@dataclass(frozen=True)
class Expected:
    """Expectation over all that is uncertain after default; each (way,)."""

    value: Array
    nominal: Array
    all_in: Array
    low: Array  # tenth percentile of the value
    high: Array  # ninetieth
    branches: Array  # chance of each branch, (branch, forced way)
    weight: Array  # of all nodes together, (way,): one


def _expected(a: Terminated) -> Expected:
    """Quadrature over price level x delay x branch of the auction x guarantor.

    Branches and delays are whole; their chances are exact, and only the price level is a grid. The
    branch chances move smoothly with every assumption, so the result does too.
    """
    delays = np.asarray(a.delay_probabilities)
    grid = (len(NODES), len(delays), len(BRANCHES), 2)
    z, delay, branch, pays = (x.ravel() for x in np.indices(grid))
    weight = NODE_MASS[z] * delays[delay]
    weight = weight * np.where(pays == 1, a.guarantor_chance, 1.0 - a.guarantor_chance)
    level = _price_level(a, NODES[z])
    p = _path(a, level, DELAY_STEP * delay, None, branch=branch, pays=pays == 1)
    chance = np.take_along_axis(p.chance, np.broadcast_to(branch, p.chance.shape[1:])[None], 0)[0]
    w = np.broadcast_to(weight * (1.0 / len(BRANCHES)), p.value.shape).copy()
    w[list(FORCED)] = weight * chance
    between = np.repeat(p.value[:, :1], 2, axis=1)  # settling and selling have one value each
    for way in FORCED:
        value, mass = (x[way].reshape(len(NODES), -1) for x in (p.value, w))
        between[way] = _quantiles(value, mass, (0.1, 0.9))
    tenth, ninetieth = between.T
    forced = w[list(FORCED)].reshape(2, *grid).sum(axis=(1, 2, 4)).T
    return Expected(
        (p.value * w).sum(axis=1), (p.nominal * w).sum(axis=1), (p.all_in * w).sum(axis=1),
        tenth, ninetieth, forced, w.sum(axis=1),
    )  # fmt: skip


#: Places in a cell of the price grid, of its width from its lower edge.
_PLACES = np.array([0.125, 0.375, 0.625, 0.875])[:, None, None]


def _quantiles(values: Array, weights: Array, levels: Iterable[float]) -> Array:
    """Quantiles of weighted values, (node, what else happens).

    The price level has no steps, so each node's weight is spread over its cell, half the way to
    the next node on either side; left on the nodes it would move a percentile by one per cent.
    """
    middle = (values[1:] + values[:-1]) / 2
    low, high = np.concatenate([values[:1], middle]), np.concatenate([middle, values[-1:]])
    spread = (low + _PLACES * (high - low)).ravel()
    order = np.argsort(spread, kind="stable")
    reached = np.cumsum(np.tile(weights.ravel(), len(_PLACES))[order])
    at = np.searchsorted(reached, np.asarray(levels) * reached[-1])
    return spread[order[at]]


@dataclass(frozen=True)
class Thresholds:
    """The offers and prices at which another way is worth what enforcing is, CNY million."""

    settle: float
    settle_low: float
    settle_high: float
    settle_all_in: float
    sell: float
    sell_all_in: float


def _thresholds(a: Terminated, e: Expected, ead: float) -> Thresholds:
    """Break-even offers: plain by `workout`; all in, with tax timing and capital, linear too."""
    factor, charge = _tables(a, ead)

    def plain(value: float, months: int, cost: float) -> float:
        # today's value of a cost on the day of payment, and of care until then
        care = a.care_cost * timevalue.annuity_factor(_monthly(a.discount_rate), months)
        least = workout.settlement_threshold(
            value, months / MONTHS, a.discount_rate, cost=cost * factor[months] + care
        )
        return max(least, 0.0)  # below zero any offer is worth taking

    def all_in(months: int, cost: float) -> float:
        w = min(months, a.write_off_months)
        relief = a.tax * ead * factor[w] - charge[w]
        return plain((e.all_in[ENFORCE] - relief) / (1.0 - a.tax), months, cost)

    value, low, high = (float(x[ENFORCE]) for x in (e.value, e.low, e.high))
    return Thresholds(
        plain(value, a.settle_months, a.settle_cost),
        plain(low, a.settle_months, a.settle_cost),
        plain(high, a.settle_months, a.settle_cost),
        float(all_in(a.settle_months, a.settle_cost)),
        plain(value, a.sell_months, a.sell_cost),
        float(all_in(a.sell_months, a.sell_cost)),
    )


# ------------------------------------------------------------------------------- the statements

#: The client's flows in the order of the statement.
_CLIENT = ("operations", "owners", "loan_drawn", "investment", "interest", "principal_paid",
           "collateral_sold", "other_assets", "sale_costs", "preferred", "to_bank",
           "to_others")  # fmt: skip
_BANK = ("guarantor_paid", "buyer_paid", "taken_in_kind", "resale", "costs")


def _cash_lines(a: Terminated, p: Outcome, wanted: Sequence[str] | None) -> dict[str, Array]:
    """Client and bank cash lines, each (month, way, scenario); `wanted` None is all of them."""
    c = p.clean
    last = c.default + HORIZON
    known = {
        "operations": c.operations,
        "owners": c.owners,
        "loan_drawn": np.eye(1, c.default + 1)[0] * a.principal,
        "investment": -np.eye(1, c.default + 1)[0] * a.principal,
        "interest": -c.interest,
        "principal_paid": -c.principal,
    }
    shape = (last + 1, *p.value.shape)
    entries = p.entries()
    way, scenario = np.indices(p.value.shape)

    def build(names: Iterable[str]) -> Array:
        line = np.zeros(shape)
        for name in names:
            if name in known:
                line[: c.default + 1] += known[name][:, None, None]
        for name, month, amount in entries:
            if name in names:
                line[c.default + month, way, scenario] += amount
        return line

    names = (*_CLIENT, *_BANK, "closing")
    lines = {}
    for name in names if wanted is None else [n for n in names if n in wanted]:
        lines[name] = (
            c.buffer + np.cumsum(build(_CLIENT), axis=0) if name == "closing" else build((name,))
        )
    if wanted is None:
        lines["opening"] = np.concatenate(
            [np.full((1, *shape[1:]), c.buffer), lines["closing"][:-1]]
        )
        month = np.arange(-c.default, HORIZON + 1)[:, None, None]
        lines["costs"] -= a.care_cost * ((month >= 1) & (month <= p.over))
    return lines


def _claim_lines(a: Terminated, p: Outcome, lines: dict[str, Array]) -> dict[str, Array]:
    """The legal claim month by month, rolled forward and not taken from the closed form."""
    d, shape = p.clean.default, p.value.shape
    names = ("claim_due", "penalty_interest", "costs_claimed", "received", "given_up", "claim")
    out = {name: np.zeros((d + HORIZON + 1, *shape)) for name in names}
    out["claim_due"][d] = out["claim"][d] = p.clean.ead
    credited = -lines["to_bank"] + lines["guarantor_paid"] + lines["buyer_paid"]
    half = a.legal_cost * p.clean.ead / 2
    forced = np.isin(np.arange(len(WAYS)), FORCED)[:, None]
    bankrupt = (np.arange(len(WAYS)) == BANKRUPTCY)[:, None]
    for t in range(1, HORIZON + 1):
        before = out["claim"][d + t - 1]
        runs = np.where(bankrupt, t <= a.suit_months, t <= p.closed)
        interest = a.rate * (1.0 + a.penalty) / MONTHS * before * runs
        cost = half * (forced & (t == p.suit)) + half * (forced & ~bankrupt & (t == p.judgment))
        open_ = before + interest + cost - credited[d + t]
        gone = np.where(t == p.closed, open_, 0.0)
        for name, amount in (("penalty_interest", interest), ("costs_claimed", cost),
                             ("received", -credited[d + t]), ("given_up", -gone),
                             ("claim", open_ - gone)):  # fmt: skip
            out[name][d + t] = amount
    return out


def _book_lines(a: Terminated, p: Outcome, lines: dict[str, Array]) -> dict[str, Array]:
    """Carrying amount, allowance, tax as paid, and the lender's profit by month."""
    c, d, ead = p.clean, p.clean.default, p.clean.ead
    periods = d + HORIZON + 1
    month = np.arange(-d, HORIZON + 1)[:, None, None]
    off = np.minimum(p.paid, a.write_off_months)
    owed = c.balance + np.cumsum(c.accrued - c.interest)
    early = credit.expected_loss(a.pd, a.lgd_planned, c.balance)
    on_books = month < off
    gross = np.where(on_books, np.pad(owed, (0, HORIZON), mode="edge")[:, None, None], 0.0)
    needed = np.concatenate([early[:-1], _allowance(a, ead)])[:, None, None]
    allowance = np.where(on_books, needed, 0.0)
    recovered = sum(lines[k] for k in _BANK if k != "costs") - lines["to_bank"]
    spent = -lines["costs"]
    at_off = month == off
    written_off = np.where(at_off, np.maximum(ead - recovered, 0.0), 0.0)
    charge = workout.provision_path(
        allowance.reshape(periods, -1), write_off=written_off.reshape(periods, -1)
    ).reshape(allowance.shape)
    # what comes in beyond the book is income: after the write-off, or penalty interest paid
    loss = charge - (recovered - at_off * (ead - written_off))
    net = gross - allowance
    before = np.concatenate([np.zeros((1, *net.shape[1:])), net[:-1]])
    opening = np.concatenate([[0.0], c.balance[:-1]])
    zero = np.zeros_like(net)
    # a loan in default is funded, and holds capital, on what the allowance has left of it
    k = _performing_weight(a) * a.capital_ratio
    after = month > 0
    performing = np.pad(opening, (0, HORIZON))[:, None, None]
    capital = np.where(after, a.default_weight * a.capital_ratio * before, k * performing)
    earning = (month > -d) & (month < a.missed_month - d)
    lender = lender_view(
        interest=np.pad(c.accrued, (0, HORIZON))[:, None, None] + zero,
        fees=a.fee_income / MONTHS * earning + zero,
        funding=a.ftp / MONTHS * np.where(after, before, performing),
        cost=a.servicing_cost / MONTHS * ((month > -d) & ~after) + spent,
        loss=loss,
        capital=capital / MONTHS,
        tax=a.tax,
        hurdle=a.hurdle,
    )
    tax_cash = np.where(after, a.tax * (ead * at_off - recovered + spent), 0.0)
    book = {
        "balance": np.pad(c.balance, (0, HORIZON))[:, None, None] + zero,
        "gross": gross,
        "allowance": allowance,
        "net": net,
        "written_off": written_off,
        "recovered": recovered,
        "tax_cash": tax_cash,
        "capital_held": capital,
    }
    return lender | book


#: The least PD that the final Basel III text lets a bank use (FACTS: read in a secondary copy).
PD_FLOOR = 0.0005


# ------------------------------------------------------------------------------- the result


def _result(a: Terminated, p: Outcome, keep: Sequence[str] | None) -> Result:
    single = keep is None
    c, ead = p.clean, p.clean.ead
    d, n = c.default, p.value.shape[1]
    lines = _cash_lines(a, p, keep) if single or keep else {}
    in_kind = p.branch == len(BRANCHES) - 1
    metrics = {
        "value": p.value,
        "lgd": p.lgd,
        "recovery": p.value / ead,
        "nominal": p.nominal,
        "nominal_recovery": p.nominal / ead,
        "all_in": p.all_in,
        "received": p.received,
        "guarantor": p.guarantor,
        "price": p.price,
        "auction_round": p.branch + 1,
        "claim_when_paid": p.claim,
        "given_up": p.left,
        "months_to_cash": p.paid,
        "months_to_close": p.closed,
    }
    checks = {
        "waterfall_pays_out": p.waterfall_gap,
        "claim_is_paid_or_given_up": residual(np.minimum(p.left, 0.0)),
        "branches_sum_to_one": residual(p.chance.sum(axis=0) - 1.0),
        "value_and_loss_make_the_claim": residual(
            workout.recovery_value(*(x.reshape(len(x), -1) for x in (p.rows[1], p.rows[2])),
                                   p.rows[0].reshape(len(p.rows[0]), -1) / MONTHS, a.discount_rate)
            - ((1.0 - p.lgd) * ead).ravel()
        ),
    }  # fmt: skip
    if single:
        more, lines, identities = _single(a, p, lines)
        metrics |= more
        checks |= identities
    at = {
        "suit": p.suit,
        "judgment": p.judgment,
        "sold": np.where(
            in_kind, -1, np.where(p.branch >= 0, p.rows[0][2] - a.distribution_months, -1)
        ),
        "taken": np.where(in_kind, p.rows[0][2] - a.distribution_months, -1),
        "paid": p.paid,
        "written_off": np.minimum(p.paid, a.write_off_months),
        "closed": p.closed,
    }
    events = {k: np.where(m >= 0, d + m, -1).astype(int) for k, m in at.items()}
    events["missed"] = np.full((1, n), a.missed_month)
    events["default"] = np.full((1, n), d)
    return Result(
        assumptions=a,
        chosen=a.way,
        alternatives=WAYS,
        single=single,
        all_lines=lines,
        all_metrics=metrics,
        all_events=events,
        checks=checks,
        # a claim may outgrow the loan, and an auction may move more than either
        largest_balance=float(
            max(p.claim.max(), p.price.max(), a.principal, c.buffer, a.free_assets)
        ),
        scenarios=n,
    )


def _single(
    a: Terminated, p: Outcome, lines: dict[str, Array]
) -> tuple[dict[str, Array], dict[str, Array], dict[str, float]]:
    """What a single run adds: expectations, break-even offers, statements, their identities."""
    ead = p.clean.ead
    e = _expected(a)
    t = _thresholds(a, e, ead)
    lines = lines | _claim_lines(a, p, lines)
    book = _book_lines(a, p, lines)
    lines |= book

    def column(x: Any) -> Array:
        return np.reshape(np.asarray(x, float), (-1, 1))

    after_tax = book["economic_profit_line"] - book["capital_charge"]
    clean_year, raroc = _clean_year(a, ead)
    lost = (ead - e.value) * (1.0 - a.tax)  # over no profit at all: missing, shown as a dash
    metrics = {
        "ead": column(ead),
        "expected_value": column(e.value),
        "expected_lgd": column(1.0 - e.value / ead),
        "expected_recovery": column(e.value / ead),
        "expected_nominal": column(e.nominal / ead),
        "recovery_gap": column((e.nominal - e.value) / ead),
        "expected_all_in": column(e.all_in),
        "low": column(e.low),
        "high": column(e.high),
        "settlement": column(a.settlement_offer * ead),
        "sale": column(a.sale_price * ead),
        "settle_break_even": column(t.settle),
        "settle_break_even_share": column(t.settle / ead),
        "settle_low": column(t.settle_low),
        "settle_high": column(t.settle_high),
        "settle_all_in": column(t.settle_all_in),
        "sell_break_even": column(t.sell),
        "sell_all_in": column(t.sell_all_in),
        "lifetime_profit": after_tax.sum(axis=0),
        "lifetime_economic": book["economic_profit_line"].sum(axis=0),
        "clean_profit": after_tax[: a.missed_month].sum(axis=0),
        "years_eaten": column(lost / clean_year if clean_year > 0 else np.full(4, np.nan)),
        "clean_year": column(clean_year),
        "clean_raroc": column(raroc),
        "over_lpr": column(a.rate - a.lpr),
        "capital_released": column(
            a.default_weight * a.capital_ratio * (ead - _allowance(a, ead)[0])
        ),
    }
    return metrics, lines, _identities(a, p, e, t, lines)


def _clean_year(a: Terminated, balance: float) -> tuple[float, float]:
    """(profit after tax, RAROC) of a year with a sound client that owes `balance`."""
    capital = _performing_weight(a) * a.capital_ratio * balance
    raroc = profitability.raroc(
        (a.rate - a.ftp) * balance + a.fee_income,
        credit.expected_loss(a.pd, a.lgd_planned, balance),
        a.servicing_cost,
        capital,
        tax=a.tax,
    )
    return raroc * capital, raroc


def _performing_weight(a: Terminated) -> float:
    """Risk weight of the loan before default, by the formula for companies, 2.5 years."""
    return credit.irb_risk_weight(a.pd, a.lgd_planned, pd_floor=PD_FLOOR)


def _by_year(a: Terminated, line: Array) -> Array:
    """A monthly line added up by year from the first drawing; month 0 counts in the first."""
    starts = np.concatenate([[0], np.arange(MONTHS + 1, len(line), MONTHS)])
    return np.add.reduceat(line, starts, axis=0)


def _identities(
    a: Terminated, p: Outcome, e: Expected, t: Thresholds, lines: dict[str, Array]
) -> dict[str, float]:
    """What must be zero in a single run; each compares two ways to one number."""
    c, d, ead = p.clean, p.clean.default, p.clean.ead
    factor, _ = _tables(a, ead)
    discount = factor[:, None, None]
    cash = (lines["recovered"] + lines["costs"])[d:]
    charge = lines["capital_charge"][d + 1 :]
    client = sum(lines[k] for k in _CLIENT)
    before_tax = sum(lines[k] for k in ("interest_income", "fee_income", "funding",
                                        "operating_cost", "expected_loss_charge"))  # fmt: skip
    bank = (
        -lines["loan_drawn"] - lines["interest"] - lines["principal_paid"]
        + lines["recovered"] + lines["costs"] + lines["fee_income"] + lines["funding"]
    ).sum(axis=0)  # fmt: skip
    servicing = a.servicing_cost / MONTHS * d
    offers = np.array([t.settle, t.settle_all_in]) / ead
    offered = _path(a, np.ones(2), np.zeros(2), np.full((4, 2), 0.5), offer=offers)

    def short(offer: float, settling: float, value: Array) -> float:
        """Settling less enforcing; at an offer of nothing settling may be worth more."""
        gap = settling - value[ENFORCE]
        return residual(gap if offer > 0.0 else min(gap, 0.0))

    taxed = a.tax * (ead - cash.sum(axis=0))
    return {
        "client_foots": residual(client - (lines["closing"] - lines["opening"])),
        "client_months_join": residual(lines["opening"][1:] - lines["closing"][:-1]),
        "cash_runs_dry_when_missed": residual(c.cash[a.missed_month - 1]),
        "loan_rolls": residual(a.principal + lines["principal_paid"].sum(axis=0) - c.balance[-1]),
        "claim_rolls": residual(lines["given_up"].sum(axis=0) + p.left, lines["claim"][-1]),
        "bank_mirrors_payers": residual(
            lines["recovered"] + lines["to_bank"] - sum(lines[k] for k in _BANK[:-1])
        ),
        "value_from_the_ledger": residual((cash * discount).sum(axis=0) - p.value),
        "nominal_from_the_ledger": residual(cash.sum(axis=0) - p.nominal),
        "profit_is_cash": residual(before_tax.sum(axis=0) - bank + servicing),
        "allowance_is_used_up": residual(lines["allowance"][-1], lines["gross"][-1]),
        "tax_comes_once": residual(lines["tax_cash"].sum(axis=0) - taxed),
        "all_in_from_the_ledger": residual(
            ((cash + lines["tax_cash"][d:]) * discount).sum(axis=0)
            + (charge * discount[1:]).sum(axis=0) - p.all_in
        ),
        "offer_is_worth_enforcing": short(t.settle, offered.value[SETTLE, 0], e.value),
        "all_in_offer_is_worth_enforcing": short(
            t.settle_all_in, offered.all_in[SETTLE, 1], e.all_in
        ),
        "chances_sum_to_one": residual(e.weight[list(FORCED)] - 1.0, e.branches.sum(axis=0) - 1.0),
    }  # fmt: skip


# ------------------------------------------------------------------------------- the questions


def ways(r: Result) -> dict[str, Array]:
    """Expected value, its 10th and 90th percentile, and the all-in value, each (way,)."""
    names = {"value": "expected_value", "low": "low", "high": "high", "all_in": "expected_all_in"}
    return {k: r.all_metrics[m][:, 0] for k, m in names.items()}


def offers(r: Result, points: int = 101) -> dict[str, Array]:
    """Value of settling, plain and all in, by the offer as a share of the claim; each (offer,)."""
    a = r.assumptions
    share = np.linspace(0.0, 1.0, points)
    p = _path(a, np.ones(points), np.zeros(points), np.full((4, points), 0.5), offer=share)
    return {"offer": share, "value": p.value[SETTLE], "all_in": p.all_in[SETTLE]}


def timing(r: Result, months: Sequence[int] = tuple(range(4, 25))) -> dict[str, Array]:
    """Expected recovery by enforcement, nominal and economic, by months to judgment."""
    a = r.assumptions
    by_month = [_expected(a.replace(judgment_months=m)) for m in months]
    ead = r.metrics["ead"]
    return {
        "months": np.asarray(months, float),
        "nominal": np.array([e.nominal[ENFORCE] for e in by_month]) / ead,
        "economic": np.array([e.value[ENFORCE] for e in by_month]) / ead,
    }


def exits(r: Result, earliest: int = 30) -> dict[str, Any]:
    """What leaving m months before default would have saved, m = 0 … earliest; each (m,).

    The bank asks for its money back at m. Another bank takes the loan over with the chance
    (cover - 1) / (cover of the good years - 1), held in [0, 1]; else the plant is sold in order,
    as far as m leaves the time for it, and by enforcement for the rest. Saved is
    X_m (1 + FTP)^(m/12) - sum of service paid since, with the same interest - value of enforcing.
    """
    a = r.assumptions
    c = _clean(a)
    m = np.arange(min(earliest, c.default - 1) + 1)
    at = c.default - m
    forced = float(r.all_metrics["expected_value"][ENFORCE, 0])
    balance = c.balance[at]
    plant = a.orderly_share * a.collateral_value * (1.0 - a.sale_cost) + c.cash[at]
    ready = np.minimum(m / a.orderly_months, 1.0)
    sold = ready * np.minimum(plant, balance) + (1.0 - ready) * forced
    refinanced = np.clip((c.cover[at] - 1.0) / (a.cover - 1.0), 0.0, 1.0)
    back = np.where(m > 0, refinanced * balance + (1.0 - refinanced) * sold, forced)
    worth = (1.0 + a.ftp) ** (np.arange(len(c.balance))[::-1] / MONTHS)
    later = np.cumsum(((c.interest + c.principal) * worth)[::-1])  # service from month t on
    since = np.concatenate([[0.0], later])[m]
    saved = back * worth[at] - since - forced
    weak = np.flatnonzero(c.cover < a.exit_cover)
    rule = min(int(c.default - max(weak[0], 1)), int(m[-1]))
    return {
        "months": m, "saved": saved, "back": back, "balance": balance, "refinanced": refinanced,
        "best": int(m[saved.argmax()]), "rule": rule, "cover": c.cover[at],
    }  # fmt: skip


def lifetime(r: Result) -> dict[str, Any]:
    """Profit after tax by year from the first drawing, of the chosen way, and its running sum."""
    a = r.assumptions
    profit = r.lines["economic_profit_line"] - r.lines["capital_charge"]
    year = _by_year(a, profit)
    return {"year": np.arange(1, len(year) + 1), "profit": year, "sum": np.cumsum(year)}


def priority(r: Result) -> dict[str, Array]:
    """Who is paid what from the debtor's assets on the base path, by the two forced ways."""
    forced = [r.alternative(WAYS[w]).lines for w in FORCED]
    names = {"sale_costs": "sale_costs", "preferred": "preferred", "bank": "to_bank",
             "others": "to_others"}  # fmt: skip
    return {k: np.array([-lines[v].sum() for lines in forced]) for k, v in names.items()}


def book(r: Result, months: int = 36) -> dict[str, Array]:
    """Gross amount, allowance and capital held by month after default, of the chosen way."""
    d = r.assumptions.missed_month + r.assumptions.cure_months
    names = ("gross", "allowance", "capital_held")
    part = {k: r.lines[k][d : d + months + 1] for k in names}
    return {"month": np.arange(months + 1), **part}


def timeline(r: Result) -> dict[str, Any]:
    """The bank's cash since default and its legal claim, by month after default, chosen way."""
    d = r.assumptions.missed_month + r.assumptions.cure_months
    cash = np.cumsum((r.lines["recovered"] + r.lines["costs"])[d:])
    return {"month": np.arange(len(cash)), "cash": cash, "claim": r.lines["claim"][d:]}


def futures(r: Result, n: int = 20_000, seed: int = 20261130) -> dict[str, Any]:
    """Economic LGD of enforcement in n simulated futures, beside the quadrature."""
    many = simulate(r.assumptions, sample(r.assumptions, n, seed))
    value = many.all_metrics["value"][ENFORCE]
    return {
        "lgd": many.all_metrics["lgd"][ENFORCE],
        "value": value,
        "mean": float(many.all_metrics["lgd"][ENFORCE].mean()),
        "expected": float(r.all_metrics["expected_lgd"][ENFORCE, 0]),
        "planned": float(r.alternative("enforce").metrics["lgd"]),
        "error": float(1.96 * value.std() / np.sqrt(n)),
        "beats": float((value > r.all_metrics["value"][SETTLE, 0]).mean()),
        "n": n,
    }


#: What the sensitivities move, from … to: what two careful people might disagree about.
TORNADO = {
    "collateral_value": (36.0, 60.0),
    "market_share": (0.62, 0.82),
    "judgment_months": (6, 24),
    "discount_rate": (0.05, 0.12),
    "decay": (0.001, 0.01),
    "guarantor_chance": (0.0, 1.0),
    "legal_cost": (0.02, 0.08),
    "prior_tax": (0.0, 5.0),
    "auction_cut": (0.1, 0.2),
}


def tornado(r: Result) -> dict[str, Any]:
    """Expected value of enforcing with one assumption at a time moved to either end."""
    a = r.assumptions
    rows = one_at_a_time(a, TORNADO, lambda b: _expected(b).value[ENFORCE])
    return {"rows": rows, "base": float(r.all_metrics["expected_value"][ENFORCE, 0])}


def planned_exit(r: Result) -> dict[str, float]:
    """A sound client that leaves a month before this one failed: fee and lifetime profit.

    It prepays what it owes, with the fee; the allowance that was held for it is released.
    """
    a, last = r.assumptions, r.assumptions.missed_month - 1
    plan = loans.equal_principal(a.principal, a.rate / MONTHS, a.term)
    left = loans.prepay(plan, last, plan.closing[last - 1], fee_rate=a.prepayment_fee)
    fee = float(left.fee.sum())
    released = float(r.lines["allowance"][last])
    profit = r.metrics["clean_profit"] + (1.0 - a.tax) * (fee + released)
    return {"fee": fee, "profit": profit, "left": float(left.closing[-1])}


def findings(r: Result) -> dict[str, float]:
    """The numbers that the case's story states, each with its unit in the case file."""
    a = r.assumptions
    e, out, many = _expected(a), exits(r), futures(r)
    enforce, settle = r.alternative("enforce").metrics, r.alternative("settle").metrics
    slower = _expected(a.replace(judgment_months=min(a.judgment_months + 3, 24)))
    years = lifetime(r.alternative("enforce"))["profit"]
    sound = planned_exit(r)
    chances = dict(zip(BRANCHES, e.branches[:, 0], strict=True))
    # "clean" years end before the missed payment
    clean = years[: (a.missed_month - 1) // MONTHS]
    at = dict(zip(out["months"].tolist(), out["saved"].tolist(), strict=True))
    return {
        **{f"chance_{k}": float(v) for k, v in chances.items()},
        "on_time": a.delay_probabilities[0],
        "first_reserve": a.first_reserve * a.collateral_value,
        "second_reserve": a.first_reserve * (1.0 - a.auction_cut) * a.collateral_value,
        "penalty_rate": a.rate * (1.0 + a.penalty),
        "missed_short": float(_clean(a).service[a.missed_month] - _clean(a).cash[a.missed_month]),
        "buffer": _clean(a).buffer,
        "instalment": float(_clean(a).service[a.missed_month]),
        "saved_twelve": at[12],
        "saved_rule": at[out["rule"]],
        "rule_months": float(out["rule"]),
        "saved_best": float(out["saved"].max()),
        "best_months": float(out["best"]),
        "loss": r.metrics["ead"] - enforce["expected_value"],
        "plan_above_expectation": enforce["value"] - enforce["expected_value"],
        "offer_below_plain": enforce["settle_break_even"] - settle["settlement"],
        "offer_above_all_in": settle["settlement"] - enforce["settle_all_in"],
        "timing_and_capital": enforce["settle_break_even"] - enforce["settle_all_in"],
        "settle_gain": settle["expected_all_in"] - enforce["expected_all_in"],
        "quarter_value": float(e.value[ENFORCE] - slower.value[ENFORCE]),
        "gap_money": float(e.nominal[ENFORCE] - e.value[ENFORCE]),
        "least_clean_year": float(clean.min()),
        "most_clean_year": float(clean.max()),
        "clean_years": float(len(clean)),
        "sound_fee": sound["fee"],
        "sound_profit": sound["profit"],
        "simulated_lgd": many["mean"],
        "beats": many["beats"],
        "scenarios": float(many["n"]),
        "claim_growth": enforce["claim_when_paid"] - r.metrics["ead"],
    }


# ------------------------------------------------------------------------------- the pictures

#: Name of a figure -> what it is drawn from; the drawing is in casebook.charts.terminated.
FIGURES = {
    "explorer": timeline,
    "ways": ways,
    "offers": offers,
    "timing": timing,
    "exits": exits,
    "lifetime": lifetime,
    "priority": priority,
    "book": book,
    "futures": futures,
    "tornado": tornado,
}

figure = drawer("terminated", FIGURES)

"""The four ways out of the same claim: enforce, settle, sell, bankruptcy.

Two ways are forced and go through a court and an auction of the collateral; two are agreed and paid
at once. For the forced ones: months and chances of the auction's branches, who is paid from the
sale, what is still owed and what a guarantor brings. All four then become flows to the bank, and
flows become a value, a loss given default and the all-in value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ... import timevalue, workout
from ...distributions import norm_cdf
from ...shape import Array, residual
from ...timevalue import MONTHS_A_YEAR
from . import performing, provisions
from .performing import Clean
from .record import BRANCHES, FORCED, HORIZON, SALE_MONTHS, SELL, SETTLE, WAYS, Terminated

Months = NDArray[np.intp]


@dataclass(frozen=True)
class Auction:
    """What an auction may bring, each (branch, forced way, scenario)."""

    judged: Months  # judgment, or bankruptcy declared, (forced way, scenario)
    chance: Array
    price: Array
    sold: Months


@dataclass(frozen=True)
class Shares:
    """Who is paid what from a sale, each (forced way, scenario); `gap` is what does not add up."""

    costs: Array
    preferred: Array
    secured: Array
    ordinary: Array
    others: Array
    gap: float


#: Who is paid from a sale, what is still owed, what the guarantor pays of it.
Ends = tuple[Shares, Array, Array]


@dataclass(frozen=True)
class Forced:
    """What the ways through an auction bring, each (forced way, scenario)."""

    branch: NDArray[np.intp]
    in_kind: NDArray[np.bool_]
    judged: Months
    sold: Months
    paid: Months  # the sale is distributed
    later: Months  # an asset taken in kind is sold
    price: Array
    claim: Array  # on the day of distribution
    shares: Shares
    resale: Array
    guarantor: Array
    left: Array  # of the claim, when nothing more can be had


class Flows(NamedTuple):
    """The bank's flows, each (row, way, scenario): months after default, amounts in CNY million.

    The last row is the value today of care.
    """

    month: Array
    recovery: Array
    cost: Array


@dataclass(frozen=True)
class Outcome:
    """What happens after default. Months count from default; arrays are (way, scenario)."""

    clean: Clean
    forced: Forced
    settlement: float | Array  # paid by the owners, a number or (scenario,)
    sale: float  # price of the loan
    flows: Flows
    branch: NDArray[np.intp]  # -1 where there is no auction
    chance: Array  # of each branch, (branch, forced way, scenario)
    suit: Months
    judgment: Months
    paid: Months  # the sale is distributed, or the settlement or price is paid
    over: Months  # nothing has to be guarded any more
    closed: Months
    price: Array
    claim: Array  # on the day on which it is paid
    left: Array  # of the claim, given up when the file is closed
    received: Array  # credited to the claim
    guarantor: Array
    nominal: Array
    value: Array
    lgd: Array
    all_in: Array


def path(
    a: Terminated, level: Array, delay: NDArray[Any], draws: Array, *, offer: Array | None = None
) -> Outcome:
    """The four ways from default to the closed file, as the draws have it.

    level: price level of the collateral, delay: of the court in months, each (scenario,); draws:
    uniforms of the three rounds and of the guarantor, (4, scenario). offer: replaces the settlement
    offered, as a share of the claim, (scenario,).
    """
    auction = _auction(a, level, delay)
    # a round that is reached sells where its draw is below its own chance
    likely = np.cumsum(auction.chance[:3], axis=0)
    reached = 1.0 - np.concatenate([np.zeros((1, *likely.shape[1:])), likely[:2]])
    fails = draws[:3, None] * reached >= auction.chance[:3]
    branch = fails[0].astype(int) + (fails[0] & fails[1]) + (fails[0] & fails[1] & fails[2])
    return _outcome(a, level, auction, branch, draws[3] < a.guarantor_chance, offer)


def path_of_branch(
    a: Terminated,
    level: Array,
    delay: NDArray[Any],
    branch: NDArray[np.intp],
    pays: NDArray[np.bool_],
) -> Outcome:
    """The four ways where it is given how the auction ends: what a quadrature adds up.

    level, delay as in `path`; branch: its place in `BRANCHES`, pays: whether the guarantor does,
    each (scenario,).
    """
    return _outcome(a, level, _auction(a, level, delay), branch, pays, None)


def _outcome(
    a: Terminated,
    level: Array,
    auction: Auction,
    branch: NDArray[np.intp],
    pays: NDArray[np.bool_],
    offer: Array | None,
) -> Outcome:
    """All four ways, once it is known how the auction ends and whether the guarantor pays.

    level, pays, offer: (scenario,); branch: (scenario,) or (forced way, scenario).
    """
    clean = performing.clean(a)
    ead = clean.ead
    growth = _growth(a)
    forced = _forced(a, clean, level, auction, branch, pays)
    settlement = ead * (a.settlement_offer if offer is None else offer)
    sale = ead * a.sale_price
    paid = all_ways(forced.paid, a.settle_months, a.sell_months)
    over = all_ways(
        np.where(forced.in_kind, forced.later, forced.paid), a.settle_months, a.sell_months
    )
    flows = _flows(a, ead, forced, settlement, sale, paid, over)
    flat = [part.reshape(len(part), -1) for part in flows]
    lgd = workout.loss_given_default(
        ead, flat[1], flat[2], flat[0] / MONTHS_A_YEAR, a.discount_rate
    ).reshape(paid.shape)
    value = (1.0 - lgd) * ead
    write_off = np.minimum(paid, a.write_off_months)
    table = provisions.tables(a, ead)
    shares = forced.shares
    return Outcome(
        clean=clean,
        forced=forced,
        settlement=settlement,
        sale=sale,
        flows=flows,
        branch=all_ways(forced.branch, -1, -1),
        chance=auction.chance,
        suit=all_ways(np.full(forced.paid.shape, a.suit_months), -1, -1),
        judgment=all_ways(forced.judged, -1, -1),
        paid=paid,
        over=over,
        closed=all_ways(forced.paid + a.guarantor_months, a.settle_months, a.sell_months),
        price=all_ways(forced.price),
        claim=all_ways(forced.claim, ead * growth[a.settle_months], ead * growth[a.sell_months]),
        left=all_ways(
            forced.left,
            ead * growth[a.settle_months] - settlement,
            ead * growth[a.sell_months] - sale,
        ),
        received=all_ways(shares.secured + shares.ordinary + forced.guarantor, settlement, sale),
        guarantor=all_ways(forced.guarantor),
        nominal=flows.recovery.sum(axis=0)
        - flows.cost[:-1].sum(axis=0)
        - a.care_cost * over
        + np.zeros(paid.shape),
        value=value,
        lgd=lgd,
        all_in=(1.0 - a.tax) * value + table.relief[write_off] - table.charge[write_off],
    )


def all_ways(forced: NDArray[Any], settle: Any = 0, sell: Any = 0) -> NDArray[Any]:
    """(forced way, scenario) and a number or (scenario,) for settling and selling, as (way, …)."""
    out = np.empty(
        (len(WAYS), *forced.shape[1:]),
        np.result_type(forced, np.asarray(settle), np.asarray(sell)),
    )
    out[list(FORCED)], out[SETTLE], out[SELL] = forced, settle, sell
    return out


def _auction(a: Terminated, level: Array, delay: NDArray[Any]) -> Auction:
    """Chance, price and month of each branch; level and delay (months) are (scenario,)."""
    delay = np.asarray(delay, int)
    judged = np.stack([
        a.suit_months + a.judgment_months + delay, a.suit_months + a.bankruptcy_months + delay
    ])  # fmt: skip
    start = judged + np.array([[a.listing_months], [0]])
    decay = (1.0 - a.decay) ** np.arange(HORIZON + 1)
    reserve = a.first_reserve * a.collateral_value
    second = reserve * (1.0 - a.auction_cut)
    months = np.stack([start, start + a.round_gap, *2 * [start + a.round_gap + SALE_MONTHS]])
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
    return Auction(judged, chance, np.stack([bid[0], bid[1], fixed, fixed]), months)


def _growth(a: Terminated) -> Array:
    """What a claim of one has grown to with penalty interest, by month after default, (month,)."""
    rate = a.rate * (1.0 + a.penalty) / MONTHS_A_YEAR
    growth: Array = np.power(1.0 + rate, np.arange(HORIZON + 1))
    return growth


def _forced(
    a: Terminated,
    clean: Clean,
    level: Array,
    auction: Auction,
    branch: NDArray[np.intp],
    pays: NDArray[np.bool_],
) -> Forced:
    """Sale, claim, distribution and guarantor of the two forced ways; shapes as in `_outcome`."""
    ead, n = clean.ead, len(level)
    branch = np.broadcast_to(branch, (len(FORCED), n))
    price = np.take_along_axis(auction.price, branch[None], axis=0)[0]
    sold = np.take_along_axis(auction.sold, branch[None], axis=0)[0]
    paid = sold + a.distribution_months

    # the legal claim on the day of distribution; in bankruptcy interest stops at the petition
    growth, half = _growth(a), a.legal_cost * ead / 2
    claim = np.stack([
        ead * growth[paid[0]]
        + half * (growth[paid[0] - a.suit_months] + growth[paid[0] - auction.judged[0]]),
        np.full(n, ead * growth[a.suit_months] + half),
    ])  # fmt: skip
    cash = max(float(clean.cash[-1]), 0.0)  # with no cover left, a rounding error below zero
    stops = np.array([[growth[a.guarantor_months]], [1.0]])
    can_pay = np.where(pays, a.guarantor_assets, 0.0)
    unsold = branch == len(BRANCHES) - 1

    def ends(price: Array, at: Any = slice(None)) -> Ends:
        """Who is paid from a sale at this price, what is still owed, what the guarantor pays."""
        shares = _distribute(a, price, claim[:, at], cash)
        owed = np.maximum(claim[:, at] - shares.secured - shares.ordinary, 0.0) * stops
        return shares, owed, np.minimum(can_pay[at], owed)

    # an asset that nobody wants is taken in kind and sold later, or else goes back to the debtor
    later = paid + a.resale_months
    worth = a.collateral_value * a.market_share * level * (1.0 - a.decay) ** later
    resale = worth * (1.0 - a.resale_cost)
    in_kind, at = unsold.copy(), np.flatnonzero(unsold.any(axis=0))
    if len(at):
        taken, declined = ends(price[:, at], at), ends(0.0 * price[:, at], at)
        in_kind[:, at] &= _worth_taking(a, resale[:, at], price[:, at], taken, declined)
    price = np.where(unsold & ~in_kind, 0.0, price)
    shares, owed, guarantor = ends(price)
    return Forced(
        branch=branch,
        in_kind=in_kind,
        judged=auction.judged,
        sold=sold,
        paid=paid,
        later=later,
        price=price,
        claim=claim,
        shares=shares,
        resale=np.where(in_kind, resale, 0.0),
        guarantor=guarantor,
        left=owed - guarantor,
    )


def _worth_taking(
    a: Terminated, resale: Array, price: Array, taken: Ends, declined: Ends
) -> NDArray[np.bool_]:
    """Whether the bank is better off with the unsold asset in kind, on the day of distribution.

    Taken, it is resold, and others are paid in cash until then; declined, it goes back to the
    debtor, and more is owed by the guarantor. All are (forced way, scenario).
    """
    rate = monthly(a.discount_rate)
    soon, late = (1.0 + rate) ** -a.guarantor_months, (1.0 + rate) ** -a.resale_months
    keeping = a.care_cost * timevalue.annuity_factor(rate, a.resale_months)
    gain = resale * late - (price - taken[0].secured) - keeping
    gain += taken[0].ordinary - declined[0].ordinary + soon * (taken[2] - declined[2])
    return np.asarray(gain > 0.0)


def _flows(
    a: Terminated,
    ead: float,
    forced: Forced,
    settlement: float | Array,
    sale: float,
    paid: Months,
    over: Months,
) -> Flows:
    """What the bank gets and spends, row by row: suit, judgment, payment, resale, guarantor, care.

    settlement: a number or (scenario,); paid and over: (way, scenario).
    """
    shares, in_kind = forced.shares, forced.in_kind
    none, nothing = np.zeros(in_kind.shape), np.zeros(over.shape)
    half = a.legal_cost * ead / 2
    by_judge = half * np.array([[1.0], [0.0]])  # a petition has no second instalment
    direct = np.where(in_kind, shares.ordinary, shares.secured + shares.ordinary)
    # others' claims on an asset taken in kind, paid in cash
    taking = np.where(in_kind, np.maximum(forced.price - shares.secured, 0.0), 0.0)
    care = a.care_cost * timevalue.annuity_factor(monthly(a.discount_rate), over)
    return Flows(
        month=np.stack([
            all_ways(none + a.suit_months), all_ways(forced.judged + none), paid * 1.0,
            all_ways(forced.later * 1.0), all_ways(forced.paid + a.guarantor_months + none),
            nothing,
        ]),
        recovery=np.stack([
            nothing, nothing, all_ways(direct, settlement, sale),
            all_ways(forced.resale), all_ways(forced.guarantor), nothing,
        ]),
        cost=np.stack([
            all_ways(none + half), all_ways(by_judge + none),
            all_ways(taking, a.settle_cost, a.sell_cost),
            nothing, nothing, np.broadcast_to(care, over.shape),
        ]),
    )  # fmt: skip


def _distribute(a: Terminated, price: Array, claim: Array, cash: float) -> Shares:
    """Who is paid what from the sale; price and claim are (forced way, scenario).

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
    return Shares(
        costs=np.stack([first[0], second[0]]),
        preferred=np.stack([first[1], third[:3].sum(axis=0)]),
        secured=np.stack([first[2], second[1]]),
        ordinary=np.stack([attached, third[3]]),
        others=np.stack([0.0 * one, third[4]]),
        gap=residual(
            price[0] - first.sum(axis=0) - surplus,
            estate - third.sum(axis=0) - rest,
            third[3] * a.other_creditors - third[4] * claims[3],
        ),
    )


def monthly(rate: float) -> float:
    """The effective rate per month of an effective annual one."""
    return float(np.expm1(np.log1p(rate) / MONTHS_A_YEAR))

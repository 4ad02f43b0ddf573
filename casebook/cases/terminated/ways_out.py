"""TODO."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ... import credit, timevalue, workout
from ...distributions import norm_cdf
from ...shape import Array, residual
from . import performing
from .performing import Clean
from .record import BRANCHES, FORCED, HORIZON, MONTHS, SALE_MONTHS, SELL, SETTLE, WAYS, Terminated


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


def path(
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
    clean = performing.clean(a)
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
    care = a.care_cost * timevalue.annuity_factor(monthly(a.discount_rate), over_all)
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
    factor, charge = tables(a, ead)
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


def monthly(rate: float) -> float:
    return float(np.expm1(np.log1p(rate) / MONTHS))


def allowance(a: Terminated, ead: float) -> Array:
    """What the class of the loan asks to be set aside, by month after default."""
    overdue = 30.0 * (a.cure_months + np.arange(HORIZON + 1))
    return credit.specific_provision(credit.classify_loan(overdue, credit_impaired=True), ead)


def tables(a: Terminated, ead: float) -> tuple[Array, Array]:
    """Discount factor, and value at default of the hurdle on capital up to a month, by month."""
    month = np.arange(HORIZON + 1)
    factor = (1.0 + a.discount_rate) ** (-month / MONTHS)
    held = a.default_weight * a.capital_ratio * (ead - allowance(a, ead))
    charge = a.hurdle / MONTHS * np.cumsum(held[:-1] * factor[1:])
    return factor, np.concatenate([[0.0], charge])

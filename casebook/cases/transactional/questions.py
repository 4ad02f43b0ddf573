"""What the pages of case 2 ask of a run, and the numbers that they state.

Which slip breaks which form, at which leakage a form is dearer, what a price is made of, how much
to lend, what to quote and how fast; and a Monte Carlo beside the quadrature of the price.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ... import profitability
from ...shape import Array, SingleRun, drawer, first_time, sampling_interval
from . import firm_and_loan, pricing, run, terms
from .firm_and_loan import OPERATING
from .pricing import Price
from .record import BULLET, FLEXIBLE, FORMS, REVOLVING, Transactional


def slips(r: SingleRun[Transactional], longest: int = 8) -> dict[str, NDArray[np.intp]]:
    """First missed month (-1: none) by form and slip, with the case's leakage and with none.

    Each array is (form, slip 0 … longest), sales at plan.
    """
    a = r.assumptions
    slip, level = np.arange(longest + 1.0), np.ones(longest + 1)
    return {
        "leaking": firm_and_loan.paths(a, slip, level, ())[1]["first_missed"],
        "tight": firm_and_loan.paths(a, slip, level, (), leakage=0.0)[1]["first_missed"],
    }


def late_launch(r: SingleRun[Transactional]) -> SingleRun[Transactional]:
    """The single run at the slip that tells the forms apart, or at two months if none does."""
    return run.simulate(r.assumptions.replace(slip=_telling_slip(slips(r)["leaking"]) or 2))


def _telling_slip(first_missed: NDArray[np.intp]) -> int | None:
    """The first slip at which the bullet misses a payment and the flexible form does not, or None.

    first_missed: (form, slip), -1 where none is missed.
    """
    tells = (first_missed[BULLET] > 0) & (first_missed[FLEXIBLE] < 0)
    return int(tells.argmax()) if tells.any() else None


def _crossing(gap: Callable[[Array], Array], grid: Array) -> float:
    """Where `gap` first rises through zero, to a 65,000th of a step of the grid; NaN if nowhere.

    gap: a function of points (k,) with values (k,); grid: (k,), rising.
    """
    value = gap(grid)
    rises = np.flatnonzero((value[:-1] < 0) & (value[1:] >= 0))
    if not len(rises):
        return np.nan
    low, high = grid[rises[0]], grid[rises[0] + 1]
    for _ in range(4):  # each pass narrows the bracket sixteenfold
        fine = np.linspace(low, high, 17)
        k = max(int(np.argmax(gap(fine) >= 0)), 1)
        low, high = fine[k - 1], fine[k]
    return float((low + high) / 2)


def leakage_curve(
    r: SingleRun[Transactional], highest: float = 0.2, points: int = 41
) -> dict[str, Any]:
    """Break-even rate (form, leakage), and where the flexible form overtakes the bullet.

    `crossing` is the leakage at which both break even at the same rate; `equal_profit` that at
    which both earn the same at the quoted rate. NaN where the curves do not cross.
    """
    a = r.assumptions

    def at(leakage: Array) -> Price:
        plan = pricing.planned(a, leakage)
        return pricing.price(a, plan, pricing.structure(a, leakage))

    def rate_gap(leakage: Array) -> Array:
        rate = at(leakage).break_even_rate
        gap: Array = rate[BULLET] - rate[FLEXIBLE]
        return gap

    def profit_gap(leakage: Array) -> Array:
        profit = at(leakage).economic_profit
        gap: Array = profit[FLEXIBLE] - profit[BULLET]
        return gap

    grid = np.linspace(0.0, highest, points)
    return {
        "leakage": grid,
        "break_even": at(grid).break_even_rate,
        "crossing": _crossing(rate_gap, grid),
        "equal_profit": _crossing(profit_gap, grid),
    }


def burn_that_reverses(r: SingleRun[Transactional]) -> float:
    """The share of development spend going on in a slip at which the bullet is as cheap to give."""

    def gap(burns: Array) -> Array:
        sides = [run.simulate(r.assumptions.replace(slip_burn=float(b))) for b in burns]
        rates = [s.all_metrics["break_even_rate"][:, 0] for s in sides]
        return np.array([x[FLEXIBLE] - x[BULLET] for x in rates])

    return _crossing(gap, np.linspace(0.0, 0.6, 13))


def revolving_fee(r: SingleRun[Transactional]) -> dict[str, float]:
    """The commitment fee at which the revolving form earns what the flexible one does.

    `fee` is that yearly rate on the undrawn part; `cost` what the client then pays in all, and
    `saved` how much less than with the flexible form.
    """
    a = r.assumptions

    def gap(fees: Array) -> Array:
        sides = [run.simulate(a.replace(commitment_fee=float(f))) for f in fees]
        profits = [s.all_metrics["economic_profit"][:, 0] for s in sides]
        return np.array([p[REVOLVING] - p[FLEXIBLE] for p in profits])

    spec = a.spec.assumptions["commitment_fee"]
    fee = _crossing(gap, np.linspace(spec.low, spec.high, 6))
    if np.isnan(fee):
        return {"fee": np.nan, "cost": np.nan, "saved": np.nan}
    sides = run.simulate(a.replace(commitment_fee=fee))
    cost = sides.alternative("revolving").metrics["total_cost"]
    return {
        "fee": fee,
        "cost": cost,
        "saved": sides.alternative("flexible").metrics["total_cost"] - cost,
    }


def price_stack(r: SingleRun[Transactional]) -> dict[str, Array]:
    """What the break-even rate is made of, each (form,), as an annual rate on the balance."""
    a = r.assumptions
    p = pricing.price(a, pricing.planned(a), pricing.structure(a))
    receipts = p.break_even_rate + p.fees / p.balance
    parts = {
        "funding": np.full_like(p.raroc, a.ftp),
        "expected_loss": p.expected_loss / p.balance,
        "capital": p.capital * a.hurdle / (1 - a.tax) / p.balance,
        "cost": (p.opex - p.fees) / p.balance,
        "tax": np.asarray(profitability.value_added_tax(receipts, a.vat_on_interest)),
    }
    return {k: v[:, 0] for k, v in parts.items()} | {"total": p.break_even_rate[:, 0]}


def price_by_size(
    r: SingleRun[Transactional],
    sizes: Sequence[float] = tuple(np.geomspace(1, 50, 25)),
    tenors: Sequence[int] = (3, 6, 11),
) -> dict[str, Array]:
    """Break-even rate (tenor, size) of the chosen form, risk per year and use of the loan as here.

    Loss and capital grow with the balance, the cost of making a loan does not.
    """
    a = r.assumptions
    p = pricing.price(a, pricing.planned(a), pricing.structure(a))
    form = FORMS.index(r.chosen)
    size, tenor = np.asarray(sizes, float), np.asarray(tenors, float)[:, None]
    years = size * tenor / (a.principal * a.tenor)  # of this loan's balance-years
    made = pricing.operating_cost(a, a.approval_days) - a.servicing_cost * a.tenor
    rate = profitability.break_even_rate(
        p.balance[form] * years,
        a.ftp,
        p.expected_loss[form] * years,
        made + a.servicing_cost * tenor,
        p.capital[form] * years,
        fees=p.fees[form] * size / a.principal,
        vat=a.vat_on_interest,
        tax=a.tax,
        hurdle=a.hurdle,
    )
    return {"size": size, "tenor": tenor[:, 0], "break_even": rate}


def amounts(
    r: SingleRun[Transactional], sizes: Sequence[float] = tuple(np.arange(5.0, 15.01, 0.25))
) -> dict[str, Any]:
    """Chance of a missed payment (form, amount) and expected profit (amount) by the amount lent.

    `safest` is the amount, of those given, at which a payment is missed least often with the chosen
    form; `richest` the one at which the best quote for it earns the bank most.
    """
    sides = [run.simulate(r.assumptions.replace(principal=float(size))) for size in sizes]
    missed = np.stack([s.all_metrics["missed_probability"][:, 0] for s in sides], axis=1)
    profit = np.array([s.alternative(r.chosen).metrics["best_expected_profit"] for s in sides])
    safest = int(missed[r.alternatives.index(r.chosen)].argmin())
    return {
        "amount": np.asarray(sizes, float),
        "missed": missed,
        "profit": profit,
        "safest": float(sizes[safest]),
        "safest_profit": float(profit[safest]),
        "richest": float(sizes[int(profit.argmax())]),
    }


def quote_curve(r: SingleRun[Transactional], quotes: Array | None = None) -> dict[str, Any]:
    """Chance of winning, profit if won, and expected profit, by quote, for the chosen form.

    Profit is economic profit plus the value of repeat loans; PD is that of the quoted rate.
    """
    a, m = r.assumptions, r.metrics
    quotes = np.linspace(0.02, 0.07, 201) if quotes is None else np.asarray(quotes, float)
    win = pricing.win_probability(a, quotes, a.approval_days)
    value = m["profit_per_rate"] * (quotes - m["threshold"])
    return {"quote": quotes, "win": win, "value": value, "expected": win * value}


def speed_curve(
    r: SingleRun[Transactional], days: Sequence[int] = tuple(range(1, 31))
) -> dict[str, Any]:
    """Best quote and expected profit by days to approval, for the chosen form, haste paid for."""
    a, m = r.assumptions, r.metrics
    day = np.asarray(days, float)
    slope = m["profit_per_rate"]
    haste = (pricing.operating_cost(a, day) - pricing.operating_cost(a, a.approval_days)) * (
        1 - a.tax
    )
    threshold = m["threshold"] + haste / slope
    quote = pricing.best_quote(a, threshold, day)
    expected = pricing.win_probability(a, quote, day) * slope * (quote - threshold)
    return {"days": day, "quote": quote, "expected": expected, "best": int(day[expected.argmax()])}


def futures(r: SingleRun[Transactional], n: int = 20_000, seed: int = 20260320) -> dict[str, Array]:
    """A seeded Monte Carlo beside the quadrature: chance of a missed payment by form, each (form,).

    `low` and `high` bound the simulated share by 1.96 standard errors.
    """
    runs = run.simulate(r.assumptions, run.sample(r.assumptions, n, seed))
    share = runs.all_metrics["missed"].mean(axis=1)
    exact = r.all_metrics["missed_probability"][:, 0]
    return {"exact": exact} | sampling_interval(share, n)


def peak_need(a: Transactional) -> float:
    """The most that the firm would lack without any loan, launch on time, nothing leaking."""
    operations = firm_and_loan.operating_lines(a, np.zeros(1), np.ones(1))
    cash = a.opening_cash + np.cumsum(sum(operations[k] for k in OPERATING), axis=0)
    return float(max(-cash.min(), 0.0))


def _of_slips(r: SingleRun[Transactional]) -> dict[str, float]:
    """Which slips break which form, and the late launch that tells them apart."""
    by_slip = slips(r)
    bullet, flexible = by_slip["leaking"][BULLET], by_slip["leaking"][FLEXIBLE]
    tight = by_slip["tight"]
    late = late_launch(r)
    late_bullet, late_flexible = (late.alternative(f).metrics for f in ("bullet", "flexible"))
    telling = _telling_slip(by_slip["leaking"])
    chances = r.assumptions.slip_probabilities
    misses = {"bullet": bullet, "flexible": flexible, "tight_bullet": tight[BULLET]}
    return {
        **{f"{k}_misses_at_slip": float(first_time(missed > 0)) for k, missed in misses.items()},
        "slips_that_tell": float(((bullet > 0) & (flexible < 0)).sum()),
        "slips_that_tell_tight": float(((tight[BULLET] > 0) & (tight[FLEXIBLE] < 0)).sum()),
        "telling_slip_chance": 0.0 if telling is None else chances[telling],
        "late_bullet_short": late_bullet["shortfall"],
        "late_bullet_leaked": late_bullet["leaked"],
        "late_flexible_leaked": late_flexible["leaked"],
        "late_flexible_left": late_flexible["closing_cash"],
    }


def findings(r: SingleRun[Transactional]) -> dict[str, float]:
    """The numbers that the case's story states, each with its unit in the case file."""
    a, m = r.assumptions, r.metrics
    lowest = a.market_rate - a.market_range
    leaks, speed, lent = leakage_curve(r), speed_curve(r), amounts(r)
    sizes = price_by_size(r, (1.0, 10.0), (3, 11))
    line, many = revolving_fee(r), futures(r)
    chance = a.repeat * (1 - m["pd"]) / (1 + a.hurdle)
    alone = pricing.best_quote(a, np.array(m["break_even_rate"]), a.approval_days)
    at_lowest = run.simulate(a.replace(rate=lowest)).alternative(r.chosen).metrics
    safest = run.simulate(a.replace(principal=lent["safest"])).metrics
    speed_gain = float(speed["expected"].max() - m["best_expected_profit"])
    return {
        **_of_slips(r),
        "lowest_quote": lowest,
        "highest_quote": a.market_rate + a.market_range,
        "profit_at_lowest": at_lowest["economic_profit"],
        "leakage_break_even": leaks["crossing"],
        "leakage_equal_profit": leaks["equal_profit"],
        "burn_that_reverses": burn_that_reverses(r),
        "revolving_fee": line["fee"],
        "revolving_saved": line["saved"],
        "best_days": float(speed["best"]),
        "best_days_quote": float(speed["quote"][speed["days"] == speed["best"]][0]),
        "best_days_profit": float(speed["expected"].max()),
        "speed_gain": speed_gain,
        "first_repeat_value": m["repeat_value"] * (1 - chance),
        "quote_without_repeat": float(alone),
        "peak_need": peak_need(a),
        "safest_amount": lent["safest"],
        "safest_missed": safest["missed_probability"],
        "safest_profit": lent["safest_profit"],
        "safest_short": safest["shortfall"],
        "richest_amount": lent["richest"],
        "small_short_rate": float(sizes["break_even"][0, 0]),
        "small_rate": float(sizes["break_even"][1, 0]),
        "simulated_missed": float(many["share"][FORMS.index(r.chosen)]),
        "scenarios": float(many["n"]),
        **terms.entrusted(r),
        **terms.other_terms(r),
        **terms.desk(r, speed_gain, lent["safest_profit"]),
        **terms.afterwards(r),
    }


#: Name of a figure -> what it is drawn from; the drawing is in `charts`.
FIGURES: Mapping[str, Callable[[SingleRun[Transactional]], Any]] = {
    "explorer": quote_curve,
    "late_launch": late_launch,
    "slips": slips,
    "leakage": leakage_curve,
    "price": price_stack,
    "size": price_by_size,
    "amount": amounts,
    "quote": quote_curve,
    "speed": speed_curve,
    "entrusted": terms.entrusted_curve,
    "futures": futures,
}

figure = drawer(__package__, FIGURES)

"""Case 2, transactional: a technology firm borrows for one product launch and is gone in a year.

Monthly, from the drawdown (month 0) to the maturity of the loan. Five repayment forms of the same
loan run side by side; money is in CNY million, flows fall at month end, inflows are positive.

The client
    S_t    new-product sales: price x units x sales level x ramp; the ramp rises by 1/m a month,
           from the month after launch month plus slip
    op_t   collections of S (lagged by the collection days, a fraction of a month interpolated)
           + existing business - cost of sales - fixed cost - development (in full until the planned
           launch, the share b of it while the launch slips)
    The firm pays its bills first, then the bank (arrears, interest, fee, principal; down to no
    cash), then sweeps if its form says so, and then the share `leakage` of what is left above its
    floor is gone. Arrears carry no interest. Nothing leaks in month 0.
The loan
    One rule serves every form: due principal = balance - planned closing balance, if positive.
    Interest is on the opening balance. The revolving form draws its fee at signing, then what is
    lacking to the sweep floor after the payment of the month, until the month before maturity and
    never after a missed payment; it sweeps all cash above that floor from month 1.
The lender
    A payment is missed in the first month in which something is due and more than is there.
    PD = P(missed) x P(not cured within 90 days), over the life of the loan, by quadrature over slip
    x sales level. Exposure at default is what is still owed after the firm has paid all it had.
    Balance, interest and fees are those of the run shown; PD and loss of the whole distribution.
    economic profit = (rate - FTP) x balance + fees - expected loss - cost, after tax, less
    hurdle x capital. Capital = K(PD, LGD, 1 year) x 12.5 x capital ratio x exposure; the PD floor
    counts for capital only. Break-even rate and best quote hold balance and PD at the quoted rate.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from .. import credit, loans, profitability, timevalue
from ..assumptions import Record, load
from ..distributions import norm_cdf, normal, pick
from .shape import (
    Array,
    Draws,
    Result,
    drawer,
    first_time,
    lender_view,
    many,
    residual,
    sampling_interval,
    uniform_draws,
)

FORMS = ("bullet", "equal_principal", "level", "flexible", "revolving")
BULLET, EQUAL, LEVEL, FLEXIBLE, REVOLVING = range(5)
#: What is uncertain: launch slip, sales level, cure of a missed payment.
DRAWS = ("slip", "sales", "cure")
MONTHS = 12
#: A thousandth of a yuan: less is nothing.
DUST = 1e-9
#: Standard normal nodes of the sales level. With the crossing point interpolated (`_structure`) 41
#: of them give the chance of a missed payment to 1e-4 in the base case; where sales spread widely
#: it is too high by up to 0.002 (spread 0.2), 0.003 (0.4).
NODES = np.linspace(-4.0, 4.0, 41)


@dataclass(frozen=True)
class Transactional(Record):
    """The assumptions of the case; data/cases/transactional.toml gives unit, range and reason."""

    # the offer
    principal: float
    tenor: int
    form: str
    rate: float
    approval_days: int
    arrangement_fee: float
    commitment_fee: float
    sweep_start: int
    sweep_share: float
    sweep_floor: float
    # the firm
    opening_cash: float
    existing_business: float
    fixed_cost: float
    development: float
    launch_month: int
    slip: int
    slip_burn: float
    price: float
    units: float
    ramp_months: int
    cost_of_sales: float
    collection_days: float
    cash_floor: float
    leakage: float
    # what may happen
    slip_probabilities: tuple[float, ...]
    sales_volatility: float
    cure: float
    # the bank
    ftp: float
    lpr: float
    lgd: float
    turnover: float
    conversion_factor: float
    capital_ratio: float
    hurdle: float
    tax: float
    origination_cost: float
    servicing_cost: float
    rush_cost: float
    # the market
    market_rate: float
    market_range: float
    market_spread: float
    usual_days: int
    day_weight: float
    repeat: float
    repeat_cost: float
    repeat_pd: float


def assumptions(path: str | Path | None = None) -> Transactional:
    """The base case, or your own client's file of the same form (see data/README.md)."""
    return load(Transactional, "transactional", path)


def sample(a: Transactional, n: int, seed: int) -> Draws:
    """n scenarios as uniforms in [0, 1), one line for each of `DRAWS`."""
    return uniform_draws(DRAWS, n, seed)


def simulate(a: Transactional, d: Draws | None = None, keep: Sequence[str] | None = None) -> Result:
    """Run the case: the assumptions as they stand, or the scenarios of `sample`.

    Every repayment form runs; the result shows the form of `a.form` first. A single run keeps all
    lines; many keep those named in `keep`, of cash and loan, not of the lender's price. Without
    draws the launch slips by `a.slip`.
    ValueError for draws that are not like those of `sample` and for a line that is not there.
    """
    structure = _structure(a)
    if d is None:
        one = np.ones(1)
        return _result(a, structure, a.slip * one, one, None, keep=None)
    return many(partial(_scenarios, a, structure), sample(a, 1, 0), d, keep)


def _scenarios(a: Transactional, s: Structure, d: Draws, keep: Sequence[str]) -> Result:
    slip = pick(a.slip_probabilities, d["slip"]).astype(float)
    level = _sales_level(a, normal(d["sales"]))
    return _result(a, s, slip, level, d["cure"], keep)


def _sales_level(a: Transactional, z: Array) -> Array:
    """Lognormal with mean one: the plan is the average, not the best case."""
    return np.exp(a.sales_volatility * z - a.sales_volatility**2 / 2)


# ------------------------------------------------------------------------------- the client


def _operations(a: Transactional, slip: Array, level: Array) -> dict[str, Array]:
    """Operating lines, each (month, scenario), month 0 (the drawdown) empty; and receivables."""
    month = np.arange(a.tenor + 1.0)[:, None]
    launch = a.launch_month + slip
    sales = a.price * a.units * level * np.clip((month - launch) / a.ramp_months, 0, 1)
    # collections lag by whole months and a fraction: the fraction waits one month more
    whole, part = divmod(a.collection_days / 30, 1)
    lagged = _lag(sales, int(whole))
    collections = (1 - part) * lagged + part * _lag(lagged, 1)
    active = np.minimum(month, 1.0)  # nothing but the loan moves at month 0
    return {
        "sales": sales,
        "collections": collections,
        "existing_business": a.existing_business * active,
        "cost_of_sales": -a.cost_of_sales * sales,
        "fixed_cost": -a.fixed_cost * active,
        "development": -a.development
        * active
        * (
            (month <= a.launch_month) + a.slip_burn * ((month > a.launch_month) & (month <= launch))
        ),
        "receivables": np.cumsum(sales - collections, axis=0),
    }


_OPERATING = ("collections", "existing_business", "cost_of_sales", "fixed_cost", "development")


def _receivables_gap(a: Transactional, operations: dict[str, Array]) -> Array:
    """Receivables left at the end, less the sales of the last `collection_days`."""
    owed_months = min(a.collection_days / 30, a.tenor)
    sales = operations["sales"]
    weight = np.clip(owed_months - np.arange(len(sales))[::-1], 0, 1)
    return operations["receivables"][-1] - weight @ sales


def _lag(x: Array, months: int) -> Array:
    return np.concatenate([np.zeros_like(x[:months]), x[: len(x) - months]])


# ------------------------------------------------------------------------------- the loan


def _planned_closing(a: Transactional) -> Array:
    """Planned closing balance (month, form): what a client may still owe after each month."""
    planned = np.full((a.tenor + 1, len(FORMS)), a.principal)
    planned[1:, EQUAL] = loans.equal_principal(a.principal, a.rate / MONTHS, a.tenor).closing
    planned[1:, LEVEL] = loans.level(a.principal, a.rate / MONTHS, a.tenor).closing
    planned[-1] = 0.0
    return planned


def _paths(
    a: Transactional,
    slip: Array,
    level: Array,
    keep: Sequence[str] | None,
    leakage: float | Array | None = None,
) -> tuple[dict[str, Array], dict[str, Array]]:
    """Run the firm and its loan in every form over every scenario.

    Returns the lines kept, each (month, form or 1, scenario); and totals, each (form, scenario).
    """
    operations = _operations(a, slip, level)
    operating = sum(operations[name] for name in _OPERATING)
    leakage = a.leakage if leakage is None else leakage
    planned = _planned_closing(a)[..., None]
    shape = (len(FORMS), len(slip))
    is_revolving = (np.arange(len(FORMS)) == REVOLVING)[:, None]
    limit = np.where(is_revolving, a.principal, 0.0)
    commitment_rate = a.commitment_fee / MONTHS * is_revolving
    # the revolver takes all idle cash from the start: its client borrows again when short
    sweeping = np.zeros((a.tenor + 1, len(FORMS), 1))
    sweeping[a.sweep_start : a.tenor, FLEXIBLE] = a.sweep_share
    sweeping[1 : a.tenor, REVOLVING] = 1.0

    fee = a.arrangement_fee * a.principal
    # the revolver's fee is drawn with the line, and what the floor needs
    first_draw = np.clip(a.sweep_floor + fee - a.opening_cash, fee, a.principal)
    draw = np.where(is_revolving, first_draw, a.principal)
    draw = np.broadcast_to(draw, shape)
    cash = a.opening_cash + draw - fee
    balance, arrears = draw, np.zeros(shape)
    missed_month, exposure, last_owing = np.full(shape, -1), np.zeros(shape), np.zeros(shape, int)
    headroom, lowest = np.full(shape, 10 * a.principal), cash
    months_short = np.zeros(shape, dtype=int)
    sums = {k: np.zeros(shape) for k in ("interest", "commitment", "balance", "undrawn", "leaked")}
    flows = np.empty((a.tenor + 1, *shape))  # the lender's: out at the draw, in at payment
    flows[0] = fee - draw
    zero = np.zeros(shape)
    lines: dict[str, Array] = {}

    def store(t: int, **step: Array) -> None:
        for name in step.keys() if keep is None else step.keys() & set(keep):
            if name not in lines:
                lines[name] = np.zeros((a.tenor + 1, *shape))
            lines[name][t] = step[name]

    store(
        0,
        opening=zero + a.opening_cash,
        draw=draw,
        arrangement_fee=zero - fee,
        closing=cash,
        balance=balance,
    )
    for t in range(1, a.tenor + 1):
        opening, opening_balance = cash, balance
        interest = a.rate / MONTHS * balance
        commitment = commitment_rate * (limit - balance)
        owed = arrears + interest + commitment
        ready = cash + operating[t]
        draw = zero
        if t < a.tenor:  # drawn before the payment, and never after a missed one
            need = np.clip(a.sweep_floor + owed - ready, 0, np.maximum(limit - balance, 0))
            draw = np.where(is_revolving & (missed_month < 0), need, 0.0)
        ready = ready + draw
        balance = balance + draw
        due = np.maximum(balance - planned[t], 0)
        available = np.maximum(ready, 0)
        paid_interest = np.minimum(owed, available)
        paid_principal = np.minimum(due, available - paid_interest)
        arrears = owed - paid_interest
        spare = ready - owed - due
        # unpaid bills are no missed payment where nothing is due to the bank
        at_stake = owed + due > DUST
        headroom = np.where(at_stake, np.minimum(headroom, spare), headroom)
        short = at_stake & (spare < -DUST)
        swept = np.minimum(
            sweeping[t] * np.maximum(spare - a.sweep_floor, 0), balance - paid_principal
        )
        balance = balance - paid_principal - swept
        left = ready - paid_interest - paid_principal - swept
        leak = leakage * np.maximum(left - a.cash_floor, 0)
        cash = left - leak

        last_owing = np.where(balance + arrears > DUST, t, last_owing)
        first = short & (missed_month < 0)
        missed_month = np.where(first, t, missed_month)
        exposure = np.where(first, balance + arrears, exposure)
        months_short += short
        lowest = np.minimum(lowest, cash)
        flows[t] = paid_interest + paid_principal + swept - draw
        sums["interest"] += interest
        sums["commitment"] += commitment
        sums["balance"] += opening_balance
        sums["undrawn"] += np.maximum(limit - opening_balance, 0)
        sums["leaked"] += leak
        store(
            t,
            opening=opening,
            draw=draw,
            interest=-paid_interest,
            principal=-paid_principal,
            sweep=-swept,
            leaked=-leak,
            closing=cash,
            balance=balance,
            arrears=arrears,
            accrued=interest,
            commitment=commitment,
            opening_balance=opening_balance,
            due=owed + due,
        )
    # what is still owed is settled in full for the cost of the contract, whoever pays it
    contract = flows.copy()
    contract[-1] += balance + arrears
    totals = {f"total_{k}": v for k, v in sums.items()} | {
        "closing_cash": cash,
        "closing_balance": balance,
        "closing_arrears": arrears,
        "headroom": headroom,
        "first_missed": missed_month,
        "last_owing": last_owing,
        "exposure": exposure,
        "lowest_cash": lowest,
        "months_short": months_short,
        "contract": contract,
        "flows": flows,
        "operating": operating.sum(axis=0),
        "receivables_gap": _receivables_gap(a, operations),
        "fee": fee,
    }
    for name in operations.keys() if keep is None else operations.keys() & set(keep):
        lines[name] = operations[name][:, None, :]
    return lines, totals


# ------------------------------------------------------------------------------- the risk


@dataclass(frozen=True)
class Structure:
    """What the shape of the loan says of its risk; each (form, 1)."""

    missed: Array  # probability of a missed payment
    pd: Array
    expected_loss: Array
    weight: float  # of all nodes together: one


def _structure(a: Transactional, leakage: float | Array | None = None) -> Structure:
    """PD and expected loss from launch slip x sales level, by quadrature.

    A missed payment is a yes or no, so plain nodes (Gauss-Hermite too) jump when one of them
    changes sides. Headroom, the least that was left after what was due, is continuous: between
    two nodes the sales level at which it crosses zero is interpolated, and the probability up to
    that point counts. The price under a slider then moves smoothly.
    `leakage` may be (k,); the results are then (form, k).
    """
    probability = np.asarray(a.slip_probabilities)
    slips = np.arange(float(len(probability)))
    leak = np.atleast_1d(a.leakage if leakage is None else leakage)
    grid = (len(leak), len(slips), len(NODES))
    columns = [
        np.broadcast_to(x, grid).ravel()
        for x in (leak[:, None, None], slips[:, None], _sales_level(a, NODES))
    ]
    _, totals = _paths(a, columns[1], columns[2], keep=(), leakage=columns[0])
    headroom, exposure = (totals[k].reshape(-1, *grid) for k in ("headroom", "exposure"))

    low, high = headroom[..., :-1] < 0, headroom[..., 1:] < 0
    gap = headroom[..., :-1] - headroom[..., 1:]
    cross = np.where(low != high, headroom[..., :-1] / np.where(gap == 0, 1.0, gap), 1.0)
    left, right = norm_cdf(NODES[:-1]), norm_cdf(NODES[1:])
    middle = norm_cdf(NODES[:-1] + np.diff(NODES) * cross)
    mass = np.where(low, middle - left, np.where(high, right - middle, 0.0))
    ends = low.astype(float) + high
    mean_exposure = (exposure[..., :-1] * low + exposure[..., 1:] * high) / np.maximum(ends, 1)
    # beyond the outermost nodes the outcome is theirs
    tail = norm_cdf(NODES[0]) * (headroom[..., [0, -1]] < 0)
    missed = mass.sum(-1) + tail.sum(-1)
    lost = (mass * mean_exposure).sum(-1) + (tail * exposure[..., [0, -1]]).sum(-1)
    missed, lost = missed @ probability, lost @ probability
    weight = float((right - left).sum() + 2 * norm_cdf(NODES[0])) * float(probability.sum())
    not_cured = 1 - a.cure
    return Structure(missed, not_cured * missed, not_cured * a.lgd * lost, weight)


# ------------------------------------------------------------------------------- the price


def _operating_cost(a: Transactional, days: Any, share: float = 1.0) -> Any:
    """The bank's cost of one loan; approving faster than usual costs overtime and priority."""
    rush = a.rush_cost * np.maximum(a.usual_days / np.asarray(days, float) - 1, 0)
    return share * a.origination_cost + rush + a.servicing_cost * a.tenor


def _capital(a: Transactional, pd: Array, exposure_years: Array) -> Array:
    """Capital-years: K x 12.5 = risk weight; a loan of up to a year has maturity one."""
    k = credit.irb_capital(np.minimum(pd, 1.0), a.lgd, 1.0, a.turnover, pd_floor=PD_FLOOR)
    return k * 12.5 * a.capital_ratio * exposure_years


#: The least PD that the final Basel III text lets a bank use (FACTS: read in a secondary copy).
PD_FLOOR = 0.0005


@dataclass(frozen=True)
class Price:
    """The lender's economics of the loan, over its life; each (form, scenario).

    Balance and capital are in CNY million x years, so a loan of under a year needs no annualising.
    """

    balance: Array
    capital: Array
    fees: Array
    opex: Array
    expected_loss: Array
    economic_profit: Array
    raroc: Array
    break_even_rate: Array


def _price(
    a: Transactional,
    totals: dict[str, Array],
    s: Structure,
    days: Any = None,
    cost_share: float = 1.0,
    pd_share: float = 1.0,
    rate: float | None = None,
) -> Price:
    """Profit of the loan on the balances of `totals`, with PD and loss of the structure."""
    rate = a.rate if rate is None else rate
    balance = totals["total_balance"] / MONTHS
    exposure = balance + a.conversion_factor * totals["total_undrawn"] / MONTHS
    capital = _capital(a, s.pd * pd_share, exposure)
    fees = totals["fee"] + totals["total_commitment"]
    loss = s.expected_loss * pd_share
    opex = _operating_cost(a, a.approval_days if days is None else days, cost_share)
    income = (rate - a.ftp) * balance + fees
    drawn = balance > DUST  # a revolver that was never drawn has no rate at which it pays
    held = capital > DUST  # nor a return on capital where none is held
    raroc = profitability.raroc(income, loss, opex, np.where(held, capital, 1.0), tax=a.tax)
    raroc = np.where(held, raroc, np.nan)
    profit = profitability.economic_profit(income, loss, opex, capital, tax=a.tax, hurdle=a.hurdle)
    break_even = profitability.break_even_rate(
        np.where(drawn, balance, 1.0),
        a.ftp,
        loss,
        opex,
        capital,
        fees=fees,
        tax=a.tax,
        hurdle=a.hurdle,
    )
    break_even = np.where(drawn, break_even, np.nan)
    return Price(balance, capital, fees, opex, loss, profit, raroc, break_even)


def _repeat_value(a: Transactional, totals: dict[str, Array], s: Structure) -> Array:
    """What the first loan is worth as a door: renewals at the market rate, known and cheaper.

    A renewal is an option (the bank may decline, so its profit counts only if positive). With x =
    repeat x (1 - PD) / (1 + hurdle) the renewals are worth profit x (x + x^2 + ...).
    """
    again = _price(a, totals, s, a.usual_days, a.repeat_cost, a.repeat_pd, a.market_rate)
    x = a.repeat * (1 - s.pd) / (1 + a.hurdle)
    return np.maximum(again.economic_profit, 0) * x / (1 - x)


def win_probability(a: Transactional, quote: Any, days: Any) -> Any:
    """Chance that the client takes the offer: logistic in the quote and in the approval days."""
    return 0.5 - 0.5 * np.tanh((quote - _indifference(a, days)) / (2 * a.market_spread))


def _indifference(a: Transactional, days: Any) -> Any:
    """The quote at which the client takes the offer with a chance of one half."""
    slower = np.asarray(days, float) - a.usual_days
    return a.market_rate - a.market_spread * a.day_weight * slower


def _best_quote(a: Transactional, threshold: Array, days: Any) -> Array:
    """The quote q with the largest win(q) x (q - threshold).

    Setting the derivative to zero with u = (q - threshold) / spread gives
    (u - 1) e^(u - 1) = e^(c - 1), c = (indifference - threshold) / spread: u = 1 + W(e^(c - 1)),
    W being Lambert's function. It is solved here for log W, which cannot overflow.
    """
    c = (_indifference(a, days) - threshold) / a.market_spread - 1
    log_w = np.where(c > 1, np.log(np.maximum(c, 1.0)), c)  # e^log_w + log_w = c
    for _ in range(12):  # Newton on a convex, increasing function
        log_w = log_w - (np.exp(log_w) + log_w - c) / (np.exp(log_w) + 1)
    return threshold + a.market_spread * (1 + np.exp(log_w))


# ------------------------------------------------------------------------------- the result


def _result(
    a: Transactional,
    s: Structure,
    slip: Array,
    level: Array,
    cure: Array | None,
    keep: Sequence[str] | None,
) -> Result:
    lines, totals = _paths(a, slip, level, keep)
    single = cure is None
    first = totals["first_missed"]
    metrics = {
        "total_interest": totals["total_interest"],
        "total_fees": totals["fee"] + totals["total_commitment"],
        "total_cost": totals["total_interest"] + totals["fee"] + totals["total_commitment"],
        "lowest_cash": totals["lowest_cash"],
        "closing_cash": totals["closing_cash"],
        "months_short": totals["months_short"],
        "missed": first > 0,
        "shortfall": np.maximum(-totals["headroom"], 0),
        "first_missed": first,
        "average_balance": totals["total_balance"] / a.tenor,
        "leaked": totals["total_leaked"],
        "pd": s.pd,
        "missed_probability": s.missed,
        "expected_loss": s.expected_loss,
    }
    checks = _checks(a, s, totals)
    if single:
        price_metrics, price_lines, price_checks = _pricing(a, s, totals, lines)
        metrics |= price_metrics
        lines |= price_lines
        checks |= price_checks
    else:
        default = metrics["missed"] & (cure >= a.cure)
        loss = a.lgd * totals["exposure"] * default
        income = (a.rate - a.ftp) * totals["total_balance"] / MONTHS + metrics["total_fees"]
        metrics |= {
            "default": default,
            "loss": loss,
            "lender_result": income - _operating_cost(a, a.approval_days) - loss,
        }
    repaid = np.where(totals["last_owing"] < a.tenor, totals["last_owing"] + 1, -1)
    return Result(
        assumptions=a,
        chosen=a.form,
        alternatives=FORMS,
        single=single,
        all_lines=lines,
        all_metrics=metrics,
        all_events={"missed": first, "repaid": repaid},
        checks=checks,
        largest_balance=a.principal + a.opening_cash,
        scenarios=len(slip),
    )


def _checks(a: Transactional, s: Structure, t: dict[str, Array]) -> dict[str, float]:
    """Identities that hold in every scenario, from totals and not from the steps that made them."""
    owed = t["closing_balance"] + t["closing_arrears"]
    received = t["flows"].sum(axis=0)
    earned = t["total_interest"] + t["total_commitment"] + t["fee"]
    cash = a.opening_cash + t["operating"] - received - t["total_leaked"]
    return {
        "client_cash_rolls": residual(t["closing_cash"] - cash),
        "loan_rolls": residual(received + owed - earned),
        "unmissed_is_repaid": residual(np.where(t["first_missed"] < 0, owed, 0.0)),
        "receivables_roll": residual(t["receivables_gap"]),
        "probabilities_sum_to_one": residual(s.weight - 1),
    }


def _pricing(
    a: Transactional, s: Structure, totals: dict[str, Array], lines: dict[str, Array]
) -> tuple[dict[str, Array], dict[str, Array], dict[str, float]]:
    """The lender's view of a single run: statement lines, price metrics, and their identities."""
    p = _price(a, totals, s)
    repeat = _repeat_value(a, totals, s)
    slope = np.where(p.balance > DUST, p.balance * (1 - a.tax), np.nan)  # profit for a unit of rate
    threshold = p.break_even_rate - repeat / slope
    best = _best_quote(a, threshold, a.approval_days)
    win = win_probability(a, a.rate, a.approval_days)
    best_win = win_probability(a, best, a.approval_days)

    def best_profit(days: Any) -> Array:
        quote = _best_quote(a, threshold, days)
        return win_probability(a, quote, days) * slope * (quote - threshold)

    # the same loan a day sooner, its cost aside
    day = best_profit(max(a.approval_days - 1, 0)) - best_profit(a.approval_days)
    with warnings.catch_warnings():
        # a line drawn, repaid and drawn again may have a second root, of thousands of percent
        warnings.simplefilter("ignore", timevalue.SeveralRatesWarning)
        monthly = timevalue.irr(totals["contract"][:, :, 0], on_error="nan")[:, None]
    # an undrawn line has no cost of borrowing: missing, as its break-even rate is
    effective = timevalue.effective_annual_rate(np.nan_to_num(monthly) * MONTHS, MONTHS)
    metrics = {
        "all_in_effective": np.where(np.isnan(monthly), np.nan, effective),
        "all_in_nominal": monthly * MONTHS,
        "capital": p.capital * MONTHS / a.tenor,
        "raroc": p.raroc,
        "economic_profit": p.economic_profit,
        "break_even_rate": p.break_even_rate,
        "margin": np.full((1, 1), a.rate - a.ftp),
        "over_lpr": np.full((1, 1), a.rate - a.lpr),
        "repeat_value": repeat,
        "win_probability": np.full((1, 1), win),
        "expected_profit": win * (p.economic_profit + repeat),
        "best_quote": best,
        "best_win_probability": best_win,
        "best_expected_profit": best_profit(a.approval_days),
        "day_value": day,
        "threshold": threshold,
        "profit_per_rate": slope,
    }
    # the statement, month by month; month 0 carries the fee and the cost of making the loan
    exposure = lines["opening_balance"] + a.conversion_factor * np.where(
        (np.arange(len(FORMS)) == REVOLVING)[:, None], a.principal - lines["opening_balance"], 0.0
    )
    exposure[0] = 0.0
    at_start = (np.arange(a.tenor + 1) == 0)[:, None, None]
    servicing = np.where(at_start, 0.0, a.servicing_cost)
    first_cost = p.opex - a.servicing_cost * a.tenor
    # the loss is charged where the balance is; a line drawn only in bad times, month by month
    lent = totals["total_balance"]
    evenly = ~at_start / a.tenor
    by_balance = np.where(lent > DUST, lines["opening_balance"] / np.maximum(lent, DUST), evenly)
    statement = lender_view(
        interest=lines["accrued"],
        fees=np.where(at_start, totals["fee"], lines["commitment"]),
        funding=a.ftp / MONTHS * lines["opening_balance"],
        cost=np.where(at_start, first_cost, servicing),
        loss=p.expected_loss * by_balance,
        capital=_capital(a, s.pd, exposure / MONTHS),
        tax=a.tax,
        hurdle=a.hurdle,
    )
    client = sum(lines[k] for k in ("draw", "arrangement_fee", "interest", "principal", "sweep"))
    statement["lender_flow"] = totals["flows"]
    financed = sum(lines[k] for k in (*_OPERATING, "leaked")) + client
    at_break_even = (p.break_even_rate - a.rate) * slope + p.economic_profit
    condition = slope * (1 - (1 - best_win) * (best - threshold) / a.market_spread)
    return (
        metrics,
        statement,
        {
            "lender_mirrors_client": residual(client + totals["flows"]),
            "statement_foots": residual(lines["closing"][1:] - lines["opening"][1:] - financed[1:]),
            "months_join": residual(lines["opening"][1:] - lines["closing"][:-1]),
            "profit_foots": residual(
                statement["economic_profit_line"].sum(axis=0) - p.economic_profit
            ),
            "break_even_is_zero_profit": residual(np.nan_to_num(at_break_even)),
            "best_quote_is_flat": residual(np.nan_to_num(condition)),
        },
    )


# ------------------------------------------------------------------------------- the questions


def slips(r: Result, longest: int = 8) -> dict[str, Array]:
    """First missed month (-1: none) by form and slip, with the case's leakage and with none.

    Each array is (form, slip 0 … longest), sales at plan.
    """
    a = r.assumptions
    slip, level = np.arange(longest + 1.0), np.ones(longest + 1)
    return {
        "leaking": _paths(a, slip, level, ())[1]["first_missed"],
        "tight": _paths(a, slip, level, (), leakage=0.0)[1]["first_missed"],
    }


def late_launch(r: Result) -> Result:
    """The single run at the slip that tells the forms apart, or at two months if none does."""
    return simulate(r.assumptions.replace(slip=_telling_slip(slips(r)["leaking"]) or 2))


def _telling_slip(first_missed: Array) -> int | None:
    """The first slip at which the bullet misses a payment and the flexible form does not."""
    tells = (first_missed[BULLET] > 0) & (first_missed[FLEXIBLE] < 0)
    return int(tells.argmax()) if tells.any() else None


def _crossing(gap: Callable[[Array], Array], grid: Array) -> float:
    """Where `gap` first rises through zero, to a 65,000th of a step of the grid; NaN if nowhere."""
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


def leakage_curve(r: Result, highest: float = 0.2, points: int = 41) -> dict[str, Any]:
    """Break-even rate (form, leakage), and where the flexible form overtakes the bullet.

    `crossing` is the leakage at which both break even at the same rate; `equal_profit` that at
    which both earn the same at the quoted rate. NaN where the curves do not cross.
    """
    a = r.assumptions

    def priced(leakage: Array) -> Price:
        ones = np.ones(len(leakage))
        _, totals = _paths(a, a.slip * ones, ones, (), leakage=leakage)
        return _price(a, totals, _structure(a, leakage))

    def rate_gap(leakage: Array) -> Array:
        rate = priced(leakage).break_even_rate
        return rate[BULLET] - rate[FLEXIBLE]

    def profit_gap(leakage: Array) -> Array:
        profit = priced(leakage).economic_profit
        return profit[FLEXIBLE] - profit[BULLET]

    grid = np.linspace(0.0, highest, points)
    return {
        "leakage": grid,
        "break_even": priced(grid).break_even_rate,
        "crossing": _crossing(rate_gap, grid),
        "equal_profit": _crossing(profit_gap, grid),
    }


def burn_that_reverses(r: Result) -> float:
    """The share of development spend going on in a slip at which the bullet is as cheap to give."""

    def gap(burns: Array) -> Array:
        sides = [simulate(r.assumptions.replace(slip_burn=float(b))) for b in burns]
        rates = [s.all_metrics["break_even_rate"][:, 0] for s in sides]
        return np.array([x[FLEXIBLE] - x[BULLET] for x in rates])

    return _crossing(gap, np.linspace(0.0, 0.6, 13))


def revolving_fee(r: Result) -> dict[str, float]:
    """The commitment fee at which the revolving form earns what the flexible one does.

    `fee` is that yearly rate on the undrawn part; `cost` what the client then pays in all, and
    `saved` how much less than with the flexible form.
    """
    a = r.assumptions

    def gap(fees: Array) -> Array:
        sides = [simulate(a.replace(commitment_fee=float(f))) for f in fees]
        profits = [s.all_metrics["economic_profit"][:, 0] for s in sides]
        return np.array([p[REVOLVING] - p[FLEXIBLE] for p in profits])

    spec = a.spec.assumptions["commitment_fee"]
    fee = _crossing(gap, np.linspace(spec.low, spec.high, 6))
    if np.isnan(fee):
        return {"fee": np.nan, "cost": np.nan, "saved": np.nan}
    sides = simulate(a.replace(commitment_fee=fee))
    cost = sides.alternative("revolving").metrics["total_cost"]
    return {
        "fee": fee,
        "cost": cost,
        "saved": sides.alternative("flexible").metrics["total_cost"] - cost,
    }


def price_stack(r: Result) -> dict[str, Array]:
    """What the break-even rate is made of, each (form,), as an annual rate on the balance."""
    a = r.assumptions
    _, totals = _paths(a, np.full(1, float(a.slip)), np.ones(1), ())
    p = _price(a, totals, _structure(a))
    parts = {
        "funding": np.full_like(p.raroc, a.ftp),
        "expected_loss": p.expected_loss / p.balance,
        "capital": p.capital * a.hurdle / (1 - a.tax) / p.balance,
        "cost": (p.opex - p.fees) / p.balance,
    }
    return {k: v[:, 0] for k, v in parts.items()} | {"total": p.break_even_rate[:, 0]}


def price_by_size(
    r: Result,
    sizes: Sequence[float] = tuple(np.geomspace(1, 50, 25)),
    tenors: Sequence[int] = (3, 6, 11),
) -> dict[str, Array]:
    """Break-even rate (tenor, size) of the chosen form, risk per year and use of the loan as here.

    Loss and capital grow with the balance, the cost of making a loan does not.
    """
    a = r.assumptions
    _, totals = _paths(a, np.full(1, float(a.slip)), np.ones(1), ())
    p = _price(a, totals, _structure(a))
    form = FORMS.index(r.chosen)
    size, tenor = np.asarray(sizes, float), np.asarray(tenors, float)[:, None]
    years = size * tenor / (a.principal * a.tenor)  # of this loan's balance-years
    made = _operating_cost(a, a.approval_days) - a.servicing_cost * a.tenor
    rate = profitability.break_even_rate(
        p.balance[form] * years,
        a.ftp,
        p.expected_loss[form] * years,
        made + a.servicing_cost * tenor,
        p.capital[form] * years,
        fees=p.fees[form] * size / a.principal,
        tax=a.tax,
        hurdle=a.hurdle,
    )
    return {"size": size, "tenor": tenor[:, 0], "break_even": rate}


def amounts(
    r: Result, sizes: Sequence[float] = tuple(np.arange(5.0, 15.01, 0.25))
) -> dict[str, Any]:
    """Chance of a missed payment (form, amount) and expected profit (amount) by the amount lent.

    `safest` is the amount, of those given, at which a payment is missed least often with the chosen
    form; `richest` the one at which the best quote for it earns the bank most.
    """
    sides = [simulate(r.assumptions.replace(principal=float(size))) for size in sizes]
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


def quote_curve(r: Result, quotes: Array | None = None) -> dict[str, Any]:
    """Chance of winning, profit if won, and expected profit, by quote, for the chosen form.

    Profit is economic profit plus the value of repeat loans; PD is that of the quoted rate.
    """
    a, m = r.assumptions, r.metrics
    quotes = np.linspace(0.02, 0.07, 201) if quotes is None else np.asarray(quotes, float)
    win = win_probability(a, quotes, a.approval_days)
    value = m["profit_per_rate"] * (quotes - m["threshold"])
    return {"quote": quotes, "win": win, "value": value, "expected": win * value}


def speed_curve(r: Result, days: Sequence[int] = tuple(range(1, 31))) -> dict[str, Any]:
    """Best quote and expected profit by days to approval, for the chosen form, haste paid for."""
    a, m = r.assumptions, r.metrics
    day = np.asarray(days, float)
    slope = m["profit_per_rate"]
    haste = (_operating_cost(a, day) - _operating_cost(a, a.approval_days)) * (1 - a.tax)
    threshold = m["threshold"] + haste / slope
    quote = _best_quote(a, threshold, day)
    expected = win_probability(a, quote, day) * slope * (quote - threshold)
    return {"days": day, "quote": quote, "expected": expected, "best": int(day[expected.argmax()])}


def futures(r: Result, n: int = 20_000, seed: int = 20260320) -> dict[str, Array]:
    """A seeded Monte Carlo beside the quadrature: chance of a missed payment by form, each (form,).

    `low` and `high` bound the simulated share by 1.96 standard errors.
    """
    many = simulate(r.assumptions, sample(r.assumptions, n, seed))
    share = many.all_metrics["missed"].mean(axis=1)
    exact = r.all_metrics["missed_probability"][:, 0]
    return {"exact": exact} | sampling_interval(share, n)


def peak_need(a: Transactional) -> float:
    """The most that the firm would lack without any loan, launch on time, nothing leaking."""
    operations = _operations(a, np.zeros(1), np.ones(1))
    cash = a.opening_cash + np.cumsum(sum(operations[k] for k in _OPERATING), axis=0)
    return float(max(-cash.min(), 0.0))


def findings(r: Result) -> dict[str, float]:
    """The numbers that the case's story states, each with its unit in the case file."""
    a, m = r.assumptions, r.metrics
    by_slip = slips(r)
    bullet, flexible = by_slip["leaking"][BULLET], by_slip["leaking"][FLEXIBLE]
    tight = by_slip["tight"]
    lowest = a.market_rate - a.market_range
    leaks, speed, lent = leakage_curve(r), speed_curve(r), amounts(r)
    sizes = price_by_size(r, (1.0, 10.0), (3, 11))
    line = revolving_fee(r)
    late = late_launch(r)
    late_bullet, late_flexible = (late.alternative(f).metrics for f in ("bullet", "flexible"))
    many = futures(r)
    misses = {"bullet": bullet, "flexible": flexible, "tight_bullet": tight[BULLET]}
    chance = a.repeat * (1 - m["pd"]) / (1 + a.hurdle)
    alone = _best_quote(a, np.array(m["break_even_rate"]), a.approval_days)
    at_lowest = simulate(a.replace(rate=lowest)).alternative(r.chosen).metrics
    safest = simulate(a.replace(principal=lent["safest"])).metrics
    telling = _telling_slip(by_slip["leaking"])
    return {
        **{f"{k}_misses_at_slip": float(first_time(missed > 0)) for k, missed in misses.items()},
        "slips_that_tell": float(((bullet > 0) & (flexible < 0)).sum()),
        "slips_that_tell_tight": float(((tight[BULLET] > 0) & (tight[FLEXIBLE] < 0)).sum()),
        "telling_slip_chance": 0.0 if telling is None else a.slip_probabilities[telling],
        "late_bullet_short": late_bullet["shortfall"],
        "late_bullet_leaked": late_bullet["leaked"],
        "late_flexible_leaked": late_flexible["leaked"],
        "late_flexible_left": late_flexible["closing_cash"],
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
        "speed_gain": float(speed["expected"].max() - m["best_expected_profit"]),
        "first_repeat_value": m["repeat_value"] * (1 - chance),
        "quote_without_repeat": float(alone),
        "peak_need": peak_need(a),
        "safest_amount": lent["safest"],
        "safest_missed": safest["missed_probability"],
        "safest_profit": lent["safest_profit"],
        "richest_amount": lent["richest"],
        "small_short_rate": float(sizes["break_even"][0, 0]),
        "small_rate": float(sizes["break_even"][1, 0]),
        "simulated_missed": float(many["share"][FORMS.index(r.chosen)]),
        "scenarios": float(many["n"]),
    }


# ------------------------------------------------------------------------------- the pictures

#: Name of a figure -> what it is drawn from; the drawing is in casebook.charts.transactional.
FIGURES = {
    "explorer": quote_curve,
    "late_launch": late_launch,
    "slips": slips,
    "leakage": leakage_curve,
    "price": price_stack,
    "size": price_by_size,
    "amount": amounts,
    "quote": quote_curve,
    "speed": speed_curve,
    "futures": futures,
}

figure = drawer("transactional", FIGURES)

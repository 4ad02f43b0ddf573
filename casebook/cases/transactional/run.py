"""Runs of case 2: the plan, or many scenarios of launch, sales and cure; with their checks.

A single run adds what only it has: the lender's statement, month by month, the price and the best
quote. Many scenarios have what the bank earned and lost in each.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import partial
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from ... import timevalue
from ...distributions import normal, pick
from ...profitability import lender_view
from ...shape import (
    DUST,
    Array,
    Draws,
    Result,
    ScenarioRuns,
    SingleRun,
    residual,
    run_scenarios,
    uniform_draws,
)
from ...timevalue import MONTHS_A_YEAR
from . import firm_and_loan, pricing
from .firm_and_loan import OPERATING, Totals
from .pricing import Price, Structure
from .record import DRAWS, FORMS, REVOLVING, Transactional


def sample(a: Transactional, n: int, seed: int) -> Draws:
    """n scenarios as uniforms in [0, 1): how late the launch, the sales level, the cure; (n,).

    ValueError unless n is a whole number above zero.
    """
    return uniform_draws(DRAWS, n, seed)


@overload
def simulate(
    a: Transactional, d: None = None, keep: Sequence[str] | None = None
) -> SingleRun[Transactional]: ...
@overload
def simulate(
    a: Transactional, d: Draws, keep: Sequence[str] | None = None
) -> ScenarioRuns[Transactional]: ...
def simulate(
    a: Transactional, d: Draws | None = None, keep: Sequence[str] | None = None
) -> Result[Transactional]:
    """Run the case: the assumptions as they stand, or the scenarios of `sample`.

    Every repayment form runs; the result shows the form of `a.form` first. A single run keeps all
    lines; many keep those named in `keep`, of cash and loan, not of the lender's price. Without
    draws the launch slips by `a.slip`.
    ValueError for draws that are not like those of `sample` and for a line that is not there.
    """
    risk = pricing.structure(a)
    if d is None:
        return _single(a, risk)
    return run_scenarios(partial(_scenarios, a, risk), sample(a, 1, 0), d, keep)


def _single(a: Transactional, risk: Structure) -> SingleRun[Transactional]:
    """The plan: one scenario, the launch late by `a.slip`, sales as planned; with its price."""
    one = np.ones(1)
    lines, totals = firm_and_loan.paths(a, a.slip * one, one, None)
    price = pricing.price(a, totals, risk)
    statement = _statement(a, risk, price, lines, totals)
    metrics = _metrics(a, risk, totals) | _price_metrics(a, risk, price, totals)
    checks = _checks(a, risk, totals) | _price_checks(a, price, lines | statement, totals, metrics)
    return SingleRun(
        assumptions=a,
        chosen=a.form,
        alternatives=FORMS,
        all_lines=lines | statement,
        all_metrics=metrics,
        all_events=_events(a, totals),
        checks=checks,
        largest_balance=a.principal + a.opening_cash,
    )


def _scenarios(
    a: Transactional, risk: Structure, d: Draws, keep: Sequence[str]
) -> ScenarioRuns[Transactional]:
    """Scenarios as drawn, their lines (month, form, scenario) and what the bank made of each."""
    slip = pick(a.slip_probabilities, d["slip"]).astype(float)
    level = firm_and_loan.sales_level(a, normal(d["sales"]))
    lines, totals = firm_and_loan.paths(a, slip, level, keep)
    metrics = _metrics(a, risk, totals)
    default = metrics["missed"] & (d["cure"] >= a.cure)
    loss = a.lgd * totals["exposure"] * default
    income = (a.rate - a.ftp) * totals["total_balance"] / MONTHS_A_YEAR + metrics["total_fees"]
    metrics |= {
        "default": default,
        "loss": loss,
        "lender_result": income - pricing.operating_cost(a, a.approval_days) - loss,
    }
    return ScenarioRuns(
        assumptions=a,
        chosen=a.form,
        alternatives=FORMS,
        all_lines=lines,
        all_metrics=metrics,
        all_events=_events(a, totals),
        checks=_checks(a, risk, totals),
        largest_balance=a.principal + a.opening_cash,
        scenarios=len(slip),
    )


def _metrics(a: Transactional, risk: Structure, totals: Totals) -> dict[str, NDArray[Any]]:
    """What the client pays and how its cash fares, (form, scenario); the risk, (form, 1)."""
    first = totals["first_missed"]
    return {
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
        "pd": risk.pd,
        "missed_probability": risk.missed,
        "expected_loss": risk.expected_loss,
    }


def _events(a: Transactional, totals: Totals) -> dict[str, NDArray[Any]]:
    """Month of the first missed payment and month from which nothing is owed, (form, scenario)."""
    repaid = np.where(totals["last_owing"] < a.tenor, totals["last_owing"] + 1, -1)
    return {"missed": totals["first_missed"], "repaid": repaid}


def _checks(a: Transactional, risk: Structure, totals: Totals) -> dict[str, float]:
    """Identities that hold in every scenario, from totals and not from the steps that made them."""
    owed = totals["closing_balance"] + totals["closing_arrears"]
    received = totals["flows"].sum(axis=0)
    earned = totals["total_interest"] + totals["total_commitment"] + totals["fee"]
    cash = a.opening_cash + totals["operating"] - received - totals["total_leaked"]
    return {
        "client_cash_rolls": residual(totals["closing_cash"] - cash),
        "loan_rolls": residual(received + owed - earned),
        "unmissed_is_repaid": residual(np.where(totals["first_missed"] < 0, owed, 0.0)),
        "receivables_roll": residual(totals["receivables_gap"]),
        "probabilities_sum_to_one": residual(risk.weight - 1),
    }


def _statement(
    a: Transactional,
    risk: Structure,
    price: Price,
    lines: dict[str, Array],
    totals: Totals,
) -> dict[str, Array]:
    """The lender's view of a single run month by month, each line (month, form, 1).

    Month 0 carries the fee and the cost of making the loan.
    """
    exposure = lines["opening_balance"] + a.conversion_factor * np.where(
        (np.arange(len(FORMS)) == REVOLVING)[:, None], a.principal - lines["opening_balance"], 0.0
    )
    exposure[0] = 0.0
    at_start = (np.arange(a.tenor + 1) == 0)[:, None, None]
    servicing = np.where(at_start, 0.0, a.servicing_cost)
    first_cost = price.opex - a.servicing_cost * a.tenor
    # the loss is charged where the balance is; a line drawn only in bad times, month by month
    lent = totals["total_balance"]
    evenly = ~at_start / a.tenor
    by_balance = np.where(lent > DUST, lines["opening_balance"] / np.maximum(lent, DUST), evenly)
    statement = lender_view(
        interest=lines["accrued"],
        fees=np.where(at_start, totals["fee"], lines["commitment"]),
        funding=a.ftp / MONTHS_A_YEAR * lines["opening_balance"],
        cost=np.where(at_start, first_cost, servicing),
        loss=price.expected_loss * by_balance,
        capital=pricing.capital_years(a, risk.pd, exposure / MONTHS_A_YEAR),
        tax=a.tax,
        hurdle=a.hurdle,
    )
    return statement | {"lender_flow": totals["flows"]}


def _effective(totals: Totals) -> tuple[Array, Array]:
    """The client's all-in cost of a single run, effective and nominal a year, (form, 1).

    NaN for a line that was never drawn: it has no cost of borrowing, as it has no break-even rate.
    """
    with warnings.catch_warnings():
        # a line drawn, repaid and drawn again may have a second root, of thousands of percent
        warnings.simplefilter("ignore", timevalue.SeveralRatesWarning)
        monthly: Array = timevalue.irr(totals["contract"][:, :, 0], on_error="nan")[:, None]
    nominal = np.nan_to_num(monthly) * MONTHS_A_YEAR
    effective = timevalue.effective_annual_rate(nominal, MONTHS_A_YEAR)
    return np.where(np.isnan(monthly), np.nan, effective), monthly * MONTHS_A_YEAR


def _price_metrics(
    a: Transactional, risk: Structure, price: Price, totals: Totals
) -> dict[str, Array]:
    """Price and quote of a single run, each (form, 1), or (1, 1) where common to all forms."""
    repeat = pricing.repeat_value(a, totals, risk)
    # profit for a unit of rate; an undrawn line has none
    slope = np.where(price.balance > DUST, price.balance * (1 - a.tax), np.nan)
    threshold = price.break_even_rate - repeat / slope
    best = pricing.best_quote(a, threshold, a.approval_days)
    win = pricing.win_probability(a, a.rate, a.approval_days)

    def best_profit(days: Any) -> Array:
        quote = pricing.best_quote(a, threshold, days)
        profit: Array = pricing.win_probability(a, quote, days) * slope * (quote - threshold)
        return profit

    # the same loan a day sooner, its cost aside
    day = best_profit(max(a.approval_days - 1, 0)) - best_profit(a.approval_days)
    effective, nominal = _effective(totals)
    return {
        "all_in_effective": effective,
        "all_in_nominal": nominal,
        "capital": price.capital * MONTHS_A_YEAR / a.tenor,
        "raroc": price.raroc,
        "economic_profit": price.economic_profit,
        "break_even_rate": price.break_even_rate,
        "margin": np.full((1, 1), a.rate - a.ftp),
        "over_lpr": np.full((1, 1), a.rate - a.lpr),
        "repeat_value": repeat,
        "win_probability": np.full((1, 1), win),
        "expected_profit": win * (price.economic_profit + repeat),
        "best_quote": best,
        "best_win_probability": pricing.win_probability(a, best, a.approval_days),
        "best_expected_profit": best_profit(a.approval_days),
        "day_value": day,
        "threshold": threshold,
        "profit_per_rate": slope,
    }


def _price_checks(
    a: Transactional,
    price: Price,
    lines: dict[str, Array],
    totals: Totals,
    metrics: dict[str, NDArray[Any]],
) -> dict[str, float]:
    """Identities of a single run, of its statements and of its price.

    Client and lender mirror each other, the statements foot, the break-even rate earns nothing,
    and the best quote is where expected profit is flat.
    """
    names = ("draw", "arrangement_fee", "interest", "principal", "sweep")
    client: Array = sum((lines[k] for k in names), np.zeros(1))
    financed = sum((lines[k] for k in (*OPERATING, "leaked")), np.zeros(1)) + client
    slope, best = metrics["profit_per_rate"], metrics["best_quote"]
    above, win = best - metrics["threshold"], metrics["best_win_probability"]
    at_break_even = (price.break_even_rate - a.rate) * slope + price.economic_profit
    condition = slope * (1 - (1 - win) * above / a.market_spread)
    profit = lines["economic_profit_line"].sum(axis=0)
    return {
        "lender_mirrors_client": residual(client + totals["flows"]),
        "statement_foots": residual(lines["closing"][1:] - lines["opening"][1:] - financed[1:]),
        "months_join": residual(lines["opening"][1:] - lines["closing"][:-1]),
        "profit_foots": residual(profit - price.economic_profit),
        "break_even_is_zero_profit": residual(np.nan_to_num(at_break_even)),
        "best_quote_is_flat": residual(np.nan_to_num(condition)),
    }

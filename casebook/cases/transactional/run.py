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
    asked,
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
@asked
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
    """One scenario, the launch late by `a.slip`, sales as planned; with the price of the plan."""
    one = np.ones(1)
    lines, totals = firm_and_loan.paths(a, a.slip * one, one, None)
    plan = pricing.planned(a)
    price = pricing.price(a, plan, risk)
    came = pricing.outcome(a, totals, a.cure)
    statement = _statement(a, risk, price, lines, totals)
    metrics = _metrics(a, risk, totals, came) | _price_metrics(a, risk, price, plan)
    metrics |= _run_metrics(a, risk, totals, came)
    checks = _checks(a, risk, totals, came)
    checks |= _price_checks(a, price, lines | statement, totals, metrics)
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
    cured = d["cure"] < a.cure
    came = pricing.outcome(a, totals, cured)
    metrics = _metrics(a, risk, totals, came)
    metrics["default"] = metrics["missed"] & ~cured
    return ScenarioRuns(
        assumptions=a,
        chosen=a.form,
        alternatives=FORMS,
        all_lines=lines,
        all_metrics=metrics,
        all_events=_events(a, totals),
        checks=_checks(a, risk, totals, came),
        largest_balance=a.principal + a.opening_cash,
        scenarios=len(slip),
    )


def _metrics(
    a: Transactional, risk: Structure, totals: Totals, came: Totals
) -> dict[str, NDArray[Any]]:
    """What the client pays, how its cash fares, what the bank made of it, (form, scenario).

    The risk is (form, 1). `lender_result` is before tax and the price of capital.
    """
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
        "written_off": came["written_off"],
        "lender_result": came["lender_result"],
    }


def _events(a: Transactional, totals: Totals) -> dict[str, NDArray[Any]]:
    """Month of the first missed payment and month from which nothing is owed, (form, scenario)."""
    repaid = np.where(totals["last_owing"] < a.tenor, totals["last_owing"] + 1, -1)
    return {"missed": totals["first_missed"], "repaid": repaid}


def _checks(a: Transactional, risk: Structure, totals: Totals, came: Totals) -> dict[str, float]:
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
        "written_off_is_charged": residual(came["by_cash"] - came["lender_result"]),
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

    Month 0 carries the fee and the cost of making the loan. The expected loss is charged where the
    balance is, until a payment is missed; the loss of that month is then charged on top, and of
    later interest only what a cure brings.
    """
    exposure = lines["opening_balance"] + a.conversion_factor * np.where(
        (np.arange(len(FORMS)) == REVOLVING)[:, None], a.principal - lines["opening_balance"], 0.0
    )
    exposure[0] = 0.0
    month = np.arange(a.tenor + 1)[:, None, None]
    at_start, first = month == 0, totals["first_missed"]
    after = (first > 0) & (month > first)
    earned = np.where(after, a.cure, 1.0)
    servicing = np.where(at_start, 0.0, a.servicing_cost)
    first_cost = price.opex - a.servicing_cost * a.tenor
    # a line drawn only in bad times is charged month by month
    lent = totals["total_balance"]
    evenly = ~at_start / a.tenor
    by_balance = np.where(lent > DUST, lines["opening_balance"] / np.maximum(lent, DUST), evenly)
    lost = pricing.outcome(a, totals, a.cure)["written_off"] * (month == first)
    statement = lender_view(
        interest=lines["accrued"] * earned,
        fees=np.where(at_start, totals["fee"], lines["commitment"] * earned),
        funding=a.ftp / MONTHS_A_YEAR * lines["opening_balance"],
        cost=np.where(at_start, first_cost, servicing),
        loss=price.expected_loss * by_balance * ~after + lost,
        capital=pricing.capital_held(a, risk.pd, exposure / MONTHS_A_YEAR),
        vat=a.vat_on_interest,
        tax=a.tax,
        hurdle=a.hurdle,
    )
    return statement | {"lender_flow": totals["flows"]}


def _effective(totals: Totals) -> tuple[Array, Array]:
    """The client's all-in cost of a single run, effective and nominal a year, (form, 1).

    NaN for a line that was never drawn, or by so little that its fees are a rate beyond all
    numbers: it has no cost of borrowing, as it has no break-even rate.
    """
    with warnings.catch_warnings():
        # a line drawn, repaid and drawn again may have a second root, of thousands of percent
        warnings.simplefilter("ignore", timevalue.SeveralRatesWarning)
        monthly: Array = timevalue.irr(totals["contract"][:, :, 0], on_error="nan")[:, None]
    nominal = np.nan_to_num(monthly) * MONTHS_A_YEAR
    with np.errstate(over="ignore"):
        effective = np.asarray(timevalue.effective_annual_rate(nominal, MONTHS_A_YEAR))
    known = np.isfinite(monthly) & np.isfinite(effective)
    return np.where(known, effective, np.nan), np.where(known, monthly * MONTHS_A_YEAR, np.nan)


def _run_metrics(
    a: Transactional, risk: Structure, totals: Totals, came: Totals
) -> dict[str, Array]:
    """What is known of a single run when it is over, each (form, 1)."""
    lent, until = totals["total_balance"], totals["balance_until_missed"]
    charged = np.where(lent > DUST, until / np.maximum(lent, DUST), _months_paid(a, totals))
    before_tax = came["lender_result"] - risk.expected_loss * charged
    capital = pricing.capital_years(a, risk.pd, totals)
    effective, nominal = _effective(totals)
    return {
        "all_in_effective": effective,
        "all_in_nominal": nominal,
        "run_profit": before_tax * (1 - a.tax) - a.hurdle * capital,
    }


def _months_paid(a: Transactional, totals: Totals) -> Array:
    """The share of the loan's months up to the first missed payment, (form, scenario)."""
    first = totals["first_missed"]
    return np.where(first > 0, first, a.tenor) / a.tenor


def _price_metrics(
    a: Transactional, risk: Structure, price: Price, plan: Totals
) -> dict[str, Array]:
    """Price and quote of a loan on its plan, each (form, 1), or (1, 1) if common to all forms."""
    repeat = pricing.repeat_value(a, plan, risk)
    # profit for a unit of rate, which the state shares twice; an undrawn line has none
    kept = (1 - a.vat_on_interest) * (1 - a.tax)
    slope = np.where(price.balance > DUST, price.balance * kept, np.nan)
    threshold = price.break_even_rate - repeat / slope
    best = pricing.best_quote(a, threshold, a.approval_days)
    win = pricing.win_probability(a, a.rate, a.approval_days)

    def best_profit(days: Any) -> Array:
        quote = pricing.best_quote(a, threshold, days)
        profit: Array = pricing.win_probability(a, quote, days) * slope * (quote - threshold)
        return profit

    # the same loan a day sooner, its cost aside
    day = best_profit(max(a.approval_days - 1, 0)) - best_profit(a.approval_days)
    return {
        "capital": price.capital * MONTHS_A_YEAR / a.tenor,
        "value_added_tax": price.value_added_tax,
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
    as_planned = (totals["first_missed"] < 0) & (a.slip == 0)
    return {
        "lender_mirrors_client": residual(client + totals["flows"]),
        "statement_foots": residual(lines["closing"][1:] - lines["opening"][1:] - financed[1:]),
        "months_join": residual(lines["opening"][1:] - lines["closing"][:-1]),
        "profit_foots": residual(profit - metrics["run_profit"]),
        "plan_is_priced": residual(
            np.where(as_planned, metrics["run_profit"] - price.economic_profit, 0.0)
        ),
        "tax_on_receipts": residual(
            lines["value_added_tax"]
            + a.vat_on_interest * (lines["interest_income"] + lines["fee_income"])
        ),
        "break_even_is_zero_profit": residual(np.nan_to_num(at_break_even)),
        "best_quote_is_flat": residual(np.nan_to_num(condition)),
    }

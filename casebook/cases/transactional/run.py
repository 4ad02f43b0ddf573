"""TODO."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import partial
from typing import Any, overload

import numpy as np

from ... import timevalue
from ...distributions import normal, pick
from ...profitability import lender_view
from ...shape import (
    Array,
    Draws,
    Result,
    ScenarioRuns,
    SingleRun,
    residual,
    run_scenarios,
    uniform_draws,
)
from . import firm_and_loan, pricing
from .firm_and_loan import OPERATING
from .pricing import Structure
from .record import DRAWS, DUST, FORMS, MONTHS, REVOLVING, Transactional


def sample(a: Transactional, n: int, seed: int) -> Draws:
    """n scenarios as uniforms in [0, 1), one line for each of `DRAWS`."""
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
    structure = pricing.structure(a)
    if d is None:
        one = np.ones(1)
        return _result(a, structure, a.slip * one, one, None, keep=None)
    return run_scenarios(partial(_scenarios, a, structure), sample(a, 1, 0), d, keep)


def _scenarios(
    a: Transactional, s: Structure, d: Draws, keep: Sequence[str]
) -> Result[Transactional]:
    slip = pick(a.slip_probabilities, d["slip"]).astype(float)
    level = firm_and_loan.sales_level(a, normal(d["sales"]))
    return _result(a, s, slip, level, d["cure"], keep)


def _result(
    a: Transactional,
    s: Structure,
    slip: Array,
    level: Array,
    cure: Array | None,
    keep: Sequence[str] | None,
) -> Result[Transactional]:
    lines, totals = firm_and_loan.paths(a, slip, level, keep)
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
            "lender_result": income - pricing.operating_cost(a, a.approval_days) - loss,
        }
    repaid = np.where(totals["last_owing"] < a.tenor, totals["last_owing"] + 1, -1)
    kind: type[Result[Transactional]] = SingleRun if single else ScenarioRuns
    return kind(
        assumptions=a,
        chosen=a.form,
        alternatives=FORMS,
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
    p = pricing.price(a, totals, s)
    repeat = pricing.repeat_value(a, totals, s)
    slope = np.where(p.balance > DUST, p.balance * (1 - a.tax), np.nan)  # profit for a unit of rate
    threshold = p.break_even_rate - repeat / slope
    best = pricing.best_quote(a, threshold, a.approval_days)
    win = pricing.win_probability(a, a.rate, a.approval_days)
    best_win = pricing.win_probability(a, best, a.approval_days)

    def best_profit(days: Any) -> Array:
        quote = pricing.best_quote(a, threshold, days)
        return pricing.win_probability(a, quote, days) * slope * (quote - threshold)

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
        capital=pricing.capital_years(a, s.pd, exposure / MONTHS),
        tax=a.tax,
        hurdle=a.hurdle,
    )
    client = sum(lines[k] for k in ("draw", "arrangement_fee", "interest", "principal", "sweep"))
    statement["lender_flow"] = totals["flows"]
    financed = sum(lines[k] for k in (*OPERATING, "leaked")) + client
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

"""Runs of the case: the season as planned, or many seasons; with their checks.

A single run adds the lender's statement and the price. Many have what the bank made of each season.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from ... import profitability, timevalue
from ...distributions import lognormal
from ...shape import (
    DUST,
    Array,
    Draws,
    Result,
    ScenarioRuns,
    SingleRun,
    first_time,
    residual,
    run_scenarios,
    uniform_draws,
)
from ...timevalue import MONTHS_A_YEAR
from . import account
from .account import Risk, Year, total
from .record import FORMS, MONTHS, Seasonal

Kind = TypeVar("Kind", SingleRun[Seasonal], ScenarioRuns[Seasonal])
Metrics = dict[str, NDArray[Any]]


def sample(a: Seasonal, n: int, seed: int) -> Draws:
    """n scenarios as uniforms in [0, 1): the season's demand, (n,).

    ValueError unless n is a whole number above zero.
    """
    return uniform_draws(("demand",), n, seed)


@overload
def simulate(
    a: Seasonal, d: None = None, keep: Sequence[str] | None = None
) -> SingleRun[Seasonal]: ...
@overload
def simulate(
    a: Seasonal, d: Draws, keep: Sequence[str] | None = None
) -> ScenarioRuns[Seasonal]: ...
def simulate(
    a: Seasonal, d: Draws | None = None, keep: Sequence[str] | None = None
) -> Result[Seasonal]:
    """Run the case: the assumptions as they stand, or the scenarios of `sample`.

    Both forms run; the result shows that of `a.form` first. A single run keeps all lines; many keep
    those of the account that `keep` names. ValueError for draws that are not like those of `sample`
    and for a line that is not there.
    """
    if d is None:
        return _single(a)
    return run_scenarios(partial(_scenarios, a), sample(a, 1, 0), d, keep)


def _single(a: Seasonal) -> SingleRun[Seasonal]:
    """The season as planned, one scenario, with the lender's statement and the price."""
    year, risk = account.run(a, np.ones(1)), account.risk(a)
    statement = _statement(a, year, risk)
    metrics = _metrics(year) | _price(a, year, risk)
    checks = _checks(a, year) | _price_checks(a, statement, metrics)
    return _result(SingleRun[Seasonal], a, year, vars(year) | statement, metrics, checks)


def _scenarios(a: Seasonal, d: Draws, keep: Sequence[str]) -> ScenarioRuns[Seasonal]:
    """Seasons as drawn, and what the bank made of each before tax and hurdle, (form, scenario)."""
    year = account.run(a, lognormal(d["demand"], a.spread))
    metrics = _metrics(year)
    income = _income(a, metrics["average_balance"], -total(year.fee))
    metrics["lender_result"] = income - a.file_cost - a.lgd * metrics["unpaid"]
    lines = {name: line for name, line in vars(year).items() if name in keep}
    return _result(ScenarioRuns[Seasonal], a, year, lines, metrics, _checks(a, year))


def _result(
    kind: type[Kind],
    a: Seasonal,
    year: Year,
    lines: dict[str, Array],
    metrics: Metrics,
    checks: dict[str, float],
) -> Kind:
    """The result of a run: lines (month, form, scenario), metrics and events (form, scenario)."""
    return kind(
        assumptions=a,
        chosen=a.form,
        alternatives=FORMS,
        all_lines=lines,
        all_metrics=metrics,
        all_events={"drawn": first_time(year.balance > DUST), "exceeded": metrics["exceeded"]},
        checks=checks,
        largest_balance=a.own_cash + a.limit + a.season_sales,
        scenarios=year.balance.shape[-1],
    )


def _metrics(year: Year) -> Metrics:
    """What the client owes, pays and has left, (form, scenario)."""
    return {
        "average_balance": total(year.opening_balance) / MONTHS_A_YEAR,
        "peak": year.balance.max(axis=0),
        "total_cost": -total(year.interest) - total(year.fee),
        "closing_cash": year.closing[-1],
        "unpaid": year.balance[-1],
        "defaulted": year.room[-1] < -DUST,
        "exceeded": first_time(year.room < -DUST),
    }


def _statement(a: Seasonal, year: Year, risk: Risk) -> dict[str, Array]:
    """The lender's view of a single run, each line (month, form, 1); cost and loss fall evenly."""
    evenly = (np.arange(MONTHS + 1) > 0)[:, None, None] / MONTHS
    return profitability.lender_view(
        interest=-year.interest,
        fees=-year.fee,
        funding=a.ftp / MONTHS_A_YEAR * year.opening_balance,
        cost=a.file_cost * evenly,
        loss=risk.expected_loss * evenly,
        capital=risk.capital * year.exposure / MONTHS_A_YEAR,
        vat=a.vat_on_interest,
        tax=a.tax,
        hurdle=a.hurdle,
    )


def _income(a: Seasonal, balance: Array, fees: Array) -> Array:
    """Interest and fees of the year after value-added tax and funding, (form, scenario)."""
    receipts = a.rate * balance + fees
    vat = profitability.value_added_tax(receipts, a.vat_on_interest)
    income: Array = receipts - vat - a.ftp * balance
    return income


def _price(a: Seasonal, year: Year, risk: Risk) -> Metrics:
    """Risk and price of a single run, (form, 1); NaN for break-even where nothing is lent."""
    balance, fees = total(year.opening_balance) / MONTHS_A_YEAR, -total(year.fee)
    capital = total(risk.capital * year.exposure) / MONTHS_A_YEAR
    parts, owners = (risk.expected_loss, a.file_cost, capital), {"tax": a.tax, "hurdle": a.hurdle}
    income, lent = _income(a, balance, fees), balance > DUST
    even = profitability.break_even_rate(
        np.where(lent, balance, 1.0), a.ftp, *parts, fees=fees, vat=a.vat_on_interest, **owners
    )
    return {
        "least_demand": risk.least_demand,
        "pd": risk.pd,
        "expected_loss": risk.expected_loss,
        "capital": capital,
        "raroc": profitability.raroc(income, *parts, tax=a.tax),
        "economic_profit": profitability.economic_profit(income, *parts, **owners),
        "break_even_rate": np.where(lent, even, np.nan),
    }


def _checks(a: Seasonal, year: Year) -> dict[str, float]:
    """Identities of the account in every scenario, each found two ways."""
    flows = (year.collections, year.season_cost, year.interest, year.fee, year.drawn)
    cash = a.own_cash + sum(total(line) for line in flows)
    # at the contract's rate, what is paid and what is still owed are worth what was lent
    paid = -year.interest - year.drawn
    paid[-1] += year.balance[-1]
    return {
        "cash_rolls": residual(cash - year.closing[-1]),
        "months_join": residual(year.opening[1:] - year.closing[:-1]),
        "worth_what_was_lent": residual(
            timevalue.npv(a.rate / MONTHS_A_YEAR, paid.reshape(len(paid), -1))
        ),
        "cash_or_debt": residual(np.minimum(year.closing[-1], year.balance[-1])),
    }


def _price_checks(a: Seasonal, statement: dict[str, Array], metrics: Metrics) -> dict[str, float]:
    """Identities of a single run's price: its profit by month and by RAROC, and at break-even."""
    kept = (1 - a.vat_on_interest) * (1 - a.tax)  # of a yuan of interest
    profit, slope = metrics["economic_profit"], metrics["average_balance"] * kept
    by_raroc = (metrics["raroc"] - a.hurdle) * metrics["capital"]
    at_even = (metrics["break_even_rate"] - a.rate) * slope + profit
    return {
        "profit_foots": residual(total(statement["economic_profit_line"]) - profit),
        "raroc_is_profit": residual(by_raroc - profit),
        "break_even_is_zero_profit": residual(np.nan_to_num(at_even)),
    }

"""Runs of one loan: its expected amounts, or many lives of it; with their checks.

The single run shows expected amounts: lines (year, form, 1) from the drawdown in year 0. A scenario
is one life of the loan: repaid as agreed, or in default in one year.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from ... import profitability, timevalue
from ...profitability import lender_view
from ...shape import (
    Array,
    Draws,
    Result,
    ScenarioRuns,
    SingleRun,
    asked,
    first_time,
    residual,
    run_scenarios,
    uniform_draws,
)
from . import economics
from .economics import Economics
from .record import FORMS, Loan

#: The parts of the break-even rate; added up in this order they are the rate.
STACK = (
    "funding_points", "loss_points", "capital_points", "cost_points", "vat_points", "fee_points",
)  # fmt: skip


def sample(a: Loan, n: int, seed: int) -> Draws:
    """n scenarios as uniforms in [0, 1), (n,): the year of default, the loss if there is one.

    ValueError unless n is a whole number above zero.
    """
    return uniform_draws(("default", "loss"), n, seed)


@overload
def simulate(a: Loan, d: None = None, keep: Sequence[str] | None = None) -> SingleRun[Loan]: ...
@overload
def simulate(a: Loan, d: Draws, keep: Sequence[str] | None = None) -> ScenarioRuns[Loan]: ...
@asked
def simulate(a: Loan, d: Draws | None = None, keep: Sequence[str] | None = None) -> Result[Loan]:
    """Run the loan: its expected amounts, or the scenarios of `sample`.

    Every repayment form runs; the result shows the form of `a.form` first. A single run keeps all
    lines; many keep the client's lines named in `keep`. ValueError for draws that are not like
    those of `sample` and for a line that is not there.
    """
    quoted = economics.of(a, a.rate)
    if d is None:
        return _single(a, quoted)
    return run_scenarios(partial(_scenarios, a, quoted), sample(a, 1, 0), d, keep)


def _single(a: Loan, quoted: Economics) -> SingleRun[Loan]:
    """The expected amounts of the loan at the quoted rate, and its break-even rate."""
    even = economics.break_even(a, quoted)
    lines = _client_lines(a, quoted)
    lines |= _statement(a, quoted, lines["capital_line"])
    lines["expected_flow"] = economics.from_zero(
        a.arrangement_fee * a.principal - a.principal, _received(quoted)
    )
    metrics = _metrics(a, quoted, even, lines)
    return SingleRun(
        assumptions=a,
        chosen=a.form,
        alternatives=FORMS,
        all_lines=lines,
        all_metrics={k: np.asarray(v)[:, None] for k, v in metrics.items()},
        all_events={"default": np.full((1, 1), -1), "repaid": np.full((1, 1), a.tenor)},
        checks=_checks(a, quoted, even, lines, metrics),
        largest_balance=float(quoted.ead.max()),
    )


def _client_lines(a: Loan, quoted: Economics) -> dict[str, Array]:
    """The contract, paid as agreed, and the risk in it; each (year, form or 1, 1) from year 0."""
    zero = np.zeros((1, len(FORMS)))
    lines = {
        "draw": economics.from_zero(a.principal, 0 * quoted.opening),
        "fee": economics.from_zero(-(a.arrangement_fee * a.principal), 0 * quoted.opening),
        "interest_paid": economics.from_zero(zero, -quoted.interest),
        "principal_paid": economics.from_zero(zero, -quoted.principal),
        "balance": economics.from_zero(a.principal, quoted.closing),
        "alive": economics.from_zero(1.0, quoted.start * (1 - quoted.hazard)),
        "hazard": economics.from_zero(0.0, quoted.hazard),
        "exposure": economics.from_zero(0.0, quoted.ead),
        "lgd_line": economics.from_zero(0.0, quoted.lgd),
        "capital_line": economics.from_zero(0.0, quoted.capital),
    }
    flows = (lines[k] for k in ("draw", "fee", "interest_paid", "principal_paid"))
    lines["client_flow"] = sum(flows, np.zeros(1))
    return lines


def _statement(a: Loan, quoted: Economics, capital: Array) -> dict[str, Array]:
    """The lender's expected amounts year by year, each (year, form, 1) from year 0.

    capital: held, of the same shape. Year 0 carries the fee and the cost of making the loan.
    """
    zero = np.zeros((1, len(FORMS)))
    # 0 x a table of all forms gives a line that is common to them its form axis
    other = economics.from_zero(zero, a.other_income * quoted.start + 0 * quoted.ead)
    once = economics.from_zero(a.arrangement_fee * a.principal, 0 * quoted.ead)
    statement = lender_view(
        interest=economics.from_zero(zero, quoted.start * quoted.interest),
        fees=once + other,
        funding=economics.from_zero(zero, quoted.ftp * quoted.start * quoted.opening),
        cost=economics.from_zero(
            a.origination_cost, a.servicing_cost * quoted.start + 0 * quoted.ead
        ),
        loss=economics.from_zero(zero, quoted.marginal * quoted.lgd * quoted.ead),
        capital=capital,
        vat=a.vat_on_interest,
        tax=a.tax,
        hurdle=a.hurdle,
    )
    return statement | {"fee_income": once, "other_line": other}


def _received(quoted: Economics) -> Array:
    """What the bank expects to receive, (year, form): what is paid, and what a default leaves.

    A default falls at year end, before the payment: of the exposure 1 - LGD comes back.
    """
    paid = quoted.interest + quoted.principal
    return (
        quoted.start * (1 - quoted.hazard) * paid + quoted.marginal * (1 - quoted.lgd) * quoted.ead
    )


def _metrics(
    a: Loan, quoted: Economics, even: Economics, lines: dict[str, Array]
) -> dict[str, NDArray[Any]]:
    """The loan in numbers at the quoted rate, and what it needs to break even, (form,) or (1,)."""
    profit = lines["economic_profit_line"]
    ahead = np.cumsum(profit[..., 0], axis=0) >= 0
    # the first year from which the loan stays ahead
    lasting = np.flip(np.minimum.accumulate(np.flip(ahead, axis=0), axis=0), axis=0)
    parts = (
        even.ftp,
        even.loss / even.balance,
        even.capital_years * a.hurdle / (1 - a.tax) / even.balance,
        even.cost / even.balance,
        even.vat / even.balance,
        -even.fees / even.balance,
    )
    return {
        "all_in": timevalue.irr(lines["client_flow"][..., 0]),
        "expected_yield": timevalue.irr(lines["expected_flow"][..., 0]),
        "ftp_rate": quoted.ftp,
        "margin": quoted.rate - quoted.ftp,
        "average_life": quoted.opening.sum(axis=0) / a.principal,
        "cumulative_pd": quoted.marginal.sum(axis=0),
        "first_lgd": quoted.lgd[0],
        "risk_weight": quoted.weight[0],
        "expected_loss": quoted.loss,
        "cost": quoted.cost,
        "capital": quoted.capital_years / quoted.start.sum(),
        "raroc": profitability.raroc(
            quoted.income, quoted.loss, quoted.cost, quoted.capital_years, tax=a.tax
        ),
        "economic_profit": quoted.profit,
        "value_at_hurdle": timevalue.npv(a.hurdle, profit[..., 0]),
        "break_even_rate": even.rate,
        "spare": quoted.rate - even.rate,
        "even_year": first_time(lasting),
        **dict(zip(STACK, parts, strict=True)),
    }


def _checks(
    a: Loan,
    quoted: Economics,
    even: Economics,
    lines: dict[str, Array],
    metrics: dict[str, NDArray[Any]],
) -> dict[str, float]:
    """Identities of the contract, of the expected loan and of its profit, each found two ways."""
    alive = quoted.start * (1 - quoted.hazard)
    contract = np.concatenate(
        [np.full((1, len(FORMS)), -a.principal), quoted.interest + quoted.principal]
    )
    # the same expected balance once by its own roll and once by survival
    lost = quoted.marginal * quoted.lgd * quoted.ead
    steps = quoted.start * quoted.interest - _received(quoted) - lost
    rolled = np.cumsum(steps, axis=0) + a.principal
    names = ("interest_income", "fee_income", "other_line", "value_added_tax", "funding",
             "operating_cost", "expected_loss_charge", "tax", "capital_charge")  # fmt: skip
    money = sum(lines[k] for k in names)
    profit = lines["economic_profit_line"]
    earned = (metrics["raroc"] - a.hurdle) * quoted.capital_years
    return {
        "contract_rolls": _contract_rolls(quoted),
        "months_join": residual(quoted.opening[1:] - quoted.closing[:-1]),
        "worth_what_was_lent": residual(timevalue.npv(a.rate, contract)),
        "expected_loan_rolls": residual(rolled - alive * quoted.closing),
        "chances_sum_to_one": residual(quoted.marginal.sum(axis=0) + alive[-1] - 1),
        "loss_is_lifetime_loss": residual(lines["expected_loss_charge"].sum(0)[:, 0] + quoted.loss),
        "statement_foots": residual(money - profit),
        "profit_foots": residual(profit.sum(axis=0)[:, 0] - earned),
        "break_even_is_zero_profit": residual(even.profit),
        "stack_adds_up": residual(sum(metrics[k] for k in STACK) - even.rate),
    }


def _contract_rolls(quoted: Economics) -> float:
    """How far the balance is from what its payments leave, and at last from nothing."""
    return residual(quoted.opening - quoted.principal - quoted.closing, quoted.closing[-1])


def _scenarios(a: Loan, quoted: Economics, d: Draws, keep: Sequence[str]) -> ScenarioRuns[Loan]:
    """Each scenario repays as agreed or defaults in one year and loses a share of what is owed.

    The share is U^((1 - LGD) / LGD), a beta distribution whose mean is the LGD of the year. Lines
    are (year, form, scenario), of those named in `keep`; numbers (form or 1, scenario).
    """
    n = len(d["default"])
    year = np.searchsorted(np.cumsum(quoted.marginal[:, 0]), d["default"], side="right")
    default = year < a.tenor
    at = np.minimum(year, a.tenor - 1)  # the last year in which interest is earned, from zero
    lgd = quoted.lgd[at].T  # (form, scenario)
    share = np.where(default, d["loss"] ** ((1 - lgd) / lgd), 0.0)
    loss = share * quoted.ead[at].T
    fee = a.arrangement_fee * a.principal
    earned = np.cumsum(economics.yearly(a, quoted), axis=0)
    fee -= float(profitability.value_added_tax(fee, a.vat_on_interest))
    result = earned[at].T + fee - a.origination_cost - loss
    lines = _life_lines(a, quoted, year, loss) if keep else {}
    when = np.where(default, year + 1, -1)[None]
    return ScenarioRuns(
        assumptions=a,
        chosen=a.form,
        alternatives=FORMS,
        all_lines={k: v for k, v in lines.items() if k in keep},
        all_metrics={
            "default": default[None],
            "default_year": when,
            "loss": loss,
            "lender_result": result,
        },
        all_events={"default": when, "repaid": np.where(default, -1, a.tenor)[None]},
        checks={"contract_rolls": _contract_rolls(quoted)},
        largest_balance=float(quoted.ead.max()),
        scenarios=n,
    )


def _life_lines(
    a: Loan, quoted: Economics, year: NDArray[np.intp], loss: Array
) -> dict[str, Array]:
    """The client's flows in each life of the loan, (year, form, scenario) from year 0.

    year: of default, from zero, (scenario,), the tenor where there is none; loss: (form, scenario).
    """
    n, default = len(year), year < a.tenor
    paying = np.arange(a.tenor)[:, None, None] < year
    taken = np.zeros((a.tenor, len(FORMS), n))
    columns = np.flatnonzero(default)
    owed = quoted.ead[np.minimum(year, a.tenor - 1)].T
    taken[year[columns], :, columns] = -(owed - loss)[:, columns].T
    parts = {
        "interest_paid": -quoted.interest[..., None] * paying,
        "principal_paid": -quoted.principal[..., None] * paying,
        "recovered": taken,
    }
    first = np.zeros((1, len(FORMS), n))
    lines = {k: np.concatenate([first, v]) for k, v in parts.items()}
    lines["client_flow"] = sum(lines.values(), np.zeros(1))
    lines["client_flow"][0] = a.principal - a.arrangement_fee * a.principal
    return lines

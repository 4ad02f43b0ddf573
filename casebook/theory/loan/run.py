"""TODO."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import overload

import numpy as np

from ... import profitability, timevalue
from ...profitability import lender_view
from ...shape import (
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
from . import economics
from .economics import Economics
from .record import FORMS, Loan


def sample(a: Loan, n: int, seed: int) -> Draws:
    """n scenarios as uniforms in [0, 1): the year of default, the loss if there is one."""
    return uniform_draws(("default", "loss"), n, seed)


@overload
def simulate(a: Loan, d: None = None, keep: Sequence[str] | None = None) -> SingleRun[Loan]: ...
@overload
def simulate(a: Loan, d: Draws, keep: Sequence[str] | None = None) -> ScenarioRuns[Loan]: ...
def simulate(a: Loan, d: Draws | None = None, keep: Sequence[str] | None = None) -> Result[Loan]:
    """Run the loan: its expected amounts, or the scenarios of `sample`.

    Every repayment form runs; the result shows the form of `a.form` first. A single run keeps all
    lines; many keep the client's lines named in `keep`.
    """
    e = economics.of(a, a.rate)
    if d is None:
        return _single(a, e)
    return run_scenarios(partial(_scenarios, a, e), sample(a, 1, 0), d, keep)


def _single(a: Loan, e: Economics) -> Result[Loan]:
    even = economics.break_even(a, e)
    fee = a.arrangement_fee * a.principal
    zero = np.zeros((1, len(FORMS)))
    lines = {
        "draw": economics.from_zero(a.principal, 0 * e.opening),
        "fee": economics.from_zero(-fee, 0 * e.opening),
        "interest_paid": economics.from_zero(zero, -e.interest),
        "principal_paid": economics.from_zero(zero, -e.principal),
        "balance": economics.from_zero(a.principal, e.closing),
        "alive": economics.from_zero(1.0, e.start * (1 - e.hazard)),
        "hazard": economics.from_zero(0.0, e.hazard),
        "exposure": economics.from_zero(0.0, e.ead),
        "lgd_line": economics.from_zero(0.0, e.lgd),
        "capital_line": economics.from_zero(0.0, e.capital),
    }
    lines["client_flow"] = sum(lines[k] for k in ("draw", "fee", "interest_paid", "principal_paid"))
    other = economics.from_zero(zero, a.other_income * e.start + 0 * e.ead)
    once = economics.from_zero(fee, 0 * e.ead)
    statement = lender_view(
        interest=economics.from_zero(zero, e.start * e.interest),
        fees=once + other,
        funding=economics.from_zero(zero, e.ftp * e.start * e.opening),
        cost=economics.from_zero(a.origination_cost, a.servicing_cost * e.start + 0 * e.ead),
        loss=economics.from_zero(zero, e.marginal * e.lgd * e.ead),
        capital=lines["capital_line"],
        tax=a.tax,
        hurdle=a.hurdle,
    )
    statement |= {"fee_income": once, "other_line": other}
    lines |= statement
    paid = e.interest + e.principal
    received = e.start * (1 - e.hazard) * paid + e.marginal * (1 - e.lgd) * e.ead
    lines["expected_flow"] = economics.from_zero(fee - a.principal, received)
    raroc = profitability.raroc(e.income, e.loss, e.cost, e.capital_years, tax=a.tax)
    stack = {
        "funding_points": even.ftp,
        "loss_points": even.loss / even.balance,
        "capital_points": even.capital_years * a.hurdle / (1 - a.tax) / even.balance,
        "cost_points": even.cost / even.balance,
        "fee_points": -even.fees / even.balance,
    }
    profit = statement["economic_profit_line"]
    total = np.cumsum(profit[..., 0], axis=0)
    ahead = total >= 0
    # the first year from which the loan stays ahead
    lasting = np.flip(np.minimum.accumulate(np.flip(ahead, axis=0), axis=0), axis=0)
    alive = e.start * (1 - e.hazard)
    metrics = {
        "all_in": timevalue.irr(lines["client_flow"][..., 0]),
        "expected_yield": timevalue.irr(lines["expected_flow"][..., 0]),
        "ftp_rate": e.ftp,
        "margin": e.rate - e.ftp,
        "average_life": e.opening.sum(axis=0) / a.principal,
        "cumulative_pd": e.marginal.sum(axis=0),
        "first_lgd": e.lgd[0],
        "risk_weight": e.weight[0],
        "expected_loss": e.loss,
        "cost": e.cost,
        "capital": e.capital_years / e.start.sum(),
        "raroc": raroc,
        "economic_profit": e.profit,
        "value_at_hurdle": timevalue.npv(a.hurdle, profit[..., 0]),
        "break_even_rate": even.rate,
        "spare": e.rate - even.rate,
        "even_year": first_time(lasting),
        **stack,
    }
    # the same expected balance once by its own roll and once by survival
    rolled = (
        np.cumsum(e.start * e.interest - received - e.marginal * e.lgd * e.ead, axis=0)
        + a.principal
    )
    money = sum(
        statement[k] for k in ("interest_income", "fee_income", "other_line", "funding",
                               "operating_cost", "expected_loss_charge", "tax", "capital_charge")
    )  # fmt: skip
    contract = np.concatenate([np.full((1, len(FORMS)), -a.principal), paid])
    checks = {
        "contract_rolls": residual(e.opening - e.principal - e.closing, e.closing[-1]),
        "months_join": residual(e.opening[1:] - e.closing[:-1]),
        "worth_what_was_lent": residual(timevalue.npv(a.rate, contract)),
        "expected_loan_rolls": residual(rolled - alive * e.closing),
        "chances_sum_to_one": residual(e.marginal.sum(axis=0) + alive[-1] - 1),
        "loss_is_lifetime_loss": residual(statement["expected_loss_charge"].sum(0)[:, 0] + e.loss),
        "statement_foots": residual(money - profit),
        "profit_foots": residual(
            profit.sum(axis=0)[:, 0] - (raroc - a.hurdle) * e.capital_years
        ),
        "break_even_is_zero_profit": residual(even.profit),
        "stack_adds_up": residual(sum(stack.values()) - even.rate),
    }  # fmt: skip
    return SingleRun(
        assumptions=a,
        chosen=a.form,
        alternatives=FORMS,
        all_lines=lines,
        all_metrics={k: np.asarray(v)[:, None] for k, v in metrics.items()},
        all_events={"default": np.full((1, 1), -1), "repaid": np.full((1, 1), a.tenor)},
        checks=checks,
        largest_balance=float(e.ead.max()),
    )


def _scenarios(a: Loan, e: Economics, d: Draws, keep: Sequence[str]) -> Result[Loan]:
    """Each scenario repays as agreed or defaults in one year and loses a share of what is owed.

    The share is U^((1 - LGD) / LGD), a beta distribution whose mean is the LGD of the year.
    """
    n = len(d["default"])
    year = np.searchsorted(np.cumsum(e.marginal[:, 0]), d["default"], side="right")
    default = year < a.tenor
    at = np.minimum(year, a.tenor - 1)  # the last year in which interest is earned, from zero
    lgd = e.lgd[at].T  # (form, scenario)
    share = np.where(default, d["loss"] ** ((1 - lgd) / lgd), 0.0)
    loss = share * e.ead[at].T
    fee = a.arrangement_fee * a.principal
    earned = np.cumsum((e.rate - e.ftp) * e.opening + a.other_income - a.servicing_cost, axis=0)
    result = earned[at].T + fee - a.origination_cost - loss
    lines: dict[str, Array] = {}
    if keep:
        paying = np.arange(a.tenor)[:, None, None] < year
        parts = {
            "interest_paid": -e.interest[..., None] * paying,
            "principal_paid": -e.principal[..., None] * paying,
        }
        taken = np.zeros((a.tenor, len(FORMS), n))
        columns = np.flatnonzero(default)
        taken[year[columns], :, columns] = -(e.ead[at].T - loss)[:, columns].T
        parts["recovered"] = taken
        first = np.zeros((1, len(FORMS), n))
        lines = {k: np.concatenate([first, v]) for k, v in parts.items()}
        lines["client_flow"] = sum(lines.values())
        lines["client_flow"][0] = a.principal - fee
        lines = {k: v for k, v in lines.items() if k in keep}
    when = np.where(default, year + 1, -1)[None]
    contract = residual(e.opening - e.principal - e.closing, e.closing[-1])
    return ScenarioRuns(
        assumptions=a,
        chosen=a.form,
        alternatives=FORMS,
        all_lines=lines,
        all_metrics={
            "default": default[None],
            "default_year": when,
            "loss": loss,
            "lender_result": result,
        },
        all_events={"default": when, "repaid": np.where(default, -1, a.tenor)[None]},
        checks={"contract_rolls": contract},
        largest_balance=float(e.ead.max()),
        scenarios=n,
    )

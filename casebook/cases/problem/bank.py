"""The bank's books of a single run: class and stage, provisions, capital and profit of each way.

First what the bank holds (`_Loan`: loan and shares, until written off), then how it is graded
(`_Grades`: days past due, observation, class by the Chinese rule, stage by IFRS 9), then the lines,
from them the metrics, and the identities that must hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ... import credit, profitability, workout
from ...shape import DUST, Array, residual
from ...timevalue import MONTHS_A_YEAR
from . import restructuring
from .paths import History
from .record import LIQUIDATE, MONTHS, NON_PERFORMING, NOTHING, PATH_OF, PLAN, Problem
from .restructuring import Plan
from .statements import TO_BANK
from .ways_out import Estate

Flags = NDArray[np.bool_]
#: The ways that are a plan, (way, 1), and the one of which the plan fails.
IS_PLAN = np.array([[False], [True], [True], [False]])
FAILS = np.array([[False], [False], [True], [False]])
#: No bank expects to lose less on a loan in default, whatever its estate is worth (assumed).
LEAST_LGD = 0.05
#: The class up to which a loan is performing.
SPECIAL_MENTION = 2


@dataclass(frozen=True)
class _Loan:
    """What the bank holds, CNY million, each (month, way, scenario) unless said.

    month: (month, 1, 1); last: month until which the way runs, (way, scenario).
    exposure: what is owed until it is written off; shares: those of the plan at their worth, which
    is `worth`, (way, scenario), unless they are void: come to nothing.
    """

    month: NDArray[np.intp]
    last: NDArray[np.intp]
    exposure: Array
    written_off: Array
    shares: Array
    worth: Array
    void: Flags


@dataclass(frozen=True)
class _Grades:
    """How the loan is graded, each (month, way, scenario)."""

    days: Array
    observed: Flags
    classes: NDArray[np.int64]
    stages: NDArray[np.int64]


def lender_lines(
    a: Problem,
    history: History,
    estate: Estate,
    plan: Plan,
    line: Mapping[str, Array],
    values: Array,
    warned: NDArray[np.intp],
) -> tuple[dict[str, Array], dict[str, NDArray[Any]], dict[str, float]]:
    """The bank's books: lines (month, way, scenario), metrics (way, scenario) and checks.

    line: the firm's statements, see `statements.lines`; values: present value of each way, (way,
    scenario); warned: the month in which the bank knew of the warning, (1, scenario), -1 never.
    """
    loan = _loan(a, estate, plan, line)
    grades = _grades(a, history, estate, plan, loan, warned)
    claim = history.debt[a.decision_month, NOTHING]
    recovered = values[LIQUIDATE] / np.maximum(claim, DUST)
    lgd = float(np.clip(1 - recovered, LEAST_LGD, 1.0).item())
    allowance = _allowance(a, loan, grades, lgd)
    capital = _capital(a, loan, grades, allowance, lgd)
    lines = _lines(a, history, loan, grades, capital, allowance)
    metrics = _metrics(a, lines, grades, capital, lgd)
    return lines, metrics, _checks(a, line, lines, loan, metrics)


def _loan(a: Problem, estate: Estate, plan: Plan, line: Mapping[str, Array]) -> _Loan:
    """What the bank holds, from what the firm owes by its statements (month, way, scenario)."""
    action, last = a.decision_month + a.wait, estate.last
    month = np.arange(MONTHS + 1)[:, None, None]
    owed = line["term_debt"] + line["line_debt"] + line["interest_owed"]
    # a loan is written off when its estate has paid the last time
    sold = np.minimum(last + max(a.auction_months, a.quick_months), MONTHS)
    ends = np.where(estate.stopped, sold, -1)
    exposure = np.where((month >= ends) & (ends >= 0), 0.0, owed)
    written_off = np.where(month == ends, owed, 0.0)
    # shares are written down to their worth at once, and to nothing if the plan does not work
    worth = a.share_value * plan.converted * IS_PLAN
    void = FAILS | estate.stopped
    exchange = (month == action) & IS_PLAN
    written_off = written_off + exchange * (plan.forgiven + plan.converted - worth)
    written_off = written_off + (month == last) * void * worth
    shares = worth * ((month >= action) & ((month < last) | ~void))
    return _Loan(month, last, exposure, written_off, shares, worth, void)


def _grades(
    a: Problem, history: History, estate: Estate, plan: Plan, loan: _Loan, warned: NDArray[np.intp]
) -> _Grades:
    """Days past due, observation, class and stage; see `credit.classify_loan`, `ecl_stage`."""
    action, month, last = a.decision_month + a.wait, loan.month, loan.last
    exchange = (month == action) & IS_PLAN
    # new terms start without arrears
    streak = history.streak[:, PATH_OF] * (month <= last) * ~exchange
    # an amount due at a month's end is a day late at that end, and 30 more with each month
    days = np.where(streak > 0, 30.0 * streak - 29, 0.0)
    at_the_stop = np.take_along_axis(days, last[None], axis=0)
    days = np.where(month > last, at_the_stop + 30.0 * (month - last), days)
    days = np.where(loan.exposure > DUST, days, 0.0)
    impaired = estate.stopped & (month >= last) & (loan.exposure > DUST)
    loss = restructuring.modification_loss(a, plan)
    heavy = (loss > a.impairment_threshold * plan.owed) & (month >= action)
    observed = _observed(a, history, loan)
    before = history.streak[action, NOTHING] > NON_PERFORMING
    impaired = impaired | (heavy & observed)
    classes = credit.classify_loan(
        days, credit_impaired=impaired, restructured=observed,
        nonperforming_before=before & observed,
    )  # fmt: skip
    # a warning is a significant increase of risk, until a plan has passed its observation
    told = (month >= warned) & (warned >= 0) & ((month <= action) | ~IS_PLAN)
    stages = credit.ecl_stage(days, significant_increase=observed | told, credit_impaired=impaired)
    return _Grades(days, observed, np.asarray(classes), np.asarray(stages))


def _observed(a: Problem, history: History, loan: _Loan) -> Flags:
    """Whether a restructured loan is under observation; see `credit.under_observation`."""
    action = a.decision_month + a.wait
    asked = history.asked[action + 1 :, PLAN:]
    paid = np.where(history.streak[action + 1 :, PLAN:] > 0, 0.0, asked)
    observed = np.zeros(loan.exposure.shape, dtype=bool)
    form = asked.reshape(len(asked), -1)
    observed[action + 1 :, PLAN:LIQUIDATE] = credit.under_observation(
        form, paid.reshape(form.shape), periods_per_year=MONTHS_A_YEAR
    ).reshape(asked.shape)
    observed[action, PLAN:LIQUIDATE] = True
    observed &= loan.exposure > DUST
    return observed


def _opening(exposure: Array) -> Array:
    """The exposure at the start of each month, (month, way, scenario)."""
    return np.concatenate([np.zeros_like(exposure[:1]), exposure[:-1]])


def _capital(a: Problem, loan: _Loan, grades: _Grades, allowance: Array, lgd: float) -> Array:
    """Capital x a month in years, (month, way, scenario); see `credit.risk_weight`.

    Standardised: a loan in default counts net of its allowance, at a lower weight once a fifth is
    provided for. With own estimates the loss in default (PD 1) is provided for, without capital.
    """
    bad = grades.classes > SPECIAL_MENTION
    opening, provided = _opening(loan.exposure), _opening(allowance)
    standard = credit.default_weight(provided, opening, a.default_weight, a.default_weight_provided)
    weight = credit.risk_weight(
        a.approach,
        np.where(bad, standard, a.standard_weight),
        np.array([a.pd_normal, a.pd_special, 1.0])[np.minimum(grades.classes, 3) - 1],
        lgd,
        turnover=a.turnover,
    )
    net = a.approach == "standardised"
    held = np.where(bad & net, np.maximum(opening - provided, 0), opening)
    weighted: Array = weight * held + a.share_weight * loan.shares
    return weighted * a.capital_ratio / MONTHS_A_YEAR


def _lines(
    a: Problem,
    history: History,
    loan: _Loan,
    grades: _Grades,
    capital: Array,
    allowance: Array,
) -> dict[str, Array]:
    """Lines of risk, and the lender's statement (`profitability.lender_view`)."""
    exposure, opening, classes = loan.exposure, _opening(loan.exposure), grades.classes
    by_class = np.asarray(credit.specific_provision(classes, exposure)) + np.asarray(
        credit.general_provision(exposure)
    )
    flat = (MONTHS, -1)
    charge = np.zeros_like(exposure)
    charge[1:] = workout.provision_path(
        allowance[1:].reshape(flat), write_off=loan.written_off[1:].reshape(flat),
        opening=allowance[0].reshape(-1),
    ).reshape(charge[1:].shape)  # fmt: skip
    alive = (loan.month > 0) & (loan.month <= loan.last)
    works = np.where(classes > 1, a.workout_cost, a.servicing_cost) * (opening > DUST)
    return {
        "days_past_due": grades.days,
        "loan_class": classes.astype(float),
        "stage": grades.stages.astype(float),
        "observed": grades.observed.astype(float),
        "exposure": exposure,
        "provision_class": by_class,
        "allowance": allowance,
        "written_off": loan.written_off,
        "charge": charge,
    } | profitability.lender_view(
        interest=history.accrued[:, PATH_OF] * alive,
        fees=history.fee[:, PATH_OF] * alive,
        funding=a.ftp / MONTHS_A_YEAR * opening,
        cost=works,
        loss=charge,
        capital=capital,
        vat=a.vat_on_interest,
        tax=a.tax,
        hurdle=a.hurdle,
    )


def _allowance(a: Problem, loan: _Loan, grades: _Grades, lgd: float) -> Array:
    """Expected credit loss by stage, (month, way, scenario); see `credit.staged_ecl`.

    The balance runs off evenly over what is left of its term.
    """
    action, month, exposure = a.decision_month + a.wait, loan.month, loan.exposure
    old = np.maximum(a.term_months - month, MONTHS_A_YEAR)
    new = np.maximum(action + a.grace + a.instalments - month, 1)
    left = np.where((month >= action) & IS_PLAN, new, old)
    left = np.broadcast_to(left, exposure.shape).reshape(-1)
    stages, classes = grades.stages.reshape(-1), grades.classes.reshape(-1)
    horizon = int(left.max())
    ahead = np.arange(horizon)[:, None]
    yearly = np.where(classes == 1, np.where(stages > 1, a.pd_special, a.pd_normal), a.pd_special)
    hazard = credit.periodic_pd(yearly, MONTHS_A_YEAR)
    marginal = hazard * (1 - hazard) ** ahead
    ead = exposure.reshape(-1) * np.clip(1 - ahead / left, 0, 1)
    monthly = (1 + restructuring.original_rate(a)) ** (1 / MONTHS_A_YEAR) - 1
    ecl = credit.staged_ecl(stages, marginal, lgd, ead, monthly, periods_per_year=MONTHS_A_YEAR)
    return np.asarray(ecl).reshape(exposure.shape)


def _sum(line: Array) -> Array:
    """Sum over months, in their order: (month, way, scenario) -> (way, scenario)."""
    total: Array = np.add.accumulate(line)[-1]
    return total


def _metrics(
    a: Problem, lines: Mapping[str, Array], grades: _Grades, capital: Array, lgd: float
) -> dict[str, NDArray[Any]]:
    """What the lines come to, each (way, scenario); see `profitability.raroc`."""
    held = _sum(capital)
    earned = ("interest_income", "fee_income", "value_added_tax", "funding")
    income = np.asarray(sum(_sum(lines[k]) for k in earned))
    lost, cost = -_sum(lines["expected_loss_charge"]), -_sum(lines["operating_cost"])
    some = held > DUST
    raroc = profitability.raroc(income, lost, cost, np.where(some, held, 1.0), tax=a.tax)
    profit = profitability.economic_profit(income, lost, cost, held, tax=a.tax, hurdle=a.hurdle)
    observed = grades.observed
    until = MONTHS - observed[::-1].argmax(axis=0)
    return {
        "economic_profit": profit,
        "raroc": np.where(some, raroc, np.nan),
        "loss_taken": _sum(lines["written_off"]),
        "worst_class": grades.classes.max(axis=0),
        "peak_allowance": lines["allowance"].max(axis=0),
        "peak_by_class": lines["provision_class"].max(axis=0),
        "observed_until": np.where(observed.any(axis=0), until, -1),
        "lgd": np.full((1, 1), lgd),
    }


def _checks(
    a: Problem,
    line: Mapping[str, Array],
    lines: Mapping[str, Array],
    loan: _Loan,
    metrics: Mapping[str, NDArray[Any]],
) -> dict[str, float]:
    """Identities of the bank's books, in every way; `line`: of the firm, `lines`: of the bank."""
    taken, allowance = metrics["loss_taken"], lines["allowance"]
    opened = a.term_loan + a.revolver
    moved = sum(line[k].sum(axis=0) for k in TO_BANK)
    kept = loan.exposure[-1] + np.where(loan.void, 0.0, loan.worth) + taken
    return {
        "profit_foots": residual(_sum(lines["economic_profit_line"]) - metrics["economic_profit"]),
        "losses_foot": residual(_sum(lines["charge"]) - taken - allowance[-1] + allowance[0]),
        "tax_on_receipts": residual(
            _sum(lines["value_added_tax"])
            + a.vat_on_interest * (_sum(lines["interest_income"]) + _sum(lines["fee_income"]))
        ),
        "bank_books_close": residual(opened + moved - line["interest"].sum(axis=0) - kept),
    }

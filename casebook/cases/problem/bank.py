"""TODO."""

from __future__ import annotations

from typing import Any

import numpy as np

from ... import credit, profitability, workout
from ...profitability import lender_view
from ...shape import Array, residual
from . import restructuring
from .record import DUST, LIQUIDATE, MONTHS, NOTHING, PATH_OF, PLAN, YEAR, Problem
from .restructuring import Plan
from .ways_out import Estate


def lender_lines(
    a: Problem,
    h: dict[str, Array],
    e: Estate,
    plan: Plan,
    line: dict[str, Array],
    values: Array,
    warned: Array,
) -> tuple[dict[str, Array], dict[str, Array], dict[str, float]]:
    """The bank's books of a single run: class, stage, provisions, profit."""
    action = a.decision_month + a.wait
    month = np.arange(MONTHS + 1)[:, None, None]
    stop = np.where(e.stopped, e.stop, MONTHS)
    owed = line["term_debt"] + line["line_debt"] + line["interest_owed"]
    # a loan is written off when its estate has paid the last time
    ends = np.where(e.stopped, np.minimum(stop + max(a.auction_months, a.quick_months), MONTHS), -1)
    exposure = np.where((month >= ends) & (ends >= 0), 0.0, owed)
    written_off = np.where(month == ends, owed, 0.0)
    exchange = (month == action) & np.array([[False], [True], [True], [False]])
    # shares are written down to their worth at once, and to nothing if the plan does not work
    is_plan = np.array([[0.0], [1.0], [1.0], [0.0]])
    worth = a.share_value * plan.converted * is_plan
    void = np.array([[False], [False], [True], [False]]) | e.stopped
    written_off = written_off + exchange * (plan.forgiven + plan.converted - worth)
    written_off = written_off + (month == stop) * void * worth
    shares = worth * ((month >= action) & ((month < stop) | ~void))

    run = h["run"][:, PATH_OF] * (month <= stop) * ~exchange  # new terms start without arrears
    # an amount due at a month's end is a day late at that end, and 30 more with each month
    days = np.where(run > 0, 30.0 * run - 29, 0.0)
    at_the_stop = np.take_along_axis(days, stop[None], axis=0)
    days = np.where(month > stop, at_the_stop + 30.0 * (month - stop), days)
    days = np.where(exposure > DUST, days, 0.0)
    impaired = e.stopped & (month >= stop) & (exposure > DUST)
    loss = restructuring.modification_loss(a, plan)
    heavy = (loss > a.impairment_threshold * plan.owed) & (month >= action)
    due = h["due"][action + 1 :, PLAN:]
    paid = np.where(h["run"][action + 1 :, PLAN:] > 0, 0.0, due)
    watched = np.zeros(owed.shape, dtype=bool)
    form = due.reshape(len(due), -1)
    watched[action + 1 :, PLAN:LIQUIDATE] = credit.under_observation(
        form, paid.reshape(form.shape), periods_per_year=YEAR
    ).reshape(due.shape)
    watched[action, PLAN:LIQUIDATE] = True
    watched &= exposure > DUST
    before = h["run"][action, NOTHING] > 3
    impaired = impaired | (heavy & watched)
    classes = credit.classify_loan(
        days, credit_impaired=impaired, restructured=watched, nonperforming_before=before & watched
    )
    # a warning is a significant increase of risk, until a plan has passed its observation
    told = (month >= warned) & (warned >= 0) & ((month <= action) | (is_plan == 0))
    stages = credit.ecl_stage(days, significant_increase=watched | told, credit_impaired=impaired)

    value = values[LIQUIDATE]
    claim = h["debt"][a.decision_month, NOTHING]
    lgd = float(np.clip(1 - value / np.maximum(claim, DUST), 0.05, 1.0).item())
    allowance = _allowance(a, exposure, stages, classes, lgd)
    by_class = np.asarray(credit.specific_provision(classes, exposure)) + np.asarray(
        credit.general_provision(exposure)
    )
    flat = (MONTHS, -1)
    charge = np.zeros_like(exposure)
    charge[1:] = workout.provision_path(
        allowance[1:].reshape(flat), write_off=written_off[1:].reshape(flat),
        opening=allowance[0].reshape(-1),
    ).reshape(charge[1:].shape)  # fmt: skip

    opening = np.concatenate([np.zeros_like(exposure[:1]), exposure[:-1]])
    # in default (PD 1) the loss is provided for, and there is no capital for it
    k = credit.irb_capital(
        np.array([a.pd_normal, a.pd_special, 1.0]), lgd, turnover=a.turnover, pd_floor=0.0005
    )
    capital = k[np.minimum(classes, 3) - 1] * 12.5 * a.capital_ratio * (opening + shares) / YEAR
    alive = (month > 0) & (month <= stop)
    works = np.where(classes > 1, a.workout_cost, a.servicing_cost) * (opening > DUST)
    statement = lender_view(
        interest=h["accrued"][:, PATH_OF] * alive,
        fees=h["fee"][:, PATH_OF] * alive,
        funding=a.ftp / YEAR * opening,
        cost=works,
        loss=charge,
        capital=capital,
        tax=a.tax,
        hurdle=a.hurdle,
    )
    lines = {
        "days_past_due": days,
        "loan_class": classes.astype(float),
        "stage": stages.astype(float),
        "observed": watched.astype(float),
        "exposure": exposure,
        "provision_class": by_class,
        "allowance": allowance,
        "written_off": written_off,
        "charge": charge,
    } | statement
    total = {name: np.add.accumulate(x)[-1] for name, x in statement.items()}
    held = np.add.accumulate(capital)[-1]
    income = total["interest_income"] + total["fee_income"] + total["funding"]
    lost, cost = -total["expected_loss_charge"], -total["operating_cost"]
    some = held > DUST
    raroc = profitability.raroc(income, lost, cost, np.where(some, held, 1.0), tax=a.tax)
    profit = profitability.economic_profit(income, lost, cost, held, tax=a.tax, hurdle=a.hurdle)
    metrics = {
        "economic_profit": profit,
        "raroc": np.where(some, raroc, np.nan),
        "loss_taken": np.add.accumulate(written_off)[-1],
        "worst_class": classes.max(axis=0),
        "peak_allowance": allowance.max(axis=0),
        "peak_by_class": by_class.max(axis=0),
        "observed_until": np.where(watched.any(axis=0), MONTHS - watched[::-1].argmax(axis=0), -1),
        "lgd": np.full((1, 1), lgd),
    }
    opened = a.term_loan + a.revolver
    moved = sum(
        line[k].sum(axis=0)
        for k in ("line_drawn", "new_money", "interest_paid", "principal_paid", "estate_bank")
    )
    kept = exposure[-1] + np.where(void, 0.0, worth) + metrics["loss_taken"]
    checks = {
        "profit_foots": residual(total["economic_profit_line"] - profit),
        "losses_foot": residual(
            np.add.accumulate(charge)[-1] - metrics["loss_taken"] - allowance[-1] + allowance[0]
        ),
        "bank_books_close": residual(opened + moved - line["interest"].sum(axis=0) - kept),
    }
    return lines, metrics, checks


def _allowance(a: Problem, exposure: Array, stages: Any, classes: Any, lgd: float) -> Array:
    """Expected credit loss by stage: the balance runs off evenly over what is left of its term."""
    action = a.decision_month + a.wait
    month = np.arange(MONTHS + 1)
    old = np.maximum(a.term_months - month, YEAR)[:, None, None]
    new = np.maximum(action + a.grace + a.instalments - month, 1)[:, None, None]
    is_plan = np.array([[False], [True], [True], [False]])
    left = np.where((month >= action)[:, None, None] & is_plan, new, old)
    left = np.broadcast_to(left, exposure.shape).reshape(-1)
    stages, classes = stages.reshape(-1), classes.reshape(-1)
    horizon = int(left.max())
    ahead = np.arange(horizon)[:, None]
    yearly = np.where(classes == 1, np.where(stages > 1, a.pd_special, a.pd_normal), a.pd_special)
    hazard = credit.periodic_pd(yearly, YEAR)
    marginal = hazard * (1 - hazard) ** ahead
    ead = exposure.reshape(-1) * np.clip(1 - ahead / left, 0, 1)
    monthly = (1 + restructuring.original_rate(a)) ** (1 / YEAR) - 1
    ecl = credit.staged_ecl(stages, marginal, lgd, ead, monthly, periods_per_year=YEAR)
    return np.asarray(ecl).reshape(exposure.shape)

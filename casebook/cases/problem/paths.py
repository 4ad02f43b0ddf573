"""TODO."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from ...shape import Array
from . import restructuring
from .record import DUST, MONTHS, PATHS, WATCH, YEAR, Problem
from .restructuring import Plan

#: What every run remembers of each month, and what only the statements and the signals ask for.
_ALWAYS = ("cash", "stock", "supply", "debt", "equity", "flow")
_DETAIL = (
    "term", "drawn", "arrears", "bills", "accrued", "fee", "firm_tax", "cleared", "bought",
    "paid_interest", "paid_principal", "line_flow", "due",
)  # fmt: skip


def run(
    a: Problem, o: dict[str, Array], full: bool, paused: Collection[str] = ()
) -> tuple[dict[str, Array], Plan]:
    """Run firm and loans on the three paths: histories, each (month, path, scenario).

    Without `full` the detail is kept only where the signals need it: the first path, until WATCH.
    A decay that is `paused` stands still between decision and action (see `waiting`).
    """
    action = a.decision_month + a.wait
    shape = (PATHS, o["sales"].shape[-1])
    agreed, planned, rates = restructuring.contract(a)
    is_plan = np.array([[False], [True], [True]])
    standing = o["fixed"] + o["one_off"]
    variable, credit_share = 1 - a.gross_margin, a.dpo / 30
    h = {name: np.zeros((MONTHS + 1, *shape)) for name in _ALWAYS}
    h |= {name: np.zeros((MONTHS + 1, *shape), dtype=np.int8) for name in ("run", "late")}
    rows, columns = (MONTHS + 1, PATHS) if full else (WATCH + 1, 1)
    h |= {name: np.zeros((rows, columns, shape[1])) for name in _DETAIL}

    zero = np.zeros((1, shape[1]))
    cash, stock, bills = zero + a.opening_cash, o["stock_target"][0, :1], zero
    supply = credit_share * o["quarter"][0, :1]
    term, drawn, arrears = zero + a.term_loan, zero + a.revolver, zero
    assets = cash + stock + o["receivables"][0, :1] + a.fixed_assets
    equity = assets - supply - term - drawn
    charged, made = zero, zero
    losses, run, late, tight, terms = zero, zero, zero, zero, zero + 1
    is_open = zero + 1.0
    scale: Any = 1.0
    plan = Plan(zero[0], zero[0], zero[0], zero[0])
    start = (cash, stock, supply, term + drawn, equity)
    for name, value in zip(_ALWAYS, start, strict=False):
        h[name][0] = value
    h["term"][0], h["drawn"][0] = term, drawn

    for t in range(1, MONTHS + 1):
        # until the decision the three paths are one
        k = slice(0, 1) if t <= action else slice(0, PATHS)
        agreed_now, planned_now = agreed[t, k], planned[t, k]
        sales, receivables = o["sales"][t, k], o["receivables"]
        cost = variable * sales
        bought = np.maximum(cost + o["stock_target"][t, k] - stock, 0)
        change = bought - cost
        stock = stock + change
        cleared = o["clearing"][t, k] * np.maximum(-change, 0)
        new_supply = credit_share * o["quarter"][t, k] * terms

        overdue = np.maximum(term - scale * agreed_now, 0) + arrears
        accrued = rates[t, k] * (term + drawn + a.penalty * overdue)
        if a.line == "frozen" and t > a.renewal_month:
            is_open = 0 * is_open
        room = (a.limit - drawn) * is_open
        fee = a.commitment_fee / YEAR * room
        charge = accrued + fee
        profit = sales - cost - (standing[t, k] + a.depreciation) - cleared - charge
        taxable = profit - losses
        firm_tax = a.firm_tax * np.maximum(taxable, 0)
        losses = np.maximum(-taxable, 0)

        spent = supply + bought - new_supply + cleared + firm_tax + bills
        collected = sales + receivables[t - 1, k] - receivables[t, k]
        ready = cash + collected - (standing[t, k] + a.capex) - spent
        supply = new_supply
        owed = arrears + charge
        due = np.maximum(term - scale * planned_now, 0)
        asked = owed + due
        line_flow = np.minimum(np.maximum(a.cash_floor + asked - ready, -drawn), room)
        drawn = drawn + line_flow
        ready = ready + line_flow
        bills = np.maximum(-ready, 0)
        available = np.maximum(ready, 0)
        paid_interest = np.minimum(owed, available)
        available = available - paid_interest
        paid_principal = np.minimum(due, available)
        cash = available - paid_principal
        arrears = owed - paid_interest
        short = arrears + due - paid_principal > DUST
        term = term - paid_principal
        if t > action:  # the plan takes early what lies idle; it counts for the next instalments
            swept = a.sweep_share * np.maximum(cash - a.sweep_floor, 0) * (is_plan & ~short)
            swept = np.minimum(swept, term)
            term = term - swept
            cash = cash - swept
            paid_principal = paid_principal + swept
        flow = paid_interest + paid_principal - line_flow
        equity = equity + profit - firm_tax
        run = (run + 1) * short
        waits = a.decision_month < t <= action
        if not (waits and "attachment" in paused):
            late = late + short
        if not (waits and "terms_lost" in paused):
            tight = tight + short
        h["run"][t], h["late"][t] = run, late
        charged = charged + charge
        made = made + change
        terms = np.maximum(1 - a.terms_lost * tight, a.terms_floor)
        is_open = is_open * ~short
        if t == action:
            owed_all = (term + drawn + arrears)[0]
            forgiven, converted = a.haircut * owed_all, a.conversion * owed_all
            new = owed_all - forgiven - converted + a.new_money
            plan = Plan(owed_all, forgiven, converted, new)
            scale = np.where(is_plan, new, 1.0)
            term = np.where(is_plan, new, term)
            drawn, arrears, run, is_open = (
                np.where(is_plan, 0.0, x) for x in (drawn, arrears, run, is_open)
            )
            cash = np.where(is_plan, cash + a.new_money, cash)
            flow = np.where(is_plan, flow - a.new_money, flow)
            equity = np.where(is_plan, equity + forgiven + converted, equity)
            # the gain uses up losses carried forward; what is left of it is not taxed here
            losses = np.where(is_plan, np.maximum(losses - forgiven, 0), losses)
        states = (cash, stock, supply + bills, term + drawn + arrears, equity, flow)
        for name, value in zip(_ALWAYS, states, strict=True):
            h[name][t] = value
        if t < rows:
            details = (
                term, drawn, arrears, bills, accrued, fee, firm_tax, cleared, bought,
                paid_interest, paid_principal, line_flow, asked,
            )  # fmt: skip
            for name, value in zip(_DETAIL, details, strict=True):
                h[name][t] = value[:columns]
    h["charged"], h["made"] = charged, made
    return h, plan

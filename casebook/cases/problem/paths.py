"""The months of firm and loan in one loop: what is paid first, what stays owed, what the line does.

Each month the firm makes and buys, owes interest and fee, pays operations and tax, then the bank:
interest first, then the principal above the planned balance. Below its cash floor it draws on the
line, above it repays; what it cannot pay stays owed. A month in which the bank is not paid in full
closes the line and counts as missed: suppliers shorten their terms, others get to court first. At
the end of the action month the plan's two paths exchange old debt for new.

Nobody stops a path here: each runs on to the horizon. When the bank enforces and a way stops, the
plan also, is in `ways_out`, which reads the missed payments counted here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ...shape import DUST, Array
from ...timevalue import MONTHS_A_YEAR
from . import restructuring
from .record import MONTHS, PATHS, WATCH, Problem
from .restructuring import Plan

#: Lines that every run keeps of all months and paths; those that count months, not money; and what
#: is no line of a month but a total of all.
_ALWAYS = ("cash", "stock", "supply", "debt", "equity", "flow", "streak", "late")
_COUNTS = ("streak", "late")
_TOTALS = ("charged", "made")


@dataclass(frozen=True)
class History:
    """Firm and loan as they ran: (month, path, scenario), month 0 the start, CNY million.

    Balances are those at a month's end, after the exchange. The second group is what only the
    statements and the signals ask for: without statements it is of the first path, until WATCH.
    """

    cash: Array
    stock: Array
    supply: Array  # supplier credit, and bills unpaid
    debt: Array  # term loan, line and unpaid interest
    equity: Array
    flow: Array  # to the bank, less what it lent
    streak: NDArray[np.int8]  # payments missed in a row, before the exchange
    late: NDArray[np.int8]  # payments missed so far

    term: Array
    drawn: Array
    arrears: Array  # interest and fees unpaid
    bills: Array  # owed to suppliers beyond their terms
    accrued: Array  # interest of the month
    fee: Array
    firm_tax: Array
    cleared: Array  # value lost on stock sold off
    bought: Array
    paid_interest: Array
    paid_principal: Array
    line_flow: Array  # drawn on the line, < 0 repaid
    asked: Array  # interest, fees and principal to be paid at the month's end

    # totals of all months, (path, scenario)
    charged: Array  # interest and fees
    made: Array  # stock, less what was sold of it

    @classmethod
    def empty(cls, scenarios: int, full: bool) -> Self:
        """Room for so many scenarios; with `full` for all months and paths of every line.

        What `store` has not written is undefined.
        """
        whole, part = (MONTHS + 1, PATHS, scenarios), (WATCH + 1, 1, scenarios)
        tables: dict[str, NDArray[Any]] = {
            line.name: np.empty(
                whole if full or line.name in _ALWAYS else part,
                np.int8 if line.name in _COUNTS else np.float64,
            )
            for line in fields(cls)
            if line.name not in _TOTALS
        }
        return cls(**tables, **{name: np.zeros(whole[1:]) for name in _TOTALS})

    def store(self, month: int, **step: Array) -> None:
        """Write a month: every line by its name, each (path or 1 for all paths, scenario).

        TypeError where a line is missing, or where there is none of that name.
        """
        tables = vars(self)
        if step.keys() != tables.keys() - set(_TOTALS):
            wrong = step.keys() ^ tables.keys() - set(_TOTALS)
            raise TypeError(f"month {month}: missing or unknown: {', '.join(sorted(wrong))}")
        kept, columns = month < len(self.term), self.term.shape[1]
        for name, value in step.items():
            if name in _ALWAYS:
                tables[name][month] = value
            elif kept:
                tables[name][month] = value[:columns]


def run(  # noqa: PLR0915 - the months of firm and loan in one loop
    a: Problem, operations: Mapping[str, Array], full: bool, paused: Collection[str] = ()
) -> tuple[History, Plan]:
    """Run firm and loan on the three paths, month by month to the horizon.

    operations: as `firm.operations` gives them. `full`: see `History`. A decay that is named in
    `paused` stands still between decision and action (see `questions.waiting`).
    """
    action = a.decision_month + a.wait
    scenarios = operations["sales"].shape[-1]
    history = History.empty(scenarios, full)
    agreed, planned, rates = restructuring.contract(a)
    is_plan = np.array([[False], [True], [True]])
    standing = operations["fixed"] + operations["one_off"]
    variable, credit_share = 1 - a.gross_margin, a.dpo / 30
    receivables = operations["receivables"]

    zero = np.zeros((1, scenarios))
    cash, stock, bills = zero + a.opening_cash, operations["stock_target"][0, :1], zero
    supply = credit_share * operations["quarter"][0, :1]
    term, drawn, arrears = zero + a.term_loan, zero + a.revolver, zero
    assets = cash + stock + receivables[0, :1] + a.fixed_assets
    equity = assets - supply - term - drawn
    charged, made = zero, zero
    losses, streak, late, tight, terms = zero, zero, zero, zero, zero + 1
    is_open = zero + 1.0
    scale: float | Array = 1.0
    plan = Plan(zero[0], zero[0], zero[0], zero[0])
    history.store(
        0,
        cash=cash,
        stock=stock,
        supply=supply,
        debt=term + drawn,
        equity=equity,
        flow=zero,
        streak=streak,
        late=late,
        term=term,
        drawn=drawn,
        arrears=arrears,
        bills=bills,
        accrued=zero,
        fee=zero,
        firm_tax=zero,
        cleared=zero,
        bought=zero,
        paid_interest=zero,
        paid_principal=zero,
        line_flow=zero,
        asked=zero,
    )

    for t in range(1, MONTHS + 1):
        # until the decision the three paths are one
        k = slice(0, 1) if t <= action else slice(0, PATHS)
        agreed_now, planned_now = agreed[t, k], planned[t, k]
        sales = operations["sales"][t, k]
        cost = variable * sales
        bought = np.maximum(cost + operations["stock_target"][t, k] - stock, 0)
        change = bought - cost
        stock = stock + change
        cleared = operations["clearing"][t, k] * np.maximum(-change, 0)
        new_supply = credit_share * operations["quarter"][t, k] * terms

        overdue = np.maximum(term - scale * agreed_now, 0) + arrears
        # what is overdue, unpaid interest too, bears the contract rate and the surcharge on it
        accrued = rates[t, k] * (term + drawn + arrears + a.penalty * overdue)
        if a.line == "frozen" and t > a.renewal_month:
            is_open = 0 * is_open
        room = (a.limit - drawn) * is_open
        fee = a.commitment_fee / MONTHS_A_YEAR * room
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
        missed = (streak + 1) * short
        waits = a.decision_month < t <= action
        if not (waits and "attachment" in paused):
            late = late + short
        if not (waits and "terms_lost" in paused):
            tight = tight + short
        charged = charged + charge
        made = made + change
        terms = np.maximum(1 - a.terms_lost * tight, a.terms_floor)
        is_open = is_open * ~short
        streak = missed
        if t == action:
            owed_all = (term + drawn + arrears)[0]
            forgiven, converted = a.haircut * owed_all, a.conversion * owed_all
            new = owed_all - forgiven - converted + a.new_money
            plan = Plan(owed_all, forgiven, converted, new)
            scale = np.where(is_plan, new, 1.0)
            term = np.where(is_plan, new, term)
            drawn, arrears, streak, is_open = (
                np.where(is_plan, 0.0, x) for x in (drawn, arrears, streak, is_open)
            )
            cash = np.where(is_plan, cash + a.new_money, cash)
            flow = np.where(is_plan, flow - a.new_money, flow)
            equity = np.where(is_plan, equity + forgiven + converted, equity)
            # the gain uses up losses carried forward; what is left of it is not taxed here
            losses = np.where(is_plan, np.maximum(losses - forgiven, 0), losses)
        history.store(
            t,
            cash=cash,
            stock=stock,
            supply=supply + bills,
            debt=term + drawn + arrears,
            equity=equity,
            flow=flow,
            streak=missed,  # the exchange ends it only afterwards
            late=late,
            term=term,
            drawn=drawn,
            arrears=arrears,
            bills=bills,
            accrued=accrued,
            fee=fee,
            firm_tax=firm_tax,
            cleared=cleared,
            bought=bought,
            paid_interest=paid_interest,
            paid_principal=paid_principal,
            line_flow=line_flow,
            asked=asked,
        )
    return replace(history, charged=charged, made=made), plan

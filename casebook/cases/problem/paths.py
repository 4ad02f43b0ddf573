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
from . import firm, restructuring
from .record import MONTHS, PATHS, PLAN, WATCH, Problem
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
        """Room for so many scenarios; with `full` for all months and paths of every line."""
        whole, part = (MONTHS + 1, PATHS, scenarios), (WATCH + 1, 1, scenarios)
        tables: dict[str, NDArray[Any]] = {
            line.name: np.zeros(
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
    # what does not hang on cash is known for all months
    collected = firm.collections(operations)
    costs = variable * operations["sales"]
    wanted = costs + operations["stock_target"]
    margins = operations["sales"] - costs
    margins -= standing + a.depreciation
    clears = operations["clearing"].any(axis=(1, 2))
    maximum, minimum = np.maximum, np.minimum

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
        bought = wanted[t, k] - stock
        maximum(bought, 0, out=bought)
        change = bought - costs[t, k]
        stock = stock + change
        cleared = operations["clearing"][t, k] * maximum(-change, 0) if clears[t] else zero
        new_supply = credit_share * operations["quarter"][t, k] * terms

        overdue = maximum(term - scale * agreed[t, k], 0)
        overdue += arrears
        # what is overdue, unpaid interest too, bears the contract rate and the surcharge on it
        accrued = term + drawn
        accrued += arrears
        overdue *= a.penalty
        accrued += overdue
        accrued *= rates[t, k]
        if a.line == "frozen" and t > a.renewal_month:
            is_open = 0 * is_open
        room = a.limit - drawn
        room *= is_open
        fee = a.commitment_fee / MONTHS_A_YEAR * room
        charge = accrued + fee
        profit = margins[t, k] - cleared
        profit -= charge
        taxable = profit - losses
        losses = maximum(-taxable, 0)
        firm_tax = maximum(taxable, 0, out=taxable)
        firm_tax *= a.firm_tax

        spent = supply + bought
        spent -= new_supply
        spent += cleared
        spent += firm_tax
        spent += bills
        ready = cash + collected[t, k]
        ready -= standing[t, k] + a.capex
        ready -= spent
        supply = new_supply
        owed = arrears + charge
        due = maximum(term - scale * planned[t, k], 0)
        asked = owed + due
        line_flow = a.cash_floor + asked
        line_flow -= ready
        maximum(line_flow, -drawn, out=line_flow)
        minimum(line_flow, room, out=line_flow)
        drawn = drawn + line_flow
        ready += line_flow
        bills = maximum(-ready, 0)
        cash = maximum(ready, 0, out=ready)
        paid_interest = minimum(owed, cash)
        cash -= paid_interest
        paid_principal = minimum(due, cash)
        cash -= paid_principal
        arrears = owed - paid_interest
        due += arrears
        due -= paid_principal
        short = due > DUST
        term = term - paid_principal
        if t > action:  # the plan takes early what lies idle; it counts for the next instalments
            swept = cash[PLAN:] - a.sweep_floor
            maximum(swept, 0, out=swept)
            swept *= a.sweep_share
            swept *= ~short[PLAN:]
            minimum(swept, term[PLAN:], out=swept)
            term[PLAN:] -= swept
            cash[PLAN:] -= swept
            paid_principal[PLAN:] += swept
        flow = paid_interest + paid_principal
        flow -= line_flow
        profit -= firm_tax
        equity = equity + profit
        missed = streak + 1
        missed *= short
        waits = a.decision_month < t <= action
        if not (waits and "attachment" in paused):
            late = late + short
        if not (waits and "terms_lost" in paused):
            tight = tight + short
        charged = charged + charge
        made = made + change
        terms = a.terms_lost * tight
        terms = maximum(np.subtract(1, terms, out=terms), a.terms_floor, out=terms)
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

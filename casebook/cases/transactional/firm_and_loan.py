"""The firm and its loan, month by month, in all five repayment forms at once.

The operating lines do not depend on the loan: the firm pays its bills first. `paths` then walks
through the months, and one rule serves every form: due principal = balance - planned closing
balance, if positive. Arrays are (month, form, scenario); month 0 is the drawdown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ... import loans
from ...shape import DUST, Array
from ...timevalue import MONTHS_A_YEAR
from .record import EQUAL, FLEXIBLE, FORMS, LEVEL, REVOLVING, Transactional

#: What is read off a run by name: numbers of the life of the loan, months, counts.
Totals: TypeAlias = dict[str, NDArray[Any]]
#: The lines of the firm's own cash, the loan apart.
OPERATING = ("collections", "existing_business", "cost_of_sales", "fixed_cost", "development")


def sales_level(a: Transactional, score: Array) -> Array:
    """Sales as a share of the plan, for standard normal scores of any shape: exp(s z - s^2 / 2).

    Lognormal with mean one: the plan is the average, not the best case.
    """
    return np.exp(a.sales_volatility * score - a.sales_volatility**2 / 2)


def operating_lines(a: Transactional, slip: Array, level: Array) -> dict[str, Array]:
    """Operating lines, each (month, scenario) or (month, 1), month 0 empty; and receivables.

    slip: months that the launch is late, level: sales as a share of the plan, both (scenario,).
    Inflows are positive; `sales` and `receivables` are no flows of cash.
    """
    month = np.arange(a.tenor + 1.0)[:, None]
    launch = a.launch_month + slip
    sales = a.price * a.units * level * np.clip((month - launch) / a.ramp_months, 0, 1)
    # collections lag by whole months and a fraction: the fraction waits one month more
    whole, part = divmod(a.collection_days / 30, 1)
    lagged = _lag(sales, int(whole))
    collections = (1 - part) * lagged + part * _lag(lagged, 1)
    active = np.minimum(month, 1.0)  # nothing but the loan moves at month 0
    return {
        "sales": sales,
        "collections": collections,
        "existing_business": a.existing_business * active,
        "cost_of_sales": -a.cost_of_sales * sales,
        "fixed_cost": -a.fixed_cost * active,
        "development": -a.development
        * active
        * (
            (month <= a.launch_month) + a.slip_burn * ((month > a.launch_month) & (month <= launch))
        ),
        "receivables": np.cumsum(sales - collections, axis=0),
    }


def _receivables_gap(a: Transactional, operations: dict[str, Array]) -> Array:
    """Receivables left at the end less the sales of the last `collection_days`, (scenario,)."""
    owed_months = min(a.collection_days / 30, a.tenor)
    sales = operations["sales"]
    weight = np.clip(owed_months - np.arange(len(sales))[::-1], 0, 1)
    gap: Array = operations["receivables"][-1] - weight @ sales
    return gap


def _lag(x: Array, months: int) -> Array:
    """A line (month, scenario) that comes whole months later, nothing before it."""
    return np.concatenate([np.zeros_like(x[:months]), x[: len(x) - months]])


def _planned_closing(a: Transactional) -> Array:
    """Planned closing balance (month, form): what a client may still owe after each month."""
    planned = np.full((a.tenor + 1, len(FORMS)), a.principal)
    planned[1:, EQUAL] = loans.equal_principal(a.principal, a.rate / MONTHS_A_YEAR, a.tenor).closing
    planned[1:, LEVEL] = loans.level(a.principal, a.rate / MONTHS_A_YEAR, a.tenor).closing
    planned[-1] = 0.0
    return planned


def _entrusted_draws(a: Transactional) -> Array:
    """What the bank pays straight to suppliers by month, (month,): bills of the development.

    Drawn when the bill is due, so it never lies in the firm's account; the rest of the loan is
    drawn at once. It is the plan's development, never more than the loan after its fee.
    """
    month = np.arange(a.tenor + 1)
    bill = a.entrusted * a.development * ((month > 0) & (month <= a.launch_month))
    bill[-1] = 0.0  # nothing is drawn on the day of maturity
    most = (1 - a.arrangement_fee) * a.principal
    draws: Array = np.diff(np.minimum(np.cumsum(bill), most), prepend=0.0)
    return draws


def _interest(a: Transactional, balance: Array, overdue: Array, arrears: Array) -> Array:
    """Interest of a month: what is overdue, principal and interest, bears the penalty rate."""
    extra = a.penalty_surcharge * overdue + (1 + a.penalty_surcharge) * arrears
    return a.rate / MONTHS_A_YEAR * (balance + extra)


def paths(  # noqa: PLR0915 - the months of a run in one loop
    a: Transactional,
    slip: Array,
    level: Array,
    keep: Sequence[str] | None,
    leakage: float | Array | None = None,
) -> tuple[dict[str, Array], Totals]:
    """Run the firm and its loan in every form over every scenario.

    slip: months that the launch is late, level: sales as a share of the plan, both (scenario,).
    leakage: a month, that of the case if not given, else one or (scenario,). keep: the lines to
    keep, None for all. Returns the lines kept, each (month, form or 1, scenario); and totals, each
    (form or 1, scenario), of which `contract` and `flows` are the lender's by month, (month, form,
    scenario), and `operating` and `receivables_gap` (scenario,); those `_until_missed` stop with
    the first month in which a payment is missed.
    """
    operations = operating_lines(a, slip, level)
    operating: Array = sum((operations[name] for name in OPERATING), np.zeros(1))
    leakage = a.leakage if leakage is None else leakage
    planned = _planned_closing(a)[..., None]
    shape = (len(FORMS), len(slip))
    is_revolving = (np.arange(len(FORMS)) == REVOLVING)[:, None]
    limit = np.where(is_revolving, a.principal, 0.0)
    commitment_rate = a.commitment_fee / MONTHS_A_YEAR * is_revolving
    entrusted = _entrusted_draws(a)
    # the revolver takes all idle cash from the start: its client borrows again when short
    sweeping = np.zeros((a.tenor + 1, len(FORMS), 1))
    sweeping[a.sweep_start : a.tenor, FLEXIBLE] = a.sweep_share
    sweeping[1 : a.tenor, REVOLVING] = 1.0

    fee = a.arrangement_fee * a.principal
    # the revolver's fee is drawn with the line, and what the floor needs
    first_draw = np.clip(a.sweep_floor + fee - a.opening_cash, fee, a.principal)
    draw = np.where(is_revolving, first_draw, a.principal - entrusted.sum())
    draw = np.broadcast_to(draw, shape)
    cash = a.opening_cash + draw - fee
    balance, arrears = draw, np.zeros(shape)
    missed_month, exposure, last_owing = np.full(shape, -1), np.zeros(shape), np.zeros(shape, int)
    headroom, lowest = np.full(shape, 10 * a.principal), cash
    months_short = np.zeros(shape, dtype=int)
    sums = {k: np.zeros(shape) for k in ("interest", "commitment", "balance", "undrawn", "leaked")}
    until = {k: np.zeros(shape) for k in ("interest", "commitment", "balance", "received")}
    flows = np.empty((a.tenor + 1, *shape))  # the lender's: out at the draw, in at payment
    flows[0] = fee - draw
    zero = np.zeros(shape)
    lines: dict[str, Array] = {}

    def store(month: int, **step: Array) -> None:
        for name in step.keys() if keep is None else step.keys() & set(keep):
            if name not in lines:
                lines[name] = np.zeros((a.tenor + 1, *shape))
            lines[name][month] = step[name]

    store(
        0,
        opening=zero + a.opening_cash,
        draw=draw,
        arrangement_fee=zero - fee,
        closing=cash,
        balance=balance,
    )
    for t in range(1, a.tenor + 1):
        opening, opening_balance = cash, balance
        overdue = np.maximum(balance - planned[t - 1], 0)
        interest = _interest(a, balance, overdue, arrears)
        commitment = commitment_rate * (limit - balance)
        owed = arrears + interest + commitment
        ready = cash + operating[t]
        paying = missed_month < 0
        draw = zero
        if t < a.tenor:  # drawn before the payment, and never after a missed one
            need = np.clip(a.sweep_floor + owed - ready, 0, np.maximum(limit - balance, 0))
            draw = np.where(paying, np.where(is_revolving, need, entrusted[t]), 0.0)
        ready = ready + draw
        balance = balance + draw
        due = np.maximum(balance - planned[t], 0)
        available = np.maximum(ready, 0)
        paid_interest = np.minimum(owed, available)
        paid_principal = np.minimum(due, available - paid_interest)
        arrears = owed - paid_interest
        spare = ready - owed - due
        # unpaid bills are no missed payment where nothing is due to the bank
        at_stake = owed + due > DUST
        headroom = np.where(at_stake, np.minimum(headroom, spare), headroom)
        short = at_stake & (spare < -DUST)
        swept = np.minimum(
            sweeping[t] * np.maximum(spare - a.sweep_floor, 0), balance - paid_principal
        )
        balance = balance - paid_principal - swept
        left = ready - paid_interest - paid_principal - swept
        leak = leakage * np.maximum(left - a.cash_floor, 0)
        cash = left - leak

        last_owing = np.where(balance + arrears > DUST, t, last_owing)
        first = short & paying
        missed_month = np.where(first, t, missed_month)
        exposure = np.where(first, balance + arrears, exposure)
        months_short += short
        lowest = np.minimum(lowest, cash)
        flows[t] = paid_interest + paid_principal + swept - draw
        sums["interest"] += interest
        sums["commitment"] += commitment
        sums["balance"] += opening_balance
        sums["undrawn"] += np.maximum(limit - opening_balance, 0)
        sums["leaked"] += leak
        for name, amount in (
            ("interest", interest),
            ("commitment", commitment),
            ("balance", opening_balance),
            ("received", flows[t]),
        ):
            until[name] += paying * amount
        store(
            t,
            opening=opening,
            draw=draw,
            interest=-paid_interest,
            principal=-paid_principal,
            sweep=-swept,
            leaked=-leak,
            closing=cash,
            balance=balance,
            arrears=arrears,
            accrued=interest,
            commitment=commitment,
            opening_balance=opening_balance,
            due=owed + due,
        )
    # what is still owed is settled in full for the cost of the contract, whoever pays it
    contract = flows.copy()
    contract[-1] += balance + arrears
    totals: Totals = {f"total_{k}": v for k, v in sums.items()}
    totals |= {f"{k}_until_missed": v for k, v in until.items()} | {
        "closing_cash": cash,
        "closing_balance": balance,
        "closing_arrears": arrears,
        "headroom": headroom,
        "first_missed": missed_month,
        "last_owing": last_owing,
        "exposure": exposure,
        "lowest_cash": lowest,
        "months_short": months_short,
        "contract": contract,
        "flows": flows,
        "operating": operating.sum(axis=0),
        "receivables_gap": _receivables_gap(a, operations),
        "fee": np.full((1, 1), fee),
    }
    for name in operations.keys() if keep is None else operations.keys() & set(keep):
        lines[name] = operations[name][:, None, :]
    return lines, totals

"""TODO."""

from __future__ import annotations

import numpy as np

from ...shape import Array, residual
from . import firm, restructuring, ways_out
from .record import DUST, MONTHS, PATH_OF, PATHS, PLAN, YEAR, Problem
from .restructuring import Plan
from .ways_out import Estate


def lines(
    a: Problem, o: dict[str, Array], h: dict[str, Array], e: Estate, plan: Plan
) -> dict[str, Array]:
    """The firm's three statements, each line (month, way, scenario)."""
    action = a.decision_month + a.wait
    month = np.arange(MONTHS + 1)[:, None, None]
    stop = np.where(e.stopped, e.stop, MONTHS)
    alive, now = month <= stop, (month == e.stop) & e.stopped
    after = month > stop

    def live(x: Array) -> Array:
        """A line of the running firm, nothing after the stop."""
        x = np.broadcast_to(x, (MONTHS + 1, x.shape[1], o["sales"].shape[2]))
        return (x[:, PATH_OF] if x.shape[1] == PATHS else x) * alive

    def held(x: Array) -> Array:
        """A balance: the estate takes the assets over at the end of the month of the stop."""
        return live(x) * ~now

    # what the estate sells and pays, month by month
    since = month - stop
    free = np.where(after, np.clip(since / a.quick_months, 0, 1), 0.0)
    sold = (after & (since >= a.auction_months)).astype(float)
    # what would come after the horizon is counted at it
    settled = (month == MONTHS) & e.stopped
    free, sold = (np.where(settled, 1.0, x) for x in (free, sold))
    step = [np.diff(x, axis=0, prepend=0.0) for x in (free, sold)]
    flows = [step[0] * f + step[1] * s for f, s in zip(e.by_free, e.by_sale, strict=True)]
    proceeds, cost, first, bank, suppliers, owners = flows
    value = e.by_free[0] + e.by_sale[0]
    gone = np.cumsum(proceeds, axis=0)
    estate = np.where(e.stopped & (month >= stop), value - gone, 0.0)
    paid_bank, paid_suppliers = np.cumsum(bank, axis=0), np.cumsum(suppliers, axis=0)

    started = month > 0
    exchange = np.zeros((MONTHS + 1, PATHS, 1))
    exchange[action, PLAN:] = 1.0
    supply = live(h["supply"])
    frozen = np.where(after, e.suppliers, supply) - paid_suppliers
    owed = {name: live(h[name]) for name in ("term", "drawn", "arrears")}
    at = {name: np.take_along_axis(x, stop[None], axis=0)[0] for name, x in owed.items()}
    left = np.maximum(e.claim - paid_bank, 0)  # the last payment leaves rounding dust
    share = np.where(e.claim > DUST, left / np.maximum(e.claim, DUST), 0.0)
    debts = {name: np.where(after | now, at[name] * share, x) for name, x in owed.items()}
    bought = h["bought"].copy()
    bought[1:] -= np.diff(h["supply"], axis=0)
    cash_at_stop = live(h["cash"]) * now
    opening = live(h["cash"])
    closing = np.where(alive & ~now, opening, 0.0) + np.cumsum(owners, axis=0)
    first_cash = np.concatenate([closing[:1], closing[:-1]])
    paid_in = np.zeros((MONTHS + 1, PATHS, o["sales"].shape[2])) + a.paid_in
    paid_in[action:, PLAN:] += plan.converted
    paid_in = paid_in[:, PATH_OF]
    paid_in = np.where(month >= action, paid_in, a.paid_in)
    result = {
        "sales": live(o["sales"]),
        "cost_of_sales": -(1 - a.gross_margin) * live(o["sales"]),
        "fixed_cost": -live(o["fixed"]),
        "measures": -live(h["cleared"] + o["one_off"]),
        "depreciation": -live(a.depreciation * started),
        "interest": -live(h["accrued"] + h["fee"]),
        "forgiven": live(exchange * plan.forgiven),
        "write_down": np.where(now, value - e.book, 0.0),
        "estate_cost": -(cost + first),
        "firm_tax": -live(h["firm_tax"]),
    }
    result["net_income"] = sum(result.values())
    retained = np.cumsum(result["net_income"], axis=0) + h["equity"][0, PATH_OF] - a.paid_in
    return result | {
        "opening": first_cash,
        "collections": live(firm.collections(o)),
        "suppliers": -live(bought),
        "fixed_paid": -live(o["fixed"]),
        "measures_paid": result["measures"],
        "capex": -live(a.capex * started),
        "tax_paid": result["firm_tax"],
        "line_drawn": live(h["line_flow"]),
        "new_money": live(a.new_money * exchange),
        "interest_paid": -live(h["paid_interest"]),
        "principal_paid": -live(h["paid_principal"]),
        "handed_over": -cash_at_stop,
        "estate_sold": proceeds,
        "estate_paid": -(cost + first + suppliers),
        "estate_bank": -bank,
        "closing": closing,
        "cash_held": closing,
        "receivables": held(o["receivables"]),
        "stock": held(h["stock"]),
        "plant": held(firm.plant(a)[:, None]),
        "estate": estate,
        "payables": frozen,
        "term_debt": debts["term"],
        "line_debt": debts["drawn"],
        "interest_owed": debts["arrears"],
        "paid_in": paid_in,
        "retained": retained,
    }


ASSETS = ("cash_held", "receivables", "stock", "plant", "estate")
FUNDS = ("payables", "term_debt", "line_debt", "interest_owed", "paid_in", "retained")
_CLIENT = (
    "opening", "collections", "suppliers", "fixed_paid", "measures_paid", "capex", "tax_paid",
    "line_drawn", "new_money", "interest_paid", "principal_paid", "handed_over", "estate_sold",
    "estate_paid", "estate_bank",
)  # fmt: skip


def identities(
    a: Problem,
    o: dict[str, Array],
    h: dict[str, Array],
    e: Estate,
    plan: Plan,
    line: dict[str, Array],
    values: Array,
) -> dict[str, float]:
    """Identities of the three statements of a single run, in every month and every way."""
    assets, funds = (sum(line[k] for k in names) for names in (ASSETS, FUNDS))
    counted = firm.count_back(o["sales"], o["receivables"], a.sales)
    decision = a.decision_month
    to_bank = -sum(
        line[k]
        for k in ("line_drawn", "new_money", "interest_paid", "principal_paid", "estate_bank")
    )
    stop = np.where(e.stopped, e.stop, MONTHS)
    own = to_bank + line["estate_bank"]
    to_bank[-1] += ways_out.at_horizon(a, h, e, plan)
    factor = (1 + restructuring.original_rate(a)) ** (-np.arange(MONTHS + 1 - decision) / YEAR)
    flows = to_bank[decision:].copy()
    # of the decision month itself counts only what the decision does: new money on the day
    flows[0] = -line["new_money"][decision]
    by_hand = (flows * factor[:, None, None]).sum(axis=0)
    return {
        "statements_balance": residual(assets - funds),
        "cash_foots": residual(sum(line[k] for k in _CLIENT) - line["closing"]),
        "count_back_is_dso": residual(counted - o["dso"]),
        "value_by_hand": residual(by_hand - values),
        "lender_mirrors_client": residual(
            h["flow"][:, PATH_OF] * (np.arange(MONTHS + 1)[:, None, None] <= stop) - own
        ),
    }

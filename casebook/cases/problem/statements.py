"""The firm's three statements of every way: income, cash flow and balance sheet, month by month.

They are written from the histories of the paths, cut at the stop of each way. At the end of the
month of the stop the estate takes over all assets at what they will bring; from the next month it
sells and pays. What it would do after the horizon is counted at it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...shape import DUST, Array, residual
from ...timevalue import MONTHS_A_YEAR
from . import firm, restructuring, ways_out
from .paths import History
from .record import MONTHS, PATH_OF, PATHS, PLAN, Problem
from .restructuring import Plan
from .ways_out import BANK, COST, OWNERS, PRIORITY, SOLD, SUPPLIERS, Estate

ASSETS = ("cash_held", "receivables", "stock", "plant", "estate")
FUNDS = ("payables", "term_debt", "line_debt", "interest_owed", "paid_in", "retained")
#: The lines of the cash flow, which add up to the cash at the end.
CASH = (
    "opening", "collections", "suppliers", "fixed_paid", "measures_paid", "capex", "tax_paid",
    "line_drawn", "new_money", "interest_paid", "principal_paid", "handed_over", "estate_sold",
    "estate_paid", "estate_bank",
)  # fmt: skip
#: Of these what passes between firm and bank.
TO_BANK = ("line_drawn", "new_money", "interest_paid", "principal_paid", "estate_bank")


class _Statements:
    """What the three statements share: whose a month is, the exchange, and what the estate does.

    The firm's months of each way are alive, the month of the stop (now) too; then the estate's,
    after: (month, way, scenario). exchange: one in the action month of the plan's paths, (month,
    path, 1).
    """

    def __init__(
        self,
        a: Problem,
        operations: Mapping[str, Array],
        history: History,
        estate: Estate,
        plan: Plan,
    ) -> None:
        self.a, self.operations, self.history = a, operations, history
        self.estate, self.plan = estate, plan
        self.scenarios = operations["sales"].shape[2]
        self.action = a.decision_month + a.wait
        self.month = np.arange(MONTHS + 1)[:, None, None]
        self.started = (self.month > 0).astype(float)  # month 0 is a balance sheet
        self.stop = estate.last
        self.alive = self.month <= self.stop
        self.now = (self.month == estate.stop) & estate.stopped
        self.after = self.month > self.stop
        self.exchange = np.zeros((MONTHS + 1, PATHS, 1))
        self.exchange[self.action, PLAN:] = 1.0
        self.assets_taken = estate.by_free[SOLD] + estate.by_sale[SOLD]
        self.flows = self._estate_flows()

    def live(self, x: Array) -> Array:
        """A line of the running firm, nothing after the stop; x: (month, path or 1, …)."""
        x = np.broadcast_to(x, (MONTHS + 1, x.shape[1], self.scenarios))
        shown: Array = (x[:, PATH_OF] if x.shape[1] == PATHS else x) * self.alive
        return shown

    def held(self, x: Array) -> Array:
        """A balance: the estate takes the assets over at the end of the month of the stop."""
        kept: Array = self.live(x) * ~self.now
        return kept

    def _estate_flows(self) -> list[Array]:
        """What estates sell and pay in each month: SOLD to OWNERS, each (month, way, scenario)."""
        a, estate = self.a, self.estate
        since = self.month - self.stop
        free = np.where(self.after, np.clip(since / a.quick_months, 0, 1), 0.0)
        sold = (self.after & (since >= a.auction_months)).astype(float)
        # what would come after the horizon is counted at it
        settled = (self.month == MONTHS) & estate.stopped
        free, sold = (np.where(settled, 1.0, x) for x in (free, sold))
        step = [np.diff(x, axis=0, prepend=0.0) for x in (free, sold)]
        return [
            step[0] * f + step[1] * s for f, s in zip(estate.by_free, estate.by_sale, strict=True)
        ]

    def income(self) -> dict[str, Array]:
        """The income statement; its last line is the sum of the others."""
        a, operations, history, live = self.a, self.operations, self.history, self.live
        costs = self.flows[COST] + self.flows[PRIORITY]
        income = {
            "sales": live(operations["sales"]),
            "cost_of_sales": -(1 - a.gross_margin) * live(operations["sales"]),
            "fixed_cost": -live(operations["fixed"]),
            "measures": -live(history.cleared + operations["one_off"]),
            "depreciation": -live(a.depreciation * self.started),
            "interest": -live(history.accrued + history.fee),
            "forgiven": live(self.exchange * self.plan.forgiven),
            "write_down": np.where(self.now, self.assets_taken - self.estate.book, 0.0),
            "estate_cost": -costs,
            "firm_tax": -live(history.firm_tax),
        }
        return income | {"net_income": np.asarray(sum(income.values()))}

    def cash_flow(self, income: dict[str, Array]) -> dict[str, Array]:
        """The cash flow, from the opening cash to the closing."""
        a, operations, history, live = self.a, self.operations, self.history, self.live
        flows = self.flows
        bought = history.bought.copy()
        bought[1:] -= np.diff(history.supply, axis=0)
        cash = live(history.cash)
        closing = np.where(self.alive & ~self.now, cash, 0.0) + np.cumsum(flows[OWNERS], axis=0)
        return {
            "opening": np.concatenate([closing[:1], closing[:-1]]),
            "collections": live(firm.collections(operations)),
            "suppliers": -live(bought),
            "fixed_paid": -live(operations["fixed"]),
            "measures_paid": income["measures"],
            "capex": -live(a.capex * self.started),
            "tax_paid": income["firm_tax"],
            "line_drawn": live(history.line_flow),
            "new_money": live(a.new_money * self.exchange),
            "interest_paid": -live(history.paid_interest),
            "principal_paid": -live(history.paid_principal),
            "handed_over": -(cash * self.now),
            "estate_sold": flows[SOLD],
            "estate_paid": -(flows[COST] + flows[PRIORITY] + flows[SUPPLIERS]),
            "estate_bank": -flows[BANK],
            "closing": closing,
        }

    def balance_sheet(self, income: dict[str, Array], closing: Array) -> dict[str, Array]:
        """The balance sheet, ASSETS and FUNDS; closing: the cash at the end of each month."""
        a, history, estate = self.a, self.history, self.estate
        to_sell = self.assets_taken - np.cumsum(self.flows[SOLD], axis=0)
        payables = np.where(self.after, estate.suppliers, self.live(history.supply))
        paid_in = np.zeros((MONTHS + 1, PATHS, self.scenarios)) + a.paid_in
        paid_in[self.action :, PLAN:] += self.plan.converted
        earned = np.cumsum(income["net_income"], axis=0)
        return {
            "cash_held": closing,
            "receivables": self.held(self.operations["receivables"]),
            "stock": self.held(history.stock),
            "plant": self.held(firm.plant(a)[:, None]),
            "estate": np.where(estate.stopped & (self.month >= self.stop), to_sell, 0.0),
            "payables": payables - np.cumsum(self.flows[SUPPLIERS], axis=0),
            **self._debts(),
            "paid_in": np.where(self.month >= self.action, paid_in[:, PATH_OF], a.paid_in),
            "retained": earned + history.equity[0, PATH_OF] - a.paid_in,
        }

    def _debts(self) -> dict[str, Array]:
        """What the bank is owed by kind; what the estate pays it takes the same share of each."""
        history, claim = self.history, self.estate.claim
        owed = {
            "term_debt": self.live(history.term),
            "line_debt": self.live(history.drawn),
            "interest_owed": self.live(history.arrears),
        }
        # the last payment leaves rounding dust
        left = np.maximum(claim - np.cumsum(self.flows[BANK], axis=0), 0)
        share = np.where(claim > DUST, left / np.maximum(claim, DUST), 0.0)
        at = {name: np.take_along_axis(x, self.stop[None], axis=0)[0] for name, x in owed.items()}
        stopped = self.after | self.now
        return {name: np.where(stopped, at[name] * share, x) for name, x in owed.items()}


def lines(
    a: Problem, operations: Mapping[str, Array], history: History, estate: Estate, plan: Plan
) -> dict[str, Array]:
    """The firm's three statements, each line (month, way, scenario), CNY million.

    Names as in the case file. In income and cash flow what comes in is positive, what goes out
    negative. `history` is to be full, see `paths.run`.
    """
    statements = _Statements(a, operations, history, estate, plan)
    income = statements.income()
    cash_flow = statements.cash_flow(income)
    return income | cash_flow | statements.balance_sheet(income, cash_flow["closing"])


def checks(
    a: Problem,
    operations: Mapping[str, Array],
    history: History,
    estate: Estate,
    plan: Plan,
    line: Mapping[str, Array],
    values: Array,
) -> dict[str, float]:
    """Identities of the three statements, name -> largest residual of all months and ways.

    line: what `lines` gave, of a single run; values: present value of each way, (way, scenario),
    which is found here once more, flow by flow.
    """
    assets, funds = (sum(line[k] for k in names) for names in (ASSETS, FUNDS))
    counted = firm.count_back(operations["sales"], operations["receivables"], a.sales)
    decision = a.decision_month
    to_bank = -np.asarray(sum(line[k] for k in TO_BANK))
    own = to_bank + line["estate_bank"]
    to_bank[-1] += ways_out.at_horizon(a, history, estate, plan)
    years = -np.arange(MONTHS + 1 - decision) / MONTHS_A_YEAR
    factor = (1 + restructuring.original_rate(a)) ** years
    flows = to_bank[decision:].copy()
    # of the decision month itself counts only what the decision does: new money on the day
    flows[0] = -line["new_money"][decision]
    by_hand = (flows * factor[:, None, None]).sum(axis=0)
    running = np.arange(MONTHS + 1)[:, None, None] <= estate.last
    return {
        "statements_balance": residual(assets - funds),
        "cash_foots": residual(sum(line[k] for k in CASH) - line["closing"]),
        "count_back_is_dso": residual(counted - operations["dso"]),
        "value_by_hand": residual(by_hand - values),
        "lender_mirrors_client": residual(history.flow[:, PATH_OF] * running - own),
    }

"""Case 4, problem: a manufacturer's sales fall, customers pay late, stock piles up, cash stops.

Monthly, 96 months from a quiet start (month 0); money in CNY million, flows at month end.
Ways out are the alternatives: do nothing, a plan that works, the same plan failing, liquidation.

The firm, all lines (month, way, scenario)
    S_t    sales: normal x (1 - depth x profile) x monthly noise
    R_t    receivables: the sales of the last DSO_t days (so DSO is what a count-back measures);
           in a shock the days rise with the orders lost over those left, so that a deeper one
           never frees cash: old invoices stay unpaid, and so does the stock of cut orders
    N_t    stock: DIO_t days of the last quarter's cost of sales; purchases never below zero
    P_t    supplier credit: DPO days of it x what is left of the terms, plus bills unpaid
    The firm pays operations and tax, then the bank; below its cash floor it draws on the line,
    above it repays. What it cannot pay stays owed: nothing makes cash but cash.
The bank
    A payment is missed when interest or the principal above the planned balance is not paid in
    full. A way stops when arrears have lasted too long; its estate then pays by rank.
    Every value is a present value at the decision month, at the loans' original effective rate;
    a stress is measured by `total_loss`, from the start: more is owed after a worse one.
Rooms
    firm           the market, and operations under the plan
    paths          months of firm and loan, in one loop
    restructuring  the terms of the plan
    ways_out       where a way stops, the plan too, and what its estate pays
    signals        the early warning
    statements     the firm's three; bank: class, stage, provisions, profit
    `run` puts them together, `questions` asks, `charts` draws.

>>> from casebook.cases import problem
>>> a = problem.assumptions()
>>> r = problem.simulate(a)
>>> works, now = (r.alternative(way).metrics["value"] for way in ("restructure", "liquidate"))
>>> print(f"{works:.1f} if the plan works, {now:.1f} by liquidation, CNY million")
67.2 if the plan works, 56.1 by liquidation, CNY million
>>> r.metrics["needed"]
'43.1%'
>>> late = problem.simulate(a.replace(wait=3))
>>> print(f"{r.metrics['expected_value'] - late.metrics['expected_value']:.1f} CNY million lost")
4.7 CNY million lost
"""

from .firm import Scenario, count_back
from .questions import (
    FIGURES,
    chances,
    days_of_sales,
    early_warning,
    figure,
    findings,
    flips,
    futures,
    line_limits,
    quiet,
    tornado,
    tripwire,
    waiting,
    watch,
)
from .record import SIGNALS, Problem, assumptions
from .restructuring import Plan, chance, modification_loss, original_rate, plan_flows
from .run import sample, simulate
from .signals import beyond, rule

__all__ = [
    "FIGURES",
    "SIGNALS",
    "Plan",
    "Problem",
    "Scenario",
    "assumptions",
    "beyond",
    "chance",
    "chances",
    "count_back",
    "days_of_sales",
    "early_warning",
    "figure",
    "findings",
    "flips",
    "futures",
    "line_limits",
    "modification_loss",
    "original_rate",
    "plan_flows",
    "quiet",
    "rule",
    "sample",
    "simulate",
    "tornado",
    "tripwire",
    "waiting",
    "watch",
]


def __dir__() -> list[str]:
    """The names of the face."""
    return sorted(__all__)

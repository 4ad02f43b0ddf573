"""The five clients of the cases put through the tree of types, at moments of their story.

What a bank would know of a client at a moment is taken from the model of its case, the rest from
data/five_clients.toml. The tree itself is casebook.typology.decision_tree.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from ..cases import case, problem
from ..shape import SingleRun
from ..words import DATA, read
from . import decision_tree

#: A month in which a payment is late counts as this many days, as in the cases.
DAYS = 30


@cache
def _base(name: str) -> SingleRun[Any]:
    """The base case of a case, run once."""
    module = case(name)
    return module.simulate(module.assumptions())


def _strategic(month: int) -> dict[str, float]:
    """The group at its largest, whatever the month."""
    r = _base("strategic")
    a = r.assumptions
    return {
        "exposure": r.metrics["peak_exposure"],
        "pd": a.pd_operating,
        "wallet_share": a.wallet_share,
    }


def _transactional(month: int) -> dict[str, float]:
    """The firm that asks for a price, whatever the month."""
    r = _base("transactional")
    return {"exposure": r.assumptions.principal, "pd": r.metrics["pd"]}


def _growth(month: int) -> dict[str, float]:
    """The young firm when the loan is granted, whatever the month."""
    r = _base("growth")
    return {"exposure": r.assumptions.loan, "pd": r.metrics["pd"]}


def _problem(month: int) -> dict[str, float]:
    """The firm in a month of doing nothing; signals are of the accounts in the bank's hand."""
    r = _base("problem").alternative("do_nothing")
    a = r.assumptions
    hits = problem.watch(r)["hits"]
    return {
        "exposure": r.lines["term_debt"][month] + a.limit,
        "pd": a.pd_normal,
        "days_past_due": r.lines["days_past_due"][month],
        "signals": sum(int(hit[month - a.reporting_lag]) for hit in hits.values()),
    }


def _terminated(month: int) -> dict[str, float]:
    """The client in a month before or after the payment that was missed."""
    r = _base("terminated")
    a = r.assumptions
    return {
        "exposure": r.lines["balance"][min(month, a.missed_month)],
        "pd": a.pd,
        "days_past_due": max(month - a.missed_month, 0) * DAYS,
        "ended_or_default": month >= a.missed_month + a.cure_months,
    }


#: What the bank knows of each client in a month of its story.
_KNOWN = {
    "strategic": _strategic,
    "transactional": _transactional,
    "growth": _growth,
    "problem": _problem,
    "terminated": _terminated,
}


def moments() -> dict[str, dict[str, Any]]:
    """Name -> the columns that the tree asks for, `client` (a case) and `when` (words).

    Columns are those of `decision_tree.classify`, one number each.
    """
    content = read(DATA / "five_clients.toml")
    usual = {"ended_or_default": False, "days_past_due": 0, "signals": 0}
    return {
        name: usual | _KNOWN[row["client"]](row.get("month", 0)) | row
        for name, row in content.items()
    }


def walked(a: decision_tree.Typology | None = None) -> dict[str, tuple[str, str]]:
    """Name of a moment -> (type, the questions with their answers); thresholds are those of `a`."""
    rows = moments()
    table = {k: np.array([row[k] for row in rows.values()], float) for k in decision_tree.columns()}
    types, paths = decision_tree.classify(table, a)
    return {name: (str(found), path) for name, found, path in zip(rows, types, paths, strict=True)}

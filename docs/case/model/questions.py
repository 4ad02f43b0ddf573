"""What the pages ask of a run: which fee makes a promise pay, and what moves the bank's profit."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ...shape import SingleRun, crossing, drawer, tornado_rows
from . import run
from .record import OVERDRAFT, Seasonal

#: How far the tornado moves each assumption, up and down.
TORNADO = {
    "rate": 0.005,
    "commitment_fee": 0.0025,
    "own_cash": 0.5,
    "season_sales": 0.5,
    "collection_months": 1,
    "spread": 0.02,
    "lgd": 0.1,
    "file_cost": 0.01,
}


def fee_curve(r: SingleRun[Seasonal], points: int = 31) -> dict[str, Any]:
    """The bank's profit and the client's cost by the commitment fee, each (form, fee).

    `pays`: the fee from which the overdraft has an economic profit, NaN where no allowed fee does.
    """
    a = r.assumptions
    spec = a.spec.assumptions["commitment_fee"]
    fee = np.linspace(spec.low, spec.high, points)
    runs = [run.simulate(a.replace(commitment_fee=float(x))) for x in fee]
    profit, cost = (
        np.array([x.all_metrics[name][:, 0] for x in runs]).T
        for name in ("economic_profit", "total_cost")
    )
    return {"fee": fee, "profit": profit, "cost": cost, "pays": crossing(profit[OVERDRAFT], fee)}


def tornado(r: SingleRun[Seasonal]) -> list[tuple[str, float, float, float, float]]:
    """What moves the bank's profit on the chosen form, CNY million, the widest swing first.

    (assumption, low, high, profit at each), as `tornado_rows` gives them.
    """
    a = r.assumptions.replace(form=r.chosen)
    moves = {k: (getattr(a, k) - step, getattr(a, k) + step) for k, step in TORNADO.items()}
    return tornado_rows(a, moves, lambda x: run.simulate(x).metrics["economic_profit"])


def findings(r: SingleRun[Seasonal]) -> dict[str, float]:
    """The numbers that the page states, each with its unit in the case file."""
    a, curve = r.assumptions, fee_curve(r)

    def overdraft(**changes: float) -> dict[str, Any]:
        """The metrics of the overdraft with some assumptions changed."""
        return run.simulate(a.replace(**changes)).alternative("overdraft").metrics

    loan = r.alternative("loan").metrics["total_cost"]
    cost_at_fee = float(np.interp(curve["pays"], curve["fee"], curve["cost"][OVERDRAFT]))
    _, _, _, *ends = tornado(r.alternative("overdraft"))[0]
    return {
        "saved": loan - overdraft()["total_cost"],
        "fee_pays": curve["pays"],
        "saved_at_fee": loan - cost_at_fee,
        "rate_without_fee": overdraft(commitment_fee=0.0)["break_even_rate"],
        "late_profit": overdraft(collection_months=a.collection_months + 1)["economic_profit"],
        "widest_low": min(ends),
        "widest_high": max(ends),
    }


#: Name of a figure -> what it is drawn from; the drawing is in `charts`.
FIGURES: Mapping[str, Callable[[SingleRun[Seasonal]], Any]] = {
    "explorer": lambda r: r,
    "fee": fee_curve,
}

figure = drawer(__package__, FIGURES)

"""What was known of each client in each month, and what a fitted model makes of a row of it.

The panel is built from the visible tables alone, column by column from months up to its own; the
hazard model, its scores and the rule that an alarm stands for a year work on its rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...cases.problem.record import SIGNALS
from ...shape import Array
from ...timevalue import MONTHS_A_YEAR
from .record import COLUMNS


@dataclass(frozen=True)
class Panel:
    """What was known, (month, client): `x` by COLUMNS, NaN where missing; `watched`, `rule`.

    limit and income (a year), CNY million: (month, client). default (its month, 0 never), ead,
    secured: (client,). months and clients: the numbers of both axes.
    """

    x: dict[str, Array]
    watched: NDArray[np.bool_]
    rule: NDArray[np.bool_]
    limit: Array
    income: Array
    default: NDArray[np.intp]
    ead: Array
    secured: NDArray[np.bool_]
    months: NDArray[np.intp]
    clients: NDArray[np.intp]


def panel(found: dict[str, Any] | None = None) -> Panel:
    """The monitoring panel from the visible tables; column by column only of months up to its own.

    found: monitoring, outcomes, facilities as DataFrames; those of the book if left out.
    """
    from ... import bank
    from ...bank import signals, tables

    t = found or {k: tables.table(k) for k in ("monitoring", "outcomes", "facilities")}
    seen = t["monitoring"]
    values, months, clients = signals.panel(seen)
    warned = signals.rule(signals.beyond(values))
    at = (seen["month"] - months[0], np.searchsorted(clients, seen["client"]))

    def of(column: Any, missing: float = np.nan) -> Array:
        """A column of the monitoring table as (month, client)."""
        table = np.full((len(months), len(clients)), missing)
        table[at] = column
        return table

    def last(table: Array, n: int) -> Array:
        """Sum over the n months up to each."""
        total = np.cumsum(np.nan_to_num(table), axis=0)
        total[n:] -= total[:-n].copy()
        return total

    late = of(seen["days_past_due"])
    bad = of(seen["rating"].cat.codes) == len(bank.GRADES) - 1
    flow, here = of(seen["turnover"]), of(1.0, 0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean3 = last(flow, 3) / last(here, 3)
        mean12 = last(flow, MONTHS_A_YEAR) / last(here, MONTHS_A_YEAR)
        turnover = np.log(np.maximum(mean3, 1e-6) / np.maximum(mean12, 1e-6))
    pd = np.array([*bank.assumptions().grade_pd, 1.0])
    x = {k: values[k] for k in SIGNALS} | {
        "grade": of(np.log(pd[seen["rating"].cat.codes])),
        "entries": np.minimum(last(of(seen["court_entries"], 0.0), MONTHS_A_YEAR), 3.0),
        "arrears": np.minimum(last(of(seen["tax_arrears"], 0.0), MONTHS_A_YEAR), 3.0),
        "breach": of(seen["covenant_breach"]),
        "late": (last((late > 0).astype(float), 6) > 0).astype(float),
        "turnover": turnover,
        "sector": of(seen["sector_index"]),
        "silent": np.isnan(values["z"]).astype(float),
    }
    events = t["outcomes"]
    events = events[events["kind"] == "default"]
    default, ead = np.zeros(len(clients), int), np.zeros(len(clients))
    who = np.searchsorted(clients, events["client"])
    default[who], ead[who] = events["month"], events["amount"]
    pledged = t["facilities"].groupby("client")["secured"].max()
    return Panel(
        x={k: x[k] for k in COLUMNS},
        watched=(late == 0) & ~bad,
        rule=warned,
        limit=of(seen["limit"]),
        income=MONTHS_A_YEAR * of(seen["margin_income"] + seen["fee_income"]),
        default=default,
        ead=ead,
        secured=pledged.reindex(clients).fillna(0).to_numpy() > 0,
        months=months,
        clients=clients,
    )


@dataclass(frozen=True)
class Hazard:
    """A fitted model: score of rows of `standard`. coefficients with covariance, constant first."""

    mean: Array
    spread: Array
    coefficient: Array
    covariance: Array

    def monthly(self, x: Array) -> Array:
        """h of each row, x as `columns` gives it, NaN where missing: (row,)."""
        z = self.coefficient[0] + standard(x, self.mean, self.spread) @ self.coefficient[1:]
        hazard: Array = 1 / (1 + np.exp(-z))
        return hazard


def columns(whole: Panel, at: Any) -> Array:
    """The rows `at` (a mask or index over month, client) of the panel, (row, column)."""
    return np.stack([whole.x[k][at] for k in COLUMNS], axis=1)


def standard(x: Array, mean: Array, spread: Array) -> Array:
    """Centred and scaled, at most three spreads from the mean; a missing value is the mean.

    x: (row, column), mean and spread: (column,).
    """
    return np.clip(np.nan_to_num((x - mean) / spread), -3.0, 3.0)


def yearly(hazard: Array) -> Array:
    """Chance within twelve months of a monthly hazard that stays as it is; any shape."""
    chance: Array = 1 - (1 - hazard) ** MONTHS_A_YEAR
    return chance


def alarms(beyond: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """First alarms only: (month, client); for twelve months a client is not alarmed again."""
    quiet = np.zeros(beyond.shape[1], int)
    raised = np.zeros_like(beyond)
    for t, hit in enumerate(beyond):
        raised[t] = hit & (quiet == 0)
        quiet = np.where(raised[t], MONTHS_A_YEAR - 1, np.maximum(quiet - 1, 0))
    return raised


def lgds() -> tuple[float, float]:
    """LGD unsecured and secured that a score in money reckons with: those of the bank's file."""
    from ... import bank

    b = bank.assumptions()
    return b.lgd_unsecured, b.lgd_secured

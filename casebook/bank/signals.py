"""The early warning of case 4 on the client book: the same signals, the same thresholds.

DSO and DIO count by how much they have risen over half a year; the other five by their level. A
signal whose figure is missing is not lit.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..cases import problem

#: Months that the rule looks back: half a year for a rise, and its months in a row.
DRIFT = 6
HISTORY = 12
#: Signal of case 4 -> column of the monitoring table.
COLUMNS = {"use": "utilisation"} | {k: k for k in problem.SIGNALS if k != "use"}


def panel(monitoring: Any) -> tuple[dict[str, NDArray[np.float64]], Any, Any]:
    """Signals as case 4 reads them: name -> (month, client); then months and clients.

    monitoring: rows of the monitoring table. NaN where a figure or a row is missing.
    """
    months = np.arange(monitoring["month"].min(), monitoring["month"].max() + 1)
    clients = np.sort(monitoring["client"].unique())
    at = (monitoring["month"] - months[0], np.searchsorted(clients, monitoring["client"]))
    values = {}
    for name, column in COLUMNS.items():
        table = np.full((len(months), len(clients)), np.nan)
        table[at] = monitoring[column]
        if name in ("dso", "dio"):  # how much they have risen
            before = np.full_like(table, np.nan)
            before[DRIFT:] = table[:-DRIFT]
            table = table - before
        values[name] = table
    return values, months, clients


def lit(monitoring: Any, a: problem.Problem | None = None) -> tuple[Any, Any, Any]:
    """Which signals are beyond their threshold, name -> (month, client); months; clients.

    a: thresholds, those of case 4 if left out.
    """
    values, months, clients = panel(monitoring)
    return beyond(values, a), months, clients


def beyond(values: dict[str, Any], a: problem.Problem | None = None) -> dict[str, Any]:
    """Whether each signal is beyond its threshold; one that is missing is not. Any shape."""
    a = a or problem.assumptions()
    high = {"dso": a.dso_rise, "dio": a.dio_rise, "use": a.use_high}
    low = {"quick": a.quick_low, "cover": a.cover_low, "dscr": a.dscr_low, "z": a.z_low}
    with np.errstate(invalid="ignore"):
        hit = {k: values[k] > v for k, v in high.items()} | {
            k: values[k] < v for k, v in low.items()
        }
    return {k: hit[k] for k in problem.SIGNALS}


def rule(hit: dict[str, Any], a: problem.Problem | None = None) -> NDArray[np.bool_]:
    """The composite rule of case 4: enough signals at once, enough months in a row."""
    a = a or problem.assumptions()
    together = sum(h.astype(int) for h in hit.values()) >= a.signals_needed
    run = np.zeros(together.shape[1], int)
    warned = np.zeros_like(together)
    for t, now in enumerate(together):
        run = np.where(now, run + 1, 0)
        warned[t] = run >= a.months_needed
    return warned


def at(monitoring: Any, month: int) -> tuple[Any, Any]:
    """Signals lit at the end of `month`, a DataFrame (client, signal); and the rule's verdict.

    monitoring: rows up to `month`, of `HISTORY` months or more.
    """
    import pandas as pd

    hit, months, clients = lit(monitoring)
    here = int(np.searchsorted(months, month))
    index = pd.Index(clients, name="client")
    table = pd.DataFrame({k: v[here] for k, v in hit.items()}, index=index)
    return table, pd.Series(rule(hit)[here], index=index, name="warned")

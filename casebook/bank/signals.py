"""The early warning of case 4 on the client book: the same signals, thresholds and rule.

`panel` reads the signals from the monitoring table, as case 4 measures them: collection and stock
days by how much they have risen over half a year, the other five by their level. What is beyond
its threshold, and whether the rule warns, the case itself says (`problem.beyond`, `problem.rule`);
a signal whose figure is missing is not lit. The case mutes its first months, in which its accounts
are too few; the book mutes none: there a rise is missing, and levels are what a client brought.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..cases import problem
from ..cases.problem.signals import DRIFT

#: Months of the monitoring table that the rule needs: half a year for a rise, and its months in a
#: row.
HISTORY = 12
#: Signal of case 4 -> column of the monitoring table.
COLUMNS = {"use": "utilisation"} | {k: k for k in problem.SIGNALS if k != "use"}


def panel(
    monitoring: Any,
) -> tuple[dict[str, NDArray[np.float64]], NDArray[np.intp], NDArray[np.intp]]:
    """Signals as case 4 reads them: name -> (month, client); then months and clients.

    monitoring: rows of the monitoring table, a DataFrame. Units are those of the case: days, ratios
    and shares as decimals. NaN where a figure or a row is missing.
    """
    months = np.arange(monitoring["month"].min(), monitoring["month"].max() + 1)
    clients = np.sort(monitoring["client"].unique())
    place = (monitoring["month"] - months[0], np.searchsorted(clients, monitoring["client"]))
    values = {}
    for name, column in COLUMNS.items():
        table = np.full((len(months), len(clients)), np.nan)
        table[place] = monitoring[column]
        if name in ("dso", "dio"):  # how much they have risen
            before = np.full_like(table, np.nan)
            before[DRIFT:] = table[:-DRIFT]
            table = table - before
        values[name] = table
    return values, months, clients


def beyond(
    values: Mapping[str, NDArray[np.float64]], a: problem.Problem | None = None
) -> dict[str, NDArray[np.bool_]]:
    """`problem.beyond`: whether each signal is beyond its threshold, in the shape of its values.

    a: thresholds, those of case 4 if left out.
    """
    return problem.beyond(values, a or problem.assumptions())


def rule(
    hits: Mapping[str, NDArray[np.bool_]], a: problem.Problem | None = None
) -> NDArray[np.bool_]:
    """`problem.rule`: enough signals lit, enough months in a row, (month, client).

    a: thresholds, those of case 4 if left out.
    """
    return problem.rule(hits, a or problem.assumptions())


def lit(
    monitoring: Any, a: problem.Problem | None = None
) -> tuple[dict[str, NDArray[np.bool_]], NDArray[np.intp], NDArray[np.intp]]:
    """Which signals are beyond their threshold, name -> (month, client); months; clients.

    monitoring: rows of the monitoring table; a: thresholds, those of case 4 if left out.
    """
    values, months, clients = panel(monitoring)
    return beyond(values, a), months, clients


def at(monitoring: Any, month: int) -> tuple[Any, Any]:
    """Signals lit at the end of `month`, a DataFrame (client, signal); and the rule's verdict.

    monitoring: rows up to `month`, of `HISTORY` months or more; the verdict is a Series by client.
    """
    import pandas as pd

    hit, months, clients = lit(monitoring)
    here = int(np.searchsorted(months, month))
    index = pd.Index(clients, name="client")
    table = pd.DataFrame({k: v[here] for k, v in hit.items()}, index=index)
    return table, pd.Series(rule(hit)[here], index=index, name="warned")

"""What the synthetic bank reaches of published rates: target, source, distance, tolerance."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from ..credit import GENERAL_PROVISION, SPECIFIC_PROVISION
from ..words import read
from . import tables
from .generate import HOME
from .record import GRADES

#: Months that ratios of the balance are averaged over: the last two years.
LAST = 24
_HEADS = (
    "target", "source", "status", "published", "reached", "distance", "tolerance", "within",
)  # fmt: skip


@cache
def words() -> dict[str, Any]:
    """The file of targets: its title, heads of columns and targets."""
    return read(HOME / "calibration.toml")


def reached() -> dict[str, float]:
    """Name of each target -> what the tables give, rates as decimals.

    Shares of the balance are averaged over the last two years; grades at each year's end are
    compared with defaults, and with grades, a year later; recoveries are those of closed workouts.
    """
    import pandas as pd

    seen, events, loans = (tables.table(k) for k in ("monitoring", "outcomes", "facilities"))
    end = tables.last_month()
    late = seen[seen["month"] > end - LAST]
    classes = late.pivot_table(
        index="month", columns="loan_class", values="drawn", aggfunc="sum", fill_value=0.0
    )
    shares = classes.div(classes.sum(axis=1), axis=0)
    # grades at each year's end that has a year after it, against defaults within that year
    when = events[events["kind"] == "default"].set_index("client")["month"]
    year_ends = seen[(seen["month"] % 12 == 0) & (seen["month"] <= end - 12)]
    year_ends = year_ends[year_ends["rating"] != "D"]
    ahead = year_ends["client"].map(when) - year_ends["month"]
    rate = (ahead <= 12).groupby(year_ends["rating"], observed=True).mean()
    later = year_ends[["client", "month", "rating"]].assign(month=year_ends["month"] + 12)
    there = seen[["client", "month", "rating"]]
    pair = later.merge(there, on=["client", "month"], suffixes=("", "_then"))
    stays = {g: float((pair.loc[pair["rating"] == g, "rating_then"] == g).mean())
             for g in GRADES[:-1]}  # fmt: skip
    cash = {k: events[events["kind"] == k].groupby("client")["amount"].sum()
            for k in ("default", "recovery", "write_off")}  # fmt: skip
    workout = pd.DataFrame(cash).fillna(0.0)
    gap = workout["default"] - workout["recovery"] - workout["write_off"]
    closed = workout[(gap.abs() < 1e-6) & (workout["default"] > 0)]
    secured = loans.groupby("client")["secured"].max().reindex(closed.index)
    recovery = (closed["recovery"] / closed["default"]).groupby(secured).mean()
    new = loans[loans["booked"] > 1]
    return {
        "npl": float(shares[[3, 4, 5]].sum(axis=1).mean()),
        "special_mention": float(shares[2].mean()),
        **{f"default_{g}": float(rate[g]) for g in GRADES[1:-1]},
        **{f"stays_{g}": stays[g] for g in ("BB", "B")},
        "recovery_secured": float(recovery[1]),
        "recovery_unsecured": float(recovery[0]),
        "loan_rate": float(np.average(new["rate"], weights=new["amount"])),
        "provisions": float((shares.mean() * _provision_rates()).sum()),
    }


def _provision_rates() -> Any:
    """What is set aside of each loan class, general and specific: a Series (class 1 to 5,)."""
    import pandas as pd

    return pd.Series(SPECIFIC_PROVISION, index=range(1, 6)) + GENERAL_PROVISION


def calibration() -> Any:
    """DataFrame, one row a target: target, source, status, published, reached, distance, tolerance.

    All rates as decimals; `within` says whether the distance is allowed. status: how the published
    value is known (words.toml, [published]).
    """
    import pandas as pd

    table = pd.DataFrame.from_dict(words()["targets"], orient="index")
    table.index.name = "name"
    table["reached"] = pd.Series(reached())
    table["distance"] = table["reached"] - table["published"]
    table["within"] = table["distance"].abs() <= table["tolerance"]
    return table[list(_HEADS)]

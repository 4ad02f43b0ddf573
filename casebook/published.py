"""Published values beside ours: the tables of data/published, evaluated.

Each row of those tables says where a value was printed, what it is, how far ours may be off, how
the value is known to us (verified: read in the source named; recomputed: by an independent program;
memory: from memory, not read) and the call of this package that gives ours. A file `sample_…` is no
table but the data that published parameters were fitted to: `sample`.
"""

from __future__ import annotations

import csv
import math
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np

from . import (
    captable,
    credit,
    lifetime,
    loans,
    profitability,
    projectfinance,
    rounding,
    timevalue,
    workout,
)
from .words import DATA, word


@dataclass(frozen=True)
class Clients:
    """Clients of a shop, each (client,): see `lifetime.Purchases` and `lifetime.Spending`."""

    frequency: Any
    recency: Any
    age: Any
    amount: Any

    @cached_property
    def purchases(self) -> lifetime.Purchases:
        """The BG/NBD model of greatest likelihood."""
        return lifetime.fit_purchases(self.frequency, self.recency, self.age)

    @cached_property
    def spending(self) -> lifetime.Spending:
        """The gamma-gamma model of greatest likelihood, of those who came again."""
        again = self.frequency > 0
        return lifetime.fit_spending(self.frequency[again], self.amount[again])


@cache
def sample(name: str) -> Clients:
    """The data of data/published/sample_<name>.csv; "cdnow" is the only one.

    CDNOW: 2,357 clients of a shop for music in 1997-98, in weeks and US dollars; a tenth of those
    whose first purchase was in the first quarter of 1997. Source: P. S. Fader and B. G. S. Hardie,
    as shipped in lifetimes 0.11.3 (MIT licence).
    """
    columns = np.loadtxt(DATA / "published" / f"sample_{name}.csv", delimiter=",", skiprows=1)
    return Clients(*columns.T)


#: What the calls of the tables may name.
_NAMES = {
    "captable": captable,
    "credit": credit,
    "lifetime": lifetime,
    "loans": loans,
    "profitability": profitability,
    "projectfinance": projectfinance,
    "rounding": rounding,
    "timevalue": timevalue,
    "workout": workout,
    "np": np,
    "range": range,
    "__builtins__": {},
}
#: How a value is known: read in its source, by an independent program, from memory.
STATUSES = ("verified", "recomputed", "memory")


@dataclass(frozen=True)
class Published:
    """One published value; `ours` is computed when asked for.

    table and line: the file, without its ending, and the line in it; source, paragraph, item: where
    it was printed and what it is; published: the value; tolerance: how far ours may be off, in its
    unit; status: one of `STATUSES`; call: the call that gives ours.
    """

    table: str
    line: int
    source: str
    paragraph: str
    item: str
    published: float
    tolerance: float
    status: str
    call: str

    @cached_property
    def ours(self) -> float:
        """What this package computes."""
        with warnings.catch_warnings():
            # some published examples have several rates; theirs is the one nearest zero, as ours
            warnings.simplefilter("ignore", timevalue.SeveralRatesWarning)
            names = _NAMES | ({"cdnow": sample("cdnow")} if "cdnow" in self.call else {})
            return float(eval(self.call, dict(names)))  # the tables are part of this package

    @property
    def difference(self) -> float:
        """Ours less the published value."""
        return self.ours - self.published

    @property
    def agrees(self) -> bool:
        """Whether the difference is within the tolerance."""
        return abs(self.difference) <= self.tolerance


def values() -> Iterator[Published]:
    """Every row of every table, in the order of the files."""
    for path in sorted((DATA / "published").glob("*.csv")):
        if path.stem.startswith("sample_"):
            continue
        with path.open(encoding="utf-8", newline="") as file:
            for line, row in enumerate(csv.DictReader(file), start=2):
                yield Published(
                    table=path.stem,
                    line=line,
                    source=row["source"],
                    paragraph=row["paragraph"],
                    item=row["item"],
                    published=float(row["published"]),
                    tolerance=float(row["tolerance"]),
                    status=row["status"],
                    call=row["call"],
                )


def sources() -> dict[str, list[Published]]:
    """Source -> its values, in the order of the files."""
    found: dict[str, list[Published]] = {}
    for value in values():
        found.setdefault(value.source, []).append(value)
    return found


def table(source: str) -> Any:
    """A DataFrame of one source: published value, ours, difference, tolerance, status.

    KeyError for a source that is not in `sources`.
    """
    import pandas as pd

    rows = [
        [
            v.paragraph,
            v.item,
            f"{v.published:.10g}",
            _ours(v.ours, v.tolerance),
            _shown(v.difference, v.published),
            f"{v.tolerance:.1e}",
            word(f"published.{v.status}"),
        ]
        for v in sources()[source]
    ]
    heads = ("paragraph", "item", "published", "ours", "difference", "tolerance", "status")
    return pd.DataFrame(rows, columns=[word(f"published.{h}") for h in heads])


def _ours(value: float, tolerance: float) -> str:
    """Our value, two digits finer than the tolerance: the rest of a fit is that of the machine."""
    digits = 2 - math.floor(math.log10(tolerance)) if tolerance > 0 else 12
    return f"{round(value, digits):.10g}"


def _shown(difference: float, published: float) -> str:
    """A difference; what rounding leaves is none, and not the same on every machine."""
    return "0" if abs(difference) <= 1e-9 * max(1.0, abs(published)) else f"{difference:.1e}"


def summary() -> Any:
    """A DataFrame of all sources: values, agreeing, how they are known."""
    import pandas as pd

    rows = []
    for source, found in sources().items():
        known = [word(f"published.{s}") for s in STATUSES if any(v.status == s for v in found)]
        rows.append([source, len(found), sum(v.agrees for v in found), ", ".join(known)])
    heads = ("source", "values", "agree", "status")
    return pd.DataFrame(rows, columns=[word(f"published.{h}") for h in heads])

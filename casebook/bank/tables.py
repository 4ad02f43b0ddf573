"""The tables of the synthetic bank as DataFrames, made on the spot where they are not there yet.

`table("monitoring")` is what a bank sees; `truth()` is what it never sees, for judging at the end;
`snapshot(month)` is one row a client with all that is known at the end of that month.
"""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from .. import words
from .._whole import CACHE, cache_folder
from ..cases import problem
from . import generate, signals
from .record import GRADES, assumptions

#: The columns that hold words; all others hold numbers.
_TEXT = {
    "sector", "region", "kind", "rating", "topic", "sold", "product", "type",
}  # fmt: skip
#: The bytes of every table, fixed.
DATA_SUMS = generate.HOME / "SHA256SUMS"


def sums() -> dict[str, str]:
    """File -> sha256 of its bytes, as fixed in data/portfolio/SHA256SUMS."""
    lines = DATA_SUMS.read_text(encoding="utf-8").splitlines()
    return {name: digest for digest, name in (line.split() for line in lines)}


def folder() -> Path:
    """Where the tables are; they are made where they are missing or are not the book's.

    Beside their assumptions, or, where nothing may be written there, in the reader's own cache
    (`cache_folder`).
    """
    fixed, homes = sums(), (generate.HOME, cache_folder() / "portfolio")
    for home in homes:
        if _as_fixed(home, fixed):
            return home
    made = generate.simulate()
    for home in homes:
        try:
            generate.write(home, made)
        except OSError as error:
            refused = error
        else:
            return home
    raise type(refused)(
        refused.errno, f"{refused.strerror}; name a folder that can be written in {CACHE}",
        str(homes[-1]),
    )  # fmt: skip


@cache
def _checked() -> Path:
    """The same, looked at once."""
    return folder()


def _as_fixed(home: Path, fixed: dict[str, str]) -> bool:
    """Whether every file of `fixed`, name -> sha256, is in `home` with those bytes."""
    return all(
        (home / name).is_file() and hashlib.sha256((home / name).read_bytes()).hexdigest() == digest
        for name, digest in fixed.items()
    )


def read(path: str | Path) -> Any:
    """One CSV file of the generator as a DataFrame with proper types; missing text is empty.

    A number that is missing is NaN. Ratings are ordered, from the best to the worst.
    """
    import pandas as pd

    with open(path, encoding="utf-8") as file:
        heads = file.readline().strip().split(",")
    text = _TEXT & set(heads)
    numbers = {name: _kind(name) for name in heads if name not in text}
    rows = pd.read_csv(
        path,
        dtype=numbers | dict.fromkeys(text, str),
        keep_default_na=False,
        na_values={name: [""] for name in numbers},
    )
    for name in text:
        grades = GRADES if name == "rating" else None
        rows[name] = pd.Categorical(rows[name], grades, ordered=grades is not None)
    return rows


def _kind(name: str) -> type:
    """The type of a column of numbers: whole ones, but for those that have digits or a gap."""
    return float if name in generate.DIGITS or name.startswith("months_to_") else np.int64


@cache
def _table(name: str) -> Any:
    """A table read once; who gives it away gives a copy."""
    return read(_checked() / f"{name}.csv")


def table(name: str) -> Any:
    """clients, facilities, monitoring, contacts or outcomes: a copy; KeyError for other names."""
    if name not in generate.TABLES:
        raise KeyError(f"there is no table {name!r}; allowed: {', '.join(generate.TABLES)}")
    return _table(name).copy()


def truth() -> Any:
    """What no bank sees (true type, quality, intensities, response, future), a row a client-month.

    A strategy may be judged by it at the end, and may never read it before.
    """
    return _table("truth/hidden").copy()


def dictionary() -> dict[str, dict[str, dict[str, Any]]]:
    """Table -> column -> type, unit, meaning, known (when), visible; and file-wide words."""
    return words.read(generate.HOME / "dictionary.toml")


def last_month() -> int:
    """The last month of history."""
    return int(_table("monitoring")["month"].max())


def snapshot(month: int) -> Any:
    """All that is known of each client at the end of `month`: a DataFrame, one row a client.

    Clients who have left are there with `ended` true and the figures of their last month. Columns
    of the monitoring table, and: pd (the grade's long-run default rate, 1 in default), exposure
    (drawn and undrawn), years with the bank, the seven signals of case 4 (`signal_dso` …), how many
    of them (`signals`), whether the rule of case 4 warns (`warned`), contacts of twelve months
    (`hours_12`, `visits_12`), products sold since (`sold_12`), and the client's own columns.
    ValueError for a month that there is not.
    """
    import pandas as pd

    last = last_month()
    if not 1 <= month <= last:
        raise ValueError(f"month = {month!r} is not allowed; 1 to {last} is")
    seen = _table("monitoring")
    seen = seen[seen["month"] <= month]
    row = seen.groupby("client", observed=True).tail(1).set_index("client").sort_index()
    clients = _table("clients").set_index("client")
    clients = clients[clients["joined"] <= month]
    row = row.join(clients.drop(columns="joined"))
    row["ended"] = row["month"] < month
    grade = row["rating"].cat.codes.to_numpy()
    row["pd"] = np.array([*assumptions().grade_pd, 1.0])[grade]  # in default it is certain
    row["exposure"] = row["limit"]
    row["years"] = (month - row["since"]) / 12
    hit, warned = signals.at(seen[seen["month"] > month - signals.HISTORY], month)
    hit = hit.reindex(row.index, fill_value=False)
    for name in problem.SIGNALS:
        row[f"signal_{name}"] = hit[name]
    row["signals"] = hit.sum(axis=1)
    row["warned"] = warned.reindex(row.index, fill_value=False)
    recent = _table("contacts")
    recent = recent[(recent["month"] <= month) & (recent["month"] > month - 12)]
    by = recent.groupby("client", observed=True)
    row["hours_12"] = by["hours"].sum().reindex(row.index, fill_value=0.0)
    visits = recent[recent["kind"] == "visit"].groupby("client", observed=True).size()
    row["visits_12"] = visits.reindex(row.index, fill_value=0)
    events = _table("outcomes")
    events = events[
        (events["month"] <= month) & (events["month"] > month - 12)
        & (events["kind"] == "cross_sell")
    ]  # fmt: skip
    sold = events.groupby("client", observed=True).size()
    row["sold_12"] = sold.reindex(row.index, fill_value=0)
    return pd.DataFrame(row)

"""A small client database (CRM) of the synthetic bank in SQLite, to be asked in SQL.

    python -m casebook.bank.crm --out crm.sqlite [--until 60]

The five tables a bank sees, with keys and indexes, and three views: `now` (the last month of each
living client), `held` (products sold to it), `seen` (when it was last visited or called). What is
not known yet at the end of month `until` is not in it. Columns are those of the tables; `limit`,
a word of SQL itself, is called credit_limit.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from . import tables

#: Table -> the column that says when a row is known, its primary key, and what is looked up by.
TABLES = {
    "clients": ("joined", ("client",), ()),
    "facilities": ("booked", ("facility",), ("client",)),
    "monitoring": ("month", ("month", "client"), ("client",)),
    "contacts": ("month", ("month", "client"), ("client", "manager")),
    "outcomes": ("month", (), ("client", "kind")),
}
#: View -> the question in SQL that it answers.
VIEWS = {
    "now": """
        SELECT m.*, c.sector, c.region, c.manager, c.since, c.trial
        FROM monitoring AS m JOIN clients AS c USING (client)
        WHERE m.month = (SELECT max(month) FROM monitoring)
    """,
    "held": """
        SELECT client, product, month AS sold
        FROM outcomes WHERE kind = 'cross_sell'
    """,
    "seen": """
        SELECT client, max(month) AS last, sum(hours) AS hours
        FROM contacts WHERE kind IN ('visit', 'call') GROUP BY client
    """,
}
_TYPES = {"i": "INTEGER", "f": "REAL"}
_RENAMED = {"limit": "credit_limit"}


def build(path: str | Path = ":memory:", until: int | None = None) -> sqlite3.Connection:
    """The database as it was at the end of month `until` (the last one if left out).

    path: a file, replaced in one step, or in memory. The connection only reads. ValueError for a
    month that there is not; OSError where the file cannot be written.
    """
    last = tables.last_month()
    until = last if until is None else until
    if not 1 <= until <= last:
        raise ValueError(f"until = {until!r} is not allowed; 1 to {last} is")
    if str(path) == ":memory:":
        connection = sqlite3.connect(":memory:")
        _fill(connection, until)
    else:
        target = Path(path)
        handle, name = tempfile.mkstemp(dir=target.parent, suffix=".sqlite")
        os.close(handle)
        try:
            made = sqlite3.connect(name)
            _fill(made, until)
            made.close()
            os.replace(name, target)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        connection = sqlite3.connect(target)
    connection.execute("PRAGMA query_only = ON")
    return connection


def _fill(connection: sqlite3.Connection, until: int) -> None:
    """Write tables, keys, indexes and views, with the rows that are known at the end of `until`."""
    for name, (known, key, looked_up) in TABLES.items():
        table = tables.table(name)
        table = table[table[known] <= until]
        columns = []
        for column in table.columns:
            kind = _TYPES.get(table[column].dtype.kind, "TEXT")
            needed = " NOT NULL" if column in key else ""
            columns.append(f"{_RENAMED.get(column, column)} {kind}{needed}")
        if key:
            columns.append(f"PRIMARY KEY ({', '.join(key)})")
        connection.execute(f"CREATE TABLE {name} ({', '.join(columns)})")
        rows = zip(*(_values(table[c]) for c in table.columns), strict=True)
        marks = ", ".join("?" * len(table.columns))
        connection.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
        for column in looked_up:
            connection.execute(f"CREATE INDEX {name}_{column} ON {name} ({column})")
    for name, sql in VIEWS.items():
        connection.execute(f"CREATE VIEW {name} AS {sql}")
    connection.execute("ANALYZE")
    connection.commit()


def _values(column: Any) -> list[Any]:
    """The plain values of a Series (row,); what is missing, and an empty name, is NULL."""
    values = column.astype(object)
    rows: list[Any] = values.where(column.notna() & (values != ""), None).tolist()
    return rows


def ask(connection: sqlite3.Connection, sql: str, *values: Any) -> Any:
    """The answer to a question in SQL as a DataFrame; `values` fill its question marks."""
    import pandas as pd

    return pd.read_sql_query(sql, connection, params=values)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m casebook.bank.crm", description=__doc__)
    parser.add_argument("--out", default="crm.sqlite", help="file to write (default: %(default)s)")
    parser.add_argument("--until", type=int, help="last month that is known (default: all)")
    given = parser.parse_args(arguments)
    try:
        build(given.out, given.until).close()
    except ValueError as error:
        parser.error(str(error))
    except OSError as error:
        print(f"crm: cannot write to {given.out}: {error.strerror}", file=sys.stderr)
        return 1
    print(f"{given.out}: {os.path.getsize(given.out) / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())

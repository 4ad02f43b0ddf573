r"""A bank's own client book: read from its file, classified into the five types, written out.

The file is CSV, a workbook or Parquet, heads in English or Chinese; a map (see `mapping`) says what
cannot be seen from it, and `guess` proposes one. Figures are checked: a row that cannot be
used is listed with line, column, value and reason, a column that means another unit than it seems
to is refused with a proposal. Clients classified and rows rejected are the rows read.

A missing figure is not a no. A client is of a type if it is that type whatever the missing figures
are; else it is undetermined: what it could be, and what to ask for first. Nothing leaves this
machine.

`reading` (files to rows), `cells` (rows in chunks), `heading`, `parsing` (texts to figures),
`mapping` and `plan` (which column is which), `checks` and `patterns` (what is wrong), `judging`
(the tree), `gains`, `result`, `report` and `writing`, `cluster` (the same on Dask).

>>> import tempfile, pathlib
>>> from casebook import clientbook
>>> book = pathlib.Path(tempfile.mkdtemp()) / "book.csv"
>>> _ = book.write_text("id,days past due,signals,pd,default\n7,45,0,1%,no\n8,0,1,1%,no\n")
>>> r = clientbook.classify(book)
>>> [(x.type, x.could) for x in r.frame.itertuples()]
[('problem', ''), ('undetermined', 'could be strategic, transactional or growth')]
>>> r.frame["first"][1]  # what to ask for first
'Limit'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from . import checks, judging, patterns, plan, reading, result
from .checks import Rejected
from .errors import BookError
from .mapping import Map
from .mapping import read as read_map
from .patterns import Finding
from .plan import Plan
from .reading import CHUNK
from .result import Result, Tally

__all__ = [
    "CHUNK",
    "BookError",
    "Finding",
    "Map",
    "Plan",
    "Rejected",
    "Result",
    "Tally",
    "classify",
    "classify_dask",
    "guess",
    "read",
    "read_map",
    "write",
]


def read(path: str | Path, map: str | Path | Mapping[str, Any] | Map | None = None) -> Plan:  # noqa: A002
    """How a file would be read: its form, columns, thresholds. BookError says what is wrong.

    map: a map file, a mapping of its form, or none.
    """
    return plan.make(path, read_map(map))


def classify(
    path: str | Path,
    map: str | Path | Mapping[str, Any] | Map | None = None,  # noqa: A002
    *,
    chunk: int = CHUNK,
    progress: Callable[[int], object] | None = None,
) -> Result:
    """The clients of a file by the five types.

    map: as for `read`. chunk: rows read at a time; of each row some 200 bytes stay in memory.
    progress: is called with the number of rows read so far.
    BookError for a file or map that cannot be used, or a column that means something else.
    """
    planned = read(path, map)
    parts = []
    for one in reading.chunks(Path(path), planned.form, chunk):
        parts.append(checks.part(one, planned))
        if progress is not None:
            progress(sum(len(part) for part in parts))
    ids = np.concatenate([part.hashes for part in parts])
    settled = patterns.settle(planned, checks.added([part.seen for part in parts]), ids)
    judged, sums = [], Tally()
    for k, part in enumerate(parts):
        judged.append(judging.judge(part, settled))
        parts[k] = None  # type: ignore[call-overload]  # its memory is free
        sums.add(result.tally(judged[-1], settled.plan.thresholds))
    return Result(settled.plan, settled.findings, judged, sums)


def guess(path: str | Path) -> str:
    """A proposal for the map of a file, as TOML with notes on what was not found."""
    from . import guessing

    return guessing.proposal(Path(path))


def write(r: Result, path: str | Path) -> list[Path]:
    """Write a result as .xlsx, .csv, .parquet or .json; the files that were written.

    A workbook has what it has room for: more than 1,048,575 clients stand in a file beside it. CSV
    and Parquet have the clients, and the rejected rows in a file beside them if there are any. Each
    file is written whole or not at all. BookError: another ending, or a folder that cannot be
    written to.
    """
    from . import writing

    return writing.write(r, Path(path))


def classify_dask(
    source: Any,
    map: str | Path | Mapping[str, Any] | Map | None = None,  # noqa: A002
    client: Any = None,
    **how: Any,
) -> Any:
    """The same on a Dask DataFrame, or on files larger than memory; see `cluster.classify`."""
    from . import cluster

    return cluster.classify(source, read_map(map), client, **how)


def __dir__() -> list[str]:
    """The names that a reader calls."""
    return sorted(__all__)

"""The same answer on Dask: files larger than memory, or a DataFrame that lies on a cluster.

A first pass looks at the columns as a whole and at client numbers that stand twice; the second
walks the tree. Both read a partition in chunks by the functions that read a file here, so that the
answer is the same and a worker's memory stays bounded. Dask is an extra and imported when asked.
"""

from __future__ import annotations

import io
import mmap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..words import known, wrong
from . import cells, checks, judging, patterns, plan, reading, report, result, words, writing
from .cells import Chunk
from .checks import Seen
from .errors import BookError
from .mapping import Map
from .patterns import Finding, Settled
from .plan import Plan
from .reading import CHUNK, Form
from .result import Said, Tally

#: What is told how many of all partitions are done.
Progress = Callable[[int, int], object] | None
#: Bytes of a CSV that are one partition.
BLOCK = 1 << 24


@dataclass(frozen=True)
class Piece:
    """A part of a file: bytes of a CSV, or a row group of Parquet; `line` lines come before."""

    path: str
    form: Form
    start: int
    stop: int
    line: int


def classify(
    source: Any, m: Map, client: Any = None, *, block: int = BLOCK, progress: Progress = None
) -> Clustered:
    """The clients of `source` by the five types, partition by partition.

    source: a Dask DataFrame, or the path of a CSV or Parquet file, a pattern such as
    "book/*.parquet", or a list of such, all with the same heads. client: a distributed.Client, or
    None for Dask's own scheduler. block: bytes of a CSV in one partition. progress: is called with
    the partitions that are done and all there are to do, by both passes, if there is a client. The
    first pass runs now; the answer when it is asked for. BookError as for one file, and where Dask
    is missing.
    """
    dask = _dask()
    if hasattr(source, "to_delayed"):
        pieces, planned = _frames(source, m)
    else:
        made, planned = _pieces(source, m, block)
        pieces = [dask.delayed(piece, traverse=False) for piece in made]
    looked = [dask.delayed(_look)(piece, planned) for piece in pieces]
    told = None if progress is None else partial(_halved, progress, len(pieces), 0)
    seen, ids, rows = zip(*_computed(looked, client, told), strict=True)
    settled = patterns.settle(planned, checks.added(seen), np.concatenate(ids))
    if hasattr(source, "to_delayed"):
        firsts = np.concatenate([[0], np.cumsum(rows)[:-1]]).tolist()
    else:
        firsts = [0] * len(pieces)
    return Clustered(settled, pieces, firsts, client, progress)


def _dask() -> Any:
    """Dask, or one line on where it is to be had."""
    try:
        import dask
    except ImportError:
        raise BookError(wrong("package", "Dask", extra="cluster")) from None
    return dask


def _halved(progress: Callable[[int, int], object], n: int, before: int, done: int) -> None:
    """Tell how far two passes over n partitions are, `before` in the passes before this one."""
    progress(before + done, 2 * n)


def _computed(
    tasks: Sequence[Any], client: Any, progress: Callable[[int], object] | None = None
) -> Any:
    """The results of delayed tasks, by the client's workers or by Dask's own scheduler."""
    if client is None or progress is None:
        return _dask().compute(*tasks, **({} if client is None else {"scheduler": client}))
    from dask.distributed import as_completed

    futures = client.compute(list(tasks))
    for done, _ in enumerate(as_completed(futures), 1):  # type: ignore[no-untyped-call]
        progress(done)
    return client.gather(futures)


def _frames(frame: Any, m: Map) -> tuple[list[Any], Plan]:
    """The partitions of a Dask DataFrame, and how they are read."""
    form = Form("frame", tuple(map(str, frame.columns)), 0, 0)
    head = frame.head(plan.LOOKED_AT, npartitions=-1)
    first = cells.Frame(np.arange(1, len(head) + 1), head) if len(head) else None
    return frame.to_delayed(), plan.of_heads(words.word("wrong.frame"), form, m, first)


def _pieces(source: Any, m: Map, block: int) -> tuple[list[Piece], Plan]:
    """The parts of all files, and how they are read."""
    given = [source] if isinstance(source, (str, Path)) else list(source)
    paths: list[Path] = []
    for one in map(Path, given):
        if any(c in one.name for c in "*?["):
            paths += sorted(one.parent.glob(one.name))
        elif one.is_dir():
            paths += sorted(p for p in one.iterdir() if p.suffix in (".csv", ".parquet"))
        else:
            paths.append(one)
    if not paths:
        raise BookError(words.word("wrong.no_file"), file=str(source))
    planned = plan.make(paths[0], m)
    pieces: list[Piece] = []
    for path in paths:
        form = planned.form if path == paths[0] else reading.form_of(path, m)
        if form.heads != planned.form.heads:
            raise BookError(words.word("wrong.unlike", name=paths[0].name), file=str(path))
        if form.kind == "workbook":
            raise BookError(words.word("wrong.workbook_parts"), file=str(path))
        pieces += _groups(path, form) if form.kind == "parquet" else _blocks(path, form, block)
    return pieces, planned


def _groups(path: Path, form: Form) -> Iterator[Piece]:
    """The row groups of a Parquet file."""
    about = reading.arrow(path).metadata
    line = 0
    for k in range(about.num_row_groups):
        yield Piece(str(path), form, k, k + 1, line)
        line += about.row_group(k).num_rows


def _blocks(path: Path, form: Form, block: int) -> Iterator[Piece]:
    """Parts of a CSV of about `block` bytes that end with a row, and not within quotation marks."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        size, at = len(data), 0
        for _ in range(form.line):
            at = data.find(b"\n", at) + 1
            if not at:
                break
        if form.encoding.startswith("utf-16") or (not at and form.line):
            raise BookError(words.word("wrong.no_parts"), file=str(path))
        line = form.line
        while at < size:
            end, quotes, counted = min(at + block, size), 0, at
            while end < size:
                end = data.find(b"\n", end) + 1 or size
                quotes += data[counted:end].count(b'"')
                counted = end
                if quotes % 2 == 0:
                    break
            yield Piece(str(path), form, at, end, line)
            line += data[at:end].count(b"\n")
            at = end


def _chunks(piece: Any, first: int = 0) -> Iterator[Chunk]:
    """The rows of a partition: of a file, or of a DataFrame of which `first` rows come before."""
    if not isinstance(piece, Piece):
        for start in range(0, len(piece), CHUNK):
            frame = piece.iloc[start : start + CHUNK]
            yield cells.Frame(first + start + np.arange(1, len(frame) + 1), frame)
    elif piece.form.kind == "parquet":
        line = piece.line + 1
        file = reading.arrow(Path(piece.path))
        for batch in file.iter_batches(batch_size=CHUNK, row_groups=range(piece.start, piece.stop)):
            yield cells.Arrow(np.arange(line, line + batch.num_rows, dtype=np.int64), batch)
            line += batch.num_rows
    else:
        with Path(piece.path).open("rb") as file:
            file.seek(piece.start)
            text = file.read(piece.stop - piece.start).decode(piece.form.encoding)
        lines = io.StringIO(text, newline="")
        del text
        yield from reading.csv_chunks(lines, piece.form, piece.path, CHUNK, line=piece.line)


def _look(piece: Any, planned: Plan) -> tuple[dict[str, Seen], NDArray[np.uint64], int]:
    """The first pass: what is seen of the columns, client numbers as numbers, rows."""
    seen, ids, rows = [], [np.empty(0, np.uint64)], 0
    for chunk in _chunks(piece):
        part = checks.part(chunk, planned)
        seen.append(part.seen)
        ids.append(part.hashes)
        rows += len(part)
    return checks.added(seen), np.concatenate(ids), rows


def _judged(piece: Any, settled: Settled, first: int) -> Iterator[judging.Judged]:
    """The second pass: the clients of a partition, chunk by chunk."""
    for chunk in _chunks(piece, first):
        yield judging.judge(checks.part(chunk, settled.plan), settled)


def _clients(piece: Any, settled: Settled, first: int) -> Any:
    """The clients of a partition as a DataFrame."""
    import pandas as pd

    said = Said(settled.plan)
    parts = [_frame(result.table(j, settled.plan, said)) for j in _judged(piece, settled, first)]
    return pd.concat(parts, ignore_index=True) if parts else _meta(settled)


def _frame(table: dict[str, Any]) -> Any:
    """A table as a DataFrame whose texts have one type, whether there are any or not."""
    import pandas as pd

    return pd.DataFrame(
        {k: v if isinstance(v, np.ndarray) else pd.Series(v, dtype="str") for k, v in table.items()}
    )


def _meta(settled: Settled) -> Any:
    """The DataFrame of no client."""
    chunk = cells.Chunk(np.empty(0, np.int64), [], settled.plan.width)
    empty = judging.judge(checks.part(chunk, settled.plan), settled)
    return _frame(result.table(empty, settled.plan))


def _rejected(piece: Any, settled: Settled, first: int) -> list[checks.Rejected]:
    """The rows of a partition that could not be used."""
    return [row for judged in _judged(piece, settled, first) for row in judged.rejected]


def _tallied(piece: Any, settled: Settled, first: int) -> Tally:
    """The sums of a partition."""
    sums = Tally()
    for judged in _judged(piece, settled, first):
        sums.add(result.tally(judged, settled.plan.thresholds))
    return sums


def _written(piece: Any, settled: Settled, first: int, folder: str, number: int) -> Tally:
    """Write the clients of a partition, and its rejected rows, as Parquet; its sums."""
    sums = Tally()
    rejected: list[checks.Rejected] = []

    def parts() -> Iterator[dict[str, list[Any]]]:
        said = Said(settled.plan)
        for judged in _judged(piece, settled, first):
            sums.add(result.tally(judged, settled.plan.thresholds))
            rejected.extend(judged.rejected)
            yield report.cells(judged, settled.plan, said)

    home = Path(folder)
    writing.to_parquet(parts(), home / f"clients-{number:05d}.parquet")
    if rejected:
        rows = {key: [getattr(row, key) for row in rejected] for key in writing.REJECTED}
        writing.to_parquet([rows], home / f"rejected-{number:05d}.parquet")
    return sums


@dataclass
class Clustered:
    """A book that is classified where its partitions lie.

    settled: the plan and what was noticed of whole columns. Nothing is computed before it is asked
    for, and each of `clients`, `rejected`, `tally` and `write` reads the partitions again; `write`
    gives the clients, the rejected rows and the sums in one go.
    """

    settled: Settled
    pieces: list[Any]
    firsts: list[int]
    client: Any = None
    progress: Progress = None

    @property
    def plan(self) -> Plan:
        """How the files are read."""
        return self.settled.plan

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was noticed of whole columns."""
        return self.settled.findings

    def _tasks(self, function: Any, *more: Any) -> list[Any]:
        """A delayed call for each partition."""
        delayed = _dask().delayed
        settled = delayed(self.settled, traverse=False)
        return [
            delayed(function)(piece, settled, first, *more)
            for piece, first in zip(self.pieces, self.firsts, strict=True)
        ]

    @property
    def clients(self) -> Any:
        """A Dask DataFrame of the clients, partition by partition; see `result.table`."""
        _dask()
        from dask import dataframe

        tasks = self._tasks(_clients)
        return dataframe.from_delayed(tasks, meta=_meta(self.settled), verify_meta=False)

    @property
    def rejected(self) -> list[checks.Rejected]:
        """Every row that could not be used, computed now."""
        return [row for rows in _computed(self._tasks(_rejected), self.client) for row in rows]

    @cached_property
    def tally(self) -> Tally:
        """The sums over the book, computed now."""
        return self._summed(_computed(self._tasks(_tallied), self.client))

    @property
    def coverage(self) -> list[dict[str, Any]]:
        """As that of a `Result`."""
        return result.coverage(self.tally, self.plan)

    def write(self, folder: str | Path) -> Tally:
        """Write Parquet files of clients and of rejected rows into a folder; the sums.

        The folder is made if it is not there, and may hold no Parquet of before. The workers must
        see it. BookError if it cannot be used.
        """
        home = Path(folder)
        try:
            home.mkdir(exist_ok=True)
        except OSError as error:
            why = words.word("wrong.not_made", why=known("system", error.strerror))
            raise BookError(why, file=str(home)) from None
        if any(home.glob("*.parquet")):
            raise BookError(words.word("wrong.has_parquet"), file=str(home))
        delayed = _dask().delayed
        settled = delayed(self.settled, traverse=False)
        tasks = [
            delayed(_written)(piece, settled, first, str(home.resolve()), k)
            for k, (piece, first) in enumerate(zip(self.pieces, self.firsts, strict=True))
        ]
        n = len(self.pieces)
        told = None if self.progress is None else partial(_halved, self.progress, n, n)
        self.tally = self._summed(_computed(tasks, self.client, told))
        return self.tally

    def _summed(self, parts: Sequence[Tally]) -> Tally:
        """The sums of all partitions."""
        total = Tally()
        for one in parts:
            total.add(one)
        return total

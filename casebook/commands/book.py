"""The command on a client book: classify."""

from __future__ import annotations

import contextlib
import dataclasses
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import client, cluster, show
from .app import PART, command, fail, option, said

if TYPE_CHECKING:
    from ..clientbook import Result

SHOWN = 20  #: rejected rows on a terminal: a file has all


@command("classify")
@click.argument("files", nargs=-1, required=True, type=client.THERE)
@option("map", "mapping", type=client.THERE, metavar="FILE")
@option("guess", is_flag=True)
@option("out", "-o", type=client.FILE)
@option("dask", "scheduler", metavar="ADDRESS")
@option("json", "as_json", is_flag=True)
def classify_command(
    files: tuple[Path, ...],
    mapping: Path | None,
    guess: bool,
    out: Path | None,
    scheduler: str | None,
    as_json: bool,
) -> int:
    """A client book by the five types."""
    from .. import clientbook
    from ..clientbook import report

    if len(files) > 1 and scheduler is None:
        fail(said("errors.several"))
    with _each_on_its_line():
        if guess:
            sys.stdout.write(clientbook.guess(files[0]))
            return 0
        if scheduler is not None:
            return _on_dask(files, mapping, scheduler, out)
        found = clientbook.classify(files[0], mapping)
        if out is not None:
            for path in clientbook.write(found, out):
                show.notes([said("run.written", file=path)])
    show.notes([str(finding.text) for finding in found.findings])
    if as_json:
        show.machine(_told(found))
    elif out is None:
        show.lines(dict(report.file(found)))
        click.echo()
        for part in report.parts(found):
            _table(part)
    rejected = found.rejected
    for line in rejected[:SHOWN]:
        show.notes([said("classify.row", **dataclasses.asdict(line))])
    if len(rejected) > SHOWN:
        show.notes([report.more(len(rejected) - SHOWN)])
    return PART if rejected else 0


@contextlib.contextmanager
def _each_on_its_line() -> Iterator[None]:
    """End with all that is wrong; on a terminal a wrong map is shown with a mark at the place."""
    from ..clientbook import BookError

    try:
        yield
    except BookError as error:
        shown = sys.stderr.isatty()
        fail("\n".join(one.shown if shown else str(one) for one in (error, *error.more)))


def _table(rows: Sequence[Sequence[Any]]) -> None:
    """A part of the answer, its first row the heads; columns that hold nothing are left out."""
    wide = max(map(len, rows))
    full = [[*row, *[None] * (wide - len(row))] for row in rows]
    kept = [k for k in range(wide) if any(row[k] not in (None, "") for row in full[1:] or full)]
    heads, *cells = [[_cell(row[k]) for k in kept] for row in full]
    show.table(heads, cells)
    click.echo()


def _on_dask(
    files: tuple[Path, ...], mapping: Path | None, scheduler: str, out: Path | None
) -> int:
    """The same by a Dask scheduler: a new one on this machine, or one that is there."""
    from .. import clientbook

    if out is None:
        fail(said("errors.folder"))
    with contextlib.ExitStack() as opened:
        workers = opened.enter_context(cluster.connected(scheduler, 2))
        bars: list[Callable[[int], None]] = []

        def progress(done: int, whole: int) -> None:
            if not bars:
                bars.append(opened.enter_context(show.progress(whole)))
            bars[0](done)

        book = clientbook.classify_dask(list(files), mapping, workers, progress=progress)
        sums = book.write(out)
    show.notes([said("run.written", file=out)])
    click.echo(said("classify.sums", read=sums.read, classified=sums.classified,
                    undetermined=int(sums.clients[-1]), rejected=sums.rejected))  # fmt: skip
    return PART if sums.rejected else 0


def _told(found: Result) -> dict[str, Any]:
    """The answer for a program: clients by type, coverage, rejected rows."""
    from ..clientbook.result import KINDS

    sums = found.tally
    return {
        "read": sums.read,
        "classified": sums.classified,
        "clients": dict(zip(KINDS, map(int, sums.clients), strict=True)),
        "coverage": found.coverage,
        "rejected": [dataclasses.asdict(line) for line in found.rejected],
    }


def _cell(value: Any) -> str:
    """A figure as it is read on a terminal: clients as they are, money and shares by two digits."""
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)

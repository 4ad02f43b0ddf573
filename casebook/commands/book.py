"""The command on a client book: classify."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import cluster, show
from .app import PART, command, fail, option, said

if TYPE_CHECKING:
    from ..clientbook import Result

SHOWN = 20  #: rejected rows on a terminal: a file has all
FILE = click.Path(dir_okay=False, path_type=Path)
THERE = click.Path(dir_okay=False, exists=True, path_type=Path)


@command("classify")
@click.argument("files", nargs=-1, required=True, type=THERE)
@option("map", "mapping", type=THERE, metavar="FILE")
@option("guess", is_flag=True)
@option("out", "-o", type=FILE)
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
    if guess:
        sys.stdout.write(clientbook.guess(files[0]))
        return 0
    if scheduler is not None:
        return _on_dask(files, mapping, scheduler, out)
    found = clientbook.classify(files[0], mapping)
    if out is not None:
        clientbook.write(found, out)
        show.notes([said("run.written", file=out)])
    show.notes([str(finding.text) for finding in found.findings])
    if as_json:
        show.machine(_told(found))
    elif out is None:
        for row in report.summary(found):
            click.echo("  ".join(map(_cell, row)))
        click.echo()
        heads, rows = report.coverage(found)
        show.table([report.label(h) for h in heads], [[_cell(x) for x in row] for row in rows])
    for line in found.rejected[:SHOWN]:
        show.notes([said("classify.row", **dataclasses.asdict(line))])
    return PART if found.tally.rejected else 0


def _on_dask(
    files: tuple[Path, ...], mapping: Path | None, scheduler: str, out: Path | None
) -> int:
    """The same by a Dask scheduler: a new one on this machine, or one that is there."""
    from .. import clientbook

    if out is None:
        fail(said("errors.folder"))
    with cluster.connected(scheduler, 2) as client:
        sums = clientbook.classify_dask(list(files), mapping, client).write(out)
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
    """A figure of the summary as it is read."""
    if value is None:
        return ""
    return f"{value:,.4g}" if isinstance(value, float) else str(value)

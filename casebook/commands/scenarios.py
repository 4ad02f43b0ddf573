"""The command on many scenarios: simulate."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Mapping
from pathlib import Path

import click

from . import client, cluster, show
from .app import command, fail, option, said


@command("simulate")
@client.CASE
@option("scenarios", "-n", type=click.IntRange(1), default=100_000, show_default=True)
@option("workers", "-w", type=click.IntRange(1), default=1, show_default=True)
@option("seed", type=int, default=1, show_default=True)
@client.assumptions
@client.changes
@option("out", "-o", type=client.FILE)
@option("parts", type=click.Path(file_okay=False, path_type=Path))
@option("dask", "scheduler", metavar="ADDRESS")
@client.as_json
def simulate_command(
    case: str,
    scenarios: int,
    workers: int,
    seed: int,
    assumptions: Path | None,
    changes: tuple[str, ...],
    out: Path | None,
    parts: Path | None,
    scheduler: str | None,
    as_json: bool,
) -> None:
    """Many scenarios."""
    from .. import study
    from ..study import export, quantiles

    if out is not None:
        export.checked(out)
    whose = client.given(case, assumptions, changes)
    folder = parts or Path((out or Path(case)).name + ".parts")
    try:
        with contextlib.ExitStack() as opened:
            executor = None
            if scheduler is not None:
                executor = opened.enter_context(
                    cluster.connected(scheduler, workers)
                ).get_executor()
            told = opened.enter_context(show.progress(scenarios))
            found = study.simulate(
                whose.record, scenarios, folder,
                seed=seed, workers=workers, executor=executor, progress=told,
            )  # fmt: skip
    except study.Unfinished as error:
        fail(said("simulate.unfinished", done=error.done, parts=error.parts, folder=error.folder))
    show.notes(whose.notes)
    words = whose.record.spec.words["metrics"]
    shares = [f"{share:.0%}" for share in quantiles.SHARES]
    names = ["mean", "deviation", *shares, "counted"]
    if as_json:
        rows = {n: dict(zip(names, map(export.plain, row), strict=True))
                for n, row in found.rows.items()}  # fmt: skip
        show.machine({"case": case, "scenarios": scenarios, "seed": seed, "metrics": rows})
    elif out is not None:
        table = [(n, _label(words[n]), *row) for n, row in found.rows.items()]
        study.save_table(["metric", "label", *names], table, out)
        show.notes([said("run.written", file=out)])
    else:
        heads = ["number", "mean", "deviation", *shares, "counted"]
        rows_ = [
            (_label(words[n]), *(_written(x, words[n]["unit"]) for x in row[:-1]),
             _written(row[-1], "share"))
            for n, row in found.rows.items()
        ]  # fmt: skip
        title = said("simulate.title", title=whose.record.spec.words["title"], count=scenarios)
        show.table([h if h in shares else said(f"heads.{h}") for h in heads], rows_, title)


def _label(metric: Mapping[str, str]) -> str:
    """A number and its unit; a truth is a share of the scenarios."""
    from ..words import unit_label

    unit = unit_label("share" if metric["unit"] == "flag" else metric["unit"])
    label = metric["label"]
    return f"{label}, {unit}" if unit and unit not in label.lower() else label


def _written(value: float, unit: str) -> str:
    """A quantile as a reader sees it; a truth is the share of scenarios in which it is one."""
    from ..words import word, write

    if unit == "period" and math.isinf(value):
        return word("never")
    return write(value, "share" if unit == "flag" else unit)

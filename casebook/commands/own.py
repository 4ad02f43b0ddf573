"""Commands on a client of one's own, from its file to the memo."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import client, show
from .app import command, fail, option, said

if TYPE_CHECKING:
    from ..shape import SingleRun


@command("list")
@client.as_json
def list_command(as_json: bool) -> None:
    """The models there are."""
    from ..models import MODELS, model

    titles = {name: model(name).assumptions().spec.words["title"] for name in MODELS}
    if as_json:
        show.machine(titles)
    else:
        show.lines(titles)


@command("template")
@client.CASE
@client.assumptions
@client.changes
@option("out", "-o", type=client.FILE)
@option("force", is_flag=True)
def template_command(
    case: str, assumptions: Path | None, changes: tuple[str, ...], out: Path | None, force: bool
) -> None:
    """The file of a client."""
    from .. import clientfile

    found = client.given(case, assumptions, changes)
    show.notes(found.notes)
    _write_text(clientfile.template(case, found.record), out, force)


def _write_text(text: str, out: Path | None, force: bool) -> None:
    """To the standard output, or to a file that is not there yet."""
    from .. import _whole

    if out is None:
        sys.stdout.write(text)
    elif out.exists() and not force:
        fail(said("errors.exists", file=out))
    else:
        _whole.write(out, text.encode("utf-8"))


@command("run")
@client.CASE
@client.assumptions
@client.changes
@client.way
@option("out", "-o", type=client.FILE)
@client.as_json
def run_command(
    case: str,
    assumptions: Path | None,
    changes: tuple[str, ...],
    way: str | None,
    out: Path | None,
    as_json: bool,
) -> None:
    """Run a client."""
    from .. import study
    from ..study import export

    if out is not None:
        export.checked(out)  # before the work
    found = client.given(case, assumptions, changes)
    run, base = client.runs(found.record, way)
    client.checked(run)
    show.notes(found.notes)
    if out is not None:
        study.save(run, base, out)
        show.notes([said("run.written", file=out)])
    if as_json:
        click.echo(study.export.as_json(run, base), nl=False)
    elif out is None:
        _numbers(run, base)


def _numbers(run: SingleRun[Any], base: SingleRun[Any]) -> None:
    """Key numbers, what differs from the book's client, events and checks."""
    from ..explore import difference
    from ..words import word

    words = run.assumptions.spec.words
    names = words["explorer"]["metrics"]
    units = {n: words["metrics"][n]["unit"] for n in names}
    moved = difference.texts(run.metrics, base.metrics, units)
    rows = [
        (words["metrics"][n]["label"], run.written(n), base.written(n), moved[n]) for n in names
    ]
    heads = [word(f"workbook.heads.{k}") for k in ("number", "now", "base", "difference")]
    label = run.alternative_labels[run.chosen]
    show.table(heads, rows, words["title"] + (f": {label}" if len(run.alternatives) > 1 else ""))
    for event in run.events:
        click.echo(said("run.event", period=event.period, what=words["events"][event.name]))
    click.echo(said("run.checks", count=len(run.checks)))


@command("compare")
@click.argument("first", type=client.THERE)
@click.argument("second", type=client.THERE)
@option("on", metavar="METRIC")
@option("out", "-o", type=client.FILE)
@client.as_json
def compare_command(
    first: Path, second: Path, on: str | None, out: Path | None, as_json: bool
) -> None:
    """Two clients side by side."""
    from .. import clientfile, study
    from ..explore import difference
    from ..words import write

    files = [clientfile.read(path) for path in (first, second)]
    if files[0].case != files[1].case:
        fail(said("errors.two_cases", first=files[0].case, second=files[1].case))
    found = study.compare(files[0].record, files[1].record, on)
    for file in files:
        show.notes(file.notes)
    words = found.first.assumptions.spec.words
    metric = words["metrics"][found.metric]
    heads = [said("heads.assumption"), first.name, second.name,
             said("heads.alone", metric=metric["label"])]  # fmt: skip
    specs = found.first.assumptions.spec.assumptions
    if as_json:
        show.machine(
            {
                "metric": found.metric,
                "together": found.together,
                "differences": [dataclasses.asdict(row) for row in found.differences],
            }
        )
        return
    if out is not None:
        rows = [(d.name, _cell(d.first), _cell(d.second), d.effect) for d in found.differences]
        study.save_table(["name", first.name, second.name, found.metric], rows, out)
        show.notes([said("run.written", file=out)])
        return
    unit = metric["unit"]
    differs = [
        (specs[d.name].label, specs[d.name].write(d.first), specs[d.name].write(d.second),
         write(d.effect, unit, with_unit=True))
        for d in found.differences
    ]  # fmt: skip
    show.table(heads, differs, said("compare.differs", count=len(differs)))
    names = words["explorer"]["metrics"]
    units = {n: words["metrics"][n]["unit"] for n in names}
    moved = difference.texts(found.second.metrics, found.first.metrics, units)
    numbers = [
        (words["metrics"][n]["label"], found.first.written(n), found.second.written(n), moved[n])
        for n in names
    ]
    click.echo()
    show.table([said("heads.number"), first.name, second.name, said("heads.difference")], numbers)
    if found.together is not None:
        amount = write(found.together, unit, with_unit=True)
        click.echo("\n" + said("compare.together", metric=metric["label"], amount=amount))


def _cell(value: Any) -> Any:
    """A value of an assumption in one cell."""
    return " ".join(map(repr, value)) if isinstance(value, tuple) else value


@command("solve")
@client.CASE
@click.argument("name")
@option("for", "question", required=True, metavar="QUESTION")
@client.assumptions
@client.changes
@option("from", "low", type=float)
@option("to", "high", type=float)
@client.as_json
def solve_command(
    case: str,
    name: str,
    question: str,
    assumptions: Path | None,
    changes: tuple[str, ...],
    low: float | None,
    high: float | None,
    as_json: bool,
) -> None:
    """Where two numbers meet."""
    from .. import study

    whose = client.given(case, assumptions, changes)
    found = study.solve(whose.record, name, question, low, high)
    show.notes(whose.notes)
    if as_json:
        show.machine(dataclasses.asdict(found))
        return
    spec = whose.record.spec.assumptions[name]
    here = spec.write(getattr(whose.record, name))
    ends = {"low": spec.write(found.low), "high": spec.write(found.high)}
    click.echo(said("solve.now", label=spec.label, value=here, name=name))
    for turn in found.turns:
        kind = "jump" if turn.jumps else "meet"
        values = {"left": f"{turn.left:.6g}", "right": f"{turn.right:.6g}"}
        exact = f"{turn.value:.10g}"
        click.echo(
            said(f"solve.{kind}", name=name, exact=exact, value=spec.write(turn.value), **values)
        )
        click.echo("  " + said(f"solve.{'above' if turn.above else 'below'}"))
    if not found.turns:
        click.echo(said("solve.none", name=name, question=question, **ends))
    for where, sides in (("low", found.at_low), ("high", found.at_high)):
        left, right = (f"{x:.6g}" for x in sides)
        click.echo(said("solve.end", name=name, value=ends[where], left=left, right=right))


@command("report")
@client.CASE
@client.assumptions
@client.changes
@client.way
@option("out", "-o", type=client.FILE, required=True)
@option("bank", metavar="NAME", default="")
@option("client", "name", metavar="NAME", default="")
@option("about", metavar="TEXT", default="")
@option("reference", metavar="TEXT", default="")
@option("date", metavar="DATE", default="")
def report_command(
    case: str,
    assumptions: Path | None,
    changes: tuple[str, ...],
    way: str | None,
    out: Path,
    name: str,
    **head: str,
) -> None:
    """A credit memo; `head` is what its head says besides the client's name."""
    from .. import memo

    found = client.given(case, assumptions, changes)
    run, base = client.runs(found.record, way)
    client.checked(run)
    show.notes(found.notes)
    memo.write(run, base, out, memo.Head(client=name, **head))
    show.notes([said("run.written", file=out)])


@command("migrate")
@click.argument("file", type=client.THERE)
@option("out", "-o", type=client.FILE)
@option("force", is_flag=True)
def migrate_command(file: Path, out: Path | None, force: bool) -> None:
    """An older file in the form of today."""
    from .. import clientfile

    found = clientfile.read(file)
    show.notes(found.notes)
    _write_text(clientfile.template(found.case, found.record), out, force)

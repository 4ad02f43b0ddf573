"""Commands on a client of one's own, from its file to the memo."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from . import show
from .app import command, fail, option, said

if TYPE_CHECKING:
    from ..clientfile import ClientFile
    from ..shape import Record, SingleRun

FILE = click.Path(dir_okay=False, path_type=Path)
THERE = click.Path(dir_okay=False, exists=True, path_type=Path)


class _Case(click.ParamType[str]):
    """The name of a model."""

    name = "case"

    def convert(self, value: str, param: Any, ctx: Any) -> str:
        """The name, if there is such a model."""
        from .._checks import nearest
        from ..models import MODELS

        if value not in MODELS:
            self.fail(said("errors.case", name=value, what=nearest(value, MODELS)), param, ctx)
        return value

    def shell_complete(self, ctx: Any, param: Any, incomplete: str) -> Any:
        """The models that begin so."""
        from click.shell_completion import CompletionItem

        from ..models import MODELS

        return [CompletionItem(name) for name in MODELS if name.startswith(incomplete)]


CASE = click.argument("case", type=_Case())
assumptions = option("assumptions", "-a", type=THERE, metavar="FILE")
changes = option("set", "-s", "changes", multiple=True, metavar="NAME=VALUE")
as_json = option("json", "as_json", is_flag=True)
way = option("way", metavar="NAME")


def _client(case: str | None, file: Path | None, changes: tuple[str, ...]) -> ClientFile:
    """The client of a command: a file, or the base case, with what is set laid over it."""
    from .. import clientfile, models

    found = (
        clientfile.read(file, case)
        if file
        else clientfile.ClientFile(str(case), models.model(str(case)).assumptions(), 1)
    )
    return dataclasses.replace(found, record=clientfile.changed(found.record, changes))


def _runs(record: Record, way: str | None = None) -> tuple[SingleRun[Any], SingleRun[Any]]:
    """(the run, the run of the book's own client), each of the way that is asked for."""
    from ..models import model

    module = model(record.model)
    run, base = module.simulate(record), module.simulate(module.assumptions())
    if way is None:
        return run, base
    if way not in run.alternatives:
        fail(said("errors.way", name=way, list=", ".join(run.alternatives)))
    return run.alternative(way), base.alternative(way)


def _checked(run: SingleRun[Any]) -> None:
    """A model whose identities do not hold has no answer."""
    for name, residual in run.checks.items():
        if not residual <= run.tolerance:
            what = run.assumptions.spec.words["checks"][name]
            fail(said("errors.check", what=what, residual=f"{residual:.1e}"))


@command("list")
@as_json
def list_command(as_json: bool) -> None:
    """The models there are."""
    from ..models import MODELS, model

    titles = {name: model(name).assumptions().spec.words["title"] for name in MODELS}
    if as_json:
        show.machine(titles)
    else:
        show.lines(titles)


@command("template")
@CASE
@assumptions
@changes
@option("out", "-o", type=FILE)
@option("force", is_flag=True)
def template_command(
    case: str, assumptions: Path | None, changes: tuple[str, ...], out: Path | None, force: bool
) -> None:
    """The file of a client."""
    from .. import clientfile

    found = _client(case, assumptions, changes)
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
@CASE
@assumptions
@changes
@way
@option("out", "-o", type=FILE)
@as_json
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
    found = _client(case, assumptions, changes)
    run, base = _runs(found.record, way)
    _checked(run)
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
@click.argument("first", type=THERE)
@click.argument("second", type=THERE)
@option("on", metavar="METRIC")
@option("out", "-o", type=FILE)
@as_json
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
@CASE
@click.argument("name")
@option("for", "question", required=True, metavar="QUESTION")
@assumptions
@changes
@option("from", "low", type=float)
@option("to", "high", type=float)
@as_json
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

    client = _client(case, assumptions, changes)
    found = study.solve(client.record, name, question, low, high)
    show.notes(client.notes)
    if as_json:
        show.machine(dataclasses.asdict(found))
        return
    spec = client.record.spec.assumptions[name]
    here = spec.write(getattr(client.record, name))
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


@command("simulate")
@CASE
@option("scenarios", "-n", type=click.IntRange(1), default=100_000, show_default=True)
@option("workers", "-w", type=click.IntRange(1), default=1, show_default=True)
@option("seed", type=int, default=1, show_default=True)
@assumptions
@changes
@option("out", "-o", type=FILE)
@option("parts", type=click.Path(file_okay=False, path_type=Path))
@as_json
def simulate_command(
    case: str,
    scenarios: int,
    workers: int,
    seed: int,
    assumptions: Path | None,
    changes: tuple[str, ...],
    out: Path | None,
    parts: Path | None,
    as_json: bool,
) -> None:
    """Many scenarios."""
    from .. import study
    from ..study import export, quantiles

    if out is not None:
        export.checked(out)
    client = _client(case, assumptions, changes)
    folder = parts or Path((out or Path(case)).name + ".parts")
    try:
        with show.progress(scenarios) as told:
            found = study.simulate(
                client.record, scenarios, folder, seed=seed, workers=workers, progress=told
            )
    except study.Unfinished as error:
        fail(said("simulate.unfinished", done=error.done, parts=error.parts, folder=error.folder))
    show.notes(client.notes)
    words = client.record.spec.words["metrics"]
    shares = [f"{share:.0%}" for share in quantiles.SHARES]
    names = ["mean", "deviation", *shares, "counted"]
    if as_json:
        rows = {n: dict(zip(names, map(export.plain, row), strict=True))
                for n, row in found.rows.items()}  # fmt: skip
        show.machine({"case": case, "scenarios": scenarios, "seed": seed, "metrics": rows})
    elif out is not None:
        table = [(n, words[n]["label"], *row) for n, row in found.rows.items()]
        study.save_table(["metric", "label", *names], table, out)
        show.notes([said("run.written", file=out)])
    else:
        heads = [said("heads.number"), *(said(f"heads.{n}") for n in names[:2]), *shares]
        rows_ = [
            (words[n]["label"], *(_written(x, words[n]["unit"]) for x in row[:-1]))
            for n, row in found.rows.items()
        ]
        title = said("simulate.title", title=client.record.spec.words["title"], count=scenarios)
        show.table(heads, rows_, title)


def _written(value: float, unit: str) -> str:
    """A quantile as a reader sees it; a truth is the share of scenarios in which it is one."""
    from ..words import write

    return write(value, "share" if unit == "flag" else unit)


@command("report")
@CASE
@assumptions
@changes
@way
@option("out", "-o", type=FILE, required=True)
@option("date", metavar="DATE", default="")
def report_command(
    case: str,
    assumptions: Path | None,
    changes: tuple[str, ...],
    way: str | None,
    out: Path,
    date: str,
) -> None:
    """A credit memo."""
    from .. import memo

    found = _client(case, assumptions, changes)
    run, base = _runs(found.record, way)
    _checked(run)
    show.notes(found.notes)
    memo.write(run, base, out, memo.Head(date=date))
    show.notes([said("run.written", file=out)])


@command("migrate")
@click.argument("file", type=THERE)
@option("out", "-o", type=FILE)
@option("force", is_flag=True)
def migrate_command(file: Path, out: Path | None, force: bool) -> None:
    """An older file in the form of today."""
    from .. import clientfile

    found = clientfile.read(file)
    show.notes(found.notes)
    _write_text(clientfile.template(found.case, found.record), out, force)

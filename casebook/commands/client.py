"""The client of a command: its parameters, its file, its runs."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .app import fail, option, said

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
        from ..models import MODELS
        from ..words import nearest

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


def given(case: str | None, file: Path | None, changes: tuple[str, ...]) -> ClientFile:
    """The client of a command: a file, or the base case, with what is set laid over it."""
    from .. import clientfile, models

    found = (
        clientfile.read(file, case)
        if file
        else clientfile.ClientFile(str(case), models.model(str(case)).assumptions(), 1)
    )
    return dataclasses.replace(found, record=clientfile.changed(found.record, changes))


def runs(record: Record, way: str | None = None) -> tuple[SingleRun[Any], SingleRun[Any]]:
    """(the run, the run of the book's own client), each of the way that is asked for."""
    from ..models import model
    from ..words import joined

    module = model(record.model)
    run, base = module.simulate(record), module.simulate(module.assumptions())
    if way is None:
        return run, base
    if way not in run.alternatives:
        fail(said("errors.way", name=way, list=joined(run.alternatives)))
    return run.alternative(way), base.alternative(way)


def checked(run: SingleRun[Any]) -> None:
    """A model whose identities do not hold has no answer."""
    for name, residual in run.checks.items():
        if not residual <= run.tolerance:
            what = run.assumptions.spec.words["checks"][name]
            fail(said("errors.check", what=what, residual=f"{residual:.1e}"))

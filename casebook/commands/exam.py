"""The command that sets an exam from a bank of questions, of the book or of one's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from . import show
from .app import command, said

#: How many questions an exam has if nobody says.
USUAL = 12
FORMS = ("paper", "moodle", "qti")


class _Bank(click.ParamType[str]):
    """The name of a bank, or a file that ends in .toml."""

    name = "bank"

    def shell_complete(self, ctx: Any, param: Any, incomplete: str) -> Any:
        """The banks that begin so; where a path is begun, the files."""
        from click.shell_completion import CompletionItem

        from .. import teach

        names = [CompletionItem(name) for name in teach.names() if name.startswith(incomplete)]
        return names or [CompletionItem(incomplete, type="file")]


@command("exam")
@click.argument("bank", type=_Bank())
@click.option("--seed", type=click.IntRange(0, 2**53), default=1, help=said("exam.seed"))
@click.option(
    "--items", type=click.IntRange(1, 500), default=USUAL, help=said("exam.items", default=USUAL)
)
@click.option("--format", "form", type=click.Choice(FORMS), default=FORMS[0],
              help=said("exam.format"))  # fmt: skip
@click.option("--out", "-o", type=click.Path(path_type=Path), required=True, metavar="FOLDER",
              help=said("exam.out"))  # fmt: skip
@click.option("--force", is_flag=True, help=said("exam.force"))
def exam_command(bank: str, seed: int, items: int, form: str, out: Path, force: bool) -> None:
    """An exam of a bank, in a folder."""
    from .. import teach

    teach.free(out, force)  # before the work
    file = Path(bank)
    own = file.suffix == ".toml"
    composed = teach.compose(teach.own(file) if own else teach.read(bank), items, seed)
    for written in teach.write(composed, out, form, force):
        show.notes([said("exam.written", file=written)])

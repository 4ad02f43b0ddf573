"""Tables and lines as who reads them can use them: set for a terminal, plain in a pipe."""

from __future__ import annotations

import contextlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import click


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], title: str = "") -> None:
    """A table on the standard output; the first column is text, the others are set to the right."""
    if sys.stdout.isatty():
        _set(heads, rows, title)
        return
    if title:
        click.echo(title)
    # a wide character of China takes two places
    widths = [max(map(_width, column)) for column in zip(heads, *rows, strict=True)]
    for row in (heads, *rows):
        cells = [
            text + " " * (width - _width(text)) if k == 0 else " " * (width - _width(text)) + text
            for k, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        click.echo("  ".join(cells).rstrip())


def _set(heads: Sequence[str], rows: Sequence[Sequence[str]], title: str) -> None:
    """The same for a terminal, by rich."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    made = Table(title=title or None, title_justify="left", title_style="bold", box=SIMPLE_HEAD)
    for k, head in enumerate(heads):
        made.add_column(head, justify="right" if k else "left")
    for row in rows:
        made.add_row(*map(Text, row))  # a text is not read as markup
    Console().print(made)


def lines(entries: Mapping[str, str]) -> None:
    """Names and what they are, one a line."""
    wide = max(map(_width, entries))
    for name, text in entries.items():
        click.echo(f"{name.ljust(wide)}  {text}")


@contextlib.contextmanager
def progress(whole: int) -> Iterator[Callable[[int], None]]:
    """A bar on a terminal: a function that is told how much of the whole is done."""
    if not sys.stderr.isatty():
        yield lambda done: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TimeRemainingColumn

    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("", total=whole)
        yield lambda done: bar.update(task, completed=done)


def notes(said: Sequence[str]) -> None:
    """Notes on the standard error: the output stays what it is."""
    for line in said:
        click.echo(line, err=True)


def machine(content: Any) -> None:
    """JSON on the standard output."""
    click.echo(json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False))


def _width(text: str) -> int:
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)

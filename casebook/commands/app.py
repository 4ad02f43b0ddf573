"""The commands by name, their help, and how an error ends: one line each, and exit code 2."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import cache
from importlib import import_module
from typing import Any, NoReturn, TypeVar

import click

from .. import words
from . import foreign

#: Command -> the file of this room that has it, under the name of the command.
COMMANDS = {
    "list": "own",
    "template": "own",
    "run": "own",
    "compare": "own",
    "solve": "own",
    "simulate": "scenarios",
    "report": "own",
    "migrate": "own",
    "classify": "book",
    "exam": "exam",
    "completion": "app",
}
#: Exit codes: done, but for some rows; something is wrong with what was given; interrupted.
PART, WRONG, INTERRUPTED = 1, 2, 130
F = TypeVar("F", bound=Callable[..., Any])
SHELLS = ("bash", "zsh", "fish")

foreign.speak()


@cache
def _words() -> dict[str, Any]:
    return words.catalogue("commands")


def said(key: str, **values: object) -> str:
    """A phrase of the command line."""
    return words.phrase(_words(), key, **values)


class Commands(click.Group):
    """The group: a command's file is loaded when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order in which they are used."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name."""
        if cmd_name not in COMMANDS:
            return None
        room = import_module(f"{__package__}.{COMMANDS[cmd_name]}")
        found: click.Command = getattr(room, f"{cmd_name}_command")
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The commands and what each does, without loading them."""
        with formatter.section(said("heads.commands")):
            formatter.write_dl([(name, said(f"{name}.short")) for name in COMMANDS])


class Command(click.Command):
    """A command whose help begins with examples."""

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What it does, then examples, each on its line."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(said(f"{self.name}.help"))
        with formatter.section(said("heads.examples")):
            for line in said(f"{self.name}.examples").strip().splitlines():
                formatter.write(f"{' ' * formatter.current_indent}{line}\n")


def command(name: str) -> Callable[[Callable[..., int | None]], Command]:
    """A command of the group, its help taken from the words."""
    return click.command(name, cls=Command)


def option(name: str, *names: str, **settings: Any) -> Callable[[F], F]:
    """An option of a command; its help is `options.<name>` of the words."""
    return click.option(f"--{name}", *names, help=said(f"options.{name}"), **settings)


def _speak(ctx: click.Context, parameter: click.Parameter, value: str | None) -> None:
    """The same command in another language, which a process has from its start."""
    if value in (None, words.LANGUAGE):
        return
    line = [sys.executable, "-m", "casebook", *ctx.obj]
    given = os.environ | {"CASEBOOK_LANGUAGE": str(value)}
    if os.name == "posix":
        os.execve(sys.executable, line, given)
    ctx.exit(subprocess.run(line, env=given, check=False).returncode)


@click.group(cls=Commands, help=said("help"), epilog=said("epilog"))
@option("lang", type=click.Choice(words.LANGUAGES), is_eager=True, expose_value=False,
        callback=_speak)  # fmt: skip
@click.version_option(package_name="casebook", message="%(version)s")
def app() -> None:
    """The group itself."""


@command("completion")
@click.argument("shell", type=click.Choice(SHELLS))
def completion_command(shell: str) -> None:
    """Print what a shell needs to complete the names of commands, models and options."""
    from click.shell_completion import get_completion_class

    found = get_completion_class(shell)
    assert found is not None
    click.echo(found(app, {}, "casebook", "_CASEBOOK_COMPLETE").source())


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and end: 0 it is done, 1 as far as it could be, 2 something is wrong."""
    line = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = app.main(line, prog_name="casebook", standalone_mode=False, obj=line)
        sys.exit(code if isinstance(code, int) else 0)
    except click.ClickException as error:
        fail(foreign.told(error))
    except (click.Abort, KeyboardInterrupt):
        click.echo(said("interrupted"), err=True)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:  # who reads has read enough
        sys.stderr.close()
        sys.exit(0)
    except (ValueError, ImportError, OSError, MemoryError) as error:
        if not _told(error):
            raise
        fail(_line(error))


def fail(text: str) -> NoReturn:
    """Say what is wrong, each thing on its line, and end."""
    for line in text.splitlines() or [""]:
        click.echo(f"casebook: {line}", err=True)
    sys.exit(WRONG)


def _told(error: Exception) -> bool:
    """Whether an error is meant for who gave the command: one of this package, or the system's."""
    return not isinstance(error, ValueError) or type(error).__module__.startswith("casebook")


def _line(error: Exception) -> str:
    """What an error says; the system's own errors name their file."""
    if isinstance(error, OSError) and error.strerror:
        says = words.known("system", error.strerror)
        return f"{error.filename}: {says}" if error.filename else says
    return str(error) or type(error).__name__

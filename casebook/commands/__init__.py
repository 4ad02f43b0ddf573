"""The command line: `casebook`, or `python -m casebook`.

    app       the commands by name, what they say of themselves, how they fail
    client    the client that a command is given
    own       template, run, compare, solve, report, migrate: a client of one's own
    scenarios simulate
    book      classify: a client book
    cluster   Dask, for simulate and classify
    foreign   what click says of itself
    show      tables on a terminal, in a pipe, or as JSON

A command loads what it needs when it runs: help is there at once. Every word stands in
data/commands.toml.
"""

from __future__ import annotations

from .app import main

__all__ = ["main"]


def __dir__() -> list[str]:
    return sorted(__all__)

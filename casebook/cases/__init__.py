"""The cases, a package each, all of one shape (see `casebook.shape.Model`).

`from casebook.cases import problem`, or `casebook.cases.problem`, which is loaded when it is asked
for. A case is a folder: `record` its assumptions, the rooms of its own story, `run` (sample and
simulate), `questions` (what its page asks of a run), `charts`.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, cast

from ..shape import Model

#: The cases that exist, in the order of the book.
NAMES = (
    "strategic",
    "transactional",
    "growth",
    "problem",
    "terminated",
)

__all__ = ["NAMES", "case", *NAMES]


def case(name: str) -> Model:
    """The package of a case by name; KeyError names the cases there are."""
    if name not in NAMES:
        raise KeyError(f"there is no case {name!r}; allowed: {', '.join(NAMES)}")
    return cast(Model, import_module(f"casebook.cases.{name}"))


def __getattr__(name: str) -> Any:
    if name in NAMES:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"there is no case {name!r}; allowed: {', '.join(NAMES)}")


def __dir__() -> list[str]:
    return sorted(__all__)

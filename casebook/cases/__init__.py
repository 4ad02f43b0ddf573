"""The five cases, one module each, all of one shape (see `casebook.shape`)."""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

#: The cases that exist, in the order of the book.
NAMES = ("strategic", "transactional", "growth", "problem", "terminated")


def case(name: str) -> ModuleType:
    """The module of a case by name; KeyError names the cases there are."""
    if name not in NAMES:
        raise KeyError(f"there is no case {name!r}; allowed: {', '.join(NAMES)}")
    return import_module(f"casebook.cases.{name}")

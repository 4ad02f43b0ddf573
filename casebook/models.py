"""Every model of the book by name: the five cases, and the models of the other chapters.

All have the shape of `casebook.shape.Model`: `assumptions`, `simulate`, `sample`, `figure` and
`findings`. So one explorer, one test harness, one way into the prose serve them all.
"""

from __future__ import annotations

from importlib import import_module
from typing import cast

from .cases import NAMES
from .shape import Model

__all__ = ["MODELS", "model"]

#: Name -> package. A name is also that of the file with its assumptions and words (data/cases for
#: the cases, data/models for the others).
MODELS = {name: f"casebook.cases.{name}" for name in NAMES} | {
    "loan": "casebook.theory.loan",
    "automation": "casebook.outlook.automation",
    "information": "casebook.outlook.information",
    "supply_chain": "casebook.outlook.supply_chain",
    "classification": "casebook.strategies.classification",
    "maintenance": "casebook.strategies.maintenance",
    "lifecycle": "casebook.strategies.lifecycle",
    "early_warning": "casebook.strategies.early_warning",
    "tools": "casebook.strategies.tools",
}


def model(name: str) -> Model:
    """The package of a model by name; KeyError names the models there are."""
    if name not in MODELS:
        raise KeyError(f"there is no model {name!r}; allowed: {', '.join(MODELS)}")
    return cast(Model, import_module(MODELS[name]))


def __dir__() -> list[str]:
    return sorted(__all__)

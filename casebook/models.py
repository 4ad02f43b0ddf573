"""Every model of the book by name: the five cases, and the models of the other chapters.

All have the shape of `casebook.cases.shape`: `assumptions`, `simulate`, `sample`, `figure` and
`findings`. So one explorer, one test harness, one way into the prose serve them all.
"""

from importlib import import_module
from types import ModuleType

from .cases import NAMES as CASES

#: Name -> module. A name is also that of the file with its assumptions and words (data/cases for
#: the cases, data/models for the others) and of the module with its pictures (casebook.charts).
MODELS = {name: f"casebook.cases.{name}" for name in CASES} | {
    "loan": "casebook.theory.loan",
    "automation": "casebook.outlook.automation",
    "information": "casebook.outlook.information",
    "supply_chain": "casebook.outlook.supply_chain",
    "classification": "casebook.portfolio.classification",
    "maintenance": "casebook.portfolio.maintenance",
    "lifecycle": "casebook.portfolio.lifecycle",
    "early_warning": "casebook.portfolio.early_warning",
    "tools": "casebook.portfolio.tools",
}


def model(name: str) -> ModuleType:
    """The module of a model by name; KeyError names the models there are."""
    if name not in MODELS:
        raise KeyError(f"there is no model {name!r}; allowed: {', '.join(MODELS)}")
    return import_module(MODELS[name])

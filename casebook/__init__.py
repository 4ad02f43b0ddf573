"""Five Client Relationships: the models behind the casebook.

    cases, theory, strategies, outlook
                    the models, each of one shape (shape.Model)
    bank, typology  the synthetic client book, and the five types
    timevalue, loans, projectfinance, credit, profitability,
    workout, captable, rounding, lifetime, distributions
                    every formula, once, with its source
    shape           assumptions, results, scenarios: what models share
    explore         the explorer of a model, with sliders
    published       our numbers beside published ones

Rooms are loaded when they are asked for.

>>> import casebook
>>> problem = casebook.model("problem")
>>> r = problem.simulate(problem.assumptions())
>>> r.alternative("restructure").written("value")
'CNY 67.20 million'
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from . import _moved

if TYPE_CHECKING:
    from . import (
        bank,
        captable,
        cases,
        credit,
        distributions,
        explore,
        lifetime,
        loans,
        outlook,
        profitability,
        projectfinance,
        published,
        rounding,
        shape,
        strategies,
        theory,
        timevalue,
        typology,
        workout,
    )
    from .models import model

__version__ = "0.1.0"

__all__ = [
    "bank",
    "captable",
    "cases",
    "credit",
    "distributions",
    "explore",
    "lifetime",
    "loans",
    "model",
    "outlook",
    "profitability",
    "projectfinance",
    "published",
    "rounding",
    "shape",
    "strategies",
    "theory",
    "timevalue",
    "typology",
    "workout",
]


def __getattr__(name: str) -> Any:
    if name == "model":
        return import_module(f"{__name__}.models").model
    if name in __all__:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(f"casebook has no {name!r}; it has {', '.join(__all__)}")


def __dir__() -> list[str]:
    return sorted(__all__)


_moved.install()

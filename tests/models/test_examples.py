"""The examples in docstrings are run: each shows what it says."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import warnings

import pytest

import casebook
from casebook.models import MODELS

ROOMS = ["casebook"] + [
    found.name
    for found in pkgutil.walk_packages(casebook.__path__, "casebook.")
    # the website's rooms are no part of what a reader calls; a bundle is built inside Pyodide
    if not found.name.startswith("casebook.web.")
]
FORMULAS = (
    "timevalue", "loans", "credit", "projectfinance", "profitability", "workout", "captable",
    "distributions",
)  # fmt: skip


def examples(name: str) -> list[doctest.DocTest]:
    """The docstrings of a room that hold examples."""
    module = importlib.import_module(name)
    return [t for t in doctest.DocTestFinder().find(module) if t.examples]


@pytest.mark.parametrize("name", ROOMS)
def test_examples_show_what_they_say(name):
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    said: list[str] = []
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for test in examples(name):
            runner.run(test, out=said.append)
    assert not runner.summarize(verbose=False).failed, "".join(said)


@pytest.mark.parametrize("name", [f"casebook.{n}" for n in FORMULAS] + [*MODELS.values()])
def test_every_formula_room_and_every_model_has_an_example(name):
    assert any(test.name == name for test in examples(name))

"""What an import brings: the models need numpy alone, the face is lazy, old paths lead to new."""

import importlib
import subprocess
import sys

import pytest

import casebook
from casebook import _moved
from casebook.models import MODELS

MODULES = (
    "timevalue",
    "shape",
    "loans",
    "credit",
    "projectfinance",
    "profitability",
    "workout",
    "distributions",
    "cases",
    *(name.removeprefix("casebook.") for name in MODELS.values()),
)
OTHERS = ("pandas", "matplotlib", "ipywidgets", "scipy", "sklearn", "IPython")


@pytest.mark.parametrize("module", MODULES)
def test_a_model_module_needs_numpy_alone(module):
    block = f"import sys; sys.modules.update(dict.fromkeys({OTHERS}))"  # their import now fails
    subprocess.run([sys.executable, "-c", f"{block}; import casebook.{module}"], check=True)


def test_the_face_shows_the_rooms_and_loads_none():
    code = (
        "import sys, casebook; "
        "assert [m for m in sys.modules if m.startswith('casebook.')] == ['casebook._moved']; "
        "assert 'numpy' not in sys.modules; "
        "print(*dir(casebook))"
    )
    run = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert run.stdout.split() == sorted(casebook.__all__)
    assert {"cases", "model", "explore", "credit"} <= set(casebook.__all__)
    for name in casebook.__all__:
        assert getattr(casebook, name).__doc__, name
    with pytest.raises(AttributeError, match="it has bank"):
        _ = casebook.nothing


def test_a_model_and_a_case_are_found_by_name():
    assert casebook.model("problem") is casebook.cases.problem is casebook.cases.case("problem")
    for wrong in (casebook.model, casebook.cases.case):
        with pytest.raises(KeyError, match="terminated"):
            wrong("nothing")


@pytest.mark.parametrize("old", _moved.MODULES)
def test_an_old_path_leads_to_the_new_one_and_says_so(old):
    new = _moved.MODULES[old]
    sys.modules.pop(f"casebook.{old}", None)
    if not old.startswith("cases."):
        sys.modules.pop(f"casebook.{old.split('.')[0]}", None)
    with pytest.warns(FutureWarning, match=rf"casebook\.{new}; the old name goes"):
        module = importlib.import_module(f"casebook.{old}")
    there = importlib.import_module(f"casebook.{new}")
    names = getattr(there, "__all__", None) or [n for n in vars(there) if not n.startswith("_")]
    assert all(getattr(module, name) is getattr(there, name) for name in names)
    with pytest.raises(AttributeError):
        _ = module.no_such_name


@pytest.mark.parametrize(("old", "name"), _moved.NAMES)
def test_an_old_name_leads_to_the_new_one(old, name):
    home, new = _moved.NAMES[old, name]
    with pytest.warns(FutureWarning):
        sys.modules.pop(f"casebook.{old}", None)
        module = importlib.import_module(f"casebook.{old}")
    assert getattr(module, name) is getattr(importlib.import_module(f"casebook.{home}"), new)


def test_the_warning_points_at_the_reader_who_wrote_the_old_name(tmp_path):
    file = tmp_path / "old.py"
    file.write_text("from casebook.portfolio import data\nprint(data.table.__module__)\n")
    run = subprocess.run([sys.executable, file], check=True, capture_output=True, text=True)
    assert run.stdout == "casebook.bank.tables\n"
    assert run.stderr.count(f"{file}:1: FutureWarning") == 2

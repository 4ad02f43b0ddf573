"""The models need numpy alone: pandas, matplotlib and the widgets wait until they are used."""

import subprocess
import sys

import pytest

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

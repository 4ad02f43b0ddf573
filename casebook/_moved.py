"""Where things were before the house was built: old import paths, for one release, with a warning.

An old path gives a module that fetches each name from the new place. Version 0.3 drops this file.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.abc import Loader, MetaPathFinder
else:  # importing these would take longer than all the rest
    MetaPathFinder = type("MetaPathFinder", (), {})
    Loader = type("Loader", (), {})

_CASES = ("strategic", "transactional", "growth", "problem", "terminated")
_STRATEGIES = ("classification", "maintenance", "early_warning", "tools", "lifecycle")
_OUTLOOK = ("automation", "information", "supply_chain")

#: Old module -> new one, below casebook.
MODULES = {
    "assumptions": "shape",
    "cases.shape": "shape",
    "charts": "figures",
    "charts.book": "typology.charts",
    "charts.loan": "theory.loan.charts",
    "portfolio": "typology",
    "portfolio.bank": "bank",
    "portfolio.data": "bank.tables",
    "portfolio.typology": "typology.decision_tree",
    "portfolio.fitted": "strategies.fitted",
    "theory.clients": "typology.clients",
    "web.numbers": "numbers",
    **{f"charts.{name}": f"cases.{name}.charts" for name in _CASES},
    **{f"charts.{name}": f"strategies.{name}.charts" for name in _STRATEGIES},
    **{f"charts.{name}": f"outlook.{name}.charts" for name in _OUTLOOK},
    **{f"portfolio.{name}": f"strategies.{name}" for name in _STRATEGIES},
    **{
        f"portfolio.{name}": f"bank.{name}"
        for name in ("generate", "crm", "calibration", "exhibits", "signals")
    },
}
#: (Old module, name) -> (new module, name), where a name is no longer that of the new module.
NAMES = {
    ("cases.shape", "many"): ("shape", "run_scenarios"),
    ("cases.shape", "one_at_a_time"): ("shape", "tornado_rows"),
    ("cases.shape", "source"): ("shape", "uniform_source"),
    ("cases.shape", "lender_view"): ("profitability", "lender_view"),
    ("portfolio.lifecycle", "swings"): ("strategies.lifecycle", "tornado"),
    ("portfolio.early_warning", "Warning"): ("strategies.early_warning", "EarlyWarning"),
}


class _Old(ModuleType):
    """A module that has moved."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        old = self.__name__.removeprefix("casebook.")
        if f"{old}.{name}" in MODULES:  # a module in an old folder: `import` finds it
            raise AttributeError(name)
        home, new = NAMES.get((old, name), (MODULES[old], name))
        return getattr(import_module(f"casebook.{home}"), new)


class _Finder(MetaPathFinder, Loader):
    """Finds the old modules, after every other finder has passed."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name.removeprefix("casebook.") not in MODULES or not name.startswith("casebook."):
            return None
        return ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Old(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        new = MODULES[module.__name__.removeprefix("casebook.")]
        warnings.warn(
            f"{module.__name__} is now casebook.{new}; the old name goes with version 0.3",
            FutureWarning,
            stacklevel=2,
        )


def install() -> None:
    """Let `import` find the old modules; the second time does nothing."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.append(_Finder())

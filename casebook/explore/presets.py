"""Settings that a page offers by name: several assumptions moved at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..shape import Value
from .control import Control


@dataclass(frozen=True)
class Preset:
    """A named setting: what it is called, and the values it moves away from the base case."""

    name: str
    label: str
    values: Mapping[str, Value]


def presets(tables: Mapping[str, Mapping[str, Any]], controls: Sequence[Control]) -> list[Preset]:
    """The presets of a model, from the tables `explorer.presets` of its file.

    KeyError for a slider that is not there, or a value at which it cannot stand.
    """
    allowed = {control.spec.name: control.values for control in controls}
    found = []
    for name, table in tables.items():
        for slider, value in table["set"].items():
            if slider not in allowed:
                raise KeyError(f"{name}: no slider {slider!r}; allowed: {', '.join(allowed)}")
            if value not in allowed[slider]:
                raise KeyError(f"{name}: {slider} cannot be {value!r}; allowed: {allowed[slider]}")
        found.append(Preset(name, table["label"], table["set"]))
    return found

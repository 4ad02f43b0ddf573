"""A setting of an explorer in words: a preset by its name, or sliders with values they can take.

>>> from casebook.explore import setting
>>> dict(setting.values("problem", "success_chance=0.4"))
{'success_chance': 0.4}
>>> setting.run("problem", "success_chance=0.4,stop_months=9").written("break_even_chance")
'26.8%'
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from ..models import model
from ..shape import SingleRun, Value
from . import Explorer, explore

__all__ = ["run", "values"]


@cache
def _explorer(name: str) -> Explorer:
    return explore(model(name))


def values(name: str, text: str) -> Mapping[str, Value]:
    """The values of `preset` or `slider=value,slider=value`; KeyError says what is allowed."""
    explorer = _explorer(name)
    if "=" not in text:
        presets = {preset.name: preset for preset in explorer.presets}
        if text not in presets:
            raise KeyError(f"{name}: no preset {text!r}; allowed: {', '.join(presets) or 'none'}")
        return presets[text].values
    controls = {control.spec.name: control for control in explorer.controls}
    chosen: dict[str, Value] = {}
    for part in text.split(","):
        slider, _, asked = part.strip().partition("=")
        if slider not in controls:
            raise KeyError(f"{name}: no slider {slider!r}; allowed: {', '.join(controls)}")
        allowed = {v if isinstance(v, str) else f"{v:g}": v for v in controls[slider].values}
        if asked not in allowed:
            raise KeyError(f"{name}: {slider} cannot be {asked}; allowed: {', '.join(allowed)}")
        chosen[slider] = allowed[asked]
    return chosen


@cache
def run(name: str, text: str) -> SingleRun[Any]:
    """The run of a setting, from the base case; KeyError as `values`."""
    module = model(name)
    return module.simulate(module.assumptions().replace(**values(name, text)))

"""TODO."""

from __future__ import annotations

from typing import Any

from ..shape import Assumption, Value
from ..words import catalogue, scale, unit_label


def shown(spec: Assumption, value: Value) -> Value:
    """A value as its control holds it: in the reader's unit, rounded off the float's tail."""
    if spec.choices or isinstance(value, (str, tuple)):
        return value
    shown = round(value * scale(spec.unit), 10)
    return int(shown) if isinstance(value, int) else shown


def input_of(ipw: Any, spec: Assumption, value: Value, style: dict[str, str]) -> Any:
    """The control of an assumption: a slider with its unit, or a list of choices."""
    layout = ipw.Layout(width="40rem", max_width="100%")
    if spec.choices:
        options = [(label, name) for name, label in spec.choices.items()]
        return ipw.Dropdown(
            options=options, value=value, description=spec.label, style=style, layout=layout
        )
    unit = unit_label(spec.unit)
    whole = isinstance(value, int)
    step = round(spec.step * scale(spec.unit), 10)
    options = {
        "value": shown(spec, value),
        "min": round(spec.low * scale(spec.unit), 10),
        "max": round(spec.high * scale(spec.unit), 10),
        "step": step,
        "description": f"{spec.label}{', ' + unit if unit else ''}",
        "style": style,
        "layout": layout,
    }
    if whole:
        return ipw.IntSlider(**(options | {k: int(options[k]) for k in ("min", "max", "step")}))
    digits = catalogue()["units"][spec.unit]["digits"]
    return ipw.FloatSlider(**options, readout_format=f".{digits}f")

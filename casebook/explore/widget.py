"""The explorer with a kernel: ipywidgets that move it and show its answer.

No Output widget is used: its content is not compared when the notebooks are tested, and it does
not survive on a static page.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from html import escape
from typing import Any

from ..shape import Assumption, Value
from ..words import catalogue, scale, unit_label, word


class Widgets:
    """The controls by name of their assumption, and the `figure`, `table` and `message` they move.

    `move` is called with an assumption's name and its new value when a reader moves it, `reset`
    when the button is pressed. A move that is refused shows why, beside the last good answer.
    """

    def __init__(
        self,
        sliders: Sequence[Assumption],
        values: Mapping[str, Value],
        move: Callable[[str, Value], object],
        reset: Callable[[], object],
    ) -> None:
        import ipywidgets as ipw

        self.sliders, self.move = sliders, move
        self.values = dict(values)
        wide = {"description_width": "19rem"}
        self.controls: dict[str, Any] = {}
        for spec in sliders:
            control = input_of(ipw, spec, values[spec.name], wide)
            control.observe(self._moved, names="value")
            self.controls[spec.name] = control
        button = ipw.Button(
            description=word("explorer.reset"), icon="undo", layout=ipw.Layout(width="auto")
        )
        button.on_click(lambda _: reset())
        self.figure, self.table, self.message = ipw.HTML(), ipw.HTML(), ipw.HTML()
        self.figure.layout = ipw.Layout(width="620px", max_width="100%")
        answer = ipw.HBox(
            [self.figure, ipw.VBox([self.table, self.message])],
            layout=ipw.Layout(flex_flow="row wrap"),
        )
        self.box = ipw.VBox([ipw.VBox([*self.controls.values(), button]), answer])

    def show(self, values: Mapping[str, Value], svg: str, table: str) -> None:
        """Show an answer: where the controls stand, the figure, the key numbers."""
        self.values = dict(values)
        for spec in self.sliders:
            self.controls[spec.name].value = _shown(spec, values[spec.name])
        self.figure.value, self.table.value, self.message.value = svg, table, ""

    def _moved(self, change: Any) -> None:
        """What a control tells when its value has changed."""
        spec = next(s for s in self.sliders if self.controls[s.name] is change["owner"])
        if change["new"] == _shown(spec, self.values[spec.name]):
            return  # the answer to `show`, not a move of the reader
        try:
            self.move(
                spec.name, change["new"] if spec.choices else change["new"] / scale(spec.unit)
            )
        except ValueError as error:  # the last good answer stays beside the reason
            self.message.value = f"<p role='alert'>{escape(str(error))}</p>"


def _shown(spec: Assumption, value: Value) -> Value:
    """A value as its control holds it: in the reader's unit, rounded off the float's tail."""
    if spec.choices or isinstance(value, (str, tuple)):
        return value
    shown = round(value * scale(spec.unit), 10)
    return int(shown) if isinstance(value, int) else shown


def input_of(ipw: Any, spec: Assumption, value: Value, style: dict[str, str]) -> Any:
    """The control of an assumption: a slider with its unit, or a list of choices."""
    layout = ipw.Layout(width="40rem", max_width="100%")
    if spec.choices:
        choices = [(label, name) for name, label in spec.choices.items()]
        return ipw.Dropdown(
            options=choices, value=value, description=spec.label, style=style, layout=layout
        )
    unit = unit_label(spec.unit)
    steps = {
        "value": _shown(spec, value),
        "min": round(spec.low * scale(spec.unit), 10),
        "max": round(spec.high * scale(spec.unit), 10),
        "step": round(spec.step * scale(spec.unit), 10),
    }
    looks = {
        "description": f"{spec.label}{', ' + unit if unit else ''}",
        "style": style,
        "layout": layout,
    }
    if isinstance(value, int):
        return ipw.IntSlider(**{k: int(v) for k, v in steps.items()}, **looks)  # type: ignore[arg-type]
    digits = max(0, catalogue()["units"][spec.unit]["digits"])
    return ipw.FloatSlider(**steps, **looks, readout_format=f".{digits}f")

"""The explorer: move an assumption, see the figure and the key numbers answer.

One description (the sliders and metrics that a case file lists) serves every home: with a kernel,
ipywidgets; on a static page, the same figure and table in plain HTML, which the page may bring to
life. No Output widget is used: its content is not compared when the notebooks are tested, and it
does not survive on a static page.
"""

from __future__ import annotations

from html import escape
from types import ModuleType
from typing import Any

from .assumptions import Assumption, AssumptionError, Record, Value
from .cases.shape import Result
from .words import catalogue, scale, unit_label, word


class Explorer:
    """The explorer of a case: `values` are the assumptions the reader has moved so far.

    In a notebook the last line of a cell shows it. `set(rate=0.05)` moves a slider from code.
    """

    def __init__(self, case: ModuleType, base: Record | None = None) -> None:
        self.case = case
        self.name = case.__name__.rpartition(".")[2]
        self.base: Record = base or case.assumptions()
        self.sliders: list[Assumption] = [
            self.base.spec.assumptions[n] for n in self.base.spec.words["explorer"]["sliders"]
        ]
        self.values: dict[str, Value] = {s.name: getattr(self.base, s.name) for s in self.sliders}
        self.result: Result = case.simulate(self.base)
        self._base_numbers = self.result.key_numbers()
        self._figure = case.figure(self.result)
        self._widgets: dict[str, Any] = {}

    def set(self, **changes: Value) -> Result:
        """Move sliders and answer; an AssumptionError leaves everything as it was."""
        for name in changes:
            if name not in self.values:
                raise AssumptionError(
                    f"{self.name}: no slider {name!r}; allowed: {', '.join(self.values)}"
                )
        record = self.base.replace(**(self.values | changes))
        self.result = self.case.simulate(record)
        self.values = {name: getattr(record, name) for name in self.values}
        self.case.figure(self.result, onto=self._figure)
        self._show()
        return self.result

    def reset(self) -> Result:
        """Back to the base case."""
        return self.set(**{name: getattr(self.base, name) for name in self.values})

    # ------------------------------------------------------------------ what is shown

    def svg(self) -> str:
        """The figure of the values now, as an <svg> element."""
        return self._figure.svg()

    def table(self, *, base_only: bool = False) -> str:
        """The key numbers now, beside those of the base case or alone, as an HTML table."""
        base = [number for _, number in self._base_numbers]
        rows = [
            (label, *([now] if not base_only else []), then)
            for (label, now), then in zip(self.result.key_numbers(), base, strict=True)
        ]
        columns = ("number", "base") if base_only else ("number", "now", "base")
        head = "".join(f"<th scope='col'>{word(f'explorer.{c}')}</th>" for c in columns)
        body = "".join(
            f"<tr><th scope='row'>{escape(label)}</th>"
            + "".join(f"<td>{escape(number)}</td>" for number in numbers)
            + "</tr>"
            for label, *numbers in rows
        )
        return (
            f"<table class='cb-key-numbers'><thead><tr>{head}</tr></thead>"
            f"<tbody>{body}</tbody></table>"
        )

    def static(self) -> str:
        """The explorer without a kernel: the table, in the element that a page can bring to life.

        The figure is left out here to keep stored notebooks small; the book's build adds it.
        """
        names = ", ".join(_within_a_sentence(s.label) for s in self.sliders)
        return (
            f"<casebook-explorer case='{self.name}'>{self.table(base_only=True)}"
            f"<p class='cb-explorer-note'>{escape(word('explorer.static', list=names))}</p>"
            "</casebook-explorer>"
        )

    # ------------------------------------------------------------------ with a kernel

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle = {"text/html": self.static(), "text/plain": self._figure.message}
        try:
            import ipywidgets  # noqa: F401
        except ImportError:
            return bundle
        view = self.widget()._repr_mimebundle_()
        return bundle | {k: v for k, v in view.items() if k not in bundle}

    def widget(self) -> Any:
        """The live explorer as an ipywidgets box."""
        import ipywidgets as ipw

        wide = {"description_width": "16rem"}
        for spec in self.sliders:
            control = _control(ipw, spec, self.values[spec.name], wide)
            control.observe(self._moved, names="value")
            self._widgets[spec.name] = control
        reset = ipw.Button(description=word("explorer.reset"), icon="undo")
        reset.on_click(lambda _: self.reset())
        self._widgets |= {"figure": ipw.HTML(), "table": ipw.HTML(), "message": ipw.HTML()}
        self._show()
        controls = ipw.VBox([*(self._widgets[s.name] for s in self.sliders), reset])
        table = ipw.VBox([self._widgets["table"], self._widgets["message"]])
        figure = self._widgets["figure"]
        figure.layout = ipw.Layout(width="620px", max_width="100%")
        return ipw.VBox(
            [controls, ipw.HBox([figure, table], layout=ipw.Layout(flex_flow="row wrap"))]
        )

    def _moved(self, change: Any) -> None:
        name = next(n for n, w in self._widgets.items() if w is change["owner"])
        spec = self.base.spec.assumptions[name]
        if change["new"] == _shown(spec, self.values[name]):
            return  # the answer to `set`, not a move of the reader
        value = change["new"] if spec.choices else change["new"] / scale(spec.unit)
        try:
            self.set(**{name: value})
        except ValueError as error:  # the last good answer stays beside the reason
            self._widgets["message"].value = f"<p role='alert'>{escape(str(error))}</p>"

    def _show(self) -> None:
        if not self._widgets:
            return
        for spec in self.sliders:
            self._widgets[spec.name].value = _shown(spec, self.values[spec.name])
        self._widgets["figure"].value = self.svg()
        self._widgets["table"].value = self.table()
        self._widgets["message"].value = ""


def explore(case: ModuleType, base: Record | None = None) -> Explorer:
    """The explorer of a case (a module of casebook.cases), from its base case or your own."""
    return Explorer(case, base)


def _within_a_sentence(label: str) -> str:
    """A label that no longer starts its line: DSCR stays DSCR."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def _shown(spec: Assumption, value: Value) -> Value:
    """A value as its control holds it: in the reader's unit, rounded off the float's tail."""
    if spec.choices or isinstance(value, (str, tuple)):
        return value
    shown = round(value * scale(spec.unit), 10)
    return int(shown) if isinstance(value, int) else shown


def _control(ipw: Any, spec: Assumption, value: Value, style: dict[str, str]) -> Any:
    """The control of an assumption: a slider with its unit, or a list of choices."""
    layout = ipw.Layout(width="36rem", max_width="100%")
    if spec.choices:
        options = [(label, name) for name, label in spec.choices.items()]
        return ipw.Dropdown(
            options=options, value=value, description=spec.label, style=style, layout=layout
        )
    unit = unit_label(spec.unit)
    whole = isinstance(value, int)
    step = round(spec.step * scale(spec.unit), 10)
    options = {
        "value": _shown(spec, value),
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

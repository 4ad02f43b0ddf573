"""The explorer: move an assumption, see the figure and the key numbers answer.

One description (the sliders and metrics that a case file lists) serves every home: with a kernel,
ipywidgets; on a static page and in slides, a custom element with the same controls, figure and
table in plain HTML, which the page's script brings to life with the same Python in the browser
(`answer`). No Output widget is used: its content is not compared when the notebooks are tested,
and it does not survive on a static page.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cached_property
from html import escape
from types import ModuleType
from typing import Any

from ..shape import Assumption, AssumptionError, Record, Result, Value
from ..words import catalogue, scale, word
from . import control, html, widget
from .control import Control


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
        self._result: Result | None = None
        self._figure: Any = None
        self._widgets: dict[str, Any] = {}

    def set(self, **changes: Value) -> Result:
        """Move sliders and answer; an AssumptionError leaves everything as it was."""
        for name in changes:
            if name not in self.values:
                raise AssumptionError(
                    f"{self.name}: no slider {name!r}; allowed: {', '.join(self.values)}"
                )
        record = self.base.replace(**(self.values | changes))
        self._result = self.case.simulate(record)
        self.values = {name: getattr(record, name) for name in self.values}
        self._figure = self.case.figure(self._result, onto=self._figure)
        self._show()
        return self._result

    def reset(self) -> Result:
        """Back to the base case."""
        return self.set(**{name: getattr(self.base, name) for name in self.values})

    # The first answer in a browser is awaited: nothing is computed that it does not need.

    @property
    def result(self) -> Result:
        """The single run of the values now."""
        return self._result or self.set()

    @property
    def picture(self) -> Any:
        """The figure of the values now, a matplotlib Figure with fixed axes."""
        return self._figure or (self.set() and self._figure)

    @cached_property
    def _base_numbers(self) -> list[str]:
        return [number for _, number in self.case.simulate(self.base).key_numbers()]

    # ------------------------------------------------------------------ what is shown

    def svg(self) -> str:
        """The figure of the values now, as an <svg> element."""
        return self.picture.svg()

    def table(self, *, base_only: bool = False) -> str:
        """The key numbers now, beside those of the base case or alone, as an HTML table."""
        rows = [
            (label, *([now] if not base_only else []), then)
            for (label, now), then in zip(
                self.result.key_numbers(), self._base_numbers, strict=True
            )
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

    def answer(self, values: Mapping[str, Value]) -> dict[str, Any]:
        """What a page needs to show `values` in place of the last ones; AssumptionError as `set`.

        `svg` and `order` are what has moved in the figure (`Picture.moved`), `message` its text;
        `numbers` the table's column Now; `metrics` the same unrounded, for those who check.
        """
        self.set(**values)
        svg, order = self.picture.moved()
        return {
            "svg": svg,
            "order": order,
            "message": self.picture.message,
            "numbers": [number for _, number in self.result.key_numbers()],
            "metrics": {k: control.plain(v) for k, v in self.result.metrics.items()},
        }

    @property
    def controls(self) -> list[Control]:
        return [Control.of(s, getattr(self.base, s.name)) for s in self.sliders]

    def static(self) -> str:
        """The explorer without a kernel: the table, in the element that a page can bring to life.

        The figure is left out here to keep stored notebooks small; the book's build adds it.
        """
        names = ", ".join(control.within_a_sentence(s.label) for s in self.sliders)
        return (
            f"<casebook-explorer case='{self.name}'>{self.table(base_only=True)}"
            f"<p class='cb-explorer-note'>{escape(word('explorer.static', list=names))}</p>"
            "</casebook-explorer>"
        )

    def page(self, figure: str, live: str = "", size: int = 0) -> str:
        """The explorer on a page: base figure, controls, table, and the words its script needs.

        `figure` is the HTML of the base figure, `live` where the script finds Python and `size` its
        bytes (without them the words `explorer.unavailable` are shown). The controls are hidden
        until the script is there; without it nothing promises to move.
        """
        words = {k: v for k, v in catalogue()["explorer"].items() if k.startswith("live_")}
        controls = self.controls
        data = {
            "live": live,
            "size": size,
            "words": words,
            "controls": {c.spec.name: {"values": c.values, "texts": c.texts} for c in controls},
        }
        # "</" would end the script element
        script = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
        rows = "".join(html.control_html(f"{self.name}-{c.spec.name}", c) for c in controls)
        actions = "".join(
            f"<button type='button' data-do='{do}'>{escape(word(f'explorer.{do}'))}</button>"
            for do in ("reset", "link", "csv")
        )
        compare = (
            "<label class='cb-check'><input type='checkbox' data-do='compare'>"
            f"{escape(word('explorer.compare'))}</label>"
        )
        names = ", ".join(control.within_a_sentence(s.label) for s in self.sliders)
        note = word("explorer.static" if live else "explorer.unavailable", list=names)
        return (
            f"<casebook-explorer case='{self.name}' id='explore-{self.name}'>{figure}"
            f"<form class='cb-controls' aria-label='{escape(word('explorer.sliders'))}' hidden>"
            f"{rows}<div class='cb-actions'>{actions}{compare}</div></form>"
            f"<p class='cb-status' role='status' aria-live='polite'></p>{self.table()}"
            f"<p class='cb-explorer-note'>{escape(note)}</p>"
            f"<script type='application/json'>{script}</script></casebook-explorer>"
        )

    # ------------------------------------------------------------------ with a kernel

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle = {"text/html": self.static(), "text/plain": self.picture.message}
        try:
            import ipywidgets  # noqa: F401
        except ImportError:
            return bundle
        view = self.widget()._repr_mimebundle_()
        return bundle | {k: v for k, v in view.items() if k not in bundle}

    def widget(self) -> Any:
        """The live explorer as an ipywidgets box."""
        import ipywidgets as ipw

        wide = {"description_width": "19rem"}
        for spec in self.sliders:
            control = widget.input_of(ipw, spec, self.values[spec.name], wide)
            control.observe(self._moved, names="value")
            self._widgets[spec.name] = control
        reset = ipw.Button(
            description=word("explorer.reset"), icon="undo", layout=ipw.Layout(width="auto")
        )
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
        if change["new"] == widget.shown(spec, self.values[name]):
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
            self._widgets[spec.name].value = widget.shown(spec, self.values[spec.name])
        self._widgets["figure"].value = self.svg()
        self._widgets["table"].value = self.table()
        self._widgets["message"].value = ""


def explore(case: ModuleType, base: Record | None = None) -> Explorer:
    """The explorer of a case (a module of casebook.cases), from its base case or your own."""
    return Explorer(case, base)

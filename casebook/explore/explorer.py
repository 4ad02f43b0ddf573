"""The explorer: move an assumption, see the figure and the key numbers answer.

One description (the sliders and metrics that a case file lists) serves every home: with a kernel,
ipywidgets; on a static page and in slides, a custom element with the same controls, figure and
table in plain HTML, which the page's script brings to life with the same Python in the browser
(`answer`).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

from ..shape import Assumption, AssumptionError, Model, Record, SingleRun, Value
from . import difference, html
from .control import Control
from .presets import Preset, presets

if TYPE_CHECKING:
    from ..figures import Picture
    from .widget import Widgets


class Explorer:
    """The explorer of a model: `values` are the assumptions the reader has moved so far.

    In a notebook the last line of a cell shows it. `set(rate=0.05)` moves a slider from code.
    """

    def __init__(self, case: Model, base: Record | None = None) -> None:
        self.case = case
        self.name = case.__name__.rpartition(".")[2]
        self.base: Record = base or case.assumptions()
        self.sliders: list[Assumption] = [
            self.base.spec.assumptions[n] for n in self.base.spec.words["explorer"]["sliders"]
        ]
        self.values: dict[str, Value] = {s.name: getattr(self.base, s.name) for s in self.sliders}
        self.widgets: Widgets | None = None
        self._result: SingleRun[Any] | None = None
        #: Form of the figure -> the run that is drawn in it, and the drawing.
        self._drawn: dict[str, tuple[SingleRun[Any], Picture]] = {}

    def set(self, **changes: Value) -> SingleRun[Any]:
        """Move sliders and answer; an AssumptionError leaves everything as it was."""
        for name in changes:
            if name not in self.values:
                raise AssumptionError(
                    f"{self.name}: no slider {name!r}; allowed: {', '.join(self.values)}"
                )
        record = self.base.replace(**(self.values | changes))
        if self._result is None or record != self._result.assumptions:
            self._result = self.case.simulate(record)
        self.values = {name: getattr(record, name) for name in self.values}
        self._show()
        return self._result

    def reset(self) -> SingleRun[Any]:
        """Back to the base case."""
        return self.set(**{name: getattr(self.base, name) for name in self.values})

    # The first answer in a browser is awaited: nothing is computed that it does not need.

    @property
    def result(self) -> SingleRun[Any]:
        """The single run of the values now."""
        return self._result if self._result is not None else self.set()

    def drawn(self, form: str = "wide") -> Picture:
        """The figure of the values now in a form, "wide" or "narrow": its axes stay."""
        result, drawn = self.result, self._drawn.get(form)
        if drawn is None or drawn[0] is not result:
            onto = drawn[1] if drawn else None
            drawn = result, self.case.figure(result, onto=onto, form=form)
            self._drawn[form] = drawn
        return drawn[1]

    @property
    def picture(self) -> Picture:
        """The figure of the values now, a matplotlib Figure with fixed axes."""
        return self.drawn()

    @property
    def controls(self) -> list[Control]:
        """What a reader can move, at the base case."""
        return [Control.of(s, getattr(self.base, s.name)) for s in self.sliders]

    @property
    def presets(self) -> list[Preset]:
        """The settings that the model's file offers by name."""
        return presets(self.base.spec.words["explorer"].get("presets", {}), self.controls)

    @cached_property
    def at_base(self) -> SingleRun[Any]:
        """The single run of the base case."""
        return self.case.simulate(self.base)

    @property
    def shown(self) -> list[str]:
        """The metrics beside the figure: four of those in the table."""
        words = self.base.spec.words["explorer"]
        shown: list[str] = words.get("shown", words["metrics"][:4])
        return shown

    def changes(self) -> list[str]:
        """How each number of the table differs from the base case; "" where it does not."""
        words = self.base.spec.words
        units = {name: words["metrics"][name]["unit"] for name in words["explorer"]["metrics"]}
        return list(difference.texts(self.result.metrics, self.at_base.metrics, units).values())

    def svg(self) -> str:
        """The figure of the values now, as an <svg> element."""
        return self.picture.svg()

    def table(self, *, base_only: bool = False) -> str:
        """The key numbers now, beside those of the base case or alone, as an HTML table."""
        base = self.at_base.key_numbers()
        if base_only:
            return html.table(base, ("number", "base"))
        rows = zip(self.result.key_numbers(), self.changes(), base, strict=True)
        return html.table(
            [(label, now, change, then) for (label, now), change, (_, then) in rows],
            ("number", "now", "change", "base"),
        )

    def answer(self, values: Mapping[str, Value], form: str = "wide") -> dict[str, Any]:
        """What a page needs to show `values` in place of the last ones; AssumptionError as `set`.

        `svg` and `order` are what has moved in the figure (`Picture.moved`) of the form asked for,
        `message` its text; `numbers` the table's column Now and `changes` what each differs by from
        the base case; `metrics` the same numbers unrounded, for those who check.
        """
        self.set(**values)
        picture = self.drawn(form)
        svg, order = picture.moved()
        return {
            "svg": svg,
            "order": order,
            "message": picture.message,
            "numbers": [number for _, number in self.result.key_numbers()],
            "changes": self.changes(),
            "metrics": {k: _plain(v) for k, v in self.result.metrics.items()},
        }

    def static(self) -> str:
        """The explorer without a kernel: the table, in the element that a page brings to life."""
        return html.static(self.name, self.table(base_only=True), self.controls)

    def page(self, figure: str, site: html.Site = html.NOWHERE) -> str:
        """The explorer on a page of `site`, with `figure`; see `page` of the room `html`."""
        words = self.base.spec.words["explorer"]
        numbers = dict(zip(words["metrics"], self.at_base.key_numbers(), strict=True))
        return html.page(
            html.Told(
                name=self.name,
                title=self.base.spec.words["title"],
                panels=words.get("panels", ()),
                figure=figure,
                table=self.table(),
                shown=[(list(numbers).index(n), *numbers[n]) for n in self.shown],
                presets=[dict(preset.values) for preset in self.presets],
                metrics={k: _plain(v) for k, v in self.at_base.metrics.items()},
            ),
            self.controls,
            site,
        )

    def widget(self) -> Any:
        """The live explorer as an ipywidgets box."""
        from .widget import Widgets

        self.widgets = Widgets(
            self.sliders, self.values, lambda name, value: self.set(**{name: value}), self.reset
        )
        self._show()
        return self.widgets.box

    def _show(self) -> None:
        """Show the values now in the widgets, if there are any."""
        if self.widgets is not None:
            self.widgets.show(self.values, self.svg(), self.table())

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        bundle = {"text/html": self.static(), "text/plain": self.picture.message}
        try:
            import ipywidgets  # noqa: F401 - without it the static form is all there is
        except ImportError:
            return bundle
        view = self.widget()._repr_mimebundle_()
        return bundle | {k: v for k, v in view.items() if k not in bundle}


def explore(case: Model, base: Record | None = None) -> Explorer:
    """The explorer of a model (a package such as casebook.cases.problem), from its base case.

    `base`: your own record in its place, as `assumptions(path)` of the model gives it.
    """
    return Explorer(case, base)


def _plain(value: Any) -> Any:
    """A metric as JSON has it: a missing number is null, and so is one without bound."""
    if isinstance(value, (bool, str)) or value is None:
        return value
    return value if abs(value) < float("inf") else None

"""Numbers and texts of a bank in a run: what an answer is, how it is shown, how near is right."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .. import numbers, words
from ..models import model
from ..shape import AssumptionError, SingleRun, Value
from . import expression
from .errors import TeachError, refused


@dataclass
class Reading:
    """A run as a bank reads it: numbers by path, its findings asked for once, other settings."""

    run: SingleRun[Any]
    _stated: Mapping[str, float] | None = None
    _settings: dict[str, Reading] = field(default_factory=dict)

    @classmethod
    def base(cls, name: str) -> Reading:
        """The base case of a model, its findings those that the pages use."""
        return _Base(numbers.base(name))

    def value(self, path: str) -> Any:
        """The number of a path; KeyError says what is allowed.

        A period that never comes is not a number (NaN).
        """
        found = numbers.found(self.run, path, self.stated)
        if found.unit in ("period", "month_number") and not isinstance(found.value, (str, tuple)):
            return found.value if found.value >= 0 else math.nan
        return found.value

    def stated(self) -> Mapping[str, float]:
        """The findings of the run."""
        if self._stated is None:
            self._stated = model(self.run.assumptions.model).findings(self.run)
        return self._stated

    def at(self, setting: str) -> Reading:
        """The run with assumptions changed: `name=value`, several with commas."""
        if setting not in self._settings:
            self._settings[setting] = self.moved(changes(self.run, setting))
        return self._settings[setting]

    def moved(self, setting: Mapping[str, Value]) -> Reading:
        """The run with these assumptions in place of its own; TeachError names a bad one."""
        a = self.run.assumptions
        try:
            return Reading(model(a.model).simulate(a.replace(**setting)))
        except AssumptionError as error:
            raise TeachError(str(error)) from None

    def text(self, written: str, **own: str) -> str:
        """A text with what stands in braces written out; TeachError says what cannot be.

        {path} and {path|style} as in casebook.numbers; {expression|unit}, {expression|unit|bare}
        for what is reckoned from several; a name of `own` for what the item itself gives.
        """
        return numbers.filled(written, lambda path: own.get(path) or self._written(path))

    def _written(self, path: str) -> str:
        """What stands for a name, or an expression and a unit, in braces."""
        bare, _, style = path.partition("|")
        unit, _, how = style.partition("|")
        if unit in words.catalogue()["units"]:
            if how not in ("", "bare", "short", "abs"):
                none = words.wrong("no_style", how, list=words.joined(numbers.STYLES[1:]))
                raise TeachError(f"{{{path}}}: {none}")
            found = expression.value(bare, self)
            found = abs(found) if how == "abs" else found
            text = words.write(found, unit, with_unit=how not in ("bare", "short"))
            return f"{text}%" if how == "short" else text
        try:
            return numbers.found(self.run, bare, self.stated).written(style)
        except KeyError as error:
            raise TeachError(f"{{{path}}}: {error.args[0]}") from None


class _Base(Reading):
    """The base case: its findings are those that are kept for the whole build."""

    def stated(self) -> Mapping[str, float]:
        """The findings of the base case."""
        return numbers.findings(self.run.assumptions.model)


def changes(run: SingleRun[Any], setting: str) -> dict[str, Value]:
    """What `name=value, name=value` changes; TeachError says what is wrong with it."""
    found: dict[str, Value] = {}
    specs = run.assumptions.spec.assumptions
    for part in setting.split(","):
        name, equals, text = (x.strip() for x in part.partition("="))
        if not equals or name not in specs:
            raise refused("set", setting, name=name, list=words.joined(specs))
        if specs[name].choices:
            found[name] = text
            continue
        try:
            found[name] = float(text)
        except ValueError:
            raise refused("number", f"at({setting!r})", value=text) from None
    return found


@dataclass(frozen=True)
class Shown:
    """A number as a student gives it: in the shown unit, with how near is near enough.

    `number` has more digits than `text`, which is how a reader sees it; `tolerance` is in the same
    unit; `unit` its name, empty for a pure number.
    """

    number: float
    text: str
    unit: str
    tolerance: float

    def accepts(self, given: float) -> bool:
        """Whether a student's number is right."""
        return abs(given - self.number) <= self.tolerance * (1 + 1e-9)

    def apart(self, other: float) -> bool:
        """Whether a wrong number is so far off that no student's number could be both."""
        return abs(other - self.number) > 2 * self.tolerance


def shown(text: str, unit: str, tolerance: float, of: expression.Numbers) -> Shown:
    """What an expression gives in a run, as a student gives it; TeachError as `expression`."""
    found = expression.value(text, of)
    digits: int = words.catalogue()["units"][unit]["digits"]
    number = round(found * words.scale(unit), digits + 3)
    return Shown(
        number + 0.0, words.write(found, unit, with_unit=True), words.unit_label(unit), tolerance
    )


def coarse(unit: str) -> float:
    """The most by which the written number may differ from the exact one, in the shown unit."""
    digits: int = words.catalogue()["units"][unit]["digits"]
    return float(0.5 * 10.0**-digits)

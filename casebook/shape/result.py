"""What a model gives back: its lines, numbers, events and checks, and how a reader sees them."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from ..words import held_label, is_share, scale, unit_label, word, write
from .record import Record

Array = NDArray[np.float64]
Draws = Mapping[str, Array]
#: The record of a model: its assumptions.
A = TypeVar("A", bound=Record, covariant=True)


@dataclass(frozen=True)
class Event:
    """Something that happened: `name` is the key of its words in the case file."""

    period: int
    name: str


@dataclass(frozen=True, repr=False)
class Result(Generic[A]):
    """What a model gives back. Money is in the unit of the case file (CNY million).

    `all_lines`, `all_metrics`, `all_events` hold every alternative; `lines`, `metrics`, `events`
    show the chosen one: of a single run as in `SingleRun`, of many as in `ScenarioRuns`.
    `checks`: name -> largest residual, each zero within `tolerance`.
    `workings`: of a single run, what the model's own questions would otherwise compute again.
    """

    single: ClassVar[bool] = False  #: whether this is a single run, whose numbers are floats

    assumptions: A
    chosen: str
    alternatives: tuple[str, ...]
    all_lines: Mapping[str, Array]  # (period, alternative, scenario)
    all_metrics: Mapping[str, NDArray[Any]]  # (alternative, scenario)
    all_events: Mapping[str, NDArray[Any]]  # (alternative, scenario), -1 never
    checks: Mapping[str, float]
    largest_balance: float
    scenarios: int = 1
    workings: Any = field(default=None, compare=False)

    def __repr__(self) -> str:
        runs = "one run" if self.single else f"{self.scenarios:,} scenarios"
        worst = max(self.checks.values(), default=0.0)
        return (
            f"<{type(self).__name__} of {type(self.assumptions).__name__}: {self.chosen}, {runs}, "
            f"{len(self.all_lines)} lines, {len(self.all_metrics)} metrics, "
            f"largest residual {worst:.0e}>"
        )

    def alternative(self, name: str) -> Self:
        """The same run, another alternative; KeyError names those there are."""
        if name not in self.alternatives:
            raise KeyError(f"no alternative {name!r}; allowed: {', '.join(self.alternatives)}")
        return replace(self, chosen=name)

    def _pick(self, array: NDArray[Any], axis: int) -> NDArray[Any]:
        """The chosen alternative's part of an array in which it may be common to all."""
        at = self.alternatives.index(self.chosen) if array.shape[axis] > 1 else 0
        part: NDArray[Any] = array.take(at, axis=axis)
        return part[..., 0] if self.single else part

    @cached_property
    def lines(self) -> dict[str, Array]:
        """Name -> (period,) of a single run, (period, scenario) of many."""
        return {name: self._pick(line, 1) for name, line in self.all_lines.items()}

    @property
    def alternative_labels(self) -> Mapping[str, str]:
        """Name -> label of the alternatives: the choice of the case file that has these names.

        A case with a single alternative has no choice to name it; its label is the case's title.
        """
        if len(self.alternatives) == 1:
            return {self.chosen: self.assumptions.spec.words["title"]}
        choices = (s.choices for s in self.assumptions.spec.assumptions.values())
        return next(c for c in choices if set(c) == set(self.alternatives))

    @property
    def tolerance(self) -> float:
        """What a residual may be: 1e-9 of the largest balance, or of one."""
        return 1e-9 * max(1.0, self.largest_balance)

    @property
    def checks_table(self) -> Any:
        """A DataFrame: every identity with its largest residual and whether it holds."""
        import pandas as pd

        words = self.assumptions.spec.words["checks"]
        rows = {
            # below the tolerance the digits are the machine's, not the model's
            words[name]: [f"< {self.tolerance:.0e}", word("yes")]
            if value <= self.tolerance
            else [f"{value:.1e}", word("no")]
            for name, value in self.checks.items()
        }
        heads = [word("checks.residual"), word("checks.holds")]
        table = pd.DataFrame.from_dict(rows, orient="index", columns=heads)
        table.columns.name = word("checks.name")
        return table


@dataclass(frozen=True, repr=False)
class ScenarioRuns(Result[A]):
    """The result of many scenarios: lines (period, scenario), numbers (scenario,)."""

    @cached_property
    def metrics(self) -> dict[str, NDArray[Any]]:
        """Name -> (scenario,)."""
        picked = {name: self._pick(metric, 0) for name, metric in self.all_metrics.items()}
        return {k: np.broadcast_to(v, (self.scenarios,)) for k, v in picked.items()}

    @cached_property
    def events(self) -> dict[str, NDArray[np.intp]]:
        """Name -> (scenario,), the period of the first such event, -1 where there is none."""
        return {name: self._pick(period, 0) for name, period in self.all_events.items()}

    if not TYPE_CHECKING:  # a checker sees that these are not there

        def __getattr__(self, name: str) -> Any:
            if not name.startswith("_") and hasattr(SingleRun, name):
                raise _NeedsSingleRun(f"{name} needs a single run; simulate one set of assumptions")
            raise AttributeError(f"{type(self).__name__} has no attribute {name!r}")


class _NeedsSingleRun(AttributeError, ValueError):
    """A statement was asked of many scenarios."""


@dataclass(frozen=True, repr=False)
class SingleRun(Result[A]):
    """The result of one set of assumptions: lines (period,), numbers, events, statements."""

    single = True

    @cached_property
    def metrics(self) -> dict[str, Any]:
        """Name -> number; a truth value or a period where the unit of the case file says so."""
        picked = {name: self._pick(metric, 0) for name, metric in self.all_metrics.items()}
        return {name: value.item() for name, value in picked.items()}

    @cached_property
    def events(self) -> list[Event]:
        """What happened, in order."""
        first = {name: self._pick(period, 0) for name, period in self.all_events.items()}
        return sorted(
            (Event(int(t), name) for name, t in first.items() if t >= 0),
            key=lambda e: e.period,
        )

    @cached_property
    def schedule(self) -> Any:
        """The statement of a single run: a DataFrame, periods x lines, views as column groups."""
        import pandas as pd

        words = self.assumptions.spec.words
        columns = {
            (words["views"][spec["view"]], spec["label"]): self.lines[name]
            for name, spec in words["lines"].items()
            if name in self.lines
        }
        table = pd.DataFrame(columns)
        table.index.name = words["period"]
        return table

    def csv(self) -> str:
        """The statement of a single run and its assumptions as CSV, for a spreadsheet.

        First the statement, periods down, a column for each line named by view, label and unit,
        in the model's units and full precision; after an empty row the assumptions.
        """
        words = self.assumptions.spec.words
        lines = {n: s for n, s in words["lines"].items() if n in self.lines}
        heads = [
            f"{words['views'][s['view']]}: {s['label']} ({_stored(s.get('unit', 'money'))})"
            for s in lines.values()
        ]
        columns = [self.lines[n].tolist() for n in lines]
        out = io.StringIO()
        rows = csv.writer(out)
        rows.writerow([words["period"], *heads])
        rows.writerows([t, *values] for t, values in enumerate(zip(*columns, strict=True)))
        rows.writerow([])
        rows.writerow([word("assumptions.name"), word("assumptions.value"), word("tables.unit")])
        for spec in self.assumptions.spec.assumptions.values():
            value = getattr(self.assumptions, spec.name)
            value = " ".join(map(str, value)) if isinstance(value, tuple) else value
            rows.writerow([spec.label, spec.choices.get(str(value), value), _stored(spec.unit)])
        return out.getvalue()

    def statement(
        self,
        view: str,
        *,
        by: int = 1,
        since: int = 0,
        until: int | None = None,
        filled: bool = False,
    ) -> Any:
        """One view of a single run as it is read: lines down, periods across, with a total.

        `by` periods are taken together (12 months a column), from period `since` up to `until`.
        Flows add up; a balance is that of the first or of the last period, as the case file says,
        and has no total. With `filled`, flows of which there is none, and an empty total, are left
        out: the columns still add up.
        """
        import pandas as pd

        words = self.assumptions.spec.words
        names = [n for n, spec in words["lines"].items() if spec["view"] == view]
        if not names:
            raise KeyError(f"no view {view!r}; allowed: {', '.join(words['views'])}")
        periods = len(self.lines[names[0]])
        blocks = _blocks(since, periods if until is None else min(until + 1, periods), by)
        rows = {}
        for name in names:
            spec, line = words["lines"][name], self.lines[name]
            shown = np.concatenate([line[block] for block in blocks])
            if filled and "balance" not in spec and np.abs(shown).max() <= self.tolerance:
                continue
            if kind := spec.get("balance"):
                values = [line[block[0] if kind == "first" else block[-1]] for block in blocks]
                values.append(None)
            else:
                values = [line[block].sum() for block in blocks]
                values.append(sum(values))
            rows[spec["label"]] = [_cell(x, spec, self.tolerance) for x in values]
        heads = [f"{b[0]}–{b[-1]}" if len(b) > 1 else str(b[0]) for b in blocks]
        total = word("tables.total" if until is None else "tables.so_far")
        table = pd.DataFrame.from_dict(rows, orient="index", columns=[*heads, total])
        table.columns.name = words["period"]
        if filled and not table[total].any():
            table = table.drop(columns=total)
        return table

    def exhibit(self, name: str) -> tuple[str, Any]:
        """(title, DataFrame) of an exhibit of the case file, of `assumptions` or of `checks`.

        An exhibit with `metrics` compares the alternatives; one with `view` is a statement, with
        `by`, `since`, `until` and `alternative` if it names them; only lines that hold something.
        """
        exhibits = self.assumptions.spec.words["exhibits"]
        if name == "assumptions":
            return word("assumptions.title"), self.assumptions.table
        if name == "checks":
            return word("checks.title"), self.checks_table
        if name not in exhibits:
            raise KeyError(
                f"no exhibit {name!r}; allowed: assumptions, checks, {', '.join(exhibits)}"
            )
        spec = exhibits[name]
        if "metrics" in spec:
            return spec["title"], self.comparison(name)
        side = self.alternative(spec.get("alternative", self.chosen))
        cut = {k: spec[k] for k in ("by", "since", "until") if k in spec}
        table = side.statement(spec["view"], **cut, filled=True)
        return spec["title"], table

    def comparison(self, exhibit: str) -> Any:
        """The metrics of an exhibit of the case file: measures down, alternatives across."""
        import pandas as pd

        words = self.assumptions.spec.words
        names = words["exhibits"][exhibit]["metrics"]
        labels = self.alternative_labels
        sides = {labels[n]: self.alternative(n) for n in self.alternatives}
        rows = {
            words["metrics"][m]["label"] + _in(words["metrics"][m]["unit"]): [
                side.written(m, with_unit=False) for side in sides.values()
            ]
            for m in names
        }
        table = pd.DataFrame.from_dict(rows, orient="index", columns=list(sides))
        table.columns.name = word("tables.measure")
        return table

    def key_numbers(self, names: Sequence[str] | None = None) -> list[tuple[str, str]]:
        """(label, number with unit) of the metrics named, or of those the case file lists."""
        words = self.assumptions.spec.words
        return [
            (words["metrics"][n]["label"], self.written(n))
            for n in names or words["explorer"]["metrics"]
        ]

    def written(self, metric: str, *, with_unit: bool = True) -> str:
        """One metric of a single run as a reader sees it; KeyError names those there are."""
        words = self.assumptions.spec.words["metrics"]
        if metric not in words or metric not in self.metrics:
            raise KeyError(f"no metric {metric!r}; allowed: {', '.join(words)}")
        spec = words[metric]
        value = self.metrics[metric]
        if spec["unit"] == "period" and value < 0:  # the event never came
            return word("never")
        return write(value, spec["unit"], with_unit=with_unit)


def _blocks(since: int, end: int, by: int) -> list[NDArray[np.intp]]:
    """Periods taken together: period 0, the start, stands alone where there is more than one."""
    blocks = [np.arange(t, min(t + by, end)) for t in range(max(since, 1), end, by)]
    return blocks if since else [np.arange(1), *blocks]


def _cell(value: float | None, spec: Mapping[str, Any], dust: float) -> str:
    """A cell of a statement: empty for no total, a dash for nothing."""
    if value is None:
        return ""
    return word("missing") if abs(value) <= dust else write(value, spec.get("unit", "money"))


def _stored(unit: str) -> str:
    """The unit of a value as the model holds it: a share is a decimal, money CNY million."""
    if scale(unit) == 1:
        return unit_label(unit)
    if is_share(unit):
        return word("tables.decimal")
    return word("tables.model_unit", unit=held_label(unit))


def _in(unit: str) -> str:
    """The unit behind the name of a measure, where it has one."""
    return f", {unit_label(unit)}" if unit_label(unit) else ""

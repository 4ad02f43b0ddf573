"""Two records of a model side by side: what differs, and what each difference alone costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..models import model
from ..shape import AssumptionError, Record, SingleRun, Value
from ..words import counts, nearest, wrong


@dataclass(frozen=True)
class Difference:
    """An assumption that differs: its two values, and how the number asked for moves by it alone.

    `effect`: the number where this one alone is the second's and all others are the first's, less
    that of the first; None where it is no number, or the first does not allow this value.
    """

    name: str
    first: Value
    second: Value
    effect: float | None


@dataclass(frozen=True)
class Comparison:
    """Two runs, the number that is asked for, and each difference, the most telling one first.

    `together` is what all differences move the number by; less the sum of their effects it is what
    they do only together.
    """

    metric: str
    first: SingleRun[Any]
    second: SingleRun[Any]
    differences: tuple[Difference, ...]
    together: float | None


def compare(first: Record, second: Record, metric: str | None = None) -> Comparison:
    """Two records of one model, on a metric.

    Where none is named it is, of those beside the figure, the first that differs. AssumptionError
    where they are of two models, or where there is no such metric.
    """
    if first.model != second.model:
        raise AssumptionError(wrong("two_models", first=first.model, second=second.model))
    run = model(first.model).simulate
    one, other = run(first), run(second)
    words = first.spec.words
    shown = words["explorer"].get("shown", words["explorer"]["metrics"])
    moved = [n for n in shown if one.metrics[n] != other.metrics[n]]
    metric = metric or (moved or shown)[0]
    if metric not in one.metrics:
        raise AssumptionError(wrong("no_metric", nearest(metric, one.metrics), name=metric))
    unit = words["metrics"][metric]["unit"]

    def effect(of: SingleRun[Any]) -> float | None:
        now, then = of.metrics[metric], one.metrics[metric]
        return now - then if counts(now, unit) and counts(then, unit) else None

    rows = []
    for name, value in second.values().items():
        if value == getattr(first, name):
            continue
        try:
            alone = effect(run(first.replace(**{name: value})))
        except AssumptionError:  # the second allows more than the first
            alone = None
        rows.append(Difference(name, getattr(first, name), value, alone))
    rows.sort(key=lambda row: -abs(row.effect or 0.0))
    return Comparison(metric, one, other, tuple(rows), effect(other))

"""What the run recommends: by the number that decides, and what would turn it.

The case file says how: `options` are ways whose numbers are compared, the largest is recommended;
`tests` are numbers held against a threshold, the first that fails decides, and if none does the
last; `shown` is a number that says more than the truth that is tested. See [memo.decision] of
data/cases.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .. import numbers
from ..models import model
from ..shape import span, tornado_rows, turning_point
from ..words import word, write
from . import say, size
from .say import Run

#: Halvings of the range in which a turning point is searched: a thousandth of it is left.
HALVINGS = 10


@dataclass(frozen=True)
class Decision:
    """What is recommended, the number that decides it, and what that is held against.

    `key` is the same for the same recommendation; `alternative` is the way it names, or "".
    """

    key: str
    text: str
    label: str
    number: str
    against_label: str
    against: str
    alternative: str = ""


@dataclass(frozen=True)
class Turn:
    """An assumption: what it is moved to, the measure at each end, and where it turns the answer.

    All as a reader sees it; `turns` is "" where no value that is allowed turns the answer.
    """

    label: str
    moved: str
    measure: tuple[str, str]
    now: str
    turns: str


def decide(run: Run) -> Decision:
    """The recommendation of a run, by [memo.decision] of its case file."""
    spec: Mapping[str, Any] = run.assumptions.spec.words["memo"]["decision"]
    return _best(run, spec) if "options" in spec else _tested(run, spec)


def _best(run: Run, spec: Mapping[str, Any]) -> Decision:
    """The option with the largest number, and the next best; the first of two alike."""
    first, second = spec["options"][:2]
    if say.less(say.value(run, first["value"]), say.value(run, second["value"])):
        first, second = second, first
    for option in spec["options"][2:]:
        if say.less(say.value(run, first["value"]), say.value(run, option["value"])):
            first, second = option, first
        elif say.less(say.value(run, second["value"]), say.value(run, option["value"])):
            second = option
    words, label = say.words()["decision"], say.label(run, spec["number"])
    return Decision(
        first["value"],
        say.fill(run, first["text"]),
        words["best"].format(label=label, name=first["name"]),
        numbers.written(run, first["value"]),
        words["next"].format(name=second["name"]),
        numbers.written(run, second["value"]),
        first["alternative"],
    )


def _tested(run: Run, spec: Mapping[str, Any]) -> Decision:
    """The first test that fails, or the last one, passed."""
    failed = next((k for k, test in enumerate(spec["tests"]) if not _passes(run, test)), None)
    test = spec["tests"][-1 if failed is None else failed]
    against, words = test["against"], say.words()["decision"]
    shown = test.get("shown", test["number"])
    unit = numbers.found(run, shown).unit
    sense = "must" if isinstance(against, bool) else "most" if test.get("most") else "least"
    name = words[sense]
    if isinstance(against, str):
        threshold, name = numbers.written(run, against), say.label(run, against)
    elif unit == "period":  # of what must not come
        threshold = word("never")
    else:
        threshold = write(against, unit, with_unit=True)
    return Decision(
        "passes" if failed is None else test["number"],
        say.fill(run, spec["passes"] if failed is None else test["fails"]),
        say.label(run, shown),
        numbers.written(run, shown),
        name,
        threshold,
    )


def _passes(run: Run, test: Mapping[str, Any]) -> bool:
    """Whether the number of a test is at least (or, with `most`, at most) its threshold."""
    against = test["against"]
    number = float(say.value(run, test["number"]))
    threshold = float(say.value(run, against) if isinstance(against, str) else against)
    one, other = (threshold, number) if test.get("most") else (number, threshold)
    return not (math.isnan(other) or say.less(one, other))  # what is no number passes nothing


def turns(run: Run, most: int, times: float = 1.0) -> list[Turn]:
    """At most so many assumptions that move the measure of the case, the widest swing first.

    Amounts are moved so many `times` as far as the case file says: `size.factor`.
    """
    spec = run.assumptions.spec.words["memo"]["turns"]
    name, a = run.assumptions.model, run.assumptions
    case, path, now = model(name), spec["measure"], decide(run).key

    def again(record: Any) -> Run:
        return case.simulate(record).alternative(run.chosen)

    moves = {}
    for key, by in spec["moves"].items():
        x, step = getattr(a, key), by * (times if a.spec.assumptions[key].unit in size.FINER else 1)
        moves[key] = (x - step, x + step)
    rows = tornado_rows(a, moves, lambda record: float(say.value(again(record), path)))
    unit = numbers.found(run, path).unit
    found = []
    for key, *values in rows[:most]:
        at = turning_point(a, key, lambda record: decide(again(record)).key == now, HALVINGS)
        row = a.spec.assumptions[key]
        if isinstance(row.value, int) and at < getattr(a, key):
            at -= 1  # downwards the search gives the last whole number with the same answer
        low, high, low_measure, high_measure = values
        found.append(
            Turn(
                row.label,
                span(replace(row, low=low, high=high)),
                (write(low_measure, unit), write(high_measure, unit)),
                row.write(getattr(a, key)),
                "" if math.isnan(at) else write(at, row.unit, with_unit=True),
            )
        )
    return found

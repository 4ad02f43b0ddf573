"""An item with its numbers in: of the base case, or of assumptions drawn in its ranges.

A drawn setting is kept if the model's own checks hold, the item's `holds` are true, and its right
and wrong answers are as far apart as in the bank. The same seed gives the same variants.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .. import words
from ..shape import Assumption, SingleRun, Value
from . import expression, values
from .bank import Bank, Item
from .errors import TeachError, refused
from .values import Reading, Shown

#: How many settings are tried for one variant that is asked for, and at the least.
TRIES, LEAST = 20, 60


@dataclass(frozen=True)
class Wrong:
    """A wrong number, and the misconception that gives it."""

    shown: Shown
    reveals: str


@dataclass(frozen=True)
class Answer:
    """An answer to tick, written out."""

    text: str
    right: bool
    note: str


@dataclass(frozen=True)
class Posed:
    """An item written out, as a student reads it; what is not of its kind is empty.

    `setting`: the assumptions that were drawn, empty in the base case. `sequence` is in the right
    order, `places` the values by which it was found.
    """

    item: Item
    stem: str
    feedback: str
    setting: Mapping[str, Value] = field(default_factory=dict)
    shown: Shown | None = None
    wrong: tuple[Wrong, ...] = ()
    options: tuple[Answer, ...] = ()
    sequence: tuple[str, ...] = ()
    places: tuple[float, ...] = ()
    rubric: tuple[tuple[int, str], ...] = ()

    @property
    def points(self) -> int:
        """The points of an essay."""
        return sum(points for points, _ in self.rubric)


def pose(item: Item, of: Reading, setting: Mapping[str, Value] | None = None) -> Posed:
    """The item in a run; TeachError says which of its names or numbers the run does not have."""
    shown = None
    own: dict[str, str] = {}
    wrong: tuple[Wrong, ...] = ()
    if item.kind == "numeric":
        shown = values.shown(item.answer, item.unit, item.tolerance, of)
        own = {"answer": shown.text}
        wrong = tuple(
            Wrong(values.shown(d.answer, item.unit, item.tolerance, of), of.text(d.reveals, **own))
            for d in item.distractors
        )
    steps = [(step.text, expression.value(step.by, of) if step.by else 0.0)
             for step in item.sequence]  # fmt: skip
    steps.sort(key=lambda step: -step[1])  # stable: without values as it stands
    return Posed(
        item,
        of.text(item.stem),
        of.text(item.feedback, **own),
        dict(setting or {}),
        shown,
        wrong,
        tuple(Answer(of.text(o.text), o.right, of.text(o.note)) for o in item.options),
        tuple(of.text(text) for text, _ in steps),
        tuple(place for _, place in steps) if any(step.by for step in item.sequence) else (),
        tuple((mark.points, of.text(mark.given_for)) for mark in item.rubric),
    )


def why_not(posed: Posed) -> Iterator[str]:
    """Why a written-out item cannot be asked: right and wrong answers that are not apart."""
    if posed.shown is not None:
        right = posed.shown
        for i, one in enumerate(posed.wrong):
            if not right.apart(one.shown.number):
                yield words.wrong("near_right", one.shown.text, of="exam",
                                  tolerance=right.tolerance, right=right.text)  # fmt: skip
            for other in posed.wrong[:i]:
                if not right.apart(one.shown.number - other.shown.number + right.number):
                    alike = words.joined((other.shown.text, one.shown.text))
                    yield words.wrong("alike", alike, of="exam")
    texts = [option.text for option in posed.options] or list(posed.sequence)
    if len(set(texts)) < len(texts):
        yield words.wrong("same", of="exam")
    for one_place, next_place in zip(posed.places, posed.places[1:], strict=False):
        if math.isclose(one_place, next_place, rel_tol=1e-3, abs_tol=1e-6):
            yield words.wrong("same_place", of="exam", place=one_place)


def grid(spec: Assumption, low: float, high: float) -> list[Value]:
    """The values of an assumption on its steps in a range; TeachError if fewer than two."""
    if isinstance(spec.value, (str, tuple)):
        raise refused("not_drawn", spec.name)
    kind = int if isinstance(spec.value, int) else float
    first = math.ceil((low - spec.low) / spec.step - 1e-9)
    last = math.floor((high - spec.low) / spec.step + 1e-9)
    steps = [kind(round(spec.low + i * spec.step, 10)) for i in range(first, last + 1)]
    if len(steps) < 2:
        raise refused("no_steps", spec.name, step=spec.step, low=low, high=high)
    return list(steps)


def settings(item: Item, run: SingleRun[Any], n: int, seed: int) -> Iterator[dict[str, Value]]:
    """Settings of an item's ranges, no two the same and none the base case: the seed says which."""
    specs = run.assumptions.spec.assumptions
    grids: dict[str, list[Value]] = {}
    for name, (low, high) in sorted(item.ranges.items()):
        if name not in specs:
            raise refused("no_assumption", item.id, name=name)
        grids[name] = grid(specs[name], low, high)
    count = math.prod(len(steps) for steps in grids.values())
    draw = random.Random(f"{item.id} {seed}")
    for place in draw.sample(range(count), min(count, max(LEAST, TRIES * n))):
        found: dict[str, Value] = {}
        for name, steps in grids.items():
            place, at = divmod(place, len(steps))
            found[name] = steps[at]
        if any(value != getattr(run.assumptions, name) for name, value in found.items()):
            yield found


def drawn(bank: Bank, item: Item, n: int, seed: int) -> list[Posed]:
    """Up to `n` variants of an item, fewer if its ranges hold no more that make sense.

    TeachError if there is none, or if the item has no ranges.
    """
    if not item.ranges:
        raise refused("no_ranges", item.id, bank=bank.name)
    base = Reading.base(bank.model)
    found: list[Posed] = []
    tried, last = 0, ""
    for setting in settings(item, base.run, n, seed):
        if len(found) == n:
            break
        tried += 1
        try:
            found.append(_kept(item, base.moved(setting), setting))
        except TeachError as error:
            last = str(error)
    if n and not found:
        raise refused("no_sense", f"{bank.name}: {item.id}", tried=tried, last=last)
    return found


def _kept(item: Item, of: Reading, setting: Mapping[str, Value]) -> Posed:
    """The item in a drawn run; TeachError if the run or the item makes no sense there."""
    run = of.run
    for name, residual in run.checks.items():
        if not residual <= run.tolerance:
            raise refused("check", name)
    for text in item.holds:
        if not expression.truth(text, of):
            raise refused("not_true", text)
    posed = pose(item, of, setting)
    for line in why_not(posed):
        raise TeachError(line)
    return posed


def base_case(bank: Bank, item: Item) -> Posed:
    """The item with the numbers of the base case."""
    return pose(item, Reading.base(bank.model))

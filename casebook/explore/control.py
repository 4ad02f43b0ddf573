"""TODO."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..shape import Assumption, Value


@dataclass(frozen=True)
class Control:
    """What a reader can move: every value it can take, in the model's unit, and how each reads."""

    spec: Assumption
    values: tuple[Value, ...]
    texts: tuple[str, ...]
    at: int  # the place of the base case

    @classmethod
    def of(cls, spec: Assumption, base: Value) -> Control:
        if spec.choices:
            values: list[Value] = list(spec.choices)
        else:
            count = round((spec.high - spec.low) / spec.step)
            grid = (round(spec.low + i * spec.step, 10) for i in range(count + 1))
            kind = int if isinstance(base, int) else float
            # the ends and the base case are there even where the steps pass them by
            inside = {kind(x) for x in grid if x < spec.high}
            values = sorted(inside | {kind(spec.low), kind(spec.high), base})
        texts = tuple(spec.write(v) for v in values)
        return cls(spec, tuple(values), texts, values.index(base))


def within_a_sentence(label: str) -> str:
    """A label that no longer starts its line: DSCR stays DSCR."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]


def plain(value: Any) -> Any:
    """A metric as JSON has it: a missing number is null, and so is one without bound."""
    if isinstance(value, (bool, str)) or value is None:
        return value
    return value if abs(value) < float("inf") else None

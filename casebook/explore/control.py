"""What a reader can move: an assumption with every value that it can take."""

from __future__ import annotations

from dataclasses import dataclass

from ..shape import Assumption, Value


@dataclass(frozen=True)
class Control:
    """An assumption to be moved: every value it can take, in the model's unit, and how each reads.

    `at`: the place of the base case among `values`.
    """

    spec: Assumption
    values: tuple[Value, ...]
    texts: tuple[str, ...]
    at: int

    @classmethod
    def of(cls, spec: Assumption, base: Value) -> Control:
        """The control of an assumption that is `base` in the base case."""
        if spec.choices:
            values: list[Value] = list(spec.choices)
        elif isinstance(base, (str, tuple)):
            raise TypeError(f"{spec.name}: a list has no slider; a number or a choice has")
        else:
            count = round((spec.high - spec.low) / spec.step)
            grid = (round(spec.low + i * spec.step, 10) for i in range(count + 1))
            kind = int if isinstance(base, int) else float
            # the ends and the base case are there even where the steps pass them by
            inside = {kind(x) for x in grid if x < spec.high}
            values = sorted(inside | {kind(spec.low), kind(spec.high), base})
        texts = tuple(spec.write(v) for v in values)
        return cls(spec, tuple(values), texts, values.index(base))

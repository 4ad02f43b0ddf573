"""Random assumptions for any case, drawn from the ranges that its file allows."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from casebook.shape.record import Assumption, Record


def value(spec: Assumption, dice: np.random.Generator) -> Any:
    """Any value that the file allows for one assumption; one in five stands at an end."""
    if spec.choices:
        return str(dice.choice(sorted(spec.choices)))

    def at() -> float:
        return float(np.clip(dice.uniform(-0.125, 1.125), 0, 1))

    if isinstance(spec.value, tuple):
        parts = [at() for _ in spec.value]
        if spec.total is None:
            return tuple(spec.low + x * (spec.high - spec.low) for x in parts)
        parts = [max(x, 0.001) for x in parts]
        return tuple(x * spec.total / sum(parts) for x in parts)
    drawn = spec.low + at() * (spec.high - spec.low)
    return round(drawn) if isinstance(spec.value, int) else float(min(drawn, spec.high))


def records(base: Record) -> st.SearchStrategy[Record]:
    """The base record with every assumption anywhere in its range, made from one seed.

    A choice of the checker for each of forty numbers costs ten times as much as the model.
    """

    def record(seed: int) -> Record:
        dice = np.random.default_rng(seed)
        drawn = {name: value(spec, dice) for name, spec in base.spec.assumptions.items()}
        return base.replace(**drawn)

    return st.integers(0, 2**63).map(record)

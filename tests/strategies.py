"""Random assumptions for any case, drawn from the ranges that its file allows."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from casebook.shape.record import Assumption, Record


def values(spec: Assumption) -> st.SearchStrategy[Any]:
    """Any value that the file allows for one assumption."""
    if spec.choices:
        return st.sampled_from(sorted(spec.choices))
    if isinstance(spec.value, tuple) and spec.total is None:
        entry = st.floats(spec.low, spec.high, allow_subnormal=False)
        return st.tuples(*[entry] * len(spec.value))
    if isinstance(spec.value, tuple):
        shares = st.lists(st.floats(0.001, 1.0), min_size=len(spec.value), max_size=len(spec.value))
        return shares.map(lambda xs: tuple(x * spec.total / sum(xs) for x in xs))
    if isinstance(spec.value, int):
        return st.integers(int(spec.low), int(spec.high))
    return st.floats(spec.low, spec.high, allow_subnormal=False)


def records(base: Record) -> st.SearchStrategy[Record]:
    """The base record with every assumption anywhere in its range."""
    kinds = {name: values(spec) for name, spec in base.spec.assumptions.items()}
    return st.fixed_dictionaries(kinds).map(lambda changes: base.replace(**changes))

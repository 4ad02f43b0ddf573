"""A client of another size than that of the case: ranges, steps and units that fit it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from ..shape import Assumption
from .say import Run

#: A unit of money -> the next finer one, with the same number of digits to read or more.
FINER = {
    "billion": "money",
    "million": "money",
    "money": "thousand_exact",
    "amount": "thousand_exact",
    "thousand": "yuan",
    "thousand_exact": "yuan",
    "yuan": "yuan_exact",
}
#: A client is of the case's size from one part in so many to so many times; finer units are taken
#: below the other.
ALIKE, SMALL = 3.0, 20.0


def factor(run: Run, base: Run) -> float:
    """How many times as large as the client of the base case, to one digit; 1 if about as large."""
    ratio = run.largest_balance / base.largest_balance
    if not 0 < ratio < math.inf or 1 / ALIKE <= ratio <= ALIKE:
        return 1.0
    return float(f"{ratio:.0e}")


def scaled(spec: Assumption, times: float, value: Any) -> Assumption:
    """An amount with its range so many times as wide, and wide enough for `value`; others as is."""
    if spec.unit not in FINER or isinstance(value, (str, tuple)):
        return spec
    low, high = min(spec.low * times, value), max(spec.high * times, value)
    return replace(spec, low=low, high=high, step=spec.step * times)


def ranged(run: Run, times: float) -> Run:
    """The run with ranges for a client so many times as large: axes and searches follow them."""
    if times == 1:
        return run
    a = run.assumptions
    return _told(run, lambda spec: scaled(spec, times, getattr(a, spec.name)), {})


def finer(run: Run, times: float) -> Run:
    """The run in finer units of money, if its client is so many times as large and that is less."""
    if times * SMALL > 1:
        return run
    words = run.assumptions.spec.words

    def rows(table: Mapping[str, Any]) -> dict[str, Any]:
        return {k: row | {"unit": _finer(row.get("unit", "money"))} for k, row in table.items()}

    return _told(
        run,
        lambda spec: replace(spec, unit=_finer(spec.unit)),
        {
            "metrics": rows(words["metrics"]),
            "lines": rows(words["lines"]),
            "findings": {k: _finer(unit) for k, unit in words["findings"].items()},
        },
    )


def _finer(unit: str) -> str:
    """The unit below, if it is one of money."""
    return FINER.get(unit, unit)


def _told(run: Run, change: Callable[[Assumption], Assumption], words: Mapping[str, Any]) -> Run:
    """The same run, whose case file says something else of its numbers."""
    spec = run.assumptions.spec
    told = replace(
        spec,
        assumptions={name: change(row) for name, row in spec.assumptions.items()},
        words={**spec.words, **words},
    )
    return replace(run, assumptions=replace(run.assumptions, spec=told))

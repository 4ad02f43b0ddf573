"""What a memo says: its own words, numbers of the run by name, texts that fit their room.

The names of numbers are those of `casebook.numbers`, of this run.
"""

from __future__ import annotations

import math
import unicodedata
from typing import Any

from .. import numbers
from ..shape import SingleRun
from ..words import catalogue

Run = SingleRun[Any]


def words() -> dict[str, Any]:
    """The whole of data/memo.toml: not to be changed."""
    return catalogue("memo")


def value(run: Run, path: str) -> Any:
    """The number of a path in the model's unit."""
    return numbers.found(run, path).value


def label(run: Run, path: str) -> str:
    """What the number of a path is called; one of another alternative than the run's names it."""
    found = numbers.found(run, path)
    if found.source != "metrics" or "." not in path:
        return found.label
    form: str = words()["numbers"]["of"]
    side = found.side
    return form.format(label=found.label, alternative=side.alternative_labels[side.chosen])


def fill(run: Run, text: str) -> str:
    """A text of the case file with each name in braces replaced by its number."""
    return numbers.filled(text, lambda path: numbers.written(run, path))


def cut(text: object, room: int) -> str:
    """`text` on one line, without signs that no paper shows, and no wider than `room` letters.

    A Chinese sign is as wide as two letters.
    """
    plain = "".join(
        " " if c.isspace() else c
        for c in str(text)
        if c.isspace() or unicodedata.category(c) not in ("Cc", "Cs", "Co", "Cn")
    )
    plain = " ".join(plain.split())
    wide = [2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in plain]
    if sum(wide) <= room:
        return plain
    end, so_far = 0, 0
    while so_far + wide[end] < room:
        so_far += wide[end]
        end += 1
    return plain[:end].rstrip() + str(words()["cut"])


def less(one: float, other: float) -> bool:
    """Whether `one` is below `other` by more than the rounding of the machine; NaN is below all."""
    if math.isnan(one) or math.isnan(other):
        return math.isnan(one) and not math.isnan(other)
    return one < other and not math.isclose(one, other, rel_tol=1e-12, abs_tol=1e-12)

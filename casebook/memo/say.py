"""Numbers of a run by name, and texts with such names in braces.

A name is a metric (`value`), an alternative and a metric (`liquidate.value`), or `assumptions` and
a name, as in `casebook.numbers`, whose names are those of the base case. `|bare` leaves out the
unit.
"""

from __future__ import annotations

import math
import re
import tomllib
import unicodedata
from functools import cache
from typing import Any

from ..shape import SingleRun
from ..words import DATA, write

Run = SingleRun[Any]


@cache
def words() -> dict[str, Any]:
    """The whole of data/memo.toml, read once: not to be changed."""
    return tomllib.loads((DATA / "memo.toml").read_text(encoding="utf-8"))


def found(run: Run, path: str) -> tuple[Run, str, str]:
    """(run, kind, name) of a path, `kind` "metrics" or "assumptions"; KeyError for no such name."""
    *first, name = path.split(".")
    if first == ["assumptions"] and name in run.assumptions.spec.assumptions:
        return run, "assumptions", name
    side = run.alternative(first[0]) if first else run
    if len(first) > 1 or name not in side.metrics:
        raise KeyError(f"{path}: no metric or assumption of this name")
    return side, "metrics", name


def value(run: Run, path: str) -> Any:
    """The number of a path in the model's unit."""
    side, kind, name = found(run, path)
    return getattr(side.assumptions, name) if kind == "assumptions" else side.metrics[name]


def number(run: Run, path: str) -> str:
    """The number of a path as a reader sees it."""
    path, _, style = path.partition("|")
    side, kind, name = found(run, path)
    if kind == "metrics":
        return str(side.written(name, with_unit=style != "bare"))
    spec, now = side.assumptions.spec.assumptions[name], getattr(side.assumptions, name)
    if style == "bare" and not (spec.choices or isinstance(now, tuple)):
        return write(now, spec.unit, plain=True)
    return str(spec.write(now))


def label(run: Run, path: str) -> str:
    """What the number of a path is called; one of another alternative than the run's names it."""
    side, kind, name = found(run, path)
    if kind == "assumptions":
        return str(side.assumptions.spec.assumptions[name].label)
    text = str(side.assumptions.spec.words["metrics"][name]["label"])
    if "." not in path:
        return text
    form: str = words()["numbers"]["of"]
    return form.format(label=text, alternative=side.alternative_labels[side.chosen])


def unit(run: Run, path: str) -> str:
    """The unit of the number of a path."""
    side, kind, name = found(run, path)
    if kind == "assumptions":
        return str(side.assumptions.spec.assumptions[name].unit)
    return str(side.assumptions.spec.words["metrics"][name]["unit"])


def fill(run: Run, text: str) -> str:
    """A text of the case file with each name in braces replaced by its number."""
    return re.sub(r"\{([\w.|]+)\}", lambda match: number(run, match[1]), text)


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

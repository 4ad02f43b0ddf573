"""Numbers of the models by name, for the prose: `transactional.bullet.pd` is a PD, written out.

A name is a model (casebook.models) and then one of
    a metric                                  transactional.break_even_rate
    an alternative and a metric               transactional.bullet.break_even_rate
    findings and a name                       transactional.findings.peak_need
    assumptions and a name                    transactional.assumptions.leakage
    epilogue and any of these                 transactional.epilogue.bullet.shortfall
All are those of the base case, or, after `epilogue`, of what came: see `Record.realised`. A bar
and a word change how it is written: `|bare` without the unit, `|short` with the percent sign alone,
`|abs` without the sign. What does not exist is a KeyError, so a page with a wrong name is not
built. `found` and `written` do the same for a run of one's own; its names have no model.

>>> from casebook import numbers
>>> numbers.number("transactional.assumptions.principal")
'CNY 10 million'
>>> numbers.number("transactional.pd"), numbers.number("transactional.pd|bare")
('2.9%', '2.9')
>>> from casebook.cases import transactional
>>> run = transactional.simulate(transactional.assumptions().replace(principal=12.0))
>>> numbers.written(run, "assumptions.principal")
'CNY 12 million'
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from .cases import NAMES
from .models import model
from .shape import SingleRun
from .words import catalogue, joined, word, write, wrong

__all__ = [
    "STYLES",
    "Number",
    "base",
    "filled",
    "findings",
    "found",
    "keep",
    "number",
    "realised",
    "side_by_side",
    "written",
]

#: What may follow the bar.
STYLES = ("", "bare", "short", "abs")
#: The variable that names a folder with findings that `keep` wrote, and is sure of them.
KEPT = "CASEBOOK_FINDINGS"


@cache
def base(name: str) -> SingleRun[Any]:
    """The base case of a model, run once for a build; KeyError names the models there are."""
    module = model(name)
    return module.simulate(module.assumptions())


@cache
def realised(name: str) -> SingleRun[Any]:
    """The path that came, run once for a build; KeyError names the models there are."""
    module = model(name)
    return module.simulate(module.assumptions().realised())


@cache
def findings(name: str, came: bool = False) -> dict[str, float]:
    """What the model's page states, name -> number in the model's unit; once for a build.

    With `came` those of the path that came, otherwise of the base case.
    """
    if (folder := os.environ.get(KEPT)) and (file := _kept(Path(folder, name), came)).is_file():
        there: dict[str, float] = json.loads(file.read_text(encoding="utf-8"))
        return there
    return _found_out(name, came)


def keep(name: str, folder: Path) -> None:
    """Write down the findings of a model, which take seconds, for the processes of one build."""
    for came in (False, True):
        values = {key: float(value) for key, value in _found_out(name, came).items()}
        _kept(folder, came).write_text(json.dumps(values), encoding="utf-8")


def _kept(folder: Path, came: bool) -> Path:
    return folder / ("came.json" if came else "base.json")


def _found_out(name: str, came: bool) -> dict[str, float]:
    return model(name).findings(realised(name) if came else base(name))


@dataclass(frozen=True)
class Number:
    """A number of a run: its value in the model's unit, that unit, what it is called.

    `side` is the run of the alternative that it belongs to, `source` where its words stand in the
    case file ("metrics", "findings" or "assumptions"), `key` its name there.
    """

    value: Any
    unit: str
    label: str
    side: SingleRun[Any]
    source: str
    key: str

    def written(self, style: str = "") -> str:
        """The number as a reader sees it; KeyError names the styles there are."""
        if style not in STYLES:
            raise KeyError(wrong("no_style", style, list=joined(STYLES[1:])))
        value = self.value
        exact = self.source == "assumptions"  # an input is as exact as it was entered
        if exact and isinstance(value, (str, tuple)):  # not one number
            value = self.side.assumptions.spec.assumptions[self.key].write(value)
        elif self.unit == "period" and value < 0:
            return word("never")
        elif style == "abs":
            value = abs(value)
        text = write(value, self.unit, with_unit=style not in ("bare", "short"), plain=exact)
        return f"{text}%" if style == "short" else text


def found(
    r: SingleRun[Any], path: str, stated: Callable[[], Mapping[str, float]] | None = None
) -> Number:
    """The number `path` of any single run; the path is without the model, and without a style.

    `stated` gives the findings of the run where they are known already. KeyError says what is
    allowed.
    """
    words, specs = r.assumptions.spec.words, r.assumptions.spec.assumptions
    parts = path.split(".")
    side = r
    if len(parts) == 2 and parts[0] in r.alternatives:
        side, parts = r.alternative(parts[0]), parts[1:]
    match parts:
        case [key] if key in words["metrics"] and key in side.metrics:
            row = words["metrics"][key]
            return Number(side.metrics[key], row["unit"], row["label"], side, "metrics", key)
        case ["findings", key] if key in words["findings"]:
            values = stated() if stated else model(r.assumptions.model).findings(r)
            return Number(values[key], words["findings"][key], key, r, "findings", key)
        case ["assumptions", key] if key in specs:
            value, spec = getattr(r.assumptions, key), specs[key]
            return Number(value, spec.unit, spec.label, r, "assumptions", key)
    raise KeyError(
        wrong("no_number", metrics=joined(words["metrics"]), ways=joined(r.alternatives),
              findings=joined(words["findings"]))
    )  # fmt: skip


def written(r: SingleRun[Any], path: str) -> str:
    """The number `path` of any single run as a reader sees it; KeyError says what is wrong."""
    bare, _, style = path.partition("|")
    return _told(path, lambda: found(r, bare).written(style))


def number(path: str) -> str:
    """The number `path` as a reader sees it; KeyError says what is wrong with the path."""
    bare, _, style = path.strip().partition("|")
    name, _, rest = bare.partition(".")
    came = rest == "epilogue" or rest.startswith("epilogue.")
    rest = rest.removeprefix("epilogue").removeprefix(".") if came else rest

    def text() -> str:
        r = realised(name) if came else base(name)
        return found(r, rest, lambda: findings(name, came)).written(style)

    return _told(path, text)


def _told(path: str, text: Callable[[], str]) -> str:
    """The text; a KeyError names the path too."""
    try:
        return text()
    except KeyError as error:
        raise KeyError(f"{path}: {error.args[0]}") from None


def filled(text: str, of: Callable[[str], str]) -> str:
    """A text with each path in braces replaced by what `of` says of it."""
    return re.sub(r"\{([^{}]+)\}", lambda match: of(match[1]), text)


def side_by_side() -> Any:
    """A DataFrame of all cases, the rows of `[profile]` of each case file down, the cases across.

    Names in braces in an entry, such as {findings.peak_need}, are numbers of that case.
    """
    import pandas as pd

    heads = catalogue()["profile"]
    columns = {}
    for name in NAMES:
        words = base(name).assumptions.spec.words
        if missing := sorted(heads.keys() - words["profile"].keys()):
            raise KeyError(f"{name}: [profile] lacks {', '.join(missing)}")
        columns[words["profile"]["type"]] = [
            filled(words["profile"][key], partial(_of, name)) for key in heads
        ]
    table = pd.DataFrame(columns, index=list(heads.values()))
    table.columns.name = ""
    return table


def _of(name: str, path: str) -> str:
    """The number `path` of the base case of a model."""
    return number(f"{name}.{path}")


def __dir__() -> list[str]:
    """The names that a reader calls."""
    return sorted(__all__)

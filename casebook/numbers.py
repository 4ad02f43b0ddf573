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
built.

>>> from casebook import numbers
>>> numbers.number("transactional.assumptions.principal")
'CNY 10 million'
>>> numbers.number("transactional.pd"), numbers.number("transactional.pd|bare")
('2.9%', '2.9')
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from .cases import NAMES
from .models import model
from .shape import SingleRun
from .words import catalogue, word, write

__all__ = ["STYLES", "base", "findings", "number", "realised", "side_by_side"]

#: What may follow the bar.
STYLES = ("", "bare", "short", "abs")


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
    return model(name).findings(realised(name) if came else base(name))


def number(path: str) -> str:
    """The number `path` as a reader sees it; KeyError says what is wrong with the path."""
    path, _, style = path.strip().partition("|")
    if style not in STYLES:
        raise KeyError(f"{path}: no style {style!r}; allowed: {', '.join(STYLES[1:])}")
    name, *rest = path.split(".")
    came = rest[:1] == ["epilogue"]
    rest = rest[came:]
    try:
        value, unit = _found(realised(name) if came else base(name), name, rest, came)
    except KeyError as error:
        raise KeyError(f"{path}: {error.args[0]}") from None
    if unit == "period" and value < 0:
        return word("never")
    if style == "abs":
        value = abs(value)
    exact = rest[:1] == ["assumptions"]  # an input is as exact as it was entered
    text = write(value, unit, with_unit=style not in ("bare", "short"), plain=exact)
    return f"{text}%" if style == "short" else text


def _found(r: SingleRun[Any], name: str, path: list[str], came: bool) -> tuple[Any, str]:
    """(value, unit) of a path within a model's run, which is the one that `came` or the base."""
    words = r.assumptions.spec.words
    if len(path) == 2 and path[0] in r.alternatives:
        r, path = r.alternative(path[0]), path[1:]
    match path:
        case [metric] if metric in words["metrics"]:
            return r.metrics[metric], words["metrics"][metric]["unit"]
        case ["findings", key] if key in words["findings"]:
            return findings(name, came)[key], words["findings"][key]
        case ["assumptions", key] if key in r.assumptions.spec.assumptions:
            spec = r.assumptions.spec.assumptions[key]
            value = getattr(r.assumptions, key)
            whole = spec.choices or isinstance(value, tuple)  # not one number
            return spec.write(value) if whole else value, spec.unit
    raise KeyError(
        f"no such number; allowed: a metric ({', '.join(words['metrics'])}), one of "
        f"{', '.join(r.alternatives)} and a metric, findings ({', '.join(words['findings'])}), "
        "assumptions and a name, or epilogue and one of these"
    )


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
        columns[words["profile"]["type"]] = [_filled(name, words["profile"][key]) for key in heads]
    table = pd.DataFrame(columns, index=list(heads.values()))
    table.columns.name = ""
    return table


def _filled(name: str, text: str) -> str:
    """A text with the names in braces replaced by numbers of the case."""
    return re.sub(r"\{([^}]+)\}", lambda found: number(f"{name}.{found[1]}"), text)


def __dir__() -> list[str]:
    """The names that a reader calls."""
    return sorted(__all__)

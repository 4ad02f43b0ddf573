"""What the forms say: words from data/forms, numbers from the models.

A path in braces in a text is a number of a model as a reader sees it; a path as a value is the
number itself. A path is `typology.<threshold>`, or `<model>.assumptions.<name>` (an entry of a list
by its place behind one more dot), or `<model>.findings.<name>`.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from .. import numbers, typology
from ..models import model
from ..words import DATA, read

#: The chapters that have forms; exit is the fifth strategy.
STRATEGIES = ("classification", "maintenance", "early_warning", "tools", "exit")
#: A path in a text; other words in braces are names of cells, and a letter has none.
_PATH = re.compile(r"\{([a-z_]+\.[a-z_0-9.|]+)\}")


@cache
def _file(name: str, over: Path | None) -> dict[str, Any]:
    """A file of words, with those of the folder `over` laid over it."""
    book = read(DATA / "forms" / f"{name}.toml")
    other = over / f"{name}.toml" if over else None
    if other is None or not other.exists():
        return book
    return _laid(book, tomllib.loads(other.read_text(encoding="utf-8")))


def _laid(book: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    """`book` with the entries of `other` in place of its own, table by table, in its order."""
    both = [key for key, entry in other.items() if isinstance(entry, dict) and key in book]
    return book | other | {key: _laid(book[key], other[key]) for key in both}


def common(over: Path | None = None) -> dict[str, Any]:
    """The words that all forms share: units, lists, marks."""
    return _file("common", over)


def forms(strategy: str, over: Path | None = None) -> dict[str, Any]:
    """The forms of a strategy, name -> what its file says; KeyError names the strategies."""
    if strategy not in STRATEGIES:
        raise KeyError(f"no forms of {strategy!r}; allowed: {', '.join(STRATEGIES)}")
    return _file(strategy, over)


def letter(form: dict[str, Any]) -> str:
    """A letter or charter as Markdown, its numbers filled in."""
    return f"# {form['title']}\n\n{filled(form['text']).strip()}\n"


def filled(text: str) -> str:
    """`text` with the numbers of the models in place of their paths in braces."""
    return _PATH.sub(lambda found: written(found[1]), text)


def written(path: str) -> str:
    """A number as a reader sees it; KeyError for a path that leads nowhere."""
    first, _, rest = path.partition(".")
    if first == "typology":
        a = typology.assumptions()
        return a.spec.assumptions[rest].write(getattr(a, rest))
    return numbers.number(path)


def value(path: str) -> float:
    """The number itself, in the model's unit; KeyError for a path that leads nowhere."""
    first, *rest = path.split(".")
    found: Any
    match [first, *rest]:
        case ["typology", name]:
            found = typology.assumptions().values()[name]
        case [name, "assumptions", key]:
            found = model(name).assumptions().values()[key]
        case [name, "assumptions", key, place]:
            listed: Any = model(name).assumptions().values()[key]
            found = listed[int(place)]
        case [name, "findings", key]:
            found = numbers.findings(name)[key]
        case _:
            raise KeyError(f"{path}: a form can take an assumption or a finding of a model")
    return float(found)

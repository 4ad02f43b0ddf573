"""The catalogue of words that a reader sees, and how a number is written.

Everything that is not the business of one case (names of units, of buttons, of tables) stands in
`data/words.toml`; what belongs to one case stands in `data/cases/<case>.toml`. A translation
replaces those files and no code.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

__all__ = [
    "DATA",
    "SHARES",
    "catalogue",
    "counts",
    "held_label",
    "phrase",
    "scale",
    "unit_label",
    "word",
    "write",
]

_HERE = Path(__file__).parent
#: An installed wheel carries the data inside the package; a checkout has it beside the package.
DATA = _HERE / "data" if (_HERE / "data").is_dir() else _HERE.parent / "data"

#: What multiplies a share before a reader sees it in per cent, or in basis points.
SHARES = (100.0, 10000.0)


def __dir__() -> list[str]:
    return sorted(__all__)


@cache
def catalogue(name: str = "words") -> dict[str, Any]:
    """The whole of a file of words, data/<name>.toml, read once: not to be changed."""
    return tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))


def word(key: str, **values: object) -> str:
    """The phrase `key` (dotted) of the catalogue, its {placeholders} filled from `values`.

    KeyError for a key that is not there, and for a placeholder without a value.
    """
    return phrase(catalogue(), key, **values)


def phrase(words: Mapping[str, Any], key: str, /, **values: object) -> str:
    """`word` of a catalogue of one's own."""
    entry: Any = words
    for part in key.split("."):
        entry = entry[part]
    found: str = entry
    return found.format(**values)


def unit_label(unit: str) -> str:
    """How `unit` is named to a reader: "share" is "%". KeyError names the units there are."""
    label: str = _unit(unit)["label"]
    return label


def held_label(unit: str) -> str:
    """How the unit of a scaled sum is named where the model's own value stands: CNY million.

    KeyError names the units there are.
    """
    label: str = _unit(unit).get("held", unit_label("money"))
    return label


def scale(unit: str) -> float:
    """What a stored value is multiplied by before a reader sees it: 100 for a share.

    KeyError names the units there are.
    """
    factor: float = _unit(unit)["scale"]
    return factor


def write(value: Any, unit: str, *, with_unit: bool = False, plain: bool = False) -> str:
    """`value` as the reader sees it: scaled, rounded to the digits of its unit, with a true minus.

    `plain` leaves out zeros behind the point, for a number that is exact: 10, and not 10.00.

    A missing number (None or NaN) is written as a dash, a truth value as yes or no, and a string
    (the name of a choice) as itself. KeyError names the units there are.
    """
    spec = _unit(unit)
    if isinstance(value, str):
        return value
    if hasattr(value, "item"):  # a numpy scalar
        value = value.item()
    if isinstance(value, bool):
        return word("yes") if value else word("no")
    if value is None or value != value:  # NaN
        return word("missing")
    text = f"{value * spec['scale']:,.{spec['digits']}f}"
    if float(text.replace(",", "")) == 0:
        text = text.removeprefix("-")  # no "-0.00"
    if plain and "." in text:
        text = text.rstrip("0").rstrip(".")
    text = text.replace("-", "\N{MINUS SIGN}")
    if not with_unit or not spec["label"]:
        return text
    if "before" in spec:  # CNY 8.40 million
        return f"{spec['before']} {text} {spec.get('after', '')}".rstrip()
    label = spec.get("one", spec["label"]) if text == "1" else spec["label"]
    return f"{text}{'' if label.startswith('%') else ' '}{label}"


def counts(value: Any, unit: str) -> bool:
    """Whether `value` is a number that can be taken from another of its unit.

    A truth, a name, nothing and what is without bound are none, nor is a period that never comes.
    """
    if value is None or isinstance(value, (bool, str)):
        return False
    return bool(abs(value) < float("inf")) and not (unit == "period" and value < 0)


def _unit(unit: str) -> dict[str, Any]:
    """What the catalogue says of a unit."""
    units: dict[str, dict[str, Any]] = catalogue()["units"]
    if unit not in units:
        raise KeyError(f"unknown unit {unit!r}; allowed: {', '.join(units)}")
    return units[unit]

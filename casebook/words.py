"""The catalogue of words that a reader sees, and how a number is written.

Everything that is not the business of one case (names of units, of buttons, of tables) stands in
`data/words.toml`; what belongs to one case stands in `data/cases/<case>.toml`. Words of another
language stand in `data/<language>/`, file for file and key for key, and are laid over the English:
the environment's CASEBOOK_LANGUAGE says which.
"""

from __future__ import annotations

import os
import pickle
import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

__all__ = [
    "DATA",
    "LANGUAGE",
    "LANGUAGES",
    "SHARES",
    "bare",
    "carried",
    "catalogue",
    "counts",
    "held_label",
    "is_share",
    "joined",
    "known",
    "listed",
    "nearest",
    "over",
    "own",
    "phrase",
    "placed",
    "read",
    "scale",
    "spread",
    "tables",
    "unit_label",
    "within",
    "word",
    "write",
    "wrong",
]

_HERE = Path(__file__).parent
#: An installed wheel carries the data inside the package; a checkout has it beside the package.
DATA = _HERE / "data" if (_HERE / "data").is_dir() else _HERE.parent / "data"

#: The languages that there are; the words of the first one are the files themselves.
LANGUAGES = ("en", "zh")
#: The language of this process.
LANGUAGE = os.environ.get("CASEBOOK_LANGUAGE") or LANGUAGES[0]
if LANGUAGE not in LANGUAGES:
    raise ValueError(f"CASEBOOK_LANGUAGE={LANGUAGE!r}; allowed: {', '.join(LANGUAGES)}")

#: What multiplies a share before a reader sees it in per cent, or in basis points.
SHARES = (100.0, 10000.0)


def __dir__() -> list[str]:
    return sorted(__all__)


@cache
def catalogue(name: str = "words") -> dict[str, Any]:
    """The whole of a file of words, data/<name>.toml, read once: not to be changed."""
    return read(DATA / f"{name}.toml")


def read(path: Path) -> dict[str, Any]:
    """The tables of a TOML file below data, its words in the language of this process.

    OSError and tomllib.TOMLDecodeError as they come.
    """
    content = tables(path.read_text(encoding="utf-8"))
    return content if LANGUAGES[0] == LANGUAGE else over(content, path)


def own(path: Path) -> Path:
    """The file of this language that stands for a file, or a folder, below data or beside it."""
    root = DATA if path.is_relative_to(DATA) else DATA.parent
    other = root / LANGUAGE / path.relative_to(root)
    return other if LANGUAGES[0] != LANGUAGE and other.exists() else path


def tables(text: str) -> dict[str, Any]:
    """The tables of a text in TOML, a copy each time: the files of the book are read a hundredfold.

    tomllib.TOMLDecodeError, and what else tomllib raises, as it comes.
    """
    found: dict[str, Any] = pickle.loads(_parsed(text))
    return found


@lru_cache(maxsize=64)
def _parsed(text: str) -> bytes:
    return pickle.dumps(tomllib.loads(text))


def over(content: dict[str, Any], path: Path) -> dict[str, Any]:
    """The tables of the file `path` below data, with the words of this language over.

    ValueError names a key that the English file has not.
    """
    if LANGUAGES[0] == LANGUAGE or not path.is_relative_to(DATA):
        return content
    other = DATA / LANGUAGE / path.relative_to(DATA)
    if not other.is_file():
        return content
    words = tables(other.read_text(encoding="utf-8"))
    numbers = {key: words.pop(key) for key in ("units", "axes") if key in words}
    laid: dict[str, Any] = _laid(content, words, other.name)
    return laid | {key: laid[key] | table for key, table in numbers.items()}  # entries whole


def _laid(english: Any, other: Any, at: str) -> Any:
    """`english` with the texts of `other` in their places; neither is changed."""
    if isinstance(english, dict) and isinstance(other, dict):
        if unknown := other.keys() - english.keys():
            raise ValueError(f"{at}: unknown key {', '.join(sorted(unknown))}")
        return {k: _laid(v, other[k], f"{at}.{k}") if k in other else v for k, v in english.items()}
    if isinstance(english, list) and isinstance(other, list):
        if len(english) != len(other):
            raise ValueError(f"{at}: has {len(other)} entries, the English {len(english)}")
        return [_laid(one, two, at) for one, two in zip(english, other, strict=True)]
    if (isinstance(english, str) and isinstance(other, str)) or english == other:
        return other
    raise ValueError(f"{at}: {other!r} in place of {english!r}")


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


def wrong(key: str, what: object = "", /, *, of: str = "words", **values: object) -> str:
    """What is wrong with `what`: a phrase of the table [wrong] of the catalogue `of`."""
    return phrase(catalogue(of), f"wrong.{key}", what=what, **values)


def placed(*parts: str) -> str:
    """Where something is wrong, from the file on, and then what; an empty part is left out."""
    return wrong("then").join(part for part in parts if part)


def known(table: str, text: object) -> str:
    """What others say (the system, a parser), in the language of this process.

    `table` of [wrong] has their texts in the first language, letter for letter; one that is not
    there stays as it is.
    """
    said = str(text)
    if LANGUAGES[0] == LANGUAGE:
        return said
    for key, theirs in _first()["wrong"][table].items():
        form = re.escape(theirs).replace(re.escape("{what}"), "(.+)")
        if found := re.fullmatch(form, said, re.DOTALL):
            return wrong(f"{table}.{key}", *found.groups())
    return said


def joined(names: Iterable[str]) -> str:
    """Names one after the other, as a list within a sentence."""
    return word("between").join(names)


def nearest(name: str, there: Iterable[str]) -> str:
    """What of `there` may have been meant by a name that is not, or all that is allowed."""
    from ._checks import meant

    names = list(there)
    near = meant(name, names)
    if near is not None:
        return wrong("near", name=near)
    return wrong("allowed", list=joined(names))


def bare(label: str) -> str:
    """A label without what it says behind a comma or a colon: its unit, its condition."""
    return re.split("[,:，：]", label)[0]


def within(label: str) -> str:
    """A label within a sentence: English has a small letter there."""
    return label.lower() if LANGUAGES[0] == LANGUAGE else label


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


def carried(size: float, unit: str) -> float:
    """A size that the first language gives in its unit, in the unit of this one.

    CNY 0.1 million is 10 of 万元; KeyError names the units there are.
    """
    if LANGUAGES[0] == LANGUAGE:
        return size
    return size / _first_scale(unit) * scale(unit)


def is_share(unit: str) -> bool:
    """Whether values of `unit` are parts of one, read in per cent or in basis points."""
    return _first_scale(unit) in SHARES


def _first_scale(unit: str) -> float:
    _unit(unit)
    factor: float = _first()["units"][unit]["scale"]
    return factor


@cache
def _first() -> dict[str, Any]:
    """The catalogue of the first language."""
    return tomllib.loads((DATA / "words.toml").read_text(encoding="utf-8"))


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
    if with_unit and abs(value) >= spec.get("big", {}).get("above", float("inf")):
        spec = spec | spec["big"]
    digits, amount = spec["digits"], value * spec["scale"]
    if digits < 0:  # to tens, to hundreds
        amount, digits = round(amount, digits), 0
    text = f"{amount:,.{digits}f}"
    if float(text.replace(",", "")) == 0:
        text = text.removeprefix("-")  # no "-0.00"
    if plain and "." in text:
        text = text.rstrip("0").rstrip(".")
    text = text.replace("-", "\N{MINUS SIGN}")
    return _named(text, spec, text) if with_unit else text


def spread(low: str, high: str, unit: str) -> str:
    """Two written numbers as a range: 2 to 7% a year; Chinese has the sign at both ends."""
    spec = _unit(unit)
    start = f"{low}%" if spec.get("pattern") == "{}%" else low
    return _named(word("range", low=start, high=high), spec, high)


def listed(texts: Iterable[str], unit: str) -> str:
    """Several written numbers of one unit, which is named once, behind them."""
    text, spec = " · ".join(texts), _unit(unit)
    return str(spec["pattern"]).format(text) if "pattern" in spec else f"{text} {spec['label']}"


def _named(text: str, spec: Mapping[str, Any], last: str) -> str:
    if not spec["label"]:
        return text
    if "pattern" in spec:  # 840万元
        return str(spec["pattern"]).format(text)
    if "before" in spec:  # CNY 8.40 million
        return f"{spec['before']} {text} {spec.get('after', '')}".rstrip()
    label = spec.get("one", spec["label"]) if last == "1" else spec["label"]
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

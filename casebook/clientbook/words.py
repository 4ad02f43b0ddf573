"""The words of the answer, and the names of heads, units and cells: data/clientbook.toml."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

from .. import words

#: Brackets around a unit in a head, and what stands between the words of a head.
_BRACKETS = re.compile(r"[(\[{<]([^)\]}>]*)[)\]}>]")
_BETWEEN = re.compile(r"[\s_\-./:;·]+")


@cache
def catalogue() -> dict[str, Any]:
    """The whole file, read once: not to be changed."""
    return words.catalogue("clientbook")


def word(key: str, **values: object) -> str:
    """The phrase `key` (dotted), its {placeholders} filled; KeyError if it is not there."""
    return words.phrase(catalogue(), key, **values)


def plain(text: str) -> str:
    """A head as it is compared: full-width letters narrow, lower case, one blank between words."""
    return _BETWEEN.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def split(head: str) -> tuple[str, str]:
    """(name, unit) of a head such as "Limit (CNY million)", both `plain`; the unit may be empty."""
    text = unicodedata.normalize("NFKC", head)
    found = _BRACKETS.findall(text)
    return plain(_BRACKETS.sub(" ", text)), plain(found[-1]) if found else ""


@cache
def heads() -> dict[str, tuple[str, str]]:
    """Plain head -> (column, how it is meant: "heads", "since" or "not")."""
    return {
        plain(head): (name, way)
        for name, spec in catalogue()["columns"].items()
        for way in ("heads", "since", "not")
        for head in spec.get(way, ())
    }


@cache
def units(kind: str) -> dict[str, str]:
    """Plain name of a unit -> the unit, of the units for a kind of column."""
    rows: dict[str, Any] = catalogue()["units"][kind]
    return {plain(name): unit for unit, row in rows.items() for name in (unit, *row["names"])}


def factors(kind: str, unit: str) -> tuple[float, float]:
    """What a figure in this unit is multiplied by, and divided by, to be in that of the models."""
    row = catalogue()["units"][kind][unit]
    return float(row.get("multiply", 1)), float(row.get("divide", 1))


@cache
def cells(kind: str) -> frozenset[str]:
    """What a cell may say for "yes", "no", "missing" or "totals"; see `cell`."""
    return frozenset(cell(text) for text in catalogue()["cells"][kind])


def cell(text: str) -> str:
    """A cell as it is compared with words."""
    return unicodedata.normalize("NFKC", text).strip().casefold()

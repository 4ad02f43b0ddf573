"""Whether a bank is right, in the base case of its model: for who writes one.

Every path is there, every `holds` is true, no wrong number is near a right one, ranges are allowed
and on the steps of their assumptions. `found` gives all that is wrong, a line each; `own` reads a
bank from a file outside the sources, or refuses it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from ..words import nearest, wrong
from . import bank as banks
from . import expression, variants
from .bank import Bank, Item
from .errors import TeachError, refused
from .values import Reading

#: The name of a file whose bank is set as an exam: files and parts of it are named after it.
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,60}")


def own(file: Path) -> Bank:
    """A bank of one's own, from a file; TeachError says all that is wrong with it, a line each."""
    if not NAME.fullmatch(file.stem):
        raise refused("file_name", file.name)
    bank = banks.read(file)
    if lines := found(bank):
        raise TeachError("\n".join(lines))
    return bank


def found(bank: str | Path | Bank) -> list[str]:
    """All that is wrong with a bank, a line each; empty if nothing is.

    A file that has not the form has one fault, the first.
    """
    try:
        given = bank if isinstance(bank, Bank) else banks.read(bank)
    except TeachError as error:
        return [str(error)]
    base = Reading.base(given.model)
    return [f"{given.name}: {item.id}: {line}" for item in given.items
            for line in _of(item, base)]  # fmt: skip


def _of(item: Item, base: Reading) -> Iterator[str]:
    """What is wrong with an item in the base case."""
    yield from _of_ranges(item, base)
    for text in item.holds:
        try:
            if not expression.truth(text, base):
                yield wrong("not_true_in_base", text, of="exam")
        except TeachError as error:
            yield f"holds: {error}"
    try:
        yield from variants.why_not(variants.pose(item, base))
    except TeachError as error:
        yield str(error)


def _of_ranges(item: Item, base: Reading) -> Iterator[str]:
    """Ranges that the model does not allow."""
    specs = base.run.assumptions.spec.assumptions
    for name, (low, high) in item.ranges.items():
        if name not in specs:
            none = wrong("assumption", nearest(name, specs), name=repr(name))
            yield f"ranges: {none}"
        elif low < specs[name].low or high > specs[name].high:
            given = f"ranges: {name} = [{low:g}, {high:g}]"
            yield wrong("beyond", given, of="exam", low=specs[name].low, high=specs[name].high)
        else:
            try:
                variants.grid(specs[name], low, high)
            except TeachError as error:
                yield str(error)

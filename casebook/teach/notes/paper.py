"""A document before it is set: what both writers are given."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

from . import markdown
from .markdown import Block, Runs

#: A column whose texts are no longer than this is as wide as they are.
NARROW = 13


@dataclass(frozen=True)
class Paper:
    """A document: what it is, its title, who it is for, its blocks."""

    kicker: str
    title: str
    foot: str
    blocks: tuple[Block, ...]
    under: str = ""
    flipped: bool = False
    size: float = 9.8


def widths(block: Block) -> list[float]:
    """The width of each column of a table: 0 for as wide as its texts, else its share."""
    shares: list[float] = []
    for k, head in enumerate(block["head"]):
        column = [markdown.plain(row[k]) for row in [block["head"], *block["rows"]]]
        longest = max(map(len, column))
        full = max(sum(map(len, column)), len(markdown.plain(head)), 1)
        shares.append(0.0 if longest <= NARROW and not block.get("high") else math.sqrt(full))
    if block.get("shares"):
        return [float(x) for x in block["shares"]]
    if not any(shares):
        shares[0] = 1.0
    return shares


def texts(blocks: tuple[Block, ...] | list[Block]) -> Iterator[str]:
    """Every text of the blocks, those of tables and boxes too."""

    def line(said: Runs) -> str:
        return markdown.plain(said)

    for block in blocks:
        if "runs" in block:
            yield line(block["runs"])
        for key in ("title", "text"):
            if block.get(key):
                yield str(block[key])
        for row in [block.get("head", []), *block.get("rows", [])]:
            yield from (line(cell) for cell in row)
        for item in block.get("items", []):
            yield from texts(item)
        yield from texts(block.get("blocks", []))

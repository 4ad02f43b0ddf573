"""Formulas with names in braces -> formulas of a worksheet.

    {pd}        the cell named pd: of a card, or of the same line of the table
    {pd*}       the whole column pd of the table
    {pd^}       the cell one line above
    {'yes}      a word of the forms, in quotes
    {card.pd}   the cell or whole column pd of another sheet
A formula shows nothing while a cell that it needs is empty, unless that cell may stay so.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_NAME = re.compile(r"\{([^}]+)\}")


def formula(text: str, where: Callable[[str], str], word: Callable[[str], str]) -> str:
    """`text` as a worksheet formula. where: name -> address; word: name -> phrase."""

    def put(found: re.Match[str]) -> str:
        name = found[1]
        if name.startswith("'"):
            return '"' + word(name[1:]).replace('"', '""') + '"'
        return where(name)

    return _NAME.sub(put, text)


def cells(text: str) -> list[str]:
    """The names of single cells of its own sheet that a formula needs, each once."""
    found = [name for name in _NAME.findall(text) if name[0] != "'" and name[-1] not in "*^"]
    return list(dict.fromkeys(name for name in found if "." not in name))


def guarded(text: str, needed: list[str]) -> str:
    """The formula `text`, which shows nothing while one of the `needed` addresses is empty."""
    if not needed:
        return f"={text}"
    empty = ",".join(f'{address}=""' for address in needed)
    return f'=IF(OR({empty}),"",{text})'

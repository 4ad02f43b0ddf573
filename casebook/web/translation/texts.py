"""A file of words in two languages: which texts still lack their Chinese."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from typing import Any

#: Keys whose values name things of the program, in every file.
KEPT = frozenset({
    "unit", "symbol", "case", "id", "figure", "figures", "answer_of", "view", "of", "path",
    "paths", "url", "doi", "key", "keys", "kind", "model", "file", "vote", "setting",
    "alternative", "identity", "lines", "from", "by_key", "column", "columns", "page", "pages",
    "without",
})  # fmt: skip
_WORDS = re.compile(r"[A-Za-z]{2,}[^\W\d_]*[ ,.;:?!]+(?:\S+ )*[A-Za-z{]")


def fields(text: str) -> set[str]:
    """The placeholders of a text, with how they are written."""
    try:
        return {
            f"{{{name}{'!' + c if c else ''}{':' + spec if spec else ''}}}"
            for _, name, spec, c in string.Formatter().parse(text)
            if name is not None
        }
    except ValueError:  # a brace that opens nothing: mathematics
        return set()


def differences(english: Any, other: Any, at: str = "", key: str = "") -> Iterator[str]:
    """What the overlay has wrong: unknown keys, numbers, other placeholders; texts not there."""
    if isinstance(english, dict):
        if other is not None and not isinstance(other, dict):
            yield f"{at}: must be a table"
            return
        for k in other or {}:
            if k not in english:
                yield f"{at}.{k}: the English file has no such key".lstrip(".")
        for k, value in english.items():
            yield from differences(value, (other or {}).get(k), f"{at}.{k}".lstrip("."), k)
    elif isinstance(english, list):
        if other is None:
            if any(_read(x, key) for x in _texts(english)):
                yield f"{at}: not translated"
            return
        if not isinstance(other, list) or len(other) != len(english):
            yield f"{at}: must be a list of {len(english)}"
            return
        for n, (one, two) in enumerate(zip(english, other, strict=True)):
            yield from differences(one, two, f"{at}[{n}]", key)
    elif isinstance(english, str):
        if other is None:
            if _read(english, key):
                yield f"{at}: not translated"
        elif not isinstance(other, str):
            yield f"{at}: must be text"
        elif fields(english) != fields(other):
            here, there = sorted(fields(other)), sorted(fields(english))
            yield f"{at}: placeholders {here}, in English {there}"
    elif other is not None and other != english:
        yield f"{at}: a number or truth cannot differ"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for x in value:
            yield from _texts(x)


def _read(text: str, key: str) -> bool:
    """Whether a reader sees the text: it has words, and its key names nothing of the program."""
    return key not in KEPT and bool(_WORDS.search(text))

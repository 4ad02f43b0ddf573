"""A file of words in two languages: which texts still lack their Chinese."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from typing import Any

#: Keys whose values name things of the program, in every file.
KEPT = frozenset({
    "alternative", "by_key", "case", "column", "columns", "doi", "figure", "figures", "file",
    "from", "id", "identity", "key", "keys", "kind", "lines", "model", "page", "pages", "path",
    "paths", "setting", "symbol", "unit", "url", "view", "vote", "without",
})  # fmt: skip
#: The same in files whose names begin so: formulas, conditions, names of others, what is read and
#: not written, the voice of the lectures.
KEPT_IN = {
    "data/cases/": {"against", "measure", "number", "numbers", "value"},
    "data/clientbook": {"cells", "heads", "not", "since", "totals"},
    "data/forms/": {"example", "value", "values"},
    "data/glossary": {"also", "includes"},
    "data/lectures": {"manifest", "spoken"},
    "data/licences": {"files", "holder", "home", "text", "version"},
    "data/plans": {"objectives"},
    "data/search": {"spelling", "stop"},
    "data/teaching/": {"answer", "by", "holds"},
    "data/votes": {"holds"},
}
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


def kept(name: str) -> frozenset[str]:
    """The keys of a file whose values no reader sees."""
    return KEPT.union(*(keys for start, keys in KEPT_IN.items() if name.startswith(start)))


def differences(
    english: Any, other: Any, left: frozenset[str] = KEPT, at: str = ""
) -> Iterator[str]:
    """What the overlay has wrong: unknown keys, numbers, other placeholders; texts not there.

    `left` are the keys whose values no reader sees.
    """
    if isinstance(english, dict):
        if other is not None and not isinstance(other, dict):
            yield f"{at}: must be a table"
            return
        for k in other or {}:
            if k not in english:
                yield f"{at}.{k}: the English file has no such key".lstrip(".")
        for k, value in english.items():
            if not is_left(k, value, left):
                place = f"{at}.{k}".lstrip(".")
                yield from differences(value, (other or {}).get(k), left, place)
    elif isinstance(english, list):
        if other is None:
            if any(is_read(x) for x in _texts(english)):
                yield f"{at}: not translated"
            return
        if not isinstance(other, list) or len(other) != len(english):
            yield f"{at}: must be a list of {len(english)}"
            return
        for n, (one, two) in enumerate(zip(english, other, strict=True)):
            yield from differences(one, two, left, f"{at}[{n}]")
    elif isinstance(english, str):
        if other is None:
            if is_read(english):
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


def is_left(key: str, value: Any, left: frozenset[str]) -> bool:
    """Whether a value is none of a reader's business.

    Tables are looked into where only the common names (KEPT) would leave them out.
    """
    rows = value if isinstance(value, list) else [value]
    return key in left and not (key in KEPT and any(isinstance(x, dict) for x in rows))


def is_read(text: str) -> bool:
    """Whether a text has words that a reader sees."""
    return bool(_WORDS.search(text))

"""Stored outputs of a notebook with one digit changed: a check that misses one is no check."""

from __future__ import annotations

import copy
import re
from typing import Any

SVG = re.compile(r"<svg[\s\S]*?</svg>")
#: A digit of a number, not of a name or of an address in memory.
DIGIT = re.compile(r"(?<![\w#])\d")


def changed(text: str) -> str:
    """`text` with another first digit, pictures aside (they are not compared)."""
    hidden = SVG.sub(lambda m: " " * len(m[0]), text)
    if not (found := DIGIT.search(hidden)):
        return text
    at = found.start()
    return text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :]


def others(output: Any) -> list[Any]:
    """Copies of `output`, each with one digit changed in one of the texts that it stores."""
    kinds = ["text/html", "text/plain"] if "data" in output else ["text"]
    found = []
    for kind in kinds:
        other = copy.deepcopy(output)
        texts = other.get("data", other)
        if kind in texts and (text := changed(texts[kind])) != texts[kind]:
            texts[kind] = text
            found.append(other)
    return found

"""Stored outputs of a notebook with one digit changed: a check that misses one is no check."""

from __future__ import annotations

import copy
import re
from typing import Any

SVG = re.compile(r"<svg[\s\S]*?</svg>")
#: What a picture says: its message, and the texts in it.
SAID = re.compile(r'(?<=aria-label=")[^"]*(?=")|(?<=>)[^<]*(?=</text>)')
#: A digit of a number, not of a name or of an address in memory.
DIGIT = re.compile(r"(?<![\w#])\d")


def changed(text: str) -> str:
    """`text` with another first digit; of a picture what it says counts, not how it is drawn."""
    hidden = SVG.sub(lambda m: _said(m[0]), text)
    if not (found := DIGIT.search(hidden)):
        return text
    at = found.start()
    return text[:at] + str((int(text[at]) + 1) % 10) + text[at + 1 :]


def _said(picture: str) -> str:
    """A picture with blanks in place of all that is no text."""
    parts, at = [], 0
    for part in SAID.finditer(picture):
        parts += [" " * (part.start() - at), part[0]]
        at = part.end()
    return "".join([*parts, " " * (len(picture) - at)])


def others(output: Any) -> list[Any]:
    """Copies of `output`, each with one digit changed in one of the texts that it stores."""
    kinds = ["text/html", "text/plain", "image/svg+xml"] if "data" in output else ["text"]
    found = []
    for kind in kinds:
        other = copy.deepcopy(output)
        texts = other.get("data", other)
        if kind in texts and (text := changed(texts[kind])) != texts[kind]:
            texts[kind] = text
            found.append(other)
    return found

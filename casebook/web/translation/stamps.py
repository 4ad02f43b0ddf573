"""What the Chinese was made from: zh/translated.toml has a checksum of each English passage.

A passage is a section of a page, a text cell of a notebook, or the texts of a table of a catalogue.
When it changes the stamp is stale until somebody has looked at the Chinese and set it anew:

    python -m casebook.web.translation stamp book/cases/problem
"""

from __future__ import annotations

import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from ... import _whole
from ..build.trace import REPOSITORY
from . import texts

FILE = REPOSITORY / "zh" / "translated.toml"
_HEAD = "# Checksums of the English passages that the Chinese was made from; see stamps.py.\n"
_SECTION = re.compile(r"^(?=#{1,6} )", re.MULTILINE)


def passages(name: str) -> dict[str, str]:
    """The English of one part by passage: book/…, data/… or notebooks/…, without its ending."""
    path = REPOSITORY / name
    if name.startswith("notebooks/"):
        cells = json.loads(path.with_suffix(".ipynb").read_text(encoding="utf-8"))["cells"]
        return {c["id"]: "".join(c["source"]) for c in cells if c["cell_type"] == "markdown"}
    if (page := path.with_suffix(".md")).is_file():
        parts = _SECTION.split(page.read_text(encoding="utf-8"))
        return {str(k): part for k, part in enumerate(parts)}
    content = tomllib.loads(path.with_suffix(".toml").read_text(encoding="utf-8"))
    return dict(_tables(content, texts.kept(name)))


def _tables(content: dict[str, Any], left: frozenset[str]) -> Iterator[tuple[str, str]]:
    """The texts of each table of the first two floors."""
    for key, value in content.items():
        below = value if isinstance(value, dict) else {}
        inner = {k: v for k, v in below.items()
                 if isinstance(v, (dict, list)) and not texts.is_left(k, v, left)}  # fmt: skip
        for k, v in inner.items():
            if said := "\n".join(_texts(v, left)):
                yield f"{key}.{k}", said
        rest = {k: v for k, v in below.items() if k not in inner} if below else value
        if not texts.is_left(key, rest, left) and (said := "\n".join(_texts(rest, left))):
            yield key, said


def _texts(value: Any, left: frozenset[str]) -> Iterator[str]:
    """What of a value a reader sees."""
    if isinstance(value, dict):
        for k, v in value.items():
            if not texts.is_left(k, v, left):
                yield from _texts(v, left)
    elif isinstance(value, list):
        for v in value:
            yield from _texts(v, left)
    elif isinstance(value, str):
        yield value


def checksum(text: str) -> str:
    """The stamp of a passage: blanks at its ends do not count."""
    return hashlib.blake2b(text.strip().encode(), digest_size=5).hexdigest()


def stamped() -> dict[str, dict[str, str]]:
    """Part -> passage -> the checksum it had when its Chinese was last looked at."""
    return _parsed(FILE.read_text(encoding="utf-8")) if FILE.is_file() else {}


@lru_cache(1)
def _parsed(text: str) -> dict[str, dict[str, str]]:
    return tomllib.loads(text)  # each part asks for it


def stale(name: str) -> list[str]:
    """The passages of a part that are not as they were, and those that are gone."""
    before, now = stamped().get(name, {}), passages(name)
    changed = [k for k, text in now.items() if before.get(k) != checksum(text)]
    return changed + [k for k in before if k not in now]


def stamp(names: Iterable[str]) -> None:
    """Set the stamps of these parts to what the English is now."""
    kept = stamped() | {name: {k: checksum(t) for k, t in passages(name).items()} for name in names}
    lines = [_HEAD]
    for name, passage in sorted(kept.items()):
        pairs = "\n".join(f'"{k}" = "{v}"' for k, v in passage.items())
        lines.append(f'["{name}"]\n{pairs}\n')
    _whole.write(FILE, "\n".join(lines).encode())

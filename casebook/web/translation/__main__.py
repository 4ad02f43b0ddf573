"""Say what is wrong with the Chinese edition, or with the parts of it that are named.

python -m casebook.web.translation book/cases/problem data/cases/problem notebooks/case_problem
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from . import cells, marks, parity, texts

ROOT = Path(__file__).resolve().parents[3]


def wrong(name: str) -> Iterator[str]:
    """What is wrong with one part: book/…, data/… or notebooks/…, without its ending."""
    if name.startswith("data/") and not (ROOT / f"{name}.md").is_file():
        yield from _file(name)
    elif name.startswith("notebooks/"):
        yield from _notebook(name)
    else:
        other = (
            ROOT
            / ("zh" if name.startswith("book/") else "data/zh")
            / f"{name.removeprefix('data/')}.md"
        )
        if not other.is_file():
            yield "there is no such page"
            return
        text = other.read_text("utf-8")
        yield from parity.differences((ROOT / f"{name}.md").read_text("utf-8"), text)
        yield from marks.wrong(text)


def _file(name: str) -> Iterator[str]:
    english = tomllib.loads((ROOT / f"{name}.toml").read_text("utf-8"))
    path = ROOT / "data" / "zh" / f"{name.removeprefix('data/')}.toml"
    other = tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
    yield from texts.differences(english, other)
    for at, text in _leaves(other):
        yield from (f"{at}: {said.partition(': ')[2]}" for said in marks.wrong(text))


def _notebook(name: str) -> Iterator[str]:
    path = ROOT / "zh" / f"{name}.toml"
    if not path.is_file():
        yield "there is no such notebook"
        return
    other = tomllib.loads(path.read_text("utf-8"))
    yield from cells.differences(json.loads((ROOT / f"{name}.ipynb").read_text("utf-8")), other)
    for cell, text in other.get("markdown", {}).items():
        yield from (f"{cell}: {said}" for said in marks.wrong(text))


def _leaves(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, dict):
        for k, v in value.items():
            yield from _leaves(v, f"{at}.{k}".lstrip("."))
    elif isinstance(value, list):
        for n, v in enumerate(value):
            yield from _leaves(v, f"{at}[{n}]")


if __name__ == "__main__":
    found = [f"{name}: {said}" for name in sys.argv[1:] for said in wrong(name)]
    print("\n".join(found) or "nothing is wrong")
    sys.exit(bool(found))

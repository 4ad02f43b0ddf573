"""The parts of the Chinese edition by name, and all that is wrong with one: `names`, `wrong`."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ..build.trace import REPOSITORY
from . import cells, marks, parity, stamps, texts

HERE = REPOSITORY / "zh"
WORDS = REPOSITORY / "data" / "zh"
#: Catalogues without a word that a reader of the book sees: times of lectures, and no more.
_NONE = ("data/lectures/", "data/zh/")


@cache
def _left() -> tuple[str, ...]:
    """The pages that the edition does not have: with a folder's first page, all of the folder."""
    without = yaml.safe_load((HERE / "_config.yml").read_text("utf-8"))["contents"]["without"]
    return tuple(page.removesuffix("index") for page in without)


def names() -> list[str]:
    """Every part that the edition must have: pages, notebooks, catalogues, teaching notes."""
    found = [*_stems("book", ".md"), *_stems("notebooks", ".ipynb"), *_stems("data", ".toml"),
             *_stems("data/teaching/notes", ".md")]  # fmt: skip
    return [name for name in found if not name.startswith((*_left(), *_NONE))]


def _stems(folder: str, suffix: str) -> list[str]:
    paths = sorted((REPOSITORY / folder).rglob(f"*{suffix}"))
    return [path.relative_to(REPOSITORY).with_suffix("").as_posix() for path in paths]


def wrong(name: str) -> Iterator[str]:
    """What is wrong with a part: book/…, data/… or notebooks/…, without its ending."""
    if stale := stamps.stale(name):
        yield f"stale, the English has changed: {', '.join(stale)}"
    if name.startswith("notebooks/"):
        yield from _notebook(name)
    elif (REPOSITORY / f"{name}.md").is_file():
        yield from _page(name)
    else:
        yield from _file(name)


def _page(name: str) -> Iterator[str]:
    english = (REPOSITORY / f"{name}.md").read_text("utf-8")
    place = HERE / name if name.startswith("book/") else WORDS / name.removeprefix("data/")
    path = place.with_suffix(".md")
    if not path.is_file():
        yield "there is no such page"
        return
    text = path.read_text("utf-8")
    yield from parity.differences(english, text)
    yield from marks.wrong(text)


def _file(name: str) -> Iterator[str]:
    english = tomllib.loads((REPOSITORY / f"{name}.toml").read_text("utf-8"))
    path = (WORDS / name.removeprefix("data/")).with_suffix(".toml")
    other = tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}
    for numbers in ("units", "axes"):  # another scale, whole
        english.pop(numbers, None)
        other.pop(numbers, None)
    yield from texts.differences(english, other, texts.kept(name))
    for at, text in _leaves(other):
        for said in marks.wrong(text, page=False):
            yield f"{at}: {said.partition(': ')[2]}"


def _notebook(name: str) -> Iterator[str]:
    path = HERE / f"{name}.toml"
    if not path.is_file():
        yield "there is no such notebook"
        return
    words = tomllib.loads(path.read_text("utf-8"))
    english = json.loads((REPOSITORY / f"{name}.ipynb").read_text("utf-8"))
    yield from cells.differences(english, words)
    for cell, text in words.get("markdown", {}).items():
        yield from (f"{cell}: {said}" for said in marks.wrong(text))
    stored = Path(HERE, f"{name}.ipynb")
    there = json.loads(stored.read_text("utf-8"))["cells"] if stored.is_file() else []
    code = ["".join(cell["source"]) for cell in there if cell["cell_type"] == "code"]
    if not code or not code[0].startswith(cells.SETTING):
        yield "the notebook does not say its language"
    for cell in there:
        source = "".join(cell["source"]).removeprefix(cells.SETTING)
        known = words.get(cell["cell_type"], {}).get(cell["id"])
        if known is not None and known.strip("\n") != source:
            yield f"{cell['id']}: the notebook was not made again from its words"


def _leaves(value: Any, at: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield at, value
    elif isinstance(value, dict):
        for k, v in value.items():
            yield from _leaves(v, f"{at}.{k}".lstrip("."))
    elif isinstance(value, list):
        for n, v in enumerate(value):
            yield from _leaves(v, f"{at}[{n}]")

"""A teaching note as it is read: head and sections, with the numbers of the model written out.

The file starts with a head in TOML between two lines of three plus signs; Markdown follows, a
section under each heading. A name in braces is a number of the base case, as in
casebook.numbers, without the model; after a setting and a bar it is that of a moved one:

    {advantage}    {epilogue.failed.value}    {success_chance=0.4,stop_months=9|advantage|abs}
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ...cases import NAMES
from ...explore import setting as settings
from ...numbers import filled, number, written
from ...words import DATA, own
from ...words import read as toml

#: Where the notes stand, and the banks of questions whose objectives they take.
FOLDER = DATA / "teaching" / "notes"
BANKS = DATA / "teaching"
_FENCE = "+++\n"
#: What a head must have.
KEYS = (
    "case", "marker", "serves", "prerequisites", "vote", "plan45", "plan90", "board",
    "moves", "slides", "rubric", "cut", "roles", "exhibits", "terms", "tree",
)  # fmt: skip


class NoteError(ValueError):
    """A note cannot be read or written: the message says what is wrong and what is allowed."""


@dataclass(frozen=True)
class Note:
    """A note: its head, and its sections of Markdown by their heading."""

    case: str
    head: Mapping[str, Any]
    sections: Mapping[str, str]


@cache
def words() -> Mapping[str, Any]:
    """The words that all notes share."""
    return toml(FOLDER / "words.toml")


def read(case: str) -> Note:
    """The note of a case, its numbers written out; NoteError says what is wrong with it."""
    if case not in NAMES:
        raise NoteError(f"no case {case!r}; allowed: {', '.join(NAMES)}")
    path = own(FOLDER / f"{case}.md")
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise NoteError(f"{path.name}: cannot be read ({error.strerror})") from None
    return parsed(case, text)


def parsed(case: str, text: str) -> Note:
    """A note from its text; errors as `read`."""
    parts = text.split(_FENCE)
    if len(parts) != 3 or parts[0]:
        raise NoteError(f"{case}: a note starts with a head between two lines of three plus signs")
    try:
        head = tomllib.loads(parts[1])
    except tomllib.TOMLDecodeError as error:
        raise NoteError(f"{case}: its head is no TOML ({error})") from None
    if missing := [key for key in KEYS if key not in head]:
        raise NoteError(f"{case}: the head lacks {', '.join(missing)}")
    if head["case"] != case:
        raise NoteError(f"{case}: the head says case = {head['case']!r}")
    try:
        head = _filled(case, head | _objectives(case, head))
        body = filled(parts[2], lambda path: told(case, path))
    except KeyError as error:
        raise NoteError(f"{case}: {error.args[0]}") from None
    sections = re.split(r"^## (.+)\n", body, flags=re.MULTILINE)[1:]
    found = {
        name.strip(): part.strip() for name, part in zip(sections[::2], sections[1::2], strict=True)
    }
    return Note(case, head, found)


def _objectives(case: str, head: Mapping[str, Any]) -> dict[str, Any]:
    """The objectives: those of the bank of questions, or while there is none those of the head."""
    bank = BANKS / f"{case}.toml"
    if bank.is_file():
        held = toml(bank)["objectives"]
    elif "objectives" in head:
        held = head["objectives"]
    else:
        raise NoteError(f"{case}: no objectives: write data/teaching/{case}.toml")
    if held.keys() != head["serves"].keys():
        raise NoteError(f"{case}: serves names {', '.join(head['serves'])}; the objectives are "
                        f"{', '.join(held)}")  # fmt: skip
    return {"objectives": held}


def _filled(case: str, part: Any) -> Any:
    """A part of a head with the numbers in all its texts written out."""
    if isinstance(part, str):
        return filled(part, lambda path: told(case, path))
    if isinstance(part, list):
        return [_filled(case, x) for x in part]
    if isinstance(part, dict):
        return {key: _filled(case, x) for key, x in part.items()}
    return part


def told(case: str, path: str) -> str:
    """A number of the case as a reader sees it; KeyError says what is wrong with its name."""
    setting, bar, rest = path.partition("|")
    if "=" not in setting:
        return number(f"{case}.{path}")
    if not bar:
        raise KeyError(f"{path}: names no number; say setting|name")
    return written(settings.run(case, setting), rest)


def vote(case: str) -> dict[str, Any]:
    """The question that the class votes on, as the page of the vote puts it."""
    held = toml(DATA / "votes.toml")
    return next(row for row in held["questions"] if row["id"] == case)


def book() -> Path:
    """The folder of the pages; NoteError if there is none, as in an installed package."""
    folder = own(DATA.parent / "book")
    if not folder.is_dir() or not FOLDER.is_dir():
        raise NoteError("notes are made from a checkout of the book: its pages are not here")
    return folder

"""Files that a reader gives: read within bounds, so that nothing hangs; TOML with one error."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from functools import lru_cache
from pathlib import Path
from typing import Any

from .words import known, tables, wrong

#: Bytes of a text file: several times the largest of the book. What is read here is parsed in
#: Python, a second for half a million of these.
LARGEST = 500_000
#: Bytes of a workbook, and of what it unpacks to.
LARGEST_WORKBOOK = 20_000_000
#: Letters of a value, a key or a path in a message.
SHOWN = 80
#: Parts of a dotted key: a parser's work grows with their square.
DOTTED = 20
_PART = r"""(?:[\w-]++|"[^"\n]*+"|'[^'\n]*+')"""
#: Where a parser of TOML ends what it says.
_AT = re.compile(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", re.DOTALL)
_DOTTED = re.compile(rf"(?<![\w\"'-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{DOTTED}}}")


class UnreadableError(ValueError):
    """Why a file cannot be had, after its name: a reader's module makes it an error of its own.

    `other`: it can be had and is of another form. `bare`: why, without the place, which is `line`
    and `column`, and without what is allowed there.
    """

    def __init__(
        self, why: str, *, bare: str = "", other: bool = False, line: int = 0, column: int = 0
    ) -> None:
        super().__init__(why)
        self.bare, self.other, self.line, self.column = bare or why, other, line, column


def shown(value: object) -> str:
    """A value as a message quotes it: its beginning if it is long, of a path its end."""
    try:
        if isinstance(value, Path):
            path = str(value)
            return path if len(path) <= SHOWN else f"…{path[-SHOWN:]}"
        text = repr(value)
    except (ValueError, RecursionError):  # a whole number of thousands of digits
        return wrong("digits" if isinstance(value, int) else "value")
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def place(path: object) -> Path:
    """A path as it was given, if it is one: text without NUL, or a Path. UnreadableError else."""
    if not isinstance(path, (str, os.PathLike)) or not isinstance(os.fspath(path), str):
        raise UnreadableError(wrong("not_path", shown(path)))
    if "\0" in os.fspath(path):
        raise UnreadableError(wrong("nul", shown(path)))
    return Path(path)


def content(path: object, largest: int = LARGEST) -> bytes:
    """The bytes of a file; UnreadableError names it and says why not.

    It is no path, no file (a pipe would be waited for), or too large.
    """
    file = place(path)
    try:
        return _content(file, largest)
    except UnreadableError as error:
        raise UnreadableError(f"{shown(file)}: {error}", bare=str(error)) from None


def _content(path: Path, largest: int) -> bytes:
    """The same; the error says only what is wrong."""
    try:
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            raise UnreadableError(wrong("unread", why=wrong("system.folder")))
        if not stat.S_ISREG(about.st_mode):
            raise UnreadableError(wrong("unread", why=wrong("pipe")))
        if about.st_size > largest:
            raise UnreadableError(wrong("bytes", size=about.st_size, most=largest))
        return path.read_bytes()
    except OSError as error:
        raise UnreadableError(wrong("unread", why=known("system", error.strerror))) from None


def utf8(data: bytes) -> str:
    """Text in UTF-8, with a mark (Windows) or without; UnreadableError has the byte that is not."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        byte, at = error.object[error.start], error.start
        raise UnreadableError(wrong("utf8", byte=byte, at=at), other=True) from None


def toml(text: str) -> dict[str, Any]:
    """The tables of a text in TOML; UnreadableError says where it is none, or is out of bounds."""
    if len(text) > LARGEST:
        raise UnreadableError(wrong("letters", size=len(text), most=LARGEST))
    if long := _long(text):
        bare = wrong("not_read", why=wrong("many_parts"))
        line = text.count("\n", 0, long.start()) + 1
        why = wrong("parts_at", bare, line=line, most=DOTTED)
        raise UnreadableError(why, bare=bare, other=True, line=line)
    try:
        return tables(text)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(str(error)) from None
    except RecursionError:
        raise UnreadableError(wrong("not_read", why=wrong("deep")), other=True) from None
    except ValueError:  # Python's limit for the digits of a whole number
        raise UnreadableError(wrong("not_read", why=wrong("digits")), other=True) from None


@lru_cache(maxsize=64)
def _long(text: str) -> re.Match[str] | None:
    """A key of too many parts."""
    return _DOTTED.search(text)


def _not_toml(text: str) -> UnreadableError:
    """The error of what a parser says of a text, and where."""
    found = _AT.fullmatch(text)
    bare = wrong("not_toml", why=known("toml", found[1] if found else text))
    if found is None or found[2] is None:
        return UnreadableError(wrong("at_end", bare) if found else bare, bare=bare, other=True)
    line, column = int(found[2]), int(found[3])
    why = wrong("at_place", bare, line=line, column=column)
    return UnreadableError(why, bare=bare, other=True, line=line, column=column)

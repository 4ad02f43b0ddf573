"""Files that a reader gives: read within bounds, so that nothing hangs; TOML with one error."""

from __future__ import annotations

import os
import re
import stat
import tomllib
from pathlib import Path
from typing import Any

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
_DOTTED = re.compile(rf"(?<![\w\"'-]){_PART}(?:[ \t]*+\.[ \t]*+{_PART}){{{DOTTED}}}")


class UnreadableError(ValueError):
    """Why a file cannot be had, after its name: a reader's module makes it an error of its own."""


def shown(value: object) -> str:
    """A value as a message quotes it: its beginning if it is long, of a path its end."""
    try:
        if isinstance(value, Path):
            path = str(value)
            return path if len(path) <= SHOWN else f"…{path[-SHOWN:]}"
        text = repr(value)
    except (ValueError, RecursionError):  # a whole number of thousands of digits
        return "a number with too many digits" if isinstance(value, int) else "a value"
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def place(path: object) -> Path:
    """A path as it was given, if it is one: text without NUL, or a Path. UnreadableError else."""
    if not isinstance(path, (str, os.PathLike)) or not isinstance(os.fspath(path), str):
        raise UnreadableError(f"{shown(path)} is not a path; text in quotes or a Path is")
    if "\0" in os.fspath(path):
        raise UnreadableError(f"{shown(path)} is not a path; text without the letter NUL is")
    return Path(path)


def content(path: object, largest: int = LARGEST) -> bytes:
    """The bytes of a file; UnreadableError names it and says why not.

    It is no path, no file (a pipe would be waited for), or too large.
    """
    file = place(path)
    try:
        return _content(file, largest)
    except UnreadableError as error:
        raise UnreadableError(f"{shown(file)}: {error}") from None


def _content(path: Path, largest: int) -> bytes:
    """The same; the error says only what is wrong."""
    try:
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            raise UnreadableError("cannot be read (Is a directory)")
        if not stat.S_ISREG(about.st_mode):
            raise UnreadableError("cannot be read (a pipe or a device; a file is allowed)")
        if about.st_size > largest:
            raise UnreadableError(
                f"has {about.st_size:,} bytes; at most {largest:,} are allowed for such a file"
            )
        return path.read_bytes()
    except OSError as error:
        raise UnreadableError(f"cannot be read ({error.strerror})") from None


def utf8(data: bytes) -> str:
    """Text in UTF-8, with a mark (Windows) or without; UnreadableError has the byte that is not."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableError(
            f"not UTF-8 (byte {error.object[error.start]:#04x} at position {error.start}); "
            "save the file as UTF-8"
        ) from None


def toml(text: str) -> dict[str, Any]:
    """The tables of a text in TOML; UnreadableError says where it is none, or is out of bounds."""
    if len(text) > LARGEST:
        raise UnreadableError(f"has {len(text):,} letters; at most {LARGEST:,} are allowed")
    if long := _DOTTED.search(text):
        line = text.count("\n", 0, long.start()) + 1
        raise UnreadableError(
            f"not TOML that is read here: a key of many parts (at line {line}); at most {DOTTED} "
            "parts are allowed"
        )
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UnreadableError(f"not TOML: {error}") from None
    except RecursionError:
        raise UnreadableError("not TOML that is read here: lists within too many lists") from None
    except ValueError:  # Python's limit for the digits of a whole number
        raise UnreadableError("not TOML that is read here: a number with too many digits") from None

"""What a part of the build reads, noted while it reads it: so it is made again when that changed.

    read = begin()          from now on, in this process
    note(path, …)           what another program reads (Node, pip) and Python cannot see
    state(read)             name -> checksum, to be kept and compared

Python tells every file that it opens and every folder that it lists (audit events). Byte code
counts as its source. Only what stands in the repository is noted; the versions of all installed
packages are one entry for themselves.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[3]
#: The repository as the edition in this process's language sees it: see language.py.
ROOT = Path(os.environ.get("CASEBOOK_ROOT") or REPOSITORY)
#: In the repository, but none of the sources of a part. Made parts count: one is made from another.
#: What starts the parts has been loaded before: a part that is made by it says so.
_LEFT = (".git/", ".venv/", "_build/tmp/", "_build/marks/", "_build/html/", "_build/next/",
         "casebook/web/build/", "casebook/web/lite/build.py")  # fmt: skip
_EVENTS = {"open", "os.listdir", "os.scandir"}
#: Where what is read is noted, once `begin` was called.
_noted: set[str] | None = None


def begin(*, loaded: bool = True) -> set[str]:
    """Note, from now on, what this process reads; first the modules that it has `loaded`."""
    global _noted
    if _noted is None:
        _noted = set()
        sys.addaudithook(_seen)
    _noted.clear()
    if loaded:
        note(*filter(None, (getattr(m, "__file__", None) for m in list(sys.modules.values()))))
    return _noted


def note(*paths: str | os.PathLike[str]) -> None:
    """Note files (or folders, for the names in them) that something else reads."""
    for path in paths:
        _add(os.path.join(ROOT, path))


def _seen(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in _EVENTS or not isinstance(arguments[0], (str, os.PathLike)):
        return
    path = os.fspath(arguments[0])
    if event == "open":
        if arguments[2] & (os.O_WRONLY | os.O_RDWR):
            return
        if arguments[1] is None and not os.path.isabs(path):
            return  # of os.open: where a folder is removed, names are seen from the one they are in
    _add(path)


def _add(path: str | bytes) -> None:
    if _noted is None or isinstance(path, bytes):
        return
    place = os.path.abspath(path)
    name = os.path.relpath(place, ROOT).replace(os.sep, "/")
    if name.startswith(".."):  # of another edition's root this is what both share
        name = os.path.relpath(place, REPOSITORY).replace(os.sep, "/")
    if name.startswith(("..", *_LEFT)):
        return
    folder, _, file = name.rpartition("/")
    if file == "__pycache__":
        return
    if folder.endswith("__pycache__"):
        if not file.endswith(".pyc"):
            return
        name = f"{folder.removesuffix('__pycache__')}{file.partition('.')[0]}.py"
    _noted.add(name)


def state(read: Iterable[str]) -> dict[str, str]:
    """What is noted, with the checksum of each; of files that are gone by now, that they are."""
    return {name: checksum(name) for name in sorted(read)}


@cache
def checksum(name: str) -> str:
    """Of a file of the repository its content, of a folder its names, "" if there is none.

    Each is read once in a process.
    """
    path = ROOT / name
    try:
        if path.is_dir():
            names = sorted(n for n in os.listdir(path) if not is_made(f"{name}/{n}"))
            return hashlib.blake2b("\n".join(names).encode(), digest_size=12).hexdigest()
        with path.open("rb") as file:
            return hashlib.file_digest(file, lambda: hashlib.blake2b(digest_size=12)).hexdigest()
    except OSError:
        return ""


def is_made(name: str) -> bool:
    """Whether something in the repository was made by tools, or by whoever asked for the bank."""
    folder, _, file = name.rpartition("/")
    if folder == "data/portfolio":
        return file.endswith(".csv") or file == "truth"
    return file.startswith((".", "__pycache__"))


def tree(*folders: str, suffixes: tuple[str, ...] = ()) -> list[str]:
    """All files below folders of the repository, or those that end so; nothing that tools made."""
    found = []
    for folder in folders:
        for here, below, files in os.walk(ROOT / folder):
            place = Path(here).relative_to(ROOT).as_posix()
            below[:] = [n for n in below if not is_made(f"{place}/{n}")]
            found += [f"{place}/{n}" for n in files
                      if n.endswith(suffixes or "") and not is_made(f"{place}/{n}")]  # fmt: skip
    return sorted(found)


def digest(names: Iterable[str]) -> str:
    """One checksum of many files."""
    return combined(f"{name} {checksum(name)}" for name in names)


def combined(texts: Iterable[str]) -> str:
    """One checksum of many texts, in their order."""
    return hashlib.blake2b("\n".join(texts).encode(), digest_size=12).hexdigest()


@cache
def packages() -> str:
    """The versions of Python and of what the book is built with, whatever tests install."""
    lines = (REPOSITORY / "locks" / "book.txt").read_text(encoding="utf-8").splitlines()
    named = {_spelled(line.partition("==")[0]) for line in lines if "==" in line}
    names = {entry for place in sys.path if place.endswith("site-packages") and os.path.isdir(place)
             for entry in os.listdir(place) if entry.endswith(".dist-info")
             and _spelled(entry.partition("-")[0]) in named}  # fmt: skip
    return combined([platform.python_version(), *sorted(names)])


def _spelled(name: str) -> str:
    """A package's name as it is compared: dashes, points and underscores are one."""
    return re.sub(r"[-_.]+", "-", name).lower()

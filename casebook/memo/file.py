"""The file of a memo: which writer, and that it is whole or not there."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from .. import _whole
from ..words import joined, known, wrong
from . import parts
from .errors import MemoError
from .parts import Head, Memo
from .say import Run

#: Ending of a file -> the room that writes it.
ENDINGS = {".html": "html", ".pdf": "pdf", ".docx": "word"}


def write(run: Run, base: Run, path: str | Path, head: Head | None = None) -> Path:
    """The memo of `run` beside `base`, its base case, in the file `path`; the ending says the form.

    The file is written under a temporary name beside it and moved, so that it is whole or not
    there. MemoError names the endings that are allowed, a font that is missing, or why the file
    cannot be written; ImportError names the extra that is missing.
    """
    path = Path(path)
    room = ENDINGS.get(path.suffix.lower())
    if room is None:
        raise MemoError(wrong("no_form", path, of="memo", list=joined(ENDINGS)))
    written: Callable[[Memo], bytes] = import_module(f".{room}", __package__).written
    data = written(parts.content(run, base, head))
    try:
        _whole.write(path, data)
    except OSError as error:
        why = wrong("unwritten", why=known("system", error.strerror))
        raise MemoError(f"{path}: {why}") from None
    return path

"""Files that are written whole or not at all: under another name beside them first, then moved.

And where files go that are made once: the cache of whoever runs this.
"""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from .words import wrong

#: The variable that names another folder for what is made once.
CACHE = "CASEBOOK_CACHE"
#: The date of office files: so that one does not change with the day on which it is written.
WRITTEN = datetime(2026, 1, 1)


def cache_folder() -> Path:
    """Where this user keeps what was made or fetched once; it may not be there yet."""
    if own := os.environ.get(CACHE):
        return Path(own)
    home = os.environ.get("XDG_CACHE_HOME") or os.environ.get("LOCALAPPDATA")
    return Path(home or Path.home() / ".cache") / "five-client-relationships"


@contextlib.contextmanager
def together() -> Iterator[Callable[[Path], Path]]:
    """Several files, none of them changed unless all are written.

    The function it gives says where to write a file in the meantime; what it wrote is moved to its
    place at the end, in that order, or taken away if anything fails. OSError with the name of the
    file: its folder is not there, or what the system says.
    """
    done: list[tuple[Path, Path]] = []
    mask = os.umask(0)
    os.umask(mask)

    def meanwhile(path: Path) -> Path:
        if not path.parent.is_dir():
            raise FileNotFoundError(2, wrong("no_folder", name=str(path.parent)), str(path))
        if path.is_dir():
            raise IsADirectoryError(21, wrong("is_folder"), str(path))
        try:
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name[:80]}.")
        except OSError as error:
            raise type(error)(error.errno, error.strerror, str(path)) from None
        os.close(handle)
        done.append((Path(name), path))
        return Path(name)

    try:
        yield meanwhile
        for name, path in done:
            # as the one that is there, or as a file that is simply opened
            os.chmod(name, path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~mask)
            os.replace(name, path)
    finally:
        for name, _ in done:
            with contextlib.suppress(OSError):
                name.unlink(missing_ok=True)


def write(path: Path, content: bytes) -> Path:
    """The file `path` with this content; errors as `together`."""
    with together() as meanwhile:
        meanwhile(path).write_bytes(content)
    return path


def parts(saved: io.BytesIO) -> dict[str, bytes]:
    """The parts of an office file, which is a zip, by name and in their order."""
    with zipfile.ZipFile(saved) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(files: Mapping[str, bytes]) -> bytes:
    """An office file of these parts, all of one date: the same parts give the same bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            part = zipfile.ZipInfo(name, WRITTEN.timetuple()[:6])
            archive.writestr(part, content, zipfile.ZIP_DEFLATED)
    return out.getvalue()

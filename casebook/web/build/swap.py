"""A folder takes the place of another in one step, so that nobody ever sees half of one.

    put(new, place)     what was at `place` is gone, `new` stands there
    recover(place)      after a kill, on a system that cannot exchange two names at once
    alone(path)         one build at a time

Linux and macOS exchange two names at once; elsewhere the old one steps aside first, and `recover`
brings it back if the build died between the two steps.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

#: What the old folder is called for a moment, where two names cannot be exchanged.
ASIDE = ".before"
#: Arguments of the system: paths are from here; exchange the two.
_HERE, _EXCHANGE = -100, 2


def exchange(one: Path, other: Path) -> bool:
    """Exchange two names that are both there; False where the system or the disk cannot.

    OSError for what is wrong with the files themselves.
    """
    library = ctypes.CDLL(None, use_errno=True)
    first, second = os.fsencode(one), os.fsencode(other)
    try:
        if sys.platform == "darwin":
            failed = library.renamex_np(first, second, _EXCHANGE)
        else:
            failed = library.renameat2(_HERE, first, _HERE, second, _EXCHANGE)
    except AttributeError:  # an old C library
        return False
    if not failed:
        return True
    code = ctypes.get_errno()
    if code in (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP):
        return False
    raise OSError(code, os.strerror(code), str(one), None, str(other))


def put(new: Path, place: Path) -> None:
    """`new` (a folder or a file) takes the place of `place`; what was there is removed."""
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        new.rename(place)
    elif exchange(new, place):
        remove(new)
    else:
        before = place.with_name(place.name + ASIDE)
        remove(before)
        place.rename(before)
        new.rename(place)
        remove(before)


def recover(place: Path) -> None:
    """Bring back what stepped aside for a folder that never came; call at the start of a build."""
    before = place.with_name(place.name + ASIDE)
    if before.exists() and not place.exists():
        before.rename(place)
    remove(before)


def remove(path: Path) -> None:
    """Remove a folder or a file, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the lock file `path`: a second build waits until the first has ended, somehow."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another build is running: this one waits for it.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield

"""The parts of the site, each made in a process of its own, and only if what it read has changed.

A part writes into an empty folder; when it is whole it takes the place of the one before, and a
mark says what was read for it. A part that fails, or is stopped, leaves the one before and no mark:
it is tried again the next time. Where only the network is missing, the build goes on without it.
"""

from __future__ import annotations

import ctypes
import json
import multiprocessing
import os
import pickle
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, TypeVar

from ... import _whole
from . import swap, trace

_T = TypeVar("_T")
_R = TypeVar("_R")
BUILD = trace.ROOT / "_build"
#: So many processes work at a time; fewer things than this are done in one.
WORKERS = min(4, os.cpu_count() or 1)
_FEW = 8
#: Scratch folders; emptied when a build starts.
SCRATCH = BUILD / "tmp"
MARKS = BUILD / "marks"
#: The pages as Sphinx makes them; the site has copies.
PAGES = BUILD / "work" / "html"
#: What a part has to say whenever the site is built, in its folder; no file of the site.
SAID = ".said"
#: What a lecture tells of itself, for the pages that list lectures.
TOLD = ".told"
#: How a process ends whose part has to wait for the network.
_OFFLINE = 75


class Unreachable(OSError):
    """What has to be fetched is not to be had: the site is built without it."""


class Failed(Exception):
    """A part could not be made; what is wrong has been printed."""


@dataclass(frozen=True)
class Part:
    """A part: its name, what makes it, where it goes.

    `also` are files that it depends on though it may not open them, because they may not be there;
    `loaded`: also on the modules that are there when it starts.
    """

    name: str
    make: Callable[[Path], None]
    place: Path
    also: tuple[str, ...] = ()
    loaded: bool = True

    @property
    def mark(self) -> Path:
        """The file that says what was read for it."""
        return MARKS / f"{self.name.replace('/', '-')}.json"

    def read(self) -> dict[str, str]:
        """What was read when it was last made, with checksums; nothing if it was not."""
        with suppress(OSError, ValueError):
            found: dict[str, str] = json.loads(self.mark.read_text(encoding="utf-8"))
            return found
        return {}

    def is_current(self) -> bool:
        """Whether it is there, and all that it was made from is as it was."""
        read = self.read()
        return bool(read) and self.place.exists() and read == self._state(read)

    def _state(self, read: Iterable[str]) -> dict[str, str]:
        names = {*read, *self.also} - {"packages"}
        return {"packages": trace.packages(), **trace.state(names)}

    def work(self, folder: Path) -> None:
        """Make it in `folder` and leave the mark beside it; runs in a process of its own."""
        read = trace.begin(loaded=self.loaded)
        self.make(folder)
        text = json.dumps(self._state(read), indent=0)
        folder.with_suffix(".json").write_text(text, encoding="utf-8")

    def settle(self, folder: Path) -> None:
        """Put what was made into its place."""
        self.mark.unlink(missing_ok=True)  # a kill between the two: made again
        swap.put(folder, self.place)
        MARKS.mkdir(exist_ok=True)
        os.replace(folder.with_suffix(".json"), self.mark)


def renew(parts: Sequence[Part], workers: int = 1) -> list[str]:
    """Make those of the parts again that are not current, `workers` at a time.

    The lines to say about those that need a network that is not there. Failed if one cannot be
    made; the others are finished first.
    """
    waiting = [part for part in parts if not part.is_current()]
    missing: list[str] = []
    broken: list[str] = []
    running: dict[Any, tuple[BaseProcess, Part, Path]] = {}
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                part = waiting.pop(0)
                folder = SCRATCH / part.name.replace("/", "-")
                swap.remove(folder)
                folder.mkdir(parents=True)
                process = started(part.work, folder)
                running[process.sentinel] = process, part, folder
            for sentinel in wait(list(running)):
                process, part, folder = running.pop(sentinel)
                process.join()
                if process.exitcode == 0:
                    part.settle(folder)
                elif process.exitcode == _OFFLINE:
                    missing.append(folder.with_suffix(".txt").read_text(encoding="utf-8"))
                else:
                    broken.append(part.name)
                swap.remove(folder)
    finally:
        for process, _, _ in running.values():
            process.kill()
            process.join()
    if broken:
        raise Failed(f"not made: {', '.join(broken)}")
    trace.checksum.cache_clear()  # parts read what parts have made
    return missing


def apart(work: Callable[[], None]) -> None:
    """Run `work` in a process of its own; Failed if it does not end well."""
    process = started(lambda _: work(), SCRATCH / "apart")
    try:
        process.join()
    finally:
        process.kill()
        process.join()
    if process.exitcode:
        raise Failed


def each(work: Callable[[_T], _R], things: Sequence[_T]) -> list[_R]:
    """What `work` gives for each of the things, in their order, by a process for each core.

    An error in one is raised here. Failed if a process does not end well.
    """
    shares = [things[k::WORKERS] for k in range(min(WORKERS, len(things)))]
    if len(things) < _FEW:
        return [work(thing) for thing in things]

    def share(some: Sequence[_T], folder: Path) -> None:
        try:
            told: Any = [work(thing) for thing in some]
        except Exception as error:  # raised again where it is asked for
            told = error
        folder.with_suffix(".pickle").write_bytes(pickle.dumps(told))

    found: list[list[_R]] = []
    with tempfile.TemporaryDirectory() as scratch:
        places = [Path(scratch, str(k)) for k in range(len(shares))]
        running = [started(partial(share, some), p) for some, p in zip(shares, places, strict=True)]
        try:
            for process in running:
                process.join()
        finally:
            for process in running:
                process.kill()
                process.join()
        if any(process.exitcode for process in running):
            raise Failed
        for place in places:
            told = pickle.loads(place.with_suffix(".pickle").read_bytes())
            if isinstance(told, Exception):
                raise told
            found.append(told)
    return [found[k % len(shares)][k // len(shares)] for k in range(len(things))]


def started(work: Callable[[Path], None], folder: Path) -> BaseProcess:
    """A process that does the work. It is a fork: what is loaded by now is not loaded again."""
    process = multiprocessing.get_context("fork").Process(target=_run, args=(work, folder))
    process.start()
    return process


def _run(work: Callable[[Path], None], folder: Path) -> None:
    """In the new process: the work, and how it ended."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if sys.platform == "linux":  # it ends with the one that started it, however that ends
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    try:
        work(folder)
    except Unreachable as error:
        _whole.write(folder.with_suffix(".txt"), str(error).encode())
        _end(_OFFLINE)
    except SystemExit as error:
        if isinstance(error.code, str):
            print(error.code, file=sys.stderr)
        _end(1 if error.code else 0)
    except Failed as error:
        print(error, file=sys.stderr)
        _end(1)
    except OSError as error:
        print(f"{folder.name}: {error}", file=sys.stderr)
        _end(1)
    except BaseException:
        traceback.print_exc()
        _end(1)


def _end(code: int) -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def link(source: Path, target: Path) -> None:
    """A folder once more at `target`, which may be there: what no step writes to is linked."""
    for here, _, files in os.walk(source):
        there = target / Path(here).relative_to(source)
        there.mkdir(parents=True, exist_ok=True)
        for name in files:
            if name in (SAID, TOLD):
                continue
            place = there / name
            place.unlink(missing_ok=True)
            if name.endswith(LINKED):
                with suppress(OSError):  # another disk: copied
                    os.link(Path(here, name), place)
                    continue
            shutil.copy2(Path(here, name), place)


#: Large files that no step changes; of all others the site has a copy of its own.
LINKED = (".wasm", ".zip", ".whl", ".gz", ".opus", ".m4a", ".mp4", ".pdf", ".pptx", ".png",
          ".woff", ".woff2")  # fmt: skip

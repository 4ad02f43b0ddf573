"""Many scenarios of a model: quantiles of its numbers, found in parts and not held in memory.

Each part has so many scenarios and a seed of its own, so that the answer does not depend on how
many processes share the work. The numbers of a part are kept in a folder until all are there: a
study that was interrupted goes on where it stopped.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import shutil
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._checks import count
from ..models import model
from ..shape import Record
from ..words import wrong

#: Scenarios of a part; the shares of scenarios whose numbers are told.
PART = 10_000
SHARES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
_MANIFEST = "study.json"


class Unfinished(Exception):
    """The study was interrupted: `done` of `parts` are kept in `folder`."""

    def __init__(self, done: int, parts: int, folder: Path) -> None:
        super().__init__(wrong("unfinished", done=done, parts=parts, folder=folder))
        self.done, self.parts, self.folder = done, parts, folder


class OtherStudy(ValueError):
    """The folder holds the parts of another study."""


@dataclass(frozen=True)
class Quantiles:
    """What many scenarios give, by metric of the chosen alternative.

    rows: metric -> its mean, standard deviation, the quantiles at `SHARES`, and the share of
    scenarios in which it is a number (a truth value has its share as the mean). Of the period of an
    event, mean and deviation are over the scenarios in which it comes, a quantile may be infinite:
    never. `residual`: the largest residual of any check, over its tolerance.
    """

    scenarios: int
    seed: int
    rows: dict[str, tuple[float, ...]]
    residual: float


def simulate(
    a: Record,
    scenarios: int,
    folder: str | Path,
    *,
    seed: int = 1,
    workers: int = 1,
    executor: Executor | None = None,
    progress: Callable[[int], None] = lambda done: None,
) -> Quantiles:
    """Run so many scenarios of a record and find quantiles; `progress` gets those done so far.

    The parts stand in `folder`, which is removed in the end. `workers` processes share the work, or
    an `executor` as of concurrent.futures does, such as a Dask client's `get_executor()`, whose
    workers these are: they need not see the folder. Unfinished where it is interrupted,
    OtherStudy where the folder has the parts of other assumptions, ValueError for a bad number.
    """
    scenarios, workers = count("scenarios", scenarios, 1), count("workers", workers, 1)
    folder = Path(folder)
    sizes = [min(PART, scenarios - k) for k in range(0, scenarios, PART)]
    _opened(folder, {"case": a.model, "seed": seed, "assumptions": _digest(a)})
    missing = [k for k, size in enumerate(sizes) if not _whole(folder, k, size)]
    done = scenarios - sum(sizes[k] for k in missing)
    progress(done)
    try:
        wanted = [(k, sizes[k]) for k in missing]
        for k, table in _computed(a, wanted, seed, workers, executor):
            _keep(folder, k, table)
            done += sizes[k]
            progress(done)
    except KeyboardInterrupt:
        kept = sum(_whole(folder, k, size) for k, size in enumerate(sizes))
        raise Unfinished(kept, len(sizes), folder) from None
    found = _told(a, folder, sizes, seed)
    shutil.rmtree(folder)
    return found


def _computed(
    a: Record, parts: list[tuple[int, int]], seed: int, workers: int, executor: Executor | None
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """Compute the parts; the number and the table of each as it is done."""
    if executor is not None:
        yield from _shared(a, parts, seed, executor, 2 * workers)
    elif workers == 1 or len(parts) < 2:
        for k, size in parts:
            yield k, _part(a, k, size, seed)
    else:
        from concurrent.futures import ProcessPoolExecutor  # which a browser does not have

        # a process that is copied while libraries hold locks may hang: each starts anew
        with ProcessPoolExecutor(workers, get_context("spawn"), _ignore_interrupt) as pool:
            yield from _shared(a, parts, seed, pool, 2 * workers)


def _shared(
    a: Record, parts: list[tuple[int, int]], seed: int, executor: Executor, ahead: int
) -> Iterator[tuple[int, NDArray[np.float64]]]:
    """The parts as others compute them, of which so many are asked for ahead."""
    waiting = iter(parts)
    running: dict[Future[NDArray[np.float64]], int] = {}
    try:
        while True:
            for k, size in itertools.islice(waiting, ahead - len(running)):
                running[executor.submit(_part, a, k, size, seed)] = k
            if not running:
                return
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                yield running.pop(future), future.result()
    except BaseException:
        for future in running:
            future.cancel()
        raise


def _ignore_interrupt() -> None:
    """In a worker: what is begun is finished, and the first process says when to stop."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _part(a: Record, k: int, size: int, seed: int) -> NDArray[np.float64]:
    """Compute one part: (metric, scenario), with the worst residual as the last row."""
    module = model(a.model)
    own = int(np.random.SeedSequence([seed, k]).generate_state(1)[0])
    runs = module.simulate(a, module.sample(a, size, own))
    worst = max(runs.checks.values(), default=0.0) / runs.tolerance
    rows = [np.asarray(runs.metrics[name], float) for name in _names(a)]
    return np.vstack([*rows, np.full(size, worst)])


def _keep(folder: Path, k: int, table: NDArray[np.float64]) -> None:
    """Keep a part, whole or not at all."""
    file = folder / f".{k}.npy"
    np.save(file, table)
    os.replace(file, folder / f"{k}.npy")


def _names(a: Record) -> list[str]:
    """The metrics of many scenarios that are numbers or truths, in the order of the case file."""
    module = model(a.model)
    metrics = module.simulate(a, module.sample(a, 1, 0)).metrics
    return [n for n in a.spec.words["metrics"] if n in metrics and metrics[n].dtype.kind in "fiub"]


def _told(a: Record, folder: Path, sizes: list[int], seed: int) -> Quantiles:
    """The quantiles of each metric; one metric at a time is in memory."""
    words = a.spec.words["metrics"]
    files = [folder / f"{k}.npy" for k in range(len(sizes))]

    def line(i: int) -> NDArray[np.float64]:
        # the files are mapped anew each time: pages that were read do not stay in memory
        return np.concatenate([np.load(file, mmap_mode="r")[i] for file in files])

    rows = {
        name: _row(line(i), words[name]["unit"] == "period") for i, name in enumerate(_names(a))
    }
    return Quantiles(sum(sizes), seed, rows, float(line(-1).max()))


def _row(values: NDArray[np.float64], period: bool) -> tuple[float, ...]:
    """Mean, standard deviation, quantiles, and the share that is a number.

    A period below 0 is that of an event which never came: it is later than all others.
    """
    values = np.where(values < 0, np.inf, values) if period else values
    there = values[np.isfinite(values)]
    if not len(there):
        last = float("inf") if period else float("nan")
        return (*[float("nan")] * 2, *[last] * len(SHARES), 0.0)
    if period:
        found = np.quantile(values, SHARES, method="inverted_cdf")
    else:
        found = np.quantile(there, SHARES)
    return (float(there.mean()), float(there.std()), *map(float, found), len(there) / len(values))


def _opened(folder: Path, study: dict[str, Any]) -> None:
    """The folder, made or found, if it is that of this study."""
    manifest = folder / _MANIFEST
    if not folder.exists():
        folder.mkdir()
        manifest.write_text(json.dumps(study), encoding="utf-8")
    try:
        found = json.loads(manifest.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        found = None
    if found != study:
        raise OtherStudy(wrong("other_study", folder))


def _whole(folder: Path, k: int, size: int) -> bool:
    """Whether a part is there, with so many scenarios."""
    file = folder / f"{k}.npy"
    return file.is_file() and np.load(file, mmap_mode="r").shape[1] == size


def _digest(a: Record) -> str:
    """A mark of the assumptions: the same for the same values."""
    return hashlib.sha256(repr(a.values()).encode()).hexdigest()

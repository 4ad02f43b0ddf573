"""How a benchmark measures and prints: processor time, medians, ratios of one run.

A clock on the wall lies where other programs run: it has shown six times what the work took. Two
ways that are compared take turns, so that what disturbs one disturbs the other.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from statistics import median

#: A work that takes less is repeated until it takes so long, in seconds.
LEAST = 2e-3


def _once(work: Callable[[], object], times: int) -> float:
    """Processor time of one `work`, out of so many in a row."""
    start = time.process_time()
    for _ in range(times):
        work()
    return (time.process_time() - start) / times


def _repeats(work: Callable[[], object]) -> int:
    """How often `work` is to be done in a row; the first time, with its imports, does not count."""
    work()
    return max(1, round(LEAST / max(_once(work, 1), 1e-7)))


def seconds(work: Callable[[], object], runs: int = 5) -> float:
    """The median processor time of `work`."""
    times = _repeats(work)
    return median(_once(work, times) for _ in range(runs))


def against(
    ours: Callable[[], object], theirs: Callable[[], object], scale: float = 1.0, runs: int = 5
) -> tuple[float, float, float]:
    """Median processor times of two works that take turns, and the median of theirs / ours.

    scale: how many times as much work as `theirs` does there is in `ours`.
    """
    a, b = _repeats(ours), _repeats(theirs)
    pairs = [(_once(ours, a), scale * _once(theirs, b)) for _ in range(runs)]
    mine, others = zip(*pairs, strict=True)
    return median(mine), median(others), median(y / x for x, y in pairs)


def shown(time_in_seconds: float) -> str:
    """A time with three figures: 12.3 ms."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if time_in_seconds >= size:
            return f"{time_in_seconds / size:.3g} {unit}"
    return f"{time_in_seconds / 1e-9:.3g} ns"


def grown(times: Sequence[float]) -> str:
    """How much longer the last took than the one before: 10 x for ten times the work is linear."""
    return f"{times[-1] / times[-2]:.3g} x"


def table(title: str, heads: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """Print a table under its title, first column left, the others right."""
    cells = [[str(c) for c in row] for row in [heads, *rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(cells[0]))]
    print(f"\n{title}")
    for row in cells:
        rest = "  ".join(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))
        print(f"  {row[0].ljust(widths[0])}  {rest}")

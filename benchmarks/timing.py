"""How a benchmark measures and prints: medians, in the unit that reads best."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from statistics import median


def seconds(work: Callable[[], object], runs: int = 7) -> float:
    """The median time of `work`, after one run that nobody counts."""
    work()
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return median(times)


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

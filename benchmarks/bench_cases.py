"""The cases: one run, many scenarios, growth with their number, memory, a move of the explorer."""

from __future__ import annotations

import tracemalloc
from itertools import cycle
from types import ModuleType

from casebook.cases import NAMES, case
from casebook.explore import explore

from .timing import grown, seconds, shown, table

SIZES = (1, 10, 100, 1_000, 10_000, 100_000)
LARGE = 200_000


def main() -> None:
    rows, growth, memory = [], [], []
    for name in NAMES:
        module = case(name)
        a = module.assumptions()
        draws = {n: module.sample(a, n, seed=1) for n in SIZES}
        times = [seconds(lambda n=n: module.simulate(a, draws[n])) for n in SIZES]  # noqa: B023
        single = seconds(lambda: module.simulate(a), runs=25)  # noqa: B023
        rows.append([name, shown(single), shown(times[SIZES.index(10_000)]), shown(_move(module))])
        growth.append([name, *(shown(t) for t in times), grown(times)])
        memory.append([name, f"{_peak(module) / 1e6:.0f} MB"])
    heads = ["case", "single run", "10,000 scenarios, all alternatives", "explorer, slowest move"]
    table("Cases, one core, medians", heads, rows)
    table("Cost by number of scenarios, and how it grows with the last ten times as many",
          ["case", *(f"{n:,}" for n in SIZES), "growth"], growth)
    table(f"Peak memory at {LARGE:,} scenarios", ["case", "peak"], memory)


def _move(module: ModuleType) -> float:
    """A move in a kernel, model, figure and table, of the slider that takes longest."""
    explorer = explore(module)
    explorer.widget()
    longest = 0.0
    for spec in explorer.sliders:
        if spec.choices:
            values = cycle(spec.choices)
        else:
            whole = round((spec.high - spec.low) / spec.step)
            kind = type(spec.value)
            values = cycle([kind(spec.low + i * spec.step) for i in range(1, whole)])
        longest = max(longest, seconds(
            lambda: explorer.set(**{spec.name: next(values)}), runs=9))  # noqa: B023
        explorer.reset()
    return longest


def _peak(module: ModuleType) -> float:
    """Peak of the memory that numpy and Python take for many scenarios, in bytes."""
    a = module.assumptions()
    tracemalloc.start()
    module.simulate(a, module.sample(a, LARGE, seed=1))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak

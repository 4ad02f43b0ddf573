"""All models: one run, many scenarios, growth with their number, memory, a move of the explorer."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from itertools import cycle
from types import ModuleType

from casebook.explore import Explorer, explore
from casebook.models import MODELS, model
from casebook.shape import Assumption

from .timing import grown, seconds, shown, table

SIZES = (1, 100, 1_000, 10_000)
MANY, LARGE = 10_000, 50_000
#: Fewer are measured where a scenario is a grid of its own, or a whole book of clients.
FEWER = {
    "information": 1_000,
    "classification": 1_000,
    "maintenance": 1_000,
    "early_warning": 1_000,
    "tools": 1_000,
    "lifecycle": 100,
}


def main() -> None:
    rows, growth, memory = [], [], []
    for name in MODELS:
        module = model(name)
        a = module.assumptions()
        most = FEWER.get(name, LARGE)
        sizes = [n for n in SIZES if n <= most]
        draws = {n: module.sample(a, n, seed=1) for n in sizes}
        times = [seconds(lambda n=n: module.simulate(a, draws[n]), runs=3) for n in sizes]  # noqa: B023
        single = seconds(lambda: module.simulate(a), runs=9)  # noqa: B023
        many = shown(times[sizes.index(MANY)]) if MANY in sizes else "–"
        rows.append([name, shown(single), many, shown(_move(module))])
        missing = ["–"] * (len(SIZES) - len(sizes))
        growth.append([name, *(shown(t) for t in times), *missing, grown(times)])
        memory.append([name, f"{most:,}", f"{_peak(module, most) / 1e6:.0f} MB"])
    heads = ["model", "single run", f"{MANY:,} scenarios, all alternatives",
             "explorer, slowest move"]  # fmt: skip
    table("Models, one core: processor time, medians", heads, rows)
    table(
        "Cost by number of scenarios, and how it grows with the last ten times as many",
        ["model", *(f"{n:,}" for n in SIZES), "growth"],
        growth,
    )
    table("Peak memory", ["model", "scenarios", "peak"], memory)


def _move(module: ModuleType) -> float:
    """A move in a kernel, model, figure and table, of the slider that takes longest."""
    explorer = explore(module)
    explorer.widget()
    times = {}
    for spec in explorer.sliders:
        times[spec.name] = seconds(_mover(explorer, spec), runs=1)
        explorer.reset()
    slowest = max(explorer.sliders, key=lambda spec: times[spec.name])
    return seconds(_mover(explorer, slowest))


def _mover(explorer: Explorer, spec: Assumption) -> Callable[[], object]:
    """What moves a slider to its next value, and begins anew after its last."""
    if spec.choices:
        values = cycle(spec.choices)
    else:
        whole = round((spec.high - spec.low) / spec.step)
        kind = type(spec.value)
        values = cycle([kind(spec.low + i * spec.step) for i in range(1, whole)])
    return lambda: explorer.set(**{spec.name: next(values)})


def _peak(module: ModuleType, n: int) -> float:
    """Peak of the memory that numpy and Python take for `n` scenarios, in bytes."""
    a = module.assumptions()
    tracemalloc.start()
    module.simulate(a, module.sample(a, n, seed=1))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return peak

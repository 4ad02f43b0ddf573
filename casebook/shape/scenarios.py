"""Many scenarios: uniforms from a seed, and a model run on them in parts that fit into memory."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial, wraps
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from .._checks import count, uniforms
from .._reading import shown
from .record import AssumptionError, Record
from .result import A, Array, Draws, Result

#: Scenarios worked on at a time: large enough to be fast, small enough to stay in memory.
CHUNK = 20_000

Run = TypeVar("Run", bound=Callable[..., Any])


def asked(run: Run) -> Run:
    """A model's `simulate`, its arguments looked at first; ValueError names one that is wrong."""
    name = run.__module__.split(".")[-2]

    @wraps(run)
    def simulate(a: Any, d: Any = None, keep: Any = None) -> Any:
        if not isinstance(a, Record) or a.model != name:
            raise ValueError(f"a: {shown(a)} is not allowed; assumptions of the model {name!r} are")
        if d is not None and not isinstance(d, Mapping):
            raise ValueError(f"d: {shown(d)} is not allowed; draws, as `sample` gives them, are")
        if keep is not None:
            given = keep
            keep = () if isinstance(keep, str) or not isinstance(keep, Iterable) else tuple(keep)
            if not all(isinstance(line, str) for line in keep) or (given and not keep):
                raise ValueError(f"keep: {shown(given)} is not allowed; a list of lines' names is")
        return run(a, d, keep)

    return simulate  # type: ignore[return-value]


def uniform_source(n: int, seed: int) -> tuple[int, Callable[..., Array]]:
    """(n, a seeded source of uniforms in [0, 1)); ValueError unless both are whole."""
    if isinstance(seed, bool) or not isinstance(seed, (int, np.integer)) or seed < 0:
        raise ValueError(f"seed: {shown(seed)} is not allowed; one whole number from 0 is")
    return count("n", n, 1), np.random.Generator(np.random.PCG64(seed)).random


def uniform_draws(names: Sequence[str], n: int, seed: int) -> Draws:
    """n scenarios as uniforms in [0, 1): name -> (scenario,). ValueError as for `source`."""
    n, random = uniform_source(n, seed)
    return dict(zip(names, random((len(names), n)), strict=True))


def check_weights(draws: Draws, n: int, things: str) -> None:
    """AssumptionError where `weight` of the draws, (scenario, thing), has not the `n` things here.

    How many there are may depend on the assumptions: draws for others are no draws for these.
    """
    given = np.shape(draws["weight"]) if "weight" in draws else ()
    if len(given) == 2 and given[1] != n:
        raise AssumptionError(
            f"draws for {given[1]} {things} are not allowed; {n} are (sample again with these "
            "assumptions)"
        )


def run_scenarios(
    run: Callable[..., Result[A]],
    like: Draws,
    draws: Draws,
    keep: Sequence[str] | None,
    size: int = CHUNK,
) -> Result[A]:
    """`run(draws, keep=names)` on many scenarios, in chunks.

    `like`: draws of one scenario, as `sample` gives them. ValueError where `draws` are not of that
    form, or where many scenarios have no line that `keep` names.
    """
    draws, keep = uniforms("d", draws, like), tuple(keep or ())
    result = in_chunks(partial(run, keep=keep), draws, size)
    if unknown := [name for name in keep if name not in result.all_lines]:
        lines = result.assumptions.spec.words["lines"]
        there = [name for name in lines if name in run(like, keep=(name,)).all_lines]
        raise ValueError(f"keep: {unknown[0]!r} is not allowed; {', '.join(there)} are")
    return result


def in_chunks(run: Callable[[Draws], Result[A]], draws: Draws, size: int = CHUNK) -> Result[A]:
    """`run` on draws split by scenario and joined again: the same numbers, less memory."""
    n = len(next(iter(draws.values())))
    if n <= size:
        return run(draws)
    parts = [run({k: u[i : i + size] for k, u in draws.items()}) for i in range(0, n, size)]

    def joined(name: str) -> dict[str, NDArray[Any]]:
        tables = [getattr(p, name) for p in parts]
        # what does not vary by scenario has one column in every part; keep it once
        return {
            k: v if v.shape[-1] == 1 < size else np.concatenate([t[k] for t in tables], axis=-1)
            for k, v in tables[0].items()
        }

    return replace(
        parts[0],
        all_lines=joined("all_lines"),
        all_metrics=joined("all_metrics"),
        all_events=joined("all_events"),
        checks={k: max(p.checks[k] for p in parts) for k in parts[0].checks},
        largest_balance=max(p.largest_balance for p in parts),
        scenarios=n,
    )

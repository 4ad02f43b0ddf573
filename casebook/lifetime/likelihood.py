"""What the models of lifetimes share: parameters that are positive, and the best of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._checks import Array, real


def positive(model: Any) -> None:
    """ValueError unless every parameter of a model is one number > 0."""
    for name in model.__slots__:
        if real(name, getattr(model, name), above=0.0).ndim:
            raise ValueError(f"{name}: an array is not allowed; one number is")


def maximum(
    name: str, likelihood: Callable[[Array], float], start: tuple[float, ...]
) -> list[float]:
    """The parameters > 0 of the greatest likelihood, found in their logarithms, to about 1e-6.

    Nelder-Mead from `start`, again from what it found until nothing is gained. ValueError, about
    the argument `name`, where a parameter runs away to nothing or beyond all bounds.
    """
    from scipy.optimize import minimize

    def loss(x: Array) -> float:
        if np.abs(x).max() > 25.0:
            return float("inf")
        return -likelihood(np.exp(x))

    x, best = np.log(np.asarray(start)), np.inf
    for _ in range(20):
        found = minimize(loss, x, method="Nelder-Mead", options={"xatol": 1e-7, "fatol": 1e-9})
        gained, x, best = best - found.fun, found.x, found.fun
        if gained <= 1e-9 * max(1.0, abs(best)):
            break
    if np.abs(x).max() > 15.0:
        raise ValueError(f"{name}: no parameters are the best; other data, more varied, are needed")
    return [float(value) for value in np.exp(x)]

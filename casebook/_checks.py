"""Checks of arguments: a bad one raises ValueError that names it, its value and what is allowed."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
#: What a formula gives back: a float where all arguments are scalars, else an Array. A checker
#: cannot follow that without an overload for each argument, so it sees Any, as with numpy's own.
Numeric: TypeAlias = Any
Dates = ArrayLike | list[date] | tuple[date, ...]

if sys.platform == "linux":
    # glibc gives a freed piece of memory back to the system, and gets it again page by page, unless
    # a larger one was freed before, of at most 32 MiB: this one, which nobody touches. Many
    # scenarios take half the time then. In a browser memory is never given back at all.
    np.empty(2**22 - 2**13)


def real(
    name: str,
    value: Any,
    low: float = -np.inf,
    high: float = np.inf,
    *,
    above: float | None = None,
    below: float | None = None,
) -> Array:
    """`value` as an array of finite floats in [low, high]; if given, value > above, < below."""
    try:
        array = np.asarray(value, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(f"{name}: {value!r} is not a number or an array of numbers") from None
    if array.size == 0:
        raise ValueError(f"{name}: is empty; at least one number is needed")
    # A comparison with NaN is false, so that one test finds NaN, infinity and what is out of range.
    floor = low if above is None else above
    roof = high if below is None else below
    least, most = array.min(), array.max()
    if not (
        (least > floor if above is not None else least >= floor)
        and (most < roof if below is not None else most <= roof)
        and np.isfinite(least)
        and np.isfinite(most)
    ):
        good = (
            np.isfinite(array)
            & (array > floor if above is not None else array >= floor)
            & (array < roof if below is not None else array <= roof)
        )
        left = "[" if above is None and np.isfinite(floor) else "("
        right = "]" if below is None and np.isfinite(roof) else ")"
        raise ValueError(
            f"{name}: {array[~good].flat[0]:g} is not allowed; finite numbers in "
            f"{left}{floor:g}, {roof:g}{right} are"
        )
    return array


def series(name: str, value: Any, low: float = -np.inf, *, periods: int = 1) -> Array:
    """`value` as finite floats of shape (period,) or (period, scenario), with enough periods."""
    array = real(name, value, low)
    if array.ndim not in (1, 2) or array.shape[0] < periods:
        raise ValueError(
            f"{name}: shape {array.shape} is not allowed; (period,) or (period, "
            f"scenario) with at least {periods} period(s) is"
        )
    return array


def count(name: str, value: Any, low: int = 0, high: float = np.inf) -> int:
    """`value` as one whole number in [low, high]."""
    number = real(name, value, low, high)
    if number.ndim or number % 1.0:
        raise ValueError(f"{name}: {value!r} is not allowed; one whole number is")
    return int(number)


def whole(name: str, value: Any, low: int, high: int) -> NDArray[np.int64]:
    """`value` as an array of whole numbers in [low, high]."""
    array = real(name, value, low, high)
    if (array % 1.0).any():
        raise ValueError(
            f"{name}: {array[array % 1.0 != 0.0].flat[0]:g} is not allowed; whole "
            f"numbers from {low} to {high} are"
        )
    return array.astype(np.int64)


def flags(name: str, value: Any) -> NDArray[np.bool_]:
    """`value` as an array of yes and no: True, False, 1 or 0."""
    array = real(name, value, 0.0, 1.0)
    if (array % 1.0).any():
        raise ValueError(
            f"{name}: {array[array % 1.0 != 0.0].flat[0]:g} is not allowed; True and False are"
        )
    return array.astype(np.bool_)


def choice(name: str, value: Any, allowed: Any) -> Any:
    """`value` if it is one of `allowed`."""
    if value not in allowed:
        names = ", ".join(map(repr, allowed))
        raise ValueError(f"{name}: {value!r} is not allowed; one of {names} is")
    return value


def uniforms(name: str, value: Any, like: Mapping[str, Array]) -> dict[str, Array]:
    """`value` as draws: numbers in [0, 1), with the names and the shapes of `like`.

    Axis 0, the scenarios, may be of another length, but of the same for all.
    """
    if not isinstance(value, Mapping) or set(value) != set(like):
        given = ", ".join(map(repr, value)) if isinstance(value, Mapping) else repr(value)
        raise ValueError(
            f"{name}: {given} is not allowed; a mapping with the lines "
            f"{', '.join(like)}, as `sample` gives it, is"
        )
    draws = {line: np.asarray(value[line]) for line in like}
    for line, array in draws.items():
        real(f"{name}[{line!r}]", array, 0.0, below=1.0)
    wanted = {
        line: (len(array) if array.ndim else 0, *like[line].shape[1:])
        for line, array in draws.items()
    }
    if len({form[0] for form in wanted.values()}) > 1 or any(
        draws[line].shape != form for line, form in wanted.items()
    ):
        shapes = ", ".join(f"{line} {array.shape}" for line, array in draws.items())
        rest = ", ".join(f"{line} {('n', *a.shape[1:])}" for line, a in like.items())
        raise ValueError(f"{name}: {shapes}: shapes do not match; {rest} do".replace("'n'", "n"))
    return draws


def shape(**arrays: NDArray[Any]) -> tuple[int, ...]:
    """The common shape of the arrays by numpy's broadcasting."""
    try:
        return np.broadcast_shapes(*(array.shape for array in arrays.values()))
    except ValueError:
        shapes = ", ".join(f"{name} {array.shape}" for name, array in arrays.items() if array.shape)
        raise ValueError(f"{shapes}: shapes do not match; equal or broadcastable ones do") from None


def days(
    name: str, value: Any, size: int | None = None, *, sort: bool = True
) -> NDArray[np.datetime64]:
    """`value` as dates, none missing; with `sort` in rising order; with `size` of that length."""
    try:
        if np.asarray(value).dtype.kind in "bif":  # a spreadsheet's day numbers start in 1900
            raise TypeError
        array = np.asarray(value, dtype="datetime64[D]")
    except (TypeError, ValueError):
        raise ValueError(
            f"{name}: {value!r} is not a date, an ISO text or an array of them"
        ) from None
    if array.size == 0 or np.isnat(array).any():
        raise ValueError(f"{name}: {value!r} is empty or holds a missing date; dates are needed")
    if size is not None and array.shape != (size,):
        raise ValueError(f"{name}: shape {array.shape} is not allowed; ({size},) is, one a flow")
    if sort and array.ndim:
        falls = np.flatnonzero(np.diff(array) < np.timedelta64(0, "D"))
        if falls.size:
            raise ValueError(
                f"{name}: {array[falls[0] + 1]} after {array[falls[0]]} is not "
                "allowed; dates in rising order are"
            )
    return array


def result(array: Any) -> Any:
    """A Python float for a scalar result, else the array itself."""
    return float(array) if np.ndim(array) == 0 else array


def meant(name: str, there: Iterable[str]) -> str | None:
    """Which of `there` may have been meant by a name that is not."""
    return next(iter(difflib.get_close_matches(name[:80], list(there), n=1)), None)

"""The marks of points: paths about the origin, of size one."""

from __future__ import annotations

from functools import cache
from math import cos, radians, sin, sqrt
from typing import NamedTuple


class Shape(NamedTuple):
    """Points, the letters of the path that takes them, a move and then a turn (degrees)."""

    points: tuple[tuple[float, float], ...]
    letters: str
    move: float = 0.0
    turn: float = 0.0
    scale: float = 1.0
    join: str = "miter"


_SQUARE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
_TRIANGLE = ((0.0, 1.0), (-1.0, -1.0), (1.0, -1.0))
_CROSS = (
    (-1, -2), (0, -1), (1, -2), (2, -1), (1, 0), (2, 1), (1, 2), (0, 1), (-1, 2), (-2, 1), (-1, 0),
    (-2, -1),
)  # fmt: skip
_LINE = ((0.0, -1.0), (0.0, 1.0))


def _circle() -> tuple[tuple[float, float], ...]:
    """Eight curves that are a circle of radius one, as well as can be seen (Lancaster)."""
    arm, half = 0.2652031, sqrt(0.5)
    bent = half * arm
    corner = [(arm, 1.0), (half - bent, half + bent), (half, half), (half + bent, half - bent),
              (1.0, arm), (1.0, 0.0)]  # fmt: skip
    down = [(x, -y) for x, y in corner]
    up = [(1.0, arm), *reversed(corner[1:4]), corner[0], (0.0, 1.0)]
    right = [*down, *up]
    left = [(-x, -y) for x, y in right]
    return ((0.0, -1.0), *right, *left)


SHAPES = {
    "o": Shape(_circle(), "M" + "C" * 24 + "z", scale=0.5, join="round"),
    "s": Shape(_SQUARE, "MLLLz", move=-0.5),
    "D": Shape(_SQUARE, "MLLLz", move=-0.5, turn=45.0),
    "^": Shape(_TRIANGLE, "MLLz", scale=0.5),
    "v": Shape(_TRIANGLE, "MLLz", scale=0.5, turn=180.0),
    "<": Shape(_TRIANGLE, "MLLz", scale=0.5, turn=90.0),
    ">": Shape(_TRIANGLE, "MLLz", scale=0.5, turn=270.0),
    "X": Shape(tuple((x / 4, y / 4) for x, y in _CROSS), "M" + "L" * 11 + "z"),
    "|": Shape(_LINE, "ML", scale=0.5, join="round"),
    "_": Shape(_LINE, "ML", scale=0.5, turn=90.0, join="round"),
    "tick down": Shape(((0.0, 0.0), (0.0, -1.0)), "ML", join="round"),
    "tick left": Shape(((0.0, 0.0), (-1.0, 0.0)), "ML", join="round"),
}


@cache
def marker(name: str, size: float) -> tuple[str, str]:
    """The path of a mark in the SVG, and how its lines are joined.

    To the last digit matplotlib's own, of which the mark's id is made. KeyError for a mark that
    no explorer has.
    """
    shape = SHAPES[name]
    a, b = cos(radians(shape.turn)), sin(radians(shape.turn))
    scale = shape.scale * size
    x0, y0 = scale * (a * shape.move - b * shape.move), scale * (b * shape.move + a * shape.move)
    a, b = scale * a, scale * b
    points = [(x * a - y * b + x0, 0.0 - (x * b + y * a + y0)) for x, y in shape.points]
    lines, curve = [], []
    for letter, (x, y) in zip(shape.letters.rstrip("z"), points, strict=True):
        curve.append(f"{_number(x)} {_number(y)}")
        if letter != "C" or len(curve) == 3:
            lines.append(f"{letter} {' '.join(curve)} \n")
            curve = []
    return "".join(lines) + ("z\n" if shape.letters.endswith("z") else ""), shape.join


def _number(x: float) -> str:
    return f"{x:.6f}".rstrip("0").rstrip(".")

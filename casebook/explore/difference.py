"""How a number differs from that of the base case, as a reader sees both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..words import catalogue, counts, scale, word, write


def texts(
    now: Mapping[str, Any], base: Mapping[str, Any], units: Mapping[str, str]
) -> dict[str, str]:
    """Metric -> the text of its difference from the base case, "" where a reader sees none.

    `now` and `base` are metrics, in the model's unit; `units` names the unit of each that is asked
    for.
    """
    return {name: _text(now[name], base[name], unit) for name, unit in units.items()}


def _text(now: Any, base: Any, unit: str) -> str:
    """What is shown is compared: 64.6% and 64.7% differ by 0.1 points, whatever is behind them."""
    if write(now, unit) == write(base, unit):
        return ""
    if not (counts(now, unit) and counts(base, unit)):
        return word("explorer.changed")
    digits = catalogue()["units"][unit]["digits"]
    here, there = (round(x * scale(unit), digits) for x in (now, base))
    difference = catalogue()["explorer"]["differences"].get(unit, unit)
    amount = write(abs(here - there) / scale(unit), difference, with_unit=True, plain=True)
    return word("explorer.up" if here > there else "explorer.down", amount=amount)

"""A model in another unit of money: every amount changes with it, and nothing else does.

The units of the model's file say which numbers are money. A factor or a term that is lost, a price
taken for a share, a sum where a product should be: each breaks it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

#: What is money, in any of its sizes. Turnover in EUR is no part of a deal: it says how large a
#: firm is, for the capital, and stays.
MONEY = {"money", "amount", "million", "billion", "thousand", "thousand_exact", "yuan",
         "yuan_exact", "unit_price"}  # fmt: skip


def in_another_unit(base: Any, by: float = 1.05) -> Any:
    """The assumptions of a run with all money `by` times as much."""
    a, changes = base.assumptions, {}
    for name, spec in a.spec.assumptions.items():
        if spec.unit in MONEY:
            x = getattr(a, name)
            changes[name] = tuple(by * y for y in x) if isinstance(x, tuple) else by * x
    return a.replace(**changes)


def assert_scales(
    module: Any, base: Any, findings: Any, apart: dict[str, str], by: float = 1.05
) -> None:
    """Lines, numbers and findings of a model in another unit of money are the same things.

    apart: name of a finding -> why it is not: a grid of round amounts, a fixed size of loan.
    """
    words, moved = base.assumptions.spec.words, module.simulate(in_another_unit(base, by))
    units = {f"line {n}": s.get("unit", "money") for n, s in words["lines"].items()}
    units |= {f"number {n}": s["unit"] for n, s in words["metrics"].items()}
    units |= {f"finding {n}": unit for n, unit in words["findings"].items()}
    sides = []
    for r, found in ((base, findings), (moved, module.findings(moved))):
        side = {f"line {n}": x for n, x in r.all_lines.items()}
        side |= {f"number {n}": x for n, x in r.all_metrics.items()}
        side |= {f"event {n}": x for n, x in r.all_events.items()}
        sides.append(side | {f"finding {n}": x for n, x in found.items() if n not in apart})
    for name, here in sides[0].items():
        if np.asarray(here).dtype.kind == "U":  # a number told in words
            continue
        x, there = np.asarray(here, float), np.asarray(sides[1][name], float)
        unit = units.get(name)
        # what no reader is shown has no unit in the file: money or not, but all of it alike
        factors = (by, 1.0) if unit is None else (by,) if unit in MONEY else (1.0,)
        alike = (np.allclose(there, f * x, 1e-4, 1e-9, equal_nan=True) for f in factors)
        assert any(alike), (name, unit, x, there)

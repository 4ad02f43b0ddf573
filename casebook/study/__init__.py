"""What is asked of a client of one's own: side by side, break-even, many scenarios; and its files.

    side_by_side   two records of a model: what differs, and what each difference alone costs
    breakeven      where two numbers of a model meet as one assumption moves
    quantiles      many scenarios in parts, on several processes, to be taken up again
    export         a run, or a table, as a file: workbook, CSV, JSON or Parquet

>>> from casebook import study
>>> from casebook.cases import problem
>>> a = problem.assumptions()
>>> found = study.solve(a, "success_chance", "expected_value == liquidate.value")
>>> [f"{x.value:.3f}" for x in found.turns]
['0.431']
"""

from __future__ import annotations

from .breakeven import Breakeven, Turn, solve
from .export import FORMS, save, save_table
from .quantiles import Quantiles, Unfinished, simulate
from .side_by_side import Comparison, compare

__all__ = [
    "FORMS",
    "Breakeven",
    "Comparison",
    "Quantiles",
    "Turn",
    "Unfinished",
    "compare",
    "save",
    "save_table",
    "simulate",
    "solve",
]


def __dir__() -> list[str]:
    return sorted(__all__)

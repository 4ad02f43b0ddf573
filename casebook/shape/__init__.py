"""The shape that all models share: assumptions, a `Result`, scenarios in chunks, what is searched.

Arrays inside a model are (period, alternative, scenario): its alternatives (repayment forms, ways
out, choices) run as columns of one loop. A `Result` shows one alternative at a time, so a reader
sees (period,) for a single run and (period, scenario) for many.
"""

from .casefile import load, wider
from .drawing import drawer
from .model import Model
from .record import Assumption, AssumptionError, CaseFile, Record, Value, span
from .result import Array, Draws, Event, Result, ScenarioRuns, SingleRun
from .scenarios import (
    CHUNK,
    asked,
    check_weights,
    in_chunks,
    run_scenarios,
    uniform_draws,
    uniform_source,
)
from .search import (
    DUST,
    bisect,
    crossing,
    first_time,
    residual,
    sampling_interval,
    tornado_rows,
    turning_point,
)

__all__ = [
    "CHUNK",
    "DUST",
    "Array",
    "Assumption",
    "AssumptionError",
    "CaseFile",
    "Draws",
    "Event",
    "Model",
    "Record",
    "Result",
    "ScenarioRuns",
    "SingleRun",
    "Value",
    "asked",
    "bisect",
    "check_weights",
    "crossing",
    "drawer",
    "first_time",
    "in_chunks",
    "load",
    "residual",
    "run_scenarios",
    "sampling_interval",
    "span",
    "tornado_rows",
    "turning_point",
    "uniform_draws",
    "uniform_source",
    "wider",
]


def __dir__() -> list[str]:
    return sorted(__all__)

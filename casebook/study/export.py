"""A run, or a table, as a file; one that is there is replaced by a whole one, or not at all."""

from __future__ import annotations

import io
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .. import _whole, workbook
from ..shape import SingleRun
from ..words import joined, wrong

#: The endings of files that a run can be written to.
FORMS = (".xlsx", ".csv", ".json", ".parquet")


class FormError(ValueError):
    """A file's ending names no form that can be written."""


def save(run: SingleRun[Any], base: SingleRun[Any] | None, path: str | Path) -> Path:
    """Write a run to a file, in the form that its ending names; the file.

    A workbook and JSON have everything, CSV the statement and the assumptions, Parquet the lines.
    FormError for another ending, ImportError names the extra that is missing, OSError as the system
    says it.
    """
    path = checked(path)
    if path.suffix == ".xlsx":
        content = workbook.written(run, base)
    elif path.suffix == ".csv":
        content = ("\ufeff" + run.csv()).encode("utf-8")  # the mark tells spreadsheets
    elif path.suffix == ".json":
        content = as_json(run, base).encode("utf-8")
    else:
        content = _parquet({"period": range(len(next(iter(run.lines.values()))))} | run.lines)
    return _whole.write(path, content)


def save_table(heads: Sequence[str], rows: Sequence[Sequence[Any]], path: str | Path) -> Path:
    """Write a table to a file, in the form that its ending names; the file. Errors as `save`."""
    path = checked(path)
    if path.suffix == ".json":
        records = [dict(zip(heads, map(plain, row), strict=True)) for row in rows]
        return _whole.write(path, _dumped(records).encode("utf-8"))
    if path.suffix == ".xlsx":
        return _whole.write(path, workbook.table(heads, rows))
    columns = {head: [row[k] for row in rows] for k, head in enumerate(heads)}
    if path.suffix == ".parquet":
        return _whole.write(path, _parquet(columns))
    import pandas as pd

    text = pd.DataFrame(columns).to_csv(index=False, lineterminator="\n")
    return _whole.write(path, ("\ufeff" + text).encode("utf-8"))


def as_json(run: SingleRun[Any], base: SingleRun[Any] | None = None) -> str:
    """Everything of a run, as JSON: a number without bound, and one that is missing, are null."""
    told: dict[str, Any] = {
        "case": run.assumptions.model,
        "assumptions": {k: plain(v) for k, v in run.assumptions.values().items()},
        "chosen": run.chosen,
        "metrics": _metrics(run),
        "alternatives": {way: _metrics(run.alternative(way)) for way in run.alternatives},
        "events": [{"period": e.period, "name": e.name} for e in run.events],
        "checks": dict(run.checks),
        "tolerance": run.tolerance,
        "lines": {name: [plain(x) for x in line.tolist()] for name, line in run.lines.items()},
    }
    if base is not None:
        then = base.assumptions.values()
        told["base"] = {
            "metrics": _metrics(base),
            "assumptions": {
                k: plain(then[k]) for k, v in run.assumptions.values().items() if v != then[k]
            },
        }
    return _dumped(told)


def checked(path: str | Path) -> Path:
    """The path, if its ending names a form; FormError names those there are."""
    path = Path(path)
    if path.suffix.lower() not in FORMS:
        raise FormError(wrong("ending", path, list=joined(FORMS)))
    return path


def _parquet(columns: dict[str, Any]) -> bytes:
    try:
        import pyarrow  # noqa: F401 - what pandas writes it with
    except ImportError:
        raise ImportError(wrong("package", "pyarrow", extra="parquet")) from None
    import pandas as pd

    file = io.BytesIO()
    pd.DataFrame(columns).to_parquet(file, index=False)
    return file.getvalue()


def _metrics(run: SingleRun[Any]) -> dict[str, Any]:
    return {name: plain(value) for name, value in run.metrics.items()}


def plain(value: Any) -> Any:
    """A value as JSON has it."""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return list(value) if isinstance(value, tuple) else value


def _dumped(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n"

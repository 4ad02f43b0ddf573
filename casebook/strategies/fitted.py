"""What a strategy has learnt from the tables, kept in the file of its model.

Fitting needs pandas and scikit-learn; a model that runs in a browser has neither. So a fit is done
once, its results are written behind a mark at the end of data/models/<name>.toml, and the model
reads them there with its words. `python -m casebook.strategies <name>` writes them again.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..words import DATA

MARK = "# ---- fitted: what follows is written by python -m casebook.strategies "


def write(
    name: str,
    result: Mapping[str, Any],
    *,
    significant: int | None = None,
    folder: Path | None = None,
) -> Path:
    """Put what was fitted at the end of the file of the model `name`, in place of what was there.

    result: key -> text, number, list of either (or of lists), under [fit]; or key -> such a table,
    [fit.<key>]; or key -> tables, [fit.<key>.<name>]. `significant`: digits kept of a number with
    a fraction, all if None. Returns the file, in data/models unless `folder` is another; it is
    written whole or not at all.
    """
    path = (folder or DATA / "models") / f"{name}.toml"
    head = path.read_text(encoding="utf-8").split(MARK)[0].rstrip()
    tables: dict[str, Mapping[str, Any]] = {}
    single = {k: v for k, v in result.items() if not isinstance(v, Mapping)}
    if single:
        tables["fit"] = single
    for key, value in result.items():
        if isinstance(value, Mapping) and any(isinstance(v, Mapping) for v in value.values()):
            tables |= {f"fit.{key}.{k}": v for k, v in value.items()}
        elif isinstance(value, Mapping):
            tables[f"fit.{key}"] = value
    parts = [f"{head}\n\n{MARK}{name}"]
    for table, rows in tables.items():
        lines = (f"{k} = {_toml(v, significant)}" for k, v in rows.items())
        parts.append(f"[{table}]\n" + "\n".join(lines))
    new = path.with_suffix(".new")
    try:
        new.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)
    return path


def _toml(value: Any, significant: int | None) -> str:
    """A value as TOML has it: a list in one line, a list of lists a line for each."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        cells = [_toml(v, significant) for v in value]
        if value and isinstance(value[0], (list, tuple)):
            return "[\n" + "".join(f"  {cell},\n" for cell in cells) + "]"
        return "[" + ", ".join(cells) + "]"
    if isinstance(value, (float, np.floating)):
        text = repr(float(value)) if significant is None else f"{value:.{significant}g}"
        return text if set(text) & set(".en") else f"{text}.0"
    return str(int(value))


def digits(values: ArrayLike) -> str:
    """Whole numbers 0 to 9 as one text, a character each."""
    return "".join(map(str, np.asarray(values, int).tolist()))


def from_digits(text: str, width: int = 1) -> NDArray[np.int64]:
    """The whole numbers of `digits`; `width` characters make a number."""
    single = np.frombuffer(text.encode(), np.uint8).astype(np.int64) - ord("0")
    return single.reshape(-1, width) @ 10 ** np.arange(width)[::-1]

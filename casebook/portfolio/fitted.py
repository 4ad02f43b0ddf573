"""What a strategy has learnt from the tables, kept in the file of its model.

Fitting needs pandas and scikit-learn; a model that runs in a browser has neither. So a fit is done
once, its results are written behind a mark at the end of data/models/<name>.toml, and the model
reads them there with its words. `python -m casebook.portfolio.<name>` writes them again.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..words import DATA

MARK = "# ---- fitted: what follows is written by python -m casebook.portfolio."


def write(name: str, tables: Mapping[str, Mapping[str, Any]], folder: Path | None = None) -> Path:
    """Put the fitted tables at the end of a model's file, in place of those that were there.

    tables: table -> key -> text, number or list of either; [fit.<table>] of the file.
    """
    path = (folder or DATA / "models") / f"{name}.toml"
    head = path.read_text(encoding="utf-8").split(MARK)[0].rstrip("\n")
    parts = [f"{head}\n\n{MARK}{name}"]
    for table, rows in tables.items():
        parts.append(f"[fit.{table}]\n" + "\n".join(f"{k} = {_toml(v)}" for k, v in rows.items()))
    path.write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    return path


def _toml(value: Any) -> str:
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, (list, tuple, np.ndarray)):
        return "[" + ", ".join(_toml(v) for v in value) + "]"
    if isinstance(value, (float, np.floating)):
        text = f"{value:.6g}"
        return text if set(text) & set(".en") else f"{text}.0"
    return str(int(value))


def digits(values: Any) -> str:
    """Whole numbers 0 to 9 as one text, a character each."""
    return "".join(map(str, np.asarray(values, int).tolist()))


def from_digits(text: str, width: int = 1) -> np.ndarray:
    """The whole numbers of `digits`; `width` characters make a number."""
    single = np.frombuffer(text.encode(), np.uint8).astype(int) - ord("0")
    return single.reshape(-1, width) @ 10 ** np.arange(width)[::-1]

"""Rows of a file in chunks, and the cells of a column: texts as they stand there, or numbers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..shape import Array

#: What float takes and a file does not mean: 1_000, and a letter of nan, inf and infinity.
_NOT_PLAIN = ("_", "n", "N")


class Texts:
    """The cells of a column as text, (row,)."""

    def __init__(self, cells: Sequence[str]) -> None:
        self.cells = cells

    def __len__(self) -> int:
        return len(self.cells)

    def __getitem__(self, k: int) -> str:
        return self.cells[k]

    def numbers(self) -> Array | None:
        """The cells as numbers, NaN where one is empty; None if any is more than a plain number."""
        joined = "".join(self.cells)
        if not joined.isascii() or any(c in joined for c in _NOT_PLAIN):
            return None
        filled = [t or "nan" for t in self.cells] if "" in self.cells else self.cells
        try:
            found = np.fromiter(map(float, filled), float, len(filled))
        except ValueError:
            return None
        return None if np.isinf(found).any() else found

    def coded(self) -> tuple[list[str], NDArray[np.intp]]:
        """(each different text once, the place of each row's text in it)."""
        place = {text: k for k, text in enumerate(dict.fromkeys(self.cells))}
        at = np.fromiter(map(place.__getitem__, self.cells), np.intp, len(self.cells))
        return list(place), at


class ArrowTexts(Texts):
    """The same of an Arrow array of strings, in which an empty cell is null."""

    def __init__(self, array: Any) -> None:
        self.array = array

    def __len__(self) -> int:
        return len(self.array)

    def __getitem__(self, k: int) -> str:
        return self.array[k].as_py() or ""

    def numbers(self) -> Array | None:
        """As that of `Texts`."""
        from pyarrow import ArrowInvalid

        try:
            found = self.array.cast("float64").to_numpy(zero_copy_only=False)
        except ArrowInvalid:
            return None
        odd = np.count_nonzero(np.isnan(found)) > self.array.null_count or np.isinf(found).any()
        return None if odd else np.array(found, float)

    def coded(self) -> tuple[list[str], NDArray[np.intp]]:
        """As that of `Texts`."""
        found = self.array.dictionary_encode()
        words = [*found.dictionary.to_pylist(), ""]
        at = found.indices.fill_null(len(words) - 1).to_numpy(zero_copy_only=False)
        if not self.array.null_count:
            words.pop()
        return words, at.astype(np.intp)


class Chunk:
    """Rows of a file: `lines` (row,), the number of each in the file, and its columns by place.

    uneven: row -> the number of its fields, where that is wrong.
    """

    def __init__(self, lines: NDArray[np.int64], rows: Sequence[Sequence[Any]], width: int) -> None:
        self.lines, self.rows, self.uneven = lines, rows, dict[int, int]()
        if set(map(len, rows)) - {width}:
            self.rows = [self._even(k, row, width) for k, row in enumerate(rows)]

    def _even(self, k: int, row: Sequence[Any], width: int) -> Sequence[Any]:
        """A row of the right width; empty fields at its end do not count."""
        filled = len(row)
        while filled > width and str(row[filled - 1]).strip() == "":
            filled -= 1
        if filled != width:
            self.uneven[k] = filled
        return [*row[:width], *[""] * (width - len(row))]

    def text(self, place: int) -> list[str]:
        """A column as text, (row,)."""
        return list(map(itemgetter(place), self.rows))

    def figures(self, place: int) -> Texts | Array:
        """The same, or its numbers if the file has types; NaN is missing then."""
        return Texts(self.text(place))


class Cells(Chunk):
    """Rows of a sheet, whose cells have types."""

    def text(self, place: int) -> list[str]:
        """A column as text, as it would stand in a CSV."""
        return [shown(row[place]) for row in self.rows]

    def figures(self, place: int) -> Texts | Array:
        """A column of numbers and empty cells as it is, any other as text."""
        values = [row[place] for row in self.rows]
        numbers = [np.nan if value == "" else value for value in values]
        if {*map(type, numbers)} <= {float, int}:
            return np.array(numbers, float)
        return Texts(list(map(shown, values)))


class Frame(Chunk):
    """Rows of a DataFrame."""

    def __init__(self, lines: NDArray[np.int64], frame: Any) -> None:
        self.lines, self.frame, self.uneven = lines, frame, {}

    def text(self, place: int) -> list[str]:
        """A column as text; a missing cell is empty."""
        column = self.frame.iloc[:, place]
        gone = column.isna().to_numpy()
        values = column.tolist() if column.dtype.kind in "fiu" else column
        return ["" if no else shown(x) for no, x in zip(gone, values, strict=True)]

    def figures(self, place: int) -> Texts | Array:
        """A column of numbers as it is, any other as text."""
        column = self.frame.iloc[:, place]
        if column.dtype.kind in "fiu":
            return np.asarray(column.to_numpy(dtype=float, na_value=np.nan), np.float64)
        return Texts(self.text(place))


class Arrow(Chunk):
    """Rows of an Arrow batch, of a Parquet file or of a CSV."""

    def __init__(self, lines: NDArray[np.int64], batch: Any) -> None:
        self.lines, self.batch, self.uneven = lines, batch, {}

    def text(self, place: int) -> list[str]:
        """A column as text; a missing cell is empty."""
        column = self.batch.column(place)
        if not _is_text(column):
            return [shown(value) for value in column.to_pylist()]
        return (column.fill_null("") if column.null_count else column).to_pylist()  # type: ignore[no-any-return]

    def figures(self, place: int) -> Texts | Array:
        """A column of numbers as it is, any other as text."""
        from pyarrow import types

        column = self.batch.column(place)
        if types.is_floating(column.type) or types.is_integer(column.type):
            return np.asarray(column.cast("float64", safe=False).to_numpy(zero_copy_only=False))
        return ArrowTexts(column) if _is_text(column) else Texts(self.text(place))


def _is_text(column: Any) -> bool:
    """Whether an Arrow array has texts."""
    from pyarrow import types

    return bool(types.is_string(column.type) or types.is_large_string(column.type))


def shown(value: Any) -> str:
    """A typed cell as it would stand in a CSV: 12 for 12.0, a date as ISO."""
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool | np.bool_):
        return "1" if value else "0"
    if isinstance(value, float | np.floating):
        number = float(value)
        return f"{number:.0f}" if number.is_integer() and abs(number) < 1e15 else repr(number)
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value.isoformat() if isinstance(value, date) else str(value)

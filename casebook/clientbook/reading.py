"""Files to chunks of rows: CSV, workbooks and Parquet, by what they are and not by their name.

A file's `Form` is found once, from its beginning: encoding, what parts the fields, the sheet, where
the heads stand. Then it is read in chunks, every cell as text, so that memory stays bounded.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..words import joined, known, wrong
from . import heading, words
from .cells import Arrow, Cells, Chunk, shown
from .errors import BookError
from .mapping import Map

#: Rows read at a time.
CHUNK = 50_000
#: The ladder of encodings, below a byte-order mark.
LADDER = ("utf-8", "gb18030", "cp1252")
_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"),
          (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
_DELIMITERS = (",", ";", "\t", "|")
_LINE_END = re.compile("\r\n|\r|\n")
_BLOCK = 1 << 22
#: First bytes -> what a file is that is no client book.
_OTHER = {
    b"%PDF": "pdf",
    b"\x1f\x8b": "gzip",
    b"Rar!": "archive",
    b"7z\xbc\xaf": "archive",
    b"\x89PNG": "picture",
    b"\xff\xd8\xff": "picture",
}


@dataclass(frozen=True)
class Form:
    """How a file is written. first: records above the first client; line: the line of the heads."""

    kind: str
    heads: tuple[str, ...]
    first: int
    line: int
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""


def form_of(path: Path, m: Map) -> Form:
    """How the file is written, and its heads. BookError says why it cannot be read."""
    try:
        with path.open("rb") as file:
            begin = file.read(4096)
    except OSError as error:
        why = wrong("unread", why=known("system", error.strerror))
        raise BookError(why, file=str(path)) from None
    if not begin.strip():
        raise BookError(words.word("wrong.empty"), file=str(path))
    for mark, what in _OTHER.items():
        if begin.startswith(mark):
            raise BookError(words.word(f"wrong.forms.{what}"), file=str(path))
    if begin.startswith(b"PAR1"):
        return _of_parquet(path)
    if begin.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return _of_workbook(path, m)
    if (
        begin.lstrip(b"\xef\xbb\xbf \t\r\n")
        .lower()
        .startswith((b"<html", b"<!doctype", b"<table", b"<?xml"))
    ):
        raise BookError(words.word("wrong.forms.web"), file=str(path))
    return _of_csv(path, m)


def first_chunk(path: Path, form: Form, size: int) -> Chunk | None:
    """The first `size` rows below the heads, or fewer; None if there are none."""
    few = next(chunks(path, form, size, form.first + size), None)
    return next(chunks(path, form, size), None) if few is None else few


def chunks(path: Path, form: Form, size: int = CHUNK, most: int | None = None) -> Iterator[Chunk]:
    """The rows below the heads, `size` at a time; blank rows are left out.

    most: rows of a sheet that are read.
    """
    if form.kind == "parquet":
        yield from _parquet_chunks(path, size)
    elif form.kind == "workbook":
        rows = _sheet(path, form.sheet, most)[0][form.first :]
        for start in range(0, len(rows), size):
            some = enumerate(rows[start : start + size], form.first + start + 1)
            part = [(line, row) for line, row in some if any(cell != "" for cell in row)]
            if part:
                lines = np.array([line for line, _ in part], np.int64)
                yield Cells(lines, [row for _, row in part], len(form.heads))
    else:
        with path.open(encoding=form.encoding, newline="") as file:
            yield from csv_chunks(file, form, str(path), size, skip=form.first)


# ------------------------------------------------------------------------------------ CSV


def encoding_of(path: Path, stated: str = "") -> str:
    """The encoding of a text file: what is stated, its mark, or the first that fits all of it."""
    with path.open("rb") as file:
        begin = file.read(4)
    marked = next((name for mark, name in _MARKS if begin.startswith(mark)), "")
    tried = (stated,) if stated else (marked,) if marked else LADDER
    for name in tried:
        try:
            at = _misfit(path, name)
        except LookupError:
            raise BookError(words.word("wrong.encoding", name=name),
                            file=str(path), column="file.encoding") from None  # fmt: skip
        if at is None:
            return name
        if stated or marked:
            raise BookError(words.word("wrong.misfit", name=name, at=at[1]),
                            file=str(path), line=at[0])  # fmt: skip
    raise BookError(words.word("wrong.no_text", list=joined(tried)), file=str(path), mapped=True)


def _misfit(path: Path, encoding: str) -> tuple[int, int] | None:
    """(line, byte) where a file is not of an encoding; None if it is."""
    decoder = codecs.getincrementaldecoder(encoding)()
    wide = encoding.startswith("utf-16")
    line, done = 1, 0
    with path.open("rb") as file:
        while True:
            block = file.read(_BLOCK)
            if not wide and b"\0" in block:
                raise BookError(words.word("wrong.zero"), file=str(path), mapped=True)
            try:
                if not (block.isascii() and block and not wide and decoder.getstate()[0] == b""):
                    decoder.decode(block, final=not block)
            except UnicodeError as error:  # of UTF-16 without a mark, no place is known
                start = getattr(error, "start", 0)
                return line + block[:start].count(b"\n"), done + start
            if not block:
                return None
            line, done = line + block.count(b"\n"), done + len(block)


def _of_csv(path: Path, m: Map) -> Form:
    """The form of a CSV."""
    encoding = encoding_of(path, m.file.get("encoding", ""))
    with path.open(encoding=encoding, newline="") as file:
        text = file.read(_BLOCK)
    delimiter = m.file.get("delimiter") or _delimiter(text)
    records: list[list[str]] = []
    lines = []
    if not delimiter:
        raise BookError(words.word("wrong.one_column"), file=str(path))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    wanted = heading.TOP + int(m.file.get("skip", 0))
    try:
        for row in reader:
            records.append(row)
            lines.append(reader.line_num)
            if len(records) > wanted:
                break
    except csv.Error as error:
        raise _broken(str(path), reader.line_num, error) from None
    found = heading.find(records, m, str(path))
    return Form("csv", found.heads, found.first, lines[found.first - 1], encoding, delimiter)


def _delimiter(text: str) -> str:
    """What parts the fields: the one by which most of the first rows have the same number."""
    best, chosen = (0, 0), ""
    rows = text.splitlines(keepends=True)[:40]
    for delimiter in _DELIMITERS:
        try:
            counts = Counter(len(row) for row in csv.reader(rows, delimiter=delimiter) if row)
        except csv.Error:
            continue
        fields, often = max(counts.items(), key=lambda n: (n[0] > 1, n[1], n[0]), default=(0, 0))
        if fields > 1 and (often, fields) > best:
            best, chosen = (often, fields), delimiter
    return chosen


def csv_chunks(
    file: Any, form: Form, name: str, size: int, *, skip: int = 0, line: int = 0
) -> Iterator[Chunk]:
    """Chunks of an open CSV: `skip` records are left out; `line` lines of the file came before.

    Lines that hold no quotation mark and all have the right number of fields are taken apart by
    Arrow, if it is there: five times as fast. From the first quotation mark on, rows may take
    several lines, and the reader of Python has the rest of the file.
    """
    reader = csv.reader(file, delimiter=form.delimiter, strict=True)
    try:
        list(islice(reader, skip))
    except csv.Error as error:
        raise _broken(name, line + reader.line_num, error) from None
    line += reader.line_num
    while lines := list(islice(file, size)):
        text = "".join(lines)
        if '"' in text:
            yield from _quoted(chain(lines, file), form, name, size, line)
            return
        batch = _batch(text, form)
        if batch is not None and len(batch) == len(lines):
            yield from _without_blank(batch, line)
        else:
            yield from _quoted(lines, form, name, size, line)
        line += len(lines)


def _batch(text: str, form: Form) -> Any:
    """The fields of lines as an Arrow batch of texts; None if any line has too many or too few."""
    try:
        import pyarrow as pa
        from pyarrow import csv as arrow_csv
    except ImportError:
        return None
    if text.count("\r") != text.count("\r\n"):
        return None
    content = text.encode()
    names = [str(k) for k in range(len(form.heads))]
    try:
        table = arrow_csv.read_csv(
            pa.BufferReader(content),
            arrow_csv.ReadOptions(
                use_threads=False, block_size=len(content) + 1, column_names=names
            ),
            arrow_csv.ParseOptions(
                delimiter=form.delimiter, quote_char=False, ignore_empty_lines=False
            ),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
    except pa.ArrowInvalid:
        return None
    return table.combine_chunks().to_batches()[0]


def _without_blank(batch: Any, line: int) -> Iterator[Chunk]:
    """The rows of a batch without those that are empty; `line` lines came before."""
    keep = np.ones(len(batch), np.bool_)
    if batch.column(0).null_count:
        there = [np.asarray(column.is_valid()) for column in batch.columns]
        keep = np.logical_or.reduce(there)
        batch = batch.filter(keep)
    if len(batch):
        yield Arrow(line + 1 + np.flatnonzero(keep), batch)


def _quoted(file: Any, form: Form, name: str, size: int, line: int) -> Iterator[Chunk]:
    """Chunks of lines in which rows may take several; `line` lines of the file came before."""
    reader = csv.reader(file, delimiter=form.delimiter, strict=True)
    while True:
        before, failed = reader.line_num, None
        rows: list[list[str]] = []
        try:
            rows.extend(islice(reader, size))
        except csv.Error as error:
            failed = error  # the rows that came before it are in the list
        first = line + before + 1
        starts = first + np.append(0, _heights(rows, reader.line_num - before).cumsum())
        if failed is not None:
            raise _broken(name, int(starts[-1]), failed) from None
        if not rows:
            return
        there = [k for k, row in enumerate(rows) if row and (row[0] or any(row))]
        if there:
            yield Chunk(starts[there], [rows[k] for k in there], len(form.heads))


def _heights(rows: Sequence[Sequence[str]], lines: int) -> NDArray[np.int64]:
    """How many lines of the file each row takes, (row,); `lines`: all of them."""
    if lines == len(rows):
        return np.ones(len(rows), np.int64)
    breaks = (len(_LINE_END.findall(" ".join(row))) for row in rows)
    return 1 + np.fromiter(breaks, np.int64, len(rows))


def _broken(name: str, line: int, error: csv.Error) -> BookError:
    """What is wrong with the quotation marks of a CSV."""
    if "larger than" in str(error) or "end of data" in str(error):
        return BookError(words.word("wrong.open_quote"), file=name, line=line)
    why = words.word("wrong.quotes", why=known("parts", error))
    return BookError(why, file=name, line=line)


# ------------------------------------------------------------------------ workbooks, Parquet


@lru_cache(maxsize=1)
def _opened(path: Path, name: str, _: tuple[int, int]) -> tuple[Any, list[str]]:
    """(a sheet, names of the visible ones); no sheet if no name is given.

    The last one stays open, since a sheet is looked at before it is read: until the file changes.
    """
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(str(path))
    seen = [s.name for s in book.sheets_metadata if str(s.visible).endswith("Visible")]
    return book.get_sheet_by_name(name) if name else None, seen


def _sheet(
    path: Path, name: str = "", most: int | None = None
) -> tuple[list[list[Any]], list[Any], list[str]]:
    """(the rows or the first of them, merged ranges, names of visible sheets); no name, no rows."""
    about = path.stat()
    try:
        sheet, seen = _opened(path.resolve(), name, (about.st_mtime_ns, about.st_size))
        rows = [] if sheet is None else sheet.to_python(skip_empty_area=False, nrows=most)
        return rows, list(getattr(sheet, "merged_cell_ranges", None) or ()), seen
    except ImportError:
        raise BookError(words.word("wrong.calamine"), file=str(path)) from None
    except Exception as error:  # of the reader, a kind for each fault
        said = " ".join(str(error).split()) or type(error).__name__
        locked = "password" in said.lower()
        why = words.word("wrong.password") if locked else known("parts", said)
        raise BookError(words.word("wrong.workbook", why=why), file=str(path)) from None


def _of_workbook(path: Path, m: Map) -> Form:
    """The form of a workbook: the one sheet that has heads, unless the map names another."""
    names = _sheet(path)[2]
    wanted = m.file.get("sheet")
    if wanted is not None and wanted not in names:
        m.wrong(["file", "sheet"], words.word("wrong.no_sheet", name=wanted), tuple(names), wanted)
    found: dict[str, heading.Heading] = {}
    errors = []
    for name in [wanted] if wanted else names:
        rows, merged, _ = _sheet(path, name, heading.TOP + m.file.get("skip", 0))
        top = [[shown(cell) for cell in row] for row in rows]
        try:
            place = words.word("wrong.sheet", name=name)
            found[name] = heading.find(top, m, f"{path}: {place}", merged)
        except BookError as error:
            errors.append(error)
    if not found:
        raise errors[0] if errors else BookError(words.word("wrong.hidden"), file=str(path))
    best = max(one.score for one in found.values())
    likely = [name for name, one in found.items() if one.score == best]
    if len(likely) > 1:
        several = words.word("wrong.sheets", list=joined(map(repr, likely)), name=likely[0])
        raise BookError(several, file=str(path), mapped=True)
    one = found[likely[0]]
    return Form("workbook", one.heads, one.first, one.first, sheet=likely[0])


def arrow(path: Path) -> Any:
    """A Parquet file, opened."""
    try:
        from pyarrow import ArrowInvalid, parquet
    except ImportError:
        raise BookError(words.word("wrong.pyarrow"), file=str(path)) from None
    try:
        return parquet.ParquetFile(path)
    except (ArrowInvalid, OSError) as error:
        why = known("parts", str(error).split(".")[0])
        raise BookError(words.word("wrong.parquet", why=why), file=str(path)) from None


def _of_parquet(path: Path) -> Form:
    """The form of a Parquet file."""
    return Form("parquet", tuple(arrow(path).schema_arrow.names), 0, 0)


def _parquet_chunks(path: Path, size: int) -> Iterator[Chunk]:
    """Chunks of a Parquet file; its rows are numbered from one."""
    first = 1
    for batch in arrow(path).iter_batches(batch_size=size):
        yield Arrow(np.arange(first, first + batch.num_rows, dtype=np.int64), batch)
        first += batch.num_rows

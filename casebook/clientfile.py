"""A client of one's own in a file: every assumption explained, read, checked, filled in.

The file is TOML: `casebook`, the version of its form; `case`, the model; then a line for each
assumption that the reader knows. One that is left out is the book's, and a note says so. `[ranges]`
widens what is allowed of an assumption for a client of another size. A workbook that
`casebook.workbook` wrote is read too, and so is a case file in full (form 0, of data/cases).

>>> from casebook import clientfile
>>> text = clientfile.template("transactional")
>>> file = clientfile.parsed(text.replace("rate = 0.046", "rate = 0.05"))
>>> file.record.rate, file.notes
(0.05, ())
"""

from __future__ import annotations

import dataclasses
import io
import re
import textwrap
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from . import _reading, workbook
from ._reading import shown
from .models import MODELS, model
from .shape import Assumption, AssumptionError, CaseFile, Record, Value, span, wider
from .words import catalogue, joined, known, nearest, word, wrong

__all__ = [
    "VERSION",
    "ClientFile",
    "ClientFileError",
    "changed",
    "decoded",
    "parsed",
    "read",
    "template",
    "workbook_read",
]

#: The form of the files that are written now.
VERSION = 1
HEADS = ("casebook", "case", "ranges")
WIDTH = 98  #: characters of a comment
NAMED = 8  #: names in a note
PROBLEMS = 20  #: problems of a file that are told


class ClientFileError(ValueError):
    """What is wrong with a file: `problems`, each a line that says where and what is allowed."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


@dataclass(frozen=True)
class ClientFile:
    """A file that was read: its model and record, and notes on what the file did not say."""

    case: str
    record: Record
    version: int
    notes: tuple[str, ...] = ()


def template(name: str, record: Record | None = None) -> str:
    """The file of a model, every assumption explained, with the values of `record` or of the book.

    KeyError names the models there are.
    """
    record = record or model(name).assumptions()
    words = record.spec.words
    head = word("clientfile.head", title=words["title"], name=name)
    lines = [*_comment(head), f"casebook = {VERSION}", f'case = "{name}"']
    for spec in record.spec.assumptions.values():
        about = f"{spec.label} ({spec.symbol}): {_allowed(spec)}. {spec.reason}"
        lines += ["", *_comment(about), f"{spec.name} = {_toml(getattr(record, spec.name))}"]
    widened = _widened(record, model(name).assumptions())
    if widened:
        lines += ["", "[ranges]", *(f"{n} = {_toml(ends)}" for n, ends in widened.items())]
    return "\n".join(lines) + "\n"


def read(path: str | Path, case: str | None = None) -> ClientFile:
    """The file at `path`, TOML or a workbook; `case` is the model that is expected.

    ClientFileError says what is wrong, by line.
    """
    try:
        content = _reading.content(path, _reading.LARGEST_WORKBOOK)
    except _reading.UnreadableError as error:
        raise ClientFileError([str(error)]) from None
    return decoded(content, case, str(path))


def decoded(content: bytes, case: str | None = None, where: str = "") -> ClientFile:
    """The file whose bytes are given: a workbook, or text in UTF-8, or in GB18030 with a note."""
    if content[:4] == b"PK\3\4":
        return workbook_read(content, case, where)
    where = where or word("clientfile.text")
    text, note = _decoded(content, where)
    file = parsed(text, case, where)
    return dataclasses.replace(file, notes=note + file.notes)


def parsed(text: str, case: str | None = None, where: str = "") -> ClientFile:
    """The file whose text is given; `where` is how messages name it."""
    where = where or word("clientfile.text")
    try:
        content = _reading.toml(text)
    except _reading.UnreadableError as error:
        raise ClientFileError([f"{where}: {error}"]) from None
    full = isinstance(content.get("assumptions"), dict)
    version = 0 if full else content.get("casebook")
    lines = _lines(text)
    if version is not None and (type(version) is not int or not 0 <= version <= VERSION):
        raise ClientFileError(
            [wrong("version", f"{where}{lines.get('casebook', '')}: casebook = {shown(version)}",
                    version=VERSION)]
        )  # fmt: skip
    name = _case(content.get("case"), case, where + lines.get("case", ""))
    if full:
        values, ranges, notes = _full(content["assumptions"], name, where, lines)
    else:
        values = {k: v for k, v in content.items() if k not in HEADS}
        ranges, notes = content.get("ranges", {}), ()
        if version is None:
            notes = (word("clientfile.no_version", version=VERSION),)
    record, more = _record(name, values, ranges, where, lines)
    return ClientFile(name, record, VERSION if version is None else version, notes + more)


def workbook_read(content: bytes, case: str | None = None, where: str = "") -> ClientFile:
    """A workbook that `casebook.workbook` wrote, as its bytes; ImportError names the extra."""
    try:
        import openpyxl
    except ImportError:
        raise ImportError(wrong("package", "openpyxl", extra="forms")) from None

    where = where or word("clientfile.workbook")
    try:
        unpacked = sum(part.file_size for part in zipfile.ZipFile(io.BytesIO(content)).infolist())
        if unpacked > _reading.LARGEST_WORKBOOK:
            raise ValueError(wrong("unpacks", size=unpacked))
        book = openpyxl.load_workbook(io.BytesIO(content), data_only=True, read_only=True)
        sheets = {s.title: [tuple(row) for row in s.iter_rows(values_only=True)] for s in book}
        subject = book.properties.subject or ""
    except Exception as error:  # whatever a broken file makes of the reader
        why = wrong("workbook", error=known("parts", error))
        raise ClientFileError([f"{where}: {why}"]) from None
    written = re.fullmatch(r"casebook (\w+) (\d+)", subject)
    if not written:
        raise ClientFileError([f"{where}: {wrong('foreign')}"])
    name = _case(written[1], case, where)
    specs = model(name).assumptions().spec.assumptions
    title, rows = max(sheets.items(), key=lambda item: len(_named(item[1], specs)))
    found = _named(rows, specs)
    values: dict[str, Any] = {}
    ranges: dict[str, Any] = {}
    lines: dict[str, str] = {}
    for key, (number, value, *ends) in found.items():
        spec, _, entry = key.partition("[")
        lines.setdefault(spec, f": {word('clientfile.row', sheet=title, number=number)}")
        lines.setdefault(f"ranges.{spec}", lines[spec])
        if _beyond(specs[spec], *ends):
            ranges[spec] = ends
        if entry:
            values.setdefault(spec, []).append(value)
        else:
            labels = {label: choice for choice, label in specs[spec].choices.items()}
            values[spec] = labels.get(value, value)
    record, notes = _record(name, values, ranges, where, lines)
    return ClientFile(name, record, int(written[2]), notes)


def changed(record: Record, pairs: Iterable[str]) -> Record:
    """The record with `name=value` laid over it; per cent and labels of choices are understood.

    AssumptionError says what is wrong with a pair.
    """
    changes: dict[str, Value] = {}
    for pair in pairs:
        name, sign, text = (part.strip() for part in pair.partition("="))
        if not sign or not name or not text:
            raise AssumptionError(wrong("pair", shown(pair)))
        if name in changes:
            raise AssumptionError(wrong("twice", name))
        spec = record.spec.assumptions.get(name)
        if spec is None:
            raise AssumptionError(_missing(name, record.spec.assumptions))
        changes[name] = _given(spec, text)
    return record.replace(**changes)


def _given(spec: Assumption, text: str) -> Value:
    """What was typed, as a value of its kind; what is not understood is left for the check."""
    if spec.choices:
        labels = {label.casefold(): choice for choice, label in spec.choices.items()}
        return labels.get(text.casefold(), text)
    if isinstance(spec.value, tuple):
        parts = re.split(r"[\s,;]+", text.strip("[]() "))
        return tuple(_number(spec.name, part) for part in parts)
    number = _number(spec.name, text)
    return int(number) if isinstance(spec.value, int) and number % 1 == 0 else number


def _number(name: str, text: str) -> float:
    """A number as it is typed: 0.05, 5%, 1,200."""
    plain = text.replace(",", "").replace("\N{MINUS SIGN}", "-")
    try:
        return float(plain.rstrip("%")) / (100 if plain.endswith("%") else 1)
    except ValueError:
        what, kind = f"{name} = {shown(text)}", wrong("kinds.float")
        raise AssumptionError(wrong("must", what, kind=kind)) from None


def _case(given: Any, wanted: str | None, where: str) -> str:
    """The model that a file is for, and no other than the one that was asked for."""
    if given is None:
        raise ClientFileError([f"{where}: {wrong('no_case', list=joined(MODELS))}"])
    name = given
    if not isinstance(name, str) or name not in MODELS:
        what = f"{where}: case = {shown(name)}"
        raise ClientFileError([wrong("unknown", what, list=joined(MODELS))])
    if wanted not in (None, name):
        other = wrong("other", name=name, wanted=wanted)
        raise ClientFileError([f"{where}: {other}"])
    return str(name)


def _record(
    name: str, values: Mapping[str, Any], ranges: Any, where: str, lines: Mapping[str, str]
) -> tuple[Record, tuple[str, ...]]:
    """The record of what a file gives; ClientFileError has all that is wrong with it."""
    base = model(name).assumptions()
    problems: list[str] = []
    specs = dict(base.spec.assumptions)
    if not isinstance(ranges, dict):
        kind = wrong("kinds.ranges")
        raise ClientFileError([wrong("must", f"{where}: ranges", kind=kind)])
    for key, ends in ranges.items():
        if len(problems) >= PROBLEMS:
            break
        try:
            if key not in specs:
                raise AssumptionError(f"ranges: {_missing(key, specs)}")
            specs[key] = wider(specs[key], ends, f"ranges.{key}")
        except AssumptionError as error:
            problems.append(f"{where}{lines.get(f'ranges.{key}', '')}: {error}")
    spec = CaseFile(Path(where), specs, base.spec.words)
    record = dataclasses.replace(base, spec=spec)
    for key, value in values.items():
        if len(problems) >= PROBLEMS:
            break
        place = where + lines.get(key, "")
        if key not in specs:
            problems.append(f"{place}: {_missing(key, specs)}")
            continue
        try:
            record = record.replace(**{key: value})
        except AssumptionError as error:
            problems.append(f"{place}: {str(error).removeprefix(f'{spec.path.name}: ')}")
    if problems:
        raise ClientFileError(problems)
    left = [specs[n].label for n in specs if n not in values]
    notes = [word("clientfile.filled_in", count=len(left), list=_listed(left))] if left else []
    if ranges:
        notes.append(word("clientfile.widened", list="; ".join(specs[k].label for k in ranges)))
    return record, tuple(notes)


def _missing(name: str, there: Iterable[str]) -> str:
    """That there is no such assumption, and which there is."""
    return wrong("assumption", nearest(name, there), name=shown(name))


def _listed(names: list[str]) -> str:
    """Names in a sentence; of many the first, and how many more there are."""
    first = "; ".join(names[:NAMED])
    more = len(names) - NAMED
    return word("clientfile.more", list=first, count=more) if more > 0 else first


def _beyond(spec: Assumption, low: Any, high: Any) -> bool:
    """Whether two numbers of a file allow more than the book does."""
    numbers = all(isinstance(x, (int, float)) for x in (low, high))
    return numbers and not spec.choices and (low < spec.low or high > spec.high)


def _widened(record: Record, base: Record) -> dict[str, list[float]]:
    """The ranges of a record that are not the book's."""
    pairs = ((n, s, base.spec.assumptions[n]) for n, s in record.spec.assumptions.items())
    return {n: [s.low, s.high] for n, s, old in pairs if (s.low, s.high) != (old.low, old.high)}


def _full(
    rows: Mapping[str, Any], name: str, where: str, lines: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, Any], tuple[str, ...]]:
    """(values, ranges, notes) of a case file in full; what the model no longer has is left out."""
    gone = _history().get(name, {})
    base = model(name).assumptions().spec.assumptions
    values, ranges, notes = {}, {}, [word("clientfile.full", version=VERSION)]
    for key, row in rows.items():
        if not isinstance(row, dict) or "value" not in row:
            what, kind = f"{where}: assumptions.{shown(key)[1:-1]}", wrong("kinds.valued")
            raise ClientFileError([wrong("must", what, kind=kind)])
        if key in gone:
            notes.append(word("clientfile.gone", name=key, why=gone[key]))
            continue
        values[key] = row["value"]
        ends = row.get("low"), row.get("high")
        if key in base and _beyond(base[key], *ends):
            ranges[key] = list(ends)
    return values, ranges, tuple(notes)


@cache
def _history() -> dict[str, dict[str, str]]:
    """Model -> assumptions that it had once -> what became of them."""
    gone: dict[str, dict[str, str]] = catalogue("clientfile")["gone"]
    return gone


def _named(
    rows: list[tuple[Any, ...]], specs: Mapping[str, Assumption]
) -> dict[str, tuple[Any, ...]]:
    """Name of an assumption (or of an entry of one) -> row, value, low and high end, of a sheet."""
    return {
        row[workbook.NAME_OF]: (number, row[workbook.VALUE], row[workbook.LOW], row[workbook.HIGH])
        for number, row in enumerate(rows, 1)
        if len(row) > workbook.NAME_OF and str(row[workbook.NAME_OF]).partition("[")[0] in specs
    }


def _decoded(content: bytes, where: str) -> tuple[str, tuple[str, ...]]:
    """The text of a file: UTF-8, with a mark or without, or else GB18030 and a note."""
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        pass
    try:
        return content.decode("gb18030"), (word("clientfile.encoding"),)
    except UnicodeDecodeError:
        raise ClientFileError([f"{where}: {wrong('coding')}"]) from None


def _lines(text: str) -> dict[str, str]:
    """Key -> ":7", the line on which it stands; a key of a table has its name before it."""
    found: dict[str, str] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), 1):
        if head := re.match(r"\s*\[([\w.]+)\]", line):
            table = head[1].removeprefix("assumptions.") + "."
            found.setdefault(table[:-1], f":{number}")
        elif key := re.match(r"\s*[\"']?(\w+)[\"']?\s*=", line):
            found.setdefault(table + key[1], f":{number}")
    return found


def _allowed(spec: Assumption) -> str:
    """What a value may be, in the model's unit and in the reader's."""
    if spec.choices:
        return ", ".join(f'"{name}" ({label})' for name, label in spec.choices.items())
    ends = word("clientfile.range", low=f"{spec.low:g}", high=f"{spec.high:g}")
    unit = catalogue()["units"][spec.unit]
    if unit["label"]:
        ends += f" ({span(spec)})" if unit["scale"] != 1 else f" {unit['label']}"
    return ends


def _comment(text: str) -> list[str]:
    """A text as lines of a comment."""
    return [
        f"# {line}"
        for part in text.splitlines()
        for line in textwrap.wrap(part, WIDTH, break_long_words=False, break_on_hyphens=False)
    ]


def _toml(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(map(repr, value))}]"
    return repr(value)


def __dir__() -> list[str]:
    return sorted(__all__)

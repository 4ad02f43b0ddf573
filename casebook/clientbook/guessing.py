"""A map as text: the one that a plan amounts to, and a proposal for a file that has none."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from . import checks, mapping, parsing, patterns, plan, reading, words
from .cells import Chunk
from .errors import BookError
from .mapping import Column, Map
from .patterns import Finding
from .plan import Plan


def proposal(path: Path) -> str:
    """A map for the file, with notes: first values, units that figures suggest, what is not found.

    The text is a map that `mapping.read` takes. BookError: a file that cannot be read at all.
    """
    m = Map()
    try:
        form = reading.form_of(path, m)
    except BookError as error:
        if not error.mapped:
            raise
        return _blank(path, error)
    first = reading.first_chunk(path, form, plan.LOOKED_AT)
    made = _planned(path, form, first)
    if isinstance(made, BookError):
        return _blank(path, made, form.heads)
    notes: dict[str, list[Finding]] = {}
    samples = {}
    if first is not None:
        part = checks.part(first, made)
        for column in made.columns:
            if column.name in part.seen:
                found, _ = patterns.column_findings(column, part.seen[column.name], made)
                notes[column.name] = found
            texts = [t for t in map(str.strip, first.text(column.place)) if t]
            samples[column.name] = list(dict.fromkeys(texts))[:3]
    return as_map(made, notes, samples)


def _planned(path: Path, form: reading.Form, first: Chunk | None) -> Plan | BookError:
    """The plan without a map, two heads for one column taken for none; or why there is none."""
    silent: dict[str, Mapping[str, object]] = {}
    while True:
        try:
            return plan.of_heads(str(path), form, Map(columns=silent), first)
        except BookError as error:
            if not error.column or error.column in silent:
                return error
            silent[error.column] = {}


def _quoted(text: str) -> str:
    """A text as TOML has it."""
    return json.dumps(text, ensure_ascii=False)


def _blank(path: Path, error: BookError, heads: Sequence[str] = ()) -> str:
    """A map to be filled in, for a file in which nothing is recognised."""
    rows = [f"# {words.word('guess.head', file=path.name)}", f"# {error.reason}", "", "[columns]"]
    if heads:
        rows.insert(2, f"# {words.word('guess.others', heads=', '.join(map(_quoted, heads)))}")
    rows += _absent(tuple(words.catalogue()["columns"]))
    return "\n".join(rows) + "\n"


def _absent(names: Sequence[str]) -> list[str]:
    """The lines of columns that were not found."""
    if not names:
        return []
    notes = [f"# {words.word(f'guess.{key}')}" for key in ("not_found", "nothing")]
    keys = [f'# {name} = ""' for name in names]
    wide = max(map(len, keys))
    labels = [words.word(f"columns.{name}.label") for name in names]
    return [*notes, *(f"{k:<{wide}}  # {x}" for k, x in zip(keys, labels, strict=True))]


def as_map(
    made: Plan,
    notes: Mapping[str, Sequence[Finding]] | None = None,
    samples: Mapping[str, Sequence[str]] | None = None,
) -> str:
    """The map of a plan. notes: what was noticed of a column, with what it would say in the map."""
    notes, samples = notes or {}, samples or {}
    rows = [f"# {words.word('guess.head', file=Path(made.file).name)}", "", "[file]"]
    form = made.form
    for_file = {key: getattr(form, key) for key in ("encoding", "delimiter", "sheet")}
    rows += [f"{key} = {_quoted(value)}" for key, value in for_file.items() if value]
    if made.names:
        rows.append(f"# {words.word('guess.names', names=', '.join(made.names))}")
    if made.as_of:
        rows.append(f"as_of = {made.as_of.isoformat()}")
    elif any(("as_of", "2026-06-30") in f.fix for found in notes.values() for f in found):
        rows.append(f"# as_of = 2026-06-30  # {words.word('guess.as_of')}")
    if "thresholds" in made.map.file:
        rows.append(f"thresholds = {_quoted(made.map.file['thresholds'])}")
    rows += ["", "[columns]"]
    for column in made.columns:
        found = notes.get(column.name, ())
        said = _said(column, made.map) | {
            k: v for f in found for k, v in f.fix if k in mapping.COLUMN_KEYS
        }
        if samples.get(column.name):
            shown = ", ".join(" ".join(t.split())[:30] for t in samples[column.name])
            rows.append(f"# {words.word('guess.first', values=shown)}")
        rows += [f"# {words.word('guess.check', reason=f.reason)}" for f in found]
        head = _quoted(column.head)
        table = ", ".join(f"{k} = {v}" for k, v in said.items())
        rows.append(f"{column.name} = " + (f"{{ head = {head}, {table} }}" if table else head))
    absent = [n for n in made.lacking if made.map.columns.get(n) is None or made.map.columns[n]]
    rows += [f"{n} = false" for n in made.lacking if n not in absent]
    rows += _absent(absent)
    if made.unused:
        rows.append(f"# {words.word('guess.others', heads=', '.join(map(_quoted, made.unused)))}")
    return "\n".join(" ".join(row.splitlines()) for row in rows) + "\n"


def _said(column: Column, m: Map) -> dict[str, str]:
    """What a map says of a column beyond its head, as TOML."""
    said: dict[str, str] = {}
    if column.kind in ("money", "share", "years"):
        said["unit"] = _quoted(column.unit)
    spec = m.columns.get(column.name, {})
    for key in ("yes", "no", "missing"):
        if key in spec:
            said[key] = f"[{', '.join(map(_quoted, spec[key]))}]"
    if spec.get("values"):
        pairs = ", ".join(f"{_quoted(k)} = {v}" for k, v in spec["values"].items())
        said["values"] = f"{{ {pairs} }}"
    if column.decimal == ",":
        said["decimal"] = '","'
    if column.unit == "since":
        if column.dates:
            said["dates"] = _quoted(column.dates)
        if column.epoch in parsing.EPOCHS:
            said["epoch"] = _quoted(column.epoch)
    return said

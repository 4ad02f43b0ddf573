"""All files of a case in a folder of their own, outside the site."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from ... import _whole, workbook
from ...cases import NAMES
from ...numbers import base
from ...words import DATA
from . import content, handouts, pdf, source, word
from .paper import Paper
from .source import Note, NoteError

#: Name of the file, without its ending -> what makes the document.
DOCUMENTS: dict[str, Callable[[Note], Paper]] = {
    "teaching-note": content.note,
    "a-case": handouts.a_case,
    "b-case": handouts.b_case,
    "role-cards": handouts.roles,
    "decision-tree": handouts.tree,
    "covenant-sheet": handouts.covenants,
    "exhibits": handouts.exhibits,
    "terms": handouts.terms,
}
#: Ending -> the writer.
WRITERS: dict[str, Callable[[Paper], bytes]] = {".pdf": pdf.written, ".docx": word.written}
FLOWS = "flows.xlsx"


def write(out: str | Path, cases: Sequence[str] = NAMES) -> list[Path]:
    """Every file of each case below `out`, a folder for each; the files that were written.

    NoteError for a case that there is not, or a folder that is part of the site or its sources.
    """
    out = Path(out).resolve()
    root = source.book().parent
    for kept in (root / "_build" / "html", root / "book", DATA):
        if out == kept.resolve() or kept.resolve() in out.parents:
            raise NoteError(f"{out.name}: notes never go into the site; say a folder of your own")
    made = []
    for case in cases:
        note = source.read(case)
        folder = out / case
        folder.mkdir(parents=True, exist_ok=True)
        for name, document in DOCUMENTS.items():
            sheet = document(note)
            made += [_whole.write(folder / f"{name}{ending}", written(sheet))
                     for ending, written in WRITERS.items()]  # fmt: skip
        made.append(_whole.write(folder / FLOWS, workbook.written(base(case), base(case))))
    return made


def main(given: Sequence[str]) -> int:
    """The command: a folder, then the cases if not all."""
    if not given or given[0].startswith("-"):
        print(source.words()["command"]["usage"])
        return 2
    try:
        made = write(given[0], given[1:] or NAMES)
    except (NoteError, ImportError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    print(source.words()["command"]["made"].format(count=len(made), folder=given[0]))
    return 0

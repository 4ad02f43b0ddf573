"""Teaching notes and handouts of the cases, for the lecturer: `python -m casebook.teach.notes OUT`.

A note is a Markdown file of `data/teaching/notes` with what a lecturer adds: plan, board, wrong
answers, roles. Questions and answers come from the pages of the case, numbers from the model, so
that nothing is typed twice. Notes and keys never go into the site: `write` refuses its folder.

    source      a note as it is read, its numbers written out
    pages       what the pages of a case give: the A case, questions, answers, the B case
    markdown    Markdown of ours as blocks: headings, texts, lists, tables, figures
    content     the teaching note
    handouts    the A and B case, roles, exhibits, terms, the sheets to write on
    board       the board plan and the blank tree as figures
    pdf, word   the two writers of blocks
    files       all files of a case, in a folder of their own

>>> from casebook.teach import notes
>>> note = notes.read("problem")
>>> sum(step["minutes"] + step["talk"] for step in note.head["plan45"])
45
"""

from .files import DOCUMENTS, write
from .source import Note, NoteError, read

__all__ = [
    "DOCUMENTS",
    "Note",
    "NoteError",
    "read",
    "write",
]


def __dir__() -> list[str]:
    return sorted(__all__)

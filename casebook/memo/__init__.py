"""A credit memo of two pages from a run of a case, ready to sign: HTML, PDF or Word.

`content` says what stands in it, as plain data; `write` sets it, by the ending of the file. What
is recommended follows from the run and not from a fixed text.

    say         numbers of a run by name, and texts that hold such names
    decision    the number that decides, what it is held against, what would turn it
    size        ranges and units for a client of another size
    parts       the whole memo: texts, tables, figures
    html, pdf, word   the three writers
    file        a file that is whole or not there

>>> from casebook import memo
>>> from casebook.cases import transactional
>>> a = transactional.assumptions()
>>> run = transactional.simulate(a.replace(rate=0.04))
>>> memo.decide(run).text
'Do not offer at 4% a year. The lowest rate that breaks even is 4.54% a year.'
"""

from .decision import Decision, decide
from .errors import MemoError
from .file import ENDINGS, write
from .parts import Head, Memo, Table, content

__all__ = [
    "ENDINGS",
    "Decision",
    "Head",
    "Memo",
    "MemoError",
    "Table",
    "content",
    "decide",
    "write",
]


def __dir__() -> list[str]:
    return sorted(__all__)

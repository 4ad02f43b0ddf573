"""Runs that the tests of the memo ask for, and their memos, each made once."""

from __future__ import annotations

import io
import re
from functools import cache
from typing import Any

import docx

from casebook import memo
from casebook.cases import NAMES
from casebook.memo import html, pdf, word
from casebook.models import model
from casebook.shape import AssumptionError, Record, SingleRun

#: How many assumptions are changed.
SETTINGS = {"base": 0, "all": 1000}
#: Every case as it stands, and with every assumption moved.
EACH = [(name, setting) for name in NAMES for setting in SETTINGS]
WRITERS = {"html": html, "pdf": pdf, "docx": word}


def changed(a: Record, most: int) -> Record:
    """At most so many assumptions moved by a step, or by what their total allows; choices stay."""
    count = 0
    for name, spec in a.spec.assumptions.items():
        value: Any = getattr(a, name)
        if count == most:
            break
        if spec.choices:
            continue
        if isinstance(value, tuple):
            moved: Any = (value[0] - spec.step, value[1] + spec.step, *value[2:])
        else:
            step = spec.step if value + spec.step <= spec.high else -spec.step
            moved = type(value)(round(value + step, 10))
        try:
            a = a.replace(**{name: moved})
        except AssumptionError:
            continue
        count += 1
    return a


@cache
def run(name: str, setting: str = "base") -> SingleRun[Any]:
    module = model(name)
    return module.simulate(changed(module.assumptions(), SETTINGS[setting]))


@cache
def paper(name: str, setting: str = "base") -> memo.Memo:
    return memo.content(run(name, setting), run(name))


@cache
def written(form: str, name: str, setting: str = "base") -> bytes:
    """The memo as a file, made once."""
    return WRITERS[form].written(paper(name, setting))


def pages(content: bytes) -> int:
    """The pages of a PDF."""
    return len(re.findall(rb"/Type\s*/Page\b", content))


def word_text(content: bytes) -> list[str]:
    """The text of a Word document, paragraph by paragraph, those of tables too."""
    document = docx.Document(io.BytesIO(content))
    return [p.text for p in document.element.body.iter(docx.oxml.ns.qn("w:p"))]

"""Paper and key of an exam: what stands in them as plain data, set as HTML and as PDF."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

from .. import __version__
from ..figures.style import FONTS
from ..memo import pdf as memo_pdf
from ..models import model
from ..palette import PALETTE
from . import errors, say
from .bank import Bank
from .exam import LETTERS, Exam, Question
from .variants import Posed

HERE = Path(__file__).parent
#: Weight -> file of the font.
WEIGHTS = {"normal": "CasebookSans-Regular.ttf", "bold": "CasebookSans-Bold.ttf"}
#: What is asked below a question of each kind.
ASKED = {"choice": "tick_one", "multi": "tick_all", "order": "put", "essay": "write"}


def content(exam: Exam, key: bool) -> dict[str, Any]:
    """What stands in the paper, or with `key` in the key, as plain data."""
    title = exam.bank.title
    counts = {"seed": exam.seed, "count": len(exam.questions), "points": exam.points}
    words = {k: v for k, v in say.words().items() if isinstance(v, str)}
    name = model(exam.bank.model).assumptions().spec.words["title"]
    return {
        "words": words,
        "key": key,
        "title": say.said("heading", title=title, kind=words["key" if key else "paper"]),
        "made": say.said("made", **counts),
        "how": say.said("key_note", model=name, version=__version__) if key else words["how"],
        "foot": say.said("foot", title=title, seed=exam.seed),
        "questions": [_question(exam.bank, question, key) for question in exam.questions],
    }


def _question(bank: Bank, question: Question, key: bool) -> dict[str, Any]:
    """A question as plain data; what is right only with `key`."""
    item, posed = question.item, question.posed
    texts = [option.text for option in question.options] or list(question.lines)
    room = say.words()["room"]["lines"] * question.points if item.kind == "essay" else 0
    found: dict[str, Any] = {
        "number": question.number,
        "points": say.said("point" if question.points == 1 else "points", count=question.points),
        "stem": posed.stem,
        "asked": say.said(ASKED[item.kind]) if item.kind in ASKED else "",
        "unit": posed.shown.unit if posed.shown else "",
        "kind": item.kind,
        "lettered": [[LETTERS[i], text] for i, text in enumerate(texts)],
        "lines": room,
    }
    if key:
        wrong = [[one.shown.text, one.reveals] for one in posed.wrong] + [
            [LETTERS[i], o.note] for i, o in enumerate(question.options) if not o.right
        ]
        found |= {
            "right": say.accepted(posed.shown) if posed.shown else " ".join(question.right),
            "why": posed.feedback,
            "wrong": wrong,
            "rubric": [[str(points), text] for points, text in posed.rubric],
            "with": _with(bank, posed),
            "read": item.section,
            "id": item.id,
        }
    return found


def _with(bank: Bank, posed: Posed) -> str:
    """The assumptions of a variant; empty for the base case."""
    specs = model(bank.model).assumptions().spec.assumptions
    parts = [
        say.said("with_one", label=specs[name].label, value=specs[name].write(value))
        for name, value in posed.setting.items()
    ]
    return say.said("with", list="; ".join(parts)) if parts else ""


def html(data: dict[str, Any]) -> bytes:
    """The file, the same bytes for the same exam; ImportError names the extra that is missing."""
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
    except ImportError:
        raise errors.missing("Jinja2") from None

    page = Environment(
        loader=FileSystemLoader(HERE), autoescape=True, undefined=StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
    ).get_template("paper.html.j2")  # fmt: skip
    fonts = {
        weight: base64.b64encode((FONTS / file).read_bytes()).decode()
        for weight, file in WEIGHTS.items()
    }
    return page.render(p=data, fonts=fonts, colours=PALETTE).encode()


def pdf(data: dict[str, Any]) -> bytes:
    """The file, the same bytes for the same exam.

    MemoError names the font that is missing, ImportError the extra.
    """
    return memo_pdf.typeset(HERE / "paper.typ", "paper", data)

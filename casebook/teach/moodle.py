"""An exam as Moodle XML: a category and its questions, tolerances and misconceptions kept.

A line to be put into order is a matching question (line and place), which every Moodle has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import errors, say
from .exam import Exam, Question

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

#: Kind of an item -> type of question.
TYPES = {
    "choice": "multichoice",
    "multi": "multichoice",
    "numeric": "numerical",
    "order": "matching",
    "essay": "essay",
}


def written(exam: Exam) -> bytes:
    """The file, the same bytes for the same exam; ImportError names the extra that is missing."""
    try:
        from lxml import etree
    except ImportError:
        raise errors.missing("lxml") from None

    root = etree.Element("quiz")
    head = _in(root, "question", type="category")
    name = say.said("category", title=exam.bank.title, seed=exam.seed)
    # a slash in the name would open a category within
    _text(head, "category", f"$course$/top/{name.replace('/', '//')}")
    _text(head, "info", "", format="html")
    for question in exam.questions:
        _question(root, exam, question)
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _in(parent: Element, tag: str, value: str = "", **attributes: str) -> Element:
    """A new element within another."""
    from lxml import etree

    found = etree.SubElement(parent, tag, dict(attributes))
    if value:
        found.text = value
    return found


def _text(parent: Element, tag: str, value: str, **attributes: str) -> Element:
    """An element with its text within <text>, as Moodle has it."""
    found = _in(parent, tag, **attributes)
    _in(found, "text", value)
    return found


def _question(root: Element, exam: Exam, question: Question) -> None:
    """A question with all of its answers."""
    posed, item = question.posed, question.item
    found = _in(root, "question", type=TYPES[item.kind])
    _text(found, "name", question.name)
    asks = say.asks(posed.shown) if posed.shown else ""
    asks = say.said("sort") if item.kind == "order" else asks
    _text(found, "questiontext", say.html(posed.stem, asks), format="html")
    feedback = "" if item.kind == "essay" else posed.feedback
    _text(found, "generalfeedback", say.html(feedback), format="html")
    _in(found, "defaultgrade", str(question.points))
    _in(found, "penalty", "0.3333333")
    _in(found, "hidden", "0")
    _in(found, "idnumber", f"{item.id}-{exam.seed}")
    {
        "choice": _ticks,
        "multi": _ticks,
        "numeric": _number,
        "order": _order,
        "essay": _essay,
    }[item.kind](found, question)
    tags = _in(found, "tags")
    for tag in (exam.bank.name, item.objective, item.level):
        _text(tags, "tag", tag)


def _answer(found: Element, fraction: float, value: str, note: str, **attributes: str) -> Element:
    """An answer with the share of the points that it gives, and what is said to it."""
    answer = _in(found, "answer", fraction=f"{fraction:.7g}", **attributes)
    _in(answer, "text", value)
    _text(answer, "feedback", say.html(note), format="html")
    return answer


def _ticks(found: Element, question: Question) -> None:
    """Answers to tick: of several the right ones share the points, and a wrong one takes off."""
    single = question.item.kind == "choice"
    _in(found, "single", "true" if single else "false")
    _in(found, "shuffleanswers", "true")
    _in(found, "answernumbering", "ABCD")
    right = sum(option.right for option in question.options)
    wrong = len(question.options) - right
    for option in question.options:
        share = round(100 / right, 5) if option.right else 0 if single else -round(100 / wrong, 5)
        _answer(found, share, say.html(option.text), option.note, format="html")


def _number(found: Element, question: Question) -> None:
    """The right number, then each wrong one with its misconception, then any other."""
    shown = question.posed.shown
    assert shown is not None
    rows: list[tuple[float, float, str]] = [(100, shown.number, question.posed.feedback)]
    rows += [(0, one.shown.number, one.reveals) for one in question.posed.wrong]
    for fraction, number, note in rows:
        answer = _answer(found, fraction, say.plain(number), note, format="moodle_auto_format")
        _in(answer, "tolerance", say.plain(shown.tolerance))
    _in(found, "unitgradingtype", "0")
    _in(found, "unitpenalty", "0.1000000")
    _in(found, "showunits", "3")
    _in(found, "unitsleft", "0")


def _order(found: Element, question: Question) -> None:
    """Each line and its place."""
    _in(found, "shuffleanswers", "true")
    for line, place in zip(question.lines, question.order, strict=True):
        pair: Any = _in(found, "subquestion", format="html")
        _in(pair, "text", say.html(line))
        _text(pair, "answer", str(place + 1))


def _essay(found: Element, question: Question) -> None:
    """What the marker sees: the rubric and a model answer."""
    posed = question.posed
    rubric = [f"{points}: {text}" for points, text in posed.rubric]
    _text(found, "graderinfo", say.html(*rubric, posed.feedback), format="html")
    _text(found, "responsetemplate", "", format="html")
    _in(found, "responseformat", "editor")
    _in(found, "responserequired", "1")
    _in(found, "responsefieldlines", str(say.words()["room"]["lines"] * question.points))
    _in(found, "attachments", "0")
    _in(found, "attachmentsrequired", "0")

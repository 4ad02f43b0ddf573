"""An exam as a QTI 2.1 package: a zip with a manifest, a test, and a file for each question."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from . import errors, say
from .exam import LETTERS, Exam, Question

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
PACKAGE = "http://www.imsglobal.org/xsd/imscp_v1p1"
INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMAS = {
    QTI: f"{QTI} http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd",
    PACKAGE: f"{PACKAGE} http://www.imsglobal.org/xsd/qti/qtiv2p1/qtiv2p1_imscpv1p2_v1p0.xsd",
}
#: Every file of a package has this time, the first that a zip can hold.
TIME = (1980, 1, 1, 0, 0, 0)
#: Kind of an item -> how many values an answer has, and of which type.
RESPONSES = {
    "choice": ("single", "identifier"),
    "multi": ("multiple", "identifier"),
    "numeric": ("single", "float"),
    "order": ("ordered", "identifier"),
    "essay": ("single", "string"),
}


def written(exam: Exam) -> bytes:
    """The file, the same bytes for the same exam; ImportError names the extra that is missing."""
    try:
        import lxml  # noqa: F401
    except ImportError:
        raise errors.missing("lxml") from None

    files = {f"items/{q.name}.xml": _item(exam, q) for q in exam.questions}
    files["assessment.xml"] = _test(exam)
    files["imsmanifest.xml"] = _manifest(exam)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, TIME)
            info.compress_type, info.create_system, info.external_attr = 8, 3, 0o644 << 16
            package.writestr(info, files[name], compresslevel=9)
    return out.getvalue()


def _root(tag: str, space: str, **attributes: str) -> Element:
    """The first element of a file."""
    from lxml import etree

    root = etree.Element(f"{{{space}}}{tag}", attributes, {None: space, "xsi": INSTANCE})
    root.set(f"{{{INSTANCE}}}schemaLocation", SCHEMAS[space])
    return root


def _in(parent: Element, tag: str, value: str = "", **attributes: str) -> Element:
    """A new element within another; a name with an underscore at its end is a word of Python."""
    from lxml import etree

    space = str(parent.tag).partition("}")[0]
    found = etree.SubElement(
        parent, f"{space}}}{tag}", {k.rstrip("_"): v for k, v in attributes.items()}
    )
    found.text = value or None
    return found


def _bytes(root: Element) -> bytes:
    """A file, its lines in order of depth."""
    from lxml import etree

    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True))


def _name(exam: Exam, question: Question) -> str:
    """An identifier of QTI: it begins with a letter."""
    return f"{question.item.id}-{exam.seed}-{question.number}"


def _item(exam: Exam, question: Question) -> bytes:
    """A question: what is right, what is scored, what is shown, how it is judged, what is said."""
    item = question.item
    root = _root("assessmentItem", QTI, identifier=_name(exam, question), title=question.name,
                 adaptive="false", timeDependent="false")  # fmt: skip
    cardinality, kind = RESPONSES[item.kind]
    response = _in(root, "responseDeclaration", identifier="RESPONSE", cardinality=cardinality,
                   baseType=kind)  # fmt: skip
    if item.kind != "essay":
        correct = _in(response, "correctResponse")
        shown = question.posed.shown
        values = [say.plain(shown.number)] if shown else list(question.right)
        for value in values:
            _in(correct, "value", value)
    score = _in(root, "outcomeDeclaration", identifier="SCORE", cardinality="single",
                baseType="float", normalMaximum=str(question.points))  # fmt: skip
    _in(_in(score, "defaultValue"), "value", "0")
    told = "multiple" if item.kind == "multi" else "single"
    _in(root, "outcomeDeclaration", identifier="FEEDBACK", cardinality=told, baseType="identifier")
    _body(root, question)
    if item.kind != "essay":
        _judged(root, question)
    for identifier, text in _notes(question):
        note = _in(root, "modalFeedback", outcomeIdentifier="FEEDBACK", showHide="show",
                   identifier=identifier)  # fmt: skip
        _in(note, "p", text)
    return _bytes(root)


def _body(root: Element, question: Question) -> None:
    """What a student sees."""
    posed, kind = question.posed, question.item.kind
    body = _in(root, "itemBody")
    if kind == "essay":
        rubric = _in(body, "rubricBlock", view="scorer")
        lines = [f"{points}: {text}" for points, text in posed.rubric]
        for text in filter(None, [*lines, posed.feedback]):
            _in(rubric, "p", text)
    _in(body, "p", posed.stem)
    if kind == "numeric":
        assert posed.shown is not None
        line = _in(body, "p", f"{say.asks(posed.shown)} ".lstrip())
        _in(line, "textEntryInteraction", responseIdentifier="RESPONSE", expectedLength="12")
    elif kind == "essay":
        count = say.words()["room"]["lines"] * question.points
        _in(body, "extendedTextInteraction", responseIdentifier="RESPONSE",
            expectedLines=str(count))  # fmt: skip
    elif kind == "order":
        box = _in(body, "orderInteraction", responseIdentifier="RESPONSE", shuffle="false")
        _in(box, "prompt", say.said("put"))
        for i, text in enumerate(question.lines):
            _in(box, "simpleChoice", text, identifier=LETTERS[i])
    else:
        most = "1" if kind == "choice" else "0"
        box = _in(body, "choiceInteraction", responseIdentifier="RESPONSE", shuffle="false",
                  maxChoices=most)  # fmt: skip
        _in(box, "prompt", say.said("tick_one" if kind == "choice" else "tick_all"))
        for i, option in enumerate(question.options):
            _in(box, "simpleChoice", option.text, identifier=LETTERS[i])


def _judged(root: Element, question: Question) -> None:
    """How an answer is judged: points if it is right, and which feedback is told."""
    rules = _in(root, "responseProcessing")
    if question.posed.shown is not None:
        _number(rules, question)
        return
    condition = _in(rules, "responseCondition")
    then = _in(condition, "responseIf")
    _matches(then)
    _points(then, question)
    if question.options:  # each choice tells its own feedback
        told = _in(rules, "setOutcomeValue", identifier="FEEDBACK")
        _in(told, "variable", identifier="RESPONSE")
    else:
        _tell(then, "RIGHT")
        _tell(_in(condition, "responseElse"), "OTHER")


def _matches(rule: Element) -> None:
    """The answer is the right one."""
    match = _in(rule, "match")
    _in(match, "variable", identifier="RESPONSE")
    _in(match, "correct", identifier="RESPONSE")


def _points(rule: Element, question: Question) -> None:
    """All points."""
    score = _in(rule, "setOutcomeValue", identifier="SCORE")
    _in(score, "baseValue", str(question.points), baseType="float")


def _tell(rule: Element, identifier: str) -> None:
    """A feedback."""
    told = _in(rule, "setOutcomeValue", identifier="FEEDBACK")
    _in(told, "baseValue", identifier, baseType="identifier")


def _number(rules: Element, question: Question) -> None:
    """The right number within its tolerance, each wrong one within the same, then any other."""
    shown = question.posed.shown
    assert shown is not None
    near = {
        "toleranceMode": "absolute",
        "tolerance": f"{say.plain(shown.tolerance)} {say.plain(shown.tolerance)}",
    }
    condition = _in(rules, "responseCondition")
    right = _in(condition, "responseIf")
    equal = _in(right, "equal", **near)
    _in(equal, "variable", identifier="RESPONSE")
    _in(equal, "correct", identifier="RESPONSE")
    _points(right, question)
    _tell(right, "RIGHT")
    for i, one in enumerate(question.posed.wrong, 1):
        wrong = _in(condition, "responseElseIf")
        equal = _in(wrong, "equal", **near)
        _in(equal, "variable", identifier="RESPONSE")
        _in(equal, "baseValue", say.plain(one.shown.number), baseType="float")
        _tell(wrong, f"WRONG{i}")
    _tell(_in(condition, "responseElse"), "OTHER")


def _notes(question: Question) -> list[tuple[str, str]]:
    """(identifier, text) of what may be told."""
    posed = question.posed
    if question.options:
        return [(LETTERS[i], o.note or posed.feedback) for i, o in enumerate(question.options)]
    if question.item.kind == "essay":
        return []
    found = [("RIGHT", posed.feedback)]
    found += [(f"WRONG{i}", one.reveals) for i, one in enumerate(posed.wrong, 1)]
    return [*found, ("OTHER", say.said("other", feedback=posed.feedback))]


def _test(exam: Exam) -> bytes:
    """The test: the questions in their order."""
    name = f"{exam.bank.name}-{exam.seed}"
    title = say.said("category", title=exam.bank.title, seed=exam.seed)
    root = _root("assessmentTest", QTI, identifier=f"test-{name}", title=title)
    part = _in(root, "testPart", identifier="part", navigationMode="nonlinear",
               submissionMode="simultaneous")  # fmt: skip
    section = _in(part, "assessmentSection", identifier="section", title=title, visible="true")
    for question in exam.questions:
        _in(section, "assessmentItemRef", identifier=_name(exam, question),
            href=f"items/{question.name}.xml")  # fmt: skip
    return _bytes(root)


def _manifest(exam: Exam) -> bytes:
    """What is in the package."""
    name = f"{exam.bank.name}-{exam.seed}"
    root = _root("manifest", PACKAGE, identifier=f"manifest-{name}")
    about = _in(root, "metadata")
    _in(about, "schema", "QTIv2.1 Package")
    _in(about, "schemaversion", "1.0.0")
    _in(root, "organizations")
    resources = _in(root, "resources")
    test = _in(resources, "resource", identifier=f"resource-test-{name}",
               type="imsqti_test_xmlv2p1", href="assessment.xml")  # fmt: skip
    _in(test, "file", href="assessment.xml")
    for question in exam.questions:
        href, identifier = f"items/{question.name}.xml", f"resource-{_name(exam, question)}"
        _in(test, "dependency", identifierref=identifier)
        found = _in(resources, "resource", identifier=identifier, type="imsqti_item_xmlv2p1",
                    href=href)  # fmt: skip
        _in(found, "file", href=href)
    return _bytes(root)

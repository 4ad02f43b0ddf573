"""Papers and exports: the same bytes twice, tolerances and misconceptions in them, all or none."""

from __future__ import annotations

import io
import re
import zipfile
from functools import cache
from pathlib import Path
from typing import Any

import markupsafe
import pytest
from lxml import etree

from casebook import _whole, teach
from casebook.teach import paper
from casebook.teach.say import plain

BANK = teach.read("problem")
SEED, ITEMS = 7, 14


@cache
def exam() -> teach.Exam:
    return teach.compose(BANK, ITEMS, SEED)


@cache
def files(form: str) -> dict[str, bytes]:
    return teach.written(exam(), form)


def numeric() -> list[teach.Question]:
    found = [q for q in exam().questions if q.posed.shown]
    assert len(found) >= 3
    return found


@pytest.mark.parametrize("form", teach.FORMS)
def test_the_same_bytes_twice(form: str) -> None:
    again = teach.written(teach.compose(teach.read("problem"), ITEMS, SEED), form)
    assert again == files(form)


@pytest.mark.parametrize("form", teach.FORMS)
def test_another_seed_is_another_exam(form: str) -> None:
    other = teach.written(teach.compose(BANK, ITEMS, SEED + 1), form)
    assert not set(other.values()) & set(files(form).values())


# ------------------------------------------------------------------------------------- paper


def test_a_paper_does_not_hold_its_key() -> None:
    text = files("paper")["problem-7-paper.html"].decode()
    key = files("paper")["problem-7-key.html"].decode()
    for question in exam().questions:
        posed = question.posed
        notes = [one.reveals for one in posed.wrong] + [
            o.note for o in question.options if not o.right
        ]
        for hidden in filter(None, [posed.feedback, *notes]):
            assert escaped(hidden) not in text
            assert escaped(hidden) in key
        assert escaped(posed.stem) in text
        assert question.item.id not in text
    for row in paper.content(exam(), False)["questions"]:
        assert not {"right", "why", "wrong", "rubric", "with", "read", "id"} & set(row)


def escaped(text: str) -> str:
    return str(markupsafe.escape(text))


def test_the_key_says_how_near_is_near_enough() -> None:
    key = files("paper")["problem-7-key.html"].decode()
    for question in numeric():
        assert question.posed.shown is not None
        assert escaped(teach.accepted(question.posed.shown)) in key
        for one in question.posed.wrong:
            assert escaped(f"{one.shown.text}: {one.reveals}") in key


def test_papers_fetch_nothing() -> None:
    for name, data in files("paper").items():
        if name.endswith(".html"):
            assert not re.search(rb"(?:src|href)\s*=|url\((?!data:)|https?://", data)
        else:
            assert data.startswith(b"%PDF") and len(data) < 400_000


# ------------------------------------------------------------------------------------- moodle


def moodle() -> Any:
    (data,) = files("moodle").values()
    return etree.fromstring(data)


def test_moodle_has_every_question() -> None:
    root = moodle()
    found = root.findall("question")
    assert found[0].get("type") == "category"
    assert len(found) == ITEMS + 1
    ids = [q.findtext("idnumber") for q in found[1:]]
    assert len(set(ids)) == ITEMS and all(i.endswith(f"-{SEED}") for i in ids)


def test_moodle_keeps_tolerance_and_misconceptions() -> None:
    found = moodle().findall("question[@type='numerical']")
    assert len(found) == len(numeric())
    for node, question in zip(found, numeric(), strict=True):
        shown = question.posed.shown
        assert shown is not None
        right, *wrong = node.findall("answer")
        assert right.get("fraction") == "100"
        assert float(right.findtext("text")) == pytest.approx(shown.number, rel=1e-11)
        assert {float(a.findtext("tolerance")) for a in node.findall("answer")} == {shown.tolerance}
        assert len(wrong) == len(question.posed.wrong)
        for answer, one in zip(wrong, question.posed.wrong, strict=True):
            assert answer.get("fraction") == "0"
            assert not shown.accepts(float(answer.findtext("text")))
            html = etree.fromstring(f"<div>{answer.findtext('feedback/text')}</div>")
            assert "".join(html.itertext()) == one.reveals


def test_moodle_shares_the_points() -> None:
    for node in moodle().findall("question[@type='multichoice']"):
        shares = [float(a.get("fraction")) for a in node.findall("answer")]
        assert sum(x for x in shares if x > 0) == pytest.approx(100, abs=1e-3)
        if node.findtext("single") == "false":
            assert sum(x for x in shares if x < 0) == pytest.approx(-100, abs=1e-3)


def test_moodle_has_the_order_and_the_rubric() -> None:
    root, order = moodle(), [q for q in exam().questions if q.lines]
    for node, question in zip(root.findall("question[@type='matching']"), order, strict=True):
        pairs = {
            int(pair.findtext("answer/text")): pair.findtext("text")
            for pair in node.findall("subquestion")
        }
        lines = [etree.fromstring(f"<d>{pairs[k]}</d>").findtext("p") for k in sorted(pairs)]
        assert lines == list(question.posed.sequence)
    essays = [q for q in exam().questions if q.item.kind == "essay"]
    for node, question in zip(root.findall("question[@type='essay']"), essays, strict=True):
        assert question.posed.rubric[0][1][:20] in node.findtext("graderinfo/text")
        assert node.findtext("defaultgrade") == str(question.points)


# ------------------------------------------------------------------------------------- QTI


def package() -> dict[str, Any]:
    (data,) = files("qti").values()
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        assert found.testzip() is None
        assert {info.date_time for info in found.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert found.namelist() == sorted(found.namelist())
        return {name: etree.fromstring(found.read(name)) for name in found.namelist()}


def test_the_manifest_names_every_file() -> None:
    found = package()
    manifest = found["imsmanifest.xml"]
    listed = {node.get("href") for node in manifest.iter("{*}file")}
    assert listed == set(found) - {"imsmanifest.xml"}
    needed = {node.get("identifierref") for node in manifest.iter("{*}dependency")}
    known = {node.get("identifier") for node in manifest.iter("{*}resource")}
    assert len(needed) == ITEMS and needed < known
    for reference in found["assessment.xml"].iter("{*}assessmentItemRef"):
        assert found[reference.get("href")].get("identifier") == reference.get("identifier")


def test_qti_keeps_tolerance_and_misconceptions() -> None:
    found = package()
    for question in numeric():
        shown = question.posed.shown
        assert shown is not None
        node = found[f"items/{question.name}.xml"]
        equals = list(node.iter("{*}equal"))
        assert len(equals) == 1 + len(question.posed.wrong)
        both = f"{plain(shown.tolerance)} {plain(shown.tolerance)}"
        assert {(e.get("toleranceMode"), e.get("tolerance")) for e in equals} == {
            ("absolute", both)
        }
        value = float(node.findtext("{*}responseDeclaration/{*}correctResponse/{*}value"))
        assert value == pytest.approx(shown.number, rel=1e-11)
        notes = {m.get("identifier"): m.findtext("{*}p") for m in node.iter("{*}modalFeedback")}
        for i, one in enumerate(question.posed.wrong, 1):
            assert notes[f"WRONG{i}"] == one.reveals
            assert float(equals[i].findtext("{*}baseValue")) == pytest.approx(one.shown.number)
        assert notes["RIGHT"] == question.posed.feedback


def test_qti_says_what_is_right() -> None:
    found = package()
    for question in exam().questions:
        node = found[f"items/{question.name}.xml"]
        choices = {c.get("identifier"): c.text for c in node.iter("{*}simpleChoice")}
        right = [
            v.text for v in node.iterfind("{*}responseDeclaration/{*}correctResponse/{*}value")
        ]
        if question.options:
            assert [choices[k] for k in right] == [o.text for o in question.options if o.right]
        elif question.lines:
            assert tuple(choices[k] for k in right) == question.posed.sequence
        elif question.item.kind == "essay":
            assert not right
            (rubric,) = node.iter("{*}rubricBlock")
            assert rubric.get("view") == "scorer"


# ------------------------------------------------------------------------------------- folders


def test_a_folder_is_made_and_one_with_files_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "one" / "two"
    done = teach.write(exam(), folder, "moodle")
    assert [path.name for path in done] == ["problem-7-moodle.xml"]
    with pytest.raises(teach.TeachError, match="not empty"):
        teach.write(exam(), folder, "qti")
    assert len(list(folder.iterdir())) == 1
    teach.write(exam(), folder, "qti", force=True)
    assert sorted(p.name for p in folder.iterdir()) == ["problem-7-moodle.xml", "problem-7-qti.zip"]


def test_all_files_or_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "new"
    monkeypatch.setattr(teach.files, "written", lambda *_: {"a": b"x", "b/c": b"y"})
    with pytest.raises(OSError, match="no folder"):
        teach.write(exam(), folder)
    assert not folder.exists()
    assert not list(tmp_path.iterdir())
    assert callable(_whole.together)


def test_a_form_that_is_not_there() -> None:
    with pytest.raises(teach.TeachError, match="allowed: paper, moodle, qti"):
        teach.written(exam(), "word")

"""A client in a notebook: what is typed, read, refused, answered and saved."""

from __future__ import annotations

import asyncio
import base64
import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import pytest

from casebook import clientfile, workbook
from casebook.cases import NAMES
from casebook.desk import Client, Desk, files, show, widget
from casebook.desk import client as texts
from casebook.memo import Head
from casebook.models import model
from casebook.words import catalogue, word

ROOT = Path(__file__).resolve().parents[2]
each_case = pytest.mark.parametrize("case", NAMES)


@pytest.fixture
def desk() -> Desk:
    return Desk("problem", sales=27.0)


def controls(desk: Desk) -> widget.Controls:
    desk.widget()
    assert desk.controls is not None
    return desk.controls


def put(given: widget.Controls, name: str, text: str) -> None:
    """Type into a row, as a reader does."""
    given.rows[name].children[0].value = text


def choose(given: widget.Controls, name: str, content: bytes) -> None:
    """Choose a file, as the control for files tells it."""
    chosen = {"name": name, "type": "", "size": len(content), "content": memoryview(content)}
    given._opened({"new": (chosen,)})


# ------------------------------------------------------------------------------ what is typed


@each_case
def test_every_assumption_has_one_place(case: str) -> None:
    record = model(case).assumptions()
    parts = texts.groups(record)
    assert sorted(n for names in parts.values() for n in names) == sorted(record.spec.assumptions)
    assert set(catalogue("desk")["groups"][case]) <= set(record.spec.assumptions)
    assert next(iter(record.spec.assumptions)) in catalogue("desk")["groups"][case]


@each_case
def test_a_value_is_typed_as_it_is_shown(case: str) -> None:
    """To the last digit, at both ends too, in the unit of the row."""
    record = model(case).assumptions()
    for name, spec in record.spec.assumptions.items():
        now = getattr(record, name)
        ends = [] if spec.choices or isinstance(now, tuple) else [spec.low, spec.high, 0.1 + 0.2]
        for value in (now, *ends):
            if isinstance(spec.value, int) and value != int(value):
                continue
            value = int(value) if isinstance(spec.value, int) else value
            back = texts.value_of(spec, texts.text_of(spec, value))
            assert (tuple(back) if isinstance(back, list) else back) == value, name


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("rate", "5", 0.05),
        ("rate", " 5.25 % ", 0.0525),
        ("rate", "\uff15\uff05", 0.05),  # as a Chinese keyboard types it
        ("shock_depth", "35", 0.35),
        ("sales", "+27.5", 27.5),
        ("wait", "2", 2),
        ("share_value", "0", 0.0),
    ],
)
def test_what_is_understood(name: str, text: str, value: float, desk: Desk) -> None:
    assert desk.client.type(name, text) == ""
    assert getattr(desk.client.answer().assumptions, name) == value


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("sales", "270", "sales = 270.0 is out of range; allowed 5 to 60"),
        ("rate", "0.05", "(that is"),
        ("sales", "", "must be a number"),
        ("sales", "abc", "'abc' must be a number"),
        ("sales", "2,7", "'2,7' must be a number"),  # a comma parts thousands
        ("sales", "1e9", "must be a number"),
        ("sales", "nan", "must be a number"),
        ("sales", "9" * 400, "must be a number"),
        ("wait", "1.5", "must be a whole number"),
        ("way_out", "nothing", "must be one of"),
    ],
)
def test_what_is_refused(name: str, text: str, why: str, desk: Desk) -> None:
    said = desk.client.type(name, text)
    assert why in said and "\n" not in said and ".toml" not in said
    assert desk.client.wrong == {name: said}


def test_a_list_is_checked_entry_by_entry_and_as_a_whole() -> None:
    client = Client("transactional")
    entries = client.typed["slip_probabilities"].split("; ")
    assert "6 numbers; it must have 7" in client.type("slip_probabilities", "; ".join(entries[:-1]))
    assert "sums to" in client.type("slip_probabilities", "; ".join(["0", *entries[1:]]))
    assert client.type("slip_probabilities", " ".join(entries)) == ""


def test_while_a_row_is_refused_the_last_good_results_stay_and_nothing_is_lost(desk: Desk) -> None:
    client = desk.client
    good = client.answer()
    client.type("shock_depth", "300")
    client.type("sales", "31")
    assert client.answer() is good and desk.record.sales == 27.0
    assert client.typed["shock_depth"] == "300" and client.typed["sales"] == "31"
    assert "last numbers that were all allowed" in show.status(client)
    client.type("shock_depth", "35")
    assert client.answer() is not good
    assert (desk.record.sales, desk.record.shock_depth) == (31.0, 0.35)
    assert "last numbers" not in show.status(client)


def test_what_the_model_refuses_as_a_whole_is_said(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(a: Any) -> Any:
        raise ValueError("no such firm")

    client, good = desk.client, desk.run
    monkeypatch.setattr(client.model, "simulate", refuses)
    client.type("sales", "28")
    assert client.answer() is good and "no such firm" in show.status(client)
    monkeypatch.undo()
    client.type("sales", "27")
    assert client.answer() is good and "no such firm" not in show.status(client)


def test_an_identity_that_does_not_hold_is_said(desk: Desk) -> None:
    checks = dict.fromkeys(desk.run.checks, 1.0)
    desk.client.run = dataclasses.replace(desk.run, checks=checks)
    assert "Do not use these results" in show.status(desk.client)


# ------------------------------------------------------------------------------------- files


@pytest.mark.parametrize("form", ["utf-8", "utf-8-sig", "gb18030", "xlsx", "desk"])
def test_a_file_is_read(form: str, desk: Desk) -> None:
    a = model("transactional").assumptions().replace(rate=0.05123456789012345, form="bullet")
    if form == "xlsx":
        content = workbook.written(model("transactional").simulate(a))
    elif form == "desk":
        other = Desk("transactional", a)
        content = files.written(other.client, "xlsx")
    else:
        content = ("# 客户\n" + clientfile.template("transactional", a)).encode(form)
    given = controls(desk)
    choose(given, "my client", content)
    assert desk.case == given.case.value == "transactional"
    assert desk.record == a
    notes = word("clientfile.encoding") in given.told.value
    assert notes == (form == "gb18030") and "my client" in given.told.value
    given.case.value = "problem"  # the other client is as it was
    assert desk.record.sales == 27.0


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b'casebook = 1\ncase = "problem"\nsalse = 3\nwait = 1.5\n', "did you mean"),
        (b"casebook = 1\n", "case is missing"),
        (b'case = "problem"\nsales = \n', "not TOML"),
        (b"PK\3\4 nothing", "no workbook that can be read"),
        (b"\xff\xff\xff", "neither UTF-8 nor GB18030"),
        (b'casebook = 1\ncase = "loan"\n', "the five cases"),
    ],
)
def test_a_file_that_is_wrong_changes_nothing(content: bytes, why: str, desk: Desk) -> None:
    given = controls(desk)
    put(given, "shock_depth", "300")
    before = desk.run
    choose(given, "<b>.toml", content)
    assert why in given.told.value and "&lt;b&gt;.toml" in given.told.value
    assert desk.run is before and desk.case == "problem"
    assert given.rows["shock_depth"].children[0].value == "300"


def test_all_that_is_wrong_with_a_file_is_told_at_once(desk: Desk) -> None:
    given = controls(desk)
    choose(given, "x", b'casebook = 1\ncase = "problem"\nsalse = 3\nwait = 1.5\n')
    assert given.told.value.count("<p>x:") == 2


def test_a_wider_range_of_a_file_holds_in_the_table(desk: Desk) -> None:
    given = controls(desk)
    text = 'casebook = 1\ncase = "problem"\nsales = 300.0\n[ranges]\nsales = [1, 500]\n'
    choose(given, "x", text.encode())
    assert desk.record.sales == 300.0
    assert desk.client.type("sales", "400") == "" and desk.client.type("sales", "600")


def test_a_firm_of_another_size_is_told_how(desk: Desk) -> None:
    desk.client.type("sales", "270")
    assert "sales = [5, 600]" in show.status(desk.client)
    desk.client.type("sales", "27")
    desk.client.type("shock_depth", "300")  # a share stays one
    assert "[ranges]" not in show.status(desk.client)


@each_case
def test_what_is_saved_is_what_is_shown(case: str) -> None:
    desk = Desk(case)
    name = desk.record.spec.words["explorer"]["sliders"][0]
    spec = desk.client.specs[name]
    desk.client.type(name, texts.text_of(spec, spec.low))
    desk.client.answer()
    text = files.contents(desk.client, Head(client="Baiyun <Pumps>"))
    for ending in ("toml", "xlsx"):
        file = texts.opened(files.written(desk.client, ending), "x")
        assert file.record == desk.record and file.case == case
    page = files.written(desk.client, "html", text).decode()
    assert "Baiyun &lt;Pumps&gt;" in page and desk.decision() in page.replace("&#39;", "'")


def test_a_link_carries_its_file_and_asks_nobody(desk: Desk) -> None:
    made = {"toml": clientfile.template("problem").encode(), "html": b"<p>"}
    html = files.links("problem", made)
    found = re.findall(r"download='problem\.(\w+)' href='data:[^;]+;base64,([^']+)'", html)
    assert {ending: base64.b64decode(data) for ending, data in found} == made
    assert "http" not in html


def test_what_cannot_be_written_is_said_and_the_rest_is_there(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = files.find_spec
    monkeypatch.setattr(files, "find_spec", lambda n: None if n in ("typst", "docx") else find(n))
    monkeypatch.setattr(files.sys, "platform", "emscripten")
    made, (line,) = files.made(desk.client, files.contents(desk.client, Head()))
    assert list(made) == ["toml", "xlsx", "html"]
    assert "Memo (PDF), Memo (Word)" in line and "typst, python-docx" in line
    assert "browser" in line


# ------------------------------------------------------------------------------- the controls


def test_what_is_typed_is_marked_at_once(desk: Desk) -> None:
    given = controls(desk)
    row = given.rows["shock_depth"]
    base = row.children[1].value
    assert "changed" not in base and "0 to 60%" in base and "30%" in base
    put(given, "shock_depth", "35")
    assert "changed" in row.children[1].value and "cb-desk-changed" in row._dom_classes
    before = given.content.value
    put(given, "shock_depth", "<300>")
    assert "role='alert'" in row.children[1].value and "&lt;300&gt;" in row.children[1].value
    assert "1 refused" in given.status.value and given.content.value == before
    fold = given.folds[texts.said("telling")][0]
    assert "1 refused" in fold.description
    put(given, "shock_depth", "30")
    assert row.children[1].value == base


def test_a_part_has_rows_once_it_is_unfolded(desk: Desk) -> None:
    given = controls(desk)
    assert "sales" not in given.rows
    fold, inner, _ = given.folds["The firm"]
    assert "1 changed" in fold.description and inner.layout.display == "none"
    fold.value = True
    assert given.rows["sales"].children[0].value == "27" and inner.layout.display == ""


def test_every_control_has_a_name_with_its_unit() -> None:
    for case in NAMES:
        given = controls(Desk(case))
        for fold, _, _ in given.folds.values():
            fold.value = True
        names = [row.children[0].description for row in given.rows.values()]
        assert len(names) == len(set(names)) == len(given.desk.client.specs)
        assert all(names)
        others = (given.case, given.file, given.back, *given.head.values())
        assert all(control.description for control in others)


def test_the_numbers_are_those_of_the_model(desk: Desk) -> None:
    given = controls(desk)
    put(given, "shock_depth", "35")
    run = model("problem").simulate(desk.client.book.replace(sales=27.0, shock_depth=0.35))
    for label, number in run.key_numbers():
        assert f">{label}</th><td>{number}</td>" in given.content.value.replace("&#x27;", "'")
    assert f"2 of {len(desk.client.specs)} assumptions differ" in given.content.value


def test_back_to_the_book(desk: Desk) -> None:
    given = controls(desk)
    put(given, "shock_depth", "300")
    given.back.click()
    assert desk.record == desk.client.book and not desk.client.wrong
    assert given.rows["shock_depth"].children[0].value == "30"


def test_the_memo_is_made_when_it_is_looked_at(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Head] = []
    page = b"<p class='x'>memo</p>"
    monkeypatch.setattr(files, "contents", lambda client, head: asked.append(head))
    monkeypatch.setattr(files, "written", lambda client, ending, text: page)
    given = controls(desk)
    put(given, "shock_depth", "35")
    assert not asked
    given.page.value = "memo"
    assert "srcdoc='&lt;p class=&#x27;x&#x27;&gt;memo" in given.content.value
    assert "sandbox" in given.content.value
    given.fill()
    assert len(asked) == 1  # nothing has changed
    given.head["client"].value = "Baiyun Pumps"
    assert asked[-1] == Head(client="Baiyun Pumps") and len(asked) == 2


def test_in_a_notebook_the_answer_waits_for_a_pause(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Keys in one go give one answer, of the last one."""
    monkeypatch.setattr(widget, "PAUSE", 0.0)
    given = controls(desk)
    answered: list[float] = []
    simulate = desk.client.model.simulate
    monkeypatch.setattr(
        desk.client.model,
        "simulate",
        lambda a: answered.append(a.shock_depth) or simulate(a),  # type: ignore[func-returns-value]
    )

    async def keys() -> None:
        for text in ("2", "25", "25."):
            put(given, "shock_depth", text)
        assert not answered and "in a moment" in given.status.value
        await asyncio.sleep(0.01)

    asyncio.run(keys())
    assert answered == [0.25] and "in a moment" not in given.status.value


@pytest.mark.parametrize(
    ("environ", "platform", "said"),
    [
        ({}, "linux", "own machine"),
        ({"BINDER_REPO_URL": "x", "JUPYTERHUB_API_URL": "x"}, "linux", "Do not use a real client"),
        ({"JUPYTERHUB_API_URL": "x"}, "linux", "signed in"),
        ({}, "emscripten", "sent nowhere"),
    ],
)
def test_the_desk_says_where_a_file_is_read(
    environ: dict[str, str], platform: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files.sys, "platform", platform)
    assert said in texts.said(f"places.{widget.place_of(environ)}")


# ------------------------------------------------------------------------------ what is asked


def test_the_client_beside_the_book() -> None:
    desk = Desk("transactional", rate=0.05, collection_days=60.0)
    table = desk.beside()
    labels = [desk.client.specs[n].label for n in desk.client.changes]
    assert sorted(table.index) == sorted(labels)
    assert desk.client.specs["rate"].write(0.05) in table.to_string()
    assert Desk("transactional").beside().empty


def test_the_break_even_is_that_of_the_memo() -> None:
    desk = Desk("transactional")
    now, turn = desk.even().splitlines()
    assert desk.client.specs["rate"].write(desk.record.rate) in now
    assert desk.run.written("break_even_rate") in turn
    assert turn.endswith("beyond it the loan earns more than its capital must.")
    assert "does not turn" in desk.even("rate", "economic_profit == 1e9")


@each_case
def test_the_question_of_a_case_can_be_asked(case: str) -> None:
    from casebook.study import breakeven

    words, client = catalogue("desk")["questions"][case], Client(case)
    assert words["assumption"] in client.specs
    for part in breakeven.parts(words["question"]):
        assert breakeven.side(part, client.base)(client.base) is not None


# ------------------------------------------------------------------------------ the notebook


def test_without_a_kernel_there_is_a_table(desk: Desk) -> None:
    bundle = desk._repr_mimebundle_()
    assert "CNY 27 million <b>changed</b>" in bundle["text/html"]
    for label, number in desk.run.key_numbers():
        assert label in bundle["text/html"] and number in bundle["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_no_address_is_in_what_the_desk_shows(desk: Desk) -> None:
    for html in (show.style(), show.numbers(desk.client), show.still(desk.client)):
        assert not re.search(r"https?://|src=['\"](?!data:)", html)


def test_the_notebook_is_small_and_says_where_the_numbers_go() -> None:
    path = ROOT / "notebooks" / "your_client.ipynb"
    assert path.stat().st_size < 150_000
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    code = ["".join(c["source"]) for c in cells if c["cell_type"] == "code"]
    assert len(code) <= 6 and all(len(source.splitlines()) <= 5 for source in code)
    told = "".join("".join(c["source"]) for c in cells)
    assert "never leaves the browser" in told and "Do not use a real client" in told

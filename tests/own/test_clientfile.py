"""A client of one's own in a file: what is written is read, what is wrong is said by line."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from casebook import clientfile, workbook
from casebook.clientfile import ClientFileError, changed, parsed, read, template, workbook_read
from casebook.models import MODELS, model
from casebook.shape import AssumptionError

each_model = pytest.mark.parametrize("name", MODELS)
CASE = 'casebook = 1\ncase = "problem"\n'


@each_model
def test_a_template_gives_the_client_it_was_made_of(name: str) -> None:
    a = model(name).assumptions()
    text = template(name)
    file = parsed(text)
    assert file.record == a and file.case == name and not file.notes
    # every assumption is explained just above its line
    lines = text.splitlines()
    for spec in a.spec.assumptions.values():
        at = next(k for k, line in enumerate(lines) if line.startswith(f"{spec.name} = "))
        above = lines[:at]
        comment = " ".join(line[2:] for line in above[len(above) - above[::-1].index("") :])
        assert comment.startswith(f"{spec.label} ({spec.symbol}): ")
        assert spec.reason.split()[-1] in comment
    assert max(map(len, lines)) <= 100


@each_model
def test_another_client_is_written_and_read_to_the_last_digit(name: str) -> None:
    a = model(name).assumptions()
    changes = {s.name: s.low + (s.high - s.low) / 3 for s in a.spec.assumptions.values()
               if isinstance(s.value, float)}  # fmt: skip
    other = a.replace(**changes)
    assert other != a
    assert parsed(template(name, other)).record == other
    run = model(name).simulate(other)
    file = workbook_read(workbook.written(run))
    assert file.record == other and file.case == name and not file.notes


@each_model
def test_a_case_file_in_full_is_read_as_the_older_form(name: str) -> None:
    a = model(name).assumptions()
    file = read(a.spec.path)
    assert (file.record, file.version, len(file.notes)) == (a, 0, 1)
    assert parsed(template(name, file.record)).version == clientfile.VERSION


def test_what_is_left_out_is_the_book_s_and_said() -> None:
    file = parsed(CASE + "sales = 30\n")
    base = model("problem").assumptions()
    assert file.record == base.replace(sales=30.0)
    (note,) = file.notes
    assert str(len(base.spec.assumptions) - 1) in note
    assert base.spec.assumptions["gross_margin"].label in note
    assert f": {base.spec.assumptions['sales'].label};" not in note and len(note) < 500


def test_an_assumption_that_is_gone_is_left_out_with_a_note() -> None:
    path = model("strategic").assumptions().spec.path
    text = path.read_text(encoding="utf-8")
    old = text.replace("[assumptions.", "[assumptions.category]\nvalue = 3\n\n[assumptions.", 1)
    file = parsed(old)
    assert any("category" in note for note in file.notes)
    assert file.record == model("strategic").assumptions()


def test_a_client_of_another_size() -> None:
    file = parsed(CASE + "sales = 400\n[ranges]\nsales = [1, 500]\n")
    assert file.record.sales == 400
    assert file.record.spec.assumptions["sales"].high == 500
    again = parsed(template("problem", file.record))
    assert again.record == file.record and again.record.spec.assumptions["sales"].high == 500
    run = model("problem").simulate(file.record)
    assert all(residual <= run.tolerance for residual in run.checks.values())


def test_encodings(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    text = CASE + "# 销售收入\nsales = 30\n"
    for encoding, notes in (("utf-8", 1), ("utf-8-sig", 1), ("gb18030", 2)):
        path.write_text(text, encoding=encoding)
        file = read(path)
        assert file.record.sales == 30 and len(file.notes) == notes, encoding


def test_every_problem_of_a_file_is_told_with_its_line() -> None:
    with pytest.raises(ClientFileError) as error:
        parsed(CASE + 'salse = 3\nwait = 1.5\nsales = "x"\n[ranges]\nhaircut = [0, 2]\n')
    problems = error.value.problems
    assert [p.split(":")[1] for p in problems] == ["7", "3", "4", "5"]
    assert "did you mean 'sales'?" in problems[1]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("casebook = ", "not TOML"),
        ("", "case is missing"),
        ("case = 3\n", "case = 3 is unknown"),
        ('case = "problm"\n', "case = 'problm' is unknown"),
        ('casebook = 2\ncase = "problem"\n', ":1: casebook = 2"),
        ('casebook = "1"\ncase = "problem"\n', "casebook = '1'"),
        (CASE + "sales = 1\nsales = 2\n", "not TOML"),
        (CASE + "sales = 1e9\n", ":3: sales = 1000000000.0 is out of range; allowed 5 to 60"),
        (CASE + "sales = nan\n", "must be a number"),
        (CASE + "sales = inf\n", "must be a number"),
        (CASE + "sales = true\n", "must be a number"),
        (CASE + "sales = [1, 2]\n", "must be a number"),
        (CASE + "sales = 2024-01-01\n", "must be a number"),
        (CASE + 'way_out = "sell"\n', "must be one of"),
        (CASE + "way_out = 1\n", "must be one of"),
        (CASE + "haircut = 30\n", "out of range"),
        (CASE + "[ranges]\nsales = 5\n", "must be [low, high]"),
        (CASE + "[ranges]\nsales = [9, 5]\n", "must be two numbers"),
        (CASE + "[ranges]\nsales = [-9, 5]\n", "must be two numbers"),
        (CASE + '[ranges]\nsales = ["a", 5]\n', "must be [low, high]"),
        (CASE + "[ranges]\nway_out = [0, 5]\n", "stays as it is"),
        (CASE + "[ranges]\nfoo = [0, 5]\n", "there is no assumption 'foo'"),
        (CASE + "ranges = 3\n", "ranges must be a table"),
        (CASE + "[sales]\nvalue = 3\n", "must be a number"),
        ('case = "problem"\n[assumptions]\nsales = 3\n', "must be a table with a value"),
        ('case = "problem"\n[assumptions.foo]\nvalue = 3\n', "there is no assumption 'foo'"),
    ],
)
def test_a_file_that_cannot_be_used_gets_one_clear_line(text: str, says: str) -> None:
    with pytest.raises(ClientFileError) as error:
        parsed(text)
    (problem,) = error.value.problems
    assert says in problem and "\n" not in problem


def test_files_that_are_none(tmp_path: Path) -> None:
    for name, content, says in (
        ("a.toml", b"\xff\xfe\x00", "UTF-8"),
        ("a.xlsx", b"PK\3\4 broken", "no workbook"),
        ("b.xlsx", foreign(), "not a workbook that this book wrote"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ClientFileError, match=says):
            read(tmp_path / name)
    with pytest.raises(ClientFileError, match="cannot be read"):
        read(tmp_path / "nowhere.toml")
    with pytest.raises(ClientFileError, match="case is missing"):
        parsed("sales = 30\n", "problem")
    with pytest.raises(ClientFileError, match="not of 'growth'"):
        parsed(CASE, "growth")


def foreign() -> bytes:
    return workbook.table(["a"], [[1.0]])


def test_a_workbook_of_a_client_of_another_size_is_read_back(tmp_path: Path) -> None:
    module = model("transactional")
    file = parsed(template("transactional").replace("principal = 10.0", "principal = 200.0")
                  + "\n[ranges]\nprincipal = [1, 400]\n")  # fmt: skip
    path = tmp_path / "large.xlsx"
    path.write_bytes(workbook.written(module.simulate(file.record)))
    found = read(path)
    assert found.record.principal == 200 and found.record.values() == file.record.values()
    assert found.record.spec.assumptions["principal"].high == 400
    assert len(found.notes) == 1 and "Loan" in found.notes[0]


def test_a_workbook_that_was_edited(tmp_path: Path) -> None:
    import openpyxl

    a = model("transactional").assumptions()
    path = tmp_path / "mine.xlsx"
    path.write_bytes(workbook.written(model("transactional").simulate(a)))
    book = openpyxl.load_workbook(path)
    sheet = book.worksheets[-1]
    rows = {sheet.cell(k, workbook.NAME_OF + 1).value: k for k in range(1, sheet.max_row + 1)}
    sheet.cell(rows["rate"], workbook.VALUE + 1).value = 0.05
    sheet.cell(rows["form"], workbook.VALUE + 1).value = a.spec.assumptions["form"].choices[
        "bullet"
    ]
    book.save(path)
    assert read(path).record == a.replace(rate=0.05, form="bullet")
    sheet.cell(rows["rate"], workbook.VALUE + 1).value = "a lot"
    book.save(path)
    with pytest.raises(ClientFileError, match=rf"row {rows['rate']}: rate = 'a lot' must be a num"):
        read(path)


def test_assumptions_that_are_typed() -> None:
    a = model("problem").assumptions()
    label = a.spec.assumptions["way_out"].choices["liquidate"]
    found = changed(a, ["sales=31", "success_chance = 40%", f"way_out={label}", "wait=2"])
    assert found == a.replace(sales=31.0, success_chance=0.4, way_out="liquidate", wait=2)
    for pair, says in (
        ("sales", "name=value"),
        ("=3", "name=value"),
        ("sales=", "name=value"),
        ("salse=3", "did you mean 'sales'"),
        ("sales=a", "must be a number"),
        ("sales=1e9", "out of range"),
        ("wait=1.5", "whole number"),
        ("way_out=sell", "must be one of"),
    ):
        with pytest.raises(AssumptionError, match=says):
            changed(a, [pair])
    with pytest.raises(AssumptionError, match="set twice"):
        changed(a, ["sales=31", "sales=32"])


def test_a_template_is_toml_with_nothing_but_values() -> None:
    content = tomllib.loads(template("growth"))
    a = model("growth").assumptions()
    assert content.keys() == {"casebook", "case", *a.spec.assumptions}

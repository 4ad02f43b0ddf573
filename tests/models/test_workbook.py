"""Workbooks of runs: every number to its last digit, formulas that agree, text that stays text."""

from __future__ import annotations

import dataclasses
import io
import math
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import formulas
import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from casebook import workbook
from casebook.models import MODELS, model
from casebook.shape import SingleRun
from casebook.words import word

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
SHEETS = ("numbers", "statement", "ways", "events", "checks", "assumptions")
#: LibreOffice computes again only where it is told to: 0 is always.
ALWAYS = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item></oor:items>"""
each_model = pytest.mark.parametrize("name", MODELS)


def two_runs(name: str) -> tuple[SingleRun[Any], SingleRun[Any]]:
    """A run with three assumptions moved, and that of the base case."""
    module = model(name)
    a = module.assumptions()
    numbers = [s for s in a.spec.assumptions.values() if isinstance(s.value, (int, float))]
    changed = {s.name: s.low if s.value == s.high else min(s.value + s.step, s.high)
               for s in numbers[:3]}  # fmt: skip
    return module.simulate(a.replace(**changed)), module.simulate(a)


def opened(content: bytes, *, formulas: bool = False) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(content), data_only=not formulas)


def rows(sheet: Worksheet) -> Iterator[tuple[Any, ...]]:
    """The rows below the heads, as values."""
    return sheet.iter_rows(min_row=workbook.TOP + 2, values_only=True)


def heads(sheet: Worksheet) -> list[Any]:
    return [cell.value for cell in sheet[workbook.TOP + 1]]


def is_cell(cell: Any, value: Any, unit: str) -> bool:
    """Whether a cell holds a value to its last digit, or the word for what is no number."""
    if isinstance(value, bool):
        return bool(cell == word("yes" if value else "no"))
    if isinstance(value, str):
        return bool(cell == value)
    if value is None or math.isnan(value):
        return bool(cell == word("missing"))
    if math.isinf(value):
        return str(cell).endswith("\N{INFINITY}")
    return repr(float(cell)) == repr(float(value))


@each_model
def test_every_number_keeps_its_last_digit(name: str) -> None:
    run, base = two_runs(name)
    book = opened(workbook.written(run, base))
    words = run.assumptions.spec.words
    sheets = [word(f"workbook.{n}") for n in SHEETS if n != "ways" or len(run.alternatives) > 1]
    assert book.sheetnames == sheets

    numbers = rows(book[word("workbook.numbers")])
    for (metric, spec), row in zip(words["metrics"].items(), numbers, strict=True):
        assert row[0] == spec["label"]
        assert is_cell(row[2], run.metrics[metric], spec["unit"]), metric
        assert is_cell(row[3], base.metrics[metric], spec["unit"]), metric

    labels = {(words["views"][s["view"]], s["label"]): n for n, s in words["lines"].items()}
    view, found = "", set()
    for row in rows(book[word("workbook.statement")]):
        if row[3] is None:  # the title of a view
            view = row[0]
            continue
        line = labels[view, row[0]]
        found.add(line)
        for cell, value in zip(row[3:], run.lines[line].tolist(), strict=True):
            assert is_cell(cell, value, "money"), line
        flow = "balance" not in words["lines"][line]
        assert row[2] == (math.fsum(run.lines[line]) if flow else None), line
    assert found == run.lines.keys() & words["lines"].keys()

    if len(run.alternatives) > 1:
        sheet = book[word("workbook.ways")]
        assert heads(sheet)[2:] == [run.alternative_labels[n] for n in run.alternatives]
        for (metric, spec), row in zip(words["metrics"].items(), rows(sheet), strict=True):
            for way, cell in zip(run.alternatives, row[2:], strict=True):
                assert is_cell(cell, run.alternative(way).metrics[metric], spec["unit"])

    when = {row[0]: row[1:] for row in rows(book[word("workbook.events")])}
    first, then = ({e.name: e.period for e in r.events} for r in (run, base))
    assert when == {words["events"][n]: (first.get(n, -1), then.get(n, -1)) for n in first | then}

    for (check, residual), row in zip(
        run.checks.items(), rows(book[word("workbook.checks")]), strict=True
    ):
        assert row == (words["checks"][check], residual, run.tolerance, word("yes"))


@each_model
def test_the_assumptions_can_be_read_back(name: str) -> None:
    run, base = two_runs(name)
    sheet = opened(workbook.written(run, base))[word("workbook.assumptions")]
    found: dict[str, Any] = {}
    for row in rows(sheet):
        key, _, entry = row[8].partition("[")
        if entry:
            found.setdefault(key, []).append(row[2])
        else:
            spec = run.assumptions.spec.assumptions[key]
            found[key] = {v: k for k, v in spec.choices.items()}.get(row[2], row[2])
    assert run.assumptions.replace(**found) == run.assumptions
    # what differs from the base case is coloured, and nothing else
    changed = {row[8].value for row in sheet.iter_rows(min_row=workbook.TOP + 2)
               if row[0].fill.start_color.rgb.endswith(workbook.CHANGED[1:])}  # fmt: skip
    differs = {n for n, x in run.assumptions.values().items() if x != getattr(base.assumptions, n)}
    assert {n.partition("[")[0] for n in changed} == differs and differs


@pytest.mark.skipif(not OFFICE, reason="LibreOffice is not installed")
def test_formulas_computed_again_by_libreoffice_agree(tmp_path: Path) -> None:
    """All models; it is made not to trust the values that stand beside the formulas."""
    profile = tmp_path / "profile" / "user"
    profile.mkdir(parents=True)
    (profile / "registrymodifications.xcu").write_text(ALWAYS, encoding="utf-8")
    ours = {name: workbook.written(*two_runs(name)) for name in MODELS}
    for name, content in ours.items():
        (tmp_path / f"{name}.xlsx").write_bytes(spoilt(content))
    command = [OFFICE, f"-env:UserInstallation={profile.parent.as_uri()}", "--headless"]
    command += ["--convert-to", "xlsx", "--outdir", tmp_path / "out", *tmp_path.glob("*.xlsx")]
    subprocess.run(command, check=True, capture_output=True, timeout=170)
    for name, content in ours.items():
        theirs = opened((tmp_path / "out" / f"{name}.xlsx").read_bytes())
        agree(content, lambda tab, address, book=theirs: book[tab][address].value)


def test_formulas_computed_again_by_a_library_agree(tmp_path: Path) -> None:
    content = workbook.written(*two_runs("loan"))
    (tmp_path / "loan.xlsx").write_bytes(spoilt(content))
    solved = formulas.ExcelModel().loads(str(tmp_path / "loan.xlsx")).finish().calculate()
    cells = {str(k).rpartition("]")[2]: v for k, v in solved.items()}
    agree(content, lambda tab, address: cells[f"{tab.upper()}'!{address}"].value[0, 0])


def agree(content: bytes, theirs: Callable[[str, str], Any]) -> None:
    """Whether another program finds what stands beside each formula: (tab, address) -> value."""
    ours, count = opened(content), 0
    for sheet in opened(content, formulas=True):
        for cell in (c for row in sheet.iter_rows() for c in row if c.data_type == "f"):
            value, other = (
                ours[sheet.title][cell.coordinate].value,
                theirs(sheet.title, cell.coordinate),
            )
            count += 1
            if isinstance(value, str):
                assert other == value, cell
            else:
                assert float(other) == pytest.approx(value, rel=1e-12, abs=1e-12), cell
    assert count > 10


def spoilt(content: bytes) -> bytes:
    """The same workbook without the values of its formulas."""
    book = opened(content, formulas=True)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_text_is_never_a_formula_or_an_address() -> None:
    run, _ = two_runs("loan")
    spec = run.assumptions.spec
    first, *others = spec.assumptions.values()
    evil = dataclasses.replace(first, label='=HYPERLINK("http://x","y")', reason="http://x.y")
    rows_ = {s.name: s for s in (evil, *others)}
    record = dataclasses.replace(run.assumptions, spec=dataclasses.replace(spec, assumptions=rows_))
    book = opened(workbook.written(dataclasses.replace(run, assumptions=record)), formulas=True)
    cell = book[word("workbook.assumptions")].cell(workbook.TOP + 2, 1)
    assert (cell.value, cell.data_type, cell.hyperlink) == (evil.label, "s", None)
    assert not book[word("workbook.assumptions")]._hyperlinks


def test_a_price_of_a_unit_is_named_as_one_where_the_model_s_value_stands() -> None:
    run, _ = two_runs("transactional")
    price = run.assumptions.spec.assumptions["price"]
    sheet = opened(workbook.written(run))[word("workbook.assumptions")]
    assert price.unit == "unit_price" and run.assumptions.price < 1
    assert "CNY million a unit" in next(row for row in rows(sheet) if row[0] == price.label)
    line = next(x for x in run.csv().splitlines() if x.startswith(price.label))
    assert line.endswith('"in the model\'s unit, CNY million a unit"')


def test_the_same_run_gives_the_same_file_and_one_alone_has_no_base() -> None:
    run, base = two_runs("loan")
    assert workbook.written(run, base) == workbook.written(run, base)
    alone = opened(workbook.written(run))[word("workbook.numbers")]
    assert [h for h in heads(alone) if h] == [
        word(f"workbook.heads.{k}") for k in ("number", "unit", "now")
    ]


@pytest.mark.parametrize(
    ("unit", "shown"),
    [("money", "#,##0.00"), ("share", "0.0%"), ("points", "0.00%"), ("days", "#,##0"),
     ("yuan", "#,##0.000000"), ("billion", "#,##0"), ("period", '#,##0;"never"')],
)  # fmt: skip
def test_a_format_shows_the_reader_s_digits(unit: str, shown: str) -> None:
    assert workbook.number_format(unit) == shown
    if unit == "share":
        assert workbook.number_format(unit, exact=True) == "0.0####%"

"""The answer as files: whole or not at all, every figure to its last digit, no text a formula."""

from __future__ import annotations

import csv
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest

from casebook import clientbook, typology
from casebook.clientbook import BookError, Result, gains, guessing, report, words, writing
from casebook.strategies import classification, maintenance
from casebook.strategies.classification.record import ALTERNATIVES
from casebook.workbook import TOP

from .books import CLIENTS, book, written

EVIL = '=HYPERLINK("http://x",1)'
SHEETS = ("summary", "clients", "watch", "undetermined", "rejected", "coverage", "paths", "mapping")


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> Result:
    table = book()
    table["name"][0], table["name"][1], table["id"][2] = EVIL, "+86 10 1234", "@7"
    table["pd"][3], table["pd"][4] = "=1+1", "3"
    return clientbook.classify(
        written(table, tmp_path_factory.mktemp("book") / "book.csv"), chunk=64
    )


def sheet_rows(path: Path, name: str) -> tuple[list[Any], list[dict[str, Any]]]:
    """The heads of a sheet, and its rows by head."""
    sheet = openpyxl.load_workbook(path)[words.word(f"sheets.{name}")]
    heads, *rows = list(sheet.iter_rows(min_row=TOP + 1, values_only=True))
    return list(heads), [dict(zip(heads, row, strict=True)) for row in rows]


def test_the_workbook_read_back_is_the_answer(answer: Result, tmp_path: Path) -> None:
    (path,) = clientbook.write(answer, tmp_path / "answer.xlsx")
    file = openpyxl.load_workbook(path)
    assert file.sheetnames == [words.word(f"sheets.{name}") for name in SHEETS]
    frame = answer.frame
    heads, rows = sheet_rows(path, "clients")
    keys = [k for k in frame.columns if k != "first"]
    assert heads == [report.label(k) for k in keys]
    for key in keys:
        cells = [row[report.label(key)] for row in rows]
        for cell, value in zip(cells, frame[key], strict=True):
            if key == "ended_or_default":
                assert cell == ("yes" if value else "no")
            elif isinstance(value, str):
                assert (cell or "") == value
            elif np.isnan(value):
                assert cell is None
            else:
                assert repr(float(cell)) == repr(float(value)), key
    for name in ("watch", "undetermined", "rejected"):
        wanted = len(answer.rejected) if name == "rejected" else report.length(answer, name)
        assert len(sheet_rows(path, name)[1]) == wanted > 0
    for sheet in file:
        for row in sheet.iter_rows():
            assert all(cell.data_type != "f" for cell in row), "no formula comes from a client"
        if sheet.title not in (words.word("sheets.summary"), words.word("sheets.mapping")):
            assert sheet.auto_filter.ref and sheet.freeze_panes


def test_the_summary_adds_up(answer: Result, tmp_path: Path) -> None:
    rows = {row[0]: row[1:] for row in report.summary(answer) if row}
    read, classified, rejected = (rows[words.word(f"summary.{k}")]
                                  for k in ("read", "classified", "rejected"))  # fmt: skip
    assert read[0] == classified[0] + rejected[0] == CLIENTS and rejected[0] == 2
    assert read[1] == pytest.approx(classified[1] + rejected[1], rel=1e-13)
    assert rows[words.word("summary.difference")] == (0, 0.0)
    kinds = [rows[k] for k in (*typology.TYPES, "undetermined")]
    assert sum(r[0] for r in kinds) == classified[0]
    assert sum(r[1] for r in kinds) == pytest.approx(classified[1])
    _, ways = report.paths(answer)
    assert sum(row[2] for row in ways) == classified[0] - rows["undetermined"][0]


def test_csv_parquet_and_json_say_the_same(answer: Result, tmp_path: Path) -> None:
    table = clientbook.write(answer, tmp_path / "a.csv")
    assert [p.name for p in table] == ["a.csv", "a_rejected.csv"]
    with table[0].open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    frame = answer.frame
    parquet = pd.read_parquet(clientbook.write(answer, tmp_path / "a.parquet")[0])
    content = json.loads(clientbook.write(answer, tmp_path / "a.json")[0].read_text("utf-8"))
    assert len(rows) == len(parquet) == len(content["clients"]) == len(frame)
    assert content["read"] == content["classified"] + len(content["rejected"]) == CLIENTS
    for k, x in enumerate(frame.itertuples()):
        one = content["clients"][k]
        assert one["type"] == parquet["type"][k] == rows[k]["Type"] == x.type
        assert one["name"] == parquet["name"][k] == x.name
        limit = None if np.isnan(x.exposure) else x.exposure
        assert one["exposure"] == limit
        assert rows[k]["Limit (CNY million)"] == ("" if limit is None else repr(limit))
    assert rows[0]["Name"] == f"'{EVIL}" and rows[1]["Name"] == "'+86 10 1234"
    assert not any(v.startswith(("=", "@", "+")) for row in rows for v in row.values())
    assert content["rejected"][0]["value"] == "=1+1"


def test_more_clients_than_a_sheet_has_rows_stand_beside_it(
    answer: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "ROWS", 100 + TOP + 1)
    done = clientbook.write(answer, tmp_path / "a.xlsx")
    assert [p.name for p in done] == ["a.xlsx", "a_clients.parquet"]
    assert len(pd.read_parquet(done[1])) == answer.tally.classified
    sheet = openpyxl.load_workbook(done[0])[words.word("sheets.clients")]
    assert "a_clients.parquet" in str(sheet["A2"].value) and sheet.max_row == 2
    assert len(sheet_rows(done[0], "watch")[1]) == report.length(answer, "watch")


@pytest.mark.parametrize("ending", ["xlsx", "csv", "parquet", "json"])
def test_nothing_is_left_half_written(
    ending: str, answer: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"a.{ending}"
    path.write_text("as it was")

    def full(*_: Any) -> Any:
        raise OSError(28, os.strerror(28))

    for name in ("listed", "cells"):
        monkeypatch.setattr(report, name, full)
    with pytest.raises(BookError, match="cannot be written"):
        clientbook.write(answer, path)
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    assert path.read_text() == "as it was"


def test_where_an_answer_cannot_be_written(answer: Result, tmp_path: Path) -> None:
    with pytest.raises(BookError, match=r"the ending '.doc' is not known; .xlsx, .csv"):
        clientbook.write(answer, tmp_path / "a.doc")
    with pytest.raises(BookError, match="there is no folder"):
        clientbook.write(answer, tmp_path / "no" / "a.csv")


def test_a_guess_is_a_map_that_reads_the_file_alike(answer: Result, tmp_path: Path) -> None:
    path = Path(answer.plan.file)
    (tmp_path / "map.toml").write_text(clientbook.guess(path), encoding="utf-8")
    again = clientbook.classify(path, tmp_path / "map.toml")
    pd.testing.assert_frame_equal(again.frame, answer.frame)
    # and so is the map in the workbook
    (tmp_path / "map.toml").write_text(guessing.as_map(answer.plan), encoding="utf-8")
    pd.testing.assert_frame_equal(
        clientbook.classify(path, tmp_path / "map.toml").frame, answer.frame
    )


def test_a_guess_says_what_was_not_found_and_what_looks_wrong(tmp_path: Path) -> None:
    full = book()
    table = {k: full[k] for k in ("id", "pd", "exposure")} | {"Colour": ["red"] * CLIENTS}
    table["pd"] = [100 * x if x else x for x in table["pd"]]
    path = written(
        table, tmp_path / "book.csv", how={"exposure": lambda v: f"{(v or 0) * 1e6:.0f}"}
    )
    text = clientbook.guess(path)
    assert 'unit = "percent"' in text and 'unit = "yuan"' in text
    assert '# products = ""' in text and '"Colour"' in text
    (tmp_path / "map.toml").write_text(text, encoding="utf-8")
    r = clientbook.classify(path, tmp_path / "map.toml")
    assert not r.rejected and r.frame["pd"].max() <= 1
    path.write_text("foo,bar\n1,2\n")
    assert '# exposure = ""' in clientbook.guess(path)


def test_gains_are_those_of_the_chapters() -> None:
    """A book as that of the chapter gains what the chapter says."""
    a = classification.assumptions()
    clients = classification.tried(a)
    level = classification.levels(a, clients)[ALTERNATIVES.index("truth")]
    same = level == clients.true
    mine = gains.by_classification(clients.true.astype(np.int8), clients.income, clients.ead)
    value = classification.worth(a, clients.income, clients.ead)
    rows = np.arange(len(mine))
    theirs = value[rows, clients.true, level] - value[rows, clients.true, classification.SAME]
    np.testing.assert_allclose(mine[same], theirs[same], atol=1e-12)
    assert same.mean() > 0.9

    b = maintenance.assumptions()
    seen = maintenance.seen(b)
    kinds = np.repeat(np.arange(3), 3).astype(np.int8)
    each = gains.by_maintenance(kinds, seen.limit)
    gain = maintenance.simulate(b).alternative("paying").metrics["gain"]
    assert b.clients * float(seen.share @ each) == pytest.approx(gain, rel=0.02)

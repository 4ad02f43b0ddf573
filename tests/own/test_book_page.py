"""The page on a client book of one's own: its book, its maps and its output are those of the code.

The two public files of the page are not here. Files with the same heads and of the same shape stand
for them: what the page counts follows from the shape.
"""

from __future__ import annotations

import csv
import re
import shlex
from pathlib import Path

import numpy as np
import pytest

from casebook import clientbook, commands, typology
from casebook.clientbook import BookError, Result, words
from casebook.commands.book import classify_command

from . import console

PAGE = (console.ROOT / "book/own/book.md").read_text(encoding="utf-8")
BLOCKS = console.blocks(PAGE)
BOOK, *_ = (block for kind, block in BLOCKS if kind == "text")
MAP, NPL_MAP, RATING_MAP = (block for kind, block in BLOCKS if kind == "toml")
QUESTIONS = [node.question for node in typology.tree().values()]
Capture = pytest.CaptureFixture[str]
#: Last grade of each firm of the rating histories, and how many firms have it.
GRADES = {"NR": 496, "A+": 399, "BBB+": 362, "AA+": 205, "BB+": 154, "B+": 127, "CCC+": 38,
          "AAA": 33, "D": 15}  # fmt: skip


def cells(first: str) -> list[str]:
    """The cells of the row of a table that begins with `first`, without stars."""
    (row,) = re.findall(rf"^\| \**{re.escape(first)}\** \|.*", PAGE, re.M)
    return [cell.strip(" *") for cell in row.strip("|").split("|")][1:]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The book and the map of the page, in a folder of their own."""
    monkeypatch.chdir(tmp_path)
    for name, content in (("book.csv", BOOK), ("map.toml", MAP)):
        Path(name).write_text(content, encoding="utf-8")
    return tmp_path


def test_the_output_on_the_page_is_what_the_command_says(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert not console.differing(PAGE, capsys, (0, 1))  # a proposal, and a book with bad rows


def test_the_other_commands_of_the_page_run(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Those on Dask are tried in tests/clientbook; here their options are read."""
    shown = [x for kind, block in BLOCKS if kind == "text" for x in block.splitlines()]
    lines = [x for x in shown if x.startswith("casebook ")]
    assert len(lines) == 3
    options = {name for p in classify_command.params for name in p.opts}
    for line in lines:
        assert {x for x in shlex.split(line) if x.startswith("-")} <= options
    with pytest.raises(SystemExit) as end:
        commands.main(shlex.split(lines[0])[1:])
    assert end.value.code == 1 and (folder / "classified.xlsx").is_file()
    assert not capsys.readouterr().out


def test_the_answer_for_each_client_of_the_page(folder: Path) -> None:
    r = clientbook.classify("book.csv", "map.toml")
    assert len(r.frame) == 6
    for x in r.frame.itertuples():
        first = f"; ask first for {x.first}" if x.first else ""
        assert cells(x.id) == [f"{x.type}{': ' if x.could else ''}{x.could}{first}"]
    assert list(r.frame.loc[r.frame["watch"] != "", "id"]) == ["100005"]
    fed = {row["column"] for row in r.coverage if row["known"]}
    assert len(fed) == 5 and "of its ten columns" in PAGE


def test_the_columns_and_questions_are_those_of_the_tree() -> None:
    nodes = typology.tree().values()
    for column in typology.columns():
        asked = " ".join(node.question for node in nodes if node.column == column)
        assert cells(f"`{column}` {asked}")
    assert len(typology.columns()) == 10 and len(nodes) == 11
    assert "about 250 names" in PAGE and 225 < len(words.heads()) < 275
    for name, sheet in words.catalogue()["sheets"].items():
        assert cells(sheet), name


def npl(path: Path) -> Path:
    """A table of the shape of the first file: columns that are full of random values."""
    random = np.random.default_rng(1)
    heads = ("counterparty_identifier,name_of_counterparty,enterprise_size,date_of_incorporation,"
             "annual_turnover,total_debt,current_internal_credit_rating,loan_identifier,"
             "loan_currency,date_of_origination,date_of_default,loan_status,days_in_pastdue,"
             "loan_commitment,total_balance")  # fmt: skip
    ratings = ["AA"] * 33 + ["Not Rated"] * 27 + ["x7Qp"] * 140
    rows = []
    for k, rating in enumerate(ratings):
        full = k < 60
        days = random.integers(30, 992) if k < 195 else random.integers(3, 30)
        amounts = random.integers(10, 994, 4).tolist()
        rows.append([
            f"CP{k}", f"name{k}", "1.0" if full else "", "2009-01-03" if full else "",
            f"{amounts[0]}.0" if full else "", f"{amounts[1]}.0" if full else "", rating, f"LO{k}",
            f"{chr(65 + k % 26)}{chr(65 + k % 5)}Z", "2017-10-01", "2016-03-27",
            int(k < 103), days, 25 + amounts[2], amounts[3],
        ])  # fmt: skip
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([heads.split(","), *rows])
    return path


def ratings(path: Path, *, last: bool) -> Path:
    """Rating histories of the shape of the second file, or the last rating of each firm."""
    grades = [grade for grade, n in GRADES.items() for _ in range(n)]
    rows = [(k + 1, "31-12-2000", grade, k % 9) for k, grade in enumerate(grades)]
    if not last:  # firms with one rating, and firms with several: 82% of the rows
        rows += [(k + 1, "30-05-1999", "BB+", 5) for k in range(1109)]
        rows += [(k + 1, "30-05-1998", "BB+", 5) for k in range(1062)]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("CustomerId", "Date", "Rating", "RatingNum"), *rows])
    return path


def mapped(path: Path, content: str) -> Result:
    """The answer for a file with a map of the page."""
    m = path.with_suffix(".toml")
    m.write_text(content, encoding="utf-8")
    return clientbook.classify(path, m)


def counts(place: int, r: Result) -> None:
    """Compare a column of the two tables of the page with an answer; 0 is the first file."""
    for name, n in zip((*typology.TYPES, "undetermined"), r.tally.clients.tolist(), strict=True):
        row = name if name in ("terminated", "problem", "undetermined") else None
        shown = cells(row)[place] if row else cells("strategic, transactional, growth")[place]
        assert int(shown.replace(",", "")) == n, name
    assert int(cells("clients")[place].replace(",", "")) == r.tally.classified
    known = [row["known"] for row in r.coverage]
    for question, n in zip(QUESTIONS[:6], known, strict=False):
        assert int(cells(question)[place].replace(",", "")) == n, question
    assert not any(known[6:]) and len(known) == 11
    fed = {row["column"] for row in r.coverage if row["known"]}
    assert int(cells("columns of ten")[place]) == len(fed)


def test_the_first_public_file(tmp_path: Path) -> None:
    path = npl(tmp_path / "npl.csv")
    r = clientbook.classify(path)
    assert {c.name for c in r.plan.columns} == {"id", "name", "days_past_due", "exposure", "drawn",
                                                "currency"}  # fmt: skip
    assert r.tally.clients.tolist() == [0, 0, 0, 0, 0, 200], "two columns: nothing is sure"
    assert "several currencies" in r.findings[0].text
    counts(0, mapped(path, NPL_MAP))
    with pytest.raises(BookError, match="81% of the values are no numbers"):
        mapped(path, '[columns]\npd = { head = "current_internal_credit_rating", '
                     'missing = ["Not Rated"], values = { AA = 0.001 } }\n')  # fmt: skip


def test_the_second_public_file(tmp_path: Path) -> None:
    path = ratings(tmp_path / "all.csv", last=False)
    with pytest.raises(BookError, match="'CustomerId', 'Date', 'Rating', 'RatingNum'"):
        clientbook.classify(path)
    with pytest.raises(BookError, match="82% of the rows have a client number"):
        mapped(path, RATING_MAP)
    r = mapped(ratings(tmp_path / "last.csv", last=True), RATING_MAP)
    counts(1, r)
    assert not r.rejected
    open_ones = r.frame[r.frame["type"] == "undetermined"]
    kinds, _ = typology.classify(open_ones)
    assert (kinds == "transactional").all(), "what a missing figure as a no would have made of them"


def test_the_pds_of_the_page_are_those_of_the_bank() -> None:
    from casebook import bank

    grade_pd = bank.assumptions().grade_pd
    written = [float(x) for x in re.findall(r'"?\w+\+?"? = (0\.\d+)', RATING_MAP)]
    assert written == [grade_pd[0]] * 3 + list(grade_pd[1:])

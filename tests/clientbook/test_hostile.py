"""What is wrong with a file, its map or a row: one clear line each, and nothing lost."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest

from casebook import clientbook, commands
from casebook.clientbook import BookError, guessing

from .books import CLIENTS, HEADS, book, written

N = CLIENTS


def of(tmp: Path, head: dict[str, str] | None = None, **columns: Any) -> Path:
    """A sound book with some columns in another state."""
    table = book() | {k: v if isinstance(v, list) else [v] * N for k, v in columns.items()}
    return written(table, tmp / "book.csv", head=head)


def raw(content: bytes, name: str = "book.csv") -> Callable[[Path], Path]:
    """A file of these bytes."""

    def make(tmp: Path) -> Path:
        (tmp / name).write_bytes(content)
        return tmp / name

    return make


def sideways(tmp: Path) -> Path:
    table = {HEADS[k][1]: v[:6] for k, v in book().items()}
    rows = [",".join([head, *map(str, values)]) for head, values in table.items()]
    (tmp / "book.csv").write_text("\n".join(rows), encoding="utf-8")
    return tmp / "book.csv"


def two_sheets(tmp: Path) -> Path:
    file = openpyxl.Workbook()
    for name in ("2025", "2026"):
        sheet = file.create_sheet(name)
        sheet.append(["id", "pd"])
        sheet.append([1, 0.01])
    file.save(tmp / "book.xlsx")
    return tmp / "book.xlsx"


def dates(form: str, days: list[date], as_of: bool = True) -> Callable[[Path], tuple[Path, Any]]:
    """A book with dates of the first business, and its map."""

    def make(tmp: Path) -> tuple[Path, Any]:
        years = [(d.strftime(form) if form else str(d.toordinal() - 693594)) for d in days]
        path = of(tmp, {"years": "Client since"}, years=(years * N)[:N])
        return path, {"file": {"as_of": date(2026, 6, 30)}} if as_of else None

    return make


MAY = [date(2020, 5, k) for k in range(1, 13)]
RANDOM = bytes(range(1, 256)) * 3 + b"\xff\xff\x81\x20\n"
#: What is wrong -> (the file, its map or both; what the line says).
FILES: dict[str, tuple[Callable[[Path], Any], str]] = {
    "empty": (raw(b""), "is empty"),
    "blank": (raw(b"\n \n\n"), "is empty"),
    "not_there": (lambda tmp: tmp / "none.csv", "cannot be read (No such file"),
    "a_folder": (lambda tmp: tmp, "cannot be read (Is a directory)"),
    "pdf": (raw(b"%PDF-1.7 x", "book.xlsx"), "is a PDF"),
    "web_page": (raw(b"<html><table><tr><td>id</td></tr></table>", "book.xls"), "is a web page"),
    "broken_zip": (raw(b"PK\x03\x04 and no more", "book.xlsx"), "cannot be opened as a workbook"),
    "broken_parquet": (raw(b"PAR1 and no more", "book.parquet"), "cannot be read as Parquet"),
    "zero_bytes": (raw(b"id,pd\n1,0.0\x001\n"), "holds zero bytes"),
    "no_text": (raw(RANDOM), "is no text in utf-8, gb18030, cp1252"),
    "one_column": (raw(b"id\n1\n2\n"), "has one column only"),
    "no_heads": (raw(b"1,0.01,5\n2,0.02,7\n"), "no row of heads names a column"),
    "unknown_heads": (raw(b"foo,bar\n1,2\n"), "'foo', 'bar'"),
    "no_rows": (raw(b"id,pd,limit\n"), "has heads and no rows"),
    "open_quote": (raw(b'id,pd\n1,0.01\n"2,0.02\n3,0.03\n'), "line 3: a quotation mark is opened"),
    "sideways": (sideways, "the heads stand in the first column"),
    "two_sheets": (two_sheets, "the sheets '2025', '2026' all look like a client book"),
    "two_heads": (
        raw(b"id,pd,PD\n1,0.1,0.2\n"),
        "the heads 'pd' and 'PD' both look like the column",
    ),
    "pd_in_points": (
        lambda t: of(t, pd=[0.8 + k % 4 for k in range(N)]),
        "they look like per cent",
    ),
    "pd_in_points_below_one": (
        lambda t: of(t, pd=[0.51 + k / 1000 for k in range(N)]),
        'unit = "percent"',
    ),
    "shares_above_one": (
        lambda t: of(t, wallet_share=[35 + k % 9 for k in range(N)]),
        'unit = "percent"',
    ),
    "growth_in_points": (
        lambda t: of(t, sales_growth=[5 + k % 9 for k in range(N)]),
        'unit = "percent"',
    ),
    "yuan": (lambda t: of(t, exposure=[2.5e7 + k for k in range(N)]), 'unit = "yuan"'),
    "wan": (lambda t: of(t, exposure=[2500 + k for k in range(N)]), 'unit = "万元"'),
    "days_to_run": (
        lambda t: of(t, days_past_due=[-30] * 60 + [0] * (N - 60)),
        "25% of the values are below zero",
    ),
    "calendar_years": (lambda t: of(t, years=[2003 + k % 9 for k in range(N)]), 'unit = "since"'),
    "dates_as_years": (
        lambda t: of(t, years="2003-01-31"),
        "the values are dates, such as '2003-01-31'",
    ),
    "texts": (
        lambda t: of(t, pd=["AA+"] * 100 + ["0.01"] * (N - 100)),
        "42% of the values are no numbers",
    ),
    "flags": (lambda t: of(t, ended_or_default=["A"] * N), "neither yes nor no, such as 'A'"),
    "flag_two": (
        lambda t: of(t, ended_or_default=[k % 3 for k in range(N)]),
        "neither yes nor no, such as '2'",
    ),
    "several_rows": (lambda t: of(t, id=[f"{k // 3}" for k in range(N)]), "several rows a client"),
    "both_ways": (dates("%d/%m/%Y", MAY), "every date can be read as day-month and as month-day"),
    "mixed_ways": (
        lambda t: (
            of(t, {"years": "Client since"}, years=["25/03/2020", "03/25/2020"] * (N // 2)),
            {"file": {"as_of": date(2026, 6, 30)}},
        ),
        "some dates can only be day-month",
    ),
    "serial": (dates("", [date(2001, 4, k) for k in range(1, 30)]), "the dates are day numbers"),
    "no_as_of": (dates("%Y-%m-%d", MAY, as_of=False), "the date of the book is not known"),
    "commas": (lambda t: of(t, income=["1,234.5", "2,500"] * 80 + ["2,5"] * (N - 160)), "decimal"),
}


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_cannot_be_used_gets_one_clear_line(name: str, tmp_path: Path) -> None:
    make, wanted = FILES[name]
    made = make(tmp_path)
    path, m = made if isinstance(made, tuple) else (made, None)
    with pytest.raises(BookError) as caught:
        clientbook.classify(path, m)
    line = str(caught.value)
    assert wanted in line
    assert "\n" not in line and "Traceback" not in line
    assert path.name in line, "the file is named"
    assert caught.value.__cause__ is None


@pytest.mark.parametrize("name", FILES)
def test_the_command_ends_with_code_2_and_writes_nothing(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "out.xlsx").write_text("as it was")
    made = FILES[name][0](tmp_path / "in")
    if isinstance(made, tuple):
        made = made[0]
    with pytest.raises(SystemExit) as end:
        commands.main(["classify", str(made), "--out", str(tmp_path / "out.xlsx")])
    out, err = capsys.readouterr()
    assert (end.value.code, out) == (2, "")
    lines = err.splitlines()
    assert lines and all(line.startswith("casebook: ") for line in lines)
    assert len(lines) == len(set(lines))
    assert sorted(p.name for p in tmp_path.iterdir()) == ["in", "out.xlsx"]
    assert (tmp_path / "out.xlsx").read_text() == "as it was"


# ----------------------------------------------------------------------------------- the map

#: A wrong map -> (line, what is said).
MAPS = {
    "not_toml": ("[columns]\npd = PD\n", 2, "is not TOML"),
    "deep": (f"[file]\nskip = {'[' * 100_000}\n", None, "within too many lists"),
    "digits": (f"[file]\nskip = {'9' * 5000}\n", None, "too many digits"),
    "table": ("[colums]\npd = 'PD'\n", 1, "did you mean 'columns'?"),
    "column": ("[columns]\nexposures = 'Limit'\n", 2, "did you mean 'exposure'?"),
    "key": (
        "[columns]\nid = 'Client ID'\npd = { head = 'PD', units = 'percent' }\n",
        3,
        "did you mean 'unit'?",
    ),
    "unit": (
        "[columns]\nexposure = { head = 'Limit', unit = 'yuans' }\n",
        2,
        "did you mean 'yuan'?",
    ),
    "head": ("[columns]\npd = 'P.D.'\n", 2, "there is no head 'P.D.'; allowed: 'Client ID'"),
    "no_head": ("[columns]\npd = { unit = 'percent' }\n", 2, "a table with the key head"),
    "file_key": ("[file]\nencodng = 'utf-8'\n", 2, "did you mean 'encoding'?"),
    "dates": ("[file]\ndates = 'day-first'\n", 2, "did you mean 'day first'?"),
    "as_of": ("[file]\nas_of = '2026'\n", 2, "a date without quotes"),
    "skip": ("[file]\nskip = -1\n", 2, "a whole number, 0 or more"),
    "skip_all": ("[file]\nskip = 5000\n", None, "leaves none"),
    "encoding": ("[file]\nencoding = 'utf-88'\n", None, "unknown encoding 'utf-88'"),
    "other_encoding": ("[file]\nencoding = 'ascii'\n", 2, "is not ascii at byte"),
    "no_mark": ("[file]\nencoding = 'utf-16'\n", None, "is not utf-16 at byte 0"),
    "missing": ("[columns]\npd = { head = 'PD', missing = 'ND' }\n", 2, "a list of texts"),
    "values": (
        "[columns]\npd = { head = 'PD', values = { AAA = 'low' } }\n",
        2,
        "a table of numbers",
    ),
    "thresholds": ("[file]\nthresholds = 'none.toml'\n", None, "cannot be read"),
}


@pytest.mark.parametrize("name", MAPS)
def test_a_wrong_map_is_shown_with_its_line_and_what_is_allowed(name: str, tmp_path: Path) -> None:
    text, line, wanted = MAPS[name]
    (tmp_path / "map.toml").write_text(text, encoding="utf-8")
    with pytest.raises(BookError) as caught:
        clientbook.classify(of(tmp_path), tmp_path / "map.toml")
    said = str(caught.value)
    assert wanted in said and "\n" not in said
    if line is not None:
        assert caught.value.line == line
    if line is not None and name != "other_encoding":
        first, shown, mark, *_ = caught.value.shown.splitlines()
        assert first.startswith(f"{tmp_path / 'map.toml'}:{line}:")
        assert shown.endswith(text.splitlines()[line - 1])
        assert mark.strip(" |").strip("^") == ""


def test_the_mark_stands_below_the_value_also_behind_chinese_letters(tmp_path: Path) -> None:
    m = '[columns]\nexposure = { head = "授信额度", unit = "万圆" }\n'
    (tmp_path / "map.toml").write_text(m, encoding="utf-8")
    with pytest.raises(BookError) as caught:
        clientbook.read_map(tmp_path / "map.toml")
    _, shown, mark, *_ = caught.value.shown.splitlines()
    cells = "".join(c * (2 if ord(c) > 0x2E80 else 1) for c in shown)
    assert cells[mark.index("^") : mark.rindex("^") + 1] == "万万圆圆"


# ----------------------------------------------------------------------------------- rows


def test_every_bad_row_is_listed_and_the_sums_are_those_of_the_file(tmp_path: Path) -> None:
    table = book()
    bad = {
        3: ("pd", "1.5", "above 1"),
        5: ("days_past_due", "-4", "below 0"),
        8: ("signals", "2.5", "not a whole number"),
        9: ("exposure", "ca. 30", "not a number"),
        11: ("id", "", "the client number is missing"),
        12: ("ended_or_default", "maybe", "neither yes nor no"),
        14: ("years", "-1", "below 0"),
        20: ("id", "合计", "a row of totals, not a client"),
        21: ("id", "000020x", "the client number stands in 2 rows"),
        22: ("id", "000020x", "the client number stands in 2 rows"),
        30: ("income", "inf", "not a number"),
    }
    for row, (column, value, _) in bad.items():
        table[column][row] = value
    path = written(table, tmp_path / "book.csv")
    text = path.read_text(encoding="utf-8").splitlines()
    text[41] += ",one more"
    text[43] = text[43].rpartition(",")[0]
    text[45] += ",,"  # empty fields at the end do no harm
    path.write_text("\n".join([*text[:60], "", ",,,", *text[60:]]), encoding="utf-8")
    r = clientbook.classify(path, chunk=16)
    wanted = {row + 2: v for row, v in bad.items()}
    wanted |= {42: ("", "", "the row has 14 fields and 13 are needed"),
               44: ("", "", "the row has 12 fields and 13 are needed")}  # fmt: skip
    assert [x.line for x in r.rejected] == sorted(wanted)
    for gone in r.rejected:
        column, value, reason = wanted[gone.line]
        assert (gone.column, gone.value) == (column, value)
        assert gone.reason.startswith(reason)
    assert r.tally.read == CLIENTS == r.tally.classified + len(r.rejected)
    assert len(r.frame) == r.tally.classified
    limits = [x for k, x in enumerate(table["exposure"])
              if k not in (9, 40, 42) and x is not None]  # fmt: skip
    assert math.isclose(r.tally.exposure_read, math.fsum(limits), rel_tol=1e-14)
    assert abs(r.tally.difference) < 1e-9
    assert r.tally.exposure_rejected > 0
    assert r.frame["line"].tolist()[-1] == CLIENTS + 3  # two lines were blank


def test_a_unit_that_the_map_states_is_believed(tmp_path: Path) -> None:
    """PDs of a book of bad clients: a warning, and the values as they are."""
    path = of(tmp_path, pd=[0.6] * N)
    with pytest.raises(BookError, match="per cent"):
        clientbook.classify(path)
    r = clientbook.classify(path, {"columns": {"pd": {"head": "PD", "unit": "share"}}})
    assert [f.column for f in r.findings] == ["pd"] and not r.findings[0].error
    points = clientbook.classify(path, {"columns": {"pd": {"head": "PD", "unit": "percent"}}})
    assert points.frame["pd"][0] == 0.006


def test_a_flag_of_two_in_a_file_with_types_is_no_flag(tmp_path: Path) -> None:
    table = {HEADS[k][1]: v for k, v in book().items()}
    table["Ended or default"] = [2 if k == 5 else k % 2 for k in range(N)]
    pd.DataFrame(table).to_parquet(tmp_path / "book.parquet")
    r = clientbook.classify(tmp_path / "book.parquet")
    assert [(x.line, x.value, x.reason) for x in r.rejected] == [(6, "2", "neither yes nor no")]


def test_codes_that_mean_no_figure(tmp_path: Path) -> None:
    values = ["ND" if k % 20 == 0 else 0.01 for k in range(N)]
    r = clientbook.classify(of(tmp_path, pd=values))
    assert len(r.rejected) == N // 20
    assert 'missing = ["ND"]' in r.findings[0].text
    told = {"columns": {"pd": {"head": "PD", "missing": ["ND"]}}}
    r = clientbook.classify(of(tmp_path, pd=values), told)
    assert not r.rejected and not r.findings
    assert r.frame["pd"].isna().sum() == N // 20


def test_ratings_that_stand_for_pds(tmp_path: Path) -> None:
    """A map says what PD a rating has, in per cent; another text is still no figure."""
    grades = ["AAA", "BB+", "NR", "0.3"] * (N // 4)
    values = {"aaa": 0.02, "BB+": 1.5}
    m = {"columns": {"pd": {"head": "PD", "values": values, "unit": "percent", "missing": ["NR"]}}}
    r = clientbook.classify(of(tmp_path, pd=grades), m)
    assert r.frame["pd"].tolist()[:2] == [0.0002, 0.015] and r.frame["pd"][3] == 0.003
    assert r.frame["pd"].isna().sum() == N // 4 and not r.rejected
    (tmp_path / "map.toml").write_text(guessing.as_map(r.plan), encoding="utf-8")
    again = clientbook.classify(r.plan.file, tmp_path / "map.toml")
    assert again.frame["pd"].equals(r.frame["pd"])


def test_the_age_of_a_firm_is_not_its_years_as_a_client(tmp_path: Path) -> None:
    path = of(tmp_path, {"years": "成立年限"})
    r = clientbook.classify(path)
    assert r.frame["years"].isna().all()
    told = clientbook.classify(path, {"columns": {"years": "成立年限"}})
    assert "age of the firm" in told.findings[0].reason


def test_ids_stay_text(tmp_path: Path) -> None:
    file = openpyxl.Workbook()
    sheet = file.active
    assert sheet is not None
    for row in (["id", "PD %"], ["007", 1.5], [10023, 2], [1.5, 3]):
        sheet.append(row)
    file.save(tmp_path / "book.xlsx")
    r = clientbook.classify(tmp_path / "book.xlsx")
    assert r.frame["id"].tolist() == ["007", "10023", "1.5"]
    assert r.frame["pd"].tolist() == [0.015, 0.02, 0.03]


def test_the_ladder_of_encodings(tmp_path: Path) -> None:
    for encoding, name in (("utf-16", "株式会社"), ("cp1252", "Société, SA"), ("gb18030", "䶮记")):
        text = f'id,name,pd\n1,"{name}",0.01\n'
        (tmp_path / "book.csv").write_text(text, encoding=encoding)
        r = clientbook.classify(tmp_path / "book.csv")
        assert (r.plan.form.encoding, r.plan.names) == (encoding, (name,))
    (tmp_path / "book.csv").write_text("id,name,pd\n1,臺灣銀行,0.01\n", encoding="big5")
    r = clientbook.classify(tmp_path / "book.csv", {"file": {"encoding": "big5"}})
    assert r.plan.names == ("臺灣銀行",)


def test_the_advice_about_a_file_of_zero_bytes_helps(tmp_path: Path) -> None:
    """UTF-16 without a mark: as the message says, the map names the encoding."""
    book = tmp_path / "book.csv"
    book.write_text("id,name,pd\n1,臺灣銀行,0.01\n", encoding="utf-16-le")
    with pytest.raises(BookError) as caught:
        clientbook.classify(book)
    (advised,) = re.findall(r'encoding = "([\w-]+)"', str(caught.value))
    r = clientbook.classify(book, {"file": {"encoding": advised}})
    assert r.plan.names == ("臺灣銀行",)

"""One book written in many ways is classified alike, row by row; what is missing stays open."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from casebook import clientbook, typology
from casebook.clientbook import Result, reading
from casebook.words import DATA

from .books import CLIENTS, HEADS, book, merged, plain, wan, written, yuan

#: Words of the answer, and its figures.
ANSWER = ["id", "type", "could", "ask", "decided", "said", "path", "near", "watch", "missing",
          "service"]  # fmt: skip
FIGURES = [k for k in HEADS if k not in ("id", "name")]


def percent(value: float | None) -> str:
    return "" if value is None else f"{round(value * 100, 2):g}%"


def as_yuan(path: Path) -> Path:
    """The twin of all: UTF-8, yuan with thousands separators."""
    head = {"exposure": "Limit (CNY)", "income": "Income (CNY)"}
    return written(book(), path, head=head, how={"exposure": yuan, "income": yuan})


def as_gb18030(path: Path) -> Path:
    head = {"exposure": "授信额度（元）", "income": "综合收益（元）"}
    return written(book(), path, heads=0, head=head, encoding="gb18030",
                   how={"exposure": yuan, "income": yuan})  # fmt: skip


def as_wan(path: Path) -> Path:
    return written(book(), path, heads=0, head={"exposure": "授信额度(万元)"}, delimiter="\t",
                   how={"exposure": wan})  # fmt: skip


def as_words(path: Path) -> Path:
    """Units and signs within the cells, full-width digits, a mark at the beginning."""
    wide = str.maketrans("0123456789.", "０１２３４５６７８９．")
    how: dict[str, Callable[[Any], str]] = {
        "exposure": lambda v: "" if v is None else f"{round(v * 100)}万元",
        "income": lambda v: "" if v is None else f"¥ {round(v * 1e6):,d} 元",
        "days_past_due": lambda v: "" if v is None else f"{v}天",
        "pd": percent,
        "wallet_share": percent,
        "sales_growth": lambda v: percent(v).replace("-", "\N{MINUS SIGN}"),
        "bank_share": lambda v: plain(v).translate(wide),
        "years": lambda v: "n/a" if v is None else f"{v} 年",
        "ended_or_default": lambda v: "Yes" if v else "No",
    }
    return written(book(), path, encoding="utf-8-sig", how=how, delimiter=";")


def as_parquet(path: Path) -> Path:
    table = {HEADS[k][1]: v for k, v in book().items()}
    pd.DataFrame(table).to_parquet(path)
    return path


def as_decimal_comma(path: Path) -> Path:
    def comma(value: Any) -> str:
        return plain(value).replace(".", ",")

    figures = dict.fromkeys(("pd", "wallet_share", "sales_growth", "years", "bank_share"), comma)

    def amount(value: float | None) -> str:
        return "" if value is None else f"{value:,.2f}".translate(str.maketrans(",.", ".,"))

    money = dict.fromkeys(("exposure", "income"), amount)
    return written(book(), path, delimiter=";", how=figures | money)


WAYS = {
    "gb18030.csv": as_gb18030,
    "wan.tsv": as_wan,
    "words.csv": as_words,
    "comma.csv": as_decimal_comma,
    "merged.xlsx": lambda path: merged(book(), path),
    "book.parquet": as_parquet,
}


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Result:
    """The answer for the book in yuan."""
    return clientbook.classify(as_yuan(tmp_path_factory.mktemp("book") / "yuan.csv"))


def test_the_twin_is_the_tree(twin: Result) -> None:
    """Where no figure is missing the answer is that of `typology.classify`."""
    assert twin.tally.read == twin.tally.classified == CLIENTS
    frame = twin.frame
    whole = frame["missing"] == ""
    kinds, _ = typology.classify(frame[whole])
    assert (frame.loc[whole, "type"] == kinds).all()
    assert set(frame["type"]) == {*typology.TYPES, "undetermined"}
    wanted = book()
    for name in FIGURES:
        there = np.array([np.nan if v is None else float(v) for v in wanted[name]])
        np.testing.assert_allclose(frame[name], there, rtol=1e-15, err_msg=name)


@pytest.mark.parametrize("name", WAYS)
def test_every_way_to_write_a_book_gives_the_same_answer(
    name: str, twin: Result, tmp_path: Path
) -> None:
    r = clientbook.classify(WAYS[name](tmp_path / name))
    assert not r.rejected and r.tally.read == CLIENTS
    assert r.frame["name"].tolist() == book()["name"]
    pd.testing.assert_frame_equal(r.frame[ANSWER], twin.frame[ANSWER])
    for column in FIGURES:
        np.testing.assert_allclose(r.frame[column], twin.frame[column], rtol=1e-14)


def test_chunks_do_not_matter(twin: Result, tmp_path: Path) -> None:
    r = clientbook.classify(as_yuan(tmp_path / "yuan.csv"), chunk=7)
    pd.testing.assert_frame_equal(r.frame, twin.frame)
    assert r.coverage == twin.coverage


def test_who_takes_the_fields_apart_does_not_matter(
    twin: Result, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Arrow, the reader of Python where there is a quotation mark or no Arrow: one answer."""
    bare = as_yuan(tmp_path / "yuan.csv").read_text(encoding="utf-8")
    assert '"' in bare  # yuan with thousands separators
    rows = written(book(), tmp_path / "bare.csv").read_text(encoding="utf-8").splitlines()
    assert '"' not in "".join(rows)
    rows[40] += ",one more"
    rows[90:90] = ["", ",,,", ",,,,,,,,,,,,"]
    (tmp_path / "bare.csv").write_text("\n".join(rows), encoding="utf-8")
    quoted = ["" if not row else f'"{row}"'.replace(",", '","') for row in rows]
    (tmp_path / "quoted.csv").write_text("\r\n".join(quoted), encoding="utf-8")
    calls: list[str] = []
    batch = reading._batch

    def counted(text: str, form: reading.Form) -> Any:
        calls.append(text)
        return batch(text, form)

    monkeypatch.setattr(reading, "_batch", counted)

    def answers(name: str) -> Result:
        return clientbook.classify(tmp_path / name, chunk=50)

    by_arrow = answers("bare.csv")
    assert len(calls) == 6  # one to see the heads by, five chunks
    assert [x.line for x in by_arrow.rejected] == [41] and by_arrow.tally.read == CLIENTS
    assert by_arrow.frame["line"].tolist()[-1] == CLIENTS + 4  # three lines are blank
    pd.testing.assert_frame_equal(answers("quoted.csv").frame, by_arrow.frame)
    assert len(calls) == 6
    with monkeypatch.context() as without:
        without.setitem(sys.modules, "pyarrow", None)
        alone = answers("bare.csv")
    pd.testing.assert_frame_equal(alone.frame, by_arrow.frame)
    assert alone.rejected == by_arrow.rejected
    there = twin.frame[twin.frame["id"] != "000039"][ANSWER].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone.frame[ANSWER], there)


def test_lines_are_counted_where_rows_take_several(tmp_path: Path) -> None:
    table = book(60)
    for row, name in ((3, "two\nlines"), (20, "three\r\nof\nthem"), (45, "a\rb")):
        table["name"][row] = name
    table["pd"][50], table["pd"][10] = "2.5", "1.5"
    path = written(table, tmp_path / "book.csv")
    lines = path.read_bytes().decode().replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for chunk in (7, 50_000):
        r = clientbook.classify(path, chunk=chunk)
        assert [x.value for x in r.rejected] == ["1.5", "2.5"]
        assert all(f",{x.value}," in lines[x.line - 1] for x in r.rejected)
        assert r.frame["name"][3] == "two lines"


def test_a_number_may_stand_for_a_missing_figure_or_for_another(tmp_path: Path) -> None:
    values = [-1 if k % 4 == 0 else 7 if k % 4 == 1 else 0.02 for k in range(CLIENTS)]
    table = book() | {"pd": values}
    m = {"columns": {"pd": {"head": "PD", "missing": ["-1"], "values": {"7": 0.3}}}}
    pd.DataFrame({HEADS[k][1]: v for k, v in table.items()}).to_parquet(tmp_path / "book.parquet")
    written(table, tmp_path / "book.csv")
    for name in ("book.csv", "book.parquet"):
        r = clientbook.classify(tmp_path / name, m)
        assert not r.rejected
        assert r.frame["pd"].isna().tolist() == [v == -1 for v in values]
        assert r.frame["pd"].dropna().unique().tolist() == [0.3, 0.02]


def test_a_decimal_comma_holds_where_a_chunk_has_none(tmp_path: Path) -> None:
    """1.500 is one thousand five hundred, and so it is in a chunk without a comma."""
    table = book() | {"exposure": ["2,5"] * 140 + ["1.500"] * 100}
    path = written(table, tmp_path / "book.csv", delimiter=";")
    m = {"columns": {"exposure": {"head": "Limit", "decimal": ","}}}
    frame = clientbook.classify(path, m, chunk=50).frame
    assert frame["exposure"].tolist() == [2.5] * 140 + [1500.0] * 100


def test_years_from_dates_of_several_forms(tmp_path: Path) -> None:
    as_of = date(2026, 6, 30)
    forms = (
        "{:%Y-%m-%d}",
        "{:%Y/%m/%d}",
        "{0:%Y}年{0.month}月{0.day}日",
        "{:%Y%m%d}",
        "{:%d-%b-%Y}",
        "{:%Y-%m-%d} 00:00:00",
    )
    days = [as_of - timedelta(days=97 * k) for k in range(CLIENTS)]
    table = book() | {"years": [forms[k % len(forms)].format(d) for k, d in enumerate(days)]}
    path = written(table, tmp_path / "book.csv", head={"years": "Client since"})
    r = clientbook.classify(path, {"file": {"as_of": as_of}})
    assert not r.rejected
    np.testing.assert_allclose(
        r.frame["years"], [97 * k / 365.25 for k in range(CLIENTS)], rtol=1e-12
    )


@pytest.mark.parametrize("form", ["%d/%m/%Y", "%m/%d/%Y"])
def test_one_date_settles_a_column_of_dates(form: str, tmp_path: Path) -> None:
    """3/5/2024 is in March or in May by what the rest of the column can only be."""
    as_of = date(2026, 6, 30)
    days = [date(2020, 1 + k % 12, 1 + k % 12) for k in range(CLIENTS - 1)] + [date(2020, 3, 25)]
    days[0] = date(2020, 3, 5)
    table = book() | {"years": [d.strftime(form) for d in days]}
    path = written(table, tmp_path / "book.csv", head={"years": "Client since"})
    r = clientbook.classify(path, {"file": {"as_of": as_of}}, chunk=50)
    assert r.frame["years"][0] == (as_of - date(2020, 3, 5)).days / 365.25


def test_serial_dates_with_the_day_they_count_from(tmp_path: Path) -> None:
    """15095 is 2001-04-30 where days are counted from 1960, and 1941-04-29 in Excel."""
    table = book() | {"years": [15095] * CLIENTS}
    path = written(table, tmp_path / "book.csv", head={"years": "Client since"})
    m = {"file": {"as_of": date(2026, 4, 30), "epoch": "1960"}}
    assert clientbook.classify(path, m).frame["years"][0] == 9131 / 365.25


def test_five_of_ten_columns_leave_the_type_open(tmp_path: Path) -> None:
    """Without share of wallet and products strategic is neither reached nor denied."""
    full = book(seed=5)
    kept = ("id", "name", "ended_or_default", "days_past_due", "signals", "pd", "exposure")
    path = written({k: full[k] for k in kept}, tmp_path / "book.csv")
    r = clientbook.classify(path)
    frame = r.frame
    assert {"strategic", "growth"}.isdisjoint(frame["type"])
    alive = frame[kept[2]].eq(0) & frame["days_past_due"].lt(30) & frame["signals"].lt(3)
    large = frame[alive & frame["exposure"].ge(25) & frame["pd"].le(0.02)]
    small = frame[alive & frame["exposure"].lt(25) & frame["pd"].lt(0.1)]
    assert len(large) > 5 and len(small) > 20
    assert set(large["could"]) == {"could be strategic, transactional or growth"}
    assert set(small["could"]) == {"could be transactional or growth"}
    assert set(large["ask"].str.split(";").str[0]) == {"ask for Share of its banking here"}
    assert set(small["ask"].str.split(";").str[0]) == {"ask for Growth of its sales, a year"}
    assert (frame.loc[frame["ended_or_default"] == 1, "type"] == "terminated").all()
    share = {row["column"]: row["share"] for row in r.coverage}
    assert share["wallet_share"] == share["products"] == 0
    assert 0.9 < share["exposure"] < 1 and share["ended_or_default"] == 1


def test_thresholds_of_a_bank(twin: Result, tmp_path: Path) -> None:
    """A file of thresholds beside the map; the answer is that of the tree with them."""
    mine = (DATA / "portfolio" / "typology.toml").read_text("utf-8")
    mine = mine.replace("value = 25.0", "value = 10.0").replace("value = 0.10", "value = 0.05")
    (tmp_path / "mine.toml").write_text(mine, encoding="utf-8")
    (tmp_path / "map.toml").write_text('[file]\nthresholds = "mine.toml"\n')
    r = clientbook.classify(as_yuan(tmp_path / "book.csv"), tmp_path / "map.toml")
    a = typology.assumptions(tmp_path / "mine.toml")
    assert (a.volume_large, a.pd_high) == (10.0, 0.05)
    whole = r.frame["missing"] == ""
    kinds, _ = typology.classify(r.frame[whole], a)
    assert (r.frame.loc[whole, "type"] == kinds).all()
    assert (r.frame["type"] != twin.frame["type"]).any()


def test_other_currencies_are_noticed(tmp_path: Path) -> None:
    for money, said in (("CNY", 0), ("EUR", 1)):
        path = written(book() | {"币种": [money] * CLIENTS}, tmp_path / "book.csv")
        assert len(clientbook.classify(path).findings) == said
    path = written(book() | {"币种": ["CNY", "USD"] * (CLIENTS // 2)}, tmp_path / "book.csv")
    assert "several currencies, such as 'CNY', 'USD'" in clientbook.classify(path).findings[0].text


def test_progress_counts_the_rows(tmp_path: Path) -> None:
    rows: list[int] = []
    clientbook.classify(as_yuan(tmp_path / "book.csv"), chunk=100, progress=rows.append)
    assert rows == [100, 200, CLIENTS]


def test_near_misses_and_the_watch_list(tmp_path: Path) -> None:
    clients: dict[str, list[Any]] = {
        "id": list("abcdefgh"),
        "ended_or_default": [False] * 7 + [True],
        "days_past_due": [0, 29, 0, 0, 0, 0, 35, 29],
        "signals": [0, 0, 2, 0, 0, 0, 0, 2],
        "pd": [0.005, 0.005, 0.005, 0.095, 0.005, 0.005, 0.005, 0.095],
        "exposure": [24.0, 1, 1, 1, 30, 1, 1, 1],
        "wallet_share": [0.5] * 8,
        "products": [4, 0, 0, 0, 2, 0, 0, 0],
        "sales_growth": [0.0, 0, 0, 0, 0, 0.21, 0, 0],
        "years": [10.0, 10, 10, 10, 10, 5, 10, 10],
        "bank_share": [0.9] * 8,
    }
    frame = clientbook.classify(written(clients, tmp_path / "book.csv")).frame
    near = dict(zip(frame["id"], frame["near"], strict=True))
    assert near["a"] == "Limit: threshold CNY 25 million"  # and then strategic
    assert near["b"].startswith("Days past due")
    assert near["c"].startswith("Warning signals") and near["d"].startswith("PD")
    assert near["e"] == "Products beyond the loan: threshold 3"
    assert near["f"].startswith("Growth of its sales")
    assert near["g"] == near["h"] == ""
    watched = dict(zip(frame["id"], frame["watch"], strict=True))
    assert [k for k, text in watched.items() if text] == ["b", "c", "d"]
    assert "late" in watched["b"] and "one signal" in watched["c"] and "PD" in watched["d"]

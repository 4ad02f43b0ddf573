"""The same answer on Dask, whatever the partitions are."""

from __future__ import annotations

import pickle
import sys
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from dask import dataframe
from dask.distributed import Client

from casebook import clientbook
from casebook.clientbook import BookError, Result

from .books import HEADS, book, plain, written

CLIENTS = 3000


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A book with bad rows, names of two lines, and one client in two partitions."""
    home = tmp_path_factory.mktemp("book")
    table = book(CLIENTS)
    table["name"][7] = '两行的\n"名字"'
    table["pd"][11], table["id"][CLIENTS - 3] = "1.5", table["id"][2]
    table["exposure"][CLIENTS - 9] = "unclear"
    written(table, home / "book.csv", encoding="gb18030", heads=0)
    return home


@pytest.fixture(scope="module")
def alone(files: Path) -> Result:
    return clientbook.classify(files / "book.csv")


def test_blocks_of_a_file_give_the_same_answer(files: Path, alone: Result) -> None:
    r = clientbook.classify_dask(files / "book.csv", block=20_000)
    assert len(r.pieces) > 5
    pd.testing.assert_frame_equal(r.clients.compute().reset_index(drop=True), alone.frame)
    assert r.rejected == alone.rejected and len(alone.rejected) == 4
    assert r.coverage == alone.coverage
    assert r.tally.read == CLIENTS and abs(r.tally.difference) < 1e-9


def test_a_dask_dataframe_gives_the_same_answer(files: Path, alone: Result) -> None:
    text = pd.read_csv(files / "book.csv", dtype=str, keep_default_na=False, encoding="gb18030")
    parts = dataframe.from_pandas(text, npartitions=7)  # type: ignore[no-untyped-call]
    r = clientbook.classify_dask(parts)
    frame = r.clients.compute().reset_index(drop=True)
    columns = [c for c in frame.columns if c != "line"]  # it has rows, and no lines
    pd.testing.assert_frame_equal(frame[columns], alone.frame[columns])
    assert [(x.id, x.reason) for x in r.rejected] == [(x.id, x.reason) for x in alone.rejected]
    assert frame["line"].is_monotonic_increasing and frame["line"][0] == 1


def test_many_parquet_files_are_one_book(files: Path, tmp_path: Path) -> None:
    table = pd.DataFrame({HEADS[k][1]: v for k, v in book(CLIENTS, seed=4).items()})
    table.to_parquet(tmp_path / "whole.parquet")
    parts = tmp_path / "parts"
    parts.mkdir()
    for k in range(4):
        part = table.iloc[k * 750 : (k + 1) * 750]
        part.to_parquet(parts / f"{k}.parquet", row_group_size=300)
    one = clientbook.classify(tmp_path / "whole.parquet").frame.drop(columns="line")
    for source in (parts, parts / "*.parquet", sorted(parts.iterdir())):
        r = clientbook.classify_dask(source)
        many = r.clients.compute().reset_index(drop=True).drop(columns="line")
        pd.testing.assert_frame_equal(many, one)


def test_the_answer_is_written_where_its_partitions_are(
    files: Path, alone: Result, tmp_path: Path
) -> None:
    r = clientbook.classify_dask(files / "book.csv", block=60_000)
    sums = r.write(tmp_path / "out")
    assert sums.read == CLIENTS and sums.rejected == 4
    parts = sorted((tmp_path / "out").glob("clients-*.parquet"))
    frame = pd.concat([pd.read_parquet(p) for p in parts], ignore_index=True)
    assert len(parts) == len(r.pieces) and frame["type"].tolist() == alone.frame["type"].tolist()
    gone = pd.concat(map(pd.read_parquet, sorted((tmp_path / "out").glob("rejected-*.parquet"))))
    assert gone["line"].tolist() == [x.line for x in alone.rejected]
    with pytest.raises(BookError, match="holds Parquet files already"):
        r.write(tmp_path / "out")


def test_workers_tell_how_far_they_are(files: Path, alone: Result, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    connect: Any = Client  # which has no types
    with connect(processes=False, n_workers=1, threads_per_worker=1, dashboard_address=None) as at:
        r = clientbook.classify_dask(
            files / "book.csv", None, at, block=60_000, progress=lambda *how: told.append(how)
        )
        n = len(r.pieces)
        assert told == [(k, 2 * n) for k in range(1, n + 1)] and n > 2
        sums = r.write(tmp_path / "out")
    assert told[n:] == [(k, 2 * n) for k in range(n + 1, 2 * n + 1)]
    assert sums.clients.tolist() == alone.tally.clients.tolist()


def test_a_pattern_of_all_partitions_is_seen(tmp_path: Path) -> None:
    """No date of the first blocks says which way it reads; one of the last does."""
    days = ["03/05/2020"] * 500 + ["25/05/2020"]
    table = {k: v[:501] for k, v in book(501).items()} | {"years": days}
    path = written(table, tmp_path / "book.csv", head={"years": "Client since"})
    m = {"file": {"as_of": date(2026, 6, 30)}}
    r = clientbook.classify_dask(path, m, block=4_000)
    assert len(r.pieces) > 3
    pd.testing.assert_frame_equal(
        r.clients.compute().reset_index(drop=True), clientbook.classify(path, m).frame
    )
    table["pd"] = [0.9 + k % 5 for k in range(501)]
    written(table, path)
    with pytest.raises(BookError, match="per cent"):
        clientbook.classify_dask(path, m, block=4_000)


def test_what_cannot_be_read_in_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = book(5)
    one = written(table, tmp_path / "1.csv")
    other = written(table, tmp_path / "2.csv", heads=0)
    with pytest.raises(BookError, match=r"has other heads than 1.csv"):
        clientbook.classify_dask([one, other])
    pd.DataFrame({HEADS[k][1]: map(plain, v) for k, v in table.items()}).to_excel(
        tmp_path / "book.xlsx", index=False
    )
    with pytest.raises(BookError, match="a workbook cannot be read in parts"):
        clientbook.classify_dask(tmp_path / "book.xlsx")
    with pytest.raises(BookError, match="there is no such file"):
        clientbook.classify_dask(tmp_path / "none*.csv")
    monkeypatch.setitem(sys.modules, "dask", None)
    with pytest.raises(BookError, match=r"Dask is missing: pip install 'casebook\[cluster\]'"):
        clientbook.classify_dask(one)


def test_an_error_comes_back_whole_from_a_worker() -> None:
    error = BookError("is wrong", file="a.csv", line=3, column="pd", value="x", shown="a\nb",
                      more=(BookError("too"),))  # fmt: skip
    again = pickle.loads(pickle.dumps(error))
    assert str(again) == str(error) == "a.csv: line 3: pd: 'x': is wrong"
    assert (again.line, again.value, again.shown, str(again.more[0])) == (3, "x", "a\nb", "too")

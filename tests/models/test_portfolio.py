"""The synthetic bank: the same bytes, no future in the past, near what is published, consistent."""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from casebook import bank
from casebook.bank import generate, signals, tables
from casebook.bank.calibration import calibration
from casebook.bank.exhibits import EXHIBITS
from casebook.cases import problem
from casebook.shape.record import AssumptionError
from casebook.typology import TYPES, decision_tree

SMALL, SHORT, LONG = 150, 23, 36


@pytest.fixture(scope="module")
def small():
    """A small bank, simulated to two horizons: file -> text."""
    b = bank.assumptions().replace(clients=SMALL, new_clients=0.2)
    return {m: generate.texts(generate.simulate(b, months=m)) for m in (SHORT, LONG)}


# The same bytes


def test_the_tables_are_those_that_are_fixed(tmp_path):
    sums = generate.write(tmp_path, generate.simulate())
    assert sums == tables.sums()
    assert sums == generate.write(tmp_path, generate.simulate())
    left = sorted(p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*") if p.is_file())
    assert left == sorted(generate.FILES)


def test_where_nothing_may_be_written_the_tables_are_in_the_cache(tmp_path, monkeypatch):
    home, cache = tmp_path / "site-packages", tmp_path / "cache"
    written, write = [], generate.write

    def only_in_the_cache(folder, content):
        if folder == home:
            raise PermissionError(13, "Permission denied", str(folder / ".part"))
        written.append(folder)
        return write(folder, content)

    monkeypatch.setenv("CASEBOOK_CACHE", str(cache))
    monkeypatch.setattr(tables, "sums", lambda: {"made.csv": hashlib.sha256(b"made").hexdigest()})
    monkeypatch.setattr(generate, "HOME", home)
    monkeypatch.setattr(generate, "simulate", dict)
    monkeypatch.setattr(generate, "texts", lambda made: {"made.csv": "made"})
    monkeypatch.setattr(generate, "write", only_in_the_cache)
    assert tables.folder() == tables.folder() == cache / "portfolio"
    assert written == [cache / "portfolio"]  # the second time they are there
    monkeypatch.setenv("CASEBOOK_CACHE", str(home.parent / "other"))
    monkeypatch.setattr(generate, "write", lambda folder, content: only_in_the_cache(home, content))
    with pytest.raises(PermissionError, match="a folder that can be written in CASEBOOK_CACHE"):
        tables.folder()


def test_another_seed_gives_another_bank(small):
    b = bank.assumptions().replace(clients=SMALL, new_clients=0.2)
    other = generate.texts(generate.simulate(b, months=SHORT, seed=1))
    assert all(other[file] != small[SHORT][file] for file in generate.FILES)


def test_the_book_is_as_large_as_it_must_be():
    assert len(tables.table("clients")) >= 1200
    assert tables.last_month() >= 48


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--clients", "0"], "0 is not allowed; 10 to"),
        (["--months", "many"], "'many' is not a whole number"),
        (["--seed", "-1"], "-1 is not allowed"),
        (["--form", "xlsx"], "unrecognized arguments"),
    ],
)
def test_bad_arguments_are_refused(arguments, said, capsys):
    with pytest.raises(SystemExit) as stop:
        generate.main(arguments)
    assert stop.value.code == 2
    assert said in capsys.readouterr().err


def test_a_place_that_cannot_be_written_to_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    command = [sys.executable, "-m", "casebook.bank.generate", "--clients", "20"]
    command += ["--months", "2", "--out", str(tmp_path / "file")]
    run = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert run.returncode == 1 and "cannot write to" in run.stderr
    assert "Traceback" not in run.stderr
    with pytest.raises(ValueError, match="months = 0"):
        generate.simulate(months=0)
    with pytest.raises(ValueError, match="seed = -1"):
        generate.simulate(seed=-1)


def test_nothing_half_written_is_left(tmp_path, monkeypatch):
    def fails(*args):
        raise OSError("no")

    tables = generate.simulate(bank.assumptions().replace(clients=20), months=2)
    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(OSError, match="no"):
        generate.write(tmp_path, tables)
    assert not [p for p in tmp_path.rglob("*") if p.is_file()]


# No future in the past


@pytest.mark.parametrize("file", [f for f in generate.FILES if "hidden" not in f])
def test_a_longer_history_leaves_the_shorter_one_as_it_was(small, file):
    """Row for row, byte for byte: whatever comes after month t leaves no trace up to t."""
    short, long = small[SHORT][file], small[LONG][file]
    assert long.startswith(short) and len(long) > len(short)


def test_of_the_truth_only_the_named_columns_know_the_future(small):
    def columns(text):
        rows = [line.split(",") for line in text.splitlines()]
        return dict(zip(rows[0], zip(*rows[1:], strict=True), strict=True))

    short, long = (columns(small[m]["truth/hidden.csv"]) for m in (SHORT, LONG))
    size = len(short["month"])
    differ = {name for name in short if short[name] != long[name][:size]}
    assert differ == {"months_to_default", "months_to_churn"}


def test_statements_are_two_months_old():
    """What is reported changes only two months after a quarter's end, and follows quality then."""
    seen = tables.table("monitoring")
    wide = seen.pivot(index="month", columns="client", values="z")
    change = (wide.diff().abs() > 0).sum(axis=1)
    months = change.index[change > 0]
    assert len(months) and set(months % 3) == {generate.LAG}
    truth = tables.truth().pivot(index="month", columns="client", values="quality")
    publish = [m for m in months if m + 3 <= tables.last_month()]
    then = np.nanmean([wide.loc[m].corr(truth.loc[m - generate.LAG]) for m in publish])
    later = np.nanmean([wide.loc[m].corr(truth.loc[m + 3]) for m in publish])
    assert then > 0.6 and then > later


def test_outcomes_come_after_what_caused_them():
    events, seen = tables.table("outcomes"), tables.table("monitoring")
    when = events[events["kind"] == "default"].set_index("client")["month"]
    for kind in ("recovery", "write_off"):
        rows = events[events["kind"] == kind]
        assert (rows["month"] > rows["client"].map(when)).all(), kind
    # a default is known when the client is more than 90 days late, not before
    late = seen[seen["client"].isin(when.index)]
    before = late["month"] < late["client"].map(when)
    assert (late.loc[before, "days_past_due"] <= 90).all()
    assert (late.loc[~before, "days_past_due"] > 90).all()
    assert ((late["rating"] == "D") == ~before).all()
    gone = events[events["kind"] == "churn"].set_index("client")["month"]
    after = seen["month"] >= seen["client"].map(gone)
    assert not after.any()


# Near what is published, and a mixture


def test_calibration_is_within_its_tolerances():
    table = calibration()
    assert len(table) >= 8
    assert (table["tolerance"] > 0).all()
    wrong = table[~table["within"]]
    assert wrong.empty, wrong[["published", "reached", "tolerance"]]


def test_five_types_emerge_and_overlap():
    """Every true type is found more often than by chance, and none without error."""
    shot = decision_tree.of_snapshot(tables.snapshot(36))
    shot = shot[~shot["ended"]]
    truth = tables.truth()
    true = truth[truth["month"] == 36].set_index("client")["type"].reindex(shot.index).astype(str)
    assert set(true) == set(TYPES) == set(shot["type"])
    for name in TYPES:
        share, hit = (shot["type"] == name).mean(), (shot["type"] == name)[true == name].mean()
        assert hit > 2 * share or name == "transactional", name
        if name != "terminated":
            assert hit < 0.99, name
    # types are mixtures: no single figure tells them apart
    for column in ("z", "wallet_share", "exposure", "sales_growth"):
        spread = shot[column].groupby(true).quantile([0.1, 0.9]).unstack()
        assert spread.loc["transactional", 0.9] > spread.loc["strategic", 0.1], column


def test_signals_lead_and_sometimes_lie():
    seen, events = tables.table("monitoring"), tables.table("outcomes")
    hit, months, clients = signals.lit(seen)
    warned = signals.rule(hit)
    when = events[events["kind"] == "default"].set_index("client")["month"]
    leads, first = [], {}
    for k, client in enumerate(clients):
        if warned[:, k].any():
            first[client] = months[warned[:, k].argmax()]
        if client in when.index:
            leads.append(when[client] - first[client] if client in first else np.nan)
    leads = np.array(leads)
    caught = leads[leads > 0]
    assert len(caught) > 0.4 * len(leads) and np.median(caught) >= 3
    false = [c for c in first if c not in when.index]
    assert len(false) > 0.2 * len(first)


def test_the_signals_are_those_of_case_4():
    """One rule: on the book it is the case's, which alone is dark in its first months."""
    a = problem.assumptions()
    rng = np.random.default_rng(1)
    values = {k: rng.normal(1.0, 8.0, (24, 5)) for k in problem.SIGNALS}
    for k in problem.SIGNALS:
        values[k][rng.random((24, 5)) < 0.2] = np.nan
    hits, case = problem.beyond(values, a), problem.signals.lit(values, a)
    book = signals.beyond(values)
    assert list(hits) == list(book) == list(problem.SIGNALS)
    np.testing.assert_array_equal(signals.rule(book), problem.rule(hits, a))
    for k in problem.SIGNALS:
        assert not hits[k][np.isnan(values[k])].any()  # missing is not lit
        np.testing.assert_array_equal(book[k], hits[k], err_msg=k)
        np.testing.assert_array_equal(hits[k][a.window :], case[k][a.window :], err_msg=k)
        assert hits[k][: a.window].any() and not case[k][: a.window].any()
    high = {"dso": a.dso_rise, "dio": a.dio_rise, "use": a.use_high}
    low = {"quick": a.quick_low, "cover": a.cover_low, "dscr": a.dscr_low, "z": a.z_low}
    for k, limit in high.items():
        np.testing.assert_array_equal(hits[k], np.nan_to_num(values[k], nan=-np.inf) > limit)
    for k, limit in low.items():
        np.testing.assert_array_equal(hits[k], np.nan_to_num(values[k], nan=np.inf) < limit)


@pytest.mark.parametrize("months", [1, 2, 3, 30])
def test_the_rule_is_so_many_months_in_a_row(months):
    """Counted by hand, month by month: a month without enough signals starts anew."""
    a = problem.assumptions().replace(signals_needed=2)
    object.__setattr__(a, "months_needed", months)  # also more than the file allows
    hits = {k: np.random.default_rng(i).random((24, 6)) < 0.4
            for i, k in enumerate(problem.SIGNALS)}  # fmt: skip
    together = sum(hit.astype(int) for hit in hits.values()) >= 2
    row, expected = np.zeros(6, int), np.zeros((24, 6), bool)
    for t in range(24):
        row = np.where(together[t], row + 1, 0)
        expected[t] = row >= months
    np.testing.assert_array_equal(problem.rule(hits, a), expected)
    assert expected.any() == (months < 30)


def test_contact_keeps_clients_and_the_trial_shows_it():
    """Visited clients leave less; the lottery finds it without the managers' choice."""
    truth, clients = tables.truth(), tables.table("clients").set_index("client")
    late = truth[(truth["month"] >= 25) & (truth["type"] == "transactional")]
    drawn = late["client"].map(clients["trial"])
    chance = late["leave_intensity"].groupby(drawn).mean()
    assert chance[1] < 0.97 * chance[0]
    contacts = tables.table("contacts")
    visits = contacts[(contacts["kind"] == "visit") & (contacts["month"] >= 25)]
    per_client = visits.groupby("client").size().reindex(clients.index, fill_value=0)
    assert per_client[clients["trial"] == 1].mean() > 1.5 * per_client[clients["trial"] == 0].mean()


# Consistent


def test_the_dictionary_names_every_column():
    described = tables.dictionary()["tables"]
    assert {Path(f).stem for f in generate.FILES} == set(described)
    for file, heads in generate.FILES.items():
        columns = described[Path(file).stem]["columns"]
        assert tuple(columns) == heads, file
        for name, column in columns.items():
            assert {"type", "unit", "meaning", "known"} == set(column), (file, name)
            assert column["meaning"] and column["known"], (file, name)
            if column["type"] in ("whole number", "0 or 1", "1 to 5"):
                assert name not in generate.DIGITS, (file, name)
        visible = described[Path(file).stem]["visible"]
        assert visible == ("hidden" not in file)


def test_amounts_add_up():
    seen, events, loans = (tables.table(k) for k in ("monitoring", "outcomes", "facilities"))
    assert (seen["drawn"] <= seen["limit"] + 1e-9).all()
    assert (seen[["limit", "drawn", "turnover", "margin_income", "fee_income"]] >= 0).all(axis=None)
    use = seen["utilisation"].dropna()
    assert use.between(0, 1).all()
    assert not seen.duplicated(["month", "client"]).any()
    # the exposure at default is what was drawn, and is what came back and what was lost
    amounts = {
        k: events[events["kind"] == k].groupby("client")["amount"].sum()
        for k in ("default", "recovery", "write_off")
    }
    default = events[events["kind"] == "default"]
    assert not default.duplicated("client").any()
    then = default.merge(seen, on=["client", "month"])
    np.testing.assert_allclose(then["amount"], then["drawn"], atol=1e-9)
    last = seen.groupby("client").tail(1).set_index("client")
    for client, ead in amounts["default"].items():
        gone = amounts["recovery"].get(client, 0.0) + amounts["write_off"].get(client, 0.0)
        np.testing.assert_allclose(ead, gone + last.loc[client, "drawn"], atol=1e-6)
    # nobody draws without a contract, and each event has a client
    assert set(seen.loc[seen["limit"] > 0, "client"]) <= set(loans["client"])
    assert set(events["client"]) <= set(tables.table("clients")["client"])
    assert (loans["amount"] > 0).all() and (loans["collateral"] >= 0).all()
    assert (loans["start"] <= loans["booked"]).all()


def test_products_held_are_those_sold():
    seen, events = tables.table("monitoring"), tables.table("outcomes")
    sold = events[events["kind"] == "cross_sell"]
    assert not sold.duplicated(["client", "product"]).any()
    held = seen.groupby("client")["products"].agg(["first", "last"])
    first = seen.groupby("client")["month"].min()
    later = sold[sold["month"] > sold["client"].map(first)]
    count = later.groupby("client").size().reindex(held.index, fill_value=0)
    # a product sold in the month of leaving is not seen any more
    assert ((held["last"] - held["first"] - count).abs() <= 1).all()
    assert ((held["last"] - held["first"] - count) == 0).mean() > 0.99


# The tree


def test_the_tree_reaches_every_type_and_ends():
    nodes = decision_tree.tree()
    ends = {goes for node in nodes.values() for goes in (node.yes, node.no)}
    assert set(TYPES) == ends - set(nodes)
    assert set(nodes) - ends == {next(iter(nodes))}
    a = decision_tree.assumptions()
    used = {node.threshold for node in nodes.values()} - {None}
    assert used == set(a.spec.assumptions)


def client(**values):
    usual = {
        "ended_or_default": False, "days_past_due": 0, "signals": 0, "pd": 0.008, "exposure": 10.0,
        "wallet_share": 0.2, "products": 1, "sales_growth": 0.05, "years": 4.0, "bank_share": 0.4,
    }  # fmt: skip
    return {k: [v] for k, v in (usual | values).items()}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, "transactional"),
        ({"ended_or_default": True, "signals": 7}, "terminated"),
        ({"days_past_due": 30}, "problem"),
        ({"days_past_due": 29}, "transactional"),
        ({"signals": 3}, "problem"),
        ({"pd": 0.3}, "problem"),
        ({"exposure": 80.0, "wallet_share": 0.5, "products": 4}, "strategic"),
        ({"exposure": 80.0, "wallet_share": 0.5, "products": 4, "pd": 0.05}, "transactional"),
        ({"sales_growth": 0.4, "bank_share": 0.8}, "growth"),
        ({"sales_growth": np.nan, "bank_share": 0.8}, "transactional"),
        ({"sales_growth": 0.4, "bank_share": 0.8, "years": 15.0}, "transactional"),
    ],
)
def test_the_tree_on_clients_made_for_it(values, expected):
    found, why = decision_tree.classify(client(**values))
    assert found[0] == expected
    assert why[0].startswith("Has the contract ended") and why[0].count("?") >= 1


def test_a_threshold_moves_the_answer_and_a_wrong_one_is_refused():
    a = decision_tree.assumptions()
    assert decision_tree.classify(client(signals=2), a)[0][0] == "transactional"
    assert decision_tree.classify(client(signals=2), a.replace(signals_lit=2))[0][0] == "problem"
    with pytest.raises(AssumptionError, match="allowed"):
        a.replace(signals_lit=9)
    lacking = client()
    del lacking["years"]
    with pytest.raises(KeyError, match="years"):
        decision_tree.classify(lacking)


def test_monthly_moves_make_the_yearly_ones():
    yearly = bank.paths(bank.assumptions())
    month = bank.monthly(yearly)
    left = (1 - month.sum(axis=1)) ** 12
    np.testing.assert_allclose(1 - left, yearly.sum(axis=1), atol=1e-12)
    np.testing.assert_array_equal(month == 0, yearly == 0)


# Reading


def test_tables_are_read_with_their_types():
    seen = tables.table("monitoring")
    assert seen["month"].dtype == np.int64 and seen["z"].dtype == float
    assert list(seen["rating"].cat.categories) == list(bank.GRADES)
    assert seen["z"].isna().any() and not seen["drawn"].isna().any()
    with pytest.raises(KeyError, match="allowed"):
        tables.table("truth")
    seen["drawn"] = -1.0  # a copy: the next reader is not hurt
    assert (tables.table("monitoring")["drawn"] >= 0).all()


def test_a_snapshot_holds_what_was_known_then():
    shot = tables.snapshot(30)
    clients = tables.table("clients")
    assert set(shot.index) == set(clients.loc[clients["joined"] <= 30, "client"])
    assert (shot["month"] <= 30).all() and shot["ended"].any()
    assert (shot.loc[~shot["ended"], "month"] == 30).all()
    assert shot["signals"].between(0, 7).all() and (shot["hours_12"] >= 0).all()
    with pytest.raises(ValueError, match="month = 0"):
        tables.snapshot(0)


@pytest.mark.parametrize("name", EXHIBITS)
def test_tables_for_pages_are_whole(name):
    for title, table in EXHIBITS[name]():
        assert title and len(table) >= 5 and table.columns.name
        assert not table.isna().any(axis=None)


def test_every_assumption_of_the_bank_does_something():
    package = Path(bank.__file__).parents[1]
    own, strategies = (
        "".join(p.read_text(encoding="utf-8") for p in (package / room).rglob("*.py"))
        for room in ("bank", "strategies")
    )
    # hurdle and tax are for what the strategy chapters count in money
    for name in set(bank.assumptions().spec.assumptions) - {"hurdle", "tax"}:
        used = re.search(rf"\ba\.{name}\b", own) or re.search(rf"\w\.{name}\b", strategies)
        assert used, name


def test_a_changed_table_is_made_again(tmp_path, monkeypatch):
    monkeypatch.setattr(generate, "HOME", tmp_path)
    fixed = tables.DATA_SUMS.read_text(encoding="utf-8")
    (tmp_path / "SHA256SUMS").write_text(fixed, encoding="utf-8")
    assert tables.folder() == tmp_path
    table = tmp_path / "clients.csv"
    whole = table.read_bytes()
    table.write_bytes(whole[:-100])
    tables.folder()
    assert table.read_bytes() == whole

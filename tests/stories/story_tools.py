"""What the chapter on tools claims, asserted on computed results."""

from __future__ import annotations

import math
import sqlite3
import time
import tomllib
from dataclasses import replace

import numpy as np
import pytest

from casebook import bank
from casebook.bank import PRODUCTS, SECTORS, crm, tables
from casebook.shape.record import AssumptionError
from casebook.strategies import early_warning as warning
from casebook.strategies import tools as m
from casebook.timevalue import MONTHS_A_YEAR
from casebook.words import DATA


@pytest.fixture(scope="module")
def base():
    return m.simulate(m.assumptions())


@pytest.fixture(scope="module")
def findings(base):
    return m.findings(base)


@pytest.fixture(scope="module")
def panel():
    return warning.panel()


@pytest.fixture(scope="module")
def database():
    return crm.build()


class TestTheDatabase:
    def test_a_tables_are_those_of_the_bank(self, database):
        for name in crm.TABLES:
            (rows,) = database.execute(f"SELECT count(*) FROM {name}").fetchone()
            assert rows == len(tables.table(name)), name
        owed = crm.ask(database, "SELECT month, sum(drawn) AS drawn FROM monitoring GROUP BY month")
        ours = tables.table("monitoring").groupby("month")["drawn"].sum()
        np.testing.assert_allclose(owed.set_index("month")["drawn"], ours)
        (missing,) = database.execute("SELECT count(*) FROM monitoring WHERE z IS NULL").fetchone()
        assert missing == tables.table("monitoring")["z"].isna().sum() > 0

    def test_a_it_holds_nothing_that_is_not_known_yet(self):
        then = crm.build(until=30)
        for name, (known, _, _) in crm.TABLES.items():
            (last,) = then.execute(f"SELECT max({known}) FROM {name}").fetchone()
            assert last <= 30, name
        assert then.execute("SELECT DISTINCT month FROM now").fetchall() == [(30,)]

    def test_a_window_functions_agree_with_pandas(self, database):
        got = crm.ask(
            database,
            "SELECT client, credit_limit, rank() OVER (PARTITION BY manager "
            "ORDER BY credit_limit DESC) AS place FROM now",
        ).set_index("client")
        shot = tables.table("monitoring")
        shot = shot[shot["month"] == tables.last_month()].set_index("client")
        manager = tables.table("clients").set_index("client")["manager"].reindex(shot.index)
        ours = shot["limit"].groupby(manager).rank(ascending=False, method="min")
        np.testing.assert_array_equal(got["place"].reindex(shot.index), ours)

    def test_a_the_unseen(self, database, findings):
        seen = tables.table("contacts")
        last = seen[seen["kind"].isin(["visit", "call"])].groupby("client")["month"].max()
        shot = tables.table("monitoring")
        shot = shot[shot["month"] == tables.last_month()].set_index("client")
        gone = last.reindex(shot.index).fillna(0) <= tables.last_month() - 6
        assert findings["unseen"] == gone.sum() and findings["crm_clients"] == len(shot)
        assert findings["unseen_limit"] == pytest.approx(
            shot["limit"][gone].sum() / shot["limit"].sum(), abs=1e-3
        )
        # mostly small ones
        assert shot["limit"][gone].mean() < shot["limit"].mean()
        start = time.perf_counter()
        database.execute(m.learning.UNSEEN).fetchone()
        assert time.perf_counter() - start < 1.0

    def test_a_it_is_written_whole_and_only_read(self, tmp_path, capsys):
        path = tmp_path / "crm.sqlite"
        assert crm.main(["--out", str(path), "--until", "3"]) == 0
        assert "MB" in capsys.readouterr().out
        assert [p.name for p in tmp_path.iterdir()] == ["crm.sqlite"]
        connection = crm.build(path, 3)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            connection.execute("DELETE FROM clients")
        with pytest.raises(ValueError, match="until = 0"):
            crm.build(until=0)
        with pytest.raises(SystemExit):
            crm.main(["--until", "61"])
        assert "1 to 60" in capsys.readouterr().err
        assert crm.main(["--out", str(tmp_path / "no" / "crm.sqlite"), "--until", "1"]) == 1


class TestNothingLeaks:
    def test_b_what_is_learned_from_is_over(self, monkeypatch):
        """The model of month 36 is the same if no later month was ever written."""
        whole = m.next_product(36)
        b = m.book(36)
        expected = whole(b)

        def cut(name, month=36):
            table = tables.read(tables._checked() / f"{name}.csv")
            column = crm.TABLES[name][0]
            return table[table[column] <= month]

        monkeypatch.setattr(tables, "_table", cut)
        then = m.next_product(36)
        np.testing.assert_allclose(then(replace(b, bought=0 * b.bought)), expected, atol=1e-9)
        now = m.book(36)
        np.testing.assert_array_equal(now.x, b.x)
        np.testing.assert_array_equal(now.hours, b.hours)
        assert not now.bought.any() and b.bought.any()

    def test_b_the_card_needs_no_month_after_its_year(self, panel):
        whole = {k: tables.table(k) for k in ("monitoring", "outcomes", "facilities")}
        last = m.SCORED[-1] + MONTHS_A_YEAR
        then = {k: t[t[crm.TABLES[k][0]] <= last] for k, t in whole.items()}
        one, two = m.scorecard(warning.panel(then)), m.scorecard(panel)
        for k in m.record.CHARACTERISTICS:
            np.testing.assert_array_equal(one.points[k], two.points[k], err_msg=k)

    def test_b_the_trial_is_known_before_the_first_test(self):
        assert m.record.TRIAL[1] <= m.FOLDS[0]


class TestTheFit:
    def test_c_the_file_holds_what_the_fit_gives(self):
        stored = tomllib.loads((DATA / "models/tools.toml").read_text(encoding="utf-8"))["fit"]
        now = m.fitted()
        assert now["crm"] == stored["crm"] and now["trial"] == stored["trial"]
        assert now["sales"]["limit"] == stored["sales"]["limit"]
        assert now["sales"]["volume"] == stored["sales"]["volume"]
        gap = np.abs(np.array(now["sales"]["tool"]) - np.array(stored["sales"]["tool"]))
        assert np.median(gap) == 0 and gap.max() <= 3
        for k in stored["hits"]:
            np.testing.assert_allclose(now["hits"][k], stored["hits"][k], atol=0.01)
        assert now["card"] == stored["card"] and now["example"] == stored["example"]
        for k, values in now["drift"].items():  # written down with four digits, a mean with two
            assert values == np.round(values, 4).tolist(), k
        for k in stored["drift"]:
            np.testing.assert_allclose(now["drift"][k], stored["drift"][k], atol=1e-3)

    def test_c_the_assumptions_are_what_was_measured(self, base):
        a, t = base.assumptions, base.assumptions.spec.words["fit"]["trial"]
        assert a.uplift == pytest.approx(t["uplift"], abs=0.005)
        assert a.uplift_error == pytest.approx(t["error"], abs=0.0005)
        b = bank.assumptions()
        assert (a.product_income, a.hour_cost, a.managers) == (
            b.product_income, b.hour_cost, b.managers,
        )  # fmt: skip
        seen, events = tables.table("monitoring"), tables.table("outcomes")
        gone = events["kind"].isin(["churn", "default"]).sum()
        rate = 12 * gone / (seen["rating"] != "D").sum()
        assert 1 - a.keep == pytest.approx(rate, abs=0.01)
        assert b.trial_share == 0.2 and b.trial_visits == 2.0

    def test_c_points_are_weights_of_evidence(self, panel):
        card = m.scorecard(panel)
        t, who, bad = m.payers(panel, m.SCORED)
        assert bad.sum() == sum(n[:, 1].sum() for n in card.counts.values()) / len(card.counts)
        n = card.counts["grade"]
        share = (n + 0.5) / (n.sum(axis=0) + 0.5 * len(n))
        full = n.sum(axis=1) > 0
        np.testing.assert_allclose(card.woe["grade"][full], np.log(share[:, 0] / share[:, 1])[full])
        assert (card.coefficient <= 0).all()
        points = m.score(card, panel, (t, who))
        assert m.said(points).sum() == pytest.approx(bad.sum(), rel=0.05)
        assert m.said(600.0) == pytest.approx(1 / 51)
        assert m.said(620.0) / (1 - m.said(620.0)) == pytest.approx(1 / 100)
        # the reasons add up to the distance from the average
        rows = m.reasons(card, panel, (int(t[0]), int(who[0])))
        usual = sum(r[2] + r[3] for r in rows)
        assert sum(r[3] for r in rows) == pytest.approx(usual - points[0])
        assert usual == pytest.approx(points.mean())

    def test_c_the_index_of_stability(self):
        p, q = np.array([0.5, 0.3, 0.2]), np.array([0.4, 0.4, 0.2])
        by_hand = 0.1 * np.log(0.5 / 0.4) - 0.1 * np.log(0.3 / 0.4)
        assert m.stability(p, q) == pytest.approx(by_hand)
        assert m.stability(q, q) == 0


class TestTheStory:
    def test_d_on_what_to_offer_the_simple_rule_wins(self, findings):
        f = findings
        assert f["hit_sector"] >= f["hit_model"] > f["hit_popularity"] + 0.05
        assert f["hit_popularity"] < 2 / 6 + 0.03 and f["hit_together"] < 2 / 6 + 0.03
        assert abs(f["said"] - f["sales"]) < 2 * np.sqrt(f["said"])
        sold = tables.table("outcomes")
        sold = sold[(sold["kind"] == "cross_sell") & (sold["month"] <= 48)]
        assert (sold.groupby("client").size() >= 2).sum() < 0.1 * len(tables.table("clients"))

    def test_d_no_simple_rule_offers_what_a_client_has(self):
        clients = m.recommending.book(60)
        assert not clients.free.all()
        for name, rule in m.recommending.rivals(60).items():
            scores = rule(clients)
            assert (scores[~clients.free] < 0).all() and (scores[clients.free] >= 0).all(), name

    def test_d_visits_sell_and_topics_steer(self, base, findings):
        f = findings
        assert f["trial_low"] > 0 and f["trial_topic_low"] < 0 < f["trial_topic"]
        assert f["trial_on_topic"] > 2 / 6  # one of six would be by chance
        # the intervals hold 90 of a hundred: 1.645 errors, of a logarithm or of a count
        t, z, found = base.assumptions.spec.words["fit"]["trial"], 1.6448536, m.trial(base)
        for end, sign in (("low", -1), ("high", 1)):
            up = (1 + t["uplift"]) * math.exp(sign * z * t["error"])
            assert found[end] == pytest.approx(up - 1)
            for k in ("product", "review"):
                sold, talks = t[f"sold_{k}"], t[f"talks_{k}"]
                expected = (sold + sign * z * math.sqrt(sold)) / talks
                assert found[f"{k}_{end}"] == pytest.approx(expected)
        once = (t["sold_product"] / t["talks_product"]) / (t["sold_review"] / t["talks_review"])
        error = math.hypot(t["sold_product"] ** -0.5, t["sold_review"] ** -0.5)
        assert found["topic"] == pytest.approx(once - 1)
        assert found["topic_low"] == pytest.approx(once * math.exp(-z * error) - 1)
        assert found["topic_high"] == pytest.approx(once * math.exp(z * error) - 1)
        assert found["on_topic"] == pytest.approx(t["sold_topic"] / t["sold_product"])
        talks = tables.table("contacts")
        about = talks["topic"].astype(str) != "review"
        assert about.mean() == pytest.approx(0.5, abs=0.01)

    def test_d_the_models_list_is_better_and_the_tool_does_not_pay(self, base, findings):
        f = findings
        assert f["tool_share"] > f["volume_share"]
        assert 0 < f["pure_low"] < f["pure_expected"] and f["pure_sure"] > 0.99
        assert f["over_high"] < 0 and f["over_sure"] == 0 and f["tool_high"] < 0
        assert f["volume_low"] < 0 < f["volume_expected"] < f["volume_high"]
        volume, tool = (base.alternative(k).metrics for k in ("volume", "tool"))
        assert tool["hours_year"] < volume["hours_year"]
        t = m.tables(base.assumptions)
        assert t.hours[0, 1] / 50 > 1.2 * t.hours[0, -1] / t.clients  # the large: visited most
        assert 5 * f["pure_expected"] < base.assumptions.run_cost

    def test_d_a_longer_list_is_a_worse_one(self, base, findings):
        x = m.ladder(base.assumptions)
        assert max(findings["best_volume"], findings["best_list"]) <= 100
        assert (x["gain"][:, 20:] < x["gain"][:, 3:4]).all() and (x["list_gain"][:, -1] < 0).all()

    def test_d_the_case_lies_in_hours(self, base, findings):
        a = base.assumptions
        enough = m.simulate(a.replace(hours_saved=findings["break_even_hours"]))
        assert enough.alternative("tool").metrics["over_volume"] == pytest.approx(0, abs=1e-9)
        assert findings["break_even_hours"] > 4 * a.hours_saved and a.used == 0.5

    def test_e_the_alarm_rings_and_the_order_holds(self, findings):
        f = findings
        assert f["psi_calm"] < f["psi_alarm"] < f["psi_worst"]
        assert f["psi_noise"] < 0.5 * f["psi_calm"]
        assert 24 < f["first_alarm"] <= 36
        assert f["psi_plain"] < 0.5 * f["psi_worst"] and f["psi_plain"] > f["psi_alarm"]
        assert abs(f["area_first"] - f["area_last"]) < 0.06
        assert f["said_last"] > 1.5 * f["said_first"] and f["came_last"] > f["came_first"]
        assert abs(f["said_last"] - f["came_last"]) < 2 * np.sqrt(f["said_last"])

    def test_e_trade_is_hit_hardest(self, base, findings):
        d = base.assumptions.spec.words["fit"]["drift"]
        fall = {k: max(d[f"index_{k}"]) - min(d[f"index_{k}"]) for k in SECTORS}
        assert max(fall, key=fall.get) == "trade" == m.drift(base)["sector"]
        assert findings["odds_fall"] > 4

    def test_e_the_client_of_the_example(self, base, panel):
        example = m.why(base)
        assert example["defaulted"] == 1 and example["points"] < example["usual"] - 80
        default = panel.default[np.searchsorted(panel.clients, example["client"])]
        assert 48 < default <= 60
        assert example["below"] == sorted(example["below"], reverse=True)


def test_numbers_the_text_puts_in_words(base):
    assert m.FOLDS == (36, 48) and len(PRODUCTS) == 6 and m.record.BANDS == 10
    assert (m.record.SCORE, m.record.ODDS, m.record.DOUBLE) == (600, 50, 20)
    assert base.assumptions.managers == 40
    assert m.SCORED[-1] == 24  # two years before month 48


def test_more_of_what_helps_helps_and_of_what_hurts_hurts(base):
    a, gain = base.assumptions, base.metrics["gain_year"]
    for name, change, sign in (
        ("uplift", 0.1, 1), ("keep", 0.02, 1), ("product_income", 0.0001, 1), ("run_cost", 1.0, -1),
        ("build_cost", 1.0, -1), ("hours_saved", 1.0, 1), ("used", 0.1, 1), ("hour_cost", 0.0, 0),
    ):  # fmt: skip
        moved = m.simulate(a.replace(**{name: getattr(a, name) + change})).metrics["gain_year"]
        assert np.sign(round(moved - gain, 12)) == sign, name


def test_the_mean_of_many_histories_is_the_single_run(base):
    many = m.ensemble(base)
    x = many.all_metrics["gain_year"]
    error = x.std(axis=1, ddof=1) / np.sqrt(x.shape[1])
    gap = np.abs(x.mean(axis=1) - base.all_metrics["gain_year"][:, 0])
    assert (gap <= 4 * error + 1e-9).all()


def test_draws_for_other_sales_are_refused(base):
    a = base.assumptions
    d = m.sample(a, 2, seed=1)
    with pytest.raises(AssumptionError, match="sample again"):
        m.simulate(a, d | {"weight": d["weight"][:, :-1]})
    with pytest.raises(ValueError, match="allowed"):
        m.simulate(a, d, keep=("nothing",))


def test_a_check_fails_when_a_number_is_bent(base):
    """Each identity is one that can be broken."""
    a, t = base.assumptions, m.tables(base.assumptions)
    lines, metrics = dict(base.all_lines), dict(base.all_metrics)
    once = m.run._histories(a, t, None)

    def checks(more=None, metric=None):
        return m.run._checks(a, t, lines | (more or {}), metrics | (metric or {}), once)

    assert max(checks().values()) < base.tolerance
    assert checks({"run": lines["run"] - 1})["statement_foots"] > 0.5
    assert checks({"run": lines["run"] - 1})["only_the_tool_costs"] > 0.5
    assert checks(metric={"value": metrics["value"] + 1})["sale_by_sale"] > 0.5
    assert checks({"products": lines["products"] + 1})["products_kept"] > 0.5
    assert checks({"hours": lines["hours"] + 1})["no_list_does_nothing"] > 0.5
    assert checks(metric={"gain_year": metrics["gain_year"] + 9})["best_is_best"] > 0.5

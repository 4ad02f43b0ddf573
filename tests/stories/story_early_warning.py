"""What the chapter on early warning claims, asserted on computed results."""

from __future__ import annotations

import tomllib
from dataclasses import replace

import numpy as np
import pytest

from casebook.bank import signals, tables
from casebook.cases import problem
from casebook.shape.record import AssumptionError
from casebook.strategies import early_warning as m
from casebook.words import DATA


@pytest.fixture(scope="module")
def base():
    return m.simulate(m.assumptions())


@pytest.fixture(scope="module")
def findings(base):
    return m.findings(base)


@pytest.fixture(scope="module")
def panel():
    return m.panel()


def cut(month):
    """The tables as they were at the end of `month`."""
    whole = {k: tables.table(k) for k in ("monitoring", "outcomes", "facilities")}
    when = {"monitoring": "month", "outcomes": "month", "facilities": "booked"}
    return {k: t[t[when[k]] <= month] for k, t in whole.items()}


class TestNothingLeaks:
    @pytest.mark.parametrize("known", m.FOLDS)
    def test_a_model_is_the_same_if_later_months_were_never_written(self, panel, known):
        then = m.panel(cut(known))
        one, two = m.fit(then, known), m.fit(panel, known)
        np.testing.assert_allclose(one.coefficient, two.coefficient, atol=1e-6)
        np.testing.assert_array_equal(one.mean, two.mean)

    @pytest.mark.parametrize("month", [30, 41])
    def test_scores_of_a_month_need_no_later_month(self, panel, month):
        then = m.panel(cut(month))
        here = month - panel.months[0]
        same = np.searchsorted(panel.clients, then.clients)
        for name in m.COLUMNS:
            np.testing.assert_array_equal(then.x[name][-1], panel.x[name][here, same], err_msg=name)
        np.testing.assert_array_equal(then.rule[-1], panel.rule[here, same])
        np.testing.assert_array_equal(then.watched[-1], panel.watched[here, same])

    def test_the_gap_is_as_long_as_it_takes_to_know(self, panel):
        for known in m.FOLDS:
            rows, event = m.training(panel, known)
            months = panel.months[rows.any(axis=1)]
            assert months.max() + m.record.STOPPED == known
            assert panel.default[event.any(axis=0)].max() <= known
            assert (event.sum(axis=0) <= 1).all()  # a client defaults once
            assert event.sum() > 20

    def test_the_watched_pay(self, panel):
        seen = tables.table("monitoring")
        late = seen[(seen["days_past_due"] > 0) | (seen["rating"] == "D")]
        at = (late["month"] - panel.months[0], np.searchsorted(panel.clients, late["client"]))
        assert not panel.watched[at].any()
        # the event: the client stops in the month after, and is in default three months later
        _, event = m.training(panel, 60)
        month, who = np.nonzero(event)
        table = seen.set_index(["month", "client"])["days_past_due"]
        for t, c in list(zip(panel.months[month], panel.clients[who], strict=True))[:40]:
            assert table[t, c] == 0 and table[t + 1, c] > 0 and table[t + m.record.STOPPED, c] > 90


class TestTheFit:
    def test_a_the_file_holds_what_the_fit_gives(self):
        """Refitted here; a library's last digits may move a client over an edge."""
        stored = tomllib.loads((DATA / "models/early_warning.toml").read_text(encoding="utf-8"))[
            "fit"
        ]
        now = m.fitted()
        assert now["defaults"] == stored["defaults"] and now["clients"] == stored["clients"]
        np.testing.assert_allclose(now["model"]["coefficient"], stored["model"]["coefficient"],
                                   atol=2e-3)  # fmt: skip
        for name in m.LINES_UP:
            one, two = (np.array(x[name]["false"]).sum(axis=1) for x in (now, stored))
            assert (np.abs(one - two) <= 3 + 0.01 * two).all(), name
            same = [a == b for a, b in zip(now[name]["lead"], stored[name]["lead"], strict=True)]
            assert np.mean(same) > 0.95, name
        for name in ("model", "trees", "signals"):
            assert now["quality"][name]["auc"] == pytest.approx(stored["quality"][name]["auc"],
                                                                abs=0.01)  # fmt: skip
        assert now["tested"] == stored["tested"]
        for part in ("quality", "calibration", "climate"):
            for name, value in stored[part].items():
                rows = value.items() if isinstance(value, dict) else [(name, value)]
                for key, kept in rows:
                    new = now[part][name][key] if isinstance(value, dict) else now[part][name]
                    np.testing.assert_allclose(
                        new, kept, rtol=0.02, atol=0.01, err_msg=f"{name} {key}"
                    )

    def test_the_climate_tells_of_the_book_and_not_of_the_client(self, base, findings):
        """What the chapter says of the sectors' index, and of a rule that follows it."""
        sky = m.climate(base)
        assert sky["low"][0] > sky["high"][-1]  # the worst third stops more often than the best
        assert (np.diff(sky["rate"]) < 0).all()
        assert findings["climate_auc_more_low"] < 0 < findings["climate_auc_more_high"]
        assert findings["climate_auc_without"] == pytest.approx(findings["auc_model"], abs=0.005)
        # one signal fewer finds more; in bad sectors alone each find costs more false alarms
        assert 0 < findings["climate_found"] < findings["fewer_found"]
        assert findings["climate_each"] > 1.2 * findings["fewer_each"]

    def test_a_the_rule_is_that_of_case_4(self, panel):
        a = problem.assumptions()
        assert (a.signals_needed, a.months_needed, len(problem.SIGNALS)) == (3, 2, 7)
        hit, _, _ = signals.lit(tables.table("monitoring"), a)
        np.testing.assert_array_equal(panel.rule, problem.rule(hit, a))
        assert m.assumptions().chance_decay == a.chance_decay

    @pytest.mark.parametrize("penalty", [1.0, 40.0])
    def test_b_the_same_in_numpy_as_in_scikit_learn(self, panel, penalty):
        from sklearn.linear_model import LogisticRegression

        rows, event = m.training(panel, 36)
        model = m.fit(panel, 36, penalty)
        x = m.standard(m.columns(panel, rows), model.mean, model.spread)
        theirs = LogisticRegression(C=1 / penalty, tol=1e-9, max_iter=1000).fit(x, event[rows])
        h = theirs.predict_proba(x)[:, 1]
        np.testing.assert_allclose(model.monthly(m.columns(panel, rows)), h, atol=1e-9)
        # the information of the penalised likelihood, its intercept free
        full = np.column_stack([np.ones(len(x)), x])
        information = (full * (h * (1 - h))[:, None]).T @ full
        information[1:, 1:] += penalty * np.eye(x.shape[1])
        one = np.eye(len(information))
        np.testing.assert_allclose(model.covariance @ information, one, atol=1e-6)

    def test_b_the_two_years_tested_are_those_after_the_fits(self):
        from casebook.strategies.early_warning import record

        assert record.FOLDS == (24, 36) and (record.FIRST, record.LAST) == (25, 48)
        assert record.MONTHS == 24

    def test_b_alarms_stand_for_a_year(self):
        beyond = np.zeros((30, 2), bool)
        beyond[3:20, 0] = True
        beyond[5, 1] = True
        raised = m.alarms(beyond)
        assert np.flatnonzero(raised[:, 0]).tolist() == [3, 15]
        assert np.flatnonzero(raised[:, 1]).tolist() == [5]

    def test_b_true_alarms_are_four_to_twelve_months_ahead(self, panel):
        beyond = np.zeros_like(panel.watched)
        beyond[30 - panel.months[0]] = True  # everybody who pays, in month 30
        got = m.outcome(panel, beyond)
        who = panel.watched[30 - panel.months[0]]
        ahead = panel.default[who] - 30
        true = (ahead >= 4) & (ahead <= 12)
        assert (got["lead"] > 0).sum() == true.sum() > 10
        assert got["false"].sum() == who.sum() - true.sum()
        lead = got["lead"][got["lead"] > 0]
        assert sorted(lead) == sorted(ahead[true])


class TestTheStory:
    def test_c_model_and_count_of_signals_are_close(self, findings):
        f = findings
        assert f["auc_signals"] < f["auc_model"] < f["auc_trees"] < f["auc_model_high"]
        assert f["auc_more_low"] < 0 < f["auc_more_high"]
        assert f["base_rate"] < 0.03

    def test_c_eighty_per_cent_need_a_third_of_the_book(self, base):
        for name in ("model", "trees", "signals"):
            q = m.quality(base)[name]
            enough = [a for r, a in zip(q["recall"], q["alarmed"], strict=True) if r >= 0.8]
            assert min(enough) > 1 / 3, name

    def test_c_what_is_said_comes_about(self, base):
        c = m.calibration(base)
        inside = (c["low"] <= c["said"]) & (c["said"] <= c["high"])
        assert inside.mean() >= 0.75
        said, came = (c["said"] * c["clients"]).sum(), (c["came"] * c["clients"]).sum()
        assert abs(said - came) < 2 * np.sqrt(said)

    def test_c_the_rating_first_then_silence(self, base):
        rows = m.effects(base)
        clear = [name for name, b, error in rows if abs(b) > 1.645 * error]
        assert clear == ["grade", "silent"] == [row[0] for row in rows[:2]]
        widest = sorted(rows, key=lambda row: -row[2])[:3]
        assert {row[0] for row in widest} == {"cover", "dscr", "z"}

    def test_d_every_line_pays_and_the_model_over_the_rule_is_not_shown(self, findings):
        f = findings
        for name in m.LINES_UP:
            assert 0 < f[f"{name}_low"] < f[f"{name}_gain"] < f[f"{name}_high"], name
            assert f[f"{name}_low"] < f[f"{name}_luck_low"] < f[f"{name}_luck_high"], name
        assert f["by_pd_over_low"] < 0 < f["by_pd_over"] < f["by_pd_over_high"]
        assert f["by_loss_over_low"] < 0 < f["by_loss_over"]
        assert f["rule_sure"] > 0.99 and f["by_pd_sure"] > 0.99
        assert max(f["rule_even"], f["by_pd_even"]) < 0.3
        assert f["rule_gain"] > 0.75 * f["by_pd_gain"]  # most of what the model does

    def test_d_with_the_same_work(self, base):
        hours = [base.alternative(k).metrics["hours_month"] for k in m.LINES_UP]
        assert max(hours) < 1.03 * min(hours)
        assert base.alternative("by_pd").metrics["within"]

    def test_d_by_loss_saves_more_and_earns_less(self, base):
        pd, loss = (base.alternative(k).metrics for k in ("by_pd", "by_loss"))
        assert loss["found_share"] < pd["found_share"] and loss["saved_year"] > pd["saved_year"]
        assert loss["gain_year"] < pd["gain_year"]
        one, two = (base.alternative(k).lines["offended"].sum() for k in ("by_pd", "by_loss"))
        assert two < 1.5 * one < 0

    def test_e_the_threshold(self, base, findings):
        f, x = findings, m.ladder(base.assumptions)
        assert f["theory_pd"] < f["wide_low"] <= f["best_pd"] <= f["wide_high"]
        assert m.record.PD_STEP == 0.01 and f["all_gain"] < 0
        assert f["half_pd"] > f["best_pd"] and f["half_gain"] > 0.75 * f["best_gain"]
        assert f["second_rule"] < f["second_gain"] < f["second_hindsight"]
        assert (np.diff(x["hours"][1:], axis=1) <= 0).mean() > 0.9
        few = m.simulate(base.assumptions.replace(hours_limit=50.0)).alternative("by_pd").metrics
        assert few["best_hours"] <= 50 and few["best_gain"] < f["half_gain"]

    def test_e_the_work_comes_in_waves(self, base):
        x = m.work(base)
        assert x["by_pd"][12] > x["by_pd"][0] > 2 * np.median(x["by_pd"])
        quarters = (np.arange(m.record.FIRST, m.record.LAST + 1) % 3) == 0
        assert x["rule"][quarters].sum() > 3 * x["rule"][1:][~quarters[1:]].sum()


def test_numbers_the_text_puts_in_words(base, findings):
    a = base.assumptions
    assert m.FOLDS == (24, 36) and (m.record.STOPPED, m.record.LONGEST) == (4, 12)
    assert len(problem.SIGNALS) == 7
    chance, part = m.avoided(a)
    assert (np.diff(chance[2:]) > 0).all() and (np.diff(part[2:]) > 0).all()
    # an alarm saves something from the month on in which the plan starts
    assert a.delay == 1 and not chance[:2].any() and not part[:2].any()
    at_once, cut = m.avoided(a.replace(delay=0))
    assert at_once[0] == cut[0] == 0
    assert at_once[1] == pytest.approx(a.saved * (1 - a.chance_decay) ** 11)
    assert cut[1] == pytest.approx(a.cut)
    assert findings["lead_four"] < findings["lead_eight"] < findings["lead_twelve"]
    assert findings["defaults_whole"] < findings["defaults"]


def test_more_of_what_helps_helps_and_of_what_hurts_hurts(base):
    a, gain = base.assumptions, base.metrics["gain_year"]
    for name, change, sign in (
        ("saved", 0.1, 1), ("cut", 0.01, 1), ("chance_decay", 0.05, -1), ("delay", 1, -1),
        ("review_hours", 10.0, -1), ("alarm_leave", 0.05, -1), ("system_cost", 1.0, -1),
        ("lgd_secured", 0.1, 1), ("action_cost", 0.1, -1),
    ):  # fmt: skip
        moved = m.simulate(a.replace(**{name: getattr(a, name) + change})).metrics["gain_year"]
        assert sign * (moved - gain) > 0, name
    useless = m.simulate(a.replace(saved=0.0, cut=0.0))
    assert (useless.all_metrics["gain_year"][1:] < 0).all()


def test_the_mean_of_many_histories_is_the_single_run(base):
    many = m.ensemble(base)
    for name in ("saved_year", "cost_year"):
        x = many.all_metrics[name]
        error = x.std(axis=1, ddof=1) / np.sqrt(x.shape[1])
        # avoided and cut multiply, so that the mean with unknown effects lies a little lower
        gap = np.abs(x.mean(axis=1) - base.all_metrics[name][:, 0])
        assert (gap <= 4 * error + 0.03 * base.all_metrics[name][:, 0] + 1e-9).all(), name
    even = m.break_even_effect(base, "by_pd")
    a = base.assumptions
    d = {k: np.zeros((1, *v.shape[1:])) for k, v in m.sample(a, 1, 1).items()}
    d["weight"] += 1 - np.exp(-1.0)  # a weight of one
    d["luck"] += 0.5
    d["effect"] += ((even - 1) / 0.8 + 1) / 2
    at = m.simulate(a.replace(effect_spread=0.8), d)
    assert at.all_metrics["gain_year"][m.record.BY_PD, 0] == pytest.approx(0.0, abs=1e-6)


def test_draws_for_other_defaults_are_refused(base):
    a = base.assumptions
    d = m.sample(a, 2, seed=1)
    with pytest.raises(AssumptionError, match="sample again"):
        m.simulate(a, d | {"weight": d["weight"][:, :-1]})
    with pytest.raises(ValueError, match="allowed"):
        m.simulate(a, d, keep=("nothing",))


def test_a_check_fails_when_a_number_is_bent(base):
    """Each identity is one that can be broken."""
    a, t = base.assumptions, m.tables(base.assumptions)
    out = dict(base.all_lines)
    metrics = dict(base.all_metrics)
    once = m.run._histories(a, t, None)

    def checks(lines=None, metric=None, tables=t):
        return m.run._checks(a, tables, out | (lines or {}), metrics | (metric or {}), once)

    assert max(checks().values()) < base.tolerance
    assert checks({"action": out["action"] - 1})["statement_foots"] > 0.5
    assert checks(metric={"gain_year": metrics["gain_year"] + 1})["default_by_default"] > 0.5
    assert checks(metric={"saved_year": metrics["saved_year"] + 1})["saved_and_lost"] > 0.5
    assert checks({"alarms": out["alarms"] + 1})["alarms_add_up"] > 0.5
    assert checks(metric={"hours_month": metrics["hours_month"] + 1})["hours_are_alarms"] > 0.5
    assert checks({"hours": out["hours"] + 1})["nothing_does_nothing"] > 0.5
    assert checks(metric={"best_gain": metrics["best_gain"] - 9})["best_is_best"] > 0.5
    assert checks(tables=replace(t, ead=2 * t.ead))["default_by_default"] > 1

"""What the chapter on classification claims, asserted on computed results."""

from __future__ import annotations

import tomllib

import numpy as np
import pytest

from casebook import timevalue
from casebook.bank import tables
from casebook.strategies import classification as m
from casebook.strategies import fitted
from casebook.typology import PROBLEM, TYPES, decision_tree


@pytest.fixture(scope="module")
def base():
    return m.simulate(m.assumptions())


@pytest.fixture(scope="module")
def findings(base):
    return m.findings(base)


@pytest.fixture(scope="module")
def fresh():
    return m.fit()


def until(month, monkeypatch):
    """The tables as they were at the end of `month`, and nothing after it."""
    whole = tables._table

    def cut(name):
        table = whole(name)
        time = "month" if "month" in table else "joined" if "joined" in table else "booked"
        return table[table[time] <= month].copy()

    monkeypatch.setattr(tables, "_table", cut)


class TestFit:
    def test_the_file_holds_what_a_new_fit_finds(self, base, fresh):
        kept = base.assumptions.spec.words["fit"]
        for name in ("true", "rule", "income", "ead"):
            assert fresh["clients"][name] == kept["clients"][name]
        for name in m.METHODS[1:]:
            new, old = (fitted.from_digits(x["clients"][name], 3) for x in (fresh, kept))
            assert np.abs(new - old).mean() < 10, name  # thousandths
            new, old = (x.reshape(-1, 4).argmax(axis=1) for x in (new, old))
            assert (new == old).mean() > 0.99, name
        for name, shares in kept["scores"].items():
            assert fresh["scores"][name] == pytest.approx(shares, abs=0.01), name
        assert fresh["defaults"] == kept["defaults"]
        for name, rows in fresh["ranges"].items():
            np.testing.assert_allclose(rows, kept["ranges"][name], rtol=1e-3, err_msg=name)

    def test_features_know_nothing_of_what_comes_after(self, monkeypatch):
        then = m.features(m.seen(m.LEARNT))
        until(m.LEARNT, monkeypatch)
        again = m.features(m.seen(m.LEARNT))
        assert then.equals(again)

    def test_no_client_is_tried_that_was_learnt_from(self, base):
        then, now = m.seen(m.LEARNT), m.seen(m.TRIED)
        drawn = np.random.Generator(np.random.PCG64(m.LOTTERY)).random(len(then)) < m.REVIEWED
        test = now[~now.index.isin(then.index[drawn])]
        assert fitted.digits(test["true"]) == base.assumptions.spec.words["fit"]["clients"]["true"]
        assert m.TRIED - m.LEARNT == timevalue.MONTHS_A_YEAR
        x = m.features(then)
        hidden = {"true", "type", "rule", "quality", "default_intensity", "response", "defaulted"}
        assert not hidden & set(x.columns)

    def test_the_rule_is_the_tree_of_the_theory_chapter(self):
        now = decision_tree.of_snapshot(tables.snapshot(m.TRIED))
        mine = m.seen(m.TRIED)["rule"]
        assert (now.loc[mine.index, "type"].map(dict(zip(TYPES, range(5), strict=True))) == mine
                ).all()  # fmt: skip

    def test_a_model_is_written_to_its_file_and_read_again(self, tmp_path):
        (tmp_path / "x.toml").write_text('case = "x"\n', encoding="utf-8")
        for _ in range(2):  # the second time in place of the first
            fitted.write(
                "x", {"a": {"n": 3, "t": "012", "x": [0.5, 2.0], "y": [[1, 2]]}}, folder=tmp_path
            )
        text = (tmp_path / "x.toml").read_text(encoding="utf-8")
        assert text.count("[fit.a]") == 1 and text.startswith('case = "x"')
        assert "x = [0.5, 2.0]\n" in text and "n = 3\n" in text
        assert tomllib.loads(text)["fit"]["a"]["y"] == [[1, 2]] and "\n  [1, 2],\n" in text
        assert (fitted.from_digits("012345", 3) == [12, 345]).all()
        assert fitted.digits([1, 0, 3]) == "103" and fitted.from_digits("103").tolist() == [1, 0, 3]


class TestStory:
    def test_types_are_mixtures(self, base):
        low, middle, high = np.moveaxis(m.mixtures(base)["exposure"], 1, 0)
        assert low[0] < middle[1] and middle[0] > high[1]
        growth = m.mixtures(base)["sales_growth"]
        assert growth[2, 0] < growth[1, 2] + 0.02  # a bad year of a growth client
        assert growth[2, 1] > growth[[0, 1, 3], 2].max()
        # "shows growth clients and most problem clients, not the other two"
        assert growth[3, 1] < growth[[0, 1, 2], 0].min()
        assert growth[0, 0] < growth[1, 1] and growth[1, 1] < growth[0, 2]

    def test_the_models_are_right_more_often_than_the_rule(self, base, findings):
        f = findings
        rule = base.alternative("rule").metrics["right"]
        assert rule < 0.85 < 0.9 < f["logistic_likely"] < f["boosting_likely"] < 0.94
        assert 0 < f["boosting_then"] - f["boosting_likely"] < 0.02
        assert 0.45 < f["rule_strategic"] < 0.55 and f["boosting_strategic"] > 0.6
        assert f["rule_growth"] < 0.55 and f["boosting_growth"] > 0.75
        assert f["boosting_problem"] < f["likely_problem"] < f["rule_problem"]

    def test_right_less_often_and_worth_more(self, base, findings):
        here = base.alternative("boosting").metrics
        assert here["right"] < findings["boosting_likely"] - 0.02
        assert here["gain"] > findings["boosting_likely_gain"] + 0.3
        assert (round(100 * here["right"]), round(100 * findings["boosting_likely"])) == (88, 92)

    def test_small_doubts_are_worth_it_for_large_clients_only(self, base, findings):
        a, t = base.assumptions, m.tried(base.assumptions)
        assert findings["chance_small"] > 0.5 > 0.25 > findings["chance_large"] > 0.1
        # at the chance needed both levels are worth the same
        chance = m.needed_chance(base)
        value = m.worth(a, t.income, t.ead)
        more = value[:, :, PROBLEM] - value[:, :, 1]
        some = chance < 1
        same = chance * more[:, PROBLEM] + (1 - chance) * more[:, 1]
        assert some.mean() > 0.9 and np.abs(same[some]).max() < 1e-12

    def test_the_simple_rule_wins_after_cost(self, base, findings):
        gross = {k: base.alternative(k).metrics["gross"] for k in m.record.ALTERNATIVES}
        gain = {k: base.alternative(k).metrics["gain"] for k in m.record.ALTERNATIVES}
        assert gross["rule"] < gross["boosting"] < gross["logistic"] < gross["truth"]
        gap = (gross["logistic"] - gross["rule"]) / (gross["truth"] - gross["rule"])
        assert 0.4 < gap < 0.6  # about half of what the rule leaves
        assert gain["rule"] > gain["logistic"] > gain["boosting"] > 0
        assert findings["boosting_sure"] <= findings["logistic_sure"] < 0.2
        assert (m.intervals(base)["pays"] == 1).all()
        assert findings["rule_low"] > 0
        assert abs(gain["logistic"] - gain["boosting"]) < 0.2
        loss = base.alternative("rule").metrics["loss"] / gross["rule"]
        assert 0.45 < loss < 0.6
        assert findings["blind_rule"] > findings["blind_boosting"] > 0

    def test_when_the_order_turns(self, base, findings):
        a, f = base.assumptions, findings

        def lead(**change):
            r = m.simulate(a.replace(**change)).all_metrics["over_rule"][2:4, 0]
            return r.max()

        assert lead(model_cost=f["even_cost"]) == pytest.approx(0, abs=1e-9)
        near = round(f["even_size"])
        assert lead(clients=near - 20) < 0 < lead(clients=near + 20)
        assert 1000 < near < 2000
        both = m.simulate(a.replace(clients=2000)).all_metrics["gain"][:, 0]  # city and counties
        assert 0 < both[2] - both[1] < 0.05 * both[1]
        assert both[2] - both[1] < 0.2 * 2 * (f["rule_high"] - f["rule_low"])
        assert lead(mistake=f["even_mistake"] - 0.05) < 0 < lead(mistake=f["even_mistake"] + 0.05)
        assert 1 < f["even_mistake"] < 1.5

    def test_reviews(self, base):
        q = m.reviews(base)
        assert q["boosting"][0, 1] < q["rule"] < q["boosting"][1, 1]
        assert list(q["sizes"][:2]) == [50, 100]
        assert q["boosting"][0, 2] - q["boosting"][0, 0] > 2 * (
            q["boosting"][-1, 2] - q["boosting"][-1, 0]
        )
        rise = np.diff(q["boosting"][:, 1])
        assert (rise > 0).all() and rise[:2].sum() > 2 * rise[2:].sum()

    def test_the_model_knows_when_it_does_not_know(self, base):
        d = m.doubt(base)
        below = d["edges"][:-1] < 0.8
        wrong = 1 - (d["right"] * d["share"])[below].sum() / d["share"][below].sum()
        assert d["right"][-1] > 0.96 and wrong > 0.25
        assert d["unsure"] == pytest.approx(d["share"][below].sum(), abs=1e-9) and wrong < 0.5

    def test_costs_are_as_the_reviews_show(self, base, findings):
        f, a = findings, base.assumptions
        rate = f["problem_defaulted"] / f["problem_reviewed"]
        error = (rate * (1 - rate) / f["problem_reviewed"]) ** 0.5
        assert abs(rate - a.problem_pd) < error
        t = m.tried(a)
        shot = tables.snapshot(m.TRIED)
        assert a.hours[m.SAME] == pytest.approx(shot.loc[~shot["ended"], "hours_12"].mean(), abs=1)
        assert f["miss_problem"] > f["alarm_transactional"] > f["miss_strategic"] > 0
        cost = m.cost_matrix(a, 0.2, 10.0)
        assert (np.diag(cost[:, :4]) == 0).all() or cost.min() == 0
        assert len(t.true) == f["tried"] and 0 < f["moved"] < 0.1


def test_numbers_the_text_puts_in_words(base, findings):
    a = base.assumptions
    assert a.yearly_reviews * a.clients == pytest.approx(100)  # a hundred clients a year
    assert a.rule_cost < 0.5 * a.model_cost and a.clients == 1000
    least = np.array(a.hours)
    assert least[1] < a.hours[m.SAME]
    assert len(m.METHODS) == 3


def test_draws_of_another_trial_are_refused(base):
    a = base.assumptions
    with pytest.raises(ValueError, match=r"d: client .*shapes do not match"):
        m.simulate(a, {"client": np.full((2, 7), 0.5, np.float32)})
    with pytest.raises(ValueError, match="keep: 'nothing' is not allowed"):
        m.simulate(a, m.sample(a, 2, seed=1), keep=("nothing",))


def test_the_bootstrap_has_the_mean_of_the_single_run(base):
    many = m.ensemble(base)
    for name in ("gain", "right", "loss", "margin"):
        x = many.all_metrics[name]
        error = x.std(axis=1, ddof=1) / np.sqrt(x.shape[1])
        gap = np.abs(x.mean(axis=1) - base.all_metrics[name][:, 0])
        assert (gap < 4 * error + 1e-9).all(), name


def test_an_interval_holds_ninety_of_a_hundred_samples(base):
    found, many = m.intervals(base), m.ensemble(base).all_metrics["gain"][1:4]
    n = many.shape[1]
    for end, share in (("low", 0.05), ("high", 0.95)):
        below = (many <= found[end][:, None]).mean(axis=1)
        np.testing.assert_allclose(below, share, atol=2 / n)


def test_a_check_fails_when_a_number_is_bent(base, monkeypatch):
    """Each identity is one that can be broken."""
    a, t = base.assumptions, m.tried(base.assumptions)
    each = m.run._each(a, t, m.levels(a, t))
    sums = {k: v.sum(axis=-1)[:, None] for k, v in each.items()}
    good = m.run._result(a, t, sums, keep=None).checks
    assert max(good.values()) < base.tolerance

    def bent(**change):
        return m.run._result(a, t, sums | change, keep=None).checks

    assert bent(margin=sums["margin"] + 1.0)["parts_add_up"] > 0.1
    assert bent(service=sums["service"] + 1.0)["same_is_nothing"] > 0.1
    better = sums["loss"].copy()
    better[1] += 50.0
    assert bent(loss=better)["truth_is_best"] > 1
    monkeypatch.setattr(timevalue, "annuity_factor", lambda *_: 1.0)
    assert bent()["value_is_annuity"] > 0.1

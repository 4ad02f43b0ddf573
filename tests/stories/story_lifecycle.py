"""What the chapter on the whole client book claims, asserted on computed results."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from casebook import bank
from casebook.shape.record import AssumptionError
from casebook.strategies import classification, early_warning, maintenance, tools
from casebook.strategies import lifecycle as m


@pytest.fixture(scope="module")
def base():
    return m.simulate(m.assumptions())


@pytest.fixture(scope="module")
def findings(base):
    return m.findings(base)


@pytest.fixture(scope="module")
def gains(base):
    return m.gains(base)


class TestLifecycle:
    def test_a_simulated_books_have_the_mean_of_the_single_run(self, base):
        """Two engines, one model: client by client, and in expected values."""
        many = m.ensemble(base)
        names = ("value", "total_loss", "total_income", "clients_end", "strategic_end",
                 "total_left", "total_defaulted", "capital_average")  # fmt: skip
        for name in names:
            for k, side in enumerate(m.ALTERNATIVES):
                x = many.all_metrics[name][k]
                error = x.std(ddof=1) / np.sqrt(len(x))
                gap = abs(x.mean() - base.all_metrics[name][k, 0])
                assert gap < 4 * error + 1e-9, (name, side)
        gain = many.all_metrics["gain"][1:]
        error = gain.std(axis=1, ddof=1) / np.sqrt(gain.shape[1])
        # the two effects of early warning multiply, so the mean lies a little off
        off = np.abs(gain.mean(axis=1) - base.all_metrics["gain"][1:, 0])
        assert (off < 4 * error + 0.05 * abs(gain.mean(axis=1))).all()

    def test_a_gains_are_paired_on_the_same_luck(self, base):
        """The spread of a gain is far below that of two books drawn apart."""
        many = m.ensemble(base)
        value, gain = many.all_metrics["value"], many.all_metrics["gain"]
        assert (gain[1:].std(axis=1) < 0.5 * value[1:].std(axis=1)).all()
        none = many.alternative("none").metrics
        assert (none["gain"] == 0).all()

    def test_b_five_types_paths_and_exit(self, base):
        r = base.alternative("none")
        ends = {k: r.lines[k][-1] for k in ("strategic", "transactional", "growth", "problem",
                                            "terminated")}  # fmt: skip
        assert min(ends.values()) > 10
        assert r.metrics["total_left"] > 100 and r.metrics["total_defaulted"] > 50
        p = m.chances(r.assumptions, m.funded_sets(r.assumptions), m.effects(r.assumptions, None))
        for origin, outcome in ((m.T, 2), (m.G, 2), (m.G, 1), (m.S, 1), (m.T, 1),
                                (m.TROUBLE + m.T, 3), (m.TROUBLE + m.T, 0), (m.G, 0)):  # fmt: skip
            assert (p[:, :, origin, outcome] > 0).all(), (origin, outcome)
        worst = int(np.argmax(r.lines["problem"]))
        assert worst == r.assumptions.recession_year

    def test_c_three_pay_and_one_does_not(self, base, findings, gains):
        sure = dict(zip(gains["names"], gains["sure"], strict=True))
        gain = dict(zip(gains["names"], gains["expected"], strict=True))
        order = sorted(m.STRATEGIES, key=lambda k: -gain[k])
        assert order == ["early_warning", "classification", "maintenance", "tools"]
        assert gain["maintenance"] > 5 and gain["tools"] < 0
        for name in order[:3]:  # in nearly every book
            assert sure[name] > 0.95, name
        assert max(sure, key=sure.get) == "classification"
        assert sure["tools"] < 0.15 and findings["tools_lucky"] == 0
        assert findings["early_warning_best"] > 0.8 and sure["chosen"] > 0.95

    def test_c_the_largest_gain_is_the_least_known(self, base, findings):
        f = findings
        wide = {k: f[f"{k}_high"] - f[f"{k}_low"] for k in m.STRATEGIES}
        assert max(wide, key=wide.get) == "early_warning"
        assert wide["early_warning"] > 10 * wide["classification"]
        # half of what is assumed leaves it first; a third does not
        assert f["warning_half"] > f["classification_gain"]
        a = base.assumptions
        third = m.simulate(a.replace(saved=a.saved / 3, cut=a.cut / 3))
        assert 0 < third.alternative("early_warning").metrics["gain"] < f["classification_gain"]
        # nor is it the recession
        quiet = m.simulate(a.replace(recession_depth=0.0))
        four = {k: quiet.alternative(k).metrics["gain"] for k in m.STRATEGIES}
        assert max(four, key=four.get) == "early_warning"

    def test_c_a_rule_does_as_well_as_a_model(self, findings):
        f = findings
        assert 0 < f["classification_gain"] - f["class_model"] < 0.2 * f["classification_gain"]
        assert 0 < f["early_warning_gain"] - f["warning_model"] < 0.2 * f["early_warning_gain"]

    def test_c_who_gets_the_hours_and_not_how_many(self, base, findings):
        curve = m.hours_curve(base)
        at = dict(zip(curve["hours"], curve["gain"], strict=True))
        a = base.assumptions
        assert a.hours < curve["best"] <= 0  # the chapter would cut deeper
        assert at[curve["best"]] - at[a.hours] < 0.25 * at[a.hours]  # flat on top
        assert at[-8.0] > 0 and at[8.0] > 0  # from a cut by half to a rise by half
        assert a.hours_now == 16 and -a.hours > a.hours_now / 3
        assert findings["alike"] < 0 and findings["more"] < findings["alike"]
        assert (curve["gain"] > curve["alike"]).all()
        assert curve["alike"].max() < 0.1 * curve["gain"].max()

    def test_d_the_same_hours_are_sold_twice(self, base, findings):
        sets = m.all_sets(base)
        assert len(sets["gain"]) == 16 and sets["gain"][0] == 0
        for k, name in enumerate(m.STRATEGIES):
            alone = base.alternative(name).metrics["gain"]
            assert sets["alone"][k] == pytest.approx(alone, abs=1e-9)
        together = base.alternative("chosen").metrics["gain"]
        assert sets["together"] == pytest.approx(together, abs=1e-9)
        pair = sets["pairs"][m.CLASSIFY, m.MAINTAIN]
        assert sets["beyond"] < 0 and abs(pair - sets["beyond"]) < 0.05 * -pair
        assert all(abs(x) < 0.5 for k, x in sets["pairs"].items() if k != (m.CLASSIFY, m.MAINTAIN))
        both = pair + sets["alone"][m.CLASSIFY] + sets["alone"][m.MAINTAIN]
        assert both > max(sets["alone"][m.CLASSIFY], sets["alone"][m.MAINTAIN])
        # were the hours saved once and the list of no use, less; were the list all, more
        a = base.assumptions
        listless = m.all_sets(m.simulate(a.replace(focus=0.0)))["pairs"][m.CLASSIFY, m.MAINTAIN]
        assert listless < pair
        taken = m.all_sets(m.simulate(a.replace(class_saving=0.0)))
        assert taken["pairs"][m.CLASSIFY, m.MAINTAIN] > 0

    def test_d_the_best_set_leaves_the_tools_out(self, findings):
        assert findings["best_set"] == findings["three"] > findings["together"]

    def test_e_luck_is_larger_than_management(self, base, findings):
        f = findings
        assert f["value_high"] - f["value_low"] > 2 * f["chosen_gain"]
        assert 0.3 < f["none_positive"] < 0.4 and 0.45 < f["value_positive"] < 0.52  # to even odds
        b = m.bands(base)
        apart = m.ensemble(m.simulate(base.assumptions.replace(correlation=0.0)))
        spread = [x.alternative("none").metrics["value"].std() for x in (apart, m.ensemble(base))]
        assert spread[0] < 0.5 * spread[1]  # firms do well or badly together
        usual = np.arange(10) != base.assumptions.recession_year - 1
        assert (b["loss"][1][usual] < b["usual"][usual]).all()  # most years are better
        assert f["recession_loss"] > 2 * f["usual_loss"]
        assert f["recession_loss_high"] > 1.5 * f["recession_loss"]


def test_numbers_the_text_puts_in_words(base, findings):
    none, chosen = base.alternative("none").metrics, base.alternative("chosen").metrics
    a = base.assumptions
    assert none["value"] < chosen["value"] < 0  # "still cost the owners"
    assert a.hurdle - 0.015 < none["raroc"] < a.hurdle  # a little below
    assert a.hurdle < chosen["raroc"] < a.hurdle + 0.005  # a little more, but the bad years first
    profit = base.alternative("chosen").lines["economic_profit_line"][1:]
    assert profit[:5].sum() < 0 < profit[5:].sum()
    assert findings["opening_strategic"] / a.clients == pytest.approx(0.1)  # a tenth of the book
    assert findings["opening_problem"] < 0.1 * a.clients
    assert base.alternative("none").lines["transactional"][0] > a.clients / 2
    assert base.alternative("maintenance").metrics["total_left"] > none["total_left"]
    assert base.alternative("maintenance").metrics["strategy_cost_value"] < 0
    assert 0 < findings["break_even_quality"] < 0.5 * a.warning_quality
    # one assumption halved, or half as much again, leaves a gain; the strategies' widest are three
    rows = m.tornado(base)
    assert min(x for row in rows for x in row[3:]) > 0
    theirs = [row[0] for row in rows if row[0] not in ("lgd", "recession_depth", "correlation")]
    assert set(theirs[:3]) == {"warning_quality", "cut", "saved"}
    # under the supervisor's weights the book is worth far less, and the plans as much as before
    weighed = m.simulate(a.replace(approach="standardised"))
    gain = [x.alternative(k).metrics["gain"] for x in (base, weighed) for k in m.STRATEGIES]
    assert np.argmax(gain[:4]) == np.argmax(gain[4:]) == m.STRATEGIES.index("early_warning")
    assert [g > 0 for g in gain[:4]] == [g > 0 for g in gain[4:]]
    assert weighed.metrics["value"] < 5 * base.metrics["value"]
    assert 1 < findings["standard_gain"] / base.metrics["gain"] < 1.25  # "nearly the same"
    share = [m.run._capital_share(a.lgd, k, a.standard_weights) for k in ("standardised", "irb")]
    assert 2.5 < share[0][m.S] / share[1][m.S] < 3.5  # "three times the capital"
    taxed = base.lines["interest_income"] + base.lines["fee_income"]
    np.testing.assert_allclose(base.lines["value_added_tax"], -a.vat_on_interest * taxed, atol=1e-9)
    b = bank.assumptions()
    assert a.hurdle == b.hurdle and a.tax == b.tax and a.new_business == b.new_clients
    assert b.clients == 2 * a.clients  # one of two networks


def test_the_assumptions_are_what_the_chapters_found(base):
    """In the chapters' own terms, for a thousand clients or for half of the bank."""
    a, b = base.assumptions, bank.assumptions()
    rule = classification.simulate(classification.assumptions()).alternative("rule").metrics
    volumes = m.volumes(a)
    small = 600 * volumes[m.T] + 220 * volumes[m.G]
    assert a.class_cost == rule["cost"] and a.class_wrong == pytest.approx(
        rule["wrong"] / 1000, 0.01
    )
    assert a.class_price * a.use * small == pytest.approx(rule["margin"], rel=0.3)
    assert a.class_saving * 600 * b.cost[1] == pytest.approx(rule["service"], rel=0.1)

    plan = maintenance.simulate(maintenance.assumptions())
    found = maintenance.findings(plan)
    assert a.retention == pytest.approx(found["rho_lot"], abs=0.01)
    assert a.hours_half == round(found["eta_lot"])
    wide = (found["rho_lot_high"] - found["rho_lot_low"]) / 2 / found["rho_lot"]
    assert a.hours_spread == pytest.approx(wide, abs=0.03)
    cut = plan.alternative("paying").metrics["hours_used"] - plan.assumptions.budget
    assert a.hours == round(cut)
    # a list by volume and its cut is between none and the best use
    here = base.alternative("maintenance").metrics["gain_year"]
    assert 0 < here < found["paying_gain"]

    warn = early_warning.simulate(early_warning.assumptions())
    seen = early_warning.findings(warn)
    assert a.warning_quality == pytest.approx(seen["rule_share"], abs=0.02)
    false = 12 * seen["rule_false"] / seen["clients"]
    assert a.false_alarms == pytest.approx(false, abs=0.01)
    w = warn.assumptions
    assert a.review_cost == pytest.approx(w.review_hours * w.hour_cost)
    assert (
        a.warning_cost == w.rule_cost / 2
        and m.questions.WARNING_MODEL["warning_cost"] == w.system_cost / 2
    )
    assert a.alarm_leave == w.alarm_leave and a.warning_spread == w.effect_spread
    # of the same order as in the chapter, which counts other years
    rate = base.alternative("early_warning").metrics["gain_year"]
    assert rate == pytest.approx(seen["rule_gain"] / 2, rel=0.25)

    t = tools.assumptions()
    assert a.tools_cost == t.run_cost / 2 and a.tools_build == t.build_cost / 2
    got = tools.findings(tools.simulate(t))
    assert got["tool_low"] / 2 < base.alternative("tools").metrics["gain_year"] < 0
    assert (got["trial_high"] - got["trial_low"]) / 2 / got["trial_uplift"] == pytest.approx(
        a.tools_spread, abs=0.01
    )
    for name in ("class_promote", "class_harm", "tools_signal"):  # not measured, not shown
        assert getattr(a, name) == 0


def test_more_of_what_helps_helps_and_of_what_hurts_hurts(base):
    a, gain = base.assumptions, base.metrics["gain"]
    for name, change, sign in (
        ("saved", 0.1, 1), ("cut", 0.1, 1), ("warning_quality", 0.1, 1), ("aim", 0.1, 1),
        ("focus", 0.1, 1), ("class_price", 0.0001, 1), ("class_promote", 0.1, 1),
        ("tools_signal", 0.1, 1), ("tools_saving", 0.01, 1), ("tools_reach", 0.1, 1),
        ("false_alarms", 0.05, -1), ("class_wrong", 0.1, -1), ("class_harm", 0.05, -1),
        ("tools_cost", 1.0, -1), ("class_cost", 1.0, -1), ("warning_cost", 1.0, -1),
        ("tools_build", 5.0, -1),
    ):  # fmt: skip
        moved = m.simulate(a.replace(**{name: getattr(a, name) + change})).metrics["gain"]
        assert sign * (moved - gain) > 0, name
    off = dict.fromkeys(m.STRATEGIES, "off")
    assert m.simulate(a.replace(**off)).metrics["gain"] == 0
    deep = m.simulate(a.replace(recession_depth=3.0)).alternative("none").metrics["value"]
    assert deep < base.alternative("none").metrics["value"]


def test_hours_taken_by_both_are_saved_once(base):
    """In money of the first year: all of a cut that is the larger, and no more."""
    a = base.assumptions.replace(aim=0.0, focus=0.0, class_price=0.0, retention=0.0, cross_sell=0.0)
    r = m.simulate(a)
    both = m.simulate(a.replace(early_warning="off", tools="off"))
    first = {k: r.alternative(k).lines["economic_profit_line"][1] for k in m.ALTERNATIVES}
    first["both"] = both.alternative("chosen").lines["economic_profit_line"][1]
    saved = {k: x - first["none"] for k, x in first.items()}
    larger = {"class": 0.0036, "plan": -a.hours * bank.assumptions().hour_cost}
    assert larger["plan"] == pytest.approx(larger["class"], rel=1e-9)  # six hours each
    cost = (1 - a.tax) * a.class_cost
    assert saved["both"] == pytest.approx(saved["maintenance"] - cost, abs=1e-9)
    assert saved["classification"] > 0 < saved["maintenance"]


def test_a_book_without_new_business_runs(base):
    a = base.assumptions.replace(new_business=0.0)
    for r in (m.simulate(a), m.simulate(a, m.sample(a, 3, seed=1))):
        assert max(r.checks.values()) <= r.tolerance
    single = m.simulate(a)
    assert single.all_metrics.keys() == base.all_metrics.keys()


def test_draws_for_fewer_clients_are_refused(base):
    a = base.assumptions
    few = m.sample(a.replace(clients=500), 2, seed=1)
    with pytest.raises(AssumptionError, match="sample again"):
        m.simulate(a, few)
    with pytest.raises(ValueError, match="allowed"):
        m.simulate(a, m.sample(a, 2, seed=1), keep=("nothing",))


def test_a_check_fails_when_a_number_is_bent(base):
    """Each identity is one that can be broken."""
    a = base.assumptions
    on = m.funded_sets(a)
    course, p, effect = m.expected(a, on)
    lost = replace(course, count=course.count * np.linspace(1, 0.99, 11)[:, None, None, None])
    assert m.run._result(a, on, lost, p, effect, keep=None).checks["clients_add_up"] > 1e-3
    flows = course.flows.copy()
    flows[3, ..., 1] += 0.5
    bent = replace(course, flows=flows)
    assert m.run._result(a, on, bent, p, effect, keep=None).checks["types_join"] > 0.1
    wrong = p.copy()
    wrong[0, 0, 0, 0, 0] = 1.5
    assert (
        m.run._result(a, on, course, wrong, effect, keep=None).checks["chances_are_chances"] > 0.1
    )
    lines = m.money(a, on, course, effect) | m.run._clients(course)
    metrics = dict(base.all_metrics)
    good = m.run._checks(a, on, course, p, lines, metrics)
    assert max(good.values()) < base.tolerance
    fee = lines | {"fee_income": lines["fee_income"] + 1.0}
    assert m.run._checks(a, on, course, p, fee, metrics)["profit_foots"] > 0.1
    cost = lines | {"strategy_cost": lines["strategy_cost"] - 1.0}
    assert m.run._checks(a, on, course, p, cost, metrics)["costs_are_what_is_funded"] > 0.1
    gain = metrics | {"gain": metrics["gain"] + 1.0}
    assert m.run._checks(a, on, course, p, lines, gain)["gain_is_difference"] > 0.1


def test_a_run_needs_numpy_alone():
    """The explorer of the page runs it in a browser."""
    code = (
        "import sys; from casebook.strategies import lifecycle as m; m.simulate(m.assumptions());"
        "assert not {'matplotlib', 'pandas', 'scipy', 'sklearn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)

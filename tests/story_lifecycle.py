"""What the chapter on the whole client book claims, asserted on computed results."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from casebook.assumptions import AssumptionError
from casebook.portfolio import bank
from casebook.portfolio import lifecycle as m


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
        assert (off < 4 * error + 0.05 * gain.mean(axis=1)).all()

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

    def test_c_early_warning_pays_most_and_is_surest(self, base, findings, gains):
        sure = dict(zip(gains["names"], gains["sure"], strict=True))
        gain = dict(zip(gains["names"], gains["expected"], strict=True))
        four = {k: gain[k] for k in m.STRATEGIES}
        assert max(four, key=four.get) == "early_warning"
        assert min(four, key=four.get) == "maintenance" and four["maintenance"] > 0
        order = sorted(m.STRATEGIES, key=lambda k: -sure[k])
        assert order[0] == "early_warning" and order[-1] == "maintenance"
        assert sure["early_warning"] > 0.9 and findings["early_warning_best"] > 0.6
        assert sure["chosen"] > 0.99

    def test_c_what_is_unsure_is_the_effect_and_not_luck(self, gains):
        assert (gains["lucky"] >= gains["sure"]).all()
        for name, sure, lucky in zip(gains["names"][:4], gains["sure"], gains["lucky"],
                                     strict=False):  # fmt: skip
            if name != "early_warning":
                assert lucky - sure > 0.1, name

    def test_d_together_they_add_more_than_alone(self, base, findings):
        sets = m.all_sets(base)
        assert sets["beyond"] > 0 and len(sets["gain"]) == 16 and sets["gain"][0] == 0
        assert (sets["last"] > sets["alone"]).all()
        for k, name in enumerate(m.STRATEGIES):
            alone = base.alternative(name).metrics["gain"]
            assert sets["alone"][k] == pytest.approx(alone, abs=1e-9)
        together = base.alternative("chosen").metrics["gain"]
        assert sets["together"] == pytest.approx(together, abs=1e-9)
        for pair in ((m.WARN, m.TOOLS), (m.MAINTAIN, m.TOOLS), (m.CLASSIFY, m.MAINTAIN)):
            assert sets["pairs"][pair] > 0

    def test_e_luck_is_larger_than_management(self, base, findings):
        f = findings
        assert f["value_high"] - f["value_low"] > 2 * f["chosen_gain"]
        assert f["none_positive"] < 0.5 < f["value_positive"] < 1
        b = m.bands(base)
        usual = np.arange(10) != base.assumptions.recession_year - 1
        assert (b["loss"][1][usual] < b["usual"][usual]).all()  # most years are better
        assert f["recession_loss"] > 2 * f["usual_loss"]
        assert f["recession_loss_high"] > 1.5 * f["recession_loss"]


def test_numbers_the_text_puts_in_words(base, findings):
    none, chosen = base.alternative("none").metrics, base.alternative("chosen").metrics
    a = base.assumptions
    assert none["value"] < 0 < chosen["value"]
    assert a.hurdle - 0.015 < none["raroc"] < a.hurdle  # a little below
    assert findings["opening_strategic"] / a.clients == pytest.approx(0.1)  # a tenth of the book
    assert findings["opening_problem"] < 0.1 * a.clients
    assert base.alternative("none").lines["transactional"][0] > a.clients / 2
    left = base.alternative("maintenance").metrics["total_left"]
    assert left < 0.9 * none["total_left"]
    curve = m.hours_curve(base)
    at = dict(zip(curve["hours"], curve["gain"], strict=True))
    best = curve["best"]
    assert 0 < best < curve["hours"][-1] and abs(a.hours - best) <= 2
    assert at[2 * best] < 0.5 * at[best]  # twice that is too much
    assert 0 < findings["break_even_quality"] < 0.5 * a.warning_quality
    # one assumption halved, or half as much again, leaves a gain; two of them move it most
    rows = m.swings(base)
    assert min(x for row in rows for x in row[3:]) > 0
    assert {rows[0][0], rows[1][0]} == {"lgd", "warning_quality"}
    # with early warning there, tools add more than classification
    on = m.all_sets(base)
    of = {tuple(x): g for x, g in zip(on["on"].tolist(), on["gain"], strict=True)}
    assert of[False, False, True, True] > of[True, False, True, False]
    b = bank.assumptions()
    assert a.hurdle == b.hurdle and a.tax == b.tax and a.new_business == b.new_clients


def test_more_of_what_helps_helps_and_of_what_hurts_hurts(base):
    a, gain = base.assumptions, base.metrics["gain"]
    for name, change, sign in (
        ("saved", 0.1, 1), ("cut", 0.1, 1), ("warning_quality", 0.1, 1), ("retention", 0.1, 1),
        ("false_alarms", 0.05, -1), ("class_wrong", 0.1, -1), ("tools_cost", 1.0, -1),
        ("class_cost", 1.0, -1), ("warning_cost", 1.0, -1), ("tools_build", 5.0, -1),
    ):  # fmt: skip
        moved = m.simulate(a.replace(**{name: getattr(a, name) + change})).metrics["gain"]
        assert sign * (moved - gain) > 0, name
    off = dict.fromkeys(m.STRATEGIES, "off")
    assert m.simulate(a.replace(**off)).metrics["gain"] == 0
    deep = m.simulate(a.replace(recession_depth=3.0)).alternative("none").metrics["value"]
    assert deep < base.alternative("none").metrics["value"]


def test_draws_for_fewer_clients_are_refused(base):
    a = base.assumptions
    few = m.sample(a.replace(clients=500), 2, seed=1)
    with pytest.raises(AssumptionError, match="sample again"):
        m.simulate(a, few)
    with pytest.raises(KeyError, match="allowed"):
        m.simulate(a, m.sample(a, 2, seed=1), keep=("nothing",))


def test_a_check_fails_when_a_number_is_bent(base):
    """Each identity is one that can be broken."""
    a = base.assumptions
    on = m.funded_sets(a)
    course, p, effect = m.expected(a, on)
    lost = replace(course, count=course.count * np.linspace(1, 0.99, 11)[:, None, None, None])
    assert m._result(a, on, lost, p, effect, keep=None).checks["clients_add_up"] > 1e-3
    flows = course.flows.copy()
    flows[3, ..., 1] += 0.5
    bent = replace(course, flows=flows)
    assert m._result(a, on, bent, p, effect, keep=None).checks["types_join"] > 0.1
    wrong = p.copy()
    wrong[0, 0, 0, 0, 0] = 1.5
    assert m._result(a, on, course, wrong, effect, keep=None).checks["chances_are_chances"] > 0.1
    lines = m.money(a, on, course, effect) | m._clients(course)
    metrics = {k: v for k, v in base.all_metrics.items()}
    good = m._checks(a, on, course, p, lines, metrics)
    assert max(good.values()) < base.tolerance
    fee = lines | {"fee_income": lines["fee_income"] + 1.0}
    assert m._checks(a, on, course, p, fee, metrics)["profit_foots"] > 0.1
    cost = lines | {"strategy_cost": lines["strategy_cost"] - 1.0}
    assert m._checks(a, on, course, p, cost, metrics)["costs_are_what_is_funded"] > 0.1
    gain = metrics | {"gain": metrics["gain"] + 1.0}
    assert m._checks(a, on, course, p, lines, gain)["gain_is_difference"] > 0.1

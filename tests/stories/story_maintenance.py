"""What the chapter on maintenance claims, asserted on computed results."""

from __future__ import annotations

import numpy as np
import pytest

from casebook import bank, profitability
from casebook.bank import tables
from casebook.strategies import maintenance as m

from .story_classification import until


@pytest.fixture(scope="module")
def base():
    return m.simulate(m.assumptions())


@pytest.fixture(scope="module")
def findings(base):
    return m.findings(base)


@pytest.fixture(scope="module")
def panel():
    return m.panel()


def flat(table):
    return {
        (name, key): np.atleast_1d(np.asarray(value, float))
        for name, rows in table.items()
        for key, value in rows.items()
    }


class TestFit:
    def test_the_file_holds_what_a_new_fit_finds(self, base):
        new, kept = flat(m.fit()), flat(base.assumptions.spec.words["fit"])
        assert new.keys() == kept.keys()
        for name, value in new.items():
            np.testing.assert_allclose(value, kept[name], rtol=2e-3, atol=2e-3, err_msg=str(name))

    def test_the_panel_knows_nothing_of_what_comes_after(self, panel, monkeypatch):
        until(m.record.LAST, monkeypatch)
        again = m.panel()
        for name, column in panel.items():
            np.testing.assert_array_equal(column, again[name], err_msg=name)
        assert panel["month"].max() == m.record.LAST

    def test_hours_are_those_before_the_month(self, panel):
        at = 20_000
        month, client = panel["month"][at], panel["client"][at]
        rows = tables.table("contacts")
        rows = rows[(rows["client"] == client) & (rows["month"] < month)]
        year = rows[rows["month"] >= month - 12]["hours"].sum()
        assert panel["hours"][at] == pytest.approx(year)

    def test_effects_put_into_data_are_found(self, panel):
        """Events drawn from a known curve: the posterior holds it; no effect is seen as none."""
        random = np.random.default_rng(5)
        for rho, low, high in ((0.0, -0.01, 0.15), (0.7, 0.55, 0.85)):
            rate = 0.03 * (1 - rho * (1 - np.exp(-panel["hours"] / 12)))
            made = panel | {"leave": (random.random(len(rate)) < rate) * 1.0}
            chance = m.likelihood(made, "naive", "leave", m.learning.RHO, -1.0)
            weight = np.exp(chance - chance.max())
            mean = (weight.sum(axis=0) @ m.learning.RHO) / weight.sum()
            assert low < mean < high

    def test_favourites_mislead_and_a_lottery_does_not(self, panel):
        """Clients seen more who stay more, and no effect at all: only the lottery sees it."""
        random = np.random.default_rng(8)
        warm = random.normal(size=panel["client"].max() + 1)[panel["client"]]
        hours = panel["hours"] * np.exp(0.5 * warm)
        leave = random.random(len(warm)) < 0.03 * np.exp(-0.5 * warm)
        made = panel | {"hours": hours, "leave": leave * 1.0}
        mean = {}
        for way in ("naive", "lot"):
            chance = m.likelihood(made, way, "leave", m.learning.RHO, -1.0)
            weight = np.exp(chance - chance.max())
            mean[way] = (weight.sum(axis=0) @ m.learning.RHO) / weight.sum()
        assert mean["naive"] > 0.5 and mean["lot"] < 0.3


class TestStory:
    def test_the_chart_that_everybody_likes(self, base, findings):
        x = m.raw(base)
        assert (np.diff(x["rate"]) < 0).all()
        f = findings
        assert f["raw_low"] > 5 * f["raw_high"]
        slope = np.diff(np.log(x["lot_rate"])) / np.diff(x["lot_hours"])
        here = np.interp(x["lot_hours"], x["hours"], np.log(x["rate"]))
        assert f["lot_rate"] < f["lot_other"] and slope < 0
        assert f["lot_less"] == pytest.approx((f["lot_other"] - f["lot_rate"]) / f["lot_other"])
        assert np.isfinite(here).all()
        # the arm is so small that the slope might be nearly nothing
        error = (1 / x["lot_events"]).sum() ** 0.5
        assert np.log(x["lot_rate"][1] / x["lot_rate"][0]) + 2 * error > -0.1
        b = bank.assumptions()
        assert b.trial_share == 0.2 and b.trial_visits == 2.0

    def test_naive_is_sure_and_wrong_the_lottery_vague_and_right(self, base, findings):
        e, (rho, xi, _) = m.estimates(base), m.truth()
        width = e["rho"][:, 2] - e["rho"][:, 0]
        assert width[0] < width[1] < width[2]
        assert (rho < e["rho"][:2, 0]).all()  # both miss it
        assert e["rho"][2, 0] < rho < e["rho"][2, 2]
        assert (e["xi"][:, 0] < xi).all() and (xi < e["xi"][:, 2]).all()
        assert 0 < e["rho"][0, 1] - e["rho"][1, 1] < 0.1  # little was explained
        order = e["rho"][:, 1]
        assert order[0] > order[1] > order[2] > rho

    def test_a_year_later_the_naive_estimate_fits_worst(self, base, findings):
        t = m.later(base)
        off = {k: abs(t[k] - t["seen"]) for k in ("nothing", *m.ESTIMATES)}
        assert max(off, key=off.get) == "naive"
        chance = t["nothing"] ** 0.5
        assert 4 < chance < 6  # five or so
        assert off["lot"] < 1.96 * t["lot"] ** 0.5

    def test_falling_returns(self, base):
        leave = m.response(base)["leave"][:, 1]
        assert (np.diff(leave) < 0).all() and (np.diff(leave, 2) > 0).all()
        first, second = leave[0] - leave[10], leave[10] - leave[20]
        assert 0.4 < second / first < 0.6  # half as much

    def test_what_clients_are_worth(self, base, findings):
        value = m.curve(base.assumptions, m.world(base.assumptions))
        assert value[0, 2] > 4 > value[0].sum() - value[0, 2]
        assert (value[:, 6:] < 0).all()  # growth
        assert (np.diff(value[:, 3]) < 0).all()  # a small one is worth less the more it is called

    def test_the_best_use(self, base, findings):
        f = findings
        hours, price = m.allocations(base.assumptions)
        gain = {k: base.alternative(k).metrics["gain"] for k in m.ALTERNATIVES}
        assert gain["none"] < gain["equal"] < 0 < gain["volume"] < gain["best"] < gain["paying"]
        assert price < 0  # the budget is too large
        assert f["best_hours"] < 0.65 * base.assumptions.budget  # more than a third less
        assert (hours[m.record.PAYING, 6:] == base.assumptions.floor).all()
        assert hours[m.record.PAYING, 3] == base.assumptions.floor
        assert hours[m.record.PAYING, 2] > hours[m.record.PAYING, 5] > 10
        for now in (f["now_transactional"], f["now_growth"]):
            assert 0.4 < now / f["now_strategic"] < 0.6  # about half

    def test_no_other_plan_of_many_is_better(self, base):
        """The best use against plans drawn at random with the same hours."""
        a = base.assumptions
        s, w = m.seen(a), m.world(a)
        hours, _ = m.allocations(a)
        value = m.curve(a, w)
        random = np.random.default_rng(3)

        def worth(plan):
            each = [np.interp(h, m.GRID, value[:, j]) for j, h in enumerate(plan)]
            return s.share @ np.array(each)

        best = worth(hours[m.record.BEST])
        for k in range(300):
            other = hours[m.record.BEST] * np.exp(
                random.normal(size=m.record.GROUPS) * 0.3 * (k % 3)
            )
            other = np.maximum(other, a.floor)
            spare = other - a.floor
            other = a.floor + spare * (a.budget - a.floor) / (s.share @ spare)
            assert worth(other) <= best + 1e-9

    def test_how_sure(self, base, findings):
        f = findings
        assert 0 < f["low"] < f["high"] and f["over_equal_low"] > 0
        assert f["gain_low"] > f["low"] and f["gain_high"] - f["gain_low"] < f["high"] - f["low"]
        assert f["contact_low"] < 0 < base.alternative("now").metrics["contact"]
        assert f["naive_best"] > f["best_hours"] and f["naive_hours_gain"] > f["paying_gain"]
        assert f["gain_low"] < f["true_gain"] < f["paying_gain"]
        # each use has its name, and the ends hold ninety of a hundred worlds
        uses = m.record.ALTERNATIVES
        assert [uses[k] for k in (m.record.NOW, m.record.EQUAL, m.record.BEST, m.record.PAYING)] \
            == ["now", "equal", "best", "paying"]  # fmt: skip
        many = m.ensemble(base).all_metrics
        for name, use in (("over_equal", m.record.BEST), ("contact", m.record.NOW)):
            worlds = many[name][use]
            for end, share in (("low", 0.05), ("high", 0.95)):
                below = (worlds <= f[f"{name}_{end}"]).mean()
                assert below == pytest.approx(share, abs=2 / len(worlds)), (name, end)
        a = base.assumptions
        one, two = (
            m.allocations(a.replace(estimate=k))[0][m.record.PAYING] for k in ("naive", "lot")
        )
        assert set(np.argsort(one)[-3:]) == set(np.argsort(two)[-3:])
        assert np.corrcoef(one, two)[0, 1] > 0.98  # the order is nearly the same

    def test_if_all_service_cost_stays_more_clients_are_worth_keeping(self, base):
        a = base.assumptions.replace(avoidable=0.0)
        more = m.simulate(a).alternative("paying").metrics["hours_used"]
        assert more > base.alternative("paying").metrics["hours_used"]


def test_numbers_the_text_puts_in_words(base, findings):
    a, f = base.assumptions, findings
    shot = tables.snapshot(m.record.LAST)
    living = shot[~shot["ended"] & (shot["rating"] != "D")]
    assert a.budget == pytest.approx(living["hours_12"].mean(), abs=0.5)
    assert f["eta_true"] == pytest.approx(12) and f["all_left"] > 300
    b = bank.assumptions()
    assert a.hour_cost == b.hour_cost and a.hurdle == b.hurdle and a.tax == b.tax
    assert a.product_income == b.product_income


def test_worlds_have_the_mean_of_the_estimate(base):
    a = base.assumptions
    w = m.world(a, m.sample(a, 20_000, seed=2))
    mean = m.world(a)
    for name in ("rho", "xi", "eta"):
        assert getattr(w, name).mean() == pytest.approx(getattr(mean, name).item(), rel=0.02)
    assert w.leave.mean(axis=1) == pytest.approx(mean.leave[:, 0], rel=0.1)
    assert w.leave[1].std() / w.leave[1].mean() == pytest.approx(m.seen(a).left[1] ** -0.5, rel=0.1)


def test_more_effect_is_worth_more_hours(base):
    a = base.assumptions
    used = [
        m.simulate(a.replace(effect=e)).alternative("paying").metrics["hours_used"]
        for e in (0.0, 0.5, 1.0, 1.3)
    ]
    assert used[0] == pytest.approx(a.floor) and (np.diff(used) > 0).all()


def test_a_check_fails_when_a_number_is_bent(base, monkeypatch):
    """Each identity is one that can be broken."""
    a = base.assumptions
    hours, price = m.allocations(a)
    w = m.world(a)
    good = m.run.result(a, hours, price, w, keep=None).checks
    assert max(good.values()) < base.tolerance
    wrong = hours.copy()
    wrong[m.record.BEST, 0] += 5.0
    bent = m.run.result(a, wrong, price, w, keep=None).checks
    assert bent["budget_is_kept"] > 0.01
    swapped = hours.copy()
    swapped[m.record.BEST, 2], swapped[m.record.BEST, 3] = 3.0, 50.0
    assert m.run.result(a, swapped, price, w, keep=None).checks["no_hour_better_elsewhere"] > 1e-4
    with monkeypatch.context() as patch:
        patch.setattr(profitability, "lifetime_value", lambda p, *_: p.sum(axis=0))
        assert m.run.result(a, hours, price, w, keep=None).checks["value_is_lifetime_value"] > 1
    with monkeypatch.context() as patch:
        true_rates = m.rates
        patch.setattr(m.contact, "rates", lambda *x: tuple(r * 1.01 for r in true_rates(*x)))
        assert m.run.result(a, hours, price, w, keep=None).checks["now_is_what_was_seen"] > 1e-4
    with monkeypatch.context() as patch:
        true_courses = m.courses
        patch.setattr(
            m.contact,
            "courses",
            lambda *x: true_courses(*x) | {"retention": true_courses(*x)["leave"]},
        )
        assert m.run.result(a, hours, price, w, keep=None).checks["clients_roll"] > 1
    with pytest.raises(ValueError, match="keep: 'nothing' is not allowed"):
        m.simulate(a, m.sample(a, 2, seed=1), keep=("nothing",))


class TestOccasions:
    def test_a_visit_more_pays_for_nobody(self, base):
        """The plan stops where no hour pays, so three hours more cannot."""
        assert (m.FIGURES["occasions"](base)["visit"] < 0).all()

    def test_a_seminar_is_for_large_clients(self, base, findings):
        held = m.FIGURES["occasions"](base)["seminar"]
        assert held[2] > 0 > held[3] and held[2] == held.max()
        assert held[5] < 0 and findings["transactional_least_guests"] < 25
        assert findings["seminar_least_guests"] < base.assumptions.seminar_guests
        assert findings["seminar_least_lift"] < base.assumptions.seminar_lift
        assert np.isnan(m.least(base, 3)["guests"])  # for small ones no number of guests will do

    def test_tailored_service_is_for_large_strategic_clients_alone(self, base):
        held = m.FIGURES["occasions"](base)["tailored"]
        assert np.flatnonzero(held > 0).tolist() == [2]

    def test_what_an_occasion_adds_is_a_difference_of_lifetime_values(self, base):
        """By the long way: the value of clients with the hours of a visit more, less without."""
        a = base.assumptions
        plan = m.allocations(a)[0][5]
        groups, effects = m.seen(a), m.world(a)
        years, value = np.arange(1.0, 11.0), {}
        for more in (0.0, a.seminar_hours):
            hours = (plan + more)[:, None]
            course = m.courses(a, groups, effects, hours)
            each = m.contact.profit(a, groups, course, hours)[..., 0]
            factor = (1 + a.hurdle) ** -years[:, None]
            value[more] = (factor * each * course["there"][..., 0]).sum(axis=0)
        level = ((1 + a.hurdle) ** -years).sum()
        np.testing.assert_allclose(
            m.FIGURES["occasions"](base)["visit"],
            (value[a.seminar_hours] - value[0.0]) / level,
            atol=1e-12,
        )

    def test_the_least_that_pays_just_pays(self, base):
        for name, what in (("weight", "seminar_weight"), ("seminar_lift", "seminar_lift")):
            at = m.least(base, 5)[name]
            turned = m.simulate(base.assumptions.replace(**{what: at}))
            assert abs(m.FIGURES["occasions"](turned)["seminar"][5]) < 1e-8


def test_the_thin_file_of_the_chapter_on_exit(base):
    """A small client is worth in ten years about what its hours cost in one."""
    f, a = m.findings(base), base.assumptions
    assert 0.7 < f["now_transactional"] * a.hour_cost / f["value_small"] < 1.4

"""What the pages of the transactional case claim, asserted on computed results."""

from __future__ import annotations

import numpy as np
import pytest

from casebook.cases import transactional as t
from casebook.cases.transactional.record import BULLET, FLEXIBLE
from casebook.distributions import normal

from .money import assert_scales


@pytest.fixture(scope="module")
def base():
    return t.simulate(t.assumptions())


@pytest.fixture(scope="module")
def findings(base):
    return t.findings(base)


class TestTransactional:
    def test_a_slip_tells_bullet_from_flexible_with_leakage(self, base):
        """Must show (a), first half."""
        first = t.slips(base)["leaking"]
        tells = np.flatnonzero((first[BULLET] > 0) & (first[FLEXIBLE] < 0))
        assert len(tells) >= 1
        # and the single run at that slip says the same
        late = t.simulate(base.assumptions.replace(slip=int(tells[0])))
        assert late.alternative("bullet").metrics["missed"]
        assert not late.alternative("flexible").metrics["missed"]

    def test_a_almost_no_slip_tells_them_apart_without_leakage(self, base, findings):
        """Must show (a), second half: on plan, and over the whole distribution of sales."""
        assert findings["slips_that_tell_tight"] == 0
        gap = {}
        for leakage in (0.0, base.assumptions.leakage):
            r = t.simulate(base.assumptions.replace(leakage=leakage))
            sides = [r.alternative(f).metrics["missed_probability"] for f in ("bullet", "flexible")]
            gap[leakage] = abs(sides[0] - sides[1])
        assert gap[0.0] < 0.001 < 0.03 < gap[base.assumptions.leakage]

    def test_without_leakage_and_on_time_every_form_is_paid(self, base):
        """ "With the launch on time even the instalments would be paid", and not with it late."""
        tight = base.assumptions.replace(leakage=0.0)
        assert not t.simulate(tight).all_metrics["missed"].any()
        late = t.simulate(tight.replace(slip=2))
        assert late.alternative("level").metrics["missed"]

    def test_a_the_sweep_takes_cash_before_it_leaks(self, base):
        """The reason that the text gives: less leaks because less lies idle."""
        late = t.late_launch(base)
        bullet, flexible = (late.alternative(f).metrics for f in ("bullet", "flexible"))
        assert flexible["leaked"] < bullet["leaked"] - bullet["shortfall"]
        tight = t.simulate(late.assumptions.replace(leakage=0.0))
        ends = [tight.alternative(f) for f in ("bullet", "flexible")]
        saved = ends[0].metrics["total_interest"] - ends[1].metrics["total_interest"]
        gap = ends[1].metrics["closing_cash"] - ends[0].metrics["closing_cash"]
        assert gap == pytest.approx(saved, abs=1e-9)  # a sweep makes no cash, it saves interest

    def test_b_the_lowest_market_rate_loses_money(self, base, findings):
        a = base.assumptions
        assert findings["profit_at_lowest"] < 0
        at_lowest = t.simulate(a.replace(rate=a.market_rate - a.market_range))
        assert max(at_lowest.alternative(f).metrics["economic_profit"] for f in t.record.FORMS) < 0
        assert base.metrics["economic_profit"] > 0  # at the middle of the market it earns
        assert base.alternative("bullet").metrics["economic_profit"] < 0
        assert base.metrics["repeat_value"] > base.metrics["economic_profit"]

    def test_c_the_best_quote_is_inside_the_range(self, base):
        a, best = base.assumptions, base.metrics["best_quote"]
        inside = a.market_range / 10
        assert (
            a.market_rate - a.market_range + inside < best < a.market_rate + a.market_range - inside
        )
        assert best > a.market_rate  # "a little above the middle of the market"
        # "between the break-even rate and five per cent" every quote is worth making
        offers = np.linspace(base.metrics["break_even_rate"], 0.05, 50)
        assert (t.quote_curve(base, offers)["expected"] > 0).all()
        # the closed form against a fine search
        grid = np.linspace(a.market_rate - a.market_range, a.market_rate + a.market_range, 20_001)
        curve = t.quote_curve(base, grid)["expected"]
        assert grid[curve.argmax()] == pytest.approx(best, abs=2e-6)
        assert curve.max() == pytest.approx(base.metrics["best_expected_profit"], rel=1e-6)

    def test_d_leakage_at_which_the_forms_cost_the_same(self, base):
        a = base.assumptions
        crossing = t.leakage_curve(base)["crossing"]
        curve = t.leakage_curve(base)
        # "in money the bullet stays ahead for longer"; "a few points lower": wrong form
        assert crossing < curve["equal_profit"] < a.leakage < curve["equal_profit"] + 0.03
        sides = t.simulate(a.replace(leakage=crossing))
        bullet, flexible = (
            sides.alternative(f).metrics["break_even_rate"] for f in ("bullet", "flexible")
        )
        assert bullet == pytest.approx(flexible, abs=1e-6)

    def test_d_pd_is_credible_for_the_price(self, base):
        assert 0.005 < base.metrics["pd"] <= 0.03

    def test_numbers_the_text_puts_in_words(self, base, findings):
        a, m = base.assumptions, base.metrics
        bullet, revolving = (base.alternative(f).metrics for f in ("bullet", "revolving"))
        assert a.cost_of_sales == 0.5  # "half of which goes to the contract manufacturer"
        assert 1.8 < a.principal / findings["peak_need"] < 2.2  # "twice that"
        assert findings["bullet_misses_at_slip"] == 3  # "up to a slip of two months both pay"
        # "one month of delay is the whole difference between the two"
        assert findings["flexible_misses_at_slip"] == findings["bullet_misses_at_slip"] + 1
        assert base.alternative("equal_principal").metrics["first_missed"] <= a.launch_month + 2
        # "with no leak even the instalments would be paid on time"
        assert (t.slips(base)["tight"][:, 0] < 0).all()
        # "the highest rate and by far the smallest bill"
        sides = [base.alternative(f).metrics for f in t.record.FORMS]
        assert revolving["all_in_effective"] == max(s["all_in_effective"] for s in sides)
        assert revolving["total_cost"] < 0.6 * m["total_cost"] < m["total_cost"]
        assert m["total_cost"] < bullet["total_cost"]
        # "of the other three the flexible form breaks even lowest", "missed least often"
        patient = (bullet, m, revolving)
        assert m["break_even_rate"] == min(s["break_even_rate"] for s in patient)
        assert revolving["missed_probability"] == min(s["missed_probability"] for s in sides)
        assert a.origination_cost == 0.02  # "about five days of a team"
        assert revolving["economic_profit"] < 0 < findings["revolving_saved"]
        assert a.commitment_fee < findings["revolving_fee"] < 0.01
        assert a.slip_burn < findings["burn_that_reverses"] < 0.5
        assert m["average_balance"] < bullet["average_balance"]
        assert findings["best_days"] < a.approval_days < a.usual_days
        assert findings["best_days_quote"] > m["best_quote"]
        assert findings["quote_without_repeat"] > m["best_quote"] > m["break_even_rate"]
        assert findings["small_short_rate"] > 0.2
        market, sizes = a.market_rate, np.geomspace(1, 50, 200)
        needed = t.price_by_size(base, sizes, (a.tenor,))["break_even"][0]
        assert needed[sizes < 5].min() > market  # "lies above the minimum" of CNY 5 million
        assert findings["peak_need"] < findings["safest_amount"] < a.principal
        assert findings["safest_missed"] < m["missed_probability"]
        assert findings["safest_profit"] < m["best_expected_profit"]
        assert findings["richest_amount"] > a.principal

    def test_beyond_the_safest_amount_the_chance_rises(self, base):
        """Slowly with the sweep, fast without; the revolving line does not care."""
        data = t.amounts(base)
        beyond = data["amount"] >= data["safest"]
        bullet, flexible, line = (
            data["missed"][t.record.FORMS.index(f)][beyond]
            for f in ("bullet", "flexible", "revolving")
        )
        assert (np.diff(bullet) > 0).all() and (np.diff(flexible) > 0).all()
        assert bullet[-1] > 2 * flexible[-1]
        assert np.ptp(line) < 1e-3

    def test_the_firms_own_cash_could_cure_nearly_every_missed_payment(self, base):
        """Three months of a steady month's cash against what is owed when the loan is due."""
        a = base.assumptions
        draws = t.sample(a, 20_000, seed=3)
        many = t.simulate(a, draws, keep=("balance", "arrears"))
        level = t.firm_and_loan.sales_level(a, normal(draws["sales"]))
        steady = (
            a.price * a.units * level * (1 - a.cost_of_sales) + a.existing_business - a.fixed_cost
        )
        for form in ("bullet", "flexible", "revolving"):
            r = many.alternative(form)
            missed = r.metrics["missed"]
            owed = (r.lines["balance"][-1] + r.lines["arrears"][-1])[missed]
            assert (owed < 3 * steady[missed]).mean() > 0.9, form

    def test_exercise_on_the_promise(self, base):
        """The leak at which a bullet matches the flexible form of today, in rate and in money."""
        a, m = base.assumptions, base.metrics

        def bullet(leakage):
            return t.simulate(a.replace(leakage=leakage)).alternative("bullet").metrics

        assert (
            bullet(0.12)["break_even_rate"] < m["break_even_rate"] < bullet(0.14)["break_even_rate"]
        )
        assert (
            bullet(0.12)["economic_profit"] > m["economic_profit"] > bullet(0.14)["economic_profit"]
        )

    def test_the_two_rates_cross_below_the_base(self, base, findings):
        """ "If the true leak is three points lower than she thinks" the bullet is cheaper."""
        a = base.assumptions
        lower = t.simulate(a.replace(leakage=a.leakage - 0.03)).all_metrics["break_even_rate"][:, 0]
        assert lower[BULLET] < lower[FLEXIBLE]  # "three points lower": the wrong form
        curve = t.leakage_curve(base)["break_even"]
        assert np.ptp(curve[BULLET]) > np.ptp(curve[FLEXIBLE])  # "the steeper one"

    def test_paying_suppliers_straight_does_not_remove_the_leak(self, base, findings):
        """Banker's question: it helps a little, in both forms, and the price rises."""
        m = base.metrics
        now, then = m["missed_probability"], findings["entrusted_missed"]
        assert 0.8 * now < then < now
        assert findings["all_entrusted_missed"] < then
        assert 0.75 < findings["entrusted_leaked"] / findings["owed_leaked"] < 0.9
        assert findings["entrusted_break_even"] > m["break_even_rate"]
        assert 0.4 < findings["supplier_bills"] / base.assumptions.principal < 0.6  # "about half"
        leaked = -base.alternative("bullet").lines["leaked"]
        # "under the bullet most of the leak comes after the launch"
        assert leaked[base.assumptions.launch_month + 1 :].sum() > leaked.sum() / 2

    def test_a_guarantee_is_worth_its_basis_points(self, base, findings):
        assert 0.001 < findings["guaranteed_cut"] < 0.004
        assert findings["guaranteed_profit"] > 3 * base.metrics["economic_profit"]

    def test_tax_and_capital_carry_the_price(self, base, findings):
        """ "Several times the profit"; own estimates would ask for more capital, not less."""
        m, a = base.metrics, base.assumptions
        spare = a.rate - m["break_even_rate"]
        assert m["break_even_rate"] - findings["untaxed_break_even"] > 3 * spare
        assert findings["irb_break_even"] > m["break_even_rate"]
        for name, value in (("lgd", findings["flip_lgd"]), ("cure", findings["flip_cure"]),
                            ("standard_weight", findings["flip_weight"]),
                            ("rate", m["break_even_rate"])):  # fmt: skip
            at = t.simulate(a.replace(**{name: value})).metrics["economic_profit"]
            assert at == pytest.approx(0, abs=2e-4), name

    def test_the_desk_sees_what_one_loan_hides(self, base, findings):
        """ "By far the dearest mistake, the wrong form the second", in money a year."""
        # "a leak one point lower" is the row desk_leak
        choices = ("desk_form", "desk_best", "desk_speed", "desk_leak", "desk_profit")
        assert findings["desk_form"] == max(findings[k] for k in choices) > 1
        assert -findings["desk_lowest"] > 3 * findings["desk_form"]
        assert findings["desk_profit"] < 0.1 * findings["desk_loss"]
        assert base.metrics["economic_profit"] < 0.005  # "a few thousand yuan"

    def test_what_came(self, base):
        """The epilogue: the form shrank the hole and did not close it; what would have."""
        came = t.simulate(base.assumptions.realised())
        a, m, bullet = came.assumptions, came.metrics, came.alternative("bullet").metrics
        assert a.rate == pytest.approx(base.metrics["best_quote"], abs=1e-3)
        assert m["first_missed"] == bullet["first_missed"] == a.tenor
        assert 0 < m["shortfall"] < 0.5 * bullet["shortfall"]
        found = t.findings(came)
        assert found["months_to_cure"] == 1
        assert base.assumptions.cure < 0.5  # "less than an even chance"
        assert found["uncured_loss"] > 3 * m["lender_result"] > 0  # "several times"
        assert m["lender_result"] > base.metrics["lender_result"]  # "more than on plan"
        assert m["written_off"] == found["safest_short"] == 0
        assert came.alternative("revolving").metrics["shortfall"] == 0
        assert 0 < found["entrusted_short"] < m["shortfall"]
        longer = t.simulate(a.replace(tenor=a.tenor + 1))
        assert not longer.metrics["missed"]  # a month more "would have been enough"
        uncured = t.simulate(a.replace(cure=0.0)).metrics["lender_result"]
        assert uncured == pytest.approx(m["lender_result"] - found["uncured_loss"], abs=1e-9)

    def test_a_late_launch_that_is_paid_earns_more_and_one_that_is_not_costs(self, base):
        a = base.assumptions
        profit = [t.simulate(a.replace(slip=k)).metrics["run_profit"] for k in range(6)]
        assert (np.diff(profit[:4]) > 0).all() and profit[4] < 0 and profit[5] < profit[4]

    def test_exercise_on_slow_payers(self, base):
        a = base.assumptions

        def missed(form="flexible", **changes):
            return t.simulate(a.replace(**changes)).alternative(form).metrics["missed_probability"]

        now = missed()
        assert missed(collection_days=45.0) > 2 * now
        assert missed(collection_days=45.0, tenor=12) < now
        assert missed(collection_days=60.0, tenor=12) > 5 * now
        assert missed("revolving", collection_days=60.0, tenor=12) < 1.2 * now

    def test_quadrature_agrees_with_monte_carlo(self, base):
        """Two independent ways to the same probability, all forms, within four standard errors."""
        n = 100_000
        many = t.simulate(base.assumptions, t.sample(base.assumptions, n, seed=11))
        for form in t.record.FORMS:
            exact = base.alternative(form).metrics["missed_probability"]
            share = many.alternative(form).metrics["missed"].mean()
            error = np.sqrt(max(exact * (1 - exact), 1e-6) / n)
            assert abs(share - exact) < 4 * error + 2e-4, form
            loss = many.alternative(form).metrics["written_off"]
            expected = base.alternative(form).metrics["expected_loss"]
            assert abs(loss.mean() - expected) < 4 * loss.std() / np.sqrt(n) + 1e-3, form

    def test_price_moves_smoothly_under_a_slider(self, base):
        """Plain nodes would make the probability jump; here no step of a fine sweep stands out."""
        days = np.linspace(25.0, 35.0, 81)
        pds = [
            t.simulate(base.assumptions.replace(collection_days=float(d))).metrics["pd"]
            for d in days
        ]
        steps = np.abs(np.diff(pds))
        assert steps.max() < 6 * np.median(steps)

    @pytest.mark.parametrize(
        ("total", "check"),
        [("closing_cash", "client_cash_rolls"), ("closing_balance", "loan_rolls"),
         ("receivables_gap", "receivables_roll"), ("total_leaked", "client_cash_rolls"),
         ("total_interest", "loan_rolls")],
    )  # fmt: skip
    def test_a_check_fails_when_its_number_is_wrong(self, base, total, check, monkeypatch):
        paths = t.firm_and_loan.paths

        def bent(*args, **kwargs):
            lines, totals = paths(*args, **kwargs)
            return lines, totals | {total: totals[total] + 1e-5}

        monkeypatch.setattr(t.firm_and_loan, "paths", bent)
        wrong = t.simulate(base.assumptions)
        assert wrong.checks[check] > wrong.tolerance

    @pytest.mark.parametrize(
        ("change", "message"),
        [(lambda d: {}, r"d:  ?is not allowed; a mapping with the lines slip, sales, cure"),
         (lambda d: d | {"rain": d["cure"]}, "d: 'slip', 'sales', 'cure', 'rain' is not allowed"),
         (lambda d: d | {"sales": d["sales"][:-1]}, r"d: slip \(9,\), sales \(8,\)"),
         (lambda d: d | {"cure": np.full(9, np.nan)}, r"d\['cure'\]: nan"),
         (lambda d: d | {"sales": np.ones(9)}, r"d\['sales'\]: 1 is not allowed"),
         (lambda d: np.ones((3, 9)), "d: array")],
    )  # fmt: skip
    def test_draws_unlike_a_sample_are_refused(self, base, change, message):
        draws = t.sample(base.assumptions, 9, seed=1)
        with pytest.raises(ValueError, match=message):
            t.simulate(base.assumptions, change(draws))

    def test_a_line_that_is_not_there_is_refused(self, base):
        draws = t.sample(base.assumptions, 9, seed=1)
        with pytest.raises(ValueError, match=r"keep: 'blance' is not allowed; .* balance"):
            t.simulate(base.assumptions, draws, keep=("balance", "blance"))
        words = base.assumptions.spec.words["lines"]
        cash = tuple(name for name, line in words.items() if line["view"] == "client")
        assert set(t.simulate(base.assumptions, draws, keep=cash).lines) == set(cash)
        with pytest.raises(ValueError, match=r"n: 2\.5 is not allowed; one whole number is"):
            t.sample(base.assumptions, 2.5, seed=1)


def test_in_another_unit_of_money_it_is_the_same_story(base, findings):
    grid = ("safest_amount", "safest_missed", "safest_profit", "richest_amount")
    apart = dict.fromkeys(grid, "of amounts in steps of a quarter of a million")
    apart |= dict.fromkeys(("small_rate", "small_short_rate"), "of loans of fixed amounts")
    apart["desk_amount"] = "where a curve over fixed amounts turns"
    assert_scales(t, base, findings, apart)

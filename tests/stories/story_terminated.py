"""What the pages of the terminated case claim, asserted on computed results."""

from __future__ import annotations

import numpy as np
import pytest

from casebook import workout
from casebook.cases import terminated as t
from casebook.cases.terminated.record import BANKRUPTCY, ENFORCE, SELL, SETTLE

from .money import assert_scales


@pytest.fixture(scope="module")
def base():
    return t.simulate(t.assumptions())


@pytest.fixture(scope="module")
def findings(base):
    return t.findings(base)


@pytest.fixture(scope="module")
def many(base):
    return t.simulate(base.assumptions, t.sample(base.assumptions, 100_000, seed=11))


class TestTerminated:
    def test_a_nominal_and_economic_recovery_differ(self, base, findings):
        """Must show (a)."""
        enforce = base.alternative("enforce").metrics
        gap = enforce["expected_nominal"] - enforce["expected_recovery"]
        assert gap == pytest.approx(enforce["recovery_gap"])
        assert 0.05 < gap < 0.15
        assert findings["gap_money"] == pytest.approx(gap * enforce["ead"])
        # it is the discount that makes it: without one there is none
        flat = t.simulate(base.assumptions.replace(discount_rate=0.0)).alternative("enforce")
        assert flat.metrics["recovery_gap"] == pytest.approx(0.0, abs=1e-12)

    def test_b_offer_at_which_settling_is_worth_enforcing(self, base):
        """Must show (b): by the threshold, and by running the model at it."""
        a, m = base.assumptions, base.alternative("enforce").metrics
        assert m["settle_low"] < m["settle_break_even"] < m["settle_high"] < m["ead"]
        at = t.simulate(a.replace(settlement_offer=m["settle_break_even"] / m["ead"]))
        settle = at.alternative("settle").metrics
        assert settle["value"] == pytest.approx(m["expected_value"], abs=1e-9)
        # the cost of settling and of guards until then is in it
        plain = workout.settlement_threshold(
            m["expected_value"], a.settle_months / 12, a.discount_rate
        )
        assert plain < m["settle_break_even"] < plain + a.settle_cost + 4 * a.care_cost

    def test_b_the_offer_divides_the_two_measures(self, base, findings):
        """Below the plain threshold, above the one with tax timing and capital."""
        m = base.alternative("enforce").metrics
        assert m["settle_all_in"] < m["settlement"] < m["settle_break_even"]
        assert findings["offer_below_plain"] > 0 and findings["offer_above_all_in"] > 0
        sides = base.all_metrics["expected_all_in"][:, 0]
        assert sides.argmax() == SETTLE
        assert base.all_metrics["expected_value"][:, 0].argmax() == ENFORCE
        assert m["sale"] < m["sell_all_in"] < m["sell_break_even"]  # the bid is too low on both
        assert sides.argmin() == SELL

    def test_c_leaving_twelve_months_earlier(self, base, findings):
        """Must show (c)."""
        out = t.exits(base)
        assert out["months"][12] == 12 and out["saved"][0] == pytest.approx(0.0, abs=1e-9)
        assert findings["saved_twelve"] == pytest.approx(out["saved"][12]) and out["saved"][12] > 5
        assert findings["saved_twelve"] < findings["saved_rule"] < findings["saved_best"]
        assert findings["rule_months"] > 12  # "the rule would have rung"
        # past the best month it only costs margin: another bank would have taken all of it
        late = out["saved"][out["best"] :]
        assert (np.diff(late) < 0).all() and (out["refinanced"][out["best"] :] == 1).all()
        # month by month: what is back, less the service and the value given up, by hand
        c = t.performing.clean(base.assumptions)
        a = base.assumptions
        m, worth = 12, (1 + a.ftp) ** (1 / 12)
        paid = sum(
            ((1 - a.vat_on_interest) * c.interest[s] + c.principal[s]) * worth ** (c.default - s)
            for s in range(c.default - m + 1, c.default + 1)
        )
        by_hand = out["back"][m] * worth**m - paid - out["back"][0]
        assert out["saved"][m] == pytest.approx(by_hand)

    def test_d_lifetime_profit_is_negative_though_early_years_were_positive(self, base, findings):
        """Must show (d)."""
        for way in t.record.WAYS:
            r = base.alternative(way)
            assert r.metrics["lifetime_profit"] < 0 < r.metrics["clean_profit"]
            assert (t.lifetime(r)["profit"][: int(findings["clean_years"])] > 0).all()
            assert t.lifetime(r)["sum"][-1] == pytest.approx(r.metrics["lifetime_profit"])
        assert findings["clean_years"] == 4  # "four good years"

    def test_d_clean_client_years_eaten(self, base):
        a, m = base.assumptions, base.alternative("enforce").metrics
        assert 25 < m["years_eaten"] < 45
        receipts = a.rate * m["ead"] + a.fee_income
        margin = (1 - a.vat_on_interest) * receipts - a.ftp * m["ead"] - a.servicing_cost
        year = (margin - a.pd * a.lgd_planned * m["ead"]) * (1 - a.tax)
        lost = (m["ead"] - m["expected_value"]) * (1 - a.tax)
        assert m["years_eaten"] == pytest.approx(lost / year)

    def test_quadrature_agrees_with_monte_carlo(self, base, many):
        """Two ways to the same expectation, both forced ways, within four standard errors."""
        for way in (ENFORCE, BANKRUPTCY):
            for name, expected in (("value", "expected_value"), ("all_in", "expected_all_in")):
                x = many.all_metrics[name][way]
                error = x.std() / np.sqrt(len(x))
                gap = x.mean() - base.all_metrics[expected][way, 0]
                assert abs(gap) < 4 * error + 1e-3, (way, name)
            value = many.all_metrics["value"][way]
            for level, name in ((0.1, "low"), (0.9, "high")):
                exact = base.all_metrics[name][way, 0]
                assert abs((value < exact).mean() - level) < 0.004, (way, name)
        share = [(many.all_metrics["auction_round"][ENFORCE] == k + 1).mean() for k in range(4)]
        exact = t.expectations.expected(base.assumptions).branches[:, 0]
        np.testing.assert_allclose(share, exact, atol=0.006)

    def test_threshold_moves_smoothly_under_sliders(self, base):
        for name, low, high in (("collateral_value", 40.0, 56.0), ("auction_cut", 0.1, 0.2)):
            steps = [
                t.expectations.expected(base.assumptions.replace(**{name: float(x)})).value[ENFORCE]
                for x in np.linspace(low, high, 81)
            ]
            change = np.abs(np.diff(steps))
            assert change.max() < 6 * np.median(change), name

    def test_the_orders_differ(self, base):
        """Enforcement: old tax before the bank. Bankruptcy: the bank's asset is its own."""
        paid = t.priority(base)
        assert paid["preferred"][0] == pytest.approx(base.assumptions.prior_tax)
        more = t.simulate(base.assumptions.replace(prior_tax=4.0))
        lines = [r.alternative("enforce").lines["to_bank"].sum() for r in (base, more)]
        assert lines[1] - lines[0] == pytest.approx(4.0 - base.assumptions.prior_tax)
        lines = [r.alternative("bankruptcy").lines["to_bank"].sum() for r in (base, more)]
        assert abs(lines[1] - lines[0]) < 1.0  # only its share as an ordinary creditor
        # a third way to the waterfall of the bankruptcy: by hand
        a = base.assumptions
        p = base.alternative("bankruptcy").metrics["price"]
        secured = p * (1 - a.sale_cost - a.administration)
        claim = base.alternative("bankruptcy").metrics["claim_when_paid"]
        cash = base.alternative("bankruptcy").lines["closing"][a.missed_month + a.cure_months]
        first = a.bankruptcy_costs + a.wages + a.social_tax + a.prior_tax
        left = max(a.free_assets + cash - first, 0.0)
        short = claim - secured
        dividend = left * short / (short + a.other_creditors)
        total = -base.alternative("bankruptcy").lines["to_bank"].sum()
        assert total == pytest.approx(secured + dividend)

    def test_numbers_the_text_puts_in_words(self, base, findings):
        a, m = base.assumptions, base.alternative("enforce").metrics
        assert a.auction_cut == 0.2 and t.record.SALE_MONTHS == 2  # "a fifth lower", "sixty days"
        assert a.guarantor_months == 6 and t.record.DELAY_STEP == 3  # "half a year", "three months"
        assert a.write_off_months - a.settle_months == 12  # "a year sooner or a year later"
        assert m["auction_round"] == 2  # "no bidder in round one, one in round two"
        assert findings["chance_round_one"] < 0.5
        assert findings["plan_above_expectation"] > 1  # "the likely path flatters"
        assert m["lgd"] < m["expected_lgd"] and m["expected_lgd"] > 1.4 * a.lgd_planned
        assert 0.5 < findings["beats"] < 0.7  # "three times in five enforcing beats the offer"
        bankruptcy = base.alternative("bankruptcy").metrics
        assert abs(bankruptcy["expected_value"] - m["expected_value"]) < 0.5
        assert bankruptcy["months_to_cash"] > m["months_to_cash"]
        assert findings["claim_growth"] > 0.15 * m["ead"]
        assert m["claim_when_paid"] > m["ead"] > m["received"]
        years = t.lifetime(base.alternative("enforce"))["profit"]
        assert years[4] < -10 and years[5] < -10 and years[6] > 10  # "two years", then one good
        book = t.book(base.alternative("enforce"))
        full = np.flatnonzero(book["allowance"] >= book["gross"])[0]
        assert full < a.write_off_months < m["months_to_cash"]
        assert t.tornado(base)["rows"][0][0] == "collateral_value"
        assert findings["quarter_value"] > 5 * 3 * a.care_cost  # "waiting costs more than guards"
        assert 78 < 1 / a.pd < 86  # "one client in about eighty"
        out = t.exits(base)
        # "at fifteen months the saving is a little less than at twelve months"
        assert out["saved"][15] < out["saved"][12] and out["refinanced"][15] < 0.2
        assert 4 * 12 < a.missed_month < 5 * 12  # "paid for four years"
        assert 0.38 < m["expected_recovery"] < 0.42  # "two fifths will come back"
        assert findings["chance_in_kind"] > 0.25  # "the quarter of futures in which nobody bids"
        # "even the sound client is a little short", and would not be without the tax
        assert a.hurdle - 0.005 < m["clean_raroc"] < a.hurdle < findings["no_vat_raroc"]
        assert m["clean_raroc"] < findings["irb_raroc"]
        assert findings["sound_profit"] > 0 > m["lifetime_profit"]
        assert t.questions.ALARM_YEARS == 5  # "five years of its profit"
        true, false = findings["saved_rule"], 5 * m["clean_year"]
        assert findings["alarms"] * false <= true < (findings["alarms"] + 1) * false
        assert a.administration <= 0.1 * 0.08  # "a tenth of the ordinary scale", about 7 to 8%
        paid = t.priority(base)
        assert paid["others"][1] == 0 and paid["preferred"][1] < a.bankruptcy_costs + a.wages
        assert t.planned_exit(base)["left"] == pytest.approx(0.0, abs=1e-9)

    def test_where_the_answer_turns(self, base, findings):
        """At each turning point the lowest offer, all in, is the offer; by running the model."""
        a = base.assumptions
        for name, key in (
            ("discount_rate", "turn_discount"), ("collateral_value", "turn_collateral"),
            ("market_share", "turn_market"), ("guarantor_chance", "turn_guarantor"),
            ("prior_tax", "turn_old_tax"),
        ):  # fmt: skip
            m = t.simulate(a.replace(**{name: findings[key]})).metrics
            assert m["settle_all_in"] == pytest.approx(m["settlement"], abs=1e-3), name
        m = t.simulate(a.replace(discount_rate=findings["turn_discount_plain"])).metrics
        assert m["settle_break_even"] == pytest.approx(m["settlement"], abs=1e-3)
        # the dilemma lies between the two rates, and the base case between them
        assert findings["turn_discount"] < a.discount_rate < findings["turn_discount_plain"]
        assert findings["turn_months"] <= a.judgment_months
        sooner = int(findings["turn_months"]) - 1
        m = t.simulate(a.replace(judgment_months=sooner)).metrics
        assert m["settle_all_in"] > m["settlement"]
        # a bank that discounts at its funding cost enforces, far above both it settles
        at = {x: t.simulate(a.replace(discount_rate=x)).metrics for x in (a.ftp, 0.12)}
        assert at[a.ftp]["settle_all_in"] > at[a.ftp]["settlement"] > at[0.12]["settle_break_even"]

    def test_another_rule_another_answer(self, base, findings):
        """Tax by class: enforce. Own estimates: the answer stands. A fast court: refuse."""
        offer = base.metrics["settlement"]
        assert findings["provided_all_in"] > offer > findings["irb_all_in"]
        assert findings["fast_all_in"] > offer and findings["fast_plain"] > findings["fast_all_in"]
        assert findings["found_all_in"] > offer > findings["lost_all_in"]
        # to know of the guarantor first, by hand: enforce if he is there, settle if not
        a = base.assumptions
        known = [t.simulate(a.replace(guarantor_chance=x)).all_metrics["expected_all_in"][:, 0]
                 for x in (0.0, 1.0)]  # fmt: skip
        g = a.guarantor_chance
        by_hand = (1 - g) * known[0][SETTLE] + g * known[1][ENFORCE]
        blind = base.all_metrics["expected_all_in"][SETTLE, 0]
        assert findings["search_value"] == pytest.approx(by_hand - blind)
        assert findings["sooner"] < findings["offer_below_plain"]  # "less than more money"
        soon = t.least(a.replace(settle_months=1))["all_in"]  # "pays in one month"
        now = base.alternative("enforce").metrics["settle_all_in"]
        assert findings["sooner"] == pytest.approx(now - soon)
        assert 0 < findings["forced_gap"] < 0.5  # "a little less than enforcement"

    def test_what_the_bank_did_and_what_happened(self, base, findings):
        """The epilogue: settled, and the twin at court came out better, by luck."""
        came = t.simulate(base.assumptions.realised())
        settle, enforce = (came.alternative(x).metrics for x in ("settle", "enforce"))
        assert came.assumptions.way == "settle" and came.metrics["given_up"] > 0
        assert enforce["auction_round"] == 2  # "the second round sold"
        assert enforce["guarantor"] == base.assumptions.guarantor_assets
        assert enforce["all_in"] > settle["all_in"]
        # on the evidence of the day settling was right, though in more than half of futures …
        assert findings["settle_gain"] > 0 and 0.5 < findings["beats_all_in"] < 0.6

    def test_a_medium_sized_firm_outside_the_rule_for_smaller_ones(self, base):
        """By the workers and the sales of the first folder."""
        staff, sales = 320, 340  # "three hundred and twenty", "three hundred and forty million"
        assert 300 <= staff < 1000 and 20 <= sales < 400  # medium-sized, by the standards of 2011
        assert sales > 200 and base.assumptions.tax_timing == "final"  # outside the rule of 2019

    def test_exercise_answers(self, base):
        a = base.assumptions
        # 1. a faster court: settling is no longer best on any measure
        fast = t.simulate(a.replace(judgment_months=6))
        assert fast.metrics["settlement"] < fast.metrics["settle_all_in"]
        # 2. without the guarantor the offer is worth taking on the plain measure too
        alone = t.simulate(a.replace(guarantor_chance=0.0))
        assert alone.metrics["settle_break_even"] < alone.metrics["settlement"]
        # 3. with "twice the old tax" bankruptcy is the better forced way
        owed = t.simulate(a.replace(prior_tax=2 * a.prior_tax)).all_metrics["expected_value"][:, 0]
        assert owed[BANKRUPTCY] > owed[ENFORCE]

    @pytest.mark.parametrize(
        ("field", "check"),
        [("left", "claim_rolls"), ("value", "value_from_the_ledger"),
         ("nominal", "nominal_from_the_ledger"), ("all_in", "all_in_from_the_ledger"),
         ("lgd", "value_and_loss_make_the_claim")],
    )  # fmt: skip
    def test_a_check_fails_when_its_number_is_wrong(self, base, field, check, monkeypatch):
        path = t.ways_out.path

        def bent(*args, **kwargs):
            p = path(*args, **kwargs)
            object.__setattr__(p, field, getattr(p, field) + 1e-5)
            return p

        monkeypatch.setattr(t.ways_out, "path", bent)
        wrong = t.simulate(base.assumptions)
        assert wrong.checks[check] > wrong.tolerance

    @pytest.mark.parametrize(
        ("line", "check"),
        [("to_bank", "client_foots"), ("recovered", "bank_mirrors_payers"),
         ("principal_paid", "loan_rolls"), ("given_up", "claim_rolls"),
         ("expected_loss_charge", "profit_is_cash"), ("tax_cash", "tax_comes_once"),
         ("capital_charge", "all_in_from_the_ledger"), ("opening", "client_months_join")],
    )  # fmt: skip
    def test_a_check_fails_when_a_line_is_wrong(self, base, line, check):
        a = base.assumptions
        p = t.ways_out.path(a, np.ones(1), np.zeros(1), np.full((4, 1), 0.5))
        e = t.expectations.expected(a)
        lines = {k: v.copy() for k, v in base.all_lines.items()}
        lines[line][p.clean.default + 3] += 1e-5
        residuals = t.statements.checks(
            a, p, e, t.expectations.thresholds(a, e, p.clean.ead), lines
        )
        assert residuals[check] > base.tolerance

    def test_the_waterfall_check_fails_when_a_creditor_is_paid_twice(self, base, monkeypatch):
        right = workout.recovery_waterfall

        def bent(*args, **kwargs):
            paid = right(*args, **kwargs)
            paid[0] += 1e-5
            return paid

        monkeypatch.setattr(workout, "recovery_waterfall", bent)
        wrong = t.simulate(base.assumptions)
        assert wrong.checks["waterfall_pays_out"] > wrong.tolerance


def test_in_another_unit_of_money_it_is_the_same_story(base, findings):
    assert_scales(t, base, findings, {})

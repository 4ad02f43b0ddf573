"""What the pages of the outlook claim, asserted on computed results."""

from __future__ import annotations

import numpy as np
import pytest

from casebook.outlook import automation as au
from casebook.outlook import information as inf
from casebook.outlook import supply_chain as sc
from casebook.outlook.ranking import area, area_error, combined, log_odds, separation
from casebook.timevalue import MONTHS_A_YEAR

from .money import assert_scales


def runs(module):
    base = module.simulate(module.assumptions())
    return base, module.findings(base)


@pytest.fixture(scope="module")
def machine():
    return runs(au)


@pytest.fixture(scope="module")
def data():
    return runs(inf)


@pytest.fixture(scope="module")
def chain():
    return runs(sc)


class TestRanking:
    """The binormal model against clients drawn one by one."""

    def test_area_is_the_chance_that_a_good_client_scores_higher(self):
        auc = np.array([0.55, 0.7, 0.9])
        np.testing.assert_allclose(area(separation(auc)), auc, rtol=1e-12)
        rng = np.random.default_rng(1)
        bad, good = rng.standard_normal((2, 200_000))
        won = (good + separation(0.7) > bad).mean()
        assert won == pytest.approx(0.7, abs=4 * np.sqrt(0.21 / 200_000))

    def test_two_independent_scores_rank_as_their_best_sum(self):
        rng = np.random.default_rng(2)
        d = np.array([0.8, 0.5])
        bad, good = rng.standard_normal((2, 200_000, 2))
        won = ((good + d) @ d > bad @ d).mean()
        assert won == pytest.approx(area(combined(*d)), abs=0.005)

    def test_log_odds_are_those_of_bayes(self):
        x = np.linspace(-2, 3, 7)
        d, p = 0.9, 0.05
        densities = p * np.exp(-(x**2) / 2), (1 - p) * np.exp(-((x - d) ** 2) / 2)
        np.testing.assert_allclose(log_odds(x, d, p), np.log(densities[0] / densities[1]))

    def test_the_error_of_a_measured_area_is_that_of_samples(self):
        rng = np.random.default_rng(3)
        bad = rng.standard_normal((400, 60, 1))
        good = rng.standard_normal((400, 1, 500)) + separation(0.75)
        measured = (good > bad).mean(axis=(1, 2))
        # for normal scores the formula is on the safe side, by less than a quarter
        assert 0.75 < measured.std() / area_error(0.75, 60, 500) < 1.0
        assert area_error(1.0, 60, 500) == 0.0  # all are told apart, in every sample

    @pytest.mark.parametrize("auc", [0.0, 1.0, 1.2, np.nan])
    def test_an_impossible_area_is_named(self, auc):
        with pytest.raises(ValueError, match="auc"):
            separation(auc)


class TestIntelligent:
    def test_the_map_has_an_edge_a_wedge_and_clear_cases(self, machine):
        base, f = machine
        m, lines, amount = base.metrics, base.lines, au.amounts(base.assumptions)
        assert amount[1] < m["first_amount"] < m["every_amount"] < amount[-1]
        share = lines["seen"][1:] / lines["applications"][1:]
        assert (share[amount[1:] < m["first_amount"]] == 0).all()
        assert (np.diff(share[amount[1:] >= m["first_amount"]]) > 0).all()
        assert share[-1] < 0.8  # even a large loan, if its score is clear
        assert f["pd_low"] < m["cut_pd"] < f["pd_high"]
        # an hour twice as dear doubles the least amount
        dear = au.simulate(base.assumptions.replace(wage=2 * base.assumptions.wage))
        assert dear.metrics["first_amount"] == pytest.approx(2 * m["first_amount"])

    def test_a_review_pays_just_where_the_map_says(self, machine):
        """The edge against a direct computation: officers' findings drawn one by one."""
        base, _ = machine
        a = base.assumptions
        d_y = separation(a.officer_auc)
        rng = np.random.default_rng(4)
        y = rng.standard_normal(400_000)
        p = base.metrics["cut_pd"]  # being bad, at the machine's own cut-off
        odds = np.log(p / (1 - p))
        worth = 0.0
        for share, mean, value in ((1 - p, d_y, a.margin), (p, 0.0, -a.lgd)):
            after = odds - d_y * (y + mean) + d_y**2 / 2  # log odds once y is known
            yes = after + np.log(a.lgd / a.margin) < 0
            worth += share * value * yes.mean()
        assert worth * base.metrics["first_amount"] == pytest.approx(a.hours * a.wage, rel=0.02)

    def test_referral_against_clients_drawn_one_by_one(self, machine):
        base, _ = machine
        a = base.assumptions.replace(erosion=0.05)
        r = au.simulate(a)
        d, d_y = separation(a.machine_auc), separation(a.officer_auc)
        slip = (d - separation(a.machine_auc - a.erosion)) / 2
        prior = np.log(a.bad_share / (1 - a.bad_share)) + np.log(a.lgd / a.margin)
        low, high = au.decision.band(a, au.amounts(a))
        rng = np.random.default_rng(5)
        n = 200_000
        for kind, x_mean, y_mean in (("good", d - slip, d_y), ("bad", slip, 0.0)):
            x, y = rng.standard_normal((2, n)) + np.array([[x_mean], [y_mean]])
            at_x = prior - d * x + d * d / 2
            at_both = at_x - d_y * y + d_y * d_y / 2
            for k in (1, 5, 8):
                seen = (at_x > low[k]) & (at_x < high[k])
                yes = np.where(seen, at_both < 0, at_x < 0).mean()
                exact = getattr(au.decision.rates(a), kind)[k, au.record.REFERRAL]
                assert yes == pytest.approx(exact, abs=4 * np.sqrt(0.25 / n)), (kind, k)
        assert r.metrics["auc_true"] == pytest.approx(a.machine_auc - 0.05)

    def test_numbers_the_text_puts_in_words(self, machine):
        base, f = machine
        sides = {way: base.alternative(way).metrics for way in au.record.WAYS}
        a, small = base.assumptions, au.amounts(base.assumptions) < 0.2
        assert base.lines["applications"][small].sum() > 0.5 * a.applications
        assert max(a.machine_auc, a.officer_auc) < base.metrics["auc_both"]
        even = abs(sides["machine"]["profit"] - sides["officer"]["profit"])
        assert even < 0.02 * sides["machine"]["profit"]  # "nearly even"
        assert sides["referral"]["profit"] > max(
            sides["machine"]["profit"], sides["officer"]["profit"]
        )
        assert f["noes_for_a_yes"] > 10
        assert 0.75 < f["eroded_referral"] / f["eroded_machine"] < 1  # "less, but hardly less"
        assert f["eroded_bad_approved"] > sides["machine"]["bad_approved"]
        assert 0 < f["erosion_crossing"] < f["eroded_points"]

    def test_a_check_fails_when_its_number_is_wrong(self, machine, monkeypatch):
        counts = au.decision.counts
        monkeypatch.setattr(au.decision, "counts", lambda a: counts(a) * (1 + 1e-5))
        wrong = au.simulate(machine[0].assumptions)
        assert wrong.checks["applications_add_up"] > wrong.tolerance


class TestData:
    def test_the_worth_is_nearly_a_straight_line_in_the_area(self, data):
        base, f = data
        curve = inf.auc_curve(base)
        straight = np.polyval(np.polyfit(curve["auc"], curve["value"], 1), curve["auc"])
        assert np.abs(straight - curve["value"]).max() < 0.03 * np.ptp(curve["value"])
        assert 0 < f["break_even_lift"] < f["auc_lift"]
        at = base.assumptions.replace(flows_auc=f["break_even_auc"], drift=0.0)
        m = inf.simulate(at).alternative("flows").metrics
        assert m["value_per_thousand"] == pytest.approx(m["cost_per_thousand"], rel=0.2)

    def test_approvals_against_clients_drawn_one_by_one(self, data):
        base, _ = data
        a = base.assumptions
        good, bad, all_, tau = inf.cutoff.approved(a, np.array([[0.03]]))
        n = 400_000
        rng = np.random.default_rng(6)
        approved, share = 0.0, (1 - a.thin_share, a.thin_share)
        for group, auc in enumerate((a.flows_auc, a.thin_auc)):
            d, true = separation(auc), separation(auc - 0.03)
            for mean, weight, exact in (
                ((d + true) / 2, 1 - a.bad_share, good[0, inf.record.FLOWS, 0, group]),
                ((d - true) / 2, a.bad_share, bad[0, inf.record.FLOWS, 0, group]),
            ):
                x = rng.standard_normal(n) + mean
                yes = (log_odds(x, d, a.bad_share) < tau[0, inf.record.FLOWS, 0]).mean()
                assert yes == pytest.approx(exact, abs=4 * np.sqrt(0.25 / n))
                approved += share[group] * weight * yes
        assert approved == pytest.approx(a.approvals, abs=0.005)
        assert all_ == pytest.approx(a.approvals)

    def test_the_better_ranking_makes_the_thin_group_worse_off(self, data):
        base, f = data
        a = base.assumptions
        accounts, flows, equal = (base.alternative(k).metrics for k in inf.record.RANKINGS)
        assert accounts["thin_refused"] == pytest.approx(accounts["thick_refused"])
        assert flows["thick_refused"] < accounts["thick_refused"] < flows["thin_refused"]
        assert equal["refusal_gap"] == pytest.approx(0, abs=1e-9)
        assert 0 < f["price_of_equal"] < 0.1 * flows["net_gain"]  # "here it is small"
        assert f["edge_thick"] < f["edge_thin"] < 1.5 * f["edge_thick"]  # "do not differ much"
        # "an average firm is not good enough": the cut-off lies below the average's log odds
        good, bad, _, tau = inf.cutoff.approved(a, np.zeros((1, 1)))
        assert tau[0, inf.record.FLOWS, 0] < np.log(a.bad_share / (1 - a.bad_share))
        # "at equal chances the approved firms with thin data default more often"
        at = (0, inf.record.EQUAL, 0)
        rate = a.bad_share * bad[at] / (a.bad_share * bad[at] + (1 - a.bad_share) * good[at])
        assert rate[inf.record.THIN] > rate[inf.record.THICK]

    def test_numbers_the_text_puts_in_words(self, data):
        base, f = data
        a = base.assumptions
        assert a.thin_share == 0.2 and a.measured_bad == 150  # "one applicant in five"
        assert base.metrics["net_gain"] > 0
        assert f["gain_low"] < 0 < f["gain_middle"] < f["gain_high"]
        assert 0.05 < f["loses"] < 0.2
        assert 2 * f["error_50"] > 0.9 * f["auc_lift"]  # "the test would say little"
        assert f["best_rebuild"] < a.rebuild
        assert f["never_last"] < 0  # "less than nothing"
        assert f["drift_eats"] == pytest.approx(
            f["still_value"] - base.metrics["value_per_thousand"]
        )
        assert f["bad_per_thousand_less"] > 3

    def test_a_check_fails_when_its_number_is_wrong(self, data, monkeypatch):
        approved = inf.cutoff.approved

        def bent(a, lost):
            good, bad, all_, u = approved(a, lost)
            return good, bad, all_ + 1e-5, u

        monkeypatch.setattr(inf.cutoff, "approved", bent)
        wrong = inf.simulate(data[0].assumptions)
        assert wrong.checks["approvals_are_equal"] > wrong.tolerance


class TestEcosystem:
    def test_a_confirmation_changes_the_name_that_is_priced(self, chain):
        base, f = chain
        a = base.assumptions
        own, paper, confirmed = (base.alternative(k).metrics for k in sc.record.ROUTES)
        assert own["break_even_rate"] > paper["break_even_rate"] > confirmed["break_even_rate"]
        assert confirmed["priced_pd"] < own["priced_pd"] / 10
        risk = sc.economics.risk(a)
        for falls in (risk.loss, risk.capital, sc.economics.costs(a)):
            assert falls[sc.record.CONFIRMED] < falls[sc.record.OWN]
        assert f["break_even_saved"] > f["rate_saved"] > 0

    def test_disputes_and_false_paper_cost_only_the_unconfirmed_route(self, chain):
        base, f = chain
        curve = sc.dispute_curve(base)
        own, paper, confirmed = curve["break_even_rate"]
        assert np.ptp(own) == np.ptp(confirmed) == 0
        covered = curve["dispute"] <= 0.0095  # "up to about one per cent of usual disputes"
        assert np.ptp(paper[covered]) == 0 and paper[curve["dispute"] >= 0.012][0] > paper[0]
        assert base.assumptions.dispute < f["break_even_dispute"] < f["dispute_as_own_loan"]
        at = base.assumptions.replace(dispute=f["break_even_dispute"])
        m = sc.simulate(at).alternative("unconfirmed").metrics
        assert m["break_even_rate"] == pytest.approx(at.unconfirmed_rate, abs=1e-5)
        assert f["triple_false_rate"] > base.alternative("unconfirmed").metrics["break_even_rate"]

    def test_who_gains(self, chain):
        base, f = chain
        a, m = base.assumptions, base.metrics
        parts = [m[f"{who}_gain"] for who in ("supplier", "buyer", "bank", "platform")]
        assert min(parts) > 0 and sum(parts) == pytest.approx(m["total_gain"])
        assert m["supplier_gain"] < 0.2 * m["total_gain"]
        paper = base.alternative("unconfirmed").metrics  # "more than the programme does"
        assert paper["supplier_gain"] > m["supplier_gain"] and paper["bank_gain"] > m["bank_gain"]
        assert a.terms == 1.5 * a.terms_before  # "for half as long again"
        assert a.terms < m["longest_terms"] < 120
        assert f["supplier_gain_120"] < 0 < f["total_gain_120"]
        at = sc.simulate(a.replace(terms=float(m["longest_terms"]))).metrics
        assert at["supplier_gain"] == pytest.approx(0, abs=1e-9)

    def test_simulated_years_lose_what_is_expected(self, chain):
        base, f = chain
        a = base.assumptions.replace(dispute_spread=0.0)
        many = sc.futures(sc.simulate(a))
        share = sc.economics.advance(a)
        risk = sc.economics.risk(a)
        lent = MONTHS_A_YEAR * a.invoices * sc.economics.terms(a) / 360
        expected = lent * (share * risk.loss + (1 - share) * risk.loss[sc.record.OWN])
        assert (np.abs(many["mean"] - expected) < 4 * many["error"] + 1e-4).all()
        assert f["worst_confirmed"] == 0 < f["worst_unconfirmed"] < f["worst_own"]
        assert f["if_the_buyer_fails"] > 1.4 * f["worst_own"]

    def test_the_year_is_what_the_months_add_up_to(self, chain):
        base, _ = chain
        lines, m = base.lines, base.metrics
        assert -lines["interest"].sum() - lines["platform"].sum() == pytest.approx(
            m["supplier_cost"]
        )
        assert lines["economic_profit_line"].sum() == pytest.approx(m["economic_profit"])
        assert base.events[-1].name == "cleared" and base.events[-1].period == 15

    def test_a_check_fails_when_its_number_is_wrong(self, chain, monkeypatch):
        paid = sc.economics.paid
        monkeypatch.setattr(sc.economics, "paid", lambda days: paid(days) * (1 + 1e-5 * (days > 0)))
        wrong = sc.simulate(chain[0].assumptions)
        assert wrong.checks["invoices_are_all_paid"] > wrong.tolerance


def test_in_another_unit_of_money_it_is_the_same_story(machine, data, chain):
    yuan = dict.fromkeys(("wrong_yes_million", "wrong_no_million"), "of a loan of one million")
    yuan |= dict.fromkeys(("pd_low", "pd_high"), "of a loan of one million")
    assert_scales(au, *machine, yuan)
    assert_scales(inf, *data, {})
    assert_scales(sc, *chain, {})

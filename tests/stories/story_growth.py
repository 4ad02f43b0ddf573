"""What the pages of the growth case claim, asserted on computed results."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from casebook import timevalue
from casebook.cases import growth as g
from casebook.cases.growth.record import MILESTONE, NONE, PRO_RATA
from casebook.distributions import norm_ppf

from .money import assert_scales

#: Numbers in words of a rule, of the contract, or of the story itself: no model gives them.
TOLD = (
    "two years", "twelve months", "thirty days", "five per cent", "six per cent", "three points",
    "forty per cent", "three months", "one day", "one deal", "ten working days",
)  # fmt: skip
PAGES = Path(__file__).parents[2] / "book" / "cases"


@pytest.fixture(scope="module")
def base():
    return g.simulate(g.assumptions())


@pytest.fixture(scope="module")
def findings(base):
    return g.findings(base)


@pytest.fixture(scope="module")
def many(base):
    return g.simulate(base.assumptions, g.sample(base.assumptions, 200_000, seed=31))


class TestGrowth:
    # ------------------------------------------------------------------ must show

    def test_a_the_median_loses_and_the_mean_makes_money(self, base, many):
        m = base.metrics
        assert m["median_multiple"] < 1 and 1.8 <= m["mean_multiple"] <= 2.6
        first = many.metrics["path_first_multiple"]
        assert np.median(first) == pytest.approx(m["median_multiple"], abs=1e-6)
        error = first.std() / np.sqrt(len(first))
        assert abs(first.mean() - m["mean_multiple"]) < 4 * error + 0.02
        # nor is the mean an artefact of the sum: a stated multiple of the fund's fees
        assert m["fund_mean"] > 1 > 0.5 > m["median_multiple"]

    def test_b_buckets_lie_within_a_point_and_a_half_of_the_published(self, base, findings, many):
        for name, published in g.record.PUBLISHED.items():
            assert abs(base.metrics[name] - published) < 0.015, name
            assert findings[f"{name}_distance"] < 0.01, "the text says less than a point"
        first = many.metrics["path_first_multiple"]
        simulated = {"loss_share": first < 1, "five_share": first >= 5, "ten_share": first >= 10}
        for name, where in simulated.items():
            assert abs(where.mean() - g.record.PUBLISHED[name]) < 0.015, name

    def test_b_graduation_lies_between_the_named_editions(self, base):
        m = base.metrics
        assert g.record.CB_INSIGHTS_2017 < m["reach_a"] < g.record.CARTA_2018[0]
        carta = np.cumprod(g.record.CARTA_2018)
        assert abs(m["reach_b"] - carta[1]) < 0.03 and abs(m["reach_c"] - carta[2]) < 0.03

    def test_c_a_plain_loan_must_carry_more_than_24_percent(self, base, findings):
        m, a = base.metrics, base.assumptions
        assert m["break_even_plain"] > findings["limit"] == 0.24
        assert findings["private_ceiling"] == 4 * a.lpr  # "four times": article 25
        assert m["break_even_plain"] > 2 * findings["private_ceiling"]
        plain = g.simulate(a.replace(loan_form="plain"))
        assert plain.metrics["break_even_plain"] == pytest.approx(m["break_even_plain"], abs=1e-12)
        # at that rate the bank's own statement ends at zero, at the asked rate it does not
        zero = g.simulate(a.replace(loan_form="plain", loan_rate=m["break_even_plain"]))
        assert abs(zero.lines["economic_profit_line"].sum()) < 1e-12
        assert plain.metrics["economic_profit"] < m["economic_profit"] < 0
        # the loss alone is more than the private ceiling and more than half of the rate
        stack = g.loan_price(base)
        assert stack["plain"]["expected_loss"] > findings["private_ceiling"]
        assert stack["plain"]["expected_loss"] > stack["plain"]["total"] / 2
        assert stack["linked"]["total"] < stack["plain"]["total"] / 2

    def test_c_the_parts_of_a_break_even_rate_are_the_whole(self, base):
        a = base.assumptions
        for case in (base, g.simulate(a.replace(ftp=2 * a.ftp, arrangement_fee=0.0))):
            for parts in g.loan_price(case).values():
                whole = parts["total"]
                assert sum(parts.values()) - whole == pytest.approx(whole, rel=1e-9)

    def test_c_the_partner_and_not_the_bank_holds_the_warrant(self, base, findings):
        a = base.assumptions
        assert base.lines["partner_shares"].max() > 0
        plain = g.simulate(a.replace(loan_form="plain"))
        assert plain.lines["partner_shares"].max() == 0
        # the bank's income is interest and fees: no line of its statement knows the warrant
        income = base.lines["interest_income"] + base.lines["fee_income"]
        other = g.simulate(a.replace(coverage=0.5))
        again = other.lines["interest_income"] + other.lines["fee_income"]
        np.testing.assert_allclose(income, again, atol=1e-12)
        assert 0.5 < base.metrics["cover"] < 1
        assert a.loan_rate < base.metrics["break_even_linked"]

    def test_c_where_the_answer_of_the_bank_turns(self, base, findings):
        a, f = base.assumptions, findings
        # from this warrant on the promise is whole; at the rate offered it is still not enough
        whole = g.simulate(a.replace(coverage=f["coverage_whole"] + 1e-4)).metrics
        assert whole["cover"] == pytest.approx(1, abs=1e-3) and a.coverage < f["coverage_whole"]
        assert whole["break_even_linked"] == pytest.approx(f["rate_whole"], abs=1e-4)
        assert a.loan_rate < f["rate_whole"] < base.metrics["break_even_linked"]
        assert np.isnan(g.cover_curve(base, (0.0,))["needed"])
        # only a partner that pays nearly all makes the rate offered enough
        assert a.partner_pays < f["promise_needed"] < 1
        kept = a.replace(coverage=f["coverage_if_kept"], partner_pays=1.0)
        kept = g.simulate(kept).metrics
        assert kept["break_even_linked"] == pytest.approx(a.loan_rate, abs=1e-4)
        # what assets bring takes the plain loan across the courts' line; the base is near it
        at = g.simulate(a.replace(salvage=f["salvage_limit"])).metrics["break_even_plain"]
        assert at == pytest.approx(f["limit"], abs=1e-4)
        assert a.salvage < f["salvage_limit"] < a.salvage + 0.03

    def test_c_the_loss_comes_from_the_estate_and_the_promise_brings_no_capital(self, base, many):
        a, m = base.assumptions, base.metrics
        assert 0.9 < m["lgd"] < 1  # "more than nine parts in ten"
        assert m["risk_weight"] == a.sme_weight < a.guarantor_weight
        # the share of owed principal that simulated failures lose, and what they cost
        lost = many.metrics["loan_loss"]
        balance = np.where(many.metrics["default"], a.loan, 0.0)
        assert a.quarters_seed == a.loan_grace + 1  # so that all of it is owed at both failures
        assert lost.sum() / balance.sum() == pytest.approx(m["lgd"], abs=0.003)
        own = g.simulate(a.replace(approach="irb", loan_form="plain"))
        assert own.metrics["risk_weight"] > 3 and own.metrics["break_even_plain"] > 0.24
        # without the estate, at the old order of claims, nothing comes first: wages do
        early = g.simulate(a.replace(path="early"))
        assert early.metrics["loan_loss"] == a.loan  # the first claims take all of it

    def test_chances_of_further_rounds_are_exact(self, base):
        x = np.linspace(-9, 9, 40_001)
        density = np.exp(-(x**2) / 2)
        density /= density.sum()
        a, reached = base.assumptions, 1.0
        for k, share in enumerate(a.graduation):
            odds = share / (1 - share) * (np.exp(a.momentum * x) if k else np.ones(len(x)))
            reached *= float((density * odds / (1 + odds)).sum())
        assert base.metrics["reach_c"] == pytest.approx(reached, abs=1e-8)

    def test_d_staging_at_equal_committed_money(self, base, findings):
        a = base.assumptions
        f = findings
        # dearer in gain, cheaper in loss; money spent tells another story than money committed
        assert f["per_committed_all_now"] > f["per_committed_staged"]
        assert f["per_committed_staged"] > f["per_committed_milestone"]
        # "falls by more than a quarter"
        assert f["expected_loss_staged"] < 0.75 * f["expected_loss_all_now"]
        assert f["expected_loss_staged"] > f["expected_loss_milestone"]
        assert abs(f["per_spent_milestone"] - f["per_spent_all_now"]) < 0.05
        # preferences of equal rank: all classes get their money back, or none does
        losses = [f[f"loss_probability_{k}"] for k in ("all_now", "staged", "milestone")]
        assert max(losses) - min(losses) < 1e-9
        funds = [f[f"fund_loss_{k}"] for k in ("all_now", "staged", "milestone")]
        assert funds == sorted(funds)
        # the step-up at which staging stops paying, either way below the base case
        assert 1 < f["staging_stops"] < f["staging_stops_spent"] < a.step_up_a
        for name, stop in (
            ("per_committed", "staging_stops"),
            ("per_spent", "staging_stops_spent"),
        ):
            at = getattr(g.stages.staged(a.replace(step_up_a=f[stop])), name)
            assert at[0] == pytest.approx(at[1], abs=1e-6)
            below = getattr(g.stages.staged(a.replace(step_up_a=f[stop] - 0.05)), name)
            assert below[1] > below[0]

    def test_d_staging_agrees_with_a_simulation(self, base, findings):
        """The same three ways, counted over simulated companies."""
        a = base.assumptions
        d = g.sample(a, 200_000, seed=5)
        normal = {k: np.asarray(norm_ppf(np.clip(u, 1e-16, None))) for k, u in d.items()}
        many = g.simulate(a, d, keep=())
        stage, end = many.metrics["rounds_raised"], many.metrics["path_end"]
        failed = many.events["failed"] >= 0
        paths = g.Paths(
            stage, failed, end == a.tranche_quarter,
            [normal[f"progress_{k}"] for k in "abc"], [normal[f"market_{k}"] for k in "abc"],
            normal["exit"],
        )  # fmt: skip
        c = g.rounds.develop(a, paths)
        v = g.rounds.invest(a, c)
        kept = a.reserve / (1 + a.reserve)
        for share, where, key in (
            (0.0, 0, "all_now"), (kept, stage > 0, "staged"),
            (kept, (stage > 0) & c.met[0], "milestone"),
        ):  # fmt: skip
            seed = (v.first_proceeds[0] - c.first_paid) / a.cheque
            later = (c.paid[3] / a.raise_a - 1) * where
            gain = (1 - share) * seed + share * later
            error = gain.std() / np.sqrt(len(gain))
            assert abs(1 + gain.mean() - findings[f"per_committed_{key}"]) < 4 * error + 0.02
            loss = np.maximum(-gain, 0)
            assert abs(loss.mean() - findings[f"expected_loss_{key}"]) < 0.005

    # ------------------------------------------------------------------ words of the page

    def test_numbers_the_text_puts_in_words(self, base, findings):
        a, m, f = base.assumptions, base.metrics, findings
        assert len(g.endings.ENDINGS) == 9  # "nine ways to end"
        assert a.reserve == 1  # "as much money back as she pays now", "half now and half at A"
        assert a.fund_size == 20 and a.deployment == 12  # "twenty deals", "for three years"
        assert 1.5 < a.fund_size / a.deployment < 2  # "nearly two deals a quarter"
        assert m["top_value"] > 0.5  # "more than half"
        assert 0.5 < f["founders_after_seed"] < 0.6  # "a little over half"
        assert m["founders_at_exit"] < 0.25  # "less than a quarter"
        assert a.pre_money > f["highest_pre_money"] > 0.7 * a.pre_money
        assert m["expected_irr"] < a.partner_return
        at = g.simulate(a.replace(pre_money=f["highest_pre_money"])).metrics["expected_irr"]
        assert at == pytest.approx(a.partner_return, abs=1e-3)
        assert f["fund_loss_sixty"] < 0.2 < 0.5 < f["fund_loss_five"]
        # "in its fourth year", "in its ninth"
        assert 12 < f["deepest_quarter"] <= 16 and 32 < f["back_quarter"] <= 36
        j = g.j_curve(base)
        assert j["middle"][-1] < j["expected"][-1]
        # "principal falls due from the quarter in which round A should close"
        assert a.loan_grace + 1 == a.quarters_seed
        assert base.lines["loan_balance"][a.loan_grace] == a.loan
        assert base.lines["loan_balance"][a.loan_grace + 1] < a.loan
        # "by two fifths": the founders' price is then paid for
        earned = [
            g.simulate(a.replace(graduation_odds=x)).metrics["expected_irr"] for x in (4 / 3, 1.4)
        ]
        assert earned[0] < a.partner_return < earned[1]
        widest = g.tornado(base)
        assert widest[0][0] == "graduation_odds"
        assert f["first_converts_at"] > f["preferences_after_c"]
        assert 0.2 < a.raise_a / (a.raise_a + 1.8 * f["post_money"]) < 0.25  # "about a fifth"
        assert m["default_probability"] > 1 / 3  # "more than one in three"

    def test_numbers_that_are_told_stand_on_the_pages(self):
        text = "".join((PAGES / f"growth{k}.md").read_text("utf-8") for k in ("", "_analysis"))
        assert not [words for words in TOLD if words not in text.lower().replace("\n", " ")]

    def test_what_the_checks_change(self, base, findings):
        def span(check, what):
            low, high = (findings[f"dd_{check}_{k}_{what}"] for k in ("bad", "good"))
            return abs(high - low)

        checks = ("market", "team", "technology")
        # the fund's first check is the market, the bank's the technology, then the patents
        assert sorted(checks, key=lambda k: -span(k, "irr"))[0] == "market"
        assert sorted(checks, key=lambda k: span(k, "irr"))[0] == "team"
        assert sorted(checks, key=lambda k: -span(k, "rate")) == ["technology", "team", "market"]
        m = base.metrics
        for k in checks:
            assert (
                findings[f"dd_{k}_bad_rate"]
                > m["break_even_linked"]
                > findings[f"dd_{k}_good_rate"]
            )
            assert findings[f"dd_{k}_bad_irr"] < m["expected_irr"] < findings[f"dd_{k}_good_irr"]
            assert findings[f"dd_{k}_bad_default"] > m["default_probability"]

    def test_pledge_fund_and_partner(self, base, findings):
        a, m, f = base.assumptions, base.metrics, findings
        assert f["pledge_lgd"] < m["lgd"] and f["pledge_linked"] < m["break_even_linked"]
        assert f["pledge_linked"] > a.loan_rate and f["public_rate"] > a.loan_rate
        assert m["default_probability"] > 5 * 0.05  # the guarantors' share of calls: a twentieth
        assert f["irb_weight"] > 3 and f["irb_weight_linked"] < f["irb_weight"]
        assert f["ten_promised"] < f["ten_lost"] and f["ten_warrants"] < f["ten_promised"]
        assert 0 < f["tranche_saved"] < f["tranche_later"] < 0.12 * a.cheque
        assert 1.6 < f["price_rise"] < f["base_step_up"]

    def test_the_missing_covenant(self, base):
        """Cash at least the loan, runway at least the cushion: kept on the plan, broken in time."""
        a = base.assumptions
        for story, notice in (("plan", None), ("fails", 1), ("early", 0)):
            r = g.simulate(a.replace(path=story))
            end = int(r.metrics["path_end"])
            cash, owed, runway = (r.lines[k][:end] for k in ("closing", "loan_balance", "runway"))
            broken = np.flatnonzero((cash < owed) | (runway < a.cushion))
            if notice is None:
                assert not broken.size
            else:  # quarters between the end that first breaks it and the failure
                assert (end - broken[0] if broken.size else 0) >= notice
        f = g.failure(a)
        assert f["late_last_covered"] == 5 and f["late_cash_then"] > a.loan > f["late_cash_before"]

    def test_epilogue(self, base, findings):
        a = base.assumptions.realised()
        e = g.simulate(a)
        f = g.failure(a)
        assert max(e.checks.values()) <= e.tolerance
        assert e.metrics["path_end"] == 7 == a.quarters_seed  # "seven quarters"
        assert e.metrics["path_proceeds"] == 0 and e.metrics["path_spent"] > a.cheque
        # the loan as signed: a whole promise, a return above the hurdle, on that day
        assert findings["signed_cover"] == 1 and findings["signed_profit"] > 0
        assert findings["signed_raroc"] > a.hurdle
        assert findings["signed_break_even"] < a.loan_rate
        assert abs(findings["signed_irr"] - a.partner_return) < 0.005
        # who got what
        assert f["late_bank"] + f["late_first_claims"] + f["late_suppliers"] == pytest.approx(
            f["late_estate"]
        )
        assert f["late_promised"] == pytest.approx(f["late_lost"])
        assert f["late_bank_loss"] == pytest.approx(f["late_lost"] - f["late_partner"])
        assert f["late_lost"] == pytest.approx(2 * f["late_bank_loss"])  # "twice as large"
        assert f["late_spending"] > 1.3 * f["planned_spending"]
        assert f["late_profit"] < 0 and 0.1 < f["late_chance"] < 0.2

    def test_policies(self, base, findings):
        sides = [base.alternative(p).metrics for p in g.record.POLICIES]
        spent = [s["multiple_spent"] for s in sides]
        committed = [s["multiple_committed"] for s in sides]
        assert committed[PRO_RATA] > committed[MILESTONE] > committed[NONE]
        assert spent[MILESTONE] > spent[PRO_RATA] and spent[NONE] > spent[PRO_RATA]
        assert sides[MILESTONE]["expected_irr"] > sides[PRO_RATA]["expected_irr"]
        assert 1 < findings["follow_pro_rata"] < findings["follow_milestone"]
        a = base.assumptions
        edge = []
        for momentum in (0.3, a.momentum, 1.2):  # "the more a good year says of the next one"
            f = g.follow_on_multiples(g.simulate(a.replace(momentum=momentum)))
            edge.append(f["milestone"] - f["pro_rata"])
        assert edge == sorted(edge)
        funds = [s["fund_loss_probability"] for s in sides]
        assert funds[PRO_RATA] < funds[NONE]

    def test_service_pays_if_it_does_anything(self, base, findings):
        a = base.assumptions
        assert findings["service_gain"] > 0
        assert a.service_odds == 1.25  # "by a quarter"
        assert a.service_odds - 1 > 4 * (findings["service_odds_needed"] - 1)  # "four times"

    def test_sum_over_endings_agrees_with_monte_carlo(self, base, many):
        m = base.metrics
        for policy in g.record.POLICIES:
            gain = many.alternative(policy).metrics["path_gain"]
            expected = base.alternative(policy).metrics["expected_gain"]
            assert abs(gain.mean() - expected) < 4 * gain.std() / np.sqrt(len(gain)) + 0.2
            lost = (gain < -1e-9).mean()
            assert lost == pytest.approx(m["loss_probability"], abs=0.006)
        assert many.metrics["default"].mean() == pytest.approx(m["default_probability"], abs=0.005)
        for j, k in enumerate("abc", 1):
            share = (many.metrics["rounds_raised"] >= j).mean()
            assert share == pytest.approx(m[f"reach_{k}"], abs=0.006)

    def test_fund_agrees_with_simulated_funds(self, base):
        a = base.assumptions
        n, funds = a.fund_size, 4000
        many = g.simulate(a, g.sample(a, n * funds, seed=77))
        gain = many.metrics["path_gain"].reshape(funds, n).mean(axis=1)
        multiple = 1 + gain / (a.cheque * (1 + a.reserve)) - a.management_fee * 10
        share = (multiple < 1).mean()
        assert share == pytest.approx(base.metrics["fund_loss_probability"], abs=0.025)
        assert np.median(multiple) == pytest.approx(base.metrics["fund_median"], abs=0.06)

    def test_irr_is_that_of_the_flows(self, base):
        flows = base.lines["investor_flow"]
        yearly = timevalue.effective_annual_rate(4 * timevalue.irr(flows), 4)
        assert yearly == pytest.approx(base.metrics["path_irr"], abs=1e-9)

    # ------------------------------------------------------------------ shares and exits

    def test_shares_are_whole_and_stakes_add_up(self, base):
        names = [f"{k}_shares" for k in g.record.HOLDERS]
        for name in names:
            line = base.lines[name]
            assert (line == np.round(line)).all(), name
        total = sum(base.lines[k] for k in names)
        np.testing.assert_array_equal(total, base.lines["all_shares"])
        np.testing.assert_allclose(g.cap_table(base)["stake"].sum(axis=0), 1.0, atol=1e-12)

    def test_what_the_page_says_of_the_stakes(self, base, findings):
        a, m = base.assumptions, base.metrics
        # "a little less than her part of the money, because a warrant comes with the loan"
        part = a.cheque / (a.pre_money + a.cheque + a.others)
        assert part - 0.005 < m["stake_after_seed"] < part - 0.001
        bare = g.simulate(a.replace(coverage=0.0)).metrics["stake_after_seed"]
        assert bare == pytest.approx(part, abs=1e-6)
        # "the amount divided by the cap", together
        caps = a.safe_first / a.safe_cap_first + a.safe_second / a.safe_cap_second
        assert findings["angels_stake"] == pytest.approx(caps)
        # "the lower panel, where waiting costs less"
        lost = {
            per: 1 - findings[f"per_{per}_staged"] / findings[f"per_{per}_all_now"]
            for per in ("committed", "spent")
        }
        assert 0 < lost["spent"] < lost["committed"]
        # three numbers for *all now*, each named on the page
        assert (
            m["mean_multiple"] < findings["per_committed_all_now"] < findings["per_spent_all_now"]
        )

    def test_more_for_the_company_is_never_less_for_a_holder(self, base):
        d = g.exits(base, np.linspace(1.0, 3000.0, 500))
        for name in ("founders", "first", "last"):
            assert (np.diff(d[name]) >= -1e-9).all(), name

    # ------------------------------------------------------------------ the checks check

    @pytest.mark.parametrize(
        ("field", "check"),
        [("paid", "exit_is_paid_out"), ("shares", "every_share_has_a_holder"),
         ("issued", "money_buys_whole_shares"), ("post", "pre_money_is_price_times_shares"),
         ("preferences", "every_yuan_was_paid_by_a_holder")],
    )  # fmt: skip
    def test_a_check_fails_when_its_number_is_wrong(self, base, field, check, monkeypatch):
        develop = g.rounds.develop

        def bent(*args):
            c = develop(*args)
            values = list(getattr(c, field))
            values[-1] = values[-1] * (1 + 1e-5)
            return replace(c, **{field: values})

        monkeypatch.setattr(g.rounds, "develop", bent)
        wrong = g.simulate(base.assumptions)
        assert wrong.checks[check] > wrong.tolerance

    def test_regret_is_found(self, base):
        """A class that takes its preference although conversion pays more is seen."""
        _, c, _ = g.run.told(base.assumptions, "plan")
        paid = [np.minimum(p, q) for p, q in zip(c.paid, c.preferences, strict=True)]
        assert g.checks.regret(replace(c, paid=paid)).max() > 1
        assert np.abs(g.checks.regret(c)).max() < 1e-9

    @pytest.mark.parametrize(
        ("name", "check"),
        [("closing", "client_cash_rolls"), ("spending", "statement_foots"),
         ("opening", "quarters_join"), ("proceeds", "investor_statement_foots"),
         ("investor_flow", "investor_flow_is_gain"), ("loan_service", "loan_repays"),
         ("economic_profit_line", "profit_foots")],
    )  # fmt: skip
    def test_a_line_check_fails_when_its_line_is_wrong(self, base, name, check, monkeypatch):
        quarters, lender = g.statements.quarters, g.lender.lender_lines

        def bend(lines):
            if name in lines:
                lines[name] = lines[name] + 1e-4
            return lines

        monkeypatch.setattr(g.statements, "quarters", lambda *a: bend(quarters(*a)))
        monkeypatch.setattr(g.lender, "lender_lines", lambda *a: bend(lender(*a)))
        wrong = g.simulate(base.assumptions)
        assert wrong.checks[check] > wrong.tolerance

    @pytest.mark.parametrize("path", sorted(g.run.STORIES))
    @pytest.mark.parametrize("policy", g.record.POLICIES)
    def test_every_story_holds_together(self, base, path, policy):
        r = g.simulate(base.assumptions.replace(path=path, policy=policy, service="on"))
        assert max(r.checks.values()) <= r.tolerance
        ended = [e.name for e in r.events if e.name in ("sold", "failed")]
        assert len(ended) == 1
        assert r.metrics["path_gain"] == pytest.approx(r.lines["investor_flow"].sum())
        if policy == "none":
            assert r.lines["follow_on"].any() == 0
        assert g.record.POLICIES.index("none") == NONE


def test_in_another_unit_of_money_it_is_the_same_story(base, findings):
    apart = {"signed_irr": "of the round as it was signed, in its own amounts"}
    assert_scales(g, base, findings, apart)

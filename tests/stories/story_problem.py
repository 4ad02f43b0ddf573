"""What the pages of the problem case claim, asserted on computed results."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest

from casebook import credit, profitability, workout
from casebook.cases import problem as p
from casebook.cases.problem.record import FAILED, LIQUIDATE, NOTHING, PLAN

from .money import assert_scales


@pytest.fixture(scope="module")
def base():
    return p.simulate(p.assumptions())


@pytest.fixture(scope="module")
def findings(base):
    return p.findings(base)


def way(result, name):
    return result.alternative(name).metrics


class TestProblem:
    def test_a_the_rule_fires_in_time_on_the_base_path(self, base):
        """Must show (a): three months or more before the first missed payment."""
        seen = p.watch(base)
        assert seen["missed"] == way(base, "do_nothing")["first_missed"] > 0
        assert seen["lead"]["rule"] >= 3
        assert seen["known"]["rule"] == base.metrics["warning"]
        assert base.metrics["warning_lead"] == seen["lead"]["rule"]
        # "after the fall has begun, and before the decision"
        a = base.assumptions
        assert a.shock_start < seen["known"]["rule"] < a.decision_month

    def test_a_the_rule_is_silent_on_quiet_paths(self, base):
        """Must show (a): at most 5% of 1,000 unshocked paths, whatever the seed."""
        for seed in (20260401, 1, 2):
            shares = p.quiet(base.assumptions, 1000, seed)
            assert shares["rule"] <= 0.05
            assert shares["missed"] < 0.02
        # single signals do fire there, so the silence is the rule's and not the noise's
        assert shares["dscr"] > 0.2 and shares["quick"] > 0.05
        loose = base.assumptions.replace(signals_needed=1, months_needed=1)
        assert p.quiet(loose)["rule"] > 0.3

    def test_a_every_signal_reports_its_lead_also_those_that_failed(self, base, findings):
        leads = {k: findings[f"lead_{k}"] for k in p.SIGNALS}
        assert np.isnan(leads["z"]) and findings["known_z"] == -1  # never, before or after
        # "lies between the cut-offs of its form, in the grey": Z', for private manufacturers
        low, high = credit.ALTMAN_CUTS["z1"]
        assert base.assumptions.score == "z1"
        assert low < findings["lowest_z"] < high
        assert leads["use"] <= 0  # "the line is full when it is too late"
        # "collection days and debt service cover are the first"
        assert leads["dso"] == leads["dscr"] == np.nanmax(list(leads.values()))
        assert 0 < leads["quick"] < 3 and 0 < leads["cover"] < 3
        assert leads["dio"] >= 3

    def test_a_the_score_is_read_against_the_cuts_of_its_own_form(self, base):
        a = base.assumptions
        assert (a.z1_low, a.z_low) == tuple(credit.ALTMAN_CUTS[k][0] for k in ("z1", "z2"))
        # the client book holds Z", and is read against its cut-off unless another form is named
        values = {k: np.full(1, np.nan) for k in p.SIGNALS} | {"z": np.full(1, 1.2)}
        assert not p.beyond(values, a)["z"] and p.beyond(values, a, "z1")["z"]
        other = p.watch(p.simulate(a.replace(score="z2")))
        assert other["known"]["z"] == -1 and np.nanmin(other["values"]["z"][1:]) > 2.6

    def test_b_doing_nothing_defaults(self, base):
        nothing = base.alternative("do_nothing")
        assert nothing.metrics["default"]
        assert nothing.lines["days_past_due"].max() > 90
        assert nothing.metrics["worst_class"] == 5
        assert nothing.metrics["loss_taken"] > 0

    def test_c_the_plan_repays_and_never_misses(self, base):
        plan = base.alternative("restructure")
        assert plan.metrics["new_missed"] == -1 and plan.metrics["stop_month"] == -1
        assert plan.lines["exposure"][-1] == pytest.approx(0, abs=1e-9)
        assert plan.metrics["loss_taken"] == 0
        a = base.assumptions
        end = a.decision_month + a.grace + a.instalments
        assert plan.lines["term_debt"][end] == pytest.approx(0, abs=1e-9)

    def test_d_the_order_of_the_ways_and_the_break_even_chance(self, base):
        value = {k: way(base, k)["value"] for k in p.record.WAYS}
        assert value["restructure"] > value["liquidate"] > value["failed"]
        assert value["liquidate"] > value["do_nothing"]
        m = base.metrics
        assert 0 < m["break_even_chance"] < m["chance"]
        assert m["expected_value"] > value["liquidate"]

    def test_d_a_true_dilemma(self, base, findings):
        """Within ten points of the desk's chance, and a step of one slider leads to either side."""
        a, m = base.assumptions, base.metrics
        assert m["chance"] - 0.10 < m["break_even_chance"] < m["chance"]
        assert m["needed"] == "43.1%"
        for name, found, span in (
            ("forced_sale", "flip_forced_sale", 0.1),
            ("receivables_recovery", "flip_receivables_recovery", 0.1),
            ("stock_recovery", "flip_stock_recovery", 0.1),
            ("haircut", "flip_haircut", 0.05),
            ("rate_cut", "flip_rate_cut", 0.02),
            ("collateral", "flip_collateral", 8.0),
        ):
            at, now = findings[found], getattr(a, name)
            assert now < at < now + span, name
            for move, ahead in ((0.99, True), (1.01, False)):
                r = p.simulate(a.replace(**{name: at * move}))
                assert (r.metrics["advantage"] > 0) == ahead, name
        assert p.simulate(a.replace(success_chance=0.4)).metrics["advantage"] < 0
        # "after four months liquidation is ahead"
        assert findings["flip_wait"] == 4

    def test_d_the_review_decides_more_than_the_price(self, base, findings):
        a = base.assumptions
        assert findings["review_month"] == a.measure_months == 9
        assert findings["review_gain"] > 4 * findings["price_gain"] > 0
        assert findings["review_needed"] < base.metrics["break_even_chance"] - 0.15
        assert 0.2 < findings["review_error"] < 0.4
        # "no price of a forced sale, up to the whole appraisal, makes liquidation the better way"
        early = a.replace(stop_months=9)
        for price in (0.7, 0.8, 0.9, 1.0):
            assert p.simulate(early.replace(forced_sale=price)).metrics["advantage"] > 0
        # "the value hardly falls, after it by about a million a month", until a payment is missed
        wire = p.tripwire(base)
        value = dict(zip(wire["months"].tolist(), wire["value"], strict=True))
        assert findings["review_latest"] == 13
        assert max(value[k] for k in range(3, 14)) - min(value[k] for k in range(3, 14)) < 0.6
        assert all(0.7 < value[k] - value[k + 1] < 1.3 for k in range(13, 17))
        assert value[17] == value[24]

    def test_outside_zero_and_one_the_chance_is_told_in_words(self, base):
        """No raw number: always, never, or only if it fails; and a tie is called a tie."""
        a, words = base.assumptions, base.assumptions.spec.words["needed"]
        cases = {
            "always": a.replace(shock_depth=0.15),
            "never": a.replace(shock_depth=0.5),
        }
        for key, b in cases.items():
            r = p.simulate(b)
            assert p.run.verdict(r) == key
            assert np.isnan(r.metrics["break_even_chance"])
            assert dict(r.key_numbers())["Chance that the plan needs"] == words[key]
            assert p.figure(r, "chance").svg()
        assert p.run.verdict(p.simulate(a.replace(sales=60.0))) in ("always", "never")
        tie = a.replace(success_chance=base.metrics["break_even_chance"])
        assert abs(p.simulate(tie).metrics["advantage"]) < 0.05
        said = p.figure(p.simulate(tie)).message
        assert "worth what liquidation is" in said and "0.0 million" not in said

    def test_a_deeper_shock_does_not_cure_the_firm(self, base):
        """The strain grows with the orders lost: the loss of doing nothing rises with the depth."""
        a = base.assumptions

        def lost(**moved):
            return way(p.simulate(a.replace(**moved)), "do_nothing")["total_loss"]

        by_depth = [lost(shock_depth=x) for x in np.arange(0, 0.61, 0.05)]
        assert (np.diff(by_depth) > -1e-9).all()
        assert (np.diff([lost(shock_length=k) for k in range(3, 25, 3)]) > -1e-9).all()
        # "a fall of a fifth costs it nothing": it earns its surcharges and fees
        assert -0.5 < by_depth[4] < 0 < by_depth[6] < by_depth[9]
        first = [way(p.simulate(a.replace(shock_depth=x)), "do_nothing")["first_missed"]
                 for x in (0.3, 0.35, 0.4, 0.45, 0.6)]  # fmt: skip
        assert first == sorted(first, reverse=True) and min(first) > 0
        # of the base case the strain is one, whatever happens to the others
        assert p.firm.tension(a, np.array([a.strain_depth])) == pytest.approx(1)

    def test_what_came(self, base):
        """The epilogue: the plan failed, late; the review would have kept some of it."""
        came = p.simulate(base.assumptions.realised())
        assert came.chosen == "failed"
        v = came.metrics
        assert (v["new_missed"], v["stop_month"]) == (31, 34)
        early = p.simulate(came.assumptions.replace(stop_months=9)).metrics["value"]
        assert v["value"] < way(base, "failed")["value"] < early
        assert early < way(came, "liquidate")["value"]
        assert way(base, "do_nothing")["value"] > v["value"]

    def test_answers_to_the_questions(self, base, findings):
        a = base.assumptions
        assert findings["haircut_class"] == 3 and findings["strict_class"] == 3
        assert findings["haircut_cost"] > 0.8 * 0.1 * base.metrics["owed"]
        assert abs(findings["haircut_cash"]) < 0.1  # "no more cash than without it"
        assert findings["strict_allowance"] > 2 * way(base, "restructure")["peak_allowance"]
        # the strict reader changes no cash
        least = a.spec.assumptions["impairment_threshold"].low
        strict = p.simulate(a.replace(impairment_threshold=least))
        assert (strict.all_metrics["value"] == base.all_metrics["value"]).all()

    def test_overdue_interest_bears_the_contract_rate_and_the_surcharge(self, base):
        """What is unpaid bears more than what is paid; without a surcharge, the contract rate."""
        a = base.assumptions
        for penalty in (0.0, 0.4):
            line = p.simulate(a.replace(penalty=penalty)).alternative("do_nothing").lines
            month = 18  # three payments missed: term debt above plan, interest owed
            owed = line["term_debt"] + line["line_debt"] + line["interest_owed"]
            interest = line["interest_income"][month]
            least = a.rate / 12 * owed[month - 1]
            assert interest > least if penalty else interest == pytest.approx(least)

    def test_capital_by_the_standard_weights(self, base):
        """Performing at its weight, gross; in default net of the allowance."""
        a, r = base.assumptions, base.alternative("do_nothing")
        charge = -r.lines["capital_charge"] / a.hurdle * 12 / a.capital_ratio
        owed, held = r.lines["exposure"], r.lines["allowance"]
        assert charge[5] == pytest.approx(a.standard_weight * owed[4])
        bad = int(np.argmax(r.lines["loan_class"] > 2)) + 1
        weight = (
            a.default_weight_provided if held[bad - 1] >= 0.2 * owed[bad - 1] else a.default_weight
        )
        assert charge[bad] == pytest.approx(weight * (owed[bad - 1] - held[bad - 1]))
        own = p.simulate(a.replace(approach="irb")).alternative("do_nothing")
        assert own.lines["capital_charge"][bad] == pytest.approx(0)
        assert (own.all_metrics["value"] == base.all_metrics["value"]).all()

    def test_d_expected_value_agrees_with_monte_carlo(self, base):
        """Without noise in the market only the managers are uncertain: the mean is the formula."""
        quiet = dict.fromkeys(("sales_noise", "dso_noise", "depth_spread", "length_spread"), 0.0)
        a = base.assumptions.replace(**quiet)
        n = 4000
        many = p.simulate(a, p.sample(a, n, seed=9)).metrics["plan_value"]
        error = many.std() / np.sqrt(n)
        assert abs(many.mean() - p.simulate(a).metrics["expected_value"]) < 4 * error
        assert set(np.unique(many.round(9))) == {
            round(way(base, "restructure")["value"], 9),
            round(way(base, "failed")["value"], 9),
        }

    def test_e_waiting_costs_and_its_parts_are_named(self, base):
        wait = p.waiting(base)
        assert wait["cost"] > 0 and wait["cost_liquidate"] > 0
        assert sum(wait["parts"].values()) == pytest.approx(wait["cost"], abs=1e-9)
        assert all(wait["parts"][k] > 0 for k in p.questions.DECAYS)
        assert (np.diff(wait["plan"]) < 0).all() and (np.diff(wait["liquidate"]) < 0).all()
        # the chance of success, then attachments, then plant and stock, then supplier credit
        ranked = sorted(p.questions.DECAYS, key=lambda k: -wait["parts"][k])
        assert ranked == [
            "chance_decay", "attachment", "collateral_decay", "stock_decay", "terms_lost"
        ]  # fmt: skip
        assert abs(wait["parts"]["time"]) < 0.1 * wait["cost"]

    def test_a_month_more_and_the_loan_is_non_performing(self, base, findings):
        assert findings["days_at_decision"] == 61  # "one month alone has another price"
        assert way(base, "restructure")["worst_class"] == 2
        assert findings["late_class"] == 3
        assert findings["late_provision"] > 5 * way(base, "restructure")["peak_by_class"]

    def test_three_statements_balance_in_every_month_way_and_scenario(self, base):
        a = base.assumptions
        keep = (*p.statements.ASSETS, *p.statements.FUNDS, "opening", "closing")
        many = p.simulate(a, p.sample(a, 40, seed=5), keep=keep)
        for result in (base, many):
            for name in p.record.WAYS:
                line = result.alternative(name).lines
                gap = sum(line[k] for k in p.statements.ASSETS) - sum(
                    line[k] for k in p.statements.FUNDS
                )
                assert np.abs(gap).max() <= 1e-9 * max(1, result.largest_balance)
                assert np.abs(line["closing"] - line["cash_held"]).max() == 0
                assert np.abs(line["opening"][1:] - line["closing"][:-1]).max() == 0
                assert line["closing"].min() > -1e-9

    def test_three_measures_of_the_same_receivables(self, base):
        days, a = p.days_of_sales(base), base.assumptions
        before, falling = a.shock_start - 1, a.shock_start + a.fall_months - 1
        for name in ("back", "year", "month"):
            assert days[name][before] == pytest.approx(a.dso)
        # "the month's sales shout, the year's whisper": one jumps, one lags
        assert days["month"][falling] > days["back"][falling] + 5
        assert days["year"][falling] < days["back"][falling] - 5

    def test_what_the_line_decides(self, base, findings):
        limits = p.line_limits(base)
        assert 0 < findings["frozen_missed"] < way(base, "do_nothing")["first_missed"]
        assert findings["limit_that_holds"] > base.assumptions.limit
        renewed = limits["first"][0]
        assert (np.diff(np.where(renewed < 0, 99, renewed)) >= 0).all()

    def test_new_money_is_what_makes_the_first_instalment(self, base, findings):
        assert findings["poor_missed"] == base.assumptions.decision_month + 1

    def test_observation_lasts_a_year_from_the_first_repayment_date(self, base):
        a, plan = base.assumptions, base.alternative("restructure")
        assert plan.metrics["observed_until"] == a.decision_month + 1 + 11
        observed = plan.lines["observed"].astype(bool)
        assert (plan.lines["loan_class"][observed] == 2).all()
        assert (plan.lines["stage"][observed] == 2).all()

    def test_the_price_of_the_plan_on_paper(self, base):
        m, a = base.metrics, base.assumptions
        assert 0 < m["modification_share"] < a.impairment_threshold
        half = p.simulate(a.replace(haircut=0.05)).metrics
        assert half["modification_share"] > a.impairment_threshold
        assert way(p.simulate(a.replace(haircut=0.05)), "restructure")["worst_class"] == 3

    def test_markets_break_some_plans_that_managers_keep(self, findings):
        assert 0.1 < findings["broken"] < 0.4
        assert 0.45 < findings["better"] < 0.6
        assert findings["plan_mean"] > findings["liquidate_mean"]
        assert findings["plan_low"] < findings["failure_value"] < findings["plan_high"]

    def test_the_tornado(self, base):
        rows = p.tornado(base)
        assert rows[0][0] == "success_chance"
        turns = {row[0] for row in rows if min(row[3:]) < 0}
        assert {"success_chance", "forced_sale", "receivables_recovery"} <= turns

    def test_haircut_and_shares_move_value_one_way(self, base):
        a = base.assumptions
        values = [way(p.simulate(a.replace(haircut=h)), "restructure")["value"] for h in (0, 0.1)]
        assert values[1] < values[0]
        cheap, dear = (p.simulate(a.replace(conversion=0.1, share_value=v)) for v in (0.0, 1.0))
        assert way(dear, "restructure")["value"] > way(cheap, "restructure")["value"]

    @pytest.mark.parametrize(
        ("key", "check"),
        [("equity", "balance_sheet"), ("charged", "loans_roll"), ("made", "stock_rolls"),
         ("flow", "lender_mirrors_client"), ("cash", "balance_sheet")],
    )  # fmt: skip
    def test_a_check_fails_when_a_history_is_wrong(self, base, key, check, monkeypatch):
        paths = p.paths.run

        def bent(*args, **kwargs):
            history, plan = paths(*args, **kwargs)
            return replace(history, **{key: getattr(history, key) + 1e-5}), plan

        monkeypatch.setattr(p.paths, "run", bent)
        wrong = p.simulate(base.assumptions)
        assert wrong.checks[check] > wrong.tolerance

    @pytest.mark.parametrize(
        ("key", "check"),
        [("closing", "cash_foots"), ("retained", "statements_balance"),
         ("estate_bank", "bank_books_close"), ("payables", "statements_balance")],
    )  # fmt: skip
    def test_a_check_fails_when_a_line_is_wrong(self, base, key, check, monkeypatch):
        lines = p.statements.lines

        def bent(*args):
            made = lines(*args)
            return made | {key: made[key] + 1e-5}

        monkeypatch.setattr(p.statements, "lines", bent)
        wrong = p.simulate(base.assumptions)
        assert wrong.checks[check] > wrong.tolerance

    def test_other_checks_fail_when_their_number_is_wrong(self, base, monkeypatch):
        a = base.assumptions

        def wrong(check):
            result = p.simulate(a)
            return result.checks[check] > result.tolerance

        def bend(m, owner, name, change):
            kept = getattr(owner, name)
            m.setattr(owner, name, lambda *x, **k: change(kept(*x, **k)))

        for owner, name, change, check in (
            (p.ways_out, "present_values", lambda v: (v[0] + 1e-5, v[1]), "value_by_hand"),
            (p.ways_out, "liquidate", lambda e: replace(e, by_free=e.by_free * 1.0001 + 1),
             "estate_pays_out"),
            (p.firm, "operations", lambda o: o | {"dso": o["dso"] + 1e-4}, "count_back_is_dso"),
            (profitability, "lender_view", lambda v: v | {"economic_profit_line":
             v["economic_profit_line"] + 1e-5}, "profit_foots"),
            (workout, "provision_path", lambda c: c + 1e-5, "losses_foot"),
            (workout, "break_even_chance", lambda c: c + 1e-5, "break_even_is_even"),
        ):  # fmt: skip
            with monkeypatch.context() as m:
                bend(m, owner, name, change)
                assert wrong(check), check
        paths = p.paths.run

        def unpaid(*args, **kwargs):
            history, plan = paths(*args, **kwargs)
            history.debt[-1, PLAN] += 1e-5
            return history, plan

        with monkeypatch.context() as m:
            m.setattr(p.paths, "run", unpaid)
            assert wrong("plan_clears")

    def test_a_month_of_the_history_has_each_of_its_lines(self, base):
        """A line left out, or one that there is not, is an error and not a silent zero."""
        history = p.paths.History.empty(1, False)
        totals = ("charged", "made")
        lines = [f.name for f in fields(history) if f.name not in totals]
        step = {name: np.ones((1, 1)) for name in lines}
        history.store(1, **step)
        assert all((getattr(history, name)[1] == 1).all() for name in lines)
        with pytest.raises(TypeError, match=r"^month 2: missing or unknown: flow$"):
            history.store(2, **{k: v for k, v in step.items() if k != "flow"})
        with pytest.raises(TypeError, match=r"^month 2: missing or unknown: due$"):
            history.store(2, **step, due=np.ones((1, 1)))
        history.store(p.record.MONTHS, **step)  # after WATCH the detail is not kept
        assert history.cash[-1].all() and len(history.term) == p.record.WATCH + 1

    def test_from_the_warning_on_the_loan_is_in_stage_two_whatever_is_done_later(self, base):
        warned, missed = (int(base.all_events[name][0, 0]) for name in ("warning", "missed"))
        stage = base.all_lines["stage"][:, :, 0]
        assert 0 < warned < missed
        assert (stage[:warned] == 1).all() and (stage[warned:missed] == 2).all()

    def test_numbers_the_text_puts_in_words(self, base, findings):
        a, nothing = base.assumptions, base.alternative("do_nothing")
        missed = nothing.metrics["first_missed"]
        # months have names in the story: July, September, November, December, March, May
        assert (a.shock_start, a.shock_start + a.fall_months - 1) == (7, 9)
        assert (base.metrics["warning"], a.renewal_month, missed, a.decision_month) == (
            11, 12, 15, 17)  # fmt: skip
        assert nothing.lines["days_past_due"][a.decision_month] == 61  # "three payments"
        assert nothing.lines["line_debt"][missed] == pytest.approx(a.limit)
        assert (a.signals_needed, a.months_needed) == (3, 2)  # "three signals", "two months"
        assert p.record.WATCH == 36  # "within three years"
        # "a profit in every month of the bad year, a small one"
        assert 0 < nothing.lines["net_income"][a.shock_start : a.decision_month + 1].min() < 0.2
        assert 0.4 < findings["false_dscr"] < 0.5  # "almost half"
        assert findings["false_rule"] == 0  # "silent on all quiet paths tried"
        value = {k: way(base, k)["value"] for k in p.record.WAYS}
        assert value["failed"] == min(value.values())
        received = {k: way(base, k)["received"] for k in p.record.WAYS}
        assert received["liquidate"] > received["do_nothing"]
        assert a.sweep_share == 0.5  # "half of the cash"
        # of a rule or a covenant, and of no model: "six months", "six per cent", "ten days"
        # "a fall half as deep again", "one outcome in ten"
        assert a.strain_depth * 1.5 == pytest.approx(0.45)
        # the stage moves before the class, the class asks for more in the end
        stage, loan_class = nothing.lines["stage"], nothing.lines["loan_class"]
        assert np.argmax(stage > 1) < np.argmax(loan_class > 1)
        assert (
            way(base, "do_nothing")["peak_by_class"] > 2 * way(base, "do_nothing")["peak_allowance"]
        )

    def test_the_exercises_of_the_notebook(self, base):
        a = base.assumptions
        fails = {
            k: way(p.simulate(a.replace(stop_months=k)), "failed")["value"] for k in (6, 12, 18)
        }
        assert min(fails[6], fails[12]) > fails[18] + 3
        cash = [
            p.simulate(a.replace(haircut=h)).alternative("restructure").lines["closing"][29]
            for h in (0.0, 0.1)
        ]
        assert cash[0] == pytest.approx(cash[1], abs=0.1)
        runs = {
            (length, limit): way(
                p.simulate(a.replace(shock_length=length, limit=limit)), "do_nothing"
            )
            for length in (12, 18)
            for limit in (40.0, 50.0)
        }
        assert runs[12, 50.0]["first_missed"] == -1
        assert runs[18, 50.0]["first_missed"] > runs[18, 40.0]["first_missed"] > 0
        assert runs[18, 50.0]["peak_debt"] > runs[18, 40.0]["peak_debt"]
        loose = a.replace(signals_needed=2, months_needed=1)
        assert 0.02 < p.quiet(loose)["rule"] < 0.2

    def test_what_the_order_and_the_haircut_are(self, base):
        # "undiscounted yuan put the four in the same order, but they flatter the plan"
        received, value = (base.all_metrics[k][:, 0] for k in ("received", "value"))
        assert (np.argsort(received) == np.argsort(value)).all()
        assert np.argmax(received - value) == PLAN
        # "to forgive a fiftieth of the debt would already cross that line"
        a = base.assumptions
        share = p.simulate(a.replace(haircut=0.02)).metrics["modification_share"]
        assert base.metrics["modification_share"] < a.impairment_threshold < share

    def test_indices_of_the_ways(self, base):
        assert [p.record.WAYS[k] for k in (NOTHING, PLAN, FAILED, LIQUIDATE)] == list(
            base.alternatives
        )


def test_the_cash_table_on_the_page_about_reading(base):
    """Cash stands still while the orders go, then goes as well; the line is drawn twice."""
    _, table = base.exhibit("cash")
    rows = table.map(lambda t: float(t.replace("−", "-").replace(",", "").replace("–", "0") or 0))
    end, drawn = rows.loc["Cash at the end"], rows.loc["Line drawn, less repaid"]
    assert end["1–6"] == end["7–12"] > 0 == end["13–18"]
    assert drawn["1–6"] < 0 < min(drawn["7–12"], drawn["13–18"])


def test_in_another_unit_of_money_it_is_the_same_story(base, findings):
    assert_scales(p, base, findings, {})

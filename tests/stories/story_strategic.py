"""What the pages of the strategic case claim, asserted on computed results."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from casebook import credit, profitability, projectfinance, timevalue
from casebook.cases import strategic as s
from casebook.cases.strategic.record import SUPPORTED, UNSUPPORTED

from .money import assert_scales


@pytest.fixture(scope="module")
def base():
    return s.simulate(s.assumptions())


@pytest.fixture(scope="module")
def findings(base):
    return s.findings(base)


class TestStrategic:
    def test_a_the_hurdle_lies_between_loans_and_relationship(self, base):
        """Must show (a): it flips between the two RAROCs, and nowhere else."""
        a, m = base.assumptions, base.metrics
        assert m["raroc_loans"] < a.hurdle < m["raroc"]
        assert m["economic_profit"] > 0
        at_flip = s.simulate(a.replace(hurdle=m["raroc"])).metrics
        assert at_flip["economic_profit"] == pytest.approx(0, abs=1e-6)
        steps = s.products(s.simulate(a.replace(hurdle=m["raroc_loans"])))
        assert steps["loans_profit"] == pytest.approx(0, abs=1e-6)
        steps = s.products(base)
        assert steps["loans"] < steps["advice"] < a.hurdle < steps["wallet"]

    def test_b_without_a_sale_the_limit_breaks_and_with_it_never(self, base, findings):
        """Must show (b)."""
        a, m = base.assumptions, base.metrics
        unsold = s.simulate(a.replace(sold=0.0))
        assert unsold.metrics["over_limit"]
        at = unsold.all_events["limit"][SUPPORTED, 0]
        assert at == findings["unsold_first"] == 2 * a.stagger  # when the third is signed
        assert findings["unsold_half_years"] >= 2
        least = m["needed_sale"]
        assert 0 < least <= a.sold
        sold = s.simulate(a.replace(sold=least))
        assert not sold.metrics["over_limit"]
        assert sold.metrics["peak_exposure"] == pytest.approx(findings["group_limit"])
        assert s.simulate(a.replace(sold=least - 1e-4)).metrics["over_limit"]
        assert "limit" not in {e.name for e in sold.events}
        # "one plant fits easily", and the bank's own limit binds first
        assert unsold.lines["held_exposure"][: a.stagger].max() < findings["group_limit"] / 2
        assert a.internal_limit < a.group_limit

    def test_the_plan_is_the_average_of_what_may_come(self, base, monkeypatch):
        """The level of cash is lognormal with mean one, however widely it spreads."""
        levels = []
        run = s.run.projects.run

        def seen(a, plan, delay, level, rate):
            levels.append(level)
            return run(a, plan, delay, level, rate)

        monkeypatch.setattr(s.run.projects, "run", seen)
        a = base.assumptions.replace(common_volatility=0.3, project_volatility=0.3)
        s.simulate(a, s.sample(a, 4000, seed=2))
        level = np.concatenate(levels, axis=-1)
        error = level.std(axis=-1) / np.sqrt(level.shape[-1])
        assert (np.abs(level.mean(axis=-1) - 1) < 4 * error).all()

    def test_c_a_year_late_with_less_cash(self, base, findings):
        """Must show (c): the reserve is drawn, no default; without support, default."""
        late = s.stress(base)
        a = late.assumptions
        assert a.delay == 2 and a.shock == 0.15
        supported, without = (late.alternative(t) for t in s.TERMS)
        assert supported.metrics["reserve_drawn"] > 0 and not supported.metrics["missed"]
        assert without.metrics["missed"]
        draws = np.flatnonzero(supported.lines["reserve_draw_1"] > 1e-6)
        assert len(draws) == 2  # "over two payments"
        assert draws[0] == findings["stress_first_draw"] == a.opening_day[0] + a.grace + 1
        assert findings["stress_missed"] == findings["stress_first_draw"]
        assert supported.metrics["reserve_drawn"] < findings["first_reserve"]
        # support ends when the plant opens; the late year's interest is all that it pays
        paid = supported.lines["support_1"]
        assert (paid[a.opening_day[0] + a.delay + 1 :] == 0).all()
        interest = a.delay * a.rate / 2 * findings["project_debt"]
        assert paid.sum() == pytest.approx(interest)
        # without support the reserve pays the interest of the late year first
        gone = without.lines["reserve_draw_1"][: a.opening_day[0] + 3].sum()
        assert gone == pytest.approx(interest)
        assert supported.metrics["lowest_dscr"] < 1
        overdue = np.flatnonzero(without.lines["overdue"] > 1e-6)
        assert overdue[-1] + 1 - overdue[0] <= 4  # "all arrears are paid within two years"

    def test_c_how_far_support_carries(self, base, findings):
        grid = s.survival(base)
        first = grid["first_missed"]
        supported, without = first[SUPPORTED], first[UNSUPPORTED]
        assert (supported[:, 4] > 0).all()  # two years are not survived, whatever the cash
        assert (supported[:5, 3] < 0).all()  # "three half-years late is survived", "most"
        assert ((supported > 0) <= (without > 0)).all()
        assert (supported > 0).sum() < (without > 0).sum()
        two = s.simulate(base.assumptions.replace(**s.questions.STRESS | {"delay": 4}))
        cap = base.assumptions.support_cap * findings["project_debt"]
        assert two.metrics["support_paid"] == pytest.approx(cap)
        higher = two.assumptions.replace(support_cap=0.2)
        assert not s.simulate(higher.replace(shock=0.0)).metrics["missed"]

    def test_d_the_frontier(self, base, findings):
        """Must show (d): the slope, against a fresh simulation with the loans sized anew."""
        a, m = base.assumptions, base.metrics
        per_ten = m["points_per_wallet"]
        assert 0.0005 < per_ten < 0.005
        more = s.simulate(a.replace(wallet_share=a.wallet_share + 0.1)).metrics
        assert m["break_even_margin"] - more["break_even_margin"] == pytest.approx(per_ten)
        # ten points of wallet against that much margin leave profit where it was
        even = s.simulate(a.replace(wallet_share=a.wallet_share + 0.1, margin=a.margin - per_ten))
        moved = abs(even.metrics["economic_profit"] - m["economic_profit"])
        assert moved < 0.1 * abs(more["economic_profit"] - m["economic_profit"])
        assert m["mandate_points"] < findings["cut"] / 3  # "less than a third"
        line = s.frontier(base)
        assert np.allclose(np.diff(line["mandate"]), -per_ten / 2)
        here = np.interp(a.wallet_share, line["share"], line["mandate"])
        assert here == pytest.approx(m["break_even_margin"])

    def test_the_cut_and_what_pays_for_it(self, base, findings):
        a, m = base.assumptions, base.metrics
        assert findings["cut"] == pytest.approx(a.old_margin - a.margin)
        assert findings["cut_cost"] > findings["mandate_value"] > 0  # "a gift"
        gained = findings["mandate_value"] - findings["cut_cost"]
        assert findings["old_profit"] + gained == pytest.approx(m["economic_profit"], rel=0.05)
        # "nearly all of that goes with the cut; most of what is left is what the mandate brings"
        assert 0.9 * findings["old_profit"] < findings["cut_cost"] < findings["old_profit"]
        assert 0.8 * m["economic_profit"] < findings["mandate_value"] < m["economic_profit"]
        assert findings["half_wallet_profit"] < 0
        assert findings["wallet_needed"] < a.wallet_share < findings["wallet_needed"] + 0.1
        at_need = s.simulate(a.replace(wallet_share=findings["wallet_needed"])).metrics
        assert at_need["economic_profit"] == pytest.approx(0, abs=1e-6)
        assert findings["margin_loans_alone"] > a.old_margin

    def test_profit_comes_late(self, base, findings):
        when = s.patience(base)
        assert findings["worst_total"] < 0 < base.metrics["economic_profit"]
        assert findings["worst_half_year"] < findings["even_half_year"] < base.assumptions.horizon
        assert (when["total"][when["even"] :] >= -1e-6).all()
        # which rate discounts it decides what it is worth
        assert findings["worth_at_hurdle"] < 0 < findings["worth_at_ftp"]
        ends = base.assumptions.opening_day[-1] + 2 * base.assumptions.debt_years
        assert when["even"] > 0.7 * ends  # "most of the framework"

    def test_how_much_to_keep(self, base, findings):
        a, m = base.assumptions, base.metrics
        best = findings["best_sale"]
        assert m["needed_sale"] < a.sold < best < 0.6  # inside, not at the edge
        assert findings["best_sale_profit"] - m["economic_profit"] < 0.1 * m["economic_profit"]
        assert findings["best_sale_profit"] > findings["least_sale_profit"]
        assert findings["unsold_profit"] < 0 < m["sale_gain"]
        fresh = s.simulate(a.replace(sold=best)).metrics["economic_profit"]
        assert fresh == pytest.approx(findings["best_sale_profit"])
        for step in (-0.02, 0.02):
            beside = s.simulate(a.replace(sold=best + step)).metrics["economic_profit"]
            assert beside < fresh

    def test_the_tornado_is_led_by_the_wallet(self, base):
        rows = s.tornado(base)["rows"]
        names = [r[0] for r in rows]
        assert names[0] == "wallet_share"
        assert min(names.index(n) for n in ("lgd", "pd_operating", "service_cost")) >= 2

    def test_numbers_the_text_puts_in_words(self, base, findings):
        a = base.assumptions
        assert a.shock_length == 2 * 4 and a.shock_start == a.opening_day[0] + 1  # "four years"
        assert (a.grace + 1) / 2 == 1.5  # "principal starts eighteen months after completion"
        assert a.damages_cap / a.damages == pytest.approx(3)  # "for a year and a half"
        assert a.damages == pytest.approx(a.site_cost)  # "the damages pay for the idle site"
        assert a.support_effect == 2  # "doubles"
        assert a.debt_years > 10  # "a tenor above ten years"
        assert a.delay_probabilities[0] > 0.5 > 1 - a.delay_probabilities[0] > 0.4  # "nearly half"
        first = s.building(base)
        share = first["drawn"][-1] / sum(first[k].sum() for k in ("cost", "finance", "reserve"))
        assert share == pytest.approx(first["gearing"])
        alone = base.metrics["raroc_loans"]
        assert s.simulate(a.replace(hurdle=alone - 0.001, wallet_share=0.0)).metrics["raroc"] > (
            alone - 0.001)  # "should lend and needs no wallet"  # fmt: skip
        # "the capital is tied up in the first half of the framework"
        charge = -base.lines["capital_charge"]
        assert charge[: a.horizon // 2 + 1].sum() > 0.7 * charge.sum()

    def test_base_case_is_calm_and_sized_by_cover(self, base, findings):
        a, m = base.assumptions, base.metrics
        assert not m["missed"] and m["reserve_drawn"] == 0
        assert m["lowest_dscr"] == pytest.approx(a.target_dscr)
        assert m["gearing"] < a.gearing_cap
        assert m["equity_irr"] > m["project_irr"] > a.rate
        assert m["llcr"] > a.target_dscr and m["plcr"] > m["llcr"]
        assert a.rate < a.lpr
        late = 1 - a.delay_probabilities[0]
        assert 0.4 < late < 0.5  # "nearly half were late"
        np.testing.assert_allclose(base.lines["closing"], base.lines["reserve"], atol=1e-6)
        assert findings["years"] == 20
        # "the service of the first half-year in which principal is due"
        assert a.reserve_periods == 1
        service = s.projects.planned(a).schedule.payment[a.grace, a.project - 1]
        assert findings["first_reserve"] == pytest.approx(service)

    def test_the_circle_is_solved_anew(self, base):
        """The first project's loan from its own definition, by brute force."""
        a = base.assumptions
        plan = s.projects.planned(a)
        end, rate = 2 * a.debt_years, a.rate / 2
        cfads = plan.cfads[a.grace : end, 0]
        debt = projectfinance.sculpted_debt(cfads, a.target_dscr, rate)
        assert debt == pytest.approx(plan.sizing.debt[0])
        low, high = 0.1, 1.0
        for _ in range(80):  # bisection on gearing, where the model uses Newton's method
            g, balance = (low + high) / 2, 0.0
            for t, cost in enumerate(plan.costs[:, 0]):
                uses = cost + rate * balance + a.commitment_fee / 2 * (debt - balance)
                uses += a.arrangement_fee * debt * (t == 0)
                uses += cfads[0] / a.target_dscr * (t == a.construction - 1)
                balance += g * uses
            low, high = (low, g) if balance > debt else (g, high)
        assert g == pytest.approx(plan.sizing.gearing[0])

    def test_where_gearing_binds_the_ratio_rises(self, base):
        tight = s.simulate(base.assumptions.replace(gearing_cap=0.6)).metrics
        assert tight["gearing"] == pytest.approx(0.6)
        assert tight["sized_dscr"] > base.assumptions.target_dscr
        assert tight["lowest_dscr"] == pytest.approx(tight["sized_dscr"], rel=0.05)

    def test_two_capital_rules_are_never_mixed(self, base, findings):
        a = base.assumptions
        building, operating, default = s.bank.capital_rates(a)
        for rate, weight in ((building, 1.3), (operating, 1.0), (default, 1.0)):
            assert np.allclose(rate, a.capital_ratio * weight)
        by_formula = s.bank.capital_rates(a.replace(approach="irb"))
        expected = credit.irb_risk_weight(a.pd_operating, a.lgd, 5.0) * a.capital_ratio
        assert by_formula[1][0, 0] == pytest.approx(expected)
        # "under the formula there is no dilemma": the mandate and half of the wallet would do
        assert base.metrics["raroc_loans"] < findings["irb_raroc"] < a.hurdle
        half = s.simulate(a.replace(approach="irb", wallet_share=a.wallet_share / 2)).metrics
        assert half["economic_profit"] > 0
        # only a weight that is used may move anything
        moved = s.simulate(a.replace(approach="irb", weight_operating=2.0)).metrics
        assert moved["raroc"] == pytest.approx(findings["irb_relationship"])

    def test_the_weight_of_a_late_project_stays_high_until_it_opens(self, base):
        """130% until actual opening, on the exposure of one project that is a year late."""
        a = base.assumptions
        calm, late = (s.simulate(a.replace(delay=d)).lines for d in (0, 2))
        charge = late["capital_charge"] - calm["capital_charge"]
        opens = a.opening_day[0]
        extra = (a.weight_building - a.weight_operating) * a.capital_ratio * a.hurdle / 2
        held = (1 - a.sold) * s.building(base)["debt"]
        np.testing.assert_allclose(charge[opens + 1 : opens + 3], -extra * held)
        np.testing.assert_allclose(np.delete(charge, [opens + 1, opens + 2]), 0, atol=1e-9)

    def test_a_realised_loss_reaches_the_bank(self, base, findings):
        """LGD x what is owed at the miss, on top of the loss expected so far; then no margin."""
        late = s.stress(base).alternative("unsupported")
        a, x, at = late.assumptions, late.lines, late.metrics["first_missed"]
        owed = x["balance_1"][at] + findings["stress_overdue"]
        assert findings["stress_loss"] == pytest.approx((1 - a.sold) * a.lgd * owed, rel=0.02)
        assert -x["loss_taken"].sum() == pytest.approx(findings["stress_loss"])
        assert -x["loss_taken"][at] == pytest.approx(findings["stress_loss"])
        others = s.stress(base).lines["interest_income"] - x["interest_income"]
        assert (others[at + 1 : at + 10] > 0).all() and np.allclose(others[: at + 1], 0)
        assert findings["stress_lost_profit"] < -200 < 0 < findings["stress_profit"]
        assert late.metrics["raroc_loans"] < 0

    def test_what_turns_the_decision(self, base, findings):
        """Each turning point, by a run of its own."""
        a = base.assumptions
        turns = {name: findings[f"turn_{name}"] for name in s.questions.STRAIGHT}
        turns |= {"wallet_share": findings["wallet_needed"]}
        for name, x in turns.items():
            there = s.simulate(a.replace(**{name: x})).metrics["economic_profit"]
            assert there == pytest.approx(0, abs=1e-6), name
        assert a.lgd < turns["lgd"] < 0.4
        assert 1.0 < turns["weight_operating"] < 1.1
        assert a.capital_ratio < turns["capital_ratio"] < 0.115
        assert 0.0634 < turns["vat_on_interest"] < 0.08
        still = s.simulate(a.replace(approach="irb"))
        assert np.isnan(s.findings(still)["turn_weight_operating"])
        # "four points of wallet less", and it no longer earns the hurdle
        assert a.wallet_share - 0.04 < turns["wallet_share"] < a.wallet_share - 0.03
        # "six per cent", with the surcharges of a city
        assert a.vat_on_interest == pytest.approx(profitability.vat_share(0.06, 0.12), abs=1e-5)
        # the tax on interest alone is as large as the cut
        assert findings["vat_points"] == pytest.approx(findings["cut"], abs=0.0001)
        assert findings["vat_free_profit"] > 4 * base.metrics["economic_profit"]

    def test_what_another_bank_may_have(self, base, findings):
        a = base.assumptions
        own = s.simulate(a.replace(approach="irb")).metrics
        # "falls a little short of Yanhe's hurdle", "come near the hurdle"
        assert a.hurdle - 0.02 < own["raroc_loans"] < a.hurdle
        assert 0 < base.metrics["raroc_loans"] < 0.6 * a.hurdle  # "well below the hurdle"
        # "half of the expected wallet would do"
        half = a.replace(approach="irb", wallet_share=a.wallet_share / 2)
        assert s.simulate(half).metrics["raroc"] > a.hurdle
        # "cheaper funding alone would have to make up nearly all of that difference"
        gap = findings["margin_loans_alone"] - findings["asked"]

        def alone(cut):
            """Profit of the loans alone at the same rate to the client, funded `cut` cheaper."""
            other = a.replace(ftp=a.ftp - cut, margin=a.margin + cut)
            return s.products(s.simulate(other))["loans_profit"]

        assert alone(0.9 * gap) < 0 < alone(0.98 * gap)
        # "only the loss given default has some room"
        room = {
            name: abs(findings[f"turn_{name}"] / getattr(a, name) - 1)
            for name in s.questions.STRAIGHT
        }
        assert room.pop("lgd") > 0.3 > 0.25 > max(room.values())

    def test_the_rule_for_a_sole_lead(self, base, findings):
        a, best = base.assumptions, s.sale(base)
        assert base.metrics["needed_sale"] < a.least_distributed == a.sold
        # the lead must hold "fifteen per cent"
        assert best["best"] >= a.least_distributed and 1 - best["best"] >= 0.15
        assert best["rule_profit"] == pytest.approx(base.metrics["economic_profit"])
        loose = s.simulate(a.replace(least_distributed=0.0))
        assert s.sale(loose)["best"] == best["best"]  # the rule does not bind the best sale
        assert a.group_limit == 0.2 and a.client_limit == 0.15 and a.loan_limit == 0.1

    def test_the_epilogue(self, base, findings):
        """What came: a year late, less cash, less wallet; no payment missed, and money lost."""
        real = s.simulate(base.assumptions.realised())
        m, found = real.metrics, s.findings(real)
        a = real.assumptions
        assert (a.delay, a.shock, a.wallet_share) == (2, 0.15, 0.3)
        assert not m["missed"] and m["reserve_drawn"] > 0 and m["support_paid"] > 0
        assert m["raroc"] < a.hurdle and m["economic_profit"] < 0
        assert real.alternative("unsupported").metrics["missed"]
        assert found["two_years_missed"] > 0  # luck: one year and not two
        # "the late plant took a small part of it, the wallet the rest"
        fall = base.metrics["economic_profit"] - m["economic_profit"]
        late = base.metrics["economic_profit"] - findings["stress_profit"]
        assert 0 < late < 0.2 * fall
        # later plants at the bank's own margin: "still a loss, and less than half of it"
        assert 0.5 * m["economic_profit"] < found["later_profit"] < 0
        assert a.signed[-1] == 2 * 3  # "three years on", when all three loans were signed
        assert a.delay == 2 * 1  # "one year and not two"
        assert a.margin < m["break_even_margin"] < a.old_margin

    def test_losses_are_carried_forward(self, base):
        """Tax from a plain loop, where the model uses a running maximum."""
        a = base.assumptions.replace(depreciation_years=8, ramp_start=0.5)
        lines = s.projects._operations(a)
        years = 2 * a.depreciation_years
        profit = lines["revenue"][:, 0] + lines["running_cost"][:, 0]
        profit = profit - a.costs[0] / years * (np.arange(len(profit)) < years)
        loss = 0.0
        assert profit[0] < 0
        for t, p in enumerate(profit):
            taxable, loss = max(p - loss, 0.0), max(loss - p, 0.0)
            assert -lines["project_tax"][t, 0] == pytest.approx(a.project_tax * taxable, abs=1e-9)

    def test_futures(self, base, findings):
        assert findings["missed_supported"] < findings["missed_unsupported"] / 2
        assert findings["simulated_loss"] < findings["expected_loss"]
        # without the clause the table alone takes away more than half of the profit
        without = base.alternative("unsupported").metrics["economic_profit"]
        assert 0 < without < 0.5 * base.metrics["economic_profit"]
        ends = s.futures(base)["ends"]
        many = s.simulate(base.assumptions, s.sample(base.assumptions, 2_000, seed=3))
        assert (many.metrics["support_paid"] > 0).mean() > 0.5  # "in most futures"
        assert np.allclose(ends.sum(axis=1), 1)
        # one future of the simulation, run by itself, ends as it did among the others
        a = base.assumptions
        draws = s.sample(a, 200, seed=5)
        many = s.simulate(a, draws).alternative("unsupported").metrics
        one = int(many["missed"].argmax())
        single = s.simulate(a, {k: u[one : one + 1] for k, u in draws.items()})
        alone = single.alternative("unsupported").metrics
        assert alone["first_missed"][0] == many["first_missed"][one]
        assert alone["loss"][0] == many["loss"][one] > 0

    def test_no_draw_moves_the_plan(self, base):
        """Uniforms in the middle of their range, no spread: the base case again."""
        calm = base.assumptions.replace(
            common_volatility=0.0, project_volatility=0.0, rate_volatility=0.0,
            delay_probabilities=(1.0, 0.0, 0.0, 0.0, 0.0),
        )  # fmt: skip
        many = s.simulate(calm, s.sample(calm, 3, seed=1), keep=("closing",))
        assert np.allclose(many.lines["closing"], base.lines["closing"][:, None])
        assert np.allclose(many.metrics["economic_profit"], base.metrics["economic_profit"])
        # the expected loss, which did not happen, is given back
        back = (1 - calm.tax) * s.findings(base)["expected_loss"]
        gained = many.metrics["lender_result"] - base.metrics["economic_profit"]
        assert np.allclose(gained, back)

    def test_what_a_project_never_pays_is_written_off(self, base):
        """Far beyond the sliders' calm part the ledgers still meet, and nothing is 'repaid'."""
        a = base.assumptions.replace(
            target_dscr=1.1, debt_years=14, gearing_cap=0.85, shock=0.4, shock_length=40,
            delay=4, margin=0.025, stagger=3,
        )  # fmt: skip
        r = s.simulate(a)
        assert r.lines["written_off"].sum() > 0
        assert max(r.checks.values()) <= r.tolerance
        assert r.lines["never_paid"].sum() > 0
        # where little is expected to be lost, what is never paid is charged all the same
        low = s.simulate(a.replace(lgd=0.05))
        held = 1 - a.sold
        assert low.lines["written_off"].sum() * held == pytest.approx(
            -low.lines["loss_taken"].sum()
        )
        assert "repaid" not in {e.name for e in r.events}

    def test_lenders_earn_their_rate(self, base):
        """The whole syndicate's ledger has the loan's rate as its return, fees aside."""
        lines, a = base.lines, base.assumptions
        flows = -lines["draw"] - sum(lines[k] for k in ("building_interest", "interest"))
        flows = flows - lines["principal"] - lines["sweep"]
        assert timevalue.irr(flows) == pytest.approx(a.rate / 2, abs=1e-10)

    def test_exercise_on_cap_and_reserve(self, base):
        """Both survive two years; the reserve costs the group in every future, the cap in none."""
        a = base.assumptions
        wide, long = a.replace(support_cap=0.16), a.replace(reserve_periods=2)
        for changed in (wide, long):
            assert not s.simulate(changed.replace(**s.questions.STRESS | {"delay": 4})).metrics[
                "missed"
            ]
        now, with_cap, with_reserve = (s.simulate(x).metrics for x in (a, wide, long))
        assert with_cap["equity_irr"] == now["equity_irr"]
        assert with_reserve["equity_irr"] < now["equity_irr"] - 0.01
        missed = [s.futures(s.simulate(x))["missed"][SUPPORTED] for x in (a, wide, long)]
        assert missed[0] > 3 * missed[1] > 3 * missed[2]
        weak = {"delay": 2, "shock": 0.3}  # weak cash after the opening: support never covers it
        assert s.simulate(wide.replace(**weak)).metrics["missed"]
        assert not s.simulate(long.replace(**weak)).metrics["missed"]

    def test_exercise_on_a_softer_ratio(self, base):
        soft = s.simulate(base.assumptions.replace(target_dscr=1.2))
        m, now = soft.metrics, base.metrics
        assert m["gearing"] == pytest.approx(base.assumptions.gearing_cap)
        assert m["debt"] / now["debt"] < 1.3 / 1.2 - 0.03  # "by much less than the ratio suggests"
        assert m["needed_sale"] > now["needed_sale"]
        assert now["equity_irr"] < m["equity_irr"] < now["equity_irr"] + 0.01
        assert s.stress(soft).metrics["reserve_drawn"] > s.stress(base).metrics["reserve_drawn"]

    @pytest.mark.parametrize(
        ("part", "check"),
        [("draws", "sources_are_uses"), ("debt", "circle_closes"), ("equity", "sources_are_uses")],
    )
    def test_a_check_fails_when_the_sizing_is_wrong(self, base, part, check, monkeypatch):
        planned = s.projects.planned

        def bent(a):
            p = planned(a)
            wrong = getattr(p.sizing, part) + 1e-3
            return dataclasses.replace(p, sizing=dataclasses.replace(p.sizing, **{part: wrong}))

        monkeypatch.setattr(s.projects, "planned", bent)
        result = s.simulate(base.assumptions)
        assert result.checks[check] > result.tolerance

    @pytest.mark.parametrize(
        ("line", "check"),
        [("interest", "lent_is_repaid"), ("distribution", "waterfall_pays_out"),
         ("reserve", "statement_foots"), ("balance", "lender_mirrors_client"),
         ("principal", "lent_is_repaid"), ("balance", "profit_foots")],
    )  # fmt: skip
    def test_a_check_fails_when_a_flow_is_wrong(self, base, line, check, monkeypatch):
        waterfall = projectfinance.waterfall

        def bent(*args, **kwargs):
            paid = waterfall(*args, **kwargs)
            return dataclasses.replace(paid, **{line: getattr(paid, line) + 1e-3})

        monkeypatch.setattr(projectfinance, "waterfall", bent)
        if check == "profit_foots":  # both ways start from the same balance; bend one of them
            monkeypatch.setattr(projectfinance, "waterfall", waterfall)
            years = s.bank.wallet_years
            calls = []

            def once(a):
                calls.append(1)
                return years(a) * (1 + 1e-3 * (len(calls) == 1))

            monkeypatch.setattr(s.bank, "wallet_years", once)
        result = s.simulate(base.assumptions)
        assert result.checks[check] > result.tolerance

    def test_the_limit_and_break_even_checks_can_fail(self, base, monkeypatch):
        monkeypatch.setattr(
            s.bank, "break_even_margin", lambda a, t, **k: np.full((2, 1), a.margin + 1e-3)
        )
        result = s.simulate(base.assumptions)
        assert result.checks["break_even_is_zero_profit"] > result.tolerance
        use = s.bank.use
        monkeypatch.setattr(s.bank, "use", lambda a, e: 1.0001 * use(a, e))
        result = s.simulate(base.assumptions)
        assert result.checks["limit_is_met"] > result.tolerance

    def test_a_check_fails_when_the_contract_is_wrong(self, base, monkeypatch):
        target = projectfinance.reserve_target

        def bent(schedule, periods):
            schedule.payment[5] += 1e-3
            return target(schedule, periods)

        monkeypatch.setattr(projectfinance, "reserve_target", bent)
        result = s.simulate(base.assumptions)
        assert result.checks["debt_is_its_service"] > result.tolerance


def test_the_waterfall_on_the_page_about_reading(base):
    """The DSCR of its columns: the sized one in the middle, more in every other."""
    _, table = base.exhibit("client")
    rows = table.map(lambda t: float(t.replace("−", "-").replace(",", "").replace("–", "0") or 0))
    periods = rows.columns[:-1]
    assert list(periods) == ["1–8", "9–16", "17–24", "25–32", "33–40"]
    earned = rows.loc["Revenue":"Change in receivables", periods].sum()
    dscr = -earned / rows.loc["Interest paid":"Principal paid", periods].sum()
    sized = base.metrics["sized_dscr"]
    assert dscr["17–24"] == pytest.approx(sized, abs=0.005)
    assert (dscr.drop("17–24") > sized + 0.05).all()
    assert (rows.loc["Construction", periods[2:]] == 0).all()


def test_in_another_unit_of_money_it_is_the_same_story(base, findings):
    assert_scales(s, base, findings, {})

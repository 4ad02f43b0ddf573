"""What the theory pages claim of the money of a loan and of the tables they read, asserted."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from casebook import credit
from casebook.bank import tables
from casebook.cases import case, problem, terminated
from casebook.theory import loan as t
from casebook.typology import TYPES, clients, decision_tree
from casebook.typology.charts import CHARTS

from .money import assert_scales

ROOT = Path(__file__).parents[2]

BULLET, BALLOON, LEVEL, EQUAL = range(4)


@pytest.fixture(scope="module")
def base():
    return t.simulate(t.assumptions())


@pytest.fixture(scope="module")
def findings(base):
    return t.findings(base)


def profit(base, **changes):
    return t.simulate(base.assumptions.replace(**changes)).metrics["economic_profit"]


#: Of a price, as the metrics `<part>_points` have them.
PARTS = ("funding", "loss", "capital", "cost", "vat", "fee")


class TestLoan:
    def test_the_quote_is_short_of_break_even(self, base):
        """'At this rate the loan alone should go to the other bank', in every form."""
        for form in t.FORMS:
            m = base.alternative(form).metrics
            assert m["economic_profit"] < 0 and m["spare"] < 0
            assert m["raroc"] < base.assumptions.hurdle
        # "shows a profit after tax and expected loss in every year in which interest is paid"
        after_tax = base.lines["economic_profit_line"] - base.lines["capital_charge"]
        assert after_tax[0] < 0 < after_tax[1:].min()

    def test_break_even_is_where_a_reader_finds_it(self, base):
        """The slider at the break-even rate shows zero, for each form."""
        for form in t.FORMS:
            rate = base.alternative(form).metrics["break_even_rate"]
            there = t.simulate(base.assumptions.replace(rate=rate)).alternative(form)
            assert abs(there.metrics["economic_profit"]) < 1e-9
            assert there.metrics["raroc"] == pytest.approx(base.assumptions.hurdle, abs=1e-9)

    def test_one_year_by_hand(self, base):
        """A loan of one year, worked out with nothing but the definitions."""
        a = base.assumptions.replace(tenor=1, form="bullet")
        r = t.simulate(a)
        ead = a.principal * (1 + a.rate)
        cover = a.collateral * a.principal * (1 - a.haircut) * (1 - a.decay) / ead
        lgd = cover * a.secured_lgd + (1 - cover) * a.lgd
        income = (a.rate * (1 - a.vat_on_interest) - a.ftp) * a.principal
        loss = a.pd * lgd * ead
        cost = a.origination_cost + a.servicing_cost
        k = credit.irb_capital(a.pd, lgd, 1.0, a.turnover)
        capital = k * 12.5 * a.capital_ratio * ead
        after_tax = (income - loss - cost) * (1 - a.tax)
        assert r.metrics["raroc"] == pytest.approx(after_tax / capital, rel=1e-12)
        assert r.metrics["economic_profit"] == pytest.approx(after_tax - a.hurdle * capital)
        for form in t.FORMS:  # one payment: no form differs
            m = r.alternative(form).metrics
            assert m["raroc"] == pytest.approx(r.metrics["raroc"], rel=1e-12)

    def test_effective_maturity(self):
        """The Basel definition, summed the long way; a bullet without interest lasts its tenor."""
        paid = np.array([[0.0, 2.0], [0.0, 5.0], [10.0, 3.0]])
        long_way = [
            [sum((i - s + 1) * p[i] for i in range(s, 3)) / p[s:].sum() for p in paid.T]
            for s in range(3)
        ]
        np.testing.assert_allclose(t.economics._maturity(paid), long_way)
        assert t.economics._maturity(paid)[:, 0].tolist() == [3, 2, 1]

    def test_funding_follows_the_repayments(self, base):
        ftp = base.all_metrics["ftp_rate"][:, 0]
        assert (np.diff(ftp) < 0).all()  # bullet dearest, equal principal cheapest
        flat = t.simulate(base.assumptions.replace(curve_slope=0.0))
        np.testing.assert_allclose(flat.all_metrics["ftp_rate"], base.assumptions.ftp, rtol=1e-12)

    def test_grades_drift_to_the_middle(self, base, findings):
        s = t.survival(base)
        good, weak = s["average"][0, 4], s["average"][2, 4]
        assert good > s["pd"][0] and weak < s["pd"][2]
        assert (np.diff(s["hazard"][0]) > 0).all() and (np.diff(s["hazard"][2]) < 0).all()
        assert base.assumptions.fade == 0.8  # "a fifth of the way each year"
        # the agency's table that the page cites: more than, and far less than, five times
        assert 1.93 / 0.18 > 5 > 2 * 46.96 / 26.78
        assert findings["good_average"] == pytest.approx(good)

    def test_lgd_falls_with_payments_and_rises_with_a_bullet(self, base):
        level, bullet = (base.alternative(f).lines["lgd_line"][1:] for f in ("level", "bullet"))
        assert (np.diff(level) < 0).all() and (np.diff(bullet) > 0).all()

    def test_a_default_in_the_last_year(self, base, findings):
        o = t.outcomes(base)["result"]
        assert o[LEVEL, -2] > 0 and o[BULLET, -2] < 0.9 * o[BULLET, 0] < 0
        assert findings["loans_eaten"] > 5
        chance = t.outcomes(base)["chance"]
        assert chance.sum() == pytest.approx(1) and chance[-1] > 0.9

    def test_capital(self, base, findings):
        c = t.capital_curve(base)
        assert (c["large"] > c["small"]).all() and (c["small"] > c["secured"]).all()
        slope = np.diff(c["small"]) / np.diff(c["pd"])
        assert slope.argmax() == 0  # "moves the capital most where PD is small"
        assert findings["size_worth"] > 0
        m = base.alternative("bullet").lines["capital_line"], base.lines["capital_line"]
        assert (m[0][1:] > m[1][1:]).all()

    def test_the_stack_and_its_parts(self, base):
        for form in t.FORMS:
            m = base.alternative(form).metrics
            parts = [m[f"{k}_points"] for k in PARTS]
            assert sum(parts) == pytest.approx(m["break_even_rate"])
            assert m["funding_points"] == max(parts)  # "funding is the largest part of any rate"
        rates = base.all_metrics["break_even_rate"][:, 0]
        assert rates.argmin() == EQUAL and rates.argmax() == BULLET

    def test_years(self, base, findings):
        y = t.by_year(base)
        assert findings["last_raroc"] > base.assumptions.hurdle > findings["first_raroc"]
        assert (np.diff(y["raroc"]) > 0).all()
        capital, income = base.lines["capital_line"][1:], base.lines["interest_income"][1:]
        assert (capital / capital[0] <= income / income[0]).all()
        assert base.metrics["even_year"] == -1

    def test_which_number_turns_it(self, base, findings):
        tables = t.levers(base)
        found = {k: abs(v) for k, v in tables["move"].items() if not np.isnan(v)}
        assert min(found, key=found.get) == "rate"
        assert np.isnan(tables["turns"]["origination_cost"])  # "even for nothing"
        assert profit(base, origination_cost=0.0) < 0
        for name, value in tables["turns"].items():
            if not np.isnan(value):
                assert abs(profit(base, **{name: value})) < 1e-5, name
        assert 1.9 < findings["turn_principal"] / base.assumptions.principal < 2.2  # "twice"
        assert 0.25 < 1 - findings["turn_pd"] / base.assumptions.pd < 0.33  # "nearly a third"
        assert findings["turn_other_income"] < 0.05

    def test_collateral(self, base, findings):
        assert (
            0
            < findings["collateral_worth_good"]
            < findings["collateral_worth"]
            < findings["collateral_worth_weak"]
        )

    def test_size_and_tenor(self, base, findings):
        f = findings
        assert f["small_rate"] > f["middle_rate"] > f["large_rate"]
        assert f["small_short_rate"] > f["small_rate"]
        assert f["large_short_rate"] < f["large_rate"] < f["large_long_rate"]
        small = t.simulate(base.assumptions.replace(principal=1.0)).metrics
        # "mostly the pay of the people": more than any other part
        assert small["cost_points"] > small["break_even_rate"] / 2

    def test_bullet_income_and_bullet_loss(self, base, findings):
        earned = [base.alternative(f).lines["interest_income"].sum() for f in t.FORMS]
        assert np.argmax(earned) == BULLET
        assert base.all_metrics["economic_profit"][:, 0].argmin() == BULLET
        assert findings["form_gap"] > 0.002

    def test_capital_by_approach(self, base):
        """The weight of the table in place of the formula: more capital, a higher rate."""
        table = t.simulate(base.assumptions.replace(approach="standardised"))
        for form in t.FORMS:
            assert (table.alternative(form).metrics["risk_weight"]) == pytest.approx(0.85)
        assert table.metrics["break_even_rate"] > base.metrics["break_even_rate"] + 0.001
        assert table.metrics["vat_points"] > base.metrics["vat_points"]

    def test_value_added_tax(self, base):
        """Tax on all interest and fees, in the statement as in the price."""
        for form in t.FORMS:
            v = base.alternative(form).lines
            taxed = v["interest_income"] + v["fee_income"] + v["other_line"]
            np.testing.assert_allclose(
                v["value_added_tax"], -base.assumptions.vat_on_interest * taxed, atol=1e-12
            )
        free = t.simulate(base.assumptions.replace(vat_on_interest=0.0))
        assert free.metrics["break_even_rate"] < base.metrics["break_even_rate"] - 0.002

    def test_questions_have_the_answers_that_the_notebook_gives(self, base):
        a = base.assumptions
        assert profit(base, collateral=0.7) > 0  # the second mortgage
        assert abs(profit(base, hurdle=a.hurdle - 0.02)) < 1e-3  # the lower hurdle just does it
        first, flat = (
            t.simulate(a.replace(**x)).metrics["break_even_rate"]
            for x in ({"long_run_pd": a.pd}, {"curve_slope": 0.0})
        )
        now = base.metrics["break_even_rate"]
        assert now - flat > 3 * (now - first) > 0  # the flat transfer price is the larger mistake

    def test_simulated_lives_agree_with_the_expected_one(self, base):
        """Two ways to the same mean, within four standard errors; the right share of defaults."""
        f = t.futures(base, n=100_000)
        assert (np.abs(f["mean"] - f["expected"]) < 4 * f["error"]).all()
        pd = base.metrics["cumulative_pd"]
        assert abs(f["default"] - pd) < 4 * np.sqrt(pd * (1 - pd) / f["n"])
        assert 0 < f["loses"][LEVEL] < pd  # some late defaults still leave a profit

    def test_lender_mirrors_client_in_every_life(self, base):
        a = base.assumptions
        lines = ("client_flow", "interest_paid", "principal_paid", "recovered")
        many = t.simulate(a, t.sample(a, 500, seed=2), keep=lines)
        for form in t.FORMS:
            r = many.alternative(form)
            x, m = r.lines, r.metrics
            paid = -(x["client_flow"].sum(axis=0) - a.principal)
            assert (paid > 0).all()
            whole = base.alternative(form).lines
            good = ~m["default"]
            np.testing.assert_allclose(
                x["client_flow"][:, good], whole["client_flow"][:, None].repeat(good.sum(), 1)
            )
            at = m["default_year"][m["default"]]
            columns = np.flatnonzero(m["default"])
            np.testing.assert_allclose(
                -x["recovered"][at, columns] + m["loss"][columns], whole["exposure"][at]
            )

    @pytest.mark.parametrize(
        ("field", "check"),
        [("loss", "profit_foots"), ("ftp", "profit_foots"), ("marginal", "chances_sum_to_one"),
         ("closing", "contract_rolls"), ("ead", "expected_loan_rolls"),
         ("profit", "break_even_is_zero_profit")],
    )  # fmt: skip
    def test_a_check_fails_when_its_number_is_wrong(self, base, field, check, monkeypatch):
        from dataclasses import replace

        honest = t.economics.of

        def bent(*args):
            e = honest(*args)
            return replace(e, **{field: getattr(e, field) + 1e-5})

        if field == "profit":
            monkeypatch.setattr(t.economics, "break_even", lambda a, e: bent(a, a.rate))
        else:
            monkeypatch.setattr(t.economics, "of", bent)
        wrong = t.simulate(base.assumptions)
        assert wrong.checks[check] > wrong.tolerance, wrong.checks


class TestReading:
    """What book/theory/reading.md says of tables of the cases."""

    @pytest.fixture
    def nothing(self):
        module = case("problem")
        return module.simulate(module.assumptions()).alternative("do_nothing")

    def test_a_still_balance_is_two_large_flows(self, nothing):
        x = nothing.lines
        halves = [slice(1, 7), slice(7, 13), slice(13, 19)]
        business = [
            sum(x[k][h].sum() for k in ("collections", "suppliers", "fixed_paid", "measures_paid",
                                        "capex", "tax_paid"))
            for h in halves
        ]  # fmt: skip
        line = [x["line_drawn"][h].sum() for h in halves]
        bank = [-(x["interest_paid"] + x["principal_paid"])[h].sum() for h in halves]
        assert business[0] > 0 > max(business[1:])
        assert line[0] < 0 < min(line[1:])
        assert bank[1] < line[1]  # "less than it had paid out through the line"
        assert x["closing"][6] == pytest.approx(x["closing"][12])
        assert nothing.metrics["first_missed"] > 12  # "still received every instalment"
        profit = [x["net_income"][h].sum() for h in halves]
        assert min(profit) > 0
        assert x["collections"][1:7].sum() == pytest.approx(x["sales"][1:7].sum())
        assert x["suppliers"][1:7].sum() == pytest.approx(x["cost_of_sales"][1:7].sum())
        assert x["collections"][7:13].sum() < x["sales"][7:13].sum()
        assert x["suppliers"][7:13].sum() < x["cost_of_sales"][7:13].sum() < 0
        limit, first = nothing.assumptions.limit, nothing.metrics["first_missed"]
        assert x["line_debt"][first] == pytest.approx(limit)
        assert x["line_debt"][first - 1] < limit - 1

    def test_the_waterfall_was_cut_to_the_cash(self):
        module = case("strategic")
        r = module.simulate(module.assumptions())
        x = r.lines
        cash = sum(x[k] for k in ("revenue", "running_cost", "project_tax", "working_capital",
                                  "damages", "site_cost"))  # fmt: skip
        service = -(x["interest"] + x["principal"])
        ratio = [cash[t : t + 4].sum() / service[t : t + 4].sum() for t in range(5, 29, 4)]
        np.testing.assert_allclose(ratio[2:], r.metrics["sized_dscr"], rtol=1e-9)
        assert min(ratio[:2]) > max(ratio[2:])  # "in the early columns the ratio is higher"
        assert x["working_capital"].sum() == pytest.approx(0, abs=1e-9)
        np.testing.assert_allclose(x["closing"], x["reserve"], atol=1e-9)
        late = slice(29, 41)
        assert -x["distribution"][late].sum() > (cash - service)[late].sum()
        sources = x["draw"].sum() + x["equity"].sum()
        assert sources > -x["capex"].sum()  # the two sides match, with interest, fees and reserve

    def test_the_recovery_and_its_bases(self):
        module = case("terminated")
        r = module.simulate(module.assumptions()).alternative("enforce")
        m, a = r.metrics, r.assumptions
        assert m["expected_recovery"] < m["expected_nominal"] < m["nominal_recovery"]
        assert m["nominal_recovery"] < m["received"] / m["ead"]  # less the bank's own cost
        assert m["received"] / m["claim_when_paid"] < m["received"] / m["ead"]
        assert m["received"] < m["price"] + m["guarantor"]
        assert m["expected_lgd"] == pytest.approx(1 - m["expected_recovery"])
        assert a.cure_months == 3
        books = r.lines["written_off"].nonzero()[0][0], r.lines["recovered"].nonzero()[0][0]
        assert books[1] - books[0] == pytest.approx(7, abs=5)
        f = module.findings(module.simulate(a))
        assert 0.2 < f["chance_in_kind"] < 0.3  # "in a quarter of futures"


class TestTypes:
    """What book/theory/types.md says of the clients of the cases."""

    @pytest.fixture
    def page(self):
        return (ROOT / "book/theory/types.md").read_text(encoding="utf-8")

    def test_the_table_of_the_page_is_what_the_tree_finds(self, page):
        said = re.findall(r"^\| ([^|]+) \| [^|]+ \| (\w+) \|$", page, re.MULTILINE)
        said = [row for row in said if row[1] != "type"]
        rows, found = clients.moments(), clients.walked()
        assert said == [(rows[name]["when"], found[name][0]) for name in rows]

    def test_what_is_known_of_a_client_is_what_its_case_says(self):
        rows = clients.moments()
        loan, firm = (x.simulate(x.assumptions()) for x in (terminated, problem))
        hits = problem.watch(firm.alternative("do_nothing"))["hits"]
        for row in (x for x in rows.values() if x["client"] == "terminated"):
            a, late = loan.assumptions, max(0, row["month"] - loan.assumptions.missed_month)
            assert row["days_past_due"] == 30 * late
            assert row["ended_or_default"] == (30 * late >= 30 * a.cure_months)
            assert row["exposure"] == loan.lines["balance"][row["month"] - late]
        for row in (x for x in rows.values() if x["client"] == "problem"):
            a, lines = firm.assumptions, firm.alternative("do_nothing").lines
            assert row["exposure"] == lines["term_debt"][row["month"]] + a.limit
            known = row["month"] - a.reporting_lag  # of the accounts that the bank has by then
            assert row["signals"] == sum(bool(x[known]) for x in hits.values())

    def test_what_decides_is_what_the_page_says(self):
        path = {name: p for name, (_, p) in clients.walked().items()}
        nodes = decision_tree.tree()

        def last(name, *questions):
            return (
                all(nodes[q].question in path[name] for q in questions)
                and path[name].count("?") == list(nodes).index(questions[-1]) + 1
            )

        assert last("strategic_signed", "large", "sound", "main", "deep")
        assert last("problem_warned", "signals") and last("problem_decided", "late")
        assert last("terminated_late", "late") and last("terminated_called", "ended")
        assert last("growth_rated", "risk")
        assert nodes["deep"].question not in path["strategic_half"]  # "not a main bank"
        assert f"{nodes['deep'].question} no." in path["problem_before"]  # "few products"
        assert f"{nodes['main'].question} no." in path["terminated_clean"]
        for name in ("transactional_later", "growth_orders"):
            assert f"{nodes['dependent'].question} yes." in path[name]

    def test_moments_are_those_of_the_cases(self):
        rows = clients.moments()
        promised = case("strategic").assumptions().wallet_share
        assert rows["strategic_half"]["wallet_share"] == pytest.approx(promised / 2)
        trouble = case("problem")
        r = trouble.simulate(trouble.assumptions())
        assert rows["problem_warned"]["month"] == r.metrics["warning"]
        assert rows["problem_decided"]["month"] == r.assumptions.decision_month
        assert r.metrics["warning_lead"] > 0
        bad = case("terminated").assumptions()
        assert rows["terminated_called"]["month"] == bad.missed_month + bad.cure_months
        assert bad.trouble_months > 12  # "its cover fell for more than a year"

    def test_trouble_comes_first_in_the_tree(self):
        """Every path to strategic or growth passes the four questions about trouble."""
        order = list(decision_tree.tree())
        assert order[:4] == ["ended", "late", "signals", "risk"]
        late = dict(clients.moments()["strategic_signed"], days_past_due=60)
        assert (
            decision_tree.classify({k: [late[k]] for k in decision_tree.columns()})[0][0]
            == "problem"
        )

    def test_the_tree_is_drawn_from_its_data(self):
        """Each question and each type stands in the picture; twice the same."""
        picture = CHARTS["tree"](None)
        shown = [" ".join(t.get_text().split()) for ax in picture.axes for t in ax.texts]
        for node in decision_tree.tree().values():
            assert node.question in shown
        assert set(TYPES) <= set(shown)
        assert picture.svg() == CHARTS["tree"](None).svg()

    def test_no_text_leaves_the_tree(self):
        from matplotlib.backends.backend_agg import FigureCanvasAgg

        picture = CHARTS["tree"](None)
        canvas = FigureCanvasAgg(picture)
        canvas.draw()
        (ax,) = picture.axes
        for artist in (ax._left_title, ax.xaxis.label, *ax.texts):
            box = artist.get_window_extent(canvas.get_renderer())
            assert box.x0 >= -1 and box.x1 <= picture.bbox.x1 + 1, artist
            assert box.y0 >= -1 and box.y1 <= picture.bbox.y1 + 1, artist

    def test_transactional_is_the_largest_group_of_the_bank(self):
        found = decision_tree.of_snapshot(tables.snapshot(36))["type"].value_counts()
        assert found.idxmax() == "transactional"


def test_in_another_unit_of_money_it_is_the_same_story(base, findings):
    rates = ("small", "middle", "large", "small_short", "large_short", "large_long")
    apart = dict.fromkeys((f"{k}_rate" for k in rates), "of loans of fixed amounts")
    assert_scales(t, base, findings, apart)

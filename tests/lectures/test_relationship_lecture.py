"""What the lecture on a loan that loses says in words, asserted on the models."""

from __future__ import annotations

import numpy as np
import pytest

from casebook.numbers import base
from casebook.theory import loan

from .spoken import asked_first, lecture, moved, says, shape

NAME = "relationship"
#: The choices of the repayment form, in the order of the alternatives.
BULLET, LEVEL = 0, 2


def test_eleven_slides_of_eight_minutes():
    told = lecture(NAME)
    assert shape(NAME) == (11, 10, 1, True)
    assert 1000 <= told.words <= 1250 and 25 <= told.minutes <= 50


@pytest.mark.parametrize(
    ("slide", "answer"),
    [
        ("An offer to match", "Whether you earn is another"),
        ("What a rate must pay for", "Capital does."),
        ("Two ends of one loan", "nearly as much as on the first"),
        ("What else could it bring", "CNY 25 thousand a year"),
        ("What knowing can do", "It renewed the credit line"),
        ("What it costs, and whom", "None."),
        ("Cash that does not move", "No. Watch what is drawn on the credit line"),
        ("A percentage without a base", "Three answers are correct"),
    ],
)
def test_a_question_comes_before_its_answer(slide, answer):
    assert asked_first(NAME, slide, answer)


def test_the_offer_is_short_of_what_is_needed(r):
    says(NAME, "Five things are paid out of a rate", "twice what the expected loss takes",
         "the firm will probably pay", "third column, level payments", "below",
         "in every year of interest it shows a profit after tax")  # fmt: skip
    m, a = r.metrics, r.assumptions
    assert a.form == "level" == r.alternatives[LEVEL]
    assert m["spare"] < 0 and a.rate < m["break_even_rate"] and m["economic_profit"] < 0
    parts = {k: m[f"{k}_points"] for k in ("funding", "capital", "loss", "cost", "vat")}
    assert sorted(parts, key=parts.get)[-2:] == ["capital", "funding"]
    assert 1.9 < m["capital_points"] / m["loss_points"] < 2.1
    assert m["cumulative_pd"] < 0.1  # will probably pay
    after_tax = r.lines["economic_profit_line"] - r.lines["capital_charge"]
    assert (after_tax[1:] > 0).all()
    statement = r.exhibit("client")[1]
    assert len(statement) <= 7  # readable from the last row of a room


def test_the_two_ends(r, f):
    says(NAME, "the loan has earned its money by then", "it costs nearly as much as on the first",
         "The others fail in any year alike")  # fmt: skip
    seen = loan.outcomes(r)
    first, last = seen["result"][:, 0], seen["result"][:, -2]
    assert last[LEVEL] > 0 and 0.9 < last[BULLET] / first[BULLET] < 1
    assert f["loans_eaten"] == pytest.approx(-first[LEVEL] / f["repaid_result"], abs=0.5)
    assert np.ptp(seen["chance"][:-1]) < 0.003
    # the notes: the bullet has the larger income and the larger loss of economic profit
    income = [r.alternative(k).lines["interest_income"].sum() for k in ("bullet", "level")]
    assert income[0] > income[1]
    profit = [r.alternative(k).metrics["economic_profit"] for k in ("bullet", "level")]
    assert profit[0] < profit[1] < 0


def test_the_best_year_is_the_last(r, f):
    says(NAME, "The best year is the last", "below the dashed hurdle",
         "capital falls faster than income", "after two years leaves you with")  # fmt: skip
    years = loan.by_year(r)
    assert f["year_zero"] < 0 and (np.diff(years["raroc"]) > 0).all()
    assert f["first_raroc"] < r.assumptions.hurdle < f["last_raroc"]
    capital, income = r.lines["capital_line"][1:], r.lines["interest_income"][1:]
    assert (np.diff(capital / income) < 0).all()
    each = r.lines["economic_profit_line"]
    assert each[:3].max() < 0 < each[-1] and each.argmax() == len(each) - 1


def test_other_income_turns_it(r, f):
    says(NAME, "the same offer has", "to spare", "The smallest move is a higher rate")
    more = moved("loan.other_income=0.025")
    assert more.metrics["spare"] > 0 and more.metrics["economic_profit"] > 0
    assert 0.02 < f["turn_other_income"] < more.assumptions.other_income
    assert more.assumptions.other_income < 0.005 * r.assumptions.principal  # "that little"
    assert moved("loan.other_income=0.02").metrics["spare"] < 0
    assert r.assumptions.other_income == 0


def test_the_last_slide_reads_the_bars_as_they_are(r, f):
    says(NAME, "So would a loan about twice as large", "A safer firm would",
         "Cutting the cost of making the loan to nothing would not")  # fmt: skip
    a = r.assumptions

    def profit(**change):
        return loan.simulate(a.replace(**change)).metrics["economic_profit"]

    assert profit(collateral=f["turn_collateral"]) == pytest.approx(0, abs=1e-6)
    assert 1.9 < f["turn_principal"] / a.principal < 2.1
    assert profit(pd=f["turn_pd"]) == pytest.approx(0, abs=1e-6) and f["turn_pd"] < a.pd
    assert profit(origination_cost=0.0) < 0
    assert f["turn_rate"] / a.rate - 1 < 0.1 < f["turn_collateral"] / a.collateral - 1


def test_the_bank_knew_and_did_not_use_it():
    says(NAME, "The rule in the last row counts the squares. It rang 4 months before",
         "It renewed the credit line",
         "accounts that its bank received")  # fmt: skip
    r = base("problem")
    m = r.alternative("do_nothing").metrics
    assert m["warning"] < r.assumptions.renewal_month <= m["first_missed"]
    assert m["warning_lead"] == m["first_missed"] - m["warning"] == 4


def test_the_line_held_the_cash():
    says(NAME, "In the half-year in which its orders went", "after month six",
         "the month of the first missed payment", "paid every instalment on time",
         "Every instalment of that half-year was paid", "until the line is full",
         "the bank put in more than it received")  # fmt: skip
    r = base("problem")
    line, a = r.alternative("do_nothing").lines, r.assumptions
    assert a.shock_start == 7 and line["cash_held"][6] == pytest.approx(line["cash_held"][12])
    debt, full = line["line_debt"], int(r.alternative("do_nothing").metrics["first_missed"])
    assert debt[6] < debt[9] < debt[12] < debt[full] == pytest.approx(a.limit)
    assert debt[full - 1] < a.limit
    paid = -(line["interest_paid"] + line["principal_paid"])[7:full].sum()
    assert line["line_drawn"][7:full].sum() > paid > 0
    assert (line["days_past_due"][:full] == 0).all()


def test_three_recoveries_in_this_order():
    says(NAME, "Three answers are correct", "The price of this loan had assumed a loss of",
         "Credited over owed leaves out the bank's own cost",
         "In the upper bar the cost of the sale comes off first")  # fmt: skip
    r = base("terminated")
    m = r.alternative("enforce").metrics
    assert m["nominal_recovery"] > m["expected_nominal"] > m["expected_recovery"]
    assert m["expected_recovery"] + m["expected_lgd"] == pytest.approx(1)
    assert m["expected_lgd"] > r.assumptions.lgd_planned
    assert m["received"] / m["ead"] > m["nominal_recovery"]  # before the bank's own cost
    assert m["claim_when_paid"] > m["ead"]
    assert r.alternatives[0] == "enforce"  # the upper bar

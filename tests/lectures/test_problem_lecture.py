"""What the lecture on a profitable firm that runs dry says in words, asserted on the model."""

from __future__ import annotations

import numpy as np
import pytest

from casebook.cases import problem as p
from casebook.web.lectures.script import Move

from .spoken import asked_first, lecture, moved, says, shape

NAME = "problem"
POOR, REVIEW = "problem.success_chance=0.4", "problem.stop_months=9"


def value(run, way):
    return run.alternative(way).metrics["value"]


def test_twelve_slides_of_seven_minutes():
    told = lecture(NAME)
    assert shape(NAME) == (12, 10, 3, True)
    assert 1000 <= told.words <= 1250 and 40 <= told.minutes <= 50


@pytest.mark.parametrize(
    ("slide", "answer"),
    [
        ("How late do they pay", "Neither, if you can count back"),
        ("Who sees it first", "never fires"),
        ("The renewal in December", "Frozen in December"),
        ("Four endings at one date", "The plan that fails"),
        ("How sure must you be", "43.1%"),
        ("Ten points less of trust", "It does not."),
        ("One clause in the bank's own hand", "A lot."),
        ("The price of June", "The people."),
    ],
)
def test_a_question_comes_before_its_answer(slide, answer):
    assert asked_first(NAME, slide, answer)


def test_the_firm_earns_and_cannot_pay(r):
    says(NAME, "a profit in every month of its bad year", "At the end of March",
         "Three payments to its bank missed", "on the last day of May")  # fmt: skip
    a, nothing = r.assumptions, r.alternative("do_nothing")
    income = nothing.lines["net_income"]
    assert (income[a.shock_start : a.decision_month + 1] > 0).all()
    # month one is January of last year: March is month 15, May month 17
    assert nothing.metrics["first_missed"] == 15
    assert a.decision_month == 17 and nothing.lines["days_past_due"][17] == 61


def test_the_cash_went_into_receivables_stock_and_suppliers(r, f):
    says(NAME, "In July sales begin to fall", "a month in September", "The top line is receivables",
         "By March it is up", "In June", "In March it is full",
         "Month fifteen of the picture is March.")  # fmt: skip
    a, line = r.assumptions, r.alternative("do_nothing").lines
    assert (a.shock_start, a.shock_start + a.fall_months - 1) == (7, 9)
    assert line["sales"][9] < line["sales"][8] < line["sales"][6]
    assert line["sales"][9] == pytest.approx(f["sales_low"])
    others = ("stock", "payables", "line_debt")
    assert all((line["receivables"][:23] > line[k][:23]).all() for k in others)
    assert line["receivables"][15] - line["receivables"][6] == pytest.approx(f["receivables_grew"])
    assert line["line_debt"][6] == pytest.approx(f["line_before"])
    assert line["line_debt"][14] < line["line_debt"][15]
    assert line["line_debt"][15] == pytest.approx(a.limit)
    # the notes: about twice the stock, suppliers more than the stock
    assert 1.7 < f["receivables_grew"] / f["stock_grew"] < 2.3
    assert f["suppliers_shrank"] > f["stock_grew"]


def test_one_month_leaps_and_a_year_lags(r, f):
    says(NAME, "the answer leaps when sales fall", "A year's sales still say")
    days = p.days_of_sales(r)
    assert days["month"][9] > days["back"][9] + 10  # "though nobody has paid a day later"
    assert days["year"][15] < days["back"][15] - 10
    assert np.allclose(days["month"][:7], days["year"][:7])  # the notes: agree at the left edge
    assert f["days_back"] == pytest.approx(days["back"][15])


def test_the_days_come_first_and_the_score_never(r, f):
    says(NAME, "is as early", "fires on", "when the money is gone", "never fires",
         "silent on every quiet path", "in November")  # fmt: skip
    leads = {k: f[f"lead_{k}"] for k in p.SIGNALS}
    assert leads["dso"] == leads["dscr"] == np.nanmax(list(leads.values()))
    assert leads["use"] == 0 and np.isnan(leads["z"])
    assert f["false_rule"] == 0 and 0.4 < f["false_dscr"] < 0.5
    assert r.metrics["warning"] == 11 == r.assumptions.renewal_month - 1
    assert r.metrics["warning_lead"] == f["lead_rule"]
    assert len(p.SIGNALS) == 7  # "seven signals"


def test_a_larger_line_is_a_bet_on_a_short_downturn(r, f):
    says(NAME, "misses its payment later, and owes more", "comes through without missing anything")
    a, limit = r.assumptions, f["limit_that_holds"]
    assert f["frozen_earlier"] > 0
    wide = a.replace(limit=limit)
    assert p.simulate(wide).alternative("do_nothing").metrics["first_missed"] == -1
    longest = [
        p.simulate(b.replace(shock_length=24)).alternative("do_nothing").metrics for b in (a, wide)
    ]
    assert longest[1]["first_missed"] > longest[0]["first_missed"] > 0
    assert longest[1]["owed"] > longest[0]["owed"]


def test_the_four_endings_are_in_this_order(r, f):
    says(NAME, "The plan that fails", "Doing nothing is next", "nearly all that is owed",
         "a lower rate", "The plan may work, or it may fail")  # fmt: skip
    order = ["failed", "do_nothing", "liquidate", "restructure"]
    assert sorted(order, key=lambda way: value(r, way)) == order
    assert 0.95 < value(r, "restructure") / r.metrics["owed"] < 1
    assert r.assumptions.rate_cut > 0


def test_ten_points_turn_the_answer(r):
    says(NAME, "than a sale", "every single ending is worth what it was", "Ten points of opinion")
    poor = moved(POOR)
    assert r.assumptions.success_chance - poor.assumptions.success_chance == pytest.approx(0.1)
    assert poor.metrics["advantage"] < 0 < r.metrics["advantage"]
    assert all(value(poor, way) == value(r, way) for way in r.alternatives)
    assert r.metrics["break_even_chance"] < r.metrics["chance"]
    assert r.assumptions.success_chance == 0.5  # "a coin"; the chance is put back to this
    back = [x.asked for s in lecture(NAME).slides for x in s.parts if isinstance(x, Move)]
    assert back == [POOR, "problem.success_chance=0.5", REVIEW]


def test_the_clause_does_a_lot(r, f):
    says(NAME, "A lot.", "by which the measures should be at work", "would add only",
         "The plan's lead grows to")  # fmt: skip
    early = moved(REVIEW)
    assert early.assumptions.stop_months == r.assumptions.measure_months
    assert early.metrics["break_even_chance"] < 2 / 3 * r.metrics["break_even_chance"]
    assert early.metrics["advantage"] > 2 * r.metrics["advantage"]
    assert value(early, "failed") > value(r, "failed")
    assert f["price_gain"] < (early.metrics["advantage"] - r.metrics["advantage"]) / 4
    # the notes: no forced-sale price up to the whole appraisal turns the answer
    for price in (0.7, 0.8, 0.9, 1.0):
        assert p.simulate(early.assumptions.replace(forced_sale=price)).metrics["advantage"] > 0


def test_that_there_is_a_review_matters_more_than_its_month(r, f):
    says(NAME, "how flat the dots lie", "about a million", "review in the third month")
    wire = p.tripwire(r)
    at = dict(zip(wire["months"].tolist(), wire["value"].tolist(), strict=True))
    last = int(f["review_latest"])
    flat = [at[k] for k in range(3, last + 1)]
    assert max(flat) - min(flat) < 0.6
    assert all(0.7 < at[k] - at[k + 1] < 1.3 for k in range(last, last + 4))
    assert 0.2 < f["review_error"] < 0.4


def test_waiting_costs_people_first(r, f):
    says(NAME, "The people.", "Close behind come other creditors",
         "After 4 months the sale is ahead", "more than ninety days late",
         "leaves the loan non-performing")  # fmt: skip
    parts = {k.removeprefix("wait_"): f[k] for k in (
        "wait_time", "wait_chance_decay", "wait_terms_lost", "wait_attachment",
        "wait_stock_decay", "wait_collateral_decay")}  # fmt: skip
    first, second = sorted(parts, key=parts.get, reverse=True)[:2]
    assert (first, second) == ("chance_decay", "attachment")
    assert parts["attachment"] > 0.9 * parts["chance_decay"]
    assert parts["time"] < 0.05 * f["wait_cost"]
    assert f["wait_chance"] < r.metrics["chance"]
    assert f["flip_wait"] == 4
    june = r.assumptions.decision_month + 1
    assert r.alternative("do_nothing").lines["days_past_due"][june] > 90
    assert f["late_class"] == 3 and r.alternative("restructure").metrics["worst_class"] == 2

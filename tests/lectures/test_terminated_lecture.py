"""What the lecture on four folders and a cousin says in words, asserted on the model."""

from __future__ import annotations

import numpy as np
import pytest

from casebook.cases import terminated as t
from casebook.web.lectures.script import Move

from .spoken import asked_first, lecture, moved, says, shape

NAME = "terminated"
RATE = "terminated.discount_rate=0.06"


def order(run, key):
    """The ways out by a metric, the best first."""
    return sorted(run.alternatives, key=lambda way: run.alternative(way).metrics[key], reverse=True)


def test_twelve_slides_of_seven_minutes():
    told = lecture(NAME)
    assert shape(NAME) == (12, 11, 2, True)
    assert 1000 <= told.words <= 1250 and 40 <= told.minutes <= 50


@pytest.mark.parametrize(
    ("slide", "answer"),
    [
        ("The long way", "None. It is growth on paper"),
        ("Money in hand, and money", "It adds money of different years"),
        ("One path, or all of them", "The average. The likely path leaves out"),
        ("Who stands before the bank", "Enforcement, by"),
        ("Between two answers", "For the cousin."),
        ("Who sets the rate", "He does not."),
        ("One search before the vote", "If his assets are there"),
        ("When to have left", "More than half"),
    ],
)
def test_a_question_comes_before_its_answer(slide, answer):
    assert asked_first(NAME, slide, answer)


def test_the_two_missing_costs_are_named_a_slide_after_the_question():
    said = [(say.question, say.text) for slide in lecture(NAME).slides for say in slide.spoken]
    asked = next(k for k, (asks, x) in enumerate(said) if asks and "Two costs are missing" in x)
    assert said[asked + 1][1].startswith("The first is tax.")
    assert not any("tax timing" in x or "capital" in x for _, x in said[: asked + 1])


def test_the_claim_grows_on_paper(r, f):
    says(NAME, "paid for four years, and then did not", "no bidder in round one",
         "Somebody buys in round two", "It is growth on paper", "loses value while it waits",
         "the line above the bars")  # fmt: skip
    a, m = r.assumptions, r.alternative("enforce").metrics
    assert 4 * 12 < a.missed_month < 5 * 12
    assert m["auction_round"] == 2 and a.decay > 0
    assert m["received"] < r.metrics["ead"] < m["claim_when_paid"]
    assert m["high"] < r.metrics["ead"]  # not in a good future either
    assert m["claim_when_paid"] - r.metrics["ead"] == pytest.approx(f["claim_growth"])
    line = t.questions.timeline(r)
    assert (line["claim"][:22] > line["cash"][:22]).all()


def test_time_costs_what_lies_between_the_lines(r, f):
    says(NAME, "The gap between the two lines is what time costs",
         "said 40%", "The number that you were to remember")  # fmt: skip
    m = r.alternative("enforce").metrics
    assert m["expected_nominal"] > m["expected_recovery"]
    assert m["expected_lgd"] == pytest.approx(1 - m["expected_recovery"])
    assert m["expected_lgd"] > r.assumptions.lgd_planned + 0.15
    gap = m["expected_nominal"] - m["expected_recovery"]
    assert gap * r.metrics["ead"] == pytest.approx(f["gap_money"])
    curve = t.timing(r)  # the notes: the gap widens to the right
    assert (np.diff(curve["nominal"] - curve["economic"]) > 0).all()


def test_the_likely_path_flatters(r, f):
    says(NAME, "looks better", "the quarter of futures in which nobody bids",
         "These cost more than a lucky sale adds", "will refuse too often")  # fmt: skip
    m = r.alternative("enforce").metrics
    assert m["lgd"] < m["expected_lgd"]
    assert 0.2 < f["chance_in_kind"] < 0.3
    assert f["on_time"] < 0.5  # not even likely to be punctual
    assert f["plan_above_expectation"] > 0
    assert m["value"] - m["low"] > m["high"] - m["value"]


def test_the_two_courts_are_nearly_the_same(r, f):
    says(NAME, "That is nearly nothing", "With twice the old tax, bankruptcy would be ahead",
         "bankruptcy takes longer", "One yuan of it takes one yuan")  # fmt: skip
    a = r.assumptions
    enforce, ask = (r.alternative(way).metrics for way in ("enforce", "bankruptcy"))
    says(NAME, "on the likely path, in the picture, bankruptcy pays the bank a little more")
    assert 0 < ask["received"] - enforce["received"] < 0.05 * enforce["received"]
    assert 0 < f["forced_gap"] < 0.01 * enforce["expected_value"]
    assert ask["months_to_cash"] > enforce["months_to_cash"]
    twice = t.simulate(a.replace(prior_tax=2 * a.prior_tax))
    assert order(twice, "expected_value")[0] == "bankruptcy"
    more = t.simulate(a.replace(prior_tax=a.prior_tax + 1)).alternative("enforce").metrics
    assert enforce["received"] - more["received"] == pytest.approx(1, abs=0.01)


def test_she_can_refuse_and_will_probably_look_right(r, f):
    says(NAME, "short", "will probably look right", "On cash alone the answer is no")
    assert f["beats"] > 0.5
    assert r.metrics["settlement"] < r.metrics["settle_break_even"]


def test_tax_and_capital_speak_for_the_cousin(r, f):
    says(NAME, "For the cousin.", "His letter lies between the two answers",
         "On the dots the court comes first", "On the diamonds the settlement does",
         "On such a claim that is thin", "Selling the loan comes last on both",
         "Both margins are below a million")  # fmt: skip
    m, a = r.metrics, r.assumptions
    assert m["settle_all_in"] < m["settlement"] < m["settle_break_even"]
    assert order(r, "expected_value")[0] == "enforce"
    assert order(r, "expected_all_in")[0] == "settle"
    assert order(r, "expected_value")[-1] == order(r, "expected_all_in")[-1] == "sell"
    assert m["sale"] < m["sell_all_in"] < m["sell_break_even"]
    assert 0 < f["settle_gain"] < 0.01 * m["ead"]
    assert max(f["offer_above_all_in"], f["offer_below_plain"]) < 1
    assert a.tax_timing == "final" and a.settle_months < a.write_off_months


def test_two_points_turn_the_answer(r, f):
    says(NAME, "I take two points off", "Among the diamonds both courts have moved ahead of him",
         "The dilemma lives between these two rates")  # fmt: skip
    at = moved(RATE)
    a = r.assumptions
    assert a.discount_rate - at.assumptions.discount_rate == pytest.approx(0.02)
    assert at.metrics["settlement"] == r.metrics["settlement"] < at.metrics["settle_all_in"]
    assert set(order(at, "expected_all_in")[:2]) == {"enforce", "bankruptcy"}
    assert at.assumptions.discount_rate < f["turn_discount"] < a.discount_rate
    assert a.discount_rate < f["turn_discount_plain"]
    own = t.simulate(a.replace(discount_rate=a.ftp)).metrics  # the notes: it goes to court
    assert own["settlement"] < own["settle_all_in"]
    moves = [x.asked for s in lecture(NAME).slides for x in s.parts if isinstance(x, Move)]
    assert moves == [RATE, "terminated.discount_rate=0.08"]
    assert a.discount_rate == 0.08


def test_the_search_is_worth_more_than_the_margin(r, f):
    says(NAME, "The longest bar is the appraisal", "One shorter bar can be looked up",
         "The cousin's offer lies between", "more than the margin that speaks for")  # fmt: skip
    rows = [row[0] for row in t.tornado(r)["rows"]]
    assert rows[0] == "collateral_value" and "guarantor_chance" in rows[1:]
    assert f["lost_all_in"] < r.metrics["settlement"] < f["found_all_in"]
    assert f["search_value"] > f["settle_gain"] > 0


def test_the_rule_saves_more_than_half(r, f):
    says(NAME, "More than half", "the rule also rings for firms that recover",
         "Time in the picture runs to the right")  # fmt: skip
    assert 0.5 < f["saved_rule"] / f["loss"] < 0.6
    assert r.assumptions.cover_end < 1 < r.assumptions.exit_cover < r.assumptions.cover
    assert f["alarms"] >= 1

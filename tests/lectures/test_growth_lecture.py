"""What the lecture on a seed round says in words, asserted on the model."""

from __future__ import annotations

import numpy as np
import pytest

from casebook.cases import growth as g
from casebook.web.lectures.script import Move

from .spoken import asked_first, lecture, moved, says, shape

NAME = "growth"
PRICE, ODDS = "growth.pre_money=60", "growth.graduation_odds=0.7"


def test_eleven_slides_of_seven_minutes():
    told = lecture(NAME)
    assert shape(NAME) == (11, 11, 4, True)
    assert 1000 <= told.words <= 1250 and 40 <= told.minutes <= 50


@pytest.mark.parametrize(
    ("slide", "answer"),
    [
        ("How far do they get", "About nine."),
        ("Two truths about one cheque", "next to nothing"),
        ("The best five in a hundred", "59.5%"),
        ("The price", "Not one."),
        ("The odds", "it is about the same"),
        ("Now, or later", "All now:"),
        ("The same folder at the bank", "25.5%"),
        ("What a promise is worth", "It falls, and then it stops"),
        ("One check, if only one", "No. The fund lives"),
    ],
)
def test_a_question_comes_before_its_answer(slide, answer):
    assert asked_first(NAME, slide, answer)


def test_about_nine_in_a_hundred(r, f):
    says(NAME, "About nine", "three more rounds of money, A, B and C",
         "one of them lies above the model and one below")  # fmt: skip
    assert 8.5 < 100 * r.metrics["reach_c"] < 9.5
    assert f["cb_insights"] < r.metrics["reach_a"] < f["carta_a"]
    assert r.assumptions.path == "plan"  # what the plan returns is that of this story


def test_both_are_true_of_the_same_investment(r):
    says(NAME, "next to nothing", "of deals lose money", "half of all deals return more")
    m = r.metrics
    assert m["median_multiple"] < 0.05 < 1 < m["mean_multiple"]
    assert m["loss_share"] > 0.5  # so the middle deal is one that loses


def test_the_fund_holds_one_of_the_best(r, f):
    says(NAME, "on average it holds one of the five in a hundred", "the dot on the curve",
         "can expect to lose this cheque")  # fmt: skip
    assert r.assumptions.fund_size * 0.05 == 1
    assert r.metrics["top_value"] > 0.5
    # the notes: numbers protect slowly
    assert f["fund_loss_five"] > r.metrics["fund_loss_probability"] > f["fund_loss_sixty"] > 0.1


def test_the_price_shrinks_the_winners_only(r):
    says(NAME, "I raise the price by half", "Not one.", "the first bar stays", "the mean falls",
         "rises from", "At the founders' price the money is expected")  # fmt: skip
    dear = moved(PRICE)
    a, m, now = r.assumptions, dear.metrics, r.metrics
    assert dear.assumptions.pre_money == 1.5 * a.pre_money
    assert m["loss_share"] == pytest.approx(now["loss_share"], abs=1e-9)
    assert m["mean_multiple"] < now["mean_multiple"] - 0.4
    assert m["fund_loss_probability"] > now["fund_loss_probability"] + 0.1
    assert now["expected_irr"] < a.partner_return
    # the notes: the first bar does not move at any price of the slider
    spec = a.spec.assumptions["pre_money"]
    high = g.simulate(a.replace(pre_money=spec.high)).metrics["loss_share"]
    assert high == pytest.approx(now["loss_share"], abs=0.005)
    moves = [x.asked for s in lecture(NAME).slides for x in s.parts if isinstance(x, Move)]
    assert moves == [PRICE, "growth.pre_money=40", ODDS, "growth.graduation_odds=1"]
    assert (a.pre_money, a.graduation_odds) == (40, 1)


def test_the_odds_change_how_many_winners_there_are(r):
    says(NAME, "I lower the odds by three tenths", "about the same", "But now more deals lose",
         "nothing moves the mean more", "The odds change how many winners")  # fmt: skip
    poor, dear = moved(ODDS), moved(PRICE)
    assert poor.assumptions.graduation_odds == pytest.approx(0.7 * r.assumptions.graduation_odds)
    assert poor.metrics["mean_multiple"] == pytest.approx(dear.metrics["mean_multiple"], abs=0.05)
    assert poor.metrics["loss_share"] > r.metrics["loss_share"] + 0.02
    assert poor.metrics["fund_loss_probability"] > dear.metrics["fund_loss_probability"]
    assert poor.metrics["reach_c"] < r.metrics["reach_c"]
    assert g.tornado(r)[0][0] == "graduation_odds"


def test_staging_is_insurance_and_not_free(r, f):
    says(NAME, "All now:", "falls by more than a quarter", "But it is not free",
         "half now and half at round A", "The base case lies right of it")  # fmt: skip
    assert f["per_committed_all_now"] > f["per_committed_staged"]
    assert f["expected_loss_staged"] < 0.75 * f["expected_loss_all_now"]
    assert f["staging_stops"] < f["base_step_up"]
    assert f["kept"] == f["committed"] / 2
    # the notes: the chance that the deal loses is the same
    assert f["loss_probability_all_now"] == pytest.approx(f["loss_probability_staged"])


def test_the_loss_is_more_than_half_of_the_rate(r, f):
    says(NAME, "The loss alone is more than half of it", "Wages and taxes are paid before the bank")
    plain = g.questions.loan_price(r)["plain"]
    assert plain["expected_loss"] > plain["total"] / 2
    assert plain["total"] == pytest.approx(r.metrics["break_even_plain"])
    assert r.assumptions.pledged == 0  # nothing of the estate is the bank's before the wages
    # the notes: "only a little above" the line at which a court may begin to cut
    assert 0 < r.metrics["break_even_plain"] - f["limit"] < 0.02


def test_a_larger_warrant_does_not_close_the_gap(r, f):
    says(
        NAME,
        "still well above",
        "It falls, and then it stops",
        "kept nearly in full",
        "comes down to the founders' rate",
        "From there the whole loss is promised",
    )
    a, curve = r.assumptions, g.questions.cover_curve(r)
    assert r.metrics["break_even_linked"] > 1.5 * a.loan_rate
    flat = curve["coverage"] > f["coverage_whole"]
    assert flat.any() and np.allclose(curve["rate"][flat], f["rate_whole"])
    assert (np.diff(curve["rate"][~flat]) < 0).all()
    assert f["rate_whole"] > a.loan_rate > curve["kept"][-1]
    assert 0.9 < f["promise_needed"] < 1
    assert a.partner_pays < f["promise_needed"]


def test_fund_and_bank_would_choose_another_check(r, f):
    says(NAME, "so the market matters most", "For it the test matters most",
         "the next seven quarters")  # fmt: skip
    checks = ("market", "team", "technology")
    irr = {k: f[f"dd_{k}_good_irr"] - f[f"dd_{k}_bad_irr"] for k in checks}
    rate = {k: f[f"dd_{k}_bad_rate"] - f[f"dd_{k}_good_rate"] for k in checks}
    assert max(irr, key=irr.get) == "market" and min(irr, key=irr.get) == "team"
    assert max(rate, key=rate.get) == "technology"
    assert rate["team"] > 0.8 * rate["technology"]  # the notes: nearly as much
    assert r.assumptions.quarters_seed == 7


def test_a_lower_price_or_better_odds_mend_the_deal(r, f):
    says(NAME, "the money earns less than her investors ask for", "better by two fifths",
         "no rate mends a plain loan", "at a rate that nobody has offered")  # fmt: skip
    a = r.assumptions
    assert f["highest_pre_money"] < a.pre_money
    better = g.simulate(a.replace(graduation_odds=1.4)).metrics["expected_irr"]
    assert a.partner_return <= better < a.partner_return + 0.01
    assert f["rate_whole"] > a.loan_rate

"""What the lecture on the whole client book says in words, asserted on the model."""

from __future__ import annotations

import numpy as np
import pytest

from casebook.strategies import lifecycle
from casebook.web.lectures.script import Move

from .spoken import asked_first, lecture, moved, says, shape

NAME = "capstone"
PLANS = lifecycle.STRATEGIES
QUIET, THIRD, BACK, BLIND, WEIGHED = (
    "lifecycle.recession_depth=0", "lifecycle.saved=0.06", "lifecycle.saved=0.19",
    "lifecycle.warning_quality=0.1", "lifecycle.approach=standardised",
)  # fmt: skip


def metric(run, side, name="gain"):
    return run.alternative(side).metrics[name]


def order(run):
    return sorted(PLANS, key=lambda side: -metric(run, side))


def test_ten_slides_of_seven_minutes():
    told = lecture(NAME)
    assert shape(NAME) == (10, 10, 5, True)
    assert 1000 <= told.words <= 1250 and 25 <= told.minutes <= 50
    moves = [x.asked for s in told.slides for x in s.parts if isinstance(x, Move)]
    assert moves == [QUIET, THIRD, BACK, BLIND, WEIGHED]


@pytest.mark.parametrize(
    ("slide", "answer"),
    [
        ("Four results on one table", "two of them have counted the same hours"),
        ("The book as it is", "About 244"),
        ("Ten years without a plan", "More than all of it."),
        ("One of four carries the sum", "It should be the largest"),
        ("How far can it fall", "Yes. It still adds"),
        ("Fewer hours, or better ones", "That matters less than it seems"),
        ("Alone and together", "Classification takes hours"),
        ("Luck, and what a plan can do", "In 38% without a plan, in 50% with all four"),
        ("Whose capital", "The value."),
    ],
)
def test_a_question_comes_before_its_answer(slide, answer):
    assert asked_first(NAME, slide, answer)


def test_the_book(r, f):
    says(NAME, "One in ten is strategic", "more than from anything that they sell",
         "Look at the lower panel")  # fmt: skip
    a = r.assumptions
    assert f["opening_strategic"] / a.clients == pytest.approx(0.1)
    avoided = metric(r, "none", "total_loss") - metric(r, "chosen", "total_loss")
    sold = metric(r, "tools", "total_income") - metric(r, "none", "total_income")
    kept = metric(r, "classification", "total_income") - metric(r, "none", "total_income")
    assert avoided > 5 * (sold + kept) > 0
    bad = r.alternative("none").lines["problem"]
    assert int(np.argmax(bad)) == a.recession_year


def test_one_bad_year_weighs_more_than_four_plans(r):
    says(NAME, "More than all of it", "a single bad year weighs more than four strategies",
         "their gain changes little", "With all four plans it is still")  # fmt: skip
    quiet = moved(QUIET)
    assert metric(r, "none", "value") < metric(r, "chosen", "value") < 0
    assert metric(quiet, "none", "value") > 0
    assert metric(quiet, "none", "value") - metric(r, "none", "value") > 2 * metric(r, "chosen")
    assert 0.8 < metric(quiet, "chosen") / metric(r, "chosen") < 1
    assert metric(r, "none", "raroc") < r.assumptions.hurdle
    assert r.assumptions.view == "chosen"  # what the explorer shows


def test_early_warning_carries_the_sum_and_is_known_least(r, f):
    says(NAME, "Early warning adds", "Tools lose",
         "The small gains are known better", "What an alarm achieves was never measured",
         "it still gains", "eight books in ten")  # fmt: skip
    assert order(r) == ["early_warning", "classification", "maintenance", "tools"]
    assert metric(r, "tools") < 0 < metric(r, "maintenance")
    assert metric(r, "early_warning") > 0.75 * metric(r, "chosen")
    wide = {k: f[f"{k}_high"] - f[f"{k}_low"] for k in PLANS}
    assert wide["early_warning"] > 8 * max(v for k, v in wide.items() if k != "early_warning")
    assert metric(r, "maintenance", "total_left") > metric(r, "none", "total_left")
    assert metric(r, "tools", "strategy_cost_value") > -metric(r, "tools")
    assert "Assumed there too" in r.assumptions.spec.assumptions["saved"].reason


def test_doubts_about_the_alarm(r, f):
    says(
        NAME,
        "about a third of the defaults that were assumed",
        "Yes. It still adds",
        "Then classification and maintenance are ahead",
        "three small plans and no large one",
    )
    a, third, blind = r.assumptions, moved(THIRD), moved(BLIND)
    assert third.assumptions.saved / a.saved == pytest.approx(1 / 3, abs=0.03)
    assert order(third)[0] == "early_warning"
    assert moved(BACK).assumptions == a
    assert order(blind)[:3] == ["classification", "maintenance", "early_warning"]
    assert metric(blind, "early_warning") > 0
    assert f["warning_half"] > f["classification_gain"] > f["maintenance_gain"]  # the notes


def test_who_gets_the_hours_matters(r, f):
    says(NAME, "That matters less than it seems", "what is saved is lost again",
         "whether hours are cut by half or raised by half", "much less how often")  # fmt: skip
    curve, a = lifecycle.hours_curve(r), r.assumptions
    at = dict(zip(curve["hours"], curve["gain"], strict=True))
    half = a.hours_now / 2
    assert at[-half] > 0 and at[half] > 0 > a.hours
    assert abs(f["alike"]) < 0.05 * metric(r, "maintenance")
    assert (curve["gain"] > curve["alike"]).all()
    assert curve["gain"].max() - at[a.hours] < 0.25 * at[a.hours]


def test_the_hours_are_sold_twice(r, f):
    says(NAME, "Nearly all of that has one cause", "about half of what it adds alone",
         "No other set brings more")  # fmt: skip
    sets = lifecycle.all_sets(r)
    inside = sets["last"] / sets["alone"]
    far = [k for k, share in zip(PLANS, inside, strict=True) if share < 0.7]
    assert far == ["classification", "maintenance"]
    pair = sets["pairs"][lifecycle.CLASSIFY, lifecycle.MAINTAIN]
    assert sets["beyond"] < 0 and abs(pair / sets["beyond"] - 1) < 0.1
    assert 0.4 < f["classification_last"] / f["classification_gain"] < 0.6
    assert f["three"] == f["best_set"] > f["together"]


def test_luck_is_wider_than_the_plans(r, f):
    says(NAME, "lie close together", "takes poor odds to even ones")
    seen = lifecycle.bands(r)
    between = np.abs(seen["chosen"][1] - seen["none"][1])
    assert (between < 0.2 * (seen["chosen"][2] - seen["chosen"][0])).all()
    assert 0.3 < f["none_positive"] < 0.4 and 0.45 < f["value_positive"] < 0.55
    assert f["tools_sure"] < 0.1 and min(f["classification_sure"], f["early_warning_sure"]) > 0.9


def test_whose_capital(r):
    says(NAME, "The value. Now the ten years cost", "maintenance passes classification",
         "early warning is still first")  # fmt: skip
    weighed = moved(WEIGHED)
    assert order(weighed) == ["early_warning", "maintenance", "classification", "tools"]
    assert metric(weighed, "chosen", "value") < 5 * metric(r, "chosen", "value")
    assert 1 < metric(weighed, "chosen") / metric(r, "chosen") < 1.25
    assert r.assumptions.approach == "irb"


def test_no_single_assumption_takes_the_gain_away(r):
    says(
        NAME,
        "No single assumption, halved or raised by half, takes the gain away",
        "the widest three belong to early warning",
        "Two of the three nobody has measured",
    )
    rows = lifecycle.tornado(r)
    assert min(x for row in rows for x in row[3:]) > 0
    theirs = [row[0] for row in rows if row[0] not in ("lgd", "recession_depth", "correlation")]
    assert set(theirs[:3]) == {"warning_quality", "cut", "saved"}
    assumed = r.assumptions.spec.assumptions
    assert ["Assumed" in assumed[k].reason for k in ("warning_quality", "cut", "saved")] == [
        False, True, True,
    ]  # fmt: skip

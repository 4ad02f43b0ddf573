"""What the lecture on the alarm and the way out says in words, asserted on the models."""

from __future__ import annotations

import numpy as np
import pytest

from casebook.cases import problem, terminated
from casebook.numbers import base, findings
from casebook.strategies import early_warning
from casebook.web.lectures.script import Move

from .spoken import asked_first, lecture, moved, says, shape

NAME = "strategies_risk"
ALL, FEW, DEARER = (
    "early_warning.threshold=0.01", "early_warning.threshold=0.2", "terminated.discount_rate=0.11",
)  # fmt: skip


def test_eleven_slides_of_eight_minutes():
    told = lecture(NAME)
    assert shape(NAME) == (11, 11, 3, True)
    assert 1000 <= told.words <= 1250 and 25 <= told.minutes <= 50
    assert [x.asked for s in told.slides for x in s.parts if isinstance(x, Move)] == [
        ALL, FEW, DEARER,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("slide", "answer"),
    [
        ("A list that nobody reads", "Three things."),
        ("Among how many alarms", "About a third of them or more"),
        ("How many months before", "By itself, none."),
        ("The rule or the model", "It was better, by"),
        ("Where to set the alarm", "4,060 hours"),
        ("The weather of a sector", "Hardly."),
        ("Three files on one desk", "Nobody has decided anything"),
        ("When to leave", "As many as 5"),
        ("A call before Friday", "Please put it in writing"),
        ("Settle or enforce", "The discount rate."),
    ],
)
def test_a_question_comes_before_its_answer(slide, answer):
    assert asked_first(NAME, slide, answer)


def test_eighty_per_cent_is_easy_and_mostly_wrong(r, f):
    says(NAME, "About a third of them or more, with any of the three lines",
         "mostly wrong about single clients", "and the model does as well",
         "Counted once a year for each client, as here, 17% of the rule's alarms",
         "three of seven signals lit, two months running")  # fmt: skip
    seen = early_warning.quality(r)
    for name in ("model", "trees", "signals"):
        recall, false = (np.array(seen[name][k]) for k in ("recall", "false_rate"))
        up = np.argsort(recall)
        assert np.interp(0.8, recall[up], false[up]) > 0.33, name
        assert min(false[recall >= 0.8]) > 1 / 3, name
    model, rule = (r.alternative(k).metrics["precision"] for k in ("by_pd", "rule"))
    assert model < 0.2 and rule == pytest.approx(model, abs=0.01)
    assert (
        seen["rule"]["precision"] == pytest.approx(f["rule_precision"])
        and f["rule_precision"] < 0.2
    )
    assert f["base_rate"] < 0.03
    a = problem.assumptions()
    assert (a.signals_needed, a.months_needed, len(problem.SIGNALS)) == (3, 2, 7)
    # the notes: the difference of the areas may be nothing; most alarms are wrong at any threshold
    assert f["auc_more_low"] < 0 < f["auc_more_high"] and f["auc_signals"] < f["auc_model"]
    assert max(seen["model"]["precision"]) < 0.5


def test_lead_is_worth_something_and_assumed(r, f):
    says(NAME, "four to twelve months before the default", "Twelve months ahead: 45%",
         "Four months ahead it is", "weakest number of this lecture")  # fmt: skip
    assert (early_warning.record.STOPPED, early_warning.record.LONGEST) == (4, 12)
    assert 0 < f["lead_four"] < f["lead_eight"] < f["lead_twelve"] < 0.5
    assert "Assumed" in r.assumptions.spec.assumptions["saved"].reason


def test_that_the_model_beats_the_rule_is_not_shown(r, f):
    says(NAME, "At about the same work", "It was better, by", "runs from a loss of",
         "to a gain of", "What is shown is that either pays",
         "That the model is better is not shown on two years of one bank")  # fmt: skip
    gain = {k: r.alternative(k).metrics["gain_year"] for k in ("rule", "by_pd", "by_loss")}
    assert gain["by_pd"] > gain["rule"] > 0
    assert gain["by_pd"] - gain["rule"] == pytest.approx(f["by_pd_over"])
    assert f["by_pd_over_low"] < 0 < f["by_pd_over"] < f["by_pd_over_high"]
    hours = [r.alternative(k).metrics["hours_month"] for k in ("rule", "by_pd")]
    assert abs(hours[0] / hours[1] - 1) < 0.03
    assert min(f["rule_low"], f["by_pd_low"]) > 0 and min(f["rule_sure"], f["by_pd_sure"]) > 0.99
    # the notes: ranked by loss it saves most and gains less than by PD
    saved = {k: r.alternative(k).metrics["saved_year"] for k in gain}
    assert max(saved, key=saved.get) == "by_loss" and gain["by_loss"] < gain["by_pd"]


def test_too_many_alarms_lose_and_few_earn_most(r):
    says(
        NAME,
        "and loses",
        "the work is less than half of today's",
        "The first hours do most of the work",
        "if the bank alarms everybody from one per cent on",
    )
    everybody, few = moved(ALL), moved(FEW)
    assert everybody.assumptions.threshold == 0.01 and r.assumptions.view == "by_pd"
    assert everybody.metrics["gain_year"] < 0
    assert everybody.metrics["loss_share"] > r.metrics["loss_share"]
    assert few.metrics["hours_month"] < r.metrics["hours_month"] / 2
    assert few.metrics["gain_year"] > 0.75 * r.metrics["gain_year"]


def test_the_climate_plans_hours_and_picks_nobody(r, f):
    says(NAME, "Without it the model ranks as well as with it", "Hardly.",
         "Worst third of sectors")  # fmt: skip
    sky = early_warning.climate(r)
    assert sky["low"][0] > sky["high"][-1] and (np.diff(sky["rate"]) < 0).all()
    assert f["climate_auc_without"] == pytest.approx(f["auc_model"], abs=0.005)
    assert f["climate_each"] > f["fewer_each"]  # the notes


def test_when_to_leave():
    says(NAME, "would have rung 17 months before the default", "As many as 5",
         "In the last year, each month of waiting takes something away")  # fmt: skip
    t = base("terminated")
    saved = np.array(terminated.exits(t)["saved"])
    assert (np.diff(saved[:13]) > 0).all() and saved[0] == 0
    f = findings("terminated")
    assert f["rule_months"] == 17 and f["alarms"] >= 1
    assert saved[17] == pytest.approx(f["saved_rule"])


def test_the_rate_turns_the_offer():
    says(NAME, "enforcing is worth more", "and the answer is yes", "without a yuan more")
    t, dear = base("terminated"), moved(DEARER)
    assert t.metrics["settlement"] < t.metrics["settle_break_even"]
    assert dear.metrics["settlement"] == t.metrics["settlement"] > dear.metrics["settle_break_even"]
    assert t.assumptions.discount_rate < findings("terminated")["turn_discount_plain"] < 0.11


def test_what_the_signature_is_about(r, f):
    says(NAME, "The rule, with an owner and 489 hours a month", "does not wait for a better model")
    assert f["rule_hours"] == r.alternative("rule").metrics["hours_month"]
    assert f["loss_year"] == pytest.approx(r.metrics["loss_year"])

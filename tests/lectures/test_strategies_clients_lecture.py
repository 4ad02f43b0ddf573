"""What the lecture on three plans and their simple rivals says in words, asserted on the models."""

from __future__ import annotations

import numpy as np
import pytest

from casebook.numbers import base, findings
from casebook.strategies import classification, maintenance

from .spoken import asked_first, lecture, moved, says, shape

NAME = "strategies_clients"
STRATEGIC, TRANSACTIONAL, GROWTH, PROBLEM = range(4)
MORE, PAYING, HOURS = (
    "classification.clients=2500", "maintenance.allocation=paying", "tools.hours_saved=8",
)  # fmt: skip


def gain(r, side):
    return r.alternative(side).metrics["gain"]


def test_eleven_slides_of_eight_minutes():
    told = lecture(NAME)
    assert shape(NAME) == (11, 11, 3, True)
    assert 1000 <= told.words <= 1250 and 25 <= told.minutes <= 50


@pytest.mark.parametrize(
    ("slide", "answer"),
    [
        ("Who gets which service", "No single size will do"),
        ("What a mistake costs", "Only the hours."),
        ("The better sorter loses", "More clients."),
        ("A chart that everybody likes", "Perhaps managers see those"),
        ("Two estimates for a board", "the dotted line"),
        ("Where the next hour goes", "On average 10.3 hours"),
        ("What to offer, whom to see", "One time in three."),
        ("The list without the system", "It breaks even at 7.6"),
    ],
)
def test_a_question_comes_before_its_answer(slide, answer):
    assert asked_first(NAME, slide, answer)


def test_no_line_tells_the_types_apart():
    says(NAME, "the middle eight in ten of a type", "One strategic client in ten is smaller than",
         "finds most growth clients, and does not tell strategic from transactional")  # fmt: skip
    seen = classification.mixtures(base("classification"))
    same = base("classification").alternative("same").metrics["hours"]
    assert same == base("lifecycle").assumptions.hours_now  # as it is written
    low, middle, _ = np.moveaxis(seen["exposure"], 1, 0)
    assert low[STRATEGIC] < middle[TRANSACTIONAL]
    low, middle, high = np.moveaxis(seen["sales_growth"], 1, 0)
    assert low[GROWTH] > max(high[STRATEGIC], high[TRANSACTIONAL], high[PROBLEM])
    assert low[STRATEGIC] < middle[TRANSACTIONAL] < middle[STRATEGIC] < high[TRANSACTIONAL]


def test_the_model_is_more_often_right_but_for_problem_clients():
    says(NAME, "The model is more often right",
         "Only among problem clients is the rule ahead")  # fmt: skip
    r, f = base("classification"), findings("classification")
    rule, model = (r.alternative(k).metrics for k in ("rule", "boosting"))
    assert model["right"] > rule["right"]
    assert f["boosting_strategic"] > f["rule_strategic"]
    assert f["boosting_growth"] > f["rule_growth"]
    assert f["rule_problem"] > f["boosting_problem"]
    assert f["learnt"] / f["living"] == pytest.approx(r.assumptions.reviews, abs=0.01)


def test_the_dearest_mistakes_stand_in_the_last_row():
    says(NAME, "The dearest mistakes stand in the last row", "Only the hours.",
         "two of them rest on what people have chosen")  # fmt: skip
    r, f = base("classification"), findings("classification")
    cost = classification.matrix(r)["cost"]
    assert cost.argmax() // cost.shape[1] == PROBLEM == len(cost) - 1
    better = cost[PROBLEM, [STRATEGIC, TRANSACTIONAL, GROWTH]]
    assert sorted(cost.ravel())[-1] == better.max() and better.min() == better[TRANSACTIONAL]
    assert f["miss_problem"] > f["alarm_transactional"] > 0
    parts = [r.alternative("rule").metrics[k] for k in ("service", "margin", "loss")]
    assert sum(parts) == pytest.approx(r.alternative("rule").metrics["gross"])


def test_the_rule_wins_until_there_are_more_clients():
    says(NAME, "The better sorter is the worse investment", "the logistic model leads",
         "Even so the lead is small beside the doubt about either")  # fmt: skip
    r, f = base("classification"), findings("classification")
    assert gain(r, "rule") > gain(r, "logistic") > gain(r, "boosting") > 0
    many = moved(MORE)
    lead = gain(many, "logistic") - gain(many, "rule")
    assert gain(many, "logistic") == max(gain(many, k) for k in ("rule", "logistic", "boosting"))
    doubt = (f["rule_high"] - f["rule_low"]) * many.assumptions.clients / r.assumptions.clients
    assert 0 < lead < 0.05 * gain(many, "rule") and lead < 0.2 * doubt
    # the notes: the softest number turns it too
    assert 1 < f["even_mistake"] < 1.5


def test_the_chart_and_the_lottery():
    says(NAME, "the dashed curve", "The two diamonds are its result", "Contact works",
         "the line between them is less steep than the chart, and the upright bars",
         "one client in five")  # fmt: skip
    r, f = base("maintenance"), findings("maintenance")
    x = maintenance.raw(r)
    assert (np.diff(x["rate"]) < 0).all() and f["raw_low"] > 5 * f["raw_high"]
    assert f["lot_rate"] < f["lot_other"]
    line = np.diff(x["lot_rate"]) / np.diff(x["lot_hours"])
    chart = np.diff(np.interp(x["lot_hours"], x["hours"], x["rate"])) / np.diff(x["lot_hours"])
    assert chart < line < 0
    assert f["lot_events"] < 60  # few clients left


def test_the_naive_estimate_misses_and_the_lottery_holds():
    says(NAME, "The naive estimate is sure of itself and misses it", "vague and holds it")
    f = findings("maintenance")
    assert not f["rho_naive_low"] < f["rho_true"] < f["rho_naive_high"]
    assert f["rho_lot_low"] < f["rho_true"] < f["rho_lot_high"]
    naive, lot = (f[f"rho_{k}_high"] - f[f"rho_{k}_low"] for k in ("naive", "lot"))
    assert naive < lot / 3
    assert not f["rho_adjusted_low"] < f["rho_true"] < f["rho_adjusted_high"]  # the notes


def test_more_than_a_third_of_the_hours_do_not_pay():
    says(NAME, "More than a third are better not spent here",
         "about what its hours cost in one year",
         "Equal hours are worse than today's habits", "even if nobody calls",
         "The best use of all the hours gains", "Small transactional ones get the 2 hours",
         "fewer than in the lower panel, which spends all the hours")  # fmt: skip
    r, f = base("maintenance"), findings("maintenance")
    a, fewer = r.assumptions, moved(PAYING)
    assert fewer.metrics["hours_used"] < 2 / 3 * a.budget
    assert fewer.metrics["gain"] > gain(r, "best") > 0 > gain(r, "equal")
    assert 0.8 < f["now_transactional"] * a.hour_cost / f["value_small"] < 1.3
    assert f["hours_transactional_small"] == a.floor
    assert f["hours_strategic_large"] > f["now_strategic"]
    assert maintenance.questions.allocations_of(r)[4, 2] > f["hours_strategic_large"]  # lower panel
    half = moved("maintenance.effect=0.5").alternative("paying").metrics
    assert half["hours_used"] < fewer.metrics["hours_used"]  # the notes


def test_what_to_offer_and_whom_to_see():
    says(NAME, "the simple rival does as well as the model", "but that may be chance",
         "Whom you see is worth money here", "What you offer is worth little")  # fmt: skip
    f = findings("tools")
    assert f["hit_sector"] >= f["hit_model"]
    assert 0 < f["trial_low"] < f["trial_uplift"] and f["trial_topic_low"] < 0 < f["trial_topic"]


def test_the_system_lives_from_hours():
    says(
        NAME,
        "The system that the vendor builds around it costs far more than that",
        "the system is ahead of the plain list, by",
        "if half of these hours are put to use",
        "The plan had assumed 1.5",
    )
    r, f = base("tools"), findings("tools")
    a = r.assumptions
    assert 0 < f["pure_low"] < f["pure_expected"] and a.run_cost > 5 * f["pure_expected"]
    tool = r.alternative("tool").metrics
    assert tool["over_volume"] < 0 and a.used == 0.5
    eight = moved(HOURS).alternative("tool").metrics
    assert eight["over_volume"] > 0 and 7 < f["break_even_hours"] < 8
    assert moved("tools.hours_saved=7.5").alternative("tool").metrics["over_volume"] < 0
    assert moved(HOURS).metrics["over_volume"] == eight["over_volume"]  # the tool is shown


def test_the_last_slide_counts_right():
    says(NAME, "A pencil beat a model, a lottery corrected a chart")
    says(NAME, "a list can do without its system")
    assert findings("maintenance")["rho_lot"] < findings("maintenance")["rho_naive"]
    tool = base("tools").alternative("tool").metrics
    assert tool["gain_year"] < 0 < findings("tools")["pure_expected"]

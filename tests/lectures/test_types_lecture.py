"""What the lecture on the five types says in words, asserted on the tree, the cases, the bank."""

from __future__ import annotations

import numpy as np
import pytest

from casebook.bank import tables
from casebook.cases import problem, terminated
from casebook.numbers import base, findings
from casebook.strategies import classification
from casebook.typology import decision_tree
from casebook.typology.charts import PATHS, PLACES
from casebook.typology.clients import moments, walked

from .spoken import asked_first, lecture, moved, says, shape

NAME = "types"
HALF_WALLET = "strategic.wallet_share=0.2"


def kind(moment: str) -> str:
    """The type that the tree gives a client of the cases at a moment."""
    return walked()[moment][0]


def test_eleven_slides_of_seven_minutes():
    told = lecture(NAME)
    assert shape(NAME) == (11, 8, 1, True)
    assert 1000 <= told.words <= 1250 and 35 <= told.minutes <= 50


@pytest.mark.parametrize(
    ("slide", "answer"),
    [
        ("A tree, read from the top", "That is how it is done, and it costs months."),
        ("Back to the file", "Transactional. It is as large"),
        ("A type needs a date", "At growth, at the foot of the tree"),
        ("A day on which nothing happened", "at the diamond, when the rule fires"),
        ("One firm, three answers", "With a rating, a problem client."),
        ("What would they have to arrange", "If the answer is nothing much"),
    ],
)
def test_the_viewer_is_asked_before_the_answer(slide, answer):
    assert asked_first(NAME, slide, answer)


def test_the_places_and_arrows_of_the_first_picture():
    assert says(NAME, "Strategic, at the top", "Growth, on the right")
    assert max(PLACES, key=lambda name: PLACES[name][1]) == "strategic"
    assert max(PLACES, key=lambda name: PLACES[name][0]) == "growth"
    into = [(start, end) for start, end, _ in PATHS]
    assert says(NAME, "Three of them lead into problem", "Two lead up to strategic.")
    assert {a for a, b in into if b == "problem"} == {"strategic", "transactional", "growth"}
    assert {a for a, b in into if b == "strategic"} == {"growth", "transactional"}
    assert says(NAME, "From terminated no way leads back")
    assert not [a for a, _ in into if a == "terminated"]


def test_eleven_questions_and_trouble_first():
    assert says(NAME, "With eleven questions", "The first four questions are about trouble.")
    nodes = list(decision_tree.tree().values())
    assert len(nodes) == 11
    assert {node.yes for node in nodes[:4]} == {"terminated", "problem"}
    assert says(NAME, "Only four times yes makes a strategic client.")
    assert [node.name for node in nodes[4:8]] == ["large", "sound", "main", "deep"]
    assert [node.yes for node in nodes[4:8]] == ["sound", "main", "deep", "strategic"]
    assert all(node.no == "growing" for node in nodes[4:8])
    assert nodes[-1].yes == "growth"  # "at the foot of the tree"


def test_a_late_payment_beats_every_size():
    assert says(NAME, "A large old client with a late payment is a problem client")
    signed = {key: np.array([moments()["strategic_signed"][key]], float) for key in
              decision_tree.columns()}  # fmt: skip
    assert decision_tree.classify(signed)[0][0] == "strategic"
    late = signed | {"days_past_due": np.array([30.0])}
    assert decision_tree.classify(late)[0][0] == "problem"
    assert says(NAME, "What a bank does not know counts as no.")
    unknown = signed | {"wallet_share": np.array([np.nan])}
    assert decision_tree.classify(unknown)[0][0] == "transactional"


def test_the_thresholds_said_in_words():
    assert says(NAME, "more than a third of its banking", "several products beyond the loan")
    a = decision_tree.assumptions()
    assert 1 / 3 < a.wallet_high < 0.4 and a.products_many >= 3


def test_size_alone_will_not_do_and_the_rest_is_the_largest_group():
    assert says(NAME, "One strategic client in ten is smaller than the middle one")
    limits = classification.questions.mixtures(base("classification"))["exposure"]
    strategic, transactional = limits[0], limits[1]
    assert strategic[0] < transactional[1] < strategic[1]
    assert says(NAME, "No group at that bank is larger.")
    seen = decision_tree.of_snapshot(tables.snapshot(tables.last_month()))
    assert seen["type"].value_counts().idxmax() == "transactional"


def test_half_of_the_wallet_makes_the_group_transactional():
    assert kind("strategic_signed") == "strategic"
    assert kind("strategic_half") == "transactional"
    promised, half = moments()["strategic_signed"], moments()["strategic_half"]
    run, r = moved(HALF_WALLET), base("strategic")
    assert half["wallet_share"] == run.assumptions.wallet_share == promised["wallet_share"] / 2
    assert says(NAME, "It is as large and as sound as before", "but this is no main bank")
    assert (half["exposure"], half["pd"]) == (promised["exposure"], promised["pd"])
    assert half["wallet_share"] < decision_tree.assumptions().wallet_high
    assert says(NAME, "The owners ask for", "The upper panels have not moved.")
    assert run.metrics["raroc"] < r.assumptions.hurdle < r.metrics["raroc"]
    np.testing.assert_array_equal(run.lines["held_exposure"], r.lines["held_exposure"])
    np.testing.assert_array_equal(run.lines["reserve"], r.lines["reserve"])
    assert run.metrics["first_missed"] < 0
    assert says(NAME, "one of the bank's largest borrowers")
    assert half["exposure"] > 0.8 * findings("strategic")["group_limit"]


def test_the_sensor_maker_changes_while_its_file_is_closed():
    assert says(NAME, "Small, slow, new: follow the answers", "At growth, at the foot of the tree")
    assert kind("transactional_asks") == "transactional"
    assert kind("transactional_later") == "growth"
    assert moments()["transactional_later"]["years"] == 2


def test_the_manufacturer_changes_type_on_a_quiet_day():
    assert says(NAME, "a client for many years", "On that day nothing has happened.")
    r = base("problem")
    assert moments()["problem_warned"]["years"] >= 10
    assert kind("problem_before") == "transactional"
    assert kind("problem_warned") == "problem"
    assert moments()["problem_warned"]["month"] == r.metrics["warning"]
    assert moments()["problem_warned"]["days_past_due"] == 0
    lead = r.metrics["first_missed"] - r.metrics["warning"]
    assert r.metrics["warning_lead"] == lead > 0
    assert says(NAME, "three months more of waiting would cost the rescue plan")
    late = problem.simulate(r.assumptions.replace(wait=3)).metrics["expected_value"]
    cost = r.metrics["expected_value"] - late
    assert findings("problem")["wait_cost"] == pytest.approx(cost)
    assert says(NAME, "the only path on which speed alone is worth money") and cost > 0


def test_two_signals_come_first_and_one_of_them_is_often_false():
    notes = " ".join(slide.notes for slide in lecture(NAME).slides)
    assert "two signals come first, collection days and debt service cover" in notes
    f = findings("problem")
    leads = {key: value for key, value in f.items() if key.startswith("lead_")}
    first = max(value for value in leads.values() if value == value)
    assert {key for key, value in leads.items() if value == first} == {"lead_dso", "lead_dscr"}
    assert f["false_dscr"] == max(v for k, v in f.items() if k.startswith("false_"))


def test_the_start_up_has_three_names():
    assert says(NAME, "With a rating, a problem client. Without one and without sales")
    assert [kind(f"growth_{when}") for when in ("rated", "unrated", "orders")] == [
        "problem",
        "transactional",
        "growth",
    ]
    assert base("growth").metrics["pd"] > decision_tree.assumptions().pd_high
    assert says(NAME, "how few of a hundred such firms find the next money, and the next")
    m = base("growth").metrics
    assert 0.6 > m["reach_a"] > m["reach_b"] > m["reach_c"]


def test_the_foundry_is_seen_when_most_is_gone():
    assert says(NAME, "The tree saw nothing", "most of that is gone")
    a = base("terminated").assumptions
    assert kind("terminated_clean") == "transactional"
    late = moments()["terminated_late"]
    assert kind("terminated_late") == "problem" and late["month"] == a.missed_month + 1
    exits = terminated.questions.exits(base("terminated"))
    left = a.missed_month + a.cure_months - late["month"]  # months before default
    assert exits["saved"][left] < findings("terminated")["saved_rule"] / 3
    assert exits["rule"] == findings("terminated")["rule_months"] > left

"""What the lecture on the transactional case says around its numbers, asserted on the model."""

from __future__ import annotations

import numpy as np
import pytest

from casebook.cases import transactional as t
from casebook.cases.transactional.record import BULLET, FLEXIBLE, FORMS, REVOLVING
from casebook.numbers import findings

from .spoken import asked_first, lecture, moved, says, shape

NAME = "transactional"
INSTALMENTS, LATE_BULLET = "transactional.form=equal_principal", "transactional.late_bullet"
LATE, LOWEST, BEST = "transactional.slip=3", "transactional.rate=0.036", "transactional.rate=0.048"


def test_eleven_slides_of_eight_minutes():
    told = lecture(NAME)
    assert shape(NAME) == (11, 8, 5, True)
    assert 1000 <= told.words <= 1250 and 35 <= told.minutes <= 50


@pytest.mark.parametrize(
    ("slide", "answer"),
    [
        ("Months of spending, then the money", "nothing has gone wrong"),
        ("Now the launch slips", "The bullet. On its last day"),
        ("One month of delay", "None. Below, without a leak"),
        ("How sure are you of the leak", "About three points."),
        ("How much is safe", "Something between."),
        ("The quote may be refused", "You would win nearly always"),
        ("A day is worth money", "The hill is highest"),
    ],
)
def test_the_viewer_is_asked_before_the_answer(slide, answer):
    assert asked_first(NAME, slide, answer)


def test_he_asks_for_twice_what_his_plan_lacks(r, f):
    assert says(NAME, "twice what his plan lacks", "twice the need")
    assert 1.9 < r.assumptions.principal / f["peak_need"] < 2.1
    assert says(NAME, "For the first months more goes out than comes in")
    lines = r.alternative("bullet").lines
    flow = lines["closing"] - lines["opening"]
    assert (flow[1 : r.assumptions.launch_month + 1] < 0).all()


def test_equal_slices_are_missed_with_everything_on_plan():
    run = moved(INSTALMENTS)
    a = run.assumptions
    assert says(NAME, "The launch is on time and sales are on plan.")
    assert a.slip == 0 and run.metrics["first_missed"] == a.launch_month + 1
    assert says(NAME, "Two forms remain that let him wait.")
    assert not moved(INSTALMENTS).alternative("bullet").metrics["missed"]
    assert not moved(INSTALMENTS).alternative("flexible").metrics["missed"]


def test_three_months_late_the_bullet_breaks_and_the_sweep_pays(r):
    assert says(NAME, "With the launch late by one month or by two, both are still paid.")
    first = t.slips(r)["leaking"]
    assert (first[[BULLET, FLEXIBLE], :3] < 0).all()
    bullet, flexible = moved(LATE_BULLET), moved(LATE)
    assert bullet.assumptions.slip == flexible.assumptions.slip == 3
    assert bullet.chosen == "bullet" and flexible.chosen == "flexible"
    assert says(NAME, "The bullet. On its last day", "Every payment is met.", "The same firm")
    assert bullet.metrics["first_missed"] == bullet.assumptions.tenor
    assert not flexible.metrics["missed"] and flexible.metrics["closing_cash"] > 0


def test_the_missing_money_has_leaked(r, f):
    assert says(NAME, "because less lies idle", "only CNY", "A sweep does not make cash.")
    late = t.late_launch(r)
    assert late.assumptions.slip == 3  # the picture is of the same delay as the moves before it
    assert f["late_flexible_leaked"] < f["late_bullet_leaked"]
    tight = t.simulate(late.assumptions.replace(leakage=0.0))
    ends = [tight.alternative(form).metrics["closing_cash"] for form in ("bullet", "flexible")]
    assert abs(ends[1] - ends[0]) < 0.2  # a little interest, and no more


def test_one_month_is_the_whole_difference_and_without_a_leak_there_is_none(r, f):
    assert says(NAME, "bears a single month of delay more than the bullet, no more than that")
    assert f["flexible_misses_at_slip"] == f["bullet_misses_at_slip"] + 1
    assert says(NAME, "None. Below, without a leak, the two rows are alike.")
    tight = t.slips(r)["tight"]
    np.testing.assert_array_equal(tight[BULLET], tight[FLEXIBLE])
    assert f["tight_bullet_misses_at_slip"] == np.flatnonzero(tight[FLEXIBLE] > 0)[0]


def test_the_bullet_misses_more_than_twice_as_often_and_needs_more(r):
    assert says(NAME, "more than twice as often", "the lowest of the three")
    bullet, flexible = r.alternative("bullet").metrics, r.metrics
    assert 2 < bullet["missed_probability"] / flexible["missed_probability"] < 3
    total = t.questions.price_stack(r)["total"]
    assert total[FLEXIBLE] == min(total[[BULLET, FLEXIBLE, REVOLVING]])
    assert says(NAME, "ends just short of it", "ends beyond it", "the middle of the market")
    quote = r.assumptions.rate
    assert quote == r.assumptions.market_rate
    assert 0 < quote - total[FLEXIBLE] < 0.001 and total[BULLET] > quote
    assert says(NAME, "The third bar, a revolving line, is far beyond the market.")
    assert total[REVOLVING] > quote + 0.01
    # the notes: below this chance of a cure the loan loses money
    less = r.assumptions.replace(cure=findings(NAME)["flip_cure"] - 0.01)
    assert t.simulate(less).metrics["economic_profit"] < 0


def test_three_points_of_leak_turn_the_order(r, f):
    assert says(NAME, "About three points.", "The bullet's line is the steeper one.")
    crossing, leak = f["leakage_break_even"], r.assumptions.leakage
    assert 0.025 < leak - crossing < 0.035
    rate = t.questions.leakage_curve(r)["break_even"]
    steps = np.diff(rate[[BULLET, FLEXIBLE]], axis=1)
    assert (steps[0] > steps[1]).all()
    assert says(NAME, "the bullet needs the lower rate, above it the flexible form does")
    assert rate[BULLET, 0] < rate[FLEXIBLE, 0] and rate[BULLET, -1] > rate[FLEXIBLE, -1]


def test_the_safest_amount_lies_between_need_and_request(r, f):
    assert says(NAME, "Something between.", "about half of what it is")
    safest, asked = f["safest_amount"], r.assumptions.principal
    assert f["peak_need"] < safest < asked < f["richest_amount"]
    assert 0.45 < f["safest_missed"] / r.metrics["missed_probability"] < 0.6
    curve = t.questions.amounts(r)
    missed = curve["missed"][FORMS.index("flexible")]
    at = curve["amount"].tolist().index(safest)
    assert missed[0] > missed[at] < missed[-1]  # too little runs dry, too much leaks
    assert says(NAME, "He asks for more than is safest, and it earns you more.")
    assert r.metrics["best_expected_profit"] > f["safest_profit"]


def test_the_lowest_quote_wins_and_loses(r, f):
    run = moved(LOWEST)
    assert run.assumptions.rate == pytest.approx(f["lowest_quote"])
    assert says(NAME, "You would win nearly always, and lose", "by far the dearest mistake")
    assert run.metrics["win_probability"] > 0.95 and run.metrics["economic_profit"] < 0
    assert says(NAME, "ahead of the wrong form or amount")
    others = ("form", "best", "speed", "leak", "amount")
    assert -f["desk_lowest"] > 3 * max(abs(f[f"desk_{other}"]) for other in others)
    assert says(NAME, "also wants equal instalments, which this firm cannot pay")
    assert r.alternative("equal_principal").metrics["missed"]
    assert says(NAME, "The lowest quote in the folder is far below that.")
    assert f["lowest_quote"] < r.metrics["break_even_rate"] - 0.005


def test_the_best_quote_is_refused_more_often_than_not():
    run = moved(BEST)
    assert says(NAME, "the circle stands on top of the hill", "It is the best quote")
    assert run.metrics["best_quote"] == pytest.approx(run.assumptions.rate, abs=1e-4)
    assert says(NAME, "more often than not it is refused")
    assert 0.3 < run.metrics["win_probability"] < 0.5


def test_a_day_sooner_is_worth_something_up_to_a_point(r, f):
    assert says(NAME, "The hill is highest at", "The gain is")
    a = r.assumptions
    assert 1 < f["best_days"] < a.approval_days < a.usual_days
    assert f["speed_gain"] > 0
    notes = lecture(NAME).slides[-1].notes
    assert "between the break-even rate and five per cent" in notes
    offers = np.linspace(r.metrics["break_even_rate"], 0.05, 20)
    assert (t.quote_curve(r, offers)["expected"] > 0).all()


def test_most_such_clients_leave(f):
    assert says(NAME, "You will probably not see him again.")
    assert f["leaves"] > 0.5


def test_the_delay_that_tells_the_forms_apart_is_that_of_the_moves(r, f):
    assert "a delay of exactly" in " ".join(slide.notes for slide in lecture(NAME).slides)
    assert f["bullet_misses_at_slip"] == moved(LATE).assumptions.slip
    chances = r.assumptions.slip_probabilities
    assert f["telling_slip_chance"] == pytest.approx(chances[3])

"""What the lecture on the strategic case says around its numbers, asserted on computed results."""

from __future__ import annotations

import numpy as np
import pytest

from casebook.cases import strategic as s
from casebook.numbers import findings
from casebook.web.lectures import script

from .spoken import asked_first, lecture, moved, says, shape

NAME = "strategic"
YEAR_LATE, TWO_YEARS_LATE = "strategic.delay=2", "strategic.delay=4"
HALF_WALLET = "strategic.wallet_share=0.2"


def test_eleven_slides_of_eight_minutes():
    told = lecture(NAME)
    assert shape(NAME) == (11, 10, 3, True)
    assert 1000 <= told.words <= 1250 and 40 <= told.minutes <= 50


@pytest.mark.parametrize(
    ("slide", "answer"),
    [
        ("The dates do not move", "In the late year the group pays"),
        ("The dates do not move", "No. The support is used up"),
        ("The same plant, with and without one clause", "Without the clause the reserve pays"),
        ("One name fills the limit", "When the third is signed"),
        ("Two desks, one client", "Both."),
        ("Nothing of the wallet is signed", "Nothing is left."),
        ("What the cut must buy", "less than a third"),
        ("The profit so far", "more than fourteen years"),
        ("Two words, underlined", "Because a loan may not be the price"),
    ],
)
def test_the_viewer_is_asked_before_the_answer(slide, answer):
    assert asked_first(NAME, slide, answer)


def test_the_loan_is_sized_on_cash_and_drawn_as_the_picture_shows(r):
    assert says(
        NAME, "In every half-year the cash must be at least", "cost first, with interest, fees"
    )
    a = r.assumptions
    assert r.metrics["lowest_dscr"] == pytest.approx(a.target_dscr)
    assert r.metrics["gearing"] < a.gearing_cap  # the cash sizes the loan, and not the cap
    first = s.building(r)
    assert (first["finance"].sum() > 0) and (first["reserve"].sum() > 0)
    assert first["cost"].sum() > 10 * (first["finance"].sum() + first["reserve"].sum())


def test_a_year_late_the_group_pays_and_the_reserve_is_drawn():
    assert says(NAME, "In the late year the group pays", "cannot earn it", "every payment is met")
    assert 0.4 < 1 - s.assumptions().delay_probabilities[0] < 0.5
    assert says(NAME, "nearly half of them were late")
    late = moved(YEAR_LATE)
    a, m = late.assumptions, late.metrics
    assert m["first_missed"] < 0 < m["support_paid"]
    assert m["lowest_dscr"] < 1 and m["reserve_drawn"] > 0
    opens = a.construction + a.delay
    assert (late.lines["support"][: opens + 1] > 0).any()
    assert not late.lines["support"][opens + 1 :].any()
    drawn = {event.name: event.period for event in late.events}["reserve_drawn"]
    assert drawn == opens + 1  # with the first principal, in the first half-year that is open
    assert late.lines["principal"][opens + 1] < 0 == late.lines["principal"][opens]


def test_two_years_late_the_support_is_used_up_first():
    assert says(NAME, "The support is used up before the plant opens.", "where a payment is missed")
    late = moved(TWO_YEARS_LATE)
    a = late.assumptions
    cap = a.support_cap * findings(NAME)["project_debt"]
    assert late.metrics["support_paid"] == pytest.approx(cap)
    paid = np.flatnonzero(late.lines["support"] > 0)
    assert paid[-1] <= a.construction + a.delay
    assert late.metrics["first_missed"] > 0


def test_one_clause_decides_the_harder_year(r, f):
    assert says(
        NAME, "It is the same plant with the same reserve.", "Below, without it, one is missed."
    )
    late = s.stress(r)
    supported, unsupported = (late.alternative(x).metrics for x in s.record.TERMS)
    assert supported["first_missed"] < 0 < unsupported["first_missed"]
    assert late.assumptions.delay == 2 and f["stress_delay"] == 1
    assert says(NAME, "when the first principal is due")
    interest_only = late.assumptions.construction + late.assumptions.grace
    assert f["stress_missed"] == interest_only + 1
    assert says(NAME, "it then loses", "With the clause it earns")
    assert f["stress_lost_profit"] < 0 < f["stress_profit"]


def test_the_limit_breaks_with_the_third_plant(r, f):
    assert says(
        NAME, "One plant fits easily.", "When the third is signed", "every report would have looked"
    )
    a = r.assumptions
    assert f["unsold_first"] == 2 * a.stagger
    unsold = s.exposure(r)["unsold"]
    assert unsold[: a.stagger].max() < f["group_limit"] / 2
    assert unsold[: 2 * a.stagger].max() < f["group_limit"]
    assert says(NAME, "the rule asks for more than the limit")
    assert r.metrics["needed_sale"] < a.least_distributed <= a.sold


def test_both_desks_are_right(r):
    assert says(NAME, "half of the hurdle", "less than half a point", "just above the line")
    steps, hurdle = s.products(r), r.assumptions.hurdle
    assert 0.45 < steps["loans"] / hurdle < 0.55
    assert 0 < steps["advice"] - steps["loans"] < 0.005
    assert 0 < steps["wallet"] - hurdle < 0.006
    assert r.metrics["economic_profit"] > 0


def test_half_of_the_wallet_leaves_nothing_and_moves_nothing_else(r, f):
    assert says(
        NAME, "half of that comes", "Nothing is left.", "No payment is late, no limit is broken."
    )
    half = moved(HALF_WALLET)
    assert half.assumptions.wallet_share == r.assumptions.wallet_share / 2
    assert half.metrics["economic_profit"] < 0
    assert half.metrics["raroc"] < r.assumptions.hurdle
    assert says(NAME, "They have not moved.")
    for line in ("held_exposure", "reserve", "interest", "principal", "overdue"):
        np.testing.assert_array_equal(half.lines[line], r.lines[line])
    assert half.metrics["first_missed"] < 0 and not half.metrics["over_limit"]


def test_the_mandate_pays_for_less_than_a_third_of_the_cut(r, f):
    assert says(
        NAME, "less than a third", "More wallet, less margin.", "Ten points of wallet pay for"
    )
    assert 0.2 < r.metrics["mandate_points"] / f["cut"] < 1 / 3
    lines = s.frontier(r)
    assert (np.diff(lines["mandate"]) < 0).all() and (lines["mandate"] < lines["without"]).all()
    rest = f["cut"] - r.metrics["mandate_points"]
    assert f["wallet_for_rest"] == pytest.approx(0.1 * rest / r.metrics["points_per_wallet"])
    assert says(NAME, "That is all the room there is.")
    assert 0 < r.assumptions.wallet_share - f["wallet_needed"] < 0.05


def test_the_profit_comes_late(r, f):
    assert says(NAME, "more than fourteen years after the signature", "At its lowest the bank is")
    assert 28 < f["even_half_year"] < 30
    assert f["worst_total"] < 0 < f["worst_half_year"] < f["even_half_year"]
    assert says(NAME, "The large loans come first, and with them the capital.")
    held, halfway = r.lines["held_exposure"], len(r.lines["held_exposure"]) // 2
    assert held[:halfway].sum() > 2 * held[halfway:].sum()
    assert says(NAME, "The wallet flows until the last loan is repaid, also in the years when")
    wallet, owed = r.lines["wallet_income"], r.lines["balance"]
    assert np.flatnonzero(wallet > 0)[-1] == np.flatnonzero(owed > 1e-6)[-1] + 1
    late = 20  # half-years: from here on the loans are small
    assert wallet[late:].sum() / wallet.sum() > owed[late:].sum() / owed.sum() + 0.1
    assert says(NAME, "A client that leaves halfway has had the cheap loans")
    assert s.patience(r)["total"][halfway] < 0


def test_the_three_letters_of_the_last_slide(r, f):
    points = [script.plain(point) for point in lecture(NAME).slides[-1].points]
    assert len(points) == 3
    assert r.metrics["economic_profit"] < f["later_profit"] < f["old_profit"]
    assert r.assumptions.stagger > 0


def test_what_the_notes_say_of_other_banks_and_of_the_sale(r, f):
    notes = " ".join(slide.notes for slide in lecture(NAME).slides)
    assert "profit is highest with" in notes
    assert f["best_sale_profit"] >= f["least_sale_profit"] > f["unsold_profit"]
    assert "would hold less capital" in notes
    assert f["irb_raroc"] > r.metrics["raroc_loans"]
    assert "the arrears are paid within two years" in notes
    late = s.stress(r).alternative("unsupported")
    overdue = np.flatnonzero(late.lines["overdue"] > 1e-6)
    assert overdue[-1] - overdue[0] < 4

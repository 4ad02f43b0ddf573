"""Variants and exams: the seed decides, answers are apart, the choice is balanced."""

from __future__ import annotations

import dataclasses
import random
from collections import Counter

import pytest

from casebook import numbers, teach
from casebook.teach import variants
from casebook.teach.exam import LETTERS

BANK = teach.read("problem")
ITEM = BANK.item("problem-break-even-chance")


def test_variants_are_those_of_their_seed() -> None:
    first = teach.drawn(BANK, ITEM, 4, seed=3)
    assert first == teach.drawn(BANK, ITEM, 4, seed=3)
    assert first[:2] == teach.drawn(BANK, ITEM, 2, seed=3)[:2]
    assert first != teach.drawn(BANK, ITEM, 4, seed=4)


def test_a_variant_is_what_the_model_gives_there() -> None:
    base = numbers.base("problem")
    for posed in teach.drawn(BANK, ITEM, 3, seed=5):
        run = teach.Reading.base("problem").moved(posed.setting).run
        assert posed.shown is not None
        assert posed.shown.number == pytest.approx(100 * run.metrics["break_even_chance"], abs=1e-3)
        assert run.written("needed") != base.written("needed")
        assert numbers.written(run, "liquidate.value") in posed.stem


def test_settings_lie_on_the_steps_and_in_the_ranges() -> None:
    run = numbers.base("problem")
    specs = run.assumptions.spec.assumptions
    for setting in list(variants.settings(ITEM, run, 30, 1))[:30]:
        for name, value in setting.items():
            low, high = ITEM.ranges[name]
            steps = (value - specs[name].low) / specs[name].step
            assert low - 1e-9 <= value <= high + 1e-9
            assert steps == pytest.approx(round(steps), abs=1e-6)


def test_a_setting_in_which_a_wrong_number_is_near_is_left_out() -> None:
    """With a chance of a half the two weights are the same, so that setting is never asked."""
    item = dataclasses.replace(
        BANK.item("problem-review-errors"),
        answer="chance * owed",
        unit="money",
        ranges={"success_chance": (0.4, 0.6)},
        tolerance=0.05,
        distractors=tuple(
            dataclasses.replace(d, answer=text)
            for d, text in zip(
                BANK.item("problem-review-errors").distractors,
                ("(1 - chance) * owed", "3 * owed"),
                strict=True,
            )
        ),
    )
    bank = dataclasses.replace(BANK, items=(item,))
    found = {posed.setting["success_chance"] for posed in teach.drawn(bank, item, 9, seed=1)}
    assert found == {0.4, 0.45, 0.55, 0.6}
    assert any("within twice" in line for line in teach.check(bank))


def test_no_setting_that_makes_sense_is_an_error() -> None:
    item = dataclasses.replace(ITEM, holds=("owed < 0",))
    with pytest.raises(teach.TeachError, match=r"none of .* makes sense; the last: owed < 0"):
        teach.drawn(BANK, item, 2, seed=1)
    with pytest.raises(teach.TeachError, match="no ranges"):
        teach.drawn(BANK, dataclasses.replace(ITEM, ranges={}), 2, seed=1)


def test_an_exam_is_that_of_its_seed() -> None:
    one, same, other = (teach.compose(BANK, 8, seed) for seed in (7, 7, 8))
    assert one == same
    assert [q.item.id for q in one.questions] != [q.item.id for q in other.questions]
    shared = {q.item.id: q for q in one.questions if q.item.ranges}
    twice = [q for q in other.questions if q.item.id in shared and q.posed.shown]
    for question in twice:
        assert question.posed.stem != shared[question.item.id].posed.stem


@pytest.mark.parametrize("seed", range(5))
def test_an_exam_is_balanced(seed: int) -> None:
    chosen = teach.choose(BANK, 15, random.Random(seed))
    assert len({item.id for item in chosen}) == 15
    objectives = Counter(item.objective for item in chosen)
    assert set(objectives.values()) == {3}, objectives
    assert min(Counter(item.level for item in chosen).values()) >= 2
    places = [item.kind == "essay" for item in chosen]
    assert places == sorted(places), "essays come last"


def test_the_key_names_what_is_right() -> None:
    exam = teach.compose(BANK, len(BANK.items), seed=2)
    assert exam.points == sum(question.points for question in exam.questions)
    for question in exam.questions:
        if question.options:
            right = [o.text for o in question.options if o.right]
            assert [question.options[LETTERS.index(x)].text for x in question.right] == right
        elif question.lines:
            lines = tuple(question.lines[LETTERS.index(x)] for x in question.right)
            assert lines == question.posed.sequence
            assert question.lines != question.posed.sequence
        elif question.item.kind == "essay":
            assert question.points == sum(mark.points for mark in question.item.rubric)


@pytest.mark.parametrize("items", [0, -1, 1000])
def test_an_exam_that_cannot_be(items: int) -> None:
    with pytest.raises(teach.TeachError, match=f"allowed: 1 to {len(BANK.items)}"):
        teach.compose(BANK, items, 1)


def test_what_is_accepted() -> None:
    shown = teach.Shown(43.1, "43.1%", "%", 0.5)
    assert shown.accepts(43.6) and shown.accepts(42.6) and not shown.accepts(43.61)
    assert shown.apart(44.11) and not shown.apart(44.1)
    assert teach.accepted(shown) == "43.1% (accepted: ± 0.5 points)"

"""What the question banks of the cases ask: fairly, of all kinds, with answers in reach.

`test_banks` asks whether a bank is right; this file whether a student could answer it.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from casebook import cases, numbers, teach, words
from casebook.teach import expression
from casebook.teach.values import Reading

ROOT = Path(__file__).resolve().parents[2]
BANKS = teach.names()
#: The banks of the cases: every number of an answer must stand in its question.
SHOWN = tuple(name for name in BANKS if name in cases.NAMES)
#: What the pages say of case 1, and its items reckon from a run without asking the page.
BY_THE_PAGE = (
    "abs(findings.equity - (debt / gearing - debt)) < 0.001",
    "abs(findings.budget - (assumptions.cost_1 + assumptions.cost_2 + assumptions.cost_3)"
    " * (1 + assumptions.contingency)) < 0.001",
    "abs(findings.stress_support - findings.project_debt * rate) < 0.001",
    "abs(findings.wallet_income - assumptions.wallet * assumptions.wallet_share"
    " * (1 - assumptions.wallet_follows * assumptions.sold ** 2)) < 0.001",
    "abs(findings.vat_points - assumptions.vat_on_interest * rate) < 1e-7",
    "abs(findings.cut_rest - assumptions.old_margin + assumptions.margin + mandate_points) < 1e-7",
    "abs(findings.wallet_for_rest - (assumptions.old_margin - assumptions.margin - mandate_points)"
    " / points_per_wallet * 0.1) < 1e-7",
    "findings.years == assumptions.life_years + assumptions.construction / 2 + assumptions.stagger",
)
each_bank = pytest.mark.parametrize("name", BANKS)
each_shown = pytest.mark.parametrize("name", SHOWN)
PATH = re.compile(r"\{([^{}|]+)(?:\|[^{}]*)?\}")
#: Their numbers are studies of the base case, which no drawn run has at hand.
OF_A_STUDY = {
    "problem-squeeze-sources",
    "problem-false-alarms-in-a-book",
    "problem-who-is-in-trouble",
}


@cache
def bank(name: str) -> teach.Bank:
    return teach.read(name)


class AsShown:
    """The numbers of a run as a reader sees them, assumptions too: rounded as the page rounds."""

    def __init__(self, of: Reading) -> None:
        self.of = of

    def value(self, path: str) -> Any:
        found = numbers.found(self.of.run, path, self.of.stated)
        if isinstance(found.value, (bool, str)):
            return found.value
        text = found.written("bare").replace(",", "").replace("\N{MINUS SIGN}", "-")
        return float(text) / words.scale(found.unit)

    def at(self, setting: str) -> AsShown:
        return AsShown(self.of.at(setting))


def test_the_five_cases_have_banks() -> None:
    """A further case may be added without one."""
    assert len(SHOWN) >= min(5, len(cases.NAMES))


def test_no_two_questions_read_the_same() -> None:
    stems = Counter(item.stem for name in BANKS for item in bank(name).items)
    assert [stem for stem, n in stems.items() if n > 1] == []


@each_shown
def test_a_bank_asks_in_every_way(name: str) -> None:
    kinds = Counter(item.kind for item in bank(name).items)
    assert len(bank(name).items) >= 22
    assert kinds["numeric"] >= 8
    assert all(kinds[kind] >= 2 for kind in ("choice", "multi", "order", "essay"))
    fixed = {i.id for i in bank(name).items if i.kind == "numeric" and not i.ranges}
    assert fixed == {item for item in OF_A_STUDY if item.startswith(f"{name}-")}
    assert all(item.holds for item in bank(name).items if item.kind in ("choice", "multi"))


@each_shown
def test_an_answer_can_be_reckoned_from_what_the_question_says(name: str) -> None:
    """Every number of it, and of a wrong one, stands in the stem; as shown it gives the answer."""
    base = Reading.base(bank(name).model)
    for item in bank(name).items:
        if item.kind != "numeric":
            continue
        for text in (item.answer, *(wrong.answer for wrong in item.distractors)):
            given = {path for found in PATH.findall(item.stem) for path in expression.paths(found)}
            missing = set(expression.paths(text)) - given
            assert not missing, f"{item.id}: {missing}"
        posed = [teach.base_case(bank(name), item)]
        posed += teach.drawn(bank(name), item, 2, seed=2) if item.ranges else []
        for one in posed:
            seen = AsShown(base.moved(one.setting) if one.setting else base)
            by_hand = expression.value(item.answer, seen) * words.scale(item.unit)
            assert one.shown is not None
            assert one.shown.accepts(by_hand), f"{item.id}: {by_hand}, {one.shown}, {one.setting}"


@pytest.mark.parametrize("said", BY_THE_PAGE)
def test_what_an_item_reckons_is_what_the_page_says(said: str) -> None:
    assert expression.truth(said, Reading.base("strategic"))


def test_no_variant_of_a_slow_model_asks_for_the_page() -> None:
    """Findings of case 1 take a third of a second a run: its numeric variants do without."""
    for item in bank("strategic").items:
        if item.kind == "numeric":
            asked = (item.stem, item.feedback, item.answer, *item.holds)
            asked += tuple(d.answer + d.reveals for d in item.distractors)
            assert not any("findings." in text for text in asked), item.id


@each_bank
def test_lines_by_a_value_stand_in_their_order(name: str) -> None:
    """The file shows the right order too, so that whoever reads it is not misled."""
    for item in bank(name).items:
        posed = teach.base_case(bank(name), item)
        assert list(posed.places) == sorted(posed.places, reverse=True), item.id
        if posed.places:
            base = Reading.base(bank(name).model)
            assert posed.sequence == tuple(base.text(step.text) for step in item.sequence), item.id


@each_shown
def test_the_right_answer_is_not_known_by_its_length(name: str) -> None:
    """In most choices some wrong answer is at least as long as the right one."""
    choices = [item for item in bank(name).items if item.kind == "choice"]
    longest = 0
    for item in choices:
        options = teach.base_case(bank(name), item).options
        longest += all(len(o.text) < len(r.text) for r in options if r.right for o in options
                       if o is not r)  # fmt: skip
    assert longest <= len(choices) / 3


@each_shown
def test_feedback_is_short(name: str) -> None:
    for item in bank(name).items:
        if item.kind != "essay":
            sentences = re.findall(r"[.?!](?:\s|$)", PATH.sub("x", item.feedback))
            assert 1 <= len(sentences) <= 3, item.id


@each_bank
def test_points_of_an_essay_make_ten(name: str) -> None:
    for item in bank(name).items:
        if item.kind == "essay" and name in SHOWN:
            assert sum(mark.points for mark in item.rubric) == 10, item.id

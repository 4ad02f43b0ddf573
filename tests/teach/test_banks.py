"""Every question bank: whole, right in the base case, and right in its variants."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from docutils.nodes import make_id

from casebook import cases, teach
from casebook.teach import bank as banks
from casebook.web.sphinx import selftest

ROOT = Path(__file__).resolve().parents[2]
BANKS = teach.names()
#: How many variants of each item are tried, and how many a numeric one must have in its ranges.
VARIANTS, NUMERIC = int(os.environ.get("CASEBOOK_VARIANTS", "5")), 200
each_bank = pytest.mark.parametrize("name", BANKS)
#: A number that may stand in a text: of a rule, a year, a case, or in braces (the model's).
TYPED = re.compile(
    r"\{[^{}]*\}|\b(?:19|20)\d\d\b|(?:IFRS|CAS|Order|No\.|[Aa]rticle|[Pp]oint|[Cc]ase|Z)[ 〔]*\d+"
)


@cache
def bank(name: str) -> teach.Bank:
    return teach.read(name)


def texts(item: teach.Item) -> list[str]:
    """Everything that a reader sees of an item."""
    return [
        item.stem,
        item.feedback,
        *(d.reveals for d in item.distractors),
        *(text for o in item.options for text in (o.text, o.note)),
        *(step.text for step in item.sequence),
        *(mark.given_for for mark in item.rubric),
    ]


def test_there_is_a_bank() -> None:
    assert BANKS


@each_bank
def test_a_bank_is_right_in_the_base_case(name: str) -> None:
    assert teach.check(bank(name)) == []


@each_bank
def test_a_bank_is_large_enough(name: str) -> None:
    found = bank(name)
    case = name in cases.NAMES
    kinds, levels = (Counter(getattr(i, k) for i in found.items) for k in ("kind", "level"))
    objectives = Counter(item.objective for item in found.items)
    assert len(found.items) >= (20 if case else 10)
    assert kinds["numeric"] >= (8 if case else 3)
    assert levels["judge"] >= (5 if case else 2)
    assert 3 <= len(found.objectives) <= 5
    assert all(objectives[key] >= 3 for key in found.objectives)
    assert set(levels) == set(banks.LEVELS)
    assert all(text[0].isupper() and not text.endswith(".") for text in found.objectives.values())


@each_bank
def test_identifiers_begin_with_the_bank(name: str) -> None:
    assert all(item.id.startswith(name.replace("_", "-") + "-") for item in bank(name).items)


@each_bank
def test_no_number_of_the_model_is_typed(name: str) -> None:
    for item in bank(name).items:
        for text in texts(item):
            assert not re.search(r"\d", TYPED.sub("", text)), f"{item.id}: {text}"


@each_bank
def test_every_section_is_a_heading_of_its_page(name: str) -> None:
    for item in bank(name).items:
        page, _, heading = item.section.partition("#")
        file = ROOT / f"{page}.md"
        assert file.is_file(), item.id
        heads = re.findall(r"^#+ (.+)$", file.read_text(encoding="utf-8"), re.MULTILINE)
        assert heading in {make_id(head) for head in heads}, f"{item.id}: {heading}"


@each_bank
def test_what_makes_a_choice_right_is_asserted(name: str) -> None:
    """A choice that says what a number shows has a comparison that would fail with it."""
    judged = [i for i in bank(name).items if i.kind in ("choice", "multi") and i.level == "judge"]
    assert not judged or any(item.holds for item in judged)


@each_bank
def test_variants_are_right(name: str) -> None:
    """The answer is in its tolerance, no wrong number is; other numbers, and the same again."""
    found = bank(name)
    varied = [item for item in found.items if item.ranges]
    assert sum(item.kind == "numeric" for item in varied) >= 3
    for item in varied:
        posed = teach.drawn(found, item, VARIANTS, seed=1)
        assert posed, item.id
        if item.kind == "numeric":
            assert len(posed) >= min(VARIANTS, NUMERIC), f"{item.id}: {len(posed)} settings"
        assert len({tuple(one.setting.items()) for one in posed}) == len(posed)
        for one in posed:
            if one.shown is None:
                continue
            number = float(re.sub(r"[^\d.−-]", "", one.shown.text).replace("−", "-"))
            assert one.shown.accepts(number), f"{item.id}: {one.setting}"
            for wrong in one.wrong:
                assert not one.shown.accepts(wrong.shown.number), f"{item.id}: {one.setting}"
            assert "{" not in one.stem + one.feedback


@each_bank
def test_a_page_can_have_a_test_of_it(name: str) -> None:
    """Small, with other numbers, and the same in every build."""
    html = selftest.selftest_html(name, "book/elsewhere/page")
    (text,) = re.findall(r"<script[^>]*>(.*?)</script>", html)
    data = json.loads(text)
    assert len(text.encode()) < 15_000
    assert len(data["items"]) >= 6
    assert sum(len(item.get("v", [])) > 1 for item in data["items"]) >= 3
    if name == "problem":
        assert html == selftest.selftest_html(name, "book/elsewhere/page")

"""The questions of the class vote: what the model's answer rests on."""

from __future__ import annotations

import re

import pytest

from casebook.teach import expression, values
from casebook.web.sphinx import vote
from casebook.words import catalogue

QUESTIONS = catalogue("votes")["questions"]


@pytest.mark.parametrize("entry", QUESTIONS, ids=lambda q: q["id"])
def test_the_model_says_what_the_question_claims(entry: dict[str, object]) -> None:
    run = values.Reading.base(str(entry.get("of", entry["id"])))
    assert entry["holds"]
    for condition in entry["holds"]:  # type: ignore[attr-defined]
        assert expression.truth(condition, run), condition


def test_numbers_are_written_out_and_pages_exist() -> None:
    for question in vote.questions():
        assert "{" not in question["ask"] + question["says"] + "".join(question["options"])
        assert re.search(r"\d", question["says"])
        assert (vote_page := question["page"]).startswith("book/"), vote_page


def test_the_code_can_hold_what_it_must() -> None:
    letters = 31
    assert len(vote.DEGREES) * vote.MOST_OPTIONS <= letters
    assert len(QUESTIONS) <= vote.MOST_QUESTIONS


def test_without_a_script_every_question_can_be_read() -> None:
    html = vote.vote_html("../../")
    plain = html[html.index("cb-vote-plain") :]
    assert all(q["ask"].replace("'", "&#x27;") in plain for q in vote.questions())

"""Numbers of the prose come from the models; a wrong name does not build."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from casebook.cases import NAMES, case
from casebook.numbers import base, number
from casebook.words import write

ROOT = Path(__file__).parents[2]


def test_a_number_is_that_of_the_model():
    t = case("transactional")
    r = t.simulate(t.assumptions())
    assert number("transactional.pd") == write(r.metrics["pd"], "share", with_unit=True)
    bullet = r.alternative("bullet").metrics["break_even_rate"]
    assert number("transactional.bullet.break_even_rate|bare") == f"{100 * bullet:.2f}"
    assert number("transactional.bullet.break_even_rate|short").endswith("%")
    assert number("transactional.findings.profit_at_lowest").startswith("CNY −")
    assert "−" not in number("transactional.findings.profit_at_lowest|abs")
    assert number("transactional.assumptions.form") == "Flexible"
    assert number("transactional.first_missed") == "never"


@pytest.mark.parametrize(
    "path",
    ["transactional.nothing", "nothing.pd", "transactional.bullet", "transactional.bullet.nothing",
     "transactional.findings.nothing", "transactional.assumptions.nothing", "transactional",
     "transactional.pd|nothing", ""],
)  # fmt: skip
def test_a_wrong_name_says_what_is_allowed(path):
    with pytest.raises(KeyError, match="allowed"):
        number(path)


@pytest.mark.parametrize("name", NAMES)
def test_every_word_of_findings_has_a_number(name):
    for key in base(name).assumptions.spec.words["findings"]:
        assert number(f"{name}.findings.{key}")


#: Digits that are no number of a model: dates, articles, list numbers, a deadline in the law.
_MONTH = "January|February|March|April|May|June|July|August|September|October|November|December"
ALLOWED = re.compile(
    r"\b(?:19|20)\d\d\b|^\d+\. |within 90 days|CNY 1 million|CNY 5 million|Question \d+(?=:)"
    r"|\b(?:case|[Ee]xercise) \d+"
    # a rule: its number, date, articles and points
    r"|Order No\. \d+|No\. \d+ of |〔\d{4}〕第?\d+号|第\d+号"
    rf"|\b\d{{1,2}} (?:{_MONTH})\b"
    r"|\b(?:[Aa]rticles?|[Pp]oints?|[Aa]rts?\.?) \d+(?:\(\d+\))?"
    r"(?:(?:, | and | to |–)\(?\d+\)?(?:\(\d+\))?)*",
    re.MULTILINE,
)


_ONE = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    "sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|"
    "hundred|thousand"
)
_PART = "half|thirds?|quarters?|fifths?|tenths?"
_UNIT = f"years?|months?|quarters?|half-years?|days?|times|points?|payments?|deals?|{_PART}"
#: A number in words that a model may give: with a unit, or as a part.
SPELLED = re.compile(
    rf"\b(?:(?:{_ONE})(?:[- ](?:{_ONE}|and))*[- ](?:{_UNIT}|per ?cent|in (?:a hundred|ten|four))"
    rf"|(?:an?|nearly|almost) (?:{_PART})|twice|doubles|(?:{_ONE}) in (?:{_ONE}))\b"
)
#: Numbers in words that no model gives: parts of the story, of a rule, of a source, of a question.
TOLD = {
    "strategic": "twice, five years, ten points",
    "growth": "one-times, one-year, five times, two thirds, five deals, four years, ten years",
    "problem": "twenty-six years, twelve months, ninety days, a tenth, one year, fifty per cent, "
    "three hundred and sixty days, sixty in a hundred, nine in ten",
    "terminated": "fifty percent, seventy percent, sixty-day",
}


@pytest.mark.parametrize("name", TOLD)
def test_a_number_in_words_is_quoted_by_a_test(name):
    """A model's number in words cannot follow the model, so a test of the story must quote it."""
    pages = [ROOT / f"book/cases/{name}.md", ROOT / f"book/cases/{name}_analysis.md"]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    text = re.sub(r"\{\w+\}`[^`]*`|\]\([^)]*\)", "", text).lower().replace("\n", " ")
    story = (ROOT / f"tests/stories/story_{name}.py").read_text(encoding="utf-8").lower()
    quoted = " ".join(re.findall(r'"([^"\n]*)"', story)) + " " + TOLD[name]
    left = {m.group() for m in SPELLED.finditer(text) if m.group() not in quoted}
    assert not left, left


def without_rules(text: str) -> str:
    """The text without what a rule says in its own numbers: cited paragraphs of a rules section."""
    heads = re.split(r"(?m)^(?=## )", text)
    kept = [
        "\n".join(x for x in part.splitlines() if "{cite" not in x)
        if re.match(r"## .*\brules?\b", part)
        else part
        for part in heads
    ]
    return "\n".join(kept)


def test_only_cited_paragraphs_of_a_rules_section_are_left_out():
    text = "## Money\n5% {cite}`x`\n## What the rules say\n24% {cite}`x`\n7% without a source\n"
    assert re.findall(r"\d+%", without_rules(text)) == ["5%", "7%"]


#: Whose digits all come from the models.
BY_ROLE = [*sorted(ROOT.glob("book/cases/*.md")), ROOT / "book/strategies/capstone.md"]


@pytest.mark.parametrize("page", BY_ROLE, ids=lambda p: p.stem)
def test_no_number_of_a_model_is_typed_by_hand(page):
    text = without_rules(page.read_text(encoding="utf-8"))
    text = re.sub(r"\{\w+\}`[^`]*`|```\{\w+\}.*|\]\([^)]*\)", "", text)
    left = re.findall(r".{0,30}\d.{0,30}", ALLOWED.sub("", text))
    assert not left, left
    assert "{num}`" in page.read_text(encoding="utf-8")


@pytest.mark.parametrize("page", sorted(ROOT.glob("book/**/*.md")), ids=lambda p: p.stem)
def test_no_bar_splits_a_number_in_a_table(page):
    """A bar in a row of a table ends the cell, also inside a role; the role is then not one."""
    rows = [x for x in page.read_text(encoding="utf-8").splitlines() if x.startswith("|")]
    assert not [row for row in rows if any(cell.count("`") % 2 for cell in row.split("|"))]

"""Numbers of the prose come from the models; a wrong name does not build."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from casebook.cases import NAMES, case
from casebook.web.numbers import base, number
from casebook.words import write

ROOT = Path(__file__).parents[1]


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
ALLOWED = re.compile(
    r"\b(?:19|20)\d\d\b|^\d+\. |within 90 days|CNY 1 million|CNY 5 million", re.MULTILINE
)


@pytest.mark.parametrize("page", sorted(ROOT.glob("book/cases/*.md")), ids=lambda p: p.stem)
def test_no_number_of_a_model_is_typed_by_hand(page):
    text = page.read_text(encoding="utf-8")
    text = re.sub(r"\{\w+\}`[^`]*`|```\{\w+\}.*|\]\([^)]*\)", "", text)
    left = re.findall(r".{0,30}\d.{0,30}", ALLOWED.sub("", text))
    assert not left, left
    assert "{num}`" in page.read_text(encoding="utf-8")

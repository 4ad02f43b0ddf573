"""A bank that has not the form, or that the model does not bear out, says so in one line."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from casebook import numbers, teach
from casebook.teach.values import Reading

from .small import CHOICE, HEAD, ITEM


def written(folder: Path, text: str) -> Path:
    path = folder / "test.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_bank_that_the_others_are_made_from_is_right(tmp_path: Path) -> None:
    path = written(tmp_path, HEAD + ITEM + CHOICE)
    assert teach.check(path) == []
    bank = teach.read(path)
    assert [item.kind for item in bank.items] == ["numeric", "choice"]
    posed = teach.base_case(bank, bank.items[0])
    assert posed.shown is not None
    assert posed.shown.number == pytest.approx(numbers.base("problem").metrics["owed"], abs=1e-5)
    assert posed.feedback == f"It is {numbers.number('problem.owed')}."


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('model = "problem"', 'model = "problm"', "did you mean 'problem'"),
        ('title = "A test"', "title = 3", "must be text in quotes"),
        ("[objectives]", "[objectivs]", "unknown key 'objectivs'; allowed: title"),
        ('kind = "numeric"', 'kind = "number"', "must be one of choice, multi, numeric"),
        ('kind = "numeric"', "kind = []", "must be one of choice"),
        ('objective = "one"', 'objective = "two"', "must be one of one"),
        ('level = "apply"', 'level = "easy"', "must be one of recall, apply, judge"),
        ('id = "test-one"', 'id = "One"', "small letters and digits"),
        ('id = "test-two"', 'id = "test-one"', "is there already"),
        ("tolerance = 0.1", "tolerance = 0.001", "finer than the digits"),
        ("tolerance = 0.1", 'tolerance = "0.1"', "must be a number"),
        ("tolerance = 0.1", "tolerance = nan", "must be a number"),
        ('unit = "money"', 'unit = "euros"', "must be one of money"),
        ("[0.6, 0.8]", "[0.8, 0.6]", "from must be below to"),
        ("[0.6, 0.8]", "[0.6]", "must be [from, to]"),
        ('answer = "owed"', 'answer = "print(owed)"', "print(…) is not allowed"),
        ('answer = "owed"\n', "", "missing key 'answer'"),
        ('stem = "Which?"', 'stem = " "', "must be text in quotes"),
        ("#questions", "", "must be page#heading"),
        ('{ answer = "owed / 2", reveals = "halves it" },', "", "at least 2"),
        ("right = true", "right = false", "unknown key|missing key 'reveals'"),
        ('{ text = "that", reveals', '{ text = "this", reveals', "two have the same text"),
        ('text = "that", reveals = "errs"', 'text = "that", right = true', "exactly one"),
        ('feedback = "So."', 'feedbak = "So."', "unknown key 'feedbak'"),
        ("[[items]]", "[[items", "not TOML"),
    ],
)
def test_what_has_not_the_form_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    text = HEAD + ITEM + CHOICE
    assert old in text
    path = written(tmp_path, text.replace(old, new))
    with pytest.raises(teach.TeachError) as wrong:
        teach.read(path)
    assert re.search(said if "|" in said else re.escape(said), str(wrong.value))
    assert "\n" not in str(wrong.value).strip() or "not TOML" in str(wrong.value)
    assert str(wrong.value).startswith("test.toml")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('answer = "owed"', 'answer = "findings.nothing"', "no such number"),
        ('answer = "owed"', 'answer = "new_missed"', "no such number in this run"),
        ("{owed}", "{owd}", "no such number"),
        ("{owed}", "{owed|loud}", "no style"),
        ('holds = ["owed > 0"]', 'holds = ["owed < 0"]', "is not true in the base case"),
        ('holds = ["owed > 0"]', 'holds = ["owed"]', "a comparison is needed"),
        ('"owed * 2"', '"owed + 0.15"', "within twice the tolerance"),
        ('"owed * 2"', '"owed / 2 + 0.15"', "two wrong answers are alike"),
        ("forced_sale =", "forced_sal =", "did you mean 'forced_sale'"),
        ("forced_sale =", "way_out =", "not a number that can be drawn"),
        ("[0.6, 0.8]", "[0.6, 1.8]", "the model allows 0.1 to 1"),
        ("[0.6, 0.8]", "[0.601, 0.612]", "no two steps"),
        ('"owed"\nunit', "\"at('wait=99', owed)\"\nunit", "out of range"),
        ('"owed"\nunit', "\"at('wat=1', owed)\"\nunit", "not an assumption"),
        ('text = "that"', 'text = "{assumptions.way_out}"', ""),
    ],
)
def test_what_the_model_does_not_bear_out_is_said(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    text = HEAD + ITEM + CHOICE
    assert old in text
    found = teach.check(written(tmp_path, text.replace(old, new)))
    if said:
        assert any(said in line for line in found), found
    else:
        assert found == []


def test_a_bank_that_is_not_there() -> None:
    with pytest.raises(teach.TeachError, match=r"allowed: .*problem"):
        teach.read("../problem")
    with pytest.raises(teach.TeachError, match="cannot be read"):
        teach.read(Path("/nowhere/at/all.toml"))


def test_texts_are_written_out() -> None:
    of = Reading.base("problem")
    assert of.text("{owed}") == numbers.number("problem.owed")
    assert of.text("{assumptions.success_chance|short}") == "50%"
    assert of.text("{owed - owed|money}") == "CNY 0.00 million"
    assert of.text("{0 - owed / owed|share|abs}") == "100.0%"
    assert of.text("{at('success_chance=0.4', chance)|share_whole}") == "40%"
    with pytest.raises(teach.TeachError, match="no style"):
        of.text("{owed|money|loud}")


def test_a_setting_within_a_setting() -> None:
    of = Reading.base("problem")
    both = of.at("wait=3").at("stop_months=9").value("advantage")
    assert both == of.at("wait=3, stop_months=9").value("advantage")
    assert both != of.value("advantage")
    assert of.at("line=frozen").value("do_nothing.first_missed") < of.value("first_missed")

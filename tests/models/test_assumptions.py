"""A case file that is wrong gives one clear error: file, key, value, and what is allowed."""

from __future__ import annotations

import re

import numpy as np
import pytest

from casebook.cases import transactional
from casebook.cases.transactional import Transactional
from casebook.shape.record import AssumptionError, load, span
from casebook.words import DATA, catalogue, write

HOME = DATA / "cases" / "transactional.toml"
TEXT = HOME.read_text(encoding="utf-8")


def table(name: str) -> str:
    return re.search(rf"^\[assumptions\.{name}\]\n.*?(?=^\[)", TEXT, re.S | re.M)[0]


def with_table(name: str, old: str, new: str) -> str:
    block = table(name)
    assert old in block
    return TEXT.replace(block, block.replace(old, new, 1))


WRONG = {
    "missing assumption": (
        TEXT.replace(table("leakage"), ""),
        ["missing key", "leakage", "number"],
    ),
    "missing key": (with_table("leakage", "step = 0.01\n", ""), ["leakage", "missing key 'step'"]),
    "unknown assumption": (
        TEXT + "\n[assumptions.magic]\nvalue = 1\n",
        ["unknown key", "magic", "allowed", "leakage"],
    ),
    "unknown key": (
        with_table("leakage", "step =", "stride = 1\nstep ="),
        ["leakage", "'stride'", "allowed"],
    ),
    "text for a number": (
        with_table("leakage", "value = 0.15", 'value = "much"'),
        ["leakage.value", "'much'", "a number"],
    ),
    "fraction for a whole number": (
        with_table("tenor", "value = 11", "value = 11.5"),
        ["tenor", "11.5", "whole number"],
    ),
    "truth value for a number": (
        with_table("leakage", "value = 0.15", "value = true"),
        ["leakage", "True", "a number"],
    ),
    "not finite": (with_table("leakage", "value = 0.15", "value = nan"), ["leakage", "nan"]),
    "out of range": (
        with_table("leakage", "value = 0.15", "value = 0.9"),
        ["leakage", "0.9", "out of range", "0 to 0.3"],
    ),
    "low above high": (
        with_table("leakage", "low = 0.0", "low = 0.5"),
        ["leakage", "low = 0.5", "high = 0.3"],
    ),
    "step of zero": (with_table("leakage", "step = 0.01", "step = 0"), ["leakage.step", "above 0"]),
    "unknown unit": (
        with_table("leakage", '"share_month"', '"furlong"'),
        ["leakage.unit", "furlong", "allowed"],
    ),
    "unknown choice": (
        with_table("form", 'value = "flexible"', 'value = "barter"'),
        ["form", "barter", "bullet"],
    ),
    "list that does not sum": (
        with_table("slip_probabilities", "0.45", "0.55"),
        ["slip_probabilities", "sums to 1.1", "1"],
    ),
    "list entry out of range": (
        with_table("slip_probabilities", "0.45", "-0.45"),
        ["slip_probabilities", "[0]", "-0.45"],
    ),
    "label that is no text": (
        with_table("leakage", 'label = "Leakage', "label = 3 #"),
        ["leakage.label", "text"],
    ),
    "wrong case": (
        TEXT.replace('case = "transactional"', 'case = "barter"', 1),
        ["case", "barter", "transactional"],
    ),
    "no assumptions": ('case = "transactional"\n', ["assumptions", "missing"]),
    "unknown table": (TEXT + "\n[extra]\na = 1\n", ["extra", "allowed"]),
    "not TOML": ("this is = = not\n", ["not TOML"]),
}


@pytest.mark.parametrize("fault", WRONG)
def test_a_wrong_file_is_refused_with_one_clear_error(fault, tmp_path):
    text, said = WRONG[fault]
    file = tmp_path / "mine.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(AssumptionError) as error:
        load(Transactional, "transactional", file)
    message = str(error.value)
    assert "mine.toml" in message and "\n" not in message
    for part in said:
        assert part in message, message


def test_bytes_that_are_not_utf8(tmp_path):
    file = tmp_path / "mine.toml"
    file.write_bytes(TEXT.encode().replace(b"Leakage", b"\xe4\xb8"))
    with pytest.raises(AssumptionError, match=r"mine\.toml: not UTF-8"):
        load(Transactional, "transactional", file)


def test_file_that_is_not_there(tmp_path):
    with pytest.raises(AssumptionError, match=r"nowhere\.toml: cannot be read"):
        transactional.assumptions(tmp_path / "nowhere.toml")


def test_your_own_file_without_words_runs_the_whole_case(tmp_path):
    own = with_table("leakage", "value = 0.15", "value = 0.02")
    first_word_table = own.index("[explorer]")
    file = tmp_path / "mine.toml"
    file.write_text(own[:first_word_table], encoding="utf-8")
    a = transactional.assumptions(file)
    assert a.leakage == 0.02
    assert transactional.figure(transactional.simulate(a)).message


def test_replace_is_checked_like_a_file():
    a = transactional.assumptions()
    with pytest.raises(AssumptionError, match=r"leakage = 0.5 is out of range; allowed 0 to 0.3"):
        a.replace(leakage=0.5)
    with pytest.raises(AssumptionError, match="no assumption 'leak'"):
        a.replace(leak=0.1)
    with pytest.raises(AssumptionError, match="a number"):
        a.replace(leakage=None)
    assert a.replace(tenor=np.int64(9)).tenor == 9
    assert a.replace(leakage=0.3 + 1e-15).leakage == pytest.approx(0.3)  # a slider's rounding
    with pytest.raises(AttributeError):
        a.leakage = 0.2


def test_every_assumption_has_a_reason_and_a_reachable_value():
    for spec in transactional.assumptions().spec.assumptions.values():
        assert spec.reason and spec.label and spec.symbol
        if not spec.choices:
            assert spec.low < spec.high and spec.step <= spec.high - spec.low
            assert span(spec)


def test_numbers_are_written_for_people():
    assert write(-0.0312, "thousand") == "−31"
    assert write(-0.0001, "money") == "0.00"
    assert write(10.0, "money", with_unit=True) == "CNY 10.00 million"
    assert write(0.041, "rate", with_unit=True) == "4.10% a year"
    assert write(1, "months", with_unit=True) == "1 month"
    assert write(float("nan"), "rate") == catalogue()["missing"]
    with pytest.raises(KeyError, match="unknown unit"):
        write(1.0, "furlong")

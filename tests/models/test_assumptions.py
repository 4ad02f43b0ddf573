"""A case file that is wrong gives one clear error: file, key, value, and what is allowed."""

from __future__ import annotations

import os
import re
from collections import Counter

import numpy as np
import pytest

from casebook import clientfile
from casebook.cases import transactional
from casebook.cases.transactional import Transactional
from casebook.models import MODELS, model
from casebook.outlook import information
from casebook.shape import AssumptionError, load, span
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
    "digits that no float can hold": (
        with_table("leakage", "value = 0.15", "value = " + "9" * 400),
        ["leakage.value", "99…", "a number"],
    ),
    "digits that Python does not read": (
        with_table("leakage", "value = 0.15", "value = " + "9" * 5000),
        ["too many digits"],
    ),
    "digits that Python does not write": (
        with_table("leakage", "value = 0.15", "value = 0x" + "f" * 5000),
        ["leakage.value", "too many digits"],
    ),
    "a sum that is text": (
        with_table("slip_probabilities", "total = 1.0", 'total = "one"'),
        ["slip_probabilities.total", "finite number"],
    ),
    "a sum that is nan": (
        with_table("slip_probabilities", "total = 1.0", "total = nan"),
        ["slip_probabilities.total", "nan"],
    ),
    "a sum left out": (
        with_table("slip_probabilities", "total = 1.0\n", ""),
        ["slip_probabilities.total", "must be 1.0"],
    ),
    "a list too short": (
        with_table("slip_probabilities", "[0.45, 0.28,", "[0.73,"),
        ["slip_probabilities", "6 numbers", "must have 7"],
    ),
    "lists in lists": (f"x = {'[' * 100_000}\n{TEXT}", ["not TOML", "lists"]),
    "a key of many parts": (f"{'.'.join('a' * 50_000)} = 1\n{TEXT}", ["many parts", "at most 20"]),
    "very large": ("#" * 600_000 + "\n" + TEXT, ["bytes", "at most 500,000"]),
    "a step of nothing": (
        with_table("leakage", "step = 0.01", "step = 1e-300"),
        ["leakage.step", "too fine", "3e-05 or more"],
    ),
    "a calendar of one's own": (
        with_table("tenor", "high = 12", "high = 13"),
        ["tenor", "number of periods", "stays as it is"],
    ),
    "a negative time": (
        with_table("tenor", "low = 6", "low = -5").replace("value = 11\n", "value = -5\n", 1),
        ["tenor", "stays as it is"],
    ),
    "a wider share": (with_table("leakage", "high = 0.3", "high = 3.0"), ["leakage", "share"]),
    "a choice more": (
        TEXT.replace("[assumptions.form.choices]", '[assumptions.form.choices]\nbarter = "B"'),
        ["form.choices", "'barter'", "must have"],
    ),
    "a choice less": (
        re.sub(r"(\[assumptions\.form\.choices\]\n).*\n", r"\1", TEXT),
        ["form.choices", "must have", "'bullet'"],
    ),
    "words in place of a table": (
        TEXT[: TEXT.index("[profile]")].replace(
            "[assumptions.", 'figures = "none"\n[assumptions.', 1
        ),
        ["figures", "must be a table"],
    ),
    "an unknown field": (
        TEXT[: TEXT.index("[profile]")] + '[figures.explorer]\ntitle_paid = "In {moon}"\n',
        ["figures.explorer.title_paid", "{moon}", "allowed"],
    ),
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
    assert len(message) < 1200
    for part in said:
        assert part in message, message


NO_PATHS = {"NUL": "a\0b", "a number": 5, "bytes": b"mine.toml", "a list": ["mine.toml"]}


@pytest.mark.parametrize("path", NO_PATHS.values(), ids=NO_PATHS)
def test_what_is_no_path(path):
    with pytest.raises(AssumptionError, match=r"is not a path; text"):
        transactional.assumptions(path)
    with pytest.raises(clientfile.ClientFileError, match=r"is not a path; text"):
        clientfile.read(path)


def test_what_is_no_file_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for place, says in (
        (tmp_path / "pipe", "a pipe"),
        (tmp_path, "directory"),
        ("/dev/zero", "a pipe"),
    ):
        with pytest.raises(AssumptionError, match=f"cannot be read .*{says}"):
            transactional.assumptions(place)
        with pytest.raises(clientfile.ClientFileError, match=f"cannot be read .*{says}"):
            clientfile.read(place)


@pytest.mark.parametrize(
    "text", ["\ufeff" + TEXT, TEXT.replace("\n", "\r\n")], ids=["mark", "CRLF"]
)
def test_a_file_that_windows_saved_is_read(text, tmp_path):
    (tmp_path / "mine.toml").write_bytes(text.encode())
    assert transactional.assumptions(tmp_path / "mine.toml") == transactional.assumptions()


def test_some_words_of_ones_own_are_laid_over_those_of_the_book(tmp_path):
    words = TEXT[: TEXT.index("[profile]")] + (
        '[explorer]\nsliders = ["tenor"]\n[metrics]\n[explorer.presets.mine]\nrate = 0.05\n'
        '[figures.explorer]\ntitle_paid = "Mine"\n'
    )
    (tmp_path / "mine.toml").write_text(words, encoding="utf-8")
    a = transactional.assumptions(tmp_path / "mine.toml")
    book = transactional.assumptions().spec.words
    assert a.spec.words["figures"]["explorer"] == book["figures"]["explorer"] | {
        "title_paid": "Mine"
    }
    assert (
        a.spec.words["metrics"] == book["metrics"] and "mine" in a.spec.words["explorer"]["presets"]
    )
    assert transactional.figure(transactional.simulate(a)).message


HOSTILE = {
    "digits": ("rate = " + "9" * 400, "must be a number"),
    "more digits": ("rate = " + "9" * 5000, "too many digits"),
    "an end without end": ("[ranges]\nprincipal = [1, 1" + "0" * 400 + "]", "must be [low, high]"),
    "an amount out of bounds": ("[ranges]\nprincipal = [1, 1e300]", "up to 1e+12"),
    "a calendar": ("[ranges]\ntenor = [1, 3000000]", "stays as it is"),
    "a time before now": ("[ranges]\ntenor = [-5, 12]", "stays as it is"),
    "a long list": (
        "slip_probabilities = [" + "0.1," * 9999 + "]",
        "9,999 numbers; it must have 7",
    ),
    "a long key": ("a" * 100_000 + " = 1", "there is no assumption"),
    "a long text": ('form = "' + "x" * 60_000 + '"', "must be one of"),
    "lists in lists": ("x = " + "[" * 100_000, "lists within"),
    "a key of many parts": (".".join("a" * 50_000) + " = 1", "many parts"),
    "very large": ("#" * 600_000, "at most 500,000"),
}


@pytest.mark.parametrize("fault", HOSTILE)
def test_a_hostile_client_file_is_refused_with_one_clear_line(fault):
    text, says = HOSTILE[fault]
    with pytest.raises(clientfile.ClientFileError) as error:
        clientfile.parsed(f'casebook = 1\ncase = "transactional"\n{text}\n')
    (problem,) = error.value.problems
    assert says in problem and len(problem) < 1000 and "\n" not in problem


def test_of_many_problems_some_are_told():
    lines = "\n".join(f"k{i} = 1" for i in range(9999))
    with pytest.raises(clientfile.ClientFileError) as error:
        clientfile.parsed(f'casebook = 1\ncase = "transactional"\n{lines}\n')
    assert len(error.value.problems) == 20


@pytest.mark.parametrize("name", MODELS)
def test_arguments_of_every_model_are_looked_at(name):
    module, other = model(name), model("loan" if name != "loan" else "growth")
    a = module.assumptions()
    for arguments, says in (
        ((5,), "a: 5 is not allowed"),
        ((other.assumptions(),), f"assumptions of the model '{name}' are"),
        ((a, 5), "d: 5 is not allowed"),
        ((a, [1.0]), "d: .* is not allowed"),
        ((a, None, 5), "keep: 5 is not allowed"),
        ((a, None, "cash"), "keep: 'cash' is not allowed"),
        ((a, None, [1]), "keep: .* is not allowed"),
    ):
        with pytest.raises(ValueError, match=says):
            module.simulate(*arguments)
    refused = [(0, 1, "n: 0"), ("x", 1, "n: 'x'"), (9, "x", "seed: 'x'"), (9, -1, "seed")]
    for n, seed, says in [*refused, (9, None, "seed"), (9, 1.5, "seed")]:
        with pytest.raises(ValueError, match=says):
            module.sample(a, n, seed)


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


def test_a_rounding_error_beyond_the_end_of_a_range_is_allowed():
    """The last digit of a double: a slider that adds up steps lands there. More is refused."""
    a = transactional.assumptions()
    for name in ("principal", "rate"):
        high = a.spec.assumptions[name].high
        assert getattr(a.replace(**{name: high * (1 + 4e-16)}), name) == pytest.approx(high)
        with pytest.raises(AssumptionError, match=name):
            a.replace(**{name: high + 1e-9 * max(high, 1.0)})
    thousands = information.assumptions()  # an error as small, of a large number
    high = thousands.spec.assumptions["applications"].high
    assert thousands.replace(applications=high * (1 + 4e-16)).applications >= high


def test_every_assumption_has_a_reason_and_a_reachable_value():
    for spec in transactional.assumptions().spec.assumptions.values():
        assert spec.reason and spec.label and spec.symbol
        if not spec.choices:
            assert spec.low < spec.high and spec.step <= spec.high - spec.low
            assert span(spec)


@pytest.mark.parametrize("name", MODELS)
def test_a_symbol_stands_for_one_assumption_of_a_model(name):
    symbols = Counter(spec.symbol for spec in model(name).assumptions().spec.assumptions.values())
    del symbols["·"]  # a choice that no formula has
    assert [symbol for symbol, count in symbols.items() if count > 1] == []


def test_numbers_are_written_for_people():
    assert write(-0.0312, "thousand") == "−31"
    assert write(-0.0001, "money") == "0.00"
    assert write(10.0, "money", with_unit=True) == "CNY 10.00 million"
    assert write(0.041, "rate", with_unit=True) == "4.10% a year"
    assert write(1, "months", with_unit=True) == "1 month"
    assert write(float("nan"), "rate") == catalogue()["missing"]
    with pytest.raises(KeyError, match="unknown unit"):
        write(1.0, "furlong")

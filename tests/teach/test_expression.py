"""Expressions of a bank: what they give, and that nothing else of Python is in them."""

from __future__ import annotations

import math

import pytest

from casebook import teach
from casebook.teach import expression

NUMBERS = {"a": 2.0, "b.c": 3.0, "way": "plan", "never": math.nan, "yes": True}


class Given:
    """Numbers of a test; a setting adds to `a`."""

    def __init__(self, more: float = 0.0) -> None:
        self.more = more

    def value(self, path: str) -> object:
        if path not in NUMBERS:
            raise KeyError(f"no {path}")
        return NUMBERS[path] + self.more if path == "a" else NUMBERS[path]

    def at(self, setting: str) -> Given:
        return Given(float(setting.partition("=")[2]))


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("a + b.c * 2", 8.0),
        ("-a ** 2", -4.0),
        ("(a - b.c) / 2", -0.5),
        ("max(a, b.c) - min(a, b.c)", 1.0),
        ("abs(a - 5)", 3.0),
        ("round(b.c / a)", 2.0),
        ("round(b.c / 7, 2)", 0.43),
        ("sum(a, b.c, 1)", 6.0),
        ("at('a=10', a + b.c) - a", 13.0),
        ("1e3", 1000.0),
    ],
)
def test_a_number(text: str, number: float) -> None:
    assert expression.value(text, Given()) == pytest.approx(number)


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("a < b.c", True),
        ("a < b.c <= 3", True),
        ("a > b.c or a == 2", True),
        ("not a > b.c and a != 2", False),
        ("way == 'plan'", True),
        ("yes == True", True),
        ("never > 0", False),
    ],
)
def test_a_comparison(text: str, holds: bool) -> None:
    assert expression.truth(text, Given()) is holds


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os').system('true')",
        "a.__class__()",
        "(lambda: 1)()",
        "[x for x in (1, 2)]",
        "a if a else b.c",
        "f'{a}'",
        "a[0]",
        "a := 1",
        "open('x')",
        "{a: 1}",
        "a; b.c",
        "a = 1",
        "a @ b.c",
        "a // 2",
        "a % 2",
        "a & 1",
        "max(*a)",
        "round(a, digits=2)",
        "max()",
        "at(a, b.c)",
        "at('a=1')",
        "at('a=1', a, a)",
        "a in b.c",
        "a is b.c",
        "await a",
        "1j",
        "b'x'",
        "...",
        "None",
        "",
        "a +",
        "a" * 500,
    ],
)
def test_nothing_else_of_python(text: str) -> None:
    with pytest.raises(teach.TeachError) as wrong:
        expression.value(text, Given())
    assert "\n" not in str(wrong.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a + nothing", "no nothing"),
        ("a / (a - 2)", "division by zero"),
        ("never", "no such number"),
        ("a ** 99999", "a power above"),
        ("10 ** 999", "out of range"),
        ("(a - 5) ** 0.5", "not a number"),
        ("way + 1", "a word"),
        ("way", "not a number"),
        ("a > 1", "not a number"),
    ],
)
def test_what_is_no_number_says_why(text: str, said: str) -> None:
    with pytest.raises(teach.TeachError, match=said):
        expression.value(text, Given())


def test_a_number_is_no_comparison() -> None:
    with pytest.raises(teach.TeachError, match="a comparison is needed"):
        expression.truth("a + 1", Given())


def test_the_paths_of_an_expression() -> None:
    assert set(expression.paths("at('x=1', a) + max(b.c, 2) > d.e.f")) == {"a", "b.c", "d.e.f"}

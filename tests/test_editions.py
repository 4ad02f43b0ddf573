"""Both editions: the Chinese has every part of the English, from the English as it is now.

That these checks find what they are for is tried on changed copies below.
"""

from __future__ import annotations

import json
import tomllib

import pytest

from casebook.web.translation import cells, marks, parity, parts, stamps, texts

NAMES = parts.names()
PAGE, CATALOGUE, NOTEBOOK = "book/cases/problem", "data/cases/problem", "notebooks/case_problem"
ENGLISH = (parts.REPOSITORY / f"{PAGE}.md").read_text("utf-8")
CHINESE = (parts.HERE / f"{PAGE}.md").read_text("utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_a_part_is_whole_and_is_of_the_english_as_it_is(name: str) -> None:
    assert list(parts.wrong(name)) == []


def test_nothing_is_in_the_edition_that_the_english_does_not_have() -> None:
    pages = {p.relative_to(parts.HERE).with_suffix("").as_posix()
             for p in parts.HERE.rglob("*.md")}  # fmt: skip
    words = {f"data/{p.relative_to(parts.WORDS).with_suffix('').as_posix()}"
             for p in parts.WORDS.rglob("*.*")}  # fmt: skip
    assert pages <= set(NAMES)
    assert words <= {*NAMES, "data/README"}
    assert set(stamps.stamped()) == set(NAMES)


# ------------------------------------------------ what the checks find


def test_a_changed_english_word_makes_the_stamp_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    now = stamps.passages(PAGE)
    at, text = next((k, text) for k, text in now.items() if "pallets" in text)
    monkeypatch.setattr(
        stamps, "passages", lambda name: now | {at: text.replace("pallets", "palettes")}
    )
    assert stamps.stale(PAGE) == [at]


def test_a_dropped_number_is_missed() -> None:
    role = "{num}`problem.first_missed`"
    assert parity.differences(ENGLISH, CHINESE) == []
    assert parity.differences(ENGLISH, CHINESE.replace(role, "15", 1)) == [
        "missing 1 x role num problem.first_missed"
    ]


def test_another_placeholder_and_a_number_are_refused() -> None:
    english = tomllib.loads((parts.REPOSITORY / f"{CATALOGUE}.toml").read_text("utf-8"))
    title = english["figures"]["line"]["title"]
    other = {"figures": {"line": {"title": title.replace("{holds}", "{held}")}}}
    found = list(texts.differences({"figures": {"line": {"title": title}}}, other))
    assert len(found) == 1 and "{held}" in found[0]
    assert list(texts.differences({"a": {"value": 1}}, {"a": {"value": 2}}))
    assert list(texts.differences({"a": "one text"}, {"a": "一", "b": "二"}))
    assert list(texts.differences({"a": "one text"}, {})) == ["a: not translated"]


def test_a_cell_with_other_code_is_refused() -> None:
    notebook = json.loads((parts.REPOSITORY / f"{NOTEBOOK}.ipynb").read_text("utf-8"))
    words = tomllib.loads((parts.HERE / f"{NOTEBOOK}.toml").read_text("utf-8"))
    assert not list(cells.differences(notebook, words))
    name, code = next(iter(words["code"].items()))
    other = {**words, "code": words["code"] | {name: code + "\nx = 1"}}
    assert list(cells.differences(notebook, other)) == [f"code.{name}: more than words differs"]


@pytest.mark.parametrize(
    "text",
    ["银行,企业", "银行 DSCR是", "「引号」", "**人物：**田敏", "等等...", "CNY 5", "认股权证",
     "见[案例](a.md) 的"],
)  # fmt: skip
def test_wrong_marks_are_found(text: str) -> None:
    assert list(marks.wrong(text))


@pytest.mark.parametrize(
    "text",
    ["**人物**：田敏", "*倒扣法*（DSO）是", "`a, b`和$x, y$", "```{admonition} 案情提要\n内容\n```",
     "- {num}`problem.owed`，还清"],
)  # fmt: skip
def test_right_marks_are_not(text: str) -> None:
    assert not list(marks.wrong(text))

"""What is wrong with the files of a reader is said in the language of the edition, and no other.

The English stands in `faults.toml`, letter for letter: what is asked -> how the answer begins.
"""

from __future__ import annotations

import inspect
import os
import re
import sys
import tomllib
from pathlib import Path

import pytest

from casebook.words import catalogue

from . import faults

ENGLISH = tomllib.loads(Path(__file__).with_name("faults.toml").read_text("utf-8"))
HAN = re.compile(r"[\u3400-\u9fff]")
#: What a reader has typed, and what is typed: texts in quotes, code, tables, paths, keys.
TYPED = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|`[^`\n]*`|\[[^\]\n]*\]|\{[^}\n]*\}|[!-~]*[./_=][!-~]*")
#: Words of English one after the other; names of fonts and of commands are none.
RUN = re.compile(r"[A-Za-z]{2,}(?: [A-Za-z]{2,})+")
NAMES = re.compile(r"pip install|Noto Sans CJK SC|Noto Sans SC|Source Han Sans SC|"
                   r"Source Han Sans CN|Microsoft YaHei|PingFang SC")  # fmt: skip
SINGLE = re.compile(r"\b(allowed|directory|is|must|such|there|unknown|wrong)\b")
#: What there is nothing wrong with in Chinese, whose units are finer: a tolerance.
FINE = {f"bank-{faults.BANKS.index(('tolerance = 0.1', 'tolerance = 0.001'))}.toml"}


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """Language -> what is asked -> what is said."""
    return {x: faults.answers(tmp_path_factory.mktemp(x), x) for x in ("en", "zh")}


def test_the_english_is_as_it_was(said: dict[str, dict[str, str]]) -> None:
    assert {k: said["en"][k][: len(v)] for k, v in ENGLISH.items()} == ENGLISH


def test_the_chinese_has_no_english_words(said: dict[str, dict[str, str]]) -> None:
    left, wrong = {}, 0
    for line, answer in said["zh"].items():
        wrong += answer.startswith("casebook: ") or not line.startswith("casebook")
        text = answer.removeprefix("casebook: ")
        for word in [*line.split(), "my own.toml"]:
            text = text.replace(word, "")
        text = NAMES.sub("", TYPED.sub("", text))
        if RUN.search(text) or SINGLE.search(text) or not HAN.search(text):
            left[line] = answer
    assert left == {} and wrong > 100


def test_what_is_wrong_is_wrong_in_both(said: dict[str, dict[str, str]]) -> None:
    for line, answer in said["en"].items():
        fails = said["zh"][line].startswith("casebook: ")
        assert fails == answer.startswith("casebook: ") or FINE & set(line.split()), line


def test_the_chinese_says_the_same_of_the_same(said: dict[str, dict[str, str]]) -> None:
    says = said["zh"]
    for line, wanted in {
        "casebook run problem -a broken.toml": "broken.toml: 不是TOML：值的写法不对（第3行第9列）",
        "casebook solve problem sales --for valu==1": "没有指标'valu'；是不是'value'？",
        "casebook report problem -o nowhere/memo.html": "无法写入（没有目录'nowhere'）",
        "casebook exam none.toml --out out": "none.toml: 无法读取（没有这个文件或目录）",
        "casebook exam problem --items 400 --out out": "problem：出不了400题；允许1至36题",
        "casebook classify open.csv": "open.csv：第3行：引号从这里开始，没有结束",
        "casebook classify good.csv --map map-4.toml":
            "map-4.toml：第1行：colums：没有表'colums'；可用：'file'、'columns'；是不是'columns'？",
    }.items():  # fmt: skip
        assert wanted in says[line], says[line]


def test_a_map_is_proposed_in_any_language(said: dict[str, dict[str, str]]) -> None:
    for answers in said.values():
        assert '\n# pd = ""' in answers["casebook classify sheets.xlsx --guess"]
        assert "# pd" not in answers["casebook classify map-0.toml --guess"]


def test_what_is_translated_of_others_is_what_they_say() -> None:
    """Letter for letter, up to what is different each time."""
    parser = inspect.getsource(sys.modules[tomllib.loads.__module__])
    for text in catalogue()["wrong"]["toml"].values():
        assert text.partition("{what}")[0].replace("\\", "\\\\") in parser
    if sys.platform == "linux":
        system = {os.strerror(k) for k in range(1, 134)}
        assert set(catalogue()["wrong"]["system"].values()) <= system

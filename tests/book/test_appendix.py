"""The appendix: a glossary in two languages, the sources covered, a checked bibliography."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from casebook.models import MODELS, model
from casebook.web.sphinx import appendix
from casebook.words import catalogue

from ..test_repository import toc_files

ROOT = Path(__file__).resolve().parents[2]
CONTENTS = set(toc_files(yaml.safe_load((ROOT / "_toc.yml").read_text(encoding="utf-8"))))


def pages() -> str:
    """All that a reader can be shown: the pages and the notebooks."""
    files = [*(ROOT / "book").rglob("*.md"), *(ROOT / "notebooks").glob("*.ipynb")]
    return "\n".join(f.read_text(encoding="utf-8") for f in files)


# The glossary


def test_every_term_has_both_languages_and_one_sentence():
    terms = appendix.read("glossary.toml")["terms"]
    assert len(terms) >= 80
    for term in terms:
        needed = {"en", "zh", "means"}
        assert needed <= set(term) <= needed | {"also", "includes"}, term
        assert re.search(r"[a-zA-Z]", term["en"]) and not re.search(r"[\u4e00-\u9fff]", term["en"])
        assert re.search(r"[\u4e00-\u9fff]", term["zh"]), term
        assert term["means"].endswith(".") and not re.search(r"[.!?] ", term["means"]), term


def test_no_term_stands_twice_and_the_page_is_in_order():
    terms = appendix.read("glossary.toml")["terms"]
    for language in ("en", "zh"):
        names = [t[language].lower() for t in terms]
        assert len(names) == len(set(names)), sorted(n for n in names if names.count(n) > 1)
    shown = re.findall(r"^(?!`)(\S.*)$", appendix.glossary(), re.MULTILINE)
    assert len(shown) == len(terms) and shown == sorted(shown, key=str.lower)


# The symbols


def test_every_assumption_of_every_model_is_in_the_notation():
    text = appendix.symbols()
    for name in MODELS:
        spec = model(name).assumptions().spec
        assert spec.words["title"] in text
        for a in spec.assumptions.values():
            letter = a.symbol.partition("_")[0] or "–"
            assert re.search(rf"\| {re.escape(letter)}.* \| {re.escape(a.label)} \|", text), a.name


# The sources


def test_every_subject_points_to_pages_that_exist_or_are_being_written():
    data = appendix.read("sources.toml")
    pending = set(data["pending"])
    assert len(data["rows"]) >= 17
    named = {page for row in data["rows"] for page in row["pages"]}
    for row in data["rows"]:
        assert row["says"] and row["pages"] and row["more"]
        assert set(row["pages"]) & CONTENTS or set(row["pages"]) <= pending, row["says"]
    assert named <= CONTENTS | pending, named - CONTENTS - pending
    assert not pending & CONTENTS, "these are written: take them off the list of pending pages"
    assert pending <= named


# The bibliography


def test_every_entry_says_how_it_was_checked():
    entries = appendix.entries()
    assert len(entries) >= 30
    ways = catalogue()["appendix"]["ways"]
    for key, fields in entries.items():
        way, _, how = fields.get("checked", "").partition(": ")
        assert way in ways and len(how) > 10, key


def test_every_entry_is_cited_and_every_citation_has_an_entry():
    cited = {
        key.strip()
        for keys in re.findall(r"\{cite(?::\w+)?\}`([^`]+)`", pages())
        for key in keys.split(",")
    }
    assert cited == set(appendix.entries())


def test_no_work_is_entered_twice():
    entries = appendix.entries()
    text = appendix.BIBLIOGRAPHY.read_text(encoding="utf-8")
    assert len(entries) == text.count("\n@") + 1  # no key twice
    for field in ("title", "doi"):
        found = [re.sub(r"\W", "", e[field].lower()) for e in entries.values() if field in e]
        assert len(found) == len(set(found)), field

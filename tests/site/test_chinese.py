"""The Chinese edition as it is built: no English is left, the same places, and the way between."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Comment, Tag
from playwright.sync_api import Browser

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
ZH = SITE / "zh"
PAGES = sorted(
    p.relative_to(ZH).as_posix() for f in ("book", "notebooks") for p in (ZH / f).rglob("*.html")
)
DECKS = sorted(p.relative_to(ZH).as_posix() for p in (ZH / "slides").rglob("*.html"))
#: Two words, one of them no name.
ENGLISH = re.compile(r"\b[A-Za-z]{2,}[ ,]+(?:[a-z]{2,}|[A-Z][a-z]+ [a-z]{2,})\b")
#: What is no text of ours: code and its results, formulas, what says it is English, and titles of
#: works, which stay in their language: references, and where published values were read.
ASIDE = (
    "script, style, code, pre, math, .highlight, .citation, [lang=en], .btn-language, .math,"
    " .bibtex-citation, .bibtex-bibliography"
)
WORKS = (
    "book/appendix/glossary.html",  # English terms are its subject
    "book/appendix/licences.html",  # names of what others wrote
    "book/appendix/references.html",
    "notebooks/appendix_validation.html",
    "slides/appendix_validation.html",
)
SAID = ("alt", "title", "aria-label", "placeholder", "data-bs-title")
MATHS = re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$", re.DOTALL)
#: Names that have a space.
ALLOWED = re.compile(
    r"JupyterLite|Jupyter Book|Source (?:Sans|Serif)|Casebook (?:Sans|Serif)|STIX Two|CC BY"
    r"|Google Chrome|Python|Ctrl|make lab|Jupyter widgets|Zero to JupyterHub|Helm chart"
    r"|\w+ (?:et al\.|and (?:Van )?\w+) \["  # who wrote what is cited
)


def english(html: str) -> list[str]:
    """The English in a page: its text and what its attributes say."""
    page = BeautifulSoup(html, "html.parser")
    for element in page.select(ASIDE):
        element.decompose()
    body: Any = page.body or page
    texts = [str(t) for t in body.find_all(string=True) if not isinstance(t, Comment)]
    texts += [
        str(e[a]) for e in body.find_all(True) if isinstance(e, Tag) for a in SAID if a in e.attrs
    ]
    texts += [str(page.title.string)] if page.title else []
    return [t.strip()[:90] for t in texts if ENGLISH.search(ALLOWED.sub("", MATHS.sub("", t)))]


def test_there_is_a_page_for_each_english_one() -> None:
    first = {
        p.relative_to(SITE).as_posix()
        for f in ("book", "notebooks")
        for p in (SITE / f).rglob("*.html")
    }
    assert {p for p in first if not p.startswith("book/appendix/api/")} == set(PAGES)


@pytest.mark.parametrize("page", PAGES)
def test_no_english_is_left_and_the_places_are_the_same(page: str) -> None:
    html, first = ((folder / page).read_text("utf-8") for folder in (ZH, SITE))
    if page not in WORKS:
        assert english(html) == []
    here, there = (re.findall(r'<section id="([^"]+)"', text) for text in (html, first))
    assert here == there
    assert "**" not in re.sub(r"<(script|style|pre|code)\b.*?</\1>", "", html, flags=re.DOTALL)


@pytest.mark.parametrize("deck", DECKS)
def test_no_english_is_left_in_a_deck(deck: str) -> None:
    if deck not in WORKS:
        assert english((ZH / deck).read_text("utf-8")) == []


SEARCHES = {
    "循环额度": ("problem", "loan"),
    "倒扣法": ("problem",),
    "重组方案": ("problem",),
    "五级分类": ("problem", "classification"),
    "偿债备付率": ("strategic", "reading", "glossary"),
    "以物抵债": ("terminated",),
    "投贷联动": ("growth",),
    "现金流归集": ("transactional",),
}


@pytest.mark.parametrize("typed", SEARCHES)
def test_a_search_in_chinese_finds_its_page(browser: Browser, base: str, typed: str) -> None:
    page = browser.new_page()
    page.goto(f"{base}zh/search.html?q={typed}")
    page.wait_for_selector(".cb-found li a", timeout=30_000)
    links = page.eval_on_selector_all(".cb-found li a", "all => all.slice(0, 6).map(a => a.href)")
    page.close()
    assert any(name in link for link in links[:2] for name in SEARCHES[typed]), links


def test_the_button_leads_to_the_same_page_with_setting_and_place(
    browser: Browser, base: str
) -> None:
    page = browser.new_page()
    page.goto(f"{base}book/cases/problem_analysis.html?problem.haircut=0.1#answers")
    page.click("a.btn-language")
    page.wait_for_url("**/zh/book/cases/problem_analysis.html?problem.haircut=0.1#answers")
    assert page.evaluate("document.documentElement.lang") == "zh-CN"
    page.click("a.btn-language")
    page.wait_for_url(f"{base}book/cases/problem_analysis.html?problem.haircut=0.1#answers")
    page.close()

"""The Chinese edition as it is built: no English is left, the same places, and the way between."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Comment, Tag
from conftest import watched
from playwright.sync_api import Browser

from casebook.web.build import language

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
)


def english(html: str) -> list[str]:
    """The English in a page: its text and what its attributes say."""
    page = BeautifulSoup(html, "lxml")
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


def test_a_reference_has_chinese_words_between_authors_and_year() -> None:
    found = [
        re.sub("<[^>]+>", "", text)
        for page in PAGES
        for text in re.findall(
            r"<a class=\"[^\"]*reference internal\"[^>]*references\.html#id\d+\"[^>]*>(.*?)</a>",
            (ZH / page).read_text("utf-8"),
            re.DOTALL,
        )
    ]
    assert len(found) > 100
    assert [text for text in found if re.search(r"\band\b.*\d{4}|et al|, ?\d{4}", text)] == []
    assert {"Zaik等，1996", "Hanley和McNeil，1982"} <= set(found)


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
    page.wait_for_selector(".cb-found li a")
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


KINDS = (
    "book/index.html",
    "book/cases/problem.html",
    "book/cases/problem_analysis.html",
    "book/theory/loan.html",
    "book/teach/vote.html",
    "book/lectures/problem.html",
    "notebooks/case_growth.html",
    "slides/case_growth.html",
    "search.html",
)


@pytest.mark.parametrize("path", KINDS)
def test_a_page_runs_without_an_error_and_is_named_in_chinese(
    browser: Browser, base: str, path: str
) -> None:
    wrong: list[str] = []
    page = watched(browser.new_page(), base, wrong)
    page.goto(f"{base}zh/{path}", wait_until="load")
    page.wait_for_timeout(500)
    names = page.eval_on_selector_all("[aria-label]", "all => all.map(e => e.ariaLabel)")
    page.close()
    assert wrong == []
    assert names and [name for name in names if ENGLISH.search(ALLOWED.sub("", name))] == []


def test_figures_are_drawn_in_the_letters_they_were_measured_in(
    browser: Browser, base: str
) -> None:
    page = browser.new_page()
    for path in ("book/theory/loan.html", "slides/theory_loan.html"):
        page.goto(f"{base}zh/{path}")
        family = page.eval_on_selector("svg[role=img] text", "e => getComputedStyle(e).fontFamily")
        assert family.startswith('"Casebook Sans", "Casebook Han"'), (path, family)
    page.close()


def test_a_case_is_printed_in_chinese(site: Path, tmp_path: Path) -> None:
    """As a PDF without English, or it is said which font is missing."""
    import pypdf

    command = [sys.executable, "-m", "casebook.web.print.make", str(ZH), str(tmp_path)]
    given = os.environ | language.spoken("zh")
    run = subprocess.run([*command, "case_growth"], env=given, capture_output=True, text=True)
    if run.returncode:
        assert "fonts-noto-cjk" in run.stderr and not list(tmp_path.iterdir()), run.stderr
        pytest.skip(run.stderr.strip())
    reader = pypdf.PdfReader(tmp_path / "case_growth-zh.pdf")
    assert reader.trailer["/Root"]["/Lang"] == "zh"
    texts = [page.extract_text() for page in reader.pages]
    code = next(k for k, text in enumerate(texts) if "simulate" in text)  # the notebook
    found = [line for text in texts[2:code] for line in text.splitlines() if ENGLISH.search(line)]
    assert [line for line in found if ENGLISH.search(ALLOWED.sub("", line))] == []

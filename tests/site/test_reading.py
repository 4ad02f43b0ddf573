"""What a reader has around the text: the first screen, the way to the model, paper, a telephone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from conftest import PAGES, SITE
from playwright.sync_api import Browser, Page

from casebook.web.sphinx import han
from casebook.words import word

LANDING = "book/index.html"
ANALYSIS = "book/cases/transactional_analysis.html"
VALIDATION = "notebooks/appendix_validation.html"
LAPTOP, PHONE, SMALL = (1366, 768), (390, 844), (320, 640)
BOX = """e => (({ top, bottom, left, right }) =>
  ({ top, bottom, left, right }))(e.getBoundingClientRect())"""
#: What a finger finds too small: links of a text are as high as its lines.
FINGER = """() =>
  [...document.querySelectorAll('button, summary, select, .btn, .cb-run a, .cb-ways a')]
  .filter(e => e.checkVisibility() && !e.closest('.bd-sidebar-primary, .skip-link'))
  .map(e => [e.outerHTML.slice(0, 90), e.getBoundingClientRect()])
  .filter(([, box]) => box.width > 1 && box.height < 43.5).map(([html]) => html)"""


@pytest.fixture
def at(browser: Browser, base: str) -> Iterator[Any]:
    """Open a page in a window of a size."""
    contexts = []

    def opened(path: str, size: tuple[int, int]) -> Page:
        finger = size[0] < 500
        context = browser.new_context(
            viewport={"width": size[0], "height": size[1]}, has_touch=finger, is_mobile=finger
        )
        contexts.append(context)
        page = context.new_page()
        page.goto(base + path, wait_until="load")
        page.evaluate("document.fonts.ready")
        return page

    yield opened
    for context in contexts:
        context.close()


def test_the_first_screen_asks_shows_and_leads_on(at) -> None:
    page = at(LANDING, LAPTOP)
    page.wait_for_selector("casebook-explorer[data-live]")
    seen = [
        ".cb-whom", ".cb-ask", ".cb-buttons", ".cb-proof", "casebook-explorer figure",
        ".cb-controls", ".cb-shown", ".cb-actions"
    ]  # fmt: skip
    for part in seen:
        box = page.locator(part).first.evaluate(BOX)
        assert 0 <= box["top"] < box["bottom"] <= LAPTOP[1], part
        assert 0 <= box["left"] < box["right"] <= LAPTOP[0], part
    assert page.locator(".cb-buttons a").count() == 4
    # the figure has the width that it is given
    picture = page.locator(".cb-picture").evaluate(BOX)
    drawn = page.locator("casebook-explorer figure svg:visible").first.evaluate(BOX)
    assert drawn["right"] - drawn["left"] > 0.9 * (picture["right"] - picture["left"])
    doors = page.locator(".cb-door").all_inner_texts()
    assert len(doors) == 5 and all(text.endswith("?") for text in doors)


@pytest.mark.parametrize(("size", "link"), [(LAPTOP, ".cb-pin"), (PHONE, ".cb-back")])
def test_the_model_is_one_step_away_wherever_the_reader_is(size, link, at) -> None:
    page = at(ANALYSIS, size)
    page.evaluate("scrollTo({ top: document.body.scrollHeight - 1500, behavior: 'instant' })")
    way = page.locator(link)
    assert way.inner_text() == word("head.model")
    box = way.evaluate(BOX)
    assert 0 <= box["top"] < box["bottom"] <= size[1]
    assert page.locator(":is(.cb-pin, .cb-back):visible").count() == 1
    if size == PHONE:
        way.tap()
    else:
        way.focus()
        page.wait_for_timeout(500)  # no reader presses a key in the moment of the focus
        page.keyboard.press("Enter")
    page.wait_for_function(
        "() => { const { top } = document.querySelector('casebook-explorer')"
        ".getBoundingClientRect(); return top >= 0 && top < innerHeight / 2 }"
    )


def test_a_page_without_a_model_has_no_way_to_one(at) -> None:
    assert not at("book/appendix/glossary.html", LAPTOP).locator(".cb-pin, .cb-back").count()


def test_paper_says_what_it_is_and_opens_what_is_read(at) -> None:
    page = at(ANALYSIS, LAPTOP)
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    foot = page.evaluate("document.documentElement.style.getPropertyValue('--cb-printed')")
    version = page.locator("meta[name=version]").get_attribute("content")
    assert version and f" · {version} · " in foot and ANALYSIS in foot
    assert "undefined" not in foot
    assert not page.locator("details.cb-numbers:visible").count()
    assert not page.locator("article details:not([open]):visible").count()
    assert not page.locator(":is(.cb-pin, .cb-back):visible").count()
    page.emulate_media(media="screen")
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    assert page.locator("details.cb-numbers:visible").count()


@pytest.mark.parametrize(
    "path", [LANDING, ANALYSIS, VALIDATION, "notebooks/case_transactional.html"]
)
def test_a_telephone_neither_scrolls_sideways_nor_asks_for_a_small_finger(path, at) -> None:
    page = at(path, SMALL)
    assert page.evaluate("document.documentElement.scrollWidth") <= SMALL[0]
    assert not page.evaluate(
        "[...document.querySelectorAll('.header-article__inner :is(a, button)')]"
        ".filter(e => e.checkVisibility() && e.getBoundingClientRect().right > innerWidth).length"
    )
    assert not (found := at(path, PHONE).evaluate(FINGER)), "\n".join(found)


def test_a_figure_takes_the_column(at) -> None:
    page = at(ANALYSIS, LAPTOP)
    widths = page.evaluate(
        "[...document.querySelectorAll('article > section figure.cb-figure')]"
        ".filter(f => !f.closest('casebook-explorer'))"
        ".map(f => [f.querySelector('svg').getBoundingClientRect().width, f.clientWidth])"
    )
    assert all(drawn >= 0.95 * column for drawn, column in widths)


def test_the_published_values_are_read_in_full_without_scrolling() -> None:
    soup = BeautifulSoup((SITE / VALIDATION).read_text("utf-8"), "html.parser")
    tables = soup.select("table.dataframe")
    assert len(tables) > 30
    for table in tables:
        assert not table.select("tbody th"), "numbers of rows"
        assert not [cell for cell in table.select("td") if cell.get_text().endswith("...")]


def test_on_a_telephone_a_published_value_is_a_card(at) -> None:
    page = at(VALIDATION, PHONE)
    assert not page.evaluate(
        "[...document.querySelectorAll('article .output')].filter(box => box.querySelector('table')"
        " && box.scrollWidth > box.clientWidth + 1).length"
    )
    heads = page.locator("table.cb-stack").first.evaluate(
        "t => [...t.tBodies[0].rows[0].cells].map(c => c.dataset.head)"
    )
    assert all(heads)


@pytest.mark.parametrize("path", PAGES)
def test_chinese_says_that_it_is(path: str) -> None:
    soup = BeautifulSoup(Path(SITE, path).read_text("utf-8"), "html.parser")
    for text in soup.body.find_all(string=han.RUN):
        if not text.find_parent(["script", "style", "pre", "code", "svg"]):
            assert text.find_parent(attrs={"lang": True}).get("lang") == "zh", text[:60]

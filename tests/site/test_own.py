"""A client of one's own in the page: what Python says of it here, and nothing of it leaves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import explorer_page
from playwright.sync_api import Browser, BrowserContext, Page

from casebook import clientfile, workbook
from casebook.explore import explore
from casebook.models import model
from casebook.words import catalogue, word

NAME = "problem"
ELEMENT = f"casebook-explorer[case={NAME}]"
WORDS = catalogue()["explorer"]
NUMBERS = "e => e.cells.map(cell => cell.textContent)"


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext, base: str) -> Iterator[tuple[Page, list[str]]]:
    """The page of the case, its part for own numbers open, and what it has asked for since."""
    page = context.new_page()
    page.goto(base + explorer_page(NAME))
    page.wait_for_selector(f"{ELEMENT} form:not([hidden])")
    page.click(f"{ELEMENT} .cb-own summary")
    asked: list[str] = []
    page.on("request", lambda r: asked.append(f"{r.method} {r.url} {r.post_data}"))
    yield page, asked
    page.close()


def own(**changes: Any) -> Any:
    return model(NAME).assumptions().replace(**changes)


def shown(page: Page) -> list[str]:
    return page.evaluate(NUMBERS, page.query_selector(ELEMENT))


def test_the_numbers_are_written_out_changed_and_used(page) -> None:
    page, asked = page
    page.click("[data-do=own_fill]")
    page.wait_for_function("() => document.querySelector('.cb-own textarea').value.length > 1000")
    text = page.input_value(".cb-own textarea")
    assert text == clientfile.template(NAME)
    page.fill(".cb-own textarea", text.replace("sales = 20.0", "sales = 31.7"))
    page.click("[data-do=own_use]")
    page.wait_for_selector("[data-do=own_back]")
    mine = explore(model(NAME), own(sales=31.7))
    assert shown(page) == [number for _, number in mine.result.key_numbers()]
    # the figure is drawn anew, from this client
    label = page.evaluate("e => e.drawings[e.shape].svg.getAttribute('aria-label')",
                          page.query_selector(ELEMENT))  # fmt: skip
    assert label == mine.picture.message
    # a slider starts from the client, and Python answers for the client
    page.focus(f"{ELEMENT} form input[type=range]")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("e => !e.asking && e.turn", arg=page.query_selector(ELEMENT))
    moved = page.evaluate("e => e.values()", page.query_selector(ELEMENT))
    explorer = explore(model(NAME), own(sales=31.7))
    explorer.set(**moved)
    assert shown(page) == [number for _, number in explorer.result.key_numbers()]
    # nothing of it stands in an address, and there is no link to it
    page.wait_for_timeout(300)
    assert "?" not in page.url
    assert not page.locator(f"{ELEMENT} :is([data-do=link], [data-do=embed])").count()
    # back again
    page.click("[data-do=own_back]")
    page.wait_for_selector("[data-do=own_back]", state="detached")
    assert shown(page) == [number for _, number in explore(model(NAME)).result.key_numbers()]
    leaks = [line for line in asked if "31.7" in line or not line.startswith("GET ")]
    assert not leaks
    assert not [line for line in asked if line.split()[1].partition("?")[2]]


def test_what_is_wrong_is_told_by_line_and_changes_nothing(page) -> None:
    page, _ = page
    before = shown(page)
    page.fill(".cb-own textarea", 'casebook = 1\ncase = "problem"\nsalse = 3\nwait = 1.5\n')
    page.click("[data-do=own_use]")
    said = page.locator(".cb-own-said p")
    said.first.wait_for()
    first, second = (said.nth(k).inner_text() for k in range(2))
    assert "did you mean 'sales'" in first and ":4: wait" in second
    assert shown(page) == before and not page.locator("[data-do=own_back]").count()
    assert "salse" in page.input_value(".cb-own textarea")


@pytest.mark.parametrize("form", ["toml", "gb18030", "xlsx"])
def test_a_file_from_the_disk(form: str, page, tmp_path: Path) -> None:
    page, asked = page
    record = own(sales=27.3, way_out="liquidate")
    file = tmp_path / f"client.{'xlsx' if form == 'xlsx' else 'toml'}"
    if form == "xlsx":
        file.write_bytes(workbook.written(model(NAME).simulate(record)))
    else:
        text = "# 客户\n" + clientfile.template(NAME, record)
        file.write_text(text, encoding="utf-8" if form == "toml" else form)
    page.set_input_files(f"{ELEMENT} input[type=file]", file)
    page.wait_for_selector("[data-do=own_back]")
    assert shown(page) == [n for _, n in explore(model(NAME), record).result.key_numbers()]
    notes = page.locator(".cb-own-said p").all_inner_texts()
    assert notes == ([word("clientfile.encoding")] if form == "gb18030" else [])
    assert all(line.startswith("GET ") and "?" not in line for line in asked)
    with page.expect_download() as download:
        page.click(f"{ELEMENT} [data-do=xlsx]")
    found = clientfile.read(Path(download.value.path()))
    assert found.record == record


def test_a_python_that_is_started_again_still_knows_the_client(page) -> None:
    page, _ = page
    page.fill(".cb-own textarea", clientfile.template(NAME, own(sales=31.7)))
    page.click("[data-do=own_use]")
    page.wait_for_selector("[data-do=own_back]")
    page.evaluate("e => e.python.restart()", page.query_selector(ELEMENT))
    page.focus(f"{ELEMENT} form input[type=range]")
    page.keyboard.press("ArrowRight")
    page.wait_for_function("e => !e.asking && e.turn", arg=page.query_selector(ELEMENT))
    explorer = explore(model(NAME), own(sales=31.7))
    explorer.set(**page.evaluate("e => e.values()", page.query_selector(ELEMENT)))
    assert shown(page) == [number for _, number in explorer.result.key_numbers()]

"""The test at the end of a page: answers, slips, other numbers, what is kept, and no script."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import PAGES, SITE
from playwright.sync_api import Browser, BrowserContext, Locator, Page

#: The pages that have a test.
TESTED = [
    path
    for path in PAGES
    if "<casebook-selftest" in (SITE / path).read_text(encoding="utf-8", errors="replace")
]
PROBLEM = "book/cases/problem_analysis.html"
each_page = pytest.mark.parametrize("tested", TESTED or ["none"])


def told(site: Path, path: str) -> dict[str, Any]:
    """What a page tells its script."""
    html = (site / path).read_text(encoding="utf-8")
    (text,) = re.findall(r"<casebook-selftest[^>]*><script[^>]*>(.*?)</script>", html)
    return dict(json.loads(text))


def opened(context: BrowserContext, address: str) -> Page:
    """A page whose test is ready; an error of its script is an error here."""
    page = context.new_page()
    page.errors = []  # type: ignore[attr-defined]
    page.on("pageerror", lambda error: page.errors.append(error.message))  # type: ignore[attr-defined]
    page.goto(address, wait_until="load")
    page.wait_for_selector(".cb-st-score")
    return page


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 1280, "height": 900})
    yield made
    made.close()


def item(page: Page, data: dict[str, Any]) -> Locator:
    return page.locator(f".cb-st-item[data-id='{data['id']}']")


def of_kind(data: dict[str, Any], kind: str) -> dict[str, Any]:
    """An item of a kind; of the numeric ones one with other numbers that the explorer shows."""
    found = [i for i in data["items"] if i["kind"] == kind]
    if kind == "numeric":
        found = [i for i in found if len(i["v"]) > 1 and "q" in i["v"][1]]
    return dict(found[0])


def answer(page: Page, data: dict[str, Any], text: str) -> str:
    """What is said to a number."""
    place = item(page, data)
    place.locator("input").fill(text)
    place.locator("input").press("Enter")
    return place.locator(".cb-st-said").inner_text()


def test_there_is_a_page_with_a_test() -> None:
    assert PROBLEM in TESTED


@each_page
def test_what_a_page_tells_its_script_is_small(site: Path, tested: str) -> None:
    data = told(site, tested)
    assert len(json.dumps(data, ensure_ascii=False).encode()) < 15_000
    assert {i["kind"] for i in data["items"]} <= {"choice", "multi", "numeric", "order"}
    fresh = sum(len(i.get("v", [])) > 1 for i in data["items"])
    assert fresh >= (2 if len(data["items"]) < 10 else 3)


@each_page
def test_wrong_numbers_are_wrong_in_every_setting(site: Path, tested: str) -> None:
    for data in told(site, tested)["items"]:
        for setting in data.get("v", []):
            for number in setting["w"]:
                assert abs(number - setting["n"]) > 2 * data["tol"]


def test_the_script_is_on_pages_with_a_test_alone(site: Path) -> None:
    for path in PAGES:
        html = (site / path).read_text(encoding="utf-8")
        for file in ("selftest.js", "selftest.css"):
            assert (f"_static/{file}" in html) == (path in TESTED), path
    assert "cb-st-" not in (site / "_static" / "site.css").read_text(encoding="utf-8")
    size = sum(
        len(gzip.compress((site / "_static" / f"selftest.{kind}").read_bytes()))
        for kind in ("js", "css")
    )
    assert size < 8_000


def test_essays_and_what_is_graded_are_not_in_the_site(site: Path) -> None:
    from casebook import teach

    bank = teach.read("problem")
    shown = {i["id"] for i in told(site, PROBLEM)["items"]}
    hidden = [i for i in bank.items if i.id not in shown]
    assert len(hidden) > len(shown)
    for path in (*TESTED, "_static/search-index.js"):
        text = (site / path).read_text(encoding="utf-8", errors="replace")
        assert not [i.id for i in hidden if re.search(rf"{i.id}(?![\w-])", text)], path
        unsaid = [i for i in hidden if i.kind != "essay"]  # the page has answers of its own
        assert not [i.id for i in unsaid if opening(i.feedback) in text], path


def opening(text: str) -> str:
    """What a text begins with, up to its first number."""
    found = text.partition("{")[0][:60].strip()
    return found if len(found) > 20 else text


@pytest.mark.parametrize("width", [1280, 390])
def test_a_number_is_judged(
    contexts: dict[int, BrowserContext], base: str, site: Path, width: int
) -> None:
    page = opened(contexts[width], base + PROBLEM)
    data = told(site, PROBLEM)
    one, words = of_kind(data, "numeric"), data["words"]
    setting, tolerance = one["v"][0], one["tol"]
    assert words["number"] in answer(page, one, "nothing")
    assert item(page, one).locator("details").is_hidden()
    right = words["right"]
    for near in (-0.99, 0, 0.99):
        assert answer(page, one, f"{setting['n'] + near * tolerance:.6f}").startswith(right)
    assert not answer(page, one, f"{setting['n'] + 1.2 * tolerance:.6f}").startswith(right)
    for number, note in zip(setting["w"], one["r"], strict=True):
        assert note[1:] in answer(page, one, f"{number:.6f}")
    assert right in answer(page, one, f"CNY {setting['n']:,.5f} million".replace("-", "−"))
    assert item(page, one).locator("details").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert not page.errors  # type: ignore[attr-defined]
    page.evaluate("localStorage.clear()")
    page.close()


def test_new_numbers_and_the_explorer(context: BrowserContext, base: str, site: Path) -> None:
    page = opened(context, base + PROBLEM)
    data = told(site, PROBLEM)
    one = of_kind(data, "numeric")
    place = item(page, one)
    before = place.locator(".cb-st-stem").inner_text()
    place.get_by_text(data["words"]["fresh"]).click()
    assert place.locator(".cb-st-stem").inner_text() != before
    setting = one["v"][1]
    assert answer(page, one, f"{setting['n']:.6f}").startswith(data["words"]["right"])
    assert setting["t"] in place.locator(".cb-st-right").text_content()
    link = place.get_by_text(data["words"]["explorer"])
    assert link.get_attribute("href") == f"{setting['q']}#explore-problem"
    for _ in one["v"][1:]:
        place.get_by_text(data["words"]["fresh"]).click()
    assert place.locator(".cb-st-stem").inner_text() == before
    assert not page.errors  # type: ignore[attr-defined]


def test_choices_and_order(context: BrowserContext, base: str, site: Path) -> None:
    page = opened(context, base + PROBLEM)
    data = told(site, PROBLEM)
    words = data["words"]
    one = of_kind(data, "choice")
    place = item(page, one)
    place.get_by_text(words["check"]).click()
    assert place.locator(".cb-st-said").inner_text() == words["choose"]
    for i, (right, note) in enumerate(one["o"]):
        place.locator("input").nth(i).check()
        place.get_by_text(words["check"]).click()
        said = place.locator(".cb-st-said").inner_text()
        assert said.startswith(words["right"]) if right else note[1:] in said
    many = of_kind(data, "multi")
    place = item(page, many)
    for i, (right, _) in enumerate(many["o"]):
        place.locator("input").nth(i).set_checked(bool(right))
    place.get_by_text(words["check"]).click()
    assert place.locator(".cb-st-said").inner_text().startswith(words["right"])
    order = of_kind(data, "order")
    place = item(page, order)
    place.get_by_text(words["check"]).click()
    assert not place.locator(".cb-st-said").inner_text().startswith(words["right"])
    for goal, line in enumerate(
        sorted(range(len(order["places"])), key=order["places"].__getitem__)
    ):
        row = place.locator(f"[data-line='{line}']")
        row.locator("button").first.focus()
        while row.evaluate("(e) => [...e.parentElement.children].indexOf(e)") > goal:
            page.keyboard.press("Alt+ArrowUp")
    place.get_by_text(words["check"]).click()
    assert place.locator(".cb-st-said").inner_text().startswith(words["right"])
    assert not page.errors  # type: ignore[attr-defined]


def test_what_was_answered_is_kept_in_this_browser(
    context: BrowserContext, base: str, site: Path
) -> None:
    page = opened(context, base + PROBLEM)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    data = told(site, PROBLEM)
    one = of_kind(data, "numeric")
    item(page, one).get_by_text(data["words"]["fresh"]).click()
    stem = item(page, one).locator(".cb-st-stem").inner_text()
    answer(page, one, f"{one['v'][1]['n']:.6f}")
    assert not [url for url in asked if "problem_analysis" in url]
    score = page.locator(".cb-st-score span").inner_text()
    assert score.startswith("1 ")
    page.reload()
    page.wait_for_selector(".cb-st-score")
    assert item(page, one).locator(".cb-st-stem").inner_text() == stem
    assert page.locator(".cb-st-score span").inner_text() == score
    page.get_by_text(data["words"]["again"]).click()
    assert page.locator(".cb-st-score span").inner_text().startswith("0 ")
    assert page.evaluate("localStorage.getItem('casebook.selftest.problem')") is None
    # something else under our name, and a browser that keeps nothing, stop nothing
    page.evaluate("localStorage.setItem('casebook.selftest.problem', '[1')")
    page.reload()
    page.wait_for_selector(".cb-st-score")
    assert not page.errors  # type: ignore[attr-defined]


def test_without_script_each_question_has_its_answer(
    browser: Browser, base: str, site: Path
) -> None:
    plain = browser.new_context(java_script_enabled=False)
    page = plain.new_page()
    page.goto(base + PROBLEM, wait_until="load")
    items = page.locator(".cb-st-item")
    assert items.count() == len(told(site, PROBLEM)["items"])
    for i in range(items.count()):
        details = items.nth(i).locator("details")
        assert details.is_visible()
        assert (details.locator(".cb-st-right").text_content() or "").strip()
        href = details.locator("a").get_attribute("href") or ""
        file, _, heading = href.partition("#")
        target = (site / PROBLEM).parent / file if file else site / PROBLEM
        assert f'id="{heading}"' in target.read_text(encoding="utf-8"), href
    plain.close()

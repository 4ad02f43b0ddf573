"""The class vote on its page: codes go from a student's page to the lecturer's chart."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page

from casebook.web.sphinx.vote import questions

PAGE = "book/teach/vote.html"


def opened(browser: Browser, base: str, width: int = 1280) -> Page:
    page = browser.new_page(viewport={"width": width, "height": 844})
    page.goto(base + PAGE)
    page.locator(".cb-vote-sides").wait_for()
    return page


def student(browser: Browser, base: str, code: str, choice: int, sure: int) -> str:
    page = opened(browser, base, 390)
    page.get_by_role("button", name="Take part").click()
    page.get_by_label("Code of the vote").fill(code.lower())
    page.locator("[name=choice]").nth(choice).check()
    page.locator("[name=sure]").nth(sure).check()
    page.get_by_role("button", name="Make my code").click()
    answer = page.locator(".cb-vote-made strong").inner_text()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()
    return answer


def test_votes_of_several_students_become_a_chart(browser: Browser, base: str) -> None:
    page = opened(browser, base)
    page.locator("select").select_option("3")
    code = page.locator(".cb-vote-code strong").inner_text()
    assert re.fullmatch("[1-9A-HJKMNP-TV-Z]{3}", code)
    answers = [student(browser, base, code, *vote) for vote in ((2, 3), (2, 5), (1, 0))]
    assert len(set(answers)) == 3
    # as it comes out of a chat: names, times, small letters, the same answer twice
    chat = f"Wang 10:42: {answers[0]}\nLi Ming：{answers[1].lower()} thanks\n"
    chat += f"{answers[2]}, {answers[0]}"
    page.locator("textarea").fill(chat)
    assert "3 counted" in page.locator(".cb-vote-result").inner_text()
    bars = page.locator(".cb-vote-bar span").all_inner_texts()
    assert bars[2] == "2 of 3, mean confidence 90%"
    assert bars[1] == "1 of 3, mean confidence 50%"
    assert bars[0] == "0 of 3"
    says = questions()[3]["says"]
    assert says not in page.locator("casebook-vote").inner_text(), "the model waits"
    page.get_by_role("button", name="Show what the model says").click()
    assert says in page.locator("casebook-vote").inner_text()
    assert questions()[3]["options"][2] in page.locator(".cb-vote-model").inner_text()
    # a second vote has a code of its own, and keeps the first beside it
    page.get_by_role("button", name="Second vote").click()
    assert page.locator(".cb-vote-code strong").inner_text() != code
    page.locator("textarea").fill(answers[0])
    assert f"Not counted: {answers[0]}" in page.locator(".cb-vote-result").inner_text()
    assert page.locator(".cb-vote-0").count() == page.locator(".cb-vote-1").count() == 4
    page.reload()
    assert answers[0] in page.locator("textarea").input_value(), "a page loaded again keeps it"
    page.get_by_role("button", name="Forget all codes").click()
    assert page.locator("textarea").input_value() == ""
    page.close()


def test_a_second_vote_never_has_the_code_of_the_first(browser: Browser, base: str) -> None:
    page = browser.new_page()
    page.add_init_script(
        "window.drawn = 0;"
        "crypto.getRandomValues = (array) => array.fill(window.drawn++ < 3 ? 7 : 8);"
    )
    page.goto(base + "book/teach/vote.html")
    code = page.locator(".cb-vote-code strong").inner_text()
    page.get_by_role("button", name="Second vote").click()
    assert page.locator(".cb-vote-code strong").inner_text() != code
    assert page.evaluate("window.drawn") == 4
    page.close()


def test_a_wrong_character_and_two_that_changed_places_are_seen(
    browser: Browser, base: str
) -> None:
    page = opened(browser, base)
    code = page.locator(".cb-vote-code strong").inner_text()
    answer = student(browser, base, code, 0, 1)
    letters = answer.replace("-", "")
    wrong = {letters[:k] + other + letters[k + 1 :] for k in range(6) for other in "37KXZ"}
    wrong |= {letters[:k] + letters[k + 1] + letters[k] + letters[k + 2 :] for k in range(5)}
    page.locator("textarea").fill(" ".join(sorted(wrong - {letters})))
    assert "No code counted yet" in page.locator(".cb-vote-result").inner_text()
    page.close()


def test_slips_of_paper_are_counted_by_hand(browser: Browser, base: str) -> None:
    page = opened(browser, base)
    answer = student(browser, base, page.locator(".cb-vote-code strong").inner_text(), 1, 2)
    page.locator("textarea").fill(f"A=3 b = 12, {answer} E=2")
    bars = page.locator(".cb-vote-bar span").all_inner_texts()
    assert bars[:2] == ["3 of 16", "13 of 16, mean confidence 70%"]
    assert "Not counted: E" in page.locator(".cb-vote-result").inner_text()
    page.close()


def test_a_code_that_is_none_is_told(browser: Browser, base: str) -> None:
    page = opened(browser, base, 390)
    page.get_by_role("button", name="Take part").click()
    page.get_by_label("Code of the vote").fill("999")
    assert "no such vote" in page.locator("casebook-vote").inner_text()
    page.close()


@pytest.mark.parametrize("width", [1280, 390])
def test_the_page_fits_and_asks_nobody(browser: Browser, base: str, width: int) -> None:
    asked: list[str] = []
    page = browser.new_page(viewport={"width": width, "height": 844})
    page.on("request", lambda request: asked.append(request.url))
    page.goto(base + PAGE)
    page.locator(".cb-vote-sides").wait_for()
    assert all(url.startswith(base) for url in asked)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()

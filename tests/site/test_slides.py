"""The slides of the notebooks: offline, each within its frame, and the explorer live in them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from conftest import ROOT, SITE, SLIDES, watched
from look import SECOND
from playwright.sync_api import Browser, BrowserContext, Page

from casebook.explore import explore
from casebook.models import model
from casebook.numbers import number
from casebook.web.lectures import script
from casebook.web.slides.arrange import arranged
from casebook.web.slides.myst import plain
from casebook.web.sphinx import han

NOTEBOOKS = sorted(path.stem for path in ROOT.glob("notebooks/*.ipynb"))
CASE = "problem"
ELEMENT = f"casebook-explorer[case={CASE}]"
LIVE = (SITE / "_static" / "live" / "manifest.json").is_file()
#: The screens of rooms.
ROOMS = ((1280, 720), (1920, 1080))
#: What of the slide in view is outside its frame, or outside a part that does not scroll.
OVER = """() => {
  const slide = Reveal.getCurrentSlide(), wrong = [];
  const outer = slide.getBoundingClientRect();
  const scrolls = (e) => {
    for (let p = e; p !== slide; p = p.parentElement)
      if (p.tabIndex >= 0 && p.matches(".cb-words, .cb-out")) return true;
    return false;
  };
  const parts = slide.querySelectorAll("h1, h2, p, li, pre, table, svg, input, mjx-container");
  for (const e of parts) {
    const box = e.getBoundingClientRect();
    if (!box.width || e.closest("aside, mjx-assistive-mml, .cb-unseen") || scrolls(e)) continue;
    if (e.closest("details:not([open]) > :not(summary)")) continue; // has a box, and is not seen
    const frame = (e.closest(".cb-words, .cb-out") ?? slide).getBoundingClientRect();
    for (const f of [outer, frame])
      if (box.left < f.left - 2 || box.right > f.right + 2 || box.top < f.top - 2
          || box.bottom > f.bottom + 2)
        wrong.push(`slide ${Reveal.getIndices().h + 1}: ${e.outerHTML.slice(0, 90)}`);
  }
  return wrong;
}"""

#: What of the slide in view scrolls: in a lecture nobody turns a wheel.
SCROLLS = """() => [...Reveal.getCurrentSlide().querySelectorAll(".cb-words, .cb-out")]
  .filter((box) => box.tabIndex >= 0)
  .map((box) => `slide ${Reveal.getIndices().h + 1} scrolls: ${box.innerText.slice(0, 60)}`)"""


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    yield context
    context.close()


@pytest.fixture
def opened(context: BrowserContext, base: str) -> Iterator:
    """Open the slides of a notebook; they may ask only their server and must have no error."""
    wrong: list[str] = []

    def open_(name: str, rest: str = "") -> Page:
        page = watched(context.new_page(), base, wrong)
        page.goto(f"{base}slides/{name}.html{rest}", wait_until="load")
        page.wait_for_function("() => window.Reveal?.isReady()")
        page.evaluate("window.MathJax?.startup?.promise")
        return page

    yield open_
    for page in context.pages:
        page.close()
    assert not wrong, "\n".join(wrong)


def test_every_notebook_has_slides_and_a_link_to_them() -> None:
    assert [Path(path).stem for path in SLIDES] == NOTEBOOKS
    for name in NOTEBOOKS:
        page = BeautifulSoup((SITE / f"notebooks/{name}.html").read_text("utf-8"), "html.parser")
        assert page.select(f'a[href="../slides/{name}.html"]'), name


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_slides_are_whole_and_nothing_leaves_its_frame(name: str, opened) -> None:
    page = opened(name)
    assert page.locator("section.present h1").is_visible()
    count = page.evaluate("Reveal.getTotalSlides()")
    assert count >= 8
    folder = os.environ.get("CASEBOOK_SHOTS")
    wrong = []
    for k in range(count):
        page.evaluate(f"Reveal.slide({k})")
        assert page.locator("section.present").inner_text().strip()
        wrong += page.evaluate(OVER)
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(folder) / f"slides-{name}-{k + 1:02}.png")
    wrong += page.evaluate("[...document.querySelectorAll('mjx-merror')].map(e => e.outerHTML)")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("name", script.names())
def test_nothing_of_a_lecture_leaves_its_frame(name: str, opened) -> None:
    page = opened(f"lectures/{name}")
    lecture = script.read(script.FOLDER / f"{name}.md")
    count = page.evaluate("Reveal.getTotalSlides()")
    assert count == len(lecture.slides) + 1
    folder = os.environ.get("CASEBOOK_SHOTS")
    wrong, small = [], []
    for width, height in ROOMS:  # a deck of drawings takes its time for another size
        page.set_viewport_size({"width": width, "height": height})
        page.evaluate("Reveal.layout()")
        for k in range(count):
            page.evaluate(f"casebook.deck.go({k})")
            parts = lecture.slides[k - 1].parts if k else []
            moves = [dict(part.values) for part in parts if isinstance(part, script.Move)]
            for values in [{}, *moves]:
                if moves:
                    assert page.evaluate("values => casebook.deck.move(values)", values) or not LIVE
                wrong += page.evaluate(OVER)
                small += page.evaluate(SCROLLS)
                if folder:
                    Path(folder).mkdir(parents=True, exist_ok=True)
                    page.screenshot(path=Path(folder) / f"lecture-{name}-{height}-{k:02}.png")
    assert not wrong, "\n".join(wrong)
    assert not small, "\n".join(small)


@pytest.mark.parametrize("name", script.names())
def test_a_lecture_deck_leads_to_what_is_there(name: str) -> None:
    soup = BeautifulSoup((SITE / f"slides/lectures/{name}.html").read_text("utf-8"), "html.parser")
    for link in soup.select("a[href], link[href], script[src]"):
        href = (link.get("href") or link.get("src")).partition("#")[0].partition("?")[0]
        if href and not href.startswith("https:"):
            assert (SITE / "slides" / "lectures" / href).is_file(), href
    assert soup.select(f'a[href="../../book/lectures/{name}.html"]')


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_no_mark_of_the_source_is_left_and_links_lead_somewhere(name: str) -> None:
    soup = BeautifulSoup((SITE / "slides" / f"{name}.html").read_text("utf-8"), "html.parser")
    for link in soup.select("a[href], link[href], script[src]"):
        href = (link.get("href") or link.get("src")).partition("#")[0].partition("?")[0]
        if href and not href.startswith("https:"):
            assert (SITE / "slides" / href).is_file(), href
    for part in soup.select("head, script, pre, .cb-code"):
        part.decompose()
    text = soup.get_text()
    for words in soup.find_all(string=han.RUN):
        assert words.find_parent(attrs={"lang": "zh"}) or words.find_parent("svg"), words
    for mark in (":::", "```", "{num}", "{cite", "<details", "**"):
        assert mark not in text, mark
    # every figure and every table that the page shows is on a slide
    notebook = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text("utf-8"))
    figures = json.dumps(notebook).count('"image/svg+xml": [')
    # (one of an explorer is there in two forms, each in a box of its own)
    assert len(soup.select("figure.cb-figure > svg")) == figures
    for form in ("wide", "narrow"):
        assert len(soup.select(f"casebook-explorer figure > .cb-{form} > svg")) == len(
            soup.select("casebook-explorer")
        )


def test_the_look_finds_what_leaves_its_frame(opened) -> None:
    page = opened("case_problem", "#/5")
    assert not page.evaluate(OVER)
    page.add_style_tag(content=".cb-out table { margin-left: 600px !important }")
    assert page.evaluate(OVER)


def test_code_is_shown_when_it_is_asked_for_and_the_dark_palette_too(opened) -> None:
    page = opened("case_problem", "#/1")
    code = page.locator("section.present .cb-code")
    assert not code.is_visible()
    page.keyboard.press("c")
    assert code.is_visible() and "case.simulate(a)" in code.inner_text()
    assert not page.evaluate(OVER)
    page.get_by_role("button", name="Code").click()
    assert not code.is_visible()
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.keyboard.press("d")
    assert page.evaluate(paper) != light


def test_the_explorer_answers_within_the_slide_and_keeps_its_keys(opened) -> None:
    if not LIVE:
        reason = "the site was built without Python for the browser"
        pytest.fail(reason, pytrace=False) if os.environ.get("CI") else pytest.skip(reason)
    page = opened("case_problem")
    at = page.evaluate(
        "e => Reveal.getIndices(document.querySelector(e).closest('section')).h", ELEMENT
    )
    page.evaluate(f"Reveal.slide({at})")
    control = explore(model(CASE)).controls[0]
    slider = page.locator(f"{ELEMENT} input[name={control.spec.name}]")
    # all that a move needs is in sight together: figure, slider and the numbers
    for part in (f"{ELEMENT} figure", f"{ELEMENT} .cb-controls", f"{ELEMENT} .cb-shown"):
        box = page.locator(part).bounding_box()
        assert box["x"] >= 0 and box["x"] + box["width"] <= 1280
        assert box["y"] >= 0 and box["y"] + box["height"] <= 720 - 30
    page.evaluate("e => document.querySelector(e).addEventListener('answer', () => "
                  "(window.answers = (window.answers ?? 0) + 1))", ELEMENT)  # fmt: skip
    slider.focus()
    slider.press("ArrowRight")
    page.wait_for_function("e => window.answers && !document.querySelector(e).asking", arg=ELEMENT)
    assert page.evaluate("Reveal.getIndices().h") == at
    assert slider.input_value() == str(control.at + 1)
    found = page.evaluate("e => document.querySelector(e).cells.map(c => c.textContent)", ELEMENT)
    here = explore(model(CASE)).answer({control.spec.name: control.values[control.at + 1]})
    assert found == here["numbers"]
    label = page.locator(f"{ELEMENT} figure svg:visible").get_attribute("aria-label")
    assert label == here["message"]
    page.wait_for_timeout(1 * SECOND)  # the message is written when the reader has stopped
    assert not page.evaluate(OVER)
    # Escape gives the arrows back to the slides; a remote's page down need not wait for it
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("Reveal.getIndices().h") == at + 1
    page.keyboard.press("ArrowLeft")
    slider.focus()
    page.keyboard.press("PageDown")
    assert page.evaluate("Reveal.getIndices().h") == at + 1
    assert slider.input_value() == str(control.at + 1)


# ---------------------------------------------------------------- the rules, without a browser


def test_directives_and_roles_become_plain_markdown() -> None:
    text = plain(
        ":::{admonition} In short\n:class: tip\nThe PD is {num}`transactional.pd`.\n:::\n\n"
        "```{solution}\nBecause.\n```\n\n```{math}\n:label: el\nx^2\n```\n\n"
        "{math}`y`; see {doc}`the page <loan>`, [a page](../book/cases/problem.md#x) and "
        "[this](capstone.ipynb); [there](https://example.org/a.md).\n\n"
        "```python\nx = '{num}`kept`'\n```"
    )
    assert '<p class="admonition-title">In short</p>' in text
    assert f"The PD is {number('transactional.pd')}." in text
    assert "<details><summary>Worked solution</summary>\n\nBecause." in text
    assert "$$\nx^2\n$$" in text and "$y$; see the page, " in text
    assert "(../book/cases/problem.html#x)" in text and "(../notebooks/capstone.html)" in text
    assert "(https://example.org/a.md)" in text and "'{num}`kept`'" in text


def test_a_citation_is_written_out() -> None:
    key = next(
        line.partition("{")[2].rstrip(",\n")
        for line in (ROOT / "book" / "references.bib").read_text("utf-8").splitlines()
        if line.startswith("@")
    )
    assert plain(f"{{cite:t}}`{key}`").endswith(")") and key not in plain(f"{{cite:t}}`{key}`")


@pytest.mark.parametrize(
    ("source", "named"),
    [("{term2}`x`", "term2"), (":::{grid} 2\nx\n:::\n", "grid"), ("{cite:p}`nobody`", "nobody")],
)
def test_what_the_slides_do_not_know_is_an_error_that_names_it(source: str, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        plain(source)


def test_headings_outputs_and_solutions_start_slides() -> None:
    import nbformat.v4 as v4

    def shown(text: str) -> list:
        return [v4.new_output("stream", text=text)]

    cells = [
        v4.new_markdown_cell("# Notebook: title\n\nLead."),
        v4.new_markdown_cell("## One\n\nText."),
        v4.new_code_cell("import x"),
        v4.new_code_cell("a", outputs=shown("1\n")),
        v4.new_code_cell("b", outputs=shown("2\n")),
        v4.new_markdown_cell("After."),
        v4.new_markdown_cell("For the speaker.", metadata={"slideshow": {"slide_type": "notes"}}),
        v4.new_markdown_cell(
            "## Exercises\n\n### 1. Why\n\nAsk.\n\n"
            "<details><summary>Answer</summary>\n\nSo.\n\n</details>"
        ),
        v4.new_code_cell("c", outputs=shown("3\n"), metadata={"tags": ["hide-cell"]}),
    ]
    found = arranged(cells)
    assert [(s.heading, s.above, s.kind) for s in found] == [
        ("Notebook: title", "", "text"),
        ("One", "", "print"),
        ("One", "", "print"),
        ("1. Why", "Exercises", "text"),
        ("Answer", "1. Why", "print"),
    ]
    assert found[1].code == ["import x", "a"] and found[1].text == ["Text."]
    assert found[2].text == ["After."] and found[2].notes == ["For the speaker."]
    assert found[3].notes == ["So."] and found[4].text == ["So."]

"""The explorers on their pages: all that a move needs is in view, by whatever way it is made.

One page load an explorer; no Python runs in the browser, but for one test of all tools together.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import SITE, explorer_page
from look import ACCESS, AXE
from playwright.sync_api import Browser, BrowserContext, Page
from test_explorer import ELEMENT, FAR, WORDS, assert_same, expected, opened, settings
from test_explorer import python_is_there as python_is_there  # a fixture of every test here

from casebook.explore import explore
from casebook.models import MODELS, model
from casebook.web.explorer import embed

LAPTOP, PHONE = {"width": 1366, "height": 768}, {"width": 390, "height": 844}
#: The boxes of parts of an explorer within the window, once it stands at its top.
BOXES = """([selector, parts]) => {
  const element = document.querySelector(selector);
  element.scrollIntoView({ block: "start", behavior: "instant" });
  const box = (part) => (({ top, bottom, left, right }) => ({ top, bottom, left, right }))(
    part.getBoundingClientRect());
  return [box(element), parts.flatMap((part) => [...element.querySelectorAll(part)].map(box))];
}"""
#: The setting that a page's sliders are at, as places.
PLACES = "e => e.places()"


@pytest.fixture(scope="module")
def laptop(browser: Browser) -> Iterator[BrowserContext]:
    yield from _context(browser, LAPTOP)


@pytest.fixture(scope="module")
def phone(browser: Browser) -> Iterator[BrowserContext]:
    yield from _context(browser, PHONE, has_touch=True)


def _context(browser: Browser, size: dict[str, int], **more: Any) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport=size, reduced_motion="reduce", **more)
    context.add_init_script(FAR)
    yield context
    context.close()


def one(name: str) -> str:
    return f"{ELEMENT}[case={name}]"


def element(page: Page, name: str) -> Any:
    return page.query_selector(one(name))


@pytest.mark.parametrize("name", MODELS)
def test_on_a_laptop_all_that_a_move_needs_is_in_one_view(name, laptop, base):
    parts = [
        ".cb-headline", "figure", ".cb-controls > .cb-rows > .cb-control", ".cb-shown > div"
    ]  # fmt: skip
    with opened(laptop, base + explorer_page(name)) as page:
        whole, boxes = page.evaluate(BOXES, [one(name), parts])
        assert len(boxes) >= 1 + 1 + 4 + 4
        assert max(box["bottom"] for box in boxes) - whole["top"] <= 640
        for box in boxes:
            assert 0 <= box["left"] < box["right"] <= LAPTOP["width"]
            assert 0 <= box["top"] < box["bottom"] <= LAPTOP["height"]
        # the figure stands beside the controls, in letters that can be read
        assert boxes[1]["right"] <= boxes[2]["left"]
        letters = page.evaluate(
            "e => Math.min(...[...e.querySelectorAll('figure text')]"
            ".filter(t => t.checkVisibility())"
            ".map(t => parseFloat(getComputedStyle(t).fontSize) * t.getScreenCTM().a))",
            element(page, name),
        )
        assert letters >= 9
        said = page.evaluate(
            "e => [...e.querySelectorAll('.cb-headline p')].map(p => p.textContent).join('. ')",
            element(page, name),
        )
        assert said == explore(model(name)).picture.message


@pytest.mark.parametrize("name", MODELS)
def test_on_a_phone_the_figure_stays_with_every_control(name, phone, base):
    with opened(phone, base + explorer_page(name)) as page:
        page.locator(f"{one(name)} .cb-more").evaluate_all("all => all.forEach(d => d.open = true)")
        found = page.evaluate(
            """async (e) => {
              const found = [];
              for (const input of e.inputs) {
                input.parentElement.scrollIntoView({ block: "nearest", behavior: "instant" });
                await new Promise(requestAnimationFrame);
                const [figure, control] = [e.picture, input.parentElement].map(
                  (part) => part.getBoundingClientRect());
                found.push([figure.top, figure.bottom, control.top, control.bottom,
                  innerHeight, control.left, control.right]);
              }
              return found;
            }""",
            element(page, name),
        )
        assert len(found) == len(explore(model(name)).controls)
        for top, bottom, upper, lower, height, left, right in found:
            assert top >= 0 and bottom - top <= 0.45 * height + 1
            assert bottom <= upper + 1 < lower <= height + 1
            assert 0 <= left < right <= PHONE["width"]
        # what is touched is large, and every part of the figure can be had
        small = page.evaluate(
            "e => [...e.querySelectorAll('button, select, input, summary')]"
            ".filter(b => b.checkVisibility() && b.type !== 'checkbox')"
            ".map(b => [b.className, b.textContent, b.getBoundingClientRect().height])"
            ".filter(([, , height]) => height < 43.5)",
            element(page, name),
        )
        assert not small
        panels = len(explore(model(name)).picture.axes)
        tabs = page.locator(f"{one(name)} [role=tab]")
        if tabs.first.is_visible():
            for k in range(panels):
                tabs.nth(k).click()
                shown = page.locator(f"{one(name)} figure g[id*='-axes_']:visible")
                assert shown.count() == 1
                assert page.locator(f"{one(name)} .cb-headline p:visible").count() == 1
                wide = page.evaluate("e => e.figure.scrollWidth <= e.figure.clientWidth + 1",
                                     element(page, name))  # fmt: skip
                assert wide


@pytest.mark.parametrize(
    ("typed", "stands", "says"),
    [
        ("4.35", "4.35% a year", None),
        ("4.35%", "4.35% a year", None),
        (" 5,5 % ", "5.5% a year", None),
        ("4.333", "4.35% a year", "live_nearest"),
        ("9", None, "live_range"),
        ("\N{MINUS SIGN}1", None, "live_range"),
        ("much", None, "live_no_number"),
    ],
)
def test_a_typed_value_is_taken_or_it_is_said_what_is_allowed(typed, stands, says, laptop, base):
    name = "transactional"
    control = next(c for c in explore(model(name)).controls if c.spec.name == "rate")
    with opened(laptop, base + explorer_page(name)) as page:
        box = page.locator(f"{one(name)} .cb-control:has([name=rate]) .cb-exact")
        box.fill(typed)
        box.press("Enter")
        text = stands or control.texts[control.at]
        assert box.input_value() == text
        place = page.locator(f"{one(name)} [name=rate]")
        assert place.input_value() == str(control.texts.index(text))
        said = page.locator(f"{one(name)} .cb-said")
        if says is None:
            assert not said.is_visible()
        else:
            low, high = control.texts[0], control.texts[-1]
            wanted = WORDS[says].format(typed=typed.strip(), value=text, low=low, high=high)
            assert said.inner_text() == wanted


def test_steps_undo_and_redo_by_button_and_by_keyboard(laptop, base):
    name = "strategic"
    with opened(laptop, base + explorer_page(name)) as page:
        explorer = element(page, name)
        first = page.evaluate(PLACES, explorer)
        control = page.locator(f"{one(name)} .cb-control").nth(1)
        control.locator("[data-step='1']").click()
        control.locator("[data-step='1']").click()  # near enough to be one step with the last
        stepped = page.evaluate(PLACES, explorer)
        assert stepped[1] == first[1] + 2
        other = page.locator(f"{one(name)} input[type=range]").nth(2)
        other.focus()
        other.press("ArrowRight")
        moved = page.evaluate(PLACES, explorer)
        other.press("Control+z")
        assert page.evaluate(PLACES, explorer) == stepped
        page.click(f"{one(name)} [data-do=undo]")
        assert page.evaluate(PLACES, explorer) == first
        assert page.get_attribute(f"{one(name)} [data-do=undo]", "aria-disabled") == "true"
        page.click(f"{one(name)} [data-do=redo]")
        other.press("Control+Shift+z")
        assert page.evaluate(PLACES, explorer) == moved
        page.click(f"{one(name)} [data-do=reset]")
        assert page.evaluate(PLACES, explorer) == first
        other.press("Control+z")
        assert page.evaluate(PLACES, explorer) == moved


def test_a_link_without_a_place_goes_to_the_explorer_and_says_so(laptop, base):
    name = "problem"
    controls = explore(model(name)).controls
    folded = controls[-1]
    link = f"{base}{explorer_page(name)}?{name}.{folded.spec.name}={folded.values[0]}"
    with opened(laptop, link) as page:
        said = page.locator(f"{one(name)} .cb-loaded")
        assert folded.spec.label in said.inner_text() and folded.texts[0] in said.inner_text()
        page.wait_for_function("s => { const b = document.querySelector(s).getBoundingClientRect();"
                               " return b.top >= 0 && b.top < 200; }", arg=one(name))  # fmt: skip
        # the slider that was moved is not folded away
        assert page.locator(f"{one(name)} [name={folded.spec.name}]").is_visible()
        said.get_by_role("button").click()
        assert not said.is_visible()
        assert page.evaluate(PLACES, element(page, name)) == [c.at for c in controls]


def test_all_tools_of_a_setting(laptop, base, tmp_path):
    name = "transactional"
    places, other = settings(name, 2)[1:]
    controls = explore(model(name)).controls
    laptop.grant_permissions(["clipboard-read", "clipboard-write"], origin=base.rstrip("/"))
    with opened(laptop, base + explorer_page(name)) as page:
        explorer = element(page, name)
        put = ("async ([e, to]) => { for (const [n, at] of Object.entries(to))"
               " e.form.elements[n].value = at; await e.moved(); }")  # fmt: skip
        page.evaluate(put, [explorer, places])
        wanted = expected(name, places)
        tiles = page.evaluate("e => e.tiles.map(t => [t.dataset.row,"
                              " t.querySelector('b').textContent,"
                              " t.querySelector('.cb-change').textContent])", explorer)  # fmt: skip
        for row, number, change in tiles:
            assert [number, change] == [wanted["numbers"][int(row)], wanted["changes"][int(row)]]
        assert any(change for *_, change in tiles)
        titles = "e => [...e.headline.children].map(p => p.textContent).join('. ')"
        assert page.evaluate(titles, explorer) == wanted["message"]
        titles = "e => [...e.headline.children].map(p => p.textContent).join('. ')"
        assert page.evaluate(titles, explorer) == wanted["message"]
        # pinned: a column of its own, a shadow in the figure, a key
        page.click(f"{one(name)} [data-do=pin_a]")
        page.evaluate(put, [explorer, other])
        page.click(f"{one(name)} [data-do=pin_b]")
        column = page.evaluate("e => [...e.querySelectorAll('td.cb-pinned:nth-child(5)')]"
                               ".map(c => c.textContent)", explorer)  # fmt: skip
        assert column == wanted["numbers"]
        for letter in "ab":
            assert page.locator(f"{one(name)} figure .cb-ghost-{letter}").count() >= 2
        key = page.locator(f"{one(name)} .cb-key").inner_text().split()
        assert key == ["A", "B", *WORDS["live_now"].split()]
        page.locator(f"{one(name)} [data-do=swap][data-pin=A]").click()
        page.wait_for_function("e => !e.asking", arg=explorer)
        names = [c.spec.name for c in controls]
        at = dict(zip(names, page.evaluate(PLACES, explorer), strict=True))
        assert at == places
        # the link, and the code for a page of somebody else
        page.click(f"{one(name)} [data-do=link]")
        page.wait_for_function("([e, m]) => e.status.textContent === m",
                               arg=[explorer, WORDS["live_link"]])  # fmt: skip
        link = page.evaluate("() => navigator.clipboard.readText()")
        assert link.endswith(f"#explore-{name}") and f"{name}.rate=" in link
        page.click(f"{one(name)} [data-do=embed]")
        page.wait_for_function("([e, m]) => e.status.textContent === m",
                               arg=[explorer, WORDS["live_embedded"]])  # fmt: skip
        code = page.evaluate("() => navigator.clipboard.readText()")
        assert re.match(rf'<iframe src="{base}embed/{name}\.html\?[^"]*rate=', code)
        # pictures that need nothing else: no variable, no address, the setting in words
        with page.expect_download() as download:
            page.click(f"{one(name)} [data-do=svg]")
        svg = Path(download.value.path()).read_text(encoding="utf-8")
        assert svg.startswith("<svg") and "var(" not in svg and "<image" not in svg
        assert wanted["message"].split()[0] in svg and f"{name}.rate=" in svg
        with page.expect_download() as download:
            page.click(f"{one(name)} [data-do=png]")
        png = Path(download.value.path()).read_bytes()
        assert png[1:4] == b"PNG" and int.from_bytes(png[16:20], "big") > 900
        # on paper: figure, setting, numbers, address; nothing to press
        page.evaluate("e => { window.print = () => window.dispatchEvent(new Event('beforeprint'));"
                      " e.do_print(); }", explorer)  # fmt: skip
        page.emulate_media(media="print")
        paper = page.locator(f"{one(name)} .cb-paper")
        assert all(c.spec.label in paper.inner_text() for c in controls)
        assert "127.0.0.1" in paper.inner_text()
        assert page.locator(f"{one(name)} figure svg:visible").count() == 1
        assert not page.locator("button:visible").count()
        assert not page.locator("article > section > p:visible").count()
        page.emulate_media(media="screen")
        page.evaluate("() => window.dispatchEvent(new Event('afterprint'))")
        # in a lecture room: it fills the screen, and the keys are its own
        page.click(f"{one(name)} [data-do=present]")
        page.wait_for_function("e => e.classList.contains('cb-present')", arg=explorer)
        box = page.locator(one(name)).bounding_box()
        assert box["x"] == box["y"] == 0 and box["width"] == LAPTOP["width"]
        before = page.evaluate(PLACES, explorer)
        page.keyboard.press("b")
        assert page.evaluate(PLACES, explorer) == [c.at for c in controls]
        page.keyboard.press("Control+z")
        assert page.evaluate(PLACES, explorer) == before
        page.evaluate("e => e.leave()", explorer)
        page.wait_for_function("e => !e.classList.contains('cb-present')", arg=explorer)


@pytest.mark.parametrize("size", [LAPTOP, PHONE], ids=["laptop", "phone"])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_with_all_that_can_be_open_nothing_is_hard_to_use(size, theme, browser, base):
    name = "problem"
    context = browser.new_context(viewport=size, color_scheme=theme)
    context.add_init_script(FAR)
    with opened(context, base + explorer_page(name)) as page:
        page.evaluate(
            "e => { for (const d of e.querySelectorAll('details')) d.open = true;"
            " e.do_pin_a(); e.inputs[0].value = 0; e.name_values(); e.able(); e.now = e.places();"
            " e.python.state = { phase: 'failed', why: 'status', file: 'x', detail: '404' };"
            " e.report(); e.warn('x'); e.object(e.inputs[0], 'x'); e.loaded(); }",
            element(page, name),
        )
        page.wait_for_timeout(300)  # the theme fades its colours in
        page.evaluate(AXE.read_text("utf-8"))
        assert not page.evaluate(ACCESS.replace("axe.run(document", f"axe.run('{one(name)}'"))
    context.close()


def test_what_is_not_answered_is_marked_and_can_be_taken_back(browser, base):
    name = "growth"
    context = browser.new_context(viewport=LAPTOP)
    context.add_init_script(FAR)
    context.route("**/_static/stored/*.gz*", lambda route: route.fulfill(status=404))
    context.route("**/pyodide.asm.wasm", lambda route: route.fulfill(status=404))
    with opened(context, base + explorer_page(name), quiet=False) as page:
        page.locator(f"{one(name)} [data-step='1']").first.click()
        page.wait_for_selector(f"{one(name)} .cb-state [role=alert]")
        state = page.locator(f"{one(name)} .cb-state")
        assert WORDS["live_shows_base"] in state.inner_text()
        assert "pyodide.asm.wasm" in state.inner_text()
        assert page.locator(f"{one(name)} .cb-behind").count() == 1
        assert page.locator(f"{one(name)}[data-behind]").count() == 1
        # beside the sliders, in view with the figure
        _, boxes = page.evaluate(BOXES, [one(name), [".cb-state", ".cb-control"]])
        assert boxes[0]["bottom"] <= LAPTOP["height"]
        page.click(f"{one(name)} [data-do=return]")
        state.wait_for(state="hidden")
        assert not page.locator(f"{one(name)} .cb-behind").count()
        # with the file there, a second try answers
        page.locator(f"{one(name)} [data-step='1']").first.click()
        page.wait_for_selector(f"{one(name)} .cb-state [role=alert]")
        context.unroute("**/pyodide.asm.wasm")
        page.click(f"{one(name)} [data-do=retry]")
        page.wait_for_function("s => !document.querySelector(s).asking", arg=one(name))
        assert not state.is_visible()
        controls = explore(model(name)).controls
        at = dict(zip([c.spec.name for c in controls], page.evaluate(PLACES, element(page, name)),
                      strict=True))  # fmt: skip
        found = page.evaluate("e => e.metrics", element(page, name))
        assert_same(found, expected(name, at)["metrics"], at)
    context.close()


@pytest.fixture(scope="module")
def embedded() -> dict[str, str]:
    return embed.homes(SITE)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_explorer_alone_takes_setting_and_theme_and_leads_back(theme, embedded, laptop, base):
    name = "terminated"
    control = explore(model(name)).controls[0]
    url = f"{base}embed/{name}.html?theme={theme}&{name}.{control.spec.name}={control.values[0]}"
    with opened(laptop, url) as page:
        assert page.get_attribute("html", "data-theme") == theme
        assert page.locator(f"{one(name)} [name={control.spec.name}]").input_value() == "0"
        assert page.locator(".cb-source a").get_attribute("href") == (
            f"../{embedded[name]}#explore-{name}"
        )
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        page.evaluate(AXE.read_text("utf-8"))
        assert not page.evaluate(ACCESS)
        # a link that is copied here leads to the book
        assert f"/{embedded[name]}?" in page.evaluate(
            "e => e.whereabouts().href", element(page, name)
        )


def test_every_explorer_has_a_page_of_its_own(embedded):
    for name in MODELS:
        text = (SITE / "embed" / f"{name}.html").read_text(encoding="utf-8")
        assert f"id='explore-{name}'" in text
        script = re.search(r"<script type='application/json'>(.*?)</script>", text)
        assert script is not None
        data = json.loads(script[1].replace("<\\/", "</"))
        assert data["home"] == f"../{embedded[name]}" and (SITE / embedded[name]).is_file()


def test_a_site_without_explorers_is_refused(tmp_path):
    with pytest.raises(ValueError, match="no page has an explorer"):
        embed.find(tmp_path, tmp_path)

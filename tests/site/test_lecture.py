"""The lectures of the built site: text, deck and player in step, by voice or by clock."""

from __future__ import annotations

import functools
import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from conftest import SITE, Quiet, serve, watched
from look import ACCESS, AXE, COLOURS, SECOND
from playwright.sync_api import Browser, BrowserContext, Frame, Page

from casebook.explore import explore
from casebook.models import model
from casebook.web.lectures import script, timing
from casebook.web.slides.lecture import decides, moved, said

NAMES = script.names()
#: The one that is played in a browser: it has moves, questions and two slides with an explorer.
PLAYED = "problem"
VOICE = SITE / "_static" / "lectures" / f"{PLAYED}.opus"
ELEMENT = "document.querySelector('casebook-lecture')"
each_lecture = pytest.mark.parametrize("name", NAMES)


@functools.cache
def lecture_of(name: str) -> script.Lecture:
    """A lecture as its file tells it."""
    return script.read(script.FOLDER / f"{name}.md")


def straight(text: str) -> str:
    """A text without the round quotation marks that a page has."""
    return text.translate(str.maketrans("‘’“”", "''\"\""))


def page_of(name: str) -> BeautifulSoup:
    """The page of a lecture."""
    text = (SITE / "book" / "lectures" / f"{name}.html").read_text("utf-8")
    return BeautifulSoup(text, "html.parser")


# ------------------------------------------------------------- every lecture, without a browser


@each_lecture
def test_the_page_is_the_whole_lecture_as_a_text(name: str) -> None:
    lecture, found = lecture_of(name), timing.timeline(lecture_of(name))
    article = page_of(name).select_one("article")
    sections = article.select("section > section:not(.cb-selftest)")
    titles = [straight(s.h2.find(string=True).strip()) for s in sections]
    assert titles == [straight(slide.title) for slide in lecture.slides]
    figures = 0
    for section, slide, span in zip(sections, lecture.slides, found.slides, strict=True):
        spoken = [straight(p.get_text()) for p in section.select(".cb-l-said")]
        assert spoken == [straight(say.text) for say in slide.spoken], slide.title
        times = [float(cue["data-at"]) for cue in section.select(".cb-l-cue")]
        assert times == sorted(times) and span.start <= times[0] and times[-1] < span.end
        assert [straight(p.get_text()) for p in section.select("li")] == [
            straight(script.plain(point)) for point in slide.points
        ]
        moves = [part for part in slide.parts if isinstance(part, script.Move)]
        told = [p.get_text() for p in section.select(".cb-l-move")]
        assert len(told) == len(moves)
        assert all(moved(m) in text for m, text in zip(moves, told, strict=True)), told
        waits = [say.wait for say in slide.spoken if say.wait]
        assert [p.get_text() for p in section.select(".cb-l-pause")] == [
            said("page.pause_of", seconds=f"{wait:g}") for wait in waits
        ]
        figures += len(section.select("figure"))
    assert figures >= len({slide.shows for slide in lecture.slides if slide.shows})
    assert not article.select("casebook-explorer"), "it is in the deck"
    for slide in lecture.slides:  # what is for the lecturer alone
        for words in re.findall(r"\w[^*{}\n]{30,}?[.?!]", slide.notes)[:2]:
            assert words not in article.get_text()


@each_lecture
def test_the_player_has_the_times_of_the_lecture(name: str) -> None:
    lecture, found = lecture_of(name), timing.timeline(lecture_of(name))
    soup = page_of(name)
    data = json.loads(soup.select_one("casebook-lecture > script").string)
    assert data["duration"] == found.duration
    assert data["slides"] == [
        [span.start, slide.title] for span, slide in zip(found.slides, lecture.slides, strict=True)
    ]
    assert [cue[2].split("\n") for cue in data["cues"]] == [list(cue.lines) for cue in found.cues]
    assert [m["values"] for m in data["moves"]] == [dict(m.move.values) for m in found.moves]
    asked = [say for slide in lecture.slides for say in slide.spoken if say.wait >= 2]
    assert len(data["waits"]) >= len(asked) >= 3
    folder = SITE / "book" / "lectures"
    assert (folder / data["deck"]).is_file()
    if data["voice"]:
        about = json.loads((folder / f"{data['voice']}.json").read_text("utf-8"))
        assert about["words"] == timing.words_hash(lecture), "a stale voice is offered"
        assert about["engine"] in soup.select_one(".cb-l-voice").get_text()
        for kind in ("opus", "m4a"):
            assert (folder / f"{data['voice']}.{kind}").is_file()
    for link in soup.select(".cb-l-ways a"):
        assert (folder / link["href"]).is_file(), link["href"]
    assert (SITE / "_static" / "lectures" / f"{name}.en.vtt").is_file()


@each_lecture
def test_the_deck_has_a_title_and_a_slide_for_each_section(name: str) -> None:
    lecture = lecture_of(name)
    text = (SITE / "slides" / "lectures" / f"{name}.html").read_text("utf-8")
    slides = BeautifulSoup(text, "html.parser").select(".slides > section")
    assert slides[0].h1.get_text() == lecture.title
    assert decides(lecture) in slides[0].get_text()
    assert [s.h2.get_text() for s in slides[1:]] == [s.title for s in lecture.slides]
    for section, slide in zip(slides[1:], lecture.slides, strict=True):
        notes = section.select_one("aside.notes").get_text()
        assert f"{slide.minutes:g}" in notes
        for say in slide.spoken:
            assert " ".join(say.text.split()) in " ".join(notes.split())


def test_the_index_lists_every_lecture_with_its_minutes() -> None:
    rows = page_of("index").select("article table tbody tr")
    assert [row.a["href"] for row in rows] == [f"{name}.html" for name in NAMES]
    spoken = [round(timing.timeline(lecture_of(name)).duration / 60) for name in NAMES]
    assert [int(row.find_all("td")[2].get_text()) for row in rows] == spoken
    # as the words above the table say
    assert min(spoken) >= 7 and max(spoken) <= 10


# -------------------------------------------------------------------- one lecture, in a browser


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context(viewport={"width": 1366, "height": 900})
    yield context
    context.close()


Opened = Callable[..., tuple[Page, Callable[[], Frame]]]


@pytest.fixture
def opened(context: BrowserContext, base: str) -> Iterator[Opened]:
    """Open the page of the lecture; it may ask only its server and must have no error."""
    wrong: list[str] = []

    def open_(address: str = base, silent: bool = True) -> tuple[Page, Callable[[], Frame]]:
        page = watched(context.new_page(), address, wrong)
        page.goto(f"{address}book/lectures/{PLAYED}.html", wait_until="load")
        if silent:
            page.evaluate(f"{ELEMENT}.data.voice = ''")

        def deck() -> Frame:
            page.wait_for_function(f"() => {ELEMENT}.live")
            return next(f for f in page.frames if "/slides/lectures/" in f.url)

        return page, deck

    yield open_
    for page in context.pages:
        page.close()
    assert not wrong, "\n".join(wrong)


def now(page: Page) -> dict[str, Any]:
    """Where the player is."""
    state: dict[str, Any] = page.evaluate(
        f"(() => {{ const e = {ELEMENT}; return {{at: e.media.currentTime, playing: e.playing, "
        "slide: e.slide, caption: e.p_caption.textContent, status: e.p_status.textContent, "
        "line: document.querySelector('.cb-l-on')?.textContent ?? ''}; })()"
    )
    return state


def test_slides_and_captions_keep_their_time(opened: Opened) -> None:
    page, deck = opened()
    assert not any("/slides/" in frame.url for frame in page.frames), "the deck is fetched unasked"
    page.get_by_role("button", name=said("page.start")).click()
    frame = deck()
    found = timing.timeline(lecture_of(PLAYED))
    # the deck says when it has turned; the player, where the talk was then
    page.evaluate(
        f"window.turned = []; window.addEventListener('message', (m) => m.data === 'turned' && "
        f"turned.push([{ELEMENT}.slide, {ELEMENT}.media.currentTime]))"
    )
    frame.evaluate("Reveal.on('slidechanged', () => parent.postMessage('turned', '*'))")
    for k in (1, 5, len(found.slides) - 1):
        start = found.slides[k].start
        late = []
        while not late or late[-1] >= 0.3:
            page.evaluate(f"{ELEMENT}.seek({start - 0.7})")
            page.wait_for_timeout(0.3 * SECOND)
            page.evaluate("turned.length = 0")
            # a busy deck may still report the slide the seek came to
            page.wait_for_function(f"() => turned.some(([slide]) => slide === {k})")
            at = page.evaluate(f"turned.find(([slide]) => slide === {k})[1]")
            late.append(abs(at - start))
            assert len(late) < 5, late  # a busy machine may be late once, a player not each time
        assert frame.evaluate("Reveal.getIndices().h") == k + 1
    page.evaluate(f"{ELEMENT}.pause()")
    for cue in found.cues[::25]:
        page.evaluate(f"{ELEMENT}.seek({(cue.start + cue.end) / 2})")
        state = now(page)
        assert state["caption"] == "\n".join(cue.lines)
        if cue.id.startswith("c") and cue.id[1:].isdigit():
            assert state["line"] and straight(state["line"]) in found_text(cue.slide)


def found_text(slide: int) -> str:
    """All that is said on a slide."""
    return straight(" ".join(say.text for say in lecture_of(PLAYED).slides[slide].spoken))


def test_the_whole_lecture_runs_to_its_end_when_the_clock_is_fast(opened: Opened) -> None:
    page, deck = opened()
    page.evaluate(f"window.seen = []; {ELEMENT}.addEventListener('slide', "
                  "({detail}) => seen.push([detail.slide, detail.now]))")  # fmt: skip
    page.get_by_role("button", name=said("page.start")).click()
    frame = deck()
    found = timing.timeline(lecture_of(PLAYED))
    # a busy machine that holds up a frame is seconds late, or leaves out a slide: then more slowly
    for rate in (40, 20, 10):
        page.evaluate(f"seen.length = 0; {ELEMENT}.seek(0); {ELEMENT}.speed({rate})")
        page.evaluate(f"{ELEMENT}.playing || {ELEMENT}.play()")
        page.wait_for_function(f"() => !{ELEMENT}.playing")
        seen = dict(page.evaluate("seen"))
        late = {k: (at - found.slides[k].start) / rate for k, at in seen.items() if k}
        in_time = all(0 <= seconds < 2 for seconds in late.values())
        if whole := in_time and sorted({0, *seen}) == list(range(len(found.slides))):
            break
    assert whole, late
    assert frame.evaluate("Reveal.getIndices().h") == len(found.slides)
    page.evaluate(f"{ELEMENT}.speed(1)")


def test_the_slider_moves_a_touch_pauses_and_the_model_answers(opened: Opened) -> None:
    page, deck = opened()
    page.get_by_role("button", name=said("page.start")).click()
    frame = deck()
    step = timing.timeline(lecture_of(PLAYED)).moves[0]
    case, (slider, value) = step.move.model, next(iter(step.move.values.items()))
    page.evaluate(f"{ELEMENT}.seek({step.at - 0.5})")
    element = f"casebook-explorer[case={case}]"
    answer = explore(model(case)).answer(step.move.values)
    shown = "e => document.querySelector(e).cells.map(c => c.textContent)"
    frame.wait_for_function(
        "([e, numbers]) => document.querySelector(e).cells.map(c => c.textContent).join() === "
        "numbers.join()", arg=[element, answer["numbers"]]
    )  # fmt: skip
    assert moved(step.move) in now(page)["status"]
    assert now(page)["playing"]
    control = next(c for c in explore(model(case)).controls if c.spec.name == slider)
    at = list(control.values).index(value)
    assert frame.locator(f"{element} [name={slider}]").input_value() == str(at)
    # the viewer takes it further: the talk waits, the model answers
    frame.locator(f"{element} [name={slider}]").focus()
    page.keyboard.press("ArrowLeft")
    page.wait_for_function(f"() => !{ELEMENT}.playing")
    assert now(page)["status"] == said("page.touched")
    other = explore(model(case)).answer({slider: control.values[at - 1]})
    frame.wait_for_function(
        "([e, numbers]) => document.querySelector(e).cells.map(c => c.textContent).join() === "
        "numbers.join()", arg=[element, other["numbers"]]
    )  # fmt: skip
    # play goes on with the talk, and the explorer is where the talk has put it
    page.get_by_role("button", name=said("page.play"), exact=True).click()
    frame.wait_for_function(
        "([e, numbers]) => document.querySelector(e).cells.map(c => c.textContent).join() === "
        "numbers.join()", arg=[element, answer["numbers"]]
    )  # fmt: skip
    # and back before the move: the base case
    page.evaluate(f"{ELEMENT}.seek({step.at - 3})")
    first = explore(model(case)).answer({})
    frame.wait_for_function(
        "([e, numbers]) => document.querySelector(e).cells.map(c => c.textContent).join() === "
        "numbers.join()", arg=[element, first["numbers"]]
    )  # fmt: skip
    assert frame.evaluate(shown, element) == first["numbers"]


def test_the_keyboard_is_enough(opened: Opened) -> None:
    page, deck = opened()
    start = page.get_by_role("button", name=said("page.start"))
    for _ in range(80):
        page.keyboard.press("Tab")
        if start.evaluate("e => e === document.activeElement"):
            break
    page.keyboard.press("Enter")
    frame = deck()
    page.wait_for_function(f"() => {ELEMENT}.playing && {ELEMENT}.media.currentTime > 0")
    player = "document.activeElement.closest('.cb-l-player') !== null"
    assert page.evaluate(player), "the focus is lost with the poster"
    page.keyboard.press("k")
    assert not now(page)["playing"]
    before = now(page)["at"]
    page.keyboard.press("l")
    assert now(page)["at"] == pytest.approx(before + 10, abs=0.2)
    page.keyboard.press("j")
    assert now(page)["at"] == pytest.approx(before, abs=0.2)
    page.keyboard.press("PageDown")
    page.wait_for_function(f"() => {ELEMENT}.slide === 1")
    frame.wait_for_function("() => Reveal.getIndices().h === 2")
    # in the deck too the keys are the player's
    frame.locator("body").evaluate("e => window.focus()")
    page.keyboard.press("PageDown")
    page.wait_for_function(f"() => {ELEMENT}.slide === 2")
    page.keyboard.press(" ")
    page.wait_for_function(f"() => {ELEMENT}.playing")
    page.keyboard.press(" ")
    page.wait_for_function(f"() => !{ELEMENT}.playing")


def test_a_line_of_the_text_and_a_slide_can_be_chosen(opened: Opened) -> None:
    page, deck = opened()
    line = page.locator(".cb-l-cue").nth(40)
    line.click()
    deck()
    page.wait_for_function(f"() => {ELEMENT}.playing")
    at = float(line.get_attribute("data-at") or 0)
    assert at <= now(page)["at"] < at + 20
    page.locator(".cb-l-chapters summary").click()
    page.locator(".cb-l-chapters button").nth(3).click()
    page.wait_for_function(f"() => {ELEMENT}.slide === 3")
    page.locator(".cb-l-from").nth(6).click()
    page.wait_for_function(f"() => {ELEMENT}.slide === 6")


def test_it_can_stop_at_each_question(opened: Opened) -> None:
    page, deck = opened()
    page.get_by_label(said("page.stop")).check()
    page.get_by_role("button", name=said("page.start")).click()
    deck()
    start, end = page.evaluate(f"{ELEMENT}.data.waits[1]")
    page.evaluate(f"{ELEMENT}.seek({start - 0.4})")
    page.wait_for_function(f"() => !{ELEMENT}.playing")
    assert start <= now(page)["at"] < start + 0.5
    assert page.locator(".cb-l-wait").is_visible()
    page.get_by_role("button", name=said("page.play"), exact=True).click()
    page.evaluate(f"{ELEMENT}.seek({end + 0.1})")
    assert now(page)["playing"] and not page.locator(".cb-l-wait").is_visible()


def test_what_a_figure_says_comes_after_the_question(opened: Opened) -> None:
    page, deck = opened()
    page.get_by_role("button", name=said("page.start")).click()
    frame = deck()
    page.evaluate(f"{ELEMENT}.pause()")
    answers = timing.answers(lecture_of(PLAYED))
    assert len(answers) >= 3
    for slide, at in answers.items():
        for second, seen in ((at - 1, "hidden"), (at + 0.2, "visible"), (at - 1, "hidden")):
            if timing.timeline(lecture_of(PLAYED)).slides[slide].end > second:
                page.evaluate(f"{ELEMENT}.seek({second})")
                frame.wait_for_function(
                    "([k, seen]) => Reveal.getIndices().h === k && getComputedStyle(Reveal"
                    ".getCurrentSlide().querySelector('[id*=\"-data-title-\"]'))"
                    ".visibility === seen",
                    arg=[slide + 1, seen],
                )


def test_the_place_is_remembered(opened: Opened) -> None:
    page, deck = opened()
    page.get_by_role("button", name=said("page.start")).click()
    deck()
    page.evaluate(f"{ELEMENT}.seek(200)")
    page.evaluate(f"{ELEMENT}.pause()")
    page.reload()
    page.evaluate(f"{ELEMENT}.data.voice = ''")
    assert said("page.resume", time="3:20") in page.locator(".cb-l-resume").inner_text()
    page.get_by_role("button", name=said("page.start")).click()
    deck()
    page.wait_for_function(f"() => {ELEMENT}.media.currentTime > 200.1")
    assert now(page)["at"] < 210
    page.evaluate(f"{ELEMENT}.pause()")
    page.reload()
    page.get_by_role("button", name=said("page.from_start")).click()
    deck()
    assert now(page)["at"] < 20


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [1366, 390])
def test_while_it_plays_it_fits_and_can_be_reached(
    browser: Browser, base: str, width: int, theme: str
) -> None:
    context = browser.new_context(
        viewport={"width": width, "height": 844}, color_scheme=theme, reduced_motion="reduce"
    )  # fmt: skip
    page = context.new_page()
    page.goto(f"{base}book/lectures/{PLAYED}.html")
    page.evaluate(f"{ELEMENT}.data.voice = ''")
    page.get_by_role("button", name=said("page.start")).click()
    page.wait_for_function(f"() => {ELEMENT}.live")
    at = timing.timeline(lecture_of(PLAYED)).moves[0].at
    page.evaluate(f"{ELEMENT}.seek({at + 0.5})")
    page.evaluate(f"{ELEMENT}.pause()")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    stage = page.locator(".cb-l-stage").bounding_box()
    assert stage and stage["x"] >= 0 and stage["x"] + stage["width"] <= width
    frame = next(f for f in page.frames if "/slides/lectures/" in f.url)
    frame.wait_for_function(f"() => document.documentElement.dataset.theme === '{theme}'")
    page.evaluate(AXE.read_text("utf-8"))
    wrong = page.evaluate(ACCESS, COLOURS if theme == "dark" else None)
    context.close()
    assert not wrong, "\n".join(wrong)


def test_it_is_readable_without_script(browser: Browser, base: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{base}book/lectures/{PLAYED}.html")
    assert not page.locator(".cb-l-player").is_visible()
    assert said("page.script") in page.locator("casebook-lecture").inner_text()
    text = straight(page.locator("article").inner_text())
    for slide in lecture_of(PLAYED).slides:
        for say in slide.spoken:
            assert straight(say.text) in text
    assert page.locator("article figure svg").first.is_visible()
    assert page.locator(".cb-l-ways a").first.is_visible()
    context.close()


def test_opened_as_a_file_it_runs_and_says_what_is_missing(browser: Browser, site: Path) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto((site / "book" / "lectures" / f"{PLAYED}.html").as_uri())
    assert now(page)["status"] == said("page.file")
    page.evaluate(f"{ELEMENT}.data.voice = ''")
    page.get_by_role("button", name=said("page.start")).click()
    page.wait_for_function(f"() => {ELEMENT}.live && {ELEMENT}.media.currentTime > 0.5")
    context.close()


# ------------------------------------------------------------------------------- with its voice


class _Ranges(Quiet):
    """A server that knows ranges, as most do; that of Python does not."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        path = self.translate_path(self.path)
        asked = re.match(r"bytes=(\d+)-(\d*)", self.headers.get("Range", ""))
        if not asked or not os.path.isfile(path):
            super().do_GET()
            return
        data = Path(path).read_bytes()
        first, last = int(asked[1]), int(asked[2] or len(data) - 1)
        part = data[first : last + 1]
        self.send_response(206)
        self.send_header("Content-Type", self.guess_type(path))
        self.send_header("Content-Range", f"bytes {first}-{first + len(part) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part)


@pytest.mark.skipif(not VOICE.is_file(), reason="no voice is made: make lectures")
@pytest.mark.parametrize("kind", [Quiet, _Ranges])
def test_the_voice_plays_and_seeks_on_any_server(
    opened: Opened, site: Path, kind: type[Quiet]
) -> None:
    with serve(site, kind) as address:
        page, deck = opened(address, silent=False)
        if not page.evaluate(f"{ELEMENT}.data.voice"):
            pytest.skip("the voice is stale")
        page.get_by_role("button", name=said("page.start")).click()
        deck()
        page.wait_for_function(f"() => {ELEMENT}.media.currentTime > 0.5")
        assert page.evaluate(f"{ELEMENT}.media instanceof HTMLAudioElement")
        length = timing.timeline(lecture_of(PLAYED)).duration
        assert page.evaluate(f"{ELEMENT}.media.duration") == pytest.approx(length, abs=0.3)
        page.evaluate(f"{ELEMENT}.seek({length / 2})")
        page.wait_for_function(f"() => {ELEMENT}.media.currentTime > {length / 2 + 0.5}")
        assert now(page)["playing"] and now(page)["at"] < length / 2 + 30
        page.evaluate(f"{ELEMENT}.seek({length - 1})")
        page.wait_for_function(f"() => !{ELEMENT}.playing")
        page.close()

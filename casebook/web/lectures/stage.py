"""A deck in a browser without a window, driven from outside: for the video and the handouts.

The deck is slides/lectures/<name>.html of a built site, or is made for this; `casebook.deck` of
assets/slides.js goes to a slide and moves its explorer. Needs Chromium and playwright.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import shutil
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...words import catalogue
from .. import serve
from ..explorer import script as explorer_script
from . import script, voice

#: The first is Chromium without a window and all that belongs to one: a fifth of the work.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
#: What a film does not show.
_HIDDEN = ".cb-tools, .reveal .controls, .reveal .progress { display: none !important }"
#: Most positions through which a slider is seen to go.
STEPS = 8
_WAYS = """values => {
  const explorer = Reveal.getCurrentSlide().querySelector("casebook-explorer");
  if (!explorer?.inputs) return null;
  const from = explorer.places(), names = explorer.inputs.map(input => input.name);
  const to = names.map((name, k) =>
    name in values ? explorer.controls[name].values.indexOf(values[name]) : explorer.base[k]);
  const differ = names.filter((_, k) => from[k] !== to[k]);
  if (differ.length !== 1) return [];
  const k = names.indexOf(differ[0]), list = explorer.controls[differ[0]].values;
  const far = Math.abs(to[k] - from[k]), steps = Math.min(far, MOST);
  return Array.from({ length: Math.max(0, steps - 1) }, (_, n) =>
    [differ[0], list[Math.round(from[k] + ((to[k] - from[k]) * (n + 1)) / steps)]]);
}""".replace("MOST", str(STEPS))
_ALT = """() => {
  const place = Reveal.getCurrentSlide().querySelector(".cb-out");
  const named = place?.querySelector("svg[aria-label], img[alt]");
  return named?.getAttribute("aria-label") ?? named?.getAttribute("alt") ?? "";
}"""


@dataclass(frozen=True)
class Stage:
    """A page of Chromium that shows the deck of a lecture."""

    page: Any

    def go(self, slide: int, seen: bool = True) -> None:
        """Show the slide of this number; the title is -1. Not `seen`: its question is open."""
        self.page.evaluate("([k, seen]) => casebook.deck.go(k, seen)", [slide + 1, seen])
        self.page.wait_for_timeout(250)

    def reset(self) -> None:
        """Bring the explorer of the slide to its base case, if it has one."""
        if self.page.locator("section.present casebook-explorer").count():
            self._moved({})
            self.page.wait_for_timeout(1200)  # what has changed is marked for a moment

    def move(self, move: script.Move) -> Iterator[None]:
        """Move the slider; after each position that a film shows, the caller may look.

        VoiceError if the explorer of this deck is not live.
        """
        values = {name: _plain(value) for name, value in move.values.items()}
        ways = self.page.evaluate(_WAYS, values)
        if ways is None:
            raise voice.VoiceError(f"the explorer of {move.model} is not live in the deck")
        for name, value in ways:
            self._moved({**values, name: value} if name in values else {name: value})
            yield
        self._moved(values)
        yield

    def shot(self) -> bytes:
        """What is seen, as PNG."""
        taken: bytes = self.page.screenshot()
        return taken

    def figure(self) -> tuple[bytes, str] | None:
        """The figure of the slide as PNG and what it says to who does not see it."""
        place = self.page.locator("section.present .cb-out")
        if not place.count():
            return None
        return place.first.screenshot(), str(self.page.evaluate(_ALT))

    def _moved(self, values: dict[str, Any]) -> None:
        if not self.page.evaluate("values => casebook.deck.move(values)", values):
            raise voice.VoiceError("the explorer of the deck does not answer")
        self.page.wait_for_timeout(120)


@contextlib.contextmanager
def deck(name: str, site: Path | None = None) -> Iterator[Stage]:
    """The deck of a lecture on a stage: that of a built site, or one made for it now.

    VoiceError if the site has no such deck.
    """
    with contextlib.ExitStack() as stack:
        root = site or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        if site is None:
            _build(name, root)
        if not (root / "slides" / "lectures" / f"{name}.html").is_file():
            raise voice.VoiceError(f"{root} has no slides/lectures/{name}.html: run make book")
        address = stack.enter_context(served(root))
        chromium = stack.enter_context(browser())
        words = catalogue("lectures")["video"]
        page = chromium.new_page(viewport={"width": words["width"], "height": words["height"]})
        page.goto(f"{address}/slides/lectures/{name}.html")
        page.wait_for_function(
            "() => window.Reveal?.isReady() && window.casebook?.deck", timeout=60000
        )
        page.add_style_tag(content=_HIDDEN)
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(500)
        yield Stage(page)


def _build(name: str, root: Path) -> None:
    """The deck as the site will have it, with the scripts and styles that it needs."""
    from ..slides import lecture

    static = script.ROOT / "_build" / "static"
    if not (static / "vendor" / "reveal").is_dir() or not (static / "stored").is_dir():
        raise voice.VoiceError("the scripts of the slides are not there: run make book first")
    (root / "_static").mkdir()
    for folder in (script.ROOT / "casebook" / "web" / "assets", static):
        for path in folder.iterdir():
            if not (root / "_static" / path.name).exists():
                (root / "_static" / path.name).symlink_to(path)
    explorer_script.write(root / "_static")
    (root / "slides" / "lectures").mkdir(parents=True)
    html = lecture.slides(script.FOLDER / f"{name}.md", static)
    (root / "slides" / "lectures" / f"{name}.html").write_text(html, encoding="utf-8")


def program() -> str | None:
    """The system's Chromium, or the one that CHROMIUM names; None if there is none."""
    named = os.environ.get("CHROMIUM")
    return next(filter(None, map(shutil.which, [named] if named else BROWSERS)), None)


@contextlib.contextmanager
def browser() -> Iterator[Any]:
    """Chromium without a window; VoiceError if it is not there."""
    try:
        api = importlib.import_module("playwright.sync_api")
    except ImportError:
        raise voice.VoiceError(
            "playwright is missing: pip install -r tests/requirements.txt"
        ) from None
    place = program()
    if place is None:
        raise voice.VoiceError(
            "Chromium is missing: apt install chromium-headless-shell, or set CHROMIUM"
        )
    with api.sync_playwright() as play:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        chromium = play.chromium.launch(executable_path=place, args=flags)
        try:
            yield chromium
        finally:
            chromium.close()


@contextlib.contextmanager
def served(site: Path) -> Iterator[str]:
    """The address of a folder, served on this machine for as long as it is needed."""
    with serve.server(site) as serving:
        thread = threading.Thread(target=serving.serve_forever, daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{serving.server_port}"
        finally:
            serving.shutdown()
            thread.join()


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    return value.item() if hasattr(value, "item") else value

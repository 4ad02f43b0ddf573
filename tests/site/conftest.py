"""The built site in a real browser that can reach this machine and nothing else."""

from __future__ import annotations

import contextlib
import functools
import http.server
import os
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright

from casebook.web.lectures import stage

ROOT = Path(__file__).resolve().parents[2]
SITE = ROOT / "_build" / "html"
PAGES = sorted(
    path.relative_to(SITE).as_posix()
    for path in SITE.rglob("*.html")
    if path.relative_to(SITE).parts[0]
    not in ("_static", "_sources", "embed", "lite", "slides", "zh")  # zh: test_chinese.py
    # these two are no pages to read: tests/site/test_head.py
    and path not in (SITE / "index.html", SITE / "404.html")
)
SLIDES = sorted(path.relative_to(SITE).as_posix() for path in SITE.glob("slides/*.html"))
WIDTHS = {1280: 900, 390: 844}
#: One step of the first slider of the first explorer of a page.
STEP = """() => {
  const input = document.querySelector('casebook-explorer input[type=range]');
  input.focus();
  input.stepUp();
  input.dispatchEvent(new Event('input', { bubbles: true }));
}"""
#: Python is not fetched before a test touches an explorer.
FAR = """window.IntersectionObserver = class { observe() {} unobserve() {} disconnect() {} };"""
#: The first switch is the guard that counts: no name but this machine's has an address.
FLAGS = [
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--no-sandbox",  # root may not have one
    "--disable-dev-shm-usage",  # small in containers
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test for each page of the site (or one that fails because there is none)."""
    if "page_path" in metafunc.fixturenames:
        metafunc.parametrize("page_path", PAGES or ["none"])


@pytest.fixture(scope="session")
def site() -> Path:
    """The folder of the built site."""
    if not (SITE / "index.html").is_file():
        pytest.fail("the site is not built: run make book", pytrace=False)
    return SITE


def explorer_page(name: str) -> str:
    """The first page of the site that has the explorer of a model."""
    for path in PAGES:
        if f"<casebook-explorer case='{name}'" in (SITE / path).read_text(encoding="utf-8"):
            return path
    raise LookupError(f"no page has the explorer of {name}")


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files without a word."""

    def log_message(self, *args: object) -> None:
        pass


@contextlib.contextmanager
def serve(folder: Path, kind: type[Quiet] = Quiet) -> Iterator[str]:
    """Serve `folder` on a free port of this machine, and give its address."""
    handler = functools.partial(kind, directory=os.fspath(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def watched(page: Page, address: str, wrong: list[str]) -> Page:
    """The page, which notes in `wrong` what it asks of others, what it lacks and each error."""
    page.on("request", lambda r: wrong.append(f"asks {r.url}")
            if not r.url.startswith((address, "data:", "blob:")) else None)  # fmt: skip
    page.on("response", lambda r: wrong.append(f"{r.status} {r.url}")
            if r.status >= 400 else None)  # fmt: skip
    page.on("pageerror", lambda e: wrong.append(str(e)))
    page.on("console", lambda m: wrong.append(m.text) if m.type == "error" else None)
    return page


def watch(page: Page) -> Callable[[], None]:
    """Watch what the page asks for, from now on; the function returned waits until it has all.

    The browser's own "networkidle" is now and then never told on a loaded machine.
    """
    asked: list[Request] = []
    waiting: set[Request] = set()
    page.on("request", lambda request: (asked.append(request), waiting.add(request)))
    page.on("requestfinished", lambda request: waiting.discard(request))
    page.on("requestfailed", lambda request: waiting.discard(request))

    def wait() -> None:
        still = 0  # half seconds without a new request
        while still < (10 if waiting else 1):
            before = len(asked)
            page.wait_for_timeout(500)
            still = still + 1 if len(asked) == before else 0

    return wait


@pytest.fixture(scope="module")
def base(site: Path) -> Iterator[str]:
    """The address of the built site."""
    with serve(site) as address:
        yield address


def patient(opened: Callable[..., Any]) -> Callable[..., Any]:
    """A method that opens a profile or a page, in which nothing is given up too soon."""

    def patiently(*args: Any, **settings: Any) -> Any:
        made = opened(*args, **settings)
        made.set_default_timeout(120_000)
        return made

    return patiently


@pytest.fixture(scope="session", autouse=True)
def patience() -> Iterator[None]:
    """A page may take two minutes: a shared or slow machine is no failure."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("new_context", "new_page"):
            patch.setattr(Browser, name, patient(getattr(Browser, name)))
        yield


# Not for the whole session: Playwright keeps an event loop running in this thread, and the
# notebooks that are run after these tests need their own.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium of the system."""
    if (program := stage.program()) is None:
        reason = "no Chromium: apt install chromium-headless-shell, or set CHROMIUM to its path"
        pytest.fail(reason, pytrace=False) if os.environ.get("CI") else pytest.skip(reason)
    with sync_playwright() as play:
        chromium = play.chromium.launch(executable_path=program, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def contexts(browser: Browser) -> Iterator[dict[int, BrowserContext]]:
    """One browser profile for each width; colours change at once, as a checker needs it."""
    made = {
        width: browser.new_context(
            viewport={"width": width, "height": height}, reduced_motion="reduce"
        )
        for width, height in WIDTHS.items()
    }
    for context in made.values():
        context.add_init_script(FAR)
    yield made
    for context in made.values():
        context.close()

"""Without a network: what was read opens again, and nothing foreign is ever kept."""

from __future__ import annotations

import re
import shutil
import threading
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from conftest import ROOT, STEP, Quiet, explorer_page, serve
from playwright.sync_api import Browser, BrowserContext, Page

from casebook.web.offline import archive, make
from casebook.web.serve import TYPES
from casebook.words import catalogue

WORDS = catalogue("offline")
UNREAD = "book/theory/reading.html"
READ = "book/theory/loan.html"
#: On a machine's own server the worker is for who asks.
ASK = "localStorage.setItem('casebook-offline', 'yes')"
#: All that is kept: the path below the site of each, with the name of its cache.
KEPT = """async () => {
  const found = {};
  for (const name of await caches.keys())
    for (const { url } of await (await caches.open(name)).keys())
      found[decodeURIComponent(url.slice(location.origin.length + 1))] = name;
  return found;
}"""
HAS = f"async (path) => Object.keys(await ({KEPT})()).some((file) => file.split('?')[0] === path)"
COUNT = "() => document.querySelectorAll('article img, article svg').length"
BROKEN = "() => [...document.images].filter((i) => i.complete && !i.naturalWidth).map((i) => i.src)"
WORKERS = "() => navigator.serviceWorker.getRegistrations().then((all) => all.length)"
ASKED = "(url) => fetch(url).then((answer) => answer.text()).then(() => true)"
STORED = f"async () => Object.keys(await ({KEPT})()).some((file) => file.includes('/stored/'))"
REPLACED = """async (old) => {
  const names = await caches.keys();
  return names.length === 1 && names[0] !== old;
}"""
FEWER = """async (bound) => {
  let sum = 0;
  for (const name of await caches.keys())
    for (const request of await (await caches.open(name)).keys())
      sum += Number((await caches.match(request))?.headers.get("x-casebook-size") ?? 0);
  return sum && sum <= Number(bound);
}"""
#: The key numbers, which change at once; the figure passes through what lies between.
FIGURE = "() => document.querySelector('casebook-explorer .cb-shown').textContent"
BLOCK = b"<!doctype html><title>Blocked</title><p>Your network does not allow this page."


#: The host that was silent goes away.
OVER = threading.Event()


class Host(Quiet):
    """Serves a copy of the site; counts, and can be cut, block or fail."""

    extensions_map = TYPES
    asked: ClassVar[Counter[str]] = Counter()
    cut = False
    blocked: tuple[str, ...] = ()
    failing = False
    silent = False
    bare = False  # addresses without endings, as some hosts have them

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        type(self).asked[path.lstrip("/")] += 1
        if self.cut:
            self.close_connection = True
            self.connection.close()
        elif self.silent:
            OVER.wait(60)
        elif self.failing:
            self.send_error(502)
        elif path.endswith(self.blocked or "\0"):
            self.send_response(200)
            self.send_header("content-type", "text/html; charset=utf-8")
            self.send_header("content-length", str(len(BLOCK)))
            self.end_headers()
            self.wfile.write(BLOCK)
        elif self.bare and path.endswith(".html"):
            self.send_response(308)
            self.send_header("location", path.removesuffix(".html"))
            self.send_header("content-length", "0")
            self.end_headers()
        else:
            if self.bare and not path.endswith("/") and "." not in path.rpartition("/")[2]:
                self.path = path + ".html"
            super().do_GET()

    def end_headers(self) -> None:
        self.send_header("cache-control", "no-cache")
        super().end_headers()


@pytest.fixture(scope="module")
def copy(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the site of which pages may be changed: large files are linked."""
    target = tmp_path_factory.mktemp("offline") / "html"
    shutil.copytree(site, target, copy_function=_linked)
    return target


def _linked(source: str, target: str) -> None:
    if source.endswith((".html", ".js")):
        shutil.copy2(source, target)
    else:
        Path(target).hardlink_to(source)


@pytest.fixture(scope="module")
def served(copy: Path) -> Iterator[str]:
    with serve(copy, Host) as address:
        yield address


@pytest.fixture
def context(browser: Browser, served: str) -> Iterator[BrowserContext]:
    """A reader with an empty browser, who has a network."""
    Host.cut = Host.failing = Host.silent = Host.bare = False
    Host.blocked = ()
    made = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    made.add_init_script(ASK)
    yield made
    Host.silent = False
    OVER.set()
    made.close()
    OVER.clear()


def until(page: Page, expression: str, argument: str = "") -> None:
    """Wait until the browser says so: what a promise says, too."""
    for _ in range(150):
        if page.evaluate(expression, argument):
            return
        page.wait_for_timeout(200)
    raise AssertionError(f"never: {expression} {argument}: {page.evaluate(KEPT)}")


def read(context: BrowserContext, address: str) -> Page:
    """A page that has been read: the worker has it, with its style."""
    page = context.new_page()
    page.goto(address, wait_until="load")
    page.wait_for_function("() => navigator.serviceWorker.controller")
    path = re.sub(r"^https?://[^/]*/|[?#].*$", "", address)
    until(page, HAS, path)
    until(page, HAS, "_static/site.css")
    until(page, HAS, "index.html")  # the last of what a page sends
    return page


def cut(context: BrowserContext) -> None:
    """No network: the browser has none, and the server is gone besides."""
    Host.cut = True
    context.set_offline(True)


def test_the_page_about_it_says_what_the_worker_does() -> None:
    said = (ROOT / "book/appendix/offline.md").read_text(encoding="utf-8")
    worker = (make.HERE / "worker.js").read_text(encoding="utf-8")
    assert "within three seconds" in said and "PATIENCE = 3_000;" in worker
    assert "At most 150 MB" in said and "BOUND = 150e6;" in worker
    assert "`make zip`" in said and archive.first().removesuffix(".txt") in said
    link = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert (
        "\nzip: book\n" in link and "make zip" in (ROOT / ".github/workflows/book.yml").read_text()
    )


def test_a_page_that_was_read_opens_again_with_style_and_figures(context, served) -> None:
    page = read(context, served + READ)
    before = page.evaluate("() => getComputedStyle(document.querySelector('h1')).fontSize")
    images = page.evaluate(COUNT)
    page.close()
    cut(context)
    page = context.new_page()
    missed: list[str] = []
    page.on("requestfailed", lambda request: missed.append(request.url))
    answer = page.goto(f"{served}{READ}?from=elsewhere#here", wait_until="load")
    assert answer is not None and answer.status == 200 and answer.from_service_worker
    assert page.evaluate("() => getComputedStyle(document.querySelector('h1')).fontSize") == before
    assert page.evaluate(COUNT) == images
    assert page.evaluate(BROKEN) == []
    assert not [url for url in missed if not url.endswith(make.WORKER)], missed
    page.goto(served, wait_until="load")  # the address of the book itself
    page.wait_for_url("**/book/index.html")


def test_a_slider_that_was_used_moves_again(context, served) -> None:
    path = explorer_page("problem")
    page = read(context, served + path)
    page.locator("casebook-explorer").first.scroll_into_view_if_needed()
    start = page.evaluate(FIGURE)
    page.evaluate(STEP)
    page.wait_for_function(f"(start) => ({FIGURE})() !== start", arg=start)
    moved = page.evaluate(FIGURE)
    until(page, STORED)
    page.wait_for_load_state("networkidle")
    page.close()
    cut(context)
    page = context.new_page()
    page.goto(served + path, wait_until="load")
    page.locator("casebook-explorer").first.scroll_into_view_if_needed()
    page.evaluate(STEP)
    page.wait_for_function(f"(start) => ({FIGURE})() !== start", arg=start)
    assert page.evaluate(FIGURE) == moved


def test_a_host_may_leave_out_the_endings_of_pages(context, served) -> None:
    Host.bare = True
    page = read(context, served + READ)
    assert page.url == served + READ.removesuffix(".html")
    cut(context)
    for address in (READ, READ.removesuffix(".html")):
        answer = page.goto(served + address, wait_until="load")
        assert answer is not None and answer.status == 200, address


def test_a_network_that_says_nothing_is_not_waited_for_long(context, served) -> None:
    page = read(context, served + READ)
    Host.silent = True
    start = time.monotonic()
    page.goto(served + READ, wait_until="load")
    assert page.locator("article h1").count() == 1
    assert time.monotonic() - start < 20, "3 seconds for the page, 3 for fonts and pictures"


def test_no_more_is_kept_than_is_said(context, copy, served) -> None:
    script = (copy / make.WORKER).read_text(encoding="utf-8")
    less = script.replace("const BOUND = 150e6", "const BOUND = 1000e3")
    assert less != script
    (copy / make.WORKER).write_text(less, encoding="utf-8")
    try:
        page = read(context, served + READ)
        for path in ("book/index.html", "book/theory/types.html", UNREAD):
            page.goto(served + path, wait_until="networkidle")
        until(page, FEWER, "1000000")
        assert READ not in page.evaluate(KEPT), "the oldest went"
    finally:
        (copy / make.WORKER).write_text(script, encoding="utf-8")


def test_a_page_that_was_not_read_leads_to_those_that_were(context, served) -> None:
    read(context, served + READ).close()
    cut(context)
    page = context.new_page()
    answer = page.goto(served + UNREAD, wait_until="load")
    assert answer is not None and answer.status == 503
    assert page.url == served + UNREAD, "the address stays, to be tried again"
    assert page.inner_text("h1") == WORDS["page"]["title"]
    links = page.locator("li a")
    assert READ in links.evaluate_all("(all) => all.map((a) => a.href)")[0]
    assert links.first.inner_text() == "The money of one loan"
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("() => document.scrollingElement.scrollWidth") <= 320
    links.first.click()
    page.wait_for_url(f"**/{READ}")
    page.goto(served + UNREAD)
    Host.cut = False
    context.set_offline(False)
    page.click(f"text={WORDS['page']['again']}")
    page.wait_for_selector("article h1")
    assert page.url == served + UNREAD


def test_what_a_proxy_puts_in_place_of_a_file_is_not_kept(context, served) -> None:
    page = read(context, served + READ)
    Host.blocked = (UNREAD, "vote.js", "stored/none.gz", "mark.svg")
    page.goto(served + UNREAD, wait_until="load")
    assert page.title() == "Blocked", "the reader sees it: it may say what to do"
    for name in ("_static/vote.js", "_static/stored/none.gz", "_static/no-such.js"):
        page.evaluate(ASKED, served + name)
    page.evaluate(ASKED, served + "book/index.html")
    until(page, HAS, "book/index.html")  # asked for last
    kept = page.evaluate(KEPT)
    assert not [
        name for name in kept if name.split("?")[0].endswith(("vote.js", "none.gz", "no-such.js"))
    ]
    assert UNREAD not in kept and READ in kept
    # a page that is kept is not lost to a block page or to a server that fails
    Host.blocked = (READ,)
    page.goto(served + READ, wait_until="load")
    assert page.title() == "Blocked"
    Host.blocked, Host.failing = (), True
    page.goto(served + READ, wait_until="load")
    assert page.locator("article h1").count() == 1
    cut(context)
    page.goto(served + READ, wait_until="load")
    assert page.locator("article h1").count() == 1


def test_a_new_edition_is_seen_at_once_and_follows_the_old(context, copy, served) -> None:
    page = read(context, served + READ)
    page.goto(served + UNREAD, wait_until="load")
    (old,) = set(page.evaluate(KEPT).values())
    files = {copy / READ, copy / UNREAD, copy / make.WORKER}
    before = {path: path.read_text(encoding="utf-8") for path in files}
    try:
        for path, text in before.items():
            path.write_text(text.replace("</article>", "<p id='new'></p></article>"), "utf-8")
        (copy / make.WORKER).write_text(make.script("another"), encoding="utf-8")
        page.goto(served + READ, wait_until="load")
        assert page.locator("#new").count() == 1, "the next reading has it"
        until(page, REPLACED, old)
        assert {READ, UNREAD} <= page.evaluate(KEPT).keys()
        cut(context)
        page.goto(served + UNREAD, wait_until="load")
        assert page.locator("#new").count() == 1, "what had been read was fetched again"
        site_css = "() => getComputedStyle(document.body).fontFamily"
        assert "Casebook" in page.evaluate(site_css)
    finally:
        for path, text in before.items():
            path.write_text(text, encoding="utf-8")


def test_try_again_goes_past_the_worker(context, served) -> None:
    page = read(context, served + READ)
    name = "_static/vendor/pyodide/pyodide-lock.json"
    fetched = "([url, cache]) => fetch(url, { cache }).then((a) => a.text()).then((t) => t.length)"
    page.evaluate(fetched, [served + name, "default"])
    until(page, HAS, name)
    Host.asked.clear()
    page.evaluate(fetched, [served + name, "default"])
    assert not Host.asked[name], "it is kept"
    for cache in ("reload", "no-store"):
        Host.asked.clear()
        page.evaluate(fetched, [served + name, cache])
        assert Host.asked[name] == 1, cache
    cut(context)
    gone = "([url, cache]) => fetch(url, { cache }).then(() => '', (error) => error.name)"
    assert page.evaluate(gone, [served + name, "reload"]) == "TypeError"
    assert page.evaluate(gone, [served + name, "default"]) == ""


def test_pieces_and_other_requests_pass(context, served) -> None:
    page = read(context, served + READ)
    piece = "(url) => fetch(url, { headers: { range: 'bytes=0-9' } }).then((a) => a.ok)"
    page.evaluate(piece, served + "_static/mark.svg?piece")
    page.evaluate("(url) => fetch(url, { method: 'HEAD' })", served + "_static/vote.css")
    page.evaluate(ASKED, served + "lite/jupyter-lite.json")
    page.evaluate(ASKED, served + "book/index.html")
    until(page, HAS, "book/index.html")
    kept = page.evaluate(KEPT)
    assert not [n for n in kept if n.startswith("lite/") or n.endswith(("?piece", "vote.css"))]


def test_nothing_is_started_on_a_machines_own_server_unless_asked(browser, served) -> None:
    Host.cut = False
    context = browser.new_context()
    page = context.new_page()
    page.goto(served + READ, wait_until="load")
    page.wait_for_load_state("networkidle")
    assert page.evaluate(WORKERS) == 0
    context.close()

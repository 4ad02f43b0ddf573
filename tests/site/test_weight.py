"""What a visit to each page of the built site fetches: bytes on the wire, and requests."""

from __future__ import annotations

import gzip
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from conftest import serve, watch
from playwright.sync_api import Browser

#: Thousands of bytes (of prose 250, and 10 for head, policy and search); the first beginning of an
#: address that fits. Text counts as gzip sends it.
BUDGET = {"notebooks/": 450, "book/cases/": 300, "book/": 260, "search.html": 250, "": 250}
REQUESTS = 20
#: Python for the explorers: it follows when the page stands, and not where data cost money.
LATER = ("/_static/live/", "/_static/vendor/pyodide/", "/_static/explorer.worker.js")
#: What is packed already.
PACKED = {".woff2", ".png", ".gz", ".jpg"}


@cache
def weight(path: Path) -> int:
    """The bytes of a file as a server sends them."""
    data = path.read_bytes()
    return len(data) if path.suffix in PACKED else len(gzip.compress(data, 9))


def visit(browser: Browser, base: str, site: Path, page_path: str) -> dict[str, int]:
    """The weight of every file that one visit fetches, without a cache and without a touch."""
    asked: list[str] = []
    context = browser.new_context(viewport={"width": 1366, "height": 768})
    context.route(re.compile("|".join(LATER)), lambda route: route.abort())  # minutes in all
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    loaded = watch(page)
    page.goto(base + page_path, wait_until="load")
    page.evaluate("document.fonts.ready")
    loaded()
    context.close()
    paths = {unquote(urlsplit(url).path) for url in asked if url.startswith(base)}
    return {path: weight(site / path.lstrip("/")) for path in paths if not path.startswith(LATER)}


def wrong(files: dict[str, int], budget: int) -> list[str]:
    """What a visit fetches too much of."""
    said = [f"{size / 1000:.0f} kB {path}" for path, size in files.items()]
    found = []
    if sum(files.values()) > 1000 * budget:
        found.append(f"{sum(files.values()) / 1000:.0f} kB, {budget} are allowed: {sorted(said)}")
    if len(files) > REQUESTS:
        found.append(f"{len(files)} requests, {REQUESTS} are allowed: {sorted(said)}")
    return found


def test_a_page_is_light(browser: Browser, base: str, site: Path, page_path: str) -> None:
    budget = next(kb for start, kb in BUDGET.items() if page_path.startswith(start))
    files = visit(browser, base, site, page_path)
    assert f"/{page_path}" in files, "the page itself is not counted"
    assert not (found := wrong(files, budget)), "\n".join(found)


def test_a_heavy_page_is_seen(browser: Browser, tmp_path: Path) -> None:
    scripts = "".join(f"<script src='{k}.js'></script>" for k in range(REQUESTS))
    (tmp_path / "page.html").write_text(f"<img src='a.png'>{scripts}", encoding="utf-8")
    (tmp_path / "a.png").write_bytes(bytes(251_000))
    for k in range(REQUESTS):
        (tmp_path / f"{k}.js").write_text("", encoding="utf-8")
    with serve(tmp_path) as address:
        files = visit(browser, address, tmp_path, "page.html")
    heavy, many = wrong(files, 250)
    assert "kB, 250 are allowed" in heavy
    assert many.startswith("22 requests, 20 are allowed")

"""Every page of the built site, as a reader's browser shows it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from conftest import PAGES, WIDTHS, serve
from look import look
from lxml import html
from playwright.sync_api import Browser, BrowserContext

Contexts = dict[int, BrowserContext]


@pytest.mark.parametrize("width", WIDTHS)
def test_page(contexts: Contexts, base: str, page_path: str, width: int) -> None:
    shot = f"{page_path.removesuffix('.html').replace('/', '-')}-{width}"
    wide = width == 1280
    page = base + page_path
    wrong = look(contexts[width], page, access=wide, dark=True, narrow=not wide, shot=shot)
    assert not wrong, "\n".join(wrong)


def test_page_opens_from_the_file_system(contexts: Contexts, site: Path, page_path: str) -> None:
    wrong = look(contexts[1280], (site / page_path).as_uri())
    assert not wrong, "\n".join(wrong)


def test_the_address_of_the_site_leads_to_the_landing_page(contexts: Contexts, base: str) -> None:
    page = contexts[390].new_page()
    page.goto(base)
    page.wait_for_url("**/book/index.html")
    page.close()


def test_links_within_the_site_lead_somewhere(site: Path) -> None:
    pages = {p: html.fromstring((site / p).read_bytes()) for p in PAGES}
    ids = {p: set(page.xpath("//@id")) for p, page in pages.items()}
    dead, seen = [], 0
    for path, page in pages.items():
        for link in page.xpath("//a/@href"):
            href = urlsplit(link)
            if href.scheme or href.netloc:
                continue
            seen += 1
            target = path
            if href.path:
                file = (site / path).parent / unquote(href.path)
                if not file.is_file():
                    dead.append(f"{path}: {link}")
                    continue
                target = file.resolve().relative_to(site.resolve()).as_posix()
            if href.fragment and target in ids and href.fragment not in ids[target]:
                dead.append(f"{path}: {link}")
    assert seen > len(PAGES)
    assert not dead, "\n".join(dead)


BAD = """<!doctype html><html><head><title>bad</title>
<style>@media (prefers-color-scheme: dark) {
  body { background: #111 } h1 { color: #222; background: #111 }
  h3 { width: 3000px }
}</style></head><body><article>
<h1>One</h1><h3>Three</h3><h1>Another</h1>
<div style="width: 3000px; background: #fff"><p style="color: #eee">pale</p></div>
<img src="missing.png"><img src="https://example.org/a.png" alt="elsewhere"><svg></svg>
<span class="math">x</span><button></button>
<script src="require.js"></script>
<script>console.error("said so"); throw new Error("broke");</script>
</article></body></html>"""


def test_the_look_finds_what_is_wrong(browser: Browser, tmp_path: Path) -> None:
    """A check that finds nothing on a page full of faults would be worth nothing."""
    (tmp_path / "bad.html").write_text(BAD, encoding="utf-8")
    (tmp_path / "require.js").write_text("", encoding="utf-8")
    context = browser.new_context(viewport={"width": 390, "height": 844})
    with serve(tmp_path) as address:
        found = look(context, address + "bad.html", access=True, dark=True, narrow=True)
    context.close()
    for complaint in (
        "outside request: https://example.org/a.png",
        "404: ",
        "console: said so",
        "script error: broke",
        "sideways scroll: 30",
        "sideways scroll at 320: 30",
        "heading out of order: <h3>",
        "not exactly one h1",
        "picture without a name",
        "figure without a name",
        "maths not set",
        "require.js is loaded on a page without widgets",
        "serious color-contrast",
        "critical button-name",
    ):
        assert any(complaint in line for line in found), (complaint, found)
    dark = [line for line in found if line.startswith("dark: ")]
    assert any("sideways scroll: 30" in line for line in dark), dark
    assert any("serious color-contrast" in line and "<h1" in line for line in dark), dark

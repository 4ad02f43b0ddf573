"""The policy of the built site: in every page, for its hosts, and nothing that it stops is needed.

Every other test of a page fails on what a policy stops, since a browser calls that an error; here
is what no other page test opens, and that a policy stops what it should.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from conftest import Quiet, explorer_page, serve, watched
from playwright.sync_api import Browser, BrowserContext

from casebook.web.build import policy

PAGES = {
    "book/a.html": "<html><head><title>a</title><meta charset='utf-8'/><script>let a = 1;</script>"
    '</head><body><button onclick="window.print()"></button>'
    "<script type='application/json'>{}</script><script src='b.js'></script></body></html>",
    "lite/index.html": "<html><head><script type='module'>await 1;</script></head></html>",
    "_static/piece.html": "<p>no page</p>",
    "index.html": "<meta http-equiv='Refresh' content='0; url=book/a.html'>",
}

SUM = "xY6QKfH9PRsQnLz56nj6MBwiK5oHg+im1Jkpdp1x/Ck="


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A site of a few pages, with the policy."""
    for name, text in PAGES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    policy.make(tmp_path)
    return tmp_path


def test_a_page_allows_its_own_scripts_and_no_other(small: Path) -> None:
    page = BeautifulSoup((small / "book" / "a.html").read_text("utf-8"), "html.parser")
    (meta,) = page.select("head > meta[http-equiv]")
    said = meta["content"]
    # echo -n 'let a = 1;' | openssl dgst -sha256 -binary | base64
    assert re.findall(r"'sha256-[^']+'", said) == [f"'sha256-{SUM}'"]
    assert "unsafe-inline" not in said.split("style-src")[0] and "unsafe-eval'" in said
    assert " 'unsafe-eval'" not in said
    assert not page.select("[onclick]")
    assert meta.find_previous_sibling("meta")["charset"]  # within the first thousand bytes
    assert "unsafe-inline" in (small / "lite" / "index.html").read_text("utf-8")
    assert (small / "_static" / "piece.html").read_text("utf-8") == PAGES["_static/piece.html"]


def test_it_runs_on_its_own_output_and_forgets_what_is_gone(small: Path) -> None:
    def files() -> dict[Path, bytes]:
        return {path: path.read_bytes() for path in small.rglob("*") if path.is_file()}

    before = files()
    policy.make(small)
    assert files() == before
    page = small / "book" / "a.html"
    page.write_text(page.read_text("utf-8").replace("let a = 1;", "let a = 2;"), encoding="utf-8")
    policy.make(small)
    for path in (page, small / "_headers"):
        assert SUM not in path.read_text("utf-8")


def test_hosts_get_one_policy_for_each_place(small: Path) -> None:
    text = (small / "_headers").read_text("utf-8")
    blocks = {b.splitlines()[0]: b for b in re.split(r"\n(?=/)", text)}
    assert set(blocks) == {"/*", "/", "/_static/*", "/book/*", "/index.html", "/lite/*"}
    assert [place for place, b in blocks.items() if policy.CSP not in b] == ["/*"]
    assert "nosniff" in blocks["/*"] and "Referrer-Policy" in blocks["/*"]
    assert max(map(len, text.splitlines())) < 2000  # more Cloudflare does not take
    for name in (".htaccess", "nginx.conf"):
        text = (small / name).read_text("utf-8")
        assert text.count("script-src") == 3 and "nosniff" in text and "{" + "ours" not in text


@pytest.mark.parametrize("place", ["book", "notebooks", "slides", "embed", "lite"])
def test_every_page_of_the_site_has_it(site: Path, place: str) -> None:
    pages = list((site / place).rglob("*.html"))
    assert pages
    for page in pages:
        text = page.read_text("utf-8")
        assert text.count(f'http-equiv="{policy.CSP}"') == 1, page
        assert not re.search(
            r"<[^>]*\son[a-z]+=[\"']", re.sub(r"(?s)<script.*?</script>", "", text)
        ), page


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    context = browser.new_context()
    yield context
    context.close()


def test_what_it_should_stop_is_stopped(context: BrowserContext, base: str) -> None:
    wrong: list[str] = []
    page = watched(context.new_page(), base, wrong)
    page.goto(base + "book/index.html")
    page.evaluate(
        """() => {
          document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.bad = 1'>");
          const script = document.createElement("script");
          script.textContent = "window.bad = 2";
          document.body.append(script);
          for (const tag of ["script", "img"])
            document.body.append(
              Object.assign(document.createElement(tag), { src: "https://example.org/" + tag }));
        }"""
    )
    page.wait_for_function("() => !document.querySelector('img[src=x]').naturalWidth")
    assert page.evaluate("() => window.bad") is None
    text = "\n".join(wrong)
    assert "inline event handler" in text, text
    for what in ("script", "img"):  # asked for, and stopped before it leaves
        assert f"example.org/{what}' violates" in text, text
    page.close()


class Headed(Quiet):
    """A host that reads `_headers`."""

    def end_headers(self) -> None:
        text = Path(self.directory, "_headers").read_text("utf-8")
        for block in re.split(r"\n(?=/)", text):
            place, *headers = block.splitlines()
            path = self.path.partition("?")[0]
            if path == place or (place.endswith("*") and path.startswith(place[:-1])):
                for line in headers:
                    self.send_header(*line.strip().split(": ", 1))
        super().end_headers()


def test_with_the_headers_of_a_host_python_runs_and_speakers_have_their_window(
    context: BrowserContext, site: Path
) -> None:
    wrong: list[str] = []
    with serve(site, Headed) as address:
        page = watched(context.new_page(), address, wrong)
        page.goto(address + explorer_page("problem"))
        page.evaluate(
            """async () => {
              const e = document.querySelector("casebook-explorer");
              e.inputs[0].value = 0;
              e.inputs[1].value = 0;
              await e.moved();
            }"""
        )
        assert (
            page.evaluate("() => document.querySelector('casebook-explorer').python.state.phase")
            == "running"
        )
        page.goto(address + "slides/case_problem.html")
        with page.expect_popup() as opened:
            page.click("[data-do=notes]")
        view = watched(opened.value, address, wrong)
        view.wait_for_selector("#speaker-controls .clock-value")
        view.wait_for_function("() => document.querySelector('.hours-value').textContent.trim()")
        view.close()
        page.close()
    assert not wrong, "\n".join(wrong)

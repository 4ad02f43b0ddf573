"""What stands around every page, in a browser: a wrong address, how to cite, the mail about it."""

from __future__ import annotations

import http.server
import os
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Quiet, serve, watched
from look import ACCESS, AXE
from playwright.sync_api import Browser, BrowserContext

from casebook.web.build import edition
from casebook.web.sphinx import head
from casebook.words import catalogue

WORDS = catalogue("head")
ROOT = urllib.parse.urlsplit(edition.address()).path


class Published(Quiet):
    """The site below the path of its address, with the page that a host shows for a wrong one."""

    def translate_path(self, path: str) -> str:
        return super().translate_path(path.removeprefix(ROOT.rstrip("/")))

    def send_error(self, code: int, *args: object, **more: object) -> None:
        page = Path(self.directory, "404.html").read_bytes()
        self.send_response(http.server.HTTPStatus.NOT_FOUND)
        self.send_header("content-type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(page)


@pytest.fixture(scope="module")
def published(site: Path) -> Iterator[str]:
    with serve(site, Published) as address:
        yield address


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context(viewport={"width": 390, "height": 844})
    yield made
    made.close()


@pytest.mark.parametrize("wrong", ["no-such.html", "book/cases/very/deep/page"])
def test_a_wrong_address_leads_on_from_any_depth(wrong, context, published) -> None:
    page, said = context.new_page(), []
    asked = published.rstrip("/") + ROOT + wrong
    watched(page, published, said)
    answer = page.goto(asked, wait_until="load")
    assert answer is not None and answer.status == 404
    assert all(asked in s or "404 (Not Found)" in s for s in said), said  # and nothing else lacks
    assert page.locator(".cb-missing h1").inner_text() == WORDS["missing"]["title"]
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("() => document.scrollingElement.scrollWidth") <= 320
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert not page.evaluate(ACCESS, None)
    links = page.locator(".cb-missing li a")
    assert links.count() > 30
    page.fill(".cb-missing input[name=q]", "loan")
    page.click(".cb-missing button")
    page.wait_for_url(f"**{ROOT}search.html?q=loan")
    page.close()


def test_a_reference_is_copied_and_loaded(context, base) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=base.rstrip("/"))
    page = context.new_page()
    page.goto(base + "book/cases/growth.html", wait_until="load")
    page.click(".cb-cite summary")
    page.evaluate(AXE.read_text(encoding="utf-8"))
    assert not page.evaluate(ACCESS.replace("axe.run(document", "axe.run('.cb-cite'"), None)
    for number, start in enumerate(["The Five Client Relationships authors (", "@incollection{"]):
        button = page.locator(".cb-copy").nth(number)
        button.click()
        page.wait_for_function("([b, done]) => b.textContent === done",
                               arg=[button.element_handle(), WORDS["cite"]["copied"]])  # fmt: skip
        copied = page.evaluate("() => navigator.clipboard.readText()")
        assert copied.startswith(start) and edition.version() in copied
    with page.expect_download() as download:
        page.click(".cb-cite a[download]")
    file = download.value
    assert file.suggested_filename == "growth.ris"
    assert Path(os.fspath(file.path())).read_text(encoding="utf-8").startswith("TY  - CHAP")
    page.close()


def test_a_mail_names_the_section_that_is_read(context, base) -> None:
    page = context.new_page()
    page.goto(base + "book/cases/growth.html", wait_until="load")
    assert page.locator("a[href^='mailto:']").count() == 0  # no address is set
    sent = head.mail("desk@example.org", "Seeds & rounds", "https://example.org/a.html")
    page.evaluate(
        """({href, section}) => {
          document.body.insertAdjacentHTML("beforeend",
            "<p class='cb-mail'><a>mail</a></p><nav class='bd-toc-nav'>"
            + "<a class='nav-link active'>Who pays $& whom?</a></nav>");
          for (const old of document.querySelectorAll("article ~ * .bd-toc-nav")) old.remove();
          const link = document.querySelector(".cb-mail a");
          link.href = href;
          link.dataset.subject = section;
          link.addEventListener("click", (event) => event.preventDefault());
          for (const other of document.querySelectorAll(".bd-sidebar-secondary")) other.remove();
          link.click();
        }""",
        sent,
    )
    href = page.get_attribute(".cb-mail a", "href")
    said = urllib.parse.parse_qs(urllib.parse.urlsplit(href).query)
    assert said["subject"] == [sent["section"].replace("{section}", "Who pays $& whom?")]
    assert "https://example.org/a.html" in said["body"][0]
    page.close()


def test_the_foot_says_version_and_date(site: Path) -> None:
    for page in ("book/index.html", "notebooks/case_growth.html"):
        assert edition.said() in (site / page).read_text(encoding="utf-8")

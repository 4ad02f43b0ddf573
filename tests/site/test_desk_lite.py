"""A client's file in the notebook of the site: read in the browser, and nothing of it leaves."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import conftest
import pytest
from playwright.sync_api import Browser, Request, Response
from test_lite import PATIENCE, below, lite, run_all  # noqa: F401 - the one harness

from casebook import clientfile
from casebook.models import model

NAME = "problem"
#: Of the client: no address and no request may have them, as they are typed or as they are shown.
CHANGES = {"sales": 31.73, "success_chance": 0.4321, "fixed_cost": 2.917}
TRACES = ("31.73", "0.4321", "43.21", "2.917", "baiyun")
NUMBERS = """() => [...document.querySelectorAll(".cb-desk .cb-key-numbers tbody tr")]
  .map(row => [...row.children].slice(0, 2).map(cell => cell.textContent))"""
#: Where the kernel in the browser asks the page of the same browser for files of the notebook's
#: folder: the service worker answers it.
DRIVE = "lite/api/drive"


def key_numbers(record: Any) -> list[list[str]]:
    return [list(pair) for pair in model(NAME).simulate(record).key_numbers()]


@pytest.mark.timeout(PATIENCE + 120)
def test_a_clients_file_is_read_in_the_browser_and_stays_there(
    browser: Browser,
    below: str,  # noqa: F811
    lite: Path,  # noqa: F811
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    served: list[str] = []
    monkeypatch.setattr(
        conftest.Quiet, "log_request", lambda self, *_: served.append(self.requestline)
    )
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    asked: list[Request] = []
    answered: list[Response] = []
    context.on("request", lambda request: asked.append(request))
    context.on("response", lambda response: answered.append(response))
    page = context.new_page()
    page.goto(f"{below}lite/notebooks/index.html?path=your_client.ipynb")
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]")
    run_all(page)
    assert page.locator(".cb-desk-place").inner_text().endswith("sent nowhere.")
    before = page.evaluate(NUMBERS)

    # a file from the disk
    record = model(NAME).assumptions().replace(**CHANGES)
    file = tmp_path / "baiyun.toml"
    file.write_text("# 白云泵业\n" + clientfile.template(NAME, record), encoding="gb18030")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name=re.compile("Open a file")).click()
    chooser.value.set_files(file)
    page.get_by_text("Opened: baiyun.toml").wait_for()
    page.wait_for_function(f"before => ({NUMBERS})().join() !== before.join()", arg=before)
    assert page.evaluate(NUMBERS) == key_numbers(record)

    # what is typed is checked at once; what is refused changes no result
    row = page.get_by_label("Fall in sales, %")
    row.fill("300")
    told = page.locator(".cb-desk-row [role=alert]")
    told.wait_for()
    assert "“300” is refused" in told.inner_text() and "0 to 60%" in told.inner_text()
    assert "last numbers that were all allowed" in page.locator(".cb-desk").inner_text()
    assert page.evaluate(NUMBERS) == key_numbers(record)
    row.fill("35")
    own = key_numbers(record := record.replace(shock_depth=0.35))
    page.wait_for_function(f"own => ({NUMBERS})().join() === own.join()", arg=own)

    # the memo, and the files
    page.get_by_role("button", name="Memo", exact=True).click()
    decision = page.frame_locator(".cb-desk-memo").locator(".verdict")
    assert decision.inner_text()
    page.get_by_role("button", name="Download", exact=True).click()
    links = page.locator(".cb-desk-link")
    links.first.wait_for()
    saved = {}
    for link in links.all():
        with page.expect_download() as download:
            link.click()
        saved[download.value.suggested_filename] = Path(download.value.path())
    assert list(saved) == [f"{NAME}.{ending}" for ending in ("toml", "xlsx", "html")]
    content = saved[f"{NAME}.toml"].read_bytes(), saved[f"{NAME}.xlsx"].read_bytes()
    assert clientfile.decoded(content[0]).record == record
    assert clientfile.workbook_read(content[1]).record == record
    assert "Memo (PDF)" in page.get_by_text("Not offered here").inner_text()

    # nothing of it left: the server was only asked for files of the site, and by no other name
    page.wait_for_timeout(500)
    home = below.removesuffix("repo/")
    inside = {r.request.url for r in answered if r.from_service_worker}
    for request in asked:
        sent = request.url + (request.post_data or "")
        if not request.url.startswith(("data:", "blob:")):
            assert request.url.startswith(home), request.url
            assert not [trace for trace in TRACES if trace in sent], request.url
        if request.method != "GET":
            assert request.url == below + DRIVE and request.url in inside
    context.close()
    assert len(served) > 50 and all(line.startswith("GET ") for line in served)
    assert not [line for line in served if any(trace in line for trace in TRACES)]

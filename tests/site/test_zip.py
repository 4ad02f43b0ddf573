"""The zip of the site, unpacked: opened from a folder, and from a server."""

from __future__ import annotations

import zipfile
from pathlib import Path
from urllib.parse import quote

import pytest
from conftest import STEP, explorer_page, serve, watched
from look import look
from playwright.sync_api import Browser

from casebook.web.build import provenance
from casebook.web.offline import archive, make
from casebook.words import word

MOVED = """(start) =>
  document.querySelector('casebook-explorer .cb-picture').innerHTML !== start"""


@pytest.fixture(scope="module")
def folder(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the zip, at a place with a space in its name."""
    place = tmp_path_factory.mktemp("of a reader")
    archive.pack(site, place / make.ZIP)
    with zipfile.ZipFile(place / make.ZIP) as packed:
        packed.extractall(place)
    (place / make.ZIP).unlink()
    (found,) = place.iterdir()
    return found


def test_nothing_is_missing(folder: Path, site: Path) -> None:
    ours, theirs = provenance.manifest(folder), provenance.manifest(site)
    theirs.pop(make.ZIP, None)
    assert ours.keys() == theirs.keys() | {archive.first()}
    differ = {name for name in theirs if ours[name] != theirs[name]}
    assert differ <= {make.PAGE}, "the link to the zip"


def test_from_a_folder_it_can_be_read_and_searched(folder: Path, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    for path in ("book/cases/problem.html", make.PAGE, explorer_page("problem")):
        assert look(context, (folder / path).as_uri()) == [], path
    page = context.new_page()
    page.goto((folder / "index.html").as_uri())
    page.wait_for_url("file://**/book/index.html")
    page.locator("article a[href$='cases/problem.html']:visible").first.click()
    page.wait_for_url("file://**/book/cases/problem.html")
    page.goto(f"{(folder / 'search.html').as_uri()}?q={quote('waterfall')}")
    page.wait_for_selector(".cb-found li a")
    page.goto((folder / explorer_page("problem")).as_uri())
    note = page.locator("casebook-explorer .cb-explorer-note").first
    assert word("explorer.live_file") in note.inner_text()
    context.close()


def test_from_a_server_a_slider_moves(folder: Path, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    wrong: list[str] = []
    with serve(folder) as address:
        page = watched(context.new_page(), address, wrong)
        page.goto(address + explorer_page("problem"))
        start = page.evaluate("() => document.querySelector('.cb-picture').innerHTML")
        page.evaluate(STEP)
        page.wait_for_function(MOVED, arg=start)
        context.close()
    assert not wrong

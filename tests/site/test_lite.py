"""The notebooks in the reader's browser: JupyterLite on the built site, under a sub-path."""

from __future__ import annotations

import json
import os
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import pytest
from bs4 import BeautifulSoup
from conftest import ROOT, serve
from playwright.sync_api import Browser, Page, Request, Response

from casebook.web.build.parts import Unreachable
from casebook.web.build.pyodide import LOCK
from casebook.web.lite.build import FONTS, build, download, lacking, late, rooms

NOTEBOOKS = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
#: What the models that a notebook calls import in a function, seen by running each notebook.
LATE = {
    "strategy_classification": ["sklearn"],
    "strategy_early_warning": ["scipy", "sklearn"],
    "strategy_tools": ["scipy", "sklearn"],
    "your_client": ["jinja2", "openpyxl", "xlsxwriter"],
}


@pytest.fixture(scope="module")
def lite(site: Path) -> Path:
    """The folder of JupyterLite; a site that was built without Python for the browser has none."""
    if not (site / "_static" / "live" / "manifest.json").is_file():
        pytest.skip("the site was built without Python for the browser")
    assert (site / "lite").is_dir()
    return site / "lite"


@pytest.fixture(scope="module")
def below(site: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the site below a folder, as the pages of a repository have it."""
    folder = tmp_path_factory.mktemp("served")
    (folder / "repo").symlink_to(site)
    with serve(folder) as address:
        yield address + "repo/"


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_the_page_of_a_notebook_has_the_button_that_runs_it(
    site: Path, lite: Path, name: str
) -> None:
    page = site / "notebooks" / f"{name}.html"
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    (line,) = soup.select(".cb-run")
    assert line.find_previous_sibling("h1") is not None
    (there,) = line.select("a.cb-binder")
    assert there["href"].endswith(f"?urlpath=lab/tree/notebooks/{name}.ipynb")
    if name == "appendix_validation":  # what it compares with is not for a browser
        assert not line.select(".cb-lite")
        return
    assert "nothing you enter is sent anywhere" in line.get_text()
    (link,) = line.select("a.cb-lite")
    path, _, query = link["href"].partition("?")
    assert link["target"] == "_blank"
    assert (page.parent / path).is_file()
    assert query == f"path={name}.ipynb"
    listed = json.loads((lite / "api" / "contents" / "all.json").read_text(encoding="utf-8"))
    assert f"{name}.ipynb" in [entry["path"] for entry in listed["content"]]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_comes_along_with_its_outputs(lite: Path, name: str) -> None:
    stored = json.loads((ROOT / "notebooks" / f"{name}.ipynb").read_text(encoding="utf-8"))
    there = json.loads((lite / "files" / f"{name}.ipynb").read_text(encoding="utf-8"))
    assert any(cell.get("outputs") for cell in there["cells"])
    assert len(there["cells"]) == len(stored["cells"])
    if added := late(ROOT / "notebooks" / f"{name}.ipynb"):
        first = next(cell for cell in there["cells"] if cell["cell_type"] == "code")
        assert first["source"].pop(0) == f"import {', '.join(added)}\n"
    for cell, before in zip(there["cells"], stored["cells"], strict=True):
        assert cell["metadata"].pop("trusted")
        assert cell.get("outputs") == before.get("outputs")
        if cell["cell_type"] == "code":
            assert cell == before
        else:  # a link to a page of the book would lead nowhere
            assert "](../" not in "".join(cell["source"])


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_chinese_notebook_is_opened_in_its_language(site: Path, lite: Path, name: str) -> None:
    there = json.loads((lite / "files" / "zh" / f"{name}.ipynb").read_text(encoding="utf-8"))
    first = next(cell for cell in there["cells"] if cell["cell_type"] == "code")
    before, _, _ = "".join(first["source"]).partition("casebook")  # until the book is imported
    assert 'os.environ["CASEBOOK_LANGUAGE"] = "zh"' in before
    html = (site / "zh/notebooks" / f"{name}.html").read_text("utf-8")
    assert "lab/tree/zh/notebooks/" in html and "lab/tree/notebooks/" not in html
    soup = BeautifulSoup(html, "html.parser")
    (line,) = soup.select(".cb-run")
    (binder,) = line.select("a.cb-binder")
    assert binder["href"].endswith(f"?urlpath=lab/tree/zh/notebooks/{name}.ipynb")
    for link in line.select("a.cb-lite"):
        path, _, query = link["href"].partition("?")
        assert query == f"path=zh/{name}.ipynb"
        assert (site / "zh/notebooks" / path).resolve() == site / "lite/notebooks/index.html"


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_fetches_what_its_models_load_late(name: str) -> None:
    """Pyodide does not see an import in a function of a room of a package."""
    assert late(ROOT / "notebooks" / f"{name}.ipynb") == LATE.get(name, [])


def test_of_a_package_all_rooms_are_read() -> None:
    package = ROOT / "casebook" / "strategies" / "tools"
    assert rooms("casebook.strategies.tools") == sorted(package.glob("*.py"))
    assert rooms("casebook.strategies.tools.run") == [package / "run.py"]
    assert not rooms("numpy.linalg") and not rooms("casebook.nothing")


def test_only_the_check_by_other_programs_needs_what_no_browser_has(lite: Path) -> None:
    lock = json.loads((lite / LOCK).read_text(encoding="utf-8"))
    absent = {name: lacking(ROOT / "notebooks" / f"{name}.ipynb", lock) for name in NOTEBOOKS}
    assert {name for name, packages in absent.items() if packages} <= {"appendix_validation"}


def test_the_wheel_of_the_book_holds_all_its_data(lite: Path) -> None:
    (wheel,) = (lite / "wheels").rglob("casebook-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    data = [p.relative_to(ROOT / "data") for p in (ROOT / "data").rglob("*") if p.is_file()]
    for path in data:
        place = path.parts[1:] if path.parts[0] == "zh" else path.parts
        # the tables of the synthetic bank are made where they are first asked for
        made = place[0] == "portfolio" and path.suffix == ".csv"
        # how long the site's voices speak, what it ships of others; what is for lecturers alone
        ours = place[0] in ("lectures", "licences") or place[:2] == ("teaching", "notes")
        held = f"casebook/data/{path.as_posix()}" in names
        assert held != ours or made or path.suffix == ".md", path
    assert FONTS in names


def test_every_file_of_the_lock_is_on_the_site(site: Path, lite: Path) -> None:
    lock = json.loads((lite / LOCK).read_text(encoding="utf-8"))
    names = [entry["file_name"] for entry in lock["packages"].values()]
    assert len(names) > 30
    for name in names:
        assert (site / "_static" / "vendor" / "pyodide" / name).is_file(), name


def test_without_pyodide_there_is_none_and_one_line_says_so(tmp_path: Path) -> None:
    """Only the core is there, with a lock that names packages."""
    vendor = tmp_path / "static" / "vendor" / "pyodide"
    vendor.mkdir(parents=True)
    packages = {"numpy": {"file_name": "numpy.whl", "imports": ["numpy"], "depends": []}}
    (vendor / LOCK).write_text(json.dumps({"info": {}, "packages": packages}), encoding="utf-8")
    with pytest.raises(Unreachable) as error:
        build(vendor, tmp_path, tmp_path, tmp_path / "lite")
    assert str(error.value).startswith("No JupyterLite (Pyodide has no packages)")
    assert not (tmp_path / "lite").exists()


def test_a_wheel_that_is_not_the_pinned_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """pip checks what it downloads; what it cannot find, or finds changed, is not used."""
    monkeypatch.setenv("XDG_CACHE_HOME", os.fspath(tmp_path / "cache"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    wheels = tmp_path / "found"
    wheels.mkdir()
    with zipfile.ZipFile(wheels / "comm-0.2.3-py3-none-any.whl", "w") as archive:
        archive.writestr("comm/__init__.py", "")
    monkeypatch.setenv("PIP_FIND_LINKS", os.fspath(wheels))
    with pytest.raises(Unreachable, match="comm-0"):
        download({"comm-0.2.3-py3-none-any.whl": "0" * 64}, tmp_path / "wheels")


def _menu(page: Page, menu: str, item: str) -> None:
    page.get_by_role("menuitem", name=menu, exact=True).click()
    page.get_by_role("menuitem", name=item, exact=True).click()


#: Seconds for Python to start and all cells to run, where other browsers do the same beside it.
PATIENCE = 300
#: The prompts of the code cells, and the output of an error or of a warning.
PROMPTS = """() => [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")]
  .map(prompt => prompt.innerText.replace(/\\W/g, ""))"""
ERRORS = """() => [...document.querySelectorAll(".jp-OutputArea-output")]
  .filter(o => /stderr|jupyter\\.error/.test(o.dataset.mimeType ?? "")).map(o => o.innerText)"""
FIGURE = """() => [...document.querySelectorAll(".jupyter-widgets svg")]
  .map(figure => figure.innerHTML).join()"""


def run_all(page: Page) -> None:
    """Run every cell; an error in one is told at once."""
    _menu(page, "Run", "Run All Cells")
    numbers = [str(n) for n in range(1, len(page.evaluate(PROMPTS)) + 1)]
    start = time.monotonic()
    while (now := page.evaluate(PROMPTS)) != numbers:
        assert not page.evaluate(ERRORS)
        assert time.monotonic() - start < PATIENCE, now
        page.wait_for_timeout(300)
    assert not page.evaluate(ERRORS)


@pytest.mark.timeout(PATIENCE + 120)
@pytest.mark.parametrize("edition", ["", "zh/"])
def test_a_notebook_runs_in_the_browser(
    browser: Browser, below: str, lite: Path, edition: str
) -> None:
    """Open case_problem from its page, run all its cells, move a slider of its explorer."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    asked: list[str] = []
    wrong: list[str] = []

    def answered(response: Response) -> None:
        if response.status >= 400:
            wrong.append(f"{response.status}: {response.url}")

    def noted(request: Request) -> None:
        asked.append(request.url)

    context.on("request", noted)
    context.on("response", answered)
    book = context.new_page()
    book.goto(f"{below}{edition}notebooks/case_problem.html")
    start = time.monotonic()
    with context.expect_page() as opened:
        book.locator(".cb-run a.cb-lite").click()
    page = opened.value
    page.on("pageerror", lambda error: wrong.append(f"script error: {error}"))
    page.wait_for_selector(".jp-Notebook .jp-CodeCell")
    page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status=idle]")
    assert page.url == urljoin(below, f"lite/notebooks/index.html?path={edition}case_problem.ipynb")
    assert not page.locator(".jp-Dialog").count()  # the kernel needs no choice
    assert page.locator(".jp-RenderedSVG img").count() > 5  # stored figures are shown
    ready = time.monotonic()

    _menu(page, "Edit", "Clear Outputs of All Cells")
    cells = page.evaluate(PROMPTS)
    assert len(cells) > 20 and not any(cells)
    run_all(page)
    ran = time.monotonic()
    said = "".join(page.locator(".jp-OutputArea-output:visible").all_inner_texts())
    assert ("万元" in said, "CNY" in said) == ((True, False) if edition else (False, True))

    handle = page.locator(".jupyter-widgets .noUi-handle:visible").first
    handle.scroll_into_view_if_needed()
    before = page.evaluate(FIGURE)
    assert before
    box = handle.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 40, y, steps=4)
    page.mouse.up()
    page.wait_for_function(f"before => ({FIGURE})() !== before", arg=before)
    moved = time.monotonic()
    print(
        f"opened in {ready - start:.1f} s, Python and {len(cells)} cells {ran - ready:.1f} s, "
        f"a slider {moved - ran:.1f} s"
    )
    if folder := os.environ.get("CASEBOOK_SHOTS"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        page.screenshot(path=Path(folder) / f"lite-{edition[:2]}case_problem.png")
    context.close()
    home = below.removesuffix("repo/")
    assert not [url for url in asked if not url.startswith((home, "data:", "blob:"))]
    assert any(url.startswith(below + "_static/vendor/pyodide/") for url in asked)
    assert not wrong, "\n".join(wrong)

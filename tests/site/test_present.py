"""`make present`: the explorer of a model alone on the screen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from casebook.models import MODELS
from casebook.web import present


@pytest.mark.parametrize("width", [1366, 1920])
def test_the_explorer_fills_the_window_and_answers(
    site: Path, base: str, browser: Browser, width: int
) -> None:
    height = width * 9 // 16
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(base + present.page("problem", site))
    explorer = page.locator("casebook-explorer.cb-present")
    explorer.wait_for()
    box = explorer.bounding_box()
    assert box and box["width"] >= 0.95 * width and box["height"] >= 0.9 * height
    before = explorer.inner_text()
    page.keyboard.press("ArrowRight")
    page.wait_for_function(
        "text => document.querySelector('casebook-explorer').innerText !== text", arg=before
    )
    page.close()


def test_a_model_without_a_page_is_named(site: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(FileNotFoundError, match="make book"):
        present.page("nothing", site)
    with pytest.raises(SystemExit) as ended:
        present.main(["nothing"])
    assert ended.value.code == 2
    assert "problem" in capsys.readouterr().err


@pytest.mark.parametrize("name", MODELS)
def test_the_notebook_for_a_kernel_is_that_of_the_model(name: str, tmp_path: Path) -> None:
    cells = json.loads(present.notebook(name, tmp_path).read_text(encoding="utf-8"))["cells"]
    assert len(cells) == 1
    scope: dict[str, object] = {}
    exec("".join(cells[0]["source"]), scope)
    assert scope[name].__name__ == MODELS[name]  # type: ignore[attr-defined]

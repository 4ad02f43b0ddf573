"""The buttons that run a notebook lead where the configuration says."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from casebook.web.sphinx import launch

ROOT = Path(__file__).resolve().parents[2]
BINDER = {"launch_buttons": {"binderhub_url": "https://binder.example/"}}


@pytest.mark.parametrize(
    ("repository", "where"),
    [
        ("https://github.com/some/book", "gh/some/book"),
        ("https://gitlab.com/some/book/", "gl/some/book"),
        ("https://git.bank.example/a/b", "git/https%3A%2F%2Fgit.bank.example%2Fa%2Fb"),
    ],
)
def test_binder_gets_repository_branch_and_file(repository: str, where: str) -> None:
    options = {**BINDER, "repository_url": repository, "repository_branch": "term/2026"}
    assert launch.binder(options, "notebooks/a b.ipynb") == (
        f"https://binder.example/v2/{where}/term%2F2026?urlpath=lab/tree/notebooks/a%20b.ipynb"
    )


@pytest.mark.parametrize("options", [{}, BINDER, {"repository_url": "https://github.com/a/b"}])
def test_without_an_address_there_is_no_button(options: dict, tmp_path: Path) -> None:
    """And none in the browser where the site has no JupyterLite."""
    assert launch.binder(options, "notebooks/a.ipynb") == ""
    config = SimpleNamespace(html_theme_options=options)
    env = SimpleNamespace(config=config, srcdir=tmp_path, docname="book/index")
    assert launch.html(env, tmp_path / "notebooks/a.ipynb") == ""


def test_the_address_of_the_repository_stands_in_one_place() -> None:
    """Who copies the book changes `_config.yml`; the package's own data name its origin."""
    at = "github.com/five-client-relationships"
    folders = ("book", "casebook", "data", "docs", "notebooks")
    files = [p for folder in folders for p in (ROOT / folder).rglob("*") if p.is_file()]
    text = {
        p: p.read_bytes() for p in files if p.suffix in (".md", ".py", ".toml", ".js", ".ipynb")
    }
    assert text and not [path for path, data in text.items() if at.encode() in data]

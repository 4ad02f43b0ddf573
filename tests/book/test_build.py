"""The book's own directives in a book of one page: what is right is shown, what is wrong fails."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

CONF = 'extensions = ["myst_parser", "casebook.web.sphinx.directives"]\n'


def build(folder: Path, page: str) -> subprocess.CompletedProcess:
    source = folder / "source"
    source.mkdir()
    (source / "conf.py").write_text(CONF, encoding="utf-8")
    (source / "index.md").write_text(f"# Page\n\n{page}\n", encoding="utf-8")
    command = [sys.executable, "-m", "sphinx", "-q", str(source), str(folder / "html")]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def test_numbers_figures_and_tables_stand_in_the_page(tmp_path):
    run = build(
        tmp_path,
        "PD {num}`transactional.pd`.\n\n"
        "```{picture} transactional.leakage\n```\n\n"
        "```{exhibit} transactional.forms\n```\n\n"
        "```{exhibit} transactional.assumptions\n```\n\n"
        "```{exhibit} transactional.checks\n```\n\n"
        "```{exhibit} transactional.lender\n```\n\n"
        "```{explorer} transactional\n```",
    )
    assert run.returncode == 0, run.stderr
    html = (tmp_path / "html" / "index.html").read_text(encoding="utf-8")
    from casebook.numbers import number

    assert f"PD {number('transactional.pd')}." in html
    assert html.count('<figure class="cb-figure"') == 2
    for form in ("wide", "narrow"):
        assert html.count(f'<div class="cb-{form}"><svg') == 2
    assert html.count("var(--cb-c1, #1c3d7c)") > 2
    assert html.count("<table") == 6  # the numbers of the second figure too
    assert "casebook-explorer case='transactional'" in html


@pytest.mark.parametrize(
    "page",
    ["{num}`transactional.nothing`", "```{picture} transactional.nothing\n```",
     "```{exhibit} transactional.nothing\n```", "```{explorer} nothing\n```"],
)  # fmt: skip
def test_a_wrong_name_fails_the_build_and_says_where(page, tmp_path):
    run = build(tmp_path, page)
    assert run.returncode != 0
    assert "index.md:3" in run.stderr and "allowed" in run.stderr, run.stderr

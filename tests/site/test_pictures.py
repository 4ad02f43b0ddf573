"""Figures drawn once for a build: what pages show is what the models draw."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import ROOT

from casebook.models import MODELS
from casebook.web import pictures

FIGURES = ROOT / "_build" / "parts" / "figures"


@pytest.mark.parametrize("name", [*MODELS, "book"])
def test_what_the_build_keeps_is_what_the_model_draws(name: str, tmp_path: Path) -> None:
    pictures.keep(name, tmp_path)
    drawn = {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()}
    assert drawn == {path.name: path.read_text("utf-8") for path in (FIGURES / name).iterdir()}
    assert len(drawn) >= 2


def test_a_kept_figure_is_taken_and_nothing_is_kept_of_what_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh = pictures.drawn("loan", "explorer")
    assert fresh.wide != fresh.narrow
    assert fresh.table[0].rows
    (tmp_path / "loan").mkdir()
    pictures.keep("loan", tmp_path / "loan")
    monkeypatch.setenv(pictures.KEPT, str(tmp_path))
    assert pictures.drawn("loan", "explorer") == fresh, "the same, tables too"
    kept = tmp_path / "loan" / "explorer.json"
    old = json.loads(kept.read_text("utf-8")) | {"wide": "<svg>of the last build</svg>"}
    kept.write_text(json.dumps(old), encoding="utf-8")
    assert pictures.drawn("loan", "explorer").wide == "<svg>of the last build</svg>"
    pictures.keep("loan", tmp_path / "loan")  # what a build makes anew is drawn anew
    assert pictures.drawn("loan", "explorer") == fresh


@pytest.mark.parametrize("wrong", ["loan.nothing", "book.nothing", "nobody.explorer"])
def test_a_figure_that_is_not_there_is_named(wrong: str) -> None:
    name, _, rest = wrong.partition(".")
    with pytest.raises(KeyError, match=rest if name in {*MODELS, "book"} else name):
        pictures.drawn(name, rest)

"""Stored answers: a packed file gives back what the model answers."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from conftest import ROOT

from casebook.explore import explore
from casebook.models import MODELS, model
from casebook.numbers import keep
from casebook.shape import AssumptionError
from casebook.web.explorer import live, stand_in, stored

STORED = ROOT / "_build" / "static" / "stored"
PLACES = [(name, form) for name in MODELS for form in stored.FORMS]


def answers(name: str, form: str, slider: str, count: int) -> list[dict]:
    """The stored answers of a slider with so many positions."""
    files = range(-(-count // stored.EACH))
    paths = (STORED / f"{name}.{form}.{slider}.{k}.gz" for k in files)
    return [answer for path in paths for answer in stored.unpacked(path.read_bytes())]


def told() -> dict[str, int]:
    """Every file with its size, as the site says."""
    about = [json.loads((STORED / f"{name}.json").read_text(encoding="utf-8")) for name in MODELS]
    return {file: size for one in about for file, size in one["bytes"].items()}


@pytest.mark.parametrize("name", MODELS)
def test_what_the_build_keeps_is_what_the_model_finds(name: str, tmp_path: Path) -> None:
    """`make test` lets the other tests take it from there."""
    keep(name, tmp_path)
    found = {path.name: path.read_text("utf-8") for path in tmp_path.iterdir()}
    kept = (ROOT / "_build" / "parts" / "findings" / name).iterdir()
    assert found == {path.name: path.read_text("utf-8") for path in kept}
    assert len(found) == 2


@pytest.mark.parametrize("name", MODELS)
def test_every_stored_number_is_that_of_the_model(name):
    explorer = explore(model(name))
    base = dict(explorer.values)
    for slider, asked in stored.settings(explorer).items():
        wide, narrow = (answers(name, form, slider, len(asked)) for form in stored.FORMS)
        assert len(wide) == len(narrow) == len(asked)
        for setting, *both in zip(asked, wide, narrow, strict=True):
            if "refused" in both[0]:
                assert both[0] == both[1]
                with pytest.raises(AssumptionError):
                    explorer.set(**base | setting)
                continue
            said = [n for _, n in explorer.set(**base | setting).key_numbers()]
            for answer in both:
                assert answer["numbers"] == said, setting
                assert answer["changes"] == explorer.changes(), setting
                assert answer["message"] and "-data-" in answer["svg"]


@pytest.fixture(scope="module")
def path(tmp_path_factory) -> str:
    """Where a Python finds what draws in the browser."""
    folder = tmp_path_factory.mktemp("stand_in")
    stand_in.write(folder, stand_in.signs())
    return str(folder)


@pytest.mark.parametrize("name", MODELS)
def test_every_stored_answer_is_what_the_browser_would_compute(name, path, tmp_path):
    """All of two sliders, or presets, that are drawn by lot; the test above has every number."""
    sliders = random.Random(name).sample(sorted(stored.settings(explore(model(name)))), 2)
    stored.answer_apart(name, tmp_path, path, *sliders)
    made = {file.name: file.read_bytes() for file in tmp_path.glob("*.gz")}
    there = [p for slider in sliders for p in STORED.glob(f"{name}.*.{slider}.*.gz")]
    assert made == {file.name: file.read_bytes() for file in there} and made


def test_the_files_are_those_that_the_pages_ask_for():
    sizes = told()
    wanted = {
        f"{name}.{form}.{slider}.{k}.gz"
        for name, form in PLACES
        for slider, asked in stored.settings(live.opened(name)).items()
        for k in range(len(stored.batched(asked)))
    }
    assert set(sizes) == wanted == {p.name for p in STORED.glob("*.gz")}


def test_a_first_move_is_a_small_fetch():
    """At 1.6 Mbit/s a file of 110 kB takes half a second."""
    sizes = told()
    largest = max(sizes, key=sizes.get)
    assert sizes[largest] <= 110_000, largest


def test_packing_keeps_parts_orders_and_refusals():
    part = '<g id="x-data-{}">{}</g>'

    def answer(*texts):
        body = "".join(part.format(k, t) for k, t in enumerate(texts))
        return {"svg": f"<svg>{body}<defs>c</defs></svg>", "order": [list(texts)],
                "message": texts[0], "numbers": ["1"], "changes": [""]}  # fmt: skip

    given = [answer("a", "b"), answer("a", "c"), {"refused": "no"}, answer("a", "b")]
    content = stored.packed(given)
    assert stored.unpacked(content) == given
    assert content == stored.packed(given)

"""Stored answers: a packed file gives back what the model answers."""

from __future__ import annotations

import json

import pytest
from conftest import ROOT

from casebook.models import MODELS
from casebook.web.explorer import live, stored

STORED = ROOT / "_build" / "static" / "stored"
PLACES = [(name, form) for name in MODELS for form in stored.FORMS]


@pytest.mark.parametrize(("name", "form"), PLACES)
def test_every_stored_answer_is_that_of_the_model(name, form):
    for slider, asked in stored.settings(live.opened(name)).items():
        answers = stored.unpacked((STORED / f"{name}.{form}.{slider}.gz").read_bytes())
        assert len(answers) == len(asked)
        for setting, answer in zip(asked, answers, strict=True):
            now = stored.answered(name, form, setting)
            now.pop("metrics", None)
            assert answer == now, setting


def test_the_files_are_those_that_the_pages_ask_for():
    manifest = json.loads((STORED / "manifest.json").read_text(encoding="utf-8"))
    wanted = {
        f"{name}.{form}.{slider}.gz"
        for name, form in PLACES
        for slider in stored.settings(live.opened(name))
    }
    assert set(manifest["bytes"]) == wanted == {p.name for p in STORED.glob("*.gz")}


def test_a_first_move_is_a_small_fetch():
    """At 1.6 Mbit/s a file of 150 kB takes three quarters of a second."""
    sizes = json.loads((STORED / "manifest.json").read_text(encoding="utf-8"))["bytes"]
    largest = max(sizes, key=sizes.get)
    assert sizes[largest] <= 150_000, largest


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

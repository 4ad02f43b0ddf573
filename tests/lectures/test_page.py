"""Decks and pages of the lectures, from their files: without a site and without a browser."""

from __future__ import annotations

import functools
import json
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from casebook.explore import explore
from casebook.models import model
from casebook.web.lectures import script, timing
from casebook.web.slides import lecture as deck
from casebook.web.sphinx.player import WAIT, Files, player_html

NAMES = script.names()
NOWHERE = Path("nowhere")
each_lecture = pytest.mark.parametrize("name", NAMES)


@functools.cache
def lecture_of(name: str) -> script.Lecture:
    """A lecture as its file tells it."""
    return script.read(script.FOLDER / f"{name}.md")


@functools.cache
def deck_of(name: str) -> BeautifulSoup:
    """The deck of a lecture, of a site without Python for the browser."""
    return BeautifulSoup(deck.slides(script.FOLDER / f"{name}.md", NOWHERE), "html.parser")


def test_there_are_lectures_and_the_index_is_none() -> None:
    assert "problem" in NAMES and "index" not in NAMES
    assert (script.FOLDER / "index.md").is_file()


@each_lecture
def test_a_deck_has_what_its_file_has(name: str) -> None:
    lecture, slides = lecture_of(name), deck_of(name).select(".slides > section")
    assert len(slides) == len(lecture.slides) + 1
    for section, slide in zip(slides[1:], lecture.slides, strict=True):
        assert section.h2.get_text() == slide.title
        points = [li.get_text() for li in section.select(".cb-words > ul > li")]
        assert points == [script.plain(point) for point in slide.points]
        kind = {None: "text", "picture": "figure", "exhibit": "table", "explorer": "explorer"}
        shows = slide.shows[0] if slide.shows else None
        assert f"cb-{kind[shows]}" in section.div["class"]
        if shows == "explorer":
            assert section.select("casebook-explorer, casebook-explorer-again")
    explorers = [e["case"] for e in deck_of(name).select("casebook-explorer")]
    assert len(explorers) == len(set(explorers)), "one explorer of a model serves all its slides"


@each_lecture
def test_the_notes_say_ask_and_name_what_moves(name: str) -> None:
    for section, slide in zip(
        deck_of(name).select(".slides > section")[1:], lecture_of(name).slides, strict=True
    ):
        notes = " ".join(section.select_one("aside.notes").get_text().split())
        assert deck.said("deck.minutes", minutes=f"{slide.minutes:g}") in notes
        for part in slide.parts:
            if isinstance(part, script.Say):
                assert part.text in notes
            else:
                assert deck.moved(part) in notes
        assert "{" not in notes and "**" not in notes


@each_lecture
def test_what_moves_is_among_the_sliders_in_view(name: str) -> None:
    moves = [p for s in lecture_of(name).slides for p in s.parts if isinstance(p, script.Move)]
    for move in moves:
        front = deck_of(name).select_one(f".cb-front:has(casebook-explorer[case={move.model}])")
        assert set(move.values) <= set(front["data-sliders"].split())


def test_a_move_is_told_as_the_slider_shows_it() -> None:
    control = explore(model("problem")).controls[0]
    told = deck.moved(script.Move("", "problem", {control.spec.name: control.values[0]}))
    assert control.spec.label in told and control.texts[0] in told


@each_lecture
def test_the_player_offers_a_voice_of_these_words_only(name: str, tmp_path: Path) -> None:
    lecture = lecture_of(name)
    found = timing.timeline(lecture)
    about = {"words": timing.words_hash(lecture), "engine": "E", "licence": "L", "recorded": False}
    for ending in ("opus", "m4a", "mp4"):
        (tmp_path / f"{name}.{ending}").write_bytes(b"")
    there = tmp_path / f"{name}.json"

    def told() -> tuple[str, str]:
        files = Files.of(lecture, tmp_path)
        html = player_html(lecture, found, files, "../../")
        data = BeautifulSoup(html, "html.parser").select_one("casebook-lecture > script")
        return json.loads(data.string)["voice"], html

    assert told()[0] == "", "nothing says whose words it speaks"
    there.write_text(json.dumps(about), encoding="utf-8")
    voice, html = told()
    assert voice.endswith(f"_static/lectures/{name}") and f"{name}.mp4" in html
    there.write_text(json.dumps({**about, "words": "others"}), encoding="utf-8")
    voice, html = told()
    assert voice == "" and Files.of(lecture, tmp_path).stale and f"{name}.mp4" not in html
    (tmp_path / f"{name}.m4a").unlink()
    there.write_text(json.dumps(about), encoding="utf-8")
    assert told()[0] == "", "half a voice is none"


@each_lecture
def test_the_player_waits_where_the_voice_does(name: str) -> None:
    lecture, found = lecture_of(name), timing.timeline(lecture_of(name))
    html = player_html(lecture, found, Files({}, False, ()), "")
    data = json.loads(BeautifulSoup(html, "html.parser").select_one("script").string)
    asked = [s.wait for slide in lecture.slides for s in slide.spoken if s.wait >= WAIT]
    assert len(data["waits"]) >= len(asked)
    assert all(end - start >= WAIT for start, end in data["waits"])
    assert [step["slide"] for step in data["moves"]] == [step.slide for step in found.moves]


def test_a_lecture_that_keeps_no_rule_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "wrong.md"
    path.write_text(
        "---\nlecture: wrong\nmodel: problem\n---\n# T\n\nA.\n\n## S\n\n"
        ":::{say}\nHello [there](x.md).\n:::\n",
        encoding="utf-8",
    )
    with pytest.raises(script.ScriptError, match=r"wrong\.md:11"):
        deck.slides(path, NOWHERE)

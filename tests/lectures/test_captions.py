"""Captions can be read: two lines, not too fast, one after another, each on its slide."""

from __future__ import annotations

import re

import pytest

from casebook.web.lectures import captions, cutting, script, timing

LECTURES = script.names()


@pytest.fixture(params=LECTURES, scope="module")
def told(request: pytest.FixtureRequest) -> tuple[script.Lecture, timing.Timeline]:
    lecture = script.read(script.FOLDER / f"{request.param}.md")
    return lecture, timing.timeline(lecture)


def test_captions_keep_the_limits(told: tuple[script.Lecture, timing.Timeline]) -> None:
    for cue in told[1].cues:
        assert 1 <= len(cue.lines) <= 2, cue
        assert all(len(line) <= 42 for line in cue.lines), cue
        assert len(cue.text) / (cue.end - cue.start) <= 17, cue


def test_captions_follow_each_other_on_their_slides(
    told: tuple[script.Lecture, timing.Timeline],
) -> None:
    found = told[1]
    assert len({cue.id for cue in found.cues}) == len(found.cues)
    for cue, after in zip(found.cues, found.cues[1:], strict=False):
        assert cue.start < cue.end <= after.start + 1e-9
    for cue in found.cues:
        span = found.slides[cue.slide]
        assert span.start <= cue.start and cue.end <= span.end + 1e-9, cue
    for span, after in zip(found.slides, found.slides[1:], strict=False):
        assert span.end == after.start
    assert found.slides[0].start == 0
    assert found.slides[-1].end == found.duration


def test_captions_say_all_that_is_said(told: tuple[script.Lecture, timing.Timeline]) -> None:
    lecture, found = told
    said = " ".join(say.text for slide in lecture.slides for say in slide.spoken)
    shown = " ".join(cue.text for cue in found.cues if not cue.id.endswith(timing.AGAIN))
    assert shown == said


def test_a_question_is_seen_while_the_viewer_thinks(
    told: tuple[script.Lecture, timing.Timeline],
) -> None:
    found = timing.schedule(told[0])
    for clause in found.clauses:
        if clause.question and clause.until - clause.end > 3:
            middle = (clause.end + clause.until) / 2
            (cue,) = (c for c in told[1].cues if c.start <= middle < c.end)
            assert cue.question


def test_a_move_is_on_its_slide_and_nobody_speaks(
    told: tuple[script.Lecture, timing.Timeline],
) -> None:
    found = timing.schedule(told[0])
    for moved in found.moves:
        span = found.slides[moved.slide]
        assert span.start <= moved.at < span.end
        assert not any(clause.start < moved.at < clause.end for clause in found.clauses)


def test_the_files_can_be_read_back(told: tuple[script.Lecture, timing.Timeline]) -> None:
    lecture, found = told
    times = re.findall(r"^(\d\d:\d\d:\d\d\.\d{3}) --> ", captions.vtt(found), re.M)
    assert times == [captions.stamp(cue.start) for cue in found.cues]
    text = captions.chapters(lecture, found)
    assert text.startswith("WEBVTT\n\n")
    assert [block.split("\n")[0] for block in text.split("\n\n")[1:]] == [
        slide.id for slide in lecture.slides
    ]


def test_lines_break_where_a_reader_takes_breath() -> None:
    assert cutting.lines("The line is full.") == ("The line is full.",)
    assert cutting.lines("Nothing was stolen, so the cash must be somewhere.") == (
        "Nothing was stolen,",
        "so the cash must be somewhere.",
    )
    assert cutting.lines("x" * 50) is None
    pieces = cutting.pieces(
        "a plan that works brings the bank CNY 67.20 million and one that fails CNY 47.66 million, "
        "which is the worst of the four endings"
    )
    assert len(pieces) == 2
    assert not any(piece.endswith(("CNY", "67.20", "47.66")) for piece in pieces)
    with pytest.raises(ValueError, match="longer than a line"):
        cutting.pieces("x" * 50)


def test_a_time_is_written_as_webvtt_has_it() -> None:
    assert captions.stamp(3725.0456) == "01:02:05.046"
    assert captions.stamp(59.9996) == "00:01:00.000"

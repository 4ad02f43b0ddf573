"""Slides to edit are native and say what the deck says; the handout has every word."""

from __future__ import annotations

import io
import re
from html import escape

import pytest

from casebook.web.lectures import papers, script

NAME = script.names()[0]
#: A picture of one point.
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c4944415408d763f8cf"
    "c000000301010018dd8db00000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def lecture() -> script.Lecture:
    return script.read(script.FOLDER / f"{NAME}.md")


def test_slides_open_again_and_can_be_edited(lecture: script.Lecture) -> None:
    pptx = pytest.importorskip("pptx")
    figures = {k: (PNG, "") for k, slide in enumerate(lecture.slides) if slide.shows}
    figures[next(iter(figures))] = (PNG, "What the figure says")
    found = list(pptx.Presentation(io.BytesIO(papers.slides(lecture, figures))).slides)
    assert len(found) == 1 + len(lecture.slides)
    assert found[0].shapes.title.text == lecture.title
    for k, (shown, slide) in enumerate(zip(found[1:], lecture.slides, strict=True)):
        assert shown.shapes.title.text == slide.title
        texts = [shape.text_frame.text for shape in shown.placeholders if shape.has_text_frame]
        for point in slide.points:
            assert any(script.plain(point) in text for text in texts)
        pictures = [shape for shape in shown.shapes if shape.shape_type == 13]
        assert len(pictures) == (k in figures)
        for picture in pictures:
            assert len(picture._element.nvPicPr.cNvPr.get("descr")) > 10
            assert picture.left + picture.width <= 12192000
        notes = shown.notes_slide.notes_text_frame.text
        assert all(say.text in notes for say in slide.spoken)
    assert "{" not in "".join(s.notes_slide.notes_text_frame.text for s in found[1:])


def test_the_handout_has_every_word(lecture: script.Lecture) -> None:
    html = papers.handout(lecture, [PNG] * len(lecture.slides))
    assert html.count("<article") == len(lecture.slides)
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))
    for slide in lecture.slides:
        for say in slide.spoken:
            assert escape(say.text) in text
    assert all(image.startswith('alt="') for image in re.findall(r"<img (\S+)", html))

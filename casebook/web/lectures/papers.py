"""Papers of a lecture: a handout (PDF, two slides a page with what is said) and slides to edit.

The slides to edit (PPTX) have native titles and points, the figure as a picture with words for who
does not see it, and the notes for a lecturer. Needs the deck (see `stage`) and python-pptx.
"""

from __future__ import annotations

import base64
import importlib
import io
import re
from collections.abc import Mapping
from html import escape
from pathlib import Path
from typing import Any

from ... import _whole
from ...words import catalogue, phrase, word
from . import script, sound, stage, voice

#: A picture of the deck: PNG, and what it says.
Figure = tuple[bytes, str]

_STYLE = """
@page { size: A4; margin: 14mm 14mm 16mm }
* { box-sizing: border-box }
body { margin: 0; font: 7.8pt/1.34 "DejaVu Sans", sans-serif; color: #1b2230 }
h1 { font-size: 14pt; margin: 0 0 5mm }
article { height: 126mm; break-inside: avoid; overflow: hidden; padding-top: 3mm;
  border-top: 0.3mm solid #c5ccd6 }
article.first { height: 114mm }
article:nth-of-type(2n) { break-after: page }
article > div { display: grid; grid-template-columns: 116mm 1fr; gap: 6mm }
img { width: 116mm; border: 0.3mm solid #c5ccd6; display: block }
h2 { font-size: 10pt; margin: 0 0 2mm }
aside { font-size: 7.5pt; color: #4a5568; background:
  repeating-linear-gradient(#fff 0 8.7mm, #c5ccd6 8.7mm 9mm) }
aside span { background: #fff; padding-right: 2mm }
section { columns: 2; column-gap: 6mm; margin-top: 3mm }
p { margin: 0 0 1.4mm }
.question { font-weight: 700; border-left: 1mm solid #1f4e9c; padding-left: 2mm }
.move { font-style: italic; color: #4a5568 }
"""


def make(lecture: script.Lecture, site: Path | None = None) -> list[Path]:
    """Write handout and slides to edit of a lecture; VoiceError says what lacks.

    `site` as in `stage.deck`.
    """
    sound.STATIC.mkdir(parents=True, exist_ok=True)
    shots, figures = [], {}
    with stage.deck(lecture.name, site) as deck:
        for k in range(len(lecture.slides)):
            deck.go(k)
            deck.reset()
            shots.append(deck.shot())
            if found := deck.figure():
                figures[k] = found
    place = sound.STATIC / lecture.name
    made = [
        _whole.write(place.with_suffix(".pdf"), pdf(handout(lecture, shots))),
        _whole.write(place.with_suffix(".pptx"), slides(lecture, figures)),
    ]
    return made


def handout(lecture: script.Lecture, shots: list[bytes]) -> str:
    """The handout as HTML: each slide beside what is said on it, two on a page."""
    title = escape(_word("heading", title=lecture.title))
    rows = [
        f'<!doctype html><html lang="{word("explorer.lang")}"><meta charset="utf-8">',
        f"<title>{title}</title>",
    ]
    rows += [f"<style>{_STYLE}</style><body><h1>{title}</h1>"]
    for k, (slide, shot) in enumerate(zip(lecture.slides, shots, strict=True)):
        image = base64.b64encode(shot).decode()
        alt = escape(_alt(slide, ""), quote=True)
        rows.append(
            f"<article{' class=first' if k == 0 else ''}><h2>{k + 1}. {escape(slide.title)}</h2>"
            f'<div><img alt="{alt}" src="data:image/png;base64,{image}">'
            f"<aside><span>{escape(_word('own'))}</span></aside></div>"
            f"<section>{''.join(_told(part) for part in slide.parts)}</section></article>"
        )
    return "\n".join([*rows, "</body></html>"])


def pdf(html: str) -> bytes:
    """A page of HTML as PDF, with its headings as an outline and numbered pages."""
    foot = phrase(
        catalogue("lectures")["papers"], "page",
        page='<span class="pageNumber"></span>', pages='<span class="totalPages"></span>',
    )  # fmt: skip
    with stage.browser() as chromium:
        page = chromium.new_page()
        page.set_content(html)
        made: bytes = page.pdf(
            format="A4",
            prefer_css_page_size=True,
            print_background=True,
            tagged=True,
            outline=True,
            display_header_footer=True,
            header_template="<span></span>",
            footer_template=f'<p style="font-size:8px;width:100%;text-align:center">{foot}</p>',
        )
    return made


def slides(lecture: script.Lecture, figures: Mapping[int, Figure]) -> bytes:
    """The slides to edit, as PPTX; `figures` by the number of the slide."""
    pptx: Any = _module("pptx")
    length: Any = _module("pptx.util")
    deck = pptx.Presentation()
    deck.slide_width, deck.slide_height = length.Inches(13.333), length.Inches(7.5)
    deck.core_properties.title = lecture.title
    deck.core_properties.author = catalogue("lectures")["video"]["artist"]
    first = deck.slides.add_slide(deck.slide_layouts[0])
    _place(first.shapes.title, length, 0.9, 2.2, 11.5, 1.6)
    first.shapes.title.text = lecture.title
    _place(first.placeholders[1], length, 0.9, 4.0, 11.5, 2.4)
    first.placeholders[1].text = _unlinked(lecture.about.split("\n\n")[0])
    for k, slide in enumerate(lecture.slides):
        _slide(deck, length, slide, figures.get(k))
    made = io.BytesIO()
    deck.save(made)
    return made.getvalue()


def _slide(deck: Any, length: Any, slide: script.Slide, figure: Figure | None) -> None:
    """A slide: title, points to the left, the figure to the right, notes below."""
    shown = deck.slides.add_slide(deck.slide_layouts[1 if slide.points else 5])
    shown.shapes.title.text = slide.title
    _place(shown.shapes.title, length, 0.6, 0.35, 12.1, 0.95)
    wide = 12.1 if figure is None else 4.3
    if slide.points:
        body = shown.placeholders[1]
        _place(body, length, 0.6, 1.6, wide, 5.3)
        body.text_frame.text = script.plain(slide.points[0])
        for point in slide.points[1:]:
            body.text_frame.add_paragraph().text = script.plain(point)
        for paragraph in body.text_frame.paragraphs:
            paragraph.font.size = length.Pt(24)
    if figure is not None:
        left = 5.1 if slide.points else 0.6
        picture = shown.shapes.add_picture(
            io.BytesIO(figure[0]), length.Inches(left), length.Inches(1.6)
        )
        scale = min(length.Inches(12.7 - left) / picture.width, length.Inches(5.4) / picture.height)
        picture.width, picture.height = int(picture.width * scale), int(picture.height * scale)
        alt = _alt(slide, figure[1])
        picture.name = slide.title
        picture._element.nvPicPr.cNvPr.set("descr", alt)
    shown.notes_slide.notes_text_frame.text = notes(slide)


def notes(slide: script.Slide) -> str:
    """The notes of a slide: what happens in order, then what a lecturer asks and expects."""
    rows = []
    for part in slide.parts:
        if isinstance(part, script.Move):
            rows.append(f"{_word('move')}: {_moved(part)}")
        elif part.question:
            rows.append(f"{_word('question', seconds=f'{part.wait:g}')}: {part.text}")
        else:
            rows.append(f"{_word('say')}: {part.text}")
    if slide.notes:
        rows.append(f"{_word('notes')}: {_unlinked(slide.notes)}")
    return "\n\n".join(rows)


def _told(part: script.Say | script.Move) -> str:
    """What happens on a slide, for the handout."""
    if isinstance(part, script.Move):
        return f'<p class="move">{escape(_word("move"))}: {escape(_moved(part))}</p>'
    return f"<p{' class=question' if part.question else ''}>{escape(part.text)}</p>"


def _moved(move: script.Move) -> str:
    """What a move does, in the words of the deck."""
    from ..slides import lecture

    return lecture.moved(move)


def _alt(slide: script.Slide, said: str) -> str:
    """Words for a picture of a slide."""
    points = "; ".join(script.plain(point) for point in slide.points)
    if said:
        return said
    key = "figure" if points else "figure_alone"
    return _word(key, title=slide.title, points=points)


def _unlinked(source: str) -> str:
    """Markdown of a lecture without links and emphasis."""
    return script.plain(re.sub(r"\[([^]]+)\]\([^)]+\)", r"\1", source))


def _word(key: str, **values: object) -> str:
    return phrase(catalogue("lectures"), f"papers.{key}", **values)


def _place(shape: Any, length: Any, left: float, top: float, width: float, height: float) -> None:
    """Put a shape into its place, in inches."""
    shape.left, shape.top = length.Inches(left), length.Inches(top)
    shape.width, shape.height = length.Inches(width), length.Inches(height)


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise voice.VoiceError(
            "python-pptx is missing: pip install -r requirements-lectures.txt"
        ) from None

"""The deck of a lecture: a title, then a slide for each section of its file.

A slide has the points on the left and one thing to look at: a figure, a table, or the explorer of
the model, live. What is said, asked and expected stands in the speaker's notes, with the minutes.
Several slides may show the same explorer: the first has it, the others have its place, and
assets/slides.js brings it to the slide in view.
"""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_output

from ...explore import explore
from ...models import model
from ...numbers import base
from ...words import catalogue, phrase
from ..explorer.page import explorer_html
from ..explorer.theme import figure_html
from ..lectures import script
from ..pictures import drawn
from ..sphinx.directives import exhibited
from . import arrange, myst
from .export import deck

#: A link of Markdown: on a title it is its words.
_LINK = re.compile(r"\[([^]]+)\]\([^)]+\)")
#: What a figure says, as its SVG has it.
_MESSAGE = re.compile(r'<g (?=id="[^"]*-data-title-\d+")')
#: From the deck to the root of the site.
ABOVE = "../../"


def slides(path: Path, static: Path) -> str:
    """The deck of one lecture, as a page of HTML; `static` as in `explorer_html`.

    KeyError or ValueError for what the file has and the models have not.
    """
    lecture = script.read(path)
    explorers = {
        name: _explorer(name, lecture, static)
        for name in {s.shows[1] for s in lecture.slides if s.shows and s.shows[0] == "explorer"}
    }
    found = [_title(lecture), *(_slide(slide, explorers) for slide in lecture.slides)]
    return deck(found, f"book/lectures/{lecture.name}.html", ABOVE, "lecture")


def moved(move: script.Move) -> str:
    """What a move does, in words: each slider and the value that it takes."""
    controls = {control.spec.name: control for control in explore(model(move.model)).controls}
    return "; ".join(
        said("move.one", name=controls[name].spec.label,
             value=controls[name].texts[list(controls[name].values).index(value)])
        for name, value in move.values.items()
    )  # fmt: skip


def said(key: str, **values: object) -> str:
    """A phrase of data/lectures.toml."""
    return phrase(catalogue("lectures"), key, **values)


def decides(lecture: script.Lecture) -> str:
    """What the lecture decides: the question of its case, "" where it is about no case."""
    if lecture.model == "book":
        return ""
    words = base(lecture.model).assumptions.spec.words
    return str(words["head"]["decision"]) if "head" in words else ""


def _title(lecture: script.Lecture) -> arrange.Slide:
    """The slide before the first: what the lecture is about, and what it decides."""
    about = _LINK.sub(r"\1", myst.plain(lecture.about.split("\n\n")[0]))
    question = decides(lecture)
    text = [f'<p class="cb-question">{escape(question)}</p>'] if question else []
    notes = said("deck.length", minutes=f"{lecture.minutes:g}", slides=len(lecture.slides))
    return arrange.Slide(lecture.title, text=[*text, about], notes=[notes])


def _slide(slide: script.Slide, explorers: dict[str, str]) -> arrange.Slide:
    """The slide of a section; of `explorers` those that are not on a slide yet."""
    points = "\n".join(f"- {script.plain(point)}" for point in slide.points)
    outputs = [_output(slide, explorers)] if slide.shows else []
    return arrange.Slide(
        slide.title, text=[points] if points else [], outputs=outputs, notes=_notes(slide)
    )


def _output(slide: script.Slide, explorers: dict[str, str]) -> NotebookNode:
    """What a slide shows, as the output of a cell.

    Where the slide asks, what the figure says comes by a key (or its driver), after the question.
    """
    assert slide.shows is not None
    kind, argument = slide.shows
    name, _, rest = argument.partition(".")
    if kind == "picture":
        html = figure_html(drawn(name, rest).wide)
        if any(say.question for say in slide.spoken):
            html = _MESSAGE.sub('<g class="fragment" data-fragment-index="0" ', html)
    elif kind == "exhibit":
        html = exhibited(name, rest)
    else:
        again = f'<casebook-explorer-again case="{name}"></casebook-explorer-again>'
        html = explorers.pop(name, again)
    output: NotebookNode = nbformat.from_dict(new_output("display_data", {"text/html": html}))
    return output


def _explorer(name: str, lecture: script.Lecture, static: Path) -> str:
    """The explorer of a model, with the sliders that the lecture moves before the others."""
    moves = (part for slide in lecture.slides for part in slide.parts)
    sliders = dict.fromkeys(
        slider for move in moves if isinstance(move, script.Move) and move.model == name
        for slider in move.values
    )  # fmt: skip
    html = explorer_html(name, static, ABOVE, f"book/cases/{name}_analysis.html")
    return f'<div class="cb-front" data-sliders="{" ".join(sliders)}">{html}</div>'


def _notes(slide: script.Slide) -> list[str]:
    """For the speaker: the minutes, what happens in order, what to ask and to expect."""
    notes = [f"**{said('deck.minutes', minutes=f'{slide.minutes:g}')}**"]
    for part in slide.parts:
        if isinstance(part, script.Move):
            notes.append(f"*{said('deck.move', move=moved(part))}*")
        elif part.question:
            notes.append(f"**{said('deck.question')}** {part.text}")
        else:
            notes.append(part.text)
    return [*notes, myst.plain(slide.notes)]

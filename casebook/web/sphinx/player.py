"""The player of a lecture as HTML, with its times as JSON; assets/lecture.js brings it to life."""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from ...words import catalogue
from ..lectures import script, timing
from ..slides.lecture import decides, moved, said

#: The shortest silence behind a question that is shown as a wait, in seconds.
WAIT = 2.0
#: Other forms of a lecture, as far as they are made.
FORMS = ("mp4", "pdf", "pptx")
#: Words that the script needs.
_WORDS = ("play", "pause", "resume", "at", "times", "wait", "touched", "silent", "failed",
          "loading", "file")  # fmt: skip


@dataclass(frozen=True)
class Files:
    """What there is of a lecture beside its page.

    `about` is what its voice says of itself, empty if there is none for these words; `stale`: there
    is one for other words; `forms` those of FORMS that are there and not stale.
    """

    about: dict[str, Any]
    stale: bool
    forms: tuple[str, ...]

    @classmethod
    def of(cls, lecture: script.Lecture, folder: Path) -> Files:
        """The files of a lecture in a folder."""
        path = folder / f"{lecture.name}.json"
        about = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
        there = all((folder / f"{lecture.name}.{kind}").is_file() for kind in ("opus", "m4a"))
        stale = bool(about) and about["words"] != timing.words_hash(lecture)
        forms = () if stale else tuple(
            form for form in FORMS if (folder / f"{lecture.name}.{form}").is_file()
        )  # fmt: skip
        return cls(about if there and not stale else {}, stale, forms)


def player_html(
    lecture: script.Lecture, timeline: timing.Timeline, files: Files, above: str
) -> str:
    """The player; `above` leads from the page to the root of the site."""
    deck = f"{above}slides/lectures/{lecture.name}.html"
    voice = f"{above}_static/lectures/{lecture.name}"
    data = {
        "name": lecture.name,
        "deck": deck,
        "voice": voice if files.about else "",
        "duration": timeline.duration,
        **_times(lecture, timeline),
        "words": {key: catalogue("lectures")["page"][key] for key in _WORDS},
    }
    # "</" would end the script element
    told = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace("</", "<\\/")
    return (
        f"<casebook-lecture>{_player(lecture, timeline)}"
        f"<noscript><p>{_word('script')}</p></noscript>"
        f"<nav class='cb-l-ways' aria-label='{_word('ways')}'>"
        f"<a href='{deck}'>{_word('slides')}</a>"
        + "".join(f"<a href='{voice}.{form}'>{_word(form)}</a>" for form in files.forms)
        + f"</nav><p class='cb-l-voice'>{_voice(files.about)}</p>"
        f"<script type='application/json'>{told}</script></casebook-lecture>"
    )


def _times(lecture: script.Lecture, timeline: timing.Timeline) -> dict[str, Any]:
    """Slides, captions, moves and waits with their seconds."""
    spans = zip(timeline.slides, lecture.slides, strict=True)
    return {
        "slides": [[span.start, slide.title] for span, slide in spans],
        "cues": [[cue.start, cue.end, "\n".join(cue.lines)] for cue in timeline.cues],
        "moves": [
            {"at": step.at, "slide": step.slide, "values": step.move.values,
             "words": said("move.words", move=moved(step.move))}
            for step in timeline.moves
        ],
        "waits": [
            [clause.end, clause.until]
            for clause in timing.schedule(lecture).clauses
            if clause.question and clause.until - clause.end >= WAIT
        ],
        "answers": timing.answers(lecture),
    }  # fmt: skip


def _player(lecture: script.Lecture, timeline: timing.Timeline) -> str:
    """The stage and what drives it; hidden until the script is there."""
    seconds = round(timeline.duration)
    length = said("page.length", minutes=round(seconds / 60), slides=len(lecture.slides))
    question = decides(lecture)
    return (
        f"<div class='cb-l-player' data-part='player' role='region' tabindex='-1' "
        f"aria-label='{_word('player')}' hidden><div class='cb-l-stage'>"
        f"<iframe data-part='deck' title='{_word('deck')}' hidden></iframe>"
        f"<div class='cb-l-poster' data-part='poster'><p class='cb-l-title'>"
        f"{escape(lecture.title)}</p>"
        + (f"<p class='cb-l-decides'>{escape(question)}</p>" if question else "")
        + f"<p><button type='button' data-part='start'>{_word('start')}</button> "
        f"<span>{escape(length)}</span></p></div>"
        "<p class='cb-l-wait' data-part='wait' aria-hidden='true' hidden></p></div>"
        "<p class='cb-l-caption' data-part='caption'></p>"
        f"<p class='cb-l-resume' data-part='resume' hidden><span></span> "
        f"<button type='button' data-part='again'>{_word('from_start')}</button></p>"
        "<p class='cb-l-status' data-part='status' role='status'></p>"
        f"<div class='cb-l-bar'><button type='button' data-part='play'>{_word('play')}</button>"
        f"<button type='button' data-part='back' aria-label='{_word('back')}'>−10</button>"
        f"<button type='button' data-part='forward' aria-label='{_word('forward')}'>+10</button>"
        f"<input type='range' data-part='seek' min='0' max='{seconds}' value='0' step='5' "
        f"aria-label='{_word('seek')}'><span class='cb-l-now' data-part='now'></span>"
        f"<label><span class='cb-l-unseen'>{_word('speed')}</span>"
        "<select data-part='speed'></select></label>"
        f"<button type='button' data-part='captions' aria-pressed='true'>{_word('captions')}"
        f"</button><button type='button' data-part='full'>{_word('full')}</button></div>"
        f"<div class='cb-l-more'><label><input type='checkbox' data-part='stop'>{_word('stop')}"
        f"</label></div><details class='cb-l-chapters' data-part='chapters'>"
        f"<summary>{_word('chapters')}</summary><ol>{_chapters(lecture, timeline)}</ol></details>"
        f"<p class='cb-l-keys'>{_word('keys')}</p></div>"
    )


def _chapters(lecture: script.Lecture, timeline: timing.Timeline) -> str:
    """The slides with their times, to go there."""
    return "".join(
        f"<li><button type='button' data-at='{span.start:.2f}'>{escape(slide.title)} "
        f"<span>{int(span.start // 60)}:{int(span.start % 60):02}</span></button></li>"
        for span, slide in zip(timeline.slides, lecture.slides, strict=True)
    )


def _voice(about: dict[str, Any]) -> str:
    """Whose voice it is, and under which licence."""
    if not about:
        return _word("silent")
    if about["recorded"]:
        return _word("recorded")
    return _word("voice", engine=about["engine"], licence=about["licence"])


def _word(key: str, **values: object) -> str:
    """A phrase of the page, as text or attribute."""
    return escape(said(f"page.{key}", **values), quote=True)

"""Captions and chapters of a lecture, as WebVTT files. `cutting` says what goes into a caption."""

from __future__ import annotations

import json
from pathlib import Path

from ... import _whole
from ...words import LANGUAGE, catalogue, phrase
from ..build import parts
from . import script, timing
from .script import Lecture
from .timing import Timeline

#: Where the voices are, with what is said of each.
VOICES = script.ROOT / "_build" / "static" / "lectures"
FOLDER = script.FOLDER


def stamp(seconds: float) -> str:
    """A time as WebVTT writes it."""
    ms = round(seconds * 1000)
    return f"{ms // 3600000:02}:{ms // 60000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"


def vtt(timeline: Timeline) -> str:
    """The captions of a lecture, as a WebVTT file."""
    blocks = [
        f"{cue.id}\n{stamp(cue.start)} --> {stamp(cue.end)}\n" + _escaped("\n".join(cue.lines))
        for cue in timeline.cues
    ]
    return "\n\n".join(["WEBVTT", *blocks]) + "\n"


def chapters(lecture: Lecture, timeline: Timeline) -> str:
    """The slides of a lecture as the chapters of a WebVTT file, the identity of each its slide."""
    blocks = [
        f"{span.id}\n{stamp(span.start)} --> {stamp(span.end)}\n{_escaped(slide.title)}"
        for span, slide in zip(timeline.slides, lecture.slides, strict=True)
    ]
    return "\n\n".join(["WEBVTT", *blocks]) + "\n"


def write(lecture: Lecture, timeline: Timeline, folder: Path) -> None:
    """Captions and chapters of a lecture, as files in a folder that is there."""
    _whole.write(folder / f"{lecture.name}.{LANGUAGE}.vtt", vtt(timeline).encode())
    _whole.write(
        folder / f"{lecture.name}.chapters.{LANGUAGE}.vtt", chapters(lecture, timeline).encode()
    )


def part(name: str, folder: Path) -> None:
    """What a build writes of a lecture beside its deck: both files.

    A voice that speaks other words than the lecture has is not offered; the build says so.
    """
    try:
        lecture = script.read(FOLDER / f"{name}.md")
        folder.mkdir(parents=True, exist_ok=True)
        write(lecture, timing.timeline(lecture), folder)
    except (KeyError, ValueError) as error:
        raise SystemExit(f"book/lectures/{name}.md: {error.args[0]}") from None
    about = VOICES / f"{name}.json"
    if about.is_file():
        spoken = json.loads(about.read_text(encoding="utf-8"))["words"]
        if spoken != timing.words_hash(lecture):
            said = phrase(catalogue("lectures"), "page.stale", name=name)
            (folder / parts.SAID).write_text(said, encoding="utf-8")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

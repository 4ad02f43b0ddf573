"""Captions and chapters of a lecture, as WebVTT files. `cutting` says what goes into a caption."""

from __future__ import annotations

from pathlib import Path

from ... import _whole
from .script import Lecture
from .timing import Timeline


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
    _whole.write(folder / f"{lecture.name}.en.vtt", vtt(timeline).encode())
    _whole.write(folder / f"{lecture.name}.chapters.en.vtt", chapters(lecture, timeline).encode())


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

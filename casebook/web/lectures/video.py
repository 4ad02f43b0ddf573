"""The film of a lecture: shots of its deck in the time of its voice, as MP4 that starts at once.

Every slide and every position of a slider is one shot; ffmpeg holds each as long as it is seen.
Chapters are the slides, the captions are a track of their own, the title is the poster.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from ... import _whole
from ...words import catalogue
from . import captions, script, sound, stage, timing, voice

#: Seconds for which a position on a slider's way is seen.
STEP = 0.2
_COLOURS = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709")


def make(lecture: script.Lecture, site: Path | None = None) -> Path:
    """Write the MP4 and the poster of a lecture whose sound is there; VoiceError says what lacks.

    `site` as in `stage.deck`.
    """
    if sound.stale(lecture):
        raise voice.VoiceError(f"the sound of {lecture.name} is missing or stale: make its voice")
    found = timing.timeline(lecture)
    place = sound.STATIC / f"{lecture.name}.mp4"
    with tempfile.TemporaryDirectory() as scratch, _whole.together() as meanwhile:
        folder = Path(scratch)
        with stage.deck(lecture.name, site) as deck:
            deck.go(-1)
            poster = deck.shot()
            shots = _shots(deck, lecture, found, folder)
        (folder / "list.txt").write_text(_listed(shots, found.duration), encoding="utf-8")
        (folder / "about.txt").write_text(_about(lecture, found), encoding="utf-8")
        (folder / "captions.vtt").write_text(captions.vtt(found), encoding="utf-8")
        _encode(folder, lecture.name, found.duration)
        meanwhile(place).write_bytes((folder / "film.mp4").read_bytes())
        meanwhile(place.with_suffix(".png")).write_bytes(poster)
    return place


def _shots(
    deck: stage.Stage, lecture: script.Lecture, found: timing.Timeline, folder: Path
) -> list[tuple[float, Path]]:
    """The shots of a lecture with the second from which each is seen."""
    shots: list[tuple[float, Path]] = []

    def take(at: float) -> None:
        path = folder / f"{len(shots):04}.png"
        path.write_bytes(deck.shot())
        shots.append((at, path))

    answers = timing.answers(lecture)
    for k, span in enumerate(found.slides):
        deck.go(k, seen=k not in answers)
        deck.reset()
        take(span.start)
        if k in answers and answers[k] < span.end:
            deck.go(k)
            take(answers[k])
        for moved in (m for m in found.moves if m.slide == k):
            for n, _ in enumerate(deck.move(moved.move)):
                take(moved.at + n * STEP)
    return shots


def _listed(shots: list[tuple[float, Path]], duration: float) -> str:
    """The shots as ffconcat reads them; the last stands there twice."""
    ends = [*(at for at, _ in shots[1:]), duration]
    rows = ["ffconcat version 1.0"]
    for (at, path), end in zip(shots, ends, strict=True):
        rows += [f"file '{path.name}'", f"duration {max(0.04, end - at):.3f}"]
    return "\n".join([*rows, f"file '{shots[-1][1].name}'", ""])


def _about(lecture: script.Lecture, found: timing.Timeline) -> str:
    """Title and chapters as ffmpeg reads them."""
    words = catalogue("lectures")["video"]
    rows = [";FFMETADATA1", f"title={_plain(words['title'].format(title=lecture.title))}",
            f"artist={_plain(words['artist'])}", f"language={words['language']}"]  # fmt: skip
    for span, slide in zip(found.slides, lecture.slides, strict=True):
        rows += ["[CHAPTER]", "TIMEBASE=1/1000", f"START={round(span.start * 1000)}",
                 f"END={round(span.end * 1000)}", f"title={_plain(slide.title)}"]  # fmt: skip
    return "\n".join([*rows, ""])


def _plain(text: str) -> str:
    """A text in a file of ffmpeg's metadata."""
    return "".join(f"\\{sign}" if sign in "=;#\\" else sign for sign in text)


def _encode(folder: Path, name: str, duration: float) -> None:
    """Put shots, sound, captions and chapters together."""
    words = catalogue("lectures")["video"]
    frames = words["frames"]
    shape = f"scale=out_color_matrix=bt709:out_range=tv,fps={frames},format=yuv420p"
    sound.ffmpeg(
        "-f", "concat", "-safe", "0", "-i", folder / "list.txt",
        "-i", sound.STATIC / f"{name}.m4a", "-i", folder / "captions.vtt",
        "-i", folder / "about.txt",
        "-map", "0:v", "-map", "1:a", "-map", "2:s", "-map_metadata", "3", "-map_chapters", "3",
        "-t", f"{duration:.3f}", "-vf", shape,
        "-c:v", "libx264", "-preset", "slow", "-crf", str(words["quality"]), "-g", str(frames * 30),
        "-threads", "2", *_COLOURS, "-c:a", "copy", "-c:s", "mov_text",
        "-metadata:s:a:0", f"language={words['language']}",
        "-metadata:s:s:0", f"language={words['language']}",
        "-movflags", "+faststart", folder / "film.mp4",
    )  # fmt: skip

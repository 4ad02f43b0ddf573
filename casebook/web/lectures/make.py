"""Lectures from the command line: `make lectures`.

    python -m casebook.web.lectures.make voice problem     speak what is new, write the sound
    python -m casebook.web.lectures.make check all         words, minutes, captions, stale or not
    python -m casebook.web.lectures.make video all         MP4 and poster, after the voice
    python -m casebook.web.lectures.make papers all        handout (PDF) and slides to edit (PPTX)
    python -m casebook.web.lectures.make hear all          a recogniser reads the sound back

`voice` takes recordings/<name>.wav where there is one. Voice, video and papers go to
_build/static/lectures, from where the book takes them; the manifests of durations belong in git.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from . import captions, hear, papers, recording, script, sound, spoken, timing, video, voice


def _voice(lecture: script.Lecture, options: argparse.Namespace) -> str:
    if (recording.FOLDER / f"{lecture.name}.wav").is_file():
        recording.write_manifest(lecture)
        new = 0
    else:
        new = voice.speak(lecture, options.threads)
        voice.write_manifest(lecture)
    heard = sound.make(lecture)
    found = timing.timeline(lecture)
    captions.write(lecture, found, sound.STATIC)
    return (
        f"{found.duration / 60:.2f} min, {new} clauses new, "
        f"{heard.integrated:.1f} LUFS, peak {heard.peak:.1f} dB"
    )


def _check(lecture: script.Lecture, options: argparse.Namespace) -> str:
    found = timing.timeline(lecture)
    rate = max(len(cue.text) / (cue.end - cue.start) for cue in found.cues)
    line = max(len(text) for cue in found.cues for text in cue.lines)
    most = max(len(cue.lines) for cue in found.cues)
    state = "voiced" if found.voiced else "not spoken, or changed since"
    sounding = "no sound, or stale" if sound.stale(lecture) else "sound is there"
    return (
        f"{lecture.words} words, {found.duration / 60:.2f} min, {len(found.slides)} slides, "
        f"{len(found.moves)} moves, captions {most} x {line} characters, {rate:.1f} a second; "
        f"{state}; {sounding}"
    )


def _video(lecture: script.Lecture, options: argparse.Namespace) -> str:
    made = video.make(lecture, options.site)
    minutes = timing.timeline(lecture).duration / 60
    size = made.stat().st_size / 1e6
    return f"{made.name}: {size:.2f} MB, {size / minutes:.2f} MB a minute"


def _papers(lecture: script.Lecture, options: argparse.Namespace) -> str:
    made = papers.make(lecture, options.site)
    return ", ".join(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB" for path in made)


def _hear(lecture: script.Lecture, options: argparse.Namespace) -> str:
    found = hear.hear(lecture, options.threads)
    return (
        f"{found.wrong} of {found.words} words wrong: {found.share:.1%}{found.told(options.tell)}"
    )


DOES: dict[str, Callable[[script.Lecture, argparse.Namespace], str]] = {
    "voice": _voice,
    "check": _check,
    "video": _video,
    "papers": _papers,
    "hear": _hear,
}


def main(arguments: list[str]) -> int:
    """The command line; 1 if a lecture could not be made, with the reason in one line each."""
    parser = argparse.ArgumentParser(description="Make the lectures of the book.")
    parser.add_argument("what", choices=DOES)
    parser.add_argument("names", nargs="+", help="lectures, or all")
    parser.add_argument("--site", type=Path, help="a built book to take the decks from")
    parser.add_argument("--threads", type=int, default=1, help="of the voice and the recogniser")
    parser.add_argument("--tell", action="store_true", help="say which words are heard otherwise")
    options = parser.parse_args(arguments)
    there = script.names()
    wanted = there if options.names == ["all"] else options.names
    if unknown := [name for name in wanted if name not in there]:
        parser.error(f"no lecture {unknown[0]!r}; allowed: all, {', '.join(there)}")
    failed = 0
    for name in wanted:
        try:
            lecture = script.read(script.FOLDER / f"{name}.md")
            print(f"{name}: {DOES[options.what](lecture, options)}", flush=True)
        except (script.ScriptError, spoken.Unsayable, voice.VoiceError, OSError) as error:
            print(f"{name}: {error}", file=sys.stderr, flush=True)
            failed = 1
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

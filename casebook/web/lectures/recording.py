"""A recorded voice in the place of the synthetic one: recordings/<name>.wav and <name>.vtt.

The cues of the VTT have the words that the recording speaks, and when. They must be the words of
the lecture, as written or as said; if they are not, the recording is refused.
"""

from __future__ import annotations

import difflib
import re
import wave
from pathlib import Path

from ... import _whole
from ...words import catalogue
from . import script, spoken, timing, voice

FOLDER = script.ROOT / "recordings"
_CUE = re.compile(r"(\S+) --> (\S+)[^\n]*\n(.+?)(?=\n\s*\n|\Z)", re.S)


def of(lecture: script.Lecture) -> Path | None:
    """The recording that speaks a lecture, if its manifest says so."""
    there = FOLDER / f"{lecture.name}.wav"
    recorded = "recording" in timing.manifest(lecture.name)
    return there if recorded and there.is_file() else None


def write_manifest(lecture: script.Lecture) -> Path:
    """The times of a recording for the clauses of its lecture; VoiceError if its words differ."""
    cues = _cues((FOLDER / f"{lecture.name}.vtt").read_text(encoding="utf-8"))
    found = timing.sayings(lecture)
    told = [_bare(text) for text, _, _ in found]
    heard = [(word, start, end) for text, start, end in cues for word, start, end in
             _spread(text, start, end)]  # fmt: skip
    _compare([word for words in told for word in words], [word for word, _, _ in heard])
    times, n = [], 0
    for words in told:
        times.append([round(heard[n][1], 3), round(heard[n + len(words) - 1][2], 3)])
        n += len(words)
    with wave.open(str(FOLDER / f"{lecture.name}.wav")) as sound:
        duration = sound.getnframes() / sound.getframerate()
    if times[-1][1] > duration:
        raise voice.VoiceError(f"{lecture.name}.vtt goes on after the end of its recording")
    rows = ",\n".join(f"    [{start}, {end}]" for start, end in times)
    head = catalogue("lectures")["voice"]["manifest"]
    text = (
        f'# {head}\n[recording]\nwords = "{timing.recorded_for(found)}"\n'
        f"duration = {duration:.3f}\ntimes = [\n{rows},\n]\n"
    )
    timing.FOLDER.mkdir(exist_ok=True)
    return _whole.write(timing.FOLDER / f"{lecture.name}.toml", text.encode())


def _cues(text: str) -> list[tuple[str, float, float]]:
    """Text, start and end of each cue of a WebVTT file."""
    return [
        (" ".join(words.split()), _seconds(start), _seconds(end))
        for start, end, words in _CUE.findall(text)
    ]


def _seconds(stamp: str) -> float:
    total = 0.0
    for part in stamp.split(":"):
        total = total * 60 + float(part)
    return total


def _bare(text: str) -> list[str]:
    """The words of a text as they are said, without case and punctuation."""
    found = re.findall(r"[\wÀ-ſˈˌ']+", spoken.said(text).lower().replace("-", " "))
    return [word.strip("'") for word in found if word.strip("'")]


def _spread(text: str, start: float, end: float) -> list[tuple[str, float, float]]:
    """The words of a cue with the time of each, by their letters."""
    words = _bare(text)
    whole, before, found = sum(map(len, words)) or 1, 0, []
    for word in words:
        share = [start + (end - start) * n / whole for n in (before, before + len(word))]
        found.append((word, share[0], share[1]))
        before += len(word)
    return found


def _compare(told: list[str], heard: list[str]) -> None:
    """VoiceError names the first place where a recording says something else."""
    if told == heard:
        return
    matcher = difflib.SequenceMatcher(None, told, heard, autojunk=False)
    _, a, to_a, b, to_b = next(code for code in matcher.get_opcodes() if code[0] != "equal")
    raise voice.VoiceError(
        f"the recording is stale: it says “{' '.join(heard[max(0, b - 3) : to_b])}” where the "
        f"script has “{' '.join(told[max(0, a - 3) : to_a])}”"
    )

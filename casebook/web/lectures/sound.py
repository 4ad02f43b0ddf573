"""The sound of a lecture: clauses at their times, brought to one loudness, as Opus and AAC.

`loudness` measures what a listener hears (EBU R128); ffmpeg does the work.
"""

from __future__ import annotations

import importlib
import json
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ... import _whole
from ...words import catalogue
from . import recording, script, timing, voice

#: Where the site takes the voice from.
STATIC = script.ROOT / "_build" / "static" / "lectures"
#: What is made of a lecture beside its sound.
FORMS = ("mp4", "png", "pdf", "pptx")
#: How far the loudness may lie from its target, in LU, and the highest true peak, in dB.
TOLERANCE, PEAK = 1.0, -1.0
#: How near to the target is enough before it is coded, in LU.
CLOSE = 0.3


@dataclass(frozen=True)
class Loudness:
    """Integrated loudness in LUFS and true peak in dB of a file."""

    integrated: float
    peak: float

    @property
    def right(self) -> bool:
        """Whether both are as they should be."""
        target = catalogue("lectures")["voice"]["loudness"]["target"]
        return abs(self.integrated - target) <= TOLERANCE and self.peak <= PEAK


def assemble(lecture: script.Lecture) -> Any:
    """The samples of a lecture: each clause at its time."""
    import numpy as np

    sound = importlib.import_module("soundfile")
    found = timing.schedule(lecture)
    whole = np.zeros(round(found.slides[-1].end * voice.RATE), dtype=np.float32)
    for clause in found.clauses:
        samples, rate = sound.read(str(voice.path(clause.key)), dtype="float32")
        if rate != voice.RATE:
            raise voice.VoiceError(f"{clause.key}.wav has {rate} samples a second")
        first = round(clause.start * voice.RATE)
        samples = samples[: len(whole) - first]
        whole[first : first + len(samples)] += samples
    return whole


def make(lecture: script.Lecture) -> Loudness:
    """Write voice, captions, chapters and what they speak of a lecture that has been spoken.

    VoiceError if it is not spoken, or is too loud or too soft in the end.
    """
    found = timing.timeline(lecture)
    if not found.voiced:
        raise voice.VoiceError(f"{lecture.name} is not spoken yet, or its words have changed")
    STATIC.mkdir(parents=True, exist_ok=True)
    words = catalogue("lectures")["voice"]
    with tempfile.TemporaryDirectory() as scratch, _whole.together() as meanwhile:
        raw, level = Path(scratch) / "raw.wav", Path(scratch) / "level.wav"
        if source := recording.of(lecture):
            shutil.copy(source, raw)
        else:
            sound = importlib.import_module("soundfile")
            sound.write(str(raw), assemble(lecture), voice.RATE, subtype="PCM_16")
        _levelled(raw, level, words["loudness"])
        opus, aac = Path(scratch) / "voice.opus", Path(scratch) / "voice.m4a"
        exact = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags", "+bitexact"]
        ffmpeg("-i", level, "-c:a", "libopus", "-b:a", words["opus"], *exact, opus)
        ffmpeg("-i", level, "-c:a", "aac", "-b:a", words["aac"], *exact,
                "-movflags", "+faststart", aac)  # fmt: skip
        heard = [loudness(opus), loudness(aac)]
        if wrong := next((h for h in heard if not h.right), None):
            raise voice.VoiceError(
                f"{lecture.name} has {wrong.integrated:.1f} LUFS and a peak of {wrong.peak:.1f} dB"
            )
        for file, ending in ((opus, "opus"), (aac, "m4a")):
            shutil.copy(file, meanwhile(STATIC / f"{lecture.name}.{ending}"))
    about = {
        "words": timing.words_hash(lecture),
        "duration": found.duration,
        "licence": words["licence"],
        "engine": words["engine"],
        "voice": words["voice"],
        "recorded": source is not None,
        "loudness": heard[0].integrated,
        "peak": max(h.peak for h in heard),
    }
    if stale(lecture):  # films and papers of other words
        for form in FORMS:
            (STATIC / f"{lecture.name}.{form}").unlink(missing_ok=True)
    content = json.dumps(about, indent=1) + "\n"
    _whole.write(STATIC / f"{lecture.name}.json", content.encode())
    return Loudness(heard[0].integrated, max(h.peak for h in heard))


def stale(lecture: script.Lecture) -> bool:
    """Whether the voice that is there speaks other words, or there is none."""
    there = STATIC / f"{lecture.name}.json"
    if not there.is_file():
        return True
    about = json.loads(there.read_text(encoding="utf-8"))
    return bool(about["words"] != timing.words_hash(lecture))


def loudness(file: Path) -> Loudness:
    """What ffmpeg measures of a file."""
    told = ffmpeg("-i", file, "-af", "ebur128=peak=true", "-f", "null", "-", level="info")
    return Loudness(
        _measured(r"I:\s+(-?[\d.]+) LUFS", told), _measured(r"Peak:\s+(\S+) dBFS", told)
    )


def _integrated(file: Path) -> float:
    """The loudness alone, which is quicker."""
    told = ffmpeg("-i", file, "-af", "ebur128", "-f", "null", "-", level="info")
    return _measured(r"I:\s+(-?[\d.]+) LUFS", told)


def _measured(pattern: str, told: str) -> float:
    """A number of the summary that ffmpeg prints."""
    found = re.search(pattern, told[max(0, told.rfind("Summary:")) :])
    if not found:
        raise voice.VoiceError("ffmpeg measured nothing: is there any sound?")
    return float(found[1])


def _levelled(raw: Path, level: Path, aim: dict[str, float]) -> None:
    """Bring a file to its loudness: measured, raised with a limiter, measured and raised again.

    The limit lies below PEAK by what the codecs add to it.
    """
    limit = 10 ** (aim["peak"] / 20)
    gain = aim["target"] - _integrated(raw)
    for _ in range(3):
        chain = (
            f"volume={gain:.2f}dB,aresample=96000,"
            f"alimiter=limit={limit:.4f}:attack=4:release=60:level=false,aresample=48000"
        )
        ffmpeg("-i", raw, "-af", chain, "-ac", "1", "-c:a", "pcm_s16le", level)
        left = aim["target"] - _integrated(level)
        if abs(left) <= CLOSE:
            break
        gain += left


def ffmpeg(*arguments: str | Path, level: str = "error") -> str:
    """Run ffmpeg; what it says. VoiceError with its last line if it fails."""
    if not shutil.which("ffmpeg"):
        raise voice.VoiceError("ffmpeg is missing: apt install ffmpeg")
    command = ["ffmpeg", "-hide_banner", "-nostdin", "-y", "-loglevel", level, *map(str, arguments)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=1800)
    if run.returncode:
        raise voice.VoiceError(f"ffmpeg: {(run.stderr.strip().splitlines() or ['failed'])[-1]}")
    return run.stderr

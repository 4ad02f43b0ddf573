"""What is written is said as a banker says it, and what cannot be said is named."""

from __future__ import annotations

import re

import pytest

from casebook.web.lectures import script, spoken, timing
from casebook.words import catalogue

LECTURES = script.names()
#: The alphabet of the voice (misaki's for English), with stress and the length of a pause.
SOUNDS = set("AIOWYbdfhijklmnpstuvwzðŋɑɔəɛɜɡɪɹʃʊʌʒʤʧˈˌθᵊᵻæT ")


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("43.1%", "forty-three point one percent"),
        ("2.90% a year", "two point nine percent a year"),
        ("0.05%", "zero point zero five percent"),
        ("10.0%", "ten percent"),
        ("250 basis points", "two hundred and fifty basis points"),
        ("in 2025", "in twenty twenty-five"),
        ("in 1999 and 2008", "in nineteen ninety-nine and two thousand and eight"),
        ("2,025 units", "two thousand and twenty-five units"),
        ("month 14", "month fourteen"),
        ("3–5 months", "three to five months"),
        ("1.30×", "one point three times"),
        ("−0.61", "minus zero point six one"),
        ("EUR 1", "one euro"),
        ("EUR 1 million", "one million euros"),
        ("USD 12,400", "twelve thousand four hundred dollars"),
        ("the 5th payment", "the fifth payment"),
        ("it pays – in the end – all", "it pays, in the end, all"),
        ("“Made,” he says.", "Made, he says."),
    ],
)
def test_numbers_are_said(written: str, told: str) -> None:
    assert spoken.said(written) == told


def test_money_is_said_behind_its_number() -> None:
    told = spoken.said("CNY 15.5 million of CNY −300 thousand")
    yuan = catalogue("lectures")["spoken"]["words"]["yuan"]
    assert told == f"fifteen point five million {yuan} of minus three hundred thousand {yuan}"


def test_abbreviations_are_spelled_and_names_have_sounds() -> None:
    told = spoken.said("Baishan’s DSCR, two LGDs, an SME")
    assert told == "/bˌIʃˈɑnz/ /dˌi ˌɛs sˌi ˈɑɹ/, two /ˌɛl ʤˌi dˈiz/, an /ˌɛs ˌɛm ˈi/"
    assert spoken.said("RAROC and Z″") == "/ɹˈAɹˌɑk/ and /zˈi dˈʌbᵊl pɹˈIm/"


@pytest.mark.parametrize("text", ["a → b", "x = 3", "50 & 60", "§ 3", "银行"])
def test_what_cannot_be_said_is_named(text: str) -> None:
    with pytest.raises(spoken.Unsayable, match="cannot be spoken"):
        spoken.said(text)


def test_the_lexicon_has_sounds_that_the_voice_has() -> None:
    words = catalogue("lectures")["spoken"]
    for entry in [*words["words"].values(), *(f"/{x}/" for x in words["letters"].values())]:
        if entry.startswith("/"):
            assert set(entry.strip("/")) <= SOUNDS, entry
        else:
            assert re.fullmatch(r"[a-z ]+", entry), entry


def test_clauses_are_the_paragraph() -> None:
    text = (
        "No. It may send letters; it may liquidate, which means that plant, stock and receivables "
        "are sold one by one to whoever wants them. Or it may agree a plan."
    )
    found = spoken.clauses(text)
    assert " ".join(found) == text
    assert len(found) >= 3
    assert all(len(clause) <= spoken.LONG for clause in found)


@pytest.mark.parametrize("name", LECTURES)
def test_every_lecture_can_be_said(name: str) -> None:
    lecture = script.read(script.FOLDER / f"{name}.md")
    for written, told, _ in timing.sayings(lecture):
        assert told and not re.search(r"\d", told)
        # no word is lost: what has no number, name or abbreviation is said as it is written
        if not re.search(r"\d|[A-Z]{2}|/", written + told):
            plain = re.sub(r"[^\w\s]", "", written).split()
            assert re.sub(r"[^\w\s]", "", told).split() == plain


def test_the_same_words_have_one_key_and_other_words_another() -> None:
    assert spoken.key("ten percent") == spoken.key("ten percent")
    assert spoken.key("ten percent") != spoken.key("eleven percent")

"""What a test of a lecture asks of it: its words, in the order in which they are heard."""

from __future__ import annotations

from functools import cache

from casebook.explore import setting
from casebook.web.lectures import script
from casebook.web.lectures.script import Lecture, Move, Say


@cache
def lecture(name: str) -> Lecture:
    """A lecture of the book."""
    return script.read(script.FOLDER / f"{name}.md")


def moved(asked: str):
    """The run after a move, `model.slider=value`, from the base case."""
    return setting.run(*asked.split(".", 1))


def heard(told: Lecture) -> str:
    """Points and words of all slides, in order and written out."""
    return " ".join(
        text
        for slide in told.slides
        for text in (*map(script.plain, slide.points), *(say.text for say in slide.spoken))
    )


def says(name: str, *words: str) -> bool:
    """Whether each of these words is heard; a test of a claim quotes it."""
    text = heard(lecture(name))
    for part in words:
        assert part in text, part
    return True


def shape(name: str) -> tuple[int, int, int, bool]:
    """Slides, questions, moves, and whether the last thing said is a question."""
    told = lecture(name)
    parts = [part for slide in told.slides for part in slide.parts]
    spoken = [part for part in parts if isinstance(part, Say)]
    return (
        len(told.slides),
        sum(say.question and say.wait > 0 for say in spoken),
        sum(isinstance(part, Move) for part in parts),
        spoken[-1].question and spoken[-1].wait == 10,
    )


def asked_first(name: str, slide_title: str, answer: str) -> bool:
    """Whether a slide asks before it says the answer, and nobody has said it until then."""
    said = [
        (slide.title, say.question, say.text)
        for slide in lecture(name).slides
        for say in slide.spoken
    ]
    question = next(k for k, (at, asks, _) in enumerate(said) if at == slide_title and asks)
    answers = [k for k, (_, asks, text) in enumerate(said) if answer in text and not asks]
    return bool(answers) and answers[0] > question and said[answers[0]][0] == slide_title

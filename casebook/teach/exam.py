"""An exam: items of a bank chosen by a seed, balanced over objectives and levels, written out.

The same seed gives the same exam; another gives other items, other numbers and another order of
the answers. An item without ranges has the numbers of the base case in every exam.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from . import say, variants
from .bank import LEVELS, Bank, Item
from .errors import refused
from .variants import Answer, Posed

#: Of a kind that takes long to write and to mark an exam has fewer, by as many.
SLOW = {"essay": 2}
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Question:
    """A question of an exam: the item written out, its answers in the order in which they stand.

    `order`: for each line of `lines` its place in the right order, the first 0.
    """

    number: int
    posed: Posed
    options: tuple[Answer, ...]
    lines: tuple[str, ...]
    order: tuple[int, ...]

    @property
    def item(self) -> Item:
        """The item of the bank."""
        return self.posed.item

    @property
    def name(self) -> str:
        """A name that no other question of the exam has."""
        return f"{self.number:02d}-{self.item.id}"

    @property
    def points(self) -> int:
        """What it is worth."""
        if self.item.kind == "essay":
            return self.posed.points
        worth: int = say.words()["worth"][self.item.kind]
        return worth

    @property
    def right(self) -> tuple[str, ...]:
        """The letters of what is right; of an order, the letters from the first to the last."""
        if self.lines:
            return tuple(LETTERS[self.order.index(place)] for place in range(len(self.order)))
        return tuple(LETTERS[i] for i, option in enumerate(self.options) if option.right)


@dataclass(frozen=True)
class Exam:
    """An exam of one bank."""

    bank: Bank
    seed: int
    questions: tuple[Question, ...]

    @property
    def points(self) -> int:
        """What all questions are worth."""
        return sum(question.points for question in self.questions)


def compose(bank: Bank, items: int, seed: int) -> Exam:
    """An exam of so many items; TeachError says how many there are."""
    if not 1 <= items <= len(bank.items):
        raise refused("count", bank.name, items=items, most=len(bank.items))
    draw = random.Random(f"{bank.name} {seed}")
    chosen = choose(bank, items, draw)
    return Exam(bank, seed, tuple(_question(bank, item, number, seed, draw)
                                  for number, item in enumerate(chosen, 1)))  # fmt: skip


def choose(bank: Bank, items: int, draw: random.Random) -> list[Item]:
    """Items by chance, each time one of an objective, a level and a kind that has fewest so far.

    They stand by objective as in the bank, the easy ones first; essays come last.
    """
    waiting = draw.sample(bank.items, len(bank.items))
    objectives, levels, kinds = Counter[str](), Counter[str](), Counter[str]()
    chosen: list[Item] = []
    while len(chosen) < items:
        item = min(waiting, key=lambda i: (
            objectives[i.objective], levels[i.level], kinds[i.kind] + SLOW.get(i.kind, 0)
        ))  # fmt: skip
        waiting.remove(item)
        chosen.append(item)
        objectives[item.objective] += 1
        levels[item.level] += 1
        kinds[item.kind] += 1
    places = list(bank.objectives)
    return sorted(chosen, key=lambda i: (
        i.kind == "essay", places.index(i.objective), LEVELS.index(i.level), i.id
    ))  # fmt: skip


def _question(bank: Bank, item: Item, number: int, seed: int, draw: random.Random) -> Question:
    """An item of an exam, its numbers drawn where it has ranges."""
    if item.ranges:
        (posed,) = variants.drawn(bank, item, 1, seed)
    else:
        posed = variants.base_case(bank, item)
    return laid_out(posed, number, draw)


def laid_out(posed: Posed, number: int, draw: random.Random) -> Question:
    """A question, its answers and lines shuffled."""
    order = _shuffled(range(len(posed.sequence)), draw)
    return Question(
        number,
        posed,
        tuple(draw.sample(posed.options, len(posed.options))),
        tuple(posed.sequence[place] for place in order),
        tuple(order),
    )


def _shuffled(places: Sequence[int], draw: random.Random) -> list[int]:
    """Another order than the right one."""
    found = list(places)
    while len(found) > 1 and found == sorted(places):
        draw.shuffle(found)
    return found

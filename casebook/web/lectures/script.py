"""A lecture as its file tells it: slides, what is said on each, when a slider moves.

The file is a page of the book, `book/lectures/<name>.md`. Below its title stands what the page says
of the lecture; each heading of level 2 starts a slide with at most three points, one figure, and
what happens on it in order:

    {say}                  what is spoken, in paragraphs
    {question} SECONDS     spoken too; then the voice waits for the viewer
    {move} MODEL.SETTING   a slider of the slide's explorer moves (as for the role {try})
    {notes} MINUTES        for a lecturer: what to ask and expect; minutes with the talk

What is said has {num} and {at} roles, emphasis and nothing else. `plain` writes it out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from markdown_it import MarkdownIt
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.front_matter import front_matter_plugin

from ...numbers import number
from ..build import trace
from ..sphinx import moves
from .tongue import ENGLISH, HERE

if TYPE_CHECKING:
    from markdown_it.token import Token

    from ...shape import Value

ROOT = trace.ROOT
FOLDER = ROOT / "book" / "lectures"
#: The lectures in the first language.
FIRST = trace.REPOSITORY / "book" / "lectures"
#: Longest title and point of a slide, in characters written out; most points; longest sentence.
TITLE, POINT, POINTS, WORDS = HERE.title, HERE.point, 3, HERE.longest
#: What a slide may show; the argument is that of the directive of the same name.
SHOWS = ("picture", "exhibit", "explorer")

_BOX = re.compile(r"\{([\w-]+)\}\s*(.*)")
_ROLE = re.compile(r"\{(\w+)\}`([^`]+)`")


class ScriptError(ValueError):
    """A lecture whose file does not keep the rules: each line names the place and what is wrong."""


@dataclass(frozen=True)
class Say:
    """A paragraph that is spoken, as the file has it; `wait` seconds of silence follow."""

    source: str
    wait: float = 0.0
    question: bool = False

    @property
    def text(self) -> str:
        """The paragraph as captions and transcript show it."""
        return plain(self.source)

    @property
    def sentences(self) -> list[str]:
        """Its sentences, written out."""
        return HERE.split(self.text)


@dataclass(frozen=True)
class Move:
    """A slider, or a preset, that moves: the values that `model` then has beside its base."""

    asked: str
    model: str
    values: dict[str, Value]


@dataclass(frozen=True)
class Slide:
    """A slide: `shows` is a directive and its argument; `parts` happen in this order."""

    id: str
    title: str
    points: tuple[str, ...]
    shows: tuple[str, str] | None
    parts: tuple[Say | Move, ...]
    notes: str
    minutes: float

    @property
    def spoken(self) -> list[Say]:
        """What is said, without the moves."""
        return [part for part in self.parts if isinstance(part, Say)]


@dataclass(frozen=True)
class Lecture:
    """A lecture: name, the model that it is about ("book": none), title, what its page says."""

    name: str
    model: str
    title: str
    about: str
    slides: tuple[Slide, ...]

    @property
    def minutes(self) -> float:
        """Minutes in class, with the talk."""
        return sum(slide.minutes for slide in self.slides)

    @property
    def words(self) -> int:
        """How many words are spoken."""
        return sum(len(HERE.words(say.text)) for slide in self.slides for say in slide.spoken)


def plain(source: str) -> str:
    """Text of a lecture written out: numbers for their roles, no emphasis, one line.

    KeyError names a number or a setting that there is not, ValueError a role.
    """
    text = re.sub(r"\*+([^*]+)\*+", r"\1", _ROLE.sub(_role, source))
    return " ".join(text.split())


def _role(match: re.Match[str]) -> str:
    name, text = match.groups()
    if name == "num":
        return number(text)
    if name == "at":
        return moves.at(text)
    raise ValueError(f"a lecture says no role {name!r}; allowed: num, at")


def names() -> list[str]:
    """The lectures that there are, in the order of the table of contents where it has them."""
    listed = re.findall(r"book/lectures/(\w+)$", _contents(), re.M)
    there = sorted(path.stem for path in FOLDER.glob("*.md") if is_lecture(path))
    return sorted(there, key=lambda name: listed.index(name) if name in listed else len(listed))


@cache
def _contents() -> str:
    return (ROOT / "_toc.yml").read_text(encoding="utf-8")


def is_lecture(path: Path) -> bool:
    """Whether a file is a lecture: its head says so."""
    return path.read_text(encoding="utf-8").startswith("---\nlecture:")


def read(path: Path) -> Lecture:
    """The lecture of a file; ScriptError for all that does not keep the rules."""
    return _Reader(path).lecture()


class _Reader:
    """Reads one file and collects what is wrong with it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines = path.read_text(encoding="utf-8").splitlines()
        self.wrong: list[str] = []
        self.ids: dict[int, str] = {}

    def refuse(self, line: int, text: str) -> None:
        """Note that something at a line is wrong."""
        self.wrong.append(f"{self.path.name}:{line + 1}: {text}")

    def lecture(self) -> Lecture:
        """The lecture, or what is wrong with it."""
        parser = MarkdownIt("commonmark").use(front_matter_plugin).use(colon_fence_plugin)
        tokens = [t for t in parser.parse("\n".join(self.lines)) if t.level == 0 and t.map]
        head = self.head(tokens.pop(0) if tokens and tokens[0].type == "front_matter" else None)
        starts = [k for k, t in enumerate(tokens) if t.type == "heading_open"]
        levels = [tokens[k].tag for k in starts]
        if levels[:1] != ["h1"] or set(levels[1:]) != {"h2"}:
            self.refuse(0, "a lecture has one heading of level 1, then slides of level 2")
            raise ScriptError("\n".join(self.wrong))
        ends = [*starts[1:], len(tokens)]
        titled = [_lines(tokens[k])[0] for k in starts[1:]]
        self.ids = dict(zip(titled, self.identities(titled), strict=True))
        first = _lines(tokens[starts[0]])
        until = _lines(tokens[starts[1]])[0]
        slides = tuple(
            self.slide(tokens[k:end]) for k, end in zip(starts[1:], ends[1:], strict=True)
        )
        if len({slide.id for slide in slides}) != len(slides):
            self.refuse(0, "two slides have the same title")
        if self.wrong:
            raise ScriptError("\n".join(self.wrong))
        title = self.lines[first[0]].lstrip("# ")
        about = "\n".join(self.lines[first[1] : until]).strip()
        return Lecture(self.path.stem, head["model"], title, about, slides)

    def identities(self, titled: list[int]) -> list[str]:
        """The names of the slides, from their titles: in every language those of the first."""
        english = FIRST / self.path.name
        heads = [self.lines[line] for line in titled]
        if HERE is not ENGLISH and english.is_file():
            heads = re.findall(r"^## .*$", english.read_text(encoding="utf-8"), re.MULTILINE)
            if len(heads) != len(titled):
                self.refuse(0, f"the English lecture has {len(heads)} slides")
                heads = [str(line) for line in titled]
        return [re.sub(r"[^a-z0-9]+", "-", head.lower()).strip("-") for head in heads]

    def head(self, token: Token | None) -> dict[str, Any]:
        """The front matter: the lecture's name and its model."""
        found = yaml.safe_load(token.content) if token else {}
        if set(found) != {"lecture", "model"} or found["lecture"] != self.path.stem:
            self.refuse(0, f"the head says lecture: {self.path.stem} and model: …, and no more")
            raise ScriptError("\n".join(self.wrong))
        return dict(found)

    def slide(self, tokens: list[Token]) -> Slide:
        """The slide that a heading starts."""
        line = title_line = _lines(tokens[0])[0]
        title = self.written(line, self.lines[line].lstrip("# "))
        if len(title) > TITLE or ":" in title:
            self.refuse(line, f"a title has at most {TITLE} characters and no colon")
        points: list[str] = []
        shows: list[tuple[str, str]] = []
        parts: list[Say | Move] = []
        notes = [("", 0.0)]
        for token in tokens[1:]:
            line = _lines(token)[0]
            if token.type == "bullet_list_open":
                points += self.points(token)
            elif token.type in ("fence", "colon_fence") and (box := _BOX.match(token.info)):
                kind, argument = box[1], box[2].strip()
                if kind in SHOWS:
                    shows.append((kind, argument))
                elif kind == "notes":
                    notes.append((token.content.strip(), self.seconds(line, argument)))
                elif kind == "move":
                    parts += self.move(line, argument, shows)
                elif kind in ("say", "question"):
                    parts += self.said(line, kind, argument, token.content)
                else:
                    self.refuse(line, f"a slide has no {{{kind}}}; allowed: {', '.join(SHOWS)}, "
                                "say, question, move, notes")  # fmt: skip
            elif token.type not in ("heading_close", "bullet_list_close"):
                self.refuse(line, "a slide has a list of points and boxes, no other text")
        if len(points) > POINTS or len(shows) > 1 or len(notes) > 2:
            self.refuse(line, f"a slide has at most {POINTS} points, one figure, one {{notes}}")
        if not any(isinstance(part, Say) for part in parts):
            self.refuse(line, "nothing is said on this slide")
        shown = shows[0] if shows else None
        return Slide(self.ids[title_line], title, tuple(points), shown, tuple(parts), *notes[-1])

    def points(self, token: Token) -> Iterator[str]:
        """The points of a list, as the file has them; their length is that of what is shown."""
        first, last = _lines(token)
        for point in re.split(r"\n(?=- )", "\n".join(self.lines[first:last]).strip()):
            source = " ".join(point.removeprefix("- ").split())
            if len(self.written(first, source)) > POINT:
                self.refuse(first, f"a point has at most {POINT} characters: {source[:40]}…")
            yield source

    def said(self, line: int, kind: str, argument: str, content: str) -> Iterator[Say]:
        """The paragraphs of a box that is spoken."""
        wait = self.seconds(line, argument) if kind == "question" else 0.0
        paragraphs = [p for p in re.split(r"\n\s*\n", content.strip()) if p]
        for k, paragraph in enumerate(paragraphs):
            last = k == len(paragraphs) - 1
            say = Say(paragraph, wait if last else 0.0, kind == "question")
            text = self.written(line, paragraph)
            if refused := HERE.refused.search(_ROLE.sub("", paragraph)):
                self.refuse(line, f"{refused[0]!r} cannot be spoken")
            for sentence in HERE.split(text):
                if len(HERE.words(sentence)) > WORDS:
                    self.refuse(line, f"more than {WORDS} words: {sentence[:60]}…")
            yield say

    def move(self, line: int, argument: str, shows: list[tuple[str, str]]) -> Iterator[Move]:
        """The move of a slider; the slide has the explorer of its model."""
        try:
            model, values = moves.setting(argument)
        except KeyError as error:
            self.refuse(line, error.args[0])
            return
        if ("explorer", model) not in shows:
            self.refuse(line, f"the slide has no explorer of {model} above this move")
        yield Move(argument, model, dict(values))

    def seconds(self, line: int, argument: str) -> float:
        """The number behind {question} or {notes}."""
        if not re.fullmatch(r"\d+(\.\d+)?", argument):
            self.refuse(line, f"{argument!r} is no number of seconds or minutes")
            return 0.0
        return float(argument)

    def written(self, line: int, source: str) -> str:
        """The source written out, or as it is where that fails."""
        try:
            return plain(source)
        except (KeyError, ValueError) as error:
            self.refuse(line, error.args[0])
            return source


def _lines(token: Token) -> tuple[int, int]:
    """First line of a token and the one after its last."""
    assert token.map is not None
    return token.map[0], token.map[1]

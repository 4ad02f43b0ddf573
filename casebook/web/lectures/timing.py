"""When each thing of a lecture happens: slides, captions, moves.

`schedule` lays the clauses that are spoken one after another. How long each takes stands in the
manifest in git, data/lectures/<name>.toml, by `spoken.key`: a clause with a changed number is not
in it, its length is estimated, and the lecture is not `voiced` until it is spoken again. A manifest
of a recording has the start and end of every clause instead, and holds for those words only.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any

from ...words import DATA, catalogue
from . import cutting, script, spoken
from .tongue import HERE

#: The manifests of durations.
FOLDER = DATA / "lectures"
#: Behind the name of a caption that repeats a question while the voice is silent, and how long a
#: silence must be for that. A transcript leaves these captions out.
AGAIN, LONG_SILENCE = "again", 3.0


@dataclass(frozen=True)
class Cue:
    """A caption: seconds, lines, the number of its slide, whether it asks the viewer."""

    id: str
    start: float
    end: float
    lines: tuple[str, ...]
    slide: int
    question: bool

    @property
    def text(self) -> str:
        """The caption as one line."""
        return HERE.joined(list(self.lines))


@dataclass(frozen=True)
class Span:
    """The seconds of a slide."""

    id: str
    start: float
    end: float


@dataclass(frozen=True)
class Moved:
    """A move of a slider, and when it happens."""

    at: float
    slide: int
    move: script.Move


@dataclass(frozen=True)
class Clause:
    """What is spoken in one breath: as written, as said, when, on which slide.

    `until` is the end of the silence behind it, as far as its caption may stay.
    """

    text: str
    said: str
    start: float
    end: float
    until: float
    slide: int
    question: bool

    @property
    def key(self) -> str:
        """Its name in the manifest."""
        return spoken.key(self.said)


@dataclass(frozen=True)
class Schedule:
    """The clauses of a lecture in order, its slides and moves; `voiced` as in Timeline."""

    clauses: tuple[Clause, ...]
    slides: tuple[Span, ...]
    moves: tuple[Moved, ...]
    voiced: bool


@dataclass(frozen=True)
class Timeline:
    """A lecture in time. `voiced`: the lengths are those of a voice for exactly these words."""

    duration: float
    slides: tuple[Span, ...]
    cues: tuple[Cue, ...]
    moves: tuple[Moved, ...]
    voiced: bool


def answers(lecture: script.Lecture) -> dict[int, float]:
    """Slide with a figure and a question -> second at which its last question may be answered.

    What the figure says is hidden until then.
    """
    asking = (clause for clause in schedule(lecture).clauses if clause.question)
    pictured = {k for k, s in enumerate(lecture.slides) if s.shows and s.shows[0] == "picture"}
    return {clause.slide: clause.until for clause in asking if clause.slide in pictured}


def timeline(lecture: script.Lecture) -> Timeline:
    """Slides, captions and moves of a lecture; spoken.Unsayable names the slide and the text."""
    found = schedule(lecture)
    cues = tuple(_cues(lecture, found))
    return Timeline(found.slides[-1].end, found.slides, cues, found.moves, found.voiced)


def words_hash(lecture: script.Lecture) -> str:
    """What names the words of a lecture and their times: a voice of another is stale."""
    found = schedule(lecture)
    told: list[Any] = [[c.key, round(c.start, 3), c.slide] for c in found.clauses]
    told += [asdict(span) for span in found.slides]
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


def manifest(name: str) -> dict[str, Any]:
    """The manifest of a lecture; empty if it has none."""
    path = FOLDER / f"{name}.toml"
    return tomllib.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def sayings(lecture: script.Lecture) -> list[tuple[str, str, int]]:
    """All that is spoken, clause by clause: as written, as said, number of the slide."""
    return [
        (text, _said(slide, text), k)
        for k, slide in enumerate(lecture.slides)
        for say in slide.spoken
        for text in spoken.clauses(say.text)
    ]


def recorded_for(parts: list[tuple[str, str, int]]) -> str:
    """What names the words of a recording: other words are not what it says."""
    told = "\n".join(text for text, _, _ in parts)
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def schedule(lecture: script.Lecture) -> Schedule:
    """The clauses of a lecture with their times, from its manifest or estimated."""
    stored = manifest(lecture.name)
    if recording := stored.get("recording"):
        found = sayings(lecture)
        if recording["words"] == recorded_for(found):
            return _recorded(lecture, recording)
        stored = {}
    return _Layer(lecture, stored.get("clauses", {})).schedule()


class _Layer:
    """Lays the parts of a lecture one after another."""

    def __init__(self, lecture: script.Lecture, lengths: dict[str, float]) -> None:
        words = catalogue("lectures")["voice"]
        self.lecture, self.lengths = lecture, lengths
        self.pauses: dict[str, float] = words["pauses"]
        self.fixed: float = words["estimate"]
        self.now, self.voiced = 0.0, True
        self.clauses: list[Clause] = []
        self.moves: list[Moved] = []

    def schedule(self) -> Schedule:
        """Everything laid."""
        spans = []
        for k, slide in enumerate(self.lecture.slides):
            start, first = self.now, len(self.clauses)
            self.now += self.pauses["before"]
            for n, part in enumerate(slide.parts):
                if isinstance(part, script.Move):
                    self.move(part, k, first)
                else:
                    self.say(slide, part, k, silence=0 if n == len(slide.parts) - 1 else None)
            self.now = round(self.now + self.pauses["after"], 3)
            self.hold(first)
            spans.append(Span(slide.id, start, self.now))
        return Schedule(tuple(self.clauses), tuple(spans), tuple(self.moves), self.voiced)

    def move(self, part: script.Move, k: int, first: int) -> None:
        """A move of a slider, with time to see what it does."""
        if not self.moves or self.moves[-1].at < self.now - self.pauses["moved"] - 0.01:
            self.now += self.pauses["move"]
        self.hold(first)
        self.moves.append(Moved(round(self.now, 3), k, part))
        self.now += self.pauses["moved"]

    def say(self, slide: script.Slide, say: script.Say, k: int, silence: float | None) -> None:
        """A paragraph, and the silence behind it."""
        texts = spoken.clauses(say.text)
        for n, text in enumerate(texts):
            told, last = _said(slide, text), n == len(texts) - 1
            length = self.length(told)
            pause = self.pauses["sentence" if text[-1] in HERE.ends else "clause"]
            if last:
                pause = say.wait or (self.pauses["paragraph"] if silence is None else silence)
            # a caption must be readable: its time is at least that of its characters
            needed = len(text) / cutting.RATE + 0.01
            least = pause + (self.pauses["after"] if last and silence == 0 else 0.0)
            pause += max(0.0, needed - length - least)
            start = round(self.now, 3)
            end = round(start + length, 3)
            self.now = round(end + pause, 3)
            self.clauses.append(Clause(text, told, start, end, self.now, k, say.question))

    def hold(self, first: int) -> None:
        """The caption of the last clause stays until now."""
        if len(self.clauses) > first:
            self.clauses[-1] = replace(self.clauses[-1], until=self.now)

    def length(self, told: str) -> float:
        """Seconds of a clause, from the manifest or as its characters let expect."""
        found = self.lengths.get(spoken.key(told))
        if found is None:
            self.voiced = False
            return self.fixed + len(told) / HERE.spoken
        return found


def _recorded(lecture: script.Lecture, recording: dict[str, Any]) -> Schedule:
    """The clauses at the times that a recording has; slides change half-way between theirs."""
    found = sayings(lecture)
    times: list[list[float]] = recording["times"]
    starts = [*(start for start, _ in times), recording["duration"]]
    clauses = []
    parts = [say for slide in lecture.slides for say in slide.spoken
             for _ in spoken.clauses(say.text)]  # fmt: skip
    edges = [0.0]
    for n, ((text, told, k), (start, end)) in enumerate(zip(found, times, strict=True)):
        turn = n + 1 == len(found) or found[n + 1][2] != k
        middle = turn and n + 1 < len(found)
        until = round((end + starts[n + 1]) / 2, 3) if middle else starts[n + 1]
        clauses.append(Clause(text, told, start, end, until, k, parts[n].question))
        if turn:
            edges.append(until)
    spans = tuple(Span(slide.id, edges[k], edges[k + 1]) for k, slide in enumerate(lecture.slides))
    moves, n = [], 0
    for k, slide in enumerate(lecture.slides):
        for part in slide.parts:
            if isinstance(part, script.Say):
                n += len(spoken.clauses(part.text))
            else:
                at = clauses[n - 1].end if n and clauses[n - 1].slide == k else spans[k].start
                moves.append(Moved(at, k, part))
    return Schedule(tuple(clauses), spans, tuple(moves), True)


def _cues(lecture: script.Lecture, found: Schedule) -> Iterator[Cue]:
    """The captions of the clauses; a long clause has several, in proportion to what is said."""
    count = 0
    for clause in found.clauses:
        texts = cutting.pieces(clause.text)
        weights = [len(_said(lecture.slides[clause.slide], text)) for text in texts]
        start, whole = clause.start, sum(weights)
        for n, text in enumerate(texts):
            end = clause.until
            if n < len(texts) - 1:
                share = sum(weights[: n + 1]) / whole
                rest = sum(map(len, texts[n + 1 :])) / cutting.RATE
                end = clause.start + share * (clause.end - clause.start)
                end = min(end, clause.until - rest)
                end = round(max(end, start + len(text) / cutting.RATE + 0.001), 3)
            count += 1
            shown = cutting.lines(text) or (text,)
            again = _again(clause, found) if n == len(texts) - 1 else None
            if again is None:
                yield Cue(f"c{count}", start, end, shown, clause.slide, clause.question)
            else:
                told = max(clause.end, start + len(text) / cutting.RATE + 0.001)
                yield Cue(f"c{count}", start, round(told, 3), shown, clause.slide, True)
                yield Cue(f"c{count}{AGAIN}", round(told, 3), end, again, clause.slide, True)
            start = end


def _again(clause: Clause, found: Schedule) -> tuple[str, ...] | None:
    """The question, for the silence behind it, if it is not what the last caption of it says."""
    if not clause.question or clause.until - clause.end < LONG_SILENCE:
        return None
    here = [c for c in found.clauses if c.slide == clause.slide and c.question]
    n = next(k for k, c in enumerate(here) if c is clause)
    before = next((k for k in range(n, 0, -1) if here[k - 1].until - here[k - 1].end > 2), 0)
    text = HERE.joined([c.text for c in here[before : n + 1]])
    asked = [sentence for sentence in spoken.sentences(text) if sentence.endswith(HERE.asks)]
    lines = cutting.lines(asked[-1]) if asked else None
    return None if lines is None or asked[-1] == cutting.pieces(clause.text)[-1] else lines


def _said(slide: script.Slide, text: str) -> str:
    """What is said; an error names the slide too."""
    try:
        return spoken.said(text)
    except spoken.Unsayable as error:
        raise spoken.Unsayable(f"“{slide.title}”: {error}") from None

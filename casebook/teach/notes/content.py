"""What stands in a teaching note, in the order in which a lecturer needs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ...explore import setting as settings
from . import board, markdown, pages, source
from .markdown import Block
from .paper import Paper
from .source import Note, NoteError

#: The plans of a note: minutes of the hour, and of the double hour.
PLANS = {"plan45": 45, "plan90": 90}


def note(of: Note) -> Paper:
    """The teaching note; NoteError for a section that is missing."""
    words = source.words()
    parts = (
        _prose(of, "synopsis"),
        _audience(of),
        _objectives(of),
        _opening(of),
        _plans(of),
        _board(of),
        _moves(of),
        _slides(of),
        _analysis(of),
        _rubric(of),
        _prose(of, "next"),
        _cut(of),
        _roles(of),
        _handouts(),
    )
    return Paper(
        kicker=words["note"]["kicker"],
        title=pages.title(of.case),
        under=words["note"]["under"].format(case=words["cases"][of.case]),
        foot=words["note"]["foot"],
        blocks=tuple(block for part in parts for block in part),
    )


def headed(title: str, level: int = 2) -> Block:
    """A heading."""
    return {"k": "h", "level": level, "runs": markdown.runs(title)}


def said(text: str) -> Block:
    """A paragraph of one line of Markdown."""
    return {"k": "p", "runs": markdown.runs(text)}


def lead(text: str) -> Block:
    """A paragraph that stays with what follows it."""
    return said(text) | {"stick": True}


def listed(texts: list[str], kind: str = "ul") -> Block:
    """A list of lines of Markdown."""
    return {"k": kind, "items": [[said(text)] for text in texts]}


def _title(key: str) -> str:
    return str(source.words()["sections"][key])


def _section(of: Note, title: str) -> list[Block]:
    if title not in of.sections:
        raise NoteError(f"{of.case}: no section {title!r}; there are: {', '.join(of.sections)}")
    return markdown.blocks(of.sections[title])


def _prose(of: Note, key: str) -> list[Block]:
    """A section of the note as it stands."""
    return [headed(_title(key)), *_section(of, _title(key))]


def _audience(of: Note) -> list[Block]:
    before = lead(source.words()["note"]["prerequisites"])
    return [*_prose(of, "audience"), before, listed(of.head["prerequisites"])]


def _objectives(of: Note) -> list[Block]:
    """The objectives with the questions that serve them, then the questions of the page."""
    words = source.words()["heads"]
    serves: Mapping[str, list[int]] = of.head["serves"]
    rows = [
        (text, ", ".join(map(str, serves.get(name, ()))))
        for name, text in of.head["objectives"].items()
    ]
    table = markdown.cells(words["objectives"], rows)
    questions = pages.questions(of.case)
    return [
        headed(_title("objectives")),
        table | {"shares": [1, 0]},
        headed(_title("questions")),
        said(source.words()["note"]["questions"]),
        {"k": "ol", "items": [markdown.blocks(text) for text in questions.values()]},
    ]


def _opening(of: Note) -> list[Block]:
    vote = source.vote(of.case) | of.head["vote"]
    words = source.words()["note"]
    box = {
        "k": "box",
        "whole": True,
        "title": words["vote"],
        "blocks": [said(vote["ask"]), listed(vote["options"]), said(vote["before"]),
                   said(vote["after"]), said(words["how"])],
    }  # fmt: skip
    return [*_prose(of, "opening"), box]


def _plans(of: Note) -> list[Block]:
    words = source.words()
    made = [headed(_title("plan")), lead(words["note"]["plan"])]
    for key in PLANS:
        steps: list[Mapping[str, Any]] = of.head[key]
        rows, clock = [], 0
        for step in steps:
            told, talk = step["minutes"], step["talk"]
            rows.append([f"{clock}", step["do"], f"{told}", f"{talk}"])
            clock += told + talk
        told, talk = (sum(step[x] for step in steps) for x in ("minutes", "talk"))
        rows.append([f"**{clock}**", f"**{words['note']['total']}**", f"**{told}**", f"**{talk}**"])
        made.append(headed(words["plans"][key], 3))
        made.append(markdown.cells(words["heads"]["plan"], rows) | {
            "shares": [0, 1, 0, 0], "right": [True, False, True, True]})  # fmt: skip
    return made


def _board(of: Note) -> list[Block]:
    figure = {"k": "figure", "picture": board.board(of.head["board"]), "share": 1.0}
    return [headed(_title("board")), lead(source.words()["note"]["board"]), figure]


def _moves(of: Note) -> list[Block]:
    words = source.words()
    rows = [(move["when"], _setting(of.case, move["set"]), move["see"])
            for move in of.head["moves"]]  # fmt: skip
    table = markdown.cells(words["heads"]["moves"], rows)
    return [headed(_title("moves")), lead(words["note"]["moves"].format(case=of.case)),
            table | {"shares": [1.1, 1.1, 2.4]}]  # fmt: skip


def _setting(case: str, setting: str) -> str:
    """A setting as the explorer names it: the label of each slider and its value."""
    run = settings.run(case, setting).assumptions
    specs = run.spec.assumptions
    names = settings.values(case, setting)
    return "; ".join(f"{specs[n].label}: **{specs[n].write(getattr(run, n))}**" for n in names)


def _slides(of: Note) -> list[Block]:
    found = pages.slides(of.case)
    if not found:
        return []
    words = source.words()
    serves: Mapping[str, list[int]] = of.head["slides"]
    rows = [
        (str(k), title, shown, ", ".join(map(str, serves.get(title, ()))), minutes)
        for k, (title, shown, minutes) in enumerate(found, 2)  # the title is the first slide
    ]
    table = markdown.cells(words["heads"]["slides"], rows)
    table |= {"shares": [0, 3, 1, 0, 0], "right": [True, False, False, False, True]}
    return [headed(_title("slides")), lead(words["note"]["slides"]), table]


def _analysis(of: Note) -> list[Block]:
    """Each question: the answer of the page, then what the note adds."""
    words = source.words()["note"]
    answers = pages.answers(of.case)
    made = [headed(_title("analysis")), said(words["analysis"])]
    for k in pages.questions(of.case):
        title, text = answers[k]
        made.append(headed(words["question"].format(number=k, title=title), 3))
        made += markdown.blocks(text)
        made += _section(of, words["section"].format(number=k))
    return made


def _rubric(of: Note) -> list[Block]:
    words = source.words()
    rows = [(str(row["points"]), row["full"], row["half"]) for row in of.head["rubric"]]
    table = markdown.cells(words["heads"]["rubric"], rows)
    total = sum(row["points"] for row in of.head["rubric"])
    return [headed(_title("rubric")), lead(words["note"]["rubric"].format(total=total)),
            table | {"shares": [0, 1, 1]}]  # fmt: skip


def _cut(of: Note) -> list[Block]:
    return [headed(_title("cut")), listed(of.head["cut"], "ol")]


def _roles(of: Note) -> list[Block]:
    words = source.words()
    rows = [(f"**{role['name']}**", role["wants"]) for role in of.head["roles"]]
    table = markdown.cells(words["heads"]["roles"], rows)
    return [headed(_title("roles")), lead(words["note"]["roles"]), table | {"shares": [1, 2.6]}]


def _handouts() -> list[Block]:
    words = source.words()
    return [headed(_title("handouts")), listed(list(words["documents"].values()))]

"""The handouts of a case: the A and B case, roles, exhibits, terms, sheets to write on."""

from __future__ import annotations

from functools import cache

from ...models import model
from ...numbers import number
from ...words import catalogue
from . import board, content, markdown, pages, source
from .markdown import Block
from .paper import Paper
from .source import Note, NoteError


def _sheet(of: Note, key: str, blocks: list[Block], *, flipped: bool = False,
           size: float = 9.4) -> Paper:  # fmt: skip
    """A handout with the head that all have."""
    words = source.words()
    return Paper(
        kicker=words["handout"]["kicker"].format(case=pages.title(of.case)),
        title=words["titles"][key],
        under=words["unders"].get(key, ""),
        foot=words["handout"]["foot"],
        blocks=tuple(blocks),
        flipped=flipped,
        size=size,
    )


def a_case(of: Note) -> Paper:
    """The case up to its questions: the page with its figures and tables."""
    head = model(of.case).assumptions().spec.words["head"]
    facts = [
        [{"k": "p", "runs": [{"t": number(f"{of.case}.{row['number']}"), "b": True},
                             {"t": f" {row['label']}"}]}]
        for row in head["numbers"]
    ]  # fmt: skip
    box = {"k": "box", "title": head["decision"], "whole": True,
           "blocks": [{"k": "ul", "items": facts}]}  # fmt: skip
    return _sheet(of, "a_case", [box, *markdown.blocks(pages.a_case(of.case))], size=9.6)


def b_case(of: Note) -> Paper:
    """What was done and what came."""
    return _sheet(of, "b_case", markdown.blocks(pages.b_case(of.case)), size=10.0)


def roles(of: Note) -> Paper:
    """A card for each role, to be cut apart."""
    words = source.words()["card"]
    cards = [
        {
            "k": "box",
            "whole": True,
            "title": role["name"],
            "blocks": [
                content.said(f"**{words[key]}** {role[key]}") for key in ("knows", "wants", "bound")
            ]
            + [content.said(words["write"]), {"k": "lines", "count": 1}],
        }
        for role in of.head["roles"]
    ]
    return _sheet(of, "roles", cards, size=10.0)


def tree(of: Note) -> Paper:
    """The blank decision tree."""
    figure = {"k": "figure", "picture": board.tree(of.head["tree"]), "share": 1.0}
    return _sheet(of, "tree", [figure])


def covenants(of: Note) -> Paper:
    """The empty covenant sheet, across the page."""
    words = source.words()["sheet"]
    empty = [[{"t": ""}] for _ in words["heads"]]
    table = {
        "k": "table",
        "title": "",
        "head": [markdown.runs(x) for x in words["heads"]],
        "rows": [empty] * words["rows"],
        "right": [False] * len(empty),
        "high": words["high"],
        "shares": words["shares"],
    }
    return _sheet(of, "covenants", [table, content.said(words["foot"])], flipped=True)


def exhibits(of: Note) -> Paper:
    """Two pages of exhibits: those of the case page that a class works with."""
    made: list[Block] = []
    for k, page in enumerate(of.head["exhibits"]):
        made += [{"k": "page"}] if k else []
        for item in page:
            kind, _, name = item.partition(" ")
            if kind == "assumptions":
                made.append(_inputs(of.case, name.split()))
            else:
                made += markdown.blocks(f"```{{{kind}}} {of.case}.{name}\n```")
    return _sheet(of, "exhibits", made)


def _inputs(case: str, names: list[str]) -> Block:
    """Some assumptions of the case with their reasons; NoteError for one that it has not."""
    specs, words = model(case).assumptions().spec.assumptions, source.words()
    if unknown := [name for name in names if name not in specs]:
        raise NoteError(f"{case}: no assumption {', '.join(unknown)}")
    rows = [
        [
            [{"t": specs[name].label}],
            [{"t": number(f"{case}.assumptions.{name}")}],
            [{"t": specs[name].reason}],
        ]
        for name in names
    ]
    heads = [markdown.runs(text) for text in words["heads"]["inputs"]]
    title = words["handout"]["inputs"]
    return markdown.table(heads, rows, title) | {"shares": [1.6, 0.9, 2]}


def terms(of: Note) -> Paper:
    """The terms of the case in both languages; NoteError for one that the glossary lacks."""
    held = _glossary()
    if unknown := [name for name in of.head["terms"] if name not in held]:
        raise NoteError(f"{of.case}: not in the glossary: {', '.join(unknown)}")
    rows = [(name, held[name]["zh"], held[name]["means"]) for name in sorted(of.head["terms"])]
    table = markdown.cells(source.words()["heads"]["terms"], rows)
    return _sheet(of, "terms", [table | {"shares": [1.1, 1, 3]}])


@cache
def _glossary() -> dict[str, dict[str, str]]:
    return {term["en"]: term for term in catalogue("glossary")["terms"]}

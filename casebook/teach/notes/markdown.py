"""Markdown of the book's pages and of the notes as blocks, which a writer sets.

A block is a dict with its kind under `k`; a text is a list of runs, dicts with `t` and, where they
are set so, `b` for bold and `i` for italic. Roles are written out first, directives become blocks.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from ...models import model
from ...numbers import base, number, realised
from . import source

Block = dict[str, Any]
Runs = list[dict[str, Any]]
_ROLE = re.compile(r"\{(\w+)\}`([^`]*)`")
_COLONS = re.compile(r"^(:{3,})\{(\w+)\}([^\n]*)\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
#: A number, or a sign that stands for none, so that a column of them is set to the right.
_NUMBER = re.compile(r"[−–\d.,%× ]*(never)?")


def blocks(text: str) -> list[Block]:
    """The blocks of a text; KeyError for a number, figure or table that there is not."""
    from markdown_it import MarkdownIt

    text = re.sub(r" *\{cite\}`[^`]*`", "", text)
    text = re.sub(r" +([.,;:)])", r"\1", _ROLE.sub(lambda m: _said(m[1], m[2]), text))
    text = _COLONS.sub(lambda m: f"``````{{{m[2]}}}{m[3]}\n{m[4]}``````", text)
    text = re.sub(r"^\$\$\n(.*?)\n\$\$$", r"`````math\n\1\n`````", text, flags=re.M | re.S)
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    made = list(_read(iter(tokens), None))
    for block, after in itertools.pairwise(made):
        if block["k"] == "p" and after["k"] == "table":
            block["stick"] = True  # what leads to a table stays with it
    return made


def runs(text: str) -> Runs:
    """The runs of one line."""
    found = blocks(text)
    return list(found[0]["runs"]) if found else []


def plain(said: Runs) -> str:
    """The text of runs without their marks."""
    return "".join(run["t"] for run in said)


def _said(role: str, text: str) -> str:
    """What a role is in print."""
    match role:
        case "num":
            return number(text)
        case "at":
            name, _, rest = text.partition(".")
            return source.told(name, rest)
        case "try":
            return text.partition("|")[2]
    raise KeyError(f"no role {role!r} in a handout; allowed: num, at, try, cite")


def _read(tokens: Iterator[Any], end: str | None) -> Iterator[Block]:
    """The blocks up to the token that ends them."""
    for token in tokens:
        if token.type == end:
            return
        match token.type:
            case "heading_open":
                yield {"k": "h", "level": int(token.tag[1]), "runs": _line(tokens)}
            case "paragraph_open":
                yield {"k": "p", "runs": _line(tokens)}
            case "bullet_list_open" | "ordered_list_open":
                ordered = token.type.startswith("ordered")
                close = token.type.replace("open", "close")
                yield {"k": "ol" if ordered else "ul", "items": list(_items(tokens, close))}
            case "table_open":
                yield _table(tokens)
            case "fence":
                yield from _directive(token.info, token.content)


def _items(tokens: Iterator[Any], end: str) -> Iterator[list[Block]]:
    for token in tokens:
        if token.type == end:
            return
        if token.type == "list_item_open":
            yield list(_read(tokens, "list_item_close"))


def _line(tokens: Iterator[Any]) -> Runs:
    """The runs of the inline token that comes next; its closing token is passed over."""
    said = _inline(next(tokens).children)
    next(tokens)
    return said


def _inline(children: Sequence[Any]) -> Runs:
    said: Runs = []
    bold = italic = 0
    for child in children:
        match child.type:
            case "strong_open" | "strong_close":
                bold += child.nesting
            case "em_open" | "em_close":
                italic += child.nesting
            case "softbreak" | "hardbreak":
                said.append({"t": " "})
            case "text" | "code_inline":
                said.append(_worn({"t": child.content}, bold, italic))
    return said


def _worn(run: dict[str, Any], bold: int, italic: int) -> dict[str, Any]:
    return run | ({"b": True} if bold else {}) | ({"i": True} if italic else {})


def _table(tokens: Iterator[Any]) -> Block:
    """A table of Markdown: its first row is the head."""
    rows: list[list[Runs]] = []
    for token in tokens:
        if token.type == "table_close":
            break
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(_inline(token.children))
    return table(rows[0], rows[1:])


def table(head: list[Runs], rows: list[list[Runs]], title: str = "") -> Block:
    """A table; columns of numbers stand to the right."""
    right = [
        bool(rows) and all(_NUMBER.fullmatch(plain(row[k])) for row in rows) and k > 0
        for k in range(len(head))
    ]
    return {"k": "table", "title": title, "head": head, "rows": rows, "right": right}


def cells(head: Sequence[str], rows: Sequence[Sequence[str]], title: str = "") -> Block:
    """A table from texts of Markdown, one line each."""
    return table([runs(x) for x in head], [[runs(x) for x in row] for row in rows], title)


def _directive(info: str, content: str) -> Iterator[Block]:
    """The blocks of a directive; KeyError for one that no handout knows."""
    name, _, argument = info.strip().partition(" ")
    made: Callable[[str, str], Iterator[Block]] | None = _DIRECTIVES.get(name.strip("{}"))
    if made is None:
        raise KeyError(f"no directive {name!r} in a handout; allowed: {', '.join(_DIRECTIVES)}")
    return made(argument.strip(), content)


def _picture(argument: str, content: str) -> Iterator[Block]:
    run, name, rest = _shown(argument)
    yield {"k": "figure", "picture": model(name).figure(run, rest), "share": 0.74}


def _exhibit(argument: str, content: str) -> Iterator[Block]:
    run, _, rest = _shown(argument)
    if rest == "assumptions":  # hundreds of rows: the workbook has them
        yield {"k": "p", "runs": [{"t": source.words()["handout"]["assumptions"], "i": True}]}
        return
    title, frame = run.exhibit(rest)
    head = [[{"t": str(frame.columns.name or "")}], *([{"t": str(x)}] for x in frame.columns)]
    rows = [
        [[{"t": str(label)}], *([{"t": str(x)}] for x in line)]
        for label, line in zip(frame.index, frame.to_numpy(), strict=True)
    ]
    yield table(head, rows, title)


def _shown(argument: str) -> tuple[Any, str, str]:
    """The run, the model and the name of what is shown of it."""
    name, _, rest = argument.partition(".")
    came = rest.startswith("epilogue.")
    return (realised if came else base)(name), name, rest.removeprefix("epilogue.")


def _box(argument: str, content: str) -> Iterator[Block]:
    text = re.sub(r"^:class:.*\n", "", content)
    yield {"k": "box", "title": argument, "blocks": blocks(text)}


def _folded(argument: str, content: str) -> Iterator[Block]:
    yield {"k": "h", "level": 3, "runs": runs(argument)}
    yield from blocks(content)


def _nothing(argument: str, content: str) -> Iterator[Block]:
    yield from ()


def _formula(argument: str, content: str) -> Iterator[Block]:
    """A formula: words and fractions are all that the pages of the cases have."""
    text = re.sub(r"\\text\{([^}]*)\}", r'"\1"', content)
    text = re.sub(r"\\frac\{(.*)\}\{(.*)\}", r"frac(\1, \2)", text)
    yield {"k": "math", "typst": text, "text": re.sub(r'"|frac', "", text).replace(",", " /")}


_DIRECTIVES: dict[str, Callable[[str, str], Iterator[Block]]] = {
    "picture": _picture,
    "exhibit": _exhibit,
    "admonition": _box,
    "dropdown": _folded,
    "casehead": _nothing,
    "explorer": _nothing,
    "selftest": _nothing,
    "math": _formula,
}

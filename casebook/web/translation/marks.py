"""The Chinese alone: its marks, spaces and stars (docs/chinese.md, part 4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from ..build.trace import REPOSITORY

if TYPE_CHECKING:
    from markdown_it.token import Token

_HAN = r"[\u3400-\u9fff]"
#: A head in YAML or TOML.
_HEAD = re.compile(r"\A(---|\+\+\+)\n.*?\n\1\n", re.DOTALL)
#: A line that opens or closes a block: its marks, the directive's name, what follows.
_FENCE = re.compile(r"^\s*(`{3,}|:{3,}|~{3,})\s*(\{[\w-]+\})?[ \t]*(.*)$")
#: What is no prose: maths, roles, code, targets of links, comments, options of directives.
_ASIDE = re.compile(
    r"\$\$.*?\$\$|\$[^$\n]+\$|\{[a-z:-]+\}`[^`]*`|`+[^`\n]*`+|\]\([^)\s]*\)|<[^>\n]*>|^:[\w-]+:"
    r"|https?://\S+|^\(\w[\w-]*\)=$",
    re.MULTILINE | re.DOTALL,
)
_WRONG = {
    "half-width mark beside Han": re.compile(
        rf"{_HAN}[,;:?!]|[,;:?!]{_HAN}|{_HAN}\.(?![\w.])|{_HAN}\(|(?<!\w)\){_HAN}|{_HAN}\"(?![\w ])"
    ),
    "space beside Han": re.compile(
        rf"(?<=[\u3400-\u9fff，。；：？！、]) (?![|#*-])(?=\S)|(?<=[^\s|#*>\-.:）)\]]) (?={_HAN})"
    ),
    "corner brackets": re.compile("[「」『』]"),
    "three dots": re.compile(rf"{_HAN}\.\.\."),
    "CNY": re.compile(r"\bCNY\b"),
}
#: Official names that have a space.
_ISSUERS = (
    "中国银行保险监督管理委员会 中国人民银行",
    "财政部 税务总局",
    "加快构建科技金融体制 有力支撑",
)
_PARSER = MarkdownIt("commonmark").enable("table")


@cache
def barred() -> list[str]:
    """Words that docs/chinese.md bars whatever they mean, one in a line of the file."""
    return (REPOSITORY / "zh" / "barred.txt").read_text(encoding="utf-8").split()


def wrong(text: str, *, page: bool = True) -> Iterator[str]:
    """Each place that is wrong, with what stands around it.

    `page`: Markdown, whose code, roles and heads are left out; else a text of a catalogue.
    """
    prose = "\n".join(_prose(_HEAD.sub(_blank, text))) if page else text
    bare = _ASIDE.sub(_blank, prose)
    for name in _ISSUERS:
        bare = bare.replace(name, name.replace(" ", "·"))
    for name, pattern in _WRONG.items():
        for hit in pattern.finditer(bare):
            yield _said(bare, hit.start(), name)
    for word in barred():
        if (at := bare.find(word)) >= 0:
            yield _said(bare, at, f"barred word {word}")
    if page:
        yield from _stars(bare)


def _said(text: str, at: int, what: str) -> str:
    around = text[max(0, at - 12) : at + 14].replace("\n", "⏎")
    return f"line {text.count(chr(10), 0, at) + 1}: {what}: {around}"


def _blank(found: re.Match[str]) -> str:
    """What stands for something that is left out: a mark that is no letter, and its lines."""
    return "`§`" + "\n" * found[0].count("\n")


def _prose(text: str) -> Iterator[str]:
    """The lines, those within blocks of code left empty, openings of blocks with their title."""
    closes: list[str] = []
    code = False
    for line in text.split("\n"):
        fence = _FENCE.match(line)
        if code:
            code = not (fence and fence[1].startswith(closes[-1]) and not fence[3])
            if not code:
                closes.pop()
            yield ""
        elif fence and (fence[2] or (fence[3] and fence[1][0] != ":")):
            closes.append(fence[1])
            code = not fence[2] or fence[2] in ("{code-block}", "{code}", "{math}", "{mermaid}")
            yield fence[3] if fence[2] and not code else ""
        elif fence and closes and fence[1].startswith(closes[-1]):
            closes.pop()
            yield ""
        elif fence and fence[1][0] != ":":
            closes.append(fence[1])
            code = True
            yield ""
        else:
            yield "" if fence else line


def _stars(text: str) -> Iterator[str]:
    """Stars that Markdown would show, because they open or close nothing."""
    for token in _PARSER.parse(text):
        for part in token.children or ():
            if part.type == "text" and "*" in part.content:
                yield f"line {_line(token)}: a star that is shown: {part.content[:40]}"


def _line(token: Token) -> int:
    return token.map[0] + 1 if token.map else 0

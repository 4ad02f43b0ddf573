"""The Chinese alone: its marks, spaces and stars (docs/chinese.md, part 4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_HAN = r"[\u3400-\u9fff]"
_FULL = r"[，。；：？！（）《》“”‘’、]"
#: What is no prose: code, maths, roles, links' targets, comments, options, front matter.
_ASIDE = re.compile(
    r"\A---\n.*?\n---\n|^(`{3,}|:{3,})(?!\{)[^\n]*\n.*?^\1|\$\$.*?\$\$|\$[^$\n]+\$|\{[a-z:-]+\}`[^`]*`|`+[^`\n]*`+"
    r"|\]\([^)\s]*\)|<[^>\n]*>|^:[\w-]+:|https?://\S+|^\s*(?:`{3,}|:{3,})\{[^\n]*",
    re.M | re.S,
)  # fmt: skip
_WRONG = {
    "half-width mark beside Han": re.compile(
        rf"{_HAN}[,;:?!]|[,;:?!]{_HAN}|{_HAN}\.(?!\d|\w|\.)|{_HAN}\(|\){_HAN}|{_HAN}\""
    ),
    "space beside Han": re.compile(
        rf"(?<=[\u3400-\u9fff，。；：？！、]) (?![|#*-])(?=\S)|(?<=[^\s|#*>\-.:）)]) (?={_HAN})"
    ),
    "corner brackets": re.compile("[「」『』]"),
    "star that does not close": re.compile(
        rf"\*{_FULL}[^*\n]*\*{_HAN}|{_HAN}\*[^*\n]*{_FULL}\*{{1,2}}{_HAN}|{_HAN}\*{{1,2}}“"
    ),
    "three dots": re.compile(rf"{_HAN}\.\.\."),
    "CNY": re.compile(r"\bCNY\b"),
}
#: Words that docs/chinese.md bars whatever they mean, one in a line.
BARRED = (Path(__file__).resolve().parents[3] / "zh" / "barred.txt").read_text("utf-8").split()


def wrong(text: str, page: bool = True) -> Iterator[str]:
    """Each place, with what stands around it; of a `page` in Markdown without code and roles."""
    bare = _ASIDE.sub(lambda m: "§" + "\n" * m[0].count("\n"), text) if page else text
    for name, pattern in _WRONG.items():
        for hit in pattern.finditer(bare):
            line = bare.count("\n", 0, hit.start()) + 1
            around = bare[max(0, hit.start() - 12) : hit.end() + 12].replace("\n", "⏎")
            yield f"line {line}: {name}: {around}"
    for word in BARRED:
        if word in bare:
            yield f"line {bare.count(chr(10), 0, bare.index(word)) + 1}: barred word {word}"

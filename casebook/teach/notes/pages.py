"""What the pages of a case give to its note and its handouts: texts are taken, never copied."""

from __future__ import annotations

import re
from functools import cache

from . import source
from .source import NoteError

_ITEM = re.compile(r"^(\d+)\. (.+)$", re.MULTILINE)


@cache
def page(name: str) -> str:
    """The Markdown of a page of the book; NoteError names the one that is not there."""
    path = source.book() / f"{name}.md"
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise NoteError(f"book/{name}.md: cannot be read ({error.strerror})") from None


def title(case: str) -> str:
    """What the case is called on its page."""
    return page(f"cases/{case}").partition("\n")[0].removeprefix("# ")


def a_case(case: str) -> str:
    """The page of the case without its title and the links below its questions."""
    text = page(f"cases/{case}").partition("\n")[2]
    last = list(_ITEM.finditer(text))[-1]
    return text[: last.end()] + "\n"


def b_case(case: str) -> str:
    """The part of the analysis that says what was done and what came; NoteError without it."""
    ends = re.escape(source.words()["page"]["happened"])
    found = re.search(
        rf"^## .+{ends}\n(.*?)(?=^## |^`{{3}}\{{selftest\}}|\Z)",
        page(f"cases/{case}_analysis"),
        re.MULTILINE | re.DOTALL,
    )
    if not found:
        raise NoteError(f"book/cases/{case}_analysis.md: no part on what was done and happened")
    return found[1]


def questions(case: str) -> dict[int, str]:
    """The questions of the page by their number, as Markdown."""
    text = page(f"cases/{case}").partition(f"\n## {source.words()['page']['questions']}\n")[2]
    found = {int(n): said for n, said in _ITEM.findall(text)}
    if not found:
        raise NoteError(f"book/cases/{case}.md: no questions")
    return found


def answers(case: str) -> dict[int, tuple[str, str]]:
    """The title and the text of the answer to each question, by its number, as Markdown."""
    before, _, after = source.words()["page"]["question"].partition("{number}")
    found = re.findall(
        rf"^:::\{{dropdown\}} {re.escape(before)}(\d+){re.escape(after)}([^\n]*)\n(.*?)^:::$",
        page(f"cases/{case}_analysis"),
        re.MULTILINE | re.DOTALL,
    )
    return {int(n): (head, text) for n, head, text in found}


def slides(case: str) -> list[tuple[str, str, str]]:
    """Title, what is shown and minutes with talk of each slide; none without a lecture."""
    path = source.book() / "lectures" / f"{case}.md"
    if not path.is_file():
        return []
    parts = re.split(r"^## (.+)\n", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]
    shown = source.words()["shown"]
    found = []
    for head, text in zip(parts[::2], parts[1::2], strict=True):
        kinds = [shown[kind] for kind in shown if f"{{{kind}}}" in text]
        minutes = re.search(r"\{notes\} *([\d.]+)", text)
        found.append((head.strip(), ", ".join(kinds), minutes[1] if minutes else ""))
    return found

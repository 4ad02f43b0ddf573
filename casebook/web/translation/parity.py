"""A page in two languages: the same roles, directives, links, citations, headings and rows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

#: {role}`what it names`, with a flag; of a link in words, `target|words`, the target only.
_ROLE = re.compile(r"\{([a-z:-]+)\}`([^`]+)`")
_DIRECTIVE = re.compile(r"^\s*(?:`{3,}|:{3,})\{([a-z-]+)\}[ \t]*(.*)$", re.M)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
_HEADING = re.compile(r"^(#{1,6}) ", re.M)
_LABEL = re.compile(r"^\(([\w-]+)\)=$", re.M)
_OPTION = re.compile(
    r"^:(class|name|label|figclass|width|align|open|header-rows|widths):[ \t]*(.*)$", re.M
)
_ROW = re.compile(r"^\|", re.M)
_CODE = re.compile(r"^(`{3,})(?!\{)[^\n]*\n.*?^\1", re.M | re.S)
#: Directives whose argument is a title that readers see.
_TITLED = (
    "admonition",
    "dropdown",
    "note",
    "tip",
    "warning",
    "important",
    "grid-item-card",
    "card",
    "tab-item",
    "epigraph",
    "seealso",
    "list-table",
    "table",
    "figure",
    "code-block",
    "button-ref",
    "button-link",
)
#: Roles with words of their own before or behind the target.
_WORDED = ("try", "doc", "ref", "term", "download")


def parts(text: str) -> Counter[tuple[str, ...]]:
    """How often each thing occurs that both editions must have."""
    found: Counter[tuple[str, ...]] = Counter(_parts(text))
    return found


def _parts(text: str) -> Iterator[tuple[str, ...]]:
    for block in _CODE.finditer(text):
        yield "code block", block[1]
    for role, what in _ROLE.findall(text):
        yield "role", role, _target(role, what)
    for name, argument in _DIRECTIVE.findall(text):
        argument = argument.strip().replace("data/zh/", "data/")
        yield "directive", name, "" if name in _TITLED else argument
    for target in _LINK.findall(text):
        if not target.startswith("api/"):  # pages about the package are in one language
            yield "link", target
    for level in _HEADING.findall(text):
        yield "heading", level
    for label in _LABEL.findall(text):
        yield "label", label
    for option in _OPTION.findall(text):
        yield "option", *option
    yield from [("row of a table",)] * len(_ROW.findall(text))


def _target(role: str, what: str) -> str:
    """What a role points at, without the words that are shown for it."""
    if role not in _WORDED:
        return what
    if inner := re.fullmatch(r".*<([^>]+)>", what, re.S):
        return inner[1]
    return what.partition("|")[0]


def differences(english: str, other: str) -> list[str]:
    """Each thing that one of the two has more often, in words; empty if they agree."""
    one, two = parts(english), parts(other)
    lacking = [f"missing {n} x {' '.join(key)}" for key, n in (one - two).items()]
    return lacking + [f"too many {n} x {' '.join(key)}" for key, n in (two - one).items()]

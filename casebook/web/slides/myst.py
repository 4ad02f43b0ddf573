"""MyST Markdown in the Markdown and HTML that nbconvert reads."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from ...numbers import number
from ...words import catalogue, word
from ..build import trace
from ..sphinx import moves

ROOT = trace.ROOT

#: A box with its fence, kind, title, options and body; a listing; a role; a link to a source.
_BOX = re.compile(
    r"^(:{3,}|`{3,})\{([\w:-]+)\}[ ]*(.*)\n((?::[\w-]+:.*\n)*)([\s\S]*?)^\1[ ]*$", re.M
)
_FENCE = re.compile(r"^(`{3,})(.*)\n[\s\S]*?^\1[ ]*$", re.M)
_ROLE = re.compile(r"\{([\w:-]+)\}`([^`]+)`")
_LINK = re.compile(r"\]\((?!\w+:)([^)\s]+)\.(?:md|ipynb)(#[^)]*)?\)")


def plain(source: str) -> str:
    """MyST Markdown in the Markdown and HTML that nbconvert reads.

    A role or a box that is not known here is a ValueError, so that none is shown raw.
    """
    kept: list[str] = []  # listings, which are left as they are

    def keep(match: re.Match[str]) -> str:
        if match[2].startswith("{"):
            return match[0]
        kept.append(match[0])
        return f"\0{len(kept) - 1}\0"

    text = _BOX.sub(_box, _FENCE.sub(keep, source))
    text = _ROLE.sub(_role, text)
    text = _LINK.sub(_link, text)
    return re.sub("\0(\\d+)\0", lambda m: kept[int(m[1])], text)


_BOXES = ("note", "tip", "hint", "important", "warning", "caution", "attention", "seealso")


def _box(match: re.Match[str]) -> str:
    """A box as HTML; a formula stays one, what opens becomes <details>."""
    _, kind, title, options, body = match.groups()
    body = _BOX.sub(_box, body).strip()
    if kind == "math":
        return f"$$\n{body}\n$$"
    if kind not in (*_BOXES, "admonition", "dropdown", "exercise", "solution"):
        raise ValueError(f"slides know no directive {kind!r}; allowed: math, {', '.join(_BOXES)}")
    title = title or word(f"slides.{kind}" if kind in catalogue()["slides"] else "slides.note")
    if kind in ("dropdown", "solution") or "dropdown" in options:
        return f"<details><summary>{title}</summary>\n\n{body}\n\n</details>"
    return (
        f'<div class="admonition {kind}"><p class="admonition-title">{title}</p>\n\n'
        f"{body}\n\n</div>"
    )


def _role(match: re.Match[str]) -> str:
    """A role as text."""
    name, text = match.groups()
    if name == "num":
        return number(text)
    if name == "at":
        return moves.at(text)
    if name == "math":
        return f"${text}$"
    if name.partition(":")[0] == "cite":
        return ", ".join(_cited(key.strip(), name) for key in text.split(","))
    if name in ("ref", "numref", "doc", "term", "eq"):
        return re.sub(r"\s*<[^>]*>$", "", text)
    allowed = "num, at, math, cite, ref, doc, term, eq"
    raise ValueError(f"slides know no role {name!r}; allowed: {allowed}")


@cache
def _bibliography() -> Any:
    """Key -> entry of book/references.bib."""
    from pybtex.database import parse_file

    return parse_file(str(ROOT / "book" / "references.bib")).entries


def _cited(key: str, role: str) -> str:
    """Authors and year, as the pages cite: Merton (1974), or Merton, 1974 within brackets."""
    entries = _bibliography()
    if key not in entries:
        raise ValueError(f"no entry {key!r} in book/references.bib")
    entry = entries[key]
    people = entry.persons.get("author") or entry.persons.get("editor") or []
    names = [" ".join((*p.prelast_names, *p.last_names)).strip("{}") for p in people]
    who = f"{names[0]} et al." if len(names) > 2 else " and ".join(names)
    year = entry.fields.get("year", "")
    return f"({who}, {year})" if role == "cite:p" else f"{who} ({year})"


def _link(match: re.Match[str]) -> str:
    """A link to a source file, from slides/: the folders of the site are those of the sources."""
    path = match[1] if "/" in match[1] else f"../notebooks/{match[1]}"
    return f"]({path}.html{match[2] or ''})"

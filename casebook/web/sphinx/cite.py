"""How a page is cited: a reference in words, BibTeX and RIS, from CITATION.cff.

An edition in another language has its own names of the work and its authors (data/print.toml).
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from ...words import LANGUAGE, LANGUAGES, catalogue, phrase
from ..build import edition

CITATION = Path(__file__).resolve().parents[3] / "CITATION.cff"
#: What BibTeX reads as a command.
_COMMANDS = re.compile(r"([&%$#_{}])")


@cache
def work() -> dict[str, Any]:
    """What CITATION.cff says of the whole work."""
    found: dict[str, Any] = yaml.safe_load(CITATION.read_text(encoding="utf-8"))
    return found


def title() -> str:
    """The title of the work, with what stands below it."""
    if LANGUAGES[0] == LANGUAGE:
        return str(work()["title"])
    book = catalogue("print")["book"]
    return phrase(catalogue("head")["cite"], "work", title=book["title"], below=book["subtitle"])


def authors() -> list[str]:
    """The authors: a person as "Family, Given", a group by its name."""
    if LANGUAGES[0] != LANGUAGE:
        return [catalogue("print")["book"]["author"]]
    return [
        a["name"] if "name" in a else ", ".join(filter(None, [a["family-names"], a["given-names"]]))
        for a in work()["authors"]
    ]


def forms(docname: str, page: str, url: str) -> dict[str, str]:
    """The kinds of reference (plain, bibtex, ris) to a page with the title `page`.

    An empty `page` is the whole book; an empty `url` is left out.
    """
    given = {
        "author": "; ".join(authors()),
        "title": title(),
        "version": edition.version(),
        "year": str(_year()),
        "page": page,
        "url": url,
    }
    return {
        "plain": _plain(given),
        "bibtex": _bibtex(docname, given),
        "ris": _ris(given),
    }


def _year() -> int | str:
    """The year of the edition; of the work's release where git does not say."""
    day = edition.released()
    return day.year if day else str(work().get("date-released", ""))[:4]


def _plain(given: dict[str, str]) -> str:
    """The reference in words."""
    words = catalogue("head")["cite"]
    key = "chapter" if given["page"] else "book"
    return phrase(words, key, **given | {"url": given["url"] and " " + given["url"]})


def _bibtex(docname: str, given: dict[str, str]) -> str:
    """The reference for LaTeX; in double braces names and titles keep their capitals."""
    kind = "incollection" if given["page"] else "book"
    note = phrase(catalogue("head")["cite"], "version", version=given["version"])
    fields = {
        "author": " and ".join(f"{{{_safe(a)}}}" if "," not in a else _safe(a) for a in authors()),
        "title": f"{{{_safe(given['page'] or given['title'])}}}",
        "booktitle": given["page"] and f"{{{_safe(given['title'])}}}",
        "year": given["year"],
        "note": _safe(note),
        "url": given["url"],
    }
    key = "-".join(["casebook", *(docname.split("/")[1:] if given["page"] else [])])
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{kind}{{{key},", *lines, "}"])


def _safe(text: str) -> str:
    """Text that BibTeX takes letter by letter."""
    return _COMMANDS.sub(r"\\\1", text)


def _ris(given: dict[str, str]) -> str:
    """The reference for a reference manager."""
    day = edition.released()
    rows = [
        ("TY", "CHAP" if given["page"] else "BOOK"),
        *(("AU", author) for author in authors()),
        ("TI", given["page"] or given["title"]),
        ("T2", given["page"] and given["title"]),
        ("ET", given["version"]),
        ("PY", given["year"]),
        ("DA", day.strftime("%Y/%m/%d") if day else ""),
        ("UR", given["url"]),
        ("ER", " "),
    ]
    return "".join(f"{tag}  - {value.strip()}\r\n" for tag, value in rows if value)

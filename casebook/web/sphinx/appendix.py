"""The parts of the appendix that are made from data, as Markdown: a glossary, sources and more.

Each function gives the text of one part; `{written} name` puts it into a page.
"""

from __future__ import annotations

import platform
import re
from collections import Counter
from collections.abc import Callable, Iterable
from importlib import metadata
from typing import Any

from ... import published, words
from ...models import MODELS, model
from ...words import DATA, catalogue, phrase, unit_label, word
from ..build import licences
from . import plans, uses

BIBLIOGRAPHY = words.own(DATA.parent / "book" / "references.bib")
#: What a page is built with, as far as it is installed.
PACKAGES = ("jupyter-book", "Sphinx", "myst-nb", "numpy", "scipy", "pandas", "matplotlib",
            "scikit-learn", "ipywidgets")  # fmt: skip


def read(name: str) -> dict[str, Any]:
    """A TOML file of the folder data."""
    return words.read(DATA / name)


def table(heads: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table; a bar within a cell is escaped."""
    lines = [list(heads), *([str(cell).replace("|", "\\|") for cell in row] for row in rows)]
    text = ["| " + " | ".join(line) + " |" for line in lines]
    text.insert(1, "|" + "---|" * len(lines[0]))
    return "\n".join(text)


def glossary() -> str:
    """Terms in both languages with their meaning, as a glossary that other pages can link to.

    In Chinese its own term leads, in the order of its sound, which that of GB 18030 mostly is.
    """
    terms = read("glossary.toml")["terms"]
    if words.LANGUAGE == "zh":
        terms = sorted(terms, key=lambda t: t["zh"].encode("gb18030"))
        body = "\n\n".join(f"{t['zh']}\n{t['en']}\n  {t['means']}" for t in terms)
    else:
        terms = sorted(terms, key=lambda t: t["en"].lower())
        body = "\n\n".join(f"{t['en']}\n  **{t['zh']}** {t['means']}" for t in terms)
    return f"````{{glossary}}\n{body}\n````"


def symbols() -> str:
    """Every symbol of every model with its meaning and unit, a table a model."""
    heads = [word(f"appendix.{k}") for k in ("symbol", "meaning", "unit")]
    parts = []
    for name in MODELS:
        spec = model(name).assumptions().spec
        number = word("appendix.pure_number")
        rows = [
            (_sub(a.symbol), a.label, unit_label(a.unit) or ("" if a.choices else number))
            for a in spec.assumptions.values()
        ]
        parts.append(f"```{{rubric}} {spec.words['title']}\n```\n\n{table(heads, rows)}")
    return "\n\n".join(parts)


def _sub(symbol: str) -> str:
    """A symbol with what stands after its low line set low; a dash for none."""
    return re.sub(r"_(\w+)", r"{sub}`\1`", symbol) or word("missing")


def sources() -> str:
    """Where the subjects of the text that the book grew out of are treated."""
    data = read("sources.toml")

    def shown(page: str) -> str:
        if page in data["pending"]:
            title = page.rpartition("/")[2].replace("_", " ")
            return f"{title} ({word('appendix.pending')})"
        return f"{{doc}}`/{page}`"

    rows = [
        (row["says"], ", ".join(shown(p) for p in row["pages"]) + ": " + row["more"])
        for row in data["rows"]
    ]
    return table([word("appendix.subject"), word("appendix.pages")], rows)


def entries() -> dict[str, dict[str, str]]:
    """Key -> the fields of the entry, without braces; `checked` says how it was checked."""
    text = BIBLIOGRAPHY.read_text(encoding="utf-8")
    found = {}
    for entry in re.split(r"^@", text, flags=re.MULTILINE)[1:]:
        fields = re.findall(r"^\s*(\w+) = \{(.*)\},?$", entry, re.MULTILINE)
        found[entry.partition("{")[2].partition(",")[0]] = {
            name: value.replace("``", "“").replace("''", "”").translate(_BARE)
            for name, value in fields
        }
    return found


_BARE = str.maketrans("", "", "{}\\")


def checked() -> str:
    """How many entries of the bibliography were checked in which way, and which those are."""
    ways = catalogue()["appendix"]["ways"]
    counts = Counter(e.get("checked", "").partition(":")[0] for e in entries().values())
    if unknown := sorted(counts.keys() - ways.keys()):
        raise KeyError(f"checked = {unknown[0]!r} is unknown; allowed: {', '.join(ways)}")
    rows = [(text, str(counts[way])) for way, text in ways.items() if counts[way]]
    rows.append((word("appendix.total"), str(counts.total())))
    return table([word("appendix.checked"), word("appendix.entries")], rows)


def details() -> str:
    """Every entry with the note on how it was checked."""
    rows = sorted(
        (f"{e['title']} ({e['year']})", _marked(e["checked"])) for e in entries().values()
    )
    return table([word("appendix.entries"), word("appendix.checked")], rows)


def _marked(note: str) -> str:
    """The note on how an entry was checked; its first word names the way."""
    way, _, rest = note.partition(": ")
    return word(f"appendix.marks.{way}", rest=rest)


def versions() -> str:
    """The versions of Python and of the packages that this build was made with."""
    rows = [("Python", platform.python_version())]
    for package in ("casebook", *PACKAGES):
        try:
            rows.append((package, metadata.version(package)))
        except metadata.PackageNotFoundError:
            continue
    return table([word("appendix.package"), word("appendix.version")], rows)


def shipped() -> str:
    """What the site ships that others wrote, with a link to each licence."""
    rows = [
        (f"[{p.name}]({p.home})", p.version, _linked(p), p.holder, p.use) for p in licences.parts()
    ]
    return table(_heads("part", "version", "licence", "holder", "use"), rows)


def packages() -> str:
    """The Python packages for the browser, with a link to each licence."""
    rows = [(p.name, p.version, _linked(p)) for p in licences.wheels()]
    return table(_heads("part", "version", "licence"), rows)


def _heads(*names: str) -> list[str]:
    """Heads of the tables of licences."""
    return [phrase(catalogue("head"), f"licences.{name}") for name in names]


def _linked(part: licences.Part) -> str:
    """A licence with its text, as a page of the appendix leads to it."""
    return f"<a href='../../{part.link}'>{part.licence}</a>"


def proof() -> str:
    """What the book can say for itself in numbers, as a list of definitions."""
    counted = {"models": len(MODELS), "values": sum(1 for _ in published.values()), "data": 0}
    return "\n".join(f"{count}\n: {word(f'proof.{what}')}\n" for what, count in counted.items())


#: Part -> the files that it is made from.
USES = {
    "proof": ("casebook/published.py", "data/published"),
    "glossary": ("data/glossary.toml",),
    "symbols": ("data/cases", "data/models"),
    "sources": ("data/sources.toml",),
    "checked": (),
    "details": (),
    "versions": (),
    "shipped": ("data/licences.toml", "data/licences", "data/head.toml", "package-lock.json"),
    "packages": ("data/licences.toml", "data/licences", "data/head.toml"),
    "plans": ("data/plans.toml", "data/votes.toml", *uses.TEACHING),
}
PARTS: dict[str, Callable[[], str]] = {
    "proof": proof,
    "glossary": glossary,
    "symbols": symbols,
    "sources": sources,
    "checked": checked,
    "details": details,
    "versions": versions,
    "shipped": shipped,
    "packages": packages,
    **plans.PARTS,
}

"""The sections of a built page: where each stands, its heading, what it says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote

from ..build.kept import kept

if TYPE_CHECKING:
    from lxml.html import HtmlElement

#: What is drawn, run or filled in; the words of a formula's source.
_LEFT = {
    "annotation", "button", "casebook-explorer", "casebook-selftest", "casebook-vote", "iframe",
    "input", "label", "pre", "script", "select", "style", "svg", "textarea",
}  # fmt: skip
#: Parts of a page that are no text of it: by class.
_ASIDE = {"cb-numbers", "cb-run", "cell_input", "cell_output", "headerlink", "math-block"}
#: What ends a line.
_BLOCKS = {
    "blockquote", "caption", "dd", "details", "div", "dl", "dt", "figcaption", "figure", "h1", "h2",
    "h3", "h4", "h5", "h6", "li", "ol", "p", "section", "summary", "table", "tr", "ul",
}  # fmt: skip
_HEADS = {f"h{level}" for level in range(1, 7)}
#: A line that has fewer letters than this share is a row of numbers.
_LETTERS = 0.6


class Section(NamedTuple):
    """One section: its id on the page, its heading, its text in lines."""

    anchor: str
    heading: str
    text: str


class Page(NamedTuple):
    """One page: its address in the site, its title, the sections in their order."""

    path: str
    title: str
    sections: list[Section]


def read(html: bytes, path: str) -> Page | None:
    """What a page says; None for one without an article."""
    from lxml import html as parser

    found = parser.document_fromstring(html).xpath("//article")
    if not found:
        return None
    sections = [s for s in _sections(found[0]) if s.text or s.heading]
    return Page(path, sections[0].heading, sections) if sections else None


def parts(html: bytes, folder: str) -> list[tuple[str, list[str]]]:
    """The parts of the book with the addresses of their pages, as the contents of a page have them.

    `folder` is that of the page, to which the links are relative.
    """
    from lxml import html as parser

    said = []
    for caption in parser.document_fromstring(html).xpath("//nav//p[contains(@class, 'caption')]"):
        links = caption.getnext().xpath(".//a/@href")
        below = [_joined(folder, link) for link in links if "://" not in link]
        said.append((caption.text_content().strip(), below))
    return said


def _joined(folder: str, link: str) -> str:
    """The address in the site of a link on a page in `folder`."""
    steps = folder.split("/") if folder else []
    for step in unquote(link).partition("#")[0].split("/"):
        if step == "..":
            steps.pop()
        elif step:
            steps.append(step)
    return "/".join(steps)


def _sections(article: HtmlElement) -> Iterator[Section]:
    """The sections of an article; a function of the package is a section of its own."""
    for element in article.iter("section", "dl"):
        if _is_section(element):
            head = next((e for e in element if e.tag in _HEADS), None)
            heading = "" if head is None else _line("".join(_pieces(head)))
            yield Section(element.get("id", ""), heading, _said(element))
        elif "py" in element.get("class", "").split():
            for told in element.iterchildren("dd"):
                name = told.getprevious()
                if anchor := ("" if name is None else name.get("id", "")):
                    yield Section(anchor, anchor.rpartition(".")[2], _said(told).partition("\n")[0])


def _said(element: HtmlElement) -> str:
    """The text of an element, without its sections and its heading."""
    pieces = [piece for child in element if child.tag not in _HEADS for piece in _pieces(child)]
    lines = (_line(line) for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line and _letters(line) >= _LETTERS)


def _pieces(element: HtmlElement) -> Iterator[str]:
    """The text of an element in pieces, a line for each block; a cell of numbers says nothing."""
    tag = element.tag
    classes = element.get("class", "").split() if isinstance(tag, str) else []
    kept = isinstance(tag, str) and tag not in _LEFT and not _is_section(element)
    if (
        kept
        and "py" not in classes
        and not _ASIDE.intersection(classes)
        and not _is_hidden(element)
    ):
        inner = [element.text or ""]
        for child in element:
            inner += _pieces(child)
        if tag in ("td", "th"):
            cell = _line("".join(inner))
            yield f"{cell}; " if _letters(cell) >= _LETTERS else ""
        elif tag in _BLOCKS:
            yield from ("\n", *inner, "\n")
        else:
            yield from inner
    yield element.tail or ""


def _is_section(element: HtmlElement) -> bool:
    """Whether a link can lead to it."""
    return element.tag == "section" and bool(element.get("id"))


def _is_hidden(element: HtmlElement) -> bool:
    return element.get("hidden") is not None or element.get("aria-hidden") == "true"


def _line(text: str) -> str:
    """A text in one line."""
    return re.sub(r"\s+", " ", text).strip(" ;")


def _letters(text: str) -> float:
    """The share of letters in what is no space."""
    seen = [sign for sign in text if not sign.isspace()]
    return sum(sign.isalpha() for sign in seen) / len(seen) if seen else 0.0


def pages(site: Path) -> Iterator[Page]:
    """The pages of a site in the order of its contents."""
    front = site / _front(site)
    listed = parts(front.read_bytes(), front.parent.relative_to(site).as_posix().strip("."))
    order = [front.relative_to(site).as_posix(), *(page for _, found in listed for page in found)]
    with kept("sections", __file__) as of:
        for path in dict.fromkeys(order):
            html = (site / path).read_bytes()
            if (page := of(html, partial(read, html, path))) is not None:
                yield Page(path, page[1], [Section(*section) for section in page[2]])


def _front(site: Path) -> str:
    """The address of the first page, to which index.html leads, or which it is."""
    found = re.search(r'url=([^"\']+)', (site / "index.html").read_text(encoding="utf-8")[:2000])
    return found[1] if found else "index.html"

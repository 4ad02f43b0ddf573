"""Which pages a volume has, in which order, and where its links lead: into it, or to the site."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import yaml
from lxml.html import builder as E

from ...words import catalogue
from ..build import edition
from . import still
from .still import Article, said

#: A part of a volume: its name ("" for none), and its pages.
Part = tuple[str, tuple[str, ...]]


@dataclass(frozen=True)
class Volume:
    """A volume: the name of its file, what its title page says, its articles in parts."""

    file: str
    title: str
    subtitle: str
    parts: tuple[tuple[str, tuple[Article, ...]], ...]

    @property
    def articles(self) -> Iterator[Article]:
        """All articles, in order."""
        return (article for _, articles in self.parts for article in articles)


def contents() -> list[Part]:
    """The parts of the book as _toc.yml has them, notebooks in a part of their own."""
    pages = catalogue("print")["pages"]
    toc = yaml.safe_load((edition.ROOT / "_toc.yml").read_text(encoding="utf-8"))
    parts: list[Part] = []
    notebooks: list[str] = []
    for part in toc["parts"]:
        found = [page for page in _walked(part["chapters"]) if not _is_in(page, pages["without"])]
        own = [page for page in found if page.startswith("notebooks/")]
        if part["caption"] == pages["notebooks_before"]:
            parts.append((said("book.notebooks"), tuple(notebooks)))
            own = []
        notebooks += own
        if rest := tuple(page for page in found if page not in own):
            parts.append((part["caption"], rest))
    return parts


def names() -> list[str]:
    """The volumes there are: the book first."""
    return [said("book.file"), *catalogue("print")["pages"]["volumes"]]


def volume(site: Path, name: str, numbers: bool = False) -> Volume:
    """A volume of the built site; `numbers` as in `still.article`, and the pages of an EPUB.

    KeyError names the volumes there are; FileNotFoundError if a page is not there.
    """
    words = catalogue("print")
    if name == said("book.file"):
        without = words["pages"]["epub_without"] if numbers else []
        parts = [
            (caption, tuple(p for p in pages if not _is_in(p, without)))
            for caption, pages in contents()
        ]
        title, subtitle = said("book.title"), said("book.subtitle")
    elif name in words["volumes"]:
        parts = [("", tuple(_expanded(words["pages"]["volumes"][name])))]
        title, subtitle = words["volumes"][name], said("book.title")
    else:
        raise KeyError(f"there is no volume {name!r}; allowed: {', '.join(names())}")
    made = Volume(
        name,
        title,
        subtitle,
        tuple(
            (caption, tuple(still.article(site, page, numbers) for page in pages))
            for caption, pages in parts
        ),
    )
    _once(made)
    return made


def _once(made: Volume) -> None:
    """Assumptions that stand in the volume before are not set again; a line says where they are."""
    seen: dict[str, Article] = {}
    for article in made.articles:
        for table in article.body.find_class("cb-assumptions"):
            rows = (" ".join(row.text_content().split()) for row in table.iterfind("tbody/tr"))
            first = seen.setdefault("\n".join(rows), article)
            if first is not article:
                up = "../" * article.page.count("/")
                note = E.P(E.CLASS("pr-note"), said("still.before"), " ")
                note.append(E.A(first.title, href=f"{up}{first.page}.html"))
                note.tail = table.tail
                table.getparent().replace(table, note)


def join(made: Volume, address: Callable[[Article, str], str]) -> list[str]:
    """Lead the links of a volume: to `address` of an article and a name in it, else to the site.

    Gives the links that lead to a place which the volume does not have, though it has the page.
    """
    pages = {article.page: article for article in made.articles}
    there = {article.page: set(article.ids()) for article in made.articles}
    lost = []
    for article in made.articles:

        def where(href: str, article: Article = article) -> str | None:
            parts = urlsplit(href)
            if parts.scheme or parts.netloc:
                return href
            path = posixpath.normpath(posixpath.join(posixpath.dirname(article.page), parts.path))
            page = re.sub(r"\.html$", "", path) if parts.path else article.page
            if page in pages and not parts.query:
                name = f"{pages[page].name}--{parts.fragment}" if parts.fragment else ""
                if name and name not in there[page]:
                    lost.append(f"{article.page}: {href}")
                    name = ""
                return address(pages[page], name or pages[page].name)
            return _outside(href, parts.path and path, article)

        still.linked(article.body, where)
    return lost


def _outside(href: str, path: str, article: Article) -> str | None:
    """The address on the site of what the volume does not have; None where nobody says it."""
    if not (home := edition.address()):
        return None
    tail = href[len(urlsplit(href).path) :]
    return f"{home}{path or article.page + '.html'}{tail.replace('?#', '#')}"


def _walked(chapters: list[dict[str, object]]) -> Iterator[str]:
    """The pages of a part, those below a page after it."""
    for chapter in chapters:
        yield str(chapter["file"])
        below = chapter.get("sections", [])
        assert isinstance(below, list)
        yield from _walked(below)


def _is_in(page: str, places: list[str]) -> bool:
    """Whether a page is one of these, or in one of these folders."""
    return any(page == place or (place[-1] == "/" and page.startswith(place)) for place in places)


def _expanded(pages: list[str]) -> Iterator[str]:
    """Pages by their names; those of "folder/*" in the order of _toc.yml."""
    for page in pages:
        if not page.endswith("*"):
            yield page
            continue
        toc = yaml.safe_load((edition.ROOT / "_toc.yml").read_text(encoding="utf-8"))
        every = (p for part in toc["parts"] for p in _walked(part["chapters"]))
        yield from (p for p in every if p.startswith(page[:-1]))

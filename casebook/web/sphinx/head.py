"""A Sphinx extension: what stands in the head and in the foot of a page, beside its own text.

In the head: what the page is about, the card that a chat shows beside a link to it, its address,
the same page in other languages. In the foot: how to cite it, the edition, and a mail to whoever
keeps the book. Words come from data/head.toml; `templates/head.html`, `cite.html` and
`last-updated.html` place them. What says an address is left out where the site has none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from hashlib import md5
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from docutils import nodes
from markupsafe import Markup
from sphinx.application import Sphinx
from sphinx.util import logging

from ...words import DATA, LANGUAGE, catalogue, phrase
from ..build import edition
from . import cards, cite, editions

#: Letters that a description has at least and at most: less says nothing, more is cut by others.
SHORTEST, LONGEST = 50, 160
#: Enough: a further sentence is not added.
_ENOUGH = 110
#: Where the cards of the pages stand, below the root of the site.
CARDS = "_static/cards/"
#: The colour that a telephone gives to the bar above the page, by day and at night: --cb-page.
_STYLES = Path(__file__).parents[1] / "assets" / "casebook.css"
_SENTENCE = re.compile(r"(?<=[.?!])\s+(?=\S)|(?<=[。？！])")
_ASIDE = (nodes.Admonition, nodes.list_item, nodes.entry, nodes.definition, nodes.figure)
_log = logging.getLogger(__name__)


def description(docname: str, tree: nodes.document | None) -> str:
    """What a page is about: its entry in data/head.toml, or its first whole sentences; or ""."""
    given: dict[str, str] = catalogue("head")["descriptions"]
    if docname in given:
        return given[docname]
    found = ""
    for sentence in _sentences(tree) if tree is not None else ():
        longer = f"{found} {sentence}".strip()
        if len(longer) > LONGEST:
            break
        found = longer
        if len(found) >= _ENOUGH:
            break
    return found if len(found) >= SHORTEST else ""


def _sentences(tree: nodes.document) -> Iterator[str]:
    """The sentences of the running text, without boxes, lists and tables."""
    for paragraph in tree.findall(nodes.paragraph):
        above: Any = paragraph.parent
        while above is not None and not isinstance(above, _ASIDE):
            above = above.parent
        if above is None:
            yield from _SENTENCE.split(" ".join(paragraph.astext().split()))


def part(toc: Any, docname: str) -> str:
    """The part of the book that a page belongs to, from the contents; "" for the root."""
    for tree in toc.root.subtrees:
        waiting = [str(name) for name in tree.files()]
        while waiting:
            name = waiting.pop()
            if name == docname:
                return str(tree.caption or "")
            if name in toc:
                waiting += [str(below) for below in toc[name].child_files()]
    return ""


def mail(to: str, page: str, url: str) -> dict[str, str]:
    """The link of a mail about a page, and what a reader is told of it; nothing without `to`."""
    if not to:
        return {}
    words = catalogue("head")["feedback"]
    version = edition.version()
    book = catalogue("print")["book"]["title"]
    subject = phrase(words, "subject", book=book, version=version, page=page)
    body = phrase(words, "body", url=url or page, version=version).lstrip("\n")
    link = f"mailto:{quote(to, safe='@+')}?subject={quote(subject)}&body={quote(body)}"
    section = phrase(words, "section", subject=subject, section="{section}")
    return {"href": link, "section": section, "link": words["link"], "note": words["note"]}


def themes() -> dict[str, str]:
    """The colour of a page by day and at night, from the style sheet."""
    light, dark = re.findall(r"--cb-page: (#\w+);", _STYLES.read_text(encoding="utf-8"))[:2]
    return {"light": light, "dark": dark}


class _Heads:
    """What is common to the heads of one build."""

    def __init__(self) -> None:
        self.said: dict[str, str] = {}  # description -> page

    def page(
        self,
        app: Sphinx,
        pagename: str,
        template: str,
        context: dict[str, Any],
        tree: nodes.document | None,
    ) -> None:
        """Give the templates of a page what they place."""
        base = app.config.html_baseurl and app.config.html_baseurl.rstrip("/") + "/"
        title = unescape(re.sub(r"<[^>]+>", "", context.get("title") or ""))
        book = cite.title()
        root = pagename == app.config.root_doc
        file = pagename + context["file_suffix"]
        url = base and base + file
        about = description(pagename, tree)
        if tree is not None and not about:
            _log.warning("no description of 50 to 160 letters: add it to data/head.toml",
                         location=pagename)  # fmt: skip
        if about and self.said.setdefault(about, pagename) != pagename:
            _log.warning("the same description as %s", self.said[about], location=pagename)
        image = ""
        if base and tree is not None:
            image = CARDS + pagename.replace("/", "-") + ".png"
            of = (
                catalogue("print")["book"]["subtitle"]
                if root
                else part(app.env.external_site_map, pagename)  # type: ignore[attr-defined]
            )
            if not cards.renew(Path(app.outdir, image), title, of, app.config.html_title):
                image = ""
        head = {
            "title": book if root else title,
            "book": app.config.html_title,
            "about": about,
            "url": url,
            "image": image and base + image,
            "kind": "website" if root else "article",
            "locale": catalogue("head")["locale"],
            "below": catalogue("head")["below"],
            "themes": themes(),
            "editions": self._editions(app, pagename, file),
            "data": tree is not None and _linked_data(app, title, about, url, root=root),
        }
        context |= {"pageurl": url or None, "cb_head": head, "cb_foot": self._foot(app)}
        if tree is not None:
            forms = cite.forms(pagename, "" if root else title, url)
            ris = "data:application/x-research-info-systems;charset=utf-8," + quote(forms["ris"])
            name = pagename.rpartition("/")[2] + ".ris"
            words = catalogue("head")["cite"]
            context["cb_cite"] = {"forms": forms, "ris": ris, "name": name, "words": words}
            context["cb_mail"] = sent = mail(app.config.casebook_feedback, title, url)
            for group in context["header_buttons"] if sent else ():
                if group["label"] == "source-buttons":  # beside "Open issue"
                    group["buttons"].append({
                        "type": "link", "url": sent["href"], "text": sent["link"],
                        "tooltip": sent["note"], "icon": "fas fa-envelope", "label": "mail-button",
                    })  # fmt: skip

    @staticmethod
    def _editions(app: Sphinx, pagename: str, file: str) -> dict[str, str]:
        """Language -> the address of the page in it; nothing where it is in one alone."""
        if not app.config.html_baseurl or not editions.there(pagename):
            return {}
        home = app.config.html_baseurl.rstrip("/") + "/"
        home = home if editions.FIRST else home.removesuffix(f"{LANGUAGE}/")
        places: dict[str, str] = app.config.casebook_editions
        return {language: home + place + file for language, place in places.items()}

    @staticmethod
    def _foot(app: Sphinx) -> dict[str, Any]:
        words = catalogue("head")["foot"]
        return {"edition": Markup(edition.said()), "licences": words["licences"]}


def missing(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The page for an address that the site does not have, with all pages of the contents."""
    toc, titles = app.env.external_site_map, app.env.titles  # type: ignore[attr-defined]
    parts = [
        (tree.caption, [(str(name), titles[str(name)].astext()) for name in tree.files()])
        for tree in toc.root.subtrees
    ]
    words = catalogue("head")["missing"]
    yield "404", {"title": words["title"], "words": words, "parts": parts}, "404.html"


def _linked_data(app: Sphinx, title: str, about: str, url: str, *, root: bool) -> Markup:
    """The page in the words of schema.org, as JSON-LD that may stand in a script element."""
    base = app.config.html_baseurl
    book: dict[str, Any] = {
        "@type": "Book",
        "name": cite.title(),
        "author": [{"@type": "Organization", "name": name} for name in cite.authors()],
        "inLanguage": app.config.language,
        "license": "https://creativecommons.org/licenses/by/4.0/",
        "version": edition.version(),
    }
    if base:
        book["url"] = f"{base.rstrip('/')}/{app.config.root_doc}.html"
    found = {"@context": "https://schema.org", **book}
    if root:
        found["description"] = about
    else:
        found = {"@context": "https://schema.org", "@type": "LearningResource", "name": title,
                 "description": about, "isPartOf": book}  # fmt: skip
        if url:
            found["url"] = url
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))


def setup(app: Sphinx) -> dict[str, Any]:
    """What Sphinx calls when it loads the extension."""
    # every page is written again when these change
    files = (DATA / "head.toml", DATA / "print.toml", cite.CITATION, cards.MARK)
    read = b"".join(path.read_bytes() for path in files)
    app.add_config_value("casebook_heads", md5(read).hexdigest(), "html", [str])
    app.add_config_value("casebook_feedback", "", "html", [str])
    app.add_config_value("casebook_editions", {}, "html", [dict])
    app.connect("html-collect-pages", missing)
    app.connect("html-page-context", _Heads().page, priority=800)
    return {"parallel_read_safe": True, "parallel_write_safe": False}

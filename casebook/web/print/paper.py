"""A volume as one page of HTML for paper: title, licence, contents with page numbers, articles."""

from __future__ import annotations

import copy
from html import escape
from pathlib import Path

from lxml import etree

from ...words import catalogue
from ..build import edition
from . import still, volume
from .still import said
from .volume import Volume

HERE = Path(__file__).parent
#: What stands where a page number will.
UNKNOWN = "000"


def html(made: Volume, home: str) -> str:
    """The volume, whose sheets are at `home`; page numbers come when it is printed (`pdf`)."""
    lang, styles = said("lang"), (HERE / "print.css").read_text(encoding="utf-8")
    rows = [
        f'<!doctype html><html lang="{lang}" data-theme="light" data-mode="light"><head>',
        f'<meta charset="utf-8"><title>{escape(_title(made))}</title>',
        f'<link rel="stylesheet" href="{home}/_static/site.css">',
        f"<style>{styles}\n{_running(made)}</style></head>",
        f'<body class="{"pr-book" if made.parts[0][0] else "pr-part-of"}">',
        _front(made),
    ]
    level = 1 if made.parts[0][0] else 0
    for caption, articles in made.parts:
        for k, article in enumerate(articles):
            rows.append(f'<main class="pr-page" style="page: {article.name}">')
            if caption and k == 0:
                rows.append(f'<h1 class="pr-part">{escape(caption)}</h1>')
            body = copy.deepcopy(article.body)
            still.lowered(body, level)
            body.tag, body.tail = "article", None
            body.set("id", article.name)
            rows += [etree.tostring(body, method="html", encoding="unicode"), "</main>"]
    return "\n".join([*rows, "</body></html>"])


def join(made: Volume) -> list[str]:
    """Lead the links of the volume to places in its one page; those that are lost."""
    return volume.join(made, lambda _, name: f"#{name}")


def dated() -> str:
    """Version and day of this edition."""
    if (day := edition.released()) is None:
        return said("book.edition_undated", version=edition.version())
    month = catalogue("print")["book"]["months"][day.month - 1]
    date = said("book.date", day=day.day, month=month, year=day.year)
    return said("book.edition", version=edition.version(), date=date)


def _title(made: Volume) -> str:
    return (
        f"{made.title}: {made.subtitle}" if made.parts[0][0] else f"{made.subtitle}, {made.title}"
    )


def _running(made: Volume) -> str:
    """The head of the pages of each article: its title; the foot of all: where it is from."""
    key = "left" if edition.address() else "left_unaddressed"
    left = said(
        f"foot.{key}",
        address=edition.address().removeprefix("https://").rstrip("/"),
        title=said("book.title"),
        version=edition.version(),
    )
    numbered = said("foot.page", page='" counter(page) "', pages='" counter(pages) "')
    rows = [
        f"@page {{ @bottom-left {{ content: {_quoted(left)} }}"
        f' @bottom-right {{ content: "{numbered}" }} }}'
    ]
    rows += [
        f"@page {article.name} {{ @top-left {{ content: {_quoted(said('book.title'))} }}"
        f" @top-right {{ content: {_quoted(article.title)} }} }}"
        for article in made.articles
    ]
    return "\n".join(rows)


def _quoted(text: str) -> str:
    """A text as CSS writes it."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("</", "<\\/")
    return f'"{escaped}"'


def _front(made: Volume) -> str:
    """The first pages: title, what may be done with it, contents."""
    mark = (HERE.parent / "assets" / "mark.svg").read_text(encoding="utf-8")
    mark = mark[mark.index("<svg") :].replace("<svg", '<svg aria-hidden="true"', 1)
    home = edition.address()
    cite = said(
        "book.cite",
        author=said("book.author"),
        title=said("book.title"),
        subtitle=said("book.subtitle"),
        version=edition.version(),
        address=home,
    )
    link = f'<p><a href="{escape(home)}">{escape(home)}</a></p>' if home else ""
    tag = "p" if made.parts[0][0] else "h1"
    notes = [said("book.licence"), said("book.fonts"), said("book.shown")]
    return f"""
<header class="pr-title">{mark}
<{tag} class="pr-name">{escape(made.title)}</{tag}><p class="pr-sub">{escape(made.subtitle)}</p>
<p class="pr-edition">{escape(dated())}</p>{link}</header>
<section class="pr-licence"><p>{escape(said("book.about"))}</p>
<p class="pr-small">{escape(said("book.licence_head"))}</p>
{"".join(f"<p>{escape(note)}</p>" for note in notes)}
<p class="pr-small">{escape(said("book.cite_head"))}</p><p>{escape(cite.strip())}</p></section>
<nav class="pr-contents" aria-label="{escape(said("book.contents"))}">
<p class="pr-small">{escape(said("book.contents"))}</p><ol>{_listed(made)}</ol></nav>"""


def _listed(made: Volume) -> str:
    """The contents, with a place for the page of each."""
    rows = []
    for caption, articles in made.parts:
        entries = "".join(
            f'<li><a href="#{a.name}"><span>{escape(a.title)}</span><i>{UNKNOWN}</i></a></li>'
            for a in articles
        )
        rows.append(f"<li><b>{escape(caption)}</b><ol>{entries}</ol></li>" if caption else entries)
    return "".join(rows)

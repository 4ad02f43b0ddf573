"""The article of a built page, made still: all that is there to be read, nothing to be touched.

Explorers become their figure with its numbers, what can be opened is open, the answers of a test
stand after its questions; of a cell that a notebook hides only what it prints is left.
Every name in the page (id) gets that of the page in front, so that many can stand in one file.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree, html
from lxml.html import HtmlElement
from lxml.html import builder as E

from ...words import catalogue, phrase

#: What is there to be touched, heard, or gone on from: elements, and classes of such.
_TAGS = (
    "script", "noscript", "iframe", "button", "input", "textarea", "select", "casebook-lecture",
    "casebook-vote",
)  # fmt: skip
_CLASSES = (
    "headerlink", "cb-run", "cb-ways", "cb-cases", "cb-buttons", "toctree-wrapper", "cb-narrow",
    "cb-l-from", "cb-l-pause", "cb-own", "cb-tabs", "cb-headline", "sd-summary-state-marker",
    "cb-st-form", "cb-st-score", "hide",
)  # fmt: skip
#: Attributes that name an element of the same page, or several.
_NAMING = ("for", "aria-labelledby", "aria-controls", "aria-describedby", "headers")
_URL = re.compile(r"url\((['\"]?)#")
_TARGET = re.compile(r"url\(['\"]?#([^'\")]+)")
_XLINK = ("href", "xlink:href", "{http://www.w3.org/1999/xlink}href")
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")


@dataclass(frozen=True)
class Article:
    """A page made still: its place in the site (without ending), its title, its content."""

    page: str
    title: str
    body: HtmlElement

    @property
    def name(self) -> str:
        """The name of the page, in front of each name in it."""
        return named(self.page)

    def ids(self) -> Iterator[str]:
        """The names of what is in it."""
        yield self.name
        for each in self.body.iter():
            if isinstance(each.tag, str) and (found := each.get("id")):
                yield found


def named(page: str) -> str:
    """A page of the site as a name: "cases-problem"."""
    return page.removeprefix("book/").replace("/", "-")


def article(site: Path, page: str, numbers: bool = False) -> Article:
    """The article of the page; with `numbers`, those behind each figure are kept, to be opened.

    FileNotFoundError if the site has no such page, ValueError if it has no article or no title.
    """
    path = site / f"{page}.html"
    found = html.document_fromstring(path.read_text(encoding="utf-8")).find(".//article")
    if found is None or found.find(".//h1") is None:
        raise ValueError(f"{path}: no article with a title; build the book first")
    body: HtmlElement = found
    words = catalogue("print")["still"]
    for explorer in _all(body, "casebook-explorer"):
        _put(explorer, _explored(explorer, words))
    for test in _all(body, "casebook-selftest"):
        _answers_after(test, words)
    for cell in body.find_class("tag_hide-cell"):
        _without_code(cell)
    _drop(body)
    for details in list(body.iter("details")):
        if details.get("class") != "cb-numbers":
            _opened(details)
        elif not numbers:
            details.drop_tree()
    for wide in body.find_class("cb-wide"):
        wide.drop_tag()
    for empty in reversed(list(body.iter("figcaption", "p", "div", "nav"))):
        if not len(empty) and not (empty.text or "").strip() and not empty.get("id"):
            empty.drop_tree()
    _rename(body, named(page))
    title = " ".join(body.find(".//h1").text_content().split())
    return Article(page, title, body)


def lowered(body: HtmlElement, by: int) -> None:
    """Make each heading of a body one of a lower level, so that pages can be parts of a whole."""
    for heading in list(body.iter(*_HEADINGS)):
        level = int(heading.tag[1])
        heading.set("data-level", str(level))
        heading.tag = f"h{min(level + by, 6)}"


def linked(body: HtmlElement, where: Callable[[str], str | None]) -> None:
    """Lead each link to what `where` says of its address; what leads nowhere is plain text."""
    for link in list(body.iter("a")):
        if (given := link.get("href")) is None:
            continue
        if (there := where(given)) is None:
            link.drop_tag()
        else:
            link.set("href", there)
            for extra in ("target", "aria-current", "title"):
                link.attrib.pop(extra, None)


def _drop(body: HtmlElement) -> None:
    """Take out what is of no use on paper, and comments."""
    gone = [*body.iter(*_TAGS), *body.iter(etree.Comment), *body.xpath(".//*[@hidden]")]
    gone += body.xpath(".//*[@data-print] | .//style[not(ancestor::svg)]")
    for each in _CLASSES:
        gone += body.find_class(each)
    for each in gone:
        if each.getparent() is not None:
            each.drop_tree()


def _without_code(cell: HtmlElement) -> None:
    """A cell that a notebook hides: what it prints, which the text beside it speaks of."""
    for details in list(cell.iter("details")):
        details.find("summary").drop_tree()
        details.drop_tag()
    for code in cell.find_class("cell_input"):
        code.drop_tree()


def _all(body: HtmlElement, tag: str) -> list[HtmlElement]:
    return list(body.iter(tag))


def _put(old: HtmlElement, new: HtmlElement) -> None:
    """Set one element in the place of another."""
    new.tail = old.tail
    old.getparent().replace(old, new)


def _explored(explorer: HtmlElement, words: dict[str, str]) -> HtmlElement:
    """The figure of an explorer at its base case, its numbers, and what can be moved where."""
    figure = copy.deepcopy(explorer.find(".//figure"))
    figure.tail = None
    moved = [
        (label.text_content().strip(), _shown(label.getparent()))
        for label in explorer.xpath(".//*[@class='cb-control']/label")
    ]
    rows = explorer.xpath(".//table[@class='cb-key-numbers']/tbody/tr")
    numbers = [(row[0].text_content(), row[-1].text_content()) for row in rows]
    tables = [
        _table(words[head], pairs)
        for head, pairs in (("numbers", numbers), ("moved", moved))
        if pairs
    ]
    note = E.P(E.CLASS("pr-note"), words["live"], " ")
    note.append(E.A(words["live_link"], href=f"?#{explorer.get('id')}"))
    made: HtmlElement = E.DIV(
        E.CLASS("pr-explorer"), figure, E.DIV(E.CLASS("pr-pair"), *tables), note
    )
    made.set("id", explorer.get("id"))
    return made


def _shown(control: HtmlElement) -> str:
    """What a control of an explorer stands at."""
    if (chosen := control.find(".//option[@selected]")) is not None:
        return str(chosen.text_content())
    typed = control.find_class("cb-exact")
    return str(typed[0].get("value")) if typed else ""


def _table(head: str, pairs: list[tuple[str, str]]) -> HtmlElement:
    """A table of names and values under one heading."""
    body = [E.TR(E.TH(name, scope="row"), E.TD(value)) for name, value in pairs]
    top = E.TR(E.TH(head, scope="col", colspan="2"))
    return E.TABLE(E.CLASS("cb-table"), E.THEAD(top), E.TBODY(*body))


def _answers_after(test: HtmlElement, words: dict[str, str]) -> None:
    """Take the answers out of the questions of a test, and set them after the last."""
    answers = []
    for item in test.find_class("cb-st-item"):
        parts = []
        for details in list(item.iter("details")):
            details.find("summary").drop_tree()
            parts += list(details)
            details.drop_tree()
        for part in parts:
            part.tail = " "  # they stand in one line
        answers.append(E.LI(*parts))
    test.append(E.P(E.CLASS("pr-answers"), E.STRONG(words["answers"])))
    test.append(E.OL(E.CLASS("pr-answers"), *answers))
    test.tag = "div"
    test.attrib.clear()
    # the line above it tells of the browser
    before = test.getprevious()
    if before is not None and before.tag == "p":
        before.drop_tree()


def _opened(details: HtmlElement) -> None:
    """What can be opened, open: its heading in bold, then what it holds."""
    if (summary := details.find("summary")) is not None:
        text = " ".join(summary.text_content().split())
        summary.clear()
        summary.tag = "p"
        summary.set("class", "pr-summary")
        summary.text = text
    details.tag = "div"
    details.attrib.pop("open", None)
    details.set("class", f"pr-open {details.get('class') or ''}".strip())


def _rename(body: HtmlElement, name: str) -> None:
    """Set the page's name in front of the names in it, wherever they are used.

    Names in a drawing have its number too; those that it does not use itself are taken away.
    """
    for number, drawing in enumerate(body.iter("svg"), 1):
        _rename_in(drawing, number)
    for each in body.iter():
        if not isinstance(each.tag, str):
            continue
        for key, value in list(each.attrib.items()):
            if key == "id":
                each.set(key, f"{name}--{value}")
            elif key in _NAMING:
                each.set(key, " ".join(f"{name}--{part}" for part in value.split()))
            elif key in _XLINK and each.tag != "a" and value.startswith("#"):
                each.set(key, f"#{name}--{value[1:]}")
            elif "url(" in value:
                each.set(key, _URL.sub(rf"url(\g<1>#{name}--", value))


def _rename_in(drawing: HtmlElement, number: int) -> None:
    """Give the names in a drawing its number, and take away those that it does not use."""
    used = set()
    for each in drawing.iter(etree.Element):
        for key, value in list(each.attrib.items()):
            if key in _XLINK and value.startswith("#"):
                used.add(value[1:])
                each.set(key, f"#{number}-{value[1:]}")
            elif "url(" in value:
                used |= set(_TARGET.findall(value))
                each.set(key, _URL.sub(rf"url(\g<1>#{number}-", value))
    for each in drawing.iter(etree.Element):
        if (given := each.get("id")) in used:
            each.set("id", f"{number}-{given}")
        elif given is not None:
            del each.attrib["id"]


def said(key: str, **values: object) -> str:
    """A phrase of data/print.toml."""
    return phrase(catalogue("print"), key, **values)

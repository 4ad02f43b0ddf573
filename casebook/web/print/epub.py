"""The book as EPUB 3, from the same still articles as the PDF.

A file is a page; figures are drawings (SVG) in it, formulas MathML, what can be opened is open but
for the numbers behind a figure. Written with the standard library: what the packers of EPUB on PyPI
add is this packing list, and they read the pages anew as HTML, which breaks names such as viewBox.
The same book gives the same bytes.
"""

from __future__ import annotations

import io
import re
import uuid
import zipfile
from dataclasses import dataclass
from html import escape
from pathlib import Path

import jinja2
from lxml import etree
from lxml.html import HtmlElement

from ...palette import PALETTE
from ...words import catalogue
from ..build import edition
from . import paper, pdf, volume
from .still import Article, said
from .volume import Volume

HERE = Path(__file__).parent
ASSETS = HERE.parent / "assets"
FONTS = ("casebook-sans.woff2", "casebook-serif.woff2", "stix-two-math.woff2")
XHTML, SVG = "http://www.w3.org/1999/xhtml", "http://www.w3.org/2000/svg"
MATHML, XLINK = "http://www.w3.org/1998/Math/MathML", "http://www.w3.org/1999/xlink"
OPS = "http://www.idpf.org/2007/ops"
#: Names of SVG that a reader of HTML has written in small letters.
_SVG_NAMES = {
    name.lower(): name
    for name in (
        "viewBox", "clipPath", "clipPathUnits", "preserveAspectRatio", "linearGradient",
        "radialGradient", "gradientUnits", "gradientTransform", "patternUnits", "patternTransform",
        "markerWidth", "markerHeight", "markerUnits", "refX", "refY", "textLength", "lengthAdjust",
        "textPath", "spreadMethod",
    )
}  # fmt: skip
#: Attributes that XHTML, SVG or MathML of an EPUB do not know.
# (the roles of Sphinx are of an older DPUB-ARIA)
_UNKNOWN = re.compile(
    r"^(role|xmlns.*|align|border|valign|width|height|tabindex|data-.*|nowrap|scope)$"
)
#: What of these an element may have all the same.
_KNOWN = {"th": {"scope"}, "svg": {"width", "height"}, "rect": {"width", "height"}}
#: What the book is for who reads it in other ways than with the eye (schema.org).
ACCESSIBLE = {
    "accessMode": ("textual", "visual"),
    "accessModeSufficient": ("textual,visual", "textual"),
    "accessibilityFeature": (
        "alternativeText", "longDescription", "MathML", "structuralNavigation", "tableOfContents",
        "readingOrder", "displayTransformability",
    ),
    "accessibilityHazard": ("none",),
}  # fmt: skip


@dataclass(frozen=True)
class File:
    """A page of the EPUB: its name, what a reader is told of it, its text."""

    name: str
    properties: str
    text: str


def join(made: Volume) -> list[str]:
    """Lead the links of the volume to its files; those that are lost."""

    def where(article: Article, name: str) -> str:
        return f"{article.name}.xhtml" + (f"#{name}" if name != article.name else "")

    return volume.join(made, where)


def written(made: Volume) -> bytes:
    """The file; its links have been led by `join` before."""
    files = [File("title-page", "", _page(made.title, _title(made)))]
    files += [_file(article) for article in made.articles]
    moment = pdf.moment()
    parts: dict[str, str | bytes] = {
        "META-INF/container.xml": _CONTAINER,
        "EPUB/package.opf": _package(made, files, moment.strftime("%Y-%m-%dT%H:%M:%SZ")),
        "EPUB/nav.xhtml": _page(said("book.contents"), _nav(made)),
        "EPUB/cover.xhtml": _page(
            said("epub.cover"), _COVER.format(escape(said("epub.cover_alt")))
        ),
        "EPUB/cover.svg": cover(made),
        "EPUB/style.css": (HERE / "epub.css").read_text(encoding="utf-8"),
        **{f"EPUB/{file.name}.xhtml": file.text for file in files},
        **{f"EPUB/fonts/{name}": (ASSETS / "fonts" / name).read_bytes() for name in FONTS},
    }
    out, stamp = io.BytesIO(), max(moment.timetuple()[:6], (1980, 1, 1, 0, 0, 0))
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as packed:
        first = zipfile.ZipInfo("mimetype", stamp)  # the first file, and as it is
        packed.writestr(first, "application/epub+zip", zipfile.ZIP_STORED)
        for name, content in parts.items():
            packed.writestr(zipfile.ZipInfo(name, stamp), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def cover(made: Volume) -> str:
    """The cover: the mark of the book, its title and what it is, as SVG."""
    mark = (ASSETS / "mark.svg").read_text(encoding="utf-8")
    place = '<svg x="150" y="260" width="300" height="300"'
    mark = mark[mark.index("<svg") :].replace("<svg", place, 1)
    lines = [*_broken(made.title, 16), ""]
    large = "".join(
        f'<text x="150" y="{760 + 120 * k}" font-size="104" font-weight="700">{escape(line)}</text>'
        for k, line in enumerate(lines)
    )
    small = "".join(
        f'<text x="150" y="{760 + 120 * len(lines) + 62 * k}" font-size="46">{escape(line)}</text>'
        for k, line in enumerate(_broken(made.subtitle, 34))
    )
    return (
        f'<svg xmlns="{SVG}" viewBox="0 0 1200 1600" width="1200" height="1600">'
        f'<rect width="1200" height="1600" fill="#fbfaf7"/>'
        f'<rect width="1200" height="40" fill="{PALETTE["c1"]}"/>{mark}'
        f'<g font-family="Casebook Sans, Helvetica, Arial, sans-serif" fill="{PALETTE["ink"]}">'
        f"{large}{small}</g></svg>"
    )


def xhtml(body: HtmlElement) -> etree._Element:
    """An element read as HTML, as XHTML with SVG and MathML under their right names."""
    made: etree._Element = _clean(body, XHTML)
    return made


def _clean(old: HtmlElement, space: str) -> etree._Element:
    tag = str(old.tag).rpartition("}")[2].rpartition(":")[2]
    space = {"svg": SVG, "math": MATHML}.get(tag, space)
    if space == SVG:
        tag = _SVG_NAMES.get(tag, tag)
    spaces = {None: space, "xlink": XLINK} if tag == "svg" else {None: space}
    new = etree.Element(f"{{{space}}}{tag}", nsmap=spaces)
    new.text, new.tail = old.text, old.tail
    for key, value in old.attrib.items():
        name = str(key).lower()
        if name == "xlink:href":
            new.set(f"{{{XLINK}}}href", value)
        elif space == SVG:
            if not name.startswith(("xmlns", "data-")) and name != "version":
                new.set(_SVG_NAMES.get(name, name), _coloured(value))
        elif space == MATHML:
            if name not in ("xmlns", "class", "style") or name == "class":
                new.set(name, value)
        elif not _UNKNOWN.match(name) or name in _KNOWN.get(tag, ()):
            new.set(name, value)
    for child in old:
        if isinstance(child.tag, str):
            new.append(_clean(child, space))
    if space == SVG and new.text and tag == "style":
        new.text = _coloured(new.text)
    return new


def _coloured(value: str) -> str:
    """A value of SVG with the colours that its names stand for: not every reader knows names."""
    return re.sub(
        r"var\(--cb-(\w+)(?:,[^()]*)?\)", lambda found: PALETTE.get(found[1], "#1d2530"), value
    )


def _file(article: Article) -> File:
    """A page of the EPUB."""
    body = xhtml(article.body)
    body.tag = f"{{{XHTML}}}section"
    body.set("id", article.name)
    body.tail = None
    holds = {"svg": f"{{{SVG}}}svg", "mathml": f"{{{MATHML}}}math"}
    properties = [key for key, tag in holds.items() if next(body.iter(tag), None) is not None]
    text = etree.tostring(body, encoding="unicode")
    return File(article.name, " ".join(properties), _page(article.title, text))


def _page(title: str, body: str) -> str:
    """A whole page."""
    lang = said("lang")
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n'
        f'<html xmlns="{XHTML}" xmlns:epub="{OPS}" lang="{lang}" xml:lang="{lang}"><head>'
        f'<title>{escape(title)}</title><link rel="stylesheet" href="style.css"/></head>'
        f"<body>{body}</body></html>\n"
    )


def _title(made: Volume) -> str:
    """The first page that is read: what the book is and what may be done with it."""
    home = edition.address()
    cite = said(
        "book.cite",
        author=said("book.author"),
        title=made.title,
        subtitle=made.subtitle,
        version=edition.version(),
        address=home,
    )
    link = f'<p><a href="{escape(home)}">{escape(home)}</a></p>' if home else ""
    rows = [(said("book.licence_head"), said("book.licence")), ("", said("book.fonts"))]
    rows.append((said("book.cite_head"), cite.strip()))
    notes = "".join(
        (f"<h2>{escape(head)}</h2>" if head else "") + f"<p>{escape(text)}</p>"
        for head, text in rows
    )
    return (
        f"<section><h1>{escape(made.title)}</h1><p>{escape(made.subtitle)}</p>"
        f'<p class="pr-edition">{escape(paper.dated())}</p>{link}'
        f"<p>{escape(said('book.about'))}</p>{notes}</section>"
    )


def _nav(made: Volume) -> str:
    """Contents, to the sections of each page, and the places that a reader jumps to."""
    rows = []
    for caption, articles in made.parts:
        entries = "".join(_entry(article) for article in articles)
        rows.append(
            f"<li><span>{escape(caption)}</span><ol>{entries}</ol></li>" if caption else entries
        )
    first = next(made.articles).name
    return (
        f'<nav epub:type="toc" id="toc" role="doc-toc"><h1>{escape(said("book.contents"))}</h1>'
        f"<ol>{''.join(rows)}</ol></nav>"
        f'<nav epub:type="landmarks" hidden="hidden"><h2>{escape(said("epub.landmarks"))}</h2><ol>'
        f'<li><a epub:type="toc" href="nav.xhtml">{escape(said("book.contents"))}</a></li>'
        f'<li><a epub:type="bodymatter" href="{first}.xhtml">{escape(said("epub.start"))}</a></li>'
        "</ol></nav>"
    )


def _entry(article: Article) -> str:
    """A page in the contents, with its sections."""
    below = [
        f'<li><a href="{article.name}.xhtml#{section.get("id")}">'
        f"{escape(' '.join(heading.text_content().split()))}</a></li>"
        for section in article.body.iter("section")
        if section.get("id") and (heading := section.find("h2")) is not None
    ]
    more = f"<ol>{''.join(below)}</ol>" if below else ""
    return f'<li><a href="{article.name}.xhtml">{escape(article.title)}</a>{more}</li>'


def _package(made: Volume, files: list[File], modified: str) -> str:
    """The packing list."""
    home = edition.address()
    name = f"{home or said('book.title')}/{made.file}"
    template = (HERE / "package.opf.j2").read_text(encoding="utf-8")
    text: str = (
        jinja2.Environment(autoescape=True)
        .from_string(template)
        .render(
            lang=said("lang"),
            identifier=f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, name)}",
            title=made.title,
            subtitle=made.subtitle,
            author=said("book.author"),
            description=said("epub.description"),
            rights=said("book.licence"),
            source=home,
            modified=modified,
            accessible={
                **ACCESSIBLE,
                "accessibilitySummary": [catalogue("print")["epub"]["summary"]],
            },
            fonts=[f"fonts/{font}" for font in FONTS],
            files=files,
        )
    )
    return text


def _broken(text: str, most: int) -> list[str]:
    """A text in lines of at most so many letters."""
    lines = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > most and lines[-1]:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return lines


_CONTAINER = """<?xml version="1.0"?>
<container version="1.0" xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>
<rootfile full-path="EPUB/package.opf" media-type="application/oebps-package+xml"/>
</rootfiles></container>
"""
_COVER = """<section epub:type="cover"><div class="pr-cover">
<img src="cover.svg" alt="{}"/></div></section>"""

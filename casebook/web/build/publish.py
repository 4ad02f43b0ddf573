"""What a site needs beside its pages, for those who link to it, index it, or mistype it.

    python -m casebook.web.build.publish _build/html

writes sitemap.xml, robots.txt and index.html, lets the addresses of 404.html start from the root of
the site, so that it works at any depth, and puts the edition into the foot of pages that were not
built again. It may run on its own output.
"""

from __future__ import annotations

import re
import sys
from html import escape
from pathlib import Path
from urllib.parse import quote, urlsplit

from ..._whole import write
from ...words import catalogue
from . import edition

#: The page that the address of the site leads to.
HOME = "book/index.html"
#: Folders of pages that are indexed, and what is not: other forms of them, tools, sources.
INDEXED = ("book", "notebooks", "zh/book", "zh/notebooks")
HIDDEN = ("_sources/", "embed/", "lite/", "slides/")
_EDITION = re.compile(r'<time class="cb-edition".*?</time>', re.DOTALL)
#: An address within the site: not of a part of the page, of another site, from the root, or data.
_OURS = re.compile(r"""(\b(?:href|src|action|data-content_root)=["'])(?![#/]|[a-z][a-z+.-]*:)""")
#: What the landing page says of itself, for who reads only the address of the site.
_SAID = re.compile(
    r"""<meta (?:name="(?:description|theme-color|twitter:\w+)"|property="og:[\w:]+") [^>]*>"""
    r"""|<link rel="(?:canonical|alternate)" [^>]*>"""
)
#: A later step writes it into every page: it is no reason to write the first one again.
_POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')
INDEX = """<!DOCTYPE html>
<html lang="{lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="0; url={home}">
<title>{title}</title>
{said}
</head>
<body>
<main>
<h1>{title}</h1>
<p><a href="{home}">{text}</a></p>
</main>
</body>
</html>
"""


def make(site: Path) -> None:
    """Complete the site. ValueError where it has no landing page."""
    if not (site / HOME).is_file():
        raise ValueError(f"{site / HOME} is not there: build the book first")
    stamp(site)
    start, first = index((site / HOME).read_text(encoding="utf-8")), site / "index.html"
    old = first.read_text(encoding="utf-8") if first.is_file() else ""
    if _POLICY.sub("", old).split() != start.split():
        _put(first, start)
    root = urlsplit(edition.address()).path or "/"
    if (page := site / "404.html").is_file():
        _put(page, rooted(page.read_text(encoding="utf-8"), root))
    _put(site / "robots.txt", robots(root))
    if edition.address():
        _put(site / "sitemap.xml", sitemap(site))
    else:  # it must name whole addresses
        (site / "sitemap.xml").unlink(missing_ok=True)


def stamp(site: Path) -> None:
    """Write version and date of the edition into every page that has another."""
    now = edition.said()
    for path in (p for place in ("*.html", "book/**/*.html", "notebooks/*.html")
                 for p in sorted(site.glob(place))):  # fmt: skip
        _put(path, _EDITION.sub(lambda _: now, path.read_text(encoding="utf-8")))


def index(home: str) -> str:
    """The page at the address of the site: it leads to the landing page, and has its card."""
    title = re.search(r"<title>(.*?)</title>", home, re.DOTALL)
    language = re.search(r'<html[^>]* lang="([\w-]+)"', home)
    return INDEX.format(
        lang=language[1] if language else "en",
        home=HOME,
        title=title[1] if title else "",
        said="\n".join(_SAID.findall(home)),
        text=escape(catalogue("head")["landing"]["text"]),
    )


def rooted(html: str, root: str) -> str:
    """A page of the root of the site, whose addresses hold wherever it is shown."""
    found = _OURS.sub(lambda match: match[1] + root, html)
    return found.replace(f'"{root}./', f'"{root}')


def robots(root: str) -> str:
    """What search engines are asked to leave out. It counts at the root of a host alone."""
    lines = ["User-agent: *", *(f"Disallow: {root}{place}" for place in HIDDEN)]
    if edition.address():
        lines += ["", f"Sitemap: {edition.address()}sitemap.xml"]
    return "\n".join(lines) + "\n"


def sitemap(site: Path) -> str:
    """Every page of the book and every notebook, with the day of the last change of its source."""
    days = edition.changed()
    entries = []
    for path in sorted(p for place in INDEXED for p in (site / place).rglob("*.html")):
        page = path.relative_to(site).with_suffix("").as_posix()
        day = days.get(f"{page}.md") or days.get(f"{page}.ipynb")
        last = f"<lastmod>{day}</lastmod>" if day else ""
        entries.append(f"<url><loc>{edition.address()}{quote(page)}.html</loc>{last}</url>")
    head = '<?xml version="1.0" encoding="UTF-8"?>'
    return "\n".join([
        head,
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">',
        *entries,
        "</urlset>",
        "",
    ])  # fmt: skip


def _put(path: Path, text: str) -> None:
    """Write a file if it says something else."""
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        write(path, text.encode())


def main() -> None:
    """The command line: complete the site in the folder that is named."""
    try:
        make(Path(sys.argv[1]))
    except (IndexError, ValueError) as error:
        sys.exit(f"{error}\n{__doc__}")


if __name__ == "__main__":
    main()

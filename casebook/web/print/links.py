"""Lead from the pages of a built site to the files that `make print` has made.

    python -m casebook.web.print.links _build/html _build/print

copies the files into the folder `print` of the site and sets links into the finished pages: the
whole book on the landing page and in the colophon, a case in the head of its pages, the lectures on
their list. Without the files there are no links. Running it again changes nothing.
"""

from __future__ import annotations

import json
import re
import shutil
import sys
from html import escape
from pathlib import Path

from ... import _whole
from ...words import LANGUAGE, LANGUAGES, catalogue
from .still import said

#: What this has set into a page.
_OURS = re.compile(r"<(a|section)\b[^>]* data-print[^>]*>.*?</\1>", re.DOTALL)
_WAYS = re.compile(r"(<nav class=['\"]cb-ways['\"][^>]*>.*?)(</nav>)", re.DOTALL)
_END = re.compile(r"(</section>\s*)(</article>)", re.DOTALL)


def make(site: Path, made: Path | None = None) -> None:
    """Copy what there is and set the links; `made` is _build/print beside the site if not given."""
    made = made or site.parent / "print"
    files = {name: made / name for name in sorted(_names()) if (made / name).is_file()}
    target = site / "print"
    shutil.rmtree(target, ignore_errors=True)
    if files:
        target.mkdir()
    for name, path in files.items():
        shutil.copy2(path, target / name)
    for page, added in _places(files).items():
        path = site / f"{page}.html"
        if path.is_file():
            text = path.read_text(encoding="utf-8")
            if (new := _set(_OURS.sub("", text), added)) != text:
                _whole.write(path, new.encode())


def file(name: str, ending: str = "pdf") -> str:
    """The file of a volume; that of an edition in another language says so in its name."""
    own = "" if LANGUAGES[0] == LANGUAGE else f"-{LANGUAGE}"
    return f"{name.removesuffix(own)}{own}.{ending}"


def _names() -> set[str]:
    """The files that `make print` writes."""
    book = said("book.file")
    volumes = (book, *catalogue("print")["pages"]["volumes"])
    return {file(book, "epub"), *map(file, volumes)}


def megabytes(size: int) -> str:
    """The size of a file as it is said."""
    return f"{size / 1e6:.1f}"


def _places(files: dict[str, Path]) -> dict[str, str]:
    """Page -> what is set into it, "" for nothing; all pages that may have a link."""
    words, found = catalogue("print"), {}
    for name, pages in words["pages"]["volumes"].items():
        for page in pages:
            if page.startswith("book/") and not page.endswith("*"):
                href = _up(page, file(name))
                link = f'<a class="cb-pdf" data-print href="{href}">{said("links.pdf")}</a>'
                found[page] = link if file(name) in files else ""
    book = said("book.file")
    whole = (("book_pdf", file(book)), ("book_epub", file(book, "epub")))
    for page in ("book/index", "book/appendix/colophon"):
        found[page] = _section(page, [pair for pair in whole if pair[1] in files], files)
    page = "book/lectures/index"
    found[page] = _section(
        page, [p for p in [("lectures_pdf", file("lectures"))] if p[1] in files], files
    )
    return found


def _section(page: str, rows: list[tuple[str, str]], files: dict[str, Path]) -> str:
    """A section with a link to each file."""
    if not rows:
        return ""
    lines = []
    for key, name in rows:
        path = files[name]
        note = json.loads(path.with_name(f"{name}.json").read_text(encoding="utf-8"))
        text = said(f"links.{key}", pages=note["pages"], size=megabytes(note["size"]))
        made = escape(said("links.of", date=note["date"]))
        lines.append(f'<li><a href="{_up(page, name)}">{escape(text)}</a>{made}</li>')
    head = escape(said("links.heading"))
    return (
        f'<section id="print" data-print><h2>{head}<a class="headerlink" href="#print">#</a></h2>'
        f'<ul class="simple">{"".join(lines)}</ul></section>'
    )


def _set(text: str, added: str) -> str:
    """A page with what is added to it: to the ways into a case, or as its last section."""
    if added.startswith("<a"):
        return _WAYS.sub(lambda found: found[1] + added + found[2], text, count=1)
    return _END.sub(lambda found: added + found[1] + found[2], text, count=1) if added else text


def _up(page: str, name: str) -> str:
    """The address of a file from a page."""
    return "../" * page.count("/") + f"print/{name}"


if __name__ == "__main__":
    try:
        make(*map(Path, sys.argv[1:]))
    except (TypeError, OSError) as error:
        sys.exit(f"{error}\n{__doc__}")

"""A volume as a tagged PDF, printed by headless Chromium.

It is printed twice: the first time says on which page each article begins, for the contents. Date
and names in the file are those of the edition, so that the same book gives the same bytes.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..build import edition
from ..lectures import stage
from . import needs, paper
from .still import said
from .volume import Volume

HERE = Path(__file__).parent
#: A page of print.css in the dots of a browser (96 an inch), for fill.js: what is set on it; from
#: which share on it is full; how much smaller a figure may become.
SHEET = {
    "width": 168 / 25.4 * 96,
    "height": 255 / 25.4 * 96,
    "gap": 80,
    "least": 0.62,
    "smallest": 0.74,
}
#: Whether these letters look different: one for which there is no font is a box like any other.
_DRAWN = """letters => {
  const context = document.createElement("canvas").getContext("2d");
  context.font = "24px sans-serif";
  return new Set(letters.map(letter => {
    context.clearRect(0, 0, 40, 40);
    context.fillText(letter, 2, 30);
    return context.getImageData(0, 0, 40, 40).data.join();
  })).size > 1;
}"""
_NUMBER = """pages => {
  for (const link of document.querySelectorAll(".pr-contents a")) {
    link.querySelector("i").textContent = pages[decodeURIComponent(link.hash.slice(1))];
  }
}"""


def written(made: Volume, site: Path) -> bytes:
    """The file; its links have been led by `paper.join` before. `site` has the sheets.

    VoiceError if Chromium or playwright lack, ImportError without pypdf, RuntimeError if no font
    that is installed has the letters of the title.
    """
    with stage.served(site) as home, stage.browser() as chromium:
        page = _opened(chromium, paper.html(made, home), home)
        title = sorted({letter for letter in made.title if letter.isalpha()})
        if not page.evaluate(_DRAWN, title):
            raise RuntimeError(said("said.letters", letters="".join(title)))
        pages = starts(_printed(page))
        page.evaluate(_NUMBER, pages)
        last = _printed(page)
    if (again := starts(last)) != pages:
        moved = [name for name in pages if pages[name] != again.get(name)]
        raise RuntimeError(f"{made.file}: {', '.join(moved[:3])} moved while it was printed")
    return _named(last, made)


def starts(pdf: bytes) -> dict[str, int]:
    """Name of each place that a link leads to -> its page, from 1."""
    reader = needs.library("pypdf").PdfReader(io.BytesIO(pdf))
    by_id = {page.indirect_reference.idnum: k for k, page in enumerate(reader.pages, 1)}
    found = {}
    for name, place in reader.named_destinations.items():
        found[str(name).removeprefix("/")] = by_id[place.raw_get("/Page").idnum]
    return found


def _opened(chromium: Any, html: str, home: str) -> Any:
    """The HTML in the browser, its pages filled; it is served at `home`, as its sheets are."""
    address, page = f"{home}/print.html", chromium.new_page()
    page.route(address, lambda route: route.fulfill(body=html, content_type="text/html"))
    page.goto(address, wait_until="load")
    page.emulate_media(media="print")
    page.evaluate("document.fonts.ready.then(() => true)")
    page.evaluate((HERE / "fill.js").read_text(encoding="utf-8"), SHEET)
    return page


def _printed(page: Any) -> bytes:
    made: bytes = page.pdf(
        prefer_css_page_size=True, print_background=True, tagged=True, outline=True
    )
    return made


def moment() -> datetime:
    """When the edition was made: SOURCE_DATE_EPOCH, else the day of the last commit."""
    if seconds := os.environ.get("SOURCE_DATE_EPOCH"):
        return datetime.fromtimestamp(int(seconds), UTC)
    day = edition.released()
    return datetime(day.year, day.month, day.day, tzinfo=UTC) if day else datetime(2026, 1, 1)


def _named(pdf: bytes, made: Volume) -> bytes:
    """The file with the date of the edition, its author, and its title in the window."""
    pypdf, generic = needs.library("pypdf"), needs.library("pypdf.generic")

    stamp = moment().strftime("D:%Y%m%d%H%M%S+00'00'").encode()
    dated = re.sub(rb"D:\d{14}\+00'00'", stamp, pdf)
    writer = pypdf.PdfWriter(io.BytesIO(dated), incremental=True)
    facts: Mapping[str, str] = {"/Author": said("book.author"), "/Subject": made.subtitle}
    writer.add_metadata(dict(facts))
    writer.root_object[generic.NameObject("/ViewerPreferences")] = generic.DictionaryObject(
        {generic.NameObject("/DisplayDocTitle"): generic.BooleanObject(True)}
    )
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()

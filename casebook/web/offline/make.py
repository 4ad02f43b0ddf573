"""What lets a reader go on without a network: the service worker, and the link to the zip.

A step on the finished site. It writes `service-worker.js` into the root, where a worker must stand
to see all pages, and leads from the page about this to the zip of `make zip`, if that is of the
same edition. The words are those of data/offline.toml. Running it again changes nothing.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import zipfile
from html import escape
from pathlib import Path
from string import Template

from ..._whole import write
from ...words import catalogue, phrase, word
from ..build import policy, provenance
from ..build.parts import each

HERE = Path(__file__).parent
WORKER = "service-worker.js"
#: The zip: beside the site when it is made, and in its root from the next build on.
ZIP = "five-client-relationships.zip"
#: The page about all this, which leads to the zip.
PAGE = "book/appendix/offline.html"
#: What this has set into that page.
_OURS = re.compile(r'<section id="folder" data-offline>.*?</section>', re.DOTALL)
_END = re.compile(r"(</section>\s*)(</article>)", re.DOTALL)
_COLOUR = re.compile(r"--cb-(page|ink|muted|accent): (#\w+);")


def mark() -> str:
    """What every page of the book holds and no other does: its policy, after what differs."""
    return policy.policy(policy.POLICY).partition("; worker-src ")[2]


def make(site: Path) -> None:
    """Write the worker and set the link. ValueError for a page that the worker would not keep."""
    said = mark()
    names = (path.relative_to(site).as_posix() for path in sorted(site.rglob("*.html")))
    ours = [name for name in names if not name.startswith(("_static/", "_sources/", "lite/"))]
    has = each(lambda name: said in (site / name).read_text(encoding="utf-8"), ours)
    if foreign := [name for name, there in zip(ours, has, strict=True) if not there]:
        raise ValueError(f"{foreign[0]} has no policy: the service worker takes it for foreign")
    now, page = edition(site), site / PAGE
    made = site.parent / ZIP
    there = made.is_file() and edition_of(made) == now
    (site / ZIP).unlink(missing_ok=True)
    if there:
        shutil.copy2(made, site / ZIP)
    if page.is_file():
        text = page.read_text(encoding="utf-8")
        linked = _END.sub(lambda found: (section(made) if there else "") + found[0], plain(text))
        if linked != text:
            write(page, linked.encode())
    write(site / WORKER, script(now).encode())


def plain(text: str) -> str:
    """The page about this as it is without a zip."""
    return _OURS.sub("", text)


def edition(site: Path) -> str:
    """What names all files of a site, but for what is made of it."""
    files = provenance.manifest(site)
    for name in (WORKER, ZIP):
        files.pop(name, None)
    if PAGE in files:
        files[PAGE] = sha(plain((site / PAGE).read_text(encoding="utf-8")).encode())
    return sha(json.dumps(files, sort_keys=True).encode())[:16]


def edition_of(made: Path) -> str:
    """The edition of which a zip is, "" where it does not say."""
    with zipfile.ZipFile(made) as archive:
        return archive.comment.decode("ascii", "replace")


def sha(content: bytes) -> str:
    """The checksum of a file, as provenance.json has it."""
    return hashlib.sha256(content).hexdigest()


def script(now: str) -> str:
    """The worker of an edition."""
    known = {"EDITION": now, "MARK": mark(), "PAGE": away()}
    told = "".join(
        f"const {name} = {json.dumps(text, ensure_ascii=False)};\n" for name, text in known.items()
    )
    return told + (HERE / "worker.js").read_text(encoding="utf-8")


def away() -> str:
    """The page for one that was never read; the worker puts in which were."""
    words = {key: escape(text) for key, text in catalogue("offline")["page"].items()}
    form = Template((HERE / "page.html").read_text(encoding="utf-8"))
    return form.substitute(words, lang=word("explorer.lang"), **colours())


def colours() -> dict[str, str]:
    """The colours of the site, page_light and so on: a page that stands alone has them too."""
    styles = (HERE.parent / "assets" / "casebook.css").read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for name, value in _COLOUR.findall(styles):
        found.setdefault(f"{name}_dark" if f"{name}_light" in found else f"{name}_light", value)
    return found


def section(made: Path) -> str:
    """The link to the zip, as a section of the page."""
    words = catalogue("offline")["folder"]
    text = phrase(words, "link", size=f"{made.stat().st_size / 1e6:.0f}")
    href = "../" * PAGE.count("/") + ZIP
    return (
        f'<section id="folder" data-offline><h2>{escape(words["heading"])}'
        f'<a class="headerlink" href="#folder">#</a></h2>'
        f'<p><a href="{href}">{escape(text)}</a></p></section>'
    )

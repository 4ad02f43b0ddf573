"""The whole site as a zip that opens from a folder and from any server: `make zip`.

    python -m casebook.web.offline.archive _build/html

writes five-client-relationships.zip beside the site: one folder with every file, and a text that
says how to open it. The same site gives the same zip, to the byte.
"""

from __future__ import annotations

import json
import sys
import zipfile
from datetime import date
from pathlib import Path

from ..._whole import together
from ...words import catalogue, phrase
from ..build import edition, provenance
from . import make

FOLDER = make.ZIP.removesuffix(".zip")
#: The earliest day that a zip knows, for a site that has none.
FIRST = date(1980, 1, 1)
#: What is packed already, and would only take time.
PACKED = {".gz", ".whl", ".zip", ".png", ".jpg", ".woff2", ".mp4", ".m4a", ".opus", ".pdf",
          ".epub", ".xlsx", ".docx", ".pptx"}  # fmt: skip


def pack(site: Path, target: Path) -> None:
    """Write the zip of a site. FileNotFoundError where there is none."""
    if not (site / make.WORKER).is_file():
        raise FileNotFoundError(2, "the site is not built: make book", str(site / make.WORKER))
    page = make.plain((site / make.PAGE).read_text(encoding="utf-8")).encode()
    changed = {make.PAGE: page, first(): text().encode()}
    files = provenance.manifest(site)
    files.pop(make.ZIP, None)
    files |= {name: make.sha(content) for name, content in changed.items()}
    told = json.loads((site / provenance.NAME).read_text(encoding="utf-8"))
    changed[provenance.NAME] = provenance.written(told, files)
    with together() as meanwhile, zipfile.ZipFile(meanwhile(target), "w") as archive:
        archive.comment = make.edition(site).encode("ascii")
        for name in sorted([*files, provenance.NAME]):
            content = changed[name] if name in changed else (site / name).read_bytes()
            archive.writestr(entry(name), content)


def entry(name: str) -> zipfile.ZipInfo:
    """How a file stands in the zip: whose it is and when it was made does not matter."""
    day = edition.released() or FIRST
    found = zipfile.ZipInfo(f"{FOLDER}/{name}", (day.year, day.month, day.day, 0, 0, 0))
    found.create_system, found.external_attr = 3, 0o100644 << 16
    is_packed = Path(name).suffix.lower() in PACKED
    found.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
    return found


def first() -> str:
    """The name of the text that is to be read first."""
    name: str = catalogue("offline")["zip"]["file"]
    return name


def text() -> str:
    """That text; lines end as the oldest editor on Windows has them."""
    said = phrase(catalogue("offline"), "zip.text", version=edition.version())
    return said.strip().replace("\n", "\r\n") + "\r\n"


def main(folder: str) -> None:
    """The command line: the zip of the site in a folder, beside it."""
    site = Path(folder).resolve()
    target = site.parent / make.ZIP
    pack(site, target)
    with zipfile.ZipFile(target) as archive:
        count = len(archive.namelist())
    size = f"{target.stat().st_size / 1e6:.0f}"
    print(phrase(catalogue("offline"), "zip.made", path=target, size=size, count=count))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (TypeError, OSError) as error:
        sys.exit(f"{error}\n{__doc__}")

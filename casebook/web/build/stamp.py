"""Give every address of a script or a style sheet the version of its file: site.css?v=1f3a….

A browser keeps a file for long; with the version in its address it takes a changed one at once. A
step on the finished site: the pages themselves need not be made again for it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

from .parts import each

#: A pattern that begins with letters is found fast; what stands before is looked at afterwards.
_ADDRESS = re.compile(r"""(_static/[^"'?]+\.(?:js|css))(?:\?v=\w*)?(?=["'])""")
_BEFORE = re.compile(r"""\b(?:src|href)=["']([^"'?:]*)$""")


def make(site: Path) -> None:
    """Stamp all pages, those of JupyterLite excepted, which has its own way."""
    versions: dict[Path, str] = {}

    def version(path: Path) -> str:
        if path not in versions:
            there = path.is_file()
            found = hashlib.sha256(path.read_bytes()).hexdigest()[:8] if there else ""
            versions[path] = f"?v={found}" if found else ""
        return versions[path]

    def put(page: Path) -> None:
        before = page.read_text(encoding="utf-8")
        after = _ADDRESS.sub(partial(_stamped, site, page, version), before)
        if after != before:
            page.write_text(after, encoding="utf-8")

    pages = sorted(site.rglob("*.html"))
    each(put, [page for page in pages if "lite" not in page.relative_to(site).parts])


def _stamped(site: Path, page: Path, version: Callable[[Path], str], address: re.Match[str]) -> str:
    """An address with its version. That of a page for wrong addresses starts at the root."""
    start = address.start()
    if not (before := _BEFORE.search(address.string, max(0, start - 200), start)):
        return address[0]
    path = page.parent / f"{before[1]}{address[1]}"
    if not path.is_file():
        path = site / address[1]
    return f"{address[1]}{version(path)}"

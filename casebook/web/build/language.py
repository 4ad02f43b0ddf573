"""An edition in another language: built as the first one is, then put beside it, under /zh/.

    compose(language)          the root of its build, _build/zh, which looks like the repository
    Others()                   the builds of all of them, each in a process of its own
    join(site, folder, name)   the site of one as the folder `name` of the first

The pages of the edition stand in zh/, with the names of the English ones; code, models and data are
the same files. What has to be fetched or compiled is that of the first edition: both are built side
by side, and where it is not there yet this one waits. Then a file of its _static that is byte for
byte one of the English goes, and links lead there.
"""

from __future__ import annotations

import filecmp
import os
import re
import sys
import time
import tomllib
from collections.abc import Callable, Iterator
from copy import deepcopy
from functools import cache, partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Self

import yaml

from ... import _whole
from ...words import LANGUAGES
from . import parts, swap
from .trace import REPOSITORY

#: Of a root: what is the edition's own, and what tools keep there.
_OWN = {"book", "notebooks", "_config.yml", "_toc.yml", "_build", ".git", ".venv", *LANGUAGES}
#: Made once, for all editions.
_SHARED = ("static/vendor", "static/live", "tools", "lite", "parts/stand_in", "parts/findings")
#: In this build: all that editions share is there; Sphinx has read the English pages, of which the
#: others take the names of sections.
SHARED, READ = (REPOSITORY / "_build" / "marks" / name for name in ("shared", "read"))
#: Folders of _static that are asked for by folder: they stay whole. Cards have words in them.
_WHOLE = ("stored", "lectures", "cards")
#: Patterns that begin with letters are found fast in pages of megabytes: so do these two, and that
#: of the words of the theme. What stands before is looked at afterwards.
_STATIC = re.compile(r"_static/([\w.@/-]*)")
#: JupyterLite is one for all.
_LITE = re.compile(r"lite/")
_ADDRESS = re.compile(r"""=["'](?:\.\./)*$""")


def others() -> list[str]:
    """The languages besides the first in which the site is published: those of _config.yml."""
    settings = _yaml(REPOSITORY / "_config.yml")["sphinx"]["config"]
    published = {name.partition("-")[0] for name in settings.get("casebook_editions", {})}
    return [name for name in LANGUAGES[1:] if name in published]


def root(language: str) -> Path:
    """Where an edition is built: a folder that looks like the repository."""
    return REPOSITORY / "_build" / language


def spoken(language: str) -> dict[str, str]:
    """What the environment of a process says that works on an edition."""
    return {"CASEBOOK_LANGUAGE": language, "CASEBOOK_ROOT": str(root(language))}


def compose(language: str) -> Path:
    """Bring the root of an edition's build up to date; what it shares may be made later."""
    at, pages = root(language), REPOSITORY / language
    for path in sorted(REPOSITORY.iterdir()):
        if path.name not in _OWN and not path.name.startswith("."):
            _point(at / path.name, path)
    sources = {p.relative_to(pages): p for p in _sources(pages)}
    sources[Path("book/references.bib")] = _bibliography(pages)
    for folder in ("book", "notebooks"):
        for path in (p for p in (at / folder).rglob("*") if p.is_symlink()):
            if path.relative_to(at) not in sources:
                path.unlink()
    for place, path in sources.items():
        _point(at / place, path)
    for name in _SHARED:
        _point(at / "_build" / name, REPOSITORY / "_build" / name)
    english, own = (_yaml(folder / "_config.yml") for folder in (REPOSITORY, pages))
    said = own.pop("contents")
    settings = _merged(english, own)
    if home := english["html"].get("baseurl"):
        settings["html"]["baseurl"] = f"{home.rstrip('/')}/{language}/"
    _put(at / "_config.yml", settings)
    _put(at / "_toc.yml", _contents(_yaml(REPOSITORY / "_toc.yml"), said))
    return at


class Others:
    """The builds of the editions besides the first; those that still run end with the block."""

    def __init__(self) -> None:
        self._running: dict[str, BaseProcess] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for process in self._running.values():
            process.kill()
            process.join()

    def begin(self) -> None:
        """Start them all; for what is not there yet they wait."""
        for mark in (SHARED, READ):
            mark.unlink(missing_ok=True)
        for language in others():
            compose(language)
            work = partial(_become_build, language)
            self._running[language] = parts.started(work, parts.SCRATCH / language)

    def built(self) -> Iterator[tuple[str, Path]]:
        """Language and site of each, up to date; Failed for one that did not end well."""
        for language, process in self._running.items():
            process.join()
            if process.exitcode:
                raise parts.Failed(f"the edition {language!r} could not be built")
            yield language, root(language) / "_build" / "html"


def wait(mark: Path) -> None:
    """Until the build of the first edition has come so far; if it fails it ends those beside it."""
    while not mark.exists():
        time.sleep(0.2)


def _become_build(language: str, _: Path) -> None:
    """The process becomes another: the build of an edition."""
    command = [sys.executable, "-m", "casebook.web.build.site"]
    os.execve(sys.executable, command, os.environ | spoken(language))


def join(site: Path, folder: Path, name: str) -> None:
    """Put the site of an edition into the folder `name` of the first, without what both have."""
    place = site / name
    parts.link(folder, place)
    for path in sorted((place / "_static").rglob("*")):
        first = site / path.relative_to(place)
        if path.parent.name in _WHOLE or not (path.is_file() and first.is_file()):
            continue
        if filecmp.cmp(path, first, shallow=False):
            path.unlink()
    for path in sorted((place / "_static").rglob("*"), reverse=True):
        if path.is_dir() and not any(path.iterdir()):
            path.rmdir()
    said, shared = _said(name), partial(_shared, place)

    def put(page: Path) -> None:
        text = page.read_text(encoding="utf-8")
        new = said(_LITE.sub(_lite, _STATIC.sub(shared, text)))
        if new != text:
            _whole.write(page, new.encode())

    parts.each(put, sorted(place.rglob("*.html")))


def _said(name: str) -> Callable[[str], str]:
    """What puts the words of the language in place of the theme's, where each stands alone."""
    words = tomllib.loads((REPOSITORY / name / "theme.toml").read_text(encoding="utf-8"))
    phrases = "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
    phrase, before = re.compile(rf"""(?:{phrases})(?=\s*[<"'])"""), re.compile(r"""[>"']\s*$""")

    def put(found: re.Match[str]) -> str:
        at = found.start()
        return words[found[0]] if before.search(found.string, max(0, at - 200), at) else found[0]

    return lambda text: phrase.sub(put, text)


def _shared(place: Path, address: re.Match[str]) -> str:
    """An address below _static: one folder up where the edition has no such file of its own."""
    own = (place / "_static" / address[1]).exists() and address[1] not in ("", "/")
    return address[0] if own else f"../{address[0]}"


def _lite(address: re.Match[str]) -> str:
    """An address of JupyterLite, one folder up."""
    start = address.start()
    known = _ADDRESS.search(address.string, max(0, start - 50), start)
    return f"../{address[0]}" if known else address[0]


def _bibliography(pages: Path) -> Path:
    """That of the edition, which names laws in their language; else the English one."""
    own = pages / "book" / "references.bib"
    return own if own.is_file() else REPOSITORY / "book" / "references.bib"


def _sources(pages: Path) -> Iterator[Path]:
    for folder, suffix in (("book", ".md"), ("notebooks", ".ipynb")):
        yield from sorted((pages / folder).rglob(f"*{suffix}"))


def _point(place: Path, path: Path) -> None:
    """A link at `place` to `path`, which may have been there before."""
    if place.is_symlink() and place.readlink() == path:
        return
    place.parent.mkdir(parents=True, exist_ok=True)
    swap.remove(place)
    place.symlink_to(path)


def _yaml(path: Path) -> dict[str, Any]:
    return deepcopy(_settings(path.read_text(encoding="utf-8")))


@cache
def _settings(text: str) -> dict[str, Any]:
    """What each page asks of the same file."""
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def _put(path: Path, content: dict[str, Any]) -> None:
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False).encode()
    if not path.is_file() or path.read_bytes() != text:
        _whole.write(path, text)


def _merged(english: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """Settings with those of the edition laid over them, table by table."""
    both = {k: _merged(english[k], v) for k, v in own.items()
            if isinstance(v, dict) and isinstance(english.get(k), dict)}  # fmt: skip
    return english | own | both


def _contents(toc: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """The contents with the captions of the edition; ValueError for one that it has not."""

    def kept(chapters: list[dict[str, Any]]) -> list[dict[str, Any]]:
        found = [c | ({"sections": kept(c["sections"])} if "sections" in c else {})
                 for c in chapters if c["file"] not in said["without"]]  # fmt: skip
        return [{k: v for k, v in c.items() if v != []} for c in found]

    captions = said["captions"]
    if missing := [p["caption"] for p in toc["parts"] if p["caption"] not in captions]:
        raise ValueError(f"contents.captions lacks {', '.join(missing)}")
    both = [{"caption": captions[p["caption"]], "chapters": kept(p["chapters"])}
            for p in toc["parts"]]  # fmt: skip
    return toc | {"parts": both}

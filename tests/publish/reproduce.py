"""Two builds of the same commit, from nothing, in folders of different names: `make reproduce`.

Every file of the two sites must be the same, byte for byte; those that differ are named, and the
process ends with 1. Only what was fetched before (npm, wheels) is shared.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from casebook.web.build import provenance

ROOT = Path(__file__).resolve().parents[2]


def built(folder: Path) -> Path:
    """The site of a new checkout in a folder, built from nothing."""
    subprocess.run(["git", "clone", "--quiet", str(ROOT), str(folder)], check=True)
    lectures = ROOT / "_build" / "static" / "lectures"
    if lectures.is_dir():  # voices and films are recordings, not built
        shutil.copytree(lectures, folder / "_build" / "static" / "lectures")
    environment = os.environ | {"PYTHONPATH": str(folder)}
    command = [sys.executable, "-m", "casebook.web.build.site", "--whole"]
    subprocess.run(command, cwd=folder, env=environment, check=True)
    return folder / "_build" / "html"


def main() -> None:
    """The command line."""
    with tempfile.TemporaryDirectory() as scratch:
        one = built(Path(scratch, "one"))
        other = built(Path(scratch, "a longer name", "two"))
        first, second = (provenance.manifest(site) for site in (one, other))
        differ = sorted(name for name in first.keys() | second.keys()
                        if first.get(name) != second.get(name))  # fmt: skip
        notes = [(site / provenance.NAME).read_bytes() for site in (one, other)]
        for name in differ:
            print(f"differs: {name}")
            if kept := os.environ.get("KEEP"):
                for k, site in enumerate((one, other)):
                    place = Path(kept, str(k), name)
                    place.parent.mkdir(parents=True, exist_ok=True)
                    if (site / name).is_file():
                        shutil.copy2(site / name, place)
        if not differ and notes[0] != notes[1]:
            differ = [provenance.NAME]
        print(f"{len(first)} files, {len(differ)} differ")
        sys.exit(bool(differ))


if __name__ == "__main__":
    main()

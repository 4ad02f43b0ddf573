"""Write the locks: every package that is installed, with the checksums of all its files.

    pip install uv
    python .ci/lock.py              after a change of a requirements file
    python .ci/lock.py --upgrade    the newest of everything below the pins, too

All requirements are solved together, for Python 3.11 and newer on every system, so that no two
locks differ about a version. A lock holds what the locks above it in LOCKS do not; `pip install
--require-hashes` takes nothing else. The notebooks' lock stands alone: Binder reads no other.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
#: Lock -> what it is made from, and whether the locks before it are installed first.
LOCKS = {
    "locks/book.txt": ("requirements.txt", True),
    "locks/tests.txt": ("tests/requirements.txt", True),
    "locks/lectures.txt": ("requirements-lectures.txt", True),
    ".binder/requirements.txt": (".binder/requirements.in", False),
}
#: One package of a lock: its line, and the lines of its checksums.
ENTRY = re.compile(r"^\S[^\n]*(?:\n +\S[^\n]*)*", re.MULTILINE)
UV = ["uv", "pip", "compile", "--universal", "--python-version=3.11", "--no-annotate"]
UV += ["--no-header", "--no-emit-package=casebook"]
#: num2words asks for it, for a command that nobody here uses. It is the only package without a
#: wheel; without it nothing that we install runs code of its own while it is installed.
UV += ["--no-emit-package=docopt"]
#: jsonschema takes it where it is, for addresses that nothing here checks, and then each process
#: that reads a notebook first compiles 38 grammars: four seconds.
UV += ["--no-emit-package=rfc3987-syntax", "--no-emit-package=lark"]


def main(*options: str) -> None:
    """Solve everything together, then write each lock in those versions."""
    with tempfile.TemporaryDirectory() as folder:
        together = Path(folder, "together.txt")
        # what is locked now stays, unless a pin or --upgrade says otherwise
        together.write_text("".join(sorted({pin(e) + "\n" for n in LOCKS for e in entries(n)})))
        solve([source for source, _ in LOCKS.values()], together, *options)
        before: set[str] = set()
        for name, (source, above) in LOCKS.items():
            whole = Path(folder, "whole.txt")
            solve([source], whole, f"--constraints={together}", "--generate-hashes")
            found = ENTRY.findall(whole.read_text(encoding="utf-8"))
            # a package that is there in any case is not wanted again in some
            kept = [e for e in found if not (above and {pin(e), pin(e).split(" ; ")[0]} & before)]
            before |= {pin(e) for e in found if above}
            whole.unlink()
            head = f"# Made by .ci/lock.py from {source}: do not edit.\n"
            (ROOT / name).write_text(head + "\n".join(kept) + "\n", encoding="utf-8")
            print(f"{name}: {len(kept)} packages")


def solve(sources: list[str], target: Path, *options: str) -> None:
    """Let uv write what `sources` need to `target`."""
    run = subprocess.run([*UV, *options, *sources, f"--output-file={target}", "--quiet"], cwd=ROOT)
    if run.returncode:
        sys.exit(run.returncode)


def entries(name: str) -> list[str]:
    """The packages of a lock; none where there is no lock yet."""
    path = ROOT / name
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    return [entry for entry in ENTRY.findall(text) if not entry.startswith("#")]


def pin(entry: str) -> str:
    """The line of a package without its checksums: name, version, and where it is wanted."""
    return entry.split("\n")[0].removesuffix("\\").strip()


if __name__ == "__main__":
    main(*sys.argv[1:])

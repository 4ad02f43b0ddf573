"""The pages, by Sphinx: those that have changed, into _build/work, and all or nothing.

What Sphinx keeps is copied when a build has gone well, without any warning. A build that fails, or
is stopped, is forgotten: the next one starts from that copy, so that what was wrong is read again,
and a warning fails every build until its page is mended.
"""

from __future__ import annotations

import shutil
import sys
from importlib import import_module
from pathlib import Path

from . import swap
from .parts import BUILD, PAGES
from .trace import ROOT

WORK = PAGES.parent
#: The state after the last good build, and what says that work has begun on another.
KEPT = BUILD / "kept"
_BEGUN = BUILD / "work-begun"
#: As `jupyter-book build -n` has them; a link that leads nowhere is a warning.
SETTINGS = {
    "external_toc_path": str(ROOT / "_toc.yml"),
    "latex_individualpages": False,
    "nitpicky": True,
}


def build(workers: int = 1) -> None:
    """Bring _build/work up to date; the process ends with 1 where a page is wrong."""
    if _BEGUN.exists() or not KEPT.is_dir():
        swap.remove(WORK)
        if KEPT.is_dir():
            shutil.copytree(KEPT, WORK)
    _BEGUN.touch()
    build_sphinx = import_module("jupyter_book.sphinx").build_sphinx

    result = build_sphinx(
        ROOT,
        PAGES,
        noconfig=True,
        path_config=ROOT / "_config.yml",
        confoverrides=dict(SETTINGS),
        doctreedir=WORK / "doctrees",
        quiet=True,
        warningiserror=True,
        keep_going=True,
        jobs=workers,
    )
    if result:
        sys.exit(1)
    _keep(WORK, KEPT)
    _BEGUN.unlink()


def _keep(work: Path, kept: Path) -> None:
    """Copy the state; only a whole copy takes the place of the one before."""
    new = kept.with_name("kept-new")
    swap.remove(new)
    shutil.copytree(work, new)
    swap.put(new, kept)

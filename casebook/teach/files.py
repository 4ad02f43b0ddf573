"""The files of an exam in a folder: all of them, or none."""

from __future__ import annotations

import contextlib
from pathlib import Path

from .. import _whole
from ..words import joined
from . import say
from .errors import refused
from .exam import Exam

FORMS = ("paper", "moodle", "qti")


def written(exam: Exam, form: str) -> dict[str, bytes]:
    """Name -> content of the files of an exam in a form, the same bytes for the same exam."""
    from . import moodle, paper, qti

    at = {"bank": exam.bank.name, "seed": exam.seed}
    if form == "moodle":
        return {say.said("names.moodle", **at): moodle.written(exam)}
    if form == "qti":
        return {say.said("names.qti", **at): qti.written(exam)}
    if form != "paper":
        raise refused("no_form", form, list=joined(FORMS))
    found: dict[str, bytes] = {}
    for key in (False, True):
        name = say.said("names.key" if key else "names.paper", **at)
        data = paper.content(exam, key)
        found |= {f"{name}.html": paper.html(data), f"{name}.pdf": paper.pdf(data)}
    return found


def free(folder: Path, force: bool) -> None:
    """Refuses a folder that has files in it, unless `force`, and what is no folder."""
    if folder.exists() and not folder.is_dir():
        raise refused("is_file", folder)
    if not force and folder.is_dir() and any(folder.iterdir()):
        raise refused("not_empty", folder)


def write(exam: Exam, folder: Path, form: str = "paper", force: bool = False) -> list[Path]:
    """The files of an exam in `folder`, which is made if it is not there.

    All are written or none. TeachError: the folder has files in it and `force` is not said; or
    OSError: what the system says.
    """
    free(folder, force)
    contents = written(exam, form)
    made = [path for path in (folder, *folder.parents) if not path.exists()]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _whole.together() as meanwhile:
            for name, data in contents.items():
                meanwhile(folder / name).write_bytes(data)
    except OSError:
        for path in made:  # the innermost first
            with contextlib.suppress(OSError):
                path.rmdir()
        raise
    return [folder / name for name in contents]

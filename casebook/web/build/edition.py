"""The edition of the book: its version, the date of its last commit, the address of its site.

The version is the package's, the dates are git's, the address is `html: baseurl` of _config.yml.
Each may be missing (a folder without git, a fork without an address): what would say it is then
left out, and the site works all the same.
"""

from __future__ import annotations

import os
import subprocess
from datetime import UTC, date, datetime
from functools import cache
from importlib import metadata

import yaml

from ...words import catalogue, phrase
from . import trace

ROOT = trace.ROOT


def version() -> str:
    """The version of the package."""
    return metadata.version("casebook")


@cache
def changed() -> dict[str, str]:
    """File, seen from the root of the repository -> day of its last commit, as 2026-11-29.

    Empty without git, and where only the last commit was fetched: every file would have its day.
    """
    if _git("rev-parse", "--is-shallow-repository").strip() != "false":
        return {}
    found: dict[str, str] = {}
    day = ""
    for line in _git("log", "--no-renames", "--format=%x00%cs", "--name-only").splitlines():
        if line.startswith("\0"):
            day = line[1:]
        elif line:
            found.setdefault(line, day)
    return found


@cache
def released() -> date | None:
    """The day of the last commit; else that of SOURCE_DATE_EPOCH; else None."""
    if day := _git("log", "-1", "--format=%cs").strip():
        return date.fromisoformat(day)
    if seconds := os.environ.get("SOURCE_DATE_EPOCH"):
        return datetime.fromtimestamp(int(seconds), UTC).date()
    return None


def said() -> str:
    """Version and date as the foot of a page has them, as HTML."""
    words, day = catalogue("head")["foot"], released()
    if day is None:
        text = phrase(words, "edition", version=version())
    else:
        month = words["months"][day.month - 1]
        written = phrase(words, "date", day=day.day, month=month, year=day.year)
        text = phrase(words, "dated", version=version(), date=written)
    stamp = f' datetime="{day.isoformat()}"' if day else ""
    return f'<time class="cb-edition"{stamp}>{text}</time>'


@cache
def address() -> str:
    """Where the site is published, with a slash at its end; "" where nobody says."""
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    given = str(settings.get("html", {}).get("baseurl") or "")
    return given and given.rstrip("/") + "/"


def _git(*arguments: str) -> str:
    """What git says of this repository; "" where it cannot."""
    command = ["git", "-c", "core.quotepath=off", *arguments]
    try:
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return "" if run.returncode else run.stdout

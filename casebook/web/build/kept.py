"""What a step of the build found in a page, kept for the next build: most pages do not change."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from ... import _whole
from .parts import MARKS


@contextlib.contextmanager
def kept(name: str, code: str) -> Iterator[Callable[[bytes, Callable[[], Any]], Any]]:
    """A function that gives what `find()` gives (as JSON has it) for a source, found only once.

    `name` names the step; what a file `code` with another text has found is forgotten, and so is
    what was found in a source that is not asked for any more.
    """
    mark = MARKS / f"kept-{name}.json"
    by = hashlib.sha256(Path(code).read_bytes()).hexdigest()
    before: dict[str, Any] = {}
    with contextlib.suppress(OSError, ValueError):
        before = json.loads(mark.read_text(encoding="utf-8"))
    known = before.get("found", {}) if before.get("by") == by else {}
    now: dict[str, Any] = {}

    def of(source: bytes, find: Callable[[], Any]) -> Any:
        key = hashlib.sha256(source).hexdigest()
        if key not in now:
            now[key] = known[key] if key in known else find()
        return now[key]

    yield of
    told = {"by": by, "found": now}
    if told != before:
        MARKS.mkdir(parents=True, exist_ok=True)
        _whole.write(mark, json.dumps(told, ensure_ascii=False).encode())

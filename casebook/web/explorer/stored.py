"""Stored answers: what each slider alone, each choice and each preset gives, made at build.

    python -m casebook.web.explorer.stored MODEL FOLDER STAND_IN [SLIDER …]

A reader's first move is then one small fetch and needs no Python. The answers are those of `live`,
which answers in the browser too; `unpacked` is what the page's script does to a file
(assets/explorer/stored.js).

A file <model>.<form>.<slider>.<k>.gz has the answers of a slider at the k-th EACH of its places:
    head, tails   the SVG before and behind its parts          parts   every part that occurs, once
    orders        every order of painting that occurs, once    steps   for each position the places
                  of its parts, its tail and its order, then the words and numbers of the answer
The name PRESETS in place of a slider has the settings that the model's file lists as presets.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from ...explore import Explorer
    from ...shape import Value

_T = TypeVar("_T")
#: How a figure is drawn: as wide as a column, or for a phone.
FORMS = ("wide", "narrow")
#: In place of a slider's name.
PRESETS = "presets"
#: Positions in a file: few enough for a slow line.
EACH = 64
#: What an answer has beside its figure, in this order.
SAID = ("message", "numbers", "changes")
#: Where a part of an answer's SVG starts.
_PART = re.compile(r'(?=<g id="[^"]*-data-[^"]*">)')
_TAIL = "<defs>"


def settings(explorer: Explorer) -> dict[str, list[dict[str, Value]]]:
    """Name of a file -> the settings it answers, in order: a slider's positions, the presets."""
    found: dict[str, list[dict[str, Value]]] = {
        control.spec.name: [{control.spec.name: value} for value in control.values]
        for control in explorer.controls
    }
    if presets := explorer.presets:
        found[PRESETS] = [dict(preset.values) for preset in presets]
    return found


def answered(name: str, form: str, setting: Mapping[str, Value]) -> dict[str, Any]:
    """The answer of the model `name` to one setting, all else as in the base case."""
    from . import live

    base = {s.name: getattr(live.opened(name).base, s.name) for s in live.opened(name).sliders}
    asked = {"case": name, "values": base | dict(setting), "form": form}
    answer: dict[str, Any] = json.loads(live.respond(json.dumps(asked)))
    return answer


class _Once(list[Any]):
    """Things, each kept once; `place` says where."""

    def __init__(self) -> None:
        super().__init__()
        self._places: dict[str, int] = {}

    def place(self, thing: Any) -> int:
        key = json.dumps(thing)
        if key not in self._places:
            self._places[key] = len(self)
            self.append(thing)
        return self._places[key]


def packed(answers: Iterable[Mapping[str, Any]]) -> bytes:
    """Answers as one file, the same bytes for the same answers."""
    head, tails, parts, orders, steps = "", _Once(), _Once(), _Once(), []
    for answer in answers:
        if refused := answer.get("refused"):
            steps.append(refused)
            continue
        head, *pieces = _PART.split(answer["svg"])
        last, defs, tail = pieces[-1].rpartition(_TAIL)
        pieces[-1] = last
        places = [parts.place(piece) for piece in pieces]
        marks = [tails.place(defs + tail), orders.place(answer["order"])]
        steps.append([places, *marks, *(answer[what] for what in SAID)])
    chunk = {"head": head, "tails": tails, "parts": parts, "orders": orders, "steps": steps}
    text = json.dumps(chunk, ensure_ascii=False, separators=(",", ":"))
    return gzip.compress(text.encode(), 9, mtime=0)


def unpacked(content: bytes) -> list[dict[str, Any]]:
    """The answers of a file."""
    chunk = json.loads(gzip.decompress(content))
    found: list[dict[str, Any]] = []
    for step in chunk["steps"]:
        if isinstance(step, str):
            found.append({"refused": step})
            continue
        places, tail, order, *said = step
        svg = chunk["head"] + "".join(chunk["parts"][k] for k in places) + chunk["tails"][tail]
        found.append(
            {"svg": svg, "order": chunk["orders"][order], **dict(zip(SAID, said, strict=True))}
        )
    return found


def files(name: str, only: Sequence[str] = ()) -> dict[str, bytes]:
    """Name of a file -> its content, for every file of a model, or for those of some sliders."""
    from . import live

    live.start()
    found: dict[str, list[dict[str, Any]]] = {}
    for slider, asked in settings(live.opened(name)).items():
        for setting in asked if slider in (only or (slider,)) else ():
            for form in FORMS:  # one after the other: the run is the same
                found.setdefault(f"{name}.{form}.{slider}", []).append(
                    answered(name, form, setting)
                )
    return {
        f"{file}.{k}.gz": packed(some)
        for file, answers in found.items()
        for k, some in enumerate(batched(answers))
    }


def batched(things: Sequence[_T]) -> list[Sequence[_T]]:
    """`things` as they are shared out among files."""
    return [things[k : k + EACH] for k in range(0, len(things), EACH)]


def write(name: str, folder: Path, stand_in: Path, only: Sequence[str] = ()) -> None:
    """The part "stored/NAME" of the build: the files of one model, and NAME.json about them.

    The figures are drawn as in the browser, by the stand-in for matplotlib, in half the time.
    RuntimeError in a process that has loaded matplotlib: nothing here may load it (nor what does).
    """
    if "matplotlib" in sys.modules:
        raise RuntimeError("matplotlib is loaded: the stand-in can no longer take its place")
    sys.path.insert(0, os.fspath(stand_in))
    found = files(name, only)
    for file, content in found.items():
        (folder / file).write_bytes(content)
    version = hashlib.sha256(b"".join(found.values())).hexdigest()[:12]
    sizes = {file: len(content) for file, content in found.items()}
    about = json.dumps({"version": version, "each": EACH, "bytes": sizes})
    (folder / f"{name}.json").write_text(about, encoding="utf-8")


def answer_apart(name: str, folder: Path, path: str, *only: str) -> None:
    """Write the files of one model from a Python of its own, with the stand-in in `path`."""
    command = [sys.executable, "-m", __spec__.name, name, os.fspath(folder), path, *only]
    subprocess.run(command, check=True)


if __name__ == "__main__":
    write(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]), sys.argv[4:])

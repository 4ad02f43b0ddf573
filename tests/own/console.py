"""Blocks of a page, and the commands that it shows with what they say."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from casebook import commands

ROOT = Path(__file__).parents[2]


def blocks(page: str) -> list[tuple[str, str]]:
    """(kind, content) of each block of code of a page."""
    return re.findall(r"^```(\w*)\n(.*?)^```", page, re.M | re.S)


def differing(page: str, capsys: pytest.CaptureFixture[str], codes: tuple[int, ...]) -> list[str]:
    """The commands of a page's consoles that say something else now, or end otherwise."""
    shown = [block for kind, block in blocks(page) if kind == "console"]
    assert len(shown) == len(codes)
    wrong = []
    for block, code in zip(shown, codes, strict=True):
        line, _, output = block.removeprefix("$ casebook ").partition("\n")
        with pytest.raises(SystemExit) as end:
            commands.main(shlex.split(line))
        if ("".join(capsys.readouterr()), end.value.code) != (output, code):
            wrong.append(line)
    return wrong

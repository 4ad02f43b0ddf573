"""What is said after a slider moves is of that setting, in every lecture."""

from __future__ import annotations

import re

import pytest

from casebook.web.lectures import script
from casebook.web.lectures.script import Move

from .spoken import lecture

_AT = re.compile(r"\{at\}`([^|`]+)\|")


@pytest.mark.parametrize("name", script.names())
def test_a_number_of_a_moved_setting_follows_its_move(name):
    for slide in lecture(name).slides:
        now = None
        for part in slide.parts:
            if isinstance(part, Move):
                now = part.asked
            else:
                assert {now} >= set(_AT.findall(part.source)), part.text

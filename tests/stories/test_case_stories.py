"""Every case's story is told by tests: one file a case, `story_<case>.py`, collected by pytest.

What a case must show has letters; each letter has tests of its own, named for it. This file sees
that none is forgotten.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from casebook.cases import NAMES

#: The last letter of what each case must show; a new one shows three things at the least.
LAST = {"strategic": "d", "transactional": "d", "growth": "d", "problem": "e", "terminated": "d"}


@pytest.mark.parametrize("name", NAMES)
def test_every_line_that_a_case_must_show_has_a_test(name):
    source = Path(__file__).with_name(f"story_{name}.py").read_text(encoding="utf-8")
    shown = set(re.findall(r"^    def test_([a-e])_\w", source, re.MULTILINE))
    assert {chr(c) for c in range(ord("a"), ord(LAST.get(name, "c")) + 1)} <= shown
    assert "def test_numbers_the_text_puts_in_words" in source
    assert re.search(r"def test_\w*check\w*fail", source), "no test bends a number of a check"

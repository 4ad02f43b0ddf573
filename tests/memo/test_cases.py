"""Every case has a memo: all its parts, each name in its texts a number, two pages of PDF."""

from __future__ import annotations

import re
from typing import Any

import pytest

from casebook import memo, numbers
from casebook.cases import NAMES
from casebook.memo import parts

from .settings import pages, paper, run, written

each_case = pytest.mark.parametrize("name", NAMES)


def texts(entry: Any) -> list[str]:
    """Every text of a table of a case file."""
    if isinstance(entry, str):
        return [entry]
    if not isinstance(entry, (dict, list)):
        return []
    return [text for part in (entry.values() if isinstance(entry, dict) else entry)
            for text in texts(part)]  # fmt: skip


@each_case
def test_its_file_says_all_of_a_memo(name: str) -> None:
    told = run(name).assumptions.spec.words["memo"]
    assert set(parts.KEYS) == set(told)
    for text in texts({k: v for k, v in told.items() if k != "statement"}):
        for path in re.findall(r"\{(.+?)\}", text):
            assert numbers.written(run(name), path)
    assert set(told["turns"]["moves"]) <= set(run(name).assumptions.spec.assumptions)


@each_case
def test_a_memo_answers_what_a_committee_asks(name: str) -> None:
    m = paper(name)
    asked = (m.client, m.request, m.decision.text, m.decision.number, m.decision.against)
    assert all(asked) and len(m.figures) == 2 and m.lines.rows and m.turns.rows
    for told in (m.reasons, m.firm, m.repayment, m.risks, m.covenants, m.conditions, m.cannot):
        assert len(told) >= 2
    for told in ((m.request,), m.reasons, m.firm, m.repayment, m.risks):
        assert re.search(r"\d", " ".join(told)), "not without a number"


@each_case
def test_it_has_two_pages(name: str) -> None:
    assert pages(written("pdf", name)) == 2


@pytest.mark.parametrize(
    ("kept", "told"),
    [((), r"no table \[memo\]; a case needs one, with bank, client"),
     (("bank", "client", "who"), r"\[memo\] of its file lacks request, reasons")],
)  # fmt: skip
def test_a_case_file_without_a_memo_is_refused(kept: tuple[str, ...], told: str) -> None:
    from .test_content import relabelled

    r = run("problem")
    words = {**r.assumptions.spec.words}
    words["memo"] = {k: v for k, v in words["memo"].items() if k in kept}
    with pytest.raises(memo.MemoError, match=f"'problem'.*{told}.*docs/case/case.toml"):
        memo.content(relabelled(r, words=words), r)

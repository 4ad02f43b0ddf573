"""What a memo says is what the run says: its numbers, what decides, what differs, what holds."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest

from casebook import memo
from casebook.cases import NAMES
from casebook.memo import parts, say
from casebook.models import model
from casebook.shape import SingleRun
from casebook.words import write

from .settings import EACH, paper, run

each_case = pytest.mark.parametrize("name", NAMES)
each = pytest.mark.parametrize(("name", "setting"), EACH)
#: Assumptions on either side of what decides, and the first words of what is recommended.
SIDES: dict[str, tuple[dict[str, Any], str, dict[str, Any], str]] = {
    "strategic": ({"wallet_share": 0.4}, "Approve", {"wallet_share": 0.35}, "Do not approve"),
    "transactional": ({"rate": 0.046}, "Offer", {"rate": 0.045}, "Do not offer"),
    "growth": ({"loan_rate": 0.13}, "Approve", {"loan_rate": 0.12}, "Decline"),
    "problem": (
        {"success_chance": 0.45}, "Agree the plan.", {"success_chance": 0.4}, "Do not agree",
    ),
    "terminated": (
        {"settlement_offer": 0.4}, "Take the settlement", {"settlement_offer": 0.385}, "Refuse",
    ),
}  # fmt: skip
#: Other ends of the decision of a case.
OTHERS = {
    "strategic": [
        ({"sold": 0.0}, "Do not approve as proposed"),
        ({"delay": 4, "terms": "unsupported"}, "Do not approve: with these"),
    ],
    "transactional": [({"slip": 3, "form": "bullet"}, "Do not offer this form")],
    "growth": [({"loan_rate": 0.2, "loan_form": "plain"}, "Decline")],
    "problem": [({"shock_depth": 0.0, "success_chance": 0.0}, "Leave the loans")],
    "terminated": [
        ({"sale_price": 0.6}, "Sell the loan"),
        ({"prior_tax": 5.0, "settlement_offer": 0.2}, "Refuse the offer and ask"),
    ],
}


def simulated(name: str, **changes: Any) -> SingleRun[Any]:
    module = model(name)
    return module.simulate(module.assumptions().replace(**changes))


def written(r: SingleRun[Any], path: str) -> str:
    """A number of a run as `casebook.numbers` names it."""
    path, _, style = path.partition("|")
    head, _, key = path.rpartition(".")
    if head == "assumptions":
        spec, value = r.assumptions.spec.assumptions[key], getattr(r.assumptions, key)
        return write(value, spec.unit, plain=True) if style else spec.write(value)
    return (r.alternative(head) if head else r).written(key, with_unit=not style)


# ------------------------------------------------------------------------------------- numbers


@each
def test_key_numbers_are_those_of_the_runs(name: str, setting: str) -> None:
    r, base = run(name, setting), run(name)
    paths, rows = r.assumptions.spec.words["memo"]["numbers"], paper(name, setting).numbers.rows
    for path, row in zip(paths, rows, strict=True):
        assert row[1:3] == (written(r, path), written(base, path))
        assert bool(row[3]) == (row[1] != row[2])


@each
def test_texts_hold_the_numbers_of_the_run(name: str, setting: str) -> None:
    r, m = run(name, setting), paper(name, setting)
    words = r.assumptions.spec.words["memo"]
    for key in ("firm", "reasons", "risks", "covenants", "conditions", "cannot"):
        shown = getattr(m, key)[-len(words[key]) :]
        for text, told in zip(words[key], shown, strict=True):
            assert told == re.sub(r"\{(.+?)\}", lambda x: written(r, x[1]), text)
    assert m.request == re.sub(r"\{(.+?)\}", lambda x: written(r, x[1]), words["request"])


@each
def test_the_statement_is_that_of_the_run(name: str, setting: str) -> None:
    r, m = run(name, setting), paper(name, setting)
    spec = r.assumptions.spec.words["memo"]["statement"]
    side = r.alternative(m.decision.alternative or r.chosen)
    cut = {k: spec[k] for k in ("by", "since", "until") if k in spec}
    table = side.statement(spec["view"], **cut, filled=True)
    assert m.lines.head[1:] == tuple(table.columns)
    rows = zip(table.index, table.to_numpy().tolist(), strict=True)
    assert m.lines.rows == tuple((name, *row) for name, row in rows)
    assert len(m.lines.rows) > 4 and not m.lines.more


@each
def test_nothing_of_a_case_is_cut(name: str, setting: str) -> None:
    """Words of the book fit their room; only lists of changes are longer."""
    m = paper(name, setting)
    tables = (m.numbers, m.lines, m.turns, m.changes)
    cells = [text for t in tables for row in (t.head, *t.rows) for text in row]
    assert not [text for text in (*cells, m.request, *m.reasons, *m.covenants) if "…" in text]
    assert not m.decision.text.endswith("…") and not m.decision.label.endswith("…")


# ------------------------------------------------------------------------------------- decision


@each_case
def test_the_recommendation_flips_with_what_decides(name: str) -> None:
    yes, first, no, second = SIDES[name]
    above, below = (memo.decide(simulated(name, **side)) for side in (yes, no))
    assert above.text.startswith(first) and below.text.startswith(second)
    assert above.key != below.key


@pytest.mark.parametrize(("name", "end"), [(n, end) for n, ends in OTHERS.items() for end in ends])
def test_other_ends_of_a_decision(name: str, end: tuple[dict[str, Any], str]) -> None:
    assert memo.decide(simulated(name, **end[0])).text.startswith(end[1])


@each_case
def test_the_number_that_decides_stands_beside_its_threshold(name: str) -> None:
    """And the two are in the order that the recommendation says."""
    for side in (SIDES[name][0], SIDES[name][2]):
        r = simulated(name, **side)
        said, spec = memo.decide(r), r.assumptions.spec.words["memo"]["decision"]
        if "options" in spec:
            best = sorted((say.value(r, o["value"]) for o in spec["options"]), reverse=True)
            unit = r.assumptions.spec.words["metrics"][spec["number"]]["unit"]
            shown = [write(x, unit, with_unit=True) for x in best[:2]]
            assert [said.number, said.against] == shown
        else:
            test = spec["tests"][-1]
            assert [said.number, said.against] == [
                written(r, test[k]) for k in ("number", "against")
            ]
            above = say.value(r, test["number"]) >= say.value(r, test["against"])
            assert above == (said.key == "passes")


@each_case
def test_where_it_turns_it_turns(name: str) -> None:
    """Just beyond the value shown the recommendation is another, just before it is the same."""
    r = run(name)
    now = memo.decide(r).key
    rows = [row for row in paper(name).turns.rows if row[4] != say.words()["turns"]["none"]]
    assert rows
    specs = {s.label: s for s in r.assumptions.spec.assumptions.values()}
    for row in rows:
        spec = specs[row[0]]
        digits = re.sub(r"[^\d.]", "", row[4].replace(",", ""))
        value = getattr(r.assumptions, spec.name)
        at = float(digits) / (100 if "%" in row[4] else 1)
        shown = digits.rstrip(".").partition(".")[2]
        away = 10.0 ** -len(shown) / (100 if "%" in row[4] else 1)  # the last digit that is shown
        beyond, before = (at + away, at - away) if at > value else (at - away, at + away)
        if isinstance(spec.value, int):
            beyond, before = at, at - 1 if at > value else at + 1
        assert memo.decide(simulated(name, **{spec.name: beyond})).key != now, row
        assert memo.decide(simulated(name, **{spec.name: before})).key == now, row


def test_two_alike_are_the_first() -> None:
    nothing = {"success_chance": 1.0}
    r = simulated("problem", **nothing)
    spec = {"number": "value", "options": [
        {"value": "expected_value", "name": "a", "alternative": "", "text": "first"},
        {"value": "restructure.value", "name": "b", "alternative": "", "text": "second"},
    ]}  # fmt: skip
    words = {**r.assumptions.spec.words}
    words["memo"] = {**words["memo"], "decision": spec}
    assert memo.decide(relabelled(r, words=words)).text == "first"


def relabelled(r: SingleRun[Any], **changes: Any) -> SingleRun[Any]:
    """A run whose case file says something else."""
    spec = dataclasses.replace(r.assumptions.spec, **changes)
    return dataclasses.replace(r, assumptions=dataclasses.replace(r.assumptions, spec=spec))


# ------------------------------------------------------------------------- changes, checks, cuts


@each_case
def test_what_differs_is_all_there(name: str) -> None:
    m, a, b = paper(name, "ten"), run(name, "ten").assumptions, run(name).assumptions
    differs = {
        (s.label, s.write(getattr(b, n)), s.write(getattr(a, n)))
        for n, s in a.spec.assumptions.items()
        if getattr(a, n) != getattr(b, n)
    }
    assert set(m.changes.rows) == differs and len(differs) == 10 and not m.changes.more


@each_case
def test_a_long_list_says_how_much_is_left_out(name: str) -> None:
    m, a, b = paper(name, "all"), run(name, "all").assumptions, run(name).assumptions
    count = sum(getattr(a, n) != getattr(b, n) for n in a.spec.assumptions)
    assert len(m.changes.rows) == parts.CHANGES - 1
    assert m.changes.more == f"and {count - parts.CHANGES + 1} more, see the workbook"
    assert m.changes_note.startswith(f"{count} of ")


@each_case
def test_the_base_case_says_so(name: str) -> None:
    m = paper(name)
    assert not m.changes.rows and "are those of the base case" in m.changes_note
    assert not any(row[3] for row in m.numbers.rows) and not m.numbers.marked


@each
def test_identities_hold(name: str, setting: str) -> None:
    m = paper(name, setting)
    assert m.sound and f"All {len(run(name).checks)} identities hold" in m.checks


@pytest.mark.parametrize("residual", [1.0, float("nan")])
def test_a_broken_identity_is_told(residual: float) -> None:
    r = run("problem")
    broken = dataclasses.replace(r, checks={**r.checks, "cash_foots": residual})
    m = memo.content(broken, r)
    assert not m.sound and "NOT" in m.checks
    assert r.assumptions.spec.words["checks"]["cash_foots"] in m.checks


def test_a_client_of_ones_own_is_not_called_the_case_s() -> None:
    r = run("problem")
    own = memo.content(r, r, memo.Head(bank="First", client="Second", date="1 May", about="Third."))
    assert (own.bank, own.client, own.date, own.firm[0]) == ("First", "Second", "1 May", "Third.")
    assert "Baishan" not in str(dataclasses.replace(own, figures=(), words={}))
    plain = memo.content(r, r, memo.Head(client="Second"))
    assert len(plain.firm) == len(own.firm) - 1


def test_what_has_no_memo_says_so() -> None:
    loan = model("loan")
    r = loan.simulate(loan.assumptions())
    with pytest.raises(LookupError, match="'loan' has no memo"):
        memo.content(r, r)
    with pytest.raises(ValueError, match="'problem' and 'growth'"):
        memo.content(run("problem"), run("growth"))


def test_texts_are_cut_by_their_width() -> None:
    assert say.cut("a" * 10, 10) == "a" * 10
    assert say.cut("a" * 11, 10) == "a" * 9 + "…"
    assert say.cut("债" * 5, 10) == "债" * 5
    assert say.cut("债" * 6, 10) == "债" * 4 + "…"
    assert say.cut("a\n\tb\x00\x1bc\u2028d\ud800", 20) == "a bc d"
    assert say.cut("", 5) == ""

"""What a memo says is what the run says: its numbers, what decides, what differs, what holds."""

from __future__ import annotations

import dataclasses
import re
from typing import Any

import pytest

from casebook import clientfile, memo
from casebook.cases import NAMES
from casebook.memo import decision, parts, say, size
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
        {"success_chance": 0.45}, "Agree the plan:", {"success_chance": 0.4}, "Do not agree",
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


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without what takes long: figures, and the search for what turns the answer."""
    monkeypatch.setattr(parts, "_figures", lambda *_: ())
    monkeypatch.setattr(decision, "turns", lambda *_: [])


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
        assert row[1] == written(r, path)
        if setting == "base":
            assert len(row) == 2
        else:
            assert row[2] == written(base, path) and bool(row[3]) == (row[1] != row[2])


@each
def test_texts_hold_the_numbers_of_the_run(name: str, setting: str) -> None:
    r, m = run(name, setting), paper(name, setting)
    words = r.assumptions.spec.words["memo"]
    for key in ("firm", "repayment", "reasons", "risks", "covenants", "conditions", "cannot"):
        shown = getattr(m, key)[-len(words[key]) :]
        for text, told in zip(words[key], shown, strict=True):
            assert told == re.sub(r"\{(.+?)\}", lambda x: written(r, x[1]), text)
    assert m.request == re.sub(r"\{(.+?)\}", lambda x: written(r, x[1]), words["request"])


@each
def test_the_statement_is_that_of_the_run(name: str, setting: str) -> None:
    """All of it that holds anything; what is left out is a dash."""
    r, m = run(name, setting), paper(name, setting)
    spec = r.assumptions.spec.words["memo"]["statement"]
    side = r.alternative(m.decision.alternative or r.chosen)
    cut = {k: spec[k] for k in ("by", "since", "until") if k in spec}
    whole = side.statement(spec["view"], **cut, filled=True)
    lines, heads = [row[0] for row in m.lines.rows], [*m.lines.head[1:]]
    assert len(lines) > 4 and not m.lines.more and heads[-1] == whole.columns[-1]
    assert m.lines.rows == tuple((n, *whole.loc[n, heads]) for n in lines)
    left_out = whole.drop(index=lines).to_numpy(), whole.drop(columns=heads).to_numpy()
    assert all(cell in ("", "–") for part in left_out for cell in part.ravel())
    assert all(set(row[1:]) - {"", "–"} for row in m.lines.rows)


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


def test_a_truth_is_told_by_what_came() -> None:
    """Not "yes, held against no": the month in which it came, held against never."""
    r = simulated("transactional", slip=3, form="bullet")
    said, month = memo.decide(r), r.metrics["first_missed"]
    assert (said.number, said.against) == (str(month), "never")
    assert said.text.endswith(f"the payment of month {month} is missed.")
    assert said.label == "Month of the first missed payment"


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


def test_what_differs_is_all_there(quick: None) -> None:
    module = model("problem")
    b = module.assumptions()
    a = b.replace(sales=21.0, success_chance=0.4, way_out="liquidate", instalments=60)
    m = memo.content(module.simulate(a), run("problem"))
    differs = {
        (s.label, s.write(getattr(b, n)), s.write(getattr(a, n)))
        for n, s in a.spec.assumptions.items()
        if getattr(a, n) != getattr(b, n)
    }
    assert set(m.changes.rows) == differs and len(differs) == 4
    assert m.changes_note.startswith("4 of 104") and "Baishan" in m.changes_note


@each_case
def test_a_long_list_says_how_much_is_left_out(name: str) -> None:
    m, a, b = paper(name, "all"), run(name, "all").assumptions, run(name).assumptions
    count = sum(getattr(a, n) != getattr(b, n) for n in a.spec.assumptions)
    assert len(m.changes.rows) == parts.CHANGES < count
    assert m.changes_note.startswith(f"{count} of ") and "workbook" in m.changes_note


@each_case
def test_the_base_case_says_so(name: str) -> None:
    m = paper(name)
    assert not m.changes.rows and "are those of the base case" in m.changes_note
    assert len(m.numbers.head) == 2 and not m.numbers.marked


@each
def test_identities_hold(name: str, setting: str) -> None:
    m = paper(name, setting)
    assert m.sound and f"All {len(run(name).checks)} identities" in m.checks


@pytest.mark.parametrize("residual", [1.0, float("nan")])
def test_a_broken_identity_is_told(residual: float, quick: None) -> None:
    r = run("problem")
    broken = dataclasses.replace(r, checks={**r.checks, "cash_foots": residual})
    m = memo.content(broken, r)
    assert not m.sound and "NOT" in m.checks
    assert r.assumptions.spec.words["checks"]["cash_foots"] in m.checks


def test_a_client_of_ones_own_is_not_called_the_case_s(quick: None) -> None:
    r = run("problem")
    own = memo.content(r, r, memo.Head(bank="First", client="Second", date="1 May", about="Third."))
    assert (own.bank, own.client, own.date, own.firm[0]) == ("First", "Second", "1 May", "Third.")
    # named once: as the client of the book from whom this one differs
    assert str(dataclasses.replace(own, figures=(), words={})).count("Baishan") == 1
    assert "strike" in own.own and not paper("problem").own
    plain = memo.content(r, r, memo.Head(client="Second"))
    assert len(plain.firm) == len(own.firm) - 1


def test_a_client_s_name_is_not_cut(quick: None) -> None:
    name = "宁波东方精密铸造（集团）股份有限公司北仑经济技术开发区第二分公司"
    r = run("problem")
    m = memo.content(r, r, memo.Head(client=name))
    assert m.client == name and parts.foot(m).endswith("…")


def test_what_has_no_memo_says_so() -> None:
    loan = model("loan")
    r = loan.simulate(loan.assumptions())
    with pytest.raises(memo.MemoError, match=r"'loan' has no memo: its file has no table \[memo\]"):
        memo.content(r, r)
    with pytest.raises(ValueError, match="'problem' and 'growth'"):
        memo.content(run("problem"), run("growth"))


# ----------------------------------------------------------------------- clients of another size


def of_size(name: str, times: float) -> SingleRun[Any]:
    """The case with every amount so many times as large."""
    module = model(name)
    a, lines, ranges = module.assumptions(), [f'casebook = 1\ncase = "{name}"'], ["[ranges]"]
    for key, s in a.spec.assumptions.items():
        if s.unit in (*size.FINER, "unit_price"):
            ends = [min(s.low, s.low * times), max(s.high, s.high * times)]
            lines.append(f"{key} = {getattr(a, key) * times!r}")
            ranges.append(f"{key} = {ends!r}")
    return module.simulate(clientfile.parsed("\n".join([*lines, *ranges])).record)


def test_a_small_client_is_told_in_a_finer_unit(quick: None) -> None:
    r, base = of_size("transactional", 0.01), run("transactional")
    m = memo.content(r, base, memo.Head(client="Tea stall"))
    amount = f"CNY {1e6 * r.metrics['economic_profit']:,.0f}".replace("-", "−")
    row = next(row for row in m.numbers.rows if row[0].startswith("Economic profit"))
    assert row[1] == amount != "CNY 0"
    assert "CNY 100 thousand" in m.request and "CNY thousand" in m.statement
    told = [m.request, *m.firm, *m.repayment, *(x for row in m.lines.rows for x in row)]
    assert not re.search(r"0\.0 million|CNY 0 |^0\.00$", "\n".join(told), re.MULTILINE)
    # the same decision, on the numbers as they are
    assert m.decision.key == memo.decide(base).key == memo.decide(r).key


def test_what_is_moved_is_moved_in_the_client_s_size() -> None:
    r, base = of_size("terminated", 0.01), run("terminated")
    times = size.factor(r, base)
    assert times == 0.01 and size.factor(base, base) == 1
    rows = {t.label: t for t in decision.turns(size.ranged(r, times), parts.TURNS, times)}
    book = {row[0]: row for row in paper("terminated").turns.rows}
    assert rows.keys() == book.keys()  # the same assumptions tell
    assert rows["Appraised value of the collateral"].moved == "CNY 0.36 to 0.6 million"
    share = rows["What bidders pay, of appraisal"]
    label, moved, _, now, turns = book[share.label]
    assert (label, moved, now, turns) == (share.label, share.moved, share.now, share.turns)


@pytest.mark.parametrize("times", [100.0, 0.01])
def test_ranges_follow_the_size_and_hold_the_client(times: float) -> None:
    r, base = of_size("problem", times), run("problem")
    specs = size.ranged(r, size.factor(r, base)).assumptions.spec.assumptions
    for name, book in base.assumptions.spec.assumptions.items():
        value = getattr(r.assumptions, name)
        if isinstance(value, (str, tuple)):
            continue
        assert specs[name].low <= value <= specs[name].high
        if book.unit in size.FINER:
            assert specs[name].high >= book.high * times
    assert size.finer(r, times) is r if times > 1 else size.finer(r, times) is not r


def test_texts_are_cut_by_their_width() -> None:
    assert say.cut("a" * 10, 10) == "a" * 10
    assert say.cut("a" * 11, 10) == "a" * 9 + "…"
    assert say.cut("债" * 5, 10) == "债" * 5
    assert say.cut("债" * 6, 10) == "债" * 4 + "…"
    assert say.cut("a\n\tb\x00\x1bc\u2028d\ud800", 20) == "a bc d"
    assert say.cut("", 5) == ""

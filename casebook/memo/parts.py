"""What stands in a memo, as plain data: texts, tables, figures. The writers only set it.

Every list has a most, so that two pages always hold it; what is left out is counted. Every text of
the reader's is on one line, without signs that no paper shows, and cut to its room.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .. import __version__, numbers
from ..explore import difference
from ..models import model
from ..words import joined, unit_label, word, wrong
from . import decision, say, size
from .decision import Decision
from .errors import MemoError
from .say import Run

if TYPE_CHECKING:
    from ..figures import Picture

#: The most rows of each list, and letters of a name, a cell, an entry of the
#: head, the client, a sentence and a paragraph.
NUMBERS, CHANGES, LINES, TURNS, ITEMS, BROKEN = 10, 6, 18, 5, 6, 3
NAME, CELL, HEAD, CLIENT, SENTENCE, PARAGRAPH = 84, 36, 60, 120, 190, 420
#: What [memo] of a case file says, beside the tables `decision` and `turns`.
KEYS = (
    "bank", "client", "who", "request", "reasons", "firm", "repayment", "numbers", "figures",
    "statement", "risks", "covenants", "conditions", "cannot", "decision", "turns",
)  # fmt: skip
#: The one colour of a memo beside those of text: its name in the palette of the figures.
ACCENT = "c1"


@dataclass(frozen=True)
class Head:
    """Who and when. What is left empty is the case's (bank, client) or a line to fill in.

    `about` says in a sentence who the client is; it takes the place of the case's when `client` is
    given.
    """

    bank: str = ""
    client: str = ""
    reference: str = ""
    date: str = ""
    about: str = ""


@dataclass(frozen=True)
class Table:
    """Rows of texts below their heads; `marked` are the rows that differ from the base case.

    `more` is what stands below if rows were left out, else "".
    """

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    marked: frozenset[int] = frozenset()
    more: str = ""


@dataclass(frozen=True)
class Memo:
    """A credit memo. `words` are data/memo.toml: titles of its parts, labels of its head."""

    words: dict[str, Any]
    model: str
    bank: str
    client: str
    kind: str
    reference: str
    date: str
    request: str
    decision: Decision
    reasons: tuple[str, ...]
    firm: tuple[str, ...]
    repayment: tuple[str, ...]
    numbers: Table
    figures: tuple[Picture, ...]
    statement: str
    lines: Table
    turns: Table
    turns_note: str
    risks: tuple[str, ...]
    covenants: tuple[str, ...]
    conditions: tuple[str, ...]
    own: str
    changes: Table
    changes_note: str
    trace: str
    checks: str
    sound: bool
    cannot: tuple[str, ...]


def content(run: Run, base: Run, head: Head | None = None) -> Memo:
    """The memo of a single run of a case beside its base case.

    MemoError for a model whose file has no [memo], or not all of it; ValueError for runs of two
    models.
    """
    spec, words = run.assumptions.spec.words, say.words()
    if run.assumptions.model != base.assumptions.model:
        first, second = run.assumptions.model, base.assumptions.model
        raise ValueError(wrong("two_models", of="memo", first=first, second=second))
    memo, head = _told(run), head or Head()
    times = size.factor(run, base)
    drawn = size.ranged(run, times)
    run, base = size.finer(drawn, times), size.finer(base, times)
    said = decision.decide(run)
    changes, note = _changes(run, base)
    rows, turns_note = _turns(run, times)
    title, lines = _statement(run, memo["statement"], said.alternative)

    def texts(key: str) -> tuple[str, ...]:
        return tuple(say.cut(say.fill(run, text), SENTENCE) for text in memo[key][:ITEMS])

    checks, sound = _checks(run)
    who = head.about if head.client else memo["who"]
    return Memo(
        words=words,
        model=say.cut(spec["title"], HEAD),
        bank=say.cut(head.bank or memo["bank"], HEAD),
        client=say.cut(head.client or memo["client"], CLIENT),
        kind=say.cut(spec["profile"]["type"], HEAD),
        reference=say.cut(head.reference, HEAD),
        date=say.cut(head.date, HEAD),
        request=say.cut(say.fill(run, memo["request"]), PARAGRAPH),
        decision=_short(said),
        reasons=texts("reasons"),
        firm=((say.cut(who, SENTENCE),) if who else ()) + texts("firm"),
        repayment=texts("repayment"),
        numbers=_numbers(run, base, memo["numbers"]),
        figures=_figures(drawn, memo["figures"]),
        statement=title,
        lines=lines,
        turns=rows,
        turns_note=turns_note,
        risks=texts("risks"),
        covenants=texts("covenants"),
        conditions=texts("conditions"),
        own=words["own"]["note"] if head.client else "",
        changes=changes,
        changes_note=note,
        trace=words["checks"]["trace"].format(
            title=spec["title"], version=__version__, name=run.assumptions.model
        ),
        checks=checks,
        sound=sound,
        cannot=texts("cannot"),
    )


def _told(run: Run) -> Mapping[str, Any]:
    """[memo] of the case file; MemoError says what it lacks."""
    a = run.assumptions
    told: Mapping[str, Any] = a.spec.words.get("memo", {})
    lacks = [key for key in KEYS if key not in told]
    if not told:
        raise MemoError(wrong("no_memo", a.model, of="memo", list=joined(KEYS)))
    if lacks:
        raise MemoError(wrong("not_whole", a.model, of="memo", list=joined(lacks)))
    return told


def foot(memo: Memo) -> str:
    """What stands at the foot of each page."""
    form: str = memo.words["foot"]
    return form.format(bank=memo.bank, client=say.cut(memo.client, HEAD))


def _short(said: Decision) -> Decision:
    """A decision whose texts fit."""
    return Decision(
        said.key,
        say.cut(said.text, SENTENCE),
        say.cut(said.label, NAME + CELL),
        say.cut(said.number, CELL),
        say.cut(said.against_label, NAME + CELL),
        say.cut(said.against, CELL),
        said.alternative,
    )


def table(
    head: Iterable[object],
    rows: Sequence[Sequence[object]],
    most: int,
    marked: Iterable[int] = (),
) -> Table:
    """A table of at most so many rows, one less and a count where there are more."""
    kept = len(rows) if len(rows) <= most else most - 1
    left = len(rows) - kept
    return Table(
        tuple(say.cut(text, NAME) for text in head),
        tuple(
            (say.cut(row[0], NAME), *(say.cut(text, CELL) for text in row[1:]))
            for row in rows[:kept]
        ),
        frozenset(k for k in marked if k < kept),
        say.words()["more"].format(count=left) if left else "",
    )


def _numbers(run: Run, base: Run, paths: Sequence[str]) -> Table:
    """The key numbers now, in the base case, and how they differ; now alone if it is that case."""
    heads = say.words()["numbers"]["head"]
    if run.assumptions == base.assumptions:
        same = [(say.label(run, p), numbers.written(run, p)) for p in paths]
        return table((heads[0], heads[2]), same, NUMBERS)
    now, then = ({p: say.value(r, p) for p in paths} for r in (run, base))
    changed = difference.texts(now, then, {p: numbers.found(run, p).unit for p in paths})
    rows = [
        (say.label(run, p), numbers.written(run, p), numbers.written(base, p), changed[p])
        for p in paths
    ]
    marked = [k for k, p in enumerate(paths) if changed[p]]
    return table(heads, rows, NUMBERS, marked)


def _figures(run: Run, names: Sequence[str]) -> tuple[Picture, ...]:
    """The figures of the case, for half the width of a page; a dollar in a text is a dollar."""
    from matplotlib import rc_context

    case = model(run.assumptions.model)
    with rc_context({"text.parse_math": False}):
        return tuple(case.figure(run, name, form="narrow") for name in names)


def _statement(run: Run, spec: dict[str, Any], alternative: str) -> tuple[str, Table]:
    """(title, lines) of the statement, of the way that is recommended."""
    side = run.alternative(alternative) if alternative else run
    cut = {k: spec[k] for k in ("by", "since", "until") if k in spec}
    data = _filled(side.statement(spec["view"], **cut, filled=True))
    lines = run.assumptions.spec.words["lines"].values()
    unit = next(x.get("unit", "money") for x in lines if x["view"] == spec["view"])
    title = spec["title"].format(
        alternative=side.alternative_labels[side.chosen], unit=unit_label(unit)
    )
    rows = [(name, *row) for name, row in zip(data.index, data.to_numpy().tolist(), strict=True)]
    return say.cut(title, SENTENCE), table([data.columns.name, *data.columns], rows, LINES)


def _filled(data: Any) -> Any:
    """A statement without lines that hold nothing, and without the periods after the last event."""
    held = (~data.isin(["", word("missing")])).to_numpy()
    last = held[:, :-1].any(axis=0).nonzero()[0].max(initial=0)
    kept = [k <= last or k == held.shape[1] - 1 for k in range(held.shape[1])]  # the total stays
    return data.loc[held.any(axis=1), kept]


def _turns(run: Run, times: float) -> tuple[Table, str]:
    """What moves the measure of the case and what turns the recommendation; a note on both."""
    words, path = say.words()["turns"], run.assumptions.spec.words["memo"]["turns"]["measure"]
    rows = [
        (
            turn.label,
            turn.moved,
            words["between"].format(low=turn.measure[0], high=turn.measure[1]),
            turn.now,
            turn.turns or words["none"],
        )
        for turn in decision.turns(run, TURNS, times)
    ]
    head = [text.format(measure=say.label(run, path)) for text in words["head"]]
    note = words["note"].format(measure=say.label(run, path), number=numbers.written(run, path))
    return table(head, rows, TURNS), say.cut(note, SENTENCE)


def _changes(run: Run, base: Run) -> tuple[Table, str]:
    """The assumptions that differ, and how many they are."""
    words, specs = say.words()["changes"], run.assumptions.spec.assumptions
    now, then = run.assumptions.values(), base.assumptions.values()
    telling = run.assumptions.spec.words["explorer"]["sliders"]  # the most telling first
    names = [name for name in dict.fromkeys([*telling, *specs]) if now[name] != then[name]]
    rows = [(specs[n].label, specs[n].write(then[n]), specs[n].write(now[n])) for n in names]
    text = words["more" if len(names) > CHANGES else "some" if names else "none"].format(
        count=len(names) or len(specs),
        all=len(specs),
        client=run.assumptions.spec.words["memo"]["client"],
    )
    return table(words["head"], rows[:CHANGES], CHANGES), text


def _checks(run: Run) -> tuple[str, bool]:
    """What the identities say, and whether all hold."""
    words, names = say.words()["checks"], run.assumptions.spec.words["checks"]
    # a residual that is no number does not hold
    broken = [names[key] for key, x in run.checks.items() if not x <= run.tolerance]
    if not broken:
        return words["hold"].format(count=len(run.checks)), True
    shown = "; ".join(say.cut(name, NAME) for name in broken[:BROKEN])
    if len(broken) > BROKEN:
        shown += "; " + say.words()["more"].format(count=len(broken) - BROKEN)
    count = {"count": len(broken), "all": len(run.checks)}
    return words["broken"].format(**count, list=shown), False

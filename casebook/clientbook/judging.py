"""The tree walked for the rows of a part: what each client is or could be, how near the edge."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .. import typology
from ..shape import Array
from ..typology import NO, PROBLEM, TERMINATED, TYPES, UNKNOWN, YES, Typology
from . import gains, words
from .checks import Part, Rejected
from .gains import UNDETERMINED
from .parsing import DAYS_A_YEAR
from .patterns import Settled

#: A figure this near its threshold, as a share of it, is a near miss.
NEAR = 0.1
#: Reasons to watch a client, in the order of their bits.
WATCH = ("late", "one_signal", "pd_near", "near_problem")
#: Money that is not in the tree.
BESIDE = ("income", "drawn")


@dataclass
class Judged:
    """The clients of a part, each array (client,).

    kind: number of the type, or UNDETERMINED. could: bit k, the client may be TYPES[k]. asked and
    near: bit k, question k of the tree is open and decides; is near its threshold and would change
    the type. route: see `typology.walk`. watch: bits of WATCH. figures: by column, in the unit of
    the models, NaN if missing. ids and names have line breaks between them.
    """

    lines: NDArray[np.int64]
    ids: str
    names: str
    figures: dict[str, Array]
    kind: NDArray[np.int8]
    could: NDArray[np.uint8]
    route: NDArray[np.int16]
    asked: NDArray[np.uint16]
    near: NDArray[np.uint16]
    watch: NDArray[np.uint8]
    rejected: list[Rejected] = field(default_factory=list)
    exposure_read: Array = field(default_factory=lambda: np.empty(0))
    exposure_rejected: Array = field(default_factory=lambda: np.empty(0))

    def __len__(self) -> int:
        return len(self.lines)

    @property
    def clients(self) -> list[str]:
        """Numbers of the clients, (client,)."""
        return self.ids.split("\n") if len(self) else []

    @property
    def called(self) -> list[str]:
        """Names of the clients, (client,)."""
        return self.names.split("\n") if len(self) else []


def judge(part: Part, settled: Settled) -> Judged:
    """The clients of a part by the tree; rows that cannot be used are in `rejected`."""
    plan, n = settled.plan, len(part)
    figures, bad = dict(part.figures), dict(part.bad)
    _aged(part, settled, figures, bad)
    has_id = any(column.name == "id" for column in plan.columns)
    if len(settled.doubles) and has_id:
        for k in np.flatnonzero(np.isin(part.hashes, settled.doubles)).tolist():
            rows = settled.often[np.searchsorted(settled.doubles, part.hashes[k])]
            bad.setdefault(k, ("id", "", words.word("reasons.duplicate", rows=int(rows))))
    empty = np.full(n, np.nan)
    figures = {c: figures.get(c, empty) for c in (*typology.columns(), *BESIDE)}
    exposure = figures["exposure"]
    keep = np.ones(n, np.bool_)
    keep[list(bad)] = False
    ids, names, rejected = part.ids, part.names, []
    if bad:
        all_ids, all_names = ids.split("\n"), names.split("\n")
        for k in sorted(bad):
            column, value, reason = bad[k]
            of = all_ids[k]
            rejected.append(
                Rejected(
                    int(part.lines[k]), of, column, value or (of if column == "id" else ""), reason
                )
            )
        who = keep.tolist()
        ids = "\n".join([x for x, good in zip(all_ids, who, strict=True) if good])
        names = "\n".join([x for x, good in zip(all_names, who, strict=True) if good])
        figures = {name: x[keep] for name, x in figures.items()}
    a = plan.thresholds
    given = typology.answers(figures, a)
    walk = typology.walk(given, a)
    kind = _kinds()[walk.could]
    near = _near(figures, given, walk.could, kind, a)
    return Judged(
        part.lines[keep], ids, names, figures, kind, walk.could, walk.route, walk.asked, near,
        _watch(figures, near, kind, a), rejected, exposure, exposure[~keep],
    )  # fmt: skip


def _aged(
    part: Part, settled: Settled, figures: dict[str, Array], bad: dict[int, tuple[str, str, str]]
) -> None:
    """Years as a client from the date of its first business, where the file has that."""
    plan = settled.plan
    column = next((c for c in plan.columns if c.unit == "since"), None)
    if column is None or plan.as_of is None:
        return
    from datetime import date

    day = figures["years"]
    if column.dates == "month first" and part.month_first is not None:
        day = part.month_first
    years = (plan.as_of.toordinal() - day) / DAYS_A_YEAR
    for k in np.flatnonzero(years < 0).tolist():
        value = date.fromordinal(int(day[k])).isoformat()
        reason = words.word("reasons.later", as_of=plan.as_of.isoformat())
        bad.setdefault(k, ("years", value, reason))
    figures["years"] = years


@lru_cache(maxsize=1)
def _kinds() -> NDArray[np.int8]:
    """The type of each set of types that a client could be: a set of one, or UNDETERMINED."""
    table = np.full(2 ** len(TYPES), UNDETERMINED, np.int8)
    for k in range(len(TYPES)):
        table[1 << k] = k
    return table


def _near(
    figures: dict[str, Array],
    given: NDArray[np.int8],
    could: NDArray[np.uint8],
    kind: NDArray[np.int8],
    a: Typology,
) -> NDArray[np.uint16]:
    """Questions whose figure is near the threshold, and whose other answer would be another type.

    Near is within a tenth of the threshold; what is counted, within one.
    """
    near = np.zeros(len(kind), np.uint16)
    sure = kind != UNDETERMINED
    for k, node in enumerate(typology.tree(a).values()):
        if node.threshold is None:
            continue
        limit = float(getattr(a, node.threshold))
        gap = np.abs(figures[node.column] - limit)
        reach = NEAR * abs(limit)
        if a.spec.assumptions[node.threshold].unit == "count":
            reach = max(reach, 1.0)
            gap = gap + (given[k] == YES)  # from here to the next count below
        # a share of a number and the number itself differ by a rounding
        who = np.flatnonzero(sure & (given[k] != UNKNOWN) & (gap <= reach * (1 + 1e-9)))
        if len(who):
            other = given[:, who]
            other[k] = YES + NO - other[k]
            turned = who[typology.walk(other, a).could != could[who]]
            near[turned] |= np.uint16(1 << k)
    return near


def _watch(
    figures: dict[str, Array], near: NDArray[np.uint16], kind: NDArray[np.int8], a: Typology
) -> NDArray[np.uint8]:
    """Reasons to watch a client that is neither problem nor terminated."""
    days, signals, pd = (figures[k] for k in ("days_past_due", "signals", "pd"))
    troubled = [k for k, n in enumerate(typology.tree(a).values()) if n.yes == TYPES[PROBLEM]]
    mask = np.uint16(sum(1 << k for k in troubled))
    hits = {
        "late": (days > 0) & (days < a.days_late),
        "one_signal": (signals >= 1) & (signals >= a.signals_lit - 1) & (signals < a.signals_lit),
        "pd_near": (pd >= (1 - NEAR) * a.pd_high) & (pd < a.pd_high),
    }
    found = np.zeros(len(kind), np.uint8)
    for k, name in enumerate(WATCH[:-1]):
        found |= hits[name].astype(np.uint8) << np.uint8(k)
    others = (found == 0) & ((near & mask) > 0)
    found |= others.astype(np.uint8) << np.uint8(len(WATCH) - 1)
    found[(kind == PROBLEM) | (kind == TERMINATED)] = 0
    return found


def money(judged: Judged) -> tuple[Array, Array]:
    """Expected gain of each client by classification and by maintenance, (client,); see `gains`.

    The exposure at default is half of the limit and of what is drawn, as in the chapter; the limit
    where what is drawn is missing.
    """
    limit, drawn = judged.figures["exposure"], judged.figures["drawn"]
    ead = np.where(np.isnan(drawn), limit, 0.5 * (limit + drawn))
    return (
        gains.by_classification(judged.kind, judged.figures["income"], ead),
        gains.by_maintenance(judged.kind, limit),
    )

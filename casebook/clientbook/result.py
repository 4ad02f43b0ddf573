"""The answer for a client book: its sums, and a table of its clients in words and figures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import typology
from ..shape import Array
from ..typology import TYPES, Typology
from . import gains, judging, words
from .checks import Rejected
from .gains import UNDETERMINED
from .judging import WATCH, Judged
from .patterns import Finding
from .plan import Plan

#: Types by name, and the word for none.
KINDS = (*TYPES, "undetermined")


@dataclass
class Tally:
    """Sums over a book, or a part of it, that add up. Exposure in CNY million.

    clients, exposure, gain_*: by KINDS. known: by question of the tree. A gain is summed over the
    clients that have one (`with_*`).
    """

    read: int = 0
    clients: NDArray[np.int64] = field(default_factory=lambda: np.zeros(len(KINDS), np.int64))
    exposure: Array = field(default_factory=lambda: np.zeros(len(KINDS)))
    known: NDArray[np.int64] = field(default_factory=lambda: np.zeros(0, np.int64))
    exposure_read: float = 0.0
    exposure_rejected: float = 0.0
    without_exposure: int = 0
    watch: int = 0
    near: int = 0
    gain: Array = field(default_factory=lambda: np.zeros((2, len(KINDS))))
    having: NDArray[np.int64] = field(default_factory=lambda: np.zeros((2, len(KINDS)), np.int64))

    @property
    def classified(self) -> int:
        """Clients with an answer: a type, or what they could be."""
        return int(self.clients.sum())

    @property
    def rejected(self) -> int:
        """Rows that could not be used."""
        return self.read - self.classified

    @property
    def difference(self) -> float:
        """Exposure read less that of the classified and of the rejected: nothing but rounding."""
        return math.fsum([self.exposure_read, -self.exposure_rejected, *-self.exposure])

    def add(self, other: Tally) -> None:
        """The sums of another part."""
        for name, mine in vars(self).items():
            theirs = getattr(other, name)
            setattr(self, name, theirs if name == "known" and not len(mine) else mine + theirs)


def tally(judged: Judged, a: Typology) -> Tally:
    """The sums over the clients of a part; `a`: the thresholds, of whose tree the questions are."""
    kind, limit = judged.kind.astype(np.int64), judged.figures["exposure"]
    size = len(KINDS)
    nodes = typology.tree(a).values()
    money = np.stack(judging.money(judged))
    there = ~np.isnan(money)
    return Tally(
        read=len(judged) + len(judged.rejected),
        clients=np.bincount(kind, minlength=size),
        exposure=np.array([math.fsum(np.nan_to_num(limit[kind == k])) for k in range(size)]),
        known=np.array([np.count_nonzero(~np.isnan(judged.figures[n.column])) for n in nodes]),
        exposure_read=math.fsum(np.nan_to_num(judged.exposure_read)),
        exposure_rejected=math.fsum(np.nan_to_num(judged.exposure_rejected)),
        without_exposure=int(np.count_nonzero(np.isnan(judged.exposure_read))),
        watch=int(np.count_nonzero(judged.watch)),
        near=int(np.count_nonzero(judged.near)),
        gain=np.stack([np.bincount(kind, np.nan_to_num(x), size) for x in money]),
        having=np.stack([np.bincount(kind[y], minlength=size) for y in there]),
    )


class Said:
    """The words for what is stored as numbers; each different answer is put into words once."""

    def __init__(self, plan: Plan) -> None:
        a = plan.thresholds
        self.nodes = list(typology.tree(a).values())
        self.routes = typology.routes(a)
        specs, labels = a.spec.assumptions, words.catalogue()["columns"]
        self.labels = [labels[node.column]["label"] for node in self.nodes]
        self.thresholds = {n: s.write(getattr(a, n)) for n, s in specs.items()}
        self.kinds = [a.spec.words["types"][name] for name in TYPES]
        self.questions = {node.name: node.question for node in self.nodes}

    def could(self, mask: int) -> str:
        """Types that a client could be; nothing where one is sure."""
        names = [name for k, name in enumerate(self.kinds) if mask >> k & 1]
        if len(names) < 2:
            return ""
        between = words.word("answer.and")
        return words.word(
            "answer.could", types=between.join(names[:-1]) + words.word("answer.either") + names[-1]
        )

    def ask(self, mask: int) -> str:
        """What to ask for, the first open question first; each figure once."""
        names = dict.fromkeys(x for k, x in enumerate(self.labels) if mask >> k & 1)
        listed = words.word("answer.list").join(names)
        return words.word("answer.ask", columns=listed) if names else ""

    def first(self, mask: int) -> str:
        """What to ask for first."""
        return next((x for k, x in enumerate(self.labels) if mask >> k & 1), "")

    def near(self, mask: int) -> str:
        """The questions that are nearly answered otherwise, each with its threshold."""
        return words.word("answer.between").join(
            words.word("answer.near", label=self.labels[k], threshold=self.thresholds[n.threshold])
            for k, n in enumerate(self.nodes)
            if mask >> k & 1 and n.threshold
        )

    def watch(self, mask: int) -> str:
        """Why a client is watched."""
        of = {"late": "days_late", "one_signal": "signals_lit", "pd_near": "pd_high"}
        return words.word("answer.between").join(
            words.word(f"watch.{name}", threshold=self.thresholds.get(of.get(name, ""), ""))
            for k, name in enumerate(WATCH)
            if mask >> k & 1
        )

    def missing(self, mask: int) -> str:
        """The figures that a client does not have; bits by `typology.columns`."""
        labels = words.catalogue()["columns"]
        between = words.word("answer.list")
        return between.join(
            labels[c]["label"] for k, c in enumerate(typology.columns()) if mask >> k & 1
        )


def _texts(masks: NDArray[Any], say: Any) -> list[str]:
    """The words of each mask, (client,)."""
    different, at = np.unique(masks, return_inverse=True)
    return list(map([say(int(mask)) for mask in different].__getitem__, at.tolist()))


def table(judged: Judged, plan: Plan, said: Said | None = None) -> dict[str, Any]:
    """The clients of a part as columns, each (client,): texts as lists, figures as arrays.

    Names are those of `heads` and `columns` in data/clientbook.toml. Money in CNY million, shares
    as decimals; `path` counts the ways of `typology.routes` from one, zero where the type is not
    sure.
    """
    said = said or Said(plan)
    sure = judged.kind != UNDETERMINED
    route = np.where(sure, judged.route, len(said.routes))
    last = [way.steps[-1] for way in said.routes]
    decided = [*(said.questions[name] for name, _ in last), ""]
    answered = [*(words.word("answer.yes" if yes else "answer.no") for _, yes in last), ""]
    gone = np.zeros(len(judged), np.uint16)
    for k, name in enumerate(typology.columns()):
        gone |= np.isnan(judged.figures[name]).astype(np.uint16) << np.uint16(k)
    kinds = [*said.kinds, words.word("types.undetermined")]
    service = [words.word(f"service.{name}") for name in KINDS]
    kind, ways = judged.kind.tolist(), route.tolist()
    by_classification, by_maintenance = judging.money(judged)
    return {
        "line": judged.lines,
        "id": judged.clients,
        "name": judged.called,
        "type": [kinds[k] for k in kind],
        "could": _texts(np.where(sure, 0, judged.could), said.could),
        "first": _texts(judged.asked * ~sure, said.first),
        "ask": _texts(judged.asked * ~sure, said.ask),
        "decided": [decided[k] for k in ways],
        "said": [answered[k] for k in ways],
        "path": np.where(sure, judged.route + 1, 0),
        "near": _texts(judged.near, said.near),
        "watch": _texts(judged.watch, said.watch),
        "missing": _texts(gone, said.missing),
        "service": [service[k] for k in kind],
        "hours": gains.hours()[judged.kind],
        "gain_classification": by_classification,
        "gain_maintenance": by_maintenance,
        **judged.figures,
    }


@dataclass
class Result:
    """A classified book.

    plan: how the file was read; findings: what was noticed of whole columns; parts: its clients,
    chunk by chunk; tally: its sums.
    """

    plan: Plan
    findings: tuple[Finding, ...]
    parts: list[Judged]
    tally: Tally

    @property
    def rejected(self) -> list[Rejected]:
        """Every row that could not be used, in the order of the file."""
        return [row for part in self.parts for row in part.rejected]

    @property
    def coverage(self) -> list[dict[str, Any]]:
        """By question of the tree: clients who have its figure and who lack it; see `coverage`."""
        return coverage(self.tally, self.plan)

    def tables(self) -> Iterator[dict[str, Any]]:
        """The clients, chunk by chunk; see `table`."""
        said = Said(self.plan)
        for part in self.parts:
            yield table(part, self.plan, said)

    @cached_property
    def frame(self) -> Any:
        """All clients as a DataFrame, one row each; the columns of `table`."""
        import pandas as pd

        parts = [pd.DataFrame(one) for one in self.tables()]
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()


def coverage(sums: Tally, plan: Plan) -> list[dict[str, Any]]:
    """A row for each question of the tree: question, column, known, lacking, share known."""
    n = sums.classified
    known = sums.known.tolist() or [0] * len(typology.tree())
    return [
        {"question": node.question, "column": node.column, "known": k, "lacking": n - k,
         "share": k / n if n else 0.0}
        for node, k in zip(typology.tree(plan.thresholds).values(), known, strict=True)
    ]  # fmt: skip


def whole_book(sums: Tally) -> Mapping[str, float]:
    """Strategy -> value over ten years if this book were as the synthetic one, CNY million.

    The gain for each client of that book times the clients of this one that have not ended.
    """
    living = sums.classified - int(sums.clients[typology.TERMINATED])
    return {name: living * gain for name, gain in gains.whole().items()}

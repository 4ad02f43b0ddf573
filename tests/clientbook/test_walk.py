"""What a client could be is what some value of its missing figures makes it."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook import typology
from casebook.typology import TYPES, Typology

BASE = typology.assumptions()


def points(column: str, a: Typology) -> list[float]:
    """A value of each way to answer all the questions about a column."""
    if column == "ended_or_default":
        return [0.0, 1.0]
    limits = sorted({float(getattr(a, node.threshold)) for node in typology.tree(a).values()
                     if node.column == column and node.threshold})  # fmt: skip
    around = {x for t in limits for x in (np.nextafter(t, -np.inf), t, np.nextafter(t, np.inf))}
    return sorted(around)


@st.composite
def cases(draw: Any) -> tuple[Typology, dict[str, float]]:
    """Thresholds of a bank, and a client with some figures missing."""
    a = BASE
    if draw(st.booleans()):  # thresholds that cross: sound up to a PD that is a problem already
        a = a.replace(pd_high=draw(st.sampled_from([0.02, 0.05, 0.1])),
                      pd_sound=draw(st.sampled_from([0.02, 0.05, 0.1])))  # fmt: skip
    client = {}
    for column in typology.columns():
        values = [*points(column, a), float("nan"), float("nan")]
        client[column] = draw(st.sampled_from(values))
    return a, client


def could(client: dict[str, Any], a: Typology) -> set[str]:
    """The names of the types that a client could be."""
    walk = typology.walk(typology.answers(client, a), a)
    return {name for k, name in enumerate(TYPES) if walk.could[0] >> k & 1}


def completions(client: dict[str, float], a: Typology) -> set[str]:
    """The types of the client for every way to fill in its missing figures, by the plain walk."""
    gone = [k for k, x in client.items() if np.isnan(x)]
    rows = list(itertools.product(*(points(k, a) for k in gone)))
    table = {k: np.full(len(rows), x) for k, x in client.items()}
    table |= {k: np.array([row[j] for row in rows]) for j, k in enumerate(gone)}
    return set(typology.classify(table, a)[0].tolist())


@given(cases())
@settings(max_examples=300, deadline=None)
def test_what_a_client_could_be_is_what_its_missing_figures_can_make_it(
    case: tuple[Typology, dict[str, float]],
) -> None:
    a, client = case
    gone = [k for k, x in client.items() if np.isnan(x)]
    if len(gone) > 6:  # all ways to fill in more would take long
        client = client | dict.fromkeys(gone[6:], 0.0)
    assert could(client, a) == completions(client, a)


@given(cases(), st.data())
@settings(max_examples=300, deadline=None)
def test_an_answer_narrows_what_a_client_could_be(
    case: tuple[Typology, dict[str, float]], data: st.DataObject
) -> None:
    a, client = case
    before = could(client, a)
    walk = typology.walk(typology.answers(client, a), a)
    assert (len(before) == 1) == (walk.asked[0] == 0), "who is undetermined is asked"
    for k, node in enumerate(typology.tree(a).values()):
        if walk.asked[0] >> k & 1:
            assert np.isnan(client[node.column])
            value = data.draw(st.sampled_from(points(node.column, a)))
            after = could(client | {node.column: value}, a)
            assert after and after <= before
    if len(before) == 1:
        ways = typology.routes(a)
        assert ways[walk.route[0]].kind == before.pop()


def test_where_nothing_is_missing_both_walks_are_one() -> None:
    random = np.random.default_rng(7)
    n = 5000
    table = {c: random.choice(points(c, BASE), n) for c in typology.columns()}
    kinds, texts = typology.classify(table)
    walk = typology.walk(typology.answers(table))
    assert (np.array([1 << TYPES.index(k) for k in kinds]) == walk.could).all()
    ways = typology.routes()
    assert [ways[k].text for k in walk.route] == texts
    assert not walk.asked.any()
    assert len({way.text for way in ways}) == len(ways)


def test_the_plain_walk_says_no_to_what_is_missing() -> None:
    nothing = {c: np.array([np.nan]) for c in typology.columns()}
    kinds, texts = typology.classify(nothing)
    assert kinds.tolist() == ["transactional"] and "yes" not in texts[0]
    assert could(dict.fromkeys(nothing, np.nan), BASE) == set(TYPES)


def test_a_missing_figure_that_changes_nothing_is_not_asked_for() -> None:
    """A small firm that does not grow: its share of wallet does not matter."""
    client = {"ended_or_default": 0.0, "days_past_due": 0.0, "signals": 0.0, "pd": 0.01,
              "exposure": 3.0, "wallet_share": np.nan, "products": np.nan, "sales_growth": 0.0,
              "years": np.nan, "bank_share": np.nan}  # fmt: skip
    assert could(client, BASE) == {"transactional"}
    walk = typology.walk(typology.answers(client | {"signals": np.nan}))
    names = list(typology.tree())
    assert walk.asked[0] == 1 << names.index("signals")

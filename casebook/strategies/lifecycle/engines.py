"""Two engines of one model: the average book in expected values, and books client by client.

Arrays are (year, set, book, state); the sets of strategies share all draws.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...distributions import norm_ppf, normal, pick
from ...shape import Array, Draws
from . import record, transitions
from .record import (
    LEAVE,
    LIVING,
    OUTCOMES,
    STATES,
    TARGET,
    WAITING,
    WORKOUT,
    YEARS,
    G,
    Lifecycle,
    S,
    T,
)


@dataclass(frozen=True)
class Course:
    """What became of a book: counts of clients and sums of their sizes.

    count, size: (year 0..10, set, book, state), at the end of the year; size has mean one a client.
    lost: (year 1..10, set, book, state), sizes of those that defaulted out of a state x their own
    loss over the usual one. flows: (year 1..10, set, book, 3): new, left without loss, defaulted.
    """

    count: Array
    size: Array
    lost: Array
    flows: Array


def expected(a: Lifecycle, on: NDArray[np.bool_]) -> tuple[Course, Array, Array]:
    """The average over all books, one column: clients times chances.

    on: (set, strategy). Gives (course, chances of each year, effects of the strategies).
    """
    effect = transitions.effects(a, None)
    chance = transitions.with_luck(a, transitions.chances(a, on, effect), None)
    count = np.zeros((YEARS + 1, len(on), 1, STATES))
    count[0] = transitions.opening(a)
    entry = np.zeros(STATES)
    entry[[S, T, G]] = record.the_bank().entry
    new = record.arrivals(a) * entry
    lost = np.zeros((YEARS, len(on), 1, STATES))
    flows = np.zeros((YEARS, len(on), 1, 3))
    step = np.zeros((STATES, len(OUTCOMES) + 1, STATES))
    step[np.arange(STATES)[:, None], np.arange(len(OUTCOMES) + 1), TARGET] = 1.0
    for t in range(YEARS):
        stay = 1 - chance[t].sum(axis=-1, keepdims=True)
        moved = count[t][..., None] * np.concatenate([chance[t], stay], axis=-1)
        count[t + 1] = np.tensordot(moved, step, axes=2) + new
        lost[t] = moved[..., 0]
        flows[t] = np.stack(
            [np.full(moved.shape[:2], new.sum()), moved[..., LIVING, LEAVE].sum(axis=-1),
             moved[..., 0].sum(axis=-1)], axis=-1,
        )  # fmt: skip
    return Course(count, count, lost, flows), chance, effect


def _sizes(a: Lifecycle, d: Draws, slots: int) -> tuple[Array, Array]:
    """Size of each client, lognormal, and its loss over the usual one, even: (book, client) each.

    Both have mean one. slots: clients there will ever be.
    """
    spread = record.the_bank().volume_spread
    uniform = np.clip(d["size"][:, :slots].astype(float), 1e-8, None)
    size: Array = np.exp(spread * norm_ppf(uniform) - spread**2 / 2)
    half = min(a.lgd_spread, a.lgd, 1 - a.lgd) / a.lgd
    return size, 1 + half * (2 * d["loss"][:, :slots].astype(float) - 1)


def drawn(a: Lifecycle, on: NDArray[np.bool_], d: Draws) -> tuple[Course, Array, Array]:
    """Books client by client, all sets on the same draws.

    on: (set, strategy); d: as `sample` gives them. Gives (course, chances of each year, effects).
    """
    sets, books, slots = len(on), len(d["luck"]), a.clients + YEARS * record.arrivals(a)
    effect = transitions.effects(a, d["effect"])
    luck = normal(d["luck"])
    chance = transitions.with_luck(a, transitions.chances(a, on, effect), luck)
    edges = np.cumsum(chance, axis=-1).astype(np.float32)
    size, loss = _sizes(a, d, slots)
    # who is there: the opening book in order of state, then those who come, in order of year
    start = np.repeat(np.arange(STATES), transitions.opening(a))
    entry = d["entry"][:, a.clients : slots]
    # with no new business nobody comes, and there is no draw
    entry_chance = record.the_bank().entry
    which_kind = pick(entry_chance, entry) if entry.size else np.zeros(entry.shape, int)
    kinds = np.array([S, T, G])[which_kind]
    # as bincount counts, also where that has 32 bits
    state = np.full((sets, books, slots), WAITING, dtype=np.intp)
    state[:, :, : a.clients] = start
    row = (STATES * np.arange(sets * books)).reshape(sets, books, 1)
    form, cells = (sets, books, STATES), sets * books * STATES
    weights = np.broadcast_to(size, state.shape)
    target = TARGET.astype(np.intp).ravel()
    count, sizes = np.zeros((2, YEARS + 1, *form))
    lost, flows = np.zeros((YEARS, *form)), np.zeros((YEARS, sets, books, 3))
    new = record.arrivals(a)

    def tally(year: int, here: int) -> None:
        """Count the clients that have come by the end of a year, and their sizes, by state."""
        at = (state[..., :here] + row).ravel()
        count[year] = np.bincount(at, minlength=cells).reshape(form)
        sizes[year] = np.bincount(at, weights[..., :here].ravel(), minlength=cells).reshape(form)

    tally(0, a.clients)
    for t in range(YEARS):
        here = a.clients + t * new  # those who came by the end of last year
        cell = state[..., :here] + row
        draw = d["move"][:, t, :here]
        edge = edges[t].reshape(cells, len(OUTCOMES))
        # most stay: only those below the last edge of their state move
        moves = np.flatnonzero((draw < edge[:, LEAVE].take(cell)).ravel())
        at = cell.ravel()[moves]
        u = np.broadcast_to(draw, cell.shape).ravel()[moves]
        outcome = (u[:, None] >= edge[at, :LEAVE]).sum(axis=1)
        before = at % STATES
        after = target[before * (len(OUTCOMES) + 1) + outcome]
        client = moves % here
        book = moves // here
        flat = state.reshape(sets * books, slots)
        flat[book, client] = after
        gone = outcome == 0
        which = book[gone] % books
        lost[t] = np.bincount(
            at[gone], (size * loss)[which, client[gone]], minlength=cells
        ).reshape(form)
        left = (outcome == LEAVE) & (before < WORKOUT)
        for k, hit in ((1, left), (2, gone)):
            flows[t, ..., k] = np.bincount(book[hit], minlength=sets * books).reshape(sets, books)
        flows[t, ..., 0] = new
        state[:, :, here : here + new] = kinds[:, t * new : (t + 1) * new]
        tally(t + 1, here + new)
    return Course(count, sizes, lost, flows), chance, effect

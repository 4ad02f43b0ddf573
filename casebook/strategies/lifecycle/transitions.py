"""The chances of a year: of the average year with each set of strategies, and of a lucky one.

What a strategy does: more contact, better prices, clients in trouble found in time. `with_luck`
moves the chances of default and trouble with the shared luck of the year.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ...distributions import norm_cdf, norm_ppf
from ...shape import Array
from . import record
from .record import (
    CLASSIFY,
    LEAVE,
    MAINTAIN,
    OUTCOMES,
    SOUND,
    SPREADS,
    STATES,
    STRATEGIES,
    TOOLS,
    TROUBLE,
    TYPE_OF,
    WARN,
    WORKOUT,
    YEARS,
    G,
    Lifecycle,
    S,
    T,
)


def effects(a: Lifecycle, uniform: Array | None) -> Array:
    """Factor on what each strategy does, (strategy, book); one in the single run.

    uniform: (book, strategy) in [0, 1), or None for the single run.
    """
    if uniform is None:
        return np.ones((len(STRATEGIES), 1))
    spread = np.array([getattr(a, name) for name in SPREADS])
    factor: Array = 1 + spread[:, None] * (2 * uniform.T - 1)
    return factor


def hours(a: Lifecycle, on: NDArray[np.bool_]) -> Array:
    """Hours of a year added for each sound client on average, (set,); fewer are less than 0."""
    added: Array = on[:, MAINTAIN] * np.maximum(a.hours, -a.hours_now)
    return added


def contact(a: Lifecycle, on: NDArray[np.bool_], effect: Array) -> Array:
    """How far contact goes beyond the hours of now, (set, book); less than 0 if it goes less far.

    Falling returns: 1 - exp(-hours / half) in all. An hour counts for more when it is aimed: by
    size, with classification by class as far as that is right, with tools by the list.
    on: (set, strategy); effect: (strategy, book).
    """
    reach = 1 + a.aim + a.focus * (1 - a.class_wrong) * on[:, CLASSIFY]
    spent = (a.hours_now + hours(a, on)) * (reach + a.tools_reach * on[:, TOOLS])
    added = np.exp(-a.hours_now / a.hours_half) - np.exp(-spent / a.hours_half)
    beyond: Array = (on[:, MAINTAIN] * added)[:, None] * effect[MAINTAIN]
    return beyond


def found(a: Lifecycle, on: NDArray[np.bool_], effect: Array) -> Array:
    """Share of clients in trouble that are found in time, (set, book)."""
    quality = np.minimum(a.warning_quality + a.tools_signal * on[:, TOOLS], 1.0)
    share: Array = (on[:, WARN] * quality)[:, None] * np.ones(effect.shape[1])
    return share


def chances(a: Lifecycle, on: NDArray[np.bool_], effect: Array) -> Array:
    """Chances of a year on average, (set, book, state, outcome); see OUTCOMES.

    on: (set, strategy); effect: (strategy, book).
    """
    b = record.the_bank()
    chance = np.zeros((len(on), effect.shape[1], STATES, len(OUTCOMES)))
    kind = np.array(TYPE_OF)
    classify, warn = on[:, CLASSIFY, None, None], on[:, WARN, None, None]
    now = 1 - np.exp(-a.hours_now / a.hours_half)
    stays = 1 - a.retention * (now + contact(a, on, effect))[..., None]
    harm = np.array([1.0, 1.0, 0.0, 1.0]) * a.class_wrong * a.class_harm
    leave = np.array(b.leave)[kind] * np.clip(stays, 0, 1) + classify * harm
    leave = leave + warn * a.false_alarms * a.alarm_leave
    sound, trouble = slice(SOUND, SOUND + 4), slice(TROUBLE, TROUBLE + 4)
    chance[:, :, sound, 0] = np.array(b.pd)[kind]
    chance[:, :, sound, 1] = np.array(b.to_problem)[kind]
    grows = 1 + classify[..., 0] * a.class_promote * effect[CLASSIFY][:, None].T
    for origin in (T, G):
        chance[:, :, origin, 2] = b.to_strategic[TYPE_OF[origin]] * grows
    chance[:, :, G, 3] = b.to_transactional[2]
    chance[:, :, sound, LEAVE] = leave
    avoided = found(a, on, effect) * np.minimum(a.saved * effect[WARN], 1.0)
    chance[:, :, trouble, 0] = (b.pd[3] * (1 - avoided))[..., None]
    chance[:, :, trouble, 3] = b.to_transactional[3]
    chance[:, :, trouble, LEAVE] = b.leave[3]
    chance[:, :, WORKOUT : WORKOUT + 4, LEAVE] = 1 / a.workout_years
    return chance


def with_luck(a: Lifecycle, chance: Array, luck: Array | None) -> Array:
    """Chances of each year, (year, set, book, state, outcome), by Vasicek's one-factor model.

    chance: of a year on average, as `chances` gives it. luck: (book, year) standard normal, bad if
    positive, or None for the average over it. More than certainty is cut, the last outcomes first.
    """
    depth = np.zeros(YEARS)
    depth[a.recession_year - 1] = a.recession_depth
    root = np.sqrt(a.correlation)
    usual = norm_ppf(np.clip(chance[..., :2], 1e-300, 1.0))
    usual = np.maximum(usual, -40.0)
    if luck is None:
        shift = root * depth[:, None, None, None, None]
        lucky = norm_cdf(np.minimum(usual + shift, 40.0))
    else:
        bad = (luck + depth).T[:, None, :, None, None]
        lucky = norm_cdf(np.clip((usual + root * bad) / np.sqrt(1 - a.correlation), -40.0, 40.0))
    whole = np.broadcast_to(chance, (YEARS, *chance.shape)).copy()
    whole[..., :2] = np.where(chance[..., :2] > 0, lucky, 0.0)
    edges = np.minimum(np.cumsum(whole, axis=-1), 1.0)
    return np.diff(edges, axis=-1, prepend=0.0)


def _whole(number: int, weights: Array) -> NDArray[np.intp]:
    """`number` shared out by weights in whole numbers, the largest remainders first; (weight,)."""
    exact = number * weights / np.sum(weights)
    base: NDArray[np.intp] = np.floor(exact).astype(int)
    first = np.argsort(base - exact, kind="stable")[: number - base.sum()]
    base[first] += 1
    return base


def opening(a: Lifecycle) -> NDArray[np.intp]:
    """Clients of the opening book by state, whole numbers: (state,)."""
    b = record.the_bank()
    strategic, transactional, growth, trouble = b.mix
    weights = np.zeros(STATES)
    weights[[S, T, G]] = strategic, transactional, growth
    weights[[TROUBLE + S, TROUBLE + T, TROUBLE + G]] = trouble * np.array(b.origin)
    return _whole(a.clients, weights)

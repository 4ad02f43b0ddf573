"""The whole client book over ten years, and what four strategies are worth to it.

Yearly. A client is in one of thirteen states: sound, in trouble, or in workout, each by what it
was (strategic, grown strategic, transactional, growth), or gone. Of the state depend the chances of
the year and all money. Money in CNY million; year 0 is the opening book.

    a year's chances   default, trouble, strategic, transactional, leave; what is left stays
    shared luck        default and trouble given the year's z:  N((G(p) + sqrt(rho) z) /
                       sqrt(1 - rho)), z standard normal, in the recession plus its depth
                       (one-factor model of Vasicek, as in the Basel formula; bad luck is z > 0)
    expected values    E over z of the above is N(G(p) + sqrt(rho) x depth), and the clients of the
                       next year are clients x chances: a single run, exact for the average
    many books         each client draws its own fate, its size and its loss; all sets of strategies
                       meet the same luck, so that a gain is the strategy's and not the dice's
    economic profit    (interest - funding + fees - service - strategies - realised loss)(1 - tax)
                       - hurdle x capital = (RAROC - hurdle) x capital; capital by the Basel formula
What a strategy does is an assumption times a factor: one in the single run, drawn for each book and
strategy within 1 +- its spread in many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import credit, profitability, timevalue
from ..assumptions import AssumptionError, Record, load
from ..cases.shape import (
    Array,
    Draws,
    Result,
    drawer,
    first_time,
    lender_view,
    many,
    one_at_a_time,
    residual,
    source,
)
from ..distributions import norm_cdf, norm_ppf, normal, pick
from . import bank

YEARS = 10
STRATEGIES = ("classification", "maintenance", "early_warning", "tools")
CLASSIFY, MAINTAIN, WARN, TOOLS = range(4)
ALTERNATIVES = ("none", *STRATEGIES, "chosen")
#: What a client was before trouble: came as strategic, grew into it, transactional, growth.
ORIGINS = ("strategic", "grown", "transactional", "growth")
S, N, T, G = range(4)
#: The living type whose chances and prices an origin has.
TYPE_OF = (0, 0, 1, 2)
SOUND, TROUBLE, WORKOUT, GONE, WAITING = 0, 4, 8, 12, 13
STATES = 14
#: What may happen in a year, in the order in which a client's one draw decides it.
OUTCOMES = ("default", "problem", "strategic", "transactional", "leave")
LEAVE = 4
#: How sure the effects are, in the order of STRATEGIES.
SPREADS = ("class_spread", "hours_spread", "warning_spread", "tools_spread")
#: Books at a time: their clients stay near the processor.
CHUNK = 16


def _targets() -> NDArray[np.int8]:
    """State that each outcome leads to, (state, outcome); the last column is staying."""
    table = np.repeat(np.arange(STATES)[:, None], len(OUTCOMES) + 1, axis=1)
    for o in range(4):
        table[SOUND + o, :5] = (WORKOUT + o, TROUBLE + o, N, T, GONE)
        table[TROUBLE + o, :5] = (WORKOUT + o, TROUBLE + o, TROUBLE + o, T, GONE)
        table[WORKOUT + o, LEAVE] = GONE
    return table.astype(np.int8)


TARGET = _targets()


@dataclass(frozen=True)
class Lifecycle(Record):
    """The assumptions; data/models/lifecycle.toml gives unit, range and reason.

    The bank's own (paths, risks, volumes, prices) are those of data/portfolio/bank.toml.
    """

    # the book
    clients: int
    new_business: float
    grown_volume: float
    use: float
    exposure: float
    lgd: float
    lgd_spread: float
    workout_years: float
    workout_cost: float
    # the world
    recession_year: int
    recession_depth: float
    correlation: float
    # what is funded
    classification: str
    maintenance: str
    early_warning: str
    tools: str
    # classification
    class_cost: float
    class_saving: float
    class_price: float
    class_promote: float
    class_wrong: float
    class_harm: float
    # maintenance
    hours: float
    hours_now: float
    hours_half: float
    retention: float
    cross_sell: float
    aim: float
    focus: float
    # early warning
    warning_cost: float
    warning_quality: float
    false_alarms: float
    review_cost: float
    saved: float
    cut: float
    alarm_leave: float
    # tools
    tools_build: float
    tools_cost: float
    tools_saving: float
    tools_sales: float
    tools_reach: float
    tools_signal: float
    # how sure the effects are
    class_spread: float
    hours_spread: float
    warning_spread: float
    tools_spread: float
    # what the owners ask
    hurdle: float
    tax: float
    # what is shown first
    view: str


def assumptions(path: str | Path | None = None) -> Lifecycle:
    """The base case, or your own file of the same form (see data/README.md)."""
    return load(Lifecycle, "lifecycle", path, folder="models")


@lru_cache(maxsize=1)
def the_bank() -> bank.Bank:
    """The synthetic bank whose book this is."""
    return bank.assumptions()


def arrivals(a: Lifecycle) -> int:
    """New clients a year, a whole number."""
    return round(a.new_business * a.clients)


#: The draws that have a column for each client.
_BY_CLIENT = ("size", "loss", "entry", "move")


def sample(a: Lifecycle, n: int, seed: int) -> Draws:
    """n books as uniforms in [0, 1), a client a column.

    luck: (n, year), of all clients; effect: (n, strategy); size, loss, entry: (n, client); move:
    (n, year, client). The client's draws have single precision: finer than any chance here.
    """
    n, random = source(n, seed)
    slots = a.clients + YEARS * arrivals(a)
    return {
        "luck": random((n, YEARS)),
        "effect": random((n, len(STRATEGIES))),
        "size": random((n, slots), dtype=np.float32),
        "loss": random((n, slots), dtype=np.float32),
        "entry": random((n, slots), dtype=np.float32),
        "move": random((n, YEARS, slots), dtype=np.float32),
    }


def simulate(a: Lifecycle, d: Draws | None = None, keep: Sequence[str] | None = None) -> Result:
    """Run the book: expected values as the assumptions stand, or the books of `sample`.

    No strategy, each alone, and the set that is funded run side by side; `a.view` is shown first. A
    single run keeps all lines; many keep the lines named in `keep`.
    """
    funded = funded_sets(a)
    if d is None:
        return _result(a, funded, *expected(a, funded), keep=None)
    like, needed = sample(a, 1, 0), a.clients + YEARS * arrivals(a)
    if (given := np.shape(d.get("move"))) and given[-1] != needed:
        if given[-1] < needed:
            raise AssumptionError(
                f"draws for {given[-1]} clients are not allowed; {needed} or more are "
                "(sample again with these assumptions)"
            )
        # those of a larger book: its first clients
        d = {k: u[..., :needed] if k in _BY_CLIENT else u for k, u in d.items()}
    return many(partial(_many, a, funded), like, d, keep, CHUNK)


def funded_sets(a: Lifecycle) -> NDArray[np.bool_]:
    """Which strategies each alternative funds, (alternative, strategy)."""
    chosen = [getattr(a, name) == "on" for name in STRATEGIES]
    return np.array([[False] * 4, *np.eye(4, dtype=bool), chosen])


# ------------------------------------------------------------------------------- the chances


def effects(a: Lifecycle, uniform: Array | None) -> Array:
    """Factor on what each strategy does, (strategy, book); one in the single run."""
    if uniform is None:
        return np.ones((len(STRATEGIES), 1))
    spread = np.array([getattr(a, name) for name in SPREADS])
    return 1 + spread[:, None] * (2 * uniform.T - 1)


def _hours(a: Lifecycle, on: Array) -> Array:
    """Hours of a year added for each sound client on average, (set,); fewer are less than 0."""
    return on[:, MAINTAIN] * np.maximum(a.hours, -a.hours_now)


def contact(a: Lifecycle, on: Array, effect: Array) -> Array:
    """How far contact goes beyond the hours of now, (set, book); less than 0 if it goes less far.

    Falling returns: 1 - exp(-hours / half) in all. An hour counts for more when it is aimed: by
    size, with classification by class as far as that is right, with tools by the list.
    """
    reach = 1 + a.aim + a.focus * (1 - a.class_wrong) * on[:, CLASSIFY]
    hours = (a.hours_now + _hours(a, on)) * (reach + a.tools_reach * on[:, TOOLS])
    added = np.exp(-a.hours_now / a.hours_half) - np.exp(-hours / a.hours_half)
    return (on[:, MAINTAIN] * added)[:, None] * effect[MAINTAIN]


def found(a: Lifecycle, on: Array, effect: Array) -> Array:
    """Share of clients in trouble that are found in time, (set, book)."""
    quality = np.minimum(a.warning_quality + a.tools_signal * on[:, TOOLS], 1.0)
    return (on[:, WARN] * quality)[:, None] * np.ones(effect.shape[1])


def chances(a: Lifecycle, on: Array, effect: Array) -> Array:
    """Chances of a year on average, (set, book, state, outcome); see OUTCOMES."""
    b = the_bank()
    p = np.zeros((len(on), effect.shape[1], STATES, len(OUTCOMES)))
    kind = np.array(TYPE_OF)
    classify, warn = on[:, CLASSIFY, None, None], on[:, WARN, None, None]
    now = 1 - np.exp(-a.hours_now / a.hours_half)
    stays = 1 - a.retention * (now + contact(a, on, effect))[..., None]
    harm = np.array([1.0, 1.0, 0.0, 1.0]) * a.class_wrong * a.class_harm
    leave = np.array(b.leave)[kind] * np.clip(stays, 0, 1) + classify * harm
    leave = leave + warn * a.false_alarms * a.alarm_leave
    sound, trouble = slice(SOUND, SOUND + 4), slice(TROUBLE, TROUBLE + 4)
    p[:, :, sound, 0] = np.array(b.pd)[kind]
    p[:, :, sound, 1] = np.array(b.to_problem)[kind]
    grows = 1 + classify[..., 0] * a.class_promote * effect[CLASSIFY][:, None].T
    for o in (T, G):
        p[:, :, o, 2] = b.to_strategic[TYPE_OF[o]] * grows
    p[:, :, G, 3] = b.to_transactional[2]
    p[:, :, sound, LEAVE] = leave
    avoided = found(a, on, effect) * np.minimum(a.saved * effect[WARN], 1.0)
    p[:, :, trouble, 0] = (b.pd[3] * (1 - avoided))[..., None]
    p[:, :, trouble, 3] = b.to_transactional[3]
    p[:, :, trouble, LEAVE] = b.leave[3]
    p[:, :, WORKOUT : WORKOUT + 4, LEAVE] = 1 / a.workout_years
    return p


def with_luck(a: Lifecycle, p: Array, z: Array | None) -> Array:
    """Chances of each year, (year, set, book, state, outcome).

    z: (book, year) standard normal, or None for the average over it. More than certainty is cut,
    the last outcomes first.
    """
    depth = np.zeros(YEARS)
    depth[a.recession_year - 1] = a.recession_depth
    root = np.sqrt(a.correlation)
    usual = norm_ppf(np.clip(p[..., :2], 1e-300, 1.0))
    usual = np.maximum(usual, -40.0)
    if z is None:
        shift = root * depth[:, None, None, None, None]
        lucky = norm_cdf(np.minimum(usual + shift, 40.0))
    else:
        bad = (z + depth).T[:, None, :, None, None]
        lucky = norm_cdf(np.clip((usual + root * bad) / np.sqrt(1 - a.correlation), -40.0, 40.0))
    whole = np.broadcast_to(p, (YEARS, *p.shape)).copy()
    whole[..., :2] = np.where(p[..., :2] > 0, lucky, 0.0)
    edges = np.minimum(np.cumsum(whole, axis=-1), 1.0)
    return np.diff(edges, axis=-1, prepend=0.0)


# ------------------------------------------------------------------------------- the opening


def _whole(number: int, weights: Sequence[float]) -> NDArray[np.intp]:
    """`number` shared out by weights in whole numbers, the largest remainders first."""
    exact = number * np.asarray(weights) / np.sum(weights)
    base = np.floor(exact).astype(int)
    first = np.argsort(base - exact, kind="stable")[: number - base.sum()]
    base[first] += 1
    return base


def opening(a: Lifecycle) -> NDArray[np.intp]:
    """Clients of the opening book by state, whole numbers: (state,)."""
    b = the_bank()
    strategic, transactional, growth, trouble = b.mix
    weights = np.zeros(STATES)
    weights[[S, T, G]] = strategic, transactional, growth
    weights[[TROUBLE + S, TROUBLE + T, TROUBLE + G]] = trouble * np.array(b.origin)
    return _whole(a.clients, weights)


# ------------------------------------------------------------------------------- two engines


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


def expected(a: Lifecycle, on: Array) -> tuple[Course, Array, Array]:
    """The average over all books: clients times chances. (course, chances, effects)."""
    effect = effects(a, None)
    p = with_luck(a, chances(a, on, effect), None)
    count = np.zeros((YEARS + 1, len(on), 1, STATES))
    count[0] = opening(a)
    entry = np.zeros(STATES)
    entry[[S, T, G]] = the_bank().entry
    new = arrivals(a) * entry
    lost = np.zeros((YEARS, len(on), 1, STATES))
    flows = np.zeros((YEARS, len(on), 1, 3))
    step = np.zeros((STATES, len(OUTCOMES) + 1, STATES))
    step[np.arange(STATES)[:, None], np.arange(len(OUTCOMES) + 1), TARGET] = 1.0
    living = _LIVING
    for t in range(YEARS):
        stay = 1 - p[t].sum(axis=-1, keepdims=True)
        moved = count[t][..., None] * np.concatenate([p[t], stay], axis=-1)
        count[t + 1] = np.tensordot(moved, step, axes=2) + new
        lost[t] = moved[..., 0]
        flows[t] = np.stack(
            [np.full(moved.shape[:2], new.sum()), moved[..., living, LEAVE].sum(axis=-1),
             moved[..., 0].sum(axis=-1)], axis=-1,
        )  # fmt: skip
    return Course(count, count, lost, flows), p, effect


_LIVING = slice(0, WORKOUT)


def _many(a: Lifecycle, on: Array, d: Draws, keep: Sequence[str]) -> Result:
    return _result(a, on, *drawn(a, on, d), keep=keep)


def drawn(a: Lifecycle, on: Array, d: Draws) -> tuple[Course, Array, Array]:
    """Books client by client, all sets on the same draws. (course, chances, effects)."""
    b = the_bank()
    sets, books, slots = len(on), len(d["luck"]), a.clients + YEARS * arrivals(a)
    effect = effects(a, d["effect"])
    z = normal(d["luck"])
    p = with_luck(a, chances(a, on, effect), z)
    edges = np.cumsum(p, axis=-1).astype(np.float32)
    # sizes: lognormal with mean one; losses over the usual one: even, with mean one
    u = np.clip(d["size"][:, :slots].astype(float), 1e-8, None)
    size = np.exp(b.volume_spread * norm_ppf(u) - b.volume_spread**2 / 2)
    half = min(a.lgd_spread, a.lgd, 1 - a.lgd) / a.lgd
    loss = 1 + half * (2 * d["loss"][:, :slots].astype(float) - 1)
    # who is there: the opening book in order of state, then those who come, in order of year
    start = np.repeat(np.arange(STATES), opening(a))
    entry = d["entry"][:, a.clients : slots]
    # with no new business nobody comes, and there is no draw
    kinds = np.array([S, T, G])[pick(b.entry, entry) if entry.size else np.zeros(entry.shape, int)]
    # as bincount counts, also where that has 32 bits
    state = np.full((sets, books, slots), WAITING, dtype=np.intp)
    state[:, :, : a.clients] = start
    row = (STATES * np.arange(sets * books)).reshape(sets, books, 1)
    form, cells = (sets, books, STATES), sets * books * STATES
    weights = np.broadcast_to(size, state.shape)
    target = TARGET.astype(np.intp).ravel()
    count, sizes = np.zeros((2, YEARS + 1, *form))
    lost, flows = np.zeros((YEARS, *form)), np.zeros((YEARS, sets, books, 3))
    new = arrivals(a)

    def tally(t: int, here: int) -> None:
        at = (state[..., :here] + row).ravel()
        count[t] = np.bincount(at, minlength=cells).reshape(form)
        sizes[t] = np.bincount(at, weights[..., :here].ravel(), minlength=cells).reshape(form)

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
    return Course(count, sizes, lost, flows), p, effect


# ------------------------------------------------------------------------------- the money


def volumes(a: Lifecycle) -> Array:
    """Limit of a client of size one by origin, (origin,): the mean of a lognormal spread."""
    b = the_bank()
    mean = np.exp(b.volume_spread**2 / 2)
    return np.array([b.volume[0] * mean, a.grown_volume, b.volume[1] * mean, b.volume[2] * mean])


@lru_cache(maxsize=256)
def _capital_share(lgd: float) -> tuple[float, ...]:
    """Capital for each yuan of exposure by state of the living, by the Basel formula."""
    b = the_bank()
    pd = [b.pd[k] for k in TYPE_OF] + [b.pd[3]] * 4
    turnover = [b.turnover_eur[k] for k in TYPE_OF] * 2
    weight = credit.irb_risk_weight(np.array(pd), lgd, turnover=np.array(turnover))
    return tuple((b.capital_ratio * np.asarray(weight)).tolist())


def money(a: Lifecycle, on: Array, course: Course, effect: Array) -> dict[str, Array]:
    """Every line of the statement, (year 0..10, set, book); nothing happens in year 0.

    A year's income, cost and capital are those of the clients at its start.
    """
    b = the_bank()
    kind = np.array(TYPE_OF * 2)
    volume = np.tile(volumes(a), 2)
    count, size = course.count[:-1, ..., _LIVING], course.size[:-1, ..., _LIVING]
    limits = size * volume
    drawn_amount = a.use * limits
    on4 = on[:, :, None, None]  # (set, strategy, 1, 1)
    factor = effect[:, None, :, None]  # (strategy, 1, book, 1)
    classify, tools = on4[:, CLASSIFY] * factor[CLASSIFY], on4[:, TOOLS] * factor[TOOLS]
    small = np.array([0.0, 0.0, 1.0, 1.0] + [0.0] * 4)

    rate = b.lpr + np.array(b.spread)[kind]
    priced = classify * a.class_price * small
    interest = (drawn_amount * (rate + priced)).sum(axis=-1)
    funding = b.ftp * drawn_amount.sum(axis=-1)
    held = len(bank.PRODUCTS) * np.array(b.products)[kind]
    sound = np.arange(8) < TROUBLE
    more = a.cross_sell * contact(a, on, effect)[..., None] * sound + a.tools_sales * tools
    fees = (limits * (np.array(b.fees)[kind] + b.product_income * held * (1 + more))).sum(axis=-1)

    serve = np.array(b.cost)[kind]
    serve[N] = serve[TROUBLE + N] = b.cost[0] * a.grown_volume / volume[S]
    serve[TROUBLE:] += b.cost[3]
    hours = _hours(a, on)[:, None, None] * sound
    # classification and maintenance take the same hours away: they are saved once
    twice = b.hour_cost * np.maximum(-hours, 0) / serve
    by_class = np.maximum(classify * a.class_saving - twice, 0) * (np.arange(8) == T)
    saving = by_class + tools * a.tools_saving
    cost = (count * serve * np.clip(1 - saving, 0, None)).sum(axis=-1)
    cost = cost + a.workout_cost * course.count[:-1, ..., WORKOUT : WORKOUT + 4].sum(axis=-1)

    alarms = a.false_alarms * count[..., :TROUBLE].sum(axis=-1)
    alarms = alarms + found(a, on, effect) * count[..., TROUBLE:].sum(axis=-1)
    scale = a.clients / a.spec.assumptions["clients"].value
    fixed = on @ np.array([a.class_cost, 0.0, a.warning_cost, a.tools_cost]) * scale
    strategy = np.stack([fixed] * YEARS)[..., None] + on[:, WARN, None] * a.review_cost * alarms
    strategy[0] += (on[:, TOOLS] * a.tools_build * scale)[:, None]
    strategy = strategy + b.hour_cost * (hours * count).sum(axis=-1)

    exposure = a.exposure * limits
    cut = found(a, on, effect) * np.minimum(a.cut * effect[WARN], 1.0)
    left = np.concatenate([np.ones((*cut.shape, 4)), np.repeat((1 - cut)[..., None], 4, -1)], -1)
    lost = course.lost[..., _LIVING] * volume
    loss = a.lgd * a.exposure * (lost * left).sum(axis=-1)
    pd = chances(a, on, effect)[..., _LIVING, 0]
    usual_loss = np.asarray(credit.expected_loss(pd, a.lgd, exposure * left)).sum(axis=-1)
    capital = (exposure * np.array(_capital_share(a.lgd))).sum(axis=-1)

    view = lender_view(
        interest=interest, fees=fees, funding=funding, cost=cost + strategy, loss=loss,
        capital=capital, tax=a.tax, hurdle=a.hurdle,
    )  # fmt: skip
    lines = view | {"operating_cost": -cost, "strategy_cost": -strategy}
    lines["realised_loss"] = lines.pop("expected_loss_charge")
    lines |= {"expected_loss": usual_loss, "capital": capital}
    lines = {k: np.concatenate([np.zeros_like(v[:1]), v]) for k, v in lines.items()}
    lines["limits"] = (course.size[..., _LIVING] * volume).sum(axis=-1)
    return lines


def _clients(course: Course) -> dict[str, Array]:
    n = course.count
    flows = np.concatenate([np.zeros_like(course.flows[:1]), course.flows])
    return {
        "strategic": n[..., S] + n[..., N],
        "transactional": n[..., T],
        "growth": n[..., G],
        "problem": n[..., TROUBLE:WORKOUT].sum(axis=-1),
        "terminated": n[..., WORKOUT:GONE].sum(axis=-1),
        "arrived": flows[..., 0],
        "left": flows[..., 1],
        "defaulted": flows[..., 2],
    }


def _result(
    a: Lifecycle, on: Array, course: Course, p: Array, effect: Array, *, keep: Sequence[str] | None
) -> Result:
    lines = money(a, on, course, effect) | _clients(course)
    years = np.arange(YEARS + 1.0)
    profit = lines["economic_profit_line"]

    def worth(x: Array) -> Array:
        flat = x.reshape(YEARS + 1, -1)
        return np.asarray(timevalue.present_value(a.hurdle, flat, years)).reshape(x.shape[1:])

    def total(x: Array) -> Array:
        return sum(x[t] for t in range(1, YEARS + 1))  # the same order however many books

    value = worth(profit)
    income = total(lines["interest_income"] + lines["fee_income"] + lines["funding"])
    opex = total(lines["operating_cost"] + lines["strategy_cost"])
    loss, capital = total(lines["realised_loss"]), total(lines["capital"])
    annuity = timevalue.present_value(a.hurdle, np.ones(YEARS), years[1:])
    gain = value - value[:1]
    saved = np.cumsum(profit - profit[:, :1], axis=0)
    repaid = saved[1:] > 0
    metrics = {
        "value": value,
        "gain": gain,
        "gain_year": gain / annuity,
        "pays": gain > 0,
        "strategy_cost_value": worth(-lines["strategy_cost"]),
        "total_income": income,
        "total_loss": -loss,
        "total_expected_loss": total(lines["expected_loss"]),
        "average_profit": value / annuity,
        "worst_year": profit[1:].min(axis=0),
        "raroc": profitability.raroc(income, -loss, -opex, capital, tax=a.tax),
        "capital_average": capital / YEARS,
        "clients_end": course.count[-1, ..., _LIVING].sum(axis=-1),
        "strategic_end": lines["strategic"][-1],
        "total_left": total(lines["left"]),
        "total_defaulted": total(lines["defaulted"]),
    }
    return Result(
        assumptions=a,
        chosen=a.view,
        alternatives=ALTERNATIVES,
        single=keep is None,
        all_lines=lines if keep is None else {k: lines[k] for k in keep if k in lines},
        all_metrics=metrics,
        all_events={"strategy_pays": first_time(repaid, start=1)},
        checks=_checks(a, on, course, p, lines, metrics),
        largest_balance=float(lines["limits"].max(initial=1.0)),
        scenarios=value.shape[1],
    )


def _checks(
    a: Lifecycle, on: Array, course: Course, p: Array, lines: dict[str, Array],
    metrics: dict[str, Array],
) -> dict[str, float]:  # fmt: skip
    came = a.clients + arrivals(a) * np.arange(YEARS + 1.0)
    here = course.count[..., :WAITING].sum(axis=-1)
    living = course.count[..., _LIVING].sum(axis=-1)
    new, left, bad = np.moveaxis(course.flows, -1, 0)
    income = lines["interest_income"] + lines["fee_income"] + lines["funding"]
    opex = -lines["operating_cost"] - lines["strategy_cost"]
    capital = np.maximum(lines["capital"][1:], 1e-12)
    rate = profitability.raroc(
        income[1:], -lines["realised_loss"][1:], opex[1:], capital, tax=a.tax
    )
    profit = (np.asarray(rate) - a.hurdle) * capital
    parts = [k for k, s in a.spec.words["lines"].items() if s["view"] == "lender"]
    stay = 1 - p.sum(axis=-1)
    unfunded = ~on.any(axis=1)
    value = timevalue.present_value(
        a.hurdle,
        (lines["economic_profit_line"] - lines["economic_profit_line"][:, :1]).reshape(
            YEARS + 1, -1
        ),
        np.arange(YEARS + 1.0),
    )
    return {
        "clients_add_up": residual(here - came[:, None, None]),
        "types_join": residual(living[1:] - (living[:-1] + new - left - bad)),
        "profit_foots": residual(
            profit - lines["economic_profit_line"][1:],
            sum(lines[k] for k in parts[:-1]) - lines[parts[-1]],
        ),
        "chances_are_chances": residual(np.minimum(p, 0.0), np.minimum(stay, 0.0)),
        "gain_is_difference": residual(np.asarray(value).reshape(metrics["gain"].shape)
                                       - metrics["gain"]),
        "costs_are_what_is_funded": residual(lines["strategy_cost"][:, unfunded]),
    }  # fmt: skip


# ------------------------------------------------------------------------------- what it says

#: Books of the ensemble that pages and figures show.
BOOKS = 1000
#: The assumptions that a look at what matters most moves by half of themselves.
SWINGS = (
    "warning_quality", "saved", "cut", "class_price", "class_saving", "retention", "cross_sell",
    "aim", "false_alarms", "tools_saving", "tools_sales", "recession_depth", "lgd", "correlation",
)  # fmt: skip


def _shown(r: Result) -> Result:
    return r


@lru_cache(maxsize=8)
def _ensemble(a: Lifecycle, books: int, seed: int) -> Result:
    keep = ("economic_profit_line", "realised_loss", "expected_loss")
    return simulate(a, sample(a, books, seed), keep=keep)


def ensemble(r: Result, books: int = BOOKS, seed: int = 20260705) -> Result:
    """Many simulated books of the same assumptions, all alternatives on the same luck."""
    return _ensemble(r.assumptions.replace(view="chosen"), books, seed)


def bands(r: Result) -> dict[str, Any]:
    """Economic profit by year of many books, each (percentile 10 50 90, year), none and chosen.

    loss: realised loss of the chosen set likewise, and usual: expected loss, (year,).
    """
    many = ensemble(r)
    at = (10, 50, 90)
    sides = {k: many.alternative(k).lines for k in ("none", "chosen")}
    return {
        **{k: np.percentile(v["economic_profit_line"][1:], at, axis=1) for k, v in sides.items()},
        "loss": np.percentile(-sides["chosen"]["realised_loss"][1:], at, axis=1),
        "usual": r.alternative("chosen").lines["expected_loss"][1:],
        "year": np.arange(1, YEARS + 1),
        "books": many.scenarios,
    }


def gains(r: Result) -> dict[str, Any]:
    """What each strategy and the chosen set add in value, each (alternative,) but for `none`.

    expected: of the single run; low, high: percentiles 10 and 90 of the books; sure: the share of
    books in which it pays; lucky: that share if the effects were known, so that only luck is left;
    best: the share of books in which it adds most, of the four strategies.
    """
    many = ensemble(r)
    known = ensemble(simulate(r.assumptions.replace(**dict.fromkeys(SPREADS, 0.0))))
    gain = many.all_metrics["gain"][1:]
    first = gain[: len(STRATEGIES)].argmax(axis=0)
    pays = gain[: len(STRATEGIES)].max(axis=0) > 0
    best = [float(((first == k) & pays).mean()) for k in range(len(STRATEGIES))]
    return {
        "names": ALTERNATIVES[1:],
        "expected": r.all_metrics["gain"][1:, 0],
        "low": np.percentile(gain, 10, axis=1),
        "high": np.percentile(gain, 90, axis=1),
        "sure": (gain > 0).mean(axis=1),
        "lucky": (known.all_metrics["gain"][1:] > 0).mean(axis=1),
        "best": np.array(best),
        "cost": r.all_metrics["strategy_cost_value"][1:, 0],
        "books": many.scenarios,
    }


def all_sets(r: Result) -> dict[str, Any]:
    """The value that each of the sixteen sets of strategies adds, on average.

    on: (set, strategy); gain: (set,). alone: gain of each strategy as the only one; last: what it
    adds when the other three are there; both (strategy,). together: the gain of all four, and
    `beyond` what it is above the sum of the four alone; pairs: the same for two at a time.
    """
    a = r.assumptions
    on = np.array(list(product([False, True], repeat=len(STRATEGIES))))
    course, _, effect = expected(a, on)
    profit = money(a, on, course, effect)["economic_profit_line"][..., 0]
    value = np.asarray(timevalue.present_value(a.hurdle, profit, np.arange(YEARS + 1.0)))
    gain = value - value[0]
    number = on @ 2 ** np.arange(len(STRATEGIES))[::-1]
    of = {int(k): float(g) for k, g in zip(number, gain, strict=True)}
    bit = [2 ** (len(STRATEGIES) - 1 - k) for k in range(len(STRATEGIES))]
    full = sum(bit)
    alone = np.array([of[x] for x in bit])
    pairs = {
        (i, j): of[bit[i] + bit[j]] - alone[i] - alone[j] for i in range(4) for j in range(i + 1, 4)
    }
    return {
        "on": on,
        "gain": gain,
        "alone": alone,
        "last": np.array([of[full] - of[full - x] for x in bit]),
        "together": of[full],
        "beyond": of[full] - float(alone.sum()),
        "pairs": pairs,
    }


def swings(r: Result) -> list[tuple[str, float, float, float, float]]:
    """What moves the gain of the chosen set: (name, low, high, gain at each), widest first.

    Each assumption moves by half of itself, down and up, within its range.
    """
    a = r.assumptions.replace(view="chosen")
    moves = {k: (0.5 * getattr(a, k), 1.5 * getattr(a, k)) for k in SWINGS}
    return one_at_a_time(a, moves, lambda b: simulate(b).metrics["gain"])


def hours_curve(r: Result) -> dict[str, Any]:
    """Gain of maintenance alone by hours added for each client, each (hours,); best: the hours.

    alike: the same if the hours are not aimed but given and taken alike.
    """
    a = r.assumptions
    spec = a.spec.assumptions["hours"]
    hours = np.arange(spec.low, spec.high + 1.0)
    on = funded_sets(a)[[0, 1 + MAINTAIN]]

    def gain(**change: float) -> float:
        b = a.replace(**change)
        course, _, effect = expected(b, on)
        profit = money(b, on, course, effect)["economic_profit_line"][..., 0]
        value = timevalue.present_value(a.hurdle, profit, np.arange(YEARS + 1.0))
        return float(value[1] - value[0])

    found = np.array([gain(hours=float(h)) for h in hours])
    alike = np.array([gain(hours=float(h), aim=0.0) for h in hours])
    return {"hours": hours, "gain": found, "alike": alike, "best": float(hours[found.argmax()])}


#: What the chapter on classification measured of its model, in place of the rule.
CLASS_MODEL = {"class_cost": 2.7, "class_saving": 0.05, "class_price": 0.0004, "class_wrong": 0.08}
#: The cost of the model of the chapter on early warning, which finds as many as the rule.
WARNING_MODEL = {"warning_cost": 1.5}


def others(r: Result) -> dict[str, float]:
    """What plans other than those of the page would gain, each alone.

    class_model, warning_model: by a model in place of the rule; alike: hours taken from all clients
    alike; more: eight hours more in place of fewer; warning_half: an alarm that achieves half.
    """
    a = r.assumptions
    plans = {
        "class_model": ("classification", CLASS_MODEL),
        "warning_model": ("early_warning", WARNING_MODEL),
        "alike": ("maintenance", {"aim": 0.0}),
        "more": ("maintenance", {"hours": 8.0, "aim": 0.0}),
        "warning_half": ("early_warning", {"saved": a.saved / 2, "cut": a.cut / 2}),
    }
    return {
        name: float(simulate(a.replace(**change)).alternative(side).metrics["gain"])
        for name, (side, change) in plans.items()
    }


def break_even_quality(r: Result) -> float:
    """Share of clients in trouble that must be found in time for early warning to pay alone."""
    a = r.assumptions
    spec = a.spec.assumptions["warning_quality"]
    grid = np.linspace(spec.low, spec.high, 101)
    found = [
        simulate(a.replace(warning_quality=float(q))).alternative("early_warning").metrics["gain"]
        for q in grid
    ]
    above = np.flatnonzero(np.array(found) > 0)
    return float(grid[above[0]]) if len(above) else np.nan


def findings(r: Result) -> dict[str, float]:
    """The numbers that the chapter states, each with its unit in the file of the model."""
    g, sets, curve, many = gains(r), all_sets(r), hours_curve(r), ensemble(r)
    b, chosen, none = bands(r), r.alternative("chosen"), r.alternative("none")
    by = {name: k for k, name in enumerate(g["names"])}
    quiet = simulate(r.assumptions.replace(recession_depth=0.0))
    value = many.alternative("chosen").metrics["value"]
    nothing = many.alternative("none").metrics["value"]
    year = r.assumptions.recession_year
    first = int(np.argmax(g["best"]))
    without_tools = sets["gain"][(sets["on"] == [True, True, True, False]).all(axis=1)]
    result = {
        "books": float(g["books"]),
        "best_set": float(sets["gain"].max()),
        "three": float(without_tools[0]),
        "value_low": float(np.percentile(value, 10)),
        "value_high": float(np.percentile(value, 90)),
        "value_positive": float((value > 0).mean()),
        "none_positive": float((nothing > 0).mean()),
        "none_low": float(np.percentile(nothing, 10)),
        "none_high": float(np.percentile(nothing, 90)),
        "together": sets["together"],
        "beyond": sets["beyond"],
        "best_hours": curve["best"],
        "best_hours_gain": float(curve["gain"].max()),
        "break_even_quality": break_even_quality(r),
        "recession_profit": float(chosen.lines["economic_profit_line"][year]),
        "recession_loss": float(-chosen.lines["realised_loss"][year]),
        "recession_loss_high": float(b["loss"][2][year - 1]),
        "usual_loss": float(chosen.lines["expected_loss"][year]),
        "quiet_gain": quiet.alternative("chosen").metrics["gain"],
        "first_share": float(g["best"][first]),
        "strategic_share": _income_share(r, "none", (S, N)),
        "opening_strategic": float(none.lines["strategic"][0]),
        "opening_problem": float(none.lines["problem"][0]),
        "defaults_none": none.metrics["total_defaulted"],
        "left_none": none.metrics["total_left"],
    } | others(r)
    for name in (*STRATEGIES, "chosen"):
        k = by[name]
        result |= {
            f"{name}_gain": float(g["expected"][k]),
            f"{name}_low": float(g["low"][k]),
            f"{name}_high": float(g["high"][k]),
            f"{name}_sure": float(g["sure"][k]),
            f"{name}_lucky": float(g["lucky"][k]),
            f"{name}_cost": float(g["cost"][k]),
        }
    for k, name in enumerate(STRATEGIES):
        result |= {f"{name}_last": float(sets["last"][k]), f"{name}_best": float(g["best"][k])}
    return result


def _income_share(r: Result, name: str, origins: Sequence[int]) -> float:
    """Share of a year's opening income, after funding, that comes from sound clients of these."""
    a, b = r.assumptions, the_bank()
    count = opening(a)[:WORKOUT]
    kind, volume = np.array(TYPE_OF * 2), np.tile(volumes(a), 2)
    held = len(bank.PRODUCTS) * np.array(b.products)[kind]
    rate = b.lpr + np.array(b.spread)[kind] - b.ftp
    each = volume * (a.use * rate + np.array(b.fees)[kind] + b.product_income * held)
    return float((count * each)[list(origins)].sum() / (count * each).sum())


#: Name of a figure -> what it is drawn from; the drawing is in casebook.charts.lifecycle.
FIGURES = {
    "explorer": _shown,
    "types": _shown,
    "bands": bands,
    "losses": bands,
    "gains": gains,
    "sure": gains,
    "together": all_sets,
    "hours": hours_curve,
    "tornado": swings,
}

figure = drawer("lifecycle", FIGURES)

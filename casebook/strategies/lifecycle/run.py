"""The alternatives as sets of strategies: courses of the engines, in money, numbers and checks.

Every line is (year 0..10, set, book); a year's money is that of the clients at its start.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial
from typing import overload

import numpy as np
from numpy.typing import NDArray

from ... import bank, credit, profitability, timevalue
from ...shape import (
    Array,
    AssumptionError,
    Draws,
    Result,
    ScenarioRuns,
    SingleRun,
    asked,
    first_time,
    residual,
    run_scenarios,
    uniform_source,
)
from . import engines, record, transitions
from .engines import Course
from .record import (
    ALTERNATIVES,
    CHUNK,
    CLASSIFY,
    GONE,
    LIVING,
    STRATEGIES,
    TOOLS,
    TROUBLE,
    TYPE_OF,
    WAITING,
    WARN,
    WORKOUT,
    YEARS,
    G,
    Lifecycle,
    N,
    S,
    T,
)

#: The draws that have a column for each client.
_BY_CLIENT = ("size", "loss", "entry", "move")


def sample(a: Lifecycle, n: int, seed: int) -> Draws:
    """n books as uniforms in [0, 1), a client a column.

    luck: (n, year), of all clients; effect: (n, strategy); size, loss, entry: (n, client); move:
    (n, year, client). The client's draws have single precision: finer than any chance here.
    """
    n, random = uniform_source(n, seed)
    slots = a.clients + YEARS * record.arrivals(a)
    return {
        "luck": random((n, YEARS)),
        "effect": random((n, len(STRATEGIES))),
        "size": random((n, slots), dtype=np.float32),
        "loss": random((n, slots), dtype=np.float32),
        "entry": random((n, slots), dtype=np.float32),
        "move": random((n, YEARS, slots), dtype=np.float32),
    }


@overload
def simulate(
    a: Lifecycle, d: None = None, keep: Sequence[str] | None = None
) -> SingleRun[Lifecycle]: ...
@overload
def simulate(
    a: Lifecycle, d: Draws, keep: Sequence[str] | None = None
) -> ScenarioRuns[Lifecycle]: ...
@asked
def simulate(
    a: Lifecycle, d: Draws | None = None, keep: Sequence[str] | None = None
) -> Result[Lifecycle]:
    """Run the book: expected values as the assumptions stand, or the books of `sample`.

    No strategy, each alone, and the set that is funded run side by side; `a.view` is shown first. A
    single run keeps all lines; many keep the lines named in `keep`.
    """
    funded = funded_sets(a)
    if d is None:
        return _result(a, funded, *engines.expected(a, funded), keep=None)
    like, needed = sample(a, 1, 0), a.clients + YEARS * record.arrivals(a)
    given = np.shape(d["move"]) if "move" in d else ()
    if given and given[-1] != needed:
        if given[-1] < needed:
            raise AssumptionError(
                f"draws for {given[-1]} clients are not allowed; {needed} or more are "
                "(sample again with these assumptions)"
            )
        # those of a larger book: its first clients
        d = {k: u[..., :needed] if k in _BY_CLIENT else u for k, u in d.items()}
    return run_scenarios(partial(_books, a, funded), like, d, keep, CHUNK)


def funded_sets(a: Lifecycle) -> NDArray[np.bool_]:
    """Which strategies each alternative funds, (alternative, strategy)."""
    chosen = [getattr(a, name) == "on" for name in STRATEGIES]
    return np.array([[False] * 4, *np.eye(4, dtype=bool), chosen])


def _books(a: Lifecycle, on: NDArray[np.bool_], d: Draws, keep: Sequence[str]) -> Result[Lifecycle]:
    """The sets of strategies `on`, (set, strategy), in the books of `d`."""
    return _result(a, on, *engines.drawn(a, on, d), keep=keep)


def volumes(a: Lifecycle) -> Array:
    """Limit of a client of size one by origin, (origin,): the mean of a lognormal spread."""
    b = record.the_bank()
    mean = np.exp(b.volume_spread**2 / 2)
    return np.array([b.volume[0] * mean, a.grown_volume, b.volume[1] * mean, b.volume[2] * mean])


@lru_cache(maxsize=256)
def _capital_share(
    lgd: float, approach: str, standard_weights: tuple[float, ...]
) -> tuple[float, ...]:
    """Capital for each yuan of exposure by state of the living, (state,).

    By the Basel formula, or by the supervisor's weights, those of a type also in trouble.
    """
    b = record.the_bank()
    pd = [b.pd[k] for k in TYPE_OF] + [b.pd[3]] * 4
    turnover = [b.turnover_eur[k] for k in TYPE_OF] * 2
    standard = [standard_weights[k] for k in TYPE_OF] * 2
    weight = credit.risk_weight(approach, standard, np.array(pd), lgd, turnover=np.array(turnover))
    return tuple((b.capital_ratio * np.asarray(weight)).tolist())


def money(a: Lifecycle, on: NDArray[np.bool_], course: Course, effect: Array) -> dict[str, Array]:
    """Every line of the statement, (year 0..10, set, book); nothing happens in year 0.

    on: (set, strategy); effect: (strategy, book). A year's income, cost and capital are those of
    the clients at its start.
    """
    b = record.the_bank()
    kind = np.array(TYPE_OF * 2)
    volume = np.tile(volumes(a), 2)
    count, size = course.count[:-1, ..., LIVING], course.size[:-1, ..., LIVING]
    limits = size * volume
    drawn_amount = a.use * limits
    on4 = on[:, :, None, None]  # (set, strategy, 1, 1)
    factor = effect[:, None, :, None]  # (strategy, 1, book, 1)
    classify, tools = on4[:, CLASSIFY] * factor[CLASSIFY], on4[:, TOOLS] * factor[TOOLS]
    small = np.array([0.0, 0.0, 1.0, 1.0] + [0.0] * 4)

    rate = b.lpr + np.array(b.spread)[kind]
    priced = classify * a.class_price * small
    interest = (drawn_amount * (rate + priced)).sum(axis=-1)
    funding = a.ftp * drawn_amount.sum(axis=-1)
    held = len(bank.PRODUCTS) * np.array(b.products)[kind]
    sound = np.arange(8) < TROUBLE
    more = (
        a.cross_sell * transitions.contact(a, on, effect)[..., None] * sound + a.tools_sales * tools
    )
    fees = (limits * (np.array(b.fees)[kind] + b.product_income * held * (1 + more))).sum(axis=-1)

    serve = np.array(b.cost)[kind]
    serve[N] = serve[TROUBLE + N] = b.cost[0] * a.grown_volume / volume[S]
    serve[TROUBLE:] += b.cost[3]
    hours = transitions.hours(a, on)[:, None, None] * sound
    # classification and maintenance take the same hours away: they are saved once
    twice = b.hour_cost * np.maximum(-hours, 0) / serve
    by_class = np.maximum(classify * a.class_saving - twice, 0) * (np.arange(8) == T)
    saving = by_class + tools * a.tools_saving
    cost = (count * serve * np.clip(1 - saving, 0, None)).sum(axis=-1)
    cost = cost + a.workout_cost * course.count[:-1, ..., WORKOUT : WORKOUT + 4].sum(axis=-1)

    alarms = a.false_alarms * count[..., :TROUBLE].sum(axis=-1)
    alarms = alarms + transitions.found(a, on, effect) * count[..., TROUBLE:].sum(axis=-1)
    scale = record.scale(a)
    fixed = on @ np.array([a.class_cost, 0.0, a.warning_cost, a.tools_cost]) * scale
    strategy = np.stack([fixed] * YEARS)[..., None] + on[:, WARN, None] * a.review_cost * alarms
    strategy[0] += (on[:, TOOLS] * a.tools_build * scale)[:, None]
    strategy = strategy + b.hour_cost * (hours * count).sum(axis=-1)

    exposure = a.exposure * limits
    cut = transitions.found(a, on, effect) * np.minimum(a.cut * effect[WARN], 1.0)
    left = np.concatenate([np.ones((*cut.shape, 4)), np.repeat((1 - cut)[..., None], 4, -1)], -1)
    lost = course.lost[..., LIVING] * volume
    loss = a.lgd * a.exposure * (lost * left).sum(axis=-1)
    pd = transitions.chances(a, on, effect)[..., LIVING, 0]
    usual_loss = np.asarray(credit.expected_loss(pd, a.lgd, exposure * left)).sum(axis=-1)
    share = np.array(_capital_share(a.lgd, a.approach, a.standard_weights))
    capital = (exposure * share).sum(axis=-1)

    view = profitability.lender_view(
        interest=interest, fees=fees, funding=funding, cost=cost + strategy, loss=loss,
        capital=capital, vat=a.vat_on_interest, tax=a.tax, hurdle=a.hurdle,
    )  # fmt: skip
    lines = view | {"operating_cost": -cost, "strategy_cost": -strategy}
    lines["realised_loss"] = lines.pop("expected_loss_charge")
    lines |= {"expected_loss": usual_loss, "capital": capital}
    lines = {k: np.concatenate([np.zeros_like(v[:1]), v]) for k, v in lines.items()}
    lines["limits"] = (course.size[..., LIVING] * volume).sum(axis=-1)
    return lines


def _income(lines: dict[str, Array]) -> Array:
    """Interest and fees after value-added tax and funding, (year 0..10, set, book)."""
    names = ("interest_income", "fee_income", "value_added_tax", "funding")
    return np.asarray(sum(lines[k] for k in names))


def _clients(course: Course) -> dict[str, Array]:
    """Clients by type, and those that came, left and defaulted: (year 0..10, set, book)."""
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
    a: Lifecycle, on: NDArray[np.bool_], course: Course, chance: Array, effect: Array, *,
    keep: Sequence[str] | None,
) -> Result[Lifecycle]:  # fmt: skip
    """A course in money, numbers (set, book) and checks; all lines, or those named in `keep`.

    chance: of each year, as the engines give it, for the checks.
    """
    lines = money(a, on, course, effect) | _clients(course)
    years = np.arange(YEARS + 1.0)
    profit = lines["economic_profit_line"]

    def worth(x: Array) -> Array:
        """Present value of a line at the hurdle, (set, book)."""
        flat = x.reshape(YEARS + 1, -1)
        return np.asarray(timevalue.present_value(a.hurdle, flat, years)).reshape(x.shape[1:])

    def total(x: Array) -> Array:
        """Sum over the years, (set, book); the same order however many books."""
        return np.asarray(sum(x[t] for t in range(1, YEARS + 1)))

    value = worth(profit)
    income = total(_income(lines))
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
        "clients_end": course.count[-1, ..., LIVING].sum(axis=-1),
        "strategic_end": lines["strategic"][-1],
        "total_left": total(lines["left"]),
        "total_defaulted": total(lines["defaulted"]),
    }
    kind: type[Result[Lifecycle]] = SingleRun if keep is None else ScenarioRuns
    return kind(
        assumptions=a,
        chosen=a.view,
        alternatives=ALTERNATIVES,
        all_lines=lines if keep is None else {k: lines[k] for k in keep if k in lines},
        all_metrics=metrics,
        all_events={"strategy_pays": first_time(repaid, start=1)},
        checks=_checks(a, on, course, chance, lines, metrics),
        largest_balance=float(lines["limits"].max(initial=1.0)),
        scenarios=value.shape[1],
    )


def _checks(
    a: Lifecycle, on: NDArray[np.bool_], course: Course, chance: Array, lines: dict[str, Array],
    metrics: dict[str, Array],
) -> dict[str, float]:  # fmt: skip
    """The identities, name -> largest residual."""
    came = a.clients + record.arrivals(a) * np.arange(YEARS + 1.0)
    here = course.count[..., :WAITING].sum(axis=-1)
    living = course.count[..., LIVING].sum(axis=-1)
    new, left, bad = np.moveaxis(course.flows, -1, 0)
    income = _income(lines)
    opex = -lines["operating_cost"] - lines["strategy_cost"]
    capital = np.maximum(lines["capital"][1:], 1e-12)
    rate = profitability.raroc(
        income[1:], -lines["realised_loss"][1:], opex[1:], capital, tax=a.tax
    )
    profit = (np.asarray(rate) - a.hurdle) * capital
    parts = [k for k, s in a.spec.words["lines"].items() if s["view"] == "lender"]
    stay = 1 - chance.sum(axis=-1)
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
        "chances_are_chances": residual(np.minimum(chance, 0.0), np.minimum(stay, 0.0)),
        "gain_is_difference": residual(np.asarray(value).reshape(metrics["gain"].shape)
                                       - metrics["gain"]),
        "costs_are_what_is_funded": residual(lines["strategy_cost"][:, unfunded]),
    }  # fmt: skip

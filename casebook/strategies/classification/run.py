"""One service for all, the rule, both models and the truth, side by side on the clients tried.

Each client brings its service, margin, loss avoided and hits to the sums of an alternative; a
sample adds up other clients. From the sums come the book's five years, their value and the checks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import overload

import numpy as np
from numpy.typing import NDArray

from ... import timevalue
from ...shape import (
    Array,
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
from ...typology import PROBLEM
from .. import fitted
from .record import ALTERNATIVES, CHUNK, LIVING, METHODS, SAME, YEARS, Classification


@dataclass(frozen=True)
class Tried:
    """The clients that no model has learnt from, a year after: each (client,)."""

    true: NDArray[np.int_]
    rule: NDArray[np.int_]
    chance: dict[str, Array]  # method -> (client, type)
    income: Array  # a year, after funding
    ead: Array


@lru_cache(maxsize=4)
def _tried(true: str, rule: str, logistic: str, boosting: str, income: str, ead: str) -> Tried:
    """The digits of the model's file, a text each, as arrays; see `learning.fit`."""

    def chances(text: str) -> Array:
        """Thousandths, client by client -> (client, type), each row with a sum of one."""
        raw: Array = fitted.from_digits(text, 3).reshape(-1, len(LIVING)).astype(float)
        shares: Array = raw / raw.sum(axis=1, keepdims=True)
        return shares

    return Tried(
        fitted.from_digits(true), fitted.from_digits(rule),
        {"logistic": chances(logistic), "boosting": chances(boosting)},
        fitted.from_digits(income, 5) / 1e3, fitted.from_digits(ead, 6) / 1e2,
    )  # fmt: skip


def tried(a: Classification) -> Tried:
    """The clients of the trial, from the model's file."""
    return _tried(**a.spec.words["fit"]["clients"])


def sample(a: Classification, n: int, seed: int) -> Draws:
    """n bootstrap samples of the clients tried, as uniforms in [0, 1): client (n, client)."""
    size = len(tried(a).true)
    n, random = uniform_source(n, seed)
    return {"client": random((n, size), dtype=np.float32)}


@overload
def simulate(
    a: Classification, d: None = None, keep: Sequence[str] | None = None
) -> SingleRun[Classification]: ...
@overload
def simulate(
    a: Classification, d: Draws, keep: Sequence[str] | None = None
) -> ScenarioRuns[Classification]: ...
@asked
def simulate(
    a: Classification, d: Draws | None = None, keep: Sequence[str] | None = None
) -> Result[Classification]:
    """Serve the clients by each method: those tried, or the bootstrap samples of `sample`.

    The same service, the rule, both models and the truth run side by side; `a.method` is shown
    first. A single run keeps all lines; many keep the lines named in `keep`.
    """
    clients = tried(a)
    each = _each(a, clients, levels(a, clients))
    if d is None:
        return _result(a, clients, {k: v[:, None].sum(axis=-1) for k, v in each.items()}, keep=None)
    return run_scenarios(partial(_resampled, a, clients, each), sample(a, 1, 0), d, keep, CHUNK)


def lost(a: Classification) -> Array:
    """Share of a year's income lost, (type, level)."""
    rows = (a.lost_strategic, a.lost_transactional, a.lost_growth, a.lost_problem)
    share: Array = a.mistake * np.array(rows)
    return share


def worth(a: Classification, income: Array, ead: Array) -> Array:
    """Value of a client of each type at each level, a year, before tax: (client, type, level).

    income (a year) and ead (exposure at default): (client,).
    """
    value: Array = -income[:, None, None] * lost(a) - a.hour_cost * np.array(a.hours)
    value[:, PROBLEM, PROBLEM] += a.saved * a.problem_pd * a.lgd * ead
    return value


def cost_matrix(a: Classification, income: float, ead: float) -> Array:
    """What a wrong level costs, (type, level): the best level's value less this one's, a year."""
    value = worth(a, np.array([income]), np.array([ead]))[0]
    cost: Array = value.max(axis=1, keepdims=True) - value
    return cost


def chosen_levels(a: Classification, chance: Array, value: Array) -> NDArray[np.int_]:
    """The level of each client from a model's chances, (client,).

    chance: (client, type); value: (client, type, level), as `worth` gives it. By `a.decide` that of
    the most likely type, or the one with the best expected value.
    """
    if a.decide == "likely":
        likely: NDArray[np.int_] = chance.argmax(axis=1)
        return likely
    expected = (chance[:, :, None] * value[:, :, : len(LIVING)]).sum(axis=1)
    best: NDArray[np.int_] = expected.argmax(axis=1)
    return best


def levels(a: Classification, clients: Tried) -> NDArray[np.int_]:
    """The level of service of each client by each alternative, (alternative, client)."""
    value = worth(a, clients.income, clients.ead)
    best = value[np.arange(len(clients.true)), clients.true].argmax(axis=1)
    models = [chosen_levels(a, clients.chance[k], value) for k in METHODS[1:]]
    return np.stack([np.full(len(clients.true), SAME), clients.rule, *models, best])


def _each(a: Classification, clients: Tried, level: NDArray[np.int_]) -> dict[str, Array]:
    """What each client brings to the sums, name -> (alternative, client); the gains over SAME."""
    share, hours = lost(a), np.array(a.hours)
    bad = clients.true == PROBLEM
    seen = level == PROBLEM
    return {
        "service": -a.hour_cost * (hours[level] - hours[SAME]),
        "margin": -clients.income * (share[clients.true, level] - share[clients.true, SAME]),
        "loss": a.saved * a.problem_pd * a.lgd * clients.ead * (bad & seen),
        "right": (level == clients.true) * 1.0,
        "hours": hours[level],
        "missed": (bad & ~seen) * 1.0,
        "alarms": (~bad & seen) * 1.0,
        "problems": np.broadcast_to(bad * 1.0, level.shape),
    }


def _resampled(
    a: Classification, clients: Tried, each: dict[str, Array], d: Draws, keep: Sequence[str]
) -> Result[Classification]:
    """The samples of `d`: sums over the clients drawn, (alternative, scenario)."""
    at = (d["client"] * len(clients.true)).astype(np.intp)
    sums = {k: np.stack([row[at].sum(axis=1) for row in v]) for k, v in each.items()}
    return _result(a, clients, sums, keep=keep)


def costs(a: Classification) -> tuple[Array, Array, Array]:
    """Reviews in year 0, reviews a year, running cost a year: each (alternative,)."""
    learns = np.array([k in METHODS[1:] for k in ALTERNATIVES])
    one = a.clients * a.review_hours * a.hour_cost
    running = np.where(learns, a.model_cost, 0.0) + a.rule_cost * (np.array(ALTERNATIVES) == "rule")
    return learns * a.reviews * one, learns * a.yearly_reviews * one, running


def _result(
    a: Classification, clients: Tried, sums: dict[str, Array], *, keep: Sequence[str] | None
) -> Result[Classification]:
    """From sums over the clients tried, (alternative, scenario), to the book and its years."""
    size, n = len(clients.true), sums["service"].shape[1]
    book = a.clients / size
    first, reviews, running = (x[:, None] + np.zeros(n) for x in costs(a))
    year = np.ones((YEARS + 1, 1, 1))
    year[0] = 0.0
    lines = {f"{k}_line": year * book * sums[k] for k in ("service", "margin", "loss")}
    lines["review_line"] = -year * reviews
    lines["review_line"][0] = -first
    lines["running_line"] = -year * running
    before = np.asarray(sum(lines.values()))
    lines["tax"] = -a.tax * before
    lines["gain_line"] = before + lines["tax"]
    gross = book * (sums["service"] + sums["margin"] + sums["loss"])
    total = lines["gain_line"]
    value = np.asarray(timevalue.npv(a.hurdle, total.reshape(YEARS + 1, -1))).reshape(gross.shape)
    annuity = timevalue.annuity_factor(a.hurdle, YEARS)
    gain = value / annuity
    ahead = np.cumsum(total, axis=0) > 0
    problems = np.maximum(sums["problems"], 1e-12)
    metrics = {
        "gain": gain,
        "value": value,
        "gross": gross,
        "each": gain / a.clients,
        "over_rule": gain - gain[ALTERNATIVES.index("rule")],
        "of_truth": gain - gain[-1],
        "right": sums["right"] / size,
        "wrong": book * (size - sums["right"]),
        "missed": sums["missed"] / problems,
        "alarms": sums["alarms"] / np.maximum(size - problems, 1e-12),
        "hours": sums["hours"] / size,
        "service": book * sums["service"],
        "margin": book * sums["margin"],
        "loss": book * sums["loss"],
        "cost": reviews + running + first / annuity,
    }
    paid = first_time(ahead)
    paid[0] = -1
    lowest = ("service_line", "margin_line", "loss_line", "review_line", "running_line", "tax")
    checks = {
        "statement_foots": residual(sum(lines[k] for k in lowest) - total),
        "value_is_annuity": residual(
            value - (annuity * (1 - a.tax) * (gross - reviews - running) - (1 - a.tax) * first)
        ),
        "parts_add_up": residual(_by_matrix(a, clients) * book - gross) if keep is None else 0.0,
        "truth_is_best": residual(np.maximum(gross - gross[-1], 0.0)),
        "same_is_nothing": residual(total[:, 0]),
        "chances_sum_to_one": residual(*(p.sum(axis=1) - 1 for p in clients.chance.values())),
        "clients_add_up": residual(metrics["wrong"] + metrics["right"] * a.clients - a.clients),
    }
    if keep is not None:
        lines = {k: lines[k] for k in keep if k in lines}
    kind: type[Result[Classification]] = SingleRun if keep is None else ScenarioRuns
    return kind(
        assumptions=a,
        chosen=a.method,
        alternatives=ALTERNATIVES,
        all_lines=lines,
        all_metrics=metrics,
        all_events={"paid_back": paid},
        checks=checks,
        largest_balance=float(book * clients.ead.sum()),
        scenarios=n,
    )


def _by_matrix(a: Classification, clients: Tried) -> Array:
    """The gain over the same service from each client's value at its level: (alternative, 1)."""
    rows = np.arange(len(clients.true))
    value = worth(a, clients.income, clients.ead)[rows, clients.true]
    at = value[rows, levels(a, clients)]
    total: Array = (at - value[:, SAME]).sum(axis=1)[:, None]
    return total

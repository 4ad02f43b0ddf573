"""Where the hours of the relationship managers go: what they do, estimated, and their best use.

Clients are in groups: the class that the tree of the types gives (what the bank sees) by size, a
third each. h is the hours a year of each client of a group. Problem clients are left out: whether
they stay is no success, and their hours are the business of early warning.

    response    G(h) = mean over spread x of 1 - exp(-h x / eta): a plan of h is more for one
                client and less for another, as it is now
                leaving a year = l0 (1 - rho G(h)),   sales of a product = s0 (1 + xi G(h))
                l0, s0 are such that today's hours give what was seen in each class
    estimates   rho, xi, eta from months 13 to 48: Poisson likelihood of events by hours, a free
                level for each stratum, even priors; kept are draws from the posterior. Three ways:
                naive      strata are classes; clients seen more are compared with those seen less
                adjusted   strata are classes by how often a client was seen in earlier years
                lot        strata are classes; only those drawn by lot are compared with the others
    value       a client's lifetime value over ten years, profit of a year after tax and the hurdle
                on capital, with the income of products sold, less hours (profitability)
    best use    the next hour goes to the group where it adds most, until the budget is used; or
                until an hour no longer pays
Money in CNY million, rates a year. `python -m casebook.portfolio.maintenance` fits again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import profitability, timevalue
from ..assumptions import Record, load
from ..cases.shape import (
    Array,
    Draws,
    Result,
    drawer,
    first_time,
    many,
    residual,
    source,
)
from ..distributions import normal
from . import TYPES, fitted

YEARS = 10
CLASSES = TYPES[:3]
SIZES = 3
GROUPS = len(CLASSES) * SIZES
#: The class of each group.
CLASS = np.repeat(np.arange(len(CLASSES)), SIZES)
ESTIMATES = ("naive", "adjusted", "lot")
ALTERNATIVES = ("none", "now", "equal", "volume", "best", "paying")
NOW, EQUAL, BEST, PAYING = 1, 2, 4, 5
PRODUCTS = 6
#: Hours tried for each group, a year.
STEP = 0.5
GRID = np.arange(0.0, 120.0 + STEP / 2, STEP)
#: Months whose events are used, and the year that follows and is not.
FIRST, LAST, TRIED = 13, 48, 60
CHUNK = 1000


@dataclass(frozen=True)
class Maintenance(Record):
    """The assumptions; data/models/maintenance.toml gives unit, range and reason."""

    clients: int
    budget: float
    floor: float
    hour_cost: float
    estimate: str
    effect: float
    avoidable: float
    product_income: float
    hurdle: float
    tax: float
    allocation: str


def assumptions(path: str | Path | None = None) -> Maintenance:
    """The base case, or your own file of the same form (see data/README.md)."""
    return load(Maintenance, "maintenance", path, folder="models")


@dataclass(frozen=True)
class Seen:
    """What was seen of the groups, (group,), and of the classes, (class,); see the model's file."""

    share: Array  # of all clients
    income: Array
    loss: Array
    cost: Array
    capital: Array
    pd: Array
    limit: Array
    room: Array  # products not yet held
    hours: Array
    spread: Array  # hours of a client over those of its class, tenths: mean one
    leave: Array  # a year, (class,)
    left: Array  # events behind it
    sale: Array  # of a product that is not held, times six, (class,)
    sold: Array
    class_hours: Array


@lru_cache(maxsize=1)
def _seen(key: tuple[tuple[str, tuple[float, ...]], ...]) -> Seen:
    table = {k: np.array(v) for k, v in key}
    return Seen(**table | {"share": table["share"] / table["share"].sum()})


def seen(a: Maintenance) -> Seen:
    """The groups as they stand in the model's file."""
    return _seen(tuple((k, tuple(v)) for k, v in a.spec.words["fit"]["groups"].items()))


@dataclass(frozen=True)
class World:
    """What contact does: each (scenario,), and levels of leaving and sales, (class, scenario)."""

    rho: Array
    xi: Array
    eta: Array
    leave: Array
    sale: Array


def world(a: Maintenance, d: Draws | None = None) -> World:
    """The mean of the estimate, or a draw of its posterior for each scenario.

    The rates seen are Poisson counts: the square root of a count has a variance of a quarter.
    """
    s = seen(a)
    table = a.spec.words["fit"][a.estimate]
    draws = [np.array(table[k]) for k in ("rho", "xi", "eta")]
    if d is None:
        rho, xi, eta = (x.mean(keepdims=True) for x in draws)
        leave, sale = s.leave[:, None], s.sale[:, None]
    else:
        at = (d["world"] * len(draws[0])).astype(int)
        rho, xi, eta = (x[at] for x in draws)

        def rates(rate: Array, count: Array, u: Array) -> Array:
            root = np.sqrt(count)[:, None] + 0.5 * normal(u.T)
            return rate[:, None] * np.maximum(root, 0.0) ** 2 / count[:, None]

        leave = rates(s.leave, s.left, d["leave"])
        sale = rates(s.sale, s.sold, d["sale"])
    return World(np.minimum(a.effect * rho, 1.0), a.effect * xi, eta, leave, sale)


def sample(a: Maintenance, n: int, seed: int) -> Draws:
    """n worlds as uniforms in [0, 1): which draw of the posterior, and each class's two rates."""
    n, random = source(n, seed)
    u = random((n, 1 + 2 * len(CLASSES)))
    n_rates = 1 + len(CLASSES)
    return {"world": u[:, 0], "leave": u[:, 1:n_rates], "sale": u[:, n_rates:]}


def simulate(a: Maintenance, d: Draws | None = None, keep: Sequence[str] | None = None) -> Result:
    """Ten years of today's clients under each allocation: at the mean estimate, or in many worlds.

    The hours are those that are best at the mean estimate, whatever the world then is.
    """
    hours, price = allocations(a)
    if d is None:
        return _result(a, hours, price, world(a), keep=None)
    return many(partial(_many, a, hours, price), sample(a, 1, 0), d, keep, CHUNK)


def _many(a: Maintenance, hours: Array, price: float, d: Draws, keep: Sequence[str]) -> Result:
    return _result(a, hours, price, world(a, d), keep=keep)


# ------------------------------------------------------------------------------- the response


def reached(s: Seen, hours: Array, eta: Array) -> Array:
    """G: share of the whole effect that planned hours reach; hours and eta broadcast."""
    total = sum(np.exp(-hours * x / eta) for x in s.spread)
    return 1 - np.asarray(total) / len(s.spread)


def rates(s: Seen, w: World, hours: Array) -> tuple[Array, Array]:
    """Leaving, and sales of a product not held (times six), a year: (…, group, scenario).

    hours: (…, group, 1).
    """
    now = reached(s, s.class_hours[:, None], w.eta)  # (class, scenario)
    leave = (w.leave / (1 - w.rho * now))[CLASS]
    sale = (w.sale / (1 + w.xi * now))[CLASS]
    g = reached(s, hours, w.eta)
    return np.minimum(leave * (1 - w.rho * g), 1.0), sale * (1 + w.xi * g)


def courses(a: Maintenance, s: Seen, w: World, hours: Array) -> dict[str, Array]:
    """A client of each group over the years, (year, …, group, scenario).

    there: chance to be there in the year; products: sold by its middle; retention, (…, group,
    scenario).
    """
    leave, sale = rates(s, w, hours)
    stay = (1 - leave) * (1 - s.pd[:, None])
    year = np.arange(1.0, YEARS + 1).reshape(-1, *[1] * leave.ndim)
    there = np.cumprod(np.stack([np.ones_like(stay)] + [stay] * (YEARS - 1)), axis=0)
    products = s.room[:, None] * (1 - np.exp(-sale * (year - 0.5) / PRODUCTS))
    return {"there": there, "products": products, "retention": stay, "leave": leave}


def _profit(a: Maintenance, s: Seen, course: Mapping[str, Array], hours: Array) -> Array:
    """Economic profit of a year of a client that is there, (year, …, group, scenario)."""
    base = profitability.economic_profit(
        s.income, s.loss, a.avoidable * s.cost, s.capital, tax=a.tax, hurdle=a.hurdle
    )
    extra = a.product_income * s.limit[:, None] * course["products"] - a.hour_cost * hours
    return np.asarray(base)[:, None] + (1 - a.tax) * extra


def curve(a: Maintenance, w: World) -> Array:
    """Lifetime value of a client of each group by its hours, (hours of GRID, group)."""
    s, hours = seen(a), GRID[:, None, None]
    course = courses(a, s, w, hours)
    profit = _profit(a, s, course, hours)
    factors = timevalue.discount_factors(a.hurdle, YEARS)
    return np.einsum("t,thgs->hg", factors, profit * course["there"])


def allocations(a: Maintenance) -> tuple[Array, float]:
    """Hours of each client of a group, (alternative, group); and the value of one more hour.

    The next step of hours goes where it adds most value: until the budget is used, which may take
    hours that do not pay; or as long as an hour pays. A curve that is not concave is taken by
    its running least slope, so that no step comes before the one under it. The value of an hour is
    that of one more each year for one client, at the margin of `best`, after its cost.
    """
    s = seen(a)
    slope = np.minimum.accumulate(np.diff(curve(a, world(a)), axis=0), axis=0) / STEP
    floor = min(a.floor, a.budget)
    free = GRID[:-1] >= floor - 1e-9
    slope = slope[free]
    best, price = _fill(s, slope, a.budget - floor)
    paying, _ = _fill(s, slope, float(s.share @ (slope > 0).sum(axis=0)) * STEP)
    table = np.stack([
        np.zeros(GROUPS),
        s.hours * a.budget / (s.share @ s.hours),
        np.full(GROUPS, a.budget),
        s.limit * a.budget / (s.share @ s.limit),
        floor + best,
        floor + paying,
    ])  # fmt: skip
    return table, price


def _fill(s: Seen, slope: Array, budget: float) -> tuple[Array, float]:
    """Hours beyond the floor by the steepest steps first, (group,); the slope of the next step."""
    order = np.argsort(-slope, axis=None, kind="stable")
    group = order % GROUPS
    steep = slope.ravel()[order]
    need = s.share[group] * STEP
    before = np.cumsum(need) - need
    part = np.clip((budget - before) / need, 0.0, 1.0)
    hours = STEP * np.bincount(group, part, minlength=GROUPS)
    return hours, float(steep[max(int(np.searchsorted(before, budget, side="right")) - 1, 0)])


# ------------------------------------------------------------------------------- the money


def _total(s: Seen, x: Array) -> Array:
    """Sum over groups of (year, alternative, group, scenario), each group by its share."""
    return sum(s.share[j] * x[..., j, :] for j in range(GROUPS))


def _result(
    a: Maintenance, hours: Array, price: float, w: World, *, keep: Sequence[str] | None
) -> Result:
    s = seen(a)
    h = hours[:, :, None]
    course = courses(a, s, w, h)
    there = course["there"]

    def line(each: Array) -> Array:
        flow = a.clients * _total(s, there * each)
        return np.concatenate([np.zeros_like(flow[:1]), flow])

    fixed = a.clients * (1 - a.avoidable) * float(s.share @ s.cost)

    def of(values: Array) -> Array:
        return np.broadcast_to(values[:, None], there.shape)

    lines = {
        "income_line": line(of(s.income)),
        "product_line": line(a.product_income * s.limit[:, None] * course["products"]),
        "loss_line": -line(of(s.loss)),
        "cost_line": -line(of(a.avoidable * s.cost)),
        "fixed_line": np.concatenate([np.zeros((1, 1, 1)), np.full((YEARS, 1, 1), -fixed)]),
        "hours_line": -line(a.hour_cost * np.broadcast_to(h, there.shape)),
    }
    before = sum(lines.values())
    lines["tax"] = -a.tax * before
    lines["capital_charge"] = -a.hurdle * line(of(s.capital))
    lines["profit_line"] = before + lines["tax"] + lines["capital_charge"]
    profit = lines["profit_line"]
    lines["clients_line"] = line(np.ones_like(there))
    gone = line(np.broadcast_to(course["leave"], there.shape))
    lines["left_line"] = gone
    # year by year: the same order however many worlds
    factors = timevalue.discount_factors(a.hurdle, YEARS)
    value = sum(f * flow for f, flow in zip(factors, profit[1:], strict=True))
    annuity = timevalue.annuity_factor(a.hurdle, YEARS)
    gain = (value - value[NOW]) / annuity
    used = hours @ s.share
    ahead = np.cumsum(profit - profit[:, NOW : NOW + 1], axis=0) > 1e-12
    metrics = {
        "value": value,
        "gain": gain,
        "over_equal": (value - value[EQUAL]) / annuity,
        "contact": (value - value[0]) / annuity,
        "hours_used": used[:, None],
        "hour_value": np.full((1, 1), price / annuity),
        "left_first": lines["left_line"][1],
        "clients_end": lines["clients_line"][-1],
        "products": a.clients * _total(s, (there * course["products"])[-1]),
        "rho": w.rho[None],
        "xi": w.xi[None],
        "eta": w.eta[None],
    }
    # the same value as the sum of lifetime values of the groups
    each = _profit(a, s, course, h)
    form = each.shape
    clv = profitability.lifetime_value(
        each.reshape(YEARS, -1), course["retention"].reshape(-1), a.hurdle
    )
    again = a.clients * _total(s, np.asarray(clv).reshape(form[1:]))
    again = again - annuity * (1 - a.tax) * fixed
    names = [k for k, spec in a.spec.words["lines"].items() if spec["view"] == "lender"]
    left = np.diff(lines["clients_line"][1:], axis=0)
    lost = a.clients * _total(s, there[:-1] * (1 - course["retention"]))
    checks = {
        "statement_foots": residual(sum(lines[k] for k in names[:-1]) - lines[names[-1]]),
        "value_is_lifetime_value": residual(again - value),
        "budget_is_kept": residual(used[1:5] - a.budget),
        "clients_roll": residual(left + lost),
        "now_is_what_was_seen": residual(_as_seen(a, s, w)),
        "no_hour_better_elsewhere": residual(_regret(a, hours[BEST])) if keep is None else 0.0,
        "gain_is_difference": residual(gain[BEST] - gain[EQUAL] - metrics["over_equal"][BEST]),
    }
    if keep is not None:
        lines = {k: lines[k] for k in keep if k in lines}
    return Result(
        assumptions=a,
        chosen=a.allocation,
        alternatives=ALTERNATIVES,
        single=keep is None,
        all_lines=lines,
        all_metrics=metrics,
        all_events={"ahead": first_time(ahead)},
        checks=checks,
        largest_balance=float(a.clients * (s.share @ s.limit)),
        scenarios=value.shape[1],
    )


def _as_seen(a: Maintenance, s: Seen, w: World) -> Array:
    """Leaving at the hours of now less what was seen, where it is a chance: (class, scenario)."""
    hours = s.class_hours[CLASS][:, None]
    leave, _ = rates(s, w, hours)
    now = reached(s, s.class_hours[:, None], w.eta)
    possible = (w.leave / (1 - w.rho * now))[CLASS] * (1 - w.rho * now[CLASS]) <= 1
    return np.where(possible, leave - w.leave[CLASS], 0.0)


def _regret(a: Maintenance, hours: Array) -> float:
    """What moving a step of hours from one group to another could still add, for each client."""
    slope = np.minimum.accumulate(np.diff(curve(a, world(a)), axis=0), axis=0) / STEP
    floor = min(a.floor, a.budget)
    slope = slope[GRID[:-1] >= floor - 1e-9]
    done = (hours - floor) / STEP
    up = np.minimum(np.floor(done + 1e-6).astype(int), len(slope) - 1)
    down = np.ceil(done - 1e-6).astype(int) - 1
    more = slope[up, np.arange(GROUPS)]
    more = np.where(done + 1e-6 >= len(slope), -np.inf, more)
    less = np.where(down >= 0, slope[np.maximum(down, 0), np.arange(GROUPS)], np.inf)
    return max(float(more.max() - less.min()), 0.0) if np.isfinite(less.min()) else 0.0


# ------------------------------------------------------------------------------- the fit

#: Where the posterior is computed: even priors over these ranges.
RHO = np.linspace(0.0, 0.99, 100)
XI = np.linspace(0.0, 4.0, 81)
ETA = np.linspace(3.0, 40.0, 75)
DRAWS = 200
#: Edges of the bins of hours in which events are counted.
BINS = np.array([0.0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 23, 26, 30, 35, 40, 50, 500])


def panel(first: int = FIRST, last: int = LAST) -> dict[str, Array]:
    """What a bank sees of clients that might leave, a row a client and month of `first`..`last`.

    month, client, kind (class of the tree at the last year's end), hours of the twelve months
    before, free (share of the six products not held), trial (drawn by lot), earlier (hours a year
    before those twelve months, over the class's average; NaN where there are none), leave, sold.
    Clients in default or late with a payment are not free to leave and are left out, and so are
    those who have not been here for a year.
    """
    from . import data, typology

    tables = {k: data.table(k) for k in ("monitoring", "contacts", "outcomes", "clients")}
    size = int(tables["clients"]["client"].max()) + 1
    form = (last + 1, size)
    hours, leave, sold = np.zeros((3, *form))
    for table, rows, values in (
        (hours, tables["contacts"], tables["contacts"]["hours"]),
        (leave, tables["outcomes"].query("kind == 'churn'"), 1.0),
        (sold, tables["outcomes"].query("kind == 'cross_sell'"), 1.0),
    ):
        here = rows["month"].to_numpy() <= last
        at = rows["month"].to_numpy()[here], rows["client"].to_numpy()[here]
        np.add.at(table, at, np.broadcast_to(values, len(rows))[here])
    kind = np.full(form, -1)
    number = {name: k for k, name in enumerate(CLASSES)}
    for end in range(12, last, 12):
        shot = typology.of_snapshot(data.snapshot(end))
        shot = shot[~shot["ended"] & shot["type"].isin(CLASSES)]
        of = shot["type"].map(number).to_numpy().astype(int)
        kind[end + 1 : end + 13, shot.index] = of[None, :]
    joined = np.zeros(size, int)
    trial = np.zeros(size, int)
    joined[tables["clients"]["client"]] = tables["clients"]["joined"]
    trial[tables["clients"]["client"]] = tables["clients"]["trial"]
    rows = tables["monitoring"]
    rows = rows[(rows["month"] >= first - 1) & (rows["month"] < last)]
    rows = rows[(rows["rating"] != "D") & (rows["days_past_due"] == 0)]
    month, client = rows["month"].to_numpy() + 1, rows["client"].to_numpy()
    total = np.cumsum(hours, axis=0)
    year_ago = np.maximum(month - 13, 0)
    past = np.minimum(year_ago, np.maximum(month - 12 - joined[client], 0))
    whole = {
        "month": month,
        "client": client,
        "kind": kind[month, client],
        "hours": total[month - 1, client] - total[year_ago, client],
        "free": 1 - rows["products"].to_numpy() / PRODUCTS,
        "trial": trial[client],
        "earlier": 12 * total[year_ago, client] / np.where(past >= 6, past, np.nan),
        "leave": leave[month, client],
        "sold": sold[month, client],
    }
    keep = (whole["kind"] >= 0) & (month - joined[client] >= 12)
    whole = {k: v[keep] for k, v in whole.items()}
    mean = np.array([np.nanmean(whole["earlier"][whole["kind"] == k]) for k in range(len(CLASSES))])
    return whole | {"earlier": whole["earlier"] / mean[whole["kind"]]}


def strata(p: Mapping[str, Array], way: str) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
    """Stratum and cell of each row; effects are read from cells of the same stratum."""
    if way == "lot":
        return p["kind"], p["trial"]
    cell = np.searchsorted(BINS, p["hours"], side="right") - 1
    if way == "naive":
        return p["kind"], cell
    edges = np.nanquantile(p["earlier"], [0.2, 0.4, 0.6, 0.8])
    seen_before = np.where(
        np.isnan(p["earlier"]), 5, np.searchsorted(edges, np.nan_to_num(p["earlier"]))
    )
    return 6 * p["kind"] + seen_before, cell


def likelihood(p: Mapping[str, Array], way: str, event: str, effect: Array, sign: float) -> Array:
    """Log likelihood of the events, (eta, effect), the level of each stratum left free.

    Poisson: events of a cell ~ level x exposure x mean of (1 + sign effect (1 - exp(-h / eta))).
    With the best level of each stratum it is sum y log f - Y log sum n f.
    """
    stratum, cell = strata(p, way)
    place = stratum * len(BINS) + cell
    length = int(place.max()) + 1
    exposure = p["free"] if event == "sold" else np.ones(len(place))
    n = np.bincount(place, exposure, minlength=length)
    y = np.bincount(place, p[event], minlength=length)
    there = n > 0
    of = (np.arange(length) // len(BINS))[there]
    result = np.zeros((len(ETA), len(effect)))
    for i, eta in enumerate(ETA):
        g = exposure * (1 - np.exp(-p["hours"] / eta))
        mean = (np.bincount(place, g, minlength=length)[there] / n[there])[:, None]
        f = np.maximum(1 + sign * effect * mean, 1e-9)
        each = np.zeros((int(of.max()) + 1, len(effect)))
        np.add.at(each, of, n[there][:, None] * f)
        whole = np.bincount(of, y[there])
        result[i] = y[there] @ np.log(f) - whole @ np.log(np.maximum(each, 1e-300))
    return result


def posterior(p: Mapping[str, Array]) -> dict[str, dict[str, list[float]]]:
    """Draws of rho, xi, eta for each estimate, systematic in the order of the grid.

    A lottery with two doses says next to nothing of the form of the curve, so its eta has the
    weights of the adjusted estimate.
    """
    tables = {}
    weight = np.zeros(len(ETA))
    for way in ESTIMATES:
        left = likelihood(p, way, "leave", RHO, -1.0)
        sold = likelihood(p, way, "sold", XI, 1.0)
        left, sold = left - left.max(), sold - sold.max()
        of_eta = np.log(np.exp(left).sum(axis=1)) + np.log(np.exp(sold).sum(axis=1))
        of_eta = of_eta + (weight if way == "lot" else 0.0)
        if way == "adjusted":
            weight = of_eta
        chance = np.exp(of_eta - of_eta.max())
        u = (np.arange(DRAWS) + 0.5) / DRAWS
        i = np.searchsorted(np.cumsum(chance) / chance.sum(), u)
        # an order of its own for each effect, the same every time
        first, second = (np.random.Generator(np.random.PCG64(k)).permutation(u) for k in (1, 2))
        tables[way] = {
            "rho": [_quantile(RHO, left[k], x) for k, x in zip(i, first, strict=True)],
            "xi": [_quantile(XI, sold[k], x) for k, x in zip(i, second, strict=True)],
            "eta": [round(float(x), 3) for x in ETA[i]],
        }
    return tables


def _quantile(grid: Array, log_chance: Array, u: float) -> float:
    chance = np.exp(log_chance - log_chance.max())
    return round(float(np.interp(u, np.cumsum(chance) / chance.sum(), grid)), 4)


def fit() -> dict[str, dict[str, Any]]:
    """The tables of data/models/maintenance.toml: groups, the three estimates, what was seen."""
    import pandas as pd

    from .. import credit
    from . import bank, data, typology

    b = bank.assumptions()
    shot = typology.of_snapshot(data.snapshot(LAST))
    shot = shot[~shot["ended"] & shot["type"].isin(CLASSES) & (shot["limit"] > 0)]
    kind = shot["type"].map({name: k for k, name in enumerate(CLASSES)}).astype(int)
    ead = 0.5 * (shot["drawn"] + shot["limit"])
    lgd = 0.45
    pd_ = shot["pd"].clip(lower=0.0005, upper=0.9)
    weight = credit.irb_risk_weight(
        pd_.to_numpy(), lgd, turnover=(shot["sales"] / 7.8).clip(5, 50).to_numpy()
    )
    size = (
        shot["limit"]
        .groupby(kind)
        .transform(lambda x: np.floor(SIZES * x.rank(method="first", pct=True) * (1 - 1e-9)))
    )
    each = pd.DataFrame({
        "income": 12 * (shot["margin_income"] + shot["fee_income"]),
        "loss": pd_ * lgd * ead,
        "cost": np.array(b.cost)[kind],
        "capital": b.capital_ratio * weight * ead,
        "pd": pd_,
        "limit": shot["limit"],
        "room": PRODUCTS - shot["products"],
        "hours": shot["hours_12"],
    })  # fmt: skip
    group = (SIZES * kind + size).astype(int)
    means = each.groupby(group).mean()
    assert len(means) == GROUPS
    p = panel()
    count = np.bincount(p["kind"], minlength=len(CLASSES))
    of = {
        k: np.bincount(p["kind"], p[k], minlength=len(CLASSES))
        for k in ("leave", "sold", "free", "hours")
    }
    average = of["hours"] / count
    over = np.sort(p["hours"] / average[p["kind"]])
    tenths = np.array([part.mean() for part in np.array_split(over, 10)])
    groups = {"share": group.value_counts(normalize=True).sort_index()} | dict(means.items())
    groups |= {
        "spread": tenths / tenths.mean(),
        "leave": 12 * of["leave"] / count,
        "left": np.maximum(of["leave"], 0.5),
        "sale": 12 * of["sold"] / of["free"],
        "sold": np.maximum(of["sold"], 0.5),
        "class_hours": average,
    }
    return (
        {"groups": {k: np.asarray(v, float) for k, v in groups.items()}}
        | posterior(p)
        | {"raw": _raw(p), "later": _later(p)}
    )


def _raw(p: Mapping[str, Array]) -> dict[str, Any]:
    """Leaving a year of transactional clients by hours, and by lot; with the numbers behind."""
    mine = p["kind"] == 1
    edges = np.array([0.0, 4, 8, 12, 16, 20, 30, 500])
    cell = np.searchsorted(edges, p["hours"][mine], side="right") - 1
    n, y = np.bincount(cell), np.bincount(cell, p["leave"][mine])
    arm = p["trial"][mine]
    arm_n, arm_y = np.bincount(arm), np.bincount(arm, p["leave"][mine])
    return {
        "hours": np.bincount(cell, p["hours"][mine]) / n,
        "rate": 12 * y / n,
        "events": y.astype(float),
        "lot_hours": np.bincount(arm, p["hours"][mine]) / arm_n,
        "lot_rate": 12 * arm_y / arm_n,
        "lot_events": arm_y,
        "rows": len(p["kind"]),
        "all_left": p["leave"].sum(),
    }


def _later(p: Mapping[str, Array]) -> dict[str, Any]:
    """Who left in the year after, drawn by lot and not: seen, and as each estimate foretells.

    The level of each class is that of the others of that year, so that only the effect is tried.
    """
    q = panel(LAST + 1, TRIED)
    lot = q["trial"] == 1
    table = posterior(p)
    result = {"seen": q["leave"][lot].sum(), "free_seen": q["leave"][~lot].sum(),
              "months": float(lot.sum())}  # fmt: skip
    result["nothing"] = float(sum(
        q["leave"][~lot & (q["kind"] == k)].sum() / (~lot & (q["kind"] == k)).sum()
        * (lot & (q["kind"] == k)).sum() for k in range(len(CLASSES))
    ))  # fmt: skip
    for way in ESTIMATES:
        rho, eta = (np.mean(table[way][k]) for k in ("rho", "eta"))
        stay = 1 - rho * (1 - np.exp(-q["hours"] / eta))
        told = 0.0
        for k in range(len(CLASSES)):
            mine = q["kind"] == k
            told += q["leave"][mine & ~lot].sum() / stay[mine & ~lot].sum() * stay[mine & lot].sum()
        result[way] = float(told)
    return result


def truth() -> tuple[float, float, float]:
    """rho, xi and eta of the program that made the bank; eta for hours a year. For the end only."""
    from . import bank

    b = bank.assumptions()
    return b.retention_effect, b.sale_effect, 12 * (1 - b.hours_memory) * b.hours_half


# ------------------------------------------------------------------------------- what it says

WORLDS = 2000


def allocations_of(r: Result) -> Array:
    """Hours of each client of a group by use, (alternative, group)."""
    return allocations(r.assumptions)[0]


@lru_cache(maxsize=8)
def _ensemble(a: Maintenance, n: int, seed: int) -> Result:
    return simulate(a, sample(a, n, seed))


def ensemble(r: Result, n: int = WORLDS, seed: int = 20260803) -> Result:
    """Worlds that agree with what was seen, all uses of the hours in the same ones."""
    return _ensemble(r.assumptions.replace(allocation="best"), n, seed)


def in_world(a: Maintenance, w: World) -> Result:
    """The hours that are best by these assumptions, in a world of another effect."""
    return _result(a, *allocations(a), w, keep=None)


def in_truth(r: Result) -> Result:
    """The same hours in the world that made the tables. No bank can do this."""
    s, true = seen(r.assumptions), truth()
    rho, xi, eta = (np.array([x]) for x in true)
    return in_world(r.assumptions, World(rho, xi, eta, s.leave[:, None], s.sale[:, None]))


def raw(r: Result) -> dict[str, Any]:
    """Leaving of transactional clients by the hours they had, and by lot: as the file has it."""
    table = r.assumptions.spec.words["fit"]["raw"]
    return {k: np.array(v) for k, v in table.items()}


def estimates(r: Result) -> dict[str, Any]:
    """rho and xi by estimate: name -> (estimate, 3: 5th percentile, mean, 95th)."""
    fit_ = r.assumptions.spec.words["fit"]
    rows = {}
    for k in ("rho", "xi", "eta"):
        draws = [np.array(fit_[way][k]) for way in ESTIMATES]
        rows[k] = np.array([[np.percentile(x, 5), x.mean(), np.percentile(x, 95)] for x in draws])
    return rows


def estimates_and_truth(r: Result) -> dict[str, Any]:
    """The same with what the program that made the bank holds."""
    return estimates(r) | {"truth": truth()}


def response(r: Result) -> dict[str, Any]:
    """Leaving a year by hours: (hours, class); and the band of transactional clients."""
    a, s = r.assumptions, seen(r.assumptions)
    hours = np.arange(0.0, 61.0)
    one = np.arange(0, GROUPS, SIZES)
    middle = rates(s, world(a), hours[:, None, None])[0][:, one, 0]
    many = rates(s, world(a, sample(a, 400, 7)), hours[:, None, None])[0][:, one[1]]
    return {"hours": hours, "leave": middle, "band": np.percentile(many, [5, 95], axis=1),
            "now": s.class_hours}  # fmt: skip


def marginal(r: Result) -> dict[str, Any]:
    """Value of one more hour a year by hours, for large and small clients: (hours, group)."""
    a = r.assumptions
    annuity = timevalue.annuity_factor(a.hurdle, YEARS)
    hours, price = allocations(a)
    slope = np.diff(curve(a, world(a)), axis=0) / STEP / annuity
    return {"hours": GRID[:-1] + STEP / 2, "slope": slope, "price": price / annuity,
            "best": hours[BEST]}  # fmt: skip


def gains(r: Result) -> dict[str, Any]:
    """Gain a year over the hours of now, by use: expected, 5th and 95th percentile of worlds."""
    many = ensemble(r).all_metrics
    at = [0, 2, 3, 4, 5]
    gain = many["gain"][at]
    return {
        "names": [ALTERNATIVES[k] for k in at],
        "expected": r.all_metrics["gain"][at, 0],
        "low": np.percentile(gain, 5, axis=1),
        "high": np.percentile(gain, 95, axis=1),
        "sure": (gain > 0).mean(axis=1),
        "over_equal": np.percentile(many["over_equal"][BEST], [5, 95]),
        "sure_equal": float((many["over_equal"][BEST] > 0).mean()),
        "contact": np.percentile(many["contact"][NOW], [5, 95]),
    }


def budgets(r: Result) -> dict[str, Any]:
    """Gain a year over the hours of now by the budget: (budget,) for best and equal; the best."""
    a = r.assumptions
    now = r.all_metrics["value"][NOW, 0]
    annuity = timevalue.annuity_factor(a.hurdle, YEARS)
    hours = np.arange(0.0, 41.0, 2.0)
    found = {"best": [], "equal": []}
    for h in hours:
        here = simulate(a.replace(budget=float(h)))
        for k, values in found.items():
            values.append((here.alternative(k).metrics["value"] - now) / annuity)
    return {
        "hours": hours,
        **{k: np.array(v) for k, v in found.items()},
        "most": float(r.all_metrics["hours_used"][PAYING, 0]),
        "most_gain": float(r.all_metrics["gain"][PAYING, 0]),
        "now": a.budget,
    }


def later(r: Result) -> dict[str, Any]:
    """Who left in the year after of those drawn by lot: seen, and as each estimate foretold."""
    return dict(r.assumptions.spec.words["fit"]["later"])


def findings(r: Result) -> dict[str, float]:
    """The numbers that the chapter states, each with its unit in the file of the model."""
    a, s = r.assumptions, seen(r.assumptions)
    g, e, x, t, true = gains(r), estimates(r), raw(r), later(r), in_truth(r)
    naive = simulate(a.replace(estimate="naive"))
    hours, _ = allocations(a)
    value = curve(a, world(a))
    at = {name: k for k, name in enumerate(g["names"])}
    by_class = np.array([s.share[CLASS == k] @ s.hours[CLASS == k] / s.share[CLASS == k].sum()
                         for k in range(len(CLASSES))])  # fmt: skip
    by_class *= a.budget / (s.share @ s.hours)
    rho, xi, eta = truth()
    result = {
        "rho_true": rho, "xi_true": xi, "eta_true": eta,
        "eta_naive": e["eta"][0, 1], "eta_lot": e["eta"][2, 1],
        "raw_low": x["rate"][0], "raw_high": x["rate"][-1],
        "lot_rate": x["lot_rate"][1], "lot_other": x["lot_rate"][0],
        "lot_less": 1 - x["lot_rate"][1] / x["lot_rate"][0],
        "lot_hours": x["lot_hours"][1], "lot_other_hours": x["lot_hours"][0],
        "all_left": float(x["all_left"]), "lot_events": x["lot_events"][1],
        "low": g["low"][at["best"]], "high": g["high"][at["best"]],
        "equal_gain": g["expected"][at["equal"]], "volume_gain": g["expected"][at["volume"]],
        "gain_low": g["low"][at["paying"]], "gain_high": g["high"][at["paying"]],
        "over_equal_low": g["over_equal"][0], "over_equal_high": g["over_equal"][1],
        "contact_low": g["contact"][0], "contact_high": g["contact"][1],
        "sure": g["sure"][at["best"]], "sure_equal": g["sure_equal"],
        "best_hours": r.all_metrics["hours_used"][PAYING, 0],
        "hours_strategic_small": hours[PAYING, 0], "hours_strategic_large": hours[PAYING, 2],
        "hours_transactional_small": hours[PAYING, 3],
        "hours_transactional_large": hours[PAYING, 5], "hours_growth": hours[PAYING, 7],
        "now_strategic": by_class[0], "now_transactional": by_class[1], "now_growth": by_class[2],
        "paying_gain": r.all_metrics["gain"][PAYING, 0],
        "naive_gain": naive.all_metrics["gain"][BEST, 0],
        "naive_hours_gain": naive.all_metrics["gain"][PAYING, 0],
        "naive_best": naive.all_metrics["hours_used"][PAYING, 0],
        "true_gain": true.all_metrics["gain"][PAYING, 0],
        "value_large": value[0, 2], "value_small": value[0, 3],
        "later_seen": t["seen"], "later_nothing": t["nothing"], "later_naive": t["naive"],
        "later_lot": t["lot"], "worlds": WORLDS,
    }  # fmt: skip
    for k in ("rho", "xi"):
        for row, way in zip(e[k], ESTIMATES, strict=True):
            result |= {f"{k}_{way}_low": row[0], f"{k}_{way}": row[1], f"{k}_{way}_high": row[2]}
    return {k: float(v) for k, v in result.items()}


#: Name of a figure -> what it is drawn from; the drawing is in casebook.charts.maintenance.
FIGURES = {
    "explorer": allocations_of,
    "raw": raw,
    "estimates": estimates_and_truth,
    "response": response,
    "marginal": marginal,
    "gains": gains,
    "budget": budgets,
    "later": later,
}

figure = drawer("maintenance", FIGURES)


def main() -> None:
    print(fitted.write("maintenance", fit()))


if __name__ == "__main__":
    main()

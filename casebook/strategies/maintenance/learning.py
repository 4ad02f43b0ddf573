"""What contact does, estimated from five years of tables; pandas, once.

The panel of clients that might leave, the likelihood of their leaving and buying by hours, draws
from the posterior in three ways, and the groups as they stand, written to the model's file.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...shape import Array
from ...timevalue import MONTHS_A_YEAR
from .. import fitted
from .record import CLASSES, ESTIMATES, FIRST, GROUPS, LAST, PRODUCTS, SIZES, TRIED

#: Where the posterior is computed: even priors over these ranges.
RHO = np.linspace(0.0, 0.99, 100)
XI = np.linspace(0.0, 4.0, 81)
ETA = np.linspace(3.0, 40.0, 75)
#: Draws of the posterior that are kept.
DRAWS = 200
#: The rows of `panel`: name -> (row,), floats and whole numbers.
Panel = Mapping[str, NDArray[Any]]
#: Edges of the bins of hours in which events are counted.
BINS = np.array([0.0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 23, 26, 30, 35, 40, 50, 500])


def panel(first: int = FIRST, last: int = LAST) -> dict[str, NDArray[Any]]:
    """What a bank sees of clients that might leave, a row a client and month of `first`..`last`.

    month, client, kind (class of the tree at the last year's end), hours of the twelve months
    before, free (share of the six products not held), trial (drawn by lot), earlier (hours a year
    before those twelve months, over the class's average; NaN where there are none), leave, sold.
    Clients in default or late with a payment are not free to leave and are left out, and so are
    those who have not been here for a year.
    """
    from ...bank import tables
    from ...typology import decision_tree

    found = {k: tables.table(k) for k in ("monitoring", "contacts", "outcomes", "clients")}
    size = int(found["clients"]["client"].max()) + 1
    form = (last + 1, size)
    hours, leave, sold = np.zeros((3, *form))
    for table, rows, values in (
        (hours, found["contacts"], found["contacts"]["hours"]),
        (leave, found["outcomes"].query("kind == 'churn'"), 1.0),
        (sold, found["outcomes"].query("kind == 'cross_sell'"), 1.0),
    ):
        here = rows["month"].to_numpy() <= last
        at = rows["month"].to_numpy()[here], rows["client"].to_numpy()[here]
        np.add.at(table, at, np.broadcast_to(values, len(rows))[here])
    kind = np.full(form, -1)
    number = {name: k for k, name in enumerate(CLASSES)}
    for end in range(12, last, 12):
        shot = decision_tree.of_snapshot(tables.snapshot(end))
        shot = shot[~shot["ended"] & shot["type"].isin(CLASSES)]
        of = shot["type"].map(number).to_numpy().astype(int)
        kind[end + 1 : end + 13, shot.index] = of[None, :]
    joined = np.zeros(size, int)
    trial = np.zeros(size, int)
    joined[found["clients"]["client"]] = found["clients"]["joined"]
    trial[found["clients"]["client"]] = found["clients"]["trial"]
    rows = found["monitoring"]
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
        "earlier": MONTHS_A_YEAR * total[year_ago, client] / np.where(past >= 6, past, np.nan),
        "leave": leave[month, client],
        "sold": sold[month, client],
    }
    keep = (whole["kind"] >= 0) & (month - joined[client] >= 12)
    whole = {k: v[keep] for k, v in whole.items()}
    mean = np.array([np.nanmean(whole["earlier"][whole["kind"] == k]) for k in range(len(CLASSES))])
    return whole | {"earlier": whole["earlier"] / mean[whole["kind"]]}


def strata(rows: Panel, way: str) -> tuple[NDArray[np.int_], NDArray[np.int_]]:
    """Stratum and cell of each row; effects are read from cells of the same stratum."""
    if way == "lot":
        return rows["kind"], rows["trial"]
    cell = np.searchsorted(BINS, rows["hours"], side="right") - 1
    if way == "naive":
        return rows["kind"], cell
    edges = np.nanquantile(rows["earlier"], [0.2, 0.4, 0.6, 0.8])
    seen_before = np.where(
        np.isnan(rows["earlier"]), 5, np.searchsorted(edges, np.nan_to_num(rows["earlier"]))
    )
    return 6 * rows["kind"] + seen_before, cell


def likelihood(rows: Panel, way: str, event: str, effect: Array, sign: float) -> Array:
    """Log likelihood of the events, (eta, effect), the level of each stratum left free.

    Poisson: events of a cell ~ level x exposure x mean of (1 + sign effect (1 - exp(-h / eta))).
    With the best level of each stratum it is sum y log f - Y log sum n f.
    """
    stratum, cell = strata(rows, way)
    place = stratum * len(BINS) + cell
    length = int(place.max()) + 1
    exposure = rows["free"] if event == "sold" else np.ones(len(place))
    n = np.bincount(place, exposure, minlength=length)
    y = np.bincount(place, rows[event], minlength=length)
    there = n > 0
    of = (np.arange(length) // len(BINS))[there]
    result = np.zeros((len(ETA), len(effect)))
    for i, eta in enumerate(ETA):
        g = exposure * (1 - np.exp(-rows["hours"] / eta))
        mean = (np.bincount(place, g, minlength=length)[there] / n[there])[:, None]
        f = np.maximum(1 + sign * effect * mean, 1e-9)
        each = np.zeros((int(of.max()) + 1, len(effect)))
        np.add.at(each, of, n[there][:, None] * f)
        whole = np.bincount(of, y[there])
        result[i] = y[there] @ np.log(f) - whole @ np.log(np.maximum(each, 1e-300))
    return result


def posterior(rows: Panel) -> dict[str, dict[str, list[float]]]:
    """Draws of rho, xi, eta for each estimate, systematic in the order of the grid.

    A lottery with two doses says next to nothing of the form of the curve, so its eta has the
    weights of the adjusted estimate.
    """
    tables = {}
    weight = np.zeros(len(ETA))
    for way in ESTIMATES:
        left = likelihood(rows, way, "leave", RHO, -1.0)
        sold = likelihood(rows, way, "sold", XI, 1.0)
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


def _quantile(grid: Array, log_chance: Array, share: float) -> float:
    """The point of the grid below which that share of the chance lies; both (grid,)."""
    chance = np.exp(log_chance - log_chance.max())
    return round(float(np.interp(share, np.cumsum(chance) / chance.sum(), grid)), 4)


def fit() -> dict[str, dict[str, Any]]:
    """The tables of data/models/maintenance.toml: groups, the three estimates, what was seen."""
    import pandas as pd

    from ... import bank, credit
    from ...bank import tables
    from ...typology import decision_tree

    b = bank.assumptions()
    shot = decision_tree.of_snapshot(tables.snapshot(LAST))
    shot = shot[~shot["ended"] & shot["type"].isin(CLASSES) & (shot["limit"] > 0)]
    kind = shot["type"].map({name: k for k, name in enumerate(CLASSES)}).astype(int)
    ead = 0.5 * (shot["drawn"] + shot["limit"])
    lgd = 0.45
    pd_ = shot["pd"].clip(lower=credit.PD_FLOOR, upper=0.9)
    weight = credit.irb_risk_weight(
        pd_.to_numpy(), lgd, turnover=(shot["sales"] / 7.8).clip(5, 50).to_numpy()
    )
    size = (
        shot["limit"]
        .groupby(kind)
        .transform(lambda x: np.floor(SIZES * x.rank(method="first", pct=True) * (1 - 1e-9)))
    )
    each = pd.DataFrame({
        "income": MONTHS_A_YEAR * (shot["margin_income"] + shot["fee_income"]),
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
    rows = panel()
    estimates = posterior(rows)
    count = np.bincount(rows["kind"], minlength=len(CLASSES))
    of = {
        k: np.bincount(rows["kind"], rows[k], minlength=len(CLASSES))
        for k in ("leave", "sold", "free", "hours")
    }
    average = of["hours"] / count
    over = np.sort(rows["hours"] / average[rows["kind"]])
    tenths = np.array([part.mean() for part in np.array_split(over, 10)])
    groups = {"share": group.value_counts(normalize=True).sort_index()} | dict(means.items())
    groups |= {
        "spread": tenths / tenths.mean(),
        "leave": MONTHS_A_YEAR * of["leave"] / count,
        "left": np.maximum(of["leave"], 0.5),
        "sale": MONTHS_A_YEAR * of["sold"] / of["free"],
        "sold": np.maximum(of["sold"], 0.5),
        "class_hours": average,
    }
    return (
        {"groups": {k: np.asarray(v, float) for k, v in groups.items()}}
        | estimates
        | {"raw": _raw(rows), "later": _later(estimates)}
    )


def _raw(rows: Panel) -> dict[str, Any]:
    """Leaving a year of transactional clients by hours, and by lot; with the numbers behind."""
    mine = rows["kind"] == 1
    edges = np.array([0.0, 4, 8, 12, 16, 20, 30, 500])
    cell = np.searchsorted(edges, rows["hours"][mine], side="right") - 1
    n, y = np.bincount(cell), np.bincount(cell, rows["leave"][mine])
    arm = rows["trial"][mine]
    arm_n, arm_y = np.bincount(arm), np.bincount(arm, rows["leave"][mine])
    return {
        "hours": np.bincount(cell, rows["hours"][mine]) / n,
        "rate": MONTHS_A_YEAR * y / n,
        "events": y.astype(float),
        "lot_hours": np.bincount(arm, rows["hours"][mine]) / arm_n,
        "lot_rate": MONTHS_A_YEAR * arm_y / arm_n,
        "lot_events": arm_y,
        "rows": len(rows["kind"]),
        "all_left": rows["leave"].sum(),
    }


def _later(estimates: Mapping[str, Mapping[str, list[float]]]) -> dict[str, Any]:
    """Who left in the year after, drawn by lot and not: seen, and as each estimate foretells.

    estimates: as `posterior` gives them. The level of each class is that of the others of that
    year, so that only the effect is tried.
    """
    after = panel(LAST + 1, TRIED)
    kind, leave, lot = after["kind"], after["leave"], after["trial"] == 1
    result = {"seen": leave[lot].sum(), "free_seen": leave[~lot].sum(), "months": float(lot.sum())}
    result["nothing"] = float(sum(
        leave[~lot & (kind == k)].sum() / (~lot & (kind == k)).sum()
        * (lot & (kind == k)).sum() for k in range(len(CLASSES))
    ))  # fmt: skip
    for way in ESTIMATES:
        rho, eta = (np.mean(estimates[way][k]) for k in ("rho", "eta"))
        stay = 1 - rho * (1 - np.exp(-after["hours"] / eta))
        told = 0.0
        for k in range(len(CLASSES)):
            mine = kind == k
            told += leave[mine & ~lot].sum() / stay[mine & ~lot].sum() * stay[mine & lot].sum()
        result[way] = float(told)
    return result


def truth() -> tuple[float, float, float]:
    """rho, xi and eta of the program that made the bank; eta for hours a year. For the end only."""
    from ... import bank

    b = bank.assumptions()
    return b.retention_effect, b.sale_effect, MONTHS_A_YEAR * (1 - b.hours_memory) * b.hours_half


def main() -> None:
    """Fit, and put the tables into the file of the model."""
    print(fitted.write("maintenance", fit(), significant=6))

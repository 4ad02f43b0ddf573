"""The fit: both lists as they would have been, the trial, the scorecard and its drift.

What the decision needs is written to the model's file; pandas, scikit-learn and scipy, once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ... import credit
from ...bank import PRODUCTS, SECTORS
from ...shape import Array
from ...timevalue import MONTHS_A_YEAR
from ..fitted import write
from . import recommending, scoring
from .record import CHARACTERISTICS, FOLDS, LISTS, SCORED, STEP
from .scoring import Card

if TYPE_CHECKING:
    from ..early_warning.panels import Panel


def fitted() -> dict[str, Any]:
    """Everything that the decision needs, as plain numbers and texts."""
    result = _lists()
    a, b, in_months, out_months = recommending.lottery()
    result["trial"] = {
        "sold_in": a,
        "sold_out": b,
        "uplift": round(a / in_months / (b / out_months) - 1, 4),
        "error": round(float(np.sqrt(1 / a + 1 / b)), 4),
        **recommending.talks(),
    }
    return result | {"crm": _at_a_glance()} | _card()


#: Clients not visited or called for half a year, with their limits; all clients with theirs.
UNSEEN = """
    SELECT count(*), sum(credit_limit)
    FROM now LEFT JOIN seen USING (client)
    WHERE coalesce(last, 0) <= month - 6
"""
WHOLE = "SELECT count(*), sum(credit_limit) FROM now"


def _at_a_glance() -> dict[str, float]:
    """What the first two questions to the database tell."""
    from ...bank import crm

    database = crm.build()
    unseen, theirs = database.execute(UNSEEN).fetchone()
    clients, all_ = database.execute(WHOLE).fetchone()
    return {"clients": clients, "unseen": unseen, "unseen_limit": round(theirs / all_, 4)}


def _lists() -> dict[str, Any]:
    """Both lists tested on the year after each fold: sales, hours of visits, and what was proposed.

    sales: limit, fold and place in each list, (sale,); hours: of the first k x STEP clients, a
    year, (k,); hits: share of buyers whose product is among the first k proposed, (product,).
    """
    sales: dict[str, list[Any]] = {"limit": [], "fold": [], **{k: [] for k in LISTS}}
    hours: dict[str, list[Array]] = {k: [] for k in LISTS}
    size, said, came, buyers = [], 0.0, 0, 0
    hits: dict[str, Array] = {}
    for fold, known in enumerate(FOLDS):
        b, model = recommending.book(known), recommending.next_product(known)
        chance = model(b)
        order = {"volume": np.argsort(-b.limit, kind="stable"),
                 "tool": np.argsort(-chance.sum(axis=1) * b.limit, kind="stable")}  # fmt: skip
        who, product = np.nonzero(b.bought)
        sales["limit"] += np.round(b.limit[who], 3).tolist()
        sales["fold"] += [fold] * len(who)
        for name, rows in order.items():
            place = np.empty(len(rows), int)
            place[rows] = np.arange(1, len(rows) + 1)
            sales[name] += place[who].tolist()
            hours[name].append(np.cumsum(b.hours[rows]))
        size.append(len(b.client))
        said, came = said + float(chance.sum()), came + len(who)
        for name, rival in {"model": model, **recommending.rivals(known)}.items():
            places = np.argsort(np.argsort(-rival(b), axis=1, kind="stable"), axis=1)
            got = hits.setdefault(name, np.zeros(len(PRODUCTS)))
            got += np.bincount(places[who, product], minlength=len(PRODUCTS))
        buyers += len(who)
    steps = np.arange(STEP, min(size) + 1, STEP)
    return {
        "clients": min(size),
        "sales": sales,
        "hours": {k: [round(float(np.mean([x[s - 1] for x in v])), 1) for s in steps]
                  for k, v in hours.items()},
        "hits": {k: np.round(np.cumsum(v) / buyers, 4).tolist() for k, v in hits.items()},
        "said": round(said, 1),
        "came": came,
    }  # fmt: skip


def _card() -> dict[str, Any]:
    """The scorecard, how it drifts and tells, and the client of the example."""
    from .. import early_warning

    panel = early_warning.panel()
    card = scoring.scorecard(panel)
    plain = scoring.scorecard(panel, [k for k in CHARACTERISTICS if k != "sector"])
    t, who, _ = scoring.payers(panel, SCORED)
    learned = scoring.score(card, panel, (t, who))
    edges, before = scoring.bands(learned)
    sector = _sectors(panel)
    rng = np.random.Generator(np.random.PCG64(20260722))
    small = min(int((sector[who] == k).sum() / len(SCORED)) for k in range(len(SECTORS)))
    noise = [float(scoring.stability(scoring.shares(rng.choice(learned, small), edges), before))
             for _ in range(500)]  # fmt: skip
    return {
        "card": {
            k: {
                "cuts": np.round(card.cuts[k], 3).tolist(),
                "points": card.points[k].astype(int).tolist(),
                "sound": card.counts[k][:, 0].astype(int).tolist(),
                "bad": card.counts[k][:, 1].astype(int).tolist(),
            }
            for k in CHARACTERISTICS
        },
        "drift": _drift(panel, card, plain),
        "years": _years(panel, card, plain),
        "psi_noise": round(float(np.quantile(noise, 0.95)), 4),
        "smallest_sector": small,
        "example": _example(card, panel),
    }


def _drift(panel: Panel, card: Card, plain: Card) -> dict[str, list[Any]]:
    """Stability and mean points of each month after the first learned from: name -> (month,).

    all and plain: of the card and of the one without the sector index; by sector of the card: its
    stability, mean points (mean_), and index (index_).
    """
    t, who, _ = scoring.payers(panel, SCORED)
    learned = scoring.score(card, panel, (t, who))
    edges, before = scoring.bands(learned)
    plain_edges, plain_before = scoring.bands(scoring.score(plain, panel, (t, who)))
    sector = _sectors(panel)
    months = [int(m) for m in panel.months if m >= SCORED[0] + 1]
    drift: dict[str, list[Any]] = {"month": months, "all": [], "plain": [], "mean": []}
    drift |= {k: [] for k in SECTORS} | {f"index_{k}": [] for k in SECTORS}
    drift |= {f"mean_{k}": [] for k in SECTORS}
    for month in months:
        i = month - panel.months[0]
        here = np.flatnonzero(panel.watched[i])
        at = (np.full(len(here), i), here)
        points = scoring.score(card, panel, at)
        drift["all"].append(
            round(float(scoring.stability(scoring.shares(points, edges), before)), 4)
        )
        now = scoring.shares(scoring.score(plain, panel, at), plain_edges)
        drift["plain"].append(round(float(scoring.stability(now, plain_before)), 4))
        drift["mean"].append(round(float(points.mean()), 2))
        for k, name in enumerate(SECTORS):
            own = sector[here] == k
            was = scoring.shares(learned[sector[who] == k], edges)
            drift[name].append(
                round(float(scoring.stability(scoring.shares(points[own], edges), was)), 4)
            )
            drift[f"mean_{name}"].append(round(float(points[own].mean()), 2))
            drift[f"index_{name}"].append(float(panel.x["sector"][i, here[own]].mean().round(2)))
    return drift


def _years(panel: Panel, card: Card, plain: Card) -> dict[str, list[float]]:
    """How well the score tells, by month: defaults said and came within a year, areas of both."""
    years: dict[str, list[float]] = {k: [] for k in ("month", "said", "came", "area", "plain")}
    for month in (*SCORED, 36, 48):
        t, who, bad = scoring.payers(panel, [month])
        points = scoring.score(card, panel, (t, who))
        years["month"].append(month)
        years["said"].append(round(float(scoring.said(points).sum()), 1))
        years["came"].append(int(bad.sum()))
        for name, x in (("area", points), ("plain", scoring.score(plain, panel, (t, who)))):
            years[name].append(round(credit.roc_area(-x, bad), 4))
    return years


def _sectors(panel: Panel) -> NDArray[np.intp]:
    """Number of each client's sector, (client,)."""
    from ...bank import tables

    names = tables.table("clients").set_index("client")["sector"].reindex(panel.clients)
    return np.array([SECTORS.index(s) for s in names])


def _example(card: Card, panel: Panel, month: int = 48) -> dict[str, Any]:
    """The client who pays in `month` and has the fewest points, with its reasons."""
    i = int(month - panel.months[0])
    here = np.flatnonzero(panel.watched[i])
    points = scoring.score(card, panel, (np.full(len(here), i), here))
    who = int(here[np.argmin(points)])
    rows = scoring.reasons(card, panel, (i, who))
    return {
        "client": int(panel.clients[who]),
        "points": float(points.min()),
        "usual": round(float(points.mean()), 1),
        "reason": [row[0] for row in rows],
        "below": [round(row[3], 1) for row in rows],
        "defaulted": int(0 < panel.default[who] - month <= MONTHS_A_YEAR),
    }


def main() -> None:
    """Fit, and put the tables into the file of the model."""
    print(write("tools", fitted()))

"""Tools on the client database: whom to visit about what, a score with reasons, and its drift.

Two halves, as in `early_warning`. The first fits, on what was known, and writes small tables
(`python -m casebook.portfolio.tools` puts them into data/models/tools.toml). The second decides on
them: is a tool worth its cost, against a manager's list by volume and against no list? numpy only.

    next product   chance that a client buys a product within twelve months: a logistic regression
                   on sector x product and what is known of the client; folds as in early warning
    list           the clients whose visits are doubled for a year: the largest (by limit), or those
                   with most expected income, sum over products of chance x limit
    uplift         how much more clients buy whose visits are doubled: sales of the trial's clients,
                   drawn by lot, over those of the others, months 13 to 36
    worth          uplift x income of the products that the list's clients bought in the test, each
                   paying its yearly income for as long as the client stays, less hours and cost
    scorecard      logistic regression on weights of evidence: points = factor x (-b x WoE) + ...
    drift          population stability index: sum (p - q) ln(p / q) over ten bands of the score
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import timevalue
from ..assumptions import AssumptionError, Record, load
from ..cases.shape import Array, Draws, Result, drawer, many, residual, source
from ..distributions import lognormal, norm_ppf
from ..words import DATA
from .bank import PRODUCTS, SECTORS

FILE = DATA / "models/tools.toml"
MARK = "# ---- fitted: written by python -m casebook.portfolio.tools; not by hand\n"

YEAR, YEARS = 12, 5
#: Last month known when the model of the next product is fitted; it is tested on the year after.
FOLDS = (36, 48)
#: Months of the visiting trial that are known at the first of them.
TRIAL = (13, 36)
#: A list grows by so many clients.
STEP = 25
LISTS = ("volume", "tool")
ALTERNATIVES = ("none", *LISTS)
NONE, VOLUME, TOOL = range(3)
#: What the model of the next product knows of a client, besides its sector.
FEATURES = ("products", "wallet_share", "sales_growth", "limit", "hours_12", "pd", "sold_12",
            "years")  # fmt: skip
#: Characteristics of the scorecard, columns of the panel of early warning.
CHARACTERISTICS = ("grade", "z", "quick", "use", "entries", "late", "turnover", "sector", "silent")
BANDS = 10
#: Points of a score: 600 at odds of 50 to 1, and 20 more double the odds.
SCORE, ODDS, DOUBLE = 600.0, 50.0, 20.0
SCORED = (12, 24)  # months of the clients that the scorecard is learned from


# ------------------------------------------------------------------------------- next product


@dataclass(frozen=True)
class Book:
    """Clients outside the trial at the end of a month, and what they bought in the year after.

    x: (client, feature), standard; sector, limit, hours (of visits, a year): (client,); free and
    bought: (client, product).
    """

    client: NDArray[np.intp]
    x: Array
    sector: NDArray[np.intp]
    limit: Array
    hours: Array
    free: NDArray[np.bool_]
    bought: NDArray[np.bool_]


def book(month: int, *, trial: bool = False) -> Book:
    """The living clients of `month`, with or without those of the trial."""
    from . import data

    shot = data.snapshot(month)
    keep = ~shot["ended"] & (shot["rating"] != "D") & (shot["limit"] > 0)
    shot = shot[keep & (trial | (shot["trial"] == 0))]
    client = shot.index.to_numpy()
    raw = np.stack([np.asarray(shot[k], float) for k in FEATURES], axis=1)
    for k in ("limit", "pd", "hours_12", "years"):
        raw[:, FEATURES.index(k)] = np.log(np.maximum(raw[:, FEATURES.index(k)], 0.0) + 0.01)
    middle = np.nanmean(raw, axis=0)
    spread = np.nanstd(raw, axis=0)
    events, contacts = data.table("outcomes"), data.table("contacts")
    sold = events[events["kind"] == "cross_sell"]
    number = {p: k for k, p in enumerate(PRODUCTS)}

    def table(rows: Any) -> NDArray[np.bool_]:
        rows = rows[rows["client"].isin(client)]
        found = np.zeros((len(client), len(PRODUCTS)), bool)
        found[np.searchsorted(client, rows["client"]), rows["product"].map(number).astype(int)] = 1
        return found

    visits = contacts[(contacts["kind"] == "visit") & (contacts["month"] <= month)
                      & (contacts["month"] > month - YEAR)]  # fmt: skip
    hours = visits.groupby("client")["hours"].sum().reindex(client).fillna(0.0)
    return Book(
        client=client,
        x=np.nan_to_num((raw - middle) / spread),
        sector=np.array([SECTORS.index(s) for s in shot["sector"]]),
        limit=shot["limit"].to_numpy(),
        hours=hours.to_numpy(),
        free=~table(sold[sold["month"] <= month]),
        bought=table(sold[(sold["month"] > month) & (sold["month"] <= month + YEAR)]),
    )


def design(b: Book) -> Array:
    """(client x product, column): sector x product, then the features of the client."""
    cell = b.sector[:, None] * len(PRODUCTS) + np.arange(len(PRODUCTS))
    one = np.eye(len(SECTORS) * len(PRODUCTS))[cell.ravel()]
    return np.hstack([one, np.repeat(b.x, len(PRODUCTS), axis=0)])


def next_product(known: int) -> Any:
    """The model fitted at the end of `known`: a function of a Book, chances (client, product).

    It learns from clients a year and two years before, whose year is over by then.
    """
    from sklearn.linear_model import LogisticRegression

    past = [book(m, trial=True) for m in range(known - YEAR, 11, -YEAR)]
    rows = np.vstack([design(b)[b.free.ravel()] for b in past])
    event = np.concatenate([b.bought[b.free] for b in past])
    model = LogisticRegression(C=0.3, tol=1e-8, max_iter=2000).fit(rows, event)

    def chances(b: Book) -> Array:
        p = model.predict_proba(design(b))[:, 1].reshape(b.free.shape)
        return np.where(b.free, p, 0.0)

    return chances


def rivals(known: int) -> dict[str, Any]:
    """Simple orders of products, (client, product) scores of a Book: by popularity, by sector, by
    what clients bought together."""
    past = [book(m, trial=True) for m in range(known - YEAR, 11, -YEAR)]
    bought = np.vstack([b.bought for b in past])
    sector = np.concatenate([b.sector for b in past])
    total = bought.sum(axis=0)
    of_sector = np.array([bought[sector == k].sum(axis=0) for k in range(len(SECTORS))])
    # clients that have bought one product before: what else do they buy?
    held = np.vstack([~b.free for b in past])
    pairs = held.T.astype(float) @ bought

    return {
        "popularity": lambda b: np.where(b.free, total, -1.0),
        "sector": lambda b: np.where(b.free, of_sector[b.sector] + total / total.sum(), -1.0),
        "together": lambda b: np.where(b.free, (~b.free) @ pairs + total / total.sum(), -1.0),
    }


def lottery() -> tuple[int, int, float, float]:
    """Sales and client-months of the trial: (sales in, sales out, months in, months out)."""
    from . import data

    seen, events = data.table("monitoring"), data.table("outcomes")
    drawn = data.table("clients").set_index("client")["trial"]
    inside = (seen["month"] >= TRIAL[0]) & (seen["month"] <= TRIAL[1]) & (seen["rating"] != "D")
    months = seen[inside]["client"].map(drawn).value_counts()
    sold = events[(events["kind"] == "cross_sell") & events["month"].between(*TRIAL)]
    count = sold["client"].map(drawn).value_counts()
    return int(count[1]), int(count[0]), float(months[1]), float(months[0])


def talks() -> dict[str, int]:
    """Does the topic of a talk sell? Talks and sales in the month, by topic; topics are random."""
    from . import data

    c = data.table("contacts")
    c = c[c["month"] <= TRIAL[1]]
    topic, sold = c["topic"].astype(str), c["sold"].astype(str)
    about = topic != "review"
    return {
        "talks_product": int(about.sum()),
        "talks_review": int((~about).sum()),
        "sold_product": int((sold[about] != "").sum()),
        "sold_review": int((sold[~about] != "").sum()),
        "sold_topic": int((sold[about] == topic[about]).sum()),
    }


# ------------------------------------------------------------------------------- scorecard


@dataclass(frozen=True)
class Card:
    """A scorecard. cuts: characteristic -> edges of its bins; woe, points: (bin,) with one more
    for what is missing; counts: (bin, 2) sound and defaulted."""

    cuts: dict[str, Array]
    woe: dict[str, Array]
    points: dict[str, Array]
    counts: dict[str, Array]
    coefficient: Array


def bins(x: Array, cuts: Array) -> NDArray[np.intp]:
    """Bin of each value; the last is for what is missing."""
    return np.where(np.isnan(x), len(cuts) + 1, np.digitize(x, cuts))


def _cuts(name: str, x: Array) -> Array:
    """Edges of bins: whole numbers where there are few, else thirds of what is known."""
    x = x[~np.isnan(x)]
    few = np.unique(x)
    if len(few) <= 6:
        return (few[1:] + few[:-1])[: 4 if name == "grade" else 1] / 2
    return np.unique(np.round(np.quantile(x, [0.1, 0.3, 0.7]), 2))


def scorecard(p: Any, names: Sequence[str] = CHARACTERISTICS) -> Card:
    """The card from the panel `p` of early warning, on the clients who pay in months SCORED."""
    from sklearn.linear_model import LogisticRegression

    t, who, bad = payers(p, SCORED)
    cuts, woe, counts = {}, {}, {}
    columns = []
    for name in names:
        x = p.x[name][t, who]
        cuts[name] = _cuts(name, x)
        at = bins(x, cuts[name])
        n = np.array([[(~bad & (at == k)).sum(), (bad & (at == k)).sum()]
                      for k in range(len(cuts[name]) + 2)], float)  # fmt: skip
        share = (n + 0.5) / (n.sum(axis=0) + 0.5 * len(n))
        woe[name] = np.where(n.sum(axis=1) > 0, np.log(share[:, 0] / share[:, 1]), 0.0)
        counts[name] = n
        columns.append(woe[name][at])
    x = np.stack(columns, axis=1)
    model = LogisticRegression(C=1.0, tol=1e-9, max_iter=1000).fit(x, bad)
    # a characteristic whose sign has turned tells nothing that the others do not
    b = np.minimum(model.coef_[0], 0.0)
    factor = DOUBLE / np.log(2.0)
    start = SCORE - factor * (np.log(ODDS) + model.intercept_[0])
    each = start / len(names)
    points = {k: np.round(each - factor * b[j] * woe[k]) for j, k in enumerate(names)}
    return Card(cuts, woe, points, counts, b)


def payers(p: Any, months: Sequence[int]) -> tuple[Any, Any, NDArray[np.bool_]]:
    """(month index, client index, default within twelve months) of those who pay."""
    t, who = [], []
    for month in months:
        here = np.flatnonzero(p.watched[month - p.months[0]])
        t.append(np.full(len(here), month - p.months[0]))
        who.append(here)
    at, client = np.concatenate(t), np.concatenate(who)
    ahead = p.default[client] - p.months[at]
    return at, client, (ahead > 0) & (ahead <= YEAR)


def score(card: Card, p: Any, at: Any) -> Array:
    """Points of the clients `at` (a mask or index over month, client) of the panel."""
    return sum(card.points[k][bins(p.x[k][at], card.cuts[k])] for k in card.cuts)


def said(points: Array) -> Array:
    """Chance of default within twelve months that a score stands for."""
    return 1 / (1 + ODDS * 2 ** ((np.asarray(points) - SCORE) / DOUBLE))


def reasons(card: Card, p: Any, at: tuple[int, int]) -> list[tuple[str, float, float, float]]:
    """Why a client has its points: (characteristic, value, points, points below the average of the
    clients learned from), the weightiest first. at: (month index, client index)."""
    rows = []
    for k in card.cuts:
        value = float(p.x[k][at])
        got = card.points[k][bins(np.array([value]), card.cuts[k])][0]
        n = card.counts[k].sum(axis=1)
        usual = float((n * card.points[k]).sum() / n.sum())
        rows.append((k, value, float(got), usual - float(got)))
    return sorted(rows, key=lambda row: -row[3])


def stability(share: Array, before: Array) -> Array:
    """Population stability index, sum over axis 0 of (p - q) ln(p / q); shares of bands."""
    return ((share - before) * np.log(share / before)).sum(axis=0)


def bands(points: Array) -> tuple[Array, Array]:
    """Edges of ten bands with as many clients each, and the shares of the bands."""
    edges = np.unique(np.quantile(points, np.arange(1, BANDS) / BANDS))
    return edges, shares(points, edges)


def shares(points: Array, edges: Array) -> Array:
    """Share of each band, half a client added to each so that none is empty."""
    n = np.bincount(np.digitize(points, edges), minlength=BANDS) + 0.5
    return n / n.sum()


# ------------------------------------------------------------------------------- what is stored


def fitted() -> dict[str, Any]:
    """Everything that the decision needs, as plain numbers and texts."""
    result = _lists()
    a, b, in_months, out_months = lottery()
    result["trial"] = {
        "sold_in": a,
        "sold_out": b,
        "uplift": round(a / in_months / (b / out_months) - 1, 4),
        "error": round(float(np.sqrt(1 / a + 1 / b)), 4),
        **talks(),
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
    from . import crm

    database = crm.build()
    unseen, theirs = database.execute(UNSEEN).fetchone()
    clients, all_ = database.execute(WHOLE).fetchone()
    return {"clients": clients, "unseen": unseen, "unseen_limit": round(theirs / all_, 4)}


def _lists() -> dict[str, Any]:
    sales: dict[str, list[Any]] = {"limit": [], "fold": [], **{k: [] for k in LISTS}}
    hours: dict[str, list[Array]] = {k: [] for k in LISTS}
    size, hits, said, came, buyers = [], {}, 0.0, 0, 0
    for fold, known in enumerate(FOLDS):
        b, model = book(known), next_product(known)
        p = model(b)
        order = {"volume": np.argsort(-b.limit, kind="stable"),
                 "tool": np.argsort(-p.sum(axis=1) * b.limit, kind="stable")}  # fmt: skip
        who, product = np.nonzero(b.bought)
        sales["limit"] += np.round(b.limit[who], 3).tolist()
        sales["fold"] += [fold] * len(who)
        for name, rows in order.items():
            place = np.empty(len(rows), int)
            place[rows] = np.arange(1, len(rows) + 1)
            sales[name] += place[who].tolist()
            hours[name].append(np.cumsum(b.hours[rows]))
        size.append(len(b.client))
        said, came = said + float(p.sum()), came + len(who)
        for name, rival in {"model": model, **rivals(known)}.items():
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
    from scipy.stats import rankdata

    from . import early_warning

    p = early_warning.panel()
    card = scorecard(p)
    t, who, _ = payers(p, SCORED)
    learned = score(card, p, (t, who))
    edges, before = bands(learned)
    plain = scorecard(p, [k for k in CHARACTERISTICS if k != "sector"])
    plain_edges, plain_before = bands(score(plain, p, (t, who)))
    sector = _sectors(p)
    months = [int(m) for m in p.months if m >= SCORED[0] + 1]
    drift: dict[str, list[float]] = {"month": months, "all": [], "plain": [], "mean": []}
    drift |= {k: [] for k in SECTORS} | {f"index_{k}": [] for k in SECTORS}
    drift |= {f"mean_{k}": [] for k in SECTORS}
    for month in months:
        i = month - p.months[0]
        here = np.flatnonzero(p.watched[i])
        points = score(card, p, (np.full(len(here), i), here))
        drift["all"].append(round(float(stability(shares(points, edges), before)), 4))
        now = shares(score(plain, p, (np.full(len(here), i), here)), plain_edges)
        drift["plain"].append(round(float(stability(now, plain_before)), 4))
        drift["mean"].append(round(float(points.mean()), 2))
        for k, name in enumerate(SECTORS):
            own = sector[here] == k
            was = shares(learned[sector[who] == k], edges)
            drift[name].append(round(float(stability(shares(points[own], edges), was)), 4))
            drift[f"mean_{name}"].append(round(float(points[own].mean()), 2))
            drift[f"index_{name}"].append(float(p.x["sector"][i, here[own]].mean().round(2)))
    years: dict[str, list[float]] = {k: [] for k in ("month", "said", "came", "area", "plain")}
    for month in (*SCORED, 36, 48):
        t1, w1, bad = payers(p, [month])
        points = score(card, p, (t1, w1))
        years["month"].append(month)
        years["said"].append(round(float(said(points).sum()), 1))
        years["came"].append(int(bad.sum()))
        for name, x in (("area", points), ("plain", score(plain, p, (t1, w1)))):
            rank, n = rankdata(-x), bad.sum()
            years[name].append(round(float((rank[bad].sum() - n * (n + 1) / 2)
                                           / (n * (~bad).sum())), 4))  # fmt: skip
    rng = np.random.Generator(np.random.PCG64(20260722))
    small = min(int((sector[who] == k).sum() / len(SCORED)) for k in range(len(SECTORS)))
    noise = [float(stability(shares(rng.choice(learned, small), edges), before))
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
        "drift": drift,
        "years": years,
        "psi_noise": round(float(np.quantile(noise, 0.95)), 4),
        "smallest_sector": small,
        "example": _example(card, p),
    }


def _sectors(p: Any) -> NDArray[np.intp]:
    from . import data

    names = data.table("clients").set_index("client")["sector"].reindex(p.clients)
    return np.array([SECTORS.index(s) for s in names])


def _example(card: Card, p: Any, month: int = 48) -> dict[str, Any]:
    """The client who pays in `month` and has the fewest points, with its reasons."""
    i = int(month - p.months[0])
    here = np.flatnonzero(p.watched[i])
    points = score(card, p, (np.full(len(here), i), here))
    who = int(here[np.argmin(points)])
    rows = reasons(card, p, (i, who))
    return {
        "client": int(p.clients[who]),
        "points": float(points.min()),
        "usual": round(float(points.mean()), 1),
        "reason": [row[0] for row in rows],
        "below": [round(row[3], 1) for row in rows],
        "defaulted": int(0 < p.default[who] - month <= YEAR),
    }


# ------------------------------------------------------------------------------- the decision


@dataclass(frozen=True)
class Tools(Record):
    """The assumptions; data/models/tools.toml gives unit, range and reason."""

    # the list
    listed: int
    uplift: float
    uplift_error: float
    product_income: float
    keep: float
    hour_cost: float
    # the tool
    build_cost: float
    run_cost: float
    managers: int
    hours_saved: float
    used: float
    weeks: int
    effect_spread: float
    # what the owners ask
    hurdle: float
    tax: float
    # what is shown first
    view: str


def assumptions(path: str | Path | None = None) -> Tools:
    """The base case, or your own file of the same form (see data/README.md)."""
    return load(Tools, "tools", path, folder="models")


@dataclass(frozen=True)
class Tables:
    """The fitted tables as arrays. limit: of the client of each sale (sale,); place: of that client
    in each list (list, sale); hours: of visits of the first k x STEP clients, (list, k)."""

    limit: Array
    place: NDArray[np.intp]
    hours: Array
    clients: int


@lru_cache(maxsize=8)
def _tables(path: Path) -> Tables:
    fit = load(Tools, "tools", path, folder="models").spec.words["fit"]
    return Tables(
        limit=np.array(fit["sales"]["limit"]),
        place=np.array([fit["sales"][k] for k in LISTS]),
        hours=np.array([fit["hours"][k] for k in LISTS]),
        clients=fit["clients"],
    )


def tables(a: Tools) -> Tables:
    """What the fit left in the file of these assumptions."""
    return _tables(a.spec.path)


def sample(a: Tools, n: int, seed: int) -> Draws:
    """n other histories as uniforms in [0, 1): weights (n, sale) of a Bayesian bootstrap of the
    sales, uplift (n,) of what the trial measured, saving (n,) of the hours that a tool saves."""
    n, random = source(n, seed)
    return {
        "weight": random((n, len(tables(a).limit))),
        "uplift": random(n),
        "saving": random(n),
    }


def simulate(a: Tools, d: Draws | None = None, keep: Sequence[str] | None = None) -> Result:
    """Five years: no list, the list by volume, the list of the tool with its cost.

    A single run takes the test as it was; many weigh each sale anew and draw the uplift within the
    error of the trial and the hours saved within `effect_spread`.
    """
    if d is None:
        return _run(a, None, None)
    given = np.shape(d.get("weight"))
    if len(given) == 2 and given[1] != len(tables(a).limit):
        raise AssumptionError(
            f"draws for {given[1]} sales are not allowed; {len(tables(a).limit)} are "
            "(sample again with these assumptions)"
        )
    return many(partial(_run, a), sample(a, 1, 0), d, keep)


def stock(a: Tools) -> tuple[Array, float]:
    """What CNY 1 of yearly income, sold in each of five years, pays in year 0..5, and the present
    value at the end of what it pays later, for as long as clients stay."""
    held = np.cumsum(a.keep ** np.arange(YEARS))  # run rate at the end of each year
    paid = np.concatenate([[0.0], held - 0.5])
    return paid, float(held[-1] * a.keep / (1 + a.hurdle - a.keep))


def saving(a: Tools) -> float:
    """Money a year for the hours that a tool saves and that are put to use."""
    return a.managers * a.weeks * a.hours_saved * a.used * a.hour_cost


def _run(a: Tools, d: Draws | None, keep: Sequence[str] | None) -> Result:
    t = tables(a)
    n = 1 if d is None else len(d["uplift"])
    weight = np.ones((len(t.limit), 1)) if d is None else -np.log1p(-d["weight"].T)
    uplift, save = np.full(1, a.uplift), np.ones(1)
    if d is not None:
        uplift = (1 + a.uplift) * lognormal(d["uplift"], a.uplift_error) - 1
        save = 1 + a.effect_spread * (2 * d["saving"] - 1)

    # sales one by one, in one order however many scenarios there are
    side, who = np.nonzero(t.place <= length(a))
    income, count = np.zeros((3, n)), np.zeros((3, n))
    np.add.at(income, side + 1, weight[who] * t.limit[who][:, None] / len(FOLDS))
    np.add.at(count, side + 1, weight[who] / len(FOLDS))
    fresh = uplift * a.product_income * income  # yearly income of what is sold in a year
    hours = np.concatenate([[0.0], t.hours[:, _at(a, t)]])

    zero = np.zeros((YEARS + 1, 3, n))
    year = np.arange(YEARS + 1) > 0
    paid, tail = stock(a)
    lines = {k: zero.copy() for k in ("products", "run_off", "visits", "time", "build", "run")}
    lines["products"] += paid[:, None, None] * fresh
    lines["run_off"][-1] += tail * fresh
    lines["visits"][year] -= (a.hour_cost * hours)[:, None]
    lines["time"][year, TOOL] += saving(a) * save
    lines["build"][0, TOOL] -= a.build_cost
    lines["run"][year, TOOL] -= a.run_cost
    before = sum(lines.values())
    lines["tax"] = -a.tax * before
    lines["gain_line"] = before + lines["tax"]
    lines["extra"] = zero.copy()
    lines["extra"][year] += uplift * count
    lines["hours"] = zero.copy()
    lines["hours"][year] += hours[:, None]

    value = _worth(a, lines["gain_line"])
    annuity = _annuity(a)
    best = ladder(a)
    total = np.cumsum(lines["gain_line"], axis=0)
    ahead = total[1:] > 0
    first = np.where(ahead.any(axis=0), ahead.argmax(axis=0) + 1, -1)
    cost = -_worth(a, lines["visits"] + lines["build"] + lines["run"]) / annuity
    metrics = {
        "value": value,
        "gain_year": value / annuity,
        "over_volume": (value - value[VOLUME]) / annuity,
        "income_year": fresh,
        "extra_year": uplift * count,
        "hours_year": hours[:, None],
        "cost_year": cost,
        "list_share": income / np.maximum(sum(weight[i] * t.limit[i] for i in range(len(t.limit)))
                                          / len(FOLDS), 1e-12),
        "pays": value > 0,
        "best_listed": np.array([[np.nan], *best["best"][:, None]]),
        "best_gain": np.array([[0.0], *best["best_gain"][:, None]]),
        "break_even_hours": np.array([[np.nan], [np.nan], [break_even_hours(a)]]),
    }  # fmt: skip
    return Result(
        assumptions=a,
        chosen=a.view,
        alternatives=ALTERNATIVES,
        single=d is None,
        all_lines=lines if d is None else {k: lines[k] for k in keep or () if k in lines},
        all_metrics=metrics,
        all_events={"pays_back": first},
        checks=_checks(a, t, lines, metrics, weight, uplift, save),
        largest_balance=max(float(np.abs(lines["products"]).max()), a.build_cost, 1.0),
        scenarios=n,
    )


def length(a: Tools) -> int:
    """Clients on the list: whole steps of it."""
    return STEP * (_at(a, tables(a)) + 1)


def _at(a: Tools, t: Tables) -> int:
    """Index of the list's length in the tables."""
    return min(max(a.listed // STEP, 1), t.hours.shape[1]) - 1


def _worth(a: Tools, x: Array) -> Array:
    """Present value at the hurdle of a line, (year, list, scenario) -> (list, scenario)."""
    factor = (1 + a.hurdle) ** -np.arange(YEARS + 1.0)
    return sum(factor[k] * x[k] for k in range(YEARS + 1))


def _annuity(a: Tools) -> float:
    return float(timevalue.present_value(a.hurdle, np.ones(YEARS), np.arange(1.0, YEARS + 1)))


def _checks(
    a: Tools, t: Tables, lines: dict[str, Array], metrics: dict[str, Array], weight: Array,
    uplift: Array, save: Array,
) -> dict[str, float]:  # fmt: skip
    parts = [k for k, s in a.spec.words["lines"].items() if s["view"] == "lender"]
    annuity = _annuity(a)
    paid, tail = stock(a)
    years = np.arange(YEARS + 1.0)
    unit = float(timevalue.present_value(a.hurdle, paid, years)) + tail / (1 + a.hurdle) ** YEARS
    straight = []
    for k in range(len(LISTS)):
        on = t.place[k] <= length(a)
        sold = (weight * (t.limit * on)[:, None]).sum(axis=0) / len(FOLDS)
        gain = unit * uplift * a.product_income * sold - annuity * a.hour_cost * t.hours[
            k, _at(a, t)]  # fmt: skip
        if k + 1 == TOOL:
            gain = gain + annuity * (saving(a) * save - a.run_cost) - a.build_cost
        straight.append((1 - a.tax) * gain)
    # a product sold in year j pays half a year, and then what is kept of it
    each = [sum(a.keep ** (y - j) for j in range(1, y + 1)) - 0.5 for y in range(1, YEARS + 1)]
    ledger = np.array([0.0, *each])[:, None, None] * metrics["income_year"]
    best, single = metrics["best_gain"], weight.shape[1] == 1
    return {
        "statement_foots": residual(sum(lines[k] for k in parts[:-1]) - lines[parts[-1]]),
        "sale_by_sale": residual(np.array(straight) - metrics["value"][1:]),
        "products_kept": residual(ledger - lines["products"]),
        "no_list_does_nothing": residual(*(lines[k][:, NONE] for k in lines)),
        "only_the_tool_costs": residual(*(lines[k][:, :TOOL] for k in ("build", "run", "time"))),
        "best_is_best": residual(
            np.maximum(metrics["gain_year"] - np.maximum(best, 0.0), 0.0)[1:] if single else 0.0
        ),
    }


def ladder(a: Tools) -> dict[str, Array]:
    """Every length of both lists on the test as it was, (list, k): listed, gain a year, bought.

    The tool's with its cost; list_gain without it, and without the hours it saves. best,
    best_gain: (list,), zero and NaN if none earns anything.
    """
    t = tables(a)
    listed = STEP * np.arange(1, t.hours.shape[1] + 1)
    limits = np.stack([
        np.cumsum(np.bincount((p - 1) // STEP, t.limit, len(listed) + 60))[: len(listed)]
        for p in t.place
    ])  # fmt: skip
    paid, tail = stock(a)
    annuity = _annuity(a)
    unit = float(_worth(a, paid)) + tail / (1 + a.hurdle) ** YEARS
    fresh = a.uplift * a.product_income * limits / len(FOLDS)
    pure = (1 - a.tax) * (unit * fresh / annuity - a.hour_cost * t.hours)
    own = (1 - a.tax) * (saving(a) - a.run_cost - a.build_cost / annuity)
    gain = pure + np.array([[0.0], [own]])
    at, rows = gain.argmax(axis=1), np.arange(len(LISTS))
    good = gain[rows, at] > 0
    return {
        "listed": listed,
        "gain": gain,
        "list_gain": pure,
        "bought": limits / t.limit.sum(),
        "best": np.where(good, listed[at], np.nan),
        "best_gain": np.where(good, gain[rows, at], 0.0),
    }


def break_even_hours(a: Tools) -> float:
    """Hours a week that each manager must gain for the tool to beat the list by volume, at the
    length that stands; NaN if hours are worth nothing."""
    x = ladder(a)
    at = _at(a, tables(a))
    short = x["gain"][0, at] - x["gain"][1, at]
    each = (1 - a.tax) * a.managers * a.weeks * a.used * a.hour_cost
    return float(a.hours_saved + short / each) if each > 1e-9 else np.nan


# ------------------------------------------------------------------------------- what it says

#: Histories drawn for an interval.
HISTORIES = 4000
#: PSI at which drift raises an alarm: a choice, far above what chance alone makes.
ALARM = 0.25


def _shown(r: Result) -> Result:
    return r


@lru_cache(maxsize=8)
def _ensemble(a: Tools, n: int, seed: int) -> Result:
    return simulate(a, sample(a, n, seed))


def ensemble(r: Result, n: int = HISTORIES, seed: int = 20260723) -> Result:
    """Many histories of the same assumptions, all lists on the same draws."""
    return _ensemble(r.assumptions, n, seed)


def explorer(r: Result) -> dict[str, Any]:
    """The ladder, and the gain summed up by years, discounted, of each list: (list, year)."""
    a = r.assumptions
    factor = (1 + a.hurdle) ** -np.arange(YEARS + 1.0)
    by_year = np.cumsum(r.all_lines["gain_line"][..., 0] * factor[:, None], axis=0).T
    return ladder(a) | {"by_year": by_year[1:]}


def hits(r: Result) -> dict[str, list[float]]:
    """Share of buyers whose product is among the first k proposed, by order of proposing."""
    return r.assumptions.spec.words["fit"]["hits"]


def trial(r: Result) -> dict[str, float]:
    """What chance shows about visits and about topics: uplift and its 90% interval; sales for each
    hundred talks about a product and reviews, each with a 90% interval; share sold on topic."""
    t = r.assumptions.spec.words["fit"]["trial"]
    z = float(norm_ppf(0.95))
    result = {
        "uplift": t["uplift"],
        "low": (1 + t["uplift"]) * np.exp(-z * t["error"]) - 1,
        "high": (1 + t["uplift"]) * np.exp(z * t["error"]) - 1,
        "on_topic": t["sold_topic"] / t["sold_product"],
    }
    for k in ("product", "review"):
        rate = t[f"sold_{k}"] / t[f"talks_{k}"]
        half = z * np.sqrt(rate / t[f"talks_{k}"])
        result |= {k: rate, f"{k}_low": rate - half, f"{k}_high": rate + half}
    ratio = result["product"] / result["review"]
    error = np.sqrt(1 / t["sold_product"] + 1 / t["sold_review"])
    return result | {
        "topic": ratio - 1,
        "topic_low": ratio * np.exp(-z * error) - 1,
        "topic_high": ratio * np.exp(z * error) - 1,
    }


def why(r: Result) -> dict[str, Any]:
    """The client with the fewest points, and what each characteristic takes from it."""
    return r.assumptions.spec.words["fit"]["example"]


def drift(r: Result) -> dict[str, Any]:
    """PSI by month, whole book, card with and without the sector index; and the sector that has
    fallen furthest: its name, index and mean points by month."""
    d = r.assumptions.spec.words["fit"]["drift"]
    fall = {k: max(d[f"index_{k}"]) - min(d[f"index_{k}"]) for k in SECTORS}
    name = max(fall, key=lambda k: fall[k])
    return {
        "month": np.array(d["month"]),
        "all": np.array(d["all"]),
        "plain": np.array(d["plain"]),
        "sector": name,
        "index": np.array(d[f"index_{name}"]),
        "points": np.array(d[f"mean_{name}"]),
        "noise": r.assumptions.spec.words["fit"]["psi_noise"],
    }


def gains(r: Result) -> dict[str, Any]:
    """Gain a year of both lists, and of the tool over the list by volume, with 90% intervals.

    list_: the tool's list alone, without the tool's cost and the hours it saves.
    """
    a = r.assumptions
    many = ensemble(r)
    free = a.replace(build_cost=0.0, run_cost=0.0, hours_saved=0.0)
    pure = ensemble(simulate(free))
    x, y = many.all_metrics, pure.all_metrics
    rows = {
        "volume": (r.alternative("volume").metrics["gain_year"], x["gain_year"][VOLUME]),
        "tool": (r.alternative("tool").metrics["gain_year"], x["gain_year"][TOOL]),
        "over": (r.alternative("tool").metrics["over_volume"], x["over_volume"][TOOL]),
        "pure": (
            simulate(free).alternative("tool").metrics["over_volume"], y["over_volume"][TOOL],
        ),
    }  # fmt: skip
    return {
        k: {
            "expected": middle,
            "low": float(np.quantile(all_, 0.05)),
            "high": float(np.quantile(all_, 0.95)),
            "sure": float((all_ > 0).mean()),
        }
        for k, (middle, all_) in rows.items()
    }


def findings(r: Result) -> dict[str, float]:
    """The numbers that the chapter states, each with its unit in the file of the model."""
    a = r.assumptions
    fit, g, lot, d = a.spec.words["fit"], gains(r), trial(r), drift(r)
    best = ladder(a)
    volume, tool = r.alternative("volume"), r.alternative("tool")
    over = d["all"] > ALARM
    calm = d["month"] <= 24
    deep = int(np.argmin(d["points"]))
    high = int(np.argmax(d["points"]))
    years = {m: k for k, m in enumerate(fit["years"]["month"])}
    result = {
        "histories": float(HISTORIES),
        "clients": float(fit["clients"]),
        "sales": float(fit["came"]),
        "said": float(fit["said"]),
        "crm_clients": float(fit["crm"]["clients"]),
        "unseen": float(fit["crm"]["unseen"]),
        "unseen_limit": fit["crm"]["unseen_limit"],
        "hit_model": fit["hits"]["model"][1],
        "hit_sector": fit["hits"]["sector"][1],
        "hit_popularity": fit["hits"]["popularity"][1],
        "hit_together": fit["hits"]["together"][1],
        **{f"trial_{k}": float(v) for k, v in lot.items()},
        "best_volume": float(best["best"][0]),
        "best_volume_gain": float(best["best_gain"][0]),
        "best_list": float(best["listed"][best["list_gain"][1].argmax()]),
        "best_list_gain": float(best["list_gain"][1].max()),
        "pure_tool": float(best["list_gain"][1, _at(a, tables(a))]),
        "saving": saving(a),
        "break_even_hours": tool.metrics["break_even_hours"],
        "volume_share": volume.metrics["list_share"],
        "tool_share": tool.metrics["list_share"],
        "example_points": float(fit["example"]["points"]),
        "example_usual": float(fit["example"]["usual"]),
        "psi_calm": float(d["all"][calm].max()),
        "psi_worst": float(d["all"].max()),
        "psi_plain": float(d["plain"].max()),
        "psi_noise": float(d["noise"]),
        "psi_alarm": ALARM,
        "first_alarm": float(d["month"][over.argmax()]) if over.any() else -1.0,
        "points_before": float(d["points"][high]),
        "points_after": float(d["points"][deep]),
        "odds_fall": float(2 ** ((d["points"][high] - d["points"][deep]) / DOUBLE)),
        "area_first": fit["years"]["area"][years[24]],
        "area_last": fit["years"]["area"][years[48]],
        "said_last": fit["years"]["said"][years[48]],
        "came_last": float(fit["years"]["came"][years[48]]),
        "said_first": fit["years"]["said"][years[24]],
        "came_first": float(fit["years"]["came"][years[24]]),
    }
    for k, row in g.items():
        result |= {f"{k}_{name}": value for name, value in row.items()}
    return result


#: Name of a figure -> what it is drawn from; the drawing is in casebook.charts.tools.
FIGURES = {
    "explorer": explorer,
    "hits": hits,
    "trial": trial,
    "why": why,
    "drift": drift,
    "gains": gains,
}

figure = drawer("tools", FIGURES)


def main() -> int:
    """Fit, and put the tables into the file of the model."""
    from .early_warning import write_fit

    write_fit(FILE, fitted(), MARK)
    print(f"{FILE.name}: fitted")
    return 0


if __name__ == "__main__":
    sys.exit(main())

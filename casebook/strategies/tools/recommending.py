"""What a client buys next: the book at the end of a month, a model, its rivals, two lotteries.

Fitting needs pandas and scikit-learn, which are imported where they are used.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...bank import PRODUCTS, SECTORS
from ...shape import Array
from ...timevalue import MONTHS_A_YEAR
from .record import FEATURES, TRIAL


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
    from ...bank import tables

    shot = tables.snapshot(month)
    keep = ~shot["ended"] & (shot["rating"] != "D") & (shot["limit"] > 0)
    shot = shot[keep & (trial | (shot["trial"] == 0))]
    client = shot.index.to_numpy()
    raw = np.stack([np.asarray(shot[k], float) for k in FEATURES], axis=1)
    for k in ("limit", "pd", "hours_12", "years"):
        raw[:, FEATURES.index(k)] = np.log(np.maximum(raw[:, FEATURES.index(k)], 0.0) + 0.01)
    middle = np.nanmean(raw, axis=0)
    spread = np.nanstd(raw, axis=0)
    events, contacts = tables.table("outcomes"), tables.table("contacts")
    sold = events[events["kind"] == "cross_sell"]
    number = {p: k for k, p in enumerate(PRODUCTS)}

    def table(rows: Any) -> NDArray[np.bool_]:
        """Sales as (client, product)."""
        rows = rows[rows["client"].isin(client)]
        found = np.zeros((len(client), len(PRODUCTS)), bool)
        found[np.searchsorted(client, rows["client"]), rows["product"].map(number).astype(int)] = 1
        return found

    visits = contacts[(contacts["kind"] == "visit") & (contacts["month"] <= month)
                      & (contacts["month"] > month - MONTHS_A_YEAR)]  # fmt: skip
    hours = visits.groupby("client")["hours"].sum().reindex(client).fillna(0.0)
    return Book(
        client=client,
        x=np.nan_to_num((raw - middle) / spread),
        sector=np.array([SECTORS.index(s) for s in shot["sector"]]),
        limit=shot["limit"].to_numpy(),
        hours=hours.to_numpy(),
        free=~table(sold[sold["month"] <= month]),
        bought=table(sold[(sold["month"] > month) & (sold["month"] <= month + MONTHS_A_YEAR)]),
    )


def design(clients: Book) -> Array:
    """(client x product, column): sector x product, then the features of the client."""
    cell = clients.sector[:, None] * len(PRODUCTS) + np.arange(len(PRODUCTS))
    one = np.eye(len(SECTORS) * len(PRODUCTS))[cell.ravel()]
    return np.hstack([one, np.repeat(clients.x, len(PRODUCTS), axis=0)])


def next_product(known: int) -> Callable[[Book], Array]:
    """The model fitted at the end of `known`: a function of a Book, chances (client, product).

    It learns from clients a year and two years before, whose year is over by then.
    """
    from sklearn.linear_model import LogisticRegression

    past = [book(m, trial=True) for m in range(known - MONTHS_A_YEAR, 11, -MONTHS_A_YEAR)]
    rows = np.vstack([design(b)[b.free.ravel()] for b in past])
    event = np.concatenate([b.bought[b.free] for b in past])
    model = LogisticRegression(C=0.3, tol=1e-8, max_iter=2000).fit(rows, event)

    def chances(clients: Book) -> Array:
        """Of a sale within twelve months; none of what a client holds."""
        chance = model.predict_proba(design(clients))[:, 1].reshape(clients.free.shape)
        return np.where(clients.free, chance, 0.0)

    return chances


def rivals(known: int) -> dict[str, Callable[[Book], Array]]:
    """Simple orders of products: name -> a function of a Book, scores (client, product).

    By popularity, by sector, and by what clients bought together; fitted as `next_product` is.
    """
    past = [book(m, trial=True) for m in range(known - MONTHS_A_YEAR, 11, -MONTHS_A_YEAR)]
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
    from ...bank import tables

    seen, events = tables.table("monitoring"), tables.table("outcomes")
    drawn = tables.table("clients").set_index("client")["trial"]
    inside = (seen["month"] >= TRIAL[0]) & (seen["month"] <= TRIAL[1]) & (seen["rating"] != "D")
    months = seen[inside]["client"].map(drawn).value_counts()
    sold = events[(events["kind"] == "cross_sell") & events["month"].between(*TRIAL)]
    count = sold["client"].map(drawn).value_counts()
    return int(count[1]), int(count[0]), float(months[1]), float(months[0])


def talks() -> dict[str, int]:
    """Does the topic of a talk sell? Talks and sales in the month, by topic; topics are random."""
    from ...bank import tables

    c = tables.table("contacts")
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

"""Write the synthetic bank: `python -m casebook.bank.generate [--out FOLDER] …`.

A monthly simulation with its own random numbers (PCG64 uniforms, mapped here), written as CSV with
fixed digits, so that the same arguments give the same bytes on every machine.

Each month, in this order, every draw fresh and in a block of its own, so that a shorter run is the
beginning of a longer one and nothing can know the future:
    the cycle of each sector; moves between the true types; the quality of each client,
        l_t = level (drifts to that of its type by `drift` a month) + noise with memory - cycle,
        default intensity = exp(l_t) a year;
    payments: a client stops with chance intensity / 12 / P(not cured); each month it may pay up;
        beyond 90 days it is in default, and its recovery comes in two payments;
    contacts; leaving, early repayment, sales of products (less, or more, the more contact);
    loans repaid and renewed; statements of the quarter, known two months later; the rating.
The visible tables hold what a bank sees in the month. The truth is a file of its own.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import _whole, credit
from ..distributions import normal, pick
from ..typology import GROWTH, PROBLEM, TRANSACTIONAL, TYPES
from ..words import DATA
from .record import GRADES, PRODUCTS, SECTORS, Bank, assumptions, monthly, paths, taste

Array = NDArray[Any]
Table = dict[str, Array]

HOME = DATA / "portfolio"
SEED = 20260601
TABLES = ("clients", "facilities", "monitoring", "contacts", "outcomes")
REGIONS = ("coast", "centre", "west")
#: Sectors that hold no stock: days of stock are missing.
STOCKLESS = (2, 4)
KINDS = ("visit", "call", "seminar")
LINE, TERM = "line", "term"
#: Months that a new term loan runs, shortest and longest, by the type a client started from.
TERMS = np.array([[48, 108], [12, 36], [24, 48]])
CCC, DEFAULTED = 4, 5
#: Months without payment after which a client is more than 90 days late.
STOPPED = 4
#: Months from a quarter's end until its statements are known.
LAG = 2
#: What a quarter's statements say.
STATEMENT = ("sales_growth", "dso", "dio", "quick", "cover", "dscr", "z")
#: Months back that the quality lies which a rating is based on.
RATED = 3

_STATIC = (
    "type", "origin", "sector", "region", "volume", "years", "wallet", "growth", "dependence",
    "use", "manager", "trial", "response", "warmth", "quality", "grade", "secured", "turnover",
    "has_line", "has_term", "term", "age", "covenant", "collateral", "missing", "line_month",
    *(f"own{k}" for k in range(6)), *(f"noise{k}" for k in range(7)),
    *(f"holds{k}" for k in range(len(PRODUCTS))),
)  # fmt: skip
_MONTHLY = (
    "move", "quality", "stop", "cure", "late", "day", "visit", "call", "seminar", "hours", "topic",
    "leave", "sell", "product", "match", "prepay", "renew", "amount", "use", "turnover", "growth",
    "court", "tax", "missing", "grade", "recovery", "workout", "first",
    *(f"noise{k}" for k in range(7)),
)  # fmt: skip


def arrivals(a: Bank, months: int) -> Array:
    """Clients that have ever been on the books, by month 1..months (index 0 is month 1)."""
    new: Array = np.floor(a.new_clients * a.clients / 12 * np.arange(months)).astype(int)
    return a.clients + new


class Simulation:
    """The whole book, month by month: `run` gives its tables.

    Its methods take `a` the assumptions, `d` the uniforms of the month, name -> (client,), and
    `book` the state, name -> (client,): views, so that what a method sets there stays. Clients are
    rows in the order of their coming, number 1 in row 0.
    """

    def __init__(self, a: Bank, months: int, seed: int) -> None:
        self.a, self.months = a, months
        self.random = np.random.Generator(np.random.PCG64(seed)).random
        self.counts = arrivals(a, months)
        self.n = 0  # on the books so far
        self.size = int(self.counts[-1])
        self.book: Table = {}
        self.cycle = np.zeros(1 + len(SECTORS))
        self.move = monthly(paths(a))
        self.taste = taste(a)
        self.log_pd = np.log(np.array(a.pd))
        grades = np.log(np.array(a.grade_pd))
        self.cuts = (grades[1:] + grades[:-1]) / 2
        self.stay_bad = (1 - a.cure) ** (STOPPED - 1)
        self.rows: dict[str, list[Table]] = {name: [] for name in (*TABLES, "hidden")}
        self.facilities = 0

    def _draw(self, names: Sequence[str], n: int) -> Table:
        """Fresh uniforms, name -> (n,)."""
        return dict(zip(names, self.random((len(names), n)), strict=True))

    def _row(self, table: str, **columns: Any) -> None:
        """Rows of a table; a column that is one value is the same for all of them."""
        n = max(np.size(c) for c in columns.values())
        if n:
            self.rows[table].append({k: np.broadcast_to(c, n) for k, c in columns.items()})

    def run(self) -> dict[str, Table]:
        """All months; table -> column -> array, empty for a table without rows."""
        for month in range(1, self.months + 1):
            self._month(month)
        joined = {
            name: {k: np.concatenate([part[k] for part in parts]) for k in parts[0]}
            for name, parts in self.rows.items()
            if parts
        }
        return {name: joined.get(name, {}) for name in self.rows}

    # ------------------------------------------------------------------- who comes

    def _arrive(self, month: int) -> None:
        """The clients who come this month, and their first loans; month 1 opens the books."""
        first, last = self.n, int(self.counts[month - 1])
        if first == last:
            return
        d = self._draw(_STATIC, last - first)
        new = self._newcomers(month, d)
        self._first_loans(month, d, new)
        self._first_standing(d, new)
        for name, values in new.items():
            if name not in self.book:
                self.book[name] = np.zeros((self.size, *values.shape[1:]), values.dtype)
            self.book[name][first:last] = values
        self.n = last
        at = np.arange(first, last)
        self._row(
            "clients",
            client=at + 1,
            joined=month,
            since=new["since"],
            sector=np.array(SECTORS)[new["sector"]],
            region=np.array(REGIONS)[new["region"]],
            sales=np.round(new["sales"], 1),
            manager=new["manager"] + 1,
            trial=new["trial"].astype(int),
        )
        self._sign(month, at[new["line"] > 0], LINE)
        self._sign(month, at[new["amount"] > 0], TERM)

    def _newcomers(self, month: int, d: Table) -> Table:
        """Who they are: type and origin, business, manager, products, each (client,)."""
        a, opening = self.a, month == 1
        n = len(d["type"])
        kind = pick(a.mix if opening else a.entry, d["type"])
        origin = np.where(kind == PROBLEM, pick(a.origin, d["origin"]), kind)

        def of(values: Sequence[float], at: Array = kind) -> Array:
            return np.array(values)[at]

        new: Table = {"kind": kind, "origin": origin}
        new["sector"] = np.minimum((d["sector"] * len(SECTORS)).astype(int), len(SECTORS) - 1)
        new["region"] = np.minimum((d["region"] * len(REGIONS)).astype(int), len(REGIONS) - 1)
        new["volume"] = of(a.volume, origin) * np.exp(a.volume_spread * normal(d["volume"]))
        age = np.ceil(12 * of(a.years) * np.exp(0.6 * normal(d["years"]))) if opening else 0
        new["since"] = month - np.asarray(age + np.zeros(n)).astype(int)
        new["joined"] = np.full(n, month)
        new["wallet"] = np.clip(of(a.wallet) + 0.10 * normal(d["wallet"]), 0.02, 0.95)
        spread = np.where(kind == GROWTH, 0.15, 0.06)
        new["own_growth"] = spread * normal(d["growth"])
        new["bank_share"] = np.clip(of(a.dependence) + 0.15 * normal(d["dependence"]), 0.05, 1.0)
        new["base_use"] = np.clip(0.5 + 0.15 * normal(d["use"]), 0.05, 0.9)
        new["manager"] = (d["manager"] * a.managers).astype(int)
        new["trial"] = d["trial"] < a.trial_share
        new["response"] = 1 + a.response_spread * (2 * d["response"] - 1)
        new["warmth"] = normal(d["warmth"])
        new["x"] = normal(d["quality"])
        new["level"] = self.log_pd[kind]
        new["normal_level"] = self.log_pd[origin]
        new["secured"] = d["secured"] < 0.6
        new["covenant"] = d["covenant"] < 0.5
        new["collateral"] = 0.8 + 0.8 * d["collateral"]
        new["sales"] = new["volume"] * (2.0 + 2.0 * d["turnover"])
        for k in range(6):
            new[f"own{k}"] = normal(d[f"own{k}"])
        chance = of(a.products)[:, None] * self.taste[new["sector"]]
        new["holds"] = np.stack([d[f"holds{k}"] for k in range(len(PRODUCTS))], axis=1) < chance
        return new

    def _first_loans(self, month: int, d: Table, new: Table) -> None:
        """What they owe when they come: a line, a term loan or both; adds to `new`, each (client,).

        The loans of the first month have run for a while already.
        """
        a, opening = self.a, month == 1
        n, origin = len(new["kind"]), new["origin"]
        has_term = d["has_term"] < np.where(origin == TRANSACTIONAL, 0.55, 0.9)
        has_line = (d["has_line"] < 0.85) | ~has_term
        share = np.where(
            has_term & has_line, np.array(a.line_share)[origin], np.where(has_line, 1.0, 0.0)
        )
        new["line"] = np.round(share * new["volume"], 3)
        new["amount"] = np.round((1 - share) * new["volume"], 3)
        low, high = TERMS[origin].T
        new["term_months"] = (low + np.floor(d["term"] * (high - low + 1))).astype(int)
        gone = np.floor(d["age"] * new["term_months"]).astype(int) if opening else np.zeros(n, int)
        new["term_start"] = month - gone
        new["balance"] = np.round(new["amount"] * (1 - gone / new["term_months"]), 3)
        gone = np.floor(12 * d["line_month"]).astype(int) if opening else np.zeros(n, int)
        new["line_start"] = month - gone
        new["line_sales"] = new["sales"]

    def _first_standing(self, d: Table, new: Table) -> None:
        """How they stand when they come: quality, rating, rates, statements; adds to `new`."""
        a, n = self.a, len(new["kind"])
        for name in ("stopped", "day", "recovery_1", "recovery_2", "default_month"):
            new[name] = np.zeros(n, int)
        new["alive"], new["default"] = np.ones(n, bool), np.zeros(n, bool)
        for name in ("hours", "ead", "left", "recovered", "court", "tax"):
            new[name] = np.zeros(n)
        new["use"] = new["base_use"].copy()
        new["ell"] = new["level"] + a.quality_spread * new["x"]
        new |= {f"ell_{k}": new["ell"] for k in range(1, RATED + 1)}
        new["rating"] = np.searchsorted(self.cuts, new["ell"] + a.grade_noise * normal(d["grade"]))
        base = a.lpr + np.array(a.spread)[new["origin"]] + 0.002 * (new["rating"] - 2)
        new["line_rate"] = np.round(base, 4)
        new["term_rate"] = np.round(base + 0.001 * (new["term_months"] > 36), 4)
        noise = np.stack([normal(d[f"noise{k}"]) for k in range(7)])
        known = self._statement(new, noise, d["missing"])
        new |= {f"known_{k}": v for k, v in known.items()}
        new |= {f"next_{k}": v.copy() for k, v in known.items()}

    def _sign(self, month: int, who: Array, kind: str) -> None:
        """A new facility of each of `who`, rows of the book: LINE or TERM."""
        book = self.book
        line = kind == LINE
        amount = book["line" if line else "amount"][who]
        number = self.facilities + 1 + np.arange(len(who))
        self.facilities += len(who)
        secured = book["secured"][who]
        self._row(
            "facilities",
            facility=number,
            client=who + 1,
            kind=np.full(len(who), kind),
            booked=np.full(len(who), month),
            start=book["line_start" if line else "term_start"][who],
            months=np.full(len(who), 12) if line else book["term_months"][who],
            amount=amount,
            rate=book["line_rate" if line else "term_rate"][who],
            secured=secured.astype(int),
            collateral=np.round(np.where(secured, book["collateral"][who] * amount, 0.0), 2),
            covenant=book["covenant"][who].astype(int),
        )

    # ------------------------------------------------------------------- a month

    def _month(self, month: int) -> None:  # noqa: PLR0915 - a month told in the order of its events
        """One month, in the order of this file's first lines; its rows go to the tables."""
        a = self.a
        world = normal(self.random(1 + len(SECTORS)))
        keep = a.cycle_memory if month > 1 else 0.0
        self.cycle = keep * self.cycle + np.sqrt(1 - keep**2) * world
        self._arrive(month)
        n, d = self.n, self._draw(_MONTHLY, self.n)
        book = {k: v[:n] for k, v in self.book.items()}  # views: what is set in them stays
        alive, ok = book["alive"], book["alive"] & ~book["default"]
        client = np.arange(1, n + 1)
        sector_cycle = np.sqrt(0.5) * (self.cycle[0] + self.cycle[1:])

        # true type and quality
        edges = np.cumsum(self.move[book["kind"]], axis=1)
        target = (d["move"][:, None] >= edges).sum(axis=1)
        moved = ok & (target < 4)
        book["kind"][:] = np.where(moved, target, book["kind"])
        recovered = moved & (target != PROBLEM)
        book["normal_level"][:] = np.where(
            recovered, self.log_pd[book["kind"]], book["normal_level"]
        )
        book["level"] += a.drift * (self.log_pd[book["kind"]] - book["level"])
        step = np.sqrt(1 - a.quality_memory**2)
        book["x"][:] = a.quality_memory * book["x"] + step * normal(d["quality"])
        for k in range(RATED, 1, -1):
            book[f"ell_{k}"][:] = book[f"ell_{k - 1}"]
        book["ell_1"][:] = book["ell"]
        book["ell"][:] = (
            book["level"]
            + a.quality_spread * book["x"]
            - a.cycle_weight * sector_cycle[book["sector"]]
        )
        intensity = np.exp(book["ell"])
        trouble = np.clip(book["ell"] - book["normal_level"], -1.0, 4.0)

        # payments
        paying = ok & (book["stopped"] == 0)
        cured = ok & ~paying & (d["cure"] < a.cure)
        stops = paying & (d["stop"] < np.minimum(intensity / 12 / self.stay_bad, 0.9))
        book["stopped"][:] = np.where(cured, 0, book["stopped"] + (ok & ~paying | stops))
        book["day"][:] = np.where(stops, 1 + np.floor(30 * d["day"]), book["day"])
        late = ok & (book["stopped"] == 0) & (d["late"] < a.late * np.exp(0.4 * trouble))
        days = np.where(book["stopped"] > 0, 30 * (book["stopped"] - 1) + book["day"], 0)
        days = np.where(late, 1 + np.floor(20 * d["day"]), days).astype(int)
        fresh = ok & (book["stopped"] >= STOPPED)
        self._default(month, book, d, fresh)
        self._collect(month, book)
        self._event(month, client[cured], "cure")

        # contacts, and what comes of them
        living = alive & ~book["default"]
        talk = self._contacts(month, book, d, living)
        effect = book["response"] * (1 - np.exp(-book["hours"] / a.hours_half))
        chance = np.array(a.leave)[book["kind"]] * np.exp(-a.warmth * book["warmth"])
        chance = chance * np.clip(1 - a.retention_effect * effect, 0, 1)
        free = living & (book["stopped"] == 0) & ~late & (book["joined"] < month)
        leaves = free & (d["leave"] < chance / 12)
        sold = self._sell(book, d, living & ~leaves & (book["stopped"] == 0), effect, talk)
        self._write_contacts(month, book, d, talk, sold)

        # loans
        self._repay(book, living)
        owed = self._drawn(book)
        self._event(month, client[leaves], "churn", amount=owed[leaves])
        book["alive"][leaves] = False
        living = living & ~leaves
        early = living & (book["balance"] > 0) & (book["stopped"] == 0) & (d["prepay"] < a.prepay)
        self._event(month, client[early], "prepayment", amount=book["balance"][early])
        for name in ("balance", "amount"):
            book[name][early] = 0.0
        self._event(month, client[sold >= 0], "cross_sell", product=sold[sold >= 0])
        self._renew(month, book, d, living, days)

        # what the bank sees
        growth = (
            np.array(a.growth)[book["kind"]]
            + book["own_growth"]
            - 0.05 * np.maximum(trouble, 0)
            + 0.03 * sector_cycle[book["sector"]]
        )
        book["sales"] *= np.exp(np.clip(growth, -0.5, 1.0) / 12)
        book["use"][:] = 0.7 * book["use"] + 0.3 * (
            book["base_use"] + 0.14 * trouble + 0.12 * normal(d["use"])
        )
        noise = np.stack([normal(d[f"noise{k}"]) for k in range(7)])
        if month % 3 == 0:
            new = self._statement(book, noise, d["missing"], growth)
            for name, values in new.items():
                book[f"next_{name}"][:] = values
        if month % 3 == LAG:
            for name in STATEMENT:
                book[f"known_{name}"][:] = book[f"next_{name}"]
        entries = np.exp(a.trouble_shows * np.maximum(trouble, 0))
        court = (d["court"] < np.minimum(a.court * entries, 0.5)).astype(int)
        arrears = (d["tax"] < np.minimum(a.tax_arrears * entries, 0.5)).astype(int)
        breach = book["covenant"] & (book["known_dscr"] < 1.1)
        self._rate(month, book, d, days, breach)
        self._observe(month, book, days, court, arrears, breach, sector_cycle, trouble, d)
        seen = book["alive"]
        self._row(
            "hidden",
            month=np.full(seen.sum(), month),
            client=client[seen],
            type=np.where(book["default"], 4, book["kind"])[seen],
            quality=-book["ell"][seen],
            default_intensity=np.where(book["default"], np.nan, intensity)[seen],
            leave_intensity=np.where(book["default"], np.nan, chance)[seen],
            response=book["response"][seen],
        )
        # what was closed this month has had its last row
        book["alive"][book["default"] & (book["left"] <= 0)] = False

    def _event(
        self, month: int, client: Array, kind: str, *, product: Any = -1, amount: Any = np.nan
    ) -> None:
        """Events of one kind this month: `client` numbers (event,), the rest one or (event,)."""
        names = np.array([*PRODUCTS, ""])
        self._row(
            "outcomes",
            month=np.full(len(client), month),
            client=client,
            kind=np.full(len(client), kind),
            product=names[np.broadcast_to(product, len(client))],
            amount=np.broadcast_to(amount, len(client)),
        )

    def _drawn(self, book: Table) -> Array:
        """What each client owes, (client,): in default what has not come back."""
        line = np.round(np.clip(book["use"], 0, 1) * book["line"], 3)
        return np.round(np.where(book["default"], book["left"], line + book["balance"]), 3)

    def _default(self, month: int, book: Table, d: Table, fresh: Array) -> None:
        """The exposure is frozen; how much and when it comes back is drawn, and not seen."""
        a = self.a
        owed = self._drawn(book)
        lgd = np.where(book["secured"], a.lgd_secured, a.lgd_unsecured)
        rate = np.clip(1 - lgd + a.lgd_spread * normal(d["recovery"]), 0.0, 1.0)
        shortest, longest = a.workout_months
        length = (shortest + np.floor(d["workout"] * (longest - shortest + 1))).astype(int)
        book["default"][fresh] = True
        for name, value in {
            "ead": owed,
            "left": owed,
            "recovered": np.round(rate * owed, 3),
            "default_month": np.full(len(owed), month),
            "recovery_1": month + np.maximum((length * (0.2 + 0.4 * d["first"])).astype(int), 1),
            "recovery_2": month + length,
        }.items():
            book[name][fresh] = value[fresh]
        self._event(month, np.flatnonzero(fresh) + 1, "default", amount=owed[fresh])

    def _collect(self, month: int, book: Table) -> None:
        """Two payments of a workout; after the second the rest is written off."""
        open_ = book["default"] & book["alive"]
        first = open_ & (book["recovery_1"] == month) & (book["recovery_2"] > month)
        last = open_ & (book["recovery_2"] == month)
        half = np.round(0.4 * book["recovered"], 3)
        early = np.where(book["recovery_1"] < book["recovery_2"], half, 0.0)
        paid = np.where(first, half, np.where(last, book["recovered"] - early, 0.0))
        who = np.flatnonzero(paid > 0)
        self._event(month, who + 1, "recovery", amount=np.round(paid[who], 3))
        lost = np.where(last, book["ead"] - book["recovered"], 0.0)
        who = np.flatnonzero(np.round(lost, 3) > 0)
        self._event(month, who + 1, "write_off", amount=np.round(lost[who], 3))
        book["left"][:] = np.round(np.where(last, 0.0, book["left"] - paid), 3)

    def _contacts(self, month: int, book: Table, d: Table, living: Array) -> Table:
        """Whom the managers see: hours, kind (-1 none) and topic of this month."""
        a = self.a
        eager = np.exp(a.warmth * book["warmth"])
        eager = np.where(book["stopped"] > 0, 1.5 * eager, eager)
        trial = book["trial"] & (month >= a.trial_start)
        times = np.where(trial, a.trial_visits, 1.0)
        visit = d["visit"] < np.minimum(np.array(a.visits)[book["kind"]] * eager * times, 0.95)
        call = d["call"] < np.minimum(np.array(a.calls)[book["kind"]] * eager, 0.95)
        seminar = d["seminar"] < a.seminars
        kind = np.where(visit, 0, np.where(call, 1, np.where(seminar, 2, -1)))
        kind = np.where(living, kind, -1)
        length = np.select(
            [kind == 0, kind == 1, kind == 2],
            [3 + np.floor(7 * d["hours"]) / 2, 0.5 + np.floor(3 * d["hours"]) / 2, 3.0],
            0.0,
        )
        book["hours"][:] = a.hours_memory * book["hours"] + length
        # half of the talks are reviews; the others are about a product
        topic = np.floor((2 * d["topic"] - 1) * len(PRODUCTS)).astype(int)
        return {"kind": kind, "length": length, "topic": np.where(kind >= 0, topic, -1)}

    def _sell(self, book: Table, d: Table, able: Array, effect: Array, talk: Table) -> Array:
        """Product sold this month, or -1."""
        a = self.a
        free = self.taste[book["sector"]] * ~book["holds"]
        total = free.sum(axis=1)
        rate = np.array(a.sale)[book["kind"]] * (1 + a.sale_effect * effect)
        sells = able & (total > 0) & (d["sell"] < rate * total / len(PRODUCTS))
        edges = np.cumsum(free, axis=1)
        product = (d["product"][:, None] * total[:, None] >= edges).sum(axis=1)
        product = np.minimum(product, len(PRODUCTS) - 1)
        topic = talk["topic"]
        open_ = (topic >= 0) & ~book["holds"][np.arange(len(topic)), np.maximum(topic, 0)]
        product = np.where(open_ & (d["match"] < 0.5), topic, product)
        sells &= ~book["holds"][np.arange(len(product)), product]
        who = np.flatnonzero(sells)
        book["holds"][who, product[who]] = True
        return np.where(sells, product, -1)

    def _write_contacts(self, month: int, book: Table, d: Table, talk: Table, sold: Array) -> None:
        """The contacts of the month as rows: one a client at most."""
        seen = talk["kind"] >= 0
        names = np.array([*PRODUCTS, "review"])
        products = np.array([*PRODUCTS, ""])
        self._row(
            "contacts",
            month=np.full(seen.sum(), month),
            client=np.flatnonzero(seen) + 1,
            manager=book["manager"][seen] + 1,
            kind=np.array(KINDS)[talk["kind"][seen]],
            hours=talk["length"][seen],
            topic=names[np.where(talk["topic"] < 0, len(PRODUCTS), talk["topic"])[seen]],
            sold=products[np.where(sold < 0, len(PRODUCTS), sold)[seen]],
        )

    def _repay(self, book: Table, living: Array) -> None:
        """Equal principal each month, while the client pays."""
        pays = living & (book["balance"] > 0) & (book["stopped"] == 0)
        due = np.divide(
            book["amount"],
            book["term_months"],
            out=np.zeros(len(pays)),
            where=book["term_months"] > 0,
        )
        left = np.maximum(book["balance"] - np.round(due, 3), 0.0)
        book["balance"][:] = np.round(np.where(pays, left, book["balance"]), 3)

    def _renew(self, month: int, book: Table, d: Table, living: Array, days: Array) -> None:
        """Lines are renewed each year, term loans at maturity; nothing grows in trouble."""
        a = self.a
        good = living & (book["rating"] < CCC) & (days == 0) & (book["stopped"] == 0)
        due = living & (book["line"] > 0) & (month - book["line_start"] >= 12)
        change = np.clip(book["sales"] / book["line_sales"], 0.9, 1.25)
        who = np.flatnonzero(due)
        factor = np.where(good, change, 1.0)[who]
        book["line"][who] = np.round(book["line"][who] * factor, 3)
        book["line_start"][who], book["line_sales"][who] = month, book["sales"][who]
        spread = np.array(a.spread)[book["origin"]] + 0.002 * (book["rating"] - 2)
        book["line_rate"][who] = np.round(a.lpr + spread, 4)[who]
        self._sign(month, who, LINE)
        ended = good & (book["balance"] <= 0) & (month - book["term_start"] >= book["term_months"])
        ended &= book["amount"] > 0
        again = ended & (d["renew"] < a.renewal)
        book["amount"][ended & ~again] = 0.0
        who = np.flatnonzero(again)
        size = book["amount"] * np.exp(0.15 * normal(d["amount"]) + 0.05)
        for name in ("amount", "balance"):
            book[name][who] = np.round(size[who], 3)
        book["term_start"][who] = month
        longer = 0.001 * (book["term_months"] > 36)
        book["term_rate"][who] = np.round(a.lpr + spread + longer, 4)[who]
        self._sign(month, who, TERM)

    def _statement(
        self, book: Table, noise: Array, missing: Array, growth: Array | None = None
    ) -> Table:
        """The quarter's ratios as the client's quality makes them, each (client,).

        Over total assets: equity, EBIT, debt; interest is 4% of debt, principal a sixth of it.
        """
        a = self.a
        risk = np.clip(book["ell"] - np.log(0.01), -3.0, 4.0)
        trouble = np.clip(book["ell"] - book["normal_level"], -1.0, 4.0)
        if growth is None:
            growth = np.array(a.growth)[book["kind"]] + book["own_growth"]
        equity = np.clip(0.42 - 0.05 * risk + 0.07 * book["own2"] + 0.015 * noise[2], 0.03, 0.85)
        ebit = np.clip(0.085 - 0.02 * risk + 0.02 * book["own3"] + 0.012 * noise[3], -0.3, 0.4)
        debt = 0.62 * (1 - equity)
        working = 0.16 - 0.05 * risk + 0.06 * book["own4"] + 0.02 * noise[4]
        stockless = np.isin(book["sector"], STOCKLESS)
        values = {
            "sales_growth": growth + 0.03 * noise[6],
            "dso": np.clip(70 + 18 * book["own0"] + 9 * trouble + 4 * noise[0], 5, 400),
            "dio": np.where(
                stockless,
                np.nan,
                np.clip(65 + 18 * book["own1"] + 8 * trouble + 4 * noise[1], 5, 400),
            ),
            "quick": np.clip(1.4 - 0.15 * risk + 0.25 * book["own5"] + 0.08 * noise[5], 0.05, 6),
            "cover": np.clip(ebit / (0.04 * debt), -20, 60),
            "dscr": np.clip((ebit + 0.04) / (debt * (0.04 + 1 / 6)), -10, 20),
            "z": credit.altman_z2(working, equity - 0.2, ebit, equity / (1 - equity)),
        }
        chance = np.where(book["default"], 0.7, np.array(a.unreported)[book["kind"]])
        gone = missing < chance
        return {k: np.where(gone, np.nan, v) for k, v in values.items()}

    def _rate(self, month: int, book: Table, d: Table, days: Array, breach: Array) -> None:
        """Once a year, and when something happens; from the quality of some months ago."""
        a = self.a
        yearly = (month - book["joined"]) % 12 == 11
        alarm = (days > 30) | (breach & (month % 3 == LAG))
        basis = np.where(days > 30, book["ell"], book[f"ell_{RATED}"]) + a.grade_noise * normal(
            d["grade"]
        )
        grade = np.searchsorted(self.cuts, basis)
        grade = np.where(days > 30, np.maximum(grade, CCC), grade)
        rating = np.where(yearly | alarm, grade, book["rating"])
        book["rating"][:] = np.where(book["default"], DEFAULTED, rating)

    def _observe(
        self, month: int, book: Table, days: Array, court: Array, arrears: Array, breach: Array,
        sector_cycle: Array, trouble: Array, d: Table,
    ) -> None:  # fmt: skip
        """What the bank sees of each client at the month's end: the rows of `monitoring`."""
        a = self.a
        seen = book["alive"]
        bad = book["default"]
        drawn = self._drawn(book)
        limit = np.where(bad, drawn, np.round(book["line"] + book["balance"], 3))
        line = np.round(np.clip(book["use"], 0, 1) * book["line"], 3)
        with np.errstate(invalid="ignore", divide="ignore"):
            use = np.where(bad | (book["line"] <= 0), np.nan, line / book["line"])
        days = np.where(bad, 30 * (month - book["default_month"]) + 90 + book["day"], days)
        grade = credit.classify_loan(days)
        grade = np.where((book["rating"] == CCC) & breach, np.maximum(grade, 2), grade)
        season = 1 + 0.08 * np.sin(2 * np.pi * (month % 12) / 12)
        flow = (
            book["wallet"]
            * book["sales"]
            / 12
            * season
            * np.exp(0.15 * normal(d["turnover"]) - 0.15 * np.maximum(trouble, 0))
        )
        flow = np.where(bad, 0.0, flow)
        earned = (book["line_rate"] - a.ftp) * line + (book["term_rate"] - a.ftp) * book["balance"]
        products = book["holds"].sum(axis=1)
        fee = (np.array(a.fees)[book["origin"]] + a.product_income * products) * limit
        wallet = np.clip(book["wallet"] + 0.03 * (products - 1), 0.02, 0.98)
        columns: dict[str, Any] = {
            "month": np.full(len(seen), month),
            "client": np.arange(1, len(seen) + 1),
            "limit": limit,
            "drawn": drawn,
            "utilisation": use,
            "days_past_due": days,
            "loan_class": grade,
            "turnover": flow,
            **{k: book[f"known_{k}"].copy() for k in STATEMENT},
            "rating": np.array(GRADES)[book["rating"]],
            "covenant_breach": breach.astype(int),
            "tax_arrears": arrears,
            "court_entries": court,
            "sector_index": 100 + 6 * sector_cycle[book["sector"]],
            "products": products,
            "wallet_share": wallet,
            "bank_share": book["bank_share"],
            "margin_income": np.where(bad, 0.0, earned / 12),
            "fee_income": np.where(bad, 0.0, fee / 12),
        }
        self._row("monitoring", **{k: np.asarray(v)[seen] for k, v in columns.items()})


#: Digits behind the point of every column that has them; a NaN is an empty field.
DIGITS = {
    "sales": 1, "amount": 3, "rate": 4, "collateral": 2, "hours": 1, "limit": 3, "drawn": 3,
    "utilisation": 3, "turnover": 3, "sales_growth": 3, "dso": 1, "dio": 1, "quick": 2,
    "cover": 2, "dscr": 2, "z": 2, "sector_index": 1, "wallet_share": 3, "bank_share": 3,
    "margin_income": 5, "fee_income": 5, "quality": 4, "default_intensity": 6,
    "leave_intensity": 6, "response": 4,
}  # fmt: skip


def future(tables: Mapping[str, Table], months: int) -> Table:
    """Months until default and until the client leaves, for each hidden row; NaN if neither."""
    hidden, outcomes = tables["hidden"], tables["outcomes"]
    result = {}
    last = int(hidden["client"].max())
    for kind in ("default", "churn"):
        when = np.full(last + 1, np.nan)
        if outcomes:
            of = outcomes["kind"] == kind
            when[outcomes["client"][of]] = outcomes["month"][of]
        ahead = when[hidden["client"]] - hidden["month"]
        result[f"months_to_{kind}"] = np.where(ahead > 0, ahead, np.nan)
    return result


def simulate(
    a: Bank | None = None, *, months: int | None = None, seed: int = SEED
) -> dict[str, Table]:
    """All tables: name -> column -> array; the five visible ones, and `hidden`.

    months: at least 1, those of the assumptions if left out. Raises ValueError for a bad argument.
    """
    a = a or assumptions()
    months = a.months if months is None else months
    if not isinstance(months, int) or months < 1:
        raise ValueError(f"months = {months!r} must be a whole number of at least 1")
    if not isinstance(seed, int) or seed < 0:
        raise ValueError(f"seed = {seed!r} must be a whole number of at least 0")
    tables = Simulation(a, months, seed).run()
    names = np.array(TYPES)
    tables["hidden"]["type"] = names[tables["hidden"]["type"]]
    tables["hidden"] |= future(tables, months)
    return tables


def csv(table: Table, heads: Sequence[str]) -> str:
    """A table as CSV text: commas, a line feed after each row, empty for what is missing."""
    if not table:
        return ",".join(heads) + "\n"
    columns = []
    for name in heads:
        values = table[name]
        if name in DIGITS:
            # + 0.0: no "-0.0"
            form = f"%.{DIGITS[name]}f"
            rounded = (np.round(values, DIGITS[name]) + 0.0).tolist()
            columns.append(["" if x != x else form % x for x in rounded])
        elif values.dtype.kind == "f":  # whole numbers, some missing
            columns.append(["" if x != x else str(int(x)) for x in values.tolist()])
        else:
            columns.append(list(map(str, values.tolist())))
    lines = map(",".join, zip(*columns, strict=True))
    return "\n".join([",".join(heads), *lines, ""])


#: File below the folder -> its columns in order.
FILES = {
    "clients.csv": ("client", "joined", "since", "sector", "region", "sales", "manager", "trial"),
    "facilities.csv": (
        "facility", "client", "kind", "booked", "start", "months", "amount", "rate", "secured",
        "collateral", "covenant",
    ),
    "monitoring.csv": (
        "month", "client", "limit", "drawn", "utilisation", "days_past_due", "loan_class",
        "turnover", *STATEMENT, "rating", "covenant_breach", "tax_arrears", "court_entries",
        "sector_index", "products", "wallet_share", "bank_share", "margin_income", "fee_income",
    ),
    "contacts.csv": ("month", "client", "manager", "kind", "hours", "topic", "sold"),
    "outcomes.csv": ("month", "client", "kind", "product", "amount"),
    "truth/hidden.csv": (
        "month", "client", "type", "quality", "default_intensity", "leave_intensity", "response",
        "months_to_default", "months_to_churn",
    ),
}  # fmt: skip


def texts(tables: Mapping[str, Table]) -> dict[str, str]:
    """File name -> its text."""
    return {file: csv(tables[Path(file).stem], heads) for file, heads in FILES.items()}


def write(folder: Path, tables: Mapping[str, Table]) -> dict[str, str]:
    """Write the files, each whole or not at all; file name -> sha256 of its bytes."""
    sums = {}
    for file, text in texts(tables).items():
        path, content = folder / file, text.encode()
        path.parent.mkdir(parents=True, exist_ok=True)
        _whole.write(path, content)
        sums[file] = hashlib.sha256(content).hexdigest()
    return sums


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line; the exit status."""
    a = assumptions()

    def whole(low: int, high: int) -> Any:
        def check(text: str) -> int:
            try:
                value = int(text)
            except ValueError:
                raise argparse.ArgumentTypeError(f"{text!r} is not a whole number") from None
            if not low <= value <= high:
                raise argparse.ArgumentTypeError(f"{value} is not allowed; {low} to {high} is")
            return value

        return check

    of = a.spec.assumptions
    parser = argparse.ArgumentParser(
        prog="python -m casebook.bank.generate", description="Write the synthetic bank as CSV."
    )
    parser.add_argument("--out", type=Path, default=HOME, metavar="FOLDER",
                        help="where to write (default: data/portfolio)")  # fmt: skip
    parser.add_argument("--clients", type=whole(int(of["clients"].low), int(of["clients"].high)),
                        default=a.clients, help="clients when the books open")  # fmt: skip
    parser.add_argument("--months", type=whole(int(of["months"].low), int(of["months"].high)),
                        default=a.months, help="months of history")  # fmt: skip
    parser.add_argument("--seed", type=whole(0, 2**63), default=SEED)
    given = parser.parse_args(arguments)
    tables = simulate(a.replace(clients=given.clients), months=given.months, seed=given.seed)
    try:
        sums = write(given.out, tables)
    except OSError as error:
        print(f"{parser.prog}: cannot write to {given.out}: {error.strerror}", file=sys.stderr)
        return 1
    for file, digest in sums.items():
        print(f"{digest}  {file}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

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
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import credit
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


def arrivals(b: Bank, months: int) -> Array:
    """Clients that have ever been on the books, by month 1..months (index 0 is month 1)."""
    return b.clients + np.floor(b.new_clients * b.clients / 12 * np.arange(months)).astype(int)


class Simulation:
    """The whole book, month by month; `tables` after `run`. All state is (client,)."""

    def __init__(self, b: Bank, months: int, seed: int) -> None:
        self.b, self.months = b, months
        self.random = np.random.Generator(np.random.PCG64(seed)).random
        self.counts = arrivals(b, months)
        self.n = 0  # on the books so far
        size = int(self.counts[-1])
        self.s: dict[str, Array] = {}
        self.size = size
        self.cycle = np.zeros(1 + len(SECTORS))
        self.move = monthly(paths(b))
        self.taste = taste(b)
        self.log_pd = np.log(np.array(b.pd))
        grades = np.log(np.array(b.grade_pd))
        self.cuts = (grades[1:] + grades[:-1]) / 2
        self.stay_bad = (1 - b.cure) ** (STOPPED - 1)
        self.rows: dict[str, list[Table]] = {name: [] for name in (*TABLES, "hidden")}
        self.facilities = 0

    def _draw(self, names: Sequence[str], n: int) -> Table:
        return dict(zip(names, self.random((len(names), n)), strict=True))

    def _row(self, table: str, **columns: Any) -> None:
        n = max(np.size(c) for c in columns.values())
        if n:
            self.rows[table].append({k: np.broadcast_to(c, n) for k, c in columns.items()})

    def run(self) -> dict[str, Table]:
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
        b, opening = self.b, month == 1
        first, last = self.n, int(self.counts[month - 1])
        n = last - first
        if not n:
            return
        u = self._draw(_STATIC, n)
        kind = pick(b.mix if opening else b.entry, u["type"])
        origin = np.where(kind == PROBLEM, pick(b.origin, u["origin"]), kind)

        def of(values: Sequence[float], at: Array = kind) -> Array:
            return np.array(values)[at]

        new: Table = {"kind": kind, "origin": origin}
        new["sector"] = np.minimum((u["sector"] * len(SECTORS)).astype(int), len(SECTORS) - 1)
        new["region"] = np.minimum((u["region"] * len(REGIONS)).astype(int), len(REGIONS) - 1)
        new["volume"] = of(b.volume, origin) * np.exp(b.volume_spread * normal(u["volume"]))
        age = np.ceil(12 * of(b.years) * np.exp(0.6 * normal(u["years"]))) if opening else 0
        new["since"] = month - np.asarray(age + np.zeros(n)).astype(int)
        new["joined"] = np.full(n, month)
        new["wallet"] = np.clip(of(b.wallet) + 0.10 * normal(u["wallet"]), 0.02, 0.95)
        spread = np.where(kind == GROWTH, 0.15, 0.06)
        new["own_growth"] = spread * normal(u["growth"])
        new["bank_share"] = np.clip(of(b.dependence) + 0.15 * normal(u["dependence"]), 0.05, 1.0)
        new["base_use"] = np.clip(0.5 + 0.15 * normal(u["use"]), 0.05, 0.9)
        new["manager"] = (u["manager"] * b.managers).astype(int)
        new["trial"] = u["trial"] < b.trial_share
        new["response"] = 1 + b.response_spread * (2 * u["response"] - 1)
        new["warmth"] = normal(u["warmth"])
        new["x"] = normal(u["quality"])
        new["level"] = self.log_pd[kind]
        new["normal_level"] = self.log_pd[origin]
        new["secured"] = u["secured"] < 0.6
        new["covenant"] = u["covenant"] < 0.5
        new["collateral"] = 0.8 + 0.8 * u["collateral"]
        new["sales"] = new["volume"] * (2.0 + 2.0 * u["turnover"])
        for k in range(6):
            new[f"own{k}"] = normal(u[f"own{k}"])
        chance = of(b.products)[:, None] * self.taste[new["sector"]]
        new["holds"] = np.stack([u[f"holds{k}"] for k in range(len(PRODUCTS))], axis=1) < chance
        # loans
        has_term = u["has_term"] < np.where(origin == TRANSACTIONAL, 0.55, 0.9)
        has_line = (u["has_line"] < 0.85) | ~has_term
        share = np.where(
            has_term & has_line, of(b.line_share, origin), np.where(has_line, 1.0, 0.0)
        )
        new["line"] = np.round(share * new["volume"], 3)
        new["amount"] = np.round((1 - share) * new["volume"], 3)
        low, high = TERMS[origin].T
        new["term_months"] = (low + np.floor(u["term"] * (high - low + 1))).astype(int)
        gone = np.floor(u["age"] * new["term_months"]).astype(int) if opening else np.zeros(n, int)
        new["term_start"] = month - gone
        new["balance"] = np.round(new["amount"] * (1 - gone / new["term_months"]), 3)
        new["line_start"] = month - (np.floor(12 * u["line_month"]).astype(int) if opening else 0)
        new["line_start"] = new["line_start"] + np.zeros(n, int)
        new["line_sales"] = new["sales"]
        # how the client stands
        for name in ("stopped", "day", "recovery_1", "recovery_2", "default_month", "rating"):
            new[name] = np.zeros(n, int)
        new["alive"], new["default"] = np.ones(n, bool), np.zeros(n, bool)
        for name in ("hours", "ead", "left", "recovered", "court", "tax"):
            new[name] = np.zeros(n)
        new["use"] = new["base_use"].copy()
        new["ell"] = new["level"] + b.quality_spread * new["x"]
        new["ell_1"] = new["ell_2"] = new["ell_3"] = new["ell"].copy()
        new["rating"] = np.searchsorted(self.cuts, new["ell"] + b.grade_noise * normal(u["grade"]))
        base = b.lpr + of(b.spread, origin) + 0.002 * (new["rating"] - 2)
        new["line_rate"] = np.round(base, 4)
        new["term_rate"] = np.round(base + 0.001 * (new["term_months"] > 36), 4)
        noise = np.stack([normal(u[f"noise{k}"]) for k in range(7)])
        known = self._statement(new, noise, u["missing"])
        new |= {f"known_{k}": v for k, v in known.items()}
        new |= {f"next_{k}": v.copy() for k, v in known.items()}
        for name, values in new.items():
            if name not in self.s:
                self.s[name] = np.zeros((self.size, *values.shape[1:]), values.dtype)
            self.s[name][first:last] = values
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
        self._book(month, at[new["line"] > 0], LINE)
        self._book(month, at[new["amount"] > 0], TERM)

    def _book(self, month: int, who: Array, kind: str) -> None:
        """A new facility of each of `who`."""
        s = self.s
        line = kind == LINE
        amount = s["line" if line else "amount"][who]
        number = self.facilities + 1 + np.arange(len(who))
        self.facilities += len(who)
        secured = s["secured"][who]
        self._row(
            "facilities",
            facility=number,
            client=who + 1,
            kind=np.full(len(who), kind),
            booked=np.full(len(who), month),
            start=s["line_start" if line else "term_start"][who],
            months=np.full(len(who), 12) if line else s["term_months"][who],
            amount=amount,
            rate=s["line_rate" if line else "term_rate"][who],
            secured=secured.astype(int),
            collateral=np.round(np.where(secured, s["collateral"][who] * amount, 0.0), 2),
            covenant=s["covenant"][who].astype(int),
        )

    # ------------------------------------------------------------------- a month

    def _month(self, month: int) -> None:
        b = self.b
        world = normal(self.random(1 + len(SECTORS)))
        keep = b.cycle_memory if month > 1 else 0.0
        self.cycle = keep * self.cycle + np.sqrt(1 - keep**2) * world
        self._arrive(month)
        n, u = self.n, self._draw(_MONTHLY, self.n)
        s = {k: v[:n] for k, v in self.s.items()}  # views: what is set in them stays
        alive, ok = s["alive"], s["alive"] & ~s["default"]
        client = np.arange(1, n + 1)
        sector_cycle = np.sqrt(0.5) * (self.cycle[0] + self.cycle[1:])

        # true type and quality
        edges = np.cumsum(self.move[s["kind"]], axis=1)
        target = (u["move"][:, None] >= edges).sum(axis=1)
        moved = ok & (target < 4)
        s["kind"][:] = np.where(moved, target, s["kind"])
        recovered = moved & (target != PROBLEM)
        s["normal_level"][:] = np.where(recovered, self.log_pd[s["kind"]], s["normal_level"])
        s["level"] += b.drift * (self.log_pd[s["kind"]] - s["level"])
        step = np.sqrt(1 - b.quality_memory**2)
        s["x"][:] = b.quality_memory * s["x"] + step * normal(u["quality"])
        for k in (3, 2):
            s[f"ell_{k}"][:] = s[f"ell_{k - 1}"]
        s["ell_1"][:] = s["ell"]
        s["ell"][:] = (
            s["level"] + b.quality_spread * s["x"] - b.cycle_weight * sector_cycle[s["sector"]]
        )
        intensity = np.exp(s["ell"])
        trouble = np.clip(s["ell"] - s["normal_level"], -1.0, 4.0)

        # payments
        paying = ok & (s["stopped"] == 0)
        cured = ok & ~paying & (u["cure"] < b.cure)
        stops = paying & (u["stop"] < np.minimum(intensity / 12 / self.stay_bad, 0.9))
        s["stopped"][:] = np.where(cured, 0, s["stopped"] + (ok & ~paying | stops))
        s["day"][:] = np.where(stops, 1 + np.floor(30 * u["day"]), s["day"])
        late = ok & (s["stopped"] == 0) & (u["late"] < b.late * np.exp(0.4 * trouble))
        days = np.where(s["stopped"] > 0, 30 * (s["stopped"] - 1) + s["day"], 0)
        days = np.where(late, 1 + np.floor(20 * u["day"]), days).astype(int)
        fresh = ok & (s["stopped"] >= STOPPED)
        self._default(month, s, u, fresh)
        self._collect(month, s)
        self._event(month, client[cured], "cure")

        # contacts, and what comes of them
        living = alive & ~s["default"]
        topic = self._contacts(month, s, u, living)
        effect = s["response"] * (1 - np.exp(-s["hours"] / b.hours_half))
        chance = np.array(b.leave)[s["kind"]] * np.exp(-b.warmth * s["warmth"])
        chance = chance * np.clip(1 - b.retention_effect * effect, 0, 1)
        free = living & (s["stopped"] == 0) & ~late & (s["joined"] < month)
        leaves = free & (u["leave"] < chance / 12)
        sold = self._sell(s, u, living & ~leaves & (s["stopped"] == 0), effect, topic)
        self._write_contacts(month, s, u, topic, sold)

        # loans
        self._repay(s, living)
        owed = self._drawn(s)
        self._event(month, client[leaves], "churn", amount=owed[leaves])
        s["alive"][leaves] = False
        living = living & ~leaves
        early = living & (s["balance"] > 0) & (s["stopped"] == 0) & (u["prepay"] < b.prepay)
        self._event(month, client[early], "prepayment", amount=s["balance"][early])
        for name in ("balance", "amount"):
            s[name][early] = 0.0
        self._event(month, client[sold >= 0], "cross_sell", product=sold[sold >= 0])
        self._renew(month, s, u, living, days)

        # what the bank sees
        growth = (
            np.array(b.growth)[s["kind"]]
            + s["own_growth"]
            - 0.05 * np.maximum(trouble, 0)
            + 0.03 * sector_cycle[s["sector"]]
        )
        s["sales"] *= np.exp(np.clip(growth, -0.5, 1.0) / 12)
        s["use"][:] = 0.7 * s["use"] + 0.3 * (
            s["base_use"] + 0.14 * trouble + 0.12 * normal(u["use"])
        )
        noise = np.stack([normal(u[f"noise{k}"]) for k in range(7)])
        if month % 3 == 0:
            new = self._statement(s, noise, u["missing"], growth)
            for k, v in new.items():
                s[f"next_{k}"][:] = v
        if month % 3 == LAG:
            for k in STATEMENT:
                s[f"known_{k}"][:] = s[f"next_{k}"]
        entries = np.exp(b.trouble_shows * np.maximum(trouble, 0))
        court = (u["court"] < np.minimum(b.court * entries, 0.5)).astype(int)
        arrears = (u["tax"] < np.minimum(b.tax_arrears * entries, 0.5)).astype(int)
        breach = s["covenant"] & (s["known_dscr"] < 1.1)
        self._rate(month, s, u, days, breach)
        self._observe(month, s, days, court, arrears, breach, sector_cycle, trouble, u)
        seen = s["alive"]
        self._row(
            "hidden",
            month=np.full(seen.sum(), month),
            client=client[seen],
            type=np.where(s["default"], 4, s["kind"])[seen],
            quality=-s["ell"][seen],
            default_intensity=np.where(s["default"], np.nan, intensity)[seen],
            leave_intensity=np.where(s["default"], np.nan, chance)[seen],
            response=s["response"][seen],
        )
        # what was closed this month has had its last row
        s["alive"][s["default"] & (s["left"] <= 0)] = False

    def _event(
        self, month: int, client: Array, kind: str, *, product: Any = -1, amount: Any = np.nan
    ) -> None:
        names = np.array([*PRODUCTS, ""])
        self._row(
            "outcomes",
            month=np.full(len(client), month),
            client=client,
            kind=np.full(len(client), kind),
            product=names[np.broadcast_to(product, len(client))],
            amount=np.broadcast_to(amount, len(client)),
        )

    def _drawn(self, s: Table) -> Array:
        line = np.round(np.clip(s["use"], 0, 1) * s["line"], 3)
        return np.round(np.where(s["default"], s["left"], line + s["balance"]), 3)

    def _default(self, month: int, s: Table, u: Table, fresh: Array) -> None:
        """The exposure is frozen; how much and when it comes back is drawn, and not seen."""
        b = self.b
        owed = self._drawn(s)
        lgd = np.where(s["secured"], b.lgd_secured, b.lgd_unsecured)
        rate = np.clip(1 - lgd + b.lgd_spread * normal(u["recovery"]), 0.0, 1.0)
        shortest, longest = b.workout_months
        length = (shortest + np.floor(u["workout"] * (longest - shortest + 1))).astype(int)
        s["default"][fresh] = True
        for name, value in {
            "ead": owed,
            "left": owed,
            "recovered": np.round(rate * owed, 3),
            "default_month": np.full(len(owed), month),
            "recovery_1": month + np.maximum((length * (0.2 + 0.4 * u["first"])).astype(int), 1),
            "recovery_2": month + length,
        }.items():
            s[name][fresh] = value[fresh]
        self._event(month, np.flatnonzero(fresh) + 1, "default", amount=owed[fresh])

    def _collect(self, month: int, s: Table) -> None:
        """Two payments of a workout; after the second the rest is written off."""
        open_ = s["default"] & s["alive"]
        first = open_ & (s["recovery_1"] == month) & (s["recovery_2"] > month)
        last = open_ & (s["recovery_2"] == month)
        half = np.round(0.4 * s["recovered"], 3)
        early = np.where(s["recovery_1"] < s["recovery_2"], half, 0.0)
        paid = np.where(first, half, np.where(last, s["recovered"] - early, 0.0))
        who = np.flatnonzero(paid > 0)
        self._event(month, who + 1, "recovery", amount=np.round(paid[who], 3))
        lost = np.where(last, s["ead"] - s["recovered"], 0.0)
        who = np.flatnonzero(np.round(lost, 3) > 0)
        self._event(month, who + 1, "write_off", amount=np.round(lost[who], 3))
        s["left"][:] = np.round(np.where(last, 0.0, s["left"] - paid), 3)

    def _contacts(self, month: int, s: Table, u: Table, living: Array) -> Table:
        """Whom the managers see: hours, kind (-1 none) and topic of this month."""
        b = self.b
        eager = np.exp(b.warmth * s["warmth"])
        eager = np.where(s["stopped"] > 0, 1.5 * eager, eager)
        trial = s["trial"] & (month >= b.trial_start)
        times = np.where(trial, b.trial_visits, 1.0)
        visit = u["visit"] < np.minimum(np.array(b.visits)[s["kind"]] * eager * times, 0.95)
        call = u["call"] < np.minimum(np.array(b.calls)[s["kind"]] * eager, 0.95)
        seminar = u["seminar"] < b.seminars
        kind = np.where(visit, 0, np.where(call, 1, np.where(seminar, 2, -1)))
        kind = np.where(living, kind, -1)
        length = np.select(
            [kind == 0, kind == 1, kind == 2],
            [3 + np.floor(7 * u["hours"]) / 2, 0.5 + np.floor(3 * u["hours"]) / 2, 3.0],
            0.0,
        )
        s["hours"][:] = b.hours_memory * s["hours"] + length
        # half of the talks are reviews; the others are about a product
        topic = np.floor((2 * u["topic"] - 1) * len(PRODUCTS)).astype(int)
        return {"kind": kind, "length": length, "topic": np.where(kind >= 0, topic, -1)}

    def _sell(self, s: Table, u: Table, able: Array, effect: Array, talk: Table) -> Array:
        """Product sold this month, or -1."""
        b = self.b
        free = self.taste[s["sector"]] * ~s["holds"]
        total = free.sum(axis=1)
        rate = np.array(b.sale)[s["kind"]] * (1 + b.sale_effect * effect)
        sells = able & (total > 0) & (u["sell"] < rate * total / len(PRODUCTS))
        edges = np.cumsum(free, axis=1)
        product = (u["product"][:, None] * total[:, None] >= edges).sum(axis=1)
        product = np.minimum(product, len(PRODUCTS) - 1)
        topic = talk["topic"]
        open_ = (topic >= 0) & ~s["holds"][np.arange(len(topic)), np.maximum(topic, 0)]
        product = np.where(open_ & (u["match"] < 0.5), topic, product)
        sells &= ~s["holds"][np.arange(len(product)), product]
        who = np.flatnonzero(sells)
        s["holds"][who, product[who]] = True
        return np.where(sells, product, -1)

    def _write_contacts(self, month: int, s: Table, u: Table, talk: Table, sold: Array) -> None:
        seen = talk["kind"] >= 0
        names = np.array([*PRODUCTS, "review"])
        products = np.array([*PRODUCTS, ""])
        self._row(
            "contacts",
            month=np.full(seen.sum(), month),
            client=np.flatnonzero(seen) + 1,
            manager=s["manager"][seen] + 1,
            kind=np.array(KINDS)[talk["kind"][seen]],
            hours=talk["length"][seen],
            topic=names[np.where(talk["topic"] < 0, len(PRODUCTS), talk["topic"])[seen]],
            sold=products[np.where(sold < 0, len(PRODUCTS), sold)[seen]],
        )

    def _repay(self, s: Table, living: Array) -> None:
        """Equal principal each month, while the client pays."""
        pays = living & (s["balance"] > 0) & (s["stopped"] == 0)
        due = np.divide(
            s["amount"], s["term_months"], out=np.zeros(len(pays)), where=s["term_months"] > 0
        )
        left = np.maximum(s["balance"] - np.round(due, 3), 0.0)
        s["balance"][:] = np.round(np.where(pays, left, s["balance"]), 3)

    def _renew(self, month: int, s: Table, u: Table, living: Array, days: Array) -> None:
        """Lines are renewed each year, term loans at maturity; nothing grows in trouble."""
        b = self.b
        good = living & (s["rating"] < CCC) & (days == 0) & (s["stopped"] == 0)
        due = living & (s["line"] > 0) & (month - s["line_start"] >= 12)
        change = np.clip(s["sales"] / s["line_sales"], 0.9, 1.25)
        who = np.flatnonzero(due)
        factor = np.where(good, change, 1.0)[who]
        s["line"][who] = np.round(s["line"][who] * factor, 3)
        s["line_start"][who], s["line_sales"][who] = month, s["sales"][who]
        spread = np.array(b.spread)[s["origin"]] + 0.002 * (s["rating"] - 2)
        s["line_rate"][who] = np.round(b.lpr + spread, 4)[who]
        self._book(month, who, LINE)
        ended = good & (s["balance"] <= 0) & (month - s["term_start"] >= s["term_months"])
        ended &= s["amount"] > 0
        again = ended & (u["renew"] < b.renewal)
        s["amount"][ended & ~again] = 0.0
        who = np.flatnonzero(again)
        size = s["amount"] * np.exp(0.15 * normal(u["amount"]) + 0.05)
        for name in ("amount", "balance"):
            s[name][who] = np.round(size[who], 3)
        s["term_start"][who] = month
        longer = 0.001 * (s["term_months"] > 36)
        s["term_rate"][who] = np.round(b.lpr + spread + longer, 4)[who]
        self._book(month, who, TERM)

    def _statement(
        self, s: Table, noise: Array, missing: Array, growth: Array | None = None
    ) -> Table:
        """The quarter's ratios as the client's quality makes them, each (client,).

        Over total assets: equity, EBIT, debt; interest is 4% of debt, principal a sixth of it.
        """
        b = self.b
        f = np.clip(s["ell"] - np.log(0.01), -3.0, 4.0)
        d = np.clip(s["ell"] - s["normal_level"], -1.0, 4.0)
        e = noise
        if growth is None:
            growth = np.array(b.growth)[s["kind"]] + s["own_growth"]
        equity = np.clip(0.42 - 0.05 * f + 0.07 * s["own2"] + 0.015 * e[2], 0.03, 0.85)
        ebit = np.clip(0.085 - 0.02 * f + 0.02 * s["own3"] + 0.012 * e[3], -0.3, 0.4)
        debt = 0.62 * (1 - equity)
        working = 0.16 - 0.05 * f + 0.06 * s["own4"] + 0.02 * e[4]
        stockless = np.isin(s["sector"], STOCKLESS)
        values = {
            "sales_growth": growth + 0.03 * e[6],
            "dso": np.clip(70 + 18 * s["own0"] + 9 * d + 4 * e[0], 5, 400),
            "dio": np.where(
                stockless, np.nan, np.clip(65 + 18 * s["own1"] + 8 * d + 4 * e[1], 5, 400)
            ),
            "quick": np.clip(1.4 - 0.15 * f + 0.25 * s["own5"] + 0.08 * e[5], 0.05, 6),
            "cover": np.clip(ebit / (0.04 * debt), -20, 60),
            "dscr": np.clip((ebit + 0.04) / (debt * (0.04 + 1 / 6)), -10, 20),
            "z": credit.altman_z2(working, equity - 0.2, ebit, equity / (1 - equity)),
        }
        chance = np.where(s["default"], 0.7, np.array(b.unreported)[s["kind"]])
        gone = missing < chance
        return {k: np.where(gone, np.nan, v) for k, v in values.items()}

    def _rate(self, month: int, s: Table, u: Table, days: Array, breach: Array) -> None:
        """Once a year, and when something happens; from the quality of some months ago."""
        b = self.b
        yearly = (month - s["joined"]) % 12 == 11
        alarm = (days > 30) | (breach & (month % 3 == LAG))
        basis = np.where(days > 30, s["ell"], s["ell_3"]) + b.grade_noise * normal(u["grade"])
        grade = np.searchsorted(self.cuts, basis)
        grade = np.where(days > 30, np.maximum(grade, CCC), grade)
        rating = np.where(yearly | alarm, grade, s["rating"])
        s["rating"][:] = np.where(s["default"], DEFAULTED, rating)

    def _observe(
        self, month: int, s: Table, days: Array, court: Array, arrears: Array, breach: Array,
        sector_cycle: Array, trouble: Array, u: Table,
    ) -> None:  # fmt: skip
        b = self.b
        seen = s["alive"]
        bad = s["default"]
        drawn = self._drawn(s)
        limit = np.where(bad, drawn, np.round(s["line"] + s["balance"], 3))
        line = np.round(np.clip(s["use"], 0, 1) * s["line"], 3)
        with np.errstate(invalid="ignore", divide="ignore"):
            use = np.where(bad | (s["line"] <= 0), np.nan, line / s["line"])
        days = np.where(bad, 30 * (month - s["default_month"]) + 90 + s["day"], days)
        grade = credit.classify_loan(days)
        grade = np.where((s["rating"] == CCC) & breach, np.maximum(grade, 2), grade)
        season = 1 + 0.08 * np.sin(2 * np.pi * (month % 12) / 12)
        flow = (
            s["wallet"]
            * s["sales"]
            / 12
            * season
            * np.exp(0.15 * normal(u["turnover"]) - 0.15 * np.maximum(trouble, 0))
        )
        flow = np.where(bad, 0.0, flow)
        earned = (s["line_rate"] - b.ftp) * line + (s["term_rate"] - b.ftp) * s["balance"]
        products = s["holds"].sum(axis=1)
        fee = (np.array(b.fees)[s["origin"]] + b.product_income * products) * limit
        wallet = np.clip(s["wallet"] + 0.03 * (products - 1), 0.02, 0.98)
        columns: dict[str, Any] = {
            "month": np.full(len(seen), month),
            "client": np.arange(1, len(seen) + 1),
            "limit": limit,
            "drawn": drawn,
            "utilisation": use,
            "days_past_due": days,
            "loan_class": grade,
            "turnover": flow,
            **{k: s[f"known_{k}"].copy() for k in STATEMENT},
            "rating": np.array(GRADES)[s["rating"]],
            "covenant_breach": breach.astype(int),
            "tax_arrears": arrears,
            "court_entries": court,
            "sector_index": 100 + 6 * sector_cycle[s["sector"]],
            "products": products,
            "wallet_share": wallet,
            "bank_share": s["bank_share"],
            "margin_income": np.where(bad, 0.0, earned / 12),
            "fee_income": np.where(bad, 0.0, fee / 12),
        }
        self._row("monitoring", **{k: np.asarray(v)[seen] for k, v in columns.items()})


STATEMENT = ("sales_growth", "dso", "dio", "quick", "cover", "dscr", "z")

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
    b: Bank | None = None, *, months: int | None = None, seed: int = SEED
) -> dict[str, Table]:
    """All tables: name -> column -> array; the five visible ones, and `hidden`.

    months: at least 1, those of the assumptions if left out. Raises ValueError for a bad argument.
    """
    b = b or assumptions()
    months = b.months if months is None else months
    if not isinstance(months, int) or months < 1:
        raise ValueError(f"months = {months!r} must be a whole number of at least 1")
    if not isinstance(seed, int) or seed < 0:
        raise ValueError(f"seed = {seed!r} must be a whole number of at least 0")
    tables = Simulation(b, months, seed).run()
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
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".part-")
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(content)
            os.chmod(name, 0o644)
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        sums[file] = hashlib.sha256(content).hexdigest()
    return sums


def main(arguments: Sequence[str] | None = None) -> int:
    b = assumptions()

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

    of = b.spec.assumptions
    parser = argparse.ArgumentParser(
        prog="python -m casebook.bank.generate", description="Write the synthetic bank as CSV."
    )
    parser.add_argument("--out", type=Path, default=HOME, metavar="FOLDER",
                        help="where to write (default: data/portfolio)")  # fmt: skip
    parser.add_argument("--clients", type=whole(int(of["clients"].low), int(of["clients"].high)),
                        default=b.clients, help="clients when the books open")  # fmt: skip
    parser.add_argument("--months", type=whole(int(of["months"].low), int(of["months"].high)),
                        default=b.months, help="months of history")  # fmt: skip
    parser.add_argument("--seed", type=whole(0, 2**63), default=SEED)
    given = parser.parse_args(arguments)
    tables = simulate(b.replace(clients=given.clients), months=given.months, seed=given.seed)
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

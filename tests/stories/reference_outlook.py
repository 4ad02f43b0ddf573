"""The three models of the outlook, written a second time by somebody who had not read the first.

From the chapter, the assumptions' labels and the formulas of the Basel Committee; nothing of
`casebook` is imported. `a` is any object that carries the assumptions as attributes. Each function
gives two mappings: (way, line) -> a list over the periods (or classes), (way, number) -> a number.
Money in CNY million.
"""

from __future__ import annotations

from math import exp, log, sqrt
from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtr
from scipy.stats import norm

Values = dict[tuple[str, str], Any]
Both = tuple[Values, Values]


def distance(auc: float) -> float:
    """The two normal curves of a score with this area under its ROC curve lie so far apart."""
    return sqrt(2) * float(norm.ppf(auc))


# --- Automation: a machine, an officer, or the machine with the officer where it pays ------------


def automation(a: Any, bad_share: float | None = None, lgd: float | None = None) -> Both:
    """A year of applications; `bad_share` and `lgd` are those of the world that the desk meets."""
    world = a.bad_share if bad_share is None else bad_share
    lost = a.lgd if lgd is None else lgd
    sizes = [a.smallest * 2**k for k in range(8)]
    weights = [a.thinning**k for k in range(8)]
    numbers = [a.applications * w / sum(weights) for w in weights]
    d, dy = distance(a.machine_auc), distance(a.officer_auc)
    shrunk = distance(a.machine_auc - a.erosion)
    # the machine's scores now: good and bad have moved towards each other, as far each
    centre = {True: d - (d - shrunk) / 2, False: (d - shrunk) / 2}
    step = 4e-4
    x = np.arange(-7, 7 + d, step) + step / 2

    p = a.bad_share * norm.pdf(x) / (
        a.bad_share * norm.pdf(x) + (1 - a.bad_share) * norm.pdf(x - d)
    )  # fmt: skip
    now = (1 - p) * a.margin - p * a.lgd  # a yes, by the machine's score alone
    # an officer's finding y turns it: yes above the y at which a yes is worth nothing
    turn = (np.log(p * a.lgd / ((1 - p) * a.margin)) + dy**2 / 2) / dy
    after = (1 - p) * a.margin * norm.sf(turn - dy) - p * a.lgd * norm.sf(turn)
    worth = after - np.maximum(now, 0)

    density = {good: norm.pdf(x - centre[good]) * step for good in (True, False)}
    officer_yes = {good: ndtr(dy * good - turn) for good in (True, False)}
    out: Values = {}
    total = {w: dict.fromkeys(("yes_good", "yes_bad", "seen"), 0.0) for w in WAYS}
    lines: dict[tuple[str, str], list[float]] = {(w, n): [] for w in WAYS for n in AUTOMATION}
    for size, count in zip(sizes, numbers, strict=True):
        asked = worth * size > a.hours * a.wage
        for way in WAYS:
            seen = {"machine": x < -99, "officer": x > -99, "referral": asked}[way]
            shares = {}
            for good in (True, False):
                yes = np.where(seen, officer_yes[good], now > 0)
                shares[good] = (yes @ density[good], seen @ density[good])
            yes_good = count * (1 - world) * shares[True][0]
            yes_bad = count * world * shares[False][0]
            reviews = count * ((1 - world) * shares[True][1] + world * shares[False][1])
            if way == "officer":
                reviews = count
            row = {
                "margin": size * a.margin * yes_good,
                "losses": -size * lost * yes_bad,
                "officer": -reviews * a.hours * a.wage,
                "machine": -count * a.machine_cost,
                "amount": size,
                "applications": count,
                "seen": reviews,
                "approved": yes_good + yes_bad,
                "wrong_yes": yes_bad,
                "wrong_no": count * (1 - world) - yes_good,
            }
            row["profit"] = row["margin"] + row["losses"] + row["officer"] + row["machine"]
            for name, value in row.items():
                lines[way, name].append(value)
            total[way]["yes_good"] += yes_good
            total[way]["yes_bad"] += yes_bad
            total[way]["seen"] += reviews
    first = next((k + 1 for k, s in enumerate(sizes) if (worth * s > a.hours * a.wage).any()), -1)
    for way in WAYS:
        t = total[way]
        n_good, n_bad = a.applications * (1 - world), a.applications * world
        no_good = [size * no for size, no in zip(sizes, lines[way, "wrong_no"], strict=True)]
        out |= {
            (way, "profit"): sum(lines[way, "profit"]) - a.machine_upkeep,
            (way, "officer_hours"): a.hours * t["seen"],
            (way, "officer_cost"): a.hours * a.wage * t["seen"],
            (way, "seen_share"): t["seen"] / a.applications,
            (way, "approved_share"): (t["yes_good"] + t["yes_bad"]) / a.applications,
            (way, "bad_approved"): t["yes_bad"] / n_bad,
            (way, "good_refused"): 1 - t["yes_good"] / n_good,
            (way, "wrong_yes"): 1000 * t["yes_bad"] / a.applications,
            (way, "wrong_no"): 1000 * (n_good - t["yes_good"]) / a.applications,
            (way, "cost_wrong_yes"): -sum(lines[way, "losses"]),
            (way, "cost_wrong_no"): a.margin * sum(no_good),
            (way, "cut_pd"): a.margin / (a.margin + a.lgd),
            (way, "auc_both"): float(norm.cdf(sqrt(d**2 + dy**2) / sqrt(2))),
            (way, "auc_true"): a.machine_auc - a.erosion,
            (way, "first_seen"): {"machine": -1, "officer": 1, "referral": first}[way],
        }
    # before the first class stands the opening of the desk, when the machine is paid for
    begin = {"machine": -a.machine_upkeep, "profit": -a.machine_upkeep}
    whole = {(w, n): [begin.get(n, 0.0), *rest] for (w, n), rest in lines.items()}
    # a review of every application against none: from this amount on it pays for all
    density_bad = a.bad_share * norm.pdf(x) * step
    density_good = (1 - a.bad_share) * norm.pdf(x - d) * step
    gain = worth @ (density_bad + density_good)
    for way in WAYS:
        out[way, "first_amount"] = a.hours * a.wage / worth.max()
        out[way, "every_amount"] = a.hours * a.wage / gain
    return whole, out


WAYS = ("machine", "officer", "referral")
AUTOMATION = ("margin", "losses", "officer", "machine", "amount", "applications", "seen",
              "approved", "wrong_yes", "wrong_no", "profit")  # fmt: skip


# --- Information: cash flows beside accounts, for three years ------------------------------------

RANKINGS = ("accounts", "flows", "equal")


def information(a: Any, error: float = 0.0, drift: float | None = None) -> Both:
    """Twelve quarters; `error`: the true AUC of the flows above the measured one, at the start."""
    fades = a.drift if drift is None else drift
    p, thin = a.bad_share, a.thin_share
    groups = ((1 - thin, a.flows_auc), (thin, a.thin_auc))
    out: Values = {}
    rows: dict[tuple[str, str], list[float]] = {(k, n): [] for k in RANKINGS for n in INFORMATION}
    refused: dict[tuple[str, int], list[float]] = {(k, g): [] for k in RANKINGS for g in (0, 1)}
    for quarter in range(13):
        age = 0 if quarter == 0 else (quarter - 1) % a.rebuild
        n = a.applications / 4 if quarter else 0.0
        saved = 0.0
        for ranking in RANKINGS:
            scores = []  # of each group: its share, the measured distance and the true one
            for share, auc in groups:
                if ranking == "accounts":
                    scores.append((share, distance(a.accounts_auc), distance(a.accounts_auc)))
                else:
                    true = min(max(auc - age * fades + error, 0.51), 0.995)
                    scores.append((share, distance(auc), distance(true)))

            def passing(cut: float, ranking: str = ranking, scores: Any = scores) -> Any:
                found = []
                for share, d, true in scores:
                    good_mean, bad_mean = (d + true) / 2, (d - true) / 2
                    if ranking == "equal":  # the same share of the good
                        least = good_mean + cut
                    else:  # the same measured odds: log(p/(1-p)) - d x + d^2/2 = cut
                        least = (log(p / (1 - p)) - cut + d * d / 2) / d
                    found.append((share, ndtr(good_mean - least), ndtr(bad_mean - least)))
                return found

            def too_many(cut: float, passing: Any = passing) -> float:
                return sum(s * ((1 - p) * g + p * b) for s, g, b in passing(cut)) - a.approvals

            found = passing(brentq(too_many, -40, 40, xtol=1e-13))
            good = n * (1 - p) * sum(s * g for s, g, _ in found)
            bad = n * p * sum(s * b for s, _, b in found)
            uses = ranking != "accounts"
            built = a.build_cost if quarter == 0 else 0.0
            if quarter > 1 and age == 0:
                built = a.rebuild_cost
            row = {
                "margin": a.margin * a.amount * good,
                "losses": -a.lgd * a.amount * bad,
                "data": -a.data_price * n * uses,
                "building": -built * uses,
                "applications": n,
                "approved": good + bad,
                "bad_made": bad,
                "good_refused": n * (1 - p) - good,
                "thin_good_refused": n * (1 - p) * thin * (1 - found[1][1]),
            }
            row["profit"] = row["margin"] + row["losses"] + row["data"] + row["building"]
            if ranking == "accounts":
                saved = row["margin"] + row["losses"]
            row["value"] = row["margin"] + row["losses"] - saved
            for name, value in row.items():
                rows[ranking, name].append(value)
            if quarter:
                for g in (0, 1):
                    refused[ranking, g].append(1 - found[g][1])
    for k in RANKINGS:
        total = {name: sum(rows[k, name]) for name in INFORMATION}
        loans, cost = total["approved"], -total["data"] - total["building"]
        thick, lean = (sum(refused[k, g]) / 12 for g in (0, 1))
        pays = (v + c for v, c in zip(rows[k, "value"], rows[k, "data"], strict=True))
        stops = [q for q, x in enumerate(pays) if q and x <= 0 and k != "accounts"]
        out |= {
            (k, "profit"): total["profit"],
            (k, "net_gain"): total["profit"] - sum(rows["accounts", "profit"]),
            (k, "value"): total["value"],
            (k, "value_per_thousand"): 1000 * total["value"] / loans,
            (k, "cost_per_thousand"): 1000 * cost / loans,
            (k, "first_value"): 1000 * rows[k, "value"][1] / rows[k, "approved"][1],
            (k, "bad_rate"): total["bad_made"] / loans,
            (k, "bad_per_thousand"): 1000 * total["bad_made"] / loans,
            (k, "good_refused"): total["good_refused"] / (3 * a.applications * (1 - p)),
            (k, "thick_refused"): thick,
            (k, "thin_refused"): lean,
            (k, "refusal_gap"): lean - thick,
            (k, "auc_error"): hanley(a.flows_auc, a.measured_bad, p),
            (k, "stops_paying"): stops[0] if stops else -1,
        }
    return rows, out


INFORMATION = ("margin", "losses", "data", "building", "applications", "approved", "bad_made",
               "good_refused", "thin_good_refused", "profit", "value")  # fmt: skip


def hanley(auc: float, bad: float, bad_share: float) -> float:
    """Standard error of a measured area (Hanley and McNeil, 1982), eq. 2."""
    good = max(bad / bad_share - bad, 1.0)
    both_good = 2 * auc**2 / (1 + auc)
    both_bad = auc / (2 - auc)
    spread = auc * (1 - auc) + (bad - 1) * (both_bad - auc**2) + (good - 1) * (both_good - auc**2)
    return sqrt(spread / (bad * good))


# --- Supply chain: whose name is lent on ---------------------------------------------------------

ROUTES = ("own_loan", "unconfirmed", "confirmed")


def capital(pd: float, lgd: float) -> float:
    """K of the Basel formula (CRE31) for a company and a maturity of one year."""
    pd = max(pd, 0.0005)
    e = (1 - exp(-50 * pd)) / (1 - exp(-50))
    r = 0.12 * e + 0.24 * (1 - e)
    stressed = norm.cdf((norm.ppf(pd) + sqrt(r) * norm.ppf(0.999)) / sqrt(1 - r))
    b = (0.11852 - 0.05478 * log(pd)) ** 2
    return float(lgd * (stressed - pd) * (1 + (1 - 2.5) * b) / (1 - 1.5 * b))


def chain(a: Any, dispute: float | None = None) -> Both:
    """A year of invoices, one a month, and the months until the last is paid."""
    disputed = a.dispute if dispute is None else dispute
    weak = max(a.contagion, a.supplier_pd)  # the supplier, once its buyer has failed
    supplier = (1 - a.buyer_pd) * a.supplier_pd + a.buyer_pd * weak
    claims = (1 - a.false_share) * (1 - min(a.failing_disputes * a.dispute, 1.0))
    gap = max(1 - claims / a.unconfirmed_advance, 0.0)
    unit = 12.5 * a.capital_ratio
    # of a yuan of a route's own paper: name, paper, capital, work, rate; then advance, days, fee
    name = {
        "own_loan": supplier * a.lgd,
        "unconfirmed": a.buyer_pd * weak * a.lgd,
        "confirmed": a.buyer_pd * a.lgd,
    }
    paper = {
        "own_loan": 0.0,
        "unconfirmed": (1 - a.buyer_pd) * a.supplier_pd * gap * a.lgd,
        "confirmed": a.forged_share * a.lgd,
    }
    held = {
        "own_loan": unit * capital(supplier, a.lgd),
        "unconfirmed": unit * (capital(a.buyer_pd, a.lgd) + capital(a.supplier_pd, gap * a.lgd)),
        "confirmed": unit * (capital(a.buyer_pd, a.lgd) + a.forged_share),
    }
    work = {
        "own_loan": a.own_cost,
        "unconfirmed": a.unconfirmed_cost,
        "confirmed": a.confirmed_cost,
    }
    rate = {
        "own_loan": a.own_rate,
        "unconfirmed": a.unconfirmed_rate,
        "confirmed": a.confirmed_rate,
    }
    part = {"own_loan": 0.0, "unconfirmed": a.unconfirmed_advance, "confirmed": a.confirmed_advance}
    lines: Values = {}
    out: Values = {}
    for k in ROUTES:
        days = a.terms if k == "confirmed" else a.terms_before
        fee = a.platform_fee if k == "confirmed" else 0.0
        even = {
            r: (a.ftp + name[r] + paper[r] + work[r] + a.hurdle * held[r] / (1 - a.tax))
            / (1 - a.vat_on_interest)
            for r in ROUTES
        }

        def mixed(of: dict[str, float], k: str = k) -> float:
            return part[k] * of[k] + (1 - part[k]) * of["own_loan"]

        cost = {r: name[r] + paper[r] for r in ROUTES}
        cash, owed = a.opening_cash, 0.0
        rows: dict[str, list[float]] = {}
        whole, rest = int(days // 30), days / 30 - days // 30
        for month in range(19):
            issued = a.invoices if 1 <= month <= 12 else 0.0
            due = 0.0
            for written in range(1, 13):  # due at the end of one month or of the next
                due += a.invoices * (1 - rest) * (written + whole == month)
                due += a.invoices * rest * (written + whole + 1 == month)
            start, years = cash, owed / 12
            row = {
                "opening": start,
                "production": -a.cost_share * issued,
                "own_drawn": (1 - part[k]) * issued,
                "advanced": part[k] * issued,
                "disputed": -disputed * due,
                "interest": -mixed(rate) * years,
                "platform": -fee * years,
            }
            cash += sum(v for n, v in row.items() if n != "opening")
            owed += issued - due
            earned = mixed(rate) * years
            before = earned * (1 - a.vat_on_interest) - years * (
                a.ftp + mixed(work) + mixed(cost)
            )  # fmt: skip
            row |= {
                "closing": cash, "issued": issued, "due": due, "owed": owed,
                "interest_income": earned, "value_added_tax": -a.vat_on_interest * earned,
                "funding": -a.ftp * years, "operating_cost": -mixed(work) * years,
                "expected_loss_charge": -mixed(cost) * years, "tax": -a.tax * before,
                "fee_income": 0.0, "capital_charge": -a.hurdle * mixed(held) * years,
                "economic_profit_line": (1 - a.tax) * before - a.hurdle * mixed(held) * years,
            }  # fmt: skip
            for n, v in row.items():
                rows.setdefault(n, []).append(v)
        year = 12 * a.invoices
        spent = -sum(rows["interest"]) - sum(rows["platform"])
        own = a.own_rate * year * a.terms_before / 360
        all_in = mixed(rate) + fee
        numbers = {
            "balance": year * days / 360,
            "supplier_cost": spent,
            "supplier_cost_share": spent / year,
            "all_in_rate": all_in,
            "break_even_rate": even[k],
            "break_even_blend": mixed(even),
            "priced_pd": a.buyer_pd if k == "confirmed" else supplier,
            "obligor_loss": name[k],
            "invoice_loss": paper[k],
            "supplier_gain": own - spent,
            "buyer_gain": a.buyer_rate * year * (days - a.terms_before) / 360,
            "platform_gain": -sum(rows["platform"]) - (a.platform_cost if fee > 0 else 0.0),
            "economic_profit": sum(rows["economic_profit_line"]),
            "longest_terms": min(own / (all_in * year) * 360, 999.0),
            "disputed": disputed * year,
        }
        lines |= {(k, n): v for n, v in rows.items()}
        out |= {(k, n): v for n, v in numbers.items()}
        out[k, "bank_gain"] = numbers["economic_profit"] - out["own_loan", "economic_profit"]
        out[k, "total_gain"] = sum(
            out[k, f"{who}_gain"] for who in ("supplier", "buyer", "bank", "platform")
        )
    return lines, out

"""Outlook, ecosystem: a supplier's invoices on a large buyer, financed in three ways.

Monthly. The supplier issues invoices of one amount at the end of months 1 to 12; the buyer pays
each after its term. The routes are the alternatives of one run; money is CNY million.

The supplier
    Needs the money of each invoice when it is issued. The route finances the share `advance` of it
    (own loan: all on the supplier's own name); the rest comes from its own loan. Interest is paid
    monthly on what was outstanding at the start of the month. What the buyer disputes, the share
    delta of each invoice, the supplier gives up when the invoice falls due, whatever the route: a
    confirmed invoice is paid in full and the buyer takes the dispute off a later one.
The bank: whose default it prices
    own loan    PD of the supplier, with its LGD
    unconfirmed the bank buys (1 - phi)(1 - delta') of true, undisputed claims for `advance`; the
                gap between the two is lost when the supplier fails: delta' = min(1, m delta) are
                the disputes of a failing supplier, phi the share of its invoices that is false or
                pledged twice. And if the buyer fails, it loses unless the supplier can pay.
    confirmed   PD of the buyer, and the share psi of confirmations that are forged
    PD of the supplier with its buyer: q = (1 - b) s + b max(chi, s), where chi: it fails with it
    Capital = K x 12.5 x capital ratio x balance, the parts of a route added up (`_risk`).
Who gains, a year, against own loans on the terms of before
    supplier: its cost of finance before less now; buyer: its own rate on the days it pays later;
    bank: economic profit; platform: its fee less its cost.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, overload

import numpy as np

from ...distributions import lognormal
from ...profitability import lender_view
from ...shape import (
    Array,
    Draws,
    Result,
    ScenarioRuns,
    SingleRun,
    crossing,
    drawer,
    residual,
    run_scenarios,
    uniform_draws,
)
from . import economics
from .economics import Risk
from .record import CONFIRMED, HORIZON, MONTHS, OWN, ROUTES, UNCONFIRMED, SupplyChain


def sample(a: SupplyChain, n: int, seed: int) -> Draws:
    """n years as uniforms in [0, 1): the buyer, the supplier, the level of disputes, a forgery."""
    return uniform_draws(("buyer", "supplier", "dispute", "forged"), n, seed)


@overload
def simulate(
    a: SupplyChain, d: None = None, keep: Sequence[str] | None = None
) -> SingleRun[SupplyChain]: ...
@overload
def simulate(
    a: SupplyChain, d: Draws, keep: Sequence[str] | None = None
) -> ScenarioRuns[SupplyChain]: ...
def simulate(
    a: SupplyChain, d: Draws | None = None, keep: Sequence[str] | None = None
) -> Result[SupplyChain]:
    """Run the year and its tail: as planned, or with the failures and disputes of `sample`.

    The result shows the route of `a.route` first. A single run keeps all lines; many keep those
    named in `keep`. A failure costs the bank the loss of an average balance.
    """
    if d is None:
        return _result(a, None, None)
    return run_scenarios(partial(_result, a), sample(a, 1, 0), d, keep)


def _result(a: SupplyChain, d: Draws | None, keep: Sequence[str] | None) -> Result[SupplyChain]:
    n = 1 if d is None else len(d["buyer"])
    one = np.ones(n)
    dispute = a.dispute * one
    if d is not None:
        dispute = np.minimum(a.dispute * lognormal(d["dispute"], a.dispute_spread), 1.0)
    issued = economics.paid(0.0)[:, None, None] * a.invoices
    due = (
        np.stack([economics.paid(days) for days in economics.terms(a)], axis=1)[..., None]
        * a.invoices
    )
    month = np.arange(HORIZON + 1)[:, None, None]
    owed = np.cumsum(issued - due, axis=0)
    opening_owed = np.concatenate([np.zeros_like(owed[:1]), owed[:-1]])
    share = economics.advance(a)[:, None]
    rate = economics.blend(a, economics.rates(a))[:, None]
    fee_rate = np.array([0.0, 0.0, a.platform_fee])[:, None]
    lost = due * dispute  # disputed: given up by the supplier when the invoice falls due
    lines = {
        "production": -a.cost_share * issued * one,
        "own_drawn": (1 - share) * issued * one,
        "advanced": share * issued * one,
        "disputed": -lost,
        "interest": -rate / MONTHS * opening_owed * one,
        "platform": -fee_rate / MONTHS * opening_owed * one,
    }
    # the buyer pays the invoice to the lenders, less the disputes, which the supplier makes good
    flow = sum(lines[k] for k in lines)
    closing = a.opening_cash + np.cumsum(flow, axis=0)
    opening = np.concatenate([np.full_like(closing[:1], a.opening_cash), closing[:-1]])

    risk = economics.risk(a)
    balance = opening_owed / MONTHS * one  # CNY million x years
    parts = {
        "interest": rate * balance,
        "fees": np.zeros_like(balance),
        "funding": a.ftp * balance,
        "cost": economics.blend(a, economics.costs(a))[:, None] * balance,
        "loss": economics.blend(a, risk.loss)[:, None] * balance,
        "capital": economics.blend(a, risk.capital)[:, None] * balance,
    }
    statement = lender_view(**parts, tax=a.tax, hurdle=a.hurdle)
    lines = {
        "opening": opening, **lines, "closing": closing,
        "issued": issued, "due": due, "owed": owed,
    } | statement  # fmt: skip
    metrics, checks = _metrics(a, lines, risk, parts)
    if d is not None:
        earned = parts["interest"] - parts["funding"] - parts["cost"]
        loss = _loss(a, d, dispute, balance.sum(axis=0))
        metrics |= {"loss": loss, "lender_result": earned.sum(axis=0) - loss}
    cleared = np.argmax((owed[..., 0] < 1e-9) & (month[..., 0] > MONTHS), axis=0)
    kept = lines if keep is None else {k: lines[k] for k in keep if k in lines}
    kind: type[Result[SupplyChain]] = SingleRun if d is None else ScenarioRuns
    return kind(
        assumptions=a,
        chosen=a.route,
        alternatives=ROUTES,
        all_lines=kept,
        all_metrics=metrics,
        all_events={"cleared": np.broadcast_to(cleared[:, None], (len(ROUTES), n))},
        checks=checks,
        largest_balance=a.opening_cash + MONTHS * a.invoices,
        scenarios=n,
    )


def _metrics(
    a: SupplyChain, lines: dict[str, Array], risk: Risk, parts: dict[str, Array]
) -> tuple[dict[str, Any], dict[str, float]]:
    """Cost, price and gains of the year, each (route, 1 or scenario); and the identities."""
    year = MONTHS * a.invoices
    terms = economics.terms(a)[:, None]
    rate, fee = (
        economics.blend(a, economics.rates(a))[:, None],
        np.array([0.0, 0.0, a.platform_fee])[:, None],
    )
    balance = year * terms / 360  # CNY million x years: what is outstanding, on average over a year
    interest = rate * balance
    fees = fee * balance
    break_even = economics.break_even(a, risk)
    profit = lines["economic_profit_line"].sum(axis=0)
    before = interest[OWN] + fees[OWN]
    supplier = before - interest - fees
    buyer = a.buyer_rate * year * (terms - a.terms_before) / 360
    platform = fees - a.platform_cost * (fee > 0)
    bank = profit - profit[OWN]
    # the longest term at which the programme costs the supplier no more than before
    longest = np.where(rate + fee > 0, before / np.where(rate + fee > 0, rate + fee, 1), 0)
    longest = longest / year * 360
    metrics = {
        "balance": balance,
        "supplier_cost": interest + fees,
        "supplier_cost_share": (interest + fees) / year,
        "all_in_rate": rate + fee,
        "break_even_rate": break_even[:, None],
        "break_even_blend": economics.blend(a, break_even)[:, None],
        "priced_pd": np.array([economics.chain_pd(a), economics.chain_pd(a), a.buyer_pd])[:, None],
        "obligor_loss": risk.obligor[:, None],
        "invoice_loss": risk.invoice[:, None],
        "supplier_gain": supplier,
        "buyer_gain": buyer,
        "bank_gain": bank,
        "platform_gain": platform,
        "total_gain": supplier + buyer + bank + platform,
        "economic_profit": profit,
        "longest_terms": np.minimum(longest, 999.0),
        "disputed": -lines["disputed"].sum(axis=0),
    }
    names = ("opening", "production", "own_drawn", "advanced", "disputed", "interest", "platform")
    at_break_even = (rate - economics.blend(a, break_even)[:, None]) * balance * (1 - a.tax)
    at_longest = before - (rate + fee) * year * longest / 360
    given = sum(parts[k].sum(axis=0) for k in ("interest", "fees"))
    checks = {
        "statement_foots": residual(sum(lines[k] for k in names) - lines["closing"]),
        "invoices_are_all_paid": residual(
            lines["owed"][-1], lines["issued"].sum(axis=0) - lines["due"].sum(axis=0)
        ),
        "balance_is_terms": residual(
            np.cumsum(lines["issued"] - lines["due"], axis=0)[:-1].sum(axis=0) / MONTHS - balance
        ),
        "interest_is_the_banks": residual(given + lines["interest"].sum(axis=0)),
        "profit_foots": residual(at_break_even - profit),
        "longest_terms_cost_the_same": residual(np.where(rate + fee > 0, at_longest, 0.0)),
    }
    return metrics, checks


def _loss(a: SupplyChain, d: Draws, dispute: Array, lent: Array) -> Array:
    """What the bank loses by route in years that the draws describe; lent: CNY million x years."""
    buyer = d["buyer"] < a.buyer_pd
    supplier = d["supplier"] < np.where(buyer, max(a.contagion, a.supplier_pd), a.supplier_pd)
    forged = d["forged"] < a.forged_share
    gap = economics.paper_gap(a, dispute)
    paper = np.stack(
        [supplier * 1.0, np.where(buyer, supplier, supplier * gap), np.maximum(buyer, forged) * 1.0]
    )
    share = economics.advance(a)[:, None]
    return a.lgd * lent * (share * paper + (1 - share) * supplier)


def term_curve(r: SingleRun[SupplyChain], longest: float = 180.0) -> dict[str, Array]:
    """Cost of finance of a hundred yuan of invoice by term, before and in the programme."""
    a = r.assumptions
    days = np.linspace(0.0, longest, 181)
    metrics = r.alternative("confirmed").metrics
    return {
        "days": days,
        "programme": metrics["all_in_rate"] * days / 360,
        "before": a.own_rate * a.terms_before / 360,
        "longest": metrics["longest_terms"],
    }


def dispute_curve(
    r: SingleRun[SupplyChain], highest: float = 0.12, points: int = 121
) -> dict[str, Any]:
    """Break-even rate (route, dispute), and the dispute rate at which unconfirmed paper is given
    at a loss: `break_even`, at its own rate; `as_own_loan`, at the price of the own loan.

    NaN where no rate of disputes below `highest` does it.
    """
    a = r.assumptions
    dispute = np.linspace(0.0, highest, points)
    rates = economics.break_even(a, economics.risk(a, dispute))
    return {
        "dispute": dispute,
        "break_even_rate": rates,
        "break_even": crossing(rates[UNCONFIRMED] - a.unconfirmed_rate, dispute),
        "as_own_loan": crossing(rates[UNCONFIRMED] - rates[OWN], dispute),
    }


def price_stack(r: SingleRun[SupplyChain]) -> dict[str, Array]:
    """What each break-even rate is made of, each part (route,)."""
    a, risk = r.assumptions, economics.risk(r.assumptions)
    return {
        "funding": np.full(len(ROUTES), a.ftp),
        "cost": economics.costs(a),
        "capital": a.hurdle * risk.capital / (1 - a.tax),
        "obligor": risk.obligor,
        "invoice": risk.invoice,
        "rate": economics.rates(a),
    }


def futures(r: SingleRun[SupplyChain], n: int = 50_000, seed: int = 20260320) -> dict[str, Array]:
    """Seeded years: the bank's mean loss by route, and its loss in the worst year of a hundred."""
    many = simulate(r.assumptions, sample(r.assumptions, n, seed))
    loss = many.all_metrics["loss"]
    return {
        "mean": loss.mean(axis=1),
        "error": loss.std(axis=1) / np.sqrt(n),
        "worst": np.quantile(loss, 0.99, axis=1),
        "n": n,
    }


def findings(r: SingleRun[SupplyChain]) -> dict[str, float]:
    """The numbers that the page states, each with its unit in the model's file."""
    a = r.assumptions
    curve, many = dispute_curve(r), futures(r)
    own, paper, confirmed = (r.alternative(name).metrics for name in ROUTES)
    pledged = simulate(a.replace(false_share=3 * a.false_share)).alternative("unconfirmed")
    long = simulate(a.replace(terms=120.0)).alternative("confirmed").metrics
    return {
        "break_even_dispute": curve["break_even"],
        "dispute_as_own_loan": curve["as_own_loan"],
        "failing_disputes": min(a.failing_disputes * a.dispute, 1.0),
        "rate_saved": own["all_in_rate"] - confirmed["all_in_rate"],
        "break_even_saved": own["break_even_rate"] - confirmed["break_even_rate"],
        "triple_false_rate": pledged.metrics["break_even_rate"],
        "triple_false_profit": pledged.metrics["economic_profit"],
        "triple_false_share": 3 * a.false_share,
        "supplier_gain_120": long["supplier_gain"],
        "buyer_gain_120": long["buyer_gain"],
        "total_gain_120": long["total_gain"],
        "supplier_part": confirmed["supplier_gain"] / confirmed["total_gain"],
        "year": MONTHS * a.invoices,
        "mean_loss_own": float(many["mean"][OWN]),
        "mean_loss_confirmed": float(many["mean"][CONFIRMED]),
        "worst_own": float(many["worst"][OWN]),
        "worst_unconfirmed": float(many["worst"][UNCONFIRMED]),
        "worst_confirmed": float(many["worst"][CONFIRMED]),
        "if_the_buyer_fails": a.lgd * a.confirmed_advance * confirmed["balance"],
        "unconfirmed_obligor": paper["obligor_loss"],
    }


#: Name of a figure -> what it is drawn from; the drawing is in `charts`.
FIGURES: Mapping[str, Callable[[SingleRun[SupplyChain]], Any]] = {
    "explorer": term_curve,
    "disputes": dispute_curve,
    "price": price_stack,
}

figure = drawer(__package__, FIGURES)

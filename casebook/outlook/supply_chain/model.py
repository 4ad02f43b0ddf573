"""A year of invoices and its tail: runs of the three routes, their checks, the page's questions.

What each route's paper costs and risks comes from `economics`; here it becomes the supplier's cash
and the bank's statement, month by month, and who gains what against own loans.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, overload

import numpy as np

from ...distributions import lognormal
from ...profitability import lender_view
from ...shape import (
    DUST,
    Array,
    Draws,
    Result,
    ScenarioRuns,
    SingleRun,
    asked,
    crossing,
    drawer,
    residual,
    run_scenarios,
    uniform_draws,
)
from ...timevalue import MONTHS_A_YEAR
from . import economics
from .economics import Risk
from .record import CONFIRMED, HORIZON, OWN, ROUTES, UNCONFIRMED, SupplyChain

#: The flows of the supplier's cash, in the order in which they add up.
FLOWS = ("production", "own_drawn", "advanced", "disputed", "interest", "platform")
#: Days that are shown where the programme would cost no more for any term.
LONGEST_SHOWN = 999.0


def sample(a: SupplyChain, n: int, seed: int) -> Draws:
    """n years as uniforms in [0, 1), (n,): buyer, supplier, level of disputes, a forgery.

    ValueError unless n is a whole number above zero.
    """
    return uniform_draws(("buyer", "supplier", "dispute", "forged"), n, seed)


@overload
def simulate(
    a: SupplyChain, d: None = None, keep: Sequence[str] | None = None
) -> SingleRun[SupplyChain]: ...
@overload
def simulate(
    a: SupplyChain, d: Draws, keep: Sequence[str] | None = None
) -> ScenarioRuns[SupplyChain]: ...
@asked
def simulate(
    a: SupplyChain, d: Draws | None = None, keep: Sequence[str] | None = None
) -> Result[SupplyChain]:
    """Run the year and its tail: as planned, or with the failures and disputes of `sample`.

    The result shows the route of `a.route` first. A single run keeps all lines; many keep those
    named in `keep`. A failure costs the bank the loss of an average balance. ValueError for draws
    that are not like those of `sample` and for a line that is not there.
    """
    if d is None:
        return _result(a, None, None)
    return run_scenarios(partial(_result, a), sample(a, 1, 0), d, keep)


def _result(a: SupplyChain, d: Draws | None, keep: Sequence[str] | None) -> Result[SupplyChain]:
    """The year as planned, or in the scenarios of the draws; lines (month, route, scenario)."""
    n = 1 if d is None else len(d["buyer"])
    dispute = a.dispute * np.ones(n)
    if d is not None:
        dispute = np.minimum(a.dispute * lognormal(d["dispute"], a.dispute_spread), 1.0)
    risk = economics.risk(a)
    cash = _cash(a, dispute)
    balance = _opening(cash["owed"]) / MONTHS_A_YEAR * np.ones(n)  # CNY million x years
    parts = _parts(a, risk, balance)
    lines = cash | lender_view(**parts, vat=a.vat_on_interest, tax=a.tax, hurdle=a.hurdle)
    metrics = _metrics(a, risk, lines)
    if d is not None:
        received = parts["interest"] + lines["value_added_tax"]
        earned = received - parts["funding"] - parts["cost"]
        loss = _loss(a, d, dispute, balance.sum(axis=0))
        metrics |= {"loss": loss, "lender_result": earned.sum(axis=0) - loss}
    owed, month = cash["owed"][..., 0], np.arange(HORIZON + 1)[:, None]
    cleared = np.argmax((owed < DUST) & (month > MONTHS_A_YEAR), axis=0)
    kept = lines if keep is None else {k: lines[k] for k in keep if k in lines}
    kind: type[Result[SupplyChain]] = SingleRun if d is None else ScenarioRuns
    return kind(
        assumptions=a,
        chosen=a.route,
        alternatives=ROUTES,
        all_lines=kept,
        all_metrics=metrics,
        all_events={"cleared": np.broadcast_to(cleared[:, None], (len(ROUTES), n))},
        checks=_checks(a, lines, parts, metrics),
        largest_balance=a.opening_cash + MONTHS_A_YEAR * a.invoices,
        scenarios=n,
    )


def _opening(line: Array) -> Array:
    """The balance at the start of each month, nothing at first; shape of line, months first."""
    return np.concatenate([np.zeros_like(line[:1]), line[:-1]])


def _cash(a: SupplyChain, dispute: Array) -> dict[str, Array]:
    """The supplier's cash and its invoices; each (month, route or 1, scenario or 1).

    dispute: share of each invoice that the buyer disputes, (scenario,).
    """
    one = np.ones(len(dispute))
    issued = economics.paid(0.0)[:, None, None] * a.invoices
    due = (
        np.stack([economics.paid(days) for days in economics.terms(a)], axis=1)[..., None]
        * a.invoices
    )
    owed = np.cumsum(issued - due, axis=0)
    at_start = _opening(owed)
    share = economics.advance(a)[:, None]
    rate = economics.blend(a, economics.rates(a))[:, None]
    fee_rate = economics.platform_fees(a)[:, None]
    lost = due * dispute  # disputed: given up by the supplier when the invoice falls due
    flows = {
        "production": -a.cost_share * issued * one,
        "own_drawn": (1 - share) * issued * one,
        "advanced": share * issued * one,
        "disputed": -lost,
        "interest": -rate / MONTHS_A_YEAR * at_start * one,
        "platform": -fee_rate / MONTHS_A_YEAR * at_start * one,
    }
    # the buyer pays the invoice to the lenders, less the disputes, which the supplier makes good
    flow = sum(flows[k] for k in FLOWS)
    closing = a.opening_cash + np.cumsum(flow, axis=0)
    opening = np.concatenate([np.full_like(closing[:1], a.opening_cash), closing[:-1]])
    return {
        "opening": opening, **flows, "closing": closing, "issued": issued, "due": due, "owed": owed,
    }  # fmt: skip


def _parts(a: SupplyChain, risk: Risk, balance: Array) -> dict[str, Array]:
    """What the bank earns and spends, as `lender_view` takes it; each (month, route, scenario).

    balance: outstanding at the start of the month, CNY million x years, of the same shape.
    """
    rate = economics.blend(a, economics.rates(a))[:, None]
    return {
        "interest": rate * balance,
        "fees": np.zeros_like(balance),
        "funding": a.ftp * balance,
        "cost": economics.blend(a, economics.costs(a))[:, None] * balance,
        "loss": economics.blend(a, risk.loss)[:, None] * balance,
        "capital": economics.blend(a, risk.capital)[:, None] * balance,
    }


def _metrics(a: SupplyChain, risk: Risk, lines: dict[str, Array]) -> dict[str, Array]:
    """Cost, price and gains of the year, each (route, 1 or scenario)."""
    year = MONTHS_A_YEAR * a.invoices
    terms = economics.terms(a)[:, None]
    rate = economics.blend(a, economics.rates(a))[:, None]
    fee = economics.platform_fees(a)[:, None]
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
    longest = _longest_terms(a, rate + fee, before)
    return {
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
        "longest_terms": np.minimum(longest, LONGEST_SHOWN),
        "disputed": -lines["disputed"].sum(axis=0),
    }


def _longest_terms(a: SupplyChain, all_in: Array, before: Array) -> Array:
    """Days at which the programme costs the supplier no more than before; shape of all_in.

    all_in: rate and fee a year; before: the cost of finance of a year, CNY million.
    """
    days = np.where(all_in > 0, before / np.where(all_in > 0, all_in, 1), 0)
    return days / (MONTHS_A_YEAR * a.invoices) * 360


def _checks(
    a: SupplyChain, lines: dict[str, Array], parts: dict[str, Array], metrics: dict[str, Array]
) -> dict[str, float]:
    """Identities: the statements foot, every invoice is paid, the year is what its months are."""
    year = MONTHS_A_YEAR * a.invoices
    rate = economics.blend(a, economics.rates(a))[:, None]
    balance, all_in = metrics["balance"], metrics["all_in_rate"]
    before = metrics["supplier_cost"][OWN]
    kept = (1 - a.vat_on_interest) * (1 - a.tax)  # of a yuan of interest
    at_break_even = (rate - metrics["break_even_blend"]) * balance * kept
    at_longest = before - all_in * year * _longest_terms(a, all_in, before) / 360
    given = sum(parts[k].sum(axis=0) for k in ("interest", "fees"))
    outstanding = np.cumsum(lines["issued"] - lines["due"], axis=0)[:-1].sum(axis=0)
    return {
        "statement_foots": residual(sum(lines[k] for k in ("opening", *FLOWS)) - lines["closing"]),
        "invoices_are_all_paid": residual(
            lines["owed"][-1], lines["issued"].sum(axis=0) - lines["due"].sum(axis=0)
        ),
        "balance_is_terms": residual(outstanding / MONTHS_A_YEAR - balance),
        "interest_is_the_banks": residual(given + lines["interest"].sum(axis=0)),
        "profit_foots": residual(at_break_even - metrics["economic_profit"]),
        "longest_terms_cost_the_same": residual(np.where(all_in > 0, at_longest, 0.0)),
    }


def _loss(a: SupplyChain, d: Draws, dispute: Array, lent: Array) -> Array:
    """What the bank loses in the years that the draws describe, CNY million (route, scenario).

    dispute: share of an invoice in dispute (scenario,); lent: CNY million x years (route,
    scenario).
    """
    buyer = d["buyer"] < a.buyer_pd
    supplier = d["supplier"] < np.where(buyer, max(a.contagion, a.supplier_pd), a.supplier_pd)
    forged = d["forged"] < a.forged_share
    gap = economics.paper_gap(a, dispute)
    paper = np.stack(
        [supplier * 1.0, np.where(buyer, supplier, supplier * gap), np.maximum(buyer, forged) * 1.0]
    )
    share = economics.advance(a)[:, None]
    loss: Array = a.lgd * lent * (share * paper + (1 - share) * supplier)
    return loss


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
    """Break-even rate (route, dispute), and the disputes at which unconfirmed paper loses money.

    `break_even`: the dispute rate at which it breaks even at its own rate; `as_own_loan`: at which
    it is as dear as the own loan. NaN where no rate of disputes below `highest` does it.
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


def futures(r: SingleRun[SupplyChain], n: int = 50_000, seed: int = 20260320) -> dict[str, Any]:
    """Seeded years: the bank's mean loss, and its loss in the worst year of a hundred, (route,)."""
    loss = simulate(r.assumptions, sample(r.assumptions, n, seed)).all_metrics["loss"]
    return {
        "mean": loss.mean(axis=1),
        "error": loss.std(axis=1) / np.sqrt(n),
        "worst": np.quantile(loss, 0.99, axis=1),
        "n": n,
    }


def findings(r: SingleRun[SupplyChain]) -> dict[str, float]:
    """The numbers that the page states, each with its unit in the model's file."""
    a = r.assumptions
    curve, years = dispute_curve(r), futures(r)
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
        "year": MONTHS_A_YEAR * a.invoices,
        "mean_loss_own": float(years["mean"][OWN]),
        "mean_loss_confirmed": float(years["mean"][CONFIRMED]),
        "worst_own": float(years["worst"][OWN]),
        "worst_unconfirmed": float(years["worst"][UNCONFIRMED]),
        "worst_confirmed": float(years["worst"][CONFIRMED]),
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

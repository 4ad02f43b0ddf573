"""Case 5, run: the likely path or many scenarios, all four ways at once, and their numbers.

A single run also takes the expectation of each way (`expectations`) and writes the statements.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, overload

import numpy as np

from ... import credit, profitability, workout
from ...distributions import normal, pick
from ...shape import (
    Array,
    Draws,
    Result,
    ScenarioRuns,
    SingleRun,
    asked,
    residual,
    run_scenarios,
    uniform_draws,
)
from ...timevalue import MONTHS_A_YEAR
from . import expectations, performing, provisions, statements, ways_out
from .record import BRANCHES, DELAY_STEP, DRAWS, WAYS, Terminated
from .ways_out import Outcome


def sample(a: Terminated, n: int, seed: int) -> Draws:
    """n scenarios as uniforms in [0, 1): price level, delay, three rounds, the guarantor."""
    return uniform_draws(DRAWS, n, seed)


@overload
def simulate(
    a: Terminated, d: None = None, keep: Sequence[str] | None = None
) -> SingleRun[Terminated]: ...
@overload
def simulate(
    a: Terminated, d: Draws, keep: Sequence[str] | None = None
) -> ScenarioRuns[Terminated]: ...
@asked
def simulate(
    a: Terminated, d: Draws | None = None, keep: Sequence[str] | None = None
) -> Result[Terminated]:
    """Run the case: the plan as it stands, or the scenarios of `sample`.

    All four ways run; the result shows the way of `a.way` first. A single run keeps all lines;
    many keep those named in `keep` (client and bank cash lines). Without draws prices are at the
    market, the court is on time, and a round sells, or a guarantor pays, if that is likelier than
    not. ValueError where `d` is not of the form of `sample`, or `keep` names no cash line.
    """
    if d is None:
        return _result(a, ways_out.path(a, np.ones(1), np.zeros(1), np.full((4, 1), 0.5)), None)
    return run_scenarios(partial(_scenarios, a), sample(a, 1, 0), d, keep)


def _scenarios(a: Terminated, d: Draws, keep: Sequence[str]) -> Result[Terminated]:
    """One chunk of scenarios: the draws (scenario,) as price level, delay and uniforms."""
    delay = DELAY_STEP * pick(a.delay_probabilities, d["delay"])
    level = performing.price_level(a, normal(d["price"]))
    rest = np.stack([d[k] for k in DRAWS[2:]])
    return _result(a, ways_out.path(a, level, delay, rest), keep)


def _result(a: Terminated, outcome: Outcome, keep: Sequence[str] | None) -> Result[Terminated]:
    """What a reader may ask of an outcome; `keep` None is a single run.

    Metrics and events are (way, scenario); lines (month, way, scenario).
    """
    single = keep is None
    clean, ead = outcome.clean, outcome.clean.ead
    default, n = clean.default, outcome.value.shape[1]
    lines = statements.cash_lines(a, outcome, keep) if single or keep else {}
    in_kind = ways_out.all_ways(outcome.forced.in_kind, False, False)
    metrics = {
        "value": outcome.value,
        "lgd": outcome.lgd,
        "recovery": outcome.value / ead,
        "nominal": outcome.nominal,
        "nominal_recovery": outcome.nominal / ead,
        "all_in": outcome.all_in,
        "received": outcome.received,
        "guarantor": outcome.guarantor,
        "price": outcome.price,
        "auction_round": outcome.branch + 1,
        "claim_when_paid": outcome.claim,
        "given_up": outcome.left,
        "months_to_cash": outcome.paid,
        "months_to_close": outcome.closed,
    }
    months, recoveries, costs = (part.reshape(len(part), -1) for part in outcome.flows)
    checks = {
        "waterfall_pays_out": outcome.forced.shares.gap,
        "claim_is_paid_or_given_up": residual(np.minimum(outcome.left, 0.0)),
        "branches_sum_to_one": residual(outcome.chance.sum(axis=0) - 1.0),
        "value_and_loss_make_the_claim": residual(
            workout.recovery_value(recoveries, costs, months / MONTHS_A_YEAR, a.discount_rate)
            - ((1.0 - outcome.lgd) * ead).ravel()
        ),
    }
    if single:
        more, lines, more_checks = _single(a, outcome, lines)
        metrics |= more
        checks |= more_checks
    sold = outcome.flows.month[2] - a.distribution_months
    at = {
        "suit": outcome.suit,
        "judgment": outcome.judgment,
        "sold": np.where((outcome.branch >= 0) & (outcome.branch < len(BRANCHES) - 1), sold, -1),
        "taken": np.where(in_kind, sold, -1),
        "paid": outcome.paid,
        "written_off": np.minimum(outcome.paid, a.write_off_months),
        "closed": outcome.closed,
    }
    events = {k: np.where(m >= 0, default + m, -1).astype(int) for k, m in at.items()}
    events["missed"] = np.full((1, n), a.missed_month)
    events["default"] = np.full((1, n), default)
    kind: type[Result[Terminated]] = SingleRun if single else ScenarioRuns
    return kind(
        assumptions=a,
        chosen=a.way,
        alternatives=WAYS,
        all_lines=lines,
        all_metrics=metrics,
        all_events=events,
        checks=checks,
        # a claim may outgrow the loan, and an auction may move more than either
        largest_balance=float(
            max(outcome.claim.max(), outcome.price.max(), a.principal, clean.buffer, a.free_assets)
        ),
        scenarios=n,
    )


def _single(
    a: Terminated, outcome: Outcome, lines: dict[str, Array]
) -> tuple[dict[str, Array], dict[str, Array], dict[str, float]]:
    """(metrics, all lines, checks) that a single run adds: expectations, break-even offers, books.

    Metrics are (way, 1), or (1, 1) where they are the same for all; lines (month, way, 1).
    """
    ead = outcome.clean.ead
    expectation = expectations.expected(a)
    thresholds = expectations.thresholds(a, expectation, ead)
    lines = lines | statements.claim_lines(a, outcome, lines)
    book = statements.book_lines(a, outcome, lines)
    lines |= book

    def column(x: Any) -> Array:
        """A number, or one a way, as (way or 1, 1)."""
        return np.reshape(np.asarray(x, float), (-1, 1))

    after_tax = book["economic_profit_line"] - book["capital_charge"]
    clean_year, raroc = _clean_year(a, ead)
    # over no profit at all: missing, shown as a dash
    lost = (ead - expectation.value) * (1.0 - a.tax)
    metrics = {
        "ead": column(ead),
        "expected_value": column(expectation.value),
        "expected_lgd": column(1.0 - expectation.value / ead),
        "expected_recovery": column(expectation.value / ead),
        "expected_nominal": column(expectation.nominal / ead),
        "recovery_gap": column((expectation.nominal - expectation.value) / ead),
        "expected_all_in": column(expectation.all_in),
        "low": column(expectation.low),
        "high": column(expectation.high),
        "settlement": column(a.settlement_offer * ead),
        "sale": column(a.sale_price * ead),
        "settle_break_even": column(thresholds.settle),
        "settle_break_even_share": column(thresholds.settle / ead),
        "settle_low": column(thresholds.settle_low),
        "settle_high": column(thresholds.settle_high),
        "settle_all_in": column(thresholds.settle_all_in),
        "sell_break_even": column(thresholds.sell),
        "sell_all_in": column(thresholds.sell_all_in),
        "lifetime_profit": after_tax.sum(axis=0),
        "lifetime_economic": book["economic_profit_line"].sum(axis=0),
        "clean_profit": after_tax[: a.missed_month].sum(axis=0),
        "years_eaten": column(lost / clean_year if clean_year > 0 else np.full(4, np.nan)),
        "clean_year": column(clean_year),
        "clean_raroc": column(raroc),
        "over_lpr": column(a.rate - a.lpr),
        "capital_released": column(
            a.capital_ratio
            * (provisions.default_weights(a, ead) * (ead - provisions.allowance(a, ead)))[0]
        ),
    }
    return metrics, lines, statements.checks(a, outcome, expectation, thresholds, lines)


def _clean_year(a: Terminated, balance: float) -> tuple[float, float]:
    """(profit after tax, RAROC) of a year with a sound client that owes `balance`, CNY million.

    Formula and source: `profitability.raroc`.
    """
    capital = provisions.sound_weight(a) * a.capital_ratio * balance
    receipts = a.rate * balance + a.fee_income
    vat = profitability.value_added_tax(receipts, a.vat_on_interest)
    raroc = profitability.raroc(
        receipts - vat - a.ftp * balance,
        credit.expected_loss(a.pd, a.lgd_planned, balance),
        a.servicing_cost,
        capital,
        tax=a.tax,
    )
    return raroc * capital, raroc


def by_year(a: Terminated, line: Array) -> Array:
    """A monthly line added up by year from the first drawing; month 0 counts in the first.

    (month, …) becomes (year, …).
    """
    starts = np.concatenate([[0], np.arange(MONTHS_A_YEAR + 1, len(line), MONTHS_A_YEAR)])
    sums: Array = np.add.reduceat(line, starts, axis=0)
    return sums

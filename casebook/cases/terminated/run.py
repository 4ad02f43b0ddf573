"""TODO."""

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
    residual,
    run_scenarios,
    uniform_draws,
)
from . import expectations, performing, statements, ways_out
from .record import BRANCHES, DELAY_STEP, DRAWS, MONTHS, WAYS, Terminated
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
def simulate(
    a: Terminated, d: Draws | None = None, keep: Sequence[str] | None = None
) -> Result[Terminated]:
    """Run the case: the plan as it stands, or the scenarios of `sample`.

    All four ways run; the result shows the way of `a.way` first. A single run keeps all lines;
    many keep those named in `keep` (client and bank cash lines). Without draws prices are at the
    market, the court is on time, and a round sells, or a guarantor pays, if that is likelier than
    not.
    """
    if d is None:
        return _result(a, ways_out.path(a, np.ones(1), np.zeros(1), np.full((4, 1), 0.5)), None)
    return run_scenarios(partial(_scenarios, a), sample(a, 1, 0), d, keep)


def _scenarios(a: Terminated, d: Draws, keep: Sequence[str]) -> Result[Terminated]:
    delay = DELAY_STEP * pick(a.delay_probabilities, d["delay"])
    level = performing.price_level(a, normal(d["price"]))
    rest = np.stack([d[k] for k in DRAWS[2:]])
    return _result(a, ways_out.path(a, level, delay, rest), keep)


def _result(a: Terminated, p: Outcome, keep: Sequence[str] | None) -> Result[Terminated]:
    single = keep is None
    c, ead = p.clean, p.clean.ead
    d, n = c.default, p.value.shape[1]
    lines = statements.cash_lines(a, p, keep) if single or keep else {}
    in_kind = p.branch == len(BRANCHES) - 1
    metrics = {
        "value": p.value,
        "lgd": p.lgd,
        "recovery": p.value / ead,
        "nominal": p.nominal,
        "nominal_recovery": p.nominal / ead,
        "all_in": p.all_in,
        "received": p.received,
        "guarantor": p.guarantor,
        "price": p.price,
        "auction_round": p.branch + 1,
        "claim_when_paid": p.claim,
        "given_up": p.left,
        "months_to_cash": p.paid,
        "months_to_close": p.closed,
    }
    checks = {
        "waterfall_pays_out": p.waterfall_gap,
        "claim_is_paid_or_given_up": residual(np.minimum(p.left, 0.0)),
        "branches_sum_to_one": residual(p.chance.sum(axis=0) - 1.0),
        "value_and_loss_make_the_claim": residual(
            workout.recovery_value(*(x.reshape(len(x), -1) for x in (p.rows[1], p.rows[2])),
                                   p.rows[0].reshape(len(p.rows[0]), -1) / MONTHS, a.discount_rate)
            - ((1.0 - p.lgd) * ead).ravel()
        ),
    }  # fmt: skip
    if single:
        more, lines, identities = _single(a, p, lines)
        metrics |= more
        checks |= identities
    at = {
        "suit": p.suit,
        "judgment": p.judgment,
        "sold": np.where(
            in_kind, -1, np.where(p.branch >= 0, p.rows[0][2] - a.distribution_months, -1)
        ),
        "taken": np.where(in_kind, p.rows[0][2] - a.distribution_months, -1),
        "paid": p.paid,
        "written_off": np.minimum(p.paid, a.write_off_months),
        "closed": p.closed,
    }
    events = {k: np.where(m >= 0, d + m, -1).astype(int) for k, m in at.items()}
    events["missed"] = np.full((1, n), a.missed_month)
    events["default"] = np.full((1, n), d)
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
            max(p.claim.max(), p.price.max(), a.principal, c.buffer, a.free_assets)
        ),
        scenarios=n,
    )


def _single(
    a: Terminated, p: Outcome, lines: dict[str, Array]
) -> tuple[dict[str, Array], dict[str, Array], dict[str, float]]:
    """What a single run adds: expectations, break-even offers, statements, their identities."""
    ead = p.clean.ead
    e = expectations.expected(a)
    t = expectations.thresholds(a, e, ead)
    lines = lines | statements.claim_lines(a, p, lines)
    book = statements.book_lines(a, p, lines)
    lines |= book

    def column(x: Any) -> Array:
        return np.reshape(np.asarray(x, float), (-1, 1))

    after_tax = book["economic_profit_line"] - book["capital_charge"]
    clean_year, raroc = _clean_year(a, ead)
    lost = (ead - e.value) * (1.0 - a.tax)  # over no profit at all: missing, shown as a dash
    metrics = {
        "ead": column(ead),
        "expected_value": column(e.value),
        "expected_lgd": column(1.0 - e.value / ead),
        "expected_recovery": column(e.value / ead),
        "expected_nominal": column(e.nominal / ead),
        "recovery_gap": column((e.nominal - e.value) / ead),
        "expected_all_in": column(e.all_in),
        "low": column(e.low),
        "high": column(e.high),
        "settlement": column(a.settlement_offer * ead),
        "sale": column(a.sale_price * ead),
        "settle_break_even": column(t.settle),
        "settle_break_even_share": column(t.settle / ead),
        "settle_low": column(t.settle_low),
        "settle_high": column(t.settle_high),
        "settle_all_in": column(t.settle_all_in),
        "sell_break_even": column(t.sell),
        "sell_all_in": column(t.sell_all_in),
        "lifetime_profit": after_tax.sum(axis=0),
        "lifetime_economic": book["economic_profit_line"].sum(axis=0),
        "clean_profit": after_tax[: a.missed_month].sum(axis=0),
        "years_eaten": column(lost / clean_year if clean_year > 0 else np.full(4, np.nan)),
        "clean_year": column(clean_year),
        "clean_raroc": column(raroc),
        "over_lpr": column(a.rate - a.lpr),
        "capital_released": column(
            a.default_weight * a.capital_ratio * (ead - ways_out.allowance(a, ead)[0])
        ),
    }
    return metrics, lines, statements.identities(a, p, e, t, lines)


def _clean_year(a: Terminated, balance: float) -> tuple[float, float]:
    """(profit after tax, RAROC) of a year with a sound client that owes `balance`."""
    capital = statements.performing_weight(a) * a.capital_ratio * balance
    raroc = profitability.raroc(
        (a.rate - a.ftp) * balance + a.fee_income,
        credit.expected_loss(a.pd, a.lgd_planned, balance),
        a.servicing_cost,
        capital,
        tax=a.tax,
    )
    return raroc * capital, raroc


def by_year(a: Terminated, line: Array) -> Array:
    """A monthly line added up by year from the first drawing; month 0 counts in the first."""
    starts = np.concatenate([[0], np.arange(MONTHS + 1, len(line), MONTHS)])
    return np.add.reduceat(line, starts, axis=0)

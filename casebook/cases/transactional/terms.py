"""Other terms of the same loan, and what they are worth to a desk that makes many.

Suppliers paid straight by the bank, a guarantee, own estimates of capital, no value-added tax; the
values at which the profit turns; money a year; and a payment missed on the last day.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from ...shape import DUST, SingleRun
from ...timevalue import MONTHS_A_YEAR
from . import pricing, run
from .record import FORMS, Transactional


def entrusted_curve(
    r: SingleRun[Transactional], shares: Sequence[float] = tuple(np.linspace(0.0, 1.0, 21))
) -> dict[str, Any]:
    """Chance of a missed payment (form, share) by the share of the development paid straight out.

    `suppliers` is the share that suppliers bill, `then` the chance there with the chosen form.
    """
    a = r.assumptions
    missed = [pricing.structure(a.replace(entrusted=float(x))).missed[:, 0] for x in shares]
    form = FORMS.index(r.chosen)
    then = pricing.structure(a.replace(entrusted=a.supplier_share)).missed[form, 0]
    return {"share": np.asarray(shares), "missed": np.stack(missed, axis=1), "then": float(then)}


def entrusted(r: SingleRun[Transactional]) -> dict[str, float]:
    """What changes if suppliers are paid straight by the bank, as far as they send bills."""
    a = r.assumptions
    with_it = run.simulate(a.replace(entrusted=a.supplier_share))
    m, bullet = with_it.alternative(r.chosen).metrics, with_it.alternative("bullet").metrics
    all_of_it = run.simulate(a.replace(entrusted=1.0)).alternative(r.chosen).metrics
    return {
        "supplier_bills": a.supplier_share * a.development * a.launch_month,
        "owed_leaked": _leaked_while_owed(r),
        "entrusted_leaked": _leaked_while_owed(with_it),
        "entrusted_missed": m["missed_probability"],
        "entrusted_bullet_missed": bullet["missed_probability"],
        "entrusted_break_even": m["break_even_rate"],
        "entrusted_bullet_break_even": bullet["break_even_rate"],
        "entrusted_short": m["shortfall"],
        "entrusted_bullet_short": bullet["shortfall"],
        "all_entrusted_missed": all_of_it["missed_probability"],
    }


def _leaked_while_owed(r: SingleRun[Transactional]) -> float:
    """What leaks in the months at whose end the loan is out, the chosen form."""
    return float(-r.lines["leaked"][r.lines["balance"] > DUST].sum())


def other_terms(r: SingleRun[Transactional]) -> dict[str, float]:
    """The price with a guarantee, without VAT and with own estimates; and what reverses profit.

    A flip is the value at which this loan's economic profit at the quoted rate is zero; loss and
    capital charge are proportional to what flips.
    """
    a, m = r.assumptions, r.metrics

    def other(**changes: Any) -> SingleRun[Transactional]:
        return run.simulate(a.replace(**changes))

    given, own = other(guarantee="given"), other(approach="irb")
    loss = m["expected_loss"]
    bearable = 1 + m["economic_profit"] / (1 - a.tax) / loss if loss > 0 else np.nan
    charge = a.hurdle * m["capital"] * a.tenor / MONTHS_A_YEAR
    return {
        "guaranteed_lgd": pricing.loss_share(given.assumptions),
        "guaranteed_break_even": given.metrics["break_even_rate"],
        "guaranteed_profit": given.metrics["economic_profit"],
        "guaranteed_cut": m["break_even_rate"] - given.metrics["break_even_rate"],
        "irb_break_even": own.metrics["break_even_rate"],
        "irb_bullet_break_even": own.alternative("bullet").metrics["break_even_rate"],
        "untaxed_break_even": other(vat_on_interest=0.0).metrics["break_even_rate"],
        "flip_lgd": a.lgd * bearable,
        "flip_cure": 1 - (1 - a.cure) * bearable,
        "flip_weight": a.standard_weight * (1 + m["economic_profit"] / charge),
    }


def desk(r: SingleRun[Transactional], speed_gain: float, safest_profit: float) -> dict[str, float]:
    """The same in CNY million a year, for a desk that makes `desk_loans` such loans or offers."""
    a, m = r.assumptions, r.metrics
    bullet = r.alternative("bullet").metrics
    lowest = run.simulate(a.replace(rate=a.market_rate - a.market_range)).alternative(r.chosen)
    tighter = max(a.leakage - 0.01, 0.0)
    leak = run.simulate(a.replace(leakage=tighter)).alternative(r.chosen).metrics
    one = {
        "desk_profit": m["economic_profit"],
        "desk_form": m["economic_profit"] - bullet["economic_profit"],
        "desk_lowest": lowest.metrics["economic_profit"],
        "desk_best": m["best_expected_profit"] - m["expected_profit"],
        "desk_speed": speed_gain,
        "desk_tax": m["value_added_tax"],
        "desk_loss": m["expected_loss"],
        "desk_leak": leak["economic_profit"] - m["economic_profit"],
        "desk_amount": m["best_expected_profit"] - safest_profit,
    }
    return {name: a.desk_loans * value for name, value in one.items()}


def afterwards(r: SingleRun[Transactional]) -> dict[str, float]:
    """A payment that is missed on the last day: how soon the firm could make it good."""
    a, m = r.assumptions, r.metrics
    steady = a.price * a.units * (1 - a.cost_of_sales) + a.existing_business - a.fixed_cost
    months = float(np.ceil(m["shortfall"] / steady)) if steady > 0 else np.nan
    chances = dict(enumerate(a.slip_probabilities))
    penalty = (1 + a.penalty_surcharge) * a.rate / MONTHS_A_YEAR
    return {
        "slip_chance": chances.get(a.slip, 0.0),
        "leaves": 1 - a.repeat,
        "steady_cash": steady,
        "months_to_cure": months,
        "penalty_to_cure": m["shortfall"] * penalty * months,
        "uncured_loss": pricing.loss_share(a) * m["shortfall"],
    }

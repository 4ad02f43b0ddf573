"""The outlook against its second writing in `reference_outlook`: every line and every number."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from scipy.stats import norm

from casebook.outlook import automation, information, supply_chain

from . import reference_outlook as reference

MODELS = {
    "automation": (automation, reference.automation),
    "information": (information, reference.information),
    "supply_chain": (supply_chain, reference.chain),
}
#: How near the second writing is: it adds up steps, or searches where the model has a formula.
NEAR = {"automation": 5e-3, "information": 1e-8, "supply_chain": 1e-10}


def drawn(model, number):
    """Set `number`: the base case, or every assumption anywhere in the inner half of its range."""
    base, chance = model.assumptions(), Random(20261129 + number)
    if not number:
        return base
    changes = {}
    for name, spec in base.spec.assumptions.items():
        if spec.choices:
            continue
        x = spec.low + (spec.high - spec.low) * chance.uniform(0.02, 0.5)
        changes[name] = round(x) if isinstance(spec.value, int) else x
    return base.replace(**changes)


def agree(values, axis, found, near, at=0):
    """Every line (or number) of a run, in scenario `at`, is that of the second writing."""
    ways = dict.fromkeys(way for way, _ in found)
    assert {name for _, name in found} == set(values)
    for k, way in enumerate(ways):
        for name, all_ways in values.items():
            part = all_ways.take(k if all_ways.shape[axis] > 1 else 0, axis=axis)
            part = part[..., at if part.shape[-1] > 1 else 0]
            size = max(np.abs(found[way, name]).max(), 0.01)
            np.testing.assert_allclose(
                part, found[way, name], rtol=0, atol=near * size, err_msg=f"{way} {name}"
            )


@pytest.mark.parametrize("number", range(4))
@pytest.mark.parametrize("name", MODELS)
def test_lines_and_numbers_are_those_of_the_second_writing(name, number):
    model, second = MODELS[name]
    a = drawn(model, number)
    r = model.simulate(a)
    lines, numbers = second(a)
    agree(r.all_lines, 1, lines, NEAR[name])
    ends = {} if name == "supply_chain" else r.all_events
    agree(r.all_metrics | ends, 0, numbers, NEAR[name])


def test_a_year_in_another_world_is_that_of_the_second_writing():
    a, z = automation.assumptions(), -0.7
    d = {"bad": norm.cdf([z]), "lgd": norm.cdf([-z])}
    odds = a.bad_share / (1 - a.bad_share) * np.exp(a.bad_spread * z)
    lgd = a.lgd * np.exp(a.lgd_spread * -z - a.lgd_spread**2 / 2)
    _, numbers = reference.automation(a, odds / (1 + odds), lgd)
    r = automation.simulate(a, d)
    agree(r.all_metrics | r.all_events, 0, numbers, NEAR["automation"])


def test_three_years_in_another_world_are_those_of_the_second_writing():
    a = information.assumptions()
    z = np.array([-0.7, 0.4])
    d = {"auc": norm.cdf(z), "drift": norm.cdf(z[::-1])}
    r = information.simulate(a, d)
    for at in (0, 1):
        drift = a.drift * np.exp(a.drift_spread * z[1 - at] - a.drift_spread**2 / 2)
        error = reference.hanley(a.flows_auc, a.measured_bad, a.bad_share) * z[at]
        _, numbers = reference.information(a, error, drift)
        agree(r.all_metrics | r.all_events, 0, numbers, 1e-8, at)


def test_years_of_failures_and_disputes_are_those_counted_by_hand():
    """Five years: nothing happens, the buyer fails alone, both fail, the supplier, a forgery."""
    a = supply_chain.assumptions().replace(dispute_spread=0.0, confirmed_advance=0.9)
    d = {
        "buyer": np.array([0.9, 0.0, 0.0, 0.9, 0.9]),
        "supplier": np.array([0.9, 0.9, 0.5, 0.0, 0.9]),
        "dispute": np.full(5, 0.5),
        "forged": np.array([0.9, 0.9, 0.9, 0.9, 0.0]),
    }
    r = supply_chain.simulate(a, d)
    lent = {k: 12 * a.invoices * t / 360 for k, t in
            (("own_loan", 60), ("unconfirmed", 60), ("confirmed", 90))}  # fmt: skip
    sound = (1 - 0.06) * (1 - 15 * 0.015)  # of a yuan of claims, once the supplier has failed
    gap = 1 - sound / 0.8
    lost = {
        "own_loan": [0, 0, 1, 1, 0],
        "unconfirmed": [0, 0, 1, 0.8 * gap + 0.2, 0],
        "confirmed": [0, 0.9, 1, 0.1, 0.9],
    }
    part = {"own_loan": 0, "unconfirmed": 0.8, "confirmed": 0.9}
    for k, share in lost.items():
        m = r.alternative(k).metrics
        np.testing.assert_allclose(m["loss"], a.lgd * lent[k] * np.array(share), atol=1e-12)
        own = 1 - part[k]
        rate = part[k] * getattr(a, f"{k.removesuffix('_loan')}_rate") + own * a.own_rate
        work = part[k] * getattr(a, f"{k.removesuffix('_loan')}_cost") + own * a.own_cost
        kept = lent[k] * (rate * (1 - a.vat_on_interest) - a.ftp - work)
        np.testing.assert_allclose(m["lender_result"], kept - m["loss"], rtol=1e-12)


def test_an_invoice_waits_for_the_end_of_the_month():
    """Of a hundred yuan a month, due after 45 days: half after one month, half after two."""
    paid = supply_chain.economics.paid(45.0)
    assert paid[:4].tolist() == [0, 0, 0.5, 1] and paid[12:16].tolist() == [1, 1, 0.5, 0]

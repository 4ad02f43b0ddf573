"""Properties of the growth case that must hold however hard it is stressed: random stresses.

Each stress draws every number of the case from its range; the seed of a stress that fails stands in
the message. Numbers in names are those of the design: 2 what is written off is what is charged, 3
shareholders come last, 4 the cash of a failed company is its estate, 5 a promise never weighs less
than the partner, 9 the value-added tax is that of all receipts; and no worse estate or promise
makes the bank richer. One pass over the stresses finds what is broken; a test for each says it.
"""

from __future__ import annotations

import math

import numpy as np
import pytest

from casebook.cases import growth as g
from casebook.cases.growth import endings, lender, run, statements

from .properties import STRESSES

SEEDS = range(20261128, 20261128 + STRESSES)
NEAR = 1e-9
STORIES = ("early", "fails")
#: A fine grid over which a chance is integrated again.
GRID = np.linspace(-9.0, 9.0, 20_001)
DENSITY = np.exp(-(GRID**2) / 2) / np.exp(-(GRID**2) / 2).sum()


def stressed(seed):
    """Assumptions drawn over their whole ranges, steps of the sliders kept."""
    rng = np.random.default_rng(seed)
    a = g.assumptions()
    changes = {}
    for name, spec in a.spec.assumptions.items():
        if spec.choices:
            changes[name] = str(rng.choice(list(spec.choices)))
        else:
            steps = int(np.floor((spec.high - spec.low) / spec.step + 1e-9))
            value = spec.low + spec.step * int(rng.integers(0, steps + 1))
            changes[name] = round(value) if isinstance(spec.value, int) else value
    return a.replace(**changes)


def charged_is_lost(a, tree, loan):
    left = tree.company.estate
    gone = float((tree.chance[:, None] * left.lost).sum()) * (1 - loan.form.cover * a.partner_pays)
    statement = lender.lender_lines(a, loan)["expected_loss_charge"].sum()
    yield gone + statement
    for story in STORIES:  # a path that came
        paths, company, _ = run.told(a, story)
        exposure, form = lender.came(a, company, paths, loan.form)
        owed = exposure.opening[int(company.end[0])]
        paid = float(company.estate.paid[1][0] - company.estate.interest[0])
        off = (owed - paid) * (1 - loan.form.cover * a.partner_pays)
        yield form.loss.sum() - off


def shareholders_come_last(a, tree, loan):
    left, company, failed = tree.company.estate, tree.company, tree.paths.failed
    holders = sum(company.paid) + company.common * company.per_share
    short = left.owed - left.paid
    yield np.where(failed & (short.sum(axis=0) > NEAR), holders, 0.0).max()
    unsecured = left.paid[1] - left.secured + left.paid[2]
    yield np.where(failed & (short[0] > NEAR), unsecured, 0.0).max()


def cash_is_the_estate(a, tree, loan):
    for story in STORIES:
        paths, company, investor = run.told(a, story)
        flows = statements.quarters(a, company, paths, investor, None)
        end = int(company.end[0])
        yield flows["closing"][end - 1] + flows["seed_round"][end] + flows["spending"][end]
        yield sum(flows[k][end] for k in statements.PAID_OUT) + flows["assets_sold"][end]
        yield flows["closing"][end]


def promise_weighs_enough(a, tree, loan):
    alone = lender.at_rate(a, tree, a.loan_rate, "plain").weight
    cover = loan.form.cover
    least = (1 - cover) * alone + cover * min(alone, a.guarantor_weight)
    yield max(0.0, least - loan.form.weight)


def capital_is_held(a, tree, loan):
    yield float(not (loan.form.capital.sum() > 0 and math.isfinite(loan.form.raroc)))


def worse_is_no_better(a, tree, loan):
    for name, worse in (
        ("salvage", a.salvage / 2), ("first_claims", min(a.first_claims + 0.05, 0.3)),
        ("trade_debt", min(a.trade_debt + 0.05, 0.2)), ("partner_pays", a.partner_pays / 2),
        ("pledged", a.pledged / 2),
    ):  # fmt: skip
        # none of these moves a chance or a price: the tree is the same
        after = lender.at_rate(a.replace(**{name: worse}), tree, a.loan_rate, a.loan_form)
        yield max(0.0, after.economic_profit - loan.form.economic_profit)


def tax_is_on_receipts(a, tree, loan):
    s = lender.lender_lines(a, loan)
    yield (
        s["value_added_tax"] + a.vat_on_interest * (s["interest_income"] + s["fee_income"])
    ).sum()


def shares_are_shares(a, tree, loan):
    for x in (loan.exposure.lgd, loan.cover, loan.exposure.pd):
        yield max(0.0, -x, x - 1.0)


def break_even_is_zero(a, tree, loan):
    for form, rate in loan.break_even.items():
        yield lender.at_rate(a, tree, rate, form).economic_profit


def chances_are_exact(a, tree, loan):
    service = a.service_odds if a.service == "on" else 1.0
    reached = 1.0
    for k, base in enumerate(a.graduation):
        seen = np.exp(a.momentum * GRID) if k else 1.0
        odds = base / (1 - base) * a.graduation_odds * service * seen
        reached *= float((DENSITY * odds / (1 + odds)).sum())
        yield endings.reach(tree, k + 1) - reached


PROPERTIES = {
    "2 what is written off is what is charged": charged_is_lost,
    "3 shareholders get nothing until creditors are whole": shareholders_come_last,
    "4 the cash of a failed company is its estate": cash_is_the_estate,
    "5 a promise never weighs less than the partner": promise_weighs_enough,
    "5 capital is held and RAROC is a number": capital_is_held,
    "no worse estate or promise makes the bank richer": worse_is_no_better,
    "9 value-added tax is its share of all receipts": tax_is_on_receipts,
    "loss given default, promise and PD are shares": shares_are_shares,
    "at the break-even rate the profit is zero": break_even_is_zero,
    "chances of further rounds are the exact integral": chances_are_exact,
}


@pytest.fixture(scope="module")
def broken():
    """Property -> the seeds that break it."""
    found = {name: [] for name in PROPERTIES}
    for seed in SEEDS:
        a = stressed(seed)
        tree = endings.weigh(a)
        loan = lender.appraise(a, tree)
        for name, gaps in PROPERTIES.items():
            if max(float(np.max(np.abs(gap))) for gap in gaps(a, tree, loan)) > NEAR:
                found[name].append(seed)
    return found


@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", PROPERTIES)
def test_property(name, broken):
    assert not broken[name], f"{name}: {len(broken[name])} of {len(SEEDS)}, {broken[name][:9]}"

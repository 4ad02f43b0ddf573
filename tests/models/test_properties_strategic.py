"""Case 1 under random stresses: losses reach the bank, and worse is never better.

A stress is random assumptions of the projects, the loans and the bank, all within their ranges, and
a shock that is then made deeper, longer or earlier. `delay` is no pure stress: the support of the
group carries a late plant through part of a shock, and a plant that opens later loses less to it.
"""

from __future__ import annotations

import numpy as np
import pytest

from casebook.cases import strategic as s

from .properties import STRESSES, assert_checks_hold, assert_receipts_are_taxed

SEED = 20_261_128
#: What may be anything; the rest stays at the base case, so that the projects carry debt.
FREE = (
    "target_dscr", "margin", "sold", "wallet_share", "gearing_cap", "debt_years", "grace",
    "reserve_periods", "support_cap", "revenue_1", "revenue_2", "revenue_3", "stagger", "delay",
    "project", "lgd", "pd_building", "pd_operating", "capital_ratio", "hurdle", "vat_on_interest",
    "weight_building", "weight_operating", "conversion_factor", "wallet", "advisory_fee",
)  # fmt: skip


def anything(rng, spec):
    """A value of one assumption, anywhere in its range."""
    if isinstance(spec.value, int):
        return int(rng.integers(int(spec.low), int(spec.high) + 1))
    return float(rng.uniform(spec.low, spec.high))


@pytest.fixture(scope="module")
def stresses():
    """(number, run, run with a worse shock), of one seed."""
    rng = np.random.default_rng(SEED)
    base, runs = s.assumptions(), []
    for k in range(STRESSES):
        a = base.replace(**{name: anything(rng, base.spec.assumptions[name]) for name in FREE})
        depth, length = float(rng.uniform(0, 0.35)), int(rng.integers(1, 40))
        deeper = min(depth + float(rng.uniform(0, 0.1)), 0.4)
        longer = min(length + int(rng.integers(0, 5)), 40)
        mild = s.simulate(a.replace(shock=depth, shock_length=length))
        runs.append((k, mild, s.simulate(a.replace(shock=deeper, shock_length=longer))))
    return runs


def where(k, r):
    """Which stress a message speaks of: enough to run it again."""
    a = r.assumptions
    return f"stress {k} of seed {SEED}: " + ", ".join(
        f"{name}={getattr(a, name)!r}" for name in (*FREE, "shock", "shock_length")
    )


def test_a_worse_shock_never_raises_profit_or_return(stresses):
    """Property 1: neither economic profit nor RAROC, of the loans or the whole, with any terms.

    A RAROC below zero is left out: a loss over more capital is a smaller loss a yuan of capital.
    """
    for k, mild, worse in stresses:
        for name in ("economic_profit", "raroc", "raroc_loans"):
            before, after = mild.all_metrics[name], worse.all_metrics[name]
            slack = 1e-9 * np.maximum(np.abs(before), 1.0)
            told = (before > 0) | (name == "economic_profit")
            assert (after <= before + slack)[told].all(), (name, before, after, where(k, worse))


def test_what_is_written_off_is_charged(stresses):
    """Property 2: the share of the bank in what the loan statement writes off is its loss taken."""
    hit = 0
    for k, _, r in stresses:
        held = 1 - r.assumptions.sold
        off, taken = (r.all_lines[name].sum(axis=0) for name in ("written_off", "loss_taken"))
        assert np.abs(held * off + taken).max() <= r.tolerance, where(k, r)
        assert r.checks["written_off_is_charged"] <= r.tolerance, where(k, r)
        # nothing that a project never pays is left out
        assert (r.all_lines["never_paid"].sum(axis=0) <= 1.02 * off + r.tolerance).all(), where(
            k, r
        )
        hit += bool((off > 0).any())
    assert hit > STRESSES / 4, "the stresses hurt"


def test_a_missed_loan_earns_nothing(stresses):
    """No margin on it, and no expected loss beside the one taken; capital and work go on."""
    for k, _, r in stresses:
        alone = r.lines
        after = np.flatnonzero(alone["defaulted"] > 0.01 * alone["exposure"] + 1e-6)
        if not len(after) or alone["exposure"][after[0]] > alone["defaulted"][after[0]] + 1e-6:
            continue  # another project still performs
        part = slice(after[0] + 1, None)
        assert np.abs(alone["interest_income"][part]).max(initial=0) <= r.tolerance, where(k, r)
        assert np.abs(alone["expected_loss_charge"][part]).max(initial=0) <= r.tolerance
        assert (alone["capital_charge"][part][:1] < 0).all(), where(k, r)


def test_value_added_tax_is_its_share_of_all_receipts(stresses):
    """Property 9: the sum of the tax is -v x (interest and fees of every kind)."""
    taxed = ("interest_income", "fee_income", "advice_income", "wallet_income")
    for k, _, r in stresses:
        assert_receipts_are_taxed(r, where(k, r), taxed)


def test_every_named_check_holds(stresses):
    for k, *both in stresses:
        for r in both:
            assert_checks_hold(r, where(k, r))


def test_support_is_no_cash_of_the_project(stresses):
    """Covers of a late project are the same with the support of the group and without it."""
    for k, mild, _ in stresses:
        for name in ("llcr", "plcr"):
            with_support, without = mild.all_metrics[name][:, 0]
            assert with_support == pytest.approx(without), (name, where(k, mild))


def test_under_the_formula_too_losses_are_charged():
    """The same identity where capital comes from the formula."""
    a = s.assumptions().replace(approach="irb", shock=0.4, shock_length=40, delay=4)
    r = s.simulate(a)
    assert r.lines["written_off"].sum() > 0
    assert r.checks["written_off_is_charged"] <= r.tolerance
    calm = s.simulate(a.replace(shock=0.0, delay=0))
    assert r.metrics["economic_profit"] < calm.metrics["economic_profit"]

"""Case 4 under random stresses: a worse shock never cures the firm, losses reach the bank.

A stress is a random firm near the base case, its suppliers, its estate and the bank's patience, and
a shock that is then made deeper, longer or both. The measure is what the bank loses in all when it
does nothing (`total_loss`): the present value after the decision alone rises with the debt.
"""

from __future__ import annotations

import numpy as np
import pytest

from casebook.cases import problem as p

from .properties import STRESSES, assert_checks_hold, assert_receipts_are_taxed

SEED = 20_261_128
#: What varies, by up to this share of the base value, within the range of the file.
NEAR = {
    "sales": 0.1, "gross_margin": 0.1, "fixed_cost": 0.05, "dso": 0.1, "dio": 0.1, "dpo": 0.2,
    "opening_cash": 0.5, "limit": 0.25, "rate": 0.3, "penalty": 1.0, "scar": 1.0,
    "collection_days": 0.15, "stock_days": 0.15, "terms_lost": 0.5, "attachment": 0.5,
    "receivables_recovery": 0.2, "stock_recovery": 0.2, "forced_sale": 0.2, "haircut": 0.0,
    "vat_on_interest": 1.0, "success_chance": 0.9,
}  # fmt: skip
#: What may be anything; and what is worth doing at random, so that every branch is reached.
FREE = ("fall_months", "recovery_months", "patience", "stop_months", "grace")
#: CNY million by which a worse shock may look better: a firm that catches up has paid surcharges,
#: and one that stops a month earlier has lost a month less to decay. Of a debt of 70 it is nothing.
SLACK = 0.3


def stress(rng, base):
    """Random assumptions, and a shock: a dict each."""
    a = {}
    for name, share in NEAR.items():
        spec, x = base.spec.assumptions[name], getattr(base, name)
        moved = x * (1 + share * (2 * rng.random() - 1))
        a[name] = float(min(max(moved, spec.low), spec.high))
    for name in FREE:
        spec = base.spec.assumptions[name]
        a[name] = int(rng.integers(int(spec.low), int(spec.high) + 1))
    a["approach"] = str(rng.choice(["standardised", "irb"]))
    a["haircut"] = float(rng.choice([0.0, 0.0, 0.1]))
    depths, lengths = np.sort(rng.uniform(0, 0.6, 2)), np.sort(rng.integers(3, 25, 2))
    return a, depths.tolist(), [int(x) for x in lengths]


@pytest.fixture(scope="module")
def stresses():
    """(number, run, the same with a deeper, a longer, a worse shock), of one seed."""
    rng, base, runs = np.random.default_rng(SEED), p.assumptions(), []
    for k in range(STRESSES):
        changes, (mild, deep), (short, long) = stress(rng, base)
        a = base.replace(**changes, shock_depth=mild, shock_length=short)
        worse = {"deeper": {"shock_depth": deep}, "longer": {"shock_length": long}}
        worse["both"] = worse["deeper"] | worse["longer"]
        kind = ("deeper", "longer", "both")[k % 3]
        runs.append((k, p.simulate(a), p.simulate(a.replace(**worse[kind]))))
    return runs


def where(k, r):
    """Which stress a message speaks of: enough to run it again."""
    a = r.assumptions
    names = (*NEAR, *FREE, "approach", "shock_depth", "shock_length")
    return f"stress {k} of seed {SEED}: " + ", ".join(f"{n}={getattr(a, n)!r}" for n in names)


def test_a_worse_shock_never_improves_doing_nothing(stresses):
    """Property 6: a deeper or a longer shock never lowers what the bank loses in all."""
    hurt = 0
    for k, mild, worse in stresses:
        before, after = (r.all_metrics["total_loss"][0, 0] for r in (mild, worse))
        assert after >= before - SLACK, (before, after, where(k, worse))
        hurt += after > before + 1
    assert hurt > STRESSES / 5, "the stresses hurt"


def test_a_worse_shock_never_makes_a_missing_firm_pay(stresses):
    """Whoever misses a payment misses one in a worse shock too, if nothing is done."""
    for k, mild, worse in stresses:
        missed = [r.alternative("do_nothing").metrics["first_missed"] for r in (mild, worse)]
        assert missed[1] >= 0 or missed[0] < 0, (missed, where(k, worse))


def test_what_is_written_off_is_charged(stresses):
    """Property 2: all charges are what is written off and what the allowance has grown by."""
    hit = 0
    for k, _, r in stresses:
        off, held = r.all_lines["written_off"].sum(axis=0), r.all_lines["allowance"]
        charged = -r.all_lines["expected_loss_charge"].sum(axis=0)
        gap = charged - off - held[-1] + held[0]
        assert np.abs(gap).max() <= r.tolerance, where(k, r)
        assert r.checks["losses_foot"] <= r.tolerance, where(k, r)
        # what the bank writes off is what it never gets: nothing is left in the books
        assert r.checks["bank_books_close"] <= r.tolerance, where(k, r)
        hit += bool((off > 1).any())
    assert hit > STRESSES / 4, "the stresses hurt"


def test_overdue_interest_bears_at_least_the_contract_rate(stresses):
    """Property 7: interest of a month is never below the contract rate on all that is owed."""
    for k, *both in stresses:
        for r in both:
            line, a = r.alternative("do_nothing").lines, r.assumptions
            stop = r.alternative("do_nothing").metrics["stop_month"]
            last = len(line["term_debt"]) - 1 if stop < 0 else stop
            owed = line["term_debt"] + line["line_debt"] + line["interest_owed"]
            least = a.rate / 12 * owed[: last - 1]
            assert (line["interest_income"][1:last] >= least - r.tolerance).all(), where(k, r)


def test_the_chance_needed_lies_between_zero_and_one_or_is_a_word(stresses):
    """Property 7: a number from 0 to 1, or one of three answers; the number is even."""
    said = set()
    for k, *both in stresses:
        for r in both:
            even, key = r.metrics["break_even_chance"], p.run.verdict(r)
            said.add(key)
            value = r.all_metrics["value"][:, 0]
            if key == "even":
                assert 0 <= even <= 1, where(k, r)
                gap = even * value[1] + (1 - even) * value[2] - value[3]
                assert abs(gap) <= r.tolerance, where(k, r)
                assert r.metrics["needed"].endswith("%")
            else:
                assert np.isnan(even), where(k, r)
                assert r.metrics["needed"] == r.assumptions.spec.words["needed"][key]
    assert {"even", "always", "never"} <= said


def test_value_added_tax_is_its_share_of_interest_and_fees(stresses):
    """Property 9: the sum of the tax is -v x (interest + fees), in every way out."""
    for k, _, r in stresses:
        assert_receipts_are_taxed(r, where(k, r))


def test_every_named_check_holds(stresses):
    for k, *both in stresses:
        for r in both:
            assert_checks_hold(r, where(k, r))

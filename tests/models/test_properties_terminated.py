"""What must hold in case 5 however the assumptions are drawn: random sets of them.

Each set moves every assumption within its range. The seed of a set stands in the message of a
failure: `drawn(seed)` gives it back.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from casebook.cases import terminated as t
from casebook.cases.terminated import expectations, performing, provisions, run, ways_out
from casebook.cases.terminated.record import BANKRUPTCY, ENFORCE, FORCED

from .properties import STRESSES, assert_checks_hold, assert_receipts_are_taxed

FIRST_SEED = 20261128
SEEDS = range(FIRST_SEED, FIRST_SEED + STRESSES)
#: A rounding error of an expectation, CNY million.
ROUNDING = 1e-9
#: The choices that no property is about: every way runs in every set.
STILL = ("way",)


def drawn(seed: int, width: float = 1.0) -> t.Terminated:
    """One random set: each number uniform over its range, each choice one of its own.

    width: how much of the way from the base case to either end.
    """
    rng, a = np.random.default_rng(seed), t.assumptions()
    values = {}
    for name, spec in a.spec.assumptions.items():
        if name in STILL:
            continue
        if spec.choices:
            values[name] = str(rng.choice(list(spec.choices)))
        elif isinstance(spec.value, tuple):
            values[name] = tuple((x := rng.random(len(spec.value))) / x.sum())
        else:
            low, high = (spec.value + width * (end - spec.value) for end in (spec.low, spec.high))
            x = float(rng.uniform(low, high))
            values[name] = round(x) if isinstance(spec.value, int) else x
    return a.replace(**values)


def enforced(a: t.Terminated) -> float:
    """Expected value of enforcing, CNY million at default."""
    return float(expectations.expected(a).value[ENFORCE])


@cache
def start(seed: int, width: float) -> float:
    """The same of a set that is drawn."""
    return enforced(drawn(seed, width))


def worse(a: t.Terminated, name: str, up: bool, rng: np.random.Generator) -> t.Terminated:
    """The same with one assumption moved to a random place on its worse side."""
    spec, now = a.spec.assumptions[name], getattr(a, name)
    to = rng.uniform(now, spec.high) if up else rng.uniform(spec.low, now)
    return a.replace(**{name: round(to) if isinstance(spec.value, int) else float(to)})


def moved(name: str, up: bool, width: float = 1.0):
    """(seed, value, value on the worse side) of each set."""
    for seed in SEEDS:
        other = worse(drawn(seed, width), name, up, np.random.default_rng(seed + 1))
        yield seed, start(seed, width), enforced(other)


@pytest.mark.parametrize(
    ("name", "up"),
    [("prior_tax", True), ("guarantor_assets", False), ("guarantor_chance", False)],
)
def test_enforcing_is_worth_no_more_with_more_ahead_of_the_bank_or_less_behind(name, up):
    """Property 8, whatever the plant."""
    found = [(seed, v, w) for seed, v, w in moved(name, up) if w > v + ROUNDING]
    assert not found, f"{name}: {len(found)} of {STRESSES}, (seed, value, worse) {found[:5]}"


@pytest.mark.parametrize(
    ("name", "up"),
    [("collateral_value", False), ("judgment_months", True), ("discount_rate", True)],
)
def test_enforcing_is_worth_no_more_with_a_poorer_plant_a_slower_court_a_higher_rate(name, up):
    """Property 8, within half of each range.

    At the far ends it need not hold: a reserve above the market is lowered by a lower appraisal,
    and where bidding brings nothing above the reserve, a plant taken in kind beats a sale.
    """
    rows = list(moved(name, up, width=0.5))
    found = [(seed, v, w) for seed, v, w in rows if w > v + ROUNDING]
    assert not found, f"{name}: {len(found)} of {len(rows)}, (seed, value, worse) {found[:5]}"


def test_checks_hold_and_what_is_written_off_is_charged():
    """Properties 2, 7 and 9, and every other identity, in each set."""
    for seed in SEEDS:
        r = t.simulate(drawn(seed))
        assert_checks_hold(r, f"seed {seed}")
        assert_receipts_are_taxed(r, f"seed {seed}")
        charged = -r.all_lines["expected_loss_charge"].sum(axis=0)
        lost = r.metrics["ead"] - r.all_lines["recovered"].sum(axis=0)
        assert np.abs(charged - lost).max() < r.tolerance, f"seed {seed}"


def test_overdue_sums_bear_more_than_the_contract_rate():
    """Property 7, strictly: a month after the missed payment something is overdue."""
    for seed in SEEDS:
        a = drawn(seed)
        c = performing.clean(a)
        extra = c.accrued[1:] - a.rate / 12 * c.balance[:-1]
        late = slice(a.missed_month, c.default)
        assert (extra[late] > 0).all() and np.abs(extra[: late.start]).max() < 1e-12, f"seed {seed}"


def test_nobody_is_paid_before_a_better_rank_is_whole():
    """Ordinary creditors of a bankruptcy wait for all that is preferred; the bank for old tax."""
    for seed in SEEDS:
        a = drawn(seed)
        p = ways_out.path(a, np.ones(1), np.zeros(1), np.full((4, 1), 0.5))
        shares, (first, second) = p.forced.shares, range(len(FORCED))
        ahead = a.bankruptcy_costs + a.wages + a.social_tax + a.prior_tax
        if shares.others[second, 0] > ROUNDING:
            assert shares.preferred[second, 0] == pytest.approx(ahead), f"seed {seed}"
        if shares.secured[first, 0] > ROUNDING:
            assert shares.preferred[first, 0] == pytest.approx(a.prior_tax), f"seed {seed}"
        assert (p.left > -1e-9).all(), f"seed {seed}"


def test_an_asset_is_taken_in_kind_only_where_that_is_worth_its_cost():
    """The bank may decline; the old code made it pay for a plant at more than it was worth."""
    taken = 0
    for seed in SEEDS:
        a = drawn(seed)
        fails = np.concatenate([np.ones((3, 1)), np.zeros((1, 1))]) * (1.0 - 1e-12)
        p = ways_out.path(a, np.ones(1), np.zeros(1), fails)
        for way in range(len(FORCED)):
            if not p.forced.in_kind[way, 0]:
                assert p.forced.branch[way, 0] < 3 or p.forced.price[way, 0] == 0, f"seed {seed}"
                continue
            taken += 1
            paid_out = p.forced.price[way, 0] - p.forced.shares.secured[way, 0]
            assert p.forced.resale[way, 0] > paid_out, f"seed {seed}"
        # and only where it is sold by force: nobody takes what is settled or sold on
        when = run._result(a, p, keep=None).all_events["taken"][:, 0]
        assert ((when[list(FORCED)] >= 0) == p.forced.in_kind[:, 0]).all(), f"seed {seed}"
        assert (np.delete(when, FORCED) == -1).all(), f"seed {seed}"
    assert taken > STRESSES / 5


def test_capital_in_default_follows_the_allowance():
    """The lower weight holds from the share on, the higher before it; own estimates hold none."""
    for seed in SEEDS:
        a = drawn(seed)
        ead = performing.clean(a).ead
        weights = provisions.default_weights(a, ead)
        if a.approach == "irb":
            assert not weights.any(), f"seed {seed}"
            continue
        enough = provisions.allowance(a, ead) >= a.provided_share * ead
        assert (weights[enough] == a.default_weight_provided).all(), f"seed {seed}"
        assert (weights[~enough] == a.default_weight).all(), f"seed {seed}"


def test_tax_saves_the_same_whenever_it_comes_and_more_the_sooner():
    """Without discount both timings are worth the same; with it relief by class is worth more."""
    for seed in SEEDS:
        a = drawn(seed)
        ead = performing.clean(a).ead
        by = {x: provisions.tables(a.replace(tax_timing=x), ead).relief
              for x in ("final", "provided")}  # fmt: skip
        assert (by["provided"] >= by["final"] - ROUNDING).all(), f"seed {seed}"
        flat = provisions.tables(a.replace(discount_rate=0.0), ead).relief
        assert np.allclose(flat, a.tax * ead), f"seed {seed}"


def test_bankruptcy_asks_no_interest_of_the_guarantor_after_the_petition():
    """The guarantor's debt stops with the debtor's; enforcing, it grows until it is paid."""
    a = t.assumptions().replace(guarantor_assets=60.0, guarantor_chance=1.0)
    p = ways_out.path(a, np.ones(1), np.zeros(1), np.full((4, 1), 0.5))
    shares, growth = p.forced.shares, (1.0 + a.rate * (1.0 + a.penalty) / 12) ** a.guarantor_months
    short = p.forced.claim - shares.secured - shares.ordinary
    assert p.guarantor[BANKRUPTCY, 0] == pytest.approx(short[1, 0])
    assert p.guarantor[ENFORCE, 0] == pytest.approx(short[0, 0] * growth)

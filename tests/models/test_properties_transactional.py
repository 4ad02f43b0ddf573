"""What must hold of the transactional case in any world: five hundred random stresses.

Each failure names the seed and the number of the stress, from which it can be run again. The
identities among them are named checks of every run as well.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
import pytest

from casebook.cases import transactional as t
from casebook.cases.transactional.record import FORMS, Transactional

from .properties import STRESSES, assert_checks_hold, assert_receipts_are_taxed

SEED = 20261128
RANGES = {
    "leakage": (0.0, 0.25), "collection_days": (0.0, 75.0), "opening_cash": (0.0, 6.0),
    "principal": (5.0, 15.0), "rate": (0.03, 0.065), "existing_business": (0.8, 2.2),
    "slip_burn": (0.0, 0.6), "sales_volatility": (0.05, 0.35), "entrusted": (0.0, 1.0),
    "cure": (0.1, 0.9), "lgd": (0.2, 0.9), "penalty_surcharge": (0.3, 0.5),
    "arrangement_fee": (0.0, 0.01), "vat_on_interest": (0.0, 0.1), "sweep_share": (0.2, 1.0),
}  # fmt: skip


@cache
def stressed(number: int) -> Transactional:
    """Stress `number`: fifteen assumptions anywhere in a wide range, the choices at random."""
    chance = np.random.default_rng([SEED, number])
    changes: dict[str, Any] = {k: float(chance.uniform(*ends)) for k, ends in RANGES.items()}
    changes["slip"] = int(chance.integers(1, 9))
    changes["form"] = str(chance.choice(FORMS))
    changes["approach"] = str(chance.choice(("standardised", "irb")))
    changes["guarantee"] = str(chance.choice(("none", "given")))
    return t.assumptions().replace(**changes)


@cache
def run(number: int) -> Any:
    return t.simulate(stressed(number))


@cache
def missed(number: int) -> Any:
    return t.pricing.structure(stressed(number)).missed[:, 0]


def where(number: int) -> str:
    return f"seed {SEED}, stress {number}"


def test_what_is_written_off_is_charged():
    """In the statement and in many scenarios; the losses are counted by hand."""
    broken = 0
    for number in range(STRESSES):
        a, r = stressed(number), run(number)
        lines, m = r.all_lines, r.all_metrics
        first = m["first_missed"][:, 0]
        charged = -lines["expected_loss_charge"][:, :, 0]
        for form in np.flatnonzero(first > 0):
            owed = lines["balance"][first[form], form, 0] + lines["arrears"][first[form], form, 0]
            lost = (1 - a.cure) * t.pricing.loss_share(a) * owed
            assert m["written_off"][form, 0] == pytest.approx(lost, abs=1e-9), where(number)
            assert charged[first[form], form] >= lost - 1e-9, where(number)
            assert (charged[first[form] + 1 :, form] == 0).all(), where(number)
            broken += 1
        assert_checks_hold(r, where(number))
    assert broken > STRESSES


def test_many_scenarios_charge_what_they_write_off():
    for number in range(0, STRESSES, 25):
        a = stressed(number)
        many = t.simulate(a, t.sample(a, 400, seed=number))
        assert max(many.checks.values()) <= many.tolerance, where(number)
        lost, default = many.all_metrics["written_off"], many.all_metrics["default"]
        assert (lost[~default] == 0).all(), where(number)
        assert (lost[default] > 0).all(), where(number)


def test_a_launch_that_breaks_the_loan_costs_the_bank_money():
    """With the bank's own loss and cure, where more than half a million is missing.

    A launch that is late and still paid earns more: the balance stays out longer.
    """
    seen = 0
    for number in range(STRESSES):
        a = stressed(number).replace(lgd=0.55, cure=0.45, guarantee="none")
        late, on_time = t.simulate(a), t.simulate(a.replace(slip=0))
        for form in ("bullet", "flexible"):
            then, now = late.alternative(form).metrics, on_time.alternative(form).metrics
            if then["missed"] and not now["missed"] and then["shortfall"] > 0.5:
                seen += 1
                assert then["run_profit"] < now["run_profit"], (where(number), form)
    assert seen > 100


def test_a_payment_that_is_not_cured_never_pays():
    for number in range(STRESSES):
        a = stressed(number)
        slip, level = np.array([float(a.slip)]), np.ones(1)
        totals = t.firm_and_loan.paths(a, slip, level, ())[1]
        kept, lost = (t.pricing.outcome(a, totals, cured)["lender_result"] for cured in (1.0, 0.0))
        broken = totals["first_missed"] > 0
        assert (lost[broken] < kept[broken]).all(), where(number)
        assert np.allclose(lost[~broken], kept[~broken]), where(number)


@pytest.mark.parametrize(
    ("name", "step", "sign"),
    [("opening_cash", 0.5, -1), ("leakage", 0.03, 1), ("collection_days", 5.0, 1),
     ("existing_business", 0.1, -1)],
)  # fmt: skip
def test_the_chance_of_a_miss_follows_the_firm(name, step, sign):
    """Less with more cash, more with more leakage and with slower customers, in every form.

    The profit does not follow the opening cash: a richer firm draws less of its line.
    """
    wrong = []
    for number in range(STRESSES):
        a = stressed(number)
        moved = t.pricing.structure(a.replace(**{name: getattr(a, name) + step})).missed
        change = sign * (moved[:, 0] - missed(number))
        wrong += [(number, form, x) for form, x in zip(FORMS, change, strict=True) if x < -2e-3]
    assert not wrong, (SEED, wrong[:5], len(wrong))


@pytest.mark.parametrize(
    ("name", "step"),
    [("lgd", 0.05), ("ftp", 0.002), ("vat_on_interest", 0.01), ("origination_cost", 0.01),
     ("cure", -0.05), ("standard_weight", 0.1), ("capital_ratio", 0.01)],
)  # fmt: skip
def test_a_harder_bank_never_earns_more(name, step):
    for number in range(0, STRESSES, 5):
        a = stressed(number)
        worse = t.simulate(a.replace(**{name: getattr(a, name) + step}))
        gain = worse.all_metrics["economic_profit"] - run(number).all_metrics["economic_profit"]
        assert (gain <= 1e-12).all(), (where(number), name)


def test_value_added_tax_is_a_share_of_all_receipts():
    for number in range(STRESSES):
        assert_receipts_are_taxed(run(number), where(number))


def test_what_is_overdue_bears_at_least_the_contract_rate():
    for number in range(STRESSES):
        a, lines = stressed(number), run(number).all_lines
        owed = lines["balance"][:-1] + lines["arrears"][:-1]
        plain = a.rate / 12 * owed
        assert (lines["accrued"][1:] >= plain - 1e-12).all(), where(number)
        late = lines["arrears"][:-1] > 1e-9
        assert (lines["accrued"][1:][late] > plain[late]).all(), where(number)


def test_a_line_drawn_by_a_trace_has_no_cost_of_borrowing():
    """Its fees are a rate beyond all numbers, which is no number to show."""
    world = {
        "sweep_floor": 1e-38, "opening_cash": 0.0, "existing_business": 4.9552751212708435,
        "launch_month": 8, "slip": 5,
    }  # fmt: skip
    for form, known in {"bullet": True, "revolving": False}.items():
        metrics = t.simulate(t.assumptions().replace(form=form, **world)).metrics
        for name in ("all_in_effective", "all_in_nominal"):
            assert np.isfinite(metrics[name]) == known, (form, name)

"""What the property tests of the cases share: named checks under stress, the tax on receipts."""

from __future__ import annotations

import os

import numpy as np

#: How many random stresses a property is put to: more once a week.
STRESSES = int(os.environ.get("CASEBOOK_STRESSES", "200"))


def assert_checks_hold(result, where=""):
    """Every named check of a run is zero within its tolerance."""
    wrong = {name: x for name, x in result.checks.items() if x > result.tolerance}
    assert not wrong, (wrong, where)


def assert_receipts_are_taxed(result, where="", receipts=("interest_income", "fee_income")):
    """Property 9, over the whole life: value-added tax is -v x (what is received)."""
    lines = result.all_lines
    received = sum(lines[name].sum(axis=0) for name in receipts)
    tax = lines["value_added_tax"].sum(axis=0)
    assert np.abs(tax + result.assumptions.vat_on_interest * received).max() <= result.tolerance, (
        where
    )
    assert result.checks["tax_on_receipts"] <= result.tolerance, where

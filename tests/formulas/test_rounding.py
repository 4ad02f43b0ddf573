"""Loans to the cent: whole cents, lines that add up, a last payment that settles."""

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook import loans, rounding

principals = st.integers(100, 10**9).map(lambda cents: cents / 100)
rates = st.floats(0.0, 0.1)
terms = st.integers(1, 120)
FORMS = (loans.level, loans.equal_principal, loans.bullet)


def whole(line, digits=2):
    """Whether every amount is a whole number of cents."""
    unit = 10.0**digits
    return np.abs(line * unit - np.round(line * unit)).max() <= 1e-6


@given(st.integers(-(10**10), 10**10), st.integers(0, 3))
def test_a_half_goes_away_from_zero(number, digits):
    """Against decimal arithmetic, on numbers with one digit more than is kept."""
    text = Decimal(number) / Decimal(10 ** (digits + 1))
    exact = text.quantize(Decimal(1) / 10**digits, rounding=ROUND_HALF_UP)
    assert rounding.round_half_up(float(text), digits) == float(exact)


@pytest.mark.parametrize("form", FORMS)
@given(principals, rates, terms, st.sampled_from(["payment", "principal"]), st.integers(0, 2))
def test_lines_are_whole_and_add_up_and_the_loan_is_settled(form, amount, rate, n, fixed, digits):
    exact = form(amount, rate, n)
    loan = rounding.to_the_cent(exact, digits=digits, fixed=fixed)
    for line in (loan.opening, loan.interest, loan.principal, loan.payment, loan.closing, loan.fee):
        assert whole(line, digits)
    unit = 10.0**-digits
    close = {"atol": 1e-6 * unit, "rtol": 1e-12}
    np.testing.assert_allclose(loan.opening - loan.principal, loan.closing, **close)
    np.testing.assert_allclose(loan.interest + loan.principal + loan.fee, loan.payment, **close)
    np.testing.assert_allclose(loan.opening[1:], loan.closing[:-1], atol=0)
    assert loan.closing[-1] == 0.0
    assert loan.principal.sum() == pytest.approx(
        rounding.round_half_up(amount, digits), abs=1e-6 * unit
    )
    # interest is that of the balance which was left, to half a cent
    np.testing.assert_allclose(loan.interest, loan.opening * rate, atol=0.5001 * unit, rtol=1e-12)
    assert (loan.principal <= loan.opening).all()


@given(principals, rates, terms)
def test_all_payments_but_the_last_are_alike(amount, rate, n):
    exact = loans.level(amount, rate, n)
    loan = rounding.to_the_cent(exact)
    agreed = rounding.round_half_up(exact.payment[0])
    regular = loan.closing > 0.0  # a tiny loan may be clear before its term
    np.testing.assert_allclose(loan.payment[regular], agreed, atol=1e-6)
    # the last one differs by what half a cent a period grows to, and half a cent a rounding
    grown = 0.01 * (1.0 + ((1.0 + rate) ** n - 1.0) / rate if rate > 1e-9 else 1.0 + n)
    assert abs(loan.payment[-1] - exact.payment[-1]) <= grown + n * 0.01 * (1 + rate) ** n


def test_scenarios_are_each_as_alone():
    many = rounding.to_the_cent(loans.level([1000.0, 55_000.0], [0.01, 0.025], 12))
    for j, (amount, rate) in enumerate(((1000.0, 0.01), (55_000.0, 0.025))):
        one = rounding.to_the_cent(loans.level(amount, rate, 12))
        np.testing.assert_array_equal(many.payment[:, j], one.payment)


def test_fees_grace_and_interest_added_to_the_balance():
    line = loans.revolving([50.0, 80.0, 0.0], 100.0, 0.00333, 0.00125)
    loan = rounding.to_the_cent(line, fixed="principal")
    np.testing.assert_allclose(loan.fee, [0.06, 0.03])  # of 0.0625 and 0.025
    np.testing.assert_allclose(loan.principal, [-30.0, 80.0])
    np.testing.assert_allclose(loan.payment, [-30.0 + 0.17 + 0.06, 80.0 + 0.27 + 0.03])
    added = rounding.to_the_cent(loans.level(1000.0, 0.0123, 4, grace=2, capitalise=True))
    np.testing.assert_allclose(added.payment[:2], 0.0)
    np.testing.assert_allclose(added.opening, [1000.0, 1012.3, 1024.75, 515.5], atol=0.011)
    assert added.closing[-1] == 0.0


def test_a_bad_argument_is_named():
    loan = loans.level(100.0, 0.01, 4)
    for call, name in (
        (lambda: rounding.to_the_cent(loan, digits=7), "digits: 7"),
        (lambda: rounding.to_the_cent(loan, fixed="fee"), "fixed: 'fee'"),
        (lambda: rounding.round_half_up(np.nan), "amount: nan"),
    ):
        with pytest.raises(ValueError, match=name):
            call()

"""Break-even price, RAROC and economic profit: one definition, seen from three sides."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from casebook import loans
from casebook.profitability import (
    break_even_income,
    break_even_rate,
    economic_profit,
    funds_transfer_price,
    lender_view,
    lifetime_value,
    raroc,
    relationship_profit,
    value_added_tax,
    vat_share,
)
from casebook.timevalue import discount_factors, present_value

money = st.floats(0.0, 1e4)
share = st.floats(0.0, 0.9)


@given(
    balance=st.floats(0.1, 1e4),
    ftp=share,
    loss=money,
    opex=money,
    capital=st.floats(0.01, 1e4),
    fees=money,
    tax=share,
    hurdle=share,
)
def test_at_the_break_even_rate_economic_profit_is_zero(
    balance, ftp, loss, opex, capital, fees, tax, hurdle
):
    rate = break_even_rate(balance, ftp, loss, opex, capital, fees=fees, tax=tax, hurdle=hurdle)
    income = (rate - ftp) * balance + fees
    scale = max(1.0, loss, opex, capital, fees, balance) / (1.0 - tax)
    assert abs(economic_profit(income, loss, opex, capital, tax=tax, hurdle=hurdle)) < 1e-11 * scale
    assert raroc(income, loss, opex, capital, tax=tax) == pytest.approx(
        hurdle, abs=1e-10 * scale / capital
    )


@given(income=money, loss=money, opex=money, capital=st.floats(0.01, 1e4), tax=share, hurdle=share)
def test_economic_profit_is_the_excess_of_raroc_over_the_hurdle(
    income, loss, opex, capital, tax, hurdle
):
    profit = economic_profit(income, loss, opex, capital, tax=tax, hurdle=hurdle)
    excess = (raroc(income, loss, opex, capital, tax=tax) - hurdle) * capital
    assert profit == pytest.approx(excess, abs=1e-10 * max(1.0, income, loss, opex, capital))


def test_by_hand():
    # income 3.0 - loss 0.4 - cost 0.6 = 2.0; after 25% tax 1.5; on capital 10 that is 15%
    assert raroc(3.0, 0.4, 0.6, 10.0, tax=0.25) == pytest.approx(0.15, abs=1e-15)
    assert economic_profit(3.0, 0.4, 0.6, 10.0, tax=0.25, hurdle=0.11) == pytest.approx(
        0.4, abs=1e-14
    )
    # 2% funds + (0.4 loss + 0.6 cost + 0.11 x 10 / 0.75 capital - 0.2 fees) / 100
    assert break_even_rate(100.0, 0.02, 0.4, 0.6, 10.0, fees=0.2, tax=0.25, hurdle=0.11) == (
        pytest.approx(0.02 + (0.8 + 1.1 / 0.75) / 100.0, abs=1e-15)
    )


@given(loss=money, opex=money, capital=money, tax=share, hurdle=share)
def test_break_even_income_earns_just_the_hurdle(loss, opex, capital, tax, hurdle):
    income = break_even_income(loss, opex, capital, tax=tax, hurdle=hurdle)
    assert economic_profit(income, loss, opex, capital, tax=tax, hurdle=hurdle) == pytest.approx(
        0.0, abs=1e-10 * max(1.0, loss, opex, capital)
    )


# ---------------------------------------------------------------------------------------------
# Funds transfer price


@given(
    st.floats(0.0, 0.02),
    st.integers(1, 60),
    st.sampled_from([loans.bullet, loans.equal_principal, loans.level]),
)
def test_on_a_flat_curve_the_transfer_price_is_the_curve(rate, n, form):
    s = form(100.0, 0.03, n)
    ftp = funds_transfer_price(s.opening, s.principal, discount_factors(rate, n))
    assert ftp == pytest.approx(rate, abs=1e-12)


@given(st.lists(st.floats(-0.01, 0.05), min_size=2, max_size=30))
def test_interest_at_the_transfer_price_is_worth_the_loan(forward):
    n = len(forward)
    factors = discount_factors(np.array(forward)[:, None], n)[:, 0]
    s = loans.level(100.0, 0.04, n)
    ftp = funds_transfer_price(s.opening, s.principal, factors)
    assert ((ftp * s.opening + s.principal) * factors).sum() == pytest.approx(100.0, abs=1e-9)
    bullet = loans.bullet(100.0, 0.04, n)
    assert funds_transfer_price(bullet.opening, bullet.principal, factors) == pytest.approx(
        (1.0 - factors[-1]) / factors.sum(), abs=1e-12
    )


def test_on_a_rising_curve_slower_repayment_costs_more():
    years = np.arange(1, 11)
    factors = (1.0 + 0.02 + 0.001 * years) ** -years
    prices = [
        funds_transfer_price(s.opening, s.principal, factors)
        for s in (
            form(100.0, 0.04, 10) for form in (loans.equal_principal, loans.level, loans.bullet)
        )
    ]
    assert prices[0] < prices[1] < prices[2] < 0.03
    batch = loans.level([100.0, 50.0], 0.04, 10)
    both = funds_transfer_price(batch.opening, batch.principal, factors)
    assert both == pytest.approx([prices[1]] * 2)
    curves = np.column_stack([factors, np.ones(10)])
    one = loans.level(100.0, 0.04, 10)
    found = funds_transfer_price(one.opening, one.principal, curves)
    assert found == pytest.approx([prices[1], 0.0])


# ---------------------------------------------------------------------------------------------
# The client as a whole


def test_a_client_is_more_than_the_mean_of_its_products():
    # a thin loan on 10 of capital, and cash management on none
    income, loss, opex, capital = [1.2, 0.9], [0.2, 0.0], [0.2, 0.3], [10.0, 0.0]
    loan = raroc(1.2, 0.2, 0.2, 10.0, tax=0.25)
    client, profit = relationship_profit(income, loss, opex, capital, tax=0.25, hurdle=0.10)
    assert loan == pytest.approx(0.06) and client == pytest.approx(0.105)
    assert profit == pytest.approx(0.05)
    assert profit == pytest.approx(
        sum(
            economic_profit(*product, tax=0.25, hurdle=0.10)
            for product in zip(income, loss, opex, capital, strict=True)
        )
    )


def test_clients_in_many_scenarios():
    income = np.array([[1.2, 1.4], [0.9, 0.5]])
    client, profit = relationship_profit(income, 0.1, 0.2, [[10.0], [0.0]], tax=0.25, hurdle=0.1)
    assert client == pytest.approx([0.75 * 1.5 / 10, 0.75 * 1.3 / 10])
    assert profit == pytest.approx([0.125, -0.025])


@given(st.lists(st.floats(-10.0, 10.0), min_size=1, max_size=20), share, share)
def test_lifetime_value_is_profit_while_the_client_stays(profit, stay, rate):
    by_hand = sum(m * stay**t / (1 + rate) ** (t + 1) for t, m in enumerate(profit))
    assert lifetime_value(profit, stay, rate) == pytest.approx(by_hand, abs=1e-10)
    certain = present_value(rate, profit, np.arange(1.0, len(profit) + 1.0))
    assert lifetime_value(profit, 1.0, rate) == pytest.approx(certain, abs=1e-10)


def test_lifetime_value_goes_to_its_limit():
    # m / (1 + d - r): a steady client for ever
    steady = lifetime_value(np.full(400, 3.0), 0.8, 0.1)
    assert steady == pytest.approx(3.0 / (1.1 - 0.8), rel=1e-12)
    many = lifetime_value(np.ones((3, 2)), [[0.9, 0.5]], 0.0)
    assert many == pytest.approx([1 + 0.9 + 0.81, 1 + 0.5 + 0.25])


# ---------------------------------------------------------------------------------------------
# Shapes and bad input


def test_scalars_give_floats_and_arrays_broadcast():
    assert type(raroc(1.0, 0.1, 0.1, 10.0, tax=0.25)) is float
    many = raroc(np.array([1.0, 2.0]), 0.1, np.array([[0.1], [0.2], [0.3]]), 10.0, tax=0.25)
    assert many.shape == (3, 2)
    assert many[2, 1] == raroc(2.0, 0.1, 0.3, 10.0, tax=0.25)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: raroc(1.0, 0.1, 0.1, 0.0, tax=0.25), "capital: 0"),
        (lambda: raroc(np.nan, 0.1, 0.1, 1.0, tax=0.25), "income: nan"),
        (lambda: raroc(1.0, 0.1, 0.1, 1.0, tax=1.5), "tax: 1.5"),
        (lambda: raroc([1.0, 2.0], [1.0, 2.0, 3.0], 0.1, 1.0, tax=0.2), "expected_loss"),
        (lambda: economic_profit(1.0, 0.1, [], 1.0, tax=0.2, hurdle=0.1), "opex: is empty"),
        (lambda: economic_profit(1.0, 0.1, 0.1, -1.0, tax=0.2, hurdle=0.1), "capital: -1"),
        (lambda: break_even_rate(0.0, 0.02, 0.1, 0.1, 1.0, tax=0.2, hurdle=0.1), "balance: 0"),
        (lambda: break_even_rate(1.0, 0.02, 0.1, 0.1, 1.0, tax=1.0, hurdle=0.1), "tax: 1"),
        (lambda: break_even_rate(1.0, "x", 0.1, 0.1, 1.0, tax=0.2, hurdle=0.1), "ftp: 'x'"),
        (lambda: break_even_income(0.1, 0.1, -1.0, tax=0.2, hurdle=0.1), "capital: -1"),
        (
            lambda: funds_transfer_price([10.0, 5.0], [5.0, 4.0], [0.9, 0.8]),
            "principal: does not add",
        ),
        (lambda: funds_transfer_price([10.0, 5.0], [5.0, 5.0], [0.9, 0.0]), "discount_factors: 0"),
        (lambda: funds_transfer_price([10.0, 5.0], [5.0, 5.0], [0.9]), "discount_factors: shape"),
        (lambda: funds_transfer_price([10.0], [5.0, 5.0], [0.9, 0.8]), "opening"),
        (lambda: relationship_profit(1.0, 0.1, 0.1, 1.0, tax=0.2, hurdle=0.1), "income: a scalar"),
        (lambda: relationship_profit([1.0], 0.1, 0.1, 0.0, tax=0.2, hurdle=0.1), "capital: 0"),
        (lambda: lifetime_value([1.0], 1.1, 0.1), "retention: 1.1"),
        (lambda: lifetime_value([1.0, 2.0], [1.0, 1.0, 1.0], 0.1), "profit"),
        (lambda: lifetime_value([], 0.9, 0.1), "profit: is empty"),
    ],
)
def test_bad_input_names_the_argument(call, name):
    with pytest.raises(ValueError, match=name):
        call()


def test_vat_is_a_share_of_what_is_received():
    """City, county or town, elsewhere, and the tax alone; worked out from a price of 100."""
    shares = vat_share(0.06, [0.12, 0.10, 0.06, 0.0])
    assert np.round(100 * shares, 4).tolist() == [6.3396, 6.2264, 6.0, 5.6604]
    assert 106.0 * vat_share(0.06, 0.12) == pytest.approx(6.0 * 1.12)
    assert value_added_tax([100.0, 50.0], 0.06).tolist() == [6.0, 3.0]


@given(balance=st.floats(0.1, 1e4), fees=money, vat=st.floats(0.0, 0.2), loss=money, tax=share)
def test_at_the_break_even_rate_with_vat_economic_profit_is_zero(balance, fees, vat, loss, tax):
    terms = {"tax": tax, "hurdle": 0.11}
    rate = break_even_rate(balance, 0.02, loss, 1.0, 8.0, fees=fees, vat=vat, **terms)
    receipts = rate * balance + fees
    income = receipts - value_added_tax(receipts, vat) - 0.02 * balance
    profit = economic_profit(income, loss, 1.0, 8.0, **terms)
    assert abs(profit) < 1e-10 * max(1.0, loss, fees, balance) / (1.0 - tax)


def test_the_lenders_view_is_the_same_profit_line_by_line():
    rng = np.random.default_rng(4)
    interest, fees, funding, cost, loss, capital = rng.uniform(0, 9, (6, 5, 2, 3))
    view = lender_view(
        interest=interest, fees=fees, funding=funding, cost=cost, loss=loss, capital=capital,
        vat=0.0634, tax=0.25, hurdle=0.11,
    )  # fmt: skip
    income = interest + fees - value_added_tax(interest + fees, 0.0634) - funding
    profit = economic_profit(income, loss, cost, capital, tax=0.25, hurdle=0.11)
    np.testing.assert_allclose(view["economic_profit_line"], profit, atol=1e-12)
    parts = [line for name, line in view.items() if name != "economic_profit_line"]
    np.testing.assert_allclose(sum(parts), view["economic_profit_line"], atol=1e-12)

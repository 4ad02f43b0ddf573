"""Workout: what comes in is paid out, losses move the right way, thresholds are indifferent."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from casebook import workout as wo
from casebook.timevalue import npv, present_value

money = st.floats(0.0, 1e6)
claims = st.lists(money, min_size=1, max_size=8)
rates = st.floats(0.0, 0.5)


@given(money, claims, st.data())
def test_the_recovery_waterfall_conserves_cash_and_respects_rank(proceeds, claims, data):
    ranks = data.draw(
        st.none() | st.lists(st.integers(0, 3), min_size=len(claims), max_size=len(claims))
    )
    paid = wo.recovery_waterfall(proceeds, claims, ranks=ranks)
    size = max(1.0, proceeds, *claims)
    assert paid.sum() == pytest.approx(min(proceeds, sum(claims)), abs=1e-9 * size)
    assert (paid >= 0.0).all() and (paid <= np.array(claims) * (1 + 1e-12)).all()
    order = np.arange(len(claims)) if ranks is None else np.array(ranks)
    for k, claim in enumerate(claims):
        if paid[k] > 1e-9 * size:  # whoever is paid at all: all better claims are paid in full
            better = order < order[k]
            np.testing.assert_allclose(paid[better], np.array(claims)[better], atol=1e-9 * size)
        for j in np.flatnonzero(order == order[k]):  # equals get the same share
            assert paid[k] * claims[j] == pytest.approx(paid[j] * claim, abs=1e-9 * size**2)


def test_the_recovery_waterfall_by_hand_and_in_batch():
    assert wo.recovery_waterfall(100.0, [30, 50, 40]).tolist() == [30, 50, 20]
    assert wo.recovery_waterfall(100.0, [40, 60, 60], ranks=[1, 2, 2]).tolist() == [40, 30, 30]
    tied = wo.recovery_waterfall([50.0, 100.0, 300.0], [60, 40, 80], ranks=[1, 1, 2])
    assert tied.T.tolist() == [[30, 20, 0], [60, 40, 0], [60, 40, 80]]
    batch = wo.recovery_waterfall([100.0, 10.0], [30, 50, 40])
    assert batch.T.tolist() == [[30, 50, 20], [10, 0, 0]]
    many = wo.recovery_waterfall([100.0, 10.0], np.array([[30, 5], [50, 50], [40, 40]]))
    assert many.T.tolist() == [[30, 50, 20], [5, 5, 0]]


@given(
    st.floats(1.0, 1e4),
    st.lists(
        st.tuples(st.floats(0.0, 1e3), st.floats(0.0, 100.0), st.floats(0.0, 10.0)),
        min_size=1,
        max_size=10,
    ),
    rates,
    st.floats(0.001, 0.5),
)
def test_lgd_grows_with_the_rate_of_net_recoveries_and_with_cost(ead, flows, rate, more):
    recoveries, costs, years = np.array(flows).T
    lgd = wo.loss_given_default(ead, recoveries, costs, years, rate)
    by_hand = 1 - sum((r - c) * (1 + rate) ** -y for r, c, y in flows) / ead
    assert lgd == pytest.approx(by_hand, rel=1e-9, abs=1e-9)
    net = np.maximum(recoveries - costs, 0.0)
    assert (
        wo.loss_given_default(ead, net, 0.0, years, rate + more)
        >= wo.loss_given_default(ead, net, 0.0, years, rate) - 1e-12
    )
    assert wo.loss_given_default(ead, recoveries, costs + 1.0, years, rate) > lgd


def test_lgd_by_hand_and_in_batch():
    assert wo.loss_given_default(100.0, 60.0, 5.0, 2.0, 0.08) == pytest.approx(
        1 - 55 / 1.08**2 / 100
    )
    assert wo.loss_given_default(100.0, [100.0], 0.0, [0.0], 0.1) == 0.0
    batch = wo.loss_given_default(
        [100.0, 200.0], [[50.0, 60.0], [20.0, 30.0]], 0.0, [[1.0, 1.5], [2.0, 2.5]], 0.1
    )
    assert batch == pytest.approx(
        [1 - (50 / 1.1 + 20 / 1.1**2) / 100, 1 - (60 / 1.1**1.5 + 30 / 1.1**2.5) / 200]
    )
    single = wo.loss_given_default(100.0, [50.0, 20.0], 0.0, [1.0, 2.0], 0.1)
    assert type(single) is float and batch[0] == pytest.approx(single, rel=1e-12)


@given(st.floats(-100.0, 1e4), st.floats(0.0, 5.0), rates, st.floats(0.0, 100.0))
def test_a_settlement_at_the_threshold_is_worth_enforcing(value, years, rate, cost):
    offer = wo.settlement_threshold(value, years, rate, cost=cost)
    assert present_value(rate, offer, years) - cost == pytest.approx(
        value, abs=1e-8 * (1 + abs(value))
    )


@given(st.floats(0.0, 1e4), st.floats(0.0, 100.0), st.floats(0.0, 100.0))
def test_a_sale_at_the_threshold_is_worth_keeping(value, cost, carrying):
    price = wo.sale_threshold(value, cost=cost, carrying_cost=carrying)
    assert price - cost == pytest.approx(value - carrying, abs=1e-9 * (1 + value))


@given(hnp.arrays(float, st.integers(1, 30), elements=st.floats(-100.0, 100.0)), rates)
def test_a_modification_loss_is_what_the_value_lacks(flows, eir):
    years = np.arange(1.0, len(flows) + 1.0)
    value = wo.restructuring_value(flows, years, eir)
    assert value == pytest.approx(npv(eir, np.r_[0.0, flows]), abs=1e-9 * (1 + np.abs(flows).sum()))
    assert wo.modification_loss(100.0, flows, years, eir) == pytest.approx(100.0 - value)


def test_unchanged_terms_lose_nothing_and_a_lower_rate_does():
    years = np.arange(1.0, 6.0)
    contract = np.r_[np.full(4, 6.0), 106.0]
    assert wo.modification_loss(100.0, contract, years, 0.06) == pytest.approx(0.0, abs=1e-12)
    assert wo.modification_loss(100.0, contract - 2.0, years, 0.06) > 8.0
    assert wo.modification_loss(100.0, contract + 1.0, years, 0.06) < 0.0  # a gain
    batch = wo.modification_loss([100.0, 90.0], np.column_stack([contract, contract]), years, 0.06)
    assert batch == pytest.approx([0.0, -10.0], abs=1e-12)


@given(st.floats(-1e3, 1e3), st.floats(0.1, 1e3), st.floats(-1e3, 1e3))
def test_at_the_break_even_chance_the_plan_equals_its_alternative(failure, gain, other):
    p = wo.break_even_chance(failure + gain, failure, other)
    assert p * (failure + gain) + (1 - p) * failure == pytest.approx(other, abs=1e-9 * (1 + 1e3))


@given(
    hnp.arrays(float, st.tuples(st.integers(1, 20), st.integers(1, 4)), elements=money),
    money,
    st.data(),
)
def test_charges_add_up_to_what_was_lost(allowance, opening, data):
    write_off = data.draw(hnp.arrays(float, allowance.shape, elements=money))
    charge = wo.provision_path(allowance, write_off=write_off, opening=opening)
    np.testing.assert_allclose(
        charge.sum(axis=0), allowance[-1] - opening + write_off.sum(axis=0), atol=1e-6
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: wo.recovery_waterfall(-1.0, [1.0]), "proceeds: -1"),
        (lambda: wo.recovery_waterfall(1.0, [1.0, -2.0]), "claims: -2"),
        (lambda: wo.recovery_waterfall(1.0, []), "claims: is empty"),
        (lambda: wo.recovery_waterfall(1.0, [1.0, 2.0], ranks=[1]), "ranks: shape"),
        (lambda: wo.recovery_waterfall([1.0, 2.0], np.ones((2, 3))), "proceeds"),
        (lambda: wo.loss_given_default(0.0, [1.0], 0.0, [1.0], 0.1), "ead: 0"),
        (lambda: wo.loss_given_default(1.0, [-1.0], 0.0, [1.0], 0.1), "recoveries: -1"),
        (lambda: wo.loss_given_default(1.0, [1.0], [np.nan], [1.0], 0.1), "costs: nan"),
        (lambda: wo.loss_given_default(1.0, [1.0], 0.0, [-1.0], 0.1), "years: -1"),
        (lambda: wo.loss_given_default(1.0, [1.0, 2.0], 0.0, [1.0], 0.1), "years"),
        (lambda: wo.loss_given_default(1.0, [1.0], 0.0, [1.0], -1.0), "rate_annual: -1"),
        (lambda: wo.settlement_threshold(1.0, -1.0, 0.1), "years: -1"),
        (lambda: wo.sale_threshold(1.0, cost=-1.0), "cost: -1"),
        (lambda: wo.modification_loss(-1.0, [1.0], [1.0], 0.1), "gross_carrying: -1"),
        (lambda: wo.break_even_chance(1.0, 1.0, 0.5), "success_value: not above"),
        (lambda: wo.provision_path([1.0, -1.0]), "allowance: -1"),
        (lambda: wo.provision_path([1.0, 1.0], write_off=[1.0, 1.0, 1.0]), "allowance"),
    ],
)
def test_bad_input_names_the_argument(call, message):
    with pytest.raises(ValueError, match=message):
        call()

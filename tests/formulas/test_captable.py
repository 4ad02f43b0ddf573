"""The cap table: SAFEs as published, an exit whose choices hold together and that is paid out."""

import itertools

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from casebook import captable

classes = st.lists(st.tuples(st.integers(0, 10**7), st.floats(0.0, 1e3)), min_size=1, max_size=6)


def test_safes_against_the_published_examples():
    """Y Combinator's post-money SAFE user guide, as read in the facts file."""
    for amounts, caps, stakes in (
        ((0.5,), (6.7,), (0.07463,)),
        ((0.8,), (6.7,), (0.1194,)),
        ((1.0,), (6.7,), (0.14925,)),
        ((0.5, 0.5), (5.5, 8.3), (0.09091, 0.06024)),
    ):
        shares = captable.safe_shares(10_000_000, amounts, caps)
        whole = 10_000_000 + sum(shares)
        for n, stake in zip(shares, stakes, strict=True):
            assert n == int(n) and n / whole == pytest.approx(stake, abs=1e-5)


def test_a_later_safe_dilutes_the_founders_and_not_the_earlier_safe():
    alone = captable.safe_shares(1e7, (0.5,), (5.0,))[0] / (
        1e7 + sum(captable.safe_shares(1e7, (0.5,), (5.0,)))
    )
    both = captable.safe_shares(1e7, (0.5, 1.0), (5.0, 10.0))
    assert both[0] / (1e7 + sum(both)) == pytest.approx(alone, abs=1e-6)


def test_the_waterfall_is_the_only_consistent_choice():
    """Against every combination of choices, tried one by one: only one has no regret."""
    rng = np.random.default_rng(3)
    for _ in range(200):
        shares = rng.integers(1, 1000, 4).astype(float)
        owed = rng.uniform(0.5, 50, 4)
        common, value = float(rng.integers(500, 3000)), float(rng.uniform(1, 400))
        paid, per_share = captable.exit_waterfall(
            np.array(value), np.array(common), list(shares), list(owed)
        )
        assert float(sum(paid)) + common * float(per_share) == pytest.approx(value)
        if value < owed.sum():
            np.testing.assert_allclose(paid, value * owed / owed.sum())
            continue
        stable = []
        for choice in itertools.product((False, True), repeat=4):
            convert = np.array(choice)
            rest = value - owed[~convert].sum()
            v = rest / (common + shares[convert].sum())
            alone = (rest + owed) / (common + shares[convert].sum() + shares)
            good = np.where(convert, shares * v >= owed, shares * alone <= owed)
            if rest >= 0 and good.all():
                stable.append(np.where(convert, shares * v, owed))
        assert len(stable) == 1
        np.testing.assert_allclose(paid, stable[0])


@given(st.floats(0.0, 1e5), st.integers(1, 10**7), classes)
def test_an_exit_is_paid_out_and_no_class_is_owed_more_than_it_could_convert(value, common, given):
    shares, preferences = ([float(x) for x in column] for column in zip(*given, strict=True))
    # a class that was never issued has neither shares nor a preference
    preferences = [p * (n > 0) for n, p in zip(shares, preferences, strict=True)]
    paid, per_share = captable.exit_waterfall(value, common, shares, preferences)
    assert sum(paid) + common * per_share == pytest.approx(value, rel=1e-9, abs=1e-9)
    for n, p, pay in zip(shares, preferences, paid, strict=True):
        assert 0.0 <= pay <= max(p, n * per_share) * (1 + 1e-9) + 1e-9


@given(st.integers(1, 10**7), classes)
def test_a_class_converts_from_its_value_on(common, given):
    shares, preferences = ([float(x) for x in column] for column in zip(*given, strict=True))
    assume(all(n > 0 and p > 1e-6 for n, p in zip(shares, preferences, strict=True)))
    values = captable.conversion_values(common, shares, preferences)
    for k, least in enumerate(values):
        assert least >= sum(preferences) * (1 - 1e-12)  # all preferences are covered by then
        below, above = (
            captable.exit_waterfall(least * by, common, shares, preferences)[0][k]
            for by in (1 - 1e-6, 1 + 1e-6)
        )
        assert below <= preferences[k] * (1 + 1e-9) and above >= preferences[k] * (1 - 1e-9)


def test_many_exits_at_once_are_each_as_alone():
    values = np.array([1.0, 30.0, 60.0, 400.0])
    paid, per_share = captable.exit_waterfall(values, 3e6, [1e6, 5e5], [10.0, 25.0])
    for i, value in enumerate(values):
        alone, one = captable.exit_waterfall(value, 3e6, [1e6, 5e5], [10.0, 25.0])
        assert [p[i] for p in paid] == alone and per_share[i] == one


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: captable.safe_shares(1.0, (5.0, 5.0), (8.0, 9.0)), "SAFEs"),
        (lambda: captable.safe_shares(-1.0, (1.0,), (8.0,)), "shares"),
        (lambda: captable.safe_shares(1.0, (-1.0,), (8.0,)), "amounts"),
        (lambda: captable.safe_shares(1.0, (1.0,), (0.0,)), "caps"),
        (lambda: captable.safe_shares(1.0, (1.0,), (np.nan,)), "caps"),
        (lambda: captable.safe_shares(1.0, (1.0,), ()), "amounts, caps"),
        (lambda: captable.exit_waterfall(-1.0, 1.0, [1.0], [1.0]), "value"),
        (lambda: captable.exit_waterfall(np.inf, 1.0, [1.0], [1.0]), "value"),
        (lambda: captable.exit_waterfall(1.0, 0.0, [1.0], [1.0]), "common"),
        (lambda: captable.exit_waterfall(1.0, 1.0, [1.0], []), "shares, preferences"),
        (lambda: captable.conversion_values(0.0, [1.0], [1.0]), "common"),
        (lambda: captable.conversion_values(1.0, [], [1.0]), "shares, preferences"),
    ],
)
def test_a_bad_argument_is_named(call, name):
    with pytest.raises(ValueError, match=rf"{name}.* allowed"):
        call()

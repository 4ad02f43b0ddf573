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


def test_a_round_below_the_cap_prices_the_safe():
    """At or above the cap the cap holds; below it the price of the round does, less discount."""
    base = captable.safe_shares(7e6, [1.0], [10.0])
    for pre_money in (10.0, 10.5, 1e6):
        assert captable.safe_shares(7e6, [1.0], [10.0], pre_money=pre_money) == base
    (n,) = captable.safe_shares(7e6, [1.0], [10.0], pre_money=8.0)
    assert n == 1e6 > base[0]
    price = 8.0 / (7e6 + n)  # of a share in the round
    assert n == pytest.approx(1.0 / price)
    (n,) = captable.safe_shares(7e6, [1.0], [10.0], pre_money=10.0, discounts=[0.2])
    assert n == 1e6  # 20% off 10 is the same 8
    # each SAFE by itself: only the one whose cap is above the round is helped
    low, high = captable.safe_shares(7e6, [1.0, 1.0], [5.0, 20.0], pre_money=8.0)
    whole = 7e6 + low + high
    assert low / whole == pytest.approx(1 / 5, abs=1e-6)
    assert high / whole == pytest.approx(1 / 8, abs=1e-6)


@given(st.floats(0.01, 0.39), st.floats(0.1, 50.0), st.floats(1.0, 100.0), st.floats(0.0, 0.9))
def test_a_cheaper_round_never_gives_a_safe_less(share, cap, pre_money, off):
    amount = share * min(cap, (1 - off) * pre_money)
    plain = captable.safe_shares(1e7, [amount], [cap])
    priced, lower, discounted = (
        captable.safe_shares(1e7, [amount], [cap], **terms)
        for terms in (
            {"pre_money": pre_money},
            {"pre_money": 0.9 * pre_money},
            {"pre_money": pre_money, "discounts": [off]},
        )
    )
    assert plain[0] <= priced[0] <= min(lower[0], discounted[0])


def terms_of(rng, number):
    """Random terms of preferred classes: shares, preferences, participation, caps, ranks."""
    shares = rng.integers(1, 1000, number).astype(float)
    owed = rng.uniform(0.5, 50, number)
    part = [bool(x) for x in rng.integers(0, 2, number)]
    caps = [
        float(p * rng.uniform(1.0, 4.0)) if takes and rng.uniform() < 0.6 else None
        for takes, p in zip(part, owed, strict=True)
    ]
    return list(shares), list(owed), part, caps, [int(x) for x in rng.integers(1, 4, number)]


def test_the_waterfall_of_any_terms_is_the_only_consistent_one():
    """Against every combination of converting or not: one, in which no class would change its mind.

    Those that do not convert are paid by rank; the rest is shared, and what a cap cuts off is
    shared again until nobody is above its cap.
    """
    rng = np.random.default_rng(11)

    def paid_if(convert, value, common, shares, owed, part, caps, rank):
        left, paid = value, np.zeros(4)
        for level in sorted(set(rank)):
            here = [k for k in range(4) if rank[k] == level and not convert[k]]
            claim = sum(owed[k] for k in here)
            for k in here:
                paid[k] = owed[k] * min(1.0, left / claim)
            left = max(left - claim, 0.0)
        first = paid.copy()
        at_cap: set[int] = set()
        while True:
            sharing = [k for k in range(4) if convert[k] or (part[k] and k not in at_cap)]
            rest = left - sum(caps[k] - first[k] for k in at_cap)
            v = rest / (common + sum(shares[k] for k in sharing))
            over = {k for k in sharing if not convert[k] and caps[k] is not None
                    and first[k] + shares[k] * v > caps[k] * (1 + 1e-12)}  # fmt: skip
            if not over:
                break
            at_cap |= over
        for k in range(4):
            paid[k] = (first[k] + shares[k] * v * (k in sharing)) if k not in at_cap else caps[k]
        return paid, v

    for _ in range(300):
        shares, owed, part, caps, rank = terms_of(rng, 4)
        common, value = float(rng.integers(200, 3000)), float(rng.uniform(1, 600))
        given = (shares, owed, part, caps, rank)
        paid, v = captable.exit_waterfall(
            value, common, shares, owed, participating=part, caps=caps, seniority=rank
        )
        assert float(sum(paid)) + common * float(v) == pytest.approx(value)
        stable = []
        for choice in itertools.product((False, True), repeat=4):
            mine, _ = paid_if(choice, value, common, *given)
            content = True
            for k in range(4):
                other = tuple(c ^ (i == k) for i, c in enumerate(choice))
                content &= paid_if(other, value, common, *given)[0][k] <= mine[k] * (1 + 1e-9)
            if content:
                stable.append(mine)
        assert stable
        for mine in stable:  # where two are stable a class is indifferent: the same money
            np.testing.assert_allclose([float(p) for p in paid], mine, rtol=1e-7, atol=1e-9)


@given(st.floats(0.0, 1e5), st.integers(1, 10**7), classes, st.integers(0, 2**31))
def test_any_terms_pay_out_the_exit_and_more_rights_never_pay_less(value, common, given, seed):
    shares, preferences = ([float(x) for x in column] for column in zip(*given, strict=True))
    preferences = [p * (n > 0) for n, p in zip(shares, preferences, strict=True)]
    number = len(shares)
    _, _, part, _, rank = terms_of(np.random.default_rng(seed), number)
    caps = [3.0 * p if takes else None for p, takes in zip(preferences, part, strict=True)]
    terms = {"participating": part, "caps": caps, "seniority": rank}
    paid, v = captable.exit_waterfall(value, common, shares, preferences, **terms)
    assert float(sum(paid) + common * v) == pytest.approx(value, rel=1e-9, abs=1e-9)
    more, _ = captable.exit_waterfall(value * 1.1, common, shares, preferences, **terms)
    for k in range(number):
        assert 0.0 <= paid[k] <= more[k] * (1 + 1e-9) + 1e-9
        assert paid[k] >= min(shares[k] * v, 1e300) * (1 - 1e-9) - 1e-9  # never below conversion
        if part[k] and v > 0:
            assert paid[k] <= max(caps[k], shares[k] * v) * (1 + 1e-9) + 1e-9
    # one class alone: participation, then a looser cap, never pays it less
    if preferences[0] > 0.0:
        alone = [
            captable.exit_waterfall(value, common, shares[:1], preferences[:1], **more_terms)[0][0]
            for more_terms in (
                {},
                {"participating": [True], "caps": [2 * preferences[0]]},
                {"participating": [True], "caps": [3 * preferences[0]]},
                {"participating": [True]},
            )
        ]
        assert (np.diff(np.array(alone, float)) >= -1e-9 * value - 1e-9).all()


def test_seniority_matters_only_where_the_preferences_are_not_covered():
    args = 3e6, [1e6, 5e5, 2e5], [10.0, 5.0, 5.0]
    paid, v = captable.exit_waterfall(12.0, *args, seniority=[2, 1, 1])
    assert [float(p) for p in paid] == [2.0, 5.0, 5.0] and v == 0.0
    paid, _ = captable.exit_waterfall(6.0, *args, seniority=[2, 1, 1])
    assert [float(p) for p in paid] == [0.0, 3.0, 3.0]
    for value in (20.0, 35.0, 80.0):
        ranked = captable.exit_waterfall(value, *args, seniority=[3, 2, 1])[0]
        assert [float(p) for p in ranked] == [float(p) for p in captable.exit_waterfall(
            value, *args)[0]]  # fmt: skip


def test_where_each_kind_converts():
    values = captable.conversion_values(
        1e6, [1e6] * 3, [10.0] * 3, participating=[False, True, True], caps=[None, 25.0, None]
    )
    # at v = 10: common 10, the first 10, the second 20, the third 20; at v = 25: 25 + 25 + 25 + 35
    assert [float(x) for x in values] == [60.0, 110.0, np.inf]


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
        (lambda: captable.safe_shares(1.0, (1.0,), (8.0,), pre_money=0.0), "pre_money"),
        (lambda: captable.safe_shares(1.0, (1.0,), (8.0,), discounts=[0.1]), "pre_money"),
        (
            lambda: captable.safe_shares(1.0, (1.0,), (8.0,), pre_money=9.0, discounts=[1.0]),
            "discounts",
        ),
        (lambda: captable.exit_waterfall(1.0, 1.0, [1.0], [1.0], caps=[2.0]), "caps"),
        (
            lambda: captable.exit_waterfall(1.0, 1.0, [1], [1], participating=[True], caps=[0.5]),
            "caps",
        ),
        (lambda: captable.exit_waterfall(1.0, 1.0, [1.0], [1.0], participating=[2]), "participat"),
        (lambda: captable.exit_waterfall(1.0, 1.0, [1.0], [1.0], participating=[]), "participat"),
        (lambda: captable.exit_waterfall(1.0, 1.0, [1.0], [1.0], seniority=[0]), "seniority"),
        (lambda: captable.exit_waterfall(1.0, 1.0, [1.0], [1.0], seniority=[]), "seniority"),
        (lambda: captable.exit_waterfall(1.0, 1.0, [-1.0], [1.0]), "shares"),
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

"""How long clients stay: published values are in test_published; here what must hold of any."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from casebook import lifetime, published

sizes = st.floats(0.05, 20.0)
models = st.builds(lifetime.Purchases, sizes, sizes, sizes, sizes)


# ---------------------------------------------------------------------------------------------
# Renewals


@given(sizes, sizes, st.integers(1, 60))
def test_retention_rises_and_survival_falls(alpha, beta, n):
    clients = lifetime.Renewals(alpha, beta)
    stays, there = clients.retention(n), clients.survival(n)
    assert stays[0] == pytest.approx(beta / (alpha + beta)) and (np.diff(stays) > 0.0).all()
    assert ((there > 0.0) & (there < 1.0)).all() and (np.diff(there) < 0.0).all()


@given(sizes, sizes, st.floats(0.01, 1.0), st.integers(0, 20))
def test_the_residual_lifetime_is_the_published_closed_form_and_rises_with_age(a, b, rate, age):
    from scipy.special import hyp2f1

    clients = lifetime.Renewals(a, b)
    n = age + 1
    closed = (b + n - 1) / (a + b + n - 1) * hyp2f1(1, b + n, a + b + n, 1 / (1 + rate))
    value = clients.residual_lifetime(rate, age)
    assert value == pytest.approx(closed, rel=1e-8)
    assert clients.residual_lifetime(rate, age + 1) > value
    # valued at the mean retention of all clients who are left is worth less than it is
    mean = b / (a + b)
    assert value >= mean * (1 + rate) / (1 + rate - mean) - 1e-9


def test_survival_is_that_of_clients_with_their_own_chance():
    rng = np.random.default_rng(5)
    theta = rng.beta(0.668, 3.806, 400_000)
    for t in (1, 4, 12):
        assert lifetime.Renewals(0.668, 3.806).survival(t)[-1] == pytest.approx(
            np.mean((1 - theta) ** t), abs=2e-3
        )


def test_a_cohort_made_by_the_model_gives_the_model_back():
    true = lifetime.Renewals(1.3, 2.9)
    found = lifetime.fit_renewals(1e6 * np.r_[1.0, true.survival(8)])
    assert (found.alpha, found.beta) == pytest.approx((1.3, 2.9), rel=1e-4)


# ---------------------------------------------------------------------------------------------
# Purchases


@settings(max_examples=60)
@given(models, st.floats(0.0, 100.0))
def test_visits_expected_are_the_closed_form(model, of_alpha):
    from scipy.special import hyp2f1

    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    time = of_alpha * alpha
    value = model.expected(time)
    assert 0.0 <= value <= r / alpha * time + 1e-9
    if abs(a - 1.0) < 0.05 or a + b < 1.2:  # where the closed form has its poles
        return
    z = time / (alpha + time)
    power = (alpha / (alpha + time)) ** r * hyp2f1(r, b, a + b - 1.0, z)
    closed = (a + b - 1.0) / (a - 1.0) * (1.0 - power)
    assert value == pytest.approx(closed, rel=1e-6, abs=1e-7)


@settings(max_examples=40)
@given(
    st.builds(lifetime.Purchases, st.floats(0.1, 3.0), st.floats(1.0, 9.0), sizes, sizes),
    st.floats(0.0, 10.0),
)
def test_chances_add_up_to_one_and_to_the_expectation(model, time):
    chances = model.chance(np.arange(400), time)
    assert (chances >= 0.0).all()
    assert chances.sum() == pytest.approx(1.0, abs=1e-6)
    assert chances @ np.arange(400) == pytest.approx(model.expected(time), rel=1e-4, abs=1e-6)


@given(models, st.integers(1, 30), st.floats(0.0, 1.0), st.floats(1.0, 50.0))
def test_the_longer_the_silence_the_less_alive(model, x, part, age):
    t_x = part * age
    alive = model.alive(x, t_x, age)
    assert 0.0 <= alive <= 1.0
    assert model.alive(x, t_x, age + 1.0) <= alive + 1e-12
    assert model.alive(0, 0.0, age) == 1.0
    assert model.expected_after(5.0, x, t_x, age) <= model.expected_after(9.0, x, t_x, age)


def test_expectations_and_being_alive_are_those_of_simulated_clients():
    rng = np.random.default_rng(8)
    model = lifetime.Purchases(r=1.2, alpha=6.0, a=0.9, b=3.0)
    n, age, more = 200_000, 30.0, 15.0
    rate, stop = rng.gamma(1.2, 1 / 6.0, n), rng.beta(0.9, 3.0, n)
    lives = rng.geometric(stop)  # visits after the first until it stops
    clock = np.zeros(n)
    x, t_x, later, made = (np.zeros(n) for _ in range(4))
    for visit in range(1, 400):
        clock = clock + rng.exponential(1.0, n) / rate
        here = visit <= lives
        x += here & (clock <= age)
        t_x = np.where(here & (clock <= age), clock, t_x)
        later += here & (clock > age) & (clock <= age + more)
        made += here & (clock <= more)
    assert model.expected(more) == pytest.approx(made.mean(), rel=0.01)
    known = model.expected_after(more, x.astype(int), t_x, np.full(n, age))
    assert known.mean() == pytest.approx(later.mean(), rel=0.02)
    alive = (x < lives).mean()
    assert model.alive(x.astype(int), t_x, age).mean() == pytest.approx(alive, abs=0.005)
    for low, high in ((0, 1), (1, 4), (4, 99)):  # and of every kind of client
        some = (x >= low) & (x < high)
        assert known[some].mean() == pytest.approx(later[some].mean(), rel=0.05)


def test_the_fit_does_not_depend_on_the_unit_of_time_or_money():
    shop = published.sample("cdnow")
    use = slice(0, 400)
    x, t_x, age = shop.frequency[use], shop.recency[use], shop.age[use]
    weeks, days = (lifetime.fit_purchases(x, by * t_x, by * age) for by in (1.0, 7.0))
    assert days.alpha == pytest.approx(7.0 * weeks.alpha, rel=1e-4)
    assert (days.r, days.a, days.b) == pytest.approx((weeks.r, weeks.a, weeks.b), rel=1e-4)
    best = weeks.log_likelihood(x, t_x, age)
    for by in (0.97, 1.03):  # nothing near is better
        near = lifetime.Purchases(weeks.r * by, weeks.alpha, weeks.a, weeks.b)
        assert near.log_likelihood(x, t_x, age) < best
    again = x > 0
    money = shop.amount[use][again]
    usd, cents = (lifetime.fit_spending(x[again], by * money) for by in (1.0, 100.0))
    assert cents.v == pytest.approx(100.0 * usd.v, rel=1e-4)


# ---------------------------------------------------------------------------------------------
# Spending and value


@given(st.floats(0.2, 10), st.floats(1.1, 10), st.floats(0.1, 50), st.integers(1, 40),
       st.floats(0.0, 500))  # fmt: skip
def test_an_expected_amount_lies_between_the_clients_and_the_mean_of_all(p, q, v, x, m):
    money = lifetime.Spending(p, q, v)
    value, mean = money.expected(x, m), money.mean
    assert min(m, mean) - 1e-9 * mean <= value <= max(m, mean) + 1e-9 * mean
    assert abs(money.expected(x + 1, m) - m) <= abs(value - m) + 1e-9
    assert money.expected(0, m) == pytest.approx(mean)


def test_lifetime_value_by_hand():
    model, money = (
        lifetime.Purchases(0.243, 4.414, 0.793, 2.426),
        lifetime.Spending(6.25, 3.74, 15.4),
    )
    given = (2, 30.43, 38.86)
    until = [model.expected_after(t, *given) for t in (0.0, 1.0, 2.0, 3.0)]
    by_hand = sum(np.diff(until) / 1.01 ** np.arange(1, 4)) * money.expected(2, 22.35)
    value = lifetime.lifetime_value(model, money, *given, 22.35, periods=3, rate=0.01)
    assert value == pytest.approx(by_hand, rel=1e-12) and type(value) is float
    two = lifetime.lifetime_value(
        model, money, [2, 0], [30.43, 0.0], [38.86, 20.0], [22.35, 0.0], periods=3, rate=0.01
    )
    assert two.shape == (2,) and two[0] == pytest.approx(value)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: lifetime.Renewals(0.0, 1.0), "alpha: 0"),
        (lambda: lifetime.Purchases(1.0, 1.0, np.nan, 1.0), "a: nan"),
        (lambda: lifetime.Spending(1.0, -1.0, 1.0), "q: -1"),
        (lambda: lifetime.Spending([1.0, 2.0], 2.0, 1.0), "p: an array"),
        (lambda: lifetime.Spending(1.0, 0.9, 1.0).mean, "q: 0.9"),
        (lambda: lifetime.Renewals(1.0, 1.0).survival(0), "periods: 0"),
        (lambda: lifetime.Renewals(1.0, 1.0).residual_lifetime(0.0), "rate: 0"),
        (lambda: lifetime.Renewals(1.0, 1.0).residual_lifetime(0.1, 0.5), "age: 0.5"),
        (lambda: lifetime.fit_renewals([10.0, 11.0, 9.0]), "clients"),
        (lambda: lifetime.fit_renewals([10.0, 10.0, 10.0]), "clients"),
        (lambda: lifetime.fit_renewals([10.0, 9.0, 0.0]), "clients: 0"),
        (lambda: lifetime.fit_renewals([10.0, 9.5, 6.0, 1.0]), "clients: no parameters"),
        (lambda: lifetime.Purchases(1, 1, 1, 1).expected(-1.0), "time: -1"),
        (lambda: lifetime.Purchases(1, 1, 1, 1).expected(1e9), "time: 1e"),
        (lambda: lifetime.Purchases(1, 1, 1, 1).alive(1.5, 1.0, 2.0), "frequency: 1.5"),
        (lambda: lifetime.Purchases(1, 1, 1, 1).alive(1, 3.0, 2.0), "recency: up to 3"),
        (lambda: lifetime.fit_purchases([0, 0], [0.0, 0.0], [1.0, 1.0]), "frequency"),
        (lambda: lifetime.fit_spending([1, 2], [1.0]), "frequency"),
        (lambda: lifetime.fit_spending([1, 0], [1.0, 1.0]), "frequency: 0"),
    ],
)  # fmt: skip
def test_a_bad_argument_is_named(call, name):
    with pytest.raises(ValueError, match=name):
        call()

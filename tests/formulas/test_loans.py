"""Schedules: debt retires to zero, payments are worth the debt, and what fees and early cash do."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from casebook import loans as ln
from casebook import timevalue as tv

principals = st.floats(0.01, 1e6)
rates = st.floats(-0.02, 0.15)
terms = st.integers(1, 120)
FORMS = {
    "bullet": ln.bullet,
    "equal_principal": ln.equal_principal,
    "level": ln.level,
    "balloon": lambda *args, **more: ln.balloon(*args, np.multiply(args[0], 0.3), **more),
}
forms = st.sampled_from(sorted(FORMS))


def holds(s):
    """The two identities of every schedule, and the roll from period to period."""
    size = max(1.0, np.abs(s.opening).max())
    np.testing.assert_allclose(s.opening - s.principal, s.closing, rtol=0, atol=1e-12 * size)
    np.testing.assert_allclose(
        s.interest + s.principal + s.fee, s.payment, rtol=0, atol=1e-12 * size
    )
    np.testing.assert_array_equal(s.opening[1:], s.closing[:-1])


@given(forms, principals, rates, terms, st.data())
def test_debt_retires_to_zero_and_is_worth_its_payments(form, principal, rate, n, data):
    grace = data.draw(st.integers(0, n - 1))
    capitalise = data.draw(st.booleans())
    s = FORMS[form](principal, rate, n, grace=grace, capitalise=capitalise)
    holds(s)
    assert s.opening[0] == principal and s.closing[-1] == 0.0
    value = tv.npv(rate, s.cashflows())
    scale = tv.npv(rate, np.abs(s.cashflows()))
    assert abs(value) <= 1e-10 * scale
    assert (s.principal[:grace] <= 0.0).all() if rate >= 0.0 else True
    if capitalise:
        assert (s.payment[:grace] == 0.0).all()


@given(principals, rates, terms)
def test_level_payments_are_level(principal, rate, n):
    s = ln.level(principal, rate, n)
    np.testing.assert_allclose(s.payment, s.payment[0], rtol=1e-9)
    assert s.payment[0] * tv.annuity_factor(rate, n) == pytest.approx(principal, rel=1e-10)


@given(principals, rates, terms)
def test_equal_principal_is_equal(principal, rate, n):
    np.testing.assert_allclose(
        ln.equal_principal(principal, rate, n).principal, principal / n, rtol=1e-9
    )


@given(principals, st.floats(0.001, 0.1), st.integers(2, 60))
def test_the_faster_repaid_the_less_interest(principal, rate, n):
    interest = [
        f(principal, rate, n).interest.sum() for f in (ln.equal_principal, ln.level, ln.bullet)
    ]
    assert interest[0] < interest[1] < interest[2]


def test_a_balloon_leaves_its_residual_to_the_last_payment():
    s = ln.balloon(100.0, 0.01, 12, 30.0)
    np.testing.assert_allclose(s.payment[:-1], s.payment[0], rtol=1e-12)
    assert s.payment[-1] - s.payment[0] == pytest.approx(30.0, abs=1e-11)


@given(
    hnp.arrays(float, (10, 3), elements=st.floats(-0.05, 0.2)),
    st.lists(principals, min_size=3, max_size=3),
)
def test_rates_may_change_over_time(path, principal):
    for form in (ln.bullet, ln.equal_principal, ln.level):
        s = form(principal, path, 10)
        holds(s)
        np.testing.assert_allclose(
            (s.payment * tv.discount_factors(path, 10)).sum(axis=0), principal, rtol=1e-9
        )
    np.testing.assert_allclose(
        ln.level(principal, path, 10).payment,
        np.broadcast_to(ln.level(principal, path, 10).payment[:1], (10, 3)),
        rtol=1e-8,
    )


@given(forms, st.lists(st.tuples(principals, rates), min_size=1, max_size=5), terms)
def test_scalar_and_batch_agree(form, cases, n):
    principal, rate = np.array(cases).T
    batch = FORMS[form](principal, rate, n)
    assert batch.payment.shape == (n, len(cases))
    for j, (p, r) in enumerate(cases):
        single = FORMS[form](p, r, n)
        for line in ("opening", "interest", "principal", "payment", "closing"):
            np.testing.assert_allclose(
                getattr(batch, line)[:, j], getattr(single, line), rtol=1e-12, atol=1e-12 * p
            )


def test_one_path_of_rates_serves_one_loan_or_many():
    path = np.array([[0.01], [0.02], [0.03]])
    assert ln.level(100.0, path, 3).payment.shape == (3,)
    many = ln.level([100.0, 200.0], path, 3)
    np.testing.assert_allclose(many.payment[:, 1], 2 * ln.level(100.0, path, 3).payment)


# ---------------------------------------------------------------------------------------------
# Sculpted

cash_paths = hnp.arrays(float, st.integers(1, 40), elements=st.floats(0.0, 1e4))


@given(cash_paths, st.floats(1.0, 3.0), st.floats(0.0, 0.2))
def test_sculpted_service_is_cash_over_dscr_and_clears_the_debt(cfads, dscr, rate):
    s = ln.sculpted(cfads, dscr, rate)
    holds(s)
    np.testing.assert_allclose(s.payment, cfads / dscr, rtol=1e-13)
    assert s.closing[-1] == 0.0
    assert tv.npv(rate, s.cashflows()) == pytest.approx(0.0, abs=1e-9 * (1 + s.opening[0]))


@given(
    cash_paths, st.floats(1.0, 3.0), st.floats(0.0, 0.2), st.floats(0.0, 0.2), st.floats(0.0, 1.0)
)
def test_a_higher_rate_or_cover_never_raises_the_debt(cfads, dscr, rate, more, cover):
    debt = ln.sculpted(cfads, dscr, rate).opening[0]
    assert ln.sculpted(cfads, dscr, rate + more).opening[0] <= debt * (1 + 1e-12)
    assert ln.sculpted(cfads, dscr + cover, rate).opening[0] <= debt * (1 + 1e-12)


def test_sculpted_inputs_broadcast():
    cfads = np.linspace(80.0, 120.0, 10)
    by_period = ln.sculpted(cfads, np.linspace(1.2, 1.6, 10), np.linspace(0.02, 0.03, 10))
    holds(by_period)
    many = ln.sculpted(np.column_stack([cfads, cfads]), [1.2, 1.4], [0.02, 0.03])
    np.testing.assert_allclose(many.opening[:, 1], ln.sculpted(cfads, 1.4, 0.03).opening)
    weak = ln.sculpted([50.0, -20.0, 80.0], 1.25, 0.05)
    assert weak.payment[1] == 0.0 and weak.principal[1] < 0.0  # interest is added to the balance


# ---------------------------------------------------------------------------------------------
# Revolving, sweep, prepayment, dates, cost


@given(
    hnp.arrays(float, st.integers(2, 30), elements=st.floats(0.0, 100.0)),
    st.floats(0.0, 0.02),
    st.floats(0.0, 0.01),
)
def test_a_revolving_line_charges_drawn_and_undrawn(balances, rate, fee):
    s = ln.revolving(balances, 100.0, rate, fee)
    holds(s)
    np.testing.assert_allclose(s.interest, balances[:-1] * rate)
    np.testing.assert_allclose(s.fee, (100.0 - balances[:-1]) * fee)
    assert s.principal.sum() == pytest.approx(balances[0] - balances[-1], abs=1e-9)


@given(
    forms,
    principals,
    st.floats(0.0, 0.1),
    st.integers(1, 40),
    st.floats(0.0, 3.0),
    st.floats(0.0, 1.0),
)
def test_a_sweep_repays_early_and_never_too_much(form, principal, rate, n, plenty, share):
    plan = FORMS[form](principal, rate, n)
    s = ln.cash_sweep(plan, plan.payment * plenty, rate, share=share)
    holds(s)
    assert (s.closing >= 0.0).all() and s.closing[-1] == 0.0
    assert (s.closing <= plan.closing + 1e-9 * principal).all()
    assert abs(tv.npv(rate, s.cashflows())) <= 1e-9 * principal * (1 + rate) ** n
    if plenty <= 1.0 or share == 0.0:
        np.testing.assert_allclose(s.payment, plan.payment, rtol=1e-9, atol=1e-9 * principal)


def test_one_plan_serves_many_paths_of_cash():
    plan = ln.level(100.0, 0.01, 12)
    cash = np.random.default_rng(3).uniform(0, 30, (12, 5))
    many = ln.cash_sweep(plan, cash, 0.01, share=0.5)
    for j in range(5):
        np.testing.assert_allclose(
            many.closing[:, j], ln.cash_sweep(plan, cash[:, j], 0.01, share=0.5).closing
        )


@given(forms, st.floats(10, 1e4), st.floats(0.0, 0.05), st.integers(2, 60), st.data())
def test_prepayment_keeps_the_rate_and_clears_the_loan(form, principal, rate, n, data):
    plan = FORMS[form](principal, rate, n)
    period = data.draw(st.integers(1, n))
    amount = data.draw(st.floats(0.0, 1.0)) * plan.closing[period - 1]
    for keep in ("term", "payment"):
        s = ln.prepay(plan, period, amount, keep=keep, fee_rate=0.01)
        holds(s)
        assert s.closing[-1] == pytest.approx(0.0, abs=1e-9 * principal)
        assert s.fee.sum() == pytest.approx(0.01 * amount)
        lender = s.cashflows()
        lender[period] -= s.fee[period - 1]
        assert abs(tv.npv(rate, lender)) <= 1e-9 * principal * n
    shorter = ln.prepay(plan, period, amount, keep="payment")
    assert (shorter.payment[period:] <= plan.payment[period:] + 1e-9 * principal).all()


def test_prepayment_of_all_ends_the_loan():
    plan = ln.level(100.0, 0.01, 12)
    s = ln.prepay(plan, 5, plan.closing[4])
    assert (s.payment[5:] == 0.0).all() and s.closing[4] == 0.0


def test_interest_by_days():
    dates = ["2024-01-15", "2024-06-20", "2024-12-20"]
    rates = ln.dated_rates(0.0435, dates, "act/360")
    assert rates.shape == (2, 1)
    s = ln.bullet(10e6, rates, 2)
    assert s.interest == pytest.approx([10e6 * 0.0435 * 157 / 360, 10e6 * 0.0435 * 183 / 360])
    assert ln.dated_rates([0.04, 0.05], dates, "act/365F").shape == (2, 2)


@given(st.floats(1.0, 1e4), st.floats(0.0, 0.03), st.integers(1, 60), st.floats(0.0, 0.05))
def test_a_fee_raises_the_effective_rate(principal, rate, n, fee):
    s = ln.level(principal, rate, n)
    without = ln.effective_interest_rate(s, periods_per_year=12)
    assert without == pytest.approx(tv.effective_annual_rate(12 * rate, 12), rel=1e-7, abs=1e-9)
    cost = ln.effective_interest_rate(s, upfront_fee=fee * principal, periods_per_year=12)
    assert cost >= without - 1e-12
    assert tv.npv((1 + cost) ** (1 / 12) - 1, s.cashflows(fee * principal)) == pytest.approx(
        0.0, abs=1e-8 * principal
    )


def test_a_schedule_becomes_a_data_frame():
    frame = ln.level(100.0, 0.01, 6).to_frame()
    assert list(frame.columns) == ["opening", "interest", "principal", "fee", "payment", "closing"]
    assert frame.index.name == "period" and list(frame.index) == [1, 2, 3, 4, 5, 6]
    wide = ln.level([100.0, 200.0], 0.01, 6).to_frame()
    assert wide.columns.names == ["line", "scenario"] and wide.shape == (6, 12)
    assert wide["closing"][1].iloc[0] == pytest.approx(2 * frame["closing"].iloc[0])


# ---------------------------------------------------------------------------------------------
# Bad input

PLAN = ln.level(100.0, 0.01, 6)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: ln.level(-1.0, 0.01, 6), "principal: -1"),
        (lambda: ln.level(np.nan, 0.01, 6), "principal: nan"),
        (lambda: ln.level([], 0.01, 6), "principal: is empty"),
        (lambda: ln.level(1.0, -1.0, 6), "rate: -1"),
        (lambda: ln.level(1.0, 0.01, -6), "periods: -6"),
        (lambda: ln.level(1.0, 0.01, 6.5), "periods: 6.5"),
        (lambda: ln.level(1.0, 0.01, np.nan), "periods: nan"),
        (lambda: ln.bullet(1.0, 0.01, 6, grace=6), "grace: 6"),
        (lambda: ln.level([1.0, 2.0], [0.1, 0.1, 0.1], 6), "principal"),
        (lambda: ln.level(1.0, np.full((5, 1), 0.01), 6), "rate: shape"),
        (lambda: ln.balloon(1.0, 0.01, 6, -1.0), "residual: -1"),
        (lambda: ln.sculpted([1.0, 2.0], 0.0, 0.01), "dscr: 0"),
        (lambda: ln.sculpted([1.0, np.nan], 1.2, 0.01), "cfads: nan"),
        (lambda: ln.sculpted([1.0, 2.0], [1.2, 1.2, 1.2], 0.01), "cfads"),
        (lambda: ln.sculpted([1.0, 2.0], [[1.2], [1.3]], 0.01), r"dscr \(2, 1\)"),
        (lambda: ln.revolving([1.0, 12.0], 10.0, 0.01, 0.0), "balances: 12"),
        (lambda: ln.revolving([1.0], 10.0, 0.01, 0.0), "balances: shape"),
        (lambda: ln.revolving([1.0, 2.0], 10.0, 0.01, -0.1), "commitment_fee: -0.1"),
        (lambda: ln.cash_sweep(PLAN, [1.0, 2.0], 0.01), "cash"),
        (lambda: ln.cash_sweep(PLAN, np.ones(6), 0.01, share=1.2), "share: 1.2"),
        (lambda: ln.prepay(PLAN, 0, 1.0), "period: 0"),
        (lambda: ln.prepay(PLAN, 7, 1.0), "period: 7"),
        (lambda: ln.prepay(PLAN, 3, 100.0), "amount: 100"),
        (lambda: ln.prepay(PLAN, 3, 1.0, keep="all"), "keep: 'all'"),
        (
            lambda: ln.dated_rates(0.04, ["2024-02-01", "2024-01-01"], "act/360"),
            "dates: 2024-01-01",
        ),
        (lambda: ln.dated_rates(0.04, ["2024-02-01"], "act/360"), "dates: shape"),
        (lambda: PLAN.cashflows(np.nan), "upfront_fee: nan"),
        (lambda: ln.level(100.0, -0.9, 400), "rate: over so many periods"),
        (lambda: ln.bullet(1.0, 10.0, 500, grace=400, capitalise=True), "rate: over so many"),
        (lambda: ln.sculpted(np.ones(400), 1.3, -0.9), "rate: over so many periods"),
    ],
)
def test_bad_input_names_the_argument(call, message):
    with pytest.raises(ValueError, match=message):
        call()

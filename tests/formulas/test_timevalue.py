"""Rates of return: properties, hard cash flows, independent programs, bad input."""

import warnings
from datetime import date

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from casebook import loans
from casebook import timevalue as tv

rates = st.floats(-0.5, 1.0)
amounts = st.floats(0.01, 1e6)


def investment(n, amounts=amounts):
    """Outflows, then inflows: exactly one change of sign."""
    return st.tuples(
        st.lists(amounts, min_size=1, max_size=n), st.lists(amounts, min_size=1, max_size=n)
    ).map(lambda parts: [-x for x in parts[0]] + parts[1])


def after(start, days):
    """The dates so many days after `start`."""
    return np.datetime64(start) + np.asarray(days).astype("timedelta64[D]")


def noise(rate, flows, times=None):
    """What rounding of the rate and of the sum may leave of a net present value of zero."""
    times = np.arange(len(flows)) if times is None else times
    size = np.abs(flows) * np.exp(-times * np.log1p(rate))
    return 1e-14 * np.sum(size * (1.0 + times + times / (1.0 + rate)))


# ---------------------------------------------------------------------------------------------
# NPV and IRR


@given(investment(15) | investment(60, st.floats(1.0, 100.0)))
def test_irr_makes_npv_zero(flows):
    rate = tv.irr(flows)
    assert abs(tv.npv(rate, flows)) <= noise(rate, flows)


@given(investment(30), st.floats(1e-6, 1e6))
def test_irr_depends_neither_on_the_unit_nor_on_the_side(flows, unit):
    rate = tv.irr(flows)
    assert tv.irr(np.multiply(flows, unit)) == pytest.approx(rate, rel=1e-11, abs=1e-12)
    assert tv.irr(np.negative(flows)) == pytest.approx(rate, rel=1e-11, abs=1e-12)


@given(hnp.arrays(float, (12, 7), elements=st.floats(1.0, 100.0)))
def test_batch_and_scalar_agree(inflows):
    flows = np.vstack([np.full(7, -250.0), inflows])
    # one row of flows has steps of its own: they agree but for rounding
    one_by_one = [tv.irr(flows[:, j]) for j in range(7)]
    np.testing.assert_allclose(tv.irr(flows), one_by_one, rtol=0.0, atol=1e-14)
    assert tv.npv(0.07, flows).tolist() == [tv.npv(0.07, flows[:, j]) for j in range(7)]


@given(
    hnp.arrays(float, st.integers(1, 4), elements=st.floats(0.01, 100.0)),
    hnp.arrays(float, st.integers(1, 40), elements=st.floats(0.0, 50.0)),
    st.sampled_from([-1e6, -1.0, 1e-6, 1.0]),
)
def test_one_row_of_flows_has_the_rate_of_a_batch(outlays, inflows, scale):
    flows = scale * np.concatenate([-outlays, inflows])
    batch = tv.irr(np.stack([flows, flows], axis=1), on_error="nan")[0]
    np.testing.assert_allclose(tv.irr(flows, on_error="nan"), batch, rtol=1e-12, atol=1e-14)
    assert tv.irr(flows.tolist(), on_error="nan") == pytest.approx(batch, nan_ok=True)


def test_a_result_does_not_depend_on_its_neighbours():
    rng = np.random.default_rng(1)
    flows = np.vstack([-rng.uniform(1, 200, (3, 17_001)), rng.normal(10, 12, (15, 17_001))])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", tv.SeveralRatesWarning)
        whole = tv.irr(flows, on_error="nan")
        parts = [tv.irr(flows[:, a : a + 1_700], on_error="nan") for a in range(0, 17_001, 1_700)]
    assert np.array_equal(whole, np.concatenate(parts), equal_nan=True)
    assert 0 < np.isnan(whole).sum() < 8_000


def test_batch_agrees_with_pyxirr_and_numpy_financial():
    pyxirr = pytest.importorskip("pyxirr")
    npf = pytest.importorskip("numpy_financial")
    rng = np.random.default_rng(2)
    flows = np.vstack([np.full(300, -100.0), rng.uniform(1, 14, (30, 300))])
    ours = tv.irr(flows)
    np.testing.assert_allclose(ours, [pyxirr.irr(f) for f in flows.T], rtol=0, atol=1e-10)
    np.testing.assert_allclose(ours[:50], [npf.irr(f) for f in flows.T[:50]], rtol=0, atol=1e-10)
    np.testing.assert_allclose(tv.npv(0.03, flows), [npf.npv(0.03, f) for f in flows.T], rtol=1e-12)


@given(
    st.lists(st.floats(-0.6, 2.0), min_size=1, max_size=4, unique_by=lambda r: round(r, 1)),
    st.integers(0, 30),
    st.integers(0, 30),
)
@example([0.0, -0.21875], 0, 0)  # the sum of the flows is rounding noise
@example([-0.9999, -0.02], 0, 1)  # a root so far out that only the last flows count
def test_all_rates_of_a_polynomial_are_found(known, before, after):
    """prod (v - v_k) has the rates 1/v_k - 1, no others above -1; idle periods change nothing."""
    flows = np.poly([1.0 / (1.0 + r) for r in known])[::-1]
    flows = np.r_[np.zeros(before), flows, np.zeros(after)]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        found = {root: tv.irr(flows, root=root) for root in ("nearest_zero", "lowest", "highest")}
    assert found["lowest"] == pytest.approx(min(known), abs=1e-6)
    assert found["highest"] == pytest.approx(max(known), abs=1e-6)
    nearest = min(abs(np.log1p(r)) for r in known)
    assert abs(np.log1p(found["nearest_zero"])) == pytest.approx(nearest, abs=1e-6)
    several = [w for w in caught if issubclass(w.category, tv.SeveralRatesWarning)]
    assert bool(several) == (len(known) > 1)


@given(hnp.arrays(float, st.integers(3, 25), elements=st.floats(-100.0, 100.0).map(round)))
def test_the_chosen_rate_is_the_nearest_of_all_that_a_grid_can_see(flows):
    x = np.linspace(-3.0, 3.0, 3001)
    values = np.array([np.sum(flows * np.exp(-t * np.arange(len(flows)))) for t in x])
    crossings = np.flatnonzero(np.sign(values[:-1]) * np.sign(values[1:]) < 0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", tv.SeveralRatesWarning)
        rate = tv.irr(flows, on_error="nan")
    if crossings.size:
        assert abs(np.log1p(rate)) <= np.abs(x[crossings]).min() + 0.004
        assert abs(tv.npv(rate, flows)) <= 100.0 * noise(rate, flows)


def test_a_rate_beyond_all_numbers_is_no_rate():
    assert np.isnan(tv.xirr([-1.0, 10.0], ["2024-01-01", "2024-01-02"], on_error="nan"))  # 10^365


def test_several_rates_warn_and_a_touching_one_does_not():
    with pytest.warns(tv.SeveralRatesWarning, match="3 rates"):
        assert tv.irr([-5, 10.5, 1, -8, 1]) == pytest.approx(0.0885983385, abs=1e-9)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert tv.irr([-1, 2.2, -1.21]) == pytest.approx(0.1, abs=1e-7)  # (1.1 v - 1)^2


def test_of_several_rates_the_default_is_the_one_that_users_expect():
    """Two public reports: not -99.979% or -76.889%, rates at which nobody lends."""
    with pytest.warns(tv.SeveralRatesWarning, match="2 rates"):
        assert tv.irr([-50, -100, 600, 300, -100]) == pytest.approx(1.854417828, abs=1e-9)
    with pytest.warns(tv.SeveralRatesWarning):
        assert tv.irr([-1678.87, 0.0, 4789.91, -1.0]) == pytest.approx(0.689, abs=2e-3)
    with pytest.warns(tv.SeveralRatesWarning):  # 161.8% and -61.8% are as far: the lower one
        assert tv.irr([-1, 3, -1]) == pytest.approx(-0.6180339887, abs=1e-9)


def test_a_value_beyond_all_numbers_is_an_error():
    for call in (
        lambda: tv.npv(-0.9, [1.0] * 400),
        lambda: tv.npv([0.1, -0.9], [1.0, -1.0] * 200),
        lambda: tv.xnpv(-0.999999, [-1.0, 1.0], ["2000-01-01", "2100-01-01"]),
    ):
        with pytest.raises(ValueError, match=r"^rate.*beyond all numbers"):
            call()


def test_long_and_extreme_flows():
    assert tv.irr([-1.0] + 479 * [0.0] + [1e6]) == pytest.approx(1e6 ** (1 / 480) - 1, rel=1e-12)
    assert tv.irr([-1.0, 1e12]) == pytest.approx(1e12 - 1, rel=1e-12)
    assert tv.irr([-1e12, 1.0]) == pytest.approx(1e-12 - 1, rel=1e-12)
    assert tv.irr([0.0, 0.0, -100.0, 0.0, 121.0, 0.0]) == pytest.approx(0.1, abs=1e-14)
    idle = np.zeros(400)  # so far from the flows that every discount factor underflows
    flows = np.column_stack(
        [
            np.r_[idle, -1.0, 1e10],
            np.r_[-1e10, 1.0, idle],
            np.r_[-1.0, idle, 2.0],
            np.r_[idle[:200], -1e8, 1.0, idle[:200]],
        ]
    )
    rates = [1e10 - 1, 1e-10 - 1, 2 ** (1 / 401) - 1, 1e-8 - 1]
    assert tv.irr(flows) == pytest.approx(rates, rel=1e-9)
    assert [tv.irr(column) for column in flows.T] == pytest.approx(rates, rel=1e-9)
    assert tv.irr([-100.0, 100.0]) == 0.0
    assert tv.irr(np.r_[-1000.0, np.full(1200, 12.0)]) == pytest.approx(0.012, abs=1e-8)


@given(rates, st.lists(st.floats(-1e5, 1e5), min_size=1, max_size=50))
def test_npv_is_the_sum_of_discounted_flows(rate, flows):
    by_hand = sum(c / (1.0 + rate) ** t for t, c in enumerate(flows))
    scale = sum(abs(c) / (1.0 + rate) ** t for t, c in enumerate(flows))
    assert tv.npv(rate, flows) == pytest.approx(by_hand, abs=1e-12 * scale + 1e-300)


def test_shapes_and_types():
    flows = np.array([[-100.0, -90.0], [60.0, 60.0], [60.0, 60.0]])
    assert type(tv.npv(0.1, flows[:, 0])) is float and type(tv.irr(flows[:, 0])) is float
    assert tv.npv([0.0, 0.1, 0.2], flows[:, 0]).shape == (3,)  # a profile
    assert tv.npv([0.1, 0.2], flows).tolist() == [
        tv.npv(0.1, flows[:, 0]),
        tv.npv(0.2, flows[:, 1]),
    ]
    assert tv.irr(flows).shape == (2,)
    assert tv.discount_factors(0.1, 3).shape == (3,)
    assert tv.discount_factors([0.1, 0.2], 3).shape == (3, 2)
    assert tv.discount_factors([[0.1], [0.2]], 2).ravel() == pytest.approx([1 / 1.1, 1 / 1.32])


@given(st.floats(-0.3, 0.5), st.integers(0, 400))
def test_annuity_factor_is_the_sum_of_discount_factors(rate, n):
    total = tv.discount_factors(rate, n).sum() if n else 0.0
    assert tv.annuity_factor(rate, n) == pytest.approx(total, rel=1e-10)
    assert tv.annuity_factor(rate, n, due=True) == pytest.approx(total * (1 + rate), rel=1e-10)


def test_annuity_factor_at_and_near_zero():
    assert tv.annuity_factor(0.0, 20) == 20.0
    assert tv.annuity_factor(1e-12, 20) == pytest.approx(20.0 - 210e-12, abs=1e-14)


@given(investment(20, st.floats(1.0, 1000.0)), rates, rates)
def test_mirr_grows_the_outlay_into_the_proceeds(flows, finance, reinvest):
    n = len(flows) - 1
    rate = tv.mirr(flows, finance, reinvest)
    outlay = -tv.npv(finance, np.minimum(flows, 0.0))
    proceeds = tv.npv(reinvest, np.maximum(flows, 0.0)) * (1.0 + reinvest) ** n
    assert outlay * (1.0 + rate) ** n == pytest.approx(proceeds, rel=1e-9)


@given(
    st.floats(1.0, 1e6),
    st.floats(0.001, 0.5) | st.just(0.0) | st.floats(-0.3, -0.001),
    st.floats(1.0, 100.0),
    st.floats(0.0, 0.9),
    st.booleans(),
)
def test_the_level_payment_and_the_number_of_payments_are_inverse(owed, rate, n, part, due):
    left = part * owed
    paid = tv.level_payment(owed, rate, n, left, due=due)
    final = left * (1.0 + rate) ** -n
    worth = paid * tv.annuity_factor(rate, n, due=due) + final
    assert worth == pytest.approx(owed, abs=1e-9 * (owed + final))
    if paid * (1.0 + rate * due) - owed * rate > 1e-4 * paid > 0.0 and rate > 0.0:
        assert tv.nper(rate, paid, owed, left, due=due) == pytest.approx(n, rel=1e-6)


def test_payments_in_advance_are_a_loan_with_an_upfront_fee():
    paid = tv.level_payment(15_000.0, 0.01, 60, due=True)
    rest = loans.level(15_000.0, 0.01, 60).payment[0] / 1.01
    assert paid == pytest.approx(rest, rel=1e-12)
    lease = loans.level(15_000.0 - paid, 0.01, 59)
    np.testing.assert_allclose(lease.payment, paid, rtol=1e-12)
    flows = np.r_[15_000.0, np.zeros(59)] - paid
    assert tv.irr(flows) == pytest.approx(0.01, abs=1e-12)


def test_a_payment_below_the_interest_never_repays():
    for rate, paid in ((0.1, 5.0), (0.1, 10.0), (0.0, 0.0), (0.0, -1.0)):
        with pytest.raises(ValueError, match=f"payment: {paid:g} is not allowed"):
            tv.nper(rate, paid, 100.0)
    assert tv.nper(0.1, 20.0, 0.0) == 0.0 == tv.nper(0.0, 1.0, 0.0)
    assert tv.nper([0.0, 0.1], [10.0, 11.0], [100.0, 10.0]).tolist() == pytest.approx([10.0, 1.0])


# ---------------------------------------------------------------------------------------------
# Dated flows


@given(
    investment(10, st.floats(50.0, 200.0)), st.lists(st.integers(60, 400), min_size=21, max_size=21)
)
def test_xirr_makes_xnpv_zero(flows, gaps):
    dates = after("2020-02-29", np.cumsum(gaps)[: len(flows)])
    rate = tv.xirr(flows, dates)
    years = (dates - dates[0]).astype(float) / 365.0
    assert abs(tv.xnpv(rate, flows, dates)) <= noise(rate, flows, years)


def test_xirr_of_whole_years_is_irr():
    flows = [-100.0, 30.0, 40.0, 55.0]
    dates = after("2021-01-01", 365 * np.arange(4))
    assert tv.xirr(flows, dates) == pytest.approx(tv.irr(flows), abs=1e-13)
    assert tv.xnpv(0.08, flows, dates) == pytest.approx(tv.npv(0.08, flows), abs=1e-12)


def test_xirr_takes_dates_of_every_kind_and_flows_of_one_day():
    flows, texts = [-60.0, -40.0, 110.0], ["2023-01-01", "2023-01-01", "2024-01-01"]
    dates = [date.fromisoformat(text) for text in texts]
    assert tv.xirr(flows, texts) == tv.xirr(flows, dates) == pytest.approx(0.1, abs=1e-14)
    batch = tv.xirr(np.column_stack([flows, np.multiply(flows, [1, 1, 2])]), texts)
    assert batch == pytest.approx([0.1, 1.2], abs=1e-13)
    with pytest.warns(tv.SeveralRatesWarning):
        tv.xirr([-5, 10.5, 1, -8, 1], after("2020-01-01", 365 * np.arange(5)))


@given(st.floats(-0.4, 0.6), investment(15))
def test_present_value_of_whole_years_is_npv(rate, flows):
    value = tv.present_value(rate, flows, np.arange(len(flows)))
    assert value == pytest.approx(tv.npv(rate, flows), rel=1e-9, abs=1e-9 * max(map(abs, flows)))


# ---------------------------------------------------------------------------------------------
# Rates and day counts


@given(st.floats(-0.9, 3.0), st.sampled_from([1, 2, 4, 12, 52, 365]))
def test_nominal_and_effective_rates_are_inverse(rate, m):
    nominal = tv.nominal_rate(rate, m)
    assert tv.effective_annual_rate(nominal, m) == pytest.approx(rate, rel=1e-12, abs=1e-14)
    assert (1 + nominal / m) ** m == pytest.approx(1 + rate, rel=1e-11)


@given(st.dates(date(1900, 1, 1), date(2100, 1, 1)), st.integers(0, 20_000))
def test_day_counts_by_hand(start, length):
    end = after(start, length)
    assert tv.year_fraction(start, end, "act/360") == length / 360
    assert tv.year_fraction(start, end, "act/365F") == length / 365
    for basis in ("30/360", "30E/360", "30/360 US"):
        assert abs(tv.year_fraction(start, end, basis) - length / 365.25) < 0.02
    assert abs(tv.year_fraction(start, end, "act/act ISDA") - length / 365.25) < 0.005
    middle = after(start, length // 2)  # actual days add up
    assert (
        tv.year_fraction(start, middle, "act/act ISDA")
        + tv.year_fraction(middle, end, "act/act ISDA")
    ) == pytest.approx(tv.year_fraction(start, end, "act/act ISDA"), abs=1e-9)


def test_the_february_rule_is_what_sets_30_360_us_apart():
    assert tv.year_fraction("2007-02-28", "2007-03-31", "30/360") == pytest.approx(33 / 360)
    assert tv.year_fraction("2007-02-28", "2007-03-31", "30/360 US") == pytest.approx(30 / 360)
    assert tv.year_fraction("2008-02-29", "2009-02-28", "30/360 US") == pytest.approx(1.0)
    assert tv.year_fraction(["2007-01-31"], ["2007-02-28", "2007-03-31"], "30/360").shape == (2,)


def test_unit_periods_of_regulation_z():
    # the odd first periods of the examples in Appendix J (c)(1)
    assert tv.unit_periods("1978-02-10", "1978-04-01", 12) == (1, 19 / 30)
    assert tv.unit_periods("1978-02-23", "1978-03-01", 24) == (0, 6 / 15)
    assert tv.unit_periods("1978-05-23", "1978-10-01", 4) == (1, 39 / 90)
    assert tv.unit_periods("1978-03-20", "1978-04-21", 52) == (4, 4 / 7)
    # a year: the rest in whole months, or else in days
    assert tv.unit_periods("1978-01-15", "1979-07-15", 1) == (1, 6 / 12)
    assert tv.unit_periods("1978-01-15", "1979-07-16", 1) == (1, 182 / 365)
    assert tv.unit_periods("1978-01-31", "1978-03-31", 12) == (2, 0.0)
    assert tv.unit_periods("1978-02-28", "1978-03-31", 12) == (1, 0.0)
    assert tv.unit_periods("2023-03-01", "2024-02-29", 1) == (1, 0.0)  # 365 days
    assert tv.unit_periods("2023-03-01", "2024-03-01", 1) == (1, 0.0)


MONTH_ENDS = np.arange("2024-02", "2027-02", dtype="datetime64[M]") + 1
MONTH_ENDS = MONTH_ENDS.astype("datetime64[D]") - np.timedelta64(1, "D")


def test_from_one_month_end_to_another_is_whole_months():
    for n, end in enumerate(MONTH_ENDS, start=1):
        assert tv.unit_periods("2024-01-31", end, 12) == (n, 0.0)
        assert tv.unit_periods("2024-01-31", end, 4) == (n // 3, n % 3 / 3)
    # the 30th has no February of its own: its last day stands for it
    assert tv.unit_periods("2024-01-30", "2024-02-29", 12) == (1, 0.0)
    assert tv.unit_periods("2024-01-30", "2024-03-30", 12) == (2, 0.0)
    assert tv.unit_periods("2024-02-29", "2025-02-28", 1) == (1, 0.0)
    # and a month end that is only one by chance is the same day of the month
    assert tv.unit_periods("2024-01-15", "2024-02-29", 12) == (1, 14 / 30)
    assert tv.unit_periods("2023-01-28", "2023-02-28", 12) == (1, 0.0)


def test_a_loan_of_month_ends_costs_what_the_regular_loan_costs():
    paid = [(90.0, day) for day in MONTH_ENDS[:12]]
    monthly = tv.irr([-1000.0] + 12 * [90.0])
    lent = [(1000.0, "2024-01-31")]
    dated = tv.annual_percentage_rate(lent, paid, unit_periods_per_year=12)
    assert dated == pytest.approx(12 * monthly, abs=1e-12)  # 14.4521%, and not 14.4842%
    dated = tv.annual_percentage_rate(lent, paid, unit_periods_per_year=12, basis="effective")
    assert dated == pytest.approx((1 + monthly) ** 12 - 1, abs=1e-12)


@given(
    st.dates(date(1990, 1, 1), date(2040, 1, 1)),
    st.integers(0, 1500),
    st.sampled_from([1, 2, 3, 4, 6, 12, 24, 13, 26, 52, 365]),
)
def test_an_odd_fraction_is_below_one_and_the_time_about_the_calendars(start, gap, m):
    end = after(start, gap)
    t, f = tv.unit_periods(start, end, m)
    assert t >= 0 and 0.0 <= f < 1.0
    assert (t + f) / m == pytest.approx(gap / 365.0, abs=0.01 + 0.004 * gap / 365.0)
    tv.annual_percentage_rate([(100, 0, 0)], [(110, t + 1, f)], unit_periods_per_year=m)


def test_30e_360_isda_by_hand():
    def count(start, end, maturity=None):
        return round(360 * tv.year_fraction(start, end, "30E/360 ISDA", maturity=maturity))

    assert count("2024-01-31", "2024-02-29") == 30
    assert count("2024-01-31", "2024-02-29", "2024-02-29") == 29  # the end of the loan
    assert count("2024-02-29", "2024-03-31") == 30
    assert count("2023-02-28", "2024-02-29", "2024-02-29") == 359
    assert count("2023-02-28", "2023-08-31", "2024-02-29") == 180
    assert count("2024-01-15", "2024-07-31") == 195
    rate = loans.dated_rates(0.05, ["2023-08-31", "2024-02-29", "2024-08-31"], "30E/360 ISDA")
    np.testing.assert_allclose(rate[:, 0], [0.025, 0.025], rtol=1e-12)
    rate = loans.dated_rates(0.05, ["2023-08-31", "2024-02-29"], "30E/360 ISDA")
    np.testing.assert_allclose(rate[:, 0], [0.05 * 179 / 360], rtol=1e-12)


# ---------------------------------------------------------------------------------------------
# Annual percentage rate


@given(
    st.floats(100, 1e6),
    st.floats(0.0, 0.05),
    st.integers(1, 60),
    st.integers(0, 3),
    st.sampled_from([0.0, 1 / 30, 0.4, 19 / 30, 29 / 30]),
)
def test_apr_solves_its_own_equation(advance, rate, n, t0, f):
    first = max(t0, 1) if f == 0.0 else t0
    weights = [1 / ((1 + f * rate) * (1 + rate) ** (first + k)) for k in range(n)]
    payment = advance / sum(weights)
    apr = tv.annual_percentage_rate(
        [(advance, 0, 0)], [(payment, first + k, f) for k in range(n)], unit_periods_per_year=12
    )
    assert apr == pytest.approx(12 * rate, rel=1e-9, abs=1e-11)


@given(st.floats(0.0, 0.04), st.integers(1, 48))
def test_without_fees_and_odd_days_apr_is_the_loan_rate(rate, n):
    payment = 1000.0 / tv.annuity_factor(rate, n)
    items = [(payment, t, 0) for t in range(1, n + 1)]
    nominal, effective = (
        tv.annual_percentage_rate([(1000.0, 0, 0)], items, unit_periods_per_year=12, basis=basis)
        for basis in ("nominal", "effective")
    )
    assert nominal == pytest.approx(12 * rate, rel=1e-9, abs=1e-11)
    assert effective == pytest.approx(tv.effective_annual_rate(nominal, 12), rel=1e-9, abs=1e-11)


def test_several_advances():
    # 1,000 now and 1,000 in a month, repaid by what 1% a month makes of them after half a year
    repaid = 1000 * 1.01**6 + 1000 * 1.01**5
    apr = tv.annual_percentage_rate(
        [(1000, 0, 0), (1000, 1, 0)], [(repaid, 6, 0)], unit_periods_per_year=12
    )
    assert apr == pytest.approx(0.12, abs=1e-12)
    dated = tv.annual_percentage_rate(
        [(1000, "2024-01-01"), (1000, "2024-02-01")],
        [(repaid, "2024-07-01")],
        unit_periods_per_year=12,
    )
    assert dated == pytest.approx(0.12, abs=1e-12)


def test_a_single_payment_has_its_term_as_unit_period():
    """Appendix J (b)(5), (c)(5): whole months if it is so many, else days; at most a year."""

    def apr(end, repaid):
        return tv.annual_percentage_rate([(1000, "1978-07-15")], [(repaid, end)])

    assert apr("1979-01-15", 1044) == pytest.approx(0.044 * 2, abs=1e-12)  # 6 months, 184 days
    assert apr("1979-01-16", 1044) == pytest.approx(0.044 * 365 / 185, abs=1e-12)
    assert apr("1979-07-15", 1100) == pytest.approx(0.10, abs=1e-12)
    assert apr("1980-07-15", 1210) == pytest.approx(0.10, abs=1e-12)


def test_the_effective_rate_of_dates_in_equal_months_weeks_or_days():
    """EU: a year is 365 days, 52 weeks or 12 equal months; odd days are of 365."""

    def apr(end, m):
        return tv.annual_percentage_rate(
            [(1000, "2024-01-31")], [(1100, end)], basis="effective", unit_periods_per_year=m
        )

    for end, m, years in (
        ("2024-07-31", None, 182 / 365),
        ("2024-07-31", 12, 0.5),
        ("2024-07-31", 1, 0.5),
        ("2024-08-03", 4, 0.5 + 3 / 365),
        ("2024-07-31", 52, 0.5),
        ("2024-08-01", 26, 0.5 + 1 / 365),
    ):
        assert apr(end, m) == pytest.approx(1.1 ** (1 / years) - 1, rel=1e-12), (end, m)


def test_a_loan_that_returns_less_has_a_negative_rate():
    apr = tv.annual_percentage_rate([(1000, 0, 0)], [(990, 1, 0)], unit_periods_per_year=12)
    assert apr == pytest.approx(-0.12, abs=1e-12)


# ---------------------------------------------------------------------------------------------
# Bad input


def monthly(advances, payments):
    return tv.annual_percentage_rate(advances, payments, unit_periods_per_year=12)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: tv.irr([1.0, 2.0, 3.0]), "cashflows: no rate"),
        (lambda: tv.irr([0.0, 0.0]), "cashflows: no rate"),
        (lambda: tv.irr([1.0, -1.0, 1.0]), "cashflows: no rate"),  # changes sign, never worth zero
        (lambda: tv.irr([[-1.0, 1.0], [1.1, 1.1]]), "first in scenario 1"),
        (lambda: tv.irr([-1.0]), "cashflows: shape"),
        (lambda: tv.irr(np.zeros((2, 2, 2))), "cashflows: shape"),
        (lambda: tv.irr([]), "cashflows: is empty"),
        (lambda: tv.irr([-1.0, np.nan]), "cashflows: nan"),
        (lambda: tv.irr([-1.0, np.inf]), "cashflows: inf"),
        (lambda: tv.irr(["a", "b"]), "cashflows: .* is not a number"),
        (lambda: tv.irr([-1.0, 1.0], root="best"), "root: 'best'"),
        (lambda: tv.irr([-1.0, 1.0], on_error="zero"), "on_error: 'zero'"),
        (lambda: tv.npv(-1.0, [1.0]), "rate: -1"),
        (lambda: tv.npv([0.1, 0.2], [[1.0, 2.0, 3.0]]), r"rate \(2,\), cashflows \(3,\)"),
        (lambda: tv.mirr([1.0, 2.0], 0.1, 0.1), "cashflows: no change of sign"),
        (
            lambda: tv.xirr([-1.0, 1.0], ["2024-02-01", "2024-01-01"]),
            "dates: 2024-01-01 after 2024-02-01",
        ),
        (lambda: tv.xirr([-1.0, 1.0], ["2024-02-01"]), "dates: shape"),
        (lambda: tv.xnpv(0.1, [1.0], ["soon"]), "dates: .* is not a date"),
        (lambda: tv.xnpv(0.1, [1.0], ["NaT"]), "dates: .* missing"),
        (lambda: tv.present_value(0.1, [1.0, 2.0], [1.0]), "years"),
        (lambda: tv.present_value(0.1, [1.0], [-1.0]), "years: -1"),
        (lambda: tv.effective_annual_rate(0.1, 0), "periods_per_year: 0"),
        (lambda: tv.effective_annual_rate(-5.0, 4), "nominal / periods_per_year: -1.25"),
        (lambda: tv.nominal_rate(-1.5, 4), "effective: -1.5"),
        (lambda: tv.annuity_factor(0.1, -2), "periods: -2"),
        (lambda: tv.discount_factors(0.1, 2.5), "periods: 2.5"),
        (lambda: tv.discount_factors(0.1, "two"), "periods: 'two'"),
        (lambda: tv.discount_factors(0.1, np.inf), "periods: inf"),
        (lambda: tv.discount_factors(0.1, [2, 3]), "periods: "),
        (lambda: tv.year_fraction("2024-02-01", "2024-01-01", "act/360"), "end: "),
        (lambda: tv.year_fraction("2024-01-01", "2024-02-01", "act"), "basis: 'act'"),
        (lambda: tv.unit_periods("2024-01-01", "2024-02-01", 5), "unit_periods_per_year: 5"),
        (lambda: tv.annual_percentage_rate([], [(1, 1, 0)]), "advances: "),
        (lambda: tv.annual_percentage_rate([(1, 0, 0)], [(1, 1)]), "payments: .* or all"),
        (
            lambda: tv.annual_percentage_rate([(1, 0, 0)], [(1, 1, 0)]),
            "unit_periods_per_year: None",
        ),
        (lambda: monthly([(1, 0, 0)], [(1, 1.5, 0)]), r"payments\[0\] t: 1.5"),
        (lambda: monthly([(1, 0, 0)], [(1, 1, 1)]), r"payments\[0\] f: 1 is .* \[0, 1\) are"),
        (lambda: monthly([(-1, 0, 0)], [(1, 1, 0)]), r"advances\[0\] amount: -1"),
        (
            lambda: monthly([(1, 1, 0)], [(1, 2, 0), (1, 0, 0.5)]),
            r"payments\[1\]: before the first",
        ),
        (
            lambda: monthly([(1, "2024-02-01")], [(1, "2024-01-01")]),
            r"payments\[0\]: before the first",
        ),
        (lambda: monthly([(1, 0, 0)], [(2, 0, 0)]), "payments: all flows fall at one time"),
        (
            lambda: tv.annual_percentage_rate([(1, "2024-01-01")], [(1, "2024-01-01")]),
            "payments: all",
        ),
        (
            lambda: tv.annual_percentage_rate([(1, "2024-01-01")], [(1, "2024-03-01")] * 2),
            "unit_periods_per_year: None",
        ),
        (lambda: tv.annual_percentage_rate([(1, 0, 0)], [(1, 1, 0)], basis="x"), "basis: 'x'"),
    ],
)
def test_bad_input_names_the_argument(call, message):
    with pytest.raises(ValueError, match=message):
        call()

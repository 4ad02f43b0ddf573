"""Credit risk: monotone where the formula is, consistent stages, classes at their thresholds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import stats

from casebook import credit as cr

shares = st.floats(0.0, 1.0)
small = st.floats(1e-6, 0.2)


# ---------------------------------------------------------------------------------------------
# IRB


def by_hand(pd, lgd, m, size):
    """The corporate formula again, in scipy's words."""
    w = (1 - np.exp(-50 * pd)) / (1 - np.exp(-50))
    r = 0.12 * w + 0.24 * (1 - w) - 0.04 * size
    b = (0.11852 - 0.05478 * np.log(pd)) ** 2
    n = stats.norm.cdf(
        (1 - r) ** -0.5 * stats.norm.ppf(pd) + (r / (1 - r)) ** 0.5 * stats.norm.ppf(0.999)
    )
    return (lgd * n - pd * lgd) / (1 - 1.5 * b) * (1 + (m - 2.5) * b)


@given(st.floats(3e-4, 0.99), shares, st.floats(1.0, 5.0), st.floats(5.0, 50.0))
def test_irb_agrees_with_the_formula_in_scipy(pd, lgd, m, sales):
    size = 1 - (sales - 5) / 45
    for ours, theirs in (
        (cr.irb_capital(pd, lgd, m), by_hand(pd, lgd, m, 0.0)),
        (cr.irb_capital(pd, lgd, m, sales), by_hand(pd, lgd, m, size)),
    ):
        assert ours == pytest.approx(theirs, rel=1e-9, abs=1e-12)


@given(st.floats(3e-4, 0.25), st.floats(0.01, 0.1), st.floats(0.01, 0.9), st.floats(1.0, 4.5))
def test_irb_grows_with_pd_lgd_maturity_and_size(pd, step, lgd, m):
    k = cr.irb_capital(pd, lgd, m)
    assert cr.irb_capital(min(pd * (1 + step), 0.25), lgd, m) >= k * (1 - 1e-12)
    assert cr.irb_capital(pd, lgd + step, m) > k
    assert cr.irb_capital(pd, lgd, m + 0.5) > k
    sizes = cr.irb_capital(pd, lgd, m, [5.0, 20.0, 50.0])
    assert sizes[0] < sizes[1] < sizes[2] and sizes[2] == pytest.approx(k, rel=1e-14)
    for name in ("residential_mortgage", "qualifying_revolving", "other_retail"):
        assert (
            cr.irb_capital(pd, lgd + step, asset_class=name)
            > cr.irb_capital(pd, lgd, asset_class=name)
            > 0.0
        )


def test_irb_holds_its_inputs_within_the_rule():
    assert cr.irb_capital(0.01, 0.45, 0.5) == cr.irb_capital(0.01, 0.45, 1.0)
    assert cr.irb_capital(0.01, 0.45, 12.0) == cr.irb_capital(0.01, 0.45, 5.0)
    assert cr.irb_capital(0.01, 0.45, 2.5, 1.0) == cr.irb_capital(0.01, 0.45, 2.5, 5.0)
    assert cr.irb_capital(0.01, 0.45, 2.5, 900.0) == cr.irb_capital(0.01, 0.45)
    assert cr.irb_capital(1e-5, 0.45, pd_floor=0.0005) == cr.irb_capital(0.0005, 0.45)


def test_irb_at_the_ends():
    assert cr.irb_capital(0.0, 0.45) == 0.0 and cr.irb_capital(1.0, 0.45) == 0.0
    assert cr.irb_capital(0.0, 0.45, asset_class="other_retail") == 0.0
    assert (cr.irb_capital(np.linspace(3e-4, 1.0, 500), 0.45) >= 0.0).all()
    assert cr.irb_risk_weight(0.01, 0.45) == pytest.approx(12.5 * cr.irb_capital(0.01, 0.45))


@given(
    hnp.arrays(float, 6, elements=st.floats(3e-4, 1.0)), hnp.arrays(float, (4, 1), elements=shares)
)
def test_irb_scalar_and_batch_agree(pd, lgd):
    batch = cr.irb_capital(pd, lgd, 3.0, 20.0)
    assert batch.shape == (4, 6)
    for i in range(4):
        for j in range(6):
            single = cr.irb_capital(float(pd[j]), float(lgd[i, 0]), 3.0, 20.0)
            assert type(single) is float
            assert batch[i, j] == pytest.approx(single, rel=1e-12, abs=1e-15)


# ---------------------------------------------------------------------------------------------
# Expected loss


@given(shares, shares, st.floats(0.0, 1e6), shares)
def test_expected_loss_grows_with_everything(pd, lgd, ead, more):
    loss = cr.expected_loss(pd, lgd, ead)
    assert loss == pytest.approx(pd * lgd * ead)
    assert cr.expected_loss(max(pd, more), lgd, ead) >= loss
    assert cr.expected_loss(pd, max(lgd, more), ead) >= loss


@given(st.lists(small, min_size=1, max_size=40), st.floats(0.0, 0.9), st.floats(0.0, 0.1))
def test_lifetime_ecl_grows_with_pd_and_lgd_and_shrinks_with_the_rate(h, lgd, rate):
    m = cr.marginal_pd(h)
    ecl = cr.lifetime_ecl(m, lgd, 100.0, rate)
    assert cr.lifetime_ecl(m, lgd + 0.1, 100.0, rate) > ecl
    assert cr.lifetime_ecl(m, lgd, 100.0, rate + 0.01) <= ecl
    worse = cr.marginal_pd(np.minimum(np.multiply(h, 1.5), 1.0))
    # More defaults, and earlier: at one exposure the loss cannot fall.
    assert cr.lifetime_ecl(worse, lgd, 100.0, rate) >= ecl * (1 - 1e-12)
    assert ecl <= 100.0 * lgd + 1e-9


@given(st.lists(shares, min_size=1, max_size=30))
def test_marginal_pds_add_up_to_who_did_not_survive(h):
    assert cr.marginal_pd(h).sum() == pytest.approx(1.0 - np.prod(1.0 - np.array(h)), abs=1e-12)


@given(st.floats(0.0, 0.99), st.sampled_from([1, 2, 4, 12]))
def test_a_year_of_periodic_pds_is_the_annual_pd(pd, m):
    periodic = cr.periodic_pd(pd, m)
    assert cr.marginal_pd(np.full(m, periodic)).sum() == pytest.approx(pd, abs=1e-12)


@given(st.lists(small, min_size=12, max_size=60), st.floats(0.01, 1.0), st.floats(0.0, 0.01))
def test_stages_cost_more_and_more(h, lgd, rate):
    m = cr.marginal_pd(h)
    one, two, three = (
        cr.staged_ecl(stage, m, lgd, 100.0, rate, periods_per_year=12) for stage in (1, 2, 3)
    )
    assert 0.0 <= one <= two <= three * (1 + 1e-12) and three == pytest.approx(100.0 * lgd)
    if len(h) > 12:
        assert one < two


def test_staged_ecl_of_many_loans():
    m = np.tile(cr.marginal_pd([0.1, 0.1, 0.1])[:, None], 3)
    ecl = cr.staged_ecl([1, 2, 3], m, [0.4, 0.4, 0.5], 100.0, 0.05, periods_per_year=1)
    assert ecl == pytest.approx(
        [0.1 * 40 / 1.05, 40 * (0.1 / 1.05 + 0.09 / 1.05**2 + 0.081 / 1.05**3), 50.0]
    )
    exposure = np.array([100.0, 60.0, 20.0])
    single = cr.lifetime_ecl(m[:, 0], 0.4, exposure, 0.05)
    assert type(single) is float
    assert single == pytest.approx(
        sum(m[t, 0] * 0.4 * exposure[t] / 1.05 ** (t + 1) for t in range(3))
    )


def test_ecl_stage_by_days_and_by_judgement():
    assert cr.ecl_stage([0, 30, 31, 90, 91]).tolist() == [1, 1, 2, 2, 3]
    assert cr.ecl_stage(0, significant_increase=True) == 2
    assert cr.ecl_stage(0, credit_impaired=True) == 3 and type(cr.ecl_stage(0)) is int


# ---------------------------------------------------------------------------------------------
# Classes, provisions, slots, scores


@given(
    st.floats(0.0, 500.0),
    st.floats(0.0, 500.0),
    shares,
    shares,
    shares,
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
def test_a_class_never_improves_when_anything_worsens(
    days, more, loss, cross, elsewhere, impaired, restructured, before
):
    facts = {
        "credit_impaired": impaired,
        "impairment_share": loss,
        "nonperforming_share": cross,
        "overdue_share_all_banks": elsewhere,
        "restructured": restructured,
        "nonperforming_before": before,
    }
    worst = cr.classify_loan(days, **facts)
    assert cr.classify_loan(days + more, **facts) >= worst
    for name in facts:
        better = {**facts, name: type(facts[name])(0)}
        assert cr.classify_loan(days, **better) <= worst
    assert cr.classify_loan(days) == 1 + (days > 0) + (days > 90) + (days > 270) + (days > 360)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, 1),
        ({"credit_impaired": True}, 3),
        ({"impairment_share": 0.49}, 1),
        ({"impairment_share": 0.5}, 4),
        ({"impairment_share": 0.9}, 5),
        ({"nonperforming_share": 0.10}, 1),
        ({"nonperforming_share": 0.1001}, 3),
        ({"overdue_share_all_banks": 0.20}, 1),
        ({"overdue_share_all_banks": 0.2001}, 3),
        ({"restructured": True}, 2),
        ({"restructured": True, "nonperforming_before": True}, 3),
        ({"nonperforming_before": True}, 1),
    ],
)
def test_class_thresholds(facts, expected):
    assert cr.classify_loan(0, **facts) == expected
    assert cr.classify_loan([0.0, 400.0], **facts).tolist() == [expected, 5]


def test_observation_takes_a_year_and_two_repayments():
    def length(due, paid, m=12):
        return int(cr.under_observation(due, paid, periods_per_year=m).sum())

    month = np.ones(40)
    assert length(month, month) == 12  # the first repayment and eleven more months, then it is over
    grace = np.r_[np.zeros(6), month[6:]]
    assert length(grace, grace) == 18  # it starts at the first repayment date
    missed = month.copy()
    missed[5] = 0.0
    assert length(month, missed) == 17  # a miss starts it again
    yearly = np.r_[[0.0] * 11, 1.0, [0.0] * 11, 1.0, [0.0] * 16]
    assert length(yearly, yearly) == 23  # two repayments, though the year is over before
    missed_later = month.copy()
    missed_later[30] = 0.0
    assert length(month, missed_later) == 12  # over is over
    both = cr.under_observation(
        np.column_stack([month, month]), np.column_stack([month, missed]), periods_per_year=12
    )
    assert both.sum(axis=0).tolist() == [12, 17]


def test_provisions_and_slots_broadcast():
    assert cr.specific_provision([1, 5], [[100.0], [10.0]]).tolist() == [[0.0, 100.0], [0.0, 10.0]]
    assert type(cr.specific_provision(3, 100.0)) is float
    assert cr.specific_provision(3, 100.0, rates=(0.0, 0.02, 0.2, 0.4, 1.0)) == 20.0
    assert cr.slotting_risk_weight([1, 4]).tolist() == [0.7, 2.5]
    assert cr.slotting_expected_loss(2, 1000.0) == pytest.approx(8.0)
    assert len(cr.LOAN_CLASSES) == len(cr.SLOTS) == len(cr.SPECIFIC_PROVISION) == 5


def test_the_weight_by_approach():
    """The supervisor's weight whatever the PD; or 12.5 K with the floor, in the common shape."""
    pd = np.array([0.0001, 0.01, 2.0])
    assert cr.risk_weight("standardised", 0.85, pd, 0.45) == 0.85
    own = cr.risk_weight("irb", 0.85, pd, 0.45, 1.0, 30.0)
    assert own.tolist() == [
        pytest.approx(12.5 * cr.irb_capital(x, 0.45, 1.0, 30.0)) for x in (cr.PD_FLOOR, 0.01, 1.0)
    ]
    assert cr.risk_weight("irb", np.ones((2, 1)), pd, 0.45).shape == (2, 3)
    with pytest.raises(ValueError, match="approach: 'basel' is not allowed; standardised or irb"):
        cr.risk_weight("basel", 1.0, 0.01, 0.45)


def test_the_weight_in_default_follows_the_allowance():
    assert cr.default_weight([19.9, 20.0, 60.0], 100.0, 1.5, 1.0).tolist() == [1.5, 1.0, 1.0]
    assert cr.default_weight(20.0, 100.0, 1.5, 1.0, enough=0.5) == 1.5


def test_scores_and_zones():
    assert cr.altman_z1(0.1, 0.2, 0.1, 0.5, 1.0) == pytest.approx(
        0.0717 + 0.1694 + 0.3107 + 0.21 + 0.998
    )
    assert cr.altman_z2(0.1, 0.2, 0.1, 0.5) == pytest.approx(0.656 + 0.652 + 0.672 + 0.525)
    assert cr.altman_z2(0.1, 0.2, 0.1, 0.5, emerging=True) == pytest.approx(2.505 + 3.25)
    assert cr.altman_zone([1.80, 1.81, 2.99, 3.0], "z").tolist() == [0, 1, 1, 2]
    assert type(cr.altman_zone(5.0, "z1")) is int


# ---------------------------------------------------------------------------------------------
# Migration

JARROW_LANDO_TURNBULL_1997 = np.array(
    [  # S&P 1981-91; four rows miss 1 by 1e-4 or 2e-4
        [0.8910, 0.0963, 0.0078, 0.0019, 0.0030, 0, 0, 0],
        [0.0086, 0.9010, 0.0747, 0.0099, 0.0029, 0.0029, 0, 0],
        [0.0009, 0.0291, 0.8894, 0.0649, 0.0101, 0.0045, 0, 0.0009],
        [0.0006, 0.0043, 0.0656, 0.8427, 0.0644, 0.0160, 0.0018, 0.0045],
        [0.0004, 0.0022, 0.0079, 0.0719, 0.7764, 0.1043, 0.0127, 0.0241],
        [0, 0.0019, 0.0031, 0.0066, 0.0517, 0.8246, 0.0435, 0.0685],
        [0, 0, 0.0116, 0.0116, 0.0203, 0.0754, 0.6493, 0.2319],
        [0, 0, 0, 0, 0, 0, 0, 1],
    ]
)


def test_a_printed_matrix_becomes_a_stochastic_one():
    m = cr.migration_matrix(JARROW_LANDO_TURNBULL_1997)
    np.testing.assert_allclose(m.sum(axis=1), 1.0, atol=1e-15)
    np.testing.assert_allclose(m, JARROW_LANDO_TURNBULL_1997, atol=2e-4)
    assert np.array_equal(m, cr.migration_matrix(JARROW_LANDO_TURNBULL_1997[:7]))


def test_default_only_grows_and_better_ratings_default_less():
    m = cr.migration_matrix(JARROW_LANDO_TURNBULL_1997)
    path = cr.cumulative_default(m, 30)
    assert path.shape == (30, 7)
    assert (np.diff(path, axis=0) >= 0.0).all() and (np.diff(path[4:], axis=1) > 0.0).all()
    np.testing.assert_allclose(path[4], cr.migrate(m, 5)[:7, 7], atol=1e-15)
    np.testing.assert_array_equal(cr.migrate(m, 0), np.eye(8))


def test_real_migration_is_not_markov():
    # S&P 1981-2016, BB: one year 0.72% of which 9.63% withdrawn; five years 12.07% adjusted.
    # Whatever the way, five constant years of 0.80% cannot give 12%: the docstring warns.
    one = 0.0072 / (1 - 0.0963)
    assert 1 - (1 - one) ** 5 < 0.5 * 0.1207
    assert "not Markov" in cr.migrate.__doc__


#: S&P 1981-2016, five years, from AAA to CCC: the print of transitionMatrix, sp_1981-2016.csv.
FIVE_YEARS_D = np.array([0.35, 0.34, 0.57, 1.93, 7.84, 19.25, 46.96]) / 100
FIVE_YEARS_NR = np.array([15.53, 18.26, 21.04, 25.68, 35.06, 40.42, 34.49]) / 100
FIVE_YEARS_SUM = np.array([0.9998, 0.9998, 1.0001, 1.0001, 1.0, 0.9999, 1.0])  # D and NR with it


def test_withdrawn_ratings_are_spread_by_the_rows_own_sum():
    """Of two conventions ours is the row's own sum; the other, 1 - NR, differs in five of seven
    rows by at most 0.006 points, and not at all where the print adds up."""
    rows = np.diag(FIVE_YEARS_SUM - FIVE_YEARS_NR - FIVE_YEARS_D)
    rows = np.column_stack([rows, FIVE_YEARS_D])
    ours = cr.migration_matrix(rows, withdrawn=FIVE_YEARS_NR)[:7, 7]
    other = FIVE_YEARS_D / (1.0 - FIVE_YEARS_NR)
    np.testing.assert_allclose(100 * other, [0.4143, 0.4160, 0.7219, 2.5969, 12.0727, 32.3095,
                                             71.6837], atol=5e-5)  # fmt: skip
    differ = np.abs(ours - other) > 1e-12
    np.testing.assert_array_equal(differ, FIVE_YEARS_SUM != 1.0)
    assert differ.sum() == 5 and 100 * np.abs(ours - other).max() < 0.006


# ---------------------------------------------------------------------------------------------
# Ohlson and Taffler


def test_ohlson_by_hand():
    """Assets 1,000 (index 100), owed 600; current 500 and 250; income 80 after 50; funds 100."""
    given = {
        "size": np.log(10.0), "liabilities": 0.6, "working_capital": 0.25, "current": 0.5,
        "income": 0.08, "funds": 100 / 600, "change": 30 / 130,
    }  # fmt: skip
    score = cr.ohlson_o(**given)
    parts = (-1.32, -0.9371521, 3.618, -0.3575, 0.03785, -0.1896, -0.305, -0.1202308)
    assert score == pytest.approx(sum(parts), abs=1e-6)
    assert cr.ohlson_o(**given, insolvent=True) == pytest.approx(score - 1.72)
    assert cr.ohlson_o(**given, two_losses=True) == pytest.approx(score + 0.285)
    worse = cr.ohlson_o(**given | {"liabilities": [0.6, 0.9]}, two_losses=[False, True])
    assert worse.shape == (2,) and worse[1] > worse[0]


def test_the_chance_of_an_o_score_is_logistic_and_never_overflows():
    assert cr.ohlson_pd(0.0) == pytest.approx(0.5)
    score = np.array([-800.0, -3.0, 3.0, 800.0])
    np.testing.assert_allclose(cr.ohlson_pd(score) + cr.ohlson_pd(-score), 1.0, rtol=1e-12)
    assert (np.diff(cr.ohlson_pd(score)) > 0.0).all()


def test_taffler_by_hand():
    """Profit 40, current liabilities 200 of 500 owed, assets 1,000; 60 days without credit."""
    x = (40 / 200, 300 / 500, 200 / 1000, 60.0)
    assert cr.taffler_z(*x) == pytest.approx(3.20 + 2.436 + 1.5 - 2.136 + 1.74)
    assert cr.taffler_z(-0.5, 0.6, 0.6, -60.0) < 0.0 < cr.taffler_z(*x)
    assert cr.taffler_z([0.1, 0.2], 0.6, 0.2, 0.0).shape == (2,)


# ---------------------------------------------------------------------------------------------
# Bad input


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: cr.expected_loss(1.01, 0.4, 1.0), "pd: 1.01"),
        (lambda: cr.expected_loss(-0.01, 0.4, 1.0), "pd: -0.01"),
        (lambda: cr.expected_loss(0.1, 1.4, 1.0), "lgd: 1.4"),
        (lambda: cr.expected_loss(0.1, 0.4, -1.0), "ead: -1"),
        (lambda: cr.expected_loss(np.nan, 0.4, 1.0), "pd: nan"),
        (lambda: cr.expected_loss([0.1, 0.2], [0.4, 0.4, 0.4], 1.0), r"pd \(2,\), lgd \(3,\)"),
        (lambda: cr.irb_capital(1e-6, 0.45), "pd: 1e-06 .* pd_floor"),
        (lambda: cr.irb_capital(0.01, 0.45, 0.0), "maturity: 0"),
        (lambda: cr.irb_capital(0.01, 0.45, 2.5, -5.0), "turnover: -5"),
        (
            lambda: cr.irb_capital(0.01, 0.45, 2.5, 20.0, turnover_unit="CNYm"),
            "turnover_unit: 'CNYm'",
        ),
        (lambda: cr.irb_capital(0.01, 0.45, asset_class="sme"), "asset_class: 'sme'"),
        (lambda: cr.irb_capital(0.01, 0.45, 2.5, 20.0, asset_class="other_retail"), "turnover: 20"),
        (lambda: cr.irb_capital(0.01, 0.45, pd_floor=-0.1), "pd_floor: -0.1"),
        (lambda: cr.irb_risk_weight([], 0.45), "pd: is empty"),
        (lambda: cr.slotting_risk_weight(6), "category: 6"),
        (lambda: cr.slotting_risk_weight(1.5), "category: 1.5"),
        (lambda: cr.slotting_expected_loss(1, -1.0), "ead: -1"),
        (lambda: cr.periodic_pd(0.1, 0), "periods_per_year: 0"),
        (lambda: cr.marginal_pd([0.1, 1.2]), "conditional_pd: 1.2"),
        (lambda: cr.lifetime_ecl([0.6, 0.6], 0.4, 1.0, 0.0), "marginal_pd: adds up to 1.2"),
        (lambda: cr.lifetime_ecl([0.1, 0.1], [0.4, 0.4, 0.4], 1.0, 0.0), "marginal_pd"),
        (lambda: cr.lifetime_ecl([0.1, 0.1], [[0.4], [0.4]], 1.0, 0.0), r"lgd \(2, 1\)"),
        (lambda: cr.lifetime_ecl([], 0.4, 1.0, 0.0), "marginal_pd: is empty"),
        (lambda: cr.staged_ecl(4, [0.1], 0.4, 1.0, 0.0, periods_per_year=12), "stage: 4"),
        (lambda: cr.staged_ecl(1, [0.1], 0.4, 1.0, 0.0, periods_per_year=0), "periods_per_year: 0"),
        (lambda: cr.ecl_stage(-1), "days_past_due: -1"),
        (lambda: cr.provision_matrix([1.0, 2.0], [0.1, 0.1, 0.1]), "balances"),
        (lambda: cr.classify_loan(-1), "days_past_due: -1"),
        (lambda: cr.classify_loan(0, impairment_share=1.1), "impairment_share: 1.1"),
        (lambda: cr.classify_loan(0, nonperforming_share=np.nan), "nonperforming_share: nan"),
        (lambda: cr.under_observation([1.0], [1.0, 1.0], periods_per_year=12), "due"),
        (lambda: cr.specific_provision(0, 1.0), "loan_class: 0"),
        (lambda: cr.specific_provision(1, 1.0, rates=(0.1, 0.2)), "rates: shape"),
        (lambda: cr.general_provision(-1.0), "balance: -1"),
        (lambda: cr.altman_z(0.1, 0.1, np.nan, 0.1, 0.1), "x3: nan"),
        (lambda: cr.altman_zone(1.0, "zeta"), "model: 'zeta'"),
        (lambda: cr.migration_matrix([[0.5, 0.4]]), "rows: row 0 adds up to 0.9"),
        (lambda: cr.migration_matrix([0.5, 0.5]), "rows: shape"),
        (lambda: cr.migrate([[0.5, 0.4], [0.0, 1.0]], 2), "matrix: shape"),
        (lambda: cr.migrate(np.eye(2), -1), "periods: -1"),
        (lambda: cr.cumulative_default(np.eye(2), 0), "periods: 0"),
        (lambda: cr.slotting_risk_weight("fine"), "category: 'fine' is not allowed; one of 'str"),
        (lambda: cr.classify_loan(0, credit_impaired=np.nan), "credit_impaired: nan"),
        (lambda: cr.ecl_stage(0, significant_increase=0.5), "significant_increase: 0.5"),
    ],
)
def test_bad_input_names_the_argument(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_area_under_the_roc_curve_is_the_share_of_pairs_in_order():
    random = np.random.default_rng(20261128)
    score, event = random.integers(0, 6, 60).astype(float), random.random(60) < 0.3
    pairs = score[event][:, None] - score[~event]
    share = ((pairs > 0) + 0.5 * (pairs == 0)).mean()
    assert cr.roc_area(score, event) == pytest.approx(share, abs=1e-15)
    assert cr.roc_area([1.0, 2.0, 3.0], [False, False, True]) == 1.0
    assert cr.roc_area([1.0, 1.0], [True, False]) == 0.5
    for wrong in ([True, True], [False, False], [True]):
        with pytest.raises(ValueError, match=r"^event"):
            cr.roc_area([1.0, 2.0], wrong)

"""Project finance: cover ratios, the circle of sizing, and a waterfall that loses no cash."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from casebook import loans
from casebook import projectfinance as pf
from casebook import timevalue as tv

cash = hnp.arrays(float, st.integers(2, 30), elements=st.floats(1.0, 1e3))
rates = st.floats(0.0, 0.1)
covers = st.floats(1.01, 2.5)


# ---------------------------------------------------------------------------------------------
# Ratios and capacity


def test_dscr_is_missing_where_nothing_is_due():
    ratio = pf.dscr([10.0, 10.0, -5.0, 0.0], [8.0, 0.0, 10.0, 5.0])
    np.testing.assert_array_equal(ratio, [1.25, np.nan, -0.5, 0.0])
    assert np.isnan(pf.dscr(1.0, 0.0)) and type(pf.dscr(1.0, 2.0)) is float
    assert pf.dscr(np.ones((3, 2)), np.ones((3, 1))).shape == (3, 2)


@given(cash, covers, rates)
def test_sculpted_debt_has_its_dscr_llcr_and_value(cfads, cover, rate):
    debt = pf.sculpted_debt(cfads, cover, rate)
    plan = loans.sculpted(cfads, cover, rate)
    np.testing.assert_allclose(pf.dscr(cfads, plan.payment), cover, rtol=1e-12)
    assert pf.llcr(cfads, debt, rate, len(cfads)) == pytest.approx(cover, rel=1e-10)
    assert pf.plcr(np.r_[cfads, 50.0], debt, rate) > cover
    assert tv.npv(rate, np.r_[-debt, plan.payment]) == pytest.approx(0.0, abs=1e-9 * debt)


@given(cash, covers, rates, st.floats(1e-4, 0.1))
def test_a_higher_rate_never_raises_capacity(cfads, cover, rate, more):
    assert pf.sculpted_debt(cfads, cover, rate + more) < pf.sculpted_debt(cfads, cover, rate)


@given(hnp.arrays(float, (12, 5), elements=st.floats(1.0, 100.0)), covers, rates)
def test_scalar_and_batch_agree(cfads, cover, rate):
    batch = pf.sculpted_debt(cfads, cover, rate)
    single = [pf.sculpted_debt(cfads[:, j], cover, rate) for j in range(5)]
    np.testing.assert_allclose(batch, single, rtol=1e-12)
    ratio = pf.llcr(cfads, batch, rate, 9, reserve=1.0)
    np.testing.assert_allclose(
        ratio, [pf.llcr(cfads[:, j], single[j], rate, 9, reserve=1.0) for j in range(5)], rtol=1e-12
    )
    assert type(single[0]) is float


def test_llcr_counts_periods_from_one_and_the_reserve_once():
    cfads = [110.0, 121.0, 133.1]
    assert pf.llcr(cfads, 100.0, 0.1, 2) == pytest.approx(2.0)
    assert pf.llcr(cfads, 100.0, 0.1, 3, reserve=50.0) == pytest.approx(3.5)
    assert pf.plcr(cfads, 100.0, 0.1, reserve=50.0) == pytest.approx(3.5)


@given(hnp.arrays(float, 3, elements=st.floats(10.0, 100.0)), cash)
def test_project_and_equity_irr_are_the_irr_of_their_flows(costs, cfads):
    flows = np.r_[-costs, cfads]
    assert pf.project_irr(costs, cfads) == tv.irr(flows)
    assert pf.equity_irr(np.maximum(-flows, 0.0), np.maximum(flows, 0.0)) == tv.irr(flows)
    batch = pf.project_irr(costs, np.column_stack([cfads, 2 * cfads]))
    assert batch[0] == pytest.approx(tv.irr(flows), abs=1e-14) and batch[1] > batch[0]


def test_debt_sizing_agrees_with_pysam():
    """NREL's PySAM sizes a solar project's debt; we size it on the CFADS that PySAM reports."""
    singleowner = pytest.importorskip("PySAM.Singleowner")
    for cover, rate, tenor in ((1.3, 7.0, 18), (1.2, 5.0, 12), (1.45, 8.0, 20)):
        model = singleowner.default("PVWattsSingleOwner")
        model.SystemOutput.gen = [40_000.0] * 8760
        model.SystemOutput.system_pre_curtailment_kwac = [40_000.0] * 8760
        model.Revenue.ppa_soln_mode = 1
        model.Revenue.ppa_price_input = [0.1]
        model.FinancialParameters.dscr = cover
        model.FinancialParameters.term_int_rate = rate
        model.FinancialParameters.term_tenor = tenor
        model.execute()
        cfads = np.array(model.Outputs.cf_cash_for_ds[1 : tenor + 1])
        assert (cfads > 0.0).all()
        plan = loans.sculpted(cfads, cover, rate / 100)
        assert plan.opening[0] == pytest.approx(model.Outputs.size_of_debt, rel=1e-9)
        np.testing.assert_allclose(
            plan.interest, model.Outputs.cf_debt_payment_interest[1 : tenor + 1], rtol=1e-9
        )
        np.testing.assert_allclose(
            plan.principal, model.Outputs.cf_debt_payment_principal[1 : tenor + 1], rtol=1e-9
        )
        np.testing.assert_allclose(
            plan.closing, model.Outputs.cf_debt_balance[1 : tenor + 1], atol=1e-3
        )


# ---------------------------------------------------------------------------------------------
# Sizing

COSTS = np.array([40.0, 80.0, 60.0])


@given(
    hnp.arrays(float, 20, elements=st.floats(5.0, 40.0)),
    covers,
    st.floats(0.0, 0.06),
    st.floats(0.3, 1.0),
    st.floats(0.0, 0.03),
    st.floats(0.0, 0.01),
    st.integers(0, 2),
)
def test_sources_meet_uses_and_the_debt_is_the_smaller_of_two(
    cfads, cover, rate, cap, fee, standby, ahead
):
    s = pf.size_debt(
        cfads,
        cover,
        rate,
        COSTS,
        cap,
        arrangement_fee=fee,
        commitment_fee=standby,
        reserve_periods=ahead,
    )
    size = s.uses.sum()
    np.testing.assert_allclose(s.draws + s.equity, s.uses, atol=1e-12 * size)
    np.testing.assert_allclose(s.draws, s.gearing * s.uses, atol=1e-9 * size)
    assert s.draws.sum() == pytest.approx(s.debt, abs=1e-9 * size)
    # every part of the uses, recomputed from the answer
    drawn = np.r_[0.0, np.cumsum(s.draws)[:-1]]
    np.testing.assert_allclose(s.interest, rate * drawn, atol=1e-9 * size)
    np.testing.assert_allclose(s.commitment_fee, standby * (s.debt - drawn), atol=1e-9 * size)
    np.testing.assert_allclose(s.arrangement_fee, [fee * s.debt, 0, 0], atol=1e-9 * size)
    np.testing.assert_allclose(
        s.reserve, [0, 0, s.repayment.payment[:ahead].sum()], atol=1e-9 * size
    )
    # min(capacity, cap), and the debt repays
    capacity = pf.sculpted_debt(cfads, cover, rate)
    assert s.debt <= capacity * (1 + 1e-9) and s.gearing <= cap * (1 + 1e-9)
    if s.gearing_binds:
        assert s.gearing == cap and s.dscr >= cover * (1 - 1e-12)
    else:
        assert s.debt == pytest.approx(capacity) and s.dscr == pytest.approx(cover)
    assert s.repayment.opening[0] == pytest.approx(s.debt, rel=1e-9)
    assert s.repayment.closing[-1] == 0.0


def test_sizing_in_batch_is_sizing_one_by_one():
    cfads = np.random.default_rng(4).uniform(5, 25, (20, 40))
    more = {"arrangement_fee": 0.01, "commitment_fee": 0.002, "reserve_periods": 1}
    batch = pf.size_debt(cfads, 1.3, 0.02, COSTS, 0.95, **more)
    assert 0 < batch.gearing_binds.sum() < 40
    for j in range(40):
        s = pf.size_debt(cfads[:, j], 1.3, 0.02, COSTS, 0.95, **more)
        assert batch.debt[j] == pytest.approx(s.debt, rel=1e-12)
        assert batch.gearing[j] == pytest.approx(s.gearing, rel=1e-11)
        np.testing.assert_allclose(batch.uses[:, j], s.uses, rtol=1e-11, atol=1e-12)


# ---------------------------------------------------------------------------------------------
# Waterfall

BASE = np.full(20, 30.0)
PLAN = loans.sculpted(BASE, 1.3, 0.02)
TESTS = (
    pf.Covenant("lock-up", "dscr", 1.10, "lock_up", cure=2),
    pf.Covenant("cash sweep", "reserve_gap", 1e-6, "sweep"),
    pf.Covenant("payment default", "unpaid", 0.0, "default"),
)


def run(cfads, **more):
    return pf.waterfall(
        cfads,
        PLAN,
        0.02,
        **{
            "reserve_target": pf.reserve_target(PLAN, 1),
            "reserve_opening": PLAN.payment[0],
            "covenants": TESTS,
            **more,
        },
    )


@given(hnp.arrays(float, (12, 3), elements=st.floats(-40.0, 100.0)), covers, st.floats(0.0, 0.2))
def test_cash_below_zero_carries_no_debt_and_is_made_good_first(cfads, cover, rate):
    plan = loans.sculpted(cfads, cover, rate)
    assert (plan.payment >= 0.0).all()
    for j in range(3):
        short = 0.0
        for t in range(12):
            free = cfads[t, j] - short
            assert plan.payment[t, j] == pytest.approx(max(free, 0.0) / cover, abs=1e-12)
            short = max(-free, 0.0)
    ignoring = loans.sculpted(np.maximum(cfads, 0.0), cover, rate)
    assert (plan.opening[0] <= ignoring.opening[0] + 1e-9).all()
    np.testing.assert_allclose(plan.closing[-1], 0.0, atol=1e-9)


@given(hnp.arrays(float, (12, 3), elements=st.floats(-40.0, 100.0)), covers, st.floats(0.0, 0.2))
def test_the_waterfall_takes_what_sculpting_gives_and_pays_it_as_agreed(cfads, cover, rate):
    plan = loans.sculpted(cfads, cover, rate)
    w = pf.waterfall(cfads, plan, rate)
    np.testing.assert_allclose(w.balance, plan.closing, atol=1e-8)
    np.testing.assert_allclose(w.interest + w.principal, plan.payment, atol=1e-8)
    np.testing.assert_allclose(w.capitalised, np.maximum(-plan.principal, 0.0), atol=1e-8)
    assert (w.overdue_interest <= 1e-8).all() and (w.overdue_principal <= 1e-8).all()
    assert (w.service >= 0.0).all()
    np.testing.assert_allclose(  # the debt rolls
        np.vstack([plan.opening[:1], w.balance[:-1]]) + w.capitalised - w.principal - w.sweep,
        w.balance,
        atol=1e-8,
    )
    np.testing.assert_allclose(  # and cash is conserved
        cfads + w.support, w.interest + w.principal + w.distribution, atol=1e-8
    )


def test_a_loss_in_one_year_as_reported():
    cfads = [130.0, -20.0, 10.0, 130.0, 130.0]
    plan = loans.sculpted(cfads, 1.3, 0.05)
    np.testing.assert_allclose(plan.payment, [100.0, 0.0, 0.0, 120 / 1.3, 100.0])
    w = pf.waterfall(cfads, plan, 0.05)
    assert np.isnan(w.dscr[1]) and np.isnan(w.dscr[2])  # nothing is due: no ratio, not -1e16
    assert w.support.tolist() == [0.0, 20.0, 0.0, 0.0, 0.0]
    assert [event.what for event in w.events()] == ["support needed"]


def before(line, start):
    return np.concatenate([np.broadcast_to(start, line.shape[1:])[None], line[:-1]])


@given(hnp.arrays(float, (20, 3), elements=st.floats(-20.0, 60.0)), st.floats(0.0, 1.0))
def test_the_waterfall_conserves_cash_and_rolls_the_debt(cfads, share):
    w = run(cfads, sweep_share=share)
    inflow = w.cfads + w.support + before(w.reserve, PLAN.payment[0]) + before(w.trapped, 0.0)
    outflow = w.interest + w.principal + w.sweep + w.distribution + w.reserve + w.trapped
    np.testing.assert_allclose(inflow, outflow, atol=1e-9 * 300)
    np.testing.assert_allclose(
        before(w.balance, PLAN.opening[0]) - w.principal - w.sweep, w.balance, atol=1e-9 * 300
    )
    np.testing.assert_allclose(
        before(w.overdue_interest, 0.0) * 1.02
        + before(w.balance, PLAN.opening[0]) * 0.02
        - w.interest,
        w.overdue_interest,
        atol=1e-9 * 300,
    )
    for line in (
        "interest",
        "principal",
        "sweep",
        "distribution",
        "reserve",
        "trapped",
        "balance",
        "overdue_interest",
        "overdue_principal",
        "reserve_draw",
        "reserve_top_up",
        "reserve_release",
        "support",
    ):
        assert (getattr(w, line) >= -1e-9).all(), line
    # rank: nobody is paid while a better claim is open
    open_claim = w.overdue_interest + w.overdue_principal > 1e-9
    assert not (open_claim & (w.distribution + w.sweep + w.reserve + w.trapped > 1e-6)).any()
    assert not ((w.reserve_top_up > 1e-9) & (w.reserve_draw > 1e-9)).any()
    for name in ("lock-up", "payment default"):
        assert not (w.active[name] & (w.distribution > 1e-9) & (w.balance > 1e-9)).any()


def test_the_base_case_pays_as_agreed():
    w = run(BASE)
    np.testing.assert_allclose(w.interest, PLAN.interest, atol=1e-9)
    np.testing.assert_allclose(w.principal, PLAN.principal, atol=1e-9)
    np.testing.assert_allclose(w.dscr, 1.3)
    assert w.events() == [] and w.balance[-1] == 0.0 and w.reserve[-1] == 0.0
    assert w.distribution.sum() == pytest.approx(BASE.sum() - PLAN.payment.sum() + PLAN.payment[0])


def test_a_shock_draws_the_reserve_and_locks_up_until_cured():
    cfads = BASE.copy()
    cfads[4:7] *= 0.7  # DSCR 0.91 for three periods
    w = run(cfads)
    log = [(e.period, e.what) for e in w.events()]
    # the reserve is short until period 8 fills it up; the second good DSCR, in 9, ends the lock-up
    assert log == [
        (5, "reserve drawn"),
        (5, "lock-up begins"),
        (5, "cash sweep begins"),
        (6, "reserve drawn"),
        (7, "reserve drawn"),
        (8, "cash sweep ends"),
        (9, "lock-up ends"),
    ]
    assert w.distribution[4:8].sum() == 0.0 and w.distribution[8] > BASE[8] - PLAN.payment[8]
    assert w.balance[-1] == 0.0 and (w.overdue_interest + w.overdue_principal == 0.0).all()


def test_without_a_reserve_the_same_shock_is_a_default_that_is_cured():
    cfads = BASE.copy()
    cfads[4:7] *= 0.7
    w = run(cfads, reserve_target=0.0, reserve_opening=0.0)
    log = [(e.period, e.what) for e in w.events()]
    assert (5, "payment missed") in log and (5, "payment default begins") in log
    assert (8, "payment default ends") in log  # 6.9 a period are left over; 6.2 are overdue
    assert w.balance[-1] == 0.0
    missed = [e for e in w.events() if e.what == "payment missed"]
    assert missed[0].value == pytest.approx(PLAN.payment[4] - cfads[4])


def test_many_cash_flows_at_once_are_each_alone():
    """One keeps its covenant, one breaks it and has something to sweep, one has nothing."""
    low, bad = BASE.copy(), BASE.copy()
    low[4:7], bad[4:] = 28.0, 12.0
    cash = np.stack([BASE, low, bad], axis=1)
    tests = (pf.Covenant("early sweep", "dscr", 1.25, "sweep"), *TESTS)
    many = run(cash, covenants=tests)
    assert many.sweep.any(axis=0).tolist() == [False, True, False]
    for j in range(3):
        alone = run(cash[:, j], covenants=tests)
        for line in ("sweep", "balance", "distribution", "trapped", "reserve", "support"):
            np.testing.assert_allclose(
                getattr(many, line)[:, j], getattr(alone, line), atol=1e-12, err_msg=f"{line} {j}"
            )


def test_a_sweep_shortens_the_loan():
    w = run(BASE, sweep_share=1.0, covenants=())
    assert w.distribution[:10].sum() == 0.0
    assert np.flatnonzero(w.balance == 0.0)[0] < 19
    assert w.principal.sum() + w.sweep.sum() == pytest.approx(PLAN.opening[0])
    half = run(BASE, sweep_share=0.5, covenants=())
    assert w.interest.sum() < half.interest.sum() < run(BASE).interest.sum()


def test_an_operating_deficit_needs_support():
    cfads = BASE.copy()
    cfads[2] = -4.0
    w = run(cfads)
    assert w.support[2] == pytest.approx(4.0) and w.support.sum() == pytest.approx(4.0)
    assert [e.what for e in w.events() if e.period == 3][:1] == ["reserve drawn"]


def test_waterfall_in_batch_is_one_by_one():
    cfads = np.random.default_rng(5).uniform(5, 50, (20, 30))
    batch = run(cfads, sweep_share=0.3)
    for j in range(30):
        w = run(cfads[:, j], sweep_share=0.3)
        for line in (
            "interest",
            "principal",
            "sweep",
            "distribution",
            "balance",
            "reserve",
            "dscr",
        ):
            np.testing.assert_allclose(
                getattr(batch, line)[:, j], getattr(w, line), rtol=1e-12, atol=1e-12
            )
        assert batch.events(j) == w.events()


def test_a_period_without_service_tests_nothing():
    plan = loans.level(100.0, 0.0, 6, grace=2)  # no interest and no principal for two periods
    w = pf.waterfall([0.0, 0.0, 30.0, 30.0, 30.0, 30.0], plan, 0.0, covenants=TESTS)
    assert np.isnan(w.dscr[:2]).all() and not w.active["lock-up"].any()


@given(cash, covers, rates, st.integers(0, 5))
def test_the_reserve_target_is_the_service_ahead(cfads, cover, rate, ahead):
    plan = loans.sculpted(cfads, cover, rate)
    target = pf.reserve_target(plan, ahead)
    for t in range(len(cfads)):
        assert target[t] == pytest.approx(plan.payment[t + 1 : t + 1 + ahead].sum(), abs=1e-8)
    assert target[-1] == 0.0


# ---------------------------------------------------------------------------------------------
# Bad input


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pf.dscr([1.0], [-1.0]), "service: -1"),
        (lambda: pf.dscr([np.nan], [1.0]), "cfads: nan"),
        (lambda: pf.dscr([1.0, 2.0], [1.0, 2.0, 3.0]), "cfads"),
        (lambda: pf.llcr([1.0, 1.0], 0.0, 0.1, 1), "debt: 0"),
        (lambda: pf.llcr([1.0, 1.0], 1.0, 0.1, 3), "last_debt_period: 3"),
        (lambda: pf.llcr([1.0, 1.0], 1.0, 0.1, 0), "last_debt_period: 0"),
        (lambda: pf.plcr([1.0], 1.0, -1.0), "rate: -1"),
        (lambda: pf.plcr([], 1.0, 0.1), "cfads: is empty"),
        (lambda: pf.sculpted_debt([1.0], -1.0, 0.1), "dscr: -1"),
        (lambda: pf.project_irr([-1.0], [2.0]), "costs: -1"),
        (lambda: pf.project_irr([0.0], [2.0]), "no rate"),
        (lambda: pf.equity_irr([1.0], [2.0, 3.0]), "contributions"),
        (lambda: pf.equity_irr([1.0, -1.0], [2.0, 3.0]), "contributions: -1"),
        (lambda: pf.size_debt([-1.0, -1.0], 1.3, 0.02, COSTS, 0.8), "cfads: carries no debt"),
        (lambda: pf.size_debt(BASE, 1.3, 0.02, COSTS, 0.0), "gearing_cap: 0"),
        (lambda: pf.size_debt(BASE, 1.3, 0.02, COSTS, 1.2), "gearing_cap: 1.2"),
        (lambda: pf.size_debt(BASE, 1.3, 0.02, COSTS, 0.8, arrangement_fee=1.5), "circle"),
        (
            lambda: pf.size_debt(BASE, 1.3, 0.02, COSTS, 0.8, reserve_periods=21),
            "reserve_periods: 21",
        ),
        (lambda: pf.size_debt(BASE, 1.3, 0.02, -COSTS, 0.8), "costs: -40"),
        (lambda: pf.Covenant("x", "icr", 1.0, "lock_up"), "measure: 'icr'"),
        (lambda: pf.Covenant("x", "dscr", 1.0, "stop"), "effect: 'stop'"),
        (lambda: pf.Covenant("x", "dscr", -1.0, "sweep"), "threshold: -1"),
        (lambda: pf.Covenant("x", "dscr", 1.0, "sweep", cure=0), "cure: 0"),
        (lambda: run(BASE, covenants=TESTS[:1] * 2), "covenants: names"),
        (lambda: run(BASE, sweep_share=1.1), "sweep_share: 1.1"),
        (lambda: run(BASE, reserve_opening=-1.0), "reserve_opening: -1"),
        (lambda: run(BASE[:5]), "cfads"),
        (lambda: run(BASE[:, None], reserve_opening=[1.0, 2.0]), "reserve_opening"),
        (lambda: pf.reserve_target(PLAN, -1), "periods: -1"),
        (lambda: pf.size_debt([10.0, 10.0], 1.3, 0.05, [0.0], 0.7), "costs: all zero"),
    ],
)
def test_bad_input_names_the_argument(call, message):
    with pytest.raises(ValueError, match=message):
        call()

"""Where something turns: the search that all models share."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest

from casebook.shape import (
    bisect,
    crossing,
    first_time,
    residual,
    sampling_interval,
    tornado_rows,
    turning_point,
)
from casebook.theory import loan


def test_a_number_is_found_between_its_own_value_and_the_nearer_end():
    a = loan.assumptions()
    at = turning_point(a, "rate", lambda x: x.rate >= 0.05)
    assert at == pytest.approx(0.05, abs=1e-7)
    # both ends differ: the nearer one is searched
    inside = turning_point(a, "rate", lambda x: 0.03 < x.rate < 0.05, 40)
    assert inside == pytest.approx(0.03)
    assert turning_point(a, "rate", lambda x: 0.03 < x.rate < 0.05, to=0.1) == pytest.approx(0.05)


def test_a_whole_number_is_the_least_beyond_the_turn():
    a = loan.assumptions()
    for own in (3, 9):  # from below and from above
        assert turning_point(a.replace(tenor=own), "tenor", lambda x: x.tenor >= 7) == 7.0
    assert turning_point(a, "tenor", lambda x: x.tenor > 10, to=10) is np.nan


def test_nothing_turns():
    a = loan.assumptions()
    assert np.isnan(turning_point(a, "rate", lambda x: True))
    assert np.isnan(bisect(lambda x: True, 0.0, 1.0)) and np.isnan(bisect(lambda x: False, 0, 1))


def test_the_interval_of_a_simulated_share_holds_nineteen_of_twenty():
    """A share of 0.3 measured on 400 draws lies inside 95 times of a hundred: 1.96 errors."""
    measured = np.random.default_rng(1).binomial(400, 0.3, 20_000) / 400
    found = sampling_interval(measured, 400)
    inside = (found["low"] <= 0.3) & (found["high"] >= 0.3)
    assert inside.mean() == pytest.approx(0.95, abs=0.01)  # 1.64 errors hold 90 of a hundred
    # the tails of the normal distribution hold 2.5% each
    width = (found["high"] - found["share"]) / np.sqrt(measured * (1 - measured) / 400)
    assert NormalDist().cdf(width[0]) == pytest.approx(0.975, abs=1e-4)


def test_where_a_gap_rises_through_zero():
    grid = np.array([0.0, 1.0, 2.0, 4.0, 5.0])
    # falls through zero, rises at three quarters of the way from 2 to 4, rises again
    assert crossing(np.array([1.0, -1.0, -3.0, 1.0, -1.0]), grid) == pytest.approx(3.5)
    assert crossing(np.array([-2.0, 0.0, 1.0, 2.0, 3.0]), grid) == 1.0  # zero is above
    assert np.isnan(crossing(np.array([2.0, 1.0, 0.0, -1.0, -2.0]), grid))
    assert np.isnan(crossing(np.zeros(5), grid))


def test_the_first_period_in_which_something_is_true():
    hit = np.array([[False, False, True], [False, True, True], [False, True, False]])
    assert first_time(hit).tolist() == [-1, 1, 0]
    assert first_time(hit, start=3).tolist() == [-1, 4, 3]


def test_a_point_is_found_between_its_ends():
    assert bisect(lambda x: x < 2.5, 2.0, 3.0) == pytest.approx(2.5, abs=1e-9)
    assert bisect(lambda x: x < 0.7, 0.0, 1.0, steps=1) == 0.75  # the middle of the upper half
    assert np.isnan(bisect(lambda x: x < 5.0, 2.0, 3.0))  # true at both ends


def test_the_rows_of_a_tornado():
    """Moves are cut to what is allowed; the widest swing, up or down, comes first."""
    a = loan.assumptions()
    low, high = a.spec.assumptions["rate"].low, a.spec.assumptions["rate"].high
    moves = {"tenor": (4, 6), "rate": (low - 1, high + 1), "principal": (90.0, 80.0)}
    rows = tornado_rows(a, moves, lambda x: 3 * x.tenor + 1000 * x.rate - 2 * x.principal)
    rest = 3 * a.tenor + 1000 * a.rate - 2 * a.principal
    assert [row[0] for row in rows] == ["rate", "principal", "tenor"]
    at = {row[0]: row[1:] for row in rows}
    assert at["rate"] == pytest.approx(
        (low, high, rest + 1000 * (low - a.rate), rest + 1000 * (high - a.rate))
    )
    assert at["tenor"] == pytest.approx((4, 6, rest + 3 * (4 - a.tenor), rest + 3 * (6 - a.tenor)))
    assert residual(np.array([1.0, -3.0]), 2.0) == 3.0 and residual(np.zeros(0)) == 0.0

"""Where something turns: the search that all models share."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest

from casebook.shape import bisect, sampling_interval, turning_point
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

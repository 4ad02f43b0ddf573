"""Where something turns: the search that all models share."""

from __future__ import annotations

import numpy as np
import pytest

from casebook.shape import bisect, turning_point
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

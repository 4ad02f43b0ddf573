"""Every published value in data/published that our formulas reproduce, each with its tolerance.

A row says where the value was printed, how far it may be off (absolute), whether it was read
(verified), computed by an independent program (recomputed) or known from memory (memory), and how
we are called.
"""

from dataclasses import replace

import numpy as np
import pytest

from casebook import credit, published, timevalue

VALUES = list(published.values())


@pytest.mark.parametrize("value", VALUES, ids=lambda v: f"{v.table}:{v.line}")
def test_published_value(value):
    assert value.agrees, (
        f"{value.source}, {value.paragraph}: {value.item}: published {value.published}, "
        f"ours {value.ours}"
    )


def test_the_tables_are_complete():
    assert len(VALUES) > 250
    for value in VALUES:
        assert value.source and value.paragraph and value.item and value.call
        assert value.status in published.STATUSES
        assert 0.0 <= value.tolerance <= 1.0


def test_a_wrong_value_would_fail():
    right = next(v for v in VALUES if v.table == "timevalue")
    wrong = replace(right, published=right.published + 2 * right.tolerance + 1e-9)
    with pytest.raises(AssertionError):
        test_published_value(wrong)


def test_the_page_shows_every_value_and_how_it_is_known():
    shown = sum(len(published.table(source)) for source in published.sources())
    assert shown == len(VALUES) == published.summary().iloc[:, 1].sum()
    for source, values in published.sources().items():
        status = published.table(source).iloc[:, -1]
        assert ("from memory" in " ".join(status)) == any(v.status == "memory" for v in values)


# ---------------------------------------------------------------------------------------------
# Traps of the sources


def test_a_misprinted_row_is_found():
    # S&P 1996, BBB, as reprinted by the CCRO in 2007: BBB to CCC 1.12 instead of 0.12
    right = np.array([0.02, 0.33, 5.95, 86.93, 5.30, 1.17, 0.12, 0.18]) / 100
    wrong = np.array([0.02, 0.33, 5.95, 86.93, 5.30, 1.17, 1.12, 0.18]) / 100
    assert credit.migration_matrix([right] * 7)[3, 7] == pytest.approx(0.0018, rel=1e-12)
    with pytest.raises(ValueError, match=r"rows: row 0 adds up to 1\.01"):
        credit.migration_matrix([wrong] * 7)


def test_an_example_often_mislabelled_as_regulation_z():
    # 5,000 for 36 x 166.07 is 11.9994%: right arithmetic, but not an example of Appendix J (c)(1)
    apr = timevalue.annual_percentage_rate(
        [(5000, 0, 0)], [(166.07, t, 0) for t in range(1, 37)], unit_periods_per_year=12
    )
    assert apr == pytest.approx(0.119994, abs=5e-7)


def test_one_percent_on_normal_loans_is_the_general_provision():
    assert credit.specific_provision(1, 100.0) == 0.0
    assert credit.general_provision(100.0) == 1.0


def test_the_emerging_market_score_has_its_own_cut_offs():
    plain, emerging = (credit.altman_z2(0.0, 0.0, 0.0, 0.5, emerging=e) for e in (False, True))
    assert credit.altman_zone(plain, "z2") == credit.altman_zone(emerging, "z2_emerging") == 0
    assert credit.altman_zone(emerging, "z2") == 2  # the error this warns of

"""What the pages of the seasonal case claim, asserted on computed results."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from casebook.cases import seasonal
from casebook.shape import SingleRun

Base = SingleRun[seasonal.Seasonal]
BAKING = seasonal.record.BAKING


@pytest.fixture(scope="module")
def base() -> Base:
    """The base case."""
    return seasonal.simulate(seasonal.assumptions())


@pytest.fixture(scope="module")
def findings(base: Base) -> dict[str, float]:
    """The numbers that the page states."""
    return seasonal.findings(base)


def sides(r: Base) -> list[dict[str, Any]]:
    """The metrics of the overdraft and of the loan."""
    return [r.alternative(form).metrics for form in seasonal.FORMS]


class TestSeasonal:
    """Letters are what the case must show; every claim of its page is quoted."""

    def test_a_the_client_saves_by_borrowing_only_what_it_needs(self, base: Base) -> None:
        """Must show (a): "money that lies on the account unused, before May"."""
        overdraft, loan = sides(base)
        assert overdraft["total_cost"] < loan["total_cost"] / 3
        assert overdraft["peak"] < loan["peak"] < 1.1 * overdraft["peak"]  # the same need
        waiting = base.alternative("loan").lines["closing"][: BAKING[0]]
        assert (waiting > base.assumptions.limit).all()

    def test_a_the_loan_is_the_riskier_of_the_two(self, base: Base) -> None:
        """Must show (a): "the bill has to be earned, so more boxes must sell"."""
        overdraft, loan = sides(base)
        assert overdraft["least_demand"] < loan["least_demand"] < 1
        assert overdraft["pd"] < loan["pd"] < 0.03

    def test_b_the_bank_earns_with_the_loan_and_not_with_the_promise(self, base: Base) -> None:
        """Must show (b): "So the bank is tempted to sell the loan"."""
        overdraft, loan = sides(base)
        assert overdraft["economic_profit"] < 0 < loan["economic_profit"]
        assert overdraft["break_even_rate"] > base.assumptions.rate > loan["break_even_rate"]

    def test_c_at_a_fee_that_pays_both_sides_gain(
        self, base: Base, findings: dict[str, float]
    ) -> None:
        """Must show (c): "Both sides gain from the same line of the contract"."""
        fee = findings["fee_pays"]
        priced = seasonal.simulate(base.assumptions.replace(commitment_fee=fee))
        overdraft, loan = sides(priced)
        assert overdraft["economic_profit"] == pytest.approx(0.0, abs=1e-6)
        saved = loan["total_cost"] - overdraft["total_cost"]
        assert saved == pytest.approx(findings["saved_at_fee"], abs=1e-6)
        assert 0 < findings["saved_at_fee"] < findings["saved"]

    def test_numbers_the_text_puts_in_words(self, base: Base, findings: dict[str, float]) -> None:
        """What the text says without a digit."""
        a, rows = base.assumptions, seasonal.tornado(base)
        assert list(BAKING) == [5, 6, 7, 8]  # "From May to August", "the four months"
        name, low, high, *_ = rows[0]  # "Nothing moves the bank's profit as much"
        assert name == "own_cash" and high - low == 1.0  # "half a million more of it or less"
        # "if they paid a month later": less lost than now
        assert base.metrics["economic_profit"] < findings["late_profit"] < 0
        assert findings["rate_without_fee"] > a.rate
        assert base.alternative("loan").lines["closing"][-1] > a.own_cash

    def test_epilogue(self, base: Base) -> None:
        """Repaid in full and "a little below the hurdle", in a season that nobody planned."""
        came = seasonal.simulate(base.assumptions.realised())
        assert came.metrics["unpaid"] == 0 and came.written("exceeded") == "never"
        assert 0 < base.assumptions.hurdle - came.metrics["raroc"] < 0.01
        assert base.metrics["raroc"] < came.metrics["raroc"] / 2
        saved = came.alternative("loan").metrics["total_cost"] - came.metrics["total_cost"]
        assert saved > 0.1

    def test_value_added_tax(self, base: Base) -> None:
        """Interest and fees bear it, in the statement and in the price."""
        v = base.lines
        taxed = v["interest_income"] + v["fee_income"]
        np.testing.assert_allclose(v["value_added_tax"], -base.assumptions.vat_on_interest * taxed)
        free = seasonal.simulate(base.assumptions.replace(vat_on_interest=0.0))
        assert free.metrics["break_even_rate"] < base.metrics["break_even_rate"]

    def test_quadrature_agrees_with_simulated_seasons(self, base: Base) -> None:
        """Two independent ways to the same chance and loss, within four standard errors."""
        n = 100_000
        many = seasonal.simulate(base.assumptions, seasonal.sample(base.assumptions, n, seed=8))
        for form in seasonal.FORMS:
            expected = base.alternative(form).metrics
            metrics = many.alternative(form).metrics
            error = np.sqrt(expected["pd"] * (1 - expected["pd"]) / n)
            assert abs(metrics["defaulted"].mean() - expected["pd"]) < 4 * error + 1e-5, form
            loss = base.assumptions.lgd * metrics["unpaid"]
            error = loss.std() / np.sqrt(n)
            assert abs(loss.mean() - expected["expected_loss"]) < 4 * error, form

    def test_a_limit_that_is_too_small_is_said_so(self, base: Base) -> None:
        """As the text says: the account goes beyond it, "and counts the months"."""
        small = seasonal.simulate(base.assumptions.replace(limit=3.0))
        assert small.written("exceeded") == "7"
        assert [event.name for event in small.events] == ["drawn", "exceeded"]
        assert small.metrics["peak"] > 3.0 and not small.metrics["defaulted"]
        assert base.written("exceeded") == "never"

    def test_exercise_on_a_smaller_neighbour(self, base: Base, findings: dict[str, float]) -> None:
        """A rate in place of the fee: as good as planned, and a loss if little is drawn."""
        a = base.assumptions
        by_fee = a.replace(commitment_fee=findings["fee_pays"])
        by_rate = a.replace(commitment_fee=0.0, rate=findings["rate_without_fee"])

        def profit(own_cash: float) -> list[float]:
            """The bank's, by fee and by rate, for a client with more or less of its own."""
            runs = [seasonal.simulate(x.replace(own_cash=own_cash)) for x in (by_fee, by_rate)]
            return [r.metrics["economic_profit"] for r in runs]

        assert np.abs(profit(a.own_cash)).max() < 0.001
        fee, rate = profit(4.0)
        assert rate < -0.02 < 0 < fee

    @pytest.mark.parametrize(
        ("line", "check"),
        [("closing", "cash_rolls"), ("opening", "months_join"), ("interest", "cash_rolls"),
         ("balance", "cash_or_debt"), ("drawn", "worth_what_was_lent")],
    )  # fmt: skip
    def test_a_check_fails_when_its_number_is_wrong(
        self, base: Base, line: str, check: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """A line of the account is bent by ten yuan in its last month."""
        run = seasonal.account.run

        def bent(*args: Any) -> Any:
            year = run(*args)
            getattr(year, line)[-1] += 1e-5
            return year

        monkeypatch.setattr(seasonal.account, "run", bent)
        wrong = seasonal.simulate(base.assumptions)
        assert wrong.checks[check] > wrong.tolerance

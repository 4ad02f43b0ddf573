"""Every argument of every formula, given rubbish: an error that names it, never a silent NaN.

`VALID` holds one good call of each public function; a function left out fails a test. Only
`profitability.lender_view`, which puts the lines of a model together, trusts the model. `captable`
and `lifetime` take lists and models: their own tests.
"""

import inspect
import math
import re
import warnings
from datetime import date

import numpy as np
import pytest

from casebook import (
    credit,
    distributions,
    loans,
    profitability,
    projectfinance,
    rounding,
    timevalue,
    workout,
)

MODULES = (
    timevalue,
    loans,
    credit,
    projectfinance,
    profitability,
    workout,
    distributions,
    rounding,
)
DATES = ["2024-01-31", "2024-12-20"]
LOAN = loans.level(100.0, 0.05, 4)
RETURN = {"income": 10.0, "expected_loss": 1.0, "opex": 1.0, "capital": 10.0, "tax": 0.25}
HURDLE = {"expected_loss": 1.0, "opex": 1.0, "capital": 10.0, "tax": 0.25, "hurdle": 0.1}
FORM = {"principal": 100.0, "rate": 0.05, "periods": 4, "grace": 0}
ENFORCED = {
    "recoveries": [10.0, 20.0],
    "costs": [1.0, 1.0],
    "years": [1.0, 2.0],
    "rate_annual": 0.05,
}
MATRIX = [[0.9, 0.1], [0.0, 1.0]]
IRB = {
    "pd": 0.01,
    "lgd": 0.45,
    "maturity": 2.5,
    "turnover": 10.0,
    "turnover_unit": "EURm",
    "asset_class": "corporate",
    "pd_floor": 0.0005,
}
SCORE = {f"x{i}": 0.1 for i in range(1, 6)}
VALID = {
    credit.roc_area: {"score": [0.1, 0.4, 0.4], "event": [0.0, 1.0, 0.0]},
    timevalue.discount_factors: {"rate": 0.05, "periods": 3},
    timevalue.annuity_factor: {"rate": 0.05, "periods": 3.0},
    timevalue.level_payment: {"principal": 9.0, "rate": 0.05, "periods": 3.0, "residual": 1.0},
    timevalue.nper: {"rate": 0.05, "payment": 3.0, "principal": 9.0, "residual": 1.0},
    timevalue.npv: {"rate": 0.05, "cashflows": [-1.0, 2.0]},
    timevalue.irr: {"cashflows": [-1.0, 2.0], "root": "lowest", "on_error": "raise"},
    timevalue.mirr: {"cashflows": [-1.0, 2.0], "finance_rate": 0.1, "reinvest_rate": 0.1},
    timevalue.present_value: {"rate_annual": 0.05, "cashflows": [1.0, 2.0], "years": [1.0, 2.0]},
    timevalue.xnpv: {"rate_annual": 0.05, "cashflows": [-1.0, 2.0], "dates": DATES},
    timevalue.xirr: {"cashflows": [-1.0, 2.0], "dates": DATES},
    timevalue.effective_annual_rate: {"nominal": 0.05, "periods_per_year": 12.0},
    timevalue.nominal_rate: {"effective": 0.05, "periods_per_year": 12.0},
    timevalue.year_fraction: {
        "start": DATES[0],
        "end": DATES[1],
        "basis": "30E/360 ISDA",
        "maturity": DATES[1],
    },
    timevalue.unit_periods: {"start": DATES[0], "end": DATES[1], "unit_periods_per_year": 12},
    timevalue.annual_percentage_rate: {
        "advances": [(100.0, 0, 0)],
        "payments": [(110.0, 1, 0)],
        "unit_periods_per_year": 12.0,
        "basis": "nominal",
    },
    loans.bullet: FORM,
    loans.equal_principal: FORM,
    loans.level: FORM,
    loans.balloon: FORM | {"residual": 10.0},
    loans.sculpted: {"cfads": [10.0, 10.0], "dscr": 1.3, "rate": 0.05},
    loans.revolving: {
        "balances": [1.0, 2.0, 3.0],
        "limit": 5.0,
        "rate": 0.05,
        "commitment_fee": 0.01,
    },
    loans.cash_sweep: {"schedule": LOAN, "cash": [30.0] * 4, "rate": 0.05, "share": 1.0},
    loans.prepay: {"schedule": LOAN, "period": 1, "amount": 5.0, "keep": "term", "fee_rate": 0.0},
    loans.dated_rates: {"rate_annual": 0.05, "dates": DATES, "basis": "act/360"},
    loans.effective_interest_rate: {"schedule": LOAN, "upfront_fee": 1.0, "periods_per_year": 12.0},
    credit.expected_loss: {"pd": 0.01, "lgd": 0.4, "ead": 100.0},
    credit.irb_capital: IRB,
    credit.irb_risk_weight: IRB,
    credit.slotting_risk_weight: {"category": 1},
    credit.slotting_expected_loss: {"category": 1, "ead": 10.0},
    credit.periodic_pd: {"pd_annual": 0.1, "periods_per_year": 12.0},
    credit.marginal_pd: {"conditional_pd": [0.1, 0.1]},
    credit.lifetime_ecl: {"marginal_pd": [0.1, 0.1], "lgd": 0.4, "ead": 100.0, "rate": 0.05},
    credit.staged_ecl: {
        "stage": 1,
        "marginal_pd": [0.1, 0.1],
        "lgd": 0.4,
        "ead": 100.0,
        "rate": 0.05,
        "periods_per_year": 1,
    },
    credit.ecl_stage: {"days_past_due": 1.0, "significant_increase": 0.0, "credit_impaired": 0.0},
    credit.provision_matrix: {"balances": [1.0, 2.0], "loss_rates": [0.1, 0.2]},
    credit.classify_loan: {
        "days_past_due": 1.0,
        "credit_impaired": 0.0,
        "impairment_share": 0.1,
        "nonperforming_share": 0.1,
        "overdue_share_all_banks": 0.1,
        "restructured": 0.0,
        "nonperforming_before": 0.0,
    },
    credit.under_observation: {"due": [1.0, 1.0], "paid": [1.0, 1.0], "periods_per_year": 12},
    credit.specific_provision: {"loan_class": 2, "balance": 100.0, "rates": [0, 0.02, 0.2, 0.5, 1]},
    credit.general_provision: {"balance": 100.0, "rate": 0.01},
    credit.altman_z: SCORE,
    credit.altman_z1: SCORE,
    credit.altman_z2: {name: x for name, x in SCORE.items() if name != "x5"},
    credit.ohlson_o: {
        "size": 5.0,
        "liabilities": 0.5,
        "working_capital": 0.1,
        "current": 0.8,
        "income": 0.05,
        "funds": 0.1,
        "change": 0.2,
        "insolvent": 0.0,
        "two_losses": 0.0,
    },
    credit.ohlson_pd: {"score": 0.1},
    credit.taffler_z: {name: x for name, x in SCORE.items() if name != "x5"},
    credit.risk_weight: {
        "approach": "irb",
        "standard": 1.0,
        "pd": 0.01,
        "lgd": 0.45,
        "maturity": 2.5,
        "turnover": 10.0,
    },
    credit.default_weight: {
        "allowance": 1.0,
        "exposure": 10.0,
        "usual": 1.5,
        "provided": 1.0,
        "enough": 0.2,
    },
    credit.altman_zone: {"score": 1.0, "model": "z"},
    credit.migration_matrix: {"rows": MATRIX, "withdrawn": 0.0},
    credit.migrate: {"matrix": MATRIX, "periods": 2},
    credit.cumulative_default: {"matrix": MATRIX, "periods": 2},
    projectfinance.dscr: {"cfads": [1.0, 2.0], "service": [1.0, 1.0]},
    projectfinance.llcr: {
        "cfads": [1.0, 2.0],
        "debt": 1.0,
        "rate": 0.05,
        "last_debt_period": 2,
        "reserve": 0.0,
    },
    projectfinance.plcr: {"cfads": [1.0, 2.0], "debt": 1.0, "rate": 0.05, "reserve": 0.0},
    projectfinance.project_irr: {"costs": [1.0], "cfads": [1.0, 1.0]},
    projectfinance.equity_irr: {"contributions": [1.0, 0.0], "distributions": [0.0, 2.0]},
    projectfinance.sculpted_debt: {"cfads": [10.0, 10.0], "dscr": 1.3, "rate": 0.05},
    projectfinance.size_debt: {
        "cfads": [10.0, 10.0],
        "dscr": 1.3,
        "rate": 0.05,
        "costs": [10.0],
        "gearing_cap": 0.7,
        "arrangement_fee": 0.01,
        "commitment_fee": 0.01,
        "reserve_periods": 1,
    },
    projectfinance.reserve_target: {"schedule": LOAN, "periods": 1},
    projectfinance.waterfall: {
        "cfads": [30.0] * 4,
        "schedule": LOAN,
        "rate": 0.05,
        "reserve_target": 1.0,
        "reserve_opening": 1.0,
        "sweep_share": 0.1,
    },
    profitability.raroc: RETURN,
    profitability.economic_profit: RETURN | {"hurdle": 0.1},
    profitability.break_even_income: HURDLE,
    profitability.break_even_rate: HURDLE | {"balance": 100.0, "ftp": 0.02, "fees": 0.0},
    profitability.funds_transfer_price: {
        "opening": [100.0, 50.0],
        "principal": [50.0, 50.0],
        "discount_factors": [0.95, 0.9],
    },
    profitability.relationship_profit: RETURN | {"income": [10.0, 1.0], "hurdle": 0.1},
    profitability.lifetime_value: {"profit": [1.0, 1.0], "retention": 0.9, "rate_annual": 0.1},
    workout.recovery_waterfall: {"proceeds": 10.0, "claims": [5.0, 10.0], "ranks": [1, 1]},
    workout.loss_given_default: {"ead": 100.0} | ENFORCED,
    workout.recovery_value: ENFORCED,
    workout.settlement_threshold: {
        "enforcement_value": 10.0,
        "years": 1.0,
        "rate_annual": 0.05,
        "cost": 1.0,
    },
    workout.sale_threshold: {"enforcement_value": 10.0, "cost": 1.0, "carrying_cost": 1.0},
    workout.restructuring_value: {"flows": [10.0, 20.0], "years": [1.0, 2.0], "eir_annual": 0.05},
    workout.modification_loss: {
        "gross_carrying": 30.0,
        "flows": [10.0, 20.0],
        "years": [1.0, 2.0],
        "eir_annual": 0.05,
    },
    workout.break_even_chance: {
        "success_value": 10.0,
        "failure_value": 1.0,
        "alternative_value": 5.0,
    },
    workout.provision_path: {"allowance": [1.0, 2.0], "write_off": 0.0, "opening": 0.0},
    profitability.vat_share: {"rate": 0.06, "surcharges": 0.12},
    profitability.value_added_tax: {"receipts": 10.0, "vat": 0.0634},
    rounding.round_half_up: {"amount": 0.125, "digits": 2},
    rounding.to_the_cent: {"schedule": LOAN, "digits": 2, "fixed": "payment"},
    distributions.norm_cdf: {"x": 0.0},
    distributions.norm_pdf: {"x": 0.0},
    distributions.norm_ppf: {"p": 0.5},
    distributions.normal: {"uniform": 0.5},
    distributions.lognormal: {"uniform": 0.5, "spread": 0.3},
    distributions.pick: {"weights": [0.4, 0.6], "uniform": [0.1, 0.9]},
}
OPTIONAL = {"turnover", "ranks", "unit_periods_per_year", "maturity"}  # None is a value of these
#: A distribution is defined at the ends of the line.
INFINITE = {(distributions.norm_cdf, "x"), (distributions.norm_pdf, "x")}


def bad_values(value):
    """What must never pass for `value`: not finite, missing, empty, not a number, not a date."""
    match value:
        case str() if value in DATES:
            return ["soon", "NaT", None, 45_322, math.nan]
        case str():
            return ["rubbish", None, 5]
        case int() | float():
            return [math.nan, math.inf, -math.inf, None, "rubbish", [], [1.0, math.nan], 10**400]
        case [str(), *_]:
            return [value[::-1], [value[0], "NaT"], [], None, "soon", [45_322, 45_646]]
        case [tuple(), *_]:
            (amount, *time), *_ = value
            return [
                [],
                None,
                5,
                [5],
                [(amount,)],
                [(math.nan, *time)],
                [(-amount, *time)],
                [(amount, math.nan, 0)],
                [(amount, -1, 0)],
                [(amount, 0.5, 0)],
                [(amount, 0, 1.0)],
                [(amount, 0, math.nan)],
            ]
        case [list(), *_]:
            return [[[math.nan, 0.1], *value[1:]], [[0.5, 0.1], *value[1:]], [], None, "rubbish"]
        case list():
            return [
                [math.nan, *value[1:]],
                [*value[:-1], math.inf],
                [],
                None,
                "rubbish",
                np.ones((2, 2, 2, 2)) * math.nan,
            ]
    return []


CASES = [
    pytest.param(f, name, bad, id=f"{f.__name__}-{name}-{str(bad)[:20]}")
    for f, given in VALID.items()
    for name, value in given.items()
    for bad in bad_values(value)
    if not (bad is None and name in OPTIONAL)
    and not ((f, name) in INFINITE and bad in (math.inf, -math.inf))
]


def test_no_function_is_left_out():
    public = {
        f
        for module in MODULES
        for name, f in vars(module).items()
        if inspect.isfunction(f) and f.__module__ == module.__name__ and not name.startswith("_")
    }
    assert public - {profitability.lender_view} == set(VALID)
    assert {f.__name__ for f in public} <= {name for module in MODULES for name in module.__all__}
    for f, given in VALID.items():
        f(**given)  # good arguments pass


@pytest.mark.parametrize(("f", "name", "bad"), CASES)
def test_a_bad_argument_is_named(f, name, bad):
    with pytest.raises(ValueError) as error:
        f(**VALID[f] | {name: bad})
    assert re.match(rf"{name}\b", str(error.value)), str(error.value)


def test_results_are_plain_numbers_or_arrays_and_nothing_warns():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for f, given in VALID.items():
            value = f(**given)
            for part in value if isinstance(value, tuple) else [value]:
                assert not isinstance(part, np.generic), f.__name__
                assert np.ndim(part) or not isinstance(part, np.ndarray), f.__name__


def test_dates_in_every_usual_form():
    flows, expected = [-100.0, 110.0], timevalue.xirr([-100.0, 110.0], DATES)
    days = [date.fromisoformat(day) for day in DATES]
    for form in (
        days,
        tuple(days),
        np.array(DATES, "datetime64[D]"),
        np.array(DATES, "datetime64[ns]"),
        [DATES[0], days[1]],
    ):
        assert timevalue.xirr(flows, form) == expected
    for start, end in zip(
        *[[DATES[k], days[k], np.datetime64(DATES[k])] for k in (0, 1)], strict=True
    ):
        assert timevalue.year_fraction(start, end, "30/360") == pytest.approx(320 / 360)

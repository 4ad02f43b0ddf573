"""The assumptions of the case, its four ways out, and the paths and months that are run.

A way is what the bank may do, an alternative of every result, in the order of WAYS. A path is what
the firm may live through: to be liquidated is to have done nothing until the day it starts, so
three paths serve the four ways.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...shape import Record, load

#: The ways out, and the index of each in every array (…, way, scenario).
WAYS = ("do_nothing", "restructure", "failed", "liquidate")
NOTHING, PLAN, FAILED, LIQUIDATE = range(4)
#: The paths are those of the first three ways; PATH_OF: the path of each way.
PATHS = 3
PATH_OF = [NOTHING, PLAN, FAILED, NOTHING]
#: The market of each path: it comes back (0), or a failed plan waits for it in vain (1).
WORLD_OF = [0, 0, 1]
#: The horizon; month 0 is the start, so that a history has one row more.
MONTHS = 96
#: Months in which the bank watches for a warning: those of the statements.
WATCH = 36
#: Months of normal sales before month 0: one more than the longest collection days, a year.
PAST = 13
#: The deepest fall that the strain on customers and stock follows: beyond it, there is no firm.
DEEPEST = 0.9
#: Payments missed in a row up to which a loan is no more than 90 days late: beyond, in default.
NON_PERFORMING = 3
#: Scenarios at a time: the histories of a chunk stay near the processor.
CHUNK = 2000
#: The warning signals, in the order in which they are shown.
SIGNALS = ("dso", "dio", "quick", "cover", "use", "dscr", "z")


@dataclass(frozen=True)
class Problem(Record):
    """The assumptions of the case; data/cases/problem.toml gives unit, range and reason."""

    # the firm
    sales: float
    gross_margin: float
    fixed_cost: float
    depreciation: float
    capex: float
    firm_tax: float
    dso: float
    dio: float
    dpo: float
    opening_cash: float
    cash_floor: float
    fixed_assets: float
    paid_in: float
    # the loans before the trouble
    term_loan: float
    term_months: int
    revolver: float
    limit: float
    line: str
    renewal_month: int
    rate: float
    upfront_fee: float
    commitment_fee: float
    penalty: float
    # the shock
    shock_depth: float
    shock_length: int
    shock_start: int
    fall_months: int
    recovery_months: int
    scar: float
    collection_days: float
    stock_days: float
    drift_months: int
    strain_depth: float
    # what varies from path to path
    sales_noise: float
    noise_memory: float
    dso_noise: float
    depth_spread: float
    length_spread: float
    # early warning
    window: int
    dso_rise: float
    dio_rise: float
    quick_low: float
    cover_low: float
    use_high: float
    dscr_low: float
    score: str
    z1_low: float
    z_low: float
    signals_needed: int
    months_needed: int
    reporting_lag: int
    # the decision
    way_out: str
    decision_month: int
    wait: int
    patience: int
    # the plan
    instalments: int
    grace: int
    rate_cut: float
    haircut: float
    conversion: float
    share_value: float
    new_money: float
    sweep_share: float
    sweep_floor: float
    plan_dso: float
    plan_dio: float
    cost_cut: float
    measure_months: int
    one_off: float
    clearance: float
    plan_patience: int
    success_chance: float
    delivery: float
    stop_months: int
    # liquidation
    receivables_recovery: float
    stock_recovery: float
    collateral: float
    forced_sale: float
    quick_months: int
    auction_months: int
    estate_cost: float
    priority: float
    # what waiting costs
    terms_lost: float
    terms_floor: float
    attachment: float
    stock_decay: float
    collateral_decay: float
    chance_decay: float
    # the bank
    ftp: float
    vat_on_interest: float
    approach: str
    standard_weight: float
    default_weight: float
    default_weight_provided: float
    share_weight: float
    pd_normal: float
    pd_special: float
    impairment_threshold: float
    turnover: float
    capital_ratio: float
    hurdle: float
    tax: float
    servicing_cost: float
    workout_cost: float


def assumptions(path: str | Path | None = None) -> Problem:
    """The base case, or your own client's file of the same form (see data/README.md)."""
    return load(Problem, "problem", path)

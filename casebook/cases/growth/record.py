"""TODO."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...shape import Record, load

POLICIES = ("none", "pro_rata", "milestone")
NONE, PRO_RATA, MILESTONE = range(3)
ROUNDS = ("seed", "a", "b", "c")
QUARTERS = 40
YEAR = 4
#: A thousandth of a yuan: less is nothing.
DUST = 1e-9
#: A round is not priced below a fifth or above twenty times the last: beyond, it is not a round.
STEP_LIMITS = (0.2, 20.0)
#: The published shares of financings by multiple (65% below one, 10% at least five, 4% at least
#: ten): Correlation Ventures, 21,000 US financings of 2004-2013, as read in FACTS; all stages.
PUBLISHED = {"loss_share": 0.65, "five_share": 0.10, "ten_share": 0.04}
#: Shares of the US class of 2018 (Carta, 4,369 start-ups, at 1 January 2025) that raised the next
#: round once they had raised this one: seed to A, A to B, B to C.
CARTA_2018 = (0.6445, 0.4049, 0.3017)
#: CB Insights, 2017 edition: of 1,098 seed companies of 2008-2010, share with a second round.
CB_INSIGHTS_2017 = 0.46


@dataclass(frozen=True)
class Growth(Record):
    """The assumptions of the case; data/cases/growth.toml gives unit, range and reason."""

    # the seed round
    pre_money: float
    fair_value: float
    cheque: float
    others: float
    tranche: float
    tranche_quarter: int
    founder_shares: int
    pool_shares: int
    pool_top_up: float
    safe_first: float
    safe_second: float
    safe_cap_first: float
    safe_cap_second: float
    # the company's way
    opening_cash: float
    cushion: int
    raise_a: float
    raise_b: float
    raise_c: float
    quarters_seed: int
    quarters_a: int
    quarters_b: int
    quarters_c: int
    graduation_seed: float
    graduation_a: float
    graduation_b: float
    graduation_odds: float
    early_failure: float
    bought_seed: float
    bought_a: float
    bought_b: float
    bought_c: float
    step_up_a: float
    step_up_b: float
    step_up_c: float
    step_spread: float
    pricing: float
    momentum: float
    milestone_chance: float
    exit_multiple_seed: float
    exit_multiple_a: float
    exit_multiple_b: float
    exit_multiple_c: float
    exit_spread: float
    salvage: float
    path: str
    # the investor
    policy: str
    reserve: float
    service: str
    service_odds: float
    service_cost: float
    fund_size: int
    management_fee: float
    deployment: int
    # the bank
    loan_form: str
    loan: float
    loan_rate: float
    loan_quarters: int
    loan_grace: int
    arrangement_fee: float
    coverage: float
    partner_return: float
    ftp: float
    lpr: float
    lgd: float
    turnover: float
    capital_ratio: float
    hurdle: float
    tax: float
    origination_cost: float
    servicing_cost: float

    # the same by round, for the loops below

    @property
    def safe_amounts(self) -> tuple[float, ...]:
        return self.safe_first, self.safe_second

    @property
    def safe_caps(self) -> tuple[float, ...]:
        return self.safe_cap_first, self.safe_cap_second

    @property
    def raises(self) -> tuple[float, ...]:
        return self.raise_a, self.raise_b, self.raise_c

    @property
    def stage_quarters(self) -> tuple[int, ...]:
        return self.quarters_seed, self.quarters_a, self.quarters_b, self.quarters_c

    @property
    def graduation(self) -> tuple[float, ...]:
        return self.graduation_seed, self.graduation_a, self.graduation_b

    @property
    def bought(self) -> tuple[float, ...]:
        return self.bought_seed, self.bought_a, self.bought_b, self.bought_c

    @property
    def step_up(self) -> tuple[float, ...]:
        return self.step_up_a, self.step_up_b, self.step_up_c

    @property
    def exit_multiple(self) -> tuple[float, ...]:
        return (
            self.exit_multiple_seed,
            self.exit_multiple_a,
            self.exit_multiple_b,
            self.exit_multiple_c,
        )


def assumptions(path: str | Path | None = None) -> Growth:
    """The base case, or your own client's file of the same form (see data/README.md)."""
    return load(Growth, "growth", path)


#: What a scenario is drawn from: an outcome for each stage, then progress, market and exit.
DRAWS = (
    *(f"outcome_{k}" for k in ROUNDS),
    *(f"progress_{k}" for k in ROUNDS[1:]),
    *(f"market_{k}" for k in ROUNDS[1:]),
    "exit",
)


#: The least PD that the final Basel III text lets a bank use (FACTS: read in a secondary copy).
PD_FLOOR = 0.0005


HOLDERS = ("founders", "pool", "angels", "partner", "first", "follow", "others")

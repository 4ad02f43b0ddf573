"""The assumptions of the case, and the names and limits that its rooms share.

Time is quarters from the closing of the seed round, 0 to `QUARTERS`. The alternatives are the
investor's follow-on policies. `DRAWS` names what a scenario is drawn from, `HOLDERS` those who own
shares, `ROUNDS` the rounds in order. What is published and compared with stands here too.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ...shape import Record, load

POLICIES = ("none", "pro_rata", "milestone")
NONE, PRO_RATA, MILESTONE = range(3)
ROUNDS = ("seed", "a", "b", "c")
HOLDERS = ("founders", "pool", "angels", "partner", "first", "follow", "others")
QUARTERS_A_YEAR = 4
#: The life that is followed: ten years, the fund's too.
QUARTERS = 40
#: What a scenario is drawn from: an outcome for each stage, then progress, market and exit.
DRAWS = (
    *(f"outcome_{k}" for k in ROUNDS),
    *(f"progress_{k}" for k in ROUNDS[1:]),
    *(f"market_{k}" for k in ROUNDS[1:]),
    "exit",
)
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
#: What a bank's loan may cost a year, all in, before a court may reduce it: Supreme People's Court,
#: Fa Fa [2017] No. 22, point 2; that the borrower has to ask is assumed.
COURT_LIMIT = 0.24
#: The ceiling of private lending, in one-year loan prime rates: Supreme People's Court, provisions
#: on private lending as amended in 2020, article 25. It does not bind a bank (article 1).
PRIVATE_CEILING = 4


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
    first_claims: float
    trade_debt: float
    pledged: float
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
    partner_pays: float
    ftp: float
    lpr: float
    vat_on_interest: float
    approach: str
    sme_weight: float
    guarantor_weight: float
    turnover: float
    capital_ratio: float
    hurdle: float
    tax: float
    origination_cost: float
    servicing_cost: float

    # the same by round, for the loops over rounds

    @property
    def safe_amounts(self) -> tuple[float, ...]:
        """Money of each SAFE, the earlier first."""
        return self.safe_first, self.safe_second

    @property
    def safe_caps(self) -> tuple[float, ...]:
        """Valuation cap of each SAFE."""
        return self.safe_cap_first, self.safe_cap_second

    @property
    def raises(self) -> tuple[float, ...]:
        """Money raised in rounds A, B, C."""
        return self.raise_a, self.raise_b, self.raise_c

    @property
    def stage_quarters(self) -> tuple[int, ...]:
        """Quarters from seed, A, B and C to the next step."""
        return self.quarters_seed, self.quarters_a, self.quarters_b, self.quarters_c

    @property
    def graduation(self) -> tuple[float, ...]:
        """Base chance of a next round after seed, A and B."""
        return self.graduation_seed, self.graduation_a, self.graduation_b

    @property
    def bought(self) -> tuple[float, ...]:
        """Chance to be bought, of those that raise no more after seed, A, B and C."""
        return self.bought_seed, self.bought_a, self.bought_b, self.bought_c

    @property
    def step_up(self) -> tuple[float, ...]:
        """Median step-up of rounds A, B, C: pre-money over last post-money."""
        return self.step_up_a, self.step_up_b, self.step_up_c

    @property
    def exit_multiple(self) -> tuple[float, ...]:
        """Median sale price over last post-money, after seed, A, B and C."""
        return (
            self.exit_multiple_seed,
            self.exit_multiple_a,
            self.exit_multiple_b,
            self.exit_multiple_c,
        )


def assumptions(path: str | Path | None = None) -> Growth:
    """The base case, or your own client's file of the same form (see data/README.md).

    AssumptionError, a ValueError, names an assumption out of its range.
    """
    return load(Growth, "growth", path)

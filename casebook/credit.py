"""Credit risk: expected loss, IRB capital, expected credit loss, loan classes, scores, migration.

PD, LGD and rates are decimals; EAD and losses are money in one currency. All functions broadcast;
scalars in, Python float out. A bad argument is a ValueError that names it, its value and what is
allowed.

A firm may default with a chance of 1% a year, and then 45% of a loan of 100 is lost. What does the
bank expect to lose, how much of the loan counts in its risk-weighted assets, and what is kept
against the unexpected at a ratio of 8%?

>>> from casebook import credit
>>> round(credit.expected_loss(pd=0.01, lgd=0.45, ead=100.0), 2)
0.45
>>> round(credit.irb_risk_weight(pd=0.01, lgd=0.45), 6)
0.923168
>>> round(credit.irb_capital(pd=0.01, lgd=0.45) * 100.0, 2)
7.39
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._checks import Array, Numeric, choice, count, flags, real, result, series, shape, whole
from .distributions import norm_cdf, norm_ppf

__all__ = [
    "ALTMAN_CUTS",
    "APPROACHES",
    "GENERAL_PROVISION",
    "LOAN_CLASSES",
    "PD_FLOOR",
    "SLOTS",
    "SPECIFIC_PROVISION",
    "AltmanModel",
    "AssetClass",
    "Classes",
    "altman_z",
    "altman_z1",
    "altman_z2",
    "altman_zone",
    "classify_loan",
    "cumulative_default",
    "default_weight",
    "ecl_stage",
    "expected_loss",
    "general_provision",
    "irb_capital",
    "irb_risk_weight",
    "lifetime_ecl",
    "marginal_pd",
    "migrate",
    "migration_matrix",
    "ohlson_o",
    "ohlson_pd",
    "periodic_pd",
    "provision_matrix",
    "risk_weight",
    "roc_area",
    "slotting_expected_loss",
    "slotting_risk_weight",
    "specific_provision",
    "staged_ecl",
    "taffler_z",
    "under_observation",
]

AssetClass = Literal["corporate", "residential_mortgage", "qualifying_revolving", "other_retail"]
AltmanModel = Literal["z", "z1", "z2", "z2_emerging"]
Classes = int | NDArray[np.int64]  # an int where all arguments are scalars

#: The five classes of a loan in China, 1 to 5; from substandard on it is non-performing.
LOAN_CLASSES = ("normal", "special mention", "substandard", "doubtful", "loss")
#: Specific provision by class. Source: People's Bank of China, Guidelines on Loan Loss
#: Provisioning, 2002 (read in secondary sources; its number, 98, from memory). Substandard and
#: doubtful may be a fifth higher or lower. The 1% often printed for normal is the general one.
SPECIFIC_PROVISION = (0.0, 0.02, 0.25, 0.50, 1.00)
#: General provision, a share of all loans. Source: as for the specific one.
GENERAL_PROVISION = 0.01
#: The least PD that the final Basel III text lets a bank use (read in a secondary copy).
PD_FLOOR = 0.0005

#: How a bank finds its risk weights: by the supervisor's table, or by its own estimates.
APPROACHES = ("standardised", "irb")
#: Supervisory categories of specialised lending, 1 to 5.
SLOTS = ("strong", "good", "satisfactory", "weak", "default")
#: (distress below, safe above) by model. Sources: `altman_z`, `altman_z1` and `altman_z2`.
ALTMAN_CUTS: dict[str, tuple[float, float]] = {
    "z": (1.81, 2.99),
    "z1": (1.23, 2.90),
    "z2": (1.10, 2.60),
    "z2_emerging": (4.35, 5.85),
}

_CONFIDENCE = norm_ppf(0.999)
_SIZE_RANGE = {"EURm": (5.0, 50.0)}  # turnover between which the firm-size adjustment moves
# Where 1 - 1.5 b = 0 the maturity adjustment has a pole; below it the formula has no meaning.
_LEAST_PD = float(np.exp((0.11852 - np.sqrt(2.0 / 3.0)) / 0.05478))
_SLOT_WEIGHT = np.array([0.70, 0.90, 1.15, 2.50, 0.0])
_SLOT_WEIGHT_SHORT = np.array([0.50, 0.70, 1.15, 2.50, 0.0])
_SLOT_LOSS = 0.08 * np.array([0.05, 0.10, 0.35, 1.00, 6.25])
_SLOT_LOSS_SHORT = 0.08 * np.array([0.0, 0.05, 0.35, 1.00, 6.25])


def __dir__() -> list[str]:
    return sorted(__all__)


def expected_loss(pd: ArrayLike, lgd: ArrayLike, ead: ArrayLike) -> Numeric:
    """Expected loss, EL = PD x LGD x EAD.

    pd, lgd in [0, 1]; ead >= 0, money at default; over the horizon of the PD (usually one year).
    Returns money, in the common shape.
    Source: Basel Committee, An Explanatory Note on the Basel II IRB Risk Weight Functions, July
    2005, section 2.
    """
    pd, lgd, ead = real("pd", pd, 0.0, 1.0), real("lgd", lgd, 0.0, 1.0), real("ead", ead, 0.0)
    shape(pd=pd, lgd=lgd, ead=ead)
    return result(pd * lgd * ead)


def irb_capital(
    pd: ArrayLike,
    lgd: ArrayLike,
    maturity: ArrayLike = 2.5,
    turnover: ArrayLike | None = None,
    *,
    turnover_unit: str = "EURm",
    asset_class: AssetClass = "corporate",
    pd_floor: float = 0.0,
) -> Numeric:
    """Capital for unexpected loss by the internal ratings-based approach, K per unit of EAD.

    K = LGD [N((G(PD) + sqrt(R) G(0.999)) / sqrt(1 - R)) - PD] (1 + (M - 2.5) b) / (1 - 1.5 b)
    w(k) = (1 - exp(-k PD)) / (1 - exp(-k)),   b = (0.11852 - 0.05478 ln PD)^2
    corporate             R = 0.12 w(50) + 0.24 (1 - w(50)); with the turnover S of a small or
                          medium-sized firm less 0.04 (1 - (S - 5) / 45), S held within 5..50
    residential_mortgage  R = 0.15      qualifying_revolving  R = 0.04
    other_retail          R = 0.03 w(35) + 0.16 (1 - w(35)); retail has no maturity factor

    pd, lgd in [0, 1]; PD is first raised to pd_floor (0.0005 in the final Basel III rules); K is 0
    at PD 0 and, by the foundation approach, in default (PD 1). maturity: M > 0 in years, held
    within the rule's 1..5. turnover: S in turnover_unit, which is EURm (EUR million) only. Returns
    the common shape. ValueError also for a corporate PD in (0, 3e-6], below the pole of the
    maturity factor, and for a turnover outside the corporate class.
    Source: BCBS, International Convergence of Capital Measurement and Capital Standards, June 2006,
    paras 272, 273, 320, 328-330; CRE31.5, CRE31.9 (273, 320 and 330 from memory; the table of
    Annex 5 reproduces them).
    """
    choice("asset_class", asset_class, get_args(AssetClass))
    choice("turnover_unit", turnover_unit, tuple(_SIZE_RANGE))
    pd, lgd = real("pd", pd, 0.0, 1.0), real("lgd", lgd, 0.0, 1.0)
    maturity = np.clip(real("maturity", maturity, above=0.0), 1.0, 5.0)
    pd = np.maximum(pd, real("pd_floor", pd_floor, 0.0, 1.0))
    size = np.zeros(())
    if turnover is not None:
        if asset_class != "corporate":
            raise ValueError(
                f"turnover: {turnover!r} is not allowed for asset_class {asset_class!r}; None is"
            )
        least, most = _SIZE_RANGE[turnover_unit]
        sales = np.clip(real("turnover", turnover, 0.0), least, most)
        size = 1.0 - (sales - least) / (most - least)
    shape(pd=pd, lgd=lgd, maturity=maturity, turnover=size)
    correlation = _correlation(pd, asset_class) - 0.04 * size
    stressed = norm_cdf(
        (_finite(norm_ppf(pd)) + np.sqrt(correlation) * _CONFIDENCE) / np.sqrt(1.0 - correlation)
    )
    capital = lgd * (stressed - pd)
    if asset_class == "corporate":
        tiny = (pd > 0.0) & (pd <= _LEAST_PD)
        if tiny.any():
            raise ValueError(
                f"pd: {pd[tiny].flat[0]:g} is not allowed; 0 or more than "
                f"{_LEAST_PD:.3g} is (see pd_floor)"
            )
        b = (0.11852 - 0.05478 * np.log(np.where(pd > 0.0, pd, 1.0))) ** 2
        capital = capital * (1.0 + (maturity - 2.5) * b) / (1.0 - 1.5 * b)
    return result(np.where(pd > 0.0, capital, 0.0))


def irb_risk_weight(
    pd: ArrayLike,
    lgd: ArrayLike,
    maturity: ArrayLike = 2.5,
    turnover: ArrayLike | None = None,
    *,
    turnover_unit: str = "EURm",
    asset_class: AssetClass = "corporate",
    pd_floor: float = 0.0,
) -> Numeric:
    """Risk weight, 12.5 K of `irb_capital`: 0.923168 for 92.3%. Without the factor 1.06 of 2006.

    Arguments, shapes, errors and source: `irb_capital`.
    """
    return result(
        12.5
        * np.asarray(
            irb_capital(
                pd,
                lgd,
                maturity,
                turnover,
                turnover_unit=turnover_unit,
                asset_class=asset_class,
                pd_floor=pd_floor,
            )
        )
    )


def risk_weight(
    approach: str,
    standard: ArrayLike,
    pd: ArrayLike,
    lgd: ArrayLike,
    maturity: ArrayLike = 2.5,
    turnover: ArrayLike | None = None,
) -> Numeric:
    """The weight by which an exposure is multiplied before the capital ratio: 1.0 for 100%.

    approach: "standardised", the bank uses the weights that its supervisor sets, `standard` >= 0;
    or "irb", it may use its own estimates: `irb_risk_weight` with the PD floor of final Basel III
    (PD_FLOOR), whose arguments the others are. Returns a float, or an array of the common shape.
    ValueError for another approach. Capital is weight x capital ratio x exposure. Source: Capital
    measures for commercial banks of China, Order No. 4 of 2023; Basel CRE20 and CRE31.
    """
    if approach not in APPROACHES:
        raise ValueError(f"approach: {approach!r} is not allowed; {' or '.join(APPROACHES)} is")
    standard = real("standard", standard, 0.0)
    if approach == "standardised":
        return result(standard)
    pd = np.minimum(real("pd", pd, 0.0), 1.0)
    own = np.asarray(irb_risk_weight(pd, lgd, maturity, turnover, pd_floor=PD_FLOOR))
    return result(np.broadcast_to(own, np.broadcast_shapes(own.shape, standard.shape)).copy())


def default_weight(
    allowance: ArrayLike,
    exposure: ArrayLike,
    usual: ArrayLike,
    provided: ArrayLike,
    *,
    enough: ArrayLike = 0.2,
) -> Numeric:
    """The standardised weight of a loan in default, on what its allowance leaves of it.

    usual: the weight as long as the allowance is less than `enough` of the exposure, 1.5 for 150%;
    provided: the weight from there on. allowance, exposure >= 0, money; all broadcast to the
    result. Source: Basel framework, CRE20, past-due exposures (150%, and 100% from a fifth on;
    from memory).
    """
    allowance, exposure = real("allowance", allowance, 0.0), real("exposure", exposure, 0.0)
    usual, provided = real("usual", usual, 0.0), real("provided", provided, 0.0)
    enough = real("enough", enough, 0.0, 1.0)
    shape(allowance=allowance, exposure=exposure, usual=usual, provided=provided, enough=enough)
    return result(np.where(allowance >= enough * exposure, provided, usual))


def slotting_risk_weight(category: ArrayLike | str, *, preferential: bool = False) -> Numeric:
    """Risk weight of specialised lending by slot: 0.70 0.90 1.15 2.50 0 for categories 1 to 5.

    category: 1 strong, 2 good, 3 satisfactory, 4 weak, 5 default, or one such name (`SLOTS`).
    preferential: 0.50 and 0.70 for strong and good, which a supervisor may allow where less than
    2.5 years remain. Returns decimals, in the shape of category.
    Source: BCBS June 2006, paras 275, 277 (paragraph numbers from memory; the weights were read in
    two national rule books). Capital is 8% of it at the minimum, or what the bank holds.
    """
    slot = _slot(category)
    return result((_SLOT_WEIGHT_SHORT if preferential else _SLOT_WEIGHT)[slot])


def slotting_expected_loss(
    category: ArrayLike | str, ead: ArrayLike, *, preferential: bool = False
) -> Numeric:
    """Regulatory expected loss of specialised lending: 0.4% 0.8% 2.8% 8% 50% of EAD by category.

    8% x (5% 10% 35% 100% 625%); preferential: 0% and 0.4% for strong and good. category: as for
    `slotting_risk_weight`; ead >= 0, money. Returns money, in the common shape. It serves the
    comparison with provisions only; RAROC uses the bank's own loss. Source: BCBS June 2006, para
    379, read in the Saudi rule book, section 6.2.
    """
    slot, ead = _slot(category), real("ead", ead, 0.0)
    shape(category=slot, ead=ead)
    return result((_SLOT_LOSS_SHORT if preferential else _SLOT_LOSS)[slot] * ead)


# ---------------------------------------------------------------------------------------------
# Expected credit loss (IFRS 9)


def periodic_pd(pd_annual: ArrayLike, periods_per_year: ArrayLike) -> Numeric:
    """PD of one period from an annual one with a constant hazard, 1 - (1 - PD)^(1/m).

    pd_annual in [0, 1]; periods_per_year: m > 0. They broadcast to the result, a decimal per
    period. Source: m periods survived in a row, (1 - p)^m = 1 - PD.
    """
    pd = real("pd_annual", pd_annual, 0.0, 1.0)
    m = real("periods_per_year", periods_per_year, above=0.0)
    shape(pd_annual=pd, periods_per_year=m)
    return result(1.0 - (1.0 - pd) ** (1.0 / m))


def marginal_pd(conditional_pd: ArrayLike) -> Array:
    """Chance, seen from today, to default in period t: m_t = h_t prod_{s<t} (1 - h_s).

    conditional_pd: h_t in [0, 1], the PD of period t of a borrower alive at its start; (period,) or
    (period, scenario), as is the result, whose running sum is the cumulative PD. Source: the
    definition above.
    """
    h = series("conditional_pd", conditional_pd, 0.0)
    real("conditional_pd", h, 0.0, 1.0)
    alive = np.cumprod(1.0 - h, axis=0)
    chance: Array = h * np.concatenate([np.ones((1, *h.shape[1:])), alive[:-1]])
    return chance


def lifetime_ecl(
    marginal_pd: ArrayLike, lgd: ArrayLike, ead: ArrayLike, rate: ArrayLike
) -> Numeric:
    """Lifetime expected credit loss, ECL = sum_t m_t LGD_t EAD_t / (1 + r)^t, t = 1, 2, ...

    marginal_pd: m_t >= 0, unconditional (`marginal_pd`), adding up to 1 at most; (period,) or
    (period, scenario). lgd in [0, 1], ead >= 0: exposure if default falls in period t; rate:
    original effective rate per period, > -1. All three broadcast against marginal_pd. A default
    falls at the end of its period. Returns money, a float or (scenario,).
    Source: IFRS 9, B5.5.28, B5.5.44 (paragraphs from memory).
    """
    m = series("marginal_pd", marginal_pd, 0.0)
    if (m.sum(axis=0) > 1.0 + 1e-9).any():
        raise ValueError(
            f"marginal_pd: adds up to {m.sum(axis=0).max():g}, which is not allowed; "
            "at most 1 over all periods is"
        )
    lgd, ead = real("lgd", lgd, 0.0, 1.0), real("ead", ead, 0.0)
    rate = real("rate", rate, above=-1.0)
    if shape(marginal_pd=m, lgd=lgd, ead=ead, rate=rate) != m.shape:
        raise ValueError(
            f"lgd {lgd.shape}, ead {ead.shape}, rate {rate.shape}: shapes do not "
            f"match; those that broadcast to marginal_pd {m.shape} do"
        )
    factors = np.cumprod(np.broadcast_to(1.0 / (1.0 + rate), m.shape), axis=0)
    return result((m * lgd * ead * factors).sum(axis=0))


def staged_ecl(
    stage: ArrayLike,
    marginal_pd: ArrayLike,
    lgd: ArrayLike,
    ead: ArrayLike,
    rate: ArrayLike,
    *,
    periods_per_year: int,
) -> Numeric:
    """Expected credit loss by stage: 12 months (1), lifetime (2), LGD x EAD of now (3).

    stage: 1, 2 or 3, a scalar or (scenario,); periods_per_year: how many periods of marginal_pd the
    12 months are. In stage 3 default has happened: marginal_pd does not count, and LGD and EAD are
    those of the first period. Other arguments and errors as for `lifetime_ecl`. Returns money, a
    float or (scenario,). Source: IFRS 9, 5.5.3, 5.5.5, Appendix A (paragraphs from memory).
    """
    stage = whole("stage", stage, 1, 3)
    m = series("marginal_pd", marginal_pd, 0.0)
    year = count("periods_per_year", periods_per_year, 1)
    lifetime = np.asarray(lifetime_ecl(m, lgd, ead, rate))
    soon = np.arange(m.shape[0]).reshape(-1, *(1,) * (m.ndim - 1)) < year
    twelve_months = np.asarray(lifetime_ecl(m * soon, lgd, ead, rate))
    defaulted = np.broadcast_to(np.asarray(lgd) * np.asarray(ead), m.shape)[0]
    shape(stage=stage, marginal_pd=m[0])
    return result(np.select([stage == 1, stage == 2], [twelve_months, lifetime], defaulted))


def ecl_stage(
    days_past_due: ArrayLike,
    *,
    significant_increase: ArrayLike = False,
    credit_impaired: ArrayLike = False,
) -> Classes:
    """IFRS 9 stage: 3 if credit-impaired or > 90 days past due, else 2 if > 30 days or risk rose.

    significant_increase: credit risk rose significantly since the loan was granted. The two day
    counts are the rebuttable presumptions of IFRS 9, 5.5.11 and B5.5.37 (assumed; from memory, not
    verified). All arguments broadcast; int for scalars.
    """
    days = real("days_past_due", days_past_due, 0.0)
    rose = flags("significant_increase", significant_increase)
    impaired = flags("credit_impaired", credit_impaired)
    shape(days_past_due=days, significant_increase=rose, credit_impaired=impaired)
    return _integers(np.where(impaired | (days > 90.0), 3, np.where(rose | (days > 30.0), 2, 1)))


def provision_matrix(balances: ArrayLike, loss_rates: ArrayLike) -> Numeric:
    """Expected credit loss of receivables by age bucket, sum_k balance_k x loss rate_k.

    balances >= 0, money, (bucket,) or (bucket, scenario); loss_rates in [0, 1] broadcast to them.
    Returns money, a float or (scenario,). Source: IFRS 9, B5.5.35.
    """
    balances = series("balances", balances, 0.0)
    rates = real("loss_rates", loss_rates, 0.0, 1.0)
    if shape(balances=balances, loss_rates=rates) != balances.shape:
        raise ValueError(
            f"loss_rates: shape {rates.shape} is not allowed; one that broadcasts to "
            f"balances {balances.shape} is"
        )
    return result((balances * rates).sum(axis=0))


# ---------------------------------------------------------------------------------------------
# China's five classes


def classify_loan(
    days_past_due: ArrayLike,
    *,
    credit_impaired: ArrayLike = False,
    impairment_share: ArrayLike = 0.0,
    nonperforming_share: ArrayLike = 0.0,
    overdue_share_all_banks: ArrayLike = 0.0,
    restructured: ArrayLike = False,
    nonperforming_before: ArrayLike = False,
) -> Classes:
    """The lowest class that a corporate loan may have: 1 normal .. 5 loss (`LOAN_CLASSES`).

    The worst of: overdue at all 2, > 90 days 3, > 270 days 4, > 360 days 5; credit_impaired 3;
    impairment_share (loss allowance / balance) >= 50% 4, >= 90% 5; nonperforming_share (of this
    debtor's claims at this bank) > 10% 3; overdue_share_all_banks (of its debts at all banks, > 90
    days overdue) > 20% 3; restructured and under observation 2, or 3 if nonperforming_before (see
    `under_observation`). The bank may well decide worse. days_past_due >= 0; shares in [0, 1];
    everything broadcasts; int for scalars.
    Source: CBIRC and PBoC, Measures for the Risk Classification of Financial Assets of Commercial
    Banks, Order [2023] No. 1, in force 1 July 2023. Day counts, the 10% (art. 7) and the 20% were
    read in secondary sources; impairment shares and the classes of restructured loans are assumed;
    from memory, not verified.
    """
    days = real("days_past_due", days_past_due, 0.0)
    loss = real("impairment_share", impairment_share, 0.0, 1.0)
    cross = real("nonperforming_share", nonperforming_share, 0.0, 1.0)
    elsewhere = real("overdue_share_all_banks", overdue_share_all_banks, 0.0, 1.0)
    impaired, observed = (
        flags("credit_impaired", credit_impaired),
        flags("restructured", restructured),
    )
    was_bad = flags("nonperforming_before", nonperforming_before)
    shape(
        days_past_due=days,
        credit_impaired=impaired,
        impairment_share=loss,
        nonperforming_share=cross,
        overdue_share_all_banks=elsewhere,
        restructured=observed,
        nonperforming_before=was_bad,
    )
    by_days = np.searchsorted([0.0, 90.0, 270.0, 360.0], days, side="left")
    by_loss = np.searchsorted([0.5, 0.9], loss, side="right")
    worst = np.maximum(1 + by_days, np.where(by_loss > 0, 3 + by_loss, 1))
    worst = np.maximum(worst, np.where(impaired | (cross > 0.1) | (elsewhere > 0.2), 3, 1))
    return _integers(np.maximum(worst, np.where(observed, np.where(was_bad, 3, 2), 1)))


def under_observation(
    due: ArrayLike, paid: ArrayLike, *, periods_per_year: int
) -> NDArray[np.bool_]:
    """Whether a restructured loan is still under observation at the end of each period.

    It starts at the first repayment date of the new terms, anew after each missed payment, and ends
    for good when at least a year has passed and at least two repayments in a row were made in full.
    due, paid >= 0: money, (period,) or (period, scenario) from the restructuring on, as is the
    result; a period with nothing due is no repayment date. ValueError also for unlike shapes.
    Source: the Measures of `classify_loan`, arts 17-20: two periods and
    one year read in a secondary source, the restart in a stored copy.
    """
    due, paid = series("due", due, 0.0), series("paid", paid, 0.0)
    if due.shape != paid.shape:
        raise ValueError(f"due {due.shape}, paid {paid.shape}: shapes do not match; equal ones do")
    year = count("periods_per_year", periods_per_year, 1)
    started = np.zeros(due.shape[1:], dtype=bool)
    waited, kept = np.zeros((2, *due.shape[1:]), dtype=np.int64)
    observed = np.ones(due.shape, dtype=bool)
    over = np.zeros(due.shape[1:], dtype=bool)
    for t in range(due.shape[0]):
        dated = due[t] > 0.0
        missed = dated & (paid[t] < due[t] * (1.0 - 1e-12))
        waited = np.where(missed | ~started, 0, waited + 1)
        kept = np.where(missed, 0, kept + dated)
        started = started | dated
        over = over | ((waited >= year) & (kept >= 2))
        observed[t] = ~over
    return observed


def specific_provision(
    loan_class: ArrayLike, balance: ArrayLike, *, rates: tuple[float, ...] = SPECIFIC_PROVISION
) -> Numeric:
    """Specific provision, balance x rate of its class: 0 2% 25% 50% 100% (`SPECIFIC_PROVISION`).

    loan_class: 1..5; balance >= 0, money; these broadcast to the result, money. rates: one a class,
    in [0, 1]. Source: as for `SPECIFIC_PROVISION`.
    """
    classes, balance = whole("loan_class", loan_class, 1, 5) - 1, real("balance", balance, 0.0)
    shape(loan_class=classes, balance=balance)
    table = real("rates", rates, 0.0, 1.0)
    if table.shape != (5,):
        raise ValueError(f"rates: shape {table.shape} is not allowed; one for each of 5 classes is")
    return result(table[classes] * balance)


def general_provision(balance: ArrayLike, *, rate: float = GENERAL_PROVISION) -> Numeric:
    """General provision, at least 1% of all loans whatever their class.

    balance >= 0: money, of any shape, as is the result. rate: one share, in [0, 1]. Source: as for
    `SPECIFIC_PROVISION`.
    """
    return result(real("balance", balance, 0.0) * real("rate", rate, 0.0, 1.0))


# ---------------------------------------------------------------------------------------------
# Scores


def altman_z(x1: ArrayLike, x2: ArrayLike, x3: ArrayLike, x4: ArrayLike, x5: ArrayLike) -> Numeric:
    """Altman's Z of a listed manufacturer, 1.2 X1 + 1.4 X2 + 3.3 X3 + 0.6 X4 + 1.0 X5.

    Over total assets: X1 working capital, X2 retained earnings, X3 EBIT, X5 sales; X4 = market
    value of equity / total liabilities. Ratios of any sign, which broadcast to the result, a plain
    number. Distress below 1.81, safe above 2.99 (`altman_zone`).
    Source: E. I. Altman, Journal of Finance 23(4), 1968, 589-609 (0.999 X5, rounded as usual).
    """
    return _score((1.2, 1.4, 3.3, 0.6, 1.0), x1, x2, x3, x4, x5)


def altman_z1(x1: ArrayLike, x2: ArrayLike, x3: ArrayLike, x4: ArrayLike, x5: ArrayLike) -> Numeric:
    """Altman's Z' of a private firm, 0.717 X1 + 0.847 X2 + 3.107 X3 + 0.420 X4 + 0.998 X5.

    As `altman_z`, but X4 = book value of equity / total liabilities. Distress below 1.23, safe
    above 2.90. Source: E. I. Altman, Predicting Financial Distress of Companies, July 2000 (weights
    and cut-offs read in secondary sources).
    """
    return _score((0.717, 0.847, 3.107, 0.420, 0.998), x1, x2, x3, x4, x5)


def altman_z2(
    x1: ArrayLike, x2: ArrayLike, x3: ArrayLike, x4: ArrayLike, *, emerging: bool = False
) -> Numeric:
    """Altman's Z'' of any private firm, 6.56 X1 + 3.26 X2 + 6.72 X3 + 1.05 X4 (+ 3.25 emerging).

    As `altman_z1` without sales. Distress below 1.10, safe above 2.60; the emerging-market form is
    3.25 higher and so are its cut-offs: never read it against 1.10 and 2.60.
    Source: as `altman_z1`; the constant: Altman, Emerging Markets Review 6(4), 2005 (from memory).
    """
    return result(
        np.asarray(_score((6.56, 3.26, 6.72, 1.05), x1, x2, x3, x4)) + (3.25 if emerging else 0.0)
    )


def altman_zone(score: ArrayLike, model: AltmanModel) -> Classes:
    """0 distress, 1 grey, 2 safe: a score against the cut-offs of its own model (`ALTMAN_CUTS`).

    score: any finite numbers, whose shape the result has; int for a scalar. Source: that of the
    model, see `altman_z`, `altman_z1` and `altman_z2`.
    """
    low, high = ALTMAN_CUTS[choice("model", model, get_args(AltmanModel))]
    score = real("score", score)
    return _integers((score >= low).astype(np.int64) + (score > high))


def ohlson_o(
    size: ArrayLike,
    liabilities: ArrayLike,
    working_capital: ArrayLike,
    current: ArrayLike,
    income: ArrayLike,
    funds: ArrayLike,
    change: ArrayLike,
    *,
    insolvent: ArrayLike = False,
    two_losses: ArrayLike = False,
) -> Numeric:
    """Ohlson's O, -1.32 - 0.407 size + 6.03 TL/TA - 1.43 WC/TA + 0.0757 CL/CA - 2.37 NI/TA - ...

    ... - 1.83 FFO/TL - 0.521 change - 1.72 insolvent + 0.285 two_losses; the higher, the worse
    (`ohlson_pd`). size: ln of total assets in US dollars over the price index of the gross national
    product, 100 in 1968; liabilities TL/TA; working_capital WC/TA; current CL/CA; income NI/TA;
    funds: from operations over total liabilities; change: (NI - NI before) / (|NI| + |NI before|),
    in [-1, 1]; insolvent: TL > TA; two_losses: a net loss in both of the last two years. They
    broadcast to the result, a plain number. Fitted to US industrials of 1970-76: of other firms, in
    another currency, it tells the order and not the chance. Source: J. A. Ohlson, Journal of
    Accounting Research 18(1), 1980, 109-131, model 1 (the weights read in an encyclopedia and in
    four public programs that agree).
    """
    names = ("size", "liabilities", "working_capital", "current", "income", "funds")
    given = (size, liabilities, working_capital, current, income, funds)
    checked = {name: real(name, x) for name, x in zip(names, given, strict=True)}
    checked["change"] = real("change", change, -1.0, 1.0)
    marks = {
        "insolvent": flags("insolvent", insolvent),
        "two_losses": flags("two_losses", two_losses),
    }
    shape(**checked, **marks)
    weights = (-0.407, 6.03, -1.43, 0.0757, -2.37, -1.83, -0.521)
    score = sum(w * x for w, x in zip(weights, checked.values(), strict=True))
    return result(-1.32 + score - 1.72 * marks["insolvent"] + 0.285 * marks["two_losses"])


def ohlson_pd(score: ArrayLike) -> Numeric:
    """The chance of failure within a year that an O stands for, 1 / (1 + exp(-O)).

    score: `ohlson_o`, any finite numbers, whose shape the result has. Source: as `ohlson_o`.
    """
    return result(np.exp(-np.logaddexp(0.0, -real("score", score))))


def taffler_z(x1: ArrayLike, x2: ArrayLike, x3: ArrayLike, x4: ArrayLike) -> Numeric:
    """Taffler's Z of a listed UK manufacturer, 3.20 + 12.18 X1 + 2.50 X2 - 10.68 X3 + 0.029 X4.

    X1 profit before tax / current liabilities, X2 current assets / total liabilities, X3 current
    liabilities / total assets, X4 no-credit interval in days: (quick assets - current liabilities)
    over a day's costs, (sales - profit before tax - depreciation) / 365. Ratios of any sign, which
    broadcast to the result, a plain number: below 0 the firm looks like those that failed.
    Trap: the weights 0.53, 0.13, 0.18, 0.16 that are often printed are those of the same ratios
    once standardised, and have no constant. Source: R. J. Taffler, Accounting and Business Research
    13(52), 1983, 295-308 (the weights read in three public programs that agree).
    """
    return result(3.20 + np.asarray(_score((12.18, 2.50, -10.68, 0.029), x1, x2, x3, x4)))


def roc_area(score: ArrayLike, event: ArrayLike) -> float:
    """Area under the ROC curve: the chance that an event scores above a case without, ties half.

    score: (n,), high where the event is expected; event: (n,), True where it came, of both kinds at
    least one. AUC = (R - m (m + 1) / 2) / (m (n - m)) with R the sum of the ranks of the m events.
    ValueError for other shapes and for events of one kind. Source: J. A. Hanley and B. J. McNeil,
    The meaning and use of the area under a ROC curve, Radiology 143 (1982) 29-36.
    """
    score, came = real("score", score), flags("event", event)
    if score.ndim != 1:
        raise ValueError(f"score: shape {score.shape} is not allowed; (n,) is")
    if came.shape != score.shape or came.all() or not came.any():
        raise ValueError(
            f"event: {int(came.sum())} of {came.size} is not allowed; as many as there are scores, "
            "and of both kinds at least one"
        )
    _, place, ties = np.unique(score, return_inverse=True, return_counts=True)
    rank = (np.cumsum(ties) - (ties - 1) / 2)[place]
    m = came.sum()
    return float((rank[came].sum() - m * (m + 1) / 2) / (m * (len(came) - m)))


# ---------------------------------------------------------------------------------------------
# Rating migration


def migration_matrix(rows: ArrayLike, *, withdrawn: ArrayLike = 0.0) -> Array:
    """A square one-year migration matrix out of a printed table, rows adding up to exactly 1.

    rows: (k, k + 1), from k ratings to k ratings and default, or (k + 1, k + 1) with default's own
    row; decimals. withdrawn: (k,) share of each row whose rating was withdrawn; it is spread over
    the others in proportion. Printed rounding is scaled away: a row is divided by its own sum, not
    by 1 - withdrawn as is also done; of S&P's five-year default rates of 1981-2016 the two ways
    differ by at most 0.006 points. A row more than 0.005 off, so a misprint, is a ValueError.
    Default is absorbing. Returns (k + 1, k + 1). Source: the definition above.
    """
    table = real("rows", rows, 0.0, 1.0)
    if table.ndim != 2 or table.shape[1] - table.shape[0] not in (0, 1):
        raise ValueError(
            f"rows: shape {table.shape} is not allowed; (k, k + 1) or (k + 1, k + 1) is"
        )
    k = table.shape[1] - 1
    gone = np.broadcast_to(real("withdrawn", withdrawn, 0.0, 1.0), (k,))
    sums = table[:k].sum(axis=1)
    wrong = np.flatnonzero(np.abs(sums + gone - 1.0) > 0.005)
    if wrong.size:
        raise ValueError(
            f"rows: row {wrong[0]} adds up to {(sums + gone)[wrong[0]]:g}, which is "
            "not allowed; 1 within 0.005 is"
        )
    return np.vstack([table[:k] / sums[:, None], np.eye(k + 1)[k]])


def migrate(matrix: ArrayLike, periods: int) -> Array:
    """Migration over several periods as if it were a Markov chain, M^n.

    matrix: (k, k), rows adding up to 1 (`migration_matrix`), else a ValueError. periods >= 0, a
    whole number. Returns (k, k). Source: the definition above.
    Warning: real migration is not Markov. Downgrades run on, and default rates of five years lie
    well off M^5 (S&P 1981-2016, BBB: 2.6% observed against 1.8%, both without the ratings that were
    withdrawn, by the row's own sum as in `migration_matrix`). Use it to reason, not to price.
    """
    m = real("matrix", matrix, 0.0, 1.0)
    if m.ndim != 2 or m.shape[0] != m.shape[1] or (np.abs(m.sum(axis=1) - 1.0) > 1e-9).any():
        raise ValueError(
            f"matrix: shape {m.shape}, row sums {m.sum(axis=-1)} are not allowed; a "
            "square matrix whose rows add up to 1 is"
        )
    return np.linalg.matrix_power(m, count("periods", periods))


def cumulative_default(matrix: ArrayLike, periods: int) -> Array:
    """Cumulative PD by rating at the end of years 1..n by `migrate`: (period, rating).

    The last column of the matrix is default. periods: n >= 1. Other arguments, errors, source and
    the warning: `migrate`.
    """
    one = migrate(matrix, 1)
    default = np.eye(len(one))[-1]
    path = []
    for _ in range(count("periods", periods, 1)):
        default = one @ default
        path.append(default[:-1])
    return np.array(path)


def _slot(category: ArrayLike | str) -> NDArray[np.int64]:
    """Index of a supervisory category, given by number or by name."""
    if isinstance(category, str):
        return np.array(SLOTS.index(choice("category", category, SLOTS)))
    return whole("category", category, 1, 5) - 1


def _correlation(pd: Array, asset_class: AssetClass) -> Array | float:
    """Asset correlation R of an IRB class, before the firm-size adjustment."""
    if asset_class == "residential_mortgage":
        return 0.15
    if asset_class == "qualifying_revolving":
        return 0.04
    low, high, k = (0.12, 0.24, 50.0) if asset_class == "corporate" else (0.03, 0.16, 35.0)
    weight: Array = np.expm1(-k * pd) / np.expm1(-k)
    return low * weight + high * (1.0 - weight)


def _finite(x: Numeric) -> Array:
    """x held within numbers: N(-40) = 0 and N(40) = 1 to the last bit."""
    finite: Array = np.clip(x, -40.0, 40.0)
    return finite


def _score(weights: tuple[float, ...], *ratios: ArrayLike) -> Numeric:
    """The weighted sum of a score's ratios, in their common shape."""
    checked = {f"x{i}": real(f"x{i}", x) for i, x in enumerate(ratios, start=1)}
    shape(**checked)
    return result(sum(w * x for w, x in zip(weights, checked.values(), strict=True)))


def _integers(array: NDArray[np.int64]) -> Classes:
    """A Python int for a scalar result, else the array itself."""
    return int(array) if np.ndim(array) == 0 else array

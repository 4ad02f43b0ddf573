"""What a client is worth to the bank: break-even price, RAROC, economic profit, lifetime value.

One definition for the whole book. Capital is not credited with a benefit, because the funds
transfer price (FTP) funds the whole loan. Money in one currency, amounts a year; rates are annual
decimals unless named per period. Everything broadcasts; scalars in, Python float out. A bad
argument is a ValueError that names it, its value and what is allowed.

Which rate must a loan of 100 bear, funded at 3% and with 8 of capital on which owners ask for 10%?

>>> from casebook import profitability
>>> terms = {"expected_loss": 0.5, "opex": 0.7, "capital": 8.0, "tax": 0.25}
>>> rate = profitability.break_even_rate(100.0, 0.03, **terms, hurdle=0.10)
>>> round(rate, 4)
0.0527
>>> round(profitability.raroc((rate - 0.03) * 100.0, **terms), 4)  # just what owners ask for
0.1
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from ._checks import Array, Numeric, real, result, series, shape
from .timevalue import present_value

__all__ = [
    "break_even_income",
    "break_even_rate",
    "economic_profit",
    "funds_transfer_price",
    "lender_view",
    "lifetime_value",
    "raroc",
    "relationship_profit",
    "value_added_tax",
    "vat_share",
]


def __dir__() -> list[str]:
    return sorted(__all__)


def raroc(
    income: ArrayLike,
    expected_loss: ArrayLike,
    opex: ArrayLike,
    capital: ArrayLike,
    *,
    tax: ArrayLike,
) -> Numeric:
    """Risk-adjusted return on capital, RAROC = (income - EL - opex) (1 - tax) / capital.

    income: margin over FTP plus fees, a year; expected_loss (EL) and opex: amounts a year; capital
    > 0; tax in [0, 1]. Returns a decimal a year, 0.1 for 10%. Source: definition of this book,
    after E. Zaik, J. Walter, G. Kelling and C. James, RAROC at Bank of America, Journal of Applied
    Corporate Finance 9(2), 1996, 83-93.
    """
    capital = real("capital", capital, above=0.0)
    profit = _after_tax(income, expected_loss, opex, tax)
    shape(profit=profit, capital=capital)
    return result(profit / capital)


def economic_profit(
    income: ArrayLike,
    expected_loss: ArrayLike,
    opex: ArrayLike,
    capital: ArrayLike,
    *,
    tax: ArrayLike,
    hurdle: ArrayLike,
) -> Numeric:
    """Economic profit, (RAROC - hurdle) capital = (income - EL - opex)(1 - tax) - hurdle capital.

    hurdle: the return that owners ask for, annual, after tax; capital >= 0. Returns money a year.
    Other symbols and the source as for `raroc`.
    """
    capital, hurdle = real("capital", capital, 0.0), real("hurdle", hurdle)
    profit = _after_tax(income, expected_loss, opex, tax)
    shape(profit=profit, capital=capital, hurdle=hurdle)
    return result(profit - hurdle * capital)


def break_even_income(
    expected_loss: ArrayLike,
    opex: ArrayLike,
    capital: ArrayLike,
    *,
    tax: ArrayLike,
    hurdle: ArrayLike,
) -> Numeric:
    """The income a year at which economic profit is zero: EL + opex + hurdle capital / (1 - tax).

    What the margin does not bring of it must come from fees and cross-selling. tax in [0, 1);
    other symbols as for `economic_profit`. Returns money a year. Source: derived from it.
    """
    loss, opex = real("expected_loss", expected_loss), real("opex", opex)
    capital, hurdle = real("capital", capital, 0.0), real("hurdle", hurdle)
    tax = real("tax", tax, 0.0, below=1.0)
    shape(expected_loss=loss, opex=opex, capital=capital, tax=tax, hurdle=hurdle)
    return result(loss + opex + hurdle * capital / (1.0 - tax))


def break_even_rate(
    balance: ArrayLike,
    ftp: ArrayLike,
    expected_loss: ArrayLike,
    opex: ArrayLike,
    capital: ArrayLike,
    *,
    fees: ArrayLike = 0.0,
    vat: ArrayLike = 0.0,
    tax: ArrayLike,
    hurdle: ArrayLike,
) -> Numeric:
    """The annual customer rate at which economic profit is zero.

    rate = (FTP + break-even income / balance) / (1 - vat) - fees / balance, because income = (1 -
    vat)(rate x balance + fees) - FTP x balance. balance > 0: average over the year; ftp: annual;
    fees: a year; vat: of interest and fees, in [0, 1), see `value_added_tax`; other symbols as for
    `break_even_income`. Returns a decimal a year. Source: derived from it.
    """
    needed = np.asarray(break_even_income(expected_loss, opex, capital, tax=tax, hurdle=hurdle))
    balance, ftp = real("balance", balance, above=0.0), real("ftp", ftp)
    fees, vat = real("fees", fees), real("vat", vat, 0.0, below=1.0)
    shape(
        balance=balance, ftp=ftp, fees=fees, vat=vat, expected_loss_opex_capital_tax_hurdle=needed
    )
    return result((ftp + needed / balance) / (1.0 - vat) - fees / balance)


def vat_share(rate: ArrayLike, surcharges: ArrayLike) -> Numeric:
    """What part of a receipt goes as value-added tax: rate (1 + surcharges) / (1 + rate).

    A price includes the tax, so the tax is rate / (1 + rate) of it; surcharges are levied on the
    tax paid. rate: of the price without tax, 0.06 for financial services; surcharges: of the tax,
    0.12 in a city (7% urban maintenance, 3% and 2% education); both >= 0. Returns a decimal.
    Source: Value-Added Tax Law of China (in force 2026-01-01), art. 10(3) and 17; Urban Maintenance
    and Construction Tax Law, art. 2 and 4; the local education surcharge is from memory.

    >>> round(vat_share(0.06, 0.12), 6)
    0.063396
    """
    rate, surcharges = real("rate", rate, 0.0), real("surcharges", surcharges, 0.0)
    shape(rate=rate, surcharges=surcharges)
    return result(rate * (1.0 + surcharges) / (1.0 + rate))


def value_added_tax(receipts: ArrayLike, vat: ArrayLike) -> Numeric:
    """Value-added tax with its surcharges on what a lender receives: vat x receipts.

    The whole of interest and fees bears it, not the margin: deposits and interbank funding bring no
    input tax. receipts: interest and fees, tax included, money; vat in [0, 1): of them, as
    `vat_share` gives it. Returns money, to be paid. Source: as for `vat_share`.
    """
    receipts, vat = real("receipts", receipts), real("vat", vat, 0.0, below=1.0)
    shape(receipts=receipts, vat=vat)
    return result(vat * receipts)


def funds_transfer_price(
    opening: ArrayLike, principal: ArrayLike, discount_factors: ArrayLike
) -> Numeric:
    """The rate per period that funds a loan without a gap: each repayment at its own maturity.

    FTP = (B_0 - sum_t P_t DF_t) / sum_t B_(t-1) DF_t: at this rate the loan's own repayments P_t
    and interest FTP x B_(t-1), discounted on the funding curve, are worth B_0. For a bullet it is
    the curve's par rate, (1 - DF_n) / sum_t DF_t.
    opening, principal: lines of a Schedule, (period,) or (period, scenario); they must clear the
    loan. discount_factors: DF_t > 0 of the funding curve, (period,) or (period, scenario). Returns
    a rate per period, a float or (scenario,). ValueError also for unlike shapes and for a principal
    that does not clear the loan. Source: derived above.
    """
    opening, principal = series("opening", opening, 0.0), series("principal", principal)
    factors = series("discount_factors", discount_factors)
    real("discount_factors", factors, above=0.0)
    if not opening.shape == principal.shape:
        raise ValueError(
            f"opening {opening.shape}, principal {principal.shape}: shapes do not "
            "match; equal ones do"
        )
    if factors.shape[0] != opening.shape[0]:
        raise ValueError(
            f"discount_factors: shape {factors.shape} is not allowed; "
            f"{opening.shape[0]} periods are"
        )
    if factors.ndim < opening.ndim:
        factors = factors[:, None]
    elif opening.ndim < factors.ndim:
        opening, principal = opening[:, None], principal[:, None]
    shape(opening=opening, discount_factors=factors)
    lent = real("opening", opening[0], above=0.0)
    if (np.abs(lent - principal.sum(axis=0)) > 1e-9 * lent).any():
        raise ValueError("principal: does not add up to the first opening balance; it must")
    return result((lent - (principal * factors).sum(axis=0)) / (opening * factors).sum(axis=0))


def relationship_profit(
    income: ArrayLike,
    expected_loss: ArrayLike,
    opex: ArrayLike,
    capital: ArrayLike,
    *,
    tax: ArrayLike,
    hurdle: ArrayLike,
) -> tuple[Numeric, Numeric]:
    """RAROC and economic profit of a whole client: products add up before the ratio is formed.

    income, expected_loss, opex, capital: axis 0 is the product, axis 1 (if any) the scenario; a
    scalar stands for every product. A product may hold no capital, the client as a whole must. The
    RAROC of a client is not the mean of its products' RAROC. Returns (RAROC, economic profit), each
    a float or (scenario,). Symbols, units and source as for `raroc` and `economic_profit`.
    """
    parts = [
        real(name, value)
        for name, value in (("income", income), ("expected_loss", expected_loss), ("opex", opex))
    ]
    parts.append(real("capital", capital, 0.0))
    form = shape(**dict(zip(("income", "expected_loss", "opex", "capital"), parts, strict=True)))
    if not form:
        raise ValueError(
            "income: a scalar is not allowed; one value a product, (product,) or "
            "(product, scenario), is"
        )
    totals = [np.broadcast_to(part, form).sum(axis=0) for part in parts]
    return raroc(*totals, tax=tax), economic_profit(*totals, tax=tax, hurdle=hurdle)


def lifetime_value(profit: ArrayLike, retention: ArrayLike, rate_annual: ArrayLike) -> Numeric:
    """Customer lifetime value, CLV = sum_t profit_t S_t / (1 + d)^t, S_t = prod_{s<t} retention_s.

    profit: of year t = 1..n if the client is still there, at the year's end; (year,) or (year,
    scenario). retention in [0, 1]: chance to stay from year s to s + 1; a scalar, or it broadcasts
    against profit. rate_annual: d > -1, a scalar or one a scenario. The first year is certain.
    Returns money, a float or (scenario,).
    Source: S. Gupta and D. R. Lehmann, Customers as Assets, Journal of Interactive Marketing 17(1),
    2003, 9-24 (from memory; their formula m r / (1 + i - r) starts a year later).
    """
    profit = series("profit", profit)
    retention = real("retention", retention, 0.0, 1.0)
    if shape(profit=profit, retention=retention) != profit.shape:
        raise ValueError(
            f"retention: shape {retention.shape} is not allowed; one that broadcasts "
            f"to profit {profit.shape} is"
        )
    stay = np.cumprod(np.broadcast_to(retention, profit.shape)[:-1], axis=0)
    survival = np.concatenate([np.ones((1, *profit.shape[1:])), stay])
    return present_value(rate_annual, profit * survival, np.arange(1.0, len(profit) + 1.0))


def _after_tax(
    income: ArrayLike, expected_loss: ArrayLike, opex: ArrayLike, tax: ArrayLike
) -> Array:
    """(income - EL - opex) (1 - tax) of checked amounts, in their common shape."""
    income, loss = real("income", income), real("expected_loss", expected_loss)
    opex, tax = real("opex", opex), real("tax", tax, 0.0, 1.0)
    shape(income=income, expected_loss=loss, opex=opex, tax=tax)
    return (income - loss - opex) * (1.0 - tax)


def lender_view(
    *,
    interest: Array,
    fees: Array,
    funding: Array,
    cost: Array,
    loss: Array,
    capital: Array,
    vat: Array | float = 0.0,
    tax: float,
    hurdle: float,
) -> dict[str, Array]:
    """The lender's statement of any case: money of each period, income plus and cost minus.

    All arrays are (period, alternative, scenario) or broadcast to it, in CNY million, and positive:
    interest and fees earned, funding (balance x transfer price), cost (of operating), loss
    (expected or realised), and capital x the period's length in years. vat: of interest and fees,
    see `value_added_tax`; tax in [0, 1]; hurdle: annual, after tax. The cases check them. Returns,
    under the names of the statement's lines: the six parts before tax; tax, -tax x their sum, a
    credit where that is a loss; capital_charge, -hurdle x capital; and economic_profit_line, the
    sum of all. Source: as for `economic_profit`.
    """
    lines: dict[str, Array] = {
        "interest_income": interest,
        "fee_income": fees,
        "value_added_tax": -vat * (np.asarray(interest) + fees),
        "funding": -funding,
        "operating_cost": -cost,
        "expected_loss_charge": -loss,
    }
    before_tax: Array = sum(lines.values(), np.zeros(()))
    lines["tax"] = -tax * before_tax
    lines["capital_charge"] = -hurdle * capital
    lines["economic_profit_line"] = before_tax + lines["tax"] + lines["capital_charge"]
    return lines

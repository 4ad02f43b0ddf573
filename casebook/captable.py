"""The cap table: shares into which SAFEs convert, and what an exit pays each class of shares.

Money and shares are in any unit, the same throughout (CNY million and single shares in the cases);
shares are whole numbers held as floats, exact below 2^53. Classes are lists, one entry a class;
the entries are scalars or arrays that broadcast against each other.

Two post-money SAFEs, 0.5 at a cap of 5.5 and 0.5 at a cap of 8.3, beside ten million shares:

>>> from casebook import captable
>>> first, second = captable.safe_shares(10_000_000, amounts=(0.5, 0.5), caps=(5.5, 8.3))
>>> f"{first / (10_000_000 + first + second):.1%}"  # 0.5 / 5.5
'9.1%'

An exit of 30 with one preferred class, a quarter of the shares for which 10 was paid: it keeps its
preference. At 60 it converts:

>>> for value in (30.0, 60.0):
...     (paid,), per_share = captable.exit_waterfall(value, 3e6, [1e6], [10.0])
...     print(f"class {paid:.1f}, common {3e6 * per_share:.1f}")
class 10.0, common 20.0
class 15.0, common 45.0
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from ._checks import Array, real

__all__ = ["conversion_values", "exit_waterfall", "safe_shares"]


def __dir__() -> list[str]:
    return sorted(__all__)


def safe_shares(shares: float, amounts: Sequence[float], caps: Sequence[float]) -> list[float]:
    """Whole shares into which post-money SAFEs convert, one entry a SAFE.

    shares: of founders and pool before the round, >= 0; amounts: money of each SAFE, >= 0; caps:
    its valuation cap, > 0, in the same money.

    A post-money SAFE owns amount / cap of the company as it is before the new money, all SAFEs
    included: with s = sum of amount / cap and `shares` of founders and pool, the company has
    shares / (1 - s) shares, and SAFE k holds the part amount_k / cap_k of them. A later SAFE
    therefore dilutes the founders and not the earlier SAFEs; the new round dilutes all.
    ValueError unless s < 1, for numbers out of range and for lists of unlike lengths. Source: Y
    Combinator, post-money SAFE user guide.
    """
    real("shares", shares, 0.0)
    if len(amounts) != len(caps):
        raise ValueError(
            f"amounts, caps: {len(amounts)} and {len(caps)} entries are not allowed; "
            "one of each for every SAFE is"
        )
    for amount, cap in zip(amounts, caps, strict=True):
        real("amounts", amount, 0.0)
        real("caps", cap, above=0.0)
    stakes = [amount / cap for amount, cap in zip(amounts, caps, strict=True)]
    if sum(stakes) >= 1:
        raise ValueError(
            f"the SAFEs would own {sum(stakes):.3g} of the company; less than 1 is allowed"
        )
    return [float(np.floor(shares * stake / (1 - sum(stakes)))) for stake in stakes]


def conversion_values(
    common: ArrayLike, shares: Sequence[ArrayLike], preferences: Sequence[ArrayLike]
) -> list[Array]:
    """The exit value above which each preferred class converts, one entry a class; money.

    common: common shares > 0; shares n_k and preferences L_k (money) of the classes, both >= 0; all
    broadcast. Class k converts where a common share is worth more than p_k = L_k / n_k, that is
    where the exit is worth more than X(p_k) = common p_k + sum_j max(n_j p_k, L_j): the formula of
    `exit_waterfall`. ValueError for lists of unlike lengths and for common shares out of range.
    """
    common = real("common", common, above=0.0)
    held, claims = _classes(shares, preferences)
    prices = [preference / np.maximum(n, 1.0) for n, preference in zip(held, claims, strict=True)]
    return [
        common * price
        + sum(np.maximum(n * price, claim) for n, claim in zip(held, claims, strict=True))
        for price in prices
    ]


def exit_waterfall(
    value: ArrayLike,
    common: ArrayLike,
    shares: Sequence[ArrayLike],
    preferences: Sequence[ArrayLike],
) -> tuple[list[Array], Array]:
    """What an exit pays each preferred class, and each common share: 1x non-participating.

    value: equity value X >= 0, money; common: common shares > 0; shares n_k and preferences L_k
    (money) of the classes, both >= 0 and zero where a class was never issued; all broadcast, so
    that value may be (scenario,) or a grid of exits. Returns (payment of each class, value v of a
    common share), in money, of the common shape.

    A class takes the better of its preference and conversion into n_k common shares, and all
    choices must hold together. If a common share is worth v the exit is worth
        X(v) = common v + sum_k max(n_k v, L_k),
    which rises in v: each X belongs to one v. Class k converts where v exceeds its conversion
    price p_k = L_k / n_k, that is where X exceeds X(p_k) (`conversion_values`); so the cheapest
    class converts first.
    Preferences rank equally: where X < sum L each class gets X L_k / sum L and common nothing.
    ValueError for a value or common shares out of range and for lists of unlike lengths. Source:
    derived here; tests/formulas/test_captable.py tries every combination of choices.
    """
    value, common = real("value", value, 0.0), real("common", common, above=0.0)
    held, claims = _classes(shares, preferences)
    owed = sum(claims)
    kept, converted = owed, common
    choices = [value > least for least in conversion_values(common, held, claims)]
    for n, preference, converts in zip(held, claims, choices, strict=True):
        kept = kept - preference * converts
        converted = converted + n * converts
    # where a class converts nothing is lost to rounding: kept is a sum of the others' preferences
    per_share = np.maximum(value - kept, 0.0) / converted
    part = np.minimum(1.0, value / np.maximum(owed, 1e-300))
    paid = [
        np.where(converts, n * per_share, preference * part)
        for n, preference, converts in zip(held, claims, choices, strict=True)
    ]
    return paid, per_share


def _classes(
    shares: Sequence[ArrayLike], preferences: Sequence[ArrayLike]
) -> tuple[list[Array], list[Array]]:
    """Shares and preferences of the classes as floats; ValueError for lists of unlike lengths."""
    if len(shares) != len(preferences):
        raise ValueError(
            f"shares, preferences: {len(shares)} and {len(preferences)} entries are not allowed; "
            "one of each for every class is"
        )
    return (
        [np.asarray(n, dtype=np.float64) for n in shares],
        [np.asarray(preference, dtype=np.float64) for preference in preferences],
    )

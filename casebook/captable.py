"""TODO."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .shape import Array


def safe_shares(shares: float, amounts: Sequence[float], caps: Sequence[float]) -> list[float]:
    """Whole shares into which post-money SAFEs convert, one entry a SAFE.

    A post-money SAFE owns amount / cap of the company as it is before the new money, all SAFEs
    included: with s = sum of amount / cap and `shares` of founders and pool, the company has
    shares / (1 - s) shares, and SAFE k holds the part amount_k / cap_k of them. A later SAFE
    therefore dilutes the founders and not the earlier SAFEs; the new round dilutes all.
    Needs s < 1 (ValueError). Source: Y Combinator, post-money SAFE user guide.
    """
    stakes = [amount / cap for amount, cap in zip(amounts, caps, strict=True)]
    if sum(stakes) >= 1:
        raise ValueError(
            f"the SAFEs would own {sum(stakes):.3g} of the company; less than 1 is allowed"
        )
    return [float(np.floor(shares * stake / (1 - sum(stakes)))) for stake in stakes]


def exit_waterfall(
    value: Array, common: Array, shares: Sequence[Array], preferences: Sequence[Array]
) -> tuple[list[Array], Array]:
    """What an exit pays each preferred class, and each common share: 1x non-participating.

    value: equity value X >= 0; common: common shares > 0; shares n_k and preferences L_k of the
    classes, zero where a class was never issued; all broadcast. Returns (payment of each class,
    value v of a common share).

    A class takes the better of its preference and conversion into n_k common shares, and all
    choices must hold together. If a common share is worth v the exit is worth
        X(v) = common v + sum_k max(n_k v, L_k),
    which rises in v: each X belongs to one v. Class k converts where v exceeds its conversion
    price p_k = L_k / n_k, that is where X exceeds X(p_k); so the cheapest class converts first.
    Preferences rank equally: where X < sum L each class gets X L_k / sum L and common nothing.
    """
    owed = sum(preferences)
    kept, converted = owed, common
    choices = []
    for n, preference in zip(shares, preferences, strict=True):
        price = preference / np.maximum(n, 1.0)
        others = (np.maximum(m * price, p) for m, p in zip(shares, preferences, strict=True))
        converts = value > common * price + sum(others)
        choices.append(converts)
        kept = kept - preference * converts
        converted = converted + n * converts
    # where a class converts nothing is lost to rounding: kept is a sum of the others' preferences
    per_share = np.maximum(value - kept, 0.0) / converted
    part = np.minimum(1.0, value / np.maximum(owed, 1e-300))
    paid = [
        np.where(converts, n * per_share, preference * part)
        for n, preference, converts in zip(shares, preferences, choices, strict=True)
    ]
    return paid, per_share

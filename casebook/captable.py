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

What participates, up to which cap, and who is paid first are terms of `exit_waterfall`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ._checks import Array, count, flags, real

__all__ = ["conversion_values", "exit_waterfall", "safe_shares"]


def __dir__() -> list[str]:
    return sorted(__all__)


def safe_shares(
    shares: float,
    amounts: Sequence[float],
    caps: Sequence[float],
    *,
    pre_money: float | None = None,
    discounts: Sequence[float] | None = None,
) -> list[float]:
    """Whole shares into which post-money SAFEs convert, one entry a SAFE.

    shares: of founders and pool before the round, >= 0; amounts: money of each SAFE, >= 0; caps:
    its valuation cap, > 0, in the same money. pre_money: what the round pays for the company before
    its own money, > 0; None for a round at or above every cap. discounts: of each SAFE off the
    round's price, in [0, 1); none if not given, and only with pre_money.

    A post-money SAFE owns amount / cap of the company as it is before the new money, all SAFEs
    included: with s = sum of amount / cap and `shares` of founders and pool, the company has
    shares / (1 - s) shares, and SAFE k holds the part amount_k / cap_k of them. A later SAFE
    therefore dilutes the founders and not the earlier SAFEs; the new round dilutes all. A round
    priced below the cap (after the discount) converts the SAFE at that price: for its cap stands
    min(cap, (1 - discount) pre_money).
    ValueError unless s < 1, for numbers out of range and for lists of unlike lengths. Source: Y
    Combinator, post-money SAFE user guide and form ("Conversion Price" is whichever of the two
    prices gives more shares).

    One SAFE of 1 at a cap of 10; the round comes at a pre-money value of 8 only:

    >>> (n,) = safe_shares(7_000_000, [1.0], [10.0], pre_money=8.0)
    >>> n / (7_000_000 + n)  # 1 / 8
    0.125
    """
    real("shares", shares, 0.0)
    off = [0.0] * len(amounts) if discounts is None else discounts
    if not len(amounts) == len(caps) == len(off):
        raise ValueError(
            f"amounts, caps, discounts: {len(amounts)}, {len(caps)} and {len(off)} entries are not "
            "allowed; one of each for every SAFE is"
        )
    if discounts is not None and pre_money is None:
        raise ValueError("pre_money: None is not allowed with discounts; a value of the company is")
    for amount, cap, part in zip(amounts, caps, off, strict=True):
        real("amounts", amount, 0.0)
        real("caps", cap, above=0.0)
        real("discounts", part, 0.0, below=1.0)
    if pre_money is not None:
        real("pre_money", pre_money, above=0.0)
        caps = [min(cap, (1.0 - part) * pre_money) for cap, part in zip(caps, off, strict=True)]
    stakes = [amount / cap for amount, cap in zip(amounts, caps, strict=True)]
    if sum(stakes) >= 1:
        raise ValueError(
            f"the SAFEs would own {sum(stakes):.3g} of the company; less than 1 is allowed"
        )
    return [float(np.floor(shares * stake / (1 - sum(stakes)))) for stake in stakes]


def conversion_values(
    common: ArrayLike,
    shares: Sequence[ArrayLike],
    preferences: Sequence[ArrayLike],
    *,
    participating: Sequence[bool] | None = None,
    caps: Sequence[ArrayLike | None] | None = None,
) -> list[Array]:
    """The exit value above which each preferred class converts, one entry a class; money.

    Arguments, errors and X(v): `exit_waterfall`. A class converts where a common share is worth
    more than p_k = L_k / n_k, or C_k / n_k for one that participates up to the cap C_k: that is
    where the exit is worth more than X(p_k). One that participates without a cap never converts:
    infinity.
    """
    common = real("common", common, above=0.0)
    classes = _classes(shares, preferences, participating, caps)
    return [_exit_value(common, classes, of.converts_at) for of in classes]


def exit_waterfall(
    value: ArrayLike,
    common: ArrayLike,
    shares: Sequence[ArrayLike],
    preferences: Sequence[ArrayLike],
    *,
    participating: Sequence[bool] | None = None,
    caps: Sequence[ArrayLike | None] | None = None,
    seniority: Sequence[int] | None = None,
) -> tuple[list[Array], Array]:
    """What an exit pays each preferred class, and each common share.

    value: equity value X >= 0, money; common: common shares > 0; shares n_k and preferences L_k
    (money) of the classes, both >= 0 and zero where a class was never issued; all broadcast, so
    that value may be (scenario,) or a grid of exits. participating: of each class, whether it takes
    its preference and shares the rest with the common; no class if not given. caps: C_k >= L_k,
    money, all that a participating class may get unless it converts; None for no cap. seniority:
    of each class a whole number, 1 is paid first, equal numbers rank equally; all equal if not
    given. Returns (payment of each class, value v of a common share), in money, of the common
    shape.

    If a common share is worth v, a class takes the best that its terms offer it:
        non-participating       g(v) = max(n v, L)         its preference, or conversion
        participating           g(v) = L + n v
        participating, capped   g(v) = max(n v, min(L + n v, C))
    and all choices must hold together: the exit is worth X(v) = common v + sum_k g_k(v), which
    rises in v, so that each X belongs to one v. A non-participating class converts where v exceeds
    its price p_k = L_k / n_k, that is where X exceeds X(p_k) (`conversion_values`); so the cheapest
    class converts first. Where X < sum L common gets nothing, and the preferences are paid by
    seniority; within a rank each class gets its part of what is left, as L.
    ValueError for a value or common shares out of range, for lists of unlike lengths, for a cap
    below the preference or of a class that does not participate. Source: derived here;
    tests/formulas/test_captable.py tries every combination of choices.

    Half of the shares, for which 10 was paid: participating, then up to 25, then not at all:

    >>> for terms in ({"participating": [True]}, {"participating": [True], "caps": [25.0]}, {}):
    ...     print([round(float(exit_waterfall(x, 1e6, [1e6], [10.0], **terms)[0][0]), 1)
    ...            for x in (8.0, 30.0, 45.0, 60.0)])
    [8.0, 20.0, 27.5, 35.0]
    [8.0, 20.0, 25.0, 30.0]
    [8.0, 15.0, 22.5, 30.0]
    """
    value, common = real("value", value, 0.0), real("common", common, above=0.0)
    classes = _classes(shares, preferences, participating, caps)
    owed = sum(of.preference for of in classes)
    kept, sharing = owed, common
    converts = [value > _exit_value(common, classes, of.converts_at) for of in classes]
    full = [  # reached its cap and does not yet convert
        np.zeros(()) if of.cap is None
        else (value > _exit_value(common, classes, of.full_at)) & ~done
        for of, done in zip(classes, converts, strict=True)
    ]  # fmt: skip
    for of, done, at_cap in zip(classes, converts, full, strict=True):
        # where a class converts nothing is lost to rounding: kept sums the others' preferences
        kept = kept - of.preference * done
        if of.cap is not None:
            kept = kept + (of.cap - of.preference) * at_cap
        sharing = sharing + of.shares * ((1.0 - at_cap) if of.participates else done)
    per_share = np.maximum(value - kept, 0.0) / sharing
    preferred = _by_rank(value, [of.preference for of in classes], seniority)
    paid = []
    for of, done, at_cap, preference in zip(classes, converts, full, preferred, strict=True):
        stays = preference + (of.shares * per_share if of.participates else 0.0)
        if of.cap is not None:
            stays = np.where(at_cap, of.cap, stays)
        paid.append(np.where(done, of.shares * per_share, stays))
    return paid, per_share


@dataclass(frozen=True, slots=True)
class _Class:
    """The terms of one preferred class; cap: None without one."""

    shares: Array
    preference: Array
    participates: bool
    cap: Array | None

    @property
    def converts_at(self) -> Array:
        """The value of a common share above which it converts."""
        most = self.cap if self.participates else self.preference
        return np.asarray(np.inf) if most is None else most / np.maximum(self.shares, 1.0)

    @property
    def full_at(self) -> Array:
        """The value of a common share at which it reaches its cap."""
        assert self.cap is not None
        price: Array = (self.cap - self.preference) / np.maximum(self.shares, 1.0)
        return price

    def worth(self, v: Array) -> Array:
        """What the class takes where a common share is worth v."""
        if not self.participates:
            return np.maximum(self.shares * v, self.preference)
        both = self.preference + self.shares * v
        if self.cap is None:
            return np.asarray(both)
        return np.maximum(self.shares * v, np.minimum(both, self.cap))


def _exit_value(common: Array, classes: list[_Class], v: Array) -> Array:
    """X(v), the exit that makes a common share worth v; infinity for an infinite v."""
    if np.isinf(v).all():
        return np.asarray(np.inf)
    return np.asarray(common * v + sum(of.worth(v) for of in classes))


def _by_rank(
    value: Array, preferences: list[Array], seniority: Sequence[int] | None
) -> list[Array]:
    """What each preference gets of an exit, the senior ones first, equal ones in proportion."""
    ranks = [1] * len(preferences) if seniority is None else list(seniority)
    if len(ranks) != len(preferences):
        raise ValueError(f"seniority: {len(ranks)} entries are not allowed; one for every class is")
    paid = list(preferences)
    left = value
    for rank in sorted({count("seniority", rank, 1) for rank in ranks}):
        here = [k for k, of in enumerate(ranks) if of == rank]
        owed = sum(preferences[k] for k in here)
        part = np.minimum(1.0, left / np.maximum(owed, 1e-300))
        for k in here:
            paid[k] = preferences[k] * part
        left = np.maximum(left - owed, 0.0)
    return paid


def _classes(
    shares: Sequence[ArrayLike],
    preferences: Sequence[ArrayLike],
    participating: Sequence[bool] | None,
    caps: Sequence[ArrayLike | None] | None,
) -> list[_Class]:
    """The classes; ValueError for lists of unlike lengths and for caps that make no sense."""
    take = [False] * len(shares) if participating is None else participating
    most: Sequence[ArrayLike | None] = [None] * len(shares) if caps is None else caps
    if not len(shares) == len(preferences) == len(take) == len(most):
        raise ValueError(
            f"shares, preferences, participating, caps: {len(shares)}, {len(preferences)}, "
            f"{len(take)} and {len(most)} entries are not allowed; one of each for every class is"
        )
    classes = []
    for n, preference, both, cap in zip(shares, preferences, take, most, strict=True):
        held, claim = real("shares", n, 0.0), real("preferences", preference, 0.0)
        flags("participating", both)
        roof = None if cap is None else real("caps", cap, 0.0)
        if roof is not None and (not both or (roof < claim).any()):
            raise ValueError(
                f"caps: {np.min(roof):g} is not allowed; None, or for a class that participates "
                "a sum of at least its preference, is"
            )
        classes.append(_Class(held, claim, bool(both), roof))
    return classes

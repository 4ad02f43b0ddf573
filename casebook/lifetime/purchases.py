"""Without a contract: a client just stops coming (BG/NBD); what a visit brings (gamma-gamma)."""

from __future__ import annotations

from dataclasses import astuple, dataclass

import numpy as np
from numpy.typing import ArrayLike

from .._checks import Array, Numeric, count, real, result, shape, whole
from . import likelihood

_MOST = 100_000  # terms of a series
_LAST = 1e-15  # what the terms left out may add up to, as a part of the sum


@dataclass(frozen=True, slots=True)
class Purchases:
    """The BG/NBD model: a client comes at its own rate and, after each visit, may stop for good.

    r, alpha > 0: the rates of visits are gamma distributed over clients, with mean r / alpha per
    period; a, b > 0: the chances of stopping are beta distributed, with mean a / (a + b). A client
    is told by three numbers: frequency x, its visits after the first; recency t_x, when the last of
    them was (0 if there was none); age T, how long it has been watched, all since its first visit.
    Source: P. S. Fader, B. G. S. Hardie and K. L. Lee, "Counting Your Customers" the Easy Way: An
    Alternative to the Pareto/NBD Model, Marketing Science 24(2), 2005, 275-284 (the formulas read
    in the packages BTYD and lifetimes).
    """

    r: float
    alpha: float
    a: float
    b: float

    def __post_init__(self) -> None:
        likelihood.positive(self)

    def expected(self, time: ArrayLike) -> Numeric:
        """Visits after the first that a new client is expected to make by `time` >= 0, E[X(t)].

        Of any shape, as is the result. The paper's closed form, (a + b - 1) / (a - 1) [1 -
        (alpha / (alpha + t))^r 2F1(r, b; a + b - 1; t / (alpha + t))], is summed as `_visits`.
        """
        t = real("time", time, 0.0)
        return result(_visits(np.asarray(self.r), self.alpha, self.a, np.asarray(self.b), t))

    def alive(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Numeric:
        """The chance that a client has not stopped; 1 for one that has not come again.

        1 / (1 + a / (b + x - 1) ((alpha + T) / (alpha + t_x))^(r + x)) for x > 0. frequency: x, a
        whole number; recency: t_x, 0 <= t_x <= T; age: T. All broadcast to the result.
        """
        x, t_x, seen = _history(frequency, recency, age)
        power = (self.r + x) * np.log((self.alpha + seen) / (self.alpha + t_x))
        gone = np.log(self.a / (self.b + np.maximum(x, 1.0) - 1.0)) + power
        return result(np.where(x > 0.0, np.exp(-np.logaddexp(0.0, gone)), 1.0))

    def expected_after(
        self, time: ArrayLike, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
    ) -> Numeric:
        """Visits of a known client in the `time` t >= 0 after its age, E[Y(t) | x, t_x, T].

        Its chance of being alive times what one who is would make: `_visits` with r + x, alpha + T
        and b + x. Other arguments as in `alive`. All broadcast to the result.
        """
        t = real("time", time, 0.0)
        x, t_x, seen = _history(frequency, recency, age)
        shape(time=t, frequency=x, recency=t_x, age=seen)
        visits = _visits(self.r + x, self.alpha + seen, self.a, self.b + x, t)
        return result(visits * self.alive(x, t_x, seen))

    def chance(self, number: ArrayLike, time: ArrayLike) -> Numeric:
        """The chance that a new client makes exactly `number` visits after the first by `time`.

        number: a whole one, 0 to 10,000; time: t >= 0; they broadcast to the result. Source: as the
        class, equation (8).
        """
        from scipy.special import betaln

        n, t = whole("number", number, 0, 10_000).astype(np.float64), real("time", time, 0.0)
        form, z = shape(number=n, time=t), t / (self.alpha + t)
        nbd, exactly, fewer = (1.0 - z) ** self.r, np.zeros(form), np.zeros(form)
        for k in range(int(n.max()) + 1):  # chance of k visits of one who never stops
            exactly = np.where(k == n, nbd, exactly)
            fewer = fewer + np.where(k < n, nbd, 0.0)
            nbd = nbd * z * (self.r + k) / (k + 1.0)
        a, b = self.a, self.b
        none_stop = np.exp(betaln(a, b + n) - betaln(a, b))
        last_stop = np.exp(betaln(a + 1.0, b + np.maximum(n, 1.0) - 1.0) - betaln(a, b))
        stopped = np.where(n > 0.0, last_stop * np.maximum(1.0 - fewer, 0.0), 0.0)
        return result(none_stop * exactly + stopped)

    def log_likelihood(self, frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> float:
        """ln L of many clients as in `alive`, each (client,). Source: the paper's equation (6)."""
        from scipy.special import betaln, gammaln

        x, t_x, seen = _history(frequency, recency, age)
        r, alpha, a, b = astuple(self)
        common = gammaln(r + x) - gammaln(r) + r * np.log(alpha) - betaln(a, b)
        stays = betaln(a, b + x) - (r + x) * np.log(alpha + seen)
        left = betaln(a + 1.0, b + np.maximum(x, 1.0) - 1.0) - (r + x) * np.log(alpha + t_x)
        both = np.logaddexp(stays, np.where(x > 0.0, left, -np.inf))
        return float(np.sum(common + both))


def fit_purchases(frequency: ArrayLike, recency: ArrayLike, age: ArrayLike) -> Purchases:
    """The BG/NBD model of greatest likelihood of many clients. Arguments: `Purchases.alive`.

    Each (client,), one of them at least with a visit after the first. ValueError also where no
    parameters are the best.
    """
    x, t_x, seen = _history(frequency, recency, age)
    if x.ndim != 1 or not x.any():
        raise ValueError(
            f"frequency: shape {x.shape}, at most {x.max():g} is not allowed; one number a client, "
            "some above 0, is"
        )
    size = float(seen.mean())  # so that alpha is of the size of the others, whatever the unit

    def logarithm(p: Array) -> float:
        return Purchases(*p).log_likelihood(x, t_x / size, seen / size)

    r, alpha, a, b = likelihood.maximum("frequency", logarithm, (1.0, 1.0, 1.0, 1.0))
    return Purchases(r, alpha * size, a, b)


@dataclass(frozen=True, slots=True)
class Spending:
    """The gamma-gamma model: what a visit brings, apart from how many visits there are.

    p > 0: how little the visits of one client differ; q > 0 and v > 0: how the clients do. A mean
    over clients needs q > 1. Source: P. S. Fader and B. G. S. Hardie, The Gamma-Gamma Model of
    Monetary Value, note 025, 2013 (v is their gamma; read in the packages BTYD and lifetimes).
    """

    p: float
    q: float
    v: float

    def __post_init__(self) -> None:
        likelihood.positive(self)

    @property
    def mean(self) -> float:
        """What any client's visit brings, p v / (q - 1). ValueError for q <= 1: it is infinite."""
        if self.q <= 1.0:
            raise ValueError(f"q: {self.q:g} is not allowed for a mean; more than 1 is")
        return self.p * self.v / (self.q - 1.0)

    def expected(self, frequency: ArrayLike, amount: ArrayLike) -> Numeric:
        """What a visit of a known client brings, p (v + x m) / (p x + q - 1), money.

        frequency: x, how many visits its mean is of, whole, >= 0; amount: m >= 0, that mean, of no
        meaning where x is 0: there the result is `mean`. They broadcast to the result. It lies
        between m and the mean of all clients, the nearer to m the larger x.
        """
        x = whole("frequency", frequency, 0, 10**9).astype(np.float64)
        m = real("amount", amount, 0.0)
        shape(frequency=x, amount=m)
        known = self.p * (self.v + x * m) / np.maximum(self.p * x + self.q - 1.0, 1e-300)
        return result(np.where(x > 0.0, known, self.mean))

    def log_likelihood(self, frequency: ArrayLike, amount: ArrayLike) -> float:
        """ln L of clients that came, x >= 1 and m > 0 as in `expected`, each (client,)."""
        from scipy.special import betaln

        x = whole("frequency", frequency, 1, 10**9).astype(np.float64)
        m = real("amount", amount, above=0.0)
        shape(frequency=x, amount=m)
        n = self.p * x
        return float(
            np.sum(
                -betaln(n, self.q) + self.q * np.log(self.v) - np.log(m)
                + n * np.log(m * x) - (n + self.q) * np.log(self.v + m * x)
            )
        )  # fmt: skip


def fit_spending(frequency: ArrayLike, amount: ArrayLike) -> Spending:
    """The gamma-gamma model of greatest likelihood. Arguments: `Spending.log_likelihood`.

    ValueError also where no parameters are the best, as when all clients spend the same.
    """
    x, m = real("frequency", frequency, 1.0), real("amount", amount, above=0.0)
    if x.ndim != 1 or x.shape != m.shape:
        raise ValueError(
            f"frequency {x.shape}, amount {m.shape}: shapes do not match; (client,) of both do"
        )
    size = float(m.mean())

    def logarithm(p: Array) -> float:
        return Spending(*p).log_likelihood(x, m / size)

    p, q, v = likelihood.maximum("amount", logarithm, (1.0, 2.0, 1.0))
    return Spending(p, q, v * size)


def lifetime_value(
    purchases: Purchases,
    spending: Spending,
    frequency: ArrayLike,
    recency: ArrayLike,
    age: ArrayLike,
    amount: ArrayLike,
    *,
    periods: int,
    rate: ArrayLike,
) -> Numeric:
    """What a client will still bring, sum_t (E[Y(t)] - E[Y(t-1)]) E[M] / (1 + r)^t, t = 1..periods.

    purchases, spending: the models, in the same period; frequency x, recency, age: `Purchases`;
    amount: the mean that a visit after the first brought, money, profit rather than turnover.
    periods: n >= 1. rate: r > -1 per period. Clients broadcast to the result, money. The two models
    hold apart: where clients who come often spend more it is too low for them. Source: the two
    papers; as in the package lifetimes.
    """
    n, r = count("periods", periods, 1), real("rate", rate, above=-1.0)
    worth = spending.expected(frequency, amount)
    before: Numeric = 0.0
    total: Numeric = 0.0
    for t in range(1, n + 1):
        until = purchases.expected_after(float(t), frequency, recency, age)
        total = total + (until - before) / (1.0 + r) ** t
        before = until
    return result(total * worth)


def _visits(r: Array, alpha: Array | float, a: float, b: Array, time: Array) -> Array:
    """E[(1 - (alpha / (alpha + p t))^r) / p] with p beta(a, b): visits until the client stops.

    With z = t / (alpha + t) it is the sum over k of the negative binomial chance of k visits of one
    who never stops, (r)_k / k! z^k (1 - z)^r, times those made by one who may,
    sum_{j<k} (b)_j / (a + b)_j. No term is below zero, so that nothing cancels, and no a or b is a
    pole, as a = 1 is in the closed form.
    """
    z = time / (alpha + time)
    form = np.broadcast_shapes(r.shape, b.shape, z.shape)
    chance = np.broadcast_to((1.0 - z) ** r, form)
    made, stays, total, seen = np.zeros(form), np.ones(form), np.zeros(form), chance
    for k in range(1, _MOST):
        chance = chance * z * (r + k - 1.0) / k
        made = made + stays
        stays = stays * (b + k - 1.0) / (a + b + k - 1.0)
        total = total + chance * made
        seen = seen + chance
        # beyond k the chances fall at least as fast as (their ratio)^j; what is made grows by < 1
        ratio = z * np.maximum((r + k) / (k + 1.0), 1.0)
        if (ratio < 1.0).all():
            rest = chance * ratio / (1.0 - ratio) * (made + 1.0 / (1.0 - ratio))
            if (rest <= _LAST * np.maximum(total, 1e-300)).all():
                return total
    raise ValueError(f"time: {time.max():g} is not allowed; at most about 1,000 alpha is")


def _history(
    frequency: ArrayLike, recency: ArrayLike, age: ArrayLike
) -> tuple[Array, Array, Array]:
    """x, t_x and T as floats, checked."""
    x = whole("frequency", frequency, 0, 10**9).astype(np.float64)
    t_x, seen = real("recency", recency, 0.0), real("age", age, 0.0)
    shape(frequency=x, recency=t_x, age=seen)
    if (t_x > seen).any():
        raise ValueError(f"recency: up to {t_x.max():g} is not allowed; at most the age is")
    return x, t_x, seen

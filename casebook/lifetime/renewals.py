"""Under a contract: the end of a relationship is seen (shifted beta-geometric, sBG)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .._checks import Array, Numeric, count, real, result, shape, whole
from . import likelihood

_MOST = 100_000  # terms of a series
_LAST = 1e-15  # what the terms left out may add up to, as a part of the sum


@dataclass(frozen=True, slots=True)
class Renewals:
    """The shifted beta-geometric model: each client ends with its own chance theta each period.

    alpha, beta > 0: theta is beta distributed over clients, with mean alpha / (alpha + beta); the
    larger alpha + beta, the more alike they are. Source: P. S. Fader and B. G. S. Hardie, How to
    Project Customer Retention, Journal of Interactive Marketing 21(1), 2007, 76-90 (the model and
    its example read in jdmaturen's shifted_beta_geometric_py).
    """

    alpha: float
    beta: float

    def __post_init__(self) -> None:
        likelihood.positive(self)

    def retention(self, periods: int) -> Array:
        """Of those there the part that stays in period t: (beta + t - 1) / (alpha + beta + t - 1).

        periods: n >= 1. Returns (n,), for t = 1..n; it rises with t.
        """
        t = np.arange(count("periods", periods, 1))
        staying: Array = (self.beta + t) / (self.alpha + self.beta + t)
        return staying

    def survival(self, periods: int) -> Array:
        """The part still there after t = 1..n periods, S(t) = B(alpha, beta + t) / B(alpha, beta).

        periods: n >= 1. Returns (n,), the running product of `retention`.
        """
        there: Array = np.cumprod(self.retention(periods), dtype=np.float64)
        return there

    def log_likelihood(self, clients: ArrayLike) -> float:
        """ln L of a cohort: sum_t (N_(t-1) - N_t) ln P(T = t) + N_n ln S(n).

        clients: N_0..N_n > 0, numbers or shares, never rising, (n + 1,). Source: as the class.
        """
        there = _cohort(clients)
        survival = np.concatenate([[1.0], self.survival(len(there) - 1)])
        lost = -np.diff(there)
        return float(lost @ np.log(-np.diff(survival)) + there[-1] * np.log(survival[-1]))

    def residual_lifetime(self, rate: ArrayLike, age: ArrayLike = 0) -> Numeric:
        """Discounted periods still to come, sum_k S(age + k) / S(age) (1 + r)^-(k-1), k = 1, 2, ...

        What a client of `age` whole periods (0: a new one) who now decides whether to stay is
        worth, for 1 at the start of each period that follows. rate: r > 0 per period. They
        broadcast to the result. Source: P. S. Fader and B. G. S. Hardie, Customer-Base Valuation in
        a Contractual Setting, Marketing Science 29(1), 2010, 85-93, equation (6) at n = age + 1;
        summed term by term instead of by the Gaussian hypergeometric function.
        """
        r, lived = real("rate", rate, above=0.0), whole("age", age, 0, 10_000).astype(np.float64)
        form = shape(rate=r, age=lived)
        beta, both = self.beta + lived, self.alpha + self.beta + lived
        v = 1.0 / (1.0 + r)
        term = np.broadcast_to(beta / both, form).astype(np.float64)
        total = term.copy()
        for k in range(1, _MOST):
            term = term * v * (beta + k) / (both + k)
            total = total + term
            if (term <= _LAST * (1.0 - v) * total).all():
                return result(total)
        raise ValueError(f"rate: {r.min():g} is not allowed; one at which lifetimes add up is")


def fit_renewals(clients: ArrayLike) -> Renewals:
    """The model of greatest likelihood of one cohort. Arguments: `Renewals.log_likelihood`.

    At least two periods after the start, clients lost in some of them. ValueError also where no
    parameters are the best, as when the retention falls with age.
    """
    there = _cohort(clients)
    if len(there) < 3 or there[-1] == there[0]:
        raise ValueError(
            f"clients: {there.tolist()} is not allowed; two periods or more and some lost are"
        )
    best = likelihood.maximum(
        "clients", lambda x: Renewals(*x).log_likelihood(there / there[0]), (1.0, 1.0)
    )
    return Renewals(*best)


def _cohort(clients: ArrayLike) -> Array:
    """A cohort's clients over time, checked."""
    there = real("clients", clients, above=0.0)
    if there.ndim != 1 or len(there) < 2 or (np.diff(there) > 0.0).any():
        raise ValueError(
            f"clients: shape {there.shape} or a rise is not allowed; (period + 1,) that never "
            "rises, the start first, is"
        )
    return there

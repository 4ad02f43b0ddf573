"""The standard normal distribution: density, cumulative probability, inverse, draws; numpy only.

Why our own: the model modules import nothing but numpy, so that they start fast in a browser.
Everything keeps the shape of its argument; scalars in, Python float out. A bad argument is a
ValueError that names it, its value and what is allowed.

How bad is a year of which only one in a thousand is worse, and how often is it worse than two
standard deviations?

>>> from casebook import distributions
>>> round(distributions.norm_ppf(0.999), 4)
3.0902
>>> round(1 - distributions.norm_cdf(2.0), 4)
0.0228
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ._checks import Array, Numeric, real, result

__all__ = ["lognormal", "norm_cdf", "norm_pdf", "norm_ppf", "normal", "pick"]

_ROOT_2PI = np.sqrt(2.0 * np.pi)
_BLOCK = 8_192  # numbers at a time: the working arrays stay in the cache

# Rational approximations, coefficients from the highest power down: (numerator, denominator).
# Cody (1969): erf(z)/z in z^2 for |z| <= 0.46875; exp(z^2) erfc(z) in z up to 4, in 1/z^2 beyond.
_ERF_CENTRE = (
    (
        1.85777706184603153e-1,
        3.16112374387056560,
        1.13864154151050156e2,
        3.77485237685302021e2,
        3.20937758913846947e3,
    ),
    (
        1.0,
        2.36012909523441209e1,
        2.44024637934444173e2,
        1.28261652607737228e3,
        2.84423683343917062e3,
    ),
)
_ERFC_MIDDLE = (
    (
        2.15311535474403846e-8,
        5.64188496988670089e-1,
        8.88314979438837594,
        6.61191906371416295e1,
        2.98635138197400131e2,
        8.81952221241769090e2,
        1.71204761263407058e3,
        2.05107837782607147e3,
        1.23033935479799725e3,
    ),
    (
        1.0,
        1.57449261107098347e1,
        1.17693950891312499e2,
        5.37181101862009858e2,
        1.62138957456669019e3,
        3.29079923573345963e3,
        4.36261909014324716e3,
        3.43936767414372164e3,
        1.23033935480374942e3,
    ),
)
_ERFC_TAIL = (
    (
        1.63153871373020978e-2,
        3.05326634961232344e-1,
        3.60344899949804439e-1,
        1.25781726111229246e-1,
        1.60837851487422766e-2,
        6.58749161529837803e-4,
    ),
    (
        1.0,
        2.56852019228982242,
        1.87295284992346047,
        5.27905102951428412e-1,
        6.05183413124413191e-2,
        2.33520497626869185e-3,
    ),
)
# Wichura (1988): x/(p - 1/2) in 0.425^2 - (p - 1/2)^2; then |x| in s = sqrt(-ln p), p the tail,
# shifted by 1.6 for s <= 5 and by 5 beyond.
_PPF_CENTRE = (
    (
        2.5090809287301226727e3,
        3.3430575583588128105e4,
        6.7265770927008700853e4,
        4.5921953931549871457e4,
        1.3731693765509461125e4,
        1.9715909503065514427e3,
        1.3314166789178437745e2,
        3.3871328727963666080,
    ),
    (
        5.2264952788528545610e3,
        2.8729085735721942674e4,
        3.9307895800092710610e4,
        2.1213794301586595867e4,
        5.3941960214247511077e3,
        6.8718700749205790830e2,
        4.2313330701600911252e1,
        1.0,
    ),
)
_PPF_MIDDLE = (
    (
        7.74545014278341407640e-4,
        2.27238449892691845833e-2,
        2.41780725177450611770e-1,
        1.27045825245236838258,
        3.64784832476320460504,
        5.76949722146069140550,
        4.63033784615654529590,
        1.42343711074968357734,
    ),
    (
        1.05075007164441684324e-9,
        5.47593808499534494600e-4,
        1.51986665636164571966e-2,
        1.48103976427480074590e-1,
        6.89767334985100004550e-1,
        1.67638483018380384940,
        2.05319162663775882187,
        1.0,
    ),
)
_PPF_TAIL = (
    (
        2.01033439929228813265e-7,
        2.71155556874348757815e-5,
        1.24266094738807843860e-3,
        2.65321895265761230930e-2,
        2.96560571828504891230e-1,
        1.78482653991729133580,
        5.46378491116411436990,
        6.65790464350110377720,
    ),
    (
        2.04426310338993978564e-15,
        1.42151175831644588870e-7,
        1.84631831751005468180e-5,
        7.86869131145613259100e-4,
        1.48753612908506148525e-2,
        1.36929880922735805310e-1,
        5.99832206555887937690e-1,
        1.0,
    ),
)


def __dir__() -> list[str]:
    return sorted(__all__)


def norm_pdf(x: ArrayLike) -> Numeric:
    """Density of the standard normal distribution, n(x) = exp(-x^2/2) / sqrt(2 pi).

    x: any finite numbers. Returns the shape of x; a Python float for a scalar. Source: the
    definition above.
    """
    x = real("x", x)
    return result(np.exp(-0.5 * x * x) / _ROOT_2PI)


def norm_cdf(x: ArrayLike) -> Numeric:
    """Probability N(x) that a standard normal variable is at most x.

    x: any finite numbers. Returns the shape of x; a Python float for a scalar. The relative error
    is below 1e-12 in both tails (down to the smallest normal double).
    Source: W. J. Cody, Rational Chebyshev approximations for the error function, Mathematics of
    Computation 23 (1969) 631-637.
    """
    x = real("x", x)
    z = np.abs(x) / np.sqrt(2.0)
    tail = np.empty_like(z)  # N(-|x|)
    centre, far = z <= 0.46875, z > 4.0
    middle = ~(centre | far)
    if centre.any():
        u = z[centre]
        tail[centre] = 0.5 - 0.5 * u * _ratio(_ERF_CENTRE, u * u)
    if middle.any():
        tail[middle] = 0.5 * np.exp(-0.5 * x[middle] ** 2) * _ratio(_ERFC_MIDDLE, z[middle])
    if far.any():
        u = 1.0 / z[far] ** 2
        tail[far] = (
            0.5
            * np.exp(-0.5 * x[far] ** 2)
            / z[far]
            * (1.0 / np.sqrt(np.pi) - u * _ratio(_ERFC_TAIL, u))
        )
    return result(np.where(x > 0.0, 1.0 - tail, tail))


def norm_ppf(p: ArrayLike) -> Numeric:
    """The x with N(x) = p: inverse of `norm_cdf`, also written G(p).

    p: probabilities in [0, 1]; 0 gives -inf and 1 gives inf, the limits. Returns the shape of p; a
    Python float for a scalar. ValueError for p outside [0, 1]. The relative error is about 1e-15.
    Source: M. J. Wichura, Algorithm AS 241, Applied Statistics 37 (1988) 477-484.
    """
    p = real("p", p, 0.0, 1.0)
    flat, x = p.ravel(), np.empty(p.size)
    for start in range(0, flat.size, _BLOCK):
        block = slice(start, start + _BLOCK)
        x[block] = _quantiles(flat[block])
    return result(x.reshape(p.shape))


def _quantiles(p: Array) -> Array:
    """`norm_ppf` of checked probabilities, (place,): the centre's formula for all, then the tails.

    The few that lie outside the centre are put in their places: two masks would take longer.
    """
    q = p - 0.5
    x = q * _ratio(_PPF_CENTRE, 0.180625 - q * q)
    outer = np.flatnonzero(np.abs(q) > 0.425)
    if outer.size:
        q, p = q[outer], p[outer]
        with np.errstate(divide="ignore", invalid="ignore"):
            s = np.sqrt(-np.log(np.minimum(p, 1.0 - p)))
            far = _ratio(_PPF_MIDDLE, s - 1.6)
            extreme = np.flatnonzero(s > 5.0)
            far[extreme] = _ratio(_PPF_TAIL, s[extreme] - 5.0)
        far[np.isinf(s)] = np.inf
        x[outer] = np.copysign(far, q)
    return x


def _ratio(coefficients: tuple[tuple[float, ...], tuple[float, ...]], x: Array) -> Array:
    """The rational function of these coefficients at x, by Horner's rule; the shape of x."""
    above, below = coefficients
    top, bottom = np.full_like(x, above[0]), np.full_like(x, below[0])
    for a in above[1:]:
        top *= x
        top += a
    for b in below[1:]:
        bottom *= x
        bottom += b
    return top / bottom


def normal(uniform: ArrayLike) -> Numeric:
    """Standard normal values of uniforms in [0, 1), of which zero is taken as 1e-16.

    uniform: draws of any shape, which the result keeps. Method: the inverse, `norm_ppf`.
    """
    return norm_ppf(np.clip(real("uniform", uniform, 0.0, below=1.0), 1e-16, None))


def lognormal(uniform: ArrayLike, spread: float) -> Numeric:
    """Lognormal values with mean one of uniforms in [0, 1): exp(s z - s^2 / 2).

    uniform: draws of any shape, which the result keeps, turned into z by `normal`. spread: s >= 0,
    the standard deviation of the logarithm, one for all. Source: the mean of exp(s z) is
    exp(s^2 / 2).
    """
    s = real("spread", spread, 0.0)
    return result(np.exp(s * normal(uniform) - s**2 / 2))


def pick(weights: ArrayLike, uniform: ArrayLike) -> NDArray[np.intp]:
    """Places drawn by uniforms in [0, 1) with the given weights, which sum to one.

    weights: (place,), >= 0. uniform: draws of any shape. Returns places from 0 on, in the shape of
    uniform. Method: the inverse of the running sum.
    """
    # the last sum may be 1 - 1e-16; what lies beyond it is the last place
    edges = np.cumsum(real("weights", weights, 0.0))[:-1]
    return np.searchsorted(edges, real("uniform", uniform, 0.0, below=1.0), side="right")

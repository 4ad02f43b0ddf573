"""The normal distribution against scipy: 1e-12, relative, into both tails."""

import numpy as np
import pytest
from scipy import special, stats

from casebook.distributions import lognormal, norm_cdf, norm_pdf, norm_ppf, normal, pick


def test_cdf_agrees_with_scipy_in_relative_terms():
    x = np.concatenate([np.linspace(-37.0, 9.0, 40001), [-0.46875 * 2**0.5, 4 * 2**0.5, 0.0]])
    np.testing.assert_allclose(norm_cdf(x), special.ndtr(x), rtol=1e-12, atol=0.0)


def test_ppf_agrees_with_scipy():
    tails = np.logspace(-300, -1, 3001)
    p = np.concatenate([np.linspace(0.001, 0.999, 9999), tails, 1.0 - tails[tails > 1e-16]])
    np.testing.assert_allclose(norm_ppf(p), special.ndtri(p), rtol=1e-12, atol=1e-15)


def test_pdf_agrees_with_scipy():
    x = np.linspace(-30.0, 30.0, 2001)
    np.testing.assert_allclose(norm_pdf(x), stats.norm.pdf(x), rtol=1e-12, atol=0.0)


def test_inverse_and_limits():
    p = np.linspace(1e-6, 1.0 - 1e-6, 1001)
    np.testing.assert_allclose(norm_cdf(norm_ppf(p)), p, rtol=1e-13)
    assert norm_ppf(0.0) == -np.inf and norm_ppf(1.0) == np.inf
    assert norm_cdf(-50.0) == 0.0 and norm_cdf(50.0) == 1.0


def test_draws_have_the_distribution_they_are_named_for():
    u = (np.arange(100_000) + 0.5) / 100_000
    z, x = normal(u), lognormal(u, 0.4)
    assert abs(z.mean()) < 1e-9 and z.std() == pytest.approx(1.0, abs=1e-3)
    assert x.mean() == pytest.approx(1.0, abs=1e-3)
    assert np.log(x).std() == pytest.approx(0.4, abs=1e-3)
    assert np.isfinite(normal(0.0)) and type(normal(0.5)) is float
    weights = [0.2, 0.0, 0.5, 0.3]
    shares = np.bincount(pick(weights, u), minlength=4) / len(u)
    np.testing.assert_allclose(shares, weights, atol=1e-4)
    assert pick([1 / 3] * 3, [0.0, 1 - 1e-16]).tolist() == [0, 2]


def test_scalar_and_batch_are_the_same():
    x = np.linspace(-6.0, 6.0, 24).reshape(4, 6)
    for f in (norm_cdf, norm_pdf):
        assert f(x).shape == (4, 6)
        assert [f(float(v)) for v in x.flat] == f(x).ravel().tolist()
    assert type(norm_cdf(0.3)) is float and type(norm_ppf(0.3)) is float


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: norm_ppf(1.1), "p: 1.1"),
        (lambda: norm_ppf(-0.1), "p: -0.1"),
        (lambda: norm_ppf(np.nan), "p: nan"),
        (lambda: norm_cdf([]), "x: is empty"),
        (lambda: norm_cdf(np.inf), "x: inf"),
        (lambda: norm_pdf(None), "x: None|x: nan"),
    ],
)
def test_bad_input_names_the_argument(call, name):
    with pytest.raises(ValueError, match=name):
        call()

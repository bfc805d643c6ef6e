"""Quantiles and tails of counts beside an independent implementation."""

import numpy as np
import pytest
from scipy import stats

from papaver.methods.count_quantiles import upper_quantile, upper_tail

MEANS = np.concatenate(([0.0, 1e-12, 1e-3], np.geomspace(0.02, 1e7, 60)))


@pytest.mark.parametrize("alpha", [0.2, 0.05, 0.01, 0.001, 0.975])
@pytest.mark.parametrize("phi", [1.0, 1.0001, 1.7, 12.0, 900.0])
def test_quantile_and_tail_agree_with_scipy_stats(alpha: float, phi: float) -> None:
    phis = np.full(MEANS.shape, phi)
    bound = upper_quantile(alpha, MEANS, phis)
    positive = MEANS > 0.0
    fitted = stats.poisson(MEANS[positive]) if phi == 1.0 else stats.nbinom(MEANS[positive] / (phi - 1.0), 1.0 / phi)
    np.testing.assert_array_equal(bound[positive], fitted.ppf(1.0 - alpha))
    assert bound[~positive] == 0.0
    tail = upper_tail(bound + 1.0, MEANS, phis)
    np.testing.assert_allclose(tail[positive], fitted.sf(bound[positive]), rtol=1e-8, atol=1e-300)
    assert (tail <= alpha + 1e-12).all()


def test_missing_and_infinite_means_have_no_quantile() -> None:
    mean, phi = np.array([np.nan, np.inf, 3.0, 1e300]), np.array([1.0, 1.0, np.nan, 2.0])
    assert np.isnan(upper_quantile(0.05, mean, phi)[:3]).all()
    assert upper_quantile(0.05, mean, phi)[3] >= 1e300
    assert np.isnan(upper_tail(np.ones(4), mean, phi)[:3]).all()
    assert upper_tail(np.array([0.0]), np.array([4.0]), np.array([2.0])) == 1.0

"""Upper quantiles and tail probabilities of counts with variance phi * mean (negative binomial or Poisson)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy import special

Floats = npt.NDArray[np.float64]

# Above this a double no longer holds every integer, so "the smallest count such that" has no meaning.
LARGEST_EXACT_COUNT = 2.0**53


def upper_tail(count: Floats, mean: Floats, phi: Floats) -> Floats:
    """Return P(Y >= count) for E Y = mean, Var Y = phi * mean; NaN where any argument is missing.

    phi > 1: negative binomial with size mean / (phi - 1) and success probability 1 / phi, whose upper tail
    is the regularised incomplete beta function I_{1 - 1/phi}(count, size); phi = 1: Poisson. Johnson, Kemp
    and Kotz, Univariate Discrete Distributions, 3rd ed., 5.6 and 4.4.
    """
    known = np.isfinite(mean) & np.isfinite(phi) & ~np.isnan(count)
    positive = known & (count >= 1.0) & (mean > 0.0)
    tail = np.where(known, np.where(count < 1.0, 1.0, 0.0), np.nan)
    overdispersed = positive & (phi > 1.0)
    if overdispersed.any():
        k, m, f = count[overdispersed], mean[overdispersed], phi[overdispersed]
        tail[overdispersed] = special.betainc(k, m / (f - 1.0), (f - 1.0) / f)
    poisson = positive & ~(phi > 1.0)
    if poisson.any():
        tail[poisson] = special.gammainc(count[poisson], mean[poisson])
    return tail


def _survives(x: Floats, mean: Floats, phi: Floats, alpha: float) -> npt.NDArray[np.bool_]:
    """Whether P(Y > x) still exceeds alpha, with the rounding allowance usual for discrete quantiles."""
    return upper_tail(x + 1.0, mean, phi) > alpha + 64 * 2.0**-52 * (1 - alpha)


def upper_quantile(alpha: float, mean: Floats, phi: Floats) -> Floats:
    """Return the smallest count x with P(Y <= x) >= 1 - alpha (upper_tail's distribution); NaN if not finite.

    Starts at the Cornish-Fisher approximation, brackets, then bisects over the integers.
    """
    result = np.full(mean.shape, np.nan)
    usable = np.isfinite(mean) & np.isfinite(phi) & (mean >= 0.0)
    m, f = mean[usable], phi[usable]
    z = float(special.ndtri(1.0 - alpha))
    sd = np.sqrt(f * m)
    skewness = np.where(m > 0.0, (2.0 * f - 1.0) / np.where(m > 0.0, sd, 1.0), 0.0)
    start = np.floor(np.maximum(m + sd * (z + skewness * (z * z - 1.0) / 6.0), 0.0))
    exact = start < LARGEST_EXACT_COUNT
    start[exact] = _search(alpha, m[exact], f[exact], sd[exact], start[exact])
    result[usable] = start
    return result


def _search(alpha: float, mean: Floats, phi: Floats, sd: Floats, start: Floats) -> Floats:
    low, high = start - 1.0, start  # invariant sought: low fails (P(Y > low) > alpha), high does not
    step = np.maximum(np.floor(0.02 * sd), 1.0)
    upward = _survives(high, mean, phi, alpha)
    moving = upward.copy()
    while moving.any():
        i = np.flatnonzero(moving)
        low[i], high[i] = high[i], high[i] + step[i]
        step[i] *= 2.0
        moving[i] = _survives(high[i], mean[i], phi[i], alpha)
    moving = ~upward & (low >= 0.0)
    step = np.maximum(np.floor(0.02 * sd), 1.0)
    while moving.any():
        i = np.flatnonzero(moving)
        inside = ~_survives(low[i], mean[i], phi[i], alpha)
        i = i[inside]
        moving[:] = False
        high[i], low[i] = low[i], np.maximum(low[i] - step[i], -1.0)
        step[i] *= 2.0
        moving[i] = low[i] >= 0.0
    wide = high - low > 1.0
    while wide.any():
        i = np.flatnonzero(wide)
        middle = np.floor(0.5 * (low[i] + high[i]))
        too_low = _survives(middle, mean[i], phi[i], alpha)
        low[i] = np.where(too_low, middle, low[i])
        high[i] = np.where(too_low, high[i], middle)
        wide[i] = high[i] - low[i] > 1.0
    return high

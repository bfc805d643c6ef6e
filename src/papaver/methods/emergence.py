"""When something newly appears, returns or changes level among the specimens tested: posteriors over arrays.

Sightings in a period are Poisson with mean share x number tested, and the share is constant between changes. The
share of each stretch has a gamma prior, so every stretch integrates to a closed form, and the sum over all ways to cut
a history into stretches is a product partition model (Barry and Hartigan 1992, Annals of Statistics 20:260), summed
forward in time as in Fearnhead 2006 (Statistics and Computing 16:203). No unit has a meaning here beyond "a period".
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from papaver.methods.kernels import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Gamma prior of a share: shape, and specimens tested. Mean 1 %, half of its mass below 0.5 %: most names are rare.
SHAPE, TESTED = 0.5, 50.0


@kernel
def beta_cdf(x: float, a: float, b: float) -> float:
    """Regularised incomplete beta function I_x(a, b), by Lentz's continued fraction (relative error near 1e-12)."""
    if x <= 0.0:
        return 0.0
    if x >= 1.0:
        return 1.0
    mirrored = x > (a + 1.0) / (a + b + 2.0)
    if mirrored:
        a, b, x = b, a, 1.0 - x
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x))
    tiny = 1e-300
    c = 1.0
    d = 1.0 - (a + b) * x / (a + 1.0)
    d = 1.0 / (d if abs(d) > tiny else tiny)
    total = d
    for m in range(1, 500):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1.0 + even * d
        c = 1.0 + even / c
        d = 1.0 / (d if abs(d) > tiny else tiny)
        total *= d * (c if abs(c) > tiny else tiny)
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1.0 + odd * d
        c = 1.0 + odd / c
        d = 1.0 / (d if abs(d) > tiny else tiny)
        step = d * (c if abs(c) > tiny else tiny)
        total *= step
        if abs(step - 1.0) < 1e-13:
            break
    share = front * total / a
    return 1.0 - share if mirrored else share


@kernel
def chance_of_rise(before: float, tested_before: float, after: float, tested_after: float, ratio: float) -> float:
    """Posterior chance that the share after is at least `ratio` times the share before.

    Two independent gamma posteriors with the prior above: X/(X+Y) of two gammas of one scale is beta distributed.
    """
    a, b = SHAPE + after, SHAPE + before
    scale_a, scale_b = TESTED + tested_after, TESTED + tested_before
    return 1.0 - beta_cdf(ratio * scale_a / (ratio * scale_a + scale_b), a, b)


@kernel
def _stretch(seen: float, tested: float) -> float:
    """Log marginal likelihood of a stretch of constant share, without the terms that every cut shares."""
    return (
        math.lgamma(SHAPE + seen)
        - math.lgamma(SHAPE)
        + SHAPE * math.log(TESTED)
        - (SHAPE + seen) * math.log(TESTED + tested)
    )


@kernel
def _log_sum(terms: NDArray[np.float64]) -> float:
    top: float = terms.max()
    return top + math.log(np.exp(terms - top).sum())


@kernel
def _histories(
    seen_to: NDArray[np.float64],
    tested_to: NDArray[np.float64],
    kept_to: NDArray[np.float64],
    begun: NDArray[np.float64],
    until: int,
) -> NDArray[np.float64]:
    """Log weight of every way to cut the periods before `until`, by where the stretch that is still running began."""
    forward = np.zeros(until + 1)
    running = np.zeros(until)
    for end in range(1, until + 1):
        running[end - 1] = forward[end - 1] + begun[end - 1] if end > 1 else 0.0
        terms = np.empty(end)
        for start in range(end):
            terms[start] = (
                running[start]
                + _stretch(seen_to[end] - seen_to[start], tested_to[end] - tested_to[start])
                + kept_to[end]
                - kept_to[start + 1]
            )
        forward[end] = _log_sum(terms)
    return running


@kernel
def rise_weights(
    seen: NDArray[np.float64], tested: NDArray[np.float64], chance: NDArray[np.float64], window: int
) -> NDArray[np.float64]:
    """Posterior of where in the last `window` periods the share changed, if it did, given that it did at most once.

    `seen`, `tested`: sightings and specimens tested in each of T periods, oldest first. `chance[t]`: prior chance that
    the share changes as period t begins; before the window it may change any number of times. Returns `window` + 1
    chances that sum to 1: first that it did not change, then that it changed with each period of the window.
    """
    size = len(seen)
    until = size - window
    seen_to = np.zeros(size + 1)
    tested_to = np.zeros(size + 1)
    kept_to = np.zeros(size + 1)
    for t in range(size):
        seen_to[t + 1] = seen_to[t] + seen[t]
        tested_to[t + 1] = tested_to[t] + tested[t]
        kept_to[t + 1] = kept_to[t] + math.log1p(-chance[t])
    begun = np.log(chance)
    running = _histories(seen_to, tested_to, kept_to, begun, until)
    weights = np.empty(window + 1)
    terms = np.empty(until)
    for w in range(window + 1):
        cut = size if w == 0 else until + w - 1
        for start in range(until):
            terms[start] = (
                running[start]
                + _stretch(seen_to[cut] - seen_to[start], tested_to[cut] - tested_to[start])
                + kept_to[size]
                - kept_to[start + 1]
            )
        weights[w] = _log_sum(terms)
        if w > 0:
            weights[w] += (
                begun[cut]
                - (kept_to[cut + 1] - kept_to[cut])
                + _stretch(seen_to[size] - seen_to[cut], tested_to[size] - tested_to[cut])
            )
    return np.exp(weights - _log_sum(weights))


@kernel
def recent_rise(
    seen: NDArray[np.float64],
    tested: NDArray[np.float64],
    weeks: NDArray[np.float64],
    yearly: float,
    recent: float,
    baseline: float,
    ratio: float,
) -> tuple[float, int]:
    """Posterior that the share rose at least `ratio` times within the last `recent` weeks, and the likeliest onset.

    `seen`, `tested`: sightings and specimens tested in each of T periods, oldest first; `weeks`: how long each lasts.
    `yearly`: prior chance of a change in a year. The share before an onset is judged on the `baseline` weeks before
    it. Returns the probability and the index of the period with which the rise most likely began (T: none to name).
    """
    size = len(seen)
    window, age = 0, 0.0
    while window < size - 1 and age + weeks[size - 1 - window] <= recent:
        age += weeks[size - 1 - window]
        window += 1
    weights = rise_weights(seen, tested, 1.0 - (1.0 - yearly) ** (weeks / 52.0), window)
    total = 0.0
    best, onset = 0.0, size
    after, tested_after = 0.0, 0.0
    for start in range(size - 1, size - 1 - window, -1):
        after += seen[start]
        tested_after += tested[start]
        weight = weights[start - (size - window) + 1]
        if weight < 1e-9:
            continue
        before, tested_before, back = 0.0, 0.0, 0.0
        low = start - 1
        while low >= 0 and back < baseline:
            before += seen[low]
            tested_before += tested[low]
            back += weeks[low]
            low -= 1
        rise = weight * chance_of_rise(before, tested_before, after, tested_after, ratio)
        total += rise
        if rise > best:
            best, onset = rise, start
    return min(total, 1.0), onset

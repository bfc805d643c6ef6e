"""Exponential growth of a share: the posterior of its rate, from sightings and numbers tested."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: Prior standard deviation of the growth rate per week: half of all doublings take longer than ten weeks.
RATE_SD = 0.1
#: Gamma prior of the share in the last week: shape, and specimens tested; as good as nothing known.
_SHAPE, _TESTED = 0.5, 1.0
_GRID = np.linspace(-0.5, 0.5, 201)


@dataclass(frozen=True, slots=True)
class Growth:
    """Posterior of a weekly growth rate: its median, a 95 % interval, and the chance that it is above zero."""

    rate: float
    lower: float
    upper: float
    growing: float

    @property
    def doubling_days(self) -> float:
        """Days in which the share doubles at the median rate; NaN where it does not grow."""
        return 7 * math.log(2) / self.rate if self.rate > 0 else math.nan


def growth(seen: NDArray[np.float64], tested: NDArray[np.float64]) -> Growth:
    """Posterior of g where sightings in week t are Poisson with mean `tested[t]` x share x exp(g (t - last)).

    `seen`, `tested`: numbers per week, oldest first. The share in the last week has a wide gamma
    prior and integrates out; g is normal with mean 0 and RATE_SD, on a grid of 201 points.
    """
    weeks = np.arange(len(seen), dtype=np.float64) - (len(seen) - 1)
    exposure = np.exp(np.outer(_GRID, weeks)) @ tested
    log_weight = (
        _GRID * float(seen @ weeks) - (_SHAPE + seen.sum()) * np.log(_TESTED + exposure) - 0.5 * (_GRID / RATE_SD) ** 2
    )
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    below = np.cumsum(weight) - weight / 2
    lower, rate, upper = (float(v) for v in np.interp([0.025, 0.5, 0.975], below, _GRID))
    at_zero = weight[len(_GRID) // 2]
    return Growth(rate, lower, upper, float(weight[_GRID > 1e-12].sum() + at_zero / 2))

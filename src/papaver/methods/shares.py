"""Shares of a number tested, with their uncertainty."""

import math

_Z = 1.959963984540054  # 97.5 % point of the standard normal


def wilson(n: float, tested: float, z: float = _Z) -> tuple[float, float]:
    """Wilson's score interval of a share `n` of `tested` (Wilson 1927, JASA 22:209); NaN where nothing was tested."""
    if tested <= 0:
        return math.nan, math.nan
    share = min(n / tested, 1.0)
    centre = share + z * z / (2 * tested)
    half = z * math.sqrt(share * (1 - share) / tested + z * z / (4 * tested * tested))
    scale = 1 + z * z / tested
    lower = 0.0 if n <= 0 else max(0.0, (centre - half) / scale)
    upper = 1.0 if n >= tested else min(1.0, (centre + half) / scale)
    return lower, upper


def missed_up_to(tested: float, confidence: float = 0.95) -> float:
    """The largest share that could have been missed when none of `tested` showed it (exact binomial)."""
    return 1.0 if tested <= 0 else 1.0 - (1.0 - confidence) ** (1.0 / tested)

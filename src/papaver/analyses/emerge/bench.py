"""Benchmark of `emerge`: new substances found, false flags and starts of testing told apart, beside a simple rule."""

import numpy as np

from papaver.methods.emergence import recent_rise

TASK = (
    "200 simulated streams of 20 specimens a week, three years, 6 steady names each; one name emerges in the last year"
)
METRIC = "emergences missed that the rule saw; days before the rule; false flags per 100 steady names and year"
STREAMS, NAMES, WEEKS, TESTED = 200, 6, 156, 20
CHANCE_NEW, CHANCE_STEADY = 0.5, 0.002


def bench() -> dict[str, float]:
    """Papaver's posterior at 0.9, and the rule "third sighting in 90 days", on the same sightings."""
    random = np.random.Generator(np.random.PCG64(20250301))
    leads, missed, false, false_rule, looked = [], 0, 0, 0, 0
    tested = np.full(WEEKS, float(TESTED))
    for _ in range(STREAMS):
        onset = int(random.integers(WEEKS - 52, WEEKS - 26))
        share = np.where(np.arange(WEEKS) < onset, 0.0, 0.005 * 2 ** ((np.arange(WEEKS) - onset) / 13))
        seen = random.poisson(np.minimum(share, 0.3) * TESTED).astype(float)
        ours, rule = _first_raised(seen, tested, CHANCE_NEW), _third_in_90_days(seen)
        if rule is not None and ours is not None:
            leads.append(7 * (rule - ours))
        elif rule is not None:
            missed += 1
        for rate in np.exp(random.uniform(np.log(1e-4), np.log(0.05), NAMES)):
            steady = random.poisson(rate * TESTED, WEEKS).astype(float)
            looked += 1
            false += _first_raised(steady, tested, CHANCE_STEADY) is not None
            third = _third_in_90_days(steady)
            false_rule += third is not None and third >= WEEKS - 52
    return {
        "papaver: emergences missed that the rule saw": float(missed),
        "papaver: median days before the rule": float(np.median(leads)),
        "papaver: false flags per 100 steady names and year": 100 * false / looked,
        "third in 90 days: false flags per 100 steady names and year": 100 * false_rule / looked,
    }


def _first_raised(seen: np.ndarray, tested: np.ndarray, chance: float) -> int | None:
    """The first week of the last year in which the posterior reaches 0.9."""
    for end in range(WEEKS - 51, WEEKS + 1):
        if seen[end - 1] and seen[:end][-52:].sum() >= 2:
            weeks = np.ones(end)
            if recent_rise(seen[:end], tested[:end], weeks, chance, 52.0, 104.0, 1.5)[0] >= 0.9:
                return end - 1
    return None


def _third_in_90_days(seen: np.ndarray) -> int | None:
    """The first week by which three sightings lie within 90 days (13 weeks)."""
    weeks = np.repeat(np.arange(len(seen)), seen.astype(int))
    close = np.flatnonzero(weeks[2:] - weeks[:-2] < 13)
    return int(weeks[close[0] + 2]) if len(close) else None

"""Benchmark of `detect`: false alarms and detections on the published scenarios, beside an oracle and a simple rule."""

import numpy as np

from papaver.methods.farrington import FarringtonFlexible, farrington_flexible

TASK = "Noufaily scenarios (28), 624 weeks, one outbreak of 2 to 10 standard deviations in the last 49 weeks"
METRIC = "share of weeks without outbreak that alarm (mean, worst scenario); share of outbreaks seen"
# theta, beta, gamma1, gamma2, phi of the seven parameter rows; each with trend off and on, season off and on.
ROWS = (
    (0.1, 0.0025, 0.6, 0.6, 1.5),
    (-2.0, 0.005, 0.1, 0.3, 2.0),
    (1.5, 0.003, 0.2, -0.4, 1.0),
    (0.5, 0.002, 0.5, 0.5, 5.0),
    (2.5, 0.001, 1.0, 0.1, 3.0),
    (3.75, 0.001, 0.1, -0.1, 1.1),
    (5.0, 0.0001, 0.05, 0.01, 1.2),
)
WEEKS, CURRENT = 624, 49
SERIES_PER_SCENARIO = 40


def bench() -> dict[str, float]:
    """False alarms and power of Papaver, of an oracle that knows the mean, and of mean + 2 SD over the last year."""
    random = np.random.Generator(np.random.PCG64(20130101))
    false: dict[str, list[float]] = {"papaver": [], "oracle": [], "mean + 2 SD": []}
    seen: dict[str, list[bool]] = {name: [] for name in false}
    for theta, beta, gamma1, gamma2, phi in ROWS:
        for trend in (0, 1):
            for season in (0, 1):
                t = np.arange(1, WEEKS + 1)
                wave = gamma1 * np.cos(2 * np.pi * t / 52) + gamma2 * np.sin(2 * np.pi * t / 52)
                mean = np.exp(theta + trend * beta * t + season * wave)
                alarms = {name: [0, 0] for name in false}
                for _ in range(SERIES_PER_SCENARIO):
                    counts, outbreak = _series(random, mean, phi)
                    for name, alarm in _judged(random, counts, mean, phi).items():
                        alarms[name][0] += int(alarm[~outbreak].sum())
                        alarms[name][1] += int((~outbreak).sum())
                        seen[name].append(bool(alarm[outbreak].any()))
                for name, (raised, weeks) in alarms.items():
                    false[name].append(raised / weeks)
    figures = {}
    for name in false:
        figures[f"{name}: false alarms, mean"] = float(np.mean(false[name]))
        figures[f"{name}: false alarms, worst"] = float(np.max(false[name]))
        figures[f"{name}: outbreaks seen"] = float(np.mean(seen[name]))
    return figures


def _draw(random: np.random.Generator, mean: np.ndarray, phi: float) -> np.ndarray:
    if phi <= 1.0:
        return random.poisson(mean)
    return random.negative_binomial(mean / (phi - 1.0), 1.0 / phi)


def _series(random: np.random.Generator, mean: np.ndarray, phi: float) -> tuple[np.ndarray, np.ndarray]:
    """Counts with four outbreaks in the past and one in the current weeks, and which current weeks it touches."""
    counts = _draw(random, mean, phi).astype(float)
    touched = np.zeros(WEEKS, dtype=bool)
    starts = [*random.integers(312, WEEKS - CURRENT - 30, size=4), random.integers(WEEKS - CURRENT, WEEKS - 10)]
    for number, start in enumerate(starts):
        k = random.integers(2, 11) if number == 4 else random.choice([2, 3, 5, 10])
        size = random.poisson(k * np.sqrt(phi * mean[start]))
        weeks = start + np.floor(random.lognormal(0.0, 0.5, size=size)).astype(int)
        for week in weeks[weeks < WEEKS]:
            counts[week] += 1
            touched[week] |= number == 4
    if not touched.any():
        touched[starts[-1]] = True
    return counts, touched[-CURRENT:]


def _judged(random: np.random.Generator, counts: np.ndarray, mean: np.ndarray, phi: float) -> dict[str, np.ndarray]:
    evaluate = np.arange(WEEKS - CURRENT, WEEKS)
    ours = FarringtonFlexible(
        alpha=0.01, no_periods=10, past_weeks_not_included=26, threshold_method="nbPlugin", limit54=(0, 4)
    )
    current = counts[evaluate]
    known = np.quantile(_draw(random, np.tile(mean[evaluate], (4000, 1)), phi), 0.99, axis=0, method="higher")
    before = np.lib.stride_tricks.sliding_window_view(counts, 52)[evaluate - 52]
    return {
        "papaver": farrington_flexible(counts, None, 52, evaluate, None, ours).alarm,
        "oracle": current > known,
        "mean + 2 SD": current > before.mean(axis=1) + 2 * before.std(axis=1, ddof=1),
    }

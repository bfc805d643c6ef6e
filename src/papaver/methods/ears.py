"""EARS C1, C2 and C3: is this period higher than the last few? For series too short for a yearly baseline.

With mean m and standard deviation s of `baseline` periods and z = normal quantile of 1 - alpha,

- C1: bound m + z s over the periods t-7 .. t-1 (baseline 7);
- C2: the same over t-9 .. t-3, so that a rise does not hide itself; C2_t = (y_t - m_t) / s_t;
- C3: alarm if C3_t = sum over i = t-2 .. t of max(0, C2_i - 1) exceeds z, so the bound is
  m + s (1 + z - sum over i = t-1, t-2 of max(0, C2_i - 1)) with m, s of C2, and 0 once that sum alone exceeds z.

Hutwagner, Thompson, Seeman, Treadwell 2003, J Urban Health 80(2 Suppl 1):i89-i96; C3 as in Fricker, Hegler,
Dunfee 2008, Stat Med 27:3407-3429. Published defaults: alpha 0.001 (C1, C2) and 0.025 (C3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from papaver.methods.reasons import Reason

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

Method = Literal["C1", "C2", "C3"]
PUBLISHED_ALPHA = {"C1": 0.001, "C2": 0.001, "C3": 0.025}
GUARD_PERIODS = {"C1": 0, "C2": 2, "C3": 2}
REMEMBERED_PERIODS = 2  # C3 adds the excess of so many periods before


@dataclass(frozen=True)
class EARS:
    """Parameters, named as in R `surveillance::earsC`; alpha None = published value of the method.

    compat="r-surveillance" reproduces R surveillance 1.20.3; "corrected" (default) is the published C3:

    1. Its bound is that of the C3 statistic. (R adds s (z - earlier excess) to the count under test, y_t, in
       place of m + s, so that its alarm depends on the two periods before but not on y_t.)
    2. Earlier periods whose baseline was constant add no excess. (R: bound missing, or 0.)
    """

    method: Method = "C1"
    baseline: int = 7
    min_sigma: float = 0.0
    alpha: float | None = None
    compat: Literal["corrected", "r-surveillance"] = "corrected"


@dataclass(frozen=True)
class EARSResult:
    """One entry per evaluated period, missing = NaN.

    expected: baseline mean; z: (y - m) / s, for C3 the sum C3_t; p_value: one-sided normal tail of z; score:
    (y - expected) / (bound - expected). A missing count in the baseline gives no bound (NaN); a constant
    baseline gives the bound m for C1 and C2 but neither z nor p-value.
    """

    observed: Floats
    expected: Floats
    upperbound: Floats
    alarm: Flags
    score: Floats
    p_value: Floats
    z: Floats
    reason: Integers


def ears(observed: npt.ArrayLike, evaluate: npt.ArrayLike, parameters: EARS = EARS()) -> EARSResult:
    """Judge the periods at positions `evaluate` of one series of equally spaced counts, NaN = missing [n].

    Uses only the periods before each one (C1: baseline, C2: baseline + 2, C3: baseline + 4). ValueError for
    arguments that cannot be meant; data never raise, see Reason.
    """
    y = np.ascontiguousarray(observed, dtype=np.float64)
    positions = np.ascontiguousarray(evaluate, dtype=np.int64).reshape(-1)
    _check(y, positions, parameters)
    alpha = PUBLISHED_ALPHA[parameters.method] if parameters.alpha is None else parameters.alpha
    critical = float(special.ndtri(1.0 - alpha))
    y = np.where(np.isfinite(y), y, np.nan)
    guard = GUARD_PERIODS[parameters.method]
    mean, sd = _baseline_moments(y, parameters.baseline, guard)
    sd = np.maximum(sd, parameters.min_sigma)
    as_in_r = parameters.compat == "r-surveillance"
    with np.errstate(all="ignore"):
        z = (y - mean) / sd
        remembered = np.zeros(len(y))
        if parameters.method == "C3":
            remembered = _remembered_excess(z if as_in_r else np.where(sd == 0.0, 0.0, z))
        bound = mean + sd * critical
        if parameters.method == "C3":
            bound = np.maximum((y if as_in_r else mean + sd) + sd * (critical - remembered), 0.0)
            if not as_in_r:
                bound = np.where(remembered > critical, 0.0, bound)
            z = np.maximum(z - 1.0, 0.0) + remembered
        z = np.where(sd > 0.0, z, np.nan)
        score = np.where(bound > mean, (y - mean) / (bound - mean), np.nan)
    reach = parameters.baseline + guard + (REMEMBERED_PERIODS if parameters.method == "C3" else 0)
    reason = _reasons(y, bound, sd, reach)
    p_value = np.where(np.isfinite(z), special.ndtr(-z), np.nan)
    return EARSResult(
        observed=y[positions],
        expected=mean[positions],
        upperbound=bound[positions],
        alarm=(y > bound)[positions],
        score=score[positions],
        p_value=p_value[positions],
        z=np.where(np.isfinite(z), z, np.nan)[positions],
        reason=reason[positions],
    )


def _check(y: Floats, evaluate: Integers, parameters: EARS) -> None:
    alpha = parameters.alpha
    rules = (
        (y.ndim == 1, "observed must be one series"),
        (
            len(evaluate) == 0 or (evaluate.min() >= 0 and evaluate.max() < len(y)),
            f"evaluate must lie within 0..{len(y) - 1}",
        ),
        (parameters.method in PUBLISHED_ALPHA, f"method={parameters.method}: one of C1, C2, C3"),
        (parameters.baseline >= 2, f"baseline={parameters.baseline} must be at least 2 periods"),
        (parameters.min_sigma >= 0.0, f"min_sigma={parameters.min_sigma} must be at least 0"),
        (
            parameters.compat in ("corrected", "r-surveillance"),
            f"compat={parameters.compat}: one of corrected, r-surveillance",
        ),
        (alpha is None or 0.0 < alpha < 1.0, f"alpha={alpha} must lie between 0 and 1"),
    )
    for satisfied, message in rules:
        if not satisfied:
            raise ValueError(message)


def _baseline_moments(y: Floats, baseline: int, guard: int) -> tuple[Floats, Floats]:
    """Return mean and standard deviation (n - 1) of the `baseline` periods that end `guard` before each."""
    mean, sd = np.full(len(y), np.nan), np.full(len(y), np.nan)
    first = baseline + guard
    if len(y) > first:
        windows = np.lib.stride_tricks.sliding_window_view(y, baseline)[: len(y) - first]
        mean[first:] = windows.mean(axis=1)
        sd[first:] = windows.std(axis=1, ddof=1)
    return mean, sd


def _remembered_excess(z: Floats) -> Floats:
    """Return for each period the sum of max(0, z - 1) over the two periods before it."""
    excess = np.concatenate((np.full(REMEMBERED_PERIODS, np.nan), np.maximum(z - 1.0, 0.0)))
    total = np.zeros(len(z))
    for back in range(1, REMEMBERED_PERIODS + 1):
        total += excess[REMEMBERED_PERIODS - back : len(excess) - back]
    return total


def _reasons(y: Floats, bound: Floats, sd: Floats, reach: int) -> Integers:
    reason = np.full(len(y), int(Reason.OK), dtype=np.int64)
    reason[sd == 0.0] = Reason.NO_VARIATION
    reason[np.isnan(bound) & (sd != 0.0)] = Reason.TOO_FEW_BASELINE
    reason[:reach] = Reason.TOO_LITTLE_HISTORY
    reason[np.isnan(y)] = Reason.MISSING_CURRENT
    return reason

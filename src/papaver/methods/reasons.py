"""Why a detector gives no ordinary verdict on a period."""

from __future__ import annotations

from enum import IntEnum


class Reason(IntEnum):
    """Reason code of one evaluated period; OK: bound, p-value and alarm are what the method says."""

    OK = 0
    MISSING_CURRENT = 1  # no count for the period itself
    TOO_LITTLE_HISTORY = 2  # the series does not reach back as far as the baseline
    TOO_FEW_BASELINE = 3  # missing values leave too few baseline periods
    NOT_CONVERGED = 4  # Farrington: the fit has no finite solution
    MISSING_POPULATION = 5  # Farrington: population_offset without a positive population for the period
    BASELINE_ALL_ZERO = 6  # Farrington: no count at all in this season of the baseline, bound from those zeros
    FEW_CASES = 7  # Farrington limit54: fewer than 5 cases in the last 4 periods, so no bound and no alarm
    INFINITE_BOUND = 8  # Farrington muan: the upper confidence limit of the mean is not finite
    NO_VARIATION = 9  # EARS: the baseline is constant, so z and p-value do not exist
    UNFIT_PARAMETERS = 10  # Farrington: w or no_periods do not fit in a year of this cadence


EXPLANATION = {
    Reason.OK: "judged",
    Reason.MISSING_CURRENT: "no count for this period",
    Reason.TOO_LITTLE_HISTORY: "too little history: the series does not reach back as far as the baseline",
    Reason.TOO_FEW_BASELINE: "too many counts of the baseline are missing",
    Reason.NOT_CONVERGED: "the baseline could not be fitted",
    Reason.MISSING_POPULATION: "no positive denominator for this period",
    Reason.BASELINE_ALL_ZERO: "no count in this season of the baseline; bound from those zeros alone",
    Reason.FEW_CASES: "too few cases in the last periods for an alarm (limit54)",
    Reason.INFINITE_BOUND: "the upper limit of the mean is not finite",
    Reason.NO_VARIATION: "the baseline is constant: no z-score, the bound is its mean",
    Reason.UNFIT_PARAMETERS: "w or no_periods do not fit in a year of this cadence; leave them out",
}

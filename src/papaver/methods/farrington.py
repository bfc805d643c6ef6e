"""Farrington Flexible: is this period's count higher than the same season of earlier years explains?

For each evaluated period k the counts of the same season in the b years before are fitted by

    E y_i = mu_i,  Var y_i = phi mu_i,  log mu_i = theta_season(i) + beta t_i + log population_i,

twice: the second time with past outbreaks weighed down by their Anscombe residuals. The slope is kept only if
it is significant, b >= 3 and it does not extrapolate above every baseline count. The upper bound of y_k is

- delta:    (mu^e + z_(1-alpha) e mu^(e-1/2) sqrt(tau))^(1/e), tau = phi + SE(mu)^2 / mu, e = 2/3, 1/2 or 1;
- nbPlugin: the 1 - alpha quantile of the negative binomial with mean mu and variance phi mu;
- muan:     the same quantile with mean exp(eta + z_(1-alpha) SE(eta)).

Farrington, Andrews, Beale, Catchpole 1996, J R Stat Soc A 159:547-563; Noufaily et al. 2013, Stat Med
32:1206-1222; Salmon, Schumacher, Höhle 2016, J Stat Softw 70(10).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy import special

from papaver.methods.count_quantiles import upper_quantile, upper_tail
from papaver.methods.farrington_kernels import (
    ETA,
    EXPOSURE,
    FIT_COLUMNS,
    N_BASELINE,
    N_CURRENT_SEASON,
    PHI,
    SE,
    SLOPE,
    SUM_CURRENT_SEASON,
    TREND,
    farrington_fits,
)
from papaver.methods.reasons import Reason
from papaver.methods.reference_periods import (
    DAILY,
    DATED_FREQUENCIES,
    MONTHLY,
    QUARTERLY,
    WEEKLY,
    YEARLY,
    reference_positions,
)

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Dates = npt.NDArray[np.datetime64]

# As plain integers: reading members of an enumeration per call costs as much as some fits.
OK, MISSING_CURRENT, NOT_CONVERGED = int(Reason.OK), int(Reason.MISSING_CURRENT), int(Reason.NOT_CONVERGED)
BASELINE_ALL_ZERO, FEW_CASES = int(Reason.BASELINE_ALL_ZERO), int(Reason.FEW_CASES)
INFINITE_BOUND, UNFIT_PARAMETERS = int(Reason.INFINITE_BOUND), int(Reason.UNFIT_PARAMETERS)

# Half window and number of seasons that keep the season honest at each cadence: ± 3 weeks (the published
# default); three-month seasons centred on the month; each quarter its own season; a year has no season.
CADENCE_WINDOW = {DAILY: 3, WEEKLY: 3, MONTHLY: 1, QUARTERLY: 0, YEARLY: 0}
CADENCE_SEASONS = {DAILY: 1, WEEKLY: 1, MONTHLY: 4, QUARTERLY: 4, YEARLY: 1}
PUBLISHED_ALPHA = 0.05
EXPONENT = {"2/3": 2.0 / 3.0, "1/2": 0.5, "none": 1.0}
LEAST_YEARS_OF_YEARLY_SERIES = 3


@dataclass(frozen=True)
class FarringtonFlexible:
    """Parameters, named as in R `surveillance::farringtonFlexible`.

    w, no_periods: None = by cadence (weekly 3 and 1, as published); past_weeks_not_included: None = w;
    alpha: None = 0.05. compat="r-surveillance" reproduces R surveillance 1.20.3. "corrected" (default) differs:

    1. Standard errors and the t test of the slope use phi. (R, after reweighting, uses
       sum(omega ((y - mu) / mu)^2) / df, which is not on the scale of phi; without reweighting phi before
       its floor at 1.) This moves delta and muan bounds and may keep or drop a slope.
    2. For nbPlugin and muan the score is (y - mu) / (bound - mu); R puts log mu in place of mu. Alarm is
       y > bound, y > 0; the score is NaN where the bound is not above mu.
    3. No count at all in the season of the baseline (maximum likelihood is then -infinity and R's answer is
       wherever its iteration stopped, or none): expected 0, phi 1, and bound and p-value from the posterior
       predictive distribution under Jeffreys' prior given those zeros; reason BASELINE_ALL_ZERO.
    4. limit54 counts the periods that are known; in R one missing period among the last four silences the alarm.
    5. Daily dated series: the baseline is the same weekday (w and past_weeks_not_included count weeks).
    6. Yearly series: fewer than b earlier years are used when at least 3 exist.
    7. `expected` and the diagnostics stay given where limit54 withholds the bound; `mu0` is always the mean
       whose quantile is taken (R: exp(mu + z SE(mu)) for delta).
    8. The prediction is made at the evaluated period. (R, in dated series, makes it as many periods too early
       as are missing at the very start of the baseline, so that a slope is cut short.)
    9. A slope is per period. (R: per first distance of dates, so months count by their days.)
    10. Defaults of w and no_periods depend on the cadence (R: always 3 and 1).
    """

    b: int = 5
    w: int | None = None
    reweight: bool = True
    weights_threshold: float = 2.58
    alpha: float | None = None
    trend: bool = True
    p_threshold_trend: float = 0.05
    limit54: tuple[int, int] = (5, 4)
    powertrans: Literal["2/3", "1/2", "none"] = "2/3"
    population_offset: bool = False
    no_periods: int | None = None
    past_weeks_not_included: int | None = None
    threshold_method: Literal["delta", "nbPlugin", "muan"] = "delta"
    compat: Literal["corrected", "r-surveillance"] = "corrected"


@dataclass(frozen=True)
class Resolved:
    """Parameters with every None replaced by what it stands for at one cadence."""

    given: FarringtonFlexible
    as_in_r: bool
    w: int
    no_periods: int
    excluded: int  # past_weeks_not_included
    alpha: float
    fits_year: bool


@dataclass(frozen=True)
class FarringtonResult:
    """One entry per evaluated period, missing = NaN: counts, bounds and means in the unit of `observed`."""

    observed: Floats
    expected: Floats
    upperbound: Floats
    alarm: Flags
    score: Floats
    p_value: Floats
    phi: Floats
    trend: Flags
    trend_coefficient: Floats
    mu0: Floats
    n_baseline: Integers
    reason: Integers


def farrington_flexible(
    observed: npt.ArrayLike,
    dates: npt.ArrayLike | None,
    freq: int,
    evaluate: npt.ArrayLike,
    population: npt.ArrayLike | None = None,
    parameters: FarringtonFlexible = FarringtonFlexible(),
) -> FarringtonResult:
    """Judge the periods at positions `evaluate` of one series, each from earlier periods only.

    observed: counts [n], NaN = missing; dates: period starts datetime64[D] [n], ascending and without gaps
    (a missing period is a NaN count), or None for an undated series whose year is `freq` positions; freq:
    periods per year (365, 52, 12, 4, 1; any if undated); population: denominators [n], needed only with
    population_offset. ValueError for arguments that cannot be meant; data never raise, see Reason.
    """
    y = np.ascontiguousarray(observed, dtype=np.float64)
    days = None if dates is None else np.asarray(dates, dtype="datetime64[D]")
    positions = np.ascontiguousarray(evaluate, dtype=np.int64).reshape(-1)
    people = None if population is None else np.ascontiguousarray(population, dtype=np.float64)
    weekdays = freq == DAILY and days is not None and parameters.compat == "corrected"
    chosen = resolve(parameters, freq, WEEKLY if weekdays else freq)
    check_series(y, days, freq, positions, people, parameters.population_offset)
    if people is None or not parameters.population_offset:
        people = np.ones(len(y))
    y = np.where(np.isfinite(y) & (y >= 0.0), y, np.nan)
    reported = reported_cases(y, positions, chosen)
    if not chosen.fits_year:
        fits = np.zeros((len(positions), FIT_COLUMNS))
        reason = np.full(len(positions), UNFIT_PARAMETERS)
    elif weekdays and days is not None:
        fits, reason = weekday_fits(y, days, positions, people, chosen)
    else:
        fits, reason = series_fits(y, days, freq, positions, people, chosen)
    return verdict(y[positions], people[positions], reported, fits, reason, chosen)


@lru_cache(maxsize=256)
def resolve(parameters: FarringtonFlexible, freq: int, year: int) -> Resolved:
    """Return the numbers the parameters stand for at this cadence; ValueError names a wrong one.

    year: periods of a year from which the baseline is taken (52 for a daily series judged by weekday).
    """
    as_in_r = parameters.compat == "r-surveillance"
    w, seasons, excluded = parameters.w, parameters.no_periods, parameters.past_weeks_not_included
    if w is None:
        w = 3 if as_in_r else CADENCE_WINDOW.get(freq, 3)
    if seasons is None:
        seasons = 1 if as_in_r else CADENCE_SEASONS.get(freq, 1)
    excluded = w if excluded is None else excluded
    alpha = PUBLISHED_ALPHA if parameters.alpha is None else parameters.alpha
    rules = (
        (freq >= 1, f"freq={freq} must be at least 1 period per year"),
        (parameters.b >= 1, f"b={parameters.b} must be at least 1 year"),
        (w >= 0, f"w={w} must be at least 0"),
        (seasons >= 1, f"no_periods={seasons} must be at least 1"),
        (excluded >= 0, f"past_weeks_not_included={excluded} must be at least 0"),
        (0.0 < alpha < 1.0, f"alpha={alpha} must lie between 0 and 1"),
        (parameters.weights_threshold > 0.0, f"weights_threshold={parameters.weights_threshold} must be > 0"),
        (parameters.limit54[1] >= 1, f"limit54={parameters.limit54}: the second number must be at least 1"),
        (parameters.powertrans in EXPONENT, f"powertrans={parameters.powertrans}: one of 2/3, 1/2, none"),
        (
            parameters.threshold_method in ("delta", "nbPlugin", "muan"),
            f"threshold_method={parameters.threshold_method}: one of delta, nbPlugin, muan",
        ),
        (
            parameters.compat in ("corrected", "r-surveillance"),
            f"compat={parameters.compat}: one of corrected, r-surveillance",
        ),
    )
    for satisfied, message in rules:
        if not satisfied:
            raise ValueError(message)
    fits_year = (w == 0 or 2 * w < year) and seasons <= year
    return Resolved(parameters, as_in_r, w, seasons, excluded, alpha, fits_year)


def check_series(
    y: Floats, dates: Dates | None, freq: int, evaluate: Integers, population: Floats | None, offset: bool
) -> None:
    """Raise ValueError where lengths, cadence and positions do not go together."""
    if y.ndim != 1:
        raise ValueError(f"observed must be one series, not an array of {y.ndim} dimensions")
    if dates is not None and len(dates) != len(y):
        raise ValueError(f"{len(y)} counts but {len(dates)} dates")
    if dates is not None and not (dates[1:] > dates[:-1]).all():
        raise ValueError("dates must ascend, each period once")
    if dates is not None and freq not in DATED_FREQUENCIES:
        raise ValueError(f"freq={freq}: a dated series has one of {DATED_FREQUENCIES} periods per year")
    if population is not None and len(population) != len(y):
        raise ValueError(f"{len(y)} counts but {len(population)} populations")
    if offset and population is None:
        raise ValueError("population_offset needs a population")
    if len(evaluate) and not (evaluate.min() >= 0 and evaluate.max() < len(y)):
        raise ValueError(f"evaluate must lie within 0..{len(y) - 1}")


def reported_cases(y: Floats, evaluate: Integers, chosen: Resolved) -> Floats:
    """Return the cases of the last limit54[1] periods including the evaluated one; NaN where none is known."""
    known = ~np.isnan(y)
    cases = np.concatenate(([0.0], np.cumsum(np.where(known, y, 0.0))))
    number = np.concatenate(([0], np.cumsum(known)))
    begin = np.maximum(evaluate + 1 - chosen.given.limit54[1], 0)
    present = number[evaluate + 1] - number[begin]
    needed = evaluate + 1 - begin if chosen.as_in_r else 1
    return np.where(present >= needed, cases[evaluate + 1] - cases[begin], np.nan)


@lru_cache(maxsize=64)
def critical_t(threshold: float, largest_freedom: int) -> Floats:
    """Return by degrees of freedom 0.. the |t| above which a two-sided t test has p < threshold."""
    if threshold >= 1.0:
        return np.full(largest_freedom + 1, -1.0)
    if threshold <= 0.0:
        return np.full(largest_freedom + 1, np.inf)
    values = special.stdtrit(np.arange(largest_freedom + 1.0).clip(1.0), 1.0 - threshold / 2.0)
    return np.asarray(values, dtype=np.float64)


def series_fits(
    y: Floats,
    dates: Dates | None,
    freq: int,
    evaluate: Integers,
    population: Floats,
    chosen: Resolved,
) -> tuple[Floats, Integers]:
    """Fit the baseline of each evaluated position: the table of fits [m, 10] and reason codes [m]."""
    references = reference_positions(dates, freq, evaluate, chosen.given.b, not chosen.as_in_r)
    usable = np.logical_and.accumulate(references >= 0, axis=1).sum(axis=1)
    least = chosen.given.b
    if freq == YEARLY and not chosen.as_in_r:
        least = min(chosen.given.b, LEAST_YEARS_OF_YEARLY_SERIES)
    years = np.where(usable >= least, usable, 0).astype(np.int64)
    series = np.empty((5, len(y)))
    series[0], series[1], series[3] = y, np.log(y + 0.1), np.cbrt(y) ** 2
    series[2] = special.xlogy(y, y)
    series[4] = np.arange(len(y))
    if chosen.as_in_r and dates is not None and len(y) > 1:
        elapsed = (dates - dates[0]).astype(np.float64)
        series[4] = elapsed / elapsed[1]
    fits = np.zeros((len(evaluate), FIT_COLUMNS))
    reason = np.zeros(len(evaluate), dtype=np.int64)
    farrington_fits(
        series, population, evaluate, references, years, chosen.w, chosen.no_periods,
        chosen.excluded, chosen.given.population_offset, chosen.given.reweight, chosen.given.weights_threshold,
        chosen.given.trend, critical_t(chosen.given.p_threshold_trend, (chosen.given.b + 1) * (freq + 1)),
        chosen.as_in_r, chosen.as_in_r and dates is not None, fits, reason,
    )  # fmt: skip
    return fits, reason


def weekday_fits(
    y: Floats,
    dates: Dates,
    evaluate: Integers,
    population: Floats,
    chosen: Resolved,
) -> tuple[Floats, Integers]:
    """Fit daily series per weekday: the days of one weekday form a weekly series with its own baseline."""
    fits = np.zeros((len(evaluate), FIT_COLUMNS))
    reason = np.zeros(len(evaluate), dtype=np.int64)
    weekday = dates.astype(np.int64) % 7
    for day in np.unique(weekday[evaluate]):
        same = np.flatnonzero(weekday == day)
        mine = weekday[evaluate] == day
        fits[mine], reason[mine] = series_fits(
            y[same], dates[same], WEEKLY, np.searchsorted(same, evaluate[mine]), population[same], chosen
        )
    return fits, reason


def verdict(
    y: Floats,
    population: Floats,
    reported: Floats,
    fits: Floats,
    reason: Integers,
    chosen: Resolved,
) -> FarringtonResult:
    """Turn fits into bounds, scores, p-values and alarms."""
    fitted = reason == OK
    with np.errstate(all="ignore"):
        eta, phi = np.where(fitted, fits[:, ETA], np.nan), np.where(fitted, fits[:, PHI], np.nan)
        expected = np.exp(eta)
        bound, p_value, mu0 = thresholds(y, eta, fits[:, SE], phi, chosen)
        if chosen.as_in_r:
            centre = expected if chosen.given.threshold_method == "delta" else eta
            score = (y - centre) / (bound - centre)
            alarm = score > 1.0
        else:
            zero = zero_season(fits, reason)
            exposure = fits[zero, EXPOSURE] / population[zero]
            bound[zero], p_value[zero] = after_zeros(y[zero], exposure, chosen)
            expected[zero], mu0[zero], phi[zero] = 0.0, 0.0, 1.0
            reason = np.where(zero, BASELINE_ALL_ZERO, reason)
            fitted |= zero
            score = np.where(bound > expected, (y - expected) / (bound - expected), np.nan)
            alarm = y > bound
    enough = reported >= chosen.given.limit54[0]
    reason = np.where(fitted & ~np.isfinite(bound), INFINITE_BOUND, reason)
    reason = np.where(fitted & ~enough, FEW_CASES, reason)
    reason = np.where(np.isnan(y), MISSING_CURRENT, reason)
    withheld = ~enough | ~np.isfinite(bound)
    if chosen.as_in_r:
        expected = np.where(withheld, np.nan, expected)
        expected[reason == NOT_CONVERGED] = 0.0
    trend = fitted & (fits[:, TREND] > 0.0) & (reason != BASELINE_ALL_ZERO)
    return FarringtonResult(
        observed=y,
        expected=expected,
        upperbound=np.where(withheld, np.nan, bound),
        alarm=alarm & (y > 0.0) & ~withheld,
        score=score,
        p_value=p_value,
        phi=phi,
        trend=trend,
        trend_coefficient=np.where(trend, fits[:, SLOPE], np.nan),
        mu0=mu0,
        n_baseline=fits[:, N_BASELINE].astype(np.int64),
        reason=reason.astype(np.int64),
    )


def thresholds(y: Floats, eta: Floats, se: Floats, phi: Floats, chosen: Resolved) -> tuple[Floats, Floats, Floats]:
    """Return upper bound, one-sided p-value of y and the mean whose quantile was taken.

    eta: log mean, se: its standard error. Delta: y^e is taken as normal with mean mu^e and variance
    e^2 mu^(2e-1) tau, tau = phi + mu se^2 (SE(mu) = mu se). Salmon, Schumacher, Höhle 2016, 3.1.
    """
    z = float(special.ndtri(1.0 - chosen.alpha))
    mu = np.exp(eta)
    if chosen.given.threshold_method == "delta":
        e = EXPONENT[chosen.given.powertrans]
        sd = e * np.sqrt(mu ** (2.0 * e - 1.0) * (phi + mu * se * se))
        bound = (mu**e + z * sd) ** (1.0 / e)
        p_value = special.ndtr((mu**e - y**e) / sd)
        return bound, p_value, np.exp(mu + z * mu * se) if chosen.as_in_r else mu
    mean = np.exp(eta + z * se) if chosen.given.threshold_method == "muan" else mu
    return upper_quantile(chosen.alpha, mean, phi), upper_tail(y, mean, phi), mean


def zero_season(fits: Floats, reason: Integers) -> Flags:
    """Whether the baseline has periods of the current season but not one case in them."""
    judged = (reason == OK) | (reason == NOT_CONVERGED)
    empty: Flags = judged & (fits[:, N_CURRENT_SEASON] > 0.0) & (fits[:, SUM_CURRENT_SEASON] == 0.0)
    return empty


def after_zeros(y: Floats, exposure: Floats, chosen: Resolved) -> tuple[Floats, Floats]:
    """Return the upper bound and p-value of y after `exposure` periods' worth of zeros.

    Jeffreys' prior for a Poisson rate and no case in n periods give a Gamma(1/2, n) rate, so that y is
    negative binomial with size 1/2 and success probability n / (n + 1): mean 1 / (2n), phi = 1 + 1 / n.
    """
    mean, phi = 0.5 / exposure, 1.0 + 1.0 / exposure
    return upper_quantile(chosen.alpha, mean, phi), upper_tail(y, mean, phi)

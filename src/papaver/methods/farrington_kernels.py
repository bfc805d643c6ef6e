"""Numerical core of Farrington Flexible: season factor, quasi-Poisson fit, reweighting, trend decision.

The model is log mu_i = season[level_i] + slope * t_i + offset_i with Var y_i = phi * mu_i / omega_i. With one
factor and one slope the normal equations are arrow-shaped (diagonal but for one row and column), so one
step of iteratively reweighted least squares costs O(n) and needs no matrix factorisation. Without a slope
all periods of one level share one rate and a step costs only O(levels).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from papaver.methods.kernels import kernel
from papaver.methods.reasons import Reason

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
# Unsigned, so that compiled loops need not look for negative (counted from the end) positions.
Offsets = npt.NDArray[np.uint64]

# Iteration rules of the usual generalised linear model fit: McCullagh and Nelder 1989, 2.5; start mu = y + 0.1.
START = 0.1
TOLERANCE = 1e-8
MAX_ITERATIONS = 25

# Plain numbers, because the compiler does not take enumerations.
TOO_LITTLE_HISTORY = int(Reason.TOO_LITTLE_HISTORY)
TOO_FEW_BASELINE = int(Reason.TOO_FEW_BASELINE)
NOT_CONVERGED = int(Reason.NOT_CONVERGED)
MISSING_POPULATION = int(Reason.MISSING_POPULATION)

# Columns of the fit table.
ETA, SE, PHI, TREND, SLOPE, N_BASELINE, N_CURRENT_SEASON, SUM_CURRENT_SEASON, EXPOSURE, LARGEST = range(10)
FIT_COLUMNS = 10
# Rows of a series: counts and what a fit needs of them.
COUNT, SERIES_LOG_START, SERIES_YLOGY, SERIES_Y23, TIME = range(5)
# Rows of the per-period work table of one fit; LAST_MU: mu at the start of the last iteration;
# ROOT: exposure^(-1/6).
Y, T, OFFSET, EXPOSED, LOG_START, YLOGY, Y23, OMEGA, MU, LAST_MU, ROOT = range(11)
PERIOD_ROWS = 11
# Rows of the per-level work table: sums of w, w t and w z; log rate; the same at the start of the last
# iteration; exposure, count and the deviance if the level had its own mean.
S_W, S_WT, S_WZ, RATE, LAST_W, LAST_WT, LAST_RATE, CELL_W, CELL_Y, CELL_D = range(10)
LEVEL_ROWS = 10


@kernel
def season_levels(
    level: Integers, references: Integers, years: int, now: int, w: int, no_periods: int, excluded: int
) -> int:
    """Write the season level of each baseline period into `level` (-1: not baseline); return its first period.

    Level 0 is the window reference ± w of every year (and now - w .. now); each gap between windows is cut
    into no_periods - 1 blocks, the remainder going to the first blocks (Noufaily et al. 2013, 3.3; no_periods
    = 1 uses the windows only). The last `excluded` periods before now, and now, are dropped afterwards.
    """
    first = references[years - 1] - w
    level[first : now + 1] = -1
    for i in range(years, -1, -1):
        centre = now if i == 0 else references[i - 1]
        last = now if i == 0 else min(centre + w, now)
        level[centre - w : last + 1] = 0
        if i == 0 or no_periods == 1:
            continue
        begin = centre + w + 1
        end = (now if i == 1 else references[i - 2]) - w  # exclusive
        blocks = no_periods - 1
        length = max(end - begin, 0)
        size, remainder = length // blocks, length % blocks
        at = begin
        for block in range(blocks):
            for _ in range(size + (1 if block < remainder else 0)):
                level[at] = block + 1
                at += 1
    level[max(now - excluded, first) : now + 1] = -1
    return int(first)


@kernel
def clear(sums: Floats, begin: int, end: int) -> None:
    """Set rows begin .. end - 1 to zero (plain loops: here slices cost more than the sums themselves)."""
    for row in range(begin, end):
        for j in range(sums.shape[1]):
            sums[row, j] = 0.0


@kernel
def cell_sums(p: Floats, run: Offsets, level: Integers, runs: int, sums: Floats) -> float:
    """Sum up per level exposure, counts and least deviance (all weighted by omega); return sum omega y t.

    A run is a stretch of consecutive baseline periods of one level: periods run[r] .. run[r + 1] - 1.
    """
    y, t, omega = p[Y], p[T], p[OMEGA]
    count_time = 0.0
    clear(sums, CELL_W, LEVEL_ROWS)
    for r in range(runs):
        weight, total, least = 0.0, 0.0, 0.0
        for i in range(run[r], run[r + 1]):
            count = omega[i] * y[i]
            weight += omega[i] * p[EXPOSED, i]
            total += count
            count_time += count * t[i]
            least += omega[i] * p[YLOGY, i] - count * p[OFFSET, i]
        sums[CELL_W, level[r]] += weight
        sums[CELL_Y, level[r]] += total
        sums[CELL_D, level[r]] += least
    for j in range(sums.shape[1]):
        if sums[CELL_Y, j] > 0.0:
            sums[CELL_D, j] -= sums[CELL_Y, j] * np.log(sums[CELL_Y, j] / sums[CELL_W, j])
    return count_time


@kernel
def first_sums(p: Floats, run: Offsets, level: Integers, runs: int, sums: Floats) -> tuple[float, float, float]:
    """Sum up the normal equations at the start mu = y + 0.1; return deviance, sum w t^2, sum w t z."""
    y, t, omega, log_start = p[Y], p[T], p[OMEGA], p[LOG_START]
    deviance, tt, tz = 0.0, 0.0, 0.0
    clear(sums, S_W, S_WZ + 1)
    for r in range(runs):
        w, wt, wz = 0.0, 0.0, 0.0
        for i in range(run[r], run[r + 1]):
            weight = omega[i] * (y[i] + START)
            weight_z = weight * (log_start[i] - p[OFFSET, i]) - omega[i] * START
            w += weight
            wt += weight * t[i]
            wz += weight_z
            tt += weight * t[i] * t[i]
            tz += weight_z * t[i]
            deviance += omega[i] * (p[YLOGY, i] - y[i] * log_start[i] + START)
        sums[S_W, level[r]] += w
        sums[S_WT, level[r]] += wt
        sums[S_WZ, level[r]] += wz
    return 2.0 * deviance, tt, tz


@kernel
def weight_sums(p: Floats, run: Offsets, level: Integers, runs: int, sums: Floats, slope: float) -> float:
    """Sum up w and w t per level at the current rates and slope (w = omega mu); return sum w t^2.

    Within a run mu grows by the constant factor exp(slope) per period, which saves all but one exponential.
    """
    t, omega, exposed = p[T], p[OMEGA], p[EXPOSED]
    tt = 0.0
    growth = np.exp(slope)
    clear(sums, S_W, S_WT + 1)
    for r in range(runs):
        w, wt = 0.0, 0.0
        mean = np.exp(sums[RATE, level[r]] + slope * t[run[r]])
        for i in range(run[r], run[r + 1]):
            weight = omega[i] * exposed[i] * mean
            w += weight
            wt += weight * t[i]
            tt += weight * t[i] * t[i]
            mean *= growth
        sums[S_W, level[r]] += w
        sums[S_WT, level[r]] += wt
    return tt


@kernel
def solve_arrow(sums: Floats, tt: float, right_t: float) -> tuple[float, float]:
    """Solve the normal equations with right sides S_WZ per level and right_t for the slope.

    Leaves the solution per level in S_WZ; returns that for the slope and the information on it.
    """
    for j in range(sums.shape[1]):
        if sums[S_W, j] > 0.0:
            centre = sums[S_WT, j] / sums[S_W, j]
            tt -= centre * sums[S_WT, j]
            right_t -= centre * sums[S_WZ, j]
    slope = right_t / tt
    for j in range(sums.shape[1]):
        if sums[S_W, j] > 0.0:
            sums[S_WZ, j] = (sums[S_WZ, j] - slope * sums[S_WT, j]) / sums[S_W, j]
    return slope, tt


@kernel
def deviance_with_slope(sums: Floats, count_time: float, slope: float) -> float:
    """Return the deviance at the current rates and slope from sums alone."""
    deviance = -slope * count_time
    for j in range(sums.shape[1]):
        total = sums[CELL_Y, j]
        deviance += sums[S_W, j] - total
        if total > 0.0:
            deviance += sums[CELL_D, j] + total * (np.log(total / sums[CELL_W, j]) - sums[RATE, j])
    return 2.0 * deviance


@kernel
def fill_means(p: Floats, run: Offsets, level: Integers, runs: int, rates: Floats, slope: float, row: int) -> None:
    growth = np.exp(slope)
    for r in range(runs):
        mean = np.exp(rates[level[r]] + slope * p[T, run[r]])
        for i in range(run[r], run[r + 1]):
            p[row, i] = mean * p[EXPOSED, i]
            mean *= growth


@kernel
def fit_slope(p: Floats, run: Offsets, level: Integers, runs: int, sums: Floats) -> tuple[bool, float, float]:
    """Fit with slope by Fisher scoring: whether it converged, slope, information on the slope.

    The first step regresses the working response at mu = y + 0.1; each later one adds the increment that
    solves the same equations for the score (y - mu), which is the same step with less cancellation.
    """
    count_time = cell_sums(p, run, level, runs, sums)
    previous, tt, right_t = first_sums(p, run, level, runs, sums)
    slope, last_slope, information = 0.0, 0.0, 0.0
    clear(sums, RATE, RATE + 1)
    converged = False
    for iteration in range(MAX_ITERATIONS):
        last_slope = slope
        right_t = right_t if iteration == 0 else count_time
        for j in range(sums.shape[1]):
            sums[LAST_W, j], sums[LAST_WT, j], sums[LAST_RATE, j] = sums[S_W, j], sums[S_WT, j], sums[RATE, j]
            if iteration > 0:
                sums[S_WZ, j] = sums[CELL_Y, j] - sums[S_W, j]
                right_t -= sums[S_WT, j]
        increment, information = solve_arrow(sums, tt, right_t)
        slope += increment
        for j in range(sums.shape[1]):
            sums[RATE, j] += sums[S_WZ, j]
        tt = weight_sums(p, run, level, runs, sums, slope)
        deviance = deviance_with_slope(sums, count_time, slope)
        if not np.isfinite(deviance):
            return False, slope, information
        if abs(deviance - previous) / (abs(deviance) + 0.1) < TOLERANCE:
            converged = True
            break
        previous = deviance
    fill_means(p, run, level, runs, sums[RATE], slope, MU)
    fill_means(p, run, level, runs, sums[LAST_RATE], last_slope, LAST_MU)
    return converged, slope, information


@kernel
def fit_levels(p: Floats, run: Offsets, level: Integers, runs: int, sums: Floats) -> bool:
    """Fit without slope, with one rate per level; return whether it converged."""
    cell_sums(p, run, level, runs, sums)
    previous, _, _ = first_sums(p, run, level, runs, sums)
    clear(sums, LAST_WT, LAST_WT + 1)
    converged = False
    for iteration in range(MAX_ITERATIONS):
        deviance = 0.0
        for j in range(sums.shape[1]):
            weight, total = sums[CELL_W, j], sums[CELL_Y, j]
            if weight == 0.0:
                continue
            if iteration == 0:
                sums[LAST_W, j] = sums[S_W, j]
                log_rate = sums[S_WZ, j] / sums[S_W, j]
            else:
                sums[LAST_W, j] = weight * np.exp(sums[RATE, j])
                log_rate = sums[RATE, j] + total / sums[LAST_W, j] - 1.0
            sums[RATE, j] = log_rate
            deviance += weight * np.exp(log_rate)
            if total > 0.0:
                deviance += sums[CELL_D, j] - total + total * (np.log(total / weight) - log_rate)
        deviance *= 2.0
        if not np.isfinite(deviance):
            return False
        if abs(deviance - previous) / (abs(deviance) + 0.1) < TOLERANCE:
            converged = True
            break
        previous = deviance
    for j in range(sums.shape[1]):
        sums[LAST_RATE, j] = np.log(sums[LAST_W, j] / sums[CELL_W, j])
    fill_means(p, run, level, runs, sums[RATE], 0.0, MU)
    fill_means(p, run, level, runs, sums[LAST_RATE], 0.0, LAST_MU)
    return converged


@kernel
def pearson(p: Floats, n: int, freedom: int, prior_weights: bool) -> float:
    """Return sum(weight * ((y - mu) / mu)^2) / freedom with working weights, or with the prior weights omega.

    Working weights are those of the start of the last iteration, as is usual in such fits.
    """
    total = 0.0
    for i in range(n):
        residual = (p[Y, i] - p[MU, i]) / p[MU, i]
        weight = p[OMEGA, i] if prior_weights else p[OMEGA, i] * p[LAST_MU, i]
        total += weight * residual * residual
    return total / freedom


@kernel
def reweight_baseline(
    p: Floats, run: Offsets, level: Integers, runs: int, sums: Floats,
    slope: float, information: float, phi: float, threshold: float,
) -> None:  # fmt: skip
    """Set omega from Anscombe residuals s: proportional to s^-2 where s > threshold, else to 1; sum = n.

    s = 1.5 (y^(2/3) mu^(-1/6) - mu^(1/2)) / sqrt(phi (1 - hat)); only excesses are weighed down (past
    outbreaks). Farrington et al. 1996, 3.3; the threshold 2.58 is Noufaily et al. 2013, 3.2.
    """
    total = 0.0
    per_information = 1.0 / information if information > 0.0 else 0.0
    for r in range(runs):
        j = level[r]
        centre, per_weight = sums[LAST_WT, j] / sums[LAST_W, j], 1.0 / sums[LAST_W, j]
        root = np.exp((sums[RATE, j] + slope * p[T, run[r]]) / -6.0)  # mu^(-1/6) but for the exposure
        shrink = np.exp(slope / -6.0)
        for i in range(run[r], run[r + 1]):
            away = p[T, i] - centre
            free = 1.0 - p[OMEGA, i] * p[LAST_MU, i] * (per_weight + away * away * per_information)
            omega = 1.0
            anscombe = 1.5 * (p[Y23, i] * root * p[ROOT, i] - np.sqrt(p[MU, i]))
            if anscombe > 0.0 and free > 1e-12:
                squared = anscombe * anscombe / (phi * free)
                if squared > threshold * threshold:
                    omega = 1.0 / squared
            p[OMEGA, i] = omega
            total += omega
            root *= shrink
    scale = run[runs] / total
    for i in range(run[runs]):
        p[OMEGA, i] *= scale


@kernel
def fit_reweighted(
    p: Floats, run: Offsets, level: Integers, runs: int, sums: Floats, used: int,
    trend: bool, reweight: bool, threshold: float,
) -> tuple[bool, bool, float, float, float]:  # fmt: skip
    """Fit, reweight, fit again: converged, with trend, slope, information on the slope, phi >= 1.

    A first fit with slope that does not converge is repeated without; `used` counts the levels that occur.
    """
    n = int(run[runs])
    for i in range(n):
        p[OMEGA, i] = 1.0
    slope, information, converged = 0.0, 0.0, False
    if trend and n > used + 1:
        converged, slope, information = fit_slope(p, run, level, runs, sums)
    trend = converged
    if not trend:
        slope, information = 0.0, 0.0
        converged = fit_levels(p, run, level, runs, sums)
    if not converged:
        return False, False, 0.0, 0.0, 1.0
    freedom = n - used - (1 if trend else 0)
    phi = max(pearson(p, n, freedom, False), 1.0)
    if reweight:
        reweight_baseline(p, run, level, runs, sums, slope, information, phi, threshold)
        if trend:
            _, slope, information = fit_slope(p, run, level, runs, sums)
        else:
            fit_levels(p, run, level, runs, sums)
        phi = max(pearson(p, n, freedom, False), 1.0)
    return True, trend, slope, information, phi


@kernel
def gather_baseline(
    series: Floats, population: Floats, season: Integers, first: int, now: int, use_offset: bool,
    p: Floats, run: Offsets, level: Integers,
) -> tuple[int, int]:  # fmt: skip
    """Copy the known baseline periods into p, cut into runs; return their number and the number of runs."""
    n, runs, before = 0, 0, -2
    centre = 0.5 * (series[TIME, first] + series[TIME, now])
    for i in range(first, now):
        if season[i] < 0 or np.isnan(series[COUNT, i]) or (use_offset and not population[i] > 0.0):
            continue
        adjacent = before == i - 1 and season[before] == season[i]
        if not adjacent or series[TIME, i] - series[TIME, before] != 1.0:
            run[runs], level[runs] = n, season[i]
            runs += 1
        before = i
        p[Y, n], p[T, n] = series[COUNT, i], series[TIME, i] - centre
        p[EXPOSED, n], p[OFFSET, n], p[ROOT, n] = 1.0, 0.0, 1.0
        if use_offset:
            p[EXPOSED, n], p[OFFSET, n] = population[i], np.log(population[i])
            p[ROOT, n] = np.exp(p[OFFSET, n] / -6.0)
        p[LOG_START, n], p[YLOGY, n] = series[SERIES_LOG_START, i], series[SERIES_YLOGY, i]
        p[Y23, n] = series[SERIES_Y23, i]
        n += 1
    run[runs] = n
    return n, runs


@kernel
def describe_baseline(p: Floats, run: Offsets, level: Integers, runs: int, sums: Floats, fit: Floats) -> int:
    """Note the size of the baseline and of its part in the current season; return the levels that occur."""
    clear(sums, S_W, S_W + 1)
    for r in range(runs):
        sums[S_W, level[r]] += np.int64(run[r + 1] - run[r])
        for i in range(run[r], run[r + 1]):
            fit[LARGEST] = max(fit[LARGEST], p[Y, i])
            if level[r] == 0:
                fit[SUM_CURRENT_SEASON] += p[Y, i]
                fit[EXPOSURE] += p[EXPOSED, i]
    used = 0
    for j in range(sums.shape[1]):
        used += sums[S_W, j] > 0.0
    fit[N_BASELINE], fit[N_CURRENT_SEASON] = run[runs], sums[S_W, 0]
    return used


@kernel
def fit_with_trend_rules(
    p: Floats, run: Offsets, level: Integers, runs: int, sums: Floats, used: int, years: int,
    here: float, offset: float, reweight: bool, threshold: float, use_trend: bool, critical_t: Floats,
    prior_weight_dispersion: bool, fit: Floats,
) -> bool:  # fmt: skip
    """Fit, and fit again without slope unless it is significant, years >= 3 and it does not extrapolate.

    Writes log mean, its standard error, phi and the slope at time `here` into fit; False: not converged.
    """
    n = int(run[runs])
    trend = use_trend
    for _ in range(2):
        ok, trend, slope, information, phi = fit_reweighted(p, run, level, runs, sums, used, trend, reweight, threshold)
        if not ok:
            return False
        eta = sums[RATE, 0] + slope * here + offset
        freedom = n - used - (1 if trend else 0)
        dispersion = pearson(p, n, freedom, reweight) if prior_weight_dispersion else phi
        variance = 1.0 / sums[LAST_W, 0]
        if not trend:
            break
        away = here - sums[LAST_WT, 0] / sums[LAST_W, 0]
        variance += away * away / information
        significant = abs(slope) / np.sqrt(dispersion / information) > critical_t[freedom]
        if significant and years >= 3 and np.exp(eta) <= fit[LARGEST]:
            break
        trend = False
    fit[ETA], fit[SE], fit[PHI] = eta, np.sqrt(dispersion * variance), phi
    fit[TREND], fit[SLOPE] = (1.0 if trend else 0.0), slope
    return True


@kernel
def farrington_fits(
    series: Floats, population: Floats, evaluate: Integers, references: Integers, years: Integers,
    w: int, no_periods: int, excluded: int, use_offset: bool, reweight: bool, threshold: float,
    use_trend: bool, critical_t: Floats, prior_weight_dispersion: bool, late_origin: bool, fits: Floats,
    reason: Integers,
) -> None:  # fmt: skip
    """Fill fits [m, 10] and reason [m] for the positions `evaluate` [m].

    series [5, N]: y, log(y + 0.1), y log y, y^(2/3), time; references [m, b], the first years[m] of them usable
    (years = 0: too little history); critical_t [df] is the least |t| at which a slope is significant.
    prior_weight_dispersion, late_origin: standard errors, and time of the prediction when the first baseline
    period is missing, as R's surveillance has them (FarringtonFlexible, differences 1 and 8).
    """
    size = series.shape[1]
    season = np.empty(size, dtype=np.int64)
    run = np.empty(size + 1, dtype=np.uint64)
    level = np.empty(size, dtype=np.int64)
    p = np.empty((PERIOD_ROWS, size))
    sums = np.empty((LEVEL_ROWS, no_periods))
    for m in range(len(evaluate)):
        now, b = evaluate[m], years[m]
        if b == 0 or references[m, b - 1] < w:
            reason[m] = TOO_LITTLE_HISTORY
            continue
        if use_offset and not population[now] > 0.0:
            reason[m] = MISSING_POPULATION
            continue
        first = season_levels(season, references[m], b, now, w, no_periods, excluded)
        n, runs = gather_baseline(series, population, season, first, now, use_offset, p, run, level)
        used = describe_baseline(p, run, level, runs, sums, fits[m])
        if n <= used or fits[m, N_CURRENT_SEASON] == 0.0:
            reason[m] = TOO_FEW_BASELINE
            continue
        here = 0.5 * (series[TIME, now] - series[TIME, first])
        if late_origin:
            here = -p[T, 0]
        offset = np.log(population[now]) if use_offset else 0.0
        if not fit_with_trend_rules(
            p, run, level, runs, sums, used, b, here, offset, reweight, threshold, use_trend, critical_t,
            prior_weight_dispersion, fits[m],
        ):  # fmt: skip
            reason[m] = NOT_CONVERGED

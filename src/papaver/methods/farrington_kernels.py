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
Flags = npt.NDArray[np.bool_]

# Iteration rules of the usual generalised linear model fit: McCullagh and Nelder 1989, 2.5; start mu = y + 0.1.
START = 0.1
TOLERANCE = 1e-8
MAX_ITERATIONS = 25
SMALLEST_MEAN = 2.0**-52
LOG_SMALLEST_MEAN = -36.04365338911715

# Plain numbers, because the compiler does not take enumerations.
OK = int(Reason.OK)
TOO_LITTLE_HISTORY = int(Reason.TOO_LITTLE_HISTORY)
TOO_FEW_BASELINE = int(Reason.TOO_FEW_BASELINE)
NOT_CONVERGED = int(Reason.NOT_CONVERGED)
MISSING_POPULATION = int(Reason.MISSING_POPULATION)

# Columns of the fit table.
ETA, SE, PHI, TREND, SLOPE, N_BASELINE, N_CURRENT_SEASON, SUM_CURRENT_SEASON, EXPOSURE = range(9)
FIT_COLUMNS = 9
# Rows of the per-period work table of one fit.
Y, T, OFFSET, EXPOSED, LOG_START, YLOGY, Y23, OMEGA, MU, WORKING, HAT, LOG_MU = range(12)
# Rows of the per-level work table.
S_W, S_WT, S_WZ, RATE, CELL_W, CELL_Y, CELL_D = range(7)


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
        last = now if i == 0 else centre + w
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
def start_deviance(p: Floats, n: int) -> float:
    deviance = 0.0
    for i in range(n):
        deviance += p[OMEGA, i] * (p[YLOGY, i] - p[Y, i] * p[LOG_START, i] + START)
    return 2.0 * deviance


@kernel
def fit_levels(p: Floats, cell: Integers, levels: Floats, n: int, n_levels: int) -> bool:
    """Fit without slope. p [12, n] and levels [7, n_levels] are filled in place; return whether it converged."""
    levels[:, :n_levels] = 0.0
    for i in range(n):
        j, omega = cell[i], p[OMEGA, i]
        start_mu = p[Y, i] + START
        levels[S_W, j] += omega * start_mu
        levels[S_WZ, j] += omega * (start_mu * (p[LOG_START, i] - p[OFFSET, i]) - START)
        levels[CELL_W, j] += omega * p[EXPOSED, i]
        levels[CELL_Y, j] += omega * p[Y, i]
    for i in range(n):
        j = cell[i]
        if p[Y, i] > 0.0 or levels[CELL_Y, j] > 0.0:
            rate = levels[CELL_Y, j] / levels[CELL_W, j]
            log_mu = np.log(rate) + p[OFFSET, i]
            levels[CELL_D, j] += p[OMEGA, i] * (p[YLOGY, i] - p[Y, i] * log_mu - p[Y, i] + rate * p[EXPOSED, i])
    previous = start_deviance(p, n)
    converged = False
    for iteration in range(MAX_ITERATIONS):
        deviance = 0.0
        for j in range(n_levels):
            weight, total = levels[CELL_W, j], levels[CELL_Y, j]
            if weight == 0.0:
                continue
            if iteration == 0:
                log_rate = levels[S_WZ, j] / levels[S_W, j]
            else:
                levels[S_W, j] = weight * np.exp(levels[RATE, j])
                log_rate = levels[RATE, j] + total / levels[S_W, j] - 1.0
            levels[RATE, j] = log_rate
            rate = np.exp(log_rate)
            deviance += weight * rate
            if total > 0.0:
                mean = total / weight
                deviance += levels[CELL_D, j] - weight * mean + total * (np.log(mean) - log_rate)
        deviance *= 2.0
        if not np.isfinite(deviance):
            return False
        if abs(deviance - previous) / (abs(deviance) + 0.1) < TOLERANCE:
            converged = True
            break
        previous = deviance
    for i in range(n):
        j = cell[i]
        share = p[OMEGA, i] * p[EXPOSED, i] / levels[CELL_W, j]
        p[LOG_MU, i] = levels[RATE, j] + p[OFFSET, i]
        p[MU, i] = np.exp(levels[RATE, j]) * p[EXPOSED, i]
        p[WORKING, i] = share * levels[S_W, j]
        p[HAT, i] = share
    levels[S_WT, :n_levels] = 0.0
    return converged


@kernel
def fit_levels_and_slope(p: Floats, cell: Integers, levels: Floats, n: int, n_levels: int) -> tuple[bool, float, float]:
    """Fit with slope (arrow-shaped normal equations): whether it converged, slope, information on the slope.

    Working weights kept in p are those of the start of the last iteration, as usual in such fits.
    """
    previous = start_deviance(p, n)
    slope, information = 0.0, 0.0
    converged = False
    for iteration in range(MAX_ITERATIONS):
        levels[: S_WZ + 1, :n_levels] = 0.0
        total_tt, total_tz = 0.0, 0.0
        for i in range(n):
            if iteration == 0:
                mu = p[Y, i] + START
                z = p[LOG_START, i] - p[OFFSET, i] - START / mu
            else:
                mu = p[MU, i]
                z = p[LOG_MU, i] - p[OFFSET, i] + (p[Y, i] - mu) / mu
            weight, t, j = p[OMEGA, i] * mu, p[T, i], cell[i]
            p[WORKING, i] = weight
            levels[S_W, j] += weight
            levels[S_WT, j] += weight * t
            levels[S_WZ, j] += weight * z
            total_tt += weight * t * t
            total_tz += weight * t * z
        for j in range(n_levels):
            if levels[S_W, j] > 0.0:
                centre = levels[S_WT, j] / levels[S_W, j]
                total_tt -= centre * levels[S_WT, j]
                total_tz -= centre * levels[S_WZ, j]
        slope, information = total_tz / total_tt, total_tt
        for j in range(n_levels):
            if levels[S_W, j] > 0.0:
                levels[RATE, j] = (levels[S_WZ, j] - slope * levels[S_WT, j]) / levels[S_W, j]
        deviance = 0.0
        for i in range(n):
            log_mu = levels[RATE, cell[i]] + slope * p[T, i] + p[OFFSET, i]
            mu = np.exp(log_mu)
            if mu < SMALLEST_MEAN:
                mu = SMALLEST_MEAN
            p[LOG_MU, i], p[MU, i] = log_mu, mu
            deviance += p[OMEGA, i] * (p[YLOGY, i] - p[Y, i] * max(log_mu, LOG_SMALLEST_MEAN) - (p[Y, i] - mu))
        deviance *= 2.0
        if not np.isfinite(deviance):
            return False, slope, information
        if abs(deviance - previous) / (abs(deviance) + 0.1) < TOLERANCE:
            converged = True
            break
        previous = deviance
    for i in range(n):
        j = cell[i]
        away = p[T, i] - levels[S_WT, j] / levels[S_W, j]
        p[HAT, i] = p[WORKING, i] * (1.0 / levels[S_W, j] + away * away / information)
    return converged, slope, information


@kernel
def pearson(p: Floats, n: int, freedom: int, prior_weights: bool) -> float:
    """Return sum(weight * ((y - mu) / mu)^2) / freedom with working weights, or with the prior weights omega."""
    row = OMEGA if prior_weights else WORKING
    total = 0.0
    for i in range(n):
        residual = (p[Y, i] - p[MU, i]) / p[MU, i]
        total += p[row, i] * residual * residual
    return total / freedom


@kernel
def reweight_baseline(p: Floats, n: int, phi: float, threshold: float) -> None:
    """Set omega from Anscombe residuals s: proportional to s^-2 where s > threshold, else to 1; sum = n.

    s = 1.5 (y^(2/3) mu^(-1/6) - mu^(1/2)) / sqrt(phi (1 - hat)); only excesses are weighed down (past
    outbreaks). Farrington et al. 1996, 3.3; the threshold 2.58 is Noufaily et al. 2013, 3.2.
    """
    total = 0.0
    for i in range(n):
        root = np.exp(-p[LOG_MU, i] / 6.0)  # mu^(-1/6)
        free = 1.0 - p[HAT, i]
        residual = 0.0
        if free > 1e-12:
            residual = 1.5 * (p[Y23, i] * root - 1.0 / (root * root * root)) / np.sqrt(phi * free)
        omega = 1.0 / (residual * residual) if residual > threshold else 1.0
        p[OMEGA, i] = omega
        total += omega
    scale = n / total
    for i in range(n):
        p[OMEGA, i] *= scale


@kernel
def fit_reweighted(
    p: Floats, cell: Integers, levels: Floats, n: int, n_levels: int, used: int,
    trend: bool, reweight: bool, threshold: float,
) -> tuple[bool, bool, float, float, float]:  # fmt: skip
    """Fit, reweight, fit again: converged, with trend, slope, information on the slope, phi >= 1.

    A first fit with slope that does not converge is repeated without; `used` counts the levels that occur.
    """
    p[OMEGA, :n] = 1.0
    slope, information = 0.0, 0.0
    converged = False
    if trend:
        trend = n > used + 1
    if trend:
        converged, slope, information = fit_levels_and_slope(p, cell, levels, n, n_levels)
        trend = converged
    if not trend:
        slope, information = 0.0, 0.0
        converged = fit_levels(p, cell, levels, n, n_levels)
    if not converged:
        return False, False, 0.0, 0.0, 1.0
    freedom = n - used - (1 if trend else 0)
    phi = max(pearson(p, n, freedom, False), 1.0)
    if reweight:
        reweight_baseline(p, n, phi, threshold)
        if trend:
            _, slope, information = fit_levels_and_slope(p, cell, levels, n, n_levels)
        else:
            fit_levels(p, cell, levels, n, n_levels)
        phi = max(pearson(p, n, freedom, False), 1.0)
    return True, trend, slope, information, phi


@kernel
def farrington_fits(
    series: Floats, population: Floats, evaluate: Integers, references: Integers, years: Integers,
    w: int, no_periods: int, excluded: int, use_offset: bool, reweight: bool, threshold: float,
    use_trend: bool, critical_t: Floats, prior_weight_dispersion: bool, late_origin: bool, fits: Floats,
    reason: Integers,
) -> None:  # fmt: skip
    """Fill fits [m, 9] and reason [m] for the positions `evaluate` [m].

    series [5, N]: y, log(y + 0.1), y log y, y^(2/3), time; references [m, b], the first years[m] of them usable
    (years = 0: too little history); critical_t [df] is the least |t| at which a slope is significant.
    prior_weight_dispersion, late_origin: standard errors, and time of the prediction when the first baseline
    period is missing, as R's surveillance has them (FarringtonFlexible, differences 1 and 8).
    """
    size = series.shape[1]
    level = np.empty(size, dtype=np.int64)
    cell = np.empty(size, dtype=np.int64)
    p = np.empty((12, size))
    levels = np.empty((7, no_periods))
    for m in range(len(evaluate)):
        now, b = evaluate[m], years[m]
        if b == 0 or references[m, b - 1] < w:
            reason[m] = TOO_LITTLE_HISTORY
            continue
        if use_offset and not population[now] > 0.0:
            reason[m] = MISSING_POPULATION
            continue
        first = season_levels(level, references[m], b, now, w, no_periods, excluded)
        n, total, largest, centre = 0, 0.0, 0.0, 0.5 * (series[4, first] + series[4, now])
        levels[S_W, :] = 0.0
        for i in range(first, now):
            if level[i] < 0 or np.isnan(series[0, i]) or (use_offset and not population[i] > 0.0):
                continue
            cell[n] = level[i]
            exposed = population[i] if use_offset else 1.0
            p[Y, n], p[T, n], p[EXPOSED, n] = series[0, i], series[4, i] - centre, exposed
            p[OFFSET, n] = np.log(exposed) if use_offset else 0.0
            p[LOG_START, n], p[YLOGY, n], p[Y23, n] = series[1, i], series[2, i], series[3, i]
            levels[S_W, level[i]] += 1.0
            largest = max(largest, series[0, i])
            if level[i] == 0:
                total += series[0, i]
                fits[m, EXPOSURE] += exposed
            n += 1
        used = 0
        for j in range(no_periods):
            used += levels[S_W, j] > 0.0
        fits[m, N_BASELINE], fits[m, N_CURRENT_SEASON], fits[m, SUM_CURRENT_SEASON] = n, levels[S_W, 0], total
        if n <= used or levels[S_W, 0] == 0.0:
            reason[m] = TOO_FEW_BASELINE
            continue
        here = series[4, now] - centre
        if late_origin:
            here -= p[T, 0] + centre - series[4, first]
        offset = np.log(population[now]) if use_offset else 0.0
        ok, trend, slope, information, phi = fit_reweighted(
            p, cell, levels, n, no_periods, used, use_trend, reweight, threshold
        )
        eta, dispersion = 0.0, phi
        for _ in range(2):
            eta = levels[RATE, 0] + slope * here + offset
            freedom = n - used - (1 if trend else 0)
            dispersion = pearson(p, n, freedom, reweight) if ok and prior_weight_dispersion else phi
            if not (ok and trend):
                break
            t_value = abs(slope) / np.sqrt(dispersion / information)
            if b >= 3 and t_value > critical_t[freedom] and np.exp(eta) <= largest:
                break
            ok, trend, slope, information, phi = fit_reweighted(
                p, cell, levels, n, no_periods, used, False, reweight, threshold
            )
        if not ok:
            reason[m] = NOT_CONVERGED
            continue
        variance = 1.0 / levels[S_W, 0]
        if trend:
            away = here - levels[S_WT, 0] / levels[S_W, 0]
            variance += away * away / information
            fits[m, TREND], fits[m, SLOPE] = 1.0, slope
        fits[m, ETA], fits[m, SE], fits[m, PHI] = eta, np.sqrt(dispersion * variance), phi
        reason[m] = OK

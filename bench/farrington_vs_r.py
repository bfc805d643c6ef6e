"""Farrington Flexible and EARS beside R `surveillance`, in one run: equal answers, then CPU per fit.

Usage: python bench/farrington_vs_r.py [--fits 100000] [--cases 120]. Needs Rscript with the package surveillance
(Debian: r-cran-surveillance); without it only Papaver's own seconds are printed.

Series for timing: the 28 scenarios of Noufaily et al. 2013 (7 parameter rows x trend on/off x season on/off),
624 weeks, last 52 evaluated. Series for equality: random counts of many sizes with missing values, zeros,
populations, other cadences, and random settings. CPU seconds, not wall, so that a busy machine does not matter.
"""

from __future__ import annotations

import argparse
import csv
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from papaver.analyses.detect.bench import ROWS as NOUFAILY_ROWS
from papaver.methods.ears import EARS, ears
from papaver.methods.farrington import FarringtonFlexible, Reason, farrington_flexible

ORACLE = Path(__file__).with_name("farrington_oracle.R")
SEED = 20250301
AS_IN_R = FarringtonFlexible(w=3, no_periods=1, past_weeks_not_included=3, alpha=0.05, compat="r-surveillance")
NOUFAILY = replace(
    AS_IN_R, no_periods=10, past_weeks_not_included=26, p_threshold_trend=1.0,
    threshold_method="nbPlugin", alpha=0.01,
)  # fmt: skip
Series = dict[str, tuple[np.ndarray, np.ndarray, np.ndarray]]  # name -> dates, observed, population
Case = tuple[str, bool, int, int, int, FarringtonFlexible]  # series, dated, freq, from, to (1-based), settings


def noufaily_series(random: np.random.Generator, weeks: int = 624) -> Series:
    series: Series = {}
    t = np.arange(1, weeks + 1)
    dates = np.datetime64("2010-01-04") + 7 * np.arange(weeks)
    for row, (theta, beta, gamma1, gamma2, phi) in enumerate(NOUFAILY_ROWS):
        for trend in (0, 1):
            for season in (0, 1):
                angle = 2 * np.pi * t / 52
                wave = gamma1 * np.cos(angle) + gamma2 * np.sin(angle)
                mean = np.exp(theta + trend * beta * t + season * wave)
                series[f"noufaily_{row}_{trend}{season}"] = (dates, draw(random, mean, phi), np.ones(weeks))
    return series


def draw(random: np.random.Generator, mean: np.ndarray, phi: float) -> np.ndarray:
    """Counts with variance phi * mean."""
    if phi <= 1.0:
        return random.poisson(mean).astype(float)
    return random.negative_binomial(mean / (phi - 1.0), 1.0 / phi).astype(float)


def odd_series(random: np.random.Generator) -> Series:
    """Sizes from almost nothing to a million, gaps, zeros, populations, outbreaks; weekly unless named."""
    n = 470
    t = np.arange(n)
    weekly = np.datetime64("2003-12-29") + 7 * t
    people = np.round(80_000 + 400 * t + random.normal(0, 2000, n))
    series: Series = {}
    for name, level, phi in (
        ("rare", 0.05, 1.0), ("sparse", 0.4, 1.3), ("low", 2.0, 1.8), ("middle", 15.0, 3.0),
        ("high", 900.0, 20.0), ("million", 1e6, 500.0),
    ):  # fmt: skip
        mean = level * np.exp(0.001 * t + 0.4 * np.cos(2 * np.pi * t / 52.18))
        y = draw(random, mean, phi)
        y[[200, 201, 202, 330]] += np.ceil(4 * np.sqrt(level))
        series[name] = (weekly, y, people)
        gaps = y.copy()
        gaps[random.choice(n, 40, replace=False)] = np.nan
        series[f"{name}_gaps"] = (weekly, gaps, people)
    step = np.where(t < 300, 0.0, draw(random, np.full(n, 6.0), 2.0))
    series["new_here"] = (weekly, step, people)
    series["zeros"] = (weekly, np.zeros(n), people)
    series["falling"] = (weekly, draw(random, 60 * np.exp(-0.01 * t), 2.0), people)
    months = (np.datetime64("1985-01") + t).astype("datetime64[D]")
    series["monthly"] = (months, draw(random, 12 + 4 * np.cos(2 * np.pi * t / 12), 2.0), people)
    quarters = (np.datetime64("1900-01") + 3 * t).astype("datetime64[D]")
    series["quarterly"] = (quarters, draw(random, 20 + 0.02 * t, 2.5), people)
    d = np.arange(2600)
    days = np.datetime64("2014-01-01") + d
    series["daily"] = (days, draw(random, 4 + 2 * np.cos(2 * np.pi * d / 365.25), 1.5), np.ones(2600))
    return series


def odd_cases(random: np.random.Generator, series: Series, number: int) -> list[Case]:
    cases: list[Case] = []
    weekly = [name for name in series if name not in ("monthly", "quarterly", "daily")]
    for i in range(number):
        name, freq = weekly[i % len(weekly)], 52
        if i % 9 == 8:
            name, freq = (("monthly", 12), ("quarterly", 4), ("daily", 365))[(i // 9) % 3]
        settings = random_settings(random, freq)
        n = len(series[name][1])
        dated = bool(random.integers(2)) and freq != 4
        earliest = settings.b * freq + settings.b + (settings.w or 0) + 10
        start = int(random.integers(earliest, n - 9))
        cases.append((name, dated, freq, start, start + 9, settings))
    return cases


def random_settings(random: np.random.Generator, freq: int) -> FarringtonFlexible:
    largest = {52: 4, 365: 4, 12: 3, 4: 1}[freq]
    periods = {52: (1, 5, 10), 365: (1, 5, 10), 12: (1, 3, 5), 4: (1, 2)}[freq]
    w = int(random.integers(1, largest + 1))
    return FarringtonFlexible(
        b=int(random.integers(3, 7)) if freq != 365 else 5,
        w=w,
        reweight=bool(random.integers(4)),
        weights_threshold=float(random.choice([1.0, 2.58])),
        alpha=float(random.choice([0.05, 0.01, 0.005])),
        trend=bool(random.integers(5)),
        p_threshold_trend=float(random.choice([0.05, 1.0])),
        limit54=((5, 4), (0, 4))[int(random.integers(2))],
        powertrans=("2/3", "1/2", "none")[int(random.integers(3))],
        population_offset=bool(random.integers(3) == 0),
        no_periods=int(random.choice(periods)),
        past_weeks_not_included=int(random.choice([w, 0, 1, 26 if freq == 52 else 2])),
        threshold_method=("delta", "nbPlugin", "muan")[int(random.integers(3))],
        compat="r-surveillance",
    )


def write_cases(directory: Path, series: Series, cases: list[Case], ears_cases: list[tuple[str, EARS]]) -> None:
    with (directory / "series.csv").open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(("series", "date", "observed", "population"))
        for name, (dates, observed, population) in series.items():
            for date, y, people in zip(dates, observed, population, strict=True):
                rows.writerow((name, date, "NA" if np.isnan(y) else int(y), people))
    names = [
        "case", "series", "dated", "freq", "from", "to", "b", "w", "reweight", "weights_threshold", "alpha",
        "trend", "p_threshold_trend", "limit_cases", "limit_periods", "powertrans", "population_offset",
        "no_periods", "past_weeks_not_included", "threshold_method",
    ]  # fmt: skip
    with (directory / "farrington_cases.csv").open("w", newline="") as stream:
        table = csv.DictWriter(stream, names, extrasaction="ignore")
        table.writeheader()
        for number, (name, dated, freq, first, last, settings) in enumerate(cases):
            row = {key: int(value) if isinstance(value, bool) else value for key, value in asdict(settings).items()}
            row |= {"case": number, "series": name, "dated": int(dated), "freq": freq, "from": first, "to": last}
            row |= {"limit_cases": settings.limit54[0], "limit_periods": settings.limit54[1]}
            table.writerow(row)
    with (directory / "ears_cases.csv").open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(("case", "series", "method", "baseline", "min_sigma", "alpha"))
        for number, (name, settings) in enumerate(ears_cases):
            rows.writerow((number, name, settings.method, settings.baseline, settings.min_sigma, settings.alpha))


def read_results(path: Path) -> dict[int, dict[str, np.ndarray]]:
    found: dict[int, list[dict[str, str]]] = {}
    with path.open() as stream:
        for row in csv.DictReader(stream):
            found.setdefault(int(row["case"]), []).append(row)

    def column(rows: list[dict[str, str]], name: str) -> np.ndarray:
        return np.array([np.nan if row[name] in ("NA", "NaN") else float(row[name]) for row in rows])

    return {case: {name: column(rows, name) for name in rows[0]} for case, rows in found.items()}


def disagreement(ours: np.ndarray, theirs: np.ndarray) -> float:
    """Largest difference relative to max(|value|, 1e-3); infinite where one is missing and the other not."""
    if (np.isnan(ours) != np.isnan(theirs)).any():
        return float("inf")
    with np.errstate(invalid="ignore"):
        gap = np.where(ours == theirs, 0.0, np.abs(ours - theirs) / np.maximum(np.abs(theirs), 1e-3))
    return float(np.nanmax(gap, initial=0.0))


def compare_farrington(directory: Path, series: Series, cases: list[Case], verbose: bool) -> bool:
    results = read_results(directory / "farrington_results.csv")
    worst: dict[str, float] = {}
    weeks = alarms = mismatches = 0
    for number, (name, dated, freq, first, last, settings) in enumerate(cases):
        if number not in results:
            continue
        theirs = results[number]
        dates, observed, population = series[name]
        ours = farrington_flexible(
            observed, dates if dated else None, freq, np.arange(first - 1, last), population, settings
        )
        alarm = np.where(ours.reason == Reason.NOT_CONVERGED, np.nan, ours.alarm)
        wrong = int((~((alarm == theirs["alarm"]) | (np.isnan(alarm) & np.isnan(theirs["alarm"])))).sum())
        gaps = {
            column: disagreement(getattr(ours, column), theirs[column])
            for column in ("upperbound", "score", "p_value", "expected", "phi", "mu0", "trend_coefficient")
        }
        if verbose and (wrong or max(gaps.values()) > 1e-9):
            print("  differs:", name, dated, freq, first, settings, "alarms", wrong, gaps)
        weeks, alarms, mismatches = weeks + len(alarm), alarms + int(ours.alarm.sum()), mismatches + wrong
        worst = {column: max(gap, worst.get(column, 0.0)) for column, gap in gaps.items()}
    print(f"Farrington beside R: {len(results)} cases ({len(cases) - len(results)} where R raised an error), ")
    print(f"  {weeks} periods, {alarms} alarms, {mismatches} differ; largest relative difference:")
    print("  " + ", ".join(f"{column} {gap:.1e}" for column, gap in worst.items()))
    return mismatches == 0 and max(worst.values()) < 1e-9


def compare_ears(directory: Path, series: Series, cases: list[tuple[str, EARS]]) -> bool:
    results = read_results(directory / "ears_results.csv")
    worst, periods, alarms, mismatches = 0.0, 0, 0, 0
    for number, theirs in results.items():
        name, settings = cases[number]
        ours = ears(series[name][1], theirs["t"].astype(int) - 1, replace(settings, compat="r-surveillance"))
        mismatches += int((np.nan_to_num(theirs["alarm"]) != ours.alarm).sum())
        worst = max(worst, disagreement(ours.upperbound, theirs["upperbound"]))
        periods, alarms = periods + len(ours.alarm), alarms + int(ours.alarm.sum())
    print(f"EARS beside R: {len(results)} cases, {periods} periods, {alarms} alarms, {mismatches} differ; ")
    print(f"  largest relative difference of the bound {worst:.1e}")
    return mismatches == 0 and worst < 1e-9


def cpu_per_fit(series: Series, settings: FarringtonFlexible, repeats: int = 7) -> float:
    """CPU seconds per fit, median of `repeats` passes over the series, one thread, compiled beforehand."""
    evaluate = np.arange(572, 624)
    seconds = []
    for _ in range(repeats + 1):
        start = time.process_time()
        for dates, observed, _population in series.values():
            farrington_flexible(observed, dates, 52, evaluate, None, settings)
        seconds.append(time.process_time() - start)
    return float(np.median(seconds[1:])) / (len(series) * len(evaluate))


def throughput(series: Series, settings: FarringtonFlexible, fits: int, threads: int = 2) -> float:
    """Wall seconds for `fits` fits, series shared out over threads (the kernels release the lock)."""
    names = list(series)
    evaluate = np.arange(572, 624)
    calls = -(-fits // len(evaluate))

    def work(first: int) -> None:
        for call in range(first, calls, threads):
            dates, observed, _population = series[names[call % len(names)]]
            farrington_flexible(observed, dates, 52, evaluate, None, settings)

    workers = [threading.Thread(target=work, args=(first,)) for first in range(threads)]
    start = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return time.perf_counter() - start


def run_oracle(directory: Path) -> None:
    subprocess.run(["Rscript", str(ORACLE), str(directory)], check=True)


def r_cpu_per_fit(directory: Path, cases: list[Case]) -> float:
    with (directory / "seconds.csv").open() as stream:
        seconds = [float(row["seconds"]) for row in csv.DictReader(stream)]
    return sum(seconds) / sum(last - first + 1 for _, _, _, first, last, _ in cases)


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--fits", type=int, default=100_000, help="fits of the throughput line")
    arguments.add_argument("--cases", type=int, default=120, help="random cases compared with R")
    chosen = arguments.parse_args()
    random = np.random.default_rng(SEED)
    scenarios = noufaily_series(random)
    settings = {"defaults": (AS_IN_R, 800), "Noufaily": (NOUFAILY, 200)}
    equal = True
    have_r = shutil.which("Rscript") is not None
    if have_r:
        odd = odd_series(random)
        cases = odd_cases(random, odd, chosen.cases)
        ears_cases = [
            (name, EARS(method, baseline, min_sigma, alpha))
            for name in ("low", "middle_gaps", "sparse", "million", "zeros")
            for method, alpha in (("C1", 0.001), ("C2", 0.001), ("C3", 0.025))
            for baseline, min_sigma in ((7, 0.0), (7, 0.5), (14, 1.0))
        ]
        with tempfile.TemporaryDirectory() as name:
            directory = Path(name)
            write_cases(directory, odd, cases, ears_cases)
            run_oracle(directory)
            equal &= compare_farrington(directory, odd, cases, verbose=True)
            equal &= compare_ears(directory, odd, ears_cases)
    else:
        print("Rscript with r-cran-surveillance not found: no comparison, only our own seconds")
    print(f"{'settings':<10} {'R ms/fit':>9} {'Papaver us/fit':>15} {'ratio':>7} {'goal':>6}   (CPU, one thread)")
    for label, (setting, goal) in settings.items():
        ours = cpu_per_fit(scenarios, setting)
        if not have_r:
            print(f"{label:<10} {'-':>9} {1e6 * ours:>15.1f}")
            continue
        timed: list[Case] = [(name, True, 52, 573, 624, setting) for name in scenarios]
        with tempfile.TemporaryDirectory() as name:
            write_cases(Path(name), scenarios, timed, [])
            run_oracle(Path(name))
            theirs = r_cpu_per_fit(Path(name), timed)
            equal &= compare_farrington(Path(name), scenarios, timed, verbose=True)
        print(f"{label:<10} {1e3 * theirs:>9.2f} {1e6 * ours:>15.1f} {theirs / ours:>7.0f} {goal:>6}")
    for label, (setting, _goal) in settings.items():
        wall = throughput(scenarios, setting, chosen.fits)
        print(f"{chosen.fits} fits, {label}, two threads: {wall:.1f} s wall (goal 10 s)")
    return 0 if equal else 1


if __name__ == "__main__":
    sys.exit(main())

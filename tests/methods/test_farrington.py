"""Farrington Flexible: hand calculations, simulated truth, invariances, and honest answers to thin data."""

import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from papaver.methods import kernels
from papaver.methods.farrington import FarringtonFlexible, FarringtonResult, farrington_flexible
from papaver.methods.farrington_kernels import season_levels
from papaver.methods.reasons import EXPLANATION, Reason

N = 330
WEEKS = np.datetime64("2015-01-05") + 7 * np.arange(N)
LAST = np.arange(N - 6, N)
EVERY_METHOD = [FarringtonFlexible(threshold_method=m, limit54=(0, 4)) for m in ("delta", "nbPlugin", "muan")]
NOUFAILY = FarringtonFlexible(
    no_periods=10, past_weeks_not_included=26, p_threshold_trend=1.0, threshold_method="nbPlugin", alpha=0.01
)
# theta, beta, gamma1, gamma2, phi of the scenarios of Noufaily et al. 2013.
SCENARIOS = (
    (0.1, 0.0025, 0.6, 0.6, 1.5), (-2.0, 0.005, 0.1, 0.3, 2.0), (1.5, 0.003, 0.2, -0.4, 1.0),
    (0.5, 0.002, 0.5, 0.5, 5.0), (2.5, 0.001, 1.0, 0.1, 3.0), (3.75, 0.001, 0.1, -0.1, 1.1),
    (5.0, 0.0001, 0.05, 0.01, 1.2),
)  # fmt: skip


def counts(random: np.random.Generator, mean: np.ndarray, phi: float) -> np.ndarray:
    drawn = random.poisson(mean) if phi == 1.0 else random.negative_binomial(mean / (phi - 1.0), 1.0 / phi)
    return drawn.astype(float)


def same(one: FarringtonResult, other: FarringtonResult, rtol: float = 0.0) -> None:
    for name in vars(one):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=rtol, err_msg=name)


def test_bound_of_a_constant_baseline_is_the_published_formula() -> None:
    """Farrington et al. 1996: mu (1 + 2/3 z sqrt(tau / mu))^(3/2), here with SE(mu)^2 = phi mu / n, n = 35."""
    result = farrington_flexible(np.full(N, 5.0), WEEKS, 52, LAST)
    by_hand = 5.0 * (1.0 + 2.0 / 3.0 * stats.norm.ppf(0.95) * np.sqrt((1.0 + 1.0 / 35.0) / 5.0)) ** 1.5
    np.testing.assert_allclose(result.upperbound, by_hand, rtol=1e-9)
    np.testing.assert_allclose(result.expected, 5.0)
    assert (result.n_baseline == 35).all()
    assert not result.trend.any()


@pytest.mark.parametrize("method", ["nbPlugin", "muan"])
def test_bound_is_a_quantile_of_the_fitted_distribution(method: str) -> None:
    y = counts(np.random.default_rng(2), np.full(N, 9.0), 2.5)
    chosen = FarringtonFlexible(threshold_method=method, alpha=0.01)
    result = farrington_flexible(y, WEEKS, 52, LAST, None, chosen)
    assert (result.phi > 1.0).all()
    fitted = stats.nbinom(result.mu0 / (result.phi - 1.0), 1.0 / result.phi)
    np.testing.assert_array_equal(result.upperbound, fitted.ppf(0.99))
    np.testing.assert_allclose(result.p_value, fitted.sf(y[LAST] - 1.0), rtol=1e-10)
    assert ((result.mu0 > result.expected) == (method == "muan")).all()


def test_season_blocks_give_the_remainder_to_the_first() -> None:
    level = np.empty(120, dtype=np.int64)
    first = season_levels(level, np.array([58, 6]), 2, 110, 3, 5, 26)
    assert first == 3
    assert (level[3:10] == 0).all()
    gap = level[10:55]  # 45 periods in 4 blocks: 12, 11, 11, 11
    assert np.bincount(gap, minlength=5).tolist() == [0, 12, 11, 11, 11]
    assert (np.diff(gap) >= 0).all()
    assert (level[84:111] == -1).all()


@pytest.mark.parametrize("reweight", [True, False])
def test_past_outbreaks_hide_a_new_one_unless_weighed_down(reweight: bool) -> None:
    y = counts(np.random.default_rng(5), np.full(N, 6.0), 1.0)
    y[[276, 224]] += 25.0
    y[N - 1] = 18.0
    result = farrington_flexible(y, WEEKS, 52, [N - 1], None, FarringtonFlexible(reweight=reweight, alpha=0.01))
    assert bool(result.alarm[0]) == reweight


def test_trend_is_followed_but_not_beyond_every_baseline_count() -> None:
    t = np.arange(N)
    falling = np.round(80.0 * np.exp(-0.006 * t))
    result = farrington_flexible(falling, WEEKS, 52, LAST)
    assert result.trend.all()
    np.testing.assert_allclose(result.trend_coefficient, -0.006, rtol=0.05)
    rising = np.round(5.0 * np.exp(0.012 * t))
    assert not farrington_flexible(rising, WEEKS, 52, LAST).trend.any()
    assert not farrington_flexible(falling, WEEKS, 52, LAST, None, FarringtonFlexible(b=2)).trend.any()


def test_false_alarms_under_the_null_are_near_nominal() -> None:
    """28 scenarios, 40 series each, no outbreak: mean rate within 0.6-1.5 x alpha, the worst below 3 x."""
    random = np.random.default_rng(11)
    t = np.arange(624)
    dates = np.datetime64("2010-01-04") + 7 * t
    rates, bias = [], []
    for theta, beta, gamma1, gamma2, phi in SCENARIOS:
        for trend in (0.0, 1.0):
            for season in (0.0, 1.0):
                angle = 2.0 * np.pi * t / 52.0
                wave = gamma1 * np.cos(angle) + gamma2 * np.sin(angle)
                mean = np.exp(theta + trend * beta * t + season * wave)
                results = [
                    farrington_flexible(
                        counts(random, mean, phi), dates, 52, np.arange(575, 624), None,
                        replace(NOUFAILY, limit54=(0, 4)),
                    )
                    for _ in range(40)
                ]  # fmt: skip
                rates.append(np.mean([r.alarm.mean() for r in results]))
                bias.append(np.mean([r.expected.mean() for r in results]) / mean[575:].mean())
    assert 0.006 < np.mean(rates) < 0.015
    assert max(rates) < 0.03
    assert 0.9 < np.mean(bias) < 1.1


@pytest.mark.parametrize(("freq", "step"), [(365, "D"), (12, "M"), (4, "Q"), (1, "Y")])
def test_other_cadences_hold_their_level_and_find_a_jump(freq: int, step: str) -> None:
    n, months = {365: 2300, 12: 90, 4: 40, 1: 20}[freq], {"M": 1, "Q": 3, "Y": 12}
    if step == "D":
        dates = np.datetime64("2012-01-01") + np.arange(n)
    else:
        dates = (np.datetime64("1990-01") + months[step] * np.arange(n)).astype("datetime64[D]")
    random = np.random.default_rng(freq)
    weekday = np.where(dates.astype(np.int64) % 7 < 2, 2.0, 1.0) if step == "D" else 1.0
    season = np.exp(0.5 * np.cos(2.0 * np.pi * np.arange(n) / freq)) if freq > 1 else np.ones(n)
    mean = 12.0 * season * weekday
    chosen = FarringtonFlexible(threshold_method="nbPlugin", alpha=0.01)
    alarms, ratio = [], []
    for _ in range(60):
        y = counts(random, mean, 1.5)
        evaluate = np.arange(n - min(8, n - 10), n)
        quiet = farrington_flexible(y, dates, freq, evaluate, None, chosen)
        assert (quiet.reason == Reason.OK).all()
        alarms.append(quiet.alarm.mean())
        ratio.append((quiet.expected / mean[evaluate]).mean())
        y[n - 1] = 6.0 * mean[n - 1]
        assert farrington_flexible(y, dates, freq, [n - 1], None, chosen).alarm[0]
    assert np.mean(alarms) < 0.05
    assert 0.9 < np.mean(ratio) < 1.1


def test_yearly_series_uses_the_years_there_are() -> None:
    dates = np.array([f"{year}-01-01" for year in range(2015, 2022)], "datetime64[D]")
    result = farrington_flexible([8, 11, 9, 10, 12, 9, 40], dates, 1, np.arange(7))
    assert result.reason.tolist() == [Reason.TOO_LITTLE_HISTORY] * 3 + [Reason.OK] * 4
    assert result.n_baseline.tolist() == [0, 0, 0, 3, 4, 5, 5]
    assert result.alarm.tolist() == [False] * 6 + [True]


def test_first_cases_after_years_of_zeros_have_a_finite_p_value() -> None:
    y = np.zeros(N)
    y[N - 2 :] = 3.0, 4.0
    for chosen in EVERY_METHOD:
        result = farrington_flexible(y, WEEKS, 52, [N - 3, N - 1], None, replace(chosen, no_periods=10))
        assert (result.reason == Reason.BASELINE_ALL_ZERO).all()
        assert result.alarm.tolist() == [False, True]
        # Jeffreys' prior and n = 35 zeros: P(Y >= y) of a negative binomial with size 1/2, probability 35/36.
        np.testing.assert_allclose(result.p_value[1], stats.nbinom(0.5, 35 / 36).sf(3.0), rtol=1e-9)


def thin(name: str) -> np.ndarray:
    random = np.random.default_rng(3)
    y = random.poisson(4.0, N).astype(float)
    if name == "few":
        y[:] = 0.0
        y[::60] = 1.0
    if name == "gaps":
        y[random.choice(N, N - 40, replace=False)] = np.nan
    if name == "huge":
        y *= 1e9
    return {"none": np.full(N, np.nan), "zeros": np.zeros(N)}.get(name, y)


@pytest.mark.parametrize("name", ["few", "gaps", "none", "zeros", "huge"])
@pytest.mark.parametrize("compat", ["corrected", "r-surveillance"])
@pytest.mark.parametrize("method", ["delta", "nbPlugin", "muan"])
def test_thin_data_never_raise_and_say_why(name: str, compat: str, method: str) -> None:
    for no_periods in (1, 10):
        chosen = FarringtonFlexible(threshold_method=method, compat=compat, no_periods=no_periods)
        result = farrington_flexible(thin(name), WEEKS, 52, np.arange(N), None, chosen)
        unjudged = np.isnan(result.upperbound)
        assert not result.alarm[unjudged].any()
        assert (result.reason[unjudged] != Reason.OK).all()
        assert {Reason(code) for code in result.reason} <= set(EXPLANATION)
        assert not np.isinf(result.upperbound).any()


def test_short_histories() -> None:
    for n in (0, 1, 2, 263):
        result = farrington_flexible(np.ones(n), WEEKS[:n], 52, np.arange(n))
        assert (result.reason == Reason.TOO_LITTLE_HISTORY).all()
        assert np.isnan(result.upperbound).all()
        assert not result.alarm.any()
    wide = farrington_flexible(np.ones(40), None, 4, np.arange(40), None, FarringtonFlexible(w=3))
    assert (wide.reason == Reason.UNFIT_PARAMETERS).all()


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({"parameters": FarringtonFlexible(b=0)}, "b=0"),
        ({"parameters": FarringtonFlexible(alpha=1.0)}, "alpha=1.0"),
        ({"parameters": FarringtonFlexible(population_offset=True)}, "population"),
        ({"evaluate": [N]}, f"0..{N - 1}"),
        ({"dates": WEEKS[::-1]}, "ascend"),
        ({"freq": 24}, "freq=24"),
    ],
)
def test_arguments_that_cannot_be_meant_are_named(arguments: dict[str, object], named: str) -> None:
    given_arguments = {"observed": np.ones(N), "dates": WEEKS, "freq": 52, "evaluate": [N - 1]} | arguments
    with pytest.raises(ValueError, match=named):
        farrington_flexible(**given_arguments)


random_series = st.builds(
    lambda seed, mean, missing: np.where(
        np.random.default_rng(seed + 1).random(N) < missing,
        np.nan,
        np.random.default_rng(seed).negative_binomial(max(mean, 0.1), 0.4, N).astype(float),
    ),
    st.integers(0, 2**31),
    st.floats(0.1, 200.0),
    st.sampled_from([0.0, 0.05, 0.4]),
)
any_settings = st.builds(
    FarringtonFlexible,
    b=st.integers(2, 5),
    w=st.integers(0, 4),
    reweight=st.booleans(),
    alpha=st.sampled_from([0.05, 0.01]),
    p_threshold_trend=st.sampled_from([0.05, 1.0]),
    limit54=st.sampled_from([(5, 4), (0, 4)]),
    powertrans=st.sampled_from(["2/3", "1/2", "none"]),
    no_periods=st.sampled_from([1, 5, 10]),
    past_weeks_not_included=st.sampled_from([None, 0, 26]),
    threshold_method=st.sampled_from(["delta", "nbPlugin", "muan"]),
    compat=st.sampled_from(["corrected", "r-surveillance"]),
)


@settings(max_examples=60, deadline=None)
@given(y=random_series, chosen=any_settings, dated=st.booleans())
def test_later_counts_change_nothing(y: np.ndarray, chosen: FarringtonFlexible, dated: bool) -> None:
    now = np.arange(300, 310)
    later = y.copy()
    later[310:] = 1e6
    whole = farrington_flexible(later, WEEKS if dated else None, 52, now, None, chosen)
    known = farrington_flexible(y[:310], WEEKS[:310] if dated else None, 52, now, None, chosen)
    same(whole, known)


@settings(max_examples=60, deadline=None)
@given(y=random_series, chosen=any_settings)
def test_invariances(y: np.ndarray, chosen: FarringtonFlexible) -> None:
    now = np.arange(N - 8, N)
    once = farrington_flexible(y, WEEKS, 52, now, None, chosen)
    pieces = [farrington_flexible(y, WEEKS, 52, [k], None, chosen).upperbound[0] for k in now[::-1]]
    np.testing.assert_array_equal(once.upperbound, pieces[::-1])
    assert not once.alarm[y[now] == 0.0].any()
    missing = np.isnan(y[now])
    assert not once.alarm[missing].any()
    assert np.isnan(once.score[missing]).all()
    assert np.isnan(once.p_value[missing]).all()
    # 28 years later the same dates fall on the same weekdays.
    same(once, farrington_flexible(y, WEEKS + np.timedelta64(10227, "D"), 52, now, None, chosen))


def test_population_offset_knows_no_unit_and_follows_the_population() -> None:
    random = np.random.default_rng(8)
    people = np.where(np.arange(N) < N - 10, 1e5, 3e5)
    y = counts(random, 2e-4 * people, 1.5)
    for chosen in EVERY_METHOD:
        chosen = replace(chosen, alpha=0.01)
        offset = replace(chosen, population_offset=True)
        result = farrington_flexible(y, WEEKS, 52, LAST, people, offset)
        same(result, farrington_flexible(y, WEEKS, 52, LAST, 1e-5 * people, offset), rtol=1e-9)
        np.testing.assert_allclose(result.expected, 60.0, rtol=0.15)
        assert not result.alarm.any()
        assert farrington_flexible(y, WEEKS, 52, LAST, people, chosen).alarm.all()
    unknown = np.where(np.arange(N) == N - 1, np.nan, people)
    lost = farrington_flexible(y, WEEKS, 52, [N - 1], unknown, replace(offset, limit54=(5, 4)))
    assert lost.reason[0] == Reason.MISSING_POPULATION
    assert not lost.alarm[0]


@settings(max_examples=40, deadline=None)
@given(y=random_series, chosen=any_settings, more=st.integers(1, 1000))
def test_more_cases_are_never_less_alarming(y: np.ndarray, chosen: FarringtonFlexible, more: int) -> None:
    y[N - 4 :] = np.nan_to_num(y[N - 4 :], nan=2.0)
    higher = y.copy()
    higher[N - 1] += more
    chosen = replace(chosen, compat="corrected", past_weeks_not_included=None)
    before, after = (farrington_flexible(v, WEEKS, 52, [N - 1], None, chosen) for v in (y, higher))
    assert after.alarm[0] >= before.alarm[0]
    if not np.isnan(before.p_value[0]):
        assert after.p_value[0] <= before.p_value[0]
    if not np.isnan(before.upperbound[0]):
        assert after.upperbound[0] == before.upperbound[0]


def test_import_compiles_nothing() -> None:
    code = (
        "from papaver.methods import farrington_kernels as k; "
        "assert not any(f.signatures for f in vars(k).values() if hasattr(f, 'signatures'))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)})


def test_an_installation_nobody_can_write_to_still_computes(monkeypatch: pytest.MonkeyPatch) -> None:
    compiler = kernels.njit

    def without_cache(**options: object) -> object:
        if options.get("cache"):
            raise RuntimeError("cannot cache function 'double': no locator available")
        return compiler(**options)

    monkeypatch.setattr(kernels, "njit", without_cache)
    assert kernels.kernel(lambda x: 2.0 * x)(21.0) == 42.0

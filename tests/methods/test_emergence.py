"""Change of a share: against brute force, scipy and simulated truth."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from papaver.methods.emergence import SHAPE, TESTED, beta_cdf, chance_of_rise, recent_rise, rise_weights

WEEK = 1.0


def _gamma_poisson(seen: float, tested: float) -> float:
    """Density of a stretch by quadrature over the share: independent of the closed form under test."""
    root = np.linspace(0.0, 2.0, 200_001)
    height = 2 * root ** (2 * (SHAPE + seen) - 1) * np.exp(-(TESTED + tested) * root**2)
    return float(np.trapezoid(height, root)) * TESTED**SHAPE / math.gamma(SHAPE)


def _by_enumeration(seen: list[int], tested: list[int], chance: float, window: int) -> list[float]:
    """Sum over every way to cut the periods, at most once in the window."""
    size = len(seen)
    weights = [0.0] * (window + 1)
    for cuts in itertools.chain.from_iterable(itertools.combinations(range(1, size), k) for k in range(size)):
        inside = [c for c in cuts if c >= size - window]
        if len(inside) > 1:
            continue
        likelihood = 1.0
        for start, end in itertools.pairwise([0, *cuts, size]):
            likelihood *= _gamma_poisson(sum(seen[start:end]), sum(tested[start:end]))
        prior = chance ** len(cuts) * (1 - chance) ** (size - 1 - len(cuts))
        weights[inside[0] - (size - window) + 1 if inside else 0] += likelihood * prior
    total = sum(weights)
    return [w / total for w in weights]


def test_weights_equal_the_sum_over_every_history() -> None:
    seen, tested = [0, 1, 0, 0, 3, 4], [20, 25, 30, 20, 22, 25]
    found = rise_weights(np.array(seen, float), np.array(tested, float), np.full(6, 0.1), 3)
    assert found == pytest.approx(_by_enumeration(seen, tested, 0.1, 3), rel=1e-4)


@given(st.floats(0, 1), st.floats(0.5, 2000), st.floats(0.5, 2000))
def test_beta_cdf_is_scipys(x: float, a: float, b: float) -> None:
    assert beta_cdf(x, a, b) == pytest.approx(float(special.betainc(a, b, x)), rel=1e-8, abs=1e-12)


def test_chance_of_rise_against_draws() -> None:
    rng = np.random.default_rng(1)
    before = rng.gamma(SHAPE + 3, 1 / (TESTED + 400), 400_000)
    after = rng.gamma(SHAPE + 5, 1 / (TESTED + 150), 400_000)
    assert chance_of_rise(3, 400, 5, 150, 1.5) == pytest.approx(float((after >= 1.5 * before).mean()), abs=0.004)


def _rise(seen: np.ndarray, tested: np.ndarray, yearly: float = 0.2) -> tuple[float, int]:
    return recent_rise(seen, tested, np.full(len(seen), WEEK), yearly, 52.0, 104.0, 1.5)


def test_never_seen_in_two_years_then_three_in_a_month_is_news_and_the_onset_is_found() -> None:
    seen = np.zeros(108)
    seen[[104, 106, 107]] = 1
    p, onset = _rise(seen, np.full(108, 10.0))
    assert p > 0.9
    assert 98 <= onset <= 104


def test_the_same_three_among_many_before_are_no_news() -> None:
    seen = np.zeros(108)
    seen[3::6] = 1
    seen[[104, 106, 107]] = 1
    assert _rise(seen, np.full(108, 10.0))[0] < 0.5


@settings(deadline=None, max_examples=60)
@given(st.lists(st.integers(0, 3), min_size=30, max_size=60), st.integers(1, 5))
def test_more_sightings_in_the_last_week_never_lower_the_probability(seen: list[int], more: int) -> None:
    weeks = np.array(seen, float)
    tested = np.full(len(weeks), 12.0)
    added = weeks.copy()
    added[-1] += more
    assert _rise(added, tested)[0] >= _rise(weeks, tested)[0] - 1e-9


def test_more_tested_with_the_same_sightings_never_raises_the_probability() -> None:
    seen = np.zeros(100)
    seen[[96, 98]] = 1
    ps = [_rise(seen, np.r_[np.full(90, 10.0), np.full(10, m)])[0] for m in (5.0, 10.0, 40.0, 200.0, 1000.0)]
    assert ps == sorted(ps, reverse=True)


def test_nothing_tested_and_one_period_have_an_answer() -> None:
    assert 0 <= _rise(np.zeros(5), np.zeros(5))[0] <= 1
    assert _rise(np.array([2.0]), np.array([9.0])) == (0.0, 1)


def test_stated_probability_is_the_frequency_of_a_rise_when_the_prior_is_true() -> None:
    """Histories drawn from the model itself: in each band of stated probability, that share truly rose."""
    rng = np.random.default_rng(7)
    yearly, weeks, window, ratio = 0.5, 104, 52, 1.5
    stated, rose = [], []
    for _ in range(3000):
        tested = rng.integers(5, 25, weeks).astype(float)
        share = np.full(weeks, rng.gamma(SHAPE, 1 / TESTED))
        true = False
        if rng.random() < yearly:
            at = weeks - window + int(rng.integers(window))
            after = rng.gamma(SHAPE, 1 / TESTED)
            true = after >= ratio * share[0]
            share[at:] = after
        edges = np.r_[0:52:13, 52:weeks]
        lengths = np.diff(np.r_[edges, weeks]).astype(float)
        seen = rng.poisson(share * tested).astype(float)
        p, _ = recent_rise(
            np.add.reduceat(seen, edges), np.add.reduceat(tested, edges), lengths, yearly, 52.0, 52.0, ratio
        )
        stated.append(p)
        rose.append(true)
    p, truth = np.array(stated), np.array(rose)
    for low, high in ((0.0, 0.1), (0.1, 0.3), (0.3, 0.7), (0.9, 1.0)):
        band = (p >= low) & (p < high) if high < 1 else p >= low
        assert band.sum() > 30
        error = 3 * math.sqrt(max(p[band].mean() * (1 - p[band].mean()), 0.01) / band.sum())
        assert truth[band].mean() == pytest.approx(p[band].mean(), abs=error + 0.03)


def test_false_flags_are_rare_when_nothing_changes() -> None:
    """A long tail of steady names, looked at each month of a year: flags of everyday names are few."""
    rng = np.random.default_rng(3)
    names, weeks = 300, 260
    tested = rng.integers(10, 30, weeks).astype(float)
    rates = np.exp(rng.uniform(math.log(1e-4), math.log(0.1), names))
    flagged = 0
    for rate in rates:
        seen = rng.poisson(rate * tested).astype(float)
        p = max(_rise(seen[:end], tested[:end], 0.002)[0] for end in range(208, weeks, 4))
        flagged += p >= 0.9
    assert flagged <= 2

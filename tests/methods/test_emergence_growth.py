"""Growth of a share, and intervals of shares: published numbers, simulated truth and bounds."""

import math

import numpy as np
import pytest

from papaver.methods.growth import RATE_SD, growth
from papaver.methods.shares import missed_up_to, wilson


@pytest.mark.parametrize(
    ("n", "tested", "lower", "upper"),
    [
        # Newcombe 1998, Statistics in Medicine 17:857, table I, method 3 (score without continuity correction).
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_is_newcombes_table(n: int, tested: int, lower: float, upper: float) -> None:
    assert wilson(n, tested) == pytest.approx((lower, upper), abs=5e-5)


def test_wilson_of_everything_and_of_nothing() -> None:
    assert wilson(5, 5)[1] == 1.0
    assert all(math.isnan(v) for v in wilson(0, 0))


def test_none_of_59_leaves_five_percent() -> None:
    # The rule of the hygienists: 59 clean samples show with 95 % confidence that fewer than 5 % are not.
    assert missed_up_to(59) < 0.05 < missed_up_to(58)


def test_known_doubling_time_is_found() -> None:
    rng = np.random.default_rng(5)
    weeks = np.arange(40)
    tested = np.full(40, 60.0)
    seen = rng.poisson(tested * 0.01 * 2 ** (weeks / 8)).astype(float)
    found = growth(seen, tested)
    assert found.lower < math.log(2) / 8 < found.upper
    assert found.growing > 0.99
    assert found.doubling_days == pytest.approx(56, rel=0.25)


def test_more_tested_is_not_growth() -> None:
    tested = np.linspace(20, 200, 40)
    found = growth(np.round(tested * 0.1), tested)
    assert found.lower < 0 < found.upper


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(11)
    inside, above = 0, []
    weeks = np.arange(26) - 25
    for _ in range(1500):
        rate, share = rng.normal(0, RATE_SD), rng.gamma(0.5, 1 / 50)
        tested = rng.integers(20, 60, 26).astype(float)
        found = growth(rng.poisson(tested * share * np.exp(rate * weeks)).astype(float), tested)
        inside += found.lower <= rate <= found.upper
        above.append((found.growing, rate > 0))
    assert 0.93 <= inside / 1500 <= 0.97
    sure = [truth for p, truth in above if p >= 0.9]
    assert np.mean(sure) >= 0.88

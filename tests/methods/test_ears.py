"""EARS: bounds by hand, false-alarm rates under the null, and honest answers to thin data."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from papaver.methods.ears import EARS, ears
from papaver.methods.reasons import Reason

BASELINE = [4.0, 7.0, 5.0, 6.0, 3.0, 8.0, 9.0]
MEAN, SD = 6.0, np.std(BASELINE, ddof=1)
Z999, Z975 = stats.norm.ppf(0.999), stats.norm.ppf(0.975)


def test_bounds_by_hand() -> None:
    c1 = ears([*BASELINE, 20.0], [7], EARS("C1"))
    np.testing.assert_allclose(c1.upperbound, MEAN + Z999 * SD)
    np.testing.assert_allclose(c1.z, (20.0 - MEAN) / SD)
    np.testing.assert_allclose(c1.p_value, stats.norm.sf((20.0 - MEAN) / SD))
    assert c1.alarm.tolist() == [True]
    c2 = ears([*BASELINE, 20.0, 21.0, 7.0], [9], EARS("C2"))
    np.testing.assert_allclose(c2.upperbound, MEAN + Z999 * SD)
    assert not c2.alarm[0]


def test_c3_remembers_the_excess_of_two_periods() -> None:
    """Fricker et al. 2008: alarm when the excesses max(0, C2 - 1) of three periods add up to more than z."""
    y = np.array([*BASELINE, 6.0, 6.0, 9.0, 9.0, 12.0])
    means = [y[k - 9 : k - 2].mean() for k in (9, 10, 11)]
    sds = [y[k - 9 : k - 2].std(ddof=1) for k in (9, 10, 11)]
    excess = [max(0.0, (y[k] - m) / s - 1.0) for k, m, s in zip((9, 10), means, sds, strict=False)]
    assert min(excess) > 0.0
    result = ears(y, [11], EARS("C3"))
    np.testing.assert_allclose(result.upperbound, means[2] + sds[2] * (1.0 + Z975 - sum(excess)))
    np.testing.assert_allclose(result.z, sum(excess) + max(0.0, (y[11] - means[2]) / sds[2] - 1.0))
    for last in range(40):
        y[11] = last
        result = ears(y, [11], EARS("C3"))
        assert result.alarm[0] == (result.z[0] > Z975)
        assert result.alarm[0] == (result.p_value[0] < 0.025)


def test_c3_of_r_ignores_the_count_under_test_and_ours_does_not() -> None:
    quiet = np.array([*BASELINE, 6.0, 5.0, 6.0, 5.0, 6.0])
    burst = quiet.copy()
    burst[11] = 500.0
    for y, expected in ((quiet, False), (burst, True)):
        assert ears(y, [11], EARS("C3")).alarm[0] == expected
        assert not ears(y, [11], EARS("C3", compat="r-surveillance")).alarm[0]


@pytest.mark.parametrize(("method", "alpha"), [("C1", 0.025), ("C2", 0.025)])
def test_false_alarms_of_normal_counts_follow_the_t_distribution(method: str, alpha: float) -> None:
    """With 7 baseline values (y - m) / (s sqrt(1 + 1/7)) is t with 6 df, so z exceeds its quantile more often."""
    y = np.round(np.random.default_rng(1).normal(1e5, 1e4, 60_000))
    true_rate = stats.t.sf(stats.norm.ppf(1 - alpha) / np.sqrt(1 + 1 / 7), 6)
    rate = ears(y, np.arange(20, 60_000), EARS(method, alpha=alpha)).alarm.mean()
    assert abs(rate - true_rate) < 0.004


def test_thin_data_say_why() -> None:
    for method, reach in (("C1", 7), ("C2", 9), ("C3", 11)):
        for y in (np.array([]), np.ones(1), np.full(30, np.nan), np.zeros(30)):
            result = ears(y, np.arange(len(y)), EARS(method))
            assert not result.alarm.any()
            assert (result.reason[:reach] != Reason.OK).all()
            assert np.isnan(result.upperbound[:reach]).all()
        zeros = ears(np.zeros(30), np.arange(30), EARS(method))
        assert (zeros.reason[reach:] == Reason.NO_VARIATION).all()
        assert (zeros.upperbound[reach:] == 0.0).all()
        assert np.isnan(zeros.p_value).all()
    gap = np.array([*BASELINE, 5.0, 6.0])
    gap[[3, 8]] = np.nan
    assert ears(gap, [7, 8], EARS("C1")).reason.tolist() == [Reason.TOO_FEW_BASELINE, Reason.MISSING_CURRENT]
    with pytest.raises(ValueError, match="baseline=1"):
        ears(gap, [7], EARS("C1", baseline=1))


@settings(max_examples=60, deadline=None)
@given(
    y=st.lists(st.integers(0, 500), min_size=16, max_size=40),
    method=st.sampled_from(["C1", "C2", "C3"]),
    compat=st.sampled_from(["corrected", "r-surveillance"]),
    factor=st.integers(2, 9),
)
def test_invariances(y: list[int], method: str, compat: str, factor: int) -> None:
    counts, now = np.array(y, dtype=float), np.arange(len(y) - 3)
    chosen = EARS(method, compat=compat)
    once = ears(counts, now, chosen)
    later = np.concatenate((counts[:-3], [1e6, 1e6, 1e6]))
    for name, values in vars(once).items():
        np.testing.assert_array_equal(values, getattr(ears(later, now, chosen), name))
    assert not once.alarm[counts[now] == 0.0].any()
    scaled = ears(counts * factor, now, chosen)
    np.testing.assert_allclose(scaled.upperbound, factor * once.upperbound, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(scaled.z, once.z, rtol=1e-9, atol=1e-9)
